/* Loops over fields of unit vectors that implicit steppers share, each one pass over memory. */
#include "sphere.h"

/* Non-negative numbers are ordered as their bits are, with NaN above infinity: a maximum that vectorizes and misses no NaN. */
typedef union {
  PetscReal value;
  PetscInt64 bits;
} Magnitude;
#define WITHOUT_SIGN 0x7fffffffffffffff

static inline PetscReal from_bits(PetscInt64 bits) {
  const Magnitude most = {.bits = bits};

  return PetscIsNanReal(most.value) ? PETSC_INFINITY : most.value;
}

/* Inlined with a constant number of states. Once a step, among hundreds of passes: clang may leave it as it is; in others GCC rounds differently. */
static inline __attribute__((always_inline)) PetscInt64 predict(PetscInt n, PetscInt n_states, const PetscReal *const y[], const PetscReal guess[],
                                                                const PetscReal weight[], PetscReal *restrict predicted, PetscReal *restrict rest) {
  PetscInt64 most = 0;

  HF_CELLS_GCC
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    PetscReal u[3] = {0, 0, 0}, v[3] = {0, 0, 0}, scale;

    for (PetscInt j = 0; j < n_states; ++j)
      for (int c = 0; c < 3; ++c) {
        u[c] += guess[j] * y[j][k + c];
        v[c] += weight[j] * y[j][k + c];
      }
    scale = 1 / PetscSqrtReal(u[0] * u[0] + u[1] * u[1] + u[2] * u[2] + 1e-200);
    for (int c = 0; c < 3; ++c) {
      Magnitude change;

      predicted[k + c] = scale * u[c];
      rest[k + c] = v[c];
      change.value = scale * u[c] - y[0][k + c];
      change.bits &= WITHOUT_SIGN;
      most = change.bits > most ? change.bits : most;
    }
  }
  return most;
}

HF_KERNEL PetscReal HfSpherePredict(PetscInt n, PetscInt n_states, const PetscReal *const y[], const PetscReal guess[], const PetscReal weight[],
                                    PetscReal predicted[], PetscReal rest[]) {
  switch (n_states) {
  case 2:
    return from_bits(predict(n, 2, y, guess, weight, predicted, rest));
  case 3:
    return from_bits(predict(n, 3, y, guess, weight, predicted, rest));
  case 4:
    return from_bits(predict(n, 4, y, guess, weight, predicted, rest));
  default:
    return from_bits(predict(n, n_states, y, guess, weight, predicted, rest));
  }
}

/* Clang vectorizes loops with a single comparison to their maximum. */
static inline PetscInt64 larger(PetscInt64 a, PetscInt64 b) { return a > b ? a : b; }
static inline PetscInt64 largest_of(const PetscInt64 bits[3]) { return larger(larger(bits[0], bits[1]), bits[2]); }

HF_KERNEL void HfSphereCorrect(PetscInt n, const PetscReal from[], const PetscReal x[], const PetscReal predicted[], PetscReal y[],
                               HfSphereChange *change) {
  PetscInt64 correction = 0, largest = 0;
  PetscReal square = 0;

  HF_CELLS
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    const PetscReal u = from[k] + x[k], v = from[k + 1] + x[k + 1], w = from[k + 2] + x[k + 2];
    const PetscReal scale = 1 / PetscSqrtReal(u * u + v * v + w * w + 1e-200);
    const PetscReal to[3] = {scale * u, scale * v, scale * w};
    PetscInt64 far[3], bits[3];

    for (int c = 0; c < 3; ++c) {
      const Magnitude distance = {.value = to[c] - predicted[k + c]}, step = {.value = x[k + c]};

      square += distance.value * distance.value;
      far[c] = distance.bits & WITHOUT_SIGN;
      bits[c] = step.bits & WITHOUT_SIGN;
      y[k + c] = to[c];
    }
    largest = larger(largest, largest_of(far));
    correction = larger(correction, largest_of(bits));
  }
  *change = (HfSphereChange){from_bits(correction), from_bits(largest), square};
}
