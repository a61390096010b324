/* The conductance matrix, I = G V, from unit solutions: phi_k with 1 V on contact k and the others grounded.

     G_kl = t * phi_k^T K phi_l,   k, l < N-1;   the last row and column from sum_k phi_k = 1, which carries no current
   With the exact solutions this is the reaction of solution l on contact k; with approximate ones its error is the product of both errors instead of one
   (variational), and G is symmetric by construction. With Hall currents K and G are not symmetric, and the error is that of one solution times the Hall
   angle.

   From contacts to terminals: a lumped resistance R_k between terminal k (V_k) and its ideal contact (u_k), floating contacts,
     I = G u;   driven: u_k + R_k I_k = V_k;   floating: I_k = 0
   One linear system (LAPACK gesv) for u in terms of V gives both u = C V and G_terminal = G C. */
#include "transport_impl.h"
#include <petscblaslapack.h>

PetscErrorCode HfCircuitReduce(PetscInt n, const PetscReal G_contact[], const PetscReal resistance[], const PetscBool floating[],
                               PetscReal G_terminal[], PetscReal contact_from_terminal[], PetscReal work[]) {
  PetscReal *M = work, *X = contact_from_terminal; /* by columns, as LAPACK wants them */
  PetscBLASInt order, *pivots, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(n, &order));
  PetscCall(PetscMalloc1(n, &pivots));
  for (PetscInt k = 0; k < n; ++k) {
    /* a floating row in units of its diagonal, comparable to the rows of driven contacts; a contact that is connected to nothing is put at 0 V */
    const PetscBool connected = (PetscBool)(G_contact[k * n + k] > 0);
    const PetscReal weight = floating[k] ? (connected ? 1 / G_contact[k * n + k] : 0) : resistance[k];
    for (PetscInt l = 0; l < n; ++l) {
      M[l * n + k] = weight * G_contact[k * n + l] + (k == l && !(floating[k] && connected) ? 1 : 0);
      X[l * n + k] = k == l && !floating[k] ? 1 : 0;
    }
  }
  PetscCallBLAS("LAPACKgesv", LAPACKgesv_(&order, &order, M, &order, pivots, X, &order, &info));
  PetscCall(PetscFree(pivots));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT, "floating contacts that no driven one reaches have no potential (LAPACK gesv: %d)",
             (int)info);
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < k; ++l) {
      const PetscReal swap = X[k * n + l];
      X[k * n + l] = X[l * n + k];
      X[l * n + k] = swap;
    }
  for (PetscInt k = 0; k < n; ++k) {
    for (PetscInt l = 0; l < n; ++l) {
      PetscReal sum = 0;
      for (PetscInt c = 0; c < n; ++c) sum += G_contact[k * n + c] * contact_from_terminal[c * n + l];
      G_terminal[k * n + l] = floating[k] || floating[l] ? 0 : sum;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfConductanceUnits(HfPotential p) {
  const PetscInt n = p->electrodes->n;

  PetscFunctionBeginUser;
  if (p->unit || n < 2) PetscFunctionReturn(0);
  PetscCall(PetscCalloc1(n - 1, &p->unit));
  for (PetscInt k = 0; k < n - 1; ++k) PetscCall(HfPotentialCreateVector(p, &p->unit[k]));
  PetscFunctionReturn(0);
}

/* b = K unit[l], owned vertices; contacts included. */
static PetscErrorCode reaction_of_unit(HfPotential p, PetscInt l) {
  const HfGhostRowsInfo *rows = p->rows;
  PetscScalar *b;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialLoad(p, p->unit[l]));
  HfStiffnessReaction(p, PETSC_TRUE);
  PetscCall(VecGetArrayWrite(p->b, &b));
  PetscCall(PetscArraycpy(b, p->reaction + HfGhostRowsAt(rows, rows->start), p->n_owned));
  PetscCall(VecRestoreArrayWrite(p->b, &b));
  PetscFunctionReturn(0);
}

/* Between pieces of the film nothing flows, and nothing by the only electrode of a piece: not even what round-off leaves. */
static PetscReal between(HfPotential p, PetscInt k, PetscInt l, PetscReal G) {
  const PetscInt *piece = p->electrodes->piece;

  return piece[k] == piece[l] && piece[k] >= 0 ? G : 0;
}

static PetscErrorCode contact_conductance(HfPotential p, PetscReal G[]) {
  const PetscInt n = p->electrodes->n;
  PetscReal total = 0;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < n - 1; ++l) {
    const PetscInt count = p->sigma.hall ? n - 1 : l + 1;

    PetscCall(reaction_of_unit(p, l));
    PetscCall(VecMDot(p->b, count, p->unit, p->work));
    for (PetscInt k = 0; k < count; ++k) G[k * n + l] = between(p, k, l, p->thickness * p->work[k]);
    for (PetscInt k = 0; k < l && !p->sigma.hall; ++k) G[l * n + k] = G[k * n + l];
  }
  for (PetscInt k = 0; k < n - 1; ++k) {
    PetscReal row = 0, column = 0;
    for (PetscInt l = 0; l < n - 1; ++l) {
      row += G[k * n + l];
      column += G[l * n + k];
    }
    G[k * n + n - 1] = between(p, k, n - 1, -row);
    G[(n - 1) * n + k] = between(p, k, n - 1, -column);
    total -= G[k * n + n - 1];
  }
  G[n * n - 1] = total;
  PetscFunctionReturn(0);
}

PetscErrorCode HfConductanceUpdate(HfPotential p) {
  HfElectrodes e = p->electrodes;
  PetscReal *u = p->work;

  PetscFunctionBeginUser;
  if (!e->n || p->unit_version == p->operator_version) PetscFunctionReturn(0);
  PetscCall(HfConductanceUnits(p));
  PetscCall(PetscArrayzero(u, e->n));
  for (PetscInt k = 0; k < e->n - 1; ++k) {
    u[k] = 1;
    PetscCall(HfPotentialSolveContacts(p, u, p->unit[k]));
    u[k] = 0;
  }
  PetscCall(contact_conductance(p, p->contact_G));
  PetscCall(HfCircuitReduce(e->n, p->contact_G, e->resistance, e->floating, p->terminal_G, p->contact_from_terminal, p->work));
  p->unit_version = p->operator_version;
  PetscFunctionReturn(0);
}

PetscErrorCode HfConductance(HfPotential p, PetscReal G[]) {
  const PetscInt n = p->electrodes->n;

  PetscFunctionBeginUser;
  PetscCall(HfConductanceUpdate(p));
  PetscCall(PetscArraycpy(G, p->terminal_G, n * n));
  PetscFunctionReturn(0);
}

void HfConductanceContacts(HfPotential p, const PetscReal V[], PetscReal u[]) {
  const PetscInt n = p->electrodes->n;

  for (PetscInt k = 0; k < n; ++k) {
    u[k] = 0;
    for (PetscInt l = 0; l < n; ++l)
      if (!p->electrodes->floating[l]) u[k] += p->contact_from_terminal[k * n + l] * V[l];
  }
}

PetscErrorCode HfPotentialSuperpose(HfPotential p, const PetscReal V[], Vec phi) {
  const PetscInt n = p->electrodes->n;
  PetscReal *u = p->work;

  PetscFunctionBeginUser;
  PetscCheck(p->unit, HfGridComm(p->grid), PETSC_ERR_ORDER, "HfConductance() must come before HfPotentialSuperpose()");
  HfConductanceContacts(p, V, u);
  /* phi = u_N + sum_k (u_k - u_N) phi_k on the film, 0 in the void */
  PetscCall(HfPotentialFill(p, u[n - 1], phi));
  for (PetscInt k = 0; k < n - 1; ++k) u[k] -= u[n - 1];
  PetscCall(VecMAXPY(phi, n - 1, u, p->unit));
  PetscFunctionReturn(0);
}

/* ---- the bench procedure for four nodes: the electrodes joined into a + and a - group, the current between them read for each of the seven ways.

   With g_ij = -G_ij: one against three, S_i = sum_j g_ij; two against two, P_12 = g_13 + g_14 + g_23 + g_24 and so on, hence
     g_12 = (S_1 + S_2 - P_12)/2, ...   and   S_1 + S_2 + S_3 + S_4 = P_12 + P_13 + P_14
   Six readings give the six g_ij; the seventh, P_14, is predicted and compared. Niu et al. 2024, Methods. ---- */
/* Conductance between the groups, half a volt on each side of zero: the power at 1 V. */
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
  const PetscReal predicted = sum - P[1] - P[2];
  *deviation = PetscAbsReal(P[3] - predicted) / P[3];
  P[3] = predicted;
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      const int pairing = i == 0 ? j : j == 0 ? i : 6 - i - j; /* the P whose groups are {i,j} and the other two */
      G[4 * i + j] = i == j ? S[i] : -0.5 * (S[i] + S[j] - P[pairing]);
    }
  }
  PetscFunctionReturn(0);
}
