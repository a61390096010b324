/* recall.c: does the film that learned a pattern bring it back from a distorted one (Niu et al. 2024, "Inference process for associative memory")?
   Starts `all`: every non-uniform state, and the pattern or its mirror counts as recalled (the energy does not tell them apart).
   Starts `flips-1`: the pattern with one node flipped, and only the pattern itself counts.
   Controls for every memory: no recall at all (starts that are the pattern already), the untrained film, the outer product of the pattern, and one
   synchronous sweep more (a cycle of length 2 ends differently). */
#include "../experiment_impl.h"

#define MAX_ALL 12 /* electrodes for which all 2^N starts are run */

static const HfKey keys[] = {
    {"recall", HF_SECTION, NULL, "", "", 0, "Recalls each memory from distorted states, with controls"},
    HF_RECALL_KEYS("recall"),
    HF_WEIGHTS_KEYS("recall"),
    {"recall.starts", HF_CHOICE, NULL, "all", "all|flips-1", 0, "Start from every non-uniform state, or from the pattern with one node flipped"},
    {"recall.of", HF_CHOICE, NULL, "all", "all|last", 0, "All memories since the last initial state, or the last alone"},
    {"recall.diagonal", HF_BOOL, NULL, "false", "", 0, "Keep the diagonal of the weights"},
    HF_KEYS_END,
};

static PetscErrorCode Check(HfExperiment e, HfNode node) {
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
static PetscErrorCode Starts(PetscInt n, const PetscReal w[], const PetscReal x[], PetscBool flips, const HfRecallOptions *options, Tally *tally) {
  const PetscInt n_starts = flips ? n : ((PetscInt)1 << n) - 2;
  HfRecallOptions mine = *options;
  HfRecallResult result;
  PetscReal *V;

  PetscFunctionBeginUser;
  *tally = (Tally){.starts = n_starts};
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = 0; s < n_starts; s++) {
    PetscReal before = 0.0, after = 0.0;
    if (flips) {
      PetscCall(PetscArraycpy(V, x, n));
      V[s] = -V[s];
    } else
      HfStateFromIndex(n, s + 1, V);
    for (PetscInt i = 0; i < n; i++) before += V[i] * x[i] / n;
    mine.stream_index = options->stream_index + s;
    PetscCall(HfRecall(n, w, &mine, V, &result));
    for (PetscInt i = 0; i < n; i++) after += V[i] * x[i] / n;
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
static PetscErrorCode Memory(HfExperiment e, HfNode node, const HfWeighting *weighting, const HfMemory *memory, const HfRecallOptions *options,
                             Tally *film) {
  const PetscInt n = e->n;
  const PetscBool flips = !strcmp(HfText(node, "starts"), "flips-1") ? PETSC_TRUE : PETSC_FALSE, diagonal = HfFlag(node, "diagonal");
  HfRecallOptions longer = *options;
  Tally untrained, outer, odd;
  PetscReal *w;
  PetscBool fixed;
  HfNode entry;

  PetscFunctionBeginUser;
  longer.max_iterations++;
  PetscCall(PetscMalloc1(n * n, &w));
  PetscCall(HfRuleFind("outer-product")->learn(n, 1, memory->x, w));
  PetscCall(Starts(n, w, memory->x, flips, options, &outer));
  PetscCall(HfWeightingApply(e, weighting, e->G_untrained, diagonal, w));
  PetscCall(Starts(n, w, memory->x, flips, options, &untrained));
  PetscCall(HfWeightingApply(e, weighting, memory->G, diagonal, w));
  PetscCall(Starts(n, w, memory->x, flips, &longer, &odd));
  PetscCall(Starts(n, w, memory->x, flips, options, film));
  fixed = HfIsFixedPoint(n, w, options->dead_zone, memory->x);
  PetscCall(PetscFree(w));

  PetscCall(HfEntryCreate(e, "recall", &entry));
  PetscCall(HfNodePutText(entry, "method", HfText(node, "method")));
  PetscCall(HfNodePutText(entry, "weights", HfWeightsNames[weighting->kind]));
  if (weighting->kind == HF_WEIGHTS_SCALED) PetscCall(HfNodePutReal(entry, "xi", weighting->xi));
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
  PetscCall(HfNodePutInt(entry, "control_untrained", untrained.recalled));
  PetscCall(HfNodePutInt(entry, "control_outer_product", outer.recalled));
  PetscCall(HfNodePutInt(entry, "control_one_more_iteration", odd.recalled));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "  %s: %d of %d recalled%s%s; no recall %d, untrained %d, outer product %d, one iteration more %d", memory->pattern,
                        (int)film->recalled, (int)film->starts, fixed ? "" : ", not a fixed point", film->cycles ? ", with cycles" : "",
                        (int)film->already, (int)untrained.recalled, (int)outer.recalled, (int)odd.recalled));
  PetscFunctionReturn(0);
}

static PetscErrorCode Run(HfExperiment e, HfNode node) {
  HfWeighting list[HF_MAX_WEIGHTINGS];
  HfRecallOptions options;
  PetscInt n_weightings, first;
  HfNode entry, failed;

  PetscFunctionBeginUser;
  HfCite("hopfield-1982"); /* the outer product, as a control */
  PetscCall(HfMemoriesOf(e, node, &first));
  PetscCall(HfWeightingsRead(node, &n_weightings, list));
  PetscCall(HfRecallOptionsRead(node, &options));
  for (PetscInt l = 0; l < n_weightings; l++) {
    PetscInt complete = 0, recalled = 0, starts = 0;
    Tally tally;
    PetscCall(HfRecordLog(e, "recall, %s, %s, starts %s:", HfText(node, "method"), list[l].label, HfText(node, "starts")));
    PetscCall(HfNodeCreate(HF_NODE_LIST, &failed));
    for (PetscInt k = first; k < e->n_memories; k++) {
      options.stream_index = (k - first) << MAX_ALL;
      PetscCall(Memory(e, node, &list[l], &e->memories[k], &options, &tally));
      complete += tally.recalled == tally.starts;
      recalled += tally.recalled;
      starts += tally.starts;
      if (tally.recalled < tally.starts) PetscCall(HfNodePutText(failed, NULL, e->memories[k].pattern));
    }
    PetscCall(HfEntryCreate(e, "recall", &entry));
    PetscCall(HfNodePutText(entry, "method", HfText(node, "method")));
    PetscCall(HfNodePutText(entry, "weights", list[l].label));
    PetscCall(HfNodePutText(entry, "starts_from", HfText(node, "starts")));
    PetscCall(HfNodePutInt(entry, "complete", complete));
    PetscCall(HfNodePutInt(entry, "of", e->n_memories - first));
    PetscCall(HfNodePutInt(entry, "recalled", recalled));
    PetscCall(HfNodePutInt(entry, "starts", starts));
    PetscCall(HfNodePutNode(entry, "failed", failed));
    PetscCall(HfRecordHeadline(e, entry, "recall, %s, %s, starts %s: all starts recalled for %d of %d patterns", HfText(node, "method"),
                               list[l].label, HfText(node, "starts"), (int)complete, (int)(e->n_memories - first)));
    PetscCall(HfRecordSummary(e, entry));
  }
  PetscFunctionReturn(0);
}

const HfStep HfStep_Recall = {"recall", "niu-2024", keys, Check, NULL, Run};
