/* What a run remembers for its tests: the untrained film, the conductance at the end of every pulse, and the last pulse's trace. */
#include "experiment_impl.h"

PetscErrorCode HfUntrainedRemember(HfExperiment e) {
  PetscFunctionBeginUser;
  if (e->have_untrained && e->have_x) PetscFunctionReturn(0);
  PetscCall(VecCopy(HfDeviceMagnetization(e->device), e->untrained));
  PetscCall(HfProbeNow(e));
  PetscCall(PetscArraycpy(e->G_untrained, e->G, e->n * e->n));
  e->have_untrained = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfUntrainedRestore(HfExperiment e) {
  PetscFunctionBeginUser;
  PetscCall(VecCopy(e->untrained, HfDeviceMagnetization(e->device)));
  PetscCall(HfTextureChanged(e));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMemoryAdd(HfExperiment e) {
  HfMemory *memory;

  PetscFunctionBeginUser;
  PetscCall(HfProbeNow(e));
  if (e->n_memories == e->capacity) {
    e->capacity = e->capacity ? 2 * e->capacity : 8;
    PetscCall(PetscRealloc(e->capacity * sizeof(*e->memories), &e->memories));
  }
  memory = &e->memories[e->n_memories++];
  PetscCall(PetscStrallocpy(e->pattern, &memory->pattern));
  PetscCall(PetscMalloc2(e->n, &memory->x, e->n * e->n, &memory->G));
  memory->rested = NULL;
  PetscCall(PetscArraycpy(memory->x, e->x, e->n));
  PetscCall(PetscArraycpy(memory->G, e->G, e->n * e->n));
  memory->time = HfDeviceTime(e->device);
  memory->step = e->step;
  memory->epoch = e->epoch;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMemoryRested(HfExperiment e) {
  HfMemory *memory = &e->memories[e->n_memories - 1];

  PetscFunctionBeginUser;
  PetscCall(HfProbeNow(e));
  PetscCall(PetscMalloc1(e->n * e->n, &memory->rested));
  PetscCall(PetscArraycpy(memory->rested, e->G, e->n * e->n));
  PetscFunctionReturn(0);
}

const PetscReal *HfMemoryConductance(const HfWeighting *weighting, const HfMemory *memory) {
  return weighting->after_pause && memory->rested ? memory->rested : memory->G;
}

PetscErrorCode HfMemoriesDestroy(HfExperiment e) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e->n_memories; ++k) {
    PetscCall(PetscFree(e->memories[k].pattern));
    PetscCall(PetscFree2(e->memories[k].x, e->memories[k].G));
    PetscCall(PetscFree(e->memories[k].rested));
  }
  for (PetscInt k = 0; k < e->n_snapshots; ++k) PetscCall(PetscFree2(e->snapshots[k].x, e->snapshots[k].G));
  PetscCall(PetscFree(e->memories));
  PetscCall(PetscFree(e->snapshots));
  PetscFunctionReturn(0);
}

const HfMemory *HfMemoryFind(HfExperiment e, const PetscReal x[]) {
  for (PetscInt k = e->n_memories - 1; k >= e->first_memory; k--) {
    PetscReal overlap = 0.0;
    for (PetscInt i = 0; i < e->n; ++i) overlap += x[i] * e->memories[k].x[i];
    if (PetscAbsReal(overlap) > e->n - 0.5) return &e->memories[k];
  }
  return NULL;
}

PetscErrorCode HfMemoriesOf(HfExperiment e, HfNode node, PetscInt *first) {
  PetscFunctionBeginUser;
  PetscCheckFault(e->n_memories > e->first_memory, e->comm, HF_ERR_DECK, "schedule, item %d: nothing was trained since the last initial state",
                  (int)e->step + 1);
  *first = strcmp(HfText(node, "of"), "last") ? e->first_memory : e->n_memories - 1;
  PetscFunctionReturn(0);
}

PetscErrorCode HfTraceStart(HfExperiment e, PetscReal voltage, PetscBool training) {
  HfTrace *trace = &e->trace;

  PetscFunctionBeginUser;
  trace->n_times = 0;
  trace->recording = PETSC_TRUE;
  trace->training = training;
  trace->have_before = e->have_x;
  trace->voltage = voltage;
  PetscCall(PetscArraycpy(trace->before, e->x, e->n));
  PetscFunctionReturn(0);
}

static PetscErrorCode snapshot_add(HfExperiment e) {
  HfSnapshot *snapshot;

  PetscFunctionBeginUser;
  if (e->n_snapshots == e->snapshot_capacity) {
    e->snapshot_capacity = PetscMax(2 * e->snapshot_capacity, 64);
    PetscCall(PetscRealloc(e->snapshot_capacity * sizeof(*e->snapshots), &e->snapshots));
  }
  snapshot = &e->snapshots[e->n_snapshots++];
  *snapshot = (HfSnapshot){.time = HfDeviceTime(e->device), .step = e->step, .epoch = e->epoch};
  PetscCall(PetscMalloc2(e->n, &snapshot->x, e->n * e->n, &snapshot->G));
  PetscCall(PetscArraycpy(snapshot->x, e->x, e->n));
  PetscCall(PetscArraycpy(snapshot->G, e->G, e->n * e->n));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTraceAdd(HfExperiment e) {
  HfTrace *trace = &e->trace;

  PetscFunctionBeginUser;
  if (!trace->recording) PetscFunctionReturn(0);
  if (trace->training) PetscCall(snapshot_add(e));
  if (trace->n_times == trace->capacity) {
    trace->capacity = trace->capacity ? 2 * trace->capacity : 64;
    PetscCall(PetscRealloc(trace->capacity * sizeof(PetscReal), &trace->times));
    PetscCall(PetscRealloc(trace->capacity * e->n * e->n * sizeof(PetscReal), &trace->G));
  }
  PetscCall(PetscArraycpy(trace->x, e->x, e->n));
  PetscCall(PetscArraycpy(trace->G + trace->n_times * e->n * e->n, e->G, e->n * e->n));
  trace->times[trace->n_times++] = HfDeviceTime(e->device);
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingsCheck(HfExperiment e, HfNode node) {
  PetscInt total = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < HfCount(node, "weights"); ++i) {
    PetscInt kind = 0;
    while (HfWeightsNames[kind] && strcmp(HfWeightsNames[kind], HfTextAt(node, "weights", i))) kind++;
    if (!HfWeightsNames[kind])
      PetscCall(HfDeckError(e->deck, HfChild(node, "weights"), "unknown weights %s: one of " HF_WEIGHTS_WORDS, HfTextAt(node, "weights", i)));
    total += HfWeightsHaveXi((HfWeightsKind)kind) ? HfCount(node, "xi") : 1;
  }
  if (!total) PetscCall(HfDeckError(e->deck, HfChild(node, "weights"), "name at least one kind of weights, and one xi for those that have it"));
  if (!strcmp(HfText(node, "after"), "pause") && e->checked_unpaused)
    PetscCall(HfDeckError(e->deck, HfChild(node, "after"), "`after: pause` asks for memories with a pause: give `pause` in every step `train`"));
  if (total > HF_MAX_WEIGHTINGS) PetscCall(HfDeckError(e->deck, HfChild(node, "xi"), "at most %d kinds of weights in one step", HF_MAX_WEIGHTINGS));
  PetscFunctionReturn(0);
}

HfWeighting HfWeightingControl(PetscInt n, const HfWeighting list[], PetscBool *wanted) {
  PetscBool scaled = PETSC_FALSE, saturated = PETSC_FALSE;
  for (PetscInt k = 0; k < n; ++k) {
    scaled = scaled || list[k].kind == HF_WEIGHTS_SCALED ? PETSC_TRUE : PETSC_FALSE;
    saturated = saturated || list[k].kind == HF_WEIGHTS_SATURATED ? PETSC_TRUE : PETSC_FALSE;
  }
  *wanted = scaled && !saturated ? PETSC_TRUE : PETSC_FALSE;
  return (HfWeighting){.kind = HF_WEIGHTS_SATURATED, .xi = 1.0, .after_pause = (PetscBool)(n && list[0].after_pause), .label = "saturated"};
}

PetscErrorCode HfWeightingPut(HfNode entry, const HfWeighting *weighting) {
  PetscFunctionBeginUser;
  PetscCall(HfNodePutText(entry, "weights", HfWeightsNames[weighting->kind]));
  if (HfWeightsHaveXi(weighting->kind)) PetscCall(HfNodePutReal(entry, "xi", weighting->xi));
  if (weighting->of_untrained) PetscCall(HfNodePutText(entry, "xi_of", "untrained"));
  if (weighting->after_pause) PetscCall(HfNodePutText(entry, "after", "pause"));
  PetscFunctionReturn(0);
}

static PetscReal trace(PetscInt n, const PetscReal G[]) {
  PetscReal trace = 0.0;
  for (PetscInt i = 0; i < n; ++i) trace += G[i * n + i];
  return trace;
}

/* tr G_untrained/tr G0, or the same of the resistances. */
static PetscErrorCode xi_of_untrained(HfExperiment e, HfWeightsKind kind, PetscReal *xi) {
  PetscReal *R;

  PetscFunctionBeginUser;
  *xi = trace(e->n, e->G_untrained) / trace(e->n, e->G0);
  if (kind != HF_WEIGHTS_RESISTANCE) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(e->n * e->n, &R));
  PetscCall(HfResistance(e->n, e->G_untrained, R));
  *xi = trace(e->n, R);
  PetscCall(HfResistance(e->n, e->G0, R));
  *xi /= trace(e->n, R);
  PetscCall(PetscFree(R));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingsRead(HfExperiment e, HfNode node, PetscInt *n, HfWeighting list[HF_MAX_WEIGHTINGS]) {
  const PetscBool after_pause = !strcmp(HfText(node, "after"), "pause") ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  *n = 0;
  for (PetscInt i = 0; i < HfCount(node, "weights"); ++i) {
    HfWeighting weighting = {.xi = 1.0, .after_pause = after_pause};
    while (strcmp(HfWeightsNames[weighting.kind], HfTextAt(node, "weights", i))) weighting.kind++;
    if (!HfWeightsHaveXi(weighting.kind)) {
      PetscCall(PetscStrncpy(weighting.label, HfWeightsNames[weighting.kind], sizeof(weighting.label)));
      list[(*n)++] = weighting;
      continue;
    }
    for (PetscInt k = 0; k < HfCount(node, "xi"); ++k) {
      weighting.of_untrained = HfIsWordAt(node, "xi", k);
      if (weighting.of_untrained) {
        PetscCall(xi_of_untrained(e, weighting.kind, &weighting.xi));
        PetscCall(PetscSNPrintf(weighting.label, sizeof(weighting.label), "%s:untrained", HfWeightsNames[weighting.kind]));
      } else {
        weighting.xi = HfRealAt(node, "xi", k);
        PetscCall(PetscSNPrintf(weighting.label, sizeof(weighting.label), "%s-%.12g", HfWeightsNames[weighting.kind], (double)weighting.xi));
      }
      list[(*n)++] = weighting;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingApply(HfExperiment e, const HfWeighting *weighting, const PetscReal G[], PetscBool with_diagonal, PetscReal w[]) {
  const PetscInt nn = e->n * e->n, first = e->n_memories - e->first_memory < 2 ? 0 : e->first_memory, n_set = e->n_memories - first;
  PetscReal *set = NULL;

  PetscFunctionBeginUser;
  if (weighting->kind == HF_WEIGHTS_MIDRANGE) {
    PetscCall(PetscMalloc1(n_set * nn, &set));
    for (PetscInt k = 0; k < n_set; ++k) PetscCall(PetscArraycpy(set + k * nn, HfMemoryConductance(weighting, &e->memories[first + k]), nn));
  }
  PetscCall(HfWeights(weighting->kind, e->n, G, e->G0, weighting->xi, n_set, set, with_diagonal, w));
  PetscCall(PetscFree(set));
  PetscFunctionReturn(0);
}
