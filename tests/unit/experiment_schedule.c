/* Errors in a schedule are reported before anything runs, each once; a correct schedule runs without a recorder. */
#include "experiment_case.h"

/* Errors that the deck counts for a schedule. */
static PetscInt errors(const char *text) {
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  struct HfRecorder_ nowhere = {0};
  PetscInt count;
  PetscErrorCode code;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = HfExperimentCreate(deck, &nowhere, NULL, &experiment);
  CHECK(PetscPopErrorHandler());
  count = HfDeckErrorCount(deck);
  assert_int_equal(code, count ? HF_ERR_DECK : 0);
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return count;
}

/* The note of a deck begins with the number of its errors. */
static void assert_errors(const char *documents) {
  const char *text, *note;

  for (int k = 0; (text = DECK_AT(documents, k, &note)); ++k) {
    const PetscInt found = errors(text);
    if (found != atoi(note)) fail_msg("%d errors of %s", (int)found, note);
  }
}

static void test_mistakes(void **state) {
  assert_int_equal(errors(DECK("four-nodes from-uniform patterns trained right")), 0);
  assert_errors("four-nodes from-uniform patterns mistakes");
  assert_errors("four-nodes from-uniform patterns trained mistakes-after-training");
}

/* Every step once. The clock counts pulses and pauses, not the relaxation. */
static void test_runs_without_a_recorder(void **state) {
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  HfNode plan;
  struct HfRecorder_ nowhere = {0};
  const double pulse = 1e-9;
  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK_WITH("four-nodes from-random patterns every-step", "start=1"), &deck));
  CHECK(HfExperimentCreate(deck, &nowhere, NULL, &experiment));
  CHECK(HfExperimentPlan(experiment, &plan));
  ASSERT_NEAR(atof(HfNodeText(HfNodeFind(plan, "simulated_seconds"))), 8 * 1.5 * pulse, 1e-20);
  CHECK(HfExperimentRun(experiment));
  ASSERT_NEAR(HfDeviceTime(HfExperimentDevice(experiment)), 8 * 1.5 * pulse, 1e-20);
  CHECK(HfNodeDestroy(&plan));
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_mistakes), cmocka_unit_test(test_runs_without_a_recorder)};
HF_TEST_MAIN(tests)
