/* Portable bitmaps and graymaps (PBM P1/P4, PGM P2/P5; netpbm.sourceforge.net/doc). The first row of the file is the top. A file holds one image; lines may
   end in LF or in CR LF.

   PNG files are read by libpng (image_png.c). It reads none of these four formats, stb_image P5 alone, and libnetpbm, which reads all, ends the program or
   jumps out of it when a file is damaged and reads a stream, not the text that one rank read for all; the 100 lines here, which are fuzzed
   (tests/fuzz/image.c), cost less than a package on every cluster, and pixel art in a text file is what patterns are made of. */
#include "image.h"
#include <ctype.h>

typedef struct {
  const char *p, *end;
  PetscBool bad;
} Reader;

/* Past blanks and comments, which run from # to the end of the line. */
static void skip_blanks(Reader *r) {
  while (r->p < r->end && (isspace((unsigned char)*r->p) || *r->p == '#')) {
    if (*r->p == '#')
      while (r->p < r->end && *r->p != '\n' && *r->p != '\r') ++r->p;
    else
      ++r->p;
  }
}

/* Next whole number of the header or of a plain file. A plain bitmap may have no blanks. */
static PetscInt next_number(Reader *r, PetscBool single_digit) {
  PetscInt value = 0, digits = 0;

  skip_blanks(r);
  while (r->p < r->end && isdigit((unsigned char)*r->p) && digits < (single_digit ? 1 : 9)) {
    value = 10 * value + (*r->p++ - '0');
    ++digits;
  }
  if (!digits) r->bad = PETSC_TRUE;
  return value;
}

/* The header, from behind "P5". */
static const char *read_header(Reader *r, PetscBool bitmap, HfImage *image, PetscInt *white) {
  image->columns = next_number(r, PETSC_FALSE);
  image->rows = next_number(r, PETSC_FALSE);
  *white = bitmap ? 1 : next_number(r, PETSC_FALSE);
  if (r->bad || image->columns < 1 || image->rows < 1 || image->columns > 65536 || image->rows > 65536 || *white < 1 || *white > 65535)
    return "has a header that cannot be read";
  if ((PetscInt64)image->columns * image->rows > HF_MAX_PIXELS) return "has more than 2^26 pixels";
  return NULL;
}

/* From the header to the first of `length` bytes of pixels: a single blank, or the two of a line that ends in CR LF, of which the length tells. */
static const char *find_raw(Reader *r, size_t length) {
  const size_t left = (size_t)(r->end - r->p);

  if (left < length + 1) return "ends before its last pixel";
  if (!isspace((unsigned char)*r->p)) return "has a header that cannot be read";
  if (left == length + 2 && r->p[0] == '\r' && r->p[1] == '\n')
    r->p += 2;
  else if (left == length + 1)
    ++r->p;
  else
    return "goes on after its last pixel: it must hold one image and nothing else";
  return NULL;
}

static PetscInt raw_grey(const unsigned char *row, PetscInt i, PetscBool bitmap, PetscInt white) {
  if (bitmap) return (row[i / 8] >> (7 - i % 8)) & 1;
  return white > 255 ? 256 * row[2 * i] + row[2 * i + 1] : row[i];
}

static PetscErrorCode decode(const char *text, size_t length, HfImage *image, const char **why) {
  Reader r = {text + 2, text + length, PETSC_FALSE};
  const char format = length > 2 && text[0] == 'P' ? text[1] : '?';
  const PetscBool bitmap = (PetscBool)(format == '1' || format == '4'), plain = (PetscBool)(format == '1' || format == '2');
  PetscInt white = 1;
  size_t stride;

  PetscFunctionBeginUser;
  *why = NULL;
  if (!bitmap && format != '2' && format != '5') {
    *why = "is not a PNG, PBM or PGM file (P1, P2, P4 or P5)";
    PetscFunctionReturn(0);
  }
  *why = read_header(&r, bitmap, image, &white);
  if (*why) PetscFunctionReturn(0);
  stride = bitmap ? (size_t)(image->columns + 7) / 8 : (size_t)image->columns * (white > 255 ? 2 : 1);
  if (!plain)
    *why = find_raw(&r, stride * (size_t)image->rows);
  else if ((PetscInt64)(r.end - r.p) < (PetscInt64)image->columns * image->rows) /* a digit each */
    *why = "ends before its last pixel";
  if (*why) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(image->columns * image->rows, &image->grey));
  for (PetscInt j = 0; j < image->rows; ++j)
    for (PetscInt i = 0; i < image->columns; ++i) {
      const PetscInt grey = plain ? next_number(&r, bitmap) : raw_grey((const unsigned char *)r.p + stride * (size_t)j, i, bitmap, white);

      if (grey > white) *why = "has a pixel that is brighter than its white";
      image->grey[j * image->columns + i] = bitmap ? (PetscReal)(grey != 1) : (PetscReal)grey / (PetscReal)white;
    }
  if (plain) skip_blanks(&r);
  if (r.bad)
    *why = "ends before its last pixel";
  else if (plain && r.p < r.end && !*why)
    *why = "goes on after its last pixel: it must hold one image and nothing else";
  PetscFunctionReturn(0);
}

PetscErrorCode HfImageRead(MPI_Comm comm, const char path[], HfImage *image, PetscBool *opened, const char **why) {
  char *text;
  size_t length;

  PetscFunctionBeginUser;
  *image = (HfImage){0};
  PetscCall(HfReadFile(comm, path, &text, &length, why));
  *opened = (PetscBool)(text != NULL);
  if (text && HfImageIsPng(text, length))
    PetscCall(HfImageDecodePng(text, length, image, why));
  else if (text)
    PetscCall(decode(text, length, image, why));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfImageDestroy(HfImage *image) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(image->grey));
  PetscCall(PetscFree(image->rgba));
  PetscFunctionReturn(0);
}

PetscErrorCode HfImageCheckAspect(HfDeck deck, HfNode place, const HfImage *image, const PetscReal size[2]) {
  const PetscReal pixel[2] = {size[0] / (PetscReal)image->columns, size[1] / (PetscReal)image->rows};

  PetscFunctionBeginUser;
  if (PetscAbsReal(pixel[0] - pixel[1]) <= 0.01 * PetscMax(pixel[0], pixel[1])) PetscFunctionReturn(0);
  PetscCall(HfDeckWarn(deck, place, "the image of %d x %d pixels is stretched over %.6g x %.6g nm: its pixels become %.4g x %.4g nm, not square",
                       (int)image->columns, (int)image->rows, 1e9 * (double)size[0], 1e9 * (double)size[1], 1e9 * (double)pixel[0],
                       1e9 * (double)pixel[1]));
  PetscFunctionReturn(0);
}
