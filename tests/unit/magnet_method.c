/* Which method of time integration a film gets, and how many of its steps are predicted. */
#include <magnet_case.h>
#include <string.h>

static void film(Case *c, double cell, double alpha, const char *demag, const char *integrator) {
  case_create(c, PETSC_COMM_WORLD,
              DECK_WITH("film", "size=%g nm; cell=%g nm; alpha=%g; demag=%s; integrator=%s", 16 * cell, cell, alpha, demag, integrator));
}

static void assert_method(const char *method, double cell, double alpha, const char *demag, const char *integrator) {
  Case c;

  film(&c, cell, alpha, demag, integrator);
  assert_string_equal(HfMagnetMethod(c.magnet), method);
  case_destroy(&c);
}

/* Evaluations per step: six of 5dp, one or two of bdf. */
static PetscReal evaluations_per_step(Case *c, PetscReal from, PetscReal to, PetscInt64 *steps) {
  PetscInt64 evaluations[2], before;

  HfMagnetStatistics(c->magnet, &before, NULL, &evaluations[0]);
  CHECK(HfMagnetAdvance(c->magnet, c->m, from, to, NULL, NULL));
  HfMagnetStatistics(c->magnet, steps, NULL, &evaluations[1]);
  *steps -= before;
  return (PetscReal)(evaluations[1] - evaluations[0]) / (PetscReal)*steps;
}

/* While neighbours turn each other explicit steps are long enough; at rest implicit ones are longer than stability allows explicit ones to be. */
static void auto_takes_the_steps_that_the_motion_asks_for(void **unused) {
  PetscReal moving, resting, limit;
  PetscInt64 steps;
  Case c;

  AT_MOST_ON(2);
  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("random", "integrator="));
  assert_string_equal(HfMagnetMethod(c.magnet), "auto");
  limit = HfMagnetExplicitStep(c.magnet);
  moving = evaluations_per_step(&c, 0, 10 * limit, &steps);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 10 * limit, 5e-9, NULL, NULL));
  resting = evaluations_per_step(&c, 5e-9, 8e-9, &steps);
  print_message("%.2f evaluations per step while it moves, %.2f at rest, in %lld steps of at most %g explicit ones\n", moving, resting,
                (long long)steps, (double)(3e-9 / limit));
  assert_true(moving > 5 && resting < 3);
  assert_true((PetscReal)steps < 0.1 * 3e-9 / limit);
  case_destroy(&c);
}

static PetscInt64 evaluations(double cell, double alpha, const char *method) {
  PetscInt64 n;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("strip", "cell=%g nm; alpha=%g; integrator=method: %s", cell, alpha, method));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1e-10, NULL, NULL));
  HfMagnetStatistics(c.magnet, NULL, NULL, &n);
  case_destroy(&c);
  return n;
}

/* In the full demagnetizing field; that of fewer evaluations on the way through a reversal. */
static void auto_takes_the_cheaper_pair(void **unused) {
  static const double films[][2] = {{8, 0.02}, {8, 0.1}, {4, 0.02}, {4, 0.1}, {4, 0.5}};

  AT_MOST_ON(1);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(films); ++k) {
    const double cell = films[k][0], alpha = films[k][1];
    const PetscInt64 of_3bs = evaluations(cell, alpha, "3bs"), of_5dp = evaluations(cell, alpha, "5dp");
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("strip", "cell=%g nm; alpha=%g; integrator=", cell, alpha));
    print_message("%g nm, alpha %g: %lld evaluations of 3bs, %lld of 5dp; %s\n", cell, alpha, (long long)of_3bs, (long long)of_5dp,
                  HfMagnetExplicitMethod(c.magnet));
    assert_string_equal(HfMagnetExplicitMethod(c.magnet), of_3bs < of_5dp ? "3bs" : "5dp");
    case_destroy(&c);
  }
}

/* Nothing is stiff without exchange, anisotropy and demagnetizing field. */
static void a_film_that_is_not_stiff_gets_explicit_steps(void **unused) {
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("free", "integrator="));
  assert_string_equal(HfMagnetMethod(c.magnet), "5dp");
  case_destroy(&c);
}

static void what_the_deck_says_stays(void **unused) {
  assert_method("5dp", 1, 0.5, "full", "method: 5dp");
  assert_method("3bs", 1, 0.5, "full", "method: 3bs");
  assert_method("bdf", 25, 0.1, "none", "method: bdf");
}

/* Fluctuations need the stochastic method, whose step obeys max_step; other keys of the integrator are refused beside them (tests/bad-decks). */
static void fluctuations_decide(void **unused) {
  PetscReal step;
  Case c;

  case_create(&c, PETSC_COMM_WORLD,
              DECK_WITH("film thermal", "size=400 nm; cell=25 nm; alpha=0.1; demag=none; integrator=max_step: 0.1 ps; T=300 K"));
  assert_string_equal(HfMagnetMethod(c.magnet), "heun");
  CHECK(HfMagnetExpectedStep(c.magnet, &step));
  ASSERT_NEAR(step, 1e-13, 1e-25);
  case_destroy(&c);
}

/* 300 predicted steps against those that are done, within this ratio. */
#define FILM "size=64 nm; cell=4 nm; demag=none; alpha=%g; integrator="
static void assert_predicted(double alpha, const char *deck, double within) {
  PetscInt64 steps;
  PetscReal step;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, deck);
  CHECK(HfMagnetExpectedStep(c.magnet, &step));
  assert_true(step > 0);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 300 * step, NULL, NULL));
  HfMagnetStatistics(c.magnet, &steps, NULL, NULL);
  print_message("%s, alpha %g: %lld steps, 300 predicted\n", HfMagnetMethod(c.magnet), alpha, (long long)steps);
  assert_in_range((long long)(1e3 * PetscAbsReal(log((double)steps / 300))), 0, (long long)(1e3 * log(within)));
  case_destroy(&c);
}

static void steps_are_predicted(void **unused) {
  for (int k = 0; k < 3; ++k) {
    const double alpha = ((const double[]){0.02, 0.3, 1})[k];
    assert_predicted(alpha, DECK_WITH("film", FILM "method: 5dp, tolerance: 1e-4", alpha), 1.35);
    assert_predicted(alpha, DECK_WITH("film", FILM "method: 3bs, tolerance: 1e-3", alpha), 1.35);
  }
  assert_predicted(0.3, DECK_WITH("film thermal", FILM "; T=10 K", 0.3), 1.001);
}

static void accuracy_decides_implicit_steps(void **unused) {
  PetscReal step;
  Case c;

  film(&c, 2, 0.3, "none", "method: bdf");
  CHECK(HfMagnetExpectedStep(c.magnet, &step));
  assert_true(step == 0);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(auto_takes_the_steps_that_the_motion_asks_for),
    cmocka_unit_test(auto_takes_the_cheaper_pair),
    cmocka_unit_test(a_film_that_is_not_stiff_gets_explicit_steps),
    cmocka_unit_test(what_the_deck_says_stays),
    cmocka_unit_test(fluctuations_decide),
    cmocka_unit_test(steps_are_predicted),
    cmocka_unit_test(accuracy_decides_implicit_steps),
};
HF_TEST_MAIN(tests)
