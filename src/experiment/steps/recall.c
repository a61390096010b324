/* Does the film that was trained on a pattern recall it from a distorted one (Niu et al. 2024, "Inference process for associative memory")?

     V <- sgn(w V), w made of the conductance matrix of the trained film

   from many starts. `all`: every non-uniform state, with `trivial` also the two uniform ones (Yu et al. 2021, mean over 16 starts); the pattern and
   its mirror both count as recalled, since they have the same energy. `flips-1`: the pattern with one node flipped, and only the pattern counts.

   Controls for every memory: no recall at all (starts that are the pattern already), the untrained film, the outer product of the pattern, and one
   synchronous sweep more (a cycle of length 2 then ends in its other state). With scaled weights always also w = G - G0 (xi = 1). Other learning rules
   on request; each learns the one pattern. */
#include "../step.h"

#define MAX_ALL 12 /* largest number of electrodes for which all 2^N starts are run */

static const HfKey keys[] = {
    {"recall", HF_SECTION, NULL, "", "", 0, "Recalls each memory from distorted states, with controls"},
    HF_RECALL_KEYS("recall"),
    HF_WEIGHTS_KEYS("recall"),
    {"recall.starts", HF_CHOICE, NULL, "all", "all|flips-1", 0, "Start from every non-uniform state, or from the pattern with one node flipped"},
    {"recall.trivial", HF_BOOL, NULL, "false", "", 0, "Also start from the two uniform states (starts: all)"},
    {"recall.of", HF_CHOICE, NULL, "all", "all|last", 0, "All memories since the last initial state, or only the last one"},
    {"recall.rules", HF_TEXTS, NULL, "", "", 0,
     "Learning rules to compare with besides the outer product, those of `infer`; each learns the pattern of a memory"},
    {"recall.diagonal", HF_BOOL, NULL, "false", "", 0, "Keep the diagonal of the weights"},
    HF_KEYS_END,
};

typedef struct {
  HfRecallOptions options;
  HfWeightingList weightings;
  PetscInt n_rules;
  const HfRule **rules;                          /* [n_rules] */
  PetscBool flips, trivial, last_only, diagonal; /* flips: start from the pattern with one node flipped, otherwise from every state */
} Settings;

static const char *method_name(const Settings *settings) { return HfRecallNames[settings->options.method]; }
static const char *starts_name(const Settings *settings) { return settings->flips ? "flips-1" : "all"; }

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  const PetscInt n = check->schedule->n;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->flips = (PetscBool)!strcmp(HfText(node, "starts"), "flips-1");
  settings->trivial = HfFlag(node, "trivial");
  settings->last_only = (PetscBool)!strcmp(HfText(node, "of"), "last");
  settings->diagonal = HfFlag(node, "diagonal");
  if (!check->n_trained && n) PetscCall(HfDeckError(check->deck, node, HF_NOTHING_TRAINED));
  if (n > MAX_ALL && !settings->flips)
    PetscCall(HfDeckError(check->deck, HfChild(node, "starts"), "all states of %d electrodes are too many: use `starts: flips-1`", (int)n));
  if (settings->flips && HfGiven(node, "trivial"))
    PetscCall(HfDeckError(check->deck, HfChild(node, "trivial"), "trivial has no effect with `starts: flips-1`; leave it out"));
  PetscCall(HfRecallSettingsRead(check, node, &settings->options));
  PetscCall(HfRuleSettingsRead(check, node, &settings->n_rules, &settings->rules));
  PetscCall(HfWeightingSettingsRead(check, node, &settings->weightings));
  if (settings->diagonal && strcmp(HfText(node, "readout"), "voltage"))
    PetscCall(HfDeckError(check->deck, HfChild(node, "diagonal"), "diagonal: a current source reads weights without their diagonal"));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(settings->rules));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

typedef struct {
  PetscInt starts, recalled, already, cycles, most_iterations;
  PetscReal overlap_before, overlap_after; /* means of V.x/n, of its magnitude where the mirror counts */
} Tally;

/* Recalls x[n] from all its starts. */
static PetscErrorCode recall_starts(HfTape tape, const Settings *settings, PetscInt n, HfNetwork network, const PetscReal x[],
                                    const HfRecallOptions *options, Tally *tally) {
  const PetscInt first = settings->trivial ? 0 : 1, n_starts = settings->flips ? n : ((PetscInt)1 << n) - 2 * first;
  const PetscInt64 batch = HfRecallBatch(n, options);
  HfRecallOptions mine = *options;
  HfRecallResult result;
  PetscErrorCode code = 0;
  PetscReal *V;

  PetscFunctionBeginUser;
  *tally = (Tally){.starts = n_starts};
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = 0; s < n_starts && !code; ++s) {
    PetscReal before = 0.0, after = 0.0;
    if (settings->flips) {
      PetscCall(PetscArraycpy(V, x, n));
      V[s] = -V[s];
    } else
      HfPatternFromIndex(n, s + first, V);
    for (PetscInt i = 0; i < n; ++i) before += V[i] * x[i] / n;
    mine.stream_index = options->stream_index + s;
    PetscCall(HfNetworkRecall(network, &mine, V, &result));
    for (PetscInt i = 0; i < n; ++i) after += V[i] * x[i] / n;
    if (!settings->flips) {
      before = PetscAbsReal(before);
      after = PetscAbsReal(after);
    }
    tally->already += before > 1.0 - 0.5 / n;
    tally->recalled += after > 1.0 - 0.5 / n;
    tally->cycles += result.cycle > 0;
    tally->most_iterations = PetscMax(tally->most_iterations, result.iterations);
    tally->overlap_before += before / n_starts;
    tally->overlap_after += after / n_starts;
    if ((s + 1) % batch == 0 || s + 1 == n_starts) code = HfTapeCompute(tape);
  }
  PetscCall(PetscFree(V));
  PetscFunctionReturn(code);
}

typedef struct {
  Tally film, untrained, outer_product, one_more; /* one_more: the film with one synchronous sweep more */
  PetscInt *by_rule;                              /* [n_rules], starts recalled; the caller's */
  PetscBool fixed;                                /* the pattern is a fixed point of the film */
} Findings;

/* control_oja_neuron: ... */
static PetscErrorCode put_rules(HfNode entry, const Settings *settings, const PetscInt recalled[]) {
  char key[80];

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < settings->n_rules; ++r) {
    PetscCall(PetscSNPrintf(key, sizeof(key), "control_%.64s", settings->rules[r]->name));
    for (char *k = key; *k; ++k)
      if (*k == '-') *k = '_';
    if (!HfNodeFind(entry, key)) PetscCall(HfNodePutInt(entry, key, recalled[r])); /* the outer product is there */
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode report_memory(HfStepContext context, const Settings *settings, const HfWeighting *weighting, const HfMemory *memory,
                                    const Findings *found) {
  const Tally *film = &found->film;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(context, "recall", &entry));
  PetscCall(HfRecallPut(entry, &settings->options));
  PetscCall(HfWeightingPut(entry, weighting));
  PetscCall(HfNodePutText(entry, "starts_from", starts_name(settings)));
  PetscCall(HfNodePutText(entry, "trained", memory->pattern));
  PetscCall(HfNodePutInt(entry, "epoch", memory->epoch + 1));
  PetscCall(HfNodePutInt(entry, "recalled", film->recalled));
  PetscCall(HfNodePutInt(entry, "starts", film->starts));
  PetscCall(HfNodePutBool(entry, "fixed_point", found->fixed));
  PetscCall(HfNodePutInt(entry, "cycles", film->cycles));
  PetscCall(HfNodePutInt(entry, "most_iterations", film->most_iterations));
  PetscCall(HfNodePutReal(entry, "overlap_before", film->overlap_before));
  PetscCall(HfNodePutReal(entry, "overlap_after", film->overlap_after));
  PetscCall(HfNodePutInt(entry, "control_no_recall", film->already));
  PetscCall(HfNodePutInt(entry, "control_untrained", found->untrained.recalled));
  PetscCall(HfNodePutInt(entry, "control_outer_product", found->outer_product.recalled));
  PetscCall(HfNodePutInt(entry, "control_one_more_iteration", found->one_more.recalled));
  PetscCall(put_rules(entry, settings, found->by_rule));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context, "  %s: %d of %d recalled%s%s; no recall %d, untrained %d, outer product %d, one iteration more %d", memory->pattern,
                        (int)film->recalled, (int)film->starts, found->fixed ? "" : ", not a fixed point", film->cycles ? ", with cycles" : "",
                        (int)film->already, (int)found->untrained.recalled, (int)found->outer_product.recalled, (int)found->one_more.recalled));
  PetscFunctionReturn(0);
}

/* The outer product of the memory, as a control. */
static PetscErrorCode recall_by_outer_product(HfStepContext context, const Settings *settings, const HfMemory *memory, const HfRecallOptions *options,
                                              Tally *tally) {
  const PetscInt n = context->record->n;
  PetscErrorCode code;
  HfNetwork network;
  PetscReal *w;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &w));
  PetscCall(HfRuleFind("outer-product")->learn(NULL, n, 1, memory->x, w));
  PetscCall(HfNetworkCreate(n, w, &network));
  code = recall_starts(context->tape, settings, n, network, memory->x, options, tally);
  PetscCall(HfNetworkDestroy(&network));
  PetscCall(PetscFree(w));
  PetscFunctionReturn(code);
}

/* The pattern of the memory, learned by each rule. */
static PetscErrorCode recall_by_rules(HfStepContext context, const Settings *settings, const HfMemory *memory, const HfRecallOptions *options,
                                      PetscInt recalled[]) {
  const PetscInt n = context->record->n;
  HfRuleContext rule = HF_RULE_DEFAULTS;
  PetscErrorCode code = 0;
  PetscReal *links;

  PetscFunctionBeginUser;
  if (!settings->n_rules) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n * n, &links));
  PetscCall(HfDeviceLinks(context->device, links));
  rule.seed = options->seed;
  rule.links = links;
  for (PetscInt r = 0; r < settings->n_rules && !code; ++r) {
    HfNetwork network;
    Tally tally;

    PetscCall(HfRuleLearn(settings->rules[r], &rule, n, 1, memory->x, &network));
    code = recall_starts(context->tape, settings, n, network, memory->x, options, &tally);
    recalled[r] = tally.recalled;
    PetscCall(HfNetworkDestroy(&network));
  }
  PetscCall(PetscFree(links));
  PetscFunctionReturn(code);
}

/* One memory with one kind of weights. */
static PetscErrorCode recall_memory(HfStepContext context, const Settings *settings, const HfWeighting *weighting, const HfMemory *memory,
                                    const HfRecallOptions *options, Findings *found) {
  const HfTrainingRecord *record = context->record;
  const PetscInt n = record->n;
  HfRecallOptions longer = *options;
  PetscErrorCode code;
  HfNetwork network;

  PetscFunctionBeginUser;
  ++longer.max_iterations;
  code = recall_by_outer_product(context, settings, memory, options, &found->outer_product);
  if (!code) code = recall_by_rules(context, settings, memory, options, found->by_rule);
  if (code) PetscFunctionReturn(code);
  PetscCall(HfWeightingNetwork(context, weighting, record->G0, HfUntrainedConductance(record, weighting), settings->diagonal, &network));
  code = recall_starts(context->tape, settings, n, network, memory->x, options, &found->untrained);
  PetscCall(HfNetworkDestroy(&network));
  if (code) PetscFunctionReturn(code);
  PetscCall(HfWeightingNetwork(context, weighting, record->G0, HfMemoryConductance(weighting, memory), settings->diagonal, &network));
  code = recall_starts(context->tape, settings, n, network, memory->x, &longer, &found->one_more);
  if (!code) code = recall_starts(context->tape, settings, n, network, memory->x, options, &found->film);
  found->fixed = HfNetworkIsFixedPoint(network, options->dead_zone, memory->x);
  PetscCall(HfNetworkDestroy(&network));
  PetscFunctionReturn(code);
}

/* All memories from `first` on with one kind of weights; the control xi = 1 without details. */
static PetscErrorCode recall_all(HfStepContext context, const Settings *settings, const HfWeighting *weighting, PetscInt first, PetscBool is_control,
                                 HfRetention retention) {
  const HfTrainingRecord *record = context->record;
  const PetscInt of = record->n_memories - first;
  PetscInt complete = 0, recalled = 0, untrained_recalled = 0, starts = 0;
  HfRecallOptions options = settings->options;
  PetscInt *by_rule; /* of one memory, then of all */
  PetscErrorCode code;
  HfNode entry, failed;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(2 * settings->n_rules, &by_rule));
  PetscCall(HfReportLog(context, "recall, %s, %s, starts %s:", method_name(settings), weighting->label, starts_name(settings)));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &failed));
  for (PetscInt k = first; k < record->n_memories; ++k) {
    const HfMemory *memory = &record->memories[k];
    Findings found = {.by_rule = by_rule};

    options.stream_index = (k - first) << MAX_ALL;
    code = recall_memory(context, settings, weighting, memory, &options, &found);
    if (code) {
      PetscCall(PetscFree(by_rule));
      PetscCall(HfNodeDestroy(&failed));
      PetscFunctionReturn(code);
    }
    if (!is_control) PetscCall(report_memory(context, settings, weighting, memory, &found));
    complete += found.film.recalled == found.film.starts;
    recalled += found.film.recalled;
    untrained_recalled += found.untrained.recalled;
    starts += found.film.starts;
    for (PetscInt r = 0; r < settings->n_rules; ++r) by_rule[settings->n_rules + r] += by_rule[r];
    if (found.film.recalled < found.film.starts) PetscCall(HfNodePutText(failed, NULL, memory->pattern));
  }
  PetscCall(HfEntryCreate(context, "recall", &entry));
  if (is_control) PetscCall(HfNodePutText(entry, "control", "xi = 1"));
  PetscCall(HfRecallPut(entry, &settings->options));
  PetscCall(HfNodePutText(entry, "weights", weighting->label));
  PetscCall(HfWeightingPutReading(entry, weighting));
  PetscCall(HfNodePutText(entry, "starts_from", starts_name(settings)));
  PetscCall(HfNodePutInt(entry, "complete", complete));
  PetscCall(HfNodePutInt(entry, "of", of));
  PetscCall(HfNodePutInt(entry, "recalled", recalled));
  PetscCall(HfNodePutInt(entry, "starts", starts));
  PetscCall(HfNodePutReal(entry, "mean_recalled", (PetscReal)recalled / of));
  PetscCall(HfNodePutReal(entry, "untrained_mean_recalled", (PetscReal)untrained_recalled / of));
  PetscCall(put_rules(entry, settings, by_rule + settings->n_rules));
  PetscCall(PetscFree(by_rule));
  PetscCall(HfNodePutNode(entry, "failed", failed));
  PetscCall(HfReportHeadline(
      context, entry, "recall, %s, %s%s, starts %s: all starts recalled for %d of %d patterns; on average %.1f of %d starts, untrained film: %.1f",
      method_name(settings), weighting->label, is_control ? " (control, xi = 1)" : "", starts_name(settings), (int)complete, (int)of,
      (double)recalled / of, (int)(starts / of), (double)untrained_recalled / of));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfRetentionAdd(retention, weighting, "recalled", 1, (const PetscReal[]){(PetscReal)recalled / starts}));
  PetscCall(HfRetentionAdd(retention, weighting, "untrained_recalled", 1, (const PetscReal[]){(PetscReal)untrained_recalled / starts}));
  PetscCall(HfRetentionAdd(retention, weighting, "complete", 1, (const PetscReal[]){complete}));
  PetscFunctionReturn(0);
}

static PetscErrorCode recall_at(HfStepContext context, const Settings *settings, const HfWeightingList *list, PetscInt first, HfRetention retention) {
  PetscErrorCode code = 0;
  HfWeighting control;
  PetscBool with_control;

  PetscFunctionBeginUser;
  PetscCall(HfWeightingControl(list, &control, &with_control));
  for (PetscInt k = 0; k < list->n && !code; ++k) code = recall_all(context, settings, &list->list[k], first, PETSC_FALSE, retention);
  if (with_control && !code) code = recall_all(context, settings, &control, first, PETSC_TRUE, NULL);
  PetscFunctionReturn(code);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  PetscErrorCode code = 0;
  HfRetention retention;
  HfWeightingList list;
  PetscInt first;

  PetscFunctionBeginUser;
  HfCite("hopfield-1982"); /* the outer product, as a control */
  PetscCall(HfReportWeakSignal(context));
  PetscCall(HfMemoryFirst(context, settings->last_only, &first));
  PetscCall(HfRetentionCreate(&settings->weightings, &retention));
  for (PetscInt k = 0; k < settings->weightings.n_after && !code; ++k) {
    PetscCall(HfWeightingResolve(context->record, &settings->weightings, k, &list));
    code = recall_at(context, settings, &list, first, retention);
  }
  if (!code) PetscCall(HfRetentionReport(context, retention, 0));
  PetscCall(HfRetentionDestroy(&retention));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Recall = {.name = "recall", .citation = "niu-2024", .keys = keys, .settings = read_settings, .destroy = destroy, .run = run};
