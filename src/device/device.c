/* The device: a magnetic film with electrodes, driven by a gold layer above or below it, or through its own electrodes (coupling.c).

     gold:  div(sigma_Au grad phi) = 0 for the voltages of a pattern  ->  j_Au  ->  Oersted field H(x, y) at the film's mid-plane
     film:  (1+alpha^2) dm/dt = -gamma0 [ m x H_eff + alpha m x (m x H_eff) ],  H_eff with that H as a stored field
     read:  div(Sigma[m] grad phi) = 0 in the film  ->  conductance matrix G[m]

   Magnet and transport do not know each other; they meet here. */
#include "device_impl.h"

static const HfKey gold_keys[] = {
    {"gold", HF_SECTION, NULL, "", "", 0, "The gold layer that carries the training current; leave out for a film driven through its own electrodes"},
    {"gold.thickness", HF_QUANTITY, "m", NULL, ">0", 0, "Thickness of the gold"},
    {"gold.gap", HF_QUANTITY, "m", NULL, ">=0", 0, "Distance between the facing surfaces of gold and film (the insulator)"},
    {"gold.conductivity", HF_QUANTITY, "S/m", NULL, ">0", 0, "Conductivity of the gold"},
    {"gold.side", HF_CHOICE, NULL, "above", "above|below", 0, "Side of the film on which the gold lies"},
    {"gold.oersted", HF_CHOICE, NULL, "biot-savart", "sheet|biot-savart", 0,
     "Oersted field: the local limit of a wide sheet, H = K x n/2, or the full Biot-Savart integral"},
    {"gold.leads", HF_CHOICE, NULL, "none", "none|above|below", 0,
     "Vertical leads that feed the electrodes from above or from below all layers, without end; none: their field is left out"},
    {"gold.lead_current", HF_CHOICE, NULL, "local", "local|uniform", 0,
     "Current in a lead: strands, each with what enters the gold at its place (a closed circuit), or uniform over the electrode"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfDeviceRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfGridRegisterKeys(keys));
  PetscCall(HfMagnetRegisterKeys(keys, NULL));
  PetscCall(HfTransportRegisterKeys(keys));
  PetscCall(HfKeysAdd(keys, "", gold_keys));
  PetscCall(HfElectrodesRegisterKeys(keys));
  PetscCall(HfCouplingRegisterKeys(keys));
  PetscCall(HfWiringRegisterKeys(keys));
  PetscCall(HfGaugesRegisterKeys(keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode create_gold(HfDevice d, HfNode gold) {
  PetscBool above, none, from_above;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(gold, "side"), "above", &above));
  PetscCall(PetscStrcmp(HfText(gold, "leads"), "none", &none));
  PetscCall(PetscStrcmp(HfText(gold, "leads"), "above", &from_above));
  PetscCall(PetscStrcmp(HfText(gold, "lead_current"), "uniform", &d->solid_leads));
  d->geometry = (HfOerstedGeometry){HfReal(gold, "thickness"), HfReal(gold, "gap"), above ? 1.0 : -1.0,
                                    none         ? HF_LEADS_NONE
                                    : from_above ? HF_LEADS_ABOVE
                                                 : HF_LEADS_BELOW};
  PetscCall(HfPotentialCreateIsotropic(d->grid, d->electrodes, HfReal(gold, "conductivity"), d->geometry.thickness, &d->gold));
  PetscCall(HfPotentialCreateVector(d->gold, &d->gold_phi));
  PetscCall(HfOerstedCreate(d->grid, HfText(gold, "oersted"), &d->geometry, &d->oersted));
  PetscCall(HfGridCreateCellVec(d->grid, 2, &d->gold_j));
  if (!none) PetscCall(HfGridCreateCellVec(d->grid, 1, &d->lead_j));
  PetscCall(HfGridCreateCellVec(d->grid, 3, &d->drive));
  if (HfMagnetFeelsCurrent(d->magnet))
    PetscCall(HfDeckWarn(d->deck, NULL, "the current flows in the gold: `polarization` acts in a film without gold alone"));
  PetscFunctionReturn(0);
}

/* Without electrodes the film is a magnet alone: what needs a current is out of place. */
static PetscErrorCode check_magnet_alone(HfDevice d, HfNode root) {
  PetscFunctionBeginUser;
  if (HfHas(root, "gold")) PetscCall(HfDeckError(d->deck, HfChild(root, "gold"), "a gold layer without `electrodes` carries no current"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCreate(HfDeck deck, HfDevice *out) {
  HfNode root = HfDeckRoot(deck);
  HfDevice d;

  PetscFunctionBeginUser;
  *out = NULL;
  PetscCall(PetscNew(&d));
  d->deck = deck;
  *out = d; /* from here on HfDeviceDestroy() frees what was made, whatever happens */
  if (HfHas(root, "gold")) {
    d->has_gold = PETSC_TRUE;
    d->oersted_model = HfText(HfChild(root, "gold"), "oersted");
    d->leads = HfText(HfChild(root, "gold"), "leads");
  }
  HfConductivitySettingsRead(deck, 0, &d->conductor);
  PetscCall(HfDeviceCheckSystemMemory(d));
  PetscCall(HfGridCreateFromDeck(deck, &d->grid));
  if (d->grid) {
    PetscCall(HfElectrodesCreate(d->grid, deck, &d->electrodes));
    PetscCall(HfDeviceWiringCreate(d));
    PetscCall(HfGaugesCreate(d));
    PetscCall(HfMagnetCreate(d->grid, deck, NULL, &d->magnet));
    if (HfHas(root, "electrodes") || HfHas(root, "gauges")) PetscCall(HfConductivitySettingsCheck(deck, HfGridGetInfo(d->grid)->n_regions));
  }
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfMagnetCreateState(d->magnet, &d->m));
  PetscCall(HfMagnetSetInitial(d->magnet, NULL, d->m));
  if (HfElectrodesCount(d->electrodes)) {
    PetscCall(HfPotentialCreateFilm(d->grid, d->electrodes, deck, &d->film));
    PetscCall(HfPotentialCreateVector(d->film, &d->film_phi));
  }
  PetscCall(HfGaugesSetUp(d));
  if (!d->film)
    PetscCall(check_magnet_alone(d, root));
  else if (HfHas(root, "gold"))
    PetscCall(create_gold(d, HfChild(root, "gold")));
  else
    PetscCall(HfCouplingCreate(d));
  PetscCall(HfDeckVerdict(deck));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceDestroy(HfDevice *device) {
  HfDevice d = *device;

  PetscFunctionBeginUser;
  if (!d) PetscFunctionReturn(0);
  PetscCall(HfCouplingDestroy(d));
  PetscCall(HfGaugesDestroy(d));
  PetscCall(HfDeviceWiringDestroy(d));
  PetscCall(VecDestroy(&d->m));
  PetscCall(VecDestroy(&d->film_phi));
  PetscCall(VecDestroy(&d->gold_phi));
  PetscCall(VecDestroy(&d->gold_j));
  PetscCall(VecDestroy(&d->lead_j));
  PetscCall(HfOerstedDestroy(&d->oersted));
  PetscCall(HfPotentialDestroy(&d->gold));
  PetscCall(HfPotentialDestroy(&d->film));
  PetscCall(HfMagnetDestroy(&d->magnet));
  PetscCall(VecDestroy(&d->drive));
  PetscCall(HfElectrodesDestroy(&d->electrodes));
  PetscCall(HfGridDestroy(&d->grid));
  PetscCall(PetscFree(d->saturated));
  PetscCall(PetscFree(*device));
  PetscFunctionReturn(0);
}

HfGrid HfDeviceGrid(HfDevice d) { return d->grid; }
HfMagnet HfDeviceMagnet(HfDevice d) { return d->magnet; }
HfElectrodes HfDeviceElectrodes(HfDevice d) { return d->electrodes; }
HfPotential HfDeviceFilmPotential(HfDevice d) { return d->film; }
HfPotential HfDeviceGoldPotential(HfDevice d) { return d->gold; }
Vec HfDeviceMagnetization(HfDevice d) { return d->m; }
Vec HfDeviceDriveField(HfDevice d) { return d->drive; }
PetscBool HfDeviceHasGold(HfDevice d) { return d->has_gold; }
const char *HfDeviceOerstedModel(HfDevice d) { return d->oersted_model; }
const char *HfDeviceLeads(HfDevice d) { return d->leads; }

/* ---- the clock ---- */
typedef struct {
  HfMagnetMonitor monitor;
  void *context;
  PetscReal reached;
  PetscBool stopped;
} Advance;

static PetscErrorCode follow(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Advance *advance = (Advance *)context;

  PetscFunctionBeginUser;
  advance->reached = t;
  if (advance->monitor) PetscCall(advance->monitor(t, dt, m, advance->context, stop));
  advance->stopped = *stop;
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceAdvance(HfDevice d, PetscReal end, HfMagnetMonitor monitor, void *context) {
  Advance advance = {.monitor = monitor, .context = context, .reached = d->time};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  code = HfMagnetAdvance(d->magnet, d->m, d->time, end, follow, &advance);
  d->time = code || advance.stopped ? advance.reached : end;
  PetscFunctionReturn(code);
}

PetscReal HfDeviceTime(HfDevice d) { return d->time; }
void HfDeviceSkip(HfDevice d, PetscReal end) { d->time = end; }
