/* Films whose outlines cut cells, and how G converges with the cells: for transport_cut_cells.c and its slow companion.

   Reference: body-fitted second-order elements (tests/reference/conductance.py). Required of every entry of G: within 1 % at 25 nm, 0.3 % at 12.5 nm, order
   1.7 on average from 50 nm on. On whole cells alone G12 of the disk was 14.5, 7.3, 2.1, 1.5, 0.7 % off from 50 to 3.125 nm. */
#pragma once
#include "reference/conductance.h"
#include "transport_test.h"

#define CUT_CELLS_DECK(names, ...) HfTestDeck("../tests/physics/transport_cut_cells.c", names, __VA_ARGS__)

enum { N = 4, N_CASES = 3, N_DIRECTIONS = 3, MOST_CELLS = 5 };
static PetscReal directions[N_DIRECTIONS][3] = {{1, 0, 0}, {0.70710678118654752, 0.70710678118654752, 0}, {0, 0, 1}};

/* Largest relative error of an entry of G with each size of cells, for each direction of m. */
static inline void errors_of_cells(int number, const char *name, PetscInt n, PetscReal largest[N_DIRECTIONS][MOST_CELLS]) {
  static const char *const cells[MOST_CELLS] = {"50 nm", "25 nm", "12.5 nm", "6.25 nm", "3.125 nm"};

  for (PetscInt k = 0; k < n; ++k) {
    PetscInt64 solves, iterations;
    Film film;

    CHECK(film_create(PETSC_COMM_WORLD, CUT_CELLS_DECK(name, "cell=%s; hall=0 S/m", cells[k]), &film));
    for (int d = 0; d < N_DIRECTIONS; ++d) {
      PetscReal G[N * N];

      CHECK(film_magnetize(&film, uniform, directions[d]));
      CHECK(HfConductance(film.potential, G));
      largest[d][k] = 0;
      for (int e = 0; e < N * N; ++e) largest[d][k] = PetscMax(largest[d][k], PetscAbsReal(G[e] / REFERENCE[number][d][e] - 1));
    }
    HfPotentialStatistics(film.potential, &solves, &iterations, NULL);
    assert_true((PetscReal)iterations < 11 * (PetscReal)solves); /* to 1e-12, with lagged levels of another direction of m too */
    CHECK(film_destroy(&film));
  }
}

/* Of the decks in the order of the reference. */
static inline void check_convergence(const char *const cases[N_CASES], PetscInt n) {
  static const char *const names[N_DIRECTIONS] = {"x", "45", "z"};

  for (int c = 0; c < N_CASES; ++c) {
    PetscReal largest[N_DIRECTIONS][MOST_CELLS];

    errors_of_cells(c, cases[c], n, largest);
    for (int d = 0; d < N_DIRECTIONS; ++d) {
      const PetscReal order = log2(largest[d][0] / largest[d][n - 1]) / (PetscReal)(n - 1);

      CHECK(PetscPrintf(PETSC_COMM_WORLD, "%-8s m along %-3s largest error of G, %%, halving the cells from 50 nm:", cases[c], names[d]));
      for (PetscInt k = 0; k < n; ++k) CHECK(PetscPrintf(PETSC_COMM_WORLD, " %.4f", 100 * (double)largest[d][k]));
      CHECK(PetscPrintf(PETSC_COMM_WORLD, "   order %.2f\n", (double)order));
      assert_true(largest[d][1] < 0.01 && largest[d][2] < 0.003);
      assert_true(order >= 1.7);
    }
  }
}
