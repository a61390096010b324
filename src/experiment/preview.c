/* What is known of a schedule before it runs.

   Faults: what a step would refuse once it runs, such as a field that vanishes where it is meant, is refused when the experiment is created.
   Forecast, for `hopfilm check`: what every drive amounts to, in the initial texture, with warnings where it melts the film or moves nothing; and the wall
   time, from a short calibration. The forecast moves m: nothing is run after it. */
#include "experiment_impl.h"

#define MOST_IN_FILM  1e13 /* A/m^2: films survive some 1e12 in short pulses */
#define MOST_IN_GOLD  1e12 /* A/m^2: gold lines fail by electromigration and heat from about 1e11 on */
#define LEAST_TURN    1e-2 /* rad: precession in the field over all of its pulses */
#define LEAST_DRIFT   1e-2 /* of a cell: drift of a texture over all of its pulses */
#define CALIBRATION_S 0.5  /* wall time, s; at least two steps are taken */

static PetscErrorCode warn_of_density(const HfPreview *preview, HfNode place, const char *label, const char *layer, PetscReal largest,
                                      PetscReal most) {
  PetscFunctionBeginUser;
  if (largest > most)
    PetscCall(HfDeckWarn(preview->deck, place, "%.64s: up to %.2g A/m^2 in the %s, which no %s survives above about %.0e: is the unit right?", label,
                         (double)largest, layer, layer, (double)most));
  PetscFunctionReturn(0);
}

/* ---- one drive ---- */

/* The torque of a current on m as a whole, if there is any, and the time steps that it allows. H: a field besides, A/m. */
static PetscErrorCode forecast_torque(HfPreview *preview, HfNode entry, const char *label, Vec j, PetscReal H) {
  HfMagnet magnet = HfDeviceMagnet(preview->device);
  PetscReal torque;
  char where[128];

  PetscFunctionBeginUser;
  PetscCall(HfMagnetCurrentAsField(magnet, j, &torque));
  if (entry && torque > 0.0) PetscCall(HfNodePutReal(entry, "spin_orbit_field_largest_A_per_m", torque));
  PetscCall(PetscSNPrintf(where, sizeof(where), "in the %s of %.64s", H > 0.0 ? "Oersted field" : "current", label));
  PetscCall(HfMagnetCheckStoredField(magnet, where, H + torque));
  PetscFunctionReturn(0);
}

static PetscErrorCode forecast_gold(HfPreview *preview, HfNode place, HfNode entry, const char *label, const PetscReal V[], PetscReal seconds) {
  const HfFieldMeasure centre = {0};
  HfFieldFigures field;
  HfCurrentFigures current;
  Vec j;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(HfDeviceGrid(preview->device), 2, &j));
  PetscCall(HfDeviceGoldCurrent(preview->device, V, j));
  PetscCall(HfDeviceCurrentFigures(preview->device, j, &current));
  PetscCall(HfDeviceFieldFigures(preview->device, V, &centre, &field));
  PetscCall(HfNodePutReal(entry, "gold_mean_A_per_m2", current.mean));
  PetscCall(HfNodePutReal(entry, "gold_largest_A_per_m2", current.largest));
  PetscCall(HfNodePutReal(entry, "H_centre_A_per_m", field.centre));
  PetscCall(HfNodePutReal(entry, "H_rms_A_per_m", field.rms));
  PetscCall(HfNodePutReal(entry, "H_largest_A_per_m", field.largest));
  PetscCall(warn_of_density(preview, place, label, "gold", current.largest, MOST_IN_GOLD));
  PetscCall(forecast_torque(preview, entry, label, j, field.largest));
  PetscCall(VecDestroy(&j));
  if (!(field.rms > 0.0))
    PetscCall(HfDeckWarn(preview->deck, place, "%.64s: all electrodes have the same voltage, and no current flows", label));
  else if (seconds > 0.0 && HF_GAMMA0 * field.largest * seconds < LEAST_TURN)
    PetscCall(HfDeckWarn(
        preview->deck, place,
        "%.64s: an Oersted field of at most %.2g A/m turns m by %.1g rad in %.3g ns: too weak or too short to do anything; is the unit right?", label,
        (double)field.largest, (double)(HF_GAMMA0 * field.largest * seconds), 1e9 * (double)seconds));
  PetscFunctionReturn(0);
}

static PetscErrorCode forecast_density(HfPreview *preview, HfNode place, HfNode entry, const char *label, Vec j, PetscReal seconds) {
  const PetscReal cell = HfGridGetInfo(HfDeviceGrid(preview->device))->dx;
  HfCurrentFigures current;

  PetscFunctionBeginUser;
  PetscCall(HfDeviceCurrentFigures(preview->device, j, &current));
  PetscCall(HfNodePutReal(entry, "film_mean_A_per_m2", current.mean));
  PetscCall(HfNodePutReal(entry, "film_largest_A_per_m2", current.largest));
  PetscCall(HfNodePutReal(entry, "drift_mean_m_per_s", current.mean_drift));
  PetscCall(HfNodePutReal(entry, "drift_largest_m_per_s", current.largest_drift));
  PetscCall(forecast_torque(preview, entry, label, j, 0.0));
  PetscCall(warn_of_density(preview, place, label, "film", current.largest, MOST_IN_FILM));
  if (seconds > 0.0 && current.largest_drift > 0.0 && current.largest_drift * seconds < LEAST_DRIFT * cell)
    PetscCall(
        HfDeckWarn(preview->deck, place,
                   "%.64s: textures drift at no more than %.2g m/s, %.1g nm in %.3g ns: too weak or too short to do anything; is the unit right?",
                   label, (double)current.largest_drift, 1e9 * (double)(current.largest_drift * seconds), 1e9 * (double)seconds));
  PetscFunctionReturn(0);
}

static PetscErrorCode entry_create(const HfPreview *preview, const char *label, HfNode *entry) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, entry));
  PetscCall(HfNodePutInt(*entry, "item", preview->item + 1));
  PetscCall(HfNodePutText(*entry, "step", preview->step));
  if (label[0]) PetscCall(HfNodePutText(*entry, "pattern", label));
  PetscFunctionReturn(0);
}

static PetscErrorCode forecast_drive(HfPreview *preview, HfNode place, const char *label, const PetscReal x[], PetscReal voltage, PetscReal seconds) {
  HfDevice device = preview->device;
  const PetscInt n = preview->schedule->n;
  HfNode entry;
  PetscReal *V;
  Vec j;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt k = 0; k < n; ++k) V[k] = voltage * x[k];
  PetscCall(entry_create(preview, label, &entry));
  PetscCall(HfNodePutReal(entry, "voltage_V", voltage));
  if (HfDeviceHasGold(device))
    PetscCall(forecast_gold(preview, place, entry, label, V, seconds));
  else {
    PetscCall(HfGridCreateCellVec(HfDeviceGrid(device), 2, &j));
    PetscCall(HfDeviceFilmCurrent(device, V, j));
    PetscCall(forecast_density(preview, place, entry, label, j, seconds));
    PetscCall(VecDestroy(&j));
  }
  PetscCall(HfNodePutNode(preview->drives, NULL, entry));
  if (!preview->V)
    preview->V = V; /* the first drive, for the calibration */
  else
    PetscCall(PetscFree(V));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPreviewDrive(HfPreview *preview, const char *label, const PetscReal x[], const HfDriveSettings *drive, PetscReal voltage,
                              PetscReal seconds) {
  HfNode place = HfNodeFind(preview->node, drive->field > 0.0 ? "field" : "voltage"), entry;
  char why[HF_DRIVE_WHY] = "";

  PetscFunctionBeginUser;
  if (!preview->drives && voltage > 0.0) PetscFunctionReturn(0); /* no fault is possible */
  if (!preview->wiring_known) {
    if (!preview->drives) PetscFunctionReturn(0);
    PetscCall(entry_create(preview, label, &entry));
    PetscCall(HfNodePutText(entry, "unknown", "an earlier step `wire` finds the wiring"));
    PetscCall(HfNodePutNode(preview->drives, NULL, entry));
    PetscFunctionReturn(0);
  }
  if (!(voltage > 0.0)) PetscCall(HfDriveVoltageOf(preview->device, drive, x, &voltage, why));
  if (why[0])
    PetscCall(HfDeckError(preview->deck, place, "%s", why));
  else if (preview->drives)
    PetscCall(forecast_drive(preview, place, label, x, voltage, seconds));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPreviewUniformCurrent(HfPreview *preview, const PetscReal density[2]) {
  PetscScalar *a;
  PetscInt n;
  HfNode entry;
  Vec j;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(HfDeviceGrid(preview->device), 2, &j));
  PetscCall(VecGetLocalSize(j, &n));
  PetscCall(VecGetArrayWrite(j, &a));
  for (PetscInt k = 0; k < n; ++k) a[k] = density[k % 2];
  PetscCall(VecRestoreArrayWrite(j, &a));
  if (preview->drives) {
    PetscCall(entry_create(preview, "", &entry));
    PetscCall(forecast_density(preview, preview->node, entry, "uniform current", j, 0.0));
    PetscCall(HfNodePutNode(preview->drives, NULL, entry));
  } else
    PetscCall(forecast_torque(preview, NULL, "the step `current`", j, 0.0));
  PetscCall(VecDestroy(&j));
  PetscFunctionReturn(0);
}

/* ---- all steps ---- */

static PetscErrorCode preview_items(HfExperiment e, HfPreview *preview) {
  PetscFunctionBeginUser;
  preview->deck = e->deck;
  preview->device = e->device;
  preview->schedule = &e->schedule;
  preview->wiring_known = PETSC_TRUE;
  for (PetscInt k = 0; k < e->schedule.n_items; ++k) {
    const HfScheduleItem *item = &e->schedule.items[k];

    preview->node = item->node;
    preview->item = k;
    preview->step = item->step->name;
    if (item->step->preview) PetscCall(item->step->preview(preview, item->settings));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfPreviewFaults(HfExperiment e) {
  HfPreview preview = {0};

  PetscFunctionBeginUser;
  PetscCall(preview_items(e, &preview));
  PetscFunctionReturn(0);
}

/* ---- wall time ---- */

typedef struct {
  MPI_Comm comm;
  double begin;              /* MPI_Wtime() */
  PetscInt n_steps, n_from;  /* n_from: before the part that counts */
  PetscReal time_from, time; /* s: simulated time at the start of the part that counts, and now ... */
  double wall_from, wall;    /* ... and MPI_Wtime() */
  PetscBool half;            /* the second half of the calibration has begun */
} Calibration;

/* Stops when the time is up, as seen by rank 0. The first step, which sets things up, does not count, nor, when there are many, those of the first half:
   steps grow while a film comes to rest. */
static PetscErrorCode calibration_monitor(PetscReal t, PetscReal dt, Vec m, void *of, PetscBool *stop) {
  Calibration *calibration = of;
  double wall = MPI_Wtime() - calibration->begin;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(&wall, 1, MPI_DOUBLE, 0, calibration->comm));
  calibration->time = t;
  calibration->wall = wall;
  if (!calibration->n_steps++ || (!calibration->half && wall > 0.5 * CALIBRATION_S && wall <= CALIBRATION_S)) {
    calibration->half = (PetscBool)(calibration->n_steps > 1);
    calibration->n_from = calibration->n_steps;
    calibration->time_from = t;
    calibration->wall_from = wall;
  }
  *stop = (PetscBool)(calibration->n_steps > 1 && wall > CALIBRATION_S && calibration->time > calibration->time_from);
  PetscFunctionReturn(0);
}

/* Turns the initial texture into a smooth one, out of all planes of symmetry, with a tenth of what it was. */
static PetscErrorCode smoothen(HfDevice device) {
  static const PetscReal smooth[3] = {0.8, 0.5, 0.33};
  Vec m = HfDeviceMagnetization(device);
  PetscReal *values;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(m, &n));
  PetscCall(VecGetArray(m, &values));
  for (PetscReal *cell = values; cell < values + n; cell += 3) {
    PetscReal square = 0;

    if (cell[0] == 0 && cell[1] == 0 && cell[2] == 0) continue; /* no film */
    for (int c = 0; c < 3; ++c) {
      cell[c] = smooth[c] + 0.1 * cell[c];
      square += PetscSqr(cell[c]);
    }
    for (int c = 0; c < 3; ++c) cell[c] /= PetscSqrtReal(square);
  }
  PetscCall(VecRestoreArray(m, &values));
  PetscFunctionReturn(0);
}

/* *wall: of the simulated time of the schedule, s. Explicit steps are as long as stability allows once a film is near rest, which a calibration that begins in
   the initial texture may not see: the longer of the two counts. Where implicit steps are taken, the first picoseconds after a random start are explicit,
   and as long as nothing else: there the calibration is a phase of the schedule from a smooth texture, which stands for all of them. */
static PetscErrorCode calibrate_steps(HfExperiment e, const PetscReal V[], HfNode entry, double *wall, double *n_steps) {
  HfDevice device = e->device;
  const HfPlan *plan = &e->schedule.plan;
  PetscReal expected, seconds;
  Calibration calibration = {.comm = e->comm};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetExpectedStep(HfDeviceMagnet(device), &expected));
  seconds = expected > 0 ? plan->seconds : plan->seconds / plan->phases;
  if (expected == 0) PetscCall(smoothen(device));
  if (e->schedule.n) PetscCall(HfDeviceDrive(device, V));
  calibration.begin = MPI_Wtime();
  code = HfDeviceAdvance(device, seconds, calibration_monitor, &calibration);
  if (code || !calibration.n_steps) PetscFunctionReturn(code);
  if (calibration.time > 0.999 * seconds) { /* all of it */
    *wall = calibration.wall;
    *n_steps = (double)calibration.n_steps;
  } else {
    const PetscInt n = calibration.n_steps - calibration.n_from;
    const PetscReal step = PetscMax((calibration.time - calibration.time_from) / (PetscReal)n, expected);

    *n_steps = (double)(seconds / step);
    *wall = (calibration.wall - calibration.wall_from) / n * *n_steps;
  }
  *wall *= plan->seconds / seconds;
  *n_steps *= plan->seconds / seconds;
  PetscCall(HfNodePutInt(entry, "steps", calibration.n_steps));
  PetscCall(HfNodePutReal(entry, "simulated_seconds", calibration.time));
  PetscCall(HfNodePutReal(entry, "wall_seconds", calibration.wall));
  PetscFunctionReturn(0);
}

/* The same of one conductance matrix: n - 1 solves, at the cost of one that starts from nothing. */
static PetscErrorCode calibrate_probes(HfExperiment e, HfNode entry, double *wall) {
  const PetscInt n = e->schedule.n, n_nodes = HfElectrodesCount(HfDeviceElectrodes(e->device));
  double matrix;
  PetscReal *V;
  Vec j;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt k = 0; k < n; ++k) V[k] = k % 2 ? 1.0 : -1.0;
  PetscCall(HfGridCreateCellVec(HfDeviceGrid(e->device), 2, &j));
  matrix = -MPI_Wtime();
  PetscCall(HfDeviceFilmCurrent(e->device, V, j));
  matrix = (matrix + MPI_Wtime()) * (double)(n_nodes - 1);
  PetscCallMPI(MPI_Bcast(&matrix, 1, MPI_DOUBLE, 0, e->comm));
  *wall = matrix * (double)(2 + e->schedule.plan.probes); /* further: of the saturated and of the untrained film */
  PetscCall(HfNodePutReal(entry, "wall_seconds_per_matrix", matrix));
  PetscCall(VecDestroy(&j));
  PetscCall(PetscFree(V));
  PetscFunctionReturn(0);
}

PetscErrorCode HfForecastWallTime(HfExperiment e, const PetscReal V[], HfNode entry, double *steps, double *probes, double *n_steps) {
  PetscErrorCode code = 0; /* may diverge */

  PetscFunctionBeginUser;
  *steps = *probes = *n_steps = 0.0;
  if (e->schedule.n) PetscCall(calibrate_probes(e, entry, probes));
  if (e->schedule.plan.seconds > 0.0) code = calibrate_steps(e, V, entry, steps, n_steps);
  PetscFunctionReturn(code);
}

static PetscErrorCode forecast_wall_time(HfExperiment e, const PetscReal V[], HfNode plan) {
  PetscErrorCode code;
  double steps, probes, n_steps;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, &entry));
  code = HfForecastWallTime(e, V, entry, &steps, &probes, &n_steps);
  if (code) PetscCall(HfNodeDestroy(&entry));
  if (code) PetscFunctionReturn(code);
  PetscCall(HfNodePutReal(plan, "wall_seconds_about", steps + probes));
  if (e->schedule.plan.relaxations > 0.0) PetscCall(HfNodePutText(plan, "wall_seconds_without", "relaxations, whose length is not known before"));
  PetscCall(HfNodePutNode(plan, "calibration", entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentForecast(HfExperiment e, HfNode plan) {
  HfPreview preview = {0};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &preview.drives));
  PetscCall(preview_items(e, &preview));
  if (HfNodeLength(preview.drives))
    PetscCall(HfNodePutNode(plan, "drives", preview.drives));
  else
    PetscCall(HfNodeDestroy(&preview.drives));
  PetscCall(HfDeckVerdict(e->deck));
  code = forecast_wall_time(e, preview.V, plan);
  PetscCall(PetscFree(preview.V));
  PetscFunctionReturn(code);
}
