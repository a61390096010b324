/* Fields in HDF5 files: what is written comes back to the last bit, on this or another number of ranks; every fault of a file is reported as a reason.

   grid/field_file.h: how many bytes a call of HDF5 has at most, which is no concern of other rooms. */
#include "hf_test.h"
#include <grid/field_file.h>
#include <hdf5.h>
#include <hopfilm/grid.h>
#include <stdio.h>
#include <unistd.h>

static PetscInt disk(PetscReal x, PetscReal y, void *context) { return x * x + y * y < 100.0 ? 0 : -1; }
static PetscReal value(PetscInt i, PetscInt j, PetscInt c, PetscInt frame) { return sin(1.0 + 3.0 * i + 7.0 * j + 11.0 * c) / (1.0 + frame); }

/* A file that belongs to this run. */
static void file_name(char path[], size_t size) {
  int pid = (int)getpid();
  CHECK(MPI_Bcast(&pid, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  CHECK(PetscSNPrintf(path, size, "/tmp/hf_field_file_%d.h5", pid));
}

static hid_t create_file(const char *path) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  hid_t file;
  H5Pset_fapl_mpio(access, PETSC_COMM_WORLD, MPI_INFO_NULL);
  H5Pset_coll_metadata_write(access, 1); /* as the result file is opened */
  file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose(access);
  assert_true(file >= 0);
  return file;
}

static void fill(HfGrid grid, PetscInt dof, PetscInt frame, Vec v) { /* void cells too */
  const HfGridInfo *g = HfGridGetInfo(grid);
  PetscScalar *a;
  CHECK(VecGetArray(v, &a));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      for (PetscInt c = 0; c < dof; ++c) a[(j * g->xm + i) * dof + c] = value(g->xs + i, g->ys + j, c, frame);
  CHECK(VecRestoreArray(v, &a));
}

static void expect_frame(HfGrid grid, PetscInt dof, PetscInt frame, Vec v) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscScalar *a;
  CHECK(VecGetArrayRead(v, &a));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      for (PetscInt c = 0; c < dof; ++c)
        assert_true(a[(j * g->xm + i) * dof + c] ==
                    (HfRegionAt(g, HfGridRegions(grid), i, g->ys + j) < 0 ? 0.0 : value(g->xs + i, g->ys + j, c, frame)));
  CHECK(VecRestoreArrayRead(v, &a));
}

/* Five frames of two fields, on a film of nx x ny cells. */
static void round_trip(PetscInt nx, PetscInt ny, PetscInt deflate) {
  char path[256];
  const char *why = "";
  HfGrid grid, alone;
  Vec m, j, m_alone;
  hid_t file;
  PetscInt frame = -1;
  PetscMPIInt rank;

  file_name(path, sizeof(path));
  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 1.0, 1.0, 1.0, disk, NULL, &grid));
  CHECK(HfGridCreateCellVec(grid, 3, &m));
  CHECK(HfGridCreateCellVec(grid, 2, &j));
  file = create_file(path);
  if (deflate != 1) CHECK(HfFieldCreate(grid, file, "/fields/m", NULL, 3, deflate, PETSC_FALSE));
  for (PetscInt k = 0; k < 5; ++k) {
    fill(grid, 3, k, m);
    fill(grid, 2, 10 + k, j);
    CHECK(HfFieldAppend(grid, file, "/fields/m", m, 3, &frame));
    assert_int_equal(frame, k);
    CHECK(HfFieldAppend(grid, file, "/fields/deep/j", j, 2, NULL));
  }
  H5Fclose(file);

  for (PetscInt k = -1; k < 5; ++k) {
    CHECK(VecSet(m, 99.0));
    CHECK(HfFieldRead(grid, path, "/fields/m", k, 3, NULL, m, &why));
    assert_null(why);
    expect_frame(grid, 3, k < 0 ? 4 : k, m);
  }
  CHECK(HfFieldRead(grid, path, "fields/deep/j", 2, 2, NULL, j, &why));
  assert_null(why);
  expect_frame(grid, 2, 12, j);

  if (!rank) { /* one rank reads what all wrote */
    CHECK(HfGridCreate(PETSC_COMM_SELF, nx, ny, 1.0, 1.0, 1.0, disk, NULL, &alone));
    CHECK(HfGridCreateCellVec(alone, 3, &m_alone));
    CHECK(HfFieldRead(alone, path, "/fields/m", 3, 3, NULL, m_alone, &why));
    assert_null(why);
    expect_frame(alone, 3, 3, m_alone);
    CHECK(VecDestroy(&m_alone));
    CHECK(HfGridDestroy(&alone));
    remove(path);
  }
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  CHECK(VecDestroy(&m));
  CHECK(VecDestroy(&j));
  CHECK(HfGridDestroy(&grid));
}

static void test_round_trip(void **state) {
  round_trip(23, 17, 1);
  round_trip(16, 64, 0);
  round_trip(200, 201, 9); /* several chunks, of which ranks share some */
}

/* A frame of more bytes than a call of HDF5 has at most is written and read by several, the same number on all ranks. */
static void in_calls(hsize_t most, PetscInt deflate, PetscInt stride) {
  const PetscInt nx = 200, ny = 401, dof = 3;
  HfSelection w = {{0, 0}, {1, stride}, {nx, (ny - 1) / stride + 1}};
  hid_t file, dataset;
  char path[256];
  HfGrid grid;
  double *back;
  Vec m, zero;
  const PetscScalar *a;
  PetscScalar *b;
  PetscInt first, count;

  file_name(path, sizeof(path));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, 0.1, 0.1, 1.0, disk, NULL, &grid));
  CHECK(HfGridCreateCellVec(grid, dof, &m));
  CHECK(VecDuplicate(m, &zero));
  fill(grid, dof, 2, m);
  file = create_file(path);
  CHECK(HfFieldCreate(grid, file, "m", &w, dof, deflate, PETSC_FALSE));
  dataset = H5Dopen2(file, "m", H5P_DEFAULT);
  assert_true(H5Dset_extent(dataset, (const hsize_t[4]){1, (hsize_t)w.count[1], (hsize_t)nx, (hsize_t)dof}) >= 0);
  CHECK(VecGetArrayRead(m, &a));
  assert_true(HfFieldStoreRows(grid, dataset, &w, dof, 0, most, a) >= 0);
  CHECK(VecRestoreArrayRead(m, &a));
  HfSelectionRows(&w, HfGridGetInfo(grid), &first, &count);
  CHECK(PetscMalloc1(count * nx * dof, &back));
  assert_true(HfFieldLoadRows(grid, dataset, &w, dof, 0, most / 2 + 1, back) >= 0);
  H5Dclose(dataset);
  H5Fclose(file);
  CHECK(VecSet(zero, 0.0));
  CHECK(VecGetArray(zero, &b));
  HfSelectionPut(&w, HfGridGetInfo(grid), dof, back, b);
  CHECK(VecRestoreArray(zero, &b));
  if (stride == 1) expect_frame(grid, dof, 2, zero);
  CHECK(VecGetArrayRead(zero, &a));
  for (PetscInt row = first; row < first + count; ++row) /* also the rows of a selection */
    for (PetscInt i = 0; i < HfGridGetInfo(grid)->xm; ++i) {
      const PetscInt j = row * stride;
      const HfGridInfo *g = HfGridGetInfo(grid);
      const PetscReal expected = HfRegionAt(g, HfGridRegions(grid), i, j) < 0 ? 0.0 : value(g->xs + i, j, 1, 2);
      assert_true(a[((j - g->ys) * g->xm + i) * dof + 1] == expected);
    }
  CHECK(VecRestoreArrayRead(zero, &a));
  CHECK(PetscFree(back));
  if (!HfGridGetInfo(grid)->rank) remove(path);
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  CHECK(VecDestroy(&m));
  CHECK(VecDestroy(&zero));
  CHECK(HfGridDestroy(&grid));
}

static void test_in_calls(void **state) {
  in_calls(1, 1, 1);
  in_calls(1, 0, 1);
  in_calls(100000, 1, 3);
  in_calls(HF_FIELD_PIECE, 1, 1);
}

static void test_shape_on_disk(void **state) {
  char path[256];
  HfGrid grid;
  Vec m;
  hid_t file, dataset, space;
  hsize_t shape[4], most[4];

  file_name(path, sizeof(path));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, 7, 9, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  CHECK(HfGridCreateCellVec(grid, 3, &m));
  file = create_file(path);
  CHECK(HfFieldAppend(grid, file, "m", m, 3, NULL));
  CHECK(HfFieldAppend(grid, file, "m", m, 3, NULL));
  dataset = H5Dopen2(file, "m", H5P_DEFAULT);
  space = H5Dget_space(dataset);
  assert_int_equal(H5Sget_simple_extent_dims(space, shape, most), 4);
  assert_true(shape[0] == 2 && shape[1] == 9 && shape[2] == 7 && shape[3] == 3 && most[0] == H5S_UNLIMITED);
  H5Sclose(space);
  H5Dclose(dataset);
  H5Fclose(file);
  if (!HfGridGetInfo(grid)->rank) remove(path);
  CHECK(VecDestroy(&m));
  CHECK(HfGridDestroy(&grid));
}

static void expect_reason(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, const char *word) {
  const char *why = NULL;
  Vec v;

  CHECK(HfGridCreateCellVec(grid, dof, &v));
  CHECK(HfFieldRead(grid, path, dataset, frame, dof, NULL, v, &why));
  assert_non_null(why);
  if (!strstr(why, word)) fail_msg("\"%s\" has no \"%s\"", why, word);
  CHECK(VecDestroy(&v));
}

static void test_reasons(void **state) {
  char path[256], text[260];
  HfGrid grid, other;
  Vec m;
  hid_t file;
  PetscMPIInt rank;
  FILE *f;

  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  file_name(path, sizeof(path));
  CHECK(PetscSNPrintf(text, sizeof(text), "%s.txt", path));
  if (!rank && (f = fopen(text, "w"))) {
    fputs("not a field\n", f);
    fclose(f);
  }
  CHECK(HfGridCreate(PETSC_COMM_WORLD, 12, 10, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, 12, 11, 1.0, 1.0, 1.0, NULL, NULL, &other));
  CHECK(HfGridCreateCellVec(grid, 3, &m));
  file = create_file(path);
  CHECK(HfFieldAppend(grid, file, "/fields/m", m, 3, NULL));
  CHECK(HfFieldCreate(grid, file, "/fields/empty", NULL, 3, 1, PETSC_FALSE));
  H5Fclose(file);

  expect_reason(grid, "/tmp/hf_no_such_file.h5", "/fields/m", -1, 3, "no such file");
  expect_reason(grid, text, "/fields/m", -1, 3, "not an HDF5 file");
  expect_reason(grid, "/tmp", "/fields/m", -1, 3, "not an HDF5 file");
  expect_reason(grid, path, "/fields/n", -1, 3, "no such dataset");
  expect_reason(grid, path, "/nothing/here/m", -1, 3, "no such dataset");
  expect_reason(grid, path, "", -1, 3, "no such dataset");
  expect_reason(grid, path, "/fields", -1, 3, "not a field");
  expect_reason(other, path, "/fields/m", -1, 3, "numbers of cells");
  expect_reason(grid, path, "/fields/m", -1, 2, "components");
  expect_reason(grid, path, "/fields/m", 1, 3, "no such frame");
  expect_reason(grid, path, "/fields/m", -2, 3, "no such frame");
  expect_reason(grid, path, "/fields/empty", -1, 3, "no such frame");

  if (!rank) assert_int_equal(truncate(path, 1000), 0); /* a run that was killed while writing */
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  expect_reason(grid, path, "/fields/m", -1, 3, "damaged");

  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  if (!rank) {
    remove(path);
    remove(text);
  }
  CHECK(VecDestroy(&m));
  CHECK(HfGridDestroy(&grid));
  CHECK(HfGridDestroy(&other));
}

/* A field H has numbers in every cell; ranks agree on it wherever the one that is none lies. */
static void test_numbers_only(void **state) {
  char path[256], how[HF_WHY_LENGTH], why[HF_WHY_LENGTH];
  const HfFieldSource source = {.path = path, .dataset = "fields/H", .frame = -1, .values = PETSC_TRUE};
  const HfGridInfo *g;
  PetscScalar *a;
  HfGrid grid;
  hid_t file;
  Vec H;

  file_name(path, sizeof(path));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, 12, 10, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  g = HfGridGetInfo(grid);
  CHECK(HfGridCreateCellVec(grid, 3, &H));
  for (PetscMPIInt bad = 0; bad <= g->size; ++bad) { /* the rank of it; at last none */
    CHECK(VecSet(H, 1e6));
    CHECK(VecGetArray(H, &a));
    if (g->rank == bad) a[1] = NAN;
    CHECK(VecRestoreArray(H, &a));
    file = create_file(path);
    CHECK(HfFieldAppend(grid, file, "/fields/H", H, 3, NULL));
    H5Fclose(file);
    CHECK(HfFieldReadSource(grid, &source, H, how, why));
    assert_true(bad < g->size ? strstr(why, "not finite") != NULL : !why[0]);
    CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  }
  if (!g->rank) remove(path);
  CHECK(VecDestroy(&H));
  CHECK(HfGridDestroy(&grid));
}

/* Beyond the length of MPI-IO's paths every rank opens the file for itself: where the last one alone cannot, all have a reason. */
static void test_one_rank_without_the_file(void **state) {
  char path[256], way[PETSC_MAX_PATH_LEN] = "", before[PETSC_MAX_PATH_LEN];
  const char *why;
  PetscMPIInt rank, size;
  HfGrid grid;
  hid_t file;
  Vec m;

  file_name(path, sizeof(path));
  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, 12, 10, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  CHECK(HfGridCreateCellVec(grid, 3, &m));
  fill(grid, 3, 0, m);
  file = create_file(path);
  CHECK(HfFieldAppend(grid, file, "/fields/m", m, 3, NULL));
  H5Fclose(file);
  while (strlen(way) <= HF_MPI_IO_PATH_LENGTH) strcat(way, "./");
  strcat(way, strrchr(path, '/') + 1);
  assert_non_null(getcwd(before, sizeof(before)));
  for (int all = 1; all >= 0; --all) {
    assert_int_equal(chdir(all || rank < size - 1 ? "/tmp" : "/"), 0);
    CHECK(HfFieldRead(grid, way, "/fields/m", 0, 3, NULL, m, &why));
    assert_true(all ? !why : why != NULL);
    if (all) expect_frame(grid, 3, 0, m);
  }
  assert_int_equal(chdir(before), 0);
  if (!rank) remove(path);
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  CHECK(VecDestroy(&m));
  CHECK(HfGridDestroy(&grid));
}

/* Appending to a dataset of another shape is a fault, not a crash. */
static void test_append_fault(void **state) {
  char path[256];
  HfGrid grid;
  Vec m, j;
  hid_t file;

  file_name(path, sizeof(path));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, 12, 10, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  CHECK(HfGridCreateCellVec(grid, 3, &m));
  CHECK(HfGridCreateCellVec(grid, 2, &j));
  file = create_file(path);
  CHECK(HfFieldAppend(grid, file, "m", m, 3, NULL));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  assert_int_equal(HfFieldAppend(grid, file, "m", j, 2, NULL), HF_ERR_FILE);
  CHECK(PetscPopErrorHandler());
  H5Fclose(file);
  if (!HfGridGetInfo(grid)->rank) remove(path);
  CHECK(VecDestroy(&m));
  CHECK(VecDestroy(&j));
  CHECK(HfGridDestroy(&grid));
}

/* Single precision: half the bytes, each number the nearest float. */
static void test_single_precision(void **state) {
  char path[256];
  const char *why;
  HfGrid grid;
  Vec m, back;
  PetscReal apart, size;
  hid_t file, dataset, type;
  PetscMPIInt rank;

  file_name(path, sizeof(path));
  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  CHECK(HfGridCreate(PETSC_COMM_WORLD, 23, 17, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  CHECK(HfGridCreateCellVec(grid, 3, &m));
  CHECK(HfGridCreateCellVec(grid, 3, &back));
  fill(grid, 3, 1, m);
  CHECK(VecScale(m, 1.0 / 3.0));
  file = create_file(path);
  CHECK(HfFieldCreate(grid, file, "/fields/m", NULL, 3, 1, PETSC_TRUE));
  CHECK(HfFieldAppend(grid, file, "/fields/m", m, 3, NULL));
  dataset = H5Dopen2(file, "/fields/m", H5P_DEFAULT);
  type = H5Dget_type(dataset);
  assert_int_equal(H5Tget_size(type), 4);
  H5Tclose(type);
  H5Dclose(dataset);
  H5Fclose(file);
  CHECK(HfFieldRead(grid, path, "/fields/m", 0, 3, NULL, back, &why));
  assert_null(why);
  CHECK(VecNorm(m, NORM_INFINITY, &size));
  CHECK(VecAXPY(back, -1.0, m));
  CHECK(VecNorm(back, NORM_INFINITY, &apart));
  ASSERT_NEAR(apart, 0.0, size * 6e-8); /* half a unit in the last of 24 bits */
  assert_true(apart > 0.0);
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  if (!rank) remove(path);
  CHECK(VecDestroy(&m));
  CHECK(VecDestroy(&back));
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_in_calls),
                                          cmocka_unit_test(test_shape_on_disk), cmocka_unit_test(test_reasons),
                                          cmocka_unit_test(test_append_fault),  cmocka_unit_test(test_single_precision),
                                          cmocka_unit_test(test_numbers_only),  cmocka_unit_test(test_one_rank_without_the_file)};
HF_TEST_MAIN(tests)
