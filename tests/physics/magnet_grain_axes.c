/* Easy directions that differ from grain to grain: the field is the derivative of the energy, and the hook for implicit steps that of the field; m and the
   directions turn together; grains with one common axis are a uniaxial anisotropy; cells larger than grains have the mean of finer cells; every method of
   time integration and of relaxation ends in the same state. magnet/magnet_impl.h: the term's own hooks. */
#include <magnet/magnet_impl.h>
#include <magnet_case.h>
#include <methods.h>

#define MS 800e3
#define K  20e3
static const int folds[] = {2, 4, 6, 8, 10, 12};
enum { FOLDS = PETSC_STATIC_ARRAY_LENGTH(folds) };

/* Of no particular length: the field is a polynomial in m. */
static void rough(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  m[0] = PetscSinReal(1 + 2e8 * x + 1e8 * y);
  m[1] = PetscCosReal(1 - 1e8 * x + 3e8 * y);
  m[2] = 0.5 + 1e7 * x;
}

static const HfTerm *grain_axes(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (!strcmp(magnet->terms[k].type->name, "grain_axes")) return &magnet->terms[k];
  return NULL;
}

/* The value of E(m_d of cell k + step), and the field there if H is not NULL. */
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

/* Differences of fourth order: the error is that of the polynomial's fifth derivative, n^4 step^4/30 relative to it, and of round-off. */
#define STEP 2e-3
static void check_field(int fold) {
  const PetscScalar *H;
  PetscReal worst = 0;
  Vec field;
  Case c;

  case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece", "fold=%d; axis=", fold));
  case_fill(&c, c.m, rough, NULL);
  CHECK(VecDuplicate(c.m, &field));
  CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
  CHECK(VecGetArrayRead(field, &H));
  for (PetscInt k = 0; k < c.g->nx * c.g->ny; ++k)
    for (PetscInt d = 0; d < 3; ++d) {
      const PetscReal near = energy_at(&c, k, d, STEP, NULL) - energy_at(&c, k, d, -STEP, NULL);
      const PetscReal far = energy_at(&c, k, d, 2 * STEP, NULL) - energy_at(&c, k, d, -2 * STEP, NULL);
      const PetscReal slope = (8 * near - far) / (12 * STEP) / (-HF_MU0 * MS * c.g->dx * c.g->dy * c.g->thickness);

      worst = PetscMax(worst, PetscAbsReal(slope - H[3 * k + d]) / (2 * K / (HF_MU0 * MS)));
    }
  CHECK(VecRestoreArrayRead(field, &H));
  assert_true(HfMagnetTermCount(c.magnet) == 1);
  ASSERT_NEAR(worst, 0, 1e-8);
  CHECK(VecDestroy(&field));
  case_destroy(&c);
}

static void field_is_minus_the_derivative_of_the_energy(void **unused) {
  for (int f = 0; f < FOLDS; ++f) check_field(folds[f]);
}

static void hook_is_the_derivative_of_the_field(void **unused) {
  for (int f = 0; f < FOLDS; ++f) {
    PetscReal *x[3], *H[3], worst = 0;
    const PetscScalar *u, *side[2];
    const HfTerm *term;
    PetscInt n;
    Vec field[2];
    Case c;

    case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece", "fold=%d; axis=", folds[f]));
    case_fill(&c, c.m, rough, NULL);
    n = c.g->nx * c.g->ny;
    term = grain_axes(c.magnet);
    for (int s = 0; s < 2; ++s) CHECK(VecDuplicate(c.m, &field[s]));
    for (PetscInt d = 0; d < 3; ++d) {
      CHECK(PetscCalloc1(n, &x[d]));
      CHECK(PetscCalloc1(n, &H[d]));
    }
    for (PetscInt k = 0; k < n; ++k)
      for (PetscInt d = 0; d < 3; ++d) {
        const HfSpan span = {.i = k % c.g->nx, .j = k / c.g->nx, .n = 1, .m = {x[0], x[1], x[2]}, .H = {H[0], H[1], H[2]}};
        PetscReal step = 1e-5;

        for (PetscInt e = 0; e < 3; ++e) {
          x[e][0] = e == d;
          H[e][0] = 0;
        }
        for (int s = 0; s < 2; ++s) energy_at(&c, k, d, s ? step : -step, field[s]);
        CHECK(VecGetArrayRead(c.m, &u));
        (*term->type->derivative)(term, term->p[0], &span, u + 3 * k);
        CHECK(VecRestoreArrayRead(c.m, &u));
        for (int s = 0; s < 2; ++s) CHECK(VecGetArrayRead(field[s], &side[s]));
        for (PetscInt e = 0; e < 3; ++e)
          worst = PetscMax(worst, PetscAbsReal((side[1][3 * k + e] - side[0][3 * k + e]) / (2 * step) - H[e][0]) / (2 * K / (HF_MU0 * MS)));
        for (int s = 0; s < 2; ++s) CHECK(VecRestoreArrayRead(field[s], &side[s]));
      }
    ASSERT_NEAR(worst, 0, 1e-6); /* n^3 step^2/6 of it, and round-off */
    for (PetscInt d = 0; d < 3; ++d) {
      CHECK(PetscFree(x[d]));
      CHECK(PetscFree(H[d]));
    }
    for (int s = 0; s < 2; ++s) CHECK(VecDestroy(&field[s]));
    case_destroy(&c);
  }
}

/* Grains are drawn about a mean axis; when it turns with m, so does the field. */
static void turned(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal angle = *(PetscReal *)context;
  PetscReal w[3];

  rough(x, y, NULL, w);
  m[0] = PetscCosReal(angle) * w[0] - PetscSinReal(angle) * w[1];
  m[1] = PetscSinReal(angle) * w[0] + PetscCosReal(angle) * w[1];
  m[2] = w[2];
}

static void axes_and_magnetization_turn_together(void **unused) {
  for (int f = 0; f < FOLDS; ++f) {
    const double degrees[2] = {10, 57};
    PetscReal energy[2], worst = 0;
    const PetscScalar *H[2];
    Vec field[2];
    Case c[2];

    for (int k = 0; k < 2; ++k) {
      PetscReal angle = degrees[k] * PETSC_PI / 180;

      case_create(&c[k], PETSC_COMM_SELF, DECK_WITH("piece", "fold=%d; axis=grain_axis: %g deg, grain_axis_spread: 40 deg", folds[f], degrees[k]));
      case_fill(&c[k], c[k].m, turned, &angle);
      CHECK(VecDuplicate(c[k].m, &field[k]));
      CHECK(HfMagnetEffectiveField(c[k].magnet, 0, c[k].m, field[k]));
      energy[k] = case_energy(&c[k], 0, c[k].m);
      CHECK(VecGetArrayRead(field[k], &H[k]));
    }
    ASSERT_NEAR(energy[1] / energy[0], 1, 1e-12);
    for (PetscInt k = 0; k < 3 * c[0].g->nx * c[0].g->ny; k += 3) {
      const PetscReal cosine = PetscCosReal(47 * PETSC_PI / 180), sine = PetscSinReal(47 * PETSC_PI / 180);

      worst = PetscMax(worst, PetscAbsReal(H[1][k] - cosine * H[0][k] + sine * H[0][k + 1]));
      worst = PetscMax(worst, PetscAbsReal(H[1][k + 1] - sine * H[0][k] - cosine * H[0][k + 1]));
    }
    ASSERT_NEAR(worst / (2 * K / (HF_MU0 * MS)), 0, 1e-11);
    for (int k = 0; k < 2; ++k) {
      CHECK(VecRestoreArrayRead(field[k], &H[k]));
      CHECK(VecDestroy(&field[k]));
      case_destroy(&c[k]);
    }
  }
}

/* E = -K (m.u)^2 + (K/2) (m_x^2 + m_y^2): against the term `uniaxial` in the other half of the film. */
static void two_fold_grains_along_one_axis_are_uniaxial(void **unused) {
  const PetscReal field_constant = 20e3, constant = 0.5 * HF_MU0 * MS * field_constant;
  PetscReal energies[8];
  PetscInt cells = 0;
  const PetscScalar *H, *m;
  Vec field;
  Case c;

  case_create(&c, PETSC_COMM_SELF, DECK("easy-axis"));
  assert_int_equal(HfMagnetTermCount(c.magnet), 2);
  for (PetscReal phi = 0; phi < 6; phi += 0.7) {
    for (PetscReal theta = 0.3; theta < 3; theta += 0.6) {
      PetscScalar *a;

      CHECK(VecGetArray(c.m, &a));
      for (PetscInt k = 0; k < 3 * c.g->nx * c.g->ny; k += 3) {
        a[k] = PetscSinReal(theta) * PetscCosReal(phi);
        a[k + 1] = PetscSinReal(theta) * PetscSinReal(phi);
        a[k + 2] = PetscCosReal(theta);
      }
      CHECK(VecRestoreArray(c.m, &a));
      CHECK(HfMagnetEnergies(c.magnet, 0, c.m, energies)); /* uniaxial, grain_axes: of as many cells each */
      ASSERT_NEAR((energies[1] - energies[0]) / (30e-9 * 30e-9 * 3e-9 * constant), 0.5 * PetscSqr(PetscSinReal(theta)), 1e-12);
      CHECK(VecDuplicate(c.m, &field));
      CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
      CHECK(VecGetArrayRead(field, &H));
      CHECK(VecGetArrayRead(c.m, &m));
      for (PetscInt k = 0; k < c.g->nx * c.g->ny; ++k) {
        const PetscInt grains = k % c.g->nx < c.g->nx / 2 ? k : k - c.g->nx / 2, axis = grains + c.g->nx / 2;

        for (PetscInt d = 0; d < 3; ++d)
          ASSERT_NEAR(H[3 * grains + d] - H[3 * axis + d], d == 2 ? 0 : -0.5 * field_constant * m[3 * grains + d], 1e-11 * field_constant);
        ++cells;
      }
      CHECK(VecRestoreArrayRead(c.m, &m));
      CHECK(VecRestoreArrayRead(field, &H));
      CHECK(VecDestroy(&field));
    }
  }
  assert_true(cells > 200);
  case_destroy(&c);
}

/* <exp(i n theta)> of each cell, from the field on m = x: H = (2 K/(n mu0 Ms)) (Re, Im). On one rank. */
static void directions(Case *c, PetscReal scale, PetscReal (*mean)[2]) {
  const PetscScalar *H;
  Vec field;

  CHECK(VecDuplicate(c->m, &field));
  CHECK(HfMagnetEffectiveField(c->magnet, 0, c->m, field));
  CHECK(VecGetArrayRead(field, &H));
  for (PetscInt k = 0; k < c->g->nx * c->g->ny; ++k)
    for (PetscInt d = 0; d < 2; ++d) mean[k][d] = H[3 * k + d] / scale;
  CHECK(VecRestoreArrayRead(field, &H));
  CHECK(VecDestroy(&field));
}

#define H_QUARTER 2e3 /* 2 K/(n mu0 Ms) of the sheet, A/m */
/* Cells of 100 nm and of 5 nm see the same grains of 40 nm; a cell holds 6 on average, whose mean is some 1/sqrt(6) of one of them. */
static void cells_larger_than_grains_have_the_mean(void **unused) {
  const double sides[2] = {100, 5};
  PetscReal(*mean[2])[2], error = 0, size = 0;
  PetscInt ratio;
  Case c[2];

  for (int k = 0; k < 2; ++k) {
    case_create(&c[k], PETSC_COMM_SELF, DECK_WITH("sheet", "cell=%g nm; axis=", sides[k]));
    CHECK(PetscMalloc1(c[k].g->nx * c[k].g->ny, &mean[k]));
    directions(&c[k], H_QUARTER, mean[k]);
  }
  ratio = c[1].g->nx / c[0].g->nx;
  for (PetscInt k = 0; k < c[0].g->nx * c[0].g->ny; ++k)
    for (PetscInt d = 0; d < 2; ++d) {
      PetscReal sum = 0;

      for (PetscInt q = 0; q < ratio * ratio; ++q)
        sum += mean[1][(k / c[0].g->nx * ratio + q / ratio) * c[1].g->nx + k % c[0].g->nx * ratio + q % ratio][d];
      error += PetscSqr(sum / PetscSqr((PetscReal)ratio) - mean[0][k][d]) / c[0].g->n_film;
      size += PetscSqr(mean[0][k][d]) / c[0].g->n_film;
    }
  print_message("coarse cells: rms |a| %.4f, which differs from the mean of finer ones by %.4f\n", PetscSqrtReal(size), PetscSqrtReal(error));
  assert_true(PetscSqrtReal(error) < 0.05 * PetscSqrtReal(size));
  assert_true(PetscSqrtReal(size) < 0.5);
  for (int k = 0; k < 2; ++k) {
    CHECK(PetscFree(mean[k]));
    case_destroy(&c[k]);
  }
}

/* Of a Gaussian spread s about an axis, <exp(i n theta)> = exp(i n axis - n^2 s^2/2); anywhere: 0. 2500 grains. */
static void directions_are_spread_as_the_deck_says(void **unused) {
  const char *const axes[] = {"", "grain_axis: 20 deg, grain_axis_spread: 12 deg", "grain_axis: 0.34906585039886592 rad"};
  const PetscReal right[] = {0, PetscExpReal(-8 * PetscSqr(12 * PETSC_PI / 180)), 1};

  for (int k = 0; k < 3; ++k) {
    PetscReal(*mean)[2], sum[2] = {0};
    Case c;

    case_create(&c, PETSC_COMM_SELF, DECK_WITH("sheet", "cell=20 nm; axis=%s", axes[k]));
    CHECK(PetscMalloc1(c.g->nx * c.g->ny, &mean));
    directions(&c, H_QUARTER, mean);
    for (PetscInt q = 0; q < c.g->nx * c.g->ny; ++q)
      for (PetscInt d = 0; d < 2; ++d) sum[d] += mean[q][d] / c.g->n_film;
    ASSERT_NEAR(sum[0], right[k] * PetscCosReal(80 * PETSC_PI / 180), k == 2 ? 1e-12 : 0.06); /* four deviations of the mean */
    ASSERT_NEAR(sum[1], right[k] * PetscSinReal(80 * PETSC_PI / 180), k == 2 ? 1e-12 : 0.06);
    CHECK(PetscFree(mean));
    case_destroy(&c);
  }
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

/* 20 ns, 200 times what it takes to turn at 120 Oe, and relaxation from there. */
static void all_methods_end_alike(void **unused) {
  Case c[METHODS + 3];
  PetscBool converged;

  for (int k = 0; k < METHODS + 3; ++k) {
    case_create(&c[k], PETSC_COMM_WORLD, DECK_WITH("disk method", "method=%s", k < METHODS ? methods[k] : "auto"));
    if (k <= METHODS)
      CHECK(HfMagnetAdvance(c[k].magnet, c[k].m, 0, 20e-9, NULL, NULL));
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
  assert_true(energy <= *last + 1e-9 * PetscAbsReal(*last));
  *last = energy;
  PetscFunctionReturn(0);
}

/* Steps as long as the stiffness of the film allows end at rest in an easy direction, and do not raise the energy. */
static void estimated_steps_are_stable(void **unused) {
  for (int f = 0; f < FOLDS; ++f) {
    PetscReal last = PETSC_MAX_REAL, torque, step;
    Case c;

    case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece", "fold=%d; axis=", folds[f]));
    step = HfMagnetExplicitStep(c.magnet);
    case_destroy(&c);
    case_create(&c, PETSC_COMM_SELF, DECK_WITH("piece equal-steps", "fold=%d; axis=; step=%.17g", folds[f], step));
    case_fill(&c, c.m, rough, NULL);
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 400 * step, falls, (void *[]){&c, &last}));
    CHECK(HfMagnetMaxTorque(c.magnet, 0, c.m, &torque));
    print_message("%d easy directions: torque %.2g after 400 steps of %.3g ps\n", folds[f], torque, 1e12 * step);
    assert_true(torque < 1e-6);
    case_destroy(&c);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(field_is_minus_the_derivative_of_the_energy),
    cmocka_unit_test(hook_is_the_derivative_of_the_field),
    cmocka_unit_test(axes_and_magnetization_turn_together),
    cmocka_unit_test(two_fold_grains_along_one_axis_are_uniaxial),
    cmocka_unit_test(cells_larger_than_grains_have_the_mean),
    cmocka_unit_test(directions_are_spread_as_the_deck_says),
    cmocka_unit_test(all_methods_end_alike),
    cmocka_unit_test(estimated_steps_are_stable),
};
HF_TEST_MAIN(tests)
