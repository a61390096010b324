/* The transforms that no convolution of 3 to 3 components can avoid, as a piece of work (cpu_time.h): double precision, on one rank, each over memory of its
   own, by FFTW's measured plans; rows real to complex and back, not those of the padding; columns forward and back. */
#pragma once
#include <fftw3.h>
#include <petscsys.h>

typedef struct {
  double *rows;
  fftw_complex *spectra;
  fftw_plan plan[4];
} BareTransforms;

/* ny rows, padded to mx x my. */
static inline PetscErrorCode bare_transforms_create(PetscInt ny, PetscInt mx, PetscInt my, BareTransforms *bare) {
  const int n_row = (int)mx, n_column = (int)my, nk = (int)mx / 2 + 1;

  PetscFunctionBeginUser;
  bare->rows = fftw_alloc_real((size_t)(ny * mx));
  bare->spectra = fftw_alloc_complex((size_t)(my * nk));
  PetscCheck(bare->rows && bare->spectra, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for %d x %d", n_row, n_column);
  bare->plan[0] = fftw_plan_many_dft_r2c(1, &n_row, (int)ny, bare->rows, NULL, 1, n_row, bare->spectra, NULL, 1, nk, FFTW_MEASURE);
  bare->plan[1] = fftw_plan_many_dft(1, &n_column, nk, bare->spectra, NULL, nk, 1, bare->spectra, NULL, nk, 1, FFTW_FORWARD, FFTW_MEASURE);
  bare->plan[2] = fftw_plan_many_dft(1, &n_column, nk, bare->spectra, NULL, nk, 1, bare->spectra, NULL, nk, 1, FFTW_BACKWARD, FFTW_MEASURE);
  bare->plan[3] = fftw_plan_many_dft_c2r(1, &n_row, (int)ny, bare->spectra, NULL, 1, nk, bare->rows, NULL, 1, n_row, FFTW_MEASURE);
  PetscCall(PetscMemzero(bare->rows, sizeof(*bare->rows) * (size_t)(ny * mx)));
  PetscCall(PetscMemzero(bare->spectra, sizeof(*bare->spectra) * (size_t)(my * nk)));
  PetscFunctionReturn(0);
}

static inline PetscErrorCode bare_transforms_once(void *context, PetscReal *fields) {
  const BareTransforms *bare = context;

  PetscFunctionBeginUser;
  for (int component = 0; component < 3; ++component)
    for (int p = 0; p < 4; ++p) fftw_execute(bare->plan[p]);
  *fields = 1;
  PetscFunctionReturn(0);
}

static inline PetscErrorCode bare_transforms_destroy(BareTransforms *bare) {
  PetscFunctionBeginUser;
  for (int p = 0; p < 4; ++p) fftw_destroy_plan(bare->plan[p]);
  fftw_free(bare->rows);
  fftw_free(bare->spectra);
  PetscFunctionReturn(0);
}
