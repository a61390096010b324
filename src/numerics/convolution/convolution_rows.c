/* Transforms along x of the owned rows.

   Two real components a, b of a row are one complex row a + i b, of which only the first half is not zero. As for the columns (convolution_columns.c), its
   even and its odd wave numbers are two transforms of half the padded length m = 2h, and from Z(q) of one of them follow
     A(q) = (Z(q) + Z*(q'))/2,   B(q) = (Z(q) - Z*(q'))/(2i),   q' = h - q for even, h - 1 - q for odd wave numbers,
   for the half of q that a real row needs. A last component without a partner has b = 0. Pairs are of components, never of rows, so that no bit of the field
   depends on how rows are divided among ranks. */
#include "convolution_engine.h"

/* Components 2p and 2p+1 of n interleaved ones into pair p. */
static inline __attribute__((always_inline)) void pack(PetscInt nx, PetscInt n, PetscInt stride, const PetscScalar *restrict a,
                                                       HfConvReal *restrict row) {
  HF_CELLS
  for (PetscInt i = 0; i < nx; ++i)
    for (PetscInt c = 0; c < 2 * ((n + 1) / 2); ++c) row[c / 2 * 2 * stride + 2 * i + c % 2] = c < n ? (HfConvReal)a[n * i + c] : 0;
}
/* Constant numbers of components in each copy, so that the loops vectorize. */
HF_KERNEL static void pack_row(PetscInt nx, PetscInt n, PetscInt stride, const PetscScalar *a, HfConvReal *row) {
  if (n == 3)
    pack(nx, 3, stride, a, row);
  else if (n == 2)
    pack(nx, 2, stride, a, row);
  else
    for (PetscInt c = 0; c < 2 * ((n + 1) / 2); ++c) {
      HF_CELLS
      for (PetscInt i = 0; i < nx; ++i) row[c / 2 * 2 * stride + 2 * i + c % 2] = c < n ? (HfConvReal)a[n * i + c] : 0;
    }
}
/* One or both components of a pair. */
HF_KERNEL static void unpack_row(PetscInt nx, const HfConvReal *restrict row, PetscReal *restrict a, PetscReal *restrict b) {
  HF_CELLS
  for (PetscInt i = 0; i < nx; ++i) a[i] = row[2 * i];
  if (!b) return;
  HF_CELLS
  for (PetscInt i = 0; i < nx; ++i) b[i] = row[2 * i + 1];
}

/* A and B from Z: n wave numbers, z' of the first one at `mirrored`, of the others below it. */
HF_KERNEL static void separate(PetscInt n, const HfConvReal *restrict z, const HfConvReal *restrict mirrored, HfConvReal *restrict a,
                               HfConvReal *restrict b) {
  HF_CELLS
  for (PetscInt q = 0; q < n; ++q) {
    const HfConvReal re = z[2 * q], im = z[2 * q + 1], mirrored_re = mirrored[-2 * q], mirrored_im = mirrored[-2 * q + 1];
    a[2 * q] = (HfConvReal)0.5 * (re + mirrored_re);
    a[2 * q + 1] = (HfConvReal)0.5 * (im - mirrored_im);
    b[2 * q] = (HfConvReal)0.5 * (im + mirrored_im);
    b[2 * q + 1] = (HfConvReal)0.5 * (mirrored_re - re);
  }
}
/* Z from A and B, or from A alone. Where a wave number is its own mirror, Z is written twice. */
HF_KERNEL static void merge(PetscInt n, const HfConvReal *restrict a, const HfConvReal *restrict b, HfConvReal *z, HfConvReal *mirrored) {
  HF_CELLS
  for (PetscInt q = 0; q < n; ++q) {
    mirrored[-2 * q] = a[2 * q] + b[2 * q + 1];
    mirrored[-2 * q + 1] = b[2 * q] - a[2 * q + 1];
  }
  HF_CELLS
  for (PetscInt q = 0; q < n; ++q) {
    z[2 * q] = a[2 * q] - b[2 * q + 1];
    z[2 * q + 1] = a[2 * q + 1] + b[2 * q];
  }
}
HF_KERNEL static void merge_alone(PetscInt n, const HfConvReal *restrict a, HfConvReal *z, HfConvReal *mirrored) {
  HF_CELLS
  for (PetscInt q = 0; q < n; ++q) {
    mirrored[-2 * q] = a[2 * q];
    mirrored[-2 * q + 1] = -a[2 * q + 1];
  }
  memcpy(z, a, sizeof(*a) * (size_t)(2 * n));
}

/* Between the spectra of n_rows rows of component c, from row j on, and the row side. */
static inline __attribute__((always_inline)) void move(const HfConvLayout *at, HfConvState *state, PetscInt wide, PetscInt c, PetscInt j,
                                                       PetscInt n_rows, PetscBool forward) {
  for (PetscMPIInt d = 0; d < at->size; ++d)
    for (PetscInt p = at->cols[d]; p < at->cols[d + 1]; p += wide) {
      HfConvComplex *spectrum = state->row_spectrum + c * HF_CONV_ROWS * at->nk + p;
      HfConvComplex *side = state->row_side + at->n_max * at->ym * at->cols[d] + (((p - at->cols[d]) / wide * at->n_max + c) * at->ym + j) * wide;
      for (PetscInt r = 0; r < n_rows; ++r, spectrum += at->nk, side += wide)
        memcpy(forward ? side : spectrum, forward ? spectrum : side, sizeof(HfConvComplex) * (size_t)wide);
    }
}
/* The usual width is a constant, so that pieces are copied without a call. */
static void move_rows(const HfConvLayout *at, HfConvState *state, PetscInt c, PetscInt j, PetscInt n_rows, PetscBool forward) {
  if (at->batch == HF_CONV_BATCH)
    move(at, state, HF_CONV_BATCH, c, j, n_rows, forward);
  else if (at->batch == 1)
    move(at, state, 1, c, j, n_rows, forward);
  else
    move(at, state, at->batch, c, j, n_rows, forward);
}

/* Of the wave numbers of one parity: how many a real row needs, where they begin in its spectrum, and the index of the mirror of the first one in Z, which
   has one more element than the transform: index h is wave number 0 again. */
typedef struct {
  PetscInt n, first, mirrored;
} Half;
static Half half_of(const HfConvLayout *at, PetscInt odd) {
  const PetscInt h = at->mx / 2, even = HfConvEvenColumns(at);
  return odd ? (Half){h + 1 - even, even, h - 1} : (Half){even, 0, h};
}

/* Row r of the block, components 2 pair and, unless `alone`, 2 pair + 1: wave numbers of one parity from the row, or to their share of it. */
static void forward_half(const HfConvLayout *at, HfConvState *state, PetscInt pair, PetscBool alone, PetscInt r, PetscInt odd) {
  const Half half = half_of(at, odd);
  HfConvComplex *row = state->row + pair * state->along_x.stride, *Z = state->row_half;
  HfConvComplex *A = state->row_spectrum + (2 * pair * HF_CONV_ROWS + r) * at->nk + half.first, *B = A + HF_CONV_ROWS * at->nk;

  if (odd) HF_CONV(HfConvTwist)(at->nx, state->along_x.twiddle, row, state->row_twisted);
  FFTW(execute_dft)(state->along_x.forward, odd ? state->row_twisted : row, Z);
  memcpy(Z[at->mx / 2], Z[0], sizeof(*Z));
  if (alone)
    memcpy(A, Z, sizeof(*A) * (size_t)half.n);
  else
    separate(half.n, Z[0], Z[half.mirrored], A[0], B[0]);
}
static void backward_half(const HfConvLayout *at, HfConvState *state, PetscInt pair, PetscBool alone, PetscInt r, PetscInt odd,
                          HfConvComplex *share) {
  const Half half = half_of(at, odd);
  HfConvComplex *Z = state->row_half;
  const HfConvComplex *A = state->row_spectrum + (2 * pair * HF_CONV_ROWS + r) * at->nk + half.first, *B = A + HF_CONV_ROWS * at->nk;

  if (alone)
    merge_alone(half.n, A[0], Z[0], Z[half.mirrored]);
  else
    merge(half.n, A[0], B[0], Z[0], Z[half.mirrored]);
  FFTW(execute_dft)(state->along_x.backward, Z, share);
}

void HF_CONV(HfConvRowsForward)(const HfConvLayout *at, HfConvState *state, const PetscScalar in[]) {
  const PetscInt n = at->n_in, pairs = (n + 1) / 2;

  for (PetscInt j = 0; j < at->ym; j += HF_CONV_ROWS) {
    const PetscInt n_rows = PetscMin(HF_CONV_ROWS, at->ym - j);
    for (PetscInt r = 0; r < n_rows; ++r) {
      pack_row(at->nx, n, state->along_x.stride, in + (j + r) * at->nx * n, state->row[0]);
      for (PetscInt p = 0; p < pairs; ++p)
        for (PetscInt odd = 0; odd < 2; ++odd) forward_half(at, state, p, (PetscBool)(2 * p + 1 == n), r, odd);
    }
    for (PetscInt c = 0; c < n; ++c) move_rows(at, state, c, j, n_rows, PETSC_TRUE);
  }
  state->block = -1;
}

void HF_CONV(HfConvRow)(const HfConvLayout *at, void *context, PetscInt j, PetscReal *const out[]) {
  HfConvState *state = context;
  const PetscInt n = at->n_out, stride = state->along_x.stride, first = j - j % HF_CONV_ROWS;
  HfConvComplex *row = state->row_half + 3 * stride, *share[2] = {state->row_half + stride, state->row_half + 2 * stride};

  if (state->block != first)
    for (PetscInt c = 0; c < n; ++c) move_rows(at, state, c, first, PetscMin(HF_CONV_ROWS, at->ym - first), PETSC_FALSE);
  state->block = first;
  for (PetscInt c = 0; c < n; c += 2) {
    const PetscBool alone = (PetscBool)(c + 1 == n);
    for (PetscInt odd = 0; odd < 2; ++odd) backward_half(at, state, c / 2, alone, j - first, odd, share[odd]);
    HF_CONV(HfConvUntwist)(at->nx, state->along_x.twiddle, share[0], share[1], row);
    unpack_row(at->nx, row[0], out[c], alone ? NULL : out[c + 1]);
  }
}
