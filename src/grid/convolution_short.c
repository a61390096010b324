/* convolution_short.c: what convolution_columns.c and convolution_multiply.c do, for short columns: the four of a batch stay side by side, as the rows
   bring them, so that nothing is turned and loops run over rows and columns in one. FFTW transforms short columns so as fast as one after the other;
   long ones, of which every element is four cache lines from the next, half as fast. */
#include "convolution_impl.h"

#define L HF_CONV_BATCH

/* Rows times w^j. */
HF_KERNEL static void twist(PetscInt n, const PetscReal *restrict w, const PetscReal *restrict x, PetscReal *restrict y) {
  for (PetscInt j = 0; j < n; j++)
    for (PetscInt l = 0; l < L; l++) {
      const PetscInt k = 2 * (L * j + l);
      y[k] = x[k] * w[2 * j] - x[k + 1] * w[2 * j + 1];
      y[k + 1] = x[k] * w[2 * j + 1] + x[k + 1] * w[2 * j];
    }
}

/* even + odd w^(-j) */
HF_KERNEL static void untwist(PetscInt n, const PetscReal *restrict w, const PetscReal *restrict even, const PetscReal *restrict odd,
                              PetscReal *restrict z) {
  for (PetscInt j = 0; j < n; j++)
    for (PetscInt l = 0; l < L; l++) {
      const PetscInt k = 2 * (L * j + l);
      z[k] = even[k] + (odd[k] * w[2 * j] + odd[k + 1] * w[2 * j + 1]);
      z[k + 1] = even[k + 1] + (odd[k + 1] * w[2 * j] - odd[k] * w[2 * j + 1]);
    }
}

void HfConvolutionGatherShort_Private(HfConvolution conv, PetscInt batch, PetscInt c, PetscInt parity) {
  const PetscInt half = conv->my / 2;

  for (PetscMPIInt s = 0; s < conv->size; s++) {
    const PetscInt j0 = conv->rows[s], own = conv->rows[s + 1] - j0;
    const fftw_complex *from = conv->column_side + conv->n_max * j0 * conv->n_cols + (batch * conv->n_max + c) * own * L;
    if (parity)
      twist(own, conv->twiddle[j0], from[0], conv->column[j0 * L]);
    else
      memcpy(conv->column + j0 * L, from, sizeof(*from) * (size_t)(own * L));
  }
  memset(conv->column + conv->ny * L, 0, sizeof(fftw_complex) * (size_t)((half - conv->ny) * L));
}

void HfConvolutionScatterShort_Private(HfConvolution conv, PetscInt batch) {
  const PetscInt half = conv->my / 2;

  for (PetscMPIInt s = 0; s < conv->size; s++) {
    const PetscInt j0 = conv->rows[s], own = conv->rows[s + 1] - j0;
    for (PetscInt c = 0; c < conv->n_out; c++) {
      const fftw_complex *even = conv->column_out + (2 * c * half + j0) * L, *odd = even + half * L;
      fftw_complex *to = conv->column_side + conv->n_max * j0 * conv->n_cols + (batch * conv->n_max + c) * own * L;
      untwist(own, conv->twiddle[j0], even[0], odd[0], to[0]);
    }
  }
}

/* n rows of ky by their factors, which lie `step` rows apart: 1, or -1 where they are mirrored. `first`: out is not there yet. */
static inline __attribute__((always_inline)) void product(HfConvKind kind, PetscInt step, PetscBool first, PetscInt n, PetscReal sign,
                                                          const PetscReal *restrict f, const PetscReal *restrict in, PetscReal *restrict out) {
  const PetscInt width = kind == HF_CONV_COMPLEX ? 2 : 1;

  for (PetscInt q = 0; q < n; q++)
    for (PetscInt l = 0; l < L; l++) {
      const PetscInt k = 2 * (L * q + l), at = width * (step * L * q + l);
      const PetscReal re = sign * f[at], im = sign * f[at + width - 1]; /* the one there is, or both */
      const PetscReal x = kind == HF_CONV_REAL ? re * in[k] : kind == HF_CONV_IMAGINARY ? -im * in[k + 1] : re * in[k] - im * in[k + 1];
      const PetscReal y = kind == HF_CONV_REAL ? re * in[k + 1] : kind == HF_CONV_IMAGINARY ? im * in[k] : re * in[k + 1] + im * in[k];
      out[k] = first ? x : out[k] + x;
      out[k + 1] = first ? y : out[k + 1] + y;
    }
}

typedef struct {
  PetscInt n;
  PetscReal sign;
  PetscBool mirrored, first;
} Piece;

/* Constants in each copy, so that the loops vectorise. */
#define MULTIPLY(name, kind)                                                                                                                         \
  HF_KERNEL static void name(const Piece *p, const PetscReal *f, const PetscReal *in, PetscReal *out) {                                              \
    if (p->mirrored && p->first)                                                                                                                     \
      product(kind, -1, PETSC_TRUE, p->n, p->sign, f, in, out);                                                                                      \
    else if (p->mirrored)                                                                                                                            \
      product(kind, -1, PETSC_FALSE, p->n, p->sign, f, in, out);                                                                                     \
    else if (p->first)                                                                                                                               \
      product(kind, 1, PETSC_TRUE, p->n, 1, f, in, out);                                                                                             \
    else                                                                                                                                             \
      product(kind, 1, PETSC_FALSE, p->n, 1, f, in, out);                                                                                            \
  }
MULTIPLY(multiply_real, HF_CONV_REAL)
MULTIPLY(multiply_imaginary, HF_CONV_IMAGINARY)
MULTIPLY(multiply_complex, HF_CONV_COMPLEX)

/* ky, ky + 2, ... n of them, none or all beyond those stored; in and out: of the first. */
static void multiply_piece(const HfConvolution conv, const HfConvEntry *entry, PetscInt batch, PetscInt ky, PetscInt n, PetscBool first,
                           const fftw_complex *in, fftw_complex *out) {
  const PetscInt stored = HfConvStored(conv, entry);
  const PetscBool mirrored = (PetscBool)(ky >= stored);
  const Piece piece = {.n = n, .sign = mirrored ? (PetscReal)entry->parity_y : 1.0, .mirrored = mirrored, .first = first};
  const PetscReal *f = entry->f + HfConvFactor(conv, entry, batch * L, mirrored ? conv->my - ky : ky);

  if (n <= 0) return;
  if (entry->kind == HF_CONV_REAL)
    multiply_real(&piece, f, in[0], out[0]);
  else if (entry->kind == HF_CONV_IMAGINARY)
    multiply_imaginary(&piece, f, in[0], out[0]);
  else
    multiply_complex(&piece, f, in[0], out[0]);
}

void HfConvolutionMultiplyShort_Private(HfConvolution conv, PetscInt batch, PetscInt a, PetscInt parity) {
  const PetscInt half = conv->my / 2, mirror = PetscMin(half, (half - parity) / 2 + 1); /* from q = mirror on, ky = 2q + parity > my/2 */
  PetscBool first = PETSC_TRUE;

  for (PetscInt b = 0; b < conv->n_in; b++) {
    const HfConvEntry *entry = &conv->entries[a * conv->n_in + b];
    const fftw_complex *in = conv->column_in + b * L * half;
    if (entry->kind == HF_CONV_ZERO) continue;
    multiply_piece(conv, entry, batch, parity, mirror, first, in, conv->column);
    multiply_piece(conv, entry, batch, 2 * mirror + parity, half - mirror, first, in + mirror * L, conv->column + mirror * L);
    first = PETSC_FALSE;
  }
  if (first) memset(conv->column, 0, sizeof(*conv->column) * (size_t)(half * L));
}
