/* Annealing over wirings, on models small enough to enumerate all wirings: the cost is that of its formula, the result is the best of all wirings. */
#include "hf_test.h"
#include <hopfilm/network.h>
#include <string.h>

enum { NODES = 6, PIXELS = 3, PATTERNS = 2, LINKS = 7, WIRINGS = 46656 }; /* 46656 = (2 PIXELS)^NODES */

static const PetscReal x[PATTERNS * PIXELS] = {1, 1, -1, -1, 1, -1};
static const PetscInt links[2 * LINKS] = {0, 1, 1, 2, 3, 4, 4, 5, 0, 3, 1, 4, 2, 5}; /* 2 rows of 3 */
static const PetscReal G0[LINKS] = {-1.0, -0.9, -1.1, -1.2, -0.8, -1.05, -0.95};
static const PetscInt flips[2] = {0, 1};

/* The conductance of a link depends on what its nodes show and on its place by random numbers. The model counts the calls of the search. */
typedef struct {
  PetscReal G[LINKS], before[LINKS];
  PetscInt changes, settled, kept;
} Model;

static PetscReal learned(const HfWiring *wiring, int link) {
  const PetscInt k = links[2 * link], l = links[2 * link + 1];
  PetscReal u;
  HfRandomNormal(5, HF_STREAM_TEST, link * PIXELS * PIXELS + wiring->pixel[k] * PIXELS + wiring->pixel[l], wiring->sign[k] * wiring->sign[l] > 0, 1,
                 &u);
  return G0[link] * (1 + 0.02 * u);
}

static PetscErrorCode change(void *context, const HfWiring *wiring, PetscInt n, const PetscInt nodes[], const PetscReal **G) {
  Model *model = context;
  memcpy(model->before, model->G, sizeof(model->G));
  for (int link = 0; link < LINKS; ++link)
    for (PetscInt c = 0; c < (n < 0 ? 1 : n); ++c) /* only the links of the nodes that changed: a change that is not announced has no effect */
      if (n < 0 || links[2 * link] == nodes[c] || links[2 * link + 1] == nodes[c]) model->G[link] = learned(wiring, link);
  model->changes += n >= 0;
  *G = model->G;
  return 0;
}

static PetscErrorCode settle(void *context, PetscBool keep) {
  Model *model = context;
  if (!keep) memcpy(model->G, model->before, sizeof(model->G));
  ++model->settled;
  model->kept += keep;
  return 0;
}

/* The formula of the header, by erfc. */
static PetscReal cost_anew(const HfWiring *wiring, PetscReal xi, PetscReal tolerance) {
  PetscReal w[PIXELS][PIXELS] = {{0}}, doubt[PIXELS] = {0}, cost = 0;
  for (int link = 0; link < LINKS; ++link) {
    const PetscInt k = links[2 * link], l = links[2 * link + 1], i = wiring->pixel[k], j = wiring->pixel[l];
    if (i == j) continue;
    w[i][j] += wiring->sign[k] * wiring->sign[l] * (learned(wiring, link) - xi * G0[link]);
    w[j][i] = w[i][j];
    doubt[i] += tolerance * tolerance * G0[link] * G0[link];
    doubt[j] += tolerance * tolerance * G0[link] * G0[link];
  }
  for (int p = 0; p < PATTERNS; ++p)
    for (int f = 0; f < 2; ++f)
      for (int i = 0; i < PIXELS; ++i) {
        const PetscReal part = flips[f] / (PetscReal)PIXELS;
        PetscReal a = 0, squares = 0;
        for (int j = 0; j < PIXELS; ++j) {
          a += w[i][j] * x[p * PIXELS + i] * x[p * PIXELS + j];
          squares += w[i][j] * w[i][j];
        }
        cost -= log(0.5 * erfc(-(1 - 2 * part) * a / sqrt(4 * part * (1 - part) * squares + doubt[i]) / sqrt(2)));
      }
  return cost / (PATTERNS * 2);
}

static HfWiringModel model_of(Model *model) { return (HfWiringModel){model, LINKS, links, G0, change, settle}; }
static HfAnnealOptions options_of(PetscInt64 candidates, PetscInt64 seed, PetscInt64 start) {
  return (HfAnnealOptions){.xi = 1.001, .tolerance = 0.005, .n_flips = 2, .flips = flips, .candidates = candidates, .seed = seed, .start = start};
}

/* The table of -ln Phi has 64 entries per unit and its second derivative is below 1, so that interpolation is wrong by less than (1/64)^2/8 per term. No
   pixel of a good wiring is so wrong that z < -12, where the table ends. */
#define TABLE (PIXELS * 0.125 / 64 / 64)

static void test_best_of_all(void **state) {
  PetscInt pixel[NODES];
  PetscReal sign[NODES], least = PETSC_MAX_REAL, found = PETSC_MAX_REAL;
  HfWiring all = {NODES, PIXELS, pixel, sign};
  Model model = {.changes = 0};
  const HfWiringModel interface = model_of(&model);

  for (int number = 0; number < WIRINGS; ++number) {
    PetscInt shown[PIXELS] = {0};
    for (int k = 0, rest = number; k < NODES; ++k, rest /= 2 * PIXELS) {
      pixel[k] = rest % (2 * PIXELS) / 2;
      sign[k] = rest % 2 ? 1 : -1;
      ++shown[pixel[k]];
    }
    if (shown[0] && shown[1] && shown[2]) least = PetscMin(least, cost_anew(&all, 1.001, 0.005));
  }
  for (PetscInt64 start = 0; start < 4; ++start) {
    const HfAnnealOptions options = options_of(4000, 1, start);
    const HfWiring *best;
    PetscInt shown[PIXELS] = {0};
    PetscReal cost;
    HfAnneal anneal;

    CHECK(HfAnnealCreate(&interface, NODES, PIXELS, PATTERNS, x, &options, &anneal));
    CHECK(HfAnnealAdvance(anneal, 4000));
    cost = HfAnnealBest(anneal, &best);
    ASSERT_NEAR(cost, cost_anew(best, 1.001, 0.005), TABLE);
    assert_true(cost >= least - TABLE);
    for (int k = 0; k < NODES; ++k) ++shown[best->pixel[k]];
    assert_true(shown[0] && shown[1] && shown[2]);
    found = PetscMin(found, cost);
    CHECK(HfAnnealDestroy(&anneal));
  }
  ASSERT_NEAR(found, least, TABLE);
}

/* The best cost never rises; computed change by change, it is that of the whole wiring; every change is kept or undone exactly once; the number of
   candidates is limited. */
static void test_the_best_never_rises(void **state) {
  const HfAnnealOptions options = options_of(900, 2, 0);
  Model model = {.changes = 0};
  const HfWiringModel interface = model_of(&model);
  PetscReal last, first, w[PIXELS * PIXELS], anew;
  const HfWiring *best;
  HfAnneal anneal;

  CHECK(HfAnnealCreate(&interface, NODES, PIXELS, PATTERNS, x, &options, &anneal));
  first = last = HfAnnealBest(anneal, NULL);
  for (int slice = 0; slice < 100; ++slice) {
    CHECK(HfAnnealAdvance(anneal, 10));
    assert_true(HfAnnealBest(anneal, NULL) <= last);
    last = HfAnnealBest(anneal, &best);
    ASSERT_NEAR(last, cost_anew(best, 1.001, 0.005), TABLE);
  }
  assert_true(last < first);
  assert_int_equal(HfAnnealDone(anneal), 900);
  assert_int_equal(model.changes, model.settled);
  assert_true(model.kept > 0 && model.kept < model.settled);
  CHECK(HfAnnealWeights(anneal, best, w, &anew));
  ASSERT_NEAR(anew, last, 1e-12 * last); /* sums of some tens of terms */
  for (int i = 0; i < PIXELS; ++i)
    for (int j = 0; j < PIXELS; ++j) assert_true(w[i * PIXELS + j] == w[j * PIXELS + i] && (i != j || w[i * PIXELS + j] == 0));
  CHECK(HfAnnealDestroy(&anneal));
}

static PetscReal search(PetscInt64 seed, PetscInt64 start, PetscInt64 slice, PetscInt numbers[NODES]) {
  const HfAnnealOptions options = options_of(40, seed, start);
  Model model = {.changes = 0};
  const HfWiringModel interface = model_of(&model);
  const HfWiring *best;
  PetscReal cost;
  HfAnneal anneal;

  CHECK(HfAnnealCreate(&interface, NODES, PIXELS, PATTERNS, x, &options, &anneal));
  while (HfAnnealDone(anneal) < 40) CHECK(HfAnnealAdvance(anneal, slice));
  cost = HfAnnealBest(anneal, &best);
  for (int k = 0; k < NODES; ++k) numbers[k] = (PetscInt)best->sign[k] * (best->pixel[k] + 1);
  CHECK(HfAnnealDestroy(&anneal));
  return cost;
}

/* A search is a function of its seed and start, however it is divided into calls; other seeds and starts give other searches. */
static void test_seeds(void **state) {
  PetscInt numbers[4][NODES];
  const PetscReal cost = search(3, 1, 40, numbers[0]);
  ASSERT_NEAR(search(3, 1, 7, numbers[1]), cost, 0);
  assert_memory_equal(numbers[0], numbers[1], sizeof(numbers[0]));
  search(3, 2, 40, numbers[2]);
  search(4, 1, 40, numbers[3]);
  assert_memory_not_equal(numbers[0], numbers[2], sizeof(numbers[0]));
  assert_memory_not_equal(numbers[0], numbers[3], sizeof(numbers[0]));
  assert_memory_not_equal(numbers[2], numbers[3], sizeof(numbers[0]));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_best_of_all), cmocka_unit_test(test_the_best_never_rises),
                                          cmocka_unit_test(test_seeds)};
HF_TEST_MAIN(tests)
