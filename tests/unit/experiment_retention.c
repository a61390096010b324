/* A film at rest: what the record, the steps that recall and `probe` find after a rest equals what a run finds that holds the film without voltage by hand.
   The film has no coercivity, so that every rest changes it. */
#include "experiment_case.h"

enum { N = 4, NN = N * N, MOST_ARRAYS = 64, MOST_VALUES = 256 };
typedef struct {
  int n;
  char name[MOST_ARRAYS][96];
  int length[MOST_ARRAYS];
  double values[MOST_ARRAYS][MOST_VALUES];
} Arrays;
static Arrays found;

static PetscErrorCode keep_array(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                                 const char *unit) {
  PetscInt length = 1;

  PetscFunctionBeginUser;
  if (strncmp(dataset, "/retention/", strlen("/retention/"))) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < rank; ++k) length *= shape[k];
  assert_true(found.n < MOST_ARRAYS && length <= MOST_VALUES);
  snprintf(found.name[found.n], sizeof(found.name[0]), "%s", dataset);
  memcpy(found.values[found.n], values, (size_t)length * sizeof(double));
  found.length[found.n++] = (int)length;
  PetscFunctionReturn(0);
}

static const double *array_of(const char *name, int length) {
  for (int k = 0; k < found.n; ++k)
    if (!strcmp(found.name[k], name)) {
      assert_int_equal(found.length[k], length);
      return found.values[k];
    }
  fail_msg("no array %s", name);
  return NULL;
}

static double change(const double a[NN], const double b[NN]) {
  double largest = 0.0;
  for (int e = 0; e < NN; ++e) largest = fmax(largest, fabs(a[e] - b[e]));
  return largest / fabs(b[0]);
}

static double power(const double G[NN], const char *pattern) {
  double sum = 0.0;
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j) sum += (pattern[i] == pattern[j] ? 1.0 : -1.0) * G[i * N + j];
  return sum;
}

/* Both runs take the same steps, at other times: measured 6e-16. */
#define SAME 1e-9

static void test_rests_equal_holds(void **state) {
  enum { T = 3, MEMORIES = 2 };
  const double wanted[T] = {0.0, 1e-9, 3e-9};
  struct HfRecorder_ arrays = {.array = keep_array};
  Memory rested, held;
  const double *time, *G, *untrained, *by_hand[MEMORIES][T];

  found.n = 0;
  CHECK(run_deck_with(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random patterns retention", "start=3"), &arrays, &rested));
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random patterns by-hand", "start=3"), &held));
  time = array_of("/retention/1/time", T);
  G = array_of("/retention/1/G", MEMORIES * T * NN);
  untrained = array_of("/retention/1/G_untrained", T * NN);
  for (int t = 0; t < T; ++t) ASSERT_NEAR(time[t], wanted[t], 1e-20);
  /* the holds: untrained, 1 ns, 3 ns, untrained again, pulse, 1 ns, 3 ns, pulse, 1 ns, 3 ns, 5 ns */
  assert_int_equal(held.n_probes, 3 + 1 + 3 + 3 + 1);
  for (int t = 0; t < T; ++t) assert_true(change(untrained + t * NN, held.G[t]) < SAME);
  for (int k = 0; k < MEMORIES; ++k)
    for (int t = 0; t < T; ++t) {
      by_hand[k][t] = held.G[4 + 3 * k + t];
      assert_true(change(G + (k * T + t) * NN, by_hand[k][t]) < SAME);
      if (t) assert_true(change(by_hand[k][t], by_hand[k][t - 1]) > 1e4 * SAME); /* the film turns back */
    }

  /* the steps see the film and the untrained film at their times: the power in the trained pattern; xi = 1, the control, has no entries of its own */
  for (int t = 0; t < T; ++t)
    for (int k = 0; k < MEMORIES; ++k) {
      HfNode entry = entry_from_end(&rested, "energies", (T - 1 - t) * (MEMORIES + 2) + MEMORIES + 1 - k);
      const char *pattern = HfNodeText(HfNodeFind(entry, "trained"));

      ASSERT_NEAR(number(entry, "after_s"), wanted[t], 1e-20);
      ASSERT_NEAR(number(entry, "power_change_percent"), 100.0 * (power(by_hand[k][t], pattern) / power(held.G[t], pattern) - 1.0), 1e-4);
    }
  assert_string_equal(HfNodeText(HfNodeFind(entry_from_end(&rested, "recall", 0), "after")), "3 ns");
  array_of("/retention/2/scaled-0.98/minima", T);
  array_of("/retention/2/scaled-0.98/untrained_minima", T);
  array_of("/retention/3/scaled-0.98/exact_by_amount", 2 * 2);

  /* a probe lets the film rest on: 3 ns + 2 ns */
  assert_true(change(rested.G[rested.n_probes - 1], held.G[held.n_probes - 1]) < SAME);
  ASSERT_NEAR(number(entry_from_end(&rested, "probe", 0), "after_s"), 2e-9, 1e-20);
  ASSERT_NEAR(rested.time[rested.n_probes - 1], 3e-9 + 2 * 4e-9 + 2e-9, 1e-18);
  ASSERT_NEAR(rested.done, rested.total, 1e-18);
  CHECK(HfNodeDestroy(&rested.entries));
  CHECK(HfNodeDestroy(&held.entries));
}

/* The untrained film rests in the place of a film that has learned already, which goes on as if nothing had happened. */
static void test_the_untrained_film_rests_later(void **state) {
  struct HfRecorder_ arrays = {.array = keep_array};
  Memory rested, held;

  found.n = 0;
  CHECK(run_deck_with(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random patterns second", "start=3"), &arrays, &rested));
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random patterns second-by-hand", "start=3"), &held));
  assert_int_equal(held.n_probes, 2 + 1 + 2 + 1); /* untrained, rested; untrained, two pulses, rested */
  assert_true(change(array_of("/retention/2/G_untrained", 2 * NN) + NN, held.G[1]) < SAME);
  assert_true(change(array_of("/retention/2/G", 2 * NN), held.G[4]) < SAME);
  assert_true(change(array_of("/retention/2/G", 2 * NN) + NN, held.G[5]) < SAME);
  CHECK(HfNodeDestroy(&rested.entries));
  CHECK(HfNodeDestroy(&held.entries));
}

/* Errors that the deck counts for a schedule. */
static void test_mistakes(void **state) {
  const char *text, *note;

  for (int k = 0; (text = DECK_AT("four-nodes from-uniform patterns mistakes", k, &note)); ++k) {
    struct HfRecorder_ nowhere = {0};
    HfExperiment experiment;
    HfKeys keys;
    HfDeck deck;

    CHECK(HfKeysCreate(&keys));
    CHECK(HfExperimentRegisterKeys(keys));
    CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
    CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
    (void)HfExperimentCreate(deck, &nowhere, NULL, &experiment);
    CHECK(PetscPopErrorHandler());
    if (HfDeckErrorCount(deck) != atoi(note)) fail_msg("%d errors of %s", (int)HfDeckErrorCount(deck), note);
    CHECK(HfExperimentDestroy(&experiment));
    CHECK(HfDeckDestroy(&deck));
    CHECK(HfKeysDestroy(&keys));
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_rests_equal_holds), cmocka_unit_test(test_the_untrained_film_rests_later),
                                          cmocka_unit_test(test_mistakes)};
HF_TEST_MAIN(tests)
