/* The same film on all ranks together and on each rank alone: initial state, right-hand side, energies, a short run, relaxation, a divergence. */
#include "cells_case.h"
#include <magnet_case.h>

static void both(Case *together, Case *alone, const char *text) {
  case_create(together, PETSC_COMM_WORLD, text);
  case_create(alone, PETSC_COMM_SELF, text);
}

/* Relative: whole rows see the same operations in each cell; in boxes a cell may fall into the vectorized part of a loop or into what is left of it. */
static PetscReal round_off(const Case *c) { return c->g->boxes[0] > 1 ? 2e-15 : 0; }

static void initial_state_is_the_same(void **unused) {
  Case together, alone;

  both(&together, &alone, DECK("film"));
  assert_true(cells_apart(together.g, 3, together.m, alone.m) == 0);
  case_destroy(&together);
  case_destroy(&alone);
}

static void slanted(PetscReal x, PetscReal y, void *context, PetscReal H[3]) {
  H[0] = 1e12 * x;
  H[1] = 2e12 * y;
  H[2] = 1e4;
}

static void right_hand_side_and_energies_are_the_same(void **unused) {
  PetscReal e[2][8], torque[2], average[2][3], most;
  Vec rate[2], stored[2];
  Case together, alone;

  both(&together, &alone, DECK("film shape-anisotropy"));
  CHECK(VecDuplicate(together.m, &rate[0]));
  CHECK(VecDuplicate(alone.m, &rate[1]));
  CHECK(VecDuplicate(together.m, &stored[0]));
  CHECK(VecDuplicate(alone.m, &stored[1]));
  case_fill(&together, stored[0], slanted, NULL);
  case_fill(&alone, stored[1], slanted, NULL);
  CHECK(HfMagnetSetStoredField(together.magnet, stored[0]));
  CHECK(HfMagnetSetStoredField(alone.magnet, stored[1]));
  CHECK(HfMagnetRightHandSide(together.magnet, 0, together.m, rate[0]));
  CHECK(HfMagnetRightHandSide(alone.magnet, 0, alone.m, rate[1]));
  CHECK(VecNorm(rate[1], NORM_INFINITY, &most));
  assert_true(cells_apart(together.g, 3, rate[0], rate[1]) <= round_off(&together) * most);
  CHECK(HfMagnetEnergies(together.magnet, 0, together.m, e[0]));
  CHECK(HfMagnetEnergies(alone.magnet, 0, alone.m, e[1]));
  for (PetscInt k = 0; k < HfMagnetTermCount(alone.magnet); ++k) ASSERT_NEAR(e[0][k], e[1][k], 1e-13 * PetscAbsReal(e[1][k]) + 1e-30);
  CHECK(HfMagnetMaxTorque(together.magnet, 0, together.m, &torque[0]));
  CHECK(HfMagnetMaxTorque(alone.magnet, 0, alone.m, &torque[1]));
  assert_true(PetscAbsReal(torque[0] - torque[1]) <= round_off(&together) * torque[1]);
  torque[0] = torque[1];
  CHECK(HfMagnetTorqueAndEnergies(alone.magnet, 0, alone.m, &torque[1], e[0]));
  assert_true(torque[0] == torque[1]);
  for (PetscInt k = 0; k < HfMagnetTermCount(alone.magnet); ++k) assert_true(e[0][k] == e[1][k]);
  CHECK(HfMagnetAverage(together.magnet, together.m, average[0]));
  CHECK(HfMagnetAverage(alone.magnet, alone.m, average[1]));
  for (int d = 0; d < 3; ++d) ASSERT_NEAR(average[0][d], average[1][d], 1e-14);
  CHECK(HfMagnetMeanMagnetization(together.magnet, together.m, average[0])); /* by the energy of two materials in a uniform field */
  for (PetscInt k = 0; k < HfMagnetTermCount(alone.magnet); ++k)
    if (!strcmp(HfMagnetTermName(alone.magnet, k), "zeeman"))
      ASSERT_NEAR(-HF_MU0 * (1e4 * average[0][0] + 2e4 * average[0][2]) * alone.g->n_film * alone.g->dx * alone.g->dy * alone.g->thickness / e[1][k],
                  1, 1e-12);
  for (int k = 0; k < 2; ++k) {
    CHECK(VecDestroy(&rate[k]));
    CHECK(VecDestroy(&stored[k]));
  }
  case_destroy(&together);
  case_destroy(&alone);
}

static void short_run_is_the_same(void **unused) {
  PetscInt64 steps[2], evaluations[2];
  Case together, alone;

  both(&together, &alone, DECK("film"));
  CHECK(HfMagnetAdvance(together.magnet, together.m, 0, 2e-12, NULL, NULL));
  CHECK(HfMagnetAdvance(alone.magnet, alone.m, 0, 2e-12, NULL, NULL));
  HfMagnetStatistics(together.magnet, &steps[0], NULL, &evaluations[0]);
  HfMagnetStatistics(alone.magnet, &steps[1], NULL, &evaluations[1]);
  assert_int_equal(steps[0], steps[1]);
  assert_int_equal(evaluations[0], evaluations[1]);
  assert_true(steps[0] > 3 && steps[0] <= 100);
  ASSERT_NEAR(cells_apart(together.g, 3, together.m, alone.m), 0, 1e-9);
  case_destroy(&together);
  case_destroy(&alone);
}

/* Our rows-at-a-time stepper against PETSc's own implementation of the same method: fixed steps, then the same choice of steps. */
static void stepper_agrees_with_petsc(void **unused) {
  static const char *const integrators[] = {"tolerance: 1e9, first_step: 2e-14 s, max_step: 2e-14 s", "first_step: 2e-14 s",
                                            "method: 3bs, first_step: 2e-14 s"};

  for (int k = 0; k < 3; ++k) {
    static const char *const options[3][2] = {{"-ts_type", "rk"}, {"-ts_rk_type", "5dp"}, {"-ts_adapt_wnormtype", "infinity"}};
    PetscInt64 steps[2], rejected[2];
    PetscReal difference;
    Case ours, petsc;

    case_create(&ours, PETSC_COMM_WORLD, DECK_WITH("film integrator", "settings=%s", integrators[k]));
    for (int o = 0; o < 3; ++o) CHECK(PetscOptionsSetValue(NULL, options[o][0], o == 1 && k == 2 ? "3bs" : options[o][1]));
    case_create(&petsc, PETSC_COMM_WORLD, DECK_WITH("film integrator", "settings=%s", integrators[k]));
    for (int o = 0; o < 3; ++o) CHECK(PetscOptionsClearValue(NULL, options[o][0]));
    CHECK(HfMagnetAdvance(ours.magnet, ours.m, 0, 2e-12, NULL, NULL));
    CHECK(HfMagnetAdvance(petsc.magnet, petsc.m, 0, 2e-12, NULL, NULL));
    HfMagnetStatistics(ours.magnet, &steps[0], &rejected[0], NULL);
    HfMagnetStatistics(petsc.magnet, &steps[1], &rejected[1], NULL);
    assert_int_equal(steps[0], steps[1]);
    assert_int_equal(rejected[0], rejected[1]);
    CHECK(VecAXPY(petsc.m, -1, ours.m));
    CHECK(VecNorm(petsc.m, NORM_INFINITY, &difference));
    ASSERT_NEAR(difference, 0, 1e-11); /* the same formulas in another order */
    case_destroy(&ours);
    case_destroy(&petsc);
  }
}

static void relaxation_is_the_same(void **unused) {
  PetscBool converged[2];
  Case together, alone;

  both(&together, &alone, DECK("film"));
  CHECK(HfMagnetRelax(together.magnet, 0, together.m, 1e-4, 5e-12, NULL, NULL, &converged[0]));
  CHECK(HfMagnetRelax(alone.magnet, 0, alone.m, 1e-4, 5e-12, NULL, NULL, &converged[1]));
  assert_int_equal(converged[0], converged[1]);
  ASSERT_NEAR(cells_apart(together.g, 3, together.m, alone.m), 0, 1e-9);
  case_destroy(&together);
  case_destroy(&alone);
}

/* The angle is the root mean square over the film, within what 16 waves and some hundred cells scatter; a number of its own gives another perturbation. */
static void perturbation_is_the_same(void **unused) {
  const PetscReal angle = 0.01;
  PetscReal norm[2];
  PetscInt n_film;
  Case together, alone;
  Vec before;

  both(&together, &alone, DECK("film"));
  n_film = together.g->n_film;
  CHECK(VecDuplicate(together.m, &before));
  CHECK(VecCopy(together.m, before));
  CHECK(HfMagnetPerturb(together.magnet, angle, 1, 0, together.m));
  CHECK(HfMagnetPerturb(alone.magnet, angle, 1, 0, alone.m));
  ASSERT_NEAR(cells_apart(together.g, 3, together.m, alone.m), 0, 1e-14);
  CHECK(VecAXPY(before, -1, together.m));
  CHECK(VecNorm(before, NORM_2, &norm[0]));
  ASSERT_NEAR(norm[0] / PetscSqrtReal((PetscReal)n_film), angle, 0.25 * angle);
  CHECK(VecCopy(together.m, before));
  CHECK(HfMagnetPerturb(together.magnet, angle, 1, 1, together.m));
  CHECK(VecAXPY(before, -1, together.m));
  CHECK(VecNorm(before, NORM_2, &norm[1]));
  assert_true(PetscAbsReal(norm[1] - norm[0]) > 1e-6);
  CHECK(VecDestroy(&before));
  case_destroy(&together);
  case_destroy(&alone);
}

/* A monitor that replaces the stored field gives the same run as two phases, one with each field. */
typedef struct {
  Case *c;
  Vec field;
} Switch;

static PetscErrorCode switch_field(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  const Switch *s = context;
  return PetscAbsReal(t - 10e-14) < 1e-16 ? HfMagnetSetStoredField(s->c->magnet, s->field) : 0;
}

static void monitor_may_change_the_field(void **unused) {
  const char *const fixed = DECK_WITH("film integrator", "settings=tolerance: 1e9, first_step: 2e-14 s, max_step: 2e-14 s");
  PetscReal difference;
  Case a, b, alone;
  Vec field;

  both(&a, &alone, fixed);
  case_destroy(&alone);
  both(&b, &alone, fixed);
  CHECK(VecDuplicate(a.m, &field));
  CHECK(VecSet(field, 1e6));
  CHECK(HfMagnetAdvance(a.magnet, a.m, 0, 20e-14, switch_field, &(Switch){&a, field}));
  CHECK(HfMagnetAdvance(b.magnet, b.m, 0, 10e-14, NULL, NULL));
  CHECK(HfMagnetSetStoredField(b.magnet, field));
  CHECK(HfMagnetAdvance(b.magnet, b.m, 10e-14, 20e-14, NULL, NULL));
  CHECK(VecAXPY(b.m, -1, a.m));
  CHECK(VecNorm(b.m, NORM_INFINITY, &difference));
  ASSERT_NEAR(difference, 0, 1e-12);
  CHECK(VecDestroy(&field));
  case_destroy(&a);
  case_destroy(&b);
  case_destroy(&alone);
}

/* A field that is not a number in one cell: every rank reports it, and the state is the last good one. */
static void not_a_number_stops_all_ranks(void **unused) {
  const PetscInt i = 12, j = 4;
  Vec before, field;
  PetscScalar *a;
  PetscReal difference;
  Case c, alone;

  both(&c, &alone, DECK("film"));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1e-13, NULL, NULL));
  CHECK(VecDuplicate(c.m, &before));
  CHECK(VecDuplicate(c.m, &field));
  CHECK(VecCopy(c.m, before));
  CHECK(VecSet(field, 0));
  CHECK(VecGetArray(field, &a));
  if (j >= c.g->ys && j < c.g->ys + c.g->ym && i >= c.g->xs && i < c.g->xs + c.g->xm) a[3 * ((j - c.g->ys) * c.g->xm + i - c.g->xs)] = NAN;
  CHECK(VecRestoreArray(field, &a));
  CHECK(HfMagnetSetStoredField(c.magnet, field));
  assert_int_equal(HfMagnetAdvance(c.magnet, c.m, 1e-13, 1e-12, NULL, NULL), HF_ERR_DIVERGED);
  CHECK(VecAXPY(before, -1, c.m));
  CHECK(VecNorm(before, NORM_INFINITY, &difference));
  ASSERT_NEAR(difference, 0, 1e-15);
  /* and it continues once the field is good again */
  CHECK(HfMagnetSetStoredField(c.magnet, NULL));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 1e-13, 1e-12, NULL, NULL));
  CHECK(VecDestroy(&before));
  CHECK(VecDestroy(&field));
  case_destroy(&c);
  case_destroy(&alone);
}

static void too_small_a_step_is_divergence(void **unused) {
  Case c, alone;

  both(&c, &alone, DECK_WITH("film integrator", "settings=tolerance: 1e-12, first_step: 1e-12 s, min_step: 1e-13 s"));
  assert_int_equal(HfMagnetAdvance(c.magnet, c.m, 0, 1e-11, NULL, NULL), HF_ERR_DIVERGED);
  case_destroy(&c);
  case_destroy(&alone);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(initial_state_is_the_same),    cmocka_unit_test(right_hand_side_and_energies_are_the_same),
    cmocka_unit_test(short_run_is_the_same),        cmocka_unit_test(stepper_agrees_with_petsc),
    cmocka_unit_test(relaxation_is_the_same),       cmocka_unit_test(perturbation_is_the_same),
    cmocka_unit_test(not_a_number_stops_all_ranks), cmocka_unit_test(too_small_a_step_is_divergence),
    cmocka_unit_test(monitor_may_change_the_field),
};
HF_TEST_MAIN(tests)
