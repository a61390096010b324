/* CPU time of one FFT convolution against the number of cells, 2 -> 3 components (Biot-Savart) and 3 -> 3 (demagnetization), relative to a STREAM triad and, on
   one rank, to the bare transforms in double precision, in turns with it; 3 -> 3 also in single precision, in turns with double, and with narrower batches of
   columns, as on many ranks. Kernels with the parities and zeros of the two. On several ranks, rank 0's.
   numerics/convolution/convolution_impl.h: the padded size. */
#include "bare_transforms.h"
#include "cpu_time.h"
#include <numerics/convolution/convolution_impl.h>

/* g / |r|^3 of a source below: H = (1/4 pi) j x r / |r|^3. */
static PetscErrorCode biot_savart(PetscReal x, PetscReal y, void *context, PetscReal K[]) {
  const PetscReal z = 10.0, w = 1.0 / pow(x * x + y * y + z * z, 1.5);

  PetscFunctionBeginUser;
  K[0] = K[3] = 0.0;
  K[1] = z * w;
  K[2] = -z * w;
  K[4] = y * w;
  K[5] = -x * w;
  PetscFunctionReturn(0);
}

/* The point dipole, smoothed: xx, xy, yy, zz. */
static PetscErrorCode dipole(PetscReal x, PetscReal y, void *context, PetscReal K[]) {
  const PetscReal r2 = x * x + y * y + 1.0, w = 1.0 / (r2 * r2 * sqrt(r2));

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(K, 9));
  K[0] = (3.0 * x * x - r2) * w;
  K[4] = (3.0 * y * y - r2) * w;
  K[1] = K[3] = 3.0 * x * y * w;
  K[8] = -r2 * w;
  PetscFunctionReturn(0);
}

typedef struct {
  HfGrid grid;
  HfConvolution convolution;
  Vec in;
  PetscReal *row[3], set_up;
} Field;

/* `batch` columns together; 0: the usual number. */
static PetscErrorCode create(HfGrid grid, HfConvolutionPrecision precision, PetscInt n_in, PetscInt batch,
                             PetscErrorCode (*kernel)(PetscReal, PetscReal, void *, PetscReal[]), Field *field) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscInt nx = g->nx;
  const HfConvolutionFilm film = {HfGridComm(grid), g->nx, g->ny, g->dx, g->dy, HfGridRowRanges(grid), batch};

  PetscFunctionBeginUser;
  field->grid = grid;
  PetscCall(HfGridCreateCellVec(grid, n_in, &field->in));
  PetscCall(VecSet(field->in, 1.0));
  PetscCall(PetscMalloc3(nx, &field->row[0], nx, &field->row[1], nx, &field->row[2]));
  field->set_up = now_s();
  PetscCall(HfConvolutionCreateRows(&film, precision, 3, n_in, kernel, NULL, &field->convolution));
  field->set_up = now_s() - field->set_up;
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(Field *field) {
  PetscFunctionBeginUser;
  PetscCall(HfConvolutionDestroy(&field->convolution));
  PetscCall(PetscFree3(field->row[0], field->row[1], field->row[2]));
  PetscCall(VecDestroy(&field->in));
  PetscFunctionReturn(0);
}

/* All rows, as a sweep takes them. */
static PetscErrorCode apply(void *context, PetscReal *fields) {
  const Field *field = context;
  const HfGridInfo *g = HfGridGetInfo(field->grid);

  PetscFunctionBeginUser;
  PetscCall(HfConvolutionConvolve(field->convolution, field->in));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) HfConvolutionRow(field->convolution, j, field->row);
  *fields = 1;
  PetscFunctionReturn(0);
}

static PetscErrorCode print(const Field *field, const char *what, Triad *triad) {
  const HfGridInfo *g = HfGridGetInfo(field->grid);
  const PetscReal cells = (PetscReal)g->nx * (PetscReal)g->ny;
  Rates rates;

  PetscFunctionBeginUser;
  PetscCall(in_turns(apply, (void *)(uintptr_t)field, triad_once, triad, 0.1, &rates));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%5d x %5d  %s: %8.3f ms, %6.1f M cells/s, %5.0f triad bytes per cell, set-up %.3f s\n", (int)g->nx,
                        (int)g->ny, what, (double)(1e3 / rates.a), (double)(1e-6 * cells * rates.a), (double)(1 / (cells * rates.ratio)),
                        (double)field->set_up));
  PetscFunctionReturn(0);
}

static PetscErrorCode measure(PetscInt nx, PetscInt ny, Triad *triad) {
  HfGrid grid;
  Field field, other;
  Rates rates;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  PetscCall(create(grid, HF_CONVOLUTION_DOUBLE, 2, 0, biot_savart, &field));
  PetscCall(print(&field, "2 -> 3", triad));
  PetscCall(destroy(&field));

  PetscCall(create(grid, HF_CONVOLUTION_DOUBLE, 3, 0, dipole, &field));
  PetscCall(print(&field, "3 -> 3", triad));
  if (HfGridGetInfo(grid)->size == 1) {
    const HfConvLayout *at = &field.convolution->layout;
    BareTransforms bare;

    PetscCall(bare_transforms_create(ny, at->mx, at->my, &bare));
    PetscCall(in_turns(apply, &field, bare_transforms_once, &bare, 0.3, &rates));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "               field: %.2f of its bare transforms (required: <= 2) of %d x %d; %.3f and %.3f ms\n",
                          (double)(1 / rates.ratio), (int)at->mx, (int)at->my, (double)(1e3 / rates.a), (double)(1e3 / rates.b)));
    PetscCall(bare_transforms_destroy(&bare));
  }
  PetscCall(create(grid, HF_CONVOLUTION_SINGLE, 3, 0, dipole, &other));
  PetscCall(print(&other, "3 -> 3 single", triad));
  PetscCall(in_turns(apply, &other, apply, &field, 0.3, &rates));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "               single precision: %.2f times as fast as double; %.3f and %.3f ms\n", (double)rates.ratio,
                        (double)(1e3 / rates.a), (double)(1e3 / rates.b)));
  PetscCall(destroy(&other));
  for (PetscInt batch = 4; batch; batch /= 2) {
    PetscCall(create(grid, HF_CONVOLUTION_DOUBLE, 3, batch, dipole, &other));
    PetscCall(in_turns(apply, &field, apply, &other, 0.3, &rates));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "               batches of %d: %.2f times the time\n", (int)batch, (double)rates.ratio));
    PetscCall(destroy(&other));
  }
  PetscCall(destroy(&field));
  PetscCall(HfGridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const PetscInt sizes[][2] = {{128, 32}, {128, 128}, {200, 200}, {331, 257}, {512, 512}, {1024, 1024}};
  Triad triad;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(triad_create(&triad));
  for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); ++k) PetscCall(measure(sizes[k][0], sizes[k][1], &triad));
  PetscCall(triad_destroy(&triad));
  PetscCall(PetscFinalize());
  return 0;
}
