/* Cubic anisotropy against closed forms: energies of the directions 100, 110 and 111, the field at which m leaves an easy axis, and ferromagnetic resonance

     m along 100   w = gamma0 (H + 2 Kc1/(mu0 Ms))
     m along 111   w = gamma0 (H - (4/3) Kc1/(mu0 Ms) - (4/9) Kc2/(mu0 Ms))
     m along 110   w = gamma0 sqrt((H - 2 Kc1/(mu0 Ms)) (H + (Kc1 + Kc2/2)/(mu0 Ms)))
   for crystals that lie askew; the field is the derivative of the energy, the hook for implicit steps that of the field, and all methods end alike.
   Source: Chikazumi, Physics of Ferromagnetism (1997), chapters 3 and 12. magnet/magnet_impl.h: the term's own hooks. */
#include <magnet/magnet_impl.h>
#include <magnet_case.h>
#include <methods.h>

#define MS     800e3
#define HK     40e3                     /* 2 Kc1/(mu0 Ms), A/m */
#define K1     (0.5 * HF_MU0 * MS * HK) /* J/m^3 */
#define VOLUME (40e-9 * 40e-9 * 3e-9)

/* Axes askew: c1, c2 and c3 = c1 x c2. */
static const PetscReal axes[3][3] = {{2.0 / 3, 2.0 / 3, 1.0 / 3}, {-2.0 / 3, 1.0 / 3, 2.0 / 3}, {1.0 / 3, -2.0 / 3, 2.0 / 3}};
#define ASKEW "axis_1=2, 2, 1; axis_2=-2, 1, 2"

/* From the axes of the crystal to the film. */
static void in_film(const PetscReal a[3], PetscReal m[3]) {
  for (int d = 0; d < 3; ++d) m[d] = a[0] * axes[0][d] + a[1] * axes[1][d] + a[2] * axes[2][d];
}

static void set(Case *c, const PetscReal m[3]) {
  PetscScalar *a;

  CHECK(VecGetArray(c->m, &a));
  for (PetscInt k = 0; k < 3 * c->g->nx * c->g->ym; ++k) a[k] = m[k % 3];
  CHECK(VecRestoreArray(c->m, &a));
}

static void rough(PetscReal x, PetscReal y, void *context, PetscReal m[3]) { /* of no particular length */
  m[0] = PetscSinReal(1 + 2e8 * x + 1e8 * y);
  m[1] = PetscCosReal(1 - 1e8 * x + 3e8 * y);
  m[2] = 0.5 + 1e7 * x;
}

static PetscReal energy_at(Case *c, PetscInt k, PetscInt d, PetscReal step, Vec H) {
  PetscReal energy;
  PetscScalar *m;

  CHECK(VecGetArray(c->m, &m));
  m[3 * k + d] += step;
  CHECK(VecRestoreArray(c->m, &m));
  energy = case_energy(c, 0, c->m);
  if (H) CHECK(HfMagnetEffectiveField(c->magnet, 0, c->m, H));
  CHECK(VecGetArray(c->m, &m));
  m[3 * k + d] -= step;
  CHECK(VecRestoreArray(c->m, &m));
  return energy;
}

/* Differences of fourth order of a polynomial of degree 6: off by step^4/30 of its fifth derivative. */
static void field_is_minus_the_derivative_of_the_energy(void **unused) {
  const PetscReal step = 2e-3;
  const PetscScalar *H;
  PetscReal worst = 0;
  Vec field;
  Case c;

  case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece", "alpha=0.1; Kc1=40 kA/m; Kc2=-70 kA/m; " ASKEW));
  case_fill(&c, c.m, rough, NULL);
  CHECK(VecDuplicate(c.m, &field));
  CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
  CHECK(VecGetArrayRead(field, &H));
  for (PetscInt k = 0; k < c.g->nx * c.g->ny; ++k)
    for (PetscInt d = 0; d < 3; ++d) {
      const PetscReal near = energy_at(&c, k, d, step, NULL) - energy_at(&c, k, d, -step, NULL);
      const PetscReal far = energy_at(&c, k, d, 2 * step, NULL) - energy_at(&c, k, d, -2 * step, NULL);
      const PetscReal slope = (8 * near - far) / (12 * step) / (-HF_MU0 * MS * c.g->dx * c.g->dy * c.g->thickness);

      worst = PetscMax(worst, PetscAbsReal(slope - H[3 * k + d]) / HK);
    }
  CHECK(VecRestoreArrayRead(field, &H));
  assert_true(HfMagnetTermCount(c.magnet) == 1);
  ASSERT_NEAR(worst, 0, 1e-8);
  CHECK(VecDestroy(&field));
  case_destroy(&c);
}

static const HfTerm *cubic(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (!strcmp(magnet->terms[k].type->name, "cubic")) return &magnet->terms[k];
  fail_msg("no such term");
  return NULL;
}

static void hook_is_the_derivative_of_the_field(void **unused) {
  const PetscReal step = 1e-5;
  const PetscScalar *u, *H[2];
  PetscReal worst = 0;
  const HfTerm *term;
  Vec field[2];
  Case c;

  case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece", "alpha=0.1; Kc1=40 kA/m; Kc2=-70 kA/m; " ASKEW));
  case_fill(&c, c.m, rough, NULL);
  term = cubic(c.magnet);
  for (int s = 0; s < 2; ++s) CHECK(VecDuplicate(c.m, &field[s]));
  for (PetscInt k = 0; k < c.g->nx * c.g->ny; ++k)
    for (PetscInt d = 0; d < 3; ++d) {
      PetscReal x[3] = {d == 0, d == 1, d == 2}, h[3] = {0};
      const HfSpan span = {.i = k % c.g->nx, .j = k / c.g->nx, .n = 1, .m = {x, x + 1, x + 2}, .H = {h, h + 1, h + 2}};

      for (int s = 0; s < 2; ++s) energy_at(&c, k, d, s ? step : -step, field[s]);
      CHECK(VecGetArrayRead(c.m, &u));
      (*term->type->derivative)(term, term->p[0], &span, u + 3 * k);
      CHECK(VecRestoreArrayRead(c.m, &u));
      for (int s = 0; s < 2; ++s) CHECK(VecGetArrayRead(field[s], &H[s]));
      for (PetscInt e = 0; e < 3; ++e) worst = PetscMax(worst, PetscAbsReal((H[1][3 * k + e] - H[0][3 * k + e]) / (2 * step) - h[e]) / HK);
      for (int s = 0; s < 2; ++s) CHECK(VecRestoreArrayRead(field[s], &H[s]));
    }
  ASSERT_NEAR(worst, 0, 1e-6); /* step^2 of it, and round-off */
  for (int s = 0; s < 2; ++s) CHECK(VecDestroy(&field[s]));
  case_destroy(&c);
}

static void energies_of_the_directions(void **unused) {
  const PetscReal r2 = PetscSqrtReal(0.5), r3 = PetscSqrtReal(1.0 / 3), K2 = 0.5 * K1;
  const struct {
    PetscReal a[3], energy;
  } directions[] = {
      {{1, 0, 0}, 0}, {{0, -1, 0}, 0}, {{0, 0, 1}, 0}, {{r2, 0, -r2}, K1 / 4}, {{r3, r3, r3}, K1 / 3 + K2 / 27}, {{-r3, r3, r3}, K1 / 3 + K2 / 27}};
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("piece", "alpha=0.1; Kc1=40 kA/m; Kc2=20 kA/m; " ASKEW));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(directions); ++k) {
    PetscReal m[3];

    in_film(directions[k].a, m);
    set(&c, m);
    ASSERT_NEAR(case_energy(&c, 0, c.m) / VOLUME, directions[k].energy, 1e-12 * K1);
  }
  case_destroy(&c);
}

/* After a period m, which precesses at a small angle without damping, is where it was: by how many radians it is not, along its orbit. */
static void resonance(const PetscReal axis[3], PetscReal K1_field, PetscReal K2_field, PetscReal H, PetscReal frequency, const char *method) {
  const PetscReal angle = 1e-3, length = PetscSqrtReal(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
  PetscReal along[3], off[3], across[3], m[3], end[3], start[3] = {axis[0] / length, axis[1] / length, axis[2] / length};
  /* off: across the axis, along a principal axis of all three */
  const PetscReal side[3] = {axis[1], -axis[0], 0}, other[3] = {axis[0] == axis[1] ? 1 : 0, axis[0] == axis[1] ? -1 : 1, 0};
  const PetscReal *pick = axis[0] == axis[1] ? side : other;
  PetscReal norm = PetscSqrtReal(pick[0] * pick[0] + pick[1] * pick[1]);
  Case c;

  in_film(start, along);
  for (int d = 0; d < 3; ++d) across[d] = pick[d] / norm;
  in_film(across, off);
  for (int d = 0; d < 3; ++d) m[d] = PetscCosReal(angle) * along[d] + PetscSinReal(angle) * off[d];
  case_create(&c, PETSC_COMM_WORLD,
              DECK_WITH("piece applied steps",
                        "alpha=0; Kc1=%.17g A/m; Kc2=%.17g A/m; H=%.17g A/m, %.17g A/m, %.17g A/m; integrator=method: %s, tolerance: 1e-8; " ASKEW,
                        K1_field, K2_field, H * along[0], H * along[1], H * along[2], method));
  set(&c, m);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 2 * PETSC_PI / frequency, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, end));
  for (int d = 0; d < 3; ++d) ASSERT_NEAR((end[d] - m[d]) / angle, 0, !strcmp(method, "bdf") ? 2e-2 : 2e-4);
  /* half way it is on the other side */
  set(&c, m);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, PETSC_PI / frequency, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, end));
  for (int d = 0; d < 3; ++d) ASSERT_NEAR((end[d] - (2 * PetscCosReal(angle) * along[d] - m[d])) / angle, 0, !strcmp(method, "bdf") ? 2e-2 : 2e-3);
  case_destroy(&c);
}

static void ferromagnetic_resonance(void **unused) {
  const PetscReal edge[3] = {1, 0, 0}, face[3] = {1, 1, 0}, diagonal[3] = {1, 1, 1};

  AT_MOST_ON(2);
  for (int k = 0; k < METHODS; ++k) {
    resonance(edge, HK, 0.5 * HK, 10e3, HF_GAMMA0 * (10e3 + HK), methods[k]);
    resonance(diagonal, -HK, 0.3 * HK, 10e3, HF_GAMMA0 * (10e3 + 2.0 / 3 * HK - 2.0 / 9 * 0.3 * HK), methods[k]);
    resonance(face, HK, 0.4 * HK, 100e3, HF_GAMMA0 * PetscSqrtReal((100e3 - HK) * (100e3 + 0.5 * HK + 0.25 * 0.4 * HK)), methods[k]);
  }
}

/* A field against m on an easy axis: m leaves it at 2 Kc1/(mu0 Ms). */
static void leaves_an_easy_axis_at_the_anisotropy_field(void **unused) {
  const PetscReal start[3] = {1, 1e-3, 2e-3};

  for (int k = 0; k < 2; ++k) {
    const PetscReal H = (k ? 1.01 : 0.99) * HK;
    PetscReal m[3], end[3], along = 0;
    PetscBool converged;
    Case c;

    in_film(start, m);
    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("piece applied", "alpha=0.1; Kc1=40 kA/m; Kc2=0 A/m; H=%.17g A/m, %.17g A/m, %.17g A/m; " ASKEW, -H * axes[0][0],
                          -H * axes[0][1], -H * axes[0][2]));
    set(&c, m);
    CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-9, 1e-3, NULL, NULL, &converged));
    assert_true(converged);
    CHECK(HfMagnetAverage(c.magnet, c.m, end));
    for (int d = 0; d < 3; ++d) along += end[d] * axes[0][d];
    ASSERT_NEAR(along, k ? -1 : 1, 1e-6);
    case_destroy(&c);
  }
}

/* 0.7071 stands for the root of 1/2: the axes are those of exact numbers. */
static void rounded_axes_are_perpendicular(void **unused) {
  const char *const written[] = {"axis_1=0.7071, 0.7072, 0; axis_2=-0.7071, 0.7071, 0", "axis_1=0.7071, 0.7072, 0; axis_2=-0.7072, 0.7071, 0"};
  PetscReal energy[2];

  for (int k = 0; k < 2; ++k) {
    Case c;

    case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece", "alpha=0.1; Kc1=40 kA/m; Kc2=0 A/m; %s", written[k]));
    case_fill(&c, c.m, rough, NULL);
    energy[k] = case_energy(&c, 0, c.m);
    case_destroy(&c);
  }
  ASSERT_NEAR(energy[1] / energy[0], 1, 1e-14);
}

static PetscReal apart(Vec a, Vec b) {
  PetscReal most;
  Vec d;

  CHECK(VecDuplicate(a, &d));
  CHECK(VecWAXPY(d, -1, a, b));
  CHECK(VecNorm(d, NORM_INFINITY, &most));
  CHECK(VecDestroy(&d));
  return most;
}

/* Motion over 5 ns, 100 times what it takes to turn, and relaxation. */
static void all_methods_end_alike(void **unused) {
  Case c[METHODS + 3];
  PetscBool converged;

  AT_MOST_ON(2);
  for (int k = 0; k < METHODS + 3; ++k) {
    case_create(&c[k], PETSC_COMM_WORLD, DECK_WITH("disk method", "method=%s", k < METHODS ? methods[k] : "auto"));
    if (k <= METHODS)
      CHECK(HfMagnetAdvance(c[k].magnet, c[k].m, 0, 5e-9, NULL, NULL));
    else {
      HfMagnetSetRelaxation(c[k].magnet, k == METHODS + 1 ? HF_RELAX_EXPLICIT : HF_RELAX_IMPLICIT);
      CHECK(HfMagnetRelax(c[k].magnet, 0, c[k].m, 1e-8, 1e-6, NULL, NULL, &converged));
      assert_true(converged);
    }
    print_message("%s: energy %.10g J, %.2g from the first\n",
                  k < METHODS    ? methods[k]
                  : k == METHODS ? "auto"
                                 : "relaxation",
                  case_energy(&c[k], 0, c[k].m), apart(c[0].m, c[k].m));
    ASSERT_NEAR(apart(c[0].m, c[k].m), 0, 1e-4);
  }
  for (int k = 0; k < METHODS + 3; ++k) case_destroy(&c[k]);
}

static PetscErrorCode falls(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Case *c = ((void **)context)[0];
  PetscReal *last = ((void **)context)[1];
  const PetscReal energy = case_energy(c, t, m);

  PetscFunctionBeginUser;
  assert_true(energy <= *last + 1e-12 * K1 * VOLUME);
  *last = energy;
  PetscFunctionReturn(0);
}

/* Steps as long as the stiffness of the film allows do not raise the energy; those with fluctuations are those of a uniaxial anisotropy of this field. */
static void estimated_steps_are_stable(void **unused) {
  const char *const constants[] = {"Kc1=40 kA/m; Kc2=0 A/m", "Kc1=-40 kA/m; Kc2=0 A/m", "Kc1=10 kA/m; Kc2=160 kA/m", "Kc1=1 kA/m; Kc2=-160 kA/m"};
  PetscReal steps[2];
  Case c;

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(constants); ++k) {
    PetscReal last = PETSC_MAX_REAL, torque, step;

    case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece", "alpha=0.3; %s; " ASKEW, constants[k]));
    step = HfMagnetExplicitStep(c.magnet);
    case_destroy(&c);
    case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece equal-steps", "alpha=0.3; %s; step=%.17g; " ASKEW, constants[k], step));
    case_fill(&c, c.m, rough, NULL);
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1500 * step, falls, (void *[]){&c, &last}));
    CHECK(HfMagnetMaxTorque(c.magnet, 0, c.m, &torque));
    print_message("%s: torque %.2g after 1500 steps of %.3g ps\n", constants[k], torque, 1e12 * step);
    assert_true(torque < 1e-6);
    case_destroy(&c);
  }
  for (int k = 0; k < 2; ++k) {
    case_create(&c, PETSC_COMM_SELF, k ? DECK("uniaxial warm") : DECK_WITH("piece warm", "alpha=0.1; Kc1=40 kA/m; Kc2=0 A/m; " ASKEW));
    CHECK(HfMagnetExpectedStep(c.magnet, &steps[k]));
    case_destroy(&c);
  }
  ASSERT_NEAR(steps[0] / steps[1], 1, 1e-12);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(field_is_minus_the_derivative_of_the_energy),
    cmocka_unit_test(hook_is_the_derivative_of_the_field),
    cmocka_unit_test(energies_of_the_directions),
    cmocka_unit_test(ferromagnetic_resonance),
    cmocka_unit_test(leaves_an_easy_axis_at_the_anisotropy_field),
    cmocka_unit_test(rounded_axes_are_perpendicular),
    cmocka_unit_test(all_methods_end_alike),
    cmocka_unit_test(estimated_steps_are_stable),
};
HF_TEST_MAIN(tests)
