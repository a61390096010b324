/** @file
   hopfilm/magnet.h: magnetization m = M/Ms, a unit vector per film cell (zero in void cells), stored in a cell Vec with 3 components.

   Equation (Landau-Lifshitz in explicit form, shared by all integrators):
     (1+alpha^2) dm/dt = T + alpha m x T,   T = -gamma0 m x H + spin-transfer torque,   H = sum of terms (A/m)
   Free boundaries on every edge of the mask: dm/dn = 0 without DMI, (D/2Aex) n x m with bulk and (D/2Aex) (n x z) x m with interfacial DMI. */
#pragma once
#include <hopfilm/numerics.h>

/** The magnetization of a film: materials, terms, torques, integrator. */
typedef struct HfMagnet_ *HfMagnet;

/** The available terms and torques (src/magnet/term.h). */
typedef struct HfMagnetTypes_ HfMagnetTypes;
/** Adds film.material.* ("material:" keys of every term and torque), film.initial, the type "initial:", the section "field" (Zeeman), the key "demag" and the
    sections "thermal", "spin_transfer" and "integrator". types NULL: the built-in ones. Not collective. */
PetscErrorCode HfMagnetRegisterKeys(HfKeys keys, const HfMagnetTypes *types);
/** Takes the same types as HfMagnetRegisterKeys(). Errors and plausibility warnings go to the deck. Collective. */
PetscErrorCode HfMagnetCreate(HfGrid grid, HfDeck deck, const HfMagnetTypes *types, HfMagnet *magnet);
/** Collective. */
PetscErrorCode HfMagnetDestroy(HfMagnet *magnet);
/** A cell Vec with 3 components for m. Collective. */
PetscErrorCode HfMagnetCreateState(HfMagnet magnet, Vec *m);

/** Fills m from a deck node of type "initial:" (uniform, random, vortex, file); NULL: film.initial of the deck given at creation, to which errors go.
   Collective. */
PetscErrorCode HfMagnetSetInitial(HfMagnet magnet, HfNode initial, Vec m);

/* ---- what other modules may know of the material and the terms; not collective ---- */
PetscReal HfMagnetExchangeConstant(HfMagnet magnet, PetscInt region); /**< A = 2 Aex/(mu0 Ms), A m, in H = A laplace m */
PetscBool HfMagnetSettingsFullDemag(HfDeck deck);                     /**< whether the deck has the full demagnetizing field */

/** The applied field from now on, in place of the deck's field.uniform: H in A/m. A table in time is added to it. */
PetscErrorCode HfMagnetSetUniformField(HfMagnet magnet, const PetscReal H[3]);
/** Reads H[3] (A/m) from three quantities in A/m or, as mu0 H, in T: keys of the unit "A/m|T". Not collective. */
void HfAppliedFieldSettings(HfNode node, const char *key, PetscReal H[3]);
/** The stored field term: an extra H (A/m, cell Vec of 3 components, borrowed until replaced), e.g. the Oersted field; NULL removes it. Call it again
   when the values changed, also from a monitor. */
PetscErrorCode HfMagnetSetStoredField(HfMagnet magnet, Vec field);

/* ---- the current in the film and its spin-transfer torque ---- */
PetscBool HfMagnetFeelsCurrent(HfMagnet magnet); /**< whether some region has a polarization. Not collective. */
/** The conventional current density j (A/m^2, cell Vec of 2 components, borrowed until replaced); NULL: the uniform one below, if there is one. Call it
   again when the values changed, also from a monitor. */
PetscErrorCode HfMagnetSetCurrentDensity(HfMagnet magnet, Vec j);
PetscErrorCode HfMagnetSetUniformCurrent(HfMagnet magnet, const PetscReal j[2]); /**< the same j (A/m^2) in every cell from now on. Collective. */
/** Updates the values of j for the state m (borrowed) at time t, which decreases when a step is rejected. Collective. */
typedef PetscErrorCode (*HfMagnetCurrentUpdate)(PetscReal t, Vec m, void *context);
/** When the current is updated: before every evaluation; for the state at the end of every step; for the first such state after each interval. */
typedef enum { HF_CURRENT_PER_STAGE, HF_CURRENT_PER_STEP, HF_CURRENT_PER_INTERVAL } HfCurrentRefresh;
extern const char *const HfCurrentRefreshNames[]; /**< "stage", "step", "interval", NULL */
/** A current that follows the texture: `update` is called as `mode` says (`every`: the interval, s) and at the start of HfMagnetAdvance(). NULL: the current
    stays as it is. Collective. */
PetscErrorCode HfMagnetSetCurrentUpdate(HfMagnet magnet, HfMagnetCurrentUpdate update, void *context, HfCurrentRefresh mode, PetscReal every);

/* ---- evaluations at time t; collective ---- */
PetscErrorCode HfMagnetRightHandSide(HfMagnet magnet, PetscReal t, Vec m, Vec dmdt);        /**< dm/dt, 1/s */
PetscErrorCode HfMagnetEffectiveField(HfMagnet magnet, PetscReal t, Vec m, Vec field);      /**< H, A/m */
PetscErrorCode HfMagnetMaxTorque(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque);   /**< max |m x H|/Ms over the film, dimensionless */
PetscErrorCode HfMagnetAverage(HfMagnet magnet, Vec m, PetscReal average[3]);               /**< mean of m over the film cells */
PetscInt HfMagnetTermCount(HfMagnet magnet);                                                /**< number of active terms. Not collective. */
const char *HfMagnetTermName(HfMagnet magnet, PetscInt k);                                  /**< of the k-th active term, borrowed. Not collective. */
PetscErrorCode HfMagnetEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal energies[]); /**< J, one per active term */
/** Largest torque and energies together, so that a demagnetizing field is computed once. */
PetscErrorCode HfMagnetTorqueAndEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque, PetscReal energies[]);

/* ---- time ---- */
/** Called after every accepted step (time in s, on all ranks); set *stop to end the phase early. */
typedef PetscErrorCode (*HfMagnetMonitor)(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop);
/** Integrates from t0 to exactly t1. A step that diverges is HF_ERR_DIVERGED with the cell named, m then being the last accepted state. Collective. */
PetscErrorCode HfMagnetAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context);
/** Damping only, dm/dt = -(gamma0/2) m x (m x H) (the damping at alpha = 1, whatever the material's), until max |m x H|/Ms < tolerance or `max_time`
   of that time passed (*converged says which). The energy never rises beyond round-off. The applied field is that of time t. Collective. */
PetscErrorCode HfMagnetRelax(HfMagnet magnet, PetscReal t, Vec m, PetscReal tolerance, PetscReal max_time, HfMagnetMonitor monitor, void *context,
                             PetscBool *converged);

/* ---- checkpoints ---- */
/** Where a checkpoint is written: between two phases, or inside of HfMagnetAdvance() or HfMagnetRelax(), from their monitor. */
typedef enum { HF_BETWEEN_PHASES, HF_INSIDE_ADVANCE, HF_INSIDE_RELAX } HfPhaseKind;
/** Whether a checkpoint can be written there: PETSc's own integrators do not reveal what they need inside a phase. Not collective. */
PetscBool HfMagnetCanPause(HfMagnet magnet, HfPhaseKind kind);
/** Lists what the next step depends on besides m; `inside` a phase also the progress of the phase (HfMagnetRelax() then keeps the present state in its m):
    after loading, the same call continues from there, with bitwise the same result. Collective. */
PetscErrorCode HfMagnetListCheckpoint(HfMagnet magnet, HfPhaseKind inside, HfCheckpointList state);
/** Call it once the list has been loaded. Collective. */
PetscErrorCode HfMagnetCheckpointLoaded(HfMagnet magnet, HfPhaseKind inside);

/* ---- checks and figures ---- */
/** HF_ERR_DIVERGED, with the first cell concerned, when m is not finite or not of length 1. Collective. */
PetscErrorCode HfMagnetGuard(HfMagnet magnet, PetscReal t, Vec m);
/** The method of time integration: the deck's integrator.method, the choice of `auto`, or "heun" at a temperature above 0. Not collective. */
const char *HfMagnetMethod(HfMagnet magnet);
/** What `auto` chooses by: the rate at which the shortest waves of the grid are damped, alpha gamma0 |dH/dm|/(1+alpha^2), 1/s. Not collective. */
PetscReal HfMagnetDampingRate(HfMagnet magnet);
/** Longest time step that stability allows, s, to about a third; the tolerance may require shorter ones; 0 where it alone decides. Not collective. */
PetscReal HfMagnetExpectedStep(HfMagnet magnet);
/** Counters since creation: accepted and rejected steps, evaluations of the right-hand side. Not collective. */
void HfMagnetStatistics(HfMagnet magnet, PetscInt64 *steps, PetscInt64 *rejected, PetscInt64 *rhs_evaluations);
