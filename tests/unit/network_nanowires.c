/* Nanowires: a junction relaxes to the balance of its rates, the path of least resistance is found, and the exponent decides whether one of two paths takes all.
   network/learners/learners.h: no deck shows single junctions. */
#include "learner_case.h"
#include "network/learners/learners.h"

static PetscErrorCode no_pause(void *of) { return 0; }
static const HfLearning LEARNING = {.pause = no_pause};

/* One junction at 0.8 V for a time t: g = g_end (1 - exp(-(up + down) t)); then at rest it decays by exp(-t (up + down)) at 0 V, to what the rates leave there. */
static void test_junction(void **state) {
  PetscInt ends[] = {0, 1};
  PetscReal g[] = {0.0}, G, up, down, fresh;
  HfWires wires = {.n_nodes = 2, .n_links = 1, .n_electrodes = 2, .ends = ends, .g = g, .decay = 0.5};

  HfJunctionRates(0.8, 0.5, &up, &down);
  ASSERT_NEAR(up, 1e-4 * exp(8.0), 1e-12);
  ASSERT_NEAR(down, 0.5 * exp(-0.8), 1e-12);
  CHECK(HfWiresApply(&wires, 0, 1, 0.8, 1e9, 1.7, &LEARNING, &G));
  ASSERT_NEAR(g[0], up / (up + down) * (1.0 - exp(-(up + down) * 1.7)), 1e-12);
  ASSERT_NEAR(G, g[0] + (1.0 - g[0]) / HF_JUNCTION_RATIO, 1e-12);
  HfJunctionRates(0.0, 0.5, &up, &down);
  fresh = up / (up + down);
  up += down;
  G = fresh + (g[0] - fresh) * exp(-up * 3.0);
  HfWiresRest(&wires, 3.0);
  ASSERT_NEAR(g[0], G, 1e-14);
}

/* 0-1-2 and 0-3-4-2 side by side, all fresh: the first is shorter, and without it the second is left; a grown second one is the better path. */
static void test_path(void **state) {
  PetscInt ends[] = {0, 1, 1, 2, 0, 3, 3, 4, 4, 2}, length;
  PetscReal g[] = {0, 0, 0, 0, 0}, G;
  PetscBool path[5];
  HfWires wires = {.n_nodes = 5, .n_links = 5, .n_electrodes = 2, .ends = ends, .g = g};

  CHECK(HfWiresPath(&wires, 0, 2, NULL, path, &length, &G));
  assert_true(length == 2 && path[0] && path[1] && !path[2] && !path[3] && !path[4]);
  ASSERT_NEAR(G, 0.5 / HF_JUNCTION_RATIO, 1e-15);
  CHECK(HfWiresPath(&wires, 0, 2, path, NULL, &length, &G));
  assert_int_equal(length, 3);
  ASSERT_NEAR(G, 1.0 / 3.0 / HF_JUNCTION_RATIO, 1e-15);
  g[2] = g[3] = g[4] = 1.0;
  CHECK(HfWiresPath(&wires, 0, 2, NULL, path, &length, &G));
  assert_true(length == 3 && path[2] && path[3] && path[4]);
  ASSERT_NEAR(G, 1.0 / 3.0, 1e-15);
  path[0] = path[2] = PETSC_TRUE;
  CHECK(HfWiresPath(&wires, 0, 2, path, NULL, &length, &G));
  assert_true(length == 0 && G == 0.0);
}

/* The same two paths with junctions of the power law, up to a current of 0.5. Exponent 1.5: the shorter path takes all but what fresh junctions carry, its own are
   at I^1.5. Exponent 0.5: both have grown, and as two paths of the same voltage: I_short/I_long = (C_short/2)/(C_long/3), C = I^0.5, which is I_short/I_long = (3/2)^2. */
static void test_exponent(void **state) {
  for (int k = 0; k < 2; ++k) {
    PetscInt ends[] = {0, 1, 1, 2, 0, 3, 3, 4, 4, 2};
    PetscReal g[] = {0, 0, 0, 0, 0}, G, first, second, current;
    HfWires wires = {.n_nodes = 5, .n_links = 5, .n_electrodes = 2, .ends = ends, .g = g, .exponent = k ? 0.5 : 1.5};

    CHECK(HfWiresApply(&wires, 0, 2, 1e9, 0.5, 1.0, &LEARNING, &G));
    first = g[0] + (1.0 - g[0]) / HF_JUNCTION_RATIO;
    second = g[2] + (1.0 - g[2]) / HF_JUNCTION_RATIO;
    current = 0.5 * (first / 2) / (first / 2 + second / 3);
    ASSERT_NEAR(first, pow(current, wires.exponent), 1e-3 * first);
    if (k) {
      ASSERT_NEAR(current / (0.5 - current), 2.25, 0.01);
    } else {
      assert_true(first > 0.3 && second < 0.03);
    }
  }
}

/* Drawn networks are connected: each electrode is reached from the first one. The same trial is the same network. */
static void test_networks(void **state) {
  const HfWiresPlan plan = {.n_wires = 150, .n_pads = 2, .length = 0.25, .decay = 0.5, .seed = 4};

  for (PetscInt trial = 0; trial < 5; ++trial) {
    HfWires wires, again;
    PetscReal G;
    PetscInt length;

    CHECK(HfWiresCreate(&plan, trial, &wires));
    CHECK(HfWiresCreate(&plan, trial, &again));
    assert_true(wires.n_nodes == again.n_nodes && wires.n_links == again.n_links && wires.n_links > wires.n_nodes);
    for (PetscInt e = 1; e < wires.n_electrodes; ++e) {
      CHECK(HfWiresPath(&wires, 0, e, NULL, NULL, &length, &G));
      assert_true(length > 0 && G > 0.0);
    }
    CHECK(HfWiresDestroy(&wires));
    CHECK(HfWiresDestroy(&again));
  }
}

/* 92 wires of a quarter of the side are where sticks percolate: they do not reach 40 pads. */
static void test_not_connected(void **state) {
  const HfWiresPlan plan = {.n_wires = 92, .n_pads = 20, .length = 0.25, .decay = 0.5, .seed = 1};
  HfWires wires;

  CHECK(HfWiresCreate(&plan, 0, &wires));
  assert_int_equal(wires.n_links, 0);
  CHECK(HfWiresDestroy(&wires));
}

/* A network in which nothing grows stores nothing, and has no contrast to average. */
static void test_nothing_grows(void **state) {
  HfFinding findings[2];
  const HfFinding *stored = &findings[1];

  assert_int_equal(run_learner("nanowire-network", DECK("too-weak"), 2, findings), 2);
  assert_true(figure_of(stored, "stored_a") == 0 && figure_of(stored, "stored_b") == 0 && figure_of(stored, "rested_a") == 0);
  assert_true(figure_of(stored, "contrast") == 0 && figure_of(stored, "contrast_rested") == 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_junction), cmocka_unit_test(test_path),          cmocka_unit_test(test_exponent),
    cmocka_unit_test(test_networks), cmocka_unit_test(test_not_connected), cmocka_unit_test(test_nothing_grows),
};
HF_TEST_MAIN(tests)
