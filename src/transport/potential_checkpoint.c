/* What the next solution of a potential depends on besides its operator: the start vectors and the lagged coarse levels, which are those of a
   magnetization of their own. */
#include "transport_impl.h"

PetscErrorCode HfPotentialListCheckpoint(HfPotential p, HfCheckpointList state) {
  const PetscInt n = p->electrodes->n;
  char name[32];

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListAdd(state, "solves", HF_CHECKPOINT_INT64, 1, &p->solves));
  PetscCall(HfCheckpointListAdd(state, "iterations", HF_CHECKPOINT_INT64, 1, &p->iterations));
  if (!p->film) PetscFunctionReturn(0);
  PetscCall(HfConductanceUnits(p));
  if (!p->made_for) {
    PetscCall(HfGridCreateCellVec(p->grid, 3, &p->made_for));
    PetscCall(VecZeroEntries(p->made_for));
  }
  PetscCall(HfCheckpointListAdd(state, "last_iterations", HF_CHECKPOINT_INT, 1, &p->last_iterations));
  PetscCall(HfCheckpointListAdd(state, "set_up", HF_CHECKPOINT_BOOL, 1, &p->set_up));
  PetscCall(HfCheckpointListAdd(state, "lagged", HF_CHECKPOINT_BOOL, 1, &p->lagged));
  PetscCall(HfCheckpointListAdd(state, "worn", HF_CHECKPOINT_BOOL, 1, &p->worn));
  PetscCall(HfCheckpointListAdd(state, "for_saturated", HF_CHECKPOINT_BOOL, 1, &p->for_saturated));
  PetscCall(HfCheckpointListAdd(state, "digits", HF_CHECKPOINT_REAL, 1, &p->digits));
  PetscCall(HfCheckpointListAdd(state, "operator_version", HF_CHECKPOINT_INT64, 1, &p->operator_version));
  PetscCall(HfCheckpointListAdd(state, "unit_version", HF_CHECKPOINT_INT64, 1, &p->unit_version));
  PetscCall(HfCheckpointListAdd(state, "contact_G", HF_CHECKPOINT_REAL, n * n, p->contact_G));
  PetscCall(HfCheckpointListAdd(state, "terminal_G", HF_CHECKPOINT_REAL, n * n, p->terminal_G));
  PetscCall(HfCheckpointListAdd(state, "contact_from_terminal", HF_CHECKPOINT_REAL, n * n, p->contact_from_terminal));
  PetscCall(HfCheckpointListAddVec(state, "made_for", p->made_for));
  for (PetscInt k = 0; k < n - 1; ++k) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "unit%" PetscInt_FMT, k));
    PetscCall(HfCheckpointListAddVec(state, name, p->unit[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCheckpointLoaded(HfPotential p) {
  const PetscBool lagged = p->lagged, worn = p->worn;
  const PetscInt64 version = p->operator_version;

  PetscFunctionBeginUser;
  if (!p->film || !p->set_up) PetscFunctionReturn(0);
  PetscCall(HfPotentialSetMagnetization(p, p->for_saturated ? NULL : p->made_for));
  PetscCall(HfSolverRenew(p));
  p->lagged = lagged;
  p->worn = worn;
  p->operator_version = version;
  PetscFunctionReturn(0);
}
