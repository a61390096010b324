/* CPU time to recall noisy images, by method and number of nodes, relative to a bare product of a matrix of that size with each of them, in turns
   with it: three random patterns, outer product, a tenth of the nodes flipped. -tests N: images of each kind. */
#include "cpu_time.h"
#include <hopfilm/network.h>

typedef struct {
  PetscInt n, tests;
  HfNetwork network;
  PetscReal *x;
  HfInferOptions options;
  HfInferTally tally;
  PetscReal *W, *y; /* of the bare products */
} Recall;

static PetscErrorCode infer(void *context, PetscReal *tests) {
  Recall *r = context;

  PetscFunctionBeginUser;
  r->tally = (HfInferTally){.most_iterations = 0};
  PetscCall(HfInfer(r->n, r->network, 3, r->x, &r->options, 0, r->tests, &r->tally));
  *tests = (PetscReal)r->tests;
  PetscFunctionReturn(0);
}

static PetscErrorCode multiply(void *context, PetscReal *products) {
  const Recall *r = context;
  const PetscInt n = r->n;
  PetscReal *restrict y = r->y;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < r->tests; ++k) {
    const PetscReal *x = r->x + (k % 3) * n;

    PetscCall(PetscArrayzero(y, n));
    for (PetscInt j = 0; j < n; ++j) {
      const PetscReal *restrict W = r->W + j * n, x_j = x[j];
      for (PetscInt i = 0; i < n; ++i) y[i] += W[i] * x_j;
    }
  }
  *products = (PetscReal)r->tests;
  PetscFunctionReturn(0);
}

static PetscErrorCode measure(PetscInt n, PetscInt tests, HfRecallMethod method) {
  const PetscReal amount = PetscFloorReal(0.1 * (PetscReal)n);
  Recall r = {
      .n = n,
      .tests = tests,
      .options = {
          .noise = HF_NOISE_FLIPS,
          .n_amounts = 1,
          .amounts = &amount,
          .samples = (tests + 2) / 3,
          .seed = 1,
          .stream = HF_STREAM_NOISE,
          .recall = {.method = method, .max_iterations = method == HF_RECALL_ASYNCHRONOUS ? 1000 : 20, .quiet_updates = 10, .dead_zone = 1e-9}}};
  Rates rates;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(3 * n, &r.x, n * n, &r.W, n, &r.y));
  for (PetscInt i = 0; i < 3 * n; ++i) r.x[i] = HfRandomInteger(1, HF_STREAM_TEST, n, i, 2) ? 1 : -1;
  for (PetscInt i = 0; i < n * n; ++i) r.W[i] = r.x[i % n];
  PetscCall(HfRuleLearn(HfRuleFind("outer-product"), NULL, n, 3, r.x, &r.network));
  PetscCall(in_turns(infer, &r, multiply, &r, 0.1, &rates));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%d tests of %d nodes, %s: %.1f of a bare product each%s; %.4f s, %.1f iterations each, %.3f exact\n",
                        (int)tests, (int)n, HfRecallNames[method], (double)(1 / rates.ratio), n == 35 ? " (required: <= 10)" : "",
                        (double)(tests / rates.a), (double)r.tally.counts.iterations / tests, (double)r.tally.counts.exact / tests));
  PetscCall(HfNetworkDestroy(&r.network));
  PetscCall(PetscFree3(r.x, r.W, r.y));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const PetscInt nodes[] = {35, 140, 784};
  PetscInt tests = 10000;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-tests", &tests, NULL));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(nodes); ++k)
    for (int method = 0; method < HF_RECALL_STOCHASTIC; ++method) PetscCall(measure(nodes[k], tests, (HfRecallMethod)method));
  PetscCall(PetscFinalize());
  return 0;
}
