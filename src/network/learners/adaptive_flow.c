/* The adaptive flow network (Hu & Cai 2013; its memory: Bhattacharyya, Zwicker & Alim 2022; PNAS SI Eq. S4 of Niu et al. 2024). Links of conductance C_e and
   length l_e carry the flows Q_e that loads at the nodes demand, and adapt to them:

     E = sum_e <Q_e^2>/C_e + lambda sum_e C_e^gamma l_e^(gamma+1),     sum_e C_e^gamma l_e^(gamma+1) = K constant
     dE/dC_e = 0:   C_e = (<Q_e^2> / (lambda gamma l_e^(gamma+1)))^(1/(1+gamma))

   with lambda > 0 from the constraint. (Printed with -lambda, E has a stationary state for lambda < 0 alone.) One iteration sets every C_e to this value
   for the flows of the present network. With l = 1 lambda only scales, so that C_e ~ <Q_e^2>^(1/(1+gamma)) scaled to the constraint.

   Memory. Nodes of a disk draw loads s_k with <s_k s_l> = 1 + fluctuation^2 delta_kl from its centre; all second moments are exact, no load is drawn at
   random. A network grows from conductances 1 +- spread for some iterations, learns an additional load at a node of the rim for some, and forgets it for
   some. It remembers if the loss under the same load at a node of the rim, relative to that of the same network without training, is lowest
   where it was trained. For gamma = 1 the stationary state is unique (E is convex), and nothing can be remembered; for gamma < 1 links vanish, and do not
   come back. A network that has grown into a tree before it is trained has fewer links left to lose: 9 of 10 trials remember after 4 iterations of growth,
   10 of 10 after 2 (gamma 0.5, the other keys at their defaults). Trials differ in their start and in the trained node.

   Assumptions: l = 1, links do not fall below SMALLEST (which keeps the matrix regular; a link that small stays as small).

   With `film`: the film's cost along its last pulse, Eq. (3) and its rearrangement (S5), and beside it a flow network of the same nodes, C_ij = |G_ij| at the
   start, that adapts to the film's terminal currents: at given voltages the film lets the Ohmic power rise, at given currents the network lets it fall. */
#include "learners.h"

#define SMALLEST 1e-10
#define BETWEEN  20 /* iterations between two pauses */

static const HfKey keys[] = {
    {"adaptive-flow", HF_SECTION, NULL, "", "", 0,
     "Adaptive flow network: conductances on a disk that adapt to flows, and whether they remember a load"},
    {"adaptive-flow.gamma", HF_NUMBERS, NULL, "[0.5, 1]", "(0,4]", 0, "Exponents of the cost of a link, C^gamma; there is memory below 1 alone"},
    {"adaptive-flow.radius", HF_NUMBER, NULL, "4", "[1,40]", 0, "Radius of the disk in links"},
    {"adaptive-flow.fluctuation", HF_NUMBER, NULL, "1", ">=0", 0, "Standard deviation of the load of a node, of mean 1"},
    {"adaptive-flow.load", HF_NUMBER, NULL, "20", ">0", 0, "Load that is learned at a node of the rim"},
    {"adaptive-flow.spread", HF_NUMBER, NULL, "0.1", "(0,1)", 0, "Largest deviation of the conductances from 1 at the start"},
    {"adaptive-flow.grow", HF_INT, NULL, "2", "[0,1e6]", 0, "Iterations before the load"},
    {"adaptive-flow.train", HF_INT, NULL, "30", "[1,1e6]", 0, "Iterations with it"},
    {"adaptive-flow.forget", HF_INT, NULL, "300", "[0,1e6]", 0, "Iterations after it"},
    {"adaptive-flow.trials", HF_INT, NULL, "10", "[2,10000]", 0, "Starts, each with a trained node of its own"},
    {"adaptive-flow.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the starts"},
    {"adaptive-flow.film", HF_BOOL, NULL, "false", "", 0, "Compare with the film's cost along its last pulse (probe_every given)"},
    HF_LEARNER_KEYS_END,
};

#define MOST_GAMMAS 16
typedef struct {
  PetscInt n_gammas, grow, train, forget, trials;
  PetscInt64 seed;
  PetscReal gamma[MOST_GAMMAS], radius, fluctuation, load, spread;
  PetscBool film;
} Settings;

static PetscErrorCode read_settings(HfDeck deck, HfNode node, void **of) {
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->n_gammas = HfCount(node, "gamma");
  if (settings->n_gammas > MOST_GAMMAS) {
    PetscCall(HfDeckError(deck, HfChild(node, "gamma"), "gamma: at most %d exponents", MOST_GAMMAS));
    settings->n_gammas = MOST_GAMMAS;
  }
  for (PetscInt k = 0; k < settings->n_gammas; ++k) settings->gamma[k] = HfRealAt(node, "gamma", k);
  settings->radius = HfReal(node, "radius");
  settings->fluctuation = HfReal(node, "fluctuation");
  settings->load = HfReal(node, "load");
  settings->spread = HfReal(node, "spread");
  settings->grow = (PetscInt)HfInteger(node, "grow");
  settings->train = (PetscInt)HfInteger(node, "train");
  settings->forget = (PetscInt)HfInteger(node, "forget");
  settings->trials = (PetscInt)HfInteger(node, "trials");
  settings->seed = HfInteger(node, "seed");
  settings->film = HfFlag(node, "film");
  PetscFunctionReturn(0);
}

/* ---- flows and adaptation ---- */

typedef struct {
  const Settings *settings;
  const HfLearning *learning;
  PetscReal gamma;
  HfGraph graph;
  HfResistorNetwork network;
  PetscReal *unit, *p; /* [n_nodes][n_nodes]: a load of 1 at every node, and its potentials */
  PetscReal *C, *flow; /* [n_links]: conductances, and <Q^2> */
} Flow;

#define NO_LOAD (-1)

/* <Q_e^2> of all links, with the additional load at a node. */
static PetscErrorCode find_flows(Flow *flow, PetscInt loaded) {
  const HfGraph *graph = &flow->graph;
  const PetscInt n = graph->n_nodes;
  const PetscReal variance = PetscSqr(flow->settings->fluctuation), load = loaded == NO_LOAD ? 0.0 : PetscSqr(flow->settings->load);

  PetscFunctionBeginUser;
  PetscCall(HfResistorNetworkSet(flow->network, flow->C));
  PetscCall(HfResistorNetworkSolve(flow->network, n, NULL, flow->unit, flow->p));
  for (PetscInt e = 0; e < graph->n_links; ++e) {
    const PetscInt i = graph->ends[2 * e], j = graph->ends[2 * e + 1];
    PetscReal mean = 0.0, squares = 0.0;

    for (PetscInt k = 0; k < n; ++k) {
      const PetscReal q = flow->C[e] * (flow->p[k * n + i] - flow->p[k * n + j]);

      mean += q;
      squares += q * q;
    }
    flow->flow[e] = mean * mean + variance * squares;
    if (load > 0.0) flow->flow[e] += load * PetscSqr(flow->C[e] * (flow->p[loaded * n + i] - flow->p[loaded * n + j]));
  }
  PetscFunctionReturn(0);
}

void HfAdaptiveFlowSet(PetscInt n_links, PetscReal gamma, PetscReal budget, const PetscReal flow[], PetscReal C[]) {
  PetscReal cost = 0.0, scale;

  for (PetscInt e = 0; e < n_links; ++e) cost += PetscPowReal(flow[e], gamma / (1.0 + gamma));
  scale = PetscPowReal(budget / cost, 1.0 / gamma);
  for (PetscInt e = 0; e < n_links; ++e) C[e] = PetscMax(SMALLEST, scale * PetscPowReal(flow[e], 1.0 / (1.0 + gamma)));
}

static PetscErrorCode adapt(Flow *flow, PetscInt iterations, PetscInt loaded) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < iterations; ++k) {
    PetscCall(find_flows(flow, loaded));
    HfAdaptiveFlowSet(flow->graph.n_links, flow->gamma, (PetscReal)flow->graph.n_links, flow->flow, flow->C);
    if (k % BETWEEN == BETWEEN - 1) {
      const PetscErrorCode code = flow->learning->pause(flow->learning->of);

      if (code) PetscFunctionReturn(code);
    }
  }
  PetscFunctionReturn(0);
}

/* ---- memory ---- */

/* loss[n_rim] with the load at every node of the rim in turn, after the trial's growth, training at `trained` and forgetting. */
static PetscErrorCode grow(Flow *flow, PetscInt trial, PetscInt trained, PetscReal loss[]) {
  const Settings *settings = flow->settings;
  const HfGraph *graph = &flow->graph;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < graph->n_links; ++e) {
    PetscReal u;

    HfRandomUniform(settings->seed, HF_STREAM_LEARNER, trial, e, 1, &u);
    flow->C[e] = 1.0 + settings->spread * (2.0 * u - 1.0);
  }
  code = adapt(flow, settings->grow, NO_LOAD);
  if (!code) code = adapt(flow, settings->train, trained);
  if (!code) code = adapt(flow, settings->forget, NO_LOAD);
  for (PetscInt k = 0; k < graph->n_rim && !code; ++k) {
    PetscCall(find_flows(flow, graph->rim[k]));
    loss[k] = 0.0;
    for (PetscInt e = 0; e < graph->n_links; ++e) loss[k] += flow->flow[e] / flow->C[e];
  }
  PetscFunctionReturn(code);
}

/* Of all trials with one gamma. */
typedef struct {
  PetscInt remembered;    /* loss lowest at the trained node */
  PetscReal *depths;      /* [trials] */
  PetscReal depth, error; /* by how much it is lower there than on average, relative, and the standard error */
  PetscReal *profile;     /* [n_rim]: loss relative to that without training, against the distance along the rim from the trained node */
} Memory;

static PetscErrorCode add_trial(Flow *flow, PetscInt trial, PetscReal trained_loss[], PetscReal control_loss[], Memory *memory) {
  const PetscInt n_rim = flow->graph.n_rim;
  const PetscInt at = HfRandomInteger(flow->settings->seed, HF_STREAM_LEARNER, trial, flow->graph.n_links, n_rim);
  PetscReal mean = 0.0, depth;
  PetscErrorCode code;
  PetscInt lowest = 0;

  PetscFunctionBeginUser;
  code = grow(flow, trial, flow->graph.rim[at], trained_loss);
  if (!code) code = grow(flow, trial, NO_LOAD, control_loss);
  if (code) PetscFunctionReturn(code);
  for (PetscInt k = 0; k < n_rim; ++k) {
    trained_loss[k] /= control_loss[k];
    mean += trained_loss[k] / n_rim;
    if (trained_loss[k] < trained_loss[lowest]) lowest = k;
  }
  for (PetscInt k = 0; k < n_rim; ++k) memory->profile[k] += trained_loss[(at + k) % n_rim] / flow->settings->trials;
  depth = 1.0 - trained_loss[at] / mean;
  memory->remembered += lowest == at;
  memory->depths[trial] = depth;
  PetscFunctionReturn(0);
}

static PetscErrorCode learn(Flow *flow, Memory *memory) {
  const PetscInt trials = flow->settings->trials;
  PetscReal *losses;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(2 * flow->graph.n_rim, &losses));
  PetscCall(PetscCalloc1(trials, &memory->depths));
  for (PetscInt trial = 0; trial < trials && !code; ++trial) code = add_trial(flow, trial, losses, losses + flow->graph.n_rim, memory);
  if (!code) HfMeanAndError(trials, memory->depths, &memory->depth, &memory->error);
  PetscCall(PetscFree(memory->depths));
  PetscCall(PetscFree(losses));
  PetscFunctionReturn(code);
}

static PetscErrorCode report(const Flow *flow, const Memory *memory) {
  const HfLearning *learning = flow->learning;
  char text[256];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(text, sizeof text,
                          "gamma %g: loss lowest under the trained load in %d of %d (by chance %.2g), there lower by %.4g +- %.2g %%",
                          (double)flow->gamma, (int)memory->remembered, (int)flow->settings->trials,
                          (double)flow->settings->trials / (double)flow->graph.n_rim, 100 * (double)memory->depth, 100 * (double)memory->error));
  PetscCall(learning->figure(learning->of, "gamma", flow->gamma));
  PetscCall(learning->figure(learning->of, "remembered", (PetscReal)memory->remembered));
  PetscCall(learning->figure(learning->of, "of", (PetscReal)flow->settings->trials));
  PetscCall(learning->figure(learning->of, "depth", memory->depth));
  PetscCall(learning->figure(learning->of, "depth_error", memory->error));
  PetscCall(learning->headline(learning->of, text));
  PetscFunctionReturn(0);
}

static PetscErrorCode create_flow(const Settings *settings, const HfLearning *learning, Flow *flow) {
  PetscInt n;

  PetscFunctionBeginUser;
  *flow = (Flow){.settings = settings, .learning = learning};
  PetscCall(HfGraphCreateDisk(settings->radius, &flow->graph));
  n = flow->graph.n_nodes;
  PetscCall(HfResistorNetworkCreate(n, flow->graph.n_links, flow->graph.ends, 1, &flow->graph.centre, &flow->network));
  PetscCall(PetscCalloc4(n * n, &flow->unit, n * n, &flow->p, flow->graph.n_links, &flow->C, flow->graph.n_links, &flow->flow));
  for (PetscInt k = 0; k < n; ++k) flow->unit[k * n + k] = k == flow->graph.centre ? 0.0 : 1.0;
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy_flow(Flow *flow) {
  PetscFunctionBeginUser;
  PetscCall(HfResistorNetworkDestroy(&flow->network));
  PetscCall(HfGraphDestroy(&flow->graph));
  PetscCall(PetscFree4(flow->unit, flow->p, flow->C, flow->flow));
  PetscFunctionReturn(0);
}

static PetscErrorCode remember(const Settings *settings, const HfLearning *learning) {
  PetscErrorCode code = 0;
  PetscReal *profiles;
  Flow flow;

  PetscFunctionBeginUser;
  PetscCall(create_flow(settings, learning, &flow));
  PetscCall(PetscCalloc1(settings->n_gammas * flow.graph.n_rim, &profiles));
  for (PetscInt k = 0; k < settings->n_gammas && !code; ++k) {
    Memory memory = {.profile = profiles + k * flow.graph.n_rim};

    flow.gamma = settings->gamma[k];
    code = learn(&flow, &memory);
    if (!code) PetscCall(report(&flow, &memory));
  }
  if (!code) {
    PetscCall(learning->array(learning->of, "gamma", 1, &settings->n_gammas, settings->gamma, "1"));
    PetscCall(learning->array(learning->of, "loss", 2, (const PetscInt[]){settings->n_gammas, flow.graph.n_rim}, profiles, "1"));
  }
  PetscCall(PetscFree(profiles));
  PetscCall(destroy_flow(&flow));
  PetscFunctionReturn(code);
}

/* ---- beside the film ---- */

/* (S5): Eq. (3) written with w = G - Gavg and the matrices' own diagonals. */
static PetscReal rearranged_cost(PetscInt n, const PetscReal V[], const PetscReal G[], const PetscReal G_min[], const PetscReal G_max[]) {
  PetscReal low = V[0], high = V[0], cost = 0.0;

  for (PetscInt i = 1; i < n; ++i) {
    low = PetscMin(low, V[i]);
    high = PetscMax(high, V[i]);
  }
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) {
      const PetscInt e = i * n + j;
      const PetscReal mean = 0.5 * (G_min[e] + G_max[e]), w = G[e] - mean, span = G_max[e] - G_min[e];

      cost -= w * V[i] * V[j] + mean * V[i] * V[j];
      if (i != j && span > 0.0) cost += PetscSqr(high - low) / (4.0 * span) * PetscSqr(w + mean - G_max[e]);
    }
  return cost;
}

/* sum over pairs of |G_ij| (V_i - V_j)^2. */
static PetscReal pair_power(PetscInt n, const PetscReal V[], const PetscReal G[]) {
  PetscReal power = 0.0;

  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) power += PetscAbsReal(G[i * n + j]) * PetscSqr(V[i] - V[j]);
  return power;
}

/* Power of the flow network at every iteration, W. */
static PetscErrorCode adapt_to_film(const HfLearning *learning, PetscReal gamma, PetscReal power[]) {
  const PetscInt n = learning->n, n_links = n * (n - 1) / 2;
  PetscReal *C, *flow, *current, *p, budget = 0.0;
  HfResistorNetwork network;
  PetscInt *ends;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(n_links, &C, n_links, &flow, n, &current, n, &p));
  PetscCall(PetscMalloc1(2 * n_links, &ends));
  for (PetscInt i = 0, e = 0; i < n; ++i) {
    current[i] = 0.0;
    for (PetscInt j = 0; j < n; ++j) current[i] += PetscAbsReal(learning->G[i * n + j]) * (learning->V[i] - learning->V[j]);
    for (PetscInt j = i + 1; j < n; ++j, ++e) {
      ends[2 * e] = i;
      ends[2 * e + 1] = j;
      C[e] = PetscAbsReal(learning->G[i * n + j]);
      budget += PetscPowReal(C[e], gamma);
    }
  }
  PetscCall(HfResistorNetworkCreate(n, n_links, ends, 1, (const PetscInt[]){0}, &network));
  for (PetscInt t = 0; t < learning->n_times; ++t) {
    PetscCall(HfResistorNetworkSet(network, C));
    PetscCall(HfResistorNetworkSolve(network, 1, NULL, current, p));
    power[t] = 0.0;
    for (PetscInt e = 0; e < n_links; ++e) {
      flow[e] = PetscSqr(C[e] * (p[ends[2 * e]] - p[ends[2 * e + 1]]));
      power[t] += flow[e] / C[e];
    }
    HfAdaptiveFlowSet(n_links, gamma, budget, flow, C);
  }
  PetscCall(HfResistorNetworkDestroy(&network));
  PetscCall(PetscFree(ends));
  PetscCall(PetscFree4(C, flow, current, p));
  PetscFunctionReturn(0);
}

static PetscErrorCode compare_film(const Settings *settings, const HfLearning *learning) {
  const PetscInt n = learning->n, n_times = learning->n_times;
  PetscReal *cost, *rearranged, *film, *flow, *G_min, *G_max, apart = 0.0;
  char text[256];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc6(n_times, &cost, n_times, &rearranged, n_times, &film, n_times, &flow, n * n, &G_min, n * n, &G_max));
  PetscCall(HfMidrange(n, n_times, learning->G, G_min, G_max));
  for (PetscInt t = 0; t < n_times; ++t) {
    const PetscReal *G = learning->G + t * n * n;

    cost[t] = HfOjaCost(n, learning->V, G, G_min, G_max);
    rearranged[t] = rearranged_cost(n, learning->V, G, G_min, G_max);
    film[t] = pair_power(n, learning->V, G);
    apart = PetscMax(apart, PetscAbsReal(rearranged[t] - cost[t]) / PetscAbsReal(cost[t]));
  }
  PetscCall(adapt_to_film(learning, settings->gamma[0], flow));
  PetscCall(PetscSNPrintf(
      text, sizeof text,
      "along the film's last pulse its cost changes by %+.3g %%, Eq. (3) and (S5) apart by %.1e; power %+.3g %% at its voltages, of the "
      "flow network %+.3g %% at its currents",
      100 * (double)((cost[n_times - 1] - cost[0]) / PetscAbsReal(cost[0])), (double)apart, 100 * (double)(film[n_times - 1] / film[0] - 1),
      100 * (double)(flow[n_times - 1] / flow[0] - 1)));
  PetscCall(learning->figure(learning->of, "costs_apart", apart));
  PetscCall(learning->figure(learning->of, "film_power_change", film[n_times - 1] / film[0] - 1));
  PetscCall(learning->figure(learning->of, "flow_power_change", flow[n_times - 1] / flow[0] - 1));
  PetscCall(learning->headline(learning->of, text));
  PetscCall(learning->array(learning->of, "time", 1, &n_times, learning->times, "s"));
  PetscCall(learning->array(learning->of, "cost", 1, &n_times, cost, "W"));
  PetscCall(learning->array(learning->of, "cost_rearranged", 1, &n_times, rearranged, "W"));
  PetscCall(learning->array(learning->of, "film_power", 1, &n_times, film, "W"));
  PetscCall(learning->array(learning->of, "flow_power", 1, &n_times, flow, "W"));
  PetscCall(PetscFree6(cost, rearranged, film, flow, G_min, G_max));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(const void *of, const HfLearning *learning) {
  const Settings *settings = of;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  code = remember(settings, learning);
  if (!code && settings->film) PetscCall(compare_film(settings, learning));
  PetscFunctionReturn(code);
}

static PetscBool wants_film(const void *of) { return ((const Settings *)of)->film; }

const HfLearner HfLearner_AdaptiveFlow = {
    .name = "adaptive-flow", .citation = "bhattacharyya-2022", .keys = keys, .settings = read_settings, .wants_film = wants_film, .run = run};
