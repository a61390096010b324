/* Relaxation: the energy never rises, the state is a minimum in the end, and known minima are found. */
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

static void begin(Case *c, Watch *w, const char *deck) {
  case_create(c, PETSC_COMM_WORLD, deck);
  *w = (Watch){.c = c};
  w->first = w->energy = case_energy(c, 0, c->m);
}

/* A disk with exchange alone: every texture unwinds to the uniform state, whatever its direction. */
static void exchange_makes_a_disk_uniform(void **unused) {
  PetscReal m[3], torque;
  PetscInt64 steps, rejected, evaluations;
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, DECK("disk"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-5, 1e-3, watch, &w, &converged));
  assert_true(converged);
  HfMagnetStatistics(c.magnet, &steps, &rejected, &evaluations);
  print_message("disk of %d cells: %d steps, %d rejected, %d evaluations\n", (int)c.g->n_film, (int)steps, (int)rejected, (int)evaluations);
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
static void macrospin_finds_the_stoner_wohlfarth_angle(void **unused) {
  PetscReal m[3];
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, DECK("undamped"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-9, 1e-3, watch, &w, &converged));
  assert_true(converged);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  ASSERT_NEAR(m[0], 0.1 * 800e3 / 2e5, 1e-7);
  ASSERT_NEAR(m[1], 0, 1e-7);
  ASSERT_NEAR(w.worst_rise / PetscAbsReal(w.first), 0, 1e-13);
  case_destroy(&c);
}

/* A wall of the width sqrt(Aex/Ku) settles between up and down; its profile is tanh and its energy 4 sqrt(Aex Ku) per area. */
static void head_to_tail_domains_settle_into_a_wall(void **unused) {
  const PetscReal exact = 4 * PetscSqrtReal(13e-12 * 5e5) * 8e-9 * 3e-9, ground = -5e5 * 120e-9 * 8e-9 * 3e-9;
  PetscBool converged;
  Watch w;
  Case c;

  begin(&c, &w, DECK("wall"));
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

static void gives_up_in_time(void **unused) {
  PetscBool converged = PETSC_TRUE;
  Watch w;
  Case c;

  begin(&c, &w, DECK("disk"));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-5, 1e-12, watch, &w, &converged));
  assert_false(converged);
  assert_true(w.energy < w.first);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(exchange_makes_a_disk_uniform),
    cmocka_unit_test(macrospin_finds_the_stoner_wohlfarth_angle),
    cmocka_unit_test(head_to_tail_domains_settle_into_a_wall),
    cmocka_unit_test(gives_up_in_time),
};
HF_TEST_MAIN(tests)
