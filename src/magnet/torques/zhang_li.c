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

HF_KERNEL static void add(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]) {
  const PetscInt n = span->n;
  const PetscReal px = p[0], py = p[1], xi = p[2];
  const PetscReal *restrict j = torque->j + 2 * HfSpanFirstCell(torque->film, span);
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1], *restrict mz = span->m[2];
  const PetscReal *restrict sx = span->south[0], *restrict sy = span->south[1], *restrict sz = span->south[2];
  const PetscReal *restrict nx = span->north[0], *restrict ny = span->north[1], *restrict nz = span->north[2];
  PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal u = px * j[2 * k], v = py * j[2 * k + 1];
    const PetscReal gx = u * (mx[k + 1] - mx[k - 1]) + v * (nx[k] - sx[k]);
    const PetscReal gy = u * (my[k + 1] - my[k - 1]) + v * (ny[k] - sy[k]);
    const PetscReal gz = u * (mz[k + 1] - mz[k - 1]) + v * (nz[k] - sz[k]);
    const PetscReal cx = my[k] * gz - mz[k] * gy, cy = mz[k] * gx - mx[k] * gz, cz = mx[k] * gy - my[k] * gx;

    Tx[k] += cy * mz[k] - cz * my[k] - xi * cx;
    Ty[k] += cz * mx[k] - cx * mz[k] - xi * cy;
    Tz[k] += cx * my[k] - cy * mx[k] - xi * cz;
  }
}

/* Unit vectors differ by at most 2; at an edge, where a neighbour is continued linearly, the difference is twice that of two cells. */
static PetscReal largest(const HfTorque *torque, PetscInt region) {
  const HfGridInfo *g = HfGridGetInfo(torque->film->grid);
  const int8_t *regions = HfGridRegions(torque->film->grid);
  const PetscReal *p = torque->p[region], *j = torque->j;
  PetscReal most = 0;

  for (PetscInt k = g->ys; k < g->ys + g->ym; ++k)
    for (PetscInt i = 0; i < g->nx; ++i, j += 2)
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
    .largest = largest,
};
