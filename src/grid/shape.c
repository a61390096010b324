/* Shapes: the list of kinds and what they share. A kind is one file in shapes/ and one line in shapes.def. */
#include "grid_impl.h"

#define HF_SHAPE(name) extern const HfShapeKind HfShapeKind_##name;
#include "shapes.def"
#undef HF_SHAPE
static const HfShapeKind *const kinds[] = {
#define HF_SHAPE(name) &HfShapeKind_##name,
#include "shapes.def"
#undef HF_SHAPE
};
static const size_t n_kinds = sizeof(kinds) / sizeof(kinds[0]);

PetscErrorCode HfShapeRegisterKeys(HfKeys keys) {
  static const HfKey self[] = {{"shape:", HF_VARIANT, NULL, "", "", 0, "A shape in the plane of the film"},
                               {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}};

  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", self));
  for (size_t k = 0; k < n_kinds; ++k) {
    PetscCall(HfKeysAdd(keys, "shape:", kinds[k]->row));
    if (kinds[k]->keys) {
      char prefix[64];
      PetscCall(PetscSNPrintf(prefix, sizeof(prefix), "shape:%s", kinds[k]->row[0].path));
      PetscCall(HfKeysAdd(keys, prefix, kinds[k]->keys));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode shape_settings(HfDeck deck, HfNode node, HfShape shape) {
  const char *name;
  HfNode value = HfVariant(node, &name);

  PetscFunctionBeginUser;
  for (size_t k = 0; k < n_kinds; ++k) {
    PetscBool same;
    PetscCall(PetscStrcmp(name, kinds[k]->row[0].path, &same));
    if (same) shape->kind = kinds[k];
  }
  PetscCheck(shape->kind, PETSC_COMM_SELF, PETSC_ERR_PLIB, "shape '%s' is in the key table but not in shapes.def", name);
  if (shape->kind->row[0].type == HF_TYPES) {
    shape->n_parts = HfNodeLength(value);
    PetscCall(PetscCalloc1(shape->n_parts, &shape->parts));
    for (PetscInt k = 0; k < shape->n_parts; ++k) PetscCall(HfShapeCreate(deck, HfNodeItem(value, k), &shape->parts[k]));
    if (!shape->n_parts) PetscCall(HfDeckError(deck, value, "%s needs at least one shape", name));
  }
  if (shape->kind->settings) PetscCall((*shape->kind->settings)(deck, value, shape));
  PetscFunctionReturn(0);
}

PetscErrorCode HfShapeCreate(HfDeck deck, HfNode node, HfShape *shape) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(shape));
  PetscCall(shape_settings(deck, node, *shape));
  PetscFunctionReturn(0);
}

PetscErrorCode HfShapeCreateFromPixels(PetscInt columns, PetscInt rows, const PetscReal size[2], unsigned char *pixels, HfShape *shape) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(shape));
  **shape = (struct HfShape_){.kind = &HfShapeKind_image, .size = {size[0], size[1]}, .columns = columns, .rows = rows, .pixels = pixels};
  PetscFunctionReturn(0);
}

PetscErrorCode HfShapeDestroy(HfShape *shape) {
  PetscFunctionBeginUser;
  if (!*shape) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < (*shape)->n_parts; ++k) PetscCall(HfShapeDestroy(&(*shape)->parts[k]));
  PetscCall(PetscFree((*shape)->parts));
  PetscCall(PetscFree((*shape)->values));
  PetscCall(PetscFree((*shape)->pixels));
  PetscCall(PetscFree(*shape));
  PetscFunctionReturn(0);
}

PetscBool HfShapeContains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance) { return (*shape->kind->contains)(shape, x, y, tolerance); }

void HfShapeBox(HfShape shape, PetscReal low[2], PetscReal high[2]) {
  const PetscReal half = 0.5 * PetscMax(shape->size[0], shape->size[1]);

  for (int d = 0; d < 2; ++d) {
    low[d] = shape->n_parts || shape->n_values ? PETSC_INFINITY : half > 0 ? shape->at[d] - half : -PETSC_INFINITY;
    high[d] = shape->n_parts || shape->n_values ? -PETSC_INFINITY : half > 0 ? shape->at[d] + half : PETSC_INFINITY;
  }
  for (PetscInt k = 0; k < shape->n_values; ++k) {
    low[k % 2] = PetscMin(low[k % 2], shape->values[k]);
    high[k % 2] = PetscMax(high[k % 2], shape->values[k]);
  }
  for (PetscInt k = 0; k < shape->n_parts; ++k) {
    PetscReal from[2], to[2];
    HfShapeBox(shape->parts[k], from, to);
    for (int d = 0; d < 2; ++d) {
      low[d] = PetscMin(low[d], from[d]);
      high[d] = PetscMax(high[d], to[d]);
    }
  }
}
