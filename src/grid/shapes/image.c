/* Image: the dark pixels of a PNG, PBM or PGM file, stretched over a rectangle; dark is below the threshold. What is less than half opaque counts as white,
   so it is outside. */
#include "../grid_impl.h"

static const HfKey keys[] = {
    {"file", HF_TEXT, "file", NULL, "", 0,
     "PNG, PBM or PGM file, relative to the deck; dark pixels that are at least half opaque belong to the shape"},
    {"size", HF_QUANTITIES, "m", "", ">0", 2, "Extent of the image along x and y, over which it is stretched; that of the film when left out"},
    {"at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Centre of the image"},
    {"threshold", HF_NUMBER, NULL, "0.5", "[0,1]", 0, "Grey level, as part of white, below which a pixel is dark; colours count by their luma"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode settings(HfDeck deck, HfNode node, HfShape shape) {
  char path[PETSC_MAX_PATH_LEN];
  PetscBool opened;
  const char *why;
  HfImage image;

  HfFilmSettings film;
  const PetscReal threshold = HfReal(node, "threshold");

  PetscFunctionBeginUser;
  HfFilmSettingsRead(deck, &film);
  for (int d = 0; d < 2; ++d) {
    shape->size[d] = HfHas(node, "size") ? HfRealAt(node, "size", d) : film.size[d];
    shape->at[d] = HfRealAt(node, "at", d);
  }
  PetscCall(HfDeckFilePath(deck, HfChild(node, "file"), path, sizeof(path)));
  PetscCall(HfImageRead(HfDeckComm(deck), path, &image, &opened, &why));
  if (why) PetscCall(HfDeckError(deck, HfChild(node, "file"), opened ? "image %s %s" : "cannot read image %s: %s", path, why));
  if (!why) {
    PetscCall(HfImageCheckAspect(deck, HfChild(node, HfHas(node, "size") ? "size" : "file"), &image, shape->size));
    shape->columns = image.columns;
    shape->rows = image.rows;
    PetscCall(PetscMalloc1(image.columns * image.rows, &shape->pixels));
    for (PetscInt k = 0; k < image.columns * image.rows; ++k) shape->pixels[k] = image.grey[k] < threshold;
  }
  PetscCall(HfImageDestroy(&image));
  PetscFunctionReturn(0);
}

static PetscBool contains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance) {
  const PetscReal u = (x - shape->at[0]) / shape->size[0] + 0.5, v = 0.5 - (y - shape->at[1]) / shape->size[1];
  const PetscReal slack = PetscMax(tolerance, 0) / PetscMin(shape->size[0], shape->size[1]);
  PetscInt i, j;

  if (!shape->pixels || u < -slack || v < -slack || u > 1 + slack || v > 1 + slack) return PETSC_FALSE;
  i = PetscMin(PetscMax((PetscInt)floor(u * (PetscReal)shape->columns), 0), shape->columns - 1);
  j = PetscMin(PetscMax((PetscInt)floor(v * (PetscReal)shape->rows), 0), shape->rows - 1);
  return (PetscBool)shape->pixels[j * shape->columns + i];
}

extern const HfShapeKind HfShapeKind_image;
const HfShapeKind HfShapeKind_image = {HF_SHAPE_ROW("image", "The dark pixels of a PNG, PBM or PGM image"), keys, settings, contains};
