/* Results as a function of the time for which the film has rested without voltage: what the steps that recall find, and the conductances themselves. */
#include "step.h"

#define MOST_LISTED 64 /* terminals up to which a table holds the matrices; /conductance has them in any case */

/* One figure with one kind of weights. */
typedef struct {
  HfWeighting weighting; /* at the first of the times */
  char name[64];
  PetscInt width;
  PetscReal *values; /* [n_times][width] */
} Curve;

struct HfRetention_ {
  PetscInt n_times, n_curves;
  PetscReal time[HF_MAX_RESTS + 1]; /* s */
  Curve *curves;                    /* [n_curves], those of the same weights one after the other */
};

PetscErrorCode HfRetentionCreate(const HfWeightingList *settings, HfRetention *retention) {
  PetscFunctionBeginUser;
  *retention = NULL;
  if (settings->n_after < 2) PetscFunctionReturn(0);
  PetscCall(PetscNew(retention));
  (*retention)->n_times = settings->n_after;
  for (PetscInt k = 0; k < settings->n_after; ++k) (*retention)->time[k] = settings->after[k].time;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRetentionDestroy(HfRetention *retention) {
  PetscFunctionBeginUser;
  if (!*retention) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < (*retention)->n_curves; ++k) PetscCall(PetscFree((*retention)->curves[k].values));
  PetscCall(PetscFree((*retention)->curves));
  PetscCall(PetscFree(*retention));
  PetscFunctionReturn(0);
}

/* The curve of that name, a new one where there is none. */
static PetscErrorCode find_curve(HfRetention retention, const HfWeighting *weighting, const char *name, PetscInt width, Curve **found) {
  PetscInt at = retention->n_curves;
  Curve *curve;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < retention->n_curves; ++k) {
    curve = &retention->curves[k];
    if (strcmp(curve->weighting.name, weighting->name)) continue;
    at = k + 1;
    *found = curve;
    if (!strcmp(curve->name, name)) PetscFunctionReturn(0);
  }
  PetscCall(PetscRealloc((size_t)(retention->n_curves + 1) * sizeof(*retention->curves), &retention->curves));
  curve = retention->curves + at;
  memmove(curve + 1, curve, (size_t)(retention->n_curves++ - at) * sizeof(*curve));
  *curve = (Curve){.weighting = *weighting, .width = width};
  PetscCall(PetscStrncpy(curve->name, name, sizeof(curve->name)));
  PetscCall(PetscCalloc1(retention->n_times * width, &curve->values));
  *found = curve;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRetentionAdd(HfRetention retention, const HfWeighting *weighting, const char *name, PetscInt width, const PetscReal values[]) {
  PetscInt at = 0;
  Curve *curve = NULL;

  PetscFunctionBeginUser;
  if (!retention) PetscFunctionReturn(0);
  while (at + 1 < retention->n_times && retention->time[at] != weighting->after.time) ++at;
  PetscCall(find_curve(retention, weighting, name, width, &curve));
  PetscCall(PetscArraycpy(curve->values + at * width, values, width));
  PetscFunctionReturn(0);
}

static void append(char text[], size_t size, const char *more) {
  const size_t used = strlen(text);
  snprintf(text + used, size - used, "%s", more);
}

static PetscErrorCode put_rows(HfNode entry, const char *name, PetscInt rows, PetscInt width, const PetscReal values[]) {
  HfNode list;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &list));
  for (PetscInt r = 0; r < rows; ++r) PetscCall(HfNodePutReals(list, NULL, width, values + r * width));
  PetscCall(HfNodePutNode(entry, name, list));
  PetscFunctionReturn(0);
}

/* "0 s, 100 ns, 1 us" */
static void times_text(PetscInt n, const PetscReal times[], char text[], size_t size) {
  char time[HF_TIME_TEXT];

  text[0] = '\0';
  for (PetscInt k = 0; k < n; ++k) {
    HfTimeText(times[k], " ", time);
    append(text, size, k ? ", " : "");
    append(text, size, time);
  }
}

/* "; minima 7, 7, 4 of 7" for a curve of single numbers. */
static void append_curve(const HfRetention retention, const Curve *curve, PetscInt of, char text[], size_t size) {
  char number[32];

  if (curve->width > 1) return;
  append(text, size, "; ");
  for (const char *c = curve->name; *c; ++c) append(text, size, *c == '_' ? " " : (const char[]){*c, '\0'});
  for (PetscInt k = 0; k < retention->n_times; ++k) {
    snprintf(number, sizeof(number), "%s%.4g", k ? ", " : " ", (double)curve->values[k]);
    append(text, size, number);
  }
  snprintf(number, sizeof(number), " of %d", (int)of);
  if (of) append(text, size, number);
}

/* The n curves of one kind of weights. */
static PetscErrorCode report_weights(HfStepContext context, const HfRetention retention, const Curve curves[], PetscInt n, PetscInt of) {
  const HfWeighting *weighting = &curves[0].weighting;
  const char *step = context->drive->activity;
  char path[192], times[HF_TIME_TEXT * (HF_MAX_RESTS + 2)], found[1400] = "";
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(context, "retention", &entry));
  PetscCall(HfNodePutText(entry, "of_step", step));
  PetscCall(HfNodePutText(entry, "weights", HfWeightsNames[weighting->kind]));
  if (HfWeightsHaveXi(weighting->kind)) PetscCall(HfNodePutReal(entry, "xi", weighting->xi));
  if (weighting->xi_of_untrained) PetscCall(HfNodePutText(entry, "xi_of", "untrained"));
  PetscCall(HfNodePutText(entry, "label", weighting->name));
  PetscCall(HfNodePutReals(entry, "time_s", retention->n_times, retention->time));
  if (of) PetscCall(HfNodePutInt(entry, "of", of));
  for (PetscInt k = 0; k < n; ++k) {
    const Curve *curve = &curves[k];
    const PetscInt shape[2] = {retention->n_times, curve->width};

    PetscCall(PetscSNPrintf(path, sizeof(path), "/retention/%d/%s/%s", (int)context->drive->item + 1, weighting->name, curve->name));
    PetscCall(HfReportArray(context, path, curve->width > 1 ? 2 : 1, shape, curve->values, "1"));
    if (curve->width > 1)
      PetscCall(put_rows(entry, curve->name, retention->n_times, curve->width, curve->values));
    else
      PetscCall(HfNodePutReals(entry, curve->name, retention->n_times, curve->values));
    append_curve(retention, curve, of, found, sizeof(found));
  }
  times_text(retention->n_times, retention->time, times, sizeof(times));
  PetscCall(HfReportHeadline(context, entry, "retention, %s, %s, %s without voltage%s", step, weighting->name, times, found));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRetentionReport(HfStepContext context, HfRetention retention, PetscInt of) {
  char path[64];

  PetscFunctionBeginUser;
  if (!retention) PetscFunctionReturn(0);
  PetscCall(PetscSNPrintf(path, sizeof(path), "/retention/%d/time", (int)context->drive->item + 1));
  PetscCall(HfReportArray(context, path, 1, &retention->n_times, retention->time, "s"));
  for (PetscInt k = 0, n; k < retention->n_curves; k += n) {
    for (n = 1; k + n < retention->n_curves; ++n)
      if (strcmp(retention->curves[k].weighting.name, retention->curves[k + n].weighting.name)) break;
    PetscCall(report_weights(context, retention, retention->curves + k, n, of));
  }
  PetscFunctionReturn(0);
}

/* ---- the conductances of the memories ---- */

/* How much of what a pulse changed is left: dG.dG' / dG.dG over the pairs, dG = G - G_untrained at the end of the pulse and dG' after the rest. 1 for a
   pulse that changed nothing. */
static PetscReal kept(PetscInt n, const PetscReal untrained[], const PetscReal driven[], const PetscReal rested[]) {
  PetscReal left = 0.0, all = 0.0;

  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) {
      const PetscInt e = i * n + j;

      left += (driven[e] - untrained[e]) * (rested[e] - untrained[e]);
      all += (driven[e] - untrained[e]) * (driven[e] - untrained[e]);
    }
  return all > 0.0 ? left / all : 1.0;
}

/* Time t of a memory and its matrix there; t = 0 is the end of the pulse, the others are its readings. */
static const PetscReal *matrix_at(const HfMemory *memory, PetscInt t) { return t ? memory->rested.list[t - 1].G : memory->G; }

typedef struct {
  PetscInt first, n, n_times; /* the memories; times, the end of the pulse among them */
  PetscReal time[HF_MAX_RESTS + 1];
  PetscReal *clock, *kept, *mean; /* [n][n_times], [n][n_times], [n_times] */
} Memories;

static PetscErrorCode report_array(HfStepContext context, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                                   const char *unit) {
  char path[64];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof(path), "/retention/%d/%s", (int)context->drive->item + 1, name));
  PetscCall(HfReportArray(context, path, rank, shape, values, unit));
  PetscFunctionReturn(0);
}

/* G of all memories and times, and of the untrained film where it was read after all of them. */
static PetscErrorCode report_matrices(HfStepContext context, const Memories *memories) {
  const HfTrainingRecord *record = context->record;
  const PetscInt n = record->n, nn = n * n, T = memories->n_times, shape[4] = {memories->n, T, n, n};
  PetscBool all = PETSC_TRUE;
  PetscReal *G;

  PetscFunctionBeginUser;
  if (n > MOST_LISTED) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1((size_t)(memories->n * T) * (size_t)nn, &G));
  for (PetscInt k = 0; k < memories->n; ++k)
    for (PetscInt t = 0; t < T; ++t)
      PetscCall(PetscArraycpy(G + (size_t)(k * T + t) * (size_t)nn, matrix_at(&record->memories[memories->first + k], t), nn));
  PetscCall(report_array(context, "G", 4, shape, G, "S"));
  for (PetscInt t = 0; t < T && all; ++t) {
    const HfReading *reading = t ? HfReadingFind(&record->untrained_rested, memories->time[t]) : NULL;

    if (t && !reading)
      all = PETSC_FALSE;
    else
      PetscCall(PetscArraycpy(G + (size_t)t * (size_t)nn, t ? reading->G : record->G_untrained, nn));
  }
  if (all) PetscCall(report_array(context, "G_untrained", 3, shape + 1, G, "S"));
  PetscCall(PetscFree(G));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_memories(HfStepContext context, const Memories *memories) {
  const HfTrainingRecord *record = context->record;
  const PetscInt shape[2] = {memories->n, memories->n_times};
  char times[HF_TIME_TEXT * (HF_MAX_RESTS + 2)], means[512] = "", number[32];
  HfNode entry, names;

  PetscFunctionBeginUser;
  PetscCall(report_array(context, "time", 1, &memories->n_times, memories->time, "s"));
  PetscCall(report_array(context, "clock", 2, shape, memories->clock, "s"));
  PetscCall(report_array(context, "kept", 2, shape, memories->kept, "1"));
  PetscCall(report_matrices(context, memories));
  PetscCall(HfEntryCreate(context, "retention", &entry));
  PetscCall(HfNodePutText(entry, "of_step", "train"));
  PetscCall(HfNodePutReals(entry, "time_s", memories->n_times, memories->time));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt k = 0; k < memories->n; ++k) PetscCall(HfNodePutText(names, NULL, record->memories[memories->first + k].pattern));
  PetscCall(HfNodePutNode(entry, "patterns", names));
  PetscCall(put_rows(entry, "kept", memories->n, memories->n_times, memories->kept));
  PetscCall(HfNodePutReals(entry, "mean_kept", memories->n_times, memories->mean));
  for (PetscInt t = 0; t < memories->n_times; ++t) {
    snprintf(number, sizeof(number), "%s%.3f", t ? ", " : "", (double)memories->mean[t]);
    append(means, sizeof(means), number);
  }
  times_text(memories->n_times, memories->time, times, sizeof(times));
  PetscCall(HfReportHeadline(context, entry, "retention, train, %s without voltage: of the change of the conductances is left on average %s", times,
                             means));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRetentionOfMemories(HfStepContext context) {
  const HfTrainingRecord *record = context->record;
  Memories memories = {.first = record->n_memories};

  PetscFunctionBeginUser;
  while (memories.first > record->first_memory && record->memories[memories.first - 1].item == context->drive->item) --memories.first;
  memories.n = record->n_memories - memories.first;
  if (!memories.n) PetscFunctionReturn(0);
  memories.n_times = 1 + record->memories[memories.first].rested.n;
  PetscCall(
      PetscCalloc3(memories.n * memories.n_times, &memories.clock, memories.n * memories.n_times, &memories.kept, memories.n_times, &memories.mean));
  for (PetscInt k = 0; k < memories.n; ++k)
    for (PetscInt t = 0; t < memories.n_times; ++t) {
      const HfMemory *memory = &record->memories[memories.first + k];
      const PetscInt at = k * memories.n_times + t;

      memories.time[t] = t ? memory->rested.list[t - 1].after : 0.0;
      memories.clock[at] = t ? memory->rested.list[t - 1].time : memory->time;
      memories.kept[at] = kept(record->n, record->G_untrained, memory->G, matrix_at(memory, t));
      memories.mean[t] += memories.kept[at] / (PetscReal)memories.n;
    }
  PetscCall(report_memories(context, &memories));
  PetscCall(PetscFree3(memories.clock, memories.kept, memories.mean));
  PetscFunctionReturn(0);
}
