/* hopfilm/numerics.h: methods that know no physics: they work on Vecs and arrays of the film's grid, and get what is physical by callbacks. */
#pragma once
#include <hopfilm/grid.h>

/* ---- FFT convolution on the film grid: out_a(r) = sum_b sum_r' K_ab(r - r') in_b(r'), zero-padded, free space, over all cells: `in`
     must be 0 where there is no source, void cells included. ---- */
typedef struct HfConvolution_ *HfConvolution;
/* kernel(dx, dy, context, K) fills K[n_out*n_in] (row-major) for the displacement (i dx, j dy), i = -(nx-1)..nx-1, j alike. Called once per
   displacement over all ranks. Collective. */
PetscErrorCode HfConvolutionCreate(HfGrid grid, PetscInt n_out, PetscInt n_in,
                                   PetscErrorCode (*kernel)(PetscReal x, PetscReal y, void *context, PetscReal K[]), void *context,
                                   HfConvolution *convolution);
PetscErrorCode HfConvolutionApply(HfConvolution convolution, Vec in, Vec out); /* cell Vecs with n_in and n_out components. Collective. */
PetscErrorCode HfConvolutionDestroy(HfConvolution *convolution);
