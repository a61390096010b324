/* Private to src/experiment: the run's memory and what the steps share.

   Words: a *pattern* is a text of + and - per terminal (electrode, or pixel of a wiring); a *pulse* holds a pattern's voltages for a time; what the film's conductance matrix is at
   the end of a pulse is a *memory* of that pattern; the *untrained* film is the state in which the first pulse after the last
   `initial` finds it: relaxed, or after a time without voltage. */
#pragma once
#include <hopfilm/experiment.h>

typedef struct {
  char *pattern;
  PetscReal *x, *G;  /* x[n] = +1/-1, G[n*n] at the end of the pulse, S */
  PetscReal *rested; /* the same at the end of the pause after it; NULL without a pause */
  PetscReal time;
  PetscInt step, epoch;
} HfMemory;

/* The conductance on the way, while a training with `probe_every` goes on. */
typedef struct {
  PetscReal time, *x, *G; /* x[n] drives; G[n*n], S */
  PetscInt step, epoch;
} HfSnapshot;

/* The last pulse as `fit` needs it. */
typedef struct {
  PetscInt n_times, capacity;
  PetscReal *times, *G;  /* G[n_times][n][n] */
  PetscReal *before, *x; /* patterns before and during the pulse, +1/-1 */
  PetscBool have_before; /* a pulse came before, since the last `initial` */
  PetscBool recording, training;
  PetscReal voltage;
} HfTrace;

/* Processor seconds of this rank by what they went into. */
#define HF_MAX_EFFORTS 32
typedef struct {
  PetscInt n, n_matrices;
  const char *names[HF_MAX_EFFORTS];
  PetscReal seconds[HF_MAX_EFFORTS], counted; /* counted: up to here */
} HfEffort;

/* One way to turn conductances into weights, from a step's `weights` and `xi`. */
typedef struct {
  HfWeightsKind kind;
  PetscReal xi;
  PetscBool of_untrained; /* xi = tr G_untrained / tr G0, Yu et al.'s film */
  PetscBool after_pause;  /* of the films that rested after their pulses */
  char label[40];         /* "midrange", "scaled-0.98", "scaled:untrained", "resistance:untrained" */
} HfWeighting;
#define HF_MAX_WEIGHTINGS 64
#define HF_KEYS_END                                                                                                                                  \
  { NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL }

typedef struct {
  PetscReal seconds, probes, frames; /* real: what a deck may ask for has no bound */
} HfPlan;

/* ---- tape.c: outcomes, what the steps learn from the film; a resumed run has those from before from its checkpoint ---- */
typedef enum {
  HF_OUTCOME_STEP = 1, /* the end of a step of the schedule */
  HF_OUTCOME_TEXTURE,  /* m was set anew */
  HF_OUTCOME_EVOLVE,   /* time begins to pass: output times */
  HF_OUTCOME_TIME,     /* it passed, up to the next stop */
  HF_OUTCOME_RELAX,
  HF_OUTCOME_PROBE,
  HF_OUTCOME_MEASURE,
  HF_OUTCOME_CURRENTS,
  HF_OUTCOME_NODES,
  HF_OUTCOME_WIRING,
  HF_OUTCOME_ROW,
  HF_OUTCOME_FRAMES
} HfOutcome;
typedef struct {
  PetscBool on;      /* outcomes are those of the list */
  PetscInt n, room;  /* numbers in the list */
  PetscInt at;       /* next one, while on */
  PetscReal *values; /* one outcome after the other: kind, count, numbers */
  PetscBool at_step; /* the list ends with a step */
  HfPhaseKind inside;
  PetscReal next_row; /* of the table, inside HfEvolve() */
  PetscReal time;     /* simulated, of the last checkpoint */
} HfReplay;

/* A schedule step: one file in steps/, one line in steps.def. */
typedef struct {
  const char *name;
  const char *citation;
  const HfKey *keys; /* rows below "schedule[]": the section itself first */
  /* Semantic checks; errors go to the deck at `node`, the step's section. The device may lack what its own errors prevented. Collective. */
  PetscErrorCode (*check)(HfExperiment e, HfNode node);
  PetscErrorCode (*plan)(HfExperiment e, HfNode node, HfPlan *plan); /* adds what the step will do; NULL: no time passes */
  PetscErrorCode (*run)(HfExperiment e, HfNode node);                /* Collective. */
  PetscBool magnetic;                                                /* of use for a film without electrodes */
} HfStep;
const HfStep *HfStepFind(const char *name);

struct HfExperiment_ {
  MPI_Comm comm;
  HfDeck deck;
  HfRecorder recorder;
  HfDevice device;
  PetscInt n; /* terminals: electrodes, or pixels of a wiring; 0 when the deck's errors left none */
  HfPlan plan;

  HfReplay replay;
  PetscInt attend_in;             /* steps until the recorder is asked what to do */
  PetscInt n_steps;               /* of the schedule */
  PetscBool driving;              /* e->V is on */
  PetscInt step, epoch, initials; /* position in the schedule; how many initial states so far, the film's own included */
  PetscReal done;                 /* simulated seconds, of plan.seconds */

  PetscReal *G, *G0, *G_untrained; /* last probe; saturated; untrained */
  PetscInt n_gauges;
  PetscReal *gauges, *gauges_before; /* last probe; that at the start of the pulse */
  const char **gauge_names;
  PetscBool probed; /* G belongs to the present texture */
  PetscBool have_untrained;
  PetscBool compared; /* the models of the Oersted field */
  Vec untrained;      /* m of the untrained film */
  PetscReal *x, *V;   /* last pattern (+1/-1) and its voltages on the gold */
  char *pattern;      /* its text, "" if none */
  PetscBool have_x;   /* a pattern was driven since the last `initial` */
  HfMemory *memories; /* of the whole run */
  PetscInt n_memories, capacity, first_memory;
  HfSnapshot *snapshots; /* of the whole run */
  PetscInt n_snapshots, snapshot_capacity;
  HfTrace trace;
  HfEffort effort;
  const char *doing; /* the step's name */

  /* while the schedule is checked */
  PetscInt checked_pulses;    /* since the last `initial` */
  PetscBool checked_trace;    /* the last of them is probed on the way */
  PetscBool checked_unpaused; /* some had no pause after them */
  PetscInt n_checked;         /* patterns trained since the last `initial` */
  char **checked;
};

/* ---- patterns.c ---- */
/* x[n] and text (n+1 bytes, + and -) of a pattern given by its name or as it stands. `why` is NULL or what is wrong with it. */
PetscErrorCode HfPatternRead(HfExperiment e, const char *name, PetscReal x[], char text[], const char **why);
PetscErrorCode HfPatternCheck(HfExperiment e, HfNode node, const char *name); /* errors to the deck */
/* What a line of the log calls a pattern: its text if that is short, else its name if it has one. */
const char *HfPatternLabel(HfExperiment e, const char *name, const char *text);
PetscErrorCode HfPatternsCheckAll(HfExperiment e); /* section `patterns` */

PetscErrorCode HfCheckedAdd(HfExperiment e, const char *name); /* a step of the schedule trains this pattern */
PetscBool HfCheckedHas(HfExperiment e, const char *text);      /* one before trained it, or its mirror */

/* ---- drive.c ---- */
#define HF_DRIVE_FIELD_KEYS(step)                                                                                                                    \
  {step ".field", HF_QUANTITY, "A/m|T", "", ">0", 0, "Wanted Oersted field |H| at the film's centre; this or voltage"}, {                            \
    step ".field_pattern", HF_TEXT, NULL, "", "", 0, "Pattern for which the voltage gives that field (default: each pattern for itself)"             \
  }
#define HF_DRIVE_KEYS(step)                                                                                                                          \
  {step ".voltage", HF_QUANTITY, "V", "", ">0", 0, "Voltage of a + electrode (- gets the negative); this or field"}, HF_DRIVE_FIELD_KEYS(step)
PetscErrorCode HfDriveCheck(HfExperiment e, HfNode node);
PetscBool HfDriveByGold(HfExperiment e);   /* otherwise through the film's own electrodes */
PetscErrorCode HfDriveLog(HfExperiment e); /* how the current followed the texture since HfDriveOn(), without gold. Collective. */
/* Volts for the pattern x of a step with HF_DRIVE_KEYS. Collective. */
PetscErrorCode HfDriveVoltage(HfExperiment e, HfNode node, const PetscReal x[], PetscReal *voltage);
PetscErrorCode HfDriveVoltageForField(HfExperiment e, HfNode node, const PetscReal x[], PetscReal *voltage); /* from `field` alone. Collective. */
PetscErrorCode HfDriveOn(HfExperiment e, const PetscReal x[], const char *text, PetscReal voltage);          /* Collective. */
PetscErrorCode HfDriveCompare(HfExperiment e, const PetscReal x[],
                              PetscReal voltage); /* once per run: the two models of the Oersted field. Collective. */
PetscErrorCode HfDriveOff(HfExperiment e);        /* Collective. */

/* ---- tape.c ---- */
PetscBool HfReplaying(HfExperiment e);
PetscErrorCode HfReplayStart(HfExperiment e);
/* Whether the outcome is known from before: then values[n] have it. Otherwise the caller finds it, and keeps it with the second call. Any kind of
   number that a step learns from the film, or that took long to find, goes this way; what follows from them does not. Collective. */
PetscErrorCode HfReplayTake(HfExperiment e, HfOutcome kind, PetscInt n, PetscReal values[], PetscBool *taken);
PetscErrorCode HfReplayKeep(HfExperiment e, HfOutcome kind, PetscInt n, const PetscReal values[]);
PetscErrorCode HfReplayStepDone(HfExperiment e); /* HF_ERR_STOPPED when the run is to stop here. Collective. */
/* Inside of a phase, or between two, at simulated time t: writes a checkpoint when one is due, and tells whether to stop. Collective. */
PetscErrorCode HfPause(HfExperiment e, HfPhaseKind inside, PetscReal t, PetscBool *stop);

/* ---- evolve.c ---- */
/* Lets time pass, probing every `probe_every` (0: never on the way; always at the end, unless HF_NO_PROBES). Collective. */
#define HF_NO_PROBES (-1.0)
PetscErrorCode HfEvolve(HfExperiment e, const char *what, PetscReal duration, PetscReal probe_every);
/* Relaxes the film; HF_ERR_STOPPED like HfEvolve(). Collective. */
PetscErrorCode HfRelaxNow(HfExperiment e, PetscReal tolerance, PetscReal max_time, PetscBool *converged);
/* Of the present texture: average[3] of m and max |m x H|/Ms. Collective. */
PetscErrorCode HfMeasureNow(HfExperiment e, PetscReal average[3], PetscReal *torque);
PetscErrorCode HfProbeNow(HfExperiment e);                                       /* e->G of the present texture. Collective. */
PetscErrorCode HfTableLineNow(HfExperiment e, PetscReal t, PetscReal dt, Vec m); /* a line of the table. Collective. */
PetscErrorCode HfFramesNow(HfExperiment e, PetscBool currents); /* m, H and, with currents, j and j_gold of the last pattern. Collective. */
PetscErrorCode HfTextureChanged(HfExperiment e);                /* m was changed otherwise than by HfEvolve */
PetscErrorCode HfProgressNow(HfExperiment e, const char *what, PetscReal extra);

/* ---- cpu_time.c ---- */
PetscErrorCode HfEffortCount(HfExperiment e, const char *name); /* what was done since the last call was that */

/* ---- gauge_records.c: the deck's two-terminal read-outs, measured by every probe; nothing without them ---- */
PetscErrorCode HfReadingsCreate(HfExperiment e);
PetscErrorCode HfReadingsDestroy(HfExperiment e);
PetscErrorCode HfReadingsMeasure(HfExperiment e); /* Collective. */
PetscErrorCode HfReadingsStart(HfExperiment e);   /* the last probe is where a pulse starts from */
PetscErrorCode HfReadingsReport(HfExperiment e, const char *text, PetscReal voltage, PetscReal start); /* from there to the last probe. Collective. */
PetscErrorCode HfReadingsList(HfExperiment e, HfNode entry); /* the last probe, into the entry and the log */

/* ---- memories.c ---- */
PetscErrorCode HfUntrainedRemember(HfExperiment e); /* does nothing after the first pulse. Collective. */
PetscErrorCode HfUntrainedRestore(HfExperiment e);  /* m back to it. Collective. */
PetscErrorCode HfMemoryAdd(HfExperiment e);         /* the present texture as memory of the present pattern. Collective. */
PetscErrorCode HfMemoryRested(HfExperiment e);      /* the newest memory after its pause: the present texture. Collective. */
const PetscReal *HfMemoryConductance(const HfWeighting *weighting, const HfMemory *memory); /* G[n*n] that these weights are made of */
const HfMemory *HfMemoryFind(HfExperiment e, const PetscReal x[]); /* newest since the last `initial` of x or its mirror, NULL if none */
PetscErrorCode HfTraceStart(HfExperiment e, PetscReal voltage, PetscBool training); /* training: its probes are snapshots, too */
PetscErrorCode HfTraceAdd(HfExperiment e);                                          /* the last probe, while a pulse is recorded */
PetscErrorCode HfMemoriesDestroy(HfExperiment e);
/* First memory that a step with key `of: all|last` looks at; all newer ones follow. Faults when there is none. Collective. */
PetscErrorCode HfMemoriesOf(HfExperiment e, HfNode node, PetscInt *first);
/* From `weights` and `xi`; the untrained film must be known, as it is after any pulse. */
PetscErrorCode HfWeightingsRead(HfExperiment e, HfNode node, PetscInt *n, HfWeighting list[HF_MAX_WEIGHTINGS]);
/* w = G - G0, to be shown beside scaled weights (xi = 1); *wanted tells whether the list has those and not these. */
HfWeighting HfWeightingControl(PetscInt n, const HfWeighting list[], PetscBool *wanted);
PetscErrorCode HfWeightingPut(HfNode entry, const HfWeighting *weighting); /* weights, xi and where it is from */
PetscErrorCode HfWeightingsCheck(HfExperiment e, HfNode node);
/* Weights of a matrix; midrange over the memories since the last `initial`, or all of the run if those are fewer than two. */
PetscErrorCode HfWeightingApply(HfExperiment e, const HfWeighting *weighting, const PetscReal G[], PetscBool with_diagonal, PetscReal w[]);

/* ---- recalling.c: what the steps that recall have in common ---- */
#define HF_WEIGHTS_WORDS "saturated|scaled|midrange|resistance"
#define HF_WEIGHTS_KEYS(step)                                                                                                                        \
  {step ".weights",                                                                                                                                  \
   HF_TEXTS,                                                                                                                                         \
   NULL,                                                                                                                                             \
   "midrange",                                                                                                                                       \
   HF_WEIGHTS_WORDS,                                                                                                                                 \
   0,                                                                                                                                                \
   "saturated (G - G0), scaled (G - xi G0), midrange (G - mean of least and largest over the memories), resistance (R - xi R0, R the inverse of "    \
   "G)"},                                                                                                                                            \
      {step ".after", HF_CHOICE, NULL, "pulse", "pulse|pause", 0, "The memories as they are at the end of the pulse, or of the pause after it"}, {   \
    step ".xi", HF_NUMBERS, NULL, "0.98", ">0|untrained", 0,                                                                                         \
        "xi of the scaled and of the resistance weights; several make a sweep; untrained: tr G/tr G0 (or tr R/tr R0) of the untrained film"          \
  }
#define HF_RECALL_KEYS(step)                                                                                                                         \
  {step ".method",                                                                                                                                   \
   HF_CHOICE,                                                                                                                                        \
   NULL,                                                                                                                                             \
   "synchronous",                                                                                                                                    \
   "synchronous|asynchronous|sweeps",                                                                                                                \
   0,                                                                                                                                                \
   "All nodes at once, one random node at a time, or every node once per sweep in random order until a sweep changes none"},                         \
      {step ".max_iterations",                                                                                                                       \
       HF_INT,                                                                                                                                       \
       NULL,                                                                                                                                         \
       "",                                                                                                                                           \
       ">=1",                                                                                                                                        \
       0,                                                                                                                                            \
       "Most updates of all nodes (synchronous, sweeps: 20 when left out) or of single ones (asynchronous: 1000)"},                                  \
      {step ".quiet", HF_INT, NULL, "10", ">=1", 0, "Asynchronous: stop when nothing changed for more than so many updates"},                        \
      {step ".dead_zone", HF_NUMBER, NULL, "1e-9", ">=0", 0, "A current below this part of the sum of its own parts keeps the old state"}, {         \
    step ".seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Order of asynchronous updates and sweeps"                                                       \
  }
PetscErrorCode HfRecallOptionsRead(HfNode node, HfRecallOptions *options);

/* ---- record.c: the recorder's functions, where it has them ---- */
PetscErrorCode HfRecordField(HfExperiment e, const char *name, PetscInt dof, Vec v);
PetscErrorCode HfRecordEnergies(HfExperiment e, const char *name, PetscInt n_states, const PetscReal energies[]);
PetscErrorCode HfRecordArray(HfExperiment e, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit);
PetscErrorCode HfRecordSummary(HfExperiment e, HfNode entry);
PetscErrorCode HfRecordLog(HfExperiment e, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3);
/* A line of the log that `hopfilm info` repeats: kept in the entry. */
PetscErrorCode HfRecordHeadline(HfExperiment e, HfNode entry, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(3, 4);
/* An entry of the summary that names the step, its place in the schedule and the initial state it belongs to (all from 1). */
PetscErrorCode HfEntryCreate(HfExperiment e, const char *step, HfNode *entry);
