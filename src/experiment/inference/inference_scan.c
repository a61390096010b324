/* The answers of the film as a function of xi, for the scaled weights w = G - xi G0. In the working window all stored patterns are stable and the
   accuracy is within WITHIN of the best. */
#include "inference.h"

#define WITHIN 0.02

PetscErrorCode HfScanCreate(const HfInference *inference, HfScan *scan) {
  const HfWeighting *weighting = &inference->weightings.list[0];

  PetscFunctionBeginUser;
  *scan = (HfScan){0};
  PetscCall(PetscSNPrintf(scan->label, sizeof(scan->label), "xi_scan%s", weighting->label + strlen(weighting->name)));
  PetscCall(PetscMalloc1(HF_MAX_WEIGHTINGS * inference->options.n_amounts, &scan->exact));
  PetscFunctionReturn(0);
}

PetscErrorCode HfScanDestroy(HfScan *scan) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(scan->exact));
  PetscFunctionReturn(0);
}

/* The higher accuracy is better, and at equal accuracy the larger margin. */
static PetscBool is_better(const HfScan *scan, PetscInt a, PetscInt b) {
  if (scan->score[a].accuracy != scan->score[b].accuracy) return scan->score[a].accuracy > scan->score[b].accuracy ? PETSC_TRUE : PETSC_FALSE;
  return scan->margin[a] > scan->margin[b] ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfScanAdd(const HfInference *inference, const HfWeighting *weighting, const HfAnswers answers[], HfScan *scan) {
  const HfAnswers *film = &answers[HF_FILM];
  const PetscInt k = scan->n;

  PetscFunctionBeginUser;
  if (weighting->kind != HF_WEIGHTS_SCALED) PetscFunctionReturn(0);
  ++scan->n;
  scan->xi[k] = weighting->xi;
  scan->score[k] = HfScoreOfAll(inference, film);
  scan->margin[k] = film->margin;
  scan->unstable[k] = 0.0;
  scan->untrained[k] = HfScoreOfAll(inference, &answers[HF_UNTRAINED]).accuracy;
  scan->one_more[k] = HfScoreOfAll(inference, &answers[HF_ONE_MORE]).accuracy;
  for (PetscInt p = 0; p < inference->n_patterns; ++p) scan->unstable[k] += film->unstable[p];
  for (PetscInt a = 0; a < film->n_amounts; ++a) scan->exact[k * film->n_amounts + a] = HfScoreOf(inference, film, a, 1).exact;
  if (!k || is_better(scan, k, scan->best)) {
    scan->best = k;
    HfControlsText(inference, answers, scan->controls, sizeof(scan->controls));
  }
  PetscFunctionReturn(0);
}

/* Smallest and largest xi of the window; *outside: how many values of the scan lie between them and do not belong to it. */
static PetscBool working_window(const HfScan *scan, PetscReal *low, PetscReal *high, PetscInt *outside) {
  PetscBool works[HF_MAX_WEIGHTINGS], any = PETSC_FALSE;

  for (PetscInt k = 0; k < scan->n; ++k) {
    works[k] = scan->unstable[k] == 0.0 && scan->score[k].accuracy >= scan->score[scan->best].accuracy - WITHIN ? PETSC_TRUE : PETSC_FALSE;
    if (!works[k]) continue;
    *low = any ? PetscMin(*low, scan->xi[k]) : scan->xi[k];
    *high = any ? PetscMax(*high, scan->xi[k]) : scan->xi[k];
    any = PETSC_TRUE;
  }
  *outside = 0;
  for (PetscInt k = 0; any && k < scan->n; ++k) *outside += !works[k] && scan->xi[k] > *low && scan->xi[k] < *high;
  return any;
}

static PetscErrorCode arrays(const HfInference *inference, const HfScan *scan) {
  const PetscInt shape[2] = {scan->n, inference->options.n_amounts};
  PetscReal accuracy[HF_MAX_WEIGHTINGS], low[HF_MAX_WEIGHTINGS], high[HF_MAX_WEIGHTINGS], overlap[HF_MAX_WEIGHTINGS];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < scan->n; ++k) {
    accuracy[k] = scan->score[k].accuracy;
    low[k] = scan->score[k].low;
    high[k] = scan->score[k].high;
    overlap[k] = scan->score[k].overlap_after;
  }
  PetscCall(HfInferenceArray(inference, scan->label, "xi", 1, shape, scan->xi, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "accuracy", 1, shape, accuracy, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "low", 1, shape, low, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "high", 1, shape, high, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "overlap", 1, shape, overlap, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "unstable", 1, shape, scan->unstable, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "margin", 1, shape, scan->margin, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "untrained", 1, shape, scan->untrained, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "one_more_iteration", 1, shape, scan->one_more, "1"));
  PetscCall(HfInferenceArray(inference, scan->label, "exact", 2, shape, scan->exact, "1"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfScanReport(const HfInference *inference, const HfScan *scan) {
  PetscReal low = 0.0, high = 0.0, accuracy[HF_MAX_WEIGHTINGS], exact[HF_MAX_WEIGHTINGS];
  PetscInt outside;
  PetscBool works;
  char window[128];
  HfNode entry;

  PetscFunctionBeginUser;
  if (scan->n < 2) PetscFunctionReturn(0);
  works = working_window(scan, &low, &high, &outside);
  for (PetscInt k = 0; k < scan->n; ++k) {
    accuracy[k] = scan->score[k].accuracy;
    exact[k] = scan->score[k].exact;
  }
  PetscCall(HfEntryCreate(inference->context, "infer", &entry));
  PetscCall(HfNodePutText(entry, "scan", "xi"));
  PetscCall(HfWeightingPutReading(entry, &inference->weightings.list[0]));
  PetscCall(HfRecallPut(entry, &inference->options.recall));
  PetscCall(HfNodePutReals(entry, "xi", scan->n, scan->xi));
  PetscCall(HfNodePutReals(entry, "accuracy", scan->n, accuracy));
  PetscCall(HfNodePutReals(entry, "exact", scan->n, exact));
  PetscCall(HfNodePutReals(entry, "unstable", scan->n, scan->unstable));
  PetscCall(HfNodePutReals(entry, "margin", scan->n, scan->margin));
  PetscCall(HfNodePutReals(entry, "control_untrained", scan->n, scan->untrained));
  PetscCall(HfNodePutReals(entry, "control_one_more_iteration", scan->n, scan->one_more));
  PetscCall(HfNodePutReal(entry, "best", scan->xi[scan->best]));
  if (works) {
    PetscCall(HfNodePutReals(entry, "window", 2, (const PetscReal[]){low, high}));
    PetscCall(HfNodePutInt(entry, "window_gaps", outside));
    PetscCall(PetscSNPrintf(window, sizeof(window), "%.12g to %.12g%s", (double)low, (double)high, outside ? ", with gaps" : ""));
  } else
    PetscCall(PetscSNPrintf(window, sizeof(window), "none: no xi has all patterns stable and an accuracy within %.2f of the best", WITHIN));
  PetscCall(HfReportHeadline(inference->context, entry,
                             "xi scan%s, %d values: working window %s; best xi %.12g: accuracy %.3f, exact %.3f, margin %.3g | its controls: %s",
                             scan->label + strlen("xi_scan"), (int)scan->n, window, (double)scan->xi[scan->best], (double)accuracy[scan->best],
                             (double)exact[scan->best], (double)scan->margin[scan->best], scan->controls));
  PetscCall(HfReportSummary(inference->context, entry));
  PetscCall(arrays(inference, scan));
  PetscFunctionReturn(0);
}
