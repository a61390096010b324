/* Members of an ensemble: how many, the values of each, the deck of each, and what is refused. */
#include "deck_test.h"

static HfKeys keys;

static int set_up(void **state) {
  keys = test_keys();
  return 0;
}
static int tear_down(void **state) { return HfKeysDestroy(&keys); }

static void make(const char *text, HfDeck *deck, HfEnsemble *ensemble) {
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
  make(DECK("all-types four-axes"), &deck, &ensemble);
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
  make(DECK("all-types ranges"), &deck, &ensemble);
  assert_int_equal(HfDeckErrorCount(deck), 0);
  CHECK(HfDeckDestroy(&deck)); /* the settings have been read */
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
  fputs(DECK("all-types one-axis-of-two-keys"), file);
  fclose(file);
  CHECK(HfDeckCreate(PETSC_COMM_SELF, keys, path, 2, set, &deck));
  CHECK(HfEnsembleCreate(deck, &ensemble));
  remove(path); /* it has been read */
  CHECK(HfEnsembleDeck(ensemble, 1, PETSC_COMM_SELF, keys, deck, 2, set, &member));
  assert_int_equal(HfDeckErrorCount(member), 0);
  assert_true(HfReal(HfNodeFind(HfDeckRoot(member), "film"), "cell") == 0.5);
  assert_true(HfReal(HfNodeFind(HfDeckRoot(member), "film.material"), "alpha") == 0.5);
  assert_true(HfReal(HfNodeFind(HfDeckRoot(member), "solver"), "tolerance") == 1e-6);
  assert_null(HfNodeFind(HfDeckRoot(member), "ensemble"));
  assert_non_null(HfNodeFind(HfDeckRoot(deck), "ensemble"));
  CHECK(HfDeckDestroy(&member));
  clear(&deck, &ensemble);
}

/* Lists and sections as values; the used deck has them as texts, which are read as the same values again. */
static void test_lists_and_sections(void **state) {
  const char *path = "ensemble-test-deck.yaml";
  HfDeck deck, member;
  HfEnsemble ensemble;
  FILE *file;

  for (int round = 0; round < 2; ++round) {
    char *used = NULL;

    if (!round) {
      file = fopen(path, "w");
      fputs(DECK("all-types lists"), file);
      fclose(file);
    }
    CHECK(HfDeckCreate(PETSC_COMM_SELF, keys, path, 0, NULL, &deck));
    CHECK(HfDeckVerdict(deck));
    CHECK(HfEnsembleCreate(deck, &ensemble));
    assert_int_equal(HfEnsembleMembers(ensemble), 2);
    CHECK(HfEnsembleDeck(ensemble, 0, PETSC_COMM_SELF, keys, deck, 0, NULL, &member));
    CHECK(HfDeckVerdict(member));
    ASSERT_NEAR(HfRealAt(HfNodeFind(HfDeckRoot(member), "film"), "size", 1), 2e-6, 1e-20);
    ASSERT_NEAR(HfRealAt(HfNodeFind(HfDeckRoot(member), "film.shape.disk"), "at", 1), 2e-9, 1e-22);
    CHECK(HfDeckDestroy(&member));
    CHECK(HfEnsembleDeck(ensemble, 1, PETSC_COMM_SELF, keys, deck, 0, NULL, &member));
    CHECK(HfDeckVerdict(member));
    ASSERT_NEAR(HfRealAt(HfNodeFind(HfDeckRoot(member), "film"), "size", 0), 3e-6, 1e-20);
    assert_non_null(HfNodeFind(HfDeckRoot(member), "film.shape.everything"));
    assert_string_equal(HfEnsembleValue(ensemble, 0, 0), "[1 um, 2 um]");
    CHECK(HfDeckDestroy(&member));
    CHECK(HfNodeFormat(HfDeckRoot(deck), &used));
    file = fopen(path, "w");
    fputs(used, file);
    fclose(file);
    CHECK(PetscFree(used));
    clear(&deck, &ensemble);
  }
  remove(path);
}

static void test_what_is_refused(void **state) {
  const char *text, *note;

  for (int k = 0; (text = DECK_AT("all-types refused", k, &note)); ++k) {
    HfDeck deck;
    HfEnsemble ensemble;
    make(text, &deck, &ensemble);
    if (HfDeckErrorCount(deck) != 1) fail_msg("%s: %d errors", note, (int)HfDeckErrorCount(deck));
    clear(&deck, &ensemble);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_a_plain_deck_is_no_ensemble, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_axes_combine_and_run_along, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_spaced_values, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_deck_of_a_member, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_lists_and_sections, set_up, tear_down),
                                          cmocka_unit_test_setup_teardown(test_what_is_refused, set_up, tear_down)};
HF_TEST_MAIN(tests)
