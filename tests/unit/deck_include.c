/* include: and --set: what wins, what is merged and what replaced, where errors are placed. */
#include "deck_test.h"
#include <stdlib.h>
#include <sys/stat.h>

static const char *const files[] = {"parts/film.yaml",  "parts/all.yaml",      "deck.yaml",        "image.yaml",
                                    "parts/image.yaml", "loop.yaml",           "parts/loop2.yaml", "missing.yaml",
                                    "bad.yaml",         "parts/bad_part.yaml", "wrong.yaml",       "parts/wrong_part.yaml"};
static char folder[] = "/tmp/hopfilm-deck-XXXXXX";

static void write_file(const char *name, const char *text) {
  char path[256];
  FILE *file;
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int set_up(void **state) {
  if (!mkdtemp(folder) || chdir(folder) || mkdir("parts", 0700)) return 1;
  for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); ++k) write_file(files[k], DECK(files[k]));
  return quiet_start(state);
}

static int tear_down(void **state) {
  for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); ++k) unlink(files[k]);
  return rmdir("parts") || chdir("/") || rmdir(folder);
}

/* Sections merge, the including deck wins; lists and other kinds of a variant replace. */
static void test_merge(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck;
  HfNode root;
  const char *name;
  char path[64];

  CHECK(HfDeckCreate(PETSC_COMM_WORLD, keys, "deck.yaml", 0, NULL, &deck));
  CHECK(HfDeckVerdict(deck));
  root = HfDeckRoot(deck);
  ASSERT_NEAR(HfReal(HfChild(root, "film"), "cell"), 4e-9, 1e-22);
  ASSERT_NEAR(HfRealAt(HfChild(root, "film"), "size", 0), 1e-6, 1e-20);
  ASSERT_NEAR(HfReal(HfNodeFind(root, "film.material"), "Ms"), 8e5, 1e-8);
  ASSERT_NEAR(HfReal(HfNodeFind(root, "film.material"), "alpha"), 0.5, 0);
  HfVariant(HfNodeFind(root, "film.shape"), &name);
  assert_string_equal(name, "everything");
  assert_string_equal(HfText(HfChild(root, "patterns"), "A"), "++");
  assert_string_equal(HfText(HfChild(root, "patterns"), "B"), "--");
  assert_int_equal(HfCount(root, "schedule"), 1);
  assert_false(HfHas(root, "include")); /* the merged deck stands alone */
  /* a file named in an included deck lies beside that deck */
  CHECK(HfDeckFilePath(deck, HfNodeFind(root, "patterns.A"), path, sizeof(path)));
  assert_string_equal(path, "parts/++");
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

/* Files are named relative to the deck that names them, with --set relative to the working folder; the used deck has their whole paths. */
static void test_files(void **state) {
  static const char *const set[] = {"film.shape.image.file=./sub/../x.pbm"};
  static const struct {
    PetscInt n_set;
    const char *seen, *written;
  } cases[] = {{0, "parts/glyphs/a.pbm", "/parts/glyphs/a.pbm"}, {1, "./sub/../x.pbm", "/x.pbm"}};
  HfKeys keys = test_keys();
  char here[PETSC_MAX_PATH_LEN], path[PETSC_MAX_PATH_LEN], wanted[2 * PETSC_MAX_PATH_LEN], *text;

  CHECK(PetscGetWorkingDirectory(here, sizeof(here)));
  for (int k = 0; k < 2; ++k) {
    HfDeck deck, again;
    HfNode file;
    CHECK(HfDeckCreate(PETSC_COMM_WORLD, keys, "image.yaml", cases[k].n_set, set, &deck));
    CHECK(HfDeckVerdict(deck));
    file = HfNodeFind(HfDeckRoot(deck), "film.shape.image.file");
    CHECK(HfDeckFilePath(deck, file, path, sizeof(path)));
    assert_string_equal(path, cases[k].seen);
    CHECK(HfNodeFormat(HfDeckRoot(deck), &text));
    CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &again));
    CHECK(HfDeckVerdict(again));
    file = HfNodeFind(HfDeckRoot(again), "film.shape.image.file");
    snprintf(wanted, sizeof(wanted), "%s%s", here, cases[k].written);
    assert_string_equal(HfNodeText(file), wanted);
    CHECK(PetscFree(text));
    CHECK(HfDeckDestroy(&deck));
    CHECK(HfDeckDestroy(&again));
  }
  CHECK(HfKeysDestroy(&keys));
}

static void check_messages(const char *file, PetscInt n_set, const char *const set[], const char *messages) {
  HfKeys keys = test_keys();
  HfDeck deck;
  PetscErrorCode code;
  Capture capture;
  capture_start(&capture);
  code = HfDeckCreate(PETSC_COMM_WORLD, keys, file, n_set, set, &deck);
  if (!code) code = HfDeckVerdict(deck);
  capture_end(&capture);
  assert_string_equal(capture.text, messages);
  assert_int_equal(code, HF_ERR_DECK);
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

static void test_include_errors(void **state) {
  check_messages("loop.yaml", 0, NULL,
                 "loop.yaml:1:1: error: the key \"film\" is missing (The film)\n"
                 "loop.yaml:1:1: error: the key \"patterns\" is missing (Patterns)\n"
                 "loop.yaml:1:1: error: the key \"schedule\" is missing (Steps)\n"
                 "parts/loop2.yaml:1:10: error: include cycle: loop.yaml -> parts/loop2.yaml -> parts/./../loop.yaml\n");
  check_messages("missing.yaml", 0, NULL, "missing.yaml:3:5: error: include: cannot read parts/nothing.yaml: No such file or directory\n");
  check_messages("wrong.yaml", 0, NULL,
                 "wrong.yaml:2:8: error: film: unknown key \"sizes\"; did you mean \"size\"?\n"
                 "parts/wrong_part.yaml:2:14: error: film.cell: must be greater than 0, found -1 nm\n");
}

static void test_set(void **state) {
  static const char *const set[] = {"film.cell=2 nm",
                                    "schedule.0.train.voltage=2 V",
                                    "schedule.0.train.patterns=[A, B]",
                                    "film.shape.disk.diameter=1 um",
                                    "patterns.C=\"+-+\"",
                                    "film.size=[2 um, 2 um]",
                                    "gold.side=below",
                                    "title=a, b"};
  HfKeys keys = test_keys();
  HfDeck deck;
  HfNode root, step;
  const char *name;

  CHECK(HfDeckCreate(PETSC_COMM_WORLD, keys, "deck.yaml", 8, set, &deck));
  CHECK(HfDeckVerdict(deck));
  root = HfDeckRoot(deck);
  ASSERT_NEAR(HfReal(HfChild(root, "film"), "cell"), 2e-9, 1e-22);
  ASSERT_NEAR(HfRealAt(HfChild(root, "film"), "size", 1), 2e-6, 1e-20);
  ASSERT_NEAR(HfReal(HfVariant(HfNodeFind(root, "film.shape"), &name), "diameter"), 1e-6, 1e-20);
  assert_string_equal(name, "disk"); /* replaced everything */
  step = HfVariant(HfItem(root, "schedule", 0), &name);
  assert_string_equal(name, "train");
  ASSERT_NEAR(HfReal(step, "voltage"), 2, 0);
  assert_int_equal(HfCount(step, "patterns"), 2);
  assert_string_equal(HfText(HfChild(root, "patterns"), "C"), "+-+");
  assert_string_equal(HfText(HfChild(root, "gold"), "side"), "below");
  assert_string_equal(HfText(root, "title"), "a, b");
  assert_true(HfGiven(HfChild(root, "film"), "cell"));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

static void test_set_errors(void **state) {
  static const struct {
    const char *set, *message;
  } cases[] = {
      {"film.cell=4 s", "--set film.cell=4 s:1:11: error: film.cell: \"4 s\" is not a length (expected a quantity in m)\n"},
      {"film.cel=4 nm", "--set film.cel=4 nm:1:6: error: film: unknown key \"cel\"; did you mean \"cell\"?\n"},
      {"flim.cell=4 nm", "--set flim.cell=4 nm:1:1: error: unknown key \"flim\"; did you mean \"film\"?\n"},
      {"schedule.3.relax={}", "--set schedule.3.relax={}:1:10: error: schedule has no entry 3; it has 1, counted from 0\n"},
      {"schedule.first=relax", "--set schedule.first=relax:1:10: error: schedule is a list; \"first\" is not the number of an entry\n"},
      {"film.cell.x=1", "--set film.cell.x=1:1:11: error: film.cell is a single value; it has no \"x\"\n"},
      {"film.cell", "--set film.cell:1:1: error: expected path=value, for example film.cell=4 nm\n"},
      {"=3", "--set =3:1:1: error: expected path=value, for example film.cell=4 nm\n"},
      {"film.size=[1 um", "--set film.size=[1 um:1:16: error: not valid YAML: did not find expected ',' or ']'\n"},
      {"film.size.5=1 um", "--set film.size.5=1 um:1:11: error: film.size has no entry 5; it has 2, counted from 0\n"},
      {"include=x.yaml", "--set include=x.yaml:1:1: error: include can only be written in a deck\n"},
  };
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); ++k) check_messages("deck.yaml", 1, &cases[k].set, cases[k].message);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_merge), cmocka_unit_test(test_files), cmocka_unit_test(test_include_errors),
                                          cmocka_unit_test(test_set), cmocka_unit_test(test_set_errors)};
int main(int argc, char **argv) {
  int failed;
  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, set_up, tear_down);
  if (PetscFinalize()) return 1;
  return failed != 0;
}
