/* Energies of textures that are known in closed form; exchange is second order in the cell. */
#include <magnet_case.h>

#define AEX 13e-12
#define KU  5e5
static void start(Case *c, PetscReal lx, PetscReal ly, PetscReal cell, PetscReal Ku) {
  case_create(c, PETSC_COMM_WORLD, DECK_WITH("film", "lx=%g nm; ly=%g nm; cell=%g nm; Ku=%g J/m^3", lx, ly, cell, Ku));
}

static void helix(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal k = *(PetscReal *)context;
  m[0] = 0;
  m[1] = PetscCosReal(k * x);
  m[2] = PetscSinReal(k * x);
}

static void bloch_wall(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal s = x / PetscSqrtReal(AEX / KU);
  m[0] = 0;
  m[1] = 1 / PetscCoshReal(s);
  m[2] = PetscTanhReal(s);
}

/* E = Aex k^2 V; the bonds of a row of n cells are n-1, so the closed form has (n-1)/n. */
static void helix_energy_is_second_order(void **unused) {
  PetscReal error[3], k = 2 * PETSC_PI / 50e-9;

  for (int level = 0; level < 3; ++level) {
    const PetscReal cell = 4.0 / (1 << level);
    PetscReal exact;
    Case c;

    start(&c, 200, 16, cell, 0);
    case_fill(&c, c.m, helix, &k);
    exact = AEX * k * k * (200e-9 - cell * 1e-9) * 16e-9 * 3e-9;
    assert_int_equal(HfMagnetTermCount(c.magnet), 1);
    assert_string_equal(HfMagnetTermName(c.magnet, 0), "exchange");
    error[level] = PetscAbsReal(case_energy(&c, 0, c.m) / exact - 1);
    case_destroy(&c);
  }
  print_message("helix: relative error %.3g %.3g %.3g\n", error[0], error[1], error[2]);
  for (int level = 0; level < 2; ++level) ASSERT_NEAR(log2(error[level] / error[level + 1]), 2, 0.1);
}

/* A Bloch wall costs 4 sqrt(Aex Ku) per area above the uniform state, -Ku V. */
static void wall_energy_is_second_order(void **unused) {
  PetscReal error[3];

  for (int level = 0; level < 3; ++level) {
    const PetscReal exact = 4 * PetscSqrtReal(AEX * KU) * 16e-9 * 3e-9;
    Case c;

    start(&c, 200, 16, 2.0 / (1 << level), KU);
    case_fill(&c, c.m, bloch_wall, NULL);
    error[level] = PetscAbsReal((case_energy(&c, 0, c.m) + KU * 200e-9 * 16e-9 * 3e-9) / exact - 1);
    case_destroy(&c);
  }
  print_message("Bloch wall: relative error %.3g %.3g %.3g\n", error[0], error[1], error[2]);
  assert_true(error[2] < 1e-3);
  for (int level = 0; level < 2; ++level) ASSERT_NEAR(log2(error[level] / error[level + 1]), 2, 0.15);
}

/* m along (cos a, sin a, 0) with a = eps cos(k x) cos(q y) obeys dm/dn = 0 on the rectangle; H to first order in eps turns m about z:
   (m x H)_z = (2 Aex/(mu0 Ms)) laplace a. The exact field of the finite angle: m x laplace m = z laplace a. */
static void wave(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal a = 0.5 * PetscCosReal(2 * PETSC_PI * (x / 160e-9 + 0.5)) * PetscCosReal(PETSC_PI * (y / 80e-9 + 0.5));
  m[0] = PetscCosReal(a);
  m[1] = PetscSinReal(a);
  m[2] = 0;
}

static void field_is_second_order_up_to_the_edges(void **unused) {
  PetscReal error[3];

  for (int level = 0; level < 3; ++level) {
    const PetscReal squares = PetscSqr(2 * PETSC_PI / 160e-9) + PetscSqr(PETSC_PI / 80e-9);
    const PetscReal scale = 2 * AEX / (HF_MU0 * 800e3) * squares * 0.5;
    const PetscScalar *m, *H;
    PetscReal worst = 0;
    Vec field;
    Case c;

    start(&c, 160, 80, 4.0 / (1 << level), 0);
    CHECK(VecDuplicate(c.m, &field));
    case_fill(&c, c.m, wave, NULL);
    CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
    CHECK(VecGetArrayRead(c.m, &m));
    CHECK(VecGetArrayRead(field, &H));
    for (PetscInt k = 0; k < 3 * c.g->nx * c.g->ym; k += 3) {
      const PetscReal turning = m[k] * H[k + 1] - m[k + 1] * H[k], angle = PetscAtan2Real(m[k + 1], m[k]);
      worst = PetscMax(worst, PetscAbsReal(turning + scale * angle / 0.5) / scale);
    }
    CHECK(VecRestoreArrayRead(c.m, &m));
    CHECK(VecRestoreArrayRead(field, &H));
    CHECK(VecDestroy(&field));
    assert_int_equal(MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD), MPI_SUCCESS);
    error[level] = worst;
    case_destroy(&c);
  }
  print_message("exchange field: largest error %.3g %.3g %.3g\n", error[0], error[1], error[2]);
  for (int level = 0; level < 2; ++level) ASSERT_NEAR(log2(error[level] / error[level + 1]), 2, 0.1);
}

/* Uniform m: exchange costs nothing, the others have closed forms. */
static void uniform_state_has_the_textbook_energies(void **unused) {
  const PetscReal V = 40e-9 * 16e-9 * 3e-9, n = PetscSqrtReal(1 + 4 + 9);
  PetscReal e[8];
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK("uniform"));
  CHECK(HfMagnetEnergies(c.magnet, 0, c.m, e));
  for (PetscInt k = 0; k < HfMagnetTermCount(c.magnet); ++k) {
    const char *name = HfMagnetTermName(c.magnet, k);
    if (!strcmp(name, "exchange"))
      ASSERT_NEAR(e[k] / V, 0, 1e-3); /* of Aex/d^2 = 8e5 J/m^3: round-off */
    else if (!strcmp(name, "uniaxial"))
      ASSERT_NEAR(e[k] / V, -KU * 9 / 14, 1e-6);
    else if (!strcmp(name, "zeeman"))
      ASSERT_NEAR(e[k] / V, -800e3 * (0.1 * 1 - 0.2 * 3) / n, 1e-6);
    else if (!strcmp(name, "shape"))
      ASSERT_NEAR(e[k] / V, 0.5 * HF_MU0 * 800e3 * 800e3 * 9 / 14, 1e-6);
    else
      fail_msg("unexpected term %s", name);
  }
  case_destroy(&c);
}

/* What the monitor of a step changes before the energies are computed. */
typedef enum { NOTHING, STORED_FIELD_REPLACED, UNIFORM_FIELD_REPLACED, STATE_TURNED } Event;
typedef struct {
  Case *c;
  Vec other_field; /* in place of the first one */
  PetscInt64 calls, evaluations;
} Watch;

/* m turned about z by 0.2 rad in every cell. */
static void turn(Vec m) {
  const PetscReal c = PetscCosReal(0.2), s = PetscSinReal(0.2);
  PetscScalar *a;
  PetscInt n;

  CHECK(VecGetLocalSize(m, &n));
  CHECK(VecGetArray(m, &a));
  for (PetscInt k = 0; k < n; k += 3) {
    const PetscReal x = a[k], y = a[k + 1];
    a[k] = c * x - s * y;
    a[k + 1] = s * x + c * y;
  }
  CHECK(VecRestoreArray(m, &a));
}

/* Energies and torque take the fields of the last stage where these are still current; against a copy of m, for which everything is computed anew. */
static PetscErrorCode compare(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  const Event events[] = {NOTHING, STORED_FIELD_REPLACED, NOTHING, UNIFORM_FIELD_REPLACED, NOTHING, STATE_TURNED, NOTHING, NOTHING};
  const PetscReal H[3] = {0, -3e4, 1e4};
  Watch *watch = context;
  HfMagnet magnet = watch->c->magnet;
  const Event event = events[watch->calls++];
  PetscReal torque, fresh_torque, energies[32], fresh[32];
  Vec other;

  PetscFunctionBeginUser;
  if (event == STORED_FIELD_REPLACED) PetscCall(HfMagnetSetStoredField(magnet, watch->other_field));
  if (event == UNIFORM_FIELD_REPLACED) PetscCall(HfMagnetSetUniformField(magnet, H));
  if (event == STATE_TURNED) turn(m);
  PetscCall(HfMagnetTorqueAndEnergies(magnet, t, m, &torque, energies));
  PetscCall(VecDuplicate(m, &other));
  PetscCall(VecCopy(m, other));
  PetscCall(HfMagnetMaxTorque(magnet, t, other, &fresh_torque));
  PetscCall(HfMagnetEnergies(magnet, t, other, fresh));
  ASSERT_NEAR(torque / fresh_torque, 1, 1e-9);
  for (PetscInt k = 0; k < HfMagnetTermCount(magnet); ++k) ASSERT_NEAR(energies[k] / fresh[k], 1, 1e-12);
  turn(other); /* the fields are then those of another state ... */
  PetscCall(HfMagnetMaxTorque(magnet, t, other, &fresh_torque));
  PetscCall(HfMagnetTorqueAndEnergies(magnet, t, m, &torque, energies)); /* ... and this one's are computed again */
  for (PetscInt k = 0; k < HfMagnetTermCount(magnet); ++k) ASSERT_NEAR(energies[k] / fresh[k], 1, 1e-12);
  PetscCall(VecDestroy(&other));
  *stop = watch->calls == PETSC_STATIC_ARRAY_LENGTH(events) ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static void energies_inside_a_phase_are_those_of_the_state(void **unused) {
  static const char *const methods[] = {"5dp", "3bs", "bdf"};

  for (int k = 0; k < 3; ++k) {
    Watch watch = {.calls = 0};
    Vec field;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("random demag", "integrator=method: %s", methods[k]));
    watch.c = &c;
    CHECK(HfMagnetCreateState(c.magnet, &field));
    CHECK(HfMagnetCreateState(c.magnet, &watch.other_field));
    CHECK(VecSet(field, 2e4));
    CHECK(VecSet(watch.other_field, 1e5));
    CHECK(HfMagnetSetStoredField(c.magnet, field));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1e-10, compare, &watch));
    assert_int_equal(watch.calls, 8);
    CHECK(VecDestroy(&field));
    CHECK(VecDestroy(&watch.other_field));
    case_destroy(&c);
  }
}

/* Equal steps, with m turned or a field replaced between the second and the third of four: as in two phases of two steps each. The rate that the pairs
   keep for the next step belongs to the old state and field. */
typedef struct {
  HfMagnet magnet;
  Event event;
  PetscInt64 calls;
} Interference;

static PetscErrorCode interfere(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  const PetscReal H[3] = {5e5, -3e5, 1e5};
  Interference *interference = context;

  PetscFunctionBeginUser;
  if (++interference->calls != 2) PetscFunctionReturn(0);
  if (interference->event == UNIFORM_FIELD_REPLACED) PetscCall(HfMagnetSetUniformField(interference->magnet, H));
  if (interference->event == STATE_TURNED) turn(m);
  PetscFunctionReturn(0);
}

static void kept_rates_are_those_of_the_state(void **unused) {
  static const char *const methods[] = {"5dp", "3bs"};

  for (int k = 0; k < 2; ++k)
    for (Event event = UNIFORM_FIELD_REPLACED; event <= STATE_TURNED; ++event) {
      Case one, two;
      Interference inside = {.event = event}, between = {.event = event};
      PetscReal difference;
      const char *const deck = DECK_WITH("random", "integrator=method: %s, tolerance: 1e9, first_step: 1e-14 s, max_step: 1e-14 s", methods[k]);

      case_create(&one, PETSC_COMM_WORLD, deck);
      case_create(&two, PETSC_COMM_WORLD, deck);
      inside.magnet = one.magnet;
      between.magnet = two.magnet;
      CHECK(HfMagnetAdvance(one.magnet, one.m, 0, 4e-14, interfere, &inside));
      CHECK(HfMagnetAdvance(two.magnet, two.m, 0, 2e-14, interfere, &between));
      CHECK(HfMagnetAdvance(two.magnet, two.m, 2e-14, 4e-14, interfere, &between));
      assert_int_equal(inside.calls, 4);
      assert_int_equal(between.calls, 4);
      CHECK(VecAXPY(one.m, -1, two.m));
      CHECK(VecNorm(one.m, NORM_INFINITY, &difference));
      ASSERT_NEAR(difference, 0, 1e-12);
      case_destroy(&one);
      case_destroy(&two);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(energies_inside_a_phase_are_those_of_the_state),
    cmocka_unit_test(kept_rates_are_those_of_the_state),
    cmocka_unit_test(helix_energy_is_second_order),
    cmocka_unit_test(wall_energy_is_second_order),
    cmocka_unit_test(field_is_second_order_up_to_the_edges),
    cmocka_unit_test(uniform_state_has_the_textbook_energies),
};
HF_TEST_MAIN(tests)
