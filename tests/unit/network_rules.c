/* Learning rules: what all of them must fulfil, and results of each that can be derived by hand. */
#include "hf_test.h"
#include <hopfilm/network.h>
#include <string.h>

#define N 24
#define P 5

static void random_patterns(PetscInt64 seed, PetscInt n, PetscInt n_patterns, PetscReal x[]) {
  for (PetscInt p = 0; p < n_patterns; ++p)
    for (PetscInt i = 0; i < n; ++i) x[p * n + i] = HfRandomInteger(seed, HF_STREAM_TEST, p, i, 2) ? 1 : -1;
}

/* A lattice of 4 x 6 nodes, one per pixel. */
static void lattice(PetscReal links[N * N]) {
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j) links[i * N + j] = abs(i % 4 - j % 4) + abs(i / 4 - j / 4) == 1;
}

static void learn(const char *rule, const HfRuleContext *context, PetscInt n_patterns, const PetscReal x[], PetscReal w[N * N]) {
  CHECK(HfRuleFind(rule)->learn(context, N, n_patterns, x, w));
}

static void test_every_rule(void **state) {
  const HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = 50, .dead_zone = 1e-9, .seed = 6};
  PetscReal links[N * N], x[P * N], gauge[N], turned[P * N];
  HfRuleContext context = HF_RULE_DEFAULTS;
  lattice(links);
  context.links = links;
  random_patterns(1, N, P, x);
  random_patterns(2, N, 1, gauge);
  for (int e = 0; e < P * N; ++e) turned[e] = x[e] * gauge[e % N];
  for (PetscInt k = 0; k < HfRuleCount(); ++k) {
    const HfRule *rule = HfRuleGet(k);
    HfNetwork one, all, all_turned;
    assert_true(HfRuleFind(rule->name) == rule && strlen(rule->doc) > 20 && HfCitationKnown(rule->citation) && !rule->learn == !!rule->network);
    if (rule->learn) { /* symmetric, no diagonal; inverting a pixel in all patterns inverts its weights */
      PetscReal w[N * N], w_turned[N * N];
      CHECK(rule->learn(&context, N, P, x, w));
      CHECK(rule->learn(&context, N, P, turned, w_turned));
      for (int i = 0; i < N; ++i) {
        assert_true(w[i * N + i] == 0);
        for (int j = 0; j < N; ++j) {
          ASSERT_NEAR(w[i * N + j], w[j * N + i], 0);
          ASSERT_NEAR(w_turned[i * N + j], gauge[i] * gauge[j] * w[i * N + j], 1e-14);
        }
      }
    }
    CHECK(HfRuleLearn(rule, &context, N, 1, x, &one));
    assert_int_equal(HfUnstablePixels(one, options.dead_zone, x), 0);
    assert_true(HfStabilityMargin(one, x) > 0.99); /* every term of the field of a single pattern has its sign */
    CHECK(HfNetworkDestroy(&one));
    CHECK(HfRuleLearn(rule, &context, N, P, x, &all));
    CHECK(HfRuleLearn(rule, &context, N, P, turned, &all_turned));
    for (int trial = 0; trial < 20; ++trial) {
      PetscReal V[N], U[N];
      HfRecallResult result, result_turned;
      random_patterns(100 + trial, N, 1, V);
      for (int i = 0; i < N; ++i) U[i] = gauge[i] * V[i];
      CHECK(HfNetworkRecall(all, &options, V, &result));
      CHECK(HfNetworkRecall(all_turned, &options, U, &result_turned));
      assert_true(result.converged && result.iterations == result_turned.iterations && HfUnstablePixels(all, options.dead_zone, V) == 0);
      for (int i = 0; i < N; ++i) assert_true(U[i] == gauge[i] * V[i]);
    }
    CHECK(HfNetworkDestroy(&all));
    CHECK(HfNetworkDestroy(&all_turned));
  }
  assert_null(HfRuleFind("no such rule"));
}

/* On the complete graph it is the outer product; on a lattice the outer product where there are links, twice where there are two. */
static void test_neighbours(void **state) {
  PetscReal links[N * N], x[P * N], w[N * N], outer[N * N];
  HfRuleContext context = HF_RULE_DEFAULTS;
  context.links = links;
  random_patterns(1, N, P, x);
  learn("outer-product", NULL, P, x, outer);
  for (int e = 0; e < N * N; ++e) links[e] = 1;
  learn("outer-product-neighbours", &context, P, x, w);
  assert_memory_equal(w, outer, sizeof(w));
  lattice(links);
  links[1] = links[N] = 2;
  learn("outer-product-neighbours", &context, P, x, w);
  ASSERT_NEAR(w[1], 2 * outer[1], 0);
  ASSERT_NEAR(w[2], 0, 0);
  ASSERT_NEAR(w[4], outer[4], 0); /* the pixel below */
}

/* One pattern: the outer product. The same again: with local fields of (N-2)/N it becomes 1 + 1 - 2(N-2)/N = 4/N of that. One orthogonal to the
   first: only the pair's own terms are left of the fields, which makes (1 + 2/N) times the outer product of both. */
static void test_storkey(void **state) {
  PetscReal x[2 * N], w[N * N], outer[N * N];
  for (int i = 0; i < N; ++i) {
    x[i] = i % 2 ? 1 : -1;
    x[N + i] = i % 4 < 2 ? 1 : -1;
  }
  learn("storkey", NULL, 1, x, w);
  learn("outer-product", NULL, 1, x, outer);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], outer[e], 1e-16);
  learn("storkey", NULL, 2, x, w);
  learn("outer-product", NULL, 2, x, outer);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], (1 + 2.0 / N) * outer[e], 1e-16);
  memcpy(x + N, x, N * sizeof(*x));
  learn("storkey", NULL, 2, x, w);
  learn("outer-product", NULL, 1, x, outer);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], 4.0 / N * outer[e], 1e-16);
}

/* Twelve patterns of 24 nodes: h_i x_i = 1 - w_ii is the same in all of them, and the omitted w_ii sum to the rank. Patterns that depend
   linearly on the others change nothing. */
static void test_pseudo_inverse(void **state) {
  enum { MANY = 12 };
  PetscReal x[(MANY + 2) * N], w[N * N], more[N * N], left_out[N] = {0}, rank = 0;
  random_patterns(3, N, MANY, x);
  for (int i = 0; i < N; ++i) {
    x[MANY * N + i] = -x[i];
    x[(MANY + 1) * N + i] = x[5 * N + i];
  }
  learn("pseudo-inverse", NULL, MANY, x, w);
  for (int p = 0; p < MANY; ++p) {
    assert_true(HfIsFixedPoint(N, w, 1e-9, x + p * N));
    for (int i = 0; i < N; ++i) {
      PetscReal h = 0;
      for (int j = 0; j < N; ++j) h += w[i * N + j] * x[p * N + j];
      if (!p) left_out[i] = 1 - h * x[i];
      ASSERT_NEAR(h * x[p * N + i], 1 - left_out[i], 1e-13);
    }
  }
  for (int i = 0; i < N; ++i) {
    assert_true(left_out[i] > 0 && left_out[i] < 1);
    rank += left_out[i];
  }
  ASSERT_NEAR(rank, MANY, 1e-12);
  learn("pseudo-inverse", NULL, MANY + 2, x, more);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(more[e], w[e], 1e-13);
  learn("outer-product", NULL, MANY, x, w); /* it cannot store half as many patterns as nodes */
  assert_false(HfIsFixedPoint(N, w, 1e-9, x));
}

/* More random patterns than nodes span everything: the projector is 1, which has no weights. */
static void test_pseudo_inverse_full(void **state) {
  enum { MANY = 40 };
  PetscReal x[MANY * N], w[N * N];
  random_patterns(5, N, MANY, x);
  learn("pseudo-inverse", NULL, MANY, x, w);
  for (int e = 0; e < N * N; ++e) assert_true(w[e] == 0);
}

/* Two patterns that differ in one node alone: that node is free, and both are stored in spite of round-off. */
static void test_pseudo_inverse_free_node(void **state) {
  PetscReal x[2 * N], w[N * N];
  random_patterns(4, N, 1, x);
  memcpy(x + N, x, N * sizeof(*x));
  x[N + 7] = -x[N + 7];
  learn("pseudo-inverse", NULL, 2, x, w);
  for (int j = 0; j < N; ++j) assert_true(w[7 * N + j] == 0);
  assert_true(HfIsFixedPoint(N, w, 0, x) && HfIsFixedPoint(N, w, 0, x + N));
}

/* Relaxation by pulses: (1 - d^E) of a single pattern; (x2 x2 + d x1 x1)/(1 + d) where two alternate for long; only the last when a pulse leaves
   nothing; the outer product when a pulse changes little. */
static void test_reduced_model(void **state) {
  PetscReal x[P * N], w[N * N], outer[N * N];
  HfRuleContext context = {.epochs = 3, .decay = 0.6};
  random_patterns(5, N, P, x);
  learn("reduced-model", &context, 1, x, w);
  ASSERT_NEAR(w[1], (1 - pow(0.6, 3)) * x[0] * x[1], 1e-15);
  context.epochs = 100; /* 0.36^100 is below round-off */
  learn("reduced-model", &context, 2, x, w);
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j)
      if (i != j) ASSERT_NEAR(w[i * N + j], (x[N + i] * x[N + j] + 0.6 * x[i] * x[j]) / 1.6, 1e-14);
  context.decay = 0;
  learn("reduced-model", &context, P, x, w);
  learn("outer-product", NULL, 1, x + (P - 1) * N, outer);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], N * outer[e], 1e-14);
  context = (HfRuleContext){.epochs = 1, .decay = 1 - 1e-6};
  learn("reduced-model", &context, P, x, w);
  learn("outer-product", NULL, P, x, outer);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(1e6 * w[e], N * outer[e], P * P * 1e-6);
}

/* Three patterns, each a common state s but for 3 nodes of its own, 24 nodes: x.x' = 12, x.s = 18. By the outer product s lies deeper than what was
   stored, 3 18^2 against 24^2 + 2 12^2, and the own nodes of a pattern follow the two others. Unlearning reverses both. */
static void test_unlearning(void **state) {
  PetscReal x[3 * N], s[N], w[N * N], outer[N * N];
  for (int seed = 0; seed < 5; ++seed) {
    HfRuleContext context = HF_RULE_DEFAULTS;
    context.seed = seed;
    random_patterns(10 + seed, N, 1, s);
    for (int e = 0; e < 3 * N; ++e) x[e] = e % N / 3 == e / N ? -s[e % N] : s[e % N];
    learn("outer-product", NULL, 3, x, outer);
    context.dreams = 0;
    learn("hopfield-unlearning", &context, 3, x, w);
    assert_memory_equal(w, outer, sizeof(w));
    context.dreams = HF_RULE_DEFAULTS.dreams;
    learn("hopfield-unlearning", &context, 3, x, w);
    for (int p = 0; p < 3; ++p) {
      const PetscReal *stored = x + p * N;
      HfNetwork before;
      ASSERT_NEAR(HfPatternEnergy(N, outer, stored) - HfPatternEnergy(N, outer, s), (3 * 18 * 18 - 24 * 24 - 2 * 12 * 12) / (PetscReal)N, 1e-13);
      CHECK(HfNetworkCreate(N, outer, &before));
      assert_int_equal(HfUnstablePixels(before, 1e-9, stored), 3);
      CHECK(HfNetworkDestroy(&before));
      assert_true(HfPatternEnergy(N, w, stored) < HfPatternEnergy(N, w, s));
      assert_true(HfIsFixedPoint(N, w, 1e-9, stored));
    }
  }
}

static PetscReal dense_energy(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt degree, const PetscReal V[]) {
  PetscReal energy = 0;
  for (PetscInt p = 0; p < n_patterns; ++p) {
    PetscReal overlap = 0;
    for (PetscInt i = 0; i < n; ++i) overlap += x[p * n + i] * V[i];
    energy -= pow(overlap, (double)degree);
  }
  return energy;
}

/* A node flips where that lowers E = -sum (x.V)^degree, and nowhere else; degree 2 recalls as the outer product does, ties included. */
static void test_dense_energy(void **state) {
  PetscReal x[P * N], V[N], U[N], w[N * N];
  random_patterns(6, N, P, x);
  learn("outer-product", NULL, P, x, w);
  for (PetscInt degree = 2; degree <= 7; ++degree) {
    HfNetwork network;
    CHECK(HfNetworkCreateDense(N, P, x, degree, &network));
    for (int trial = 0; trial < 60; ++trial) {
      PetscInt lower = 0;
      random_patterns(200 + trial, N, 1, V);
      for (int i = 0; i < N; ++i) {
        const PetscReal energy = dense_energy(N, P, x, degree, V);
        V[i] = -V[i];
        lower += dense_energy(N, P, x, degree, V) < energy;
        V[i] = -V[i];
      }
      assert_int_equal(HfUnstablePixels(network, 1e-9, V), lower);
      for (int method = 0; degree == 2 && method < 3; ++method) {
        const HfRecallOptions options = {
            .method = (HfRecallMethod)method, .max_iterations = 60, .quiet_updates = 30, .dead_zone = 1e-9, .seed = trial};
        HfRecallResult dense, pairs;
        random_patterns(200 + trial, N, 1, V);
        memcpy(U, V, sizeof(U));
        CHECK(HfNetworkRecall(network, &options, V, &dense));
        CHECK(HfRecall(N, w, &options, U, &pairs));
        assert_memory_equal(U, V, sizeof(U));
        assert_true(dense.iterations == pairs.iterations && dense.cycle == pairs.cycle && dense.converged == pairs.converged);
      }
    }
    CHECK(HfNetworkDestroy(&network));
  }
}

/* Half as many patterns as nodes, far beyond 0.14 N: the outer product recalls none from two flips, the dense memory nearly all. */
static void test_dense_capacity(void **state) {
  enum { NODES = 40, MANY = 20 };
  const PetscReal amount = 2;
  const HfInferOptions options = {.noise = HF_NOISE_FLIPS,
                                  .n_amounts = 1,
                                  .amounts = &amount,
                                  .samples = 20,
                                  .seed = 1,
                                  .stream = HF_STREAM_NOISE,
                                  .recall = {.method = HF_RECALL_SWEEPS, .max_iterations = 50, .dead_zone = 1e-9}};
  PetscReal x[MANY * NODES];
  HfInferTally dense = {.confusion = NULL}, outer = {.confusion = NULL};
  HfNetwork network;
  random_patterns(7, NODES, MANY, x);
  CHECK(HfRuleLearn(HfRuleFind("outer-product"), NULL, NODES, MANY, x, &network));
  CHECK(HfInfer(NODES, network, MANY, x, &options, 0, HfInferTests(&options, MANY), &outer));
  CHECK(HfNetworkDestroy(&network));
  CHECK(HfRuleLearn(HfRuleFind("dense-associative-memory"), NULL, NODES, MANY, x, &network));
  CHECK(HfInfer(NODES, network, MANY, x, &options, 0, HfInferTests(&options, MANY), &dense));
  CHECK(HfNetworkDestroy(&network));
  assert_true(dense.counts.exact >= 0.95 * 400 && outer.counts.exact <= 0.05 * 400);
}

/* Rules that could be taken for others: the description says which they are, and what the other is called. */
static void test_descriptions_name_the_rule(void **state) {
  static const char *const said[][3] = {{"reduced-model", "Niu et al. 2024", "Oja's rule of 1982 is oja-neuron"},
                                        {"dense-associative-memory", "2016", "learning rule of 2019 is competing-hidden-units"}};
  for (size_t k = 0; k < 2; ++k)
    for (int part = 1; part < 3; ++part) assert_non_null(strstr(HfRuleFind(said[k][0])->doc, said[k][part]));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_descriptions_name_the_rule),
                                          cmocka_unit_test(test_every_rule),
                                          cmocka_unit_test(test_neighbours),
                                          cmocka_unit_test(test_storkey),
                                          cmocka_unit_test(test_pseudo_inverse),
                                          cmocka_unit_test(test_pseudo_inverse_full),
                                          cmocka_unit_test(test_pseudo_inverse_free_node),
                                          cmocka_unit_test(test_reduced_model),
                                          cmocka_unit_test(test_unlearning),
                                          cmocka_unit_test(test_dense_energy),
                                          cmocka_unit_test(test_dense_capacity)};
HF_TEST_MAIN(tests)
