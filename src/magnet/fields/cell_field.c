/* A given field in every cell: cell_field.h. */
#include "cell_field.h"

PetscErrorCode HfCellFieldDestroy(HfTerm *term) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&((HfCellField *)term->state)->field));
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCellFieldSettings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  p[0] = HF_MU0 * term->film->materials[region].Ms;
  *active = (PetscBool)(((const HfCellField *)term->state)->field != NULL);
  PetscFunctionReturn(0);
}

static inline const PetscReal *first_cell(const HfTerm *term, const HfSpan *span) {
  return ((const HfCellField *)term->state)->rows + 3 * HfSpanFirstCell(term->film, span);
}

HF_KERNEL void HfCellFieldAdd(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal *restrict H = first_cell(term, span);
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] += H[3 * k];
    Hy[k] += H[3 * k + 1];
    Hz[k] += H[3 * k + 2];
  }
}

PetscReal HfCellFieldEnergy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *H = first_cell(term, span);
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) sum -= p[0] * (span->m[0][k] * H[3 * k] + span->m[1][k] * H[3 * k + 1] + span->m[2][k] * H[3 * k + 2]);
  return sum;
}

PetscReal HfCellFieldLargest(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const int8_t *regions = HfGridRegions(term->film->grid);
  const PetscReal *H = ((const HfCellField *)term->state)->rows;
  PetscReal most = 0;

  for (PetscInt k = 0; H && k < g->xm * g->ym; ++k, H += 3)
    if (HfRegionAt(g, regions, k % g->xm, g->ys + k / g->xm) == region) most = PetscMax(most, H[0] * H[0] + H[1] * H[1] + H[2] * H[2]);
  return PetscSqrtReal(most);
}
