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
  PetscInt found = 1;
  HfKeys keys;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HfAppCreateKeys(&keys));
  if (!rank && options->json_schema)
    code = HfKeysPrintJsonSchema(keys, stdout);
  else if (!rank && options->argument)
    code = HfKeysPrintMatching(keys, options->argument, stdout, &found);
  else if (!rank)
    code = HfKeysPrint(keys, stdout);
  PetscCall(HfKeysDestroy(&keys));
  PetscCallMPI(MPI_Bcast(&found, 1, MPIU_INT, 0, comm));
  PetscCheckFault(found, comm, HF_ERR_DECK, "no key matches \"%.100s\"; `hopfilm keys` lists them all", options->argument);
  PetscFunctionReturn(code);
}
