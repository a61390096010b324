/* The bench of Niu et al. 2024 (Methods, "Inference process for associative memory"): a current source instead of voltages. The electrodes of one sign are
   joined and connected to one end of a source of current I0 (500 uA there), those of the other sign to its other end, V = (U/2) s up to a constant. Of
   I = G V, what flows into the + electrodes is I0 = s.I/2 = (U/4) s.G s, hence

     U = 4 I0/(s.G s),      I = 2 I0 G s/(s.G s),      I.V = U I0.

   U is what the seven wirings measure (Fig. S13). An update of node i reads the current through it at + and at -, adds the two, subtracts xi times the same of
   the saturated film, and takes the sign. With C and D the other electrodes of sign + and -, and c, d, e > 0 the conductances between i and C, i and D, C and D,
   the two currents are shares of I0,

     I_i(+) = I0 d/(e + d),   I_i(-) = -I0 c/(e + c),   I_i(+) + I_i(-) = I0 e (d - c)/((e + c)(e + d)).

   The voltage read-out finds d - c. Here it comes with a factor that depends on the state and on the film, because U adapts to what is connected: the
   conductance e between the other electrodes counts as well, and what xi subtracts has the factor of the saturated film. Both read-outs agree on most states, not
   on all (tests/unit/network_current_source.c: of 54 states of 20 films of four nodes that are fixed in either, 40 are in both). Where all others are alike (e = 0),
   the source drives its current through node i alone in one polarity, whatever the film, and none in the other: the sum is +-I0, and for xi < 1 node i takes the
   other sign. A state with all electrodes alike carries no current.

   The voltages of the bench are read by leads of their own (four probes): G is that of the ideal contacts. For a wiring, s are its pixels and G = B^T G_nodes B. */
#include "readouts.h"

#define ALIKE 1e-12 /* s.G s relative to the trace of G below which all electrodes are alike */

PetscErrorCode HfCurrentSourceRead(PetscInt n, const PetscReal G[], const PetscReal s[], PetscReal current, PetscReal currents[],
                                   PetscReal *voltage) {
  PetscReal power = 0.0, trace = 0.0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; ++i) {
    currents[i] = 0.0;
    for (PetscInt j = 0; j < n; ++j) currents[i] += G[i * n + j] * s[j];
    power += s[i] * currents[i];
    trace += G[i * n + i];
  }
  *voltage = power > ALIKE * trace ? 4.0 * current / power : PETSC_INFINITY;
  for (PetscInt i = 0; i < n; ++i) currents[i] *= power > ALIKE * trace ? 2.0 * current / power : 0.0;
  PetscFunctionReturn(0);
}

/* Columns of the network: G_.j, then G0_.j; its sums: G s, then G0 s. powers: s.G s and s.G0 s, as far as they are known. */
static void find_powers(HfNetwork network, const PetscReal V[]) {
  for (int film = 0; film < 2; ++film) {
    network->powers[film] = 0.0;
    for (PetscInt j = 0; j < network->n; ++j) network->powers[film] += V[j] * network->sum[film * network->n + j];
  }
  network->powers_known = PETSC_TRUE;
}

/* The currents through node i in the present state and with its sign turned, relative to I0: with t = -s_i, (G s')_i = (G s)_i + 2 t G_ii and
   s'.G s' = s.G s + 2 t [(G s)_i + (G^T s)_i] + 4 G_ii; Hall currents make G unlike its transpose. */
static PetscReal both_currents(const HfNetwork network, int film, const PetscReal V[], PetscInt i, PetscReal *parts) {
  const PetscInt n = network->n;
  const PetscReal *column = network->columns + i * 2 * n + film * n, s = V[i], Gs = network->sum[film * n + i], Gii = column[i];
  const PetscReal power = network->powers[film], least = ALIKE * network->traces[film];
  PetscReal Gts = 0.0, turned, now, then;

  for (PetscInt j = 0; j < n; ++j) Gts += column[j] * V[j];
  turned = power - 2.0 * s * (Gs + Gts) + 4.0 * Gii;
  now = power > least ? 2.0 * Gs / power : 0.0;
  then = turned > least ? 2.0 * (Gs - 2.0 * s * Gii) / turned : 0.0;
  *parts = PetscAbsReal(now) + PetscAbsReal(then);
  return now + then;
}

static PetscReal field(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts) {
  PetscReal film, saturated, more;

  if (!network->powers_known) find_powers(network, V);
  film = both_currents(network, 0, V, i, parts);
  saturated = both_currents(network, 1, V, i, &more);
  *parts += network->xi * more;
  return film - network->xi * saturated;
}

static PetscErrorCode network(const HfReadoutInput *input, HfNetwork *network) {
  const PetscInt n = input->n;
  const PetscReal *const films[2] = {input->G, input->G0};
  HfNetwork net;

  PetscFunctionBeginUser;
  PetscCheck((input->kind == HF_WEIGHTS_SCALED || input->kind == HF_WEIGHTS_SATURATED) && !input->with_diagonal, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE, "a current source reads saturated and scaled weights, without their diagonal");
  PetscCall(HfNetworkCreateOfFields(n, 2 * n, field, network));
  net = *network;
  net->xi = input->kind == HF_WEIGHTS_SCALED ? input->xi : 1.0;
  for (int film = 0; film < 2; ++film) {
    net->traces[film] = 0.0;
    for (PetscInt j = 0; j < n; ++j) {
      net->traces[film] += films[film][j * n + j];
      for (PetscInt i = 0; i < n; ++i) net->columns[j * 2 * n + film * n + i] = films[film][i * n + j];
    }
  }
  PetscFunctionReturn(0);
}

const HfReadout HfReadout_CurrentSource = {.name = "current-source", .four_probe = PETSC_TRUE, .citation = "niu-2024", .network = network};
