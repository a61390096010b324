/* The surrogate of a trained film against the film itself: its conductances from its own texture, to first order in the AMR ratio; its texture; changes
   one by one and undone; the same on any number of ranks. device/surrogate_impl.h: the texture and the first-order conductances are compared cell by cell
   and link by link, and no public function returns them. */
#include "device/surrogate_impl.h"
#include "test_decks.h"

enum { NODES = 12 };
static const PetscReal VOLTAGE = 0.78048780e-3; /* 1600 A/m between neighbours */

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfDevice device;
  HfSurrogate surrogate;
} Film;

static void film_create(Film *film, MPI_Comm comm, const char *cell, const char *amr) {
  CHECK(HfKeysCreate(&film->keys));
  CHECK(HfDeviceRegisterKeys(film->keys));
  CHECK(HfDeckCreateFromText(comm, film->keys, DECK_WITH("film", "cell=%s nm; amr=%s", cell, amr), &film->deck));
  CHECK(HfDeckVerdict(film->deck));
  CHECK(HfDeviceCreate(film->deck, &film->device));
  CHECK(HfSurrogateCreate(film->device, VOLTAGE, &film->surrogate));
}

static void film_destroy(Film *film) {
  CHECK(HfSurrogateDestroy(&film->surrogate));
  CHECK(HfDeviceDestroy(&film->device));
  CHECK(HfDeckDestroy(&film->deck));
  CHECK(HfKeysDestroy(&film->keys));
}

/* Mean voltages as of a few patterns, of different magnitudes. */
static void some_voltages(PetscReal V[NODES]) {
  for (int k = 0; k < NODES; ++k) V[k] = ((7 * k) % 5 - 2) / 2.0;
}

/* Gives the film the texture of the surrogate. */
static void wear(Film *film) {
  const struct HfSurrogate_ *s = film->surrogate;
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(film->device));
  PetscScalar *m;

  CHECK(VecGetArray(HfDeviceMagnetization(film->device), &m));
  for (PetscInt j = 0; j < g->ym; ++j) {
    for (PetscInt i = 0; i < g->nx; ++i) {
      const PetscInt at = (g->ys + j) / s->square * s->nx + i / s->square;
      PetscScalar *cell = m + 3 * (j * g->nx + i);
      for (int c = 0; c < 2; ++c) cell[c] = s->m[HF_SURROGATE_LAYERS - 1][c][at];
      cell[2] = 0;
    }
  }
  CHECK(VecRestoreArray(HfDeviceMagnetization(film->device), &m));
}

/* Rms over the links of the conductance that the film has learnt, and of the difference of the surrogate from it. */
static void compare(Film *film, PetscReal *learnt, PetscReal *apart) {
  const PetscInt *links;
  const PetscReal *G0, *G;
  PetscReal film_G[NODES * NODES];
  const PetscInt n = HfSurrogateLinks(film->surrogate, &links, &G0, &G);

  CHECK(HfDeviceNodeConductance(film->device, film_G));
  *learnt = *apart = 0;
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal here = film_G[links[2 * k] * NODES + links[2 * k + 1]];
    *learnt += PetscSqr(here - G0[k]);
    *apart += PetscSqr(here - G[k]);
  }
  *learnt = PetscSqrtReal(*learnt / (PetscReal)n);
  *apart = PetscSqrtReal(*apart / (PetscReal)n);
}

/* The neglected terms are of second order: a tenth of the AMR ratio, a hundredth of the difference, with one or four cells of the film per square. */
static void test_first_order(void **state) {
  static const char *const cells[2] = {"333.3333333333333", "166.6666666666667"};
  PetscReal V[NODES], learnt[2], apart[2];

  some_voltages(V);
  for (int c = 0; c < 2; ++c) {
    for (int a = 0; a < 2; ++a) {
      Film film;
      film_create(&film, PETSC_COMM_WORLD, cells[c], a ? "0.04" : "0.4");
      assert_int_equal(film.surrogate->square, c + 1);
      HfSurrogateSet(film.surrogate, V);
      wear(&film);
      compare(&film, &learnt[a], &apart[a]);
      film_destroy(&film);
    }
    CHECK(PetscPrintf(PETSC_COMM_WORLD, "cell %s nm: difference of what was learnt, relative: %.4f, with a tenth of the AMR ratio %.4f\n", cells[c],
                      (double)(apart[0] / learnt[0]), (double)(apart[1] / learnt[1])));
    assert_true(apart[1] < 0.025 * learnt[1]);
    assert_true(apart[0] > 50 * apart[1]); /* not 100: weak contributions to a link are neglected */
  }
}

/* The texture: a uniform film that relaxes in the field of the mean voltages learns the same. */
static void test_texture(void **state) {
  PetscReal V[NODES], U[NODES], learnt, apart;
  PetscScalar *m;
  PetscBool converged;
  PetscInt n;
  Film film;

  film_create(&film, PETSC_COMM_WORLD, "333.3333333333333", "0.04");
  some_voltages(V);
  HfSurrogateSet(film.surrogate, V);
  for (int k = 0; k < NODES; ++k) U[k] = VOLTAGE * V[k];
  CHECK(HfDeviceDrive(film.device, U));
  CHECK(VecGetArray(HfDeviceMagnetization(film.device), &m));
  CHECK(VecGetLocalSize(HfDeviceMagnetization(film.device), &n));
  for (PetscInt k = 0; k < n; ++k)
    if (m[k - k % 3] != 0 || m[k - k % 3 + 1] != 0 || m[k - k % 3 + 2] != 0) m[k] = k % 3 == 2 ? 0 : k % 3 ? 0.6 : 0.8;
  CHECK(VecRestoreArray(HfDeviceMagnetization(film.device), &m));
  CHECK(HfMagnetRelax(HfDeviceMagnet(film.device), 0, HfDeviceMagnetization(film.device), 1e-6, 1e-6, NULL, NULL, &converged));
  assert_true(converged);
  compare(&film, &learnt, &apart);
  assert_true(apart < 0.06 * learnt); /* two steps of exchange instead of equilibrium */
  film_destroy(&film);
}

/* Voltages set at once or node by node give the same; changes are undone to the last bit. */
static void test_changes(void **state) {
  PetscReal V[NODES], other[NODES], *before, *wanted;
  const PetscReal *G;
  Film film;
  PetscInt n;

  film_create(&film, PETSC_COMM_WORLD, "333.3333333333333", "0.04");
  n = HfSurrogateLinks(film.surrogate, NULL, NULL, &G);
  CHECK(PetscMalloc2(n, &before, n, &wanted));
  some_voltages(V);
  for (int k = 0; k < NODES; ++k) other[k] = k % 3 ? V[k] : 0.5 - V[k];
  HfSurrogateSet(film.surrogate, other);
  CHECK(PetscArraycpy(wanted, G, n));
  HfSurrogateSet(film.surrogate, V);
  CHECK(PetscArraycpy(before, G, n));
  for (int pass = 0; pass < 2; ++pass) {
    for (int k = 0; k < NODES; k += 3) CHECK(HfSurrogateChange(film.surrogate, k, other[k]));
    for (PetscInt k = 0; k < n; ++k) ASSERT_NEAR(G[k], wanted[k], 1e-12 * PetscAbsReal(wanted[0])); /* cells are subtracted and added again */
    if (!pass) {
      HfSurrogateUndo(film.surrogate);
      assert_memory_equal(G, before, sizeof(PetscReal) * (size_t)n);
    }
  }
  HfSurrogateKeep(film.surrogate);
  CHECK(PetscArraycpy(before, G, n));
  CHECK(HfSurrogateChange(film.surrogate, 1, 1.0));
  CHECK(HfSurrogateChange(film.surrogate, 1, -1.0)); /* twice the same node */
  HfSurrogateUndo(film.surrogate);
  assert_memory_equal(G, before, sizeof(PetscReal) * (size_t)n);
  CHECK(PetscFree2(before, wanted));
  film_destroy(&film);
}

static void test_ranks(void **state) {
  PetscReal V[NODES];
  const PetscInt *links[2];
  const PetscReal *G[2], *G0[2];
  Film films[2];
  PetscInt n[2];

  some_voltages(V);
  for (int f = 0; f < 2; ++f) {
    film_create(&films[f], f ? PETSC_COMM_SELF : PETSC_COMM_WORLD, "166.6666666666667", "0.04");
    HfSurrogateSet(films[f].surrogate, V);
    n[f] = HfSurrogateLinks(films[f].surrogate, &links[f], &G0[f], &G[f]);
  }
  assert_int_equal(n[0], n[1]);
  assert_memory_equal(links[0], links[1], 2 * sizeof(PetscInt) * (size_t)n[0]);
  for (PetscInt k = 0; k < n[0]; ++k) {
    ASSERT_NEAR(G0[0][k], G0[1][k], 1e-9 * PetscAbsReal(G0[1][0]));
    ASSERT_NEAR(G[0][k], G[1][k], 1e-9 * PetscAbsReal(G0[1][0]));
  }
  for (int f = 0; f < 2; ++f) film_destroy(&films[f]);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_order), cmocka_unit_test(test_texture), cmocka_unit_test(test_changes),
                                          cmocka_unit_test(test_ranks)};
HF_TEST_MAIN(tests)
