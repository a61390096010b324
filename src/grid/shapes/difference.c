/* Difference: a point of the first part and of none of the others. A tolerance widens the first part and narrows the others. */
#include "../grid_impl.h"

static PetscBool contains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance) {
  if (!shape->n_parts || !HfShapeContains(shape->parts[0], x, y, tolerance)) return PETSC_FALSE;
  for (PetscInt k = 1; k < shape->n_parts; ++k)
    if (HfShapeContains(shape->parts[k], x, y, -tolerance)) return PETSC_FALSE;
  return PETSC_TRUE;
}

extern const HfShapeKind HfShapeKind_difference;
const HfShapeKind HfShapeKind_difference = {HF_SHAPE_ROW_OF_PARTS("difference", "The first shape of the list without the others"), NULL, NULL,
                                            contains};
