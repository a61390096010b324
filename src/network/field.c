/* field.c: the local field that a node of a network feels.
     pairs   h_i = sum_j w_ij V_j
     dense   h_i = sum_p F(x_i + a) - F(-x_i + a),  a = sum_{j != i} x_j V_j,  F(z) = z^degree       (Krotov & Hopfield 2016)
   A flip of node j changes the fields by 2 V_j times column j, the overlaps by 2 V_j x_j: a recall costs one full sum and n operations per flip.
   The round-off of thousands of flips stays far below the dead zone of 1e-9 of the parts. */
#include "network_impl.h"

/* y += a x */
HF_KERNEL static void Add(PetscInt n, PetscReal a, const PetscReal *restrict x, PetscReal *restrict y) {
  for (PetscInt i = 0; i < n; i++) y[i] += a * x[i];
}

static PetscErrorCode Create(Form form, PetscInt n, HfNetwork *network) {
  PetscFunctionBeginUser;
  PetscCheck(n > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "a network of %d nodes", (int)n);
  PetscCall(PetscNew(network));
  (*network)->form = form;
  (*network)->n = n;
  PetscCall(PetscMalloc1(n, &(*network)->order));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkCreate(PetscInt n, const PetscReal w[], HfNetwork *network) {
  HfNetwork net;

  PetscFunctionBeginUser;
  PetscCall(Create(PAIRS, n, &net));
  PetscCall(PetscMalloc3((size_t)n * n, &net->columns, n, &net->field, n, &net->parts));
  for (PetscInt i = 0; i < n; i++) {
    net->parts[i] = 0.0;
    for (PetscInt j = 0; j < n; j++) {
      net->columns[j * n + i] = w[i * n + j];
      net->parts[i] += PetscAbsReal(w[i * n + j]);
    }
  }
  *network = net;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkCreateDense(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt degree, HfNetwork *network) {
  HfNetwork net;

  PetscFunctionBeginUser;
  PetscCheck(degree >= 2 && n_patterns > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "a dense memory of degree %d with %d patterns", (int)degree,
             (int)n_patterns);
  PetscCall(Create(DENSE, n, &net));
  net->n_patterns = n_patterns;
  net->degree = degree;
  PetscCall(PetscMalloc2((size_t)n * n_patterns, &net->x, n_patterns, &net->overlap));
  for (PetscInt p = 0; p < n_patterns; p++)
    for (PetscInt j = 0; j < n; j++) net->x[j * n_patterns + p] = x[p * n + j];
  *network = net;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkDestroy(HfNetwork *network) {
  PetscFunctionBeginUser;
  if (!*network) PetscFunctionReturn(0);
  PetscCall(PetscFree((*network)->order));
  if ((*network)->form == PAIRS)
    PetscCall(PetscFree3((*network)->columns, (*network)->field, (*network)->parts));
  else
    PetscCall(PetscFree2((*network)->x, (*network)->overlap));
  PetscCall(PetscFree(*network));
  PetscFunctionReturn(0);
}

void HfNetworkStart(HfNetwork network, const PetscReal V[]) {
  const PetscBool pairs = network->form == PAIRS ? PETSC_TRUE : PETSC_FALSE;
  const PetscInt n = pairs ? network->n : network->n_patterns;
  const PetscReal *columns = pairs ? network->columns : network->x;
  PetscReal *sum = pairs ? network->field : network->overlap;

  for (PetscInt k = 0; k < n; k++) sum[k] = 0.0;
  for (PetscInt j = 0; j < network->n; j++) Add(n, V[j], columns + j * n, sum);
}

void HfNetworkFlip(HfNetwork network, PetscReal V[], PetscInt j) {
  V[j] = -V[j];
  if (network->form == PAIRS)
    Add(network->n, 2.0 * V[j], network->columns + j * network->n, network->field);
  else
    Add(network->n_patterns, 2.0 * V[j], network->x + j * network->n_patterns, network->overlap);
}

static PetscReal Power(PetscReal z, PetscInt degree) {
  PetscReal f = z;
  for (PetscInt k = 1; k < degree; k++) f *= z;
  return f;
}

PetscReal HfNetworkField(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts) {
  PetscReal h = 0.0;

  if (network->form == PAIRS) {
    *parts = network->parts[i];
    return network->field[i];
  }
  *parts = 0.0;
  for (PetscInt p = 0; p < network->n_patterns; p++) {
    const PetscReal x = network->x[i * network->n_patterns + p], a = network->overlap[p] - x * V[i];
    const PetscReal part = Power(x + a, network->degree) - Power(-x + a, network->degree);
    h += part;
    *parts += PetscAbsReal(part);
  }
  return h;
}

PetscInt HfUnstablePixels(HfNetwork network, PetscReal dead_zone, const PetscReal x[]) {
  PetscInt count = 0;
  HfNetworkStart(network, x);
  for (PetscInt i = 0; i < network->n; i++) count += HfNetworkTurns(network, dead_zone, x, i);
  return count;
}

PetscReal HfStabilityMargin(HfNetwork network, const PetscReal x[]) {
  PetscReal least = 1.0;
  HfNetworkStart(network, x);
  for (PetscInt i = 0; i < network->n; i++) {
    PetscReal parts;
    const PetscReal h = HfNetworkField(network, x, i, &parts);
    least = PetscMin(least, parts > 0.0 ? x[i] * h / parts : 0.0);
  }
  return least;
}
