/* hopfilm/transport.h: charge transport in one conducting layer with electrodes.

   Equation:  div( Sigma[m] grad phi ) = 0, no current through free edges, phi = V_k on electrode k.
   Method: bilinear (Q1) elements on the vertices with the cell's 2x2 tensor, times the layer's thickness; conserves current exactly; electrode
   vertices are eliminated symmetrically; CG with geometric multigrid. G is symmetric with zero row sums.
   With an anomalous Hall conductivity Sigma, the operator and G are not symmetric: flexible GMRES, rows and columns of G sum to zero,
   G[-m] is the transpose of G[m] (Onsager). */
#pragma once
#include <hopfilm/numerics.h>

/* ---- electrodes: patches of vertices; the same for the magnetic film and the gold layer above it ---- */
typedef struct HfElectrodes_ *HfElectrodes;
PetscErrorCode HfElectrodesRegisterKeys(HfKeys keys); /* electrodes[]: name, shape, at, lattice {columns, rows, pitch}, resistance, floating;
                                                         misplacement; type contact: {shape, at} */
/* Checks, reported to the deck: electrode off the film, covers no film vertex, overlap (a vertex in two electrodes), duplicate name, film island without
   contact, fewer than two driven electrodes. A deck without the section makes an empty set. Collective. */
PetscErrorCode HfElectrodesCreate(HfGrid grid, HfDeck deck, HfElectrodes *electrodes);
PetscReal HfElectrodesOfDeck(HfDeck deck); /* how many a deck asks for, lattices included, whether they can be made or not. Not collective. */
/* The same checks for any set of sections with keys of electrodes[] or contact:; one that stands under a name in the deck is called by it. Errors of
   the set as a whole are told at `where`. Collective. */
PetscErrorCode HfElectrodesCreateFromNodes(HfGrid grid, HfDeck deck, HfNode where, PetscInt n, const HfNode nodes[], HfElectrodes *electrodes);
/* For tests: electrode_of(x, y, context) gives the electrode (0..n-1) that vertex (x,y) belongs to, -1 for none; ideal contacts. */
PetscErrorCode HfElectrodesCreateFromFunction(HfGrid grid, PetscInt n, PetscInt (*electrode_of)(PetscReal x, PetscReal y, void *context),
                                              void *context, HfElectrodes *electrodes);
PetscErrorCode HfElectrodesDestroy(HfElectrodes *electrodes);
PetscInt HfElectrodesCount(HfElectrodes electrodes);
const char *HfElectrodesName(HfElectrodes electrodes, PetscInt k);
void HfElectrodesPosition(HfElectrodes electrodes, PetscInt k, PetscReal xy[2]);
PetscBool HfElectrodesFloating(HfElectrodes electrodes, PetscInt k);
PetscReal HfElectrodesResistance(HfElectrodes electrodes, PetscInt k); /* ohm, in series with the ideal contact */
/* Columns of the lattice when the whole set is one lattice, its electrodes in rows from the upper left corner; else 0. */
PetscInt HfElectrodesColumns(HfElectrodes electrodes);
/* Electrode of every owned vertex, -1 for none; row j = ys .. (last owned vertex row), nx+1 numbers each. */
const int16_t *HfElectrodesVertices(HfElectrodes electrodes);

/* ---- conductivity models, one file each (src/transport/tensors/): isotropic, amr, anomalous_hall ---- */
PetscErrorCode HfTransportRegisterKeys(
    HfKeys keys); /* material: conductivity, amr_ratio, hall_conductivity and their variations; section "potential" (tolerance ...) */

/* What the deck says of the film as a conductor. Not collective. */
typedef struct {
  PetscReal conductivity;      /* of film.material, S/m; 0 where the deck has none */
  PetscReal amr_ratio;         /* of film.material */
  PetscReal hall_conductivity; /* of film.material, S/m */
  PetscBool by_region;         /* some region of film.regions has a material of its own */
} HfConductivitySettings;
PetscErrorCode HfConductivitySettingsRead(HfDeck deck, HfConductivitySettings *settings);
/* A film with contacts needs a conductivity in each of its regions; errors go to the deck. Not collective. */
PetscErrorCode HfConductivitySettingsCheck(HfDeck deck, PetscInt n_regions);

typedef struct HfPotential_ *HfPotential;
/* The magnetic film: Sigma from film.material of each region. Collective. */
PetscErrorCode HfPotentialCreateFilm(HfGrid grid, HfElectrodes electrodes, HfDeck deck, HfPotential *potential);
/* An isotropic layer of given conductivity (S/m) and thickness (m) over the film's cells. Collective. */
PetscErrorCode HfPotentialCreateIsotropic(HfGrid grid, HfElectrodes electrodes, PetscReal conductivity, PetscReal thickness, HfPotential *potential);
/* For tests: sigma(x, y, context, S) gives the tensor S[4] = {xx, xy, yx, yy} of the cell centred at (x,y), S/m. */
PetscErrorCode HfPotentialCreateFromFunction(HfGrid grid, HfElectrodes electrodes, PetscReal thickness,
                                             void (*sigma)(PetscReal x, PetscReal y, void *context, PetscReal S[4]), void *context,
                                             HfPotential *potential);
PetscErrorCode HfPotentialDestroy(HfPotential *potential);
PetscErrorCode HfPotentialSetTolerance(HfPotential potential,
                                       PetscReal relative); /* on the true residual norm, relative to that of zero potential; default 1e-10 */

/* Sets Sigma[m] and with it the operator; the preconditioner is kept while it serves (lagged). m NULL: the film saturated along z. Collective. */
PetscErrorCode HfPotentialSetMagnetization(HfPotential potential, Vec m);
/* A Vec of the layer's vertices, 0 in the void; owned rows of nx+1 numbers. */
PetscErrorCode HfPotentialCreateVector(HfPotential potential, Vec *phi);
/* phi for terminal voltages V[N] (entries of floating electrodes are ignored); currents[N] (may be NULL) those into the electrodes, A. `phi` is the start vector on entry. Collective. */
PetscErrorCode HfPotentialSolve(HfPotential potential, const PetscReal V[], Vec phi, PetscReal currents[]);
/* The same by superposition of the last unit solutions (HfConductance must have been called with keep_solutions); no solve. Collective. */
PetscErrorCode HfPotentialSuperpose(HfPotential potential, const PetscReal V[], Vec phi);
/* Current density at the cell centres, j (A/m^2), cell Vec with 2 components. Collective. */
PetscErrorCode HfPotentialCurrentDensity(HfPotential potential, Vec phi, Vec j);
/* Current density that enters the layer from outside through its electrodes (floating ones have no lead), A/m^2, cell Vec with 1 component: the discrete
   reactions spread over the cells around their vertices, so that its sum times the cell's area is the current of the electrode; or, uniform, this
   current shared evenly by the electrode's vertices. Collective. */
PetscErrorCode HfPotentialLeadCurrentDensity(HfPotential potential, Vec phi, PetscBool uniform, Vec j_z);
/* phi at the owned vertices of the unpadded film for output: array of (nx+1) x owned vertex rows, caller's memory. Collective. */
PetscErrorCode HfPotentialGetVertexValues(HfPotential potential, Vec phi, PetscReal values[]);
/* Iterations since creation, and of the last solve. */
void HfPotentialStatistics(HfPotential potential, PetscInt64 *solves, PetscInt64 *iterations, PetscInt *last);
/* What its next solution depends on: start vectors, lagged coarse levels, counters; the second call once these were loaded. Collective. */
PetscErrorCode HfPotentialListCheckpoint(HfPotential potential, HfCheckpointList state);
PetscErrorCode HfPotentialCheckpointLoaded(HfPotential potential);

/* ---- conductance ---- */
/* G[N*N] (S) between the terminals: I = G V, so G[k*N+l] is the current into k for 1 V on l; N-1 solves, each starting from its previous solution. Contact resistances are in it; floating electrodes have
   zero rows and columns. Collective. */
PetscErrorCode HfConductance(HfPotential potential, PetscBool keep_solutions, PetscReal G[]);
/* The bench procedure of Niu et al. 2024 (Methods): each wiring groups the electrodes into + and - (sign[k] = +1, -1), drives a current and reads
   the voltage: conductance of the wiring = sum over + and - of -G_ij. Four nodes: seven wirings, six unknown G_ij (i<j); `G` from the first six, `deviation` = relative
   deviation of the seventh. Measures by HfPotentialSolve, not from a known G. Of a G that is not symmetric the procedure sees the symmetric part alone. Collective. */
PetscErrorCode HfConductanceByWirings(HfPotential potential, PetscReal G[16], PetscReal *deviation);
/* Circuit algebra on plain arrays, not collective: from contact to terminal conductances; work[n*n]. G need not be symmetric. */
PetscErrorCode HfCircuitReduce(PetscInt n, const PetscReal G_contact[], const PetscReal resistance[], const PetscBool floating[],
                               PetscReal G_terminal[], PetscReal contact_from_terminal[], PetscReal work[]);
