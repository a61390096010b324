/* Private to the surrogate (surrogate.c, surrogate_create.c). The grid is coarse: squares of cells, so that a change of one node's voltage is
   felt by some hundreds of them. */
#pragma once
#include "device_impl.h"

#define HF_SURROGATE_LAYERS 3    /* the direction of the field, then steps of exchange */
#define HF_SURROGATE_FINE   6    /* coarse cells per smallest distance between electrodes, at least, where the film's cells allow it */
#define HF_SURROGATE_REACH  5e-3 /* a node is felt where its field, or the gradient of its potential, is above this part of the largest */
#define HF_SURROGATE_LINK   2e-3 /* pairs of nodes whose saturated conductance is above this part of the largest are links */

typedef struct {
  PetscInt i0, i1, j0, j1; /* coarse cells i0 .. i1-1, j0 .. j1-1 */
} HfWindow;

/* How a cell's texture enters the conductance of a link: dG = P (m_x^2 - m_y^2) + Q 2 m_x m_y, S. */
typedef struct {
  PetscInt link;
  PetscReal P, Q;
} HfShare;

/* What one change overwrote. */
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
