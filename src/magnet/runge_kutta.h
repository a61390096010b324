/* The project's own TS type. Its application context is the HfMagnet. */
#pragma once
#include "evaluate.h"

#define HF_RUNGE_KUTTA "hf"
PetscErrorCode HfRungeKuttaRegister(void);
PetscErrorCode HfRungeKuttaSetMethod(TS ts, const char *name); /* of integrator.method; ts of this type */
