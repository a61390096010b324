/* What the step `wire` trains in place of the film: a model of what the conductance of each link between near nodes becomes with a wiring
   (HfWiringModel of network.h). Either the surrogate of the film, driven with the mean of the patterns, or the outer product of neighbours, a
   control. */
#pragma once
#include "../step.h"

typedef struct {
  HfWiringModel model;
  PetscInt n_patterns, n, n_nodes;
  const PetscReal *x;    /* [n_patterns][n], borrowed */
  PetscReal *mean;       /* [n]: mean drive of each pixel */
  HfSurrogate surrogate; /* of the film */
  PetscReal *V;          /* [n_nodes] */
  PetscInt *links;       /* of the outer product: neighbours [n_links][2] */
  PetscReal *G, *zeros;  /* [n_links] */
} HfWiringLearner;

PetscErrorCode HfWiringLearnerCheckFilm(HfScheduleCheck *check, HfNode node); /* a film that the surrogate cannot model is an error of the deck */
/* Patterns x[n_patterns][n] in the order of training; in the mean a pulse has `decay` times the weight of the one after it. One of the two
   functions below completes the learner, which must not be moved after that. Not collective. */
PetscErrorCode HfWiringLearnerCreate(HfDevice device, PetscInt n_patterns, const PetscReal x[], PetscReal decay, HfWiringLearner *learner);
PetscErrorCode HfWiringLearnerSetFilm(HfDevice device, PetscReal voltage, HfWiringLearner *learner); /* V. Collective. */
PetscErrorCode HfWiringLearnerSetRule(HfDevice device, HfWiringLearner *learner);                    /* Not collective. */
PetscErrorCode HfWiringLearnerDestroy(HfWiringLearner *learner);
