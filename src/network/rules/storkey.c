/* One pattern after the other, each corrected by the fields that those before it make in it (Storkey 1997):
     w_ij += ( x_i x_j - x_i h_ji - x_j h_ij ) / N,   h_ij = sum_{k != i,j} w_ik x_k       zero diagonal
   Local and incremental like the outer product, with a capacity of N / sqrt(2 ln N) in place of N / (2 ln N). */
#include "rules.h"

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  PetscReal *h;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(w, (size_t)n * n));
  PetscCall(PetscMalloc1(n, &h));
  for (PetscInt p = 0; p < n_patterns; p++, x += n) {
    for (PetscInt i = 0; i < n; ++i) {
      h[i] = 0.0;
      for (PetscInt k = 0; k < n; ++k) h[i] += w[i * n + k] * x[k];
    }
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt j = 0; j < i; ++j) {
        const PetscReal h_ij = h[i] - w[i * n + j] * x[j], h_ji = h[j] - w[i * n + j] * x[i];
        w[i * n + j] += (x[i] * x[j] - x[i] * h_ji - x[j] * h_ij) / n;
        w[j * n + i] = w[i * n + j];
      }
  }
  PetscCall(PetscFree(h));
  PetscFunctionReturn(0);
}

const HfRule HfRule_Storkey = {.name = "storkey",
                               .doc = "the outer product corrected by the fields of the patterns stored before, zero diagonal",
                               .citation = "storkey-1997",
                               .learn = learn};
