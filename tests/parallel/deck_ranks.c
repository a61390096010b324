/* All ranks read the same deck and see the same errors; one rank prints. */
#include "deck_test.h"
#include <stdlib.h>

static PetscMPIInt rank, size;

/* The same number on all ranks. */
static void assert_everywhere(long value) {
  long low, high;
  MPI_Allreduce(&value, &low, 1, MPI_LONG, MPI_MIN, PETSC_COMM_WORLD);
  MPI_Allreduce(&value, &high, 1, MPI_LONG, MPI_MAX, PETSC_COMM_WORLD);
  assert_int_equal(low, high);
}

static long hash(const char *text) {
  unsigned long h = 5381;
  for (; *text; ++text) h = h * 33 + (unsigned char)*text;
  return (long)(h >> 1);
}

/* A file name that all ranks know; written by rank 0. */
static void make_file(char path[64], const char *text) {
  if (!rank) {
    FILE *file;
    snprintf(path, 64, "/tmp/hopfilm-ranks-XXXXXX");
    file = fdopen(mkstemp(path), "w");
    fputs(text, file);
    fclose(file);
  }
  MPI_Bcast(path, 64, MPI_CHAR, 0, PETSC_COMM_WORLD);
}

static void test_good(void **state) {
  HfKeys keys = test_keys();
  HfDeck deck;
  char path[64], *text;

  make_file(path, DECK("all-types"));
  CHECK(HfDeckCreate(PETSC_COMM_WORLD, keys, path, 0, NULL, &deck));
  CHECK(HfDeckVerdict(deck));
  CHECK(HfNodeFormat(HfDeckRoot(deck), &text));
  assert_everywhere(hash(text));
  assert_string_equal(HfDeckText(deck), DECK("all-types"));
  ASSERT_NEAR(HfReal(HfNodeFind(HfDeckRoot(deck), "film.material"), "Ms"), 8e5, 1e-8);
  CHECK(PetscFree(text));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  if (!rank) unlink(path);
}

static void test_errors(void **state) {
  static const char *const set[] = {"film.cell=1 s"};
  HfKeys keys = test_keys();

  for (int k = 0; k < 5; ++k) {
    HfDeck deck;
    PetscErrorCode code;
    Capture capture;
    char path[64] = "/there/is/no/such.yaml";
    if (k < 4) make_file(path, DECK_AT("bad", k, NULL));
    capture_start(&capture);
    code = HfDeckCreate(PETSC_COMM_WORLD, keys, path, 1, set, &deck);
    if (!code) {
      code = HfDeckVerdict(deck);
      CHECK(HfDeckDestroy(&deck));
    }
    capture_end(&capture);
    assert_int_equal(code, k < 4 ? HF_ERR_DECK : HF_ERR_FILE);
    assert_everywhere(code);
    if (rank)
      assert_string_equal(capture.text, "");
    else
      assert_true(strlen(capture.text) > 0);
    MPI_Barrier(PETSC_COMM_WORLD);
    if (!rank && k < 4) unlink(path);
  }
  CHECK(HfKeysDestroy(&keys));
}

/* Bytes and reasons arrive on all ranks; a folder is no file; a long file comes whole. */
static void test_read_file(void **state) {
  const size_t long_length = 200000;
  char path[64], *text, *long_text;
  const char *why;
  size_t length;

  CHECK(PetscMalloc1(long_length + 1, &long_text));
  for (size_t i = 0; i < long_length; ++i) long_text[i] = (char)('a' + i * i % 23);
  long_text[long_length] = '\0';
  make_file(path, long_text);
  CHECK(HfReadFile(PETSC_COMM_WORLD, path, &text, &length, &why));
  assert_null(why);
  assert_int_equal(length, long_length);
  assert_string_equal(text, long_text);
  CHECK(PetscFree(text));
  CHECK(PetscFree(long_text));
  CHECK(HfReadFile(PETSC_COMM_WORLD, "/", &text, &length, &why));
  assert_null(text);
  assert_string_equal(why, "Is a directory");
  CHECK(HfReadFile(PETSC_COMM_WORLD, "/there/is/no/such", &text, &length, &why));
  assert_null(text);
  assert_string_equal(why, "No such file or directory");
  MPI_Barrier(PETSC_COMM_WORLD);
  if (!rank) unlink(path);
}

static int start(void **state) {
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  return quiet_start(state);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test_setup(test_good, start), cmocka_unit_test(test_errors), cmocka_unit_test(test_read_file)};
HF_TEST_MAIN(tests)
