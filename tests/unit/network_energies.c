/* Weights, energies and gates: identities of conductance matrices and cases calculated by hand. */
#include "hf_test.h"
#include <hopfilm/network.h>
#include <string.h>

/* A conductance matrix from its six off-diagonal magnitudes 12 13 14 23 24 34: rows sum to zero. */
static void conductance(const double g[6], double G[16]) {
  PetscInt k = 0;
  memset(G, 0, 16 * sizeof(double));
  for (int i = 0; i < 4; ++i)
    for (int j = i + 1; j < 4; ++j, ++k) {
      G[4 * i + j] = G[4 * j + i] = -g[k];
      G[4 * i + i] += g[k];
      G[4 * j + j] += g[k];
    }
}

/* The field-driven paper's Eq. (1) magnitudes, and a saturated film that conducts better everywhere (a > 0). */
static const double MEASURED[6] = {0.066, 0.066, 0.046, 0.041, 0.065, 0.067}, SATURATED[6] = {0.068, 0.068, 0.047, 0.042, 0.067, 0.068};

/* E = 2 V0^2 sum over ordered pairs with V_i != V_j of G'_ij, for weights with zero row sums. */
static void test_energy_is_the_cut(void **state) {
  double G[16], G0[16], w[16], energies[16], V[4];
  const double trained[4] = {1, 1, -1, -1};
  HfEnergyReport report;
  conductance(MEASURED, G);
  conductance(SATURATED, G0);
  CHECK(HfWeights(HF_WEIGHTS_SATURATED, 4, G, G0, 1.0, 0, NULL, PETSC_TRUE, w));
  CHECK(HfPatternEnergies(4, w, trained, PETSC_TRUE, energies, &report));
  for (int s = 0; s < 16; ++s) {
    double cut = 0;
    HfPatternFromIndex(4, s, V);
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j)
        if (V[i] != V[j]) cut += 2 * w[4 * i + j];
    ASSERT_NEAR(energies[s], cut, 1e-15); /* sums of 16 numbers of 1e-3 */
    ASSERT_NEAR(energies[s], energies[15 - s], 1e-15);
  }
  ASSERT_NEAR(energies[15], 0, 1e-15); /* uniform patterns drive no current */
  /* G - G0 with G0 the better conductor is minus a graph Laplacian: negative semidefinite, so no other pattern lies below the uniform one */
  ASSERT_NEAR(report.largest_eigenvalue, 0, 1e-14);
  for (int s = 1; s < 15; ++s) assert_true(energies[s] > 0);
  assert_int_equal(report.minimum, 15);
}

/* One pair of nodes driven apart: w has eigenvalues 1 and -1, the anti-aligned pattern is lower by 4, twice the largest energy. */
static void test_two_nodes_by_hand(void **state) {
  const double w[4] = {0, -1, -1, 0}, trained[2] = {-1, 1};
  double energies[4];
  HfEnergyReport report;
  CHECK(HfPatternEnergies(2, w, trained, PETSC_TRUE, energies, &report));
  ASSERT_NEAR(energies[0], 2, 0);
  ASSERT_NEAR(energies[1], -2, 0);
  ASSERT_NEAR(report.largest_eigenvalue, 1, 1e-15);
  assert_int_equal(report.minimum, 2); /* +-, the mirror of the trained -+ */
  assert_true(report.trained_is_minimum);
  ASSERT_NEAR(report.margin, 2, 0); /* from -2 to 2, in units of 2 */
}

/* Outer product of one pattern of four: E = -(16 - 4)/4 = -3 at the pattern, 0 at overlap +-2 and +1 at overlap 0: margin (0 + 3)/3; for a pattern
   of overlap 0 it is (-3 - 1)/3. */
static void test_margin_and_tie(void **state) {
  const double x[4] = {1, 1, -1, -1}, other[4] = {1, -1, -1, 1};
  double w[16], energies[16];
  char text[5];
  HfEnergyReport report;
  CHECK(HfRuleFind("outer-product")->learn(NULL, 4, 1, x, w));
  CHECK(HfPatternEnergies(4, w, x, PETSC_FALSE, energies, &report));
  ASSERT_NEAR(energies[12], -3, 1e-15);
  ASSERT_NEAR(energies[9], 1, 1e-15);
  ASSERT_NEAR(report.margin, 1, 1e-15);
  CHECK(HfPatternEnergies(4, w, other, PETSC_FALSE, energies, &report));
  assert_false(report.trained_is_minimum);
  ASSERT_NEAR(report.margin, -4.0 / 3.0, 1e-15);
  assert_int_equal(report.minimum, 12);
  memset(w, 0, sizeof(w)); /* all patterns tie: nothing is stored */
  CHECK(HfPatternEnergies(4, w, x, PETSC_FALSE, energies, &report));
  assert_false(report.trained_is_minimum);
  HfPatternToText(4, x, text);
  assert_string_equal(text, "++--");
  assert_int_equal(HfPatternToIndex(4, x), 12);
}

/* A path of n nodes, w = 1 between neighbours: the largest eigenvalue is 2 cos(pi/(n+1)). */
static void test_largest_eigenvalue(void **state) {
  double w[49] = {0}, trained[7] = {1, 1, 1, 1, 1, 1, -1}, energies[128];
  HfEnergyReport report;
  for (int i = 0; i < 6; ++i) w[7 * i + i + 1] = w[7 * (i + 1) + i] = 1;
  CHECK(HfPatternEnergies(7, w, trained, PETSC_TRUE, energies, &report));
  ASSERT_NEAR(report.largest_eigenvalue, 2 * cos(PETSC_PI / 8), 1e-14);
  assert_int_equal(report.minimum, 127); /* all alike */
}

/* An additional conductance g between nodes 1 and 2 takes power 4 g V0^2 more where they differ and none where they are alike; an equal factor for all
   conductances is the change in every pattern. */
static void test_power(void **state) {
  const double g[6] = {1, 1, 1, 1, 1, 1}, more[6] = {1.5, 1, 1, 1, 1, 1}, twice[6] = {2, 2, 2, 2, 2, 2};
  const double apart[4] = {-1, 1, 1, -1}, alike[4] = {1, 1, -1, -1};
  double G[16], after[16], own, others;
  conductance(g, G);
  conductance(twice, after);
  CHECK(HfPatternPowerChange(4, after, G, apart, &own, &others));
  ASSERT_NEAR(own, 1, 1e-14);
  ASSERT_NEAR(others, 1, 1e-14);
  conductance(more, after);
  CHECK(HfPatternPowerChange(4, after, G, alike, &own, &others));
  ASSERT_NEAR(own, 0, 1e-14);
  /* Of the six others four have 1 and 2 apart: two of them cut four conductances (8 of 16 g V0^2), two cut three. */
  ASSERT_NEAR(others, (2 * 0.5 / 4 + 2 * 0.5 / 3) / 6, 1e-14);
  CHECK(HfPatternPowerChange(4, after, G, apart, &own, &others));
  ASSERT_NEAR(own, 0.5 / 4, 1e-14);
  ASSERT_NEAR(others, (0.5 / 4 + 2 * 0.5 / 3) / 6, 1e-14);
}

static void test_weights(void **state) {
  double G[16], G0[16], w[16], set[48], G_min[16], G_max[16];
  conductance(MEASURED, G);
  conductance(SATURATED, G0);
  CHECK(HfWeights(HF_WEIGHTS_SCALED, 4, G, G0, 0.98, 0, NULL, PETSC_FALSE, w));
  ASSERT_NEAR(w[1], -0.066 + 0.98 * 0.068, 1e-16);
  ASSERT_NEAR(w[0], 0, 0);
  for (int e = 0; e < 16; ++e) {
    set[e] = G[e];
    set[16 + e] = G0[e];
    set[32 + e] = 0.5 * (G[e] + G0[e]);
  }
  CHECK(HfMidrange(4, 3, set, G_min, G_max));
  ASSERT_NEAR(G_min[1], -0.068, 0);
  ASSERT_NEAR(G_max[1], -0.066, 0);
  CHECK(HfWeights(HF_WEIGHTS_MIDRANGE, 4, set + 32, NULL, 0, 3, set, PETSC_TRUE, w));
  for (int e = 0; e < 16; ++e) ASSERT_NEAR(w[e], 0, 1e-16); /* the mean of the set has no weights */
}

/* A triangle: between two corners the direct conductance and the two others in series stand side by side; a floating corner changes nothing. */
static void test_resistances_of_a_triangle(void **state) {
  const double direct[3] = {0.3, 0.5, 1.1}; /* 12, 13, 23 */
  const double between[3] = {0.3 + 0.5 * 1.1 / 1.6, 0.5 + 0.3 * 1.1 / 1.4, 1.1 + 0.3 * 0.5 / 0.8};
  const int at[3] = {0, 1, 3}, pair[3][2] = {{0, 1}, {0, 3}, {1, 3}}; /* electrode 2 of four floats */
  double G[16] = {0}, R[16];

  for (int k = 0; k < 3; ++k) {
    const int i = pair[k][0], j = pair[k][1];
    G[4 * i + j] = G[4 * j + i] = -direct[k];
    G[5 * i] += direct[k];
    G[5 * j] += direct[k];
  }
  CHECK(HfResistance(4, G, R));
  for (int k = 0; k < 3; ++k) {
    const int i = pair[k][0], j = pair[k][1];
    ASSERT_NEAR(R[5 * i] + R[5 * j] - R[4 * i + j] - R[4 * j + i], 1 / between[k], 1e-14);
    ASSERT_NEAR(R[4 * at[k]] + R[4 * at[k] + 1] + R[4 * at[k] + 3], 0, 1e-14); /* uniform currents cause no voltage */
    ASSERT_NEAR(R[4 * at[k] + 2], 0, 0);
  }
}

/* Six equal conductances g; training ++-- lowers the four between its halves by the fraction e: negative feedback. Eigenvectors: ++-- itself, whose
   conductance falls from 4 g to 4 g (1 - e), and those within a half, to 4 g - 2 g e. In units of 1/g the trained pattern of currents takes
   e/(1 - e) more power, +-+- and +--+ take e/(2 - e). Of voltages it takes the least: the conductance does not store it. */
static void test_negative_feedback_is_stored_by_resistances(void **state) {
  const double g = 2, e = 0.1, before[6] = {g, g, g, g, g, g}, after[6] = {g, g * (1 - e), g * (1 - e), g * (1 - e), g * (1 - e), g};
  const double x[4] = {1, 1, -1, -1};
  double G[16], G_before[16], R[16], R_before[16], w[16], energies[16], own, others;
  HfEnergyReport report;

  conductance(before, G_before);
  conductance(after, G);
  CHECK(HfWeights(HF_WEIGHTS_RESISTANCE, 4, G, G_before, 1, 0, NULL, PETSC_TRUE, w));
  CHECK(HfPatternEnergies(4, w, x, PETSC_TRUE, energies, &report));
  ASSERT_NEAR(energies[12], -e / (1 - e) / g, 1e-14);
  ASSERT_NEAR(energies[10], -e / (2 - e) / g, 1e-14);
  ASSERT_NEAR(energies[9], -e / (2 - e) / g, 1e-14);
  ASSERT_NEAR(energies[15], 0, 1e-14);
  assert_true(report.trained_is_minimum);
  CHECK(HfResistance(4, G, R));
  CHECK(HfResistance(4, G_before, R_before));
  CHECK(HfPatternPowerChange(4, R, R_before, x, &own, &others));
  ASSERT_NEAR(own, e / (1 - e), 1e-13);
  CHECK(HfWeights(HF_WEIGHTS_SCALED, 4, G, G_before, 1, 0, NULL, PETSC_TRUE, w));
  CHECK(HfPatternEnergies(4, w, x, PETSC_TRUE, energies, &report));
  for (int s = 0; s < 16; ++s) assert_true(energies[s] <= energies[12] + 1e-14);
  assert_false(report.trained_is_minimum);
}

/* Node 4 opposes the control and follows the inputs: with control + it takes both inputs to win. */
static void test_gates(void **state) {
  double w[16] = {0};
  HfGateResult result;
  w[3] = w[12] = -1;
  w[7] = w[13] = w[11] = w[14] = 1;
  CHECK(HfGate(w, 1, &result));
  assert_string_equal(result.gate, "AND");
  ASSERT_NEAR(result.margin, 1.0 / 3.0, 1e-15);
  CHECK(HfGate(w, -1, &result));
  assert_string_equal(result.gate, "OR");
  for (int e = 0; e < 16; ++e) w[e] = -w[e];
  CHECK(HfGate(w, 1, &result));
  assert_string_equal(result.gate, "NAND");
  CHECK(HfGate(w, -1, &result));
  assert_string_equal(result.gate, "NOR");
  CHECK(HfGate(w, 0, &result)); /* without control the inputs -+ cancel */
  assert_string_equal(result.gate, "none");
  assert_int_equal(result.output[1], 0);
  ASSERT_NEAR(result.margin, 0, 0);
  w[7] = 2; /* follows input 2 alone */
  CHECK(HfGate(w, 0, &result));
  assert_string_equal(result.gate, "2");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_energy_is_the_cut),
                                          cmocka_unit_test(test_two_nodes_by_hand),
                                          cmocka_unit_test(test_margin_and_tie),
                                          cmocka_unit_test(test_largest_eigenvalue),
                                          cmocka_unit_test(test_weights),
                                          cmocka_unit_test(test_power),
                                          cmocka_unit_test(test_resistances_of_a_triangle),
                                          cmocka_unit_test(test_negative_feedback_is_stored_by_resistances),
                                          cmocka_unit_test(test_gates)};
HF_TEST_MAIN(tests)
