/* A field on other cells: where the film's cells lie among those of a file, and the value there. Private to src/grid. */
#pragma once
#include <hopfilm/grid.h>

/* How the cells of a file lie on the film. */
typedef struct {
  PetscInt n[2];         /* cells of the file along x and y */
  PetscBool placed;      /* by their own size, `cell` and `offset`; otherwise stretched over the film */
  PetscReal cell[2];     /* m */
  PetscBool zeros_count; /* else zeros are void */
  PetscReal offset[2];   /* of the centre of the file from that of the film, m */
} HfOverlay;

/* Some rows of the file. */
typedef struct {
  const HfOverlay *overlay;
  PetscInt first, last, dof; /* the rows `first` to `last` are here */
  const double *values;      /* [row][x][component] */
} HfPatch;

/* The rows of the file that the film's rows of this rank need; none when *last < *first. */
void HfOverlayRows(const HfOverlay *overlay, const HfGridInfo *g, PetscInt *first, PetscInt *last);
/* The field in the owned cells, rows[j][i][component]; 0 where the file has no cells near, and where it does not reach. */
void HfPatchTake(const HfPatch *patch, const HfGridInfo *g, double rows[]);
