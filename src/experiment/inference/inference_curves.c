/* The tests of a step `infer` as a function of the training epoch and of the distortion, and what the film recalls during training. */
#include "inference.h"

/* Memories at the end of an epoch, oldest first: those whose next one is of another epoch or item. */
static PetscInt ends_of_epochs(const HfTrainingRecord *record, PetscInt ends[]) {
  PetscInt n = 0;
  for (PetscInt k = record->first_memory; k < record->n_memories; ++k) {
    const HfMemory *memory = &record->memories[k], *next = memory + 1;

    if (k + 1 == record->n_memories || memory->item != next->item || memory->epoch != next->epoch) ends[n++] = k;
  }
  return n;
}

static PetscReal unstable(const HfInference *inference, const HfAnswers *answers) {
  PetscReal sum = 0.0;
  for (PetscInt p = 0; p < inference->n_patterns; ++p) sum += answers->unstable[p];
  return sum;
}

typedef struct {
  PetscInt n;
  PetscReal *epoch, *time, *accuracy, *low, *high, *one_more, *exact, *unstable; /* [E], exact [E][A], unstable [E][P] */
} Curve;

/* Of memory k, the answers of the film and those after one iteration more. */
static PetscErrorCode add_epoch(const HfInference *inference, const HfWeighting *weighting, PetscInt k, const HfAnswers *film,
                                const HfAnswers *one_more, const HfAnswers answers[], Curve *curve) {
  const HfMemory *memory = &inference->context->record->memories[k];
  const PetscInt row = curve->n++, n_amounts = inference->options.n_amounts;
  const HfScore score = HfScoreOfAll(inference, film);
  char controls[1024];

  PetscFunctionBeginUser;
  curve->epoch[row] = row + 1;
  curve->time[row] = HfMemoryTime(weighting, memory);
  curve->accuracy[row] = score.accuracy;
  curve->low[row] = score.low;
  curve->high[row] = score.high;
  curve->one_more[row] = HfScoreOfAll(inference, one_more).accuracy;
  for (PetscInt a = 0; a < n_amounts; ++a) curve->exact[row * n_amounts + a] = HfScoreOf(inference, film, a, 1).exact;
  for (PetscInt p = 0; p < inference->n_patterns; ++p) curve->unstable[row * inference->n_patterns + p] = film->unstable[p];
  HfControlsText(inference, answers, controls, sizeof(controls));
  if (inference->weightings.n == 1) /* a scan of xi would fill the log */
    PetscCall(
        HfReportLog(inference->context,
                    "  epoch %d, %.6g ns: accuracy %.3f (%.3f to %.3f), exact %.3f, %d unstable pixels | one iteration more %.3f; at the end: %s",
                    (int)row + 1, 1e9 * (double)curve->time[row], (double)score.accuracy, (double)score.low, (double)score.high, (double)score.exact,
                    (int)unstable(inference, film), (double)curve->one_more[row], controls));
  PetscFunctionReturn(0);
}

static PetscErrorCode epoch(const HfInference *inference, const HfWeighting *weighting, PetscInt k, const HfAnswers answers[], Curve *curve) {
  const HfMemory *memory = &inference->context->record->memories[k];
  HfInferOptions longer = inference->options;
  HfAnswers film, one_more = {0};
  PetscErrorCode code;
  HfNetwork network;

  PetscFunctionBeginUser;
  ++longer.recall.max_iterations;
  PetscCall(HfInferenceNetwork(inference, weighting, HfMemoryConductance(weighting, memory), HF_READING_FIRST + k, &network));
  code = HfAnswersCreate(inference, &inference->options, network, &film);
  if (!code) code = HfAnswersCreate(inference, &longer, network, &one_more);
  if (!code) PetscCall(add_epoch(inference, weighting, k, &film, &one_more, answers, curve));
  PetscCall(HfAnswersDestroy(&film));
  PetscCall(HfAnswersDestroy(&one_more));
  PetscCall(HfNetworkDestroy(&network));
  PetscFunctionReturn(code);
}

PetscErrorCode HfInferenceEpochs(const HfInference *inference, const HfWeighting *weighting, const HfAnswers answers[]) {
  const HfTrainingRecord *record = inference->context->record;
  const PetscInt n_amounts = inference->options.n_amounts, most = record->n_memories - record->first_memory;
  Curve curve = {0};
  PetscErrorCode code = 0;
  PetscInt n_ends, *ends;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(most, &ends));
  n_ends = ends_of_epochs(record, ends);
  PetscCall(PetscMalloc6(n_ends, &curve.epoch, n_ends, &curve.time, n_ends, &curve.accuracy, n_ends, &curve.low, n_ends, &curve.high, n_ends,
                         &curve.one_more));
  PetscCall(PetscMalloc2(n_ends * n_amounts, &curve.exact, n_ends * inference->n_patterns, &curve.unstable));
  if (inference->weightings.n == 1)
    PetscCall(HfReportLog(inference->context, "infer, %s, %s, epoch by epoch:", HfRecallNames[inference->options.recall.method], weighting->label));
  for (PetscInt k = 0; k < n_ends && !code; ++k) code = epoch(inference, weighting, ends[k], answers, &curve);

  const struct {
    const char *name;
    const PetscReal *values;
    PetscInt width;
    const char *unit;
  } columns[] = {{"epoch", curve.epoch, 0, "1"},         {"time", curve.time, 0, "s"},
                 {"accuracy", curve.accuracy, 0, "1"},   {"low", curve.low, 0, "1"},
                 {"high", curve.high, 0, "1"},           {"one_more_iteration", curve.one_more, 0, "1"},
                 {"exact", curve.exact, n_amounts, "1"}, {"unstable", curve.unstable, inference->n_patterns, "1"}};
  for (size_t c = 0; c < PETSC_STATIC_ARRAY_LENGTH(columns) && !code; ++c) {
    const PetscInt shape[2] = {curve.n, columns[c].width};
    char name[64];
    PetscCall(PetscSNPrintf(name, sizeof(name), "epochs/%s", columns[c].name));
    PetscCall(HfInferenceArray(inference, weighting->label, name, columns[c].width ? 2 : 1, shape, columns[c].values, columns[c].unit));
  }
  PetscCall(PetscFree6(curve.epoch, curve.time, curve.accuracy, curve.low, curve.high, curve.one_more));
  PetscCall(PetscFree2(curve.exact, curve.unstable));
  PetscCall(PetscFree(ends));
  PetscFunctionReturn(code);
}

#define MOST_BASINS 32 /* numbers of flips, evenly spaced from 1 to half of the pixels */

PetscErrorCode HfInferenceBasins(const HfInference *inference, const HfWeighting *weighting) {
  const PetscInt half = inference->n / 2, n_amounts = PetscMin(half, MOST_BASINS), shape[2] = {inference->n_contestants, n_amounts};
  HfInferOptions options = inference->options;
  PetscErrorCode code;
  HfAnswers *answers;
  PetscReal *k, *accuracy, *exact;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n_amounts, &k, shape[0] * n_amounts, &accuracy, shape[0] * n_amounts, &exact));
  PetscCall(PetscCalloc1(shape[0], &answers));
  for (PetscInt a = 0; a < n_amounts; ++a) k[a] = (PetscReal)(n_amounts == half ? a + 1 : 1 + a * (half - 1) / (n_amounts - 1));
  options.noise = HF_NOISE_FLIPS;
  options.n_amounts = n_amounts;
  options.amounts = k;
  code = HfAnswersOfOthers(inference, &options, answers);
  if (!code) code = HfAnswersOfFilm(inference, &options, weighting, answers);
  for (PetscInt c = 0; c < shape[0] && !code; ++c)
    for (PetscInt a = 0; a < n_amounts; ++a) {
      const HfScore score = HfScoreOf(inference, &answers[c], a, 1);
      accuracy[c * n_amounts + a] = score.accuracy;
      exact[c * n_amounts + a] = score.exact;
    }
  if (!code) {
    PetscCall(HfInferenceArray(inference, weighting->label, "basins/k", 1, &n_amounts, k, "1"));
    PetscCall(HfInferenceArray(inference, weighting->label, "basins/accuracy", 2, shape, accuracy, "1"));
    PetscCall(HfInferenceArray(inference, weighting->label, "basins/exact", 2, shape, exact, "1"));
  }
  for (PetscInt c = 0; c < shape[0]; ++c) PetscCall(HfAnswersDestroy(&answers[c]));
  PetscCall(PetscFree(answers));
  PetscCall(PetscFree3(k, accuracy, exact));
  PetscFunctionReturn(code);
}

/* The film at one time of its training. */
typedef struct {
  PetscReal time; /* s */
  const PetscReal *G;
  PetscInt reading; /* see HfInferenceNetwork() */
} Moment;

/* Snapshots since the last initial state, one per time. */
static PetscInt moments_of_pulses(const HfTrainingRecord *record, Moment moments[]) {
  PetscInt n = 0;
  for (PetscInt k = 0; k < record->n_snapshots; ++k) {
    const HfSnapshot *snapshot = &record->snapshots[k];

    if (snapshot->item < record->memories[record->first_memory].item) continue;
    if (n && moments[n - 1].time == snapshot->time) --n;
    moments[n++] = (Moment){snapshot->time, snapshot->G, -1 - k};
  }
  return n;
}

/* The memories at rest since the last initial state: snapshots are taken in pulses alone. */
static PetscInt moments_of_rest(const HfTrainingRecord *record, const HfWeighting *weighting, Moment moments[]) {
  PetscInt n = 0;
  for (PetscInt k = record->first_memory; k < record->n_memories; ++k) {
    const HfMemory *memory = &record->memories[k];

    moments[n++] = (Moment){HfMemoryTime(weighting, memory), HfMemoryConductance(weighting, memory), HF_READING_FIRST + k};
  }
  return n;
}

/* overlap[T][P][P]: x_p.V/n of pattern p (last index) with the state V that the film of time t recalls from the stored pattern q (inset of Fig.
   5c). The times are those of the snapshots, or, of memories after their pauses, the ends of these. */
PetscErrorCode HfInferenceAttractors(const HfInference *inference, const HfWeighting *weighting) {
  const HfTrainingRecord *record = inference->context->record;
  const PetscInt n = inference->n, P = inference->n_patterns, most = PetscMax(record->n_snapshots, record->n_memories);
  PetscInt n_times;
  PetscReal *times, *overlap, *V;
  Moment *moments;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(most, &moments, most, &times, most * P * P, &overlap, n, &V));
  n_times = weighting->after.kind != HF_AFTER_PULSE ? moments_of_rest(record, weighting, moments) : moments_of_pulses(record, moments);
  for (PetscInt t = 0; t < n_times && !code; ++t) {
    HfNetwork network;
    times[t] = moments[t].time;
    PetscCall(HfInferenceNetwork(inference, weighting, moments[t].G, moments[t].reading, &network));
    for (PetscInt q = 0; q < P; ++q) {
      HfRecallResult result;
      PetscCall(PetscArraycpy(V, inference->x + q * n, n));
      PetscCall(HfNetworkRecall(network, &inference->options.recall, V, &result));
      for (PetscInt p = 0; p < P; ++p) {
        PetscReal sum = 0.0;
        for (PetscInt i = 0; i < n; ++i) sum += V[i] * inference->x[p * n + i];
        overlap[(t * P + q) * P + p] = sum / n;
      }
    }
    PetscCall(HfNetworkDestroy(&network));
    code = HfTapeCompute(inference->context->tape);
  }
  if (n_times && !code) {
    PetscCall(HfInferenceArray(inference, weighting->label, "attractors/time", 1, &n_times, times, "s"));
    PetscCall(HfInferenceArray(inference, weighting->label, "attractors/overlap", 3, (const PetscInt[]){n_times, P, P}, overlap, "1"));
  }
  PetscCall(PetscFree4(moments, times, overlap, V));
  PetscFunctionReturn(code);
}
