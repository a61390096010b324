/* Settings that the steps share that recall: how the nodes are updated, and how the weights are made of the conductances. And the weights
   themselves. */
#include "step.h"

PetscErrorCode HfRecallSettingsRead(HfScheduleCheck *check, HfNode node, HfRecallOptions *options) {
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
  if (HfHas(node, "temperature")) options->temperature = HfReal(node, "temperature");
  if ((kind == HF_RECALL_STOCHASTIC) != HfHas(node, "temperature"))
    PetscCall(HfDeckError(check->deck, node, "`method: stochastic` and `temperature` go together"));
  if (kind != HF_RECALL_ASYNCHRONOUS && HfGiven(node, "quiet"))
    PetscCall(HfDeckError(check->deck, HfChild(node, "quiet"), "quiet has no effect without `method: asynchronous`; leave it out"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRuleSettingsRead(HfScheduleCheck *check, HfNode node, PetscInt *n, const HfRule ***rules) {
  PetscFunctionBeginUser;
  *n = HfHas(node, "rules") ? HfCount(node, "rules") : 0;
  *rules = NULL;
  if (*n) PetscCall(PetscMalloc1(*n, rules));
  for (PetscInt r = 0; r < *n; ++r) {
    const char *name = HfTextAt(node, "rules", r);
    const HfRule *renamed = HfRuleFindFormer(name);
    HfNode place = HfNodeItem(HfChild(node, "rules"), r);
    HfSuggestion suggestion;
    char text[HF_PATH_LENGTH];

    (*rules)[r] = HfRuleFind(name);
    if ((*rules)[r]) continue;
    if (renamed) {
      PetscCall(HfDeckError(check->deck, place, "the rule %s is now called %s: %s", name, renamed->name, renamed->doc));
      continue;
    }
    HfSuggestionStart(&suggestion, name);
    for (PetscInt k = 0; k < HfRuleCount(); ++k) HfSuggestionTry(&suggestion, HfRuleGet(k)->name, strlen(HfRuleGet(k)->name));
    HfSuggestionText(&suggestion, text);
    PetscCall(HfDeckError(check->deck, place, "no such learning rule: %s%s", name, text));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfRecallPut(HfNode entry, const HfRecallOptions *options) {
  PetscFunctionBeginUser;
  PetscCall(HfNodePutText(entry, "method", HfRecallNames[options->method]));
  if (options->method == HF_RECALL_STOCHASTIC) PetscCall(HfNodePutReal(entry, "temperature", options->temperature));
  PetscFunctionReturn(0);
}

/* "scaled-0.98:current-source" */
static void name_readout(HfWeighting *weighting) {
  const size_t used = strlen(weighting->name);

  if (strcmp(weighting->readout->name, "voltage")) snprintf(weighting->name + used, sizeof(weighting->name) - used, ":%s", weighting->readout->name);
}

/* The weightings of one kind, one for each xi, at the end of the list. One more than it has room for is counted. */
static PetscErrorCode read_kind_settings(HfNode node, HfWeightsKind kind, const HfReadout *readout, HfWeightingList *list) {
  const char *name = HfWeightsNames[kind];
  const PetscInt n_xi = HfWeightsHaveXi(kind) ? HfCount(node, "xi") : 1;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n_xi && list->n <= HF_MAX_WEIGHTINGS; ++k) {
    HfWeighting weighting = {.kind = kind, .xi = 1.0, .readout = readout};

    if (!HfWeightsHaveXi(kind))
      PetscCall(PetscStrncpy(weighting.name, name, sizeof(weighting.name)));
    else if (HfIsWordAt(node, "xi", k)) {
      weighting.xi_of_untrained = PETSC_TRUE;
      PetscCall(PetscSNPrintf(weighting.name, sizeof(weighting.name), "%s:untrained", name));
    } else {
      weighting.xi = HfRealAt(node, "xi", k);
      PetscCall(PetscSNPrintf(weighting.name, sizeof(weighting.name), "%s-%.12g", name, (double)weighting.xi));
    }
    name_readout(&weighting);
    if (list->n < HF_MAX_WEIGHTINGS) list->list[list->n] = weighting;
    ++list->n;
  }
  PetscFunctionReturn(0);
}

/* Midranges of one memory are taken with those of the films before the last `initial`. */
static PetscBool needs_memories_before(const HfScheduleCheck *check, const HfWeightingList *list) {
  for (PetscInt k = 0; k < PetscMin(list->n, HF_MAX_WEIGHTINGS); ++k)
    if (list->list[k].kind == HF_WEIGHTS_MIDRANGE && check->memories < 1.5) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* The midrange of one memory is that memory. */
static PetscErrorCode check_memories(HfScheduleCheck *check, HfNode place, const HfWeightingList *list) {
  PetscFunctionBeginUser;
  if (needs_memories_before(check, list) && check->memories > 0.5 && !check->had_memories)
    PetscCall(HfDeckError(check->deck, place,
                          "weights: of a single memory the midrange weights are all 0: train two patterns, keep a memory of each pulse "
                          "(`memory: pulse`), or give `weights: scaled`"));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_pause(HfScheduleCheck *check, HfNode place, const HfWeightingList *list) {
  PetscFunctionBeginUser;
  if (needs_memories_before(check, list) && check->was_unpaused)
    PetscCall(
        HfDeckError(check->deck, place,
                    "`after: pause`: midranges of one memory are taken with those of before the last initial state, some of which have no pause: "
                    "give `pause` in every step `train`, or train two patterns"));
  if (check->unpaused) PetscCall(HfDeckError(check->deck, place, "`after: pause` needs memories with a pause: give `pause` in every step `train`"));
  PetscFunctionReturn(0);
}

/* `time`, s, is one of those after which the memories are read. */
static PetscErrorCode check_time(HfScheduleCheck *check, HfNode place, const HfWeightingList *list, PetscReal time) {
  char text[HF_TIME_TEXT];

  PetscFunctionBeginUser;
  if (!(time > 0.0)) PetscFunctionReturn(0);
  HfTimeText(time, " ", text);
  if (!HfRestTimesHold(&check->rests, time))
    PetscCall(HfDeckError(check->deck, place,
                          "`after`: the memories are not read after %s without voltage: give this time in `retention` of every step `train`", text));
  else if (needs_memories_before(check, list) && check->had_memories && !HfRestTimesHold(&check->rests_before, time))
    PetscCall(
        HfDeckError(check->deck, place,
                    "`after`: midranges of one memory are taken with those of before the last initial state, some of which are not read after %s "
                    "without voltage: give this time in `retention` of every step `train`, or train two patterns",
                    text));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_times_settings(HfScheduleCheck *check, HfNode node, HfWeightingList *list) {
  HfNode after = HfChild(node, "after");

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfCount(node, "after"); ++k) {
    const PetscReal time = HfRealAt(node, "after", k), before = k ? list->after[k - 1].time : -1.0;
    char text[HF_TIME_TEXT], text_before[HF_TIME_TEXT];

    list->after[k] = (HfAfter){HF_AFTER_REST, time};
    list->n_after = k + 1;
    PetscCall(check_time(check, HfNodeItem(after, k), list, time));
    if (time > before) continue;
    HfTimeText(time, " ", text);
    HfTimeText(before, " ", text_before);
    PetscCall(HfDeckError(check->deck, HfNodeItem(after, k), "after: the times must rise, but %s comes after %s", text, text_before));
  }
  PetscFunctionReturn(0);
}

/* One of the words, or rising times. */
static PetscErrorCode read_after_settings(HfScheduleCheck *check, HfNode node, HfWeightingList *list) {
  HfNode after = HfChild(node, "after");
  const PetscInt n = HfCount(node, "after");
  const char *word = n && HfIsWordAt(node, "after", 0) ? HfTextAt(node, "after", 0) : "";
  PetscBool words = PETSC_FALSE;

  PetscFunctionBeginUser;
  list->n_after = 1;
  list->after[0] = (HfAfter){.kind = !strcmp(word, "pause") ? HF_AFTER_PAUSE : !strcmp(word, "pulse") ? HF_AFTER_PULSE : HF_AFTER_REST};
  for (PetscInt k = 0; k < n; ++k) words = (PetscBool)(words || HfIsWordAt(node, "after", k));
  if (!n || (words && n > 1) || n > HF_MAX_RESTS + 1)
    PetscCall(HfDeckError(check->deck, after, "after: give pulse, pause or retention, or up to %d times", HF_MAX_RESTS + 1));
  else if (!strcmp(word, "pause"))
    PetscCall(check_pause(check, after, list));
  else if (!strcmp(word, "retention")) {
    if (check->n_trained && !check->rests.n)
      PetscCall(HfDeckError(check->deck, after, "`after: retention` needs memories that are read at rest: give `retention` in every step `train`"));
    for (PetscInt k = 0; k < check->rests.n; ++k) {
      list->after[list->n_after++] = (HfAfter){HF_AFTER_REST, check->rests.time[k]};
      PetscCall(check_time(check, after, list, check->rests.time[k]));
    }
  } else if (!words)
    PetscCall(read_times_settings(check, node, list));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_readout(HfScheduleCheck *check, HfNode node, const HfReadout *readout, const HfWeightingList *list) {
  PetscFunctionBeginUser;
  if (!readout->four_probe) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < PetscMin(list->n, HF_MAX_WEIGHTINGS); ++k)
    if (list->list[k].kind != HF_WEIGHTS_SCALED && list->list[k].kind != HF_WEIGHTS_SATURATED) {
      PetscCall(HfDeckError(check->deck, HfChild(node, "readout"),
                            "readout: a %s reads the weights `scaled` and `saturated` alone, not `%s`: give `weights: scaled`", readout->name,
                            HfWeightsNames[list->list[k].kind]));
      break;
    }
  if (check->schedule->n && !HfDeviceFourProbePossible(check->device))
    PetscCall(HfDeckError(
        check->deck, HfChild(node, "readout"),
        "readout: four probes leave out the contact resistances, which behind a `wiring` cannot be told from the film: leave out `resistance` of "
        "the electrodes"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingSettingsRead(HfScheduleCheck *check, HfNode node, HfWeightingList *list) {
  const HfReadout *readout = HfReadoutFind(HfHas(node, "readout") ? HfText(node, "readout") : "voltage");
  HfNode weights = HfChild(node, "weights");
  PetscInt unknown = 0;

  PetscFunctionBeginUser;
  list->n = 0;
  for (PetscInt i = 0; i < HfCount(node, "weights"); ++i) {
    PetscInt kind = 0;
    while (HfWeightsNames[kind] && strcmp(HfWeightsNames[kind], HfTextAt(node, "weights", i))) ++kind;
    if (HfWeightsNames[kind])
      PetscCall(read_kind_settings(node, (HfWeightsKind)kind, readout, list));
    else {
      PetscCall(HfDeckError(check->deck, weights, "unknown weights %s: one of " HF_WEIGHTS_WORDS, HfTextAt(node, "weights", i)));
      ++unknown;
    }
  }
  if (!list->n && !unknown) PetscCall(HfDeckError(check->deck, weights, "name at least one kind of weights, and one xi for those that have it"));
  PetscCall(check_memories(check, weights, list));
  PetscCall(read_after_settings(check, node, list));
  PetscCall(check_readout(check, node, readout, list));
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

/* "midrange", or "midrange@1us" where the time is the deck's. */
static PetscErrorCode set_label(HfWeighting *weighting) {
  char time[HF_TIME_TEXT] = "";

  PetscFunctionBeginUser;
  if (weighting->after.kind == HF_AFTER_REST) HfTimeText(weighting->after.time, "", time);
  PetscCall(PetscSNPrintf(weighting->label, sizeof(weighting->label), "%s%s%s", weighting->name, time[0] ? "@" : "", time));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingResolve(const HfTrainingRecord *record, const HfWeightingList *settings, PetscInt k, HfWeightingList *list) {
  PetscFunctionBeginUser;
  *list = *settings;
  for (PetscInt i = 0; i < list->n; ++i) {
    list->list[i].after = settings->after[k];
    PetscCall(set_label(&list->list[i]));
    if (list->list[i].xi_of_untrained) PetscCall(xi_of_untrained(record, list->list[i].kind, &list->list[i].xi));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingControl(const HfWeightingList *list, HfWeighting *control, PetscBool *wanted) {
  PetscBool scaled = PETSC_FALSE, saturated = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < list->n; ++k) {
    scaled = scaled || list->list[k].kind == HF_WEIGHTS_SCALED ? PETSC_TRUE : PETSC_FALSE;
    saturated = saturated || list->list[k].kind == HF_WEIGHTS_SATURATED ? PETSC_TRUE : PETSC_FALSE;
  }
  *wanted = scaled && !saturated ? PETSC_TRUE : PETSC_FALSE;
  *control = (HfWeighting){.kind = HF_WEIGHTS_SATURATED, .xi = 1.0, .readout = HfReadoutFind("voltage"), .name = "saturated"};
  if (list->n) control->after = list->list[0].after;
  if (list->n) control->readout = list->list[0].readout;
  name_readout(control);
  PetscCall(set_label(control));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingPutReading(HfNode entry, const HfWeighting *weighting) {
  char text[HF_TIME_TEXT] = "pause";

  PetscFunctionBeginUser;
  if (strcmp(weighting->readout->name, "voltage")) PetscCall(HfNodePutText(entry, "readout", weighting->readout->name));
  if (weighting->after.kind == HF_AFTER_PULSE) PetscFunctionReturn(0);
  if (weighting->after.kind == HF_AFTER_REST) HfTimeText(weighting->after.time, " ", text);
  PetscCall(HfNodePutText(entry, "after", text));
  if (weighting->after.kind == HF_AFTER_REST) PetscCall(HfNodePutReal(entry, "after_s", weighting->after.time));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingPut(HfNode entry, const HfWeighting *weighting) {
  PetscFunctionBeginUser;
  PetscCall(HfNodePutText(entry, "weights", HfWeightsNames[weighting->kind]));
  if (HfWeightsHaveXi(weighting->kind)) PetscCall(HfNodePutReal(entry, "xi", weighting->xi));
  if (weighting->xi_of_untrained) PetscCall(HfNodePutText(entry, "xi_of", "untrained"));
  PetscCall(HfWeightingPutReading(entry, weighting));
  PetscFunctionReturn(0);
}

/* NULL: at the end of the pulse. */
static const HfReading *reading_of(const HfWeighting *weighting, const HfMemory *memory) {
  return weighting->after.kind == HF_AFTER_PULSE
             ? NULL
             : HfReadingFind(&memory->rested, weighting->after.kind == HF_AFTER_PAUSE ? memory->pause : weighting->after.time);
}

const PetscReal *HfMemoryConductance(const HfWeighting *weighting, const HfMemory *memory) {
  const HfReading *reading = reading_of(weighting, memory);
  return reading ? reading->G : memory->G;
}

PetscReal HfMemoryTime(const HfWeighting *weighting, const HfMemory *memory) {
  const HfReading *reading = reading_of(weighting, memory);
  return reading ? reading->time : memory->time;
}

const PetscReal *HfUntrainedConductance(const HfTrainingRecord *record, const HfWeighting *weighting) {
  const HfReading *reading = weighting->after.kind == HF_AFTER_REST ? HfReadingFind(&record->untrained_rested, weighting->after.time) : NULL;
  return reading ? reading->G : record->G_untrained;
}

/* The memories over which midranges are taken, set[n_set][n*n]; NULL for other weights. */
static PetscErrorCode midrange_set(const HfTrainingRecord *record, const HfWeighting *weighting, PetscInt *n_set, PetscReal **set) {
  const PetscInt nn = record->n * record->n, first = record->n_memories - record->first_memory < 2 ? record->first_of_wiring : record->first_memory;

  PetscFunctionBeginUser;
  *n_set = record->n_memories - first;
  *set = NULL;
  if (weighting->kind != HF_WEIGHTS_MIDRANGE) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1((size_t)*n_set * (size_t)nn, set));
  for (PetscInt k = 0; k < *n_set; ++k)
    PetscCall(PetscArraycpy(*set + (size_t)k * (size_t)nn, HfMemoryConductance(weighting, &record->memories[first + k]), nn));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingApply(const HfTrainingRecord *record, const HfWeighting *weighting, const PetscReal G0[], const PetscReal G[],
                                PetscBool with_diagonal, PetscReal w[]) {
  PetscInt n_set;
  PetscReal *set;

  PetscFunctionBeginUser;
  PetscCall(midrange_set(record, weighting, &n_set, &set));
  PetscCall(HfWeights(weighting->kind, record->n, G, G0, weighting->xi, n_set, set, with_diagonal, w));
  PetscCall(PetscFree(set));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeightingNetwork(HfStepContext context, const HfWeighting *weighting, const PetscReal G0[], const PetscReal G[],
                                  PetscBool with_diagonal, HfNetwork *network) {
  const HfTrainingRecord *record = context->record;
  const PetscInt nn = record->n * record->n;
  HfReadoutInput input = {.n = record->n, .kind = weighting->kind, .G = G, .G0 = G0, .xi = weighting->xi, .with_diagonal = with_diagonal};
  PetscReal *set, *film = NULL, *saturated = NULL;

  PetscFunctionBeginUser;
  HfCite(weighting->readout->citation);
  PetscCall(midrange_set(record, weighting, &input.n_set, &set));
  input.set = set;
  if (weighting->readout->four_probe) {
    PetscCall(PetscMalloc2(nn, &film, nn, &saturated));
    PetscCall(HfDeviceFourProbe(context->device, G, film));
    PetscCall(HfDeviceFourProbe(context->device, G0, saturated));
    input.G = film;
    input.G0 = saturated;
  }
  PetscCall(weighting->readout->network(&input, network));
  PetscCall(PetscFree2(film, saturated));
  PetscCall(PetscFree(set));
  PetscFunctionReturn(0);
}
