/* Oja's rule (Oja 1982): a linear neuron y = sum_j c_j x_j whose weights grow with its input and output, and decay with the square of the output,

     c_j <- c_j + eta <y (x_j - y c_j)>,      w_ij = c_i c_j

   c becomes the first principal component of the patterns, the eigenvector of <x x^T> with the largest eigenvalue, of length 1. The neuron that drives its
   inputs back through the same weights is a network of one memory: of several patterns it keeps the state that they have most in common. Where
   the largest eigenvalue is degenerate, as that of orthogonal patterns, the start decides.

   The details are those of oja_subspace.c, of which this is the case of one neuron. Not to be confused with Eq. (2) of Niu et al. 2024, reduced_model.c.

   Measured by inputs/learners/plasticity.yaml on E, C, P, three starts: one state comes back from every image. */
#include "rules.h"

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  return HfRuleOja(context, n, n_patterns, x, 1, w);
}

const HfRule HfRule_OjaNeuron = {
    .name = "oja-neuron",
    .doc = "Oja's rule of 1982 for one linear neuron, whose weights c become the first principal component of the patterns; w = c cT, zero diagonal",
    .citation = "oja-1982",
    .on_request = PETSC_TRUE,
    .learn = learn};
