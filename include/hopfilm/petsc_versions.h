/** @file
   hopfilm/petsc_versions.h: what differs between the versions of PETSc that hopfilm is built with, 3.18 to 3.26, and between its builds. Nothing else asks
   for PETSC_VERSION.

   Files hold numbers of fixed widths (checkpoint.c), so that a checkpoint of one build is read by another:
   - PetscBool is an enum of four bytes up to 3.23 and a bool of one byte since (PETSc's changes of 3.24);
   - PetscInt has 32 or 64 bits as PETSc was configured. */
#pragma once
#include <petscsys.h>

#if PETSC_VERSION_LT(3, 18, 0)
  #error "hopfilm needs PETSc 3.18 or later"
#endif
#if !defined(PETSC_USE_REAL_DOUBLE)
  #error "hopfilm needs a PETSc of double precision: checkpoints, fields and FFTW's arrays are in double"
#endif

/** PetscBool in messages of MPI. */
#if PETSC_VERSION_LT(3, 24, 0)
  #define HF_MPI_BOOL MPIU_BOOL
#else
  #define HF_MPI_BOOL MPI_C_BOOL
#endif

/** A KSP with a DM uses the matrix and the vectors it is given, not the DM's: which of them is an argument since 3.25. */
#if PETSC_VERSION_LT(3, 25, 0)
  #define HfKSPIgnoreDM(ksp) KSPSetDMActive(ksp, PETSC_FALSE)
#else
  #define HfKSPIgnoreDM(ksp) KSPSetDMActive(ksp, KSP_DMACTIVE_ALL, PETSC_FALSE)
#endif

/** Number of the changes of a Vec: public since 3.21, before that the object's. */
#if PETSC_VERSION_LT(3, 21, 0)
  #define HfVecState(v, state) PetscObjectStateGet((PetscObject)(v), state)
#else
  #define HfVecState(v, state) VecGetState(v, state)
#endif

/** Options of PETSc that are needed for the same sums in every run, each with its value. Since 3.21 VecMDot() takes vectors that happen to lie at equal distances
    in memory together, by a routine of BLAS that sums in another order: a resumed run, whose memory is laid out anew, would differ by round-off. */
#if PETSC_VERSION_LT(3, 21, 0)
  #define HF_PETSC_OPTIONS {NULL, NULL},
#else
  #define HF_PETSC_OPTIONS {"-vec_mdot_use_gemv", "0"}, {"-vec_maxpy_use_gemv", "0"},
#endif
/** Sets HF_PETSC_OPTIONS where the user gives no others. To be called before the first Vec. */
PetscErrorCode HfPetscSettings(void);

/** How many calls a debug PETSc has on its list: a fault that does not end the program leaves there the calls it passed through, and beyond 64 of them PETSc
    writes behind its list. */
static inline int HfCallDepth(void) {
#if defined(PETSC_USE_DEBUG) && !defined(PETSC_HAVE_THREADSAFETY)
  return petscstack.currentsize;
#else
  return 0;
#endif
}
/** Back to so many. */
static inline void HfCallDepthRestore(int depth) {
#if defined(PETSC_USE_DEBUG) && !defined(PETSC_HAVE_THREADSAFETY)
  petscstack.currentsize = depth;
#endif
}

/** Whether the members of struct _p_TS that src/numerics/time uses were compared in this version. */
#if PETSC_VERSION_LT(3, 27, 0)
  #define HF_TS_COMPARED 1
#else
  #define HF_TS_COMPARED 0
#endif
