/* Private to the surrogate (surrogate.c, surrogate_create.c). Its grid is coarse, made of squares of the film's cells, so that a change of one node's voltage
   affects some hundreds of them. */
#pragma once
#include "device_impl.h"

#define HF_SURROGATE_LAYERS 3    /* textures: along the field, then after each step of exchange */
#define HF_SURROGATE_FINE   6    /* coarse cells per smallest distance between electrodes, at least, where the film's cells allow it */
#define HF_SURROGATE_REACH  5e-3 /* field, or gradient of the potential, of a node relative to its largest, below which the node is neglected */
#define HF_SURROGATE_LINK   2e-3 /* saturated conductance between two nodes relative to the largest, above which they are a link */

typedef struct {
  PetscInt i0, i1, j0, j1; /* coarse cells i0 .. i1-1, j0 .. j1-1 */
} HfWindow;

/* Contribution of a cell's texture to the conductance of a link: dG = P (m_x^2 - m_y^2) + Q 2 m_x m_y, S. */
typedef struct {
  PetscInt link;
  PetscReal P, Q;
} HfShare;

/* Where the journal holds what one change overwrote. */
typedef struct {
  HfWindow window; /* of the texture */
  PetscInt node;
  PetscReal V;
  size_t start; /* in the journal */
} HfRecord;

struct HfSurrogate_ {
  PetscInt n, nx, ny, square; /* nodes; coarse cells; cells of the film along the side of one */
  PetscReal ax, ay;           /* exchange field per neighbour, A/m: A/dx^2, A/dy^2 */
  unsigned char *film;        /* [ny*nx], 0: void */
  HfWindow *windows;          /* [n] of the nodes' fields */
  PetscReal **fields;         /* [n] H_x, then H_y of 1 (in units of the voltage), over the window */
  PetscReal *V;               /* [n] */
  PetscReal *H[2], *m[HF_SURROGATE_LAYERS][2];
  PetscInt n_links, *links; /* [n_links][2] */
  PetscReal *G0, *constant, *G;
  PetscInt *first; /* [ny*nx + 1]: the shares of a cell */
  HfShare *shares;
  PetscInt n_records, most_records;
  HfRecord *records;
  PetscReal *journal;
  size_t used, most;
};
