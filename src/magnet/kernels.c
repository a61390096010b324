/* Loops over the cells of a row that every evaluation shares: between the interleaved Vec and component rows, Gilbert's damping, checks.
   Written for the vectoriser: no branches, no aliasing, reductions over integers or lanes. */
#include "magnet_impl.h"

#define LIMIT 1e100 /* a rate beyond this is as good as infinite */

HF_KERNEL void HfRowSplit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]) {
  const PetscReal *restrict from = a + 3 * i;
  PetscReal *restrict x = m[0] + i, *restrict y = m[1] + i, *restrict z = m[2] + i;

  for (PetscInt k = 0; k < n; ++k) {
    x[k] = from[3 * k];
    y[k] = from[3 * k + 1];
    z[k] = from[3 * k + 2];
  }
}

HF_KERNEL void HfRowSplitUnit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]) {
  const PetscReal *restrict from = a + 3 * i;
  PetscReal *restrict x = m[0] + i, *restrict y = m[1] + i, *restrict z = m[2] + i;

  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal u = from[3 * k], v = from[3 * k + 1], w = from[3 * k + 2];
    const PetscReal scale = 1 / PetscSqrtReal(u * u + v * v + w * w + 1e-200);
    x[k] = scale * u;
    y[k] = scale * v;
    z[k] = scale * w;
  }
}

HF_KERNEL void HfRowJoin(PetscInt i, PetscInt n, PetscReal *const m[3], PetscReal a[]) {
  const PetscReal *restrict x = m[0] + i, *restrict y = m[1] + i, *restrict z = m[2] + i;
  PetscReal *restrict to = a + 3 * i;

  for (PetscInt k = 0; k < n; ++k) {
    to[3 * k] = x[k];
    to[3 * k + 1] = y[k];
    to[3 * k + 2] = z[k];
  }
}

/* dm/dt = (T + alpha m x T)/(1 + alpha^2) */
HF_KERNEL void HfRowGilbert(PetscInt i, PetscInt n, PetscReal alpha, PetscReal *const m[3], PetscReal *const T[3]) {
  const PetscReal a = 1 / (1 + alpha * alpha), b = alpha * a;
  const PetscReal *restrict mx = m[0] + i, *restrict my = m[1] + i, *restrict mz = m[2] + i;
  PetscReal *restrict Tx = T[0] + i, *restrict Ty = T[1] + i, *restrict Tz = T[2] + i;

  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = Tx[k], y = Ty[k], z = Tz[k];
    Tx[k] = a * x + b * (my[k] * z - mz[k] * y);
    Ty[k] = a * y + b * (mz[k] * x - mx[k] * z);
    Tz[k] = a * z + b * (mx[k] * y - my[k] * x);
  }
}

/* -m x (m x H) = H - (m.H) m for a unit vector, written as the double product so that the result is perpendicular to m to round-off */
HF_KERNEL void HfRowDamping(PetscInt i, PetscInt n, PetscReal rate, PetscReal *const m[3], PetscReal *const H[3]) {
  const PetscReal *restrict mx = m[0] + i, *restrict my = m[1] + i, *restrict mz = m[2] + i;
  PetscReal *restrict Hx = H[0] + i, *restrict Hy = H[1] + i, *restrict Hz = H[2] + i;

  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = my[k] * Hz[k] - mz[k] * Hy[k], y = mz[k] * Hx[k] - mx[k] * Hz[k], z = mx[k] * Hy[k] - my[k] * Hx[k];
    Hx[k] = -rate * (my[k] * z - mz[k] * y);
    Hy[k] = -rate * (mz[k] * x - mx[k] * z);
    Hz[k] = -rate * (mx[k] * y - my[k] * x);
  }
}

HF_KERNEL PetscReal HfRowMaxTorque(PetscInt i, PetscInt n, PetscReal *const m[3], PetscReal *const H[3]) {
  const PetscReal *restrict mx = m[0] + i, *restrict my = m[1] + i, *restrict mz = m[2] + i;
  const PetscReal *restrict Hx = H[0] + i, *restrict Hy = H[1] + i, *restrict Hz = H[2] + i;
  PetscReal most = 0;

  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = my[k] * Hz[k] - mz[k] * Hy[k], y = mz[k] * Hx[k] - mx[k] * Hz[k], z = mx[k] * Hy[k] - my[k] * Hx[k];
    const PetscReal square = x * x + y * y + z * z;
    most = square <= most ? most : square; /* not-a-number stays */
  }
  return most;
}

HF_KERNEL PetscBool HfRowFinite(PetscInt i, PetscInt n, PetscReal *const v[3]) {
  const PetscReal *restrict x = v[0] + i, *restrict y = v[1] + i, *restrict z = v[2] + i;
  PetscInt64 bad = 0;

  for (PetscInt k = 0; k < n; ++k) bad |= !(PetscAbsReal(x[k]) + PetscAbsReal(y[k]) + PetscAbsReal(z[k]) <= LIMIT);
  return bad ? PETSC_FALSE : PETSC_TRUE;
}

HF_KERNEL void HfNormalize(PetscInt n, PetscReal a[]) {
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal u = a[3 * k], v = a[3 * k + 1], w = a[3 * k + 2];
    const PetscReal scale = 1 / PetscSqrtReal(u * u + v * v + w * w + 1e-200);

    a[3 * k] = scale * u;
    a[3 * k + 1] = scale * v;
    a[3 * k + 2] = scale * w;
  }
}
