/* hopfilm/device.h: the device: magnetic film, gold layer and electrodes, coupled. */
#pragma once
#include <hopfilm/magnet.h>
#include <hopfilm/network.h>
#include <hopfilm/transport.h>

/* ---- Oersted field of the gold layer, A/m at the film's mid-plane; models one file each in src/device/oersted/: sheet, biot-savart.
     sheet:        H = K x n / 2, K the sheet current (A/m), n the normal from gold to film
     biot-savart:  H(r) = (1/4pi) int j x (r-r')/|r-r'|^3 d^3r' over the gold cells, closed form per rectangular cell, by FFT ---- */
typedef struct HfOersted_ *HfOersted;
typedef enum { HF_LEADS_NONE, HF_LEADS_ABOVE, HF_LEADS_BELOW } HfLeads; /* vertical feeds of the gold, from above or below all layers */
extern const char *const HfLeadsNames[];                                /* "none", "above", "below", NULL */
typedef struct {
  PetscReal thickness, gap; /* of the gold layer; gap: between the facing surfaces of gold and film */
  PetscReal side;           /* +1: gold above the film, -1: below */
  HfLeads leads;
} HfOerstedGeometry;
PetscErrorCode HfOerstedCreate(HfGrid grid, const char *model, const HfOerstedGeometry *geometry, HfOersted *oersted);
PetscErrorCode HfOerstedApply(HfOersted oersted, Vec j, Vec H); /* j: cell Vec of 2 components, A/m^2 in the gold; H: cell Vec of 3. Collective. */
/* H += field of the leads of the geometry; j_z: cell Vec of 1 component, what they bring into the gold, A/m^2. Nothing without leads. Collective. */
PetscErrorCode HfOerstedAddLeads(HfOersted oersted, Vec j_z, Vec H);
PetscErrorCode HfOerstedDestroy(HfOersted *oersted);
/* H at displacement (x,y,z) (centre of source to point) of a rectangular cell lx x ly x lz with unit current density along x (H_x[]) and y (H_y[]). Not collective. */
void HfOerstedCell(PetscReal x, PetscReal y, PetscReal z, PetscReal lx, PetscReal ly, PetscReal lz, PetscReal H_x[3], PetscReal H_y[3]);
/* H at (x,y) from the centre of a vertical column lx x ly of unit current density along +z, one end in the layer of the given thickness whose mid-plane is z
   away, the current leaving it evenly over the thickness; the point lies on the column's side of that layer (film_side) or on the other. z = 0: in
   the plane of an end. Not collective. */
void HfOerstedColumn(PetscReal x, PetscReal y, PetscReal z, PetscReal lx, PetscReal ly, PetscReal thickness, PetscBool film_side, PetscReal H[2]);

typedef struct HfDevice_ *HfDevice;
PetscErrorCode HfDeviceRegisterKeys(HfKeys keys); /* gold section, and all modules below */
PetscErrorCode HfDeviceCreate(HfDeck deck,
                              HfDevice *device); /* Collective; ends with HfDeckVerdict. Without `electrodes` a magnet alone, with no terminals. */
PetscErrorCode HfDeviceDestroy(HfDevice *device);
/* Bytes that a run of the deck takes at most, about, on all ranks together: an estimate before anything is made. Not collective. */
PetscErrorCode HfDeviceSystemMemory(HfDeck deck, PetscReal *bytes);
HfGrid HfDeviceGrid(HfDevice device);
HfMagnet HfDeviceMagnet(HfDevice device);
HfElectrodes HfDeviceElectrodes(HfDevice device);
HfPotential HfDeviceFilmPotential(HfDevice device);
HfPotential HfDeviceGoldPotential(HfDevice device); /* NULL without gold */
Vec HfDeviceMagnetization(HfDevice device);         /* m, borrowed */

/* ---- the clock ---- */
PetscReal HfDeviceTime(HfDevice device); /* simulated time, s; 0 at first. Not collective. */
/* Integrates m from the device's time to exactly `end` (s). When the monitor stops the magnet, or a step diverges (HF_ERR_DIVERGED; m is then the last
   accepted state), the clock shows the time of the last accepted step. Inside the monitor it still shows the time at which this call began, from
   which a run that is resumed there calls again. The monitor may be NULL. Collective. */
PetscErrorCode HfDeviceAdvance(HfDevice device, PetscReal end, HfMagnetMonitor monitor, void *context);
/* Moves the clock alone to `end`: for an advance that is replayed after a restart, whose m is loaded later. Not collective. */
void HfDeviceSkip(HfDevice device, PetscReal end);

/* ---- the gold layer as the deck describes it; known as soon as HfDeviceCreate() returns, also if it returned with errors of the deck ---- */
PetscBool HfDeviceHasGold(HfDevice device);
const char *HfDeviceOerstedModel(HfDevice device); /* name of the model that acts on the film: "sheet", "biot-savart"; NULL without gold */
const char *HfDeviceLeads(HfDevice device);        /* "none", "above" or "below"; NULL without gold */

/* Everything that the device's future depends on besides its deck, the voltages and the wiring: call HfDeviceDrive() with those of the saved device before
   this list is loaded, and HfDeviceCheckpointLoaded() afterwards. Collective. */
PetscErrorCode HfDeviceListCheckpoint(HfDevice device, HfPhaseKind inside, HfCheckpointList state);
PetscErrorCode HfDeviceCheckpointLoaded(HfDevice device, HfPhaseKind inside);

/* ---- terminals: what voltages and conductances below speak of. The pixels of the deck's `wiring`, or else the electrodes (nodes) themselves. Pixel i
     drives every node k that shows it with s_k V_i, and the currents of these nodes count with the same sign: G = B^T G_nodes B. ---- */
PetscInt HfDeviceTerminals(HfDevice device); /* 0 when the deck's errors left none */
const char *HfDeviceTerminalName(HfDevice device, PetscInt k);
const HfWiring *HfDeviceWiring(HfDevice device); /* NULL without `wiring` */
/* Another wiring for the same pixels: numbers[n_nodes] from 1, with sign, as in the deck. What was read before was of the old one. Not collective. */
PetscErrorCode HfDeviceSetWiring(HfDevice device, const PetscInt numbers[]);
/* links[n*n] of terminals: how many pairs of neighbouring nodes show pixels i and j (each pair once in links[i,j] and once in links[j,i]; 0 on the
   diagonal). Neighbours: side by side on a lattice; in a free list, nearer than 1.1 times the smallest distance. Not collective. */
PetscErrorCode HfDeviceLinks(HfDevice device, PetscReal links[]);
PetscErrorCode HfDeviceNodeLinks(HfDevice device, PetscReal links[]); /* [n_nodes*n_nodes]: 1 for neighbouring electrodes */

/* Terminal voltages V[N] on the gold: sets the Oersted field. Without gold, on the film's own electrodes: the current through the film acts by its
   spin-transfer torque and follows the texture while time passes. V NULL: off. Collective. */
PetscErrorCode HfDeviceDrive(HfDevice device, const PetscReal V[]);
/* How often the film's current was brought up to date since the last HfDeviceDrive(), iterations of conjugate gradients per refresh: mean, and
   most of a refresh but the first. Zeros with gold. */
void HfDeviceCouplingStatistics(HfDevice device, PetscInt64 *refreshes, PetscReal *mean, PetscInt64 *most);
/* |H| (A/m) at the film's centre for voltages V, by the deck's model; the drive stays as it is. Collective. */
PetscErrorCode HfDeviceCentreField(HfDevice device, const PetscReal V[], PetscReal *magnitude);
Vec HfDeviceDriveField(HfDevice device); /* H of the present drive (3 components), borrowed; zero when off; NULL without gold */
/* j in the film (2 components, A/m^2) for voltages V on the film, in the present texture. Collective. */
PetscErrorCode HfDeviceFilmCurrent(HfDevice device, const PetscReal V[], Vec j);
PetscErrorCode HfDeviceGoldCurrent(HfDevice device, const PetscReal V[], Vec j);
PetscErrorCode HfDeviceConductance(HfDevice device, PetscReal G[]); /* present texture */
/* Of the nodes, n_nodes x n_nodes; the same as those of the terminals without a wiring. Collective. */
PetscErrorCode HfDeviceNodeConductance(HfDevice device, PetscReal G[]);
PetscErrorCode HfDeviceNodeSaturatedConductance(HfDevice device, PetscReal G0[]);
/* Of the nodes, without use of any property of G: column k holds the currents into the electrodes for 1 V on k, from N solves that start from zero. */
PetscErrorCode HfDeviceConductanceByCurrents(HfDevice device, PetscReal G[]);
/* G0: mean of the film's matrices with m = z and with m = -z, which differ by Hall currents alone; symmetric. Computed once. Collective. */
PetscErrorCode HfDeviceSaturatedConductance(HfDevice device, PetscReal G0[]);
/* Two-terminal read-outs of the deck's section `gauges`: each between two contacts of its own, everything else insulating. */
PetscInt HfDeviceGaugeCount(HfDevice device);
const char *HfDeviceGaugeName(HfDevice device, PetscInt k);
PetscErrorCode HfDeviceGauge(HfDevice device, PetscInt k, PetscReal *G); /* S, present texture. Collective. */
/* Oersted field of V by both models, compared over the film: rms and maximum of |H_sheet - H_bs| divided by the rms of |H_sheet|; and |H| at the centre (A/m). Collective. */
PetscErrorCode HfDeviceCompareOersted(HfDevice device, const PetscReal V[], PetscReal *rms, PetscReal *max, PetscReal *centre_sheet,
                                      PetscReal *centre_biot_savart);
/* rms over the film of |H| of V by the deck's model and leads, divided by that without leads. Collective. */
PetscErrorCode HfDeviceCompareLeads(HfDevice device, const PetscReal V[], PetscReal *rms);

/* ---- a surrogate for the film after many short pulses of several patterns in turn: the texture along the field of the mean voltages, smoothed by
   exchange, and its first-order effect on the conductance between near nodes. Whole on every rank: only its creation is collective. Voltages are in
   units of `voltage` (V), nodes those of the electrodes. Needs gold. ---- */
typedef struct HfSurrogate_ *HfSurrogate;
PetscErrorCode HfSurrogateCreate(HfDevice device, PetscReal voltage, HfSurrogate *surrogate);
PetscErrorCode HfSurrogateDestroy(HfSurrogate *surrogate);
void HfSurrogateSet(HfSurrogate surrogate, const PetscReal V[]); /* mean voltage of every node; nothing is left to take back */
/* Another mean voltage of one node, recomputed near it alone: equal to HfSurrogateSet() but for round-off. */
PetscErrorCode HfSurrogateChange(HfSurrogate surrogate, PetscInt node, PetscReal V);
void HfSurrogateKeep(HfSurrogate surrogate); /* the changes so far are final */
void HfSurrogateUndo(HfSurrogate surrogate); /* all changes since the last HfSurrogateSet() or HfSurrogateKeep() are taken back, bitwise */
/* Pairs of nodes links[n][2] with a conductance worth counting, that of the saturated film and the present one, S; borrowed. Returns n. */
PetscInt HfSurrogateLinks(HfSurrogate surrogate, const PetscInt *links[], const PetscReal *G0[], const PetscReal *G[]);
