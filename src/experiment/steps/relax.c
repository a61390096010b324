/* Damping without precession until max |m x H|/Ms < tolerance. Before the first pulse the film remains untrained. Relaxation time is not physical
   time: the clock of the run stands still.

   A film that starts exactly on a symmetry, where m x H is zero to round-off, stays there even if that is a saddle of the energy. Whether it is one is found
   by an attempt: a copy of m, turned a little at random, relaxes as well; if it goes far downhill, the log and the summary say so. */
#include "../step.h"

#define SYMMETRIC 1e-10 /* max |m x H|/Ms that is round-off */
#define ATTEMPT   0.01  /* rad, by which the copy is turned */
#define STRICT    1e-8  /* tolerance of its relaxation: a weak instability takes long to grow */
#define FAR       0.2   /* change of a component of m that no rest of the perturbation makes */

static const HfKey keys[] = {
    {"relax", HF_SECTION, NULL, "", "", 0, "Damping without precession until the torque has vanished"},
    {"relax.tolerance", HF_NUMBER, NULL, "1e-5", ">0", 0, "Stop when max |m x H|/Ms is below this"},
    {"relax.max_time", HF_QUANTITY, "s", "100 ns", ">0", 0, "Relaxation time after which the schedule goes on in any case"},
    {"relax.perturbation", HF_QUANTITY, "rad", "0 rad", ">=0", 0,
     "Angle (root mean square) by which m is turned at random before it relaxes, so that it leaves an unstable equilibrium, such as an exactly "
     "symmetric "
     "state"},
    {"relax.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the perturbation"},
    HF_ZERO_TEMPERATURE_KEY("relax"),
    HF_KEYS_END,
};

typedef struct {
  PetscReal tolerance, max_time; /* of max |m x H|/Ms; s */
  PetscReal perturbation;        /* rad */
  PetscInt64 seed;
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  *settings = (Settings){.tolerance = HfReal(node, "tolerance"),
                         .max_time = HfReal(node, "max_time"),
                         .perturbation = HfReal(node, "perturbation"),
                         .seed = HfInteger(node, "seed")};
  PetscCall(HfRelaxationSettingsCheck(check, node, "relax", "let time pass with `hold`, for m to come to equilibrium at its temperature"));
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) {
  ++plan->frames;
  ++plan->relaxations;
}

typedef struct {
  HfStepContext context;
  const Settings *settings;
  PetscBool stopped;
} Attempt;

/* The film itself rests: a run that stops here begins the attempt again. */
static PetscErrorCode attempt_monitor(PetscReal t, PetscReal dt, Vec m, void *of, PetscBool *stop) {
  Attempt *attempt = of;

  PetscFunctionBeginUser;
  PetscCall(HfTapePause(attempt->context->tape, stop));
  attempt->stopped = *stop;
  PetscFunctionReturn(0);
}

/* *lower: energy of the state to which m goes, below that of m, J; *change: of a component of m. */
static PetscErrorCode leave(Attempt *attempt, Vec m, PetscReal *lower, PetscReal *change) {
  HfDevice device = attempt->context->device;
  HfMagnet magnet = HfDeviceMagnet(device);
  const PetscReal t = HfDeviceTime(device);
  const PetscInt n = HfMagnetTermCount(magnet);
  PetscReal *energies;
  PetscBool converged;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(2 * n, &energies));
  PetscCall(HfMagnetEnergies(magnet, t, HfDeviceMagnetization(device), energies));
  PetscCall(HfMagnetPerturb(magnet, ATTEMPT, 1, 0, m));
  PetscCall(
      HfMagnetRelax(magnet, t, m, PetscMin(STRICT, attempt->settings->tolerance), attempt->settings->max_time, attempt_monitor, attempt, &converged));
  PetscCall(HfMagnetEnergies(magnet, t, m, energies + n));
  *lower = 0.0;
  for (PetscInt k = 0; k < n; ++k) *lower += energies[k] - energies[n + k];
  PetscCall(VecAXPY(m, -1.0, HfDeviceMagnetization(device)));
  PetscCall(VecNorm(m, NORM_INFINITY, change));
  PetscCall(PetscFree(energies));
  PetscFunctionReturn(0);
}

/* values[0]: by how much the energy can fall from here, J; 0: the film is stable. */
static PetscErrorCode attempt_to_leave(void *of, PetscInt n, PetscReal values[]) {
  Attempt *attempt = of;
  PetscReal lower = 0.0, change = 0.0;
  Vec m;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(HfDeviceMagnetization(attempt->context->device), &m));
  PetscCall(VecCopy(HfDeviceMagnetization(attempt->context->device), m));
  PetscCall(leave(attempt, m, &lower, &change));
  PetscCall(VecDestroy(&m));
  if (attempt->stopped) PetscFunctionReturn(HF_ERR_STOPPED);
  values[0] = change > FAR ? PetscMax(lower, 0.0) : 0.0;
  PetscFunctionReturn(0);
}

static PetscErrorCode report_stability(HfStepContext context, const Settings *settings, HfNode entry) {
  Attempt attempt = {.context = context, .settings = settings};
  PetscReal lower;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  code = HfTapeMeasure(context->tape, "stability", 1, &lower, attempt_to_leave, &attempt);
  if (code) PetscFunctionReturn(code);
  PetscCall(HfNodePutBool(entry, "unstable", (PetscBool)(lower > 0.0)));
  if (lower > 0.0)
    PetscCall(
        HfReportLog(context,
                    "warning: relax: the film rests in an unstable equilibrium: m x H is zero by symmetry, but a small rotation of m lets the energy "
                    "fall by %.3g J. Start off the symmetry, or give `relax: {perturbation: %g rad}`",
                    (double)lower, ATTEMPT));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  PetscReal torque, average[3];
  PetscBool converged, symmetric;
  PetscErrorCode code;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfReportProgress(context, "relax", 0.0));
  if (settings->perturbation > 0.0) PetscCall(HfPerturb(context, settings->perturbation, settings->seed, context->drive->item));
  PetscCall(HfMeasureAverage(context, average, &torque));
  symmetric = (PetscBool)(torque < SYMMETRIC);
  code = HfRelax(context, settings->tolerance, settings->max_time, &converged);
  HfUntrainedForget(context->record);
  if (code == HF_ERR_DIVERGED) PetscCall(HfReportFrames(context, PETSC_FALSE));
  if (code) PetscFunctionReturn(code);
  PetscCall(HfMeasureAverage(context, average, &torque));
  PetscCall(HfReportFrames(context, PETSC_FALSE));
  PetscCall(HfReportTableLine(context));
  PetscCall(HfEntryCreate(context, "relax", &entry));
  PetscCall(HfNodePutBool(entry, "converged", converged));
  PetscCall(HfNodePutReal(entry, "max_torque", torque));
  PetscCall(HfNodePutReals(entry, "average_m", 3, average));
  if (symmetric) code = report_stability(context, settings, entry);
  if (code) {
    PetscCall(HfNodeDestroy(&entry));
    PetscFunctionReturn(code);
  }
  PetscCall(HfReportSummary(context, entry));
  PetscCall(
      HfReportLog(context, "relax: max |m x H|/Ms = %.3g, %s", (double)torque, converged ? "converged" : "stopped at max_time before it converged"));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Relax = {.name = "relax", .keys = keys, .magnetic = PETSC_TRUE, .settings = read_settings, .plan = plan, .run = run};
