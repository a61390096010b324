/* Contrastive Hebbian learning (Movellan 1991; review of Yu et al. 2024, Eqs. 9, 10) of a network without hidden nodes. Every node is the output in turn,
   all others are inputs, which show a pattern x with a part of its nodes flipped, v, in both phases. Clamped, the output shows x_i; free, f_i = sgn h_i(v):

     w_ij <- w_ij + [ (x_i - f_i) v_j + (x_j - f_j) v_i ] / 2N        symmetric, zero diagonal

   Starts from the outer product, takes the patterns in order, and ends after QUIET epochs in a row in which every output was right.

   With all nodes free in the free phase the rule oscillates where patterns are alike: a free phase from one ends in another, which is unlearned in one
   step and learned back in the next.

   Assumption: a tenth of the nodes (at least one) is flipped, other ones each time; EPOCHS at most. */
#include "rules.h"

#define EPOCHS  1000
#define QUIET   20
#define FLIPPED 0.1

/* error[n] = x - f of all outputs; returns how many are wrong. */
static PetscInt run_free(PetscInt n, const PetscReal w[], const PetscReal x[], const PetscReal v[], PetscReal error[]) {
  PetscInt wrong = 0;

  for (PetscInt i = 0; i < n; ++i) {
    PetscReal h = 0.0, parts = 0.0;

    for (PetscInt j = 0; j < n; ++j) {
      h += w[i * n + j] * v[j];
      parts += PetscAbsReal(w[i * n + j]);
    }
    error[i] = h * x[i] > 1e-9 * parts ? 0.0 : 2.0 * x[i];
    wrong += error[i] != 0.0;
  }
  return wrong;
}

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;
  const PetscReal flipped = PetscMax(1.0, PetscFloorReal(FLIPPED * n));
  PetscErrorCode code = 0;
  PetscInt quiet = 0;
  PetscReal *v, *error;

  PetscFunctionBeginUser;
  PetscCall(HfRule_OuterProduct.learn(context, n, n_patterns, x, w));
  PetscCall(PetscMalloc2(n, &v, n, &error));
  for (PetscInt epoch = 0; epoch < EPOCHS && quiet < QUIET && !code; ++epoch) {
    PetscInt wrong = 0;

    for (PetscInt p = 0; p < n_patterns; ++p) {
      PetscCall(HfNoise(HF_NOISE_FLIPS, flipped, n, x + p * n, c->seed, HF_STREAM_LESSON, (PetscInt64)epoch * n_patterns + p, v));
      wrong += run_free(n, w, x + p * n, v, error);
      for (PetscInt i = 0; i < n; ++i)
        for (PetscInt j = 0; j < n; ++j)
          if (i != j) w[i * n + j] += (error[i] * v[j] + error[j] * v[i]) / (2.0 * n);
    }
    quiet = wrong ? 0 : quiet + 1;
    if (c->pause) code = c->pause(c->pause_of);
  }
  PetscCall(PetscFree2(v, error));
  PetscFunctionReturn(code);
}

const HfRule HfRule_ContrastiveHebbian = {
    .name = "contrastive-hebbian",
    .doc = "the outer product, corrected by what every node does by itself when the others show a pattern with flipped nodes",
    .citation = "movellan-1991",
    .on_request = PETSC_TRUE,
    .learn = learn};
