/* What both Dzyaloshinskii-Moriya interactions share. */
#include "dmi.h"

PetscErrorCode HfDmiSetUp(const HfSite *site, PetscInt region, const char *key, PetscReal p[], PetscBool *active) {
  const HfGridInfo *g = HfGridGetInfo(site->grid);
  const HfMaterial *material = &site->materials[region];

  PetscFunctionBeginUser;
  p[D] = HfMaterialConstant(material, key);
  p[EX] = 0.5 * p[D] / g->dx;
  p[EY] = 0.5 * p[D] / g->dy;
  p[HX] = 2 * p[EX] / (HF_MU0 * material->Ms);
  p[HY] = 2 * p[EY] / (HF_MU0 * material->Ms);
  *active = (PetscBool)(p[D] != 0);
  if (*active && material->Aex == 0)
    PetscCall(HfDeckError(site->deck, HfChild(material->node, key), "%s needs Aex > 0: without exchange m turns without bound", key));
  PetscFunctionReturn(0);
}

PetscReal HfDmiStiffness(const PetscReal p[]) { return 2 * PetscAbsReal(p[HX]) + 2 * PetscAbsReal(p[HY]); }
