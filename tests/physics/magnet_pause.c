/* A run interrupted at any step, including the last of a phase, is continued by another HfMagnet to bitwise the same states: with all integrators, with
   fluctuations and in a relaxation. */
#include <magnet_case.h>
#include <methods.h>
#include <string.h>

#define PHASE 1.5e-12 /* s */

typedef struct {
  Case *c;
  HfPhaseKind kind;
  PetscInt steps, cut; /* steps so far; the one to stop after, 0: none */
  PetscInt first;      /* steps of the first phase */
} Watch;

static PetscErrorCode count(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *watch = context;
  *stop = (PetscBool)(++watch->steps == watch->cut);
  return 0;
}

/* Two phases; returns in which of them it was stopped, or 2. */
static int run(Watch *watch, int first) {
  Case *c = watch->c;
  PetscBool converged;

  for (int phase = first; phase < 2; ++phase) {
    if (watch->kind == HF_INSIDE_RELAX)
      CHECK(HfMagnetRelax(c->magnet, 0, c->m, phase ? 0.05 : 0.2, 1e-9, count, watch, &converged));
    else
      CHECK(HfMagnetAdvance(c->magnet, c->m, phase * PHASE, (phase + 1) * PHASE, count, watch));
    if (watch->steps == watch->cut) return phase;
    if (!phase) watch->first = watch->steps;
  }
  return 2;
}

static void copy_state(HfCheckpointList from, HfCheckpointList to) {
  assert_int_equal(HfCheckpointListCount(from), HfCheckpointListCount(to));
  for (PetscInt k = 0; k < HfCheckpointListCount(from); ++k) {
    const HfCheckpointItem *a = HfCheckpointListGet(from, k), *b = HfCheckpointListGet(to, k);
    const size_t size[] = {sizeof(PetscReal), sizeof(PetscInt), sizeof(PetscInt64), sizeof(PetscBool), 0};

    assert_string_equal(a->name, b->name);
    if (a->vec)
      CHECK(VecCopy(a->vec, b->vec));
    else
      memcpy(b->values, a->values, (size_t)a->n * size[a->kind]);
  }
}

/* `every`: after each of the steps; otherwise after about six, and the last one of a phase. */
static void resumes_after_steps(const char *deck, HfPhaseKind kind, PetscBool every) {
  PetscInt n_steps, apart;
  Case whole;
  Watch watch = {.c = &whole, .kind = kind};

  case_create(&whole, PETSC_COMM_WORLD, deck);
  assert_int_equal(run(&watch, 0), 2);
  n_steps = watch.steps;
  assert_true(watch.first > 1 && n_steps > watch.first + 1);
  apart = every ? 1 : PetscMax(1, n_steps / 6);
  for (PetscInt cut = 1; cut < n_steps; ++cut) {
    if (cut != watch.first && cut % apart) continue;
    Case before, after;
    Watch first = {.c = &before, .kind = kind, .cut = cut}, second = {.c = &after, .kind = kind, .steps = cut};
    HfCheckpointList saved, loaded;
    PetscBool same;
    int phase;

    case_create(&before, PETSC_COMM_WORLD, deck);
    case_create(&after, PETSC_COMM_WORLD, deck);
    phase = run(&first, 0);
    assert_true(HfMagnetCanPause(before.magnet, kind));
    CHECK(HfCheckpointListCreate(&saved));
    CHECK(HfCheckpointListCreate(&loaded));
    CHECK(HfMagnetListCheckpoint(before.magnet, before.m, kind, saved));
    CHECK(HfMagnetListCheckpoint(after.magnet, after.m, kind, loaded));
    copy_state(saved, loaded);
    CHECK(VecCopy(before.m, after.m));
    CHECK(HfMagnetCheckpointLoaded(after.magnet, after.m, kind));
    run(&second, phase);
    assert_int_equal(second.steps, n_steps);
    CHECK(VecEqual(whole.m, after.m, &same));
    assert_true(same);
    CHECK(HfCheckpointListDestroy(&saved));
    CHECK(HfCheckpointListDestroy(&loaded));
    case_destroy(&before);
    case_destroy(&after);
  }
  case_destroy(&whole);
}

static void resumes_after_any_step(const char *deck, HfPhaseKind kind) { resumes_after_steps(deck, kind, PETSC_FALSE); }

static void all_methods(void **state) {
  for (int k = 0; k < METHODS; ++k) resumes_after_any_step(DECK_WITH("disk integrator", "method=%s", methods[k]), HF_INSIDE_ADVANCE);
}

/* Explicit steps of 3bs, and implicit ones. */
static void the_choice_of_steps(void **state) { resumes_after_any_step(DECK("fine"), HF_INSIDE_ADVANCE); }

static void friction(void **state) {
  for (int k = 0; k < METHODS; ++k) resumes_after_any_step(DECK_WITH("sticky integrator", "method=%s", methods[k]), HF_INSIDE_ADVANCE);
  resumes_after_any_step(DECK("sticky"), HF_INSIDE_RELAX);
}

static void fluctuations(void **state) { resumes_after_any_step(DECK("disk thermal"), HF_INSIDE_ADVANCE); }

static void relaxation(void **state) { resumes_after_any_step(DECK("disk"), HF_INSIDE_RELAX); }
static void implicit_relaxation(void **state) { resumes_after_any_step(DECK("fine"), HF_INSIDE_RELAX); }

/* Steps end at the times of the table: the last one of such a piece is as good a place as any other. */
static void table_in_time(void **state) {
  AT_MOST_ON(1);
  for (int k = 0; k < METHODS; ++k) resumes_after_steps(DECK_WITH("pulsed integrator", "method=%s", methods[k]), HF_INSIDE_ADVANCE, PETSC_TRUE);
  resumes_after_steps(DECK("pulsed thermal"), HF_INSIDE_ADVANCE, PETSC_TRUE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_methods),         cmocka_unit_test(the_choice_of_steps), cmocka_unit_test(fluctuations),
    cmocka_unit_test(table_in_time),       cmocka_unit_test(relaxation),          cmocka_unit_test(friction),
    cmocka_unit_test(implicit_relaxation),
};
HF_TEST_MAIN(tests)
