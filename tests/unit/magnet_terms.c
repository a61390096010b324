/* Every registered term: its field is the derivative of its energy in every cell, it turns with the film, and it is documented. magnet/term.h: the
   descriptors of all built-in terms and torques are examined. */
#include <magnet/term.h>
#include <magnet_case.h>

static const char *const demags[] = {"shape", "full"}; /* one excludes the other */

/* Grains do not turn with the film, so that films are compared with grains that are alike. */
static const char *film_text(PetscBool grains, PetscBool turned, const char *demag) {
  const char *const places = turned ? "disk=-2 nm, 3 nm; hole=5 nm, -10 nm; axis=-1, 3; crystal=-1, 2; region=-10 nm, 15 nm; H=-2e4 A/m, 1e4 A/m"
                                    : "disk=3 nm, 2 nm; hole=-10 nm, -5 nm; axis=3, 1; crystal=2, 1; region=15 nm, 10 nm; H=1e4 A/m, 2e4 A/m";
  const char *const alike = turned ? "Ku_variation=0; axes=grain_axis: 1.8707963267948966 rad" : "Ku_variation=0; axes=grain_axis: 0.3 rad";
  return DECK_WITH("film", "%s; %s; demag=%s", places, grains ? "Ku_variation=30 %; axes=" : alike, demag);
}

static void rough(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal a = 1 + 3e7 * x * y * 1e7 + 4e7 * y, b = 2e7 * x - 5e7 * y + 1;
  m[0] = PetscSinReal(b) * PetscCosReal(a);
  m[1] = PetscSinReal(b) * PetscSinReal(a);
  m[2] = PetscCosReal(b);
}

static void stored(PetscReal x, PetscReal y, void *context, PetscReal H[3]) {
  H[0] = 2e4 * PetscCosReal(1e8 * x);
  H[1] = 1e4 + 1e12 * y;
  H[2] = 3e4 * PetscSinReal(1e8 * y);
}

static void turn(PetscReal x, PetscReal y, void *context, PetscReal v[3]) { /* the field `context` on the film turned by +90 degrees */
  PetscReal w[3];
  (*(void (**)(PetscReal, PetscReal, void *, PetscReal[3]))context)(y, -x, NULL, w);
  v[0] = -w[1];
  v[1] = w[0];
  v[2] = w[2];
}

static PetscReal saturation_of(PetscInt region) { return region == 0 ? 800e3 : 500e3; }

static void check_derivative(const char *demag) {
  const PetscReal step = 1e-3;
  PetscReal largest = 0, worst = 0;
  PetscScalar *m;
  const PetscScalar *H;
  PetscInt cells = 0;
  Vec field, extra;
  Case c;

  case_create(&c, PETSC_COMM_SELF, film_text(PETSC_TRUE, PETSC_FALSE, demag));
  CHECK(VecDuplicate(c.m, &field));
  CHECK(VecDuplicate(c.m, &extra));
  case_fill(&c, c.m, rough, NULL);
  case_fill(&c, extra, stored, NULL);
  CHECK(HfMagnetSetStoredField(c.magnet, extra));
  /* Every registered term acts here, except the other demag, thermal, which has no energy, and field_file, which magnet_field_file.c tests. */
  assert_int_equal(HfMagnetTermCount(c.magnet), hf_built_in_types.n_terms - 3);
  CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
  CHECK(VecGetArrayRead(field, &H));
  for (PetscInt k = 0; k < 3 * c.g->nx * c.g->ny; ++k) largest = PetscMax(largest, PetscAbsReal(H[k]));
  for (PetscInt k = 0; k < c.g->nx * c.g->ny; ++k) {
    const PetscInt region = HfRegionAt(c.g, HfGridRegions(c.grid), k % c.g->nx, k / c.g->nx);

    for (PetscInt d = 0; d < 3; ++d) {
      static const PetscReal at[] = {1, -1, 2, -2}, weights[] = {8, -8, -1, 1};
      PetscReal slope = 0;

      if (region < 0) {
        assert_true(H[3 * k + d] == 0);
        continue;
      }
      for (int q = 0; q < 4; ++q) {
        CHECK(VecGetArray(c.m, &m));
        m[3 * k + d] += at[q] * step;
        CHECK(VecRestoreArray(c.m, &m));
        slope += weights[q] * case_energy(&c, 0, c.m) / (12 * step);
        CHECK(VecGetArray(c.m, &m));
        m[3 * k + d] -= at[q] * step;
        CHECK(VecRestoreArray(c.m, &m));
      }
      slope /= -HF_MU0 * saturation_of(region) * c.g->dx * c.g->dy * c.g->thickness;
      worst = PetscMax(worst, PetscAbsReal(slope - H[3 * k + d]) / largest);
      ++cells;
    }
  }
  CHECK(VecRestoreArrayRead(field, &H));
  assert_true(cells > 200);
  /* The terms of this deck are polynomials of at most the fourth degree: differences of fourth order are exact but for round-off, about 1e-16/step times the
     number of cells. */
  ASSERT_NEAR(worst, 0, 1e-8);
  CHECK(VecDestroy(&field));
  CHECK(VecDestroy(&extra));
  case_destroy(&c);
}

static void field_is_minus_the_derivative_of_the_energy(void **unused) {
  for (int k = 0; k < 2; ++k) check_derivative(demags[k]);
}

static void check_turn(const char *demag) {
  void (*m_of)(PetscReal, PetscReal, void *, PetscReal[3]) = rough;
  void (*stored_of)(PetscReal, PetscReal, void *, PetscReal[3]) = stored;
  PetscReal e[2][32] = {{0}};
  const PetscScalar *H[2];
  Vec field[2], extra[2];
  Case c[2];

  for (int k = 0; k < 2; ++k) {
    case_create(&c[k], PETSC_COMM_SELF, film_text(PETSC_FALSE, (PetscBool)k, demag));
    CHECK(VecDuplicate(c[k].m, &field[k]));
    CHECK(VecDuplicate(c[k].m, &extra[k]));
    case_fill(&c[k], c[k].m, k ? turn : rough, &m_of);
    case_fill(&c[k], extra[k], k ? turn : stored, &stored_of);
    CHECK(HfMagnetSetStoredField(c[k].magnet, extra[k]));
    CHECK(HfMagnetEffectiveField(c[k].magnet, 0, c[k].m, field[k]));
    CHECK(HfMagnetEnergies(c[k].magnet, 0, c[k].m, e[k]));
    CHECK(VecGetArrayRead(field[k], &H[k]));
  }
  assert_int_equal(c[0].g->n_film, c[1].g->n_film);
  for (PetscInt t = 0; t < HfMagnetTermCount(c[0].magnet); ++t) ASSERT_NEAR(e[1][t], e[0][t], 1e-12 * PetscAbsReal(e[0][t]) + 1e-32);
  for (PetscInt j = 0; j < c[0].g->ny; ++j) {
    for (PetscInt i = 0; i < c[0].g->nx; ++i) {
      const PetscScalar *a = H[0] + 3 * (j * c[0].g->nx + i), *b = H[1] + 3 * (i * c[0].g->nx + (c[0].g->nx - 1 - j));
      ASSERT_NEAR(b[0], -a[1], 1e-6); /* of 1e5 A/m */
      ASSERT_NEAR(b[1], a[0], 1e-6);
      ASSERT_NEAR(b[2], a[2], 1e-6);
    }
  }
  for (int k = 0; k < 2; ++k) {
    CHECK(VecRestoreArrayRead(field[k], &H[k]));
    CHECK(VecDestroy(&field[k]));
    CHECK(VecDestroy(&extra[k]));
    case_destroy(&c[k]);
  }
}

static void film_and_magnetization_turn_together(void **unused) {
  for (int k = 0; k < 2; ++k) check_turn(demags[k]);
}

static void documented(const char *name, const char *doc, const char *citation, const HfKey *keys) {
  assert_true(name && *name && doc && *doc);
  if (citation) assert_true(HfCitationKnown(citation));
  for (; keys && keys->path; ++keys) assert_true(keys->doc && strlen(keys->doc) > 10);
}

static void everything_is_documented(void **unused) {
  for (PetscInt k = 0; k < hf_built_in_types.n_terms; ++k)
    documented(hf_built_in_types.terms[k]->name, hf_built_in_types.terms[k]->doc, hf_built_in_types.terms[k]->citation,
               hf_built_in_types.terms[k]->keys);
  for (PetscInt k = 0; k < hf_built_in_types.n_torques; ++k)
    documented(hf_built_in_types.torques[k]->name, hf_built_in_types.torques[k]->doc, hf_built_in_types.torques[k]->citation,
               hf_built_in_types.torques[k]->keys);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(field_is_minus_the_derivative_of_the_energy),
    cmocka_unit_test(film_and_magnetization_turn_together),
    cmocka_unit_test(everything_is_documented),
};
HF_TEST_MAIN(tests)
