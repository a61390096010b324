/* The materials of the film: what all terms share, read from the deck once per region, and how plausible it is. */
#include "magnet_impl.h"

static const HfKey keys[] = {
    {"film.material", HF_TYPE, "material", NULL, "", 0, "What the film is made of"},
    {"film.regions[].material", HF_TYPE, "material", "=film.material", "", 0, "What the region is made of"},
    {"material:", HF_SECTION, NULL, "", "", 0, "A magnetic, conducting material"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};
static const HfKey material_keys[] = {
    {"Ms", HF_QUANTITY, "A/m", NULL, ">0", 0, "Saturation magnetization"},
    {"friction", HF_QUANTITY, "A/m|T", "0", ">=0", 0,
     "Dry friction, a field against every motion of m: m rests where the field across it is smaller. Walls of 180 degrees start to move at pi/2 "
     "times that; "
     "in T it is mu0 H"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfMaterialsRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscCall(HfKeysAdd(table, "material:", material_keys));
  PetscFunctionReturn(0);
}

PetscReal HfMaterialConstantSettings(const HfMaterial *material, const char *key) {
  const PetscReal value = HfReal(material->node, key);
  return HfUnitIndex(material->node, key) ? 0.5 * HF_MU0 * material->Ms * value : value;
}

PetscErrorCode HfMaterialsSettings(HfGrid grid, HfDeck deck, HfMaterial **materials) {
  HfNode film = HfNodeFind(HfDeckRoot(deck), "film");
  const PetscInt n = HfGridGetInfo(grid)->n_regions;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n, materials));
  for (PetscInt r = 0; r < n; ++r) {
    HfMaterial *material = &(*materials)[r];
    const PetscBool listed = (PetscBool)(r > 0 && HfHas(film, "regions") && r <= HfCount(film, "regions"));

    material->node = HfChild(listed ? HfItem(film, "regions", r - 1) : film, "material");
    material->Ms = HfReal(material->node, "Ms");
    material->Aex = HfMaterialConstantSettings(material, "Aex");
    material->alpha = HfReal(material->node, "alpha");
    material->gamma0 = HfReal(material->node, "gamma0");
    material->Hc = HfReal(material->node, "friction") / (HfUnitIndex(material->node, "friction") ? HF_MU0 : 1);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckExchangeLength(const HfFilm *film, PetscInt region) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const HfMaterial *material = &film->materials[region];
  const PetscReal cell = PetscMax(g->dx, g->dy), length = PetscSqrtReal(2 * material->Aex / (HF_MU0 * PetscSqr(material->Ms)));

  PetscFunctionBeginUser;
  if (material->Aex > 0 && cell > length)
    PetscCall(HfDeckWarn(film->deck, HfChild(material->node, "Aex"), "cells of %g nm are above the exchange length sqrt(2 Aex/(mu0 Ms^2)) = %.3g nm",
                         (double)(1e9 * cell), (double)(1e9 * length)));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_region(HfMagnet magnet, PetscInt region) {
  const HfMaterial *material = &magnet->film.materials[region];

  PetscFunctionBeginUser;
  if (material->Ms < 1e3 || material->Ms > 3e6)
    PetscCall(HfDeckWarn(magnet->film.deck, HfChild(material->node, "Ms"), "Ms of %g A/m: magnets have 1e3 to 3e6 A/m; is the unit right?",
                         (double)material->Ms));
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (term->active[region] && term->type->check) PetscCall((*term->type->check)(term, region));
  }
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *torque = &magnet->torques[k];
    if (torque->active[region] && torque->type->check) PetscCall((*torque->type->check)(torque, region));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfMaterialsCheck(HfMagnet magnet) {
  const HfMaterial *materials = magnet->film.materials;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    PetscBool seen = PETSC_FALSE;
    for (PetscInt q = 0; q < r; ++q) seen = (PetscBool)(seen || materials[q].node == materials[r].node);
    if (!seen) PetscCall(check_region(magnet, r));
  }
  PetscFunctionReturn(0);
}
