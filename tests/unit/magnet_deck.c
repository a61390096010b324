/* The magnet's part of a deck: initial states, units, tables of the field, errors and warnings. */
#include <magnet_case.h>
#include <unistd.h>

static void average_of(const char *text, PetscReal m[3]) {
  Case c;

  case_create(&c, PETSC_COMM_WORLD, text);
  CHECK(HfMagnetAverage(c.magnet, c.m, m));
  {
    const PetscScalar *a;
    CHECK(VecGetArrayRead(c.m, &a));
    for (PetscInt k = 0; k < c.g->nx * c.g->ny; ++k) {
      const PetscReal length = PetscSqrtReal(PetscSqr(a[3 * k]) + PetscSqr(a[3 * k + 1]) + PetscSqr(a[3 * k + 2]));
      ASSERT_NEAR(length, HfRegionAt(c.g, HfGridRegions(c.grid), k % c.g->nx, k / c.g->nx) >= 0 ? 1 : 0, 1e-14);
    }
    CHECK(VecRestoreArrayRead(c.m, &a));
  }
  case_destroy(&c);
}

#define INITIAL(state) DECK_WITH("film permalloy initial", "state=" state)

static void initial_states(void **unused) {
  PetscReal m[3], other[3];

  average_of(INITIAL("uniform: {direction: [0, 3, -4]}"), m);
  ASSERT_NEAR(m[0], 0, 1e-15);
  ASSERT_NEAR(m[1], 0.6, 1e-14);
  ASSERT_NEAR(m[2], -0.8, 1e-14);
  average_of(INITIAL("random: {seed: 5}"), m); /* 700 cells: the mean is 0.02 or so */
  for (int d = 0; d < 3; ++d) ASSERT_NEAR(m[d], 0, 0.1);
  average_of(DECK("film permalloy"), m); /* the default: random, seed 1 */
  average_of(INITIAL("random: {seed: 1}"), other);
  for (int d = 0; d < 3; ++d) assert_true(m[d] == other[d]);
  average_of(INITIAL("random: {seed: 2}"), other);
  assert_true(m[0] != other[0]);
  average_of(INITIAL("vortex: {core: 10 nm, polarity: down}"), m);
  ASSERT_NEAR(m[0], 0, 1e-14);
  ASSERT_NEAR(m[1], 0, 1e-14);
  ASSERT_NEAR(m[2], -PETSC_PI * 100 / (700 * 16), 3e-3); /* pi core^2 over the area */
}

/* The sense of a vortex: at the top of an anticlockwise one m points along -x. */
static void vortex_has_the_chirality_given(void **unused) {
  for (int clockwise = 0; clockwise < 2; ++clockwise) {
    const PetscScalar *a;
    Case c;

    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("film permalloy initial", "state=vortex: {core: 5 nm, chirality: %s}", clockwise ? "clockwise" : "anticlockwise"));
    CHECK(VecGetArrayRead(c.m, &a));
    ASSERT_NEAR(a[3 * (20 * c.g->nx + 25)], clockwise ? 1 : -1, 0.01);
    CHECK(VecRestoreArrayRead(c.m, &a));
    case_destroy(&c);
  }
}

static PetscReal energy_of(const char *material) {
  PetscReal energy;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film constants", "constants=%s", material));
  energy = case_energy(&c, 0, c.m);
  case_destroy(&c);
  return energy;
}

/* The papers' constants: A = 2 Aex/(mu0 Ms), K = 2 Ku/(mu0 Ms), D = 2 D/(mu0 Ms). */
static void field_constants_are_the_same_material(void **unused) {
  const PetscReal standard = energy_of("Aex: 13 pJ/m, Ku: 2e4 J/m^3, Dbulk: 1 mJ/m^2, Dinterfacial: -2 mJ/m^2"),
                  scale = 2 / (4e-7 * PETSC_PI * 800e3);
  char text[256];

  CHECK(PetscSNPrintf(text, sizeof(text), "Aex: %.17g A m, Ku: %.17g A/m, Dbulk: %.17g A, Dinterfacial: %.17g A", 13e-12 * scale, 2e4 * scale,
                      1e-3 * scale, -2e-3 * scale));
  ASSERT_NEAR(energy_of(text) / standard, 1, 1e-9); /* mu0 is 4e-7 pi to 1e-10 */
}

/* Effective field of the applied one alone, at time t. */
static void field_at(Case *c, PetscReal t, PetscReal H[3]) {
  const PetscScalar *a;
  Vec field;

  CHECK(VecDuplicate(c->m, &field));
  CHECK(HfMagnetEffectiveField(c->magnet, t, c->m, field));
  CHECK(VecGetArrayRead(field, &a));
  for (int d = 0; d < 3; ++d) H[d] = a[3 * (12 * c->g->nx + 25) + d];
  CHECK(VecRestoreArrayRead(field, &a));
  CHECK(VecDestroy(&field));
}

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static void table_is_linear_in_time(void **unused) {
  const PetscReal times[] = {-1, 0, 1e-9, 2e-9, 3e-9, 9e-9, 2.5e-9}, Hx[] = {100, 100, 150, 200, 0, 0, 100};
  char path[] = "/tmp/hopfilm-table-XXXXXX";
  PetscReal H[3];
  Case c;

  assert_true(close(mkstemp(path)) == 0);
  write_file(path, "# t Hx Hy Hz\n0 100 1 0\n\n2e-9 200 1 0 # a comment\n3e-9 0 1 0");
  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film no-exchange field-with-table", "path=%s", path));
  for (int k = 0; k < 7; ++k) {
    field_at(&c, times[k], H);
    ASSERT_NEAR(H[0], Hx[k], 1e-10);
    ASSERT_NEAR(H[1], 1, 1e-12);
    ASSERT_NEAR(H[2], 0.1 / (4e-7 * PETSC_PI), 1e-4);
  }
  case_destroy(&c);
  assert_int_equal(unlink(path), 0);
}

/* What HfDeckVerdict() prints about a deck, and whether it found errors. */
static PetscErrorCode verdict_of(const char *text, char said[4096]) {
  FILE *file = tmpfile();
  const int screen = dup(2);
  PetscErrorCode code;
  HfKeys keys;
  HfDeck deck;
  HfGrid grid = NULL;
  HfMagnet magnet = NULL;
  Vec m = NULL;
  size_t n;

  assert_non_null(file);
  CHECK(HfKeysCreate(&keys));
  CHECK(HfGridRegisterKeys(keys));
  CHECK(HfMagnetRegisterKeys(keys, NULL));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, text, &deck));
  if (!HfDeckErrorCount(deck)) {
    CHECK(HfGridCreateFromDeck(deck, &grid));
    CHECK(HfMagnetCreate(grid, deck, NULL, &magnet));
    CHECK(HfMagnetCreateState(magnet, &m));
    CHECK(HfMagnetSetInitial(magnet, NULL, m));
  }
  fflush(stderr);
  dup2(fileno(file), 2);
  code = HfDeckVerdict(deck);
  fflush(stderr);
  dup2(screen, 2);
  close(screen);
  rewind(file);
  n = fread(said, 1, 4095, file);
  said[n] = '\0';
  fclose(file);
  CHECK(VecDestroy(&m));
  CHECK(HfMagnetDestroy(&magnet));
  CHECK(HfGridDestroy(&grid));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return code;
}

static void refused(const char *text, const char *message) {
  char said[4096];

  assert_int_equal(verdict_of(text, said), HF_ERR_DECK);
  if (!strstr(said, message) || !strstr(said, "error:")) fail_msg("'%s' is not in: %s", message, said);
}

static void bad_decks_are_refused_with_the_place(void **unused) {
  static const char *const tables[][2] = {
      {"0 1 2 3\n0 1 2 3\n", "line 2"}, {"0 1 2\n", "line 1"}, {"0 1 2 nan\n", "line 1"}, {"# nothing\n", "no line"}};
  char path[] = "/tmp/hopfilm-table-XXXXXX";
  const char *text, *message;

  assert_true(close(mkstemp(path)) == 0);
  for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); ++k) {
    write_file(path, tables[k][0]);
    refused(DECK_WITH("film permalloy table", "path=%s", path), tables[k][1]);
  }
  assert_int_equal(unlink(path), 0);
  for (int k = 0; (text = DECK_AT("film permalloy refused", k, &message)); ++k) refused(text, message);
  for (int k = 0; (text = DECK_AT("film refused-material", k, &message)); ++k) refused(text, message);
}

static void implausible_values_are_warnings(void **unused) {
  const char *text, *message;
  char said[4096];

  for (int k = 0; (text = DECK_AT("film plausible", k, &message)); ++k) {
    CHECK(verdict_of(text, said));
    assert_string_equal(said, "");
  }
  for (int k = 0; (text = DECK_AT("film warning", k, &message)); ++k) {
    CHECK(verdict_of(text, said));
    if (!strstr(said, message)) fail_msg("'%s' is not in: %s", message, said);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(initial_states),
    cmocka_unit_test(vortex_has_the_chirality_given),
    cmocka_unit_test(field_constants_are_the_same_material),
    cmocka_unit_test(table_is_linear_in_time),
    cmocka_unit_test(bad_decks_are_refused_with_the_place),
    cmocka_unit_test(implausible_values_are_warnings),
};
HF_TEST_MAIN(tests)
