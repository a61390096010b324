/* The seven voltages of the bench: Ohm's law between the two groups of electrodes, with conductances added by hand; and four probes do not see contacts. */
#include "experiment_case.h"

enum { WIRINGS = 7, READINGS = 6, FIRST = 8 };
static double voltage[READINGS * WIRINGS];

static PetscErrorCode keep_voltages(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                                    const char *unit) {
  PetscFunctionBeginUser;
  if (strcmp(dataset, "/wirings/1/voltage")) PetscFunctionReturn(0);
  assert_true(rank == 2 && shape[0] == READINGS && shape[1] == WIRINGS && !strcmp(unit, "V"));
  memcpy(voltage, values, sizeof(voltage));
  PetscFunctionReturn(0);
}

/* Between the electrodes whose bits are set in `state` and the others; electrode 1 is the highest bit. */
static double between(const double G[16], int state) {
  double sum = 0.0;
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      if (((state >> (3 - i)) & 1) && !((state >> (3 - j)) & 1)) sum -= G[4 * i + j];
  return sum;
}

static void test_seven_voltages(void **state) {
  struct HfRecorder_ arrays = {.array = keep_voltages};
  double ideal[WIRINGS];
  Memory memory;

  CHECK(run_deck_with(PETSC_COMM_WORLD, DECK_WITH("film", "first=0;others=0"), &arrays, &memory));
  assert_int_equal(memory.n_probes, 5); /* the second pulse begins with the reading that ends the first */
  for (int r = 0; r < READINGS; ++r)
    for (int k = 0; k < WIRINGS; ++k)
      ASSERT_NEAR(voltage[r * WIRINGS + k], 500e-6 / between(memory.G[r < 3 ? r : r - 1], FIRST + k), 1e-12 * voltage[r * WIRINGS + k]);
  ASSERT_NEAR(number(entry_from_end(&memory, "wirings", 0), "current_A"), 500e-6, 1e-18);
  memcpy(ideal, voltage, sizeof(ideal));
  CHECK(HfNodeDestroy(&memory.entries));

  /* the first reading is of the same texture; later ones are of films that other voltages have driven */
  CHECK(run_deck_with(PETSC_COMM_WORLD, DECK_WITH("film", "first=3;others=1"), &arrays, &memory));
  assert_true(500e-6 / between(memory.G[0], FIRST) > 1.1 * ideal[0]); /* two probes would read this */
  for (int k = 0; k < WIRINGS; ++k) ASSERT_NEAR(voltage[k], ideal[k], 1e-9 * ideal[k]);
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_seven_voltages)};
HF_TEST_MAIN(tests)
