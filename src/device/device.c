/* The device: a magnetic film with electrodes, driven by a gold layer above or below it (gold.c), or through its own electrodes (coupling.c).

     gold:  div(sigma grad phi) = 0 for the voltages of a pattern  ->  j  ->  Oersted field H(x, y) at the film's mid-plane
     film:  (1+alpha^2) dm/dt = -gamma0 [ m x H_eff + alpha m x (m x H_eff) ],  H_eff with that H as a stored field
     read:  div(Sigma[m] grad phi) = 0 in the film  ->  conductance matrix G[m]

   Magnet and transport do not know each other; they meet here. */
#include "device_impl.h"

PetscErrorCode HfDeviceRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfGridRegisterKeys(keys));
  PetscCall(HfMagnetRegisterKeys(keys, NULL));
  PetscCall(HfTransportRegisterKeys(keys));
  PetscCall(HfGoldRegisterKeys(keys));
  PetscCall(HfElectrodesRegisterKeys(keys));
  PetscCall(HfCouplingRegisterKeys(keys));
  PetscCall(HfTerminalsRegisterKeys(keys));
  PetscCall(HfGaugesRegisterKeys(keys));
  PetscFunctionReturn(0);
}

/* Grid, contacts and magnet, each with the errors of its sections. */
static PetscErrorCode create_film(HfDevice d) {
  PetscFunctionBeginUser;
  PetscCall(HfGridCreateFromDeck(d->deck, &d->grid));
  if (!d->grid) PetscFunctionReturn(0);
  PetscCall(HfElectrodesCreate(d->grid, d->deck, &d->electrodes));
  PetscCall(HfTerminalsCreate(d->deck, d->electrodes, &d->terminals));
  PetscCall(HfGaugesCreate(d->grid, d->deck, &d->gauges));
  PetscCall(HfMagnetCreate(d->grid, d->deck, NULL, &d->magnet));
  if (HfElectrodesSettingsCount(d->deck) > 0 || HfGaugesSettingsCount(d->deck) > 0)
    PetscCall(HfConductivitySettingsCheck(d->deck, HfGridGetInfo(d->grid)->n_regions));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_gold(HfDevice d) {
  const HfGoldSettings *gold = &d->gold_settings;
  PetscReal side;

  PetscFunctionBeginUser;
  if (HfGridGetInfo(d->grid)->periodic[0] || HfGridGetInfo(d->grid)->periodic[1])
    PetscCall(HfDeckError(
        d->deck, HfChild(HfDeckRoot(d->deck), "gold"),
        "a gold layer beside film.periodic: its Oersted field is that of the gold on one film, without the images; leave out one of the two"));
  if (!d->film)
    PetscCall(HfDeckError(d->deck, HfChild(HfDeckRoot(d->deck), "gold"), "a gold layer without `electrodes` carries no current"));
  else if (HfMagnetFeelsFilmCurrentAlone(d->magnet))
    PetscCall(HfDeckWarn(d->deck, NULL, "the current flows in the gold: `polarization` has an effect only in a film without gold"));
  if (!HfMagnetFeelsLayerCurrent(d->magnet, &side)) PetscFunctionReturn(0);
  if (gold->gap > 0)
    PetscCall(
        HfDeckError(d->deck, HfChild(HfChild(HfDeckRoot(d->deck), "gold"), "gap"),
                    "a spin-orbit torque needs the gold, which is the heavy metal, in contact with the film: no spin crosses a gap of %g nm; set "
                    "`gap: 0 nm`",
                    (double)(1e9 * gold->gap)));
  if (side != gold->side)
    PetscCall(HfDeckError(d->deck, HfNodeFind(HfDeckRoot(d->deck), "spin_orbit"),
                          "`spin_orbit.side` is %s, but the gold, which is the heavy metal, lies %s the film", side > 0 ? "above" : "below",
                          gold->side > 0 ? "above" : "below"));
  PetscFunctionReturn(0);
}

/* Settings of a current that does not flow. */
static PetscErrorCode check_idle_settings(HfDevice d) {
  static const char *const coupling[] = {"refresh", "every", "current"};
  HfNode root = HfDeckRoot(d->deck), section = HfChild(root, "coupling");

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(coupling); ++k)
    if ((!d->film || d->gold_settings.present) && HfGiven(section, coupling[k]))
      PetscCall(HfDeckError(d->deck, HfChild(section, coupling[k]),
                            "coupling.%s has no effect %s: it is about the current through a film with electrodes and without gold; leave it out",
                            coupling[k], d->film ? "beside `gold`" : "without `electrodes`"));
  if (!d->film && HfHas(root, "misplacement"))
    PetscCall(HfDeckError(d->deck, HfChild(root, "misplacement"), "misplacement has no effect without `electrodes`; leave it out"));
  PetscFunctionReturn(0);
}

/* What lets a current flow; without electrodes the film is a magnet alone. */
static PetscErrorCode create_circuit(HfDevice d) {
  PetscFunctionBeginUser;
  if (HfElectrodesCount(d->electrodes)) {
    PetscCall(HfPotentialCreateFilm(d->grid, d->electrodes, d->deck, &d->film));
    PetscCall(HfPotentialCreateVector(d->film, &d->film_phi));
  }
  PetscCall(HfGaugesSetUp(d->gauges, d->grid, d->deck));
  if (d->gold_settings.present) PetscCall(check_gold(d));
  PetscCall(check_idle_settings(d));
  if (!d->film) PetscFunctionReturn(0);
  if (d->gold_settings.present)
    PetscCall(HfGoldCreate(d->grid, d->electrodes, &d->gold_settings, HfMagnetFeelsLayerCurrent(d->magnet, NULL), &d->gold));
  else
    PetscCall(HfCouplingCreate(d->deck, d->grid, d->electrodes, d->magnet, d->film, &d->coupling));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCreate(HfDeck deck, HfDevice *device) {
  HfDevice d;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&d));
  *device = d; /* from here on HfDeviceDestroy() frees what was created, also after an error */
  d->deck = deck;
  PetscCall(HfGoldSettingsRead(deck, &d->gold_settings));
  HfConductivitySettingsRead(deck, 0, &d->conductor);
  PetscCall(HfDeviceCheckSystemMemory(deck));
  PetscCall(create_film(d));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfMagnetCreateState(d->magnet, &d->m));
  PetscCall(HfMagnetSetInitial(d->magnet, NULL, d->m));
  PetscCall(create_circuit(d));
  PetscCall(HfDeckVerdict(deck));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceDestroy(HfDevice *device) {
  HfDevice d = *device;

  PetscFunctionBeginUser;
  if (!d) PetscFunctionReturn(0);
  PetscCall(HfCouplingDestroy(&d->coupling));
  PetscCall(HfGoldDestroy(&d->gold));
  PetscCall(HfGaugesDestroy(&d->gauges));
  PetscCall(HfTerminalsDestroy(&d->terminals));
  PetscCall(VecDestroy(&d->m));
  PetscCall(VecDestroy(&d->film_phi));
  PetscCall(HfPotentialDestroy(&d->film));
  PetscCall(HfMagnetDestroy(&d->magnet));
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
Vec HfDeviceMagnetization(HfDevice d) { return d->m; }

PetscErrorCode HfDeviceDrive(HfDevice d, const PetscReal V[]) {
  const PetscReal *V_nodes = HfTerminalsNodeVoltages(d->terminals, V);

  PetscFunctionBeginUser;
  if (d->gold) {
    PetscCall(HfGoldDrive(d->gold, V_nodes));
    PetscCall(HfMagnetSetStoredField(d->magnet, V ? HfGoldDriveField(d->gold) : NULL));
    if (HfMagnetFeelsLayerCurrent(d->magnet, NULL)) PetscCall(HfMagnetSetLayerCurrentDensity(d->magnet, V ? HfGoldDriveCurrent(d->gold) : NULL));
  } else if (d->coupling)
    PetscCall(HfCouplingDrive(d->coupling, d->time, d->m, V_nodes));
  PetscFunctionReturn(0);
}

void HfDeviceCouplingStatistics(HfDevice d, PetscInt64 *refreshes, PetscReal *mean, PetscInt64 *most) {
  HfCouplingStatistics(d->coupling, refreshes, mean, most);
}

/* ---- the clock ---- */

typedef struct {
  HfMagnetMonitor monitor;
  void *context;
  PetscReal reached; /* s */
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

/* ---- checkpoints ---- */

PetscErrorCode HfDeviceListCheckpoint(HfDevice d, HfPhaseKind inside, HfCheckpointList list) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetListCheckpoint(d->magnet, d->m, inside, list));
  PetscCall(HfCheckpointListGroup(list, "device"));
  PetscCall(HfCheckpointListAdd(list, "time", HF_CHECKPOINT_REAL, 1, &d->time));
  PetscCall(HfCheckpointListAddVec(list, "m", d->m));
  PetscCall(HfGaugesListCheckpoint(d->gauges, list));
  if (!d->film) PetscFunctionReturn(0);
  PetscCall(HfCheckpointListGroup(list, "film"));
  PetscCall(HfCheckpointListAddVec(list, "phi", d->film_phi));
  PetscCall(HfPotentialListCheckpoint(d->film, list));
  if (d->gold) {
    PetscCall(HfCheckpointListGroup(list, "gold"));
    PetscCall(HfPotentialListCheckpoint(HfGoldPotential(d->gold), list));
  } else
    PetscCall(HfCouplingListCheckpoint(d->coupling, list));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCheckpointLoaded(HfDevice d, HfPhaseKind inside) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetCheckpointLoaded(d->magnet, d->m, inside));
  PetscCall(HfGaugesCheckpointLoaded(d->gauges));
  if (d->film) PetscCall(HfPotentialCheckpointLoaded(d->film));
  PetscFunctionReturn(0);
}
