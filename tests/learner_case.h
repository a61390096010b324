/* Runs a learner of src/network/learners from a deck of its own section alone, and keeps what it finds. */
#pragma once
#include "test_decks.h"
#include <hopfilm/network.h>

/* Figures of one finding, by name. */
typedef struct {
  int n;
  char name[32][32];
  PetscReal value[32];
} HfFinding;

typedef struct {
  int n, most;
  HfFinding *findings;
} HfFindings;

static PetscErrorCode pause_none(void *of) { return 0; }

static PetscErrorCode keep_no_array(void *of, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit) {
  return 0;
}

static PetscErrorCode keep_figure(void *of, const char *name, PetscReal value) {
  HfFindings *all = of;
  HfFinding *finding = &all->findings[all->n];

  assert_true(all->n < all->most && finding->n < 32);
  PetscCall(PetscStrncpy(finding->name[finding->n], name, sizeof finding->name[0]));
  finding->value[finding->n++] = value;
  return 0;
}

static PetscErrorCode keep_headline(void *of, const char *text) {
  ++((HfFindings *)of)->n;
  return 0;
}

/* findings[most] of the learner, whose section stands in the deck; returns how many. */
static int run_learner(const char *name, const char *text, int most, HfFinding findings[]) {
  const HfLearner *learner = HfLearnerFind(name);
  HfFindings all = {.most = most, .findings = findings};
  const HfLearning learning = {.pause = pause_none, .array = keep_no_array, .figure = keep_figure, .headline = keep_headline, .of = &all};
  HfKeys keys;
  HfDeck deck;
  void *settings;

  for (int k = 0; k < most; ++k) findings[k].n = 0;
  CHECK(HfKeysCreate(&keys));
  CHECK(HfKeysAdd(keys, "", learner->keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, text, &deck));
  CHECK(HfDeckVerdict(deck));
  CHECK(learner->settings(deck, HfChild(HfDeckRoot(deck), name), &settings));
  CHECK(learner->run(settings, &learning));
  CHECK(PetscFree(settings));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return all.n;
}

static PetscReal figure_of(const HfFinding *finding, const char *name) {
  for (int k = 0; k < finding->n; ++k)
    if (!strcmp(finding->name[k], name)) return finding->value[k];
  fail_msg("the finding has no figure '%s'", name);
  return 0;
}
