/* Out_a(k) = sum_b F_ab(k) in_b(k) for some columns kx and the ky of one parity.

   F is real, purely imaginary or complex; when only ky = 0 .. my/2 are stored, F(kx, my - ky) = parity_y F(kx, ky). */
#include "convolution_engine.h"

/* n values of ky by their factors, which lie `step` values apart: 1, or -1 where they are mirrored. `first`: out is not there yet. */
static inline __attribute__((always_inline)) void product(HfConvKind kind, PetscInt step, PetscBool first, PetscInt n, HfConvReal sign,
                                                          const HfConvReal *restrict f, const HfConvReal *restrict in, HfConvReal *restrict out) {
  const PetscInt width = kind == HF_CONV_COMPLEX ? 2 : 1;

  for (PetscInt q = 0; q < n; ++q) {
    const PetscInt k = 2 * q, at = width * step * q;
    const HfConvReal re = sign * f[at], im = sign * f[at + width - 1]; /* the one there is, or both */
    const HfConvReal x = kind == HF_CONV_REAL ? re * in[k] : kind == HF_CONV_IMAGINARY ? -im * in[k + 1] : re * in[k] - im * in[k + 1];
    const HfConvReal y = kind == HF_CONV_REAL ? re * in[k + 1] : kind == HF_CONV_IMAGINARY ? im * in[k] : re * in[k + 1] + im * in[k];
    out[k] = first ? x : out[k] + x;
    out[k + 1] = first ? y : out[k + 1] + y;
  }
}

typedef struct {
  PetscInt n;
  HfConvReal sign;
  PetscBool mirrored, first;
} Piece;

/* Constants in each copy, so that the loops vectorize. */
#define MULTIPLY(name, kind)                                                                                                                         \
  HF_KERNEL static void name(const Piece *p, const HfConvReal *f, const HfConvReal *in, HfConvReal *out) {                                           \
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
static void multiply_piece(const HfConvLayout *at, const HfConvEntry *entry, PetscInt column, PetscInt ky, PetscInt n, PetscBool first,
                           const HfConvComplex *in, HfConvComplex *out) {
  const PetscBool mirrored = (PetscBool)(ky >= entry->stored);
  const Piece piece = {.n = n, .sign = mirrored ? (HfConvReal)entry->parity_y : 1, .mirrored = mirrored, .first = first};
  const HfConvReal *f = entry->f + HfConvFactor(entry, column, mirrored ? at->my - ky : ky);

  if (n <= 0) return;
  if (entry->kind == HF_CONV_REAL)
    multiply_real(&piece, f, in[0], out[0]);
  else if (entry->kind == HF_CONV_IMAGINARY)
    multiply_imaginary(&piece, f, in[0], out[0]);
  else
    multiply_complex(&piece, f, in[0], out[0]);
}

void HF_CONV(HfConvMultiply)(const HfConvLayout *at, HfConvState *state, PetscInt column, PetscInt a, PetscInt parity) {
  const PetscInt half = at->my / 2, mirror = PetscMin(half, (half - parity) / 2 + 1); /* from q = mirror on, ky = 2q + parity > my/2 */
  const PetscInt group = state->group, stride = state->along_y.stride;

  for (PetscInt l = 0; l < group; ++l) {
    HfConvComplex *out = state->column_product + l * stride;
    PetscBool first = PETSC_TRUE;
    for (PetscInt b = 0; b < at->n_in; ++b) {
      const HfConvEntry *entry = &state->entries[a * at->n_in + b];
      const HfConvComplex *in = state->column_in + ((2 * b + parity) * group + l) * stride;
      if (entry->kind == HF_CONV_ZERO) continue;
      multiply_piece(at, entry, column + l, parity, mirror, first, in, out);
      multiply_piece(at, entry, column + l, 2 * mirror + parity, half - mirror, first, in + mirror, out + mirror);
      first = PETSC_FALSE;
    }
    if (first) memset(out, 0, sizeof(*out) * (size_t)half);
  }
}
