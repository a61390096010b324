/* A field on other cells of the same film: second order up to the edges, exact on the same cells, nothing from void cells, the same on all ranks. */
#include "hf_test.h"
#include <hdf5.h>
#include <hopfilm/grid.h>
#include <string.h>
#include <unistd.h>

#define LX 2.4
#define LY 1.6

static PetscInt disk(PetscReal x, PetscReal y, void *context) { return x * x + y * y <= 0.6 ? 0 : -1; }

static void smooth(PetscReal x, PetscReal y, PetscReal v[3]) {
  v[0] = 3 + PetscSinReal(3 * x + y);
  v[1] = PetscCosReal(2 * y - x) - 4;
  v[2] = x * y * y + 5;
}

static void fill(HfGrid grid, void (*f)(PetscReal x, PetscReal y, PetscReal v[3]), Vec v) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  PetscScalar *a;

  CHECK(VecGetArray(v, &a));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) (*f)(HfCellX(g, k % g->xm), HfCellY(g, g->ys + k / g->xm), a + 3 * k);
  CHECK(VecRestoreArray(v, &a));
}

static void create(MPI_Comm comm, PetscInt nx, PetscInt ny, PetscInt (*region_of)(PetscReal, PetscReal, void *), HfGrid *grid, Vec *v) {
  CHECK(HfGridCreate(comm, nx, ny, LX / (PetscReal)nx, LY / (PetscReal)ny, 1, region_of, NULL, grid));
  CHECK(HfGridCreateCellVec(*grid, 3, v));
}

/* A file with `f` on nx x ny cells; with the size of a cell when cell > 0. The same name on all ranks. */
static void write_file(PetscInt nx, PetscInt ny, PetscInt (*region_of)(PetscReal, PetscReal, void *), void (*f)(PetscReal, PetscReal, PetscReal[3]),
                       double cell, char path[256]) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  int pid = (int)getpid();
  hid_t file;
  HfGrid grid;
  Vec v;

  CHECK(MPI_Bcast(&pid, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  CHECK(PetscSNPrintf(path, 256, "/tmp/hf_interpolate_%d.h5", pid));
  create(PETSC_COMM_WORLD, nx, ny, region_of, &grid, &v);
  fill(grid, f, v);
  H5Pset_fapl_mpio(access, PETSC_COMM_WORLD, MPI_INFO_NULL);
  file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose(access);
  CHECK(HfFieldAppend(grid, file, "/fields/m", v, 3, NULL));
  if (cell > 0) {
    const hid_t group = H5Gcreate2(file, "/film", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), space = H5Screate_simple(1, (const hsize_t[1]){2}, NULL);
    const hid_t attribute = H5Acreate2(group, "cell_size", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_DOUBLE, (const double[2]){cell, cell});
    H5Aclose(attribute);
    H5Sclose(space);
    H5Gclose(group);
  }
  H5Fclose(file);
  CHECK(VecDestroy(&v));
  CHECK(HfGridDestroy(&grid));
}

static void remove_file(const char *path) {
  PetscMPIInt rank;
  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  if (!rank) remove(path);
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
}

static PetscReal largest_error(const char *path, PetscInt nx, PetscInt ny) {
  const char *why = "";
  PetscReal error;
  HfGrid grid;
  Vec v, exact;

  create(PETSC_COMM_WORLD, nx, ny, NULL, &grid, &v);
  CHECK(VecDuplicate(v, &exact));
  fill(grid, smooth, exact);
  CHECK(HfFieldInterpolate(grid, path, "/fields/m", -1, 3, PETSC_TRUE, v, &why));
  assert_null(why);
  CHECK(VecAXPY(v, -1, exact));
  CHECK(VecNorm(v, NORM_INFINITY, &error));
  CHECK(VecDestroy(&v));
  CHECK(VecDestroy(&exact));
  CHECK(HfGridDestroy(&grid));
  return error;
}

static void test_order(void **state) {
  PetscReal up[3], down[3];
  char path[256];

  for (int k = 0; k < 3; ++k) {
    write_file(24 << k, 16 << k, NULL, smooth, 0, path);
    up[k] = largest_error(path, 120 << k, 80 << k); /* five times finer: every cell of the file is met in the same places */
    down[k] = largest_error(path, 7, 5);            /* coarser: a value, not an average */
    remove_file(path);
  }
  print_message("largest error from 24, 48, 96 cells a side: on five times as many %.3g %.3g %.3g; on 7 x 5: %.3g %.3g %.3g\n", up[0], up[1], up[2],
                down[0], down[1], down[2]);
  for (int k = 0; k < 2; ++k) ASSERT_NEAR(log2(up[k] / up[k + 1]), 2, 0.1);
  assert_true(down[2] < 0.1 * down[0]);
}

static void rough(PetscReal x, PetscReal y, PetscReal v[3]) { /* no two cells alike */
  v[0] = PetscSinReal(1e5 * x) + PetscSinReal(3e5 * y);
  v[1] = 1 / (1.1 + x * y);
  v[2] = PetscSinReal(2e5 * x * y);
}

static void test_same_cells_are_exact(void **state) {
  const char *why = "";
  PetscBool equal;
  char path[256];
  HfGrid grid;
  Vec v, read;

  write_file(33, 22, NULL, rough, LX / 33, path);
  create(PETSC_COMM_WORLD, 33, 22, NULL, &grid, &v);
  CHECK(VecDuplicate(v, &read));
  fill(grid, rough, v);
  CHECK(HfFieldInterpolate(grid, path, "/fields/m", 0, 3, PETSC_FALSE, read, &why));
  assert_null(why);
  CHECK(VecEqual(v, read, &equal));
  assert_true(equal);
  CHECK(VecDestroy(&v));
  CHECK(VecDestroy(&read));
  CHECK(HfGridDestroy(&grid));
  remove_file(path);
}

static void even(PetscReal x, PetscReal y, PetscReal v[3]) {
  v[0] = 0;
  v[1] = -0.6;
  v[2] = 0.8;
}

/* What is the same everywhere in a disk stays so up to its edge, in cells that the file has as void too. */
static void test_void_cells_weigh_nothing(void **state) {
  const PetscInt cells[][2] = {{12, 8}, {24, 16}, {48, 32}, {97, 61}, {9, 9}};
  char path[256];

  write_file(24, 16, disk, even, LX / 24, path);
  for (size_t k = 0; k < sizeof(cells) / sizeof(cells[0]); ++k) {
    const char *why = "";
    const PetscScalar *a;
    HfGrid grid;
    Vec v;

    create(PETSC_COMM_WORLD, cells[k][0], cells[k][1], disk, &grid, &v);
    CHECK(HfFieldInterpolate(grid, path, "/fields/m", -1, 3, PETSC_FALSE, v, &why));
    assert_null(why);
    CHECK(VecGetArrayRead(v, &a));
    for (PetscInt c = 0; c < HfGridGetInfo(grid)->xm * HfGridGetInfo(grid)->ym; ++c) {
      const HfGridInfo *g = HfGridGetInfo(grid);
      const PetscReal film = HfRegionAt(g, HfGridRegions(grid), c % g->xm, g->ys + c / g->xm) < 0 ? 0 : 1;

      ASSERT_NEAR(a[3 * c], 0, 0);
      ASSERT_NEAR(a[3 * c + 1], -0.6 * film, 1e-15);
      ASSERT_NEAR(a[3 * c + 2], 0.8 * film, 1e-15);
    }
    CHECK(VecRestoreArrayRead(v, &a));
    CHECK(VecDestroy(&v));
    CHECK(HfGridDestroy(&grid));
  }
  remove_file(path);
}

static void test_ranks(void **state) {
  const char *why = "";
  const PetscScalar *mine, *all;
  char path[256];
  const HfGridInfo *g;
  HfGrid grid, alone;
  Vec v, v_alone;

  write_file(40, 30, disk, rough, 0, path);
  create(PETSC_COMM_WORLD, 67, 53, disk, &grid, &v);
  create(PETSC_COMM_SELF, 67, 53, disk, &alone, &v_alone);
  g = HfGridGetInfo(grid);
  CHECK(HfFieldInterpolate(grid, path, "/fields/m", -1, 3, PETSC_TRUE, v, &why));
  assert_null(why);
  CHECK(HfFieldInterpolate(alone, path, "/fields/m", -1, 3, PETSC_TRUE, v_alone, &why));
  assert_null(why);
  CHECK(VecGetArrayRead(v, &mine));
  CHECK(VecGetArrayRead(v_alone, &all));
  for (PetscInt k = 0; k < 3 * g->xm * g->ym; ++k) assert_true(mine[k] == all[3 * HfCellNumber(g, k / 3 % g->xm, g->ys + k / 3 / g->xm) + k % 3]);
  CHECK(VecRestoreArrayRead(v, &mine));
  CHECK(VecRestoreArrayRead(v_alone, &all));
  CHECK(VecDestroy(&v));
  CHECK(VecDestroy(&v_alone));
  CHECK(HfGridDestroy(&grid));
  CHECK(HfGridDestroy(&alone));
  remove_file(path);
}

static void test_another_size_is_refused(void **state) {
  const char *why = NULL;
  char path[256];
  HfGrid grid;
  Vec v;

  write_file(24, 16, NULL, smooth, 2 * LX / 24, path);
  create(PETSC_COMM_WORLD, 24, 16, NULL, &grid, &v);
  CHECK(HfFieldInterpolate(grid, path, "/fields/m", -1, 3, PETSC_FALSE, v, &why));
  assert_non_null(why);
  assert_non_null(strstr(why, "another size"));
  CHECK(HfFieldInterpolate(grid, path, "/fields/m", 1, 3, PETSC_FALSE, v, &why));
  assert_non_null(strstr(why, "no such frame"));
  CHECK(HfFieldInterpolate(grid, path, "/fields/m", -1, 3, PETSC_TRUE, v, &why));
  assert_null(why);
  CHECK(VecDestroy(&v));
  CHECK(HfGridDestroy(&grid));
  remove_file(path);
}

/* As a program writes it that keeps [x][y]; neither says the file how large its cells are. */
static void test_cells_that_are_not_square_are_refused(void **state) {
  const PetscInt cells[][3] = {{16, 24, 0}, {24, 15, 0}, {48, 32, 1}, {3, 2, 1}};
  const char *why;
  char path[256];
  HfGrid grid;
  Vec v;

  create(PETSC_COMM_WORLD, 24, 16, NULL, &grid, &v);
  for (size_t k = 0; k < sizeof(cells) / sizeof(cells[0]); ++k) {
    write_file(cells[k][0], PetscMax(cells[k][1], HfGridGetInfo(grid)->size), NULL, smooth, 0, path);
    CHECK(HfFieldInterpolate(grid, path, "/fields/m", -1, 3, PETSC_FALSE, v, &why));
    if (cells[k][2] && cells[k][1] >= HfGridGetInfo(grid)->size)
      assert_null(why);
    else
      assert_non_null(strstr(why, "not be square"));
    CHECK(HfFieldInterpolate(grid, path, "/fields/m", -1, 3, PETSC_TRUE, v, &why));
    assert_null(why);
    remove_file(path);
  }
  CHECK(VecDestroy(&v));
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells_that_are_not_square_are_refused),
                                          cmocka_unit_test(test_order),
                                          cmocka_unit_test(test_same_cells_are_exact),
                                          cmocka_unit_test(test_void_cells_weigh_nothing),
                                          cmocka_unit_test(test_ranks),
                                          cmocka_unit_test(test_another_size_is_refused)};
HF_TEST_MAIN(tests)
