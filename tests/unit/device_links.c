/* Neighbours on the film: on a lattice those left, right, above and below, for any two pitches; elsewhere those at the smallest distance. */
#include "test_decks.h"
#include <hopfilm/device.h>
#include <stdio.h>

enum { MOST = 64 };

/* The links[n*n] of a film. */
static PetscInt find_links(const char *deck_text, PetscReal links[MOST * MOST]) {
  HfKeys keys;
  HfDeck deck;
  HfDevice device;
  PetscInt n;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfDeviceRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, deck_text, &deck));
  CHECK(HfDeviceCreate(deck, &device));
  n = HfElectrodesCount(HfDeviceElectrodes(device));
  assert_true(n <= MOST);
  CHECK(HfDeviceLinks(device, links));
  CHECK(HfDeviceDestroy(&device));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return n;
}

static void test_lattice(void **state) {
  PetscReal links[MOST * MOST];
  const PetscInt n = find_links(DECK("film lattice"), links);
  assert_int_equal(n, 20);
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) ASSERT_NEAR(links[i * n + j], labs((long)(i % 5 - j % 5)) + labs((long)(i / 5 - j / 5)) == 1, 0);
}

static void test_free_list(void **state) {
  PetscReal links[MOST * MOST];
  const PetscInt n = find_links(DECK("film triangle-and-one-far-away"), links);
  assert_int_equal(n, 4);
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) ASSERT_NEAR(links[i * n + j], i != j && i < 3 && j < 3, 0);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_lattice), cmocka_unit_test(test_free_list)};
HF_TEST_MAIN(tests)
