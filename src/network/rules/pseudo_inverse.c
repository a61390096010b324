/* The projector on the span of the stored patterns, w = X X^+ (Personnaz, Guyon, Dreyfus 1986), here without its diagonal.
   With the diagonal w x = x for every pattern; without it h_i = (1 - w_ii) x_i, and w_ii <= 1: all patterns stay fixed points, while a larger
   diagonal would only hold wrong states as well. It is the best that pair weights can do on linearly independent patterns, but not local.
   The projector is sum q qT over an orthonormal basis q of the patterns (Gram and Schmidt, twice). */
#include "rules.h"

#define DEPENDENT 1e-10 /* part of |x|^2 below which a pattern lies in the span of those before */
#define ROUND_OFF 1e-12 /* projector elements below are 0: a node that any pattern may set freely must feel nothing */

static PetscReal dot(PetscInt n, const PetscReal a[], const PetscReal b[]) {
  PetscReal sum = 0.0;
  for (PetscInt i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  PetscReal *basis;
  PetscInt rank = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)n * PetscMax(n_patterns, 1), &basis));
  for (PetscInt p = 0; p < n_patterns; ++p) {
    PetscReal *q = basis + rank * n, norm;
    PetscCall(PetscArraycpy(q, x + p * n, n));
    for (PetscInt pass = 0; pass < 2; ++pass)
      for (PetscInt r = 0; r < rank; ++r) {
        const PetscReal along = dot(n, q, basis + r * n);
        for (PetscInt i = 0; i < n; ++i) q[i] -= along * basis[r * n + i];
      }
    norm = dot(n, q, q);
    if (norm <= DEPENDENT * n) continue;
    for (PetscInt i = 0; i < n; ++i) q[i] /= PetscSqrtReal(norm);
    ++rank;
  }
  PetscCall(PetscArrayzero(w, (size_t)n * n));
  for (PetscInt r = 0; r < rank; ++r)
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt j = 0; j < n; ++j) w[i * n + j] += basis[r * n + i] * basis[r * n + j];
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j)
      if (i == j || PetscAbsReal(w[i * n + j]) < ROUND_OFF) w[i * n + j] = 0.0;
  PetscCall(PetscFree(basis));
  PetscFunctionReturn(0);
}

const HfRule HfRule_PseudoInverse = {.name = "pseudo-inverse",
                                     .doc = "the projector on the stored patterns with its diagonal set to zero; every pattern stays a fixed point",
                                     .citation = "personnaz-1986",
                                     .learn = learn};
