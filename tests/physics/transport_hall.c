/* Hall currents: Onsager's relations, closed solutions (square, ring, long strip), the planar Hall effect of the AMR tensor. */
#include "transport_test.h"

/* ---- four disks on a film of 61 x 47 cells, a Hall angle of up to 0.2; in one deck a contact has a resistance and a fifth one floats ---- */
static const char *const decks[] = {"film contacts", "film contacts-one-resistive floating-contact"};

static void maze_times(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  maze(x, y, NULL, m);
  for (int c = 0; c < 3; ++c) m[c] *= *(PetscReal *)context;
}

static void test_onsager(void **state) {
  for (int deck = 0; deck < 2; ++deck) {
    PetscReal plus = 1, minus = -1, G[2][25], broken = 0;
    Film film;

    CHECK(film_create(PETSC_COMM_WORLD, DECK(decks[deck]), &film));
    const PetscInt n = HfElectrodesCount(film.electrodes);
    CHECK(film_magnetize(&film, maze_times, &plus));
    CHECK(HfConductance(film.potential, G[0]));
    for (PetscInt k = 0; k < n; ++k) { /* column k: the currents that 1 V on k drives, read where they enter; and the superposition */
      PetscReal V[5] = {0, 0, 0, 0, 0}, currents[5], row = 0, column = 0, difference;
      Vec other;

      V[k] = 1;
      CHECK(VecZeroEntries(film.phi));
      CHECK(HfPotentialSolve(film.potential, V, film.phi, currents));
      CHECK(HfPotentialCreateVector(film.potential, &other));
      CHECK(HfPotentialSuperpose(film.potential, V, other));
      CHECK(VecAXPY(other, -1, film.phi));
      CHECK(VecNorm(other, NORM_INFINITY, &difference));
      CHECK(VecDestroy(&other));
      assert_true(difference < 1e-9);
      for (PetscInt l = 0; l < n; ++l) {
        ASSERT_NEAR(currents[l], G[0][n * l + k], 1e-10 * G[0][0]);
        row += G[0][n * k + l];
        column += G[0][n * l + k];
      }
      ASSERT_NEAR(row, 0, 1e-10 * G[0][0]);
      ASSERT_NEAR(column, 0, 1e-10 * G[0][0]);
    }
    CHECK(film_magnetize(&film, maze_times, &minus));
    CHECK(HfConductance(film.potential, G[1]));
    for (PetscInt k = 0; k < n; ++k)
      for (PetscInt l = 0; l < n; ++l) {
        ASSERT_NEAR(G[0][n * k + l], G[1][n * l + k], 1e-10 * G[0][0]);
        broken = PetscMax(broken, PetscAbsReal(G[0][n * k + l] - G[0][n * l + k]));
      }
    assert_true(broken > 1e-4 * G[0][0]);
    CHECK(film_destroy(&film));
  }
}

/* ---- a square between full edges: turned by 90 degrees, current and field change places, so G = t sqrt(det Sigma). The field has a weak
   singularity in the corners: not quite second order. Lippmann and Kuhrt, Z. Naturforsch. 13a, 462 (1958) ---- */
static void test_square(void **state) {
  const PetscReal exact = 5.3851648071345; /* sqrt(5^2 + 2^2) S */
  PetscReal error[3];

  for (int k = 0; k < 3; ++k) {
    PetscReal m[3] = {0, 0, k == 1 ? -1 : 1}, G[4];
    Film film;

    CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "cell=%d nm", 40 >> k), &film));
    CHECK(film_magnetize(&film, uniform, m));
    CHECK(HfConductance(film.potential, G));
    error[k] = fabs(G[0] - exact);
    CHECK(film_destroy(&film));
  }
  print_message("errors of the square: %.2e %.2e %.2e S\n", error[0], error[1], error[2]);
  assert_true(error[0] > 3 * error[1] && error[1] > 3 * error[2] && error[2] < 1e-4 * exact);
}

/* ---- between concentric contacts of a uniform film there is no edge at which charge could gather: the current is inclined by the Hall angle,
   the potential and G are those without Hall currents ---- */
static PetscInt ring(PetscReal x, PetscReal y, void *context) { return hypot(x, y) > 40 ? -1 : 0; }
static PetscInt rims(PetscReal x, PetscReal y, void *context) { return hypot(x, y) <= 15 ? 0 : hypot(x, y) >= 39 ? 1 : -1; }
static void isotropic(PetscReal x, PetscReal y, void *context, PetscReal S[4]) {
  const PetscReal tangent = *(PetscReal *)context;
  S[0] = S[3] = 1;
  S[1] = -tangent;
  S[2] = tangent;
}

static void test_ring(void **state) {
  PetscReal tangents[2] = {0, 0.5}, G[2][4];

  for (int k = 0; k < 2; ++k) {
    const PetscReal V[2] = {1, 0};
    HfGrid grid;
    HfElectrodes electrodes;
    HfPotential potential;
    Vec phi, current;
    const PetscScalar *j;

    CHECK(HfGridCreate(PETSC_COMM_WORLD, 81, 81, 1, 1, 1, ring, NULL, &grid));
    CHECK(HfElectrodesCreateFromFunction(grid, 2, rims, NULL, &electrodes));
    CHECK(HfPotentialCreateFromFunction(grid, electrodes, 1, isotropic, &tangents[k], &potential));
    CHECK(HfPotentialSetTolerance(potential, 1e-12));
    CHECK(HfConductance(potential, G[k]));
    CHECK(HfPotentialCreateVector(potential, &phi));
    CHECK(HfGridCreateCellVec(grid, 2, &current));
    CHECK(HfPotentialSolve(potential, V, phi, NULL));
    CHECK(HfPotentialCurrentDensity(potential, phi, current));
    const HfGridInfo *g = HfGridGetInfo(grid);
    CHECK(VecGetArrayRead(current, &j));
    for (PetscInt row = 0; row < g->ym; ++row) /* along the axes the field is radial by symmetry: counter-clockwise of it for m along +z */
      for (PetscInt i = 0; i < g->nx; ++i) {
        const PetscReal x = g->x0 + ((PetscReal)i + 0.5) * g->dx, y = g->y0 + ((PetscReal)(g->ys + row) + 0.5) * g->dy,
                        *at = j + 2 * (row * g->nx + i);
        if (PetscAbsReal(y) < 0.1 && x > 20 && x < 35) ASSERT_NEAR(at[1], tangents[k] * at[0], 1e-8 * at[0]);
        if (PetscAbsReal(x) < 0.1 && y > 20 && y < 35) ASSERT_NEAR(at[0], -tangents[k] * at[1], 1e-8 * at[1]);
      }
    CHECK(VecRestoreArrayRead(current, &j));
    CHECK(VecDestroy(&phi));
    CHECK(VecDestroy(&current));
    CHECK(HfPotentialDestroy(&potential));
    CHECK(HfElectrodesDestroy(&electrodes));
    CHECK(HfGridDestroy(&grid));
  }
  for (int i = 0; i < 4; ++i) ASSERT_NEAR(G[1][i], G[0][i], 1e-10 * G[0][0]);
}

/* ---- a strip six times as long as wide with the current along x: in the middle j_y = 0, so E_y = rho_yx j_x. What the contacts short-circuit
   has decayed to exp(-3 pi) = 8e-5 there ---- */
/* E_y/j_x in the middle, both averaged over the width: rho_yx in ohm m; *rho_xx from E_x. */
static PetscReal transverse(Film *film, PetscReal x, PetscReal y, PetscReal z, PetscReal *rho_xx) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const PetscReal V[2] = {1e-3, -1e-3}, width = (PetscReal)g->ny * g->dy;
  const PetscInt n = g->nx + 1, middle = g->nx / 2, last = g->ym + (g->rank == g->size - 1) - 1;
  PetscReal m[3] = {x, y, z}, currents[2], sums[2] = {0, 0}, *values; /* phi(top) - phi(bottom); the drop along x over two cells, all rows */

  CHECK(film_magnetize(film, uniform, m));
  CHECK(HfPotentialSolve(film->potential, V, film->phi, currents));
  CHECK(PetscMalloc1(n * (last + 1), &values));
  CHECK(HfPotentialGetVertexValues(film->potential, film->phi, values));
  if (g->rank == 0) sums[0] -= values[middle];
  if (g->rank == g->size - 1) sums[0] += values[last * n + middle];
  for (PetscInt j = 0; j <= last; ++j) sums[1] += values[j * n + middle - 1] - values[j * n + middle + 1];
  CHECK(PetscFree(values));
  MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD);
  const PetscReal j_x = currents[0] / (width * g->thickness);
  *rho_xx = sums[1] / (PetscReal)(g->ny + 1) / (2 * g->dx) / j_x;
  return -sums[0] / width / j_x;
}

static void test_anomalous_hall_strip(void **state) {
  const PetscReal sigma = 5e6, hall = 0.5e6, rho_yx = -hall / (sigma * sigma + hall * hall), rho = sigma / (sigma * sigma + hall * hall);
  const PetscReal z[4] = {1, -1, 0.6, 0};
  PetscReal rho_xx, measured;
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("strip", "amr=0; hall=0.5e6 S/m"), &film));
  for (int k = 0; k < 4; ++k) {
    const PetscReal h = hall * z[k];
    measured = transverse(&film, sqrt(1 - z[k] * z[k]), 0, z[k], &rho_xx);
    ASSERT_NEAR(measured, -h / (sigma * sigma + h * h), 2e-4 * PetscAbsReal(rho_yx));
    ASSERT_NEAR(rho_xx, sigma / (sigma * sigma + h * h), 2e-4 * rho);
  }
  CHECK(film_destroy(&film));
}

/* The planar Hall effect is in the AMR tensor: rho = rho_perp + (rho_par - rho_perp) m m^T, so rho_yx = (rho_par - rho_perp) sin(2 theta)/2 for m in
   the plane at theta to the current, and rho_xx = rho_perp + (rho_par - rho_perp) cos^2 theta. */
static void test_planar_hall_strip(void **state) {
  const PetscReal a = 0.2, ratio = (2 + a) / (2 - a); /* sigma0 = sigma_perp (2 + 1/ratio)/3 */
  const PetscReal perp = (2 + 1 / ratio) / (3 * 5e6), difference = (ratio - 1) * perp;
  PetscReal rho_xx;
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("strip", "amr=0.2; hall=0 S/m"), &film));
  for (int degrees = -90; degrees <= 180; degrees += 15) {
    const PetscReal theta = degrees * PETSC_PI / 180, rho_yx = transverse(&film, cos(theta), sin(theta), 0, &rho_xx);
    ASSERT_NEAR(rho_yx, difference * sin(2 * theta) / 2, 2e-4 * difference);
    ASSERT_NEAR(rho_xx, perp + difference * cos(theta) * cos(theta), 2e-4 * difference);
  }
  CHECK(film_destroy(&film));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_onsager),           cmocka_unit_test(test_square), cmocka_unit_test(test_ring), cmocka_unit_test(test_anomalous_hall_strip),
    cmocka_unit_test(test_planar_hall_strip),
};
HF_TEST_MAIN(tests)
