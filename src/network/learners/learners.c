/* The list of learners. */
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
