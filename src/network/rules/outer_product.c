/* W = (1/N) sum_p x^p x^pT with zero diagonal (Hopfield 1982), the rule most physical networks are trained with. */
#include "rules.h"

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(w, n * n));
  for (PetscInt p = 0; p < n_patterns; ++p)
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt j = 0; j < n; ++j)
        if (i != j) w[i * n + j] += x[p * n + i] * x[p * n + j] / n;
  PetscFunctionReturn(0);
}

const HfRule HfRule_OuterProduct = {
    .name = "outer-product", .doc = "w = (1/N) sum of x xT over the stored patterns, zero diagonal", .citation = "hopfield-1982", .learn = learn};
