/* The thermal field, which only Heun's method (heun.c) switches on. */
#pragma once
#include "../term.h"

extern const HfTermType HfTermType_thermal;
PetscBool HfTermThermalGiven(const HfTerm *term); /* the deck has a temperature */
PetscReal HfTermThermalStep(const HfTerm *term);  /* thermal.step, s; 0: left open */
/* Draws the field of step number `step`, of length dt (s), on all owned cells, and switches the term on. */
PetscErrorCode HfTermThermalDraw(HfTerm *term, PetscInt64 step, PetscReal dt);
void HfTermThermalOff(HfTerm *term);
