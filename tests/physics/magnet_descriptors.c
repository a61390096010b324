/* A term and a current-driven torque that the source does not know, described in this file alone: the code around them knows both by their hooks.

     mean_field     E = -lambda mu0 Ms^2 m.<m>/2,  H = lambda Ms <m>        <m>: average over the film, so that the term is not local
     damping_like   T = a j_x m x (m x y)                                   a: efficiency in m^2/(A s)
   A macrospin under that torque alone, theta its angle to y:  tan(theta/2) = tan(theta0/2) exp(w t),  turned about y by -alpha w t,
   w = a j_x/(1 + alpha^2). The extension header magnet/term.h is what such a file includes. */
#include <magnet/term.h>
#include <magnet_case.h>
#include <string.h>

#define MS     8e5 /* A/m */
#define LAMBDA 0.25
#define A      0.02 /* m^2/(A s) */
#define J      5e11 /* A/m^2 */

/* ---- the term ---- */
static const HfKey mean_field_keys[] = {
    {"molecular_field", HF_NUMBER, NULL, "0", ">=0", 0, "Field of the mean magnetization relative to it, of a test"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode mean_field_settings(HfTerm *term) {
  PetscReal *mean;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(3, &mean));
  term->state = mean;
  PetscFunctionReturn(0);
}

static PetscErrorCode mean_field_destroy(HfTerm *term) { return PetscFree(term->state); }

static PetscErrorCode mean_field_region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfMaterial *material = &term->film->materials[region];

  PetscFunctionBeginUser;
  p[0] = HfReal(material->node, "molecular_field") * material->Ms;
  p[1] = 0.5 * HF_MU0 * material->Ms * p[0];
  *active = (PetscBool)(p[0] > 0);
  PetscFunctionReturn(0);
}

static PetscErrorCode mean_field_check(const HfTerm *term, PetscInt region) {
  PetscFunctionBeginUser;
  if (term->p[region][0] > MS)
    PetscCall(HfDeckWarn(term->film->deck, HfChild(term->film->materials[region].node, "molecular_field"), "a field larger than that of the film"));
  PetscFunctionReturn(0);
}

static PetscErrorCode mean_field_prepare(HfTerm *term, PetscReal t, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  PetscReal *mean = term->state, sum[3] = {0, 0, 0};
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt k = 0; k < 3 * g->nx * g->ym; ++k) sum[k % 3] += a[k];
  PetscCall(VecRestoreArrayRead(m, &a));
  PetscCallMPI(MPI_Allreduce(sum, mean, 3, MPIU_REAL, MPI_SUM, HfGridComm(term->film->grid)));
  for (int c = 0; c < 3; ++c) mean[c] /= (PetscReal)g->n_film;
  PetscFunctionReturn(0);
}

static void mean_field_field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *mean = term->state;

  for (int c = 0; c < 3; ++c)
    for (PetscInt k = 0; k < span->n; ++k) span->H[c][k] += p[0] * mean[c];
}

static PetscReal mean_field_energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *mean = term->state;
  PetscReal sum = 0;

  for (int c = 0; c < 3; ++c)
    for (PetscInt k = 0; k < span->n; ++k) sum -= p[1] * mean[c] * span->m[c][k];
  return sum;
}

static PetscReal mean_field_stiffness(const PetscReal p[]) { return p[0]; }

static const HfTermType mean_field = {
    .name = "mean_field",
    .doc = "E = -lambda mu0 Ms^2 m.<m>/2",
    .prefix = "material:",
    .keys = mean_field_keys,
    .settings = mean_field_settings,
    .destroy = mean_field_destroy,
    .region_settings = mean_field_region_settings,
    .check = mean_field_check,
    .prepare = mean_field_prepare,
    .whole = PETSC_TRUE,
    .field = mean_field_field,
    .energy = mean_field_energy,
    .stiffness = mean_field_stiffness,
};

/* ---- the torque ---- */
static const HfKey damping_like_keys[] = {
    {"efficiency", HF_NUMBER, NULL, "0", "", 0, "Damping-like torque of a current along x, m^2/(A s), of a test"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static PetscErrorCode damping_like_region_settings(HfTorque *torque, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  p[0] = HfReal(torque->film->materials[region].node, "efficiency");
  *active = (PetscBool)(p[0] != 0);
  PetscFunctionReturn(0);
}

static void damping_like_add(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]) {
  const PetscReal *j = torque->j + 2 * HfSpanFirstCell(torque->film, span);

  for (PetscInt k = 0; k < span->n; ++k) { /* m x (m x y) = m_y m - y */
    const PetscReal f = p[0] * j[2 * k], along = span->m[1][k];
    T[0][k] += f * along * span->m[0][k];
    T[1][k] += f * (along * span->m[1][k] - 1);
    T[2][k] += f * along * span->m[2][k];
  }
}

static const HfTorqueType damping_like = {
    .name = "damping_like",
    .doc = "T = a j_x m x (m x y)",
    .prefix = "material:",
    .keys = damping_like_keys,
    .region_settings = damping_like_region_settings,
    .current_driven = PETSC_TRUE,
    .add = damping_like_add,
};

/* ---- the built-in ones and these ---- */
typedef struct {
  const HfTermType *terms[32];
  const HfTorqueType *torques[8];
  HfMagnetTypes types;
} Extended;

static const HfMagnetTypes *extend(Extended *extended) {
  const HfMagnetTypes *known = &hf_built_in_types;

  assert_true(known->n_terms < 32 && known->n_torques < 8);
  memcpy(extended->terms, known->terms, sizeof(*known->terms) * (size_t)known->n_terms);
  memcpy(extended->torques, known->torques, sizeof(*known->torques) * (size_t)known->n_torques);
  extended->terms[known->n_terms] = &mean_field;
  extended->torques[known->n_torques] = &damping_like;
  extended->types = (HfMagnetTypes){known->n_terms + 1, known->n_torques + 1, extended->terms, extended->torques};
  return &extended->types;
}

/* A disk with a hole. */
static void start(Case *c, const char *documents, const char *material, const char *method) {
  Extended extended;

  case_create_of(c, PETSC_COMM_WORLD, DECK_WITH(documents, "material=%s; method=%s", material, method), extend(&extended));
}

static void keys_are_in_the_table(void **unused) {
  static const char *const words[] = {"molecular_field", "of the mean magnetization", "efficiency", "Damping-like torque"};
  FILE *file = tmpfile();
  Extended extended;
  char *text;
  long size;
  HfKeys keys;

  assert_non_null(file);
  CHECK(HfKeysCreate(&keys));
  CHECK(HfMagnetRegisterKeys(keys, extend(&extended)));
  CHECK(HfKeysPrint(keys, file));
  size = ftell(file);
  assert_true(size > 0);
  rewind(file);
  CHECK(PetscCalloc1(size + 1, &text));
  assert_int_equal(fread(text, 1, (size_t)size, file), size);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(words); ++k) assert_non_null(strstr(text, words[k]));
  CHECK(PetscFree(text));
  CHECK(HfKeysDestroy(&keys));
  fclose(file);
}

static void term_has_its_field_and_its_energy(void **unused) {
  const PetscScalar *H;
  PetscReal mean[3], energy, square = 0;
  Vec field;
  Case c;

  start(&c, "disk", "alpha: 0.1, molecular_field: 0.25", "auto");
  assert_int_equal(HfMagnetTermCount(c.magnet), 1);
  assert_string_equal(HfMagnetTermName(c.magnet, 0), "mean_field");
  CHECK(VecDuplicate(c.m, &field));
  CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
  CHECK(HfMagnetAverage(c.magnet, c.m, mean));
  CHECK(VecGetArrayRead(field, &H));
  for (PetscInt k = 0; k < 3 * c.g->nx * c.g->ym; ++k) {
    const PetscBool film = (PetscBool)(HfRegionAt(c.g, HfGridRegions(c.grid), k / 3 % c.g->nx, c.g->ys + k / 3 / c.g->nx) >= 0);
    ASSERT_NEAR(H[k], film ? LAMBDA * MS * mean[k % 3] : 0, 1e-9);
  }
  CHECK(VecRestoreArrayRead(field, &H));
  for (int d = 0; d < 3; ++d) square += mean[d] * mean[d];
  CHECK(HfMagnetEnergies(c.magnet, 0, c.m, &energy));
  ASSERT_NEAR(energy / (-0.5 * LAMBDA * HF_MU0 * MS * MS * square * c.g->n_film * c.g->dx * c.g->dy * c.g->thickness), 1, 1e-12);
  CHECK(VecDestroy(&field));
  case_destroy(&c);
}

static void torque_acts_while_a_current_flows(void **unused) {
  const PetscReal none[2] = {0, 0}, current[2] = {J, -0.3 * J}, alpha = 0.1;
  const PetscScalar *m, *rate;
  PetscReal largest, worst = 0;
  Vec dmdt;
  Case c;

  start(&c, "disk", "alpha: 0.1, efficiency: 0.02", "auto");
  assert_true(HfMagnetFeelsCurrent(c.magnet)); /* though it has no polarization */
  CHECK(VecDuplicate(c.m, &dmdt));
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt));
  CHECK(VecNorm(dmdt, NORM_INFINITY, &largest));
  assert_true(largest == 0);
  CHECK(HfMagnetSetUniformCurrent(c.magnet, none));
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt));
  CHECK(VecNorm(dmdt, NORM_INFINITY, &largest));
  assert_true(largest == 0);
  CHECK(HfMagnetSetUniformCurrent(c.magnet, current));
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, dmdt));
  CHECK(VecGetArrayRead(c.m, &m));
  CHECK(VecGetArrayRead(dmdt, &rate));
  for (PetscInt k = 0; k < 3 * c.g->nx * c.g->ym; k += 3) {
    /* towards -y, and about y by alpha times as much: (m_y m - y) - alpha m x y, where there is film */
    const PetscReal w = A * J / (1 + alpha * alpha), x = m[k], y = m[k + 1], z = m[k + 2], film = x * x + y * y + z * z > 0.5 ? 1 : 0;
    const PetscReal exact[3] = {w * (y * x + alpha * z), w * (y * y - film), w * (y * z - alpha * x)};

    for (int d = 0; d < 3; ++d) worst = PetscMax(worst, PetscAbsReal(rate[k + d] - exact[d]));
  }
  CHECK(VecRestoreArrayRead(c.m, &m));
  CHECK(VecRestoreArrayRead(dmdt, &rate));
  ASSERT_NEAR(worst / (A * J), 0, 1e-14);
  CHECK(VecDestroy(&dmdt));
  case_destroy(&c);
  start(&c, "disk", "alpha: 0.1", "auto");
  assert_false(HfMagnetFeelsCurrent(c.magnet));
  case_destroy(&c);
}

/* Where a macrospin that starts at theta0 in the plane of x and y is at time t. */
static void closed_solution(PetscReal theta0, PetscReal alpha, PetscReal t, PetscReal m[3]) {
  const PetscReal w = A * J / (1 + alpha * alpha), theta = 2 * PetscAtanReal(PetscTanReal(0.5 * theta0) * PetscExpReal(w * t)), phi = alpha * w * t;

  m[0] = PetscSinReal(theta) * PetscCosReal(phi);
  m[1] = PetscCosReal(theta);
  m[2] = -PetscSinReal(theta) * PetscSinReal(phi);
}

static void both_are_part_of_a_run(void **unused) {
  static const char *const methods[] = {"5dp", "3bs", "bdf"};
  const PetscReal current[2] = {J, 0}, t = 1.5e-10; /* w t = 1.5 */

  for (int k = 0; k < 3; ++k) {
    PetscReal m[3], exact[3];
    Case c;

    start(&c, "disk uniform", "alpha: 0.1, efficiency: 0.02, molecular_field: 0.25", methods[k]); /* a uniform film does not feel its mean */
    CHECK(HfMagnetSetUniformCurrent(c.magnet, current));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, m));
    closed_solution(PetscAcosReal(0.8), 0.1, t, exact);
    for (int d = 0; d < 3; ++d) ASSERT_NEAR(m[d], exact[d], 1e-4);
    case_destroy(&c);
  }
}

/* A random film relaxes into a uniform one by its mean alone, over all ranks. */
static void term_relaxes_the_film(void **unused) {
  PetscReal energy, mean[3];
  PetscBool converged;
  Case c;

  start(&c, "disk", "alpha: 0.1, molecular_field: 0.25", "auto");
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-7, 1e-6, NULL, NULL, &converged));
  assert_true(converged);
  CHECK(HfMagnetAverage(c.magnet, c.m, mean));
  ASSERT_NEAR(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2], 1, 1e-9);
  CHECK(HfMagnetEnergies(c.magnet, 0, c.m, &energy));
  ASSERT_NEAR(energy / (-0.5 * LAMBDA * HF_MU0 * MS * MS * c.g->n_film * c.g->dx * c.g->dy * c.g->thickness), 1, 1e-9);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(keys_are_in_the_table),
    cmocka_unit_test(term_has_its_field_and_its_energy),
    cmocka_unit_test(torque_acts_while_a_current_flows),
    cmocka_unit_test(both_are_part_of_a_run),
    cmocka_unit_test(term_relaxes_the_film),
};
HF_TEST_MAIN(tests)
