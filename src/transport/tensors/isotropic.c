/* Isotropic conductivity.

     Sigma = sigma0 1      sigma0 in S/m: the mean over all directions of m, sigma_perp + sigma_delta/3 */
#include "tensors.h"

static const HfKey keys[] = {
    {"conductivity", HF_QUANTITY, "S/m", "", ">0", 0, "Conductivity sigma0, the mean over all directions of m; a film with electrodes needs it"},
    {"conductivity_variation", HF_QUANTITY, "1", "0", "[0,0.2]", 0,
     "Standard deviation of the conductivity from grain to grain (Gaussian), as a part of it, e.g. 5 %; needs film.grains"},
    {"thickness_variation", HF_QUANTITY, "1", "0", "[0,0.2]", 0,
     "Standard deviation of the conducting thickness from grain to grain (Gaussian), as a part of film.thickness; needs film.grains"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static void settings(HfNode material, PetscReal numbers[]) { numbers[0] = HfReal(material, "conductivity"); }

static void set_up(const PetscReal numbers[], const HfGrainFactors *factors, PetscReal p[], PetscBool *active) {
  p[0] = factors->conductivity * numbers[0];
  *active = PETSC_TRUE;
}

static void add(const PetscReal p[], PetscInt n, const PetscReal m[], PetscReal xx[], PetscReal xy[], PetscReal yy[]) {
  for (PetscInt k = 0; k < n; ++k) {
    xx[k] += p[0];
    yy[k] += p[0];
  }
}

static PetscReal least(const PetscReal p[]) { return p[0]; }

const HfTensor HfTensor_Isotropic = {
    .name = "isotropic",
    .doc = "Isotropic conductivity: Sigma = sigma0 1",
    .keys = keys,
    .settings = settings,
    .set_up = set_up,
    .add = add,
    .least = least,
};
