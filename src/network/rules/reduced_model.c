/* The reduced model of the film, Eq. (2) of Niu et al. 2024, as pulses: in a pulse of pattern x every link relaxes towards x_i x_j,
     g_ij <- x_i x_j + (g_ij - x_i x_j) exp(-pulse/tau),      w_ij = L_ij g_ij
   from g = 0, the patterns in order, epoch after epoch. Later patterns overwrite earlier ones: only the last remains for exp(-pulse/tau) -> 0, and
   for -> 1 the result is the outer product. Links as in outer_product_neighbours.c; where they are unknown every pair is linked.

   Of Eq. (2) this keeps one time constant for all links; there alpha_ij is proportional to the square of the voltage difference of a pair. That paper calls
   Eq. (2) equivalent to Oja's rule; both decay so that weights stay bounded. But the decay of Oja's rule depends on the output, and its weights become the
   first principal component of the patterns: oja_neuron.c. */
#include "rules.h"

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;

  PetscFunctionBeginUser;
  PetscCheck(c->decay >= 0.0 && c->decay < 1.0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "a pulse leaves the fraction %g of a link; it must be at least 0 and below 1", (double)c->decay);
  PetscCall(PetscArrayzero(w, (size_t)n * n));
  for (PetscInt pulse = 0; pulse < c->epochs * n_patterns; ++pulse) {
    const PetscReal *y = x + pulse % n_patterns * n;
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt j = 0; j < n; ++j)
        if (i != j) w[i * n + j] = y[i] * y[j] + (w[i * n + j] - y[i] * y[j]) * c->decay;
  }
  for (PetscInt e = 0; c->links && e < n * n; ++e) w[e] *= c->links[e];
  PetscFunctionReturn(0);
}

const HfRule HfRule_ReducedModel = {
    .name = "reduced-model",
    .former = "oja",
    .doc =
        "Eq. (2) of Niu et al. 2024 with one time constant: every link relaxes towards x_i x_j in each pulse of the training; Oja's rule of 1982 is "
        "oja-neuron",
    .citation = "niu-2024",
    .learn = learn};
