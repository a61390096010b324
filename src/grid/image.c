/* Portable bitmaps and graymaps (PBM P1/P4, PGM P2/P5; netpbm.sourceforge.net/doc). The first row of the file is the top.

   Why not a library: libpng reads none of these four formats, stb_image P5 alone, and libnetpbm, which reads all, ends the program or jumps out of it when a
   file is damaged and reads a stream, not the text that one rank read for all; it would be one more package on every cluster for the 100 lines here, which
   are fuzzed (tests/fuzz/image.c). */
#include "grid_impl.h"
#include <ctype.h>

#define MAX_PIXELS (1 << 26) /* 8192 x 8192: half a gigabyte of grey levels */

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

static PetscErrorCode decode(const char *text, size_t length, HfImage *image, const char **why) {
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
  image->columns = next_number(&r, PETSC_FALSE);
  image->rows = next_number(&r, PETSC_FALSE);
  if (!bitmap) white = next_number(&r, PETSC_FALSE);
  if (r.bad || image->columns < 1 || image->rows < 1 || image->columns > 65536 || image->rows > 65536 || white < 1 || white > 65535) {
    *why = "has a header that cannot be read";
    PetscFunctionReturn(0);
  }
  if ((PetscInt64)image->columns * image->rows > MAX_PIXELS) {
    *why = "has more than 2^26 pixels";
    PetscFunctionReturn(0);
  }
  if (plain && (PetscInt64)(r.end - r.p) < (PetscInt64)image->columns * image->rows) { /* a digit each */
    *why = "ends before its last pixel";
    PetscFunctionReturn(0);
  }
  ++r.p; /* the single blank after the header of a raw file */
  stride = bitmap ? (size_t)(image->columns + 7) / 8 : (size_t)image->columns * (white > 255 ? 2 : 1);
  if (!plain && (r.p > r.end || (size_t)(r.end - r.p) < stride * (size_t)image->rows)) {
    *why = "ends before its last pixel";
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(image->columns * image->rows, &image->grey));
  for (PetscInt j = 0; j < image->rows; ++j) {
    const unsigned char *raw = (const unsigned char *)r.p + stride * (size_t)j;

    for (PetscInt i = 0; i < image->columns; ++i) {
      PetscInt grey;

      if (plain)
        grey = next_number(&r, bitmap);
      else if (bitmap)
        grey = (raw[i / 8] >> (7 - i % 8)) & 1;
      else
        grey = white > 255 ? 256 * raw[2 * i] + raw[2 * i + 1] : raw[i];
      image->grey[j * image->columns + i] = bitmap ? (PetscReal)(grey != 1) : (PetscReal)grey / (PetscReal)white;
    }
  }
  if (r.bad) *why = "ends before its last pixel";
  PetscFunctionReturn(0);
}

PetscErrorCode HfImageRead(MPI_Comm comm, const char path[], HfImage *image, PetscBool *opened, const char **why) {
  char *text;
  size_t length;

  PetscFunctionBeginUser;
  *image = (HfImage){0};
  PetscCall(HfReadFile(comm, path, &text, &length, why));
  *opened = (PetscBool)(text != NULL);
  if (text) PetscCall(decode(text, length, image, why));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfImageDestroy(HfImage *image) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(image->grey));
  PetscFunctionReturn(0);
}
