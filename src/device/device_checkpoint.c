/* What a device must find again to go on exactly where it was. */
#include "device_impl.h"

static PetscErrorCode coupling(HfDevice d, HfCheckpointList state) {
  HfCoupling *c = &d->coupling;
  char name[32];

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListGroup(state, "coupling"));
  PetscCall(HfCheckpointListAdd(state, "V", HF_CHECKPOINT_REAL, HfElectrodesCount(d->electrodes), c->V));
  PetscCall(HfCheckpointListAdd(state, "n_past", HF_CHECKPOINT_INT, 1, &c->n_past));
  PetscCall(HfCheckpointListAdd(state, "times", HF_CHECKPOINT_REAL, HF_PAST, c->times));
  PetscCall(HfCheckpointListAdd(state, "refreshes", HF_CHECKPOINT_INT64, 1, &c->refreshes));
  PetscCall(HfCheckpointListAdd(state, "iterations", HF_CHECKPOINT_INT64, 1, &c->iterations));
  PetscCall(HfCheckpointListAdd(state, "most", HF_CHECKPOINT_INT64, 1, &c->most));
  PetscCall(HfCheckpointListAddVec(state, "j", c->j));
  for (PetscInt k = 0; k < HF_PAST; ++k) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "past%" PetscInt_FMT, k));
    PetscCall(HfCheckpointListAddVec(state, name, c->past[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceListCheckpoint(HfDevice d, HfPhaseKind inside, HfCheckpointList state) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetListCheckpoint(d->magnet, inside, state));
  PetscCall(HfCheckpointListGroup(state, "device"));
  PetscCall(HfCheckpointListAdd(state, "time", HF_CHECKPOINT_REAL, 1, &d->time));
  PetscCall(HfCheckpointListAddVec(state, "m", d->m));
  for (PetscInt k = 0; k < d->n_gauges; ++k) {
    PetscCall(HfCheckpointListGroup(state, "gauge%" PetscInt_FMT, k));
    PetscCall(HfPotentialListCheckpoint(d->gauges[k].potential, state));
  }
  if (!d->film) PetscFunctionReturn(0);
  PetscCall(HfCheckpointListGroup(state, "film"));
  PetscCall(HfCheckpointListAddVec(state, "phi", d->film_phi));
  PetscCall(HfPotentialListCheckpoint(d->film, state));
  if (d->gold) {
    PetscCall(HfCheckpointListGroup(state, "gold"));
    PetscCall(HfPotentialListCheckpoint(d->gold, state));
  } else
    PetscCall(coupling(d, state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCheckpointLoaded(HfDevice d, HfPhaseKind inside) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetCheckpointLoaded(d->magnet, inside));
  for (PetscInt k = 0; k < d->n_gauges; ++k) PetscCall(HfPotentialCheckpointLoaded(d->gauges[k].potential));
  if (d->film) PetscCall(HfPotentialCheckpointLoaded(d->film));
  PetscFunctionReturn(0);
}
