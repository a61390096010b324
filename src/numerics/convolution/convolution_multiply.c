/* Out_a(k) = sum_b F_ab(k) in_b(k) for four columns kx and the ky of one parity.

   F is real, purely imaginary or complex; when only ky = 0 .. my/2 are stored, F(kx, my - ky) = parity_y F(kx, ky). */
#include "convolution_impl.h"

#define L HF_CONV_BATCH

/* n values of ky, each of `lanes` columns side by side, by their factors, which lie `step` values apart: 1, or -1 where they are mirrored. `first`: out is
   not there yet. */
static inline __attribute__((always_inline)) void product(HfConvKind kind, PetscInt lanes, PetscInt step, PetscBool first, PetscInt n, PetscReal sign,
                                                          const PetscReal *restrict f, const PetscReal *restrict in, PetscReal *restrict out) {
  const PetscInt width = kind == HF_CONV_COMPLEX ? 2 : 1;

  for (PetscInt q = 0; q < n; ++q)
    for (PetscInt l = 0; l < lanes; ++l) {
      const PetscInt k = 2 * (lanes * q + l), at = width * (step * lanes * q + l);
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
#define MULTIPLY(name, kind, lanes)                                                                                                                  \
  HF_KERNEL static void name(const Piece *p, const PetscReal *f, const PetscReal *in, PetscReal *out) {                                              \
    if (p->mirrored && p->first)                                                                                                                     \
      product(kind, lanes, -1, PETSC_TRUE, p->n, p->sign, f, in, out);                                                                               \
    else if (p->mirrored)                                                                                                                            \
      product(kind, lanes, -1, PETSC_FALSE, p->n, p->sign, f, in, out);                                                                              \
    else if (p->first)                                                                                                                               \
      product(kind, lanes, 1, PETSC_TRUE, p->n, 1, f, in, out);                                                                                      \
    else                                                                                                                                             \
      product(kind, lanes, 1, PETSC_FALSE, p->n, 1, f, in, out);                                                                                     \
  }
MULTIPLY(real_short, HF_CONV_REAL, L)
MULTIPLY(imaginary_short, HF_CONV_IMAGINARY, L)
MULTIPLY(complex_short, HF_CONV_COMPLEX, L)
MULTIPLY(real_long, HF_CONV_REAL, 1)
MULTIPLY(imaginary_long, HF_CONV_IMAGINARY, 1)
MULTIPLY(complex_long, HF_CONV_COMPLEX, 1)

/* ky, ky + 2, ... n of them, none or all beyond those stored; in and out: of the first. Short: all columns of the batch, long: one. */
static void multiply_piece(const HfConvolution conv, const HfConvEntry *entry, PetscInt column, PetscInt ky, PetscInt n, PetscBool first,
                           const fftw_complex *in, fftw_complex *out) {
  const PetscBool mirrored = (PetscBool)(ky >= HfConvStored(conv, entry));
  const Piece piece = {.n = n, .sign = mirrored ? (PetscReal)entry->parity_y : 1.0, .mirrored = mirrored, .first = first};
  const PetscReal *f = entry->f + HfConvFactor(conv, entry, column, mirrored ? conv->my - ky : ky);

  if (n <= 0) return;
  if (entry->kind == HF_CONV_REAL)
    (conv->is_short ? real_short : real_long)(&piece, f, in[0], out[0]);
  else if (entry->kind == HF_CONV_IMAGINARY)
    (conv->is_short ? imaginary_short : imaginary_long)(&piece, f, in[0], out[0]);
  else
    (conv->is_short ? complex_short : complex_long)(&piece, f, in[0], out[0]);
}

void HfConvolutionMultiply_Private(HfConvolution conv, PetscInt batch, PetscInt a, PetscInt parity) {
  const PetscInt half = conv->my / 2, mirror = PetscMin(half, (half - parity) / 2 + 1); /* from q = mirror on, ky = 2q + parity > my/2 */
  const PetscInt lanes = conv->is_short ? L : 1;

  for (PetscInt l = 0; l < L; l += lanes) {
    fftw_complex *out = conv->column + l * half;
    PetscBool first = PETSC_TRUE;
    for (PetscInt b = 0; b < conv->n_in; ++b) {
      const HfConvEntry *entry = &conv->entries[a * conv->n_in + b];
      const fftw_complex *in = conv->column_in + (b * L + l) * half;
      if (entry->kind == HF_CONV_ZERO) continue;
      multiply_piece(conv, entry, batch * L + l, parity, mirror, first, in, out);
      multiply_piece(conv, entry, batch * L + l, 2 * mirror + parity, half - mirror, first, in + lanes * mirror, out + lanes * mirror);
      first = PETSC_FALSE;
    }
    if (first) memset(out, 0, sizeof(*out) * (size_t)(lanes * half));
  }
}
