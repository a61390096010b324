/* Image: the dark pixels of a portable bitmap or graymap (PBM P1/P4, PGM P2/P5; netpbm.sourceforge.net/doc), stretched over a rectangle. The first
   row of the file is the top. Dark: black in PBM, below the threshold in PGM. */
#include "../grid_impl.h"
#include <ctype.h>

static const HfKey keys[] = {
    {"file", HF_TEXT, "file", NULL, "", 0, "PBM or PGM file, relative to the deck; dark pixels belong to the shape"},
    {"size", HF_QUANTITIES, "m", NULL, ">0", 2, "Extent of the image along x and y"},
    {"at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Centre of the image"},
    {"threshold", HF_NUMBER, NULL, "0.5", "[0,1]", 0, "Grey level, as part of white, below which a pixel is dark"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  const char *p, *end;
  PetscBool bad;
} Reader;

/* Next whole number of the header or of a plain file; comments run from # to the end of the line. A plain bitmap may have no blanks. */
static PetscInt next_number(Reader *r, PetscBool single_digit) {
  PetscInt value = 0, digits = 0;

  while (r->p < r->end && (isspace((unsigned char)*r->p) || *r->p == '#')) {
    if (*r->p == '#')
      while (r->p < r->end && *r->p != '\n') ++r->p;
    else
      ++r->p;
  }
  while (r->p < r->end && isdigit((unsigned char)*r->p) && digits < (single_digit ? 1 : 9)) {
    value = 10 * value + (*r->p++ - '0');
    ++digits;
  }
  if (!digits) r->bad = PETSC_TRUE;
  return value;
}

static PetscErrorCode decode(const char *text, size_t length, PetscReal threshold, HfShape shape, const char **why) {
  Reader r = {text + 2, text + length, PETSC_FALSE};
  const char format = length > 2 && text[0] == 'P' ? text[1] : '?';
  PetscBool bitmap = (PetscBool)(format == '1' || format == '4'), plain = (PetscBool)(format == '1' || format == '2');
  PetscInt white = 1;
  size_t stride;

  PetscFunctionBeginUser;
  *why = NULL;
  if (!bitmap && format != '2' && format != '5') {
    *why = "is not a PBM or PGM file (P1, P2, P4 or P5)";
    PetscFunctionReturn(0);
  }
  shape->columns = next_number(&r, PETSC_FALSE);
  shape->rows = next_number(&r, PETSC_FALSE);
  if (!bitmap) white = next_number(&r, PETSC_FALSE);
  if (r.bad || shape->columns < 1 || shape->rows < 1 || shape->columns > 65536 || shape->rows > 65536 || white < 1 || white > 65535) {
    *why = "has a header that cannot be read";
    PetscFunctionReturn(0);
  }
  ++r.p; /* the single blank after the header of a raw file */
  stride = bitmap ? (size_t)(shape->columns + 7) / 8 : (size_t)shape->columns * (white > 255 ? 2 : 1);
  if (!plain && (r.p > r.end || (size_t)(r.end - r.p) < stride * (size_t)shape->rows)) {
    *why = "ends before its last pixel";
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(shape->columns * shape->rows, &shape->pixels));
  for (PetscInt j = 0; j < shape->rows; ++j) {
    const unsigned char *raw = (const unsigned char *)r.p + stride * (size_t)j;

    for (PetscInt i = 0; i < shape->columns; ++i) {
      PetscInt grey;

      if (plain)
        grey = next_number(&r, bitmap);
      else if (bitmap)
        grey = (raw[i / 8] >> (7 - i % 8)) & 1;
      else
        grey = white > 255 ? 256 * raw[2 * i] + raw[2 * i + 1] : raw[i];
      shape->pixels[j * shape->columns + i] = bitmap ? grey == 1 : (PetscReal)grey < threshold * (PetscReal)white;
    }
  }
  if (r.bad) *why = "ends before its last pixel";
  PetscFunctionReturn(0);
}

static PetscErrorCode create(HfDeck deck, HfNode node, HfShape shape) {
  char path[PETSC_MAX_PATH_LEN], *text;
  size_t length;
  const char *why;

  PetscFunctionBeginUser;
  for (int d = 0; d < 2; ++d) {
    shape->size[d] = HfRealAt(node, "size", d);
    shape->at[d] = HfRealAt(node, "at", d);
  }
  PetscCall(HfDeckFilePath(deck, HfChild(node, "file"), path, sizeof(path)));
  PetscCall(HfReadFile(HfDeckComm(deck), path, &text, &length, &why));
  if (text) PetscCall(decode(text, length, HfReal(node, "threshold"), shape, &why));
  if (why) PetscCall(HfDeckError(deck, HfChild(node, "file"), text ? "image %s %s" : "cannot read image %s: %s", path, why));
  PetscCall(PetscFree(text));
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
const HfShapeKind HfShapeKind_image = {"image", "The dark pixels of a PBM or PGM image", keys, PETSC_FALSE, create, contains};
