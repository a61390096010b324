/* The convolution in one precision (convolution_engine.h): memory, plans, the stored kernel, and the passes in order.

   Plans are FFTW_ESTIMATE: a measured plan can differ from run to run and with it the last bits of the field, which a chaotic film magnifies.
   A transform loses a tenth to a quarter of its speed. Each row and column goes through the same plan on any number of ranks, but for short columns
   where batches are narrower than on one rank: their round-off may differ. */
#include "convolution_engine.h"

enum { SHORT = 128 }; /* columns up to this length are transformed a batch at a time: calls would cost as much as the transforms */

static PetscErrorCode allocate(PetscInt64 n, HfConvComplex **a) {
  PetscFunctionBeginUser;
  *a = FFTW(alloc_complex)((size_t)PetscMax(n, 1));
  PetscCheck(*a, PETSC_COMM_SELF, PETSC_ERR_MEM, "FFT convolution: no memory for %lld complex numbers", (long long)n);
  memset(*a, 0, sizeof(**a) * (size_t)PetscMax(n, 1));
  PetscFunctionReturn(0);
}

/* `many` transforms of half the padded length m by one call. */
static PetscErrorCode make_transform(PetscInt m, PetscInt many, HfConvTransform *along) {
  const PetscInt line = 64 / (PetscInt)sizeof(HfConvComplex);
  const int length = (int)m / 2, distance = (int)(line * (length / line + 1)); /* never a power of 2 */
  HfConvComplex *from, *to;

  PetscFunctionBeginUser;
  along->length = length;
  along->stride = distance;
  PetscCall(allocate(length, &along->twiddle));
  for (PetscInt j = 0; j < length; ++j) {
    along->twiddle[j][0] = (HfConvReal)PetscCosReal(2.0 * PETSC_PI * (PetscReal)j / (PetscReal)m);
    along->twiddle[j][1] = (HfConvReal)-PetscSinReal(2.0 * PETSC_PI * (PetscReal)j / (PetscReal)m);
  }
  PetscCall(allocate(many * distance, &from));
  PetscCall(allocate(many * distance, &to));
  along->forward = FFTW(plan_many_dft)(1, &length, (int)many, from, NULL, 1, distance, to, NULL, 1, distance, FFTW_FORWARD, FFTW_ESTIMATE);
  along->backward = FFTW(plan_many_dft)(1, &length, (int)many, from, NULL, 1, distance, to, NULL, 1, distance, FFTW_BACKWARD, FFTW_ESTIMATE);
  PetscCheck(along->forward && along->backward, PETSC_COMM_SELF, PETSC_ERR_LIB, "FFTW has no plan for a transform of length %d", length);
  FFTW(free)(from);
  FFTW(free)(to);
  PetscFunctionReturn(0);
}

static void destroy_transform(HfConvTransform *along) {
  FFTW(destroy_plan)(along->forward);
  FFTW(destroy_plan)(along->backward);
  FFTW(free)(along->twiddle);
}

static PetscErrorCode store_component(const HfConvLayout *at, const HfConvComponent *component, HfConvEntry *entry) {
  const int parts = component->kind == HF_CONV_COMPLEX ? 2 : 1, first = component->kind == HF_CONV_IMAGINARY ? 1 : 0;
  const PetscInt64 wide = at->batch;

  PetscFunctionBeginUser;
  entry->kind = component->kind;
  entry->parity_y = component->parity_y;
  entry->stored = component->parity_y ? at->my / 2 + 1 : at->my;
  if (entry->kind == HF_CONV_ZERO) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(at->n_cols * entry->stored * parts, &entry->f));
  for (PetscInt column = 0; column < at->n_cols; ++column)
    for (PetscInt ky = 0; ky < entry->stored; ++ky) {
      const PetscReal *from = component->transform[(column - column % wide) * at->my + ky * wide + column % wide];
      for (int p = 0; p < parts; ++p) entry->f[HfConvFactor(entry, column, ky) + p] = (HfConvReal)from[first + p];
    }
  PetscFunctionReturn(0);
}

/* A symmetric tensor has every factor off its diagonal twice: the second time they are read from cache. Not collective. */
static PetscErrorCode share_component(const HfConvLayout *at, PetscInt e, HfConvEntry entries[]) {
  HfConvEntry *entry = &entries[e];
  const PetscInt64 n = at->n_cols * entry->stored * (entry->kind == HF_CONV_COMPLEX ? 2 : 1);

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e && entry->kind != HF_CONV_ZERO && !entry->shared; ++k) {
    const HfConvEntry *other = &entries[k];
    if (other->kind != entry->kind || other->parity_y != entry->parity_y || memcmp(other->f, entry->f, sizeof(*entry->f) * (size_t)n)) continue;
    PetscCall(PetscFree(entry->f));
    entry->f = other->f;
    entry->shared = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode store_kernel(const HfConvLayout *at, HfConvKernel kernel, void *context, HfConvEntry entries[]) {
  HfConvKernelTransform transform;
  HfConvComponent component;

  PetscFunctionBeginUser;
  PetscCall(HfConvKernelTransformCreate(at, kernel, context, &transform));
  for (PetscInt e = 0; e < at->n_out * at->n_in; ++e) {
    PetscCall(HfConvKernelTransformComponent(transform, e, &component));
    PetscCall(store_component(at, &component, &entries[e]));
    PetscCall(share_component(at, e, entries));
  }
  PetscCall(HfConvKernelTransformDestroy(&transform));
  PetscFunctionReturn(0);
}

static PetscErrorCode create(const HfConvLayout *at, HfConvKernel kernel, void *context, void **out) {
  const HfConvSizes sizes = HfConvSizesOf_Private(at);
  HfConvState *state;
  PetscInt x, y;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&state));
  PetscCall(PetscCalloc1(at->n_out * at->n_in, &state->entries));
  PetscCall(store_kernel(at, kernel, context, state->entries)); /* first: its workspace is gone when the spectra are allocated */

  state->group = at->my / 2 <= SHORT ? at->batch : 1;
  PetscCall(make_transform(at->mx, 1, &state->along_x));
  PetscCall(make_transform(at->my, state->group, &state->along_y));
  x = state->along_x.stride;
  y = state->along_y.stride;
  PetscCall(allocate((at->n_max + 1) / 2 * x, &state->row));
  PetscCall(allocate(x, &state->row_twisted));
  PetscCall(allocate(at->n_max * HF_CONV_ROWS * at->nk, &state->row_spectrum));
  PetscCall(allocate(4 * x, &state->row_half));
  PetscCall(allocate(at->n_max * at->batch * y, &state->column));
  PetscCall(allocate(state->group * y, &state->column_twisted));
  PetscCall(allocate(at->n_in * 2 * state->group * y, &state->column_in));
  PetscCall(allocate(state->group * y, &state->column_product));
  PetscCall(allocate(2 * state->group * y, &state->column_out));
  PetscCall(allocate(sizes.row_side, &state->row_side));
  state->column_side = state->row_side;
  if (at->size > 1) PetscCall(allocate(sizes.column_side, &state->column_side));
  *out = state;
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(const HfConvLayout *at, void **out) {
  HfConvState *state = *out;

  PetscFunctionBeginUser;
  destroy_transform(&state->along_x);
  destroy_transform(&state->along_y);
  for (PetscInt e = 0; e < at->n_out * at->n_in; ++e)
    if (!state->entries[e].shared) PetscCall(PetscFree(state->entries[e].f));
  PetscCall(PetscFree(state->entries));
  FFTW(free)(state->row);
  FFTW(free)(state->row_twisted);
  FFTW(free)(state->row_spectrum);
  FFTW(free)(state->row_half);
  FFTW(free)(state->column);
  FFTW(free)(state->column_twisted);
  FFTW(free)(state->column_in);
  FFTW(free)(state->column_product);
  FFTW(free)(state->column_out);
  if (state->column_side != state->row_side) FFTW(free)(state->column_side);
  FFTW(free)(state->row_side);
  PetscCall(PetscFree(*out));
  PetscFunctionReturn(0);
}

static PetscErrorCode transpose(const HfConvLayout *at, HfConvState *state, PetscBool forward) {
  PetscFunctionBeginUser;
  PetscCall(HfConvolutionTranspose_Private(at, at->n_max, at->rows, at->n_max, HF_CONV_MPI_COMPLEX, state->row_side, state->column_side, forward));
  PetscFunctionReturn(0);
}

static PetscErrorCode convolve(const HfConvLayout *at, void *context, const PetscScalar in[]) {
  HfConvState *state = context;

  PetscFunctionBeginUser;
  HF_CONV(HfConvRowsForward)(at, state, in);
  PetscCall(transpose(at, state, PETSC_TRUE));
  HF_CONV(HfConvColumns)(at, state);
  PetscCall(transpose(at, state, PETSC_FALSE));
  PetscFunctionReturn(0);
}

const HfConvEngine HF_CONV(HfConvEngine) = {create, destroy, convolve, HF_CONV(HfConvRow)};
