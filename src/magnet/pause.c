/* pause.c: what a magnet must find again to go on exactly where it was, between two phases or inside of one. */
#include "heun.h"

PetscBool HfMagnetCanPause(HfMagnet magnet, HfPhaseKind kind) {
  return kind != HF_INSIDE_ADVANCE || HfMagnetThermal(magnet) || HfIntegratorCanPause(magnet->integrator) ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfMagnetState(HfMagnet magnet, HfPhaseKind inside, HfState state) {
  PetscFunctionBeginUser;
  PetscCall(HfStateGroup(state, "magnet"));
  PetscCall(HfIntegratorState(magnet, (PetscBool)(inside == HF_INSIDE_ADVANCE && !HfMagnetThermal(magnet)), state));
  PetscCall(HfStateAdd(state, "steps", HF_STATE_INT64, 1, &magnet->steps));
  PetscCall(HfStateAdd(state, "rejected", HF_STATE_INT64, 1, &magnet->rejected));
  PetscCall(HfStateAdd(state, "evaluations", HF_STATE_INT64, 1, &magnet->evaluations));
  PetscCall(HfStateAdd(state, "thermal_steps", HF_STATE_INT64, 1, &magnet->thermal_steps));
  PetscCall(HfStateAdd(state, "current_start", HF_STATE_REAL, 1, &magnet->current.start));
  PetscCall(HfStateAdd(state, "current_last", HF_STATE_REAL, 1, &magnet->current.last));
  PetscCall(HfStateAdd(state, "current_fresh", HF_STATE_BOOL, 1, &magnet->current.fresh));
  PetscCall(HfStateAdd(state, "phase_time", HF_STATE_REAL, 1, &magnet->phase.time));
  PetscCall(HfStateAdd(state, "phase_step", HF_STATE_REAL, 1, &magnet->phase.step));
  PetscCall(HfStateAdd(state, "phase_done", HF_STATE_INT64, 1, &magnet->phase.done));
  PetscCall(HfStateAdd(state, "phase_passed", HF_STATE_REAL, 1, &magnet->phase.passed));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetStateLoaded(HfMagnet magnet, HfPhaseKind inside) {
  PetscFunctionBeginUser;
  magnet->phase.resume = inside == HF_BETWEEN_PHASES ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}
