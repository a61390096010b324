/* Bulk Dzyaloshinskii-Moriya interaction (T and O crystals: MnSi, FeGe).

     E = D m.(curl m),   H = -(2D/(mu0 Ms)) curl m
   Central differences. The energy of a bond along d from cell i to j is (D/d) d.(m_j x m_i); each of its cells carries one half of it. Helices turn with the
   period 4 pi Aex/D: D > 0 right-handed, m turns about d by +d D/(2 Aex). At edges see interface_conditions.c.
   Source: Bak and Jensen, J. Phys. C 13, L881 (1980); standard problem: Cortes-Ortuno et al., New J. Phys. 20, 113015 (2018). */
#include "dmi.h"

static const HfKey keys[] = {
    {"Dbulk", HF_QUANTITY, "J/m^2|A", "0", "", 0,
     "Bulk Dzyaloshinskii-Moriya interaction, E = D m.(curl m); in A it is the field constant D = 2 D/(mu0 Ms)"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  PetscCall(HfDmiSettings(term->film, region, "Dbulk", p, active));
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  PetscFunctionBeginUser;
  PetscCall(HfDmiCheck(term->film, region, "Dbulk", term->p[region]));
  PetscFunctionReturn(0);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal x = p[HX], y = p[HY];
  const PetscReal *restrict my = span->m[1], *restrict mz = span->m[2];
  const PetscReal *restrict southx = span->south[0], *restrict northx = span->north[0];
  const PetscReal *restrict southz = span->south[2], *restrict northz = span->north[2];
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] -= y * (northz[k] - southz[k]);
    Hy[k] += x * (mz[k + 1] - mz[k - 1]);
    Hz[k] += y * (northx[k] - southx[k]) - x * (my[k + 1] - my[k - 1]);
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *mx = span->m[0], *my = span->m[1], *mz = span->m[2];
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k)
    sum += p[EX] * (mz[k] * (my[k + 1] - my[k - 1]) - my[k] * (mz[k + 1] - mz[k - 1])) +
           p[EY] * (mx[k] * (span->north[2][k] - span->south[2][k]) - mz[k] * (span->north[0][k] - span->south[0][k]));
  return sum;
}

static void chirality(const PetscReal p[], const PetscReal n[2], PetscReal C[3]) {
  C[0] += p[D] * n[0];
  C[1] += p[D] * n[1];
}

const HfTermType HfTermType_dmi_bulk = {
    .name = "dmi_bulk",
    .doc = "E = Dbulk m.(curl m)",
    .citation = "cortes-ortuno-2018",
    .prefix = "material:",
    .keys = keys,
    .region_settings = region_settings,
    .check = check,
    .field = field,
    .energy = energy,
    .stiffness = HfDmiStiffness,
    .chirality = chirality,
};
