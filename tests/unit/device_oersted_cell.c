/* The field of one cell of current: against quadrature of the Biot-Savart integrand, Gauss's law, additivity, and where the closed form and the quadrature meet. */
#include "hf_test.h"
#include <hopfilm/device.h>

/* g = int_cell R / R^3 (m), taken out of H = (1/4pi) j x g. */
static void attraction(const PetscReal r[3], const PetscReal l[3], PetscReal g[3]) {
  PetscReal H_x[3], H_y[3];

  HfOerstedCell(r[0], r[1], r[2], l[0], l[1], l[2], H_x, H_y);
  assert_true(H_x[0] == 0.0 && H_y[1] == 0.0 && H_x[1] == -H_y[0]);
  g[0] = -4.0 * PETSC_PI * H_y[2];
  g[1] = 4.0 * PETSC_PI * H_x[2];
  g[2] = 4.0 * PETSC_PI * H_y[0];
}

/* The integral of f over [-h,h] by Gauss's rule of 5 points on n equal parts. */
static const PetscReal node[5] = {-0.906179845938663993, -0.538469310105683091, 0.0, 0.538469310105683091, 0.906179845938663993};
static const PetscReal weight[5] = {0.236926885056189088, 0.478628670499366468, 0.568888888888888889, 0.478628670499366468, 0.236926885056189088};

static void quadrature(const PetscReal r[3], const PetscReal l[3], const int n[3], PetscReal g[3]) {
  PetscReal sum[3] = {0.0, 0.0, 0.0};

  for (int i = 0; i < 5 * n[0]; ++i) {
    for (int j = 0; j < 5 * n[1]; ++j) {
      for (int k = 0; k < 5 * n[2]; ++k) {
        const int m[3] = {i, j, k};
        PetscReal R[3], w = 1.0, s = 0.0;
        for (int a = 0; a < 3; ++a) {
          const PetscReal part = l[a] / n[a];
          R[a] = r[a] - (-0.5 * l[a] + part * (m[a] / 5 + 0.5 + 0.5 * node[m[a] % 5]));
          w *= 0.5 * part * weight[m[a] % 5];
          s += R[a] * R[a];
        }
        for (int a = 0; a < 3; ++a) sum[a] += w * R[a] / (s * sqrt(s));
      }
    }
  }
  for (int a = 0; a < 3; ++a) g[a] = sum[a];
}

static PetscReal norm(const PetscReal g[3]) { return sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]); }

static void test_against_quadrature(void **state) {
  static const PetscReal cell[][3] = {{1.0, 1.0, 1.0}, {5.0, 5.0, 50.0}, {20.0, 10.0, 1.0}, {1.0, 30.0, 2.0}};
  static const PetscReal direction[][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, -1}, {1, 1, -1}, {-0.3, 0.8, 0.02}, {0.9, -0.1, -0.4}};
  PetscReal worst = 0.0;

  for (size_t c = 0; c < sizeof(cell) / sizeof(cell[0]); ++c) {
    const PetscReal *l = cell[c], longest = PetscMax(l[0], PetscMax(l[1], l[2]));
    const int n[3] = {1 + (int)(10 * l[0] / longest), 1 + (int)(10 * l[1] / longest), 1 + (int)(10 * l[2] / longest)};
    for (size_t d = 0; d < sizeof(direction) / sizeof(direction[0]); ++d) {
      for (PetscReal distance = 1.3; distance < 150.0; distance *= 1.7) {
        PetscReal r[3], g[3], q[3];
        for (int a = 0; a < 3; ++a) r[a] = 1e-9 * longest * distance * direction[d][a] / norm(direction[d]);
        const PetscReal lm[3] = {1e-9 * l[0], 1e-9 * l[1], 1e-9 * l[2]}; /* nanometres: no scale is hidden in the code */
        attraction(r, lm, g);
        quadrature(r, lm, n, q);
        for (int a = 0; a < 3; ++a) worst = PetscMax(worst, PetscAbsReal(g[a] - q[a]) / norm(q));
      }
    }
  }
  printf("cell against quadrature: %.1e\n", worst);
  ASSERT_NEAR(worst, 0.0, 1e-12); /* the quadrature has some 10^5 terms of round-off, 1e-13 */
}

/* div g = 4 pi inside the cell and 0 outside (g is minus the gradient of 1/R integrated). */
static void test_gauss_law(void **state) {
  static const PetscReal l[3] = {5.0, 7.0, 3.0};
  static const PetscReal point[][3] = {{0, 0, 0}, {2.0, -3.0, 1.0}, {2.4, 0, 0}, {2.6, 0, 0}, {0, 0, 1.7}, {4.0, 4.0, -4.0}, {30.0, 2.0, 1.0}};
  const PetscReal h = 1e-3;

  for (size_t p = 0; p < sizeof(point) / sizeof(point[0]); ++p) {
    const PetscBool inside = (PetscBool)(fabs(point[p][0]) < 0.5 * l[0] && fabs(point[p][1]) < 0.5 * l[1] && fabs(point[p][2]) < 0.5 * l[2]);
    PetscReal divergence = 0.0;
    for (int a = 0; a < 3; ++a) {
      PetscReal r[3] = {point[p][0], point[p][1], point[p][2]}, up[3], down[3];
      r[a] += h;
      attraction(r, l, up);
      r[a] -= 2.0 * h;
      attraction(r, l, down);
      divergence += (up[a] - down[a]) / (2.0 * h);
    }
    ASSERT_NEAR(divergence, inside ? 4.0 * PETSC_PI : 0.0, 1e-4); /* differences err by h^2 times the third derivative, some 1e-5 next to a face */
  }
}

/* A cell is the sum of its parts: with the point on a corner of parts, on a face, an edge, far and near (parts on both sides of the switch). */
static void test_additivity(void **state) {
  static const PetscReal l[3] = {6.0, 4.0, 5.0};
  static const PetscReal point[][3] = {{0, 0, 0},       {1.0, 0.0, 0.0}, {3.0, 0, 0},      {3.0, 2.0, 0},
                                       {3.0, 2.0, 2.5}, {0, 0, 30.0},    {44.0, 3.0, 0.0}, {60.0, 0, 1}};
  const int parts = 4;

  for (size_t p = 0; p < sizeof(point) / sizeof(point[0]); ++p) {
    const PetscReal part[3] = {l[0] / parts, l[1] / parts, l[2] / parts};
    PetscReal whole[3], sum[3] = {0.0, 0.0, 0.0};
    attraction(point[p], l, whole);
    for (int k = 0; k < parts * parts * parts; ++k) {
      const int m[3] = {k % parts, k / parts % parts, k / parts / parts};
      PetscReal r[3], g[3];
      for (int a = 0; a < 3; ++a) r[a] = point[p][a] - (m[a] + 0.5 - 0.5 * parts) * part[a];
      attraction(r, part, g);
      for (int a = 0; a < 3; ++a) sum[a] += g[a];
    }
    for (int a = 0; a < 3; ++a) ASSERT_NEAR(sum[a], whole[a], 1e-13 * (norm(whole) + 1.0));
  }
}

/* No step between the closed form and the quadrature: the field times r^2 is smooth there. Cells of three shapes, along a skew line. */
static void test_switch_over(void **state) {
  static const PetscReal cell[][3] = {{1.0, 1.0, 1.0}, {5.0, 5.0, 50.0}, {25.0, 25.0, 30.0}};
  static const PetscReal direction[3] = {0.64, 0.48, -0.6};
  PetscReal worst = 0.0;

  for (size_t c = 0; c < sizeof(cell) / sizeof(cell[0]); ++c) {
    const PetscReal volume = cell[c][0] * cell[c][1] * cell[c][2], at = 10.0 * cbrt(volume); /* |R|^3 = 1000 V */
    PetscReal g[2][3];
    for (int side = 0; side < 2; ++side) {
      const PetscReal s = at * (1.0 + (side ? 1e-14 : -1e-14));
      const PetscReal r[3] = {s * direction[0], s * direction[1], s * direction[2]};
      attraction(r, cell[c], g[side]);
    }
    for (int a = 0; a < 3; ++a) worst = PetscMax(worst, PetscAbsReal(g[0][a] - g[1][a]) / norm(g[0]));
  }
  printf("step at the switch-over: %.1e\n", worst);
  ASSERT_NEAR(worst, 0.0, 1e-12);
}

/* Parity to the last bit: the FFT relies on it to store half of the kernel. */
static void test_parity(void **state) {
  static const PetscReal l[3] = {5.0, 4.0, 50.0}, distance[2] = {1.0, 40.0};

  for (int k = 0; k < 2; ++k) {
    const PetscReal r[3] = {7.0 * distance[k], 3.0 * distance[k], -65.0}, x[3] = {-r[0], r[1], r[2]}, y[3] = {r[0], -r[1], r[2]};
    PetscReal g[3], gx[3], gy[3];
    attraction(r, l, g);
    attraction(x, l, gx);
    attraction(y, l, gy);
    assert_true(g[0] == -gx[0] && g[1] == gx[1] && g[2] == gx[2]);
    assert_true(g[0] == gy[0] && g[1] == -gy[1] && g[2] == gy[2]);
    assert_true(g[0] > 0.0 && g[1] > 0.0 && g[2] < 0.0);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_quadrature), cmocka_unit_test(test_gauss_law),
                                          cmocka_unit_test(test_additivity), cmocka_unit_test(test_switch_over), cmocka_unit_test(test_parity)};
HF_TEST_MAIN(tests)
