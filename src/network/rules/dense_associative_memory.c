/* The dense associative memory, E(V) = -sum_p (x^p.V)^degree: a node takes the sign of lower energy, all others
   fixed (Krotov & Hopfield 2016, their polynomial energy). It stores of the order of N^(degree-1) patterns and has no pair weights for degrees above 2;
   degree 2 recalls as the outer product does. The local field is in local_field.c.

   The patterns themselves are the memory: nothing is learned. It is neither the rectified polynomial that the same paper uses for classification, nor a
   memory with an exponential energy; the learning rule of the same authors is in competing_hidden_units.c. */
#include "rules.h"

static PetscErrorCode network(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], HfNetwork *network) {
  PetscFunctionBeginUser;
  PetscCall(HfNetworkCreateDense(n, n_patterns, x, context ? context->degree : HF_RULE_DEFAULTS.degree, network));
  PetscFunctionReturn(0);
}

const HfRule HfRule_DenseAssociativeMemory = {
    .name = "dense-associative-memory",
    .former = "krotov-hopfield",
    .doc = "the memory of Krotov and Hopfield 2016 with the polynomial energy -sum (x.V)^degree over the stored patterns, no pair weights; their "
           "learning rule of 2019 is competing-hidden-units",
    .citation = "krotov-hopfield-2016",
    .network = network};
