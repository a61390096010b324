/* A field that another part of the program computed, e.g. the Oersted field of the gold layer.

     E = -mu0 Ms m.H,   H = the cell Vec given to HfMagnetSetStoredField() */
#include "stored.h"
#include "../term.h"

typedef struct {
  Vec field;
  const PetscScalar *rows; /* of this rank, three numbers per cell, while field is set */
  PetscInt nx, ys;
} Stored;

static PetscErrorCode create(HfTerm *term, const HfSite *site) {
  const HfGridInfo *g = HfGridGetInfo(site->grid);
  Stored *stored;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&stored));
  stored->nx = g->nx;
  stored->ys = g->ys;
  term->state = stored;
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTermStoredSet(HfTerm *term, PetscInt n_regions, Vec field) {
  Stored *stored = term->state;

  PetscFunctionBeginUser;
  stored->field = field;
  for (PetscInt r = 0; r < n_regions; ++r) term->active[r] = (PetscBool)(field != NULL);
  PetscFunctionReturn(0);
}

static PetscErrorCode set_up(HfTerm *term, const HfSite *site, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  p[0] = HF_MU0 * site->materials[region].Ms;
  *active = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* The rows stay where the Vec keeps them: read access to a host Vec copies nothing. */
static PetscErrorCode prepare(HfTerm *term, PetscReal t, Vec m) {
  Stored *stored = term->state;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(stored->field, &stored->rows));
  PetscCall(VecRestoreArrayRead(stored->field, &(const PetscScalar *){stored->rows}));
  PetscFunctionReturn(0);
}

static inline const PetscReal *first_cell(const HfTerm *term, const HfSpan *span) {
  const Stored *stored = term->state;
  return stored->rows + 3 * ((span->j - stored->ys) * stored->nx + span->i);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal *restrict stored = first_cell(term, span);
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] += stored[3 * k];
    Hy[k] += stored[3 * k + 1];
    Hz[k] += stored[3 * k + 2];
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *stored = first_cell(term, span);
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k)
    sum -= p[0] * (span->m[0][k] * stored[3 * k] + span->m[1][k] * stored[3 * k + 1] + span->m[2][k] * stored[3 * k + 2]);
  return sum;
}

const HfTermType HfTermType_stored = {
    .name = "stored",
    .doc = "E = -mu0 Ms m.H with a field that is computed elsewhere, such as the Oersted field",
    .prefix = "",
    .create = create,
    .destroy = destroy,
    .set_up = set_up,
    .prepare = prepare,
    .field = field,
    .energy = energy,
};
