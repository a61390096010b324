/* Grains: the nearest point wins, their area is the required one, and neither ranks nor cells change them. */
#include "hf_test.h"
#include <hopfilm/grid.h>

static PetscInt disk(PetscReal x, PetscReal y, void *context) { return x * x + y * y <= 1 ? 0 : -1; }

#define SIDE 12 /* squares around the middle: 1.6 to either side, of a film of 1 */
/* The map of a film against one made with other means: a list of the points of all squares near the film, gone through for each cell. */
static void test_nearest(void **state) {
  const PetscReal size = 0.13;
  const PetscInt64 seed = 7;
  PetscInt64 *grains, list[(2 * SIDE + 1) * (2 * SIDE + 1)];
  PetscReal at[(2 * SIDE + 1) * (2 * SIDE + 1)][2];
  PetscInt n = 0;
  HfGrid grid;
  const HfGridInfo *g;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 61, 47, 2.0 / 61, 2.0 / 47, 1, disk, NULL, &grid));
  g = HfGridGetInfo(grid);
  for (PetscInt row = -SIDE; row <= SIDE; ++row)
    for (PetscInt column = -SIDE; column <= SIDE; ++column, ++n) {
      list[n] = HfGrainAt(size, seed, 0, 0) + column + row * HF_GRAIN_ROW;
      HfGrainCentre(size, seed, list[n], at[n]);
    }
  CHECK(PetscMalloc1(g->xm * g->ym, &grains));
  CHECK(HfGridGrains(grid, size, seed, grains));
  for (PetscInt j = 0; j < g->ym; ++j) {
    for (PetscInt i = 0; i < g->xm; ++i) {
      const PetscReal x = HfCellX(g, i), y = HfCellY(g, g->ys + j);
      PetscReal least = 1e9;
      PetscInt64 nearest = -1;

      for (PetscInt k = 0; k < n; ++k) {
        const PetscReal distance = PetscSqr(at[k][0] - x) + PetscSqr(at[k][1] - y);
        if (distance < least) {
          least = distance;
          nearest = list[k];
        }
      }
      assert_true(grains[j * g->xm + i] == (disk(x, y, NULL) < 0 ? -1 : nearest));
    }
  }
  CHECK(PetscFree(grains));
  CHECK(HfGridDestroy(&grid));
}

/* Each point lies in its own square, and is its own nearest. */
static void test_points(void **state) {
  const PetscReal size = 3e-8;

  for (PetscReal y = -9.5; y < 10; ++y) {
    for (PetscReal x = -9.5; x < 10; ++x) {
      const PetscInt64 grain = HfGrainAt(size, 3, size * x, size * y);
      PetscReal at[2];

      HfGrainCentre(size, 3, grain, at);
      assert_true(PetscSqr(at[0] / size - x) + PetscSqr(at[1] / size - y) <= 0.5); /* the point of this square is no further from its middle */
      assert_true(HfGrainAt(size, 3, at[0], at[1]) == grain);
    }
  }
}

/* The same map on one rank as on all; the number of grains in a film of 40 x 30 sizes. */
static void test_ranks_and_area(void **state) {
  const PetscReal size = 2.5;
  const PetscInt nx = 200, ny = 150;
  PetscInt64 *mine, *all;
  PetscInt grains = 0;
  HfGrid grid, alone;
  const HfGridInfo *g;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 0.5, 0.5, 1, NULL, NULL, &grid));
  CHECK(HfGridCreate(PETSC_COMM_SELF, nx, ny, 0.5, 0.5, 1, NULL, NULL, &alone));
  g = HfGridGetInfo(grid);
  CHECK(PetscMalloc2(g->xm * g->ym, &mine, nx * ny, &all));
  CHECK(HfGridGrains(grid, size, 11, mine));
  CHECK(HfGridGrains(alone, size, 11, all));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) assert_true(mine[k] == all[HfCellNumber(g, k % g->xm, g->ys + k / g->xm)]);
  for (PetscInt k = 0; k < nx * ny; ++k) { /* by the cell that holds the grain's point */
    PetscReal at[2];
    HfGrainCentre(size, 11, all[k], at);
    grains += k == nx * (PetscInt)floor((at[1] + 37.5) / 0.5) + (PetscInt)floor((at[0] + 50) / 0.5);
  }
  ASSERT_NEAR(100.0 * 75.0 / grains, size * size, 0.01 * size * size); /* grains of which the point is in the film: one per square */
  CHECK(PetscFree2(mine, all));
  CHECK(HfGridDestroy(&grid));
  CHECK(HfGridDestroy(&alone));
}

/* Means over cells that are larger than grains: the same on one rank as on all, and the mean of grains at many places of the cell. */
static void own_number(PetscInt64 grain, PetscInt region, PetscReal numbers[], void *context) {
  numbers[0] = HfGrainNormal(11, HF_GRAIN_AXIS, grain);
  numbers[1] = (PetscReal)region;
}

static PetscInt halves(PetscReal x, PetscReal y, void *context) { return y < -0.7 ? -1 : x > 0; }

static void test_means(void **state) {
  const PetscReal size = 0.08;
  const PetscInt nx = 10, ny = 9, fine = 40;
  PetscReal *mine, *all, deviation = 0;
  PetscInt n = 0;
  HfGrid grid, alone;
  const HfGridInfo *g;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 0.2, 0.2, 1, halves, NULL, &grid));
  CHECK(HfGridCreate(PETSC_COMM_SELF, nx, ny, 0.2, 0.2, 1, halves, NULL, &alone));
  g = HfGridGetInfo(grid);
  CHECK(PetscMalloc2(2 * g->xm * g->ym, &mine, 2 * nx * ny, &all));
  CHECK(HfGridGrainMeans(grid, size, 11, 2, own_number, NULL, mine));
  CHECK(HfGridGrainMeans(alone, size, 11, 2, own_number, NULL, all));
  for (PetscInt k = 0; k < 2 * g->xm * g->ym; ++k) assert_true(mine[k] == all[2 * HfCellNumber(g, k / 2 % g->xm, g->ys + k / 2 / g->xm) + k % 2]);
  for (PetscInt k = 0; k < nx * ny; ++k) {
    const PetscReal x = -1 + 0.2 * (PetscReal)(k % nx), y = -0.9 + 0.2 * (PetscReal)(k / nx);
    PetscReal mean = 0;

    if (y < -0.8) {
      assert_true(all[2 * k] == 0 && all[2 * k + 1] == 0);
      continue;
    }
    for (PetscInt q = 0; q < fine * fine; ++q)
      mean += HfGrainNormal(11, HF_GRAIN_AXIS,
                            HfGrainAt(size, 11, x + 0.2 * ((PetscReal)(q % fine) + 0.5) / fine, y + 0.2 * ((PetscReal)(q / fine) + 0.5) / fine)) /
              (fine * fine);
    deviation += PetscSqr(all[2 * k] - mean);
    ASSERT_NEAR(all[2 * k + 1], x > -0.1, 1e-12);
    ++n;
  }
  print_message("deviation of means by area: %.3g of a grain\n", PetscSqrtReal(deviation / n));
  assert_true(PetscSqrtReal(deviation / n) < 0.02);
  CHECK(PetscFree2(mine, all));
  CHECK(HfGridDestroy(&grid));
  CHECK(HfGridDestroy(&alone));
}

/* Numbers of grains: mean, variance, independence of quantities. */
static void test_numbers(void **state) {
  PetscReal sum[2] = {0}, squares[2] = {0}, product = 0, uniform = 0;
  const PetscInt n = 100 * 100;

  for (PetscInt k = 0; k < n; ++k) {
    const PetscInt64 grain = HfGrainAt(1, 5, k % 100 - 49.5, k / 100 - 49.5);
    const PetscReal g[2] = {HfGrainNormal(5, HF_GRAIN_ANISOTROPY, grain), HfGrainNormal(5, HF_GRAIN_CONDUCTIVITY, grain)};

    for (int c = 0; c < 2; ++c) {
      sum[c] += g[c] / n;
      squares[c] += g[c] * g[c] / n;
    }
    product += g[0] * g[1] / n;
    uniform += HfGrainUniform(5, HF_GRAIN_THICKNESS, grain) / n;
    assert_true(g[0] != HfGrainNormal(6, HF_GRAIN_ANISOTROPY, grain));
  }
  for (int c = 0; c < 2; ++c) {
    ASSERT_NEAR(sum[c], 0, 0.06); /* five deviations of the mean of some 6000 different grains */
    ASSERT_NEAR(squares[c], 1, 0.09);
  }
  ASSERT_NEAR(product, 0, 0.06);
  ASSERT_NEAR(uniform, 0.5, 0.02);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_nearest), cmocka_unit_test(test_points), cmocka_unit_test(test_ranks_and_area),
                                          cmocka_unit_test(test_means), cmocka_unit_test(test_numbers)};
HF_TEST_MAIN(tests)
