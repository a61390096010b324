/* Implicit time stepping for cells so fine that exchange limits the explicit step. */
#pragma once
#include "evaluate.h"

typedef struct HfImplicit_ *HfImplicit;
/* Makes `ts` a Rosenbrock-W method with residual, Jacobian and preconditioner. Collective. */
PetscErrorCode HfImplicitCreate(HfMagnet magnet, TS ts, HfImplicit *implicit);
PetscErrorCode HfImplicitDestroy(HfImplicit *implicit);
