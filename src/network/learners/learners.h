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
/* ends[2*n_links]: the nodes that the links join; the potential of the node `ground` is 0. The graph is connected. */
PetscErrorCode HfResistorNetworkCreate(PetscInt n_nodes, PetscInt n_links, const PetscInt ends[], PetscInt ground, HfResistorNetwork *network);
PetscErrorCode HfResistorNetworkDestroy(HfResistorNetwork *network);
/* Conductances C[n_links] > 0. */
PetscErrorCode HfResistorNetworkSet(HfResistorNetwork network, const PetscReal C[]);
/* Potentials p[n][n_nodes] for the currents[n][n_nodes] into the nodes; what flows in elsewhere leaves at the ground. */
PetscErrorCode HfResistorNetworkSolve(HfResistorNetwork network, PetscInt n, const PetscReal currents[], PetscReal p[]);

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
