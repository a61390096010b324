/* The keys of this module: the conductivity of a material, the solver's tolerance; and what other modules may know of them. */
#include "transport_impl.h"

static const HfKey potential_keys[] = {
    {"potential", HF_SECTION, NULL, "{}", "", 0, "How the potential is computed"},
    {"potential.tolerance", HF_NUMBER, NULL, "1e-10", "(0,1e-2)", 0, "Residual norm relative to that of zero potential, at which the solver stops"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfTransportRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfTensorCount(); ++k)
    if (HfTensorGet(k)->keys) PetscCall(HfKeysAdd(keys, "material:", HfTensorGet(k)->keys));
  PetscCall(HfKeysAdd(keys, "", potential_keys));
  PetscFunctionReturn(0);
}

static HfNode settings_of_region(HfNode film, PetscInt region) {
  HfNode own = region ? HfChild(HfItem(film, "regions", region - 1), "material") : NULL;
  return own ? own : HfChild(film, "material");
}

PetscErrorCode HfConductivitySettingsRead(HfDeck deck, HfConductivitySettings *settings) {
  HfNode film = HfChild(HfDeckRoot(deck), "film"), material = HfChild(film, "material");

  PetscFunctionBeginUser;
  *settings = (HfConductivitySettings){.conductivity = HfHas(material, "conductivity") ? HfReal(material, "conductivity") : 0,
                                       .amr_ratio = HfReal(material, "amr_ratio"),
                                       .hall_conductivity = HfReal(material, "hall_conductivity")};
  for (PetscInt r = 0; HfHas(film, "regions") && r < HfCount(film, "regions"); ++r)
    if (HfHas(HfItem(film, "regions", r), "material")) settings->by_region = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfConductivitySettingsCheck(HfDeck deck, PetscInt n_regions) {
  HfNode film = HfChild(HfDeckRoot(deck), "film");

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < n_regions; ++r) {
    HfNode material = settings_of_region(film, r);
    if (!HfHas(material, "conductivity"))
      PetscCall(HfDeckError(deck, material, "a film with contacts needs the key \"conductivity\" in its material"));
  }
  PetscFunctionReturn(0);
}
