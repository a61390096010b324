/* The time steppers on a problem of a few lines: orders in the step and inside of it, resumption, and what the steppers call. */
#include <spins_case.h>

static PetscErrorCode stage_rate(PetscReal t, const HfStage *stage, Vec dydt, const HfStageError *error, PetscReal largest[2], void *context) {
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
    PetscCall(VecNorm(sum, NORM_INFINITY, &largest[0]));
    PetscCall(VecNorm(dydt, NORM_INFINITY, &largest[1]));
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
      const HfRungeKuttaProblem problem = {rate, stage_rate, NULL, &spins, 0, NULL};
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

/* Inside of every step the state is as good as at its end but for the constant: the errors fall with the same order, and both ends are met. */
typedef struct {
  Spins *spins;
  Vec y; /* the state at the end of the last step; NULL: a new one begins */
  PetscReal worst, jump;
} Inside;

static void look(Inside *inside, Vec y, PetscReal t) {
  Vec const now = inside->spins->y;
  inside->spins->y = y;
  inside->worst = PetscMax(inside->worst, error_at(inside->spins, t));
  inside->spins->y = now;
}

static PetscErrorCode look_inside(TS ts) {
  PetscReal before, t, apart;
  Inside *inside;
  Vec y;

  PetscFunctionBeginUser;
  PetscCall(TSGetApplicationContext(ts, &inside));
  PetscCall(TSGetPrevTime(ts, &before));
  PetscCall(TSGetTime(ts, &t));
  PetscCall(VecDuplicate(inside->spins->y, &y));
  for (int k = 0; k <= 4; ++k) {
    PetscCall(HfRungeKuttaInterpolate(ts, before + 0.25 * k * (t - before), y));
    PetscCall(normalize(y, NULL));
    look(inside, y, before + 0.25 * k * (t - before));
    if (k % 4) continue;
    PetscCall(VecAXPY(y, -1, k ? inside->spins->y : inside->y));
    PetscCall(VecNorm(y, NORM_INFINITY, &apart));
    inside->jump = PetscMax(inside->jump, apart);
  }
  PetscCall(VecCopy(inside->spins->y, inside->y));
  PetscCall(VecDestroy(&y));
  PetscFunctionReturn(0);
}

static void pairs_know_the_state_inside_of_a_step(void **unused) {
  static const char *const methods[] = {"5dp", "3bs"};

  for (int k = 0; k < 2; ++k) {
    PetscReal error[2];

    for (int half = 0; half < 2; ++half) {
      Spins spins;
      const HfRungeKuttaProblem problem = {rate, stage_rate, NULL, &spins, 0, NULL};
      Inside inside = {.spins = &spins};
      TS ts;

      start(&spins);
      CHECK(VecDuplicate(spins.y, &inside.y));
      CHECK(VecCopy(spins.y, inside.y));
      ts = stepper(&spins, 0);
      CHECK(HfRungeKuttaCreate(ts, methods[k], &problem));
      HfRungeKuttaKeepStart(ts, PETSC_TRUE);
      CHECK(TSSetApplicationContext(ts, &inside));
      CHECK(TSSetPostStep(ts, look_inside));
      advance(ts, spins.y, 0, END, END / (half ? 40 : 20));
      error[half] = inside.worst;
      ASSERT_NEAR(inside.jump, 0, 1e-15);
      assert_true(inside.worst < 3 * error_at(&spins, END) + 1e-14);
      CHECK(TSDestroy(&ts));
      CHECK(VecDestroy(&inside.y));
      finish(&spins);
    }
    print_message("%s inside of steps: error %.3g, %.3g with half the step: order %.2f\n", methods[k], error[0], error[1], log2(error[0] / error[1]));
    ASSERT_NEAR(log2(error[0] / error[1]), k ? 3 : 5, 0.5);
  }
}

static PetscErrorCode stop_half_way(TS ts) {
  PetscReal t;

  PetscFunctionBeginUser;
  PetscCall(TSGetTime(ts, &t));
  if (t > 0.5 * END) PetscCall(TSSetConvergedReason(ts, TS_CONVERGED_USER));
  PetscFunctionReturn(0);
}

/* Another stepper continues from the state, its rate and the next step to bitwise the same end. */
static void interrupted_integration_is_the_same(void **unused) {
  Spins whole, cut, resumed;
  const HfRungeKuttaProblem problems[3] = {
      {rate, stage_rate, NULL, &whole, 0, NULL}, {rate, stage_rate, NULL, &cut, 0, NULL}, {rate, stage_rate, NULL, &resumed, 0, NULL}};
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

/* An error beyond the tolerance at the smallest step ends the integration, also where any number of rejections is allowed. */
static void smallest_step_is_not_repeated_for_ever(void **unused) {
  Spins spins;
  const HfRungeKuttaProblem problem = {rate, stage_rate, NULL, &spins, 0, NULL};
  TSConvergedReason reason;
  TSAdapt adapt;
  TS ts;

  start(&spins);
  ts = stepper(&spins, 1e-13);
  CHECK(HfRungeKuttaCreate(ts, "3bs", &problem));
  CHECK(TSGetAdapt(ts, &adapt));
  CHECK(TSAdaptSetStepLimits(adapt, 0.1 * END, END));
  CHECK(TSSetMaxStepRejections(ts, -1));
  CHECK(TSSetErrorIfStepFails(ts, PETSC_FALSE));
  CHECK(TSSetMaxTime(ts, END));
  CHECK(TSSetTimeStep(ts, 0.5 * END));
  CHECK(TSSolve(ts, spins.y));
  CHECK(TSGetConvergedReason(ts, &reason));
  assert_int_equal(reason, TS_DIVERGED_STEP_REJECTED);
  CHECK(TSDestroy(&ts));
  finish(&spins);
}

/* ---- implicit steps at rest ---- */
static PetscErrorCode no_rate(PetscReal t, Vec y, Vec dydt, void *context) { return VecSet(dydt, 0); }
static PetscErrorCode no_residual(PetscReal t, Vec y, PetscReal shift, Vec rest, Vec b, void *context) {
  ++((Spins *)context)->calls;
  return VecSet(b, 0);
}
static PetscErrorCode multiply_by_one(Vec x, PetscBool whole, Vec product, void *context) { return VecCopy(x, product); }
static PetscErrorCode divide_by_one(Vec b, Vec x, void *context) { return VecCopy(b, x); }

/* Residuals that are exactly 0 make corrections of 0, whose ratio is no contraction, and the steps as long as they can be. */
static void implicit_steps_rest(void **unused) {
  Spins spins;
  const HfSphereProblem problem = {no_rate, no_residual, multiply_by_one, divide_by_one, NULL, &spins, NX * NY, 3, PETSC_TRUE, 0, 0};
  PetscInt rejected;
  TS ts;

  start(&spins);
  CHECK(VecSet(spins.y, 1 / PetscSqrtReal(3)));
  ts = stepper(&spins, 1e-4);
  CHECK(HfBdfCreate(ts, &problem));
  advance(ts, spins.y, 0, END, 0.01 * END);
  CHECK(TSGetStepRejections(ts, &rejected));
  assert_int_equal(rejected, 0);
  CHECK(TSGetStepNumber(ts, &spins.draws));
  assert_true(spins.draws < 10);
  assert_true(spins.calls <= 2 * spins.draws); /* corrections: the second one finds nothing left */
  CHECK(TSDestroy(&ts));
  finish(&spins);
}

/* ---- Heun ---- */
static PetscErrorCode draw(PetscReal h, void *context) {
  ++((Spins *)context)->draws;
  return 0;
}

static PetscErrorCode step_done(const HfHeunStep *step, PetscBool *stop, void *context) {
  Spins *spins = context;
  Vec const now = spins->y;
  Vec y;

  CHECK(VecDuplicate(now, &y));
  for (int k = 0; k <= 4; ++k) {
    const PetscReal t = step->t - 0.25 * k * step->h;

    CHECK(HfHeunInterpolate(step, t, y));
    CHECK(normalize(y, NULL));
    spins->y = y;
    spins->inside = PetscMax(spins->inside, error_at(spins, t));
  }
  spins->y = now;
  CHECK(VecDestroy(&y));
  assert_int_equal(step->done, spins->done + 1);
  spins->done = step->done;
  *stop = (PetscBool)(step->done == 7);
  return 0;
}

static void heun_is_of_second_order(void **unused) {
  PetscReal error[2], inside[2];

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
    inside[half] = spins.inside;
    finish(&spins);
  }
  print_message("Heun: error %.3g, %.3g with half the step: order %.2f\n", error[0], error[1], log2(error[0] / error[1]));
  ASSERT_NEAR(log2(error[0] / error[1]), 2, 0.2);
  ASSERT_NEAR(log2(inside[0] / inside[1]), 2, 0.3);
}

/* f is not a number in the last cell of the last rank, from the third step on. */
static PetscErrorCode rate_with_nan(PetscReal t, Vec y, Vec dydt, void *context) {
  const HfGridInfo *g = ((Spins *)context)->g;
  PetscScalar *f;

  PetscFunctionBeginUser;
  PetscCall(rate(t, y, dydt, context));
  PetscCall(VecGetArray(dydt, &f));
  if (((Spins *)context)->done == 2 && g->rank == g->size - 1) f[3 * NX * g->ym - 1] = NAN;
  PetscCall(VecRestoreArray(dydt, &f));
  PetscFunctionReturn(0);
}

static void heun_stops_at_what_is_not_a_number(void **unused) {
  Spins spins;
  const HfHeunProblem problem = {draw, rate_with_nan, normalize, step_done, &spins};
  PetscBool finite;

  start(&spins);
  CHECK(HfHeunIntegrate(&problem, spins.y, 0, END, END / 100, 0, &finite));
  assert_false(finite); /* on every rank */
  assert_int_equal(spins.done, 2);
  assert_true(error_at(&spins, 0.02 * END) < 1e-3); /* the last state that was */
  finish(&spins);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(pairs_have_their_order),
    cmocka_unit_test(pairs_know_the_state_inside_of_a_step),
    cmocka_unit_test(interrupted_integration_is_the_same),
    cmocka_unit_test(smallest_step_is_not_repeated_for_ever),
    cmocka_unit_test(implicit_steps_rest),
    cmocka_unit_test(heun_is_of_second_order),
    cmocka_unit_test(heun_stops_at_what_is_not_a_number),
};
HF_TEST_MAIN(tests)
