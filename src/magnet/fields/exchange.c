/* Exchange between neighbouring cells.

     E = Aex |grad m|^2,   H = (2 Aex/(mu0 Ms)) laplace m
   Five-point differences. The energy of a bond is Aex |m_i - m_j|^2/d^2 in one cell volume; each of its cells carries Aex m_i.(m_i - m_j)/d^2, and the two
   halves sum to the bond exactly, also for |m| != 1. At a free edge dm/dn = 0; between regions the harmonic mean of both Aex, times a factor of
   film.interfaces (interface_conditions.c).
   Source: Donahue and Porter, Physica B 343, 177 (2004). */
#include "../term.h"

static const HfKey keys[] = {
    {"Aex", HF_QUANTITY, "J/m|A m", NULL, ">=0", 0, "Exchange stiffness; in A m it is the field constant A = 2 Aex/(mu0 Ms)"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

enum { HX, HY, EX, EY, LARGEST }; /* 2 Aex/(mu0 Ms d^2) in A/m and Aex/d^2 in J/m^3, along x and y; largest bond over Aex */

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const HfMaterial *material = &term->film->materials[region];

  PetscFunctionBeginUser;
  p[EX] = material->Aex / (g->dx * g->dx);
  p[EY] = material->Aex / (g->dy * g->dy);
  p[HX] = 2 * p[EX] / (HF_MU0 * material->Ms);
  p[HY] = 2 * p[EY] / (HF_MU0 * material->Ms);
  p[LARGEST] = 1;
  for (PetscInt other = 0; other < term->film->n_regions && material->Aex > 0; ++other)
    p[LARGEST] = PetscMax(p[LARGEST], HfInterfaceExchange(term->film, region, other) / material->Aex);
  *active = (PetscBool)(material->Aex > 0);
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  const HfMaterial *material = &term->film->materials[region];

  PetscFunctionBeginUser;
  if (material->Aex < 1e-13 || material->Aex > 1e-9)
    PetscCall(HfDeckWarn(term->film->deck, HfChild(material->node, "Aex"), "Aex of %g J/m: magnets have 1e-12 to 1e-10 J/m; is the unit right?",
                         (double)material->Aex));
  PetscFunctionReturn(0);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal x = p[HX], y = p[HY], centre = -2 * (x + y);

  for (int c = 0; c < 3; ++c) {
    const PetscReal *restrict m = span->m[c], *restrict south = span->south[c], *restrict north = span->north[c];
    PetscReal *restrict H = span->H[c];

    HF_CELLS
    for (PetscInt k = 0; k < n; ++k) H[k] += x * (m[k - 1] + m[k + 1]) + y * (south[k] + north[k]) + centre * m[k];
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  PetscReal sum = 0;

  for (int c = 0; c < 3; ++c) {
    const PetscReal *m = span->m[c], *south = span->south[c], *north = span->north[c];

    for (PetscInt k = 0; k < span->n; ++k)
      sum += m[k] * (p[EX] * ((m[k] - m[k - 1]) + (m[k] - m[k + 1])) + p[EY] * ((m[k] - south[k]) + (m[k] - north[k])));
  }
  return sum;
}

static PetscReal stiffness(const PetscReal p[]) { return p[LARGEST] * 4 * (p[HX] + p[HY]); }

const HfTermType HfTermType_exchange = {
    .name = "exchange",
    .doc = "E = Aex |grad m|^2",
    .prefix = "material:",
    .keys = keys,
    .region_settings = region_settings,
    .check = check,
    .field = field,
    .energy = energy,
    .stiffness = stiffness,
};
