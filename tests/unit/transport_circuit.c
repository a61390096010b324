/* Circuit algebra against circuits worked out by hand. */
#include "hf_test.h"
#include <hopfilm/transport.h>

/* Conductances g between three nodes as a matrix with zero row sums. */
static void triangle(PetscReal g12, PetscReal g13, PetscReal g23, PetscReal G[9]) {
  const PetscReal values[9] = {g12 + g13, -g12, -g13, -g12, g12 + g23, -g23, -g13, -g23, g13 + g23};
  memcpy(G, values, sizeof(values));
}

static void test_ideal_contacts_change_nothing(void **state) {
  const PetscReal R[3] = {0, 0, 0};
  const PetscBool floating[3] = {PETSC_FALSE, PETSC_FALSE, PETSC_FALSE};
  PetscReal G[9], terminal[9], C[9], work[9];

  triangle(1, 2, 3, G);
  CHECK(HfCircuitReduce(3, G, R, floating, terminal, C, work));
  for (int k = 0; k < 9; ++k) {
    ASSERT_NEAR(terminal[k], G[k], 1e-14);
    ASSERT_NEAR(C[k], k % 4 == 0, 1e-14);
  }
}

/* Two contacts: three resistors in series. */
static void test_resistances_in_series(void **state) {
  const PetscReal G[4] = {4, -4, -4, 4}, R[2] = {0.5, 0.25};
  const PetscBool floating[2] = {PETSC_FALSE, PETSC_FALSE};
  PetscReal terminal[4], C[4], work[4];

  CHECK(HfCircuitReduce(2, G, R, floating, terminal, C, work));
  ASSERT_NEAR(terminal[0], 1, 1e-14);
  ASSERT_NEAR(terminal[1], -1, 1e-14);
  ASSERT_NEAR(C[0], 0.5, 1e-14); /* 1 V on terminal 1: 1 A through 0.5 ohm leaves 0.5 V on contact 1 and puts 0.25 V on contact 2 */
  ASSERT_NEAR(C[2], 0.25, 1e-14);
}

/* A floating third node divides the voltage; its own terminal carries nothing, whatever its resistance. */
static void test_floating_node(void **state) {
  const PetscReal R[3] = {0, 0, 7};
  const PetscBool floating[3] = {PETSC_FALSE, PETSC_FALSE, PETSC_TRUE};
  PetscReal G[9], terminal[9], C[9], work[9];

  triangle(1, 2, 3, G);
  CHECK(HfCircuitReduce(3, G, R, floating, terminal, C, work));
  ASSERT_NEAR(terminal[0], 1 + 2 * 3 / 5.0, 1e-14);
  ASSERT_NEAR(terminal[1], -terminal[0], 1e-14);
  for (int k = 0; k < 3; ++k) {
    ASSERT_NEAR(terminal[3 * k + 2], 0, 0);
    ASSERT_NEAR(terminal[6 + k], 0, 0);
  }
  ASSERT_NEAR(C[6], 2 / 5.0, 1e-14);
  ASSERT_NEAR(C[7], 3 / 5.0, 1e-14);
}

/* Both at once: terminals 1 and 2 behind 1/2 ohm each see the reduced 2.2 S in series. */
static void test_floating_and_resistances(void **state) {
  const PetscReal R[3] = {0.5, 0.5, 0};
  const PetscBool floating[3] = {PETSC_FALSE, PETSC_FALSE, PETSC_TRUE};
  PetscReal G[9], terminal[9], C[9], work[9];

  triangle(1, 2, 3, G);
  CHECK(HfCircuitReduce(3, G, R, floating, terminal, C, work));
  ASSERT_NEAR(terminal[0], 1 / (1 + 1 / 2.2), 1e-14);
}

/* Negative resistances take away what positive ones have added: four probes. */
static void test_four_probes(void **state) {
  const PetscReal R[3] = {0.5, 0.25, 2}, back[3] = {-0.5, -0.25, -2};
  const PetscBool floating[3] = {PETSC_FALSE, PETSC_FALSE, PETSC_FALSE};
  PetscReal G[9], terminal[9], contact[9], C[9], work[9];

  triangle(1, 2, 3, G);
  CHECK(HfCircuitReduce(3, G, R, floating, terminal, C, work));
  assert_true(terminal[0] < 0.8 * G[0]);
  CHECK(HfCircuitReduce(3, terminal, back, floating, contact, C, work));
  for (int k = 0; k < 9; ++k) ASSERT_NEAR(contact[k], G[k], 1e-14);
}

/* Currents that run round in one sense: node 3 floats where it takes as much from node 1 as it gives to node 2. */
static void test_unsymmetric(void **state) {
  const PetscReal G[9] = {3, -2, -1, -1, 3, -2, -2, -1, 3}, R[3] = {0, 0, 0};
  const PetscBool floating[3] = {PETSC_FALSE, PETSC_FALSE, PETSC_TRUE};
  PetscReal terminal[9], C[9], work[9];

  CHECK(HfCircuitReduce(3, G, R, floating, terminal, C, work));
  ASSERT_NEAR(C[6], 2 / 3.0, 1e-14); /* -2 u_1 - u_2 + 3 u_3 = 0 */
  ASSERT_NEAR(C[7], 1 / 3.0, 1e-14);
  ASSERT_NEAR(terminal[0], 3 - 2 / 3.0, 1e-14);
  ASSERT_NEAR(terminal[1], -terminal[0], 1e-14);
  ASSERT_NEAR(terminal[3], -terminal[0], 1e-14);
}

/* A floating contact without any connection is at 0 V and changes nothing; two that are connected to each other alone have no potential. */
static void test_singular(void **state) {
  const PetscReal apart[9] = {2, -2, 0, -2, 2, 0, 0, 0, 0}, pair[16] = {2, -2, 0, 0, -2, 2, 0, 0, 0, 0, 1, -1, 0, 0, -1, 1}, R[4] = {0, 0, 0, 0};
  const PetscBool floating[4] = {PETSC_FALSE, PETSC_FALSE, PETSC_TRUE, PETSC_TRUE};
  PetscReal terminal[16], C[16], work[16];

  CHECK(HfCircuitReduce(3, apart, R, floating, terminal, C, work));
  for (int k = 0; k < 9; ++k) {
    ASSERT_NEAR(terminal[k], apart[k], 1e-14);
    ASSERT_NEAR(C[k], k == 0 || k == 4, 1e-14);
  }
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  assert_int_equal(HfCircuitReduce(4, pair, R, floating, terminal, C, work), PETSC_ERR_MAT_LU_ZRPVT);
  CHECK(PetscPopErrorHandler());
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_ideal_contacts_change_nothing),
    cmocka_unit_test(test_resistances_in_series),
    cmocka_unit_test(test_floating_node),
    cmocka_unit_test(test_floating_and_resistances),
    cmocka_unit_test(test_four_probes),
    cmocka_unit_test(test_unsymmetric),
    cmocka_unit_test(test_singular),
};
HF_TEST_MAIN(tests)
