/* The applied field, where the schedule changes it. */
#pragma once
#include "../term.h"

extern const HfTermType HfTermType_zeeman;
/* A term of that type: H (A/m) in place of field.uniform. */
void HfTermZeemanSet(HfTerm *term, PetscInt n_regions, const PetscReal H[3]);
