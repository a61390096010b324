/* Damping without precession until max |m x H|/Ms < tolerance. Before the first pulse this is still the untrained film. The clock of the
   run stands still: relaxation time is no physical time. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"relax", HF_SECTION, NULL, "", "", 0, "Damping without precession until the torque has gone"},
    {"relax.tolerance", HF_NUMBER, NULL, "1e-5", ">0", 0, "Stop when max |m x H|/Ms is below this"},
    {"relax.max_time", HF_QUANTITY, "s", "100 ns", ">0", 0, "Relaxation time after which to go on all the same"},
    HF_KEYS_END,
};

static PetscErrorCode plan(HfExperiment e, HfNode node, HfPlan *plan) {
  PetscFunctionBeginUser;
  ++plan->frames;
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  PetscReal torque, average[3];
  PetscBool converged;
  PetscErrorCode code;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfProgressNow(e, "relax", 0.0));
  code = HfRelaxNow(e, HfReal(node, "tolerance"), HfReal(node, "max_time"), &converged);
  if (!e->have_x) e->have_untrained = PETSC_FALSE;
  if (code == HF_ERR_DIVERGED) {
    PetscCall(HfFramesNow(e, PETSC_FALSE));
    PetscFunctionReturn(code);
  }
  PetscCall(code);
  PetscCall(HfMeasureNow(e, average, &torque));
  PetscCall(HfFramesNow(e, PETSC_FALSE));
  PetscCall(HfTableLineNow(e, HfDeviceTime(e->device), 0.0, HfDeviceMagnetization(e->device)));
  PetscCall(HfEntryCreate(e, "relax", &entry));
  PetscCall(HfNodePutBool(entry, "converged", converged));
  PetscCall(HfNodePutReal(entry, "max_torque", torque));
  PetscCall(HfNodePutReals(entry, "average_m", 3, average));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "relax: max |m x H|/Ms = %.3g, %s", (double)torque, converged ? "converged" : "stopped at max_time before it converged"));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Relax = {.name = "relax", .keys = keys, .plan = plan, .run = run, .magnetic = PETSC_TRUE};
