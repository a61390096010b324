/* Private to src/experiment: many noisy images of the stored patterns, the answers of the film, and those of every control.

   A *contestant* answers the images: the film, a control (no recall, the untrained film, one iteration more) or a learning rule; all see the same
   images. The contestants are not a choice of the deck: an accuracy would mean little without the controls. */
#pragma once
#include "../step.h"

enum { HF_FILM, HF_NO_RECALL, HF_UNTRAINED, HF_ONE_MORE, HF_FIRST_RULE };

/* Of a step `infer`. */
typedef struct {
  PetscInt n_patterns;
  const char **names;     /* [n_patterns], as the deck calls them */
  PetscReal *x;           /* [n_patterns][n] */
  HfInferOptions options; /* with amounts of its own */
  PetscReal *amounts;
  PetscReal read_noise, tau; /* relative error of a conductance that is read; s, of the rule reduced-model */
  HfWeightingList weightings;
  PetscInt n_rules, gallery;
  const HfRule **rules; /* [n_rules]: those to compare with besides the two outer products */
  PetscBool all_epochs, basins;
} HfInferSettings;

typedef struct {
  HfStepContext context;
  const HfInferSettings *settings;
  PetscInt n, n_patterns, n_rules, n_contestants; /* contestants: film and controls, then the rules */
  const PetscReal *x;                             /* stored patterns [n_patterns][n] */
  HfInferOptions options;
  HfWeightingList weightings;
  PetscReal *links; /* [n*n], see HfDeviceLinks() */
  const HfRule **rules;
  HfNetwork *rule_networks;
} HfInference;

/* All answers of one contestant. */
typedef struct {
  PetscInt n_amounts;
  HfInferTally *tally; /* [n_amounts], over all ranks */
  PetscInt *unstable;  /* pixels of each stored pattern that one update changes [P]; NULL without recall */
  PetscReal margin;    /* least stability of a pixel of a stored pattern, -1 to 1 */
} HfAnswers;

typedef struct {
  PetscReal accuracy, low, high, ties_wrong, exact, overlap_before, overlap_after; /* accuracy with its 95 % interval; ties share a success */
  PetscInt64 tests, ties, cycles, unconverged, most_iterations;
} HfScore;

/* ---- inference.c; everything that follows is collective unless it says otherwise ---- */
PetscErrorCode HfInferenceCreate(HfStepContext context, const HfInferSettings *settings, HfInference **inference);
PetscErrorCode HfInferenceDestroy(HfInference **inference);
const char *HfContestantName(const HfInference *inference, PetscInt c); /* "film", "no-recall", ..., "outer-product". Not collective. */
/* The network made from a conductance matrix as it is read; every number `reading` has read errors of its own. Not collective. */
PetscErrorCode HfInferenceNetwork(const HfInference *inference, const HfWeighting *weighting, const PetscReal G[], PetscInt reading,
                                  HfNetwork *network);
enum { HF_READING_UNTRAINED = 1, HF_READING_FIRST = 2 }; /* 0: the saturated film; memory k is HF_READING_FIRST + k, snapshot k is -1 - k */
/* All tests of `options`, in ranges over the ranks. network NULL: no recall. HF_ERR_STOPPED when the run is to stop; the answers are to be destroyed then,
   too. */
PetscErrorCode HfAnswersCreate(const HfInference *inference, const HfInferOptions *options, HfNetwork network, HfAnswers *answers);
PetscErrorCode HfAnswersDestroy(HfAnswers *answers);
/* Answers of the contestants that do not depend on the film, and of those that do. */
PetscErrorCode HfAnswersOfOthers(const HfInference *inference, const HfInferOptions *options, HfAnswers answers[]);
PetscErrorCode HfAnswersOfFilm(const HfInference *inference, const HfInferOptions *options, const HfWeighting *weighting, HfAnswers answers[]);
HfScore HfScoreOf(const HfInference *inference, const HfAnswers *answers, PetscInt first, PetscInt n); /* of n amounts. Not collective. */
HfScore HfScoreOfAll(const HfInference *inference, const HfAnswers *answers);
/* The controls of a result in one line, "no recall 0.992, untrained 0.665, ...". Not collective. */
void HfControlsText(const HfInference *inference, const HfAnswers answers[], char text[], size_t size);

/* ---- inference_report.c: entries of the summary, headlines, arrays ---- */
PetscErrorCode HfInferenceReport(const HfInference *inference, const HfWeighting *weighting, const HfMemory *memory, const HfAnswers answers[]);
PetscErrorCode HfInferenceReportOthers(const HfInference *inference, const HfAnswers answers[]); /* no recall and the rules */
PetscErrorCode HfInferenceArray(const HfInference *inference, const char *label, const char *name, PetscInt rank, const PetscInt shape[],
                                const PetscReal values[], const char *unit);
/* accuracy, its interval, exact recovery and overlap of every contestant, [V][A]. */
PetscErrorCode HfInferenceArrays(const HfInference *inference, const char *label, const HfAnswers answers[]);
/* What changes while the film rests. */
PetscErrorCode HfInferenceRetention(const HfInference *inference, const HfWeighting *weighting, const HfAnswers answers[], HfRetention retention);
/* Conductance between the nodes, for maps of the film: of the last memory, or with a wiring, which memories have no nodes of, of the film as the step
   finds it; nodes/time is the simulated time of that film. */
PetscErrorCode HfInferenceNodes(const HfInference *inference);
PetscErrorCode HfInferenceGallery(const HfInference *inference, const HfWeighting *weighting, const HfMemory *memory);

/* ---- inference_curves.c: the same tests as a function of time and of distortion; inference_scan.c: of xi ---- */
PetscErrorCode HfInferenceEpochs(const HfInference *inference, const HfWeighting *weighting, const HfAnswers answers[]);
PetscErrorCode HfInferenceBasins(const HfInference *inference, const HfWeighting *weighting);
PetscErrorCode HfInferenceAttractors(const HfInference *inference, const HfWeighting *weighting); /* nothing without snapshots */
/* Results as a function of xi, in the order of the list. */
typedef struct {
  PetscInt n;
  PetscReal xi[HF_MAX_WEIGHTINGS], unstable[HF_MAX_WEIGHTINGS], margin[HF_MAX_WEIGHTINGS], untrained[HF_MAX_WEIGHTINGS], one_more[HF_MAX_WEIGHTINGS];
  HfScore score[HF_MAX_WEIGHTINGS];
  PetscReal *exact; /* [HF_MAX_WEIGHTINGS][A] */
  PetscInt best;
  char label[64];      /* of the arrays: "xi_scan", or "xi_scan@1us" */
  char controls[1024]; /* of the best xi so far */
} HfScan;
PetscErrorCode HfScanCreate(const HfInference *inference, HfScan *scan);
PetscErrorCode HfScanDestroy(HfScan *scan);
PetscErrorCode HfScanAdd(const HfInference *inference, const HfWeighting *weighting, const HfAnswers answers[], HfScan *scan);
PetscErrorCode HfScanReport(const HfInference *inference, const HfScan *scan); /* nothing with fewer than two */
