/* In-plane anisotropy whose easy directions differ from grain to grain: a polycrystalline film.

     E = -(2 K/n^2) Re[a (m_x + i m_y)^n],   H = (2 K/(n mu0 Ms)) (Re, -Im, 0) [a (m_x + i m_y)^(n-1)],   a = mean of exp(-i n theta) over the cell
   K = Kgrain, n = grain_fold, theta: an easy direction of the grain. Where m lies in the plane, at the angle phi, a grain has E = -(2 K/n^2) cos n(phi - theta):
   n easy directions, each of which holds m with the field 2 K/(mu0 Ms) for every n. Out of the plane the energy falls off as a spherical harmonic of degree n, whose
   mean over all directions of m is 0: grains prefer directions in the plane but, on average over theta, do not prefer the plane. For n = 2
     E = -K (m.u)^2 + (K/2) (m_x^2 + m_y^2),  u = (cos theta, sin theta, 0)
   a uniaxial anisotropy of random axes; Ku beside it is the common, induced one, and the two make the ripple of an evaporated film.
   theta is anywhere, or grain_axis + grain_axis_spread times a Gaussian number. A cell takes the mean of its grains by their area, so that the anisotropy of
   cells larger than grains averages out as it should; exchange averages over larger lengths by itself.
   Source of the averaging: Herzer, IEEE Trans. Magn. 26, 1397 (1990). */
#include "../term.h"

#define MOST_FOLD 12

static const HfKey keys[] = {
    {"Kgrain", HF_QUANTITY, "J/m^3|A/m", "", ">=0", 0,
     "Anisotropy of grains in the plane, each with its own easy directions; in A/m or Oe it is the field 2 Kgrain/(mu0 Ms) that holds m in an easy "
     "direction. "
     "Requires film.grains"},
    {"grain_fold", HF_INT, NULL, "", "[2,12]", 0,
     "Number of easy directions of a grain in the plane, even: 2 (when omitted) uniaxial, 4 as in crystals with a cubic axis across the film, 6 with "
     "a cubic "
     "diagonal"},
    {"grain_axis", HF_QUANTITY, "rad", "", "", 0,
     "Mean easy direction of the grains, from x towards y, e.g. 30 deg; when omitted, every direction is equally likely"},
    {"grain_axis_spread", HF_QUANTITY, "rad", "", ">=0", 0,
     "Standard deviation of the easy directions about grain_axis (Gaussian); when omitted, all are along it"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

enum { H, E, FOLD, LARGEST }; /* 2 K/(n mu0 Ms), 2 K/n^2, n; largest |a| */

/* The grains of one region. */
typedef struct {
  PetscReal K; /* J/m^3; 0: none */
  PetscInt fold;
  PetscBool anywhere; /* every direction */
  PetscReal axis, spread, largest;
} Grains;

typedef struct {
  PetscInt64 seed;
  Grains *grains;    /* per region */
  PetscReal (*a)[2]; /* Re a, -Im a of each cell of this rank: means of cos, sin n theta; NULL: no region has such grains */
} Axes;

static void direction_of_grain(PetscInt64 grain, PetscInt region, PetscReal numbers[], void *context) {
  const Axes *axes = context;
  const Grains *grains = &axes->grains[region];
  const PetscReal theta = grains->anywhere ? 2 * PETSC_PI * HfGrainUniform(axes->seed, HF_GRAIN_AXIS, grain)
                                           : grains->axis + grains->spread * HfGrainNormal(axes->seed, HF_GRAIN_AXIS, grain);

  numbers[0] = PetscCosReal((PetscReal)grains->fold * theta);
  numbers[1] = PetscSinReal((PetscReal)grains->fold * theta);
}

static PetscErrorCode average_grains(const HfFilm *film, PetscReal size, Axes *axes) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  PetscReal *largest;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(g->xm * g->ym, &axes->a));
  PetscCall(PetscCalloc1(film->n_regions, &largest));
  PetscCall(HfGridGrainMeans(film->grid, size, axes->seed, 2, direction_of_grain, axes, axes->a[0]));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) {
    const PetscInt region = HfRegionAt(g, HfGridRegions(film->grid), k % g->xm, g->ys + k / g->xm);
    if (region >= 0) largest[region] = PetscMax(largest[region], PetscSqrtReal(PetscSqr(axes->a[k][0]) + PetscSqr(axes->a[k][1])));
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, largest, (PetscMPIInt)film->n_regions, MPIU_REAL, MPIU_MAX, HfGridComm(film->grid)));
  for (PetscInt r = 0; r < film->n_regions; ++r) axes->grains[r].largest = largest[r];
  PetscCall(PetscFree(largest));
  PetscFunctionReturn(0);
}

/* Keys that have no effect, or none that is meant. */
static PetscErrorCode check_settings(const HfFilm *film, HfNode node, PetscBool have_grains) {
  static const char *const others[] = {"grain_fold", "grain_axis", "grain_axis_spread"};

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; ++k)
    if (HfHas(node, others[k]) && !HfHas(node, "Kgrain"))
      PetscCall(
          HfDeckError(film->deck, HfChild(node, others[k]), "%s describes the anisotropy of grains and needs its strength: add Kgrain", others[k]));
  if (HfHas(node, "grain_fold") && HfInteger(node, "grain_fold") % 2)
    PetscCall(HfDeckError(film->deck, HfChild(node, "grain_fold"),
                          "grain_fold must be even: an anisotropy is the same for m and -m, so that easy directions come in pairs"));
  if (HfHas(node, "grain_axis_spread") && !HfHas(node, "grain_axis"))
    PetscCall(HfDeckError(film->deck, HfChild(node, "grain_axis_spread"),
                          "grain_axis_spread is the deviation from grain_axis: add that, or leave out both for easy directions anywhere"));
  if (HfHas(node, "Kgrain") && HfReal(node, "Kgrain") > 0 && !have_grains)
    PetscCall(HfDeckError(film->deck, HfChild(node, "Kgrain"), "Kgrain needs film.grains: the easy directions differ from grain to grain"));
  PetscFunctionReturn(0);
}

static PetscErrorCode settings(HfTerm *term) {
  const HfFilm *film = term->film;
  HfFilmSettings section;
  PetscBool any = PETSC_FALSE;
  Axes *axes;

  PetscFunctionBeginUser;
  HfFilmSettingsRead(film->deck, &section);
  PetscCall(PetscNew(&axes));
  term->state = axes;
  axes->seed = section.grain_seed;
  PetscCall(PetscCalloc1(film->n_regions, &axes->grains));
  for (PetscInt r = 0; r < film->n_regions; ++r) {
    HfNode node = film->materials[r].node;
    Grains *grains = &axes->grains[r];

    PetscCall(check_settings(film, node, (PetscBool)(section.grain_size > 0)));
    if (HfHas(node, "Kgrain")) grains->K = HfMaterialConstantSettings(&film->materials[r], "Kgrain");
    grains->fold = HfHas(node, "grain_fold") ? (PetscInt)HfInteger(node, "grain_fold") : 2;
    grains->anywhere = (PetscBool)!HfHas(node, "grain_axis");
    if (!grains->anywhere) grains->axis = HfReal(node, "grain_axis");
    if (HfHas(node, "grain_axis_spread")) grains->spread = HfReal(node, "grain_axis_spread");
    any = (PetscBool)(any || grains->K > 0);
  }
  if (any && section.grain_size > 0) PetscCall(average_grains(film, section.grain_size, axes));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  Axes *axes = term->state;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(axes->grains));
  PetscCall(PetscFree(axes->a));
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const Axes *axes = term->state;
  const Grains *grains = &axes->grains[region];
  const PetscReal n = (PetscReal)grains->fold;

  PetscFunctionBeginUser;
  p[H] = 2 * grains->K / (n * HF_MU0 * term->film->materials[region].Ms);
  p[E] = 2 * grains->K / (n * n);
  p[FOLD] = n;
  p[LARGEST] = grains->largest;
  *active = (PetscBool)(grains->K > 0 && axes->a);
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const HfMaterial *material = &term->film->materials[region];
  const PetscReal cell = PetscMax(g->dx, g->dy), K = ((const Axes *)term->state)->grains[region].K;

  PetscFunctionBeginUser;
  if (K > 1e8 || K < 1)
    PetscCall(HfDeckWarn(term->film->deck, HfChild(material->node, "Kgrain"),
                         "Kgrain of %g J/m^3: crystals have 1e2 to 2e7 J/m^3; is the unit right?", (double)K));
  if (material->Aex > 0 && cell > PetscSqrtReal(material->Aex / K))
    PetscCall(HfDeckWarn(term->film->deck, HfChild(material->node, "Kgrain"),
                         "cells of %g nm are above the width of a wall sqrt(Aex/Kgrain) = %.3g nm", (double)(1e9 * cell),
                         (double)(1e9 * PetscSqrtReal(material->Aex / K))));
  PetscFunctionReturn(0);
}

/* (x + i y)^n; n is known where it is compiled. */
static inline __attribute__((always_inline)) void power(int n, PetscReal x, PetscReal y, PetscReal *re, PetscReal *im) {
  PetscReal a = 1, b = 0;

  for (int k = 0; k < n; ++k) {
    const PetscReal c = a * x - b * y;
    b = a * y + b * x;
    a = c;
  }
  *re = a;
  *im = b;
}

static inline const PetscReal *means(const HfTerm *term, const HfSpan *span) {
  return ((const Axes *)term->state)->a[HfSpanFirstCell(term->film, span)];
}

static inline __attribute__((always_inline)) void add_field(int n, PetscReal h, const PetscReal *restrict a, const HfSpan *span) {
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1];
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1];

  HF_CELLS
  for (PetscInt k = 0; k < span->n; ++k) {
    PetscReal u, v;

    power(n - 1, mx[k], my[k], &u, &v);
    Hx[k] += h * (a[2 * k] * u + a[2 * k + 1] * v);
    Hy[k] += h * (a[2 * k + 1] * u - a[2 * k] * v);
  }
}

static inline __attribute__((always_inline)) void add_derivative(int n, PetscReal h, const PetscReal *restrict a, const PetscReal *restrict m,
                                                                 const HfSpan *span) {
  const PetscReal *restrict x = span->m[0], *restrict y = span->m[1];
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1];

  HF_CELLS
  for (PetscInt k = 0; k < span->n; ++k) {
    PetscReal u, v, xx, xy;

    power(n - 2, m[3 * k], m[3 * k + 1], &u, &v);
    xx = h * (n - 1) * (a[2 * k] * u + a[2 * k + 1] * v); /* H_x by m_x, and -H_y by m_y */
    xy = h * (n - 1) * (a[2 * k + 1] * u - a[2 * k] * v);
    Hx[k] += xx * x[k] + xy * y[k];
    Hy[k] += xy * x[k] - xx * y[k];
  }
}

#define FOR_FOLD(n, call)                                                                                                                            \
  switch ((int)(n)) {                                                                                                                                \
  case 2:                                                                                                                                            \
    call(2);                                                                                                                                         \
    break;                                                                                                                                           \
  case 4:                                                                                                                                            \
    call(4);                                                                                                                                         \
    break;                                                                                                                                           \
  case 6:                                                                                                                                            \
    call(6);                                                                                                                                         \
    break;                                                                                                                                           \
  case 8:                                                                                                                                            \
    call(8);                                                                                                                                         \
    break;                                                                                                                                           \
  case 10:                                                                                                                                           \
    call(10);                                                                                                                                        \
    break;                                                                                                                                           \
  default:                                                                                                                                           \
    call(MOST_FOLD);                                                                                                                                 \
  }

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *a = means(term, span);

#define FIELD(n) add_field(n, p[H], a, span)
  FOR_FOLD(p[FOLD], FIELD)
}

HF_KERNEL static void derivative(const HfTerm *term, const PetscReal p[], const HfSpan *changes, const PetscReal u[]) {
  const PetscReal *a = means(term, changes);

#define DERIVATIVE(n) add_derivative(n, p[H], a, u, changes)
  FOR_FOLD(p[FOLD], DERIVATIVE)
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *a = means(term, span);
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) {
    PetscReal u, v;

    power((int)p[FOLD], span->m[0][k], span->m[1][k], &u, &v);
    sum -= p[E] * (a[2 * k] * u + a[2 * k + 1] * v);
  }
  return sum;
}

/* An easy direction holds m with the field n H, the sum of |dH/dm| = (n - 1) H and of H itself. */
static PetscReal stiffness(const PetscReal p[]) { return p[LARGEST] * p[FOLD] * p[H]; }

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) { return stiffness(term->p[region]); }

const HfTermType HfTermType_grain_axes = {
    .name = "grain_axes",
    .doc = "E = -(2 Kgrain/n^2) cos n(phi - theta) of m in the plane, theta differs from grain to grain",
    .citation = "herzer-1990",
    .prefix = "material:",
    .keys = keys,
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .check = check,
    .field = field,
    .derivative = derivative,
    .energy = energy,
    .stiffness = stiffness,
    .largest_field = largest_field,
};
