# What `hopfilm completion zsh` prints after its arrays: _hopfilm_commands "NAME;ARGUMENT;MEANING", _hopfilm_options "COMMAND;NAME;ARGUMENT;MEANING",
# _hopfilm_keys "PATH=CHOICES".

# Offers what an argument may be, as the usage writes it: "DIR|FILE.h5", "auto|never|FILE", "PATH=VALUE", "[COMMAND]".
_hopfilm_offer() {
  local part
  for part in ${(s:|:)${1//[][]/}}; do
    case $part in
      DIR) _files -/ ;;
      FILE|PATH) _files ;;
      *.*) _files -g "*.${part##*.}" ;;
      PATH=VALUE) compadd -S = -- ${_hopfilm_keys%%=*} ;;
      PATTERN) compadd -- ${_hopfilm_keys%%=*} ;;
      COMMAND) compadd -- ${_hopfilm_commands%%;*} ;;
      [a-z]*) compadd -- $part ;;
    esac
  done
}

# The words of the array $1 with the meaning beside each: "WORD:MEANING".
_hopfilm_describe() {
  local -a described=(${@:2})
  _describe -t "$1" "$1" described
}

_hopfilm() {
  local current=$words[CURRENT] before=$words[CURRENT-1] command=$words[2] entry
  local -a fields offered
  if ((${words[(I)--]} && ${words[(i)--]} < CURRENT)); then return; fi # PETSc's
  if ((CURRENT == 2)); then
    for entry in $_hopfilm_commands; do fields=("${(@s:;:)entry}"); offered+=("$fields[1]:${(j:;:)fields[3,-1]}"); done
    _hopfilm_describe command $offered '--help:print this' '--version:version, commit and libraries'
    return
  fi
  if [[ $current == --*=* ]]; then
    before=${current%%=*}
    current=${current#*=}
    compset -P 1 '*='
  fi
  for entry in $_hopfilm_options; do
    fields=("${(@s:;:)entry}")
    [[ $fields[1] == $command ]] || continue
    if [[ $fields[2] == $before && -n $fields[3] ]]; then
      if [[ $fields[3] == PATH=VALUE && $current == *=* ]]; then
        compset -P 1 '*='
        for entry in $_hopfilm_keys; do
          if [[ $entry == ${current%%=*}=* ]]; then _hopfilm_offer "${entry#*=}"; fi
        done
      else
        _hopfilm_offer "$fields[3]"
      fi
      return
    fi
    if [[ $current == -* ]]; then offered+=("$fields[2]:${(j:;:)fields[4,-1]}"); fi
  done
  if [[ $current == -* ]]; then
    _hopfilm_describe option $offered
    return
  fi
  for entry in $_hopfilm_commands; do
    fields=("${(@s:;:)entry}")
    if [[ $fields[1] == $command ]]; then _hopfilm_offer "$fields[2]"; fi
  done
}

# The first call, by which zsh loads this file, completes already.
if [[ ${funcstack[1]} == _hopfilm ]]; then _hopfilm "$@"; else compdef _hopfilm hopfilm; fi
