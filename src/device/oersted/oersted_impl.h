/* What a model of the Oersted field is. A new model is a file that defines a const HfOerstedModel, and a line in oersted.def. */
#pragma once
#include <hopfilm/device.h>

typedef struct {
  PetscBool local;                   /* H depends on the current at the same place alone: the limit of a small distance between gold and film */
  const char *name, *doc, *citation; /* citation: key of src/base/citations.c, or NULL */
  PetscErrorCode (*create)(HfGrid grid, const HfOerstedGeometry *geometry, void **data);
  PetscErrorCode (*apply)(void *data, Vec j, Vec H); /* j: 2 components, A/m^2; H: 3 components, A/m, overwritten. Collective. */
  PetscErrorCode (*destroy)(void **data);
} HfOerstedModel;

/* ---- gauss.c ---- */
#define HF_GAUSS_MOST 10
/* Order that leaves a relative error of about 1e-14 on an axis of length l when the integrand is singular at distance d > l/2 from its centre in
   the complex plane; HF_GAUSS_MOST + 1 when none does. */
int HfGaussOrder(PetscReal d, PetscReal l);
/* Nodes of order n on an axis of length l: offsets from the centre and weights that sum to l. */
void HfGaussNodes(int n, PetscReal l, PetscReal at[], PetscReal weight[]);

/* ---- leads.c ---- */
PetscErrorCode HfLeadsCreate(HfGrid grid, const HfOerstedGeometry *geometry, PetscBool local, HfConvolution *leads); /* Collective. */
PetscErrorCode HfLeadsAdd(HfGrid grid, HfConvolution leads, Vec j_z, Vec H); /* H (3 components) += field of j_z, into the gold. Collective. */

#define HF_OERSTED(model) extern const HfOerstedModel HfOersted_##model;
#include "oersted.def"
#undef HF_OERSTED
