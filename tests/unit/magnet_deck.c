/* What a deck says of the magnet: initial states, units, tables of the field, errors and warnings. */
#include <magnet_case.h>
#include <unistd.h>

#define FILM                                                                                                                                         \
  "hopfilm: 1\n"                                                                                                                                     \
  "film:\n"                                                                                                                                          \
  "  size: [200 nm, 100 nm]\n"                                                                                                                       \
  "  cell: 4 nm\n"                                                                                                                                   \
  "  thickness: 4 nm\n"                                                                                                                              \
  "  shape: {disk: {diameter: 120 nm}}\n"
#define PERMALLOY "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 0.3}\n"

static void average_of(const char *more, PetscReal m[3]) {
  char text[2048];
  Case c;

  CHECK(PetscSNPrintf(text, sizeof(text), FILM PERMALLOY "%s", more));
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

static void initial_states(void **unused) {
  PetscReal m[3], other[3];

  average_of("  initial: {uniform: {direction: [0, 3, -4]}}\n", m);
  ASSERT_NEAR(m[0], 0, 1e-15);
  ASSERT_NEAR(m[1], 0.6, 1e-14);
  ASSERT_NEAR(m[2], -0.8, 1e-14);
  average_of("  initial: {random: {seed: 5}}\n", m); /* 700 cells: the mean is 0.02 or so */
  for (int d = 0; d < 3; ++d) ASSERT_NEAR(m[d], 0, 0.1);
  average_of("", m); /* the default: random, seed 1 */
  average_of("  initial: {random: {seed: 1}}\n", other);
  for (int d = 0; d < 3; ++d) assert_true(m[d] == other[d]);
  average_of("  initial: {random: {seed: 2}}\n", other);
  assert_true(m[0] != other[0]);
  average_of("  initial: {vortex: {core: 10 nm, polarity: down}}\n", m);
  ASSERT_NEAR(m[0], 0, 1e-14);
  ASSERT_NEAR(m[1], 0, 1e-14);
  ASSERT_NEAR(m[2], -PETSC_PI * 100 / (700 * 16), 3e-3); /* pi core^2 over the area */
}

/* A vortex turns as it says: m_x at the top of an anticlockwise one points to -x. */
static void vortex_turns_as_told(void **unused) {
  for (int clockwise = 0; clockwise < 2; ++clockwise) {
    char text[1024];
    const PetscScalar *a;
    Case c;

    CHECK(PetscSNPrintf(text, sizeof(text), FILM PERMALLOY "  initial: {vortex: {core: 5 nm, chirality: %s}}\n",
                        clockwise ? "clockwise" : "anticlockwise"));
    case_create(&c, PETSC_COMM_WORLD, text);
    CHECK(VecGetArrayRead(c.m, &a));
    ASSERT_NEAR(a[3 * (20 * c.g->nx + 25)], clockwise ? 1 : -1, 0.01);
    CHECK(VecRestoreArrayRead(c.m, &a));
    case_destroy(&c);
  }
}

static PetscReal energy_of(const char *material) {
  char text[2048];
  PetscReal energy;
  Case c;

  CHECK(PetscSNPrintf(text, sizeof(text), FILM "  material: {Ms: 800 kA/m, alpha: 0.3, %s}\n  initial: {vortex: {core: 20 nm}}\n", material));
  case_create(&c, PETSC_COMM_WORLD, text);
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
  char text[2048], path[] = "/tmp/hopfilm-table-XXXXXX";
  PetscReal H[3];
  Case c;

  assert_true(close(mkstemp(path)) == 0);
  write_file(path, "# t Hx Hy Hz\n0 100 1 0\n\n2e-9 200 1 0 # a comment\n3e-9 0 1 0");
  CHECK(PetscSNPrintf(text, sizeof(text), FILM "  material: {Ms: 800 kA/m, Aex: 0 J/m, alpha: 0.3}\nfield: {uniform: [0 T, 0 T, 0.1 T], table: %s}\n",
                      path));
  case_create(&c, PETSC_COMM_WORLD, text);
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
  CHECK(HfMagnetRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, text, &deck));
  if (!HfDeckErrorCount(deck)) {
    CHECK(HfGridCreateFromDeck(deck, &grid));
    CHECK(HfMagnetCreate(grid, deck, &magnet));
    CHECK(HfMagnetCreateState(magnet, &m));
    CHECK(HfMagnetSetInitial(magnet, HfNodeFind(HfDeckRoot(deck), "film.initial"), m));
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

static void bad_decks_are_refused_with_the_place(void **unused) {
  char table[] = "/tmp/hopfilm-table-XXXXXX", text[2048], said[4096];
  const struct {
    const char *more, *table, *message;
  } decks[] = {
      {PERMALLOY "field: {table: /tmp/there-is-no-such-table}\n", "", "/tmp/there-is-no-such-table"},
      {PERMALLOY "field: {table: %s}\n", "0 1 2 3\n0 1 2 3\n", "line 2"},
      {PERMALLOY "field: {table: %s}\n", "0 1 2\n", "line 1"},
      {PERMALLOY "field: {table: %s}\n", "0 1 2 nan\n", "line 1"},
      {PERMALLOY "field: {table: %s}\n", "# nothing\n", "no line"},
      {PERMALLOY "  initial: {uniform: {direction: [0, 0, 0]}}\n", "", "no direction"},
      {PERMALLOY "  initial: {file: {path: /tmp/there-is-no-such-file.h5}}\n", "", "/tmp/there-is-no-such-file.h5"},
      {"  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1 J/m^3, axis: [0, 0, 0], alpha: 0.3}\n", "", "zero vector"},
      {"  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1 J/m^3, Ku_variation: 5 %, alpha: 0.3}\n", "", "Ku_variation needs film.grains"},
      {"  material: {Ms: 0 A/m, Aex: 13 pJ/m, alpha: 0.3}\n", "", "Ms"},
      {"  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: -0.3}\n", "", "alpha"},
      {"  material: {Ms: 800 kA/m, Aex: 0 J/m, Dbulk: 1 mJ/m^2, alpha: 0.3}\n", "", "Dbulk needs Aex > 0"},
      {"  material: {Ms: 800 kA/m, Aex: 0 J/m, Dinterfacial: 1 mJ/m^2, alpha: 0.3}\n", "", "Dinterfacial needs Aex > 0"},
      {PERMALLOY "demag: fully\n", "", "demag"},
  };

  assert_true(close(mkstemp(table)) == 0);
  for (size_t k = 0; k < sizeof(decks) / sizeof(decks[0]); ++k) {
    char more[1024];

    write_file(table, decks[k].table);
    CHECK(PetscStrncpy(more, decks[k].more, sizeof(more)));
    if (decks[k].table[0]) CHECK(PetscSNPrintf(more, sizeof(more), decks[k].more, table));
    CHECK(PetscSNPrintf(text, sizeof(text), FILM "%s", more));
    assert_int_equal(verdict_of(text, said), HF_ERR_DECK);
    if (!strstr(said, decks[k].message) || !strstr(said, "error:")) fail_msg("deck %d: '%s' is not in: %s", (int)k, decks[k].message, said);
  }
  assert_int_equal(unlink(table), 0);
}

static void implausible_values_are_warnings(void **unused) {
  char said[4096];

  CHECK(verdict_of(FILM PERMALLOY, said));
  assert_string_equal(said, "");
  CHECK(verdict_of(FILM "  material: {Ms: 8e-5 A/m, Aex: 13 pJ/m, alpha: 0.3}\n", said));
  assert_non_null(strstr(said, "Ms of 8e-05"));
  CHECK(verdict_of(FILM "  material: {Ms: 800 kA/m, Aex: 1 pJ/m, alpha: 0.3}\ndemag: shape\n", said)); /* exchange length 1.6 nm */
  assert_non_null(strstr(said, "exchange length"));
  CHECK(verdict_of(FILM "  material: {Ms: 800 kA/m, Aex: 1 pJ/m, alpha: 0.3}\n", said));
  assert_string_equal(said, "");
  CHECK(verdict_of(FILM "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: -2e6 J/m^3, alpha: 0.3}\n", said)); /* wall 2.5 nm */
  assert_non_null(strstr(said, "width of a wall"));
  /* wall 4.2 nm on average, but 3.3 nm where Ku is two deviations above it, as in some of the 1100 grains */
  CHECK(verdict_of(FILM "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 7.5e5 J/m^3, alpha: 0.3}\n", said));
  assert_string_equal(said, "");
  CHECK(verdict_of(FILM "  grains: {size: 4 nm}\n  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 7.5e5 J/m^3, Ku_variation: 30 %, alpha: 0.3}\n", said));
  assert_non_null(strstr(said, "width of a wall"));
  CHECK(verdict_of(FILM "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Dbulk: 6 mJ/m^2, alpha: 0.3}\n", said)); /* period 27 nm */
  assert_non_null(strstr(said, "period"));
  CHECK(verdict_of(FILM "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Dinterfacial: 3 J/m^2, alpha: 0.3}\n", said));
  assert_non_null(strstr(said, "Dinterfacial of 3 J/m^2"));
  CHECK(verdict_of(FILM "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 3}\n", said));
  assert_non_null(strstr(said, "overdamped"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(initial_states),
    cmocka_unit_test(vortex_turns_as_told),
    cmocka_unit_test(field_constants_are_the_same_material),
    cmocka_unit_test(table_is_linear_in_time),
    cmocka_unit_test(bad_decks_are_refused_with_the_place),
    cmocka_unit_test(implausible_values_are_warnings),
};
HF_TEST_MAIN(tests)
