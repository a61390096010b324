/* Inside of HfConvolution: what is common to both precisions, shared by convolution.c (sizes, transposition), convolution_kernel.c (the kernel's
   transform, always in double precision) and the engine (convolution_engine.h), which exists twice. */
#pragma once
#include <fftw3.h>
#include <hopfilm/numerics.h>

#define HF_CONV_BATCH 8 /* most columns kept together: one cache line of complex numbers in single precision, two in double */

/* Sizes, and who owns what. Spectra between the two passes are never padded in y, and stored in batches of `batch` columns, so that a column is read
   in one piece:
     row side, of the rows owned here:       for every rank d a block at n_max ym cols[d],       [batch of d][n_max components][owned row][batch]
     column side, of the columns owned here: for every rank s a block at n_max rows[s] n_cols,   [owned batch][n_max components][row of s][batch]
   Batches are as wide as HF_CONV_BATCH where the ranks are few, and narrower, down to one column, where whole ones would leave ranks with less to do than
   others or with nothing; beyond mx/2+1 ranks some have no columns. Ranks without rows take part.
   Column p is the transform at kx = HfConvWaveNumber(p): even kx come first, then odd ones.

   Sizes have 64 bits also where PetscInt has 32, so that their products do not overflow: the padded spectra of a film are more numbers than its Vecs. */
typedef struct {
  MPI_Comm comm;
  PetscMPIInt rank, size;
  PetscInt64 n_in, n_out, n_max;
  PetscInt64 nx, ny, ym;
  PetscReal dx, dy;
  PetscInt64 mx, my, nk; /* padded sizes, both even, and mx/2+1 columns rounded up to whole batches; the spare ones are zero */
  PetscInt batch;        /* 8, 4, 2 or 1 */
  PetscInt *cols;        /* columns of rank r: cols[r] .. cols[r+1]-1, whole batches */
  PetscInt64 n_cols;     /* of this rank */
  PetscInt *rows;        /* rows of rank r: rows[r] .. rows[r+1]-1, of which there may be none */
  PetscInt64 *row_counts, *row_places, *column_counts, *column_places; /* of the transposition, set per number of components */
  PetscInt64 largest_message, most;                                    /* HfExchangeAllToAll() */
} HfConvLayout;

static inline PetscInt HfConvEvenColumns(const HfConvLayout *at) { return at->mx / 4 + 1; }
static inline PetscInt HfConvWaveNumber(const HfConvLayout *at, PetscInt column) {
  const PetscInt even = HfConvEvenColumns(at);
  return column < even ? 2 * column : 2 * (column - even) + 1;
}

/* Numbers that a rank holds, of which nothing is allocated here. */
typedef struct {
  PetscInt64 row_side, column_side;                /* spectra of the data */
  PetscInt64 samples, kernel_rows, kernel_columns; /* of one component of the kernel: displacements, their rows transformed along x, their columns */
  PetscInt64 transform;                            /* and transformed along y */
  PetscInt64 largest_message;                      /* the farthest place in a transposition, of all ranks */
} HfConvSizes;
HfConvSizes HfConvSizesOf_Private(const HfConvLayout *at);

/* Moves the spectra of n of n_max components of `rows[r]` rows per rank between the two sides; forward = row side to column side. `type`: that of
   their numbers. Nothing to do on one rank, where both sides are one array. Collective. */
PetscErrorCode HfConvolutionTranspose_Private(const HfConvLayout *at, PetscInt n, const PetscInt rows[], PetscInt n_max, MPI_Datatype type,
                                              void *row_side, void *column_side, PetscBool forward);

/* ---- the kernel (convolution_kernel.c) ---- */
typedef PetscErrorCode (*HfConvKernel)(PetscReal x, PetscReal y, void *context, PetscReal K[]);
/* A kernel that is even (odd) under r -> -r has a real (purely imaginary) transform; one that is also even or odd in y alone needs half of the ky. */
typedef enum { HF_CONV_ZERO, HF_CONV_REAL, HF_CONV_IMAGINARY, HF_CONV_COMPLEX } HfConvKind;
typedef struct {
  HfConvKind kind;
  PetscInt parity_y;             /* +1 even, -1 odd: ky = 0 .. my/2 are enough; 0: all are needed */
  const fftw_complex *transform; /* [owned batch][my][batch], with the 1/(mx my) of the way back; valid until the next component */
} HfConvComponent;
typedef struct HfConvKernelTransform_ *HfConvKernelTransform;
/* Samples the kernel. Collective. */
PetscErrorCode HfConvKernelTransformCreate(const HfConvLayout *at, HfConvKernel kernel, void *context, HfConvKernelTransform *transform);
/* Component e of n_out n_in. Collective. */
PetscErrorCode HfConvKernelTransformComponent(HfConvKernelTransform transform, PetscInt e, HfConvComponent *component);
PetscErrorCode HfConvKernelTransformDestroy(HfConvKernelTransform *transform);

/* ---- the engine of one precision (convolution_engine.c) ---- */
typedef struct {
  PetscErrorCode (*create)(const HfConvLayout *at, HfConvKernel kernel, void *context, void **state); /* Collective. */
  PetscErrorCode (*destroy)(const HfConvLayout *at, void **state);
  /* The convolution of the owned rows `in`, up to the last transform, of which row() makes one row: out[component][nx] of the owned row j, counted from 0. */
  PetscErrorCode (*convolve)(const HfConvLayout *at, void *state, const PetscScalar in[]); /* Collective. */
  void (*row)(const HfConvLayout *at, void *state, PetscInt j, PetscReal *const out[]);
} HfConvEngine;
extern const HfConvEngine HfConvEngine_Double, HfConvEngine_Single;

/* A film in boxes: its cells go to whole rows, of which some ranks have none, and back (convolution_boxes.c). */
typedef struct HfConvBoxes_ *HfConvBoxes;
PetscErrorCode HfConvBoxesCreate_Private(HfGrid grid, PetscInt n_out, PetscInt n_in, HfConvBoxes *boxes);
PetscErrorCode HfConvBoxesDestroy_Private(HfConvBoxes *boxes);
PetscErrorCode HfConvBoxesConvolve_Private(HfConvBoxes boxes, HfConvolution convolution, Vec in); /* Collective. */
PetscErrorCode HfConvBoxesCopy_Private(HfConvBoxes boxes, Vec out);                               /* all rows, after that */
void HfConvBoxesRow_Private(HfConvBoxes boxes, PetscInt j, PetscReal *const out[]);
PetscErrorCode HfConvolutionApplyRows_Private(HfConvolution convolution, Vec in, Vec out); /* HfConvolutionApply() on whole rows */

struct HfConvolution_ {
  HfConvBoxes boxes; /* NULL: whole rows */
  HfConvLayout layout;
  const HfConvEngine *engine;
  void *state;
};
