/* The list of learners, and what several of them share. */
#include "learners.h"

static const HfLearner *const LEARNERS[] = {
#define HF_LEARNER(name) &HfLearner_##name,
#include "learners.def"
#undef HF_LEARNER
};

PetscInt HfLearnerCount(void) { return (PetscInt)PETSC_STATIC_ARRAY_LENGTH(LEARNERS); }

const HfLearner *HfLearnerGet(PetscInt k) { return LEARNERS[k]; }

const HfLearner *HfLearnerFind(const char *name) {
  for (PetscInt k = 0; k < HfLearnerCount(); ++k)
    if (!strcmp(LEARNERS[k]->name, name)) return LEARNERS[k];
  return NULL;
}

void HfMeanAndError(PetscInt n, const PetscReal values[], PetscReal *mean, PetscReal *error) {
  PetscReal square = 0.0;

  *mean = 0.0;
  for (PetscInt k = 0; k < n; ++k) *mean += values[k];
  *mean /= (PetscReal)PetscMax(1, n);
  for (PetscInt k = 0; k < n; ++k) square += PetscSqr(values[k] - *mean);
  *error = n > 1 ? PetscSqrtReal(square / ((PetscReal)n * (n - 1))) : 0.0;
}
