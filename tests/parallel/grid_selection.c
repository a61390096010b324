/* Fields saved on some of the cells: which cells a deck selects, that the file holds just their values, wherever the ranks' rows end, that they come
   back, and that they are never taken for a whole film. The film: 10 x 6 cells of 10 nm, from (-50, -30) to (50, 30) nm, without its cell (7, 4). */
#include "test_decks.h"
#include <hdf5.h>
#include <hopfilm/grid.h>
#include <stdio.h>
#include <unistd.h>

enum { NX = 10, NY = 6 };
static const HfKey rows[] = {{"output", HF_SECTION, NULL, "{}", "", 0, "Output"}, {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}};

static PetscInt hole(PetscReal x, PetscReal y, void *context) { return fabs(x - 25e-9) < 1e-9 && fabs(y - 15e-9) < 1e-9 ? -1 : 0; }
static PetscReal value(PetscInt i, PetscInt j, PetscInt c, PetscInt frame) { return i == 7 && j == 4 ? 0 : 1000 * frame + 100 * j + 10 * i + c; }

static PetscErrorCode select_cells(HfGrid grid, const char *settings, PetscInt *errors, HfSelection *selection) {
  HfKeys keys;
  HfDeck deck;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfKeysAdd(keys, "", rows));
  CHECK(HfSelectionRegisterKeys(keys, "output"));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK_WITH("output", "settings=%s", settings), &deck));
  assert_int_equal(HfDeckErrorCount(deck), 0);
  CHECK(HfSelectionSettingsRead(deck, HfNodeFind(HfDeckRoot(deck), "output"), grid, selection));
  *errors = HfDeckErrorCount(deck);
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return 0;
}

/* The cells by hand, from their centres -45, -35, ... 45 nm and -25, -15, ... 25 nm. */
static const struct {
  const char *deck;
  PetscInt nx, x[NX], ny, y[NY];
  PetscReal left, low; /* nm, of the picture */
} CASES[] = {
    {"", 10, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 6, {0, 1, 2, 3, 4, 5}, -50, -30},
    {"stride: 3", 3, {1, 4, 7}, 2, {1, 4}, -50, -30},
    {"stride: [2, 4]", 5, {0, 2, 4, 6, 8}, 2, {1, 5}, -55, -35},
    {"stride: [1, 100]", 10, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, {2}, -50, -35},
    /* from 2.5 to 47.5 and from -25 to -5 nm: the boundary belongs to it */
    {"region: {size: [45 nm, 20 nm], at: [25 nm, -15 nm]}", 5, {5, 6, 7, 8, 9}, 3, {0, 1, 2}, 0, -30},
    {"stride: [2, 1], region: {size: [45 nm, 10 nm], at: [25 nm, 20 nm]}", 3, {5, 7, 9}, 2, {4, 5}, -5, 10},
    /* one cell, of one rank */
    {"region: {size: [1 nm, 1 nm], at: [-5 nm, 5 nm]}", 1, {4}, 1, {3}, -10, 0},
    /* beyond the film */
    {"stride: 5, region: {size: [1 m, 1 m]}", 2, {2, 7}, 1, {2}, -50, -30},
};

static void create(HfGrid *grid, Vec *m) {
  CHECK(HfGridCreate(PETSC_COMM_WORLD, NX, NY, 10e-9, 10e-9, 1e-9, hole, NULL, grid));
  CHECK(HfGridCreateCellVec(*grid, 3, m));
}

static void fill(HfGrid grid, PetscInt frame, Vec v) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  PetscScalar *a;

  CHECK(VecGetArray(v, &a));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      for (PetscInt c = 0; c < 3; ++c) a[(j * g->xm + i) * 3 + c] = g->xs + i == 7 && g->ys + j == 4 ? 99 : value(g->xs + i, g->ys + j, c, frame);
  CHECK(VecRestoreArray(v, &a));
}

/* What one rank finds in the file, with nothing but HDF5. */
static void expect_file(const char *path, int k) {
  double values[2][NY][NX][3]; /* densely, from the front */
  int pair[2];
  hsize_t shape[4];
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), dataset = H5Dopen2(file, "/fields/m", H5P_DEFAULT), space = H5Dget_space(dataset);
  hid_t attribute;

  assert_int_equal(H5Sget_simple_extent_dims(space, shape, NULL), 4);
  assert_true(shape[0] == 2 && shape[1] == (hsize_t)CASES[k].ny && shape[2] == (hsize_t)CASES[k].nx && shape[3] == 3);
  assert_true(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  for (PetscInt frame = 0, at = 0; frame < 2; ++frame)
    for (PetscInt b = 0; b < CASES[k].ny; ++b)
      for (PetscInt a = 0; a < CASES[k].nx; ++a)
        for (PetscInt c = 0; c < 3; ++c) assert_true((&values[0][0][0][0])[at++] == value(CASES[k].x[a], CASES[k].y[b], c, frame));
  attribute = H5Aopen(dataset, "first_cell", H5P_DEFAULT);
  assert_true(H5Aread(attribute, H5T_NATIVE_INT, pair) >= 0);
  assert_true(pair[0] == CASES[k].x[0] && pair[1] == CASES[k].y[0]);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Dclose(dataset);
  H5Fclose(file);
}

/* All that is in the file, zero elsewhere. */
static void expect_vec(HfGrid grid, int k, Vec v) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscScalar *a;

  CHECK(VecGetArrayRead(v, &a));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i) {
      PetscBool kept[2] = {PETSC_FALSE, PETSC_FALSE};
      for (PetscInt n = 0; n < CASES[k].nx; ++n) kept[0] = (PetscBool)(kept[0] || CASES[k].x[n] == g->xs + i);
      for (PetscInt n = 0; n < CASES[k].ny; ++n) kept[1] = (PetscBool)(kept[1] || CASES[k].y[n] == g->ys + j);
      for (PetscInt c = 0; c < 3; ++c) assert_true(a[(j * g->xm + i) * 3 + c] == (kept[0] && kept[1] ? value(g->xs + i, g->ys + j, c, 1) : 0));
    }
  CHECK(VecRestoreArrayRead(v, &a));
}

static void file_name(char path[], size_t size) {
  int pid = (int)getpid();

  CHECK(MPI_Bcast(&pid, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  CHECK(PetscSNPrintf(path, size, "/tmp/hf_selection_%d.h5", pid));
}

static hid_t open_file(const char *path) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  hid_t file;

  H5Pset_fapl_mpio(access, PETSC_COMM_WORLD, MPI_INFO_NULL);
  H5Pset_coll_metadata_write(access, 1);
  file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose(access);
  assert_true(file >= 0);
  return file;
}

static void test_selected_cells_are_saved(void **state) {
  char path[256];
  const char *why;
  PetscReal origin[2], spacing[2];
  HfSelection selection, other;
  PetscInt errors;
  HfGrid grid;
  hid_t file;
  Vec m;

  file_name(path, sizeof path);
  create(&grid, &m);
  for (int k = 0; k < (int)PETSC_STATIC_ARRAY_LENGTH(CASES); ++k) {
    CHECK(select_cells(grid, CASES[k].deck, &errors, &selection));
    assert_int_equal(errors, 0);
    HfSelectionImage(&selection, grid, origin, spacing);
    ASSERT_NEAR(origin[0], CASES[k].left * 1e-9, 1e-18);
    if (selection.stride[1] < NY) ASSERT_NEAR(origin[1], CASES[k].low * 1e-9, 1e-18);
    for (PetscInt a = 0; a < CASES[k].nx; ++a) /* the middles of the picture's cells are those of the film's */
      ASSERT_NEAR(origin[0] + ((PetscReal)a + 0.5) * spacing[0], (-50 + 10 * CASES[k].x[a] + 5) * 1e-9, 1e-18);
    for (PetscInt b = 0; b < CASES[k].ny; ++b)
      ASSERT_NEAR(origin[1] + ((PetscReal)b + 0.5) * spacing[1], (-30 + 10 * CASES[k].y[b] + 5) * 1e-9, 1e-18);
    for (PetscInt deflate = 0; deflate <= 1; ++deflate) {
      file = open_file(path);
      CHECK(HfFieldCreate(grid, file, "/fields/m", &selection, 3, deflate, PETSC_FALSE));
      for (PetscInt frame = 0; frame < 2; ++frame) {
        fill(grid, frame, m);
        CHECK(HfFieldAppend(grid, file, "/fields/m", m, 3, NULL));
      }
      H5Fclose(file);
      if (!HfGridGetInfo(grid)->rank) expect_file(path, k);
      CHECK(MPI_Barrier(PETSC_COMM_WORLD));
      CHECK(VecSet(m, 7));
      CHECK(HfFieldRead(grid, path, "/fields/m", 1, 3, &selection, m, &why));
      assert_null(why);
      expect_vec(grid, k, m);
    }
    other = selection;
    ++other.first[0];
    CHECK(HfFieldRead(grid, path, "/fields/m", 1, 3, &other, m, &why));
    assert_int_equal(why != NULL, k > 0); /* all cells serve any selection */
    CHECK(HfFieldRead(grid, path, "/fields/m", 1, 3, NULL, m, &why));
    assert_int_equal(why != NULL, k > 0);
    CHECK(HfFieldInterpolate(grid, path, "/fields/m", 1, 3, PETSC_FALSE, m, &why));
    assert_int_equal(why != NULL, k > 0);
  }
  if (!HfGridGetInfo(grid)->rank) remove(path);
  CHECK(VecDestroy(&m));
  CHECK(HfGridDestroy(&grid));
}

static void test_mistakes_are_told(void **state) {
  const char *const decks[] = {"region: {size: [10 nm, 10 nm], at: [60 nm, 0 nm]}", /* beside the film */
                               "region: {size: [8 nm, 8 nm]}",                      /* between four centres */
                               "region: {size: [1 nm, 1 nm], at: [1e30 m, -1e30 m]}", "stride: [1, 2, 3]"};
  HfSelection selection, all;
  PetscInt errors;
  HfGrid grid;
  Vec m;

  create(&grid, &m);
  all = HfSelectionAll(grid);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(decks); ++k) {
    CHECK(select_cells(grid, decks[k], &errors, &selection));
    assert_int_equal(errors, 1);
    assert_true(HfSelectionSame(&selection, &all));
  }
  CHECK(VecDestroy(&m));
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_selected_cells_are_saved),
    cmocka_unit_test(test_mistakes_are_told),
};
HF_TEST_MAIN(tests)
