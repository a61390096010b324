/* Neighbours on the film: on a lattice those left, right, above and below, for any two pitches; elsewhere those at the smallest distance. */
#include "device_case.h"
#include <stdio.h>

enum { MOST = 64 };

/* The links[n*n] of a film. */
static PetscInt find_links(const char *deck_text, PetscReal links[MOST * MOST]) {
  Film film;
  PetscInt n;

  film_create(&film, PETSC_COMM_WORLD, deck_text);
  n = HfElectrodesCount(HfDeviceElectrodes(film.device));
  assert_true(n <= MOST);
  CHECK(HfDeviceLinks(film.device, links));
  film_destroy(&film);
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
