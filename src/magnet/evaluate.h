/* Evaluations shared by the integrator and the relaxation. */
#pragma once
#include "magnet_impl.h"

/* As HfMagnetRightHandSide() at m/|m|, in the selected field. Collective. */
PetscErrorCode HfUnitRightHandSide(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, Vec dmdt);
/* dm/dt of a Runge-Kutta stage. With n > 0, the largest |sum_j weight_j k_j| of this rank (infinite if anything is not a number), where one k is dmdt.
   Void cells of dmdt are not written. Collective. */
PetscErrorCode HfStageRightHandSide(HfMagnet magnet, PetscReal t, const HfStage *stage, Vec dmdt, PetscInt n, const Vec k[], const PetscReal weight[],
                                    PetscReal *largest);
/* For visitors, once row->H is there: max |m x H|/Ms of the row (infinite if anything is not a number); energy densities added per term. */
PetscReal HfRowTorque(HfMagnet magnet, const HfRow *row);
void HfRowEnergies(HfMagnet magnet, const HfRow *row, PetscReal energies[]);
