/* A schedule of steps on a device. The schedule is read, checked and planned before anything runs; then the steps run one after the other and
   report what they find, together with its controls, to the recorder. */
#include "experiment_impl.h"

static const HfKey experiment_keys[] = {
    {"patterns", HF_NAMED, NULL, "", "", 0, "Patterns by name, one sign per electrode in the order of the deck, or per pixel of the wiring"},
    {"patterns.*", HF_TEXT, "file:.pbm|.pgm|.png", NULL, "", 0,
     "Signs: + # 1 or - . 0; white space is ignored, so rows of pixels may be written one below the other. Or a PNG, PBM or PGM file of as many "
     "pixels, "
     "relative to the deck: pixels darker than half are +, transparent ones -. Or `random 7`: as many + as - in a random order, with the seed 7"},
    {"schedule", HF_VARIANTS, NULL, NULL, "", 0, "Steps that are applied to the film, one after the other"},
    HF_KEYS_END,
};

#define HF_STEP(name) extern const HfStep HfStep_##name;
#include "steps/steps.def"
#undef HF_STEP
static const HfStep *const STEPS[] = {
#define HF_STEP(name) &HfStep_##name,
#include "steps/steps.def"
#undef HF_STEP
    NULL};

PetscErrorCode HfStepsRegisterKeys(HfKeys keys, const HfStep *const steps[]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; steps[k]; ++k) {
    PetscCall(HfKeysAdd(keys, "schedule[]", steps[k]->keys));
    if (steps[k]->register_keys) PetscCall(steps[k]->register_keys(keys));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfDeviceRegisterKeys(keys));
  PetscCall(HfKeysAdd(keys, "", experiment_keys));
  PetscCall(HfStepsRegisterKeys(keys, STEPS));
  PetscFunctionReturn(0);
}

/* ---- the schedule is read and checked ---- */

static const HfStep *find_step(const HfStep *const steps[], const char *name) {
  for (PetscInt k = 0; steps && steps[k]; ++k)
    if (!strcmp(steps[k]->name, name)) return steps[k];
  return NULL;
}

static PetscErrorCode read_items_settings(HfScheduleCheck *check, const HfStep *const extra[], HfScheduleSettings *schedule) {
  HfNode root = HfDeckRoot(check->deck);

  PetscFunctionBeginUser;
  schedule->n_items = HfCount(root, "schedule");
  PetscCall(PetscCalloc1(schedule->n_items, &schedule->items));
  for (PetscInt k = 0; k < schedule->n_items; ++k) {
    HfScheduleItem *item = &schedule->items[k];
    const char *name;
    HfNode section = HfVariant(HfItem(root, "schedule", k), &name);

    item->node = section;
    item->step = find_step(STEPS, name);
    if (!item->step) item->step = find_step(extra, name);
    PetscCheck(item->step, PETSC_COMM_SELF, PETSC_ERR_PLIB, "the step '%s' has keys, but it is not in the list of steps", name);
    if (!check->has_electrodes && !item->step->magnetic) {
      PetscCall(HfDeckError(check->deck, section, HF_NEEDS_ELECTRODES, name));
      continue;
    }
    if (item->step->settings) PetscCall(item->step->settings(check, section, &item->settings));
    if (item->step->plan) item->step->plan(item->settings, &schedule->plan);
  }
  PetscFunctionReturn(0);
}

/* The matrices of all probes are kept. */
static PetscErrorCode check_memory(HfDeck deck, const HfScheduleSettings *schedule) {
  const PetscReal needed = schedule->plan.probes * (PetscReal)schedule->n * (PetscReal)schedule->n * sizeof(PetscReal);
  PetscReal available;
  char need[32], have[32];

  PetscFunctionBeginUser;
  PetscCall(HfSystemMemoryAvailable(HfDeckComm(deck), &available));
  if (needed <= available) PetscFunctionReturn(0);
  HfSystemMemoryText(needed, need);
  HfSystemMemoryText(available, have);
  PetscCall(HfDeckError(deck, HfChild(HfDeckRoot(deck), "schedule"),
                        "schedule: %.3g conductance matrices of %d terminals take %s of memory, but there are %s: probe less often",
                        (double)schedule->plan.probes, (int)schedule->n, need, have));
  PetscFunctionReturn(0);
}

/* A metal on the film without any current would have no effect. */
static PetscErrorCode check_current(const HfScheduleCheck *check) {
  HfMagnet magnet = HfDeviceMagnet(check->device);

  PetscFunctionBeginUser;
  if (magnet && !check->has_electrodes && !check->has_current && HfMagnetFeelsLayerCurrent(magnet, NULL))
    PetscCall(HfDeckError(
        check->deck, HfChild(HfDeckRoot(check->deck), "schedule"),
        "the film has a spin-orbit torque (`spin_hall_angle` or `field_like_efficiency`) but no current drives it: add `electrodes`, or a "
        "step `current`"));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_settings(HfExperiment e, const HfStep *const extra[]) {
  HfScheduleSettings *schedule = &e->schedule;
  HfScheduleCheck check = {
      .deck = e->deck, .device = e->device, .has_electrodes = (PetscBool)(HfElectrodesSettingsCount(e->deck) > 0), .schedule = schedule};

  PetscFunctionBeginUser;
  schedule->n = HfDeviceTerminals(e->device);
  schedule->n_gauges = HfDeviceGaugeCount(e->device);
  PetscCall(PetscMalloc1(schedule->n_gauges, &schedule->gauge_names));
  for (PetscInt k = 0; k < schedule->n_gauges; ++k) schedule->gauge_names[k] = HfDeviceGaugeName(e->device, k);
  if (e->recorder->check_settings && HfDeviceGrid(e->device)) PetscCall(e->recorder->check_settings(e->recorder->context, e->device));
  PetscCall(HfPatternListSettingsRead(e->deck, schedule->n, HfDeviceWiring(e->device) ? PETSC_TRUE : PETSC_FALSE, &schedule->patterns));
  PetscCall(HfScheduleCheckReset(&check));
  PetscCall(read_items_settings(&check, extra, schedule));
  PetscCall(check_current(&check));
  PetscCall(HfScheduleCheckReset(&check));
  PetscCall(check_memory(e->deck, schedule));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy_settings(HfScheduleSettings *schedule) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < schedule->n_items; ++k) {
    HfScheduleItem *item = &schedule->items[k];

    if (item->settings && item->step->destroy)
      PetscCall(item->step->destroy(item->settings));
    else
      PetscCall(PetscFree(item->settings));
  }
  PetscCall(PetscFree(schedule->items));
  PetscCall(PetscFree(schedule->gauge_names));
  PetscCall(HfPatternListDestroy(&schedule->patterns));
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentCreate(HfDeck deck, HfRecorder recorder, const HfStep *const extra[], HfExperiment *experiment) {
  HfExperiment e;
  PetscErrorCode code, verdict;

  PetscFunctionBeginUser;
  *experiment = NULL;
  PetscCall(PetscNew(&e));
  e->comm = HfDeckComm(deck);
  e->deck = deck;
  e->recorder = recorder;
  code = HfDeviceCreate(deck, &e->device); /* has reported its errors of the deck; those of the schedule follow in the same run */
  if (code && code != HF_ERR_DECK) PetscCall(code);
  PetscCall(read_settings(e, extra));
  verdict = HfDeckVerdict(deck);
  if (!code && !verdict) {
    PetscCall(HfPreviewFaults(e));
    verdict = HfDeckVerdict(deck);
  }
  if (code || verdict) {
    PetscCall(HfExperimentDestroy(&e));
    PetscFunctionReturn(code ? code : verdict);
  }
  PetscCall(HfDriveCreate(e->schedule.n, &e->drive));
  PetscCall(HfTrainingRecordCreate(e->device, e->schedule.plan.rests_untrained, &e->record));
  PetscCall(HfTapeCreate(e->comm, recorder, e->device, &e->drive, e->record.m_untrained, e->record.m_kept, e->schedule.n_items, &e->tape));
  *experiment = e;
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentDestroy(HfExperiment *experiment) {
  HfExperiment e = *experiment;

  PetscFunctionBeginUser;
  if (!e) PetscFunctionReturn(0);
  PetscCall(HfTapeDestroy(&e->tape));
  PetscCall(HfTrainingRecordDestroy(&e->record));
  PetscCall(HfDriveDestroy(&e->drive));
  PetscCall(destroy_settings(&e->schedule));
  PetscCall(HfDeviceDestroy(&e->device));
  PetscCall(PetscFree(*experiment));
  PetscFunctionReturn(0);
}

HfDevice HfExperimentDevice(HfExperiment e) { return e->device; }

/* ---- the schedule runs ---- */

#define OERSTED_PER_AMPERE (1e4 * HF_MU0) /* Oe in an A/m */

/* Dry friction, the largest of all regions, A/m. */
static PetscReal largest_friction(HfDevice device) {
  PetscReal most = 0;

  for (PetscInt r = 0; r < HfGridGetInfo(HfDeviceGrid(device))->n_regions; ++r) most = PetscMax(most, HfMagnetFriction(HfDeviceMagnet(device), r));
  return most;
}

static PetscErrorCode begin(HfStepContext context) {
  HfMagnet magnet = HfDeviceMagnet(context->device);
  HfRecorder recorder = context->recorder;
  const PetscInt n = context->schedule->n;
  const PetscReal friction = largest_friction(context->device);
  HfCpuTime *cpu = &context->drive->cpu;
  PetscReal step;

  PetscFunctionBeginUser;
  PetscCall(HfCpuTimeAssign(cpu, "set-up"));
  PetscCall(HfDeviceSaturatedConductance(context->device, context->record->G0));
  cpu->n_matrices += n > 0;
  PetscCall(HfCpuTimeAssign(cpu, "conductance"));
  if (HfMagnetInitialNote(magnet, PETSC_TRUE)[0]) PetscCall(HfReportLog(context, "start from %s", HfMagnetInitialNote(magnet, PETSC_TRUE)));
  for (PetscInt k = 0; k < HfMagnetTermCount(magnet); ++k)
    if (HfMagnetTermNote(magnet, k)[0]) PetscCall(HfReportLog(context, "field from %s", HfMagnetTermNote(magnet, k)));
  if (friction > 0)
    PetscCall(HfReportLog(context,
                          "dry friction of %.4g A/m (%.3g Oe): the film rests where the field across m is smaller; 180 degree walls start to move "
                          "at %.3g Oe",
                          (double)friction, (double)(friction * OERSTED_PER_AMPERE), (double)(0.5 * PETSC_PI * friction * OERSTED_PER_AMPERE)));
  if (context->schedule->plan.seconds > 0 && !strcmp(HfMagnetMethod(magnet), "auto"))
    PetscCall(HfReportLog(context, "time steps: explicit ones (%s) of at most %.3g s where the film moves fast, implicit ones (bdf) elsewhere",
                          HfMagnetExplicitMethod(magnet), (double)HfMagnetExplicitStep(magnet)));
  if (context->schedule->plan.seconds > 0 && !strcmp(HfMagnetMethod(magnet), "heun")) {
    PetscCall(HfMagnetExpectedStep(magnet, &step));
    PetscCall(HfReportLog(context, "time steps of Heun's method: %.3g s in the field of the deck, shorter where more acts", (double)step));
  }
  if (recorder->saturated) PetscCall(recorder->saturated(recorder->context, n, context->record->G0));
  PetscCall(HfReportFrames(context, PETSC_FALSE));
  PetscCall(HfReportTableLine(context));
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentRun(HfExperiment e) {
  const struct HfStepContext_ context = {.comm = e->comm,
                                         .device = e->device,
                                         .recorder = e->recorder,
                                         .schedule = &e->schedule,
                                         .drive = &e->drive,
                                         .record = &e->record,
                                         .tape = e->tape};

  PetscFunctionBeginUser;
  PetscCall(HfTapeStart(e->tape));
  PetscCall(begin(&context));
  for (PetscInt k = 0; k < e->schedule.n_items; ++k) {
    const HfScheduleItem *item = &e->schedule.items[k];
    HfPlan plan = {0};

    if (item->step->plan) item->step->plan(item->settings, &plan);
    e->drive.item_start += e->drive.item_seconds;
    e->drive.item_seconds = plan.seconds;
    e->drive.item = k;
    e->drive.epoch = 0;
    e->drive.activity = item->step->name;
    HfCite(item->step->citation);
    PetscCall(item->step->run(&context, item->settings));
    PetscCall(HfCpuTimeAssign(&e->drive.cpu, item->step->name));
    PetscCall(HfTapeItemDone(e->tape));
  }
  PetscFunctionReturn(0);
}

/* ---- the plan, for `hopfilm check` ---- */

/* Of a frame of all fields that the recorder keeps, without compression. */
PetscInt64 HfFrameBytesPerCell(const HfRecorderSettings *settings) {
  PetscInt64 numbers = 0;

  for (PetscInt k = 0; k < settings->n_fields; ++k) numbers += settings->fields[k][0] == 'e' ? 1 : 3; /* energy densities, vectors */
  return numbers * settings->bytes_per_number;
}

/* An integer, or, far beyond what anyone can wait for, its order of magnitude. */
PetscErrorCode HfPlanPutCount(HfNode node, const char *name, PetscReal count) {
  PetscFunctionBeginUser;
  if (count < 1e15)
    PetscCall(HfNodePutInt(node, name, (PetscInt64)count));
  else
    PetscCall(HfNodePutReal(node, name, count));
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentPlan(HfExperiment e, HfNode *plan) {
  HfMagnet magnet = HfDeviceMagnet(e->device);
  const HfGridInfo *grid = HfGridGetInfo(HfDeviceGrid(e->device));
  PetscLogDouble mine, all;
  PetscReal estimate, step;
  const HfRecorderSettings everything = {.selection = HfSelectionAll(HfDeviceGrid(e->device))};
  const HfRecorderSettings *settings = e->recorder->settings ? e->recorder->settings : &everything;
  const PetscReal every = settings->every;
  const PetscReal frames = 1 + e->schedule.plan.frames + (every > 0.0 ? floor(e->schedule.plan.seconds / every) : 0);

  PetscFunctionBeginUser;
  PetscCall(PetscMemoryGetCurrentUsage(&mine));
  PetscCallMPI(MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_SUM, e->comm));
  PetscCall(HfNodeCreate(HF_NODE_MAP, plan));
  PetscCall(HfNodePutInt(*plan, "ranks", grid->size));
  PetscCall(HfNodePutReals(*plan, "cell_size_m", 2, (const PetscReal[]){grid->dx, grid->dy}));
  PetscCall(HfNodePutInt(*plan, "cells_x", grid->nx));
  PetscCall(HfNodePutInt(*plan, "cells_y", grid->ny));
  PetscCall(HfNodePutInt(*plan, "film_cells", grid->n_film));
  PetscCall(HfNodePutInt(*plan, "electrodes", HfElectrodesCount(HfDeviceElectrodes(e->device))));
  if (HfDeviceWiring(e->device)) PetscCall(HfNodePutInt(*plan, "pixels", e->schedule.n));
  PetscCall(HfNodePutInt(*plan, "schedule_steps", e->schedule.n_items));
  PetscCall(HfNodePutReal(*plan, "simulated_seconds", e->schedule.plan.seconds));
  PetscCall(HfNodePutText(*plan, "integrator", HfMagnetMethod(magnet)));
  PetscCall(HfNodePutReal(*plan, "explicit_step_s", HfMagnetExplicitStep(magnet)));
  if (largest_friction(e->device) > 0) PetscCall(HfNodePutReal(*plan, "friction_A_per_m", largest_friction(e->device)));
  PetscCall(HfMagnetExpectedStep(magnet, &step));
  if (step > 0) PetscCall(HfPlanPutCount(*plan, "integrator_steps_at_least", e->schedule.plan.seconds / step));
  PetscCall(HfPlanPutCount(*plan, "conductance_probes", e->schedule.plan.probes));
  PetscCall(HfPlanPutCount(*plan, "field_frames", frames));
  PetscCall(HfNodePutInt(*plan, "field_cells_x", settings->selection.count[0]));
  PetscCall(HfNodePutInt(*plan, "field_cells_y", settings->selection.count[1]));
  PetscCall(HfPlanPutCount(*plan, "field_bytes_at_most",
                           frames * (PetscReal)HfFrameBytesPerCell(settings) * (PetscReal)settings->selection.count[0] *
                               (PetscReal)settings->selection.count[1]));
  PetscCall(HfNodePutInt(*plan, "memory_bytes_after_set_up", (PetscInt64)all));
  PetscCall(HfDeviceSystemMemory(e->deck, &estimate));
  PetscCall(HfPlanPutCount(*plan, "memory_bytes_about", estimate));
  PetscFunctionReturn(0);
}
