/* Private to src/grid. */
#pragma once
#include <hopfilm/grid.h>

/* Of ranks, cells along x, along y, and a number of ranks that works. */
#define HF_TOO_MANY_RANKS                                                                                                                            \
  "%d ranks cannot share %" PetscInt_FMT " x %" PetscInt_FMT " cells in boxes of at least one cell; use %" PetscInt_FMT " ranks"
#define HF_MAX_DOF     3
#define HF_MAX_REGIONS 126 /* a cell's region is an int8_t; with the film's own */

struct HfGrid_ {
  MPI_Comm comm;
  HfGridInfo info;
  PetscInt *rows, *columns;           /* boundaries of the boxes along y and x: boxes[1]+1, boxes[0]+1 numbers */
  MPI_Comm along[2];                  /* of boxes: the ranks beside each other, and those one above the other */
  int8_t *regions;                    /* (ym+2) x (xm+2), see HfGridRegions() */
  HfShape outline;                    /* NULL: the mask of the cells is all that is known */
  DM vertices;                        /* made on demand */
  DM cells[HF_MAX_DOF + 1];           /* by number of components, made on demand */
  HfGrid boxes;                       /* of such whole rows: the grid that they belong to */
  HfGrid whole_rows;                  /* of boxes: the same film in whole rows */
  VecScatter to_rows[HF_MAX_DOF + 1]; /* by number of components, made on demand */
};

/* The most rows of a rank where so many ranks share ny rows: at block boundaries more than the mean. */
PetscErrorCode HfGridMostRows(PetscInt ny, PetscMPIInt size, PetscInt *most);

/* The ranks whose rows lie one above the other. */
static inline MPI_Comm HfGridColumnComm(HfGrid grid) { return grid->info.boxes[0] > 1 ? grid->along[1] : grid->comm; }

/* One kind of shape: a file in shapes/ and a line in shapes.def. */
typedef struct {
  HfKey row[2];      /* its name, what it is (HF_SECTION, or HF_TYPES "shape" when it is made of shapes) and its meaning; HF_SHAPE_ROW */
  const HfKey *keys; /* below "shape:NAME"; NULL when it is made of shapes */
  PetscErrorCode (*settings)(HfDeck deck, HfNode node, HfShape shape);
  PetscBool (*contains)(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance);
} HfShapeKind;
#define HF_SHAPE_ROW(name, doc)                                                                                                                      \
  {                                                                                                                                                  \
    {name, HF_SECTION, NULL, "", "", 0, doc}, { NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL }                                                           \
  }
#define HF_SHAPE_ROW_OF_PARTS(name, doc)                                                                                                             \
  {                                                                                                                                                  \
    {name, HF_TYPES, "shape", "", "", 0, doc}, { NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL }                                                          \
  }
PetscErrorCode HfShapeRegisterKeys(HfKeys keys);
/* An image about the origin; pixels[row][column], the top row first, 1 = inside; becomes the shape's own. */
PetscErrorCode HfShapeCreateFromPixels(PetscInt columns, PetscInt rows, const PetscReal size[2], unsigned char *pixels, HfShape *shape);

struct HfShape_ {
  const HfShapeKind *kind;
  PetscReal at[2], size[2]; /* centre and extent of a kind that has them: 0 otherwise */
  PetscInt n_values;
  PetscReal *values; /* corners of a polygon, x y x y ... */
  PetscInt columns, rows;
  unsigned char *pixels; /* [row][column] of an image, the top row first: 1 = inside */
  PetscInt n_parts;
  HfShape *parts;
};
