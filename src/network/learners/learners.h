/* Declares every learner of learners.def, and what several of them share. Private to src/network/learners. */
#pragma once
#include <hopfilm/network.h>

#define HF_LEARNER(name) extern const HfLearner HfLearner_##name;
#include "learners.def"
#undef HF_LEARNER

#define HF_LEARNER_KEYS_END                                                                                                                          \
  { NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL }

/* ---- resistor_network.c: Kirchhoff's laws on a graph. Not collective. ---- */

/* Links between nodes, with a conductance each, solved by PETSc's sparse Cholesky factors. */
typedef struct HfResistorNetwork_ *HfResistorNetwork;
/* ends[2*n_links]: the nodes that the links join; fixed[n_fixed]: those whose potential is given, at least one in every connected part of the graph. */
PetscErrorCode HfResistorNetworkCreate(PetscInt n_nodes, PetscInt n_links, const PetscInt ends[], PetscInt n_fixed, const PetscInt fixed[],
                                       HfResistorNetwork *network);
PetscErrorCode HfResistorNetworkDestroy(HfResistorNetwork *network);
/* Conductances C[n_links] > 0. */
PetscErrorCode HfResistorNetworkSet(HfResistorNetwork network, const PetscReal C[]);
/* Potentials p[n][n_nodes] for those of the fixed nodes, fixed[n][n_fixed] (NULL: 0), and the currents[n][n_nodes] into free ones (NULL: 0); what flows
   in there leaves at the fixed nodes. */
PetscErrorCode HfResistorNetworkSolve(HfResistorNetwork network, PetscInt n, const PetscReal fixed[], const PetscReal currents[], PetscReal p[]);

/* ---- contrast.c: a network of resistors k at nodes of which some are inputs and others outputs, in its free and in its clamped phase ---- */

/* What holds the outputs in the clamped phase, at their targets V*:

     coupled      fixed at V_free + nudge (V* - V_free)
     equilibrium  a resistor of conductance `nudge` from each to V* */
typedef enum { HF_CLAMP_COUPLED, HF_CLAMP_EQUILIBRIUM } HfClamp;
typedef struct {
  PetscInt n_nodes, n_links, n_inputs, n_outputs;
  const PetscInt *ends, *inputs, *outputs; /* [2*n_links], [n_inputs], [n_outputs]; borrowed until the network is created */
} HfContrastGraph;
typedef struct HfContrast_ *HfContrast;
PetscErrorCode HfContrastCreate(const HfContrastGraph *graph, HfClamp clamp, PetscReal nudge, HfContrast *contrast);
PetscErrorCode HfContrastDestroy(HfContrast *contrast);
/* Conductances k[n_links] > 0. */
PetscErrorCode HfContrastSet(HfContrast contrast, const PetscReal k[]);
/* Potentials p[n_nodes] of the free phase for those of the inputs, V[n_inputs]. */
PetscErrorCode HfContrastFree(HfContrast contrast, const PetscReal V[], PetscReal p[]);
/* Both phases for the inputs V[n_inputs] and the targets[n_outputs]: adds (dV_clamped^2 - dV_free^2)/2 of all links to slope[n_links] (may be NULL), and
   gives *value, E_clamped - E_free with E = sum_e k_e dV_e^2/2 (and the energy of the nudging resistors), and *error, sum (V_free - V*)^2 over the outputs. */
PetscErrorCode HfContrastAdd(HfContrast contrast, const PetscReal V[], const PetscReal targets[], PetscReal slope[], PetscReal *value,
                             PetscReal *error);

/* ---- graphs.c ---- */

/* A graph in the plane. */
typedef struct {
  PetscInt n_nodes, n_links;
  PetscReal *at;  /* [n_nodes][2] */
  PetscInt *ends; /* [n_links][2] */
  PetscInt *rim;  /* [n_rim]: nodes at the rim, by rising angle */
  PetscInt n_rim, centre;
} HfGraph;
/* The nodes of a triangular lattice with spacing 1 within `radius` of a node; the rim has fewer than six links. */
PetscErrorCode HfGraphCreateDisk(PetscReal radius, HfGraph *graph);
PetscErrorCode HfGraphDestroy(HfGraph *graph);

/* ---- adaptive_flow.c ---- */

/* Stationary C[n_links] for the mean squares of the flows through links of length 1, scaled to sum C^gamma = budget. */
void HfAdaptiveFlowSet(PetscInt n_links, PetscReal gamma, PetscReal budget, const PetscReal flow[], PetscReal C[]);

/* ---- springs.c: nodes joined by springs. Not collective. ---- */

/* u of a spring's energy k/2 u(strain) with the exponent xi beyond a linear core. */
PetscReal HfSpringEnergy(PetscReal xi, PetscReal core, PetscReal strain);
/* Nodes in a space of two or three dimensions, joined by springs of one exponent and one core; several may join the same nodes. */
typedef struct HfSprings_ *HfSprings;
PetscErrorCode HfSpringsCreate(PetscInt n_nodes, PetscInt dim, PetscReal xi, PetscReal core, HfSprings *springs);
PetscErrorCode HfSpringsDestroy(HfSprings *springs);
/* Removes all springs. */
void HfSpringsClear(HfSprings springs);
/* A spring of stiffness k and rest length l between nodes i and j. */
PetscErrorCode HfSpringsAdd(HfSprings springs, PetscInt i, PetscInt j, PetscReal k, PetscReal l);
/* Energy of the nodes at x[n_nodes][dim], its gradient[n_nodes][dim] and second derivatives H[n_nodes*dim]^2; either may be NULL. */
PetscReal HfSpringsEnergy(HfSprings springs, const PetscReal x[], PetscReal gradient[], PetscReal H[]);
/* Moves the nodes downhill to an equilibrium. force: what is left of the gradient, relative to what a typical spring exerts at a strain of a core. */
PetscErrorCode HfSpringsRelax(HfSprings springs, PetscReal x[], PetscReal *force);
/* Orthonormal translations and rotations q[dim*(dim+1)/2][n_nodes*dim] of nodes at x[n_nodes][dim]; returns how many. */
PetscInt HfRigidMotions(PetscInt n_nodes, PetscInt dim, const PetscReal x[], PetscReal q[]);
/* Smallest eigenvalue of the second derivatives, translations and rotations apart: positive in a stable equilibrium. */
PetscErrorCode HfSpringsStiffness(HfSprings springs, const PetscReal x[], PetscReal *smallest);
/* Root mean square over all pairs of nodes of the difference of their distances in x and y; 0 when these differ by a motion of the whole alone (or a mirror). */
PetscReal HfSpringsApart(PetscInt n_nodes, PetscInt dim, const PetscReal x[], const PetscReal y[]);

/* ---- stabilization.c ---- */

/* Puts linear springs between all pairs of nodes in the plane so that states[n_states][n_nodes][2] are all in stable equilibrium; with k and l > 0 if they are
   to be positive. margin: the smallest eigenvalue of the second derivatives, or the least of k and k l, in units of sqrt(sum k^2 (1 + l^2)); where it is not
   positive none were found, and there are no springs. */
PetscErrorCode HfSpringsStabilize(HfSprings springs, PetscInt n_nodes, PetscBool positive, PetscInt n_states, const PetscReal states[],
                                  PetscReal *margin);

/* ---- elastic_network.c ---- */

/* Adds an unstretched spring between every pair of nodes at x[n_nodes][dim], of stiffness exp(-r/range), 1 for range 0. */
PetscErrorCode HfSpringsGrow(HfSprings springs, PetscInt n_nodes, PetscInt dim, PetscReal range, const PetscReal x[]);

/* ---- directed_aging.c ---- */

/* Springs on a periodic triangular lattice of spacing 1, in linear response. */
typedef struct {
  PetscInt n_nodes, n_links, *ends; /* [n_links][2] */
  PetscReal area;
  PetscReal *d, *k, *e; /* [n_links][2] from end to end, [n_links] stiffness, [n_links] how far stretched by the last strain */
} HfLattice;
/* side^2 nodes, side even, each displaced by up to `displaced` along x and y; a part `removed` of the springs is left out. */
PetscErrorCode HfLatticeCreate(PetscInt side, PetscReal displaced, PetscReal removed, PetscInt64 seed, PetscInt trial, HfLattice *lattice);
PetscErrorCode HfLatticeDestroy(HfLattice *lattice);
/* Energy under a strain eps_xx, eps_yy, eps_xy with all nodes relaxed; infinite if the network is not rigid. */
PetscErrorCode HfLatticeStrain(HfLattice *lattice, const PetscReal strain[3], PetscReal *energy);
/* Bulk modulus, and the moduli of both shears. */
PetscErrorCode HfLatticeModuli(HfLattice *lattice, PetscReal moduli[3]);
/* Ages for a time while a strain is held, 0 compression, 1 and 2 the shears: dk/dt = -k (k e^2/2). energy: under it before. */
PetscErrorCode HfLatticeAge(HfLattice *lattice, PetscInt held, PetscReal time, PetscReal *energy);

/* ---- learners.c ---- */

/* Mean of n trials, and its standard error; 0 of a single one, or of none. */
void HfMeanAndError(PetscInt n, const PetscReal values[], PetscReal *mean, PetscReal *error);

/* ---- nanowires.c ---- */

#define HF_JUNCTION_RATIO 100.0 /* conductance of a grown junction to that of a fresh one */

/* Random wires in a square, with pads along its left and its right edge. */
typedef struct {
  PetscInt n_wires, n_pads; /* pads: of either edge */
  PetscReal length, decay;  /* decay: rate of depression without voltage, 1/s */
  PetscReal exponent;       /* of the power law; 0: balance of rates */
  PetscInt64 seed;
} HfWiresPlan;
/* Wires as nodes, of which the first are the pads, of the left edge and then of the right one, and junctions as links, each with its growth g, 0 to 1. */
typedef struct {
  PetscInt n_nodes, n_links, n_electrodes;
  PetscInt *ends; /* [n_links][2] */
  PetscReal *g;   /* [n_links] */
  PetscReal decay, exponent;
} HfWires;
/* No links: none of many draws connects all pads. */
PetscErrorCode HfWiresCreate(const HfWiresPlan *plan, PetscInt trial, HfWires *wires);
PetscErrorCode HfWiresDestroy(HfWires *wires);
/* Rates of potentiation and depression at the voltage V of a junction, 1/s. */
void HfJunctionRates(PetscReal V, PetscReal decay, PetscReal *up, PetscReal *down);
/* Applies V from one node to another for a time (s), or less, so that no more current flows than `limit`, all other nodes floating; *G: conductance between
   the two at the end. Conductances relative to a grown junction, currents to that of one at 1 V. */
PetscErrorCode HfWiresApply(HfWires *wires, PetscInt source, PetscInt drain, PetscReal V, PetscReal limit, PetscReal duration,
                            const HfLearning *learning, PetscReal *G);
/* A time (s) without voltage. */
void HfWiresRest(HfWires *wires, PetscReal time);
/* The path of least resistance from one node to another without the junctions taken[n_links] (may be NULL): path[n_links] (may be NULL), the number of its
   junctions, and its conductance; 0: there is none. */
PetscErrorCode HfWiresPath(const HfWires *wires, PetscInt source, PetscInt drain, const PetscBool taken[], PetscBool path[], PetscInt *length,
                           PetscReal *G);
