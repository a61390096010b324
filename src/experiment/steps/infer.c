/* Does a film that was trained on several patterns recognize and restore them from noisy images (Niu et al. 2024, Fig. 5)?

     V <- sgn(w V) from many noisy images of every stored pattern; the answer is the pattern x_k with the largest similarity V.x_k

   Three measures are reported, because the first one proves little by itself (the letter nearest to the noisy image, without any recall, is the
   right one 99 times in 100 for E, C and P): the accuracy of the answer, the exact recovery of all pixels, and the number of unstable pixels of the
   stored patterns.

   Controls, always, on the same images: no recall, the untrained film, one iteration more (a cycle of length 2 then ends in its other state), the
   outer product of the patterns, the same between neighbours of the film alone, and the other learning rules. */
#include "../inference/inference.h"

static const HfKey keys[] = {
    {"infer", HF_SECTION, NULL, "", "", 0, "Recalls noisy images of several stored patterns and names them, with all controls on the same images"},
    {"infer.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns: those to recall, and to choose the answer from"},
    {"infer.flips", HF_INTS, NULL, "", ">=0", 0, "Numbers of flipped pixels; exactly one of flips, probability and grey"},
    {"infer.probability", HF_NUMBERS, NULL, "", "[0,1]", 0, "Probabilities with which each pixel is flipped"},
    {"infer.grey", HF_NUMBERS, NULL, "", ">0", 0, "Standard deviations of Gaussian noise, added to +-1 before the sign is taken"},
    {"infer.samples", HF_INT, NULL, "100", ">=1", 0, "Images of each pattern and each amount of noise"},
    HF_RECALL_KEYS("infer"),
    HF_WEIGHTS_KEYS("infer"),
    {"infer.read_noise", HF_NUMBER, NULL, "0", ">=0", 0, "Relative error of every conductance that is read: standard deviation of a Gaussian"},
    {"infer.epochs", HF_CHOICE, NULL, "last", "all|last", 0, "Test after every epoch of the training, or only after the last one"},
    {"infer.basins", HF_BOOL, NULL, "false", "", 0, "Also test with 1 to half of all pixels flipped: the basins of attraction"},
    {"infer.rules", HF_TEXTS, NULL, "", "", 0,
     "Learning rules to compare with, besides the two outer products (default: the first five): storkey, pseudo-inverse, reduced-model (Eq. (2) of "
     "Niu et al. 2024), hopfield-unlearning, dense-associative-memory (Krotov and Hopfield 2016), contrastive-hebbian, boltzmann-machine, oja-neuron "
     "(Oja 1982), oja-subspace (Oja 1989), competing-hidden-units (Krotov and Hopfield 2019), stdp, coupled-learning, equilibrium-propagation"},
    {"infer.tau", HF_QUANTITY, "s", "7.9 ns", ">0", 0,
     "Time constant of the rule reduced-model; the default was fitted to the four-node film, see step `fit`"},
    {"infer.gallery", HF_INT, NULL, "4", ">=0", 0, "Number of images of each pattern that are kept as examples"},
    HF_KEYS_END,
};

static PetscErrorCode read_noise_settings(HfScheduleCheck *check, HfNode node, HfInferSettings *settings) {
  HfInferOptions *options = &settings->options;
  const PetscInt n = check->schedule->n;
  int kinds = 0;

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; ++k) {
    const char *name = HfNoiseNames[k];

    if (!HfHas(node, name)) continue;
    if (!kinds++) options->noise = (HfNoiseKind)k;
    if (!HfCount(node, name)) PetscCall(HfDeckError(check->deck, HfChild(node, name), "give at least one amount of noise"));
  }
  if (kinds != 1) PetscCall(HfDeckError(check->deck, node, "give exactly one of `flips`, `probability` and `grey`"));
  for (PetscInt a = 0; HfHas(node, "flips") && a < HfCount(node, "flips"); ++a)
    if (n && HfIntegerAt(node, "flips", a) > n)
      PetscCall(HfDeckError(check->deck, HfChild(node, "flips"), "%d flips of %d pixels", (int)HfIntegerAt(node, "flips", a), (int)n));
  options->n_amounts = kinds ? HfCount(node, HfNoiseNames[options->noise]) : 0;
  PetscCall(PetscMalloc1(options->n_amounts, &settings->amounts));
  for (PetscInt a = 0; a < options->n_amounts; ++a)
    settings->amounts[a] =
        options->noise == HF_NOISE_FLIPS ? (PetscReal)HfIntegerAt(node, "flips", a) : HfRealAt(node, HfNoiseNames[options->noise], a);
  options->amounts = settings->amounts;
  options->samples = (PetscInt)HfInteger(node, "samples");
  options->seed = HfInteger(node, "seed");
  options->stream = HF_STREAM_NOISE;
  PetscCall(HfRecallSettingsRead(check, node, &options->recall));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_patterns_settings(HfScheduleCheck *check, HfNode node, HfInferSettings *settings) {
  const PetscInt n = check->schedule->n;
  HfNode patterns = HfChild(node, "patterns");

  PetscFunctionBeginUser;
  settings->n_patterns = HfCount(node, "patterns");
  PetscCall(PetscCalloc2(settings->n_patterns * n, &settings->x, settings->n_patterns, &settings->names));
  if (settings->n_patterns < 2) PetscCall(HfDeckError(check->deck, patterns, "name at least two patterns, or every answer is right"));
  for (PetscInt p = 0; p < settings->n_patterns; ++p) {
    settings->names[p] = HfTextAt(node, "patterns", p);
    PetscCall(HfPatternSettingsRead(check, HfNodeItem(patterns, p), settings->names[p], settings->x + p * n, NULL));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode read_rules_settings(HfScheduleCheck *check, HfNode node, HfInferSettings *settings) {
  PetscFunctionBeginUser;
  PetscCall(HfRuleSettingsRead(check, node, &settings->n_rules, &settings->rules));
  if (HfHas(node, "rules")) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(HfRuleCount(), &settings->rules));
  for (PetscInt r = 0; r < HfRuleCount(); ++r)
    if (!HfRuleGet(r)->on_request) settings->rules[settings->n_rules++] = HfRuleGet(r);
  PetscFunctionReturn(0);
}

static PetscBool has_rule(const HfInferSettings *settings, const char *name) {
  for (PetscInt r = 0; r < settings->n_rules; ++r)
    if (settings->rules[r] == HfRuleFind(name)) return PETSC_TRUE;
  return PETSC_FALSE;
}

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  HfInferSettings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  if (!check->n_trained && check->schedule->n) PetscCall(HfDeckError(check->deck, node, HF_NOTHING_TRAINED));
  PetscCall(read_patterns_settings(check, node, settings));
  PetscCall(read_noise_settings(check, node, settings));
  PetscCall(read_rules_settings(check, node, settings));
  PetscCall(HfWeightingSettingsRead(check, node, &settings->weightings));
  settings->read_noise = HfReal(node, "read_noise");
  settings->tau = HfReal(node, "tau");
  if (HfGiven(node, "tau") && !has_rule(settings, "reduced-model"))
    PetscCall(HfDeckError(check->deck, HfChild(node, "tau"), "tau has no effect without the rule reduced-model; leave it out"));
  settings->gallery = (PetscInt)HfInteger(node, "gallery");
  settings->all_epochs = (PetscBool)!strcmp(HfText(node, "epochs"), "all");
  settings->basins = HfFlag(node, "basins");
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  HfInferSettings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree2(settings->x, settings->names));
  PetscCall(PetscFree(settings->amounts));
  PetscCall(PetscFree(settings->rules));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

/* One kind of weights: the film and its own controls. */
static PetscErrorCode test_film(const HfInference *inference, const HfWeighting *weighting, HfAnswers answers[], HfScan *scan,
                                HfRetention retention) {
  const HfTrainingRecord *record = inference->context->record;
  const HfMemory *memory = &record->memories[record->n_memories - 1];

  PetscErrorCode code;

  PetscFunctionBeginUser;
  code = HfAnswersOfFilm(inference, &inference->options, weighting, answers);
  if (!code && inference->settings->all_epochs) code = HfInferenceEpochs(inference, weighting, answers);
  if (code) PetscFunctionReturn(code);
  PetscCall(HfInferenceReport(inference, weighting, memory, answers));
  PetscCall(HfInferenceArrays(inference, weighting->label, answers));
  PetscCall(HfInferenceGallery(inference, weighting, memory));
  code = HfInferenceAttractors(inference, weighting);
  if (!code && inference->settings->basins) code = HfInferenceBasins(inference, weighting);
  if (code) PetscFunctionReturn(code);
  PetscCall(HfScanAdd(inference, weighting, answers, scan));
  PetscCall(HfInferenceRetention(inference, weighting, answers, retention));
  PetscCall(HfAnswersDestroy(&answers[HF_FILM]));
  PetscCall(HfAnswersDestroy(&answers[HF_UNTRAINED]));
  PetscCall(HfAnswersDestroy(&answers[HF_ONE_MORE]));
  PetscFunctionReturn(0);
}

/* The film at one of its times. */
static PetscErrorCode test_at(HfInference *inference, PetscInt at, HfAnswers answers[], HfRetention retention) {
  PetscErrorCode code = 0;
  HfScan scan;

  PetscFunctionBeginUser;
  PetscCall(HfWeightingResolve(inference->context->record, &inference->settings->weightings, at, &inference->weightings));
  PetscCall(HfScanCreate(inference, &scan));
  for (PetscInt k = 0; k < inference->weightings.n && !code; ++k)
    code = test_film(inference, &inference->weightings.list[k], answers, &scan, retention);
  if (!code && !at) PetscCall(HfInferenceReportOthers(inference, answers));
  if (!code) PetscCall(HfScanReport(inference, &scan));
  if (!code && !at) PetscCall(HfInferenceNodes(inference));
  PetscCall(HfScanDestroy(&scan));
  PetscFunctionReturn(code);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const HfInferSettings *settings = of;
  HfInference *inference;
  HfRetention retention;
  HfAnswers *answers; /* of every contestant */
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfReportWeakSignal(context));
  PetscCall(HfInferenceCreate(context, settings, &inference));
  PetscCall(HfRetentionCreate(&settings->weightings, &retention));
  PetscCall(PetscCalloc1(inference->n_contestants, &answers));
  code = HfAnswersOfOthers(inference, &inference->options, answers);
  for (PetscInt k = 0; k < settings->weightings.n_after && !code; ++k) code = test_at(inference, k, answers, retention);
  if (!code) PetscCall(HfRetentionReport(context, retention, 0));
  for (PetscInt c = 0; c < inference->n_contestants; ++c) PetscCall(HfAnswersDestroy(&answers[c]));
  PetscCall(PetscFree(answers));
  PetscCall(HfRetentionDestroy(&retention));
  PetscCall(HfInferenceDestroy(&inference));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Infer = {.name = "infer", .citation = "niu-2024", .keys = keys, .settings = read_settings, .destroy = destroy, .run = run};
