/* What the steps report to the recorder; functions that a recorder lacks are passed over. While a run replays its tape, nothing is logged a second
   time. */
#include "experiment_impl.h"
#include <stdarg.h>
#include <sys/resource.h>

PetscErrorCode HfReportField(HfStepContext context, const char *name, PetscInt dof, Vec v) {
  HfRecorder recorder = context->recorder;

  PetscFunctionBeginUser;
  PetscCall(HfProfileBegin(HF_PROFILE_OUTPUT));
  if (recorder->field) PetscCall(recorder->field(recorder->context, name, HfDeviceTime(context->device), dof, v));
  PetscCall(HfProfileEnd(HF_PROFILE_OUTPUT));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportEnergies(HfStepContext context, const char *name, PetscInt n_states, const PetscReal energies[]) {
  HfRecorder recorder = context->recorder;

  PetscFunctionBeginUser;
  if (recorder->energies) PetscCall(recorder->energies(recorder->context, name, n_states, energies));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportArray(HfStepContext context, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                             const char *unit) {
  HfRecorder recorder = context->recorder;

  PetscFunctionBeginUser;
  if (recorder->array) PetscCall(recorder->array(recorder->context, name, rank, shape, values, unit));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEntryCreate(HfStepContext context, const char *step, HfNode *entry) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, entry));
  PetscCall(HfNodePutText(*entry, "step", step));
  PetscCall(HfNodePutInt(*entry, "item", context->drive->item + 1));
  PetscCall(HfNodePutInt(*entry, "initial", context->drive->n_initials));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportSummary(HfStepContext context, HfNode entry) {
  HfRecorder recorder = context->recorder;

  PetscFunctionBeginUser;
  if (recorder->summary)
    PetscCall(recorder->summary(recorder->context, entry));
  else
    PetscCall(HfNodeDestroy(&entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode log_line(HfStepContext context, const char line[]) {
  HfRecorder recorder = context->recorder;

  PetscFunctionBeginUser;
  if (recorder->log && !HfTapeReplaying(context->tape)) PetscCall(recorder->log(recorder->context, line));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportLog(HfStepContext context, const char *format, ...) {
  char line[2048];
  va_list arguments;

  PetscFunctionBeginUser;
  va_start(arguments, format);
  vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  PetscCall(log_line(context, line));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportHeadline(HfStepContext context, HfNode entry, const char *format, ...) {
  char line[2048];
  va_list arguments;

  PetscFunctionBeginUser;
  va_start(arguments, format);
  vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  PetscCall(HfNodePutText(entry, "headline", line));
  PetscCall(log_line(context, line));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportProgress(HfStepContext context, const char *what, PetscReal seconds) {
  HfRecorder recorder = context->recorder;
  const HfDrive *drive = context->drive;
  const HfProgress progress = {.what = what,
                               .done = drive->seconds + seconds,
                               .total = context->schedule->plan.seconds,
                               .item = drive->item,
                               .n_items = context->schedule->n_items,
                               .item_done = drive->seconds + seconds - drive->item_start,
                               .item_total = drive->item_seconds};

  PetscFunctionBeginUser;
  if (recorder->progress && !HfTapeReplaying(context->tape)) PetscCall(recorder->progress(recorder->context, &progress));
  PetscFunctionReturn(0);
}

/* ---- CPU time: set-up, conductance matrices, and what remains of each kind of step ---- */

static PetscReal seconds(struct timeval t) { return (PetscReal)t.tv_sec + 1e-6 * (PetscReal)t.tv_usec; }

PetscErrorCode HfCpuTimeAssign(HfCpuTime *cpu, const char *activity) {
  struct rusage usage = {0};
  PetscReal now;
  PetscInt k = 0;

  PetscFunctionBeginUser;
  getrusage(RUSAGE_SELF, &usage);
  now = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  while (k < cpu->n && strcmp(cpu->names[k], activity)) ++k;
  PetscCheck(k < HF_MAX_ACTIVITIES, PETSC_COMM_SELF, PETSC_ERR_PLIB, "more than %d activities", HF_MAX_ACTIVITIES);
  if (k == cpu->n) {
    cpu->names[cpu->n++] = activity;
    cpu->seconds[k] = 0.0;
  }
  cpu->seconds[k] += now - cpu->counted;
  cpu->counted = now;
  PetscFunctionReturn(0);
}

/* The most memory that this process has held; Linux reports it in kB. */
static PetscInt64 peak_memory(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) ? 0 : (PetscInt64)usage.ru_maxrss * 1024;
}

PetscErrorCode HfExperimentResources(HfExperiment experiment, HfNode summary) {
  const HfCpuTime *cpu = &experiment->drive.cpu;
  HfNode map;

  PetscFunctionBeginUser;
  PetscCall(HfNodePutInt(summary, "peak_memory_bytes", peak_memory()));
  PetscCall(HfNodePutInt(summary, "conductance_matrices", cpu->n_matrices));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &map));
  for (PetscInt k = 0; k < cpu->n; ++k) PetscCall(HfNodePutReal(map, cpu->names[k], cpu->seconds[k]));
  PetscCall(HfNodePutNode(summary, "cpu_seconds", map));
  PetscFunctionReturn(0);
}
