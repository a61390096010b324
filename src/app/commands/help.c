/* `hopfilm help`. */
#include "../app.h"

PetscErrorCode HfCommand_help(MPI_Comm comm, const HfOptions *options) {
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) HfOptionsUsage(options->argument ? HfCommandFind(options->argument) : NULL, stdout);
  PetscFunctionReturn(0);
}
