/* The demagnetizing field of periodic films: an infinite film has N_zz = 1 and N_xx = 0, a strip that is periodic along itself the factors of an infinite prism;
   stripes of any profile have the energy of their Fourier series; the error falls with the number of images as src/magnet/image_sum.c states; a film twice as
   long with the texture twice has the same field. */
#include <magnet_case.h>

#define MS 800e3

static void fill_uniform(Case *c, int axis) {
  PetscScalar *a;

  CHECK(VecGetArray(c->m, &a));
  for (PetscInt k = 0; k < 3 * c->g->nx * c->g->ym; ++k) a[k] = k % 3 == axis;
  CHECK(VecRestoreArray(c->m, &a));
}

/* 2 E/(mu0 Ms^2 V) */
static PetscReal factor(Case *c) {
  const PetscReal volume = c->g->dx * c->g->dy * c->g->thickness * (PetscReal)c->g->n_film;
  PetscReal energy;

  assert_int_equal(HfMagnetTermCount(c->magnet), 1);
  CHECK(HfMagnetEnergies(c->magnet, 0, c->m, &energy));
  return 2 * energy / (HF_MU0 * MS * MS * volume);
}

static void infinite_film_has_no_other_factor_than_across(void **unused) {
  for (int images = 1; images <= 16; images *= 4) {
    const PetscReal n = images + 0.5, allowed = 0.04 * 8 / 64 / (n * n * n); /* thickness over length */
    PetscReal N[3];
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "x=64 nm; y=48 nm; t=8 nm; periodic=%s; images=%d", "[x, y]", images));
    for (int axis = 0; axis < 3; ++axis) {
      fill_uniform(&c, axis);
      N[axis] = factor(&c);
    }
    print_message("infinite film, %d images: N = %.3g %.3g 1 %+.3g\n", images, N[0], N[1], N[2] - 1);
    ASSERT_NEAR(N[0], 0, allowed);
    ASSERT_NEAR(N[1], 0, allowed);
    ASSERT_NEAR(N[2], 1, allowed);
    ASSERT_NEAR(N[0] + N[1] + N[2], 1, 1e-12); /* the trace */
    case_destroy(&c);
  }
}

/* Of an infinite prism a wide and b high, along b: two-dimensional potential theory (Brown 1962; Aharoni's formula with one edge infinite). */
static PetscReal prism_factor(PetscReal a, PetscReal b) {
  const PetscReal p = b / a;
  return ((1 - p * p) / (2 * p) * PetscLogReal(1 + p * p) + p * PetscLogReal(p) + 2 * PetscAtanReal(1 / p)) / PETSC_PI;
}

static void strip_has_the_factors_of_an_infinite_prism(void **unused) {
  for (int along = 0; along < 2; ++along) {
    PetscReal N[3];
    Case c;

    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("film", "x=%d nm; y=%d nm; t=20 nm; periodic=%s; images=8", along ? 48 : 32, along ? 32 : 48, along ? "y" : "x"));
    for (int axis = 0; axis < 3; ++axis) {
      fill_uniform(&c, axis);
      N[axis] = factor(&c);
    }
    ASSERT_NEAR(N[along], 0, 1e-5);
    ASSERT_NEAR(N[2], prism_factor(48, 20), 1e-5);
    ASSERT_NEAR(N[1 - along], 1 - prism_factor(48, 20), 1e-5);
    case_destroy(&c);
  }
}

/* ---- stripes ---- */
typedef struct {
  int kind; /* 0: square stripes along z (Kooy and Enz), 1: a sine along z, 2: a sine along the wave vector, magnetic charges inside the film */
  int axis;
  PetscReal period;
} Stripes;

static PetscReal profile(const Stripes *s, PetscReal x) {
  const PetscReal part = x / s->period - floor(x / s->period);
  return s->kind ? PetscSinReal(2 * PETSC_PI * part) : part < 0.375 ? 1 : -1; /* unequal stripes: with a mean */
}

static void fill_stripes(Case *c, const Stripes *s) {
  PetscScalar *a;

  CHECK(VecGetArray(c->m, &a));
  for (PetscInt k = 0; k < c->g->nx * c->g->ym; ++k) {
    const PetscReal x = s->axis ? ((PetscReal)(c->g->ys + k / c->g->nx) + 0.5) * c->g->dy : ((PetscReal)(k % c->g->nx) + 0.5) * c->g->dx;
    for (int d = 0; d < 3; ++d) a[3 * k + d] = d == (s->kind == 2 ? s->axis : 2) ? profile(s, x) : 0; /* |m| < 1: the term is linear */
  }
  CHECK(VecRestoreArray(c->m, &a));
}

/* E/(mu0 Ms^2 V/2) = sum over n of |c_n|^2 g(2 pi |n| t/p), g(kt) = (1 - exp(-kt))/(kt) along z and 1 - g along the wave vector, with the coefficients c_n of the
   profile that is constant in each of the cells. */
static PetscReal series(const Stripes *s, PetscInt n_cells, PetscReal t) {
  PetscReal sum = 0;

  for (int n = 0; n < 20000; ++n) {
    const PetscReal kt = 2 * PETSC_PI * n * t / s->period, g = n ? (1 - PetscExpReal(-kt)) / kt : 1, w = PETSC_PI * n / (PetscReal)n_cells;
    PetscReal re = 0, im = 0;

    for (PetscInt i = 0; i < n_cells; ++i) {
      const PetscReal m = profile(s, ((PetscReal)i + 0.5) / (PetscReal)n_cells * s->period) / (PetscReal)n_cells;
      re += m * PetscCosReal(w * (PetscReal)(2 * i + 1));
      im += m * PetscSinReal(w * (PetscReal)(2 * i + 1));
    }
    if (n) re *= PetscSinReal(w) / w, im *= PetscSinReal(w) / w;
    sum += (n ? 2 : 1) * (re * re + im * im) * (s->kind == 2 ? 1 - g : g);
  }
  return sum;
}

static void stripes_have_the_energy_of_their_series(void **unused) {
  for (int k = 0; k < 6; ++k) {
    const Stripes s = {k % 3, k / 3, 64e-9};
    PetscReal exact;
    Case c;

    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("film", "x=%d nm; y=%d nm; t=12 nm; periodic=%s; images=8", s.axis ? 16 : 64, s.axis ? 64 : 16, "[x, y]"));
    fill_stripes(&c, &s);
    exact = series(&s, 16, c.g->thickness);
    print_message("stripes %d along %c: off by %.3g of %.6g\n", s.kind, "xy"[s.axis], factor(&c) - exact, exact);
    ASSERT_NEAR(factor(&c), exact, s.kind == 2 ? 2e-5 : 1e-6); /* the series converges as 1/n^3, that of the charges inside as 1/n */
    case_destroy(&c);
  }
}

/* ---- number of images, repetition ---- */
static void random_texture(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const HfGridInfo *g = context; /* of the film that is repeated */
  const PetscInt i = (PetscInt)floor(x / g->dx + 1e6 * (PetscReal)g->nx) % g->nx, j = (PetscInt)floor(y / g->dy + 1e6 * (PetscReal)g->ny) % g->ny;

  HfRandomUniform(1, HF_STREAM_TEST, 0, (PetscInt64)j * g->nx + i, 3, m);
}

static Vec field_of(Case *c, const HfGridInfo *g) {
  Vec H;

  case_fill(c, c->m, random_texture, (void *)(uintptr_t)g);
  CHECK(VecDuplicate(c->m, &H));
  CHECK(HfMagnetOutput(c->magnet, "H_demag", 0, c->m, H));
  CHECK(VecScale(H, 1 / MS));
  return H;
}

static void error_falls_with_the_number_of_images(void **unused) {
  static const char *const periodic[] = {"[x, y]", "x", "y"};

  for (int k = 0; k < 3; ++k) {
    PetscReal error[4];
    Vec exact, H;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "x=64 nm; y=48 nm; t=4 nm; periodic=%s; images=64", periodic[k]));
    exact = field_of(&c, c.g);
    case_destroy(&c);
    for (int n = 0; n < 4; ++n) {
      case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "x=64 nm; y=48 nm; t=4 nm; periodic=%s; images=%d", periodic[k], 1 << n));
      H = field_of(&c, c.g);
      CHECK(VecAXPY(H, -1, exact));
      CHECK(VecNorm(H, NORM_INFINITY, &error[n]));
      CHECK(VecDestroy(&H));
      case_destroy(&c);
    }
    print_message("periodic: %s: error of H/Ms with 1, 2, 4, 8 images: %.2g %.2g %.2g %.2g\n", periodic[k], error[0], error[1], error[2], error[3]);
    assert_true(error[2] < 1e-4);
    for (int n = 0; n < 3; ++n)
      assert_true(PetscLogReal(error[n] / error[n + 1]) / PetscLogReal(((2 << n) + 0.5) / ((1 << n) + 0.5)) > (k ? 3.7 : 2.7));
    CHECK(VecDestroy(&exact));
  }
}

/* Cells of the double film that are those of the single one. */
static void a_film_twice_as_long_is_the_same(void **unused) {
  Case one, two;
  Vec H[2];
  const PetscScalar *x, *y;

  case_create(&one, PETSC_COMM_SELF, DECK_WITH("film", "x=32 nm; y=24 nm; t=8 nm; periodic=%s; images=16", "[x, y]"));
  case_create(&two, PETSC_COMM_SELF, DECK_WITH("film", "x=64 nm; y=24 nm; t=8 nm; periodic=%s; images=16", "[x, y]"));
  H[0] = field_of(&one, one.g);
  H[1] = field_of(&two, one.g);
  CHECK(VecGetArrayRead(H[0], &x));
  CHECK(VecGetArrayRead(H[1], &y));
  for (PetscInt j = 0; j < one.g->ny; ++j)
    for (PetscInt i = 0; i < two.g->nx; ++i)
      for (int c = 0; c < 3; ++c) /* the longer film begins half a period further to the left */
        ASSERT_NEAR(y[3 * (j * two.g->nx + i) + c], x[3 * (j * one.g->nx + (i + one.g->nx / 2) % one.g->nx) + c], 1e-6);
  CHECK(VecRestoreArrayRead(H[0], &x));
  CHECK(VecRestoreArrayRead(H[1], &y));
  for (int k = 0; k < 2; ++k) CHECK(VecDestroy(&H[k]));
  case_destroy(&one);
  case_destroy(&two);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(infinite_film_has_no_other_factor_than_across),
    cmocka_unit_test(strip_has_the_factors_of_an_infinite_prism),
    cmocka_unit_test(stripes_have_the_energy_of_their_series),
    cmocka_unit_test(error_falls_with_the_number_of_images),
    cmocka_unit_test(a_film_twice_as_long_is_the_same),
};
HF_TEST_MAIN(tests)
