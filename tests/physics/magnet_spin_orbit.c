/* Spin-orbit torque of a uniform current against exact solutions of a single spin, in all integrators.

     H_DL = hbar theta_DL j/(2 e mu0 Ms t)
     easy axis along z: m tilts along j by psi, sin 2 psi = 2 H_DL/Hk, up to H_DL = Hk/2, beyond which it ends at -p, p = z x j
     damping-like torque alone: tan(psi/2) = tan(psi0/2) exp(w t), turned by -alpha w t, w = gamma0 H_DL/(1 + alpha^2), psi: angle to p
     field-like torque alone: the motion in the applied field -H_FL p
   The hook for implicit steps is the derivative. magnet/magnet_impl.h: the torque's own hooks. */
#include <magnet/magnet_impl.h>
#include <magnet_case.h>
#include <methods.h>

#define MS     800e3
#define T_FILM 2e-9
#define J      1e12
/* For theta = 0.1 at J; hbar/e = 6.582e-16 V s */
#define H_DL (6.582119569e-16 * 0.1 * J / (2 * HF_MU0 * MS * T_FILM))

enum { HEUN = METHODS, ALL };
static const char *method_name(int k) { return k == HEUN ? "heun" : methods[k]; }

/* A film of one spin: alpha, Ku, angle, field_like, start, further values of its documents. */
static void start(Case *c, const char *documents, int method, const char *values) {
  char all[512], text[128];

  CHECK(PetscSNPrintf(text, sizeof(text), "spin %s %s", documents, method == HEUN ? "cold" : "method"));
  CHECK(PetscSNPrintf(all, sizeof(all), "%s; method=%s", values, method == HEUN ? "" : methods[method]));
  if (method == HEUN) CHECK(PetscSNPrintf(all, sizeof(all), "%s", values));
  case_create(c, PETSC_COMM_WORLD, DECK_WITH(text, "%s", all));
}

static void run(Case *c, const PetscReal j[2], PetscReal t, PetscReal m[3]) {
  CHECK(HfMagnetSetUniformCurrent(c->magnet, j));
  CHECK(HfMagnetAdvance(c->magnet, c->m, 0, t, NULL, NULL));
  CHECK(HfMagnetAverage(c->magnet, c->m, m));
}

/* Hk = 2 H_DL/0.8 at J: sin 2 theta = 0.8. Up and down tilt against each other; a metal above acts as one below with the current reversed. */
static void tilts_along_the_current(void **unused) {
  static const struct {
    const char *documents, *angle, *start;
    PetscReal sign, j;
  } cases[] = {{"below", "0.1", "0.1, 0.2, 1", 1, J},
               {"below", "0.1", "0.1, 0.2, -1", -1, J},
               {"below", "-0.1", "0.1, 0.2, 1", -1, J},
               {"above", "0.1", "0.1, 0.2, 1", -1, 0.5 * J},
               {"", "0.1", "0.1, 0.2, 1", -1, -J}};
  const PetscReal theta = 0.5 * PetscAsinReal(0.8), direction[2] = {0.6, 0.8};

  AT_MOST_ON(2);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k)
    for (int way = 0; way < (k == 0 ? (int)ALL : 1); ++way) {
      const PetscReal j[2] = {cases[k].j * direction[0], cases[k].j * direction[1]};
      PetscReal m[3];
      char values[256];
      Case c;

      CHECK(PetscSNPrintf(values, sizeof(values), "alpha=0.5; Ku=%.17g A/m; angle=%s; field_like=0; start=%s", (double)(2.5 * H_DL), cases[k].angle,
                          cases[k].start));
      start(&c, cases[k].documents, way, values);
      run(&c, j, 20e-9, m);
      for (int d = 0; d < 2; ++d) ASSERT_NEAR(m[d], cases[k].sign * PetscSinReal(theta) * direction[d], 1e-6);
      ASSERT_NEAR(m[2], (strstr(cases[k].start, "-1") ? -1 : 1) * PetscCosReal(theta), 1e-6);
      case_destroy(&c);
    }
}

/* H_DL = (1 -+ 0.02) Hk/2 */
static void switches_at_half_the_anisotropy_field(void **unused) {
  const PetscReal j[2] = {J, 0};

  AT_MOST_ON(2);
  for (int beyond = 0; beyond < 2; ++beyond) {
    PetscReal m[3];
    char values[256];
    Case c;

    CHECK(PetscSNPrintf(values, sizeof(values), "alpha=0.5; Ku=%.17g A/m; angle=0.1; field_like=0; start=0.6, 0, 0.8",
                        (double)(2 * H_DL / (beyond ? 1.02 : 0.98))));
    start(&c, "below", 0, values);
    run(&c, j, 40e-9, m);
    if (beyond)
      ASSERT_NEAR(m[1], -1, 1e-3); /* -p */
    else
      ASSERT_NEAR(m[0], PetscSinReal(0.5 * PetscAsinReal(0.98)), 1e-4);
    case_destroy(&c);
  }
}

static void moves_as_the_closed_solution(void **unused) {
  const PetscReal j[2] = {J, 0}, alpha = 0.1, t = 1.5 / (HF_GAMMA0 * H_DL / (1 + alpha * alpha)); /* w t = 1.5 */
  const PetscReal theta = 2 * PetscAtanReal(PetscTanReal(0.5 * PetscAcosReal(0.8)) * PetscExpReal(1.5)), phi = alpha * 1.5;
  const PetscReal exact[3] = {PetscSinReal(theta) * PetscCosReal(phi), PetscCosReal(theta), -PetscSinReal(theta) * PetscSinReal(phi)};

  for (int way = 0; way < (int)ALL; ++way) {
    PetscReal m[3];
    Case c;

    start(&c, "below", way, "alpha=0.1; Ku=0 J/m^3; angle=0.1; field_like=0; start=0.6, 0.8, 0");
    run(&c, j, t, m);
    print_message("%s: off by %.2g, %.2g, %.2g\n", method_name(way), m[0] - exact[0], m[1] - exact[1], m[2] - exact[2]);
    for (int d = 0; d < 3; ++d) ASSERT_NEAR(m[d], exact[d], way < 2 ? 1e-6 : way == HEUN ? 1e-3 : 1e-5); /* Heun's steps turn m by 0.03 rad */
    case_destroy(&c);
  }
}

/* Field-like alone, theta = 0.1: -H_DL p = -H_DL y for a current along x. */
static void field_like_is_an_applied_field(void **unused) {
  const PetscReal j[2] = {J, 0}, none[2] = {0, 0};

  for (int way = 0; way < (int)ALL; ++way) {
    PetscReal m[2][3];

    for (int k = 0; k < 2; ++k) {
      char values[256];
      Case c;

      CHECK(PetscSNPrintf(values, sizeof(values), "alpha=0.1; Ku=20 kA/m; angle=0; field_like=%s; start=0.6, 0.8, 0.5; H=2e4 A/m, %.17g A/m, 1e4 A/m",
                          k ? "0" : "0.1", k ? (double)-H_DL : 0.0));
      start(&c, "applied", way, values);
      run(&c, k ? none : j, 0.3e-9, m[k]);
      case_destroy(&c);
    }
    print_message("%s: apart by %.2g, %.2g, %.2g\n", method_name(way), m[0][0] - m[1][0], m[0][1] - m[1][1], m[0][2] - m[1][2]);
    for (int d = 0; d < 3; ++d) ASSERT_NEAR(m[0][d], m[1][d], way == HEUN ? 1e-4 : 1e-6);
  }
}

static const HfTorque *spin_orbit(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_torques; ++k)
    if (!strcmp(magnet->torques[k].type->name, "spin_orbit")) return &magnet->torques[k];
  fail_msg("no such torque");
  return NULL;
}

/* The torque is quadratic in m: central differences are exact. It is perpendicular to m, and not larger than it says. */
static void hook_is_the_derivative(void **unused) {
  const PetscReal j[2] = {0.7e12, -0.4e12}, u[3] = {0.48, -0.6, 0.64}, step = 0.01;
  const HfTorque *torque;
  PetscReal largest = 0;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("spin above", "alpha=0.1; Ku=0 J/m^3; angle=0.15; field_like=-0.3; start=1, 0, 0"));
  CHECK(HfMagnetSetUniformCurrent(c.magnet, j));
  torque = spin_orbit(c.magnet);
  for (int d = 0; d < 3; ++d) {
    PetscReal T[3][3] = {{0}}, x[3] = {d == 0, d == 1, d == 2};

    for (int s = 0; s < 3; ++s) { /* the derivative, then the torque on both sides */
      PetscReal m[3] = {u[0] + (s - 1.5) * 2 * step * x[0], u[1] + (s - 1.5) * 2 * step * x[1], u[2] + (s - 1.5) * 2 * step * x[2]};
      PetscReal *v = s ? m : x;
      const HfSpan span = {.i = 1, .j = c.g->ys, .n = 1, .m = {v, v + 1, v + 2}};

      if (s)
        (*torque->type->add)(torque, torque->p[0], &span, (PetscReal *const[3]){&T[s][0], &T[s][1], &T[s][2]});
      else
        (*torque->type->linear)(torque, torque->p[0], &span, u, (PetscReal *const[3]){&T[0][0], &T[0][1], &T[0][2]});
      if (s) ASSERT_NEAR((T[s][0] * m[0] + T[s][1] * m[1] + T[s][2] * m[2]) / 1e9, 0, 1e-12);
      if (s) largest = PetscMax(largest, PetscSqrtReal(T[s][0] * T[s][0] + T[s][1] * T[s][1] + T[s][2] * T[s][2]));
    }
    for (int e = 0; e < 3; ++e) ASSERT_NEAR((T[2][e] - T[1][e]) / (2 * step) / 1e10, T[0][e] / 1e10, 1e-12);
  }
  assert_true(largest > 0.3 * (*torque->type->largest)(torque, 0) &&
              largest < 1.05 * (*torque->type->largest)(torque, 0)); /* |m| differs from 1 by 1 % */
  case_destroy(&c);
}

/* A film of two materials with walls and spin-transfer torque besides. */
static void all_methods_agree(void **unused) {
  const PetscReal j[2] = {8e11, 3e11};
  Case c[METHODS + 1];

  AT_MOST_ON(2);
  for (int k = 0; k <= METHODS; ++k) {
    PetscReal most;
    Vec d;

    case_create(&c[k], PETSC_COMM_WORLD, DECK_WITH("disk", "method=%s", k < METHODS ? methods[k] : "auto"));
    CHECK(HfMagnetSetUniformCurrent(c[k].magnet, j));
    CHECK(HfMagnetAdvance(c[k].magnet, c[k].m, 0, 100e-12, NULL, NULL));
    CHECK(VecDuplicate(c[0].m, &d));
    CHECK(VecWAXPY(d, -1, c[0].m, c[k].m));
    CHECK(VecNorm(d, NORM_INFINITY, &most));
    CHECK(VecDestroy(&d));
    print_message("%s: %.2g from the first\n", k < METHODS ? methods[k] : "auto", most);
    ASSERT_NEAR(most, 0, k < 2 ? 1e-5 : 2e-3);
  }
  for (int k = 0; k <= METHODS; ++k) case_destroy(&c[k]);
}

/* Steps with fluctuations are as short as in a field of that size. */
static void thermal_steps_follow_the_torque(void **unused) {
  const PetscReal j[2] = {J, 0};
  PetscReal steps[2];

  for (int k = 0; k < 2; ++k) {
    Case c;

    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("spin applied warm", "alpha=0.1; Ku=0 J/m^3; angle=0; field_like=%s; start=0, 0, 1; H=0 A/m, %.17g A/m, 0 A/m",
                          k ? "0" : "10", k ? 100 * H_DL : 0.0));
    if (!k) CHECK(HfMagnetSetUniformCurrent(c.magnet, j));
    CHECK(HfMagnetExpectedStep(c.magnet, &steps[k]));
    case_destroy(&c);
  }
  ASSERT_NEAR(steps[0] / steps[1], 1, 1e-8);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tilts_along_the_current),         cmocka_unit_test(switches_at_half_the_anisotropy_field),
    cmocka_unit_test(moves_as_the_closed_solution),    cmocka_unit_test(field_like_is_an_applied_field),
    cmocka_unit_test(hook_is_the_derivative),          cmocka_unit_test(all_methods_agree),
    cmocka_unit_test(thermal_steps_follow_the_torque),
};
HF_TEST_MAIN(tests)
