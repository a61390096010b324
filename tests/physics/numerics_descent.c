/* The descent, damping alone, on the problem of a few lines: it ends at the minimum, at the end of its time, or reports that nothing descends. */
#include <spins_case.h>

static PetscErrorCode slide(Vec y, Vec dydt, void *context) {
  Vec unit = ((Spins *)context)->scratch;
  const PetscScalar *u;
  PetscScalar *f;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecCopy(y, unit));
  PetscCall(normalize(unit, NULL));
  PetscCall(VecGetLocalSize(y, &n));
  PetscCall(VecGetArrayRead(unit, &u));
  PetscCall(VecGetArrayWrite(dydt, &f));
  for (PetscInt k = 0; k < n; ++k) f[k] = (k % 3 == 2) - u[k - k % 3 + 2] * u[k];
  PetscCall(VecRestoreArrayWrite(dydt, &f));
  PetscCall(VecRestoreArrayRead(unit, &u));
  PetscFunctionReturn(0);
}

static PetscErrorCode evaluate(HfDescentState *state, void *context) {
  const PetscScalar *u;
  PetscReal sum = 0;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(slide(state->y, state->rate, context));
  PetscCall(VecNorm(state->rate, NORM_INFINITY, &state->slope));
  PetscCall(VecGetLocalSize(state->y, &n));
  PetscCall(VecGetArrayRead(state->y, &u));
  for (PetscInt k = 2; k < n; k += 3) sum -= u[k];
  PetscCall(VecRestoreArrayRead(state->y, &u));
  PetscCallMPI(MPI_Allreduce(&sum, &state->objective, 1, MPIU_REAL, MPIU_SUM, PETSC_COMM_WORLD));
  state->noise = 1e-14 * NX * NY;
  state->radius = 2;
  PetscFunctionReturn(0);
}

static PetscErrorCode count_step(Vec y, PetscReal h, PetscReal passed, PetscReal next, PetscBool *stop, void *context) {
  ++((Spins *)context)->done;
  return 0;
}
static void count_nothing(void *context) {}
static PetscErrorCode uphill(Vec y, Vec dydt, void *context) {
  PetscFunctionBeginUser;
  PetscCall(slide(y, dydt, context));
  PetscCall(VecScale(dydt, -1));
  PetscFunctionReturn(0);
}
static PetscErrorCode evaluate_uphill(HfDescentState *state, void *context) {
  PetscFunctionBeginUser;
  PetscCall(evaluate(state, context));
  PetscCall(VecScale(state->rate, -1));
  PetscFunctionReturn(0);
}
static PetscErrorCode rises(const HfDescentState *now, const HfDescentState *trial, void *context) {
  assert_true(trial->objective > now->objective);
  return HF_ERR_DIVERGED;
}

static void descent_ends_at_the_bottom(void **unused) {
  HfDescentOptions options = {.tolerance = 1e-6, .steep = 1e-2, .max_time = 1e6};
  HfDescentOutcome outcome;
  const PetscScalar *u;
  Spins spins;
  HfDescentProblem problem = {slide, evaluate, normalize, count_step, count_nothing, rises, &spins};

  start(&spins);
  CHECK(HfDescend(&problem, &options, spins.y, &outcome));
  assert_int_equal(outcome, HF_DESCENT_CONVERGED);
  CHECK(VecGetArrayRead(spins.y, &u));
  for (PetscInt k = 0; k < NX * spins.g->ym; ++k) ASSERT_NEAR(u[3 * k + 2], 1, 1e-11);
  CHECK(VecRestoreArrayRead(spins.y, &u));
  finish(&spins);
  start(&spins);
  options.max_time = 1e-3;
  CHECK(HfDescend(&problem, &options, spins.y, &outcome));
  assert_int_equal(outcome, HF_DESCENT_ENDED);
  problem.rate = uphill; /* an objective that is not that of the flow */
  problem.evaluate = evaluate_uphill;
  PetscPushErrorHandler(PetscReturnErrorHandler, NULL);
  assert_int_equal(HfDescend(&problem, &options, spins.y, &outcome), HF_ERR_DIVERGED);
  PetscPopErrorHandler();
  finish(&spins);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(descent_ends_at_the_bottom)};
HF_TEST_MAIN(tests)
