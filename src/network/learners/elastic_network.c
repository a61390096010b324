/* An elastic network that learns stable states in sequence (Stern, Pinson & Murugan 2020; review of Yu et al. 2024, Eqs. 2 and 3). Springs of springs.c join
   nodes in the plane; while the network is held in a state x_m, unstretched springs grow between every pair of nodes,

     dk_ij/dt = k0 f(r_ij),   rest length r_ij,   f(r) = exp(-r/range)   (range 0: f = 1)

   so that after M states, each held as long as the others,   E(x) = sum_m sum_ij f(r^m_ij)/2 u(r_ij - r^m_ij).

   Nothing that grows depends on states learned before or to come. For xi = 2 the springs of a pair act as one with the mean rest length: the network keeps
   the mean of what it learned, and no state. For xi < 1 and core -> 0 the force of an unstretched spring jumps from -infinity to +infinity, so that every
   learned state is a minimum whatever else was learned; with a core the springs of a state withstand the others until these pull a spring beyond
   core/sqrt(1 - xi).

   A state is kept if the network, let go near it (every coordinate off by a normal number of `kick`), relaxes to distances within `tolerance` of its own
   (root mean square over pairs; distances of two random states differ by some 0.35). Control: another state, not learned, let go in the same way.
   Reported for each xi, mean and standard error over trials: of so many states how many are kept, and the capacity: the largest number that were all kept
   after they were learned in sequence.

   Beside it simultaneous stabilization, by linear springs that are found for all states at once (stabilization.c) and anew for every further one.

   Measured (inputs/learners/elastic-network.yaml: ten nodes, core 0.01, eight states): all kept up to 6.1, 3.8, 2.0 of them for xi = 0.25, 0.5, 0.75; 1.3
   for xi = 1, one beyond. With a core of 0.001: 8, 8, 3.4; 1.0 for xi = 1. In theory (random forces of M - 1 states at strains of order 1 against the
   largest that a spring exerts near its core) the capacity rises as core^-(2 (1 - xi)).

   Assumptions: |r - l| in Eq. (2), with a core (springs.c); states are nodes at random in a square of side 1; relaxation is overdamped, without noise. */
#include "learners.h"

#define DIM           2
#define MOST_NUMBERS  16
#define MOST_DESIGNED 20 /* nodes of a design in seconds */

static const HfKey keys[] = {
    {"elastic-network", HF_SECTION, NULL, "", "", 0,
     "Elastic network that learns stable states in sequence, by springs that grow while it is held in each"},
    {"elastic-network.strategy", HF_CHOICE, NULL, "continual", "continual|simultaneous", 0,
     "Springs grow state by state, or linear ones are found anew for all states at once"},
    {"elastic-network.xi", HF_NUMBERS, NULL, "[0.5, 1, 2]", "(0,4]", 0, "Exponents of the energy of a spring; 2: linear springs"},
    {"elastic-network.positive", HF_BOOL, NULL, "true", "", 0, "Simultaneous: stiffness and rest lengths are above zero"},
    {"elastic-network.core", HF_NUMBER, NULL, "0.01", "(0,1]", 0, "Strain up to which springs are linear; sides of the square of nodes"},
    {"elastic-network.nodes", HF_INT, NULL, "10", "[3,100]", 0, "Nodes of the network"},
    {"elastic-network.states", HF_INT, NULL, "8", "[1,100]", 0, "States that are learned in sequence"},
    {"elastic-network.range", HF_NUMBER, NULL, "0", ">=0", 0, "Distance over which the growth of springs falls by e; 0: all grow alike"},
    {"elastic-network.kick", HF_NUMBERS, NULL, "0.01", ">=0", 0, "Standard deviation of the coordinates of nodes that are let go near a state"},
    {"elastic-network.tolerance", HF_NUMBER, NULL, "0.03", "(0,1]", 0, "Largest deviation of the distances from those of a state that is kept"},
    {"elastic-network.trials", HF_INT, NULL, "3", "[2,10000]", 0, "Sequences of random states"},
    {"elastic-network.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the states"},
    HF_LEARNER_KEYS_END,
};

typedef struct {
  PetscInt n_xis, n_kicks, nodes, states, trials;
  PetscInt64 seed;
  PetscReal xi[MOST_NUMBERS], kick[MOST_NUMBERS], core, range, tolerance;
  PetscBool simultaneous, positive;
} Settings;

/* Returns how many. */
static PetscInt read_numbers_of_settings(HfDeck deck, HfNode node, const char *key, PetscReal numbers[], PetscErrorCode *code) {
  const PetscInt n = HfCount(node, key);

  if (n > MOST_NUMBERS) *code = HfDeckError(deck, HfChild(node, key), "%s: at most %d numbers", key, MOST_NUMBERS);
  for (PetscInt k = 0; k < PetscMin(n, MOST_NUMBERS); ++k) numbers[k] = HfRealAt(node, key, k);
  return PetscMin(n, MOST_NUMBERS);
}

static PetscErrorCode read_settings(HfDeck deck, HfNode node, void **of) {
  PetscErrorCode code = 0;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->n_xis = read_numbers_of_settings(deck, node, "xi", settings->xi, &code);
  settings->n_kicks = read_numbers_of_settings(deck, node, "kick", settings->kick, &code);
  PetscCall(code);
  settings->simultaneous = (PetscBool)!strcmp(HfText(node, "strategy"), "simultaneous");
  if (settings->simultaneous && (settings->n_xis != 1 || settings->xi[0] != 2.0))
    PetscCall(HfDeckError(deck, HfChild(node, "xi"), "xi: simultaneous stabilization is of linear springs, xi: 2 alone"));
  if (settings->simultaneous && HfInteger(node, "nodes") > MOST_DESIGNED)
    PetscCall(HfDeckError(deck, HfChild(node, "nodes"), "nodes: simultaneous stabilization takes at most %d nodes", MOST_DESIGNED));
  if (settings->simultaneous && HfGiven(node, "range"))
    PetscCall(HfDeckError(deck, HfChild(node, "range"), "range has no effect on springs that do not grow; leave it out"));
  if (!settings->simultaneous && HfGiven(node, "positive"))
    PetscCall(
        HfDeckError(deck, HfChild(node, "positive"), "positive has no effect on springs that grow; leave it out, or say strategy: simultaneous"));
  settings->positive = HfFlag(node, "positive");
  settings->core = HfReal(node, "core");
  settings->nodes = (PetscInt)HfInteger(node, "nodes");
  settings->states = (PetscInt)HfInteger(node, "states");
  settings->range = HfReal(node, "range");
  settings->tolerance = HfReal(node, "tolerance");
  settings->trials = (PetscInt)HfInteger(node, "trials");
  settings->seed = HfInteger(node, "seed");
  PetscFunctionReturn(0);
}

/* ---- states ---- */

/* x[nodes][DIM] of state m of a trial. */
static void draw_state(const Settings *settings, PetscInt trial, PetscInt m, PetscReal x[]) {
  for (PetscInt i = 0; i < settings->nodes; ++i)
    HfRandomUniform(settings->seed, HF_STREAM_LEARNER, trial, 2 * ((PetscInt64)m * settings->nodes + i), DIM, x + i * DIM);
}

static void draw_start(const Settings *settings, PetscReal kick, PetscInt trial, PetscInt m, const PetscReal state[], PetscReal x[]) {
  for (PetscInt i = 0; i < settings->nodes; ++i) {
    PetscReal off[DIM];

    HfRandomNormal(settings->seed, HF_STREAM_LEARNER, trial, 2 * ((PetscInt64)m * settings->nodes + i) + 1, DIM, off);
    for (PetscInt c = 0; c < DIM; ++c) x[i * DIM + c] = state[i * DIM + c] + kick * off[c];
  }
}

PetscErrorCode HfSpringsGrow(HfSprings springs, PetscInt n_nodes, PetscInt dim, PetscReal range, const PetscReal x[]) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n_nodes; ++i)
    for (PetscInt j = i + 1; j < n_nodes; ++j) {
      PetscReal r = 0.0;

      for (PetscInt c = 0; c < dim; ++c) r += PetscSqr(x[i * dim + c] - x[j * dim + c]);
      r = PetscSqrtReal(r);
      PetscCall(HfSpringsAdd(springs, i, j, range > 0.0 ? PetscExpReal(-r / range) : 1.0, r));
    }
  PetscFunctionReturn(0);
}

/* ---- one sequence ---- */

/* The springs after state m, those of the states before it being there; alive: whether there are springs that hold the network. */
static PetscErrorCode learn_state(const Settings *settings, HfSprings springs, PetscInt m, const PetscReal states[], PetscBool *alive) {
  PetscReal margin = 1.0;

  PetscFunctionBeginUser;
  if (settings->simultaneous)
    PetscCall(HfSpringsStabilize(springs, settings->nodes, settings->positive, m + 1, states, &margin));
  else
    PetscCall(HfSpringsGrow(springs, settings->nodes, DIM, settings->range, states + m * settings->nodes * DIM));
  *alive = (PetscBool)(margin > 0.0);
  PetscFunctionReturn(0);
}

/* Of one exponent and one kick. */
typedef struct {
  PetscReal kick;
  PetscReal *kept;              /* [states][trials]: of the first m + 1 states after these were learned */
  PetscReal *capacity;          /* [trials] */
  PetscReal *stable;            /* [trials]: of the first so many states all were in stable equilibrium by design */
  PetscInt n_unlearned, tested; /* states that were not learned and yet kept, of so many */
  PetscReal force;              /* largest that a relaxation left */
} Finding;

static PetscErrorCode test_state(const Settings *settings, HfSprings springs, PetscInt trial, PetscInt m, const PetscReal state[], PetscReal x[],
                                 Finding *finding, PetscBool *kept) {
  PetscReal force;

  PetscFunctionBeginUser;
  draw_start(settings, finding->kick, trial, m, state, x);
  PetscCall(HfSpringsRelax(springs, x, &force));
  finding->force = PetscMax(finding->force, force);
  *kept = (PetscBool)(HfSpringsApart(settings->nodes, DIM, x, state) < settings->tolerance);
  PetscFunctionReturn(0);
}

/* How many of the first m + 1 states are kept, and whether the next one, which was not learned, is. */
static PetscErrorCode test_states(const Settings *settings, HfSprings springs, PetscInt trial, PetscInt m, const PetscReal states[], PetscReal x[],
                                  Finding *finding) {
  const PetscInt size = settings->nodes * DIM;
  PetscReal *count = finding->kept + m * settings->trials + trial;
  PetscBool kept;

  PetscFunctionBeginUser;
  for (PetscInt n = 0; n <= m; ++n) {
    PetscCall(test_state(settings, springs, trial, n, states + n * size, x, finding, &kept));
    *count += kept;
  }
  PetscCall(test_state(settings, springs, trial, m + 1, states + (m + 1) * size, x, finding, &kept));
  finding->n_unlearned += kept;
  ++finding->tested;
  PetscFunctionReturn(0);
}

static PetscErrorCode learn_sequence(const Settings *settings, const HfLearning *learning, HfSprings springs, PetscInt trial, Finding findings[]) {
  const PetscInt size = settings->nodes * DIM;
  PetscErrorCode code = 0;
  PetscBool alive = PETSC_TRUE;
  PetscReal *states, *x;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((settings->states + 1) * size, &states, size, &x));
  for (PetscInt m = 0; m <= settings->states; ++m) draw_state(settings, trial, m, states + m * size);
  HfSpringsClear(springs);
  for (PetscInt m = 0; m < settings->states && alive && !code; ++m) {
    PetscCall(learn_state(settings, springs, m, states, &alive));
    for (Finding *finding = findings; finding < findings + settings->n_kicks && alive && !code; ++finding) {
      PetscCall(test_states(settings, springs, trial, m, states, x, finding));
      finding->stable[trial] = m + 1;
      if (finding->capacity[trial] == m && finding->kept[m * settings->trials + trial] == m + 1) finding->capacity[trial] = m + 1;
      code = learning->pause(learning->of);
    }
  }
  PetscCall(PetscFree2(states, x));
  PetscFunctionReturn(code);
}

/* ---- all of them ---- */

static PetscErrorCode report(const Settings *settings, const HfLearning *learning, PetscReal xi, const Finding *finding, PetscReal kept[],
                             PetscReal kept_error[]) {
  const PetscInt last = settings->states - 1;
  PetscReal capacity, error, stable, stable_error;
  char text[256], design[64] = "";

  PetscFunctionBeginUser;
  for (PetscInt m = 0; m <= last; ++m) HfMeanAndError(settings->trials, finding->kept + m * settings->trials, &kept[m], &kept_error[m]);
  HfMeanAndError(settings->trials, finding->capacity, &capacity, &error);
  HfMeanAndError(settings->trials, finding->stable, &stable, &stable_error);
  if (settings->simultaneous)
    PetscCall(PetscSNPrintf(design, sizeof design, " by design, stable up to %.3g +- %.2g states", (double)stable, (double)stable_error));
  PetscCall(PetscSNPrintf(text, sizeof text, "xi %g%s, kick %g: %.3g +- %.2g of %d states kept, all up to %.3g +- %.2g of them; of %d not learned %d",
                          (double)xi, design, (double)finding->kick, (double)kept[last], (double)kept_error[last], (int)settings->states,
                          (double)capacity, (double)error, (int)finding->tested, (int)finding->n_unlearned));
  PetscCall(learning->figure(learning->of, "xi", xi));
  PetscCall(learning->figure(learning->of, "simultaneous", settings->simultaneous));
  if (settings->simultaneous) PetscCall(learning->figure(learning->of, "positive", settings->positive));
  if (settings->simultaneous) PetscCall(learning->figure(learning->of, "stable", stable));
  if (settings->simultaneous) PetscCall(learning->figure(learning->of, "stable_error", stable_error));
  PetscCall(learning->figure(learning->of, "nodes", (PetscReal)settings->nodes));
  PetscCall(learning->figure(learning->of, "kick", finding->kick));
  PetscCall(learning->figure(learning->of, "states", (PetscReal)settings->states));
  PetscCall(learning->figure(learning->of, "kept", kept[last]));
  PetscCall(learning->figure(learning->of, "kept_error", kept_error[last]));
  PetscCall(learning->figure(learning->of, "capacity", capacity));
  PetscCall(learning->figure(learning->of, "capacity_error", error));
  PetscCall(learning->figure(learning->of, "unlearned", (PetscReal)finding->n_unlearned));
  PetscCall(learning->figure(learning->of, "force_left", finding->force));
  PetscCall(learning->headline(learning->of, text));
  PetscFunctionReturn(0);
}

/* With one exponent: kept[n_kicks][states], and the errors. */
static PetscErrorCode learn(const Settings *settings, const HfLearning *learning, PetscReal xi, PetscReal kept[], PetscReal kept_error[]) {
  const PetscInt n_kept = settings->states * settings->trials, n = n_kept + 2 * settings->trials;
  Finding findings[MOST_NUMBERS];
  HfSprings springs;
  PetscReal *counts;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(settings->n_kicks * n, &counts));
  for (PetscInt q = 0; q < settings->n_kicks; ++q) {
    PetscReal *of = counts + q * n;

    findings[q] = (Finding){.kick = settings->kick[q], .kept = of, .capacity = of + n_kept, .stable = of + n_kept + settings->trials};
  }
  PetscCall(HfSpringsCreate(settings->nodes, DIM, xi, settings->core, &springs));
  for (PetscInt trial = 0; trial < settings->trials && !code; ++trial) code = learn_sequence(settings, learning, springs, trial, findings);
  for (PetscInt q = 0; q < settings->n_kicks && !code; ++q)
    PetscCall(report(settings, learning, xi, &findings[q], kept + q * settings->states, kept_error + q * settings->states));
  PetscCall(HfSpringsDestroy(&springs));
  PetscCall(PetscFree(counts));
  PetscFunctionReturn(code);
}

static PetscErrorCode run(const void *of, const HfLearning *learning) {
  const Settings *settings = of;
  const PetscInt shape[] = {settings->n_xis, settings->n_kicks, settings->states}, of_one = shape[1] * shape[2];
  PetscReal *kept, *error;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(shape[0] * of_one, &kept, shape[0] * of_one, &error));
  for (PetscInt k = 0; k < settings->n_xis && !code; ++k) code = learn(settings, learning, settings->xi[k], kept + k * of_one, error + k * of_one);
  if (!code) {
    PetscCall(learning->array(learning->of, "xi", 1, shape, settings->xi, "1"));
    PetscCall(learning->array(learning->of, "kick", 1, shape + 1, settings->kick, "1"));
    PetscCall(learning->array(learning->of, "kept", 3, shape, kept, "1"));
    PetscCall(learning->array(learning->of, "kept_error", 3, shape, error, "1"));
  }
  PetscCall(PetscFree2(kept, error));
  PetscFunctionReturn(code);
}

const HfLearner HfLearner_ElasticNetwork = {.name = "elastic-network", .citation = "stern-2020", .keys = keys, .settings = read_settings, .run = run};
