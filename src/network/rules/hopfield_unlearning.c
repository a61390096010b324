/* The outer product, from which the states that random starts end in are taken away again (Hopfield, Feinstein, Palmer 1983):
     w_ij <- w_ij - (epsilon/N) s_i s_j,   s = recall of a random start, one node at a time       zero diagonal
   until all subtractions together are the given part of what was stored. A start is random signs times the first pattern, so that the rule is the same
   in every gauge. */
#include "../network_impl.h"
#include "rules.h"

#define SWEEPS 100 /* a recall of symmetric weights ends long before */

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;
  HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = SWEEPS, .dead_zone = 1e-9, .seed = c->seed};
  HfRecallResult result;
  HfNetwork network;
  PetscInt n_dreams;
  PetscReal *s;

  PetscFunctionBeginUser;
  PetscCheck(c->unlearning > 0.0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "an unlearning of %g", (double)c->unlearning);
  PetscCall(HfRule_OuterProduct.learn(context, n, n_patterns, x, w));
  PetscCall(HfNetworkCreate(n, w, &network));
  PetscCall(PetscMalloc1(n, &s));
  n_dreams = (PetscInt)(c->dreams * n_patterns / c->unlearning + 0.5);
  for (PetscInt dream = 0; dream < n_dreams; ++dream) {
    for (PetscInt i = 0; i < n; ++i) s[i] = HfRandomInteger(c->seed, HF_STREAM_INITIAL, dream, i, 2) ? x[i] : -x[i];
    options.stream_index = dream;
    PetscCall(HfNetworkRecall(network, &options, s, &result));
    HfNetworkAddOuter(network, -c->unlearning / n, s);
  }
  PetscCall(PetscArraycpy(w, network->columns, (size_t)n * n)); /* symmetric */
  PetscCall(HfNetworkDestroy(&network));
  PetscCall(PetscFree(s));
  PetscFunctionReturn(0);
}

const HfRule HfRule_HopfieldUnlearning = {.name = "hopfield-unlearning",
                                          .doc = "the outer product, then the states that random starts end in subtracted bit by bit",
                                          .citation = "hopfield-1983",
                                          .learn = learn};
