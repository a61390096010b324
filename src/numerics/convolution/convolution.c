/* Out_a(r) = sum_b sum_r' K_ab(r - r') in_b(r') over the film in free space, by zero-padded fast Fourier transforms.

   Method (Hockney & Eastwood 1988, section 6-5): real-to-complex along x of the owned rows only, the padding rows being zero; transposition by
   MPI_Alltoallv so that every rank owns whole columns kx; then four columns at a time, in cache: transform along y as if padded
   (convolution_columns.c), multiply by the kernel's transform, transform back; transposition back; complex-to-real along x. Spectra are never padded
   in y, and on one rank nothing is transposed.

   Plans are FFTW_ESTIMATE: a measured plan can differ from run to run and with it the last bits of the field, which a chaotic film magnifies.
   A transform loses a tenth to a quarter of its speed. Each row and column goes through the same plan on any number of ranks. */
#include "convolution_impl.h"

#define L HF_CONV_BATCH
enum { SHORT = 320 }; /* columns up to this length stay side by side (convolution_columns.c): a tenth of 128 x 128 cells, a third of 331 x 257 */

/* The smallest cost among the sizes >= n with factors 2, 3, 5, 7 only, and even. Weights per factor from rough timings of FFTW. */
static PetscInt padded_size(PetscInt n) {
  static const PetscInt primes[] = {2, 3, 5, 7};
  static const PetscReal weights[] = {1.0, 2.0, 3.3, 5.0};
  PetscInt best = 0;
  PetscReal best_cost = PETSC_MAX_REAL;

  for (PetscInt size = PetscMax(n, 2); size <= 2 * PetscMax(n, 2); ++size) {
    PetscInt rest = size;
    PetscReal cost = 2.0; /* reading and writing */
    for (int p = 0; p < 4; ++p)
      for (; rest % primes[p] == 0; rest /= primes[p]) cost += weights[p];
    if (rest == 1 && size * cost < best_cost && size % 2 == 0) {
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

static fftw_plan plan_columns(HfConvolution conv, int sign) {
  const int half = (int)conv->my / 2, columns = conv->is_short ? L : 1, stride = columns;

  return fftw_plan_many_dft(1, &half, columns, conv->column, NULL, stride, 1, conv->column_in, NULL, stride, 1, sign,
                            FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
}

static void transform_columns(const HfConvolution conv, fftw_plan plan, fftw_complex *from, fftw_complex *to) {
  const PetscInt half = conv->my / 2;

  if (conv->is_short)
    fftw_execute_dft(plan, from, to);
  else
    for (PetscInt l = 0; l < L; ++l) fftw_execute_dft(plan, from + l * half, to + l * half);
}

static PetscErrorCode make_plans(HfConvolution conv) {
  const int mx = (int)conv->mx;

  PetscFunctionBeginUser;
  conv->row_forward = fftw_plan_dft_r2c_1d(mx, conv->row, conv->row_spectrum, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
  conv->row_backward = fftw_plan_dft_c2r_1d(mx, conv->row_spectrum, conv->row, FFTW_ESTIMATE);
  conv->column_forward = plan_columns(conv, FFTW_FORWARD);
  conv->column_backward = plan_columns(conv, FFTW_BACKWARD);
  PetscCheck(conv->row_forward && conv->row_backward && conv->column_forward && conv->column_backward, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "FFTW has no plan for a %d x %d transform", mx, (int)conv->my);
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
  conv->mx = padded_size(2 * g->nx - 1);
  conv->my = padded_size(2 * g->ny - 1);
  conv->is_short = (PetscBool)(conv->my / 2 <= SHORT);
  batches = (conv->mx / 2 + 1 + L - 1) / L;
  conv->nk = L * batches;

  PetscCall(PetscMalloc5(conv->size + 1, &conv->cols, conv->size, &conv->row_counts, conv->size, &conv->row_displs, conv->size, &conv->column_counts,
                         conv->size, &conv->column_displs));
  for (PetscInt r = 0; r <= conv->size; ++r) conv->cols[r] = L * ((batches * r) / conv->size); /* whole batches per rank */
  conv->n_cols = conv->cols[conv->rank + 1] - conv->cols[conv->rank];

  conv->row = fftw_alloc_real((size_t)conv->mx);
  PetscCheck(conv->row, PETSC_COMM_SELF, PETSC_ERR_MEM, "FFT convolution: no memory for a row");
  PetscCall(allocate_complex(HF_CONV_ROWS * conv->nk, &conv->row_spectrum));
  PetscCall(allocate_complex(conv->my / 2 * L, &conv->column));
  PetscCall(allocate_complex(n_in * conv->my / 2 * L, &conv->column_in));
  PetscCall(allocate_complex(n_out * conv->my * L, &conv->column_out));
  PetscCall(allocate_complex(conv->my / 2, &conv->twiddle));
  for (PetscInt j = 0; j < conv->my / 2; ++j) {
    conv->twiddle[j][0] = PetscCosReal(2.0 * PETSC_PI * (PetscReal)j / (PetscReal)conv->my);
    conv->twiddle[j][1] = -PetscSinReal(2.0 * PETSC_PI * (PetscReal)j / (PetscReal)conv->my);
  }
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
  for (PetscInt e = 0; e < conv->n_out * conv->n_in; ++e)
    if (!conv->entries[e].shared) PetscCall(PetscFree(conv->entries[e].f));
  PetscCall(PetscFree(conv->entries));
  fftw_free(conv->row);
  fftw_free(conv->row_spectrum);
  fftw_free(conv->twiddle);
  fftw_free(conv->column);
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
  for (PetscMPIInt r = 0; r < conv->size; ++r) {
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

/* Component c of n interleaved ones. */
HF_KERNEL static void take_component(PetscInt nx, PetscInt n, PetscInt c, const PetscReal *restrict a, PetscReal *restrict row) {
  if (n == 3)
    for (PetscInt i = 0; i < nx; ++i) row[i] = a[3 * i + c];
  else
    for (PetscInt i = 0; i < nx; ++i) row[i] = a[n * i + c];
}

HF_KERNEL static void put_component(PetscInt nx, PetscInt n, PetscInt c, const PetscReal *restrict row, PetscReal *restrict a) {
  if (n == 3)
    for (PetscInt i = 0; i < nx; ++i) a[3 * i + c] = row[i];
  else
    for (PetscInt i = 0; i < nx; ++i) a[n * i + c] = row[i];
}

/* Between the spectra of n_rows rows of component c, from row j on, and the row side. */
static void move_rows(HfConvolution conv, PetscInt c, PetscInt j, PetscInt n_rows, PetscBool forward) {
  for (PetscMPIInt d = 0; d < conv->size; ++d)
    for (PetscInt k = conv->cols[d]; k < conv->cols[d + 1]; k += L) {
      fftw_complex *spectrum = conv->row_spectrum + k;
      fftw_complex *side = conv->row_side + conv->n_max * conv->ym * conv->cols[d] + (((k - conv->cols[d]) / L * conv->n_max + c) * conv->ym + j) * L;
      for (PetscInt r = 0; r < n_rows; r++, spectrum += conv->nk, side += L)
        memcpy(forward ? side : spectrum, forward ? spectrum : side, sizeof(fftw_complex) * L);
    }
}

/* Owned rows of `in` along x. */
static PetscErrorCode rows_forward(HfConvolution conv, Vec in) {
  const PetscInt n = conv->n_in, nx = conv->nx;
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(in, &a));
  PetscCall(PetscArrayzero(conv->row + nx, conv->mx - nx));
  for (PetscInt j = 0; j < conv->ym; j += HF_CONV_ROWS)
    for (PetscInt c = 0; c < n; ++c) {
      const PetscInt n_rows = PetscMin(HF_CONV_ROWS, conv->ym - j);
      for (PetscInt r = 0; r < n_rows; ++r) {
        take_component(nx, n, c, a + (j + r) * nx * n, conv->row);
        fftw_execute_dft_r2c(conv->row_forward, conv->row, conv->row_spectrum + r * conv->nk);
      }
      move_rows(conv, c, j, n_rows, PETSC_TRUE);
    }
  PetscCall(VecRestoreArrayRead(in, &a));
  PetscFunctionReturn(0);
}

static PetscErrorCode rows_backward(HfConvolution conv, Vec out) {
  const PetscInt n = conv->n_out, nx = conv->nx;
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(out, &a));
  for (PetscInt j = 0; j < conv->ym; j += HF_CONV_ROWS)
    for (PetscInt c = 0; c < n; ++c) {
      const PetscInt n_rows = PetscMin(HF_CONV_ROWS, conv->ym - j);
      move_rows(conv, c, j, n_rows, PETSC_FALSE);
      for (PetscInt r = 0; r < n_rows; ++r) {
        fftw_execute_dft_c2r(conv->row_backward, conv->row_spectrum + r * conv->nk, conv->row);
        put_component(nx, n, c, conv->row, a + (j + r) * nx * n);
      }
    }
  PetscCall(VecRestoreArrayWrite(out, &a));
  /* what the transforms left in the spare columns */
  for (PetscInt r = 0; r < HF_CONV_ROWS; ++r) PetscCall(PetscArrayzero(conv->row_spectrum + (r + 1) * conv->nk - L, L));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionApply(HfConvolution conv, Vec in, Vec out) {
  const PetscInt half = conv->my / 2;
  PetscInt n_in, n_out;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(in, &n_in));
  PetscCall(VecGetLocalSize(out, &n_out));
  PetscCheck(n_in == conv->nx * conv->ym * conv->n_in && n_out == conv->nx * conv->ym * conv->n_out, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "convolution of %" PetscInt_FMT " to %" PetscInt_FMT " components: a Vec has another length", conv->n_in, conv->n_out);
  PetscCall(HfProfileBegin(HF_PROFILE_CONVOLUTION));
  PetscCall(rows_forward(conv, in));
  PetscCall(HfConvolutionTranspose_Private(conv, conv->n_max, conv->rows, conv->n_max, conv->row_side, conv->column_side, PETSC_TRUE));
  for (PetscInt batch = 0; batch < conv->n_cols / L; ++batch) {
    for (PetscInt parity = 0; parity < 2; ++parity) {
      for (PetscInt b = 0; b < conv->n_in; ++b) {
        (conv->is_short ? HfConvolutionGatherShort_Private : HfConvolutionGather_Private)(conv, batch, b, parity);
        transform_columns(conv, conv->column_forward, conv->column, conv->column_in + b * L * half);
      }
      for (PetscInt a = 0; a < conv->n_out; ++a) {
        HfConvolutionMultiply_Private(conv, batch, a, parity);
        transform_columns(conv, conv->column_backward, conv->column, conv->column_out + (2 * a + parity) * L * half);
      }
    }
    (conv->is_short ? HfConvolutionScatterShort_Private : HfConvolutionScatter_Private)(conv, batch);
  }
  PetscCall(HfConvolutionTranspose_Private(conv, conv->n_max, conv->rows, conv->n_max, conv->row_side, conv->column_side, PETSC_FALSE));
  PetscCall(rows_backward(conv, out));
  PetscCall(HfProfileEnd(HF_PROFILE_CONVOLUTION));
  PetscFunctionReturn(0);
}
