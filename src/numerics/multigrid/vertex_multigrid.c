/* A V-cycle for a symmetric nine-point operator on vertices: preconditioner of conjugate gradients, or a solver by itself.

   Levels: every second vertex, down to a grid small enough for a direct solve (coarse_solve.c); coarse operators P^T A P (vertex_galerkin.c).
   Smoother: Gauss-Seidel in four colours, (even row, even column), (even, odd), (odd, even), (odd, odd) before the coarse correction and in reverse order
   after it, so that the cycle is symmetric; vertices of one colour are not coupled, so that the result is the same on any number of ranks.
   Trottenberg, Oosterlee, Schueller, Multigrid (2001), sections 2.1.2 (four colours), 7.7.4 (Galerkin).

   Why not PETSc's: in a film driven by its own current the operator changes with every time step. CPU time of such an update (operator, set-up, solve from
   the previous solution to 1e-10) relative to this one, 256^2 and 512^2 cells, AMR ratio 0.04, tests/bench/transport_pcmg.c:
     PCMG with Galerkin coarse grids     set up anew  3.9, 3.7    kept  3.0, 2.8    with as many iterations, 3
     GAMG                                set up anew 22, 19       kept  6.5, 6.0
     hypre BoomerAMG                     set up anew  9.9, 8.9    kept  4.5, 4.4 */
#include "vertex_multigrid_impl.h"

/* Work of the direct solve, unknowns x band, up to which no further level is worth its messages. Sweeps before and after the coarse correction: with two,
   an anisotropy of 7 (amr_ratio 1.5) costs as few iterations as none does with one. */
enum { DIRECT_WORK = 40000, SWEEPS = 2 };

static PetscErrorCode level_allocate(HfLevel *level, PetscBool is_finest) {
  PetscReal **arrays[] = {&level->A.D, &level->A.E, &level->A.N, &level->A.NE, &level->A.NW, &level->A.inverse, &level->x, &level->r};

  PetscFunctionBeginUser;
  level->rows = HfGhostRowsGetInfo(level->ghosts);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(arrays); ++k) PetscCall(HfGhostRowsAllocate(level->ghosts, arrays[k]));
  if (!is_finest) PetscCall(HfGhostRowsAllocate(level->ghosts, &level->b));
  PetscCall(PetscCalloc1(2 * level->rows->n + 2, &level->row));
  PetscFunctionReturn(0);
}

static PetscErrorCode level_free(HfLevel *level) {
  PetscReal **arrays[] = {&level->A.D, &level->A.E, &level->A.N, &level->A.NE, &level->A.NW, &level->A.inverse, &level->x, &level->r, &level->b};

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(arrays); ++k) PetscCall(HfGhostRowsFree(arrays[k]));
  PetscCall(PetscFree(level->row));
  PetscFunctionReturn(0);
}

/* A coarse row belongs to the owner of the fine row it lies on; the row beyond the film to the owner of the last one. */
static PetscErrorCode coarsen(const HfLevel *fine, HfLevel *coarse) {
  const HfGhostRowsInfo *f = fine->rows;
  const PetscInt n = f->n / 2 + 1, n_rows = f->n_rows / 2 + 1;
  PetscInt *ranges;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(f->size + 1, &ranges));
  for (PetscMPIInt r = 0; r <= f->size; ++r) ranges[r] = f->ranges[r] == f->n_rows ? n_rows : (f->ranges[r] + 1) / 2;
  PetscCall(HfGhostRowsCreate(f->comm, n, n_rows, PETSC_FALSE, ranges, f->ranges, &coarse->ghosts));
  PetscCall(PetscFree(ranges));
  PetscCall(level_allocate(coarse, PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridCreate(HfGhostRows finest, HfMultigrid *multigrid) {
  const HfGhostRowsInfo *rows = HfGhostRowsGetInfo(finest);
  HfMultigrid mg;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&mg));
  mg->n = 1;
  for (PetscInt a = rows->n, b = rows->n_rows; (PetscReal)a * b * PetscMin(a, b) > DIRECT_WORK && PetscMin(a, b) > 3; a = a / 2 + 1, b = b / 2 + 1)
    ++mg->n;
  PetscCall(PetscCalloc1(mg->n, &mg->levels));
  mg->levels[0].ghosts = finest;
  PetscCall(level_allocate(&mg->levels[0], PETSC_TRUE));
  for (PetscInt l = 1; l < mg->n; ++l) PetscCall(coarsen(&mg->levels[l - 1], &mg->levels[l]));
  PetscCall(HfCoarseCreate(&mg->levels[mg->n - 1], &mg->coarse));
  *multigrid = mg;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridDestroy(HfMultigrid *multigrid) {
  HfMultigrid mg = *multigrid;

  PetscFunctionBeginUser;
  if (!mg) PetscFunctionReturn(0);
  for (PetscInt l = 0; l < mg->n; ++l) {
    PetscCall(level_free(&mg->levels[l]));
    if (l) PetscCall(HfGhostRowsDestroy(&mg->levels[l].ghosts));
  }
  PetscCall(PetscFree(mg->levels));
  PetscCall(HfCoarseDestroy(&mg->coarse));
  PetscCall(PetscFree(*multigrid));
  PetscFunctionReturn(0);
}

HfStencilRow HfMultigridRow(HfMultigrid mg, PetscInt j) {
  const HfStencil *A = &mg->levels[0].A;
  const ptrdiff_t at = HfGhostRowsAt(mg->levels[0].rows, j);

  return (HfStencilRow){A->D + at, A->E + at, A->N + at, A->NE + at, A->NW + at};
}

static PetscErrorCode refresh(HfLevel *level) {
  PetscReal *arrays[] = {level->A.D, level->A.E, level->A.N, level->A.NE, level->A.NW};
  const HfGhostRowsInfo *rows = level->rows;

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(arrays); ++k) PetscCall(HfGhostRowsFill(level->ghosts, arrays[k], HF_ROWS_ALL));
  HfStencilInvert((rows->end - rows->start) * rows->n, HfGhostRowsAt(rows, rows->start), &level->A);
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridOperatorChanged(HfMultigrid mg) {
  PetscFunctionBeginUser;
  PetscCall(refresh(&mg->levels[0]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridSetUp(HfMultigrid mg) {
  PetscFunctionBeginUser;
  for (PetscInt l = 1; l < mg->n; ++l) {
    PetscCall(HfGalerkin(&mg->levels[l - 1], &mg->levels[l]));
    PetscCall(refresh(&mg->levels[l]));
  }
  PetscCall(HfCoarseSetUp(mg->coarse, &mg->levels[mg->n - 1]));
  PetscFunctionReturn(0);
}

static void smooth_row(HfLevel *level, const PetscReal b[], PetscInt j, PetscInt first_column, HfKnown known) {
  const HfGhostRowsInfo *rows = level->rows;

  HfStencilSmooth(&level->A, rows->n, HfGhostRowsAt(rows, j), b + (ptrdiff_t)(j - rows->start) * rows->n, level->x, level->row, first_column, known);
}

/* One sweep: rows of parity `first`, then the others, columns of that parity first in every row. The rows at the border go ahead, so that the neighbours
   have them; inside, a row of the second kind follows as soon as both rows beside it are done, while they are in the cache. */
static PetscErrorCode sweep(HfLevel *level, const PetscReal b[], int first, PetscBool from_zero) {
  const HfGhostRowsInfo *rows = level->rows;
  const PetscInt start = rows->start, end = rows->end;
  const HfKnown early = from_zero ? HF_NOTHING : HF_ALL, late = from_zero ? HF_NEIGHBOUR_ROWS : HF_ALL;

  PetscFunctionBeginUser;
  if (start < end && (start & 1) == first) smooth_row(level, b, start, first, early);
  if (start < end - 1 && ((end - 1) & 1) == first) smooth_row(level, b, end - 1, first, early);
  PetscCall(HfGhostRowsFill(level->ghosts, level->x, (HfRowParity)first));
  for (PetscInt j = start; j <= end; ++j) {
    if ((j & 1) != first) continue;
    if (j > start && j < end - 1) smooth_row(level, b, j, first, early);
    if (j > start) smooth_row(level, b, j - 1, first, late);
  }
  PetscCall(HfGhostRowsFill(level->ghosts, level->x, (HfRowParity)(1 - first)));
  PetscFunctionReturn(0);
}

/* coarse b = P^T (b - A x) */
static PetscErrorCode restrict_residual(HfLevel *fine, const PetscReal b[], HfLevel *coarse) {
  const HfGhostRowsInfo *f = fine->rows, *c = coarse->rows;
  const PetscInt n = f->n, n_coarse = c->n;
  PetscReal *r = fine->r;

  PetscFunctionBeginUser;
  for (PetscInt j = f->start; j < f->end; ++j)
    HfStencilResidual(&fine->A, n, HfGhostRowsAt(f, j), b + (ptrdiff_t)(j - f->start) * n, fine->x, r + HfGhostRowsAt(f, j));
  PetscCall(HfGhostRowsFill(fine->ghosts, r, HF_ROWS_ODD));
  for (PetscInt row = c->start; row < c->end; ++row) {
    const ptrdiff_t at = HfGhostRowsAt(c, row);
    const PetscReal *below = r + HfGhostRowsAt(f, 2 * row - 1), *here = r + HfGhostRowsAt(f, 2 * row),
                    *above = 2 * row + 1 <= f->end ? here + n : below;
    const PetscReal weight = 2 * row + 1 <= f->end ? 0.5 : 0;
    PetscReal *restrict t = fine->row;

    for (PetscInt i = 0; i < n; ++i) t[i] = here[i] + 0.5 * below[i] + weight * above[i];
    for (PetscInt k = 0; k < n_coarse; ++k) {
      const PetscInt i = 2 * k;
      coarse->b[at + k] = (i < n ? t[i] : 0) + 0.5 * ((i > 0 ? t[i - 1] : 0) + (i + 1 < n ? t[i + 1] : 0));
    }
  }
  PetscFunctionReturn(0);
}

static void add_interpolated(PetscInt n, const PetscReal *restrict a, const PetscReal *restrict b, PetscReal *restrict x) {
  for (PetscInt i = 0; i + 1 < n; i += 2) {
    const PetscReal left = 0.5 * (a[i / 2] + b[i / 2]), right = 0.5 * (a[i / 2 + 1] + b[i / 2 + 1]);
    x[i] += left;
    x[i + 1] += 0.5 * (left + right);
  }
  if (n & 1) x[n - 1] += 0.5 * (a[n / 2] + b[n / 2]);
}

/* x += P coarse x, on the ghost rows too. What this leaves on held and void vertices meets zero couplings and is smoothed to zero. */
static void add_correction(HfLevel *fine, const HfLevel *coarse) {
  const HfGhostRowsInfo *f = fine->rows, *c = coarse->rows;

  for (PetscInt j = PetscMax(0, f->start - 1); j < PetscMin(f->n_rows, f->end + 1); ++j) {
    const PetscReal *a = coarse->x + HfGhostRowsAt(c, j / 2), *b = coarse->x + HfGhostRowsAt(c, (j + 1) / 2);
    add_interpolated(f->n, a, b, fine->x + HfGhostRowsAt(f, j));
  }
}

static PetscErrorCode cycle(HfMultigrid mg, PetscInt l, const PetscReal b[]) {
  HfLevel *level = &mg->levels[l];

  PetscFunctionBeginUser;
  if (l == mg->n - 1) {
    PetscCall(HfCoarseSolve(mg->coarse, level, b, level->x));
    PetscFunctionReturn(0);
  }
  HfLevel *coarse = &mg->levels[l + 1];
  for (int k = 0; k < SWEEPS; ++k) PetscCall(sweep(level, b, 0, (PetscBool)(k == 0)));
  PetscCall(restrict_residual(level, b, coarse));
  PetscCall(cycle(mg, l + 1, coarse->b + HfGhostRowsAt(coarse->rows, coarse->rows->start)));
  add_correction(level, coarse);
  for (int k = 0; k < SWEEPS; ++k) PetscCall(sweep(level, b, 1, PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridApply(HfMultigrid mg, const PetscReal b[], PetscReal x[]) {
  const HfLevel *finest = &mg->levels[0];
  const HfGhostRowsInfo *rows = finest->rows;

  PetscFunctionBeginUser;
  PetscCall(cycle(mg, 0, b));
  PetscCall(PetscArraycpy(x, finest->x + HfGhostRowsAt(rows, rows->start), (rows->end - rows->start) * rows->n));
  PetscFunctionReturn(0);
}

void HfMultigridMult(HfMultigrid mg, const PetscReal x[], PetscReal y[]) {
  const HfLevel *finest = &mg->levels[0];
  const HfGhostRowsInfo *rows = finest->rows;

  for (PetscInt j = rows->start; j < rows->end; ++j)
    HfStencilMult(&finest->A, rows->n, HfGhostRowsAt(rows, j), x, y + (ptrdiff_t)(j - rows->start) * rows->n);
}
