/* Inside of HfMultigrid: the operator of a level by its couplings, and the pieces of the V-cycle. */
#pragma once
#include <hopfilm/numerics.h>

/* Couplings of every vertex with ghost rows: of itself, to the east, north, north-east and north-west (see HfStencilRow). */
typedef struct {
  PetscReal *D, *E, *N, *NE, *NW;
  PetscReal *inverse; /* 1/D, 0 where D = 0 */
} HfStencil;

typedef struct {
  HfGhostRows ghosts;
  const HfGhostRowsInfo *rows;
  HfStencil A;
  PetscReal *x, *r, *b; /* b NULL on the finest level */
  PetscReal *row;       /* scratch, 2 n + 2 numbers */
} HfLevel;

typedef struct HfCoarse_ *HfCoarse;
struct HfMultigrid_ {
  PetscInt n;
  HfLevel *levels; /* 0 is the finest, with the caller's ghost rows */
  HfCoarse coarse;
};

/* ---- one row of vertices (vertex_stencil.c): `at` is its offset in all arrays ---- */
void HfStencilMult(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal x[], PetscReal y[]); /* y[0..n-1] */
void HfStencilResidual(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal b[], const PetscReal x[], PetscReal r[]);
/* Gauss-Seidel on the row, columns of parity `first` before the others; b[0..n-1], scratch[0..2n+1]. known: what of x is not zero yet. */
typedef enum { HF_NOTHING, HF_NEIGHBOUR_ROWS, HF_ALL } HfKnown;
void HfStencilSmooth(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal b[], PetscReal x[], PetscReal scratch[], PetscInt first,
                     HfKnown known);
void HfStencilInvert(PetscInt n, ptrdiff_t at, HfStencil *A);

/* ---- Galerkin product (vertex_galerkin.c) ---- */
PetscErrorCode HfGalerkin(const HfLevel *fine, HfLevel *coarse);

/* ---- direct solve on the coarsest level, the same on all ranks (coarse_solve.c) ---- */
PetscErrorCode HfCoarseCreate(const HfLevel *level, HfCoarse *coarse);
PetscErrorCode HfCoarseDestroy(HfCoarse *coarse);
PetscErrorCode HfCoarseSetUp(HfCoarse coarse, const HfLevel *level);
PetscErrorCode HfCoarseSolve(HfCoarse coarse, const HfLevel *level, const PetscReal b[], PetscReal x[]); /* b owned rows; x with ghost rows */
