/* Dry friction: the closed form of dm/dt solves its equation, a macrospin follows its exact solution and comes to rest in finite time, a wall starts to move at
   (pi/2) Hc, the energy goes into damping and friction, and neither ranks nor methods matter. */
#include <magnet_case.h>

typedef struct {
  PetscReal alpha, h, Ms, Hc; /* h = gamma0 Hc, 1/s */
} Constants;

/* Of the materials of the deck "cells". */
static Constants constants_of(PetscInt region, PetscReal alpha, PetscReal Hc) {
  return region ? (Constants){0.2, HF_GAMMA0 * 900, 6e5, 900} : (Constants){alpha, HF_GAMMA0 * Hc, 8e5, Hc};
}

static void cross(const PetscReal a[3], const PetscReal b[3], PetscReal c[3]) {
  for (int d = 0; d < 3; ++d) c[d] = a[(d + 1) % 3] * b[(d + 2) % 3] - a[(d + 2) % 3] * b[(d + 1) % 3];
}

static PetscReal length(const PetscReal a[3]) { return PetscSqrtReal(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]); }

/* A texture with torques from none to some of the exchange field. */
static void wavy(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  PetscReal size;
  const PetscReal angle = 0.3 * PetscSinReal(1.3e8 * x) * PetscSinReal(0.9e8 * y) * *(PetscReal *)context;

  m[0] = PetscCosReal(angle);
  m[1] = PetscSinReal(angle);
  m[2] = 0.02 * PetscCosReal(1e8 * x) * *(PetscReal *)context;
  size = length(m);
  for (int d = 0; d < 3; ++d) m[d] /= size;
}

/* v = T + (alpha + h/|v|) m x v in every cell, or v = 0 and |T| <= h; counts[]: cells of both kinds. */
static void check_equation(const Case *c, Vec m, Vec field, Vec rate, PetscReal alpha, PetscReal Hc, PetscInt64 counts[2]) {
  const PetscScalar *u, *H, *v;

  CHECK(VecGetArrayRead(m, &u));
  CHECK(VecGetArrayRead(field, &H));
  CHECK(VecGetArrayRead(rate, &v));
  for (PetscInt k = 0; k < c->g->nx * c->g->ym; ++k) {
    const PetscInt region = HfRegionAt(c->g, HfGridRegions(c->grid), k % c->g->nx, c->g->ys + k / c->g->nx);
    const Constants material = constants_of(region, alpha, Hc);
    const PetscReal w = length(v + 3 * k);
    PetscReal T[3], mv[3];

    cross(H + 3 * k, u + 3 * k, T);
    for (int d = 0; d < 3; ++d) T[d] *= HF_GAMMA0;
    ++counts[w > 0];
    if (w == 0) {
      assert_true(length(T) <= material.h * (1 + 1e-12));
      continue;
    }
    cross(u + 3 * k, v + 3 * k, mv);
    for (int d = 0; d < 3; ++d) ASSERT_NEAR(v[3 * k + d], T[d] + (material.alpha + material.h / w) * mv[d], 1e-9 * length(T));
  }
  CHECK(VecRestoreArrayRead(rate, &v));
  CHECK(VecRestoreArrayRead(field, &H));
  CHECK(VecRestoreArrayRead(m, &u));
}

static void closed_form_solves_the_equation(void **unused) {
  const PetscReal alphas[] = {0, 0.3, 2}, frictions[] = {0, 1000, 4000};

  for (int a = 0; a < 3; ++a)
    for (int f = 0; f < 3; ++f) {
      PetscInt64 counts[2] = {0, 0};
      PetscReal torque, size = 0.02, most = 0;
      Vec field, rate;
      Case c;

      case_create(&c, PETSC_COMM_WORLD, DECK_WITH("cells method", "alpha=%g;friction=%g A/m;method=auto", alphas[a], frictions[f]));
      case_fill(&c, c.m, wavy, &size);
      CHECK(VecDuplicate(c.m, &field));
      CHECK(VecDuplicate(c.m, &rate));
      CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
      CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, rate));
      check_equation(&c, c.m, field, rate, alphas[a], frictions[f], counts);
      CHECK(HfMagnetMaxTorque(c.magnet, 0, c.m, &torque));
      CHECK(VecNorm(rate, NORM_INFINITY, &most));
      assert_true(torque > 0 && most > 0);
      CHECK(MPI_Allreduce(MPI_IN_PLACE, counts, 2, MPIU_INT64, MPI_SUM, PETSC_COMM_WORLD) ? PETSC_ERR_MPI : 0);
      if (frictions[f] > 0) assert_true(counts[0] > 0 && counts[1] > 0);
      CHECK(VecDestroy(&rate));
      CHECK(VecDestroy(&field));
      case_destroy(&c);
    }
}

/* Without damping, in a field H along z from mz = 0 on: mz = U sin(gamma0 Hc t), U^2 = 1 - (Hc/H)^2, until it rests at mz = U.
   Of v = T + (h/w) m x v the component along theta is -(h/w) w^2/T, so that d mz/dt = h sqrt(U^2 - mz^2). */
static void macrospin_comes_to_rest(void **unused) {
  static const char *const methods[] = {"5dp", "3bs"};
  const PetscReal Hc = 1000, H = 5000, end = PETSC_PI / (2 * HF_GAMMA0 * Hc), U = PetscSqrtReal(1 - PetscSqr(Hc / H));

  AT_MOST_ON(1);
  for (int k = 0; k < 2; ++k) {
    PetscReal m[3], later[3];
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("macrospin", "alpha=0;method=%s", methods[k]));
    for (int part = 1; part <= 4; ++part) {
      const PetscReal t = 0.2 * part * end;
      CHECK(HfMagnetAdvance(c.magnet, c.m, 0.2 * (part - 1) * end, t, NULL, NULL));
      CHECK(HfMagnetAverage(c.magnet, c.m, m));
      ASSERT_NEAR(m[2], U * PetscSinReal(HF_GAMMA0 * Hc * t), 1e-6);
    }
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0.8 * end, 1.1 * end, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, m));
    ASSERT_NEAR(m[2], U, 1e-4); /* near rest dm/dt is the root of what is left of the torque */
    CHECK(HfMagnetAdvance(c.magnet, c.m, 1.1 * end, 2 * end, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, later));
    for (int d = 0; d < 3; ++d) ASSERT_NEAR(later[d], m[d], 1e-12);
    case_destroy(&c);
  }
}

/* Damped it comes to the same rest, and a relaxation too. */
static void rests_where_friction_holds_it(void **unused) {
  static const char *const methods[] = {"5dp", "bdf"};
  const PetscReal U = PetscSqrtReal(1 - PetscSqr(1000.0 / 5000.0));

  AT_MOST_ON(1);
  for (int k = 0; k < 2; ++k) {
    PetscReal m[3], torque, size = 1;
    PetscBool converged;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("macrospin", "alpha=0.5;method=%s", methods[k]));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 50e-9, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, m));
    ASSERT_NEAR(m[2], U, 1e-6);
    case_fill(&c, c.m, wavy, &size);
    CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-8, 1e-6, NULL, NULL, &converged));
    CHECK(HfMagnetMaxTorque(c.magnet, 0, c.m, &torque));
    CHECK(HfMagnetAverage(c.magnet, c.m, m));
    assert_true(converged && torque < 1e-8);
    ASSERT_NEAR(m[2], U, 1e-5);
    case_destroy(&c);
  }
}

/* ---- a wall ---- */
#define OERSTED (1e-4 / HF_MU0) /* A/m */
static void wall(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal width = PetscSqrtReal(2 * 13e-12 / (HF_MU0 * 8e5) / (200 * OERSTED)), position = *(PetscReal *)context;

  m[0] = -PetscTanhReal((x - position) / width);
  m[1] = PetscSqrtReal(1 - m[0] * m[0]);
  m[2] = 0;
}

/* By how much a wall moves from 100 to 150 ns in a field, m. */
static PetscReal displacement(PetscReal Hc, PetscReal H, const char *method) {
  PetscReal position = -0.3e-6, before[3], after[3];
  const PetscReal field[3] = {H, 0, 0};
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("wall", "friction=%g A/m;method=%s", Hc, method));
  case_fill(&c, c.m, wall, &position);
  CHECK(HfMagnetSetUniformField(c.magnet, field));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 100e-9, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, before));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 100e-9, 150e-9, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, after));
  case_destroy(&c);
  return 0.5 * (after[0] - before[0]) * 1.2e-6;
}

static void wall_starts_at_half_pi_times_friction(void **unused) {
  const PetscReal Hc = 3 * OERSTED, start = 0.5 * PETSC_PI * Hc;
  PetscReal moved[3];

  AT_MOST_ON(1);
  moved[0] = displacement(Hc, 0.98 * start, "auto");
  moved[1] = displacement(Hc, 1.02 * start, "auto");
  moved[2] = displacement(0, 0.02 * start, "auto");
  print_message("moved by %.3g nm at 0.98 of (pi/2) Hc, %.3g nm at 1.02; %.3g nm in the difference without friction\n", 1e9 * moved[0],
                1e9 * moved[1], 1e9 * moved[2]);
  assert_true(PetscAbsReal(moved[0]) < 0.1 * moved[2] && moved[1] > moved[2]);
}

/* A wall is driven and left to rest, where it stays: by all methods, and by a relaxation. */
static void methods_agree(void **unused) {
  static const char *const methods[] = {"5dp", "3bs", "bdf", "auto"};
  const PetscReal Hc = 3 * OERSTED, drive[3] = {4 * Hc, 0, 0}, none[3] = {0, 0, 0};
  PetscReal driven[4][3], rested[4][3];
  PetscInt64 steps, evaluations;

  AT_MOST_ON(1);
  for (int k = 0; k < 4; ++k) {
    PetscReal position = -0.3e-6, relaxed[3];
    PetscBool converged;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("wall", "friction=%g A/m;method=%s", Hc, methods[k]));
    case_fill(&c, c.m, wall, &position);
    CHECK(HfMagnetSetUniformField(c.magnet, drive));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 20e-9, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, driven[k]));
    CHECK(HfMagnetSetUniformField(c.magnet, none));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 20e-9, 200e-9, NULL, NULL));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 200e-9, 20e-6, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, rested[k]));
    HfMagnetStatistics(c.magnet, &steps, NULL, &evaluations);
    CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-7, 1e-6, NULL, NULL, &converged));
    CHECK(HfMagnetAverage(c.magnet, c.m, relaxed));
    print_message("%s: <m> driven %.5f %.5f %.5f, rested %.5f %.5f %.5f, %d steps\n", methods[k], driven[k][0], driven[k][1], driven[k][2],
                  rested[k][0], rested[k][1], rested[k][2], (int)steps);
    assert_true(converged);
    for (int d = 0; d < 3; ++d) {
      ASSERT_NEAR(driven[k][d], driven[0][d], 3e-4);
      ASSERT_NEAR(rested[k][d], rested[0][d], 3e-4);
      ASSERT_NEAR(relaxed[d], rested[k][d], 3e-4);
    }
    case_destroy(&c);
  }
}

/* ---- energy ---- */
typedef struct {
  Case *c;
  Vec rate;
  PetscReal power[2], work[2]; /* W, J: of damping, of friction */
} Balance;

static void find_power(Balance *b, PetscReal t, Vec m) {
  const Case *c = b->c;
  const PetscReal volume = c->g->dx * c->g->dy * c->g->thickness;
  const PetscScalar *v;

  b->power[0] = b->power[1] = 0;
  CHECK(HfMagnetRightHandSide(c->magnet, t, m, b->rate));
  CHECK(VecGetArrayRead(b->rate, &v));
  for (PetscInt k = 0; k < c->g->nx * c->g->ym; ++k) {
    const Constants material = constants_of(HfRegionAt(c->g, HfGridRegions(c->grid), k % c->g->nx, c->g->ys + k / c->g->nx), 0.1, 3000);
    const PetscReal w = length(v + 3 * k);

    b->power[0] += HF_MU0 * material.Ms * material.alpha * w * w / HF_GAMMA0 * volume;
    b->power[1] += HF_MU0 * material.Ms * material.Hc * w * volume;
  }
  CHECK(VecRestoreArrayRead(b->rate, &v));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, b->power, 2, MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD) ? PETSC_ERR_MPI : 0);
}

static PetscErrorCode add_work(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Balance *b = context;
  const PetscReal before[2] = {b->power[0], b->power[1]};

  find_power(b, t, m);
  for (int k = 0; k < 2; ++k) b->work[k] += 0.5 * dt * (before[k] + b->power[k]);
  return 0;
}

static void energy_goes_into_damping_and_friction(void **unused) {
  PetscReal size = 1, before, after;
  Balance b = {.work = {0, 0}};
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("cells steps", "alpha=0.1;friction=3000 A/m"));
  b.c = &c;
  case_fill(&c, c.m, wavy, &size);
  CHECK(VecDuplicate(c.m, &b.rate));
  before = case_energy(&c, 0, c.m);
  find_power(&b, 0, c.m);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 0.3e-9, add_work, &b));
  after = case_energy(&c, 0.3e-9, c.m);
  print_message("energy falls by %.6g J: damping %.6g J, friction %.6g J\n", before - after, b.work[0], b.work[1]);
  assert_true(b.work[1] > 0.1 * (before - after) && b.work[0] > 0.1 * (before - after));
  ASSERT_NEAR(b.work[0] + b.work[1], before - after, 1e-3 * (before - after)); /* trapezoids */
  CHECK(VecDestroy(&b.rate));
  case_destroy(&c);
}

/* ---- ranks ---- */
static void ranks_agree(void **unused) {
  PetscInt64 steps[2];
  PetscReal size = 3, average[2][3];
  Case c[2];

  for (int k = 0; k < 2; ++k) {
    case_create(&c[k], k ? PETSC_COMM_SELF : PETSC_COMM_WORLD, DECK_WITH("cells method", "alpha=0.1;friction=300 A/m;method=auto"));
    case_fill(&c[k], c[k].m, wavy, &size);
    CHECK(HfMagnetAdvance(c[k].magnet, c[k].m, 0, 20e-12, NULL, NULL));
    CHECK(HfMagnetAverage(c[k].magnet, c[k].m, average[k]));
    HfMagnetStatistics(c[k].magnet, &steps[k], NULL, NULL);
  }
  assert_int_equal(steps[0], steps[1]);
  for (int d = 0; d < 3; ++d) ASSERT_NEAR(average[0][d], average[1][d], 1e-12);
  for (int k = 0; k < 2; ++k) case_destroy(&c[k]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(closed_form_solves_the_equation),
    cmocka_unit_test(macrospin_comes_to_rest),
    cmocka_unit_test(rests_where_friction_holds_it),
    cmocka_unit_test(wall_starts_at_half_pi_times_friction),
    cmocka_unit_test(methods_agree),
    cmocka_unit_test(energy_goes_into_damping_and_friction),
    cmocka_unit_test(ranks_agree),
};
HF_TEST_MAIN(tests)
