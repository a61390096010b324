/* `hopfilm keys`, every deck key from the table that validates decks; and that table put together. */
#include "../app.h"

PetscErrorCode HfAppCreateKeys(HfKeys *keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysCreate(keys));
  PetscCall(HfExperimentRegisterKeys(*keys));
  PetscCall(HfOutputRegisterKeys(*keys));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCommand_keys(MPI_Comm comm, const HfOptions *options) {
  PetscErrorCode code = 0;
  PetscMPIInt rank;
  HfKeys keys;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HfAppCreateKeys(&keys));
  if (!rank && options->json_schema)
    code = HfKeysPrintJsonSchema(keys, stdout);
  else if (!rank)
    code = HfKeysPrint(keys, stdout);
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(code);
}
