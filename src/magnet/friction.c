/* Dry friction: a field of constant magnitude Hc against the motion of m, a model of what pins walls in a real film and gives it a coercive field.

     H -> H - Hc v/|v|,  v = dm/dt,   in Gilbert's equation   v = T + (alpha + h/w) m x v,   w = |v|, h = gamma0 Hc, T the sum of the torques
   T and m x v are across m, so with a = alpha + h/w
     (1 + a^2) v = T + a m x T,   hence   w^2 (1 + a^2) = |T|^2,   that is   w^2 + (alpha w + h)^2 = |T|^2
   with one root w >= 0 where |T| >= h; where |T| <= h friction holds m, w = 0. Without cancellation
     w = (|T|^2 - h^2)/(alpha h + sqrt(alpha^2 h^2 + (1 + alpha^2)(|T|^2 - h^2))),   v = w [w T + (alpha w + h) m x T]/|T|^2
   The energy falls by mu0 Ms (alpha w^2/gamma0 + Hc w) per volume and time, by damping and by the work against friction. A texture may rest wherever
   |m x H| <= Hc; a 180 degree wall, in which m turns by pi on its way, moves above (pi/2) Hc.
   Relaxation, damping without precession, slows down by (1 - Hc/|m x H|), and ends where that is 0 everywhere: not in a minimum, but where it comes to rest.
   Visintin, Physica B 233, 365 (1997): the rate-independent part of the dissipation in the Landau-Lifshitz equation. */
#include "magnet_impl.h"

/* T becomes dm/dt. */
HF_KERNEL void HfRowFriction(PetscInt i, PetscInt n, PetscReal alpha, PetscReal h, PetscReal *const m[3], PetscReal *const T[3]) {
  const PetscReal a = alpha * h, b = 1 + alpha * alpha;
  const PetscReal *restrict mx = m[0] + i, *restrict my = m[1] + i, *restrict mz = m[2] + i;
  PetscReal *restrict Tx = T[0] + i, *restrict Ty = T[1] + i, *restrict Tz = T[2] + i;

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = Tx[k], y = Ty[k], z = Tz[k], square = x * x + y * y + z * z;
    const PetscReal over = square <= h * h ? 0 : square - h * h; /* NaN is kept */
    const PetscReal w = over / (a + PetscSqrtReal(a * a + b * over) + PETSC_MACHINE_EPSILON * h),
                    scale = w / (square + PETSC_MACHINE_EPSILON * h * h);
    const PetscReal c = scale * w, d = scale * (alpha * w + h);

    Tx[k] = c * x + d * (my[k] * z - mz[k] * y);
    Ty[k] = c * y + d * (mz[k] * x - mx[k] * z);
    Tz[k] = c * z + d * (mx[k] * y - my[k] * x);
  }
}

/* H becomes -rate (1 - Hc/|m x H|) m x (m x H), 0 where Hc is larger. */
HF_KERNEL void HfRowFrictionDamping(PetscInt i, PetscInt n, PetscReal rate, PetscReal Hc, PetscReal *const m[3], PetscReal *const H[3]) {
  const PetscReal *restrict mx = m[0] + i, *restrict my = m[1] + i, *restrict mz = m[2] + i;
  PetscReal *restrict Hx = H[0] + i, *restrict Hy = H[1] + i, *restrict Hz = H[2] + i;

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = my[k] * Hz[k] - mz[k] * Hy[k], y = mz[k] * Hx[k] - mx[k] * Hz[k], z = mx[k] * Hy[k] - my[k] * Hx[k];
    const PetscReal size = PetscSqrtReal(x * x + y * y + z * z), over = size <= Hc ? 0 : size - Hc,
                    r = -rate * over / (size + PETSC_MACHINE_EPSILON * Hc);

    Hx[k] = r * (my[k] * z - mz[k] * y);
    Hy[k] = r * (mz[k] * x - mx[k] * z);
    Hz[k] = r * (mx[k] * y - my[k] * x);
  }
}

PetscBool HfMagnetHasFriction(HfMagnet magnet) {
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r)
    if (magnet->film.materials[r].Hc > 0) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscReal HfMagnetFriction(HfMagnet magnet, PetscInt region) { return magnet->film.materials[region].Hc; }

/* Standard deviation of a component of the fluctuating field in a time step, A/m. */
static PetscReal noise(HfMagnet magnet, PetscInt region) {
  PetscReal square = 0;

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (term->type->draw && term->active[region]) square += (*term->type->noise)(term, region);
  }
  return PetscSqrtReal(square / HfFluctuationStep(magnet));
}

PetscErrorCode HfFrictionSettingsCheck(HfMagnet magnet) {
  HfNode integrator = HfNodeFind(HfDeckRoot(magnet->film.deck), "integrator");

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    const HfMaterial *material = &magnet->film.materials[r];
    HfNode place;

    if (!(material->Hc > 0)) continue;
    place = HfChild(material->node, "friction");
    if (HfMagnetIsNoisy(magnet))
      PetscCall(HfDeckError(
          magnet->film.deck, place,
          "friction of %.3g A/m does not hold at a temperature: the fluctuating field of a cell, %.3g A/m in a time step, shakes m loose; "
          "leave out `thermal`, or let grains pin the walls instead of friction",
          (double)material->Hc, (double)noise(magnet, r)));
    if (!strcmp(magnet->integrator_settings.method, "bdf"))
      PetscCall(HfDeckError(magnet->film.deck, HfChild(integrator, "method"),
                            "integrator.method: %s knows no material.friction; take auto, 5dp or 3bs", magnet->integrator_settings.method));
    HfCite("visintin-1997");
    break;
  }
  PetscFunctionReturn(0);
}
