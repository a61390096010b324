/* convolution_multiply.c: out_a(k) = sum_b F_ab(k) in_b(k) for four columns kx at a time, in pieces of ky that stay in the first-level cache.

   F is real, purely imaginary or complex; when only ky = 0 .. my/2 are stored, F(kx, my - ky) = parity_y F(kx, ky). */
#include "convolution_impl.h"

#define L     HF_CONV_BATCH
#define PIECE 32 /* ky per piece: 2 kB per component */

/* n ky values; the stored factor advances by f_step (negative when mirrored). */
HF_KERNEL static void multiply_real(PetscInt n, const PetscReal *restrict f, PetscInt f_step, PetscReal sign, const PetscReal *restrict in,
                                    PetscReal *restrict out) {
  for (PetscInt k = 0; k < n; k++, f += f_step, in += 2 * L, out += 2 * L) {
    for (int l = 0; l < L; l++) {
      const PetscReal a = sign * f[l];
      out[2 * l] += a * in[2 * l];
      out[2 * l + 1] += a * in[2 * l + 1];
    }
  }
}

HF_KERNEL static void multiply_imaginary(PetscInt n, const PetscReal *restrict f, PetscInt f_step, PetscReal sign, const PetscReal *restrict in,
                                         PetscReal *restrict out) {
  for (PetscInt k = 0; k < n; k++, f += f_step, in += 2 * L, out += 2 * L) {
    for (int l = 0; l < L; l++) {
      const PetscReal a = sign * f[l];
      out[2 * l] -= a * in[2 * l + 1];
      out[2 * l + 1] += a * in[2 * l];
    }
  }
}

HF_KERNEL static void multiply_complex(PetscInt n, const PetscReal *restrict f, PetscInt f_step, PetscReal sign, const PetscReal *restrict in,
                                       PetscReal *restrict out) {
  for (PetscInt k = 0; k < n; k++, f += f_step, in += 2 * L, out += 2 * L) {
    for (int l = 0; l < L; l++) {
      const PetscReal a = sign * f[2 * l], b = sign * f[2 * l + 1];
      out[2 * l] += a * in[2 * l] - b * in[2 * l + 1];
      out[2 * l + 1] += a * in[2 * l + 1] + b * in[2 * l];
    }
  }
}

static void multiply_piece(const HfConvolution conv, const HfConvEntry *entry, PetscInt batch, PetscInt k0, PetscInt n, const PetscReal *in,
                           PetscReal *out) {
  const PetscInt my = conv->my, width = entry->kind == HF_CONV_COMPLEX ? 2 * L : L;
  const PetscInt stored = entry->parity_y ? my / 2 + 1 : my;
  const PetscBool mirrored = (PetscBool)(k0 >= stored);
  const PetscReal *f = entry->f + (batch * stored + (mirrored ? my - k0 : k0)) * width;
  const PetscInt f_step = mirrored ? -width : width;
  const PetscReal sign = mirrored ? (PetscReal)entry->parity_y : 1.0;

  if (entry->kind == HF_CONV_REAL)
    multiply_real(n, f, f_step, sign, in, out);
  else if (entry->kind == HF_CONV_IMAGINARY)
    multiply_imaginary(n, f, f_step, sign, in, out);
  else if (entry->kind == HF_CONV_COMPLEX)
    multiply_complex(n, f, f_step, sign, in, out);
}

void HfConvolutionMultiply_Private(HfConvolution conv, PetscInt batch) {
  const PetscInt my = conv->my, half = my / 2 + 1;

  for (PetscInt k0 = 0, n; k0 < my; k0 += n) {
    n = PetscMin(PIECE, (k0 < half ? half : my) - k0);
    for (PetscInt a = 0; a < conv->n_out; a++) {
      PetscReal *out = (PetscReal *)(conv->column_out + (a * my + k0) * L);
      for (PetscInt l = 0; l < 2 * L * n; l++) out[l] = 0.0;
      for (PetscInt b = 0; b < conv->n_in; b++)
        multiply_piece(conv, &conv->entries[a * conv->n_in + b], batch, k0, n, (const PetscReal *)(conv->column_in + (b * my + k0) * L), out);
    }
  }
}
