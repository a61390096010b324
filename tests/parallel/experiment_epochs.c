/* Training schedules: orders, voltages, when memories are taken, patterns from images; the same on any number of ranks. */
#include "experiment_case.h"

#define FILM      "four-nodes from-random patterns "
#define SEED      "start=3"
#define TOLERANCE 1e-7 /* of G11: adaptive steps */

/* Every epoch shows every pattern once, in an order of its own that the seed alone decides. */
static void shuffled_by_the_seed_alone(void **state) {
  Memory all, alone, other;
  int changed = 0, apart = 0;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "shuffled", SEED "; seed=5"), &all));
  CHECK(run_deck(PETSC_COMM_SELF, DECK_WITH(FILM "shuffled", SEED "; seed=5"), &alone));
  CHECK(run_deck(PETSC_COMM_SELF, DECK_WITH(FILM "shuffled", SEED "; seed=6"), &other));
  assert_int_equal(all.n_probes, 1 + 16); /* the untrained film and every pulse */
  for (int k = 1; k <= 16; ++k) {
    assert_string_equal(all.pattern[k], alone.pattern[k]);
    apart += strcmp(all.pattern[k], other.pattern[k]) != 0;
    if (k > 4) changed += strcmp(all.pattern[k], all.pattern[k - 4]) != 0;
    for (int l = k + 1; l <= 16 && (l - 1) / 4 == (k - 1) / 4; ++l) assert_string_not_equal(all.pattern[k], all.pattern[l]);
  }
  assert_true(changed > 0 && apart > 0);
  for (int e = 0; e < 16; ++e) ASSERT_NEAR(all.G[16][e], alone.G[16][e], TOLERANCE * all.G[0][0]);
  CHECK(HfNodeDestroy(&all.entries));
  CHECK(HfNodeDestroy(&alone.entries));
  CHECK(HfNodeDestroy(&other.entries));
}

/* Memories after every epoch, or one at the end, are those of the film that is probed after every pulse: reading does not disturb it. */
static void memories_when_they_are_wanted(void **state) {
  Memory pulse, epoch, end;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "training energies", SEED "; memory=pulse"), &pulse));
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "training energies", SEED "; memory=epoch"), &epoch));
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "training", SEED "; memory=end"), &end));
  assert_int_equal(pulse.n_probes, 1 + 16);
  assert_int_equal(epoch.n_probes, 1 + 4);
  assert_int_equal(end.n_probes, 1 + 1);
  ASSERT_NEAR(end.time[1], 3.2e-9, 1e-18);
  for (int e = 0; e < 16; ++e) {
    ASSERT_NEAR(end.G[1][e], pulse.G[16][e], TOLERANCE * pulse.G[0][0]);
    for (int k = 1; k <= 4; ++k) ASSERT_NEAR(epoch.G[k][e], pulse.G[4 * k][e], TOLERANCE * pulse.G[0][0]);
  }
  for (int k = 1; k <= 4; ++k) assert_string_equal(epoch.pattern[k], "+---"); /* the last of the epoch */
  ASSERT_NEAR(number(entry_from_end(&pulse, "energies", 0), "of"), 16, 0);
  ASSERT_NEAR(number(entry_from_end(&epoch, "energies", 0), "of"), 4, 0);
  assert_int_equal(pulse.n_fields - epoch.n_fields, 12 * 5); /* m, H, j, j_per_volt, j_gold */
  CHECK(HfNodeDestroy(&pulse.entries));
  CHECK(HfNodeDestroy(&epoch.entries));
  CHECK(HfNodeDestroy(&end.entries));
}

/* A list of voltages gives the same as one step for each of them. */
static void a_voltage_for_each(void **state) {
  Memory list, steps;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "voltage-for-each", SEED), &list));
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH(FILM "step-for-each", SEED), &steps));
  for (int k = 1; k <= 2; ++k)
    for (int e = 0; e < 16; ++e) ASSERT_NEAR(list.G[k][e], steps.G[k][e], TOLERANCE * steps.G[0][0]);
  CHECK(HfNodeDestroy(&list.entries));
  CHECK(HfNodeDestroy(&steps.entries));
}

/* Dark pixels are +; a 2 x 2 image is a pattern of four electrodes. Every rank reads what rank 0 reads. */
static void a_pattern_from_an_image(void **state) {
  Memory memory;
  PetscMPIInt rank;

  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (!rank) {
    FILE *file = fopen("hf_test_pattern.pgm", "w");
    assert_non_null(file);
    fprintf(file, "P2\n2 2\n100\n49 51\n100 0\n");
    fclose(file);
  }
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("four-nodes from-random picture", SEED), &memory));
  assert_string_equal(memory.pattern[1], "+--+");
  CHECK(HfNodeDestroy(&memory.entries));
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  if (!rank) remove("hf_test_pattern.pgm");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(shuffled_by_the_seed_alone), cmocka_unit_test(memories_when_they_are_wanted),
                                          cmocka_unit_test(a_voltage_for_each), cmocka_unit_test(a_pattern_from_an_image)};
HF_TEST_MAIN(tests)
