/* How a run that was cut goes on. Steps are written as if nothing ever happened. What they learn from the film, and every passage of time, is an
   *outcome*: it goes through HfReplayTake(), is found by the film, and is kept here with HfReplayKeep(). A checkpoint holds the outcomes so far, a few numbers
   each, and the state of the device. A resumed run goes through its schedule again from the beginning: outcomes are taken from the list instead of the
   film, what was written is not written again, and all that is computed from them (weights, recalls, random numbers) comes out as before. Where
   the list ends, at the end of a step, inside a phase of HfEvolve() or HfRelaxNow() or of a search for a wiring, the state is loaded and the run is live. */
#include "experiment_impl.h"

#define CLOSE 1e-9 /* times nearer than this part of them are one */
enum { HEAD = 2 }; /* kind and count come before the numbers of an outcome */

PetscBool HfReplaying(HfExperiment e) { return e->replay.on; }

static PetscErrorCode mismatch(HfExperiment e) {
  return HfFault(
      e->comm, HF_ERR_FILE,
      "schedule, item %d: what the checkpoint holds is not what this schedule does; it is of another version of hopfilm or of another run: "
      "--restart never starts afresh",
      (int)e->step + 1);
}

/* The list of the device and of the steps' memory. */
static PetscErrorCode list_state(HfExperiment e, HfCheckpointList state) {
  HfReplay *replay = &e->replay;

  PetscFunctionBeginUser;
  PetscCall(HfDeviceListCheckpoint(e->device, replay->inside, state));
  PetscCall(HfCheckpointListGroup(state, "experiment"));
  PetscCall(HfCheckpointListAddVec(state, "untrained", e->untrained));
  PetscCall(HfCheckpointListAdd(state, "next_row", HF_CHECKPOINT_REAL, 1, &replay->next_row));
  PetscFunctionReturn(0);
}

static PetscErrorCode go_live(HfExperiment e) {
  HfCheckpointList state;

  PetscFunctionBeginUser;
  if (e->n) PetscCall(HfDeviceDrive(e->device, e->driving ? e->V : NULL));
  PetscCall(HfCheckpointListCreate(&state));
  PetscCall(list_state(e, state));
  PetscCall(e->recorder->restore(e->recorder->context, state, PETSC_TRUE));
  PetscCall(HfCheckpointListDestroy(&state));
  PetscCall(HfDeviceCheckpointLoaded(e->device, e->replay.inside));
  e->replay.on = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* Whether a run that was cut there was about to find an outcome of that kind. */
static PetscBool can_be_cut(HfPhaseKind inside, HfOutcome kind) {
  if (inside == HF_INSIDE_RELAX) return kind == HF_OUTCOME_RELAX ? PETSC_TRUE : PETSC_FALSE;
  return kind == HF_OUTCOME_TIME || (kind == HF_OUTCOME_WIRING && inside == HF_BETWEEN_PHASES) ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfReplayTake(HfExperiment e, HfOutcome kind, PetscInt n, PetscReal values[], PetscBool *taken) {
  HfReplay *replay = &e->replay;
  const PetscReal *at = replay->values + replay->at;

  PetscFunctionBeginUser;
  *taken = PETSC_FALSE;
  if (!replay->on) PetscFunctionReturn(0);
  if (replay->at == replay->n) { /* the run was cut inside of what begins here */
    if (replay->at_step || !can_be_cut(replay->inside, kind)) PetscFunctionReturn(mismatch(e));
    PetscCall(go_live(e));
    PetscFunctionReturn(0);
  }
  if ((HfOutcome)at[0] != kind || (PetscInt)at[1] != n) PetscFunctionReturn(mismatch(e));
  PetscCall(PetscArraycpy(values, at + HEAD, n));
  replay->at += HEAD + n;
  *taken = PETSC_TRUE;
  if (replay->at == replay->n && replay->at_step) {
    if (kind != HF_OUTCOME_STEP) PetscFunctionReturn(mismatch(e));
    PetscCall(go_live(e));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfReplayKeep(HfExperiment e, HfOutcome kind, PetscInt n, const PetscReal values[]) {
  HfReplay *replay = &e->replay;
  PetscReal *at;

  PetscFunctionBeginUser;
  if (!e->recorder->checkpoint) PetscFunctionReturn(0);
  if (replay->n + HEAD + n > replay->room) {
    replay->room = PetscMax(2 * replay->room, PetscMax(1024, replay->n + HEAD + n));
    PetscCall(PetscRealloc((size_t)replay->room * sizeof(PetscReal), &replay->values));
  }
  at = replay->values + replay->n;
  at[0] = (PetscReal)kind;
  at[1] = (PetscReal)n;
  PetscCall(PetscArraycpy(at + HEAD, values, n));
  replay->n += HEAD + n;
  PetscFunctionReturn(0);
}

PetscErrorCode HfReplayStart(HfExperiment e) {
  HfReplay *replay = &e->replay;
  PetscInt inside, n = 0;
  HfCheckpointList state;

  PetscFunctionBeginUser;
  if (e->recorder->stored) PetscCall(e->recorder->stored(e->recorder->context, "replay/outcomes", &n));
  if (!n) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n, &replay->values));
  PetscCall(HfCheckpointListCreate(&state));
  PetscCall(HfCheckpointListGroup(state, "replay"));
  PetscCall(HfCheckpointListAdd(state, "outcomes", HF_CHECKPOINT_REAL, n, replay->values));
  PetscCall(HfCheckpointListAdd(state, "inside", HF_CHECKPOINT_INT, 1, &inside));
  PetscCall(HfCheckpointListAdd(state, "at_step", HF_CHECKPOINT_BOOL, 1, &replay->at_step));
  PetscCall(HfCheckpointListAdd(state, "time", HF_CHECKPOINT_REAL, 1, &replay->time));
  PetscCall(e->recorder->restore(e->recorder->context, state, PETSC_FALSE));
  PetscCall(HfCheckpointListDestroy(&state));
  replay->n = replay->room = n;
  replay->inside = (HfPhaseKind)inside;
  replay->on = PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode write_checkpoint(HfExperiment e, HfPhaseKind inside, PetscReal t, PetscBool at_step) {
  HfReplay *replay = &e->replay;
  PetscInt number = (PetscInt)inside;
  HfCheckpointList state;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetGuard(HfDeviceMagnet(e->device), HfDeviceTime(e->device), HfDeviceMagnetization(e->device))); /* the last good state stays */
  replay->inside = inside;
  replay->at_step = at_step;
  replay->time = t;
  PetscCall(HfCheckpointListCreate(&state));
  PetscCall(HfCheckpointListGroup(state, "replay"));
  PetscCall(HfCheckpointListAdd(state, "outcomes", HF_CHECKPOINT_REAL, replay->n, replay->values));
  PetscCall(HfCheckpointListAdd(state, "inside", HF_CHECKPOINT_INT, 1, &number));
  PetscCall(HfCheckpointListAdd(state, "at_step", HF_CHECKPOINT_BOOL, 1, &replay->at_step));
  PetscCall(HfCheckpointListAdd(state, "time", HF_CHECKPOINT_REAL, 1, &replay->time));
  PetscCall(list_state(e, state));
  PetscCall(e->recorder->checkpoint(e->recorder->context, state, t, e->step + 1, e->n_steps, (PetscBool)(at_step && e->step + 1 == e->n_steps)));
  PetscCall(HfCheckpointListDestroy(&state));
  PetscFunctionReturn(0);
}

/* Whether a multiple of the simulated time between checkpoints lies between the last one and now: all ranks know without a word. */
static PetscBool due(HfExperiment e, PetscReal t) {
  const PetscReal every = e->recorder->settings ? e->recorder->settings->checkpoint_every_simulated : 0.0;

  return every > 0.0 && floor(t / every * (1.0 + CLOSE)) > floor(e->replay.time / every * (1.0 + CLOSE)) ? PETSC_TRUE : PETSC_FALSE;
}

/* Every so many steps of the integrator, so that nobody notices, the ranks agree on what is asked of the run. */
PetscErrorCode HfPause(HfExperiment e, HfPhaseKind inside, PetscReal t, PetscBool *stop) {
  HfRequest request = {.steps = e->attend_in - 1, .checkpoint = due(e, t)};

  PetscFunctionBeginUser;
  *stop = PETSC_FALSE;
  if (!e->recorder->attend) PetscFunctionReturn(0);
  if (request.steps <= 0) {
    const PetscBool due = request.checkpoint;

    PetscCall(e->recorder->attend(e->recorder->context, PETSC_FALSE, PETSC_FALSE, &request));
    request.checkpoint = due || request.checkpoint ? PETSC_TRUE : PETSC_FALSE;
  }
  e->attend_in = request.steps;
  if (!request.stop && !request.checkpoint) PetscFunctionReturn(0);
  if (!HfMagnetCanPause(HfDeviceMagnet(e->device), inside)) {
    e->attend_in = 1;
    PetscFunctionReturn(0);
  }
  PetscCall(write_checkpoint(e, inside, t, PETSC_FALSE));
  *stop = request.stop;
  PetscFunctionReturn(0);
}

PetscErrorCode HfReplayStepDone(HfExperiment e) {
  const PetscBool last = (PetscBool)(e->step + 1 == e->n_steps);
  HfRequest request;
  PetscBool taken;

  PetscFunctionBeginUser;
  PetscCall(HfReplayTake(e, HF_OUTCOME_STEP, 0, NULL, &taken));
  if (taken || !e->recorder->attend) PetscFunctionReturn(0);
  PetscCall(HfReplayKeep(e, HF_OUTCOME_STEP, 0, NULL));
  PetscCall(e->recorder->attend(e->recorder->context, PETSC_TRUE, last, &request));
  e->attend_in = request.steps;
  if (request.checkpoint || request.stop || due(e, HfDeviceTime(e->device)))
    PetscCall(write_checkpoint(e, HF_BETWEEN_PHASES, HfDeviceTime(e->device), PETSC_TRUE));
  PetscFunctionReturn(request.stop ? HF_ERR_STOPPED : 0);
}
