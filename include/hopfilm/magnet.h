/* hopfilm/magnet.h: magnetization m = M/Ms, a unit vector per film cell (zero in void cells), stored in a cell Vec with 3 components.

   Equation (Landau-Lifshitz in explicit form, shared by all integrators):
     (1+alpha^2) dm/dt = T + alpha m x T,   T = -gamma0 m x H + spin-transfer torque,   H = sum of terms (A/m)
   Free boundaries on every edge of the mask: dm/dn = 0 without DMI, (D/2Aex) n x m with bulk and (D/2Aex) (n x z) x m with interfacial DMI. */
#pragma once
#include <hopfilm/numerics.h>

typedef struct HfMagnet_ *HfMagnet;

/* Rows film.material.* ("material:" keys of every term and torque), film.initial, type "initial:", section "field" (Zeeman), key "demag", sections
   "thermal", "spin_transfer", "integrator". */
/** Which terms and torques there are (src/magnet/term.h). */
typedef struct HfMagnetTypes_ HfMagnetTypes;
PetscErrorCode HfMagnetRegisterKeys(HfKeys keys, const HfMagnetTypes *types); /* types NULL: the built-in ones */
/* The same types as for the keys. Collective. Errors and plausibility warnings go to the deck. */
PetscErrorCode HfMagnetCreate(HfGrid grid, HfDeck deck, const HfMagnetTypes *types, HfMagnet *magnet);
PetscErrorCode HfMagnetDestroy(HfMagnet *magnet);
PetscErrorCode HfMagnetCreateState(HfMagnet magnet, Vec *m); /* a cell Vec with 3 components */

/* Fills m from a deck node of type "initial:" (uniform, random, vortex, file); NULL: film.initial of the deck given at creation, to which errors go.
   Collective. */
PetscErrorCode HfMagnetSetInitial(HfMagnet magnet, HfNode initial, Vec m);

/* What other modules may know of the material and the terms. Not collective. */
PetscReal HfMagnetExchangeConstant(HfMagnet magnet, PetscInt region); /* 2 Aex/(mu0 Ms), A m: H = A laplace m */
PetscBool HfMagnetSettingsFullDemag(HfDeck deck);                     /* the deck asks for the full demagnetizing field */

/* The applied field from now on, in place of the deck's field.uniform: H in A/m. A table in time stays on top of it. */
PetscErrorCode HfMagnetSetUniformField(HfMagnet magnet, const PetscReal H[3]);
/* H[3] (A/m) from three quantities in A/m or, as mu0 H, in T: keys of the unit "A/m|T". */
void HfAppliedFieldSettings(HfNode node, const char *key, PetscReal H[3]);
/* The stored field term: an extra H (A/m, cell Vec of 3 components, borrowed until replaced), e.g. the Oersted field; NULL removes it. Call it again
   when the values changed, also from a monitor. */
PetscErrorCode HfMagnetSetStoredField(HfMagnet magnet, Vec field);

/* ---- the current in the film and its spin-transfer torque ---- */
PetscBool HfMagnetFeelsCurrent(HfMagnet magnet); /* some region has a polarization */
/* The conventional current density j (A/m^2, cell Vec of 2 components, borrowed until replaced); NULL: the uniform one below, if there is one. Call it
   again when the values changed, also from a monitor. */
PetscErrorCode HfMagnetSetCurrentDensity(HfMagnet magnet, Vec j);
PetscErrorCode HfMagnetSetUniformCurrent(HfMagnet magnet, const PetscReal j[2]); /* the same j (A/m^2) in every cell from now on. Collective. */
/* A current that follows the texture: `update` renews the values of j for the state m (borrowed) at time t; t may go back when a step is taken back.
   It is called before every evaluation, or once for the state at the end of every step, or for the first such state after each multiple of `every`
   (s); and at the start of HfMagnetAdvance(). NULL: the current stays as it is. Collective, as the calls are. */
typedef PetscErrorCode (*HfMagnetCurrentUpdate)(PetscReal t, Vec m, void *context);
typedef enum { HF_CURRENT_PER_STAGE, HF_CURRENT_PER_STEP, HF_CURRENT_PER_INTERVAL } HfCurrentRefresh;
extern const char *const HfCurrentRefreshNames[]; /* "stage", "step", "interval", NULL */
PetscErrorCode HfMagnetSetCurrentUpdate(HfMagnet magnet, HfMagnetCurrentUpdate update, void *context, HfCurrentRefresh mode, PetscReal every);

/* Evaluations at time t. Collective. */
PetscErrorCode HfMagnetRightHandSide(HfMagnet magnet, PetscReal t, Vec m, Vec dmdt);      /* 1/s */
PetscErrorCode HfMagnetEffectiveField(HfMagnet magnet, PetscReal t, Vec m, Vec field);    /* A/m */
PetscErrorCode HfMagnetMaxTorque(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque); /* max |m x H|/Ms over the film, dimensionless */
PetscErrorCode HfMagnetAverage(HfMagnet magnet, Vec m, PetscReal average[3]);             /* over film cells */
PetscInt HfMagnetTermCount(HfMagnet magnet);                                              /* active terms */
const char *HfMagnetTermName(HfMagnet magnet, PetscInt k);
PetscErrorCode HfMagnetEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal energies[]); /* J, one per active term */
/* Largest torque and energies together, for which a demagnetizing field is computed once. */
PetscErrorCode HfMagnetTorqueAndEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque, PetscReal energies[]);

/* Called after every accepted step (time in s, on all ranks); set *stop to end the phase early. */
typedef PetscErrorCode (*HfMagnetMonitor)(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop);
/* Integrates from t0 to exactly t1. A step that diverges is HF_ERR_DIVERGED with the cell named, m then being the last accepted state. Collective. */
PetscErrorCode HfMagnetAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context);
/* Damping only, dm/dt = -(gamma0/2) m x (m x H) (the damping at alpha = 1, whatever the material's), until max |m x H|/Ms < tolerance or `max_time`
   of that time passed (*converged says which). The energy never rises beyond round-off. The applied field is that of time t. Collective. */
PetscErrorCode HfMagnetRelax(HfMagnet magnet, PetscReal t, Vec m, PetscReal tolerance, PetscReal max_time, HfMagnetMonitor monitor, void *context,
                             PetscBool *converged);
/* What the next step depends on besides m. `inside`: also where a phase stands, from the monitor of HfMagnetAdvance() or HfMagnetRelax() (which then
   keeps the present state in its m); the same call after loading goes on from there, to the same end bitwise. Collective. */
typedef enum { HF_BETWEEN_PHASES, HF_INSIDE_ADVANCE, HF_INSIDE_RELAX } HfPhaseKind;
PetscBool HfMagnetCanPause(HfMagnet magnet, HfPhaseKind kind); /* one of PETSc's own integrators keeps to itself what it needs inside a phase */
PetscErrorCode HfMagnetListCheckpoint(HfMagnet magnet, HfPhaseKind inside, HfCheckpointList state);
PetscErrorCode HfMagnetCheckpointLoaded(HfMagnet magnet, HfPhaseKind inside);
/* HF_ERR_DIVERGED, with the first such cell, when a state is not finite or an m of it not of length 1. Collective. */
PetscErrorCode HfMagnetGuard(HfMagnet magnet, PetscReal t, Vec m);
/* The method of time integration: the deck's integrator.method, what `auto` chose, or "heun" at a temperature. */
const char *HfMagnetMethod(HfMagnet magnet);
/* What it chose by: the rate at which the shortest waves of the grid are damped, alpha gamma0 |dH/dm|/(1+alpha^2), 1/s. */
PetscReal HfMagnetDampingRate(HfMagnet magnet);
/* Length of its steps that stability allows, s, within a third or so; the tolerance may ask for shorter ones; 0 where it alone decides. */
PetscReal HfMagnetExpectedStep(HfMagnet magnet);
/* Counters since creation. */
void HfMagnetStatistics(HfMagnet magnet, PetscInt64 *steps, PetscInt64 *rejected, PetscInt64 *rhs_evaluations);
