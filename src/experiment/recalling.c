/* What the steps that recall have in common. */
#include "experiment_impl.h"

PetscErrorCode HfRecallOptionsRead(HfNode node, HfRecallOptions *options) {
  const char *method = HfText(node, "method");
  HfRecallMethod kind = HF_RECALL_SYNCHRONOUS;

  PetscFunctionBeginUser;
  while (strcmp(HfRecallNames[kind], method)) kind++; /* the key's choices are these names */
  *options = (HfRecallOptions){.method = kind,
                               .max_iterations = kind == HF_RECALL_ASYNCHRONOUS ? 1000 : 20,
                               .quiet_updates = (PetscInt)HfInteger(node, "quiet"),
                               .dead_zone = HfReal(node, "dead_zone"),
                               .seed = HfInteger(node, "seed")};
  if (HfHas(node, "max_iterations")) options->max_iterations = (PetscInt)HfInteger(node, "max_iterations");
  PetscFunctionReturn(0);
}
