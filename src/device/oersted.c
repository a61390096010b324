/* The Oersted field of the gold layer by one of the models in oersted/, and that of its leads. */
#include "oersted/oersted_impl.h"

static const HfOerstedModel *const models[] = {
#define HF_OERSTED(model) &HfOersted_##model,
#include "oersted/oersted.def"
#undef HF_OERSTED
};

const char *const HfLeadsNames[] = {"none", "above", "below", NULL};

struct HfOersted_ {
  const HfOerstedModel *model;
  void *data;
  HfGrid grid;
  HfConvolution leads; /* NULL without leads */
};

PetscErrorCode HfOerstedCreate(HfGrid grid, const char *name, const HfOerstedGeometry *geometry, HfOersted *oersted) {
  const HfOerstedModel *model = NULL;

  PetscFunctionBeginUser;
  *oersted = NULL;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(models); ++k) {
    PetscBool same;
    PetscCall(PetscStrcmp(name, models[k]->name, &same));
    if (same) model = models[k];
  }
  PetscCheck(model, HfGridComm(grid), PETSC_ERR_ARG_UNKNOWN_TYPE, "gold.oersted: no model \"%s\"", name);
  PetscCheck(geometry->thickness > 0.0 && (geometry->gap >= 0.0 || geometry->gap == -geometry->thickness) && PetscAbsReal(geometry->side) == 1.0,
             HfGridComm(grid), PETSC_ERR_ARG_OUTOFRANGE,
             "gold: the thickness %g m must be positive, the gap %g m not negative, the side %g either +1 or -1", (double)geometry->thickness,
             (double)geometry->gap, (double)geometry->side);
  HfCite(model->citation);
  PetscCall(PetscNew(oersted));
  (*oersted)->model = model;
  (*oersted)->grid = grid;
  PetscCall(model->create(grid, geometry, &(*oersted)->data));
  if (geometry->leads != HF_LEADS_NONE) PetscCall(HfLeadsCreate(grid, geometry, model->local, &(*oersted)->leads));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOerstedApply(HfOersted oersted, Vec j, Vec H) {
  PetscFunctionBeginUser;
  PetscCall(oersted->model->apply(oersted->data, j, H));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOerstedAddLeads(HfOersted oersted, Vec j_z, Vec H) {
  PetscFunctionBeginUser;
  if (oersted->leads) PetscCall(HfLeadsAdd(oersted->grid, oersted->leads, j_z, H));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOerstedDestroy(HfOersted *oersted) {
  PetscFunctionBeginUser;
  if (!*oersted) PetscFunctionReturn(0);
  PetscCall((*oersted)->model->destroy(&(*oersted)->data));
  PetscCall(HfConvolutionDestroy(&(*oersted)->leads));
  PetscCall(PetscFree(*oersted));
  PetscFunctionReturn(0);
}
