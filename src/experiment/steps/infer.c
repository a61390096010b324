/* Does the film that learned several patterns name and restore them from noisy images (Niu et al. 2024, Fig. 5)?
   V <- sgn(w V) from many noisy images of every stored pattern; the answer is the pattern with the largest similarity x'.x_k.

   Three measures, because the first proves little by itself (the nearest letter to the noisy image, without any recall, is right 99 times in 100 for
   E, C and P): accuracy of the answer, exact recovery of all pixels, pixels of the stored patterns that are not stable.
   Controls, always, on the same images: no recall, the untrained film, one iteration more (a cycle of length 2 would end otherwise), the outer product
   of the patterns, the same between neighbours of the film alone, and the other learning rules. */
#include "../inference/inference.h"

static const HfKey keys[] = {
    {"infer", HF_SECTION, NULL, "", "", 0, "Recalls noisy images of several stored patterns and names them, with all controls on the same images"},
    {"infer.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns: those that are tested and among which the answer is found"},
    {"infer.flips", HF_INTS, NULL, "", ">=0", 0, "Numbers of flipped pixels; exactly one of flips, probability and grey"},
    {"infer.probability", HF_NUMBERS, NULL, "", "[0,1]", 0, "Probabilities with which each pixel is flipped"},
    {"infer.grey", HF_NUMBERS, NULL, "", ">0", 0, "Standard deviations of Gaussian noise, added to +-1 before the sign is taken"},
    {"infer.samples", HF_INT, NULL, "100", ">=1", 0, "Images of each pattern and each amount of noise"},
    HF_RECALL_KEYS("infer"),
    HF_WEIGHTS_KEYS("infer"),
    {"infer.read_noise", HF_NUMBER, NULL, "0", ">=0", 0, "Relative error (Gaussian, from the seed) of every conductance that is read"},
    {"infer.epochs", HF_CHOICE, NULL, "last", "all|last", 0, "After every epoch of the training, or after the last alone"},
    {"infer.basins", HF_BOOL, NULL, "false", "", 0, "Also from 1 to half of all pixels flipped"},
    {"infer.rules", HF_TEXTS, NULL, "", "", 0, "Learning rules to compare with beside the two outer products (default: all there are)"},
    {"infer.tau", HF_QUANTITY, "s", "7.9 ns", ">0", 0, "Time constant of the rule oja; the four-node film's fit of Eq. (2), see the step fit"},
    {"infer.gallery", HF_INT, NULL, "4", ">=0", 0, "Images of each pattern kept to look at"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  const PetscInt n_patterns = HfCount(node, "patterns");
  const int kinds = HfHas(node, "flips") + HfHas(node, "probability") + HfHas(node, "grey");

  PetscFunctionBeginUser;
  if (!e->n_checked && e->n) PetscCall(HfDeckError(e->deck, node, "nothing was trained since the last initial state"));
  if (n_patterns < 2) PetscCall(HfDeckError(e->deck, HfChild(node, "patterns"), "name two patterns or more, or every answer is right"));
  for (PetscInt p = 0; p < n_patterns; ++p) PetscCall(HfPatternCheck(e, HfNodeItem(HfChild(node, "patterns"), p), HfTextAt(node, "patterns", p)));
  if (kinds != 1) PetscCall(HfDeckError(e->deck, node, "give exactly one of `flips`, `probability` and `grey`"));
  for (int k = 0; k < 3; ++k)
    if (HfHas(node, HfNoiseNames[k]) && !HfCount(node, HfNoiseNames[k])) PetscCall(HfDeckError(e->deck, HfChild(node, HfNoiseNames[k]), "no amount"));
  for (PetscInt a = 0; HfHas(node, "flips") && a < HfCount(node, "flips"); ++a)
    if (e->n && HfIntegerAt(node, "flips", a) > e->n)
      PetscCall(HfDeckError(e->deck, HfChild(node, "flips"), "%d flips of %d pixels", (int)HfIntegerAt(node, "flips", a), (int)e->n));
  for (PetscInt r = 0; HfHas(node, "rules") && r < HfCount(node, "rules"); ++r)
    if (!HfRuleFind(HfTextAt(node, "rules", r))) {
      HfSuggestion suggestion;
      char text[HF_PATH_LENGTH];
      HfSuggestionStart(&suggestion, HfTextAt(node, "rules", r));
      for (PetscInt k = 0; k < HfRuleCount(); ++k) HfSuggestionTry(&suggestion, HfRuleGet(k)->name, strlen(HfRuleGet(k)->name));
      HfSuggestionText(&suggestion, text);
      PetscCall(HfDeckError(e->deck, HfNodeItem(HfChild(node, "rules"), r), "no such learning rule: %s%s", HfTextAt(node, "rules", r), text));
    }
  PetscCall(HfWeightingsCheck(e, node));
  PetscFunctionReturn(0);
}

/* One kind of weights: the film and its own controls. */
static PetscErrorCode film(const HfInference *inference, const HfWeighting *weighting, HfAnswers answers[], HfScan *scan) {
  HfExperiment e = inference->e;
  const HfMemory *memory = &e->memories[e->n_memories - 1];

  PetscFunctionBeginUser;
  PetscCall(HfAnswersOfFilm(inference, &inference->options, weighting, answers));
  if (!strcmp(HfText(inference->node, "epochs"), "all")) PetscCall(HfInferenceEpochs(inference, weighting, answers));
  PetscCall(HfInferenceReport(inference, weighting, memory, answers));
  PetscCall(HfInferenceArrays(inference, weighting->label, answers));
  PetscCall(HfInferenceGallery(inference, weighting, memory));
  PetscCall(HfInferenceAttractors(inference, weighting));
  if (HfFlag(inference->node, "basins")) PetscCall(HfInferenceBasins(inference, weighting));
  PetscCall(HfScanAdd(inference, weighting, answers, scan));
  PetscCall(HfAnswersDestroy(&answers[HF_FILM]));
  PetscCall(HfAnswersDestroy(&answers[HF_UNTRAINED]));
  PetscCall(HfAnswersDestroy(&answers[HF_ONE_MORE]));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  HfInference *inference;
  HfAnswers *answers; /* of every contestant */
  HfScan scan;

  PetscFunctionBeginUser;
  PetscCall(HfInferenceCreate(e, node, &inference));
  PetscCall(HfScanCreate(inference, &scan));
  PetscCall(PetscCalloc1(inference->n_contestants, &answers));
  PetscCall(HfAnswersOfOthers(inference, &inference->options, answers));
  for (PetscInt k = 0; k < inference->n_weightings; ++k) PetscCall(film(inference, &inference->weightings[k], answers, &scan));
  PetscCall(HfInferenceReportOthers(inference, answers));
  PetscCall(HfScanReport(inference, &scan));
  PetscCall(HfInferenceNodes(inference));
  for (PetscInt c = 0; c < inference->n_contestants; ++c) PetscCall(HfAnswersDestroy(&answers[c]));
  PetscCall(PetscFree(answers));
  PetscCall(HfScanDestroy(&scan));
  PetscCall(HfInferenceDestroy(&inference));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Infer = {.name = "infer", .citation = "niu-2024", .keys = keys, .check = check, .run = run};
