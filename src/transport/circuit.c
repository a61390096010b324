/* From contacts to terminals: a lumped resistance R_k between terminal k (V_k) and its ideal contact (u_k), floating contacts.

     I = G u;   driven: u_k + R_k I_k = V_k;   floating: I_k = 0
   One linear system for u in terms of V gives both u = C V and G_terminal = G C. */
#include "transport_impl.h"

/* Solves M X = X in place, Gaussian elimination with row pivoting; a zero pivot leaves that unknown at zero. */
static void solve(PetscInt n, PetscReal M[], PetscReal X[]) {
  for (PetscInt k = 0; k < n; ++k) {
    PetscInt pivot = k;
    for (PetscInt i = k + 1; i < n; ++i)
      if (PetscAbsReal(M[i * n + k]) > PetscAbsReal(M[pivot * n + k])) pivot = i;
    for (PetscInt c = 0; c < n; ++c) {
      PetscReal swap = M[k * n + c];
      M[k * n + c] = M[pivot * n + c];
      M[pivot * n + c] = swap;
      swap = X[k * n + c];
      X[k * n + c] = X[pivot * n + c];
      X[pivot * n + c] = swap;
    }
    const PetscReal inverse = M[k * n + k] != 0 ? 1 / M[k * n + k] : 0;
    for (PetscInt c = 0; c < n; ++c) {
      M[k * n + c] *= inverse;
      X[k * n + c] *= inverse;
    }
    for (PetscInt i = 0; i < n; ++i) {
      const PetscReal factor = M[i * n + k];
      if (i == k || factor == 0) continue;
      for (PetscInt c = 0; c < n; ++c) {
        M[i * n + c] -= factor * M[k * n + c];
        X[i * n + c] -= factor * X[k * n + c];
      }
    }
  }
}

PetscErrorCode HfCircuitReduce(PetscInt n, const PetscReal G_contact[], const PetscReal resistance[], const PetscBool floating[],
                               PetscReal G_terminal[], PetscReal contact_from_terminal[], PetscReal work[]) {
  PetscReal *M = work;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n; ++k) {
    /* a floating row in units of its diagonal, so that it stands beside the rows of driven contacts */
    const PetscReal weight = floating[k] ? (G_contact[k * n + k] > 0 ? 1 / G_contact[k * n + k] : 0) : resistance[k];
    for (PetscInt l = 0; l < n; ++l) {
      M[k * n + l] = weight * G_contact[k * n + l] + (k == l && !floating[k] ? 1 : 0);
      contact_from_terminal[k * n + l] = k == l && !floating[k] ? 1 : 0;
    }
  }
  solve(n, M, contact_from_terminal);
  for (PetscInt k = 0; k < n; ++k) {
    for (PetscInt l = 0; l < n; ++l) {
      PetscReal sum = 0;
      for (PetscInt c = 0; c < n; ++c) sum += G_contact[k * n + c] * contact_from_terminal[c * n + l];
      G_terminal[k * n + l] = floating[k] || floating[l] ? 0 : sum;
    }
  }
  PetscFunctionReturn(0);
}
