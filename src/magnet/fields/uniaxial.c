/* Uniaxial anisotropy: easy axis u for Ku > 0, hard axis for Ku < 0.

     E = -Ku (m.u)^2,   H = (2 Ku/(mu0 Ms)) (m.u) u
   In a film of grains Ku may differ from grain to grain: Ku (1 + Ku_variation g), g a Gaussian number of mean 0 and variance 1 per grain. Walls then have
   preferred places, where they are pinned. */
#include "../term.h"

static const HfKey keys[] = {
    {"Ku", HF_QUANTITY, "J/m^3|A/m", "0", "", 0,
     "Uniaxial anisotropy: > 0 easy axis, < 0 hard axis; in A/m it is the field constant K = 2 Ku/(mu0 Ms)"},
    {"Ku_variation", HF_QUANTITY, "1", "0", "[0,1]", 0,
     "Standard deviation of Ku from grain to grain (Gaussian), relative to Ku, e.g. 5 %; requires film.grains"},
    {"axis", HF_NUMBERS, NULL, "[0, 0, 1]", "", 3, "Axis of the uniaxial anisotropy; any length"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

enum { H, E, UX, UY, UZ, LARGEST }; /* 2 Ku/(mu0 Ms), Ku, u; largest |Ku of a cell/Ku| */

typedef struct {
  PetscReal *factor;  /* Ku of each cell of this rank relative to that of its region; NULL: 1 everywhere */
  PetscReal *largest; /* |factor|, per region, all ranks */
} Variation;

/* The factors of a film of grains, and the largest of each region. */
static PetscErrorCode draw_factors(const HfFilm *film, PetscReal size, PetscInt64 seed, const PetscReal variation[], Variation *v) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  PetscInt64 *grain;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(g->xm * g->ym, &v->factor));
  PetscCall(PetscMalloc1(g->xm * g->ym, &grain));
  PetscCall(HfGridGrains(film->grid, size, seed, grain));
  for (PetscInt r = 0; r < film->n_regions; ++r) v->largest[r] = 0;
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) {
    const PetscInt region = HfRegionAt(g, HfGridRegions(film->grid), k % g->xm, g->ys + k / g->xm);

    v->factor[k] = 0;
    if (region < 0) continue;
    v->factor[k] = 1 + variation[region] * HfGrainNormal(seed, HF_GRAIN_ANISOTROPY, grain[k]);
    v->largest[region] = PetscMax(v->largest[region], PetscAbsReal(v->factor[k]));
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, v->largest, (PetscMPIInt)film->n_regions, MPIU_REAL, MPIU_MAX, HfGridComm(film->grid)));
  PetscCall(PetscFree(grain));
  PetscFunctionReturn(0);
}

static PetscErrorCode settings(HfTerm *term) {
  const HfFilm *film = term->film;
  const HfNode section = HfNodeFind(HfDeckRoot(film->deck), "film"), grains = HfHas(section, "grains") ? HfChild(section, "grains") : NULL;
  PetscBool varies = PETSC_FALSE;
  PetscReal *variation;
  Variation *v;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&v));
  term->state = v;
  PetscCall(PetscMalloc1(film->n_regions, &v->largest));
  PetscCall(PetscMalloc1(film->n_regions, &variation));
  for (PetscInt r = 0; r < film->n_regions; ++r) {
    HfNode material = film->materials[r].node;

    v->largest[r] = 1;
    variation[r] = HfReal(material, "Ku_variation");
    if (variation[r] == 0) continue;
    if (grains)
      varies = PETSC_TRUE;
    else
      PetscCall(HfDeckError(film->deck, HfChild(material, "Ku_variation"), "Ku_variation needs film.grains: Ku varies from grain to grain"));
  }
  if (varies) PetscCall(draw_factors(film, HfReal(grains, "size"), HfInteger(grains, "seed"), variation, v));
  PetscCall(PetscFree(variation));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  Variation *v = term->state;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(v->factor));
  PetscCall(PetscFree(v->largest));
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfMaterial *material = &term->film->materials[region];
  PetscReal length = 0;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 3; ++c) {
    p[UX + c] = HfRealAt(material->node, "axis", c);
    length += PetscSqr(p[UX + c]);
  }
  length = PetscSqrtReal(length);
  if (length == 0)
    PetscCall(HfDeckError(term->film->deck, HfChild(material->node, "axis"), "axis must not be the zero vector"));
  else
    for (PetscInt c = 0; c < 3; ++c) p[UX + c] /= length;
  p[E] = HfMaterialConstantSettings(material, "Ku");
  p[H] = 2 * p[E] / (HF_MU0 * material->Ms);
  p[LARGEST] = ((const Variation *)term->state)->largest[region];
  *active = (PetscBool)(p[E] != 0);
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const HfMaterial *material = &term->film->materials[region];
  const PetscReal cell = PetscMax(g->dx, g->dy), Ku = term->p[region][LARGEST] * PetscAbsReal(term->p[region][E]);

  PetscFunctionBeginUser;
  if (Ku > 1e8)
    PetscCall(HfDeckWarn(term->film->deck, HfChild(material->node, "Ku"), "|Ku| of %g J/m^3: magnets have up to 2e7 J/m^3; is the unit right?",
                         (double)Ku));
  else if (Ku < 1)
    PetscCall(
        HfDeckWarn(term->film->deck, HfChild(material->node, "Ku"), "|Ku| of %g J/m^3 is too weak to do anything; is the unit right?", (double)Ku));
  if (material->Aex > 0 && Ku > 0 && cell > PetscSqrtReal(material->Aex / Ku))
    PetscCall(HfDeckWarn(term->film->deck, HfChild(material->node, "Ku"), "cells of %g nm are above the width of a wall sqrt(Aex/|Ku|) = %.3g nm",
                         (double)(1e9 * cell), (double)(1e9 * PetscSqrtReal(material->Aex / Ku))));
  PetscFunctionReturn(0);
}

/* The factors of the cells of a span; NULL: all are 1. */
static inline const PetscReal *factors(const HfTerm *term, const HfSpan *span) {
  const Variation *v = term->state;
  return v->factor ? v->factor + HfSpanFirstCell(term->film, span) : NULL;
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal h = p[H], ux = p[UX], uy = p[UY], uz = p[UZ];
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1], *restrict mz = span->m[2], *restrict factor = factors(term, span);
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  if (factor) {
    HF_CELLS
    for (PetscInt k = 0; k < n; ++k) {
      const PetscReal along = factor[k] * h * (mx[k] * ux + my[k] * uy + mz[k] * uz);
      Hx[k] += along * ux;
      Hy[k] += along * uy;
      Hz[k] += along * uz;
    }
    return;
  }
  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal along = h * (mx[k] * ux + my[k] * uy + mz[k] * uz);
    Hx[k] += along * ux;
    Hy[k] += along * uy;
    Hz[k] += along * uz;
  }
}

static void own_part(const HfTerm *term, const PetscReal p[], PetscInt cell, PetscReal K[6]) {
  const Variation *v = term->state;
  const PetscReal h = v->factor ? v->factor[cell] * p[H] : p[H], *u = p + UX;
  PetscInt k = 0;

  for (int r = 0; r < 3; ++r)
    for (int c = r; c < 3; ++c) K[k++] += h * u[r] * u[c];
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *factor = factors(term, span);
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) {
    const PetscReal Ku = factor ? factor[k] * p[E] : p[E];
    sum -= Ku * PetscSqr(span->m[0][k] * p[UX] + span->m[1][k] * p[UY] + span->m[2][k] * p[UZ]);
  }
  return sum;
}

static PetscReal stiffness(const PetscReal p[]) { return p[LARGEST] * PetscAbsReal(p[H]); }

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) { return stiffness(term->p[region]); }

const HfTermType HfTermType_uniaxial = {
    .name = "uniaxial",
    .doc = "E = -Ku (m.u)^2",
    .prefix = "material:",
    .keys = keys,
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .check = check,
    .field = field,
    .energy = energy,
    .own_part = own_part,
    .stiffness = stiffness,
    .largest_field = largest_field,
};
