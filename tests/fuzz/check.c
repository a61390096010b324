/* Any text as a deck, as `hopfilm check` takes it: validated, device built, schedule checked and planned; on a machine of little memory. */
#include "fuzz.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = HfFuzzText(data, size);
  HfOutput nowhere;
  HfDeck deck;
  HfExperiment experiment;
  HfNode plan;

  HfSystemMemoryPretend(3e6);
  if (HfFuzzSucceeds(HfDeckCreateFromText(MPI_COMM_SELF, HfFuzzKeys(), text, &deck))) {
    if (HfFuzzSucceeds(HfDeckVerdict(deck))) {
      if (HfOutputCreate(deck, NULL, PETSC_FALSE, &nowhere)) abort();
      if (HfFuzzSucceeds(HfExperimentCreate(deck, HfOutputRecorder(nowhere), NULL, &experiment))) {
        if (!HfFuzzSucceeds(HfExperimentPlan(experiment, &plan))) abort();
        if (HfNodeDestroy(&plan) || HfExperimentDestroy(&experiment)) abort();
      }
      if (HfOutputDestroy(&nowhere)) abort();
    }
    if (HfDeckDestroy(&deck)) abort();
  }
  free(text);
  return 0;
}
