/* The conductivity tensor of every cell: Sigma[m] = sum of the contributions of its material (tensors/). */
#include "transport_impl.h"

/* Cell row j (ys-1 .. ys+ym-1) from the magnetization of its cells; runs of one region and grain at a time. */
static void sigma_row(HfPotential p, PetscInt j, const PetscReal m[]) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const int8_t *region = HfGridRegions(p->grid) + (j - (g->ys - 1)) * (g->nx + 2) + 1;
  const ptrdiff_t at = (ptrdiff_t)(j - (g->ys - 1)) * (g->nx + 2) + 1;
  const PetscInt *grain = p->grain ? p->grain + at : NULL;
  PetscReal *xx = p->sigma.xx + at, *xy = p->sigma.xy + at, *yy = p->sigma.yy + at;

  memset(xx, 0, (size_t)g->nx * sizeof(PetscReal));
  memset(xy, 0, (size_t)g->nx * sizeof(PetscReal));
  memset(yy, 0, (size_t)g->nx * sizeof(PetscReal));
  if (p->sigma.hall) memset(p->sigma.hall + at, 0, (size_t)g->nx * sizeof(PetscReal));
  for (PetscInt i = 0, n; i < g->nx; i += n) {
    for (n = 1; i + n < g->nx && region[i + n] == region[i] && (!grain || grain[i + n] == grain[i]);) ++n;
    if (region[i] < 0) continue;
    const HfConductor *conductor = &p->conductors[region[i] * p->n_grains + (grain ? grain[i] : 0)];
    for (PetscInt k = 0; k < HfTensorCount(); ++k) {
      const HfTensor *tensor = HfTensorGet(k);
      if (!conductor->active[k]) continue;
      if (tensor->add) (*tensor->add)(conductor->p[k], n, m + 3 * i, xx + i, xy + i, yy + i);
      if (tensor->add_antisymmetric) (*tensor->add_antisymmetric)(conductor->p[k], n, m + 3 * i, p->sigma.hall + at + i);
    }
  }
}

PetscErrorCode HfSigmaFromMagnetization(HfPotential p, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const PetscInt first = PetscMax(0, g->ys - 1), end = g->ys + g->ym;

  PetscFunctionBeginUser;
  if (m) {
    const PetscScalar *own, *south, *north;

    PetscCall(VecGetArrayRead(m, &own));
    PetscCall(HfGhostRowsBegin(p->cell_rows, own));
    for (PetscInt j = g->ys; j < end; ++j) sigma_row(p, j, own + (ptrdiff_t)3 * (j - g->ys) * g->nx);
    PetscCall(HfGhostRowsEnd(p->cell_rows, &south, &north));
    if (first < g->ys) sigma_row(p, first, south);
    PetscCall(VecRestoreArrayRead(m, &own));
  } else {
    PetscReal *saturated;

    PetscCall(PetscCalloc1(3 * g->nx, &saturated));
    for (PetscInt i = 0; i < g->nx; ++i) saturated[3 * i + 2] = 1;
    for (PetscInt j = first; j < end; ++j) sigma_row(p, j, saturated);
    PetscCall(PetscFree(saturated));
  }
  PetscFunctionReturn(0);
}
