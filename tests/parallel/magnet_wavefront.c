/* Steps in one pass over the film are those made stage by stage: the same steps, rejections and states to the last bit, also inside of steps, with a hole,
   two materials, grains, DMI, a stored field and a current; and any number of ranks makes the same.
   magnet/magnet_impl.h: a built-in term is given a hook that says that its field varies in time, which takes steps stage by stage. */
#include <magnet/magnet_impl.h>
#include <magnet_case.h>

#define END 8e-12 /* s */

static HfTermType varying; /* exchange */

static PetscBool always(const HfTerm *term) { return PETSC_TRUE; }

static void make_stage_by_stage(Case *c) {
  for (PetscInt k = 0; k < c->magnet->n_terms; ++k) {
    HfTerm *term = &c->magnet->terms[k];
    if (strcmp(term->type->name, "exchange")) continue;
    varying = *term->type;
    varying.varies = always;
    term->type = &varying;
  }
  assert_true(HfTermsVary(c->magnet));
}

static void slanted(PetscReal x, PetscReal y, void *context, PetscReal H[3]) {
  H[0] = 1e12 * x;
  H[1] = 2e12 * y;
  H[2] = 1e4;
}

/* A film in a field and a current that differ from cell to cell. */
typedef struct {
  Case c;
  Vec field;
} Film;

static void create(Film *film, MPI_Comm comm, PetscBool periodic, const char *method) {
  case_create(&film->c, comm, DECK_WITH(periodic ? "periodic integrator" : "film integrator", "method=%s", method));
  CHECK(VecDuplicate(film->c.m, &film->field));
  case_fill(&film->c, film->field, slanted, NULL);
  CHECK(HfMagnetSetStoredField(film->c.magnet, film->field));
  CHECK(HfMagnetSetUniformCurrent(film->c.magnet, (const PetscReal[2]){1e12, 5e11}));
}

static void destroy(Film *film) {
  case_destroy(&film->c);
  CHECK(VecDestroy(&film->field));
}

static void assert_same_statistics(HfMagnet a, HfMagnet b) {
  PetscInt64 steps[2], rejected[2], evaluations[2];

  HfMagnetStatistics(a, &steps[0], &rejected[0], &evaluations[0]);
  HfMagnetStatistics(b, &steps[1], &rejected[1], &evaluations[1]);
  assert_int_equal(steps[0], steps[1]);
  assert_int_equal(rejected[0], rejected[1]);
  assert_int_equal(evaluations[0], evaluations[1]);
  assert_true(steps[0] >= 10 && rejected[0] >= 1);
}

static void steps_are_those_made_stage_by_stage(void **unused) {
  static const char *const methods[] = {"5dp", "3bs"};
  int ranks;

  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &ranks));
  for (int k = 0; k < (ranks > 2 ? 2 : 4); ++k) { /* many short steps are slow with more ranks than cores */
    PetscReal apart;
    Film pass, stages;

    create(&pass, PETSC_COMM_WORLD, (PetscBool)(k / 2), methods[k % 2]);
    create(&stages, PETSC_COMM_WORLD, (PetscBool)(k / 2), methods[k % 2]);
    make_stage_by_stage(&stages.c);
    CHECK(HfMagnetAdvance(pass.c.magnet, pass.c.m, 0, END, NULL, NULL));
    CHECK(HfMagnetAdvance(stages.c.magnet, stages.c.m, 0, END, NULL, NULL));
    assert_non_null(pass.c.magnet->wavefront);
    assert_null(stages.c.magnet->wavefront);
    assert_same_statistics(pass.c.magnet, stages.c.magnet);
    CHECK(VecAXPY(stages.c.m, -1, pass.c.m));
    CHECK(VecNorm(stages.c.m, NORM_INFINITY, &apart));
    print_message("%s: %g apart\n", methods[k % 2], (double)apart);
    ASSERT_NEAR(apart, 0, 1e-14); /* 0 unless the compiler contracts the two loops differently */
    destroy(&pass);
    destroy(&stages);
  }
}

/* The sum of the states in the middle of all steps. */
typedef struct {
  Film film;
  Vec sum, middle;
} Inside;

static PetscErrorCode look_inside(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Inside *inside = context;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetInterpolate(inside->film.c.magnet, t - 0.5 * dt, inside->middle));
  PetscCall(VecAXPY(inside->sum, 1, inside->middle));
  PetscFunctionReturn(0);
}

static void states_inside_of_steps_are_the_same(void **unused) {
  PetscReal apart;
  Inside inside[2];

  for (int k = 0; k < 2; ++k) {
    create(&inside[k].film, PETSC_COMM_WORLD, PETSC_FALSE, "5dp");
    if (k) make_stage_by_stage(&inside[k].film.c);
    CHECK(VecDuplicate(inside[k].film.c.m, &inside[k].sum));
    CHECK(VecDuplicate(inside[k].film.c.m, &inside[k].middle));
    CHECK(VecSet(inside[k].sum, 0));
    HfMagnetWillInterpolate(inside[k].film.c.magnet, PETSC_TRUE);
    CHECK(HfMagnetAdvance(inside[k].film.c.magnet, inside[k].film.c.m, 0, END, look_inside, &inside[k]));
  }
  assert_non_null(inside[0].film.c.magnet->wavefront);
  assert_null(inside[1].film.c.magnet->wavefront);
  CHECK(VecAXPY(inside[1].sum, -1, inside[0].sum));
  CHECK(VecNorm(inside[1].sum, NORM_INFINITY, &apart));
  ASSERT_NEAR(apart, 0, 1e-12); /* the length of a step is then a difference of times */
  for (int k = 0; k < 2; ++k) {
    CHECK(VecDestroy(&inside[k].sum));
    CHECK(VecDestroy(&inside[k].middle));
    destroy(&inside[k].film);
  }
}

static void compare_ranks(PetscBool periodic) {
  const PetscScalar *x, *y;
  Film together, alone;

  create(&together, PETSC_COMM_WORLD, periodic, "5dp");
  create(&alone, PETSC_COMM_SELF, periodic, "5dp");
  CHECK(HfMagnetAdvance(together.c.magnet, together.c.m, 0, END, NULL, NULL));
  CHECK(HfMagnetAdvance(alone.c.magnet, alone.c.m, 0, END, NULL, NULL));
  assert_non_null(together.c.magnet->wavefront);
  assert_same_statistics(together.c.magnet, alone.c.magnet);
  CHECK(VecGetArrayRead(together.c.m, &x));
  CHECK(VecGetArrayRead(alone.c.m, &y));
  assert_memory_equal(x, y + 3 * together.c.g->nx * together.c.g->ys, sizeof(*x) * (size_t)(3 * together.c.g->nx * together.c.g->ym));
  CHECK(VecRestoreArrayRead(together.c.m, &x));
  CHECK(VecRestoreArrayRead(alone.c.m, &y));
  destroy(&together);
  destroy(&alone);
}

static void ranks_make_the_same_steps(void **unused) {
  compare_ranks(PETSC_FALSE);
  compare_ranks(PETSC_TRUE);
}

static PetscErrorCode keep_the_current(PetscReal t, Vec m, void *context) {
  ++*(PetscInt *)context;
  return 0;
}

/* A current that follows the texture is updated between the stages: such steps are made stage by stage. */
static void current_is_updated_between_stages(void **unused) {
  PetscInt64 steps;
  PetscInt updates = 0;
  Film film;

  create(&film, PETSC_COMM_WORLD, PETSC_FALSE, "5dp");
  CHECK(HfMagnetSetCurrentUpdate(film.c.magnet, keep_the_current, &updates, HF_CURRENT_PER_STEP, 0));
  CHECK(HfMagnetAdvance(film.c.magnet, film.c.m, 0, END, NULL, NULL));
  HfMagnetStatistics(film.c.magnet, &steps, NULL, NULL);
  assert_true(updates > steps);
  assert_null(film.c.magnet->wavefront);
  destroy(&film);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(steps_are_those_made_stage_by_stage),
    cmocka_unit_test(states_inside_of_steps_are_the_same),
    cmocka_unit_test(ranks_make_the_same_steps),
    cmocka_unit_test(current_is_updated_between_stages),
};
HF_TEST_MAIN(tests)
