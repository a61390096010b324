/* The one term that is set from outside. */
#pragma once
#include "../term.h"
extern const HfTermType HfTermType_stored;
PetscErrorCode HfTermStoredSet(HfTerm *term, PetscInt n_regions, Vec field); /* field NULL: off */
