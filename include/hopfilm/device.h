/** @file
    The device: magnetic film, gold layer and electrodes, coupled.

    A film of cells with magnetization m lies below or above a gold layer of the same outline; both share the electrodes (nodes). Voltages drive the gold,
    whose current acts on m by its Oersted field; or, without gold, the film itself, whose current acts by spin transfer. The conductance matrix of the
    film is read in the texture at hand. Unless said otherwise, voltages are in V, conductances in S and refer to the terminals, and matrices are
    row-major. Functions that return no error code are not collective. */
#pragma once
#include <hopfilm/magnet.h>
#include <hopfilm/network.h>
#include <hopfilm/transport.h>

/* ---- Oersted field of the gold layer at the film's mid-plane ---- */

/** A model of the Oersted field, one file each in src/device/oersted/:

    sheet        H = K x n / 2,  K the sheet current (A/m), n the normal from gold to film
    biot-savart  H(r) = (1/4pi) int j x (r-r') / |r-r'|^3 d^3r' over the gold cells, in closed form for a rectangular cell, summed by FFT */
typedef struct HfOersted_ *HfOersted;

/** Vertical leads that feed the gold, from above or from below all layers. */
typedef enum { HF_LEADS_NONE, HF_LEADS_ABOVE, HF_LEADS_BELOW } HfLeads;

/** "none", "above", "below", NULL; in the order of HfLeads. */
extern const char *const HfLeadsNames[];

/** Where the gold lies. */
typedef struct {
  PetscReal thickness; /**< of the gold, m */
  PetscReal gap;       /**< between the facing surfaces of gold and film, m; minus the thickness: the film's own current */
  PetscReal side;      /**< +1: gold above the film, -1: below */
  HfLeads leads;       /**< that feed it */
} HfOerstedGeometry;

/** Creates a model by its name. The grid is borrowed. Collective. */
PetscErrorCode HfOerstedCreate(HfGrid grid, const char *model, const HfOerstedGeometry *geometry, HfOersted *oersted);
/** H (A/m, cell Vec of 3 components) of the current density j in the gold (A/m^2, cell Vec of 2 components). Collective. */
PetscErrorCode HfOerstedApply(HfOersted oersted, Vec j, Vec H);
/** Adds to H the field of the leads; j_z is the current density that they bring into the gold (A/m^2, cell Vec of 1 component). Adds nothing without
    leads. Collective. */
PetscErrorCode HfOerstedAddLeads(HfOersted oersted, Vec j_z, Vec H);
/** Collective. */
PetscErrorCode HfOerstedDestroy(HfOersted *oersted);
/** H (A/m) of a rectangular cell lx x ly x lz (m) at the displacement (x, y, z) from its centre to the point: H_x for a current density of 1 A/m^2 along x,
    H_y along y. */
void HfOerstedCell(PetscReal x, PetscReal y, PetscReal z, PetscReal lx, PetscReal ly, PetscReal lz, PetscReal H_x[3], PetscReal H_y[3]);
/** H (A/m) at (x, y) from the centre of a semi-infinite vertical column lx x ly (m) with a current density of 1 A/m^2 along +z. Its end lies in the layer
    of the given thickness whose mid-plane is z away, and the current leaves it evenly over this thickness. The point lies on the column's side of
    the layer (film_side) or on the other. z = 0: in the plane of an end. */
void HfOerstedColumn(PetscReal x, PetscReal y, PetscReal z, PetscReal lx, PetscReal ly, PetscReal thickness, PetscBool film_side, PetscReal H[2]);

/* ---- the device ---- */

/** Film, gold layer and electrodes, with the time at which they are. */
typedef struct HfDevice_ *HfDevice;

/** Registers the keys of the device and of all rooms below it. Not collective. */
PetscErrorCode HfDeviceRegisterKeys(HfKeys keys);
/** Creates the device of a deck and ends with HfDeckVerdict(): HF_ERR_DECK when the deck has errors; the device, to be destroyed, then lacks what they
    prevented. Without the section `electrodes` it is a magnet alone, with no terminals. The deck is borrowed. Collective. */
PetscErrorCode HfDeviceCreate(HfDeck deck, HfDevice *device);
/** Collective. */
PetscErrorCode HfDeviceDestroy(HfDevice *device);
/** The system memory that a run of the deck takes at its peak, in bytes, on all of its ranks together, each as much as the busiest. Not collective. */
PetscErrorCode HfDeviceSystemMemory(HfDeck deck, PetscReal *bytes);
/** What the busiest of so many ranks takes at its peak, in bytes, as measured on smaller films, with the libraries. Nothing is created. Not collective. */
PetscErrorCode HfDeviceRankMemory(HfDeck deck, PetscInt ranks, PetscReal *bytes);

/** The grid; borrowed. */
HfGrid HfDeviceGrid(HfDevice device);
/** The magnet; borrowed. */
HfMagnet HfDeviceMagnet(HfDevice device);
/** The electrodes of film and gold; borrowed. */
HfElectrodes HfDeviceElectrodes(HfDevice device);
/** The film's potential; borrowed, NULL without electrodes. */
HfPotential HfDeviceFilmPotential(HfDevice device);
/** The gold's potential; borrowed, NULL without gold. */
HfPotential HfDeviceGoldPotential(HfDevice device);
/** m, cell Vec of 3 components; borrowed, and set by whoever sets a new initial state. */
Vec HfDeviceMagnetization(HfDevice device);

/* ---- the clock ---- */

/** Simulated time, s; 0 at first. */
PetscReal HfDeviceTime(HfDevice device);
/** Integrates m from the device's time to exactly `end` (s). When the monitor stops the magnet, or a step diverges (HF_ERR_DIVERGED; m is then the last
    accepted state), the clock shows the time of the last accepted step. Inside the monitor it still shows the time at which this call began, from
    which a run that is resumed there repeats the call. The monitor may be NULL. Collective. */
PetscErrorCode HfDeviceAdvance(HfDevice device, PetscReal end, HfMagnetMonitor monitor, void *context);
/** Moves the clock alone to `end` (s): for an advance that is replayed after a restart, whose m is loaded later. */
void HfDeviceSkip(HfDevice device, PetscReal end);

/* ---- checkpoints ---- */

/** Lists everything that the device's future depends on besides its deck, the voltages and the wiring. Before such a list is loaded, call HfDeviceDrive()
    with the voltages and the wiring of the saved device, and HfDeviceCheckpointLoaded() afterwards. Collective. */
PetscErrorCode HfDeviceListCheckpoint(HfDevice device, HfPhaseKind inside, HfCheckpointList list);
/** Brings the device up to date with what was loaded into the list. Collective. */
PetscErrorCode HfDeviceCheckpointLoaded(HfDevice device, HfPhaseKind inside);

/* ---- the gold layer as the deck describes it: known as soon as HfDeviceCreate() returns, also with HF_ERR_DECK ---- */

/** Whether the deck has a gold layer. */
PetscBool HfDeviceHasGold(HfDevice device);
/** Where the gold lies and how it is fed; only with gold. */
HfOerstedGeometry HfDeviceGoldGeometry(HfDevice device);
/** Whether the deck has a gold layer, without a device. Not collective. */
PetscBool HfGoldSettingsGiven(HfDeck deck);
/** Name of the model of the Oersted field that acts on the film; NULL without gold. */
const char *HfDeviceOerstedModel(HfDevice device);
/** One of HfLeadsNames; NULL without gold. */
const char *HfDeviceLeads(HfDevice device);

/* ---- terminals: the pixels of the deck's `wiring`, or else the electrodes (nodes) themselves. Pixel i drives every node k that shows it with s_k V_i, and
   the currents of these nodes count with the same sign: G = B^T G_nodes B. ---- */

/** Number of terminals; 0 when errors of the deck left none. */
PetscInt HfDeviceTerminals(HfDevice device);
/** Name of terminal k: of the electrode, or the number of the pixel, from 1. */
const char *HfDeviceTerminalName(HfDevice device, PetscInt k);
/** The wiring; borrowed, NULL when the electrodes are the terminals. */
const HfWiring *HfDeviceWiring(HfDevice device);
/** Sets another wiring for the same pixels: numbers[n_nodes] from 1, with a sign, as in the deck. Conductances read before refer to the old one. Not
    collective. */
PetscErrorCode HfDeviceSetWiring(HfDevice device, const PetscInt numbers[]);
/** links[n*n] of the terminals: how many pairs of neighbouring nodes show pixels i and j, each pair once in links[i,j] and once in links[j,i]; 0 on the
    diagonal. Neighbours are side by side on a lattice, and in a free list nearer than 1.1 times the smallest distance. Not collective. */
PetscErrorCode HfDeviceLinks(HfDevice device, PetscReal links[]);
/** links[n_nodes*n_nodes]: 1 for neighbouring electrodes, else 0. Not collective. */
PetscErrorCode HfDeviceNodeLinks(HfDevice device, PetscReal links[]);

/* ---- drive ---- */

/** Applies voltages V[n] to the terminals: on the gold, whose Oersted field acts on m from now on; without gold on the film, whose current acts by spin
    transfer and follows the texture while time passes (key coupling.refresh). V NULL: off. Collective. */
PetscErrorCode HfDeviceDrive(HfDevice device, const PetscReal V[]);
/** Since the last HfDeviceDrive(): how often the film's current was solved for again, the mean number of solver iterations for it, and the most
    iterations of one time but the first. Zeros with gold. */
void HfDeviceCouplingStatistics(HfDevice device, PetscInt64 *refreshes, PetscReal *mean, PetscInt64 *most);
/** How one number measures an Oersted field over the film. */
typedef struct {
  PetscBool rms;   /**< by the root of the mean of |H|^2 over the film; otherwise by |H| at a point */
  PetscReal at[2]; /**< this point, m; its field is the mean over the film cells within a cell's diagonal of it */
} HfFieldMeasure;
/** Film cells that such a point takes its field from: none, when it is off the film. Collective. */
PetscErrorCode HfDeviceCellsNear(HfDevice device, const PetscReal at[2], PetscInt *n);
/** An Oersted field over the film, A/m. */
typedef struct {
  PetscReal measured; /**< as HfFieldMeasure says */
  PetscReal centre;   /**< |H| at the film's centre; 0 where there is no film */
  PetscReal rms;      /**< of |H| over the film */
  PetscReal largest;  /**< |H| of a cell */
} HfFieldFigures;
/** The field of voltages V[n] by the deck's model; the drive stays as it is. All zero when V drives no current. HF_ERR_DECK without gold. Collective. */
PetscErrorCode HfDeviceFieldFigures(HfDevice device, const PetscReal V[], const HfFieldMeasure *measure, HfFieldFigures *figures);
/** A current density over the film. */
typedef struct {
  PetscReal mean;          /**< of |j|, A/m^2 */
  PetscReal largest;       /**< |j| of a cell, A/m^2 */
  PetscReal mean_drift;    /**< of the velocity at which j as the film's own current makes textures drift, m/s */
  PetscReal largest_drift; /**< the largest of it, m/s */
} HfCurrentFigures;
/** Of j (A/m^2, cell Vec of 2 components). Collective. */
PetscErrorCode HfDeviceCurrentFigures(HfDevice device, Vec j, HfCurrentFigures *figures);
/** H of the present drive (A/m, cell Vec of 3 components), zero when it is off; borrowed, NULL without gold. */
Vec HfDeviceDriveField(HfDevice device);
/** Current density in the film (A/m^2, cell Vec of 2 components) for voltages V[n] on the film, in the present texture. Collective. */
PetscErrorCode HfDeviceFilmCurrent(HfDevice device, const PetscReal V[], Vec j);
/** The current density that the present drive keeps in the film whatever its texture (A/m^2, cell Vec of 2 components): that of the controls
    `refresh: frozen` and `current: uniform`, or of HfMagnetSetUniformCurrent(); borrowed, NULL when there is none. Not collective. */
Vec HfDeviceFixedCurrent(HfDevice device);
/** Current density in the gold (A/m^2, cell Vec of 2 components) for voltages V[n]. HF_ERR_DECK without gold. Collective. */
PetscErrorCode HfDeviceGoldCurrent(HfDevice device, const PetscReal V[], Vec j);
/** What the gold takes at voltages V[n], W. HF_ERR_DECK without gold. Collective. */
PetscErrorCode HfDeviceGoldPower(HfDevice device, const PetscReal V[], PetscReal *power);
/** Compares the Oersted fields of V[n] by both models over the film: rms and maximum of |H_biot-savart - H_sheet| relative to the rms of |H_sheet|, and
    |H| at the centre (A/m). HF_ERR_DECK without gold. Collective. */
PetscErrorCode HfDeviceCompareOersted(HfDevice device, const PetscReal V[], PetscReal *rms, PetscReal *max, PetscReal *centre_sheet,
                                      PetscReal *centre_biot_savart);
/** Rms over the film of |H| of V[n] with the deck's leads relative to that without leads. HF_ERR_DECK without gold. Collective. */
PetscErrorCode HfDeviceCompareLeads(HfDevice device, const PetscReal V[], PetscReal *rms);

/** Lets time pass from the device's time to `end` (s) while the film is read with the voltages V[n] on its own electrodes: with gold, their current acts by its
    Oersted field, that of the texture at the start; without gold also by spin transfer, as with HfDeviceDrive(). *field: the largest |H| (A/m) in a cell.
    Nothing drives the device afterwards. Collective. */
PetscErrorCode HfDeviceRead(HfDevice device, const PetscReal V[], PetscReal end, PetscReal *field);

/* ---- conductance of the film ---- */
/** Conductivity times thickness of the film, S: what conductances are to be compared with. Not collective. */
PetscReal HfDeviceSheetConductance(HfDevice device);

/** G[n*n] between the terminals in the present texture; untouched for a magnet alone. Collective. */
PetscErrorCode HfDeviceConductance(HfDevice device, PetscReal G[]);
/** G0[n*n] of the film saturated along +z, made symmetric: with Hall currents the mean for m = z and m = -z. Computed once. Collective. */
PetscErrorCode HfDeviceSaturatedConductance(HfDevice device, PetscReal G0[]);
/** G[n_nodes*n_nodes] between the electrodes in the present texture; the same as between the terminals without a wiring. Collective. */
PetscErrorCode HfDeviceNodeConductance(HfDevice device, PetscReal G[]);
/** G0[n_nodes*n_nodes] of the saturated film between the electrodes. Collective. */
PetscErrorCode HfDeviceNodeSaturatedConductance(HfDevice device, PetscReal G0[]);
/** G[n_nodes*n_nodes] without using any property of G: column k holds the currents into the electrodes for 1 V on k, from n_nodes solves that start from
    zero; what 1 V on a terminal puts on the contacts is known from G where they have resistances or float. Collective. */
PetscErrorCode HfDeviceConductanceByCurrents(HfDevice device, PetscReal G[]);

/** Whether HfDeviceFourProbe() is possible: not of a wiring behind contact resistances, whose matrix does not tell the nodes. */
PetscBool HfDeviceFourProbePossible(HfDevice device);
/** G_contact[n*n] between the ideal contacts, as voltages read by leads of their own see them, from G[n*n] between the terminals. Not collective. */
PetscErrorCode HfDeviceFourProbe(HfDevice device, const PetscReal G[], PetscReal G_contact[]);

/** Number of gauges: two-terminal read-outs of the deck's section `gauges`, each between two contacts of its own while all others insulate. */
PetscInt HfDeviceGaugeCount(HfDevice device);
/** Name of gauge k. */
const char *HfDeviceGaugeName(HfDevice device, PetscInt k);
/** Conductance of gauge k in the present texture. Collective. */
PetscErrorCode HfDeviceGauge(HfDevice device, PetscInt k, PetscReal *G);

/* ---- surrogate of a trained film ---- */

/** A fast model of what a film learns from many short pulses of several patterns in turn: the texture lies along the field of the mean voltages, smoothed
    by exchange, and changes the conductance between near nodes to first order. Every rank holds all of it; only its creation is collective. Voltages are
    relative to the `voltage` of its creation, nodes are the electrodes. */
typedef struct HfSurrogate_ *HfSurrogate;

/** Creates the surrogate of a device with gold for voltages of +-`voltage` (V). Collective. */
PetscErrorCode HfSurrogateCreate(HfDevice device, PetscReal voltage, HfSurrogate *surrogate);
/** Not collective. */
PetscErrorCode HfSurrogateDestroy(HfSurrogate *surrogate);
/** Sets the mean voltages V[n_nodes]; changes before it cannot be undone. */
void HfSurrogateSet(HfSurrogate surrogate, const PetscReal V[]);
/** Sets another mean voltage of one node, at the cost of its surroundings alone: equal to HfSurrogateSet() up to round-off. Not collective. */
PetscErrorCode HfSurrogateChange(HfSurrogate surrogate, PetscInt node, PetscReal V);
/** Makes the changes so far final. */
void HfSurrogateKeep(HfSurrogate surrogate);
/** Undoes all changes since the last HfSurrogateSet() or HfSurrogateKeep(), bitwise. */
void HfSurrogateUndo(HfSurrogate surrogate);
/** Pairs of nodes links[n][2] whose conductance matters, with that of the saturated film, G0[n], and the present one, G[n]; all borrowed, each may be NULL.
    Returns n. */
PetscInt HfSurrogateLinks(HfSurrogate surrogate, const PetscInt *links[], const PetscReal *G0[], const PetscReal *G[]);
