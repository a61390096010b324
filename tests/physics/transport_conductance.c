/* The conductance matrix: its symmetries, against direct solves, contacts with resistance and floating ones, the seven wirings.
   transport/transport_impl.h: to spoil the matrix that the potential keeps. */
#include "transport/transport_impl.h"
#include "transport_test.h"

/* Five disks on a film of 61 x 47 cells, neither a power of two. */
static void test_properties(void **state) {
  Film film;
  PetscReal G[25], I_all[25];

  CHECK(film_create(PETSC_COMM_WORLD, DECK("film corners middle"), &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfConductance(film.potential, G));
  for (int k = 0; k < 5; ++k) { /* five solves of their own, the last contact included: column k is what 1 V on k drives into the others */
    PetscReal V[5] = {0, 0, 0, 0, 0}, sum = 0;

    V[k] = 1;
    CHECK(VecZeroEntries(film.phi));
    CHECK(HfPotentialSolve(film.potential, V, film.phi, &I_all[5 * k]));
    for (int l = 0; l < 5; ++l) sum += I_all[5 * k + l];
    ASSERT_NEAR(sum, 0, 1e-10 * G[0]);
  }
  for (int k = 0; k < 5; ++k) {
    PetscReal sum = 0;

    for (int l = 0; l < 5; ++l) {
      sum += G[5 * k + l];
      assert_true(k == l ? G[5 * k + l] > 0 : G[5 * k + l] < 0);
      ASSERT_NEAR(I_all[5 * l + k], G[5 * k + l], 1e-10 * G[0]);
      ASSERT_NEAR(I_all[5 * l + k], I_all[5 * k + l], 1e-10 * G[0]); /* reciprocity */
    }
    ASSERT_NEAR(sum, 0, 1e-10 * G[0]);
  }
  CHECK(film_destroy(&film));
}

/* phi by superposition is phi by a solve, and both drive the current I = G V; equal voltages drive none at all. */
static void test_superposition(void **state) {
  const PetscReal V[4] = {0.3, -0.2, 0.7, -1.1}, equal[4] = {0.4, 0.4, 0.4, 0.4};
  Film film;
  PetscReal G[16], currents[4], difference, norm;
  Vec other, j[2];

  CHECK(film_create(PETSC_COMM_WORLD, DECK("film corners"), &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfConductance(film.potential, G));
  CHECK(HfPotentialSolve(film.potential, V, film.phi, currents));
  for (int k = 0; k < 4; ++k) {
    PetscReal sum = 0;
    for (int l = 0; l < 4; ++l) sum += G[4 * k + l] * V[l];
    ASSERT_NEAR(currents[k], sum, 1e-10 * G[0]);
  }
  CHECK(HfPotentialCreateVector(film.potential, &other));
  CHECK(HfPotentialSuperpose(film.potential, V, other));
  for (int k = 0; k < 2; ++k) {
    CHECK(HfGridCreateCellVec(film.grid, 2, &j[k]));
    CHECK(HfPotentialCurrentDensity(film.potential, k ? other : film.phi, j[k]));
  }
  CHECK(VecAXPY(other, -1, film.phi));
  CHECK(VecNorm(other, NORM_INFINITY, &difference));
  assert_true(difference < 1e-10);
  CHECK(VecAXPY(j[1], -1, j[0]));
  CHECK(VecNorm(j[0], NORM_2, &norm));
  CHECK(VecNorm(j[1], NORM_2, &difference));
  assert_true(norm > 0 && difference < 1e-9 * norm);

  CHECK(HfPotentialSolve(film.potential, equal, film.phi, currents));
  for (int k = 0; k < 4; ++k) ASSERT_NEAR(currents[k], 0, 0);
  for (int k = 0; k < 2; ++k) CHECK(VecDestroy(&j[k]));
  CHECK(VecDestroy(&other));
  CHECK(film_destroy(&film));
}

/* The same film with all contacts ideal gives the circuit; then contact a has a resistance and contact e floats. */
static void test_resistance_and_floating(void **state) {
  Film film;
  PetscReal ideal[25], reduced[16], G[25], V[5] = {1, -0.5, 0.25, 0, 99}, currents[5], e_potential = 0;
  const PetscReal R = 3;

  CHECK(film_create(PETSC_COMM_WORLD, DECK("film corners middle"), &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfConductance(film.potential, ideal));
  CHECK(film_destroy(&film));
  CHECK(film_create(PETSC_COMM_WORLD, DECK("film corners-one-resistive floating-middle"), &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfConductance(film.potential, G));

  /* by hand: e eliminated, G_kl - G_ke G_el/G_ee; then R in series with a: every current through a shrinks by 1/(1 + R G_aa) */
  for (int k = 0; k < 4; ++k)
    for (int l = 0; l < 4; ++l) reduced[4 * k + l] = ideal[5 * k + l] - ideal[5 * k + 4] * ideal[20 + l] / ideal[24];
  for (int k = 0; k < 4; ++k)
    for (int l = 0; l < 4; ++l) {
      const PetscReal expected = reduced[4 * k + l] - reduced[4 * k] * R * reduced[l] / (1 + R * reduced[0]);
      ASSERT_NEAR(G[5 * k + l], expected, 1e-10 * ideal[0]);
    }
  assert_true(R * reduced[0] > 0.05); /* the resistance matters */

  /* the potential itself: e at one potential without current, a below its terminal by R I_a */
  CHECK(HfPotentialSolve(film.potential, V, film.phi, currents));
  for (int k = 0; k < 5; ++k) {
    PetscReal sum = 0;
    for (int l = 0; l < 4; ++l) sum += G[5 * k + l] * V[l];
    ASSERT_NEAR(currents[k], sum, 1e-10 * ideal[0]);
  }
  ASSERT_NEAR(currents[4], 0, 0);
  for (int l = 1; l < 4; ++l) e_potential -= ideal[20 + l] / ideal[24] * V[l];
  e_potential -= ideal[20] / ideal[24] * (V[0] - R * currents[0]);
  const HfGridInfo *g = HfGridGetInfo(film.grid);
  const int16_t *vertices = HfElectrodesVertices(film.electrodes);
  const PetscInt n = (g->nx + 1) * (g->ym + (g->rank == g->size - 1));
  PetscReal *values;
  CHECK(PetscMalloc1(n, &values));
  CHECK(HfPotentialGetVertexValues(film.potential, film.phi, values));
  for (PetscInt k = 0; k < n; ++k) {
    if (vertices[k] == 4) ASSERT_NEAR(values[k], e_potential, 1e-10);
    if (vertices[k] == 0) ASSERT_NEAR(values[k], V[0] - R * currents[0], 1e-10);
  }
  CHECK(PetscFree(values));
  CHECK(film_destroy(&film));
}

/* Behind a resistance, too, currents are read from the potential: they cannot confirm a G that is wrong. */
static void test_currents_do_not_come_from_G(void **state) {
  const PetscReal V[5] = {1, -0.5, 0.25, 0, 0};
  PetscReal G[25], currents[2][5];
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK("film corners-one-resistive floating-middle"), &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfConductance(film.potential, G));
  for (int spoilt = 0; spoilt < 2; ++spoilt) {
    for (int k = 0; k < 25 && spoilt; ++k) film.potential->terminal_G[k] *= 1.1;
    CHECK(VecZeroEntries(film.phi));
    CHECK(HfPotentialSolve(film.potential, V, film.phi, currents[spoilt]));
  }
  for (int k = 0; k < 5; ++k) ASSERT_NEAR(currents[1][k], currents[0][k], 1e-12 * G[0]);
  CHECK(film_destroy(&film));
}

/* Six wirings give G, the seventh agrees: to 1e-8, a hundred times the solver's tolerance. */
static void test_seven_wirings(void **state) {
  Film film;
  PetscReal G[16], measured[16], deviation;

  CHECK(film_create(PETSC_COMM_WORLD, DECK("film corners"), &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfPotentialSetTolerance(film.potential, 1e-10));
  CHECK(HfConductanceByWirings(film.potential, measured, &deviation));
  CHECK(HfConductance(film.potential, G));
  for (int k = 0; k < 16; ++k) ASSERT_NEAR(measured[k], G[k], 1e-8 * G[0]);
  assert_true(deviation <= 1e-8);
  CHECK(film_destroy(&film));
}

/* Between pieces of the film G is zero to the last bit, also on the diagonal of an electrode that has a piece to itself. */
static void test_pieces(void **state) {
  const PetscReal straight = 5e6 * 20e-9 * 100 / 250;
  Film film;
  PetscReal G[9];

  CHECK(film_create(PETSC_COMM_WORLD, DECK("pieces"), &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfConductance(film.potential, G));
  for (int k = 0; k < 3; ++k) assert_true(G[6 + k] == 0 && G[3 * k + 2] == 0);
  ASSERT_NEAR(G[0], straight, 1e-8 * straight);
  ASSERT_NEAR(G[1], -straight, 1e-8 * straight);
  ASSERT_NEAR(G[3], G[1], 0);
  ASSERT_NEAR(G[4], straight, 1e-8 * straight);
  CHECK(film_destroy(&film));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_properties),
    cmocka_unit_test(test_superposition),
    cmocka_unit_test(test_resistance_and_floating),
    cmocka_unit_test(test_currents_do_not_come_from_G),
    cmocka_unit_test(test_seven_wirings),
    cmocka_unit_test(test_pieces),
};
HF_TEST_MAIN(tests)
