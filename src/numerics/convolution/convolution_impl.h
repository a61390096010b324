/* Inside of HfConvolution, shared by convolution.c (transforms and transposition), convolution_kernel.c (the kernel's
   transform) and convolution_multiply.c (the product). */
#pragma once
#include <fftw3.h>
#include <hopfilm/numerics.h>

#define HF_CONV_BATCH 4 /* columns kept together: one cache line of complex numbers */

#define HF_CONV_ROWS 8 /* rows transformed before their spectra are written, in pieces of so many cache lines */

/* How the transform of one kernel component is stored. A kernel that is even (odd) under r -> -r has a real (purely imaginary) transform; one
   that is also even or odd in y alone needs half of the ky. */
typedef enum { HF_CONV_ZERO, HF_CONV_REAL, HF_CONV_IMAGINARY, HF_CONV_COMPLEX } HfConvKind;
typedef struct {
  HfConvKind kind;
  PetscInt parity_y; /* +1 even, -1 odd: ky = 0 .. my/2 are stored; 0: all */
  PetscReal *f;      /* at HfConvFactor(), two numbers each when complex; with the 1/(mx my) of the way back */
  PetscBool shared;  /* f is that of an entry before this one */
} HfConvEntry;

/* Spectra between the two passes, never padded in y, in batches of HF_CONV_BATCH columns, so that a column is read in one piece.
   Row side, of the rows owned here:       for every rank d a block at n_max ym cols[d],       [batch of d][n_max components][owned row][HF_CONV_BATCH]
   Column side, of the columns owned here: for every rank s a block at n_max rows[s] n_cols,   [owned batch][n_max components][row of s][HF_CONV_BATCH] */
struct HfConvolution_ {
  HfGrid grid;
  MPI_Comm comm;
  PetscMPIInt rank, size;
  PetscInt n_in, n_out, n_max;
  PetscInt nx, ny, ym;
  PetscInt mx, my, nk;        /* padded sizes, and mx/2+1 columns kx rounded up to whole batches; the spare ones are zero */
  PetscInt *cols, n_cols;     /* columns of rank r: cols[r] .. cols[r+1]-1 */
  const PetscInt *rows;       /* of the grid */
  PetscReal *row;             /* [mx] */
  fftw_complex *row_spectrum; /* [HF_CONV_ROWS][nk] */
  fftw_complex *row_side;     /* the two sides are one array on a single rank */
  fftw_complex *column_side;
  PetscBool is_short;                                                   /* the columns of a batch stay side by side: [my/2][HF_CONV_BATCH] below */
  fftw_complex *column;                                                 /* [HF_CONV_BATCH][my/2], one component before it is transformed along y */
  fftw_complex *column_in;                                              /* [component][HF_CONV_BATCH][my/2], ky even or odd */
  fftw_complex *column_out;                                             /* [component][parity of ky][HF_CONV_BATCH][my/2] */
  fftw_complex *twiddle;                                                /* exp(-2 pi i j/my), j < my/2 */
  fftw_plan row_forward, row_backward, column_forward, column_backward; /* columns: of length my/2; short: all of a batch, long: one */
  PetscMPIInt *row_counts, *row_displs, *column_counts, *column_displs; /* of the transposition, set per number of components */
  HfConvEntry *entries;                                                 /* [n_out][n_in] */
};

/* How many ky of an entry are stored, and where in f the factor of column kx and one of them is: even ky before odd ones; of short columns the batch
   side by side. */
static inline PetscInt HfConvStored(const HfConvolution conv, const HfConvEntry *entry) { return entry->parity_y ? conv->my / 2 + 1 : conv->my; }
static inline PetscInt HfConvFactor(const HfConvolution conv, const HfConvEntry *entry, PetscInt column, PetscInt ky) {
  const PetscInt stored = HfConvStored(conv, entry), place = ky / 2 + (ky % 2) * ((stored + 1) / 2), l = column % HF_CONV_BATCH;
  return (conv->is_short ? ((column - l) * stored + place * HF_CONV_BATCH + l) : column * stored + place) * (entry->kind == HF_CONV_COMPLEX ? 2 : 1);
}

/* A component of an owned batch of columns into conv->column, made ready so that a transform of length my/2 gives the ky of that parity; and from
   column_out back, both parities together. (convolution_columns.c) */
void HfConvolutionGather_Private(HfConvolution conv, PetscInt batch, PetscInt component, PetscInt parity);
void HfConvolutionScatter_Private(HfConvolution conv, PetscInt batch);
void HfConvolutionGatherShort_Private(HfConvolution conv, PetscInt batch, PetscInt component, PetscInt parity);
void HfConvolutionScatterShort_Private(HfConvolution conv, PetscInt batch);
/* Moves the spectra of n components of `rows[r]` rows per rank between the two sides; forward = row side to column side. Collective. */
PetscErrorCode HfConvolutionTranspose_Private(HfConvolution conv, PetscInt n, const PetscInt rows[], PetscInt n_max, fftw_complex row_side[],
                                              fftw_complex column_side[], PetscBool forward);
/* Samples the kernel and fills conv->entries. Collective. */
PetscErrorCode HfConvolutionKernel_Private(HfConvolution conv, PetscErrorCode (*kernel)(PetscReal, PetscReal, void *, PetscReal[]), void *context);
/* sum_b F_ab in_b of component a for batch number `batch` of the columns and the ky of one parity, into conv->column. */
void HfConvolutionMultiply_Private(HfConvolution conv, PetscInt batch, PetscInt a, PetscInt parity);
