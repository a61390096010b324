/* convolution_impl.h: inside of HfConvolution, shared by convolution.c (transforms and transposition), convolution_kernel.c (the kernel's
   transform) and convolution_multiply.c (the product). */
#pragma once
#include <fftw3.h>
#include <hopfilm/grid.h>

#define HF_CONV_BATCH 4 /* columns transformed together: one cache line of complex numbers, one AVX-512 register of doubles */

/* How the transform of one kernel component is stored. A kernel that is even (odd) under r -> -r has a real (purely imaginary) transform; one
   that is also even or odd in y alone needs half of the ky. */
typedef enum { HF_CONV_ZERO, HF_CONV_REAL, HF_CONV_IMAGINARY, HF_CONV_COMPLEX } HfConvKind;
typedef struct {
  HfConvKind kind;
  PetscInt parity_y; /* +1 even, -1 odd: ky = 0 .. my/2 are stored; 0: all */
  PetscReal *f;      /* [batch of columns][ky][HF_CONV_BATCH], two numbers each when complex; carries the 1/(mx my) of the inverse transform */
} HfConvEntry;

/* Spectra between the two passes, never padded in y.
   Row side, of the rows owned here:      for every rank d a block at n_max ym cols[d],        [component][owned row][column of d]
   Column side, of the columns owned here: for every rank s a block at n_max rows[s] n_cols,   [component][row of s][owned column] */
struct HfConvolution_ {
  HfGrid grid;
  MPI_Comm comm;
  PetscMPIInt rank, size;
  PetscInt n_in, n_out, n_max;
  PetscInt nx, ny, ym;
  PetscInt mx, my, nk;        /* padded sizes, and mx/2+1 columns kx */
  PetscInt *cols, n_cols;     /* columns of rank r: cols[r] .. cols[r+1]-1 */
  const PetscInt *rows;       /* of the grid */
  PetscReal *row;             /* [n_max][mx] */
  fftw_complex *row_spectrum; /* [n_max][nk] */
  fftw_complex *row_side;     /* the two sides are one array on a single rank */
  fftw_complex *column_side;
  fftw_complex *column_in, *column_out; /* [component][my][HF_CONV_BATCH] */
  fftw_plan row_forward, row_backward, column_forward, column_backward;
  PetscMPIInt *row_counts, *row_displs, *column_counts, *column_displs; /* of the transposition, set per number of components */
  HfConvEntry *entries;                                                 /* [n_out][n_in] */
};

/* Moves the spectra of n components of `rows[r]` rows per rank between the two sides; forward = row side to column side. Collective. */
PetscErrorCode HfConvolutionTranspose_Private(HfConvolution conv, PetscInt n, const PetscInt rows[], PetscInt n_max, fftw_complex row_side[],
                                              fftw_complex column_side[], PetscBool forward);
/* Samples the kernel and fills conv->entries. Collective. */
PetscErrorCode HfConvolutionKernel_Private(HfConvolution conv, PetscErrorCode (*kernel)(PetscReal, PetscReal, void *, PetscReal[]), void *context);
/* out_a = sum_b F_ab in_b for batch number `batch` of the columns. */
void HfConvolutionMultiply_Private(HfConvolution conv, PetscInt batch);
