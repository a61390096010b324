/* Networks at a temperature, against distributions that are enumerated, and the rules that learn from a clamped and a free phase. */
#include "hf_test.h"
#include <hopfilm/network.h>
#include <string.h>

enum { N = 4, STATES = 16 };

static const PetscReal W[N * N] = {0, 0.9, -0.4, 0.3, 0.9, 0, 0.5, -0.7, -0.4, 0.5, 0, 0.2, 0.3, -0.7, 0.2, 0}; /* any, symmetric */

/* p[STATES] ~ exp(sum_ij w_ij V_i V_j / (2 T)). */
static void enumerate(const PetscReal w[], PetscReal T, PetscReal p[STATES]) {
  PetscReal sum = 0;

  for (int s = 0; s < STATES; ++s) {
    PetscReal V[N];

    HfPatternFromIndex(N, s, V);
    p[s] = exp(-HfPatternEnergy(N, w, V) / (2 * T)); /* the pattern energy counts every pair twice */
    sum += p[s];
  }
  for (int s = 0; s < STATES; ++s) p[s] /= sum;
}

static PetscReal divergence(const PetscReal p[STATES], const PetscReal q[STATES]) {
  PetscReal sum = 0;

  for (int s = 0; s < STATES; ++s) sum += p[s] > 0 ? p[s] * log(p[s] / q[s]) : 0;
  return sum;
}

/* 100000 sweeps of one chain, one by one; KL of such a histogram is about 15/(2 x 100000) for independent states. T = 0.3 is another distribution: KL > 0.05. */
static void test_stochastic_recall_is_boltzmann(void **state) {
  const int sweeps = 100000;
  PetscReal scale = 0, p[STATES], other[STATES], count[STATES] = {0}, V[N] = {1, 1, 1, 1};
  HfRecallOptions options = {.method = HF_RECALL_STOCHASTIC, .max_iterations = 1, .temperature = 0.6, .seed = 3};
  HfRecallResult result;
  HfNetwork network;

  for (int e = 0; e < N * N; ++e) scale += fabs(W[e]) / N;
  enumerate(W, 0.6 * scale, p);
  enumerate(W, 0.3 * scale, other);
  CHECK(HfNetworkCreate(N, W, &network));
  for (int k = 0; k < sweeps; ++k) {
    options.stream_index = k;
    CHECK(HfNetworkRecall(network, &options, V, &result));
    count[HfPatternToIndex(N, V)] += 1.0 / sweeps;
  }
  assert_int_equal(result.iterations, 1);
  assert_true(divergence(count, p) < 1e-3);
  assert_true(divergence(count, other) > 0.05);
  CHECK(HfNetworkDestroy(&network));
}

/* Without weights every node is + half of the time: 4000 of them, standard deviation 32. */
static void test_no_weights(void **state) {
  HfRecallOptions options = {.method = HF_RECALL_STOCHASTIC, .max_iterations = 1, .temperature = 1, .seed = 1};
  const PetscReal w[16] = {0};
  int plus = 0;

  for (int t = 0; t < 1000; ++t) {
    PetscReal V[4] = {1, 1, 1, 1};
    HfRecallResult result;

    options.stream_index = t;
    CHECK(HfRecall(4, w, &options, V, &result));
    for (int i = 0; i < 4; ++i) plus += V[i] > 0;
  }
  assert_true(abs(plus - 2000) < 5 * 32);
}

/* So cold that no field is small beside T: what sweeps without noise find. */
static void test_cold_recall_is_a_recall(void **state) {
  HfRecallOptions options = {.method = HF_RECALL_STOCHASTIC, .max_iterations = 20, .temperature = 1e-3, .seed = 1};
  HfRecallResult result;

  for (int s = 0; s < STATES; ++s) {
    PetscReal V[N];

    HfPatternFromIndex(N, s, V);
    CHECK(HfRecall(N, W, &options, V, &result));
    assert_true(HfIsFixedPoint(N, W, 1e-9, V));
  }
}

/* A machine that sees 4000 patterns with the distribution of W at T = 1 finds it: KL < 0.01. Flat, it would be 0.3 off. */
static void test_boltzmann_machine_finds_a_distribution(void **state) {
  PetscReal p[STATES], q[STATES], data[STATES], flat[STATES], w[N * N], *x;
  PetscInt n = 0;

  enumerate(W, 1.0, p);
  assert_int_equal(PetscMalloc1(5000 * N, &x), 0);
  for (int s = 0; s < STATES; ++s) {
    flat[s] = 1.0 / STATES;
    for (int copy = 0; copy < (int)(4000 * p[s] + 0.5); ++copy) HfPatternFromIndex(N, s, x + N * n++);
    data[s] = (int)(4000 * p[s] + 0.5);
  }
  for (int s = 0; s < STATES; ++s) data[s] /= n;
  CHECK(HfRuleFind("boltzmann-machine")->learn(NULL, N, n, x, w));
  enumerate(w, 1.0, q);
  assert_true(divergence(data, q) < 0.01);
  assert_true(divergence(data, flat) > 0.2);
  CHECK(PetscFree(x));
}

/* Ten random patterns of 40 nodes: the outer product loses some, contrastive learning keeps all, and most from a flip. */
static void test_contrastive_hebbian_corrects(void **state) {
  enum { n = 40, n_patterns = 10 };
  const char *const names[] = {"outer-product", "contrastive-hebbian"};
  HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = 50, .dead_zone = 1e-9, .seed = 4};
  PetscReal x[n_patterns * n];
  int stable[2] = {0}, recalled[2] = {0};

  for (int p = 0; p < n_patterns; ++p)
    for (int i = 0; i < n; ++i) x[p * n + i] = HfRandomInteger(9, HF_STREAM_TEST, p, i, 2) ? 1 : -1;
  for (int k = 0; k < 2; ++k) {
    HfNetwork network;

    CHECK(HfRuleLearn(HfRuleFind(names[k]), NULL, n, n_patterns, x, &network));
    for (int p = 0; p < n_patterns; ++p) {
      HfRecallResult result;
      PetscReal V[n];

      stable[k] += HfNetworkIsFixedPoint(network, 1e-9, x + p * n);
      CHECK(HfNoise(HF_NOISE_FLIPS, 1.0, n, x + p * n, 77, HF_STREAM_NOISE, p, V));
      CHECK(HfNetworkRecall(network, &options, V, &result));
      recalled[k] += !memcmp(V, x + p * n, sizeof V);
    }
    CHECK(HfNetworkDestroy(&network));
  }
  print_message("stable %d and %d of 10, recalled from a flip %d and %d\n", stable[0], stable[1], recalled[0], recalled[1]);
  assert_true(stable[0] < n_patterns && stable[1] == n_patterns && recalled[1] >= 8);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_stochastic_recall_is_boltzmann), cmocka_unit_test(test_no_weights), cmocka_unit_test(test_cold_recall_is_a_recall),
    cmocka_unit_test(test_boltzmann_machine_finds_a_distribution), cmocka_unit_test(test_contrastive_hebbian_corrects)};
HF_TEST_MAIN(tests)
