/** @file
    Hopfield mathematics on plain arrays: no PDE, no MPI, nothing collective.

    Matrices are row-major n x n. A pattern is an array V[n] of +1 and -1, one per node; unless said otherwise its energy is
    E(V) = -sum_ij w_ij V_i V_j (Niu et al. 2024, Eq. 4), with a zero diagonal of the weights w. */
#pragma once
#include <hopfilm/deck.h>

/* ---- weights ---- */

/** How conductances become weights:

    saturated   w = G - G0, G0 of the film saturated along z (Yu et al. 2021)
    scaled      w = G - xi G0 (Niu et al. 2024, Methods)
    midrange    w = G - (Gmin + Gmax)/2, per pair over a set of matrices (Niu et al. 2024, after Eq. 4)
    resistance  w = R - xi R0, R of HfResistance() (Yu et al. 2021, "negative feedback") */
typedef enum { HF_WEIGHTS_SATURATED, HF_WEIGHTS_SCALED, HF_WEIGHTS_MIDRANGE, HF_WEIGHTS_RESISTANCE } HfWeightsKind;
/** "saturated", "scaled", "midrange", "resistance", NULL. */
extern const char *const HfWeightsNames[];
/** Whether the kind has a parameter xi. */
PetscBool HfWeightsHaveXi(HfWeightsKind kind);
/** w[n*n] from G[n*n] and G0[n*n] (S); `set` holds n_set matrices, for midrange. Zero diagonal unless with_diagonal. */
PetscErrorCode HfWeights(HfWeightsKind kind, PetscInt n, const PetscReal G[], const PetscReal G0[], PetscReal xi, PetscInt n_set,
                         const PetscReal set[], PetscBool with_diagonal, PetscReal w[]);
/** R[n*n] (ohm), the pseudo-inverse of the conductance matrix G: V = R I for currents that sum to zero, V without a mean; R x = 0 for uniform x. Of currents
    that do not sum to zero the mean is ignored. Floating electrodes (zero rows of G) have zero rows. An error when the other electrodes are not connected. */
PetscErrorCode HfResistance(PetscInt n, const PetscReal G[], PetscReal R[]);
/** Smallest and largest value of every element over n_set matrices set[n_set*n*n]. */
PetscErrorCode HfMidrange(PetscInt n, PetscInt n_set, const PetscReal set[], PetscReal G_min[], PetscReal G_max[]);

/* ---- patterns and their energies. The index of a pattern reads its nodes as bits, node 0 the highest, + set: ----, ---+, --+-, ... ---- */

/** E(V) = -sum_ij w_ij V_i V_j, diagonal included. */
PetscReal HfPatternEnergy(PetscInt n, const PetscReal w[], const PetscReal V[]);
/** V[n] of an index. */
void HfPatternFromIndex(PetscInt n, PetscInt index, PetscReal V[]);
/** Index of V[n]. */
PetscInt HfPatternToIndex(PetscInt n, const PetscReal V[]);
/** "++--", n+1 bytes. */
void HfPatternToText(PetscInt n, const PetscReal V[], char text[]);

/** What the energies of all patterns say of a trained one. The mirror -V of a pattern has its energy and counts as the same pattern. */
typedef struct {
  PetscInt minimum;             /**< index of the pattern of lowest energy with V_0 = +1 */
  PetscBool trained_is_minimum; /**< by more than round-off */
  PetscReal margin;             /**< (lowest energy of another pattern - that of the trained one) / largest |E|; negative: another is lower */
  PetscReal largest_eigenvalue; /**< of the symmetric part of w */
} HfEnergyReport;
/** energies[2^n] of all patterns by index; 2 <= n <= 20. Uniform patterns take part in the report only with_uniform. */
PetscErrorCode HfPatternEnergies(PetscInt n, const PetscReal w[], const PetscReal trained[], PetscBool with_uniform, PetscReal energies[],
                                 HfEnergyReport *report);
/** Relative change of the Ohmic power x.G.x at 1 V (with resistances in place of G: at 1 A) from one film to another, (x.G.x) / (x.G_before.x) - 1: of the
    pattern x, and the mean over all other patterns, mirrors and uniform ones excepted. 2 <= n <= 20. */
PetscErrorCode HfPatternPowerChange(PetscInt n, const PetscReal G[], const PetscReal G_before[], const PetscReal x[], PetscReal *own,
                                    PetscReal *others);

/** A network of four nodes as a logic gate. */
typedef struct {
  PetscInt output[4]; /**< for inputs --, -+, +-, ++: +1, -1, or 0 for a tie */
  PetscReal margin;   /**< smallest |sum| / sum of the magnitudes of its terms */
  const char *gate;   /**< "AND", "OR", "NAND", "NOR", "XOR", ...; "none" with a tie */
} HfGateResult;
/** Inputs are nodes 2 and 3, the control (+1 or -1) is on node 1: output_4 = sgn(V_2 w_24 + V_3 w_34 + V_1 w_14) (Niu et al. 2024, Methods). */
PetscErrorCode HfGate(const PetscReal w[16], PetscReal control, HfGateResult *result);

/* ---- networks ---- */

/** A network ready for recall: the local field h_i(V) of every node, updated as nodes flip. Holds a copy of the weights. Not thread-safe. */
typedef struct HfNetwork_ *HfNetwork;
/** A network of pair weights, h_i = sum_j w_ij V_j; w need not be symmetric. */
PetscErrorCode HfNetworkCreate(PetscInt n, const PetscReal w[], HfNetwork *network);
/** A dense associative memory of the patterns x[n_patterns*n]: h_i = sum_p F(x_i + a) - F(-x_i + a), a = sum_{j != i} x_j V_j over pattern p,
    F(z) = z^degree, degree >= 2 (Krotov & Hopfield 2016). The x may be any numbers, such as weights of hidden units. */
PetscErrorCode HfNetworkCreateDense(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt degree, HfNetwork *network);
/** Frees the network. */
PetscErrorCode HfNetworkDestroy(HfNetwork *network);
/** Number of nodes of x that one synchronous update changes; 0: x is a fixed point. */
PetscInt HfUnstablePixels(HfNetwork network, PetscReal dead_zone, const PetscReal x[]);
/** Smallest x_i h_i / (sum of the magnitudes of the terms of h_i) over the nodes, -1 to 1; negative: x is no fixed point. A node without terms counts
    as 0. */
PetscReal HfStabilityMargin(HfNetwork network, const PetscReal x[]);

/** Whether no update changes V[n]. */
PetscBool HfNetworkIsFixedPoint(HfNetwork network, PetscReal dead_zone, const PetscReal V[]);
/** The local field h_i of a node in the pattern V[n]; parts: the sum of the magnitudes of its terms. */
PetscReal HfNetworkLocalField(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts);

/* ---- read-outs, one file each in src/network/readouts/: how a film that is read becomes a network ----

     voltage         every electrode at +V0 or -V0: pair weights of HfWeights()
     current-source  the electrodes of either sign joined at the two ends of a current source (Niu et al. 2024, Methods) */

/** The conductances that are read, as of HfWeights(). */
typedef struct {
  PetscInt n;              /**< nodes */
  HfWeightsKind kind;      /**< saturated and scaled alone for a current source */
  const PetscReal *G;      /**< [n*n], S: of the film; of its ideal contacts where the read-out is by four probes */
  const PetscReal *G0;     /**< the same of the saturated film */
  PetscReal xi;            /**< of scaled and resistance weights */
  PetscInt n_set;          /**< for midrange */
  const PetscReal *set;    /**< [n_set][n*n] */
  PetscBool with_diagonal; /**< of the voltage read-out alone */
} HfReadoutInput;
/** A read-out. */
typedef struct {
  const char *name;                                                           /**< in decks */
  const char *citation;                                                       /**< key of an entry in src/base/citations.c; NULL: none */
  PetscBool four_probe;                                                       /**< contact resistances do not count */
  PetscErrorCode (*network)(const HfReadoutInput *input, HfNetwork *network); /**< the network that is read; the caller destroys it */
} HfReadout;
/** A read-out by its name; NULL if there is none. */
const HfReadout *HfReadoutFind(const char *name);
/** What a current source of `current` (A) does with its + end on the nodes of sign + and its - end on the others: currents[n], the current into each node (A), and the
    voltage between the ends (V). A uniform s carries no current, and its voltage is infinite. */
PetscErrorCode HfCurrentSourceRead(PetscInt n, const PetscReal G[], const PetscReal s[], PetscReal current, PetscReal currents[], PetscReal *voltage);

/* ---- recall ---- */

/** All nodes at once; one random node at a time; every node once per sweep, in a new random order, until a sweep changes none; or sweeps at a temperature,
    each node + with the probability 1/(1 + exp(-2 h_i/(T s))), s the mean over the nodes of sum_j |w_ij| (Glauber 1963); 1/2 for s = 0. */
typedef enum { HF_RECALL_SYNCHRONOUS, HF_RECALL_ASYNCHRONOUS, HF_RECALL_SWEEPS, HF_RECALL_STOCHASTIC } HfRecallMethod;
/** "synchronous", "asynchronous", "sweeps", "stochastic", NULL. */
extern const char *const HfRecallNames[];
/** How to recall. */
typedef struct {
  HfRecallMethod method;   /**< which nodes are updated when */
  PetscInt max_iterations; /**< updates of all nodes (synchronous, sweeps, stochastic) or of one (asynchronous) */
  PetscInt quiet_updates;  /**< asynchronous: stop after more than this many updates without a change (Niu et al.: 10) */
  PetscReal dead_zone;     /**< |h| relative to the sum of the magnitudes of its terms, below which it is round-off and the node keeps its sign */
  PetscReal temperature;   /**< stochastic: T > 0, relative to the mean largest field of a node */
  PetscInt64 seed;         /**< of the order of asynchronous updates and sweeps, and of stochastic ones */
  PetscInt64 stream_index; /**< of that order, another one for every recall */
} HfRecallOptions;
/** How a recall ended. */
typedef struct {
  PetscInt iterations; /**< as HfRecallOptions.max_iterations counts them */
  PetscInt sweeps;     /**< updates per node, rounded up */
  PetscBool converged; /**< no node would change */
  PetscInt cycle;      /**< 2 when a cycle of length 2 was found, else 0 */
} HfRecallResult;
/** Updates V[n] until it is stable or the limits of the options are reached. */
PetscErrorCode HfNetworkRecall(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result);
/** The same for a single pattern, without a network of its own. */
PetscErrorCode HfRecall(PetscInt n, const PetscReal w[], const HfRecallOptions *options, PetscReal V[], HfRecallResult *result);
/** How many recalls of n nodes take a few hundredths of a second, at least 1: after so many a run looks whether it is to stop. */
PetscInt64 HfRecallBatch(PetscInt n, const HfRecallOptions *options);
/** Whether no update changes V[n]. */
PetscBool HfIsFixedPoint(PetscInt n, const PetscReal w[], PetscReal dead_zone, const PetscReal V[]);

/* ---- wirings ---- */

/** A wiring B: node k shows pixel p(k) with sign s_k, V_nodes = B x. Arrays of nodes have n_nodes entries, arrays of pixels n_pixels. */
typedef struct {
  PetscInt n_nodes;  /**< number of nodes */
  PetscInt n_pixels; /**< number of pixels */
  PetscInt *pixel;   /**< [n_nodes], 0 .. n_pixels-1; every pixel at least once */
  PetscReal *sign;   /**< [n_nodes], +1 or -1 */
} HfWiring;
/** V = B x. */
void HfWiringExpand(const HfWiring *wiring, const PetscReal x[], PetscReal V[]);
/** G = B^T G_nodes B. */
void HfWiringReduce(const HfWiring *wiring, const PetscReal G_nodes[], PetscReal G[]);
/** links = |B|^T node_links |B|, with a zero diagonal. */
void HfWiringLinks(const HfWiring *wiring, const PetscReal node_links[], PetscReal links[]);

/** A model of what a film with a given wiring learns: the conductance of links between near nodes. */
typedef struct {
  void *context;         /**< first argument of the callbacks */
  PetscInt n_links;      /**< number of links */
  const PetscInt *links; /**< [n_links][2], nodes */
  const PetscReal *G0;   /**< [n_links], of the untrained film, S */
  /** Gives *G (S) of all links for a wiring of which only the entries of nodes[n] differ from that of the last call; n < 0: all may differ, and nothing
      is left to undo. */
  PetscErrorCode (*change)(void *context, const HfWiring *wiring, PetscInt n, const PetscInt nodes[], const PetscReal **G);
  PetscErrorCode (*settle)(void *context, PetscBool keep); /**< makes the last change final, or undoes it */
} HfWiringModel;
/** Options of a search. */
typedef struct {
  PetscReal xi;          /**< of w = B^T (G - xi G0) B */
  PetscReal tolerance;   /**< uncertainty of the conductance of a link relative to its G0 */
  PetscInt n_flips;      /**< length of flips[] */
  const PetscInt *flips; /**< numbers of flipped pixels to recall from; the caller's */
  PetscInt64 candidates; /**< to try in all */
  PetscInt64 seed;       /**< the search is a function of the seed and the start */
  PetscInt64 start;      /**< number of the search among those with the same seed */
} HfAnnealOptions;
/** A search for the wiring with which a film recalls given patterns best, by simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983). With w = B^T (G - xi G0) B
    without its diagonal, the cost of a wiring is the mean over patterns and numbers of flips k of

      -sum_i ln Phi(z_i),   z_i = (1 - 2k/n) a_i / sqrt(4 k/n (1 - k/n) sum_j w_ij^2 + s_i^2),   a_i = sum_j w_ij x_i x_j

    with Phi the normal distribution: the logarithm of the probability that the local field of every pixel has the right sign when k of n pixels are flipped,
    the pixels taken as independent. s_i is the uncertainty from the links of pixel i, each uncertain by `tolerance` times its G0. */
typedef struct HfAnneal_ *HfAnneal;
/** Starts from a random wiring in which all pixels drive the same number of nodes, or one more. The model, x[n_patterns*n_pixels] and options->flips are
    borrowed. */
PetscErrorCode HfAnnealCreate(const HfWiringModel *model, PetscInt n_nodes, PetscInt n_pixels, PetscInt n_patterns, const PetscReal x[],
                              const HfAnnealOptions *options, HfAnneal *anneal);
/** Frees the search; the model stays. */
PetscErrorCode HfAnnealDestroy(HfAnneal *anneal);
/** Tries so many more candidates, up to options->candidates in all, at a falling temperature. */
PetscErrorCode HfAnnealAdvance(HfAnneal anneal, PetscInt64 candidates);
/** Candidates tried so far. */
PetscInt64 HfAnnealDone(HfAnneal anneal);
/** Cost of the best wiring so far, and that wiring (borrowed; may be NULL). */
PetscReal HfAnnealBest(HfAnneal anneal, const HfWiring **wiring);
/** Weights w[n_pixels^2] (may be NULL) of a wiring, and its cost. Calls the model for all nodes. */
PetscErrorCode HfAnnealWeights(HfAnneal anneal, const HfWiring *wiring, PetscReal w[], PetscReal *cost);

/* ---- inference: many noisy images of the stored patterns, each recalled and named by the pattern that it resembles most. A test is a number that stands
   for (amount, pattern, sample), the sample running fastest, so that ranks may take any ranges; its image depends on the seed and that number alone, so
   that all weights and controls see the same images. ---- */

/** Exactly `amount` pixels flipped; each pixel flipped with probability `amount`; or a Gaussian number of standard deviation `amount` added to +-1 before the
    sign is taken. */
typedef enum { HF_NOISE_FLIPS, HF_NOISE_PROBABILITY, HF_NOISE_GREY } HfNoiseKind;
/** "flips", "probability", "grey", NULL. */
extern const char *const HfNoiseNames[];
/** V[n], noisy image number `image` of the pattern x[n]: HF_STREAM_NOISE for images of a test, HF_STREAM_LESSON for those that something is
    learned from or chosen by, which no test then shows again. */
PetscErrorCode HfNoise(HfNoiseKind kind, PetscReal amount, PetscInt n, const PetscReal x[], PetscInt64 seed, HfStream stream, PetscInt64 image,
                       PetscReal V[]);

/** The tests of an inference. */
typedef struct {
  HfNoiseKind noise;        /**< of the images */
  PetscInt n_amounts;       /**< amounts of noise */
  const PetscReal *amounts; /**< [n_amounts] */
  PetscInt samples;         /**< per pattern and amount */
  PetscInt64 seed;          /**< of the noise ... */
  HfStream stream;          /**< ... and its stream, as of HfNoise() */
  HfRecallOptions recall;   /**< a test adds its number to stream_index */
} HfInferOptions;
#define HF_INFER_CREDIT 720720 /**< of a correct test; when m patterns tie, each gets an exact share up to m = 16 */
/** Counts over tests: whole numbers, so that their sums do not depend on the number of ranks. */
typedef struct {
  PetscInt64 tests;          /**< number of tests */
  PetscInt64 correct;        /**< the stored pattern alone has the largest similarity x'.x_k: a tie counts as wrong */
  PetscInt64 credit;         /**< ties share; in units of 1/HF_INFER_CREDIT */
  PetscInt64 ties;           /**< the stored pattern has the largest similarity together with others */
  PetscInt64 exact;          /**< recalled in every pixel */
  PetscInt64 exact_before;   /**< the image was the pattern before any recall */
  PetscInt64 overlap_before; /**< sum of V.x over the tests before recall */
  PetscInt64 overlap_after;  /**< and after */
  PetscInt64 cycles;         /**< ended in a cycle of length 2 */
  PetscInt64 unconverged;    /**< ended otherwise, without being found stable */
  PetscInt64 iterations;     /**< sum */
} HfInferCounts;
#define HF_INFER_COUNTS ((PetscInt)(sizeof(HfInferCounts) / sizeof(PetscInt64))) /**< members of HfInferCounts */
/** The result of an inference with one amount of noise. */
typedef struct {
  HfInferCounts counts;       /**< sums over the tests */
  PetscInt64 most_iterations; /**< a maximum, not a sum */
  PetscInt64 *confusion;      /**< [n_patterns][n_patterns + 1], stored, recalled as (last: a tie); the caller's, may be NULL */
} HfInferTally;
/** Number of all tests. */
PetscInt64 HfInferTests(const HfInferOptions *options, PetscInt n_patterns);
/** The image V[n] of a test before recall; amount and pattern (may be NULL) receive their places in the lists. */
PetscErrorCode HfInferImage(PetscInt n, PetscInt n_patterns, const PetscReal x[], const HfInferOptions *options, PetscInt64 test, PetscReal V[],
                            PetscInt *amount, PetscInt *pattern);
/** Adds the tests first_test .. first_test + n_tests - 1 to tally[n_amounts]; network NULL: no recall, the image itself is named. */
PetscErrorCode HfInfer(PetscInt n, HfNetwork network, PetscInt n_patterns, const PetscReal x[], const HfInferOptions *options, PetscInt64 first_test,
                       PetscInt64 n_tests, HfInferTally tally[]);
/** The 95 % interval of a proportion (Wilson 1927); successes may be a sum of shares. Without trials 0 to 1. */
void HfWilson(PetscReal successes, PetscReal trials, PetscReal *low, PetscReal *high);

/* ---- learning rules, one file each in src/network/rules/: what a network with exact weights would do with the same patterns ---- */

/** Parameters of the rules; start from a copy of HF_RULE_DEFAULTS. */
typedef struct {
  const PetscReal *links; /**< n x n: nearest-neighbour links of the node lattice between pixels i and j; NULL: unknown */
  PetscInt64 seed;        /**< of random starts, states and spikes */
  PetscInt epochs;        /**< of reduced-model and stdp */
  PetscReal decay;        /**< of reduced-model: fraction of a link that remains after a pulse, exp(-pulse/tau) */
  PetscReal unlearning;   /**< of hopfield-unlearning: size of one subtraction relative to a stored pattern */
  PetscReal dreams;       /**< of hopfield-unlearning: all subtractions together relative to all stored patterns */
  PetscInt degree;        /**< of dense-associative-memory and competing-hidden-units */
  PetscReal anti_hebbian; /**< of competing-hidden-units: how strongly the second unit is pushed away, relative to how the first learns */
  PetscReal jitter;       /**< of stdp: standard deviation of the time of a spike, ms */
  /** Called during rules that take long, after a few hundredths of a second each: an error code ends the learning with it. NULL: not called. */
  PetscErrorCode (*pause)(void *of);
  void *pause_of; /**< its argument */
} HfRuleContext;
/** The parameters that runs use. */
extern const HfRuleContext HF_RULE_DEFAULTS;
/** A rule; either `learn` or `network` is NULL. Patterns x[n_patterns*n] are in the order of training; context NULL: HF_RULE_DEFAULTS. */
typedef struct {
  const char *name;      /**< in decks */
  const char *former;    /**< a name that it had in decks of earlier versions; NULL: none */
  const char *doc;       /**< one sentence; which published rule it is, where the name stands for several */
  const char *citation;  /**< key of an entry in src/base/citations.c; NULL: none */
  PetscBool needs_links; /**< fails without context->links */
  PetscBool on_request;  /**< not among the rules of a step that names none */
  /** Pair weights w[n*n]: symmetric, zero diagonal. */
  PetscErrorCode (*learn)(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]);
  /** The network of a rule without pair weights. */
  PetscErrorCode (*network)(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], HfNetwork *network);
} HfRule;
/** Number of rules. */
PetscInt HfRuleCount(void);
/** Rule k of the list. */
const HfRule *HfRuleGet(PetscInt k);
/** A rule by its name; NULL if there is none. */
const HfRule *HfRuleFind(const char *name);
/** A rule by the name that it had in earlier versions; NULL if there is none. */
const HfRule *HfRuleFindFormer(const char *name);
/** Creates the network of any rule, and cites its paper. */
PetscErrorCode HfRuleLearn(const HfRule *rule, const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[],
                           HfNetwork *network);

/* ---- the reduced model, Niu et al. 2024 Eqs. (2), (3), in continuous time:
     dG_ij/dt = eta [ V_i V_j - 2 alpha_ij (G_ij - Gavg_ij) ],   alpha_ij = (DeltaV_ij)^2 / (4 (Gmax_ij - Gmin_ij)),
   so that every driven pair relaxes exponentially with the time constant tau = 1/(2 eta alpha) ---- */

/** The common time constant of several pairs. */
typedef struct {
  PetscReal tau;       /**< s */
  PetscReal r_squared; /**< over all pairs and times of the scaled traces */
  PetscReal rms;       /**< of the residual of the scaled traces */
} HfOjaFitResult;
/** Fits one tau to the conductances traces[k*n_times + t] (S) of pairs k at times[t] (s) by least squares; each trace is scaled to 0 at its start and 1 at its
    end, and its asymptote is fitted too. model[n_pairs*n_times] (may be NULL) receives the fitted curves, S. At least three times. */
PetscErrorCode HfOjaFit(PetscInt n_pairs, PetscInt n_times, const PetscReal times[], const PetscReal traces[], PetscReal model[],
                        HfOjaFitResult *result);
/** The cost that the film minimizes: C = sum_{i != j} (V_i-V_j)^2 G_ij/2 + sum_{i != j} alpha_ij (G_ij - Gmax_ij)^2. */
PetscReal HfOjaCost(PetscInt n, const PetscReal V[], const PetscReal G[], const PetscReal G_min[], const PetscReal G_max[]);

/* ---- learners, one file each in src/network/learners/: other systems that learn by themselves, beside the film on the same patterns ---- */

/** What a learner is given, and whom it tells what it finds; reports are collective, so that all ranks run the learner alike. */
typedef struct {
  PetscInt n;             /**< terminals of the film; 0: it has no electrodes */
  PetscInt n_times;       /**< of the last pulse, where the film's conductance was probed along it; 0: it was not */
  const PetscReal *times; /**< [n_times] s */
  const PetscReal *G;     /**< [n_times][n*n] S */
  const PetscReal *V;     /**< [n] V, of that pulse */
  /** Called after pieces of work of no more than some 0.1 s: an error code ends the learner with it. */
  PetscErrorCode (*pause)(void *of);
  PetscErrorCode (*array)(void *of, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[],
                          const char *unit);                             /**< a table */
  PetscErrorCode (*figure)(void *of, const char *name, PetscReal value); /**< a number of the finding to come */
  PetscErrorCode (*headline)(void *of, const char *text);                /**< a finding in one line, with the numbers before it */
  PetscErrorCode (*fault)(void *of,
                          const char *text); /**< what is wrong with the settings and shows while learning alone; returns the code to end with */
  void *of;                                  /**< argument of these */
} HfLearning;
/** A learner. */
typedef struct {
  const char *name;     /**< in decks */
  const char *citation; /**< key of an entry in src/base/citations.c; NULL: none */

  const HfKey *keys; /**< rows below "learn", the section itself first */
  /** Reads the section into *settings, which PetscFree() frees; errors go to the deck. */
  PetscErrorCode (*settings)(HfDeck deck, HfNode node, void **settings);
  PetscBool (*wants_film)(const void *settings);                           /**< whether it looks at the film's last pulse; NULL: never */
  PetscErrorCode (*run)(const void *settings, const HfLearning *learning); /**< learns, and reports */
} HfLearner;
/** Number of learners. */
PetscInt HfLearnerCount(void);
/** Learner k of the list. */
const HfLearner *HfLearnerGet(PetscInt k);
/** A learner by its name; NULL if there is none. */
const HfLearner *HfLearnerFind(const char *name);
