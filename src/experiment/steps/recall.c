/* Does the film that learned a pattern bring it back from a distorted one (Niu et al. 2024, "Inference process for associative memory")?
   Starts `all`: every non-uniform state, with `trivial` the two uniform ones as well (Yu et al. 2021, mean over 16 starts), and the pattern or its
   mirror counts as recalled (the energy does not tell them apart).
   Starts `flips-1`: the pattern with one node flipped, and only the pattern itself counts.
   Controls for every memory: no recall at all (starts that are the pattern already), the untrained film, the outer product of the pattern, and one
   synchronous sweep more (a cycle of length 2 ends differently). Beside scaled weights always w = G - G0 (xi = 1). */
#include "../experiment_impl.h"

#define MAX_ALL 12 /* electrodes for which all 2^N starts are run */

static const HfKey keys[] = {
    {"recall", HF_SECTION, NULL, "", "", 0, "Recalls each memory from distorted states, with controls"},
    HF_RECALL_KEYS("recall"),
    HF_WEIGHTS_KEYS("recall"),
    {"recall.starts", HF_CHOICE, NULL, "all", "all|flips-1", 0, "Start from every non-uniform state, or from the pattern with one node flipped"},
    {"recall.trivial", HF_BOOL, NULL, "false", "", 0, "Start from the two uniform states, too (starts: all)"},
    {"recall.of", HF_CHOICE, NULL, "all", "all|last", 0, "All memories since the last initial state, or the last alone"},
    {"recall.diagonal", HF_BOOL, NULL, "false", "", 0, "Keep the diagonal of the weights"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (!e->n_checked && e->n) PetscCall(HfDeckError(e->deck, node, "nothing was trained since the last initial state"));
  if (e->n > MAX_ALL && !strcmp(HfText(node, "starts"), "all"))
    PetscCall(HfDeckError(e->deck, HfChild(node, "starts"), "all states of %d electrodes are too many: use `starts: flips-1`", (int)e->n));
  PetscCall(HfWeightingsCheck(e, node));
  PetscFunctionReturn(0);
}

typedef struct {
  PetscInt starts, recalled, already, cycles, most_iterations;
  PetscReal overlap_before, overlap_after; /* means of V.x/n, without sign where the mirror counts */
} Tally;

/* Recalls x from all its starts with the weights w. */
static PetscErrorCode starts(PetscInt n, const PetscReal w[], const PetscReal x[], PetscBool flips, PetscBool trivial, const HfRecallOptions *options,
                             Tally *tally) {
  const PetscInt first = trivial ? 0 : 1, n_starts = flips ? n : ((PetscInt)1 << n) - 2 * first;
  HfRecallOptions mine = *options;
  HfRecallResult result;
  PetscReal *V;

  PetscFunctionBeginUser;
  *tally = (Tally){.starts = n_starts};
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = 0; s < n_starts; ++s) {
    PetscReal before = 0.0, after = 0.0;
    if (flips) {
      PetscCall(PetscArraycpy(V, x, n));
      V[s] = -V[s];
    } else
      HfPatternFromIndex(n, s + first, V);
    for (PetscInt i = 0; i < n; ++i) before += V[i] * x[i] / n;
    mine.stream_index = options->stream_index + s;
    PetscCall(HfRecall(n, w, &mine, V, &result));
    for (PetscInt i = 0; i < n; ++i) after += V[i] * x[i] / n;
    if (!flips) {
      before = PetscAbsReal(before);
      after = PetscAbsReal(after);
    }
    tally->already += before > 1.0 - 0.5 / n;
    tally->recalled += after > 1.0 - 0.5 / n;
    tally->cycles += result.cycle > 0;
    tally->most_iterations = PetscMax(tally->most_iterations, result.iterations);
    tally->overlap_before += before / n_starts;
    tally->overlap_after += after / n_starts;
  }
  PetscCall(PetscFree(V));
  PetscFunctionReturn(0);
}

/* One memory with one kind of weights. */
static PetscErrorCode remember(HfExperiment e, HfNode node, const HfWeighting *weighting, const HfMemory *memory, const HfRecallOptions *options,
                               PetscBool details, Tally *film, Tally *untrained) {
  const PetscInt n = e->n;
  const PetscBool flips = !strcmp(HfText(node, "starts"), "flips-1") ? PETSC_TRUE : PETSC_FALSE, diagonal = HfFlag(node, "diagonal"),
                  trivial = HfFlag(node, "trivial");
  HfRecallOptions longer = *options;
  Tally outer, odd;
  PetscReal *w;
  PetscBool fixed;
  HfNode entry;

  PetscFunctionBeginUser;
  ++longer.max_iterations;
  PetscCall(PetscMalloc1(n * n, &w));
  PetscCall(HfRuleFind("outer-product")->learn(NULL, n, 1, memory->x, w));
  PetscCall(starts(n, w, memory->x, flips, trivial, options, &outer));
  PetscCall(HfWeightingApply(e, weighting, e->G_untrained, diagonal, w));
  PetscCall(starts(n, w, memory->x, flips, trivial, options, untrained));
  PetscCall(HfWeightingApply(e, weighting, HfMemoryConductance(weighting, memory), diagonal, w));
  PetscCall(starts(n, w, memory->x, flips, trivial, &longer, &odd));
  PetscCall(starts(n, w, memory->x, flips, trivial, options, film));
  fixed = HfIsFixedPoint(n, w, options->dead_zone, memory->x);
  PetscCall(PetscFree(w));
  if (!details) PetscFunctionReturn(0);

  PetscCall(HfEntryCreate(e, "recall", &entry));
  PetscCall(HfNodePutText(entry, "method", HfText(node, "method")));
  PetscCall(HfWeightingPut(entry, weighting));
  PetscCall(HfNodePutText(entry, "starts_from", HfText(node, "starts")));
  PetscCall(HfNodePutText(entry, "trained", memory->pattern));
  PetscCall(HfNodePutInt(entry, "epoch", memory->epoch + 1));
  PetscCall(HfNodePutInt(entry, "recalled", film->recalled));
  PetscCall(HfNodePutInt(entry, "starts", film->starts));
  PetscCall(HfNodePutBool(entry, "fixed_point", fixed));
  PetscCall(HfNodePutInt(entry, "cycles", film->cycles));
  PetscCall(HfNodePutInt(entry, "most_iterations", film->most_iterations));
  PetscCall(HfNodePutReal(entry, "overlap_before", film->overlap_before));
  PetscCall(HfNodePutReal(entry, "overlap_after", film->overlap_after));
  PetscCall(HfNodePutInt(entry, "control_no_recall", film->already));
  PetscCall(HfNodePutInt(entry, "control_untrained", untrained->recalled));
  PetscCall(HfNodePutInt(entry, "control_outer_product", outer.recalled));
  PetscCall(HfNodePutInt(entry, "control_one_more_iteration", odd.recalled));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "  %s: %d of %d recalled%s%s; no recall %d, untrained %d, outer product %d, one iteration more %d", memory->pattern,
                        (int)film->recalled, (int)film->starts, fixed ? "" : ", not a fixed point", film->cycles ? ", with cycles" : "",
                        (int)film->already, (int)untrained->recalled, (int)outer.recalled, (int)odd.recalled));
  PetscFunctionReturn(0);
}

/* All memories from `first` on with one kind of weights; the control xi = 1 without details. */
static PetscErrorCode weighting(HfExperiment e, HfNode node, const HfWeighting *weighting, PetscInt first, PetscBool is_control) {
  const PetscInt of = e->n_memories - first;
  PetscInt complete = 0, recalled = 0, untrained_recalled = 0, starts = 0;
  HfRecallOptions options;
  HfNode entry, failed;

  PetscFunctionBeginUser;
  PetscCall(HfRecallOptionsRead(node, &options));
  PetscCall(HfRecordLog(e, "recall, %s, %s, starts %s:", HfText(node, "method"), weighting->label, HfText(node, "starts")));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &failed));
  for (PetscInt k = first; k < e->n_memories; ++k) {
    Tally film, untrained;
    options.stream_index = (k - first) << MAX_ALL;
    PetscCall(remember(e, node, weighting, &e->memories[k], &options, is_control ? PETSC_FALSE : PETSC_TRUE, &film, &untrained));
    complete += film.recalled == film.starts;
    recalled += film.recalled;
    untrained_recalled += untrained.recalled;
    starts += film.starts;
    if (film.recalled < film.starts) PetscCall(HfNodePutText(failed, NULL, e->memories[k].pattern));
  }
  PetscCall(HfEntryCreate(e, "recall", &entry));
  if (is_control) PetscCall(HfNodePutText(entry, "control", "xi = 1"));
  PetscCall(HfNodePutText(entry, "method", HfText(node, "method")));
  PetscCall(HfNodePutText(entry, "weights", weighting->label));
  PetscCall(HfNodePutText(entry, "starts_from", HfText(node, "starts")));
  PetscCall(HfNodePutInt(entry, "complete", complete));
  PetscCall(HfNodePutInt(entry, "of", of));
  PetscCall(HfNodePutInt(entry, "recalled", recalled));
  PetscCall(HfNodePutInt(entry, "starts", starts));
  PetscCall(HfNodePutReal(entry, "mean_recalled", (PetscReal)recalled / of));
  PetscCall(HfNodePutReal(entry, "untrained_mean_recalled", (PetscReal)untrained_recalled / of));
  PetscCall(HfNodePutNode(entry, "failed", failed));
  PetscCall(HfRecordHeadline(
      e, entry, "recall, %s, %s%s, starts %s: all starts recalled for %d of %d patterns; on average %.1f of %d starts, untrained film: %.1f",
      HfText(node, "method"), weighting->label, is_control ? " (control, xi = 1)" : "", HfText(node, "starts"), (int)complete, (int)of,
      (double)recalled / of, (int)(starts / of), (double)untrained_recalled / of));
  PetscCall(HfRecordSummary(e, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  HfWeighting list[HF_MAX_WEIGHTINGS], one;
  PetscInt n, first;
  PetscBool with_control;

  PetscFunctionBeginUser;
  HfCite("hopfield-1982"); /* the outer product, as a control */
  PetscCall(HfMemoriesOf(e, node, &first));
  PetscCall(HfWeightingsRead(e, node, &n, list));
  one = HfWeightingControl(n, list, &with_control);
  for (PetscInt k = 0; k < n; ++k) PetscCall(weighting(e, node, &list[k], first, PETSC_FALSE));
  if (with_control) PetscCall(weighting(e, node, &one, first, PETSC_TRUE));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Recall = {.name = "recall", .citation = "niu-2024", .keys = keys, .check = check, .run = run};
