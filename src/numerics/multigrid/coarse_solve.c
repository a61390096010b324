/* The coarsest level: A = L D L^T of the banded matrix, gathered and solved alike on every rank.

   The matrix may be singular, where coarse functions agree on the few film vertices they touch: a pivot that is round-off is left out, which solves a
   consistent system. Golub, Van Loan, Matrix Computations, section 4.3.

   Why not LAPACK's pbtrf: it ends at the first pivot that is not positive, as in the last case of tests/parallel/numerics_multigrid.c. With a diagonal larger
   by 1e-12 it passes, at 1.6 times the CPU time of factorization and solve of 33 x 33 vertices with Debian's reference LAPACK (a V-cycle of 64 x 64 cells
   then takes 1.2 times as long, of 128 x 128 1.1 times), at the same time with OpenBLAS, and round-off that depends on the library. */
#include "vertex_multigrid_impl.h"

struct HfCoarse_ {
  PetscInt n, band;        /* unknowns; sub-diagonals */
  PetscInt step_x, step_y; /* unknown of vertex (i,j) is i*step_x + j*step_y, the shorter side counting first */
  PetscReal *L;            /* n rows of band+1: L[k*(band+1) + band-d] couples k to k-d; 1/pivot on the diagonal */
  PetscReal *gathered, *solution;
  PetscMPIInt *counts, *offsets; /* of all ranks */
};

PetscErrorCode HfCoarseCreate(const HfLevel *level, HfCoarse *out) {
  const HfGhostRowsInfo *rows = level->rows;
  HfCoarse coarse;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&coarse));
  coarse->n = rows->n * rows->n_rows;
  coarse->step_x = rows->n <= rows->n_rows ? 1 : rows->n_rows;
  coarse->step_y = rows->n <= rows->n_rows ? rows->n : 1;
  coarse->band = PetscMin(PetscMin(rows->n, rows->n_rows) + 1, coarse->n - 1);
  PetscCall(PetscMalloc1(coarse->n * (coarse->band + 1), &coarse->L));
  PetscCall(PetscMalloc2(coarse->n, &coarse->gathered, coarse->n, &coarse->solution));
  PetscCall(PetscMalloc2(rows->size, &coarse->counts, rows->size, &coarse->offsets));
  for (PetscMPIInt r = 0; r < rows->size; ++r) {
    PetscCall(PetscMPIIntCast((rows->ranges[r + 1] - rows->ranges[r]) * rows->n, &coarse->counts[r]));
    PetscCall(PetscMPIIntCast(rows->ranges[r] * rows->n, &coarse->offsets[r]));
  }
  *out = coarse;
  PetscFunctionReturn(0);
}

PetscErrorCode HfCoarseDestroy(HfCoarse *coarse) {
  PetscFunctionBeginUser;
  if (!*coarse) PetscFunctionReturn(0);
  PetscCall(PetscFree((*coarse)->L));
  PetscCall(PetscFree2((*coarse)->gathered, (*coarse)->solution));
  PetscCall(PetscFree2((*coarse)->counts, (*coarse)->offsets));
  PetscCall(PetscFree(*coarse));
  PetscFunctionReturn(0);
}

static PetscErrorCode gather(HfCoarse coarse, const HfLevel *level, const PetscReal owned[]) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allgatherv(owned, coarse->counts[level->rows->rank], MPIU_REAL, coarse->gathered, coarse->counts, coarse->offsets, MPIU_REAL,
                              level->rows->comm));
  PetscFunctionReturn(0);
}

/* Puts the gathered couplings of every vertex (i,j) to (i+di, j+dj) in their places of the band. */
static void place(HfCoarse coarse, const HfGhostRowsInfo *rows, PetscInt di, PetscInt dj) {
  for (PetscInt j = 0; j < rows->n_rows - dj; ++j) {
    for (PetscInt i = PetscMax(0, -di); i < rows->n - PetscMax(0, di); ++i) {
      const PetscInt a = i * coarse->step_x + j * coarse->step_y, b = a + di * coarse->step_x + dj * coarse->step_y;
      const PetscInt row = PetscMax(a, b), distance = PetscAbs(a - b);
      coarse->L[row * (coarse->band + 1) + coarse->band - distance] = coarse->gathered[j * rows->n + i];
    }
  }
}

static void factorize(HfCoarse coarse) {
  const PetscInt n = coarse->n, band = coarse->band, w = band + 1;
  PetscReal *L = coarse->L;

  for (PetscInt k = 0; k < n; ++k) {
    const PetscInt first = PetscMax(0, k - band);
    PetscReal *row = L + k * w + band - k; /* row[c] is entry (k,c) */
    const PetscReal diagonal = row[k];

    /* row[c] holds L_kc pivot_c until the end */
    for (PetscInt c = first; c < k; ++c) {
      const PetscReal *other = L + c * w + band - c;
      PetscReal sum = row[c];
      for (PetscInt s = PetscMax(first, c - band); s < c; ++s) sum -= row[s] * other[s];
      row[c] = sum;
    }
    PetscReal pivot = diagonal;
    for (PetscInt c = first; c < k; ++c) {
      const PetscReal scaled = row[c] * L[c * w + band];
      pivot -= row[c] * scaled;
      row[c] = scaled;
    }
    row[k] = pivot > 1e-12 * diagonal && diagonal > 0 ? 1 / pivot : 0;
  }
}

PetscErrorCode HfCoarseSetUp(HfCoarse coarse, const HfLevel *level) {
  const PetscReal *couplings[5] = {level->A.D, level->A.E, level->A.N, level->A.NE, level->A.NW};
  const PetscInt to[5][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {-1, 1}};

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(coarse->L, coarse->n * (coarse->band + 1)));
  for (int k = 0; k < 5; ++k) {
    PetscCall(gather(coarse, level, couplings[k] + HfGhostRowsAt(level->rows, level->rows->start)));
    place(coarse, level->rows, to[k][0], to[k][1]);
  }
  factorize(coarse);
  PetscFunctionReturn(0);
}

PetscErrorCode HfCoarseSolve(HfCoarse coarse, const HfLevel *level, const PetscReal b[], PetscReal x[]) {
  const HfGhostRowsInfo *rows = level->rows;
  const PetscInt n = coarse->n, band = coarse->band, w = band + 1;
  PetscReal *y = coarse->solution;

  PetscFunctionBeginUser;
  PetscCall(gather(coarse, level, b));
  for (PetscInt j = 0; j < rows->n_rows; ++j)
    for (PetscInt i = 0; i < rows->n; ++i) y[i * coarse->step_x + j * coarse->step_y] = coarse->gathered[j * rows->n + i];
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal *row = coarse->L + k * w + band - k;
    PetscReal sum = y[k];
    for (PetscInt c = PetscMax(0, k - band); c < k; ++c) sum -= row[c] * y[c];
    y[k] = sum;
  }
  for (PetscInt k = 0; k < n; ++k) y[k] *= coarse->L[k * w + band];
  for (PetscInt k = n - 1; k >= 0; --k) {
    const PetscReal *row = coarse->L + k * w + band - k;
    const PetscReal value = y[k];
    for (PetscInt c = PetscMax(0, k - band); c < k; ++c) y[c] -= row[c] * value;
  }
  for (PetscInt j = PetscMax(0, rows->start - 1); j < PetscMin(rows->n_rows, rows->end + 1); ++j)
    for (PetscInt i = 0; i < rows->n; ++i) x[HfGhostRowsAt(rows, j) + i] = y[i * coarse->step_x + j * coarse->step_y];
  PetscFunctionReturn(0);
}
