/* A field that another part of the program computes, such as the Oersted field of the gold layer.

     E = -mu0 Ms m.H,   H = the cell Vec given to HfMagnetSetStoredField() */
#include "cell_field.h"

static PetscErrorCode settings(HfTerm *term) {
  HfCellField *stored;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&stored));
  term->state = stored;
  PetscFunctionReturn(0);
}

/* The field belongs to whoever gave it. */
static PetscErrorCode destroy(HfTerm *term) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode set_stored_field(HfTerm *term, Vec field) {
  HfCellField *stored = term->state;

  PetscFunctionBeginUser;
  stored->field = field;
  if (field) PetscCall(HfVecRows(field, &stored->rows));
  for (PetscInt r = 0; r < term->film->n_regions; ++r) term->active[r] = (PetscBool)(field != NULL);
  PetscFunctionReturn(0);
}

static PetscErrorCode prepare(HfTerm *term, PetscReal t, Vec m) {
  HfCellField *stored = term->state;

  PetscFunctionBeginUser;
  PetscCall(HfVecRows(stored->field, &stored->rows));
  PetscFunctionReturn(0);
}

const HfTermType HfTermType_stored = {
    .name = "stored",
    .doc = "E = -mu0 Ms m.H with a field that is computed elsewhere, such as the Oersted field",
    .prefix = "",
    .settings = settings,
    .destroy = destroy,
    .region_settings = HfCellFieldSettings,
    .prepare = prepare,
    .field = HfCellFieldAdd,
    .energy = HfCellFieldEnergy,
    .largest_field = HfCellFieldLargest,
    .set_stored_field = set_stored_field,
};
