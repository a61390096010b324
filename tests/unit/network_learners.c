/* Learners beside the film: Kirchhoff's laws on graphs; the adaptive flow network's conductances are stationary, and its memory ends at gamma = 1.
   network/learners/learners.h: no deck shows what learners share, or the stationary state of given flows. */
#include "learner_case.h"
#include "network/learners/learners.h"

/* A bridge of five resistors, solved by hand: 1 A from node 0 to node 3 with C = 1, 2, 3, 1, 2 S on 0-1, 0-2, 1-2, 1-3, 2-3. */
static void test_bridge(void **state) {
  const PetscInt ends[] = {0, 1, 0, 2, 1, 2, 1, 3, 2, 3};
  const PetscReal C[] = {1, 2, 3, 1, 2}, current[] = {1, 0, 0, -1};
  PetscReal p[4];
  HfResistorNetwork network;

  CHECK(HfResistorNetworkCreate(4, 5, ends, 1, (const PetscInt[]){3}, &network));
  CHECK(HfResistorNetworkSet(network, C));
  CHECK(HfResistorNetworkSolve(network, 1, NULL, current, p));
  ASSERT_NEAR(p[0], 2.0 / 3.0, 1e-15); /* balanced: 1/1 = 2/2, so that no current flows through 1-2 */
  ASSERT_NEAR(p[1], 1.0 / 3.0, 1e-15);
  ASSERT_NEAR(p[2], 1.0 / 3.0, 1e-15);
  ASSERT_NEAR(p[3], 0.0, 0);
  CHECK(HfResistorNetworkDestroy(&network));
}

/* The disk of radius 4 has 61 nodes: 1 + 6 + 6 + 6 + 12 + 6 + 6 + 12 + 6 by distance. Currents balance at every node, for conductances over ten decades, to what these leave of round-off. */
static void test_disk(void **state) {
  HfResistorNetwork network;
  PetscReal C[200], current[100], p[100], balance[100];
  HfGraph graph;

  CHECK(HfGraphCreateDisk(4.0, &graph));
  assert_int_equal(graph.n_nodes, 61);
  assert_true(graph.at[2 * graph.centre] == 0.0 && graph.at[2 * graph.centre + 1] == 0.0);
  for (PetscInt e = 0; e < graph.n_links; ++e) {
    const PetscReal *a = graph.at + 2 * graph.ends[2 * e], *b = graph.at + 2 * graph.ends[2 * e + 1];
    PetscReal u;

    ASSERT_NEAR(hypot(a[0] - b[0], a[1] - b[1]), 1.0, 1e-14);
    HfRandomUniform(1, HF_STREAM_TEST, 0, e, 1, &u);
    C[e] = pow(10.0, -10.0 * u);
  }
  for (PetscInt k = 0; k < graph.n_nodes; ++k) balance[k] = current[k] = k == graph.rim[3] ? 1.0 : k == graph.rim[9] ? -0.25 : 0.0;
  balance[graph.centre] = -0.75;
  CHECK(HfResistorNetworkCreate(graph.n_nodes, graph.n_links, graph.ends, 1, &graph.centre, &network));
  for (int again = 0; again < 2; ++again) { /* the factor is made anew for other conductances */
    C[7] = again ? 1.0 : C[7];
    CHECK(HfResistorNetworkSet(network, C));
    CHECK(HfResistorNetworkSolve(network, 1, NULL, current, p));
    for (PetscInt k = 0; k < graph.n_nodes; ++k) {
      PetscReal flows = balance[k];

      for (PetscInt e = 0; e < graph.n_links; ++e) {
        const PetscInt i = graph.ends[2 * e], j = graph.ends[2 * e + 1];

        if (i == k || j == k) flows -= C[e] * (p[k] - p[i == k ? j : i]);
      }
      ASSERT_NEAR(flows, 0.0, 1e-9);
    }
  }
  CHECK(HfResistorNetworkDestroy(&network));
  CHECK(HfGraphDestroy(&graph));
}

/* d/dC [sum Q^2/C + lambda sum C^gamma] = 0 with one lambda for all links, and the constraint holds. */
static void test_adaptive_flow_is_stationary(void **state) {
  const PetscReal flow[] = {1, 2, 0.3, 7, 0.01};

  for (int k = 0; k < 3; ++k) {
    const PetscReal gamma = (const PetscReal[]){0.5, 1.0, 1.7}[k];
    PetscReal C[5], cost = 0, lambda = 0;

    HfAdaptiveFlowSet(5, gamma, 4.0, flow, C);
    for (int e = 0; e < 5; ++e) {
      const PetscReal own = flow[e] / (C[e] * C[e]) / (gamma * pow(C[e], gamma - 1));

      cost += pow(C[e], gamma);
      if (!e) lambda = own;
      ASSERT_NEAR(own, lambda, 1e-12 * lambda);
    }
    ASSERT_NEAR(cost, 4.0, 1e-12);
  }
}

/* Memory below gamma = 1, and none at 1. */
static void test_adaptive_flow_remembers(void **state) {
  HfFinding findings[2];

  assert_int_equal(run_learner("adaptive-flow", DECK("flow"), 2, findings), 2);
  assert_true(figure_of(&findings[0], "gamma") == 0.5 && figure_of(&findings[0], "remembered") == 3 && figure_of(&findings[0], "depth") > 0.2);
  assert_true(figure_of(&findings[1], "gamma") == 1.0 && figure_of(&findings[1], "depth") < 1e-3);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_bridge), cmocka_unit_test(test_disk),
                                          cmocka_unit_test(test_adaptive_flow_is_stationary), cmocka_unit_test(test_adaptive_flow_remembers)};
HF_TEST_MAIN(tests)
