/* Is the trained pattern the state of lowest energy, E(V) = -sum_ij w_ij V_i V_j, of all 2^N states (Niu et al. 2024, Eq. 4 and Fig. 4)?
   Both over all states and over those that are not uniform; is the pattern a fixed point of single updates; and how much more power x.G.x the film
   takes in it than before it learned (Yu et al. 2021: the pattern's own channels conduct better).
   Controls: the same questions to the untrained film, whose energies are kept beside those of the memories; the power of the other patterns;
   w = G - G0 (xi = 1), which has no stored state when saturation conducts best. */
#include "../experiment_impl.h"

#define DEAD_ZONE 1e-9 /* a current below this part of the sum of its own parts is none */

static const HfKey keys[] = {
    {"energies", HF_SECTION, NULL, "", "", 0, "The energy of all states for each memory: is the trained pattern the minimum, and by how much"},
    HF_WEIGHTS_KEYS("energies"),
    {"energies.of", HF_CHOICE, NULL, "all", "all|last", 0, "All memories since the last initial state, or the last alone"},
    {"energies.trivial", HF_BOOL, NULL, "false", "", 0, "Count the two uniform states, which carry no current, among the states"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (e->n > 20) PetscCall(HfDeckError(e->deck, node, "all 2^N states are looked at: at most 20 electrodes, not %d", (int)e->n));
  if (!e->n_checked && e->n) PetscCall(HfDeckError(e->deck, node, "nothing was trained since the last initial state"));
  PetscCall(HfWeightingsCheck(e, node));
  PetscFunctionReturn(0);
}

typedef struct {
  PetscInt of, correct, untrained_correct;
  PetscInt all[2], nontrivial[2], fixed[2]; /* of the trained and of the untrained film */
  PetscInt fixed_whole;                     /* of the trained film, w with its diagonal */
  PetscReal smallest_margin, mean_margin, mean_power, mean_power_of_others;
  PetscReal largest_eigenvalue; /* of w with its diagonal */
} Count;

/* Counts the pattern x where it is the minimum, with the uniform states and without, and where it is a fixed point; film 0 is trained, 1 untrained. */
static PetscErrorCode tally(HfExperiment e, const PetscReal w[], const PetscReal x[], PetscReal energies[], int film, Count *count, PetscBool *all,
                            PetscBool *nontrivial, PetscBool *fixed) {
  HfEnergyReport report;

  PetscFunctionBeginUser;
  PetscCall(HfEnergies(e->n, w, x, PETSC_TRUE, energies, &report));
  *all = report.trained_is_minimum;
  PetscCall(HfEnergies(e->n, w, x, PETSC_FALSE, energies, &report));
  *nontrivial = report.trained_is_minimum;
  *fixed = HfIsFixedPoint(e->n, w, DEAD_ZONE, x);
  count->all[film] += *all;
  count->nontrivial[film] += *nontrivial;
  count->fixed[film] += *fixed;
  PetscFunctionReturn(0);
}

/* What the trained pattern costs against the untrained film: x.G.x of voltages, x.R.x of currents where the weights are resistances. */
static PetscErrorCode put_power(HfExperiment e, const HfWeighting *weighting, const HfMemory *memory, PetscReal *own, PetscReal *others) {
  const PetscReal *G = HfMemoryConductance(weighting, memory);
  PetscReal *R, *R_untrained;

  PetscFunctionBeginUser;
  if (weighting->kind != HF_WEIGHTS_RESISTANCE) {
    PetscCall(HfPowerChange(e->n, G, e->G_untrained, memory->x, own, others));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc2(e->n * e->n, &R, e->n * e->n, &R_untrained));
  PetscCall(HfResistance(e->n, G, R));
  PetscCall(HfResistance(e->n, e->G_untrained, R_untrained));
  PetscCall(HfPowerChange(e->n, R, R_untrained, memory->x, own, others));
  PetscCall(PetscFree2(R, R_untrained));
  PetscFunctionReturn(0);
}

/* All memories from `first` on with one kind of weights. */
static PetscErrorCode weighting(HfExperiment e, HfNode node, const HfWeighting *weighting, PetscInt first, PetscBool details, Count *count) {
  const PetscInt n = e->n, n_states = (PetscInt)1 << n;
  PetscReal *w, *V, *energies;
  char *minimum, name[128], untrained[128];
  HfEnergyReport report, control, whole;
  PetscBool all = PETSC_FALSE, nontrivial = PETSC_FALSE, fixed = PETSC_FALSE;
  PetscReal power, others;
  HfNode entry;

  PetscFunctionBeginUser;
  *count = (Count){.smallest_margin = PETSC_MAX_REAL, .largest_eigenvalue = PETSC_MIN_REAL};
  PetscCall(PetscMalloc4(n * n, &w, n, &V, n_states, &energies, n + 1, &minimum));
  PetscCall(PetscSNPrintf(untrained, sizeof(untrained), "%d/%s/untrained", (int)e->step + 1, weighting->label));
  for (PetscInt k = first; k < e->n_memories; ++k) {
    const HfMemory *memory = &e->memories[k];
    PetscCall(HfWeightingApply(e, weighting, e->G_untrained, PETSC_FALSE, w));
    PetscCall(HfEnergies(n, w, memory->x, HfFlag(node, "trivial"), energies, &control));
    if (details && k == first) PetscCall(HfRecordEnergies(e, untrained, n_states, energies));
    PetscCall(tally(e, w, memory->x, energies, 1, count, &all, &nontrivial, &fixed));
    PetscCall(HfWeightingApply(e, weighting, HfMemoryConductance(weighting, memory), PETSC_TRUE, w));
    PetscCall(HfEnergies(n, w, memory->x, HfFlag(node, "trivial"), energies, &whole));
    count->fixed_whole += HfIsFixedPoint(n, w, DEAD_ZONE, memory->x);
    PetscCall(HfWeightingApply(e, weighting, HfMemoryConductance(weighting, memory), PETSC_FALSE, w));
    PetscCall(tally(e, w, memory->x, energies, 0, count, &all, &nontrivial, &fixed));
    PetscCall(HfEnergies(n, w, memory->x, HfFlag(node, "trivial"), energies, &report));
    ++count->of;
    count->correct += report.trained_is_minimum;
    count->untrained_correct += control.trained_is_minimum;
    count->smallest_margin = PetscMin(count->smallest_margin, report.margin);
    count->mean_margin += report.margin / (e->n_memories - first);
    count->largest_eigenvalue = PetscMax(count->largest_eigenvalue, whole.largest_eigenvalue);
    PetscCall(put_power(e, weighting, memory, &power, &others));
    count->mean_power += power / (e->n_memories - first);
    count->mean_power_of_others += others / (e->n_memories - first);
    if (!details) continue;

    HfPatternFromIndex(n, report.minimum, V);
    HfPatternToText(n, V, minimum);
    PetscCall(PetscSNPrintf(name, sizeof(name), "%d/%s/%d:%.32s", (int)e->step + 1, weighting->label, (int)(k - first) + 1, memory->pattern));
    PetscCall(HfRecordEnergies(e, name, n_states, energies));
    PetscCall(HfEntryCreate(e, "energies", &entry));
    PetscCall(HfWeightingPut(entry, weighting));
    PetscCall(HfNodePutText(entry, "trained", memory->pattern));
    PetscCall(HfNodePutInt(entry, "epoch", memory->epoch + 1));
    PetscCall(HfNodePutText(entry, "minimum", minimum));
    PetscCall(HfNodePutBool(entry, "correct", report.trained_is_minimum));
    PetscCall(HfNodePutReal(entry, "margin", report.margin));
    PetscCall(HfNodePutReal(entry, "largest_eigenvalue", report.largest_eigenvalue));
    PetscCall(HfNodePutReal(entry, "untrained_margin", control.margin));
    PetscCall(HfNodePutBool(entry, "correct_all_states", all));
    PetscCall(HfNodePutBool(entry, "correct_nontrivial", nontrivial));
    PetscCall(HfNodePutBool(entry, "fixed_point", fixed));
    PetscCall(HfNodePutReal(entry, "power_change_percent", 100.0 * power));
    PetscCall(HfNodePutReal(entry, "control_power_change_of_others_percent", 100.0 * others));
    PetscCall(HfNodePutText(entry, "dataset", name));
    PetscCall(HfNodePutText(entry, "dataset_untrained", untrained));
    PetscCall(HfRecordSummary(e, entry));
    PetscCall(HfRecordLog(e, "  %s: minimum %s%s, margin %.3f (untrained film: %.3f)%s, power %+.2f %% (other patterns: %+.2f %%)", memory->pattern,
                          minimum, report.trained_is_minimum ? "" : "  <- not the trained pattern", (double)report.margin, (double)control.margin,
                          fixed ? "" : ", not a fixed point", 100.0 * (double)power, 100.0 * (double)others));
  }
  PetscCall(PetscFree4(w, V, energies, minimum));
  PetscFunctionReturn(0);
}

static PetscErrorCode total(HfExperiment e, const HfWeighting *weighting, const Count *count, PetscBool is_control) {
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(e, "energies", &entry));
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
  PetscCall(HfNodePutReal(entry, "largest_eigenvalue_with_diagonal", count->largest_eigenvalue));
  PetscCall(HfNodePutReal(entry, "saturated_G11", e->G0[0]));
  PetscCall(HfRecordHeadline(e, entry, "energies, %s%s: %d of %d minima right, margins %.3f at least, %.3f on average; untrained film: %d of %d",
                             weighting->label, is_control ? " (control, xi = 1)" : "", (int)count->correct, (int)count->of,
                             (double)count->smallest_margin, (double)count->mean_margin, (int)count->untrained_correct, (int)count->of));
  PetscCall(HfRecordSummary(e, entry));
  PetscFunctionReturn(0);
}

/* The xi of a sweep for which every memory is a minimum. */
static PetscErrorCode window(HfExperiment e, PetscInt n, const HfWeighting list[], const Count counts[]) {
  PetscReal works[HF_MAX_WEIGHTINGS], low = PETSC_MAX_REAL, high = PETSC_MIN_REAL;
  PetscInt n_scaled = 0, n_works = 0;
  HfNode entry;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n; ++k) {
    if (list[k].kind != HF_WEIGHTS_SCALED) continue;
    ++n_scaled;
    if (counts[k].correct < counts[k].of) continue;
    works[n_works++] = list[k].xi;
    low = PetscMin(low, list[k].xi);
    high = PetscMax(high, list[k].xi);
  }
  if (n_scaled < 2) PetscFunctionReturn(0);
  PetscCall(HfEntryCreate(e, "energies", &entry));
  PetscCall(HfNodePutText(entry, "sweep", "xi"));
  PetscCall(HfNodePutReals(entry, "works", n_works, works));
  if (n_works)
    PetscCall(HfRecordHeadline(e, entry, "energies: all minima right for %d of %d xi, from %.6g to %.6g", (int)n_works, (int)n_scaled, (double)low,
                               (double)high));
  else
    PetscCall(HfRecordHeadline(e, entry, "energies: no xi of the sweep has all minima right"));
  PetscCall(HfRecordSummary(e, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  HfWeighting list[HF_MAX_WEIGHTINGS], one;
  Count counts[HF_MAX_WEIGHTINGS], control;
  PetscInt n, first;
  PetscBool with_control;

  PetscFunctionBeginUser;
  PetscCall(HfMemoriesOf(e, node, &first));
  PetscCall(HfWeightingsRead(e, node, &n, list));
  one = HfWeightingControl(n, list, &with_control);
  for (PetscInt k = 0; k < n; ++k) {
    PetscCall(weighting(e, node, &list[k], first, PETSC_TRUE, &counts[k]));
    PetscCall(total(e, &list[k], &counts[k], PETSC_FALSE));
  }
  if (with_control) {
    PetscCall(weighting(e, node, &one, first, PETSC_FALSE, &control));
    PetscCall(total(e, &one, &control, PETSC_TRUE));
  }
  PetscCall(window(e, n, list, counts));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Energies = {.name = "energies", .citation = "niu-2024", .keys = keys, .check = check, .run = run};
