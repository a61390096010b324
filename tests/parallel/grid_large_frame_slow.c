/* A frame of more than 4 GiB, on one rank also more than 4 GiB of a rank: its last rows come back. The memory of the field is one pattern mapped again and
   again, and what is written compresses to some MB, so that the test takes neither memory nor disk.

   grid/field_file.h: frames go from rows in memory, not from a Vec, which would have to be as large. */
#define _GNU_SOURCE
#include "hf_test.h"
#include <grid/field_file.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { N = 13400, DOF = 3, PATTERN = 1 << 21 /* bytes */ };

/* In a run of 64 numbers one value, so that it compresses; the pattern begins anew after PATTERN bytes. */
static double number(size_t k) { return (double)(k % (PATTERN / sizeof(double)) / 64); }

static void *map_pattern(size_t bytes) {
  const int file = memfd_create("pattern", 0);
  const size_t whole = (bytes + PATTERN - 1) / PATTERN * PATTERN;
  char *all = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  double *pattern;

  assert_true(file >= 0 && all != MAP_FAILED && ftruncate(file, PATTERN) == 0);
  for (size_t at = 0; at < whole; at += PATTERN)
    assert_true(mmap(all + at, PATTERN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED);
  pattern = (double *)all;
  for (size_t k = 0; k < PATTERN / sizeof(double); ++k) pattern[k] = number(k);
  close(file);
  return all;
}

static void a_frame_beyond_4_GiB(void **state) {
  const hsize_t frame_bytes = (hsize_t)N * N * DOF * sizeof(double);
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  hsize_t shape[4] = {1, N, N, DOF}, row;
  const HfGridInfo *g;
  HfFieldReason reason;
  hid_t file, dataset;
  HfSelection w;
  double *all, *last;
  char path[64];
  HfGrid grid;
  int pid = (int)getpid();

  assert_true(frame_bytes > (hsize_t)1 << 32);
  CHECK(HfGridCreate(PETSC_COMM_WORLD, N, N, 1.0, 1.0, 1.0, NULL, NULL, &grid));
  g = HfGridGetInfo(grid);
  w = HfSelectionAll(grid);
  all = map_pattern((size_t)g->ym * N * DOF * sizeof(double));
  CHECK(MPI_Bcast(&pid, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  CHECK(PetscSNPrintf(path, sizeof(path), "/tmp/hf_large_frame_%d.h5", pid));
  H5Pset_fapl_mpio(access, PETSC_COMM_WORLD, MPI_INFO_NULL);
  H5Pset_coll_metadata_write(access, 1);
  file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  assert_true(file >= 0);
  CHECK(HfFieldCreate(grid, file, "/fields/m", NULL, DOF, 1, PETSC_FALSE));
  dataset = HfFieldOpen(file, "/fields/m", DOF, shape, &reason);
  shape[0] = 1;
  assert_true(dataset >= 0 && H5Dset_extent(dataset, shape) >= 0);
  assert_true(HfFieldStoreRows(grid, dataset, &w, DOF, 0, HF_FIELD_PIECE, all) >= 0);
  H5Dclose(dataset);
  H5Fclose(file);

  file = H5Fopen(path, H5F_ACC_RDONLY, access);
  dataset = HfFieldOpen(file, "/fields/m", DOF, shape, &reason);
  assert_true(dataset >= 0 && shape[0] == 1 && shape[1] == N);
  CHECK(PetscMalloc1(N * DOF, &last));
  for (int k = 0; k < 2; ++k) { /* the first and the last of the rows that this rank wrote */
    row = (hsize_t)(k ? g->ym - 1 : 0);
    assert_true(HfFieldLoad(PETSC_COMM_WORLD, dataset, (const hsize_t[4]){0, (hsize_t)g->ys + row, 0, 0}, (const hsize_t[4]){1, 1, N, DOF},
                            HF_FIELD_PIECE, last) >= 0);
    for (size_t i = 0; i < (size_t)N * DOF; ++i) assert_true(last[i] == number((size_t)row * N * DOF + i));
  }
  H5Dclose(dataset);
  H5Fclose(file);
  H5Pclose(access);
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  if (!g->rank) remove(path);
  CHECK(PetscFree(last));
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(a_frame_beyond_4_GiB)};
HF_TEST_MAIN(tests)
