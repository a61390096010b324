/* Values that are allowed but seldom meant: warnings with the place in the deck. */
#include "fields/uniaxial.h"
#include "magnet_impl.h"

static PetscErrorCode warn_dmi(HfMagnet magnet, const HfMaterial *material, const char *key) {
  const HfGridInfo *g = HfGridGetInfo(magnet->grid);
  const PetscReal cell = PetscMax(g->dx, g->dy), D = PetscAbsReal(HfMaterialConstant(material, key));

  PetscFunctionBeginUser;
  if (D > 0.1)
    PetscCall(
        HfDeckWarn(magnet->deck, HfChild(material->node, key), "%s of %g J/m^2: magnets have up to 1e-2 J/m^2; is the unit right?", key, (double)D));
  else if (8 * cell * D > 4 * PETSC_PI * material->Aex)
    PetscCall(HfDeckWarn(magnet->deck, HfChild(material->node, key),
                         "cells of %g nm are above one eighth of the period of a helix, 4 pi Aex/D = %.3g nm", (double)(1e9 * cell),
                         (double)(4e9 * PETSC_PI * material->Aex / D)));
  PetscFunctionReturn(0);
}

static PetscReal largest_anisotropy(HfMagnet magnet, PetscInt region) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type == &HfTermType_uniaxial) return HfTermUniaxialLargest(&magnet->terms[k], region);
  return 0;
}

static PetscErrorCode warn_material(HfMagnet magnet, PetscInt region, PetscBool demag) {
  const HfGridInfo *g = HfGridGetInfo(magnet->grid);
  const HfMaterial *material = &magnet->materials[region];
  const PetscReal cell = PetscMax(g->dx, g->dy), Ku = largest_anisotropy(magnet, region);
  const PetscReal exchange = PetscSqrtReal(2 * material->Aex / (HF_MU0 * PetscSqr(material->Ms)));
  HfDeck deck = magnet->deck;

  PetscFunctionBeginUser;
  if (material->Ms < 1e3 || material->Ms > 3e6)
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "Ms"), "Ms of %g A/m: magnets have 1e3 to 3e6 A/m; is the unit right?", (double)material->Ms));
  if (material->Aex > 0 && (material->Aex < 1e-13 || material->Aex > 1e-9))
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "Aex"), "Aex of %g J/m: magnets have 1e-12 to 1e-10 J/m; is the unit right?",
                         (double)material->Aex));
  if (material->alpha > 1)
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "alpha"), "alpha of %g: the motion is overdamped", (double)material->alpha));
  if (material->gamma0 < 1e5 || material->gamma0 > 5e5)
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "gamma0"), "gamma0 of %g m/(A s): electrons have 2.2e5", (double)material->gamma0));
  if (Ku > 1e8)
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "Ku"), "|Ku| of %g J/m^3: magnets have up to 2e7 J/m^3; is the unit right?", (double)Ku));
  if (material->Aex > 0 && demag && cell > exchange)
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "Aex"), "cells of %g nm are above the exchange length sqrt(2 Aex/(mu0 Ms^2)) = %.3g nm",
                         (double)(1e9 * cell), (double)(1e9 * exchange)));
  if (material->Aex > 0 && Ku > 0 && cell > PetscSqrtReal(material->Aex / Ku))
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "Ku"), "cells of %g nm are above the width of a wall sqrt(Aex/|Ku|) = %.3g nm",
                         (double)(1e9 * cell), (double)(1e9 * PetscSqrtReal(material->Aex / Ku))));
  PetscCall(warn_dmi(magnet, material, "Dbulk"));
  PetscCall(warn_dmi(magnet, material, "Dinterfacial"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMaterialsWarn(HfMagnet magnet) {
  PetscBool none;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(HfDeckRoot(magnet->deck), "demag"), "none", &none));
  for (PetscInt r = 0; r < magnet->site.n_regions; ++r) {
    PetscBool seen = PETSC_FALSE;
    for (PetscInt q = 0; q < r; ++q) seen = (PetscBool)(seen || magnet->materials[q].node == magnet->materials[r].node);
    if (!seen) PetscCall(warn_material(magnet, r, (PetscBool)!none));
  }
  PetscFunctionReturn(0);
}
