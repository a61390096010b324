/* What the files of this folder share. */
#pragma once
#include "tensor.h"
#include <petscksp.h>

#define HF_ELECTRODE_NAME 64

/* ---- cut_cells.c: cells that the outline of the film or of a contact cuts ---- */
typedef enum { HF_CELL_VOID, HF_CELL_WHOLE, HF_CELL_PART } HfCellKind; /* how much of a cell conducts */
/* A cut cell. */
typedef struct {
  ptrdiff_t at;                  /* among the tensors of the cells */
  PetscInt i, j;                 /* the cell */
  PetscInt outer;                /* running number in its row when its centre is outside of the film, otherwise -1 */
  PetscReal filled;              /* part that the film fills, contacts included */
  HfCellElement element;         /* with the cell's tensor the couplings of its corners are Sxx xx + Sxy xy + Syy yy */
  PetscReal hall[HF_CELL_PAIRS]; /* of the antisymmetric part, from the first corner to the second; the opposite back */
  PetscReal gradient[4][2];      /* integral of the gradient of a corner's function over the area of the cell, 1/m */
  PetscBool has_contact;         /* the outline of a contact cuts it */
  /* First moment, about the centre and in units of the cell, of the current that enters by contacts; along d: sum over corners i of
     phi_i Sigma_ab moment[d][i][2a + b] */
  PetscReal moment[2][4][4];
} HfCutCell;
/* cut_elements.c: one cell, (s, t) in [0,1]^2 in units of its sides. Not collective. */
typedef struct {
  HfShape film;                        /* NULL: all of the cell */
  PetscReal x0, y0, dx, dy, tolerance; /* of the lower left corner; m */
  const HfShape *contacts;             /* of all electrodes */
  PetscReal (*positions)[2];           /* of their centres */
} HfCutPlace;
PetscBool HfCutIsFilm(const HfCutPlace *place, PetscReal s, PetscReal t);
PetscReal HfCutFilled(const HfCutPlace *place); /* the part that the film fills */
/* The element of a cell, which the film fills in part or as a whole, and whose corners lie on the electrodes held[4] (-1: none); false when it is that of any
   other cell. */
PetscBool HfCutIntegrate(const HfCutPlace *place, PetscBool is_part, const PetscInt held[4], HfCutCell *cell);
/* Kind of every cell, placed like HfGridRegions(). Not collective. */
PetscErrorCode HfConductingCells(HfGrid grid, uint8_t **conducts);
/* The list of cut cells, once the vertices of the electrodes are known. contacts[k]: shape of electrode k about its position; NULL: contacts are just their
   vertices. Collective. */
PetscErrorCode HfCutCellsCreate(HfElectrodes electrodes, const HfShape contacts[]);

struct HfElectrodes_ {
  HfGrid grid;
  PetscInt n, n_rows; /* electrodes; owned rows of vertices */
  char (*names)[HF_ELECTRODE_NAME];
  PetscReal (*positions)[2];
  PetscReal *resistance; /* ohm */
  PetscBool *floating;
  PetscInt *piece; /* of the film that the electrode lies on: no current flows between different ones; negative when it has one to itself */
  int16_t *vertices;
  PetscInt columns;  /* of the lattice when all of them are one, otherwise 0 */
  uint8_t *conducts; /* HfCellKind of every cell, placed like HfGridRegions() */
  PetscInt n_cut;    /* cells of the rows ys-1 .. ys+ym-1 that an outline cuts, row by row */
  HfCutCell *cut;
  PetscInt n_outer; /* most cut cells in a row, of all ranks, whose centres are outside of the film */
};
PetscErrorCode HfElectrodesAllocate(HfGrid grid, PetscInt n, HfElectrodes *electrodes);
PetscBool HfVertexConducts(HfElectrodes electrodes, PetscInt i, PetscInt j); /* a corner of a conducting cell; j one of the owned rows */
/* A film cell that no current of a driven electrode can reach; *found false when there is none. Collective. */
PetscErrorCode HfIslandFind(HfElectrodes electrodes, PetscBool *found, PetscReal xy[2]);
/* Owned vertices at a seam, as offsets, of film that no contact reaches without crossing a seam; the caller frees the list. Collective. */
PetscErrorCode HfIslandSeams(HfElectrodes electrodes, PetscInt *n, PetscInt *vertices[]);
/* Numbers the pieces of the film that electrodes lie on, electrodes->piece. Collective. */
PetscErrorCode HfPiecesFind(HfElectrodes electrodes);
/* Vertices where two conducting cells touch each other alone: their number, and the place of the first one in xy. Collective. */
PetscErrorCode HfCornersCount(HfElectrodes electrodes, PetscInt *n, PetscReal xy[2]);

/* Cell tensors of rows ys-1 .. ys+ym with a frame of zero cells: cell (i,j) at [(j - (ys-1))*(nx+2) + i+1]; zero in void cells. Sigma_xy = xy - hall,
   Sigma_yx = xy + hall. */
typedef struct {
  PetscReal *xx, *xy, *yy;
  PetscReal *hall; /* NULL when no contribution has an antisymmetric part */
} HfSigma;

#define HF_TENSOR_COMPONENTS 4 /* xx, xy, yy, hall */

typedef enum { HF_VERTEX_FREE, HF_VERTEX_HELD, HF_VERTEX_FLOATING } HfVertexKind; /* by the contact it lies on */

typedef struct {
  PetscReal (*p)[HF_TENSOR_PARAMETERS]; /* one per tensor */
  PetscBool *active;
  PetscReal thickness; /* of the grain over that of the film; it is in p too */
} HfConductor;         /* the conducting material of a grain of a region */

typedef struct {
  ptrdiff_t at; /* among the owned vertices */
  PetscInt electrode;
} HfContactVertex;

struct HfPotential_ {
  HfGrid grid;      /* in whole rows */
  HfGrid film_grid; /* the caller's, of cell Vecs: in boxes it is another one */
  Vec cells[4];     /* in boxes: scratch of the first by number of components, made on demand */
  HfElectrodes electrodes;
  PetscReal thickness, tolerance;
  PetscBool film;    /* Sigma depends on m */
  PetscInt n_grains; /* that this rank meets; 1 when nothing varies */
  PetscInt *grain;   /* number of the cell's, placed like the tensors; NULL when nothing varies */
  PetscBool thickness_varies;
  HfConductor *conductors; /* [region * n_grains + grain] */
  PetscReal (*tensor_numbers)[HF_TENSOR_PARAMETERS];
  PetscBool *tensor_active;
  HfGhostRows cell_rows; /* of m */
  HfSigma sigma;
  HfGhostRows vertices;                         /* rows of them */
  const HfGhostRowsInfo *rows;                  /* the same */
  PetscReal (*cut_sigma)[HF_TENSOR_COMPONENTS]; /* xx, xy, yy, hall of the cut cells; they are zero in sigma */
  HfGhostRows outer_rows;                       /* of cut cells with their centres outside of the film; NULL when there is none */
  PetscReal *outer;                             /* their tensors, [row][n_outer] */
  HfGhostRows sigma_rows;                       /* of a film that is periodic along y, beside outer_rows: of the tensors; otherwise NULL */
  uint8_t *held;                                /* HfVertexKind of the vertices, with ghost rows */
  uint8_t *in_film;                             /* 1 at owned vertices of conducting cells */
  PetscInt n_contact;                           /* owned vertices on electrodes */
  HfContactVertex *contact;

  HfMultigrid multigrid;      /* of the symmetric part of the operator */
  PetscReal *hall_E, *hall_N; /* with sigma.hall: what it adds to the couplings to i+1 and j+1; the opposite to those back (hall.c) */
  PetscInt n_owned;           /* vertices */
  PetscReal *phi, *reaction;  /* with ghost rows */
  KSP ksp;
  Vec b, x, start;
  Vec shared;               /* of a periodic film: for the preconditioner; otherwise NULL */
  PetscReal *seam_row;      /* [nx + 1], the same */
  PetscReal *seam_weights;  /* of the owned vertices, see seam.c; the same */
  PetscInt n_grounded;      /* owned vertices at a seam of film that contacts reach across seams alone, see seam.c */
  PetscInt *grounded;       /* these */
  PetscBool set_up, lagged; /* coarse levels exist; they belong to an earlier operator */
  PetscBool worn;           /* the last solve converged so much slower that they should be renewed */
  PetscBool for_saturated;  /* they belong to the film saturated along z; else to the magnetization made_for */
  Vec m, made_for;          /* that of the present operator, borrowed, NULL: saturated; of a film alone */
  PetscReal digits;         /* decimal digits per iteration right after a set-up, the last one that was measured */
  PetscInt64 solves, iterations;
  PetscInt last_iterations, max_iterations;

  Vec *unit; /* solution for 1 V on contact k, the others grounded; k < n-1; the start of the next one */
  PetscReal *contact_G, *terminal_G, *contact_from_terminal, *work; /* n x n each */
  PetscInt64 operator_version, unit_version;                        /* unit solutions are of this operator */
};

/* stiffness.c: elements. Not collective but for the ghost rows they need. */
void HfStiffnessAssemble(HfPotential potential); /* the finest level's operator, owned rows */
/* reaction = K phi on the owned rows, A/m; phi with ghost rows. K knows no electrodes. Without what cut cells add unless `cut`. */
void HfStiffnessReaction(HfPotential potential, PetscBool cut);
/* seam.c: periodic boundaries; x: the owned vertices, the originals count and the copies are zero unless said. Nothing happens where the film has no seam.
   Collective. */
PetscBool HfSeamExists(HfGrid grid);
PetscErrorCode HfSeamSpread(HfPotential potential, PetscReal x[]); /* copies take the values of the originals */
PetscErrorCode HfSeamFold(HfPotential potential, PetscReal x[]);   /* copies are added to the originals and become zero */
PetscErrorCode HfSeamWeigh(HfPotential potential);                 /* how the next two weigh both sides; the finest level was assembled */
PetscErrorCode HfSeamShare(HfPotential potential, PetscReal x[]);  /* a part of it on either side */
PetscErrorCode HfSeamMean(HfPotential potential, PetscReal x[]);   /* originals take the weighted mean of both sides, copies become zero */
/* What the preconditioner needs and the equations do not have: into the finest level's operator once it is assembled, and out of y = A x, x in phi. Not
   collective. */
void HfSeamGround(HfPotential potential);
void HfSeamUnground(HfPotential potential, PetscReal y[]);
/* An electrode that holds a vertex on one side of the seam only; -1: none. */
PetscErrorCode HfSeamFindMisfit(HfElectrodes electrodes, PetscInt *electrode);
/* cut_operator.c: the part of the cut cells. Not collective, but for the first three. */
PetscErrorCode HfCutSigmaCreate(HfPotential potential);
PetscErrorCode HfCutSigmaDestroy(HfPotential potential);
PetscErrorCode HfCutSigmaTake(HfPotential potential);     /* the tensors of the cut cells out of sigma */
void HfCutAssemble(HfPotential potential);                /* adds to the finest level's operator */
void HfCutReaction(HfPotential potential);                /* adds to the reactions */
void HfCutHallMult(HfPotential potential, PetscReal y[]); /* y += the antisymmetric part, on the owned rows */
/* j[2] of the cut cells: the mean over what the film fills of the cell, 0 if its centre is outside of the film; or that over the whole cell. */
void HfCutCurrentDensity(HfPotential potential, PetscBool whole_cells, PetscReal j[]);
void HfCutLeadCurrent(HfPotential potential,
                      PetscReal into[]); /* adds what enters by contacts in cut cells to their corners, A/m; ghost rows apart */
/* hall.c: the antisymmetric part; none of these but Destroy is called when there is none. Not collective. */
PetscErrorCode HfHallCreate(HfPotential potential);
PetscErrorCode HfHallDestroy(HfPotential potential);
void HfHallAssemble(HfPotential potential);                                /* hall_E, hall_N */
void HfHallMult(HfPotential potential, PetscReal y[]);                     /* y += its part of A x, x with ghost rows in phi */
void HfHallReaction(HfPotential potential);                                /* adds to the reactions */
void HfHallCurrentRow(HfPotential potential, PetscInt row, PetscReal j[]); /* adds to the current density of a row of cells; phi with ghost rows */
/* film_conductivity.c: from materials and grains to conductors */
PetscErrorCode HfFilmDestroy(HfPotential potential);
void HfFilmCurrentRow(HfPotential potential, PetscInt row, PetscReal j[]); /* a row of current density where the thickness varies */
/* solver.c: x = A^-1 b on the free vertices, x the start on entry. Created when sigma.hall says whether A is symmetric. Collective. */
PetscErrorCode HfSolverCreate(HfPotential potential, const char prefix[]);
PetscErrorCode HfSolverOperatorChanged(HfPotential potential);
PetscErrorCode HfSolverSolve(HfPotential potential);
PetscErrorCode HfSolverRenew(HfPotential potential); /* the coarse levels, for the present operator */
/* potential.c: all but the tensor and the solver. Collective. */
/* The cell Vec of whole rows that stands in for one of the caller's, which is itself one unless the film is in boxes; *rows: without its values. */
PetscErrorCode HfPotentialRows(HfPotential p, PetscInt dof, Vec cells, Vec *rows);
PetscErrorCode HfPotentialSetRows(HfPotential p, Vec m_rows); /* HfPotentialSetMagnetization() with whole rows */
PetscErrorCode HfPotentialAllocate(HfGrid grid, HfElectrodes electrodes, PetscReal thickness, PetscReal tolerance, HfPotential *potential);
/* phi for contact potentials u[n]; phi is the start on entry. Collective. */
PetscErrorCode HfPotentialSolveContacts(HfPotential potential, const PetscReal u[], Vec phi);
PetscErrorCode HfPotentialLoad(HfPotential potential, Vec phi);              /* phi with ghost rows from a Vec. Collective. */
PetscErrorCode HfPotentialFill(HfPotential potential, PetscReal u, Vec phi); /* u on all of the film, 0 in the void */
/* currents.c: currents into the contacts, A. Collective. */
PetscErrorCode HfCurrentsOfContacts(HfPotential potential, Vec phi, PetscReal currents[]);
/* conductance.c: unit solutions of the present operator exist. Collective. */
PetscErrorCode HfConductanceUpdate(HfPotential potential);
PetscErrorCode HfConductanceUnits(HfPotential potential);                              /* room for the unit solutions, zero at first */
void HfConductanceContacts(HfPotential potential, const PetscReal V[], PetscReal u[]); /* potentials of the contacts for voltages of the terminals */
static inline PetscBool HfHasCircuit(HfElectrodes e) {
  for (PetscInt k = 0; k < e->n; ++k)
    if (e->floating[k] || e->resistance[k] > 0) return PETSC_TRUE;
  return PETSC_FALSE;
}
