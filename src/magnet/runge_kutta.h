/* The project's own TS type. Its application context is the HfMagnet. */
#pragma once
#include "evaluate.h"

#define HF_RUNGE_KUTTA "hf"
PetscErrorCode HfRungeKuttaRegister(void);
PetscErrorCode HfRungeKuttaSetMethod(TS ts, const char *name); /* of integrator.method; ts of this type */
/* dm/dt at the last accepted state, which the next step begins with; and back again before a phase goes on from m. */
PetscErrorCode HfRungeKuttaGetRate(TS ts, Vec rate);
PetscErrorCode HfRungeKuttaResume(TS ts, Vec m, Vec rate);
