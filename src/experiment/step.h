/* What a schedule step is and what it may use. For the files in steps/ and inference/, and for steps that are registered from outside.

   How to add a step: one file steps/NAME.c that defines `const HfStep HfStep_Name`, and one line in steps.def. A step that measures something new
   does so through HfTapeMeasure(); a run that was stopped then replays it, and the step contains no restart logic.

   Terms
   - terminal: an electrode, or a pixel of the deck's `wiring`. n is the number of terminals, matrices are row-major n x n.
   - pattern: one sign per terminal, as numbers x[n] = +1/-1 and as text of n signs + and -.
   - pulse: the voltages of a pattern are held for a time.
   - memory: the conductance matrix of the film at the end of a pulse, with the pattern of that pulse.
   - untrained film: the film as the first pulse since the last step `initial` finds it.

   Every function is collective unless it says otherwise: all ranks call it with the same arguments. */
#pragma once
#include <hopfilm/experiment.h>

#define HF_KEYS_END                                                                                                                                  \
  { NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL }

/* ==== 1. Settings: typed, read once, constant from then on ====================================================================================== */

/* What a schedule will do; real numbers, because a deck can ask for more than an integer holds. */
typedef struct {
  PetscReal seconds, probes, frames; /* simulated time, conductance matrices, frames of the fields */
  PetscReal phases;                  /* of the simulated time, with a constant drive each */
  PetscReal relaxations;             /* whose length nobody knows before */
  PetscBool rests_untrained;         /* the untrained film is read at rest */
} HfPlan;

/* Times of a rest without voltage after which the film is read, s, rising. */
#define HF_MAX_RESTS 32
typedef struct {
  PetscInt n;
  PetscReal time[HF_MAX_RESTS];
} HfRestTimes;

/* The section `patterns`. */
typedef struct {
  const char *name, *why; /* why: NULL, or what is wrong with it */
  PetscReal *x;           /* [n] */
  char *text;             /* [n+1] */
} HfNamedPattern;
typedef struct {
  PetscInt n, count;
  HfNamedPattern *named; /* [count] */
} HfPatternList;

typedef struct {
  const HfStep *step;
  HfNode node;    /* its section of the deck */
  void *settings; /* the step's own, NULL if it has none */
} HfScheduleItem;

typedef struct {
  PetscInt n; /* terminals; 0 for a film without electrodes */
  PetscInt n_gauges;
  const char **gauge_names; /* [n_gauges] */
  HfPatternList patterns;
  PetscInt n_items;
  HfScheduleItem *items; /* [n_items] */
  HfPlan plan;
} HfScheduleSettings;

/* The schedule while its items are read one after the other. */
typedef struct {
  HfDeck deck;
  HfDevice device; /* may lack parts that errors of the deck prevented */
  PetscBool has_electrodes;
  PetscBool has_current; /* of a step `current` */
  PetscBool current_on;  /* the last of them switched it on */
  const HfScheduleSettings *schedule;
  /* since the last `initial` */
  char *last;         /* text of the pattern that drove last; NULL: none did */
  const char *no_fit; /* why the last pulse cannot be fitted; NULL: it can */
  PetscReal memories; /* number of them */
  PetscBool unpaused; /* some memory is of a pulse without a pause after it */
  PetscInt n_trained;
  char **trained;              /* texts of the patterns trained */
  PetscBool was_unpaused;      /* the same as `unpaused` of some film before the last `initial`, with the present wiring */
  HfRestTimes rests;           /* that all memories have */
  HfRestTimes rests_before;    /* that all memories of the films before the last `initial` have, with the present wiring */
  PetscBool had_memories;      /* there are such memories */
  HfRestTimes untrained_rests; /* after which the untrained film is read */
} HfScheduleCheck;

/* ==== 2. Clock and drive: where the run is and what drives the film; simulated time itself is HfDeviceTime() ==================================== */

/* CPU seconds of this process by activity. */
#define HF_MAX_ACTIVITIES 32
typedef struct {
  PetscInt n, n_matrices; /* conductance matrices so far, replayed ones included */
  const char *names[HF_MAX_ACTIVITIES];
  PetscReal seconds[HF_MAX_ACTIVITIES], counted; /* counted: all CPU time up to here has been assigned */
} HfCpuTime;

typedef struct {
  PetscInt item, epoch, n_initials;   /* item of the schedule and epoch of its training, from 0; initial states so far, the film's own included */
  PetscReal seconds;                  /* simulated at the start of the present phase, of plan.seconds */
  PetscReal item_start, item_seconds; /* the same at the start of the item, and what the item is planned to take */
  const char *activity;               /* name of the present step */
  HfCpuTime cpu;
  PetscReal *x, *V;   /* [n]: the pattern that drives or drove last, and its voltages V = voltage x */
  PetscReal voltage;  /* V */
  char *pattern;      /* its text; "" before the first one */
  PetscBool on;       /* V is applied */
  PetscBool compared; /* the two models of the Oersted field have been compared */
} HfDrive;

/* ==== 3. Training record: what the run remembers of the film ==================================================================================== */

/* The film as it is read after a rest. */
typedef struct {
  PetscReal after, time; /* s: length of the rest, and simulated time at its end */
  PetscReal *G;          /* [n*n], S */
} HfReading;
typedef struct {
  PetscInt n;
  HfReading *list; /* [n] */
} HfReadings;

typedef struct {
  char *pattern;
  PetscReal *x, *G;      /* x[n], and G[n*n] at the end of the pulse, S */
  HfReadings rested;     /* at rest after it */
  PetscReal pause;       /* s: the length of these rests that is the pause after the pulse; 0 without a pause */
  PetscReal time, pulse; /* s: simulated time at the end of the pulse, and its length */
  PetscInt item, epoch;
} HfMemory;

/* The conductance during a training with `probe_every`. */
typedef struct {
  PetscReal time, *x, *G; /* x[n] drives; G[n*n], S */
  PetscInt item, epoch;
} HfSnapshot;

/* The last pulse, for the step `fit`. */
typedef struct {
  PetscInt n_times, capacity;
  PetscReal *times, *G;  /* [n_times] s, [n_times][n*n] S */
  PetscReal *before, *x; /* [n]: patterns before and during the pulse */
  PetscBool has_before;  /* another pulse came before it, on the same film */
  PetscBool recording, training;
  PetscReal voltage;
} HfTrace;

typedef struct {
  PetscInt n, n_gauges;
  PetscReal *G, *gauges;      /* [n*n], [n_gauges]: the last probe, S */
  PetscBool current;          /* it is of the present m */
  PetscReal *gauges_at_start; /* [n_gauges]: at the start of the present pulse */
  PetscReal *G0;              /* [n*n] of the film saturated along z */
  Vec m_untrained;
  PetscReal *G_untrained; /* [n*n] */
  HfReadings untrained_rested;
  Vec m_kept; /* m while the untrained film rests in its place; NULL: no step lets it rest */
  PetscBool has_untrained;
  PetscBool driven;   /* a pattern has driven the film since it was untrained */
  HfMemory *memories; /* of the whole run; those since the last `initial` begin at first_memory, those of the present wiring at first_of_wiring */
  PetscInt n_memories, memory_capacity, first_memory, first_of_wiring;
  HfSnapshot *snapshots; /* of the whole run */
  PetscInt n_snapshots, snapshot_capacity;
  HfTrace trace;
} HfTrainingRecord;

/* ==== 4. Tape: what lets a stopped run go on (tape.c) =========================================================================================== */

typedef struct HfTape_ *HfTape;
/* Finds values[n]. Returns HF_ERR_STOPPED, after HfTapePause() said so, when the run is to end before they are found. */
typedef PetscErrorCode (*HfMeasurement)(void *context, PetscInt n, PetscReal values[]);
/* Measures values[n], or replays them when a run before this one did. The label (any short text) tells one kind of measurement from another.
   Everything that a step learns from the film, or does to it, goes this way: n may be 0 for a deed that yields no number, and `measure` NULL for
   values that the caller knows already. What is computed from the values does not need to. Measurements do not nest. */
PetscErrorCode HfTapeMeasure(HfTape tape, const char *label, PetscInt n, PetscReal values[], HfMeasurement measure, void *context);
/* For what takes long, to be called from time to time, inside of a measurement or outside, where it can be begun again from the last values on the
   tape: writes a checkpoint when one is due. *stop: return HF_ERR_STOPPED. */
PetscErrorCode HfTapePause(HfTape tape, PetscBool *stop);
/* The same after a piece of work of no more than some 0.1 s, and HF_ERR_STOPPED when the run is to stop: PetscCall(HfTapeCompute(tape)). */
PetscErrorCode HfTapeCompute(HfTape tape);

/* ==== What a step gets ========================================================================================================================== */

struct HfStepContext_ {
  MPI_Comm comm;
  HfDevice device;
  HfRecorder recorder;
  const HfScheduleSettings *schedule;
  HfDrive *drive;
  HfTrainingRecord *record;
  HfTape tape;
};
typedef const struct HfStepContext_ *HfStepContext;

/* How a step drives patterns. */
typedef struct {
  PetscReal voltage;        /* V; 0: from `field` */
  PetscReal field;          /* A/m */
  HfFieldMeasure measure;   /* where it is meant */
  PetscReal *field_pattern; /* [n]: the pattern for which the voltage gives it; NULL: each pattern for itself */
} HfDriveSettings;

/* The schedule before it runs, once its device exists (preview.c). */
typedef struct {
  HfDeck deck;
  HfDevice device;
  const HfScheduleSettings *schedule;
  HfNode node;            /* the section of the present step ... */
  PetscInt item;          /* ... and its item, from 0 */
  const char *step;       /* its name */
  PetscBool wiring_known; /* no step before it finds another wiring */
  HfNode drives;          /* list of forecasts; NULL: only faults are looked for */
  PetscReal *V;           /* [n], V: of the first drive; NULL: none so far */
} HfPreview;
/* The step drives x[n] for `seconds` in all, at the voltage (V) or, where that is 0, as `drive` says. */
PetscErrorCode HfPreviewDrive(HfPreview *preview, const char *label, const PetscReal x[], const HfDriveSettings *drive, PetscReal voltage,
                              PetscReal seconds);
/* The step sets a uniform current density, A/m^2. */
PetscErrorCode HfPreviewUniformCurrent(HfPreview *preview, const PetscReal density[2]);

struct HfStep_ {
  const char *name;     /* under which it stands in the deck's schedule */
  const char *citation; /* key of an entry in src/base/citations.c; NULL: none */
  const HfKey *keys;    /* rows below "schedule[]", the section itself first */
  /* Adds rows that others keep, below the section; NULL: there are none. Not collective. */
  PetscErrorCode (*register_keys)(HfKeys keys);
  PetscBool magnetic; /* of use for a film without electrodes */
  /* Reads and checks the step's section before anything runs; errors go to check->deck at a place in `node`. *settings is a struct of the step's
     own, to be freed by `destroy`, or by PetscFree() where that is NULL. A hook that is NULL: the step has no settings. */
  PetscErrorCode (*settings)(HfScheduleCheck *check, HfNode node, void **settings);
  PetscErrorCode (*destroy)(void *settings);
  void (*plan)(const void *settings, HfPlan *plan); /* adds what the step will do; NULL: no time passes, nothing is probed. Not collective. */
  /* What the step would refuse once it runs goes to the deck as errors; its drives are shown to HfPreviewDrive(). NULL: nothing. */
  PetscErrorCode (*preview)(HfPreview *preview, const void *settings);
  PetscErrorCode (*run)(HfStepContext context, const void *settings);
};

/* Errors of the deck that several steps report. */
#define HF_NOTHING_TRAINED  "nothing was trained since the last initial state"
#define HF_NEEDS_ELECTRODES "schedule: %s needs `electrodes`, and the deck has none" /* the step's name */

/* ---- patterns.c ---- */
/* x[n] and text[n+1] of a pattern given by its name or literally. *why: NULL, or what is wrong with it (x and text are undefined then). Not
   collective. */
PetscErrorCode HfPatternRead(const HfPatternList *patterns, const char *name, PetscReal x[], char text[], const char **why);
/* The same for a step's settings: what is wrong is an error of the deck at `place`, and all signs are then +. text may be NULL. */
PetscErrorCode HfPatternSettingsRead(HfScheduleCheck *check, HfNode place, const char *name, PetscReal x[], char text[]);
/* What a line of the log calls a pattern: its text if that is short, otherwise its name if it has one. Not collective. */
const char *HfPatternLabel(const HfPatternList *patterns, const char *name, const char *text);
PetscErrorCode HfScheduleCheckReset(HfScheduleCheck *check); /* a new film: nothing has been trained. Not collective. */
/* The same with another wiring, for which memories of before are of no use. Not collective. */
PetscErrorCode HfScheduleCheckRewire(HfScheduleCheck *check);
/* A pulse of the pattern (text) of this length, s, with probes so far apart, s; 0: none. fresh: on the untrained film. Not collective. */
PetscErrorCode HfScheduleCheckPulse(HfScheduleCheck *check, const char *text, PetscReal length, PetscReal probe_every, PetscBool fresh);
PetscErrorCode HfScheduleCheckRests(HfScheduleCheck *check, const HfRestTimes *times); /* of the memories of a step that trains. Not collective. */
PetscErrorCode HfScheduleCheckTrains(HfScheduleCheck *check, const char *text);        /* a step trains this pattern. Not collective. */
PetscBool HfScheduleCheckTrained(const HfScheduleCheck *check, const char *text);      /* an earlier step trains it or its mirror. Not collective. */

/* ---- drive.c: from a pattern to voltages ---- */
#define HF_DRIVE_FIELD_KEYS(step)                                                                                                                    \
  {step ".field", HF_QUANTITY, "A/m|T", "", ">0", 0, "Wanted Oersted field |H|, at the place that field_at says; this or voltage"},                  \
      {step ".field_at",                                                                                                                             \
       HF_QUANTITIES,                                                                                                                                \
       "m",                                                                                                                                          \
       "",                                                                                                                                           \
       "|centre|rms",                                                                                                                                \
       0,                                                                                                                                            \
       "Where `field` is meant: centre, that of the film (the default); a point [x, y] of the film; or rms, the root of the mean of |H|^2 over the " \
       "film, which suits rings and films of many nodes"},                                                                                           \
  {                                                                                                                                                  \
    step ".field_pattern", HF_TEXT, NULL, "", "", 0, "Pattern for which the voltage gives that field (default: each pattern for itself)"             \
  }
#define HF_DRIVE_KEYS(step)                                                                                                                          \
  {step ".voltage", HF_QUANTITY, "V", "", ">0", 0, "Voltage of a + electrode (- gets the negative); this or field"}, HF_DRIVE_FIELD_KEYS(step)
/* Checks that exactly one of `voltage` and `field` is given and reads the latter; `voltage` is left to the step, whose key may be a list. */
PetscErrorCode HfDriveSettingsRead(HfScheduleCheck *check, HfNode node, HfDriveSettings *settings);
PetscErrorCode HfDriveSettingsDestroy(HfDriveSettings *settings);
PetscBool HfDriveByGold(HfStepContext context); /* otherwise through the film's own electrodes. Not collective. */
PetscErrorCode HfDriveVoltage(HfStepContext context, const HfDriveSettings *settings, const PetscReal x[], PetscReal *voltage); /* V, for x[n] */
/* The same before the schedule runs. why: "", or why no voltage gives the wanted field. */
#define HF_DRIVE_WHY 512
PetscErrorCode HfDriveVoltageOf(HfDevice device, const HfDriveSettings *settings, const PetscReal x[], PetscReal *voltage, char why[HF_DRIVE_WHY]);
PetscErrorCode HfDriveOn(HfStepContext context, const PetscReal x[], const char *text, PetscReal voltage);
PetscErrorCode HfDriveOff(HfStepContext context);
PetscErrorCode HfDriveLog(HfStepContext context); /* how the current followed the texture since HfDriveOn(), in a film without gold */
/* The two models of the Oersted field, compared once per run. */
PetscErrorCode HfDriveCompare(HfStepContext context, const PetscReal x[], PetscReal voltage);

/* ---- evolve.c: phases in which the film moves ---- */
#define HF_NO_PROBES (-1.0)
/* Lets `duration` (s) pass. Probes every `probe_every` (s) and at the end; 0: at the end only; HF_NO_PROBES: not at all. `what` is shown as
   progress. The table's line of the end is up to the caller, HfReportTableLine(), once what it wants to measure there is measured. */
PetscErrorCode HfEvolve(HfStepContext context, const char *what, PetscReal duration, PetscReal probe_every);
PetscErrorCode HfRelax(HfStepContext context, PetscReal tolerance, PetscReal max_time, PetscBool *converged);
/* Relaxation is damping at 0 K. A step with the key `temperature` that relaxes a film for which the deck has fluctuations must say so by 0 K: otherwise it
   is an error of the deck, which offers `instead`. */
#define HF_ZERO_TEMPERATURE_KEY(step)                                                                                                                \
  { step ".temperature", HF_QUANTITY, "K", "", "[0,0]", 0, "0 K: relax without fluctuations also where the deck has a temperature (`thermal`)" }
PetscErrorCode HfRelaxationSettingsCheck(HfScheduleCheck *check, HfNode node, const char *step, const char *instead); /* Not collective. */
PetscErrorCode HfPerturb(HfStepContext context, PetscReal angle, PetscInt64 seed, PetscInt64 number);                 /* HfMagnetPerturb() */

/* ---- rest.c: the film without voltage, and what is read of it ---- */
PetscErrorCode HfRestTimesSettingsRead(HfScheduleCheck *check, HfNode node, const char *key, HfRestTimes *times);
PetscBool HfRestTimesHold(const HfRestTimes *times, PetscReal time); /* up to round-off. Not collective. */
/* The times of both; more than HF_MAX_RESTS are an error of the deck at `place`. Not collective. */
PetscErrorCode HfRestTimesUnionCheck(HfScheduleCheck *check, HfNode place, const HfRestTimes *a, const HfRestTimes *b, HfRestTimes *all);
HfRestTimes HfRestTimesWithout(const HfRestTimes *a, const HfRestTimes *b); /* Not collective. */
HfRestTimes HfRestTimesCommon(const HfRestTimes *a, const HfRestTimes *b);  /* Not collective. */
PetscReal HfRestTimesLast(const HfRestTimes *times);                        /* 0 without any. Not collective. */
#define HF_TIME_TEXT 32
void HfTimeText(PetscReal seconds, const char *gap, char text[HF_TIME_TEXT]); /* "100 ns", the gap before the unit. Not collective. */
/* Switches the voltage off and lets the film rest up to the last of the times; at each the conductance is measured, and added to `readings` unless that is
   NULL, with a line of the table and, with `frames`, a frame of the fields. */
PetscErrorCode HfRest(HfStepContext context, const HfRestTimes *times, PetscBool frames, HfReadings *readings);
PetscErrorCode HfRestUnread(HfStepContext context, PetscReal time, PetscBool probe); /* the same for a single time; probe: measured at its end */
PetscErrorCode HfReadingsDestroy(HfReadings *readings);                              /* Not collective. */
const HfReading *HfReadingFind(const HfReadings *readings, PetscReal after);         /* NULL: none. Not collective. */
/* Lets the untrained film rest in the place of the present one, which returns afterwards; the clock goes on. */
PetscErrorCode HfUntrainedRest(HfStepContext context, const HfRestTimes *times);

/* ---- measure.c: what is measured of the present m ---- */
PetscErrorCode HfProbeFilm(HfStepContext context); /* record->G and record->gauges, unless they are current already */
void HfProbeOutdate(HfTrainingRecord *record);     /* m was changed otherwise than by HfEvolve() or HfRelax(). Not collective. */
PetscErrorCode HfMeasureAverage(HfStepContext context, PetscReal average[3], PetscReal *torque); /* mean of m; max |m x H|/Ms */
PetscErrorCode HfMeasureMagnetization(HfStepContext context, PetscReal M[3]);                    /* mean of Ms m, A/m */
/* A line of the table. Frames of m and H; with `currents` also of the current that flows, j in the film and j_gold in the gold, and of j_per_volt, that of
   +1 and -1 V by the last pattern on the film. */
PetscErrorCode HfReportTableLine(HfStepContext context);
PetscErrorCode HfReportFrames(HfStepContext context, PetscBool currents);
/* The deck's gauges, read at every probe; nothing without them. */
void HfGaugesStart(HfTrainingRecord *record); /* the last probe is that at the start of a pulse. Not collective. */
PetscErrorCode HfReportGauges(HfStepContext context, const char *text, PetscReal voltage, PetscReal start); /* the pulse that began at `start`, s */
PetscErrorCode HfReportGaugesNow(HfStepContext context, HfNode entry); /* the last probe, in the entry and in the log */

/* ---- training_record.c ---- */
/* The film is a new one: nothing was learned, no pattern has driven it. Memories and snapshots of before stay, for results that use all of the
   run. */
PetscErrorCode HfTrainingReset(HfTrainingRecord *record, HfDrive *drive);  /* Not collective. */
PetscErrorCode HfTrainingRewire(HfTrainingRecord *record, HfDrive *drive); /* the same with another wiring. Not collective. */
PetscErrorCode HfUntrainedRemember(HfStepContext context); /* keeps the present film as the untrained one; nothing once a pattern has driven it */
PetscErrorCode HfUntrainedRestore(HfStepContext context);  /* m is that of the untrained film again */
void HfUntrainedForget(HfTrainingRecord *record); /* m was changed: a film that nothing has driven is another untrained one. Not collective. */
PetscErrorCode HfMemoryAdd(HfStepContext context, PetscReal pulse); /* the present film, as memory of the present pattern after so long a pulse (s) */
/* Lets the film rest as the newest memory; `pause` (s) is one of the times, or 0. */
PetscErrorCode HfMemoryRest(HfStepContext context, const HfRestTimes *times, PetscReal pause, PetscBool frames);
/* The newest memory since the last `initial` of x[n] or its mirror; NULL: none. Not collective. */
const HfMemory *HfMemoryFind(const HfTrainingRecord *record, const PetscReal x[]);
/* The first memory that a step with the key `of: all|last` looks at; those after it follow. A fault when there is none. */
PetscErrorCode HfMemoryFirst(HfStepContext context, PetscBool last_only, PetscInt *first);
/* Says so in the log and in the summary when the memories since the last `initial` differ from the untrained film by no more than the solver's tolerance. */
PetscErrorCode HfReportWeakSignal(HfStepContext context);
PetscErrorCode HfTraceStart(HfStepContext context, PetscReal voltage,
                            PetscBool training);  /* training: its probes are snapshots, too. Not collective. */
PetscErrorCode HfTraceAdd(HfStepContext context); /* the last probe, between HfTraceStart() and HfTraceEnd(). Not collective. */
void HfTraceEnd(HfTrainingRecord *record);        /* Not collective. */

/* ---- weightings.c: settings of the steps that recall; from conductances to weights ---- */
#define HF_WEIGHTS_WORDS "saturated|scaled|midrange|resistance"
#define HF_WEIGHTS_KEYS(step)                                                                                                                        \
  {step ".weights",                                                                                                                                  \
   HF_TEXTS,                                                                                                                                         \
   NULL,                                                                                                                                             \
   "midrange",                                                                                                                                       \
   HF_WEIGHTS_WORDS,                                                                                                                                 \
   0,                                                                                                                                                \
   "saturated (G - G0), scaled (G - xi G0), midrange (G - mean of the least and the largest G over two or more memories), resistance (R - xi R0, "   \
   "R the inverse of G)"},                                                                                                                           \
      {step ".after",                                                                                                                                \
       HF_QUANTITIES,                                                                                                                                \
       "s",                                                                                                                                          \
       "pulse",                                                                                                                                      \
       ">=0|pulse|pause|retention",                                                                                                                  \
       0,                                                                                                                                            \
       "Memories as they are at the end of the pulse, at the end of the pause after it, or at rest, so long after the voltage was switched off "     \
       "(0 s: at the end of the pulse, while it is driven): one or more times of `train.retention`, in rising order; retention: 0 s and all of "     \
       "them. Several times make a curve"},                                                                                                          \
  {                                                                                                                                                  \
    step ".xi", HF_NUMBERS, NULL, "0.98", ">0|untrained", 0,                                                                                         \
        "xi of the scaled and of the resistance weights; several make a sweep; untrained: tr G/tr G0 (or tr R/tr R0) of the untrained film"          \
  }
#define HF_RECALL_KEYS(step)                                                                                                                         \
  {step ".method",                                                                                                                                   \
   HF_CHOICE,                                                                                                                                        \
   NULL,                                                                                                                                             \
   "synchronous",                                                                                                                                    \
   "synchronous|asynchronous|sweeps|stochastic",                                                                                                     \
   0,                                                                                                                                                \
   "All nodes at once, one random node at a time, every node once per sweep in random order until a sweep changes none, or sweeps at a "             \
   "`temperature`"},                                                                                                                                 \
      {step ".temperature",                                                                                                                          \
       HF_NUMBER,                                                                                                                                    \
       NULL,                                                                                                                                         \
       "",                                                                                                                                           \
       ">0",                                                                                                                                         \
       0,                                                                                                                                            \
       "Stochastic: T; a node is + with the probability 1/(1 + exp(-2 h/(T s))), s the mean over the nodes of their largest field"},                 \
      {step ".max_iterations",                                                                                                                       \
       HF_INT,                                                                                                                                       \
       NULL,                                                                                                                                         \
       "",                                                                                                                                           \
       ">=1",                                                                                                                                        \
       0,                                                                                                                                            \
       "Largest number of updates of all nodes (synchronous, sweeps, stochastic: default 20) or of single nodes (asynchronous: default 1000)"},      \
      {step ".quiet", HF_INT, NULL, "10", ">=1", 0, "Asynchronous: stop after more than this many updates in a row without a change"},               \
      {step ".dead_zone",                                                                                                                            \
       HF_NUMBER,                                                                                                                                    \
       NULL,                                                                                                                                         \
       "1e-9",                                                                                                                                       \
       ">=0",                                                                                                                                        \
       0,                                                                                                                                            \
       "A node keeps its state when its current is below this fraction of the sum of the magnitudes of its contributions"},                          \
      {step ".seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the order of asynchronous updates and sweeps"}, {                                    \
    step ".readout", HF_CHOICE, NULL, "voltage", "voltage|current-source", 0,                                                                        \
        "How the nodes are driven while they are read: each at a voltage +-V0, or, as on the bench of Niu et al. 2024, those of either sign joined " \
        "at the two ends of a current source, without contact resistances (weights scaled or saturated)"                                             \
  }
PetscErrorCode HfRecallSettingsRead(HfScheduleCheck *check, HfNode node, HfRecallOptions *options); /* Not collective. */
/* The learning rules of the key `rules`, by their names; rules[n], the caller's, NULL when there are none. Not collective. */
PetscErrorCode HfRuleSettingsRead(HfScheduleCheck *check, HfNode node, PetscInt *n, const HfRule ***rules);
PetscErrorCode HfRecallPut(HfNode entry, const HfRecallOptions *options); /* the method, with its temperature. Not collective. */

/* When the film was read that the weights are made of. */
typedef struct {
  enum { HF_AFTER_PULSE, HF_AFTER_PAUSE, HF_AFTER_REST } kind;
  PetscReal time; /* s, of HF_AFTER_REST; 0: at the end of the pulse */
} HfAfter;

/* One way to turn conductances into weights. */
typedef struct {
  HfWeightsKind kind;
  PetscReal xi;
  PetscBool xi_of_untrained; /* xi = tr G_untrained/tr G0, as in the film of Yu et al. 2021 */
  HfAfter after;
  const HfReadout *readout;
  char name[64];  /* "midrange", "scaled-0.98", "scaled:untrained", "scaled-0.98:current-source" */
  char label[96]; /* the same, with "@1us" for weights at rest */
} HfWeighting;
#define HF_MAX_WEIGHTINGS 64
typedef struct {
  PetscInt n;
  HfWeighting list[HF_MAX_WEIGHTINGS];
  PetscInt n_after;
  HfAfter after[HF_MAX_RESTS + 1]; /* the list holds for each of them */
} HfWeightingList;
PetscErrorCode HfWeightingSettingsRead(HfScheduleCheck *check, HfNode node, HfWeightingList *list); /* Not collective. */
/* The list for settings->after[k], with every xi known; the untrained film must be known, as it is after any pulse. Not collective. */
PetscErrorCode HfWeightingResolve(const HfTrainingRecord *record, const HfWeightingList *settings, PetscInt k, HfWeightingList *list);
/* w = G - G0, the control of scaled weights (xi = 1); *wanted: the list has scaled weights and not these. Not collective. */
PetscErrorCode HfWeightingControl(const HfWeightingList *list, HfWeighting *control, PetscBool *wanted);
PetscErrorCode HfWeightingPut(HfNode entry,
                              const HfWeighting *weighting); /* kind, xi and how it was chosen, when and how it was read. Not collective. */
/* When and how it was read: nothing at the end of the pulse and by voltages. Not collective. */
PetscErrorCode HfWeightingPutReading(HfNode entry, const HfWeighting *weighting);
/* The conductance matrix G[n*n] of a memory that these weights are made of. Not collective. */
const PetscReal *HfMemoryConductance(const HfWeighting *weighting, const HfMemory *memory);
/* The same of the untrained film: rested for the same time; without a rest of that time, and after pauses, not rested. Not collective. */
const PetscReal *HfUntrainedConductance(const HfTrainingRecord *record, const HfWeighting *weighting);
/* The simulated time of the memory's matrix, s. Not collective. */
PetscReal HfMemoryTime(const HfWeighting *weighting, const HfMemory *memory);
/* w[n*n] of G, with G0 the saturated film's. Midranges are taken over the memories since the last `initial`, or all of the present wiring if
   those are fewer than two. Not collective. */
PetscErrorCode HfWeightingApply(const HfTrainingRecord *record, const HfWeighting *weighting, const PetscReal G0[], const PetscReal G[],
                                PetscBool with_diagonal, PetscReal w[]);

/* The network of these weights, read as the weighting says, of G, with G0 the saturated film's. Not collective. */
PetscErrorCode HfWeightingNetwork(HfStepContext context, const HfWeighting *weighting, const PetscReal G0[], const PetscReal G[],
                                  PetscBool with_diagonal, HfNetwork *network);

/* ---- retention.c: results as a function of the time without voltage ---- */
typedef struct HfRetention_ *HfRetention;
/* For the times of settings->after; *retention is NULL where there are no several, and the functions then do nothing. Not collective. */
PetscErrorCode HfRetentionCreate(const HfWeightingList *settings, HfRetention *retention);
PetscErrorCode HfRetentionDestroy(HfRetention *retention); /* Not collective. */
/* The figure `name`, values[width], with these weights at their time. Not collective. */
PetscErrorCode HfRetentionAdd(HfRetention retention, const HfWeighting *weighting, const char *name, PetscInt width, const PetscReal values[]);
/* /retention/ITEM/time, /retention/ITEM/WEIGHTS/NAME [time] or [time][width], and an entry `retention` of the summary for each kind of weights. of: the most
   that a figure can be, 0: nothing is said of it. */
PetscErrorCode HfRetentionReport(HfStepContext context, HfRetention retention, PetscInt of);
/* The conductances of the memories of the present step `train` as a function of the time. */
PetscErrorCode HfRetentionOfMemories(HfStepContext context);

/* ---- seven_wirings.c ---- */
/* /wirings/ITEM/time and voltage [time][wiring] (V) of the snapshots of the present step `train`, read by a current source (A). */
PetscErrorCode HfReportSevenWirings(HfStepContext context, PetscReal current);

/* ---- report.c: to the recorder, where it has the function ---- */
PetscErrorCode HfReportField(HfStepContext context, const char *name, PetscInt dof, Vec v);
PetscErrorCode HfReportEnergies(HfStepContext context, const char *name, PetscInt n_states, const PetscReal energies[]);
PetscErrorCode HfReportArray(HfStepContext context, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                             const char *unit);
/* An entry of the summary that names the step, the item of the schedule and the initial state it belongs to (all from 1). */
PetscErrorCode HfEntryCreate(HfStepContext context, const char *step, HfNode *entry);
PetscErrorCode HfReportSummary(HfStepContext context, HfNode entry); /* takes ownership */
PetscErrorCode HfReportLog(HfStepContext context, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3);
/* A line of the log that `hopfilm info` repeats, kept in the entry. */
PetscErrorCode HfReportHeadline(HfStepContext context, HfNode entry, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(3, 4);
PetscErrorCode HfReportProgress(HfStepContext context, const char *what, PetscReal seconds); /* simulated since the phase began */
PetscErrorCode HfCpuTimeAssign(HfCpuTime *cpu, const char *activity); /* CPU time since the last call was spent on this. Not collective. */
