/* `hopfilm run DECK`: deck -> device and schedule -> results in a run directory.
   Nothing is written before the deck, the device and the PETSc options have been found good. */
#include "../app.h"
#include <string.h>

PetscErrorCode HfAppDefaultPath(const char deck[], const char ending[], char path[], size_t size) {
  const char *slash = strrchr(deck, '/'), *name = slash ? slash + 1 : deck, *dot = strrchr(name, '.');
  const int length = dot && dot > name ? (int)(dot - name) : (int)strlen(name);
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, size, "runs/%.*s%s", length, name, ending));
  PetscFunctionReturn(0);
}

static const char *status_of(PetscErrorCode code) {
  switch (code) {
  case 0:
    return "done";
  case HF_ERR_DIVERGED:
    return "diverged";
  case HF_ERR_STOPPED:
    return "stopped";
  default:
    return "failed";
  }
}

/* From a good deck to its results. */
static PetscErrorCode run_in(HfDeck deck, HfOutput output, HfExperiment *experiment) {
  PetscErrorCode code;
  PetscFunctionBeginUser;
  PetscCall(HfExperimentCreate(deck, HfOutputRecorder(output), NULL, experiment));
  PetscCall(HfAppRefuseUnusedPetscOptions(HfDeckComm(deck)));
  PetscCall(HfOutputSetUp(output, *experiment));
  code = HfExperimentRun(*experiment);
  PetscCall(HfOutputClose(output, status_of(code), *experiment));
  PetscFunctionReturn(code);
}

PetscErrorCode HfAppRun(HfDeck deck, const char *directory, const HfOptions *options, const char *ensemble, double launched) {
  HfOutput output = NULL;
  HfExperiment experiment = NULL;
  PetscBool finished;
  PetscErrorCode code;
  PetscFunctionBeginUser;
  PetscCall(HfOutputCreate(deck, directory, (PetscBool)(options->force || !options->restart || strcmp(options->restart, "never")), &output));
  if (ensemble) PetscCall(HfOutputJoinEnsemble(output, ensemble, launched));
  code = HfOutputCheckRestart(output, options->restart, options->force, &finished);
  if (!code && !finished) code = run_in(deck, output, &experiment);
  PetscCall(HfExperimentDestroy(&experiment));
  PetscCall(HfOutputDestroy(&output));
  PetscFunctionReturn(code);
}

PetscErrorCode HfCommand_run(MPI_Comm comm, const HfOptions *options) {
  char directory[PETSC_MAX_PATH_LEN];
  HfKeys keys;
  HfDeck deck;
  PetscErrorCode code;
  PetscFunctionBeginUser;
  if (options->out)
    PetscCall(PetscStrncpy(directory, options->out, sizeof directory));
  else
    PetscCall(HfAppDefaultPath(options->argument, "", directory, sizeof directory));

  PetscCall(HfAppCreateKeys(&keys));
  PetscCall(HfDeckCreate(comm, keys, options->argument, options->n_set, options->set, &deck));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfAppPetscSettings(deck));
  PetscCheckFault(!options->first_member || HfEnsembleSettingsGiven(deck), comm, HF_ERR_DECK, "--members: %s has no section `ensemble`",
                  options->argument);
  code = HfEnsembleSettingsGiven(deck) ? HfAppRunEnsemble(deck, keys, directory, options) : HfAppRun(deck, directory, options, NULL, 0);
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(code);
}
