/* Loops over the cells of a row that all evaluations share: between the interleaved Vec and component rows, Gilbert's damping, largest values.
   Written so that they vectorize: no branches, no aliasing, reductions over integers. */
#include "magnet_impl.h"

HF_KERNEL void HfRowSplit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]) {
  const PetscReal *restrict from = a + 3 * i;
  PetscReal *restrict x = m[0] + i, *restrict y = m[1] + i, *restrict z = m[2] + i;

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    x[k] = from[3 * k];
    y[k] = from[3 * k + 1];
    z[k] = from[3 * k + 2];
  }
}

HF_KERNEL void HfRowSplitUnit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]) {
  const PetscReal *restrict from = a + 3 * i;
  PetscReal *restrict x = m[0] + i, *restrict y = m[1] + i, *restrict z = m[2] + i;

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal u = from[3 * k], v = from[3 * k + 1], w = from[3 * k + 2];
    const PetscReal scale = 1 / PetscSqrtReal(u * u + v * v + w * w + 1e-200);
    x[k] = scale * u;
    y[k] = scale * v;
    z[k] = scale * w;
  }
}

_Static_assert(HF_MAX_STAGES == 8, "the switches below have a case for every number of rates");

/* Inlined with a constant number of rates, so that the sum is one pass over memory. */
static inline __attribute__((always_inline)) void combine(PetscInt n, const PetscReal y[], PetscInt n_rates, const PetscReal *const rate[],
                                                          const PetscReal weight[], PetscReal sum[]) {
  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal value = y[k];
    for (PetscInt r = 0; r < n_rates; ++r) value += weight[r] * rate[r][k];
    sum[k] = value;
  }
}

HF_KERNEL void HfRowCombine(PetscInt n, const PetscReal y[], PetscInt n_rates, const PetscReal *const rate[], const PetscReal weight[],
                            PetscReal sum[]) {
  switch (n_rates) {
  case 1:
    combine(n, y, 1, rate, weight, sum);
    break;
  case 2:
    combine(n, y, 2, rate, weight, sum);
    break;
  case 3:
    combine(n, y, 3, rate, weight, sum);
    break;
  case 4:
    combine(n, y, 4, rate, weight, sum);
    break;
  case 5:
    combine(n, y, 5, rate, weight, sum);
    break;
  case 6:
    combine(n, y, 6, rate, weight, sum);
    break;
  default:
    combine(n, y, HF_MAX_STAGES - 1, rate, weight, sum);
  }
}

/* Inlined as above. */
static inline __attribute__((always_inline)) void stage(PetscInt n, PetscInt stride, const PetscReal y[], PetscInt n_rates,
                                                        const PetscReal *const rate[], const PetscReal weight[], PetscReal m[]) {
  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal u = y[k], v = y[k + stride], w = y[k + 2 * stride], scale;

    for (PetscInt r = 0; r < n_rates; ++r) {
      u += weight[r] * rate[r][k];
      v += weight[r] * rate[r][k + stride];
      w += weight[r] * rate[r][k + 2 * stride];
    }
    scale = 1 / PetscSqrtReal(u * u + v * v + w * w + 1e-200);
    m[k] = scale * u;
    m[k + stride] = scale * v;
    m[k + 2 * stride] = scale * w;
  }
}

HF_KERNEL void HfRowStage(PetscInt n, PetscInt stride, const PetscReal y[], PetscInt n_rates, const PetscReal *const rate[], const PetscReal weight[],
                          PetscReal m[]) {
  switch (n_rates) {
  case 1:
    stage(n, stride, y, 1, rate, weight, m);
    break;
  case 2:
    stage(n, stride, y, 2, rate, weight, m);
    break;
  case 3:
    stage(n, stride, y, 3, rate, weight, m);
    break;
  case 4:
    stage(n, stride, y, 4, rate, weight, m);
    break;
  case 5:
    stage(n, stride, y, 5, rate, weight, m);
    break;
  case 6:
    stage(n, stride, y, 6, rate, weight, m);
    break;
  default:
    stage(n, stride, y, HF_MAX_STAGES - 1, rate, weight, m);
  }
}

/* Non-negative numbers are ordered as their bits are, with NaN above infinity: a maximum that vectorizes and misses no NaN. */
typedef union {
  PetscReal value;
  PetscInt64 bits;
} Magnitude;
#define WITHOUT_SIGN 0x7fffffffffffffff

static inline __attribute__((always_inline)) PetscInt64 largest_bits(PetscInt n, PetscInt n_rates, const PetscReal *const rate[],
                                                                     const PetscReal weight[]) {
  PetscInt64 most = 0;

  for (PetscInt k = 0; k < n; ++k) {
    Magnitude number = {.value = 0};
    for (PetscInt r = 0; r < n_rates; ++r) number.value += weight[r] * rate[r][k];
    number.bits &= WITHOUT_SIGN;
    most = number.bits > most ? number.bits : most;
  }
  return most;
}

HF_KERNEL PetscReal HfRowLargest(PetscInt n, PetscInt n_rates, const PetscReal *const rate[], const PetscReal weight[]) {
  Magnitude most;

  switch (n_rates) {
  case 4:
    most.bits = largest_bits(n, 4, rate, weight);
    break;
  case 6:
    most.bits = largest_bits(n, 6, rate, weight);
    break;
  default:
    most.bits = largest_bits(n, n_rates, rate, weight);
  }
  return PetscIsNanReal(most.value) ? PETSC_INFINITY : most.value;
}

HF_KERNEL void HfRowJoin(PetscInt i, PetscInt n, PetscReal *const m[3], PetscReal a[]) {
  const PetscReal *restrict x = m[0] + i, *restrict y = m[1] + i, *restrict z = m[2] + i;
  PetscReal *restrict to = a + 3 * i;

  HF_CELLS
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

  HF_CELLS
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

  HF_CELLS
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
  Magnitude most = {.bits = 0};

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = my[k] * Hz[k] - mz[k] * Hy[k], y = mz[k] * Hx[k] - mx[k] * Hz[k], z = mx[k] * Hy[k] - my[k] * Hx[k];
    Magnitude square = {.value = x * x + y * y + z * z};
    square.bits &= WITHOUT_SIGN; /* of what is not a number, too */
    most.bits = square.bits > most.bits ? square.bits : most.bits;
  }
  return most.value;
}

HF_KERNEL void HfNormalize(PetscInt n, PetscReal a[]) {
  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal u = a[3 * k], v = a[3 * k + 1], w = a[3 * k + 2];
    const PetscReal scale = 1 / PetscSqrtReal(u * u + v * v + w * w + 1e-200);

    a[3 * k] = scale * u;
    a[3 * k + 1] = scale * v;
    a[3 * k + 2] = scale * w;
  }
}
