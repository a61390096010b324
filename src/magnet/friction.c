/* Dry friction: a field of constant magnitude Hc against the motion of m, a model of what pins walls in a real film and gives it a coercive field.

     H -> H - Hc v/|v|,  v = dm/dt,   in Gilbert's equation   v = T + (alpha + h/w) m x v,   w = |v|, h = gamma0 Hc, T the sum of the torques
   T and m x v are across m, so with a = alpha + h/w
     (1 + a^2) v = T + a m x T,   hence   w^2 (1 + a^2) = |T|^2,   that is   w^2 + (alpha w + h)^2 = |T|^2
   with one root w >= 0 where |T| >= h; where |T| <= h friction holds m, w = 0. Without cancellation
     w = (|T|^2 - h^2)/(alpha h + sqrt(alpha^2 h^2 + (1 + alpha^2)(|T|^2 - h^2))),   v = w [w T + (alpha w + h) m x T]/|T|^2
   The energy falls by mu0 Ms (alpha w^2/gamma0 + Hc w) per volume and time, by damping and by the work against friction. A texture may rest wherever
   |m x H| <= Hc; a 180 degree wall, in which m turns by pi on its way, moves above (pi/2) Hc.
   Relaxation, damping without precession, slows down by (1 - Hc/|m x H|), and ends where that is 0 everywhere: not in a minimum, but where it comes to rest.

   Implicit steps (motion.c, which has the case h = 0): F(v) = alpha v + h v/w + m x v = m x T must hold for v = P d, dm/dt being s m + d at the new m. Whether a
   cell will rest cannot be told from T alone, which follows the last digits of m; it is told by what m would do if the neighbours stayed where they are. With
   p = gamma0 |dH/dm|/(2 s) this is the closed form for alpha + p and the torque T - p m x d, the v' of  F(v') + p v' = m x T + p P d,  and Newton's method solves
     (F'(v') + p) (v' - P d) = 0,   F' = alpha + e - q q^T + m x,   e = h/w',  q = sqrt(e) v'/w'
   v' is continuous, while F' is not where a cell comes to rest; there e is so large that the correction takes m to where it does not move. Bounds of e keep
   round-off small. Four nodes of 25 nm, 3 Oe, 50 and 100 ns of 20 Oe and 1 us of rest (1029 steps by bdf, 12637 by 5dp; G as after 5dp at a tolerance of 1e-7
   to 6e-5 of itself): CPU time of bdf relative to that of 5dp 0.5 while driven, 0.3 at rest.
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

/* ---- for implicit steps ---- */
#define PROXIMITY 0.5 /* p in parts of gamma0 |dH/dm|/s */
#define FIRM      1e6 /* how much more than all fields friction holds a cell that rests, ... */
#define STIFF     1e3 /* ... and at most one that moves, across its motion */

HF_KERNEL void HfFrictionResidual(PetscInt n, const HfMaterial *material, PetscReal stiffness, PetscReal shift, PetscReal *const m[3],
                                  PetscReal *const H[3], PetscReal *const T[3], const PetscReal *restrict d, const HfFrictionCells *cells,
                                  PetscReal *restrict b) {
  const PetscReal gamma0 = material->gamma0, h = gamma0 * material->Hc, alpha = material->alpha + PROXIMITY * gamma0 * stiffness / shift;
  const PetscReal proximity = alpha - material->alpha, a = alpha * h, s = 1 + alpha * alpha;
  const PetscReal *restrict mx = m[0], *restrict my = m[1], *restrict mz = m[2], *restrict Hx = H[0], *restrict Hy = H[1], *restrict Hz = H[2];
  const PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];
  PetscReal *restrict along = cells->along, *restrict sigma = cells->sigma, *restrict firmness = cells->firmness, *restrict q = cells->q,
                      *restrict held = cells->held;

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal ux = mx[k], uy = my[k], uz = mz[k], dx = d[3 * k], dy = d[3 * k + 1], dz = d[3 * k + 2];
    const PetscReal x = Tx[k] - proximity * (uy * dz - uz * dy), y = Ty[k] - proximity * (uz * dx - ux * dz),
                    z = Tz[k] - proximity * (ux * dy - uy * dx);
    const PetscReal square = x * x + y * y + z * z;
    const PetscReal over = square <= h * h ? 0 : square - h * h;
    const PetscReal w = over / (a + PetscSqrtReal(a * a + s * over) + PETSC_MACHINE_EPSILON * h),
                    scale = w / (square + PETSC_MACHINE_EPSILON * h * h);
    const PetscReal c = scale * w, g = scale * (alpha * w + h);
    const PetscReal vx = c * x + g * (uy * z - uz * y), vy = c * y + g * (uz * x - ux * z), vz = c * z + g * (ux * y - uy * x);
    const PetscReal md = ux * d[3 * k] + uy * d[3 * k + 1] + uz * d[3 * k + 2];
    const PetscReal mH = ux * Hx[k] + uy * Hy[k] + uz * Hz[k], field = gamma0 * (stiffness + PetscAbsReal(mH) + material->Hc) / shift;
    const PetscReal rests = w > 0 ? 0 : 1, e = rests * FIRM * field + (1 - rests) * PetscMin(h / (w + rests), STIFF * field);
    const PetscReal root = PetscSqrtReal(e) * (1 - rests) / (w + rests), qx = root * vx, qy = root * vy, qz = root * vz;
    /* F' (v - P d), which is across m */
    const PetscReal rx = vx - d[3 * k] + md * ux, ry = vy - d[3 * k + 1] + md * uy, rz = vz - d[3 * k + 2] + md * uz;
    const PetscReal qr = qx * rx + qy * ry + qz * rz, f = alpha + e;

    along[k] = mH;
    sigma[k] = -md;
    firmness[k] = e;
    held[k] = mH + shift * e / gamma0;
    q[3 * k] = qx;
    q[3 * k + 1] = qy;
    q[3 * k + 2] = qz;
    b[3 * k] = (f * rx - qr * qx + uy * rz - uz * ry) / gamma0;
    b[3 * k + 1] = (f * ry - qr * qy + uz * rx - ux * rz) / gamma0;
    b[3 * k + 2] = (f * rz - qr * qz + ux * ry - uy * rx) / gamma0;
  }
}

HF_KERNEL void HfFrictionDerivative(PetscInt n, const HfMaterial *material, PetscReal *const x[3], const HfFrictionCells *cells,
                                    PetscReal *restrict out) {
  const PetscReal scale = 1 / material->gamma0;
  const PetscReal *restrict xx = x[0], *restrict xy = x[1], *restrict xz = x[2];
  const PetscReal *restrict sigma = cells->sigma, *restrict firmness = cells->firmness, *restrict q = cells->q;

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal s = scale * sigma[k], f = s * firmness[k], qx = s * (q[3 * k] * xx[k] + q[3 * k + 1] * xy[k] + q[3 * k + 2] * xz[k]);

    out[3 * k] += f * xx[k] - qx * q[3 * k];
    out[3 * k + 1] += f * xy[k] - qx * q[3 * k + 1];
    out[3 * k + 2] += f * xz[k] - qx * q[3 * k + 2];
  }
}

PetscBool HfMagnetHasFriction(HfMagnet magnet) {
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r)
    if (magnet->film.materials[r].Hc > 0) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscReal HfMagnetKink(HfMagnet magnet) {
  const PetscReal stiffness = HfMagnetStiffness(magnet);
  PetscReal least = PETSC_INFINITY;

  for (PetscInt r = 0; r < magnet->film.n_regions; ++r)
    if (magnet->film.materials[r].Hc > 0) least = PetscMin(least, magnet->film.materials[r].Hc);
  return magnet->friction ? PetscMin(1, stiffness > 0 ? least / stiffness : 1) : 0;
}

PetscReal HfMagnetFriction(HfMagnet magnet, PetscInt region) { return magnet->film.materials[region].Hc; }

/* Standard deviation of a component of the fluctuating field in a time step, A/m. Collective. */
static PetscErrorCode find_noise(HfMagnet magnet, PetscInt region, PetscReal *noise) {
  PetscReal square = 0, step;

  PetscFunctionBeginUser;
  PetscCall(HfFluctuationStep(magnet, &step));
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (term->type->draw && term->active[region]) square += (*term->type->noise)(term, region);
  }
  *noise = PetscSqrtReal(square / step);
  PetscFunctionReturn(0);
}

PetscErrorCode HfFrictionSettingsCheck(HfMagnet magnet) {
  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    const HfMaterial *material = &magnet->film.materials[r];
    PetscReal noise = 0;

    if (!(material->Hc > 0)) continue;
    if (HfMagnetIsNoisy(magnet)) {
      PetscCall(find_noise(magnet, r, &noise));
      PetscCall(HfDeckError(
          magnet->film.deck, HfChild(material->node, "friction"),
          "friction of %.3g A/m does not hold at a temperature: the fluctuating field of a cell, %.3g A/m in a time step, shakes m loose; "
          "leave out `thermal`, or let grains pin the walls instead of friction",
          (double)material->Hc, (double)noise));
    }
    HfCite("visintin-1997");
    break;
  }
  PetscFunctionReturn(0);
}
