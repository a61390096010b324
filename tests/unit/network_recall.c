/* Recall on weights whose behaviour is known by hand. */
#include "hf_test.h"
#include <hopfilm/network.h>
#include <string.h>

static const HfRecallOptions SYNCHRONOUS = {.method = HF_RECALL_SYNCHRONOUS, .max_iterations = 20, .dead_zone = 1e-9};
static const HfRecallOptions ASYNCHRONOUS = {
    .method = HF_RECALL_ASYNCHRONOUS, .max_iterations = 10000, .quiet_updates = 400, .dead_zone = 1e-9, .seed = 5};

/* Two orthogonal patterns of 16 nodes by the outer product: stored, and recalled from any single flip, since the local field of a node is
   (14 -+ 2)/16 x its stored value, never of the wrong sign. */
static void test_outer_product_recalls(void **state) {
  double x[32], w[256], V[16];
  HfRecallResult result;
  for (int i = 0; i < 16; ++i) {
    x[i] = i < 8 ? 1 : -1;
    x[16 + i] = i % 2 ? 1 : -1;
  }
  CHECK(HfRuleFind("outer-product")->learn(NULL, 16, 2, x, w));
  for (int p = 0; p < 2; ++p) {
    assert_true(HfIsFixedPoint(16, w, 1e-9, x + 16 * p));
    for (int flip = 0; flip < 16; ++flip) {
      memcpy(V, x + 16 * p, sizeof(V));
      V[flip] = -V[flip];
      CHECK(HfRecall(16, w, &SYNCHRONOUS, V, &result));
      assert_memory_equal(V, x + 16 * p, sizeof(V));
      assert_true(result.converged);
      assert_int_equal(result.iterations, 2); /* one to correct it, one without a change */
      V[flip] = -V[flip];
      CHECK(HfRecall(16, w, &ASYNCHRONOUS, V, &result));
      assert_memory_equal(V, x + 16 * p, sizeof(V));
      assert_true(result.converged);
      assert_true(result.sweeps == (result.iterations + 15) / 16);
    }
  }
}

/* Two nodes that copy each other exchange their signs for ever: a cycle of length 2, whose end depends on whether the number of sweeps is even. */
static void test_cycle_of_two(void **state) {
  const double w[4] = {0, 1, 1, 0};
  HfRecallOptions options = SYNCHRONOUS;
  HfRecallResult result;
  double V[2];
  for (int sweeps = 20; sweeps <= 21; ++sweeps) {
    V[0] = 1;
    V[1] = -1;
    options.max_iterations = sweeps;
    CHECK(HfRecall(2, w, &options, V, &result));
    assert_int_equal(result.cycle, 2);
    assert_false(result.converged);
    assert_true(V[0] == (sweeps % 2 ? -1 : 1) && V[1] == -V[0]);
  }
  assert_false(HfIsFixedPoint(2, w, 1e-9, V));
  CHECK(HfRecall(2, w, &ASYNCHRONOUS, V, &result)); /* one node at a time they agree */
  assert_true(V[0] == V[1] && result.cycle == 0);
}

/* With zero row sums the uniform state carries a current of round-off alone: it must stay. */
static void test_dead_zone(void **state) {
  const double third = 1.0 / 3.0, w[9] = {0.1, -third * 0.1, -0.2 * third, 0.1, -0.3, 0.2, 0.7, -0.6, -0.1 - 1e-17};
  double V[3] = {1, 1, 1};
  HfRecallResult result;
  CHECK(HfRecall(3, w, &SYNCHRONOUS, V, &result));
  assert_true(result.converged && V[0] == 1 && V[1] == 1 && V[2] == 1);
  V[0] = V[1] = V[2] = -1;
  CHECK(HfRecall(3, w, &SYNCHRONOUS, V, &result));
  assert_true(result.converged && V[0] == -1 && V[1] == -1 && V[2] == -1);
  HfRecallOptions none = SYNCHRONOUS;
  const double noise[9] = {0.1, -0.2 * third - 1e-12, -third * 0.1, 0, 1, 0, 0, 0, 1};
  double W[3] = {1, 1, 1};
  none.dead_zone = 0.0; /* without the dead zone a sum of -1e-12 flips the node */
  CHECK(HfRecall(3, noise, &none, W, &result));
  assert_true(W[0] == -1);
}

/* The same seed gives the same order, another stream another order. */
static void test_order_is_the_seed(void **state) {
  double w[100], V[10], U[10];
  HfRecallOptions options = ASYNCHRONOUS;
  HfRecallResult a, b;
  int differs = 0;
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j) w[10 * i + j] = i == j ? 0 : sin(i * j + i + j); /* symmetric, frustrated */
  for (int stream = 0; stream < 20; ++stream) {
    options.stream_index = stream;
    for (int i = 0; i < 10; ++i) V[i] = U[i] = i % 3 ? 1 : -1;
    CHECK(HfRecall(10, w, &options, V, &a));
    CHECK(HfRecall(10, w, &options, U, &b));
    assert_memory_equal(V, U, sizeof(V));
    assert_int_equal(a.iterations, b.iterations);
    options.stream_index = stream + 100;
    for (int i = 0; i < 10; ++i) U[i] = i % 3 ? 1 : -1;
    CHECK(HfRecall(10, w, &options, U, &b));
    differs += a.iterations != b.iterations;
    assert_true(HfIsFixedPoint(10, w, 1e-9, V)); /* 401 updates without a change miss a node with the probability (9/10)^401 */
  }
  assert_true(differs > 10);
}

/* Eleven quiet updates of 35 nodes may all miss the one that would change: the recall stops, as in the paper, and has not converged. */
static void test_quiet_is_not_converged(void **state) {
  enum { n = 35, TESTS = 400 };
  HfRecallOptions options = {.method = HF_RECALL_ASYNCHRONOUS, .max_iterations = 1000, .quiet_updates = 10, .dead_zone = 1e-9, .seed = 1};
  double x[3 * n], w[n * n], V[n];
  int converged = 0;

  for (int k = 0; k < 3 * n; ++k) x[k] = HfRandomInteger(1, HF_STREAM_TEST, 0, k, 2) ? 1 : -1;
  CHECK(HfRuleFind("pseudo-inverse")->learn(NULL, n, 3, x, w));
  for (int t = 0; t < TESTS; ++t) {
    HfRecallResult result;

    CHECK(HfNoise(HF_NOISE_FLIPS, 4, n, x + t % 3 * n, 1, HF_STREAM_NOISE, t, V));
    options.stream_index = t;
    CHECK(HfRecall(n, w, &options, V, &result));
    assert_true(result.iterations < options.max_iterations);
    assert_int_equal(result.converged, HfIsFixedPoint(n, w, 1e-9, V));
    converged += result.converged;
  }
  print_message("%d of %d quiet recalls have converged\n", converged, TESTS);
  assert_true(converged > 0 && converged < TESTS / 2);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_outer_product_recalls), cmocka_unit_test(test_cycle_of_two),
                                          cmocka_unit_test(test_dead_zone), cmocka_unit_test(test_order_is_the_seed),
                                          cmocka_unit_test(test_quiet_is_not_converged)};
HF_TEST_MAIN(tests)
