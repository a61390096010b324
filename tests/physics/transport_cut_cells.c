/* Cells that outlines cut: accuracy, order and invariants of G, on any number of ranks. */
#include "cut_cells_case.h"

static const char *const cases[N_CASES] = {"disk", "shifted", "square"};

/* On several ranks one size of cells less: the numbers are the same. */
static void test_convergence(void **state) {
  PetscMPIInt size;

  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  check_convergence(cases, size == 1 ? 4 : 3);
}

/* What enters by the contacts leaves by them, and G of the reactions is symmetric; with a Hall conductivity rows and columns sum to zero, and G(-m) = G(m)^T. */
static void test_invariants(void **state) {
  for (int c = 0; c < N_CASES; ++c) {
    for (int hall = 0; hall < 2; ++hall) {
      PetscReal G[2][N][N], m[3] = {0.48, 0.36, 0.8};
      Film film;

      CHECK(film_create(PETSC_COMM_WORLD, CUT_CELLS_DECK(cases[c], "cell=25 nm; hall=%s", hall ? "1e6 S/m" : "0 S/m"), &film));
      for (int turn = 0; turn < 2; ++turn) {
        CHECK(film_magnetize(&film, uniform, m));
        for (int k = 0; k < N; ++k) {
          PetscReal V[N] = {0}, currents[N], sum = 0;

          V[k] = 1;
          CHECK(VecZeroEntries(film.phi));
          CHECK(HfPotentialSolve(film.potential, V, film.phi, currents));
          for (int l = 0; l < N; ++l) {
            G[turn][l][k] = currents[l];
            sum += currents[l];
          }
          ASSERT_NEAR(sum / currents[k], 0, 1e-10);
        }
        for (int a = 0; a < 3; ++a) m[a] = -m[a];
      }
      for (int k = 0; k < N; ++k) {
        PetscReal row = 0;

        for (int l = 0; l < N; ++l) {
          row += G[0][k][l];
          ASSERT_NEAR(G[0][k][l], G[1][l][k], 1e-10 * G[0][0][0]);
        }
        ASSERT_NEAR(row, 0, 1e-10 * G[0][0][0]);
      }
      assert_true(hall == (PetscAbsReal(G[0][0][1] - G[0][1][0]) > 1e-4 * G[0][0][0]));
      CHECK(film_destroy(&film));
    }
  }
}

/* Current densities: the integral of j over whole cells is that of one rank, cell by cell, and so are G and the current of the leads. */
static void test_ranks(void **state) {
  Film film, alone;
  PetscReal G[2][N * N], m[3] = {0.48, 0.36, 0.8};
  const PetscReal V[N] = {1, -0.5, 0.3, 0};
  Vec j[2], j_z[2];
  const PetscScalar *a, *b;

  CHECK(film_create(PETSC_COMM_WORLD, CUT_CELLS_DECK("shifted", "cell=25 nm; hall=1e6 S/m"), &film));
  CHECK(film_create(PETSC_COMM_SELF, CUT_CELLS_DECK("shifted", "cell=25 nm; hall=1e6 S/m"), &alone));
  for (int k = 0; k < 2; ++k) {
    Film *f = k ? &alone : &film;

    CHECK(film_magnetize(f, maze, m));
    CHECK(HfConductance(f->potential, G[k]));
    CHECK(HfPotentialSuperpose(f->potential, V, f->phi));
    CHECK(HfGridCreateCellVec(f->grid, 2, &j[k]));
    CHECK(HfGridCreateCellVec(f->grid, 1, &j_z[k]));
    CHECK(HfPotentialCellCurrent(f->potential, f->phi, j[k]));
    CHECK(HfPotentialLeadCurrentDensity(f->potential, f->phi, PETSC_FALSE, j_z[k]));
  }
  for (int e = 0; e < N * N; ++e) ASSERT_NEAR(G[0][e], G[1][e], 1e-10 * G[1][0]);
  const HfGridInfo *g = HfGridGetInfo(film.grid);
  const PetscReal unit = G[1][0] / (30e-9 * 1e-6);
  for (int k = 0; k < 2; ++k) {
    const PetscInt dof = k ? 1 : 2;

    CHECK(VecGetArrayRead(k ? j_z[0] : j[0], &a));
    CHECK(VecGetArrayRead(k ? j_z[1] : j[1], &b));
    for (PetscInt e = 0; e < dof * g->nx * g->ym; ++e) ASSERT_NEAR(a[e], b[dof * g->nx * g->ys + e], 1e-7 * unit);
    CHECK(VecRestoreArrayRead(k ? j_z[0] : j[0], &a));
    CHECK(VecRestoreArrayRead(k ? j_z[1] : j[1], &b));
  }
  for (int k = 0; k < 2; ++k) {
    CHECK(VecDestroy(&j[k]));
    CHECK(VecDestroy(&j_z[k]));
  }
  CHECK(film_destroy(&film));
  CHECK(film_destroy(&alone));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_convergence), cmocka_unit_test(test_invariants), cmocka_unit_test(test_ranks)};
HF_TEST_MAIN(tests)
