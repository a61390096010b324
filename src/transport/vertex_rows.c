/* Rows of vertices shared among the ranks: who needs which row of whom. A coarse level may leave ranks without rows; a row then travels to every
   rank that borders it there or on the finer level, so that a hierarchy coarsens to the end on any number of ranks. */
#include "vertex_rows.h"

enum { MARGIN = 8 };

static PetscBool takes_part(const PetscInt ranges[], const PetscInt finer[], PetscMPIInt r) {
  return (PetscBool)(ranges[r + 1] > ranges[r] || (finer && finer[r + 1] > finer[r]));
}

PetscErrorCode HfVertexRowsCreate(MPI_Comm comm, PetscInt nx, PetscInt ny, const PetscInt ranges[], const PetscInt finer[], HfVertexRows **out) {
  HfVertexRows *rows;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&rows));
  PetscCall(PetscCommDuplicate(comm, &rows->comm, &rows->tag));
  PetscCallMPI(MPI_Comm_rank(comm, &rows->rank));
  PetscCallMPI(MPI_Comm_size(comm, &rows->size));
  rows->nx = nx;
  rows->ny = ny;
  rows->start = ranges[rows->rank];
  rows->end = ranges[rows->rank + 1];
  PetscCall(PetscMalloc1(rows->size + 1, &rows->ranges));
  PetscCall(PetscArraycpy(rows->ranges, ranges, rows->size + 1));

  for (int pass = 0; pass < 2; ++pass) { /* count, then list */
    rows->n_send = 0;
    for (PetscMPIInt r = 0; r < rows->size; ++r) {
      const PetscInt wanted[2] = {ranges[r] - 1, ranges[r + 1]};

      if (r == rows->rank || !takes_part(ranges, finer, r)) continue;
      for (int k = 0; k < 2; ++k) {
        if (wanted[k] < rows->start || wanted[k] >= rows->end) continue;
        if (pass) rows->send[rows->n_send] = (HfVertexMessage){r, wanted[k]};
        ++rows->n_send;
      }
    }
    if (!pass) PetscCall(PetscMalloc1(rows->n_send, &rows->send));
  }
  if (takes_part(ranges, finer, rows->rank)) {
    const PetscInt wanted[2] = {rows->start - 1, rows->end};

    for (int k = 0; k < 2; ++k)
      for (PetscMPIInt r = 0; r < rows->size; ++r)
        if (wanted[k] >= ranges[r] && wanted[k] < ranges[r + 1]) rows->receive[rows->n_receive++] = (HfVertexMessage){r, wanted[k]};
  }
  PetscCall(PetscMalloc1(rows->n_send + 2, &rows->requests));
  *out = rows;
  PetscFunctionReturn(0);
}

PetscErrorCode HfVertexRowsDestroy(HfVertexRows **rows) {
  PetscFunctionBeginUser;
  if (!*rows) PetscFunctionReturn(0);
  PetscCall(PetscCommDestroy(&(*rows)->comm));
  PetscCall(PetscFree((*rows)->ranges));
  PetscCall(PetscFree((*rows)->send));
  PetscCall(PetscFree((*rows)->requests));
  PetscCall(PetscFree(*rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfVertexRowsAlloc(const HfVertexRows *rows, PetscReal **x) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1((rows->end - rows->start + 2) * rows->nx + 2 * MARGIN, x));
  *x += MARGIN;
  PetscFunctionReturn(0);
}

PetscErrorCode HfVertexRowsFree(PetscReal **x) {
  PetscReal *block = *x ? *x - MARGIN : NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(block));
  *x = NULL;
  PetscFunctionReturn(0);
}

PetscErrorCode HfVertexRowsExchange(HfVertexRows *rows, PetscReal x[], int parity) {
  PetscMPIInt n, pending = 0;

  PetscFunctionBeginUser;
  if (rows->size == 1) PetscFunctionReturn(0);
  PetscCall(PetscMPIIntCast(rows->nx, &n));
  for (int k = 0; k < rows->n_receive; ++k) {
    const HfVertexMessage *message = &rows->receive[k];
    if (parity < 0 || (message->row & 1) == parity)
      PetscCallMPI(MPI_Irecv(x + HfVertexRowAt(rows, message->row), n, MPIU_REAL, message->peer, rows->tag, rows->comm, &rows->requests[pending++]));
  }
  for (int k = 0; k < rows->n_send; ++k) {
    const HfVertexMessage *message = &rows->send[k];
    if (parity < 0 || (message->row & 1) == parity)
      PetscCallMPI(MPI_Isend(x + HfVertexRowAt(rows, message->row), n, MPIU_REAL, message->peer, rows->tag, rows->comm, &rows->requests[pending++]));
  }
  PetscCallMPI(MPI_Waitall(pending, rows->requests, MPI_STATUSES_IGNORE));
  PetscFunctionReturn(0);
}
