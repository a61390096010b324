/* A run that is stopped inside a rest goes on to bitwise the same results, wherever it is stopped: in the rest after a pulse, and in that of the untrained
   film in the place of the film that learns. The checkpoint is kept in memory. */
#include "experiment_case.h"
#include <stdlib.h>

enum { MOST_ITEMS = 128, MOST_MATRICES = 128 };
typedef struct {
  char name[96];
  size_t bytes; /* of this rank's part of a Vec */
  PetscInt n;
  void *values;
} Item;
typedef struct {
  int n_items;
  Item items[MOST_ITEMS];
  PetscBool resumes;  /* from these items */
  int calls, stop_at; /* of `attend`; 0: never stopped */
  int n_values;       /* of the arrays of the run, one after the other */
  double values[16 * MOST_MATRICES];
} Store;

static size_t bytes_of(const HfCheckpointItem *item, PetscInt n_local) {
  switch (item->kind) {
  case HF_CHECKPOINT_INT:
    return (size_t)item->n * sizeof(PetscInt);
  case HF_CHECKPOINT_INT64:
    return (size_t)item->n * sizeof(PetscInt64);
  case HF_CHECKPOINT_BOOL:
    return (size_t)item->n * sizeof(PetscBool);
  case HF_CHECKPOINT_VEC:
    return (size_t)n_local * sizeof(PetscReal);
  default:
    return (size_t)item->n * sizeof(PetscReal);
  }
}

static void forget(Store *store) {
  for (int k = 0; k < store->n_items; ++k) free(store->items[k].values);
  store->n_items = 0;
}

/* Copies this rank's part of an item from the run to the store, or back. */
static PetscErrorCode transfer(const HfCheckpointItem *item, Item *kept, PetscBool save) {
  const PetscReal *read = NULL;
  PetscReal *local = NULL;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  if (item->vec) PetscCall(VecGetLocalSize(item->vec, &n));
  if (item->vec && save) PetscCall(VecGetArrayRead(item->vec, &read));
  if (item->vec && !save) PetscCall(VecGetArray(item->vec, &local));
  if (save) {
    *kept = (Item){.n = item->n, .bytes = bytes_of(item, n)};
    snprintf(kept->name, sizeof(kept->name), "%s", item->name);
    kept->values = malloc(kept->bytes + 1);
    memcpy(kept->values, item->vec ? (const void *)read : item->values, kept->bytes);
  } else {
    assert_int_equal(kept->bytes, bytes_of(item, n));
    memcpy(item->vec ? (void *)local : item->values, kept->values, kept->bytes);
  }
  if (item->vec && save) PetscCall(VecRestoreArrayRead(item->vec, &read));
  if (item->vec && !save) PetscCall(VecRestoreArray(item->vec, &local));
  PetscFunctionReturn(0);
}

static Item *find(Store *store, const char *name) {
  for (int k = 0; k < store->n_items; ++k)
    if (!strcmp(store->items[k].name, name)) return &store->items[k];
  return NULL;
}

static PetscErrorCode checkpoint(void *context, HfCheckpointList list, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished) {
  Store *store = context;

  PetscFunctionBeginUser;
  forget(store);
  for (PetscInt k = 0; k < HfCheckpointListCount(list); ++k) {
    assert_true(store->n_items < MOST_ITEMS);
    PetscCall(transfer(HfCheckpointListGet(list, k), &store->items[store->n_items++], PETSC_TRUE));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode stored(void *context, const char *name, PetscInt *n) {
  Store *store = context;
  const Item *item = store->resumes ? find(store, name) : NULL;

  PetscFunctionBeginUser;
  *n = item ? item->n : 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode restore(void *context, HfCheckpointList list, PetscBool live) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfCheckpointListCount(list); ++k) {
    const HfCheckpointItem *item = HfCheckpointListGet(list, k);
    Item *kept = find(context, item->name);

    assert_non_null(kept);
    PetscCall(transfer(item, kept, PETSC_FALSE));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode attend(void *context, PetscBool at_item_end, PetscBool last, HfRequest *request) {
  Store *store = context;

  PetscFunctionBeginUser;
  ++store->calls;
  *request = (HfRequest){.steps = 1, .stop = store->stop_at && store->calls >= store->stop_at && !last ? PETSC_TRUE : PETSC_FALSE};
  PetscFunctionReturn(0);
}

static PetscErrorCode keep_array(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                                 const char *unit) {
  Store *store = context;
  PetscInt length = 1;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < rank; ++k) length *= shape[k];
  assert_true(store->n_values + length <= 16 * MOST_MATRICES);
  memcpy(store->values + store->n_values, values, (size_t)length * sizeof(double));
  store->n_values += (int)length;
  PetscFunctionReturn(0);
}

static PetscErrorCode keep_probe(void *context, const HfProbe *probe) {
  PetscFunctionBeginUser;
  PetscCall(keep_array(context, "probe", 1, (const PetscInt[]){probe->n * probe->n}, probe->G, "S"));
  PetscFunctionReturn(0);
}

/* Runs from the store's checkpoint if it `resumes`; stops at the call `stop_at` of attend. */
static PetscErrorCode run_stopped(Store *store, int stop_at, PetscBool resumes) {
  struct HfRecorder_ recorder = {
      .context = store, .attend = attend, .checkpoint = checkpoint, .stored = stored, .restore = restore, .array = keep_array, .probe = keep_probe};
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  store->stop_at = stop_at;
  store->resumes = resumes;
  store->calls = store->n_values = 0;
  PetscCall(HfKeysCreate(&keys));
  PetscCall(HfExperimentRegisterKeys(keys));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK_WITH("four-nodes from-random patterns rests", "start=3"), &deck));
  PetscCall(HfExperimentCreate(deck, &recorder, NULL, &experiment));
  PetscCall(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = HfExperimentRun(experiment);
  PetscCall(PetscPopErrorHandler());
  PetscCall(HfExperimentDestroy(&experiment));
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(code);
}

static Store whole, parts; /* too large for a stack */

static void test_stopped_in_a_rest(void **state) {
  enum { STOPS = 7 };
  int inside = 0;

  AT_MOST_ON(2);
  CHECK(run_stopped(&whole, 0, PETSC_FALSE));
  assert_true(whole.calls > 2 * STOPS);
  for (int k = 1; k <= STOPS; ++k) {
    const Item *open;

    assert_int_equal(run_stopped(&parts, whole.calls * k / (STOPS + 1), PETSC_FALSE), HF_ERR_STOPPED);
    open = find(&parts, "tape/open");
    inside += *(const PetscReal *)open->values != 0.0;
    CHECK(run_stopped(&parts, 0, PETSC_TRUE));
    assert_int_equal(parts.n_values, whole.n_values);
    assert_memory_equal(parts.values, whole.values, (size_t)whole.n_values * sizeof(double));
  }
  assert_true(inside >= STOPS - 1); /* nearly all stops are inside of phases in which time passes */
  printf("%d steps, %d stops, %d of them inside of phases\n", whole.calls, STOPS, inside);
  forget(&whole);
  forget(&parts);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_stopped_in_a_rest)};
HF_TEST_MAIN(tests)
