/* `hopfilm check DECK`: validates the deck, builds its device, prints the plan of the run, what it costs and what every drive amounts to, and draws the
   device. */
#include "../app.h"
#include <string.h>

/* Where it was drawn goes to the plan. Without a place asked for, a picture that cannot be written is no fault. */
static PetscErrorCode draw(HfDeck deck, HfDevice device, const HfOptions *options, HfNode plan) {
  char path[PETSC_MAX_PATH_LEN];
  int failure;
  PetscFunctionBeginUser;
  if (options->picture && !strcmp(options->picture, "none")) PetscFunctionReturn(0);
  if (options->picture)
    PetscCall(PetscStrncpy(path, options->picture, sizeof path));
  else
    PetscCall(HfAppDefaultPath(options->argument, ".svg", path, sizeof path));
  PetscCall(HfAppWritePicture(deck, device, path, &failure));
  PetscCheckFault(!failure || !options->picture, HfDeckComm(deck), HF_ERR_FILE, "--picture: cannot write %s: %s", path, strerror(failure));
  if (failure) PetscCall(PetscSNPrintf(path, sizeof path, "none: runs/ cannot be written to (%s); see --picture", strerror(failure)));
  PetscCall(HfNodePutText(plan, "picture", path));
  PetscFunctionReturn(0);
}

/* The plan of a run that records nothing. */
static PetscErrorCode plan_with(HfDeck deck, HfRecorder recorder, const HfOptions *forecast, HfNode *plan) {
  HfExperiment experiment;
  PetscErrorCode code = 0;
  PetscFunctionBeginUser;
  PetscCall(HfExperimentCreate(deck, recorder, NULL, &experiment));
  PetscCall(HfAppRefuseUnusedPetscOptions(HfDeckComm(deck)));
  PetscCall(HfExperimentPlan(experiment, plan));
  if (forecast) code = HfExperimentForecast(experiment, *plan); /* may diverge */
  if (forecast && !code) code = draw(deck, HfExperimentDevice(experiment), forecast, *plan);
  if (code) PetscCall(HfNodeDestroy(plan));
  PetscCall(HfExperimentDestroy(&experiment));
  PetscFunctionReturn(code);
}

PetscErrorCode HfAppPlan(HfDeck deck, const HfOptions *forecast, HfNode *plan) {
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
    PetscCheckFault(!options->ranks, HfDeckComm(deck), HF_ERR_DECK, "--ranks plans one film, and this deck is an ensemble: plan a member");
    PetscCall(HfAppCheckEnsemble(deck, keys, options));
    PetscFunctionReturn(0);
  }
  if (options->ranks)
    PetscCall(HfAppPlanLarge(deck, keys, options, &plan));
  else
    PetscCall(HfAppPlan(deck, options, &plan));
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
