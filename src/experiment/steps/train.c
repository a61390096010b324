/* The film is trained: the voltages of a pattern on the gold (Niu et al. 2024, Fig. 3) or on the film itself (Yu et al. 2021, Fig. 2), one pulse
   after the other, for some epochs. The conductance of the film at the end of a pulse is its memory of the pattern; no weights are computed. */
#include "../step.h"

static const HfKey keys[] = {
    {"train", HF_SECTION, NULL, "", "", 0,
     "Pulses of patterns, on the gold or, without gold, on the film; the conductance of the film is then its memory of the patterns"},
    {"train.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns"},
    {"train.voltage", HF_QUANTITIES, "V", "", ">0", 0,
     "Voltage of a + electrode (- gets the negative), one for all or one per pattern; this or field"},
    HF_DRIVE_FIELD_KEYS("train"),
    {"train.pulse", HF_QUANTITY, "s", NULL, ">0", 0, "Length of one pulse"},
    {"train.pause", HF_QUANTITY, "s", "0 s", ">=0", 0, "Time without voltage after each pulse"},
    {"train.retention", HF_QUANTITIES, "s", "", ">=0", 0,
     "Times without voltage, in rising order, after which the film is read again after each pulse of which a memory is kept: does it stay? The next "
     "pulse "
     "begins where the last of them has left the film, as on a bench, where every reading takes place with the voltage off (0 s: at the end of the "
     "pulse, read in any case). The untrained film rests as long, beside it. The steps that recall name the time by `after`"},
    {"train.epochs", HF_INT, NULL, "1", ">=1", 0, "How many times the list of patterns is applied"},
    {"train.order", HF_CHOICE, NULL, "given", "given|shuffled", 0,
     "Order of the patterns within an epoch: as listed, or a new random one in every epoch"},
    {"train.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the shuffled orders"},
    {"train.fresh", HF_BOOL, NULL, "false", "", 0, "Return to the untrained film before each pulse"},
    {"train.memory", HF_CHOICE, NULL, "pulse", "pulse|epoch|end", 0,
     "When the conductance is measured and kept, with a frame of the texture: after every pulse, every epoch, or all epochs"},
    {"train.probe_every", HF_QUANTITY, "s", "", ">0", 0,
     "Time between measurements of the conductance matrix during the pulses (step `fit` needs them)"},
    {"train.wirings_current", HF_QUANTITY, "A", "", ">0", 0,
     "Current of a source that reads four electrodes in the seven ways of joining them, as the bench of Niu et al. 2024 does with 500 uA: the seven "
     "voltages at each of these measurements, by four probes"},
    HF_KEYS_END,
};

typedef enum { PER_PULSE, PER_EPOCH, AT_END } Remember; /* when memories are kept: the choices of train.memory */
static const char *const remember_names[] = {"pulse", "epoch", "end"};

typedef struct {
  PetscInt n, epochs; /* patterns, epochs */
  PetscReal *x;       /* [n][terminals] */
  char *text;         /* [n][terminals + 1] */
  const char **label; /* [n], for the log */
  HfDriveSettings drive;
  PetscInt n_voltages;                 /* 0: from drive.field */
  PetscReal *voltages;                 /* [n_voltages], V: one for all patterns, or one for each */
  PetscReal pulse, pause, probe_every; /* s; pause 0: none; probe_every 0: not during the pulses */
  PetscReal wirings_current;           /* A; 0: none */
  PetscBool retention;                 /* whether the key is given */
  HfRestTimes readings;                /* at rest, of each memory: those of the key, and the pause */
  HfRestTimes untrained_readings;      /* of the untrained film: those that no step before reads it at */
  PetscBool shuffled, fresh;
  PetscInt64 seed;
  Remember remember;
} Settings;

/* What the patterns are driven with, found at the start of the step. */
typedef struct {
  PetscReal *voltage;   /* [n], V */
  PetscReal *at_centre; /* [n]: |H| of the gold at the film's centre, A/m */
  PetscReal *rms;       /* [n]: over the film, A/m */
  PetscReal *energy;    /* [n]: what the gold takes in a pulse, J */
  PetscInt *order;      /* [n] of the present epoch */
} Lesson;

static PetscErrorCode read_patterns_settings(HfScheduleCheck *check, HfNode node, Settings *settings) {
  const PetscInt n = check->schedule->n;

  PetscFunctionBeginUser;
  settings->n = HfCount(node, "patterns");
  PetscCall(PetscCalloc3(settings->n * n, &settings->x, settings->n * (n + 1), &settings->text, settings->n, &settings->label));
  if (!settings->n) PetscCall(HfDeckError(check->deck, HfChild(node, "patterns"), "no pattern to train"));
  for (PetscInt p = 0; p < settings->n; ++p) {
    const char *name = HfTextAt(node, "patterns", p);
    char *text = settings->text + p * (n + 1);

    PetscCall(HfPatternSettingsRead(check, HfNodeItem(HfChild(node, "patterns"), p), name, settings->x + p * n, text));
    settings->label[p] = HfPatternLabel(&check->schedule->patterns, name, text);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode read_voltages_settings(HfScheduleCheck *check, HfNode node, Settings *settings) {
  PetscFunctionBeginUser;
  PetscCall(HfDriveSettingsRead(check, node, &settings->drive));
  settings->n_voltages = HfHas(node, "voltage") ? HfCount(node, "voltage") : 0;
  PetscCall(PetscMalloc1(settings->n_voltages, &settings->voltages));
  for (PetscInt k = 0; k < settings->n_voltages; ++k) settings->voltages[k] = HfRealAt(node, "voltage", k);
  if (HfHas(node, "voltage") && settings->n_voltages != 1 && settings->n_voltages != settings->n)
    PetscCall(HfDeckError(check->deck, HfChild(node, "voltage"), "give one voltage for all patterns or one for each of the %d, not %d",
                          (int)settings->n, (int)settings->n_voltages));
  PetscFunctionReturn(0);
}

/* order[n]: the patterns of an epoch. */
static void order_of_epoch(const Settings *settings, PetscInt epoch, PetscInt order[]) {
  for (PetscInt k = 0; k < settings->n; ++k) {
    const PetscInt at = settings->shuffled ? HfRandomInteger(settings->seed, HF_STREAM_ORDER, epoch, k, k + 1) : k;
    if (at < k) order[k] = order[at]; /* every order is equally likely (Fisher and Yates, by insertion) */
    order[at] = k;
  }
}

/* The pulses of the last two epochs, the last two pulses among them, and which patterns are remembered. */
static PetscErrorCode check_pulses(HfScheduleCheck *check, const Settings *settings) {
  PetscInt *order;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(settings->n, &order));
  for (PetscInt epoch = PetscMax(settings->epochs - 2, 0); epoch < settings->epochs; ++epoch) {
    order_of_epoch(settings, epoch, order);
    for (PetscInt k = 0; k < settings->n; ++k) {
      const char *text = settings->text + order[k] * (check->schedule->n + 1);
      const PetscBool last = (PetscBool)(epoch == settings->epochs - 1),
                      remembered = (PetscBool)(settings->remember == PER_PULSE || k == settings->n - 1);

      PetscCall(HfScheduleCheckPulse(check, text, settings->pulse, settings->probe_every, settings->fresh));
      if (text[0] && last && remembered) PetscCall(HfScheduleCheckTrains(check, text));
    }
  }
  PetscCall(PetscFree(order));
  PetscFunctionReturn(0);
}

/* Where conduction does not depend on m, no current tells one texture from another. */
static PetscErrorCode check_conduction(HfScheduleCheck *check) {
  HfGrid grid = HfDeviceGrid(check->device);
  HfNode material = HfMaterialSettings(check->deck, 0);
  PetscBool depends = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; grid && r < HfGridGetInfo(grid)->n_regions; ++r) {
    HfConductivitySettings conductor;

    HfConductivitySettingsRead(check->deck, r, &conductor);
    if (conductor.depends_on_m) depends = PETSC_TRUE;
  }
  if (grid && !depends)
    PetscCall(HfDeckWarn(check->deck, material, "the film has no `amr_ratio`: its conductance does not depend on m, so that it can learn nothing"));
  PetscFunctionReturn(0);
}

/* The times after which a memory is read, without the end of the pulse; the pause is one of them. */
static PetscErrorCode read_rests_settings(HfScheduleCheck *check, HfNode node, Settings *settings) {
  const HfRestTimes none = {.n = 1}, pause = {.n = settings->pause > 0.0 ? 1 : 0, .time = {settings->pause}};
  HfRestTimes retention;

  PetscFunctionBeginUser;
  settings->retention = HfHas(node, "retention");
  PetscCall(HfRestTimesSettingsRead(check, node, "retention", &retention));
  retention = HfRestTimesWithout(&retention, &none);
  PetscCall(HfRestTimesUnionCheck(check, node, &retention, &pause, &settings->readings));
  settings->untrained_readings = HfRestTimesWithout(&retention, &check->untrained_rests);
  PetscCall(HfRestTimesUnionCheck(check, node, &check->untrained_rests, &retention, &check->untrained_rests));
  PetscCall(HfScheduleCheckRests(check, &settings->readings));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_wirings_settings(HfScheduleCheck *check, HfNode node, Settings *settings) {
  const PetscInt n = check->schedule->n;
  HfNode place = HfNodeFind(node, "wirings_current");

  PetscFunctionBeginUser;
  if (!place) PetscFunctionReturn(0);
  settings->wirings_current = HfReal(node, "wirings_current");
  if (!(settings->probe_every > 0.0))
    PetscCall(HfDeckError(check->deck, place, "wirings_current: give `probe_every`, the time between the readings"));
  if (n && (n != 4 || HfDeviceWiring(check->device)))
    PetscCall(HfDeckError(check->deck, place, "wirings_current: the seven wirings are those of four electrodes without `wiring`, not of %d", (int)n));
  PetscFunctionReturn(0);
}

static PetscReal n_memories(const Settings *settings) {
  const PetscReal epochs = (PetscReal)settings->epochs;
  return settings->remember == PER_PULSE ? settings->n * epochs : settings->remember == PER_EPOCH ? epochs : 1;
}

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  PetscCall(read_patterns_settings(check, node, settings));
  PetscCall(read_voltages_settings(check, node, settings));
  settings->epochs = (PetscInt)HfInteger(node, "epochs");
  settings->pulse = HfReal(node, "pulse");
  settings->pause = HfReal(node, "pause");
  settings->probe_every = HfHas(node, "probe_every") ? HfReal(node, "probe_every") : 0.0;
  settings->shuffled = (PetscBool)!strcmp(HfText(node, "order"), "shuffled");
  settings->seed = HfInteger(node, "seed");
  if (!settings->shuffled && HfGiven(node, "seed"))
    PetscCall(HfDeckError(check->deck, HfChild(node, "seed"), "seed has no effect without `order: shuffled`; leave it out"));
  settings->fresh = HfFlag(node, "fresh");
  while (strcmp(remember_names[settings->remember], HfText(node, "memory"))) ++settings->remember;
  PetscCall(check_pulses(check, settings));
  if (settings->pause <= 0.0) check->unpaused = PETSC_TRUE;
  PetscCall(read_rests_settings(check, node, settings));
  PetscCall(read_wirings_settings(check, node, settings));
  check->memories += n_memories(settings);
  if (check->has_electrodes) PetscCall(check_conduction(check));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree3(settings->x, settings->text, settings->label));
  PetscCall(PetscFree(settings->voltages));
  PetscCall(HfDriveSettingsDestroy(&settings->drive));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) {
  const Settings *settings = of;
  const PetscReal pulses = settings->n * (PetscReal)settings->epochs, memories = n_memories(settings);

  plan->seconds += pulses * settings->pulse + (pulses - memories) * settings->pause + memories * HfRestTimesLast(&settings->readings);
  plan->seconds += HfRestTimesLast(&settings->untrained_readings);
  plan->phases += pulses + (settings->pause > 0.0 ? pulses - memories : 0.0) + memories * (PetscReal)settings->readings.n;
  plan->phases += (PetscReal)settings->untrained_readings.n;
  plan->frames += settings->retention ? memories * (1.0 + (PetscReal)settings->readings.n) : memories;
  plan->probes += settings->probe_every > 0.0 ? pulses * (1 + floor(settings->pulse / settings->probe_every)) : memories;
  plan->probes += memories * (PetscReal)settings->readings.n + (PetscReal)settings->untrained_readings.n;
  if (settings->untrained_readings.n) plan->rests_untrained = PETSC_TRUE;
}

static PetscErrorCode preview(HfPreview *preview, const void *of) {
  const Settings *settings = of;
  const PetscReal seconds = settings->pulse * (PetscReal)settings->epochs;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < settings->n; ++p) {
    const PetscReal voltage = settings->n_voltages ? settings->voltages[settings->n_voltages > 1 ? p : 0] : 0.0;

    PetscCall(HfPreviewDrive(preview, settings->label[p], settings->x + p * preview->schedule->n, &settings->drive, voltage, seconds));
  }
  PetscFunctionReturn(0);
}

/* One pulse of pattern p, and its memory if it is to be kept. */
static PetscErrorCode apply_pulse(HfStepContext context, const Settings *settings, const Lesson *lesson, PetscInt p, PetscBool remember) {
  const PetscInt n = context->schedule->n;
  const PetscReal start = HfDeviceTime(context->device), voltage = lesson->voltage[p];
  const PetscBool traced = (PetscBool)(settings->probe_every > 0.0), watched = (PetscBool)(traced || settings->remember == PER_PULSE);
  const char *text = settings->text + p * (n + 1), *label = settings->label[p];
  HfTrainingRecord *record = context->record;
  char what[64];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(what, sizeof(what), "train %.40s", label));
  if (settings->fresh) PetscCall(HfUntrainedRestore(context));
  if (watched) PetscCall(HfTraceStart(context, voltage, traced));
  PetscCall(HfDriveOn(context, settings->x + p * n, text, voltage));
  if (watched) {
    PetscCall(HfProbeFilm(context));
    HfGaugesStart(record);
    PetscCall(HfTraceAdd(context));
  }
  PetscCall(HfEvolve(context, what, settings->pulse, watched ? settings->probe_every : HF_NO_PROBES));
  HfTraceEnd(record);
  if (remember) {
    PetscCall(HfMemoryAdd(context, settings->pulse));
    PetscCall(HfReportFrames(context, PETSC_TRUE));
    PetscCall(HfReportLog(context, "train %s at %.6g V: %.6g to %.6g ns", label, (double)voltage, 1e9 * (double)start,
                          1e9 * (double)HfDeviceTime(context->device)));
  }
  PetscCall(HfReportTableLine(context));
  if (watched) PetscCall(HfReportGauges(context, text, voltage, start));
  PetscCall(HfDriveLog(context));
  if (remember && settings->readings.n)
    PetscCall(HfMemoryRest(context, &settings->readings, settings->pause, settings->retention));
  else if (settings->pause > 0.0)
    PetscCall(HfRestUnread(context, settings->pause, watched));
  PetscFunctionReturn(0);
}

/* The patterns of the present epoch, one after the other. */
static PetscErrorCode run_epoch(HfStepContext context, const Settings *settings, Lesson *lesson) {
  const PetscInt n = settings->n, epoch = context->drive->epoch;

  PetscFunctionBeginUser;
  order_of_epoch(settings, epoch, lesson->order);
  for (PetscInt k = 0; k < n; ++k) {
    const PetscBool ends_epoch = (PetscBool)(k == n - 1), ends_all = (PetscBool)(ends_epoch && epoch == settings->epochs - 1);
    const PetscBool remember = (PetscBool)(settings->remember == PER_PULSE || (settings->remember == PER_EPOCH && ends_epoch) || ends_all);

    PetscCall(apply_pulse(context, settings, lesson, lesson->order[k], remember));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode find_voltages(HfStepContext context, const Settings *settings, Lesson *lesson) {
  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < settings->n; ++p) {
    const PetscReal *x = settings->x + p * context->schedule->n;
    HfFieldFigures figures;

    if (settings->n_voltages)
      lesson->voltage[p] = settings->voltages[settings->n_voltages > 1 ? p : 0];
    else
      PetscCall(HfDriveVoltage(context, &settings->drive, x, &lesson->voltage[p]));
    if (!HfDriveByGold(context)) continue;
    PetscCall(HfDeviceFieldFigures(context->device, x, &settings->drive.measure, &figures));
    lesson->at_centre[p] = figures.centre * lesson->voltage[p];
    lesson->rms[p] = figures.rms * lesson->voltage[p];
    PetscCall(HfDeviceGoldPower(context->device, x, &lesson->energy[p])); /* at 1 V */
    lesson->energy[p] *= lesson->voltage[p] * lesson->voltage[p] * settings->pulse;
  }
  PetscCall(HfDriveCompare(context, settings->x, lesson->voltage[0]));
  PetscFunctionReturn(0);
}

static PetscErrorCode report(HfStepContext context, const Settings *settings, const Lesson *lesson) {
  HfNode entry, names;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(context, "train", &entry));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt p = 0; p < settings->n; ++p) PetscCall(HfNodePutText(names, NULL, settings->text + p * (context->schedule->n + 1)));
  PetscCall(HfNodePutNode(entry, "patterns", names));
  PetscCall(HfNodePutInt(entry, "epochs", settings->epochs));
  PetscCall(HfNodePutText(entry, "order", settings->shuffled ? "shuffled" : "given"));
  PetscCall(HfNodePutText(entry, "memory", remember_names[settings->remember]));
  PetscCall(HfNodePutBool(entry, "fresh", settings->fresh));
  PetscCall(HfNodePutReal(entry, "pulse_s", settings->pulse));
  if (settings->retention) PetscCall(HfNodePutReals(entry, "retention_s", settings->readings.n, settings->readings.time));
  PetscCall(HfNodePutReals(entry, "voltage_V", settings->n, lesson->voltage));
  if (HfDriveByGold(context)) PetscCall(HfNodePutReals(entry, "field_at_centre_A_per_m", settings->n, lesson->at_centre));
  if (HfDriveByGold(context)) PetscCall(HfNodePutReals(entry, "field_rms_A_per_m", settings->n, lesson->rms));
  if (HfDriveByGold(context)) PetscCall(HfNodePutReals(entry, "energy_per_pulse_J", settings->n, lesson->energy));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode teach(HfStepContext context, const Settings *settings, Lesson *lesson) {
  HfDrive *drive = context->drive;

  PetscFunctionBeginUser;
  HfCite(HfDriveByGold(context) ? "niu-2024" : "yu-2021");
  PetscCall(HfUntrainedRemember(context));
  PetscCall(HfUntrainedRest(context, &settings->untrained_readings));
  PetscCall(find_voltages(context, settings, lesson));
  for (drive->epoch = 0; drive->epoch < settings->epochs; ++drive->epoch) PetscCall(run_epoch(context, settings, lesson));
  --drive->epoch;
  PetscCall(HfDriveOff(context));
  PetscCall(report(context, settings, lesson));
  if (settings->retention) PetscCall(HfRetentionOfMemories(context));
  if (settings->wirings_current > 0.0) PetscCall(HfReportSevenWirings(context, settings->wirings_current));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  Lesson lesson;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(settings->n, &lesson.voltage, settings->n, &lesson.at_centre, settings->n, &lesson.rms, settings->n, &lesson.energy,
                         settings->n, &lesson.order));
  code = teach(context, settings, &lesson); /* may diverge or be stopped */
  PetscCall(PetscFree5(lesson.voltage, lesson.at_centre, lesson.rms, lesson.energy, lesson.order));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Train = {
    .name = "train", .keys = keys, .settings = read_settings, .destroy = destroy, .plan = plan, .preview = preview, .run = run};
