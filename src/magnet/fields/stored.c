/* A field that another part of the program computes, such as the Oersted field of the gold layer.

     E = -mu0 Ms m.H,   H = the cell Vec given to HfMagnetSetStoredField() */
#include "../term.h"

typedef struct {
  Vec field;               /* NULL: none */
  const PetscScalar *rows; /* its rows of this rank, three numbers per cell */
} Stored;

static PetscErrorCode settings(HfTerm *term) {
  Stored *stored;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&stored));
  term->state = stored;
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  p[0] = HF_MU0 * term->film->materials[region].Ms;
  *active = PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode set_stored_field(HfTerm *term, Vec field) {
  Stored *stored = term->state;

  PetscFunctionBeginUser;
  stored->field = field;
  if (field) PetscCall(HfVecRows(field, &stored->rows));
  for (PetscInt r = 0; r < term->film->n_regions; ++r) term->active[r] = (PetscBool)(field != NULL);
  PetscFunctionReturn(0);
}

static PetscErrorCode prepare(HfTerm *term, PetscReal t, Vec m) {
  Stored *stored = term->state;

  PetscFunctionBeginUser;
  PetscCall(HfVecRows(stored->field, &stored->rows));
  PetscFunctionReturn(0);
}

static inline const PetscReal *first_cell(const HfTerm *term, const HfSpan *span) {
  return ((const Stored *)term->state)->rows + 3 * HfSpanFirstCell(term->film, span);
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

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const int8_t *regions = HfGridRegions(term->film->grid);
  const PetscReal *H = ((const Stored *)term->state)->rows;
  PetscReal most = 0;

  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i, H += 3)
      if (HfRegionAt(g, regions, i, j) == region) most = PetscMax(most, H[0] * H[0] + H[1] * H[1] + H[2] * H[2]);
  return PetscSqrtReal(most);
}

const HfTermType HfTermType_stored = {
    .name = "stored",
    .doc = "E = -mu0 Ms m.H with a field that is computed elsewhere, such as the Oersted field",
    .prefix = "",
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .prepare = prepare,
    .field = field,
    .energy = energy,
    .largest_field = largest_field,
    .set_stored_field = set_stored_field,
};
