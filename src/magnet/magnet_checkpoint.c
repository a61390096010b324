/* What a magnet must find again to go on exactly where it was, between two phases or inside of one. */
#include "heun.h"

PetscBool HfMagnetCanPause(HfMagnet magnet, HfPhaseKind kind) {
  return kind != HF_INSIDE_ADVANCE || HfMagnetFluctuates(magnet) || HfIntegratorCanPause(magnet->integrator) ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfMagnetListCheckpoint(HfMagnet magnet, HfPhaseKind inside, HfCheckpointList state) {
  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListGroup(state, "magnet"));
  PetscCall(HfIntegratorListCheckpoint(magnet, (PetscBool)(inside == HF_INSIDE_ADVANCE && !HfMagnetFluctuates(magnet)), state));
  PetscCall(HfCheckpointListAdd(state, "steps", HF_CHECKPOINT_INT64, 1, &magnet->steps));
  PetscCall(HfCheckpointListAdd(state, "rejected", HF_CHECKPOINT_INT64, 1, &magnet->rejected));
  PetscCall(HfCheckpointListAdd(state, "evaluations", HF_CHECKPOINT_INT64, 1, &magnet->evaluations));
  PetscCall(HfCheckpointListAdd(state, "thermal_steps", HF_CHECKPOINT_INT64, 1, &magnet->thermal_steps));
  PetscCall(HfCheckpointListAdd(state, "current_start", HF_CHECKPOINT_REAL, 1, &magnet->current.start));
  PetscCall(HfCheckpointListAdd(state, "current_last", HF_CHECKPOINT_REAL, 1, &magnet->current.last));
  PetscCall(HfCheckpointListAdd(state, "current_fresh", HF_CHECKPOINT_BOOL, 1, &magnet->current.fresh));
  PetscCall(HfCheckpointListAdd(state, "phase_time", HF_CHECKPOINT_REAL, 1, &magnet->phase.time));
  PetscCall(HfCheckpointListAdd(state, "phase_step", HF_CHECKPOINT_REAL, 1, &magnet->phase.step));
  PetscCall(HfCheckpointListAdd(state, "phase_done", HF_CHECKPOINT_INT64, 1, &magnet->phase.done));
  PetscCall(HfCheckpointListAdd(state, "phase_passed", HF_CHECKPOINT_REAL, 1, &magnet->phase.passed));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCheckpointLoaded(HfMagnet magnet, HfPhaseKind inside) {
  PetscFunctionBeginUser;
  magnet->phase.resume = inside == HF_BETWEEN_PHASES ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}
