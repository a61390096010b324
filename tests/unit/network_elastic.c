/* Springs and the network that learns by them: derivatives of the energy, equilibria that can be enumerated, and what a sequence of states leaves.
   network/learners/learners.h: no deck shows energies and equilibria of given springs. */
#include "learner_case.h"
#include "network/learners/learners.h"

static PetscReal uniform(PetscInt step, PetscInt index) {
  PetscReal u;

  HfRandomUniform(1, HF_STREAM_TEST, step, index, 1, &u);
  return u;
}

/* The printed law far beyond the core, k/2 |r - l|^xi, and the linear spring k/2 (r - l)^2 whatever the core. */
static void test_law(void **state) {
  ASSERT_NEAR(HfSpringEnergy(2.0, 0.3, 0.7), 0.49, 1e-15);
  for (int k = 0; k < 4; ++k) {
    const PetscReal xi = (const PetscReal[]){0.25, 0.5, 1.0, 1.5}[k];

    ASSERT_NEAR(HfSpringEnergy(xi, 1e-9, -0.7) + pow(1e-9, xi), pow(0.7, xi), 1e-15);
    ASSERT_NEAR(HfSpringEnergy(xi, 0.1, 0.0), 0.0, 0);
  }
}

/* A random network in `dim` dimensions. */
static void check_derivatives(PetscInt dim, PetscReal xi) {
  enum { N = 5, MOST = 3 * N };
  const PetscReal h = 1e-5;
  PetscReal x[MOST], gradient[MOST], after[MOST], before[MOST], H[MOST * MOST];
  const PetscInt size = dim * N;
  HfSprings springs;

  CHECK(HfSpringsCreate(N, dim, xi, 0.2, &springs));
  for (PetscInt c = 0; c < size; ++c) x[c] = uniform(0, c);
  for (PetscInt i = 0; i < N; ++i)
    for (PetscInt j = 0; j < i; ++j) CHECK(HfSpringsAdd(springs, i, j, 0.5 + uniform(1, i * N + j), uniform(2, i * N + j)));
  (void)HfSpringsEnergy(springs, x, gradient, H);
  for (PetscInt c = 0; c < size; ++c) {
    PetscReal difference = 0;

    for (int side = 1; side >= -1; side -= 2) {
      x[c] += side * h;
      difference += side * HfSpringsEnergy(springs, x, side > 0 ? after : before, NULL) / (2 * h);
      x[c] -= side * h;
    }
    ASSERT_NEAR(difference, gradient[c], 1e-8);
    for (PetscInt d = 0; d < size; ++d) ASSERT_NEAR((after[d] - before[d]) / (2 * h), H[c * size + d], 1e-6);
  }
  CHECK(HfSpringsDestroy(&springs));
}

static void test_derivatives(void **state) {
  for (int dim = 2; dim <= 3; ++dim)
    for (int k = 0; k < 4; ++k) check_derivatives(dim, (const PetscReal[]){0.25, 0.75, 1.0, 2.0}[k]);
}

/* Distances of two nodes joined by three springs: all minima of E(r) by a scan of its slope, and where the network relaxes from each rest length. */
static void check_two_nodes(PetscReal xi, int n_minima) {
  static const PetscReal l[] = {0.3, 0.5, 0.9};
  PetscReal minima[10], x[] = {0, 0, 1, 0}, g[4], force;
  HfSprings springs;
  int found = 0, left = 0;

  CHECK(HfSpringsCreate(2, 2, xi, 1e-3, &springs));
  for (int m = 0; m < 3; ++m) CHECK(HfSpringsAdd(springs, 0, 1, 1.0, l[m]));
  for (int k = 2000; k < 12000 && found < 10; ++k) {
    PetscReal slope;

    x[2] = k * 1e-4;
    (void)HfSpringsEnergy(springs, x, g, NULL);
    slope = g[2];
    x[2] = (k + 1) * 1e-4;
    (void)HfSpringsEnergy(springs, x, g, NULL);
    if (slope <= 0 && g[2] > 0) minima[found++] = x[2];
  }
  assert_int_equal(found, n_minima);
  for (int m = 0; m < 3; ++m) {
    PetscReal nearest = 1, stiffness;

    for (int c = 0; c < 4; ++c) x[c] = c == 2 ? 0.6 * l[m] : c == 3 ? 0.8 * l[m] : 0;
    CHECK(HfSpringsRelax(springs, x, &force));
    for (int k = 0; k < found; ++k) nearest = PetscMin(nearest, PetscAbsReal(hypot(x[2] - x[0], x[3] - x[1]) - minima[k]));
    ASSERT_NEAR(nearest, 0, 1.01e-4);
    assert_true(force < 1e-8);
    CHECK(HfSpringsStiffness(springs, x, &stiffness));
    assert_true(stiffness > 0);
    left += PetscAbsReal(hypot(x[2] - x[0], x[3] - x[1]) - l[m]) > 1e-3;
  }
  assert_int_equal(left, 3 - n_minima); /* below xi = 1 all three stay, above it the middle one alone comes near, or none */
  CHECK(HfSpringsDestroy(&springs));
}

static void test_two_nodes(void **state) {
  check_two_nodes(0.25, 3);
  check_two_nodes(0.5, 3);
  check_two_nodes(1.0, 1); /* the median */
}

/* Linear springs of a pair act as one with their mean rest length: the energies of six and of three springs differ by a constant, and both states relax to
   the triangle of mean sides. With xi = 0.5 the sides do not know of each other, and all eight triangles with sides of either state are equilibria. */
static void test_triangle(void **state) {
  static const PetscReal sides[2][3] = {{0.7, 0.8, 0.9}, {0.9, 0.75, 0.7}};
  static const PetscInt ends[3][2] = {{0, 1}, {1, 2}, {0, 2}};
  HfSprings linear, mean, soft;
  PetscReal x[6], y[6], at[3], force, stiffness, difference = 0;

  CHECK(HfSpringsCreate(3, 2, 2.0, 1e-3, &linear));
  CHECK(HfSpringsCreate(3, 2, 2.0, 1e-3, &mean));
  CHECK(HfSpringsCreate(3, 2, 0.5, 1e-3, &soft));
  for (int e = 0; e < 3; ++e) {
    CHECK(HfSpringsAdd(mean, ends[e][0], ends[e][1], 2.0, 0.5 * (sides[0][e] + sides[1][e])));
    for (int m = 0; m < 2; ++m) {
      CHECK(HfSpringsAdd(linear, ends[e][0], ends[e][1], 1.0, sides[m][e]));
      CHECK(HfSpringsAdd(soft, ends[e][0], ends[e][1], 1.0, sides[m][e]));
    }
  }
  for (int k = 0; k < 9; ++k) { /* the eight triangles by their sides, and that of the mean sides */
    for (int e = 0; e < 3; ++e) at[e] = k == 8 ? 0.5 * (sides[0][e] + sides[1][e]) : sides[k >> e & 1][e];
    for (int c = 0; c < 6; ++c) y[c] = 0;
    y[2] = at[0];
    y[4] = (at[0] * at[0] + at[2] * at[2] - at[1] * at[1]) / (2 * at[0]);
    y[5] = sqrt(at[2] * at[2] - y[4] * y[4]);
    const PetscReal apart = HfSpringsEnergy(linear, y, NULL, NULL) - HfSpringsEnergy(mean, y, NULL, NULL);

    if (k) ASSERT_NEAR(apart, difference, 1e-15);
    difference = apart;
    if (k == 8) break;
    CHECK(PetscArraycpy(x, y, 6));
    CHECK(HfSpringsRelax(soft, x, &force));
    CHECK(HfSpringsStiffness(soft, x, &stiffness));
    assert_true(force < 1e-8 && stiffness > 0 && HfSpringsApart(3, 2, x, y) < 1e-3);
  }
  for (int m = 0; m < 2; ++m) {
    for (int c = 0; c < 6; ++c) x[c] = y[c] + 0.05 * (m ? 1 : -1) * (c % 3);
    CHECK(HfSpringsRelax(linear, x, &force));
    ASSERT_NEAR(HfSpringsApart(3, 2, x, y), 0, 1e-10);
  }
  CHECK(HfSpringsDestroy(&linear));
  CHECK(HfSpringsDestroy(&mean));
  CHECK(HfSpringsDestroy(&soft));
}

/* A square of four springs yields to a shear; a diagonal makes it stiff. A spring alone: 2 k/2 u''(0) = k xi core^(xi - 2). */
static void test_stiffness(void **state) {
  static const PetscReal x[] = {0, 0, 1, 0, 1, 1, 0, 1};
  PetscReal smallest;
  HfSprings springs;

  CHECK(HfSpringsCreate(4, 2, 1.0, 0.1, &springs));
  for (PetscInt i = 0; i < 4; ++i) CHECK(HfSpringsAdd(springs, i, (i + 1) % 4, 1.0, 1.0));
  CHECK(HfSpringsStiffness(springs, x, &smallest));
  ASSERT_NEAR(smallest, 0, 1e-12);
  CHECK(HfSpringsAdd(springs, 0, 2, 1.0, sqrt(2.0)));
  CHECK(HfSpringsStiffness(springs, x, &smallest));
  assert_true(smallest > 0.5);
  CHECK(HfSpringsDestroy(&springs));
  CHECK(HfSpringsCreate(2, 2, 0.5, 0.1, &springs));
  CHECK(HfSpringsAdd(springs, 0, 1, 3.0, 1.0));
  CHECK(HfSpringsStiffness(springs, (const PetscReal[]){2, 0.5, 2.6, 1.3}, &smallest));
  ASSERT_NEAR(smallest, 3.0 * 0.5 * pow(0.1, -1.5), 1e-10);
  CHECK(HfSpringsDestroy(&springs));
}

/* Designed springs hold both states without a force, as stiffly as was said; and no springs hold more than N(N-1)/(2 N-3) states. */
static void test_stabilization(void **state) {
  enum { N = 9, M = 5 };
  PetscReal states[M * 2 * N], gradient[2 * N], margin;
  HfSprings springs;

  for (PetscInt c = 0; c < M * 2 * N; ++c) states[c] = uniform(3, c);
  CHECK(HfSpringsCreate(N, 2, 2.0, 0.01, &springs));
  for (int positive = 0; positive < 2; ++positive) {
    CHECK(HfSpringsStabilize(springs, N, positive, 2, states, &margin));
    assert_true(margin > 0);
    for (int m = 0; m < 2; ++m) {
      PetscReal smallest;

      (void)HfSpringsEnergy(springs, states + m * 2 * N, gradient, NULL);
      for (int c = 0; c < 2 * N; ++c) ASSERT_NEAR(gradient[c], 0, 1e-13);
      CHECK(HfSpringsStiffness(springs, states + m * 2 * N, &smallest));
      assert_true(smallest > 0.999999 * margin);
    }
    CHECK(HfSpringsStabilize(springs, N, positive, M, states, &margin));
    assert_true(margin <= 0);
  }
  CHECK(HfSpringsDestroy(&springs));
}

/* Four states in sequence: all kept at xi = 0.25, the last one's traces alone at xi = 2. */
static void test_sequence(void **state) {
  HfFinding findings[2];

  assert_int_equal(run_learner("elastic-network", DECK("elastic"), 2, findings), 2);
  ASSERT_NEAR(figure_of(&findings[0], "kept"), 4, 0);
  ASSERT_NEAR(figure_of(&findings[0], "capacity"), 4, 0);
  ASSERT_NEAR(figure_of(&findings[1], "kept"), 0, 0);
  ASSERT_NEAR(figure_of(&findings[1], "capacity"), 1, 0);
  for (int k = 0; k < 2; ++k) {
    ASSERT_NEAR(figure_of(&findings[k], "unlearned"), 0, 0);
    assert_true(figure_of(&findings[k], "force_left") < 1e-8);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_law),      cmocka_unit_test(test_derivatives), cmocka_unit_test(test_two_nodes),
                                          cmocka_unit_test(test_triangle), cmocka_unit_test(test_stiffness),   cmocka_unit_test(test_stabilization),
                                          cmocka_unit_test(test_sequence)};
HF_TEST_MAIN(tests)
