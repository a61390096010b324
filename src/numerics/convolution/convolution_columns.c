/* Between the spectra of the rows and the columns that are transformed along y, four at a time.

   A column x of which only the first half is not zero needs no padding: with w = exp(-2 pi i/my) and h = my/2,
     X(2q) = sum_{j<h} x(j) w^(2qj),   X(2q+1) = sum_{j<h} (x(j) w^j) w^(2qj)
   are two transforms of half the length, and of the way back only the first half is wanted, too:
     y(j) = sum_q X(2q) w^(-2qj) + w^(-j) sum_q X(2q+1) w^(-2qj),   j < h
   That saves a tenth of the arithmetic and half of the cache that a column takes. */
#include "convolution_impl.h"

#define L HF_CONV_BATCH

/* Rows of a batch into its columns, which are `half` long, and times w^j unless w is NULL: eight rows at a time, while they are in the first cache. */
enum { ROWS = 8 };
HF_KERNEL static void turn(PetscInt n, PetscInt half, const PetscReal *restrict w, const PetscReal *restrict from, PetscReal *restrict to) {
  for (PetscInt j0 = 0; j0 < n; j0 += ROWS) {
    const PetscInt end = PetscMin(n, j0 + ROWS);
    for (PetscInt l = 0; l < L; ++l) {
      const PetscReal *restrict x = from + 2 * l;
      PetscReal *restrict y = to + 2 * l * half;
      if (w)
        for (PetscInt j = j0; j < end; ++j) {
          y[2 * j] = x[2 * L * j] * w[2 * j] - x[2 * L * j + 1] * w[2 * j + 1];
          y[2 * j + 1] = x[2 * L * j] * w[2 * j + 1] + x[2 * L * j + 1] * w[2 * j];
        }
      else
        for (PetscInt j = j0; j < end; ++j) {
          y[2 * j] = x[2 * L * j];
          y[2 * j + 1] = x[2 * L * j + 1];
        }
    }
  }
}

/* Rows of a batch from its columns: even + odd w^(-j). */
HF_KERNEL static void turn_back(PetscInt n, PetscInt half, const PetscReal *restrict w, const PetscReal *restrict even, const PetscReal *restrict odd,
                                PetscReal *restrict to) {
  for (PetscInt j0 = 0; j0 < n; j0 += ROWS) {
    const PetscInt end = PetscMin(n, j0 + ROWS);
    for (PetscInt l = 0; l < L; ++l) {
      const PetscReal *restrict x = even + 2 * l * half, *restrict y = odd + 2 * l * half;
      PetscReal *restrict z = to + 2 * l;
      for (PetscInt j = j0; j < end; ++j) {
        z[2 * L * j] = x[2 * j] + (y[2 * j] * w[2 * j] + y[2 * j + 1] * w[2 * j + 1]);
        z[2 * L * j + 1] = x[2 * j + 1] + (y[2 * j + 1] * w[2 * j] - y[2 * j] * w[2 * j + 1]);
      }
    }
  }
}

void HfConvolutionGather_Private(HfConvolution conv, PetscInt batch, PetscInt c, PetscInt parity) {
  const PetscInt half = conv->my / 2;

  for (PetscMPIInt s = 0; s < conv->size; ++s) {
    const PetscInt j0 = conv->rows[s], own = conv->rows[s + 1] - j0;
    const fftw_complex *from = conv->column_side + conv->n_max * j0 * conv->n_cols + (batch * conv->n_max + c) * own * L;
    turn(own, half, parity ? conv->twiddle[j0] : NULL, from[0], conv->column[j0]);
  }
  for (PetscInt l = 0; l < L; ++l) memset(conv->column + l * half + conv->ny, 0, sizeof(fftw_complex) * (size_t)(half - conv->ny));
}

void HfConvolutionScatter_Private(HfConvolution conv, PetscInt batch) {
  const PetscInt half = conv->my / 2;

  for (PetscMPIInt s = 0; s < conv->size; ++s) {
    const PetscInt j0 = conv->rows[s], own = conv->rows[s + 1] - j0;
    for (PetscInt c = 0; c < conv->n_out; ++c) {
      const fftw_complex *even = conv->column_out + 2 * c * half * L + j0, *odd = even + half * L;
      fftw_complex *to = conv->column_side + conv->n_max * j0 * conv->n_cols + (batch * conv->n_max + c) * own * L;
      turn_back(own, half, conv->twiddle[j0], even[0], odd[0], to[0]);
    }
  }
}

/* ---- short columns: the four of a batch stay side by side, as the rows bring them, so that nothing is turned and loops run over rows and columns in one.
   FFTW transforms short columns so as fast as one after the other; long ones, of which every element is four cache lines from the next, half as fast. ---- */

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
