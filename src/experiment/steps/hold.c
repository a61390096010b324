/* Lets time pass, without voltage or with the voltage of a pattern held, and records the conductance; the film is not considered trained by it. */
#include "../step.h"

#define KNOWN 1e-6 /* of the largest conductance: what is smaller, between nodes far apart, is round-off of the solves */

static const HfKey keys[] = {
    {"hold", HF_SECTION, NULL, "", "", 0,
     "Lets time pass without voltage, or with the voltage of a pattern held; no pattern is considered trained by it"},
    {"hold.time", HF_QUANTITY, "s", NULL, ">0", 0, "Duration"},
    {"hold.pattern", HF_TEXT, NULL, "", "", 0, "Name or literal pattern whose voltage is held (default: no voltage)"},
    HF_DRIVE_KEYS("hold"),
    {"hold.probe_every", HF_QUANTITY, "s", "", ">0", 0, "Time between measurements of the conductance matrix (step `fit` needs them)"},
    HF_KEYS_END,
};

typedef struct {
  PetscReal time, probe_every; /* s; probe_every 0: at the end only */
  PetscBool driven;
  PetscReal *x; /* [n] */
  char *text;   /* [n+1]; "" without a pattern */
  HfDriveSettings drive;
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  const PetscInt n = check->schedule->n;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->time = HfReal(node, "time");
  settings->probe_every = HfHas(node, "probe_every") ? HfReal(node, "probe_every") : 0.0;
  settings->driven = HfHas(node, "pattern");
  PetscCall(PetscCalloc2(n, &settings->x, n + 1, &settings->text));
  if (settings->driven && !check->has_electrodes)
    PetscCall(HfDeckError(check->deck, node, HF_NEEDS_ELECTRODES, "hold"));
  else if (settings->driven) {
    PetscCall(HfPatternSettingsRead(check, HfNodeFind(node, "pattern"), HfText(node, "pattern"), settings->x, settings->text));
    PetscCall(HfDriveSettingsRead(check, node, &settings->drive));
    if (HfHas(node, "voltage")) settings->drive.voltage = HfReal(node, "voltage");
    PetscCall(HfScheduleCheckPulse(check, settings->text, settings->time, settings->probe_every, PETSC_FALSE));
  } else if (HfHas(node, "voltage") || HfHas(node, "field"))
    PetscCall(HfDeckError(check->deck, node, "a voltage is held for a `pattern`: name one"));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree2(settings->x, settings->text));
  PetscCall(HfDriveSettingsDestroy(&settings->drive));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) {
  const Settings *settings = of;

  plan->seconds += settings->time;
  ++plan->phases;
  ++plan->frames;
  plan->probes += settings->probe_every > 0.0 ? 1 + floor(settings->time / settings->probe_every) : 1;
}

static PetscErrorCode preview(HfPreview *preview, const void *of) {
  const Settings *settings = of;

  PetscFunctionBeginUser;
  if (settings->driven) PetscCall(HfPreviewDrive(preview, settings->text, settings->x, &settings->drive, settings->drive.voltage, settings->time));
  PetscFunctionReturn(0);
}

/* before[n*n]: the conductance at the start. */
static PetscErrorCode report(HfStepContext context, const Settings *settings, PetscReal voltage, PetscReal start, const PetscReal before[]) {
  const PetscInt n = context->record->n;
  PetscReal change = 0.0, largest = 0.0, average[3], torque;
  HfNode entry;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n * n; ++k) largest = PetscMax(largest, PetscAbsReal(before[k]));
  for (PetscInt k = 0; k < n * n; ++k)
    if (PetscAbsReal(before[k]) > KNOWN * largest) change = PetscMax(change, PetscAbsReal(context->record->G[k] / before[k] - 1.0));
  PetscCall(HfMeasureAverage(context, average, &torque));
  PetscCall(HfEntryCreate(context, "hold", &entry));
  PetscCall(HfNodePutReal(entry, "time_s", settings->time));
  PetscCall(HfNodePutText(entry, "pattern", settings->text));
  PetscCall(HfNodePutReal(entry, "voltage_V", voltage));
  PetscCall(HfNodePutReals(entry, "average_m", 3, average));
  if (n) PetscCall(HfNodePutReal(entry, "largest_change_percent", 100.0 * change));
  PetscCall(HfReportSummary(context, entry));
  if (n)
    PetscCall(HfReportLog(context, "hold %s, %.6g ns: largest change of a conductance %.3f %%", settings->driven ? settings->text : "without voltage",
                          1e9 * (double)settings->time, 100.0 * (double)change));
  else
    PetscCall(HfReportLog(context, "hold, %.6g ns: <m> = (%.4f, %.4f, %.4f)", 1e9 * (double)settings->time, (double)average[0], (double)average[1],
                          (double)average[2]));
  PetscCall(HfReportGauges(context, settings->text, voltage, start));
  PetscFunctionReturn(0);
}

static PetscErrorCode hold(HfStepContext context, const Settings *settings, PetscReal before[]) {
  const PetscReal start = HfDeviceTime(context->device);
  HfTrainingRecord *record = context->record;
  PetscReal voltage = 0.0;

  PetscFunctionBeginUser;
  PetscCall(HfUntrainedRemember(context));
  PetscCall(HfProbeFilm(context));
  PetscCall(PetscArraycpy(before, record->G, record->n * record->n));
  HfGaugesStart(record);
  if (settings->driven) {
    PetscCall(HfDriveVoltage(context, &settings->drive, settings->x, &voltage));
    PetscCall(HfDriveCompare(context, settings->x, voltage));
    PetscCall(HfTraceStart(context, voltage, PETSC_FALSE));
    PetscCall(HfDriveOn(context, settings->x, settings->text, voltage));
    PetscCall(HfTraceAdd(context));
  } else
    PetscCall(HfDriveOff(context));
  PetscCall(HfEvolve(context, "hold", settings->time, settings->probe_every));
  HfTraceEnd(record);
  PetscCall(HfReportTableLine(context));
  PetscCall(HfReportFrames(context, PETSC_TRUE));
  PetscCall(HfDriveLog(context));
  PetscCall(HfDriveOff(context));
  PetscCall(report(context, settings, voltage, start, before));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  PetscReal *before;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(context->record->n * context->record->n, &before));
  code = hold(context, of, before); /* may diverge or be stopped */
  PetscCall(PetscFree(before));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Hold = {.name = "hold",
                            .keys = keys,
                            .magnetic = PETSC_TRUE,
                            .settings = read_settings,
                            .destroy = destroy,
                            .plan = plan,
                            .preview = preview,
                            .run = run};
