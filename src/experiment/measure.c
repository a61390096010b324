/* What is measured of the present m: conductance matrix and gauges (a probe), the mean of m and the torque, a line of the table, frames of the
   fields. All of it goes through the tape. */
#include "experiment_impl.h"

/* ---- probes ---- */

/* values: G[n*n], then the gauges. */
static PetscErrorCode measure_conductance(void *of, PetscInt n_values, PetscReal values[]) {
  HfStepContext context = of;
  const HfTrainingRecord *record = context->record;
  const PetscInt n_matrix = record->n * record->n;
  HfCpuTime *cpu = &context->drive->cpu;

  PetscFunctionBeginUser;
  PetscCall(HfCpuTimeAssign(cpu, context->drive->activity));
  PetscCall(HfDeviceConductance(context->device, values));
  for (PetscInt k = 0; k < record->n_gauges; ++k) PetscCall(HfDeviceGauge(context->device, k, &values[n_matrix + k]));
  PetscCall(HfCpuTimeAssign(cpu, "conductance"));
  for (PetscInt k = 0; k < n_values; ++k)
    PetscCheckFault(!PetscIsInfOrNanReal(values[k]), context->comm, HF_ERR_DIVERGED, "a conductance read at t = %.9g s is not finite",
                    (double)HfDeviceTime(context->device));
  PetscFunctionReturn(0);
}

PetscErrorCode HfProbeFilm(HfStepContext context) {
  HfTrainingRecord *record = context->record;
  const HfDrive *drive = context->drive;
  const PetscInt n_matrix = record->n * record->n, n_values = n_matrix + record->n_gauges;
  const HfProbe probe = {.time = HfDeviceTime(context->device),
                         .n = record->n,
                         .G = record->G,
                         .item = drive->item,
                         .epoch = drive->epoch,
                         .pattern = drive->pattern,
                         .n_gauges = record->n_gauges,
                         .gauge_names = context->schedule->gauge_names,
                         .gauges = record->gauges};
  PetscReal *values;

  PetscFunctionBeginUser;
  if (record->current) PetscFunctionReturn(0);
  PetscCall(HfProfileBegin(HF_PROFILE_PROBE));
  PetscCall(PetscMalloc1(n_values, &values));
  PetscCall(HfTapeMeasure(context->tape, "conductance", n_values, values, measure_conductance, (void *)context));
  context->drive->cpu.n_matrices += record->n > 0;
  PetscCall(PetscArraycpy(record->G, values, n_matrix));
  PetscCall(PetscArraycpy(record->gauges, values + n_matrix, record->n_gauges));
  PetscCall(PetscFree(values));
  PetscCall(HfProfileEnd(HF_PROFILE_PROBE));
  record->current = PETSC_TRUE;
  if (context->recorder->probe) PetscCall(context->recorder->probe(context->recorder->context, &probe));
  PetscFunctionReturn(0);
}

void HfProbeOutdate(HfTrainingRecord *record) { record->current = PETSC_FALSE; }

/* ---- mean and torque ---- */

static PetscErrorCode measure_average(void *of, PetscInt n, PetscReal values[]) {
  HfDevice device = ((HfStepContext)of)->device;
  HfMagnet magnet = HfDeviceMagnet(device);
  Vec m = HfDeviceMagnetization(device);

  PetscFunctionBeginUser;
  PetscCall(HfMagnetAverage(magnet, m, values));
  PetscCall(HfMagnetMaxTorque(magnet, HfDeviceTime(device), m, &values[3]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMeasureAverage(HfStepContext context, PetscReal average[3], PetscReal *torque) {
  PetscReal values[4];

  PetscFunctionBeginUser;
  PetscCall(HfTapeMeasure(context->tape, "mean and torque", 4, values, measure_average, (void *)context));
  PetscCall(PetscArraycpy(average, values, 3));
  *torque = values[3];
  PetscFunctionReturn(0);
}

static PetscErrorCode measure_magnetization(void *of, PetscInt n, PetscReal values[]) {
  HfDevice device = ((HfStepContext)of)->device;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetMeanMagnetization(HfDeviceMagnet(device), HfDeviceMagnetization(device), values));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMeasureMagnetization(HfStepContext context, PetscReal M[3]) {
  PetscFunctionBeginUser;
  PetscCall(HfTapeMeasure(context->tape, "magnetization", 3, M, measure_magnetization, (void *)context));
  PetscFunctionReturn(0);
}

/* ---- lines of the table ---- */

PetscErrorCode HfTableLineAdd(HfStepContext context, PetscReal t, PetscReal dt, Vec m) {
  HfMagnet magnet = HfDeviceMagnet(context->device);
  const HfTrainingRecord *record = context->record;
  HfTableLine line = {.time = t, .dt = dt, .G = record->has_untrained || record->current ? record->G : NULL};
  const PetscInt n_terms = HfMagnetTermCount(magnet);
  PetscReal *energies;

  PetscFunctionBeginUser;
  if (!context->recorder->table_line) PetscFunctionReturn(0);
  PetscCall(HfMagnetAverage(magnet, m, line.average));
  PetscCall(PetscMalloc1(n_terms + 1, &energies));
  PetscCall(HfMagnetTorqueAndEnergies(magnet, t, m, &line.max_torque, energies));
  for (PetscInt k = 0; k < n_terms; ++k) line.energy += energies[k];
  PetscCall(PetscFree(energies));
  PetscCall(context->recorder->table_line(context->recorder->context, &line));
  PetscFunctionReturn(0);
}

static PetscErrorCode add_line(void *of, PetscInt n, PetscReal values[]) {
  HfStepContext context = of;

  PetscFunctionBeginUser;
  PetscCall(HfTableLineAdd(context, HfDeviceTime(context->device), 0.0, HfDeviceMagnetization(context->device)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportTableLine(HfStepContext context) {
  PetscFunctionBeginUser;
  PetscCall(HfTapeMeasure(context->tape, "table line", 0, NULL, add_line, (void *)context));
  PetscFunctionReturn(0);
}

/* ---- frames of the fields ---- */

/* Whether frames of the currents contain one in the film, and the response of the film to its last pattern. */
static PetscBool has_current(HfStepContext context) {
  return context->schedule->n > 0 || HfDeviceFixedCurrent(context->device) ? PETSC_TRUE : PETSC_FALSE;
}
static PetscBool has_response(HfStepContext context) { return context->record->driven; }

/* Number of components of a field that the recorder asks for by name, if the magnet computes it; 0: it does not, or the list has it already. */
static PetscInt asked_of_magnet(HfStepContext context, PetscInt which) {
  const HfRecorderSettings *settings = context->recorder->settings;

  for (PetscInt k = 0; k < which; ++k)
    if (!strcmp(settings->fields[k], settings->fields[which])) return 0;
  return HfMagnetOutputComponents(HfDeviceMagnet(context->device), settings->fields[which]);
}

static PetscInt asked_count(HfStepContext context) { return context->recorder->settings ? context->recorder->settings->n_fields : 0; }

/* Those that the run before this one wrote: the recorder gets their names alone and finds them itself. */
static PetscErrorCode name_frames(HfStepContext context, PetscBool currents) {
  PetscFunctionBeginUser;
  PetscCall(HfReportField(context, "m", 3, NULL));
  if (HfDriveByGold(context)) PetscCall(HfReportField(context, "H", 3, NULL));
  for (PetscInt k = 0; k < asked_count(context); ++k) {
    const PetscInt dof = asked_of_magnet(context, k);
    if (dof) PetscCall(HfReportField(context, context->recorder->settings->fields[k], dof, NULL));
  }
  if (!currents) PetscFunctionReturn(0);
  if (has_current(context)) PetscCall(HfReportField(context, "j", 2, NULL));
  if (has_response(context)) PetscCall(HfReportField(context, "j_per_volt", 2, NULL));
  if (has_response(context) && HfDriveByGold(context)) PetscCall(HfReportField(context, "j_gold", 2, NULL));
  PetscFunctionReturn(0);
}

typedef struct {
  HfStepContext context;
  PetscBool currents;
} Frames;

/* The current that flows in the film, into j: that of the drive on the film itself, zero while nothing drives it. per_volt: for +1 and -1 V; NULL before
   the first pattern. */
static PetscErrorCode flowing_current(HfStepContext context, Vec per_volt, Vec j) {
  const HfDrive *drive = context->drive;
  Vec fixed = HfDeviceFixedCurrent(context->device);

  PetscFunctionBeginUser;
  if (fixed)
    PetscCall(VecCopy(fixed, j));
  else if (per_volt && drive->on && !HfDriveByGold(context))
    PetscCall(VecAXPBY(j, drive->voltage, 0.0, per_volt));
  else
    PetscCall(VecZeroEntries(j));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_currents(HfStepContext context) {
  HfDevice device = context->device;
  Vec j, per_volt = NULL;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(HfDeviceGrid(device), 2, &j));
  if (has_response(context)) {
    PetscCall(VecDuplicate(j, &per_volt));
    PetscCall(HfDeviceFilmCurrent(device, context->drive->x, per_volt));
  }
  PetscCall(flowing_current(context, per_volt, j));
  if (has_current(context)) PetscCall(HfReportField(context, "j", 2, j));
  if (per_volt) PetscCall(HfReportField(context, "j_per_volt", 2, per_volt));
  if (per_volt && HfDriveByGold(context)) {
    if (context->drive->on)
      PetscCall(HfDeviceGoldCurrent(device, context->drive->V, j));
    else
      PetscCall(VecZeroEntries(j));
    PetscCall(HfReportField(context, "j_gold", 2, j));
  }
  PetscCall(VecDestroy(&per_volt));
  PetscCall(VecDestroy(&j));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_outputs_of_magnet(HfStepContext context) {
  HfDevice device = context->device;
  Vec v;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < asked_count(context); ++k) {
    const char *name = context->recorder->settings->fields[k];
    const PetscInt dof = asked_of_magnet(context, k);

    if (!dof) continue;
    PetscCall(HfGridCreateCellVec(HfDeviceGrid(device), dof, &v));
    PetscCall(HfMagnetOutput(HfDeviceMagnet(device), name, HfDeviceTime(device), HfDeviceMagnetization(device), v));
    PetscCall(HfReportField(context, name, dof, v));
    PetscCall(VecDestroy(&v));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode write_frames(void *of, PetscInt n, PetscReal values[]) {
  const Frames *frames = of;
  HfStepContext context = frames->context;
  HfDevice device = context->device;

  PetscFunctionBeginUser;
  PetscCall(HfReportField(context, "m", 3, HfDeviceMagnetization(device)));
  if (HfDriveByGold(context)) PetscCall(HfReportField(context, "H", 3, HfDeviceDriveField(device)));
  PetscCall(write_outputs_of_magnet(context));
  if (frames->currents) PetscCall(write_currents(context));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportFrames(HfStepContext context, PetscBool currents) {
  Frames frames = {.context = context, .currents = currents};
  const PetscBool replayed = HfTapeReplaying(context->tape); /* a run is never stopped inside of a frame */

  PetscFunctionBeginUser;
  if (!context->recorder->field) PetscFunctionReturn(0);
  PetscCall(HfTapeMeasure(context->tape, "frames", 0, NULL, write_frames, &frames));
  if (replayed) PetscCall(name_frames(context, frames.currents));
  PetscFunctionReturn(0);
}

/* ---- gauges: the deck's two-terminal read-outs. A pulse reports each of them at its start and at its end. ---- */

void HfGaugesStart(HfTrainingRecord *record) {
  for (PetscInt k = 0; k < record->n_gauges; ++k) record->gauges_at_start[k] = record->gauges[k];
}

/* One more "name value" after the others, as far as there is room in the line. */
static void append(char line[], size_t size, PetscInt k, const char *name, const char *text) {
  const size_t used = strlen(line);
  if (used < size) snprintf(line + used, size - used, "%s%.64s %s", k ? ", " : "", name, text);
}

PetscErrorCode HfReportGauges(HfStepContext context, const char *text, PetscReal voltage, PetscReal start) {
  const HfTrainingRecord *record = context->record;
  const char *const *names = context->schedule->gauge_names;
  const PetscReal end = HfDeviceTime(context->device);
  HfNode entry, list;
  char line[1024] = "", values[128];

  PetscFunctionBeginUser;
  if (!record->n_gauges) PetscFunctionReturn(0);
  PetscCall(HfEntryCreate(context, "gauges", &entry));
  PetscCall(HfNodePutText(entry, "pattern", text));
  PetscCall(HfNodePutReal(entry, "voltage_V", voltage));
  PetscCall(HfNodePutInt(entry, "epoch", context->drive->epoch + 1));
  PetscCall(HfNodePutReal(entry, "start_s", start));
  PetscCall(HfNodePutReal(entry, "end_s", end));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &list));
  for (PetscInt k = 0; k < record->n_gauges; ++k) {
    const PetscReal before = record->gauges_at_start[k], after = record->gauges[k], change = 100.0 * (after / before - 1.0);
    HfNode gauge;

    PetscCall(HfNodeCreate(HF_NODE_MAP, &gauge));
    PetscCall(HfNodePutText(gauge, "name", names[k]));
    PetscCall(HfNodePutReal(gauge, "start_S", before));
    PetscCall(HfNodePutReal(gauge, "end_S", after));
    PetscCall(HfNodePutReal(gauge, "change_percent", change));
    PetscCall(HfNodePutNode(list, NULL, gauge));
    PetscCall(PetscSNPrintf(values, sizeof(values), "%.4g to %.4g S (%+.2f %%)", (double)before, (double)after, (double)change));
    append(line, sizeof(line), k, names[k], values);
  }
  PetscCall(HfNodePutNode(entry, "gauges", list));
  if (text[0])
    PetscCall(HfReportHeadline(context, entry, "gauges, %s at %.6g V, %.6g to %.6g ns: %s", text, (double)voltage, 1e9 * (double)start,
                               1e9 * (double)end, line));
  else
    PetscCall(HfReportHeadline(context, entry, "gauges, no voltage, %.6g to %.6g ns: %s", 1e9 * (double)start, 1e9 * (double)end, line));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportGaugesNow(HfStepContext context, HfNode entry) {
  const HfTrainingRecord *record = context->record;
  const char *const *names = context->schedule->gauge_names;
  char line[1024] = "", value[64];
  HfNode map;

  PetscFunctionBeginUser;
  if (!record->n_gauges) PetscFunctionReturn(0);
  PetscCall(HfNodeCreate(HF_NODE_MAP, &map));
  for (PetscInt k = 0; k < record->n_gauges; ++k) {
    PetscCall(HfNodePutReal(map, names[k], record->gauges[k]));
    PetscCall(PetscSNPrintf(value, sizeof(value), "%.8e S", (double)record->gauges[k]));
    append(line, sizeof(line), k, names[k], value);
  }
  PetscCall(HfNodePutNode(entry, "gauges_S", map));
  PetscCall(HfReportLog(context, "  gauges: %s", line));
  PetscFunctionReturn(0);
}
