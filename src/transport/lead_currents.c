/* The current that leads bring into a layer: the reactions on the vertices of its contacts, spread over the cells around each of them. */
#include "transport_impl.h"

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

static PetscInt cells_around(const HfGridInfo *g, const int8_t *regions, PetscInt i, PetscInt j) {
  return (HfRegionAt(g, regions, i, j) >= 0) + (HfRegionAt(g, regions, i - 1, j) >= 0) + (HfRegionAt(g, regions, i, j - 1) >= 0) +
         (HfRegionAt(g, regions, i - 1, j - 1) >= 0);
}

PetscErrorCode HfPotentialLeadCurrentDensity(HfPotential p, Vec phi, PetscBool uniform, Vec j_z) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const int8_t *regions = HfGridRegions(p->grid);
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t own = HfGhostRowsAt(rows, rows->start);
  const PetscReal density = p->thickness / (g->dx * g->dy);
  PetscReal *into = p->reaction;
  PetscScalar *out;

  PetscFunctionBeginUser;
  if (uniform)
    PetscCall(share_evenly(p, phi));
  else {
    PetscCall(HfPotentialLoad(p, phi));
    HfStiffnessReaction(p);
  }
  for (PetscInt k = 0; k < p->n_owned; ++k)
    if (!p->held[own + k]) into[own + k] = 0; /* what the solver left */
  for (PetscInt c = 0; c < p->n_contact; ++c)
    if (p->electrodes->floating[p->contact[c].electrode]) into[own + p->contact[c].at] = 0;
  for (PetscInt j = g->ys; j < g->ys + rows->end - rows->start; ++j)
    for (PetscInt i = 0; i <= g->nx; ++i) {
      const PetscInt cells = cells_around(g, regions, i, j);
      PetscReal *value = &into[HfGhostRowsAt(rows, j) + i];
      *value *= cells > 0 ? density / (PetscReal)cells : 0;
    }
  PetscCall(HfGhostRowsFill(p->vertices, into, HF_ROWS_ALL));
  PetscCall(VecGetArrayWrite(j_z, &out));
  for (PetscInt j = 0; j < g->ym; ++j) {
    const PetscReal *low = into + HfGhostRowsAt(rows, g->ys + j), *high = low + rows->n;
    for (PetscInt i = 0; i < g->nx; ++i)
      out[j * g->nx + i] = HfRegionAt(g, regions, i, g->ys + j) >= 0 ? low[i] + low[i + 1] + high[i] + high[i + 1] : 0;
  }
  PetscCall(VecRestoreArrayWrite(j_z, &out));
  PetscFunctionReturn(0);
}
