/* The transform of a convolution kernel, in double precision.

   Every rank samples an equal share of the 2ny-1 displacement rows; component by component they are wrapped around the padded period,
   transformed along x, transposed and transformed along y like the data. The parity of each component is read off its transform, to round-off. */
#include "convolution_impl.h"

#define L         HF_CONV_BATCH /* columns are transformed so many at a time, by one plan whatever the width of a batch */
#define ROUND_OFF 1e-13         /* a part of the transform below this times its largest value is noise of the sampling */

struct HfConvKernelTransform_ {
  const HfConvLayout *at;
  PetscInt *share;            /* displacement rows of rank r: share[r] .. share[r+1]-1, row 0 being y = -(ny-1) dy */
  PetscInt64 own;             /* of this rank */
  PetscReal **samples;        /* of each component, until it is transformed: [own row][2nx-1]; NULL: zero everywhere */
  PetscReal *row;             /* [mx] */
  fftw_complex *row_spectrum; /* [mx/2+1] */
  fftw_complex *row_side;     /* one component, rows of each rank's columns one after another; one array with column_side on a single rank */
  fftw_complex *column_side;
  fftw_complex *transform; /* [owned batch][my][batch] */
  fftw_complex *column;    /* [my][L] */
  fftw_plan along_x, along_y;
};

static PetscErrorCode sample(HfConvKernelTransform w, HfConvKernel kernel, void *context) {
  const HfConvLayout *at = w->at;
  const PetscInt64 n = at->n_out * at->n_in, wide = 2 * at->nx - 1, size = HfConvSizesOf_Private(at).samples;
  PetscReal *K;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n, &w->samples));
  PetscCall(PetscCalloc1(n, &K));
  for (PetscInt j = 0; j < w->own; ++j) {
    const PetscReal y = (PetscReal)(w->share[at->rank] + j - (at->ny - 1)) * at->dy;
    for (PetscInt i = 0; i < wide; ++i) {
      PetscCall((*kernel)((PetscReal)(i - (at->nx - 1)) * at->dx, y, context, K));
      for (PetscInt e = 0; e < n; ++e) {
        if (K[e] != 0 && !w->samples[e]) PetscCall(PetscCalloc1(size, &w->samples[e]));
        if (w->samples[e]) w->samples[e][j * wide + i] = K[e];
      }
    }
  }
  PetscCall(PetscFree(K));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvKernelTransformCreate(const HfConvLayout *at, HfConvKernel kernel, void *context, HfConvKernelTransform *transform) {
  const PetscInt64 high = 2 * at->ny - 1;
  const HfConvSizes sizes = HfConvSizesOf_Private(at);
  const int mx = (int)at->mx, my = (int)at->my;
  HfConvKernelTransform w;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&w));
  w->at = at;
  PetscCall(PetscMalloc1(at->size + 1, &w->share));
  for (PetscInt r = 0; r <= at->size; ++r) w->share[r] = (PetscInt)((high * r) / at->size);
  w->own = w->share[at->rank + 1] - w->share[at->rank];
  PetscCall(sample(w, kernel, context));

  PetscCall(PetscCalloc1(sizes.kernel_rows, &w->row_side)); /* spare columns stay 0 */
  PetscCall(PetscMalloc1(sizes.transform, &w->transform));
  w->column_side = w->row_side;
  if (at->size > 1) PetscCall(PetscMalloc1(sizes.kernel_columns, &w->column_side));
  w->row = fftw_alloc_real((size_t)mx);
  w->row_spectrum = fftw_alloc_complex((size_t)(mx / 2 + 1));
  w->column = fftw_alloc_complex((size_t)(my * L));
  PetscCheck(w->row && w->row_spectrum && w->column, PETSC_COMM_SELF, PETSC_ERR_MEM, "FFT convolution: no memory for a row and a column");
  w->along_x = fftw_plan_dft_r2c_1d(mx, w->row, w->row_spectrum, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
  w->along_y = fftw_plan_many_dft(1, &my, L, w->column, NULL, L, 1, w->column, NULL, L, 1, FFTW_FORWARD, FFTW_ESTIMATE);
  PetscCheck(w->along_x && w->along_y, PETSC_COMM_SELF, PETSC_ERR_LIB, "FFTW has no plan for a %d x %d transform", mx, my);
  *transform = w;
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvKernelTransformDestroy(HfConvKernelTransform *transform) {
  HfConvKernelTransform w = *transform;

  PetscFunctionBeginUser;
  fftw_destroy_plan(w->along_x);
  fftw_destroy_plan(w->along_y);
  fftw_free(w->row);
  fftw_free(w->row_spectrum);
  fftw_free(w->column);
  if (w->column_side != w->row_side) PetscCall(PetscFree(w->column_side));
  PetscCall(PetscFree(w->row_side));
  PetscCall(PetscFree(w->transform));
  PetscCall(PetscFree(w->samples));
  PetscCall(PetscFree(w->share));
  PetscCall(PetscFree(*transform));
  PetscFunctionReturn(0);
}

static void transform_rows(HfConvKernelTransform w, PetscInt e) {
  const HfConvLayout *at = w->at;
  const PetscInt64 nx = at->nx, mx = at->mx, wide = 2 * nx - 1;

  memset(w->row, 0, sizeof(*w->row) * (size_t)mx);
  for (PetscInt64 j = 0; j < w->own; ++j) {
    if (w->samples[e]) {
      const PetscReal *samples = w->samples[e] + j * wide;
      memcpy(w->row + mx - (nx - 1), samples, sizeof(*samples) * (size_t)(nx - 1));
      memcpy(w->row, samples + nx - 1, sizeof(*samples) * (size_t)nx);
    }
    fftw_execute(w->along_x);
    for (PetscMPIInt d = 0; d < at->size; ++d) {
      fftw_complex *to = w->row_side + w->own * at->cols[d] + j * (at->cols[d + 1] - at->cols[d]);
      for (PetscInt p = at->cols[d]; p < PetscMin(at->cols[d + 1], mx / 2 + 1); ++p)
        memcpy(to[p - at->cols[d]], w->row_spectrum[HfConvWaveNumber(at, p)], sizeof(*to));
    }
  }
}

static void transform_columns(HfConvKernelTransform w) {
  const HfConvLayout *at = w->at;
  const PetscInt64 my = at->my;
  const PetscReal scale = 1.0 / ((PetscReal)at->mx * (PetscReal)my);
  const size_t wide = (size_t)at->batch;

  for (PetscInt p = 0; p < at->n_cols; p += at->batch) {
    PetscReal *to = w->transform[p * my];
    memset(w->column, 0, sizeof(*w->column) * (size_t)(my * L));
    for (PetscInt j = 0; j < 2 * at->ny - 1; ++j) {
      const PetscInt row = (my + j - (at->ny - 1)) % my;
      memcpy(w->column + row * L, w->column_side + j * at->n_cols + p, sizeof(*w->column) * wide);
    }
    fftw_execute(w->along_y);
    for (PetscInt64 k = 0; k < my; ++k) {
      const PetscReal *from = w->column[k * L];
      for (PetscInt l = 0; l < 2 * at->batch; ++l) *to++ = scale * from[l];
    }
  }
}

/* Real, imaginary or neither; even or odd in ky or neither. Collective. */
static PetscErrorCode classify(HfConvKernelTransform w, HfConvComponent *component) {
  const PetscInt64 my = w->at->my, wide = w->at->batch;
  PetscReal largest[4] = {0.0, 0.0, 0.0, 0.0}; /* |Re|, |Im|, |F(ky) - F(-ky)|, |F(ky) + F(-ky)| */
  PetscReal noise;

  PetscFunctionBeginUser;
  for (PetscInt64 p = 0; p < w->at->n_cols; p += wide) {
    for (PetscInt64 k = 0; k < my; ++k) {
      const PetscReal *f = w->transform[p * my + k * wide], *mirrored = w->transform[p * my + ((my - k) % my) * wide];
      for (int l = 0; l < 2 * wide; ++l) {
        largest[l % 2] = PetscMax(largest[l % 2], PetscAbsReal(f[l]));
        largest[2] = PetscMax(largest[2], PetscAbsReal(f[l] - mirrored[l]));
        largest[3] = PetscMax(largest[3], PetscAbsReal(f[l] + mirrored[l]));
      }
    }
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, largest, 4, MPIU_REAL, MPIU_MAX, w->at->comm));
  noise = ROUND_OFF * PetscMax(largest[0], largest[1]);
  if (noise == 0.0)
    component->kind = HF_CONV_ZERO;
  else if (largest[1] <= noise)
    component->kind = HF_CONV_REAL;
  else if (largest[0] <= noise)
    component->kind = HF_CONV_IMAGINARY;
  else
    component->kind = HF_CONV_COMPLEX;
  component->parity_y = largest[2] <= noise ? 1 : largest[3] <= noise ? -1 : 0;
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvKernelTransformComponent(HfConvKernelTransform w, PetscInt e, HfConvComponent *component) {
  PetscFunctionBeginUser;
  transform_rows(w, e);
  PetscCall(PetscFree(w->samples[e]));
  PetscCall(HfConvolutionTranspose_Private(w->at, 1, w->share, 1, MPI_C_DOUBLE_COMPLEX, w->row_side, w->column_side, PETSC_TRUE));
  transform_columns(w);
  component->transform = w->transform;
  PetscCall(classify(w, component));
  PetscFunctionReturn(0);
}
