/* The tests of a schedule step `infer` and the contestants that answer them. A test is a stored pattern and its noisy image, a function of the
   seed and the number of the test alone. Every rank takes a range of the numbers and counts in integers, so that no sum depends on the number of
   ranks. */
#include "inference.h"

/* The factor by which one pulse reduces what a link of the reduced model was before, for the rule reduced-model. */
static PetscReal decay(PetscReal pulse, PetscReal tau) { return pulse > 0.0 ? PetscExpReal(-pulse / tau) : HF_RULE_DEFAULTS.decay; }

static PetscErrorCode pause_learning(void *tape) { return HfTapeCompute(tape); }

/* All rules learn the same patterns. */
static PetscErrorCode learn_rules(HfInference *inference) {
  const HfTrainingRecord *record = inference->context->record;
  const HfMemory *last = &record->memories[record->n_memories - 1];
  const HfInferSettings *settings = inference->settings;
  const PetscInt n = inference->n;
  HfRuleContext context = HF_RULE_DEFAULTS;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &inference->links));
  PetscCall(HfDeviceLinks(inference->context->device, inference->links));
  context.seed = inference->options.seed;
  context.links = inference->links;
  context.decay = decay(last->pulse, settings->tau);
  context.epochs = last->epoch + 1;
  context.pause = pause_learning;
  context.pause_of = inference->context->tape;
  PetscCall(PetscCalloc2(settings->n_rules + 2, &inference->rules, settings->n_rules + 2, &inference->rule_networks));
  for (PetscInt k = -2; k < settings->n_rules; ++k) { /* the two outer products are always among them, and first */
    const HfRule *rule = k == -2 ? HfRuleFind("outer-product") : k == -1 ? HfRuleFind("outer-product-neighbours") : settings->rules[k];
    PetscBool known = PETSC_FALSE;

    for (PetscInt r = 0; r < inference->n_rules; ++r) known = known || inference->rules[r] == rule ? PETSC_TRUE : PETSC_FALSE;
    if (known || !rule) continue;
    code = HfRuleLearn(rule, &context, n, inference->n_patterns, inference->x, &inference->rule_networks[inference->n_rules]);
    if (!code) inference->rules[inference->n_rules++] = rule;
    if (!code) code = HfTapeCompute(inference->context->tape);
    if (code) PetscFunctionReturn(code);
  }
  inference->n_contestants = HF_FIRST_RULE + inference->n_rules;
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceCreate(HfStepContext context, const HfInferSettings *settings, HfInference **new_inference) {
  HfInference *inference;
  PetscErrorCode code;
  PetscInt first;

  PetscFunctionBeginUser;
  *new_inference = NULL;
  PetscCall(HfMemoryFirst(context, PETSC_FALSE, &first));
  PetscCall(PetscNew(&inference));
  *new_inference = inference;
  inference->context = context;
  inference->settings = settings;
  inference->n = context->schedule->n;
  inference->n_patterns = settings->n_patterns;
  inference->x = settings->x;
  inference->options = settings->options;
  PetscCall(HfWeightingResolve(context->record, &settings->weightings, 0, &inference->weightings));
  code = learn_rules(inference);
  if (code) {
    PetscCall(HfInferenceDestroy(new_inference));
    PetscFunctionReturn(code);
  }
  PetscCall(HfInferenceArray(inference, "", "patterns", 2, (const PetscInt[]){inference->n_patterns, inference->n}, inference->x, "1"));
  PetscCall(HfInferenceArray(inference, "", "amounts", 1, &inference->options.n_amounts, inference->options.amounts, "1"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceDestroy(HfInference **inference) {
  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < (*inference)->n_rules; ++r) PetscCall(HfNetworkDestroy(&(*inference)->rule_networks[r]));
  PetscCall(PetscFree2((*inference)->rules, (*inference)->rule_networks));
  PetscCall(PetscFree((*inference)->links));
  PetscCall(PetscFree(*inference));
  PetscFunctionReturn(0);
}

const char *HfContestantName(const HfInference *inference, PetscInt c) {
  static const char *const names[HF_FIRST_RULE] = {"film", "no-recall", "untrained", "one-more-iteration"};
  return c < HF_FIRST_RULE ? names[c] : inference->rules[c - HF_FIRST_RULE]->name;
}

/* G as it is read: the conductance of every pair with a relative error of its own; row sums do not change. */
static void misread(const HfInference *inference, const PetscReal G[], PetscInt reading, PetscReal read[]) {
  const PetscInt n = inference->n;

  for (PetscInt e = 0; e < n * n; ++e) read[e] = G[e];
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) {
      PetscReal error;
      HfRandomNormal(inference->options.seed, HF_STREAM_READING, reading, i * n + j, 1, &error);
      error *= inference->settings->read_noise * G[i * n + j];
      read[i * n + j] += error;
      read[j * n + i] += error;
      read[i * n + i] -= error;
      read[j * n + j] -= error;
    }
}

/* Midranges are taken over the memories without errors, as means of many readings. */
PetscErrorCode HfInferenceNetwork(const HfInference *inference, const HfWeighting *weighting, const PetscReal G[], PetscInt reading,
                                  HfNetwork *network) {
  const PetscInt nn = inference->n * inference->n;
  const HfTrainingRecord *record = inference->context->record;
  const PetscReal *G0 = record->G0;
  PetscReal *film, *saturated;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(nn, &film, nn, &saturated));
  if (inference->settings->read_noise > 0.0) {
    misread(inference, record->G0, 0, saturated);
    misread(inference, G, reading, film);
    G0 = saturated;
    G = film;
  }
  PetscCall(HfWeightingNetwork(inference->context, weighting, G0, G, PETSC_FALSE, network));
  PetscCall(PetscFree2(film, saturated));
  PetscFunctionReturn(0);
}

/* Sums over the ranks, all of them integers. */
static PetscErrorCode reduce(MPI_Comm comm, PetscInt n_confusion, PetscInt n_amounts, HfInferTally tally[]) {
  const PetscInt width = HF_INFER_COUNTS + n_confusion;
  PetscInt64 *sums, *most;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n_amounts * width, &sums, n_amounts, &most));
  for (PetscInt a = 0; a < n_amounts; ++a) {
    PetscCall(PetscMemcpy(sums + a * width, &tally[a].counts, sizeof(HfInferCounts)));
    PetscCall(PetscArraycpy(sums + a * width + HF_INFER_COUNTS, tally[a].confusion, n_confusion));
    most[a] = tally[a].most_iterations;
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, (PetscMPIInt)(n_amounts * width), MPI_INT64_T, MPI_SUM, comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, most, (PetscMPIInt)n_amounts, MPI_INT64_T, MPI_MAX, comm));
  for (PetscInt a = 0; a < n_amounts; ++a) {
    PetscCall(PetscMemcpy(&tally[a].counts, sums + a * width, sizeof(HfInferCounts)));
    PetscCall(PetscArraycpy(tally[a].confusion, sums + a * width + HF_INFER_COUNTS, n_confusion));
    tally[a].most_iterations = most[a];
  }
  PetscCall(PetscFree2(sums, most));
  PetscFunctionReturn(0);
}

/* Tests first .. first + n - 1 of one contestant, answered by all ranks. */
typedef struct {
  const HfInference *inference;
  const HfInferOptions *options;
  HfNetwork network;
  PetscInt64 first, n;
  PetscInt n_confusion;
  HfInferTally *tally; /* [n_amounts] */
} Tests;

/* In batches, after each of which the run may stop. */
static PetscErrorCode answer(const Tests *tests) {
  const HfInference *inference = tests->inference;
  const PetscInt64 batch = HfRecallBatch(inference->n, &tests->options->recall);
  PetscMPIInt rank, size;
  PetscInt64 mine, end;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(inference->context->comm, &rank));
  PetscCallMPI(MPI_Comm_size(inference->context->comm, &size));
  mine = tests->first + tests->n * rank / size;
  end = tests->first + tests->n * (rank + 1) / size;
  for (PetscInt64 done = 0; done < tests->n / size + 1; done += batch, mine += batch) { /* as often on every rank */
    PetscErrorCode code;

    PetscCall(HfInfer(inference->n, tests->network, inference->n_patterns, inference->x, tests->options, mine,
                      PetscMax(0, PetscMin(batch, end - mine)), tests->tally));
    code = HfTapeCompute(inference->context->tape);
    if (code) PetscFunctionReturn(code);
  }
  PetscCall(reduce(inference->context->comm, tests->n_confusion, tests->options->n_amounts, tests->tally));
  PetscFunctionReturn(0);
}

/* values: of every amount its counts, the most iterations, and the confusion. */
static PetscErrorCode measure_answers(void *of, PetscInt n, PetscReal values[]) {
  const Tests *tests = of;
  const PetscErrorCode code = answer(tests);

  PetscFunctionBeginUser;
  for (PetscInt a = 0; !code && a < tests->options->n_amounts; ++a) {
    const HfInferTally *tally = &tests->tally[a];
    const PetscInt64 *counts = (const PetscInt64 *)&tally->counts;

    for (PetscInt k = 0; k < HF_INFER_COUNTS; ++k) *values++ = (PetscReal)counts[k];
    *values++ = (PetscReal)tally->most_iterations;
    for (PetscInt k = 0; k < tests->n_confusion; ++k) *values++ = (PetscReal)tally->confusion[k];
  }
  PetscFunctionReturn(code);
}

static void add_answers(PetscInt n_amounts, PetscInt n_confusion, const PetscReal values[], HfInferTally tally[]) {
  for (PetscInt a = 0; a < n_amounts; ++a) {
    PetscInt64 *counts = (PetscInt64 *)&tally[a].counts;

    for (PetscInt k = 0; k < HF_INFER_COUNTS; ++k) counts[k] += (PetscInt64)*values++;
    tally[a].most_iterations = PetscMax(tally[a].most_iterations, (PetscInt64)values[0]);
    for (PetscInt k = 0; k < n_confusion; ++k) tally[a].confusion[k] += (PetscInt64)values[1 + k];
    values += 1 + n_confusion;
  }
}

static PetscErrorCode create_tally(PetscInt n_amounts, PetscInt n_confusion, HfInferTally **tally) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n_amounts, tally));
  for (PetscInt a = 0; a < n_amounts; ++a) PetscCall(PetscCalloc1(n_confusion, &(*tally)[a].confusion));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy_tally(PetscInt n_amounts, HfInferTally **tally) {
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < n_amounts; ++a) PetscCall(PetscFree((*tally)[a].confusion));
  PetscCall(PetscFree(*tally));
  PetscFunctionReturn(0);
}

/* Answers that take longer are kept on the tape in parts: a run that was stopped goes on after the last that was finished. The number of parts depends on
   the tests alone, not on the machine. */
#define PART_BATCHES 1000 /* in a part; less than a minute on one rank */
#define MOST_PARTS   64   /* so that the tape stays short */

static PetscErrorCode answer_part(const Tests *part, PetscInt n_values, PetscReal values[], HfInferTally tally[]) {
  const PetscInt n_amounts = part->options->n_amounts;
  Tests mine = *part;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(create_tally(n_amounts, part->n_confusion, &mine.tally));
  code = HfTapeMeasure(part->inference->context->tape, "answers", n_values, values, measure_answers, &mine);
  if (!code) add_answers(n_amounts, part->n_confusion, values, tally);
  PetscCall(destroy_tally(n_amounts, &mine.tally));
  PetscFunctionReturn(code);
}

static PetscErrorCode answer_all(const Tests *tests) {
  const PetscInt64 batches = tests->n / HfRecallBatch(tests->inference->n, &tests->options->recall);
  const PetscInt parts = (PetscInt)PetscMin(batches / PART_BATCHES + 1, MOST_PARTS);
  const PetscInt n_values = tests->options->n_amounts * (HF_INFER_COUNTS + 1 + tests->n_confusion);
  PetscErrorCode code = 0;
  PetscReal *values;

  PetscFunctionBeginUser;
  if (parts == 1) PetscFunctionReturn(answer(tests));
  PetscCall(PetscMalloc1(n_values, &values));
  for (PetscInt k = 0; k < parts && !code; ++k) {
    Tests part = *tests;

    part.first = tests->n / parts * k;
    part.n = k + 1 == parts ? tests->n - part.first : tests->n / parts;
    code = answer_part(&part, n_values, values, tests->tally);
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(code);
}

PetscErrorCode HfAnswersCreate(const HfInference *inference, const HfInferOptions *options, HfNetwork network, HfAnswers *answers) {
  const PetscInt n_patterns = inference->n_patterns;
  Tests tests = {inference, options, network, 0, HfInferTests(options, n_patterns), n_patterns * (n_patterns + 1), NULL};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  *answers = (HfAnswers){.n_amounts = options->n_amounts};
  PetscCall(create_tally(options->n_amounts, tests.n_confusion, &answers->tally));
  tests.tally = answers->tally;
  code = answer_all(&tests);
  if (code || !network) PetscFunctionReturn(code);
  PetscCall(PetscMalloc1(n_patterns, &answers->unstable));
  answers->margin = 1.0;
  for (PetscInt p = 0; p < n_patterns; ++p) {
    answers->unstable[p] = HfUnstablePixels(network, options->recall.dead_zone, inference->x + p * inference->n);
    answers->margin = PetscMin(answers->margin, HfStabilityMargin(network, inference->x + p * inference->n));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfAnswersDestroy(HfAnswers *answers) {
  PetscFunctionBeginUser;
  if (answers->tally) PetscCall(destroy_tally(answers->n_amounts, &answers->tally));
  PetscCall(PetscFree(answers->unstable));
  *answers = (HfAnswers){0};
  PetscFunctionReturn(0);
}

PetscErrorCode HfAnswersOfOthers(const HfInference *inference, const HfInferOptions *options, HfAnswers answers[]) {
  PetscErrorCode code;

  PetscFunctionBeginUser;
  code = HfAnswersCreate(inference, options, NULL, &answers[HF_NO_RECALL]);
  for (PetscInt r = 0; r < inference->n_rules && !code; ++r)
    code = HfAnswersCreate(inference, options, inference->rule_networks[r], &answers[HF_FIRST_RULE + r]);
  PetscFunctionReturn(code);
}

PetscErrorCode HfAnswersOfFilm(const HfInference *inference, const HfInferOptions *options, const HfWeighting *weighting, HfAnswers answers[]) {
  const HfTrainingRecord *record = inference->context->record;
  const PetscInt last = record->n_memories - 1;
  HfInferOptions longer = *options;
  PetscErrorCode code;
  HfNetwork network;

  PetscFunctionBeginUser;
  ++longer.recall.max_iterations;
  PetscCall(HfInferenceNetwork(inference, weighting, HfMemoryConductance(weighting, &record->memories[last]), HF_READING_FIRST + last, &network));
  code = HfAnswersCreate(inference, options, network, &answers[HF_FILM]);
  if (!code) code = HfAnswersCreate(inference, &longer, network, &answers[HF_ONE_MORE]);
  PetscCall(HfNetworkDestroy(&network));
  if (code) PetscFunctionReturn(code);
  PetscCall(HfInferenceNetwork(inference, weighting, HfUntrainedConductance(record, weighting), HF_READING_UNTRAINED, &network));
  code = HfAnswersCreate(inference, options, network, &answers[HF_UNTRAINED]);
  PetscCall(HfNetworkDestroy(&network));
  PetscFunctionReturn(code);
}

HfScore HfScoreOf(const HfInference *inference, const HfAnswers *answers, PetscInt first, PetscInt n) {
  HfScore score = {0};
  PetscInt64 credit = 0, correct = 0, exact = 0, before = 0, after = 0;

  for (PetscInt a = first; a < first + n; ++a) {
    const HfInferCounts *counts = &answers->tally[a].counts;
    score.tests += counts->tests;
    score.ties += counts->ties;
    score.cycles += counts->cycles;
    score.unconverged += counts->unconverged;
    score.most_iterations = PetscMax(score.most_iterations, answers->tally[a].most_iterations);
    credit += counts->credit;
    correct += counts->correct;
    exact += counts->exact;
    before += counts->overlap_before;
    after += counts->overlap_after;
  }
  score.accuracy = (PetscReal)credit / HF_INFER_CREDIT / (PetscReal)score.tests;
  HfWilson((PetscReal)credit / HF_INFER_CREDIT, (PetscReal)score.tests, &score.low, &score.high);
  score.ties_wrong = (PetscReal)correct / (PetscReal)score.tests;
  score.exact = (PetscReal)exact / (PetscReal)score.tests;
  score.overlap_before = (PetscReal)before / (PetscReal)(score.tests * inference->n);
  score.overlap_after = (PetscReal)after / (PetscReal)(score.tests * inference->n);
  return score;
}

HfScore HfScoreOfAll(const HfInference *inference, const HfAnswers *answers) { return HfScoreOf(inference, answers, 0, answers->n_amounts); }

void HfControlsText(const HfInference *inference, const HfAnswers answers[], char text[], size_t size) {
  text[0] = '\0';
  for (PetscInt c = HF_FILM + 1; c < inference->n_contestants; ++c) {
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s %.3f", used ? ", " : "", HfContestantName(inference, c),
             (double)HfScoreOfAll(inference, &answers[c]).accuracy);
  }
}
