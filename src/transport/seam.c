/* The seam of a periodic film: the vertices of its last column, or uppermost row, are those of the first one, its originals. With P from the originals to all
   vertices, the equations of the originals are
     P^T A P x = P^T b
   A: that of the film without periodic boundaries. Solutions have the same value on both sides (spread); what flows into the copy counts for the original, and
   the copy's own entry is zero (fold). The V-cycle M of A serves as P^+ M P^+^T, P^+ = (P^T D P)^-1 P^T D: a mean over both
   sides weighted by the diagonal D of A, so that a side which hardly conducts, the sliver of a cut cell, counts as little. Film that contacts reach across the
   seam alone leaves A singular and M without the film's mean potential: M is then that of A with twice the diagonal where this film meets the seam
   (grounded). */
#include "transport_impl.h"

enum { TAG = 1 }; /* PETSc's own tags count down from the largest one */

PetscBool HfSeamExists(HfGrid grid) { return (PetscBool)(HfGridGetInfo(grid)->periodic[0] || HfGridGetInfo(grid)->periodic[1]); }

/* The rank that owns the first row: where boxes are one row of cells high, the ranks before it have none. */
static PetscMPIInt first_rank(const PetscInt ranges[]) {
  PetscMPIInt r = 0;

  while (ranges[r + 1] == 0) ++r;
  return r;
}
static PetscBool has_first(const HfGhostRowsInfo *rows) { return (PetscBool)(rows->rank == first_rank(rows->ranges)); }
static PetscBool has_last(const HfGhostRowsInfo *rows) { return (PetscBool)(rows->rank == rows->size - 1); }
static PetscReal *last_row(const HfGhostRowsInfo *rows, PetscReal x[]) { return x + (ptrdiff_t)(rows->end - 1 - rows->start) * rows->n; }

/* The first row into the last one. */
static PetscErrorCode copy_up(const HfGhostRowsInfo *rows, PetscReal x[]) {
  PetscFunctionBeginUser;
  if (has_first(rows) && has_last(rows))
    PetscCall(PetscArraycpy(last_row(rows, x), x, rows->n));
  else if (has_first(rows))
    PetscCallMPI(MPI_Send(x, (PetscMPIInt)rows->n, MPIU_REAL, rows->size - 1, TAG, rows->comm));
  else if (has_last(rows))
    PetscCallMPI(MPI_Recv(last_row(rows, x), (PetscMPIInt)rows->n, MPIU_REAL, first_rank(rows->ranges), TAG, rows->comm, MPI_STATUS_IGNORE));
  PetscFunctionReturn(0);
}

/* The last row is added to the first one and becomes zero. */
static PetscErrorCode add_down(HfPotential p, PetscReal x[]) {
  const HfGhostRowsInfo *rows = p->rows;
  PetscReal *from = has_last(rows) ? last_row(rows, x) : p->seam_row;

  PetscFunctionBeginUser;
  if (has_first(rows) && !has_last(rows))
    PetscCallMPI(MPI_Recv(from, (PetscMPIInt)rows->n, MPIU_REAL, rows->size - 1, TAG, rows->comm, MPI_STATUS_IGNORE));
  else if (has_last(rows) && !has_first(rows))
    PetscCallMPI(MPI_Send(from, (PetscMPIInt)rows->n, MPIU_REAL, first_rank(rows->ranges), TAG, rows->comm));
  for (PetscInt i = 0; i < rows->n && has_first(rows); ++i) x[i] += from[i];
  if (has_last(rows)) PetscCall(PetscArrayzero(last_row(rows, x), rows->n));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSeamSpread(HfPotential p, PetscReal x[]) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;

  PetscFunctionBeginUser;
  for (ptrdiff_t k = 0; k < p->n_owned && g->periodic[0]; k += rows->n) x[k + rows->n - 1] = x[k];
  if (g->periodic[1]) PetscCall(copy_up(rows, x));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSeamFold(HfPotential p, PetscReal x[]) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;

  PetscFunctionBeginUser;
  if (g->periodic[1]) PetscCall(add_down(p, x));
  for (ptrdiff_t k = 0; k < p->n_owned && g->periodic[0]; k += rows->n) {
    x[k] += x[k + rows->n - 1];
    x[k + rows->n - 1] = 0;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfSeamWeigh(HfPotential p) {
  const PetscReal *diagonal = HfMultigridRow(p->multigrid, p->rows->start).D;

  PetscFunctionBeginUser;
  if (!p->shared) PetscFunctionReturn(0); /* no seam */
  PetscCall(PetscArraycpy(p->seam_weights, diagonal, p->n_owned));
  PetscCall(HfSeamFold(p, p->seam_weights));
  PetscCall(HfSeamSpread(p, p->seam_weights));
  for (PetscInt k = 0; k < p->n_owned; ++k) p->seam_weights[k] = p->seam_weights[k] > 0 ? diagonal[k] / p->seam_weights[k] : 1;
  PetscFunctionReturn(0);
}

PetscErrorCode HfSeamShare(HfPotential p, PetscReal x[]) {
  PetscFunctionBeginUser;
  PetscCall(HfSeamSpread(p, x));
  for (PetscInt k = 0; k < p->n_owned; ++k) x[k] *= p->seam_weights[k];
  PetscFunctionReturn(0);
}

PetscErrorCode HfSeamMean(HfPotential p, PetscReal x[]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < p->n_owned; ++k) x[k] *= p->seam_weights[k];
  PetscCall(HfSeamFold(p, x));
  PetscFunctionReturn(0);
}

void HfSeamGround(HfPotential p) {
  PetscReal *diagonal = HfMultigridRow(p->multigrid, p->rows->start).D;

  for (PetscInt k = 0; k < p->n_grounded; ++k) diagonal[p->grounded[k]] *= 2;
}

void HfSeamUnground(HfPotential p, PetscReal y[]) {
  const PetscReal *diagonal = HfMultigridRow(p->multigrid, p->rows->start).D, *x = p->phi + HfGhostRowsAt(p->rows, p->rows->start);

  for (PetscInt k = 0; k < p->n_grounded; ++k) y[p->grounded[k]] -= 0.5 * diagonal[p->grounded[k]] * x[p->grounded[k]];
}

PetscErrorCode HfSeamFindMisfit(HfElectrodes e, PetscInt *electrode) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const PetscInt n = g->nx + 1;
  const int16_t *mine = e->vertices + (ptrdiff_t)(e->n_rows - 1) * n; /* of the last rank: the uppermost row */
  PetscInt found = -1;
  int16_t *first;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < e->n_rows && g->periodic[0]; ++j) {
    const int16_t *row = e->vertices + (ptrdiff_t)j * n;
    if (row[0] != row[n - 1]) found = PetscMax(row[0], row[n - 1]);
  }
  if (g->periodic[1]) {
    const PetscMPIInt owner = first_rank(HfGridRowRanges(e->grid));

    PetscCall(PetscMalloc1(n, &first));
    if (g->rank == owner) PetscCall(PetscArraycpy(first, e->vertices, n));
    PetscCallMPI(MPI_Bcast(first, (PetscMPIInt)(n * (PetscInt)sizeof(*first)), MPI_BYTE, owner, HfGridComm(e->grid)));
    for (PetscInt i = 0; i < n && g->rank == g->size - 1; ++i)
      if (first[i] != mine[i]) found = PetscMax(first[i], mine[i]);
    PetscCall(PetscFree(first));
  }
  PetscCallMPI(MPI_Allreduce(&found, electrode, 1, MPIU_INT, MPI_MAX, HfGridComm(e->grid)));
  PetscFunctionReturn(0);
}
