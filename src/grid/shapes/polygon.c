/* Polygon, even-odd rule: a point is inside when a ray from it crosses the outline an odd number of times. Points within the tolerance of the
   outline count as inside. */
#include "../grid_impl.h"

static const HfKey keys[] = {
    {"corners", HF_QUANTITIES, "m", NULL, "", 0, "Corners in order: [x1, y1, x2, y2, x3, y3, ...]"},
    {"at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Shift of all corners"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode settings(HfDeck deck, HfNode node, HfShape shape) {
  PetscFunctionBeginUser;
  shape->n_values = HfCount(node, "corners");
  if (shape->n_values < 6 || shape->n_values % 2) {
    PetscCall(HfDeckError(deck, HfChild(node, "corners"),
                          "a polygon needs three corners or more, two numbers each; %" PetscInt_FMT " numbers are given", shape->n_values));
    shape->n_values = 0;
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(shape->n_values, &shape->values));
  for (PetscInt k = 0; k < shape->n_values; ++k) shape->values[k] = HfRealAt(node, "corners", k) + HfRealAt(node, "at", k % 2);
  PetscFunctionReturn(0);
}

static PetscReal distance_to_segment(PetscReal x, PetscReal y, const PetscReal a[2], const PetscReal b[2]) {
  const PetscReal ux = b[0] - a[0], uy = b[1] - a[1], length2 = ux * ux + uy * uy;
  const PetscReal t = length2 > 0 ? PetscMin(1.0, PetscMax(0.0, ((x - a[0]) * ux + (y - a[1]) * uy) / length2)) : 0;

  return hypot(x - a[0] - t * ux, y - a[1] - t * uy);
}

static PetscBool contains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance) {
  const PetscInt n = shape->n_values / 2;
  PetscBool inside = PETSC_FALSE;

  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal *a = &shape->values[2 * k], *b = &shape->values[2 * ((k + 1) % n)];

    if (distance_to_segment(x, y, a, b) <= PetscAbsReal(tolerance)) return (PetscBool)(tolerance >= 0);
    if ((a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])) inside = (PetscBool)!inside;
  }
  return inside;
}

extern const HfShapeKind HfShapeKind_polygon;
const HfShapeKind HfShapeKind_polygon = {HF_SHAPE_ROW("polygon", "A polygon (even-odd rule)"), keys, settings, contains};
