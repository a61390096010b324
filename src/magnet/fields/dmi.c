/* What both Dzyaloshinskii-Moriya interactions share: constants of a region, their plausibility, stiffness. */
#include "dmi.h"

PetscErrorCode HfDmiSettings(const HfFilm *film, PetscInt region, const char *key, PetscReal p[], PetscBool *active) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const HfMaterial *material = &film->materials[region];

  PetscFunctionBeginUser;
  p[D] = HfMaterialConstantSettings(material, key);
  p[EX] = 0.5 * p[D] / g->dx;
  p[EY] = 0.5 * p[D] / g->dy;
  p[HX] = 2 * p[EX] / (HF_MU0 * material->Ms);
  p[HY] = 2 * p[EY] / (HF_MU0 * material->Ms);
  *active = (PetscBool)(p[D] != 0);
  if (*active && material->Aex == 0)
    PetscCall(HfDeckError(film->deck, HfChild(material->node, key), "%s needs Aex > 0: without exchange m turns without bound", key));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDmiCheck(const HfFilm *film, PetscInt region, const char *key, const PetscReal p[]) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const HfMaterial *material = &film->materials[region];
  const PetscReal cell = PetscMax(g->dx, g->dy), constant = PetscAbsReal(p[D]);

  PetscFunctionBeginUser;
  if (constant > 0.1)
    PetscCall(HfDeckWarn(film->deck, HfChild(material->node, key), "%s of %g J/m^2: magnets have up to 1e-2 J/m^2; is the unit right?", key,
                         (double)constant));
  else if (8 * cell * constant > 4 * PETSC_PI * material->Aex)
    PetscCall(HfDeckWarn(film->deck, HfChild(material->node, key),
                         "cells of %g nm are above one eighth of the period of a helix, 4 pi Aex/D = %.3g nm", (double)(1e9 * cell),
                         (double)(4e9 * PETSC_PI * material->Aex / constant)));
  PetscFunctionReturn(0);
}

PetscReal HfDmiStiffness(const PetscReal p[]) { return 2 * PetscAbsReal(p[HX]) + 2 * PetscAbsReal(p[HY]); }
