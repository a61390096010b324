/* hopfilm: magnetic films that learn.

     hopfilm COMMAND [ARGUMENT] [options] [-- PETSc options]

   main() starts MPI and PETSc, runs one command and turns its error code into the exit code of the program:
   a fault that all ranks share (bad deck, divergence, unreadable file) unwinds and exits with its own code; any other error, which may have
   struck one rank alone, is printed once and aborts the run, so that no rank waits for another. The one place that names MPI_COMM_WORLD.
   No run ends without a message: requests by signals are heeded from the first line on, and a rank that aborts waits until the launcher has
   handed on what was said. */
#include "app.h"
#include <hdf5.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int exit_of_petsc_error(PetscErrorCode code) {
  switch (code) {
  case PETSC_ERR_FP:
  case PETSC_ERR_NOT_CONVERGED:
    return HF_EXIT_DIVERGED;
  case PETSC_ERR_FILE_OPEN:
  case PETSC_ERR_FILE_READ:
  case PETSC_ERR_FILE_WRITE:
  case PETSC_ERR_FILE_UNEXPECTED:
    return HF_EXIT_FILE;
  default:
    return 1;
  }
}

/* A launcher may drop output that it has not read when the program aborts. */
static void abort_with(const char line[], PetscErrorCode code) {
  const struct timespec moment = {.tv_nsec = 200000000};
  HfFaultReport(line);
  nanosleep(&moment, NULL);
  MPI_Abort(MPI_COMM_WORLD, exit_of_petsc_error(code));
}

/* Called by PETSc at every level of an error. Faults were reported where they arose and pass in silence. Anything else is reported and aborts: ranks other than 0
   wait a moment first, for when all ranks share the error the message of rank 0 is enough, and its abort ends them. */
static PetscErrorCode handle_error(MPI_Comm comm, int line, const char *function, const char *file, PetscErrorCode code, PetscErrorType type,
                                   const char *message, void *context) {
  PetscMPIInt rank;
  const char *text = NULL;
  char line_of_text[1024];
  if (code > HF_ERR_BASE) return code;
  if (MPI_Comm_rank(MPI_COMM_WORLD, &rank)) rank = 0;
  if (rank) sleep(2);
  if (PetscErrorMessage(code, &text, NULL)) text = NULL;
  snprintf(line_of_text, sizeof line_of_text, "hopfilm: error on rank %d: %s%s%s\n    in %s() at %s:%d, PETSc error %d\n", (int)rank,
           text ? text : "", text && message ? ": " : "", message ? message : "", function, file, line, (int)code);
  abort_with(line_of_text, code);
  return code;
}

static int cannot_start(const char *why) {
  fprintf(stderr, "hopfilm: cannot start: %s\n", why);
  return 1;
}

static PetscErrorCode run_command(MPI_Comm comm, const HfOptions *options) {
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (options->help) {
    if (!rank) HfOptionsUsage(options->command, stdout);
    PetscFunctionReturn(0);
  }
  if (options->fault[0]) {
    const HfCommand *command = options->command && options->command->run != HfCommand_help ? options->command : NULL;
    const PetscErrorCode fault = HfFault(comm, HF_ERR_DECK, "%s", options->fault);

    if (!rank) fprintf(stderr, "See `hopfilm help%s%s`.\n", command ? " " : "", command ? command->name : "");
    PetscFunctionReturn(fault);
  }
  PetscFunctionReturn(options->command->run(comm, options));
}

int main(int argc, char **argv) {
  HfOptions options;
  PetscErrorCode code;
  const PetscBool hang_up = HfSignalHangUpIgnored() ? PETSC_FALSE : PETSC_TRUE;
  PetscBool runs;
  char skip[] = "-skip_petscrc", **petsc_argv;
  int petsc_argc;

  HfOptionsParse(argc, argv, &options);
  runs = options.command && options.command->run == HfCommand_run ? PETSC_TRUE : PETSC_FALSE;
  if (runs) HfSignalsCatch(hang_up);
  /* PETSc sees what follows "--" and nothing else: no ~/.petscrc, no PETSC_OPTIONS, so that a run depends on its deck and command line alone. */
  unsetenv("PETSC_OPTIONS");
  HfMPISettings();
  H5dont_atexit(); /* files are closed before MPI ends; at the exit HDF5 would try those that could not be written once more, and crash */
  petsc_argv = calloc((size_t)options.petsc_argc + 3, sizeof *petsc_argv);
  if (!petsc_argv) return cannot_start("no memory");
  petsc_argv[0] = argv[0];
  petsc_argv[1] = skip;
  for (int k = 0; k < options.petsc_argc; ++k) petsc_argv[k + 2] = options.petsc_argv[k];
  petsc_argc = options.petsc_argc + 2;
  if (PetscInitialize(&petsc_argc, &petsc_argv, NULL, NULL)) return cannot_start("MPI or PETSc fails");
  if (PetscPushErrorHandler(handle_error, NULL)) return cannot_start("PETSc fails");
  if (HfSystemMemoryShare(MPI_COMM_WORLD)) return cannot_start("MPI fails");
  if (PetscOptionsClearValue(NULL, skip)) return cannot_start("PETSc fails"); /* no option of the user's */
  if (runs)
    HfSignalsCatch(hang_up); /* PETSc has taken them */
  else
    signal(SIGPIPE, SIG_DFL); /* `hopfilm keys | head` is no crash */

  code = run_command(MPI_COMM_WORLD, &options);
  if (!runs && (fflush(stdout) != 0 || ferror(stdout))) { /* of a run the log has the lines; the others have nothing but these */
    HfFaultReport("hopfilm: cannot write the standard output (disk full?)\n");
    if (!code) code = HF_ERR_FILE;
  }
  if (code && code < HF_ERR_BASE) abort_with("hopfilm: ended by an error that was not reported\n", code);
  /* PETSc's warning on unused options is redundant: they have been refused, or the fault came before their use. */
  if (PetscOptionsSetValue(NULL, "-options_left", "no")) return 1;
  if (runs && !PetscPopSignalHandler()) HfSignalsCatch(hang_up); /* with PETSc's handler a late request to stop would kill a finished run */
  if (PetscFinalize()) return 1;
  free(petsc_argv);
  HfOptionsFree(&options);
  return code ? (int)code - HF_ERR_BASE : HF_EXIT_DONE;
}
