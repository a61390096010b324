/* parse(write(tree)) = tree for texts that YAML would take for something else, and for nested structures; what differs between two decks. */
#include "deck_test.h"
#include <stdlib.h>

static const char *const texts[] = {"++--",
                                    "1",
                                    "-1e5",
                                    "0x10",
                                    "yes",
                                    "No",
                                    "off",
                                    "null",
                                    "~",
                                    "",
                                    "5: x",
                                    "a #b",
                                    "- item",
                                    "[1, 2]",
                                    "{a: b}",
                                    "@home",
                                    "%",
                                    "*x",
                                    "&x",
                                    "!x",
                                    "'q'",
                                    "\"q\"",
                                    " leading",
                                    "trailing ",
                                    "back\\slash",
                                    "5 nm",
                                    "µΩ·m",
                                    "2024-01-01",
                                    "1:30",
                                    ".inf",
                                    "line\nline\n",
                                    "no newline\nat the end",
                                    "two\n\n\n",
                                    "  indented\n more\n",
                                    "tab\there",
                                    "plain words",
                                    "---",
                                    "...",
                                    "<<",
                                    "=",
                                    "?",
                                    "true"};

static void assert_same(HfNode a, HfNode b) {
  assert_int_equal(HfNodeGetKind(a), HfNodeGetKind(b));
  assert_string_equal(HfNodeName(a), HfNodeName(b));
  assert_string_equal(HfNodeText(a), HfNodeText(b));
  assert_int_equal(HfNodeLength(a), HfNodeLength(b));
  for (PetscInt i = 0; i < HfNodeLength(a); ++i) assert_same(HfNodeItem(a, i), HfNodeItem(b, i));
}

static void read_again(HfNode tree, HfNode *copy) {
  char path[] = "/tmp/hopfilm-test-XXXXXX";
  const int descriptor = mkstemp(path);
  FILE *file = fdopen(descriptor, "w");
  assert_non_null(file);
  CHECK(HfNodeWrite(tree, file));
  fclose(file);
  CHECK(HfNodeParse(PETSC_COMM_WORLD, path, copy));
  unlink(path);
}

static void test_round_trip(void **state) {
  const PetscReal values[] = {0.1, -1.0 / 3.0, 1e-300, 6.02e23};
  HfNode tree, list, map, copy;
  char name[32];

  CHECK(HfNodeCreate(HF_NODE_MAP, &tree));
  CHECK(HfNodeCreate(HF_NODE_LIST, &list));
  for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); ++k) {
    snprintf(name, sizeof(name), "text %d", (int)k);
    CHECK(HfNodePutText(tree, name, texts[k]));
    CHECK(HfNodePutText(list, NULL, texts[k]));
    CHECK(HfNodeCreate(HF_NODE_MAP, &map)); /* and as a key */
    if (texts[k][0] && strcmp(texts[k], "<<")) CHECK(HfNodePutInt(map, texts[k], (PetscInt64)k));
    CHECK(HfNodePutNode(list, NULL, map));
  }
  CHECK(HfNodePutNode(tree, "list", list));
  CHECK(HfNodePutReals(tree, "values", 4, values));
  CHECK(HfNodePutReals(tree, "none", 0, NULL));
  CHECK(HfNodePutBool(tree, "flag", PETSC_TRUE));
  read_again(tree, &copy);
  assert_same(tree, copy);
  for (int i = 0; i < 4; ++i) assert_true(strtod(HfNodeText(HfNodeItem(HfChild(copy, "values"), i)), NULL) == values[i]); /* %.17e keeps every bit */
  CHECK(HfNodeDestroy(&copy));
  CHECK(HfNodeDestroy(&tree));
}

/* What other readers see: quotes where a text would be a number or a word, none where it is harmless. */
static void test_form(void **state) {
  const PetscReal pair[] = {1.0, 0.5};
  HfNode tree, map;
  char *text;

  CHECK(HfNodeCreate(HF_NODE_MAP, &tree));
  CHECK(HfNodePutText(tree, "step", "recall"));
  CHECK(HfNodePutText(tree, "trained", "++--"));
  CHECK(HfNodePutText(tree, "name", "1"));
  CHECK(HfNodePutText(tree, "answer", "no"));
  CHECK(HfNodePutInt(tree, "starts", 14));
  CHECK(HfNodePutReals(tree, "pair", 2, pair));
  CHECK(HfNodePutReal(tree, "lost", (PetscReal)NAN));
  CHECK(HfNodeCreate(HF_NODE_MAP, &map));
  CHECK(HfNodePutReal(map, "1", 0.25));
  CHECK(HfNodePutNode(tree, "recovery", map));
  CHECK(HfNodeFormat(tree, &text));
  assert_string_equal(text, DECK("written"));
  CHECK(PetscFree(text));
  CHECK(HfNodeDestroy(&tree));
}

static const HfKey rows[] = {
    {"patterns", HF_NAMED, NULL, "", "", 0, "Patterns"},
    {"patterns.*", HF_TEXT, NULL, NULL, "", 0, "A pattern"},
    {"alpha", HF_NUMBER, NULL, "0.5", "", 0, "Damping"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

/* The deck as a run stores it. */
static HfNode stored(HfKeys keys, const char *deck_text) {
  HfDeck deck;
  HfNode tree;
  char *text;

  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, deck_text, &deck));
  CHECK(HfDeckVerdict(deck));
  CHECK(HfNodeFormat(HfDeckRoot(deck), &text));
  CHECK(HfNodeParseText(text, &tree));
  CHECK(PetscFree(text));
  CHECK(HfDeckDestroy(&deck));
  return tree;
}

static PetscInt differences(HfNode before, HfNode now) {
  char list[256] = "";
  const PetscInt count = HfNodeDifferences(before, now, "", list, sizeof(list));

  CHECK(HfNodeDestroy(&before));
  CHECK(HfNodeDestroy(&now));
  return count;
}

/* A number may be written differently, a text may not, and numbers that a double rounds to the same may differ. */
static void test_differences(void **state) {
  HfKeys keys;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfKeysAdd(keys, "", rows));
  assert_int_equal(differences(stored(keys, DECK("half")), stored(keys, DECK("half-by-power"))), 0);
  assert_int_equal(differences(stored(keys, DECK("half-of-17-digits")), stored(keys, DECK("more-than-half"))), 1);
  assert_int_equal(differences(stored(keys, DECK("three")), stored(keys, DECK("three-in-quotes"))), 0);
  assert_int_equal(differences(stored(keys, DECK("three")), stored(keys, DECK("two"))), 1);
  assert_int_equal(differences(stored(keys, DECK("one-dot")), stored(keys, DECK("one-dot-nought"))), 1);
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_form), cmocka_unit_test(test_differences)};
HF_TEST_MAIN(tests)
