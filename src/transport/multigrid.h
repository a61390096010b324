/* A symmetric nine-point operator on a grid of vertices, and a V-cycle for it.

   Rows of vertices are shared among the ranks (vertex_rows.h). Row (i,j) of the operator:
     (A x)_ij = D_ij x_ij + E_ij x_i+1,j + E_i-1,j x_i-1,j + N_ij x_i,j+1 + N_i,j-1 x_i,j-1
              + NE_ij x_i+1,j+1 + NE_i-1,j-1 x_i-1,j-1 + NW_ij x_i-1,j+1 + NW_i+1,j-1 x_i+1,j-1
   Vertices that are held (electrodes) or void have zero rows and columns, D included; everything leaves x = 0 there. */
#pragma once
#include "vertex_rows.h"

typedef struct {
  PetscReal *D, *E, *N, *NE, *NW;
  PetscReal *inverse; /* 1/D, 0 where D = 0 */
} HfStencil;

typedef struct {
  HfVertexRows *rows;
  HfStencil A;
  PetscReal *x, *r, *b; /* b NULL on the finest level */
  PetscReal *row;       /* scratch, 2 nx + 2 numbers */
} HfLevel;

typedef struct HfCoarse_ *HfCoarse;
typedef struct {
  PetscInt n;
  HfLevel *levels; /* 0 is the finest */
  HfCoarse coarse;
} HfMultigrid;

/* The caller fills levels[0].A (owned rows), then calls Refresh and SetUp. Collective. */
PetscErrorCode HfMultigridCreate(MPI_Comm comm, PetscInt nx, PetscInt ny, const PetscInt ranges[], HfMultigrid *mg);
PetscErrorCode HfMultigridDestroy(HfMultigrid *mg);
/* Call after the finest operator changed: its ghost rows and inverse diagonal. Collective. */
PetscErrorCode HfMultigridRefresh(HfMultigrid *mg);
PetscErrorCode HfMultigridSetUp(HfMultigrid *mg); /* the coarse operators, after Refresh. Collective. */
/* x = B b with one V-cycle, B symmetric positive definite; b and x hold the owned rows. Collective. */
PetscErrorCode HfMultigridApply(HfMultigrid *mg, const PetscReal b[], PetscReal x[]);
PetscErrorCode HfMultigridMult(HfMultigrid *mg, const PetscReal x[],
                               PetscReal y[]); /* y = A x on the finest level, owned rows; leaves x with its ghost rows in levels[0].r. Collective. */

/* ---- one row of vertices (stencil.c): `at` is its offset in all arrays ---- */
void HfStencilMult(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal x[], PetscReal y[]); /* y[0..n-1] */
void HfStencilResidual(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal b[], const PetscReal x[], PetscReal r[]);
/* Gauss-Seidel on the row, columns of parity `first` before the others; b[0..n-1], scratch[0..2n+1]. known: what of x is not zero yet. */
typedef enum { HF_NOTHING, HF_NEIGHBOUR_ROWS, HF_ALL } HfKnown;
void HfStencilSmooth(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal b[], PetscReal x[], PetscReal scratch[], PetscInt first,
                     HfKnown known);
void HfStencilInvert(PetscInt n, ptrdiff_t at, HfStencil *A);

/* ---- Galerkin product (galerkin.c) ---- */
PetscErrorCode HfGalerkin(const HfLevel *fine, HfLevel *coarse);

/* ---- direct solve on the coarsest level, the same on all ranks (coarse.c) ---- */
PetscErrorCode HfCoarseCreate(const HfLevel *level, HfCoarse *coarse);
PetscErrorCode HfCoarseDestroy(HfCoarse *coarse);
PetscErrorCode HfCoarseSetUp(HfCoarse coarse, const HfLevel *level);
PetscErrorCode HfCoarseSolve(HfCoarse coarse, const HfLevel *level, const PetscReal b[], PetscReal x[]); /* b owned rows; x with ghost rows */
