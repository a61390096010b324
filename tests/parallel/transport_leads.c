/* What leads bring into a layer: around every electrode its current, nothing elsewhere; no lead on a floating one; on any number of ranks. */
#include "transport_test.h"

enum { N = 4 };
static const PetscReal centre[N][2] = {{-3e-7, 1e-7}, {3e-7, 3e-7}, {2e-7, -2e-7}, {-2e-7, -3e-7}};

static void currents_of_leads(void **state) {
  const PetscReal V[N] = {1e-3, -0.5e-3, 0.2e-3, 0.0};

  for (int uniform = 0; uniform < 2; ++uniform) {
    Film film;
    Vec j_z;
    const PetscScalar *a;
    PetscReal currents[N], sums[N + 1] = {0}, most[2] = {0, 0}; /* most: |j_z| within 30 nm of the first centre, and elsewhere around it */

    CHECK(film_create(PETSC_COMM_WORLD, DECK("disk-with-a-hole"), &film));
    CHECK(HfPotentialSetMagnetization(film.potential, NULL));
    CHECK(HfPotentialSolve(film.potential, V, film.phi, currents));
    CHECK(HfGridCreateCellVec(film.grid, 1, &j_z));
    CHECK(HfPotentialLeadCurrentDensity(film.potential, film.phi, (PetscBool)uniform, j_z));
    const HfGridInfo *g = HfGridGetInfo(film.grid);
    CHECK(VecGetArrayRead(j_z, &a));
    for (PetscInt j = 0; j < g->ym; ++j) {
      for (PetscInt i = 0; i < g->nx; ++i) {
        const PetscReal x = g->x0 + ((PetscReal)i + 0.5) * g->dx, y = g->y0 + ((PetscReal)(g->ys + j) + 0.5) * g->dy, value = a[j * g->nx + i];
        int near = N;
        for (int k = 0; k < N; ++k)
          if (hypot(x - centre[k][0], y - centre[k][1]) < 1.2e-7) near = k;
        sums[near] += value * g->dx * g->dy;
        if (near == N) assert_true(value == 0.0);
        if (near == 0) {
          const int rim = hypot(x - centre[0][0], y - centre[0][1]) > 3e-8;
          most[rim] = PetscMax(most[rim], PetscAbsReal(value));
        }
      }
    }
    CHECK(VecRestoreArrayRead(j_z, &a));
    CHECK(MPI_Allreduce(MPI_IN_PLACE, sums, N + 1, MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD));
    CHECK(MPI_Allreduce(MPI_IN_PLACE, most, 2, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
    assert_true(PetscAbsReal(currents[0]) > 1e-6);
    for (int k = 0; k < N; ++k) ASSERT_NEAR(sums[k], currents[k], 1e-10 * currents[0]); /* the potential is as exact; currents[3] = 0: floating */
    if (uniform)
      ASSERT_NEAR(most[0] / most[1], 1.0, 1e-12);
    else
      ASSERT_NEAR(most[0] / most[1], 0.0, 1e-9); /* an equipotential patch takes its current at the rim */
    CHECK(VecDestroy(&j_z));
    CHECK(film_destroy(&film));
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(currents_of_leads)};
HF_TEST_MAIN(tests)
