/* Is the trained pattern the state of lowest energy of all 2^N states (Niu et al. 2024, Eq. 4 and Fig. 4)?

     E(V) = -sum_ij w_ij V_i V_j

   The answer is given for all states and for those that are not uniform. Further: is the pattern a fixed point of single updates; and how much more
   power x.G.x does the film dissipate in it than before training (Yu et al. 2021: the pattern's own channels conduct better)?

   Controls: the same for the untrained film, whose energies are kept beside those of the memories; the power in the other patterns; w = G - G0
   (xi = 1), which has no stored state when the saturated film conducts best. */
#include "../step.h"

#define DEAD_ZONE 1e-9 /* a current below this fraction of the sum of the magnitudes of its contributions counts as zero */

static const HfKey keys[] = {
    {"energies", HF_SECTION, NULL, "", "", 0,
     "The energy of all states for each memory: whether the trained pattern is the minimum, and by what margin"},
    HF_WEIGHTS_KEYS("energies"),
    {"energies.of", HF_CHOICE, NULL, "all", "all|last", 0, "All memories since the last initial state, or only the last one"},
    {"energies.trivial", HF_BOOL, NULL, "false", "", 0, "Include the two uniform states, which carry no current"},
    HF_KEYS_END,
};

typedef struct {
  HfWeightingList weightings;
  PetscBool last_only, trivial;
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  const PetscInt n = check->schedule->n;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  if (n > 20) PetscCall(HfDeckError(check->deck, node, "all 2^N states are examined: at most 20 electrodes, not %d", (int)n));
  if (!check->n_trained && n) PetscCall(HfDeckError(check->deck, node, HF_NOTHING_TRAINED));
  PetscCall(HfWeightingSettingsRead(check, node, &settings->weightings));
  settings->last_only = (PetscBool)!strcmp(HfText(node, "of"), "last");
  settings->trivial = HfFlag(node, "trivial");
  PetscFunctionReturn(0);
}

typedef struct {
  PetscInt of, correct, untrained_correct;
  PetscInt all[2], nontrivial[2], fixed[2]; /* of the trained and of the untrained film */
  PetscInt fixed_whole;                     /* of the trained film, w with its diagonal */
  PetscInt fixed_current[2];                /* of the trained and of the untrained film, read by a current source */
  PetscReal smallest_margin, mean_margin, mean_power, mean_power_of_others;
  PetscReal largest_eigenvalue; /* of w with its diagonal */
} Count;

/* Counts whether the pattern x is the minimum, with the uniform states and without, and whether it is a fixed point; film 0 is trained, 1
   untrained. */
static PetscErrorCode tally(PetscInt n, const PetscReal w[], const PetscReal x[], PetscReal energies[], int film, Count *count, PetscBool *all,
                            PetscBool *nontrivial, PetscBool *fixed) {
  HfEnergyReport report;

  PetscFunctionBeginUser;
  PetscCall(HfPatternEnergies(n, w, x, PETSC_TRUE, energies, &report));
  *all = report.trained_is_minimum;
  PetscCall(HfPatternEnergies(n, w, x, PETSC_FALSE, energies, &report));
  *nontrivial = report.trained_is_minimum;
  *fixed = HfIsFixedPoint(n, w, DEAD_ZONE, x);
  count->all[film] += *all;
  count->nontrivial[film] += *nontrivial;
  count->fixed[film] += *fixed;
  PetscFunctionReturn(0);
}

static PetscBool read_by_current(HfStepContext context, const HfWeighting *weighting) {
  return (PetscBool)((weighting->kind == HF_WEIGHTS_SCALED || weighting->kind == HF_WEIGHTS_SATURATED) && HfDeviceFourProbePossible(context->device));
}

/* Whether the pattern is a fixed point also when the film is read by a current source, as on the bench. */
static PetscErrorCode tally_current(HfStepContext context, const HfWeighting *weighting, const HfMemory *memory, Count *count) {
  const HfTrainingRecord *record = context->record;
  const PetscReal *const films[2] = {HfMemoryConductance(weighting, memory), HfUntrainedConductance(record, weighting)};
  HfWeighting bench = *weighting;

  PetscFunctionBeginUser;
  if (!read_by_current(context, weighting)) PetscFunctionReturn(0);
  bench.readout = HfReadoutFind("current-source");
  for (int film = 0; film < 2; ++film) {
    HfNetwork network;

    PetscCall(HfWeightingNetwork(context, &bench, record->G0, films[film], PETSC_FALSE, &network));
    count->fixed_current[film] += HfNetworkIsFixedPoint(network, DEAD_ZONE, memory->x);
    PetscCall(HfNetworkDestroy(&network));
  }
  PetscFunctionReturn(0);
}

/* The change of power in the trained pattern relative to the untrained film, and its mean over the other patterns: x.G.x for voltages, x.R.x for
   currents where the weights are resistances. */
static PetscErrorCode power_change(const HfTrainingRecord *record, const HfWeighting *weighting, const HfMemory *memory, PetscReal *own,
                                   PetscReal *others) {
  const PetscReal *G = HfMemoryConductance(weighting, memory);
  const PetscInt n = record->n;
  PetscReal *R, *R_untrained;

  PetscFunctionBeginUser;
  if (weighting->kind != HF_WEIGHTS_RESISTANCE) {
    PetscCall(HfPatternPowerChange(n, G, HfUntrainedConductance(record, weighting), memory->x, own, others));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc2(n * n, &R, n * n, &R_untrained));
  PetscCall(HfResistance(n, G, R));
  PetscCall(HfResistance(n, HfUntrainedConductance(record, weighting), R_untrained));
  PetscCall(HfPatternPowerChange(n, R, R_untrained, memory->x, own, others));
  PetscCall(PetscFree2(R, R_untrained));
  PetscFunctionReturn(0);
}

/* What is found of one memory with one kind of weights. */
typedef struct {
  HfEnergyReport trained, untrained, whole; /* of the two films, and of the trained one with the diagonal of w */
  PetscBool all, nontrivial, fixed;         /* the pattern is the minimum of all states, of those not uniform, and a fixed point */
  PetscReal power, others;
} Findings;

static PetscErrorCode report_memory(HfStepContext context, const HfWeighting *weighting, const HfMemory *memory, const Findings *found,
                                    const char *dataset, const char *dataset_untrained) {
  const PetscInt n = context->record->n;
  PetscReal *V;
  char *minimum;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &V, n + 1, &minimum));
  HfPatternFromIndex(n, found->trained.minimum, V);
  HfPatternToText(n, V, minimum);
  PetscCall(HfEntryCreate(context, "energies", &entry));
  PetscCall(HfWeightingPut(entry, weighting));
  PetscCall(HfNodePutText(entry, "trained", memory->pattern));
  PetscCall(HfNodePutInt(entry, "epoch", memory->epoch + 1));
  PetscCall(HfNodePutText(entry, "minimum", minimum));
  PetscCall(HfNodePutBool(entry, "correct", found->trained.trained_is_minimum));
  PetscCall(HfNodePutReal(entry, "margin", found->trained.margin));
  PetscCall(HfNodePutReal(entry, "largest_eigenvalue", found->trained.largest_eigenvalue));
  PetscCall(HfNodePutReal(entry, "untrained_margin", found->untrained.margin));
  PetscCall(HfNodePutBool(entry, "correct_all_states", found->all));
  PetscCall(HfNodePutBool(entry, "correct_nontrivial", found->nontrivial));
  PetscCall(HfNodePutBool(entry, "fixed_point", found->fixed));
  PetscCall(HfNodePutReal(entry, "power_change_percent", 100.0 * found->power));
  PetscCall(HfNodePutReal(entry, "control_power_change_of_others_percent", 100.0 * found->others));
  PetscCall(HfNodePutText(entry, "dataset", dataset));
  PetscCall(HfNodePutText(entry, "dataset_untrained", dataset_untrained));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context, "  %s: minimum %s%s, margin %.3f (untrained film: %.3f)%s, power %+.2f %% (other patterns: %+.2f %%)",
                        memory->pattern, minimum, found->trained.trained_is_minimum ? "" : "  <- not the trained pattern",
                        (double)found->trained.margin, (double)found->untrained.margin, found->fixed ? "" : ", not a fixed point",
                        100.0 * (double)found->power, 100.0 * (double)found->others));
  PetscCall(PetscFree2(V, minimum));
  PetscFunctionReturn(0);
}

/* All memories from `first` on with one kind of weights. */
static PetscErrorCode examine(HfStepContext context, const Settings *settings, const HfWeighting *weighting, PetscInt first, PetscBool details,
                              Count *count) {
  const HfTrainingRecord *record = context->record;
  const PetscInt n = record->n, n_states = (PetscInt)1 << n, item = context->drive->item + 1, of = record->n_memories - first;
  char name[128], untrained[128];
  PetscReal *w, *energies;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  *count = (Count){.smallest_margin = PETSC_MAX_REAL, .largest_eigenvalue = PETSC_MIN_REAL};
  PetscCall(PetscMalloc2(n * n, &w, n_states, &energies));
  PetscCall(PetscSNPrintf(untrained, sizeof(untrained), "%d/%s/untrained", (int)item, weighting->label));
  for (PetscInt k = first; k < record->n_memories && !code; ++k) {
    const HfMemory *memory = &record->memories[k];
    const PetscReal *G = HfMemoryConductance(weighting, memory);
    Findings found;

    PetscCall(HfWeightingApply(record, weighting, record->G0, HfUntrainedConductance(record, weighting), PETSC_FALSE, w));
    PetscCall(HfPatternEnergies(n, w, memory->x, settings->trivial, energies, &found.untrained));
    if (details && k == first) PetscCall(HfReportEnergies(context, untrained, n_states, energies));
    PetscCall(tally(n, w, memory->x, energies, 1, count, &found.all, &found.nontrivial, &found.fixed));
    PetscCall(HfWeightingApply(record, weighting, record->G0, G, PETSC_TRUE, w));
    PetscCall(HfPatternEnergies(n, w, memory->x, settings->trivial, energies, &found.whole));
    count->fixed_whole += HfIsFixedPoint(n, w, DEAD_ZONE, memory->x);
    PetscCall(HfWeightingApply(record, weighting, record->G0, G, PETSC_FALSE, w));
    PetscCall(tally(n, w, memory->x, energies, 0, count, &found.all, &found.nontrivial, &found.fixed));
    PetscCall(HfPatternEnergies(n, w, memory->x, settings->trivial, energies, &found.trained));
    PetscCall(power_change(record, weighting, memory, &found.power, &found.others));
    PetscCall(tally_current(context, weighting, memory, count));
    ++count->of;
    count->correct += found.trained.trained_is_minimum;
    count->untrained_correct += found.untrained.trained_is_minimum;
    count->smallest_margin = PetscMin(count->smallest_margin, found.trained.margin);
    count->mean_margin += found.trained.margin / of;
    count->largest_eigenvalue = PetscMax(count->largest_eigenvalue, found.whole.largest_eigenvalue);
    count->mean_power += found.power / of;
    count->mean_power_of_others += found.others / of;
    code = HfTapeCompute(context->tape);
    if (!details) continue;
    PetscCall(PetscSNPrintf(name, sizeof(name), "%d/%s/%d:%.32s", (int)item, weighting->label, (int)(k - first) + 1, memory->pattern));
    PetscCall(HfReportEnergies(context, name, n_states, energies));
    PetscCall(report_memory(context, weighting, memory, &found, name, untrained));
  }
  PetscCall(PetscFree2(w, energies));
  PetscFunctionReturn(code);
}

static PetscErrorCode report_count(HfStepContext context, const HfWeighting *weighting, const Count *count, PetscBool is_control) {
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(context, "energies", &entry));
  if (is_control) PetscCall(HfNodePutText(entry, "control", "xi = 1"));
  PetscCall(HfWeightingPut(entry, weighting));
  PetscCall(HfNodePutInt(entry, "correct", count->correct));
  PetscCall(HfNodePutInt(entry, "of", count->of));
  PetscCall(HfNodePutReal(entry, "smallest_margin", count->smallest_margin));
  PetscCall(HfNodePutReal(entry, "mean_margin", count->mean_margin));
  PetscCall(HfNodePutReal(entry, "mean_power_change_percent", 100.0 * count->mean_power));
  PetscCall(HfNodePutReal(entry, "control_mean_power_change_of_others_percent", 100.0 * count->mean_power_of_others));
  PetscCall(HfNodePutInt(entry, "untrained_correct", count->untrained_correct));
  PetscCall(HfNodePutInt(entry, "correct_all_states", count->all[0]));
  PetscCall(HfNodePutInt(entry, "untrained_correct_all_states", count->all[1]));
  PetscCall(HfNodePutInt(entry, "correct_nontrivial", count->nontrivial[0]));
  PetscCall(HfNodePutInt(entry, "untrained_correct_nontrivial", count->nontrivial[1]));
  PetscCall(HfNodePutInt(entry, "fixed_points", count->fixed[0]));
  PetscCall(HfNodePutInt(entry, "untrained_fixed_points", count->fixed[1]));
  PetscCall(HfNodePutInt(entry, "fixed_points_with_diagonal", count->fixed_whole));
  if (read_by_current(context, weighting)) {
    PetscCall(HfNodePutInt(entry, "fixed_points_current_source", count->fixed_current[0]));
    PetscCall(HfNodePutInt(entry, "untrained_fixed_points_current_source", count->fixed_current[1]));
  }
  PetscCall(HfNodePutReal(entry, "largest_eigenvalue_with_diagonal", count->largest_eigenvalue));
  PetscCall(HfNodePutReal(entry, "saturated_G11", context->record->G0[0]));
  PetscCall(HfReportHeadline(context, entry,
                             "energies, %s%s: %d of %d minima right, margins at least %.3f, %.3f on average; untrained film: %d of %d",
                             weighting->label, is_control ? " (control, xi = 1)" : "", (int)count->correct, (int)count->of,
                             (double)count->smallest_margin, (double)count->mean_margin, (int)count->untrained_correct, (int)count->of));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

/* The xi of a sweep for which every memory is a minimum, a fixed point, or a fixed point of a film that is read by a current source. */
typedef enum { MINIMA, FIXED_POINTS, FIXED_POINTS_CURRENT_SOURCE, N_WINDOWS } Window;
static const char *const WINDOWS[N_WINDOWS][2] = {{"works", "all minima right"},
                                                  {"works_fixed_points", "all fixed points"},
                                                  {"works_fixed_points_current_source", "all fixed points by a current source"}};

static PetscInt number_right(const Count *count, Window window) {
  return window == MINIMA ? count->correct : window == FIXED_POINTS ? count->fixed[0] : count->fixed_current[0];
}

/* "all minima right for 3 of 7 xi, from 0.975 to 0.985" */
static PetscErrorCode put_window(HfNode entry, const HfWeightingList *list, const Count counts[], Window window, char text[], size_t size) {
  PetscReal works[HF_MAX_WEIGHTINGS], low = PETSC_MAX_REAL, high = PETSC_MIN_REAL;
  PetscInt n_scaled = 0, n_works = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < list->n; ++k) {
    if (list->list[k].kind != HF_WEIGHTS_SCALED) continue;
    ++n_scaled;
    if (number_right(&counts[k], window) < counts[k].of) continue;
    works[n_works++] = list->list[k].xi;
    low = PetscMin(low, list->list[k].xi);
    high = PetscMax(high, list->list[k].xi);
  }
  PetscCall(HfNodePutReals(entry, WINDOWS[window][0], n_works, works));
  if (n_works)
    PetscCall(PetscSNPrintf(text, size, "%s for %d of %d xi, from %.6g to %.6g", WINDOWS[window][1], (int)n_works, (int)n_scaled, (double)low,
                            (double)high));
  else
    PetscCall(PetscSNPrintf(text, size, "%s for no xi", WINDOWS[window][1]));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_window(HfStepContext context, const HfWeightingList *list, const Count counts[]) {
  char text[N_WINDOWS][128] = {""};
  PetscInt n_scaled = 0;
  HfNode entry;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < list->n; ++k) n_scaled += list->list[k].kind == HF_WEIGHTS_SCALED;
  if (n_scaled < 2) PetscFunctionReturn(0);
  PetscCall(HfEntryCreate(context, "energies", &entry));
  PetscCall(HfNodePutText(entry, "sweep", "xi"));
  PetscCall(HfWeightingPutReading(entry, &list->list[0]));
  for (int window = 0; window < N_WINDOWS; ++window)
    if (window != FIXED_POINTS_CURRENT_SOURCE || HfDeviceFourProbePossible(context->device))
      PetscCall(put_window(entry, list, counts, (Window)window, text[window], sizeof(text[window])));
  PetscCall(HfReportHeadline(context, entry, "energies: %s; %s%s%s", text[MINIMA], text[FIXED_POINTS],
                             text[FIXED_POINTS_CURRENT_SOURCE][0] ? "; " : "", text[FIXED_POINTS_CURRENT_SOURCE]));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

/* What of a count changes while the film rests. */
static PetscErrorCode add_retention(HfStepContext context, const HfWeighting *weighting, const Count *count, HfRetention retention) {
  const struct {
    const char *name;
    PetscReal value;
  } figures[] = {{"minima", count->correct},
                 {"untrained_minima", count->untrained_correct},
                 {"fixed_points", count->fixed[0]},
                 {"untrained_fixed_points", count->fixed[1]}};
  const PetscReal by_current = count->fixed_current[0];

  PetscFunctionBeginUser;
  if (read_by_current(context, weighting)) PetscCall(HfRetentionAdd(retention, weighting, "fixed_points_current_source", 1, &by_current));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(figures); ++k)
    PetscCall(HfRetentionAdd(retention, weighting, figures[k].name, 1, &figures[k].value));
  PetscFunctionReturn(0);
}

/* The film at one of its times. */
static PetscErrorCode examine_all(HfStepContext context, const Settings *settings, const HfWeightingList *list, PetscInt first,
                                  HfRetention retention) {
  Count counts[HF_MAX_WEIGHTINGS], count;
  HfWeighting control;
  PetscBool with_control;

  PetscFunctionBeginUser;
  PetscCall(HfWeightingControl(list, &control, &with_control));
  for (PetscInt k = 0; k < list->n; ++k) {
    PetscCall(examine(context, settings, &list->list[k], first, PETSC_TRUE, &counts[k]));
    PetscCall(report_count(context, &list->list[k], &counts[k], PETSC_FALSE));
    PetscCall(add_retention(context, &list->list[k], &counts[k], retention));
  }
  if (with_control) {
    PetscCall(examine(context, settings, &control, first, PETSC_FALSE, &count));
    PetscCall(report_count(context, &control, &count, PETSC_TRUE));
  }
  PetscCall(report_window(context, list, counts));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  PetscErrorCode code = 0;
  HfRetention retention;
  HfWeightingList list;
  PetscInt first;

  PetscFunctionBeginUser;
  PetscCall(HfMemoryFirst(context, settings->last_only, &first));
  PetscCall(HfReportWeakSignal(context));
  PetscCall(HfRetentionCreate(&settings->weightings, &retention));
  for (PetscInt k = 0; k < settings->weightings.n_after && !code; ++k) {
    PetscCall(HfWeightingResolve(context->record, &settings->weightings, k, &list));
    code = examine_all(context, settings, &list, first, retention);
  }
  if (!code) PetscCall(HfRetentionReport(context, retention, context->record->n_memories - first));
  PetscCall(HfRetentionDestroy(&retention));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Energies = {.name = "energies", .citation = "niu-2024", .keys = keys, .settings = read_settings, .run = run};
