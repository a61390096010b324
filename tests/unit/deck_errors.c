/* Bad decks: each gives its message with line and column, and nothing else. */
#include "deck_test.h"

static const struct {
  const char *text, *messages;
} cases[] = {
    /* what a YAML file of UTF-8 cannot hold, and nothing at all */
    {"hopfilm: 1\nfilm:\n\tcell: 5 nm\n", "deck.yaml:3:1: error: not valid YAML: a tab; indent with spaces\n"},
    {"hopfilm: 1\ntitle: \xff\n", "deck.yaml:2:8: error: not valid YAML: invalid leading UTF-8 octet\n"},
    {"", "deck.yaml:1:1: error: the key \"hopfilm\" is missing (Version of the deck format)\n"
         "deck.yaml:1:1: error: the key \"film\" is missing (The film)\n"
         "deck.yaml:1:1: error: the key \"patterns\" is missing (Patterns)\n"
         "deck.yaml:1:1: error: the key \"schedule\" is missing (Steps)\n"},
};

static void assert_messages(HfKeys keys, const char *text, const char *messages) {
  HfDeck deck = NULL;
  PetscErrorCode code;
  Capture capture;

  capture_start(&capture);
  code = HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck);
  if (!code) code = HfDeckVerdict(deck);
  capture_end(&capture);
  assert_string_equal(capture.text, messages);
  assert_int_equal(code, HF_ERR_DECK);
  CHECK(HfDeckDestroy(&deck));
}

/* Each deck is followed by its messages, in lines that begin with "#! ". */
static void assert_documents(HfKeys keys, const char *documents) {
  const char *document;

  for (int k = 0; (document = DECK_AT(documents, k, NULL)); ++k) {
    char text[2048], messages[2048] = "";
    size_t length = 0;
    const char *line = strstr(document, "#! ");

    assert_non_null(line);
    snprintf(text, sizeof(text), "%.*s", (int)(line - document), document);
    for (; line; line = strstr(line + 1, "#! ")) {
      const int line_length = (int)strcspn(line, "\n") - 3;
      length += (size_t)snprintf(messages + length, sizeof(messages) - length, "%.*s\n", line_length, line + 3);
    }
    assert_messages(keys, text, messages);
  }
}

static void test_messages(void **state) {
  HfKeys keys = test_keys();

  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); ++k) assert_messages(keys, cases[k].text, cases[k].messages);
  assert_documents(keys, "whole");
  assert_documents(keys, "up-to-patterns behind-patterns");
  assert_documents(keys, "up-to-patterns good behind-good");
  CHECK(HfKeysDestroy(&keys));
}

/* Errors and warnings of other modules are listed with the others, at the place of their node, and printed once. */
static void test_errors_of_others(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck;
  HfNode film, root;
  Capture capture;

  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("up-to-patterns good"), &deck));
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

/* An unreadable deck, or a folder in its place: one line, and the exit code of files that cannot be read. */
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

/* Mistakes in a table of keys are reported when it is made, not when a deck uses them. */
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
