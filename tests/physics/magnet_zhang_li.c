/* Zhang and Li's spin-transfer torque of a uniform current against exact solutions: rigid translation with u = -b j, domain walls, edges, order in dx.

     dm/dt = -(u.grad) m for a helix without damping, and for any wall at rest when xi = alpha;
     a wall without transverse anisotropy: v = u (1 + alpha xi)/(1 + alpha^2), turning by (alpha - xi) u/(Delta (1 + alpha^2)) per second
   Sources: Zhang and Li, PRL 93, 127204 (2004); Thiaville et al., Europhys. Lett. 69, 990 (2005). */
#include <magnet_case.h>

#define MS 490e3
#define P  0.5
/* Of 5e11 A/m^2, by hand: mu_B P j/(e Ms) = 29.53 m/s */
#define J      5e11
#define SPEED  (5.7883818e-5 * P * J / MS) /* mu_B/e in A m^2/C: 9.2740e-24/1.60218e-19 */
#define PERIOD 80e-9

static Vec uniform_current(Case *c, PetscReal jx, PetscReal jy) {
  PetscScalar *a;
  Vec j;

  CHECK(HfGridCreateCellVec(c->grid, 2, &j));
  CHECK(VecGetArray(j, &a));
  for (PetscInt k = 0; k < c->g->nx * c->g->ym; ++k) {
    a[2 * k] = jx;
    a[2 * k + 1] = jy;
  }
  CHECK(VecRestoreArray(j, &a));
  CHECK(HfMagnetSetCurrentDensity(c->magnet, j));
  return j;
}

/* context: wave vector and phase */
static void helix(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal *q = context, angle = q[0] * x + q[1] * y + q[2];
  m[0] = PetscCosReal(angle);
  m[1] = 0.6 * PetscSinReal(angle);
  m[2] = 0.8 * PetscSinReal(angle);
}

static PetscReal apart(Vec a, Vec b) {
  PetscReal difference;
  CHECK(VecAXPY(b, -1, a));
  CHECK(VecNorm(b, NORM_INFINITY, &difference));
  return difference;
}

/* Torque alone (no exchange, no damping): the helix m0(x - u t) on a disk with a hole, at every edge too. */
static PetscReal helix_error(PetscReal cell, PetscReal jx, PetscReal jy, PetscReal t) {
  const PetscReal u[2] = {-SPEED * jx / J, -SPEED * jy / J};
  PetscReal q[3] = {2 * PETSC_PI / PERIOD, -PETSC_PI / PERIOD, 0.3}, error;
  Vec exact, j;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("disk-with-a-hole", "cell=%g nm", (double)(1e9 * cell)));
  CHECK(VecDuplicate(c.m, &exact));
  case_fill(&c, c.m, helix, q);
  j = uniform_current(&c, jx, jy);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
  q[2] -= (q[0] * u[0] + q[1] * u[1]) * t;
  case_fill(&c, exact, helix, q);
  error = apart(c.m, exact);
  CHECK(VecDestroy(&exact));
  CHECK(VecDestroy(&j));
  case_destroy(&c);
  return error;
}

static void helix_moves_against_the_current(void **unused) {
  const PetscReal t = 0.5e-9; /* 15 nm: more than a radian */
  PetscReal error[2];

  AT_MOST_ON(2);
  /* With j along x the differences see one wave number in every cell, edges included: (q dx)^2/6 of the angle passed. */
  for (int fine = 0; fine < 2; ++fine) error[fine] = helix_error(fine ? 2e-9 : 4e-9, J, 0, t);
  print_message("helix: error %.3g, %.3g with half the cells: order %.2f\n", error[0], error[1], log2(error[0] / error[1]));
  ASSERT_NEAR(error[0], PetscSqr(2 * PETSC_PI * 4e-9 / PERIOD) / 6 * 2 * PETSC_PI * SPEED * t / PERIOD, 0.05 * error[0]);
  ASSERT_NEAR(log2(error[0] / error[1]), 2, 0.05);
  for (int fine = 0; fine < 2; ++fine) error[fine] = helix_error(fine ? 2e-9 : 4e-9, -0.5 * J, 0.8 * J, t);
  print_message("slanted: error %.3g, %.3g with half the cells: order %.2f\n", error[0], error[1], log2(error[0] / error[1]));
  assert_true(error[1] < 0.01);
  ASSERT_NEAR(log2(error[0] / error[1]), 2, 0.1);
}

/* A wall along x in a narrow film, from -z on the left to +z, tilted into the film by the angle `turn`. */
#define WIDTH 10e-9 /* sqrt(Aex/Ku) */
static void wall(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal turn = *(PetscReal *)context, s = 1 / PetscCoshReal(x / WIDTH);
  m[0] = s * PetscCosReal(turn);
  m[1] = s * PetscSinReal(turn);
  m[2] = PetscTanhReal(x / WIDTH);
}

/* Velocity (by the average m_z: 2/length per metre) and turning rate of the wall after it settled on the grid. */
static void wall_motion(PetscReal cell, PetscReal alpha, const char *xi, PetscReal jx, PetscReal *velocity, PetscReal *rate) {
  const PetscReal length = 240e-9, settle = 0.1e-9, t = 0.4e-9;
  PetscReal turn = 0.4, before[3], after[3];
  Vec j;
  Case c;

  case_create(&c, PETSC_COMM_WORLD,
              DECK_WITH("strip", "width=%g nm; cell=%g nm; alpha=%g; xi=%s", (double)(4e9 * cell), (double)(1e9 * cell), (double)alpha, xi));
  case_fill(&c, c.m, wall, &turn);
  j = uniform_current(&c, jx, 0);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, settle, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, before));
  CHECK(HfMagnetAdvance(c.magnet, c.m, settle, settle + t, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, after));
  *velocity = -(after[2] - before[2]) * length / (2 * t);
  *rate = (PetscAtan2Real(after[1], after[0]) - PetscAtan2Real(before[1], before[0])) / t;
  CHECK(VecDestroy(&j));
  case_destroy(&c);
}

static void wall_moves_rigidly_when_xi_is_alpha(void **unused) {
  PetscReal v[2], rate;

  AT_MOST_ON(2);
  for (int fine = 0; fine < 2; ++fine) {
    wall_motion(fine ? 2e-9 : 4e-9, 0.3, "0.3", J, &v[fine], &rate);
    ASSERT_NEAR(rate, 0, 1e-3 * SPEED / WIDTH); /* it does not turn but for the grid it moves over */
  }
  print_message("wall: v = %.4f, %.4f m/s on 4, 2 nm, u = %.4f m/s: order %.2f\n", v[0], v[1], -SPEED, log2((v[0] + SPEED) / (v[1] + SPEED)));
  ASSERT_NEAR(v[1], -SPEED, 0.02 * SPEED); /* (dx/width)^2/2 */
  ASSERT_NEAR(log2((v[0] + SPEED) / (v[1] + SPEED)), 2, 0.2);
  ASSERT_NEAR((4 * v[1] - v[0]) / 3, -SPEED, 1e-3 * SPEED);
}

static void wall_turns_when_it_is_not(void **unused) {
  const PetscReal alpha = 0.3, b = 1 + alpha * alpha;
  PetscReal v, rate, v_back, rate_back;

  AT_MOST_ON(2);
  wall_motion(1e-9, alpha, "0", J, &v, &rate); /* 1 nm: within 0.5 % of the continuum */
  ASSERT_NEAR(v, -SPEED / b, 0.01 * SPEED);
  ASSERT_NEAR(rate, -alpha * SPEED / (WIDTH * b), 0.01 * SPEED / WIDTH);
  wall_motion(2e-9, alpha, "0.6", J, &v, &rate);
  ASSERT_NEAR(v, -SPEED * (1 + 0.6 * alpha) / b, 0.03 * SPEED);
  ASSERT_NEAR(rate, (0.6 - alpha) * SPEED / (WIDTH * b), 0.02 * SPEED / WIDTH);
  wall_motion(2e-9, alpha, "0.6", -J, &v_back, &rate_back);
  ASSERT_NEAR(v_back, -v, 1e-6 * SPEED);
  ASSERT_NEAR(rate_back, -rate, 1e-6 * SPEED / WIDTH);
}

static void rough(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal a = 1 + 3e14 * x * y + 4e7 * y, b = 2e7 * x - 5e7 * y + 1;
  m[0] = PetscSinReal(b) * PetscCosReal(a);
  m[1] = PetscSinReal(b) * PetscSinReal(a);
  m[2] = PetscCosReal(b);
}

/* Perpendicular to m in every cell, odd in the current, and different by the factor 1 + xi^2 between the two conventions. */
static void perpendicular_odd_and_as_convened(void **unused) {
  const PetscReal current[3] = {J, -J, J};
  const PetscScalar *m, *rate;
  PetscReal largest, along = 0;
  Vec dmdt[3], sum;

  for (int k = 0; k < 3; ++k) {
    Vec j;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, k == 2 ? DECK("disk other-material-inside other-convention") : DECK("disk other-material-inside"));
    case_fill(&c, c.m, rough, NULL);
    j = uniform_current(&c, current[k], 0.7 * current[k]);
    CHECK(VecDuplicate(c.m, &dmdt[k]));
    CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt[k]));
    if (k == 0) {
      CHECK(VecNorm(dmdt[0], NORM_INFINITY, &largest));
      assert_true(largest > 1e8);
      CHECK(VecGetArrayRead(c.m, &m));
      CHECK(VecGetArrayRead(dmdt[0], &rate));
      for (PetscInt i = 0; i < 3 * c.g->nx * c.g->ym; i += 3)
        along = PetscMax(along, PetscAbsReal(m[i] * rate[i] + m[i + 1] * rate[i + 1] + m[i + 2] * rate[i + 2]));
      CHECK(VecRestoreArrayRead(dmdt[0], &rate));
      CHECK(VecRestoreArrayRead(c.m, &m));
      ASSERT_NEAR(along / largest, 0, 1e-14);
    }
    CHECK(VecDestroy(&j));
    case_destroy(&c);
  }
  CHECK(VecDuplicate(dmdt[0], &sum));
  CHECK(VecWAXPY(sum, 1, dmdt[0], dmdt[1]));
  CHECK(VecNorm(sum, NORM_INFINITY, &along));
  assert_true(along == 0); /* no other torque here: all signs change and nothing else */
  CHECK(VecWAXPY(sum, -1.16, dmdt[2], dmdt[0]));
  CHECK(VecNorm(sum, NORM_INFINITY, &along));
  ASSERT_NEAR(along / largest, 0, 1e-14);
  for (int k = 0; k < 3; ++k) CHECK(VecDestroy(&dmdt[k]));
  CHECK(VecDestroy(&sum));
}

/* The film, its current and its magnetization turned by a right angle: so is the rate. */
static void turned(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  PetscReal v[3];
  rough(y, -x, NULL, v);
  m[0] = -v[1];
  m[1] = v[0];
  m[2] = v[2];
}

static void turns_with_the_film(void **unused) {
  const PetscScalar *rate[2];
  Vec dmdt[2], j[2];
  Case c[2];

  for (int k = 0; k < 2; ++k) {
    case_create(&c[k], PETSC_COMM_SELF, DECK_WITH("disk-to-turn", "hole=%s", k ? "-5 nm, 10 nm" : "10 nm, 5 nm"));
    case_fill(&c[k], c[k].m, k ? turned : rough, NULL);
    j[k] = uniform_current(&c[k], k ? 0.4 * J : J, k ? J : -0.4 * J);
    CHECK(VecDuplicate(c[k].m, &dmdt[k]));
    CHECK(HfMagnetRightHandSide(c[k].magnet, 0, c[k].m, dmdt[k]));
    CHECK(VecGetArrayRead(dmdt[k], &rate[k]));
  }
  for (PetscInt y = 0; y < 10; ++y) {
    for (PetscInt x = 0; x < 10; ++x) {
      const PetscScalar *a = rate[0] + 3 * (10 * y + x), *b = rate[1] + 3 * (10 * x + 9 - y);
      ASSERT_NEAR(b[0], -a[1], 1e-2); /* of 1e12 1/s */
      ASSERT_NEAR(b[1], a[0], 1e-2);
      ASSERT_NEAR(b[2], a[2], 1e-2);
    }
  }
  for (int k = 0; k < 2; ++k) {
    CHECK(VecRestoreArrayRead(dmdt[k], &rate[k]));
    CHECK(VecDestroy(&dmdt[k]));
    CHECK(VecDestroy(&j[k]));
    case_destroy(&c[k]);
  }
}

/* A uniform current of the magnet's own is that of a Vec of equal entries; a Vec takes its place, and NULL gives the place back. */
static void uniform_current_of_its_own(void **unused) {
  const PetscReal own[2] = {J, -0.3 * J};
  PetscReal difference[3], largest;
  Vec dmdt[4], j;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK("disk"));
  case_fill(&c, c.m, rough, NULL);
  for (int k = 0; k < 4; ++k) CHECK(VecDuplicate(c.m, &dmdt[k]));
  j = uniform_current(&c, J, -0.3 * J);
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt[0]));
  CHECK(HfMagnetSetUniformCurrent(c.magnet, own));
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt[1]));
  CHECK(VecScale(j, -2));
  CHECK(HfMagnetSetCurrentDensity(c.magnet, j));
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt[2]));
  CHECK(HfMagnetSetCurrentDensity(c.magnet, NULL));
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt[3]));
  CHECK(VecNorm(dmdt[0], NORM_INFINITY, &largest));
  assert_true(largest > 1e8);
  CHECK(VecAXPY(dmdt[2], 2, dmdt[0]));
  CHECK(VecAXPY(dmdt[1], -1, dmdt[0]));
  CHECK(VecAXPY(dmdt[3], -1, dmdt[0]));
  for (int k = 0; k < 3; ++k) {
    CHECK(VecNorm(dmdt[k + 1], NORM_INFINITY, &difference[k]));
    ASSERT_NEAR(difference[k] / largest, 0, 1e-14);
  }
  for (int k = 0; k < 4; ++k) CHECK(VecDestroy(&dmdt[k]));
  CHECK(VecDestroy(&j));
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(helix_moves_against_the_current),
    cmocka_unit_test(wall_moves_rigidly_when_xi_is_alpha),
    cmocka_unit_test(wall_turns_when_it_is_not),
    cmocka_unit_test(perpendicular_odd_and_as_convened),
    cmocka_unit_test(turns_with_the_film),
    cmocka_unit_test(uniform_current_of_its_own),
};
HF_TEST_MAIN(tests)
