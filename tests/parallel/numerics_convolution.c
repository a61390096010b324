/* The convolution by FFT equals the direct sum, whatever the sizes, the parity of the kernel, the numbers of components, the ranks, the precision, the width
   of batches, and whoever owns the rows.

   numerics/convolution/convolution_impl.h: the limit of messages, which is no concern of other rooms. */
#include "hf_test.h"
#include <hopfilm/numerics.h>
#include <numerics/convolution/convolution_impl.h>

/* A number in (-1,1) that looks random, for component c of cell (i,j). */
static PetscReal value(PetscInt i, PetscInt j, PetscInt c) {
  const PetscReal s = 43758.5453 * sin(12.9898 * (PetscReal)i + 78.233 * (PetscReal)j + 37.719 * (PetscReal)c + 0.5);
  return 2.0 * (s - floor(s)) - 1.0;
}

static PetscInt disk(PetscReal x, PetscReal y, void *context) {
  const PetscReal r = *(PetscReal *)context;
  return x * x + y * y <= r * r ? 0 : -1;
}

/* One component of each kind: even, odd, odd in y alone, none of these, zero. */
static PetscErrorCode kernel(PetscReal x, PetscReal y, void *context, PetscReal K[]) {
  const PetscInt n = *(PetscInt *)context;
  const PetscReal r = sqrt(x * x + 2.0 * y * y + 0.3);
  const PetscReal kinds[5] = {1.0 / (r * r * r), x / r, x * y / (r * r), exp(-0.1 * x) * (y + 2.0) / (r + 1.0) + 0.2, 0.0};

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < n; ++e) K[e] = kinds[e % 5];
  PetscFunctionReturn(0);
}

static const char *const names[] = {"double", "single"};

/* Largest difference to the direct sum over the owned cells, relative to the largest sum of the sizes of its terms: how much of them cancels is no matter of
   round-off, and which plan FFTW takes depends on the processor. */
static void compare(HfConvolutionPrecision precision, PetscInt nx, PetscInt ny, PetscInt n_out, PetscInt n_in, PetscReal radius) {
  const PetscReal dx = 0.7, dy = 1.1;
  PetscInt n = n_out * n_in;
  HfGrid grid;
  const HfGridInfo *g;
  const int8_t *regions;
  HfConvolution conv;
  Vec in, out;
  PetscScalar *a;
  const PetscScalar *b;
  PetscReal K[9], worst[2] = {0.0, 0.0};

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, dx, dy, 1.0, radius > 0.0 ? disk : NULL, &radius, &grid));
  g = HfGridGetInfo(grid);
  regions = HfGridRegions(grid);
  CHECK(HfGridCreateCellVec(grid, n_in, &in));
  CHECK(HfGridCreateCellVec(grid, n_out, &out));
  CHECK(VecGetArray(in, &a));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < nx; ++i)
      for (PetscInt c = 0; c < n_in; ++c) a[(j * nx + i) * n_in + c] = HfRegionAt(g, regions, i, g->ys + j) < 0 ? 0.0 : value(i, g->ys + j, c);
  CHECK(VecRestoreArray(in, &a));
  CHECK(HfConvolutionCreate(grid, precision, n_out, n_in, kernel, &n, &conv));
  CHECK(HfConvolutionApply(conv, in, out));
  CHECK(HfConvolutionApply(conv, in, out)); /* nothing is left over from the first */

  CHECK(VecGetArrayRead(out, &b));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
    for (PetscInt i = 0; i < nx; ++i) {
      PetscReal sum[3] = {0.0, 0.0, 0.0}, of_sizes[3] = {0.0, 0.0, 0.0};
      for (PetscInt q = 0; q < ny; ++q) {
        for (PetscInt p = 0; p < nx; ++p) {
          PetscReal x = g->x0 + ((PetscReal)p + 0.5) * dx, y = g->y0 + ((PetscReal)q + 0.5) * dy;
          if (radius > 0.0 && disk(x, y, &radius) < 0) continue;
          CHECK(kernel((PetscReal)(i - p) * dx, (PetscReal)(j - q) * dy, &n, K));
          for (PetscInt e = 0; e < n; ++e) {
            sum[e / n_in] += K[e] * value(p, q, e % n_in);
            of_sizes[e / n_in] += PetscAbsReal(K[e] * value(p, q, e % n_in));
          }
        }
      }
      for (PetscInt c = 0; c < n_out; ++c) {
        worst[0] = PetscMax(worst[0], PetscAbsReal(sum[c] - b[((j - g->ys) * nx + i) * n_out + c]));
        worst[1] = PetscMax(worst[1], of_sizes[c]);
      }
    }
  }
  CHECK(VecRestoreArrayRead(out, &b));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
  CHECK(PetscPrintf(PETSC_COMM_WORLD, "%3d x %3d, %d -> %d, %s: FFT against direct sum %.1e\n", (int)nx, (int)ny, (int)n_in, (int)n_out,
                    names[precision], worst[0] / worst[1]));
  assert_true(worst[1] > 0.0);
  ASSERT_NEAR(worst[0] / worst[1], 0.0, precision == HF_CONVOLUTION_SINGLE ? 3e-7 : 5e-15); /* a few round-offs, 6e-8 and 1.1e-16 */

  CHECK(VecDestroy(&in));
  CHECK(VecDestroy(&out));
  CHECK(HfConvolutionDestroy(&conv));
  CHECK(HfGridDestroy(&grid));
}

static void test_direct_sum(void **state) {
  static const HfConvolutionPrecision precisions[] = {HF_CONVOLUTION_DOUBLE, HF_CONVOLUTION_SINGLE};

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(precisions); ++k) {
    compare(precisions[k], 37, 23, 3, 2, 0.0);
    compare(precisions[k], 31, 29, 2, 3, 12.0); /* a disk */
    compare(precisions[k], 8, 64, 3, 3, 0.0);
    compare(precisions[k], 61, 4, 1, 1, 0.0);
    compare(precisions[k], 5, 7, 1, 3, 0.0);
    compare(precisions[k], 1, 11, 3, 1, 0.0);  /* one column of cells */
    compare(precisions[k], 4, 129, 2, 1, 0.0); /* columns one by one */
  }
}

/* Spectra of more numbers than MPI counts go in pieces, and no bit depends on it. */
static void test_messages_in_pieces(void **state) {
  const PetscInt nx = 37, ny = 23;
  PetscInt n = 9, length;
  PetscBool same;
  HfGrid grid;
  HfConvolution conv;
  Vec in, whole, pieces;
  PetscScalar *a;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  CHECK(HfGridCreateCellVec(grid, 3, &in));
  CHECK(VecDuplicate(in, &whole));
  CHECK(VecDuplicate(in, &pieces));
  CHECK(VecGetLocalSize(in, &length));
  CHECK(VecGetArray(in, &a));
  for (PetscInt k = 0; k < length; ++k) a[k] = value(k, HfGridGetInfo(grid)->ys, 0);
  CHECK(VecRestoreArray(in, &a));
  CHECK(HfConvolutionCreate(grid, HF_CONVOLUTION_DOUBLE, 3, 3, kernel, &n, &conv));
  CHECK(HfConvolutionApply(conv, in, whole));
  conv->layout.most = 50;
  CHECK(HfConvolutionApply(conv, in, pieces));
  CHECK(VecEqual(whole, pieces, &same));
  assert_true(same);
  CHECK(VecDestroy(&in));
  CHECK(VecDestroy(&whole));
  CHECK(VecDestroy(&pieces));
  CHECK(HfConvolutionDestroy(&conv));
  CHECK(HfGridDestroy(&grid));
}

/* A unit source in one cell returns the kernel itself: no shift, no wrapping, in every corner. */
static void test_unit_source(void **state) {
  const PetscInt nx = 13, ny = 10, corner[4][2] = {{0, 0}, {nx - 1, 0}, {0, ny - 1}, {nx - 1, ny - 1}};
  PetscInt n = 4;
  HfGrid grid;
  const HfGridInfo *g;
  HfConvolution conv;
  Vec in, out;
  PetscScalar *a;
  const PetscScalar *b;
  PetscReal K[4];

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  g = HfGridGetInfo(grid);
  CHECK(HfGridCreateCellVec(grid, 2, &in));
  CHECK(HfGridCreateCellVec(grid, 2, &out));
  CHECK(HfConvolutionCreate(grid, HF_CONVOLUTION_DOUBLE, 2, 2, kernel, &n, &conv));
  for (int k = 0; k < 4; ++k) {
    const PetscInt p = corner[k][0], q = corner[k][1];
    CHECK(VecZeroEntries(in));
    CHECK(VecGetArray(in, &a));
    if (q >= g->ys && q < g->ys + g->ym) a[((q - g->ys) * nx + p) * 2 + 1] = 1.0;
    CHECK(VecRestoreArray(in, &a));
    CHECK(HfConvolutionApply(conv, in, out));
    CHECK(VecGetArrayRead(out, &b));
    for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
      for (PetscInt i = 0; i < nx; ++i) {
        CHECK(kernel((PetscReal)(i - p), (PetscReal)(j - q), &n, K));
        /* round-off relative to the largest value of each component's kernel, 1 and 17 */
        ASSERT_NEAR(b[((j - g->ys) * nx + i) * 2], K[1], 1e-13);
        ASSERT_NEAR(b[((j - g->ys) * nx + i) * 2 + 1], K[3], 1e-13 * 17.0);
      }
    }
    CHECK(VecRestoreArrayRead(out, &b));
  }
  CHECK(VecDestroy(&in));
  CHECK(VecDestroy(&out));
  CHECK(HfConvolutionDestroy(&conv));
  CHECK(HfGridDestroy(&grid));
}

/* Rows of the film on each of `size` ranks, some of which have none. */
typedef void (*Division)(PetscInt ny, PetscMPIInt size, PetscInt rows[]);
static void evenly(PetscInt ny, PetscMPIInt size, PetscInt rows[]) {
  for (PetscMPIInt r = 0; r <= size; ++r) rows[r] = (PetscInt)((PetscInt64)ny * r / size);
}
static void all_on_the_last(PetscInt ny, PetscMPIInt size, PetscInt rows[]) {
  for (PetscMPIInt r = 0; r <= size; ++r) rows[r] = r < size ? 0 : ny;
}
static void ends_only(PetscInt ny, PetscMPIInt size, PetscInt rows[]) {
  for (PetscMPIInt r = 0; r <= size; ++r) rows[r] = r == size ? ny : r ? ny / 2 : 0;
}

/* The field of all rows on every rank. */
static void convolve(const HfConvolutionFilm *film, HfConvolutionPrecision precision, PetscReal all[]) {
  const PetscInt nx = film->nx, n = 3;
  PetscInt n_kernel = 9, first, last;
  PetscMPIInt rank;
  HfConvolution conv;
  PetscReal *row[3];
  PetscScalar *a;
  Vec in;

  CHECK(MPI_Comm_rank(film->comm, &rank));
  first = film->rows[rank];
  last = film->rows[rank + 1];
  CHECK(VecCreateMPI(film->comm, n * nx * (last - first), PETSC_DETERMINE, &in));
  CHECK(VecGetArray(in, &a));
  for (PetscInt k = 0; k < n * nx * (last - first); ++k) a[k] = value(k / n % nx, first + k / n / nx, k % n);
  CHECK(VecRestoreArray(in, &a));
  CHECK(HfConvolutionCreateRows(film, precision, n, n, kernel, &n_kernel, &conv));
  CHECK(HfConvolutionConvolve(conv, in));
  CHECK(PetscArrayzero(all, n * nx * film->ny));
  for (PetscInt j = first; j < last; ++j) {
    for (PetscInt c = 0; c < n; ++c) row[c] = all + (j * n + c) * nx;
    HfConvolutionRow(conv, j, row);
  }
  CHECK(MPI_Allreduce(MPI_IN_PLACE, all, (PetscMPIInt)(n * nx * film->ny), MPIU_REAL, MPI_SUM, film->comm));
  CHECK(HfConvolutionDestroy(&conv));
  CHECK(VecDestroy(&in));
}

/* Two and three rows, which leave ranks of four without any; one batch, which leaves ranks without columns, and batches of one column; short columns and
   long ones. The field is that of this rank alone: to the bit where columns are transformed one by one, else to round-off. */
static void test_ranks_without_rows_or_columns(void **state) {
  static const struct {
    PetscInt nx, ny, batch;
    Division divide;
  } cases[] = {{5, 2, 8, evenly},
               {5, 2, 0, evenly},
               {6, 3, 8, evenly},
               {6, 3, 0, evenly},
               {6, 3, 1, all_on_the_last},
               {3, 40, 8, ends_only},
               {1, 5, 0, evenly},
               {40, 3, 0, evenly},
               {40, 3, 2, ends_only},
               {40, 3, 4, all_on_the_last},
               {9, 150, 1, all_on_the_last},
               {9, 150, 4, evenly},
               {20, 150, 0, ends_only}};
  PetscInt *rows;
  PetscMPIInt size;

  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  CHECK(PetscMalloc1(size + 1, &rows));
  for (size_t k = 0; k < 2 * PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    const HfConvolutionPrecision precision = k % 2 ? HF_CONVOLUTION_SINGLE : HF_CONVOLUTION_DOUBLE;
    const PetscInt nx = cases[k / 2].nx, ny = cases[k / 2].ny, n = 3 * nx * ny;
    HfConvolutionFilm film = {PETSC_COMM_WORLD, nx, ny, 0.7, 1.1, rows, cases[k / 2].batch};
    PetscReal *field, *alone, largest = 0, apart = 0;

    CHECK(PetscMalloc2(n, &field, n, &alone));
    (*cases[k / 2].divide)(ny, size, rows);
    convolve(&film, precision, field);
    film = (HfConvolutionFilm){PETSC_COMM_SELF, nx, ny, 0.7, 1.1, (const PetscInt[]){0, ny}, 0};
    convolve(&film, precision, alone);
    for (PetscInt i = 0; i < n; ++i) {
      largest = PetscMax(largest, PetscAbsReal(alone[i]));
      apart = PetscMax(apart, PetscAbsReal(alone[i] - field[i]));
    }
    CHECK(PetscPrintf(PETSC_COMM_WORLD, "%2d x %3d, batches of %d, %s: from that of one rank %.1e\n", (int)nx, (int)ny, (int)cases[k / 2].batch,
                      names[precision], apart / largest));
    assert_true(largest > 0);
    if (ny > 128)
      assert_true(apart == 0);
    else
      ASSERT_NEAR(apart / largest, 0, k % 2 ? 5e-7 : 1e-14);
    CHECK(PetscFree2(field, alone));
  }
  CHECK(PetscFree(rows));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_direct_sum), cmocka_unit_test(test_messages_in_pieces),
                                          cmocka_unit_test(test_unit_source), cmocka_unit_test(test_ranks_without_rows_or_columns)};
HF_TEST_MAIN(tests)
