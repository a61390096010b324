/* Reading with a current source: the field of the film's own current against that of an endless strip, and what it does to a film. */
#include "experiment_case.h"

/* H_z = (K/2 pi) ln |(w/2 + y)/(w/2 - y)| of a flat strip of width w with the sheet current K along it, largest in the rows of cells at the edges: the mean
   over the thickness and the finite length change it by less than 2 %. */
static void test_field_of_a_strip(void **state) {
  const double w = 200e-9, y = 0.5 * w - 5e-9, K = 1e-3 / w;
  const double strip = K / (2.0 * PETSC_PI) * log((0.5 * w + y) / (0.5 * w - y));
  Memory memory;
  HfNode entry;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK("strip"), &memory));
  entry = entry_from_end(&memory, "read", 0);
  printf("H_z of the cells at the edge: %s A/m, endless strip %g A/m\n", HfNodeText(HfNodeItem(HfNodeFind(entry, "largest_field_A_per_m"), 0)),
         strip);
  ASSERT_NEAR(atof(HfNodeText(HfNodeItem(HfNodeFind(entry, "largest_field_A_per_m"), 0))), strip, 0.03 * strip);
  ASSERT_NEAR(memory.time[memory.n_probes - 1], 1e-12, 1e-20);
  CHECK(HfNodeDestroy(&memory.entries));
}

static double change(const double a[16], const double b[16]) {
  double largest = 0.0;
  for (int e = 0; e < 16; ++e) largest = fmax(largest, fabs(a[e] - b[e]));
  return largest / fabs(b[0]);
}

/* A reading without current is a rest; one of 500 uA changes little, one a hundred times as strong much more. */
static void test_readings(void **state) {
  const char *const currents[3] = {"1 pA", "500 uA", "50 mA"};
  double changes[3];
  Memory held, read;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random patterns held", "start=3"), &held));
  for (int k = 0; k < 3; ++k) {
    CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random patterns readings", "start=3;current=%s", currents[k]), &read));
    assert_int_equal(read.n_probes, held.n_probes);
    changes[k] = change(read.G[read.n_probes - 1], held.G[held.n_probes - 1]);
    CHECK(HfNodeDestroy(&read.entries));
  }
  printf("after two readings of 1 pA, 500 uA, 50 mA the conductances differ from a rest by %.1e, %.1e, %.1e\n", changes[0], changes[1], changes[2]);
  assert_true(changes[0] < 1e-8);
  assert_true(changes[1] > 10 * changes[0] && changes[2] > 10 * changes[1]);
  CHECK(HfNodeDestroy(&held.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_field_of_a_strip), cmocka_unit_test(test_readings)};
HF_TEST_MAIN(tests)
