/* train.c: the film learns: the voltages of a pattern on the gold (Niu et al. 2024, Fig. 3) or on the film itself (Yu et al. 2021, Fig. 2), one pulse
   after the other. The film's conductance at the end of each pulse is its memory of the pattern; nobody computes weights. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"train", HF_SECTION, NULL, "", "", 0,
     "Pulses of patterns, on the gold or else on the film, in order; after each the film's conductance is its memory of the pattern"},
    {"train.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns"},
    HF_DRIVE_KEYS("train"),
    {"train.pulse", HF_QUANTITY, "s", NULL, ">0", 0, "Length of one pulse"},
    {"train.pause", HF_QUANTITY, "s", "0 s", ">=0", 0, "Time without voltage after each pulse"},
    {"train.epochs", HF_INT, NULL, "1", ">=1", 0, "How often the list of patterns is gone through"},
    {"train.fresh", HF_BOOL, NULL, "false", "", 0, "Back to the untrained film before each pulse"},
    {"train.probe_every", HF_QUANTITY, "s", "", ">0", 0, "Measure the conductance matrix during the pulses too (step `fit` needs it)"},
    HF_KEYS_END,
};

static PetscErrorCode Check(HfExperiment e, HfNode node) {
  const PetscInt n_patterns = HfCount(node, "patterns");

  PetscFunctionBeginUser;
  if (!n_patterns) PetscCall(HfDeckError(e->deck, HfChild(node, "patterns"), "no pattern to train"));
  for (PetscInt p = 0; p < n_patterns; p++) {
    PetscCall(HfPatternCheck(e, HfNodeItem(HfChild(node, "patterns"), p), HfTextAt(node, "patterns", p)));
    PetscCall(HfCheckedAdd(e, HfTextAt(node, "patterns", p)));
  }
  PetscCall(HfDriveCheck(e, node));
  e->checked_pulses += n_patterns * (PetscInt)HfInteger(node, "epochs");
  e->checked_trace = HfHas(node, "probe_every");
  if (HfReal(node, "pause") <= 0.0) e->checked_unpaused = PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode Plan(HfExperiment e, HfNode node, HfPlan *plan) {
  const PetscInt64 pulses = HfCount(node, "patterns") * HfInteger(node, "epochs");

  PetscFunctionBeginUser;
  plan->seconds += (PetscReal)pulses * (HfReal(node, "pulse") + HfReal(node, "pause"));
  plan->frames += pulses;
  plan->probes += pulses * (HfHas(node, "probe_every") ? 1 + (PetscInt64)(HfReal(node, "pulse") / HfReal(node, "probe_every")) : 1);
  PetscFunctionReturn(0);
}

/* One pulse of the pattern x at `voltage`, with its memory. */
static PetscErrorCode Pulse(HfExperiment e, HfNode node, const PetscReal x[], const char *text, PetscReal voltage) {
  const PetscReal start = *HfDeviceTime(e->device), probe_every = HfHas(node, "probe_every") ? HfReal(node, "probe_every") : 0.0;
  char what[64];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(what, sizeof(what), "train %.40s", text));
  if (HfFlag(node, "fresh")) {
    PetscCall(HfUntrainedRestore(e));
    e->have_x = PETSC_FALSE;
  }
  PetscCall(HfTraceStart(e, voltage));
  PetscCall(HfDriveOn(e, x, text, voltage));
  PetscCall(HfProbeNow(e));
  PetscCall(HfReadingsStart(e));
  PetscCall(HfTraceAdd(e));
  PetscCall(HfEvolve(e, what, HfReal(node, "pulse"), probe_every));
  e->trace.recording = PETSC_FALSE;
  PetscCall(HfMemoryAdd(e));
  PetscCall(HfFramesNow(e, PETSC_TRUE));
  PetscCall(HfRowNow(e, *HfDeviceTime(e->device), 0.0, HfDeviceState(e->device)));
  PetscCall(
      HfRecordLog(e, "train %s at %.6g V: %.6g to %.6g ns", text, (double)voltage, 1e9 * (double)start, 1e9 * (double)*HfDeviceTime(e->device)));
  PetscCall(HfReadingsReport(e, text, voltage, start));
  PetscCall(HfDriveLog(e));
  if (HfReal(node, "pause") > 0.0) {
    PetscCall(HfDriveOff(e));
    PetscCall(HfEvolve(e, "pause", HfReal(node, "pause"), 0.0));
    PetscCall(HfMemoryRested(e));
  }
  PetscFunctionReturn(0);
}

/* The patterns of the step, with their voltages and the field that those on the gold make at the film's centre. */
typedef struct {
  PetscInt n;
  PetscReal *x, *voltage, *at_centre;
  char *text;
} Lesson;

static PetscErrorCode Prepare(HfExperiment e, HfNode node, Lesson *lesson) {
  const char *why;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < lesson->n; p++) {
    PetscReal *x = lesson->x + p * e->n;
    PetscCall(HfPatternRead(e, HfTextAt(node, "patterns", p), x, lesson->text + p * (e->n + 1), &why));
    PetscCall(HfDriveVoltage(e, node, x, &lesson->voltage[p]));
    if (!HfDriveByGold(e)) continue;
    PetscCall(HfDeviceCentreField(e->device, x, &lesson->at_centre[p]));
    lesson->at_centre[p] *= lesson->voltage[p];
  }
  PetscCall(HfDriveCompare(e, lesson->x, lesson->voltage[0]));
  PetscFunctionReturn(0);
}

static PetscErrorCode Report(HfExperiment e, HfNode node, const Lesson *lesson) {
  HfNode entry, names;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(e, "train", &entry));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt p = 0; p < lesson->n; p++) PetscCall(HfNodePutText(names, NULL, lesson->text + p * (e->n + 1)));
  PetscCall(HfNodePutNode(entry, "patterns", names));
  PetscCall(HfNodePutInt(entry, "epochs", HfInteger(node, "epochs")));
  PetscCall(HfNodePutBool(entry, "fresh", HfFlag(node, "fresh")));
  PetscCall(HfNodePutReal(entry, "pulse_s", HfReal(node, "pulse")));
  PetscCall(HfNodePutReals(entry, "voltage_V", lesson->n, lesson->voltage));
  if (HfDriveByGold(e)) PetscCall(HfNodePutReals(entry, "field_at_centre_A_per_m", lesson->n, lesson->at_centre));
  PetscCall(HfRecordSummary(e, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode Teach(HfExperiment e, HfNode node, Lesson *lesson) {
  PetscFunctionBeginUser;
  HfCite(HfDriveByGold(e) ? "niu-2024" : "yu-2021");
  PetscCall(HfUntrainedRemember(e));
  PetscCall(Prepare(e, node, lesson));
  for (e->epoch = 0; e->epoch < HfInteger(node, "epochs"); e->epoch++)
    for (PetscInt p = 0; p < lesson->n; p++) PetscCall(Pulse(e, node, lesson->x + p * e->n, lesson->text + p * (e->n + 1), lesson->voltage[p]));
  e->epoch--;
  PetscCall(HfDriveOff(e));
  PetscCall(Report(e, node, lesson));
  PetscFunctionReturn(0);
}

static PetscErrorCode Run(HfExperiment e, HfNode node) {
  Lesson lesson = {.n = HfCount(node, "patterns")};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(lesson.n * e->n, &lesson.x, lesson.n, &lesson.voltage, lesson.n, &lesson.at_centre, lesson.n * (e->n + 1), &lesson.text));
  code = Teach(e, node, &lesson); /* may diverge */
  PetscCall(PetscFree4(lesson.x, lesson.voltage, lesson.at_centre, lesson.text));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Train = {"train", NULL, keys, Check, Plan, Run};
