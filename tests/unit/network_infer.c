/* Noise, recall of many images, and the counts: against enumeration, closed forms and a recall written independently. */
#include "hf_test.h"
#include <hopfilm/network.h>
#include <string.h>

#define N 12

/* Patterns 0 and 1 differ in pixels 0 and 1 alone; pattern 2 from both in six others. */
static void patterns(PetscReal x[3 * N]) {
  for (int i = 0; i < N; ++i) {
    x[i] = x[N + i] = x[2 * N + i] = i % 3 ? 1 : -1;
    if (i < 2) x[N + i] = -x[i];
    if (i >= 6) x[2 * N + i] = -x[i];
  }
}

/* Exactly k flips; of 20 000 images every pair of pixels occurs in its proportion: k (k-1) / n (n-1) each, standard deviation 0.002. */
static void test_flips(void **state) {
  enum { TESTS = 20000, K = 4 };
  static int pairs[N][N];
  PetscReal x[3 * N], V[N];
  patterns(x);
  for (int t = 0; t < TESTS; ++t) {
    int flipped[N], count = 0;
    CHECK(HfNoise(HF_NOISE_FLIPS, K, N, x, 1, HF_STREAM_NOISE, t, V));
    for (int i = 0; i < N; ++i)
      if (V[i] != x[i]) flipped[count++] = i;
    assert_int_equal(count, K);
    for (int a = 0; a < count; ++a)
      for (int b = 0; b < a; ++b) ++pairs[flipped[a]][flipped[b]];
  }
  for (int a = 0; a < N; ++a)
    for (int b = 0; b < a; ++b) ASSERT_NEAR(pairs[a][b] / (double)TESTS, K * (K - 1) / (double)(N * (N - 1)), 5 * 0.002);
}

/* Each pixel flips with p; grey noise of sigma s takes a pixel beyond 0 with erfc(1/(s sqrt 2))/2. Standard deviation 0.001 over 240 000 pixels. */
static void test_probability_and_grey(void **state) {
  enum { TESTS = 20000 };
  PetscReal x[3 * N], V[N];
  int flips = 0, grey = 0, in_row = 0;
  patterns(x);
  for (int t = 0; t < TESTS; ++t) {
    CHECK(HfNoise(HF_NOISE_PROBABILITY, 0.3, N, x, 1, HF_STREAM_NOISE, t, V));
    for (int i = 0; i < N; ++i) flips += V[i] != x[i];
    for (int i = 0; i + 1 < N; ++i) in_row += V[i] != x[i] && V[i + 1] != x[i + 1];
    CHECK(HfNoise(HF_NOISE_GREY, 0.8, N, x, 1, HF_STREAM_NOISE, t, V));
    for (int i = 0; i < N; ++i) grey += V[i] != x[i];
  }
  ASSERT_NEAR(flips / (double)(TESTS * N), 0.3, 0.004);
  ASSERT_NEAR(in_row / (double)(TESTS * (N - 1)), 0.09, 0.004); /* neighbours are independent */
  ASSERT_NEAR(grey / (double)(TESTS * N), 0.5 * erfc(1 / (0.8 * sqrt(2.0))), 0.004);
  CHECK(HfNoise(HF_NOISE_GREY, 0, N, x, 1, HF_STREAM_NOISE, 7, V));
  assert_memory_equal(V, x, sizeof(V));
}

/* Images to learn from are others than those of a test with the same seed and number: of 220 ways of flipping three of 12 pixels few agree by
   chance. */
static void test_lessons_are_other_images(void **state) {
  PetscReal x[3 * N], V[N], W[N];
  int same = 0;

  patterns(x);
  for (int t = 0; t < 1000; ++t) {
    CHECK(HfNoise(HF_NOISE_FLIPS, 3, N, x, 1, HF_STREAM_NOISE, t, V));
    CHECK(HfNoise(HF_NOISE_FLIPS, 3, N, x, 1, HF_STREAM_LESSON, t, W));
    same += !memcmp(V, W, sizeof V);
  }
  assert_true(same < 25);
}

/* Without recall, one flip: an image of pattern 0 or 1 ties with the other where pixel 0 or 1 is hit, all others are named correctly. */
static void test_ties_without_recall(void **state) {
  const PetscReal amounts[2] = {0, 1};
  const HfInferOptions options = {.noise = HF_NOISE_FLIPS, .n_amounts = 2, .amounts = amounts, .samples = 600, .seed = 4, .stream = HF_STREAM_NOISE};
  PetscReal x[3 * N], V[N];
  PetscInt64 confusion[2][12] = {{0}}, hit = 0;
  HfInferTally tally[2] = {{.confusion = confusion[0]}, {.confusion = confusion[1]}};
  patterns(x);
  assert_int_equal(HfInferTests(&options, 3), 3600);
  CHECK(HfInfer(N, NULL, 3, x, &options, 0, 3600, tally));
  for (int t = 1800; t < 3600; ++t) {
    PetscInt amount, pattern;
    CHECK(HfInferImage(N, 3, x, &options, t, V, &amount, &pattern));
    assert_true(amount == 1 && pattern == (t - 1800) / 600);
    hit += pattern < 2 && (V[0] != x[pattern * N] || V[1] != x[pattern * N + 1]);
  }
  assert_true(hit > 100); /* a sixth of 1200 */
  assert_true(tally[0].counts.correct == 1800 && tally[0].counts.exact == 1800 && tally[0].counts.overlap_before == 1800 * N);
  assert_true(tally[1].counts.tests == 1800 && tally[1].counts.ties == hit && tally[1].counts.correct == 1800 - hit);
  assert_true(2 * tally[1].counts.credit == (2 * (1800 - hit) + hit) * HF_INFER_CREDIT);
  assert_true(tally[1].counts.overlap_after == 1800 * (N - 2) && tally[1].counts.exact == 0);
  assert_true(confusion[1][0] + confusion[1][3] == 600 && confusion[1][5] + confusion[1][7] == 600 && confusion[1][10] == 600);
  assert_true(confusion[1][3] + confusion[1][7] == hit);
}

/* A recall that sums all fields again for every node, without updates flip by flip. Integer weights: ties occur, and nothing is rounded. */
static PetscInt plain_synchronous(PetscInt n, const PetscReal w[], PetscInt iterations, PetscReal V[]) {
  PetscReal next[N];
  PetscInt it = 0, changed = 1;
  while (it < iterations && changed) {
    changed = 0;
    ++it;
    for (PetscInt i = 0; i < n; ++i) {
      PetscReal h = 0;
      for (PetscInt j = 0; j < n; ++j) h += w[i * n + j] * V[j];
      next[i] = h > 0 ? 1 : h < 0 ? -1 : V[i];
      changed += next[i] != V[i];
    }
    memcpy(V, next, n * sizeof(*V));
  }
  return it;
}

static void random_weights(PetscInt64 seed, PetscReal w[N * N]) {
  for (int i = 0; i < N; ++i)
    for (int j = 0; j <= i; ++j) w[i * N + j] = w[j * N + i] = i == j ? 0 : HfRandomInteger(seed, HF_STREAM_TEST, i, j, 7) - 3;
}

static void test_recall_against_plain(void **state) {
  HfRecallOptions options = {.method = HF_RECALL_SYNCHRONOUS, .dead_zone = 1e-9};
  PetscReal w[N * N], V[N], U[N];
  int cycles = 0, fixed = 0;
  for (int seed = 0; seed < 300; ++seed) {
    HfRecallResult result;
    HfNetwork network;
    random_weights(seed, w);
    CHECK(HfNetworkCreate(N, w, &network));
    for (int longer = 0; longer < 2; ++longer) { /* an odd count of iterations ends a cycle of two elsewhere */
      for (int i = 0; i < N; ++i) V[i] = U[i] = HfRandomInteger(seed, HF_STREAM_TEST, 99, i, 2) ? 1 : -1;
      options.max_iterations = 20 + longer;
      CHECK(HfNetworkRecall(network, &options, V, &result));
      const PetscInt it = plain_synchronous(N, w, options.max_iterations, U);
      assert_memory_equal(V, U, sizeof(V));
      if (result.converged) assert_int_equal(result.iterations, it);
      assert_true(result.converged == HfIsFixedPoint(N, w, 1e-9, V));
      assert_true(result.converged == (HfUnstablePixels(network, 1e-9, V) == 0));
      cycles += result.cycle == 2;
      fixed += result.converged;
    }
    CHECK(HfNetworkDestroy(&network));
  }
  assert_true(cycles > 30 && fixed > 30 && cycles + fixed == 600); /* Goles and Olivos: the only possible ends with symmetric weights */
}

/* One node at a time the energy falls with every change, and what converged is a fixed point. */
static void test_sweeps_go_down(void **state) {
  HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = 1, .dead_zone = 1e-9, .seed = 2};
  PetscReal w[N * N], V[N], U[N];
  for (int seed = 0; seed < 100; ++seed) {
    HfRecallResult result = {0};
    PetscReal energy;
    int sweeps = 0;
    random_weights(seed, w);
    for (int i = 0; i < N; ++i) V[i] = HfRandomInteger(seed, HF_STREAM_TEST, 98, i, 2) ? 1 : -1;
    for (energy = HfPatternEnergy(N, w, V); !result.converged; energy = HfPatternEnergy(N, w, V)) {
      memcpy(U, V, sizeof(U));
      options.stream_index = sweeps++;
      CHECK(HfRecall(N, w, &options, V, &result));
      assert_true(result.converged ? !memcmp(U, V, sizeof(U)) : HfPatternEnergy(N, w, V) < energy);
    }
    assert_true(sweeps < 30);
    assert_true(HfIsFixedPoint(N, w, 1e-9, V));
  }
}

/* Every node exactly once per sweep: nodes that oppose themselves flip once in each. The order is the seed's. */
static void test_sweep_visits_all_once(void **state) {
  HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = 7, .dead_zone = 1e-9, .seed = 2};
  PetscReal w[N * N] = {0}, V[N], U[N];
  HfRecallResult result;
  int differ = 0;
  for (int i = 0; i < N; ++i) {
    w[i * N + i] = -1;
    V[i] = 1;
  }
  CHECK(HfRecall(N, w, &options, V, &result));
  for (int i = 0; i < N; ++i) assert_true(V[i] == -1);
  assert_true(result.iterations == 7 && result.sweeps == 7 && !result.converged);
  for (int seed = 0; seed < 50; ++seed) {
    random_weights(seed, w);
    for (int i = 0; i < N; ++i) V[i] = U[i] = i % 2 ? 1 : -1;
    options.max_iterations = 1;
    options.stream_index = 1;
    CHECK(HfRecall(N, w, &options, V, &result));
    options.stream_index = 2;
    CHECK(HfRecall(N, w, &options, U, &result));
    differ += memcmp(U, V, sizeof(U)) != 0;
  }
  assert_true(differ > 10);
}

/* Five nodes that oppose each other, all +: the first two to be updated flip, then the others have no field. Every pair is equally likely: 500 of 5000, with
   a standard deviation of 21. */
static void test_sweep_order_is_uniform(void **state) {
  HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = 20, .dead_zone = 1e-9, .seed = 8};
  PetscReal w[25], V[5];
  HfRecallResult result;
  int pairs[5][5] = {{0}};
  for (int e = 0; e < 25; ++e) w[e] = e % 6 ? -1 : 0;
  for (options.stream_index = 0; options.stream_index < 5000; ++options.stream_index) {
    int turned[5], count = 0;
    for (int i = 0; i < 5; ++i) V[i] = 1;
    CHECK(HfRecall(5, w, &options, V, &result));
    for (int i = 0; i < 5; ++i)
      if (V[i] < 0) turned[count++] = i;
    assert_true(count == 2 && result.converged && result.sweeps == 2);
    ++pairs[turned[1]][turned[0]];
  }
  for (int a = 0; a < 5; ++a)
    for (int b = 0; b < a; ++b) ASSERT_NEAR(pairs[a][b], 500, 105);
}

/* The counts do not depend on how the tests are divided into ranges, for any method, and agree with the recall of each image. */
static void test_ranges_add_up(void **state) {
  const PetscReal amounts[3] = {1, 2, 5};
  HfInferOptions options = {.noise = HF_NOISE_FLIPS, .n_amounts = 3, .amounts = amounts, .samples = 40, .seed = 9, .stream = HF_STREAM_NOISE};
  PetscReal x[3 * N], w[N * N], V[N];
  HfNetwork network;
  patterns(x);
  random_weights(5, w);
  for (int p = 0; p < 3; ++p)
    for (int i = 0; i < N; ++i)
      for (int j = 0; j < N; ++j)
        if (i != j) w[i * N + j] += x[p * N + i] * x[p * N + j];
  CHECK(HfNetworkCreate(N, w, &network));
  for (int method = 0; method < 3; ++method) {
    PetscInt64 confusion[3][12] = {{0}}, pieces_confusion[3][12] = {{0}}, exact = 0, all = 0;
    HfInferTally tally[3] = {{.confusion = confusion[0]}, {.confusion = confusion[1]}, {.confusion = confusion[2]}}, pieces[3];
    options.recall = (HfRecallOptions){.method = (HfRecallMethod)method, .max_iterations = 50, .quiet_updates = 10, .dead_zone = 1e-9, .seed = 3};
    for (int a = 0; a < 3; ++a) pieces[a] = (HfInferTally){.confusion = pieces_confusion[a]};
    CHECK(HfInfer(N, network, 3, x, &options, 0, 360, tally));
    CHECK(HfInfer(N, network, 3, x, &options, 131, 229, pieces));
    CHECK(HfInfer(N, network, 3, x, &options, 0, 7, pieces));
    CHECK(HfInfer(N, network, 3, x, &options, 7, 124, pieces));
    for (int a = 0; a < 3; ++a) {
      assert_memory_equal(&tally[a].counts, &pieces[a].counts, sizeof(HfInferCounts));
      assert_int_equal(tally[a].most_iterations, pieces[a].most_iterations);
      assert_int_equal(tally[a].counts.tests, 120);
      exact += tally[a].counts.exact;
    }
    assert_memory_equal(confusion, pieces_confusion, sizeof(confusion));
    for (int a = 0; a < 36; ++a) all += confusion[a / 12][a % 12];
    assert_int_equal(all, 360);
    for (int t = 0; t < 360; ++t) {
      PetscInt p;
      HfRecallResult result;
      HfRecallOptions mine = options.recall;
      mine.stream_index = t;
      CHECK(HfInferImage(N, 3, x, &options, t, V, NULL, &p));
      CHECK(HfRecall(N, w, &mine, V, &result));
      exact -= !memcmp(V, x + p * N, sizeof(V));
    }
    assert_int_equal(exact, 0);
  }
  CHECK(HfNetworkDestroy(&network));
}

/* Newcombe (1998), Table I, score method; and both ends p0 of the interval are where (p - p0)^2 = z^2 p0 (1 - p0)/N. */
static void test_wilson(void **state) {
  static const PetscReal table[][4] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}};
  PetscReal ends[2];
  for (int k = 0; k < 4; ++k) {
    const PetscReal p = table[k][0] / table[k][1];
    HfWilson(table[k][0], table[k][1], ends, ends + 1);
    for (int e = 0; e < 2; ++e) {
      ASSERT_NEAR(ends[e], table[k][2 + e], 5.1e-5);
      ASSERT_NEAR(PetscSqr(p - ends[e]), 3.841458820694124 * ends[e] * (1 - ends[e]) / table[k][1], 1e-15);
    }
  }
  HfWilson(0, 0, ends, ends + 1);
  assert_true(ends[0] == 0 && ends[1] == 1);
}

/* Field 3 of at most 5 on one node, -1 of at most 5 on the other. */
static void test_margin(void **state) {
  const PetscReal w[9] = {0, 4, -1, 2, 0, 3, 0, 0, 0}, x[3] = {1, 1, 1}, y[3] = {1, -1, 1};
  HfNetwork network;
  CHECK(HfNetworkCreate(3, w, &network));
  ASSERT_NEAR(HfStabilityMargin(network, x), 0, 0); /* node 3 is free */
  ASSERT_NEAR(HfStabilityMargin(network, y), -1, 0);
  assert_int_equal(HfUnstablePixels(network, 1e-9, x), 0);
  assert_int_equal(HfUnstablePixels(network, 1e-9, y), 2);
  assert_int_equal(HfUnstablePixels(network, 1, y), 0);
  CHECK(HfNetworkDestroy(&network));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_flips),
                                          cmocka_unit_test(test_probability_and_grey),
                                          cmocka_unit_test(test_lessons_are_other_images),
                                          cmocka_unit_test(test_ties_without_recall),
                                          cmocka_unit_test(test_recall_against_plain),
                                          cmocka_unit_test(test_sweeps_go_down),
                                          cmocka_unit_test(test_sweep_visits_all_once),
                                          cmocka_unit_test(test_sweep_order_is_uniform),
                                          cmocka_unit_test(test_ranges_add_up),
                                          cmocka_unit_test(test_wilson),
                                          cmocka_unit_test(test_margin)};
HF_TEST_MAIN(tests)
