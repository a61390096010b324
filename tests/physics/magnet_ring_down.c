/* Small oscillations decay at the rate given by the damping, at the default tolerance: errors of time steps are small compared with the motion, and with
   its decay.

     tan(theta/2) = tan(theta0/2) exp(-alpha w t),   w = gamma0 H/(1 + alpha^2) */
#include <magnet_case.h>
#include <methods.h>
#include <string.h>

#define H0    284.36e3 /* A/m */
#define ANGLE 0.01

/* Polar angle of the average. */
static PetscReal tilt(Case *c) {
  PetscReal m[3];

  CHECK(HfMagnetAverage(c->magnet, c->m, m));
  return atan2(hypot(m[0], m[1]), m[2]);
}

static void macrospin_keeps_its_linewidth(void **unused) {
  static const PetscReal alphas[] = {0.001, 0.01, 0.1};

  AT_MOST_ON(1); /* thousands of steps of a few cells */
  for (int a = 0; a < 3; ++a) {
    const PetscReal alpha = alphas[a], w = HF_GAMMA0 * H0 / (1 + alpha * alpha), time = PetscMin(1e-9, 6 / (alpha * w));

    for (int k = 0; k < METHODS; ++k) {
      PetscReal found;
      PetscInt64 steps;
      Case c;

      case_create(&c, PETSC_COMM_WORLD, DECK_WITH("macrospin", "alpha=%g; method=%s", alpha, methods[k]));
      CHECK(HfMagnetAdvance(c.magnet, c.m, 0, time, NULL, NULL));
      found = -log(tan(0.5 * tilt(&c)) / tan(0.5 * atan(ANGLE))) / (w * time);
      HfMagnetStatistics(c.magnet, &steps, NULL, NULL);
      print_message("alpha %g, %s: %+.2f %% in %d steps\n", alpha, methods[k], 100 * (found / alpha - 1), (int)steps);
      ASSERT_NEAR(found / alpha, 1, 0.02);
      case_destroy(&c);
    }
  }
}

/* Decay of the average over some 30 periods of a film with waves of its own, magnetostatic ones included. */
static PetscReal decay(const char *method, const char *tolerance) {
  PetscReal before;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "method=%s; tolerance=%s", method, tolerance));
  if (!strcmp(method, "auto")) assert_string_equal(HfMagnetMethod(c.magnet), "auto");
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 20e-12, NULL, NULL));
  before = tilt(&c);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 20e-12, 320e-12, NULL, NULL));
  before /= tilt(&c);
  case_destroy(&c);
  return log(before);
}

static void so_does_a_film(void **unused) {
  PetscReal right, found;

  AT_MOST_ON(1);
  right = decay("5dp", "1e-9");
  found = decay("auto", "1e-5");
  print_message("decay by exp(-%.4f), rightly exp(-%.4f)\n", found, right);
  assert_true(right > 0.5);
  ASSERT_NEAR(found / right, 1, 0.02);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(macrospin_keeps_its_linewidth), cmocka_unit_test(so_does_a_film)};
HF_TEST_MAIN(tests)
