/* Exchange between regions by a factor: none separates them exactly, one is a film without interface; in between a twist between fixed ends jumps there.

     A_b sin(step) = f A_ij sin(jump) in every bond of a chain at rest, and a cell held by Ku turns by psi, (Ku d^2/2) sin 2 psi = A sin(step)
   With Dzyaloshinskii-Moriya interaction the face is a spring in series with the half bonds on both sides, each of which prefers half a twist u/2:
     E(f) - E(1) = -(1 - f) A_ij (turn - (u_i + u_j)/2)^2/d^2,   u = d D/(2 Aex)
   to second order in the turn. Energies and fields agree, methods too. */
#include <magnet_case.h>
#include <methods.h>

static PetscReal apart(Vec a, Vec b) {
  PetscReal most;
  Vec d;

  CHECK(VecDuplicate(a, &d));
  CHECK(VecWAXPY(d, -1, a, b));
  CHECK(VecNorm(d, NORM_INFINITY, &most));
  CHECK(VecDestroy(&d));
  return most;
}

static void rough(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal a = 1 + 3e14 * x * y + 4e7 * y, b = 2e7 * x - 5e7 * y + 1;
  m[0] = PetscSinReal(b) * PetscCosReal(a);
  m[1] = PetscSinReal(b) * PetscSinReal(a);
  m[2] = PetscCosReal(b);
}

static Vec field_of(Case *c) {
  Vec field;

  CHECK(VecDuplicate(c->m, &field));
  CHECK(HfMagnetEffectiveField(c->magnet, 0, c->m, field));
  return field;
}

static void one_changes_no_bit(void **unused) {
  PetscBool same;
  Case c[2];

  for (int k = 0; k < 2; ++k) {
    case_create(&c[k], PETSC_COMM_WORLD, k ? DECK_WITH("film", "factor=1") : DECK("no-interfaces"));
    CHECK(HfMagnetAdvance(c[k].magnet, c[k].m, 0, 2e-12, NULL, NULL));
  }
  CHECK(VecEqual(c[0].m, c[1].m, &same));
  assert_true(same);
  for (int k = 0; k < 2; ++k) case_destroy(&c[k]);
}

/* The field in the film does not know of the regions in it, bit by bit, and they do not of the film. */
static void zero_separates(void **unused) {
  const PetscScalar *a, *b;
  PetscInt cells = 0;
  PetscBool same;
  Vec field[3];
  Case c[2];

  case_create(&c[0], PETSC_COMM_WORLD, DECK_WITH("film", "factor=0"));
  case_create(&c[1], PETSC_COMM_WORLD, DECK("cut"));
  for (int k = 0; k < 2; ++k) {
    case_fill(&c[k], c[k].m, rough, NULL);
    field[k] = field_of(&c[k]);
  }
  CHECK(VecGetArrayRead(field[0], &a));
  CHECK(VecGetArrayRead(field[1], &b));
  for (PetscInt k = 0; k < c[0].g->nx * c[0].g->ym; ++k) {
    if (HfRegionAt(c[1].g, HfGridRegions(c[1].grid), k % c[0].g->nx, c[0].g->ys + k / c[0].g->nx) < 0) continue;
    for (PetscInt d = 0; d < 3; ++d) assert_true(a[3 * k + d] == b[3 * k + d]);
    ++cells;
  }
  CHECK(VecRestoreArrayRead(field[0], &a));
  CHECK(VecRestoreArrayRead(field[1], &b));
  assert_true(cells > 10);
  /* the film turns, the regions stay */
  CHECK(VecCopy(field[0], field[1]));
  CHECK(VecDuplicate(c[0].m, &field[2]));
  {
    PetscScalar *m;

    CHECK(VecGetArray(c[0].m, &m));
    for (PetscInt k = 0; k < c[0].g->nx * c[0].g->ym; ++k)
      if (HfRegionAt(c[0].g, HfGridRegions(c[0].grid), k % c[0].g->nx, c[0].g->ys + k / c[0].g->nx) == 0) m[3 * k] = -m[3 * k];
    CHECK(VecRestoreArray(c[0].m, &m));
  }
  CHECK(HfMagnetEffectiveField(c[0].magnet, 0, c[0].m, field[2]));
  CHECK(VecGetArrayRead(field[1], &a));
  CHECK(VecGetArrayRead(field[2], &b));
  same = PETSC_TRUE;
  for (PetscInt k = 0; k < c[0].g->nx * c[0].g->ym; ++k)
    for (PetscInt d = 0; d < 3; ++d)
      if (HfRegionAt(c[0].g, HfGridRegions(c[0].grid), k % c[0].g->nx, c[0].g->ys + k / c[0].g->nx) > 0)
        same = (PetscBool)(same && a[3 * k + d] == b[3 * k + d]);
  CHECK(VecRestoreArrayRead(field[1], &a));
  CHECK(VecRestoreArrayRead(field[2], &b));
  assert_true(same);
  for (int k = 0; k < 3; ++k) CHECK(VecDestroy(&field[k]));
  for (int k = 0; k < 2; ++k) case_destroy(&c[k]);
}

/* All terms are quadratic: central differences are exact but for round-off. */
static void field_is_minus_the_derivative_of_the_energy(void **unused) {
  const double factors[] = {0.3, 2.5};
  const PetscReal step = 1e-3;

  AT_MOST_ON(1);
  for (int f = 0; f < 2; ++f) {
    PetscReal worst = 0, largest;
    const PetscScalar *H;
    PetscScalar *m;
    PetscInt cells = 0;
    Vec field;
    Case c;

    case_create(&c, PETSC_COMM_SELF, DECK_WITH("film", "factor=%g", factors[f]));
    case_fill(&c, c.m, rough, NULL);
    field = field_of(&c);
    CHECK(VecNorm(field, NORM_INFINITY, &largest));
    CHECK(VecGetArrayRead(field, &H));
    for (PetscInt k = 0; k < c.g->nx * c.g->ny; ++k) {
      const int8_t *regions = HfGridRegions(c.grid);
      const PetscInt i = k % c.g->nx, j = k / c.g->nx, own = HfRegionAt(c.g, regions, i, j);
      const PetscInt around[4] = {HfRegionAt(c.g, regions, i - 1, j), HfRegionAt(c.g, regions, i + 1, j), HfRegionAt(c.g, regions, i, j - 1),
                                  HfRegionAt(c.g, regions, i, j + 1)};
      PetscBool border = PETSC_FALSE;

      for (int s = 0; s < 4; ++s) border = (PetscBool)(border || (own >= 0 && around[s] >= 0 && around[s] != own));
      for (PetscInt d = 0; d < 3 && border; ++d) {
        PetscReal energy[2];

        for (int s = 0; s < 2; ++s) {
          CHECK(VecGetArray(c.m, &m));
          m[3 * k + d] += s ? step : -step;
          CHECK(VecRestoreArray(c.m, &m));
          energy[s] = case_energy(&c, 0, c.m);
          CHECK(VecGetArray(c.m, &m));
          m[3 * k + d] -= s ? step : -step;
          CHECK(VecRestoreArray(c.m, &m));
        }
        const PetscReal Ms = own == 1 ? 500e3 : 800e3,
                        slope = (energy[1] - energy[0]) / (-2 * step * HF_MU0 * Ms * c.g->dx * c.g->dy * c.g->thickness);
        worst = PetscMax(worst, PetscAbsReal(slope - H[3 * k + d]) / largest);
        ++cells;
      }
    }
    CHECK(VecRestoreArrayRead(field, &H));
    assert_true(cells > 100);
    ASSERT_NEAR(worst, 0, 1e-9);
    CHECK(VecDestroy(&field));
    case_destroy(&c);
  }
}

/* ---- a twist between fixed ends ---- */
#define A     10e-12
#define B     6e-12
#define KU    20e6
#define CELL  2e-9
#define ANGLE 1.2 /* between the axes of the ends */
#define BOND  (2 * A * B / (A + B))

/* Angles at rest for the torque t = A sin(step): 7 bonds of either material and the interface. Returns the angle between the axes. */
static PetscReal twist(PetscReal f, PetscReal t, PetscReal angles[16]) {
  const PetscReal end = 0.5 * PetscAsinReal(2 * t / (KU * PetscSqr(CELL)));

  angles[0] = end;
  for (int k = 1; k < 16; ++k) angles[k] = angles[k - 1] + PetscAsinReal(t / (k < 8 ? A : k == 8 ? f * BOND : B));
  return angles[15] + end;
}

static void twist_jumps_at_the_interface(void **unused) {
  const double factors[] = {0.1, 0.4, 3};

  AT_MOST_ON(2);
  for (int f = 0; f < 3; ++f)
    for (int way = 0; way < 3; ++way) { /* relaxation by explicit and implicit steps, motion */
      PetscReal angles[16], low = 0, high = PetscMin(A, PetscMin(B, factors[f] * BOND)), worst = 0, energy;
      const PetscScalar *m;
      PetscBool converged;
      Case c;

      while (high - low > 1e-15 * A) {
        const PetscReal middle = 0.5 * (low + high);
        if (twist(factors[f], middle, angles) < ANGLE)
          low = middle;
        else
          high = middle;
      }
      twist(factors[f], low, angles);
      case_create(&c, PETSC_COMM_WORLD, DECK_WITH("chain method", "factor=%g; method=bdf", factors[f]));
      HfMagnetSetRelaxation(c.magnet, way == 0 ? HF_RELAX_EXPLICIT : HF_RELAX_IMPLICIT);
      if (way == 2)
        CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 2e-9, NULL, NULL));
      else {
        CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-8, 1e-6, NULL, NULL, &converged));
        assert_true(converged);
      }
      CHECK(VecGetArrayRead(c.m, &m));
      for (PetscInt k = 0; k < c.g->nx * c.g->ym; ++k)
        worst = PetscMax(worst, PetscAbsReal(PetscAtan2Real(m[3 * k + 1], m[3 * k]) - angles[k % c.g->nx]));
      CHECK(VecRestoreArrayRead(c.m, &m));
      print_message("factor %g: jump of %.4f beside steps of %.4f and %.4f; off by %.1e\n", factors[f], angles[8] - angles[7], angles[2] - angles[1],
                    angles[12] - angles[11], worst);
      ASSERT_NEAR(worst, 0, 1e-6);
      energy = -KU * (PetscSqr(PetscCosReal(angles[0])) + PetscSqr(PetscCosReal(ANGLE - angles[15])));
      for (int k = 1; k < 16; ++k)
        energy += 2 * (k < 8 ? A : k == 8 ? factors[f] * BOND : B) * (1 - PetscCosReal(angles[k] - angles[k - 1])) / PetscSqr(CELL);
      ASSERT_NEAR(case_energy(&c, 0, c.m) / (energy * CELL * 8e-9 * 2e-9), 1, 1e-9);
      case_destroy(&c);
    }
}

/* ---- the chiral interface ---- */
static void turned(PetscReal x, PetscReal y, void *context, PetscReal m[3]) { /* from z towards x by the angle across the interface */
  const PetscReal angle = 0.3 + *(PetscReal *)context * (x > 0);
  m[0] = PetscSinReal(angle);
  m[1] = 0;
  m[2] = PetscCosReal(angle);
}

static void chiral_interface_is_a_spring(void **unused) {
  const PetscReal u = -0.5 * (0.1e-3 / (2 * A) - 0.2e-3 / (2 * B)) * CELL; /* mean twist from one cell to the next: against x for D > 0 */
  const PetscReal turns[] = {-0.03, 0, 0.02};

  for (int k = 0; k < 3; ++k) {
    PetscReal turn = turns[k], energy[2];

    for (int f = 0; f < 2; ++f) {
      Case c;

      case_create(&c, PETSC_COMM_WORLD, DECK_WITH("pair", "factor=%s", f ? "1" : "0.3"));
      case_fill(&c, c.m, turned, &turn);
      energy[f] = case_energy(&c, 0, c.m);
      case_destroy(&c);
    }
    const PetscReal right = -0.7 * BOND * PetscSqr(turn - u) * 8e-9 * 2e-9 / CELL;
    print_message("turn of %g, %g in equilibrium: factor 0.3 instead of 1 gains %.4g J, by the spring %.4g J\n", turn, u, energy[0] - energy[1],
                  right);
    ASSERT_NEAR((energy[0] - energy[1]) / right, 1, 2e-3);
  }
}

static void all_methods_agree(void **unused) {
  Case c[METHODS + 1];

  AT_MOST_ON(2);
  for (int k = 0; k <= METHODS; ++k) {
    case_create(&c[k], PETSC_COMM_WORLD, DECK_WITH("film method", "factor=0.2; method=%s", k < METHODS ? methods[k] : "auto"));
    CHECK(HfMagnetAdvance(c[k].magnet, c[k].m, 0, 20e-12, NULL, NULL));
    print_message("%s: %.2g from the first\n", k < METHODS ? methods[k] : "auto", apart(c[0].m, c[k].m));
    ASSERT_NEAR(apart(c[0].m, c[k].m), 0, k < 2 ? 1e-5 : 1e-3); /* a random start: that of bdf is 1.5e-4 without interfaces, too */
  }
  for (int k = 0; k <= METHODS; ++k) case_destroy(&c[k]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_changes_no_bit),
    cmocka_unit_test(zero_separates),
    cmocka_unit_test(field_is_minus_the_derivative_of_the_energy),
    cmocka_unit_test(twist_jumps_at_the_interface),
    cmocka_unit_test(chiral_interface_is_a_spring),
    cmocka_unit_test(all_methods_agree),
};
HF_TEST_MAIN(tests)
