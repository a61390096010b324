/* Giant magnetoresistance against closed forms: G = sigma0 t (1 + (g/2) cos theta) of a square between full edges, theta: angle of m to the fixed direction;
   halves along and against it in series and side by side. In any texture G is symmetric, its change odd in m and linear in it to first order. */
#include "transport_test.h"

static PetscReal conductance(Film *film, void (*f)(PetscReal, PetscReal, void *, PetscReal *), void *context) {
  PetscReal G[4];

  CHECK(film_magnetize(film, f, context));
  CHECK(HfConductance(film->potential, G));
  ASSERT_NEAR(G[1], -G[0], 1e-9 * G[0]);
  ASSERT_NEAR(G[2], -G[0], 1e-9 * G[0]);
  return G[0];
}

static void test_uniform_film(void **state) {
  const PetscReal p[3] = {2.0 / 7, -3.0 / 7, 6.0 / 7};
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "amr=0; g=0.3; p=2, -3, 6"), &film));
  for (int k = 0; k < 12; ++k) {
    PetscReal m[3] = {PetscSinReal(k) * PetscCosReal(2.3 * k), PetscSinReal(k) * PetscSinReal(2.3 * k), PetscCosReal(k)};

    if (k == 0)
      for (int d = 0; d < 3; ++d) m[d] = p[d];
    if (k == 1)
      for (int d = 0; d < 3; ++d) m[d] = -p[d];
    ASSERT_NEAR(conductance(&film, uniform, m), 5 * (1 + 0.15 * (m[0] * p[0] + m[1] * p[1] + m[2] * p[2])), 1e-9);
  }
  CHECK(film_destroy(&film));
}

/* With AMR besides, r = rho_par/rho_perp = 3 for a = 1: sigma_perp = 5/(1 - 2/9) MS/m along x for m along y, a third of it for m along x. */
static void test_beside_amr(void **state) {
  PetscReal x[3] = {1, 0, 0}, y[3] = {0, -1, 0};
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "amr=1; g=0.3; p=1, 0, 0"), &film));
  ASSERT_NEAR(conductance(&film, uniform, x), 45.0 / 7 / 3 + 0.75, 1e-9);
  ASSERT_NEAR(conductance(&film, uniform, y), 45.0 / 7, 1e-9);
  CHECK(film_destroy(&film));
}

/* m along p in one half and against it in the other, one after the other along x, or along y. */
static void halves(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  m[0] = m[1] = 0;
  m[2] = (*(int *)context ? y : x) > 0 ? 1 : -1;
}

static void test_halves(void **state) {
  int series = 0, parallel = 1;
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "amr=0; g=0.8; p=0, 0, 5"), &film));
  ASSERT_NEAR(conductance(&film, halves, &series), 5 * 2 / (1 / 1.4 + 1 / 0.6), 1e-8);
  ASSERT_NEAR(conductance(&film, halves, &parallel), 5, 1e-8);
  CHECK(film_destroy(&film));
}

static void maze_times(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  maze(x, y, NULL, m);
  for (int c = 0; c < 3; ++c) m[c] *= *(PetscReal *)context;
}

static void test_symmetric_and_linear(void **state) {
  PetscReal factors[] = {0, 1, -1, 0.5}, G[4][16], most = 0;
  Film film;

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("film", "g=1e-4"), &film));
  for (int k = 0; k < 4; ++k) {
    CHECK(film_magnetize(&film, maze_times, &factors[k]));
    CHECK(HfConductance(film.potential, G[k]));
    for (int r = 0; r < 4; ++r) {
      ASSERT_NEAR(G[k][4 * r] + G[k][4 * r + 1] + G[k][4 * r + 2] + G[k][4 * r + 3], 0, 1e-11 * G[k][0]);
      for (int c = 0; c < r; ++c) ASSERT_NEAR(G[k][4 * r + c], G[k][4 * c + r], 1e-11 * G[k][0]);
    }
  }
  for (int k = 0; k < 16; ++k) most = PetscMax(most, PetscAbsReal(G[1][k] - G[0][k]));
  assert_true(most > 1e-6 * G[0][0]);
  for (int k = 0; k < 16; ++k) { /* but for terms of second order in g */
    ASSERT_NEAR((G[2][k] - G[0][k]) / most, -(G[1][k] - G[0][k]) / most, 1e-3);
    ASSERT_NEAR((G[3][k] - G[0][k]) / most, 0.5 * (G[1][k] - G[0][k]) / most, 1e-3);
  }
  CHECK(film_destroy(&film));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_uniform_film),
    cmocka_unit_test(test_beside_amr),
    cmocka_unit_test(test_halves),
    cmocka_unit_test(test_symmetric_and_linear),
};
HF_TEST_MAIN(tests)
