/* Rectangle with sides along x and y: |x - at_x| <= width/2, |y - at_y| <= height/2. A side of zero length makes it a segment, as for a contact
   along an edge of the film. */
#include "../grid_impl.h"

static const HfKey keys[] = {
    {"size", HF_QUANTITIES, "m", NULL, ">=0", 2, "Extent along x and y; 0 makes a segment, for a contact along an edge"},
    {"at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Centre"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode settings(HfDeck deck, HfNode node, HfShape shape) {
  PetscFunctionBeginUser;
  for (int d = 0; d < 2; ++d) {
    shape->size[d] = HfRealAt(node, "size", d);
    shape->at[d] = HfRealAt(node, "at", d);
  }
  PetscFunctionReturn(0);
}

static PetscBool contains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance) {
  return (PetscBool)(PetscAbsReal(x - shape->at[0]) <= 0.5 * shape->size[0] + tolerance &&
                     PetscAbsReal(y - shape->at[1]) <= 0.5 * shape->size[1] + tolerance);
}

extern const HfShapeKind HfShapeKind_rectangle;
const HfShapeKind HfShapeKind_rectangle = {HF_SHAPE_ROW("rectangle", "A rectangle with sides along x and y"), keys, settings, contains};
