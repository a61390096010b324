/* The step `infer` against a recall and a count written out here, with the matrices that the run recorded; the results do not depend on the number of
   ranks. */
#include "experiment_case.h"

enum { N = 4, P = 3, S = 37, A = 3 };
static const char *const PATTERNS[P] = {"++--", "+-+-", "+---"};

/* At most 20 updates of all nodes at once; a sum below round-off keeps the node. */
static void recall(const double w[N][N], double V[N]) {
  for (int sweep = 0; sweep < 20; ++sweep) {
    double next[N];
    for (int i = 0; i < N; ++i) {
      double sum = 0, size = 0;
      for (int j = 0; j < N; ++j) {
        sum += w[i][j] * V[j];
        size += fabs(w[i][j]);
      }
      next[i] = fabs(sum) <= 1e-9 * size ? V[i] : sum > 0 ? 1 : -1;
    }
    memcpy(V, next, sizeof(next));
  }
}

typedef struct {
  double accuracy, ties_wrong, exact[A], overlap, confusion[P][P + 1];
} Count;

/* w NULL: no recall. */
static Count count_all(const double w[N][N]) {
  const double flips[A] = {0, 1, 2};
  const HfInferOptions options = {.noise = HF_NOISE_FLIPS, .n_amounts = A, .amounts = flips, .samples = S, .seed = 5, .stream = HF_STREAM_NOISE};
  double x[P * N];
  Count count = {0};

  for (int k = 0; k < P * N; ++k) x[k] = PATTERNS[k / N][k % N] == '+' ? 1 : -1;
  for (PetscInt64 test = 0; test < (PetscInt64)A * P * S; ++test) {
    double V[N], best = -9, similarity[P];
    PetscInt a, p;
    int equals = 0, named = -1;
    CHECK(HfInferImage(N, P, x, &options, test, V, &a, &p));
    if (w) recall(w, V);
    for (int k = 0; k < P; ++k) {
      similarity[k] = 0;
      for (int i = 0; i < N; ++i) similarity[k] += x[k * N + i] * V[i];
      best = fmax(best, similarity[k]);
    }
    for (int k = 0; k < P; ++k)
      if (similarity[k] == best) {
        ++equals;
        named = k;
      }
    count.overlap += similarity[p] / (N * A * P * S);
    count.exact[a] += similarity[p] == N ? 1.0 / (P * S) : 0;
    if (similarity[p] == best) count.accuracy += 1.0 / equals / (A * P * S);
    if (similarity[p] == best && equals == 1) count.ties_wrong += 1.0 / (A * P * S);
    count.confusion[p][equals == 1 ? named : P] += 1;
  }
  return count;
}

static void compare(HfNode entry, const Count *count) {
  ASSERT_NEAR(number(entry, "accuracy"), count->accuracy, 1e-12);
  ASSERT_NEAR(number(entry, "accuracy_ties_wrong"), count->ties_wrong, 1e-12);
  ASSERT_NEAR(number(entry, "overlap_after"), count->overlap, 1e-12);
  ASSERT_NEAR(number(entry, "exact_recovery.0"), count->exact[0], 1e-12);
  ASSERT_NEAR(number(entry, "exact_recovery.1"), count->exact[1], 1e-12);
  ASSERT_NEAR(number(entry, "exact_recovery.2"), count->exact[2], 1e-12);
  for (int p = 0; p < P; ++p)
    for (int k = 0; k <= P; ++k)
      ASSERT_NEAR(atof(HfNodeText(HfNodeItem(HfNodeItem(HfNodeFind(entry, "confusion"), p), k))), count->confusion[p][k], 0);
}

/* w of `from` against the middle of what the six memories span. */
static void midrange(const Memory *memory, const double from[16], double w[N][N]) {
  for (int e = 0; e < 16; ++e) {
    double least = 1e9, most = -1e9;
    for (int k = memory->n_probes - 6; k < memory->n_probes; ++k) {
      least = fmin(least, memory->G[k][e]);
      most = fmax(most, memory->G[k][e]);
    }
    w[e / N][e % N] = e / N == e % N ? 0 : from[e] - 0.5 * (least + most);
  }
}

static HfNode entry_with(const Memory *memory, int item, const char *key, const char *value) {
  for (PetscInt i = 0; i < HfNodeLength(memory->entries); ++i) {
    HfNode entry = HfNodeItem(memory->entries, i), found = HfNodeFind(entry, key);
    if (number(entry, "item") == item && found && !strcmp(HfNodeText(found), value)) return entry;
  }
  fail_msg("no entry of item %d with %s: %s", item, key, value);
  return NULL;
}

static void test_counts(void **state) {
  Memory memory, alone;
  HfNode entry;
  double w[N][N], none, some;
  Count count;
  const char *const deck = DECK_WITH("four-nodes from-random patterns schedule", "start=3");
  PetscMPIInt size;

  CHECK(run_deck(PETSC_COMM_WORLD, deck, &memory));
  assert_int_equal(memory.n_probes, 1 + 6);
  entry = entry_with(&memory, 2, "step", "infer");
  midrange(&memory, memory.G[6], w);
  count = count_all(w);
  assert_true(count.accuracy > 0.34 && count.ties_wrong < count.accuracy); /* the case has ties, and right answers as well as wrong ones */
  compare(entry, &count);
  ASSERT_NEAR(number(entry, "tests"), A * P * S, 0);
  count = count_all(NULL);
  ASSERT_NEAR(number(entry, "control_no_recall"), count.accuracy, 1e-12);
  ASSERT_NEAR(number(entry, "overlap_before"), count.overlap, 1e-12);
  compare(entry_with(&memory, 2, "control", "no-recall"), &count);
  midrange(&memory, memory.G[0], w);
  count = count_all(w);
  compare(entry_with(&memory, 2, "control", "untrained"), &count);
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j) {
      w[i][j] = 0;
      for (int p = 0; p < P && i != j; ++p) w[i][j] += PATTERNS[p][i] == PATTERNS[p][j] ? 1 : -1;
    }
  count = count_all(w);
  compare(entry_with(&memory, 2, "rule", "outer-product"), &count);
  assert_true(strstr(HfNodeText(HfNodeFind(entry, "headline")), "no-recall") != NULL);

  /* read-out errors below the solver's tolerance change nothing; those of a tenth of the change by training do, by about as much */
  none = number(entry_with(&memory, 6, "label", "midrange"), "margin");
  ASSERT_NEAR(number(entry_with(&memory, 4, "label", "midrange"), "margin"), none, 1e-9);
  some = number(entry_with(&memory, 5, "label", "midrange"), "margin");
  assert_true(fabs(some - none) > 1e-4 && fabs(some - none) < 0.5);
  /* three xi make a scan */
  assert_int_equal(HfNodeLength(HfNodeFind(entry_with(&memory, 4, "scan", "xi"), "accuracy")), 3);

  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  if (size > 1) {
    CHECK(run_deck(PETSC_COMM_SELF, deck, &alone));
    assert_int_equal(HfNodeLength(alone.entries), HfNodeLength(memory.entries));
    for (PetscInt i = 0; i < HfNodeLength(alone.entries); ++i) {
      static const char *const keys[] = {"accuracy", "accuracy_ties_wrong", "exact", "overlap_after", "accuracy_low", "accuracy_high"};
      HfNode mine = HfNodeItem(alone.entries, i), ours = HfNodeItem(memory.entries, i);
      for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); ++k)
        if (HfNodeFind(mine, keys[k]) && HfNodeGetKind(HfNodeFind(mine, keys[k])) == HF_NODE_SCALAR)
          assert_string_equal(HfNodeText(HfNodeFind(mine, keys[k])), HfNodeText(HfNodeFind(ours, keys[k])));
    }
    CHECK(HfNodeDestroy(&alone.entries));
  }
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts)};
HF_TEST_MAIN(tests)
