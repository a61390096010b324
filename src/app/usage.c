/* `hopfilm help`: the commands, or one command with its options, for a terminal of 80 columns and more. */
#include "app.h"
#include <string.h>

enum { INDENT = 6, WIDTH = 96 };

/* A paragraph, indented and broken between words. */
static void print_wrapped(const char *text, FILE *file) {
  int column = 0;
  for (const char *word = text; *word;) {
    const int length = (int)strcspn(word, " ");
    if (column && column + 1 + length > WIDTH) {
      fputc('\n', file);
      column = 0;
    }
    fprintf(file, "%*s%.*s", column ? 1 : INDENT, "", length, word);
    column += length + (column ? 1 : INDENT);
    word += length + strspn(word + length, " ");
  }
  fputc('\n', file);
}

static void print_synopsis(const HfCommand *command, FILE *file) {
  fprintf(file, "hopfilm %s%s%s%s%s\n", command->name, command->argument[0] ? " " : "", command->argument, HfOptionOf(command, 1) ? " [options]" : "",
          command->takes & HF_TAKES_PETSC ? " [-- PETSc options]" : "");
}

static void print_command(const HfCommand *command, FILE *file) {
  const HfOption *option;
  fputs("Usage: ", file);
  print_synopsis(command, file);
  print_wrapped(command->doc, file);
  fputs("\nOptions:\n", file);
  for (int k = 0; (option = HfOptionOf(command, k)); ++k) {
    fprintf(file, "  %s%s%s\n", option->name, option->argument ? " " : "", option->argument ? option->argument : "");
    print_wrapped(option->doc, file);
  }
  if (command->takes & HF_TAKES_PETSC) {
    fputs("  -- OPTIONS\n", file);
    print_wrapped("options of PETSc; they override the deck's section `petsc`", file);
  }
}

static void print_program(FILE *file) {
  const HfCommand *command;
  fputs("hopfilm: magnetic films that learn\n\nUsage: hopfilm COMMAND [ARGUMENT] [options]\n       mpiexec -n RANKS hopfilm COMMAND [ARGUMENT] "
        "[options]\n\n",
        file);
  fputs("Commands:\n", file);
  for (int k = 0; (command = HfCommandAt(k)); ++k) {
    fprintf(file, "  %s%s%s\n", command->name, command->argument[0] ? " " : "", command->argument);
    print_wrapped(command->doc, file);
  }
  fputs("\nOptions of a command: hopfilm help COMMAND\nExamples:\n"
        "  hopfilm check deck.yaml\n"
        "  mpiexec -n 4 hopfilm run deck.yaml --set film.cell=\"10 nm\" --out runs/fine\n"
        "  hopfilm keys gold\n"
        "Exit codes: 0 done, 2 bad deck or usage, 3 diverged or not finite, 4 could not read or write,\n"
        "            75 stopped early and resumable\n",
        file);
}

void HfOptionsUsage(const HfCommand *command, FILE *file) {
  if (command)
    print_command(command, file);
  else
    print_program(file);
}
