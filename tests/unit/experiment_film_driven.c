/* A schedule on a film without gold: the patterns' voltages drive the film itself; the log reports how its current followed. */
#include "experiment_case.h"

typedef struct {
  struct HfRecorder_ recorder;
  int refreshed, n_probes, n_H, n_powers;
  PetscReal G[64][16], power[8]; /* power: changes of the trained patterns, in the order of the entries */
} Log;

static PetscErrorCode log_line(void *context, const char *line) {
  PetscFunctionBeginUser;
  if (strstr(line, "refreshed")) ((Log *)context)->refreshed++;
  PetscFunctionReturn(0);
}
static PetscErrorCode log_probe(void *context, const HfProbe *probe) {
  Log *log = context;
  PetscFunctionBeginUser;
  assert_true(log->n_probes < 64);
  memcpy(log->G[log->n_probes++], probe->G, sizeof(log->G[0]));
  PetscFunctionReturn(0);
}
static PetscErrorCode log_field(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  PetscFunctionBeginUser;
  if (name[0] == 'H' || strstr(name, "gold")) ((Log *)context)->n_H++;
  PetscFunctionReturn(0);
}

static PetscErrorCode log_summary(void *context, HfNode entry) {
  HfNode power = HfNodeFind(entry, "power_change_percent");
  Log *log = context;
  PetscFunctionBeginUser;
  assert_true(log->n_powers < 8);
  if (power) log->power[log->n_powers++] = atof(HfNodeText(power));
  PetscCall(HfNodeDestroy(&entry));
  PetscFunctionReturn(0);
}

/* Runs the deck; returns the number of its errors and, if there are none, what was logged. */
static PetscInt run(const char *text, Log *log) {
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  PetscErrorCode code;
  PetscInt errors;

  memset(log, 0, sizeof(*log));
  log->recorder = (struct HfRecorder_){.context = log, .log = log_line, .probe = log_probe, .field = log_field, .summary = log_summary};
  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = HfExperimentCreate(deck, &log->recorder, NULL, &experiment);
  CHECK(PetscPopErrorHandler());
  errors = HfDeckErrorCount(deck);
  assert_int_equal(code, errors ? HF_ERR_DECK : 0);
  if (!errors) CHECK(HfExperimentRun(experiment));
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return errors;
}

static PetscReal change(const Log *log, int from, int to) {
  PetscReal most = 0;
  for (int k = 0; k < 16; ++k) most = PetscMax(most, PetscAbsReal(log->G[to][k] / log->G[from][k] - 1));
  return most;
}

static void test_the_current_moves_the_texture(void **state) {
  Log log, still;

  /* relaxed first, so that what moves afterwards is moved by the current */
  assert_int_equal(run(DECK_WITH("chiral moved-by-the-current", "polarization=0.5"), &log), 0);
  assert_int_equal(log.refreshed, 3); /* two pulses and one hold with a pattern */
  assert_int_equal(log.n_H, 0);
  assert_true(change(&log, 0, 1) < 1e-4); /* the relaxed film stays */
  assert_true(change(&log, 1, 2) > 1e-2);
  assert_int_equal(run(DECK_WITH("chiral relaxed-and-trained", "polarization=0"), &still), 0);
  assert_int_equal(still.refreshed, 0);
  assert_true(change(&still, 0, 1) < 1e-4); /* warned of: nothing moves */
}

/* Memories are evaluated as they were at the end of the pulse, or after a time without voltage. */
static void test_memories_after_a_pause(void **state) {
  const PetscReal x[4] = {1, -1, 1, -1};
  PetscReal power[3] = {0, 0, 0};
  Log log;

  assert_int_equal(run(DECK_WITH("chiral pause", "polarization=0.5"), &log), 0);
  assert_int_equal(log.n_probes, 3); /* untrained, at the end of the pulse, and of the pause */
  for (int p = 0; p < 3; ++p)
    for (int k = 0; k < 16; ++k) power[p] += log.G[p][k] * x[k / 4] * x[k % 4];
  assert_true(PetscAbsReal(power[2] / power[1] - 1) > 1e-3);
  assert_int_equal(log.n_powers, 2);
  ASSERT_NEAR(log.power[0], 100 * (power[1] / power[0] - 1), 1e-9);
  ASSERT_NEAR(log.power[1], 100 * (power[2] / power[0] - 1), 1e-9);
  assert_int_equal(run(DECK_WITH("chiral no-pause", "polarization=0.5"), &log), 1);
}

static void test_no_gold_no_field(void **state) {
  static const char *const refused[] = {"chiral trained-by-a-field", "chiral held-in-a-field", "chiral no-such-refresh"};
  Log log;

  for (size_t k = 0; k < sizeof(refused) / sizeof(refused[0]); ++k)
    if (run(DECK_WITH(refused[k], "polarization=0.5"), &log) != 1) fail_msg("not one error: %s", refused[k]);
  assert_int_equal(run(DECK_WITH("chiral hold", "polarization=1.5"), &log), 1);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_current_moves_the_texture), cmocka_unit_test(test_memories_after_a_pause),
                                          cmocka_unit_test(test_no_gold_no_field)};
HF_TEST_MAIN(tests)
