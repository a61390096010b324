/* `hopfilm completion bash|zsh`: the tables of commands, options and deck keys as arrays of the shell, then the functions of src/app/completion/, which
   the build turned into texts. */
#include "../app.h"
#include "hf_texts.h"
#include <stdlib.h>
#include <string.h>

/* In a shell's single quotes, which are opened and closed elsewhere. */
static void put_quoted(const char *text) {
  for (; *text; ++text) fputs(*text == '\'' ? "'\\''" : (const char[]){*text, '\0'}, stdout);
}

static void print_entry(int n, const char *const fields[]) {
  fputs("  '", stdout);
  for (int k = 0; k < n; ++k) {
    if (k) putchar(';');
    put_quoted(fields[k] ? fields[k] : "");
  }
  fputs("'\n", stdout);
}

static void print_commands(void) {
  const HfCommand *command;
  const HfOption *option;

  fputs("_hopfilm_commands=(\n", stdout);
  for (int k = 0; (command = HfCommandAt(k)); ++k) print_entry(3, (const char *const[]){command->name, command->argument, command->doc});
  fputs(")\n_hopfilm_options=(\n", stdout);
  for (int k = 0; (command = HfCommandAt(k)); ++k)
    for (int i = 0; (option = HfOptionOf(command, i)); ++i)
      print_entry(4, (const char *const[]){command->name, option->name, option->argument, option->doc});
  fputs(")\n", stdout);
}

/* One path a line becomes one word in quotes. */
static PetscErrorCode print_keys(void) {
  char *text = NULL, *rest = NULL;
  size_t size;
  FILE *memory = open_memstream(&text, &size);
  HfKeys keys;

  PetscFunctionBeginUser;
  PetscCheck(memory, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for the keys");
  PetscCall(HfAppCreateKeys(&keys));
  PetscCall(HfKeysPrintPaths(keys, memory));
  fclose(memory);
  fputs("_hopfilm_keys=(\n", stdout);
  for (const char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) print_entry(1, &line);
  fputs(")\n\n", stdout);
  free(text);
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCommand_completion(MPI_Comm comm, const HfOptions *options) {
  const PetscBool bash = (PetscBool)!strcmp(options->argument, "bash"), zsh = (PetscBool)!strcmp(options->argument, "zsh");
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCheckFault(bash || zsh, comm, HF_ERR_DECK, "completion is for bash or zsh, not \"%.100s\"", options->argument);
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (rank) PetscFunctionReturn(0);
  if (zsh) fputs("#compdef hopfilm\n", stdout);
  print_commands();
  PetscCall(print_keys());
  fputs(bash ? HF_TEXT_BASH : HF_TEXT_ZSH, stdout);
  PetscFunctionReturn(0);
}
