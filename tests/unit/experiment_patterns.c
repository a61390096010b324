/* Random patterns: as many + as -, a function of the seed, all equally likely; a seed is asked for. */
#include "experiment/experiment_impl.h"
#include "experiment_case.h"

static void test_random_patterns(void **state) {
  enum { SEEDS = 6000 };
  struct HfRecorder_ nowhere = {0};
  HfExperiment experiment;
  int count[16] = {0}, kinds = 0;
  PetscReal x[4];
  char text[5], name[32], again[5];
  const char *why;
  HfKeys keys;
  HfDeck deck;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, FILM_WITH("{uniform: {direction: [1, 0, 0]}}", "A: random 5") "schedule:\n  - relax: {}\n",
                             &deck));
  CHECK(HfExperimentCreate(deck, &nowhere, &experiment));
  for (int seed = 0; seed < SEEDS; ++seed) {
    int state_index = 0;
    snprintf(name, sizeof name, "random %d", seed);
    CHECK(HfPatternRead(experiment, name, x, text, &why));
    assert_null(why);
    ASSERT_NEAR(x[0] + x[1] + x[2] + x[3], 0, 0);
    for (int i = 0; i < 4; ++i) {
      assert_int_equal(text[i], x[i] > 0 ? '+' : '-');
      state_index |= (x[i] > 0) << i;
    }
    ++count[state_index];
  }
  for (int k = 0; k < 16; ++k) kinds += count[k] > 0;
  assert_int_equal(kinds, 6);
  for (int k = 0; k < 16; ++k) /* 1000 of each, with a deviation of sqrt(6000/6 * 5/6) = 29 */
    if (count[k]) ASSERT_NEAR(count[k], SEEDS / 6, 120);
  CHECK(HfPatternRead(experiment, "A", x, again, &why));
  CHECK(HfPatternRead(experiment, "random 5", x, text, &why));
  assert_string_equal(text, again);
  for (int k = 0; k < 3; ++k) {
    CHECK(HfPatternRead(experiment, (const char *[]){"random ", "random x", "random -1"}[k], x, text, &why));
    assert_string_equal(why, "a random pattern has a seed, random 7");
  }
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_patterns)};
HF_TEST_MAIN(tests)
