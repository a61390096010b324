/* The memory that is predicted for a deck against what its run takes; a film that does not fit. */
#include "test_decks.h"
#include <hopfilm/experiment.h>
#include <string.h>
#include <sys/resource.h>

static PetscReal peak(void) {
  struct rusage usage;
  assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
  return 1024 * (PetscReal)usage.ru_maxrss;
}

/* Returns the code of the set-up; runs what could be set up. */
static PetscErrorCode run(const char *text, PetscReal *estimate) {
  struct HfRecorder_ nowhere;
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  PetscErrorCode code;

  memset(&nowhere, 0, sizeof(nowhere));
  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, text, &deck));
  CHECK(HfDeckVerdict(deck));
  CHECK(HfDeviceSystemMemory(deck, estimate));
  code = HfExperimentCreate(deck, &nowhere, NULL, &experiment);
  if (!code) CHECK(HfExperimentRun(experiment));
  if (!code) CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return code;
}

/* The prediction is an upper bound of all that the process takes, and that for the film at most a third above what the run takes beside the program and its
   libraries, whose size depends on the libraries. */
static void test_estimate(void **state) {
  const char *const decks[] = {DECK("film magnet-alone"), DECK("film coupled")};
  PetscReal base, program;

  CHECK(run(DECK("dot"), &program));
  base = peak();
  for (int k = 0; k < 2; ++k) {
    PetscReal estimate, taken;
    CHECK(run(decks[k], &estimate));
    estimate -= program;
    taken = peak() - base;
    printf("memory of 300 x 300 cells: estimated %.1f MB, taken %.1f MB; for the program %.1f MB and %.1f MB\n", 1e-6 * (double)estimate,
           1e-6 * (double)taken, 1e-6 * (double)program, 1e-6 * (double)base);
#if !defined(__SANITIZE_ADDRESS__)
    assert_true(base + taken < estimate + program && estimate < 1.33 * taken);
#endif
  }
}

static void test_too_little(void **state) {
  PetscReal estimate;

  CHECK(PetscOptionsSetValue(NULL, "-memory_limit", "10e6"));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  assert_int_equal(run(DECK("film magnet-alone"), &estimate), HF_ERR_DECK);
  CHECK(PetscPopErrorHandler());
  CHECK(PetscOptionsClearValue(NULL, "-memory_limit"));
}

static void test_available(void **state) {
  PetscReal bytes;
  char text[32];

  CHECK(HfSystemMemoryAvailable(PETSC_COMM_SELF, &bytes));
  assert_true(bytes > 1e8 && bytes < 1e16);
  HfSystemMemoryText(1.25e9, text);
  assert_string_equal(text, "1.25 GB");
  HfSystemMemoryText(999.9e3, text);
  assert_string_equal(text, "1 MB");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_estimate), cmocka_unit_test(test_too_little), cmocka_unit_test(test_available)};
HF_TEST_MAIN(tests)
