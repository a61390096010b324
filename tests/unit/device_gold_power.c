/* What the gold takes: a strip between electrodes over its ends is a resistor of L/(sigma w t). */
#include "device_case.h"

static void test_strip(void **state) {
  const PetscReal V[2][2] = {{0.3, -0.2}, {0.1, 0.1}}, conductance = 4e7 * 80e-9 * 50e-9 / 240e-9;
  Film film;

  film_create(&film, PETSC_COMM_SELF, DECK("strip"));
  for (int k = 0; k < 2; ++k) {
    PetscReal power;

    CHECK(HfDeviceGoldPower(film.device, V[k], &power));
    ASSERT_NEAR(power, k ? 0 : 0.25 * conductance, 1e-9 * conductance);
  }
  film_destroy(&film);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_strip)};
HF_TEST_MAIN(tests)
