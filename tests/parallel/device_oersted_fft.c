/* The Biot-Savart field by FFT equals the direct sum over the cells of a masked film, on any number of ranks; an unknown model is an error. */
#include "hf_test.h"
#include <hopfilm/device.h>

static PetscInt ring(PetscReal x, PetscReal y, void *context) {
  const PetscReal r = hypot(x, y);
  return r < 1.2e-7 && r > 3e-8 ? 0 : -1;
}

/* A current that turns around the centre and changes its strength, A/m^2. */
static void current(PetscReal x, PetscReal y, PetscReal j[2]) {
  j[0] = 1e11 * (1.0 + 4e6 * x) * (0.3 - 7e6 * y);
  j[1] = 1e11 * (7e6 * x - 5e13 * x * y);
}

static void compare(PetscInt nx, PetscInt ny, PetscReal side) {
  const PetscReal dx = 2.5e-7 / (PetscReal)nx, dy = 2.5e-7 / (PetscReal)ny, thickness = 2e-8;
  const HfOerstedGeometry geometry = {5e-8, 3e-8, side, HF_LEADS_NONE};
  const PetscReal z = -side * 6.5e-8;
  HfGrid grid;
  const HfGridInfo *g;
  HfOersted oersted;
  Vec j, H;
  PetscScalar *a;
  const PetscScalar *h;
  PetscReal worst[2] = {0.0, 0.0};

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, dx, dy, thickness, ring, NULL, &grid));
  g = HfGridGetInfo(grid);
  CHECK(HfGridCreateCellVec(grid, 2, &j));
  CHECK(HfGridCreateCellVec(grid, 3, &H));
  CHECK(VecZeroEntries(j));
  CHECK(VecGetArray(j, &a));
  for (PetscInt row = 0; row < g->ym; ++row)
    for (PetscInt i = 0; i < nx; ++i) {
      const PetscReal x = g->x0 + ((PetscReal)i + 0.5) * dx, y = g->y0 + ((PetscReal)(g->ys + row) + 0.5) * dy;
      if (ring(x, y, NULL) >= 0) current(x, y, &a[(row * nx + i) * 2]);
    }
  CHECK(VecRestoreArray(j, &a));
  CHECK(HfOerstedCreate(grid, "biot-savart", &geometry, &oersted));
  CHECK(HfOerstedApply(oersted, j, H));

  CHECK(VecGetArrayRead(H, &h));
  for (PetscInt row = 0; row < g->ym; ++row) {
    for (PetscInt i = 0; i < nx; ++i) {
      PetscReal sum[3] = {0.0, 0.0, 0.0};
      for (PetscInt q = 0; q < ny; ++q) {
        for (PetscInt p = 0; p < nx; ++p) {
          const PetscReal x = g->x0 + ((PetscReal)p + 0.5) * dx, y = g->y0 + ((PetscReal)q + 0.5) * dy;
          PetscReal density[2], H_x[3], H_y[3];
          if (ring(x, y, NULL) < 0) continue;
          current(x, y, density);
          HfOerstedCell((PetscReal)(i - p) * dx, (PetscReal)(g->ys + row - q) * dy, z, dx, dy, geometry.thickness, H_x, H_y);
          for (int c = 0; c < 3; ++c) sum[c] += H_x[c] * density[0] + H_y[c] * density[1];
        }
      }
      for (int c = 0; c < 3; ++c) {
        worst[0] = PetscMax(worst[0], PetscAbsReal(h[(row * nx + i) * 3 + c] - sum[c]));
        worst[1] = PetscMax(worst[1], PetscAbsReal(sum[c]));
      }
    }
  }
  CHECK(VecRestoreArrayRead(H, &h));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
  CHECK(PetscPrintf(PETSC_COMM_WORLD, "%d x %d: FFT against direct sum %.1e, largest H %.3g A/m\n", (int)nx, (int)ny, worst[0] / worst[1], worst[1]));
  assert_true(worst[1] > 10.0);
  ASSERT_NEAR(worst[0] / worst[1], 0.0, 1e-12); /* round-off */

  CHECK(HfOerstedDestroy(&oersted));
  CHECK(VecDestroy(&j));
  CHECK(VecDestroy(&H));
  CHECK(HfGridDestroy(&grid));
}

static void test_direct_sum(void **state) {
  compare(15, 15, 1.0);
  compare(12, 19, -1.0);
}

static void test_unknown_model(void **state) {
  const HfOerstedGeometry geometry = {5e-8, 3e-8, 1.0, HF_LEADS_NONE};
  HfGrid grid;
  HfOersted oersted;
  PetscErrorCode code;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 8, 8, 1e-8, 1e-8, 1e-8, NULL, NULL, &grid));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = HfOerstedCreate(grid, "biot-savart-typo", &geometry, &oersted);
  CHECK(PetscPopErrorHandler());
  assert_int_equal(code, PETSC_ERR_ARG_UNKNOWN_TYPE);
  assert_null(oersted);
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_direct_sum), cmocka_unit_test(test_unknown_model)};
HF_TEST_MAIN(tests)
