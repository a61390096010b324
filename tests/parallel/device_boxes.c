/* Films whose ranks own boxes (-da_processors_x, tests.cmake; on one rank, or without the option, whole rows): full demagnetizing field, potential and current
   of the film, and Oersted field of gold with leads agree with those on one rank. */
#include "cells_case.h"
#include "device_case.h"

/* Relative to the largest number. */
static PetscReal apart(const Film *together, PetscInt dof, Vec a, Vec b) {
  PetscReal norm;

  CHECK(VecNorm(b, NORM_INFINITY, &norm));
  assert_true(norm > 0);
  return cells_apart(HfGridGetInfo(HfDeviceGrid(together->device)), dof, a, b) / norm;
}

static void ranks_agree(const char *text, PetscBool gold) {
  const PetscReal V[2] = {0.01, -0.01};
  PetscReal G[2][4];
  Film film[2];
  Vec j[2];

  film_create(&film[0], PETSC_COMM_WORLD, text);
  film_create(&film[1], PETSC_COMM_SELF, text);
  for (int k = 0; k < 2; ++k) {
    CHECK(HfDeviceDrive(film[k].device, V));
    CHECK(HfDeviceAdvance(film[k].device, 5e-12, NULL, NULL));
    CHECK(HfDeviceConductance(film[k].device, G[k]));
    CHECK(HfGridCreateCellVec(HfDeviceGrid(film[k].device), 2, &j[k]));
    CHECK(gold ? HfDeviceGoldCurrent(film[k].device, V, j[k]) : HfDeviceFilmCurrent(film[k].device, V, j[k]));
  }
  ASSERT_NEAR(apart(&film[0], 2, j[0], j[1]), 0, 1e-9);
  ASSERT_NEAR(apart(&film[0], 3, HfDeviceMagnetization(film[0].device), HfDeviceMagnetization(film[1].device)), 0, 1e-9);
  if (gold) ASSERT_NEAR(apart(&film[0], 3, HfDeviceDriveField(film[0].device), HfDeviceDriveField(film[1].device)), 0, 1e-9);
  for (int k = 0; k < 4; ++k) ASSERT_NEAR(G[0][k], G[1][k], 1e-9 * PetscAbsReal(G[1][k]));
  for (int k = 0; k < 2; ++k) {
    CHECK(VecDestroy(&j[k]));
    film_destroy(&film[k]);
  }
}

static void own_current_is_the_same(void **unused) { ranks_agree(DECK("film current"), PETSC_FALSE); }
static void gold_is_the_same(void **unused) { ranks_agree(DECK("film gold"), PETSC_TRUE); }

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(own_current_is_the_same),
    cmocka_unit_test(gold_is_the_same),
};
HF_TEST_MAIN(tests)
