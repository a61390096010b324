/** @file
   hopfilm/magnet.h: magnetization m = M/Ms, a unit vector in every cell of the film, zero in void cells: a cell Vec with 3 components.

   Equation (Landau-Lifshitz in explicit form, the same for all integrators):
     (1+alpha^2) dm/dt = T + alpha m x T,   T = -gamma0 m x H + torques of a current,   H = sum of terms (A/m)
   Free boundaries on every edge of the mask: dm/dn = 0 without DMI, (D/2Aex) n x m with bulk and (D/2Aex) (n x z) x m with interfacial DMI. */
#pragma once
#include <hopfilm/numerics.h>

/** The magnetization's equation on one film: materials, terms, torques, integrator. m itself belongs to the caller. */
typedef struct HfMagnet_ *HfMagnet;

/* ---- creation ---- */
/** Lists of terms of H and of torques (src/magnet/term.h). */
typedef struct HfMagnetTypes_ HfMagnetTypes;
/** Adds the keys film.material, film.regions[].material and film.initial, the types material: and initial:, those of every term and torque (sections
    field, thermal, spin_transfer and spin_orbit, key demag) and the section integrator. types NULL: the built-in ones. Not collective. */
PetscErrorCode HfMagnetRegisterKeys(HfKeys keys, const HfMagnetTypes *types);
/** Reads all settings of the magnet; types as for the keys. Errors and warnings of implausible values go to the deck, which must outlive it. Collective. */
PetscErrorCode HfMagnetCreate(HfGrid grid, HfDeck deck, const HfMagnetTypes *types, HfMagnet *magnet);
/** Collective. */
PetscErrorCode HfMagnetDestroy(HfMagnet *magnet);
/** A cell Vec with 3 components, for m or a field. Collective. */
PetscErrorCode HfMagnetCreateState(HfMagnet magnet, Vec *m);

/** One of the kinds of initial states, src/magnet/starts/. */
typedef struct HfStart_ HfStart;
#define HF_START_NUMBERS 16 /**< a kind has no more parameters */
/** An initial state as the deck describes it; each kind uses its own values. */
typedef struct {
  HfNode node;                        /**< where it stands in the deck */
  const HfStart *start;               /**< which kind */
  PetscReal number[HF_START_NUMBERS]; /**< its parameters, in an order of its own */
  PetscInt64 seed;                    /**< random */
  HfNode file;                        /**< file: its name */
  HfFieldSource source;               /**< file: all but the path; borrowed from the deck */
} HfInitialSettings;
/** Reads a node of the type initial:. Errors go to the deck. Not collective. */
PetscErrorCode HfInitialSettingsRead(HfDeck deck, HfNode node, HfInitialSettings *initial);
/** Fills m; initial NULL: film.initial. A file that cannot be read or a cell without direction is an error of the deck. Collective. */
PetscErrorCode HfMagnetSetInitial(HfMagnet magnet, const HfInitialSettings *initial, Vec m);
/** How film.initial, or the last other state, was read from its file, for the log; "" when there is nothing to say. Borrowed. Not collective. */
const char *HfMagnetInitialNote(HfMagnet magnet, PetscBool of_film);

/** Turns m at random, by `angle` (rad) in the root mean square over the film, off any symmetry: half the mean square in 4 x 4 waves as long as the film and
    shorter, half from cell to cell. The same on any number of ranks for a seed and a number. Collective. */
PetscErrorCode HfMagnetPerturb(HfMagnet magnet, PetscReal angle, PetscInt64 seed, PetscInt64 number, Vec m);

/** 2 Aex/(mu0 Ms) of a region, A m: the exchange field is that times the Laplacian of m. Not collective. */
PetscReal HfMagnetExchangeConstant(HfMagnet magnet, PetscInt region);
/** Whether the deck asks for the full demagnetizing field. Not collective. */
PetscBool HfMagnetSettingsFullDemag(HfDeck deck);
/** Whether it asks for single precision in it. Not collective. */
PetscBool HfMagnetSettingsSingleDemag(HfDeck deck);

/* ---- fields and currents from outside; each may be replaced at any time, also from a monitor ---- */
/** H[3] (A/m) from three quantities in A/m or, as mu0 H, in T: a key of the unit "A/m|T". Not collective. */
void HfAppliedFieldSettings(HfNode node, const char *key, PetscReal H[3]);
/** The uniform applied field from now on, A/m, in place of the deck's field.uniform; its table in time is still added. Collective. */
PetscErrorCode HfMagnetSetUniformField(HfMagnet magnet, const PetscReal H[3]);
/** The uniform applied field, A/m, without its table in time. Not collective. */
void HfMagnetGetUniformField(HfMagnet magnet, PetscReal H[3]);
/** A further field, such as the Oersted field: cell Vec of 3 components, A/m, borrowed until replaced; NULL: none. Call it again when the values
    changed. Collective. */
PetscErrorCode HfMagnetSetStoredField(HfMagnet magnet, Vec field);

/** Whether a current would act on the film: some torque is driven by it. Not collective. */
PetscBool HfMagnetFeelsCurrent(HfMagnet magnet);
/** Whether the current of another metal on the film would act on it: some torque is exerted from there. *side (may be NULL): where that metal lies, 1 above the
    film, -1 below. Not collective. */
PetscBool HfMagnetFeelsLayerCurrent(HfMagnet magnet, PetscReal *side);
/** Whether some torque is driven by the current in the film and by no other. Not collective. */
PetscBool HfMagnetFeelsFilmCurrentAlone(HfMagnet magnet);
/** Velocity at which a current makes textures of a region drift, relative to its density, m^3/(A s). Not collective. */
PetscReal HfMagnetDriftPerCurrent(HfMagnet magnet, PetscInt region);
/** The conventional current density j: cell Vec of 2 components, A/m^2, borrowed until replaced; NULL: that of HfMagnetSetUniformCurrent(), if there is
    one. Call it again when the values changed. Collective. */
PetscErrorCode HfMagnetSetCurrentDensity(HfMagnet magnet, Vec j);
/** The same of a current that does not flow in the film but in a metal on it; NULL: none. Collective. */
PetscErrorCode HfMagnetSetLayerCurrentDensity(HfMagnet magnet, Vec j);
/** The largest field, A/m, to which the torques of a current density j amount that turn m as a whole, as that of a heavy metal does; a cell Vec of 2 components,
    A/m^2. Nothing is set. Collective. */
PetscErrorCode HfMagnetCurrentAsField(HfMagnet magnet, Vec j, PetscReal *H);
/** The same j (A/m^2) in every cell from now on. Collective. */
PetscErrorCode HfMagnetSetUniformCurrent(HfMagnet magnet, const PetscReal j[2]);
/** That j, a cell Vec of 2 components, borrowed; NULL before it is set. Not collective. */
Vec HfMagnetUniformCurrent(HfMagnet magnet);
/** Updates the values of j for the state m (borrowed) at time t, which decreases when a step is rejected. Collective. */
typedef PetscErrorCode (*HfMagnetCurrentUpdate)(PetscReal t, Vec m, void *context);
/** When a current that depends on m is updated. */
typedef enum {
  HF_CURRENT_PER_STAGE,   /**< before every evaluation */
  HF_CURRENT_PER_STEP,    /**< for the state at the end of every step */
  HF_CURRENT_PER_INTERVAL /**< for the first such state after each multiple of an interval */
} HfCurrentRefresh;
/** "stage", "step", "interval", NULL. */
extern const char *const HfCurrentRefreshNames[];
/** A current that depends on m: `update` is called as `mode` says, and at the start of HfMagnetAdvance(); every: the interval, s. update NULL: the current
    stays as it is. Collective. */
PetscErrorCode HfMagnetSetCurrentUpdate(HfMagnet magnet, HfMagnetCurrentUpdate update, void *context, HfCurrentRefresh mode, PetscReal every);

/* ---- evaluations of m at time t (s), which only applied fields with a table depend on ---- */
/** dm/dt, 1/s, into a cell Vec of 3 components. Collective. */
PetscErrorCode HfMagnetRightHandSide(HfMagnet magnet, PetscReal t, Vec m, Vec dmdt);
/** H, A/m, into a cell Vec of 3 components; without thermal fluctuations. Collective. */
PetscErrorCode HfMagnetEffectiveField(HfMagnet magnet, PetscReal t, Vec m, Vec field);
/** max |m x H|/Ms over the film, what of it exceeds dry friction (material.friction). Collective. */
PetscErrorCode HfMagnetMaxTorque(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque);
/** Average of m over the cells of the film. Collective. */
PetscErrorCode HfMagnetAverage(HfMagnet magnet, Vec m, PetscReal average[3]);
/** Average of Ms m over the cells of the film, A/m. Collective. */
PetscErrorCode HfMagnetMeanMagnetization(HfMagnet magnet, Vec m, PetscReal M[3]);
/** Dry friction of a region, A/m; 0: none. Not collective. */
PetscReal HfMagnetFriction(HfMagnet magnet, PetscInt region);
/** Number of active terms that have an energy. Not collective. */
PetscInt HfMagnetTermCount(HfMagnet magnet);
/** Name of such a term, 0 <= k < HfMagnetTermCount(). Not collective. */
const char *HfMagnetTermName(HfMagnet magnet, PetscInt k);
/** What its k-th term has to say of where it comes from, for the log: a file and how it was read; "" for most. Borrowed. Not collective. */
const char *HfMagnetTermNote(HfMagnet magnet, PetscInt k);
/** Their energies, J: energies[HfMagnetTermCount()]. Collective. */
PetscErrorCode HfMagnetEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal energies[]);
/** Outputs are fields by name: H_effective and H_TERM (A/m, 3 components), e_total and e_TERM (energy density, J/m^3, 1 component) of a term of H. Number of
    components of one of them, 0 if it is none. Not collective. */
PetscInt HfMagnetOutputComponents(HfMagnet magnet, const char name[]);
/** If the text of a deck starts like an output and this film does not have it, that is an error of the deck. `stored`: HfMagnetSetStoredField() will be
    called. Not collective. */
PetscErrorCode HfMagnetOutputSettingsCheck(HfMagnet magnet, HfNode node, PetscBool stored);
/** An output, into a cell Vec; without thermal fluctuations. Collective. */
PetscErrorCode HfMagnetOutput(HfMagnet magnet, const char name[], PetscReal t, Vec m, Vec v);
/** Largest torque and energies together, with one demagnetizing field for both, or none where a step has just computed it for this m. Collective. */
PetscErrorCode HfMagnetTorqueAndEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque, PetscReal energies[]);
/** HF_ERR_DIVERGED, naming the first such cell, when m is not finite or not of length 1 somewhere. Collective. */
PetscErrorCode HfMagnetGuard(HfMagnet magnet, PetscReal t, Vec m);

/* ---- time integration and relaxation ---- */
/** Called after every accepted step of length dt, at time t (s), on all ranks; *stop ends the phase. Collective. */
typedef PetscErrorCode (*HfMagnetMonitor)(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop);
/** Integrates m from t0 to exactly t1 (s). HF_ERR_DIVERGED, naming the cell, when a step diverges: m is then the last accepted state. monitor may be NULL.
    Collective. */
PetscErrorCode HfMagnetAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context);
/** Whether the monitors of HfMagnetAdvance() will interpolate from now on, which costs a pass over memory for each step. Not collective. */
void HfMagnetWillInterpolate(HfMagnet magnet, PetscBool interpolates);
/** In such a monitor: m at a time t (s) within the step that was just made, of unit length, from what the step computed. As exact as the
    step but for one order. Collective. */
PetscErrorCode HfMagnetInterpolate(HfMagnet magnet, PetscReal t, Vec m);
/** Damping only, dm/dt = -(gamma0/2) m x (m x H), as at alpha = 1, until max |m x H|/Ms < tolerance (*converged) or max_time (s) of that flow has passed.
    The energy never rises beyond round-off. The applied field is that of time t. Collective. */
PetscErrorCode HfMagnetRelax(HfMagnet magnet, PetscReal t, Vec m, PetscReal tolerance, PetscReal max_time, HfMagnetMonitor monitor, void *context,
                             PetscBool *converged);
/** The steps of HfMagnetRelax(). */
typedef enum {
  HF_RELAX_AUTO,     /**< those that cost less */
  HF_RELAX_EXPLICIT, /**< stabilized Runge-Kutta steps */
  HF_RELAX_IMPLICIT  /**< implicit ones */
} HfRelaxation;
/** For tests and benchmarks; HF_RELAX_AUTO at first. Not collective. */
void HfMagnetSetRelaxation(HfMagnet magnet, HfRelaxation steps);
/** Whether fluctuations act while time advances: the deck has a temperature above 0 K. Not collective. */
PetscBool HfMagnetIsNoisy(HfMagnet magnet);
/** Checks the time step that the deck gives for fluctuations in a uniform field H (A/m) that the schedule will apply: if it is too long, that is an error
    of the deck, which says `where` ("in the field of the step `field`"). Collective. */
PetscErrorCode HfMagnetCheckAppliedField(HfMagnet magnet, const char *where, const PetscReal H[3]);
/** The same of a further field that is going to be stored, of at most H (A/m), besides the present uniform one. Collective. */
PetscErrorCode HfMagnetCheckStoredField(HfMagnet magnet, const char *where, PetscReal H);
/** The method of time integration: the deck's integrator.method, "auto" where it switches between two, what it chose for good, or "heun" with
    fluctuations. Not collective. */
const char *HfMagnetMethod(HfMagnet magnet);
/** The explicit one of the two methods of `auto`, "3bs" or "5dp". Not collective. */
const char *HfMagnetExplicitMethod(HfMagnet magnet);
/** Length of the steps for which it is stable, s; 0: any. Not collective. */
PetscReal HfMagnetExplicitStep(HfMagnet magnet);
/** Length of its steps that stability allows, s, within a third or so; the tolerance may demand shorter ones. 0: the tolerance alone decides.
    Collective. */
PetscErrorCode HfMagnetExpectedStep(HfMagnet magnet, PetscReal *step);
/** Steps accepted and rejected, and evaluations of dm/dt, since creation; each may be NULL. Not collective. */
void HfMagnetStatistics(HfMagnet magnet, PetscInt64 *steps, PetscInt64 *rejected, PetscInt64 *rhs_evaluations);

/* ---- checkpoints: between two phases, or inside one, from the monitor, whose m is then the present state. The same call as before goes on from there
     after loading, to the same end bitwise ---- */
/** Where a run is interrupted. */
typedef enum {
  HF_BETWEEN_PHASES, /**< in no phase */
  HF_INSIDE_ADVANCE, /**< in a monitor of HfMagnetAdvance() */
  HF_INSIDE_RELAX    /**< in a monitor of HfMagnetRelax() */
} HfPhaseKind;
/** Whether a phase can be interrupted: one of PETSc's own integrators keeps to itself what it needs inside. Not collective. */
PetscBool HfMagnetCanPause(HfMagnet magnet, HfPhaseKind kind);
/** Adds to the list what the next step depends on besides m, for saving or loading. Collective. */
PetscErrorCode HfMagnetListCheckpoint(HfMagnet magnet, Vec m, HfPhaseKind inside, HfCheckpointList state);
/** The list's values, and m, were loaded. Not collective. */
PetscErrorCode HfMagnetCheckpointLoaded(HfMagnet magnet, Vec m, HfPhaseKind inside);
