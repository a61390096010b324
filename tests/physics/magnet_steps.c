/* What is expected of the time steps of every method (methods.h): errors that fall with the order, an energy that does not rise without a drive, the states
   of explicit steps with a tight tolerance, outcomes of unstable and symmetric starts, steps that go on where a phase is cut. */
#include <magnet_case.h>
#include <methods.h>
#include <string.h>

#define EXACT "method=5dp; tolerance=1e-10"

typedef struct {
  Case *c;
  PetscReal energy, rise, length, time; /* before; the largest rise; of ||m| - 1|; of the state */
  PetscInt64 steps;
} Watch;

static PetscErrorCode watch(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Watch *w = context;
  const PetscReal energy = case_energy(w->c, t, m);
  const PetscScalar *a;
  PetscInt n;

  PetscFunctionBeginUser;
  w->rise = PetscMax(w->rise, energy - w->energy);
  w->energy = energy;
  w->time = t;
  ++w->steps;
  PetscCall(VecGetLocalSize(m, &n));
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt k = 0; k < n; k += 3) {
    const PetscReal square = a[k] * a[k] + a[k + 1] * a[k + 1] + a[k + 2] * a[k + 2];
    if (square != 0) w->length = PetscMax(w->length, PetscAbsReal(PetscSqrtReal(square) - 1));
  }
  PetscCall(VecRestoreArrayRead(m, &a));
  PetscFunctionReturn(0);
}

/* Largest and root mean square of |a - b| in a cell of the film. */
static void distance(const Case *c, Vec a, Vec b, PetscReal *most, PetscReal *rms) {
  Vec d;

  CHECK(VecDuplicate(a, &d));
  CHECK(VecWAXPY(d, -1, a, b));
  CHECK(VecNorm(d, NORM_INFINITY, most));
  CHECK(VecNorm(d, NORM_2, rms));
  *rms /= PetscSqrtReal((PetscReal)c->g->n_film);
  CHECK(VecDestroy(&d));
}

/* ---- order ---- */
typedef struct {
  PetscReal error;
  PetscInt64 steps;
} Cost;

/* tan(theta/2) = tan(theta0/2) exp(-alpha w t),  phi = w t,  w = gamma0 H/(1 + alpha^2) */
static Cost cost_of_macrospin(const char *method, double alpha, double tolerance) {
  const PetscReal w = HF_GAMMA0 * 5e5 / (1 + alpha * alpha), t = 1.5e-10,
                  theta = 2 * PetscAtanReal(tan(0.5 * atan2(1, 0.2)) * PetscExpReal(-alpha * w * t)),
                  right[3] = {sin(theta) * cos(w * t), sin(theta) * sin(w * t), cos(theta)};
  PetscReal m[3];
  Cost cost = {0, 0};
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("macrospin steps", "alpha=%g; method=%s; tolerance=%g", alpha, method, tolerance));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  for (int d = 0; d < 3; ++d) cost.error = PetscMax(cost.error, PetscAbsReal(m[d] - right[d]));
  HfMagnetStatistics(c.magnet, &cost.steps, NULL, NULL);
  case_destroy(&c);
  return cost;
}

/* From a state in which the fastest waves have decayed. */
static Cost cost_of_wave(const char *method, double alpha, double tolerance, Vec from, Vec to) {
  Cost cost;
  PetscReal rms;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("wave steps", "alpha=%g; method=%s; tolerance=%g", alpha, method, tolerance));
  CHECK(VecCopy(from, c.m));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 1e-11, 6e-11, NULL, NULL));
  distance(&c, c.m, to, &cost.error, &rms);
  HfMagnetStatistics(c.magnet, &cost.steps, NULL, NULL);
  case_destroy(&c);
  return cost;
}

static void assert_order(const char *film, const char *method, double alpha, Cost loose, Cost tight, double order) {
  const double found = log(loose.error / tight.error) / log((double)tight.steps / (double)loose.steps);

  print_message("%s, alpha %g, %s: error %.2g in %lld steps, %.2g in %lld: order %.2f\n", film, alpha, method, loose.error, (long long)loose.steps,
                tight.error, (long long)tight.steps, found);
  assert_true(tight.error < 1e-4);
  assert_true(found > 0.85 * order && found < 1.3 * order); /* errors relative to a small motion are smaller still */
}

/* Fewer errors for more steps, as the tolerance makes them: with this power. */
static void errors_fall_with_the_order(void **unused) {
  static const struct {
    const char *method;
    double alpha, loose, tight, order;
  } rows[] = {{"5dp", 0.3, 1e-5, 1e-8, 5}, {"3bs", 0.3, 1e-6, 1e-8, 3}, {"bdf", 0.3, 1e-7, 1e-9, 3}, {"bdf", 0.02, 1e-6, 1e-8, 2}};

  AT_MOST_ON(1);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(rows); ++k) {
    const char *const method = rows[k].method;
    const double alpha = rows[k].alpha;
    Case from, to;

    assert_order("macrospin", method, alpha, cost_of_macrospin(method, alpha, rows[k].loose), cost_of_macrospin(method, alpha, rows[k].tight),
                 rows[k].order);
    if (rows[k].order > 3) continue; /* stability decides its steps on the wave */
    case_create(&from, PETSC_COMM_WORLD, DECK_WITH("wave steps", "alpha=%g; " EXACT, alpha));
    case_create(&to, PETSC_COMM_WORLD, DECK_WITH("wave steps", "alpha=%g; " EXACT, alpha));
    CHECK(HfMagnetAdvance(from.magnet, from.m, 0, 1e-11, NULL, NULL));
    CHECK(VecCopy(from.m, to.m));
    CHECK(HfMagnetAdvance(to.magnet, to.m, 1e-11, 6e-11, NULL, NULL));
    assert_order("wave", method, alpha, cost_of_wave(method, alpha, rows[k].loose, from.m, to.m),
                 cost_of_wave(method, alpha, rows[k].tight, from.m, to.m), rows[k].order);
    case_destroy(&from);
    case_destroy(&to);
  }
}

/* ---- films ---- */
/* Regions, grains, masks, DMI; the default tolerance. */
static void all_end_where_exact_steps_do(void **unused) {
  static const struct {
    const char *film;
    PetscReal time, within; /* s; average of m */
  } films[] = {{"pieces", 3e-10, 1e-4}, {"strip", 1e-10, 1e-4}};

  AT_MOST_ON(1);
  for (size_t f = 0; f < PETSC_STATIC_ARRAY_LENGTH(films); ++f) {
    char names[64];
    PetscReal right[3];
    Case exact;

    CHECK(PetscSNPrintf(names, sizeof(names), "%s steps", films[f].film));
    case_create(&exact, PETSC_COMM_WORLD, DECK_WITH(names, EXACT));
    CHECK(HfMagnetAdvance(exact.magnet, exact.m, 0, films[f].time, NULL, NULL));
    CHECK(HfMagnetAverage(exact.magnet, exact.m, right));
    CHECK(PetscSNPrintf(names, sizeof(names), "%s default-steps", films[f].film));
    for (int k = 0; k < METHODS; ++k) {
      PetscReal most, rms, average[3], off = 0;
      Watch w = {.length = 0};
      Case c;

      case_create(&c, PETSC_COMM_WORLD, DECK_WITH(names, "method=%s", methods[k]));
      w.c = &c;
      CHECK(HfMagnetAdvance(c.magnet, c.m, 0, films[f].time, watch, &w));
      CHECK(HfMagnetAverage(c.magnet, c.m, average));
      for (int d = 0; d < 3; ++d) off = PetscMax(off, PetscAbsReal(average[d] - right[d]));
      distance(&c, c.m, exact.m, &most, &rms);
      print_message("%s, %s: %lld steps, average off by %.1e, cells by %.1e, at most %.1e\n", films[f].film, methods[k], (long long)w.steps, off, rms,
                    most);
      assert_true(w.time == films[f].time);
      ASSERT_NEAR(off, 0, films[f].within);
      ASSERT_NEAR(most, 0, (strcmp(methods[k], "bdf") ? 20 : 100) * films[f].within); /* bdf counts single cells less */
      ASSERT_NEAR(w.length, 0, 1e-12);
      case_destroy(&c);
    }
    case_destroy(&exact);
  }
}

static void energy_does_not_rise(void **unused) {
  static const char *const films[] = {"pieces default-steps", "maze default-steps", "strip default-steps", "vortex default-steps"};

  AT_MOST_ON(1);
  for (size_t f = 0; f < PETSC_STATIC_ARRAY_LENGTH(films); ++f)
    for (int k = 0; k < METHODS; ++k) {
      PetscReal first;
      Watch w = {.length = 0};
      Case c;

      case_create(&c, PETSC_COMM_WORLD, DECK_WITH(films[f], "method=%s", methods[k]));
      w.c = &c;
      first = w.energy = case_energy(&c, 0, c.m);
      CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 3e-10, watch, &w));
      print_message("%s, %s: %lld steps, energy rises by %.1e of its fall\n", films[f], methods[k], (long long)w.steps, w.rise / (first - w.energy));
      assert_true(w.energy < first);
      ASSERT_NEAR(w.rise / (first - w.energy), 0, 1e-6);
      case_destroy(&c);
    }
}

/* ---- unstable and symmetric starts ---- */
#define FALLEN 200e-9 /* s; at rest */
static void the_unstable_fall_to_the_same_side(void **unused) {
  static const char *const starts[] = {"direction=[1e-3, 0.4e-3, 1]; field=[\"-300 A/m\", 0, 0]",
                                       "direction=[1e-6, 0, -1]; field=[0, \"200 A/m\", 0]", "direction=[1, 1e-3, 0]; field=[\"-2000 A/m\", 0, 0]"};

  AT_MOST_ON(1);
  for (size_t s = 0; s < PETSC_STATIC_ARRAY_LENGTH(starts); ++s) {
    PetscReal right[3];
    Case exact;

    case_create(&exact, PETSC_COMM_WORLD, DECK_WITH("unstable steps", "%s; method=5dp; tolerance=1e-8", starts[s]));
    CHECK(HfMagnetAdvance(exact.magnet, exact.m, 0, FALLEN, NULL, NULL));
    CHECK(HfMagnetAverage(exact.magnet, exact.m, right));
    for (int k = 0; k < METHODS; ++k) {
      PetscReal m[3], off = 0;
      PetscInt64 steps;
      Case c;

      case_create(&c, PETSC_COMM_WORLD, DECK_WITH("unstable default-steps", "%s; method=%s", starts[s], methods[k]));
      CHECK(HfMagnetAdvance(c.magnet, c.m, 0, FALLEN, NULL, NULL));
      CHECK(HfMagnetAverage(c.magnet, c.m, m));
      HfMagnetStatistics(c.magnet, &steps, NULL, NULL);
      for (int d = 0; d < 3; ++d) off = PetscMax(off, PetscAbsReal(m[d] - right[d]));
      print_message("%s, %s: %lld steps, ends at (%.6f, %.6f, %.6f), off by %.1e\n", starts[s], methods[k], (long long)steps, m[0], m[1], m[2], off);
      ASSERT_NEAR(off, 0, 1e-4);
      case_destroy(&c);
    }
    case_destroy(&exact);
  }
}

/* A saddle without any torque: nothing moves, whatever is solved. */
static void a_saddle_stays(void **unused) {
  AT_MOST_ON(1);
  for (int k = 0; k < METHODS; ++k) {
    PetscReal m[3];
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("unstable default-steps", "direction=[0, 0, 1]; field=[0, 0, 0]; method=%s", methods[k]));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 20e-9, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, m));
    ASSERT_NEAR(hypot(m[0], m[1]), 0, 1e-12);
    case_destroy(&c);
  }
}

static void symmetry_stays(void **unused) {
  AT_MOST_ON(1);
  for (int k = 0; k < METHODS; ++k) {
    PetscReal most = 0;
    const PetscScalar *a;
    PetscInt n;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("vortex default-steps", "method=%s", methods[k]));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 0.3e-9, NULL, NULL));
    n = c.g->nx * c.g->ny;
    CHECK(VecGetArrayRead(c.m, &a));
    for (PetscInt i = 0; i < n; ++i)
      for (int d = 0; d < 3; ++d) most = PetscMax(most, PetscAbsReal(a[3 * i + d] + (d < 2 ? 1 : -1) * a[3 * (n - 1 - i) + d]));
    CHECK(VecRestoreArrayRead(c.m, &a));
    print_message("%s: a vortex turned by 180 degrees is another by %.1e\n", methods[k], most);
    ASSERT_NEAR(most, 0, 1e-4);
    case_destroy(&c);
  }
}

/* ---- history ---- */
static PetscInt64 steps_in_pieces(const char *method, int pieces, PetscBool replace, PetscReal m[3]) {
  const PetscReal end = 80e-9;
  PetscInt64 steps;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("unstable default-steps", "direction=[1, 1e-3, 0]; field=[\"-2000 A/m\", 0, 0]; method=%s", method));
  for (int k = 0; k < pieces; ++k) {
    if (replace) CHECK(HfMagnetSetUniformField(c.magnet, (const PetscReal[]){-2000, k, 0}));
    CHECK(HfMagnetAdvance(c.magnet, c.m, k * end / pieces, (k + 1) * end / pieces, NULL, NULL));
  }
  HfMagnetStatistics(c.magnet, &steps, NULL, NULL);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  case_destroy(&c);
  return steps;
}

/* A probe cuts a phase; the steps go on as if it did not. Another field is a new start. */
static void probes_cost_no_more_than_the_step_they_cut(void **unused) {
  AT_MOST_ON(1);
  for (int k = 0; k < METHODS; ++k) {
    PetscReal m[3][3];
    const PetscInt64 whole = steps_in_pieces(methods[k], 1, PETSC_FALSE, m[0]), cut = steps_in_pieces(methods[k], 20, PETSC_FALSE, m[1]),
                     fields = steps_in_pieces(methods[k], 20, PETSC_TRUE, m[2]);

    print_message("%s: %lld steps, %lld when they are cut in 19 places, %lld when the field is replaced there\n", methods[k], (long long)whole,
                  (long long)cut, (long long)fields);
    assert_true(cut <= whole + 2 * 19);
    assert_true(fields >= cut);
    for (int d = 0; d < 3; ++d) ASSERT_NEAR(m[1][d], m[0][d], 3e-4); /* other steps, other errors */
  }
}

/* ---- ranks ---- */
static void any_number_of_ranks_takes_the_same_steps(void **unused) {
  for (int k = 0; k < METHODS; ++k) {
    const char *deck = DECK_WITH("pieces default-steps", "method=%s", methods[k]);
    PetscInt64 steps[2], rejected[2], evaluations[2];
    const PetscScalar *x, *y;
    PetscReal most = 0;
    Case together, alone;

    case_create(&together, PETSC_COMM_WORLD, deck);
    case_create(&alone, PETSC_COMM_SELF, deck);
    CHECK(HfMagnetAdvance(together.magnet, together.m, 0, 2e-11, NULL, NULL));
    CHECK(HfMagnetAdvance(alone.magnet, alone.m, 0, 2e-11, NULL, NULL));
    HfMagnetStatistics(together.magnet, &steps[0], &rejected[0], &evaluations[0]);
    HfMagnetStatistics(alone.magnet, &steps[1], &rejected[1], &evaluations[1]);
    assert_int_equal(steps[0], steps[1]);
    assert_int_equal(rejected[0], rejected[1]);
    assert_int_equal(evaluations[0], evaluations[1]);
    CHECK(VecGetArrayRead(together.m, &x));
    CHECK(VecGetArrayRead(alone.m, &y));
    for (PetscInt i = 0; i < 3 * together.g->nx * together.g->ym; ++i)
      most = PetscMax(most, PetscAbsReal(x[i] - y[3 * together.g->nx * together.g->ys + i]));
    CHECK(VecRestoreArrayRead(together.m, &x));
    CHECK(VecRestoreArrayRead(alone.m, &y));
    print_message("%s: %lld steps, %lld evaluations, %.1e apart\n", methods[k], (long long)steps[0], (long long)evaluations[0], most);
    ASSERT_NEAR(most, 0, 1e-9);
    case_destroy(&together);
    case_destroy(&alone);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(errors_fall_with_the_order),
    cmocka_unit_test(all_end_where_exact_steps_do),
    cmocka_unit_test(energy_does_not_rise),
    cmocka_unit_test(the_unstable_fall_to_the_same_side),
    cmocka_unit_test(a_saddle_stays),
    cmocka_unit_test(symmetry_stays),
    cmocka_unit_test(probes_cost_no_more_than_the_step_they_cut),
    cmocka_unit_test(any_number_of_ranks_takes_the_same_steps),
};
HF_TEST_MAIN(tests)
