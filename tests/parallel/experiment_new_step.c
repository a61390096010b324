/* A step defined in this file alone measures something new, in a run that is killed and resumed: it needs no code elsewhere, and its results are
   bitwise those of the undisturbed run. experiment/step.h is the header that every step includes. */
#include "experiment/step.h"
#include "experiment_case.h"

/* ---- the step: the energies of the film, from time to time ---- */

static const HfKey listen_keys[] = {
    {"listen", HF_SECTION, NULL, "", "", 0, "Measures the energies of the film while time passes"},
    {"listen.times", HF_INT, NULL, NULL, ">=1", 0, "How often"},
    {"listen.every", HF_QUANTITY, "s", NULL, ">0", 0, "Time between two measurements"},
    HF_KEYS_END,
};

typedef struct {
  PetscInt times;
  PetscReal every;
} Listen;

static int n_measured;
static PetscBool measuring;

static PetscErrorCode listen_settings(HfScheduleCheck *check, HfNode node, void **of) {
  Listen *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  *settings = (Listen){.times = (PetscInt)HfInteger(node, "times"), .every = HfReal(node, "every")};
  PetscFunctionReturn(0);
}

static void listen_plan(const void *of, HfPlan *plan) {
  const Listen *settings = of;
  plan->seconds += settings->times * settings->every;
}

static PetscErrorCode measure_energies(void *of, PetscInt n, PetscReal values[]) {
  HfStepContext context = of;
  HfDevice device = context->device;
  PetscBool stop;

  PetscFunctionBeginUser;
  measuring = PETSC_TRUE;
  PetscCall(HfTapePause(context->tape, &stop)); /* as a long measurement does */
  measuring = PETSC_FALSE;
  if (stop) PetscFunctionReturn(HF_ERR_STOPPED);
  PetscCall(HfMagnetEnergies(HfDeviceMagnet(device), HfDeviceTime(device), HfDeviceMagnetization(device), values));
  ++n_measured;
  PetscFunctionReturn(0);
}

static PetscErrorCode listen_run(HfStepContext context, const void *of) {
  const Listen *settings = of;
  const PetscInt n = HfMagnetTermCount(HfDeviceMagnet(context->device));
  PetscReal *energies;
  PetscErrorCode code = 0;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &energies));
  for (PetscInt k = 0; k < settings->times && !code; ++k) {
    code = HfEvolve(context, "listen", settings->every, HF_NO_PROBES);
    if (!code) code = HfTapeMeasure(context->tape, "energies of the film", n, energies, measure_energies, (void *)context);
    if (code) break;
    PetscCall(HfEntryCreate(context, "listen", &entry));
    PetscCall(HfNodePutReals(entry, "energies_J", n, energies));
    PetscCall(HfReportSummary(context, entry));
  }
  PetscCall(PetscFree(energies));
  PetscFunctionReturn(code);
}

static const HfStep listen = {
    .name = "listen", .keys = listen_keys, .magnetic = PETSC_TRUE, .settings = listen_settings, .plan = listen_plan, .run = listen_run};
static const HfStep *const extra_steps[] = {&listen, NULL};

/* ---- a recorder that keeps results and one checkpoint in memory ---- */

enum { MOST_ITEMS = 256, NEVER = 1 << 30 };
typedef struct {
  char name[96];
  PetscInt n; /* of a Vec, its local size */
  void *values;
} Saved;
typedef struct {
  struct HfRecorder_ recorder;
  HfNode entries;
  int n_probes, n_questions;
  double G[MOST][16];
  int checkpoint_at, stop_at;   /* the question that is answered by a checkpoint, from which on by stopping */
  int n_saved, n_measured_then; /* at the checkpoint */
  PetscBool measuring_then;
  Saved saved[MOST_ITEMS];
} Desk;

static PetscErrorCode desk_probe(void *context, const HfProbe *probe) {
  Desk *desk = context;
  assert_true(desk->n_probes < MOST);
  memcpy(desk->G[desk->n_probes++], probe->G, sizeof(desk->G[0]));
  return 0;
}

static PetscErrorCode desk_summary(void *context, HfNode entry) { return HfNodePutNode(((Desk *)context)->entries, NULL, entry); }

static PetscErrorCode desk_attend(void *context, PetscBool at_item_end, PetscBool last, HfRequest *request) {
  Desk *desk = context;
  const int question = desk->n_questions++;

  *request = (HfRequest){.steps = 1};
  if (question == desk->checkpoint_at) request->checkpoint = PETSC_TRUE;
  if (question >= desk->stop_at && !last) request->stop = PETSC_TRUE;
  return 0;
}

static size_t size_of(HfCheckpointKind kind) {
  return kind == HF_CHECKPOINT_INT     ? sizeof(PetscInt)
         : kind == HF_CHECKPOINT_INT64 ? sizeof(PetscInt64)
         : kind == HF_CHECKPOINT_BOOL  ? sizeof(PetscBool)
                                       : sizeof(PetscReal);
}

/* The first checkpoint alone: a run that is killed later leaves no other. */
static PetscErrorCode desk_checkpoint(void *context, HfCheckpointList list, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished) {
  Desk *desk = context;

  PetscFunctionBeginUser;
  if (desk->n_saved) PetscFunctionReturn(0);
  assert_true(HfCheckpointListCount(list) <= MOST_ITEMS);
  desk->n_measured_then = n_measured;
  desk->measuring_then = measuring;
  for (PetscInt k = 0; k < HfCheckpointListCount(list); ++k) {
    const HfCheckpointItem *item = HfCheckpointListGet(list, k);
    Saved *saved = &desk->saved[desk->n_saved++];
    const PetscScalar *local = NULL;
    size_t size;

    snprintf(saved->name, sizeof(saved->name), "%s", item->name);
    saved->n = item->n;
    if (item->vec) PetscCall(VecGetLocalSize(item->vec, &saved->n));
    if (item->vec) PetscCall(VecGetArrayRead(item->vec, &local));
    size = (size_t)saved->n * size_of(item->kind);
    PetscCall(PetscMalloc(size, &saved->values));
    PetscCall(PetscMemcpy(saved->values, local ? (const void *)local : item->values, size));
    if (item->vec) PetscCall(VecRestoreArrayRead(item->vec, &local));
  }
  PetscFunctionReturn(0);
}

static Saved *find_saved(Desk *desk, const char *name) {
  for (int k = 0; k < desk->n_saved; ++k)
    if (!strcmp(desk->saved[k].name, name)) return &desk->saved[k];
  return NULL;
}

static PetscErrorCode desk_stored(void *context, const char *name, PetscInt *n) {
  const Saved *saved = find_saved(context, name);
  *n = saved ? saved->n : 0;
  return 0;
}

static PetscErrorCode desk_restore(void *context, HfCheckpointList list, PetscBool live) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfCheckpointListCount(list); ++k) {
    const HfCheckpointItem *item = HfCheckpointListGet(list, k);
    const Saved *saved = find_saved(context, item->name);
    PetscScalar *local = NULL;

    assert_non_null(saved);
    if (item->vec) PetscCall(VecGetArray(item->vec, &local));
    PetscCall(PetscMemcpy(local ? (void *)local : item->values, saved->values, (size_t)saved->n * size_of(item->kind)));
    if (item->vec) PetscCall(VecRestoreArray(item->vec, &local));
  }
  PetscFunctionReturn(0);
}

static void desk_create(Desk *desk, int checkpoint_at, int stop_at) {
  memset(desk, 0, sizeof(*desk));
  desk->recorder = (struct HfRecorder_){.context = desk,
                                        .probe = desk_probe,
                                        .summary = desk_summary,
                                        .attend = desk_attend,
                                        .checkpoint = desk_checkpoint,
                                        .stored = desk_stored,
                                        .restore = desk_restore};
  desk->checkpoint_at = checkpoint_at;
  desk->stop_at = stop_at;
  CHECK(HfNodeCreate(HF_NODE_LIST, &desk->entries));
}

static void desk_destroy(Desk *desk) {
  for (int k = 0; k < desk->n_saved; ++k) CHECK(PetscFree(desk->saved[k].values));
  CHECK(HfNodeDestroy(&desk->entries));
}

/* ---- runs ---- */

#define SCHEDULE DECK_WITH("four-nodes from-random patterns schedule", "start=3")

/* Runs a deck with the step; m_end (may be NULL) gets the last m, to be destroyed by the caller. */
static PetscErrorCode run_with_step(const char *text, Desk *desk, Vec *m_end) {
  HfExperiment experiment;
  PetscErrorCode code;
  HfKeys keys;
  HfDeck deck;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfStepsRegisterKeys(keys, extra_steps));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  CHECK(HfExperimentCreate(deck, &desk->recorder, extra_steps, &experiment));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = HfExperimentRun(experiment);
  CHECK(PetscPopErrorHandler());
  if (m_end) {
    Vec m = HfDeviceMagnetization(HfExperimentDevice(experiment));
    CHECK(VecDuplicate(m, m_end));
    CHECK(VecCopy(m, *m_end));
  }
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return code;
}

static void assert_same(const Desk *a, Vec m_a, const Desk *b, Vec m_b) {
  PetscBool same;
  char *one, *other;

  CHECK(HfNodeFormat(a->entries, &one));
  CHECK(HfNodeFormat(b->entries, &other));
  assert_string_equal(one, other); /* with all digits */
  CHECK(PetscFree(one));
  CHECK(PetscFree(other));
  assert_int_equal(a->n_probes, b->n_probes);
  assert_memory_equal(a->G, b->G, (size_t)a->n_probes * sizeof(a->G[0]));
  CHECK(VecEqual(m_a, m_b, &same));
  assert_true(same);
}

/* Gives the checkpoint of a killed run to another run. */
static void hand_over(Desk *from, Desk *to) {
  to->n_saved = from->n_saved;
  memcpy(to->saved, from->saved, sizeof(from->saved));
  from->n_saved = 0;
}

/* Killed some steps after a checkpoint at any place: what was measured in between is lost. */
static void test_killed_and_resumed(void **state) {
  enum { LATER = 3 };
  static Desk whole, killed, resumed;
  int n_whole, ranks, between = 0, inside = 0;
  Vec m_whole, m_resumed;

  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &ranks));
  desk_create(&whole, NEVER, NEVER);
  n_measured = 0;
  CHECK(run_with_step(SCHEDULE, &whole, &m_whole));
  n_whole = n_measured;
  assert_int_equal(n_whole, 5);
  for (int at = 0; at < whole.n_questions - LATER - 1; at += ranks == 1 ? 1 : 3) {
    desk_create(&killed, at, at + LATER);
    n_measured = 0;
    assert_int_equal(run_with_step(SCHEDULE, &killed, NULL), HF_ERR_STOPPED);
    between += killed.n_measured_then > 0;
    inside += killed.measuring_then;
    desk_create(&resumed, NEVER, NEVER);
    hand_over(&killed, &resumed);
    n_measured = 0;
    CHECK(run_with_step(SCHEDULE, &resumed, &m_resumed));
    assert_same(&whole, m_whole, &resumed, m_resumed);
    n_measured += killed.n_measured_then;
    assert_int_equal(n_measured, n_whole); /* what is on the tape is not measured again */
    desk_destroy(&killed);
    desk_destroy(&resumed);
    CHECK(VecDestroy(&m_resumed));
  }
  if (ranks == 1) assert_true(between > 5 && inside > 2);
  desk_destroy(&whole);
  CHECK(VecDestroy(&m_whole));
}

/* A checkpoint of a schedule that measures something else is refused, not used. */
static void test_checkpoint_of_another_schedule(void **state) {
  static Desk killed, resumed;

  desk_create(&killed, 8, 8);
  assert_int_equal(run_with_step(SCHEDULE, &killed, NULL), HF_ERR_STOPPED);
  desk_create(&resumed, NEVER, NEVER);
  hand_over(&killed, &resumed);
  assert_int_equal(run_with_step(DECK_WITH("four-nodes from-random patterns other-schedule", "start=3"), &resumed, NULL), HF_ERR_FILE);
  desk_destroy(&killed);
  desk_destroy(&resumed);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_killed_and_resumed), cmocka_unit_test(test_checkpoint_of_another_schedule)};
HF_TEST_MAIN(tests)
