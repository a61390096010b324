/* Electrodes from a deck: which vertices, which order, and every error with its place. transport/transport_impl.h: islands are found on grids too
   large for a deck of this test. */
#include "transport/transport_impl.h"
#include "transport_test.h"

static PetscInt errors_of(const char *text) {
  Film film;
  PetscInt n;

  CHECK(film_read(PETSC_COMM_WORLD, text, &film));
  n = HfDeckErrorCount(film.deck);
  if (n) {
    CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
    assert_int_equal(HfDeckVerdict(film.deck), HF_ERR_DECK);
    CHECK(PetscPopErrorHandler());
  }
  CHECK(film_destroy(&film));
  return n;
}

static void test_errors(void **state) {
  assert_int_equal(errors_of(DECK("film left-and-right")), 0);
  assert_int_equal(errors_of(DECK("film left-and-right off-the-film")), 1);
  assert_int_equal(errors_of(DECK("film left-and-right between-vertices")), 1);
  assert_int_equal(errors_of(DECK("film left-and-right overlapping")), 1);
  assert_int_equal(errors_of(DECK("film left-and-right of-the-same-name")), 1);
  assert_int_equal(errors_of(DECK("film one-alone")), 1);
  assert_int_equal(errors_of(DECK("film one-alone and-one-floating")), 1);
}

static void test_islands(void **state) {
  assert_int_equal(errors_of(DECK("halves-apart both-on-the-left")), 1);
  assert_int_equal(errors_of(DECK("halves-apart left-and-right")), 0);
  assert_int_equal(errors_of(DECK("halves-that-share-a-corner both-at-the-top")), 0);
  assert_int_equal(errors_of(DECK("halves-apart both-on-the-left floating-bridge")), 0);
  assert_int_equal(errors_of(DECK("halves-apart both-on-the-left floating-on-the-right")), 1);
}

/* Row by row from the top, left to right, centred on `at`; a vertex on the rim of the shape belongs to it. */
static void test_lattice(void **state) {
  const PetscReal x[6] = {-20e-9, 10e-9, 40e-9, -20e-9, 10e-9, 40e-9}, y[6] = {20e-9, 20e-9, 20e-9, -20e-9, -20e-9, -20e-9};
  const char *names[6] = {"n1", "n2", "n3", "n4", "n5", "n6"};
  Film film;
  PetscInt counts[6] = {0, 0, 0, 0, 0, 0};

  CHECK(film_read(PETSC_COMM_WORLD, DECK("film lattice"), &film));
  CHECK(HfDeckVerdict(film.deck));
  const HfGridInfo *g = HfGridGetInfo(film.grid);
  const int16_t *vertices = HfElectrodesVertices(film.electrodes);
  assert_int_equal(HfElectrodesCount(film.electrodes), 6);
  for (PetscInt k = 0; k < 6; ++k) {
    PetscReal xy[2];
    HfElectrodesPosition(film.electrodes, k, xy);
    ASSERT_NEAR(xy[0], x[k], 1e-18);
    ASSERT_NEAR(xy[1], y[k], 1e-18);
    ASSERT_NEAR(HfElectrodesResistance(film.electrodes, k), 2000, 1e-9);
    assert_false(HfElectrodesFloating(film.electrodes, k));
    assert_string_equal(HfElectrodesName(film.electrodes, k), names[k]);
  }
  for (PetscInt k = 0; k < (g->nx + 1) * (g->ym + (g->rank == g->size - 1)); ++k) {
    const PetscReal vx = g->x0 + (PetscReal)(k % (g->nx + 1)) * g->dx, vy = g->y0 + (PetscReal)(g->ys + k / (g->nx + 1)) * g->dy;

    if (vertices[k] < 0) continue;
    ++counts[vertices[k]];
    assert_true(fabs(vx - x[vertices[k]]) < 10.01e-9 && fabs(vy - y[vertices[k]]) < 10.01e-9);
  }
  MPI_Allreduce(MPI_IN_PLACE, counts, 6, MPIU_INT, MPI_SUM, PETSC_COMM_WORLD);
  for (int k = 0; k < 6; ++k) assert_int_equal(counts[k], 9);
  CHECK(film_destroy(&film));
}

/* Corridors up and down, joined by a gap at the top or bottom of every wall: the flood crosses all ranks many times. Then the last wall is closed. */
static PetscInt corridors(PetscReal x, PetscReal y, void *context) {
  const PetscInt column = (PetscInt)floor(x + 23.5), wall = column / 4;
  const PetscBool closed = (PetscBool)(*(PetscBool *)context && wall == 10);

  if (column % 4 < 3) return 0;
  return !closed && (wall % 2 ? y > 19 : y < -19) ? 0 : -1;
}
static PetscInt left_end(PetscReal x, PetscReal y, void *context) { return x < -23.4 ? 0 : -1; }

static void test_flood_across_ranks(void **state) {
  for (int k = 0; k < 2; ++k) {
    PetscBool closed = (PetscBool)k, found;
    PetscReal xy[2];
    HfGrid grid;
    HfElectrodes electrodes;

    CHECK(HfGridCreate(PETSC_COMM_WORLD, 47, 41, 1, 1, 1, corridors, &closed, &grid));
    CHECK(HfElectrodesCreateFromFunction(grid, 1, left_end, NULL, &electrodes));
    CHECK(HfIslandFind(electrodes, &found, xy));
    assert_int_equal(found, closed);
    if (found) assert_true(xy[0] > 20); /* beyond the closed wall */
    CHECK(HfElectrodesDestroy(&electrodes));
    CHECK(HfGridDestroy(&grid));
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_errors),
    cmocka_unit_test(test_islands),
    cmocka_unit_test(test_lattice),
    cmocka_unit_test(test_flood_across_ranks),
};
HF_TEST_MAIN(tests)
