/* Out_a(r) = sum_b sum_r' K_ab(r - r') in_b(r') over the film in free space, by zero-padded fast Fourier transforms.

   Method (Hockney & Eastwood 1988, section 6-5): transform along x of the owned rows only, the padding rows being zero; transposition by MPI_Alltoallv
   so that every rank owns whole columns kx; then a few columns at a time, in cache: transform along y, multiply by the kernel's transform, transform
   back; transposition back; transform back along x. Spectra are never padded in y, and on one rank nothing is transposed.

   This file: sizes and transposition. The kernel: convolution_kernel.c. Transforms and product: the engine, in double and in single precision. */
#include "../denormals.h"
#include "convolution_impl.h"

/* CPU time of a padded row or column of 2h points, relative: the passes over memory and a transform of length h, which FFTW's plans with vector instructions
   make 2.4 times as fast where h is 2^k, k > 2, times one of few odd factors (FFTW 3.3.10, lengths 16 to 1100). */
static PetscReal cost(PetscInt h, HfConvolutionPrecision precision) {
  PetscInt odd = h, twos = 0;
  PetscBool fast;

  for (; odd % 2 == 0; odd /= 2) ++twos;
  fast = (PetscBool)(twos > 2 && (odd == 1 || odd == 5 || odd == 25 || odd == (precision == HF_CONVOLUTION_SINGLE ? 3 : 7)));
  return (PetscReal)h * (12.0 + (fast ? 1.0 : 2.4) * PetscLog2Real((PetscReal)h));
}

/* The padded size of n cells: the cheapest of those from 2n on with factors 2, 3, 5, 7 only. */
static PetscInt padded_size(PetscInt n, HfConvolutionPrecision precision) {
  PetscInt best = 0;

  for (PetscInt h = n; h <= 2 * n; ++h) {
    PetscInt rest = h;
    for (PetscInt prime = 2; prime <= 7; ++prime)
      while (rest % prime == 0) rest /= prime;
    if (rest == 1 && (!best || cost(h, precision) < cost(best, precision))) best = h;
  }
  return 2 * best;
}

/* The width of a batch with which the rank that has most to do has least: `columns` on `size` ranks. What a convolution costs with narrower batches is
   measured by tests/bench/numerics_convolution.c (200^2 to 1024^2 cells). */
static PetscInt batch_width(PetscInt64 columns, PetscMPIInt size) {
  static const struct {
    PetscInt wide;
    PetscReal cost;
  } widths[] = {{HF_CONV_BATCH, 1.0}, {4, 1.15}, {2, 1.25}, {1, 1.25}};
  PetscReal least = PETSC_MAX_REAL;
  PetscInt best = HF_CONV_BATCH;

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(widths); ++k) {
    const PetscInt64 batches = (columns + widths[k].wide - 1) / widths[k].wide;
    const PetscReal cost = widths[k].cost * (PetscReal)(widths[k].wide * ((batches + size - 1) / size));

    if (cost < least) best = widths[k].wide;
    least = PetscMin(least, cost);
  }
  return best;
}

HfConvolutionTraffic HfConvolutionForecast(PetscInt64 nx, PetscInt64 ny, PetscInt ranks, HfConvolutionPrecision precision, PetscInt n) {
  const PetscInt64 columns = padded_size((PetscInt)nx, precision) / 2 + 1, batch = batch_width(columns, (PetscMPIInt)ranks);
  const PetscInt64 batches = (columns + batch - 1) / batch, most = batch * ((batches + ranks - 1) / ranks), rows = (ny + ranks - 1) / ranks;
  const PetscReal size = 2 * (precision == HF_CONVOLUTION_SINGLE ? sizeof(float) : sizeof(double)), numbers = (PetscReal)n * size;

  if (ranks == 1) return (HfConvolutionTraffic){0, 0, (PetscInt)most};
  return (HfConvolutionTraffic){.messages = (PetscReal)(PetscMin(ranks, batches) + PetscMin(ranks, ny) - 2),
                                .bytes = numbers * ((PetscReal)rows * (PetscReal)(batch * batches - most) + (PetscReal)most * (PetscReal)(ny - rows)),
                                .columns = (PetscInt)most};
}

static PetscErrorCode make_layout(const HfConvolutionFilm *film, HfConvolutionPrecision precision, PetscInt n_out, PetscInt n_in, HfConvLayout *at) {
  PetscInt64 batches;

  PetscFunctionBeginUser;
  *at = (HfConvLayout){
      .comm = film->comm,
      .n_in = n_in,
      .n_out = n_out,
      .n_max = PetscMax(n_in, n_out),
      .nx = film->nx,
      .ny = film->ny,
      .dx = film->dx,
      .dy = film->dy,
      .mx = padded_size(film->nx, precision),
      .my = padded_size(film->ny, precision),
  };
  PetscCallMPI(MPI_Comm_rank(at->comm, &at->rank));
  PetscCallMPI(MPI_Comm_size(at->comm, &at->size));
  at->batch = film->batch ? film->batch : batch_width(at->mx / 2 + 1, at->size);
  batches = (at->mx / 2 + at->batch) / at->batch;
  at->nk = at->batch * batches;
  PetscCall(PetscMalloc6(at->size + 1, &at->cols, at->size + 1, &at->rows, at->size, &at->row_counts, at->size, &at->row_places, at->size,
                         &at->column_counts, at->size, &at->column_places));
  for (PetscInt r = 0; r <= at->size; ++r) {
    at->cols[r] = (PetscInt)(at->batch * ((batches * r) / at->size));
    at->rows[r] = film->rows[r];
  }
  at->n_cols = at->cols[at->rank + 1] - at->cols[at->rank];
  at->ym = at->rows[at->rank + 1] - at->rows[at->rank];
  at->most = HF_EXCHANGE_MOST;
  at->largest_message = HfConvSizesOf_Private(at).largest_message;
  PetscFunctionReturn(0);
}

HfConvSizes HfConvSizesOf_Private(const HfConvLayout *at) {
  const PetscInt64 high = 2 * at->ny - 1, own = (high * (at->rank + 1)) / at->size - (high * at->rank) / at->size;
  HfConvSizes sizes = {.row_side = at->n_max * at->ym * at->nk,
                       .column_side = at->n_max * at->ny * at->n_cols,
                       .samples = own * (2 * at->nx - 1),
                       .kernel_rows = own * at->nk,
                       .kernel_columns = high * at->n_cols,
                       .transform = at->my * at->n_cols};

  for (PetscMPIInt r = 0; r < at->size && at->size > 1; ++r) {
    const PetscInt64 rows = PetscMax(at->n_max * (at->rows[r + 1] - at->rows[r]), (high + at->size - 1) / at->size),
                     cols = at->cols[r + 1] - at->cols[r];
    sizes.largest_message = PetscMax(sizes.largest_message, PetscMax(rows * at->nk, PetscMax(at->n_max * at->ny, high) * cols));
  }
  return sizes;
}

PetscErrorCode HfConvolutionCreate(HfGrid grid, HfConvolutionPrecision precision, PetscInt n_out, PetscInt n_in,
                                   PetscErrorCode (*kernel)(PetscReal x, PetscReal y, void *context, PetscReal K[]), void *context,
                                   HfConvolution *convolution) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const HfConvolutionFilm film = {
      .comm = HfGridComm(grid), .nx = g->nx, .ny = g->ny, .dx = g->dx, .dy = g->dy, .rows = HfGridRowRanges(HfGridWholeRows(grid))};

  PetscFunctionBeginUser;
  PetscCall(HfConvolutionCreateRows(&film, precision, n_out, n_in, kernel, context, convolution));
  if (HfGridWholeRows(grid) != grid) PetscCall(HfConvBoxesCreate_Private(grid, n_out, n_in, &(*convolution)->boxes));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionCreateRows(const HfConvolutionFilm *film, HfConvolutionPrecision precision, PetscInt n_out, PetscInt n_in,
                                       PetscErrorCode (*kernel)(PetscReal x, PetscReal y, void *context, PetscReal K[]), void *context,
                                       HfConvolution *convolution) {
  HfConvolution conv;

  PetscFunctionBeginUser;
  PetscCheck(n_in > 0 && n_out > 0, film->comm, PETSC_ERR_ARG_OUTOFRANGE, "a convolution needs at least one component in and one out");
  PetscCheck(film->batch >= 0 && film->batch <= HF_CONV_BATCH, film->comm, PETSC_ERR_ARG_OUTOFRANGE, "at most %d columns are kept together",
             HF_CONV_BATCH);
  PetscCall(PetscNew(&conv));
  PetscCall(make_layout(film, precision, n_out, n_in, &conv->layout));
  conv->engine = precision == HF_CONVOLUTION_SINGLE ? &HfConvEngine_Single : &HfConvEngine_Double;
  PetscCall((*conv->engine->create)(&conv->layout, kernel, context, &conv->state));
  *convolution = conv;
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionDestroy(HfConvolution *convolution) {
  HfConvolution conv = *convolution;
  HfConvLayout *at;

  PetscFunctionBeginUser;
  if (!conv) PetscFunctionReturn(0);
  at = &conv->layout;
  PetscCall(HfConvBoxesDestroy_Private(&conv->boxes));
  PetscCall((*conv->engine->destroy)(at, &conv->state));
  PetscCall(PetscFree6(at->cols, at->rows, at->row_counts, at->row_places, at->column_counts, at->column_places));
  PetscCall(PetscFree(*convolution));
  PetscFunctionReturn(0);
}

static PetscErrorCode convolve_rows(HfConvolution conv, Vec in) {
  const HfConvLayout *at = &conv->layout;
  const unsigned before = HfFlushDenormals(); /* where m_z fades out, single precision meets many */
  const PetscScalar *from;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(in, &n));
  PetscCheck(n == at->nx * at->ym * at->n_in, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "convolution of %lld components: a Vec has another length",
             (long long)at->n_in);
  PetscCall(HfProfileBegin(HF_PROFILE_CONVOLUTION));
  PetscCall(VecGetArrayRead(in, &from));
  PetscCall((*conv->engine->convolve)(at, conv->state, from));
  PetscCall(VecRestoreArrayRead(in, &from));
  PetscCall(HfProfileEnd(HF_PROFILE_CONVOLUTION));
  HfRestoreDenormals(before);
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionConvolve(HfConvolution conv, Vec in) {
  PetscFunctionBeginUser;
  if (conv->boxes)
    PetscCall(HfConvBoxesConvolve_Private(conv->boxes, conv, in));
  else
    PetscCall(convolve_rows(conv, in));
  PetscFunctionReturn(0);
}

static void make_row(HfConvolution conv, PetscInt j, PetscReal *const out[]) {
  const unsigned before = HfFlushDenormals();

  (*conv->engine->row)(&conv->layout, conv->state, j - conv->layout.rows[conv->layout.rank], out);
  HfRestoreDenormals(before);
}

void HfConvolutionRow(HfConvolution conv, PetscInt j, PetscReal *const out[]) {
  if (conv->boxes)
    HfConvBoxesRow_Private(conv->boxes, j, out);
  else
    make_row(conv, j, out);
}

PetscErrorCode HfConvolutionApplyRows_Private(HfConvolution conv, Vec in, Vec out) {
  const HfConvLayout *at = &conv->layout;
  const PetscInt n = at->n_out, nx = at->nx;
  PetscReal *memory, **row;
  PetscScalar *to;
  PetscInt length;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(out, &length));
  PetscCheck(length == nx * at->ym * n, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "convolution to %" PetscInt_FMT " components: a Vec has another length",
             n);
  PetscCall(convolve_rows(conv, in));
  PetscCall(PetscMalloc2(n * nx, &memory, n, &row));
  for (PetscInt c = 0; c < n; ++c) row[c] = memory + c * nx;
  PetscCall(VecGetArrayWrite(out, &to));
  for (PetscInt j = 0; j < at->ym; ++j) {
    make_row(conv, at->rows[at->rank] + j, row);
    for (PetscInt i = 0; i < nx; ++i)
      for (PetscInt c = 0; c < n; ++c) to[n * (j * nx + i) + c] = row[c][i];
  }
  PetscCall(VecRestoreArrayWrite(out, &to));
  PetscCall(PetscFree2(memory, row));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionApply(HfConvolution conv, Vec in, Vec out) {
  PetscFunctionBeginUser;
  if (conv->boxes) {
    PetscCall(HfConvBoxesConvolve_Private(conv->boxes, conv, in));
    PetscCall(HfConvBoxesCopy_Private(conv->boxes, out));
  } else
    PetscCall(HfConvolutionApplyRows_Private(conv, in, out));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvolutionTranspose_Private(const HfConvLayout *at, PetscInt n, const PetscInt rows[], PetscInt n_max, MPI_Datatype type,
                                              void *row_side, void *column_side, PetscBool forward) {
  const PetscInt64 own = rows[at->rank + 1] - rows[at->rank];

  const HfExchange by_rows = {row_side, at->row_counts, at->row_places}, by_columns = {column_side, at->column_counts, at->column_places};

  PetscFunctionBeginUser;
  if (at->size == 1) PetscFunctionReturn(0); /* both sides are one array */
  for (PetscMPIInt r = 0; r < at->size; ++r) {
    at->row_counts[r] = n * own * (at->cols[r + 1] - at->cols[r]);
    at->row_places[r] = n_max * own * at->cols[r];
    at->column_counts[r] = n * (rows[r + 1] - rows[r]) * at->n_cols;
    at->column_places[r] = n_max * rows[r] * at->n_cols;
  }
  PetscCall(HfExchangeAllToAll(at->comm, type, forward ? &by_rows : &by_columns, forward ? &by_columns : &by_rows, at->largest_message, at->most));
  PetscFunctionReturn(0);
}
