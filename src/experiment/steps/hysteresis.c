/* The loop of m against an applied field that goes from one value to another in equal steps, and back. The film relaxes at each of them, while the clock of
   the run stands still; or, with `time`, so much time passes at each, with the fluctuations of the deck. Before it relaxes m is turned a little at random: a
   field exactly along an axis of symmetry would otherwise leave it on a saddle of the energy. Along d, the direction of `from` - `to`, every branch has

     coercive field: H.d where m.d first becomes 0, interpolated linearly between two fields
     remanence:      m where H.d becomes 0, likewise
   and a loop of two branches, first down, then up along d,
     coercive field: (H_up - H_down)/2; bias field: (H_up + H_down)/2, the loop's shift along the field
     remanent m:     (m_down - m_up).d/2; squareness: relative to that between the two ends of the first branch
     loop area:      w = -mu0 <M>.dH summed around the loop, by the trapezoidal rule, M = Ms m: what is dissipated in a cycle, per volume of the film, > 0
   The energy of the film in a fixed field falls only where m relaxes: w >= 0 but for the steps of the field, which move a jump by up to half a step. A loop
   that does not close, as that of a film which starts elsewhere than it arrives, has no area that means this: what is missing is reported. */
#include "../step.h"

enum { COLUMNS = 6, ROW = 9 };    /* H and m, which are kept in the results, and M */
#define OERSTED (4e-3 * PETSC_PI) /* Oe of 1 A/m */

static const HfKey keys[] = {
    {"hysteresis", HF_SECTION, NULL, "", "", 0, "Relaxes the film in a field that goes from one value to another and back: the hysteresis loop"},
    {"hysteresis.from", HF_QUANTITIES, "A/m|T", NULL, "", 3, "First applied field (x, y, z); in T it is mu0 H"},
    {"hysteresis.to", HF_QUANTITIES, "A/m|T", NULL, "", 3, "Last applied field of the first branch; it stays on if there is no second one"},
    {"hysteresis.steps", HF_INT, NULL, NULL, "[1,100000]", 0, "Number of steps of the field from one to the other"},
    {"hysteresis.back", HF_BOOL, NULL, "true", "", 0, "Go back again: the second branch of the loop"},
    {"hysteresis.tolerance", HF_NUMBER, NULL, "1e-5", ">0", 0, "Go on to the next field when max |m x H|/Ms is below this"},
    {"hysteresis.max_time", HF_QUANTITY, "s", "100 ns", ">0", 0, "Relaxation time after which to go on to the next field in any case"},
    {"hysteresis.time", HF_QUANTITY, "s", "", ">0", 0,
     "Instead of relaxation: time that passes at each field, with fluctuations if the deck has a temperature; m is that at its end"},
    HF_ZERO_TEMPERATURE_KEY("hysteresis"),
    {"hysteresis.perturbation", HF_QUANTITY, "rad", "0.01 rad", ">=0", 0,
     "Angle (root mean square) by which m is turned at random at each field, so that a symmetric state is left when it becomes unstable; 0: off. "
     "Fluctuations replace it"},
    {"hysteresis.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the perturbation"},
    {"hysteresis.frames", HF_BOOL, NULL, "false", "", 0, "Keep the texture at every field, not only at the end of the branches"},
    HF_KEYS_END,
};

typedef struct {
  PetscReal from[3], to[3]; /* A/m */
  PetscReal direction[3];   /* unit vector of from - to */
  PetscInt steps;
  PetscBool back, frames;
  PetscReal tolerance, max_time; /* of max |m x H|/Ms; s */
  PetscReal time;                /* at each field, s; 0: the film relaxes */
  PetscReal perturbation;        /* rad */
  PetscInt64 seed;
} Settings;

/* Whether m relaxes, or moves with or without fluctuations in `time`. */
static PetscErrorCode check_temperature_settings(HfScheduleCheck *check, HfNode node, const Settings *settings) {
  HfMagnet magnet = HfDeviceMagnet(check->device);

  PetscFunctionBeginUser;
  if (!(settings->time > 0.0)) {
    PetscCall(HfRelaxationSettingsCheck(check, node, "hysteresis", "give `time`, to pass at each field with fluctuations"));
    PetscFunctionReturn(0);
  }
  if (HfHas(node, "temperature"))
    PetscCall(
        HfDeckError(check->deck, HfChild(node, "temperature"), "hysteresis: `temperature: 0 K` is of a film that relaxes: leave out it or `time`"));
  if (!magnet) PetscFunctionReturn(0);
  PetscCall(HfMagnetCheckAppliedField(magnet, "in the field of the step `hysteresis`", settings->from));
  PetscCall(HfMagnetCheckAppliedField(magnet, "in the field of the step `hysteresis`", settings->to));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  PetscReal length = 0.0;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  HfAppliedFieldSettings(node, "from", settings->from);
  HfAppliedFieldSettings(node, "to", settings->to);
  for (PetscInt k = 0; k < 3; ++k) length += PetscSqr(settings->from[k] - settings->to[k]);
  for (PetscInt k = 0; k < 3; ++k) settings->direction[k] = length > 0.0 ? (settings->from[k] - settings->to[k]) / PetscSqrtReal(length) : 0.0;
  if (!(length > 0.0)) PetscCall(HfDeckError(check->deck, node, "hysteresis: `from` and `to` are the same field"));
  settings->steps = (PetscInt)HfInteger(node, "steps");
  settings->back = HfFlag(node, "back");
  settings->frames = HfFlag(node, "frames");
  settings->tolerance = HfReal(node, "tolerance");
  settings->max_time = HfReal(node, "max_time");
  settings->time = HfHas(node, "time") ? HfReal(node, "time") : 0.0;
  settings->perturbation = HfReal(node, "perturbation");
  settings->seed = HfInteger(node, "seed");
  PetscCall(check_temperature_settings(check, node, settings));
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) {
  const Settings *settings = of;
  const PetscInt branches = settings->back ? 2 : 1;

  if (settings->time > 0.0) {
    plan->seconds += (1.0 + branches * (PetscReal)settings->steps) * settings->time;
    plan->phases += 1.0 + branches * (PetscReal)settings->steps;
  } else
    plan->relaxations += branches * (1.0 + (PetscReal)settings->steps);
  plan->frames += settings->frames ? branches * (1.0 + (PetscReal)settings->steps) : branches;
}

typedef struct {
  const PetscReal *rows; /* H, m and M at each field */
  const PetscReal *d;
} Loop;

static PetscReal along(const Loop *loop, const PetscReal v[3]) { return v[0] * loop->d[0] + v[1] * loop->d[1] + v[2] * loop->d[2]; }

/* Where v.d of the vectors at `column` first changes its sign among the rows [first, last], as a row with a fraction; -1: nowhere. */
static PetscReal crossing(const Loop *loop, PetscInt column, PetscInt first, PetscInt last) {
  for (PetscInt k = first; k < last; ++k) {
    const PetscReal a = along(loop, loop->rows + ROW * k + column), b = along(loop, loop->rows + ROW * (k + 1) + column);
    if (a == 0.0) return (PetscReal)k;
    if (a * b <= 0.0) return (PetscReal)k + a / (a - b);
  }
  return -1.0;
}

static void interpolate(const Loop *loop, PetscInt column, PetscReal at, PetscReal v[3]) {
  const PetscInt k = (PetscInt)at;
  const PetscReal part = at - (PetscReal)k;

  for (PetscInt c = 0; c < 3; ++c) {
    v[c] = loop->rows[ROW * k + column + c];
    if (part > 0.0) v[c] += part * (loop->rows[ROW * (k + 1) + column + c] - v[c]);
  }
}

/* What a branch has: not known (PETSC_INFINITY) if m or H crosses no 0. */
typedef struct {
  PetscReal coercive; /* A/m */
  PetscReal remanent; /* m.d */
} Branch;

static PetscErrorCode report_branch(HfStepContext context, HfNode entry, const char *name, const Loop *loop, PetscInt first, PetscInt last,
                                    Branch *of) {
  const PetscReal at_coercive = crossing(loop, 3, first, last), at_zero = crossing(loop, 0, first, last);
  PetscReal v[3];
  HfNode branch;

  PetscFunctionBeginUser;
  *of = (Branch){PETSC_INFINITY, PETSC_INFINITY};
  PetscCall(HfNodeCreate(HF_NODE_MAP, &branch));
  if (at_coercive >= 0.0) {
    interpolate(loop, 0, at_coercive, v);
    of->coercive = along(loop, v);
    PetscCall(HfNodePutReal(branch, "coercive_field_A_per_m", of->coercive));
    PetscCall(HfNodePutReal(branch, "coercive_field_mT", 1e3 * HF_MU0 * of->coercive));
  }
  if (at_zero >= 0.0) {
    interpolate(loop, 3, at_zero, v);
    of->remanent = along(loop, v);
    PetscCall(HfNodePutReals(branch, "remanence", 3, v));
    PetscCall(HfReportLog(context, "  %s: remanence (%.4f, %.4f, %.4f)", name, (double)v[0], (double)v[1], (double)v[2]));
  }
  if (at_coercive >= 0.0) PetscCall(HfReportLog(context, "  %s: coercive field %.4g mT", name, 1e3 * HF_MU0 * (double)of->coercive));
  PetscCall(HfNodePutNode(entry, name, branch));
  PetscFunctionReturn(0);
}

/* J/m^3 */
static PetscReal loop_area(const Loop *loop, PetscInt n) {
  PetscReal area = 0.0;

  for (PetscInt k = 0; k + 1 < n; ++k)
    for (PetscInt c = 0; c < 3; ++c) {
      const PetscReal *now = loop->rows + ROW * k + c, *next = now + ROW;
      area -= 0.5 * HF_MU0 * (now[6] + next[6]) * (next[0] - now[0]);
    }
  return area;
}

static PetscReal gap_of(const Loop *loop, PetscInt n) {
  PetscReal square = 0.0;

  for (PetscInt c = 3; c < 6; ++c) square += PetscSqr(loop->rows[ROW * (n - 1) + c] - loop->rows[c]);
  return PetscSqrtReal(square);
}

/* Of both branches. */
static PetscErrorCode report_loop(HfStepContext context, HfNode entry, const Loop *loop, PetscInt steps, const Branch branches[2]) {
  const PetscInt n = 2 * steps + 1;
  const PetscReal coercive = 0.5 * (branches[1].coercive - branches[0].coercive), remanent = 0.5 * (branches[0].remanent - branches[1].remanent);
  const PetscReal saturation = 0.5 * (along(loop, loop->rows + 3) - along(loop, loop->rows + ROW * steps + 3)), area = loop_area(loop, n);
  const PetscReal step = (along(loop, loop->rows) - along(loop, loop->rows + ROW * steps)) / (PetscReal)steps;

  PetscFunctionBeginUser;
  if (branches[0].coercive < PETSC_INFINITY && branches[1].coercive < PETSC_INFINITY) {
    PetscCall(HfNodePutReal(entry, "coercive_field_A_per_m", coercive));
    PetscCall(HfNodePutReal(entry, "coercive_field_Oe", coercive * OERSTED));
    PetscCall(HfNodePutReal(entry, "bias_field_A_per_m", 0.5 * (branches[0].coercive + branches[1].coercive)));
  }
  if (branches[0].remanent < PETSC_INFINITY && branches[1].remanent < PETSC_INFINITY) {
    PetscCall(HfNodePutReal(entry, "remanent_m", remanent));
    if (saturation > 0.0) PetscCall(HfNodePutReal(entry, "squareness", remanent / saturation));
  }
  PetscCall(HfNodePutReal(entry, "field_step_A_per_m", step));
  PetscCall(HfNodePutReal(entry, "loop_area_J_per_m3", area));
  PetscCall(HfNodePutReal(entry, "loop_gap_m", gap_of(loop, n)));
  if (branches[0].coercive < PETSC_INFINITY && branches[1].coercive < PETSC_INFINITY)
    PetscCall(HfReportHeadline(context, entry,
                               "hysteresis: coercive field %.4g Oe, remanent m %.4f, in steps of %.3g Oe; area of the loop %.4g J/m^3",
                               (double)(coercive * OERSTED), (double)remanent, (double)(step * OERSTED), (double)area));
  else
    PetscCall(HfReportHeadline(context, entry, "hysteresis: m crosses no 0; area of the loop %.4g J/m^3", (double)area));
  PetscFunctionReturn(0);
}

/* The film at field k; row: H is given, m and M are found. */
static PetscErrorCode film_at(HfStepContext context, const Settings *settings, PetscInt k, PetscReal row[ROW], PetscInt *unconverged) {
  HfMagnet magnet = HfDeviceMagnet(context->device);
  PetscReal torque;
  PetscBool converged = PETSC_TRUE;
  const PetscBool forth = (PetscBool)(k <= settings->steps); /* both branches of a symmetric loop are perturbed alike, mirrored */
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetSetUniformField(magnet, row));
  if (settings->perturbation > 0.0 && !(settings->time > 0.0 && HfMagnetIsNoisy(magnet)))
    PetscCall(HfPerturb(context, forth ? settings->perturbation : -settings->perturbation, settings->seed, forth ? k : k - settings->steps));
  if (settings->time > 0.0)
    code = HfEvolve(context, "hysteresis", settings->time, HF_NO_PROBES);
  else
    code = HfRelax(context, settings->tolerance, settings->max_time, &converged);
  if (code) PetscFunctionReturn(code);
  *unconverged += !converged;
  PetscCall(HfMeasureAverage(context, row + 3, &torque));
  PetscCall(HfMeasureMagnetization(context, row + 6));
  PetscCall(HfReportTableLine(context));
  PetscFunctionReturn(0);
}

/* rows[n][ROW]. */
static PetscErrorCode sweep(HfStepContext context, const Settings *settings, PetscInt n, PetscReal rows[], PetscInt *unconverged) {
  const Loop loop = {.rows = rows, .d = settings->direction};
  const PetscInt steps = settings->steps;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal *row = rows + ROW * k;
    const PetscReal part = (PetscReal)(k <= steps ? k : 2 * steps - k) / (PetscReal)steps;
    PetscErrorCode code;

    for (PetscInt c = 0; c < 3; ++c) row[c] = (1.0 - part) * settings->from[c] + part * settings->to[c];
    code = film_at(context, settings, k, row, unconverged);
    if (code) PetscFunctionReturn(code);
    PetscCall(HfReportLog(context, "hysteresis, field %d of %d: %.4g mT, m along it %.5f", (int)k + 1, (int)n,
                          1e3 * HF_MU0 * (double)along(&loop, row), (double)along(&loop, row + 3)));
    if (settings->frames || k == steps || k + 1 == n) PetscCall(HfReportFrames(context, PETSC_FALSE));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode report(HfStepContext context, const Settings *settings, PetscInt n, const PetscReal rows[], PetscInt unconverged) {
  const Loop loop = {.rows = rows, .d = settings->direction};
  const PetscInt shape[2] = {n, COLUMNS};
  Branch branches[2];
  PetscReal *kept;
  char name[64];
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(name, sizeof(name), "/hysteresis/%d", (int)context->drive->item + 1));
  PetscCall(PetscMalloc1(COLUMNS * n, &kept));
  for (PetscInt k = 0; k < n; ++k) PetscCall(PetscArraycpy(kept + COLUMNS * k, rows + ROW * k, COLUMNS));
  PetscCall(HfReportArray(context, name, 2, shape, kept, "H in A/m, m"));
  PetscCall(PetscFree(kept));
  PetscCall(HfEntryCreate(context, "hysteresis", &entry));
  PetscCall(HfNodePutInt(entry, "fields", n));
  PetscCall(HfNodePutInt(entry, "unconverged", unconverged));
  if (settings->time > 0.0)
    PetscCall(HfNodePutReal(entry, "time_s", settings->time));
  else
    PetscCall(HfNodePutReal(entry, "perturbation_rad", settings->perturbation));
  PetscCall(HfNodePutReals(entry, "direction", 3, loop.d));
  PetscCall(HfNodePutReals(entry, "last_m", 3, rows + ROW * (n - 1) + 3));
  PetscCall(HfNodePutText(entry, "dataset", name));
  PetscCall(report_branch(context, entry, "first_branch", &loop, 0, settings->steps, &branches[0]));
  if (settings->back) {
    PetscCall(report_branch(context, entry, "second_branch", &loop, settings->steps, n - 1, &branches[1]));
    PetscCall(report_loop(context, entry, &loop, settings->steps, branches));
  }
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  const PetscInt n = (settings->back ? 2 : 1) * settings->steps + 1;
  PetscInt unconverged = 0;
  PetscReal *rows;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(ROW * n, &rows));
  HfUntrainedForget(context->record);
  code = sweep(context, settings, n, rows, &unconverged);
  if (!code) code = report(context, settings, n, rows, unconverged);
  PetscCall(PetscFree(rows));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Hysteresis = {.name = "hysteresis", .keys = keys, .magnetic = PETSC_TRUE, .settings = read_settings, .plan = plan, .run = run};
