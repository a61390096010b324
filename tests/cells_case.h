/* Cells of a film on all ranks beside those of the same film on one. */
#pragma once
#include "hf_test.h"
#include <hopfilm/grid.h>

/* Largest difference between the cells of this rank's box in `of_all` and the same cells in `alone`, which has the whole film; NaN where there is one. */
static PetscReal cells_apart(const HfGridInfo *g, PetscInt dof, Vec of_all, Vec alone) {
  const PetscScalar *x, *y;
  PetscReal most = 0;

  CHECK(VecGetArrayRead(of_all, &x));
  CHECK(VecGetArrayRead(alone, &y));
  for (PetscInt k = 0; k < dof * g->xm * g->ym; ++k) {
    const PetscReal d = PetscAbsReal(x[k] - y[dof * HfCellNumber(g, k / dof % g->xm, g->ys + k / dof / g->xm) + k % dof]);
    most = d <= most ? most : d;
  }
  CHECK(VecRestoreArrayRead(of_all, &x));
  CHECK(VecRestoreArrayRead(alone, &y));
  return most;
}
