/* Private to src/grid. */
#pragma once
#include <hopfilm/grid.h>

#define HF_MAX_DOF     3
#define HF_MAX_REGIONS 126 /* a cell's region is an int8_t; with the film's own */

struct HfGrid_ {
  MPI_Comm comm;
  HfGridInfo info;
  PetscInt *rows;           /* size+1 row boundaries */
  int8_t *regions;          /* (ym+2) x (nx+2), see HfGridRegions() */
  DM vertices;              /* made on demand */
  DM cells[HF_MAX_DOF + 1]; /* by number of components, made on demand */
};

/* One kind of shape: a file in shapes/ and a line in shapes.def. */
typedef struct {
  const char *name, *doc;
  const HfKey *keys; /* below "shape:NAME"; NULL when `parts` */
  PetscBool parts;   /* its value is a list of shapes */
  PetscErrorCode (*create)(HfDeck deck, HfNode node, HfShape shape);
  PetscBool (*contains)(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance);
} HfShapeKind;

struct HfShape_ {
  const HfShapeKind *kind;
  PetscReal at[2], size[2]; /* centre and extent: of a kind with neither corners nor parts nor a size, nobody knows where it ends */
  PetscInt n_values;
  PetscReal *values; /* corners of a polygon, x y x y ... */
  PetscInt columns, rows;
  unsigned char *pixels; /* image: 1 = film, top row first */
  PetscInt n_parts;
  HfShape *parts;
};
