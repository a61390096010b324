/* `hopfilm man`: the manual page hopfilm(1), from the tables of commands, options and deck keys, and from what is said here. */
#include "../app.h"

static const char *const description[] = {
    "hopfilm simulates thin magnetic films that learn: it solves the Landau\\-Lifshitz\\-Gilbert equation of the magnetization together with the "
    "current "
    "that the film carries by its anisotropic magnetoresistance, trains films under a gold layer with current pulses, and asks what they remember.",
    ".PP",
    "A simulation is described by a deck, a file in YAML. Quantities are written with their units, as in",
    ".PP",
    ".nf",
    ".RS",
    "film:",
    "  size: [2 um, 2 um]",
    "  cell: 10 nm",
    ".RE",
    ".fi",
    ".PP",
    "A number without a unit is in SI units. Results go to a folder, from which an interrupted run continues when the same command is given again.",
    NULL};

static const char *const after_options[] = {
    ".SH SIGNALS",
    ".TP",
    ".B TERM, INT, QUIT, HUP, XCPU",
    "Finishes the time step, writes a checkpoint and exits with 75. Asked twice, the run ends within two seconds. HUP is ignored under nohup(1).",
    ".TP",
    ".B USR1",
    "Writes a checkpoint and continues.",
    ".TP",
    ".B USR2",
    "Brings run.h5 and table.tsv up to date and continues.",
    ".SH EXIT STATUS",
    ".TP",
    ".B 0",
    "Done.",
    ".TP",
    ".B 2",
    "The deck or the command line is wrong.",
    ".TP",
    ".B 3",
    "The simulation diverged, or a value is not finite.",
    ".TP",
    ".B 4",
    "A file could not be read or written.",
    ".TP",
    ".B 75",
    "Stopped early, or no progress within output.max_stall; the same command continues.",
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR",
    "When set to anything, the log on a terminal has no colours.",
    ".TP",
    ".B OMP_NUM_THREADS",
    "Should be 1: hopfilm uses MPI ranks instead of threads.",
    ".PP",
    "PETSC_OPTIONS and ~/.petscrc are not read, so that a run depends on its deck and command line alone.",
    ".SH FILES",
    ".TP",
    ".I runs/<deck name>/run.h5",
    "Fields in time, conductances, energies, provenance.",
    ".TP",
    ".I runs/<deck name>/table.tsv",
    "Averages in time.",
    ".TP",
    ".I runs/<deck name>/summary.yaml",
    "Results and status.",
    ".TP",
    ".I runs/<deck name>/log.txt",
    "What was printed.",
    ".SH DECK KEYS",
    "Paths are those that \\-\\-set takes; [] stands for the number of an entry, counted from 0, and * for a name of one's own. A key of type "
    "\\fIname\\fR: "
    "takes the keys that are listed with that name in front.",
    NULL};

static void print_lines(const char *const lines[], FILE *file) {
  for (; *lines; ++lines) fprintf(file, "%s\n", *lines);
}

static void print_commands(FILE *file) {
  const HfCommand *command;
  fputs(".SH COMMANDS\n", file);
  for (int k = 0; (command = HfCommandAt(k)); ++k) {
    fprintf(file, ".TP\n\\fB%s\\fR%s", command->name, command->argument[0] ? " \\fI" : "");
    HfManualPrint(command->argument, file);
    fputs(command->argument[0] ? "\\fR\n" : "\n", file);
    HfManualPrint(command->doc, file);
    fputc('\n', file);
  }
}

static void print_options(FILE *file) {
  const HfOption *option;
  fputs(".SH OPTIONS\nWhich options a command takes says\n.BR \"hopfilm help\" \" \\fICOMMAND\\fR.\"\n", file);
  for (int k = 0; (option = HfOptionOf(NULL, k)); ++k) {
    fputs(".TP\n\\fB", file);
    HfManualPrint(option->name, file);
    fputs(option->argument ? "\\fR \\fI" : "\\fR", file);
    HfManualPrint(option->argument ? option->argument : "", file);
    fputs(option->argument ? "\\fR\n" : "\n", file);
    HfManualPrint(option->doc, file);
    fputc('\n', file);
  }
  fputs(".TP\n\\fB\\-\\-\\fR \\fIOPTIONS\\fR\nOptions of PETSc; they override the deck's section `petsc`.\n", file);
}

PetscErrorCode HfCommand_man(MPI_Comm comm, const HfOptions *options) {
  HfProvenance provenance;
  PetscMPIInt rank;
  HfKeys keys;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (rank) PetscFunctionReturn(0);
  PetscCall(HfProvenanceGet(&provenance));
  PetscCall(HfAppCreateKeys(&keys));
  printf(".TH HOPFILM 1 \"\" \"hopfilm %s\" \"User Commands\"\n.SH NAME\nhopfilm \\- magnetic films that learn\n.SH SYNOPSIS\n", provenance.version);
  fputs(".B hopfilm\n.I COMMAND\n.RI [ ARGUMENT ]\n.RI [ options ]\n.RB [ \\-\\-\n.IR \"PETSc options\" ]\n.br\n.B mpiexec \\-n\n.I RANKS\n.B "
        "hopfilm\n.I COMMAND\n",
        stdout);
  fputs(".SH DESCRIPTION\n", stdout);
  print_lines(description, stdout);
  print_commands(stdout);
  print_options(stdout);
  print_lines(after_options, stdout);
  PetscCall(HfKeysPrintManual(keys, stdout));
  fputs(".SH SEE ALSO\n.BR mpiexec (1)\n", stdout);
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(0);
}
