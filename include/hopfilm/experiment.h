/** @file
    hopfilm/experiment.h: a schedule of steps on a device.

    The steps are one file each in src/experiment/steps/, listed in steps.def; src/experiment/step.h says what a step is made of and how to add
    one. What a run finds goes to a recorder, an observer that is implemented by src/output: the experiment writes no file. The only way back from
    the recorder to the run is control: HfRequest, whether to write a checkpoint now and whether to stop. */
#pragma once
#include <hopfilm/device.h>
#include <hopfilm/network.h>

/* ---- the recorder ---- */

/** A measured conductance matrix. Arrays are borrowed for the call. */
typedef struct {
  PetscReal time;                 /**< simulated, s */
  PetscInt n;                     /**< terminals: pixels of the wiring, or electrodes */
  const PetscReal *G;             /**< [n][n], S */
  PetscInt item;                  /**< item of the schedule, from 0 */
  PetscInt epoch;                 /**< epoch of its training, from 0 */
  const char *pattern;            /**< text of the pattern that drives or drove last, "" if none did */
  PetscInt n_gauges;              /**< two-terminal read-outs of the deck */
  const char *const *gauge_names; /**< [n_gauges] */
  const PetscReal *gauges;        /**< [n_gauges], conductance of each gauge, S */
} HfProbe;

/** A line of the run's time series. */
typedef struct {
  PetscReal time;       /**< simulated, s */
  PetscReal dt;         /**< length of the step that led to it or past it, s; 0 between phases */
  PetscReal average[3]; /**< mean of m over the film */
  PetscReal max_torque; /**< max |m x H|/Ms */
  PetscReal energy;     /**< total, J */
  const PetscReal *G;   /**< last measured conductance matrix, S; NULL before the first one of a film */
} HfTableLine;

/** What is requested of a run that goes on. */
typedef struct {
  PetscBool checkpoint; /**< write a checkpoint now */
  PetscBool stop;       /**< stop now, with a checkpoint */
  PetscInt steps; /**< given: steps of the integrator since the recorder was last asked; asked for: until it should be asked again, at least 1 */
} HfRequest;

/** What a recorder asks to be given, the typed form of the deck's section `output`. Constant once the grid has been built. */
typedef struct {
  PetscInt n_fields;                    /**< fields that are kept */
  const char *const *fields;            /**< [n_fields], "m", "H", "j" or "j_gold" */
  PetscReal every;                      /**< simulated time between frames of a driven film, s; 0: at the end of each pulse only */
  PetscReal table_every;                /**< simulated time between table lines of a phase, s; 0: at ends of steps, as suits the phase */
  PetscReal checkpoint_every_simulated; /**< s; 0: no checkpoints by simulated time */
  PetscInt bytes_per_number;            /**< of the fields in the file, 4 or 8 */
  HfSelection selection;                /**< the cells that are kept of a field; valid after `check_settings` */
} HfRecorderSettings;

/** How far a run is. */
typedef struct {
  const char *what;     /**< present activity */
  PetscReal done;       /**< simulated time so far, s */
  PetscReal total;      /**< simulated time of the whole run, s */
  PetscInt item;        /**< present item of the schedule, from 0 */
  PetscInt n_items;     /**< of the schedule */
  PetscReal item_done;  /**< simulated time of that item so far, s */
  PetscReal item_total; /**< simulated time of that item, s; 0 of one in which no time passes */
} HfProgress;

/** The recorder of a run, see HfRecorder_. */
typedef struct HfRecorder_ *HfRecorder;

/** Observer of a run. Every function may be NULL: what it is for is then not recorded. All are called on all ranks with the same arguments but for
    the local part of a Vec, so that an implementation may write in parallel; arrays and texts are borrowed for the call. */
struct HfRecorder_ {
  void *context;                      /**< first argument of every function */
  const HfRecorderSettings *settings; /**< NULL: a recorder that asks for no fields */
  /** Called once, when the device has been built: completes the settings; what does not fit it is an error of the deck. */
  PetscErrorCode (*check_settings)(void *context, HfDevice device);

  /** @name Results: the recorder learns them, and nothing comes back
      @{ */
  PetscErrorCode (*saturated)(void *context, PetscInt n, const PetscReal G0[]); /**< [n][n] of the film saturated along z, S */
  PetscErrorCode (*probe)(void *context, const HfProbe *probe);                 /**< a measured conductance matrix */
  PetscErrorCode (*table_line)(void *context, const HfTableLine *line);         /**< a line of table.tsv */
  /** A frame of /fields/NAME: a cell Vec with `dof` components at simulated time `time` (s). NULL: a frame that the run before this one wrote. */
  PetscErrorCode (*field)(void *context, const char *name, PetscReal time, PetscInt dof, Vec v);
  PetscErrorCode (*energies)(void *context, const char *name, PetscInt n_states, const PetscReal energies[]); /**< [n_states], /energy/NAME */
  /** Any other small table, such as /fit/model: shape[rank], values row-major. */
  PetscErrorCode (*array)(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit);
  PetscErrorCode (*wiring)(void *context, const HfWiring *wiring);           /**< the device has another wiring from now on: /film/wiring */
  PetscErrorCode (*text)(void *context, const char *name, const char *text); /**< a file of the run directory */
  PetscErrorCode (*summary)(void *context, HfNode entry);                    /**< an entry of `results` in summary.yaml; takes ownership */
  PetscErrorCode (*progress)(void *context, const HfProgress *progress);     /**< from time to time */
  PetscErrorCode (*log)(void *context, const char *line);                    /**< a line without its end */
  /** @} */

  /** @name Control: the only way back
      @{ */
  /** Called after steps of the integrator, as `request->steps` of the last call says, and at the end of every item of the schedule (at_item_end;
      last: of the schedule). */
  PetscErrorCode (*attend)(void *context, PetscBool at_item_end, PetscBool last, HfRequest *request);
  /** @} */

  /** @name Checkpoints: all NULL, or none
      @{ */
  /** Writes the list: what was measured, and the state at the simulated `time` (s), in or after item `begun` (from 1) of n_items; `finished`: at the
      end of the schedule. */
  PetscErrorCode (*checkpoint)(void *context, HfCheckpointList list, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished);
  /** How many numbers of that name the checkpoint holds that the run resumes from; 0 without one. */
  PetscErrorCode (*stored)(void *context, const char *name, PetscInt *n);
  /** Loads the items of the list from that checkpoint. `live`: from now on results are new ones. */
  PetscErrorCode (*restore)(void *context, HfCheckpointList list, PetscBool live);
  /** @} */
};

/* ---- the experiment ---- */

/** A kind of schedule step, see src/experiment/step.h. */
typedef struct HfStep_ HfStep;

/** A device and its schedule. */
typedef struct HfExperiment_ *HfExperiment;

/** Adds the sections `patterns` and `schedule`, the keys of every step of steps.def, and those of all modules below. Not collective. */
PetscErrorCode HfExperimentRegisterKeys(HfKeys keys);

/** Adds the keys of further steps, which HfExperimentCreate() is then given, too. steps[]: ends with NULL. Not collective. */
PetscErrorCode HfStepsRegisterKeys(HfKeys keys, const HfStep *const steps[]);

/** Builds the device, reads and checks the schedule; ends with HfDeckVerdict(). Deck, recorder and steps are borrowed. Collective on the deck's
    communicator.
    @param deck        validated
    @param recorder    the observer of the run
    @param extra_steps known besides those of steps.def, ends with NULL; NULL: none
    @param experiment  NULL when it fails
    @return HF_ERR_DECK when the deck has errors, which have been reported */
PetscErrorCode HfExperimentCreate(HfDeck deck, HfRecorder recorder, const HfStep *const extra_steps[], HfExperiment *experiment);

/** Runs the schedule, from the checkpoint of the recorder if it has one. Collective.
    @return HF_ERR_STOPPED when the recorder requested to stop, HF_ERR_DIVERGED when the film diverged or a reading is worthless, HF_ERR_DECK when the
            deck requires something impossible that only the run could show, HF_ERR_FILE when the checkpoint does not fit the schedule or the recorder
            fails */
PetscErrorCode HfExperimentRun(HfExperiment experiment);

/** The plan of a run for `hopfilm check`: cells, ranks, memory, simulated time, expected steps, bytes written. The map belongs to the caller.
    Collective. */
PetscErrorCode HfExperimentPlan(HfExperiment experiment, HfNode *plan);

/** Adds to such a plan what every drive amounts to in the initial texture (voltage, current densities, Oersted field, drift velocity), with warnings of
    implausible ones, and the wall time, from a short calibration. The calibration moves the film: the experiment is not to be run afterwards. Collective. */
PetscErrorCode HfExperimentForecast(HfExperiment experiment, HfNode plan);

/** A film that is not built, and the job that is to run it. */
typedef struct {
  PetscInt64 n[2];        /**< cells along x, y */
  PetscInt ranks;         /**< of the job */
  PetscReal rank_memory;  /**< HfDeviceRankMemory() */
  PetscBool full_demag;   /**< its steps grow by n log n */
  PetscBool single_demag; /**< HfMagnetSettingsSingleDemag() */
  PetscReal latency;      /**< of a message, s */
  PetscReal bandwidth;    /**< of a rank, B/s */
} HfLargeFilm;
/** The plan of a film for which the experiment's smaller one stands: cells, memory, steps, core-hours, bytes, time to ask for, what it rests on, and what
    was left out. Moves the film, as HfExperimentForecast(). The map belongs to the caller. Collective. */
PetscErrorCode HfExperimentPlanLarge(HfExperiment experiment, const HfLargeFilm *large, HfNode *plan);

/** Puts into the map `summary` the peak memory and the CPU seconds of the calling process, the latter by activity; not those of the run before a
    restart. Not collective. */
PetscErrorCode HfExperimentResources(HfExperiment experiment, HfNode summary);

/** The device, borrowed. Not collective. */
HfDevice HfExperimentDevice(HfExperiment experiment);

/** Collective. Does nothing to NULL. */
PetscErrorCode HfExperimentDestroy(HfExperiment *experiment);
