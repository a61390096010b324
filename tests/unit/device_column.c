/* The field of a vertical lead: a thin one against the half-infinite wire, a thick one against long prisms, extrapolated in their length. */
#include "hf_test.h"
#include <hopfilm/device.h>

/* Mean over its end's height h from z - t/2 to z + t/2 of the half-infinite wire: H = (I / 4 pi rho) (1 -+ h / sqrt(rho^2 + h^2)), point and wire on
   different sides of the end or on the same. A square column of side s differs by (s/R)^2. */
static void test_thin_wire(void **state) {
  const PetscReal s = 1e-9, t = 5e-7, current = s * s;
  PetscReal worst = 0.0;

  for (int k = 0; k < 40; ++k) {
    const PetscReal rho = 1e-6 * pow(1.25, k - 10), angle = 0.37 * k, x = rho * cos(angle), y = rho * sin(angle), z = 1e-6;
    const PetscReal h0 = z - 0.5 * t, h1 = z + 0.5 * t, mean = (hypot(rho, h1) - hypot(rho, h0)) / t;
    for (int film_side = 0; film_side < 2; ++film_side) {
      const PetscReal around = current / (4.0 * PETSC_PI * rho) * (film_side ? 1.0 + mean : 1.0 - mean);
      PetscReal H[2];
      HfOerstedColumn(x, y, z, s, s, t, (PetscBool)film_side, H);
      worst = PetscMax(worst, hypot(H[0] + around * y / rho, H[1] - around * x / rho) / (current / (4.0 * PETSC_PI * rho)));
    }
  }
  printf("thin column against the half-infinite wire: %.1e\n", worst);
  ASSERT_NEAR(worst, 0.0, 1e-6); /* (s/R)^2 = 1e-6 at the nearest of all, R > 1 um otherwise */
}

/* A column from height h up to a length L, its end's height averaged by the midpoint rule, in prisms of unit current along z: H = (-g_y, g_x)/(4pi). */
static void long_prism(PetscReal x, PetscReal y, PetscReal z, PetscReal lx, PetscReal ly, PetscReal t, PetscBool film_side, PetscReal length,
                       PetscReal H[2]) {
  const int n = 4000;

  H[0] = H[1] = 0.0;
  for (int k = 0; k < n; ++k) {
    const PetscReal h = z + t * ((k + 0.5) / n - 0.5), bottom = film_side ? -length : h, top = film_side ? h : length;
    PetscReal H_x[3], H_y[3];
    HfOerstedCell(x, y, -0.5 * (bottom + top), lx, ly, top - bottom, H_x, H_y);
    H[0] -= H_x[2] / n;
    H[1] -= H_y[2] / n;
  }
}

static void test_thick_column(void **state) {
  static const PetscReal point[][2] = {{0.1, 0.3}, {0.7, 0.0}, {0.5, 0.5}, {1.0, -1.0}, {-3.0, 2.0}, {0.0, 8.0}, {20.0, 30.0}};
  static const PetscReal gold[][2] = {{0.3, 0.4}, {0.55, 1.0}, {2.0, 0.5}}; /* z and thickness; the nearest end at 0.1, 0.05, 1.75 */
  const PetscReal lx = 1.0, ly = 1.4;
  PetscReal worst = 0.0;

  for (size_t p = 0; p < sizeof(point) / sizeof(point[0]); ++p) {
    for (size_t g = 0; g < sizeof(gold) / sizeof(gold[0]); ++g) {
      for (int film_side = 0; film_side < 2; ++film_side) {
        const PetscReal x = point[p][0], y = point[p][1], z = gold[g][0], t = gold[g][1], length = 2000.0;
        PetscReal H[2], cut[2], twice[2];
        HfOerstedColumn(x, y, z, lx, ly, t, (PetscBool)film_side, H);
        long_prism(x, y, z, lx, ly, t, (PetscBool)film_side, length, cut);
        long_prism(x, y, z, lx, ly, t, (PetscBool)film_side, 2.0 * length, twice);
        for (int a = 0; a < 2; ++a) worst = PetscMax(worst, PetscAbsReal(H[a] - (4.0 * twice[a] - cut[a]) / 3.0)); /* the far end is 1/L^2 */
      }
    }
  }
  printf("column against long prisms: %.1e\n", worst);
  ASSERT_NEAR(worst, 0.0, 1e-8); /* fields are of size 0.1; the midpoint rule errs by (t/n)^2 times the second derivative in z, below 10 */
}

/* At an end (the sheet's limit) half the field of the infinite column: on the middle line of a face, and by symmetry under reflection. */
static void test_ends_meet(void **state) {
  static const PetscReal point[][2] = {{0.2, 0.1}, {0.5, 0.3}, {4.0, -2.0}, {300.0, 100.0}};

  for (size_t p = 0; p < sizeof(point) / sizeof(point[0]); ++p) {
    PetscReal half[2], up[2], down[2];
    HfOerstedColumn(point[p][0], point[p][1], 0.0, 1.0, 1.0, 0.2, PETSC_FALSE, half);
    HfOerstedColumn(point[p][0], point[p][1], 0.7, 1.0, 1.0, 0.2, PETSC_FALSE, up);
    HfOerstedColumn(point[p][0], point[p][1], 0.7, 1.0, 1.0, 0.2, PETSC_TRUE, down);
    for (int a = 0; a < 2; ++a) ASSERT_NEAR(up[a] + down[a], 2.0 * half[a], 1e-15);
    if (p == 3) {
      const PetscReal square = 300.0 * 300.0 + 100.0 * 100.0;
      ASSERT_NEAR(half[0], -100.0 / (4.0 * PETSC_PI * square), 1e-12 / sqrt(square)); /* I/(4 pi rho); a square's next term is (s/rho)^4 */
      ASSERT_NEAR(half[1], 300.0 / (4.0 * PETSC_PI * square), 1e-12 / sqrt(square));
    }
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_thin_wire), cmocka_unit_test(test_thick_column), cmocka_unit_test(test_ends_meet)};
HF_TEST_MAIN(tests)
