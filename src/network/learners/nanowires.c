/* Random wires as a graph of junctions that grow with the voltage across them; the equations stand at the head of nanowire_network.c. */
#include "learners.h"

#define MOST_CHANGE 0.05 /* of g in one step of time */
#define BETWEEN     50   /* steps between two pauses */
#define RAMP        40   /* steps of the current, over four decades */
#define ATTEMPTS    200  /* to draw a connected network */

/* ---- the graph of wires and junctions; electrodes are the first nodes: pads of the left edge, then of the right one ---- */

typedef struct {
  PetscReal from[2], to[2];
} Wire;

static PetscReal side_of(const Wire *wire, const PetscReal p[]) {
  return (wire->to[0] - wire->from[0]) * (p[1] - wire->from[1]) - (wire->to[1] - wire->from[1]) * (p[0] - wire->from[0]);
}

static PetscBool cross(const Wire *a, const Wire *b) {
  return (PetscBool)(side_of(a, b->from) * side_of(a, b->to) < 0 && side_of(b, a->from) * side_of(b, a->to) < 0);
}

/* The pad that a wire touches, -1: none. */
static PetscInt pad_of(const Wire *wire, PetscInt n_pads) {
  for (PetscInt right = 0; right < 2; ++right) {
    const PetscReal a = wire->from[0] - (PetscReal)right, b = wire->to[0] - (PetscReal)right;
    PetscReal y;

    if (a * b >= 0) continue;
    y = (wire->from[1] + (wire->to[1] - wire->from[1]) * a / (a - b)) * (PetscReal)n_pads;
    if (y <= 0 || y >= (PetscReal)n_pads || (n_pads > 1 && PetscAbsReal(y - PetscFloorReal(y) - 0.5) > 0.35)) continue; /* gaps between pads */
    return right * n_pads + (PetscInt)y;
  }
  return -1;
}

static void draw_wires(const HfWiresPlan *plan, PetscInt64 network, Wire wires[]) {
  for (PetscInt k = 0; k < plan->n_wires; ++k) {
    PetscReal u[3], x, y;

    HfRandomUniform(plan->seed, HF_STREAM_LEARNER, network, k, 3, u);
    x = 0.5 * plan->length * PetscCosReal(PETSC_PI * u[2]);
    y = 0.5 * plan->length * PetscSinReal(PETSC_PI * u[2]);
    wires[k] = (Wire){.from = {u[0] - x, u[1] - y}, .to = {u[0] + x, u[1] + y}};
  }
}

/* Keeps the nodes that are connected to node 0; whether all electrodes are. label[] is work space. */
static PetscBool keep_connected(HfWires *net, PetscInt label[]) {
  PetscInt kept = 0, n_links = 0;
  PetscBool again = PETSC_TRUE;

  for (PetscInt k = 0; k < net->n_nodes; ++k) label[k] = k ? -1 : 0;
  while (again) {
    again = PETSC_FALSE;
    for (PetscInt e = 0; e < net->n_links; ++e) {
      const PetscInt i = net->ends[2 * e], j = net->ends[2 * e + 1];

      if ((label[i] < 0) == (label[j] < 0)) continue;
      label[i] = label[j] = 0;
      again = PETSC_TRUE;
    }
  }
  for (PetscInt k = 0; k < net->n_nodes; ++k) {
    if (k < net->n_electrodes && label[k] < 0) return PETSC_FALSE;
    if (label[k] >= 0) label[k] = kept++;
  }
  for (PetscInt e = 0; e < net->n_links; ++e) {
    if (label[net->ends[2 * e]] < 0) continue;
    net->ends[2 * n_links] = label[net->ends[2 * e]];
    net->ends[2 * n_links++ + 1] = label[net->ends[2 * e + 1]];
  }
  net->n_nodes = kept;
  net->n_links = n_links;
  return PETSC_TRUE;
}

static void join_wires(const HfWiresPlan *plan, const Wire wires[], PetscInt node[], HfWires *net) {
  net->n_electrodes = 2 * plan->n_pads;
  net->n_nodes = net->n_electrodes;
  net->n_links = 0;
  for (PetscInt k = 0; k < plan->n_wires; ++k) {
    const PetscInt pad = pad_of(&wires[k], plan->n_pads);

    node[k] = pad >= 0 ? pad : net->n_nodes++;
  }
  for (PetscInt a = 0; a < plan->n_wires; ++a)
    for (PetscInt b = 0; b < a; ++b) {
      if (node[a] == node[b] || !cross(&wires[a], &wires[b])) continue;
      net->ends[2 * net->n_links] = node[a];
      net->ends[2 * net->n_links++ + 1] = node[b];
    }
}

PetscErrorCode HfWiresCreate(const HfWiresPlan *plan, PetscInt trial, HfWires *net) {
  const PetscInt n = plan->n_wires;
  PetscBool connected = PETSC_FALSE;
  PetscInt *node;
  Wire *wires;

  PetscFunctionBeginUser;
  *net = (HfWires){.decay = plan->decay, .exponent = plan->exponent};
  PetscCall(PetscMalloc2(n, &wires, n + 2 * plan->n_pads, &node));
  PetscCall(PetscMalloc1(n * (n - 1), &net->ends));
  for (PetscInt attempt = 0; attempt < ATTEMPTS && !connected; ++attempt) {
    draw_wires(plan, (PetscInt64)trial * ATTEMPTS + attempt, wires);
    join_wires(plan, wires, node, net);
    connected = keep_connected(net, node);
  }
  if (!connected) net->n_links = 0;
  PetscCall(PetscCalloc1(net->n_links, &net->g));
  PetscCall(PetscFree2(wires, node));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWiresDestroy(HfWires *net) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(net->ends));
  PetscCall(PetscFree(net->g));
  PetscFunctionReturn(0);
}

/* ---- growth ---- */

static PetscReal conductance_of(PetscReal g) { return (1.0 - g) / HF_JUNCTION_RATIO + g; }

void HfJunctionRates(PetscReal V, PetscReal decay, PetscReal *up, PetscReal *down) {
  *up = 1e-4 * PetscExpReal(10.0 * PetscAbsReal(V));
  *down = decay * PetscExpReal(-PetscAbsReal(V));
}

/* One step of at most dt for the potentials p[]; returns its length. */
static PetscReal grow(HfWires *net, const PetscReal p[], PetscReal dt) {
  for (PetscInt e = 0; e < net->n_links; ++e) {
    PetscReal up, down, rate;

    HfJunctionRates(p[net->ends[2 * e]] - p[net->ends[2 * e + 1]], net->decay, &up, &down);
    rate = PetscAbsReal(up * (1.0 - net->g[e]) - down * net->g[e]);
    if (rate * dt > MOST_CHANGE) dt = MOST_CHANGE / rate;
  }
  for (PetscInt e = 0; e < net->n_links; ++e) {
    PetscReal up, down, end;

    HfJunctionRates(p[net->ends[2 * e]] - p[net->ends[2 * e + 1]], net->decay, &up, &down);
    end = up / (up + down);
    net->g[e] = end + (net->g[e] - end) * PetscExpReal(-(up + down) * dt);
  }
  return dt;
}

/* Of the network, for potentials that are 1 at the source. */
static PetscReal conductance_from(const HfWires *net, PetscInt source, const PetscReal C[], const PetscReal p[]) {
  PetscReal G = 0.0;

  for (PetscInt e = 0; e < 2 * net->n_links; ++e)
    if (net->ends[e] == source) G += C[e / 2] * (1.0 - p[net->ends[e ^ 1]]);
  return G;
}

/* Junctions of the power law take the conductance of their current, C = |I|^exponent, and keep the largest; whether one did. */
static PetscBool follow_currents(HfWires *net, const PetscReal C[], const PetscReal p[]) {
  PetscBool any = PETSC_FALSE;

  for (PetscInt e = 0; e < net->n_links; ++e) {
    const PetscReal current = C[e] * PetscAbsReal(p[net->ends[2 * e]] - p[net->ends[2 * e + 1]]);
    const PetscReal next = PetscMin(1.0, PetscPowReal(current, net->exponent));

    if (next <= C[e] * (1.0 + 1e-6)) continue;
    net->g[e] = (next - 1.0 / HF_JUNCTION_RATIO) / (1.0 - 1.0 / HF_JUNCTION_RATIO);
    any = PETSC_TRUE;
  }
  return any;
}

PetscErrorCode HfWiresApply(HfWires *net, PetscInt source, PetscInt drain, PetscReal V, PetscReal limit, PetscReal duration,
                            const HfLearning *learning, PetscReal *G) {
  const PetscInt fixed[] = {source, drain};
  const PetscReal ends[] = {1.0, 0.0};
  const PetscBool ramps = (PetscBool)(net->exponent > 0.0 && duration > 0.0);
  PetscReal *C, *p, left = duration;
  HfResistorNetwork network;
  PetscErrorCode code = 0;
  PetscInt ramp = ramps ? 1 : RAMP;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(net->n_links, &C, net->n_nodes, &p));
  PetscCall(HfResistorNetworkCreate(net->n_nodes, net->n_links, net->ends, 2, fixed, &network));
  for (PetscInt step = 0; !code; ++step) {
    PetscReal scale;

    for (PetscInt e = 0; e < net->n_links; ++e) C[e] = conductance_of(net->g[e]);
    PetscCall(HfResistorNetworkSet(network, C));
    PetscCall(HfResistorNetworkSolve(network, 1, ends, NULL, p));
    *G = conductance_from(net, source, C, p);
    if (ramp > RAMP || (!ramps && left <= 1e-9 * duration)) break;
    scale = PetscMin(V, limit * PetscPowReal(10.0, 4.0 * (ramp - RAMP) / RAMP) / *G);
    for (PetscInt k = 0; k < net->n_nodes; ++k) p[k] *= scale;
    if (!ramps)
      left -= grow(net, p, left);
    else if (!follow_currents(net, C, p))
      ++ramp;
    if (step % BETWEEN == BETWEEN - 1) code = learning->pause(learning->of);
  }
  PetscCall(HfResistorNetworkDestroy(&network));
  PetscCall(PetscFree2(C, p));
  PetscFunctionReturn(code);
}

void HfWiresRest(HfWires *net, PetscReal time) {
  PetscReal up, down, end;

  if (net->exponent > 0.0) return; /* keeps its conductance */
  HfJunctionRates(0.0, net->decay, &up, &down);
  end = up / (up + down);
  for (PetscInt e = 0; e < net->n_links; ++e) net->g[e] = end + (net->g[e] - end) * PetscExpReal(-(up + down) * time);
}

/* ---- paths ---- */

PetscErrorCode HfWiresPath(const HfWires *net, PetscInt source, PetscInt drain, const PetscBool taken[], PetscBool path[], PetscInt *length,
                           PetscReal *G) {
  PetscReal *R;
  PetscInt *last;
  PetscBool again = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(net->n_nodes, &R, net->n_nodes, &last));
  for (PetscInt k = 0; k < net->n_nodes; ++k) R[k] = k == source ? 0.0 : PETSC_MAX_REAL;
  while (again) { /* Bellman & Ford */
    again = PETSC_FALSE;
    for (PetscInt e = 0; e < 2 * net->n_links; ++e) {
      const PetscInt i = net->ends[e], j = net->ends[e ^ 1];
      PetscReal to;

      if ((taken && taken[e / 2]) || R[i] == PETSC_MAX_REAL) continue;
      to = R[i] + 1.0 / conductance_of(net->g[e / 2]);
      if (to >= R[j]) continue;
      R[j] = to;
      last[j] = e;
      again = PETSC_TRUE;
    }
  }
  *G = R[drain] < PETSC_MAX_REAL ? 1.0 / R[drain] : 0.0;
  *length = 0;
  for (PetscInt e = 0; e < net->n_links && path; ++e) path[e] = PETSC_FALSE;
  for (PetscInt at = drain; at != source && *G > 0.0; ++*length) {
    if (path) path[last[at] / 2] = PETSC_TRUE;
    at = net->ends[last[at]];
  }
  PetscCall(PetscFree2(R, last));
  PetscFunctionReturn(0);
}
