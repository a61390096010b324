/* state.c: what the next solution of a potential depends on besides its operator: the start vectors and the lagged coarse levels, which are those of a
   magnetization of their own. */
#include "transport_impl.h"

PetscErrorCode HfPotentialState(HfPotential p, HfState state) {
  const PetscInt n = p->electrodes->n;
  char name[32];

  PetscFunctionBeginUser;
  PetscCall(HfStateAdd(state, "solves", HF_STATE_INT64, 1, &p->solves));
  PetscCall(HfStateAdd(state, "iterations", HF_STATE_INT64, 1, &p->iterations));
  if (!p->film) PetscFunctionReturn(0);
  PetscCall(HfConductanceUnits(p));
  if (!p->made_for) {
    PetscCall(HfGridCreateCellVec(p->grid, 3, &p->made_for));
    PetscCall(VecZeroEntries(p->made_for));
  }
  PetscCall(HfStateAdd(state, "last_iterations", HF_STATE_INT, 1, &p->last_iterations));
  PetscCall(HfStateAdd(state, "set_up", HF_STATE_BOOL, 1, &p->set_up));
  PetscCall(HfStateAdd(state, "lagged", HF_STATE_BOOL, 1, &p->lagged));
  PetscCall(HfStateAdd(state, "worn", HF_STATE_BOOL, 1, &p->worn));
  PetscCall(HfStateAdd(state, "for_saturated", HF_STATE_BOOL, 1, &p->for_saturated));
  PetscCall(HfStateAdd(state, "digits", HF_STATE_REAL, 1, &p->digits));
  PetscCall(HfStateAdd(state, "operator_version", HF_STATE_INT64, 1, &p->operator_version));
  PetscCall(HfStateAdd(state, "unit_version", HF_STATE_INT64, 1, &p->unit_version));
  PetscCall(HfStateAdd(state, "contact_G", HF_STATE_REAL, n * n, p->contact_G));
  PetscCall(HfStateAdd(state, "terminal_G", HF_STATE_REAL, n * n, p->terminal_G));
  PetscCall(HfStateAdd(state, "contact_from_terminal", HF_STATE_REAL, n * n, p->contact_from_terminal));
  PetscCall(HfStateAddVec(state, "made_for", p->made_for));
  for (PetscInt k = 0; k < n - 1; ++k) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "unit%" PetscInt_FMT, k));
    PetscCall(HfStateAddVec(state, name, p->unit[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialStateLoaded(HfPotential p) {
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
