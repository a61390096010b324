/* The implicit method: order in the step against the explicit pair on a film of two materials with holes, falling energy in steps far beyond the explicit
   limit, closed solution of a macrospin, the same on any number of ranks, divergence. */
#include "cells_case.h"
#include <magnet_case.h>

static PetscReal distance(Vec a, Vec b) {
  PetscReal most;
  Vec d;

  CHECK(VecDuplicate(a, &d));
  CHECK(VecWAXPY(d, -1, a, b));
  CHECK(VecNorm(d, NORM_INFINITY, &most));
  CHECK(VecDestroy(&d));
  return most;
}

#define SETTLED 4e-12 /* the vortex given has relaxed its fastest modes */
#define END     12e-12

/* Equal steps, solved to round-off: the error against the explicit pair falls with the order, though the Jacobian leaves the magnetostatic field out. */
static void converges_with_order_3(void **unused) {
  Case start, exact;
  PetscReal error[2];

  case_create(&start, PETSC_COMM_WORLD, DECK_WITH("film", "alpha=0.1; integrator=tolerance: 1e-9"));
  case_create(&exact, PETSC_COMM_WORLD, DECK_WITH("film", "alpha=0.1; integrator=tolerance: 1e-9"));
  CHECK(HfMagnetAdvance(start.magnet, start.m, 0, SETTLED, NULL, NULL));
  CHECK(VecCopy(start.m, exact.m));
  CHECK(HfMagnetAdvance(exact.magnet, exact.m, SETTLED, END, NULL, NULL));
  for (int half = 0; half < 2; ++half) {
    Case c;

    CHECK(PetscOptionsSetValue(NULL, "-ts_adapt_type", "none"));
    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("film", "alpha=0.1; integrator=method: bdf, tolerance: 1e-9, first_step: %.17g s", 2e-13 / (1 + half)));
    CHECK(PetscOptionsClearValue(NULL, "-ts_adapt_type"));
    CHECK(VecCopy(start.m, c.m));
    CHECK(HfMagnetAdvance(c.magnet, c.m, SETTLED, END, NULL, NULL));
    error[half] = distance(c.m, exact.m);
    case_destroy(&c);
  }
  print_message("error %.3g, %.3g with half the step: order %.2f\n", error[0], error[1], log2(error[0] / error[1]));
  ASSERT_NEAR(log2(error[0] / error[1]), 3, 0.35);
  case_destroy(&start);
  case_destroy(&exact);
}

typedef struct {
  Case *c;
  PetscReal energy, rise, length, last;
  PetscInt calls, stop_after;
} Watch;

static PetscErrorCode watch(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *w = context;
  const PetscReal energy = case_energy(w->c, t, m);
  const PetscScalar *a;
  PetscInt n;

  PetscFunctionBeginUser;
  w->rise = PetscMax(w->rise, energy - w->energy);
  w->energy = energy;
  w->last = t;
  PetscCall(VecGetLocalSize(m, &n));
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt k = 0; k < n; k += 3) {
    const PetscReal square = a[k] * a[k] + a[k + 1] * a[k + 1] + a[k + 2] * a[k + 2];
    if (square != 0) w->length = PetscMax(w->length, PetscAbsReal(PetscSqrtReal(square) - 1));
  }
  PetscCall(VecRestoreArrayRead(m, &a));
  *stop = (PetscBool)(++w->calls == w->stop_after);
  PetscFunctionReturn(0);
}

/* Strong damping down to a minimum: the energy of the explicit relaxation, in far fewer steps than an explicit method needs to be stable. */
static void goes_downhill_with_long_steps(void **unused) {
  const PetscReal explicit_limit = 2.8 * 1.4 / (HF_GAMMA0 * 8 * 2 * 13e-12 / (HF_MU0 * 8e5) / 4e-18), time = 1e-9;
  PetscReal first;
  PetscBool converged;
  Watch w = {.stop_after = -1};
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "alpha=1; integrator=method: bdf"));
  w.c = &c;
  first = w.energy = case_energy(&c, 0, c.m);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, time, watch, &w));
  print_message("%d steps where an explicit method needs %d; energy rises by %.1e at most\n", (int)w.calls, (int)(time / explicit_limit),
                (double)(w.rise / (first - w.energy)));
  assert_true((PetscReal)w.calls < 0.1 * time / explicit_limit);
  assert_true(w.energy < first);
  ASSERT_NEAR(w.rise / (first - w.energy), 0, 1e-5);
  ASSERT_NEAR(w.length, 0, 1e-12);
  assert_true(w.last == time);
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-7, 1e-6, NULL, NULL, &converged));
  ASSERT_NEAR((w.energy - case_energy(&c, 0, c.m)) / (first - w.energy), 0, 1e-4);
  w.stop_after = w.calls + 2;
  CHECK(HfMagnetAdvance(c.magnet, c.m, time, 2 * time, watch, &w));
  assert_int_equal(w.calls, w.stop_after);
  case_destroy(&c);
}

/* In single precision the field may round otherwise where m differs in its last bit: 1e-7 Ms turns m by 1e-7 in 5 ps. */
static void ranks_agree(void **unused) {
  static const struct {
    const char *deck;
    PetscReal round_off;
  } cases[] = {{"film exact", 1e-9}, {"film", 1e-7}};

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    PetscInt64 steps[2], evaluations[2];
    Case together, alone;

    case_create(&together, PETSC_COMM_WORLD, DECK_WITH(cases[k].deck, "alpha=0.1; integrator=method: bdf"));
    case_create(&alone, PETSC_COMM_SELF, DECK_WITH(cases[k].deck, "alpha=0.1; integrator=method: bdf"));
    CHECK(HfMagnetAdvance(together.magnet, together.m, 0, 5e-12, NULL, NULL));
    CHECK(HfMagnetAdvance(alone.magnet, alone.m, 0, 5e-12, NULL, NULL));
    HfMagnetStatistics(together.magnet, &steps[0], NULL, &evaluations[0]);
    HfMagnetStatistics(alone.magnet, &steps[1], NULL, &evaluations[1]);
    assert_int_equal(steps[0], steps[1]);
    assert_int_equal(evaluations[0], evaluations[1]);
    ASSERT_NEAR(cells_apart(together.g, 3, together.m, alone.m), 0, cases[k].round_off);
    case_destroy(&together);
    case_destroy(&alone);
  }
}

/* tan(theta/2) = tan(theta0/2) exp(-alpha w t), phi = w t, w = gamma0 H/(1 + alpha^2), of a film of one material without exchange. */
static void macrospin_precesses_and_damps(void **unused) {
  const PetscReal w = HF_GAMMA0 * 5e5 / 1.01, t = 1e-10, theta = 2 * PetscAtanReal(PetscTanReal(0.25 * PETSC_PI) * PetscExpReal(-0.1 * w * t));
  PetscReal m[3];
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("macrospin", "integrator=method: bdf, tolerance: 1e-6"));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  ASSERT_NEAR(m[0], PetscSinReal(theta) * PetscCosReal(w * t), 1e-3); /* the errors of the steps add up */
  ASSERT_NEAR(m[1], PetscSinReal(theta) * PetscSinReal(w * t), 1e-3);
  ASSERT_NEAR(m[2], PetscCosReal(theta), 1e-3);
  case_destroy(&c);
}

/* The state is the last good one, and the film continues once the field is good again. */
static void divergence_is_reported(void **unused) {
  Vec before, field;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "alpha=0.1; integrator=method: bdf"));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1e-13, NULL, NULL));
  CHECK(VecDuplicate(c.m, &before));
  CHECK(VecCopy(c.m, before));
  CHECK(VecDuplicate(c.m, &field));
  CHECK(VecSet(field, NAN));
  CHECK(HfMagnetSetStoredField(c.magnet, field));
  assert_int_equal(HfMagnetAdvance(c.magnet, c.m, 1e-13, 1e-12, NULL, NULL), HF_ERR_DIVERGED);
  ASSERT_NEAR(distance(before, c.m), 0, 1e-15);
  CHECK(HfMagnetSetStoredField(c.magnet, NULL));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 1e-13, 1e-12, NULL, NULL));
  CHECK(VecDestroy(&before));
  CHECK(VecDestroy(&field));
  case_destroy(&c);
}

static void a_step_smaller_than_allowed_is_divergence(void **unused) {
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "alpha=0.1; integrator=method: bdf, tolerance: 1e-12, first_step: 1e-12 s, min_step: 1e-13 s"));
  assert_int_equal(HfMagnetAdvance(c.magnet, c.m, 0, 1e-11, NULL, NULL), HF_ERR_DIVERGED);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(converges_with_order_3),
    cmocka_unit_test(goes_downhill_with_long_steps),
    cmocka_unit_test(ranks_agree),
    cmocka_unit_test(macrospin_precesses_and_damps),
    cmocka_unit_test(divergence_is_reported),
    cmocka_unit_test(a_step_smaller_than_allowed_is_divergence),
};
HF_TEST_MAIN(tests)
