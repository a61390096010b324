/* A small film with an easy axis is Stoner and Wohlfarth's particle (Phil. Trans. R. Soc. A 240, 599 (1948)): under a field at an angle psi to the axis
   it leaves the remanence along the axis at h = (cos^(2/3) psi + sin^(2/3) psi)^(-3/2) of the anisotropy field. */
#include "experiment_case.h"

#define ANISOTROPY_FIELD (2 * 1e4 / (HF_MU0 * 8e5)) /* 2 Ku/(mu0 Ms), A/m */

static void loop(double psi_degrees, PetscInt steps, const char *more, Memory *memory) {
  const double psi = psi_degrees * PETSC_PI / 180, x = ANISOTROPY_FIELD * cos(psi), y = ANISOTROPY_FIELD * sin(psi);

  CHECK(run_deck(PETSC_COMM_WORLD,
                 DECK_WITH("loop", "x=%.17g; y=%.17g; minus_x=%.17g; minus_y=%.17g; steps=%d; more=%s", x, y, -x, -y, (int)steps, more), memory));
}

static double value(HfNode entry, const char *branch, const char *name) {
  char path[128];

  snprintf(path, sizeof(path), "%s.%s", branch, name);
  return number(entry, path);
}

static void assert_particle(double psi_degrees) {
  const PetscInt steps = 400; /* of H/H_K = 0.005 */
  const double psi = psi_degrees * PETSC_PI / 180, h = pow(pow(cos(psi), 2. / 3) + pow(sin(psi), 2. / 3), -1.5);
  Memory memory;
  HfNode entry;

  loop(psi_degrees, steps, "", &memory);
  entry = entry_from_end(&memory, "hysteresis", 0);
  print_message("psi = %g: leaves at -%.4f H_K, measured %.4f and %.4f\n", psi_degrees, h,
                value(entry, "first_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD,
                value(entry, "second_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD);
  ASSERT_NEAR(value(entry, "first_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD, -h, 2.0 / (double)steps);
  ASSERT_NEAR(value(entry, "second_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD, h, 2.0 / (double)steps);
  ASSERT_NEAR(value(entry, "first_branch", "remanence.0"), 1, 1e-9);
  ASSERT_NEAR(value(entry, "second_branch", "remanence.0"), -1, 1e-9);
  assert_int_equal((int)number(entry, "fields"), 2 * steps + 1);
  assert_int_equal((int)number(entry, "unconverged"), 0);
  assert_int_equal(memory.n_rows, 2 * steps + 2); /* and the state at the start */
  CHECK(HfNodeDestroy(&memory.entries));
}

static void stoner_wohlfarth(void **state) {
  assert_particle(10);
  assert_particle(30);
}

static void one_branch(void **state) {
  Memory memory;
  HfNode entry;

  loop(30, 10, ", back: false, frames: true", &memory);
  entry = entry_from_end(&memory, "hysteresis", 0);
  assert_null(HfNodeFind(entry, "second_branch"));
  assert_int_equal((int)number(entry, "fields"), 11);
  ASSERT_NEAR(value(entry, "first_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD, -0.5, 0.1);
  assert_int_equal(memory.n_fields, 1 + 11);
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(stoner_wohlfarth),
    cmocka_unit_test(one_branch),
};
HF_TEST_MAIN(tests)
