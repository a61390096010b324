/* Ghost rows bring what the neighbours own: of cells beside the owned rows, of vertices within an array, of one parity alone, and on coarse levels down to
   one row, where most ranks own none. */
#include "hf_test.h"
#include <hopfilm/grid.h>

static PetscReal value(PetscInt row, PetscInt k) { return 100.0 * (double)row + (double)k; }

static void test_cells(void **state) {
  HfGrid grid;
  HfGhostRows rows;
  PetscReal *owned;
  const PetscReal *below, *above;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 7, 13, 1e-9, 1e-9, 1e-9, NULL, NULL, &grid));
  const HfGridInfo *g = HfGridGetInfo(grid);
  CHECK(HfGhostRowsCreateCells(grid, 2, &rows));
  CHECK(PetscMalloc1(14 * g->ym, &owned));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < 14; ++i) owned[14 * j + i] = value(g->ys + j, i);
  for (int again = 0; again < 2; ++again) {
    CHECK(HfGhostRowsBegin(rows, owned));
    CHECK(HfGhostRowsEnd(rows, &below, &above));
    for (PetscInt i = 0; i < 14; ++i) {
      ASSERT_NEAR(below[i], g->ys > 0 ? value(g->ys - 1, i) : 0, 0);
      ASSERT_NEAR(above[i], g->ys + g->ym < g->ny ? value(g->ys + g->ym, i) : 0, 0);
    }
  }
  CHECK(PetscFree(owned));
  CHECK(HfGhostRowsDestroy(&rows));
  CHECK(HfGridDestroy(&grid));
}

/* The ghost rows of an array with room for them, after an exchange of one parity or of both. */
static void check_fill(HfGhostRows rows, PetscBool takes_part, HfRowParity parity) {
  const HfGhostRowsInfo *info = HfGhostRowsGetInfo(rows);
  const PetscInt ghosts[2] = {info->start - 1, info->end};
  PetscReal *x;

  CHECK(HfGhostRowsAllocate(rows, &x));
  for (PetscInt j = info->start; j < info->end; ++j)
    for (PetscInt i = 0; i < info->n; ++i) x[HfGhostRowsAt(info, j) + i] = value(j + 1, i);
  CHECK(HfGhostRowsFill(rows, x, parity));
  for (int side = 0; side < 2; ++side) {
    const PetscInt j = ghosts[side];
    const PetscBool there =
        (PetscBool)(takes_part && j >= 0 && j < info->n_rows && info->size > 1 && (parity == HF_ROWS_ALL || (PetscInt)parity == (j & 1)));

    for (PetscInt i = 0; i < info->n; ++i) ASSERT_NEAR(x[HfGhostRowsAt(info, j) + i], there ? value(j + 1, i) : 0, 0);
  }
  CHECK(HfGhostRowsFree(&x));
}

static void test_vertices_and_coarse_levels(void **state) {
  HfGrid grid;
  HfGhostRows rows;

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 6, 21, 1e-9, 1e-9, 1e-9, NULL, NULL, &grid));
  CHECK(HfGhostRowsCreateVertices(grid, &rows));
  assert_int_equal(HfGhostRowsGetInfo(rows)->n, 7);
  assert_int_equal(HfGhostRowsGetInfo(rows)->n_rows, 22);
  for (PetscBool takes_part = PETSC_TRUE; HfGhostRowsGetInfo(rows)->n_rows > 1;) {
    const HfGhostRowsInfo *fine = HfGhostRowsGetInfo(rows);
    PetscInt *ranges;
    HfGhostRows coarse;

    for (int parity = HF_ROWS_ALL; parity <= HF_ROWS_ODD; ++parity) check_fill(rows, takes_part, (HfRowParity)parity);
    CHECK(PetscMalloc1(fine->size + 1, &ranges)); /* every second row */
    for (PetscMPIInt r = 0; r <= fine->size; ++r) ranges[r] = (fine->ranges[r] + 1) / 2;
    CHECK(HfGhostRowsCreate(PETSC_COMM_WORLD, fine->n, ranges[fine->size], PETSC_FALSE, ranges, fine->ranges, &coarse));
    takes_part = (PetscBool)(fine->end > fine->start);
    CHECK(PetscFree(ranges));
    CHECK(HfGhostRowsDestroy(&rows));
    rows = coarse;
  }
  CHECK(HfGhostRowsDestroy(&rows));
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_cells),
    cmocka_unit_test(test_vertices_and_coarse_levels),
};
HF_TEST_MAIN(tests)
