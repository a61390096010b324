/* Pulses of a table in time, long after the film came to rest, when steps are as long as they may be: every integrator ends steps at the times of the
   table, and turns as a run with short steps does. */
#include <magnet_case.h>
#include <methods.h>

#define END      5e-9
#define MAX_STEP "1 ns" /* a hundred times as long as the shorter pulse */

static const PetscReal knots[] = {3.0000e-9, 3.0001e-9, 3.1000e-9, 3.1001e-9, 4.0000e-9, 4.0100e-9, 4.0200e-9};
enum { KNOTS = sizeof(knots) / sizeof(*knots) };

typedef struct {
  Case *c;
  PetscReal mz[KNOTS]; /* at the knots */
  PetscInt met, steps; /* bits of the knots at which a step ended */
} Watch;

static PetscErrorCode watch(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *w = context;
  PetscReal average[3];

  PetscFunctionBeginUser;
  ++w->steps;
  for (PetscInt k = 0; k < KNOTS; ++k) {
    if (t != knots[k]) continue;
    PetscCall(HfMagnetAverage(w->c->magnet, m, average));
    w->mz[k] = average[2];
    w->met |= 1 << k;
  }
  PetscFunctionReturn(0);
}

/* In two phases, the first of which ends at `cut`, or in one, 0. */
static Watch run(const char *deck, PetscReal cut) {
  Case c;
  Watch w = {.c = &c};

  case_create(&c, PETSC_COMM_WORLD, deck);
  if (cut > 0) CHECK(HfMagnetAdvance(c.magnet, c.m, 0, cut, watch, &w));
  CHECK(HfMagnetAdvance(c.magnet, c.m, cut, END, watch, &w));
  case_destroy(&c);
  return w;
}

static Watch exact(void) { return run(DECK_WITH("rest", "integrator=method: 5dp, tolerance: 1e-9, max_step: 5 ps"), 0); }

static void all_pulses_are_seen(void **unused) {
  const Watch right = exact();

  assert_int_equal(right.met, (1 << KNOTS) - 1);
  assert_true(fabs(right.mz[2]) > 0.1 && fabs(right.mz[6]) > 5e-3); /* the pulses turn the film */
  for (int k = 0; k < METHODS; ++k) {
    const Watch w = run(DECK_WITH("rest", "integrator=method: %s, max_step: " MAX_STEP, methods[k]), 0);

    print_message("%s: %d steps, mz at the knots", methods[k], (int)w.steps);
    for (PetscInt i = 0; i < KNOTS; ++i) print_message(" %.5f (%.5f)", w.mz[i], right.mz[i]);
    print_message("\n");
    assert_int_equal(w.met, (1 << KNOTS) - 1);
    for (PetscInt i = 0; i < KNOTS; ++i) ASSERT_NEAR(w.mz[i], right.mz[i], 1e-3);
    assert_true(w.steps < 2000);
  }
}

static void so_does_a_film_that_fluctuates(void **unused) {
  Watch right, w;

  AT_MOST_ON(1);
  right = exact();
  w = run(DECK_WITH("rest thermal", "integrator="), 0);
  assert_int_equal(w.met, (1 << KNOTS) - 1);
  for (PetscInt i = 0; i < KNOTS; ++i) ASSERT_NEAR(w.mz[i], right.mz[i], 1e-3);
}

/* A phase that ends where the pulse begins, or in it, changes nothing: the next one knows that the field bends there. */
static void phases_may_end_anywhere(void **unused) {
  const PetscReal cuts[] = {knots[0], 3.05e-9, knots[4]};
  const Watch right = exact();

  for (int k = 0; k < 3 * METHODS; ++k) {
    const Watch w = run(DECK_WITH("rest", "integrator=method: %s", methods[k / 3]), cuts[k % 3]);

    assert_int_equal(w.met, (1 << KNOTS) - 1);
    for (PetscInt i = 0; i < KNOTS; ++i) ASSERT_NEAR(w.mz[i], right.mz[i], 1e-3);
  }
}

/* A field that a monitor replaces: the next step is short again, and the film turns as in phases that are cut there. */
static PetscErrorCode switch_on(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *w = context;

  PetscFunctionBeginUser;
  if (w->steps < 0) /* the step that follows */
    w->steps = 1, assert_true(dt < 0.2e-12);
  if (w->steps || t < 0.5 * END) PetscFunctionReturn(0);
  w->steps = -1;
  w->mz[0] = t;
  PetscCall(HfMagnetSetUniformField(w->c->magnet, (const PetscReal[]){0, 4e6, 0}));
  PetscFunctionReturn(0);
}

static void steps_start_anew_in_a_phase(void **unused) {
  for (int k = 0; k < METHODS; ++k) {
    const char *deck = DECK_WITH("free", "method=%s", methods[k]);
    Case a, b;
    Watch w = {.c = &a};

    case_create(&a, PETSC_COMM_WORLD, deck);
    case_create(&b, PETSC_COMM_WORLD, deck);
    CHECK(HfMagnetAdvance(a.magnet, a.m, 0, END, switch_on, &w));
    assert_int_equal(w.steps, 1);
    CHECK(HfMagnetAdvance(b.magnet, b.m, 0, w.mz[0], NULL, NULL));
    CHECK(HfMagnetSetUniformField(b.magnet, (const PetscReal[]){0, 4e6, 0}));
    CHECK(HfMagnetAdvance(b.magnet, b.m, w.mz[0], END, NULL, NULL));
    CHECK(VecAXPY(b.m, -1, a.m));
    CHECK(VecNorm(b.m, NORM_INFINITY, &w.mz[1]));
    ASSERT_NEAR(w.mz[1], 0, 1e-4);
    case_destroy(&a);
    case_destroy(&b);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(all_pulses_are_seen), cmocka_unit_test(so_does_a_film_that_fluctuates),
                                          cmocka_unit_test(phases_may_end_anywhere), cmocka_unit_test(steps_start_anew_in_a_phase)};
HF_TEST_MAIN(tests)
