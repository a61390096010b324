/* Spin-transfer torque of the current in the film.

     T = b g - xi b m x g,   g = (j.grad) m,   b = mu_B P/(e Ms)
   j is the conventional current density (A/m^2). With u = -b j this is -(u.grad)m + xi m x (u.grad)m: textures drift with u, against j, as the electrons
   do. The convention "zhang-li" includes the paper's further factor 1/(1 + xi^2) in b.

   g by central differences; a missing neighbour continues the two others linearly (sweep.c), which makes the difference one-sided. Only the part of g
   perpendicular to m acts: T = b [c x m - xi c] with c = m x g is perpendicular to m to round-off.
   Source: Zhang and Li, Phys. Rev. Lett. 93, 127204 (2004), Eq. (11). */
#include "../term.h"

static const HfKey keys[] = {
    {"material:polarization", HF_NUMBER, NULL, "0", "[0,1]", 0, "Spin polarization P of the current; the spin-transfer torque is proportional to it"},
    {"material:nonadiabaticity", HF_NUMBER, NULL, "0", "", 0,
     "Nonadiabaticity xi: the nonadiabatic part of the spin-transfer torque relative to the adiabatic one"},
    {"spin_transfer", HF_SECTION, NULL, "{}", "", 0, "Spin-transfer torque of the current in the film"},
    {"spin_transfer.convention", HF_CHOICE, NULL, "plain", "plain|zhang-li", 0,
     "Prefactor b of the torque: mu_B P/(e Ms), or the same divided by 1 + xi^2"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode region_settings(HfTorque *torque, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfMaterial *material = &torque->film->materials[region];
  const HfGridInfo *g = HfGridGetInfo(torque->film->grid);
  const PetscReal xi = HfReal(material->node, "nonadiabaticity");
  PetscReal b = HF_BOHR_MAGNETON * HfReal(material->node, "polarization") / (HF_ELEMENTARY_CHARGE * material->Ms);
  PetscBool extra;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(HfNodeFind(HfDeckRoot(torque->film->deck), "spin_transfer"), "convention"), "zhang-li", &extra));
  if (extra) b /= 1 + xi * xi;
  p[0] = 0.5 * b / g->dx;
  p[1] = 0.5 * b / g->dy;
  p[2] = xi;
  *active = (PetscBool)(b != 0);
  PetscFunctionReturn(0);
}

/* b */
static PetscReal drift(const HfTorque *torque, const PetscReal p[]) { return 2 * p[0] * HfGridGetInfo(torque->film->grid)->dx; }

/* T of the differences of `changes` at the state m, whose components are `stride` apart. */
static inline __attribute__((always_inline)) void add_torque(const HfTorque *torque, const PetscReal p[], const HfSpan *changes, PetscInt stride,
                                                             const PetscReal *restrict mx, const PetscReal *restrict my, const PetscReal *restrict mz,
                                                             PetscReal *const T[3]) {
  const PetscInt n = changes->n;
  const PetscReal px = p[0], py = p[1], xi = p[2];
  const PetscReal *restrict j = torque->j + 2 * HfSpanFirstCell(torque->film, changes);
  const PetscReal *restrict x = changes->m[0], *restrict y = changes->m[1], *restrict z = changes->m[2];
  const PetscReal *restrict sx = changes->south[0], *restrict sy = changes->south[1], *restrict sz = changes->south[2];
  const PetscReal *restrict nx = changes->north[0], *restrict ny = changes->north[1], *restrict nz = changes->north[2];
  PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal u = px * j[2 * k], v = py * j[2 * k + 1], a = mx[stride * k], b = my[stride * k], c = mz[stride * k];
    const PetscReal gx = u * (x[k + 1] - x[k - 1]) + v * (nx[k] - sx[k]);
    const PetscReal gy = u * (y[k + 1] - y[k - 1]) + v * (ny[k] - sy[k]);
    const PetscReal gz = u * (z[k + 1] - z[k - 1]) + v * (nz[k] - sz[k]);
    const PetscReal cx = b * gz - c * gy, cy = c * gx - a * gz, cz = a * gy - b * gx;

    Tx[k] += cy * c - cz * b - xi * cx;
    Ty[k] += cz * a - cx * c - xi * cy;
    Tz[k] += cx * b - cy * a - xi * cz;
  }
}

HF_KERNEL static void add(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]) {
  add_torque(torque, p, span, 1, span->m[0], span->m[1], span->m[2], T);
}

/* m x (m x g) is quadratic in m, but g has no part along m: what changes with m is g. */
HF_KERNEL static void linear(const HfTorque *torque, const PetscReal p[], const HfSpan *changes, const PetscReal u[], PetscReal *const T[3]) {
  add_torque(torque, p, changes, 3, u, u + 1, u + 2, T);
}

/* Unit vectors differ by at most 2; at an edge, where a neighbour is continued linearly, the difference is twice that of two cells. */
static PetscReal largest(const HfTorque *torque, PetscInt region) {
  const HfGridInfo *g = HfGridGetInfo(torque->film->grid);
  const int8_t *regions = HfGridRegions(torque->film->grid);
  const PetscReal *p = torque->p[region], *j = torque->j;
  PetscReal most = 0;

  for (PetscInt k = g->ys; k < g->ys + g->ym; ++k)
    for (PetscInt i = 0; i < g->xm; ++i, j += 2)
      if (HfRegionAt(g, regions, i, k) == region) most = PetscMax(most, PetscAbsReal(p[0] * j[0]) + PetscAbsReal(p[1] * j[1]));
  return 4 * most * PetscSqrtReal(1 + PetscSqr(p[2]));
}

const HfTorqueType HfTorqueType_zhang_li = {
    .name = "zhang_li",
    .doc = "Spin-transfer torque b (j.grad)m - xi b m x (j.grad)m of the current in the film",
    .citation = "zhang-li-2004",
    .prefix = "",
    .keys = keys,
    .region_settings = region_settings,
    .current_driven = PETSC_TRUE,
    .drift = drift,
    .straight = PETSC_TRUE,
    .add = add,
    .linear = linear,
    .largest = largest,
};
