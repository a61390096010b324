/* Cubic anisotropy of a crystal with the axes c1, c2 and c3 = c1 x c2.

     E = Kc1 (a1^2 a2^2 + a2^2 a3^2 + a3^2 a1^2) + Kc2 a1^2 a2^2 a3^2,   a_i = m.c_i
     H = -(2/(mu0 Ms)) sum_i a_i [Kc1 (a_j^2 + a_k^2) + Kc2 a_j^2 a_k^2] c_i
   Kc1 > 0 alone: six easy directions along the axes (iron), each of which holds m with the field 2 Kc1/(mu0 Ms), with saddles along 110 of
   E = Kc1/4; Kc1 < 0: eight along the diagonals 111 (nickel), E = Kc1/3, each of which holds m with -(4/3) Kc1/(mu0 Ms). E has the degrees 4
   and 6 in m, so that implicit steps take the derivative of the field.
   Crystals whose axes differ from grain to grain in the plane: `grain_fold: 4` in grain_axes.c.
   Source: Chikazumi, Physics of Ferromagnetism (Oxford, 1997), chapter 12. */
#include "../term.h"

static const HfKey keys[] = {
    {"Kc1", HF_QUANTITY, "J/m^3|A/m", "0", "", 0,
     "First constant of the cubic anisotropy: > 0 easy axes along cubic_axis_1 and its like, < 0 easy diagonals; in A/m it is the field "
     "2 Kc1/(mu0 Ms)"},
    {"Kc2", HF_QUANTITY, "J/m^3|A/m", "0", "", 0, "Second constant of the cubic anisotropy; in A/m it is the field 2 Kc2/(mu0 Ms)"},
    {"cubic_axis_1", HF_NUMBERS, NULL, "", "", 3, "An axis of the cubic crystal, of any length; [1, 0, 0] when omitted"},
    {"cubic_axis_2", HF_NUMBERS, NULL, "", "", 3,
     "A second axis of the cubic crystal, perpendicular to cubic_axis_1; [0, 1, 0] when omitted. The third follows"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

enum { H1, H2, E1, E2, AXES }; /* 2 Kc1/(mu0 Ms), 2 Kc2/(mu0 Ms), Kc1, Kc2; c1, c2, c3 */

static const char *const axis_keys[] = {"cubic_axis_1", "cubic_axis_2"};

/* Axes of a film without any such anisotropy have no effect. */
static PetscErrorCode settings(HfTerm *term) {
  const HfFilm *film = term->film;
  PetscBool any = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < film->n_regions; ++r) {
    HfNode node = film->materials[r].node;
    any = (PetscBool)(any || HfReal(node, "Kc1") != 0 || HfReal(node, "Kc2") != 0);
  }
  for (PetscInt k = 0; k < 2 && !any; ++k)
    if (HfHas(film->materials[0].node, axis_keys[k]))
      PetscCall(HfDeckError(film->deck, HfChild(film->materials[0].node, axis_keys[k]),
                            "%s describes the cubic anisotropy and needs its strength: add Kc1 or Kc2", axis_keys[k]));
  PetscFunctionReturn(0);
}

/* Unit vectors along both axes; c2 is made exactly perpendicular, for numbers as they are written, 0.7071 for the root of 1/2. */
static PetscErrorCode axes_settings(const HfFilm *film, HfNode node, PetscReal c[9]) {
  PetscReal along = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < 2; ++k) {
    PetscReal length = 0;

    for (PetscInt d = 0; d < 3; ++d) c[3 * k + d] = HfHas(node, axis_keys[k]) ? HfRealAt(node, axis_keys[k], d) : d == k;
    for (PetscInt d = 0; d < 3; ++d) length += PetscSqr(c[3 * k + d]);
    if (length == 0) {
      PetscCall(HfDeckError(film->deck, HfChild(node, axis_keys[k]), "%s must not be the zero vector", axis_keys[k]));
      PetscFunctionReturn(0);
    }
    for (PetscInt d = 0; d < 3; ++d) c[3 * k + d] /= PetscSqrtReal(length);
  }
  for (PetscInt d = 0; d < 3; ++d) along += c[d] * c[3 + d];
  if (PetscAbsReal(along) > 1e-3)
    PetscCall(HfDeckError(film->deck, HfHas(node, axis_keys[1]) ? HfChild(node, axis_keys[1]) : HfChild(node, axis_keys[0]),
                          "the axes of a cubic crystal are perpendicular: cubic_axis_1 and cubic_axis_2 are at %.4g degrees",
                          (double)(PetscAcosReal(PetscMax(-1, PetscMin(1, along))) * 180 / PETSC_PI)));
  if (along != 0) {
    for (PetscInt d = 0; d < 3; ++d) c[3 + d] -= along * c[d];
    for (PetscInt d = 0; d < 3; ++d) c[3 + d] /= PetscSqrtReal(1 - PetscSqr(along));
  }
  for (int d = 0; d < 3; ++d) c[6 + d] = c[(d + 1) % 3] * c[3 + (d + 2) % 3] - c[(d + 2) % 3] * c[3 + (d + 1) % 3];
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfMaterial *material = &term->film->materials[region];

  PetscFunctionBeginUser;
  p[E1] = HfMaterialConstantSettings(material, "Kc1");
  p[E2] = HfMaterialConstantSettings(material, "Kc2");
  p[H1] = 2 * p[E1] / (HF_MU0 * material->Ms);
  p[H2] = 2 * p[E2] / (HF_MU0 * material->Ms);
  *active = (PetscBool)(p[E1] != 0 || p[E2] != 0);
  if (*active) PetscCall(axes_settings(term->film, material->node, p + AXES));
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const HfMaterial *material = &term->film->materials[region];
  const PetscReal *p = term->p[region], K = PetscMax(PetscAbsReal(p[E1]), PetscAbsReal(p[E2]));
  const PetscReal cell = PetscMax(g->dx, g->dy);
  HfNode node = HfChild(material->node, p[E1] != 0 ? "Kc1" : "Kc2");

  PetscFunctionBeginUser;
  if (K > 1e8 || K < 1)
    PetscCall(HfDeckWarn(term->film->deck, node, "a cubic anisotropy of %g J/m^3: crystals have 1e2 to 1e6 J/m^3; is the unit right?", (double)K));
  if (material->Aex > 0 && cell > PetscSqrtReal(material->Aex / K))
    PetscCall(HfDeckWarn(term->film->deck, node, "cells of %g nm are above the width of a wall sqrt(Aex/|Kc1|) = %.3g nm", (double)(1e9 * cell),
                         (double)(1e9 * PetscSqrtReal(material->Aex / K))));
  PetscFunctionReturn(0);
}

/* m.c_i */
static inline __attribute__((always_inline)) void project(const PetscReal c[9], PetscReal x, PetscReal y, PetscReal z, PetscReal a[3]) {
  a[0] = x * c[0] + y * c[1] + z * c[2];
  a[1] = x * c[3] + y * c[4] + z * c[5];
  a[2] = x * c[6] + y * c[7] + z * c[8];
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal h = p[H1], g = p[H2], *restrict c = p + AXES;
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1], *restrict mz = span->m[2];
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal a[3];

    project(c, mx[k], my[k], mz[k], a);
    const PetscReal p1 = a[0] * a[0], p2 = a[1] * a[1], p3 = a[2] * a[2];
    const PetscReal u = -a[0] * (h * (p2 + p3) + g * p2 * p3), v = -a[1] * (h * (p3 + p1) + g * p3 * p1), w = -a[2] * (h * (p1 + p2) + g * p1 * p2);

    Hx[k] += u * c[0] + v * c[3] + w * c[6];
    Hy[k] += u * c[1] + v * c[4] + w * c[7];
    Hz[k] += u * c[2] + v * c[5] + w * c[8];
  }
}

/* dH_i = -[Kc1 (a_j^2 + a_k^2) + Kc2 a_j^2 a_k^2] d_i - 2 a_i [a_j (Kc1 + Kc2 a_k^2) d_j + a_k (Kc1 + Kc2 a_j^2) d_k], times 2/(mu0 Ms) */
HF_KERNEL static void derivative(const HfTerm *term, const PetscReal p[], const HfSpan *changes, const PetscReal *restrict state) {
  const PetscInt n = changes->n;
  const PetscReal h = p[H1], g = p[H2], *restrict c = p + AXES;
  const PetscReal *restrict x = changes->m[0], *restrict y = changes->m[1], *restrict z = changes->m[2];
  PetscReal *restrict Hx = changes->H[0], *restrict Hy = changes->H[1], *restrict Hz = changes->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal a[3], d[3];

    project(c, state[3 * k], state[3 * k + 1], state[3 * k + 2], a);
    project(c, x[k], y[k], z[k], d);
    const PetscReal p1 = a[0] * a[0], p2 = a[1] * a[1], p3 = a[2] * a[2], f1 = h + g * p1, f2 = h + g * p2, f3 = h + g * p3;
    const PetscReal u = -(h * (p2 + p3) + g * p2 * p3) * d[0] - 2 * a[0] * (a[1] * f3 * d[1] + a[2] * f2 * d[2]);
    const PetscReal v = -(h * (p3 + p1) + g * p3 * p1) * d[1] - 2 * a[1] * (a[2] * f1 * d[2] + a[0] * f3 * d[0]);
    const PetscReal w = -(h * (p1 + p2) + g * p1 * p2) * d[2] - 2 * a[2] * (a[0] * f2 * d[0] + a[1] * f1 * d[1]);

    Hx[k] += u * c[0] + v * c[3] + w * c[6];
    Hy[k] += u * c[1] + v * c[4] + w * c[7];
    Hz[k] += u * c[2] + v * c[5] + w * c[8];
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) {
    PetscReal a[3];

    project(p + AXES, span->m[0][k], span->m[1][k], span->m[2][k], a);
    const PetscReal p1 = a[0] * a[0], p2 = a[1] * a[1], p3 = a[2] * a[2];
    sum += p[E1] * (p1 * p2 + p2 * p3 + p3 * p1) + p[E2] * p1 * p2 * p3;
  }
  return sum;
}

/* The largest norms of dH/dm on the sphere: at a diagonal of a face, and at 111. */
static PetscReal stiffness(const PetscReal p[]) { return 2 * PetscAbsReal(p[H1]) + 5.0 / 9 * PetscAbsReal(p[H2]); }

/* What m precesses about, the second derivatives of E across m: at most those at an axis, and at a diagonal of a face. */
static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) {
  const PetscReal *p = term->p[region];
  return PetscAbsReal(p[H1]) + 0.25 * PetscAbsReal(p[H2]);
}

const HfTermType HfTermType_cubic = {
    .name = "cubic",
    .doc = "E = Kc1 (a1^2 a2^2 + a2^2 a3^2 + a3^2 a1^2) + Kc2 a1^2 a2^2 a3^2, a_i = m along the axes of a cubic crystal",
    .prefix = "material:",
    .keys = keys,
    .settings = settings,
    .region_settings = region_settings,
    .check = check,
    .field = field,
    .derivative = derivative,
    .energy = energy,
    .stiffness = stiffness,
    .largest_field = largest_field,
};
