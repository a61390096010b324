/* Implicit time stepping: dy/dt - f(t, y) = 0 by a Rosenbrock-W method of PETSc's, third order and L-stable.

   A W-method keeps its order with a Jacobian that is not exact, and takes one evaluation of f and one linear solve per stage: GMRES with the problem's
   preconditioner, without an assembled matrix. Another implicit method replaces this file; the problem (HfStiffProblem) stays as it is.
   Source: Rang and Angermann, BIT 45, 761 (2005), method ROS34PW2. */
#include <hopfilm/numerics.h>

#define RESTART 10 /* a solve takes some sixteen products; orthogonalizing more vectors costs as much as it saves */

static PetscErrorCode residual(TS ts, PetscReal t, Vec y, Vec dydt, Vec F, void *context) {
  const HfStiffProblem *problem = context;

  PetscFunctionBeginUser;
  PetscCall((*problem->rate)(t, y, F, problem->context));
  PetscCall(VecAYPX(F, -1, dydt));
  PetscFunctionReturn(0);
}

static PetscErrorCode linearize(TS ts, PetscReal t, Vec y, Vec dydt, PetscReal shift, Mat J, Mat P, void *context) {
  const HfStiffProblem *problem = context;

  PetscFunctionBeginUser;
  PetscCall((*problem->linearize)(t, y, shift, problem->context));
  PetscCall(MatAssemblyBegin(J, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(J, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

static PetscErrorCode multiply(Mat J, Vec x, Vec product) {
  const HfStiffProblem *problem;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(J, &problem));
  PetscCall((*problem->multiply)(x, product, problem->context));
  PetscFunctionReturn(0);
}

static PetscErrorCode precondition(PC pc, Vec b, Vec x) {
  const HfStiffProblem *problem;

  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &problem));
  PetscCall((*problem->precondition)(b, x, problem->context));
  PetscFunctionReturn(0);
}

/* The Jacobian is computed in the first stage of every step. PETSc 3.18 leaves the lag at "never again" when a stage fails. */
static PetscErrorCode before_stage(TS ts, PetscReal t) {
  PetscReal start;
  SNES snes;

  PetscFunctionBeginUser;
  PetscCall(TSGetTime(ts, &start));
  if (t > start) PetscFunctionReturn(0);
  PetscCall(TSGetSNES(ts, &snes));
  PetscCall(SNESSetLagJacobian(snes, 1));
  PetscFunctionReturn(0);
}

static PetscErrorCode set_solvers(TS ts, const HfStiffProblem *problem, PetscReal error) {
  SNES snes;
  KSP ksp;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(TSGetSNES(ts, &snes));
  PetscCall(SNESSetOptionsPrefix(snes, "implicit_"));
  PetscCall(SNESSetType(snes, SNESKSPONLY));
  PetscCall(SNESGetKSP(snes, &ksp));
  PetscCall(KSPSetType(ksp, KSPGMRES));
  PetscCall(KSPGMRESSetRestart(ksp, RESTART));
  PetscCall(KSPSetTolerances(ksp, 1e-12, error, PETSC_DEFAULT, 200));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetType(pc, PCSHELL));
  PetscCall(PCShellSetContext(pc, (void *)(uintptr_t)problem));
  PetscCall(PCShellSetApply(pc, precondition));
  PetscCall(TSSetMaxSNESFailures(ts, -1)); /* after a failure the step is reduced, down to its limit */
  PetscFunctionReturn(0);
}

/* The norm that measures the error of a step cannot be set but by an option; no other option is seen here. */
static PetscErrorCode measure_largest_component(TS ts) {
  PetscOptions options;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsCreate(&options));
  PetscCall(PetscOptionsSetValue(options, "-ts_adapt_wnormtype", "infinity"));
  PetscCall(PetscOptionsPush(options));
  PetscCall(TSSetFromOptions(ts));
  PetscCall(PetscOptionsPop());
  PetscCall(PetscOptionsDestroy(&options));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRosenbrockCreate(TS ts, const HfStiffProblem *problem, Vec y, PetscReal error) {
  void *context = (void *)(uintptr_t)problem;
  PetscInt n;
  Mat J;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(y, &n));
  PetscCall(MatCreateShell(PetscObjectComm((PetscObject)ts), n, n, PETSC_DETERMINE, PETSC_DETERMINE, context, &J));
  PetscCall(MatShellSetOperation(J, MATOP_MULT, (void (*)(void))multiply));
  PetscCall(TSSetType(ts, TSROSW));
  PetscCall(TSRosWSetType(ts, TSROSWRA34PW2));
  HfCite("rang-2005");
  PetscCall(TSSetPreStage(ts, before_stage));
  PetscCall(TSSetIFunction(ts, NULL, residual, context));
  PetscCall(TSSetIJacobian(ts, J, J, linearize, context));
  PetscCall(MatDestroy(&J)); /* the TS has it */
  PetscCall(measure_largest_component(ts));
  PetscCall(set_solvers(ts, problem, error));
  PetscFunctionReturn(0);
}
