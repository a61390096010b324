/* Which method of time integration a film gets, and how many of its steps are foretold. */
#include <magnet_case.h>
#include <string.h>

#define MATERIAL "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: %g}\n"

static void film(Case *c, double cell, double alpha, const char *more) {
  char text[1024];

  CHECK(PetscSNPrintf(text, sizeof(text),
                      "hopfilm: 1\nfilm:\n  size: [%g nm, %g nm]\n  cell: %g nm\n  thickness: 3 nm\n" MATERIAL
                      "  initial: {vortex: {core: 10 nm}}\n%s",
                      16 * cell, 16 * cell, cell, alpha, more));
  case_create(c, PETSC_COMM_WORLD, text);
}

static void assert_method(const char *method, double cell, double alpha, const char *more) {
  Case c;

  film(&c, cell, alpha, more);
  assert_string_equal(HfMagnetMethod(c.magnet), method);
  case_destroy(&c);
}

static void auto_takes_implicit_steps_where_they_pay(void **unused) {
  assert_method("5dp", 25, 0.3, "");
  assert_method("5dp", 25, 0.3, "demag: full\n");
  assert_method("5dp", 1, 0.5, ""); /* local terms: an evaluation costs no more than a product with the Jacobian */
  assert_method("rosenbrock", 1, 0.5, "demag: full\n");
  assert_method("5dp", 4, 0.02, "demag: full\n");
  assert_method("5dp", 4, 0.5, "demag: full\n"); /* damped, but not stiff */
  assert_method("rosenbrock", 3, 0.5, "demag: full\n");
}

static void what_the_deck_says_stays(void **unused) {
  assert_method("5dp", 1, 0.5, "demag: full\nintegrator: {method: 5dp}\n");
  assert_method("3bs", 1, 0.5, "demag: full\nintegrator: {method: 3bs}\n");
  assert_method("rosenbrock", 25, 0.1, "integrator: {method: rosenbrock}\n");
  assert_method("heun", 25, 0.1, "integrator: {method: rosenbrock}\nthermal: {temperature: 300 K}\n");
}

/* The rate of the shortest waves: 4 (1/dx^2 + 1/dy^2) 2 Aex/(mu0 Ms) gamma0 alpha/(1+alpha^2). */
static void damping_rate(void **unused) {
  const PetscReal exchange = 2 * 13e-12 / (HF_MU0 * 8e5) * 8 / PetscSqr(5e-9);
  Case c;

  film(&c, 5, 0.5, "");
  ASSERT_NEAR(HfMagnetDampingRate(c.magnet) / (HF_GAMMA0 * exchange * 0.5 / 1.25), 1, 1e-12);
  case_destroy(&c);
}

/* Steps of 20 periods of the fastest waves against the number foretold. */
static void assert_foretold(double alpha, const char *more, double within) {
  PetscInt64 steps;
  PetscReal step;
  Case c;

  film(&c, 4, alpha, more);
  step = HfMagnetExpectedStep(c.magnet);
  assert_true(step > 0);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 300 * step, NULL, NULL));
  HfMagnetStatistics(c.magnet, &steps, NULL, NULL);
  print_message("%s alpha %g: %lld steps, 300 foretold\n", more, alpha, (long long)steps);
  assert_in_range((long long)(1e3 * PetscAbsReal(log((double)steps / 300))), 0, (long long)(1e3 * log(within)));
  case_destroy(&c);
}

static void steps_are_foretold(void **unused) {
  for (int k = 0; k < 3; ++k) {
    const double alpha = ((const double[]){0.02, 0.3, 1})[k];
    assert_foretold(alpha, "integrator: {method: 5dp, tolerance: 1e-4}\n", 1.35);
    assert_foretold(alpha, "integrator: {method: 3bs, tolerance: 1e-3}\n", 1.35);
  }
  assert_foretold(0.3, "thermal: {temperature: 10 K}\n", 1.001);
}

static void accuracy_decides_implicit_steps(void **unused) {
  Case c;

  film(&c, 2, 0.3, "integrator: {method: rosenbrock}\n");
  assert_true(HfMagnetExpectedStep(c.magnet) == 0);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(auto_takes_implicit_steps_where_they_pay),
    cmocka_unit_test(what_the_deck_says_stays),
    cmocka_unit_test(damping_rate),
    cmocka_unit_test(steps_are_foretold),
    cmocka_unit_test(accuracy_decides_implicit_steps),
};
HF_TEST_MAIN(tests)
