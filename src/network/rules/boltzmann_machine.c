/* A Boltzmann machine without hidden nodes (Ackley, Hinton & Sejnowski 1985): gradient ascent of the likelihood of the patterns under

     P(V) ~ exp(-E),  E = -sum_ij w_ij V_i V_j / 2,      V_i = + with the probability 1/(1 + exp(-2 h_i)),  h_i = sum_j w_ij V_j
     w_ij <- w_ij + eta (<x_i x_j>_data - <V_i V_j>_model)       symmetric, zero diagonal

   The model's correlations come from CHAINS chains that go on from one epoch to the next (persistent contrastive divergence, Tieleman 2008), a sweep an
   epoch. eta falls from RATE as 1/(1 + 4 epoch/EPOCHS). Patterns without noise have no most likely weights, which would grow for ever as the logarithm of
   the epochs; that they stop growing is the choice of EPOCHS. Chains start from random signs times the first pattern, and draw in its frame, so that
   inverting a node in all patterns changes nothing but its sign. */
#include "rules.h"

#define CHAINS 64
#define EPOCHS 2000
#define RATE   0.05
#define PAUSES 1e7 /* operations between two of them */

/* <x_i x_j> of so many states. */
static void correlate(PetscInt n, PetscInt n_states, const PetscReal x[], PetscReal mean[]) {
  for (PetscInt e = 0; e < n * n; ++e) mean[e] = 0.0;
  for (PetscInt s = 0; s < n_states; ++s)
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt j = 0; j < n; ++j) mean[i * n + j] += x[s * n + i] * x[s * n + j];
  for (PetscInt e = 0; e < n * n; ++e) mean[e] /= (PetscReal)n_states;
}

static void sweep(PetscInt n, const PetscReal w[], const PetscReal frame[], PetscInt64 seed, PetscInt epoch, PetscInt chain, PetscReal V[]) {
  for (PetscInt i = 0; i < n; ++i) {
    PetscReal h = 0.0, u;

    for (PetscInt j = 0; j < n; ++j) h += w[i * n + j] * V[j];
    HfRandomUniform(seed, HF_STREAM_LEARNER, epoch, (PetscInt64)chain * n + i, 1, &u);
    V[i] = u * (1.0 + PetscExpReal(-2.0 * h * frame[i])) < 1.0 ? frame[i] : -frame[i];
  }
}

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;
  const PetscInt between = (PetscInt)PetscMax(1, PAUSES / ((PetscReal)CHAINS * n * n));
  PetscReal *data, *model, *V;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n * n, &data, n * n, &model, CHAINS * n, &V));
  PetscCall(PetscArrayzero(w, (size_t)n * n));
  correlate(n, n_patterns, x, data);
  for (PetscInt k = 0; k < CHAINS * n; ++k) V[k] = HfRandomInteger(c->seed, HF_STREAM_LEARNER, EPOCHS, k, 2) ? x[k % n] : -x[k % n];
  for (PetscInt epoch = 0; epoch < EPOCHS && !code; ++epoch) {
    const PetscReal rate = RATE / (1.0 + 4.0 * epoch / EPOCHS);

    for (PetscInt chain = 0; chain < CHAINS; ++chain) sweep(n, w, x, c->seed, epoch, chain, V + chain * n);
    correlate(n, CHAINS, V, model);
    for (PetscInt e = 0; e < n * n; ++e)
      if (e / n != e % n) w[e] += rate * (data[e] - model[e]);
    if (c->pause && epoch % between == 0) code = c->pause(c->pause_of);
  }
  PetscCall(PetscFree3(data, model, V));
  PetscFunctionReturn(code);
}

const HfRule HfRule_BoltzmannMachine = {
    .name = "boltzmann-machine",
    .doc = "the most likely pair weights of a network at a temperature without hidden nodes, by persistent contrastive divergence",
    .citation = "ackley-1985",
    .on_request = PETSC_TRUE,
    .learn = learn};
