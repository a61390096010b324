/* A film with Hall currents, driven through its own electrodes: the torque changes sign with the voltage, the current is not parallel to the electric field,
   the same run on any number of ranks, hardly more iterations per refresh than without. The saturated conductance is the mean over both directions of saturation. */
#include "device_case.h"

static void film_create_at_rest(Film *film, MPI_Comm comm, const char *text) {
  film_create(film, comm, text);
  CHECK(HfDeviceAdvance(film->device, 20e-12, NULL, NULL));
}

/* The rate of change that the voltage adds. */
static void torque(Film *film, const PetscReal V[3], Vec rate) {
  HfMagnet magnet = HfDeviceMagnet(film->device);
  Vec m = HfDeviceMagnetization(film->device), without;

  CHECK(VecDuplicate(rate, &without));
  CHECK(HfDeviceDrive(film->device, NULL));
  CHECK(HfMagnetRightHandSide(magnet, 0, m, without));
  CHECK(HfDeviceDrive(film->device, V));
  CHECK(HfMagnetRightHandSide(magnet, 0, m, rate));
  CHECK(VecAXPY(rate, -1, without));
  CHECK(VecDestroy(&without));
}

static void voltage_reverses_the_torque(void **unused) {
  const PetscReal V[2][3] = {{0.02, -0.03, 0.01}, {-0.02, 0.03, -0.01}};
  PetscReal size, sum, change;
  Vec rate[3];
  Film hall, none;

  film_create_at_rest(&hall, PETSC_COMM_WORLD, DECK("film hall"));
  film_create_at_rest(&none, PETSC_COMM_WORLD, DECK("film"));
  for (int k = 0; k < 3; ++k) CHECK(VecDuplicate(HfDeviceMagnetization(hall.device), &rate[k]));
  torque(&hall, V[0], rate[0]);
  torque(&hall, V[1], rate[1]);
  torque(&none, V[0], rate[2]); /* the same texture: no current has flowed yet */
  CHECK(VecNorm(rate[0], NORM_INFINITY, &size));
  CHECK(VecAXPY(rate[1], 1, rate[0]));
  CHECK(VecNorm(rate[1], NORM_INFINITY, &sum));
  CHECK(VecAXPY(rate[2], -1, rate[0]));
  CHECK(VecNorm(rate[2], NORM_INFINITY, &change));
  ASSERT_NEAR(sum / size, 0, 1e-8);                   /* a hundred times the solver's tolerance */
  assert_true(change > 1e-3 * size && change < size); /* the Hall current contributes, as a tenth of the current */
  for (int k = 0; k < 3; ++k) CHECK(VecDestroy(&rate[k]));
  film_destroy(&hall);
  film_destroy(&none);
}

static void short_run_is_the_same_on_all_ranks(void **unused) {
  const PetscReal V[3] = {0.05, -0.05, 0.02};
  const PetscScalar *a, *b;
  PetscReal G[2][9], most = 0;
  Film film[2];

  for (int alone = 0; alone < 2; ++alone) {
    PetscInt64 refreshes, largest;
    PetscReal mean;

    film_create_at_rest(&film[alone], alone ? PETSC_COMM_SELF : PETSC_COMM_WORLD, DECK("film hall"));
    CHECK(HfDeviceDrive(film[alone].device, V));
    CHECK(HfDeviceAdvance(film[alone].device, 30e-12, NULL, NULL));
    HfDeviceCouplingStatistics(film[alone].device, &refreshes, &mean, &largest);
    assert_true(refreshes > 10 && mean <= 6); /* a texture far from rest */
    CHECK(HfDeviceConductance(film[alone].device, G[alone]));
  }
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(film[0].device));
  CHECK(VecGetArrayRead(HfDeviceMagnetization(film[0].device), &a));
  CHECK(VecGetArrayRead(HfDeviceMagnetization(film[1].device), &b));
  for (PetscInt i = 0; i < 3 * g->nx * g->ym; ++i) most = PetscMax(most, PetscAbsReal(a[i] - b[3 * g->nx * g->ys + i]));
  CHECK(VecRestoreArrayRead(HfDeviceMagnetization(film[0].device), &a));
  CHECK(VecRestoreArrayRead(HfDeviceMagnetization(film[1].device), &b));
  ASSERT_NEAR(most, 0, 1e-9);
  for (int k = 0; k < 9; ++k) ASSERT_NEAR(G[0][k], G[1][k], 1e-9 * G[1][0]);
  assert_true(PetscAbsReal(G[0][1] - G[0][3]) > 1e-5 * G[0][0]);
  for (int k = 0; k < 2; ++k) film_destroy(&film[k]);
}

/* The matrix with m = +-z everywhere, from N independent solves. */
static void saturated_along(Film *film, PetscReal z, PetscReal G[9]) {
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(film->device));
  const int8_t *regions = HfGridRegions(HfDeviceGrid(film->device));
  PetscScalar *m;

  CHECK(VecGetArray(HfDeviceMagnetization(film->device), &m));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i)
      for (int c = 0; c < 3; ++c) m[3 * (g->nx * (j - g->ys) + i) + c] = HfRegionAt(g, regions, i, j) >= 0 && c == 2 ? z : 0;
  CHECK(VecRestoreArray(HfDeviceMagnetization(film->device), &m));
  CHECK(HfDeviceConductanceByCurrents(film->device, G));
}

/* Reversing the field reverses the Hall currents: no single saturated film is a reference that is symmetric, the mean of both is. */
static void saturated_conductance_is_the_mean_of_both_fields(void **unused) {
  PetscReal up[9], down[9], G0[9], apart = 0;
  Film film;

  film_create_at_rest(&film, PETSC_COMM_WORLD, DECK("film hall"));
  CHECK(HfDeviceSaturatedConductance(film.device, G0));
  saturated_along(&film, 1, up);
  saturated_along(&film, -1, down);
  for (int k = 0; k < 9; ++k) {
    ASSERT_NEAR(G0[k], 0.5 * (up[k] + down[k]), 1e-8 * up[0]); /* a hundred times the solver's tolerance */
    apart = PetscMax(apart, PetscAbsReal(up[k] - down[k]));
  }
  assert_true(apart > 0.01 * up[0]);
  for (int i = 0; i < 3; ++i) ASSERT_NEAR(G0[3 * i] + G0[3 * i + 1] + G0[3 * i + 2], 0, 1e-12 * up[0]);
  film_destroy(&film);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(voltage_reverses_the_torque),
    cmocka_unit_test(short_run_is_the_same_on_all_ranks),
    cmocka_unit_test(saturated_conductance_is_the_mean_of_both_fields),
};
HF_TEST_MAIN(tests)
