/* Imperfect devices: the same on any number of ranks, of the required size, seeded, and none at all for zero deviations.
   transport/transport_impl.h: the statistics are those of the conductivity of every grain, which nothing else reads. */
#include "transport/transport_impl.h"
#include "transport_test.h"

static void conductance(MPI_Comm comm, const char *text, PetscReal G[25], PetscReal positions[10]) {
  Film film;

  CHECK(film_create(comm, text, &film));
  CHECK(film_magnetize(&film, maze, NULL));
  CHECK(HfConductance(film.potential, G));
  for (PetscInt k = 0; k < 5; ++k) HfElectrodesPosition(film.electrodes, k, &positions[2 * k]);
  CHECK(film_destroy(&film));
}

static PetscReal distance(const PetscReal a[25], const PetscReal b[25]) {
  PetscReal most = 0;
  for (int k = 0; k < 25; ++k) most = PetscMax(most, PetscAbsReal(a[k] - b[k]));
  return most;
}

static void test_same_on_any_ranks(void **state) {
  const char *const imperfect = DECK_WITH("film all-vary grains contacts misplaced", "grain_seed=3; seed=5");
  PetscReal together[25], alone[25], places[2][10];

  conductance(PETSC_COMM_WORLD, imperfect, together, places[0]);
  conductance(PETSC_COMM_SELF, imperfect, alone, places[1]);
  assert_true(distance(together, alone) < 1e-11 * alone[0]);
  assert_memory_equal(places[0], places[1], sizeof(places[0]));
}

static void test_each_acts_and_zero_does_not(void **state) {
  const char *const one_varies[] = {"film conductivity-varies grains contacts", "film amr-varies grains contacts",
                                    "film thickness-varies grains contacts"};
  PetscReal none[25], G[2][25], places[3][10];

  conductance(PETSC_COMM_WORLD, DECK("film contacts"), none, places[0]);
  conductance(PETSC_COMM_WORLD, DECK_WITH("film none-varies grains contacts none-misplaced", "grain_seed=1"), G[0], places[1]);
  assert_memory_equal(G[0], none, sizeof(none));
  assert_memory_equal(places[1], places[0], sizeof(places[0]));
  for (int k = 0; k < 3; ++k) { /* a few percent per grain, hundreds of grains: G moves by well less, but moves; another seed, another film */
    for (int seed = 1; seed <= 2; ++seed) conductance(PETSC_COMM_WORLD, DECK_WITH(one_varies[k], "grain_seed=%d", seed), G[seed - 1], places[seed]);
    assert_true(distance(G[0], none) > 1e-4 * none[0] && distance(G[0], none) < 0.1 * none[0]);
    assert_true(distance(G[0], G[1]) > 1e-4 * none[0]);
  }
  for (int seed = 1; seed <= 2; ++seed)
    conductance(PETSC_COMM_WORLD, DECK_WITH("film contacts misplaced", "seed=%d", seed), G[seed - 1], places[seed]);
  for (int k = 0; k < 10; ++k) assert_true(places[1][k] != places[0][k] && places[1][k] != places[2][k]);
  assert_true(distance(G[0], none) > 1e-3 * none[0] && distance(G[0], G[1]) > 1e-3 * none[0]);
}

/* Mean and deviation over the grains of what the cells hold (m = z: 1 S/m times conductivity and thickness), one number per grain; and j is per area
   of the film as it is there: freed of the thickness. */
static void test_deviation(void **state) {
  const char *const varies[] = {"conductivity", "thickness"};

  for (int k = 0; k < 2; ++k) {
    PetscReal sums[3] = {0, 0, 0};
    PetscBool *seen;
    const PetscReal V[2] = {4e-6, 0}; /* 1 V/m from left to right on average */
    const PetscScalar *at;
    Vec j;
    Film film;

    CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("sheet", "varies=%s", varies[k]), &film));
    HfPotential p = film.potential;
    const HfGridInfo *g = HfGridGetInfo(film.grid);
    CHECK(PetscCalloc1(p->n_grains, &seen));
    for (PetscInt cell = 0; cell < g->nx * g->ym; ++cell) {
      const ptrdiff_t framed = (ptrdiff_t)(cell / g->nx + 1) * (g->nx + 2) + cell % g->nx + 1;
      const PetscReal sigma = p->sigma.xx[framed];

      ASSERT_NEAR(p->sigma.yy[framed], sigma, 0);
      if (seen[p->grain[framed]]) continue;
      seen[p->grain[framed]] = PETSC_TRUE;
      sums[0] += 1; /* a grain on a border between ranks counts twice, which does not bias the mean */
      sums[1] += sigma - 1;
      sums[2] += (sigma - 1) * (sigma - 1);
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD);
    assert_true(sums[0] > 4000); /* 4800 on average; 0.15/sqrt(4800) = 0.0022 */
    ASSERT_NEAR(sums[1] / sums[0], 0, 0.01);
    ASSERT_NEAR(sqrt(sums[2] / sums[0]), 0.15, 0.01);

    CHECK(HfGridCreateCellVec(film.grid, 2, &j));
    CHECK(HfPotentialSolve(p, V, film.phi, NULL));
    CHECK(HfPotentialCurrentDensity(p, film.phi, j));
    CHECK(HfPotentialLoad(p, film.phi));
    CHECK(VecGetArrayRead(j, &at));
    for (PetscInt cell = 0; cell < g->nx * g->ym; cell += 7) { /* j = conductivity E; the thickness does not enter */
      const PetscInt i = cell % g->nx, row = cell / g->nx;
      const PetscReal *low = p->phi + HfGhostRowsAt(p->rows, g->ys + row) + i, *high = low + g->nx + 1;
      const PetscReal Ex = -0.5 * (low[1] - low[0] + high[1] - high[0]) / g->dx;
      const PetscReal sigma = k ? 1 : p->sigma.xx[(ptrdiff_t)(row + 1) * (g->nx + 2) + i + 1];

      ASSERT_NEAR(at[2 * cell], sigma * Ex, 1e-9);
    }
    CHECK(VecRestoreArrayRead(j, &at));
    CHECK(VecDestroy(&j));
    CHECK(PetscFree(seen));
    CHECK(film_destroy(&film));
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_same_on_any_ranks),
    cmocka_unit_test(test_each_acts_and_zero_does_not),
    cmocka_unit_test(test_deviation),
};
HF_TEST_MAIN(tests)
