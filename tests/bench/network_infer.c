/* Noisy images recalled per second, by method and number of nodes: three random patterns, outer product, a tenth of the nodes flipped. */
#include <hopfilm/network.h>

static PetscErrorCode measure(PetscInt n, PetscInt tests, HfRecallMethod method) {
  const PetscReal amount = PetscFloorReal(0.1 * (PetscReal)n);
  const HfInferOptions options = {
      .noise = HF_NOISE_FLIPS,
      .n_amounts = 1,
      .amounts = &amount,
      .samples = (tests + 2) / 3,
      .seed = 1,
      .recall = {.method = method, .max_iterations = method == HF_RECALL_ASYNCHRONOUS ? 1000 : 20, .quiet_updates = 10, .dead_zone = 1e-9}};
  HfInferTally tally = {.most_iterations = 0};
  HfNetwork network;
  PetscReal *x, t, set_up;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(3 * n, &x));
  for (PetscInt i = 0; i < 3 * n; ++i) x[i] = HfRandomInteger(1, HF_STREAM_TEST, n, i, 2) ? 1 : -1;
  set_up = MPI_Wtime();
  PetscCall(HfRuleLearn(HfRuleFind("outer-product"), NULL, n, 3, x, &network));
  set_up = MPI_Wtime() - set_up;
  t = MPI_Wtime();
  PetscCall(HfInfer(n, network, 3, x, &options, 0, tests, &tally));
  t = MPI_Wtime() - t;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%4d nodes, %-12s: %6d tests in %.4f s, %.1f iterations each, %.3f exact; set-up %.4f s\n", (int)n,
                        HfRecallNames[method], (int)tests, (double)t, (double)tally.counts.iterations / tests, (double)tally.counts.exact / tests,
                        (double)set_up));
  PetscCall(HfNetworkDestroy(&network));
  PetscCall(PetscFree(x));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const PetscInt nodes[] = {35, 140, 784};

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(nodes); ++k)
    for (int method = 0; HfRecallNames[method]; ++method) PetscCall(measure(nodes[k], 10000, (HfRecallMethod)method));
  PetscCall(PetscFinalize());
  return 0;
}
