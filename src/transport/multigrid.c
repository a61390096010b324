/* A V-cycle for the potential: the preconditioner of conjugate gradients.

   Levels: every second vertex, down to a grid small enough for a direct solve (coarse.c); coarse operators P^T A P (galerkin.c).
   Smoother: Gauss-Seidel in four colours, (even row, even column), (even, odd), (odd, even), (odd, odd) before the coarse correction and backwards
   after it, so that the cycle is symmetric; the vertices of one colour do not touch, so that the result is the same on any number of ranks.
   Why not PETSc's PCMG: in a film driven by its own current the operator changes with every time step, and assembling a matrix then costs more than
   all the rest of the step; tests/bench/transport_pcmg.c is the yardstick.
   Trottenberg, Oosterlee, Schueller, Multigrid (2001), sections 2.1.2 (four colours), 7.7.4 (Galerkin). */
#include "multigrid.h"

/* Work of the direct solve, unknowns x band, up to which no further level is worth its messages. Sweeps before and after the coarse correction: with two,
   an anisotropy of 7 (amr_ratio 1.5) costs as few iterations as none does with one. */
enum { DIRECT_WORK = 40000, SWEEPS = 2 };

static PetscErrorCode level_create(MPI_Comm comm, PetscInt nx, PetscInt ny, const PetscInt ranges[], const PetscInt finer[], HfLevel *level) {
  PetscReal **arrays[] = {&level->A.D, &level->A.E, &level->A.N, &level->A.NE, &level->A.NW, &level->A.inverse, &level->x, &level->r};

  PetscFunctionBeginUser;
  PetscCall(HfVertexRowsCreate(comm, nx, ny, ranges, finer, &level->rows));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(arrays); ++k) PetscCall(HfVertexRowsAlloc(level->rows, arrays[k]));
  if (finer) PetscCall(HfVertexRowsAlloc(level->rows, &level->b));
  PetscCall(PetscCalloc1(2 * nx + 2, &level->row));
  PetscFunctionReturn(0);
}

static PetscErrorCode level_destroy(HfLevel *level) {
  PetscReal **arrays[] = {&level->A.D, &level->A.E, &level->A.N, &level->A.NE, &level->A.NW, &level->A.inverse, &level->x, &level->r, &level->b};

  PetscFunctionBeginUser;
  PetscCall(HfVertexRowsDestroy(&level->rows));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(arrays); ++k) PetscCall(HfVertexRowsFree(arrays[k]));
  PetscCall(PetscFree(level->row));
  PetscFunctionReturn(0);
}

/* A coarse row belongs to the owner of the fine row it lies on; the row beyond the film to the owner of the last one. */
static PetscErrorCode coarsen(MPI_Comm comm, const HfLevel *fine, HfLevel *coarse) {
  const HfVertexRows *f = fine->rows;
  const PetscInt nx = f->nx / 2 + 1, ny = f->ny / 2 + 1;
  PetscInt *ranges;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(f->size + 1, &ranges));
  for (PetscMPIInt r = 0; r <= f->size; ++r) ranges[r] = f->ranges[r] == f->ny ? ny : (f->ranges[r] + 1) / 2;
  PetscCall(level_create(comm, nx, ny, ranges, f->ranges, coarse));
  PetscCall(PetscFree(ranges));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridCreate(MPI_Comm comm, PetscInt nx, PetscInt ny, const PetscInt ranges[], HfMultigrid *mg) {
  PetscInt n = 1;

  PetscFunctionBeginUser;
  for (PetscInt a = nx, b = ny; (PetscReal)a * b * PetscMin(a, b) > DIRECT_WORK && PetscMin(a, b) > 3; a = a / 2 + 1, b = b / 2 + 1) ++n;
  mg->n = n;
  PetscCall(PetscCalloc1(n, &mg->levels));
  PetscCall(level_create(comm, nx, ny, ranges, NULL, &mg->levels[0]));
  for (PetscInt l = 1; l < n; ++l) PetscCall(coarsen(comm, &mg->levels[l - 1], &mg->levels[l]));
  PetscCall(HfCoarseCreate(&mg->levels[n - 1], &mg->coarse));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridDestroy(HfMultigrid *mg) {
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < mg->n; ++l) PetscCall(level_destroy(&mg->levels[l]));
  PetscCall(PetscFree(mg->levels));
  PetscCall(HfCoarseDestroy(&mg->coarse));
  mg->n = 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode refresh(HfLevel *level) {
  PetscReal *arrays[] = {level->A.D, level->A.E, level->A.N, level->A.NE, level->A.NW};
  HfVertexRows *rows = level->rows;

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(arrays); ++k) PetscCall(HfVertexRowsExchange(rows, arrays[k], -1));
  HfStencilInvert((rows->end - rows->start) * rows->nx, HfVertexRowAt(rows, rows->start), &level->A);
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridRefresh(HfMultigrid *mg) {
  PetscFunctionBeginUser;
  PetscCall(refresh(&mg->levels[0]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridSetUp(HfMultigrid *mg) {
  PetscFunctionBeginUser;
  for (PetscInt l = 1; l < mg->n; ++l) {
    PetscCall(HfGalerkin(&mg->levels[l - 1], &mg->levels[l]));
    PetscCall(refresh(&mg->levels[l]));
  }
  PetscCall(HfCoarseSetUp(mg->coarse, &mg->levels[mg->n - 1]));
  PetscFunctionReturn(0);
}

static void smooth_row(HfLevel *level, const PetscReal b[], PetscInt j, PetscInt first_column, HfKnown known) {
  const HfVertexRows *rows = level->rows;

  HfStencilSmooth(&level->A, rows->nx, HfVertexRowAt(rows, j), b + (ptrdiff_t)(j - rows->start) * rows->nx, level->x, level->row, first_column,
                  known);
}

/* One sweep: rows of parity `first`, then the others, columns of that parity first in every row. The rows at the border go ahead, so that the neighbours
   have them; inside, a row of the second kind follows as soon as both rows beside it are done, while they are in the cache. */
static PetscErrorCode sweep(HfLevel *level, const PetscReal b[], int first, PetscBool from_zero) {
  HfVertexRows *rows = level->rows;
  const PetscInt start = rows->start, end = rows->end;
  const HfKnown early = from_zero ? HF_NOTHING : HF_ALL, late = from_zero ? HF_NEIGHBOUR_ROWS : HF_ALL;

  PetscFunctionBeginUser;
  if (start < end && (start & 1) == first) smooth_row(level, b, start, first, early);
  if (start < end - 1 && ((end - 1) & 1) == first) smooth_row(level, b, end - 1, first, early);
  PetscCall(HfVertexRowsExchange(rows, level->x, first));
  for (PetscInt j = start; j <= end; ++j) {
    if ((j & 1) != first) continue;
    if (j > start && j < end - 1) smooth_row(level, b, j, first, early);
    if (j > start) smooth_row(level, b, j - 1, first, late);
  }
  PetscCall(HfVertexRowsExchange(rows, level->x, 1 - first));
  PetscFunctionReturn(0);
}

/* coarse b = P^T (b - A x) */
static PetscErrorCode restrict_residual(HfLevel *fine, const PetscReal b[], HfLevel *coarse) {
  HfVertexRows *f = fine->rows, *c = coarse->rows;
  const PetscInt n = f->nx, n_coarse = c->nx;
  PetscReal *r = fine->r;

  PetscFunctionBeginUser;
  for (PetscInt j = f->start; j < f->end; ++j)
    HfStencilResidual(&fine->A, n, HfVertexRowAt(f, j), b + (ptrdiff_t)(j - f->start) * n, fine->x, r + HfVertexRowAt(f, j));
  PetscCall(HfVertexRowsExchange(f, r, 1));
  for (PetscInt row = c->start; row < c->end; ++row) {
    const ptrdiff_t at = HfVertexRowAt(c, row);
    const PetscReal *below = r + HfVertexRowAt(f, 2 * row - 1), *here = r + HfVertexRowAt(f, 2 * row),
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
  const HfVertexRows *f = fine->rows, *c = coarse->rows;

  for (PetscInt j = PetscMax(0, f->start - 1); j < PetscMin(f->ny, f->end + 1); ++j) {
    const PetscReal *a = coarse->x + HfVertexRowAt(c, j / 2), *b = coarse->x + HfVertexRowAt(c, (j + 1) / 2);
    add_interpolated(f->nx, a, b, fine->x + HfVertexRowAt(f, j));
  }
}

static PetscErrorCode cycle(HfMultigrid *mg, PetscInt l, const PetscReal b[]) {
  HfLevel *level = &mg->levels[l];

  PetscFunctionBeginUser;
  if (l == mg->n - 1) {
    PetscCall(HfCoarseSolve(mg->coarse, level, b, level->x));
    PetscFunctionReturn(0);
  }
  HfLevel *coarse = &mg->levels[l + 1];
  for (int k = 0; k < SWEEPS; ++k) PetscCall(sweep(level, b, 0, (PetscBool)(k == 0)));
  PetscCall(restrict_residual(level, b, coarse));
  PetscCall(cycle(mg, l + 1, coarse->b + HfVertexRowAt(coarse->rows, coarse->rows->start)));
  add_correction(level, coarse);
  for (int k = 0; k < SWEEPS; ++k) PetscCall(sweep(level, b, 1, PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridApply(HfMultigrid *mg, const PetscReal b[], PetscReal x[]) {
  const HfLevel *finest = &mg->levels[0];
  const HfVertexRows *rows = finest->rows;

  PetscFunctionBeginUser;
  PetscCall(cycle(mg, 0, b));
  PetscCall(PetscArraycpy(x, finest->x + HfVertexRowAt(rows, rows->start), (rows->end - rows->start) * rows->nx));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMultigridMult(HfMultigrid *mg, const PetscReal x[], PetscReal y[]) {
  const HfLevel *finest = &mg->levels[0];
  HfVertexRows *rows = finest->rows;
  const PetscInt n = rows->nx;
  PetscReal *copy = finest->r;

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(copy + HfVertexRowAt(rows, rows->start), x, (rows->end - rows->start) * n));
  PetscCall(HfVertexRowsExchange(rows, copy, -1));
  for (PetscInt j = rows->start; j < rows->end; ++j) HfStencilMult(&finest->A, n, HfVertexRowAt(rows, j), copy, y + (ptrdiff_t)(j - rows->start) * n);
  PetscFunctionReturn(0);
}
