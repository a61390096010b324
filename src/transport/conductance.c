/* The conductance matrix, I = G V, from unit solutions: phi_k with 1 V on contact k and the others grounded.

     G_kl = t * phi_k^T K phi_l,   k, l < N-1;   the last row and column from sum_k phi_k = 1, which carries no current
   On the exact solutions this is the reaction of solution l on contact k; on approximate ones its error is the product of both errors instead of one
   (variational), and G is symmetric by itself. With Hall currents K and G are not symmetric, and the error is that of one solution times the Hall angle.
   Contact resistances and floating electrodes are circuit algebra on G (circuit.c). */
#include "transport_impl.h"

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
  HfStiffnessReaction(p);
  PetscCall(VecGetArrayWrite(p->b, &b));
  PetscCall(PetscArraycpy(b, p->reaction + HfGhostRowsAt(rows, rows->start), p->n_owned));
  PetscCall(VecRestoreArrayWrite(p->b, &b));
  PetscFunctionReturn(0);
}

static PetscErrorCode contact_conductance(HfPotential p, PetscReal G[]) {
  const PetscInt n = p->electrodes->n;
  PetscReal total = 0;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < n - 1; ++l) {
    const PetscInt count = p->sigma.hall ? n - 1 : l + 1;

    PetscCall(reaction_of_unit(p, l));
    PetscCall(VecMDot(p->b, count, p->unit, p->work));
    for (PetscInt k = 0; k < count; ++k) G[k * n + l] = p->thickness * p->work[k];
    for (PetscInt k = 0; k < l && !p->sigma.hall; ++k) G[l * n + k] = G[k * n + l];
  }
  for (PetscInt k = 0; k < n - 1; ++k) {
    PetscReal row = 0, column = 0;
    for (PetscInt l = 0; l < n - 1; ++l) {
      row += G[k * n + l];
      column += G[l * n + k];
    }
    G[k * n + n - 1] = -row;
    G[(n - 1) * n + k] = -column;
    total += row;
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

PetscErrorCode HfConductance(HfPotential p, PetscBool keep_solutions, PetscReal G[]) {
  const PetscInt n = p->electrodes->n;

  PetscFunctionBeginUser;
  PetscCall(HfConductanceUpdate(p));
  PetscCall(PetscArraycpy(G, p->terminal_G, n * n));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialSuperpose(HfPotential p, const PetscReal V[], Vec phi) {
  const PetscInt n = p->electrodes->n;
  PetscReal *u = p->work;

  PetscFunctionBeginUser;
  PetscCheck(p->unit, HfGridComm(p->grid), PETSC_ERR_ORDER, "HfConductance() must come before HfPotentialSuperpose()");
  PetscCall(PetscArrayzero(u, n));
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < n; ++l)
      if (!p->electrodes->floating[l]) u[k] += p->contact_from_terminal[k * n + l] * V[l];
  /* phi = u_N + sum_k (u_k - u_N) phi_k on the film, 0 in the void */
  PetscCall(HfPotentialFill(p, u[n - 1], phi));
  for (PetscInt k = 0; k < n - 1; ++k) u[k] -= u[n - 1];
  PetscCall(VecMAXPY(phi, n - 1, u, p->unit));
  PetscFunctionReturn(0);
}
