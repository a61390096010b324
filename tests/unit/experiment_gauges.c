/* Gauges in a schedule: every probe reads them, and each pulse reports their values at its start and end. */
#include "test_decks.h"
#include <hopfilm/experiment.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  struct HfRecorder_ recorder;
  int n;
  PetscReal across[32], along[32];
  HfNode entries;
} Log;

static PetscErrorCode log_probe(void *context, const HfProbe *probe) {
  Log *log = context;
  PetscFunctionBeginUser;
  assert_true(log->n < 32 && probe->n_gauges == 2);
  assert_string_equal(probe->gauge_names[0], "across");
  ASSERT_NEAR(probe->gauges[1] / probe->G[0], 1, 1e-9); /* the same two contacts as the electrodes' */
  log->across[log->n] = probe->gauges[0];
  log->along[log->n++] = probe->gauges[1];
  PetscFunctionReturn(0);
}

static PetscErrorCode log_summary(void *context, HfNode entry) {
  PetscFunctionBeginUser;
  PetscCall(HfNodePutNode(((Log *)context)->entries, NULL, entry));
  PetscFunctionReturn(0);
}

static PetscReal number(HfNode entry, const char *path) {
  assert_non_null(HfNodeFind(entry, path));
  return atof(HfNodeText(HfNodeFind(entry, path)));
}

static void test_gauges(void **state) {
  const int first[3] = {0, 2, 5}, last[3] = {2, 5, 8}; /* probes: at 0, 2, 4 ps; then three in each pulse, which start where the last ended */
  Log log = {.recorder = {.context = &log, .probe = log_probe, .summary = log_summary}};
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  int found = 0, probes = 0;

  CHECK(HfNodeCreate(HF_NODE_LIST, &log.entries));
  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("film"), &deck));
  CHECK(HfExperimentCreate(deck, &log.recorder, NULL, &experiment));
  CHECK(HfExperimentRun(experiment));
  assert_int_equal(log.n, 9);
  for (PetscInt i = 0; i < HfNodeLength(log.entries); ++i) {
    HfNode entry = HfNodeItem(log.entries, i);
    if (!strcmp(HfNodeText(HfNodeFind(entry, "step")), "probe")) {
      ++probes;
      ASSERT_NEAR(number(entry, "gauges_S.across"), log.across[8], 0);
    }
    if (strcmp(HfNodeText(HfNodeFind(entry, "step")), "gauges")) continue;
    assert_true(found < 3);
    ASSERT_NEAR(number(entry, "gauges.0.start_S"), log.across[first[found]], 0);
    ASSERT_NEAR(number(entry, "gauges.0.end_S"), log.across[last[found]], 0);
    ASSERT_NEAR(number(entry, "gauges.1.change_percent"), 100 * (log.along[last[found]] / log.along[first[found]] - 1), 1e-9);
    assert_true(fabs(number(entry, "gauges.1.change_percent")) > 1e-3); /* the texture moved */
    ++found;
  }
  assert_int_equal(found, 3);
  assert_int_equal(probes, 1);
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  CHECK(HfNodeDestroy(&log.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_gauges)};
HF_TEST_MAIN(tests)
