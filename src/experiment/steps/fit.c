/* The reduced model of Niu et al. 2024, Eq. (2), fitted to the traces of the last pulse, and its cost function, Eq. (3); both stand in network.h.

   Driven pairs are those whose V_i V_j changed sign from the pattern before: they must relax with one time constant, |G_ij| falling where the two
   nodes now have the same sign and rising where their signs differ. The other (far) pairs must not change. */
#include "../step.h"

static const HfKey keys[] = {
    {"fit", HF_SECTION, NULL, "", "", 0,
     "Fits the paper's Eq. (2) to the conductance traces of the last pulse (two patterns in a row, probe_every given)"},
    HF_KEYS_END,
};

/* The step has no settings of its own. */
static PetscErrorCode check_settings(HfScheduleCheck *check, HfNode node, void **settings) {
  PetscFunctionBeginUser;
  if (check->no_fit) PetscCall(HfDeckError(check->deck, node, "%s", check->no_fit));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_array(HfStepContext context, const char *name, PetscInt rows, PetscInt columns, const PetscReal values[],
                                   const char *unit) {
  const PetscInt shape[2] = {rows, columns};
  char path[64];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof(path), "/fit/%d/%s", (int)context->drive->item + 1, name));
  PetscCall(HfReportArray(context, path, 2, shape, values, unit));
  PetscFunctionReturn(0);
}

/* By how much |G| of each pair changed from start to end, in percent of its start. */
static PetscErrorCode put_changes(HfStepContext context, HfNode entry, PetscBool *signs_right, PetscReal *far_change) {
  const PetscInt n = context->record->n;
  const HfTrace *trace = &context->record->trace;
  const PetscReal *start = trace->G, *end = trace->G + (size_t)(trace->n_times - 1) * (size_t)(n * n);
  HfNode pairs, pair;

  PetscFunctionBeginUser;
  *signs_right = PETSC_TRUE;
  *far_change = 0.0;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &pairs));
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) {
      const PetscReal before = PetscAbsReal(start[i * n + j]), after = PetscAbsReal(end[i * n + j]);
      const PetscReal percent = before > 0.0 ? 100.0 * (after - before) / before : 0.0, alike = trace->x[i] * trace->x[j];
      const PetscBool driven = alike * trace->before[i] * trace->before[j] < 0.0 ? PETSC_TRUE : PETSC_FALSE;

      if (driven && percent * alike >= 0.0) *signs_right = PETSC_FALSE;
      if (!driven) *far_change = PetscMax(*far_change, PetscAbsReal(percent));
      PetscCall(HfNodeCreate(HF_NODE_MAP, &pair));
      PetscCall(HfNodePutInt(pair, "i", i + 1));
      PetscCall(HfNodePutInt(pair, "j", j + 1));
      PetscCall(HfNodePutBool(pair, "driven", driven));
      PetscCall(HfNodePutReal(pair, "change_percent", percent));
      PetscCall(HfNodePutNode(pairs, NULL, pair));
      PetscCall(HfReportLog(context, "  |G(%s,%s)| %+.3f %%%s", HfDeviceTerminalName(context->device, i), HfDeviceTerminalName(context->device, j),
                            (double)percent, driven ? "" : "  (not driven)"));
    }
  PetscCall(HfNodePutNode(entry, "pairs", pairs));
  PetscFunctionReturn(0);
}

/* cost[n_times]: Eq. (3) along the trace, W. */
static PetscErrorCode evaluate_cost(const HfTrainingRecord *record, PetscReal cost[]) {
  const HfTrace *trace = &record->trace;
  const PetscInt n = record->n;
  PetscReal *V, *G_min, *G_max;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n, &V, n * n, &G_min, n * n, &G_max));
  for (PetscInt i = 0; i < n; ++i) V[i] = trace->voltage * trace->x[i];
  PetscCall(HfMidrange(n, trace->n_times, trace->G, G_min, G_max));
  for (PetscInt t = 0; t < trace->n_times; ++t) cost[t] = HfOjaCost(n, V, trace->G + (size_t)t * (size_t)(n * n), G_min, G_max);
  PetscCall(PetscFree3(V, G_min, G_max));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *settings) {
  const HfTrace *trace = &context->record->trace;
  const PetscInt n = context->record->n, n_times = trace->n_times;
  PetscReal *traces, *model, *cost, *pairs, far_change;
  PetscInt n_pairs = 0;
  char *text;
  PetscBool signs_right;
  HfOjaFitResult result = {0};
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCheckFault(n_times > 2 && trace->has_before, context->comm, HF_ERR_DECK,
                  "schedule, item %d: a fit needs two pulses in a row on the same film and probes along the second", (int)context->drive->item + 1);
  PetscCall(PetscMalloc5((size_t)(n * n) * (size_t)n_times, &traces, (size_t)(n * n) * (size_t)n_times, &model, n_times, &cost, n * n, &pairs,
                         2 * (n + 1), &text));
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) {
      if (trace->x[i] * trace->x[j] * trace->before[i] * trace->before[j] > 0.0) continue;
      for (PetscInt t = 0; t < n_times; ++t)
        traces[(size_t)n_pairs * (size_t)n_times + (size_t)t] = trace->G[(size_t)t * (size_t)(n * n) + (size_t)(i * n + j)];
      pairs[2 * n_pairs] = (PetscReal)(i + 1);
      pairs[2 * n_pairs + 1] = (PetscReal)(j + 1);
      ++n_pairs;
    }
  PetscCheckFault(n_pairs > 0, context->comm, HF_ERR_DECK,
                  "schedule, item %d: the last two patterns drive no pair differently, so there is nothing to fit", (int)context->drive->item + 1);
  PetscCall(HfOjaFit(n_pairs, n_times, trace->times, traces, model, &result));
  PetscCall(evaluate_cost(context->record, cost));

  HfPatternToText(n, trace->before, text);
  HfPatternToText(n, trace->x, text + n + 1);
  PetscCall(HfEntryCreate(context, "fit", &entry));
  PetscCall(HfReportHeadline(context, entry, "fit of Eq. (2), %s to %s: tau %.4g ns, R^2 %.4f, RMS %.4f", text, text + n + 1,
                             1e9 * (double)result.tau, (double)result.r_squared, (double)result.rms));
  PetscCall(HfNodePutText(entry, "from", text));
  PetscCall(HfNodePutText(entry, "to", text + n + 1));
  PetscCall(HfNodePutReal(entry, "tau_s", result.tau));
  PetscCall(HfNodePutReal(entry, "r_squared", result.r_squared));
  PetscCall(HfNodePutReal(entry, "rms", result.rms));
  PetscCall(put_changes(context, entry, &signs_right, &far_change));
  PetscCall(HfNodePutBool(entry, "signs_right", signs_right));
  PetscCall(HfNodePutReal(entry, "far_change_percent", far_change));
  PetscCall(HfNodePutReal(entry, "cost_start_W", cost[0]));
  PetscCall(HfNodePutReal(entry, "cost_end_W", cost[n_times - 1]));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context, "  signs %s; pairs not driven change by %.4f %% at most; cost %.6g W at the start, %.6g W at the end",
                        signs_right ? "right" : "WRONG", (double)far_change, (double)cost[0], (double)cost[n_times - 1]));
  PetscCall(report_array(context, "time", n_times, 1, trace->times, "s"));
  PetscCall(report_array(context, "pairs", n_pairs, 2, pairs, "1"));
  PetscCall(report_array(context, "traces", n_pairs, n_times, traces, "S"));
  PetscCall(report_array(context, "model", n_pairs, n_times, model, "S"));
  PetscCall(report_array(context, "cost", n_times, 1, cost, "W"));
  PetscCall(PetscFree5(traces, model, cost, pairs, text));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Fit = {.name = "fit", .citation = "oja-1982", .keys = keys, .settings = check_settings, .run = run};
