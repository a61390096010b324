/* A good deck: values in SI, defaults, inheritance, units; what is written reads back to the same values. */
#include "deck_test.h"

static void check_values(HfDeck deck) {
  HfNode root = HfDeckRoot(deck), film = HfChild(root, "film"), material = HfChild(film, "material"), region, step;
  const char *name;

  ASSERT_NEAR(HfRealAt(film, "size", 0), 1e-6, 1e-20);
  ASSERT_NEAR(HfRealAt(film, "size", 1), 0.5e-6, 1e-20);
  assert_int_equal(HfCount(film, "size"), 2);
  ASSERT_NEAR(HfReal(film, "cell"), 5e-9, 1e-22);
  ASSERT_NEAR(HfReal(material, "Ms"), 8e5, 1e-8);
  ASSERT_NEAR(HfReal(material, "Aex"), 2.586e-11, 1e-25);
  assert_int_equal(HfUnitIndex(material, "Aex"), 1);
  assert_int_equal(HfUnitIndex(material, "Ms"), 0);
  ASSERT_NEAR(HfReal(material, "alpha"), 0.3, 0);
  region = HfItem(film, "regions", 0);
  assert_string_equal(HfText(region, "name"), "1");
  ASSERT_NEAR(HfReal(HfChild(region, "material"), "alpha"), 0.04, 1e-16);
  ASSERT_NEAR(HfReal(HfChild(region, "material"), "Ms"), 8e5, 1e-8);
  assert_int_equal(HfUnitIndex(HfChild(region, "material"), "Aex"), 1);
  ASSERT_NEAR(HfReal(HfNodeFind(root, "film.regions.1.material"), "Ms"), 8e5, 1e-8);
  assert_string_equal(HfText(HfItem(film, "regions", 1), "name"), "yes");
  assert_int_equal(HfCount(HfChild(film, "shape"), "union"), 2);
  HfVariant(HfItem(HfChild(film, "shape"), "union", 0), &name);
  assert_string_equal(name, "everything");
  ASSERT_NEAR(HfRealAt(HfVariant(HfItem(HfChild(film, "shape"), "union", 1), &name), "at", 1), 0, 0);
  assert_string_equal(name, "disk");
  ASSERT_NEAR(HfRealAt(root, "field", 2), 0.02, 1e-17);
  assert_int_equal(HfUnitIndex(root, "field"), 1); /* zeros without a unit take that of their neighbours, tesla */
  ASSERT_NEAR(HfReal(HfChild(root, "solver"), "tolerance"), 1e-10, 0);
  assert_false(HfFlag(HfChild(root, "solver"), "direct"));
  assert_string_equal(HfText(HfChild(root, "gold"), "side"), "above");
  assert_int_equal(HfCount(root, "patterns"), 2);
  assert_string_equal(HfNodeName(HfItem(root, "patterns", 0)), "A");
  assert_string_equal(HfText(HfChild(root, "patterns"), "A"), "++--");
  assert_string_equal(HfText(HfChild(root, "patterns"), "B"), "#.#\n  .\n");
  step = HfVariant(HfItem(root, "schedule", 0), &name);
  assert_string_equal(name, "relax");
  ASSERT_NEAR(HfReal(step, "longest"), 1e-6, 1e-20);
  step = HfVariant(HfItem(root, "schedule", 1), &name);
  assert_string_equal(name, "train");
  assert_string_equal(HfTextAt(step, "patterns", 0), "A");
  assert_int_equal(HfCount(step, "patterns"), 1);
  ASSERT_NEAR(HfReal(step, "voltage"), 0.05, 1e-17);
  assert_int_equal(HfIntegerAt(step, "flips", 0), 3);
  assert_int_equal(HfInteger(step, "epochs"), 1);
  assert_int_equal(HfCount(step, "scales"), 2);
  assert_true(HfIsWordAt(step, "scales", 0) && !HfIsWordAt(step, "scales", 1));
  assert_string_equal(HfTextAt(step, "scales", 0), "second");
  assert_true(PetscIsNanReal(HfRealAt(step, "scales", 0))); /* a word that is read as a number is noticed */
  ASSERT_NEAR(HfRealAt(step, "scales", 1), 0.5, 0);
  assert_string_equal(HfText(HfChild(root, "petsc"), "ts_monitor"), "");
  assert_string_equal(HfText(root, "title"), "A deck: with all types");
}

static void test_values(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck;
  HfNode root, film;

  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("all-types"), &deck));
  CHECK(HfDeckVerdict(deck));
  check_values(deck);
  root = HfDeckRoot(deck);
  film = HfChild(root, "film");
  assert_true(HfGiven(film, "cell"));
  assert_true(HfHas(HfChild(film, "material"), "alpha"));
  assert_false(HfGiven(HfChild(film, "material"), "alpha"));
  assert_false(HfGiven(HfChild(HfItem(film, "regions", 0), "material"), "Ms"));
  assert_false(HfHas(root, "nothing"));
  assert_string_equal(HfDeckText(deck), DECK("all-types"));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

/* The used deck is a deck: it validates to identical values, and writing it again gives the same text. */
static void test_used_deck(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck, again;
  char *text, *text_again;

  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("all-types"), &deck));
  CHECK(HfNodeFormat(HfDeckRoot(deck), &text));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &again));
  CHECK(HfDeckVerdict(again));
  check_values(again);
  assert_false(HfGiven(HfNodeFind(HfDeckRoot(again), "film.material"), "alpha")); /* written out, and its default */
  CHECK(HfNodeFormat(HfDeckRoot(again), &text_again));
  assert_string_equal(text, text_again);
  CHECK(PetscFree(text));
  CHECK(PetscFree(text_again));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfDeckDestroy(&again));
  CHECK(HfKeysDestroy(&keys));
}

/* Anchors copy what they name, with the defaults of the new place. */
static void test_anchors(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck;
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("anchors"), &deck));
  CHECK(HfDeckVerdict(deck));
  ASSERT_NEAR(HfRealAt(HfNodeFind(HfDeckRoot(deck), "film.shape.disk"), "at", 1), 1e-6, 1e-20);
  ASSERT_NEAR(HfReal(HfNodeFind(HfDeckRoot(deck), "film.regions.0.material"), "Ms"), 1e6, 1e-8);
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

/* The merge key takes what a section does not have itself; a quoted "<<" is a name like any other. */
static void test_merge_keys(void **state) {
  HfKeys keys = test_keys();
  HfNode film, steps;
  HfDeck deck;

  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("merge-keys"), &deck));
  CHECK(HfDeckVerdict(deck));
  film = HfNodeFind(HfDeckRoot(deck), "film");
  steps = HfNodeFind(HfDeckRoot(deck), "schedule");
  ASSERT_NEAR(HfReal(HfNodeFind(film, "regions.0.material"), "Ms"), 2e6, 1e-8);
  ASSERT_NEAR(HfReal(HfNodeFind(film, "regions.0.material"), "alpha"), 0.7, 1e-15);
  ASSERT_NEAR(HfReal(HfNodeFind(film, "material"), "alpha"), 0.1, 1e-15);
  assert_int_equal(HfNodeLength(HfNodeFind(film, "regions.0.material")), 3); /* Ms, Aex by default, alpha: once each */
  assert_string_equal(HfText(HfNodeFind(film, "regions.1"), "name"), "s");
  ASSERT_NEAR(HfReal(HfNodeFind(film, "regions.1.material"), "alpha"), 0.7, 1e-15);
  assert_string_equal(HfText(HfNodeFind(film, "regions.2"), "name"), "t");
  ASSERT_NEAR(HfReal(HfNodeFind(film, "regions.2.material"), "Ms"), 2e6, 1e-8);
  assert_string_equal(HfText(HfNodeFind(HfDeckRoot(deck), "patterns"), "<<"), "-");
  assert_int_equal(HfInteger(HfNodeFind(steps, "0.train"), "epochs"), 3);
  assert_int_equal(HfInteger(HfNodeFind(steps, "1.train"), "epochs"), 5);
  ASSERT_NEAR(HfReal(HfNodeFind(steps, "1.train"), "voltage"), 1, 1e-15);
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_merge_keys), cmocka_unit_test(test_values), cmocka_unit_test(test_used_deck),
                                          cmocka_unit_test(test_anchors)};
HF_TEST_MAIN(tests)
