/* recalling.c: what the steps that recall have in common. */
#include "experiment_impl.h"

PetscErrorCode HfRecallOptionsRead(HfNode node, HfRecallOptions *options) {
  const PetscBool synchronous = !strcmp(HfText(node, "method"), "synchronous") ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  *options = (HfRecallOptions){.method = synchronous ? HF_RECALL_SYNCHRONOUS : HF_RECALL_ASYNCHRONOUS,
                               .max_iterations = synchronous ? 20 : 1000,
                               .quiet_updates = (PetscInt)HfInteger(node, "quiet"),
                               .dead_zone = HfReal(node, "dead_zone"),
                               .seed = HfInteger(node, "seed")};
  if (HfHas(node, "max_iterations")) options->max_iterations = (PetscInt)HfInteger(node, "max_iterations");
  PetscFunctionReturn(0);
}
