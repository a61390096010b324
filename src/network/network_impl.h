/* Private to src/network: the local fields of a pattern, updated as nodes flip. Start sets the pattern, Field reads h_i, Flip flips a node. Base stores the
   fields of a pattern, from which StartNear reaches a similar one by a few flips. */
#pragma once
#include <hopfilm/network.h>

typedef enum { PAIRS, DENSE, FIELDS } Form;
typedef PetscReal (*HfFieldOfNode)(HfNetwork network, const PetscReal V[], PetscInt i, PetscReal *parts);
struct HfNetwork_ {
  Form form;
  PetscInt n;
  PetscInt *order; /* [n], work space of a recall */

  /* h_i of PAIRS [n], or the overlaps sum_j x_j V_j of DENSE [n_patterns], or those of FIELDS; of the present pattern and of the base. */
  PetscInt n_sums;
  PetscReal *sum, *base_sum, *base;
  PetscReal *columns; /* columns[j*n_sums + .]: w_ij of node j or x_j of every pattern, so that a flip adds a contiguous column */

  PetscReal *parts; /* PAIRS: [n] sum_j |w_ij|, the same for every pattern */
  PetscInt degree;  /* DENSE */

  HfFieldOfNode field;                /* FIELDS: h_i from the sums; here of readouts/current_source.c */
  PetscReal xi, traces[2], powers[2]; /* its xi; tr G and tr G0; s.G s and s.G0 s of the present pattern, ... */
  PetscBool powers_known;             /* ... if they are known since it last changed */
};

/* A network whose fields `field` makes of n_sums sums over its columns, which are still to be filled. */
PetscErrorCode HfNetworkCreateOfFields(PetscInt n, PetscInt n_sums, HfFieldOfNode field, HfNetwork *network);
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
