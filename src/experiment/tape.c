/* The tape: what lets a run that was stopped or killed go on as if nothing had happened.

   Schedule steps contain no restart logic. What they learn from the film, and every passage of time, is a measurement: it goes through
   HfTapeMeasure(), which keeps its values. A checkpoint holds the values so far, a few numbers each, and the state of the device. A resumed run
   goes through its schedule again from the beginning: values come from the tape instead of the film, what was written is not written again, and
   all that is computed from them (weights, recalls, random numbers) comes out as before. Where the tape ends, after an item of the schedule or
   inside a measurement, the state of the device is loaded and the run is live. */
#include "experiment_impl.h"

#define CLOSE 1e-9             /* relative tolerance below which two times are considered equal */
#define ITEM  "end of an item" /* label of the entry that ends an item of the schedule */
enum { HEAD = 2 };             /* code of the label and number of values come before the values of an entry */

struct HfTape_ {
  MPI_Comm comm;
  HfRecorder recorder;
  HfDevice device;
  const HfDrive *drive;
  Vec m_untrained, m_kept;
  PetscInt n_items;

  PetscInt n, capacity; /* numbers on the tape */
  PetscReal *values;    /* one entry after the other: label, count, values */
  PetscBool replaying;
  PetscInt at; /* the next entry, while replaying */

  PetscReal open;         /* label of the measurement in progress, 0 without one */
  PetscBool resumed;      /* the run became live inside of it */
  HfPhaseKind inside;     /* of the last checkpoint: in which phase of the integrator it was written, ... */
  PetscBool ends_item;    /* ... whether after an item, ... */
  PetscReal phase_number; /* ... the number of that phase, ... */
  PetscReal time;         /* ... and the simulated time, s */
  PetscInt attend_in;     /* steps until the recorder is queried again, ... */
  PetscInt attend_of;     /* ... of so many */
};

PetscErrorCode HfTapeCreate(MPI_Comm comm, HfRecorder recorder, HfDevice device, const HfDrive *drive, Vec m_untrained, Vec m_kept, PetscInt n_items,
                            HfTape *tape) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(tape));
  (*tape)->comm = comm;
  (*tape)->recorder = recorder;
  (*tape)->device = device;
  (*tape)->drive = drive;
  (*tape)->m_untrained = m_untrained;
  (*tape)->m_kept = m_kept;
  (*tape)->n_items = n_items;
  PetscFunctionReturn(0);
}

PetscErrorCode HfTapeDestroy(HfTape *tape) {
  PetscFunctionBeginUser;
  if (*tape) PetscCall(PetscFree((*tape)->values));
  PetscCall(PetscFree(*tape));
  PetscFunctionReturn(0);
}

PetscBool HfTapeReplaying(HfTape tape) { return tape->replaying; }

void HfTapeSetPhaseNumber(HfTape tape, PetscReal number) { tape->phase_number = number; }

PetscReal HfTapePhaseNumber(HfTape tape, PetscBool *resumed) {
  *resumed = tape->resumed;
  return tape->phase_number;
}

/* A number of 32 bits for a text (Fowler, Noll and Vo's hash FNV-1a), which a PetscReal holds exactly; never 0. */
static PetscReal label_code(const char *label) {
  uint32_t code = 2166136261U;

  for (; *label; ++label) code = (code ^ (unsigned char)*label) * 16777619U;
  return (PetscReal)code + 1.0;
}

static PetscErrorCode mismatch(HfTape tape, const char *label) {
  return HfFault(
      tape->comm, HF_ERR_FILE,
      "schedule, item %d: the checkpoint does not fit this schedule: it holds something else in place of \"%s\". It was written by another "
      "version of hopfilm or by another run; --restart never starts afresh",
      (int)tape->drive->item + 1, label);
}

/* ---- checkpoints ---- */

static PetscErrorCode list_film(HfTape tape, HfCheckpointList list) {
  PetscFunctionBeginUser;
  PetscCall(HfDeviceListCheckpoint(tape->device, tape->inside, list));
  PetscCall(HfCheckpointListGroup(list, "experiment"));
  PetscCall(HfCheckpointListAddVec(list, "m_untrained", tape->m_untrained));
  if (tape->m_kept) PetscCall(HfCheckpointListAddVec(list, "m_kept", tape->m_kept));
  PetscCall(HfCheckpointListAdd(list, "phase_number", HF_CHECKPOINT_REAL, 1, &tape->phase_number));
  PetscFunctionReturn(0);
}

/* `inside` is an HfPhaseKind. */
static PetscErrorCode list_tape(HfTape tape, PetscInt *inside, HfCheckpointList list) {
  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListGroup(list, "tape"));
  PetscCall(HfCheckpointListAdd(list, "values", HF_CHECKPOINT_REAL, tape->n, tape->values));
  PetscCall(HfCheckpointListAdd(list, "open", HF_CHECKPOINT_REAL, 1, &tape->open));
  PetscCall(HfCheckpointListAdd(list, "inside", HF_CHECKPOINT_INT, 1, inside));
  PetscCall(HfCheckpointListAdd(list, "ends_item", HF_CHECKPOINT_BOOL, 1, &tape->ends_item));
  PetscCall(HfCheckpointListAdd(list, "time", HF_CHECKPOINT_REAL, 1, &tape->time));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_checkpoint(HfTape tape, HfPhaseKind inside, PetscReal t, PetscBool ends_item) {
  const PetscInt begun = tape->drive->item + 1;
  HfCheckpointList list;
  PetscInt number = (PetscInt)inside;

  PetscFunctionBeginUser;
  /* a state that is not sound does not replace the last good one */
  PetscCall(HfMagnetGuard(HfDeviceMagnet(tape->device), HfDeviceTime(tape->device), HfDeviceMagnetization(tape->device)));
  tape->inside = inside;
  tape->ends_item = ends_item;
  tape->time = t;
  PetscCall(HfCheckpointListCreate(&list));
  PetscCall(list_tape(tape, &number, list));
  PetscCall(list_film(tape, list));
  PetscCall(tape->recorder->checkpoint(tape->recorder->context, list, t, begun, tape->n_items, (PetscBool)(ends_item && begun == tape->n_items)));
  PetscCall(HfCheckpointListDestroy(&list));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTapeStart(HfTape tape) {
  PetscInt inside, n = 0;
  HfCheckpointList list;

  PetscFunctionBeginUser;
  if (tape->recorder->stored) PetscCall(tape->recorder->stored(tape->recorder->context, "tape/values", &n));
  if (!n) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n, &tape->values));
  tape->n = tape->capacity = n;
  PetscCall(HfCheckpointListCreate(&list));
  PetscCall(list_tape(tape, &inside, list));
  PetscCall(tape->recorder->restore(tape->recorder->context, list, PETSC_FALSE));
  PetscCall(HfCheckpointListDestroy(&list));
  tape->inside = (HfPhaseKind)inside;
  tape->replaying = PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode go_live(HfTape tape) {
  HfCheckpointList list;

  PetscFunctionBeginUser;
  if (HfDeviceTerminals(tape->device)) PetscCall(HfDeviceDrive(tape->device, tape->drive->on ? tape->drive->V : NULL));
  PetscCall(HfCheckpointListCreate(&list));
  PetscCall(list_film(tape, list));
  PetscCall(tape->recorder->restore(tape->recorder->context, list, PETSC_TRUE));
  PetscCall(HfCheckpointListDestroy(&list));
  PetscCall(HfDeviceCheckpointLoaded(tape->device, tape->inside));
  tape->replaying = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* ---- measurements ---- */

/* Takes the next entry off the tape; *replayed: values[n] have it. Where the tape ends, the run becomes live. */
static PetscErrorCode take(HfTape tape, const char *label, PetscInt n, PetscReal values[], PetscBool *replayed) {
  const PetscReal code = label_code(label), *entry;

  PetscFunctionBeginUser;
  *replayed = PETSC_FALSE;
  if (!tape->replaying) PetscFunctionReturn(0);
  if (tape->at == tape->n) { /* the checkpoint was written inside of what begins here, or before it */
    if (tape->ends_item || (tape->open != 0.0 && tape->open != code)) PetscFunctionReturn(mismatch(tape, label));
    tape->resumed = tape->open != 0.0 ? PETSC_TRUE : PETSC_FALSE;
    PetscCall(go_live(tape));
    PetscFunctionReturn(0);
  }
  entry = tape->values + tape->at;
  if (tape->n - tape->at < HEAD + n || entry[0] != code || entry[1] != (PetscReal)n) PetscFunctionReturn(mismatch(tape, label));
  PetscCall(PetscArraycpy(values, entry + HEAD, n));
  tape->at += HEAD + n;
  *replayed = PETSC_TRUE;
  if (tape->at < tape->n || !tape->ends_item) PetscFunctionReturn(0);
  if (strcmp(label, ITEM)) PetscFunctionReturn(mismatch(tape, label));
  tape->open = 0.0;
  PetscCall(go_live(tape));
  PetscFunctionReturn(0);
}

static PetscErrorCode keep(HfTape tape, const char *label, PetscInt n, const PetscReal values[]) {
  PetscReal *entry;

  PetscFunctionBeginUser;
  if (!tape->recorder->checkpoint) PetscFunctionReturn(0);
  if (tape->n + HEAD + n > tape->capacity) {
    tape->capacity = PetscMax(2 * tape->capacity, PetscMax(1024, tape->n + HEAD + n));
    PetscCall(PetscRealloc((size_t)tape->capacity * sizeof(PetscReal), &tape->values));
  }
  entry = tape->values + tape->n;
  entry[0] = label_code(label);
  entry[1] = (PetscReal)n;
  PetscCall(PetscArraycpy(entry + HEAD, values, n));
  tape->n += HEAD + n;
  PetscFunctionReturn(0);
}

PetscErrorCode HfTapeMeasure(HfTape tape, const char *label, PetscInt n, PetscReal values[], HfMeasurement measure, void *context) {
  PetscErrorCode code = 0;
  PetscBool replayed;

  PetscFunctionBeginUser;
  PetscCheck(tape->replaying || tape->open == 0.0, tape->comm, PETSC_ERR_PLIB, "the measurement \"%s\" is made inside of another one", label);
  PetscCall(take(tape, label, n, values, &replayed));
  if (replayed) PetscFunctionReturn(0);
  tape->open = label_code(label);
  if (measure) code = measure(context, n, values);
  tape->open = 0.0;
  tape->resumed = PETSC_FALSE;
  if (code) PetscFunctionReturn(code);
  PetscCall(keep(tape, label, n, values));
  PetscFunctionReturn(0);
}

/* ---- control: whether a checkpoint is to be written, and whether to stop ---- */

/* Whether a multiple of the simulated time between checkpoints lies between the last one and now. All ranks find the same by themselves. */
static PetscBool is_due(HfTape tape, PetscReal t) {
  const PetscReal every = tape->recorder->settings ? tape->recorder->settings->checkpoint_every_simulated : 0.0;

  return every > 0.0 && floor(t / every * (1.0 + CLOSE)) > floor(tape->time / every * (1.0 + CLOSE)) ? PETSC_TRUE : PETSC_FALSE;
}

/* The ranks agree on what is requested of the run only every so many steps of the integrator, so that it costs nothing to speak of. */
PetscErrorCode HfTapePauseInside(HfTape tape, HfPhaseKind inside, PetscReal t, PetscBool *stop) {
  const PetscBool due = is_due(tape, t);
  HfRequest request = {.steps = PetscMax(1, tape->attend_of)};

  PetscFunctionBeginUser;
  *stop = PETSC_FALSE;
  if (!tape->recorder->attend) PetscFunctionReturn(0);
  if (--tape->attend_in <= 0) {
    PetscCall(tape->recorder->attend(tape->recorder->context, PETSC_FALSE, PETSC_FALSE, &request));
    tape->attend_in = tape->attend_of = request.steps;
  }
  if (!request.stop && !request.checkpoint && !due) PetscFunctionReturn(0);
  if (!HfMagnetCanPause(HfDeviceMagnet(tape->device), inside)) {
    tape->attend_in = tape->attend_of = 1;
    PetscFunctionReturn(0);
  }
  PetscCall(write_checkpoint(tape, inside, t, PETSC_FALSE));
  *stop = request.stop;
  PetscFunctionReturn(0);
}

/* While replaying only a request to stop counts: the checkpoint that the run resumes from stays where it is. */
PetscErrorCode HfTapePause(HfTape tape, PetscBool *stop) {
  HfRequest request = {.steps = 1};

  PetscFunctionBeginUser;
  if (!tape->replaying)
    PetscCall(HfTapePauseInside(tape, HF_BETWEEN_PHASES, HfDeviceTime(tape->device), stop));
  else if (tape->recorder->attend)
    PetscCall(tape->recorder->attend(tape->recorder->context, PETSC_FALSE, PETSC_FALSE, &request));
  if (tape->replaying) *stop = request.stop;
  PetscFunctionReturn(0);
}

PetscErrorCode HfTapeCompute(HfTape tape) {
  PetscBool stop;

  PetscFunctionBeginUser;
  tape->attend_in = tape->attend_of = 1; /* a piece of work may take long: each is followed by a look */
  PetscCall(HfTapePause(tape, &stop));
  tape->attend_in = tape->attend_of = 1;
  PetscFunctionReturn(stop ? HF_ERR_STOPPED : 0);
}

PetscErrorCode HfTapeItemDone(HfTape tape) {
  const PetscBool last = (PetscBool)(tape->drive->item + 1 == tape->n_items);
  const PetscReal t = HfDeviceTime(tape->device);
  HfRequest request = {.steps = 1};
  PetscBool replayed;

  PetscFunctionBeginUser;
  PetscCall(take(tape, ITEM, 0, NULL, &replayed));
  if (replayed || !tape->recorder->attend) PetscFunctionReturn(0);
  PetscCall(keep(tape, ITEM, 0, NULL));
  PetscCall(tape->recorder->attend(tape->recorder->context, PETSC_TRUE, last, &request));
  tape->attend_in = tape->attend_of = request.steps;
  if (request.checkpoint || request.stop || is_due(tape, t)) PetscCall(write_checkpoint(tape, HF_BETWEEN_PHASES, t, PETSC_TRUE));
  PetscFunctionReturn(request.stop ? HF_ERR_STOPPED : 0);
}
