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

/* ---- multigrid: a V-cycle for a symmetric nine-point operator on the vertices of a grid
     (A x)_ij = D_ij x_ij + E_ij x_i+1,j + E_i-1,j x_i-1,j + N_ij x_i,j+1 + N_i,j-1 x_i,j-1
              + NE_ij x_i+1,j+1 + NE_i-1,j-1 x_i-1,j-1 + NW_ij x_i-1,j+1 + NW_i+1,j-1 x_i+1,j-1
   A vertex without an equation (held at a value, or void) has zero couplings and D = 0; everything leaves x = 0 there. The other D are positive. ---- */
typedef struct HfMultigrid_ *HfMultigrid;
/** Couplings of one row of vertices, n numbers each: D with itself, E to the right, N up, NE up right, NW up left. */
typedef struct {
  PetscReal *D, *E, *N, *NE, *NW;
} HfStencilRow;
/** `vertices`: the rows of the finest level, borrowed. Collective. */
PetscErrorCode HfMultigridCreate(HfGhostRows vertices, HfMultigrid *multigrid);
/** Collective. */
PetscErrorCode HfMultigridDestroy(HfMultigrid *multigrid);
/** Where the caller writes the couplings of the owned row j; those that leave the grid are 0. OperatorChanged follows. Not collective. */
HfStencilRow HfMultigridRow(HfMultigrid multigrid, PetscInt j);
/** The couplings are those of another operator; coarse levels stay as they are until SetUp. Collective. */
PetscErrorCode HfMultigridOperatorChanged(HfMultigrid multigrid);
/** The coarse levels for the present operator. Collective. */
PetscErrorCode HfMultigridSetUp(HfMultigrid multigrid);
/** x = B b by one V-cycle; B is symmetric and positive definite and approximates the inverse of A; b and x hold the owned rows. Collective. */
PetscErrorCode HfMultigridApply(HfMultigrid multigrid, const PetscReal b[], PetscReal x[]);
/** y = A x; x with its ghost rows filled (HfGhostRowsFill), y the owned rows. Not collective. */
void HfMultigridMult(HfMultigrid multigrid, const PetscReal x[], PetscReal y[]);

/* ---- snapshots of Vecs ---- */
/** Which Vec it was and how often it had been changed: what was computed from a Vec is current while its snapshot is the same. PETSc counts changes on each
    rank; all ranks change a Vec together, so that they agree without communication. */
typedef struct {
  PetscObjectId id; /* 0: of no Vec */
  PetscObjectState changes;
} HfVecState;
/** Snapshot of a Vec as it is. Not collective. */
PetscErrorCode HfVecStateGet(Vec v, HfVecState *snapshot);
/** Whether `v` is the Vec of the snapshot and was not changed since. Not collective. */
PetscErrorCode HfVecStateCompare(Vec v, const HfVecState *snapshot, PetscBool *same);
