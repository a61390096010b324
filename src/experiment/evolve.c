/* evolve.c: time passes. A phase is cut at its probes and at the frames that the deck's `output.every` asks for; between the cuts the magnet
   integrates by itself and a monitor adds lines to the table, ROWS per phase unless the deck says how often. */
#include "experiment_impl.h"

#define ROWS  200  /* lines of the table per phase: a line costs about two right-hand sides */
#define CLOSE 1e-9 /* stops nearer than this part of the phase are one stop */

typedef struct {
  HfExperiment e;
  const char *what;
  PetscReal start, row_every, next_row, reached;
} Watch;

static PetscErrorCode Monitor(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *watch = (Watch *)context;

  PetscFunctionBeginUser;
  watch->reached = t;
  if (t >= watch->next_row) {
    PetscCall(HfRowNow(watch->e, t, dt, m));
    PetscCall(HfProgressNow(watch->e, watch->what, t - watch->start));
    while (watch->next_row <= t) watch->next_row += watch->row_every;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfProgressNow(HfExperiment e, const char *what, PetscReal extra) {
  PetscFunctionBeginUser;
  if (e->recorder->progress) PetscCall(e->recorder->progress(e->recorder->context, what, e->done + extra, e->plan.seconds));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRowNow(HfExperiment e, PetscReal t, PetscReal dt, Vec m) {
  HfMagnet magnet = HfDeviceMagnet(e->device);
  HfRow row = {.time = t, .dt = dt, .G = e->have_untrained || e->probed ? e->G : NULL};
  const PetscInt n_terms = HfMagnetTermCount(magnet);
  PetscReal *energies;

  PetscFunctionBeginUser;
  if (!e->recorder->row) PetscFunctionReturn(0);
  PetscCall(HfMagnetAverage(magnet, m, row.average));
  PetscCall(HfMagnetMaxTorque(magnet, t, m, &row.max_torque));
  PetscCall(PetscMalloc1(n_terms + 1, &energies));
  PetscCall(HfMagnetEnergies(magnet, t, m, energies));
  for (PetscInt k = 0; k < n_terms; k++) row.energy += energies[k];
  PetscCall(PetscFree(energies));
  PetscCall(e->recorder->row(e->recorder->context, &row));
  PetscFunctionReturn(0);
}

PetscErrorCode HfProbeNow(HfExperiment e) {
  HfProbe probe = {.time = *HfDeviceTime(e->device),
                   .n = e->n,
                   .G = e->G,
                   .step = e->step,
                   .epoch = e->epoch,
                   .pattern = e->pattern,
                   .n_gauges = e->n_gauges,
                   .gauge_names = e->gauge_names,
                   .gauges = e->gauges};

  PetscFunctionBeginUser;
  if (e->probed) PetscFunctionReturn(0);
  PetscCall(HfDeviceConductance(e->device, e->G));
  PetscCall(HfReadingsMeasure(e));
  e->probed = PETSC_TRUE;
  if (e->recorder->probe) PetscCall(e->recorder->probe(e->recorder->context, &probe));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFramesNow(HfExperiment e, PetscBool currents) {
  Vec j;

  PetscFunctionBeginUser;
  if (!e->recorder->field) PetscFunctionReturn(0);
  PetscCall(HfRecordField(e, "m", 3, HfDeviceState(e->device)));
  if (HfDriveByGold(e)) PetscCall(HfRecordField(e, "H", 3, HfDeviceDriveField(e->device)));
  if (!currents || !e->have_x) PetscFunctionReturn(0);
  PetscCall(HfGridCreateCellVec(HfDeviceGrid(e->device), 2, &j));
  PetscCall(HfDeviceFilmCurrent(e->device, e->x, j)); /* for +-1 V on the film */
  PetscCall(HfRecordField(e, "j", 2, j));
  if (HfDriveByGold(e)) {
    PetscCall(HfDeviceGoldCurrent(e->device, e->V, j));
    PetscCall(HfRecordField(e, "j_gold", 2, j));
  }
  PetscCall(VecDestroy(&j));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTextureChanged(HfExperiment e) {
  PetscFunctionBeginUser;
  e->probed = PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscReal HfOutputTime(HfExperiment e, const char *key) {
  HfNode output = HfNodeFind(HfDeckRoot(e->deck), "output");
  return output && HfHas(output, key) ? HfReal(output, key) : 0.0;
}

/* The k-th stop of a series, or the end. */
static PetscReal Stop(PetscReal start, PetscReal duration, PetscReal every, PetscInt k) {
  return every > 0.0 && k * every < duration * (1.0 - CLOSE) ? start + k * every : start + duration;
}

PetscErrorCode HfEvolve(HfExperiment e, const char *what, PetscReal duration, PetscReal probe_every) {
  PetscReal *time = HfDeviceTime(e->device);
  const PetscReal start = *time, end = start + duration, frame_every = HfOutputTime(e, "every");
  Watch watch = {.e = e, .what = what, .start = start, .row_every = HfOutputTime(e, "table_every"), .reached = start};
  PetscInt k_probe = 1, k_frame = 1;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  if (!(watch.row_every > 0.0)) watch.row_every = duration / ROWS;
  watch.next_row = start + watch.row_every;
  while (*time < end) {
    const PetscReal probe = Stop(start, duration, probe_every, k_probe), frame = Stop(start, duration, frame_every, k_frame);
    const PetscReal next = PetscAbsReal(probe - frame) < CLOSE * duration ? probe : PetscMin(probe, frame);

    code = HfMagnetAdvance(HfDeviceMagnet(e->device), HfDeviceState(e->device), *time, next, Monitor, &watch);
    e->probed = PETSC_FALSE;
    if (code == HF_ERR_DIVERGED) { /* what it diverged from is what one wants to look at */
      *time = watch.reached;
      PetscCall(HfFramesNow(e, PETSC_FALSE));
      PetscFunctionReturn(code);
    }
    PetscCall(code);
    *time = next;
    if (next == probe) {
      k_probe++;
      if (probe_every >= 0.0) {
        PetscCall(HfProbeNow(e));
        PetscCall(HfTraceAdd(e));
      }
    }
    if (next == frame) {
      k_frame++;
      if (next < end) PetscCall(HfFramesNow(e, PETSC_TRUE));
    }
    PetscCall(HfProgressNow(e, what, next - start));
  }
  e->done += duration;
  PetscFunctionReturn(0);
}
