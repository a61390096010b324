/* Ghost rows: copies of the rows next to a rank's own, one below and one above, of cells, vertices or any level of a multigrid hierarchy.

   Only these rows travel; owned rows are read and ghost rows are written where they are. A coarse level may leave ranks without rows: a row then travels
   to every rank that borders it there or on the finer level, so that a hierarchy coarsens to the end on any number of ranks.

   Why not DMGlobalToLocal of the DMDA: it copies all owned rows into a local Vec, and a DMDA needs a row on every rank. tests/bench/grid_ghost_rows.c, CPU
   time of one exchange, ours against its, in us, on two ranks: cells 3.8 / 266 (512^2), 6.2 / 7700 (2048^2), vertices with room for ghost rows
   3.3 / 85 and 4.1 / 1350; on one rank 0.05 against 490, 15000, 150, 2800. Where the owned rows have to be copied all the same, both take equally long. */
#include "grid_impl.h"
#include <string.h>

enum { MARGIN = 8 }; /* zeros before and after an array */

typedef struct {
  PetscMPIInt peer; /* this rank itself: a copy */
  PetscInt row;
  int side; /* 0: it arrives below the rows of who gets it, 1: above */
} Message;

struct HfGhostRows_ {
  HfGhostRowsInfo info;
  PetscInt *ranges;
  PetscMPIInt tag;
  int n_send, n_receive, n_copies; /* copies: rows of this rank that are its own neighbours, with periodic boundaries */
  Message *send, receive[2], copies[2];
  MPI_Request *requests;
  PetscMPIInt pending;
  PetscReal *below, *above; /* for owned rows without room for ghost rows; made when needed first */
};

static PetscBool takes_part(const PetscInt ranges[], const PetscInt finer[], PetscMPIInt r) {
  return (PetscBool)(ranges[r + 1] > ranges[r] || (finer && finer[r + 1] > finer[r]));
}

/* The rows below and above those of a rank; -1 where there is none. */
static void rows_around(const HfGhostRowsInfo *info, PetscMPIInt r, PetscInt around[2]) {
  around[0] = info->ranges[r] - 1;
  around[1] = info->ranges[r + 1];
  if (info->periodic) {
    around[0] = (around[0] + info->n_rows) % info->n_rows;
    around[1] %= info->n_rows;
  }
}

/* Which owned rows are ghost rows of which ranks: counted when `list` is NULL, or listed. In the order in which list_receives() of the other rank has
   them: two messages between the same ranks do not overtake each other. */
static int list_sends(const HfGhostRowsInfo *info, const PetscInt finer[], Message list[]) {
  int n = 0;

  for (PetscMPIInt r = 0; r < info->size; ++r) {
    PetscInt wanted[2];

    if (r == info->rank || !takes_part(info->ranges, finer, r)) continue;
    rows_around(info, r, wanted);
    for (int k = 0; k < 2; ++k) {
      if (wanted[k] < info->start || wanted[k] >= info->end) continue;
      if (list) list[n] = (Message){r, wanted[k], k};
      ++n;
    }
  }
  return n;
}

/* `own`: from this rank itself, otherwise from the others. */
static int list_receives(const HfGhostRowsInfo *info, const PetscInt finer[], PetscBool own, Message list[2]) {
  PetscInt wanted[2];
  int n = 0;

  if (!takes_part(info->ranges, finer, info->rank)) return 0;
  rows_around(info, info->rank, wanted);
  for (int k = 0; k < 2; ++k)
    for (PetscMPIInt r = 0; r < info->size; ++r)
      if ((r == info->rank) == own && wanted[k] >= info->ranges[r] && wanted[k] < info->ranges[r + 1]) list[n++] = (Message){r, wanted[k], k};
  return n;
}

PetscErrorCode HfGhostRowsCreate(MPI_Comm comm, PetscInt n, PetscInt n_rows, PetscBool periodic, const PetscInt ranges[], const PetscInt finer[],
                                 HfGhostRows *out) {
  HfGhostRows rows;
  HfGhostRowsInfo *info;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&rows));
  info = &rows->info;
  PetscCall(PetscCommDuplicate(comm, &info->comm, &rows->tag));
  PetscCallMPI(MPI_Comm_rank(comm, &info->rank));
  PetscCallMPI(MPI_Comm_size(comm, &info->size));
  PetscCall(PetscMalloc1(info->size + 1, &rows->ranges));
  PetscCall(PetscArraycpy(rows->ranges, ranges, info->size + 1));
  info->ranges = rows->ranges;
  info->n = n;
  info->n_rows = n_rows;
  info->periodic = periodic;
  info->start = ranges[info->rank];
  info->end = ranges[info->rank + 1];
  PetscCall(PetscMalloc1(list_sends(info, finer, NULL), &rows->send));
  rows->n_send = list_sends(info, finer, rows->send);
  rows->n_receive = list_receives(info, finer, PETSC_FALSE, rows->receive);
  rows->n_copies = list_receives(info, finer, PETSC_TRUE, rows->copies);
  PetscCall(PetscMalloc1(rows->n_send + 2, &rows->requests));
  *out = rows;
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsCreateCells(HfGrid grid, PetscInt dof, HfGhostRows *rows) {
  const HfGridInfo *g = HfGridGetInfo(grid);

  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsCreate(HfGridColumnComm(grid), dof * g->xm, g->ny, g->periodic[1], HfGridRowRanges(grid), NULL, rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsCreateVertices(HfGrid grid, HfGhostRows *rows) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  PetscInt *ranges;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(g->size + 1, &ranges));
  PetscCall(PetscArraycpy(ranges, HfGridRowRanges(grid), g->size + 1));
  ++ranges[g->size]; /* the last rank owns the uppermost row */
  PetscCall(HfGhostRowsCreate(HfGridComm(grid), g->nx + 1, g->ny + 1, PETSC_FALSE, ranges, NULL, rows));
  PetscCall(PetscFree(ranges));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsDestroy(HfGhostRows *rows) {
  PetscFunctionBeginUser;
  if (!*rows) PetscFunctionReturn(0);
  PetscCall(PetscCommDestroy(&(*rows)->info.comm));
  PetscCall(PetscFree((*rows)->ranges));
  PetscCall(PetscFree((*rows)->send));
  PetscCall(PetscFree((*rows)->requests));
  PetscCall(PetscFree2((*rows)->below, (*rows)->above));
  PetscCall(PetscFree(*rows));
  PetscFunctionReturn(0);
}

const HfGhostRowsInfo *HfGhostRowsGetInfo(HfGhostRows rows) { return &rows->info; }

PetscErrorCode HfGhostRowsAllocate(HfGhostRows rows, PetscReal **x) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1((rows->info.end - rows->info.start + 2) * rows->info.n + 2 * MARGIN, x));
  *x += MARGIN;
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsFree(PetscReal **x) {
  PetscReal *block = *x ? *x - MARGIN : NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(block));
  *x = NULL;
  PetscFunctionReturn(0);
}

/* first and last: the owned rows start and end-1, which is all that others need; below and above: where rows start-1 and end arrive. */
static PetscErrorCode start(HfGhostRows rows, PetscInt n, MPI_Datatype type, const void *first, const void *last, void *below, void *above,
                            HfRowParity parity) {
  const HfGhostRowsInfo *info = &rows->info;
  PetscMPIInt count;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(n, &count));
  rows->pending = 0;
  for (int k = 0; k < rows->n_copies; ++k) {
    const Message *message = &rows->copies[k];
    if (parity == HF_ROWS_ALL || (message->row & 1) == (int)parity)
      memcpy(message->side ? above : below, message->row == info->start ? first : last,
             (size_t)n * (type == MPI_FLOAT ? sizeof(float) : sizeof(PetscReal)));
  }
  for (int k = 0; k < rows->n_receive; ++k) {
    const Message *message = &rows->receive[k];
    if (parity == HF_ROWS_ALL || (message->row & 1) == (int)parity)
      PetscCallMPI(MPI_Irecv(message->side ? above : below, count, type, message->peer, rows->tag, info->comm, &rows->requests[rows->pending++]));
  }
  for (int k = 0; k < rows->n_send; ++k) {
    const Message *message = &rows->send[k];
    if (parity == HF_ROWS_ALL || (message->row & 1) == (int)parity)
      PetscCallMPI(
          MPI_Isend(message->row == info->start ? first : last, count, type, message->peer, rows->tag, info->comm, &rows->requests[rows->pending++]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode start_reals(HfGhostRows rows, const PetscReal owned[], PetscReal below[], PetscReal above[], HfRowParity parity) {
  const HfGhostRowsInfo *info = &rows->info;
  const PetscReal *last = info->end > info->start ? owned + (ptrdiff_t)(info->end - 1 - info->start) * info->n : owned;

  PetscFunctionBeginUser;
  PetscCall(start(rows, info->n, MPIU_REAL, owned, last, below, above, parity));
  PetscFunctionReturn(0);
}

static PetscErrorCode finish(HfGhostRows rows) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Waitall(rows->pending, rows->requests, MPI_STATUSES_IGNORE));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsFill(HfGhostRows rows, PetscReal x[], HfRowParity parity) {
  const HfGhostRowsInfo *info = &rows->info;

  PetscFunctionBeginUser;
  if (info->size == 1 && !info->periodic) PetscFunctionReturn(0);
  PetscCall(start_reals(rows, x + HfGhostRowsAt(info, info->start), x, x + HfGhostRowsAt(info, info->end), parity));
  PetscCall(finish(rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsBeginFloats(HfGhostRows rows, PetscInt n, const float first[], const float last[], float below[], float above[],
                                      HfRowParity parity) {
  PetscFunctionBeginUser;
  PetscCall(start(rows, n, MPI_FLOAT, first, last, below, above, parity));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsEndFloats(HfGhostRows rows) {
  PetscFunctionBeginUser;
  PetscCall(finish(rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsBegin(HfGhostRows rows, const PetscReal owned[]) {
  const PetscInt n = rows->info.n;

  PetscFunctionBeginUser;
  if (!rows->below) PetscCall(PetscCalloc2(n, &rows->below, n, &rows->above));
  PetscCall(start_reals(rows, owned, rows->below, rows->above, HF_ROWS_ALL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostRowsEnd(HfGhostRows rows, const PetscReal **below, const PetscReal **above) {
  PetscFunctionBeginUser;
  PetscCall(finish(rows));
  *below = rows->below;
  *above = rows->above;
  PetscFunctionReturn(0);
}
