/* Spin-transfer torque of a current in the film, after Zhang and Li, Phys. Rev. Lett. 93, 127204 (2004), Eq. (11).

     T = b g - xi b m x g,   g = (j.grad) m,   b = mu_B P/(e Ms)
   j is the conventional current density (A/m^2): with u = -b j this is -(u.grad)m + xi m x (u.grad)m, textures drift with u, against j, as the electrons
   do. The convention "zhang-li" carries their further factor 1/(1 + xi^2) in b.

   g by central differences; where a neighbour is missing its ghost continues the line through the two others (sweep.c), so that the same difference is
   one-sided. Only the part of g perpendicular to m acts: T = b [c x m - xi c] with c = m x g, perpendicular to round-off. */
#include "zhang_li.h"

static const HfKey keys[] = {
    {"material:polarization", HF_NUMBER, NULL, "0", "[0,1]", 0, "Spin polarization P of the current: how strongly it moves the texture"},
    {"material:nonadiabaticity", HF_NUMBER, NULL, "0", "", 0, "Nonadiabatic part xi of the spin-transfer torque, relative to the adiabatic one"},
    {"spin_transfer", HF_SECTION, NULL, "{}", "", 0, "Spin-transfer torque of the current in the film"},
    {"spin_transfer.convention", HF_CHOICE, NULL, "plain", "plain|zhang-li", 0,
     "Prefactor b of the torque: mu_B P/(e Ms), or the same divided by 1 + xi^2"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  Vec j;
  const PetscScalar *rows; /* of this rank, two numbers per cell, while j is set */
  PetscInt nx, ys;
} ZhangLi;

static PetscErrorCode create(HfTorque *torque, const HfSite *site) {
  const HfGridInfo *g = HfGridGetInfo(site->grid);
  ZhangLi *state;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&state));
  state->nx = g->nx;
  state->ys = g->ys;
  torque->state = state;
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTorque *torque) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(torque->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode set_up(HfTorque *torque, const HfSite *site, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfMaterial *material = &site->materials[region];
  const HfGridInfo *g = HfGridGetInfo(site->grid);
  const PetscReal xi = HfReal(material->node, "nonadiabaticity");
  PetscReal b = HF_BOHR_MAGNETON * HfReal(material->node, "polarization") / (HF_ELEMENTARY_CHARGE * material->Ms);
  PetscBool extra;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(HfNodeFind(HfDeckRoot(site->deck), "spin_transfer"), "convention"), "zhang-li", &extra));
  if (extra) b /= 1 + xi * xi;
  p[0] = 0.5 * b / g->dx;
  p[1] = 0.5 * b / g->dy;
  p[2] = xi;
  *active = PETSC_FALSE; /* there is no current yet */
  PetscFunctionReturn(0);
}

PetscErrorCode HfTorqueZhangLiSet(HfTorque *torque, PetscInt n_regions, Vec j) {
  ZhangLi *state = torque->state;

  PetscFunctionBeginUser;
  state->j = j;
  for (PetscInt r = 0; r < n_regions; ++r) {
    torque->active[r] = (PetscBool)(j && torque->p[r][0] != 0);
    if (torque->active[r]) HfCite(torque->type->citation);
  }
  PetscFunctionReturn(0);
}

/* The rows stay where the Vec keeps them: read access to a host Vec copies nothing. */
static PetscErrorCode prepare(HfTorque *torque) {
  ZhangLi *state = torque->state;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(state->j, &state->rows));
  PetscCall(VecRestoreArrayRead(state->j, &(const PetscScalar *){state->rows}));
  PetscFunctionReturn(0);
}

HF_KERNEL static void add(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]) {
  const ZhangLi *state = torque->state;
  const PetscInt n = span->n;
  const PetscReal px = p[0], py = p[1], xi = p[2];
  const PetscReal *restrict j = state->rows + 2 * ((span->j - state->ys) * state->nx + span->i);
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

const HfTorqueType HfTorqueType_zhang_li = {
    .name = "zhang_li",
    .doc = "Spin-transfer torque b (j.grad)m - xi b m x (j.grad)m of the current in the film",
    .citation = "zhang-li-2004",
    .prefix = "",
    .keys = keys,
    .create = create,
    .destroy = destroy,
    .set_up = set_up,
    .prepare = prepare,
    .straight = PETSC_TRUE,
    .add = add,
};
