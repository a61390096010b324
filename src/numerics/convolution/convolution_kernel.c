/* The transform of a convolution kernel.

   Every rank samples an equal share of the 2ny-1 displacement rows; component by component they are wrapped around the padded period,
   transformed along x, transposed and transformed along y like the data. The parity of each component is read off its transform, to round-off,
   and only what it does not imply is kept. */
#include "convolution_impl.h"

#define L         HF_CONV_BATCH
#define ROUND_OFF 1e-13 /* a part of the transform below this times its largest value is noise of the sampling */

typedef struct {
  PetscInt *share;        /* displacement rows of rank r: share[r] .. share[r+1]-1, row 0 being y = -(ny-1) dy */
  PetscInt own;           /* of this rank */
  PetscReal *samples;     /* [component][own row][2nx-1] */
  fftw_complex *row_side; /* one component, as in HfConvolution_ */
  fftw_complex *column_side;
  fftw_complex *transform; /* [batch][my][L] */
  fftw_complex *column;    /* [my][L] */
  fftw_plan forward;       /* of the whole column: the kernel has no half that is zero */
} Workspace;

static PetscErrorCode sample_kernel(HfConvolution conv, PetscErrorCode (*kernel)(PetscReal, PetscReal, void *, PetscReal[]), void *context,
                                    Workspace *w) {
  const HfGridInfo *g = HfGridGetInfo(conv->grid);
  const PetscInt n = conv->n_out * conv->n_in, wide = 2 * conv->nx - 1;
  PetscReal *K;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n, &K));
  for (PetscInt j = 0; j < w->own; ++j) {
    const PetscReal y = (PetscReal)(w->share[conv->rank] + j - (conv->ny - 1)) * g->dy;
    for (PetscInt i = 0; i < wide; ++i) {
      PetscCall(kernel((PetscReal)(i - (conv->nx - 1)) * g->dx, y, context, K));
      for (PetscInt e = 0; e < n; ++e) w->samples[(e * w->own + j) * wide + i] = K[e];
    }
  }
  PetscCall(PetscFree(K));
  PetscFunctionReturn(0);
}

/* The two-dimensional transform of component e into w->transform. */
static PetscErrorCode transform_component(HfConvolution conv, PetscInt e, Workspace *w) {
  const PetscInt wide = 2 * conv->nx - 1, n_cols = conv->n_cols, my = conv->my;
  fftw_complex *column = w->column;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(conv->row, conv->mx));
  for (PetscInt j = 0; j < w->own; ++j) {
    const PetscReal *sample = w->samples + (e * w->own + j) * wide;
    for (PetscInt i = 0; i < wide; ++i) conv->row[i < conv->nx - 1 ? conv->mx + i - (conv->nx - 1) : i - (conv->nx - 1)] = sample[i];
    fftw_execute_dft_r2c(conv->row_forward, conv->row, conv->row_spectrum);
    for (PetscMPIInt d = 0; d < conv->size; ++d) {
      const PetscInt width = conv->cols[d + 1] - conv->cols[d];
      PetscCall(PetscArraycpy(w->row_side + w->own * conv->cols[d] + j * width, conv->row_spectrum + conv->cols[d], width));
    }
  }
  PetscCall(HfConvolutionTranspose_Private(conv, 1, w->share, 1, w->row_side, w->column_side, PETSC_TRUE));
  for (PetscInt k0 = 0; k0 < n_cols; k0 += L) {
    const PetscInt width = PetscMin(L, n_cols - k0);
    PetscCall(PetscArrayzero(column, my * L));
    for (PetscInt j = 0; j < 2 * conv->ny - 1; ++j) {
      const PetscInt to = j < conv->ny - 1 ? my + j - (conv->ny - 1) : j - (conv->ny - 1);
      PetscCall(PetscArraycpy(column + to * L, w->column_side + j * n_cols + k0, width));
    }
    fftw_execute_dft(w->forward, column, column);
    PetscCall(PetscArraycpy(w->transform + k0 * my, column, my * L));
  }
  PetscFunctionReturn(0);
}

/* Real, imaginary or neither; even or odd in ky or neither. Collective. */
static PetscErrorCode classify(HfConvolution conv, const fftw_complex *transform, HfConvEntry *entry) {
  const PetscInt my = conv->my;
  PetscReal largest[4] = {0.0, 0.0, 0.0, 0.0}; /* |Re|, |Im|, |F(ky) - F(-ky)|, |F(ky) + F(-ky)| */
  PetscReal noise;

  PetscFunctionBeginUser;
  for (PetscInt k0 = 0; k0 < conv->n_cols; k0 += L) {
    for (PetscInt k = 0; k < my; ++k) {
      const PetscReal *f = (const PetscReal *)(transform + (k0 * my + k * L)), *m = (const PetscReal *)(transform + (k0 * my + ((my - k) % my) * L));
      for (int l = 0; l < 2 * L; ++l) {
        largest[l % 2] = PetscMax(largest[l % 2], PetscAbsReal(f[l]));
        largest[2] = PetscMax(largest[2], PetscAbsReal(f[l] - m[l]));
        largest[3] = PetscMax(largest[3], PetscAbsReal(f[l] + m[l]));
      }
    }
  }
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, largest, 4, MPIU_REAL, MPIU_MAX, conv->comm));
  noise = ROUND_OFF * PetscMax(largest[0], largest[1]);
  if (noise == 0.0)
    entry->kind = HF_CONV_ZERO;
  else if (largest[1] <= noise)
    entry->kind = HF_CONV_REAL;
  else if (largest[0] <= noise)
    entry->kind = HF_CONV_IMAGINARY;
  else
    entry->kind = HF_CONV_COMPLEX;
  entry->parity_y = largest[2] <= noise ? 1 : largest[3] <= noise ? -1 : 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode store_component(HfConvolution conv, const fftw_complex *transform, HfConvEntry *entry) {
  const PetscInt my = conv->my, batches = (conv->n_cols + L - 1) / L, stored = HfConvStored(conv, entry);
  const int parts = entry->kind == HF_CONV_COMPLEX ? 2 : 1, first = entry->kind == HF_CONV_IMAGINARY ? 1 : 0;
  const PetscReal scale = 1.0 / ((PetscReal)conv->mx * (PetscReal)my);

  PetscFunctionBeginUser;
  if (entry->kind == HF_CONV_ZERO) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(batches * stored * L * parts, &entry->f));
  for (PetscInt b = 0; b < batches; ++b)
    for (PetscInt k = 0; k < stored; ++k)
      for (PetscInt l = 0; l < L; ++l)
        for (int p = 0; p < parts; ++p) entry->f[HfConvFactor(conv, entry, b * L + l, k) + p] = scale * transform[(b * my + k) * L + l][first + p];
  PetscFunctionReturn(0);
}

/* A symmetric tensor has every factor off its diagonal twice: the second time they are read from cache. Not collective. */
static PetscErrorCode share_component(HfConvolution conv, PetscInt e) {
  HfConvEntry *entry = &conv->entries[e];
  const PetscInt n = (conv->n_cols + L - 1) / L * L * HfConvStored(conv, entry) * (entry->kind == HF_CONV_COMPLEX ? 2 : 1);

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e && entry->kind != HF_CONV_ZERO && !entry->shared; ++k) {
    const HfConvEntry *other = &conv->entries[k];
    if (other->kind != entry->kind || other->parity_y != entry->parity_y || memcmp(other->f, entry->f, sizeof(*entry->f) * (size_t)n)) continue;
    PetscCall(PetscFree(entry->f));
    entry->f = other->f;
    entry->shared = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionKernel_Private(HfConvolution conv, PetscErrorCode (*kernel)(PetscReal, PetscReal, void *, PetscReal[]), void *context) {
  const PetscInt n = conv->n_out * conv->n_in, high = 2 * conv->ny - 1, batches = (conv->n_cols + L - 1) / L;
  const int my = (int)conv->my;
  Workspace w;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(conv->size + 1, &w.share));
  for (PetscInt r = 0; r <= conv->size; ++r) w.share[r] = (high * r) / conv->size;
  w.own = w.share[conv->rank + 1] - w.share[conv->rank];
  PetscCall(PetscMalloc1(n * w.own * (2 * conv->nx - 1), &w.samples));
  PetscCall(sample_kernel(conv, kernel, context, &w));

  PetscCall(PetscMalloc2(w.own * conv->nk, &w.row_side, batches * conv->my * L, &w.transform));
  if (conv->size == 1)
    w.column_side = w.row_side;
  else
    PetscCall(PetscMalloc1(high * conv->n_cols, &w.column_side));
  w.column = fftw_alloc_complex((size_t)(conv->my * L));
  PetscCheck(w.column, PETSC_COMM_SELF, PETSC_ERR_MEM, "FFT convolution: no memory for a column");
  w.forward = fftw_plan_many_dft(1, &my, L, w.column, NULL, L, 1, w.column, NULL, L, 1, FFTW_FORWARD, FFTW_ESTIMATE);
  PetscCheck(w.forward, PETSC_COMM_SELF, PETSC_ERR_LIB, "FFTW has no plan for a transform of length %d", my);
  for (PetscInt e = 0; e < n; ++e) {
    PetscCall(transform_component(conv, e, &w));
    PetscCall(classify(conv, w.transform, &conv->entries[e]));
    PetscCall(store_component(conv, w.transform, &conv->entries[e]));
    PetscCall(share_component(conv, e));
  }
  fftw_destroy_plan(w.forward);
  fftw_free(w.column);
  if (conv->size > 1) PetscCall(PetscFree(w.column_side));
  PetscCall(PetscFree2(w.row_side, w.transform));
  PetscCall(PetscFree(w.samples));
  PetscCall(PetscFree(w.share));
  PetscFunctionReturn(0);
}
