/* A schedule of steps on a device. The schedule is checked and planned before anything runs; then every step runs in turn, each
   telling the recorder what it found together with its controls. */
#include "experiment_impl.h"

static const HfKey experiment_keys[] = {
    {"patterns", HF_NAMED, NULL, "", "", 0, "Patterns by name, one sign per electrode in the deck's order, or per pixel of the wiring"},
    {"patterns.*", HF_TEXT, "file:.pbm|.pgm", NULL, "", 0,
     "Signs: + # 1 or - . 0; white space is ignored, so rows of pixels may be written one below the other. Or a PBM or PGM file of as many pixels, "
     "relative to the deck: what is darker than half is +. Or `random 7`, as many + as - in the order of a seed"},
    {"schedule", HF_VARIANTS, NULL, NULL, "", 0, "What happens to the film, step by step"},
    HF_KEYS_END,
};

#define HF_STEP(name) extern const HfStep HfStep_##name;
#include "steps/steps.def"
#undef HF_STEP
static const HfStep *const STEPS[] = {
#define HF_STEP(name) &HfStep_##name,
#include "steps/steps.def"
#undef HF_STEP
};

const HfStep *HfStepFind(const char *name) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(STEPS); ++k)
    if (!strcmp(STEPS[k]->name, name)) return STEPS[k];
  return NULL;
}

PetscErrorCode HfExperimentRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfDeviceRegisterKeys(keys));
  PetscCall(HfKeysAdd(keys, "", experiment_keys));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(STEPS); ++k) PetscCall(HfKeysAdd(keys, "schedule[]", STEPS[k]->keys));
  PetscFunctionReturn(0);
}

/* The step of the i-th item of the schedule and its section. */
static const HfStep *step_at(HfExperiment e, PetscInt i, HfNode *section) {
  const char *name;
  *section = HfVariant(HfItem(HfDeckRoot(e->deck), "schedule", i), &name);
  return HfStepFind(name);
}

static PetscErrorCode check_schedule(HfExperiment e) {
  HfNode root = HfDeckRoot(e->deck), section;
  const PetscInt n_steps = HfCount(root, "schedule");
  const PetscReal matrix = (PetscReal)e->n * (PetscReal)e->n * sizeof(PetscReal);
  PetscReal available;

  PetscFunctionBeginUser;
  if (e->recorder->check_settings && e->device && HfDeviceGrid(e->device))
    PetscCall(e->recorder->check_settings(e->recorder->context, HfDeviceGrid(e->device)));
  PetscCall(HfPatternsCheckAll(e));
  for (PetscInt i = 0; i < n_steps; ++i) {
    const HfStep *step = step_at(e, i, &section);
    if (!HfHas(root, "electrodes") && (!step->magnetic || HfNodeFind(section, "pattern"))) {
      PetscCall(HfDeckError(e->deck, section, "schedule: %s needs `electrodes`, and the deck has none", step->name));
      continue;
    }
    if (step->check) PetscCall(step->check(e, section));
    if (step->plan) PetscCall(step->plan(e, section, &e->plan));
  }
  PetscCall(HfSystemMemoryAvailable(e->comm, &available));
  if (e->plan.probes * matrix > available) {
    char need[32], have[32];
    HfSystemMemoryText(e->plan.probes * matrix, need);
    HfSystemMemoryText(available, have);
    PetscCall(HfDeckError(e->deck, HfChild(root, "schedule"),
                          "schedule: %.3g conductance matrices of %d terminals take %s of memory, but there are %s: probe less often",
                          (double)e->plan.probes, (int)e->n, need, have));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentCreate(HfDeck deck, HfRecorder recorder, HfExperiment *experiment) {
  HfExperiment e;
  PetscErrorCode code, verdict;

  PetscFunctionBeginUser;
  *experiment = NULL;
  PetscCall(PetscNew(&e));
  e->comm = HfDeckComm(deck);
  e->deck = deck;
  e->recorder = recorder;
  e->initials = 1;
  code = HfDeviceCreate(deck, &e->device); /* its deck errors are told by then; those of the schedule shall be told in the same run */
  if (code && code != HF_ERR_DECK) PetscCall(code);
  if (e->device) e->n = HfDeviceTerminals(e->device);
  PetscCall(PetscCalloc5(e->n * e->n, &e->G, e->n * e->n, &e->G0, e->n * e->n, &e->G_untrained, e->n, &e->x, e->n, &e->V));
  PetscCall(PetscCalloc3(e->n, &e->trace.before, e->n, &e->trace.x, e->n + 1, &e->pattern));
  PetscCall(check_schedule(e));
  verdict = HfDeckVerdict(deck);
  if (code || verdict) {
    PetscCall(HfExperimentDestroy(&e));
    PetscFunctionReturn(code ? code : verdict);
  }
  PetscCall(VecDuplicate(HfDeviceMagnetization(e->device), &e->untrained));
  PetscCall(VecZeroEntries(e->untrained));
  PetscCall(HfReadingsCreate(e));
  *experiment = e;
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentRun(HfExperiment e) {
  HfNode section;
  HfMagnet magnet = HfDeviceMagnet(e->device);
  const PetscInt n_steps = HfCount(HfDeckRoot(e->deck), "schedule");

  PetscFunctionBeginUser;
  e->n_steps = n_steps;
  PetscCall(HfReplayStart(e));
  PetscCall(HfEffortCount(e, "set-up"));
  PetscCall(HfDeviceSaturatedConductance(e->device, e->G0));
  e->effort.n_matrices += e->n > 0;
  PetscCall(HfEffortCount(e, "conductance"));
  if (e->plan.seconds > 0 && !strcmp(HfMagnetMethod(magnet), "rosenbrock"))
    PetscCall(HfRecordLog(e, "implicit time steps (%s): the shortest exchange waves of this grid are damped at %.2g/s", HfMagnetMethod(magnet),
                          (double)HfMagnetDampingRate(magnet)));
  if (e->recorder->saturated) PetscCall(e->recorder->saturated(e->recorder->context, e->n, e->G0));
  PetscCall(HfFramesNow(e, PETSC_FALSE));
  PetscCall(HfTableLineNow(e, HfDeviceTime(e->device), 0.0, HfDeviceMagnetization(e->device)));
  for (PetscInt i = 0; i < n_steps; ++i) {
    const HfStep *step = step_at(e, i, &section);
    e->step = i;
    e->epoch = 0;
    e->doing = step->name;
    HfCite(step->citation);
    PetscCall(step->run(e, section));
    PetscCall(HfEffortCount(e, e->doing));
    PetscCall(HfReplayStepDone(e));
  }
  PetscFunctionReturn(0);
}

/* Of a frame of all fields that the recorder keeps, without compression. */
static PetscInt64 bytes_per_cell(const HfRecorderSettings *settings) {
  PetscInt64 numbers = 0;

  for (PetscInt k = 0; k < settings->n_fields; ++k) numbers += settings->fields[k][0] == 'j' ? 2 : 3;
  return numbers * settings->bytes_per_number;
}

/* A whole number, or, far beyond what anyone can wait for, its order of magnitude. */
static PetscErrorCode put_count(HfNode node, const char *name, PetscReal count) {
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
  PetscReal estimate;
  const HfRecorderSettings everything = {.selection = HfSelectionAll(HfDeviceGrid(e->device))};
  const HfRecorderSettings *settings = e->recorder->settings ? e->recorder->settings : &everything;
  const PetscReal every = settings->every;
  const PetscReal frames = 1 + e->plan.frames + (every > 0.0 ? floor(e->plan.seconds / every) : 0);

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
  if (HfDeviceWiring(e->device)) PetscCall(HfNodePutInt(*plan, "pixels", e->n));
  PetscCall(HfNodePutInt(*plan, "schedule_steps", HfCount(HfDeckRoot(e->deck), "schedule")));
  PetscCall(HfNodePutReal(*plan, "simulated_seconds", e->plan.seconds));
  PetscCall(HfNodePutText(*plan, "integrator", HfMagnetMethod(magnet)));
  PetscCall(HfNodePutReal(*plan, "fastest_damping_per_s", HfMagnetDampingRate(magnet)));
  if (HfMagnetExpectedStep(magnet) > 0) PetscCall(put_count(*plan, "integrator_steps_at_least", e->plan.seconds / HfMagnetExpectedStep(magnet)));
  PetscCall(put_count(*plan, "conductance_probes", e->plan.probes));
  PetscCall(put_count(*plan, "field_frames", frames));
  PetscCall(HfNodePutInt(*plan, "field_cells_x", settings->selection.count[0]));
  PetscCall(HfNodePutInt(*plan, "field_cells_y", settings->selection.count[1]));
  PetscCall(
      put_count(*plan, "field_bytes_at_most",
                frames * (PetscReal)bytes_per_cell(settings) * (PetscReal)settings->selection.count[0] * (PetscReal)settings->selection.count[1]));
  PetscCall(HfNodePutInt(*plan, "memory_bytes_after_set_up", (PetscInt64)all));
  PetscCall(HfDeviceSystemMemory(e->deck, &estimate));
  PetscCall(put_count(*plan, "memory_bytes_about", estimate));
  PetscFunctionReturn(0);
}

HfDevice HfExperimentDevice(HfExperiment e) { return e->device; }

PetscErrorCode HfExperimentDestroy(HfExperiment *experiment) {
  HfExperiment e = *experiment;

  PetscFunctionBeginUser;
  if (!e) PetscFunctionReturn(0);
  PetscCall(HfMemoriesDestroy(e));
  for (PetscInt k = 0; k < e->n_checked; ++k) PetscCall(PetscFree(e->checked[k]));
  PetscCall(PetscFree(e->checked));
  PetscCall(PetscFree(e->trace.times));
  PetscCall(PetscFree(e->trace.G));
  PetscCall(PetscFree3(e->trace.before, e->trace.x, e->pattern));
  PetscCall(PetscFree5(e->G, e->G0, e->G_untrained, e->x, e->V));
  PetscCall(VecDestroy(&e->untrained));
  PetscCall(PetscFree(e->replay.values));
  PetscCall(HfReadingsDestroy(e));
  PetscCall(HfDeviceDestroy(&e->device));
  PetscCall(PetscFree(*experiment));
  PetscFunctionReturn(0);
}
