/* What the checks of the materials ask of the anisotropy. */
#pragma once
#include "../term.h"
extern const HfTermType HfTermType_uniaxial;
PetscReal HfTermUniaxialLargest(const HfTerm *term, PetscInt region); /* |Ku| of the cell of the region where it is largest, J/m^3 */
