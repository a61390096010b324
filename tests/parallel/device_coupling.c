/* A film driven through its own electrodes: the sign of the motion that its current causes, the same run on any number of ranks, the order in time for each
   `coupling.refresh`, iterations per refresh. */
#include "device_case.h"

static void advance(Film *film, PetscReal end) { CHECK(HfDeviceAdvance(film->device, end, NULL, NULL)); }

/* ---- a wall from -z to +z across the film; no AMR, so that the current is uniform: j = sigma V/length from left to right for V > 0 ---- */
#define LENGTH 240e-9
static void wall_goes_to_the_positive_electrode(void **unused) {
  const PetscReal V[2] = {0.01, -0.01}, width = 10e-9, t = 0.5e-9;
  const PetscReal u = 5.7883818e-5 * 0.5 / 490e3 * 5e6 * 0.02 / LENGTH; /* mu_B/e P/Ms sigma V/length, 24.6 m/s */
  PetscReal before[3], after[3];
  PetscScalar *m;
  Film film;

  film_create(&film, PETSC_COMM_WORLD, DECK("wall"));
  CHECK(VecGetArray(HfDeviceMagnetization(film.device), &m));
  for (PetscInt k = 0; k < film.g->nx * film.g->ym; ++k) {
    const PetscReal x = film.g->x0 + ((PetscReal)(k % film.g->nx) + 0.5) * film.g->dx;
    m[3 * k] = 1 / PetscCoshReal(x / width);
    m[3 * k + 1] = 0;
    m[3 * k + 2] = PetscTanhReal(x / width);
  }
  CHECK(VecRestoreArray(HfDeviceMagnetization(film.device), &m));
  CHECK(HfMagnetAverage(HfDeviceMagnet(film.device), HfDeviceMagnetization(film.device), before));
  CHECK(HfDeviceDrive(film.device, V));
  advance(&film, t);
  CHECK(HfMagnetAverage(HfDeviceMagnet(film.device), HfDeviceMagnetization(film.device), after));
  /* The electrons come from the right. m_z grows by 2/length per metre to the left; 2 nm are within 2 % of the continuum. */
  ASSERT_NEAR((after[2] - before[2]) * LENGTH / (2 * t), u, 0.02 * u);
  CHECK(HfDeviceDrive(film.device, NULL));
  advance(&film, t + 0.2e-9); /* and stops without voltage */
  CHECK(HfMagnetAverage(HfDeviceMagnet(film.device), HfDeviceMagnetization(film.device), before));
  ASSERT_NEAR((before[2] - after[2]) * LENGTH / 2, 0, 0.02 * u * t);
  film_destroy(&film);
}

/* ---- a ragged film with strong AMR whose texture is far from rest ---- */
static void voltage_reverses_the_torque(void **unused) {
  const PetscReal sign[3] = {0, 1, -1};
  PetscReal torque, sum;
  Vec rate[3];
  Film film;

  film_create(&film, PETSC_COMM_WORLD, DECK("small-with-hole maze exact-potential"));
  advance(&film, 10e-12);
  for (int k = 0; k < 3; ++k) {
    const PetscReal V[2] = {0.02 * sign[k], -0.03 * sign[k]};
    CHECK(HfDeviceDrive(film.device, k ? V : NULL));
    CHECK(VecDuplicate(HfDeviceMagnetization(film.device), &rate[k]));
    CHECK(HfMagnetRightHandSide(HfDeviceMagnet(film.device), 0, HfDeviceMagnetization(film.device), rate[k]));
    if (k) CHECK(VecAXPY(rate[k], -1, rate[0]));
  }
  CHECK(VecNorm(rate[1], NORM_INFINITY, &torque));
  CHECK(VecAXPY(rate[2], 1, rate[1]));
  CHECK(VecNorm(rate[2], NORM_INFINITY, &sum));
  assert_true(torque > 1e8);
  ASSERT_NEAR(sum / torque, 0, 1e-10); /* the tolerance of the potential */
  for (int k = 0; k < 3; ++k) CHECK(VecDestroy(&rate[k]));
  film_destroy(&film);
}

static void short_run_is_the_same_on_all_ranks(void **unused) {
  static const char *const refresh[] = {"stage", "step", "interval"};
  const PetscReal V[2] = {0.05, -0.05};
  const PetscScalar *a, *b;

  for (int k = 0; k < 3; ++k) {
    PetscInt64 steps[2];
    PetscReal most = 0;
    Film film[2];

    for (int alone = 0; alone < 2; ++alone) {
      film_create(&film[alone], alone ? PETSC_COMM_SELF : PETSC_COMM_WORLD,
                  DECK_WITH(k == 2 ? "small-with-hole maze at-intervals" : "small-with-hole maze coupling", "refresh=%s; every=1 ps", refresh[k]));
      CHECK(HfDeviceDrive(film[alone].device, V));
      advance(&film[alone], 6e-12);
      HfMagnetStatistics(HfDeviceMagnet(film[alone].device), &steps[alone], NULL, NULL);
    }
    assert_int_equal(steps[0], steps[1]);
    assert_true(steps[0] > 10 && steps[0] <= 100);
    CHECK(VecGetArrayRead(HfDeviceMagnetization(film[0].device), &a));
    CHECK(VecGetArrayRead(HfDeviceMagnetization(film[1].device), &b));
    for (PetscInt i = 0; i < 3 * film[0].g->nx * film[0].g->ym; ++i)
      most = PetscMax(most, PetscAbsReal(a[i] - b[3 * film[0].g->nx * film[0].g->ys + i]));
    CHECK(VecRestoreArrayRead(HfDeviceMagnetization(film[0].device), &a));
    CHECK(VecRestoreArrayRead(HfDeviceMagnetization(film[1].device), &b));
    ASSERT_NEAR(most, 0, 1e-9);
    film_destroy(&film[0]);
    film_destroy(&film[1]);
  }
}

/* State after 12.8 ps of current with steps of `step`. */
static Vec driven(const char *refresh, PetscReal step, PetscReal every) {
  const char *names =
      strcmp(refresh, "interval") ? "coarse maze equal-steps coupling good-potential" : "coarse maze equal-steps at-intervals good-potential";
  const PetscReal V[2] = {0.1, -0.1};
  Film film;
  Vec m;

  film_create(&film, PETSC_COMM_WORLD, DECK_WITH(names, "step=%.17g s; refresh=%s; every=%.17g s", (double)step, refresh, (double)every));
  advance(&film, 6.4e-12);
  CHECK(VecDuplicate(HfDeviceMagnetization(film.device), &m));
  CHECK(HfDeviceDrive(film.device, V));
  advance(&film, 19.2e-12);
  CHECK(VecCopy(HfDeviceMagnetization(film.device), m));
  film_destroy(&film);
  return m;
}

static PetscReal error_of(const char *refresh, PetscReal step, PetscReal every, Vec exact) {
  Vec m = driven(refresh, step, every);
  PetscReal error;

  CHECK(VecAXPY(m, -1, exact));
  CHECK(VecNorm(m, NORM_INFINITY, &error));
  CHECK(VecDestroy(&m));
  return error;
}

static void refreshes_converge(void **unused) {
  PetscReal stage[2], step[2], interval[2];
  Vec exact;

  AT_MOST_ON(2); /* the test above compares more */
  exact = driven("stage", 0.05e-12, 1);
  for (int k = 0; k < 2; ++k) {
    stage[k] = error_of("stage", k ? 0.4e-12 : 0.8e-12, 1, exact);
    step[k] = error_of("step", k ? 0.1e-12 : 0.2e-12, 1, exact);
    interval[k] = error_of("interval", 0.2e-12, k ? 0.8e-12 : 1.6e-12, exact);
  }
  print_message("per stage %.2e, %.2e: order %.2f; per step %.2e, %.2e: %.2f; per interval %.2e, %.2e: %.2f\n", stage[0], stage[1],
                log2(stage[0] / stage[1]), step[0], step[1], log2(step[0] / step[1]), interval[0], interval[1], log2(interval[0] / interval[1]));
  assert_true(log2(stage[0] / stage[1]) > 4.5); /* the method's own order; decaying modes make it look higher */
  ASSERT_NEAR(log2(step[0] / step[1]), 1, 0.2); /* the current is constant in between */
  ASSERT_NEAR(log2(interval[0] / interval[1]), 1, 0.3);
  CHECK(VecDestroy(&exact));
}

static void intervals_are_kept(void **unused) {
  const PetscReal V[2] = {0.1, -0.1};
  PetscInt64 refreshes, most;
  PetscReal mean;
  Film film;

  film_create(&film, PETSC_COMM_WORLD, DECK_WITH("coarse maze equal-steps at-intervals", "step=0.5 ps; every=4 ps"));
  CHECK(HfDeviceDrive(film.device, V));
  advance(&film, 10e-12);
  advance(&film, 41e-12);
  HfDeviceCouplingStatistics(film.device, &refreshes, &mean, &most);
  assert_int_equal(refreshes, 1 + 1 + 10); /* when the voltage comes on, at the start, at 4, 8 ... 40 ps */
  CHECK(HfDeviceDrive(film.device, NULL));
  HfDeviceCouplingStatistics(film.device, &refreshes, &mean, &most);
  assert_int_equal(refreshes, 0);
  film_destroy(&film);
}

/* The film of the first paper, 100 x 100 cells: what a refresh costs once the texture has formed, in explicit steps. */
static void a_refresh_is_a_few_iterations(void **unused) {
  const PetscReal V[2] = {0.05, -0.05};
  PetscInt64 refreshes, most, steps, before;
  PetscReal mean;
  Film film;

  film_create(&film, PETSC_COMM_WORLD, DECK("paper maze short-steps"));
  advance(&film, 0.2e-9);
  HfMagnetStatistics(HfDeviceMagnet(film.device), &before, NULL, NULL);
  CHECK(HfDeviceDrive(film.device, V));
  advance(&film, 0.25e-9);
  HfMagnetStatistics(HfDeviceMagnet(film.device), &steps, NULL, NULL);
  HfDeviceCouplingStatistics(film.device, &refreshes, &mean, &most);
  print_message("%d steps, %d refreshes, %.2f iterations each, %d at most after the first\n", (int)(steps - before), (int)refreshes, mean, (int)most);
  assert_true(refreshes >= steps - before);
  assert_true(mean <= 4);
  assert_true(most <= 5); /* when the coarse levels wear out */
  film_destroy(&film);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(wall_goes_to_the_positive_electrode),
    cmocka_unit_test(voltage_reverses_the_torque),
    cmocka_unit_test(short_run_is_the_same_on_all_ranks),
    cmocka_unit_test(refreshes_converge),
    cmocka_unit_test(intervals_are_kept),
    cmocka_unit_test(a_refresh_is_a_few_iterations),
};
HF_TEST_MAIN(tests)
