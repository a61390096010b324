/* The subspace rule (Oja 1989): linear neurons y_m = sum_j c_mj x_j, each of which decays with what all of them together make of the input,

     c_mj <- c_mj + eta <y_m (x_j - sum_k y_k c_kj)>,      w_ij = sum_m c_mi c_mj

   With as many neurons as patterns c becomes an orthonormal basis of their span, and w the projector on it: the weights of pseudo-inverse, by a rule that
   needs nothing but what a neuron and its input know and the sum that is fed back. One neuron is Oja's of 1982 (oja_neuron.c).

   The mean < > is taken over all patterns before a change, as in the averaged equation whose stationary states Oja gives, so that no order of patterns matters.
   eta = 1/2N, with which the longest c is stable. Starts are small random combinations of the patterns: what is orthogonal to all of them would only decay.
   Ends when no c changes by more than STILL, or after EPOCHS. The diagonal is left out, as in pseudo_inverse.c.

   Measured by inputs/learners/plasticity.yaml on E, C, P, three starts: every answer is that of pseudo-inverse. */
#include "rules.h"

#define EPOCHS    50000
#define STILL     1e-14
#define START     0.1   /* of c, whose rows end with the length 1 */
#define ROUND_OFF 1e-10 /* weights below it relative to the largest are 0: a node that any pattern may set freely must have no field */
#define PAUSES    1e7   /* operations between two of them */

/* The mean change of c[n_neurons*n]. */
static void change_mean(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt n_neurons, const PetscReal c[], PetscReal rest[],
                        PetscReal change[]) {
  const PetscReal eta = 0.5 / ((PetscReal)n * n_patterns);

  for (PetscInt e = 0; e < n_neurons * n; ++e) change[e] = 0.0;
  for (PetscInt p = 0; p < n_patterns; ++p, x += n) {
    PetscReal *y = rest + n;

    for (PetscInt j = 0; j < n; ++j) rest[j] = x[j];
    for (PetscInt m = 0; m < n_neurons; ++m) {
      y[m] = 0.0;
      for (PetscInt j = 0; j < n; ++j) y[m] += c[m * n + j] * x[j];
    }
    for (PetscInt m = 0; m < n_neurons; ++m)
      for (PetscInt j = 0; j < n; ++j) rest[j] -= y[m] * c[m * n + j];
    for (PetscInt m = 0; m < n_neurons; ++m)
      for (PetscInt j = 0; j < n; ++j) change[m * n + j] += eta * y[m] * rest[j];
  }
}

static void start(PetscInt64 seed, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt n_neurons, PetscReal c[]) {
  for (PetscInt m = 0; m < n_neurons; ++m)
    for (PetscInt p = 0; p < n_patterns; ++p) {
      PetscReal u;

      HfRandomUniform(seed, HF_STREAM_LEARNER, m, p, 1, &u);
      for (PetscInt j = 0; j < n; ++j) c[m * n + j] += START * (2.0 * u - 1.0) * x[p * n + j] / n;
    }
}

PetscErrorCode HfRuleOja(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt n_neurons, PetscReal w[]) {
  const HfRuleContext *options = context ? context : &HF_RULE_DEFAULTS;
  const PetscInt between = (PetscInt)PetscMax(1, PAUSES / (3.0 * n * n_neurons * n_patterns));
  PetscReal *c, *change, *rest, moved = 1.0, largest = 0.0;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(w, (size_t)n * n));
  if (!n_patterns) PetscFunctionReturn(0);
  PetscCall(PetscCalloc3(n * n_neurons, &c, n * n_neurons, &change, n + n_neurons, &rest));
  start(options->seed, n, n_patterns, x, n_neurons, c);
  for (PetscInt epoch = 0; epoch < EPOCHS && moved > STILL && !code; ++epoch) {
    moved = 0.0;
    change_mean(n, n_patterns, x, n_neurons, c, rest, change);
    for (PetscInt e = 0; e < n * n_neurons; ++e) {
      c[e] += change[e];
      moved = PetscMax(moved, PetscAbsReal(change[e]));
    }
    if (options->pause && epoch % between == 0) code = options->pause(options->pause_of);
  }
  for (PetscInt m = 0; m < n_neurons; ++m)
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt j = 0; j < n; ++j)
        if (i != j) w[i * n + j] += c[m * n + i] * c[m * n + j];
  for (PetscInt e = 0; e < n * n; ++e) largest = PetscMax(largest, PetscAbsReal(w[e]));
  for (PetscInt e = 0; e < n * n; ++e)
    if (PetscAbsReal(w[e]) < ROUND_OFF * largest) w[e] = 0.0;
  PetscCall(PetscFree3(c, change, rest));
  PetscFunctionReturn(code);
}

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  return HfRuleOja(context, n, n_patterns, x, PetscMin(n, n_patterns), w);
}

const HfRule HfRule_OjaSubspace = {
    .name = "oja-subspace",
    .doc = "Oja's subspace rule of 1989 with as many linear neurons as patterns, which learn the projector on their span; zero diagonal",
    .citation = "oja-1989",
    .on_request = PETSC_TRUE,
    .learn = learn};
