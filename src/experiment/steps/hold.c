/* Lets time pass, without voltage or with a pattern's voltage held, and records the conductance; nothing counts as trained by it. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"hold", HF_SECTION, NULL, "", "", 0, "Lets time pass without voltage, or with a pattern's voltage held; nothing counts as trained by it"},
    {"hold.time", HF_QUANTITY, "s", NULL, ">0", 0, "How long"},
    {"hold.pattern", HF_TEXT, NULL, "", "", 0, "Name or literal pattern whose voltage is held (default: no voltage)"},
    HF_DRIVE_KEYS("hold"),
    {"hold.probe_every", HF_QUANTITY, "s", "", ">0", 0, "Measure the conductance matrix on the way (step `fit` needs it)"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (HfHas(node, "pattern")) {
    PetscCall(HfPatternCheck(e, HfNodeFind(node, "pattern"), HfText(node, "pattern")));
    PetscCall(HfDriveCheck(e, node));
    ++e->checked_pulses;
    e->checked_trace = HfHas(node, "probe_every");
  } else if (HfHas(node, "voltage") || HfHas(node, "field"))
    PetscCall(HfDeckError(e->deck, node, "a voltage is held for a `pattern`: name one"));
  PetscFunctionReturn(0);
}

static PetscErrorCode plan(HfExperiment e, HfNode node, HfPlan *plan) {
  PetscFunctionBeginUser;
  plan->seconds += HfReal(node, "time");
  ++plan->frames;
  plan->probes += HfHas(node, "probe_every") ? 1 + floor(HfReal(node, "time") / HfReal(node, "probe_every")) : 1;
  PetscFunctionReturn(0);
}

/* x[n], text[n+1] and before[n*n] are room for the pattern and the conductance at the start. */
static PetscErrorCode hold(HfExperiment e, HfNode node, PetscReal x[], char text[], PetscReal before[]) {
  const PetscBool driven = HfHas(node, "pattern");
  const PetscReal start = HfDeviceTime(e->device);
  PetscReal voltage = 0.0, change = 0.0, average[3], torque;
  const char *why;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfUntrainedRemember(e));
  PetscCall(HfProbeNow(e));
  PetscCall(PetscArraycpy(before, e->G, e->n * e->n));
  PetscCall(HfReadingsStart(e));
  text[0] = '\0';
  if (driven) {
    PetscCall(HfPatternRead(e, HfText(node, "pattern"), x, text, &why));
    PetscCall(HfDriveVoltage(e, node, x, &voltage));
    PetscCall(HfDriveCompare(e, x, voltage));
    PetscCall(HfTraceStart(e, voltage, PETSC_FALSE));
    PetscCall(HfDriveOn(e, x, text, voltage));
    PetscCall(HfTraceAdd(e));
  } else
    PetscCall(HfDriveOff(e));
  PetscCall(HfEvolve(e, "hold", HfReal(node, "time"), HfHas(node, "probe_every") ? HfReal(node, "probe_every") : 0.0));
  e->trace.recording = PETSC_FALSE;
  PetscCall(HfFramesNow(e, PETSC_TRUE));
  PetscCall(HfDriveLog(e));
  PetscCall(HfDriveOff(e));
  for (PetscInt k = 0; k < e->n * e->n; ++k)
    if (before[k] != 0.0) change = PetscMax(change, PetscAbsReal(e->G[k] / before[k] - 1.0));

  PetscCall(HfMeasureNow(e, average, &torque));
  PetscCall(HfEntryCreate(e, "hold", &entry));
  PetscCall(HfNodePutReal(entry, "time_s", HfReal(node, "time")));
  PetscCall(HfNodePutText(entry, "pattern", text));
  PetscCall(HfNodePutReal(entry, "voltage_V", voltage));
  PetscCall(HfNodePutReals(entry, "average_m", 3, average));
  if (e->n) PetscCall(HfNodePutReal(entry, "largest_change_percent", 100.0 * change));
  PetscCall(HfRecordSummary(e, entry));
  if (e->n)
    PetscCall(HfRecordLog(e, "hold %s, %.6g ns: largest change of a conductance %.3f %%", driven ? text : "without voltage",
                          1e9 * (double)HfReal(node, "time"), 100.0 * (double)change));
  else
    PetscCall(HfRecordLog(e, "hold, %.6g ns: <m> = (%.4f, %.4f, %.4f)", 1e9 * (double)HfReal(node, "time"), (double)average[0], (double)average[1],
                          (double)average[2]));
  PetscCall(HfReadingsReport(e, text, voltage, start));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  PetscReal *x, *before;
  char *text;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(e->n, &x, e->n * e->n, &before, e->n + 1, &text));
  code = hold(e, node, x, text, before); /* may diverge */
  PetscCall(PetscFree3(x, before, text));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Hold = {.name = "hold", .keys = keys, .check = check, .plan = plan, .run = run, .magnetic = PETSC_TRUE};
