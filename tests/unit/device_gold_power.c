/* What the gold takes: a strip between electrodes over its ends is a resistor of L/(sigma w t). */
#include "test_decks.h"
#include <hopfilm/device.h>

static void test_strip(void **state) {
  const PetscReal V[2][2] = {{0.3, -0.2}, {0.1, 0.1}}, conductance = 4e7 * 80e-9 * 50e-9 / 240e-9;
  HfDevice device;
  HfKeys keys;
  HfDeck deck;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfDeviceRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, DECK("strip"), &deck));
  CHECK(HfDeckVerdict(deck));
  CHECK(HfDeviceCreate(deck, &device));
  for (int k = 0; k < 2; ++k) {
    PetscReal power;

    CHECK(HfDeviceGoldPower(device, V[k], &power));
    ASSERT_NEAR(power, k ? 0 : 0.25 * conductance, 1e-9 * conductance);
  }
  CHECK(HfDeviceDestroy(&device));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_strip)};
HF_TEST_MAIN(tests)
