/* Equilibrium propagation (Scellier & Bengio 2017; review of Yu et al. 2024, Eq. 11): the resistors of coupled_learning.c, whose outputs are drawn to their
   targets by a conductance in place of being held on the way to them. */
#include "rules.h"

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], HfNetwork *network) {
  return HfRuleResistors(context, PETSC_TRUE, n, n_patterns, x, network);
}

const HfRule HfRule_EquilibriumPropagation = {.name = "equilibrium-propagation",
                                              .doc = "the resistors of coupled-learning, with outputs drawn to their targets by a conductance",
                                              .citation = "scellier-bengio-2017",
                                              .on_request = PETSC_TRUE,
                                              .network = learn};
