/* Damping without precession until max |m x H|/Ms < tolerance. Before the first pulse the film remains untrained. Relaxation time is not physical
   time: the clock of the run stands still. */
#include "../step.h"

static const HfKey keys[] = {
    {"relax", HF_SECTION, NULL, "", "", 0, "Damping without precession until the torque has vanished"},
    {"relax.tolerance", HF_NUMBER, NULL, "1e-5", ">0", 0, "Stop when max |m x H|/Ms is below this"},
    {"relax.max_time", HF_QUANTITY, "s", "100 ns", ">0", 0, "Relaxation time after which the schedule goes on in any case"},
    HF_KEYS_END,
};

typedef struct {
  PetscReal tolerance, max_time; /* of max |m x H|/Ms; s */
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  *settings = (Settings){.tolerance = HfReal(node, "tolerance"), .max_time = HfReal(node, "max_time")};
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) {
  ++plan->frames;
  ++plan->relaxations;
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  PetscReal torque, average[3];
  PetscBool converged;
  PetscErrorCode code;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfReportProgress(context, "relax", 0.0));
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
  PetscCall(HfReportSummary(context, entry));
  PetscCall(
      HfReportLog(context, "relax: max |m x H|/Ms = %.3g, %s", (double)torque, converged ? "converged" : "stopped at max_time before it converged"));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Relax = {.name = "relax", .keys = keys, .magnetic = PETSC_TRUE, .settings = read_settings, .plan = plan, .run = run};
