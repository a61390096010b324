/* The same conductance on any number of ranks (each rank solves the whole film alone and compares), with the same number of iterations; the lagged
   preconditioner; divergence is reported. transport/transport_impl.h: whether coarse levels are worn is known to the solver alone. */
#include "transport/transport_impl.h"
#include "transport_test.h"

typedef struct {
  PetscInt nx, ny;
  PetscBool disk, hall;
} Case;
static const Case cases[] = {{64, 64, PETSC_FALSE, PETSC_FALSE}, {97, 61, PETSC_TRUE, PETSC_FALSE},  {100, 97, PETSC_FALSE, PETSC_FALSE},
                             {7, 5, PETSC_FALSE, PETSC_FALSE},   {150, 9, PETSC_FALSE, PETSC_FALSE}, {9, 150, PETSC_TRUE, PETSC_FALSE},
                             {97, 61, PETSC_TRUE, PETSC_TRUE},   {64, 64, PETSC_FALSE, PETSC_TRUE}};

static PetscInt outline(PetscReal x, PetscReal y, void *context) {
  const Case *c = context;
  return c->disk && hypot(x / (PetscReal)c->nx, y / (PetscReal)c->ny) > 0.51 ? -1 : 0;
}
/* Three patches of a seventh of the film: left, top right, bottom right. */
static PetscInt patches(PetscReal x, PetscReal y, void *context) {
  const Case *c = context;
  const PetscReal X = x / (PetscReal)c->nx, Y = y / (PetscReal)c->ny;

  if (hypot(X + 0.4, Y) < 0.11) return 0;
  if (hypot(X - 0.3, Y - 0.3) < 0.11) return 1;
  return hypot(X - 0.3, Y + 0.3) < 0.11 ? 2 : -1;
}
static void tensor(PetscReal x, PetscReal y, void *context, PetscReal S[4]) {
  PetscReal m[3];

  maze(x * 1e-8, y * 1e-8, NULL, m);
  S[0] = 7 - 6 * m[0] * m[0];
  S[1] = S[2] = -6 * m[0] * m[1];
  if (((const Case *)context)->hall) { /* a Hall angle of up to 27 degrees */
    S[1] -= 0.5 * m[2];
    S[2] += 0.5 * m[2];
  }
  S[3] = 7 - 6 * m[1] * m[1];
}

static void solve_case(MPI_Comm comm, const Case *c, PetscReal G[9], PetscInt64 *iterations) {
  HfGrid grid;
  HfElectrodes electrodes;
  HfPotential potential;

  CHECK(HfGridCreate(comm, c->nx, c->ny, 1, 1, 1, outline, (void *)c, &grid));
  CHECK(HfElectrodesCreateFromFunction(grid, 3, patches, (void *)c, &electrodes));
  CHECK(HfPotentialCreateFromFunction(grid, electrodes, 1, tensor, (void *)c, &potential));
  CHECK(HfConductance(potential, G));
  HfPotentialStatistics(potential, NULL, iterations, NULL);
  CHECK(HfPotentialDestroy(&potential));
  CHECK(HfElectrodesDestroy(&electrodes));
  CHECK(HfGridDestroy(&grid));
}

static void test_same_on_any_ranks(void **state) {
  PetscMPIInt size;

  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    PetscReal together[9], alone[9];
    PetscInt64 iterations[2];

    solve_case(PETSC_COMM_WORLD, &cases[k], together, &iterations[0]);
    solve_case(PETSC_COMM_SELF, &cases[k], alone, &iterations[1]);
    assert_int_equal(iterations[0], iterations[1]);
    for (int i = 0; i < 9; ++i) ASSERT_NEAR(together[i], alone[i], 1e-12 * alone[0]);
  }
}

static void turning(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal angle = 5 * x * 1e6 + *(PetscReal *)context;
  m[0] = cos(angle);
  m[1] = sin(angle);
  m[2] = 0;
}

/* Whatever was solved before, G is that of the present texture: after small steps and after a jump that turns every m by 90 degrees. */
static void test_lagged_preconditioner(void **state) {
  const PetscReal angles[] = {0, 0.01, 0.02, 0.03, 0.5, 0.5 + PETSC_PI / 2, 0.51 + PETSC_PI / 2};
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK("four-disks"), &film));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(angles); ++k) {
    PetscReal angle = angles[k], G[16], fresh[16];
    Film other;

    CHECK(film_magnetize(&film, turning, &angle));
    CHECK(HfConductance(film.potential, G));
    CHECK(film_create(PETSC_COMM_WORLD, DECK("four-disks"), &other));
    CHECK(film_magnetize(&other, turning, &angle));
    CHECK(HfConductance(other.potential, fresh));
    CHECK(film_destroy(&other));
    for (int i = 0; i < 16; ++i) ASSERT_NEAR(G[i], fresh[i], 1e-12 * fresh[0]);
  }
  CHECK(film_destroy(&film));
}

/* Coarse levels that wear out again are found out also when the solve they were renewed for was too short to measure them by. */
static void test_worn_twice(void **state) {
  const PetscReal V[4] = {1, -1, 0, 0};
  PetscReal angles[2] = {0, PETSC_PI / 6};
  PetscInt last;
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK("four-disks"), &film));
  CHECK(film_magnetize(&film, turning, &angles[0]));
  CHECK(HfPotentialSolve(film.potential, V, film.phi, NULL));
  for (int k = 1; k < 4; ++k) {
    CHECK(film_magnetize(&film, turning, &angles[k % 2])); /* every m turned by 30 degrees, from zero: worn */
    CHECK(VecZeroEntries(film.phi));
    CHECK(HfPotentialSolve(film.potential, V, film.phi, NULL));
    assert_true(film.potential->worn);
    CHECK(film_magnetize(&film, turning, &angles[k % 2])); /* the same again: renewed, and hardly an iteration */
    CHECK(HfPotentialSolve(film.potential, V, film.phi, NULL));
    HfPotentialStatistics(film.potential, NULL, NULL, &last);
    assert_true(last < 3 && !film.potential->worn);
  }
  CHECK(film_destroy(&film));
}

static void test_divergence_is_reported(void **state) {
  const PetscReal V[4] = {1, -1, 0, 0};
  Film film;

  CHECK(PetscOptionsSetValue(NULL, "-film_ksp_max_it", "2"));
  CHECK(film_create(PETSC_COMM_WORLD, DECK("four-disks"), &film));
  CHECK(PetscOptionsClearValue(NULL, "-film_ksp_max_it"));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  assert_int_equal(HfPotentialSolve(film.potential, V, film.phi, NULL), HF_ERR_DIVERGED);
  CHECK(PetscPopErrorHandler());
  CHECK(film_destroy(&film));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_same_on_any_ranks),
    cmocka_unit_test(test_lagged_preconditioner),
    cmocka_unit_test(test_worn_twice),
    cmocka_unit_test(test_divergence_is_reported),
};
HF_TEST_MAIN(tests)
