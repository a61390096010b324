/* Relaxation by explicit and by implicit steps: the energy never rises, the state is a minimum in the end, known minima are found, unstable states are left, and
   implicit steps are as many on fine cells as on coarse ones. */
#include <magnet_case.h>

typedef struct {
  Case *c;
  PetscReal energy, first, worst_rise, worst_length;
  PetscInt calls;
} Watch;

static PetscErrorCode watch(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *w = context;
  const PetscScalar *a;
  PetscReal energy = case_energy(w->c, t, m);
  PetscInt n;

  PetscFunctionBeginUser;
  w->worst_rise = PetscMax(w->worst_rise, energy - w->energy);
  w->energy = energy;
  PetscCall(VecGetLocalSize(m, &n));
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt k = 0; k < n; k += 3) {
    const PetscReal square = a[k] * a[k] + a[k + 1] * a[k + 1] + a[k + 2] * a[k + 2];
    if (square != 0) w->worst_length = PetscMax(w->worst_length, PetscAbsReal(PetscSqrtReal(square) - 1));
  }
  PetscCall(VecRestoreArrayRead(m, &a));
  ++w->calls;
  PetscFunctionReturn(0);
}

static const HfRelaxation kinds[] = {HF_RELAX_EXPLICIT, HF_RELAX_IMPLICIT};
static const char *const names[] = {"explicit", "implicit"};

static void begin(Case *c, Watch *w, int kind, const char *deck) {
  case_create(c, PETSC_COMM_WORLD, deck);
  HfMagnetSetRelaxation(c->magnet, kinds[kind]);
  *w = (Watch){.c = c};
  w->first = w->energy = case_energy(c, 0, c->m);
}

/* A disk with exchange alone: every texture unwinds to the uniform state, whatever its direction. */
static void exchange_makes_a_disk_uniform(int kind) {
  PetscReal m[3], torque;
  PetscInt64 steps, rejected, evaluations;
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, kind, DECK("disk"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-5, 1e-3, watch, &w, &converged));
  assert_true(converged);
  HfMagnetStatistics(c.magnet, &steps, &rejected, &evaluations);
  print_message("disk of %d cells, %s: %d steps, %d rejected, %d evaluations\n", (int)c.g->n_film, names[kind], (int)steps, (int)rejected,
                (int)evaluations);
  CHECK(HfMagnetMaxTorque(c.magnet, 0, c.m, &torque));
  assert_true(torque < 1e-5);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  ASSERT_NEAR(PetscSqrtReal(m[0] * m[0] + m[1] * m[1] + m[2] * m[2]), 1, 1e-4);
  ASSERT_NEAR(w.worst_rise / w.first, 0, 1e-13); /* round-off of a sum over 8000 cells */
  ASSERT_NEAR(w.worst_length, 0, 1e-12);
  assert_int_equal(w.calls, steps);
  case_destroy(&c);
}

/* Anisotropy against a slanted field: the Stoner-Wohlfarth angle. Easy axis z, H along x: sin(theta) = mu0 Ms H/(2 Ku). */
static void macrospin_finds_the_stoner_wohlfarth_angle(int kind) {
  PetscReal m[3];
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, kind, DECK("undamped"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-9, 1e-3, watch, &w, &converged));
  assert_true(converged);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  ASSERT_NEAR(m[0], 0.1 * 800e3 / 2e5, 1e-7);
  ASSERT_NEAR(m[1], 0, 1e-7);
  ASSERT_NEAR(w.worst_rise / PetscAbsReal(w.first), 0, 1e-13);
  case_destroy(&c);
}

/* A wall of the width sqrt(Aex/Ku) settles between up and down; its profile is tanh and its energy 4 sqrt(Aex Ku) per area. */
static void head_to_tail_domains_settle_into_a_wall(int kind) {
  const PetscReal exact = 4 * PetscSqrtReal(13e-12 * 5e5) * 8e-9 * 3e-9, ground = -5e5 * 120e-9 * 8e-9 * 3e-9;
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, kind, DECK("wall"));
  { /* up on the left, down on the right, with a little x so that the wall has a side to turn to */
    PetscScalar *a;
    CHECK(VecGetArray(c.m, &a));
    for (PetscInt k = 0; k < c.g->nx * c.g->ym; ++k) {
      const PetscReal up = k % c.g->nx < c.g->nx / 2 ? 1 : -1;
      a[3 * k] = 0.1;
      a[3 * k + 1] = 0.2;
      a[3 * k + 2] = up * PetscSqrtReal(1 - 0.05);
    }
    CHECK(VecRestoreArray(c.m, &a));
  }
  w.first = w.energy = case_energy(&c, 0, c.m);
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-6, 1e-3, watch, &w, &converged));
  assert_true(converged);
  ASSERT_NEAR((case_energy(&c, 0, c.m) - ground) / exact, 1, 2e-3); /* (d/width)^2/24 = 1.6e-3 */
  ASSERT_NEAR(w.worst_rise / PetscAbsReal(w.first), 0, 1e-12);
  case_destroy(&c);
}

/* Spins that nothing couples, across the field at first: along it in the end. */
static void free_spins_turn_into_the_field(int kind) {
  PetscReal m[3];
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, kind, DECK("free-spins"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-6, 1e-3, watch, &w, &converged));
  assert_true(converged);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  ASSERT_NEAR(m[1], 1, 1e-9);
  case_destroy(&c);
}

static void gives_up_in_time(int kind) {
  PetscBool converged = PETSC_TRUE;
  Watch w;
  Case c;

  begin(&c, &w, kind, DECK("disk"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-5, 1e-12, watch, &w, &converged));
  assert_false(converged);
  assert_true(w.energy < w.first);
  case_destroy(&c);
}

/* Hardly turned from the hard axis, m goes to the easy one. */
static void leaves_the_hard_axis(int kind) {
  PetscReal m[3];
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, kind, DECK("hard"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-6, 1e-6, watch, &w, &converged));
  assert_true(converged);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  ASSERT_NEAR(m[2], 1, 1e-9);
  ASSERT_NEAR(w.worst_rise / PetscAbsReal(w.first), 0, 1e-13);
  case_destroy(&c);
}

typedef struct {
  PetscInt64 steps, evaluations;
  PetscReal m[3], energy;
} Strip;

static Strip relax_strip(int kind, const char *deck) {
  PetscBool converged;
  Strip strip;
  Watch w;
  Case c;

  begin(&c, &w, kind, deck);
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-6, 1e-6, watch, &w, &converged));
  assert_true(converged);
  HfMagnetStatistics(c.magnet, &strip.steps, NULL, &strip.evaluations);
  CHECK(HfMagnetAverage(c.magnet, c.m, strip.m));
  strip.energy = case_energy(&c, 0, c.m);
  print_message("%s on %g nm: %d steps, %d evaluations, <m_x> %.6f\n", names[kind], (double)(1e9 * c.g->dx), (int)strip.steps, (int)strip.evaluations,
                (double)strip.m[0]);
  ASSERT_NEAR(w.worst_rise / PetscAbsReal(w.first), 0, 1e-12);
  case_destroy(&c);
  return strip;
}

/* A strip with its full demagnetizing field, reversed by an applied one from a state along it. Explicit steps need twice the evaluations where cells are half as
   large. */
static void a_strip_reverses_alike(void **unused) {
  Strip implicit[2];

  for (int fine = 0; fine < 2; ++fine) {
    const char *deck = fine ? DECK("fine-strip") : DECK("strip");
    const Strip explicit = relax_strip(0, deck);

    implicit[fine] = relax_strip(1, deck);
    for (int k = 0; k < 3; ++k) ASSERT_NEAR(implicit[fine].m[k], explicit.m[k], 1e-4);
    ASSERT_NEAR(implicit[fine].energy / explicit.energy, 1, 1e-7);
    if (fine) assert_true(2 * implicit[fine].evaluations < explicit.evaluations);
  }
  assert_true((PetscReal)implicit[1].steps < 1.15 * (PetscReal)implicit[0].steps);
  assert_true((PetscReal)implicit[1].evaluations < 1.15 * (PetscReal)implicit[0].evaluations);
}

#define BOTH(test)                                                                                                                                   \
  static void test##_explicitly(void **unused) { test(0); }                                                                                          \
  static void test##_implicitly(void **unused) { test(1); }
BOTH(exchange_makes_a_disk_uniform)
BOTH(macrospin_finds_the_stoner_wohlfarth_angle)
BOTH(head_to_tail_domains_settle_into_a_wall)
BOTH(free_spins_turn_into_the_field)
BOTH(gives_up_in_time)
BOTH(leaves_the_hard_axis)

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(exchange_makes_a_disk_uniform_explicitly),
    cmocka_unit_test(exchange_makes_a_disk_uniform_implicitly),
    cmocka_unit_test(macrospin_finds_the_stoner_wohlfarth_angle_explicitly),
    cmocka_unit_test(macrospin_finds_the_stoner_wohlfarth_angle_implicitly),
    cmocka_unit_test(head_to_tail_domains_settle_into_a_wall_explicitly),
    cmocka_unit_test(head_to_tail_domains_settle_into_a_wall_implicitly),
    cmocka_unit_test(free_spins_turn_into_the_field_explicitly),
    cmocka_unit_test(free_spins_turn_into_the_field_implicitly),
    cmocka_unit_test(gives_up_in_time_explicitly),
    cmocka_unit_test(gives_up_in_time_implicitly),
    cmocka_unit_test(leaves_the_hard_axis_explicitly),
    cmocka_unit_test(leaves_the_hard_axis_implicitly),
    cmocka_unit_test(a_strip_reverses_alike),
};
HF_TEST_MAIN(tests)
