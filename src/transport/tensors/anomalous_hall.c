/* Anomalous Hall effect: a current across the electric field, in proportion to m_z.

     j_H = sigma_AH m_z z x E,   that is  Sigma_yx = -Sigma_xy = sigma_AH m_z      sigma_AH = hall_conductivity in S/m
   For sigma_AH > 0 and m along +z a field along +x drives a current along +y as well; where that cannot flow, in a strip along x, it raises
   E_y = -(sigma_AH m_z/sigma) E_x. In the usual notation rho_xy = -rho_yx has the sign of sigma_AH m_z. The Hall angle is atan(sigma_AH/sigma).
   The tensor stays as it is when m turns in the plane, and Sigma(-m) = Sigma(m)^T (Onsager).
   Source: Nagaosa, Sinova, Onoda, MacDonald and Ong, Rev. Mod. Phys. 82, 1539 (2010). */
#include "tensors.h"

static const HfKey keys[] = {
    {"hall_conductivity", HF_QUANTITY, "S/m", "0 S/m", "", 0,
     "Anomalous Hall conductivity s: m along z adds the current density s z x E, along +y for E along +x where s > 0; 0 leaves the effect out"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static void settings(HfNode material, PetscReal numbers[]) { numbers[0] = HfReal(material, "hall_conductivity"); }

static void set_up(const PetscReal numbers[], const HfGrainFactors *factors, PetscReal p[], PetscBool *active) {
  p[0] = factors->conductivity * numbers[0];
  *active = (PetscBool)(p[0] != 0);
}

HF_KERNEL static void add_antisymmetric(const PetscReal p[], PetscInt n, const PetscReal *restrict m, PetscReal *restrict yx) {
  for (PetscInt k = 0; k < n; ++k) yx[k] += p[0] * m[3 * k + 2];
}

const HfTensor HfTensor_AnomalousHall = {
    .name = "anomalous-hall",
    .doc = "Anomalous Hall effect: Sigma_yx = -Sigma_xy = sigma_AH m_z",
    .citation = "nagaosa-2010",
    .keys = keys,
    .settings = settings,
    .set_up = set_up,
    .add_antisymmetric = add_antisymmetric,
    .needs_m = PETSC_TRUE,
};
