/* Rows over ranks: every cell has one owner, and the mask does not depend on the number of ranks.

   grid/grid_impl.h: how many rows a rank has at most, before there is a grid. */
#include "hf_test.h"
#include <grid/grid_impl.h>

static PetscInt in_disk(PetscReal x, PetscReal y, void *context) {
  const PetscReal radius = *(PetscReal *)context;
  return x * x + y * y <= radius * radius ? (x > 0 ? 1 : 0) : -1;
}

static void test_rows_cover_the_film(void **state) {
  const PetscInt sizes[][2] = {{8, 4}, {100, 97}, {33, 131}, {64, 512}};

  for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); ++k) {
    HfGrid grid;
    const HfGridInfo *g;
    const PetscInt *rows;
    PetscReal radius = 1e9;
    DM cells;
    PetscInt ys, ym, xm;

    CHECK(HfGridCreate(PETSC_COMM_WORLD, sizes[k][0], sizes[k][1], 1e-9, 1e-9, 1e-9, in_disk, &radius, &grid));
    g = HfGridGetInfo(grid);
    rows = HfGridRowRanges(grid);
    assert_int_equal(rows[0], 0);
    assert_int_equal(rows[g->size], g->ny);
    for (int r = 0; r < g->size; ++r) assert_true(rows[r] < rows[r + 1]);
    assert_int_equal(g->n_film, g->nx * g->ny);
    assert_int_equal(g->n_regions, 2);
    CHECK(HfGridGetCells(grid, 3, &cells));
    CHECK(DMDAGetCorners(cells, NULL, &ys, NULL, &xm, &ym, NULL));
    assert_int_equal(ys, g->ys);
    assert_int_equal(ym, g->ym);
    assert_int_equal(xm, g->nx);
    CHECK(HfGridDestroy(&grid));
  }
}

/* Shares that end at blocks are larger than the mean: those of 5 ranks would be beyond the ints of BLAS, although 59500^2 * 3 / 5 numbers are not. */
static void test_largest_share(void **state) {
  PetscInt most;
  HfGrid grid;

  for (PetscInt ny = 1; ny < 2000; ny += 1 + ny / 7) {
    const PetscInt *rows;
    PetscInt largest = 0;

    CHECK(HfGridCreate(PETSC_COMM_WORLD, 8, ny, 1e-9, 1e-9, 1e-9, NULL, NULL, &grid));
    rows = HfGridRowRanges(grid);
    for (PetscInt r = 0; r < HfGridGetInfo(grid)->boxes[1]; ++r) largest = PetscMax(largest, rows[r + 1] - rows[r]);
    CHECK(HfGridMostRows(ny, (PetscMPIInt)HfGridGetInfo(grid)->boxes[1], &most));
    assert_int_equal(most, largest);
    CHECK(HfGridDestroy(&grid));
  }
  CHECK(HfGridMostRows(59500, 5, &most));
  assert_int_equal(most, 12396); /* of the last rank, beyond 46 blocks of 1024 rows; the mean is 11900 */
  CHECK(HfGridMostRows(3, 5, &most));
  assert_int_equal(most, 1); /* more ranks than rows */
}

/* The cells of a disk fill its area; the boundary's share is one cell wide. */
static void test_disk_area(void **state) {
  PetscReal radius = 0.5e-6;
  HfGrid grid;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 200, 200, 5e-9, 5e-9, 1e-9, in_disk, &radius, &grid));
  ASSERT_NEAR((double)HfGridGetInfo(grid)->n_film / (PETSC_PI * 100 * 100), 1.0, 2e-3);
  CHECK(HfGridDestroy(&grid));
}

/* Boxes where there are more ranks than rows: with the shortest rims, or none where the cells do not allow it. */
static void test_boxes(void **state) {
  static const struct {
    PetscInt64 n[2], ranks, boxes[2], most;
  } cases[] = {{{32, 16}, 16, {1, 16}, 16}, {{32, 16}, 64, {8, 8}, 64}, {{32, 16}, 512, {32, 16}, 512}, {{32, 16}, 37, {0, 0}, 36},
               {{32, 16}, 17, {17, 1}, 17}, {{100, 3}, 4, {4, 1}, 4},   {{3, 5}, 7, {0, 0}, 6},         {{1, 3}, 1000000, {0, 0}, 3}};

  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); ++k) {
    PetscInt64 boxes[2];

    assert_int_equal(HfGridBoxes(cases[k].n, cases[k].ranks, boxes), cases[k].boxes[0] > 0);
    for (int d = 0; d < 2; ++d) assert_int_equal(boxes[d], cases[k].boxes[d]);
    assert_int_equal(HfGridMostRanks(cases[k].n, cases[k].ranks), cases[k].most);
  }
}

/* The cells of all boxes are those of the film, each once, with the regions and the neighbours that they have on one rank; whole rows of the same film have
   them back, and on two rows some ranks have none. */
static void test_boxes_cover_the_film(void **state) {
  const PetscInt nx = 37, ny = 2;
  PetscReal radius = 9.5e-9;
  HfGrid grid, alone;
  const HfGridInfo *g, *r;
  PetscScalar *a;
  PetscReal sum;
  Vec cells, rows;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 1e-9, 1e-9, 1e-9, in_disk, &radius, &grid));
  CHECK(HfGridCreate(PETSC_COMM_SELF, nx, ny, 1e-9, 1e-9, 1e-9, in_disk, &radius, &alone));
  g = HfGridGetInfo(grid);
  r = HfGridGetInfo(HfGridWholeRows(grid));
  assert_int_equal(g->boxes[0], g->size > 2 ? g->size / g->boxes[1] : 1);
  assert_int_equal(g->n_film, HfGridGetInfo(alone)->n_film);
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j)
    for (PetscInt i = -1; i <= g->xm; ++i)
      assert_int_equal(HfRegionAt(g, HfGridRegions(grid), i, j), HfRegionAt(HfGridGetInfo(alone), HfGridRegions(alone), g->xs + i, j));
  CHECK(HfGridCreateCellVec(grid, 2, &cells));
  CHECK(HfGridCreateCellVec(HfGridWholeRows(grid), 2, &rows));
  CHECK(VecGetArray(cells, &a));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k)
    for (int c = 0; c < 2; ++c) a[2 * k + c] = (PetscReal)(10 * HfCellNumber(g, k % g->xm, g->ys + k / g->xm) + c);
  CHECK(VecRestoreArray(cells, &a));
  CHECK(HfGridToWholeRows(grid, 2, cells, rows));
  CHECK(VecGetArray(rows, &a));
  for (PetscInt k = 0; k < 2 * nx * r->ym; ++k) {
    assert_true(a[k] == (PetscReal)(10 * (nx * r->ys + k / 2) + k % 2));
    a[k] = -a[k];
  }
  CHECK(VecRestoreArray(rows, &a));
  CHECK(HfGridFromWholeRows(grid, 2, rows, cells));
  CHECK(VecSum(cells, &sum));
  ASSERT_NEAR(sum, -(10.0 * (nx * ny) * (nx * ny - 1) + nx * ny), 0);
  CHECK(VecDestroy(&cells));
  CHECK(VecDestroy(&rows));
  CHECK(HfGridDestroy(&grid));
  CHECK(HfGridDestroy(&alone));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_rows_cover_the_film),  cmocka_unit_test(test_largest_share), cmocka_unit_test(test_disk_area), cmocka_unit_test(test_boxes),
    cmocka_unit_test(test_boxes_cover_the_film),
};
HF_TEST_MAIN(tests)
