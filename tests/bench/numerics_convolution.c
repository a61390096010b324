/* CPU time of one FFT convolution against the number of cells, 2 -> 3 components (Biot-Savart) and 3 -> 3 (demagnetization), relative to a STREAM triad and, on
   one rank, to the bare transforms, in turns with it. Kernels with the parities and zeros of the two. On several ranks, rank 0's.
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
  HfConvolution convolution;
  Vec in, out;
} Field;

static PetscErrorCode apply(void *context, PetscReal *fields) {
  const Field *field = context;

  PetscFunctionBeginUser;
  PetscCall(HfConvolutionApply(field->convolution, field->in, field->out));
  *fields = 1;
  PetscFunctionReturn(0);
}

static PetscErrorCode measure(PetscInt nx, PetscInt ny, PetscInt n_in, PetscErrorCode (*kernel)(PetscReal, PetscReal, void *, PetscReal[]),
                              Triad *triad) {
  const PetscReal cells = (PetscReal)nx * (PetscReal)ny;
  PetscReal set_up;
  HfGrid grid;
  Field field;
  Rates rates;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  PetscCall(HfGridCreateCellVec(grid, n_in, &field.in));
  PetscCall(HfGridCreateCellVec(grid, 3, &field.out));
  PetscCall(VecSet(field.in, 1.0));
  set_up = now_s();
  PetscCall(HfConvolutionCreate(grid, 3, n_in, kernel, NULL, &field.convolution));
  set_up = now_s() - set_up;
  PetscCall(in_turns(apply, &field, triad_once, triad, 0.1, &rates));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%5d x %5d  %d -> 3: %8.3f ms, %6.1f M cells/s, %5.0f triad bytes per cell, set-up %.3f s\n", (int)nx,
                        (int)ny, (int)n_in, (double)(1e3 / rates.a), (double)(1e-6 * cells * rates.a), (double)(1 / (cells * rates.ratio)),
                        (double)set_up));
  if (field.convolution->size == 1 && n_in == 3) {
    BareTransforms bare;

    PetscCall(bare_transforms_create(ny, field.convolution->mx, field.convolution->my, &bare));
    PetscCall(in_turns(apply, &field, bare_transforms_once, &bare, 0.3, &rates));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "               field: %.2f of its bare transforms (required: <= 2) of %d x %d; %.3f and %.3f ms\n",
                          (double)(1 / rates.ratio), (int)field.convolution->mx, (int)field.convolution->my, (double)(1e3 / rates.a),
                          (double)(1e3 / rates.b)));
    PetscCall(bare_transforms_destroy(&bare));
  }
  PetscCall(HfConvolutionDestroy(&field.convolution));
  PetscCall(VecDestroy(&field.in));
  PetscCall(VecDestroy(&field.out));
  PetscCall(HfGridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const PetscInt sizes[][2] = {{128, 32}, {128, 128}, {200, 200}, {331, 257}, {512, 512}, {1024, 1024}};
  Triad triad;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(triad_create(&triad));
  for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); ++k) {
    PetscCall(measure(sizes[k][0], sizes[k][1], 2, biot_savart, &triad));
    PetscCall(measure(sizes[k][0], sizes[k][1], 3, dipole, &triad));
  }
  PetscCall(triad_destroy(&triad));
  PetscCall(PetscFinalize());
  return 0;
}
