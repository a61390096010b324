/* Ten random starts and fourteen pulses from each: whatever the method, the film of four nodes comes to rest in the same state after every pulse. A pulse whose
   conductances are off is printed. */
#include "test_decks.h"
#include <hopfilm/experiment.h>
#include <methods.h>
#include <string.h>

enum { STARTS = 10, MOST_PROBES = 64 };
typedef struct {
  int n;
  PetscReal G[MOST_PROBES][16];
  char pattern[MOST_PROBES][8];
  Vec m; /* the last state */
} Found;

static PetscErrorCode add_probe(void *context, const HfProbe *probe) {
  Found *found = context;

  PetscFunctionBeginUser;
  assert_true(found->n < MOST_PROBES && probe->n == 4);
  PetscCall(PetscStrncpy(found->pattern[found->n], probe->pattern, sizeof(found->pattern[0])));
  PetscCall(PetscArraycpy(found->G[found->n++], probe->G, 16));
  PetscFunctionReturn(0);
}

static PetscErrorCode keep_state(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  Found *found = context;

  PetscFunctionBeginUser;
  if (strcmp(name, "m")) PetscFunctionReturn(0);
  if (!found->m) PetscCall(VecDuplicate(v, &found->m));
  PetscCall(VecCopy(v, found->m));
  PetscFunctionReturn(0);
}

static Found run(const char *text, PetscInt64 *steps) {
  const HfRecorderSettings settings = {.table_every = 0};
  Found found = {0};
  struct HfRecorder_ recorder = {.context = &found, .settings = &settings, .probe = add_probe, .field = keep_state};
  HfExperiment experiment;
  HfKeys keys;
  HfDeck deck;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  CHECK(HfExperimentCreate(deck, &recorder, NULL, &experiment));
  CHECK(HfExperimentRun(experiment));
  HfMagnetStatistics(HfDeviceMagnet(HfExperimentDevice(experiment)), steps, NULL, NULL);
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return found;
}

static void all_come_to_rest_in_the_same_states(void **unused) {
  PetscInt64 total[METHODS] = {0}, steps;
  PetscReal worst[METHODS] = {0};
  int off[METHODS] = {0}, pulses = 0;

  AT_MOST_ON(1);
  for (int seed = 1; seed <= STARTS; ++seed) {
    Found right = run(DECK_WITH("starts steps", "seed=%d; method=5dp; tolerance=1e-7", seed), &steps);

    pulses += right.n;
    for (int k = 0; k < METHODS; ++k) {
      Found found = run(DECK_WITH("starts default-steps", "seed=%d; method=%s", seed, methods[k]), &steps);
      PetscReal apart;

      total[k] += steps;
      assert_int_equal(found.n, right.n);
      for (int p = 0; p < right.n; ++p) {
        PetscReal most = 0;

        for (int i = 0; i < 16; ++i) most = PetscMax(most, PetscAbsReal(found.G[p][i] - right.G[p][i]) / right.G[p][0]);
        worst[k] = PetscMax(worst[k], most);
        if (most <= 1e-4) continue;
        ++off[k];
        print_message("start %d, %s, probe %d (%s): G off by %.1e\n", seed, methods[k], p, right.pattern[p], most);
      }
      CHECK(VecAXPY(found.m, -1, right.m));
      CHECK(VecNorm(found.m, NORM_INFINITY, &apart));
      if (apart > 1e-2) print_message("start %d, %s: the last state is another by %.1e\n", seed, methods[k], apart);
      CHECK(VecDestroy(&found.m));
    }
    CHECK(VecDestroy(&right.m));
  }
  for (int k = 0; k < METHODS; ++k)
    print_message("%s: %lld steps, G off by %.1e at most, by more than 1e-4 in %d of %d probes\n", methods[k], (long long)total[k], worst[k], off[k],
                  pulses);
  for (int k = 0; k < METHODS; ++k) assert_int_equal(off[k], 0);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(all_come_to_rest_in_the_same_states)};
HF_TEST_MAIN(tests)
