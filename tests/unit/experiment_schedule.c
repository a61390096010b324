/* What is wrong with a schedule is told before anything runs, each mistake once; what is right runs without a recorder. */
#include "experiment_case.h"

/* Errors that the deck counts for a schedule. */
static PetscInt errors(const char *schedule) {
  char text[8192];
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  struct HfRecorder_ nowhere = {0};
  PetscInt count;
  PetscErrorCode code;

  snprintf(text, sizeof(text), "%s%s", FILM("{uniform: {direction: [1, 0, 0]}}"), schedule);
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

#define TRAIN "schedule:\n  - train: {patterns: [A, B], voltage: 1 mV, pulse: 1 ns, probe_every: 0.1 ns}\n"

static void test_mistakes(void **state) {
  assert_int_equal(errors(TRAIN "  - fit: {}\n  - energies: {}\n  - recall: {}\n  - probe: {wirings: true}\n  - hold: {time: 1 ns}\n"), 0);
  assert_int_equal(errors("schedule:\n  - train: {patterns: [Z, '+++', '+-+-+', '+x+-'], voltage: 1 mV, pulse: 1 ns}\n"), 4);
  assert_int_equal(errors("schedule:\n  - train: {patterns: A, voltage: 1 mV, field: 20 Oe, pulse: 1 ns}\n"), 1);
  assert_int_equal(errors("schedule:\n  - train: {patterns: A, pulse: 1 ns}\n"), 1);
  assert_int_equal(errors("schedule:\n  - train: {patterns: [A, B, C], voltage: [1 mV, 2 mV], pulse: 1 ns}\n"), 1);
  assert_int_equal(errors("schedule:\n  - hold: {time: 1 ns, voltage: 1 V}\n"), 1);
  assert_int_equal(errors("schedule:\n  - hysteresis: {from: [1 mT, 0 mT, 0 mT], to: [1 mT, 0 mT, 0 mT], steps: 4}\n"), 1);
  assert_int_equal(errors("schedule:\n  - energies: {}\n  - recall: {}\n  - fit: {}\n"), 3);                          /* nothing trained yet */
  assert_int_equal(errors(TRAIN "  - initial: {random: {seed: 2}}\n  - energies: {}\n"), 1);                          /* and nothing again */
  assert_int_equal(errors("schedule:\n  - train: {patterns: [A, B], voltage: 1 mV, pulse: 1 ns}\n  - fit: {}\n"), 1); /* no traces */
  assert_int_equal(errors(TRAIN "  - logic: {}\n"), 2);                /* the two patterns of the paper's gates */
  assert_int_equal(errors(TRAIN "  - logic: {learn: {AND: A}}\n"), 1); /* two gates are wanted */
  assert_int_equal(errors(TRAIN "  - tiles: {letters: {a: '++ --', b: '++ -', c: '+?', d: '++ +-'}}\n"), 3); /* rows, pixel, untrained window */
  assert_int_equal(errors(TRAIN "  - tiles: {letters: {a: '++ --'}, flips: 5}\n"), 1);
  assert_int_equal(errors("schedule:\n  - infer: {patterns: [A, B], flips: 1}\n"), 1);           /* nothing trained yet */
  assert_int_equal(errors(TRAIN "  - infer: {patterns: [A, B], flips: 1, grey: 1}\n"), 1);       /* one kind of noise */
  assert_int_equal(errors(TRAIN "  - infer: {patterns: [A, B]}\n"), 1);                          /* not none */
  assert_int_equal(errors(TRAIN "  - infer: {patterns: [A, Z], flips: [4, 5], rules: x}\n"), 3); /* pattern, five of four pixels, rule */
  assert_int_equal(errors(TRAIN "  - infer: {patterns: A, flips: 1}\n"), 1);                     /* one answer is no question */
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
  CHECK(HfDeckCreateFromText(
      PETSC_COMM_WORLD, keys,
      FILM(
          "{random: {seed: 1}}") "schedule:\n  - relax: {max_time: 0.1 ns}\n"
                                 "  - train: {patterns: [A, B, D, C], voltage: 1 mV, pulse: 1 ns, pause: 0.5 ns, epochs: 2, probe_every: 0.5 ns}\n"
                                 "  - fit: {}\n  - logic: {}\n  - recall: {method: asynchronous, starts: flips-1, weights: [saturated, scaled], xi: "
                                 "[0.9, 1]}\n"
                                 "  - tiles: {letters: {a: '++ -- --'}}\n  - energies: {of: last, weights: scaled, xi: [0.98, 1.0], trivial: true}\n",
      &deck));
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
