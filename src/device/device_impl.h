/* Private to src/device. */
#pragma once
#include <hopfilm/device.h>

/* ---- coupling.c: the current through the film itself ---- */
enum { HF_PAST = 4 };
typedef struct {
  HfCurrentRefresh mode;
  PetscBool frozen, uniform; /* controls */
  PetscReal every, *V;       /* s; of the terminals */
  Vec j;                     /* in the film, 2 components */
  PetscInt n_past;
  Vec past[HF_PAST]; /* potentials at times[], the newest first */
  PetscReal times[HF_PAST];
  PetscInt64 refreshes, iterations, most; /* since the voltages came on; most iterations of a refresh but the first */
} HfCoupling;
PetscErrorCode HfCouplingRegisterKeys(HfKeys keys);
PetscErrorCode HfCouplingCreate(HfDevice device);
PetscErrorCode HfCouplingDestroy(HfDevice device);
PetscErrorCode HfCouplingDrive(HfDevice device, const PetscReal V[]); /* Collective. */

/* ---- gauges.c: contacts that are there for a reading alone ---- */
typedef struct {
  char name[64];
  HfElectrodes contacts;
  HfPotential potential;
} HfGauge;
PetscErrorCode HfGaugesRegisterKeys(HfKeys keys);
PetscErrorCode HfGaugesCreate(HfDevice device); /* Errors go to the deck. Collective. */
PetscErrorCode HfGaugesSetUp(HfDevice device);  /* Collective. */
PetscErrorCode HfGaugesDestroy(HfDevice device);

/* ---- wiring.c: pixels and nodes ---- */
PetscErrorCode HfWiringRegisterKeys(HfKeys keys);
PetscErrorCode HfDeviceWiringCreate(HfDevice device); /* Errors go to the deck. Not collective. */
PetscErrorCode HfDeviceWiringDestroy(HfDevice device);
const PetscReal *HfNodeVoltages(HfDevice device, const PetscReal V[]);              /* B V, valid until the next call; NULL stays NULL */
void HfPixelConductance(HfDevice device, const PetscReal G_nodes[], PetscReal G[]); /* B^T G B */

/* ---- memory.c ---- */
PetscErrorCode HfDeviceCheckSystemMemory(HfDevice device); /* Errors go to the deck. Collective. */

/* ---- gold.c ---- */
#define HF_MAX_UNITS 200 /* a superposition of so many reads about as much memory as the solution of a pattern does, which needs no units */
/* H (A/m) of voltages on the electrodes themselves; leaves their potential in device->gold_phi. Collective. */
PetscErrorCode HfGoldFieldOfNodes(HfDevice device, const PetscReal V_nodes[], Vec H);

struct HfDevice_ {
  HfDeck deck;
  HfGrid grid;
  HfElectrodes electrodes;
  HfMagnet magnet;
  HfPotential film, gold; /* gold NULL without a gold layer */
  HfOersted oersted;
  HfOerstedGeometry geometry;
  Vec m, film_phi, gold_phi, gold_j, drive; /* drive: H of the present voltages on the gold, 3 components */
  Vec lead_j;                               /* what the leads bring into the gold, A/m^2; NULL without */
  PetscBool solid_leads;                    /* uniform over the electrode */
  HfCoupling coupling;                      /* without gold */
  PetscInt n_gauges;
  HfGauge *gauges;
  HfWiring wiring; /* the identity when not wired */
  PetscBool wired;
  PetscReal *node_V, *node_G; /* scratch: voltages and conductance of the electrodes */
  char (*pixel_names)[16];    /* when wired */
  PetscBool gold_ready;       /* the unit solutions of the gold are there */
  PetscReal time;
  HfConductivitySettings conductor; /* the film as one */
  PetscBool has_gold;                /* the deck has a gold layer */
  const char *oersted_model, *leads; /* of the deck; NULL without gold */
  PetscReal *saturated;              /* G0 of the electrodes, NULL until asked for */
};
