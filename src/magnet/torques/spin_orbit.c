/* Spin-orbit torque of the current in a heavy metal on the film: damping-like and field-like.

     T = gamma0 [H_DL m x (m x p) + H_FL m x p],   p = n x j/|j|,   H_DL = hbar theta_DL |j|/(2 e mu0 Ms t),  H_FL likewise with theta_FL
   n: normal from the heavy metal to the film, z where that lies below; j: conventional current density in the heavy metal; t: thickness of
   the film. It is the torque -gamma0 m x H of the fields -H_DL m x p and -H_FL p. theta_DL > 0, as of platinum, turns m towards -p; it is the
   spin Hall angle where all of the spin current enters the film. Signs are those of Manchon et al., with p their zeta.
   A film with an easy axis along z and the field Hk = 2 Ku/(mu0 Ms) tilts along j by psi, sin 2 psi = 2 H_DL/Hk, and switches at H_DL = Hk/2.
   The current is that of the gold, if the deck has gold, which then is the heavy metal. Otherwise it is the film's own times current_ratio: both
   layers see the same electric field. The conductivity of the film is then that of both together.
   Source: Manchon, Zelezny, Miron, Jungwirth, Sinova, Thiaville, Garello and Gambardella, Rev. Mod. Phys. 91, 035004 (2019), section I. */
#include "../term.h"

static const HfKey keys[] = {
    {"material:spin_hall_angle", HF_NUMBER, NULL, "0", "[-10,10]", 0,
     "Damping-like spin-orbit torque of a heavy metal on the film: effective spin Hall angle (efficiency theta_DL); platinum > 0, tantalum and "
     "tungsten "
     "< 0"},
    {"material:field_like_efficiency", HF_NUMBER, NULL, "0", "[-10,10]", 0,
     "Field-like spin-orbit torque in the measure of spin_hall_angle (efficiency theta_FL): > 0 acts as a field along -(n x j), n from the heavy "
     "metal "
     "to the film"},
    {"spin_orbit", HF_SECTION, NULL, "{}", "", 0, "The heavy metal that exerts the spin-orbit torque"},
    {"spin_orbit.side", HF_CHOICE, NULL, "below", "below|above", 0,
     "Side of the film on which the heavy metal lies; that of `gold`, if there is gold"},
    {"spin_orbit.current_ratio", HF_NUMBER, NULL, "1", ">0", 0,
     "Current density in the heavy metal relative to that in the film: the ratio of their conductivities. With gold: relative to that in the gold"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

enum { DAMPING, FIELD, ANGLE }; /* T = (DAMPING m x + FIELD) m x (z x j): signed by the side, m^2/(A s); theta_DL and theta_FL */

typedef struct {
  PetscReal side, ratio; /* 1 above, -1 below */
} HeavyMetal;

static PetscErrorCode settings(HfTorque *torque) {
  const HfFilm *film = torque->film;
  HfNode section = HfNodeFind(HfDeckRoot(film->deck), "spin_orbit");
  PetscBool any = PETSC_FALSE;
  HeavyMetal *metal;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&metal));
  torque->state = metal;
  metal->side = strcmp(HfText(section, "side"), "above") ? -1 : 1;
  metal->ratio = HfReal(section, "current_ratio");
  for (PetscInt r = 0; r < film->n_regions; ++r)
    any =
        (PetscBool)(any || HfReal(film->materials[r].node, "spin_hall_angle") != 0 || HfReal(film->materials[r].node, "field_like_efficiency") != 0);
  if (!any && (metal->side > 0 || metal->ratio != 1))
    PetscCall(HfDeckError(film->deck, section,
                          "`spin_orbit` describes a heavy metal, but the film has no torque of it: add `spin_hall_angle` or `field_like_efficiency` "
                          "to the material"));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTorque *torque) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(torque->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTorque *torque, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfMaterial *material = &torque->film->materials[region];
  const HeavyMetal *metal = torque->state;
  const PetscReal H = -metal->side * metal->ratio * HF_REDUCED_PLANCK /
                      (2 * HF_ELEMENTARY_CHARGE * HF_MU0 * material->Ms * HfGridGetInfo(torque->film->grid)->thickness);

  PetscFunctionBeginUser;
  p[ANGLE] = HfReal(material->node, "spin_hall_angle");
  p[ANGLE + 1] = HfReal(material->node, "field_like_efficiency");
  p[DAMPING] = material->gamma0 * H * p[ANGLE];
  p[FIELD] = material->gamma0 * H * p[ANGLE + 1];
  *active = (PetscBool)(p[DAMPING] != 0 || p[FIELD] != 0);
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTorque *torque, PetscInt region) {
  const char *const names[] = {"spin_hall_angle", "field_like_efficiency"};
  const PetscReal *theta = torque->p[region] + ANGLE;

  PetscFunctionBeginUser;
  for (int k = 0; k < 2; ++k)
    if (PetscAbsReal(theta[k]) > 1)
      PetscCall(HfDeckWarn(torque->film->deck, HfChild(torque->film->materials[region].node, names[k]), "%s of %g: heavy metals have up to 0.5",
                           names[k], (double)theta[k]));
  PetscFunctionReturn(0);
}

static PetscReal layer(const HfTorque *torque) { return ((const HeavyMetal *)torque->state)->side; }

HF_KERNEL static void add(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]) {
  const PetscInt n = span->n;
  const PetscReal a = p[DAMPING], b = p[FIELD];
  const PetscReal *restrict j = torque->j + 2 * HfSpanFirstCell(torque->film, span);
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1], *restrict mz = span->m[2];
  PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = -j[2 * k + 1], y = j[2 * k]; /* z x j */
    const PetscReal cx = -mz[k] * y, cy = mz[k] * x, cz = mx[k] * y - my[k] * x;

    Tx[k] += a * (my[k] * cz - mz[k] * cy) + b * cx;
    Ty[k] += a * (mz[k] * cx - mx[k] * cz) + b * cy;
    Tz[k] += a * (mx[k] * cy - my[k] * cx) + b * cz;
  }
}

/* a [d x (m x P) + m x (d x P)] + b d x P */
HF_KERNEL static void linear(const HfTorque *torque, const PetscReal p[], const HfSpan *changes, const PetscReal *restrict u, PetscReal *const T[3]) {
  const PetscInt n = changes->n;
  const PetscReal a = p[DAMPING], b = p[FIELD];
  const PetscReal *restrict j = torque->j + 2 * HfSpanFirstCell(torque->film, changes);
  const PetscReal *restrict dx = changes->m[0], *restrict dy = changes->m[1], *restrict dz = changes->m[2];
  PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = -j[2 * k + 1], y = j[2 * k], mx = u[3 * k], my = u[3 * k + 1], mz = u[3 * k + 2];
    const PetscReal cx = -mz * y, cy = mz * x, cz = mx * y - my * x, ex = -dz[k] * y, ey = dz[k] * x, ez = dx[k] * y - dy[k] * x;

    Tx[k] += a * (dy[k] * cz - dz[k] * cy + my * ez - mz * ey) + b * ex;
    Ty[k] += a * (dz[k] * cx - dx[k] * cz + mz * ex - mx * ez) + b * ey;
    Tz[k] += a * (dx[k] * cy - dy[k] * cx + mx * ey - my * ex) + b * ez;
  }
}

static PetscReal largest(const HfTorque *torque, PetscInt region) {
  const HfGridInfo *g = HfGridGetInfo(torque->film->grid);
  const int8_t *regions = HfGridRegions(torque->film->grid);
  const PetscReal *p = torque->p[region], *j = torque->j;
  PetscReal most = 0;

  for (PetscInt k = g->ys; k < g->ys + g->ym; ++k)
    for (PetscInt i = 0; i < g->xm; ++i, j += 2)
      if (HfRegionAt(g, regions, i, k) == region) most = PetscMax(most, PetscSqr(j[0]) + PetscSqr(j[1]));
  return PetscSqrtReal(most * (PetscSqr(p[DAMPING]) + PetscSqr(p[FIELD])));
}

const HfTorqueType HfTorqueType_spin_orbit = {
    .name = "spin_orbit",
    .doc = "Spin-orbit torque gamma0 [H_DL m x (m x p) + H_FL m x p], p = n x j/|j|, of the current in a heavy metal",
    .citation = "manchon-2019",
    .prefix = "",
    .keys = keys,
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .check = check,
    .current_driven = PETSC_TRUE,
    .layer = layer,
    .add = add,
    .linear = linear,
    .largest = largest,
};
