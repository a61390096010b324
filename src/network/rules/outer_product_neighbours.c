/* The outer product on the links of the node lattice alone, w_ij = (L_ij/N) sum_p x_i x_j: the most that a film can
   store whose current flows between neighbours alone. L_ij counts the links between the nodes of pixel i and those of pixel j; a link between nodes with
   signs s and t is driven by s x_i and t x_j and read with the same signs, so they cancel. */
#include "rules.h"

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  PetscFunctionBeginUser;
  PetscCheck(context && context->links, PETSC_COMM_SELF, PETSC_ERR_ARG_NULL, "the neighbours of the pixels are unknown");
  PetscCall(HfRule_OuterProduct.learn(context, n, n_patterns, x, w));
  for (PetscInt e = 0; e < n * n; ++e) w[e] *= context->links[e];
  PetscFunctionReturn(0);
}

const HfRule HfRule_OuterProductNeighbours = {
    .name = "outer-product-neighbours",
    .doc = "the outer product between pixels whose nodes are nearest neighbours, times the number of such links",
    .citation = "hopfield-1982",
    .needs_links = PETSC_TRUE,
    .learn = learn};
