/* Bad decks: each gives its message with line and column, and nothing else. */
#include "deck_test.h"

#define FILM "film: {size: [1 um, 1 um], cell: 5 nm, material: {Ms: 800 kA/m}}\n"
#define REST "patterns: {A: \"++\"}\nschedule: [relax]\n"

static const struct {
  const char *text, *messages;
} cases[] = {
    /* YAML itself */
    {"hopfilm: 1\nfilm:\n\tcell: 5 nm\n", "deck.yaml:3:1: error: not valid YAML: a tab; indent with spaces\n"},
    {"hopfilm: 1\ntitle: @home\n", "deck.yaml:2:8: error: not valid YAML: a text that starts with one of @ ` % | > needs quotes\n"},
    {"hopfilm: 1\nfilm: [1, 2\n", "deck.yaml:3:1: error: not valid YAML: did not find expected ',' or ']'\n"},
    {"hopfilm: 1\ntitle: a: b\n", "deck.yaml:2:9: error: not valid YAML: mapping values are not allowed in this context\n"},
    {"hopfilm: 1\ntitle: \xff\n", "deck.yaml:2:8: error: not valid YAML: invalid leading UTF-8 octet\n"},
    {"hopfilm: 1\n---\nhopfilm: 1\n", "deck.yaml:2:1: error: one file holds one YAML document; this is a second\n"},
    {"hopfilm: 1\ntitle: !!str 5\n", "deck.yaml:2:8: error: tags such as tag:yaml.org,2002:str are not supported\n"},
    {"hopfilm: 1\ntitle: *name\n", "deck.yaml:2:8: error: the alias *name has no anchor before it\n"},
    {"- 1\n- 2\n", "deck.yaml:1:1: error: a deck consists of \"key: value\" lines, found a list\n"},
    /* keys */
    {"", "deck.yaml:1:1: error: the key \"hopfilm\" is missing (Version of the deck format)\n"
         "deck.yaml:1:1: error: the key \"film\" is missing (The film)\n"
         "deck.yaml:1:1: error: the key \"patterns\" is missing (Patterns)\n"
         "deck.yaml:1:1: error: the key \"schedule\" is missing (Steps)\n"},
    {"hopfilm: 2\n" FILM REST, "deck.yaml:1:10: error: hopfilm: expected 1, found \"2\"\n"},
    {"hopfilm: 1\n" FILM REST "glod: {side: below}\n", "deck.yaml:5:1: error: unknown key \"glod\"; did you mean \"gold\"?\n"},
    {"hopfilm: 1\n" FILM REST "gold:\n  side: below\n  side: above\n", "deck.yaml:7:3: error: duplicate key \"side\", first given in line 6\n"},
    {"hopfilm: 1\n" FILM REST "voltage: 1 V\n", "deck.yaml:5:1: error: unknown key \"voltage\"; there is schedule[].train.voltage\n"},
    {"hopfilm: 1\nfilm:\n  size: [1 um, 1 um]\n  material: {Ms: 8e5}\n" REST,
     "deck.yaml:2:1: error: film: the key \"cell\" is missing (Side of the cells)\n"},
    /* quantities */
    {"hopfilm: 1\n" FILM REST "gold: {temperature: 12 ns}\n",
     "deck.yaml:5:21: error: gold.temperature: \"12 ns\" is not a temperature (expected a quantity in K)\n"},
    {"hopfilm: 1\n" FILM REST "gold: {temperature: 3 kelvins_}\n",
     "deck.yaml:5:21: error: gold.temperature: unknown unit \"kelvins_\" (expected a temperature in K)\n"},
    {"hopfilm: 1\n" FILM REST "gold: {temperature: .nan}\n",
     "deck.yaml:5:21: error: gold.temperature: \".nan\" is not finite (expected a temperature in K)\n"},
    {"hopfilm: 1\n" FILM REST "gold: {temperature: 1e999 K}\n", "deck.yaml:5:21: error: gold.temperature: \"1e999 K\" is too large\n"},
    {"hopfilm: 1\n" FILM REST "gold: {temperature: warm}\n", "deck.yaml:5:21: error: gold.temperature: \"warm\" is not a temperature in K\n"},
    {"hopfilm: 1\n" FILM REST "gold: {temperature: -1 K}\n", "deck.yaml:5:21: error: gold.temperature: must be at least 0, found -1 K\n"},
    {"hopfilm: 1\n" FILM REST "gold: {temperature: }\n", "deck.yaml:5:8: error: gold.temperature: expected a temperature in K, found nothing\n"},
    {"hopfilm: 1\n" FILM REST "gold: {temperature: [1 K]}\n", "deck.yaml:5:8: error: gold.temperature: expected a temperature in K, found a list\n"},
    {"hopfilm: 1\n" FILM REST "field: [0, 1 kA/m, 1 mT]\n", "deck.yaml:5:20: error: field: the values of one list need units of one kind\n"},
    {"hopfilm: 1\n" FILM REST "field: [0, 1 kA/m]\n", "deck.yaml:5:1: error: field: expected 3 values, found 2\n"},
    {"hopfilm: 1\n" FILM REST "solver: {tolerance: 1 nm}\n",
     "deck.yaml:5:21: error: solver.tolerance: \"1 nm\" has a unit, but a plain number is expected\n"},
    /* words, integers, sections, variants */
    {"hopfilm: 1\n" FILM REST "gold: {side: abvoe}\n",
     "deck.yaml:5:14: error: gold.side: expected above or below, found \"abvoe\"; did you mean \"above\"?\n"},
    {"hopfilm: 1\n" FILM REST "solver: {direct: yes}\n", "deck.yaml:5:18: error: solver.direct: expected true or false, found \"yes\"\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule:\n  - train: {patterns: A, voltage: 1 V, scales: [frist, 0, 2 m]}\n",
     "deck.yaml:5:49: error: schedule.0.train.scales.0: expected a number, first or second, found \"frist\"; did you mean \"first\"?\n"
     "deck.yaml:5:56: error: schedule.0.train.scales.1: must be greater than 0, found 0\n"
     "deck.yaml:5:59: error: schedule.0.train.scales.2: \"2 m\" has a unit, but a plain number is expected\n"},
    {"hopfilm: 1\n" FILM REST "gold: 5 nm\n", "deck.yaml:5:7: error: gold: expected a section, found \"5 nm\"\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule:\n  - tarin: {}\n",
     "deck.yaml:5:5: error: schedule.0: expected one of relax or train, found \"tarin\"; did you mean \"train\"?\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule:\n  - relax\n    train\n",
     "deck.yaml:5:5: error: schedule.0: expected one of relax or train, found \"relax train\"\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule:\n  - relax:\n    train: {patterns: A, voltage: 1 V}\n",
     "deck.yaml:5:5: error: schedule.0: expected exactly one of relax or train, found 2 keys\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule: []\n", "deck.yaml:4:1: error: schedule: empty, but at least one entry is needed\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule:\n", "deck.yaml:4:1: error: schedule: empty, but at least one entry is needed\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule: relax\n", "deck.yaml:4:11: error: schedule: expected a list, found \"relax\"\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule: [train: {patterns: A, voltage: 1 V, epochs: 2.5}]\n",
     "deck.yaml:4:55: error: schedule.0.train.epochs: expected an integer, found \"2.5\"\n"},
    {"hopfilm: 1\n" FILM "patterns: {A: \"++\"}\nschedule: [train: {patterns: A, voltage: 1 V, flips: [1, 0]}]\n",
     "deck.yaml:4:58: error: schedule.0.train.flips.1: must be greater than 0, found 0\n"},
    /* told once, where it is written, although two sections inherit it; in the order of the places */
    {"hopfilm: 1\nfilm:\n  size: [1 um, -1 um]\n  cell: 5 nm\n  material: {Ms: 800 kA/m, alpha: 1.5}\n  regions: [{name: a}, {name: b}]\n" REST,
     "deck.yaml:3:16: error: film.size.1: must be greater than 0, found -1 um\n"
     "deck.yaml:5:35: error: film.material.alpha: must lie in [0,1], found 1.5\n"},
    {"hopfilm: 1\n" FILM REST "petsc: {a: [1]}\n", "deck.yaml:5:9: error: petsc.a: expected a single value, found a list\n"},
    {"hopfilm: 1\n" FILM REST "include: [\"\"]\n", "deck.yaml:5:11: error: include: expected the name of a file\n"},
    {"hopfilm: 1\n" FILM REST "include: /there/is/no/such.yaml\n",
     "deck.yaml:5:10: error: include: cannot read /there/is/no/such.yaml: No such file or directory\n"},
};

static void test_messages(void **state) {
  HfKeys keys = test_keys();
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); ++k) {
    HfDeck deck = NULL;
    PetscErrorCode code;
    Capture capture;
    capture_start(&capture);
    code = HfDeckCreateFromText(PETSC_COMM_WORLD, keys, cases[k].text, &deck);
    if (!code) code = HfDeckVerdict(deck);
    capture_end(&capture);
    assert_string_equal(capture.text, cases[k].messages);
    assert_int_equal(code, HF_ERR_DECK);
    CHECK(HfDeckDestroy(&deck));
  }
  CHECK(HfKeysDestroy(&keys));
}

/* Errors and warnings of other modules join in, at the place of their node; printed once. */
static void test_errors_of_others(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck;
  HfNode film, root;
  Capture capture;

  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, "hopfilm: 1\n" FILM REST, &deck));
  CHECK(HfDeckVerdict(deck));
  root = HfDeckRoot(deck);
  film = HfChild(root, "film");
  CHECK(HfDeckWarn(deck, HfChild(film, "cell"), "%d nm is coarse", 5));
  CHECK(HfDeckError(deck, NULL, "no electrode"));
  CHECK(HfDeckError(deck, HfChild(film, "material"), "odd"));
  CHECK(HfDeckError(deck, HfChild(HfChild(film, "material"), "alpha"), "a default has the place of its section"));
  CHECK(HfDeckError(deck, HfNodeItem(HfChild(film, "size"), 1), "short"));
  assert_int_equal(HfDeckErrorCount(deck), 4);
  capture_start(&capture);
  assert_int_equal(HfDeckVerdict(deck), HF_ERR_DECK);
  assert_int_equal(HfDeckVerdict(deck), HF_ERR_DECK);
  capture_end(&capture);
  assert_string_equal(capture.text, "deck.yaml: error: no electrode\n"
                                    "deck.yaml:2:21: error: short\n"
                                    "deck.yaml:2:34: warning: 5 nm is coarse\n"
                                    "deck.yaml:2:40: error: odd\n"
                                    "deck.yaml:2:40: error: a default has the place of its section\n");
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

/* An unreadable deck, and a folder in its place: one line, the code of a file. */
static void test_unreadable(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck;
  Capture capture;
  capture_start(&capture);
  assert_int_equal(HfDeckCreate(PETSC_COMM_WORLD, keys, "/there/is/no/such.yaml", 0, NULL, &deck), HF_ERR_FILE);
  assert_int_equal(HfDeckCreate(PETSC_COMM_WORLD, keys, "/", 0, NULL, &deck), HF_ERR_FILE);
  capture_end(&capture);
  assert_null(deck);
  assert_string_equal(capture.text,
                      "hopfilm: cannot read /there/is/no/such.yaml: No such file or directory\nhopfilm: cannot read /: Is a directory\n");
  CHECK(HfKeysDestroy(&keys));
}

/* Mistakes in a table are told when it is made, not when a deck trips over them. */
static void test_bad_tables(void **state) {
  static const HfKey bad[][2] = {{{"a", HF_QUANTITY, "furlongs_", "", "", 0, "A"}, {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}},
                                 {{"b", HF_NUMBER, NULL, "", "> 0 or so", 0, "B"}, {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}},
                                 {{"film", HF_SECTION, NULL, "", "", 0, "Film again"}, {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}},
                                 {{"c", HF_CHOICE, NULL, "", "", 0, "C"}, {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}}};
  HfKeys keys = test_keys();
  CHECK(HfKeysAdd(keys, "", test_rows)); /* the same rows again: nothing */
  for (int k = 0; k < 4; ++k) assert_int_equal(HfKeysAdd(keys, "", bad[k]), PETSC_ERR_ARG_WRONG);
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test_setup(test_messages, quiet_start), cmocka_unit_test(test_errors_of_others),
                                          cmocka_unit_test(test_unreadable), cmocka_unit_test(test_bad_tables)};
HF_TEST_MAIN(tests)
