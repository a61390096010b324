/* The reduced model of Niu et al. 2024, Eq. (2), against the traces of the last pulse, and its cost function, Eq. (3).
   Driven pairs are those whose V_i V_j changed sign from the pattern before: they must relax with one time constant, |G_ij| falling where the two
   nodes are now alike and rising where they differ. The other (far) pairs must stay. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"fit", HF_SECTION, NULL, "", "", 0,
     "Fits the paper's Eq. (2) to the conductance traces of the last pulse (two patterns in a row, probe_every given)"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (e->checked_pulses < 2)
    PetscCall(HfDeckError(e->deck, node, "a fit compares two pulses in a row since the last initial state: train two patterns before it"));
  else if (!e->checked_trace)
    PetscCall(HfDeckError(e->deck, node, "a fit needs traces: give `probe_every` to the pulse before it"));
  PetscFunctionReturn(0);
}

static PetscErrorCode array(HfExperiment e, const char *name, PetscInt rows, PetscInt columns, const PetscReal values[], const char *unit) {
  const PetscInt shape[2] = {rows, columns};
  char path[64];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof(path), "/fit/%d/%s", (int)e->step + 1, name));
  PetscCall(HfRecordArray(e, path, 2, shape, values, unit));
  PetscFunctionReturn(0);
}

/* Per pair: how |G| changed from start to end, in percent of its start. */
static PetscErrorCode changes(HfExperiment e, HfNode entry, PetscBool *signs_right, PetscReal *far_change) {
  const HfTrace *trace = &e->trace;
  const PetscReal *start = trace->G, *end = trace->G + (trace->n_times - 1) * e->n * e->n;
  HfNode pairs, pair;

  PetscFunctionBeginUser;
  *signs_right = PETSC_TRUE;
  *far_change = 0.0;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &pairs));
  for (PetscInt i = 0; i < e->n; ++i)
    for (PetscInt j = i + 1; j < e->n; ++j) {
      const PetscReal before = PetscAbsReal(start[i * e->n + j]), after = PetscAbsReal(end[i * e->n + j]);
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
      PetscCall(HfRecordLog(e, "  |G(%s,%s)| %+.3f %%%s", HfDeviceTerminalName(e->device, i), HfDeviceTerminalName(e->device, j), (double)percent,
                            driven ? "" : "  (not driven)"));
    }
  PetscCall(HfNodePutNode(entry, "pairs", pairs));
  PetscFunctionReturn(0);
}

static PetscErrorCode put_cost(HfExperiment e, PetscReal cost[]) {
  const HfTrace *trace = &e->trace;
  const PetscInt n = e->n;
  PetscReal *V, *G_min, *G_max;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n, &V, n * n, &G_min, n * n, &G_max));
  for (PetscInt i = 0; i < n; ++i) V[i] = trace->voltage * trace->x[i];
  PetscCall(HfMidrange(n, trace->n_times, trace->G, G_min, G_max));
  for (PetscInt t = 0; t < trace->n_times; ++t) cost[t] = HfOjaCost(n, V, trace->G + t * n * n, G_min, G_max);
  PetscCall(PetscFree3(V, G_min, G_max));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  const HfTrace *trace = &e->trace;
  const PetscInt n = e->n, n_times = trace->n_times;
  PetscReal *traces, *model, *cost, *pairs, far_change;
  PetscInt n_pairs = 0;
  char *text;
  PetscBool signs_right;
  HfOjaFitResult result = {0};
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCheckFault(n_times > 2 && trace->have_before, e->comm, HF_ERR_DECK,
                  "schedule, item %d: a fit needs two pulses in a row on the same film and probes along the second", (int)e->step + 1);
  PetscCall(PetscMalloc5(n * n * n_times, &traces, n * n * n_times, &model, n_times, &cost, n * n, &pairs, 2 * (n + 1), &text));
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) {
      if (trace->x[i] * trace->x[j] * trace->before[i] * trace->before[j] > 0.0) continue;
      for (PetscInt t = 0; t < n_times; ++t) traces[n_pairs * n_times + t] = trace->G[(t * n + i) * n + j];
      pairs[2 * n_pairs] = (PetscReal)(i + 1);
      pairs[2 * n_pairs + 1] = (PetscReal)(j + 1);
      ++n_pairs;
    }
  PetscCheckFault(n_pairs > 0, e->comm, HF_ERR_DECK, "schedule, item %d: the last two patterns drive no pair differently, so there is nothing to fit",
                  (int)e->step + 1);
  PetscCall(HfOjaFit(n_pairs, n_times, trace->times, traces, model, &result));
  PetscCall(put_cost(e, cost));

  HfPatternToText(n, trace->before, text);
  HfPatternToText(n, trace->x, text + n + 1);
  PetscCall(HfEntryCreate(e, "fit", &entry));
  PetscCall(HfRecordHeadline(e, entry, "fit of Eq. (2), %s to %s: tau %.4g ns, R^2 %.4f, RMS %.4f", text, text + n + 1, 1e9 * (double)result.tau,
                             (double)result.r_squared, (double)result.rms));
  PetscCall(HfNodePutText(entry, "from", text));
  PetscCall(HfNodePutText(entry, "to", text + n + 1));
  PetscCall(HfNodePutReal(entry, "tau_s", result.tau));
  PetscCall(HfNodePutReal(entry, "r_squared", result.r_squared));
  PetscCall(HfNodePutReal(entry, "rms", result.rms));
  PetscCall(changes(e, entry, &signs_right, &far_change));
  PetscCall(HfNodePutBool(entry, "signs_right", signs_right));
  PetscCall(HfNodePutReal(entry, "far_change_percent", far_change));
  PetscCall(HfNodePutReal(entry, "cost_start_W", cost[0]));
  PetscCall(HfNodePutReal(entry, "cost_end_W", cost[n_times - 1]));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "  signs %s; pairs not driven change by %.4f %% at most; cost %.6g W at the start, %.6g W at the end",
                        signs_right ? "right" : "WRONG", (double)far_change, (double)cost[0], (double)cost[n_times - 1]));
  PetscCall(array(e, "time", n_times, 1, trace->times, "s"));
  PetscCall(array(e, "pairs", n_pairs, 2, pairs, "1"));
  PetscCall(array(e, "traces", n_pairs, n_times, traces, "S"));
  PetscCall(array(e, "model", n_pairs, n_times, model, "S"));
  PetscCall(array(e, "cost", n_times, 1, cost, "W"));
  PetscCall(PetscFree5(traces, model, cost, pairs, text));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Fit = {.name = "fit", .citation = "oja-1982", .keys = keys, .check = check, .run = run};
