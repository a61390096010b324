/* A random network of nanowires whose junctions grow, and route (review of Yu et al. 2024, IV.A; winner-takes-all paths: Manning et al. 2018; associative
   routing: Diaz-Alvarez et al. 2020). Wires are equipotential nodes, their crossings junctions, in either of two classes:

     balance of rates (Milano, Miranda & Ricciardi 2022, with their constants):   C = (1 - g)/100 + g,   dg/dt = kappa_p (1 - g) - kappa_d g,
       kappa_p = 1e-4/s exp(10 |V|/V),   kappa_d = decay exp(-|V|/V),   decay = 0.5/s
     power law (Manning et al. 2018, exponent > 0):   C = |I|^exponent between 1/100 and 1, the largest so far

   C in units of a grown junction, I in that of one at 1 V; V and I follow from Kirchhoff's laws. At constant V a junction of the first class relaxes
   exponentially to kappa_p/(kappa_p + kappa_d), 1/2 at 0.774 V, which is how a step of time is taken, short enough that no g changes by more than 0.05. For
   the second class the current is raised over four decades to `limit`, or as far as the voltage goes, and the junctions follow at once.

   Winner takes all. A voltage is applied from one edge of a square to the opposite one. The winner is the path of least resistance at the end, the second
   that of least resistance without any junction of the winner; the gap is the ratio of their conductances. Claimed: a class of junctions lets one path win,
   that of lowest energy: the one with the fewest junctions, since all are alike at the start. Two paths in parallel carry I ~ C V ~ I^exponent V: above 1 the
   larger current grows at the other's cost, below 1 they even out. Measured (ten networks of each of six seeds, current limit 1): exponent
   1.1: the gap is 25 to 58 and the winner has 0.68 to 0.83 of the network's conductance; exponent 0.8: 1.8 to 2.9 and 0.23 to 0.37; balance of rates: at most
   2.0 to 3.4, at 5 to 6 V, and 0.24 to 0.40. The winner has the fewest junctions in all of them. It takes all only where the current may grow a junction: with
   a limit of 0.1 the gap of exponent 1.1 is 1.2.

   Associations. Pads along both edges are the inputs and the outputs. Pattern A joins each input of the lower half to its partner, the output opposite or
   `shift` further, pattern B each of the upper half; all pairs have a pulse in turn, for some cycles. A pattern is stored if the conductance of each of its
   pairs has grown, and by more than that of its input with any other output; the mean of the smallest such ratio leaves out patterns of which nothing else
   has grown. Measured with two pads, where chance is 60 of 120: opposite pairs 88 (balance of
   rates), 90 (exponent 0.8), 93 (1.1), crossed ones 59 (1.1): not a memory of what was trained, as opposite pairs are also the nearest. Paths that cross in
   the plane share a wire where they do, so that all four pairs conduct alike afterwards; and a path that is there draws those of other pairs to itself.
   Number of pads, exponents and limit were chosen on the first of these seeds; seeds 4 to 6 were run afterwards.

   Assumptions: straight wires of one length, anywhere and in any direction; metal of no resistance; a wire that reaches over an edge touches the pad there;
   networks in which the electrodes are not all connected are drawn again; at the start all junctions are fresh. */
#include "learners.h"

#define DECAY 0.5 /* 1/s, of Milano et al. */

static const HfKey keys[] = {
    {"nanowire-network", HF_SECTION, NULL, "", "", 0, "Random nanowires with junctions that grow: a winner-takes-all path, and patterns of pathways"},
    {"nanowire-network.wires", HF_INT, NULL, "150", "[10,5000]", 0, "Number of wires"},
    {"nanowire-network.length", HF_NUMBER, NULL, "0.25", "(0,1]", 0, "Their length relative to the side of the square"},
    {"nanowire-network.voltages", HF_QUANTITIES, "V", "[2 V, 3 V, 4 V, 5 V, 6 V, 8 V]", ">0", 0, "From edge to edge, each on a fresh network"},
    {"nanowire-network.exponent", HF_NUMBER, NULL, "0", "[0,4]", 0,
     "Junctions of conductance |I|^exponent that keep their largest one; 0: those with a balance of rates"},
    {"nanowire-network.limit", HF_NUMBER, NULL, "1", ">0", 0,
     "Current at most, relative to that of a grown junction at 1 V: the voltage falls when a path has formed"},
    {"nanowire-network.time", HF_QUANTITY, "s", "30 s", ">0", 0, "How long each is applied"},
    {"nanowire-network.pads", HF_INT, NULL, "2", "[2,20]", 0, "Inputs along one edge, and outputs along the other"},
    {"nanowire-network.shift", HF_INT, NULL, "0", "[0,1000]", 0, "Outputs between an input's partner and the output opposite to it"},
    {"nanowire-network.train_voltage", HF_QUANTITY, "V", "8 V", ">0", 0, "Of the pulses from an input to an output"},
    {"nanowire-network.lifetime", HF_QUANTITY, "s", "2 s", ">0", 0, "Of the growth of a junction of these networks without voltage"},
    {"nanowire-network.pulse", HF_QUANTITY, "s", "0.1 s", ">0", 0, "Their length"},
    {"nanowire-network.cycles", HF_INT, NULL, "20", "[1,100000]", 0, "Of both patterns"},
    {"nanowire-network.rest", HF_QUANTITY, "s", "1 s", ">=0", 0, "Without voltage, after which the patterns are read again"},
    {"nanowire-network.trials", HF_INT, NULL, "10", "[2,10000]", 0, "Networks"},
    {"nanowire-network.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the wires"},
    HF_LEARNER_KEYS_END,
};

#define MOST_VOLTAGES 32
typedef struct {
  PetscInt n_wires, n_voltages, n_pads, shift, cycles, trials;
  PetscInt64 seed;
  PetscReal length, voltage[MOST_VOLTAGES], limit, exponent, time, decay, train_voltage, pulse, rest;
} Settings;

static PetscErrorCode read_settings(HfDeck deck, HfNode node, void **of) {
  static const char *const of_rates[] = {"time", "lifetime", "pulse", "rest"};
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->n_wires = (PetscInt)HfInteger(node, "wires");
  settings->length = HfReal(node, "length");
  settings->n_voltages = HfCount(node, "voltages");
  if (settings->n_voltages > MOST_VOLTAGES) {
    PetscCall(HfDeckError(deck, HfChild(node, "voltages"), "voltages: at most %d", MOST_VOLTAGES));
    settings->n_voltages = MOST_VOLTAGES;
  }
  for (PetscInt k = 0; k < settings->n_voltages; ++k) settings->voltage[k] = HfRealAt(node, "voltages", k);
  settings->limit = HfReal(node, "limit");
  settings->time = HfReal(node, "time");
  settings->n_pads = (PetscInt)HfInteger(node, "pads");
  settings->shift = (PetscInt)HfInteger(node, "shift");
  settings->train_voltage = HfReal(node, "train_voltage");
  settings->exponent = HfReal(node, "exponent");
  settings->decay = 1.0 / HfReal(node, "lifetime");
  settings->pulse = HfReal(node, "pulse");
  settings->cycles = (PetscInt)HfInteger(node, "cycles");
  settings->rest = HfReal(node, "rest");
  settings->trials = (PetscInt)HfInteger(node, "trials");
  settings->seed = HfInteger(node, "seed");
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(of_rates) && settings->exponent > 0.0; ++k)
    if (HfGiven(node, of_rates[k]))
      PetscCall(HfDeckError(deck, HfChild(node, of_rates[k]),
                            "%s has no effect with an exponent, whose junctions follow the current at once and keep "
                            "their conductance; leave it out",
                            of_rates[k]));
  if (settings->n_wires * settings->length * settings->length < 5.64) /* Li & Zhang 2009: where sticks percolate */
    PetscCall(HfDeckError(deck, HfChild(node, "wires"), "wires: %d of length %g do not connect; at least %.0f", (int)settings->n_wires,
                          (double)settings->length, 5.64 / (settings->length * settings->length)));
  PetscFunctionReturn(0);
}

static HfWiresPlan plan_of(const Settings *settings, PetscInt n_pads, PetscReal decay) {
  return (HfWiresPlan){.n_wires = settings->n_wires,
                       .n_pads = n_pads,
                       .length = settings->length,
                       .decay = decay,
                       .exponent = settings->exponent,
                       .seed = settings->seed};
}

/* The network of a trial, to be destroyed even where it is none. */
static PetscErrorCode create_network(const HfWiresPlan *plan, const HfLearning *learning, PetscInt trial, HfWires *net) {
  char text[160];

  PetscFunctionBeginUser;
  PetscCall(HfWiresCreate(plan, trial, net));
  if (net->n_links) PetscFunctionReturn(0);
  PetscCall(PetscSNPrintf(text, sizeof text, "none of many networks of %d wires connects all pads: take more or longer wires, or fewer pads",
                          (int)plan->n_wires));
  PetscFunctionReturn(learning->fault(learning->of, text));
}

/* What one voltage does to one network. */
typedef struct {
  PetscReal G, winner, second; /* of the network, and of the two paths */
  PetscInt length, shortest;   /* junctions */
} Route;

static PetscErrorCode route(const Settings *settings, const HfLearning *learning, PetscInt trial, PetscReal V, Route *found) {
  const HfWiresPlan plan = plan_of(settings, 1, DECAY);
  PetscReal start;
  PetscErrorCode code;
  PetscBool *path;
  PetscInt length;
  HfWires net;

  PetscFunctionBeginUser;
  code = create_network(&plan, learning, trial, &net);
  PetscCall(PetscMalloc1(net.n_links, &path));
  if (!code) {
    PetscCall(HfWiresPath(&net, 0, 1, NULL, NULL, &found->shortest, &start));
    code = HfWiresApply(&net, 0, 1, V, settings->limit, settings->time, learning, &found->G);
    PetscCall(HfWiresPath(&net, 0, 1, NULL, path, &found->length, &found->winner));
    PetscCall(HfWiresPath(&net, 0, 1, path, NULL, &length, &found->second));
  }
  PetscCall(PetscFree(path));
  PetscCall(HfWiresDestroy(&net));
  PetscFunctionReturn(code);
}

/* Means over the trials with one voltage; the gap's is that of its logarithm, over those with a second path. */
typedef struct {
  PetscReal G, gap, gap_error, share;
  PetscInt shortest;
} Routes;

static PetscErrorCode report_routes(const Settings *settings, const HfLearning *learning, PetscReal V, const Routes *routes) {
  const PetscReal exponent = settings->exponent;
  char text[256], junctions[32];

  PetscFunctionBeginUser;
  PetscCall(
      PetscSNPrintf(junctions, sizeof junctions, exponent > 0.0 ? "exponent %.3g" : "%.3g s", (double)(exponent > 0.0 ? exponent : settings->time)));
  PetscCall(
      PetscSNPrintf(text, sizeof text,
                    "%.3g V, %s: conductance %.4g of a junction, winner %.3g x the second path (%.3g to %.3g), %.0f %% of the network, shortest in "
                    "%d of %d",
                    (double)V, junctions, (double)routes->G, exp((double)routes->gap), exp((double)(routes->gap - routes->gap_error)),
                    exp((double)(routes->gap + routes->gap_error)), 100 * (double)routes->share, (int)routes->shortest, (int)settings->trials));
  PetscCall(learning->figure(learning->of, "exponent", exponent));
  PetscCall(learning->figure(learning->of, "voltage", V));
  PetscCall(learning->figure(learning->of, "conductance", routes->G));
  PetscCall(learning->figure(learning->of, "log_gap", routes->gap));
  PetscCall(learning->figure(learning->of, "log_gap_error", routes->gap_error));
  PetscCall(learning->figure(learning->of, "share", routes->share));
  PetscCall(learning->figure(learning->of, "shortest", (PetscReal)routes->shortest));
  PetscCall(learning->figure(learning->of, "of", (PetscReal)settings->trials));
  PetscCall(learning->headline(learning->of, text));
  PetscFunctionReturn(0);
}

static PetscErrorCode take_all(const Settings *settings, const HfLearning *learning) {
  const PetscInt n = settings->n_voltages;
  PetscReal conductance[MOST_VOLTAGES], gap[MOST_VOLTAGES], *ratios;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(settings->trials, &ratios));
  for (PetscInt k = 0; k < n && !code; ++k) {
    Routes routes = {0};
    PetscInt with_second = 0; /* networks with a path beside the winner */

    for (PetscInt trial = 0; trial < settings->trials && !code; ++trial) {
      Route found = {0};

      code = route(settings, learning, trial, settings->voltage[k], &found);
      if (code) break;
      routes.G += found.G / settings->trials;
      if (found.second > 0.0) ratios[with_second++] = PetscLogReal(found.winner / found.second);
      routes.share += found.winner / found.G / settings->trials;
      routes.shortest += found.length == found.shortest;
    }
    HfMeanAndError(with_second, ratios, &routes.gap, &routes.gap_error);
    conductance[k] = routes.G;
    gap[k] = PetscExpReal(routes.gap);
    if (!code) PetscCall(report_routes(settings, learning, settings->voltage[k], &routes));
  }
  PetscCall(PetscFree(ratios));
  if (code) PetscFunctionReturn(code);
  PetscCall(learning->array(learning->of, "voltage", 1, &n, settings->voltage, "V"));
  PetscCall(learning->array(learning->of, "conductance", 1, &n, conductance, "1"));
  PetscCall(learning->array(learning->of, "gap", 1, &n, gap, "1"));
  PetscFunctionReturn(0);
}

/* ---- associations ---- */

#define N_PATTERNS 2

/* G[n_pads*n_pads] from every input to every output. */
static PetscErrorCode read_pairs(HfWires *net, PetscInt n_pads, const HfLearning *learning, PetscReal G[]) {
  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < n_pads * n_pads; ++e) PetscCall(HfWiresApply(net, e / n_pads, n_pads + e % n_pads, 1.0, 1.0, 0.0, learning, &G[e]));
  PetscFunctionReturn(0);
}

static PetscInt pattern_of(PetscInt n_pads, PetscInt pad) { return pad < n_pads / 2 ? 0 : 1; }

/* How much more the conductance of a pair has grown than that of its input with any other output: the smallest such ratio of each pattern,
   infinite where nothing but its pairs has grown. */
static void compare_growth(const Settings *settings, const PetscReal G0[], const PetscReal G[], PetscReal contrast[N_PATTERNS]) {
  const PetscInt n = settings->n_pads;

  for (PetscInt s = 0; s < N_PATTERNS; ++s) contrast[s] = PETSC_INFINITY;
  for (PetscInt i = 0; i < n; ++i) {
    const PetscInt own = i * n + (i + settings->shift) % n, of = pattern_of(n, i);
    const PetscReal growth = G[own] - G0[own];
    PetscReal other = 0.0;

    for (PetscInt e = i * n; e < (i + 1) * n; ++e)
      if (e != own) other = PetscMax(other, G[e] - G0[e]);
    contrast[of] = PetscMin(contrast[of], other > 0.0 ? growth / other : growth > 0.0 ? PETSC_INFINITY : 0.0);
  }
}

typedef enum { AFTER, RESTED, N_READINGS } Reading;

static PetscErrorCode associate(const Settings *settings, const HfLearning *learning, PetscInt trial, PetscReal G[],
                                PetscReal contrast[N_READINGS][N_PATTERNS]) {
  const PetscInt n = settings->n_pads;
  const HfWiresPlan plan = plan_of(settings, n, settings->decay);
  PetscReal *before = G + n * n, *rested = before + n * n;
  PetscErrorCode code;
  HfWires net;

  PetscFunctionBeginUser;
  code = create_network(&plan, learning, trial, &net);
  if (!code) PetscCall(read_pairs(&net, n, learning, before));
  for (PetscInt pulse = 0; pulse < settings->cycles * n && !code; ++pulse) {
    PetscReal ignored;

    code = HfWiresApply(&net, pulse % n, n + (pulse + settings->shift) % n, settings->train_voltage, settings->limit, settings->pulse, learning,
                        &ignored);
  }
  if (!code) {
    PetscCall(read_pairs(&net, n, learning, G));
    compare_growth(settings, before, G, contrast[AFTER]);
    HfWiresRest(&net, settings->rest);
    PetscCall(read_pairs(&net, n, learning, rested));
    compare_growth(settings, before, rested, contrast[RESTED]);
  }
  PetscCall(HfWiresDestroy(&net));
  PetscFunctionReturn(code);
}

static PetscErrorCode store(const Settings *settings, const HfLearning *learning) {
  const PetscInt n = settings->n_pads;
  PetscInt stored[N_READINGS][N_PATTERNS] = {{0}}, finite[N_READINGS] = {0};
  PetscReal *G, mean[N_READINGS] = {0};
  PetscErrorCode code = 0;
  char text[256];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(3 * n * n, &G));
  for (PetscInt trial = 0; trial < settings->trials && !code; ++trial) {
    PetscReal contrast[N_READINGS][N_PATTERNS] = {{0}};

    code = associate(settings, learning, trial, G, contrast);
    for (PetscInt r = 0; r < N_READINGS; ++r)
      for (PetscInt s = 0; s < N_PATTERNS; ++s) {
        stored[r][s] += contrast[r][s] > 1.0;
        if (contrast[r][s] >= PETSC_INFINITY) continue;
        mean[r] += contrast[r][s];
        ++finite[r];
      }
  }
  for (PetscInt r = 0; r < N_READINGS; ++r) mean[r] = finite[r] ? mean[r] / finite[r] : PETSC_INFINITY;
  if (!code) {
    PetscCall(PetscSNPrintf(text, sizeof text,
                            "two patterns on %d x %d pads: A stored in %d, B in %d of %d, weakest pair grew %.2f x as much as its input with another "
                            "output; after a rest of "
                            "%.3g s in %d, %d, %.2f x",
                            (int)n, (int)n, (int)stored[AFTER][0], (int)stored[AFTER][1], (int)settings->trials, (double)mean[AFTER],
                            (double)settings->rest, (int)stored[RESTED][0], (int)stored[RESTED][1], (double)mean[RESTED]));
    PetscCall(learning->figure(learning->of, "exponent", settings->exponent));
    PetscCall(learning->figure(learning->of, "shift", (PetscReal)settings->shift));
    PetscCall(learning->figure(learning->of, "stored_a", (PetscReal)stored[AFTER][0]));
    PetscCall(learning->figure(learning->of, "stored_b", (PetscReal)stored[AFTER][1]));
    PetscCall(learning->figure(learning->of, "rested_a", (PetscReal)stored[RESTED][0]));
    PetscCall(learning->figure(learning->of, "rested_b", (PetscReal)stored[RESTED][1]));
    PetscCall(learning->figure(learning->of, "of", (PetscReal)settings->trials));
    PetscCall(learning->figure(learning->of, "contrast", mean[AFTER]));
    PetscCall(learning->figure(learning->of, "contrast_rested", mean[RESTED]));
    PetscCall(learning->headline(learning->of, text));
    PetscCall(learning->array(learning->of, "pairs", 2, (const PetscInt[]){n, n}, G, "1")); /* of the last network */
  }
  PetscCall(PetscFree(G));
  PetscFunctionReturn(code);
}

static PetscErrorCode run(const void *of, const HfLearning *learning) {
  const Settings *settings = of;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  HfCite("manning-2018");
  HfCite("diaz-alvarez-2020");
  code = take_all(settings, learning);
  if (!code) code = store(settings, learning);
  PetscFunctionReturn(code);
}

const HfLearner HfLearner_NanowireNetwork = {
    .name = "nanowire-network", .citation = "milano-2022", .keys = keys, .settings = read_settings, .run = run};
