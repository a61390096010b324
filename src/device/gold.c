/* The gold layer: potential, current and Oersted field of voltages on the electrodes.

     div(sigma grad phi) = 0,  phi = V_k on electrode k  ->  j = -sigma grad phi  ->  H(x, y) at the film's mid-plane (oersted/)

   The gold is isotropic and does not change, so its potential is a superposition of one unit solution per electrode, each solved for once. With many
   electrodes that costs more memory and time than it saves; every pattern is then solved for by itself. */
#include "device_impl.h"

struct HfGold_ {
  HfGrid grid;
  HfElectrodes electrodes;
  HfOerstedGeometry geometry;
  HfOersted oersted;
  PetscBool uniform_lead_current;
  HfPotential potential;
  PetscBool units_ready; /* the unit solutions exist */
  Vec phi, j;            /* V; A/m^2, 2 components */
  Vec lead_j;            /* current density from the leads into the gold, A/m^2; NULL without leads */
  Vec drive;             /* H of the present voltages, A/m, 3 components */
  Vec drive_j;           /* their j at the centres of the cells, A/m^2, 2 components; NULL: of no use */
};

static const HfKey keys[] = {
    {"gold", HF_SECTION, NULL, "", "", 0, "The gold layer that carries the training current; leave out for a film driven through its own electrodes"},
    {"gold.thickness", HF_QUANTITY, "m", NULL, ">0", 0, "Thickness of the gold"},
    {"gold.gap", HF_QUANTITY, "m", NULL, ">=0", 0, "Distance between the facing surfaces of gold and film (the insulator)"},
    {"gold.conductivity", HF_QUANTITY, "S/m", NULL, ">0", 0, "Conductivity of the gold"},
    {"gold.side", HF_CHOICE, NULL, "above", "above|below", 0, "Side of the film on which the gold lies"},
    {"gold.oersted", HF_CHOICE, NULL, "biot-savart", "sheet|biot-savart", 0,
     "Oersted field: the local limit of a wide sheet, H = K x n/2, or the full Biot-Savart integral"},
    {"gold.leads", HF_CHOICE, NULL, "none", "none|above|below", 0,
     "Semi-infinite vertical leads that feed the electrodes from above or from below all layers; none: the field of the leads is neglected"},
    {"gold.lead_current", HF_CHOICE, NULL, "local", "local|uniform", 0,
     "Current in a lead: local, each part carries what enters the gold below it, so that the circuit is closed; or uniform over the electrode"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfGoldRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

PetscBool HfGoldSettingsGiven(HfDeck deck) { return HfHas(HfDeckRoot(deck), "gold"); }

PetscErrorCode HfGoldSettingsRead(HfDeck deck, HfGoldSettings *settings) {
  HfNode gold = HfChild(HfDeckRoot(deck), "gold");

  PetscFunctionBeginUser;
  *settings = (HfGoldSettings){0};
  if (!gold) PetscFunctionReturn(0);
  *settings = (HfGoldSettings){.present = PETSC_TRUE,
                               .thickness = HfReal(gold, "thickness"),
                               .gap = HfReal(gold, "gap"),
                               .conductivity = HfReal(gold, "conductivity"),
                               .side = strcmp(HfText(gold, "side"), "above") ? -1.0 : 1.0,
                               .oersted = HfText(gold, "oersted"),
                               .uniform_lead_current = (PetscBool)!strcmp(HfText(gold, "lead_current"), "uniform")};
  while (strcmp(HfText(gold, "leads"), HfLeadsNames[settings->leads])) ++settings->leads; /* the choices of the key are these names */
  if (settings->leads == HF_LEADS_NONE && HfGiven(gold, "lead_current"))
    PetscCall(HfDeckError(deck, HfChild(gold, "lead_current"), "gold.lead_current has no effect without gold.leads; leave it out"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGoldCreate(HfGrid grid, HfElectrodes electrodes, const HfGoldSettings *settings, PetscBool touches, HfGold *gold) {
  HfGold self;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&self));
  *gold = self;
  self->grid = grid;
  self->electrodes = electrodes;
  self->geometry = (HfOerstedGeometry){settings->thickness, settings->gap, settings->side, settings->leads};
  self->uniform_lead_current = settings->uniform_lead_current;
  PetscCall(HfPotentialCreateIsotropic(grid, electrodes, settings->conductivity, settings->thickness, &self->potential));
  PetscCall(HfPotentialCreateVector(self->potential, &self->phi));
  PetscCall(HfOerstedCreate(grid, settings->oersted, &self->geometry, &self->oersted));
  PetscCall(HfGridCreateCellVec(grid, 2, &self->j));
  if (settings->leads != HF_LEADS_NONE) PetscCall(HfGridCreateCellVec(grid, 1, &self->lead_j));
  PetscCall(HfGridCreateCellVec(grid, 3, &self->drive));
  if (touches) PetscCall(HfGridCreateCellVec(grid, 2, &self->drive_j));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGoldDestroy(HfGold *gold) {
  HfGold self = *gold;

  PetscFunctionBeginUser;
  if (!self) PetscFunctionReturn(0);
  PetscCall(VecDestroy(&self->phi));
  PetscCall(VecDestroy(&self->j));
  PetscCall(VecDestroy(&self->lead_j));
  PetscCall(VecDestroy(&self->drive));
  PetscCall(VecDestroy(&self->drive_j));
  PetscCall(HfOerstedDestroy(&self->oersted));
  PetscCall(HfPotentialDestroy(&self->potential));
  PetscCall(PetscFree(*gold));
  PetscFunctionReturn(0);
}

/* ---- from voltages to the field ---- */

static PetscErrorCode superpose(HfGold self, const PetscReal V_nodes[]) {
  PetscFunctionBeginUser;
  if (!self->units_ready) {
    const PetscInt n = HfElectrodesCount(self->electrodes);
    PetscReal *G;

    PetscCall(PetscMalloc1(n * n, &G));
    PetscCall(HfConductance(self->potential, G));
    PetscCall(PetscFree(G));
    self->units_ready = PETSC_TRUE;
  }
  PetscCall(HfPotentialSuperpose(self->potential, V_nodes, self->phi));
  PetscFunctionReturn(0);
}

static PetscErrorCode potential_of_nodes(HfGold self, const PetscReal V_nodes[]) {
  PetscFunctionBeginUser;
  if (HfElectrodesCount(self->electrodes) <= HF_MAX_UNITS)
    PetscCall(superpose(self, V_nodes));
  else {
    PetscCall(VecZeroEntries(self->phi)); /* the field of a pattern must not depend on the patterns before it */
    PetscCall(HfPotentialSolve(self->potential, V_nodes, self->phi, NULL));
  }
  PetscFunctionReturn(0);
}

/* j as the field integrals need it, averaged over whole cells. */
static PetscErrorCode current_of_nodes(HfGold self, const PetscReal V_nodes[]) {
  PetscFunctionBeginUser;
  PetscCall(potential_of_nodes(self, V_nodes));
  PetscCall(HfPotentialCellCurrent(self->potential, self->phi, self->j));
  PetscFunctionReturn(0);
}

/* H of the present phi and j by the given model, with or without the leads; zero outside the film, where it has no effect. */
static PetscErrorCode oersted_field(HfGold self, HfOersted oersted, PetscBool leads, Vec H) {
  const HfGridInfo *g = HfGridGetInfo(self->grid);
  const int8_t *regions = HfGridRegions(self->grid);
  PetscScalar *h;

  PetscFunctionBeginUser;
  PetscCall(HfOerstedApply(oersted, self->j, H));
  if (leads && self->lead_j) {
    PetscCall(HfPotentialLeadCurrentDensity(self->potential, self->phi, self->uniform_lead_current, self->lead_j));
    PetscCall(HfOerstedAddLeads(oersted, self->lead_j, H));
  }
  PetscCall(VecGetArray(H, &h));
  for (PetscInt row = g->ys; row < g->ys + g->ym; ++row)
    for (PetscInt i = 0; i < g->xm; ++i)
      if (HfRegionAt(g, regions, i, row) < 0)
        for (int c = 0; c < 3; ++c) h[3 * ((row - g->ys) * g->xm + i) + c] = 0;
  PetscCall(VecRestoreArray(H, &h));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGoldField(HfGold self, const PetscReal V_nodes[], Vec H) {
  PetscFunctionBeginUser;
  PetscCall(current_of_nodes(self, V_nodes));
  PetscCall(oersted_field(self, self->oersted, PETSC_TRUE, H));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGoldDrive(HfGold self, const PetscReal V_nodes[]) {
  PetscFunctionBeginUser;
  if (V_nodes) PetscCall(HfGoldField(self, V_nodes, self->drive));
  if (V_nodes && self->drive_j) PetscCall(HfPotentialCurrentDensity(self->potential, self->phi, self->drive_j));
  if (!V_nodes) PetscCall(VecZeroEntries(self->drive));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGoldVertexPotential(HfGold self, PetscReal values[]) {
  PetscFunctionBeginUser;
  PetscCall(HfPotentialGetVertexValues(self->potential, self->phi, values));
  PetscFunctionReturn(0);
}

Vec HfGoldDriveField(HfGold self) { return self->drive; }
Vec HfGoldDriveCurrent(HfGold self) { return self->drive_j; }
HfPotential HfGoldPotential(HfGold self) { return self->potential; }

/* ---- the gold of a device ---- */

PetscBool HfDeviceHasGold(HfDevice d) { return d->gold_settings.present; }
HfOerstedGeometry HfDeviceGoldGeometry(HfDevice d) {
  const HfGoldSettings *gold = &d->gold_settings;
  return (HfOerstedGeometry){gold->thickness, gold->gap, gold->side, gold->leads};
}
const char *HfDeviceOerstedModel(HfDevice d) { return d->gold_settings.oersted; }
const char *HfDeviceLeads(HfDevice d) { return d->gold_settings.present ? HfLeadsNames[d->gold_settings.leads] : NULL; }
HfPotential HfDeviceGoldPotential(HfDevice d) { return d->gold ? d->gold->potential : NULL; }
Vec HfDeviceDriveField(HfDevice d) { return d->gold ? d->gold->drive : NULL; }

static PetscErrorCode require_gold(HfDevice d) {
  PetscFunctionBeginUser;
  if (!d->gold)
    return HfFault(HfGridComm(d->grid), HF_ERR_DECK, "the current of a gold layer is required, but the deck has none: add a `gold` section");
  PetscFunctionReturn(0);
}

static PetscErrorCode current_of_terminals(HfDevice d, const PetscReal V[]) {
  PetscFunctionBeginUser;
  PetscCall(require_gold(d));
  PetscCall(current_of_nodes(d->gold, HfTerminalsNodeVoltages(d->terminals, V)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceGoldCurrent(HfDevice d, const PetscReal V[], Vec j) {
  PetscFunctionBeginUser;
  PetscCall(require_gold(d));
  PetscCall(potential_of_nodes(d->gold, HfTerminalsNodeVoltages(d->terminals, V)));
  PetscCall(HfPotentialCurrentDensity(d->gold->potential, d->gold->phi, j));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceGoldPower(HfDevice d, const PetscReal V[], PetscReal *power) {
  const PetscReal *V_nodes = HfTerminalsNodeVoltages(d->terminals, V);
  const PetscInt n = HfElectrodesCount(d->electrodes);
  PetscReal *currents;

  PetscFunctionBeginUser;
  PetscCall(require_gold(d));
  PetscCall(PetscMalloc1(n, &currents));
  PetscCall(potential_of_nodes(d->gold, V_nodes));
  PetscCall(HfPotentialSolve(d->gold->potential, V_nodes, d->gold->phi, currents));
  *power = 0.0;
  for (PetscInt k = 0; k < n; ++k)
    if (!HfElectrodesFloating(d->electrodes, k)) *power += V_nodes[k] * currents[k];
  PetscCall(PetscFree(currents));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCompareOersted(HfDevice d, const PetscReal V[], PetscReal *rms, PetscReal *max, PetscReal *centre_sheet,
                                      PetscReal *centre_biot_savart) {
  const char *models[2] = {"sheet", "biot-savart"};
  const PetscReal centre[2] = {0, 0};
  Vec H[2];
  PetscReal sum, reference, difference, largest; /* sums of squares; of one vector */
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(current_of_terminals(d, V));
  for (int k = 0; k < 2; ++k) {
    HfOersted oersted;

    PetscCall(HfGridCreateCellVec(d->grid, 3, &H[k]));
    PetscCall(HfOerstedCreate(d->grid, models[k], &d->gold->geometry, &oersted));
    PetscCall(oersted_field(d->gold, oersted, PETSC_TRUE, H[k]));
    PetscCall(HfOerstedDestroy(&oersted));
  }
  PetscCall(HfFieldNear(d->grid, H[0], centre, centre_sheet, &n));
  PetscCall(HfFieldNear(d->grid, H[1], centre, centre_biot_savart, &n));
  PetscCall(HfFieldLengths(d->grid, H[0], 3, NULL, &sum, &reference, &largest));
  PetscCall(VecAXPY(H[1], -1.0, H[0]));
  PetscCall(HfFieldLengths(d->grid, H[1], 3, NULL, &sum, &difference, &largest));
  *rms = reference > 0 ? PetscSqrtReal(difference / reference) : 0;
  *max = reference > 0 ? largest / PetscSqrtReal(reference / (PetscReal)HfGridGetInfo(d->grid)->n_film) : 0;
  for (int k = 0; k < 2; ++k) PetscCall(VecDestroy(&H[k]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCompareLeads(HfDevice d, const PetscReal V[], PetscReal *rms) {
  PetscReal norms[2];
  Vec H;

  PetscFunctionBeginUser;
  PetscCall(current_of_terminals(d, V));
  PetscCall(HfGridCreateCellVec(d->grid, 3, &H));
  for (int leads = 0; leads < 2; ++leads) {
    PetscCall(oersted_field(d->gold, d->gold->oersted, (PetscBool)leads, H));
    PetscCall(VecNorm(H, NORM_2, &norms[leads]));
  }
  *rms = norms[0] > 0 ? norms[1] / norms[0] : 1;
  PetscCall(VecDestroy(&H));
  PetscFunctionReturn(0);
}
