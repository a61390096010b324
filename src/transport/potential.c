/* The potential of one conducting layer: div(Sigma grad phi) = 0, phi = u_k on contact k, no current through free edges.

   phi = x + lift, where lift is u_k on the contacts and 0 elsewhere: A x = -(K lift) on the free vertices, K the stiffness of all vertices
   (stiffness.c), A its part that couples free vertices. Void vertices stay 0. */
#include "transport_impl.h"

static const PetscReal DEFAULT_TOLERANCE = 1e-10; /* where there is no deck */

/* The vertices held by electrodes, as a list of the owned ones and as flags with ghost rows (which travel by way of phi), and those of the film. */
static PetscErrorCode mark_vertices(HfPotential p) {
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t own = HfGhostRowsAt(rows, rows->start), all = HfGhostRowsAt(rows, rows->end + 1);
  const int16_t *vertices = p->electrodes->vertices;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < p->n_owned; ++k) {
    p->phi[own + k] = vertices[k] < 0 ? HF_VERTEX_FREE : p->electrodes->floating[vertices[k]] ? HF_VERTEX_FLOATING : HF_VERTEX_HELD;
    p->n_contact += vertices[k] >= 0;
  }
  PetscCall(HfGhostRowsFill(p->vertices, p->phi, HF_ROWS_ALL));
  PetscCall(PetscMalloc3(all, &p->held, p->n_owned, &p->in_film, p->n_contact, &p->contact));
  for (ptrdiff_t k = 0; k < all; ++k) p->held[k] = (uint8_t)p->phi[k];
  for (PetscInt k = 0, c = 0; k < p->n_owned; ++k) {
    p->in_film[k] = HfVertexConducts(p->electrodes, k % rows->n, rows->start + k / rows->n);
    if (vertices[k] >= 0) p->contact[c++] = (HfContactVertex){k, vertices[k]};
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialRows(HfPotential p, PetscInt dof, Vec cells, Vec *rows) {
  PetscFunctionBeginUser;
  *rows = cells;
  if (p->film_grid == p->grid) PetscFunctionReturn(0);
  if (!p->cells[dof]) PetscCall(HfGridCreateCellVec(p->grid, dof, &p->cells[dof]));
  *rows = p->cells[dof];
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialAllocate(HfGrid film_grid, HfElectrodes electrodes, PetscReal thickness, PetscReal tolerance, HfPotential *out) {
  const HfGrid grid = HfGridWholeRows(film_grid);
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfPotential p;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&p));
  p->grid = grid;
  p->film_grid = film_grid;
  p->electrodes = electrodes;
  p->thickness = thickness;
  p->tolerance = tolerance;
  const PetscInt n_cells = (g->nx + 2) * (g->ym + 2), n = electrodes->n;
  PetscCall(PetscCalloc3(n_cells, &p->sigma.xx, n_cells, &p->sigma.xy, n_cells, &p->sigma.yy));

  PetscCall(HfGhostRowsCreateVertices(grid, &p->vertices));
  p->rows = HfGhostRowsGetInfo(p->vertices);
  p->n_owned = (p->rows->end - p->rows->start) * p->rows->n;
  PetscCall(HfMultigridCreate(p->vertices, &p->multigrid));
  PetscCall(HfGhostRowsAllocate(p->vertices, &p->phi));
  PetscCall(HfGhostRowsAllocate(p->vertices, &p->reaction));
  PetscCall(mark_vertices(p));
  PetscCall(HfCutSigmaCreate(p));
  PetscCall(PetscCalloc4(n * n, &p->contact_G, n * n, &p->terminal_G, n * n, &p->contact_from_terminal, n * n, &p->work));
  p->unit_version = -1;
  *out = p;
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialDestroy(HfPotential *potential) {
  HfPotential p = *potential;

  PetscFunctionBeginUser;
  if (!p) PetscFunctionReturn(0);
  if (p->unit)
    for (PetscInt k = 0; k < p->electrodes->n - 1; ++k) PetscCall(VecDestroy(&p->unit[k]));
  PetscCall(PetscFree(p->unit));
  PetscCall(HfFilmDestroy(p));
  PetscCall(HfHallDestroy(p));
  PetscCall(HfCutSigmaDestroy(p));
  PetscCall(HfMultigridDestroy(&p->multigrid));
  PetscCall(HfGhostRowsFree(&p->phi));
  PetscCall(HfGhostRowsFree(&p->reaction));
  PetscCall(HfGhostRowsDestroy(&p->vertices));
  PetscCall(KSPDestroy(&p->ksp));
  PetscCall(VecDestroy(&p->b));
  PetscCall(VecDestroy(&p->x));
  PetscCall(VecDestroy(&p->start));
  PetscCall(VecDestroy(&p->shared));
  PetscCall(PetscFree2(p->seam_row, p->seam_weights));
  PetscCall(PetscFree(p->grounded));
  PetscCall(VecDestroy(&p->made_for));
  for (int dof = 0; dof < 4; ++dof) PetscCall(VecDestroy(&p->cells[dof]));
  PetscCall(PetscFree3(p->sigma.xx, p->sigma.xy, p->sigma.yy));
  PetscCall(PetscFree4(p->contact_G, p->terminal_G, p->contact_from_terminal, p->work));
  PetscCall(PetscFree3(p->held, p->in_film, p->contact));
  PetscCall(PetscFree(*potential));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCreateFromFunction(HfGrid grid, HfElectrodes electrodes, PetscReal thickness,
                                             void (*sigma)(PetscReal x, PetscReal y, void *context, PetscReal S[4]), void *context,
                                             HfPotential *potential) {
  const HfGridInfo *g = HfGridGetInfo(HfGridWholeRows(grid));
  const int8_t *regions = HfGridRegions(HfGridWholeRows(grid));
  PetscMPIInt antisymmetric = 0;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialAllocate(grid, electrodes, thickness, DEFAULT_TOLERANCE, potential));
  HfPotential p = *potential;
  PetscCall(HfHallCreate(p));
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j) {
    for (PetscInt i = 0; i < g->nx; ++i) {
      const ptrdiff_t at = (ptrdiff_t)(j - (g->ys - 1)) * (g->nx + 2) + i + 1;
      PetscReal S[4];

      if (j < 0 || j >= g->ny || HfRegionAt(g, regions, i, j) < 0) continue;
      (*sigma)(g->x0 + ((PetscReal)i + 0.5) * g->dx, g->y0 + ((PetscReal)j + 0.5) * g->dy, context, S);
      p->sigma.xx[at] = S[0];
      p->sigma.xy[at] = 0.5 * (S[1] + S[2]);
      p->sigma.yy[at] = S[3];
      p->sigma.hall[at] = 0.5 * (S[2] - S[1]);
      antisymmetric |= S[1] != S[2];
    }
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &antisymmetric, 1, MPI_INT, MPI_LOR, HfGridComm(grid)));
  if (!antisymmetric) PetscCall(HfHallDestroy(p));
  PetscCall(HfSolverCreate(p, "film_"));
  PetscCall(HfSolverOperatorChanged(p));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCreateIsotropic(HfGrid grid, HfElectrodes electrodes, PetscReal conductivity, PetscReal thickness, HfPotential *potential) {
  const HfGridInfo *g = HfGridGetInfo(HfGridWholeRows(grid));
  const int8_t *regions = HfGridRegions(HfGridWholeRows(grid)); /* framed like the tensors, but not empty beyond a periodic boundary */

  PetscFunctionBeginUser;
  PetscCall(HfPotentialAllocate(grid, electrodes, thickness, DEFAULT_TOLERANCE, potential));
  HfPotential p = *potential;
  for (PetscInt j = PetscMax(0, g->ys - 1); j < PetscMin(g->ny, g->ys + g->ym + 1); ++j)
    for (PetscInt i = 0; i < g->nx; ++i) {
      const ptrdiff_t at = (ptrdiff_t)(j - (g->ys - 1)) * (g->nx + 2) + i + 1;

      if (regions[at] >= 0) p->sigma.xx[at] = p->sigma.yy[at] = conductivity;
    }
  PetscCall(HfSolverCreate(p, "gold_"));
  PetscCall(HfSolverOperatorChanged(p));
  PetscFunctionReturn(0);
}

PetscReal HfPotentialTolerance(HfPotential p) { return p->tolerance; }

PetscErrorCode HfPotentialSetTolerance(HfPotential p, PetscReal relative) {
  PetscFunctionBeginUser;
  PetscCheck(relative > 0 && relative < 1, HfGridComm(p->grid), PETSC_ERR_ARG_OUTOFRANGE, "potential.tolerance is %g; it must lie between 0 and 1",
             (double)relative);
  p->tolerance = relative;
  p->unit_version = -1;
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCreateVector(HfPotential p, Vec *phi) {
  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(p->b, phi));
  PetscCall(VecZeroEntries(*phi));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialLoad(HfPotential p, Vec phi) {
  const HfGhostRowsInfo *rows = p->rows;
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(phi, &a));
  PetscCall(PetscArraycpy(p->phi + HfGhostRowsAt(rows, rows->start), a, p->n_owned));
  PetscCall(VecRestoreArrayRead(phi, &a));
  PetscCall(HfSeamSpread(p, p->phi + HfGhostRowsAt(rows, rows->start)));
  PetscCall(HfGhostRowsFill(p->vertices, p->phi, HF_ROWS_ALL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialFill(HfPotential p, PetscReal u, Vec phi) {
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(phi, &a));
  for (PetscInt k = 0; k < p->n_owned; ++k) a[k] = p->in_film[k] ? u : 0;
  PetscCall(VecRestoreArrayWrite(phi, &a));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialSolveContacts(HfPotential p, const PetscReal u[], Vec phi) {
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t own = HfGhostRowsAt(rows, rows->start);
  PetscScalar *b, *x;
  PetscBool same = PETSC_TRUE;

  PetscFunctionBeginUser;
  p->last_iterations = 0;
  for (PetscInt k = 1; k < p->electrodes->n; ++k) same = (PetscBool)(same && u[k] == u[0]);
  if (same) { /* no equation to solve, no current */
    PetscCall(HfPotentialFill(p, p->electrodes->n ? u[0] : 0, phi));
    PetscFunctionReturn(0);
  }
  PetscCall(VecZeroEntries(p->b)); /* b holds the lift */
  PetscCall(VecGetArray(p->b, &b));
  for (PetscInt c = 0; c < p->n_contact; ++c) b[p->contact[c].at] = u[p->contact[c].electrode];
  PetscCall(VecRestoreArray(p->b, &b));
  PetscCall(HfPotentialLoad(p, p->b));
  HfStiffnessReaction(p, PETSC_TRUE);

  PetscCall(VecCopy(phi, p->x));
  PetscCall(VecGetArray(p->b, &b));
  PetscCall(VecGetArray(p->x, &x));
  for (PetscInt k = 0; k < p->n_owned; ++k) b[k] = -p->reaction[own + k];
  PetscCall(HfSeamFold(p, b));
  for (PetscInt c = 0; c < p->n_contact; ++c) b[p->contact[c].at] = x[p->contact[c].at] = 0;
  PetscCall(VecRestoreArray(p->b, &b));
  PetscCall(VecRestoreArray(p->x, &x));
  PetscCall(HfSolverSolve(p));

  PetscCall(VecCopy(p->x, phi));
  PetscCall(VecGetArray(phi, &x));
  for (PetscInt c = 0; c < p->n_contact; ++c) x[p->contact[c].at] = u[p->contact[c].electrode];
  PetscCall(HfSeamSpread(p, x));
  PetscCall(VecRestoreArray(phi, &x));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialSolve(HfPotential p, const PetscReal V[], Vec phi, PetscReal currents[]) {
  const PetscInt n = p->electrodes->n;
  PetscReal *u;

  PetscFunctionBeginUser;
  if (!HfHasCircuit(p->electrodes)) {
    PetscCall(HfPotentialSolveContacts(p, V, phi));
    if (currents) PetscCall(HfCurrentsOfContacts(p, phi, currents));
    PetscFunctionReturn(0);
  }
  PetscCall(HfConductanceUpdate(p)); /* the contacts' potentials depend on the currents */
  if (!currents) {
    PetscCall(HfPotentialSuperpose(p, V, phi));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(n, &u));
  HfConductanceContacts(p, V, u);
  PetscCall(HfPotentialSolveContacts(p, u, phi)); /* currents from G would be no test of it */
  PetscCall(HfCurrentsOfContacts(p, phi, currents));
  for (PetscInt k = 0; k < n; ++k)
    if (p->electrodes->floating[k]) currents[k] = 0; /* what the solver left */
  PetscCall(PetscFree(u));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialGetVertexValues(HfPotential p, Vec phi, PetscReal values[]) {
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(phi, &a));
  PetscCall(PetscArraycpy(values, a, p->n_owned));
  PetscCall(VecRestoreArrayRead(phi, &a));
  PetscFunctionReturn(0);
}

void HfPotentialStatistics(HfPotential p, PetscInt64 *solves, PetscInt64 *iterations, PetscInt *last) {
  if (solves) *solves = p->solves;
  if (iterations) *iterations = p->iterations;
  if (last) *last = p->last_iterations;
}

/* ---- checkpoint: what the next solution depends on besides its operator, the start vectors and the lagged coarse levels, which belong to a magnetization of
   their own ---- */
PetscErrorCode HfPotentialListCheckpoint(HfPotential p, HfCheckpointList state) {
  const PetscInt n = p->electrodes->n;
  char name[32];

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListAdd(state, "solves", HF_CHECKPOINT_INT64, 1, &p->solves));
  PetscCall(HfCheckpointListAdd(state, "iterations", HF_CHECKPOINT_INT64, 1, &p->iterations));
  if (!p->film) PetscFunctionReturn(0);
  PetscCall(HfConductanceUnits(p));
  if (!p->made_for) {
    PetscCall(HfGridCreateCellVec(p->grid, 3, &p->made_for));
    PetscCall(VecZeroEntries(p->made_for));
  }
  PetscCall(HfCheckpointListAdd(state, "last_iterations", HF_CHECKPOINT_INT, 1, &p->last_iterations));
  PetscCall(HfCheckpointListAdd(state, "set_up", HF_CHECKPOINT_BOOL, 1, &p->set_up));
  PetscCall(HfCheckpointListAdd(state, "lagged", HF_CHECKPOINT_BOOL, 1, &p->lagged));
  PetscCall(HfCheckpointListAdd(state, "worn", HF_CHECKPOINT_BOOL, 1, &p->worn));
  PetscCall(HfCheckpointListAdd(state, "for_saturated", HF_CHECKPOINT_BOOL, 1, &p->for_saturated));
  PetscCall(HfCheckpointListAdd(state, "digits", HF_CHECKPOINT_REAL, 1, &p->digits));
  PetscCall(HfCheckpointListAdd(state, "operator_version", HF_CHECKPOINT_INT64, 1, &p->operator_version));
  PetscCall(HfCheckpointListAdd(state, "unit_version", HF_CHECKPOINT_INT64, 1, &p->unit_version));
  PetscCall(HfCheckpointListAdd(state, "contact_G", HF_CHECKPOINT_REAL, n * n, p->contact_G));
  PetscCall(HfCheckpointListAdd(state, "terminal_G", HF_CHECKPOINT_REAL, n * n, p->terminal_G));
  PetscCall(HfCheckpointListAdd(state, "contact_from_terminal", HF_CHECKPOINT_REAL, n * n, p->contact_from_terminal));
  PetscCall(HfCheckpointListAddVec(state, "made_for", p->made_for));
  for (PetscInt k = 0; k < n - 1; ++k) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "unit%" PetscInt_FMT, k));
    PetscCall(HfCheckpointListAddVec(state, name, p->unit[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialCheckpointLoaded(HfPotential p) {
  const PetscBool lagged = p->lagged, worn = p->worn;
  const PetscInt64 version = p->operator_version;

  PetscFunctionBeginUser;
  if (!p->film || !p->set_up) PetscFunctionReturn(0);
  PetscCall(HfPotentialSetRows(p, p->for_saturated ? NULL : p->made_for));
  PetscCall(HfSolverRenew(p));
  p->lagged = lagged;
  p->worn = worn;
  p->operator_version = version;
  PetscFunctionReturn(0);
}
