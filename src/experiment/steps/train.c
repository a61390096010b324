/* The film learns: the voltages of a pattern on the gold (Niu et al. 2024, Fig. 3) or on the film itself (Yu et al. 2021, Fig. 2), one pulse
   after the other, for some epochs. The film's conductance at the end of a pulse is its memory of the pattern; nobody computes weights. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"train", HF_SECTION, NULL, "", "", 0,
     "Pulses of patterns, on the gold or else on the film; after them the film's conductance is its memory of the patterns"},
    {"train.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns"},
    {"train.voltage", HF_QUANTITIES, "V", "", ">0", 0,
     "Voltage of a + electrode (- gets the negative), one for all or one per pattern; this or field"},
    HF_DRIVE_FIELD_KEYS("train"),
    {"train.pulse", HF_QUANTITY, "s", NULL, ">0", 0, "Length of one pulse"},
    {"train.pause", HF_QUANTITY, "s", "0 s", ">=0", 0, "Time without voltage after each pulse"},
    {"train.epochs", HF_INT, NULL, "1", ">=1", 0, "How often the list of patterns is gone through"},
    {"train.order", HF_CHOICE, NULL, "given", "given|shuffled", 0,
     "Order of the patterns in an epoch: as listed, or a new random one in every epoch"},
    {"train.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the shuffled orders"},
    {"train.fresh", HF_BOOL, NULL, "false", "", 0, "Back to the untrained film before each pulse"},
    {"train.memory", HF_CHOICE, NULL, "pulse", "pulse|epoch|end", 0,
     "When the conductance is measured and kept, with a frame of the texture: after every pulse, every epoch, or all epochs"},
    {"train.probe_every", HF_QUANTITY, "s", "", ">0", 0, "Measure the conductance matrix during the pulses too (step `fit` needs it)"},
    HF_KEYS_END,
};

/* The patterns of the step, with their voltages and the field that those on the gold make at the film's centre. */
typedef struct {
  PetscInt n, epochs, *order;       /* order of the present epoch */
  PetscBool each_pulse, each_epoch; /* when memories are kept; neither: at the end */
  PetscReal *x, *voltage, *at_centre;
  char *text;
} Lesson;

static PetscErrorCode check(HfExperiment e, HfNode node) {
  const PetscInt n_patterns = HfCount(node, "patterns");

  PetscFunctionBeginUser;
  if (!n_patterns) PetscCall(HfDeckError(e->deck, HfChild(node, "patterns"), "no pattern to train"));
  for (PetscInt p = 0; p < n_patterns; ++p) {
    PetscCall(HfPatternCheck(e, HfNodeItem(HfChild(node, "patterns"), p), HfTextAt(node, "patterns", p)));
    PetscCall(HfCheckedAdd(e, HfTextAt(node, "patterns", p)));
  }
  PetscCall(HfDriveCheck(e, node));
  if (HfHas(node, "voltage") && HfCount(node, "voltage") != 1 && HfCount(node, "voltage") != n_patterns)
    PetscCall(HfDeckError(e->deck, HfChild(node, "voltage"), "give one voltage for all patterns or one for each of the %d, not %d", (int)n_patterns,
                          (int)HfCount(node, "voltage")));
  e->checked_pulses = PetscMin(e->checked_pulses + n_patterns * HfInteger(node, "epochs"), 2); /* a fit asks for two */
  e->checked_trace = HfHas(node, "probe_every");
  if (HfReal(node, "pause") <= 0.0) e->checked_unpaused = PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode plan(HfExperiment e, HfNode node, HfPlan *plan) {
  const PetscReal epochs = (PetscReal)HfInteger(node, "epochs"), pulses = HfCount(node, "patterns") * epochs;
  const char *memory = HfText(node, "memory");
  const PetscReal memories = !strcmp(memory, "pulse") ? pulses : !strcmp(memory, "epoch") ? epochs : 1;

  PetscFunctionBeginUser;
  plan->seconds += pulses * (HfReal(node, "pulse") + HfReal(node, "pause"));
  plan->frames += memories;
  plan->probes += HfHas(node, "probe_every") ? pulses * (1 + floor(HfReal(node, "pulse") / HfReal(node, "probe_every"))) : memories;
  PetscFunctionReturn(0);
}

/* One pulse of pattern p, and its memory if it is to be kept. */
static PetscErrorCode pulse(HfExperiment e, HfNode node, const Lesson *lesson, PetscInt p, PetscBool remember) {
  const PetscReal start = HfDeviceTime(e->device), voltage = lesson->voltage[p];
  const PetscBool traced = HfHas(node, "probe_every"), watched = (PetscBool)(traced || lesson->each_pulse);
  const char *text = lesson->text + p * (e->n + 1), *name = HfPatternLabel(e, HfTextAt(node, "patterns", p), text);
  char what[64];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(what, sizeof(what), "train %.40s", name));
  if (HfFlag(node, "fresh")) {
    PetscCall(HfUntrainedRestore(e));
    e->have_x = PETSC_FALSE;
  }
  if (watched) PetscCall(HfTraceStart(e, voltage, traced));
  PetscCall(HfDriveOn(e, lesson->x + p * e->n, text, voltage));
  if (watched) {
    PetscCall(HfProbeNow(e));
    PetscCall(HfReadingsStart(e));
    PetscCall(HfTraceAdd(e));
  }
  PetscCall(HfEvolve(e, what, HfReal(node, "pulse"), traced ? HfReal(node, "probe_every") : watched ? 0.0 : HF_NO_PROBES));
  e->trace.recording = PETSC_FALSE;
  if (remember) {
    PetscCall(HfMemoryAdd(e));
    PetscCall(HfFramesNow(e, PETSC_TRUE));
    PetscCall(
        HfRecordLog(e, "train %s at %.6g V: %.6g to %.6g ns", name, (double)voltage, 1e9 * (double)start, 1e9 * (double)HfDeviceTime(e->device)));
  }
  PetscCall(HfTableLineNow(e, HfDeviceTime(e->device), 0.0, HfDeviceMagnetization(e->device)));
  if (watched) PetscCall(HfReadingsReport(e, text, voltage, start));
  PetscCall(HfDriveLog(e));
  if (HfReal(node, "pause") > 0.0) {
    PetscCall(HfDriveOff(e));
    PetscCall(HfEvolve(e, "pause", HfReal(node, "pause"), watched ? 0.0 : HF_NO_PROBES));
    if (remember) PetscCall(HfMemoryRested(e));
  }
  PetscFunctionReturn(0);
}

/* The patterns of the present epoch, one after the other. */
static PetscErrorCode epoch(HfExperiment e, HfNode node, Lesson *lesson) {
  const PetscBool shuffled = (PetscBool)!strcmp(HfText(node, "order"), "shuffled");

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < lesson->n; ++k) {
    const PetscInt at = shuffled ? HfRandomInteger(HfInteger(node, "seed"), HF_STREAM_ORDER, e->epoch, k, k + 1) : k;
    if (at < k) lesson->order[k] = lesson->order[at]; /* every order alike, by inserting (Fisher and Yates) */
    lesson->order[at] = k;
  }
  for (PetscInt k = 0; k < lesson->n; ++k) {
    const PetscBool last = (PetscBool)(k == lesson->n - 1), final = (PetscBool)(last && e->epoch == lesson->epochs - 1);
    PetscCall(pulse(e, node, lesson, lesson->order[k], (PetscBool)(lesson->each_pulse || (lesson->each_epoch && last) || final)));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode prepare(HfExperiment e, HfNode node, Lesson *lesson) {
  const char *why;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < lesson->n; ++p) {
    PetscReal *x = lesson->x + p * e->n;
    PetscCall(HfPatternRead(e, HfTextAt(node, "patterns", p), x, lesson->text + p * (e->n + 1), &why));
    if (HfHas(node, "voltage"))
      lesson->voltage[p] = HfRealAt(node, "voltage", HfCount(node, "voltage") > 1 ? p : 0);
    else
      PetscCall(HfDriveVoltageForField(e, node, x, &lesson->voltage[p]));
    if (!HfDriveByGold(e)) continue;
    PetscCall(HfDeviceCentreField(e->device, x, &lesson->at_centre[p]));
    lesson->at_centre[p] *= lesson->voltage[p];
  }
  PetscCall(HfDriveCompare(e, lesson->x, lesson->voltage[0]));
  PetscFunctionReturn(0);
}

static PetscErrorCode report(HfExperiment e, HfNode node, const Lesson *lesson) {
  HfNode entry, names;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(e, "train", &entry));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt p = 0; p < lesson->n; ++p) PetscCall(HfNodePutText(names, NULL, lesson->text + p * (e->n + 1)));
  PetscCall(HfNodePutNode(entry, "patterns", names));
  PetscCall(HfNodePutInt(entry, "epochs", lesson->epochs));
  PetscCall(HfNodePutText(entry, "order", HfText(node, "order")));
  PetscCall(HfNodePutText(entry, "memory", HfText(node, "memory")));
  PetscCall(HfNodePutBool(entry, "fresh", HfFlag(node, "fresh")));
  PetscCall(HfNodePutReal(entry, "pulse_s", HfReal(node, "pulse")));
  PetscCall(HfNodePutReals(entry, "voltage_V", lesson->n, lesson->voltage));
  if (HfDriveByGold(e)) PetscCall(HfNodePutReals(entry, "field_at_centre_A_per_m", lesson->n, lesson->at_centre));
  PetscCall(HfRecordSummary(e, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode teach(HfExperiment e, HfNode node, Lesson *lesson) {
  PetscFunctionBeginUser;
  HfCite(HfDriveByGold(e) ? "niu-2024" : "yu-2021");
  PetscCall(HfUntrainedRemember(e));
  PetscCall(prepare(e, node, lesson));
  for (e->epoch = 0; e->epoch < lesson->epochs; ++e->epoch) PetscCall(epoch(e, node, lesson));
  --e->epoch;
  PetscCall(HfDriveOff(e));
  PetscCall(report(e, node, lesson));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  const char *memory = HfText(node, "memory");
  Lesson lesson = {.n = HfCount(node, "patterns"),
                   .epochs = (PetscInt)HfInteger(node, "epochs"),
                   .each_pulse = (PetscBool)!strcmp(memory, "pulse"),
                   .each_epoch = (PetscBool)!strcmp(memory, "epoch")};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(lesson.n * e->n, &lesson.x, lesson.n, &lesson.voltage, lesson.n, &lesson.at_centre, lesson.n * (e->n + 1), &lesson.text,
                         lesson.n, &lesson.order));
  code = teach(e, node, &lesson); /* may diverge */
  PetscCall(PetscFree5(lesson.x, lesson.voltage, lesson.at_centre, lesson.text, lesson.order));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Train = {.name = "train", .keys = keys, .check = check, .plan = plan, .run = run};
