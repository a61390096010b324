/* Electrodes as sets of vertices: which vertex belongs to which, and what an electrode is called. From a deck: electrodes_settings.c. */
#include "transport_impl.h"

PetscErrorCode HfElectrodesAllocate(HfGrid film_grid, PetscInt n, HfElectrodes *out) {
  const HfGrid grid = HfGridWholeRows(film_grid);
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfElectrodes e;

  PetscFunctionBeginUser;
  PetscCheck(n <= 32767, HfGridComm(grid), PETSC_ERR_ARG_OUTOFRANGE, "%" PetscInt_FMT " electrodes; at most 32767", n);
  PetscCall(PetscNew(&e));
  e->grid = grid;
  e->n = n;
  e->n_rows = g->ym + (g->rank == g->size - 1);
  PetscCall(PetscCalloc5(n, &e->names, n, &e->positions, n, &e->resistance, n, &e->floating, n, &e->piece));
  PetscCall(PetscMalloc1(e->n_rows * (g->nx + 1), &e->vertices));
  for (PetscInt k = 0; k < e->n_rows * (g->nx + 1); ++k) e->vertices[k] = -1;
  PetscCall(HfConductingCells(grid, &e->conducts));
  *out = e;
  PetscFunctionReturn(0);
}

PetscErrorCode HfElectrodesDestroy(HfElectrodes *electrodes) {
  HfElectrodes e = *electrodes;

  PetscFunctionBeginUser;
  if (!e) PetscFunctionReturn(0);
  PetscCall(PetscFree5(e->names, e->positions, e->resistance, e->floating, e->piece));
  PetscCall(PetscFree(e->vertices));
  PetscCall(PetscFree(e->conducts));
  PetscCall(PetscFree(e->cut));
  PetscCall(PetscFree(*electrodes));
  PetscFunctionReturn(0);
}

PetscBool HfVertexConducts(HfElectrodes e, PetscInt i, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const ptrdiff_t w = g->nx + 2;
  const uint8_t *ne = e->conducts + (j - (g->ys - 1)) * w + i + 1; /* the cell up and to the right */

  return (PetscBool)(ne[0] || ne[-1] || ne[-w] || ne[-w - 1]);
}

PetscErrorCode HfElectrodesCreateFromFunction(HfGrid grid, PetscInt n, PetscInt (*electrode_of)(PetscReal x, PetscReal y, void *context),
                                              void *context, HfElectrodes *electrodes) {
  const HfGridInfo *g = HfGridGetInfo(HfGridWholeRows(grid));
  PetscReal(*sums)[3];
  PetscMPIInt count;

  PetscFunctionBeginUser;
  PetscCall(HfElectrodesAllocate(grid, n, electrodes));
  HfElectrodes e = *electrodes;
  PetscCall(PetscCalloc1(n, &sums));
  for (PetscInt j = g->ys; j < g->ys + e->n_rows; ++j) {
    for (PetscInt i = 0; i <= g->nx; ++i) {
      const PetscReal x = g->x0 + (PetscReal)i * g->dx, y = g->y0 + (PetscReal)j * g->dy;
      const PetscInt k = HfVertexConducts(e, i, j) ? (*electrode_of)(x, y, context) : -1;

      if (k < 0) continue;
      PetscCheck(k < n, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "electrode %" PetscInt_FMT " of %" PetscInt_FMT, k, n);
      e->vertices[(j - g->ys) * (g->nx + 1) + i] = (int16_t)k;
      sums[k][0] += x;
      sums[k][1] += y;
      sums[k][2] += 1;
    }
  }
  PetscCall(PetscMPIIntCast(3 * n, &count));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, count, MPIU_REAL, MPI_SUM, HfGridComm(grid)));
  for (PetscInt k = 0; k < n; ++k) {
    PetscCheck(sums[k][2] > 0, HfGridComm(grid), PETSC_ERR_ARG_WRONG, "electrode %" PetscInt_FMT " covers no vertex of the film", k);
    PetscCall(PetscSNPrintf(e->names[k], HF_ELECTRODE_NAME, "%" PetscInt_FMT, k + 1));
    for (int d = 0; d < 2; ++d) e->positions[k][d] = sums[k][d] / sums[k][2];
  }
  PetscCall(PetscFree(sums));
  PetscCall(HfCutCellsCreate(e, NULL));
  PetscFunctionReturn(0);
}

PetscInt HfElectrodesCount(HfElectrodes e) { return e->n; }
PetscInt HfElectrodesColumns(HfElectrodes e) { return e->columns; }
const char *HfElectrodesName(HfElectrodes e, PetscInt k) { return e->names[k]; }
void HfElectrodesPosition(HfElectrodes e, PetscInt k, PetscReal xy[2]) {
  xy[0] = e->positions[k][0];
  xy[1] = e->positions[k][1];
}
PetscBool HfElectrodesFloating(HfElectrodes e, PetscInt k) { return e->floating[k]; }
PetscReal HfElectrodesResistance(HfElectrodes e, PetscInt k) { return e->resistance[k]; }
const int16_t *HfElectrodesVertices(HfElectrodes e) { return e->vertices; }
