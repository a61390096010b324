/* A wired device does to its pixels what the plain device does to the nodes that show them: drive, currents, conductance; on any number of ranks. */
#include "device_case.h"
#include <string.h>

enum { NODES = 12, PIXELS = 5 };
static const int number[NODES] = {1, -2, 3, 4, -5, 3, 2, -1, 4, 4, -3, 5};
static const PetscReal x[PIXELS] = {0.4, -1.0, 0.7, 1.3, -0.2};

#define WIRED DECK("film wired")

/* B as a matrix */
static PetscReal entry(int node, int pixel) { return abs(number[node]) == pixel + 1 ? (number[node] < 0 ? -1 : 1) : 0; }

static PetscReal apart(Vec a, Vec b) {
  PetscReal norm, scale;
  Vec difference;

  CHECK(VecDuplicate(a, &difference));
  CHECK(VecWAXPY(difference, -1, a, b));
  CHECK(VecNorm(difference, NORM_INFINITY, &norm));
  CHECK(VecNorm(b, NORM_INFINITY, &scale));
  CHECK(VecDestroy(&difference));
  assert_true(scale > 0);
  return norm / scale;
}

static void pixels_are_what_their_nodes_are(void **state) {
  PetscReal G[NODES * NODES], nodes[NODES * NODES], pixels[PIXELS * PIXELS], alone[PIXELS * PIXELS], V[NODES] = {0};
  Film plain, wired, single;
  Vec sum, j[2];

  film_create(&plain, PETSC_COMM_WORLD, DECK("film"));
  film_create(&wired, PETSC_COMM_WORLD, WIRED);
  assert_int_equal(HfDeviceTerminals(plain.device), NODES);
  assert_int_equal(HfDeviceTerminals(wired.device), PIXELS);
  assert_string_equal(HfDeviceTerminalName(wired.device, 4), "5");
  CHECK(HfDeviceConductance(plain.device, G));
  CHECK(HfDeviceConductance(wired.device, pixels));
  CHECK(HfDeviceNodeConductance(wired.device, nodes));
  for (int e = 0; e < NODES * NODES; ++e) ASSERT_NEAR(nodes[e], G[e], 1e-14 * G[0]); /* two solves of the same film */
  for (int a = 0; a < PIXELS; ++a) {
    for (int b = 0; b < PIXELS; ++b) {
      PetscReal product = 0;
      for (int k = 0; k < NODES; ++k)
        for (int l = 0; l < NODES; ++l) product += entry(k, a) * G[k * NODES + l] * entry(l, b);
      ASSERT_NEAR(pixels[a * PIXELS + b], product, 1e-12 * G[0]);
    }
  }

  /* the field is the sum of what the nodes do one by one */
  CHECK(VecDuplicate(HfDeviceDriveField(plain.device), &sum));
  CHECK(VecZeroEntries(sum));
  for (int k = 0; k < NODES; ++k) {
    PetscReal one[NODES] = {0};
    for (int a = 0; a < PIXELS; ++a) V[k] += entry(k, a) * x[a];
    one[k] = 1e-3 * V[k];
    CHECK(HfDeviceDrive(plain.device, one));
    CHECK(VecAXPY(sum, 1, HfDeviceDriveField(plain.device)));
  }
  for (int a = 0; a < PIXELS; ++a) alone[a] = 1e-3 * x[a];
  CHECK(HfDeviceDrive(wired.device, alone));
  assert_true(apart(HfDeviceDriveField(wired.device), sum) < 1e-12);
  CHECK(VecDestroy(&sum));

  for (int k = 0; k < 2; ++k) CHECK(HfGridCreateCellVec(HfDeviceGrid(k ? plain.device : wired.device), 2, &j[k]));
  CHECK(HfDeviceFilmCurrent(wired.device, x, j[0]));
  CHECK(HfDeviceFilmCurrent(plain.device, V, j[1]));
  assert_true(apart(j[0], j[1]) < 1e-12);
  for (int k = 0; k < 2; ++k) CHECK(VecDestroy(&j[k]));

  film_create(&single, PETSC_COMM_SELF, WIRED);
  CHECK(HfDeviceConductance(single.device, alone));
  for (int e = 0; e < PIXELS * PIXELS; ++e) ASSERT_NEAR(alone[e], pixels[e], 1e-9 * pixels[0]);
  film_destroy(&single);
  film_destroy(&wired);
  film_destroy(&plain);
}

static void identity_changes_no_bit(void **state) {
  PetscReal G[2][NODES * NODES], V[NODES];
  const PetscScalar *H[2];
  PetscInt n;
  Film films[2];

  film_create(&films[0], PETSC_COMM_WORLD, DECK("film"));
  film_create(&films[1], PETSC_COMM_WORLD, DECK("film one-to-one"));
  for (int k = 0; k < NODES; ++k) V[k] = k % 3 ? -1e-3 : 1e-3;
  for (int f = 0; f < 2; ++f) {
    CHECK(HfDeviceDrive(films[f].device, V));
    CHECK(HfDeviceConductance(films[f].device, G[f]));
    CHECK(VecGetArrayRead(HfDeviceDriveField(films[f].device), &H[f]));
  }
  CHECK(VecGetLocalSize(HfDeviceDriveField(films[0].device), &n));
  assert_memory_equal(G[0], G[1], sizeof(G[0]));
  assert_memory_equal(H[0], H[1], sizeof(PetscScalar) * (size_t)n);
  for (int f = 0; f < 2; ++f) CHECK(VecRestoreArrayRead(HfDeviceDriveField(films[f].device), &H[f]));

  /* and may be changed for another of the same pixels: all voltages inverted leave G alone, two pixels exchanged exchange rows and columns */
  CHECK(HfDeviceSetWiring(films[1].device, (const PetscInt[]){-2, -1, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12}));
  CHECK(HfDeviceConductance(films[1].device, G[1]));
  ASSERT_NEAR(G[1][0], G[0][NODES + 1], 1e-12 * G[0][0]);
  ASSERT_NEAR(G[1][NODES + 2], G[0][2], 1e-12 * G[0][0]);
  for (int f = 0; f < 2; ++f) film_destroy(&films[f]);
}

/* Counted by hand on the lattice of the deck:   1 -2  3  4
                                                -5  3  2 -1
                                                 4  4 -3  5 */
static void links_are_counted(void **state) {
  static const PetscReal wanted[PIXELS][PIXELS] = {{0, 2, 0, 1, 2}, {2, 0, 5, 0, 0}, {0, 5, 0, 3, 2}, {1, 0, 3, 0, 1}, {2, 0, 2, 1, 0}};
  PetscReal links[NODES * NODES];
  Film film;

  film_create(&film, PETSC_COMM_WORLD, WIRED);
  CHECK(HfDeviceLinks(film.device, links));
  for (int e = 0; e < PIXELS * PIXELS; ++e) ASSERT_NEAR(links[e], wanted[e / PIXELS][e % PIXELS], 0);
  film_destroy(&film);
  film_create(&film, PETSC_COMM_WORLD, DECK("film"));
  CHECK(HfDeviceLinks(film.device, links));
  for (int k = 0; k < NODES; ++k)
    for (int l = 0; l < NODES; ++l) ASSERT_NEAR(links[k * NODES + l], abs(k % 4 - l % 4) + abs(k / 4 - l / 4) == 1 ? 1 : 0, 0);
  film_destroy(&film);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(pixels_are_what_their_nodes_are), cmocka_unit_test(identity_changes_no_bit),
                                          cmocka_unit_test(links_are_counted)};
HF_TEST_MAIN(tests)
