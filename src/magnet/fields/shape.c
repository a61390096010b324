/* Shape anisotropy of a thin film: the local limit of the demagnetizing field, `demag: shape`.

     E = mu0 Ms^2 m_z^2/2,   H = -Ms m_z z */
#include "../term.h"

static const HfKey keys[] = {
    {"demag", HF_CHOICE, NULL, "none", "none|shape|full", 0,
     "Demagnetizing field: none; shape = the local -Ms m_z z of an infinite thin film; full = that of the actual film"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

enum { MS, E }; /* A/m, J/m^3 */

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const PetscReal Ms = term->film->materials[region].Ms;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(HfDeckRoot(term->film->deck), "demag"), "shape", active));
  p[MS] = Ms;
  p[E] = 0.5 * HF_MU0 * Ms * Ms;
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  PetscFunctionBeginUser;
  PetscCall(HfCheckExchangeLength(term->film, region));
  PetscFunctionReturn(0);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal Ms = p[MS];
  const PetscReal *restrict mz = span->m[2];
  PetscReal *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) Hz[k] -= Ms * mz[k];
}

static void own_part(const HfTerm *term, const PetscReal p[], PetscInt cell, PetscReal K[6]) { K[5] -= p[MS]; }

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) sum += p[E] * PetscSqr(span->m[2][k]);
  return sum;
}

static PetscReal stiffness(const PetscReal p[]) { return p[MS]; }

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) { return stiffness(term->p[region]); }

const HfTermType HfTermType_shape = {
    .name = "shape",
    .doc = "E = mu0 Ms^2 m_z^2/2, the demagnetizing energy of an infinite thin film",
    .prefix = "",
    .keys = keys,
    .region_settings = region_settings,
    .check = check,
    .field = field,
    .energy = energy,
    .own_part = own_part,
    .stiffness = stiffness,
    .largest_field = largest_field,
};
