/* Settings that the steps share that recall: how the nodes are updated, and how the weights are made of the conductances. And the weights
   themselves. */
#include "step.h"

PetscErrorCode HfRecallSettingsRead(HfNode node, HfRecallOptions *options) {
  const char *method = HfText(node, "method");
  HfRecallMethod kind = HF_RECALL_SYNCHRONOUS;

  PetscFunctionBeginUser;
  while (strcmp(HfRecallNames[kind], method)) ++kind; /* the choices of the key are these names */
  *options = (HfRecallOptions){.method = kind,
                               .max_iterations = kind == HF_RECALL_ASYNCHRONOUS ? 1000 : 20,
                               .quiet_updates = (PetscInt)HfInteger(node, "quiet"),
                               .dead_zone = HfReal(node, "dead_zone"),
                               .seed = HfInteger(node, "seed")};
  if (HfHas(node, "max_iterations")) options->max_iterations = (PetscInt)HfInteger(node, "max_iterations");
  PetscFunctionReturn(0);
}

/* The weightings of one kind, one for each xi, at the end of the list. One more than it has room for is counted. */
static PetscErrorCode read_kind_settings(HfNode node, HfWeightsKind kind, PetscBool after_pause, HfWeightingList *list) {
  const char *name = HfWeightsNames[kind];
  const PetscInt n_xi = HfWeightsHaveXi(kind) ? HfCount(node, "xi") : 1;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n_xi && list->n <= HF_MAX_WEIGHTINGS; ++k) {
    HfWeighting weighting = {.kind = kind, .xi = 1.0, .after_pause = after_pause};

    if (!HfWeightsHaveXi(kind))
      PetscCall(PetscStrncpy(weighting.label, name, sizeof(weighting.label)));
    else if (HfIsWordAt(node, "xi", k)) {
      weighting.xi_of_untrained = PETSC_TRUE;
      PetscCall(PetscSNPrintf(weighting.label, sizeof(weighting.label), "%s:untrained", name));
    } else {
      weighting.xi = HfRealAt(node, "xi", k);
      PetscCall(PetscSNPrintf(weighting.label, sizeof(weighting.label), "%s-%.12g", name, (double)weighting.xi));
    }
    if (list->n < HF_MAX_WEIGHTINGS) list->list[list->n] = weighting;
    ++list->n;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingSettingsRead(HfScheduleCheck *check, HfNode node, HfWeightingList *list) {
  const PetscBool after_pause = !strcmp(HfText(node, "after"), "pause") ? PETSC_TRUE : PETSC_FALSE;
  HfNode weights = HfChild(node, "weights");
  PetscInt unknown = 0;

  PetscFunctionBeginUser;
  list->n = 0;
  for (PetscInt i = 0; i < HfCount(node, "weights"); ++i) {
    PetscInt kind = 0;
    while (HfWeightsNames[kind] && strcmp(HfWeightsNames[kind], HfTextAt(node, "weights", i))) ++kind;
    if (HfWeightsNames[kind])
      PetscCall(read_kind_settings(node, (HfWeightsKind)kind, after_pause, list));
    else {
      PetscCall(HfDeckError(check->deck, weights, "unknown weights %s: one of " HF_WEIGHTS_WORDS, HfTextAt(node, "weights", i)));
      ++unknown;
    }
  }
  if (!list->n && !unknown) PetscCall(HfDeckError(check->deck, weights, "name at least one kind of weights, and one xi for those that have it"));
  for (PetscInt k = 0; k < PetscMin(list->n, HF_MAX_WEIGHTINGS); ++k)
    if (after_pause && list->list[k].kind == HF_WEIGHTS_MIDRANGE && check->memories < 1.5 && check->was_unpaused)
      PetscCall(
          HfDeckError(check->deck, HfChild(node, "after"),
                      "`after: pause`: midranges of one memory are taken with those of before the last initial state, some of which have no pause: "
                      "give `pause` in every step `train`, or train two patterns"));
  if (after_pause && check->unpaused)
    PetscCall(HfDeckError(check->deck, HfChild(node, "after"), "`after: pause` needs memories with a pause: give `pause` in every step `train`"));
  if (list->n > HF_MAX_WEIGHTINGS)
    PetscCall(HfDeckError(check->deck, HfChild(node, "xi"), "at most %d kinds of weights in one step", HF_MAX_WEIGHTINGS));
  list->n = PetscMin(list->n, HF_MAX_WEIGHTINGS);
  PetscFunctionReturn(0);
}

static PetscReal trace(PetscInt n, const PetscReal G[]) {
  PetscReal trace = 0.0;
  for (PetscInt i = 0; i < n; ++i) trace += G[i * n + i];
  return trace;
}

/* tr G_untrained/tr G0, or the same of the resistances. */
static PetscErrorCode xi_of_untrained(const HfTrainingRecord *record, HfWeightsKind kind, PetscReal *xi) {
  const PetscInt n = record->n;
  PetscReal *R;

  PetscFunctionBeginUser;
  *xi = trace(n, record->G_untrained) / trace(n, record->G0);
  if (kind != HF_WEIGHTS_RESISTANCE) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n * n, &R));
  PetscCall(HfResistance(n, record->G_untrained, R));
  *xi = trace(n, R);
  PetscCall(HfResistance(n, record->G0, R));
  *xi /= trace(n, R);
  PetscCall(PetscFree(R));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingResolve(const HfTrainingRecord *record, const HfWeightingList *settings, HfWeightingList *list) {
  PetscFunctionBeginUser;
  *list = *settings;
  for (PetscInt k = 0; k < list->n; ++k)
    if (list->list[k].xi_of_untrained) PetscCall(xi_of_untrained(record, list->list[k].kind, &list->list[k].xi));
  PetscFunctionReturn(0);
}

HfWeighting HfWeightingControl(const HfWeightingList *list, PetscBool *wanted) {
  PetscBool scaled = PETSC_FALSE, saturated = PETSC_FALSE;

  for (PetscInt k = 0; k < list->n; ++k) {
    scaled = scaled || list->list[k].kind == HF_WEIGHTS_SCALED ? PETSC_TRUE : PETSC_FALSE;
    saturated = saturated || list->list[k].kind == HF_WEIGHTS_SATURATED ? PETSC_TRUE : PETSC_FALSE;
  }
  *wanted = scaled && !saturated ? PETSC_TRUE : PETSC_FALSE;
  return (HfWeighting){
      .kind = HF_WEIGHTS_SATURATED, .xi = 1.0, .after_pause = (PetscBool)(list->n && list->list[0].after_pause), .label = "saturated"};
}

PetscErrorCode HfWeightingPut(HfNode entry, const HfWeighting *weighting) {
  PetscFunctionBeginUser;
  PetscCall(HfNodePutText(entry, "weights", HfWeightsNames[weighting->kind]));
  if (HfWeightsHaveXi(weighting->kind)) PetscCall(HfNodePutReal(entry, "xi", weighting->xi));
  if (weighting->xi_of_untrained) PetscCall(HfNodePutText(entry, "xi_of", "untrained"));
  if (weighting->after_pause) PetscCall(HfNodePutText(entry, "after", "pause"));
  PetscFunctionReturn(0);
}

const PetscReal *HfMemoryConductance(const HfWeighting *weighting, const HfMemory *memory) {
  return weighting->after_pause && memory->rested ? memory->rested : memory->G;
}

PetscReal HfMemoryTime(const HfWeighting *weighting, const HfMemory *memory) {
  return weighting->after_pause && memory->rested ? memory->rested_time : memory->time;
}

PetscErrorCode HfWeightingApply(const HfTrainingRecord *record, const HfWeighting *weighting, const PetscReal G0[], const PetscReal G[],
                                PetscBool with_diagonal, PetscReal w[]) {
  const PetscInt nn = record->n * record->n, first = record->n_memories - record->first_memory < 2 ? 0 : record->first_memory;
  const PetscInt n_set = record->n_memories - first;
  PetscReal *set = NULL;

  PetscFunctionBeginUser;
  if (weighting->kind == HF_WEIGHTS_MIDRANGE) {
    PetscCall(PetscMalloc1(n_set * nn, &set));
    for (PetscInt k = 0; k < n_set; ++k) PetscCall(PetscArraycpy(set + k * nn, HfMemoryConductance(weighting, &record->memories[first + k]), nn));
  }
  PetscCall(HfWeights(weighting->kind, record->n, G, G0, weighting->xi, n_set, set, with_diagonal, w));
  PetscCall(PetscFree(set));
  PetscFunctionReturn(0);
}
