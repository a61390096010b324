/** @file
   hopfilm/transport.h: charge transport in one conducting layer with electrodes.

   Equation:  div( Sigma[m] grad phi ) = 0, no current through free edges, phi = V_k on electrode k.
   Method: bilinear (Q1) elements on the vertices with the cell's 2x2 tensor, times the layer's thickness; in cells that the outline of the film or of
   an electrode cuts, elements of the conducting part alone (second order in the cell size); conserves current exactly; electrode vertices are eliminated
   symmetrically; conjugate gradients with a multigrid V-cycle (numerics.h). G is symmetric with zero row sums.
   With an anomalous Hall conductivity Sigma, the operator and G are not symmetric: flexible GMRES, rows and columns of G sum to zero,
   G[-m] is the transpose of G[m] (Onsager). */
#pragma once
#include <hopfilm/numerics.h>

/* ---- electrodes: patches of the film held at one potential each; the same for the magnetic film and the gold layer above it ---- */
/** A set of electrodes. */
typedef struct HfElectrodes_ *HfElectrodes;
/** Adds the keys electrodes[] (name, shape, at, lattice, resistance, floating) and misplacement, and the type contact: (shape, at). Not collective. */
PetscErrorCode HfElectrodesRegisterKeys(HfKeys keys);
/** How many electrodes a deck asks for, lattices included, whether they can be made or not. Not collective. */
PetscReal HfElectrodesSettingsCount(HfDeck deck);
/** The electrodes of the deck; an empty set without the section. Errors go to the deck: an electrode off the film or covering none of its vertices, overlap
    (a vertex in two electrodes), duplicate names, a part of the film that no driven electrode reaches, fewer than two driven electrodes. Collective. */
PetscErrorCode HfElectrodesCreate(HfGrid grid, HfDeck deck, HfElectrodes *electrodes);
/** The same for nodes[n] with the keys of electrodes[] or contact:; a contact under a name in the deck is called by it. Errors of the set as a whole are
    reported at `where`. Collective. */
PetscErrorCode HfElectrodesCreateFromNodes(HfGrid grid, HfDeck deck, HfNode where, PetscInt n, const HfNode nodes[], HfElectrodes *electrodes);
/** For tests: electrode_of(x, y, context) gives the electrode (0..n-1) that the vertex at (x,y), in m, belongs to, -1 for none; ideal contacts.
    Collective. */
PetscErrorCode HfElectrodesCreateFromFunction(HfGrid grid, PetscInt n, PetscInt (*electrode_of)(PetscReal x, PetscReal y, void *context),
                                              void *context, HfElectrodes *electrodes);
/** Not collective. */
PetscErrorCode HfElectrodesDestroy(HfElectrodes *electrodes);
/** Number of electrodes. Not collective, like all that ask for one of their properties. */
PetscInt HfElectrodesCount(HfElectrodes electrodes);
/** Columns of the lattice when the deck has all electrodes as one lattice, otherwise 0. */
PetscInt HfElectrodesColumns(HfElectrodes electrodes);
/** Name of electrode k, borrowed. */
const char *HfElectrodesName(HfElectrodes electrodes, PetscInt k);
/** Centre of electrode k, m. */
void HfElectrodesPosition(HfElectrodes electrodes, PetscInt k, PetscReal xy[2]);
/** Whether electrode k is connected to nothing. */
PetscBool HfElectrodesFloating(HfElectrodes electrodes, PetscInt k);
/** Contact resistance of electrode k, ohm, in series with the ideal contact. */
PetscReal HfElectrodesResistance(HfElectrodes electrodes, PetscInt k);
/** Electrode of every owned vertex, [row][nx+1] from row ys on, -1 for none; borrowed. */
const int16_t *HfElectrodesVertices(HfElectrodes electrodes);

/** Pairs of corners of a cell. */
#define HF_CELL_PAIRS 6
/** Their corners SW, SE, NE, NW: 0 to 3. */
extern const int HfCellPairs[HF_CELL_PAIRS][2];
/** Integrals over the conducting part of a cell, for each pair of its corners and their functions u and v; since the functions of all corners add up to one, the
    integral for potentials phi and psi is minus the sum over the pairs of value times (difference of phi) times (difference of psi). */
typedef struct {
  PetscReal xx[HF_CELL_PAIRS]; /**< of d_x u d_x v */
  PetscReal xy[HF_CELL_PAIRS]; /**< of d_x u d_y v + d_y u d_x v */
  PetscReal yy[HF_CELL_PAIRS]; /**< of d_y u d_y v */
} HfCellElement;
/** Cells of all ranks that the outline of the film or of an electrode cuts, cells[n] numbered j nx + i, and their elements; all others are void or conduct as
    a whole. The caller frees both by PetscFree(). Collective. */
PetscErrorCode HfElectrodesGatherCutCells(HfElectrodes electrodes, PetscInt *n, PetscInt *cells[], HfCellElement *elements[]);

/* ---- conductivity: models of one file each (src/transport/tensors/): isotropic, amr, anomalous_hall, gmr ---- */
/** Adds the keys of the models to the type material: (conductivity, amr_ratio, hall_conductivity, gmr_ratio and their variations) and the section potential.
    Not collective. */
PetscErrorCode HfTransportRegisterKeys(HfKeys keys);
/** A material as a conductor. Variations are standard deviations from grain to grain, relative to the mean. */
typedef struct {
  PetscReal conductivity;           /**< S/m, the mean over all directions of m; 0 when the deck has none */
  PetscReal amr_ratio;              /**< 2 (rho_par - rho_perp)/(rho_par + rho_perp) */
  PetscReal hall_conductivity;      /**< S/m */
  PetscReal conductivity_variation; /**< of the conductivity */
  PetscReal amr_ratio_variation;    /**< of the AMR ratio */
  PetscReal thickness_variation;    /**< of the thickness */
  PetscBool depends_on_m;           /**< the conductivity depends on m: AMR, Hall effect, GMR */
  PetscBool odd_in_m;               /**< a symmetric part of it is odd in m: GMR */
  PetscBool by_region;              /**< some region of the film has a material of its own */
} HfConductivitySettings;
/** The material of a region (0: the film's own) as a conductor. Not collective. */
void HfConductivitySettingsRead(HfDeck deck, PetscInt region, HfConductivitySettings *settings);
/** Reports every region without a conductivity to the deck: a film with contacts needs it. Not collective. */
PetscErrorCode HfConductivitySettingsCheck(HfDeck deck, PetscInt n_regions);

/* ---- the potential of a layer ---- */
/** A layer and the potential in it. */
typedef struct HfPotential_ *HfPotential;
/** The magnetic film: Sigma from the material of each region, at first for the film saturated along z. Errors go to the deck. Collective. */
PetscErrorCode HfPotentialCreateFilm(HfGrid grid, HfElectrodes electrodes, HfDeck deck, HfPotential *potential);
/** A layer of given conductivity (S/m) and thickness (m) over the film's cells, the same everywhere. Collective. */
PetscErrorCode HfPotentialCreateIsotropic(HfGrid grid, HfElectrodes electrodes, PetscReal conductivity, PetscReal thickness, HfPotential *potential);
/** For tests: sigma(x, y, context, S) gives the tensor S[4] = {xx, xy, yx, yy}, S/m, of the cell centred at (x,y), m. Collective. */
PetscErrorCode HfPotentialCreateFromFunction(HfGrid grid, HfElectrodes electrodes, PetscReal thickness,
                                             void (*sigma)(PetscReal x, PetscReal y, void *context, PetscReal S[4]), void *context,
                                             HfPotential *potential);
/** Collective. */
PetscErrorCode HfPotentialDestroy(HfPotential *potential);
/** Residual norm, relative to that of zero potential, at which the solver stops, in (0,1); 1e-10 without a deck. Not collective. */
PetscErrorCode HfPotentialSetTolerance(HfPotential potential, PetscReal relative);
/** The same, as it is. Not collective. */
PetscReal HfPotentialTolerance(HfPotential potential);
/** Sets Sigma[m] and with it the operator; m, a cell Vec with 3 components, is borrowed until the next call; NULL: the film saturated along z. The
    preconditioner is lagged: it is renewed when it costs more than it saves. Collective. */
PetscErrorCode HfPotentialSetMagnetization(HfPotential potential, Vec m);
/** A potential, V, at the layer's vertices: owned rows of nx+1 numbers, 0 in the void. Collective. */
PetscErrorCode HfPotentialCreateVector(HfPotential potential, Vec *phi);
/** phi for terminal voltages V[N], V (those of floating electrodes are ignored); currents[N], A (may be NULL), into the layer, read from phi; phi is the start
    vector on entry. Behind contact resistances and with floating electrodes the potentials of the contacts are those that HfConductance() gives, and phi is
    superposed of its solutions unless currents are asked for. HF_ERR_DIVERGED when the solver does not converge. Collective. */
PetscErrorCode HfPotentialSolve(HfPotential potential, const PetscReal V[], Vec phi, PetscReal currents[]);
/** The same by superposition of the unit solutions of the last HfConductance(); no solve. Collective. */
PetscErrorCode HfPotentialSuperpose(HfPotential potential, const PetscReal V[], Vec phi);
/** Current density j at the cell centres, A/m^2, a cell Vec with 2 components; in cells that an outline cuts its mean over what the film fills of the cell; 0 in the
    void. Collective. */
PetscErrorCode HfPotentialCurrentDensity(HfPotential potential, Vec phi, Vec j);
/** The same averaged over whole cells, so that the sum times the volume of a cell is the integral of j: for cells that the edge of the film cuts this includes
    what is empty, and those whose centres are outside of the film. Collective. */
PetscErrorCode HfPotentialCellCurrent(HfPotential potential, Vec phi, Vec j);
/** Current density that enters the layer through its electrodes (floating ones have no lead), A/m^2, a cell Vec with 1 component: the discrete reactions
    spread over the cells around their vertices, so that the sum times the cell's area is the current of the electrode; or, `uniform`, this current shared
    evenly by the electrode's vertices. Collective. */
PetscErrorCode HfPotentialLeadCurrentDensity(HfPotential potential, Vec phi, PetscBool uniform, Vec j_z);
/** phi at the owned vertices into values[row][nx+1], V. Not collective. */
PetscErrorCode HfPotentialGetVertexValues(HfPotential potential, Vec phi, PetscReal values[]);
/** Solves and iterations since creation, and the iterations of the last solve; any may be NULL. Not collective. */
void HfPotentialStatistics(HfPotential potential, PetscInt64 *solves, PetscInt64 *iterations, PetscInt *last);
/** Lists what the next solution depends on: start vectors, lagged coarse levels, counters. Collective. */
PetscErrorCode HfPotentialListCheckpoint(HfPotential potential, HfCheckpointList list);
/** Follows once these were loaded. Collective. */
PetscErrorCode HfPotentialCheckpointLoaded(HfPotential potential);

/* ---- conductance ---- */
/** G[N*N], S, between the terminals: I = G V, so that G[k*N+l] is the current into terminal k for 1 V on terminal l; N-1 solves, each starting from its
    previous solution, and kept for HfPotentialSuperpose(). Contact resistances are included; floating electrodes have zero rows and columns. Collective. */
PetscErrorCode HfConductance(HfPotential potential, PetscReal G[]);
/** The bench procedure of Niu et al. 2024 (Methods) for four electrodes: each of seven wirings groups them into + and - and measures the conductance between
    the groups, by HfPotentialSolve() and not from a known G. G[16], S, from the first six; `deviation`: that of the seventh from what these predict,
    relative to the prediction's reading. Of a G that is not symmetric the procedure sees the symmetric part alone. Collective. */
PetscErrorCode HfConductanceByWirings(HfPotential potential, PetscReal G[16], PetscReal *deviation);
/** Circuit algebra on plain arrays, n x n by rows: from the conductances of the contacts to those of the terminals, S, and the contacts' potentials for 1 V
    on each terminal; resistance[n] in ohm; work[n*n]. G need not be symmetric; floating contacts that no driven one reaches are an error.
    Not collective. */
PetscErrorCode HfCircuitReduce(PetscInt n, const PetscReal G_contact[], const PetscReal resistance[], const PetscBool floating[],
                               PetscReal G_terminal[], PetscReal contact_from_terminal[], PetscReal work[]);
