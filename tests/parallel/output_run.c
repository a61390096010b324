/* A run directory: what was recorded is read back as it was given, on any number of ranks; finished runs are guarded; bad paths are faults of all
   ranks. A conducting 8 x 6 film with a corner cut out and two electrodes stands for the device.

   output/output_impl.h: how many bytes of a checkpoint go in one call, which is no concern of other rooms, and how a
   file of the run directory is copied. */
#include "test_decks.h"
#include <hdf5.h>
#include <hdf5_hl.h>
#include <hopfilm/output.h>
#include <output/output_impl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char directory[256];
  HfKeys keys;
  HfDeck deck;
  HfOutput output;
  HfExperiment experiment;
} Fixture;

static void make_directory_name(char name[256]) {
  PetscMPIInt rank;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  strcpy(name, "/tmp/hopfilm-test-XXXXXX");
  if (!rank) assert_non_null(mkdtemp(name));
  MPI_Bcast(name, 256, MPI_CHAR, 0, PETSC_COMM_WORLD);
}

static void remove_directory(const char *name) {
  char command[300];
  PetscMPIInt rank;

  MPI_Barrier(PETSC_COMM_WORLD);
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  snprintf(command, sizeof command, "rm -rf '%s'", name);
  if (!rank) assert_int_equal(system(command), 0);
  MPI_Barrier(PETSC_COMM_WORLD);
}

static void open_deck(Fixture *f) {
  CHECK(HfKeysCreate(&f->keys));
  CHECK(HfExperimentRegisterKeys(f->keys));
  CHECK(HfOutputRegisterKeys(f->keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, f->keys, DECK("film"), &f->deck));
  CHECK(HfDeckVerdict(f->deck));
}

static void start(Fixture *f, PetscBool force) {
  open_deck(f);
  CHECK(HfOutputCreate(f->deck, f->directory, force, &f->output));
  CHECK(HfExperimentCreate(f->deck, HfOutputRecorder(f->output), NULL, &f->experiment));
  CHECK(HfOutputSetUp(f->output, f->experiment));
}

static void finish(Fixture *f) {
  CHECK(HfOutputDestroy(&f->output));
  CHECK(HfExperimentDestroy(&f->experiment));
  CHECK(HfDeckDestroy(&f->deck));
  CHECK(HfKeysDestroy(&f->keys));
}

static HfNode parse_summary(const Fixture *f) {
  char path[300];
  HfNode node;

  snprintf(path, sizeof path, "%s/summary.yaml", f->directory);
  CHECK(HfNodeParse(PETSC_COMM_WORLD, path, &node));
  assert_non_null(node);
  return node;
}

static void read_table(hid_t file, const char *path, hid_t type, int rank, const hsize_t shape[], void *values) {
  const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  hsize_t found[5];
  hid_t space;

  assert_true(dataset >= 0);
  space = H5Dget_space(dataset);
  assert_int_equal(H5Sget_simple_extent_ndims(space), rank);
  H5Sget_simple_extent_dims(space, found, NULL);
  for (int d = 0; d < rank; ++d) assert_int_equal(found[d], shape[d]);
  assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  assert_true(H5Aexists(dataset, "long_name") > 0);
  assert_true(H5Tget_class(type) == H5T_STRING || H5Aexists(dataset, "units") > 0);
  H5Sclose(space);
  H5Dclose(dataset);
}

static void check_file(const Fixture *f) {
  unsigned char mask[48];
  short electrodes[63];
  int steps[3], film = 0, left = 0, right = 0;
  double time[3], G[3][2][2], gauge[3], frames[2][6][8][3], image[2][1][6][8][3], shown[2], value;
  char path[300], *patterns[3];
  int64_t offset[2];
  hid_t file, type, attribute, dataset;

  snprintf(path, sizeof path, "%s/run.h5", f->directory);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  assert_true(file >= 0);
  read_table(file, "/film/mask", H5T_NATIVE_UCHAR, 2, (hsize_t[]){6, 8}, mask);
  for (int k = 0; k < 48; ++k) film += mask[k];
  assert_int_equal(film, 48 - 4);
  assert_int_equal(mask[5 * 8 + 7], 0); /* upper right: row 0 is the lowest */
  read_table(file, "/film/electrodes", H5T_NATIVE_SHORT, 2, (hsize_t[]){7, 9}, electrodes);
  for (int k = 0; k < 63; ++k) left += electrodes[k] == 0, right += electrodes[k] == 1;
  assert_int_equal(left, 7);
  assert_int_equal(right, 3);

  read_table(file, "/conductance/time", H5T_NATIVE_DOUBLE, 1, (hsize_t[]){3}, time);
  read_table(file, "/conductance/G", H5T_NATIVE_DOUBLE, 3, (hsize_t[]){3, 2, 2}, G);
  read_table(file, "/training/step", H5T_NATIVE_INT, 1, (hsize_t[]){3}, steps);
  type = H5Tcopy(H5T_C_S1); /* published as strings of any length */
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  read_table(file, "/training/pattern", type, 1, (hsize_t[]){3}, patterns);
  H5Tclose(type);
  for (int k = 0; k < 3; ++k) {
    assert_true(time[k] == k * 1e-9 && steps[k] == 10 + k && G[k][0][1] == -1. - k && G[k][1][1] == 2. + k);
    assert_string_equal(patterns[k], k ? "+-" : "");
    H5free_memory(patterns[k]);
  }
  read_table(file, "/gauges/across", H5T_NATIVE_DOUBLE, 1, (hsize_t[]){3}, gauge);
  for (int k = 0; k < 3; ++k) assert_true(gauge[k] == 20. - k);

  read_table(file, "/fields/m", H5T_NATIVE_DOUBLE, 4, (hsize_t[]){2, 6, 8, 3}, frames);
  read_table(file, "/fields/time/m", H5T_NATIVE_DOUBLE, 1, (hsize_t[]){2}, shown);
  assert_true(frames[0][0][0][0] == 1. && frames[1][0][0][0] == -1. && frames[1][5][0][0] == -1. && frames[1][5][7][0] == 0.);
  assert_true(shown[0] == 0. && shown[1] == 2e-9);
  assert_int_equal(H5Lexists(file, "/fields/H", H5P_DEFAULT), 0); /* the deck does not ask for it */

  dataset = H5Dopen2(file, "/VTKHDF/CellData/m", H5P_DEFAULT); /* the same numbers as an image of one layer */
  assert_true(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, image) >= 0);
  H5Dclose(dataset);
  assert_memory_equal(image, frames, sizeof image);
  read_table(file, "/VTKHDF/Steps/Values", H5T_NATIVE_DOUBLE, 1, (hsize_t[]){2}, shown);
  read_table(file, "/VTKHDF/Steps/CellDataOffsets/m", H5T_NATIVE_INT64, 1, (hsize_t[]){2}, offset);
  assert_true(shown[1] == 2e-9 && offset[0] == 0 && offset[1] == 1);
  attribute = H5Aopen_by_name(file, "/VTKHDF/Steps", "NSteps", H5P_DEFAULT, H5P_DEFAULT);
  H5Aread(attribute, H5T_NATIVE_DOUBLE, &value);
  H5Aclose(attribute);
  assert_true(value == 2);
  dataset = H5Dopen2(file, "/conductance/G", H5P_DEFAULT);
  assert_true(H5DSget_num_scales(dataset, 0) == 1 && H5DSget_num_scales(dataset, 1) == 1 && H5DSget_num_scales(dataset, 2) == 1);
  H5Dclose(dataset);
  H5Fclose(file);
}

static void record_and_read_back(void **state) {
  Fixture f;
  HfNode summary, entry;
  Vec m;
  PetscMPIInt rank;
  char path[300];

  make_directory_name(f.directory);
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  start(&f, PETSC_FALSE);
  HfRecorder recorder = HfOutputRecorder(f.output);
  m = HfDeviceMagnetization(HfExperimentDevice(f.experiment));
  CHECK(recorder->field(recorder->context, "m", 0, 3, m));
  CHECK(recorder->field(recorder->context, "H", 0, 3, m));
  for (int k = 0; k < 3; ++k) {
    const double G[4] = {2. + k, -1. - k, -1. - k, 2. + k};
    const double gauges[2] = {10. + k, 20. - k};
    const char *const gauge_names[2] = {"along", "across"};
    const HfProbe probe = {.time = k * 1e-9,
                           .n = 2,
                           .G = G,
                           .item = 10 + k,
                           .epoch = 0,
                           .pattern = k ? "+-" : "",
                           .n_gauges = 2,
                           .gauge_names = gauge_names,
                           .gauges = gauges};
    CHECK(recorder->probe(recorder->context, &probe));
  }
  CHECK(VecScale(m, -1));
  CHECK(recorder->field(recorder->context, "m", 2e-9, 3, m));
  CHECK(recorder->array(recorder->context, "/fit/7/cost", 1, (PetscInt[]){2}, (double[]){1, 2}, "W"));
  CHECK(recorder->array(recorder->context, "/fit/7/cost", 1, (PetscInt[]){3}, (double[]){1, 2, 3}, "W")); /* replaces */
  CHECK(recorder->energies(recorder->context, "7/midrange/1:+-", 4, (double[]){1, 2, 3, 4}));

  CHECK(HfNodeCreate(HF_NODE_MAP, &entry));
  CHECK(HfNodePutText(entry, "pattern", "+-"));
  CHECK(HfNodePutReal(entry, "margin", 0.1));
  CHECK(recorder->summary(recorder->context, entry));
  summary = parse_summary(&f); /* a run that is cut now keeps the entry */
  assert_string_equal(HfNodeText(HfNodeFind(summary, "status")), "running");
  assert_string_equal(HfNodeText(HfNodeFind(summary, "results.0.pattern")), "+-");
  assert_true(strtod(HfNodeText(HfNodeFind(summary, "results.0.margin")), NULL) == 0.1);
  CHECK(HfNodeDestroy(&summary));

  CHECK(HfOutputClose(f.output, "done", f.experiment));
  summary = parse_summary(&f);
  assert_string_equal(HfNodeText(HfNodeFind(summary, "status")), "done");
  assert_string_equal(HfNodeText(HfNodeFind(summary, "cells")), "44");
  CHECK(HfNodeDestroy(&summary));
  if (!rank) check_file(&f);
  snprintf(path, sizeof path, "%s/summary.yaml.new", f.directory);
  assert_int_not_equal(access(path, F_OK), 0);
  finish(&f);

  /* the used deck, read again, is the same deck */
  HfKeys keys;
  HfDeck deck, again;
  char *first, *second;
  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfOutputRegisterKeys(keys));
  snprintf(path, sizeof path, "%s/deck.yaml", f.directory);
  CHECK(HfDeckCreate(PETSC_COMM_WORLD, keys, path, 0, NULL, &again));
  CHECK(HfDeckVerdict(again));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("film"), &deck));
  CHECK(HfNodeFormat(HfDeckRoot(deck), &first));
  CHECK(HfNodeFormat(HfDeckRoot(again), &second));
  assert_string_equal(first, second);
  CHECK(PetscFree(first));
  CHECK(PetscFree(second));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfDeckDestroy(&again));
  CHECK(HfKeysDestroy(&keys));
  remove_directory(f.directory);
}

/* A fault is expected: no traceback. */
#define QUIETLY(statement)                                                                                                                           \
  do {                                                                                                                                               \
    CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));                                                                                     \
    statement;                                                                                                                                       \
    CHECK(PetscPopErrorHandler());                                                                                                                   \
  } while (0)

static void finished_runs_are_kept(void **state) {
  Fixture f;
  HfOutput other;
  PetscErrorCode code;

  make_directory_name(f.directory);
  start(&f, PETSC_FALSE);
  CHECK(HfOutputClose(f.output, "failed", f.experiment));
  finish(&f);
  start(&f, PETSC_FALSE); /* an unfinished one is written over */
  CHECK(HfOutputClose(f.output, "done", f.experiment));
  QUIETLY(code = HfOutputCreate(f.deck, f.directory, PETSC_FALSE, &other));
  assert_int_equal(code, HF_ERR_FILE);
  assert_null(other);
  finish(&f);
  start(&f, PETSC_TRUE);
  CHECK(HfOutputClose(f.output, "done", f.experiment));
  finish(&f);
  remove_directory(f.directory);
}

static void two_runs_do_not_share_a_directory(void **state) {
  Fixture f, g;
  PetscErrorCode code;

  make_directory_name(f.directory);
  g = f;
  start(&f, PETSC_FALSE);
  QUIETLY(code = HfOutputCreate(f.deck, f.directory, PETSC_FALSE, &g.output)); /* after a while */
  assert_int_equal(code, HF_ERR_FILE);
  assert_null(g.output);
  CHECK(HfOutputClose(f.output, "done", f.experiment));
  finish(&f);
  remove_directory(f.directory);
}

static void bad_paths_are_faults(void **state) {
  const char *const paths[] = {"/dev/null/run", "/dev/null", "/proc/no/such/run"};
  Fixture f;
  HfOutput other;
  PetscErrorCode code;

  make_directory_name(f.directory);
  start(&f, PETSC_FALSE);
  for (size_t k = 0; k < sizeof paths / sizeof *paths; ++k) {
    QUIETLY(code = HfOutputCreate(f.deck, paths[k], PETSC_FALSE, &other));
    if (!code) { /* what access() does not report, mkdir() does */
      QUIETLY(code = HfOutputSetUp(other, f.experiment));
      CHECK(HfOutputDestroy(&other));
    }
    assert_int_equal(code, HF_ERR_FILE);
  }
  CHECK(HfOutputClose(f.output, "done", f.experiment));
  finish(&f);
  remove_directory(f.directory);
}

/* Variables of every kind as a module lists them. Flags lie side by side: PetscBool has four bytes in PETSc up to 3.23, one byte since. */
typedef struct {
  PetscReal outcome; /* without outcomes a checkpoint is not accepted */
  PetscReal reals[2];
  PetscInt number;
  PetscInt64 large;
  PetscBool flags[5];
  char guard[16];
} Stored;

static const Stored stored = {.outcome = 7,
                              .reals = {0.1, -1e300},
                              .number = -3,
                              .large = (PetscInt64)1 << 40,
                              .flags = {PETSC_TRUE, PETSC_FALSE, PETSC_TRUE, PETSC_TRUE, PETSC_FALSE},
                              .guard = "not to be used"};

static void list_stored(Stored *s, Vec vec, HfCheckpointList *list) {
  CHECK(HfCheckpointListCreate(list));
  CHECK(HfCheckpointListGroup(*list, "tape"));
  CHECK(HfCheckpointListAdd(*list, "values", HF_CHECKPOINT_REAL, 1, &s->outcome));
  CHECK(HfCheckpointListGroup(*list, "test"));
  CHECK(HfCheckpointListAdd(*list, "reals", HF_CHECKPOINT_REAL, 2, s->reals));
  CHECK(HfCheckpointListAdd(*list, "number", HF_CHECKPOINT_INT, 1, &s->number));
  CHECK(HfCheckpointListAdd(*list, "large", HF_CHECKPOINT_INT64, 1, &s->large));
  CHECK(HfCheckpointListAdd(*list, "flags", HF_CHECKPOINT_BOOL, 5, s->flags));
  CHECK(HfCheckpointListAddVec(*list, "vec", vec));
}

/* Of which rank r has 7 r + 3 numbers, each its place in all. */
static Vec numbered_vec(void) {
  PetscInt start, end;
  PetscMPIInt rank;
  PetscScalar *a;
  Vec vec;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  CHECK(VecCreateMPI(PETSC_COMM_WORLD, 7 * rank + 3, PETSC_DETERMINE, &vec));
  CHECK(VecGetOwnershipRange(vec, &start, &end));
  CHECK(VecGetArrayWrite(vec, &a));
  for (PetscInt k = 0; k < end - start; ++k) a[k] = (PetscScalar)(start + k);
  CHECK(VecRestoreArrayWrite(vec, &a));
  return vec;
}

/* The file's types, whatever PETSc's own are. */
static void check_stored_types(const char *directory) {
  const struct {
    const char *path;
    hid_t type;
  } expected[] = {{"/test/flags", H5T_STD_I32LE}, {"/test/number", H5T_STD_I64LE}, {"/test/large", H5T_STD_I64LE}, {"/test/reals", H5T_IEEE_F64LE}};
  char path[300];
  hid_t file, dataset, type;

  snprintf(path, sizeof path, "%s/checkpoint.h5", directory);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  for (size_t k = 0; k < sizeof expected / sizeof *expected; ++k) {
    dataset = H5Dopen2(file, expected[k].path, H5P_DEFAULT);
    type = H5Dget_type(dataset);
    assert_true(H5Tequal(type, expected[k].type) > 0);
    H5Tclose(type);
    H5Dclose(dataset);
  }
  H5Fclose(file);
}

/* What a build with 64-bit indices may write: not cut to the largest number of 32 bits. */
static void too_large_integers_are_refused(HfRecorder recorder) {
  struct {
    PetscInt number;
    char guard[16];
  } read = {.number = 5, .guard = "not to be used"};
  HfCheckpointList list;
  PetscMPIInt rank;

  if (sizeof(PetscInt) == 8) return;
  CHECK(HfCheckpointListCreate(&list));
  CHECK(HfCheckpointListGroup(list, "test"));
  CHECK(HfCheckpointListAdd(list, "large", HF_CHECKPOINT_INT, 1, &read.number));
  assert_int_equal(recorder->restore(recorder->context, list, PETSC_FALSE), HF_ERR_FILE);
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  assert_true(rank || strstr(HfFaultText(), "test/large is larger than the integers of this build of PETSc")); /* rank 0 reports it */
  assert_string_equal(read.guard, "not to be used");
  CHECK(HfCheckpointListDestroy(&list));
}

/* In calls of HDF5 of at most `call` bytes of a rank. */
static void restore_every_kind(hsize_t call) {
  Stored written = stored, read = {.flags = {PETSC_FALSE, PETSC_TRUE, PETSC_FALSE, PETSC_FALSE, PETSC_TRUE}};
  Vec vec = numbered_vec(), vec_read;
  HfCheckpointList list;
  HfRecorder recorder;
  PetscBool finished, same;
  PetscMPIInt rank;
  PetscInt n;
  Fixture f;

  CHECK(VecDuplicate(vec, &vec_read));
  CHECK(VecSet(vec_read, -1.0));
  memcpy(read.guard, stored.guard, sizeof read.guard);
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  make_directory_name(f.directory);
  start(&f, PETSC_FALSE);
  recorder = HfOutputRecorder(f.output);
  f.output->control.checkpoint_call = call;
  list_stored(&written, vec, &list);
  CHECK(recorder->checkpoint(recorder->context, list, 1e-9, 1, 1, PETSC_FALSE));
  CHECK(HfCheckpointListDestroy(&list));
  CHECK(HfOutputClose(f.output, "stopped", f.experiment));
  finish(&f);
  if (!rank) check_stored_types(f.directory);

  open_deck(&f);
  CHECK(HfOutputCreate(f.deck, f.directory, PETSC_FALSE, &f.output));
  CHECK(HfOutputCheckRestart(f.output, NULL, PETSC_FALSE, &finished));
  assert_false(finished);
  recorder = HfOutputRecorder(f.output);
  CHECK(HfExperimentCreate(f.deck, recorder, NULL, &f.experiment));
  CHECK(HfOutputSetUp(f.output, f.experiment));
  CHECK(recorder->stored(recorder->context, "test/flags", &n));
  assert_int_equal(n, 5);
  too_large_integers_are_refused(recorder);
  f.output->control.checkpoint_call = call;
  list_stored(&read, vec_read, &list);
  CHECK(recorder->restore(recorder->context, list, PETSC_TRUE));
  CHECK(HfCheckpointListDestroy(&list));
  CHECK(VecEqual(vec, vec_read, &same));
  assert_true(same);
  assert_true(read.outcome == stored.outcome && read.reals[0] == stored.reals[0] && read.reals[1] == stored.reals[1]);
  assert_true(read.number == stored.number && read.large == stored.large);
  assert_memory_equal(read.flags, stored.flags, sizeof read.flags);
  assert_memory_equal(read.guard, stored.guard, sizeof read.guard);
  CHECK(HfOutputClose(f.output, "done", f.experiment));
  finish(&f);
  remove_directory(f.directory);
  CHECK(VecDestroy(&vec_read));
  CHECK(VecDestroy(&vec));
}

static void checkpoints_restore_every_kind(void **state) { restore_every_kind(HF_CHECKPOINT_CALL); }
static void large_checkpoints_go_in_many_calls(void **state) { restore_every_kind(16); }

/* Every rank copies its part; the last one ends within a block. */
static void copies_are_whole(void **state) {
  enum { LENGTH = 5 * (1 << 20) + 17 };
  HfRun run = {.comm = PETSC_COMM_WORLD};
  unsigned char *bytes, *copied;
  char directory[256], path[300];
  FILE *file;

  MPI_Comm_rank(run.comm, &run.rank);
  MPI_Comm_size(run.comm, &run.size);
  make_directory_name(directory);
  strcpy(run.directory, directory);
  CHECK(PetscMalloc2(LENGTH, &bytes, LENGTH + 1, &copied));
  for (int k = 0; k < LENGTH; ++k) bytes[k] = (unsigned char)((k % 251) ^ (k >> 16));
  snprintf(path, sizeof path, "%s/old", directory);
  if (!run.rank) {
    file = fopen(path, "w");
    assert_true(file && fwrite(bytes, 1, LENGTH, file) == LENGTH && fclose(file) == 0);
  }
  CHECK(HfFileCopy(&run, "old", "new"));
  snprintf(path, sizeof path, "%s/new", directory);
  if (!run.rank) {
    file = fopen(path, "r");
    assert_true(file && fread(copied, 1, LENGTH + 1, file) == LENGTH && fclose(file) == 0);
    assert_memory_equal(copied, bytes, LENGTH);
  }
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  assert_int_equal(HfFileCopy(&run, "none", "new"), HF_ERR_FILE);
  CHECK(PetscPopErrorHandler());
  CHECK(PetscFree2(bytes, copied));
  remove_directory(directory);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(record_and_read_back), cmocka_unit_test(finished_runs_are_kept),         cmocka_unit_test(two_runs_do_not_share_a_directory),
    cmocka_unit_test(bad_paths_are_faults), cmocka_unit_test(checkpoints_restore_every_kind), cmocka_unit_test(large_checkpoints_go_in_many_calls),
    cmocka_unit_test(copies_are_whole),
};
HF_TEST_MAIN(tests)
