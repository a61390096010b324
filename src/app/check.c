/* check.c: `hopfilm check DECK`: validates the deck, builds its device and prints the plan of the run; runs and writes nothing. */
#include "app.h"
#include <string.h>

PetscErrorCode HfCommand_check(MPI_Comm comm, const HfOptions *options) {
  PetscMPIInt rank;
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  HfNode plan;
  struct HfRecorder_ nowhere;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  memset(&nowhere, 0, sizeof nowhere);
  PetscCall(HfAppCreateKeys(&keys));
  PetscCall(HfDeckCreate(comm, keys, options->argument, options->n_set, options->set, &deck));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfAppInsertPetscOptions(deck));
  PetscCall(HfExperimentCreate(deck, &nowhere, &experiment));
  PetscCall(HfAppRefuseUnusedPetscOptions(comm));
  PetscCall(HfExperimentPlan(experiment, &plan));
  if (!rank) {
    printf("%s is a valid deck\n", options->argument);
    for (PetscInt k = 0; k < HfNodeLength(plan); k++) HfAppPrintItem(HfNodeItem(plan, k), 2, stdout);
  }
  PetscCall(HfNodeDestroy(&plan));
  PetscCall(HfExperimentDestroy(&experiment));
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(0);
}
