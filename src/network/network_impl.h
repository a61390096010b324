/* Private to src/network: the local fields of a pattern, updated as nodes flip. Start sets the pattern, Field reads h_i, Flip flips a node. Base stores the
   fields of a pattern, from which StartNear reaches a similar one by a few flips. */
#pragma once
#include <hopfilm/network.h>

typedef enum { PAIRS, DENSE } Form;
struct HfNetwork_ {
  Form form;
  PetscInt n;
  PetscInt *order; /* [n], work space of a recall */

  /* h_i of PAIRS [n], or the overlaps sum_j x_j V_j of DENSE [n_patterns]; of the present pattern and of the base. */
  PetscInt n_sums;
  PetscReal *sum, *base_sum, *base;
  PetscReal *columns; /* columns[j*n_sums + .]: w_ij of node j or x_j of every pattern, so that a flip adds a contiguous column */

  PetscReal *parts; /* PAIRS: [n] sum_j |w_ij|, the same for every pattern */
  PetscInt degree;  /* DENSE */
};

void HfNetworkStart(HfNetwork network, const PetscReal V[]);
void HfNetworkBase(HfNetwork network, const PetscReal V[]);
void HfNetworkStartNear(HfNetwork network, const PetscReal V[]);
PetscReal HfNetworkField(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts);
void HfNetworkFlip(HfNetwork network, PetscReal V[], PetscInt i);
/* PAIRS, symmetric w without diagonal: w_ij += a s_i s_j off the diagonal; the next recall starts anew. */
void HfNetworkAddOuter(HfNetwork network, PetscReal a, const PetscReal s[]);
PetscErrorCode HfNetworkSettle(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result); /* a recall after Start */

/* Whether an update flips node i; not where the field is below the round-off of its own sum. */
static inline PetscBool HfNetworkIsUnstable(HfNetwork network, PetscReal dead_zone, const PetscReal V[], PetscInt i) {
  PetscReal parts;
  const PetscReal h = HfNetworkField(network, V, i, &parts);
  return PetscAbsReal(h) > dead_zone * parts && (h > 0.0) != (V[i] > 0.0) ? PETSC_TRUE : PETSC_FALSE;
}
