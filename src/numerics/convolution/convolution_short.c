/* What convolution_columns.c does, for short columns: the four of a batch stay side by side, as the rows bring them, so that nothing
   is turned and loops run over rows and columns in one. FFTW transforms short columns so as fast as one after the other;
   long ones, of which every element is four cache lines from the next, half as fast. */
#include "convolution_impl.h"

#define L HF_CONV_BATCH

/* Rows times w^j. */
HF_KERNEL static void twist(PetscInt n, const PetscReal *restrict w, const PetscReal *restrict x, PetscReal *restrict y) {
  for (PetscInt j = 0; j < n; ++j)
    for (PetscInt l = 0; l < L; ++l) {
      const PetscInt k = 2 * (L * j + l);
      y[k] = x[k] * w[2 * j] - x[k + 1] * w[2 * j + 1];
      y[k + 1] = x[k] * w[2 * j + 1] + x[k + 1] * w[2 * j];
    }
}

/* even + odd w^(-j) */
HF_KERNEL static void untwist(PetscInt n, const PetscReal *restrict w, const PetscReal *restrict even, const PetscReal *restrict odd,
                              PetscReal *restrict z) {
  for (PetscInt j = 0; j < n; ++j)
    for (PetscInt l = 0; l < L; ++l) {
      const PetscInt k = 2 * (L * j + l);
      z[k] = even[k] + (odd[k] * w[2 * j] + odd[k + 1] * w[2 * j + 1]);
      z[k + 1] = even[k + 1] + (odd[k + 1] * w[2 * j] - odd[k] * w[2 * j + 1]);
    }
}

void HfConvolutionGatherShort_Private(HfConvolution conv, PetscInt batch, PetscInt c, PetscInt parity) {
  const PetscInt half = conv->my / 2;

  for (PetscMPIInt s = 0; s < conv->size; ++s) {
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

  for (PetscMPIInt s = 0; s < conv->size; ++s) {
    const PetscInt j0 = conv->rows[s], own = conv->rows[s + 1] - j0;
    for (PetscInt c = 0; c < conv->n_out; ++c) {
      const fftw_complex *even = conv->column_out + (2 * c * half + j0) * L, *odd = even + half * L;
      fftw_complex *to = conv->column_side + conv->n_max * j0 * conv->n_cols + (batch * conv->n_max + c) * own * L;
      untwist(own, conv->twiddle[j0], even[0], odd[0], to[0]);
    }
  }
}
