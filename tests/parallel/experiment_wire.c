/* The step `wire` from end to end: the wiring that it writes, included in a deck, gives the film with which the run goes on after the search; the
   predictions; results that do not depend on the number of ranks. */
#include "experiment_case.h"

/* The recorder of experiment_case.h, and the files written. */
enum { FILES = 3 };
static char files[FILES + 1][4096];
static int n_files, n_wirings;

static PetscErrorCode keep(void *context, const char *name, const char *text) {
  char wanted[32];
  snprintf(wanted, sizeof(wanted), "wiring-1-%d.yaml", n_files + 1);
  assert_string_equal(name, wanted);
  assert_true(n_files < FILES);
  snprintf(files[n_files++], sizeof(files[0]), "%s", text);
  return 0;
}

static PetscErrorCode count(void *context, const HfWiring *wiring) {
  ++n_wirings;
  return 0;
}

static void go(MPI_Comm comm, const char *text, Memory *memory) {
  n_files = n_wirings = 0;
  CHECK(run_deck_with(comm, text, &(struct HfRecorder_){.text = keep, .wiring = count}, memory));
}

static const char *text_of(HfNode entry, const char *key) {
  HfNode node = HfNodeFind(entry, key);
  if (!node) fail_msg("the entry has no %s", key);
  return HfNodeText(node);
}

static void test_included(void **state) {
  static const char *const keys[] = {"exact", "exact_recovery.0", "exact_recovery.1", "accuracy", "overlap_after", "margin"};
  char included[8192];
  Memory found, given;

  go(PETSC_COMM_WORLD, DECK_WITH("sheet pixels wire learn", "model=film"), &found);
  assert_int_equal(n_files, FILES);
  assert_int_equal(n_wirings, 1);
  assert_string_not_equal(files[0], files[1]);
  assert_non_null(strstr(files[0], "A, B"));
  snprintf(included, sizeof(included), "%s%s%s", DECK("sheet"), files[0], DECK("schedule learn"));
  go(PETSC_COMM_WORLD, included, &given);
  assert_int_equal(n_files, 0);
  for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); ++k)
    assert_string_equal(text_of(entry_from_end(&found, "infer", 0), keys[k]), text_of(entry_from_end(&given, "infer", 0), keys[k]));
  assert_int_equal(found.n_probes, given.n_probes);
  assert_memory_equal(found.G[found.n_probes - 1], given.G[given.n_probes - 1], sizeof(found.G[0]));
  CHECK(HfNodeDestroy(&found.entries));
  CHECK(HfNodeDestroy(&given.entries));
}

/* The best wiring is kept with its forecast: both patterns are stored, as they are by the film. */
static void test_forecast(void **state) {
  Memory memory;
  HfNode wire, costs;

  go(PETSC_COMM_WORLD, DECK_WITH("sheet pixels wire learn", "model=film"), &memory);
  wire = entry_from_end(&memory, "wire", 0);
  assert_string_equal(text_of(wire, "found"), "ex situ");
  costs = HfNodeFind(wire, "costs");
  assert_int_equal(HfNodeLength(costs), 3);
  assert_string_equal(HfNodeText(HfNodeItem(costs, (PetscInt)number(wire, "start") - 1)), text_of(wire, "cost"));
  ASSERT_NEAR(number(wire, "predicted_exact_recovery.0"), 1, 0);
  ASSERT_NEAR(number(entry_from_end(&memory, "infer", 0), "exact_recovery.0"), 1, 0);
  CHECK(HfNodeDestroy(&memory.entries));
}

/* The search is limited by time instead of by a number of candidates. */
static void test_time(void **state) {
  Memory memory;

  go(PETSC_COMM_WORLD, DECK("sheet pixels wire-for-a-time"), &memory);
  assert_true(number(entry_from_end(&memory, "wire", 0), "candidates") >= 1);
  assert_int_equal(n_files, 2);
  CHECK(HfNodeDestroy(&memory.entries));
}

/* Searches belong to starts, not to ranks; the rule of neighbours is searched likewise. */
static void test_ranks(void **state) {
  static const char *const models[] = {"film", "outer-product-neighbours"};
  char here[FILES][4096];
  Memory memory;

  for (int m = 0; m < 2; ++m) {
    const char *const deck = DECK_WITH("sheet pixels wire", "model=%s", models[m]);

    go(PETSC_COMM_WORLD, deck, &memory);
    CHECK(HfNodeDestroy(&memory.entries));
    memcpy(here, files, sizeof(here));
    go(PETSC_COMM_SELF, deck, &memory);
    for (int f = 0; f < FILES; ++f) assert_string_equal(here[f], files[f]);
    CHECK(HfNodeDestroy(&memory.entries));
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_included), cmocka_unit_test(test_forecast), cmocka_unit_test(test_time),
                                          cmocka_unit_test(test_ranks)};
HF_TEST_MAIN(tests)
