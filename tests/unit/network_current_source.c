/* The current-source read-out against circuits of groups of electrodes, which know nothing of its formula: conductances in parallel, and Ohm's law. */
#include "hf_test.h"
#include <hopfilm/base.h>
#include <hopfilm/network.h>

enum { N = 4, STATES = 1 << N };

/* A conductance matrix of random positive conductances between all pairs. */
static void draw(int seed, int n, double G[]) {
  for (int e = 0; e < n * n; ++e) G[e] = 0.0;
  for (int i = 0; i < n; ++i)
    for (int j = i + 1; j < n; ++j) {
      double g;
      HfRandomNormal(seed, HF_STREAM_READING, 0, i * n + j, 1, &g);
      g = exp(0.5 * g);
      G[i * n + j] = G[j * n + i] = -g;
      G[i * n + i] += g;
      G[j * n + j] += g;
    }
}

/* Conductances between node i and the nodes of sign `sign` other than i, and between the two groups without i. */
static double to_group(int n, const double G[], const double s[], int i, double sign) {
  double sum = 0.0;
  for (int j = 0; j < n; ++j)
    if (j != i && s[j] == sign) sum -= G[i * n + j];
  return sum;
}
static double between_groups(int n, const double G[], const double s[], int without) {
  double sum = 0.0;
  for (int j = 0; j < n; ++j)
    if (j != without && s[j] > 0) sum += to_group(n, G, s, j, -1) + (without >= 0 && s[without] < 0 ? G[j * n + without] : 0.0);
  return sum;
}

/* The share of the current that flows through node i as a + electrode, and as a - electrode with its sign, added. */
static double shares(int n, const double G[], const double s[], int i) {
  const double c = to_group(n, G, s, i, 1), d = to_group(n, G, s, i, -1), e = between_groups(n, G, s, i);
  return (d > 0 ? d / (e + d) : 0.0) - (c > 0 ? c / (e + c) : 0.0);
}

/* Ohm's law between the groups, Kirchhoff's at the source, and power. */
static void test_a_reading(void **state) {
  enum { n = 7 };
  const double source = 500e-6;
  double G[n * n], s[n], current[n], U, plus = 0, all = 0, dissipated = 0;

  draw(3, n, G);
  for (int i = 0; i < n; ++i) s[i] = i % 3 ? 1 : -1;
  CHECK(HfCurrentSourceRead(n, G, s, source, current, &U));
  ASSERT_NEAR(U, source / between_groups(n, G, s, -1), 1e-14 * U);
  for (int i = 0; i < n; ++i) {
    all += current[i];
    if (s[i] > 0) plus += current[i];
    ASSERT_NEAR(current[i], s[i] * U * to_group(n, G, s, i, -s[i]), 1e-16);
    dissipated += current[i] * (s[i] > 0 ? U : 0.0); /* the - end at 0 V */
  }
  ASSERT_NEAR(all, 0, 1e-18);
  ASSERT_NEAR(plus, source, 1e-18);
  ASSERT_NEAR(dissipated, U * source, 1e-14 * U * source);
  for (int i = 0; i < n; ++i) s[i] = 1;
  CHECK(HfCurrentSourceRead(n, G, s, source, current, &U));
  assert_true(U > 1e100 && current[0] == 0 && current[n - 1] == 0);
}

static HfNetwork make_network(const char *readout, int n, const double G[], const double G0[], double xi) {
  const HfReadoutInput input = {.n = n, .kind = HF_WEIGHTS_SCALED, .G = G, .G0 = G0, .xi = xi};
  HfNetwork network;

  CHECK(HfReadoutFind(readout)->network(&input, &network));
  return network;
}

/* All states of four nodes: the local field is the difference of the shares in the two films, the fixed points are those of its sign, and with xi = 0.98
   they are others than by voltages. Ends of recalls are fixed points. */
static void test_fixed_points_of_four_nodes(void **state) {
  const HfRecallOptions sweeps = {.method = HF_RECALL_SWEEPS, .max_iterations = 20, .dead_zone = 1e-9, .seed = 1};
  const double xi = 0.98;
  int both = 0, current_alone = 0, voltage_alone = 0;

  for (int seed = 1; seed <= 20; ++seed) {
    double G[N * N], G0[N * N];
    HfNetwork current, voltage;

    draw(seed, N, G);
    draw(100 + seed, N, G0);
    for (int e = 0; e < N * N; ++e) G0[e] = 0.9 * G[e] + 0.1 * G0[e]; /* films differ little */
    current = make_network("current-source", N, G, G0, xi);
    voltage = make_network("voltage", N, G, G0, xi);
    for (int k = 0; k < STATES; ++k) {
      double s[N], V[N], parts;
      PetscBool fixed = PETSC_TRUE, by_current, by_voltage;
      HfRecallResult result;

      HfPatternFromIndex(N, k, s);
      for (int i = 0; i < N; ++i) {
        const double expected = shares(N, G, s, i) - xi * shares(N, G0, s, i);

        ASSERT_NEAR(HfNetworkLocalField(current, s, i, &parts), expected, 1e-13);
        assert_true(parts >= fabs(expected));
        if (expected != 0 && (expected > 0) != (s[i] > 0)) fixed = PETSC_FALSE;
      }
      by_current = HfNetworkIsFixedPoint(current, 1e-9, s);
      by_voltage = HfNetworkIsFixedPoint(voltage, 1e-9, s);
      assert_int_equal(by_current, fixed);
      both += by_current && by_voltage;
      current_alone += by_current && !by_voltage;
      voltage_alone += by_voltage && !by_current;
      memcpy(V, s, sizeof(V));
      CHECK(HfNetworkRecall(current, &sweeps, V, &result));
      if (result.converged) assert_true(HfNetworkIsFixedPoint(current, 1e-9, V));
    }
    CHECK(HfNetworkDestroy(&current));
    CHECK(HfNetworkDestroy(&voltage));
  }
  printf("of 20 films: %d states fixed in both read-outs, %d by the current source alone, %d by voltages alone\n", both, current_alone,
         voltage_alone);
  assert_true(both > 0 && current_alone + voltage_alone > 0);
}

/* With one film for both and xi = 1 nothing flows; with xi = 0 the signs are those of the voltage read-out, d - c, where both groups have members. */
static void test_limits_of_xi(void **state) {
  double G[25], parts;
  HfNetwork same, current;

  draw(7, 5, G);
  same = make_network("current-source", 5, G, G, 1.0);
  current = make_network("current-source", 5, G, G, 0.0);
  for (int k = 1; k < 31; ++k) {
    double s[5];

    HfPatternFromIndex(5, k, s);
    for (int i = 0; i < 5; ++i) {
      const double c = to_group(5, G, s, i, 1), d = to_group(5, G, s, i, -1);

      ASSERT_NEAR(HfNetworkLocalField(same, s, i, &parts), 0, 1e-15);
      assert_int_equal(HfNetworkLocalField(current, s, i, &parts) > 0, d > c);
    }
  }
  CHECK(HfNetworkDestroy(&same));
  CHECK(HfNetworkDestroy(&current));
}

/* With Hall currents, which circulate: rows and columns of G sum to zero, and G differs from its transpose. The local field is the sum of two
   readings of each film. */
static void test_hall_currents(void **state) {
  const double xi = 0.98;
  const int around[N] = {0, 1, 3, 2};

  for (int seed = 1; seed <= 20; ++seed) {
    double G[N * N], G0[N * N], s[N], turned[N], current[N], U;
    HfNetwork network;

    draw(seed, N, G);
    draw(100 + seed, N, G0);
    for (int k = 0; k < N; ++k) {
      const int a = around[k], b = around[(k + 1) % N];
      G[a * N + b] += 0.1;
      G[b * N + a] -= 0.1;
    }
    network = make_network("current-source", N, G, G0, xi);
    for (int k = 1; k < STATES - 1; ++k)
      for (int i = 0; i < N; ++i) {
        double parts, sum = 0, h;

        HfPatternFromIndex(N, k, s);
        h = HfNetworkLocalField(network, s, i, &parts);
        for (int j = 0; j < N; ++j) turned[j] = j == i ? -s[j] : s[j];
        for (int film = 0; film < 2; ++film)
          for (int t = 0; t < 2; ++t) {
            CHECK(HfCurrentSourceRead(N, film ? G0 : G, t ? turned : s, 1.0, current, &U));
            sum += (film ? -xi : 1.0) * current[i];
          }
        ASSERT_NEAR(h, sum, 1e-12 * parts);
      }
    CHECK(HfNetworkDestroy(&network));
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_reading), cmocka_unit_test(test_fixed_points_of_four_nodes),
                                          cmocka_unit_test(test_limits_of_xi), cmocka_unit_test(test_hall_currents)};
HF_TEST_MAIN(tests)
