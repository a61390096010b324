/* convolution_multiply.c: out_a(k) = sum_b F_ab(k) in_b(k) for four columns kx and the ky of one parity.

   F is real, purely imaginary or complex; when only ky = 0 .. my/2 are stored, F(kx, my - ky) = parity_y F(kx, ky). */
#include "convolution_impl.h"

#define L HF_CONV_BATCH

/* n values of ky, of which the factors lie `step` apart: 1, or -1 where they are mirrored. */
static inline __attribute__((always_inline)) void real(PetscInt n, const PetscReal *restrict f, int step, PetscReal sign,
                                                       const PetscReal *restrict in, PetscReal *restrict out) {
  for (PetscInt k = 0; k < n; k++) {
    const PetscReal a = sign * f[step * k];
    out[2 * k] += a * in[2 * k];
    out[2 * k + 1] += a * in[2 * k + 1];
  }
}

static inline __attribute__((always_inline)) void imaginary(PetscInt n, const PetscReal *restrict f, int step, PetscReal sign,
                                                            const PetscReal *restrict in, PetscReal *restrict out) {
  for (PetscInt k = 0; k < n; k++) {
    const PetscReal a = sign * f[step * k];
    out[2 * k] -= a * in[2 * k + 1];
    out[2 * k + 1] += a * in[2 * k];
  }
}

/* A constant step in each copy, so that the loops vectorise. */
HF_KERNEL static void multiply_real(PetscInt n, const PetscReal *f, PetscBool mirrored, PetscReal sign, const PetscReal *in, PetscReal *out) {
  if (mirrored)
    real(n, f, -1, sign, in, out);
  else
    real(n, f, 1, sign, in, out);
}

HF_KERNEL static void multiply_imaginary(PetscInt n, const PetscReal *f, PetscBool mirrored, PetscReal sign, const PetscReal *in, PetscReal *out) {
  if (mirrored)
    imaginary(n, f, -1, sign, in, out);
  else
    imaginary(n, f, 1, sign, in, out);
}

HF_KERNEL static void multiply_complex(PetscInt n, const PetscReal *restrict f, PetscBool mirrored, PetscReal sign, const PetscReal *restrict in,
                                       PetscReal *restrict out) {
  const PetscInt step = mirrored ? -2 : 2;

  for (PetscInt k = 0; k < n; k++, f += step) {
    const PetscReal a = sign * f[0], b = sign * f[1];
    out[2 * k] += a * in[2 * k] - b * in[2 * k + 1];
    out[2 * k + 1] += a * in[2 * k + 1] + b * in[2 * k];
  }
}

/* ky, ky + 2, ... n of them, none or all beyond those stored; in and out: of the first. */
static void multiply_piece(const HfConvolution conv, const HfConvEntry *entry, PetscInt column, PetscInt ky, PetscInt n, const fftw_complex *in,
                           fftw_complex *out) {
  const PetscBool mirrored = (PetscBool)(ky >= HfConvStored(conv, entry));
  const PetscReal *f = entry->f + HfConvFactor(conv, entry, column, mirrored ? conv->my - ky : ky);
  const PetscReal sign = mirrored ? (PetscReal)entry->parity_y : 1.0;

  if (n <= 0) return;
  if (entry->kind == HF_CONV_REAL)
    multiply_real(n, f, mirrored, sign, in[0], out[0]);
  else if (entry->kind == HF_CONV_IMAGINARY)
    multiply_imaginary(n, f, mirrored, sign, in[0], out[0]);
  else
    multiply_complex(n, f, mirrored, sign, in[0], out[0]);
}

void HfConvolutionMultiply_Private(HfConvolution conv, PetscInt batch, PetscInt a, PetscInt parity) {
  const PetscInt half = conv->my / 2, mirror = PetscMin(half, (half - parity) / 2 + 1); /* from q = mirror on, ky = 2q + parity > my/2 */

  for (PetscInt l = 0; l < L; l++) {
    fftw_complex *out = conv->column + l * half;
    memset(out, 0, sizeof(*out) * (size_t)half);
    for (PetscInt b = 0; b < conv->n_in; b++) {
      const HfConvEntry *entry = &conv->entries[a * conv->n_in + b];
      const fftw_complex *in = conv->column_in + (b * L + l) * half;
      if (entry->kind == HF_CONV_ZERO) continue;
      multiply_piece(conv, entry, batch * L + l, parity, mirror, in, out);
      multiply_piece(conv, entry, batch * L + l, 2 * mirror + parity, half - mirror, in + mirror, out + mirror);
    }
  }
}
