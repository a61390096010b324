/* The keys of this module: the conductivity of a material, the solver's tolerance. */
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
