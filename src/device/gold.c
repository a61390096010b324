/* The gold layer: potential, current and Oersted field of a voltage pattern. The gold is isotropic and does not change, so its potential is a
   superposition of one unit solution per electrode, solved for once. With very many electrodes that costs more memory and time than it saves: each
   pattern is then solved for by itself. */
#include "device_impl.h"

static PetscErrorCode superpose(HfDevice d, const PetscReal V[]) {
  PetscFunctionBeginUser;
  if (!d->gold_ready) {
    const PetscInt n = HfElectrodesCount(d->electrodes);
    PetscReal *G;

    PetscCall(PetscMalloc1(n * n, &G));
    PetscCall(HfConductance(d->gold, G));
    PetscCall(PetscFree(G));
    d->gold_ready = PETSC_TRUE;
  }
  PetscCall(HfPotentialSuperpose(d->gold, V, d->gold_phi));
  PetscFunctionReturn(0);
}

static PetscErrorCode current_of_nodes(HfDevice d, const PetscReal V_nodes[], Vec j) {
  PetscFunctionBeginUser;
  if (!d->gold)
    return HfFault(HfGridComm(d->grid), HF_ERR_DECK, "the current of a gold layer is asked for, but the deck has none: add a `gold` section");
  if (HfElectrodesCount(d->electrodes) <= HF_MAX_UNITS)
    PetscCall(superpose(d, V_nodes));
  else {
    PetscCall(VecZeroEntries(d->gold_phi)); /* the same field for the same pattern, whatever came before */
    PetscCall(HfPotentialSolve(d->gold, V_nodes, d->gold_phi, NULL));
  }
  PetscCall(HfPotentialCurrentDensity(d->gold, d->gold_phi, j));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceGoldCurrent(HfDevice d, const PetscReal V[], Vec j) {
  PetscFunctionBeginUser;
  PetscCall(current_of_nodes(d, HfNodeVoltages(d, V), j));
  PetscFunctionReturn(0);
}

/* H of the current density j, that of gold_phi, by a model, with its leads if wanted; zero outside the film, where nobody feels it. */
static PetscErrorCode oersted_field(HfDevice d, HfOersted oersted, PetscBool leads, Vec j, Vec H) {
  const HfGridInfo *g = HfGridGetInfo(d->grid);
  const int8_t *regions = HfGridRegions(d->grid);
  PetscScalar *h;

  PetscFunctionBeginUser;
  PetscCall(HfOerstedApply(oersted, j, H));
  if (leads && d->lead_j) {
    PetscCall(HfPotentialLeadCurrentDensity(d->gold, d->gold_phi, d->solid_leads, d->lead_j));
    PetscCall(HfOerstedAddLeads(oersted, d->lead_j, H));
  }
  PetscCall(VecGetArray(H, &h));
  for (PetscInt row = g->ys; row < g->ys + g->ym; ++row)
    for (PetscInt i = 0; i < g->nx; ++i)
      if (HfRegionAt(g, regions, i, row) < 0)
        for (int c = 0; c < 3; ++c) h[3 * ((row - g->ys) * g->nx + i) + c] = 0;
  PetscCall(VecRestoreArray(H, &h));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGoldFieldOfNodes(HfDevice d, const PetscReal V_nodes[], Vec H) {
  PetscFunctionBeginUser;
  PetscCall(current_of_nodes(d, V_nodes, d->gold_j));
  PetscCall(oersted_field(d, d->oersted, PETSC_TRUE, d->gold_j, H));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceDrive(HfDevice d, const PetscReal V[]) {
  PetscFunctionBeginUser;
  if (!d->gold) {
    PetscCall(HfCouplingDrive(d, HfNodeVoltages(d, V)));
    PetscFunctionReturn(0);
  }
  if (V) {
    PetscCall(HfDeviceGoldCurrent(d, V, d->gold_j));
    PetscCall(oersted_field(d, d->oersted, PETSC_TRUE, d->gold_j, d->drive));
  } else
    PetscCall(VecZeroEntries(d->drive));
  PetscCall(HfMagnetSetStoredField(d->magnet, V ? d->drive : NULL));
  PetscFunctionReturn(0);
}

/* |H| averaged over the film cells within a cell's diagonal of the origin, the same for odd and even numbers of cells. */
static PetscErrorCode field_at_centre(HfGrid grid, Vec H, PetscReal *magnitude) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  const PetscScalar *h;
  PetscReal sum[4] = {0, 0, 0, 0}, all[4];

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(H, &h));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
    for (PetscInt i = 0; i < g->nx; ++i) {
      const PetscReal x = g->x0 + ((PetscReal)i + 0.5) * g->dx, y = g->y0 + ((PetscReal)j + 0.5) * g->dy;

      if (HfRegionAt(g, regions, i, j) < 0 || PetscAbsReal(x) > 0.6 * g->dx || PetscAbsReal(y) > 0.6 * g->dy) continue;
      for (int c = 0; c < 3; ++c) sum[c] += PetscRealPart(h[3 * ((j - g->ys) * g->nx + i) + c]);
      sum[3] += 1;
    }
  }
  PetscCall(VecRestoreArrayRead(H, &h));
  PetscCallMPI(MPI_Allreduce(sum, all, 4, MPIU_REAL, MPI_SUM, HfGridComm(grid)));
  *magnitude = all[3] > 0 ? sqrt(all[0] * all[0] + all[1] * all[1] + all[2] * all[2]) / all[3] : 0;
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCentreField(HfDevice d, const PetscReal V[], PetscReal *magnitude) {
  Vec H;

  PetscFunctionBeginUser;
  PetscCall(HfDeviceGoldCurrent(d, V, d->gold_j));
  PetscCall(HfGridCreateCellVec(d->grid, 3, &H));
  PetscCall(oersted_field(d, d->oersted, PETSC_TRUE, d->gold_j, H));
  PetscCall(field_at_centre(d->grid, H, magnitude));
  PetscCall(VecDestroy(&H));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCompareOersted(HfDevice d, const PetscReal V[], PetscReal *rms, PetscReal *max, PetscReal *centre_sheet,
                                      PetscReal *centre_biot_savart) {
  const char *models[2] = {"sheet", "biot-savart"};
  Vec H[2];
  PetscReal reference, difference[2];

  PetscFunctionBeginUser;
  PetscCall(HfDeviceGoldCurrent(d, V, d->gold_j));
  for (int k = 0; k < 2; ++k) {
    HfOersted oersted;

    PetscCall(HfGridCreateCellVec(d->grid, 3, &H[k]));
    PetscCall(HfOerstedCreate(d->grid, models[k], &d->geometry, &oersted));
    PetscCall(oersted_field(d, oersted, PETSC_TRUE, d->gold_j, H[k]));
    PetscCall(HfOerstedDestroy(&oersted));
  }
  PetscCall(field_at_centre(d->grid, H[0], centre_sheet));
  PetscCall(field_at_centre(d->grid, H[1], centre_biot_savart));
  PetscCall(VecNorm(H[0], NORM_2, &reference));
  PetscCall(VecAXPY(H[1], -1.0, H[0]));
  PetscCall(VecNorm(H[1], NORM_2, &difference[0]));
  PetscCall(VecNorm(H[1], NORM_INFINITY, &difference[1]));
  *rms = reference > 0 ? difference[0] / reference : 0;
  *max = reference > 0 ? difference[1] / (reference / sqrt((PetscReal)HfGridGetInfo(d->grid)->n_film)) : 0;
  for (int k = 0; k < 2; ++k) PetscCall(VecDestroy(&H[k]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCompareLeads(HfDevice d, const PetscReal V[], PetscReal *rms) {
  PetscReal norms[2];
  Vec H;

  PetscFunctionBeginUser;
  PetscCall(HfDeviceGoldCurrent(d, V, d->gold_j));
  PetscCall(HfGridCreateCellVec(d->grid, 3, &H));
  for (int leads = 0; leads < 2; ++leads) {
    PetscCall(oersted_field(d, d->oersted, (PetscBool)leads, d->gold_j, H));
    PetscCall(VecNorm(H, NORM_2, &norms[leads]));
  }
  *rms = norms[0] > 0 ? norms[1] / norms[0] : 1;
  PetscCall(VecDestroy(&H));
  PetscFunctionReturn(0);
}
