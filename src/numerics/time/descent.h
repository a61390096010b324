/* Private header: the loop over steps that descents share. */
#pragma once
#include <hopfilm/numerics.h>

#define HF_DESCENT_ERROR 1e-3 /* of a step in any component of y: the path need not be exact, only its end */

/* A step of length *h, or shorter, from a state that was evaluated to another one; *error: relative to what is allowed, infinite when anything is not a number. */
typedef PetscErrorCode (*HfDescentStep)(void *method, PetscReal *h, const HfDescentState *from, HfDescentState *to, PetscReal *error);
/* As HfDescend(). */
PetscErrorCode HfDescendBy(HfDescentStep step, void *method, const HfDescentProblem *problem, const HfDescentOptions *options, Vec y,
                           HfDescentOutcome *outcome);
PetscBool HfDescentIsFinite(const HfDescentState *state);
/* The largest component, infinite when any is not a number, which the maximum of VecNorm() over ranks may lose. Collective. */
PetscErrorCode HfDescentLargest(Vec v, PetscReal *largest);
