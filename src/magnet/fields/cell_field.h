/* What terms with a given field in every cell share, E = -mu0 Ms m.H: their state begins with an HfCellField, and these are their hooks. */
#pragma once
#include "../term.h"

typedef struct {
  Vec field;               /* NULL: none */
  const PetscScalar *rows; /* its rows of this rank, three numbers per cell, A/m */
} HfCellField;

PetscErrorCode HfCellFieldDestroy(HfTerm *term);
PetscErrorCode HfCellFieldSettings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active); /* p: mu0 Ms in T */
void HfCellFieldAdd(const HfTerm *term, const PetscReal p[], const HfSpan *span);
PetscReal HfCellFieldEnergy(const HfTerm *term, const PetscReal p[], const HfSpan *span);
PetscReal HfCellFieldLargest(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to);
