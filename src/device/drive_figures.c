/* What a drive amounts to, in a few numbers: the Oersted field over the film, current densities, the velocity at which textures drift. */
#include "device_impl.h"

PetscErrorCode HfFieldNear(HfGrid grid, Vec H, const PetscReal at[2], PetscReal *magnitude, PetscInt *n) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  const PetscScalar *h = NULL;
  PetscReal sum[4] = {0, 0, 0, 0}, all[4];

  PetscFunctionBeginUser;
  if (H) PetscCall(VecGetArrayRead(H, &h));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
    for (PetscInt i = 0; i < g->xm; ++i) {
      const PetscReal x = HfCellX(g, i), y = HfCellY(g, j);

      if (HfRegionAt(g, regions, i, j) < 0 || PetscAbsReal(x - at[0]) > 0.6 * g->dx || PetscAbsReal(y - at[1]) > 0.6 * g->dy) continue;
      for (int c = 0; h && c < 3; ++c) sum[c] += PetscRealPart(h[3 * ((j - g->ys) * g->xm + i) + c]);
      sum[3] += 1;
    }
  }
  if (H) PetscCall(VecRestoreArrayRead(H, &h));
  PetscCallMPI(MPI_Allreduce(sum, all, 4, MPIU_REAL, MPI_SUM, HfGridComm(grid)));
  *magnitude = all[3] > 0 ? sqrt(all[0] * all[0] + all[1] * all[1] + all[2] * all[2]) / all[3] : 0;
  *n = (PetscInt)all[3];
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCellsNear(HfDevice d, const PetscReal at[2], PetscInt *n) {
  PetscReal none;

  PetscFunctionBeginUser;
  PetscCall(HfFieldNear(d->grid, NULL, at, &none, n));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldLengths(HfGrid grid, Vec v, PetscInt dof, const PetscReal weights[], PetscReal *sum, PetscReal *squares, PetscReal *largest) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  const PetscScalar *a;
  PetscReal sums[2] = {0, 0}, most = 0;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(v, &a));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i, a += dof) {
      const PetscInt region = HfRegionAt(g, regions, i, j);
      PetscReal square = 0, length;

      if (region < 0) continue;
      for (PetscInt c = 0; c < dof; ++c) square += PetscSqr(PetscRealPart(a[c]));
      length = (weights ? weights[region] : 1) * PetscSqrtReal(square);
      sums[0] += length;
      sums[1] += length * length;
      most = PetscMax(most, length);
    }
  a -= dof * g->xm * g->ym;
  PetscCall(VecRestoreArrayRead(v, &a));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPIU_REAL, MPI_SUM, HfGridComm(grid)));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPIU_REAL, MPI_MAX, HfGridComm(grid)));
  *sum = sums[0];
  *squares = sums[1];
  *largest = most;
  PetscFunctionReturn(0);
}

/* Whether some voltage differs from another. */
static PetscBool drives_current(HfElectrodes electrodes, const PetscReal V_nodes[]) {
  PetscInt first = -1;

  for (PetscInt k = 0; k < HfElectrodesCount(electrodes); ++k) {
    if (HfElectrodesFloating(electrodes, k)) continue;
    if (first >= 0 && V_nodes[k] != V_nodes[first]) return PETSC_TRUE;
    if (first < 0) first = k;
  }
  return PETSC_FALSE;
}

PetscErrorCode HfDeviceFieldFigures(HfDevice d, const PetscReal V[], const HfFieldMeasure *measure, HfFieldFigures *figures) {
  const PetscReal centre[2] = {0, 0}, n_film = (PetscReal)HfGridGetInfo(d->grid)->n_film;
  const PetscReal *V_nodes = HfTerminalsNodeVoltages(d->terminals, V);
  PetscReal sum, squares;
  PetscInt n;
  Vec H;

  PetscFunctionBeginUser;
  if (!d->gold)
    return HfFault(HfGridComm(d->grid), HF_ERR_DECK, "the field of a gold layer is required, but the deck has none: add a `gold` section");
  *figures = (HfFieldFigures){0};
  if (!drives_current(d->electrodes, V_nodes)) PetscFunctionReturn(0);
  PetscCall(HfGridCreateCellVec(d->grid, 3, &H));
  PetscCall(HfGoldField(d->gold, V_nodes, H));
  PetscCall(HfFieldLengths(d->grid, H, 3, NULL, &sum, &squares, &figures->largest));
  figures->rms = PetscSqrtReal(squares / n_film);
  PetscCall(HfFieldNear(d->grid, H, centre, &figures->centre, &n));
  if (measure->rms)
    figures->measured = figures->rms;
  else
    PetscCall(HfFieldNear(d->grid, H, measure->at, &figures->measured, &n));
  PetscCall(VecDestroy(&H));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCurrentFigures(HfDevice d, Vec j, HfCurrentFigures *figures) {
  const HfGridInfo *g = HfGridGetInfo(d->grid);
  PetscReal squares, *drift;

  PetscFunctionBeginUser;
  PetscCall(HfFieldLengths(d->grid, j, 2, NULL, &figures->mean, &squares, &figures->largest));
  figures->mean /= (PetscReal)g->n_film;
  PetscCall(PetscMalloc1(g->n_regions, &drift));
  for (PetscInt r = 0; r < g->n_regions; ++r) drift[r] = HfMagnetDriftPerCurrent(d->magnet, r);
  PetscCall(HfFieldLengths(d->grid, j, 2, drift, &figures->mean_drift, &squares, &figures->largest_drift));
  figures->mean_drift /= (PetscReal)g->n_film;
  PetscCall(PetscFree(drift));
  PetscFunctionReturn(0);
}
