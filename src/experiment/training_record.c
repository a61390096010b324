/* What a run remembers of its film: the last probe, the untrained film, the conductance at the end of every pulse (a memory) and along the pulses
   (snapshots), and the last pulse (the trace). */
#include "experiment_impl.h"

PetscErrorCode HfTrainingRecordCreate(HfDevice device, PetscBool rests_untrained, HfTrainingRecord *record) {
  const PetscInt n = HfDeviceTerminals(device), n_gauges = HfDeviceGaugeCount(device);

  PetscFunctionBeginUser;
  *record = (HfTrainingRecord){.n = n, .n_gauges = n_gauges};
  PetscCall(PetscCalloc5(n * n, &record->G, n_gauges, &record->gauges, n_gauges, &record->gauges_at_start, n * n, &record->G0, n * n,
                         &record->G_untrained));
  PetscCall(PetscCalloc2(n, &record->trace.before, n, &record->trace.x));
  PetscCall(VecDuplicate(HfDeviceMagnetization(device), &record->m_untrained));
  PetscCall(VecZeroEntries(record->m_untrained));
  if (rests_untrained) PetscCall(VecDuplicate(record->m_untrained, &record->m_kept));
  if (rests_untrained) PetscCall(VecZeroEntries(record->m_kept));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTrainingRecordDestroy(HfTrainingRecord *record) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < record->n_memories; ++k) {
    PetscCall(PetscFree(record->memories[k].pattern));
    PetscCall(PetscFree2(record->memories[k].x, record->memories[k].G));
    PetscCall(HfReadingsDestroy(&record->memories[k].rested));
  }
  for (PetscInt k = 0; k < record->n_snapshots; ++k) PetscCall(PetscFree2(record->snapshots[k].x, record->snapshots[k].G));
  PetscCall(PetscFree(record->memories));
  PetscCall(PetscFree(record->snapshots));
  PetscCall(PetscFree(record->trace.times));
  PetscCall(PetscFree(record->trace.G));
  PetscCall(PetscFree2(record->trace.before, record->trace.x));
  PetscCall(PetscFree5(record->G, record->gauges, record->gauges_at_start, record->G0, record->G_untrained));
  PetscCall(HfReadingsDestroy(&record->untrained_rested));
  PetscCall(VecDestroy(&record->m_untrained));
  PetscCall(VecDestroy(&record->m_kept));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTrainingReset(HfTrainingRecord *record, HfDrive *drive) {
  PetscFunctionBeginUser;
  record->current = record->has_untrained = record->driven = PETSC_FALSE;
  record->first_memory = record->n_memories;
  record->trace.n_times = 0;
  drive->pattern[0] = '\0';
  PetscCall(HfReadingsDestroy(&record->untrained_rested));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTrainingRewire(HfTrainingRecord *record, HfDrive *drive) {
  PetscFunctionBeginUser;
  PetscCall(HfTrainingReset(record, drive));
  record->first_of_wiring = record->n_memories;
  PetscFunctionReturn(0);
}

/* ---- the untrained film ---- */

PetscErrorCode HfUntrainedRemember(HfStepContext context) {
  HfTrainingRecord *record = context->record;

  PetscFunctionBeginUser;
  if (record->has_untrained && record->driven) PetscFunctionReturn(0);
  PetscCall(VecCopy(HfDeviceMagnetization(context->device), record->m_untrained));
  PetscCall(HfProbeFilm(context));
  PetscCall(PetscArraycpy(record->G_untrained, record->G, record->n * record->n));
  record->has_untrained = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfUntrainedRestore(HfStepContext context) {
  PetscFunctionBeginUser;
  PetscCall(VecCopy(context->record->m_untrained, HfDeviceMagnetization(context->device)));
  HfProbeOutdate(context->record);
  context->record->driven = PETSC_FALSE;
  PetscFunctionReturn(0);
}

void HfUntrainedForget(HfTrainingRecord *record) {
  if (!record->driven) record->has_untrained = PETSC_FALSE;
}

/* ---- memories ---- */

PetscErrorCode HfMemoryAdd(HfStepContext context, PetscReal pulse) {
  HfTrainingRecord *record = context->record;
  const HfDrive *drive = context->drive;
  const PetscInt n = record->n;
  HfMemory *memory;

  PetscFunctionBeginUser;
  PetscCall(HfProbeFilm(context));
  if (record->n_memories == record->memory_capacity) {
    record->memory_capacity = PetscMax(2 * record->memory_capacity, 8);
    PetscCall(PetscRealloc(record->memory_capacity * sizeof(*record->memories), &record->memories));
  }
  memory = &record->memories[record->n_memories++];
  *memory = (HfMemory){.time = HfDeviceTime(context->device), .pulse = pulse, .item = drive->item, .epoch = drive->epoch};
  PetscCall(PetscStrallocpy(drive->pattern, &memory->pattern));
  PetscCall(PetscMalloc2(n, &memory->x, n * n, &memory->G));
  PetscCall(PetscArraycpy(memory->x, drive->x, n));
  PetscCall(PetscArraycpy(memory->G, record->G, n * n));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMemoryRest(HfStepContext context, const HfRestTimes *times, PetscReal pause, PetscBool frames) {
  HfMemory *memory = &context->record->memories[context->record->n_memories - 1];

  PetscFunctionBeginUser;
  memory->pause = pause;
  PetscCall(HfRest(context, times, frames, &memory->rested));
  PetscFunctionReturn(0);
}

const HfMemory *HfMemoryFind(const HfTrainingRecord *record, const PetscReal x[]) {
  for (PetscInt k = record->n_memories - 1; k >= record->first_memory; --k) {
    PetscReal overlap = 0.0;
    for (PetscInt i = 0; i < record->n; ++i) overlap += x[i] * record->memories[k].x[i];
    if (PetscAbsReal(overlap) > record->n - 0.5) return &record->memories[k];
  }
  return NULL;
}

PetscErrorCode HfMemoryFirst(HfStepContext context, PetscBool last_only, PetscInt *first) {
  const HfTrainingRecord *record = context->record;

  PetscFunctionBeginUser;
  PetscCheckFault(record->n_memories > record->first_memory, context->comm, HF_ERR_DECK,
                  "schedule, item %d: nothing has been trained since the last initial state", (int)context->drive->item + 1);
  *first = last_only ? record->n_memories - 1 : record->first_memory;
  PetscFunctionReturn(0);
}

static PetscReal largest_change(PetscInt nn, const PetscReal G[], const PetscReal from[]) {
  PetscReal change = 0.0, largest = 0.0;

  for (PetscInt e = 0; e < nn; ++e) {
    change = PetscMax(change, PetscAbsReal(G[e] - from[e]));
    largest = PetscMax(largest, PetscAbsReal(from[e]));
  }
  return largest > 0.0 ? change / largest : 0.0;
}

PetscErrorCode HfReportWeakSignal(HfStepContext context) {
  const HfTrainingRecord *record = context->record;
  const PetscInt nn = record->n * record->n;
  const PetscReal tolerance = HfPotentialTolerance(HfDeviceFilmPotential(context->device));
  PetscReal signal = 0.0;
  HfNode entry;

  PetscFunctionBeginUser;
  for (PetscInt k = record->first_memory; k < record->n_memories; ++k) {
    const HfMemory *memory = &record->memories[k];

    signal = PetscMax(signal, largest_change(nn, memory->G, record->G_untrained));
    for (PetscInt r = 0; r < memory->rested.n; ++r) signal = PetscMax(signal, largest_change(nn, memory->rested.list[r].G, record->G_untrained));
  }
  if (record->n_memories == record->first_memory || signal > tolerance) PetscFunctionReturn(0);
  PetscCall(HfEntryCreate(context, "signal", &entry));
  PetscCall(HfNodePutReal(entry, "largest_change", signal));
  PetscCall(HfNodePutReal(entry, "solver_tolerance", tolerance));
  PetscCall(HfNodePutBool(entry, "too_weak", PETSC_TRUE));
  PetscCall(
      HfReportHeadline(context, entry,
                       "too weak: training changed the conductances by %.1e of the largest, the solver is right to %.1e (potential.tolerance): what "
                       "follows is round-off; raise the voltage, the pulse or amr_ratio",
                       (double)signal, (double)tolerance));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

/* ---- the trace of a pulse, and snapshots ---- */

PetscErrorCode HfTraceStart(HfStepContext context, PetscReal voltage, PetscBool training) {
  HfTrace *trace = &context->record->trace;

  PetscFunctionBeginUser;
  trace->n_times = 0;
  trace->recording = PETSC_TRUE;
  trace->training = training;
  trace->has_before = context->record->driven;
  trace->voltage = voltage;
  PetscCall(PetscArraycpy(trace->before, context->drive->x, context->record->n));
  PetscFunctionReturn(0);
}

static PetscErrorCode add_snapshot(HfStepContext context) {
  HfTrainingRecord *record = context->record;
  const HfDrive *drive = context->drive;
  const PetscInt n = record->n;
  HfSnapshot *snapshot;

  PetscFunctionBeginUser;
  if (record->n_snapshots == record->snapshot_capacity) {
    record->snapshot_capacity = PetscMax(2 * record->snapshot_capacity, 64);
    PetscCall(PetscRealloc(record->snapshot_capacity * sizeof(*record->snapshots), &record->snapshots));
  }
  snapshot = &record->snapshots[record->n_snapshots++];
  *snapshot = (HfSnapshot){.time = HfDeviceTime(context->device), .item = drive->item, .epoch = drive->epoch};
  PetscCall(PetscMalloc2(n, &snapshot->x, n * n, &snapshot->G));
  PetscCall(PetscArraycpy(snapshot->x, drive->x, n));
  PetscCall(PetscArraycpy(snapshot->G, record->G, n * n));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTraceAdd(HfStepContext context) {
  HfTrainingRecord *record = context->record;
  HfTrace *trace = &record->trace;
  const PetscInt n = record->n;

  PetscFunctionBeginUser;
  if (!trace->recording) PetscFunctionReturn(0);
  if (trace->training) PetscCall(add_snapshot(context));
  if (trace->n_times == trace->capacity) {
    trace->capacity = PetscMax(2 * trace->capacity, 64);
    PetscCall(PetscRealloc((size_t)trace->capacity * sizeof(PetscReal), &trace->times));
    PetscCall(PetscRealloc((size_t)trace->capacity * (size_t)(n * n) * sizeof(PetscReal), &trace->G));
  }
  PetscCall(PetscArraycpy(trace->x, context->drive->x, n));
  PetscCall(PetscArraycpy(trace->G + (size_t)trace->n_times * (size_t)(n * n), record->G, n * n));
  trace->times[trace->n_times++] = HfDeviceTime(context->device);
  PetscFunctionReturn(0);
}

void HfTraceEnd(HfTrainingRecord *record) { record->trace.recording = PETSC_FALSE; }
