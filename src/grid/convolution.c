/* convolution.c: out_a(r) = sum_b sum_r' K_ab(r - r') in_b(r') over the film in free space, by zero-padded fast Fourier transforms.

   Method (Hockney & Eastwood 1988, section 6-5): real-to-complex along x of the owned rows only, the padding rows being zero; transposition by
   MPI_Alltoallv so that every rank owns whole columns kx; then four columns at a time, in cache: pad, transform along y, multiply by the
   kernel's transform, transform back, keep the first ny rows; transposition back; complex-to-real along x. Stored spectra are never padded
   in y, and on one rank nothing is transposed.

   Plans are FFTW_ESTIMATE: a measured plan can differ from run to run and with it the last bits of the field, which a chaotic film magnifies.
   The loss in speed is about a quarter. Each row and column goes through the same plan on any number of ranks. */
#include "convolution_impl.h"

#define L HF_CONV_BATCH

/* The smallest cost among the sizes >= n with factors 2, 3, 5, 7 only, x even. Weights per factor from rough timings of FFTW. */
static PetscInt padded_size(PetscInt n, PetscBool even) {
  static const PetscInt primes[] = {2, 3, 5, 7};
  static const PetscReal weights[] = {1.0, 2.0, 3.3, 5.0};
  PetscInt best = 0;
  PetscReal best_cost = PETSC_MAX_REAL;

  for (PetscInt size = PetscMax(n, 2); size <= 2 * PetscMax(n, 2); size++) {
    PetscInt rest = size;
    PetscReal cost = 2.0; /* reading and writing */
    for (int p = 0; p < 4; p++)
      for (; rest % primes[p] == 0; rest /= primes[p]) cost += weights[p];
    if (rest == 1 && size * cost < best_cost && !(even && size % 2)) {
      best = size;
      best_cost = size * cost;
    }
  }
  return best;
}

static PetscErrorCode allocate_complex(PetscInt n, fftw_complex **a) {
  PetscFunctionBeginUser;
  *a = fftw_alloc_complex((size_t)PetscMax(n, 1));
  PetscCheck(*a, PETSC_COMM_SELF, PETSC_ERR_MEM, "FFT convolution: no memory for %" PetscInt_FMT " complex numbers", n);
  PetscCall(PetscMemzero(*a, sizeof(**a) * (size_t)PetscMax(n, 1)));
  PetscFunctionReturn(0);
}

static PetscErrorCode make_plans(HfConvolution conv) {
  const int mx = (int)conv->mx, my = (int)conv->my;

  PetscFunctionBeginUser;
  conv->row_forward = fftw_plan_dft_r2c_1d(mx, conv->row, conv->row_spectrum, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
  conv->row_backward = fftw_plan_dft_c2r_1d(mx, conv->row_spectrum, conv->row, FFTW_ESTIMATE);
  conv->column_forward = fftw_plan_many_dft(1, &my, L, conv->column_in, NULL, L, 1, conv->column_in, NULL, L, 1, FFTW_FORWARD, FFTW_ESTIMATE);
  conv->column_backward = fftw_plan_many_dft(1, &my, L, conv->column_out, NULL, L, 1, conv->column_out, NULL, L, 1, FFTW_BACKWARD, FFTW_ESTIMATE);
  PetscCheck(conv->row_forward && conv->row_backward && conv->column_forward && conv->column_backward, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "FFTW has no plan for a %d x %d transform", mx, my);
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionCreate(HfGrid grid, PetscInt n_out, PetscInt n_in,
                                   PetscErrorCode (*kernel)(PetscReal x, PetscReal y, void *context, PetscReal K[]), void *context,
                                   HfConvolution *convolution) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfConvolution conv;
  PetscInt batches;

  PetscFunctionBeginUser;
  PetscCheck(n_in > 0 && n_out > 0, HfGridComm(grid), PETSC_ERR_ARG_OUTOFRANGE, "a convolution needs at least one component in and one out");
  PetscCall(PetscNew(&conv));
  conv->grid = grid;
  conv->comm = HfGridComm(grid);
  conv->rank = g->rank;
  conv->size = g->size;
  conv->n_in = n_in;
  conv->n_out = n_out;
  conv->n_max = PetscMax(n_in, n_out);
  conv->nx = g->nx;
  conv->ny = g->ny;
  conv->ym = g->ym;
  conv->rows = HfGridRowRanges(grid);
  conv->mx = padded_size(2 * g->nx - 1, PETSC_TRUE);
  conv->my = padded_size(2 * g->ny - 1, PETSC_FALSE);
  conv->nk = conv->mx / 2 + 1;

  PetscCall(PetscMalloc5(conv->size + 1, &conv->cols, conv->size, &conv->row_counts, conv->size, &conv->row_displs, conv->size, &conv->column_counts,
                         conv->size, &conv->column_displs));
  batches = (conv->nk + L - 1) / L; /* whole batches per rank */
  for (PetscInt r = 0; r <= conv->size; r++) conv->cols[r] = PetscMin(conv->nk, L * ((batches * r) / conv->size));
  conv->n_cols = conv->cols[conv->rank + 1] - conv->cols[conv->rank];

  conv->row = fftw_alloc_real((size_t)(conv->n_max * conv->mx));
  PetscCheck(conv->row, PETSC_COMM_SELF, PETSC_ERR_MEM, "FFT convolution: no memory for a row");
  PetscCall(allocate_complex(conv->n_max * conv->nk, &conv->row_spectrum));
  PetscCall(allocate_complex(n_in * conv->my * L, &conv->column_in));
  PetscCall(allocate_complex(n_out * conv->my * L, &conv->column_out));
  PetscCall(make_plans(conv));
  PetscCall(PetscCalloc1(n_out * n_in, &conv->entries));
  PetscCall(HfConvolutionKernel_Private(conv, kernel, context));

  PetscCall(allocate_complex(conv->n_max * conv->ym * conv->nk, &conv->row_side));
  if (conv->size == 1)
    conv->column_side = conv->row_side;
  else
    PetscCall(allocate_complex(conv->n_max * conv->ny * conv->n_cols, &conv->column_side));
  *convolution = conv;
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionDestroy(HfConvolution *convolution) {
  HfConvolution conv = *convolution;

  PetscFunctionBeginUser;
  if (!conv) PetscFunctionReturn(0);
  fftw_destroy_plan(conv->row_forward);
  fftw_destroy_plan(conv->row_backward);
  fftw_destroy_plan(conv->column_forward);
  fftw_destroy_plan(conv->column_backward);
  for (PetscInt e = 0; e < conv->n_out * conv->n_in; e++) PetscCall(PetscFree(conv->entries[e].f));
  PetscCall(PetscFree(conv->entries));
  fftw_free(conv->row);
  fftw_free(conv->row_spectrum);
  fftw_free(conv->column_in);
  fftw_free(conv->column_out);
  if (conv->column_side != conv->row_side) fftw_free(conv->column_side);
  fftw_free(conv->row_side);
  PetscCall(PetscFree5(conv->cols, conv->row_counts, conv->row_displs, conv->column_counts, conv->column_displs));
  PetscCall(PetscFree(*convolution));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionTranspose_Private(HfConvolution conv, PetscInt n, const PetscInt rows[], PetscInt n_max, fftw_complex row_side[],
                                              fftw_complex column_side[], PetscBool forward) {
  const PetscInt own = rows[conv->rank + 1] - rows[conv->rank];

  PetscFunctionBeginUser;
  if (row_side == column_side) PetscFunctionReturn(0);
  for (PetscMPIInt r = 0; r < conv->size; r++) {
    PetscCall(PetscMPIIntCast(n * own * (conv->cols[r + 1] - conv->cols[r]), &conv->row_counts[r]));
    PetscCall(PetscMPIIntCast(n_max * own * conv->cols[r], &conv->row_displs[r]));
    PetscCall(PetscMPIIntCast(n * (rows[r + 1] - rows[r]) * conv->n_cols, &conv->column_counts[r]));
    PetscCall(PetscMPIIntCast(n_max * rows[r] * conv->n_cols, &conv->column_displs[r]));
  }
  if (forward)
    PetscCallMPI(MPI_Alltoallv(row_side, conv->row_counts, conv->row_displs, MPI_C_DOUBLE_COMPLEX, column_side, conv->column_counts,
                               conv->column_displs, MPI_C_DOUBLE_COMPLEX, conv->comm));
  else
    PetscCallMPI(MPI_Alltoallv(column_side, conv->column_counts, conv->column_displs, MPI_C_DOUBLE_COMPLEX, row_side, conv->row_counts,
                               conv->row_displs, MPI_C_DOUBLE_COMPLEX, conv->comm));
  PetscFunctionReturn(0);
}

/* Owned rows of `in` along x. */
static PetscErrorCode rows_forward(HfConvolution conv, Vec in) {
  const PetscInt n = conv->n_in, nx = conv->nx, mx = conv->mx, nk = conv->nk;
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(in, &a));
  for (PetscInt c = 0; c < n; c++)
    for (PetscInt i = nx; i < mx; i++) conv->row[c * mx + i] = 0.0;
  for (PetscInt j = 0; j < conv->ym; j++) {
    for (PetscInt c = 0; c < n; c++) {
      PetscReal *row = conv->row + c * mx;
      fftw_complex *spectrum = conv->row_spectrum + c * nk;
      for (PetscInt i = 0; i < nx; i++) row[i] = a[(j * nx + i) * n + c];
      fftw_execute_dft_r2c(conv->row_forward, row, spectrum);
      for (PetscMPIInt d = 0; d < conv->size; d++) {
        const PetscInt width = conv->cols[d + 1] - conv->cols[d];
        memcpy(conv->row_side + conv->n_max * conv->ym * conv->cols[d] + (c * conv->ym + j) * width, spectrum + conv->cols[d],
               sizeof(fftw_complex) * (size_t)width);
      }
    }
  }
  PetscCall(VecRestoreArrayRead(in, &a));
  PetscFunctionReturn(0);
}

static PetscErrorCode rows_backward(HfConvolution conv, Vec out) {
  const PetscInt n = conv->n_out, nx = conv->nx, mx = conv->mx, nk = conv->nk;
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(out, &a));
  for (PetscInt j = 0; j < conv->ym; j++) {
    for (PetscInt c = 0; c < n; c++) {
      PetscReal *row = conv->row + c * mx;
      fftw_complex *spectrum = conv->row_spectrum + c * nk;
      for (PetscMPIInt d = 0; d < conv->size; d++) {
        const PetscInt width = conv->cols[d + 1] - conv->cols[d];
        memcpy(spectrum + conv->cols[d], conv->row_side + conv->n_max * conv->ym * conv->cols[d] + (c * conv->ym + j) * width,
               sizeof(fftw_complex) * (size_t)width);
      }
      fftw_execute_dft_c2r(conv->row_backward, spectrum, row);
      for (PetscInt i = 0; i < nx; i++) a[(j * nx + i) * n + c] = row[i];
    }
  }
  PetscCall(VecRestoreArrayWrite(out, &a));
  PetscFunctionReturn(0);
}

/* Copies n components of the columns k0 .. k0+width-1 between the column side and the padded work columns. */
static void gather_columns(HfConvolution conv, PetscInt n, PetscInt k0, PetscInt width) {
  const PetscInt n_cols = conv->n_cols, my = conv->my;

  for (PetscMPIInt s = 0; s < conv->size; s++) {
    const PetscInt j0 = conv->rows[s], own = conv->rows[s + 1] - j0;
    for (PetscInt c = 0; c < n; c++) {
      const fftw_complex *from = conv->column_side + (conv->n_max * j0 + c * own) * n_cols + k0;
      fftw_complex *to = conv->column_in + (c * my + j0) * L;
      if (width == L)
        for (PetscInt j = 0; j < own; j++, from += n_cols, to += L) memcpy(to, from, sizeof(fftw_complex) * L);
      else /* the last batch: the spare columns stay zero */
        for (PetscInt j = 0; j < own; j++, from += n_cols, to += L) {
          memset(to, 0, sizeof(fftw_complex) * L);
          memcpy(to, from, sizeof(fftw_complex) * (size_t)width);
        }
    }
  }
  for (PetscInt c = 0; c < n; c++) memset(conv->column_in + (c * my + conv->ny) * L, 0, sizeof(fftw_complex) * (size_t)((my - conv->ny) * L));
}

static void scatter_columns(HfConvolution conv, PetscInt n, PetscInt k0, PetscInt width) {
  const PetscInt n_cols = conv->n_cols, my = conv->my;

  for (PetscMPIInt s = 0; s < conv->size; s++) {
    const PetscInt j0 = conv->rows[s], own = conv->rows[s + 1] - j0;
    for (PetscInt c = 0; c < n; c++) {
      const fftw_complex *from = conv->column_out + (c * my + j0) * L;
      fftw_complex *to = conv->column_side + (conv->n_max * j0 + c * own) * n_cols + k0;
      if (width == L)
        for (PetscInt j = 0; j < own; j++, from += L, to += n_cols) memcpy(to, from, sizeof(fftw_complex) * L);
      else
        for (PetscInt j = 0; j < own; j++, from += L, to += n_cols) memcpy(to, from, sizeof(fftw_complex) * (size_t)width);
    }
  }
}

PetscErrorCode HfConvolutionApply(HfConvolution conv, Vec in, Vec out) {
  PetscInt n_in, n_out;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(in, &n_in));
  PetscCall(VecGetLocalSize(out, &n_out));
  PetscCheck(n_in == conv->nx * conv->ym * conv->n_in && n_out == conv->nx * conv->ym * conv->n_out, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "convolution of %" PetscInt_FMT " to %" PetscInt_FMT " components: a Vec has another length", conv->n_in, conv->n_out);
  PetscCall(rows_forward(conv, in));
  PetscCall(HfConvolutionTranspose_Private(conv, conv->n_in, conv->rows, conv->n_max, conv->row_side, conv->column_side, PETSC_TRUE));
  for (PetscInt k0 = 0; k0 < conv->n_cols; k0 += L) {
    const PetscInt width = PetscMin(L, conv->n_cols - k0);
    gather_columns(conv, conv->n_in, k0, width);
    for (PetscInt b = 0; b < conv->n_in; b++)
      fftw_execute_dft(conv->column_forward, conv->column_in + b * conv->my * L, conv->column_in + b * conv->my * L);
    HfConvolutionMultiply_Private(conv, k0 / L);
    for (PetscInt a = 0; a < conv->n_out; a++)
      fftw_execute_dft(conv->column_backward, conv->column_out + a * conv->my * L, conv->column_out + a * conv->my * L);
    scatter_columns(conv, conv->n_out, k0, width);
  }
  PetscCall(HfConvolutionTranspose_Private(conv, conv->n_out, conv->rows, conv->n_max, conv->row_side, conv->column_side, PETSC_FALSE));
  PetscCall(rows_backward(conv, out));
  PetscFunctionReturn(0);
}
