/* Why src/app/options.c does not use getopt_long(): what it makes of words that hopfilm must refuse. tests/bad-decks/abbreviated-option.yaml and
   petsc-option-before-dashes.yaml show what hopfilm makes of them. */
#include "hf_test.h"
#include <getopt.h>

static const struct option options[] = {{"force", no_argument, NULL, 256}, {"out", required_argument, NULL, 257}, {NULL, 0, NULL, 0}};

/* Number of results up to the end of the words; *last: the last one. */
static int parse(char *word, int *last) {
  char *words[] = {(char *)"hopfilm", word, NULL};
  int n = 0, found;
  opterr = 0;
  optind = 0;
  while ((found = getopt_long(2, words, "-:", options, NULL)) != -1) {
    *last = found;
    ++n;
  }
  return n;
}

/* --f would be --force, which overwrites a finished run; there is no way to switch this off. */
static void test_abbreviations_are_accepted(void **state) {
  int last = 0;
  assert_int_equal(parse((char *)"--f", &last), 1);
  assert_int_equal(last, 256);
}

/* An option of PETSc before "--" is not one unknown word, but eight unknown letters. */
static void test_letters_are_options(void **state) {
  int last = 0;
  assert_int_equal(parse((char *)"-ksp_rtol", &last), 8);
  assert_int_equal(last, '?');
  assert_int_equal(optopt, 'l');
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_abbreviations_are_accepted), cmocka_unit_test(test_letters_are_options)};
HF_TEST_MAIN(tests)
