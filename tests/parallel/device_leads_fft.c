/* The field of the leads by FFT equals the direct sum over the columns of a masked film, above and below, on any number of ranks. */
#include "hf_test.h"
#include <hopfilm/device.h>

static PetscInt disk(PetscReal x, PetscReal y, void *context) { return hypot(x, y) < 1.2e-7 ? 0 : -1; }

static PetscReal feed(PetscReal x, PetscReal y) { return disk(x, y, NULL) < 0 ? 0.0 : 1e11 * (0.3 + 1e7 * x - 4e13 * x * y); }

static void compare(const char *model, PetscInt nx, PetscInt ny, PetscReal side, HfLeads leads) {
  const PetscReal dx = 2.5e-7 / (PetscReal)nx, dy = 2.5e-7 / (PetscReal)ny;
  const HfOerstedGeometry geometry = {5e-8, 3e-8, side, leads};
  const PetscBool near = (PetscBool)(side == (leads == HF_LEADS_ABOVE ? -1.0 : 1.0)); /* the film lies among the leads */
  const PetscReal z = model[0] == 's' ? 0.0 : 6.5e-8, up = leads == HF_LEADS_ABOVE ? -1.0 : 1.0;
  HfGrid grid;
  const HfGridInfo *g;
  HfOersted oersted;
  Vec j_z, H;
  PetscScalar *a;
  const PetscScalar *h;
  PetscReal worst[2] = {0.0, 0.0};

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, dx, dy, 2e-8, disk, NULL, &grid));
  g = HfGridGetInfo(grid);
  CHECK(HfGridCreateCellVec(grid, 1, &j_z));
  CHECK(HfGridCreateCellVec(grid, 3, &H));
  CHECK(VecSet(H, 7.0)); /* the leads add to what is there */
  CHECK(VecGetArray(j_z, &a));
  for (PetscInt row = 0; row < g->ym; ++row)
    for (PetscInt i = 0; i < nx; ++i) a[row * nx + i] = feed(g->x0 + ((PetscReal)i + 0.5) * dx, g->y0 + ((PetscReal)(g->ys + row) + 0.5) * dy);
  CHECK(VecRestoreArray(j_z, &a));
  CHECK(HfOerstedCreate(grid, model, &geometry, &oersted));
  CHECK(HfOerstedAddLeads(oersted, j_z, H));

  CHECK(VecGetArrayRead(H, &h));
  for (PetscInt row = 0; row < g->ym; ++row) {
    for (PetscInt i = 0; i < nx; ++i) {
      PetscReal sum[2] = {0.0, 0.0};
      for (PetscInt q = 0; q < ny; ++q) {
        for (PetscInt p = 0; p < nx; ++p) {
          PetscReal unit[2];
          HfOerstedColumn((PetscReal)(i - p) * dx, (PetscReal)(g->ys + row - q) * dy, z, dx, dy, geometry.thickness, near, unit);
          for (int c = 0; c < 2; ++c) sum[c] += up * unit[c] * feed(g->x0 + ((PetscReal)p + 0.5) * dx, g->y0 + ((PetscReal)q + 0.5) * dy);
        }
      }
      for (int c = 0; c < 2; ++c) {
        worst[0] = PetscMax(worst[0], PetscAbsReal(h[(row * nx + i) * 3 + c] - 7.0 - sum[c]));
        worst[1] = PetscMax(worst[1], PetscAbsReal(sum[c]));
      }
      assert_true(h[(row * nx + i) * 3 + 2] == 7.0);
    }
  }
  CHECK(VecRestoreArrayRead(H, &h));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
  CHECK(PetscPrintf(PETSC_COMM_WORLD, "%s, side %+g, leads %d: FFT against direct sum %.1e, largest H %.3g A/m\n", model, (double)side, (int)leads,
                    worst[0] / worst[1], worst[1]));
  assert_true(worst[1] > 10.0);
  ASSERT_NEAR(worst[0] / worst[1], 0.0, 1e-12); /* round-off */
  CHECK(HfOerstedDestroy(&oersted));
  CHECK(VecDestroy(&j_z));
  CHECK(VecDestroy(&H));
  CHECK(HfGridDestroy(&grid));
}

static void test_direct_sum(void **state) {
  compare("biot-savart", 15, 15, 1.0, HF_LEADS_ABOVE);
  compare("biot-savart", 12, 19, 1.0, HF_LEADS_BELOW);
  compare("biot-savart", 12, 19, -1.0, HF_LEADS_ABOVE);
  compare("sheet", 13, 12, -1.0, HF_LEADS_BELOW);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_direct_sum)};
HF_TEST_MAIN(tests)
