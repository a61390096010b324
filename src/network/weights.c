/* weights.c: from conductance to Hopfield weights.
     saturated  w = G - G0                     Yu et al. 2021; G0: film saturated along z
     scaled     w = G - xi G0                  Niu et al. 2024, Methods: the bench protocol with xi = 0.98
     midrange   w = G - (Gmin + Gmax)/2        Niu et al. 2024, after Eq. (4): per pair over a training set */
#include <hopfilm/network.h>

const char *const HfWeightsNames[] = {"saturated", "scaled", "midrange", NULL};

PetscErrorCode HfMidrange(PetscInt n, PetscInt n_set, const PetscReal set[], PetscReal G_min[], PetscReal G_max[]) {
  PetscFunctionBeginUser;
  PetscCheck(n_set > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "midrange needs at least one conductance matrix");
  for (PetscInt e = 0; e < n * n; e++) {
    G_min[e] = G_max[e] = set[e];
    for (PetscInt s = 1; s < n_set; s++) {
      G_min[e] = PetscMin(G_min[e], set[s * n * n + e]);
      G_max[e] = PetscMax(G_max[e], set[s * n * n + e]);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeights(HfWeightsKind kind, PetscInt n, const PetscReal G[], const PetscReal G0[], PetscReal xi, PetscInt n_set,
                         const PetscReal set[], PetscBool with_diagonal, PetscReal w[]) {
  PetscReal *G_min, *G_max;

  PetscFunctionBeginUser;
  switch (kind) {
  case HF_WEIGHTS_SATURATED:
    for (PetscInt e = 0; e < n * n; e++) w[e] = G[e] - G0[e];
    break;
  case HF_WEIGHTS_SCALED:
    for (PetscInt e = 0; e < n * n; e++) w[e] = G[e] - xi * G0[e];
    break;
  case HF_WEIGHTS_MIDRANGE:
    PetscCall(PetscMalloc2(n * n, &G_min, n * n, &G_max));
    PetscCall(HfMidrange(n, n_set, set, G_min, G_max));
    for (PetscInt e = 0; e < n * n; e++) w[e] = G[e] - 0.5 * (G_min[e] + G_max[e]);
    PetscCall(PetscFree2(G_min, G_max));
    break;
  default:
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "unknown kind of weights %d", (int)kind);
  }
  if (!with_diagonal)
    for (PetscInt i = 0; i < n; i++) w[i * n + i] = 0.0;
  PetscFunctionReturn(0);
}
