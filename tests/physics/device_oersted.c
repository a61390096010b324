/* Oersted field of the gold layer against Ampere's law and closed forms: sign, wire, strip with its fringes, sheet, and the sheet limit. */
#include "hf_test.h"
#include <hopfilm/device.h>

/* Half a strip width; cells with |y| below it carry current. */
typedef struct {
  PetscReal half_width;
  PetscReal jx, jy;
} Strip;

static void fill(HfGrid grid, Vec j, const Strip *strip) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  PetscScalar *a;

  CHECK(VecGetArray(j, &a));
  for (PetscInt row = 0; row < g->ym; ++row) {
    const PetscReal y = g->y0 + ((PetscReal)(g->ys + row) + 0.5) * g->dy;
    for (PetscInt i = 0; i < g->nx; ++i) {
      const PetscBool inside = (PetscBool)(PetscAbsReal(y) < strip->half_width);
      a[(row * g->nx + i) * 2] = inside ? strip->jx : 0.0;
      a[(row * g->nx + i) * 2 + 1] = inside ? strip->jy : 0.0;
    }
  }
  CHECK(VecRestoreArray(j, &a));
}

/* H[row][3] along the middle column of cells, all rows on all ranks. */
static void middle_column(HfGrid grid, const char *model, const HfOerstedGeometry *geometry, const Strip *strip, PetscReal H[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfOersted oersted;
  Vec j, h;
  const PetscScalar *a;

  CHECK(HfGridCreateCellVec(grid, 2, &j));
  CHECK(HfGridCreateCellVec(grid, 3, &h));
  fill(grid, j, strip);
  CHECK(HfOerstedCreate(grid, model, geometry, &oersted));
  CHECK(HfOerstedApply(oersted, j, h));
  CHECK(VecGetArrayRead(h, &a));
  CHECK(PetscArrayzero(H, 3 * g->ny));
  for (PetscInt row = 0; row < g->ym; ++row)
    for (int c = 0; c < 3; ++c) H[3 * (g->ys + row) + c] = a[(row * g->nx + g->nx / 2) * 3 + c];
  CHECK(VecRestoreArrayRead(h, &a));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, H, (PetscMPIInt)(3 * g->ny), MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD));
  CHECK(HfOerstedDestroy(&oersted));
  CHECK(VecDestroy(&j));
  CHECK(VecDestroy(&h));
}

/* Right hand: current along +x in gold above the film (R from source to film is -z): x cross (-z) = +y. And the three other cases. */
static void test_right_hand_rule(void **state) {
  static const char *const models[2] = {"sheet", "biot-savart"};
  HfGrid grid;
  PetscReal H[3 * 11];

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 11, 11, 1e-7, 1e-7, 2e-8, NULL, NULL, &grid));
  for (int m = 0; m < 2; ++m) {
    for (int side = -1; side <= 1; side += 2) {
      const HfOerstedGeometry geometry = {5e-8, 3e-8, side, HF_LEADS_NONE};
      const Strip along_x = {1.0, 1e10, 0.0}, along_y = {1.0, 0.0, 1e10};
      const PetscReal K = 1e10 * geometry.thickness;
      const PetscReal *centre = H + 3 * 5;
      middle_column(grid, models[m], &geometry, &along_x, H);
      assert_true(side * centre[1] > 0.4 * K);
      ASSERT_NEAR(centre[0], 0.0, 1e-12 * K);
      ASSERT_NEAR(centre[2], 0.0, 1e-12 * K);
      middle_column(grid, models[m], &geometry, &along_y, H);
      assert_true(side * centre[0] < -0.4 * K); /* y cross (-z) = -x */
      ASSERT_NEAR(centre[1], 0.0, 1e-12 * K);
      ASSERT_NEAR(centre[2], 0.0, 1e-12 * K);
    }
  }
  CHECK(HfGridDestroy(&grid));
}

/* A straight wire of length L: H = (I / 2 pi rho) L / sqrt(L^2 + 4 rho^2) around it. The wire has a square cross-section of side s: its first
   correction is of order (s/rho)^4. */
static void test_long_wire(void **state) {
  const PetscInt nx = 201, ny = 41;
  const PetscReal s = 1e-8, dx = 5e-8, length = (PetscReal)nx * dx, j = 1e11;
  const HfOerstedGeometry geometry = {s, 9e-8, 1.0, HF_LEADS_NONE};
  const PetscReal z = -1e-7; /* gap 90 nm + half of 10 nm + half of 10 nm */
  const Strip wire = {0.1 * s, j, 0.0};
  HfGrid grid;
  PetscReal H[3 * 41];

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, dx, s, 1e-8, NULL, NULL, &grid));
  middle_column(grid, "biot-savart", &geometry, &wire, H);
  for (PetscInt row = 0; row < ny; ++row) {
    const PetscReal y = (PetscReal)(row - ny / 2) * s, rho = hypot(y, z),
                    around = j * s * s / (2.0 * PETSC_PI * rho) * length / sqrt(length * length + 4.0 * rho * rho);
    /* x cross (y, z)/rho = (-z, y)/rho */
    ASSERT_NEAR(H[3 * row], 0.0, 1e-12 * around);
    ASSERT_NEAR(H[3 * row + 1], -around * z / rho, 2e-5 * around);
    ASSERT_NEAR(H[3 * row + 2], around * y / rho, 2e-5 * around);
  }
  CHECK(HfGridDestroy(&grid));
}

/* Infinitely long bar along x, |y'| < a, |z'| < t/2, uniform j: H_y = -(j/2pi) [[v ln(rho^2)/2 + w atan(v/w)]], H_z = (j/2pi) [[w ln(rho^2)/2 + v atan(w/v)]],
   v = y - y', w = z - z' at the corners. */
static void infinite_bar(PetscReal y, PetscReal z, PetscReal a, PetscReal t, PetscReal j, PetscReal H[2]) {
  PetscReal G_w = 0.0, G_v = 0.0;

  for (int k = 0; k < 4; ++k) {
    const PetscReal v = y + (k & 1 ? a : -a), w = z + (k & 2 ? 0.5 * t : -0.5 * t), log_rho = 0.5 * log(v * v + w * w);
    const PetscReal sign = (k & 1) == (k >> 1) ? 1.0 : -1.0;
    G_w += sign * (v * log_rho + w * atan(v / w));
    G_v += sign * (w * log_rho + (v != 0.0 ? v * atan(w / v) : 0.0));
  }
  H[0] = -j * G_w / (2.0 * PETSC_PI);
  H[1] = j * G_v / (2.0 * PETSC_PI);
}

/* The strip's profile with both fringes, 50 nm gold, 30 nm gap, 20 nm film. The ends of a strip of length L reduce the field by the fraction 2 (rho/L)^2: the
   difference to the infinite strip falls by four when L doubles, and its extrapolation vanishes. */
static void test_strip_with_fringes(void **state) {
  const PetscInt nx = 101, ny = 60;
  const PetscReal dy = 2e-8, j = 1e11, a = 4e-7;
  const HfOerstedGeometry geometry = {5e-8, 3e-8, 1.0, HF_LEADS_NONE};
  const PetscReal z = -6.5e-8, K = j * geometry.thickness;
  const Strip strip = {a, j, 0.0};
  PetscReal H[3][3 * 60], worst[3] = {0.0, 0.0, 0.0}, extrapolated = 0.0;

  for (int k = 0; k < 3; ++k) {
    HfGrid grid;
    CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, (PetscReal)(1 << k) * 1e-7, dy, 2e-8, NULL, NULL, &grid));
    middle_column(grid, "biot-savart", &geometry, &strip, H[k]);
    CHECK(HfGridDestroy(&grid));
    for (PetscInt row = 0; row < ny; ++row) {
      PetscReal exact[2];
      infinite_bar(((PetscReal)row + 0.5 - 0.5 * (PetscReal)ny) * dy, z, a, geometry.thickness, j, exact);
      for (int c = 0; c < 2; ++c) worst[k] = PetscMax(worst[k], PetscAbsReal(H[k][3 * row + 1 + c] - exact[c]) / K);
      if (k == 2)
        for (int c = 0; c < 2; ++c)
          extrapolated = PetscMax(extrapolated, PetscAbsReal((4.0 * H[2][3 * row + 1 + c] - H[1][3 * row + 1 + c]) / 3.0 - exact[c]) / K);
      /* mirror symmetry: H_y even, H_z odd */
      ASSERT_NEAR(H[k][3 * row + 1], H[k][3 * (ny - 1 - row) + 1], 1e-13 * K);
      ASSERT_NEAR(H[k][3 * row + 2], -H[k][3 * (ny - 1 - row) + 2], 1e-13 * K);
      ASSERT_NEAR(H[k][3 * row], 0.0, 1e-13 * K);
    }
  }
  CHECK(PetscPrintf(PETSC_COMM_WORLD, "strip against the infinite one, length 10, 20, 40 um: %.1e %.1e %.1e of K, extrapolated %.1e\n", worst[0],
                    worst[1], worst[2], extrapolated));
  ASSERT_NEAR(worst[0] / worst[1], 4.0, 0.1);
  ASSERT_NEAR(worst[1] / worst[2], 4.0, 0.03);
  ASSERT_NEAR(extrapolated, 0.0, 1e-6); /* the next term is of order (rho/L)^4 = 2e-7 */
}

/* A thin square sheet of uniform K: H = K Omega / 4 pi on its axis, Omega = 4 atan( (W/2)^2 / (d sqrt(W^2/2 + d^2)) ) its solid angle at distance d; so K/2
   on each side with a deficit of first order in d/W (Ampere's law). */
static void test_wide_sheet(void **state) {
  const PetscInt n = 81;
  const PetscReal width = 8.1e-6, t = 1e-9, j = 1e12, K = j * t;
  PetscReal deficit[3], H[3 * 81];

  for (int k = 0; k < 3; ++k) {
    const PetscReal d = 4e-7 / (1 << k);
    const PetscReal omega = 4.0 * atan(0.25 * width * width / (d * sqrt(0.5 * width * width + d * d)));
    for (int side = -1; side <= 1; side += 2) {
      const HfOerstedGeometry geometry = {t, d - t, side, HF_LEADS_NONE}; /* film as thin as the gold */
      const Strip all = {1.0, j, 0.0};
      HfGrid grid;
      CHECK(HfGridCreate(PETSC_COMM_WORLD, n, n, width / n, width / n, t, NULL, NULL, &grid));
      middle_column(grid, "biot-savart", &geometry, &all, H);
      ASSERT_NEAR(side * H[3 * (n / 2) + 1], K * omega / (4.0 * PETSC_PI),
                  1e-7 * K); /* the thickness enters by the curvature of Omega(d), as (t/W)^2 */
      CHECK(HfGridDestroy(&grid));
    }
    deficit[k] = 0.5 - PetscAbsReal(H[3 * (n / 2) + 1]) / K;
  }
  ASSERT_NEAR(deficit[0] / deficit[1], 2.0, 0.02);
  ASSERT_NEAR(deficit[1] / deficit[2], 2.0, 0.01);
}

/* 50 nm gold, 30 nm gap, 20 nm film, 2 um wide: the error of the sheet limit for this device. */
static void test_sheet_limit_of_the_device(void **state) {
  const PetscInt n = 81;
  const PetscReal width = 2e-6, j = 1e11;
  const HfOerstedGeometry geometry = {5e-8, 3e-8, 1.0, HF_LEADS_NONE};
  const Strip all = {1.0, j, 0.0};
  const PetscReal K = j * geometry.thickness;
  HfGrid grid;
  PetscReal sheet[3 * 81], full[3 * 81], mean = 0.0;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, n, n, width / n, width / n, 2e-8, NULL, NULL, &grid));
  middle_column(grid, "sheet", &geometry, &all, sheet);
  middle_column(grid, "biot-savart", &geometry, &all, full);
  for (int k = 0; k < 100; ++k) { /* the solid angle averaged over the gold's thickness */
    const PetscReal d = 4e-8 + 5e-8 * (k + 0.5) / 100.0;
    mean += 4.0 * atan(0.25 * width * width / (d * sqrt(0.5 * width * width + d * d))) / (4.0 * PETSC_PI) / 100.0;
  }
  CHECK(PetscPrintf(PETSC_COMM_WORLD,
                    "2 um square, 50/30/20 nm: Biot-Savart / sheet at the centre %.4f, at the edge across the current %.4f, |H_z| there %.4f K\n",
                    full[3 * (n / 2) + 1] / sheet[3 * (n / 2) + 1], full[1] / sheet[1], PetscAbsReal(full[2]) / K));
  ASSERT_NEAR(sheet[3 * (n / 2) + 1], 0.5 * K, 1e-13 * K);
  ASSERT_NEAR(full[3 * (n / 2) + 1] / K, mean, 1e-6);
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_right_hand_rule), cmocka_unit_test(test_long_wire),
                                          cmocka_unit_test(test_strip_with_fringes), cmocka_unit_test(test_wide_sheet),
                                          cmocka_unit_test(test_sheet_limit_of_the_device)};
HF_TEST_MAIN(tests)
