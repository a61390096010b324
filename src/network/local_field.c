/* The local field h_i of a node.
     pairs   h_i = sum_j w_ij V_j
     fields  h_i as a read-out says, of sums over columns                                                   (readouts/)
     dense   h_i = sum_p F(x_i + a) - F(-x_i + a),  a = sum_{j != i} x_j V_j,  F(z) = z^degree       (Krotov & Hopfield 2016)
   A flip of node j changes the fields by 2 V_j times column j, the overlaps by 2 V_j x_j: a recall costs one full sum and n operations per flip.
   The round-off of thousands of flips stays far below the dead zone, 1e-9 relative to the terms of h_i. */
#include "network_impl.h"

/* y += a x */
HF_KERNEL static void add(PetscInt n, PetscReal a, const PetscReal *restrict x, PetscReal *restrict y) {
  for (PetscInt i = 0; i < n; ++i) y[i] += a * x[i];
}

static PetscErrorCode create(Form form, PetscInt n, PetscInt n_sums, HfNetwork *network) {
  HfNetwork net;

  PetscFunctionBeginUser;
  PetscCheck(n > 0 && n_sums > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "a network of %d nodes and %d sums", (int)n, (int)n_sums);
  PetscCall(PetscNew(&net));
  net->form = form;
  net->n = n;
  net->n_sums = n_sums;
  PetscCall(
      PetscMalloc6(n, &net->order, n, &net->base, n, &net->parts, n_sums, &net->sum, n_sums, &net->base_sum, (size_t)n * n_sums, &net->columns));
  *network = net;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkCreate(PetscInt n, const PetscReal w[], HfNetwork *network) {
  PetscFunctionBeginUser;
  PetscCall(create(PAIRS, n, n, network));
  for (PetscInt i = 0; i < n; ++i) {
    (*network)->parts[i] = 0.0;
    for (PetscInt j = 0; j < n; ++j) {
      (*network)->columns[j * n + i] = w[i * n + j];
      (*network)->parts[i] += PetscAbsReal(w[i * n + j]);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkCreateDense(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt degree, HfNetwork *network) {
  PetscFunctionBeginUser;
  PetscCheck(degree >= 2, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "a dense memory of degree %d", (int)degree);
  PetscCall(create(DENSE, n, n_patterns, network));
  (*network)->degree = degree;
  for (PetscInt p = 0; p < n_patterns; ++p)
    for (PetscInt j = 0; j < n; ++j) (*network)->columns[j * n_patterns + p] = x[p * n + j];
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkCreateOfFields(PetscInt n, PetscInt n_sums, HfFieldOfNode field, HfNetwork *network) {
  PetscFunctionBeginUser;
  PetscCall(create(FIELDS, n, n_sums, network));
  (*network)->field = field;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkDestroy(HfNetwork *network) {
  PetscFunctionBeginUser;
  if (!*network) PetscFunctionReturn(0);
  PetscCall(PetscFree6((*network)->order, (*network)->base, (*network)->parts, (*network)->sum, (*network)->base_sum, (*network)->columns));
  PetscCall(PetscFree(*network));
  PetscFunctionReturn(0);
}

static void add_column(HfNetwork network, PetscReal a, PetscInt j) { add(network->n_sums, a, network->columns + j * network->n_sums, network->sum); }

void HfNetworkStart(HfNetwork network, const PetscReal V[]) {
  for (PetscInt k = 0; k < network->n_sums; ++k) network->sum[k] = 0.0;
  for (PetscInt j = 0; j < network->n; ++j) add_column(network, V[j], j);
  network->powers_known = PETSC_FALSE;
}

void HfNetworkBase(HfNetwork network, const PetscReal V[]) {
  HfNetworkStart(network, V);
  for (PetscInt k = 0; k < network->n_sums; ++k) network->base_sum[k] = network->sum[k];
  for (PetscInt j = 0; j < network->n; ++j) network->base[j] = V[j];
}

void HfNetworkStartNear(HfNetwork network, const PetscReal V[]) {
  for (PetscInt k = 0; k < network->n_sums; ++k) network->sum[k] = network->base_sum[k];
  for (PetscInt j = 0; j < network->n; ++j)
    if (V[j] != network->base[j]) add_column(network, 2.0 * V[j], j);
  network->powers_known = PETSC_FALSE;
}

void HfNetworkFlip(HfNetwork network, PetscReal V[], PetscInt j) {
  V[j] = -V[j];
  add_column(network, 2.0 * V[j], j);
  network->powers_known = PETSC_FALSE;
}

void HfNetworkAddOuter(HfNetwork network, PetscReal a, const PetscReal s[]) {
  const PetscInt n = network->n;
  for (PetscInt j = 0; j < n; ++j) {
    PetscReal *column = network->columns + j * n, parts = 0.0;
    add(n, a * s[j], s, column);
    column[j] = 0.0;
    for (PetscInt i = 0; i < n; ++i) parts += PetscAbsReal(column[i]);
    network->parts[j] = parts;
  }
}

static PetscReal power(PetscReal z, PetscInt degree) {
  PetscReal f = z;
  for (PetscInt k = 1; k < degree; ++k) f *= z;
  return f;
}

PetscReal HfNetworkField(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts) {
  PetscReal h = 0.0;

  if (network->form == PAIRS) {
    *parts = network->parts[i];
    return network->sum[i];
  }
  if (network->form == FIELDS) return network->field(network, V, i, parts);
  *parts = 0.0;
  for (PetscInt p = 0; p < network->n_sums; ++p) {
    const PetscReal x = network->columns[i * network->n_sums + p], a = network->sum[p] - x * V[i];
    const PetscReal part = power(x + a, network->degree) - power(-x + a, network->degree);
    h += part;
    *parts += PetscAbsReal(part);
  }
  return h;
}

PetscReal HfNetworkLocalField(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts) {
  HfNetworkStart(network, V);
  return HfNetworkField(network, V, i, parts);
}

PetscBool HfNetworkIsFixedPoint(HfNetwork network, PetscReal dead_zone, const PetscReal V[]) {
  return (PetscBool)(HfUnstablePixels(network, dead_zone, V) == 0);
}

PetscInt HfUnstablePixels(HfNetwork network, PetscReal dead_zone, const PetscReal x[]) {
  PetscInt count = 0;
  HfNetworkStart(network, x);
  for (PetscInt i = 0; i < network->n; ++i) count += HfNetworkIsUnstable(network, dead_zone, x, i);
  return count;
}

PetscReal HfStabilityMargin(HfNetwork network, const PetscReal x[]) {
  PetscReal least = 1.0;
  HfNetworkStart(network, x);
  for (PetscInt i = 0; i < network->n; ++i) {
    PetscReal parts;
    const PetscReal h = HfNetworkField(network, x, i, &parts);
    least = PetscMin(least, parts > 0.0 ? x[i] * h / parts : 0.0);
  }
  return least;
}
