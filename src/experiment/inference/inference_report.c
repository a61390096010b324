/* Results of the tests, for the summary, the log and run.h5 (/inference/ITEM/WEIGHTS/...). No accuracy is reported without its controls in the same
   line. */
#include "inference.h"

static PetscErrorCode put_counts(HfNode entry, const char *name, PetscInt n, const PetscInt counts[]) {
  HfNode list;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &list));
  for (PetscInt k = 0; k < n; ++k) PetscCall(HfNodePutInt(list, NULL, counts[k]));
  PetscCall(HfNodePutNode(entry, name, list));
  PetscFunctionReturn(0);
}

/* confusion[P][P+1] over all amounts: stored, answered; the last answer is a tie. */
static void sum_confusion(const HfInference *inference, const HfAnswers *answers, PetscReal confusion[]) {
  for (PetscInt k = 0; k < inference->n_patterns * (inference->n_patterns + 1); ++k) {
    confusion[k] = 0.0;
    for (PetscInt a = 0; a < answers->n_amounts; ++a) confusion[k] += (PetscReal)answers->tally[a].confusion[k];
  }
}

static PetscErrorCode put_confusion(const HfInference *inference, const HfAnswers *answers, HfNode entry) {
  const PetscInt width = inference->n_patterns + 1;
  PetscReal *confusion;
  PetscInt *row;
  HfNode rows, list;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(inference->n_patterns * width, &confusion, width, &row));
  sum_confusion(inference, answers, confusion);
  PetscCall(HfNodeCreate(HF_NODE_LIST, &rows));
  for (PetscInt p = 0; p < inference->n_patterns; ++p) {
    PetscCall(HfNodeCreate(HF_NODE_LIST, &list));
    for (PetscInt k = 0; k < width; ++k) PetscCall(HfNodePutInt(list, NULL, (PetscInt64)confusion[p * width + k]));
    PetscCall(HfNodePutNode(rows, NULL, list));
  }
  PetscCall(HfNodePutNode(entry, "confusion", rows));
  PetscCall(PetscFree2(confusion, row));
  PetscFunctionReturn(0);
}

/* The figures that every contestant is judged by. */
static PetscErrorCode put_scores(const HfInference *inference, const HfAnswers *answers, HfNode entry) {
  const HfScore all = HfScoreOfAll(inference, answers);
  HfNode exact, accuracy;
  char amount[32];

  PetscFunctionBeginUser;
  PetscCall(HfNodePutInt(entry, "tests", all.tests));
  PetscCall(HfNodePutReal(entry, "accuracy", all.accuracy));
  PetscCall(HfNodePutReal(entry, "accuracy_low", all.low));
  PetscCall(HfNodePutReal(entry, "accuracy_high", all.high));
  PetscCall(HfNodePutReal(entry, "accuracy_ties_wrong", all.ties_wrong));
  PetscCall(HfNodePutInt(entry, "ties", all.ties));
  PetscCall(HfNodePutReal(entry, "exact", all.exact));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &exact));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &accuracy));
  for (PetscInt a = 0; a < answers->n_amounts; ++a) {
    const HfScore score = HfScoreOf(inference, answers, a, 1);
    PetscCall(PetscSNPrintf(amount, sizeof(amount), "%.12g", (double)inference->options.amounts[a]));
    PetscCall(HfNodePutReal(exact, amount, score.exact));
    PetscCall(HfNodePutReal(accuracy, amount, score.accuracy));
  }
  PetscCall(HfNodePutNode(entry, "exact_recovery", exact));
  PetscCall(HfNodePutNode(entry, "accuracy_of", accuracy));
  PetscCall(HfNodePutReal(entry, "overlap_before", all.overlap_before));
  PetscCall(HfNodePutReal(entry, "overlap_after", all.overlap_after));
  PetscCall(put_confusion(inference, answers, entry));
  if (!answers->unstable) PetscFunctionReturn(0);
  PetscCall(put_counts(entry, "unstable_pixels", inference->n_patterns, answers->unstable));
  PetscCall(HfNodePutReal(entry, "margin", answers->margin));
  PetscCall(HfNodePutInt(entry, "cycles", all.cycles));
  PetscCall(HfNodePutInt(entry, "unconverged", all.unconverged));
  PetscCall(HfNodePutInt(entry, "most_iterations", all.most_iterations));
  PetscFunctionReturn(0);
}

/* "0.710/0.540/0.240" */
static void exact_text(const HfInference *inference, const HfAnswers *answers, char text[], size_t size) {
  text[0] = '\0';
  for (PetscInt a = 0; a < answers->n_amounts && a < 16; ++a) {
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%.3f", a ? "/" : "", (double)HfScoreOf(inference, answers, a, 1).exact);
  }
}

static void amounts_text(const HfInference *inference, char text[], size_t size) {
  text[0] = '\0';
  for (PetscInt a = 0; a < inference->options.n_amounts && a < 16; ++a) {
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%.4g", a ? "/" : "", (double)inference->options.amounts[a]);
  }
}

static PetscErrorCode put_names(const HfInference *inference, HfNode entry) {
  HfNode names, contestants;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt p = 0; p < inference->n_patterns; ++p) PetscCall(HfNodePutText(names, NULL, inference->settings->names[p]));
  PetscCall(HfNodePutNode(entry, "pattern_names", names));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &contestants));
  for (PetscInt c = 0; c < inference->n_contestants; ++c) PetscCall(HfNodePutText(contestants, NULL, HfContestantName(inference, c)));
  PetscCall(HfNodePutNode(entry, "variants", contestants));
  PetscCall(HfNodePutText(entry, "noise", HfNoiseNames[inference->options.noise]));
  PetscCall(HfNodePutReals(entry, "amounts", inference->options.n_amounts, inference->options.amounts));
  PetscCall(HfNodePutInt(entry, "samples", inference->options.samples));
  PetscCall(HfNodePutReal(entry, "read_noise", inference->settings->read_noise));
  PetscFunctionReturn(0);
}

/* control_outer_product: ... */
static PetscErrorCode put_controls(const HfInference *inference, const HfAnswers answers[], HfNode entry) {
  char key[80];

  PetscFunctionBeginUser;
  for (PetscInt c = HF_FILM + 1; c < inference->n_contestants; ++c) {
    PetscCall(PetscSNPrintf(key, sizeof(key), "control_%.64s", HfContestantName(inference, c)));
    for (char *k = key; *k; ++k)
      if (*k == '-') *k = '_';
    PetscCall(HfNodePutReal(entry, key, HfScoreOfAll(inference, &answers[c]).accuracy));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode report_control(const HfInference *inference, const char *label, PetscInt c, const HfAnswers *answers) {
  const PetscBool is_rule = c < HF_FIRST_RULE ? PETSC_FALSE : PETSC_TRUE;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(inference->context, is_rule ? "baseline" : "control", &entry));
  PetscCall(HfNodePutText(entry, is_rule ? "rule" : "control", HfContestantName(inference, c)));
  if (is_rule) PetscCall(HfNodePutText(entry, "description", HfRuleFind(HfContestantName(inference, c))->doc));
  if (label) PetscCall(HfNodePutText(entry, "label", label));
  PetscCall(HfRecallPut(entry, &inference->options.recall));
  PetscCall(put_scores(inference, answers, entry));
  PetscCall(HfReportSummary(inference->context, entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceReport(const HfInference *inference, const HfWeighting *weighting, const HfMemory *memory, const HfAnswers answers[]) {
  const HfScore film = HfScoreOfAll(inference, &answers[HF_FILM]);
  char controls[1024], exact[160], exact_before[160], amounts[160];
  PetscInt unstable = 0;
  HfNode entry;

  PetscFunctionBeginUser;
  HfControlsText(inference, answers, controls, sizeof(controls));
  exact_text(inference, &answers[HF_FILM], exact, sizeof(exact));
  exact_text(inference, &answers[HF_FIRST_RULE], exact_before, sizeof(exact_before));
  amounts_text(inference, amounts, sizeof(amounts));
  for (PetscInt p = 0; p < inference->n_patterns; ++p) unstable += answers[HF_FILM].unstable[p];
  PetscCall(HfEntryCreate(inference->context, "infer", &entry));
  PetscCall(HfNodePutText(entry, "label", weighting->label));
  PetscCall(HfWeightingPut(entry, weighting));
  PetscCall(HfRecallPut(entry, &inference->options.recall));
  PetscCall(HfNodePutInt(entry, "epoch", memory->epoch + 1));
  PetscCall(HfNodePutReal(entry, "time_s", HfMemoryTime(weighting, memory)));
  PetscCall(put_names(inference, entry));
  PetscCall(put_scores(inference, &answers[HF_FILM], entry));
  PetscCall(put_controls(inference, answers, entry));
  PetscCall(HfReportHeadline(inference->context, entry,
                             "infer, %s, %s%s, epoch %d, %s %s: accuracy %.3f (%.3f to %.3f; ties wrong %.3f), exact %s (%s: %s), overlap %.3f to "
                             "%.3f, %d unstable pixels | "
                             "accuracy of the controls: %s",
                             HfRecallNames[inference->options.recall.method], weighting->label,
                             weighting->after.kind == HF_AFTER_PAUSE ? ", after the pause" : "", (int)memory->epoch + 1,
                             HfNoiseNames[inference->options.noise], amounts, (double)film.accuracy, (double)film.low, (double)film.high,
                             (double)film.ties_wrong, exact, HfContestantName(inference, HF_FIRST_RULE), exact_before, (double)film.overlap_before,
                             (double)film.overlap_after, (int)unstable, controls));
  PetscCall(HfReportSummary(inference->context, entry));
  PetscCall(report_control(inference, weighting->label, HF_UNTRAINED, &answers[HF_UNTRAINED]));
  PetscCall(report_control(inference, weighting->label, HF_ONE_MORE, &answers[HF_ONE_MORE]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceReportOthers(const HfInference *inference, const HfAnswers answers[]) {
  PetscFunctionBeginUser;
  PetscCall(report_control(inference, NULL, HF_NO_RECALL, &answers[HF_NO_RECALL]));
  for (PetscInt c = HF_FIRST_RULE; c < inference->n_contestants; ++c) PetscCall(report_control(inference, NULL, c, &answers[c]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceArray(const HfInference *inference, const char *label, const char *name, PetscInt rank, const PetscInt shape[],
                                const PetscReal values[], const char *unit) {
  char path[160];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof(path), "/inference/%d/%s%s%s", (int)inference->context->drive->item + 1, label, label[0] ? "/" : "", name));
  PetscCall(HfReportArray(inference->context, path, rank, shape, values, unit));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceArrays(const HfInference *inference, const char *label, const HfAnswers answers[]) {
  const PetscInt n_amounts = answers[HF_FILM].n_amounts, shape[2] = {inference->n_contestants, n_amounts}, width = inference->n_patterns + 1;
  const PetscInt entries = shape[0] * shape[1];
  const char *const names[5] = {"accuracy", "accuracy_low", "accuracy_high", "exact", "overlap_after"};
  PetscReal *values, *confusion;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(5 * entries, &values, inference->n_patterns * width, &confusion));
  for (PetscInt c = 0; c < shape[0]; ++c)
    for (PetscInt a = 0; a < n_amounts; ++a) {
      const HfScore score = HfScoreOf(inference, &answers[c], a, 1);
      PetscReal *at = values + c * n_amounts + a;
      at[0] = score.accuracy;
      at[entries] = score.low;
      at[2 * entries] = score.high;
      at[3 * entries] = score.exact;
      at[4 * entries] = score.overlap_after;
    }
  for (PetscInt k = 0; k < 5; ++k) PetscCall(HfInferenceArray(inference, label, names[k], 2, shape, values + k * entries, "1"));
  sum_confusion(inference, &answers[HF_FILM], confusion);
  PetscCall(HfInferenceArray(inference, label, "confusion", 2, (const PetscInt[]){inference->n_patterns, width}, confusion, "1"));
  PetscCall(PetscFree2(values, confusion));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceRetention(const HfInference *inference, const HfWeighting *weighting, const HfAnswers answers[], HfRetention retention) {
  const HfAnswers *film = &answers[HF_FILM], *untrained = &answers[HF_UNTRAINED];
  const PetscInt n_amounts = film->n_amounts;
  const HfScore score = HfScoreOfAll(inference, film), control = HfScoreOfAll(inference, untrained);
  PetscReal *exact, unstable = 0.0;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < inference->n_patterns; ++p) unstable += film->unstable[p];
  PetscCall(HfRetentionAdd(retention, weighting, "exact", 1, &score.exact));
  PetscCall(HfRetentionAdd(retention, weighting, "untrained_exact", 1, &control.exact));
  PetscCall(HfRetentionAdd(retention, weighting, "accuracy", 1, &score.accuracy));
  PetscCall(HfRetentionAdd(retention, weighting, "untrained_accuracy", 1, &control.accuracy));
  PetscCall(HfRetentionAdd(retention, weighting, "unstable_pixels", 1, &unstable));
  PetscCall(PetscMalloc1(n_amounts, &exact));
  for (PetscInt a = 0; a < n_amounts; ++a) exact[a] = HfScoreOf(inference, film, a, 1).exact;
  PetscCall(HfRetentionAdd(retention, weighting, "exact_by_amount", n_amounts, exact));
  for (PetscInt a = 0; a < n_amounts; ++a) exact[a] = HfScoreOf(inference, untrained, a, 1).exact;
  PetscCall(HfRetentionAdd(retention, weighting, "untrained_exact_by_amount", n_amounts, exact));
  PetscCall(PetscFree(exact));
  PetscFunctionReturn(0);
}

static PetscErrorCode measure_nodes(void *of, PetscInt n, PetscReal values[]) {
  PetscFunctionBeginUser;
  PetscCall(HfDeviceNodeConductance(((HfStepContext)of)->device, values));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInferenceNodes(const HfInference *inference) {
  HfStepContext context = inference->context;
  const HfTrainingRecord *record = context->record;
  const PetscInt n = HfElectrodesCount(HfDeviceElectrodes(context->device)), shape[2] = {n, n};
  const PetscBool wired = HfDeviceWiring(context->device) ? PETSC_TRUE : PETSC_FALSE;
  const HfWeighting *weighting = &inference->weightings.list[0]; /* those of one step are of one time */
  const HfMemory *memory = &record->memories[record->n_memories - 1];
  const PetscReal time = wired ? HfDeviceTime(context->device) : HfMemoryTime(weighting, memory);
  PetscReal *G;

  PetscFunctionBeginUser;
  if (!context->recorder->array) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(wired ? n * n : 0, &G));
  if (wired) PetscCall(HfTapeMeasure(context->tape, "conductance of nodes", n * n, G, measure_nodes, (void *)context));
  PetscCall(HfInferenceArray(inference, "nodes", "G", 2, shape, wired ? G : HfMemoryConductance(weighting, memory), "S"));
  PetscCall(HfInferenceArray(inference, "nodes", "time", 1, (const PetscInt[]){1}, &time, "s"));
  if (wired) PetscCall(HfDeviceNodeSaturatedConductance(context->device, G));
  PetscCall(HfInferenceArray(inference, "nodes", "G0", 2, shape, wired ? G : record->G0, "S"));
  PetscCall(PetscFree(G));
  PetscFunctionReturn(0);
}

/* Noisy, recalled and true images, a few of every pattern, with the amounts of noise in turn. */
PetscErrorCode HfInferenceGallery(const HfInference *inference, const HfWeighting *weighting, const HfMemory *memory) {
  const HfInferOptions *options = &inference->options;
  const PetscInt n = inference->n, each = inference->settings->gallery;
  const PetscInt shown = PetscMin(each, options->n_amounts * options->samples), n_images = inference->n_patterns * shown;
  HfRecallOptions recall = options->recall;
  HfRecallResult result;
  HfNetwork network;
  PetscReal *images, *of;

  PetscFunctionBeginUser;
  if (!n_images) PetscFunctionReturn(0);
  PetscCall(PetscMalloc2(n_images * 3 * n, &images, 2 * n_images, &of));
  PetscCall(HfInferenceNetwork(inference, weighting, HfMemoryConductance(weighting, memory),
                               HF_READING_FIRST + inference->context->record->n_memories - 1, &network));
  for (PetscInt k = 0; k < n_images; ++k) {
    const PetscInt p = k / shown, a = k % shown % options->n_amounts, sample = k % shown / options->n_amounts;
    const PetscInt64 test = ((PetscInt64)a * inference->n_patterns + p) * options->samples + sample;
    PetscReal *image = images + k * 3 * n;

    PetscCall(HfInferImage(n, inference->n_patterns, inference->x, options, test, image, NULL, NULL));
    PetscCall(PetscArraycpy(image + n, image, n));
    recall.stream_index = options->recall.stream_index + test;
    PetscCall(HfNetworkRecall(network, &recall, image + n, &result));
    PetscCall(PetscArraycpy(image + 2 * n, inference->x + p * n, n));
    of[2 * k] = p;
    of[2 * k + 1] = options->amounts[a];
  }
  PetscCall(HfInferenceArray(inference, weighting->label, "gallery", 3, (const PetscInt[]){n_images, 3, n}, images, "1"));
  PetscCall(HfInferenceArray(inference, weighting->label, "gallery_of", 2, (const PetscInt[]){n_images, 2}, of, "1"));
  PetscCall(HfNetworkDestroy(&network));
  PetscCall(PetscFree2(images, of));
  PetscFunctionReturn(0);
}
