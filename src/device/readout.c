/* Reading the film: its current and its conductance matrix in the present texture, and its conductance matrix when saturated along z (G0).

   With Hall currents the matrix of a film saturated along z is not symmetric, while that of a maze, where m_z vanishes on average, nearly is. So that
   G - xi G0 is nearly symmetric too, G0 is the mean over m = z and m = -z. The second matrix is the transpose of the first by Onsager's relation, which
   the discrete film obeys exactly (transport/hall.c). With a gmr_direction along z the two differ by more; G0 is then that of m = z. */
#include "device_impl.h"

PetscReal HfDeviceSheetConductance(HfDevice d) { return d->conductor.conductivity * HfGridGetInfo(d->grid)->thickness; }

PetscErrorCode HfDeviceFilmCurrent(HfDevice d, const PetscReal V[], Vec j) {
  PetscFunctionBeginUser;
  PetscCall(HfPotentialSetMagnetization(d->film, d->m));
  PetscCall(HfPotentialSolve(d->film, HfTerminalsNodeVoltages(d->terminals, V), d->film_phi, NULL));
  PetscCall(HfPotentialCurrentDensity(d->film, d->film_phi, j));
  PetscFunctionReturn(0);
}

Vec HfDeviceFixedCurrent(HfDevice d) { return d->coupling ? HfCouplingFixedCurrent(d->coupling) : HfMagnetUniformCurrent(d->magnet); }

PetscErrorCode HfDeviceNodeConductance(HfDevice d, PetscReal G[]) {
  PetscFunctionBeginUser;
  if (!d->film) PetscFunctionReturn(0);
  PetscCall(HfPotentialSetMagnetization(d->film, d->m));
  PetscCall(HfConductance(d->film, G));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceNodeSaturatedConductance(HfDevice d, PetscReal G0[]) {
  const PetscInt n = HfElectrodesCount(d->electrodes);

  PetscFunctionBeginUser;
  if (d->film && !d->saturated) {
    PetscCall(PetscMalloc1(n * n, &d->saturated));
    PetscCall(HfPotentialSetMagnetization(d->film, NULL));
    PetscCall(HfConductance(d->film, d->saturated));
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt k = 0; k < i; ++k) d->saturated[i * n + k] = d->saturated[k * n + i] = 0.5 * (d->saturated[i * n + k] + d->saturated[k * n + i]);
  }
  PetscCall(PetscArraycpy(G0, d->saturated, n * n));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceConductance(HfDevice d, PetscReal G[]) {
  PetscReal *G_nodes = HfTerminalsWork(d->terminals);

  PetscFunctionBeginUser;
  if (!d->film) PetscFunctionReturn(0); /* a magnet alone */
  PetscCall(HfDeviceNodeConductance(d, G_nodes));
  HfTerminalsConductance(d->terminals, G_nodes, G);
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceSaturatedConductance(HfDevice d, PetscReal G0[]) {
  PetscReal *G_nodes = HfTerminalsWork(d->terminals);

  PetscFunctionBeginUser;
  if (!d->film) PetscFunctionReturn(0); /* a magnet alone */
  PetscCall(HfDeviceNodeSaturatedConductance(d, G_nodes));
  HfTerminalsConductance(d->terminals, G_nodes, G0);
  PetscFunctionReturn(0);
}

/* H of the film's own current at its mid-plane: in the plane it vanishes by symmetry, and H_z is largest at the edges. */
static PetscErrorCode own_field(HfDevice d, const PetscReal V[], Vec H, PetscReal *largest) {
  const HfGridInfo *g = HfGridGetInfo(d->grid);
  const HfOerstedGeometry inside = {.thickness = g->thickness, .gap = -g->thickness, .side = 1.0, .leads = HF_LEADS_NONE};
  PetscReal square = 0.0;
  HfOersted oersted;
  PetscScalar *h;
  Vec j;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(d->grid, 2, &j));
  PetscCall(HfDeviceNodeConductance(d, HfTerminalsWork(d->terminals))); /* the unit solutions of the present texture */
  PetscCall(HfPotentialSuperpose(d->film, HfTerminalsNodeVoltages(d->terminals, V), d->film_phi));
  PetscCall(HfPotentialCellCurrent(d->film, d->film_phi, j));
  PetscCall(HfOerstedCreate(d->grid, "biot-savart", &inside, &oersted));
  PetscCall(HfOerstedApply(oersted, j, H));
  PetscCall(HfOerstedDestroy(&oersted));
  PetscCall(VecDestroy(&j));
  PetscCall(VecGetArray(H, &h));
  for (PetscInt row = g->ys; row < g->ys + g->ym; ++row)
    for (PetscInt i = 0; i < g->xm; ++i) {
      PetscScalar *cell = h + 3 * ((row - g->ys) * g->xm + i);

      if (HfRegionAt(g, HfGridRegions(d->grid), i, row) < 0) cell[0] = cell[1] = cell[2] = 0.0; /* no film */
      square = PetscMax(square, PetscSqr(cell[0]) + PetscSqr(cell[1]) + PetscSqr(cell[2]));
    }
  PetscCall(VecRestoreArray(H, &h));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &square, 1, MPIU_REAL, MPIU_MAX, HfGridComm(d->grid)));
  *largest = PetscSqrtReal(square);
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceRead(HfDevice d, const PetscReal V[], PetscReal end, PetscReal *field) {
  PetscErrorCode code;
  Vec H;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(d->grid, 3, &H));
  PetscCall(own_field(d, V, H, field));
  if (!d->gold) PetscCall(HfDeviceDrive(d, V));
  PetscCall(HfMagnetSetStoredField(d->magnet, H));
  code = HfDeviceAdvance(d, end, NULL, NULL); /* may diverge */
  PetscCall(HfMagnetSetStoredField(d->magnet, NULL));
  PetscCall(HfDeviceDrive(d, NULL));
  PetscCall(VecDestroy(&H));
  PetscFunctionReturn(code);
}

PetscBool HfDeviceFourProbePossible(HfDevice d) {
  PetscBool ideal = PETSC_TRUE;

  for (PetscInt k = 0; k < HfElectrodesCount(d->electrodes); ++k)
    if (HfElectrodesResistance(d->electrodes, k) > 0.0) ideal = PETSC_FALSE;
  return ideal || !HfDeviceWiring(d) ? PETSC_TRUE : PETSC_FALSE;
}

/* Resistances that are taken away again: the circuit with -R in front of the terminals. */
PetscErrorCode HfDeviceFourProbe(HfDevice d, const PetscReal G[], PetscReal G_contact[]) {
  const PetscInt n = HfDeviceTerminals(d), n_nodes = HfElectrodesCount(d->electrodes);
  PetscReal *resistance, *work, *potentials, most = 0.0;
  PetscBool *floating;

  PetscFunctionBeginUser;
  PetscCheck(HfDeviceFourProbePossible(d), HfGridComm(d->grid), PETSC_ERR_ARG_WRONGSTATE, "four probes behind a wiring");
  PetscCall(PetscMalloc4(n_nodes, &resistance, n_nodes * n_nodes, &work, n_nodes * n_nodes, &potentials, n_nodes, &floating));
  for (PetscInt k = 0; k < n_nodes; ++k) {
    resistance[k] = -HfElectrodesResistance(d->electrodes, k);
    floating[k] = PETSC_FALSE; /* their rows are zero */
    most = PetscMax(most, -resistance[k]);
  }
  if (most > 0.0)
    PetscCall(HfCircuitReduce(n, G, resistance, floating, G_contact, potentials, work));
  else
    PetscCall(PetscArraycpy(G_contact, G, n * n));
  PetscCall(PetscFree4(resistance, work, potentials, floating));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceConductanceByCurrents(HfDevice d, PetscReal G[]) {
  const PetscInt n = HfElectrodesCount(d->electrodes);
  PetscReal *V, *currents;
  Vec phi;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(n, &V, n, &currents));
  PetscCall(HfPotentialSetMagnetization(d->film, d->m));
  PetscCall(HfPotentialCreateVector(d->film, &phi));
  for (PetscInt k = 0; k < n; ++k) {
    PetscCall(VecZeroEntries(phi));
    V[k] = 1;
    PetscCall(HfPotentialSolve(d->film, V, phi, currents));
    V[k] = 0;
    for (PetscInt i = 0; i < n; ++i) G[i * n + k] = currents[i];
  }
  PetscCall(VecDestroy(&phi));
  PetscCall(PetscFree2(V, currents));
  PetscFunctionReturn(0);
}
