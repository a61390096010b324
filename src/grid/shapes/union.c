/* Union: a point of any of the parts. */
#include "../grid_impl.h"

static PetscBool contains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance) {
  for (PetscInt k = 0; k < shape->n_parts; ++k)
    if (HfShapeContains(shape->parts[k], x, y, tolerance)) return PETSC_TRUE;
  return PETSC_FALSE;
}

extern const HfShapeKind HfShapeKind_union;
const HfShapeKind HfShapeKind_union = {HF_SHAPE_ROW_OF_PARTS("union", "All points of any of the shapes in the list"), NULL, NULL, contains};
