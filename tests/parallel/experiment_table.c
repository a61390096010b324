/* Lines of the table are written at exactly the required times, the end of every phase included, whatever the steps are; the states there are those
   of the film, which moves as it does without them. */
#include "test_decks.h"
#include <hopfilm/experiment.h>
#include <methods.h>

#define EVERY 3e-12 /* s; divides the second phase, not the first */

enum { MOST = 512 };
typedef struct {
  int n;
  PetscReal time[MOST], average[MOST][3], energy[MOST];
  PetscInt64 steps;
} Lines;

static PetscErrorCode add(void *context, const HfTableLine *line) {
  Lines *lines = context;

  PetscFunctionBeginUser;
  assert_true(lines->n < MOST);
  lines->time[lines->n] = line->time;
  lines->energy[lines->n] = line->energy;
  PetscCall(PetscArraycpy(lines->average[lines->n++], line->average, 3));
  PetscFunctionReturn(0);
}

/* every: distance of lines and of frames, s; 0: none are required */
static Lines run(MPI_Comm comm, const char *text, PetscReal line_every, PetscReal frame_every) {
  const HfRecorderSettings settings = {.table_every = line_every, .every = frame_every};
  Lines lines = {.n = 0};
  struct HfRecorder_ recorder = {.context = &lines, .settings = &settings, .table_line = add};
  HfExperiment experiment;
  HfKeys keys;
  HfDeck deck;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(comm, keys, text, &deck));
  CHECK(HfExperimentCreate(deck, &recorder, NULL, &experiment));
  CHECK(HfExperimentRun(experiment));
  HfMagnetStatistics(HfDeviceMagnet(HfExperimentDevice(experiment)), &lines.steps, NULL, NULL);
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return lines;
}

static void assert_times(const Lines *lines) {
  const PetscReal times[] = {0, 3, 6, 9, 10, 13, 16, 19, 22, 25, 28, 31, 34};

  assert_int_equal(lines->n, PETSC_STATIC_ARRAY_LENGTH(times));
  for (int k = 0; k < lines->n; ++k) ASSERT_NEAR(lines->time[k], 1e-12 * times[k], 1e-26);
}

static void lines_come_at_their_times(void **unused) {
  Lines right;

  AT_MOST_ON(2);
  right = run(PETSC_COMM_WORLD, DECK_WITH("film", "integrator=tolerance: 1e-10"), EVERY, 0);
  assert_times(&right);
  for (int m = 0; m < METHODS; ++m) {
    const char *deck = DECK_WITH("film", "integrator=method: %s, tolerance: 1e-6", methods[m]);
    const Lines lines = run(PETSC_COMM_WORLD, deck, EVERY, 0), with_frames = run(PETSC_COMM_WORLD, deck, EVERY, 4e-12),
                free = run(PETSC_COMM_WORLD, deck, 0, 0);
    PetscReal worst = 0, energy = 0;

    assert_times(&lines);
    assert_times(&with_frames);
    for (int k = 0; k < lines.n; ++k)
      for (int c = 0; c < 3; ++c) {
        worst = PetscMax(worst, PetscAbsReal(lines.average[k][c] - right.average[k][c]));
        worst = PetscMax(worst, PetscAbsReal(with_frames.average[k][c] - right.average[k][c]));
        energy = PetscMax(energy, PetscAbsReal(lines.energy[k] - right.energy[k]));
      }
    print_message("%s: %d steps; lines are off by %.1e\n", methods[m], (int)lines.steps, worst);
    ASSERT_NEAR(worst, 0, 1e-4);
    ASSERT_NEAR(energy, 0, 1e-4 * PetscAbsReal(right.energy[0]));
    assert_true(lines.steps == free.steps); /* and to the same end */
    for (int c = 0; c < 3; ++c) assert_true(lines.average[lines.n - 1][c] == free.average[free.n - 1][c]);
    assert_true(free.time[free.n - 1] == lines.time[lines.n - 1]);
  }
}

static void ranks_agree(void **unused) {
  const char *deck = DECK_WITH("film", "integrator=");
  const Lines together = run(PETSC_COMM_WORLD, deck, EVERY, 0), alone = run(PETSC_COMM_SELF, deck, EVERY, 0);

  assert_times(&together);
  for (int k = 0; k < together.n; ++k)
    for (int c = 0; c < 3; ++c) ASSERT_NEAR(together.average[k][c], alone.average[k][c], 1e-9);
}

static void a_film_that_fluctuates_has_them_too(void **unused) {
  const char *deck = DECK_WITH("film thermal", "integrator=");
  Lines lines, often;

  AT_MOST_ON(1);
  lines = run(PETSC_COMM_WORLD, deck, EVERY, 0);
  often = run(PETSC_COMM_WORLD, deck, EVERY / 2, 0);
  assert_times(&lines);
  assert_true(often.n > 20 && often.steps == lines.steps); /* the noise is the same */
  for (int c = 0; c < 3; ++c) assert_true(lines.average[lines.n - 1][c] == often.average[often.n - 1][c]);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(lines_come_at_their_times), cmocka_unit_test(ranks_agree),
                                          cmocka_unit_test(a_film_that_fluctuates_has_them_too)};
HF_TEST_MAIN(tests)
