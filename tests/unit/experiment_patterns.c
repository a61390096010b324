/* Random patterns: as many + as -, a function of the seed, all equally likely; a seed is required. experiment/step.h: six thousand patterns are read
   without a film. */
#include "experiment/step.h"
#include "experiment_case.h"

static void test_random_patterns(void **state) {
  enum { SEEDS = 6000 };
  const HfPatternList patterns = {.n = 4};
  int count[16] = {0}, kinds = 0;
  PetscReal x[4];
  char text[5], name[32];
  const char *why;

  for (int seed = 0; seed < SEEDS; ++seed) {
    int index = 0;
    snprintf(name, sizeof name, "random %d", seed);
    CHECK(HfPatternRead(&patterns, name, x, text, &why));
    assert_null(why);
    ASSERT_NEAR(x[0] + x[1] + x[2] + x[3], 0, 0);
    for (int i = 0; i < 4; ++i) {
      assert_int_equal(text[i], x[i] > 0 ? '+' : '-');
      index |= (x[i] > 0) << i;
    }
    ++count[index];
  }
  for (int k = 0; k < 16; ++k) kinds += count[k] > 0;
  assert_int_equal(kinds, 6);
  for (int k = 0; k < 16; ++k) /* 1000 of each, with a deviation of sqrt(6000/6 * 5/6) = 29 */
    if (count[k]) ASSERT_NEAR(count[k], SEEDS / 6, 120);
  for (int k = 0; k < 3; ++k) {
    CHECK(HfPatternRead(&patterns, (const char *[]){"random ", "random x", "random -1"}[k], x, text, &why));
    assert_string_equal(why, "a random pattern has a seed, random 7");
  }
}

/* A name of the deck's section stands for its text. */
static void test_a_named_pattern(void **state) {
  Memory memory;

  CHECK(run_deck(PETSC_COMM_SELF, DECK("four-nodes from-uniform random-pattern"), &memory));
  assert_int_equal(memory.n_probes, 3); /* the untrained film, and the end of each hold */
  assert_int_equal(strlen(memory.pattern[1]), 4);
  assert_string_equal(memory.pattern[1], memory.pattern[2]);
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_patterns), cmocka_unit_test(test_a_named_pattern)};
HF_TEST_MAIN(tests)
