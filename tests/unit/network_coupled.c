/* Coupled learning and equilibrium propagation: the rule of every link is the slope of the contrast, by finite differences; the sign that descends it; tasks are learned.
   network/learners/learners.h: no deck shows slopes. */
#include "network/learners/learners.h"
#include "test_decks.h"

#define MOST_NODES 100
#define MOST_LINKS 300

/* Kirchhoff's potentials between fixed nodes: 1/2 + 1/3 ohm from 3 V to 1 V, and 2 A into the node between. */
static void test_fixed_nodes(void **state) {
  const PetscInt ends[] = {0, 1, 1, 2}, fixed[] = {0, 2};
  const PetscReal C[] = {2, 3}, V[] = {3, 1}, current[] = {7, 2, 7};
  PetscReal p[3];
  HfResistorNetwork network;

  CHECK(HfResistorNetworkCreate(3, 2, ends, 2, fixed, &network));
  CHECK(HfResistorNetworkSet(network, C));
  CHECK(HfResistorNetworkSolve(network, 1, V, current, p));
  ASSERT_NEAR(p[0], 3.0, 0);
  ASSERT_NEAR(p[1], (2 * 3 + 3 * 1 + 2) / 5.0, 1e-15);
  ASSERT_NEAR(p[2], 1.0, 0);
  CHECK(HfResistorNetworkDestroy(&network));
}

/* A disk of 37 nodes with three inputs and two outputs, of random conductances. */
typedef struct {
  HfGraph graph;
  HfContrastGraph nodes;
  PetscReal k[MOST_LINKS];
} Disk;
static const PetscInt INPUTS[] = {0, 20, 33}, OUTPUTS[] = {9, 27};
static const PetscReal V[] = {0, 1, 0.4}, TARGETS[] = {0.7, 0.35};

static void create_disk(Disk *disk) {
  CHECK(HfGraphCreateDisk(3.0, &disk->graph));
  disk->nodes = (HfContrastGraph){.n_nodes = disk->graph.n_nodes,
                                  .n_links = disk->graph.n_links,
                                  .n_inputs = 3,
                                  .n_outputs = 2,
                                  .ends = disk->graph.ends,
                                  .inputs = INPUTS,
                                  .outputs = OUTPUTS};
  for (PetscInt e = 0; e < disk->graph.n_links; ++e) {
    HfRandomUniform(1, HF_STREAM_TEST, 1, e, 1, &disk->k[e]);
    disk->k[e] += 0.5;
  }
}

/* slope[n_links], value of the contrast and error at the conductances k. */
static void contrast_at(const Disk *disk, HfClamp clamp, PetscReal nudge, const PetscReal k[], const PetscReal targets[], PetscReal slope[],
                        PetscReal *value, PetscReal *error) {
  HfContrast contrast;

  CHECK(HfContrastCreate(&disk->nodes, clamp, nudge, &contrast));
  CHECK(HfContrastSet(contrast, k));
  for (PetscInt e = 0; e < disk->graph.n_links && slope; ++e) slope[e] = 0.0;
  CHECK(HfContrastAdd(contrast, V, targets, slope, value, error));
  CHECK(HfContrastDestroy(&contrast));
}

/* Largest deviation of slope[] from the central difference of the contrast, or of half the error, relative to the largest slope. Fourth order: h = 1e-3 leaves 1e-12. */
static PetscReal off_difference(Disk *disk, HfClamp clamp, PetscReal nudge, const PetscReal targets[], PetscBool of_error, const PetscReal slope[]) {
  const PetscReal h = 1e-3, weight[] = {1.0 / 12, -2.0 / 3, 2.0 / 3, -1.0 / 12}, at[] = {-2, -1, 1, 2};
  PetscReal off = 0.0, largest = 0.0;

  for (PetscInt e = 0; e < disk->graph.n_links; ++e) {
    const PetscReal k = disk->k[e];
    PetscReal difference = 0.0;

    for (int s = 0; s < 4; ++s) {
      PetscReal value, error;

      disk->k[e] = k + at[s] * h;
      contrast_at(disk, clamp, nudge, disk->k, targets, NULL, &value, &error);
      difference += weight[s] / h * (of_error ? 0.5 * error : value);
    }
    disk->k[e] = k;
    off = fmax(off, fabs(slope[e] - difference));
    largest = fmax(largest, fabs(slope[e]));
  }
  return off / largest;
}

/* With fixed clamped outputs (nudge 1), or those that a nudge of 0.1 leaves; and for conductances towards the targets, whatever their size. */
static void test_slope_of_contrast(void **state) {
  PetscReal slope[MOST_LINKS], nudged[MOST_LINKS], p[MOST_NODES], targets[2], value, error;
  HfContrast contrast;
  Disk disk;

  create_disk(&disk);
  contrast_at(&disk, HF_CLAMP_COUPLED, 1.0, disk.k, TARGETS, slope, &value, &error);
  ASSERT_NEAR(off_difference(&disk, HF_CLAMP_COUPLED, 1.0, TARGETS, PETSC_FALSE, slope), 0.0, 1e-9);
  contrast_at(&disk, HF_CLAMP_EQUILIBRIUM, 0.5, disk.k, TARGETS, slope, &value, &error);
  ASSERT_NEAR(off_difference(&disk, HF_CLAMP_EQUILIBRIUM, 0.5, TARGETS, PETSC_FALSE, slope), 0.0, 1e-9);

  CHECK(HfContrastCreate(&disk.nodes, HF_CLAMP_COUPLED, 1.0, &contrast));
  CHECK(HfContrastSet(contrast, disk.k));
  CHECK(HfContrastFree(contrast, V, p));
  for (int o = 0; o < 2; ++o) targets[o] = p[OUTPUTS[o]] + 0.1 * (TARGETS[o] - p[OUTPUTS[o]]);
  CHECK(HfContrastDestroy(&contrast));
  contrast_at(&disk, HF_CLAMP_COUPLED, 0.1, disk.k, TARGETS, nudged, &value, &error);
  contrast_at(&disk, HF_CLAMP_COUPLED, 1.0, disk.k, targets, slope, &value, &error);
  for (PetscInt e = 0; e < disk.graph.n_links; ++e) ASSERT_NEAR(nudged[e], slope[e], 1e-14);
  ASSERT_NEAR(off_difference(&disk, HF_CLAMP_COUPLED, 1.0, targets, PETSC_FALSE, nudged), 0.0, 1e-9);
  CHECK(HfGraphDestroy(&disk.graph));
}

/* For a weak nudge the slope of equilibrium propagation is that of half the squared error: by nudges of both signs to second order, 1e-8 of the slope. */
static void test_slope_of_error(void **state) {
  const PetscReal nudge = 1e-4;
  PetscReal slope[MOST_LINKS], other[MOST_LINKS], value, error;
  Disk disk;

  create_disk(&disk);
  contrast_at(&disk, HF_CLAMP_EQUILIBRIUM, nudge, disk.k, TARGETS, slope, &value, &error);
  contrast_at(&disk, HF_CLAMP_EQUILIBRIUM, -nudge, disk.k, TARGETS, other, &value, &error);
  for (PetscInt e = 0; e < disk.graph.n_links; ++e) slope[e] = (slope[e] - other[e]) / (2.0 * nudge);
  ASSERT_NEAR(off_difference(&disk, HF_CLAMP_EQUILIBRIUM, nudge, TARGETS, PETSC_TRUE, slope), 0.0, 1e-6);
  CHECK(HfGraphDestroy(&disk.graph));
}

/* The contrast is positive and, for fixed outputs, quadratic in the nudge; a short step down its slope lowers it and the error, one up raises both. */
static void test_sign(void **state) {
  PetscReal slope[MOST_LINKS], k[MOST_LINKS], full, value, error, moved, moved_error;
  Disk disk;

  create_disk(&disk);
  contrast_at(&disk, HF_CLAMP_COUPLED, 1.0, disk.k, TARGETS, NULL, &full, &error);
  contrast_at(&disk, HF_CLAMP_COUPLED, 0.1, disk.k, TARGETS, slope, &value, &error);
  assert_true(value > 0 && error > 1e-3);
  ASSERT_NEAR(value, 0.01 * full, 1e-13);
  for (int sign = -1; sign <= 1; sign += 2) { /* -1: the rule; +1: Eq. (12) as printed */
    for (PetscInt e = 0; e < disk.graph.n_links; ++e) k[e] = disk.k[e] + sign * 0.01 / 0.1 * slope[e];
    contrast_at(&disk, HF_CLAMP_COUPLED, 0.1, k, TARGETS, NULL, &moved, &moved_error);
    assert_true(sign * (moved - value) > 1e-4 * value && sign * (moved_error - error) > 1e-4 * error);
  }
  CHECK(HfGraphDestroy(&disk.graph));
}

typedef struct {
  PetscReal solved[2], of[2], first, error, bounded, change, correlation;
  int n;
} Found;

static PetscErrorCode no_pause(void *of) { return 0; }

static PetscErrorCode no_array(void *of, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit) {
  return 0;
}

static PetscErrorCode keep_figure(void *of, const char *name, PetscReal value) {
  Found *found = of;

  if (!strcmp(name, "solved")) found->solved[found->n] = value;
  if (!strcmp(name, "of")) found->of[found->n] = value;
  if (!strcmp(name, "film_first_error")) found->first = value;
  if (!strcmp(name, "film_error")) found->error = value;
  if (!strcmp(name, "film_bounded_error")) found->bounded = value;
  if (!strcmp(name, "film_change")) found->change = value;
  if (!strcmp(name, "film_correlation")) found->correlation = value;
  return 0;
}

static PetscErrorCode count_headline(void *of, const char *text) {
  ++((Found *)of)->n;
  return 0;
}

/* Three inputs and two outputs to an error below 1e-3, by either rule. */
static void test_allostery(void **state) {
  const HfLearner *learner = HfLearnerFind("coupled-learning");
  Found found = {.n = 0};
  const HfLearning learning = {.pause = no_pause, .array = no_array, .figure = keep_figure, .headline = count_headline, .of = &found};
  HfKeys keys;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfKeysAdd(keys, "", learner->keys));
  for (int k = 0; k < 2; ++k) {
    HfDeck deck;
    void *settings;

    CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, k ? DECK("equilibrium") : DECK("coupled"), &deck));
    CHECK(HfDeckVerdict(deck));
    CHECK(learner->settings(deck, HfChild(HfDeckRoot(deck), "coupled-learning"), &settings));
    CHECK(learner->run(settings, &learning));
    assert_true(found.n == k + 1 && found.of[k] == 3 && found.solved[k] == 3);
    CHECK(PetscFree(settings));
    CHECK(HfDeckDestroy(&deck));
  }
  CHECK(HfKeysDestroy(&keys));
}

/* A film of four terminals whose conductances the pulse raised by 2 % of dV^2/4: the film's rises have correlation 1 with dV^2. Two outputs are learned on its conductances, and
   within 2 % of these they come closer and not there. */
static void test_film(void **state) {
  const HfLearner *learner = HfLearnerFind("coupled-learning");
  const PetscReal volts[] = {1, 1, -1, -1};
  PetscReal G[32];
  Found found = {.n = 0};
  const HfLearning learning = {.n = 4,
                               .n_times = 2,
                               .G = G,
                               .V = volts,
                               .pause = no_pause,
                               .array = no_array,
                               .figure = keep_figure,
                               .headline = count_headline,
                               .of = &found};
  HfKeys keys;
  HfDeck deck;
  void *settings;

  for (int e = 0; e < 16; ++e) {
    G[e] = e % 5 ? -1.0 - 0.3 * ((e % 4) * (e / 4)) : 7.0; /* symmetric */
    G[16 + e] = G[e] * (1.0 + 0.02 * pow(volts[e % 4] - volts[e / 4], 2) / 4);
  }
  CHECK(HfKeysCreate(&keys));
  CHECK(HfKeysAdd(keys, "", learner->keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, DECK("film"), &deck));
  CHECK(HfDeckVerdict(deck));
  CHECK(learner->settings(deck, HfChild(HfDeckRoot(deck), "coupled-learning"), &settings));
  assert_true(learner->wants_film(settings));
  CHECK(learner->run(settings, &learning));
  ASSERT_NEAR(found.correlation, 1.0, 1e-12);
  ASSERT_NEAR(found.change, 0.02, 1e-14);
  assert_true(found.error < 1e-3 && found.bounded > 10 * found.error && found.bounded < found.first);
  CHECK(PetscFree(settings));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

/* Eight random patterns of 30 pixels, of which the outer product loses some: every one is a fixed point, and comes back from two flips. */
static void test_letters_as_a_task(void **state) {
  enum { N = 30, P = 8 };
  const char *const rules[] = {"outer-product", "coupled-learning", "equilibrium-propagation"};
  const PetscReal amount = 2.0;
  const HfInferOptions options = {.noise = HF_NOISE_FLIPS,
                                  .n_amounts = 1,
                                  .amounts = &amount,
                                  .samples = 20,
                                  .seed = 5,
                                  .stream = HF_STREAM_NOISE,
                                  .recall = {.method = HF_RECALL_SWEEPS, .max_iterations = 50, .seed = 1}};
  PetscReal x[P * N], exact[3];

  for (int e = 0; e < P * N; ++e) x[e] = HfRandomInteger(2, HF_STREAM_TEST, 2, e, 2) ? 1.0 : -1.0;
  for (int r = 0; r < 3; ++r) {
    HfInferTally tally = {.confusion = NULL};
    HfNetwork network;

    CHECK(HfRuleLearn(HfRuleFind(rules[r]), NULL, N, P, x, &network));
    CHECK(HfInfer(N, network, P, x, &options, 0, P * options.samples, &tally));
    exact[r] = (PetscReal)tally.counts.exact / (PetscReal)tally.counts.tests;
    for (int p = 0; p < P && r; ++p) assert_int_equal(HfUnstablePixels(network, 1e-12, x + p * N), 0);
    CHECK(HfNetworkDestroy(&network));
  }
  assert_true(exact[0] < 0.7 && exact[1] > 0.95 && exact[2] > 0.95);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_fixed_nodes),      cmocka_unit_test(test_slope_of_contrast),
                                          cmocka_unit_test(test_slope_of_error),   cmocka_unit_test(test_sign),
                                          cmocka_unit_test(test_allostery),        cmocka_unit_test(test_film),
                                          cmocka_unit_test(test_letters_as_a_task)};
HF_TEST_MAIN(tests)
