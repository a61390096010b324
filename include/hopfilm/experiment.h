/* hopfilm/experiment.h: a schedule of steps on a device. Steps are one file each in src/experiment/steps/, listed in steps.def.
   What a run finds goes to a recorder, implemented by src/output: experiment never writes a file. */
#pragma once
#include <hopfilm/device.h>
#include <hopfilm/network.h>

/* ---- the recorder: called on all ranks with the same arguments (collective), so that an implementation may write in parallel ---- */
typedef struct {
  PetscReal time;
  PetscInt n;           /* terminals */
  const PetscReal *G;   /* n x n, S */
  PetscInt step, epoch; /* position in the schedule */
  const char *pattern;  /* text of the pattern that drives or drove last, "" if none */
  PetscInt n_gauges;
  const char *const *gauge_names;
  const PetscReal *gauges; /* conductance of each gauge, S */
} HfProbe;
typedef struct {
  PetscReal time, dt, average[3], max_torque, energy; /* energy: total, J */
  const PetscReal *G;                                 /* last probed conductance, NULL if none yet */
} HfTableLine;
/* What is asked of a run that goes on. */
typedef struct {
  PetscBool checkpoint, stop; /* now; stop comes with a checkpoint */
  PetscInt steps;             /* of the integrator until it should be asked for again */
} HfRequest;
/** What a recorder asks to be given, the typed form of the deck's section `output`. Constant once the grid has been built. */
typedef struct {
  PetscInt n_fields;
  const char *const *fields;            /* "m", "H", "j" or "j_gold" */
  PetscReal every;                      /* simulated time between frames of a driven film, s; 0: at the end of each pulse only */
  PetscReal table_every;                /* least simulated time between table lines, s; 0: not limited */
  PetscReal checkpoint_every_simulated; /* s; 0: no checkpoints by simulated time */
  PetscInt bytes_per_number;            /* of the fields in the file, 4 or 8 */
  HfSelection selection;                /* the cells that are kept of a field; valid after `check_settings` */
} HfRecorderSettings;
typedef struct HfRecorder_ *HfRecorder;
struct HfRecorder_ {
  void *context;
  const HfRecorderSettings *settings; /* NULL: a recorder that asks for no fields */
  /* Called once, when the grid has been built: completes the settings; what does not fit the grid is an error of the deck. May be NULL. */
  PetscErrorCode (*check_settings)(void *context, HfGrid grid);
  PetscErrorCode (*saturated)(void *context, PetscInt n, const PetscReal G0[]);
  PetscErrorCode (*probe)(void *context, const HfProbe *probe);
  PetscErrorCode (*table_line)(void *context, const HfTableLine *line);                                       /* table.tsv */
  PetscErrorCode (*field)(void *context, const char *name, PetscReal time, PetscInt dof, Vec v);              /* a frame of /fields/<name> */
  PetscErrorCode (*energies)(void *context, const char *name, PetscInt n_states, const PetscReal energies[]); /* /energy/<name> */
  PetscErrorCode (*array)(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                          const char *unit);                                 /* any other small table, e.g. /fit/model */
  PetscErrorCode (*wiring)(void *context, const HfWiring *wiring);           /* the device has another one from now on: /film/wiring */
  PetscErrorCode (*text)(void *context, const char *name, const char *text); /* a file of the run directory */
  PetscErrorCode (*summary)(void *context, HfNode entry);                    /* one entry of summary.yaml's `results`; takes ownership */
  PetscErrorCode (*progress)(void *context, const char *what, PetscReal done, PetscReal total); /* simulated seconds; prints with ETA */
  PetscErrorCode (*log)(void *context, const char *line);
  /* Checkpoints; all NULL when there are none. `attend` is asked from time to time, and at the end of every item of the schedule; a checkpoint holds what
     was found and the state at the simulated `time`, in or after item `begun` (from 1) of `n_items`. `stored` tells how many numbers of that name a
     checkpoint to resume from holds, 0 without one; `restore` loads items of it, and with `live` the recorder learns that from now on things happen
     that it was not told before. Until then `field` is called with a NULL Vec, for a frame that was written. */
  PetscErrorCode (*attend)(void *context, PetscBool at_step, PetscBool last, HfRequest *request);
  PetscErrorCode (*checkpoint)(void *context, HfCheckpointList state, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished);
  PetscErrorCode (*stored)(void *context, const char *name, PetscInt *n);
  PetscErrorCode (*restore)(void *context, HfCheckpointList state, PetscBool live);
};

typedef struct HfExperiment_ *HfExperiment;
PetscErrorCode HfExperimentRegisterKeys(HfKeys keys); /* patterns, schedule, every step's keys, and all modules below */
PetscErrorCode HfExperimentCreate(HfDeck deck, HfRecorder recorder,
                                  HfExperiment *experiment); /* builds the device, checks the schedule; ends with HfDeckVerdict. Collective. */
PetscErrorCode HfExperimentRun(HfExperiment experiment);     /* Collective. */
PetscErrorCode HfExperimentPlan(HfExperiment experiment,
                                HfNode *plan); /* `hopfilm check`: cells, ranks, memory, simulated time, estimated steps, bytes written */
PetscErrorCode HfExperimentEffort(
    HfExperiment experiment,
    HfNode summary); /* the calling process's peak memory and processor seconds, by what they went into; not what was done before a restart */
HfDevice HfExperimentDevice(HfExperiment experiment);
PetscErrorCode HfExperimentDestroy(HfExperiment *experiment);
