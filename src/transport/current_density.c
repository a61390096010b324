/* Currents of a potential.

     j = -Sigma grad phi at the cell centres;   I_k = t * sum of the reactions K phi on the vertices of contact k, into the film
   The reactions of all vertices sum to zero, so the I_k do up to what the solver left on the free vertices. */
#include "transport_impl.h"

PetscErrorCode HfCurrentsOfContacts(HfPotential p, Vec phi, PetscReal currents[]) {
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t own = HfGhostRowsAt(rows, rows->start);
  const PetscInt n = p->electrodes->n;
  PetscMPIInt count;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialLoad(p, phi));
  HfStiffnessReaction(p);
  PetscCall(PetscArrayzero(currents, n));
  for (PetscInt c = 0; c < p->n_contact; ++c) currents[p->contact[c].electrode] += p->thickness * p->reaction[own + p->contact[c].at];
  PetscCall(PetscMPIIntCast(n, &count));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, currents, count, MPIU_REAL, MPI_SUM, HfGridComm(p->grid)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCurrentDensity(HfPotential p, Vec phi, Vec j) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;
  const PetscReal to_x = 0.5 / g->dx, to_y = 0.5 / g->dy;
  PetscScalar *out;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialLoad(p, phi));
  PetscCall(VecGetArrayWrite(j, &out));
  for (PetscInt row = g->ys; row < g->ys + g->ym; ++row) {
    const PetscReal *low = p->phi + HfGhostRowsAt(rows, row), *high = low + rows->n;
    const ptrdiff_t cell = (ptrdiff_t)(row - (g->ys - 1)) * (g->nx + 2) + 1;
    PetscScalar *to = out + (ptrdiff_t)2 * (row - g->ys) * g->nx;

    for (PetscInt i = 0; i < g->nx; ++i) {
      const PetscReal gx = to_x * (low[i + 1] - low[i] + high[i + 1] - high[i]), gy = to_y * (high[i] - low[i] + high[i + 1] - low[i + 1]);
      to[2 * i] = -(p->sigma.xx[cell + i] * gx + p->sigma.xy[cell + i] * gy);
      to[2 * i + 1] = -(p->sigma.xy[cell + i] * gx + p->sigma.yy[cell + i] * gy);
    }
    if (p->sigma.hall) HfHallCurrentRow(p, row, to);
    if (p->thickness_varies) HfFilmCurrentRow(p, row, to);
  }
  PetscCall(VecRestoreArrayWrite(j, &out));
  PetscFunctionReturn(0);
}
