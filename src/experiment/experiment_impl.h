/* Private to src/experiment: the experiment and the owners of its four parts. */
#pragma once
#include "step.h"

struct HfExperiment_ {
  MPI_Comm comm;
  HfDeck deck;
  HfRecorder recorder;
  HfDevice device;
  HfScheduleSettings schedule;
  HfDrive drive;
  HfTrainingRecord record;
  HfTape tape;
};

/* ---- experiment.c ---- */
PetscInt64 HfFrameBytesPerCell(const HfRecorderSettings *settings);            /* of all fields that the recorder keeps */
PetscErrorCode HfPlanPutCount(HfNode node, const char *name, PetscReal count); /* a count that may be beyond all integers */

/* ---- patterns.c ---- */
/* Reads the section `patterns`; errors go to the deck. `wired`: there is a wiring. Collective (images are read). */
PetscErrorCode HfPatternListSettingsRead(HfDeck deck, PetscInt n, PetscBool wired, HfPatternList *patterns);
PetscErrorCode HfPatternListDestroy(HfPatternList *patterns);

/* ---- drive.c, training_record.c ---- */
PetscErrorCode HfDriveCreate(PetscInt n, HfDrive *drive);
PetscErrorCode HfDriveDestroy(HfDrive *drive);
PetscErrorCode HfTrainingRecordCreate(HfDevice device, PetscBool rests_untrained, HfTrainingRecord *record); /* Collective. */
PetscErrorCode HfTrainingRecordDestroy(HfTrainingRecord *record);

/* ---- preview.c ---- */
PetscErrorCode HfPreviewFaults(HfExperiment experiment); /* what the steps would refuse once they run; errors go to the deck. Collective. */

/* Seconds of the schedule's steps in time and of its conductance matrices, measured in some of them; *n_steps: about so many. V[n]: a drive, or NULL. What
   was measured goes to `entry`. May diverge. Collective. */
PetscErrorCode HfForecastWallTime(HfExperiment experiment, const PetscReal V[], HfNode entry, double *steps, double *probes, double *n_steps);

/* ---- plan_traffic.c ---- */
/* What a rank sends. */
typedef struct {
  double messages, bytes; /* to other ranks, collective calls apart */
  double collectives;     /* calls with all ranks */
} HfTraffic;
typedef struct {
  HfTraffic evaluation, solve, iteration, step; /* solve: besides its iterations; step: besides all that */
} HfTrafficModel;
typedef struct {
  double evaluations, solves, iterations; /* per step; of all solves */
} HfStepCounts;
HfTrafficModel HfTrafficOf(const HfLargeFilm *large, PetscInt ranks);
HfTraffic HfTrafficPerStep(const HfTrafficModel *model, const HfStepCounts *counts);
double HfTrafficSeconds(const HfLargeFilm *large, HfTraffic traffic, PetscInt ranks);
PetscErrorCode HfTrafficPut(HfNode map, const char *key, HfTraffic traffic);

/* ---- tape.c ---- */
/* Everything given is borrowed: the device, m_untrained and m_kept (may be NULL) are part of a checkpoint, the drive says where in the schedule of n_items
   the run is. */
PetscErrorCode HfTapeCreate(MPI_Comm comm, HfRecorder recorder, HfDevice device, const HfDrive *drive, Vec m_untrained, Vec m_kept, PetscInt n_items,
                            HfTape *tape);
PetscErrorCode HfTapeDestroy(HfTape *tape);
PetscErrorCode HfTapeStart(HfTape tape);    /* loads the tape of the checkpoint that the recorder resumes from, if there is one. Collective. */
PetscErrorCode HfTapeItemDone(HfTape tape); /* HF_ERR_STOPPED when the run is to end here. Collective. */
PetscBool HfTapeReplaying(HfTape tape);     /* values come from the tape, not from the film. Not collective. */
/* HfTapePause() inside a phase of the integrator, at simulated time t. Collective. */
PetscErrorCode HfTapePauseInside(HfTape tape, HfPhaseKind inside, PetscReal t, PetscBool *stop);
/* A number of the present phase that a checkpoint keeps: the time of the next line of the table. *resumed: the phase was begun by the run before this
   one, and the number is that of then. Not collective. */
void HfTapeSetPhaseNumber(HfTape tape, PetscReal number);
PetscReal HfTapePhaseNumber(HfTape tape, PetscBool *resumed);

/* ---- measure.c ---- */
/* A line of the table for the state m at time t after a step dt, while a phase goes on. Collective. */
PetscErrorCode HfTableLineAdd(HfStepContext context, PetscReal t, PetscReal dt, Vec m);
