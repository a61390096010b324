/* Rules of plasticity from the literature against what they must end in: principal components, the span of the patterns, the patterns themselves, one
   subtraction, the mean of a window. network/rules/rules.h: hidden units from given starts, and the window, are in no public header. */
#include "hf_test.h"
#include "network/rules/rules.h"
#include <petscblaslapack.h>
#include <string.h>

#define N 24
#define P 5

static void random_patterns(PetscInt64 seed, PetscInt n_patterns, PetscReal x[]) {
  for (PetscInt e = 0; e < n_patterns * N; ++e) x[e] = HfRandomInteger(seed, HF_STREAM_TEST, e / N, e % N, 2) ? 1 : -1;
}

static void learn(const char *rule, const HfRuleContext *context, PetscInt n_patterns, const PetscReal x[], PetscReal w[N * N]) {
  CHECK(HfRuleFind(rule)->learn(context, N, n_patterns, x, w));
}

/* c[N], the eigenvector of sum x xT with the largest eigenvalue. */
static PetscErrorCode principal_component(PetscInt n_patterns, const PetscReal x[], PetscReal c[N]) {
  PetscReal a[N * N], eigenvalues[N], work[8 * N];
  PetscBLASInt order = N, lwork = 8 * N, info;

  for (int e = 0; e < N * N; ++e) {
    a[e] = 0;
    for (int p = 0; p < n_patterns; ++p) a[e] += x[p * N + e / N] * x[p * N + e % N];
  }
  PetscCallBLAS("LAPACKsyev", LAPACKsyev_("V", "U", &order, a, &order, eigenvalues, work, &lwork, &info));
  assert_int_equal(info, 0);
  memcpy(c, a + (N - 1) * N, N * sizeof(*c));
  return 0;
}

/* By LAPACK; by hand for two patterns with a positive overlap, where it is their sum: nothing where they differ, 1/sqrt(16) where they agree on 16 nodes. */
static void test_oja_neuron_finds_the_principal_component(void **state) {
  PetscReal x[P * N], w[N * N], c[N];

  for (int seed = 0; seed < 3; ++seed) {
    random_patterns(seed, P, x);
    CHECK(principal_component(P, x, c));
    learn("oja-neuron", NULL, P, x, w);
    for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], e / N == e % N ? 0 : c[e / N] * c[e % N], 1e-9);
  }
  for (int i = 0; i < N; ++i) x[N + i] = i < 16 ? x[i] : -x[i];
  learn("oja-neuron", NULL, 2, x, w);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], e / N < 16 && e % N < 16 && e / N != e % N ? x[e / N] * x[e % N] / 16 : 0, 1e-12);
}

/* The projector on the span of eight patterns, and of ten of which two depend on others. */
static void test_oja_subspace_is_the_projector(void **state) {
  enum { MANY = 8 };
  PetscReal x[(MANY + 2) * N], w[N * N], projector[N * N];

  random_patterns(4, MANY, x);
  for (int i = 0; i < N; ++i) {
    x[MANY * N + i] = -x[i];
    x[(MANY + 1) * N + i] = x[3 * N + i];
  }
  learn("pseudo-inverse", NULL, MANY, x, projector);
  for (int more = 0; more < 3; more += 2) {
    learn("oja-subspace", NULL, MANY + more, x, w);
    for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], projector[e], 1e-9);
  }
}

/* Two units and two orthogonal patterns x, x', the first unit a little nearer to x. Without anti-Hebbian learning they end as x/sqrt(N) and x'/sqrt(N);
   with it as (x - D x')/sqrt(N (1 + D^2)) and the same with x and x' exchanged, up to the steps of the rate that is left. */
static void test_competing_units_end_as_the_patterns(void **state) {
  PetscReal x[2 * N], start[2 * N];

  for (int i = 0; i < N; ++i) {
    x[i] = i % 2 ? 1 : -1;
    x[N + i] = i % 4 < 2 ? 1 : -1;
    start[i] = 0.1 * x[i] + 0.05 * x[N + i] + 0.01 * (i % 3);
    start[N + i] = 0.05 * x[i] + 0.1 * x[N + i] + 0.02 * (i % 5);
  }
  for (int k = 0; k < 3; ++k) {
    const PetscReal D = (const PetscReal[]){0.0, 0.2, 0.4}[k];
    HfRuleContext context = HF_RULE_DEFAULTS;
    PetscReal W[2 * N];

    memcpy(W, start, sizeof(W));
    context.anti_hebbian = D;
    CHECK(HfRuleCompete(&context, N, 2, x, 2, W));
    for (int e = 0; e < 2 * N; ++e) ASSERT_NEAR(W[e], (x[e] - D * x[(e + N) % (2 * N)]) / sqrt(N * (1 + D * D)), k ? 2e-3 : 1e-12);
  }
}

/* The rule from its own random starts: every pattern is stored, and comes back from two flips. */
static void test_competing_units_are_a_memory(void **state) {
  const HfRecallOptions options = {.method = HF_RECALL_SWEEPS, .max_iterations = 50, .dead_zone = 1e-9, .seed = 6};
  PetscReal x[P * N];

  for (int seed = 0; seed < 3; ++seed) {
    HfRuleContext context = HF_RULE_DEFAULTS;
    HfNetwork network;

    random_patterns(20 + seed, P, x);
    context.seed = seed;
    CHECK(HfRuleLearn(HfRuleFind("competing-hidden-units"), &context, N, P, x, &network));
    for (int p = 0; p < P; ++p) {
      HfRecallResult result;
      PetscReal V[N];

      assert_int_equal(HfUnstablePixels(network, options.dead_zone, x + p * N), 0);
      memcpy(V, x + p * N, sizeof(V));
      V[3] = -V[3];
      V[17] = -V[17];
      CHECK(HfNetworkRecall(network, &options, V, &result));
      assert_memory_equal(V, x + p * N, sizeof(V));
    }
    CHECK(HfNetworkDestroy(&network));
  }
}

/* One dream takes (epsilon/N) s s^T away, s a fixed point of the weights before (review of Yu et al. 2024, Eq. 8). */
static void test_one_dream(void **state) {
  PetscReal x[P * N], outer[N * N], w[N * N], s[N];

  for (int seed = 0; seed < 5; ++seed) {
    HfRuleContext context = HF_RULE_DEFAULTS;

    context.seed = seed;
    context.unlearning = 0.03;
    context.dreams = 0.03 / P;
    random_patterns(30 + seed, P, x);
    learn("outer-product", NULL, P, x, outer);
    learn("hopfield-unlearning", &context, P, x, w);
    for (int j = 0; j < N; ++j) s[j] = !j || outer[j] > w[j] ? 1 : -1;
    for (int e = 0; e < N * N; ++e) ASSERT_NEAR(outer[e] - w[e], e / N == e % N ? 0 : 0.03 / N * s[e / N] * s[e % N], 1e-15);
    assert_true(HfIsFixedPoint(N, outer, 1e-9, s));
  }
}

/* The integral of the window, A+ tau+ - A- tau-, by the midpoint rule. */
static void test_stdp_window(void **state) {
  const PetscReal step = 1e-2;
  PetscReal sum = 0;

  for (int k = -60000; k < 60000; ++k) sum += step * HfStdpWindow((k + 0.5) * step);
  ASSERT_NEAR(sum, 0.777 * 16.8 - 0.273 * 33.7, 1e-6);
  assert_true(HfStdpWindow(1) > 0 && HfStdpWindow(-1) < 0 && HfStdpWindow(0) == 0);
}

/* E exp(-|D|/tau) of normal lags D of standard deviation s. */
static PetscReal mean_exponential(PetscReal s, PetscReal tau) { return exp(s * s / (2 * tau * tau)) * erfc(s / (tau * sqrt(2))); }

/* 276 pairs of nodes, 100 presentations: mean change as of the closed form for normal lags; without bounds in sight. Without noise of the lags, and almost
   so, the outer product. */
static void test_stdp_learns_by_the_mean_of_its_window(void **state) {
  PetscReal x[P * N], w[N * N], outer[N * N];
  HfRuleContext context = HF_RULE_DEFAULTS;

  random_patterns(8, P, x);
  context.epochs = 100;
  for (int k = 0; k < 2; ++k) {
    const PetscReal jitter = k ? 20 : 5, s = jitter * sqrt(2);
    const PetscReal expected = 100 * 0.5 / 60 * 0.5 * (0.777 * mean_exponential(s, 16.8) - 0.273 * mean_exponential(s, 33.7));
    PetscReal sum = 0;

    context.jitter = jitter;
    learn("stdp", &context, 1, x, w);
    for (int e = 0; e < N * N; ++e) sum += w[e] * x[e / N] * x[e % N] / (N * (N - 1));
    ASSERT_NEAR(sum, expected, 0.03 * expected);
  }
  context.epochs = 10;
  context.jitter = 1e-9;
  learn("stdp", &context, P, x, w);
  learn("outer-product", NULL, P, x, outer);
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(w[e], 10 * 0.5 / 60 * 0.5 * (0.777 - 0.273) * N * outer[e], 1e-9);
}

/* Names of earlier versions lead to the names of now, and are none themselves. */
static void test_former_names(void **state) {
  assert_string_equal(HfRuleFindFormer("oja")->name, "reduced-model");
  assert_string_equal(HfRuleFindFormer("krotov-hopfield")->name, "dense-associative-memory");
  assert_true(!HfRuleFind("oja") && !HfRuleFind("krotov-hopfield") && !HfRuleFindFormer("oja-neuron"));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_oja_neuron_finds_the_principal_component),
                                          cmocka_unit_test(test_oja_subspace_is_the_projector),
                                          cmocka_unit_test(test_competing_units_end_as_the_patterns),
                                          cmocka_unit_test(test_competing_units_are_a_memory),
                                          cmocka_unit_test(test_one_dream),
                                          cmocka_unit_test(test_stdp_window),
                                          cmocka_unit_test(test_stdp_learns_by_the_mean_of_its_window),
                                          cmocka_unit_test(test_former_names)};
HF_TEST_MAIN(tests)
