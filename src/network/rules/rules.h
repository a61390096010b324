/* Declares every rule of rules.def, and what rules share or tests look into. */
#pragma once
#include <hopfilm/network.h>

#define HF_RULE(name) extern const HfRule HfRule_##name;
#include "rules.def"
#undef HF_RULE

/* oja_subspace.c: so many neurons learn the patterns; w[n*n]. */
PetscErrorCode HfRuleOja(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt n_neurons, PetscReal w[]);
/* competing_hidden_units.c: hidden units learn, from the weights W[n_units*n] that they are given. */
PetscErrorCode HfRuleCompete(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt n_units, PetscReal W[]);
/* stdp.c: relative change after 60 pairs of spikes, lag = t_post - t_pre in ms. */
PetscReal HfStdpWindow(PetscReal lag);
/* coupled_learning.c: resistors learn to show the patterns, by coupled learning or by equilibrium propagation. */
PetscErrorCode HfRuleResistors(const HfRuleContext *context, PetscBool equilibrium, PetscInt n, PetscInt n_patterns, const PetscReal x[],
                               HfNetwork *network);
