/* network_impl.h (private): local fields, followed as nodes flip. Start sets the state, Field reads h_i, Flip turns a node. */
#pragma once
#include <hopfilm/network.h>

typedef enum { PAIRS, DENSE } Form;
struct HfNetwork_ {
  Form form;
  PetscInt n;
  PetscInt *order; /* [n], work space of a recall */

  PetscReal *columns; /* PAIRS: columns[j*n + i] = w_ij, so that a flip adds a contiguous column */
  PetscReal *field;   /* [n] h_i of the present state */
  PetscReal *parts;   /* [n] sum_j |w_ij|, the same in every state */

  PetscInt n_patterns, degree; /* DENSE */
  PetscReal *x;                /* x[j*n_patterns + p] */
  PetscReal *overlap;          /* [n_patterns] sum_j x_j V_j */
};

void HfNetworkStart(HfNetwork network, const PetscReal V[]);
PetscReal HfNetworkField(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts);
void HfNetworkFlip(HfNetwork network, PetscReal V[], PetscInt i);

/* Does an update of node i change it? Not where the field is below the round-off of its own sum. */
static inline PetscBool HfNetworkTurns(HfNetwork network, PetscReal dead_zone, const PetscReal V[], PetscInt i) {
  PetscReal parts;
  const PetscReal h = HfNetworkField(network, V, i, &parts);
  return PetscAbsReal(h) > dead_zone * parts && (h > 0.0) != (V[i] > 0.0) ? PETSC_TRUE : PETSC_FALSE;
}
