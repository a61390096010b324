/* The time steppers on a problem of a few lines: unit vectors that turn about z and are damped towards it, each cell at its own rate,

     dy/dt = w z x y + a w (z - (y.z) y):   tan(theta/2) = tan(theta0/2) exp(-a w t),   phi = w t
   Orders in the step, resumption, a descent, and what the steppers call. */
#include <hf_test.h>
#include <hopfilm/numerics.h>
#include <string.h>

#define NX      8
#define NY      8
#define DAMPING 1.0
#define END     1.0 /* s */

typedef struct {
  HfGrid grid;
  const HfGridInfo *g;
  Vec y, scratch;
  Vec state; /* of the linearization */
  PetscReal shift;
  PetscInt calls, draws; /* of rate(), of draw() */
  PetscInt64 done;
} Spins;

static PetscReal rate_of(const Spins *spins, PetscInt k) { return 1 + 0.02 * (PetscReal)(spins->g->ys * NX + k); } /* w of the k-th cell here, 1/s */

static void exact(const Spins *spins, PetscInt k, PetscReal t, PetscReal y[3]) {
  const PetscReal w = rate_of(spins, k), theta = 2 * PetscAtanReal(PetscTanReal(0.6) * PetscExpReal(-DAMPING * w * t));

  y[0] = PetscSinReal(theta) * PetscCosReal(w * t);
  y[1] = PetscSinReal(theta) * PetscSinReal(w * t);
  y[2] = PetscCosReal(theta);
}

static void start(Spins *spins) {
  PetscScalar *a;

  *spins = (Spins){.calls = 0};
  CHECK(HfGridCreate(PETSC_COMM_WORLD, NX, NY, 1, 1, 1, NULL, NULL, &spins->grid));
  spins->g = HfGridGetInfo(spins->grid);
  CHECK(HfGridCreateCellVec(spins->grid, 3, &spins->y));
  CHECK(VecDuplicate(spins->y, &spins->scratch));
  CHECK(VecDuplicate(spins->y, &spins->state));
  CHECK(VecGetArrayWrite(spins->y, &a));
  for (PetscInt k = 0; k < NX * spins->g->ym; ++k) exact(spins, k, 0, a + 3 * k);
  CHECK(VecRestoreArrayWrite(spins->y, &a));
}

static void finish(Spins *spins) {
  CHECK(VecDestroy(&spins->y));
  CHECK(VecDestroy(&spins->scratch));
  CHECK(VecDestroy(&spins->state));
  CHECK(HfGridDestroy(&spins->grid));
}

static PetscReal error_at(const Spins *spins, PetscReal t) {
  PetscReal worst = 0, y[3];
  const PetscScalar *a;

  CHECK(VecGetArrayRead(spins->y, &a));
  for (PetscInt k = 0; k < NX * spins->g->ym; ++k) {
    exact(spins, k, t, y);
    for (int c = 0; c < 3; ++c) worst = PetscMax(worst, PetscAbsReal(a[3 * k + c] - y[c]));
  }
  CHECK(VecRestoreArrayRead(spins->y, &a));
  assert_int_equal(MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD), MPI_SUCCESS);
  return worst;
}

/* ---- the problem ---- */
static PetscErrorCode normalize(Vec y, void *context) {
  PetscScalar *a;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(y, &n));
  PetscCall(VecGetArray(y, &a));
  for (PetscInt k = 0; k < n; k += 3) {
    const PetscReal length = PetscSqrtReal(a[k] * a[k] + a[k + 1] * a[k + 1] + a[k + 2] * a[k + 2]);
    for (int c = 0; c < 3; ++c) a[k + c] /= length;
  }
  PetscCall(VecRestoreArray(y, &a));
  PetscFunctionReturn(0);
}

static PetscErrorCode rate(PetscReal t, Vec y, Vec dydt, void *context) {
  Spins *spins = context;
  const PetscScalar *u;
  PetscScalar *f;

  PetscFunctionBeginUser;
  ++spins->calls;
  PetscCall(VecCopy(y, spins->scratch));
  PetscCall(normalize(spins->scratch, NULL));
  PetscCall(VecGetArrayRead(spins->scratch, &u));
  PetscCall(VecGetArrayWrite(dydt, &f));
  for (PetscInt k = 0; k < NX * spins->g->ym; ++k, u += 3, f += 3) {
    const PetscReal w = rate_of(spins, k);
    f[0] = w * (-u[1] - DAMPING * u[2] * u[0]);
    f[1] = w * (u[0] - DAMPING * u[2] * u[1]);
    f[2] = w * DAMPING * (1 - u[2] * u[2]);
  }
  u -= 3 * NX * spins->g->ym;
  f -= 3 * NX * spins->g->ym;
  PetscCall(VecRestoreArrayWrite(dydt, &f));
  PetscCall(VecRestoreArrayRead(spins->scratch, &u));
  PetscFunctionReturn(0);
}

static PetscErrorCode stage_rate(PetscReal t, const HfStage *stage, Vec dydt, const HfStageError *error, PetscReal *largest, void *context) {
  Vec rates[HF_MAX_STAGES];

  PetscFunctionBeginUser;
  memcpy(rates, stage->rate, sizeof(rates));
  PetscCall(VecCopy(stage->y, stage->sum));
  PetscCall(VecMAXPY(stage->sum, stage->n, stage->weight, rates));
  PetscCall(normalize(stage->sum, NULL));
  PetscCall(rate(t, stage->sum, dydt, context));
  if (error) {
    Vec sum = ((Spins *)context)->scratch;

    memcpy(rates, error->rate, sizeof(*rates) * (size_t)error->n);
    PetscCall(VecSet(sum, 0));
    PetscCall(VecMAXPY(sum, error->n, error->weight, rates));
    PetscCall(VecNorm(sum, NORM_INFINITY, largest));
  }
  PetscFunctionReturn(0);
}

/* ---- steppers that are a TS ---- */
static TS stepper(const Spins *spins, PetscReal tolerance) {
  TSAdapt adapt;
  TS ts;

  CHECK(TSCreate(HfGridComm(spins->grid), &ts));
  CHECK(TSSetProblemType(ts, TS_NONLINEAR));
  CHECK(TSSetExactFinalTime(ts, TS_EXACTFINALTIME_MATCHSTEP));
  CHECK(TSSetMaxSteps(ts, PETSC_MAX_INT));
  CHECK(TSSetTolerances(ts, tolerance > 0 ? tolerance : 1, NULL, 0, NULL));
  CHECK(TSGetAdapt(ts, &adapt));
  CHECK(TSAdaptSetType(adapt, tolerance > 0 ? TSADAPTBASIC : TSADAPTNONE));
  return ts;
}

static void advance(TS ts, Vec y, PetscReal t0, PetscReal t1, PetscReal h) {
  TSConvergedReason reason;

  CHECK(TSSetTime(ts, t0));
  CHECK(TSSetMaxTime(ts, t1));
  CHECK(TSSetTimeStep(ts, h));
  CHECK(TSSolve(ts, y));
  CHECK(TSGetConvergedReason(ts, &reason));
  assert_true(reason > 0);
}

static void pairs_have_their_order(void **unused) {
  static const char *const methods[] = {"5dp", "3bs"};

  for (int k = 0; k < 2; ++k) {
    const PetscInt order = k ? 3 : 5, evaluations = k ? 3 : 6;
    PetscReal error[2];

    for (int half = 0; half < 2; ++half) {
      const PetscInt steps = half ? 40 : 20;
      Spins spins;
      const HfRungeKuttaProblem problem = {rate, stage_rate, NULL, &spins};
      TS ts;

      start(&spins);
      ts = stepper(&spins, 0);
      CHECK(HfRungeKuttaCreate(ts, methods[k], &problem));
      advance(ts, spins.y, 0, END, END / steps);
      error[half] = error_at(&spins, END);
      assert_int_equal(spins.calls, 1 + evaluations * steps); /* the last stage of a step is the first of the next */
      CHECK(TSDestroy(&ts));
      finish(&spins);
    }
    print_message("%s: error %.3g, %.3g with half the step: order %.2f\n", methods[k], error[0], error[1], log2(error[0] / error[1]));
    ASSERT_NEAR(log2(error[0] / error[1]), order, 0.4);
  }
}

static PetscErrorCode stop_half_way(TS ts) {
  PetscReal t;

  PetscFunctionBeginUser;
  PetscCall(TSGetTime(ts, &t));
  if (t > 0.5 * END) PetscCall(TSSetConvergedReason(ts, TS_CONVERGED_USER));
  PetscFunctionReturn(0);
}

/* Another stepper goes on from the state, its rate and the next step to the same end bitwise. */
static void interrupted_integration_is_the_same(void **unused) {
  Spins whole, cut, resumed;
  const HfRungeKuttaProblem problems[3] = {{rate, stage_rate, NULL, &whole}, {rate, stage_rate, NULL, &cut}, {rate, stage_rate, NULL, &resumed}};
  PetscReal t, h;
  PetscBool same;
  TS ts[3];
  Vec f;

  start(&whole);
  start(&cut);
  start(&resumed);
  for (int k = 0; k < 3; ++k) {
    ts[k] = stepper(&whole, 1e-6);
    CHECK(HfRungeKuttaCreate(ts[k], "5dp", &problems[k]));
  }
  advance(ts[0], whole.y, 0, END, 1e-2);
  CHECK(TSSetPostStep(ts[1], stop_half_way));
  advance(ts[1], cut.y, 0, END, 1e-2);
  CHECK(TSGetTime(ts[1], &t));
  CHECK(TSGetTimeStep(ts[1], &h));
  CHECK(VecDuplicate(cut.y, &f));
  CHECK(HfRungeKuttaGetRate(ts[1], f));
  CHECK(VecCopy(cut.y, resumed.y));
  CHECK(HfRungeKuttaResume(ts[2], resumed.y, f));
  advance(ts[2], resumed.y, t, END, h);
  CHECK(VecEqual(whole.y, resumed.y, &same));
  assert_true(same);
  assert_int_equal(whole.calls, cut.calls + resumed.calls);
  assert_true(error_at(&whole, END) < 1e-4);
  CHECK(VecDestroy(&f));
  for (int k = 0; k < 3; ++k) CHECK(TSDestroy(&ts[k]));
  finish(&whole);
  finish(&cut);
  finish(&resumed);
}

static PetscErrorCode linearize(PetscReal t, Vec y, PetscReal shift, void *context) {
  Spins *spins = context;

  PetscFunctionBeginUser;
  spins->shift = shift;
  PetscCall(VecCopy(y, spins->state));
  PetscCall(normalize(spins->state, NULL));
  PetscFunctionReturn(0);
}

/* J x = w z x v - a w ((v.z) u + (u.z) v),  v = x - (u.x) u */
static PetscErrorCode multiply(Vec x, Vec product, void *context) {
  const Spins *spins = context;
  const PetscScalar *us, *xs;
  PetscScalar *to;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(spins->state, &us));
  PetscCall(VecGetArrayRead(x, &xs));
  PetscCall(VecGetArrayWrite(product, &to));
  for (PetscInt k = 0; k < NX * spins->g->ym; ++k) {
    const PetscReal *u = us + 3 * k, *in = xs + 3 * k, w = rate_of(spins, k), along = u[0] * in[0] + u[1] * in[1] + u[2] * in[2];
    const PetscReal v[3] = {in[0] - along * u[0], in[1] - along * u[1], in[2] - along * u[2]}, turned[3] = {-v[1], v[0], 0};

    for (int c = 0; c < 3; ++c) to[3 * k + c] = spins->shift * in[c] - w * (turned[c] - DAMPING * (v[2] * u[c] + u[2] * v[c]));
  }
  PetscCall(VecRestoreArrayWrite(product, &to));
  PetscCall(VecRestoreArrayRead(x, &xs));
  PetscCall(VecRestoreArrayRead(spins->state, &us));
  PetscFunctionReturn(0);
}

static PetscErrorCode precondition(Vec b, Vec x, void *context) {
  PetscFunctionBeginUser;
  PetscCall(VecCopy(b, x));
  PetscCall(VecScale(x, 1 / ((const Spins *)context)->shift));
  PetscFunctionReturn(0);
}

static PetscErrorCode normalize_step(TS ts) {
  Vec y;

  PetscFunctionBeginUser;
  PetscCall(TSGetSolution(ts, &y));
  PetscCall(normalize(y, NULL));
  PetscFunctionReturn(0);
}

static void rosenbrock_is_of_third_order(void **unused) {
  PetscReal error[2];

  for (int half = 0; half < 2; ++half) {
    Spins spins;
    const HfStiffProblem problem = {rate, linearize, multiply, precondition, &spins};
    TS ts;

    start(&spins);
    ts = stepper(&spins, 0);
    CHECK(HfRosenbrockCreate(ts, &problem, spins.y, 1e-13));
    CHECK(TSSetPostStep(ts, normalize_step));
    advance(ts, spins.y, 0, END, END / (half ? 160 : 80));
    error[half] = error_at(&spins, END);
    CHECK(TSDestroy(&ts));
    finish(&spins);
  }
  print_message("Rosenbrock: error %.3g, %.3g with half the step: order %.2f\n", error[0], error[1], log2(error[0] / error[1]));
  ASSERT_NEAR(log2(error[0] / error[1]), 3, 0.4);
}

/* ---- Heun ---- */
static PetscErrorCode draw(PetscReal h, void *context) {
  ++((Spins *)context)->draws;
  return 0;
}

static PetscErrorCode step_done(const HfHeunStep *step, PetscBool *stop, void *context) {
  Spins *spins = context;

  assert_int_equal(step->done, spins->done + 1);
  spins->done = step->done;
  *stop = (PetscBool)(step->done == 7);
  return 0;
}

static void heun_is_of_second_order(void **unused) {
  PetscReal error[2];

  for (int half = 0; half < 2; ++half) {
    const PetscInt steps = half ? 80 : 40;
    Spins spins;
    const HfHeunProblem problem = {draw, rate, normalize, step_done, &spins};
    PetscBool finite;

    start(&spins);
    CHECK(HfHeunIntegrate(&problem, spins.y, 0, END, END / (steps - 0.5), 0, &finite)); /* interrupted after seven steps */
    assert_true(finite);
    assert_int_equal(spins.done, 7);
    CHECK(HfHeunIntegrate(&problem, spins.y, 0, END, END / (steps - 0.5), spins.done, &finite));
    assert_true(finite);
    assert_int_equal(spins.done, steps);
    assert_int_equal(spins.draws, steps);
    assert_int_equal(spins.calls, 2 * steps);
    error[half] = error_at(&spins, END);
    finish(&spins);
  }
  print_message("Heun: error %.3g, %.3g with half the step: order %.2f\n", error[0], error[1], log2(error[0] / error[1]));
  ASSERT_NEAR(log2(error[0] / error[1]), 2, 0.2);
}

/* ---- descent: damping alone, towards z ---- */
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

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(pairs_have_their_order),  cmocka_unit_test(interrupted_integration_is_the_same), cmocka_unit_test(rosenbrock_is_of_third_order),
    cmocka_unit_test(heun_is_of_second_order), cmocka_unit_test(descent_ends_at_the_bottom),
};
HF_TEST_MAIN(tests)
