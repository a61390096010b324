/* The command line, `hopfilm COMMAND [ARGUMENT] [options] [-- PETSc options]`. Plain C, before MPI is started.

   Own code beside getopt_long(): that would replace 37 lines of this file (the first half of parse_option() and the loop over the words) by 30, leaving
   the table, the help, the checks per command and the suggestions, and it cannot be kept from accepting abbreviations (--f for --force, which overwrites
   a finished run) nor from reading an option of PETSc before "--" as eight unknown letters; tests/unit/base_getopt.c shows both. argp does the same and
   exists in glibc alone; popt would be one more dependency. */
#include "app.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const HfCommand commands[] = {
#define HF_COMMAND(name, argument, takes, doc) {#name, argument, doc, takes, HfCommand_##name},
#include "commands.def"
#undef HF_COMMAND
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static const HfOption known[] = {
    {"--set", "PATH=VALUE", "replace or add one value of the deck, as in --set film.cell=\"10 nm\"; may be repeated", HF_TAKES_SET},
    {"--out", "PATH", "directory of the results (default runs/<deck name>); of export, the file (default DIR/<field> with the ending of the format)",
     HF_TAKES_OUT | HF_TAKES_FRAMES},
    {"--restart", "auto|never|FILE", "continue from the last checkpoint (auto, the default), from this one, or not at all", HF_TAKES_OUT},
    {"--max-walltime", "TIME", "as output.max_walltime in the deck: stop in time, with a checkpoint", HF_TAKES_OUT},
    {"--max-stall", "TIME", "as output.max_stall in the deck: end when nothing moves any more", HF_TAKES_OUT},
    {"--checkpoint-every", "TIME", "as output.checkpoint_every in the deck: wall time", HF_TAKES_OUT},
    {"--checkpoint-every-simulated", "TIME", "as output.checkpoint_every_simulated in the deck", HF_TAKES_OUT},
    {"--force", NULL, "start from the beginning, also where a finished run would be overwritten", HF_TAKES_OUT},
    {"--members", "FIRST[-LAST]", "only these members of an ensemble, counted from 1", HF_TAKES_OUT},
    {"--picture", "FILE.svg|none", "where the picture of the device goes (default runs/<deck name>.svg)", HF_TAKES_PICTURE},
    {"--ranks", "N", "plan a job on N ranks, of a film of any size: it is not built, a smaller one of the same cells stands for it", HF_TAKES_RANKS},
    {"--network", "LATENCY,BANDWIDTH",
     "of the interconnect, for --ranks: seconds of a message and bytes per second of a rank (default 1e-6,25e9: HDR InfiniBand, one rank per node)",
     HF_TAKES_RANKS},
    {"--json-schema", NULL, "as a JSON schema, for editors", HF_TAKES_SCHEMA},
    {"--ovf", NULL, "as OVF 2.0, a file for each frame", HF_TAKES_FRAMES},
    {"--vtk", NULL, "as VTK image data, a .vti file for each frame", HF_TAKES_FRAMES},
    {"--csv", NULL, "as a table with the columns t, x, y and the components, units in the names; a line for each cell of film", HF_TAKES_FRAMES},
    {"--field", "NAME", "the field (default m)", HF_TAKES_FRAMES},
    {"--frames", "last|all|K|FIRST:END[:STEP]", "which frames, counted from 0, without END; a negative one counts from the end (default last)",
     HF_TAKES_FRAMES},
    {"--data", "text|binary4|binary8", "numbers of OVF files (default binary8)", HF_TAKES_FRAMES},
    {"--region", "NAME", "only the cells of this one of film.regions, or `film` for those of none; others are zero or left out", HF_TAKES_FRAMES},
    {"--box", "X0,Y0,X1,Y1",
     "only cells with their centres in this rectangle, as in --box \"0 nm, 0 nm, 200 nm, 100 nm\"; the origin is the film's centre", HF_TAKES_FRAMES},
    {"--help", NULL, "print this; also -h", 0},
};
enum { N_KNOWN = sizeof known / sizeof known[0] };

const HfCommand *HfCommandAt(int k) { return k < N_COMMANDS ? &commands[k] : NULL; }

const HfCommand *HfCommandFind(const char *name) {
  for (int k = 0; k < N_COMMANDS; ++k)
    if (!strcmp(name, commands[k].name)) return &commands[k];
  return NULL;
}

const HfOption *HfOptionOf(const HfCommand *command, int k) {
  for (int i = 0; i < N_KNOWN; ++i)
    if ((!command || !known[i].needs || known[i].needs & command->takes) && !k--) return &known[i];
  return NULL;
}

/* The first fault counts. */
static void set_fault(HfOptions *o, const char *what, const char *word) {
  if (!o->fault[0]) snprintf(o->fault, sizeof o->fault, "%s '%s'", what, word);
}

static void set_fault_with_hint(HfOptions *o, const char *what, const char *word, int n, const char *(*name)(int k)) {
  HfSuggestion suggestion;
  char hint[HF_PATH_LENGTH];
  HfSuggestionStart(&suggestion, word);
  for (int k = 0; k < n; ++k) HfSuggestionTry(&suggestion, name(k), strlen(name(k)));
  HfSuggestionText(&suggestion, hint);
  if (!o->fault[0]) snprintf(o->fault, sizeof o->fault, "%s '%s'%.200s", what, word, hint);
}
/* "3" or "3-7" */
static void parse_members(HfOptions *o, const char *value) {
  int used = 0, first = 0, last = 0;
  if (sscanf(value, "%9d-%9d%n", &first, &last, &used) != 2 || value[used]) {
    used = 0;
    if (sscanf(value, "%9d%n", &first, &used) == 1) last = first;
  }
  if (!used || value[used] || first < 1 || last < first)
    set_fault(o, "--members needs FIRST or FIRST-LAST, counted from 1, not", value);
  else {
    o->first_member = first;
    o->last_member = last;
  }
}

static void parse_ranks(HfOptions *o, const char *value) {
  int used = 0;
  if (sscanf(value, "%9d%n", &o->ranks, &used) != 1 || value[used] || o->ranks < 1)
    set_fault(o, "--ranks needs a number of ranks from 1, not", value);
}

static void parse_network(HfOptions *o, const char *value) {
  int used = 0;
  if (sscanf(value, "%lf,%lf%n", &o->latency, &o->bandwidth, &used) != 2 || value[used] || !(o->latency >= 0) || !(o->latency < 1) ||
      !(o->bandwidth > 0) || !(o->bandwidth < HUGE_VAL))
    set_fault(o, "--network needs seconds and bytes per second, as in 1e-6,25e9, not", value);
}
static const char *command_name(int k) { return commands[k].name; }
static const char *option_name(int k) { return known[k].name; }

/* An option that stands for a value of the deck. */
static void set_value(HfOptions *o, const char *path, const char *value) {
  const size_t length = strlen(path) + strlen(value) + 2;
  char *text = malloc(length);
  if (o->n_set == HF_MAX_SET || !text) {
    set_fault(o, "too many --set at", value);
    free(text);
    return;
  }
  snprintf(text, length, "%s=%s", path, value);
  o->set[o->n_set++] = o->own[o->n_own++] = text;
}

/* An option of `export`. */
static void set_export(HfOptions *o, const char *name, const char *value) {
  if (!strcmp(name, "field"))
    o->field = value;
  else if (!strcmp(name, "frames"))
    o->frames = value;
  else if (!strcmp(name, "data"))
    o->data = value;
  else if (!strcmp(name, "region"))
    o->region = value;
  else if (!strcmp(name, "box"))
    o->box = value;
  else if (o->format)
    set_fault(o, "one format at a time: also", name);
  else
    o->format = name;
}

/* One option at argv[*k]; "--name value" and "--name=value" are the same. Moves *k past its value. */
static void parse_option(int argc, char **argv, int *k, HfOptions *o) {
  const char *word = argv[*k], *value = strchr(word, '=');
  size_t length = value ? (size_t)(value - word) : strlen(word);
  int which = -1;
  if (!strcmp(word, "-h")) {
    o->help = PETSC_TRUE;
    return;
  }
  for (int i = 0; i < N_KNOWN; ++i) {
    if (strlen(known[i].name) == length && !strncmp(known[i].name, word, length)) which = i;
  }
  if (which < 0) {
    set_fault_with_hint(o, "unknown option", word, N_KNOWN, option_name);
    return;
  }
  if (o->command && known[which].needs && !(known[which].needs & o->command->takes)) {
    set_fault(o, "this command does not take the option", word);
    return;
  }
  if (!known[which].argument && value) {
    set_fault(o, "this option takes no value:", word);
    return;
  }
  if (known[which].argument) {
    if (value)
      ++value;
    else if (*k + 1 < argc && strcmp(argv[*k + 1], "--"))
      value = argv[++*k];
    if (!value || !value[0]) {
      set_fault(o, "a value must follow", word);
      return;
    }
  }
  if (!strcmp(known[which].name, "--set")) {
    if (!strchr(value, '='))
      set_fault(o, "--set needs PATH=VALUE, not", value);
    else if (o->n_set == HF_MAX_SET)
      set_fault(o, "too many --set at", value);
    else
      o->set[o->n_set++] = value;
  } else if (!strcmp(known[which].name, "--out")) {
    if (o->out) set_fault(o, "--out is given twice:", value);
    o->out = value;
  } else if (!strcmp(known[which].name, "--restart"))
    o->restart = value;
  else if (!strcmp(known[which].name, "--picture"))
    o->picture = value;
  else if (known[which].needs == HF_TAKES_FRAMES)
    set_export(o, known[which].name + 2, value);
  else if (!strcmp(known[which].name, "--max-walltime"))
    set_value(o, "output.max_walltime", value);
  else if (!strcmp(known[which].name, "--max-stall"))
    set_value(o, "output.max_stall", value);
  else if (!strcmp(known[which].name, "--checkpoint-every"))
    set_value(o, "output.checkpoint_every", value);
  else if (!strcmp(known[which].name, "--checkpoint-every-simulated"))
    set_value(o, "output.checkpoint_every_simulated", value);
  else if (!strcmp(known[which].name, "--members"))
    parse_members(o, value);
  else if (!strcmp(known[which].name, "--ranks"))
    parse_ranks(o, value);
  else if (!strcmp(known[which].name, "--network"))
    parse_network(o, value);
  else if (!strcmp(known[which].name, "--force"))
    o->force = PETSC_TRUE;
  else if (!strcmp(known[which].name, "--json-schema"))
    o->json_schema = PETSC_TRUE;
  else
    o->help = PETSC_TRUE;
}

void HfOptionsFree(HfOptions *o) {
  while (o->n_own > 0) free(o->own[--o->n_own]);
}

void HfOptionsParse(int argc, char **argv, HfOptions *o) {
  int end = argc, first = 2;
  memset(o, 0, sizeof *o);
  o->latency = 1e-6;
  o->bandwidth = 25e9;
  for (int k = argc - 1; k > 0; k--) {
    if (!strcmp(argv[k], "--")) end = k;
  }
  o->petsc_argc = end < argc ? argc - end - 1 : 0;
  o->petsc_argv = argv + end + 1;
  if (end < 2) {
    set_fault(o, "no command given, as in", "hopfilm run DECK.yaml");
    return;
  }
  if (!strcmp(argv[1], "--version"))
    o->command = HfCommandFind("version");
  else if (argv[1][0] == '-')
    first = 1; /* hopfilm --help */
  else {
    o->command = HfCommandFind(argv[1]);
    if (!o->command) set_fault_with_hint(o, "unknown command", argv[1], N_COMMANDS, command_name);
  }
  for (int k = first; k < end; ++k) {
    if (argv[k][0] == '-' && argv[k][1])
      parse_option(end, argv, &k, o);
    else if (!o->command || !o->command->argument[0] || o->argument)
      set_fault(o, "unexpected argument", argv[k]);
    else
      o->argument = argv[k];
  }
  if (o->help) return;
  if (!o->command)
    set_fault(o, "no command given before", argv[1]);
  else if (o->command->argument[0] && o->command->argument[0] != '[' && !o->argument)
    set_fault(o, "missing argument", o->command->argument);
  else if (o->argument && !strcmp(o->command->argument, "[COMMAND]") && !HfCommandFind(o->argument))
    set_fault_with_hint(o, "unknown command", o->argument, N_COMMANDS, command_name);
  if (o->petsc_argc && o->command && !(o->command->takes & HF_TAKES_PETSC))
    set_fault(o, "this command passes no options to PETSc:", o->petsc_argv[0]);
  if (o->petsc_argc && o->petsc_argv[0][0] != '-') set_fault(o, "PETSc options begin with -, unlike", o->petsc_argv[0]);
}
