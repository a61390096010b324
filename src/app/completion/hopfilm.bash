# What `hopfilm completion bash` prints after its arrays: _hopfilm_commands "NAME;ARGUMENT;MEANING", _hopfilm_options "COMMAND;NAME;ARGUMENT;MEANING",
# _hopfilm_keys "PATH=CHOICES".

_hopfilm_add() { mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@" -- "$current"); }

# Offers what an argument may be, as the usage writes it: "DIR|FILE.h5", "auto|never|FILE", "PATH=VALUE", "[COMMAND]".
_hopfilm_offer() {
  local part parts
  IFS='|' read -r -a parts <<<"${1//[][]/}"
  for part in "${parts[@]}"; do
    case $part in
      DIR) compopt -o filenames; _hopfilm_add -d ;;
      FILE | PATH) compopt -o filenames; _hopfilm_add -f ;;
      *.*) compopt -o filenames; _hopfilm_add -f -X "!*.${part##*.}"; _hopfilm_add -d ;;
      PATH=VALUE) compopt -o nospace; _hopfilm_add -W "${_hopfilm_keys[*]%%=*}" -S = ;;
      PATTERN) _hopfilm_add -W "${_hopfilm_keys[*]%%=*}" ;;
      COMMAND) _hopfilm_add -W "${_hopfilm_commands[*]%%;*}" ;;
      [a-z]*) _hopfilm_add -W "$part" ;;
    esac
  done
}

_hopfilm() {
  local at=$COMP_CWORD current before command=${COMP_WORDS[1]} entry fields
  COMPREPLY=()
  current=${COMP_WORDS[at]}
  if [[ $current == = ]]; then current=; at=$((at + 1)); fi # "=" is a word of its own
  before=${COMP_WORDS[at - 1]}
  if [[ $before == = ]]; then
    before=${COMP_WORDS[at - 2]}
    for entry in "${_hopfilm_keys[@]}"; do
      if [[ $entry == "$before="* ]]; then _hopfilm_offer "${entry#*=}"; return; fi
    done
  fi
  for entry in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $entry == -- ]]; then return; fi # PETSc's
  done
  if ((COMP_CWORD == 1)); then _hopfilm_add -W "${_hopfilm_commands[*]%%;*} --help --version"; return; fi
  for entry in "${_hopfilm_options[@]}"; do
    IFS=';' read -r -a fields <<<"$entry"
    [[ ${fields[0]} == "$command" ]] || continue
    if [[ ${fields[1]} == "$before" && ${fields[2]} ]]; then COMPREPLY=(); _hopfilm_offer "${fields[2]}"; return; fi
    if [[ $current == -* ]]; then _hopfilm_add -W "${fields[1]}"; fi
  done
  if [[ $current == -* ]]; then return; fi
  for entry in "${_hopfilm_commands[@]}"; do
    IFS=';' read -r -a fields <<<"$entry"
    if [[ ${fields[0]} == "$command" ]]; then _hopfilm_offer "${fields[1]}"; fi
  done
}

complete -F _hopfilm hopfilm
