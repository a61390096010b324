/* Uniaxial anisotropy: easy axis u for Ku > 0, hard axis for Ku < 0.

     E = -Ku (m.u)^2,   H = (2 Ku/(mu0 Ms)) (m.u) u */
#include "../term.h"

static const HfKey keys[] = {
    {"Ku", HF_QUANTITY, "J/m^3|A/m", "0", "", 0,
     "Uniaxial anisotropy: > 0 easy axis, < 0 hard axis; in A/m it is the field constant K = 2 Ku/(mu0 Ms)"},
    {"axis", HF_NUMBERS, NULL, "[0, 0, 1]", "", 3, "Axis of the uniaxial anisotropy; any length"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

enum { H, E, UX, UY, UZ }; /* 2 Ku/(mu0 Ms), Ku, u */

static PetscErrorCode set_up(HfTerm *term, const HfSite *site, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfMaterial *material = &site->materials[region];
  PetscReal length = 0;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 3; ++c) {
    p[UX + c] = HfRealAt(material->node, "axis", c);
    length += PetscSqr(p[UX + c]);
  }
  length = PetscSqrtReal(length);
  if (length == 0)
    PetscCall(HfDeckError(site->deck, HfChild(material->node, "axis"), "axis must not be the zero vector"));
  else
    for (PetscInt c = 0; c < 3; ++c) p[UX + c] /= length;
  p[E] = HfMaterialConstant(material, "Ku");
  p[H] = 2 * p[E] / (HF_MU0 * material->Ms);
  *active = (PetscBool)(p[E] != 0);
  PetscFunctionReturn(0);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal h = p[H], ux = p[UX], uy = p[UY], uz = p[UZ];
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1], *restrict mz = span->m[2];
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal along = h * (mx[k] * ux + my[k] * uy + mz[k] * uz);
    Hx[k] += along * ux;
    Hy[k] += along * uy;
    Hz[k] += along * uz;
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) sum -= p[E] * PetscSqr(span->m[0][k] * p[UX] + span->m[1][k] * p[UY] + span->m[2][k] * p[UZ]);
  return sum;
}

static PetscReal stiffness(const PetscReal p[]) { return PetscAbsReal(p[H]); }

const HfTermType HfTermType_uniaxial = {
    .name = "uniaxial",
    .doc = "E = -Ku (m.u)^2",
    .prefix = "material:",
    .keys = keys,
    .set_up = set_up,
    .field = field,
    .energy = energy,
    .stiffness = stiffness,
};
