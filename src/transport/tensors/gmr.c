/* Giant magnetoresistance in the plane: a film beside another magnetic layer whose magnetization p is fixed.

     Sigma = sigma0 [1 + (g/2) m.p] 1      g = gmr_ratio = (conductivity with m along p - that with m against p)/sigma0
   This adds (g/2) sigma0 m.p 1 to sigma0 1 and to what the AMR contributes; sigma0 is still the mean over all directions of m. p is a unit
   vector of any direction. The tensor is isotropic, so that G stays symmetric, and to first order in g the change of G is linear in m:
     G_kl[m] - G_kl = (g sigma0 t/2) integral (m.p) E_k.E_l,   E_k: field of 1 V on electrode k in the film without g
   Unlike that of AMR this change is odd in m. The field of a gold layer turns m over with the signs of all voltages: what a pattern and its
   negative teach such a film has opposite signs, and cancels where both are trained alike. Hebb's rule, even in the pattern, is not what this
   film follows (inputs/README.md, "More physics").
   Source: Dieny, Speriosu, Parkin, Gurney, Wilhoit and Mauri, Phys. Rev. B 43, 1297 (1991). */
#include "tensors.h"

static const HfKey keys[] = {
    {"gmr_ratio", HF_NUMBER, NULL, "0", "(-2,2)", 0,
     "Giant magnetoresistance g in the plane, beside a layer of fixed magnetization: the conductivity is multiplied by 1 + (g/2) m.p, so that g is "
     "the "
     "difference between m along and against p, relative to its mean"},
    {"gmr_direction", HF_NUMBERS, NULL, "", "", 3, "Direction p of the fixed magnetization, of any length; gmr_ratio needs it"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode check_settings(HfDeck deck, HfNode material) {
  const PetscBool given = HfHas(material, "gmr_direction");
  PetscReal square = 0;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 3 && given; ++c) square += PetscSqr(HfRealAt(material, "gmr_direction", c));
  if (given && square == 0)
    PetscCall(HfDeckError(deck, HfChild(material, "gmr_direction"), "gmr_direction must not be the zero vector"));
  else if (given && HfReal(material, "gmr_ratio") == 0)
    PetscCall(HfDeckError(deck, HfChild(material, "gmr_direction"), "gmr_direction has no effect without gmr_ratio"));
  else if (!given && HfReal(material, "gmr_ratio") != 0)
    PetscCall(HfDeckError(deck, HfChild(material, "gmr_ratio"), "gmr_ratio needs the direction of the fixed magnetization: add gmr_direction"));
  PetscFunctionReturn(0);
}

/* (g/2) sigma0 p */
static void settings(HfNode material, PetscReal numbers[]) {
  const PetscReal g = HfReal(material, "gmr_ratio");
  PetscReal square = 0;

  for (PetscInt c = 0; c < 3; ++c) {
    numbers[c] = g != 0 && HfHas(material, "gmr_direction") ? HfRealAt(material, "gmr_direction", c) : 0;
    square += PetscSqr(numbers[c]);
  }
  for (PetscInt c = 0; c < 3 && square > 0; ++c) numbers[c] *= 0.5 * g * HfReal(material, "conductivity") / PetscSqrtReal(square);
}

static void set_up(const PetscReal numbers[], const HfGrainFactors *factors, PetscReal p[], PetscBool *active) {
  for (int c = 0; c < 3; ++c) p[c] = factors->conductivity * numbers[c];
  *active = (PetscBool)(p[0] != 0 || p[1] != 0 || p[2] != 0);
}

HF_KERNEL static void add(const PetscReal p[], PetscInt n, const PetscReal *restrict m, PetscReal *restrict xx, PetscReal *restrict xy,
                          PetscReal *restrict yy) {
  const PetscReal px = p[0], py = p[1], pz = p[2];

  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal s = px * m[3 * k] + py * m[3 * k + 1] + pz * m[3 * k + 2];
    xx[k] += s;
    yy[k] += s;
  }
}

static PetscReal least(const PetscReal p[]) { return -PetscSqrtReal(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]); }

const HfTensor HfTensor_Gmr = {
    .name = "gmr",
    .doc = "Giant magnetoresistance in the plane: Sigma = sigma0 [1 + (g/2) m.p] 1, p fixed",
    .citation = "dieny-1991",
    .keys = keys,
    .check_settings = check_settings,
    .settings = settings,
    .set_up = set_up,
    .add = add,
    .least = least,
    .needs_m = PETSC_TRUE,
    .odd = PETSC_TRUE,
};
