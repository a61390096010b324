/* Neighbours on the film: on a lattice those left, right, above and below, whatever the two pitches; elsewhere those at the smallest distance. */
#include "hf_test.h"
#include <hopfilm/device.h>
#include <stdio.h>

enum { MOST = 64 };

/* links[n*n] of a film of 4 x 4 um with these electrodes. */
static PetscInt find_links(const char *electrodes, PetscReal links[MOST * MOST]) {
  char text[2048];
  HfKeys keys;
  HfDeck deck;
  HfDevice device;
  PetscInt n;

  snprintf(text, sizeof(text),
           "hopfilm: 1\nfilm:\n  size: [4 um, 4 um]\n  cell: 100 nm\n  thickness: 30 nm\n  initial: {uniform: {direction: [1, 0, 0]}}\n"
           "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 0.3, conductivity: 5e6 S/m, amr_ratio: 0.04}\nelectrodes:\n%s",
           electrodes);
  CHECK(HfKeysCreate(&keys));
  CHECK(HfDeviceRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
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
  const PetscInt n = find_links("  - {shape: {disk: {diameter: 200 nm}}, lattice: {columns: 5, rows: 4, pitch: [700 nm, 900 nm]}}\n", links);
  assert_int_equal(n, 20);
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) ASSERT_NEAR(links[i * n + j], labs((long)(i % 5 - j % 5)) + labs((long)(i / 5 - j / 5)) == 1, 0);
}

static void test_free_list(void **state) {
  PetscReal links[MOST * MOST];
  /* a triangle of equal sides, one node out of place by 3 %, and a node far away */
  const PetscInt n =
      find_links("  - {shape: {disk: {diameter: 200 nm}}, at: [0 nm, 0 nm]}\n  - {shape: {disk: {diameter: 200 nm}}, at: [1000 nm, 0 nm]}\n"
                 "  - {shape: {disk: {diameter: 200 nm}}, at: [500 nm, 896 nm]}\n  - {shape: {disk: {diameter: 200 nm}}, at: [-1500 nm, -1500 nm]}\n",
                 links);
  assert_int_equal(n, 4);
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) ASSERT_NEAR(links[i * n + j], i != j && i < 3 && j < 3, 0);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_lattice), cmocka_unit_test(test_free_list)};
HF_TEST_MAIN(tests)
