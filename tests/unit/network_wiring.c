/* The wiring of nodes to pixels: power and currents are the same in terms of nodes and of pixels. */
#include "hf_test.h"
#include <hopfilm/network.h>

#define NODES  7
#define PIXELS 3

static PetscInt pixel[NODES] = {2, 0, 1, 1, 0, 2, 0};
static PetscReal sign[NODES] = {1, -1, -1, 1, 1, -1, -1};
static const HfWiring WIRING = {NODES, PIXELS, pixel, sign};

/* x.G.x over pixels is V.G_nodes.V over nodes for every x; the current of a pixel is the signed sum of its nodes' currents. */
static void test_power_and_currents(void **state) {
  PetscReal G_nodes[NODES * NODES], G[PIXELS * PIXELS], x[PIXELS], V[NODES], current_in[NODES];
  for (int e = 0; e < NODES * NODES; ++e) HfRandomNormal(3, HF_STREAM_TEST, 0, e, 1, G_nodes + e); /* not symmetric */
  HfWiringReduce(&WIRING, G_nodes, G);
  for (int trial = 0; trial < 5; ++trial) {
    PetscReal power = 0, seen = 0;
    for (int i = 0; i < PIXELS; ++i) HfRandomNormal(3, HF_STREAM_TEST, 1 + trial, i, 1, x + i);
    HfWiringExpand(&WIRING, x, V);
    for (int k = 0; k < NODES; ++k) {
      current_in[k] = 0;
      for (int l = 0; l < NODES; ++l) current_in[k] += G_nodes[k * NODES + l] * V[l];
      power += V[k] * current_in[k];
    }
    for (int i = 0; i < PIXELS; ++i) {
      PetscReal current = 0, from_nodes = 0;
      for (int j = 0; j < PIXELS; ++j) current += G[i * PIXELS + j] * x[j];
      for (int k = 0; k < NODES; ++k)
        if (pixel[k] == i) from_nodes += sign[k] * current_in[k];
      ASSERT_NEAR(current, from_nodes, 1e-13); /* sums of 50 numbers of 1 */
      seen += x[i] * current;
    }
    ASSERT_NEAR(seen, power, 1e-12);
  }
}

/* A chain of nodes 0-1-2-..: the pixels of neighbours that differ are linked, whatever their signs; a pixel is not linked with itself. */
static void test_links(void **state) {
  const PetscReal by_hand[PIXELS * PIXELS] = {0, 2, 3, 2, 0, 0, 3, 0, 0}; /* pixels along the chain: 2-0, 0-1, 1-1, 1-0, 0-2, 2-0 */
  PetscReal chain[NODES * NODES] = {0}, links[PIXELS * PIXELS];
  for (int k = 0; k + 1 < NODES; ++k) chain[k * NODES + k + 1] = chain[(k + 1) * NODES + k] = 1;
  HfWiringLinks(&WIRING, chain, links);
  for (int e = 0; e < PIXELS * PIXELS; ++e) ASSERT_NEAR(links[e], by_hand[e], 0);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_power_and_currents), cmocka_unit_test(test_links)};
HF_TEST_MAIN(tests)
