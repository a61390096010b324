/* One macrospin in a field along z: precession and damping in closed form, order of convergence in the step, unit length.

     tan(theta/2) = tan(theta0/2) exp(-alpha w t),  phi = phi0 + w t,  w = gamma0 H/(1 + alpha^2) */
#include <magnet_case.h>

#define H0    5e5 /* A/m */
#define ALPHA 0.1
static void closed_solution(PetscReal t, PetscReal m[3]) {
  const PetscReal w = HF_GAMMA0 * H0 / (1 + ALPHA * ALPHA),
                  theta = 2 * PetscAtanReal(PetscTanReal(0.5 * PetscAtanReal(1 / 0.2)) * PetscExpReal(-ALPHA * w * t));
  m[0] = PetscSinReal(theta) * PetscCosReal(w * t);
  m[1] = PetscSinReal(theta) * PetscSinReal(w * t);
  m[2] = PetscCosReal(theta);
}

static PetscReal error_at(const char *integrator, PetscReal t) {
  PetscReal m[3], exact[3], error = 0;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("macrospin", "integrator=%s", integrator));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  closed_solution(t, exact);
  for (int d = 0; d < 3; ++d) error = PetscMax(error, PetscAbsReal(m[d] - exact[d]));
  case_destroy(&c);
  return error;
}

static void precesses_and_damps(void **unused) {
  /* Five turns. The error of a run is a few times the tolerance of a step. */
  ASSERT_NEAR(error_at("tolerance: 1e-8", 2.9e-10), 0, 1e-6);
  ASSERT_NEAR(error_at("tolerance: 1e-6", 2.9e-10), 0, 1e-4);
}

/* With a tolerance that never rejects, every step is the largest allowed. */
static void converges_with_the_order_of_the_method(void **unused) {
  static const struct {
    const char *method;
    PetscReal order, step;
  } methods[] = {{"5dp", 5, 2e-12}, {"3bs", 3, 2e-12}};

  for (int k = 0; k < 2; ++k) {
    PetscReal error[2];

    for (int half = 0; half < 2; ++half) {
      char integrator[256];
      const PetscReal step = methods[k].step / (1 + half);
      CHECK(PetscSNPrintf(integrator, sizeof(integrator), "method: %s, tolerance: 1e9, first_step: %.17g s, max_step: %.17g s", methods[k].method,
                          step, step));
      error[half] = error_at(integrator, 200e-12);
    }
    print_message("%s: error %.3g, %.3g with half the step: order %.2f\n", methods[k].method, error[0], error[1], log2(error[0] / error[1]));
    ASSERT_NEAR(log2(error[0] / error[1]), methods[k].order, 0.35);
  }
}

typedef struct {
  PetscReal worst, last, total;
  PetscInt calls, stop_after;
} Watch;

static PetscErrorCode watch(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *w = context;
  const PetscScalar *a;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(m, &n));
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt k = 0; k < n; k += 3)
    w->worst = PetscMax(w->worst, PetscAbsReal(PetscSqrtReal(a[k] * a[k] + a[k + 1] * a[k + 1] + a[k + 2] * a[k + 2]) - 1));
  PetscCall(VecRestoreArrayRead(m, &a));
  w->last = t;
  w->total += dt;
  *stop = (PetscBool)(++w->calls == w->stop_after);
  PetscFunctionReturn(0);
}

static void keeps_unit_length_and_ends_on_time(void **unused) {
  Watch w = {0, 0, 0, 0, -1};
  PetscReal m[3], exact[3];
  PetscInt64 steps;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("macrospin", "integrator=tolerance: 1e-7"));
  for (int phase = 0; phase < 4; ++phase) { /* uneven phases one after another */
    const PetscReal ends[] = {0, 3e-12, 111e-12, 112e-12, 200e-12};
    CHECK(HfMagnetAdvance(c.magnet, c.m, ends[phase], ends[phase + 1], watch, &w));
    assert_true(w.last == ends[phase + 1]);
  }
  ASSERT_NEAR(w.worst, 0, 1e-12);
  ASSERT_NEAR(w.total, 200e-12, 1e-21);
  HfMagnetStatistics(c.magnet, &steps, NULL, NULL);
  assert_int_equal(steps, w.calls);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  closed_solution(200e-12, exact);
  for (int d = 0; d < 3; ++d) ASSERT_NEAR(m[d], exact[d], 1e-5);
  w.stop_after = w.calls + 2;
  CHECK(HfMagnetAdvance(c.magnet, c.m, 200e-12, 400e-12, watch, &w));
  assert_int_equal(w.calls, w.stop_after);
  assert_true(w.last < 400e-12);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(precesses_and_damps),
    cmocka_unit_test(converges_with_the_order_of_the_method),
    cmocka_unit_test(keeps_unit_length_and_ends_on_time),
};
HF_TEST_MAIN(tests)
