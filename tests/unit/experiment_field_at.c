/* The voltage for a wanted field: over the film, or at a point of it, the field of the run is the required one. */
#include "experiment_case.h"

enum { N = 20 };
static double rms, at_point, largest; /* of the last frame of H, A/m; zero around the film, a disk of 1.2 um */

static PetscErrorCode keep_H(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  const PetscScalar *h;
  double sum = 0;
  int cells = 0;

  PetscFunctionBeginUser;
  if (strcmp(name, "H") || time == 0) PetscFunctionReturn(0);
  PetscCall(VecGetArrayRead(v, &h));
  largest = 0;
  for (int k = 0; k < N * N; ++k) {
    const double x = 60 * (k % N - N / 2 + 0.5), y = 60 * (k / N - N / 2 + 0.5); /* nm */
    double square = 0;
    for (int c = 0; c < 3; ++c) square += PetscSqr(PetscRealPart(h[3 * k + c]));
    sum += square;
    cells += hypot(x, y) <= 600;
    largest = fmax(largest, sqrt(square));
    if (k == (N / 2 + 1) * N + N / 2 + 3) at_point = sqrt(square); /* the cell at (210 nm, 90 nm) */
  }
  PetscCall(VecRestoreArrayRead(v, &h));
  rms = sqrt(sum / cells);
  PetscFunctionReturn(0);
}

static void run(const char *deck) {
  struct HfRecorder_ recorder = {.field = keep_H};
  Memory memory;

  CHECK(run_deck_with(PETSC_COMM_WORLD, deck, &recorder, &memory));
  CHECK(HfNodeDestroy(&memory.entries));
  printf("H: %.6f A/m rms, %.6f A/m at the point, at most %.3f A/m\n", rms, at_point, largest);
}

/* The pattern +--+ has no field at the centre, by symmetry. */
static void test_measures(void **state) {
  run(DECK_WITH("four-nodes from-uniform patterns hold", "pattern=+--+;where=rms"));
  ASSERT_NEAR(rms, 1600, 1e-6);
  run(DECK_WITH("four-nodes from-uniform patterns hold", "pattern=+--+;where=[210 nm, 90 nm]"));
  ASSERT_NEAR(at_point, 1600, 1e-6);
  assert_true(fabs(rms - 1600) > 50);
  run(DECK_WITH("four-nodes from-uniform patterns hold", "pattern=++--;where=[0 nm, 0 nm]"));
  const double point = rms;
  run(DECK_WITH("four-nodes from-uniform patterns hold", "pattern=++--;where=centre"));
  ASSERT_NEAR(rms, point, 1e-9);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_measures)};
HF_TEST_MAIN(tests)
