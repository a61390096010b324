/* Precession about the effective field.

     T = -gamma0 m x H
   With Gilbert's damping (HfRowGilbert in kernels.c) this is the Landau-Lifshitz equation (1+alpha^2) dm/dt = -gamma0 [m x H + alpha m x (m x H)]. */
#include "../term.h"

static const HfKey keys[] = {
    {"gamma0", HF_QUANTITY, "m/(A s)", "2.21e5", ">0", 0, "Gyromagnetic ratio mu0 |gamma|"},
    {"alpha", HF_NUMBER, NULL, NULL, ">=0", 0, "Gilbert damping"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode region_settings(HfTorque *torque, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  p[0] = torque->film->materials[region].gamma0;
  *active = PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTorque *torque, PetscInt region) {
  const HfMaterial *material = &torque->film->materials[region];
  HfDeck deck = torque->film->deck;

  PetscFunctionBeginUser;
  if (material->alpha > 1)
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "alpha"), "alpha of %g: the motion is overdamped", (double)material->alpha));
  if (material->gamma0 < 1e5 || material->gamma0 > 5e5)
    PetscCall(HfDeckWarn(deck, HfChild(material->node, "gamma0"), "gamma0 of %g m/(A s): electrons have 2.2e5", (double)material->gamma0));
  PetscFunctionReturn(0);
}

HF_KERNEL static void add(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]) {
  const PetscInt n = span->n;
  const PetscReal gamma0 = p[0];
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1], *restrict mz = span->m[2];
  const PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];
  PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Tx[k] -= gamma0 * (my[k] * Hz[k] - mz[k] * Hy[k]);
    Ty[k] -= gamma0 * (mz[k] * Hx[k] - mx[k] * Hz[k]);
    Tz[k] -= gamma0 * (mx[k] * Hy[k] - my[k] * Hx[k]);
  }
}

/* a T + b m x T of T = -gamma0 m x H, of cell k */
static inline __attribute__((always_inline)) void rate(PetscReal gamma0, PetscReal a, PetscReal b, const PetscReal m[3], const PetscReal H[3],
                                                       PetscReal dmdt[3]) {
  const PetscReal x = -gamma0 * (m[1] * H[2] - m[2] * H[1]), y = -gamma0 * (m[2] * H[0] - m[0] * H[2]), z = -gamma0 * (m[0] * H[1] - m[1] * H[0]);

  dmdt[0] = a * x + b * (m[1] * z - m[2] * y);
  dmdt[1] = a * y + b * (m[2] * x - m[0] * z);
  dmdt[2] = a * z + b * (m[0] * y - m[1] * x);
}

HF_KERNEL static void alone(const HfTorque *torque, const PetscReal p[], PetscReal alpha, const HfSpan *span, PetscReal *const T[3],
                            PetscScalar *joined) {
  const PetscInt n = span->n;
  const PetscReal gamma0 = p[0], a = 1 / (1 + alpha * alpha), b = alpha * a;
  const PetscReal *restrict mx = span->m[0], *restrict my = span->m[1], *restrict mz = span->m[2];
  const PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];
  PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2], *restrict to = joined;

  if (joined) {
    HF_CELLS
    for (PetscInt k = 0; k < n; ++k) {
      const PetscReal m[3] = {mx[k], my[k], mz[k]}, H[3] = {Hx[k], Hy[k], Hz[k]};
      PetscReal dmdt[3];
      rate(gamma0, a, b, m, H, dmdt);
      to[3 * k] = dmdt[0];
      to[3 * k + 1] = dmdt[1];
      to[3 * k + 2] = dmdt[2];
    }
    return;
  }
  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal m[3] = {mx[k], my[k], mz[k]}, H[3] = {Hx[k], Hy[k], Hz[k]};
    PetscReal dmdt[3];
    rate(gamma0, a, b, m, H, dmdt);
    Tx[k] = dmdt[0];
    Ty[k] = dmdt[1];
    Tz[k] = dmdt[2];
  }
}

const HfTorqueType HfTorqueType_landau_lifshitz = {
    .name = "landau_lifshitz",
    .doc = "Precession about the effective field with Gilbert damping",
    .citation = "gilbert-2004",
    .prefix = "material:",
    .keys = keys,
    .region_settings = region_settings,
    .check = check,
    .add = add,
    .alone = alone,
};
