/* Every electrode at +V0 or -V0: the current into node i is sum_j G_ij V_j. The currents with node i at + and at - add up to 2 V0 sum_{j != i} G_ij s_j, so that
   G_ii drops out, and what is subtracted (xi times the same of the saturated film, or a midrange) makes the weights w of a Hopfield network,
     s_i <- sgn sum_{j != i} w_ij s_j. */
#include "readouts.h"

static PetscErrorCode network(const HfReadoutInput *input, HfNetwork *network) {
  const PetscInt n = input->n;
  PetscReal *w;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &w));
  PetscCall(HfWeights(input->kind, n, input->G, input->G0, input->xi, input->n_set, input->set, input->with_diagonal, w));
  PetscCall(HfNetworkCreate(n, w, network));
  PetscCall(PetscFree(w));
  PetscFunctionReturn(0);
}

const HfReadout HfReadout_Voltage = {.name = "voltage", .network = network};
