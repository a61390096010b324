/* Evaluations shared by the integrator and the relaxation. */
#pragma once
#include "magnet_impl.h"

#define HF_HUGE_RATE 1e100 /* 1/s, stands for a rate that is not finite */

typedef struct {
  PetscBool found;
  PetscInt i, j; /* the first cell of this rank whose dm/dt was not finite */
} HfTrouble;

/* As HfMagnetRightHandSide(); with `trouble` a rate that is not finite becomes HF_HUGE_RATE and its cell is noted. Collective. */
PetscErrorCode HfRightHandSide(HfMagnet magnet, PetscReal t, Vec m, HfLength length, Vec dmdt, HfTrouble *trouble);
/* For visitors, once row->H is there: max |m x H|/Ms of the row (infinite if anything is not a number); energy densities added per term. */
PetscReal HfRowTorque(HfMagnet magnet, const HfRow *row);
void HfRowEnergies(HfMagnet magnet, const HfRow *row, PetscReal energies[]);
