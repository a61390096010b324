/* How the magnet hands the current density to the Zhang-Li torque. */
#pragma once
#include "../term.h"

extern const HfTorqueType HfTorqueType_zhang_li;
PetscErrorCode HfTorqueZhangLiSet(HfTorque *torque, PetscInt n_regions, Vec j); /* NULL: none */
