/* Rows over ranks: every cell has one owner, and the mask does not depend on the number of ranks. */
#include "hf_test.h"
#include <hopfilm/grid.h>

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

/* The cells of a disk fill its area; the boundary's share is one cell wide. */
static void test_disk_area(void **state) {
  PetscReal radius = 0.5e-6;
  HfGrid grid;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 200, 200, 5e-9, 5e-9, 1e-9, in_disk, &radius, &grid));
  ASSERT_NEAR((double)HfGridGetInfo(grid)->n_film / (PETSC_PI * 100 * 100), 1.0, 2e-3);
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_rows_cover_the_film),
    cmocka_unit_test(test_disk_area),
};
HF_TEST_MAIN(tests)
