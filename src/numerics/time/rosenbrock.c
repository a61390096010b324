/* Implicit time stepping: dy/dt - f(t, y) = 0 by a Rosenbrock-W method of PETSc's, third order and L-stable.

   A W-method keeps its order with a Jacobian that is not exact, and takes one evaluation of f and one linear solve per stage: GMRES with the problem's
   preconditioner, without an assembled matrix. Another implicit method replaces this file; the problem (HfStiffProblem) stays as it is.
   Source: Rang and Angermann, BIT 45, 761 (2005), method ROS34PW2. */
#include <hopfilm/numerics.h>

/* Besides the problem, what the error of a step is compared with. */
typedef struct {
  const HfStiffProblem *problem;
  PetscReal tolerance, relative; /* those of the TS when the first step is made */
  PetscReal residual;            /* that the linear systems are solved to, for the whole tolerance */
  PetscBool first_stage;         /* f of the next residual is that at the start of a step */
} Rosenbrock;

#define RESTART           10 /* a solve takes some sixteen products; orthogonalizing more vectors costs as much as it saves */
#define MOST_PRODUCTS     200
#define RELATIVE_RESIDUAL 1e-12
#define LENIENCE          0.35 /* the estimate, that of a method of second order, is so much larger than that of a pair at the same damping by errors */

/* From f at the start of a step: what its error and those of the linear solves may be. */
static PetscErrorCode set_tolerances(TS ts, Vec f, Rosenbrock *self) {
  PetscReal speed, h, allowed;
  SNES snes;
  KSP ksp;

  PetscFunctionBeginUser;
  self->first_stage = PETSC_FALSE;
  PetscCall(VecNorm(f, NORM_INFINITY, &speed));
  PetscCall(TSGetTimeStep(ts, &h));
  allowed = HfErrorAllowed(speed * h, LENIENCE * self->problem->small_motion);
  if (!(self->tolerance > 0)) PetscCall(TSGetTolerances(ts, &self->tolerance, NULL, &self->relative, NULL));
  PetscCall(TSSetTolerances(ts, allowed * self->tolerance, NULL, allowed * self->relative, NULL));
  PetscCall(TSGetSNES(ts, &snes));
  PetscCall(SNESGetKSP(snes, &ksp));
  PetscCall(KSPSetTolerances(ksp, RELATIVE_RESIDUAL, allowed * self->residual, PETSC_DEFAULT, MOST_PRODUCTS));
  PetscFunctionReturn(0);
}

static PetscErrorCode residual(TS ts, PetscReal t, Vec y, Vec dydt, Vec F, void *context) {
  Rosenbrock *self = context;

  PetscFunctionBeginUser;
  PetscCall((*self->problem->rate)(t, y, F, self->problem->context));
  if (self->first_stage) PetscCall(set_tolerances(ts, F, self));
  PetscCall(VecAYPX(F, -1, dydt));
  PetscFunctionReturn(0);
}

static PetscErrorCode linearize(TS ts, PetscReal t, Vec y, Vec dydt, PetscReal shift, Mat J, Mat P, void *context) {
  const HfStiffProblem *problem = ((const Rosenbrock *)context)->problem;

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
  void *context = NULL;
  PetscReal start;
  SNES snes;

  PetscFunctionBeginUser;
  PetscCall(TSGetTime(ts, &start));
  if (t > start) PetscFunctionReturn(0);
  PetscCall(TSGetIFunction(ts, NULL, NULL, &context));
  ((Rosenbrock *)context)->first_stage = PETSC_TRUE;
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
  PetscCall(KSPSetTolerances(ksp, RELATIVE_RESIDUAL, error, PETSC_DEFAULT, MOST_PRODUCTS));
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

static PetscErrorCode destroy(void *self) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(self));
  PetscFunctionReturn(0);
}

/* The TS owns it. */
static PetscErrorCode create(TS ts, const HfStiffProblem *problem, PetscReal residual, Rosenbrock **self) {
  PetscContainer container;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(self));
  (*self)->problem = problem;
  (*self)->residual = residual;
  PetscCall(PetscContainerCreate(PetscObjectComm((PetscObject)ts), &container));
  PetscCall(PetscContainerSetPointer(container, *self));
  PetscCall(PetscContainerSetUserDestroy(container, destroy));
  PetscCall(PetscObjectCompose((PetscObject)ts, "hopfilm_rosenbrock", (PetscObject)container));
  PetscCall(PetscContainerDestroy(&container));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRosenbrockCreate(TS ts, const HfStiffProblem *problem, Vec y, PetscReal error) {
  Rosenbrock *self;
  PetscInt n;
  Mat J;

  PetscFunctionBeginUser;
  PetscCall(create(ts, problem, error, &self));
  PetscCall(VecGetLocalSize(y, &n));
  PetscCall(MatCreateShell(PetscObjectComm((PetscObject)ts), n, n, PETSC_DETERMINE, PETSC_DETERMINE, (void *)(uintptr_t)problem, &J));
  PetscCall(MatShellSetOperation(J, MATOP_MULT, (void (*)(void))multiply));
  PetscCall(TSSetType(ts, TSROSW));
  PetscCall(TSRosWSetType(ts, TSROSWRA34PW2));
  HfCite("rang-2005");
  PetscCall(TSSetPreStage(ts, before_stage));
  PetscCall(TSSetIFunction(ts, NULL, residual, self));
  PetscCall(TSSetIJacobian(ts, J, J, linearize, self));
  PetscCall(MatDestroy(&J)); /* the TS has it */
  PetscCall(measure_largest_component(ts));
  PetscCall(set_solvers(ts, problem, error));
  PetscFunctionReturn(0);
}
