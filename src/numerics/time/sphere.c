/* Loops over fields of unit vectors that implicit steppers share, each one pass over memory. */
#include "sphere.h"

/* Non-negative numbers are ordered as their bits are, with NaN above infinity: a maximum that vectorizes and misses no NaN. */
typedef union {
  PetscReal value;
  PetscInt64 bits;
} Magnitude;
#define WITHOUT_SIGN 0x7fffffffffffffff

static inline PetscInt64 larger(PetscInt64 a, PetscInt64 b) { return a > b ? a : b; }
/* The largest of three at once: loops with one comparison to their maximum vectorize with every compiler. */
static inline PetscInt64 largest_of(const PetscReal a[3]) {
  const Magnitude x = {.value = a[0]}, y = {.value = a[1]}, z = {.value = a[2]};

  return larger(larger(x.bits & WITHOUT_SIGN, y.bits & WITHOUT_SIGN), z.bits & WITHOUT_SIGN);
}
static inline PetscReal from_bits(PetscInt64 bits) {
  const Magnitude most = {.bits = bits};

  return PetscIsNanReal(most.value) ? PETSC_INFINITY : most.value;
}

/* Inlined with a constant number of states. */
static inline __attribute__((always_inline)) PetscInt64 predict(PetscInt n, PetscInt n_states, const PetscReal *const y[], const PetscReal guess[],
                                                                const PetscReal weight[], PetscReal *restrict predicted, PetscReal *restrict rest) {
  PetscInt64 most = 0;

  HF_CELLS
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    PetscReal u[3] = {0, 0, 0}, v[3] = {0, 0, 0}, change[3], scale;

    for (PetscInt j = 0; j < n_states; ++j)
      for (int c = 0; c < 3; ++c) {
        u[c] += guess[j] * y[j][k + c];
        v[c] += weight[j] * y[j][k + c];
      }
    scale = 1 / PetscSqrtReal(u[0] * u[0] + u[1] * u[1] + u[2] * u[2] + 1e-200);
    for (int c = 0; c < 3; ++c) {
      predicted[k + c] = scale * u[c];
      rest[k + c] = v[c];
      change[c] = scale * u[c] - y[0][k + c];
    }
    most = larger(most, largest_of(change));
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
  default: /* no higher order than 3 */
    return from_bits(predict(n, 4, y, guess, weight, predicted, rest));
  }
}

HF_KERNEL void HfSphereCorrect(PetscInt n, const PetscReal from[], const PetscReal x[], const PetscReal predicted[], PetscReal y[],
                               HfSphereChange *change) {
  PetscInt64 correction = 0, largest = 0;
  PetscReal square = 0;

  HF_CELLS
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    const PetscReal u = from[k] + x[k], v = from[k + 1] + x[k + 1], w = from[k + 2] + x[k + 2];
    const PetscReal scale = 1 / PetscSqrtReal(u * u + v * v + w * w + 1e-200);
    const PetscReal to[3] = {scale * u, scale * v, scale * w};
    const PetscReal distance[3] = {to[0] - predicted[k], to[1] - predicted[k + 1], to[2] - predicted[k + 2]};

    for (int c = 0; c < 3; ++c) {
      square += distance[c] * distance[c];
      y[k + c] = to[c];
    }
    largest = larger(largest, largest_of(distance));
    correction = larger(correction, largest_of(x + k));
  }
  *change = (HfSphereChange){from_bits(correction), from_bits(largest), square};
}
