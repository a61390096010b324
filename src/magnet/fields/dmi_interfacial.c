/* Interfacial Dzyaloshinskii-Moriya interaction (a film on a heavy metal; the normal is z).

     E = D [m_z div m - (m.grad) m_z],   H = (2D/(mu0 Ms)) [grad m_z - z div m]
   Central differences. The energy of a bond along d from cell i to j is (D/d) (d x z).(m_j x m_i); each of its cells carries one half of it. Cycloids turn
   with the period 4 pi Aex/D, for D > 0 from z towards -d as one goes along d. At edges see interface_conditions.c.
   Source: Rohart and Thiaville, Phys. Rev. B 88, 184422 (2013). D of either sign is found in papers: what counts is E as above. */
#include "dmi.h"

static const HfKey keys[] = {
    {"Dinterfacial", HF_QUANTITY, "J/m^2|A", "0", "", 0,
     "Interfacial Dzyaloshinskii-Moriya interaction, E = D [m_z div m - (m.grad) m_z]; in A it is the field constant D = 2 D/(mu0 Ms)"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  PetscCall(HfDmiSettings(term->film, region, "Dinterfacial", p, active));
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  PetscFunctionBeginUser;
  PetscCall(HfDmiCheck(term->film, region, "Dinterfacial", term->p[region]));
  PetscFunctionReturn(0);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal x = p[HX], y = p[HY];
  const PetscReal *restrict mx = span->m[0], *restrict mz = span->m[2];
  const PetscReal *restrict southy = span->south[1], *restrict northy = span->north[1];
  const PetscReal *restrict southz = span->south[2], *restrict northz = span->north[2];
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] += x * (mz[k + 1] - mz[k - 1]);
    Hy[k] += y * (northz[k] - southz[k]);
    Hz[k] -= x * (mx[k + 1] - mx[k - 1]) + y * (northy[k] - southy[k]);
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *mx = span->m[0], *my = span->m[1], *mz = span->m[2];
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k)
    sum += p[EX] * (mz[k] * (mx[k + 1] - mx[k - 1]) - mx[k] * (mz[k + 1] - mz[k - 1])) +
           p[EY] * (mz[k] * (span->north[1][k] - span->south[1][k]) - my[k] * (span->north[2][k] - span->south[2][k]));
  return sum;
}

static void chirality(const PetscReal p[], const PetscReal n[2], PetscReal C[3]) { /* D n x z */
  C[0] += p[D] * n[1];
  C[1] -= p[D] * n[0];
}

const HfTermType HfTermType_dmi_interfacial = {
    .name = "dmi_interfacial",
    .doc = "E = Dinterfacial [m_z div m - (m.grad) m_z]",
    .citation = "rohart-thiaville-2013",
    .prefix = "material:",
    .keys = keys,
    .region_settings = region_settings,
    .check = check,
    .field = field,
    .energy = energy,
    .stiffness = HfDmiStiffness,
    .chirality = chirality,
};
