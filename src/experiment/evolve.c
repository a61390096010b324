/* Time passes. A phase is cut at its probes and at the frames that the deck's `output.every` asks for; between the cuts the magnet
   integrates by itself and a monitor adds lines to the table, ROWS per phase unless the deck says how often; it also looks whether the run is to write a
   checkpoint or to stop. */
#include "experiment_impl.h"

#define ROWS  200  /* lines of the table per phase: a line costs about two right-hand sides */
#define CLOSE 1e-9 /* stops nearer than this part of the phase are one stop */

typedef struct {
  HfExperiment e;
  const char *what;
  PetscReal start, row_every, next_row;
  PetscBool stopped;
} Watch;

static PetscErrorCode row(HfExperiment e, PetscReal t, PetscReal dt, Vec m);

static PetscErrorCode monitor(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *watch = (Watch *)context;

  PetscFunctionBeginUser;
  if (t >= watch->next_row) {
    PetscCall(row(watch->e, t, dt, m));
    PetscCall(HfProgressNow(watch->e, watch->what, t - watch->start));
    while (watch->next_row <= t) watch->next_row += watch->row_every;
  }
  watch->e->replay.next_row = watch->next_row;
  PetscCall(HfPause(watch->e, HF_INSIDE_ADVANCE, t, stop));
  watch->stopped = *stop;
  PetscFunctionReturn(0);
}

PetscErrorCode HfProgressNow(HfExperiment e, const char *what, PetscReal extra) {
  PetscFunctionBeginUser;
  if (e->recorder->progress && !HfReplaying(e)) PetscCall(e->recorder->progress(e->recorder->context, what, e->done + extra, e->plan.seconds));
  PetscFunctionReturn(0);
}

static PetscErrorCode row(HfExperiment e, PetscReal t, PetscReal dt, Vec m) {
  HfMagnet magnet = HfDeviceMagnet(e->device);
  HfTableLine row = {.time = t, .dt = dt, .G = e->have_untrained || e->probed ? e->G : NULL};
  const PetscInt n_terms = HfMagnetTermCount(magnet);
  PetscReal *energies;

  PetscFunctionBeginUser;
  if (!e->recorder->table_line) PetscFunctionReturn(0);
  PetscCall(HfMagnetAverage(magnet, m, row.average));
  PetscCall(PetscMalloc1(n_terms + 1, &energies));
  PetscCall(HfMagnetTorqueAndEnergies(magnet, t, m, &row.max_torque, energies));
  for (PetscInt k = 0; k < n_terms; ++k) row.energy += energies[k];
  PetscCall(PetscFree(energies));
  PetscCall(e->recorder->table_line(e->recorder->context, &row));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTableLineNow(HfExperiment e, PetscReal t, PetscReal dt, Vec m) {
  PetscBool taken;

  PetscFunctionBeginUser;
  PetscCall(HfReplayTake(e, HF_OUTCOME_ROW, 0, NULL, &taken));
  if (taken) PetscFunctionReturn(0);
  PetscCall(row(e, t, dt, m));
  PetscCall(HfReplayKeep(e, HF_OUTCOME_ROW, 0, NULL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMeasureNow(HfExperiment e, PetscReal average[3], PetscReal *torque) {
  HfMagnet magnet = HfDeviceMagnet(e->device);
  PetscReal found[4];
  PetscBool taken;

  PetscFunctionBeginUser;
  PetscCall(HfReplayTake(e, HF_OUTCOME_MEASURE, 4, found, &taken));
  if (!taken) {
    PetscCall(HfMagnetAverage(magnet, HfDeviceMagnetization(e->device), found));
    PetscCall(HfMagnetMaxTorque(magnet, HfDeviceTime(e->device), HfDeviceMagnetization(e->device), &found[3]));
    PetscCall(HfReplayKeep(e, HF_OUTCOME_MEASURE, 4, found));
  }
  PetscCall(PetscArraycpy(average, found, 3));
  *torque = found[3];
  PetscFunctionReturn(0);
}

/* G and the gauges, by the film or from before. */
static PetscErrorCode measure(HfExperiment e) {
  const PetscInt n = e->n * e->n;
  PetscReal *found;
  PetscBool taken;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n + e->n_gauges, &found));
  PetscCall(HfReplayTake(e, HF_OUTCOME_PROBE, n + e->n_gauges, found, &taken));
  e->effort.n_matrices += e->n > 0;
  if (taken) {
    PetscCall(PetscArraycpy(e->G, found, n));
    PetscCall(PetscArraycpy(e->gauges, found + n, e->n_gauges));
  } else {
    if (e->doing) PetscCall(HfEffortCount(e, e->doing));
    PetscCall(HfDeviceConductance(e->device, e->G));
    PetscCall(HfReadingsMeasure(e));
    PetscCall(HfEffortCount(e, "conductance"));
    PetscCall(PetscArraycpy(found, e->G, n));
    PetscCall(PetscArraycpy(found + n, e->gauges, e->n_gauges));
    for (PetscInt k = 0; k < n + e->n_gauges; ++k)
      PetscCheckFault(!PetscIsInfOrNanReal(found[k]), e->comm, HF_ERR_DIVERGED, "a conductance read at t = %.9g s is not finite",
                      (double)HfDeviceTime(e->device));
    PetscCall(HfReplayKeep(e, HF_OUTCOME_PROBE, n + e->n_gauges, found));
  }
  PetscCall(PetscFree(found));
  PetscFunctionReturn(0);
}

PetscErrorCode HfProbeNow(HfExperiment e) {
  HfProbe probe = {.time = HfDeviceTime(e->device),
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
  PetscCall(HfProfileBegin(HF_PROFILE_PROBE));
  PetscCall(measure(e));
  PetscCall(HfProfileEnd(HF_PROFILE_PROBE));
  e->probed = PETSC_TRUE;
  if (e->recorder->probe) PetscCall(e->recorder->probe(e->recorder->context, &probe));
  PetscFunctionReturn(0);
}

/* Those that were written: only their names are told. */
static PetscErrorCode old_frames(HfExperiment e, PetscBool currents) {
  PetscFunctionBeginUser;
  PetscCall(HfRecordField(e, "m", 3, NULL));
  if (HfDriveByGold(e)) PetscCall(HfRecordField(e, "H", 3, NULL));
  if (currents) PetscCall(HfRecordField(e, "j", 2, NULL));
  if (currents && HfDriveByGold(e)) PetscCall(HfRecordField(e, "j_gold", 2, NULL));
  PetscFunctionReturn(0);
}

static PetscErrorCode new_frames(HfExperiment e, PetscBool currents) {
  Vec j;

  PetscFunctionBeginUser;
  PetscCall(HfRecordField(e, "m", 3, HfDeviceMagnetization(e->device)));
  if (HfDriveByGold(e)) PetscCall(HfRecordField(e, "H", 3, HfDeviceDriveField(e->device)));
  if (!currents) PetscFunctionReturn(0);
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

PetscErrorCode HfFramesNow(HfExperiment e, PetscBool currents) {
  PetscBool taken;

  PetscFunctionBeginUser;
  if (!e->recorder->field) PetscFunctionReturn(0);
  currents = (PetscBool)(currents && e->have_x);
  PetscCall(HfReplayTake(e, HF_OUTCOME_FRAMES, 0, NULL, &taken));
  PetscCall((taken ? old_frames : new_frames)(e, currents));
  if (!taken) PetscCall(HfReplayKeep(e, HF_OUTCOME_FRAMES, 0, NULL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTextureChanged(HfExperiment e) {
  PetscFunctionBeginUser;
  e->probed = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* The k-th stop of a series, or the end. */
static PetscReal stop(PetscReal start, PetscReal duration, PetscReal every, PetscInt k) {
  return every > 0.0 && k * every < duration * (1.0 - CLOSE) ? start + k * every : start + duration;
}

/* From the present stop to the next one, at time `next`. */
static PetscErrorCode segment(HfExperiment e, Watch *watch, PetscReal next) {
  PetscBool taken, resumed = HfReplaying(e);
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfReplayTake(e, HF_OUTCOME_TIME, 0, NULL, &taken));
  e->probed = PETSC_FALSE;
  if (taken) {
    HfDeviceSkip(e->device, next);
    PetscFunctionReturn(0);
  }
  if (resumed) watch->next_row = e->replay.next_row; /* goes on from here */
  e->replay.next_row = watch->next_row;
  if (!resumed) PetscCall(HfPause(e, HF_BETWEEN_PHASES, HfDeviceTime(e->device), &watch->stopped));
  if (watch->stopped) PetscFunctionReturn(HF_ERR_STOPPED);
  code = HfDeviceAdvance(e->device, next, monitor, watch);
  if (code == HF_ERR_DIVERGED) { /* what it diverged from is what one wants to look at */
    PetscCall(HfFramesNow(e, PETSC_FALSE));
    PetscFunctionReturn(code);
  }
  PetscCall(code);
  if (watch->stopped) PetscFunctionReturn(HF_ERR_STOPPED);
  PetscCall(HfMagnetGuard(HfDeviceMagnet(e->device), next, HfDeviceMagnetization(e->device)));
  PetscCall(HfReplayKeep(e, HF_OUTCOME_TIME, 0, NULL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEvolve(HfExperiment e, const char *what, PetscReal duration, PetscReal probe_every) {
  const HfRecorderSettings *settings = e->recorder->settings;
  PetscReal every[2] = {settings ? settings->every : 0.0, settings ? settings->table_every : 0.0};
  const PetscReal start = HfDeviceTime(e->device), end = start + duration;
  Watch watch = {.e = e, .what = what, .start = start};
  PetscInt k_probe = 1, k_frame = 1;
  PetscBool taken;

  PetscFunctionBeginUser;
  PetscCall(HfReplayTake(e, HF_OUTCOME_EVOLVE, 2, every, &taken)); /* the deck may ask for other times than before */
  if (!taken) PetscCall(HfReplayKeep(e, HF_OUTCOME_EVOLVE, 2, every));
  watch.row_every = every[1] > 0.0 ? every[1] : duration / ROWS;
  watch.next_row = start + watch.row_every;
  while (HfDeviceTime(e->device) < end) {
    const PetscReal probe = stop(start, duration, probe_every, k_probe), frame = stop(start, duration, every[0], k_frame);
    const PetscReal next = PetscAbsReal(probe - frame) < CLOSE * duration ? probe : PetscMin(probe, frame);

    PetscCall(segment(e, &watch, next));
    if (next == probe) {
      ++k_probe;
      if (probe_every >= 0.0) {
        PetscCall(HfProbeNow(e));
        PetscCall(HfTraceAdd(e));
      }
    }
    if (next == frame) {
      ++k_frame;
      if (next < end) PetscCall(HfFramesNow(e, PETSC_TRUE));
    }
    PetscCall(HfProgressNow(e, what, next - start));
  }
  e->done += duration;
  PetscFunctionReturn(0);
}

typedef struct {
  HfExperiment e;
  PetscBool stopped;
} Relaxing;

static PetscErrorCode relax_monitor(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Relaxing *relaxing = context;

  PetscFunctionBeginUser;
  PetscCall(HfPause(relaxing->e, HF_INSIDE_RELAX, t, stop));
  relaxing->stopped = *stop;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRelaxNow(HfExperiment e, PetscReal tolerance, PetscReal max_time, PetscBool *converged) {
  Relaxing relaxing = {.e = e};
  PetscReal found = 0.0;
  PetscBool taken;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfReplayTake(e, HF_OUTCOME_RELAX, 1, &found, &taken));
  PetscCall(HfTextureChanged(e));
  if (!taken) {
    code = HfMagnetRelax(HfDeviceMagnet(e->device), HfDeviceTime(e->device), HfDeviceMagnetization(e->device), tolerance, max_time, relax_monitor,
                         &relaxing, converged);
    if (code) PetscFunctionReturn(code);
    if (relaxing.stopped) PetscFunctionReturn(HF_ERR_STOPPED);
    found = *converged ? 1.0 : 0.0;
    PetscCall(HfReplayKeep(e, HF_OUTCOME_RELAX, 1, &found));
  }
  *converged = found > 0.0 ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}
