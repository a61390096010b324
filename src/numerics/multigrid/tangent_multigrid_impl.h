/* Inside of HfTangentMultigrid: checkerboard storage, the levels, and what is done with a row.

   Cells are red where i + j is even and black elsewhere. Of each row the cells of one colour lie next to each other, as column pairs I = i/2: a row of one
   colour has n = `stride` numbers for each component, a multiple of HF_LANES, of which those beyond the grid have zero coefficients and stay zero. The
   cells of that row have even columns (side 0) or odd ones (side 1); their neighbours, all of the other colour, are pair I to the south and north,
   I - 1 + side to the west and I + side to the east. Entry -1 of a row is the last one of the row before it in memory: zero. */
#pragma once
#include <hopfilm/numerics.h>

enum { HF_LANES = 16, HF_RED = 0, HF_BLACK = 1 };
enum { HF_WEST, HF_EAST, HF_SOUTH, HF_NORTH };

typedef struct {
  HfGhostRows ghosts;
  const HfGhostRowsInfo *rows;
  PetscInt nx, stride;
  PetscBool splits;                                /* a rank ends with the lower of two rows that make a coarse one */
  PetscReal most_turn;                             /* largest sum of a cell's couplings relative to its turn, */
  PetscReal most_damp;                             /* its damp */
  PetscReal most_both;                             /* and sqrt(turn^2 + damp^2), over all cells of all ranks */
  float *memory;                                   /* all that follows; every array has ghost rows, and in each of them one row of either colour */
  float *weight, *couplings, *turn, *damp, *along; /* V, F, t, d; V u.h */
  float *K;                                        /* 6 components; NULL: none anywhere */
  float *Q;                                        /* 6 components of V q q^T, which each set-up brings; NULL: without q */
  float *u, *x, *b;                                /* 3 components; b NULL on the finest level */
  float *inverse;                                  /* of a cell's own 2 x 2 system, 2 components, with K 6: see tangent_kernels.c */
  float *face;                                     /* couplings of the black cells to the west, east, south and north; nothing in red rows */
  float *film;                                     /* 1 in cells of the film, 0 elsewhere, in the order of the columns, 2 n numbers a row */
} HfTangentLevel;

/* Row j of one colour in an array with so many components. */
static inline float *HfTangentRowAt(const HfTangentLevel *level, float *array, int components, PetscInt j, int colour) {
  return array + ((ptrdiff_t)(j - (level->rows->start - 1)) * 2 + colour) * components * level->stride;
}
/* 1: the cells of this colour in row j have odd columns. */
static inline int HfTangentSide(PetscInt j, int colour) { return (int)(j & 1) ^ colour; }

/* ---- tangent_boxes.c: a film in boxes, whose numbers go to whole rows and back ---- */
typedef struct HfTangentBoxes_ *HfTangentBoxes;
typedef PetscErrorCode (*HfTangentFill)(PetscInt j, const HfTangentRow *row, void *context);

struct HfTangentMultigrid_ {
  PetscInt n, active; /* levels, and those in use since the last set-up; 0 is the finest */
  HfTangentLevel *levels;
  HfGrid grid;          /* in whole rows */
  HfTangentBoxes boxes; /* of a film in boxes, else NULL */
  PetscBool has_K;      /* or q */
  PetscBool with_q;
  float *memory;        /* all that follows: scratch rows of the finest level */
  float *row;           /* 4 components of a row in the order of the columns */
  float *one;           /* a row of ones */
  float *arrived;       /* a row from another rank */
  float *b[3];          /* three rows, of both colours each */
  float *r[2], *edge;   /* red residual of two rows, and that which belongs to the coarse row of the rank below */
  float *zero;          /* a row of zeros */
  float *own;           /* 6 components of a row of one colour, K + V q q^T, or sums of V q q^T in pairs of columns */
  float *coarse_row[3]; /* three rows of a coarse level in the order of the columns */
  PetscInt in_row[3];   /* which they are */
};

/* ---- tangent_levels.c ---- */
PetscErrorCode HfTangentLevelsCreate(HfTangentMultigrid mg, HfTangentFill fill_row, void *context);
PetscErrorCode HfTangentLevelDestroy(HfTangentLevel *level);
/* Lays the arrays of level `index`, whose rows and nx are known, one after another from `first` on (NULL: only counts). Returns how many floats they are,
   up to 35 a cell: more than 32 bits count from 6e7 cells on. */
PetscInt64 HfTangentPlace(HfTangentMultigrid mg, PetscInt index, HfTangentLevel *level, float *first);
PetscErrorCode HfTangentAllocate(PetscInt64 n, float **memory,
                                 float **first); /* zeros, on a boundary of HF_LANES floats, with as many zeros before them */

/* ---- tangent_boxes.c. Collective ---- */
/* fill_row is called for the rows of this rank's box. */
PetscErrorCode HfTangentBoxesCreate(HfGrid grid, HfTangentFill fill_row, void *context, PetscBool with_q, HfTangentBoxes *boxes);
PetscErrorCode HfTangentBoxesFillRow(PetscInt j, const HfTangentRow *row, void *boxes); /* of whole rows, until ... */
PetscErrorCode HfTangentBoxesLevelsMade(HfTangentBoxes boxes);
PetscErrorCode HfTangentBoxesDestroy(HfTangentBoxes *boxes);
/* From arrays of this rank's cells to arrays of its whole rows, which are borrowed until they are given back. */
PetscErrorCode HfTangentBoxesTakeState(HfTangentBoxes boxes, const PetscReal **u, const PetscReal **uh, const PetscReal **q);
PetscErrorCode HfTangentBoxesReturnState(HfTangentBoxes boxes, const PetscReal **u, const PetscReal **uh, const PetscReal **q);
PetscErrorCode HfTangentBoxesApply(HfTangentBoxes boxes, HfTangentMultigrid multigrid, const PetscReal b[], PetscReal x[]);
PetscErrorCode HfTangentApplyRows(HfTangentMultigrid multigrid, const PetscReal b[], PetscReal x[]); /* tangent_multigrid.c: a cycle, of whole rows */

/* ---- tangent_kernels.c: a row of one colour, n = stride ---- */
/* What the four neighbours of a row of cells are coupled by and where their first component is. */
typedef struct {
  const float *f[4], *x[4];
} HfTangentSides;
void HfTangentInvert(PetscInt n, float turn, float damp, const float couplings[], const float t[], const float d[], const float along[],
                     float inverse[]);
void HfTangentInvertTensor(PetscInt n, float turn, float damp, const float couplings[], const float t[], const float d[], const float along[],
                           const float u[], const float K[], float inverse[]);
void HfTangentSolve(PetscInt n, PetscBool tensor, const float u[], const float inverse[], const float y[], float x[]); /* x = D^-1 y */
void HfTangentSmooth(PetscInt n, PetscBool tensor, const HfTangentSides *sides, const float u[], const float inverse[], const float b[],
                     float x[]);                                                            /* x = D^-1 (b + P sum f x) */
void HfTangentCoupled(PetscInt n, const HfTangentSides *sides, const float u[], float r[]); /* r = P sum f x */

/* ---- tangent_rows.c: between colours, columns, and levels ---- */
/* a[nx], interleaved components of doubles, to the even and odd columns of a row, times weights. */
void HfTangentSplit(PetscInt nx, PetscInt n, const PetscReal a[], const float w_even[], const float w_odd[], float even[], float odd[]);
/* The same for one component. */
void HfTangentSplitScalar(PetscInt nx, PetscInt n, const PetscReal a[], const float w_even[], const float w_odd[], float even[], float odd[]);
void HfTangentJoin(PetscInt nx, PetscInt n, const float even[], const float odd[], PetscReal a[]);
/* To the order of the columns, out with 2n numbers for each of so many components. */
void HfTangentInterleave(PetscInt n, int components, const float even[], const float odd[], float out[]);
/* b of a coarse row: sums of two rows of the red residual of the finer level, whose components are `fine` apart. */
void HfTangentRestrict(PetscInt n, PetscInt fine, const float low[], const float high[], const float u_even[], const float u_odd[], float even[],
                       float odd[]);
/* out = x + the correction of cells on one side of their parents; parent, other: coarse rows in the order of the columns, whose components are `coarse` apart. */
void HfTangentProlong(PetscInt n, PetscInt coarse, int side, const float parent[], const float other[], const float film_parent[],
                      const float film_other[], const float u[], const float x[], float out[]);
/* sum[4][stride] += V u, V u.h of a row of cells. */
void HfTangentSum(PetscInt n, PetscInt stride, const float weight[], const float u[], const float along[], float sum[]);
/* Q = weight q q^T, 6 components, of a row of cells. */
void HfTangentSquare(PetscInt n, const float weight[], const float q[], float Q[]);
/* sum[6][stride] += Q of a row of cells; to = a + b; and those sums, every other one from `side` on, as Q of a coarse row. */
void HfTangentSumTensor(PetscInt n, PetscInt stride, const float Q[], float sum[]);
void HfTangentAdd(PetscInt n, const float a[], const float b[], float to[]);
void HfTangentTakeTensor(PetscInt n, PetscInt stride, int side, const float sum[], float Q[]);
/* u and V u.h of a coarse row from those sums. */
void HfTangentAverage(PetscInt n, PetscInt stride, int side, const float sum[], const float weight[], float u[], float along[]);
