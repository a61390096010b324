/* The only file that includes private headers of PETSc: a time stepper of our own (TSRegister) reads and writes the struct behind a TS.

   Members used: data, ops, vec_sol, ptime, time_step, atol, rtol, reject, max_reject, reason, steprestart, steprollback, setupcalled, usessnes,
   default_adapt_type, and dt_min of the TSAdapt; they mean the same from PETSc 3.18 to 3.26 (setupcalled became a PetscBool). TSStep() of 3.26 keeps a copy of
   the state before each step, 24 B per cell and stepper, which nothing here needs. */
#pragma once
#include <hopfilm/petsc_versions.h>
#include <petscts.h>
#if !HF_TS_COMPARED
  #pragma message("src/numerics/time was written for PETSc 3.18 to 3.26: compare the members of struct _p_TS it uses")
#endif
#include <petsc/private/tsimpl.h>
