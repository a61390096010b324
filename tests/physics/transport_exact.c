/* Conductances known in closed form, and symmetries that hold exactly. transport/tensor.h: every conductivity model is evaluated alone, for any
   direction of m. */
#include "transport/tensor.h"
#include "transport_test.h"

static PetscReal conductance_uniform(Film *film, PetscReal x, PetscReal y, PetscReal z) {
  PetscReal m[3] = {x, y, z}, G[4];

  CHECK(film_magnetize(film, uniform, m));
  CHECK(HfConductance(film->potential, G));
  return G[0];
}

/* sigma_perp = 7e6 S/m and rho_par/rho_perp = 7: a square of 1 um thickness conducts 7 S across m and 1 S along it. */
static void test_uniform_film(void **state) {
  Film film;
  PetscReal G[4];

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "cell=15.625 nm; thickness=1 um; hall=0 S/m"), &film));
  CHECK(HfConductance(film.potential, G)); /* as created: saturated along z */
  ASSERT_NEAR(G[0], 7, 1e-10);
  ASSERT_NEAR(conductance_uniform(&film, 1, 0, 0), 1, 1e-10);
  ASSERT_NEAR(conductance_uniform(&film, 0, 1, 0), 7, 1e-10);
  CHECK(HfPotentialSetMagnetization(film.potential, NULL));
  CHECK(HfConductance(film.potential, G));
  ASSERT_NEAR(G[0], 7, 1e-10);
  ASSERT_NEAR(G[1], -7, 1e-10);
  CHECK(film_destroy(&film));
}

static void test_proportional_to_thickness(void **state) {
  Film thin, thick;
  PetscReal G[2][4];

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "cell=20 nm; thickness=10 nm; hall=0 S/m"), &thin));
  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "cell=20 nm; thickness=30 nm; hall=0 S/m"), &thick));
  CHECK(film_magnetize(&thin, maze, NULL));
  CHECK(film_magnetize(&thick, maze, NULL));
  CHECK(HfConductance(thin.potential, G[0]));
  CHECK(HfConductance(thick.potential, G[1]));
  ASSERT_NEAR(G[1][0] / G[0][0], 3, 1e-12);
  CHECK(film_destroy(&thin));
  CHECK(film_destroy(&thick));
}

/* 16 stripes, m along the axis context[0] in one, context[1] in the next; stripes follow one another along x or y (context[2]). */
static void stripes(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const int *axes = context;
  const int stripe = (int)floor(((axes[2] ? y : x) * 1e6 + 0.5) * 16);

  m[0] = m[1] = m[2] = 0;
  m[axes[stripe & 1]] = 1;
}

static void test_stripes(void **state) {
  int series[3] = {0, 1, 0}, parallel[3] = {0, 1, 1};
  Film film;
  PetscReal G[4];

  CHECK(film_create(PETSC_COMM_WORLD, DECK_WITH("square", "cell=6.25 nm; thickness=1 um; hall=0 S/m"), &film)); /* 160 cells: 10 per stripe */
  CHECK(film_magnetize(&film, stripes, series));
  CHECK(HfConductance(film.potential, G));
  ASSERT_NEAR(G[0], 1 / (0.5 / 1 + 0.5 / 7), 1e-8);
  CHECK(film_magnetize(&film, stripes, parallel));
  CHECK(HfConductance(film.potential, G));
  ASSERT_NEAR(G[0], 0.5 * 1 + 0.5 * 7, 1e-8);
  CHECK(film_destroy(&film));
}

/* ---- a device and its copy turned by quarter turns ---- */
static void turn(PetscInt quarters, PetscReal *x, PetscReal *y) {
  for (PetscInt q = 0; q < quarters; ++q) {
    const PetscReal old = *x;
    *x = *y; /* clockwise: where the turned point came from */
    *y = -old;
  }
}

static void turned_maze(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscInt quarters = *(PetscInt *)context;

  turn(quarters, &x, &y);
  maze(x, y, NULL, m);
  turn(4 - quarters, &m[0], &m[1]);
}

static PetscInt turned_contacts(PetscReal x, PetscReal y, void *context) {
  const PetscReal at[3][2] = {{-0.3, 0.3}, {0.45, 0.1}, {0.1, -0.4}};

  turn(*(PetscInt *)context, &x, &y);
  for (int k = 0; k < 3; ++k)
    if (hypot(x * 1e6 - at[k][0], y * 1e6 - at[k][1]) < 0.1001) return k;
  return -1;
}

static void turned_device(const char *text) {
  PetscReal G[4][9];

  for (PetscInt quarters = 0; quarters < 4; ++quarters) {
    Film film;

    CHECK(film_read(PETSC_COMM_WORLD, text, &film));
    CHECK(HfElectrodesDestroy(&film.electrodes));
    CHECK(HfElectrodesCreateFromFunction(film.grid, 3, turned_contacts, &quarters, &film.electrodes));
    CHECK(film_potential(&film));
    CHECK(film_magnetize(&film, turned_maze, &quarters));
    CHECK(HfConductance(film.potential, G[quarters]));
    for (int k = 0; k < 9; ++k) ASSERT_NEAR(G[quarters][k], G[0][k], 1e-10 * G[0][0]);
    CHECK(film_destroy(&film));
  }
  assert_true(fabs(G[0][1] - G[0][2]) > 1e-3 * G[0][0]); /* the device has no symmetry of its own */
}
static void test_turned_device(void **state) { turned_device(DECK_WITH("square", "cell=20 nm; thickness=1 um; hall=0 S/m")); }
static void test_turned_hall_device(void **state) { turned_device(DECK_WITH("square", "cell=20 nm; thickness=1 um; hall=1e6 S/m")); }

/* Sigma[R m] = R Sigma[m] R^T for any angle and any m, the antisymmetric part odd in m, for everything in tensors.def. */
static void test_tensor_turns_with_m(void **state) {
  const HfGrainFactors none = {1, 1};
  Film film;

  CHECK(film_read(PETSC_COMM_WORLD, DECK_WITH("square", "cell=100 nm; thickness=1 um; hall=1e6 S/m"), &film));
  for (PetscInt k = 0; k < HfTensorCount(); ++k) {
    const HfTensor *tensor = HfTensorGet(k);
    PetscReal numbers[HF_TENSOR_PARAMETERS], p[HF_TENSOR_PARAMETERS];
    PetscBool active;

    tensor->settings(HfMaterialSettings(film.deck, 0), numbers);
    tensor->set_up(numbers, &none, p, &active);
    for (PetscInt sample = 0; sample < 50; ++sample) {
      PetscReal u[4], m[2][3], S[2][3] = {{0, 0, 0}, {0, 0, 0}}, yx[3] = {0, 0, 0};

      HfRandomUniform(1, HF_STREAM_TEST, 0, sample, 3, u);
      const PetscReal c = cos(2 * PETSC_PI * u[0]), s = sin(2 * PETSC_PI * u[0]), z = 2 * u[1] - 1, in_plane = sqrt(1 - z * z);
      m[0][0] = in_plane * cos(2 * PETSC_PI * u[2]);
      m[0][1] = in_plane * sin(2 * PETSC_PI * u[2]);
      m[1][0] = c * m[0][0] - s * m[0][1];
      m[1][1] = s * m[0][0] + c * m[0][1];
      m[0][2] = m[1][2] = z;
      for (int r = 0; r < 2; ++r) {
        if (tensor->add) tensor->add(p, 1, m[r], &S[r][0], &S[r][1], &S[r][2]);
        if (tensor->add_antisymmetric) tensor->add_antisymmetric(p, 1, m[r], &yx[r]);
      }
      for (int d = 0; d < 3; ++d) m[1][d] = -m[0][d];
      if (tensor->add_antisymmetric) tensor->add_antisymmetric(p, 1, m[1], &yx[2]);
      ASSERT_NEAR(yx[1], yx[0], 1e-12 * 7e6);
      ASSERT_NEAR(yx[2], -yx[0], 1e-12 * 7e6); /* Onsager */
      ASSERT_NEAR(S[1][0], c * c * S[0][0] - 2 * c * s * S[0][1] + s * s * S[0][2], 1e-12 * 7e6);
      ASSERT_NEAR(S[1][1], c * s * (S[0][0] - S[0][2]) + (c * c - s * s) * S[0][1], 1e-12 * 7e6);
      ASSERT_NEAR(S[1][2], s * s * S[0][0] + 2 * c * s * S[0][1] + c * c * S[0][2], 1e-12 * 7e6);
    }
  }
  CHECK(film_destroy(&film));
}

/* Between concentric circles: G = 2 pi sigma t / ln(b/a). Stairs on the circles: first order in the cell, here 50 cells in a. */
static PetscInt ring(PetscReal x, PetscReal y, void *context) { return hypot(x, y) > 100 ? -1 : 0; }
static PetscInt rims(PetscReal x, PetscReal y, void *context) { return hypot(x, y) <= 50 ? 0 : hypot(x, y) >= 99 ? 1 : -1; }

static void test_ring(void **state) {
  HfGrid grid;
  HfElectrodes electrodes;
  HfPotential potential;
  PetscReal G[4];

  CHECK(HfGridCreate(PETSC_COMM_WORLD, 200, 200, 1, 1, 1, ring, NULL, &grid));
  CHECK(HfElectrodesCreateFromFunction(grid, 2, rims, NULL, &electrodes));
  CHECK(HfPotentialCreateIsotropic(grid, electrodes, 1, 1, &potential));
  CHECK(HfConductance(potential, G));
  ASSERT_NEAR(G[0] * log(99.0 / 50) / (2 * PETSC_PI), 1, 0.02);
  CHECK(HfPotentialDestroy(&potential));
  CHECK(HfElectrodesDestroy(&electrodes));
  CHECK(HfGridDestroy(&grid));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_uniform_film),  cmocka_unit_test(test_proportional_to_thickness), cmocka_unit_test(test_stripes),
    cmocka_unit_test(test_turned_device), cmocka_unit_test(test_turned_hall_device),        cmocka_unit_test(test_tensor_turns_with_m),
    cmocka_unit_test(test_ring),
};
HF_TEST_MAIN(tests)
