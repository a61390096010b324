/* `hopfilm version`. */
#include "../app.h"

PetscErrorCode HfCommand_version(MPI_Comm comm, const HfOptions *options) {
  HfProvenance provenance;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HfProvenanceGet(&provenance));
  if (rank == 0)
    printf("hopfilm %s\ncommit     %s\nbuild      %s\nlibraries  %s\n", provenance.version, provenance.commit, provenance.build,
           provenance.libraries);
  PetscFunctionReturn(0);
}
