/* `hopfilm check DECK`: validates the deck, builds its device and prints the plan of the run: what it costs, and what every drive amounts to. */
#include "../app.h"

/* The plan of a run that records nothing. */
static PetscErrorCode plan_with(HfDeck deck, HfRecorder recorder, PetscBool forecast, HfNode *plan) {
  HfExperiment experiment;
  PetscErrorCode code = 0;
  PetscFunctionBeginUser;
  PetscCall(HfExperimentCreate(deck, recorder, NULL, &experiment));
  PetscCall(HfAppRefuseUnusedPetscOptions(HfDeckComm(deck)));
  PetscCall(HfExperimentPlan(experiment, plan));
  if (forecast) code = HfExperimentForecast(experiment, *plan); /* may diverge */
  if (code) PetscCall(HfNodeDestroy(plan));
  PetscCall(HfExperimentDestroy(&experiment));
  PetscFunctionReturn(code);
}

PetscErrorCode HfAppPlan(HfDeck deck, PetscBool forecast, HfNode *plan) {
  PetscErrorCode code;
  HfOutput output;
  PetscFunctionBeginUser;
  PetscCall(HfOutputCreate(deck, NULL, PETSC_FALSE, &output));
  code = plan_with(deck, HfOutputRecorder(output), forecast, plan);
  PetscCall(HfOutputDestroy(&output));
  PetscFunctionReturn(code);
}

static PetscErrorCode check(HfDeck deck, HfKeys keys, const HfOptions *options) {
  PetscMPIInt rank;
  HfNode plan;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(HfDeckComm(deck), &rank));
  if (HfEnsembleSettingsGiven(deck)) {
    PetscCall(HfAppCheckEnsemble(deck, keys, options));
    PetscFunctionReturn(0);
  }
  PetscCall(HfAppPlan(deck, PETSC_TRUE, &plan));
  if (!rank) {
    printf("%s is a valid deck\n", options->argument);
    for (PetscInt k = 0; k < HfNodeLength(plan); ++k) HfAppPrintItem(HfNodeItem(plan, k), 2, stdout);
  }
  PetscCall(HfNodeDestroy(&plan));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCommand_check(MPI_Comm comm, const HfOptions *options) {
  HfKeys keys;
  HfDeck deck;
  PetscErrorCode code;
  PetscFunctionBeginUser;
  PetscCall(HfAppCreateKeys(&keys));
  PetscCall(HfDeckCreate(comm, keys, options->argument, options->n_set, options->set, &deck));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfAppPetscSettings(deck));
  code = check(deck, keys, options);
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(code);
}
