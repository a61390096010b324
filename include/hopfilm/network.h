/* hopfilm/network.h: Hopfield mathematics on plain arrays: no PDE, no MPI, nothing collective. Matrices are row-major n x n; states are +1 / -1.

   Energy of a state: E(V) = -sum_ij w_ij V_i V_j (diagonal as given; weights have zero diagonal unless said). Niu et al. 2024, Eq. (4). */
#pragma once
#include <hopfilm/base.h>

typedef enum { HF_WEIGHTS_SATURATED, HF_WEIGHTS_SCALED, HF_WEIGHTS_MIDRANGE } HfWeightsKind;
extern const char *const HfWeightsNames[]; /* "saturated", "scaled", "midrange", NULL */

/* saturated: w = G - G0; scaled: w = G - xi G0; midrange: w = G - (Gmin+Gmax)/2 per pair over the n_set matrices of `set`. Zero diagonal unless with_diagonal. */
PetscErrorCode HfWeights(HfWeightsKind kind, PetscInt n, const PetscReal G[], const PetscReal G0[], PetscReal xi, PetscInt n_set,
                         const PetscReal set[], PetscBool with_diagonal, PetscReal w[]);
PetscErrorCode HfMidrange(PetscInt n, PetscInt n_set, const PetscReal set[], PetscReal G_min[], PetscReal G_max[]);

PetscReal HfStateEnergy(PetscInt n, const PetscReal w[], const PetscReal V[]);
void HfStateFromIndex(
    PetscInt n, PetscInt index,
    PetscReal V[]); /* bit k of index set: V_k = +1 (k = 0 the first electrode is the highest bit, so that index order reads ----, ---+, ...) */
PetscInt HfStateToIndex(PetscInt n, const PetscReal V[]);
void HfStateToText(PetscInt n, const PetscReal V[], char text[]); /* "++--", n+1 bytes */

typedef struct {
  PetscInt minimum; /* index of the state of lowest energy among the non-trivial ones (or all), with V_0 = +1 */
  PetscBool trained_is_minimum;
  PetscReal
      margin; /* (E of the lowest other state, the mirror apart - E of the trained) / largest |E| of all 2^n; negative: another state is lower */
  PetscReal largest_eigenvalue; /* of w */
} HfEnergyReport;
/* energies[2^n] of all states; n <= 20. Trivial = all equal. */
PetscErrorCode HfEnergies(PetscInt n, const PetscReal w[], const PetscReal trained[], PetscBool with_trivial, PetscReal energies[],
                          HfEnergyReport *report);

/* What the pattern x costs, x.G.x (the Ohmic power at 1 V), against another film's conductance, as a part of the latter: of x itself, and the mean over
   all other patterns (mirrors and uniform states apart). */
PetscErrorCode HfPowerChange(PetscInt n, const PetscReal G[], const PetscReal G_before[], const PetscReal x[], PetscReal *own, PetscReal *others);

/* ---- recall. A local field below `dead_zone` x the sum of the magnitudes of its parts keeps the old state (round-off: uniform states have zero
   current exactly). ---- */
typedef enum { HF_RECALL_SYNCHRONOUS, HF_RECALL_ASYNCHRONOUS } HfRecallMethod;
typedef struct {
  HfRecallMethod method;
  PetscInt max_iterations;       /* sweeps (synchronous) or single updates (asynchronous) */
  PetscInt quiet_updates;        /* asynchronous: stop when nothing changed for more than this many updates (paper: 10) */
  PetscReal dead_zone;           /* default 1e-9 */
  PetscInt64 seed, stream_index; /* order of asynchronous updates */
} HfRecallOptions;
typedef struct {
  PetscInt iterations, sweeps;
  PetscBool converged;
  PetscInt cycle; /* 2 when a cycle of length 2 was found, else 0 */
} HfRecallResult;
PetscErrorCode HfRecall(PetscInt n, const PetscReal w[], const HfRecallOptions *options, PetscReal V[], HfRecallResult *result);
PetscBool HfIsFixedPoint(PetscInt n, const PetscReal w[], PetscReal dead_zone, const PetscReal V[]);

/* ---- learning rules, one file each in src/network/rules/, as baselines: w from the stored patterns x[p*n + i] ---- */
typedef struct {
  const char *name, *doc, *citation;
  PetscErrorCode (*learn)(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]);
} HfRule;
PetscInt HfRuleCount(void);
const HfRule *HfRuleGet(PetscInt k);
const HfRule *HfRuleFind(const char *name);

/* ---- the reduced model, Niu et al. 2024 Eqs. (2), (3), in continuous time:
     dG_ij/dt = eta [ V_i V_j - 2 alpha_ij (G_ij - Gavg_ij) ],   alpha_ij = (DeltaV_ij)^2 / (4 (Gmax_ij - Gmin_ij)),
   so every driven pair relaxes exponentially; `HfOjaFit` finds one time constant tau = 1/(2 eta alpha) for the given pairs by least squares on the traces scaled to
   start 0 and end 1 (end = asymptote of the pair, fitted linearly). ---- */
typedef struct {
  PetscReal tau;       /* s */
  PetscReal r_squared; /* over all pairs and times, scaled traces */
  PetscReal rms;       /* of the residual of the scaled traces */
} HfOjaFitResult;
/* traces[k*n_times + t]: conductance of pair k; model[k*n_times + t] (may be NULL) the fitted curves, S. */
PetscErrorCode HfOjaFit(PetscInt n_pairs, PetscInt n_times, const PetscReal times[], const PetscReal traces[], PetscReal model[],
                        HfOjaFitResult *result);
/* C = sum_{i != j} (V_i-V_j)^2 G_ij/2 + sum_{i != j} alpha_ij (G_ij - Gmax_ij)^2 */
PetscReal HfOjaCost(PetscInt n, const PetscReal V[], const PetscReal G[], const PetscReal G_min[], const PetscReal G_max[]);

/* ---- gates (Niu et al. 2024, Methods): inputs nodes 2 and 3, control node 1, output node 4:
   output = sgn(V_2 w_24 + V_3 w_34 + V_1 w_14) ---- */
typedef struct {
  PetscInt output[4]; /* for inputs --, -+, +-, ++: +1, -1, 0 (tie) */
  PetscReal margin;   /* smallest |sum| / sum of |parts| */
  const char *gate;   /* "AND", "OR", "NAND", "NOR", "XOR", ..., "none" */
} HfGateResult;
PetscErrorCode HfGate(const PetscReal w[16], PetscReal control, HfGateResult *result);
