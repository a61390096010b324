/* Private to src/device: the parts that a device consists of. Each is known by its owner file alone. */
#pragma once
#include <hopfilm/device.h>

/* ---- terminals.c: pixels or electrodes, and the wiring between them ---- */
typedef struct HfTerminals_ *HfTerminals;
PetscErrorCode HfTerminalsRegisterKeys(HfKeys keys);
/* From the keys `wiring` and `pixels`; errors go to the deck, which leave no terminals. Not collective. */
PetscErrorCode HfTerminalsCreate(HfDeck deck, HfElectrodes electrodes, HfTerminals *terminals);
PetscErrorCode HfTerminalsDestroy(HfTerminals *terminals);
const PetscReal *HfTerminalsNodeVoltages(HfTerminals terminals, const PetscReal V[]);         /* B V, valid until the next call; NULL stays NULL */
void HfTerminalsConductance(HfTerminals terminals, const PetscReal G_nodes[], PetscReal G[]); /* B^T G_nodes B */
PetscReal *HfTerminalsWork(HfTerminals terminals);                                            /* [n_nodes*n_nodes], scratch for G_nodes */

/* ---- gold.c: the gold layer ---- */
#define HF_MAX_UNITS 200 /* electrodes up to which unit solutions are stored: more of them cost as much memory traffic to superpose as a solve */
typedef struct {
  PetscBool present;                      /* the deck has a section `gold`; without it nothing else is set */
  PetscReal thickness, gap, conductivity; /* m, m, S/m */
  PetscReal side;                         /* +1: gold above the film, -1: below */
  const char *oersted;                    /* model of the Oersted field; borrowed from the deck */
  HfLeads leads;
  PetscBool uniform_lead_current; /* over the electrode; else strands, each with what enters the gold at its place */
} HfGoldSettings;
PetscErrorCode HfGoldRegisterKeys(HfKeys keys);
PetscErrorCode HfGoldSettingsRead(HfDeck deck, HfGoldSettings *settings); /* Not collective. */

typedef struct HfGold_ *HfGold;
/* `touches`: its current acts on the film not by its field alone. Collective. */
PetscErrorCode HfGoldCreate(HfGrid grid, HfElectrodes electrodes, const HfGoldSettings *settings, PetscBool touches, HfGold *gold);
PetscErrorCode HfGoldDestroy(HfGold *gold);
/* H (A/m, 3 components) of voltages on the electrodes; their potential stays in the gold for HfGoldVertexPotential(). Collective. */
PetscErrorCode HfGoldField(HfGold gold, const PetscReal V_nodes[], Vec H);
PetscErrorCode HfGoldVertexPotential(HfGold gold, PetscReal values[]); /* V, as HfPotentialGetVertexValues(). Collective. */
PetscErrorCode HfGoldDrive(HfGold gold, const PetscReal V_nodes[]);    /* sets the drive field; V NULL: zero. Collective. */
Vec HfGoldDriveField(HfGold gold);
Vec HfGoldDriveCurrent(HfGold gold); /* j at the centres of the cells, A/m^2; NULL unless it touches the film */
HfPotential HfGoldPotential(HfGold gold);

/* ---- drive_figures.c ---- */
/* |H| (A/m) of a cell Vec with 3 components, averaged over the n film cells within a cell's diagonal of a point: the same for odd and even numbers of cells
   around it; 0 where there are none. H NULL: n alone. Collective. */
PetscErrorCode HfFieldNear(HfGrid grid, Vec H, const PetscReal at[2], PetscReal *magnitude, PetscInt *n);
/* Sum, sum of squares and largest of the lengths of the vectors of a cell Vec over the film; the length in region r is multiplied by weights[r], unless NULL.
   Collective. */
PetscErrorCode HfFieldLengths(HfGrid grid, Vec v, PetscInt dof, const PetscReal weights[], PetscReal *sum, PetscReal *squares, PetscReal *largest);

/* ---- coupling.c: the current through the film itself, without gold ---- */
PetscErrorCode HfCouplingRegisterKeys(HfKeys keys);
typedef struct HfCoupling_ *HfCoupling;
/* Errors go to the deck. Magnet, potential and electrodes are borrowed. Collective. */
PetscErrorCode HfCouplingCreate(HfDeck deck, HfGrid grid, HfElectrodes electrodes, HfMagnet magnet, HfPotential film, HfCoupling *coupling);
PetscErrorCode HfCouplingDestroy(HfCoupling *coupling);
/* Voltages on the electrodes from time t (s) and state m on; V NULL: off. Collective. */
PetscErrorCode HfCouplingDrive(HfCoupling coupling, PetscReal t, Vec m, const PetscReal V[]);
PetscErrorCode HfCouplingListCheckpoint(HfCoupling coupling, HfCheckpointList state);
/* The current of a control, which does not follow the texture; NULL: it follows, or no voltage acts on it. Not collective. */
Vec HfCouplingFixedCurrent(HfCoupling coupling);
void HfCouplingStatistics(HfCoupling coupling, PetscInt64 *refreshes, PetscReal *mean, PetscInt64 *most);

/* ---- gauges.c: contacts that exist for a reading alone ---- */
typedef struct HfGauges_ *HfGauges;
PetscErrorCode HfGaugesRegisterKeys(HfKeys keys);
PetscInt HfGaugesSettingsCount(HfDeck deck);
PetscErrorCode HfGaugesCreate(HfGrid grid, HfDeck deck, HfGauges *gauges); /* the contacts; errors go to the deck. Collective. */
PetscErrorCode HfGaugesSetUp(HfGauges gauges, HfGrid grid, HfDeck deck);   /* the potentials. Collective. */
PetscErrorCode HfGaugesDestroy(HfGauges *gauges);
PetscErrorCode HfGaugesListCheckpoint(HfGauges gauges, HfCheckpointList state);
PetscErrorCode HfGaugesCheckpointLoaded(HfGauges gauges);

/* ---- memory_estimate.c ---- */
PetscErrorCode HfDeviceCheckSystemMemory(HfDeck deck); /* whether the deck's film fits; errors go to the deck. Collective. */

struct HfDevice_ {
  HfDeck deck; /* for errors */
  HfGrid grid;
  HfElectrodes electrodes;
  HfTerminals terminals;
  HfConductivitySettings conductor; /* the film as a conductor */
  HfGoldSettings gold_settings;
  HfMagnet magnet;
  Vec m;
  PetscReal time;      /* s; moved by HfDeviceAdvance() and HfDeviceSkip() alone */
  HfPotential film;    /* NULL without electrodes, as are gold and coupling */
  HfGold gold;         /* NULL for a film driven through its own electrodes */
  HfCoupling coupling; /* NULL with gold */
  HfGauges gauges;
  Vec film_phi;         /* of the last current in the film, the start of the next */
  PetscReal *saturated; /* G0 of the electrodes, S; NULL until first needed */
};
