/* Anisotropic magnetoresistance: the resistance is highest for m parallel to the current.

     Sigma = sigma_perp 1 + sigma_delta m m^T,   sigma_delta = sigma_perp (1/r - 1),   r = rho_par/rho_perp = (2+a)/(2-a)
   With sigma0 = sigma_perp + sigma_delta/3 this adds sigma_delta (m m^T - 1/3) to sigma0 1, where sigma_delta = -6 a sigma0/(6+a).
   a = amr_ratio = 2 (rho_par - rho_perp)/(rho_par + rho_perp). The tensor turns with m: both off-diagonal signs are those of m m^T.
   Source: McGuire and Potter, IEEE Trans. Magn. 11, 1018 (1975). */
#include "tensors.h"

static const HfKey keys[] = {
    {"amr_ratio", HF_NUMBER, NULL, "0", "(-2,2)", 0,
     "Anisotropic magnetoresistance a = 2 (rho_par - rho_perp)/(rho_par + rho_perp), along and across m"},
    {"amr_ratio_variation", HF_QUANTITY, "1", "0", "[0,0.2]", 0,
     "Standard deviation of the AMR ratio from grain to grain (Gaussian), as a part of it, e.g. 10 %; needs film.grains"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static void settings(HfNode material, PetscReal numbers[]) {
  numbers[0] = HfReal(material, "conductivity");
  numbers[1] = HfReal(material, "amr_ratio");
}

static void set_up(const PetscReal numbers[], const HfGrainFactors *factors, PetscReal p[], PetscBool *active) {
  const PetscReal a = factors->amr_ratio * numbers[1];

  p[0] = -6 * a / (6 + a) * factors->conductivity * numbers[0];
  *active = (PetscBool)(a != 0);
}

HF_KERNEL static void add(const PetscReal p[], PetscInt n, const PetscReal *restrict m, PetscReal *restrict xx, PetscReal *restrict xy,
                          PetscReal *restrict yy) {
  const PetscReal delta = p[0];

  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = m[3 * k], y = m[3 * k + 1];
    xx[k] += delta * (x * x - 1.0 / 3);
    xy[k] += delta * x * y;
    yy[k] += delta * (y * y - 1.0 / 3);
  }
}

static PetscReal least(const PetscReal p[]) { return PetscMin(2.0 / 3 * p[0], -1.0 / 3 * p[0]); }

const HfTensor HfTensor_Amr = {
    .name = "amr",
    .doc = "Anisotropic magnetoresistance: Sigma = sigma_perp 1 + sigma_delta m m^T",
    .citation = "mcguire-potter-1975",
    .keys = keys,
    .settings = settings,
    .set_up = set_up,
    .add = add,
    .least = least,
    .needs_m = PETSC_TRUE,
};
