/* hopfilm/network.h: Hopfield mathematics on plain arrays: no PDE, no MPI, nothing collective. Matrices are row-major n x n; states are +1 / -1.

   Energy of a state: E(V) = -sum_ij w_ij V_i V_j (diagonal as given; weights have zero diagonal unless said). Niu et al. 2024, Eq. (4). */
#pragma once
#include <hopfilm/base.h>

typedef enum { HF_WEIGHTS_SATURATED, HF_WEIGHTS_SCALED, HF_WEIGHTS_MIDRANGE, HF_WEIGHTS_RESISTANCE } HfWeightsKind;
extern const char *const HfWeightsNames[]; /* "saturated", "scaled", "midrange", "resistance", NULL */
PetscBool HfWeightsHaveXi(HfWeightsKind kind);

/* saturated: w = G - G0; scaled: w = G - xi G0; midrange: w = G - (Gmin+Gmax)/2 per pair over the n_set matrices of `set`; resistance: w = R - xi R0 with R of
   HfResistance(). Zero diagonal unless with_diagonal. */
PetscErrorCode HfWeights(HfWeightsKind kind, PetscInt n, const PetscReal G[], const PetscReal G0[], PetscReal xi, PetscInt n_set,
                         const PetscReal set[], PetscBool with_diagonal, PetscReal w[]);
/* R[n*n] (ohm), the pseudo-inverse of the conductance matrix G: V = R I for currents that sum to zero, V without a mean; R x = 0 for uniform x. Currents
   x that do not sum to zero enter less their mean. Floating electrodes (zero rows) have no resistance, 0. */
PetscErrorCode HfResistance(PetscInt n, const PetscReal G[], PetscReal R[]);
PetscErrorCode HfMidrange(PetscInt n, PetscInt n_set, const PetscReal set[], PetscReal G_min[], PetscReal G_max[]);

PetscReal HfPatternEnergy(PetscInt n, const PetscReal w[], const PetscReal V[]);
void HfPatternFromIndex(
    PetscInt n, PetscInt index,
    PetscReal V[]); /* bit k of index set: V_k = +1 (k = 0 the first electrode is the highest bit, so that index order reads ----, ---+, ...) */
PetscInt HfPatternToIndex(PetscInt n, const PetscReal V[]);
void HfPatternToText(PetscInt n, const PetscReal V[], char text[]); /* "++--", n+1 bytes */

typedef struct {
  PetscInt minimum; /* index of the state of lowest energy among the non-trivial ones (or all), with V_0 = +1 */
  PetscBool trained_is_minimum;
  PetscReal
      margin; /* (E of the lowest other state, the mirror apart - E of the trained) / largest |E| of all 2^n; negative: another state is lower */
  PetscReal largest_eigenvalue; /* of w */
} HfEnergyReport;
/* energies[2^n] of all states; n <= 20. Trivial = all equal. */
PetscErrorCode HfEnergies(PetscInt n, const PetscReal w[], const PetscReal trained[], PetscBool with_trivial, PetscReal energies[],
                          HfEnergyReport *report);

/* What the pattern x costs, x.G.x (the Ohmic power at 1 V; with R in place of G that of 1 A), against another film's conductance, as a part of the latter: of x itself, and the mean over
   all other patterns (mirrors and uniform states apart). */
PetscErrorCode HfPowerChange(PetscInt n, const PetscReal G[], const PetscReal G_before[], const PetscReal x[], PetscReal *own, PetscReal *others);

/* ---- a network ready for recall: the local field h_i(V) of every node, followed as nodes flip; the weights are copied. Not thread-safe. ---- */
typedef struct HfNetwork_ *HfNetwork;
PetscErrorCode HfNetworkCreate(PetscInt n, const PetscReal w[], HfNetwork *network); /* h_i = sum_j w_ij V_j; w need not be symmetric */
/* h_i = sum_p F(x_i + a) - F(-x_i + a), a = sum_{j != i} x_j V_j over pattern x = x[p*n + .], F(z) = z^degree (Krotov & Hopfield 2016) */
PetscErrorCode HfNetworkCreateDense(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt degree, HfNetwork *network);
PetscErrorCode HfNetworkDestroy(HfNetwork *network);
/* Nodes of x that one synchronous update changes; 0: x is a fixed point. */
PetscInt HfUnstablePixels(HfNetwork network, PetscReal dead_zone, const PetscReal x[]);
/* Least x_i h_i / (sum of the magnitudes of h_i's parts) over the nodes, -1 to 1; negative: x is no fixed point. A node without parts counts as 0. */
PetscReal HfStabilityMargin(HfNetwork network, const PetscReal x[]);

/* ---- recall. A local field below `dead_zone` x the sum of the magnitudes of its parts keeps the old state (round-off: uniform states have zero
   current exactly). ---- */
typedef enum { HF_RECALL_SYNCHRONOUS, HF_RECALL_ASYNCHRONOUS, HF_RECALL_SWEEPS } HfRecallMethod;
extern const char *const HfRecallNames[]; /* "synchronous", "asynchronous", "sweeps", NULL */
typedef struct {
  HfRecallMethod method; /* all nodes at once; a random node at a time; every node once per sweep in a new random order, until a sweep changes none */
  PetscInt max_iterations;       /* updates of all nodes (synchronous, sweeps) or of one (asynchronous) */
  PetscInt quiet_updates;        /* asynchronous: stop when nothing changed for more than this many updates (paper: 10) */
  PetscReal dead_zone;           /* default 1e-9 */
  PetscInt64 seed, stream_index; /* order of asynchronous updates and sweeps */
} HfRecallOptions;
typedef struct {
  PetscInt iterations, sweeps; /* iterations as max_iterations counts them */
  PetscBool converged;
  PetscInt cycle; /* 2 when a cycle of length 2 was found, else 0 */
} HfRecallResult;
PetscErrorCode HfNetworkRecall(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result);
PetscErrorCode HfRecall(PetscInt n, const PetscReal w[], const HfRecallOptions *options, PetscReal V[], HfRecallResult *result); /* of one state */
PetscBool HfIsFixedPoint(PetscInt n, const PetscReal w[], PetscReal dead_zone, const PetscReal V[]);

/* ---- wiring B: node k shows pixel p(k) with sign s_k. Node arrays have n_nodes entries, pixel arrays n_pixels. ---- */
typedef struct {
  PetscInt n_nodes, n_pixels;
  PetscInt *pixel; /* [n_nodes], 0 .. n_pixels-1; every pixel at least once */
  PetscReal *sign; /* [n_nodes], +1 or -1 */
} HfWiring;
void HfWiringExpand(const HfWiring *wiring, const PetscReal x[], PetscReal V[]);             /* V = B x */
void HfWiringReduce(const HfWiring *wiring, const PetscReal G_nodes[], PetscReal G[]);       /* G = B^T G_nodes B */
void HfWiringLinks(const HfWiring *wiring, const PetscReal node_links[], PetscReal links[]); /* |B|^T node_links |B|, zero diagonal */

/* ---- a search for the wiring with which a film recalls given patterns best, by simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983). What the film
   would learn is told by a model of it: the conductance between near nodes. Then w = B^T (G - xi G0) B, zero diagonal, and the cost of a wiring is the mean
   over patterns and numbers of flips k of

     -sum_i ln Phi(z_i),   z_i = (1 - 2k/n) a_i / sqrt(4 k/n (1 - k/n) sum_j w_ij^2 + s_i^2),   a_i = sum_j w_ij x_i x_j

   Phi the normal distribution: the chance that every pixel's local field has the right sign when k of n pixels are flipped, the pixels taken as
   independent. s_i is what the links of pixel i may be wrong by, each by the part `tolerance` of its G0. ---- */
typedef struct {
  void *context;
  PetscInt n_links;
  const PetscInt *links; /* [n_links][2], nodes */
  const PetscReal *G0;   /* [n_links] */
  /* The nodes[n] of the wiring are as they are for the first time (n < 0: all of them, nothing is left to undo): *G of the links from now on. */
  PetscErrorCode (*change)(void *context, const HfWiring *wiring, PetscInt n, const PetscInt nodes[], const PetscReal **G);
  PetscErrorCode (*settle)(void *context, PetscBool keep); /* the last change is final, or taken back */
} HfWiringModel;
typedef struct {
  PetscReal xi, tolerance;
  PetscInt n_flips;
  const PetscInt *flips;
  PetscInt64 candidates, seed, start; /* the search is a function of the seed and the number of its start */
} HfAnnealOptions;
typedef struct HfAnneal_ *HfAnneal;
/* A search from a random wiring in which all pixels drive as many nodes, or one more; model, x[n_patterns*n_pixels] and options->flips stay the caller's. */
PetscErrorCode HfAnnealCreate(const HfWiringModel *model, PetscInt n_nodes, PetscInt n_pixels, PetscInt n_patterns, const PetscReal x[],
                              const HfAnnealOptions *options, HfAnneal *anneal);
PetscErrorCode HfAnnealDestroy(HfAnneal *anneal);
PetscErrorCode HfAnnealAdvance(HfAnneal anneal, PetscInt64 candidates); /* so many more, at most up to options->candidates; the temperature falls */
PetscInt64 HfAnnealDone(HfAnneal anneal);
PetscReal HfAnnealBest(HfAnneal anneal, const HfWiring **wiring); /* cost of the best wiring so far; borrowed */
/* w[n_pixels^2] of a wiring and its cost. Asks the model for all nodes. */
PetscErrorCode HfAnnealWeights(HfAnneal anneal, const HfWiring *wiring, PetscReal w[], PetscReal *cost);

/* ---- inference: many noisy images of the stored patterns, each recalled and named by the pattern it resembles most. ----
   A test is a number: (amount, pattern, sample), the sample running fastest, so that ranks take any ranges; its image depends on the seed and that
   number alone: all weights and controls see the same images. ---- */
typedef enum { HF_NOISE_FLIPS, HF_NOISE_PROBABILITY, HF_NOISE_GREY } HfNoiseKind;
extern const char *const HfNoiseNames[]; /* "flips", "probability", "grey", NULL */
/* V from the pattern x: exactly `amount` pixels flipped; each flipped with probability `amount`; a Gaussian of sigma `amount` added to +-1, then the
   sign. */
PetscErrorCode HfNoise(HfNoiseKind kind, PetscReal amount, PetscInt n, const PetscReal x[], PetscInt64 seed, PetscInt64 test, PetscReal V[]);

typedef struct {
  HfNoiseKind noise;
  PetscInt n_amounts;
  const PetscReal *amounts;
  PetscInt samples;       /* per pattern and amount */
  PetscInt64 seed;        /* of the noise */
  HfRecallOptions recall; /* a test adds its number to stream_index */
} HfInferOptions;
#define HF_INFER_CREDIT 720720 /* a correct test; one of m equal best shares it exactly up to m = 16 */
/* Whole numbers that add up over tests and ranks, so that no sum depends on the number of ranks. */
typedef struct {
  PetscInt64 tests;
  PetscInt64 correct;        /* the stored pattern alone has the largest similarity x'.x_k: a tie counts as wrong */
  PetscInt64 credit;         /* ties share: in units of 1/HF_INFER_CREDIT */
  PetscInt64 ties;           /* the stored pattern has the largest similarity, with others */
  PetscInt64 exact;          /* recalled in every pixel */
  PetscInt64 exact_before;   /* the image was the pattern before any recall */
  PetscInt64 overlap_before; /* sum of V.x over the tests, before and after recall */
  PetscInt64 overlap_after;
  PetscInt64 cycles;      /* ended in a cycle of length 2 */
  PetscInt64 unconverged; /* stopped by max_iterations otherwise */
  PetscInt64 iterations;  /* sum */
} HfInferCounts;
#define HF_INFER_COUNTS ((PetscInt)(sizeof(HfInferCounts) / sizeof(PetscInt64)))
typedef struct {
  HfInferCounts counts;
  PetscInt64 most_iterations; /* a maximum, not a sum */
  PetscInt64 *confusion;      /* [n_patterns][n_patterns + 1]: stored, recalled as (last: a tie of any); the caller's, may be NULL */
} HfInferTally;
PetscInt64 HfInferTests(const HfInferOptions *options, PetscInt n_patterns); /* all tests */
/* The image of a test, before recall; amount and pattern (may be NULL) are places in the lists. */
PetscErrorCode HfInferImage(PetscInt n, PetscInt n_patterns, const PetscReal x[], const HfInferOptions *options, PetscInt64 test, PetscReal V[],
                            PetscInt *amount, PetscInt *pattern);
/* Adds the tests first_test .. first_test + n_tests - 1 to tally[n_amounts]; network NULL: no recall, the image itself is named. */
PetscErrorCode HfInfer(PetscInt n, HfNetwork network, PetscInt n_patterns, const PetscReal x[], const HfInferOptions *options, PetscInt64 first_test,
                       PetscInt64 n_tests, HfInferTally tally[]);
/* The 95 % interval of a proportion (Wilson 1927); successes may be a sum of shares. Without trials 0 to 1. */
void HfWilson(PetscReal successes, PetscReal trials, PetscReal *low, PetscReal *high);

/* ---- learning rules, one file each in src/network/rules/, as baselines: from the stored patterns x[p*n + i], in the order of training ---- */
typedef struct {          /* start from a copy of HF_RULE_DEFAULTS */
  const PetscReal *links; /* n x n: nearest-neighbour links of the node lattice between pixels i and j; NULL: unknown */
  PetscInt64 seed;        /* of the starts of hopfield-unlearning */
  PetscInt epochs;        /* of oja */
  PetscReal decay;        /* of oja: what a pulse leaves of a link, exp(-pulse/tau) */
  PetscReal unlearning;   /* of hopfield-unlearning: what one subtraction takes, in units of a stored pattern */
  PetscReal dreams;       /* of hopfield-unlearning: all subtractions together, in units of all that was stored */
  PetscInt degree;        /* of krotov-hopfield */
} HfRuleContext;
extern const HfRuleContext HF_RULE_DEFAULTS;
typedef struct {
  const char *name, *doc, *citation;
  PetscBool needs_links; /* fails without context->links */
  /* w of a rule that has pair weights: symmetric, zero diagonal; context NULL: HF_RULE_DEFAULTS */
  PetscErrorCode (*learn)(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]);
  PetscErrorCode (*network)(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[],
                            HfNetwork *network); /* of a rule that has none (learn is NULL) */
} HfRule;
PetscInt HfRuleCount(void);
const HfRule *HfRuleGet(PetscInt k);
const HfRule *HfRuleFind(const char *name); /* NULL if there is none */
/* The network of any rule; cites its paper. */
PetscErrorCode HfRuleLearn(const HfRule *rule, const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[],
                           HfNetwork *network);

/* ---- the reduced model, Niu et al. 2024 Eqs. (2), (3), in continuous time:
     dG_ij/dt = eta [ V_i V_j - 2 alpha_ij (G_ij - Gavg_ij) ],   alpha_ij = (DeltaV_ij)^2 / (4 (Gmax_ij - Gmin_ij)),
   so every driven pair relaxes exponentially; `HfOjaFit` finds one time constant tau = 1/(2 eta alpha) for the given pairs by least squares on the traces scaled to
   start 0 and end 1 (end = asymptote of the pair, fitted linearly). ---- */
typedef struct {
  PetscReal tau;       /* s */
  PetscReal r_squared; /* over all pairs and times, scaled traces */
  PetscReal rms;       /* of the residual of the scaled traces */
} HfOjaFitResult;
/* traces[k*n_times + t]: conductance of pair k; model[k*n_times + t] (may be NULL) the fitted curves, S. */
PetscErrorCode HfOjaFit(PetscInt n_pairs, PetscInt n_times, const PetscReal times[], const PetscReal traces[], PetscReal model[],
                        HfOjaFitResult *result);
/* C = sum_{i != j} (V_i-V_j)^2 G_ij/2 + sum_{i != j} alpha_ij (G_ij - Gmax_ij)^2 */
PetscReal HfOjaCost(PetscInt n, const PetscReal V[], const PetscReal G[], const PetscReal G_min[], const PetscReal G_max[]);

/* ---- gates (Niu et al. 2024, Methods): inputs nodes 2 and 3, control node 1, output node 4:
   output = sgn(V_2 w_24 + V_3 w_34 + V_1 w_14) ---- */
typedef struct {
  PetscInt output[4]; /* for inputs --, -+, +-, ++: +1, -1, 0 (tie) */
  PetscReal margin;   /* smallest |sum| / sum of |parts| */
  const char *gate;   /* "AND", "OR", "NAND", "NOR", "XOR", ..., "none" */
} HfGateResult;
PetscErrorCode HfGate(const PetscReal w[16], PetscReal control, HfGateResult *result);
