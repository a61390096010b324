/* From conductance to Hopfield weights.
     saturated  w = G - G0                     Yu et al. 2021; G0: film saturated along z
     scaled     w = G - xi G0                  Niu et al. 2024, Methods: the bench protocol with xi = 0.98
     midrange   w = G - (Gmin + Gmax)/2        Niu et al. 2024, after Eq. (4): per pair over a training set
     resistance w = R - xi R0, R = G^+         Yu et al. 2021, "negative feedback": voltage and current are exchanged. The pattern is one of
                                               currents, with the power I.R.I; where training lowers G along the trained pattern it raises
                                               I.R.I there, so that the trained pattern is again that of lowest energy */
#include <hopfilm/network.h>
#include <petscblaslapack.h>

const char *const HfWeightsNames[] = {"saturated", "scaled", "midrange", "resistance", NULL};

PetscBool HfWeightsHaveXi(HfWeightsKind kind) { return (PetscBool)(kind == HF_WEIGHTS_SCALED || kind == HF_WEIGHTS_RESISTANCE); }

/* With J a matrix of ones, G + c J has the inverse R + J/(c n^2) for any c > 0, because G 1 = 0 and 1.G = 0: an LU factorization of LAPACK in place of the
   singular values. Electrodes with zero rows are left out. */
PetscErrorCode HfResistance(PetscInt n, const PetscReal G[], PetscReal R[]) {
  PetscInt *used, count = 0;
  PetscReal *a, *work, c = 0.0;
  PetscBLASInt order, length, *pivots, info = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(n, &used, n * n, &a, n * n, &work, n, &pivots));
  for (PetscInt i = 0; i < n; ++i)
    if (G[i * n + i] != 0.0) {
      used[count++] = i;
      c += G[i * n + i];
    }
  PetscCheck(count > 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "a conductance matrix without conductances has no resistances");
  c /= count * count; /* so that both terms are of one size */
  for (PetscInt i = 0; i < count; ++i)
    for (PetscInt j = 0; j < count; ++j) a[i * count + j] = G[used[i] * n + used[j]] + c;
  PetscCall(PetscBLASIntCast(count, &order));
  PetscCall(PetscBLASIntCast(count * count, &length));
  PetscCallBLAS("LAPACKgetrf", LAPACKgetrf_(&order, &order, a, &order, pivots, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT, "the electrodes are not all connected: their resistances are infinite");
  PetscCallBLAS("LAPACKgetri", LAPACKgetri_(&order, a, &order, pivots, work, &length, &info));
  PetscCall(PetscArrayzero(R, n * n));
  for (PetscInt i = 0; i < count; ++i)
    for (PetscInt j = 0; j < count; ++j) R[used[i] * n + used[j]] = a[i * count + j] - 1.0 / (c * count * count);
  PetscCall(PetscFree4(used, a, work, pivots));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMidrange(PetscInt n, PetscInt n_set, const PetscReal set[], PetscReal G_min[], PetscReal G_max[]) {
  PetscFunctionBeginUser;
  PetscCheck(n_set > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "midrange needs at least one conductance matrix");
  for (PetscInt e = 0; e < n * n; ++e) {
    G_min[e] = G_max[e] = set[e];
    for (PetscInt s = 1; s < n_set; ++s) {
      G_min[e] = PetscMin(G_min[e], set[s * n * n + e]);
      G_max[e] = PetscMax(G_max[e], set[s * n * n + e]);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfWeights(HfWeightsKind kind, PetscInt n, const PetscReal G[], const PetscReal G0[], PetscReal xi, PetscInt n_set,
                         const PetscReal set[], PetscBool with_diagonal, PetscReal w[]) {
  PetscReal *G_min, *G_max, *R0;

  PetscFunctionBeginUser;
  switch (kind) {
  case HF_WEIGHTS_SATURATED:
    for (PetscInt e = 0; e < n * n; ++e) w[e] = G[e] - G0[e];
    break;
  case HF_WEIGHTS_SCALED:
    for (PetscInt e = 0; e < n * n; ++e) w[e] = G[e] - xi * G0[e];
    break;
  case HF_WEIGHTS_RESISTANCE:
    PetscCall(PetscMalloc1(n * n, &R0));
    PetscCall(HfResistance(n, G, w));
    PetscCall(HfResistance(n, G0, R0));
    for (PetscInt e = 0; e < n * n; ++e) w[e] -= xi * R0[e];
    PetscCall(PetscFree(R0));
    break;
  case HF_WEIGHTS_MIDRANGE:
    PetscCall(PetscMalloc2(n * n, &G_min, n * n, &G_max));
    PetscCall(HfMidrange(n, n_set, set, G_min, G_max));
    for (PetscInt e = 0; e < n * n; ++e) w[e] = G[e] - 0.5 * (G_min[e] + G_max[e]);
    PetscCall(PetscFree2(G_min, G_max));
    break;
  default:
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "unknown kind of weights %d", (int)kind);
  }
  if (!with_diagonal)
    for (PetscInt i = 0; i < n; ++i) w[i * n + i] = 0.0;
  PetscFunctionReturn(0);
}
