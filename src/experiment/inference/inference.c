/* The tests of a schedule step `infer` and the contestants that answer them. A test is a stored pattern and its noisy image, a function of the
   seed and the number of the test alone. Every rank takes a range of the numbers and counts in integers, so that no sum depends on the number of
   ranks. */
#include "inference.h"

/* The factor by which one pulse reduces what a link of the reduced model was before, for the rule oja. */
static PetscReal decay(PetscReal pulse, PetscReal tau) { return pulse > 0.0 ? PetscExpReal(-pulse / tau) : HF_RULE_DEFAULTS.decay; }

/* All rules learn the same patterns. */
static PetscErrorCode learn_rules(HfInference *inference) {
  const HfTrainingRecord *record = inference->context->record;
  const HfMemory *last = &record->memories[record->n_memories - 1];
  const HfInferSettings *settings = inference->settings;
  const PetscInt n = inference->n;
  HfRuleContext context = HF_RULE_DEFAULTS;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &inference->links));
  PetscCall(HfDeviceLinks(inference->context->device, inference->links));
  context.seed = inference->options.seed;
  context.links = inference->links;
  context.decay = decay(last->pulse, settings->tau);
  context.epochs = last->epoch + 1;
  PetscCall(PetscCalloc2(settings->n_rules + 2, &inference->rules, settings->n_rules + 2, &inference->rule_networks));
  for (PetscInt k = -2; k < settings->n_rules; ++k) { /* the two outer products are always among them, and first */
    const HfRule *rule = k == -2 ? HfRuleFind("outer-product") : k == -1 ? HfRuleFind("outer-product-neighbours") : settings->rules[k];
    PetscBool known = PETSC_FALSE;

    for (PetscInt r = 0; r < inference->n_rules; ++r) known = known || inference->rules[r] == rule ? PETSC_TRUE : PETSC_FALSE;
    if (known || !rule) continue;
    PetscCall(HfRuleLearn(rule, &context, n, inference->n_patterns, inference->x, &inference->rule_networks[inference->n_rules]));
    inference->rules[inference->n_rules++] = rule;
  }
  inference->n_contestants = HF_FIRST_RULE + inference->n_rules;
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceCreate(HfStepContext context, const HfInferSettings *settings, HfInference **new_inference) {
  HfInference *inference;
  PetscInt first;

  PetscFunctionBeginUser;
  PetscCall(HfMemoryFirst(context, PETSC_FALSE, &first));
  PetscCall(PetscNew(&inference));
  *new_inference = inference;
  inference->context = context;
  inference->settings = settings;
  inference->n = context->schedule->n;
  inference->n_patterns = settings->n_patterns;
  inference->x = settings->x;
  inference->options = settings->options;
  PetscCall(HfWeightingResolve(context->record, &settings->weightings, &inference->weightings));
  PetscCall(learn_rules(inference));
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
  PetscReal *w, *film, *saturated;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(nn, &w, nn, &film, nn, &saturated));
  if (inference->settings->read_noise > 0.0) {
    misread(inference, record->G0, 0, saturated);
    misread(inference, G, reading, film);
    G0 = saturated;
    G = film;
  }
  PetscCall(HfWeightingApply(record, weighting, G0, G, PETSC_FALSE, w));
  PetscCall(HfNetworkCreate(inference->n, w, network));
  PetscCall(PetscFree3(w, film, saturated));
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

PetscErrorCode HfAnswersCreate(const HfInference *inference, const HfInferOptions *options, HfNetwork network, HfAnswers *answers) {
  const PetscInt n_patterns = inference->n_patterns, n_confusion = n_patterns * (n_patterns + 1);
  const PetscInt64 tests = HfInferTests(options, n_patterns);
  PetscMPIInt rank, size;
  PetscInt64 first;

  PetscFunctionBeginUser;
  *answers = (HfAnswers){.n_amounts = options->n_amounts};
  PetscCallMPI(MPI_Comm_rank(inference->context->comm, &rank));
  PetscCallMPI(MPI_Comm_size(inference->context->comm, &size));
  PetscCall(PetscCalloc1(options->n_amounts, &answers->tally));
  for (PetscInt a = 0; a < options->n_amounts; ++a) PetscCall(PetscCalloc1(n_confusion, &answers->tally[a].confusion));
  first = tests * rank / size;
  PetscCall(HfInfer(inference->n, network, n_patterns, inference->x, options, first, tests * (rank + 1) / size - first, answers->tally));
  PetscCall(reduce(inference->context->comm, n_confusion, options->n_amounts, answers->tally));
  if (!network) PetscFunctionReturn(0);
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
  for (PetscInt a = 0; a < answers->n_amounts; ++a) PetscCall(PetscFree(answers->tally[a].confusion));
  PetscCall(PetscFree(answers->tally));
  PetscCall(PetscFree(answers->unstable));
  *answers = (HfAnswers){0};
  PetscFunctionReturn(0);
}

PetscErrorCode HfAnswersOfOthers(const HfInference *inference, const HfInferOptions *options, HfAnswers answers[]) {
  PetscFunctionBeginUser;
  PetscCall(HfAnswersCreate(inference, options, NULL, &answers[HF_NO_RECALL]));
  for (PetscInt r = 0; r < inference->n_rules; ++r)
    PetscCall(HfAnswersCreate(inference, options, inference->rule_networks[r], &answers[HF_FIRST_RULE + r]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfAnswersOfFilm(const HfInference *inference, const HfInferOptions *options, const HfWeighting *weighting, HfAnswers answers[]) {
  const HfTrainingRecord *record = inference->context->record;
  const PetscInt last = record->n_memories - 1;
  HfInferOptions longer = *options;
  HfNetwork network;

  PetscFunctionBeginUser;
  ++longer.recall.max_iterations;
  PetscCall(HfInferenceNetwork(inference, weighting, HfMemoryConductance(weighting, &record->memories[last]), HF_READING_FIRST + last, &network));
  PetscCall(HfAnswersCreate(inference, options, network, &answers[HF_FILM]));
  PetscCall(HfAnswersCreate(inference, &longer, network, &answers[HF_ONE_MORE]));
  PetscCall(HfNetworkDestroy(&network));
  PetscCall(HfInferenceNetwork(inference, weighting, record->G_untrained, HF_READING_UNTRAINED, &network));
  PetscCall(HfAnswersCreate(inference, options, network, &answers[HF_UNTRAINED]));
  PetscCall(HfNetworkDestroy(&network));
  PetscFunctionReturn(0);
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
