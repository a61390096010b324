/* OVF files on the film: what other programs wrote is read cell by cell, exactly, as text and in 4 and 8 bytes; on other cells by the rule of result files;
   mistakes are reported with their line, on all ranks, and without a hang. The files of tests/fields/ are made by discretisedfield and by hand (make.py). */
#include "hf_test.h"
#include <hopfilm/grid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NM 1e-9

static void create(PetscInt nx, PetscInt ny, PetscReal cell, HfGrid *grid, Vec *v) {
  CHECK(HfGridCreate(PETSC_COMM_WORLD, nx, ny, cell, cell, 2 * NM, NULL, NULL, grid));
  CHECK(HfGridCreateCellVec(*grid, 3, v));
}

static void destroy(HfGrid *grid, Vec *v) {
  CHECK(VecDestroy(v));
  CHECK(HfGridDestroy(grid));
}

/* As make.py has it. */
static void value(PetscInt i, PetscInt j, PetscReal v[3]) {
  const PetscReal film = i == 0 && j == 3 ? 0 : 1;

  v[0] = film * (PetscReal)(i + 1);
  v[1] = film * ((PetscReal)j - 2.5);
  v[2] = film * (PetscReal)(10 * i + j);
}

static void read_file(HfGrid grid, const HfFieldSource *source, Vec v, char why[]) {
  char how[HF_WHY_LENGTH];

  CHECK(HfFieldReadSource(grid, source, v, how, why));
  assert_true(!how[0] || !why[0]);
}

static void test_cell_by_cell(void **state) {
  static const char *const files[] = {"ovf2-text", "ovf2-binary4", "ovf2-binary8", "ovf1-text", "ovf1-binary4", "ovf1-binary8"};
  HfGrid grid;
  Vec v;

  create(6, 4, 5 * NM, &grid, &v);
  for (size_t k = 0; k < sizeof files / sizeof files[0]; ++k) {
    const HfGridInfo *g = HfGridGetInfo(grid);
    const PetscScalar *a;
    char path[64], why[HF_WHY_LENGTH];

    snprintf(path, sizeof path, "fields/%s.ovf", files[k]);
    read_file(grid, &(HfFieldSource){.path = path, .dataset = "/fields/m", .frame = -1}, v, why);
    assert_string_equal(why, "");
    CHECK(VecGetArrayRead(v, &a));
    for (PetscInt c = 0; c < g->xm * g->ym; ++c) {
      PetscReal exact[3];

      value(g->xs + c % g->xm, g->ys + c / g->xm, exact);
      for (int d = 0; d < 3; ++d) ASSERT_NEAR(a[3 * c + d], exact[d], 0);
    }
    CHECK(VecRestoreArrayRead(v, &a));
  }
  destroy(&grid, &v);
}

/* Unit vectors in the mean over layers, of which the second is empty. */
static void test_layers(void **state) {
  char why[HF_WHY_LENGTH];
  const PetscScalar *a;
  HfGrid grid;
  Vec v;

  create(6, 4, 5 * NM, &grid, &v);
  read_file(grid, &(HfFieldSource){.path = "fields/ovf1-layers.ovf", .dataset = "/fields/m", .frame = -1}, v, why);
  assert_string_equal(why, "");
  CHECK(VecGetArrayRead(v, &a));
  for (PetscInt c = 0; c < HfGridGetInfo(grid)->xm * HfGridGetInfo(grid)->ym; ++c) {
    PetscReal exact[3], length;

    value(HfGridGetInfo(grid)->xs + c % HfGridGetInfo(grid)->xm, HfGridGetInfo(grid)->ys + c / HfGridGetInfo(grid)->xm, exact);
    length = PetscSqrtReal(exact[0] * exact[0] + exact[1] * exact[1] + exact[2] * exact[2]);
    for (int d = 0; d < 3; ++d) ASSERT_NEAR(a[3 * c + d], length > 0 ? exact[d] / length : 0, 1e-15);
  }
  CHECK(VecRestoreArrayRead(v, &a));
  destroy(&grid, &v);
}

/* ---- files of this test ---- */
static void file_name(char path[256]) {
  int pid = (int)getpid();

  CHECK(MPI_Bcast(&pid, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  snprintf(path, 256, "/tmp/hf_ovf_%d.ovf", pid);
}

static void write_file(const char *path, const char *text, size_t length) {
  PetscMPIInt rank;

  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  if (!rank) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
  }
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
}

#define HEADER "# OOMMF OVF 2.0\n# Segment count: 1\n# Begin: Segment\n# Begin: Header\n# meshtype: rectangular\n# meshunit: m\n# valuedim: 3\n"

/* A smooth texture of unit vectors on nx x ny cells that cover 48 x 32 nm, as text. */
static void texture(PetscReal x, PetscReal y, PetscReal m[3]) {
  const PetscReal a = 0.05 * (x + 0.7 * y) / NM, b = 0.03 * (x - y) / NM;

  m[0] = PetscCosReal(a) * PetscCosReal(b);
  m[1] = PetscSinReal(a) * PetscCosReal(b);
  m[2] = PetscSinReal(b);
}

static void write_texture(const char *path, int nx, int ny) {
  char *text;
  size_t used, room = 512 + (size_t)(100 * nx * ny);

  CHECK(PetscMalloc1(room, &text));
  used = (size_t)snprintf(text, room,
                          HEADER "# xnodes: %d\n# ynodes: %d\n# znodes: 1\n# xstepsize: %.17g\n# ystepsize: %.17g\n# zstepsize: 2e-9\n"
                                 "# End: Header\n# Begin: Data Text\n",
                          nx, ny, 48 * NM / nx, 32 * NM / ny);
  for (int k = 0; k < nx * ny; ++k) {
    PetscReal m[3];

    texture(((k % nx + 0.5) / nx - 0.5) * 48 * NM, ((k / nx + 0.5) / ny - 0.5) * 32 * NM, m);
    used += (size_t)snprintf(text + used, room - used, "%.17g %.17g %.17g\n", (double)m[0], (double)m[1], (double)m[2]);
  }
  used += (size_t)snprintf(text + used, room - used, "# End: Data Text\n# End: Segment\n");
  write_file(path, text, used);
  CHECK(PetscFree(text));
}

/* Largest angle between what is read and the texture, its centre at `offset`; a cell without direction counts as pi. */
static PetscReal error(const char *path, PetscInt nx, PetscInt ny, PetscReal cell, const PetscReal *offset) {
  char why[HF_WHY_LENGTH];
  const HfGridInfo *g;
  const PetscScalar *a;
  PetscReal most = 0;
  HfGrid grid;
  Vec v;

  create(nx, ny, cell, &grid, &v);
  g = HfGridGetInfo(grid);
  read_file(grid,
            &(HfFieldSource){.path = path,
                             .dataset = "/fields/m",
                             .frame = -1,
                             .placed = (PetscBool)(offset != NULL),
                             .offset = {offset ? offset[0] : 0, offset ? offset[1] : 0}},
            v, why);
  assert_string_equal(why, "");
  CHECK(VecGetArrayRead(v, &a));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) {
    const PetscReal x = HfCellX(g, k % g->xm), y = HfCellY(g, g->ys + k / g->xm);
    const PetscScalar *r = a + 3 * k;
    const PetscReal length = PetscSqrtReal(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
    PetscReal m[3], distance = 0;

    texture(x - (offset ? offset[0] : 0), y - (offset ? offset[1] : 0), m);
    for (int c = 0; c < 3; ++c) distance += PetscSqr(length > 0 ? r[c] / length - m[c] : 2);
    most = PetscMax(most, PetscSqrtReal(distance));
  }
  CHECK(VecRestoreArrayRead(v, &a));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
  destroy(&grid, &v);
  return most;
}

static void test_other_cells(void **state) {
  const PetscReal nowhere[2] = {0, 0}, aside[2] = {-3 * NM, 2 * NM};
  PetscReal finer, coarser, placed, moved;
  char path[256];

  file_name(path);
  write_texture(path, 48, 32); /* 1 nm */
  finer = error(path, 96, 64, 0.5 * NM, NULL);
  coarser = error(path, 12, 8, 4 * NM, NULL);
  placed = error(path, 24, 16, 1 * NM, nowhere); /* a film of half the size: the middle of the file, its own cells */
  moved = error(path, 21, 14, 1 * NM, aside);
  print_message("from cells of 1 nm: largest error on 0.5 nm %.3g, on 4 nm %.3g, on part of the film %.3g and %.3g\n", finer, coarser, placed, moved);
  assert_true(finer < 1e-3 && coarser < 1e-3);
  assert_true(placed < 1e-14);
  assert_true(moved < 1e-3); /* half a cell off */
  if (finer > 0) {
    write_texture(path, 96, 64);
    ASSERT_NEAR(log2(finer / error(path, 192, 128, 0.25 * NM, NULL)), 2, 0.1);
  }
  unlink(path);
}

/* A mistake in place of a part of a good file, and what must be said about it: with the line, and nothing is read. */
static void test_mistakes(void **state) {
  static const char good[] = HEADER "# xnodes: 2\n# ynodes: 4\n# znodes: 1\n# xstepsize: 5e-9\n# ystepsize: 5e-9\n# zstepsize: 2e-9\n# End: Header\n"
                                    "# Begin: Data Text\n1 0 0\n0 1 0\n0 0 1\n1 1 1\n0 0 0\n1 2 3\n4 5 6\n7 8 9\n# End: Data Text\n# End: Segment\n";
  static const struct {
    const char *part, *mistake, *says;
  } cases[] = {
      {"1 0 0", "1 0 0", ""},
      {"# OOMMF OVF 2.0", "# OOMMF: irregular mesh v1.0", ":1: an irregular mesh"},
      {"# OOMMF OVF 2.0", "# OOMMF OVF 3.0", ":1: begins with \"# OOMMF OVF 3.0\""},
      {"Segment count: 1", "Segment count: 2", ":2: Segment count: 2"},
      {"rectangular", "irregular", ":5: meshtype: irregular"},
      {"meshunit: m", "meshunit: furlong", ":6: meshunit: \"furlong\""},
      {"valuedim: 3", "valuedim: 1", ":7: valuedim: 1"},
      {"valuedim: 3", "valuedim: 3\n# valueunits: J/m3 J/m3 J/m3", "the values are in J/m3: this is no magnetization"},
      {"xnodes: 2", "xnodes: 2.5", ":8: xnodes: 2.5"},
      {"xnodes: 2", "xnodes: many", ":8: xnodes: expected a number"},
      {"xnodes: 2", "xnodes: 1000000", "too few for 1000000 x 4 x 1 vectors"},
      {"# znodes: 1\n", "", ":13: the header ends without znodes"},
      {"xstepsize: 5e-9", "xstepsize: 0", ":11: xstepsize: 0"},
      {"xstepsize: 5e-9", "xstepsize: 6e-9", "film of 12 x 20 nm (2 x 4 cells of 6 x 5 nm), this film has 10 x 20 nm"},
      {"# End: Header\n", "", "the data begin before"},
      {"Data Text\n1", "Data Binary 16\n1", ":15: Begin: Data Binary 16"},
      {"0 0 1\n", "0 zero 1\n", ":18: expected a number, found \"zero\""},
      {"4 5 6\n7 8 9\n", "", "the data end before cell (0, 3, 0) of 2 x 4 x 1"},
      {"4 5 6", "nan 0 0", "no finite number in cell (0, 3, 0)"},
      {"7 8 9\n", "7 8 9\n1 2 3\n", "\"# End: Data Text\" does not follow"},
      {"# End: Data Text\n# End: Segment\n", "", "\"# End: Data Text\" does not follow"},
  };
  char path[256], text[1024], why[HF_WHY_LENGTH];
  HfGrid grid;
  Vec v;

  file_name(path);
  create(2, 4, 5 * NM, &grid, &v);
  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
    const char *at = strstr(good, cases[k].part);

    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, cases[k].mistake, at + strlen(cases[k].part));
    write_file(path, text, strlen(text));
    read_file(grid, &(HfFieldSource){.path = path, .dataset = "/fields/m", .frame = -1}, v, why);
    if (!strstr(why, cases[k].says) || (!cases[k].says[0] && why[0])) fail_msg("%s: \"%s\", not \"%s\"", cases[k].mistake, why, cases[k].says);
  }
  write_file(path, good, strlen(good));
  read_file(grid, &(HfFieldSource){.path = path, .dataset = "/fields/j", .frame = -1, .of_run = PETSC_TRUE}, v, why);
  assert_non_null(strstr(why, "holds one frame"));
  destroy(&grid, &v);
  unlink(path);
}

/* Binary data that lost their order, their check value, their end. */
static void test_damaged_data(void **state) {
  static const char *const files[] = {"fields/ovf2-binary4.ovf", "fields/ovf1-binary8.ovf"};
  char path[256], why[HF_WHY_LENGTH], text[4096];
  HfGrid grid;
  Vec v;

  file_name(path);
  create(6, 4, 5 * NM, &grid, &v);
  for (int k = 0; k < 2; ++k) {
    const HfFieldSource source = {.path = path, .dataset = "/fields/m", .frame = -1};
    const size_t width = k ? 8 : 4;
    FILE *file = fopen(files[k], "rb");
    size_t length, data;
    char *begin;

    assert_non_null(file);
    length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    begin = strstr(text, "# Begin: Data");
    assert_non_null(begin);
    data = (size_t)(strchr(begin, '\n') + 1 - text);
    for (size_t b = 0; b < width / 2; ++b) { /* the other order */
      const char byte = text[data + b];
      text[data + b] = text[data + width - 1 - b];
      text[data + width - 1 - b] = byte;
    }
    write_file(path, text, length);
    read_file(grid, &source, v, why);
    assert_non_null(strstr(why, "wrong order"));
    text[data] ^= 0x41;
    write_file(path, text, length);
    read_file(grid, &source, v, why);
    assert_non_null(strstr(why, "the check value behind this line is"));
    write_file(path, text, data + 2);
    read_file(grid, &source, v, why);
    assert_non_null(strstr(why, "cut short"));
  }
  destroy(&grid, &v);
  unlink(path);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_cell_by_cell), cmocka_unit_test(test_layers), cmocka_unit_test(test_other_cells),
                                          cmocka_unit_test(test_mistakes), cmocka_unit_test(test_damaged_data)};
HF_TEST_MAIN(tests)
