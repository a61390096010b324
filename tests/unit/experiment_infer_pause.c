/* `infer` of memories after their pauses: on every path it must answer with the film at the end of the pause. The reference is a film that is read by
   a pulse too weak and too short to move it: what that pulse leaves is the rested film, and `after: pulse` answers with it. */
#include "experiment_case.h"

enum { MOST_ARRAYS = 128, MOST_VALUES = 4096 };
typedef struct {
  int n;
  char name[MOST_ARRAYS][96];
  int length[MOST_ARRAYS];
  double values[MOST_ARRAYS][MOST_VALUES];
} Arrays;
static Arrays found;

static PetscErrorCode keep_array(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                                 const char *unit) {
  PetscInt length = 1;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < rank; ++k) length *= shape[k];
  assert_true(found.n < MOST_ARRAYS && length <= MOST_VALUES);
  snprintf(found.name[found.n], sizeof(found.name[0]), "%s", dataset);
  memcpy(found.values[found.n], values, (size_t)length * sizeof(double));
  found.length[found.n++] = (int)length;
  PetscFunctionReturn(0);
}

static const double *array_of(int item, const char *name, int *length) {
  char path[96];
  snprintf(path, sizeof(path), "/inference/%d/%s", item, name);
  for (int k = 0; k < found.n; ++k)
    if (!strcmp(found.name[k], path)) {
      *length = found.length[k];
      return found.values[k];
    }
  fail_msg("no array %s", path);
  return NULL;
}

static HfNode entry_of(const Memory *memory, int item) {
  for (PetscInt i = 0; i < HfNodeLength(memory->entries); ++i) {
    HfNode entry = HfNodeItem(memory->entries, i);
    if (!strcmp(HfNodeText(HfNodeFind(entry, "step")), "infer") && number(entry, "item") == item) return entry;
  }
  fail_msg("no entry of item %d", item);
  return NULL;
}

/* The last `count` values of an array of two items. */
static void compare_ends(int item, int reference, const char *name, int count, double tolerance) {
  int n = 0, n_reference = 0;
  const double *values = array_of(item, name, &n), *expected = array_of(reference, name, &n_reference);

  assert_true(n >= count && n_reference >= count);
  for (int k = 1; k <= count; ++k) ASSERT_NEAR(values[n - k], expected[n_reference - k], tolerance);
}

static void test_every_path(void **state) {
  enum { PULSE = 2, PAUSE, REFERENCE = 5, P = 3, N = 4, EPOCHS = 2 };
  const char *const figures[] = {"margin", "accuracy", "exact", "overlap_after"};
  struct HfRecorder_ arrays = {.array = keep_array};
  Memory memory;
  const double *times;
  double largest = 0;
  int n = 0, n_pulse = 0;

  CHECK(run_deck_with(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random patterns schedule", "start=3"), &arrays, &memory));
  for (int k = 0; k < 4; ++k) ASSERT_NEAR(number(entry_of(&memory, PAUSE), figures[k]), number(entry_of(&memory, REFERENCE), figures[k]), 1e-4);
  ASSERT_NEAR(number(entry_of(&memory, PAUSE), "time_s"), 18e-9, 1e-15);
  ASSERT_NEAR(number(entry_of(&memory, PULSE), "time_s"), 16e-9, 1e-15);
  assert_string_equal(HfNodeText(HfNodeFind(entry_of(&memory, PAUSE), "after")), "pause");
  compare_ends(PAUSE, REFERENCE, "nodes/G", N * N, 1e-9);
  ASSERT_NEAR(*array_of(PAUSE, "nodes/time", &n), 18e-9, 1e-15);
  ASSERT_NEAR(*array_of(PULSE, "nodes/time", &n), 16e-9, 1e-15);
  compare_ends(PAUSE, REFERENCE, "scaled-0.98/epochs/accuracy", 1, 1e-4);
  compare_ends(PAUSE, REFERENCE, "scaled-0.98/gallery", P * 4 * 3 * N, 0);
  compare_ends(PAUSE, REFERENCE, "scaled-0.98/attractors/overlap", P * P, 0);
  times = array_of(PAUSE, "scaled-0.98/epochs/time", &n);
  for (int k = 0; k < EPOCHS; ++k) ASSERT_NEAR(times[k], 9e-9 * (k + 1), 1e-15);
  times = array_of(PAUSE, "scaled-0.98/attractors/time", &n);
  assert_int_equal(n, P * EPOCHS);
  for (int k = 0; k < P * EPOCHS; ++k) ASSERT_NEAR(times[k], 3e-9 * (k + 1), 1e-15);

  /* the case distinguishes the two: the texture relaxes during the pause */
  const double *rested = array_of(PAUSE, "nodes/G", &n), *driven = array_of(PULSE, "nodes/G", &n_pulse);
  for (int e = 0; e < N * N; ++e) largest = fmax(largest, fabs(rested[e] - driven[e]) / fabs(driven[e]));
  printf("conductances change by up to %.2e during the pause; margin %.4f after the pulse, %.4f after the pause\n", largest,
         number(entry_of(&memory, PULSE), "margin"), number(entry_of(&memory, PAUSE), "margin"));
  assert_true(largest > 1e-4);
  assert_true(fabs(number(entry_of(&memory, PAUSE), "margin") - number(entry_of(&memory, PULSE), "margin")) > 1e-3);
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_path)};
HF_TEST_MAIN(tests)
