/* The film without voltage, and what is read of it while it rests.

   A bench switches the voltage off, waits and reads; the next pulse finds the film as the waiting has left it. So does a step here that lets the film
   rest: the rest is time of the run, not that of a copy, and it is cut into phases at the times of the readings. A film with coercivity stops
   within nanoseconds, after which the time steps grow as fast as their control lets them; one without turns back for a microsecond. Only the untrained
   film, the control, rests in the place of the film that learns, which afterwards goes on from where it was. */
#include "step.h"

#define CLOSE 1e-9 /* relative tolerance below which two times are considered equal */

/* ---- lists of times ---- */

static PetscBool same(PetscReal a, PetscReal b) { return (PetscBool)(PetscAbsReal(a - b) <= CLOSE * PetscMax(a, b)); }

PetscBool HfRestTimesHold(const HfRestTimes *times, PetscReal time) {
  for (PetscInt k = 0; k < times->n; ++k)
    if (same(times->time[k], time)) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Those of a that b holds, or those that it does not. */
static HfRestTimes select_times(const HfRestTimes *a, const HfRestTimes *b, PetscBool held) {
  HfRestTimes selected = {0};

  for (PetscInt k = 0; k < a->n; ++k)
    if (HfRestTimesHold(b, a->time[k]) == held) selected.time[selected.n++] = a->time[k];
  return selected;
}

HfRestTimes HfRestTimesWithout(const HfRestTimes *a, const HfRestTimes *b) { return select_times(a, b, PETSC_FALSE); }
HfRestTimes HfRestTimesCommon(const HfRestTimes *a, const HfRestTimes *b) { return select_times(a, b, PETSC_TRUE); }

PetscErrorCode HfRestTimesUnionCheck(HfScheduleCheck *check, HfNode place, const HfRestTimes *a, const HfRestTimes *b, HfRestTimes *all) {
  const HfRestTimes one = *a, more = HfRestTimesWithout(b, a);

  PetscFunctionBeginUser;
  if (one.n + more.n > HF_MAX_RESTS)
    PetscCall(HfDeckError(check->deck, place, "retention: at most %d different times, with the pause and with those of the steps `train` before it",
                          HF_MAX_RESTS));
  all->n = 0;
  for (PetscInt i = 0, j = 0; (i < one.n || j < more.n) && all->n < HF_MAX_RESTS;)
    all->time[all->n++] = j == more.n || (i < one.n && one.time[i] < more.time[j]) ? one.time[i++] : more.time[j++];
  PetscFunctionReturn(0);
}

PetscReal HfRestTimesLast(const HfRestTimes *times) { return times->n ? times->time[times->n - 1] : 0.0; }

void HfTimeText(PetscReal seconds, const char *gap, char text[HF_TIME_TEXT]) {
  static const struct {
    const char *unit;
    double seconds;
  } units[] = {{"s", 1.0}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"ps", 1e-12}};
  size_t k = 0;

  while (seconds > 0.0 && k + 1 < PETSC_STATIC_ARRAY_LENGTH(units) && seconds < units[k].seconds * (1.0 - CLOSE)) ++k;
  snprintf(text, HF_TIME_TEXT, "%.6g%s%s", (double)seconds / units[k].seconds, gap, units[k].unit);
}

PetscErrorCode HfRestTimesSettingsRead(HfScheduleCheck *check, HfNode node, const char *key, HfRestTimes *times) {
  const PetscInt n = HfHas(node, key) ? HfCount(node, key) : 0;

  PetscFunctionBeginUser;
  times->n = 0;
  if (n > HF_MAX_RESTS) PetscCall(HfDeckError(check->deck, HfChild(node, key), "%s: at most %d times, not %d", key, HF_MAX_RESTS, (int)n));
  for (PetscInt k = 0; k < PetscMin(n, HF_MAX_RESTS); ++k) {
    const PetscReal time = HfRealAt(node, key, k);
    char text[HF_TIME_TEXT], before[HF_TIME_TEXT];

    if (times->n && !(time > times->time[times->n - 1])) {
      HfTimeText(time, " ", text);
      HfTimeText(times->time[times->n - 1], " ", before);
      PetscCall(HfDeckError(check->deck, HfNodeItem(HfChild(node, key), k), "%s: the times must rise, but %s comes after %s", key, text, before));
    } else
      times->time[times->n++] = time;
  }
  if (n && HfRestTimesLast(times) == 0.0)
    PetscCall(HfDeckError(check->deck, HfChild(node, key), "%s: 0 s alone is the film without a rest: give a time", key));
  PetscFunctionReturn(0);
}

/* ---- readings ---- */

static PetscErrorCode add_reading(HfStepContext context, PetscReal after, HfReadings *readings) {
  const HfTrainingRecord *record = context->record;
  const PetscInt nn = record->n * record->n;
  HfReading *reading;

  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((size_t)(readings->n + 1) * sizeof(*readings->list), &readings->list));
  reading = &readings->list[readings->n++];
  *reading = (HfReading){.after = after, .time = HfDeviceTime(context->device)};
  PetscCall(PetscMalloc1(nn, &reading->G));
  PetscCall(PetscArraycpy(reading->G, record->G, nn));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReadingsDestroy(HfReadings *readings) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < readings->n; ++k) PetscCall(PetscFree(readings->list[k].G));
  PetscCall(PetscFree(readings->list));
  readings->n = 0;
  PetscFunctionReturn(0);
}

const HfReading *HfReadingFind(const HfReadings *readings, PetscReal after) {
  for (PetscInt k = 0; k < readings->n; ++k)
    if (same(readings->list[k].after, after)) return &readings->list[k];
  return NULL;
}

/* ---- rests ---- */

PetscErrorCode HfRest(HfStepContext context, const HfRestTimes *times, PetscBool frames, HfReadings *readings) {
  PetscReal rested = 0.0;

  PetscFunctionBeginUser;
  PetscCall(HfDriveOff(context));
  for (PetscInt k = 0; k < times->n; ++k) {
    if (times->time[k] > rested) PetscCall(HfEvolve(context, "rest", times->time[k] - rested, 0.0));
    rested = times->time[k];
    PetscCall(HfProbeFilm(context));
    if (readings) PetscCall(add_reading(context, rested, readings));
    PetscCall(HfReportTableLine(context));
    if (frames) PetscCall(HfReportFrames(context, PETSC_FALSE));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfRestUnread(HfStepContext context, PetscReal time, PetscBool probe) {
  PetscFunctionBeginUser;
  PetscCall(HfDriveOff(context));
  PetscCall(HfEvolve(context, "rest", time, probe ? 0.0 : HF_NO_PROBES));
  PetscCall(HfReportTableLine(context));
  PetscFunctionReturn(0);
}

/* A run that resumes inside of the rest loads all three of m, m_untrained and m_kept. */
PetscErrorCode HfUntrainedRest(HfStepContext context, const HfRestTimes *times) {
  HfTrainingRecord *record = context->record;
  HfDrive *drive = context->drive;
  Vec m = HfDeviceMagnetization(context->device);
  PetscErrorCode code;
  char *pattern;

  PetscFunctionBeginUser;
  if (!times->n) PetscFunctionReturn(0);
  PetscCall(PetscStrallocpy(drive->pattern, &pattern));
  drive->pattern[0] = '\0'; /* the probes are of a film that nothing has driven */
  PetscCall(VecCopy(m, record->m_kept));
  PetscCall(VecCopy(record->m_untrained, m));
  HfProbeOutdate(record);
  code = HfRest(context, times, PETSC_FALSE, &record->untrained_rested); /* may diverge or be stopped */
  PetscCall(PetscStrncpy(drive->pattern, pattern, record->n + 1));
  PetscCall(PetscFree(pattern));
  if (code) PetscFunctionReturn(code);
  PetscCall(VecCopy(record->m_kept, m));
  HfProbeOutdate(record);
  PetscFunctionReturn(0);
}
