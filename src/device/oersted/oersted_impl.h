/* oersted_impl.h: what a model of the Oersted field is. A new model is a file that defines a const HfOerstedModel, and a line in oersted.def. */
#pragma once
#include <hopfilm/device.h>

typedef struct {
  const char *name, *doc, *citation; /* citation: key of src/base/citations.c, or NULL */
  PetscErrorCode (*create)(HfGrid grid, const HfOerstedGeometry *geometry, void **data);
  PetscErrorCode (*apply)(void *data, Vec j, Vec H); /* j: 2 components, A/m^2; H: 3 components, A/m, overwritten. Collective. */
  PetscErrorCode (*destroy)(void **data);
} HfOerstedModel;

#define HF_OERSTED(model) extern const HfOerstedModel HfOersted_##model;
#include "oersted.def"
#undef HF_OERSTED
