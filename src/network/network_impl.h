/* Local fields, followed as nodes flip. Start sets the state, Field reads h_i, Flip turns a node. Base sets a state to which
   StartNear is a few flips. */
#pragma once
#include <hopfilm/network.h>

typedef enum { PAIRS, DENSE } Form;
struct HfNetwork_ {
  Form form;
  PetscInt n;
  PetscInt *order; /* [n], work space of a recall */

  /* What follows the state: h_i of PAIRS [n], or the overlaps sum_j x_j V_j of DENSE [n_patterns]; of the present state and of the base. */
  PetscInt n_sums;
  PetscReal *sum, *base_sum, *base;
  PetscReal *columns; /* columns[j*n_sums + .]: w_ij of node j or x_j of every pattern, so that a flip adds a contiguous column */

  PetscReal *parts; /* PAIRS: [n] sum_j |w_ij|, the same in every state */
  PetscInt degree;  /* DENSE */
};

void HfNetworkStart(HfNetwork network, const PetscReal V[]);
void HfNetworkBase(HfNetwork network, const PetscReal V[]);
void HfNetworkStartNear(HfNetwork network, const PetscReal V[]);
PetscReal HfNetworkField(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts);
void HfNetworkFlip(HfNetwork network, PetscReal V[], PetscInt i);
/* PAIRS, symmetric w without diagonal: w_ij += a s_i s_j off the diagonal; the next recall starts anew. */
void HfNetworkAddOuter(HfNetwork network, PetscReal a, const PetscReal s[]);
PetscErrorCode HfNetworkSettle(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result); /* a recall once started */

/* Does an update of node i change it? Not where the field is below the round-off of its own sum. */
static inline PetscBool HfNetworkTurns(HfNetwork network, PetscReal dead_zone, const PetscReal V[], PetscInt i) {
  PetscReal parts;
  const PetscReal h = HfNetworkField(network, V, i, &parts);
  return PetscAbsReal(h) > dead_zone * parts && (h > 0.0) != (V[i] > 0.0) ? PETSC_TRUE : PETSC_FALSE;
}
