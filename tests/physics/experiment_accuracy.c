/* At the default tolerance every method gives the conductances after a pulse to 1e-4 and the energies of patterns to 1e-3 of their span, beside explicit
   steps of a hundredth of it and less. */
#include "test_decks.h"
#include <hopfilm/experiment.h>
#include <methods.h>
#include <string.h>

#define FILM "four-nodes from-uniform patterns pulses "

enum { MOST_PROBES = 16, MOST_ENERGIES = 256 };
typedef struct {
  int n_probes, n_energies;
  PetscReal time[MOST_PROBES], G[MOST_PROBES][16], energy[MOST_ENERGIES], low, high; /* least and largest energy */
} Found;

static PetscErrorCode add_probe(void *context, const HfProbe *probe) {
  Found *found = context;

  PetscFunctionBeginUser;
  assert_true(found->n_probes < MOST_PROBES && probe->n == 4);
  found->time[found->n_probes] = probe->time;
  PetscCall(PetscArraycpy(found->G[found->n_probes++], probe->G, 16));
  PetscFunctionReturn(0);
}

static PetscErrorCode add_energies(void *context, const char *name, PetscInt n_states, const PetscReal energies[]) {
  Found *found = context;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n_states; ++k) {
    assert_true(found->n_energies < MOST_ENERGIES);
    found->energy[found->n_energies++] = energies[k];
    found->low = PetscMin(found->low, energies[k]);
    found->high = PetscMax(found->high, energies[k]);
  }
  PetscFunctionReturn(0);
}

static Found run(const char *text) {
  const HfRecorderSettings settings = {.table_every = 0};
  Found found = {0};
  struct HfRecorder_ recorder = {.context = &found, .settings = &settings, .probe = add_probe, .energies = add_energies};
  HfExperiment experiment;
  HfKeys keys;
  HfDeck deck;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  CHECK(HfExperimentCreate(deck, &recorder, NULL, &experiment));
  CHECK(HfExperimentRun(experiment));
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return found;
}

static void conductances_and_energies_are_right(void **unused) {
  Found right;

  AT_MOST_ON(2);
  right = run(DECK_WITH(FILM "steps", "method=5dp; tolerance=1e-8"));
  assert_true(right.n_probes >= 4 && right.n_energies >= 32 && right.high > right.low);
  for (int k = 0; k < METHODS; ++k) {
    const Found found = run(DECK_WITH(FILM "default-steps", "method=%s", methods[k]));
    PetscReal off = 0, moved = 0, energy = 0;

    assert_int_equal(found.n_probes, right.n_probes);
    assert_int_equal(found.n_energies, right.n_energies);
    for (int p = 0; p < right.n_probes; ++p) {
      assert_true(found.time[p] == right.time[p]);
      for (int i = 0; i < 16; ++i) {
        off = PetscMax(off, PetscAbsReal(found.G[p][i] - right.G[p][i]) / right.G[p][0]); /* G[0]: the conductance of an electrode to all others */
        moved = PetscMax(moved, PetscAbsReal(right.G[p][i] - right.G[0][i]) / right.G[p][0]);
      }
    }
    for (int i = 0; i < right.n_energies; ++i) energy = PetscMax(energy, PetscAbsReal(found.energy[i] - right.energy[i]) / (right.high - right.low));
    print_message("%s: G off by %.1e where it changes by %.1e; energies by %.1e of their span\n", methods[k], off, moved, energy);
    assert_true(moved > 1e-2);
    ASSERT_NEAR(off, 0, 1e-4);
    ASSERT_NEAR(energy, 0, 1e-3);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(conductances_and_energies_are_right)};
HF_TEST_MAIN(tests)
