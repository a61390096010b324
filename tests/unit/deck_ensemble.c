/* Members of an ensemble: how many, which values each has, what its deck says, and what is refused. */
#include "deck_test.h"

static HfKeys keys;

static int set_up(void **state) {
  keys = test_keys();
  return 0;
}
static int tear_down(void **state) { return HfKeysDestroy(&keys); }

/* The good deck with this section behind it. */
static void make(const char *section, HfDeck *deck, HfEnsemble *ensemble) {
  char text[8192];
  snprintf(text, sizeof text, "%s%s", good_deck, section);
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, text, deck));
  CHECK(HfEnsembleCreate(*deck, ensemble));
}
static void clear(HfDeck *deck, HfEnsemble *ensemble) {
  CHECK(HfEnsembleDestroy(ensemble));
  CHECK(HfDeckDestroy(deck));
}

static void test_a_plain_deck_is_no_ensemble(void **state) {
  HfDeck deck;
  HfEnsemble ensemble;
  make("", &deck, &ensemble);
  assert_null(ensemble);
  clear(&deck, &ensemble);
}

static void test_axes_combine_and_run_along(void **state) {
  static const char *const wanted[8][3] = {{"5 nm", "0.1", "a"}, {"5 nm", "0.1", "b"}, {"5 nm", "0.2", "a"}, {"5 nm", "0.2", "b"},
                                           {"9 nm", "0.1", "a"}, {"9 nm", "0.1", "b"}, {"9 nm", "0.2", "a"}, {"9 nm", "0.2", "b"}};
  static const char *const along[2] = {"1 K", "2 K"};
  HfDeck deck;
  HfEnsemble ensemble;
  make("ensemble:\n  ranks_per_member: 3\n  axes:\n"
       "    - {key: film.cell, values: [5 nm, 9 nm]}\n"
       "    - {key: gold.temperature, values: [1 K, 2 K], with_previous: true}\n"
       "    - {key: film.material.alpha, from: 0.1, to: 0.2, count: 2}\n"
       "    - {key: title, values: [a, b], average: true}\n",
       &deck, &ensemble);
  assert_int_equal(HfDeckErrorCount(deck), 0);
  assert_int_equal(HfEnsembleMembers(ensemble), 8);
  assert_int_equal(HfEnsembleAxes(ensemble), 4);
  assert_int_equal(HfEnsembleRanks(ensemble), 3);
  assert_string_equal(HfEnsembleKey(ensemble, 2), "film.material.alpha");
  assert_false(HfEnsembleAverages(ensemble, 0));
  assert_true(HfEnsembleAverages(ensemble, 3));
  for (PetscInt m = 0; m < 8; ++m) {
    assert_string_equal(HfEnsembleValue(ensemble, m, 0), wanted[m][0]);
    assert_string_equal(HfEnsembleValue(ensemble, m, 1), along[m / 4]);
    assert_string_equal(HfEnsembleValue(ensemble, m, 2), wanted[m][1]);
    assert_string_equal(HfEnsembleValue(ensemble, m, 3), wanted[m][2]);
  }
  clear(&deck, &ensemble);
}

static void test_spaced_values(void **state) {
  static const char *const linear[3] = {"10 nm", "15 nm", "20 nm"}, *const ratio[3] = {"1 K", "10 K", "100 K"}, *const seeds[3] = {"5", "6", "7"};
  HfDeck deck;
  HfEnsemble ensemble;
  make("ensemble:\n  axes:\n"
       "    - {key: film.cell, from: 10 nm, to: 20 nm, count: 3}\n"
       "    - {key: gold.temperature, from: 1 K, to: 100 K, count: 3, spacing: logarithmic, with_previous: true}\n"
       "    - {key: schedule.0.train.seed, from: 5, to: 7, with_previous: true}\n",
       &deck, &ensemble);
  assert_int_equal(HfDeckErrorCount(deck), 0);
  assert_int_equal(HfEnsembleMembers(ensemble), 3);
  for (PetscInt m = 0; m < 3; ++m) {
    assert_string_equal(HfEnsembleValue(ensemble, m, 0), linear[m]);
    assert_string_equal(HfEnsembleValue(ensemble, m, 1), ratio[m]);
    assert_string_equal(HfEnsembleValue(ensemble, m, 2), seeds[m]);
  }
  assert_true(HfEnsembleAverages(ensemble, 2)); /* a seed */
  clear(&deck, &ensemble);
}

/* Several keys of one axis, --set below them, and no section `ensemble` in what a member writes as its own deck. */
static void test_deck_of_a_member(void **state) {
  const char *const set[] = {"solver.tolerance=1e-6", "film.cell=7 nm"};
  const char *path = "ensemble-test-deck.yaml";
  HfDeck deck, member;
  HfEnsemble ensemble;
  FILE *file = fopen(path, "w");
  fputs(good_deck, file);
  fputs("ensemble:\n  axes:\n    - {key: [film.cell, film.material.alpha], values: [\"0.25\", \"0.5\"]}\n", file);
  fclose(file);
  CHECK(HfDeckCreate(PETSC_COMM_SELF, keys, path, 2, set, &deck));
  CHECK(HfEnsembleCreate(deck, &ensemble));
  CHECK(HfEnsembleDeck(ensemble, 1, PETSC_COMM_SELF, keys, path, 2, set, &member));
  assert_int_equal(HfDeckErrorCount(member), 0);
  assert_true(HfReal(HfNodeFind(HfDeckRoot(member), "film"), "cell") == 0.5);
  assert_true(HfReal(HfNodeFind(HfDeckRoot(member), "film.material"), "alpha") == 0.5);
  assert_true(HfReal(HfNodeFind(HfDeckRoot(member), "solver"), "tolerance") == 1e-6);
  assert_null(HfNodeFind(HfDeckRoot(member), "ensemble"));
  assert_non_null(HfNodeFind(HfDeckRoot(deck), "ensemble"));
  CHECK(HfDeckDestroy(&member));
  clear(&deck, &ensemble);
  remove(path);
}

static void test_what_is_refused(void **state) {
  static const char *const sections[] = {
      "{key: petsc.ksp_rtol, values: [\"1\"]}",
      "{key: ensemble.figures, values: [\"1\"]}",
      "{key: film.cell, values: [5 nm], with_previous: true}",
      "{key: film.cell}",
      "{key: film.cell, values: []}",
      "{key: film.cell, from: 1 nm, to: 2 um, count: 3}",
      "{key: film.cell, from: 1 nm, to: 2.5 nm}",
      "{key: film.cell, from: 0 nm, to: 2 nm, count: 3, spacing: logarithmic}",
      "{key: film.cell, values: [1 nm], from: 1 nm, to: 2 nm}",
      "{key: film.cell, from: 1, to: 1e300}",
      "{key: film.cell, from: 1, to: 2000}\n    - {key: gold.temperature, from: 1, to: 2000}",
      "{key: film.cell, values: [1 nm, 2 nm]}\n    - {key: gold.temperature, values: [1 K], with_previous: true}",
  };
  for (size_t k = 0; k < sizeof sections / sizeof sections[0]; ++k) {
    char text[512];
    HfDeck deck;
    HfEnsemble ensemble;
    snprintf(text, sizeof text, "ensemble:\n  axes:\n    - %s\n", sections[k]);
    make(text, &deck, &ensemble);
    if (HfDeckErrorCount(deck) != 1) fail_msg("%s: %d errors", sections[k], (int)HfDeckErrorCount(deck));
    clear(&deck, &ensemble);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_a_plain_deck_is_no_ensemble, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_axes_combine_and_run_along, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_spaced_values, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_deck_of_a_member, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_what_is_refused, set_up, tear_down)};
HF_TEST_MAIN(tests)
