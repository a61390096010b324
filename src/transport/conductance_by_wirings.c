/* The bench procedure for four nodes: the electrodes joined into a + and a - group, the current between them read for every one of the seven ways.

   With g_ij = -G_ij: one against three, S_i = sum_j g_ij; two against two, P_12 = g_13 + g_14 + g_23 + g_24 and alike, so that
     g_12 = (S_1 + S_2 - P_12)/2, ...   and   S_1 + S_2 + S_3 + S_4 = P_12 + P_13 + P_14
   Six readings give the six g_ij; the seventh, P_14, is foretold and compared. Niu et al. 2024, Methods. */
#include "transport_impl.h"

/* Conductance between the groups: half a volt each side of zero, the power drawn in units of 1 V. */
static PetscErrorCode measure(HfPotential p, const PetscReal sign[4], Vec phi, PetscReal *conductance) {
  PetscReal V[4], currents[4];

  PetscFunctionBeginUser;
  for (int k = 0; k < 4; ++k) V[k] = 0.5 * sign[k];
  PetscCall(HfPotentialSolve(p, V, phi, currents));
  *conductance = 0;
  for (int k = 0; k < 4; ++k) *conductance += V[k] * currents[k];
  PetscFunctionReturn(0);
}

PetscErrorCode HfConductanceByWirings(HfPotential p, PetscReal G[16], PetscReal *deviation) {
  PetscReal S[4], P[4], sum = 0; /* P[k]: nodes 0 and k against the others */
  Vec phi;

  PetscFunctionBeginUser;
  PetscCheck(p->electrodes->n == 4, HfGridComm(p->grid), PETSC_ERR_ARG_SIZ, "the seven wirings are those of four electrodes, not of %" PetscInt_FMT,
             p->electrodes->n);
  PetscCall(HfPotentialCreateVector(p, &phi));
  for (int k = 0; k < 4; ++k) {
    PetscReal sign[4] = {-1, -1, -1, -1};
    sign[k] = 1;
    PetscCall(measure(p, sign, phi, &S[k]));
    sum += S[k];
  }
  for (int k = 1; k < 4; ++k) {
    PetscReal sign[4] = {1, -1, -1, -1};
    sign[k] = 1;
    PetscCall(measure(p, sign, phi, &P[k]));
  }
  PetscCall(VecDestroy(&phi));
  const PetscReal foretold = sum - P[1] - P[2];
  *deviation = PetscAbsReal(P[3] - foretold) / P[3];
  P[3] = foretold;
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      const int pairing = i == 0 ? j : j == 0 ? i : 6 - i - j; /* the P whose groups are {i,j} and the other two */
      G[4 * i + j] = i == j ? S[i] : -0.5 * (S[i] + S[j] - P[pairing]);
    }
  }
  PetscFunctionReturn(0);
}
