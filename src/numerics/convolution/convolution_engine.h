/* Inside of one engine of the convolution, which the files including this header are: convolution_engine.c, convolution_rows.c, convolution_columns.c and
   convolution_multiply.c are compiled twice (CMakeLists.txt), for double precision and, with HF_CONV_SINGLE, for single. */
#pragma once
#include "convolution_impl.h"

#if defined(HF_CONV_SINGLE)
typedef float HfConvReal;
typedef fftwf_complex HfConvComplex;
typedef fftwf_plan HfConvPlan;
  #define FFTW(name)          fftwf_##name
  #define HF_CONV(name)       name##_Single
  #define HF_CONV_MPI_COMPLEX MPI_C_FLOAT_COMPLEX
#else
typedef PetscReal HfConvReal;
typedef fftw_complex HfConvComplex;
typedef fftw_plan HfConvPlan;
  #define FFTW(name)          fftw_##name
  #define HF_CONV(name)       name##_Double
  #define HF_CONV_MPI_COMPLEX MPI_C_DOUBLE_COMPLEX
#endif

#define HF_CONV_ROWS 8 /* rows transformed before their spectra are written, in pieces of so many batches */

/* A component of the kernel's transform as it is stored. */
typedef struct {
  HfConvKind kind;
  PetscInt parity_y, stored; /* ky = 0 .. stored-1 */
  HfConvReal *f;             /* at HfConvFactor(), two numbers each when complex */
  PetscBool shared;          /* f is that of an entry before this one */
} HfConvEntry;

/* Transforms of length m/2, m the padded length, from one array to another. */
typedef struct {
  PetscInt length, stride; /* m/2, and from one to the next: a multiple of a cache line */
  HfConvComplex *twiddle;  /* exp(-2 pi i j/m), j < m/2 */
  HfConvPlan forward, backward;
} HfConvTransform;

typedef struct {
  HfConvEntry *entries;    /* [n_out][n_in] */
  HfConvComplex *row_side; /* the two sides are one array on a single rank */
  HfConvComplex *column_side;

  HfConvTransform along_x;
  HfConvComplex *row;          /* [pair of components][stride], as functions of x; beyond nx zero */
  HfConvComplex *row_twisted;  /* [stride], beyond nx zero */
  HfConvComplex *row_spectrum; /* [n_max][HF_CONV_ROWS][nk] */
  PetscInt block;              /* first row, counted from the first owned one, of those on the way back in row_spectrum; -1: none */
  HfConvComplex *row_half;     /* [4][stride], wave numbers of one parity, and scratch */

  HfConvTransform along_y;
  PetscInt group;                /* columns of a batch that are transformed by one call: 1 or all */
  HfConvComplex *column;         /* [component][batch][stride], as functions of y; beyond ny zero */
  HfConvComplex *column_twisted; /* [group][stride], beyond ny zero */
  HfConvComplex *column_in;      /* [component][parity of ky][group][stride] */
  HfConvComplex *column_product; /* [group][stride] */
  HfConvComplex *column_out;     /* [parity of ky][group][stride] */
} HfConvState;

/* Where in f the factor of an owned column and one ky is: even ky before odd ones. */
static inline PetscInt64 HfConvFactor(const HfConvEntry *entry, PetscInt64 column, PetscInt ky) {
  const PetscInt place = ky / 2 + (ky % 2) * ((entry->stored + 1) / 2);
  return (column * entry->stored + place) * (entry->kind == HF_CONV_COMPLEX ? 2 : 1);
}

/* y = x w and z = x + y conj(w) for n numbers: what takes a transform of length m/2 to the odd wave numbers of one of length m, and back. */
void HF_CONV(HfConvTwist)(PetscInt n, const HfConvComplex w[], const HfConvComplex x[], HfConvComplex y[]);
void HF_CONV(HfConvUntwist)(PetscInt n, const HfConvComplex w[], const HfConvComplex x[], const HfConvComplex y[], HfConvComplex z[]);
/* Owned rows to the spectra of the row side, and one of them back, see HfConvEngine. (convolution_rows.c) */
void HF_CONV(HfConvRowsForward)(const HfConvLayout *at, HfConvState *state, const PetscScalar in[]);
void HF_CONV(HfConvRow)(const HfConvLayout *at, void *state, PetscInt j, PetscReal *const out[]);
/* Transforms the owned columns along y, multiplies them by the kernel's transform and transforms them back. (convolution_columns.c) */
void HF_CONV(HfConvColumns)(const HfConvLayout *at, HfConvState *state);
/* sum_b F_ab in_b of component a for `group` columns from `column` on and the ky of one parity, into state->column_product. (convolution_multiply.c) */
void HF_CONV(HfConvMultiply)(const HfConvLayout *at, HfConvState *state, PetscInt column, PetscInt a, PetscInt parity);
