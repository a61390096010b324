/* The outer product, from which the patterns in which random starts end are subtracted (Hopfield, Feinstein, Palmer 1983; review of Yu et al. 2024,
   Eq. 8):
     w_ij <- w_ij - (epsilon/N) s_i s_j,   s = recall of a random start, one node at a time       zero diagonal
   until all subtractions together reach the given fraction of what was stored. A start is random signs times the first pattern, so that inverting a node
   in all patterns changes nothing but its sign. */
#include "../network_impl.h"
#include "rules.h"

#define SWEEPS     100 /* a recall with symmetric weights ends long before */
#define OPERATIONS 1e7 /* between two pauses */

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;
  HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = SWEEPS, .dead_zone = 1e-9, .seed = c->seed};
  HfRecallResult result;
  const PetscInt between = (PetscInt)PetscMax(1, OPERATIONS / ((PetscReal)n * n)); /* pauses */
  PetscErrorCode code = 0;
  HfNetwork network;
  PetscInt n_dreams;
  PetscReal *s;

  PetscFunctionBeginUser;
  PetscCheck(c->unlearning > 0.0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "an unlearning of %g is not positive", (double)c->unlearning);
  PetscCall(HfRule_OuterProduct.learn(context, n, n_patterns, x, w));
  PetscCall(HfNetworkCreate(n, w, &network));
  PetscCall(PetscMalloc1(n, &s));
  n_dreams = (PetscInt)(c->dreams * n_patterns / c->unlearning + 0.5);
  for (PetscInt dream = 0; dream < n_dreams && !code; ++dream) {
    for (PetscInt i = 0; i < n; ++i) s[i] = HfRandomInteger(c->seed, HF_STREAM_INITIAL, dream, i, 2) ? x[i] : -x[i];
    options.stream_index = dream;
    PetscCall(HfNetworkRecall(network, &options, s, &result));
    HfNetworkAddOuter(network, -c->unlearning / n, s);
    if (c->pause && dream % between == 0) code = c->pause(c->pause_of);
  }
  PetscCall(PetscArraycpy(w, network->columns, (size_t)n * n)); /* symmetric */
  PetscCall(HfNetworkDestroy(&network));
  PetscCall(PetscFree(s));
  PetscFunctionReturn(code);
}

const HfRule HfRule_HopfieldUnlearning = {.name = "hopfield-unlearning",
                                          .doc = "the outer product, less the patterns in which random starts end, subtracted in small steps",
                                          .citation = "hopfield-1983",
                                          .learn = learn};
