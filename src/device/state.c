/* state.c: what a device must find again to go on exactly where it was. */
#include "device_impl.h"

static PetscErrorCode coupling(HfDevice d, HfState state) {
  HfCoupling *c = &d->coupling;
  char name[32];

  PetscFunctionBeginUser;
  PetscCall(HfStateGroup(state, "coupling"));
  PetscCall(HfStateAdd(state, "V", HF_STATE_REAL, HfElectrodesCount(d->electrodes), c->V));
  PetscCall(HfStateAdd(state, "n_past", HF_STATE_INT, 1, &c->n_past));
  PetscCall(HfStateAdd(state, "times", HF_STATE_REAL, HF_PAST, c->times));
  PetscCall(HfStateAdd(state, "refreshes", HF_STATE_INT64, 1, &c->refreshes));
  PetscCall(HfStateAdd(state, "iterations", HF_STATE_INT64, 1, &c->iterations));
  PetscCall(HfStateAdd(state, "most", HF_STATE_INT64, 1, &c->most));
  PetscCall(HfStateAddVec(state, "j", c->j));
  for (PetscInt k = 0; k < HF_PAST; ++k) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "past%" PetscInt_FMT, k));
    PetscCall(HfStateAddVec(state, name, c->past[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceListState(HfDevice d, HfPhaseKind inside, HfState state) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetState(d->magnet, inside, state));
  PetscCall(HfStateGroup(state, "device"));
  PetscCall(HfStateAdd(state, "time", HF_STATE_REAL, 1, &d->time));
  PetscCall(HfStateAddVec(state, "m", d->m));
  for (PetscInt k = 0; k < d->n_gauges; ++k) {
    PetscCall(HfStateGroup(state, "gauge%" PetscInt_FMT, k));
    PetscCall(HfPotentialState(d->gauges[k].potential, state));
  }
  if (!d->film) PetscFunctionReturn(0);
  PetscCall(HfStateGroup(state, "film"));
  PetscCall(HfStateAddVec(state, "phi", d->film_phi));
  PetscCall(HfPotentialState(d->film, state));
  if (d->gold) {
    PetscCall(HfStateGroup(state, "gold"));
    PetscCall(HfPotentialState(d->gold, state));
  } else
    PetscCall(coupling(d, state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceStateLoaded(HfDevice d, HfPhaseKind inside) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetStateLoaded(d->magnet, inside));
  for (PetscInt k = 0; k < d->n_gauges; ++k) PetscCall(HfPotentialStateLoaded(d->gauges[k].potential));
  if (d->film) PetscCall(HfPotentialStateLoaded(d->film));
  PetscFunctionReturn(0);
}
