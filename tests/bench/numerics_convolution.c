/* Time of one FFT convolution against the number of cells, 2 -> 3 components (Biot-Savart) and 3 -> 3 (demagnetization), beside a STREAM triad and
   the bare transforms of the same run. Kernels with the parities and zeros of the two. numerics/convolution/convolution_impl.h: the bare transforms
   are timed beside the product. */
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

/* a = b + 3 c on every rank at once: bytes per second of all ranks (24 per entry). */
static PetscErrorCode triad(PetscReal *rate) {
  const PetscInt n = 4000000;
  PetscReal *a, *b, *c, best = PETSC_MAX_REAL;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  PetscCall(PetscMalloc3(n, &a, n, &b, n, &c));
  for (PetscInt i = 0; i < n; ++i) {
    b[i] = (PetscReal)i;
    c[i] = 1.0;
  }
  for (int pass = 0; pass < 8; ++pass) {
    PetscReal t;
    PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
    t = MPI_Wtime();
    for (PetscInt i = 0; i < n; ++i) a[i] = b[i] + 3.0 * c[i];
    t = MPI_Wtime() - t;
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &t, 1, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
    c[pass] = a[n - 1 - pass];
    best = PetscMin(best, t);
  }
  *rate = 24.0 * (PetscReal)n * size / best;
  PetscCall(PetscFree3(a, b, c));
  PetscFunctionReturn(0);
}

/* Seconds of the transforms that no convolution of 3 to 3 components can avoid on these padded sizes, on one rank, each over memory of its own, with
   the engine's kind of plans: rows real to complex and back, not those of the padding; columns forward and back. */
static PetscErrorCode transforms(PetscInt nx, PetscInt ny, PetscInt mx, PetscInt my, PetscReal *seconds) {
  const int n_row = (int)mx, n_column = (int)my, nk = (int)mx / 2 + 1;
  double *rows = fftw_alloc_real((size_t)(ny * mx));
  fftw_complex *spectra = fftw_alloc_complex((size_t)(my * nk));
  fftw_plan plan[4];

  PetscFunctionBeginUser;
  PetscCheck(rows && spectra, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for %d x %d", n_row, n_column);
  plan[0] = fftw_plan_many_dft_r2c(1, &n_row, (int)ny, rows, NULL, 1, n_row, spectra, NULL, 1, nk, FFTW_ESTIMATE);
  plan[1] = fftw_plan_many_dft(1, &n_column, nk, spectra, NULL, nk, 1, spectra, NULL, nk, 1, FFTW_FORWARD, FFTW_ESTIMATE);
  plan[2] = fftw_plan_many_dft(1, &n_column, nk, spectra, NULL, nk, 1, spectra, NULL, nk, 1, FFTW_BACKWARD, FFTW_ESTIMATE);
  plan[3] = fftw_plan_many_dft_c2r(1, &n_row, (int)ny, spectra, NULL, 1, nk, rows, NULL, 1, n_row, FFTW_ESTIMATE);
  PetscCall(PetscMemzero(rows, sizeof(*rows) * (size_t)(ny * mx)));
  PetscCall(PetscMemzero(spectra, sizeof(*spectra) * (size_t)(my * nk)));
  *seconds = PETSC_MAX_REAL;
  for (int pass = 0; pass < 6; ++pass) {
    PetscReal t = MPI_Wtime();
    for (int component = 0; component < 3; ++component)
      for (int p = 0; p < 4; ++p) fftw_execute(plan[p]);
    *seconds = PetscMin(*seconds, MPI_Wtime() - t);
  }
  for (int p = 0; p < 4; ++p) fftw_destroy_plan(plan[p]);
  fftw_free(rows);
  fftw_free(spectra);
  PetscFunctionReturn(0);
}

static PetscErrorCode measure(PetscInt nx, PetscInt ny, PetscInt n_in, PetscErrorCode (*kernel)(PetscReal, PetscReal, void *, PetscReal[])) {
  HfGrid grid;
  HfConvolution conv;
  Vec in, out;
  PetscReal setup, best = PETSC_MAX_REAL;
  const PetscReal cells = (PetscReal)nx * (PetscReal)ny;
  const int repeats = cells > 5e5 ? 4 : 12;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  PetscCall(HfGridCreateCellVec(grid, n_in, &in));
  PetscCall(HfGridCreateCellVec(grid, 3, &out));
  PetscCall(VecSet(in, 1.0));
  setup = MPI_Wtime();
  PetscCall(HfConvolutionCreate(grid, 3, n_in, kernel, NULL, &conv));
  setup = MPI_Wtime() - setup;
  for (int k = 0; k < repeats; ++k) {
    PetscReal t;
    PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
    t = MPI_Wtime();
    PetscCall(HfConvolutionApply(conv, in, out));
    t = MPI_Wtime() - t;
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &t, 1, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
    best = PetscMin(best, t);
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%5d x %5d  %d -> 3: %8.3f ms, %6.1f M cells/s, set-up %.3f s\n", (int)nx, (int)ny, (int)n_in, 1e3 * best,
                        1e-6 * cells / best, setup));
  if (conv->size == 1 && n_in == 3) {
    PetscReal bare;
    PetscCall(transforms(nx, ny, conv->mx, conv->my, &bare));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "               bare transforms of %d x %d: %8.3f ms, the field costs %.2f of them (required: 2)\n",
                          (int)conv->mx, (int)conv->my, 1e3 * bare, best / bare));
  }
  PetscCall(HfConvolutionDestroy(&conv));
  PetscCall(VecDestroy(&in));
  PetscCall(VecDestroy(&out));
  PetscCall(HfGridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const PetscInt sizes[][2] = {{128, 32}, {128, 128}, {200, 200}, {331, 257}, {512, 512}, {1024, 1024}};
  PetscMPIInt ranks;
  PetscReal rate = 0.0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &ranks));
  PetscCall(triad(&rate));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%d ranks, STREAM triad %.1f GB/s\n", ranks, 1e-9 * rate));
  for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); ++k) {
    PetscCall(measure(sizes[k][0], sizes[k][1], 2, biot_savart));
    PetscCall(measure(sizes[k][0], sizes[k][1], 3, dipole));
  }
  PetscCall(PetscFinalize());
  return 0;
}
