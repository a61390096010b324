/* A small film is trained, on one rank and on all of them. */
#include "experiment_case.h"

#define FILM "four-nodes from-random patterns "

/* The seven patterns, each on a fresh film: every pattern is the energy minimum of its own film (that is what learning means here), the clock
   and the counters are right, and the same run by every rank alone gives the same matrices. */
static void test_seven_patterns(void **state) {
  const char *const deck = DECK_WITH(FILM "seven-patterns", "start=3");
  Memory together, alone;
  HfNode entry;
  PetscMPIInt size;

  CHECK(run_deck(PETSC_COMM_WORLD, deck, &together));
  entry = entry_from_end(&together, "energies", 1 + 7); /* behind the 7 + 1 entries of saturated weights */
  assert_string_equal(HfNodeText(HfNodeFind(entry, "weights")), "midrange");
  ASSERT_NEAR(number(entry, "correct"), 7, 0);
  ASSERT_NEAR(number(entry, "of"), 7, 0);
  assert_true(number(entry, "smallest_margin") > 0.1);  /* 2 um films reach 0.5; this one is small against the exchange length */
  assert_true(number(entry, "untrained_correct") <= 1); /* one state of seven is the lowest of any weights */
  assert_int_equal(together.n_energies, 2 * (7 + 1));   /* seven memories and the untrained film, two kinds of weights */
  entry = entry_from_end(&together, "probe", 0);
  assert_true(number(entry, "six_wirings_against_G") < 1e-8 && number(entry, "seventh_wiring_deviation") < 1e-8);
  assert_true(number(entry, "row_sum_over_G11") < 1e-10 && number(entry, "asymmetry_over_G11") < 1e-10);

  assert_int_equal(together.n_probes, 1 + 7 + 7 + 1); /* untrained; the restored film and the end of each pulse; hold */
  ASSERT_NEAR(together.done, 140.5e-9, 1e-15);
  ASSERT_NEAR(together.total, 140.5e-9, 1e-15);
  ASSERT_NEAR(together.time[together.n_probes - 1], 140.5e-9, 1e-15);
  assert_true(together.n_rows > 100);

  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  if (size > 1) {
    CHECK(run_deck(PETSC_COMM_SELF, deck, &alone));
    assert_int_equal(alone.n_probes, together.n_probes);
    for (int e = 0; e < 16; ++e) {
      ASSERT_NEAR(alone.G[0][e], together.G[0][e], 1e-9 * together.G[0][0]);
      /* 20 ns are thousands of steps that end near a stable state: what the sums' order changed has been damped away */
      for (int p = 1; p < together.n_probes; ++p) ASSERT_NEAR(alone.G[p][e], together.G[p][e], 1e-5 * together.G[p][0]);
    }
    CHECK(HfNodeDestroy(&alone.entries));
  }
  CHECK(HfNodeDestroy(&together.entries));
}

/* A pulse on a fresh film does not know what was trained before: it ends where a run ends that begins with it. */
static void test_fresh_is_fresh(void **state) {
  Memory after, first;
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "fresh", "start=3"), &after));
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "from-another-start", "start=5"), &first));
  assert_string_equal(after.pattern[after.n_probes - 1], "-+-+");
  assert_string_equal(first.pattern[first.n_probes - 1], "-+-+");
  for (int e = 0; e < 16; ++e) ASSERT_NEAR(after.G[after.n_probes - 1][e], first.G[first.n_probes - 1][e], 1e-7 * first.G[0][0]); /* adaptive steps */
  CHECK(HfNodeDestroy(&after.entries));
  CHECK(HfNodeDestroy(&first.entries));
}

/* The switch of Fig. 3a in small: G12, G34 lose, G13, G24 gain, the far pairs stay; the cost function falls. */
static void test_switch(void **state) {
  Memory memory;
  HfNode entry;
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "switch", "start=3"), &memory));
  entry = entry_from_end(&memory, "fit", 0);
  assert_string_equal(HfNodeText(HfNodeFind(entry, "signs_right")), "true");
  for (PetscInt k = 0; k < 6; ++k) {
    HfNode pair = HfNodeItem(HfNodeFind(entry, "pairs"), k);
    const double change = fabs(number(pair, "change_percent"));
    if (!strcmp(HfNodeText(HfNodeFind(pair, "driven")), "true"))
      assert_true(change > 2.0);
    else
      assert_true(change < 0.1); /* what relaxation has left after 80 ns: 0.054 %, 0.0014 % after 160 ns */
  }
  assert_true(number(entry, "cost_end_W") < number(entry, "cost_start_W"));
  assert_true(number(entry, "tau_s") > 1e-9 && number(entry, "tau_s") < 20e-9);
  assert_int_equal(HfNodeLength(HfNodeFind(entry, "pairs")), 6);
  assert_int_equal(memory.n_probes, 1 + 40 + 40);
  CHECK(HfNodeDestroy(&memory.entries));
}

static double trace(const double G[16]) { return G[0] + G[5] + G[10] + G[15]; }

static double power(const double G[16], const char *pattern) {
  double power = 0;
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) power += G[4 * i + j] * (pattern[i] == pattern[j] ? 1 : -1);
  return power;
}

/* A film without gold learns from its own current, from the state in which a time without voltage left it. xi, the power of the pattern and the
   recall of all sixteen states follow from the matrices that were recorded. */
static void test_untrained_xi_and_power(void **state) {
  Memory memory, alone;
  HfNode entry, control;
  const double *saturated, *untrained, *trained;
  PetscMPIInt size;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK("maze"), &memory));
  saturated = memory.G[0]; /* of the first step `probe`; then the end of the hold, and twice the restored film and the end of its pulse */
  untrained = memory.G[memory.n_probes - 2];
  trained = memory.G[memory.n_probes - 1];
  /* what a pulse starts from is the end of the hold, not its start */
  ASSERT_NEAR(trace(memory.G[memory.n_probes - 4]), trace(untrained), 1e-12 * trace(untrained));
  ASSERT_NEAR(trace(memory.G[memory.n_probes - 5]), trace(untrained), 1e-12 * trace(untrained));
  assert_true(fabs(trace(trained) / trace(untrained) - 1) > 1e-4);

  entry = entry_from_end(&memory, "energies", 6); /* behind it: one total, 2 + 1 with xi 0.5, xi = 1, the sweep */
  assert_string_equal(HfNodeText(HfNodeFind(entry, "xi_of")), "untrained");
  assert_string_equal(HfNodeText(HfNodeFind(entry, "trained")), "+--+");
  ASSERT_NEAR(number(entry, "xi"), trace(untrained) / trace(saturated), 1e-9);
  ASSERT_NEAR(number(entry, "power_change_percent"), 100 * (power(trained, "+--+") / power(untrained, "+--+") - 1), 1e-7);
  ASSERT_NEAR(number(entry_from_end(&memory, "energies", 3), "xi"), 0.5, 0);
  /* saturation conducts best (a > 0): G - G0 has no eigenvalue above the 0 of the uniform states, so V.w.V < 0 and no pattern is a fixed point */
  control = entry_from_end(&memory, "energies", 1);
  assert_string_equal(HfNodeText(HfNodeFind(control, "control")), "xi = 1");
  ASSERT_NEAR(number(control, "largest_eigenvalue_with_diagonal"), 0, 1e-9 * saturated[0]);
  ASSERT_NEAR(number(control, "fixed_points_with_diagonal"), 0, 0);
  ASSERT_NEAR(number(control, "saturated_G11"), saturated[0], 1e-9 * saturated[0]);
  entry = entry_from_end(&memory, "recall", 1);
  ASSERT_NEAR(number(entry, "starts"), 2 * 16, 0);
  ASSERT_NEAR(number(entry, "mean_recalled"), number(entry, "recalled") / 2, 1e-12);
  assert_string_equal(HfNodeText(HfNodeFind(entry_from_end(&memory, "recall", 0), "control")), "xi = 1");

  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  if (size > 1) {
    CHECK(run_deck(PETSC_COMM_SELF, DECK("maze"), &alone));
    assert_int_equal(alone.n_probes, memory.n_probes);
    for (int e = 0; e < 16; ++e) ASSERT_NEAR(alone.G[alone.n_probes - 1][e], trained[e], 1e-7 * trained[0]); /* adaptive steps */
    CHECK(HfNodeDestroy(&alone.entries));
  }
  CHECK(HfNodeDestroy(&memory.entries));
}

/* A voltage beyond all bounds: the run ends with its own code on all ranks, and the state it diverged from is recorded. */
static void test_divergence_is_recorded(void **state) {
  Memory memory;
  PetscErrorCode code;
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "diverging", "start=3"), &memory);
  CHECK(PetscPopErrorHandler());
  assert_int_equal(code, HF_ERR_DIVERGED);
  assert_int_equal(memory.n_fields, 2 + 2); /* m and H at the start and where it ended */
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_seven_patterns), cmocka_unit_test(test_fresh_is_fresh), cmocka_unit_test(test_switch),
                                          cmocka_unit_test(test_untrained_xi_and_power), cmocka_unit_test(test_divergence_is_recorded)};
HF_TEST_MAIN(tests)
