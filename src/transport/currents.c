/* Currents of a potential.

     j = -Sigma grad phi at the cell centres;   I_k = t * sum of the reactions K phi on the vertices of contact k, into the film
   The reactions of all vertices sum to zero, and so do the I_k up to what the solver left on the free vertices. The current that leads bring into the layer
   is these reactions, spread over the cells around each vertex. */
#include "transport_impl.h"

PetscErrorCode HfCurrentsOfContacts(HfPotential p, Vec phi, PetscReal currents[]) {
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t own = HfGhostRowsAt(rows, rows->start);
  const PetscInt n = p->electrodes->n;
  PetscMPIInt count;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialLoad(p, phi));
  HfStiffnessReaction(p, PETSC_TRUE);
  PetscCall(PetscArrayzero(currents, n));
  for (PetscInt c = 0; c < p->n_contact; ++c) currents[p->contact[c].electrode] += p->thickness * p->reaction[own + p->contact[c].at];
  PetscCall(PetscMPIIntCast(n, &count));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, currents, count, MPIU_REAL, MPI_SUM, HfGridComm(p->grid)));
  PetscFunctionReturn(0);
}

static PetscErrorCode current_density(HfPotential p, Vec phi, PetscBool whole_cells, Vec cells) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;
  const PetscReal to_x = 0.5 / g->dx, to_y = 0.5 / g->dy;
  PetscScalar *out;
  Vec j;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialRows(p, 2, cells, &j));
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
  }
  HfCutCurrentDensity(p, whole_cells, out);
  for (PetscInt row = g->ys; p->thickness_varies && row < g->ys + g->ym; ++row) HfFilmCurrentRow(p, row, out + (ptrdiff_t)2 * (row - g->ys) * g->nx);
  PetscCall(VecRestoreArrayWrite(j, &out));
  if (j != cells) PetscCall(HfGridFromWholeRows(p->film_grid, 2, j, cells));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCurrentDensity(HfPotential p, Vec phi, Vec j) {
  PetscFunctionBeginUser;
  PetscCall(current_density(p, phi, PETSC_FALSE, j));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCellCurrent(HfPotential p, Vec phi, Vec j) {
  PetscFunctionBeginUser;
  PetscCall(current_density(p, phi, PETSC_TRUE, j));
  PetscFunctionReturn(0);
}

/* Every vertex of a contact the same share of its current. */
static PetscErrorCode share_evenly(HfPotential p, Vec phi) {
  const ptrdiff_t own = HfGhostRowsAt(p->rows, p->rows->start);
  const PetscInt n = p->electrodes->n;
  PetscReal *currents, *vertices;
  PetscMPIInt count;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(n, &currents, n, &vertices));
  PetscCall(HfCurrentsOfContacts(p, phi, currents));
  for (PetscInt c = 0; c < p->n_contact; ++c) vertices[p->contact[c].electrode] += 1;
  PetscCall(PetscMPIIntCast(n, &count));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, vertices, count, MPIU_REAL, MPI_SUM, HfGridComm(p->grid)));
  for (PetscInt c = 0; c < p->n_contact; ++c) {
    const PetscInt k = p->contact[c].electrode;
    p->reaction[own + p->contact[c].at] = currents[k] / (p->thickness * vertices[k]);
  }
  PetscCall(PetscFree2(currents, vertices));
  PetscFunctionReturn(0);
}

/* Conducting cells around vertex (i,j). */
static PetscInt cells_around(HfElectrodes e, PetscInt i, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const ptrdiff_t w = g->nx + 2;
  const uint8_t *ne = e->conducts + (j - (g->ys - 1)) * w + i + 1; /* the cell up and to the right */

  return (ne[0] != HF_CELL_VOID) + (ne[-1] != HF_CELL_VOID) + (ne[-w] != HF_CELL_VOID) + (ne[-w - 1] != HF_CELL_VOID);
}

PetscErrorCode HfPotentialLeadCurrentDensity(HfPotential p, Vec phi, PetscBool uniform, Vec current) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t own = HfGhostRowsAt(rows, rows->start);
  const PetscReal density = p->thickness / (g->dx * g->dy);
  PetscReal *into = p->reaction;
  PetscScalar *out;
  Vec j_z;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialRows(p, 1, current, &j_z));
  if (uniform)
    PetscCall(share_evenly(p, phi));
  else {
    PetscCall(HfPotentialLoad(p, phi));
    HfStiffnessReaction(p, PETSC_FALSE);
  }
  for (PetscInt k = 0; k < p->n_owned; ++k)
    if (!p->held[own + k]) into[own + k] = 0; /* what the solver left */
  for (PetscInt c = 0; c < p->n_contact; ++c)
    if (p->electrodes->floating[p->contact[c].electrode]) into[own + p->contact[c].at] = 0;
  if (!uniform) HfCutLeadCurrent(p, into);
  for (PetscInt j = g->ys; j < g->ys + rows->end - rows->start; ++j)
    for (PetscInt i = 0; i <= g->nx; ++i) {
      const PetscInt cells = cells_around(p->electrodes, i, j);
      PetscReal *value = &into[HfGhostRowsAt(rows, j) + i];
      *value *= cells > 0 ? density / (PetscReal)cells : 0;
    }
  PetscCall(HfGhostRowsFill(p->vertices, into, HF_ROWS_ALL));
  PetscCall(VecGetArrayWrite(j_z, &out));
  for (PetscInt j = 0; j < g->ym; ++j) {
    const PetscReal *low = into + HfGhostRowsAt(rows, g->ys + j), *high = low + rows->n;
    for (PetscInt i = 0; i < g->nx; ++i)
      out[j * g->nx + i] = p->electrodes->conducts[(j + 1) * (g->nx + 2) + i + 1] ? low[i] + low[i + 1] + high[i] + high[i + 1] : 0;
  }
  PetscCall(VecRestoreArrayWrite(j_z, &out));
  if (j_z != current) PetscCall(HfGridFromWholeRows(p->film_grid, 1, j_z, current));
  PetscFunctionReturn(0);
}
