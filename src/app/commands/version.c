/* `hopfilm version`. */
#include "../app.h"

PetscErrorCode HfCommand_version(MPI_Comm comm, const HfOptions *options) {
  HfProvenance provenance;
  PetscFunctionBeginUser;
  PetscCall(HfProvenanceGet(&provenance));
  PetscCall(PetscPrintf(comm, "hopfilm %s\ncommit     %s\nbuild      %s\nlibraries  %s\n", provenance.version, provenance.commit, provenance.build,
                        provenance.libraries));
  PetscFunctionReturn(0);
}
