/* Disk: (x - at_x)^2 + (y - at_y)^2 <= (diameter/2)^2. */
#include "../grid_impl.h"

static const HfKey keys[] = {
    {"diameter", HF_QUANTITY, "m", NULL, ">0", 0, "Diameter"},
    {"at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Centre"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode settings(HfDeck deck, HfNode node, HfShape shape) {
  PetscFunctionBeginUser;
  shape->size[0] = HfReal(node, "diameter");
  for (int d = 0; d < 2; ++d) shape->at[d] = HfRealAt(node, "at", d);
  PetscFunctionReturn(0);
}

static PetscBool contains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance) {
  return (PetscBool)(hypot(x - shape->at[0], y - shape->at[1]) <= 0.5 * shape->size[0] + tolerance);
}

extern const HfShapeKind HfShapeKind_disk;
const HfShapeKind HfShapeKind_disk = {HF_SHAPE_ROW("disk", "A disk"), keys, settings, contains};
