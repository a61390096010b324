/* The current in the film: its density for the torques that it drives, and when it is updated for a new texture.

   Updated per step or per interval, the current belongs to the state at the end of a step. It is known before the last stage of that step is evaluated,
   which is also the first stage of the next one: an update costs no evaluation. Between updates the current is constant, which is first order in the time
   between them; that error appears in the last stage, where the error control of the steps sees it. */
#include "magnet_impl.h"

const char *const HfCurrentRefreshNames[] = {"stage", "step", "interval", NULL};

PetscBool HfMagnetFeelsCurrent(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_torques; ++k)
    if (magnet->torques[k].type->current_driven && HfTorqueActive(&magnet->torques[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscBool HfMagnetFeelsLayerCurrent(HfMagnet magnet, PetscReal *side) {
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *torque = &magnet->torques[k];

    if (!torque->type->layer || !HfTorqueActive(torque)) continue;
    if (side) *side = (*torque->type->layer)(torque);
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

PetscBool HfMagnetFeelsFilmCurrentAlone(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *torque = &magnet->torques[k];
    if (torque->type->current_driven && !torque->type->layer && HfTorqueActive(torque)) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

PetscReal HfMagnetDriftPerCurrent(HfMagnet magnet, PetscInt region) {
  PetscReal sum = 0;

  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *torque = &magnet->torques[k];
    if (torque->active[region] && torque->type->drift) sum += (*torque->type->drift)(torque, torque->p[region]);
  }
  return sum;
}

/* `of_layer`: for the torques alone that a metal on the film exerts. */
static PetscErrorCode set_current(HfMagnet magnet, Vec j, PetscBool of_layer) {
  const PetscScalar *rows = NULL;

  PetscFunctionBeginUser;
  if (j) PetscCall(HfVecRows(j, &rows));
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    HfTorque *torque = &magnet->torques[k];

    if (!torque->type->current_driven || (of_layer && !torque->type->layer)) continue;
    torque->j = rows;
    if (j && HfTorqueActive(torque)) HfCite(torque->type->citation);
  }
  ++magnet->inputs;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetSetCurrentDensity(HfMagnet magnet, Vec j) {
  PetscFunctionBeginUser;
  PetscCall(set_current(magnet, j ? j : magnet->uniform_current, PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetSetLayerCurrentDensity(HfMagnet magnet, Vec j) {
  PetscFunctionBeginUser;
  PetscCall(set_current(magnet, j, PETSC_TRUE));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCurrentAsField(HfMagnet magnet, Vec j, PetscReal *H) {
  const PetscScalar *rows;
  PetscReal most = 0;

  PetscFunctionBeginUser;
  PetscCall(HfVecRows(j, &rows));
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    PetscReal sum = 0;

    for (PetscInt k = 0; k < magnet->n_torques; ++k) {
      HfTorque torque = magnet->torques[k];

      if (!torque.type->current_driven || torque.type->straight || !torque.type->largest || !torque.active[r]) continue;
      torque.j = rows;
      sum += (*torque.type->largest)(&torque, r);
    }
    most = PetscMax(most, sum / magnet->film.materials[r].gamma0);
  }
  PetscCallMPI(MPI_Allreduce(&most, H, 1, MPIU_REAL, MPIU_MAX, HfGridComm(magnet->film.grid)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetSetUniformCurrent(HfMagnet magnet, const PetscReal j[2]) {
  PetscInt n;
  PetscScalar *a;

  PetscFunctionBeginUser;
  if (!magnet->uniform_current) PetscCall(HfGridCreateCellVec(magnet->film.grid, 2, &magnet->uniform_current));
  PetscCall(VecGetLocalSize(magnet->uniform_current, &n));
  PetscCall(VecGetArrayWrite(magnet->uniform_current, &a));
  for (PetscInt k = 0; k < n; ++k) a[k] = j[k % 2];
  PetscCall(VecRestoreArrayWrite(magnet->uniform_current, &a));
  PetscCall(HfMagnetSetCurrentDensity(magnet, NULL));
  PetscFunctionReturn(0);
}

Vec HfMagnetUniformCurrent(HfMagnet magnet) { return magnet->uniform_current; }

PetscErrorCode HfMagnetSetCurrentUpdate(HfMagnet magnet, HfMagnetCurrentUpdate update, void *context, HfCurrentRefresh mode, PetscReal every) {
  PetscFunctionBeginUser;
  PetscCheck(mode != HF_CURRENT_PER_INTERVAL || every > 0 || !update, HfGridComm(magnet->film.grid), PETSC_ERR_ARG_OUTOFRANGE,
             "coupling.every is %g s; it must be positive", (double)every);
  magnet->current = (HfCurrent){.update = update, .context = context, .mode = mode, .every = every};
  PetscFunctionReturn(0);
}

/* Number of the interval that contains t; a step that ends on the border of an interval has reached it. */
static PetscReal interval(const HfCurrent *current, PetscReal t) { return PetscFloorReal((t - current->start) / current->every + 1e-6); }

PetscBool HfCurrentDue(HfMagnet magnet, PetscReal t, PetscBool end) {
  const HfCurrent *current = &magnet->current;

  if (!current->update) return PETSC_FALSE;
  if (current->mode == HF_CURRENT_PER_STAGE) return PETSC_TRUE;
  if (!end) return PETSC_FALSE;
  if (current->mode == HF_CURRENT_PER_STEP || !current->fresh || t < current->last) return PETSC_TRUE;
  return (PetscBool)(interval(current, t) > interval(current, current->last));
}

PetscErrorCode HfCurrentRefreshNow(HfMagnet magnet, PetscReal t, Vec m) {
  HfCurrent *current = &magnet->current;

  PetscFunctionBeginUser;
  PetscCall((*current->update)(t, m, current->context));
  if (!current->fresh) current->start = t;
  current->last = t;
  current->fresh = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfCurrentTakeBack(HfMagnet magnet, PetscReal t, Vec m, PetscBool *changed) {
  const HfCurrent *current = &magnet->current;

  PetscFunctionBeginUser;
  *changed = PETSC_FALSE;
  if (!current->update || current->mode == HF_CURRENT_PER_STAGE || !current->fresh || !(current->last > t)) PetscFunctionReturn(0);
  PetscCall(HfCurrentRefreshNow(magnet, t, m));
  *changed = (PetscBool)(current->mode == HF_CURRENT_PER_INTERVAL); /* it is newer than the one that the step began with */
  PetscFunctionReturn(0);
}
