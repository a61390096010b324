/* Ghost columns: copies of the columns next to a rank's own box, one to the left and one to the right. Whole rows have none: periodic along x, they hold
   both of their ends. */
#include "grid_impl.h"

struct HfGhostColumns_ {
  PetscInt dof, xm, ym;
  PetscMPIInt peer[2], count; /* ranks to the left and right, or MPI_PROC_NULL; numbers in a column */
  PetscMPIInt tag[2];         /* of what travels to the left, to the right */
  MPI_Comm comm;              /* ranks beside each other */
  MPI_Request requests[4];
  PetscReal *sent[2], *received[2]; /* left, right */
};

PetscErrorCode HfGhostColumnsCreate(HfGrid grid, PetscInt dof, HfGhostColumns *out) {
  const HfGridInfo *g = &grid->info;
  const PetscMPIInt n = g->boxes[0], mine = g->rank % n;
  HfGhostColumns columns;

  PetscFunctionBeginUser;
  PetscCheck(n > 1, grid->comm, PETSC_ERR_ARG_WRONGSTATE, "ghost columns of whole rows");
  PetscCall(PetscNew(&columns));
  columns->dof = dof;
  columns->xm = g->xm;
  columns->ym = g->ym;
  PetscCall(PetscMPIIntCast(dof * g->ym, &columns->count));
  PetscCall(PetscCommDuplicate(grid->along[0], &columns->comm, &columns->tag[0]));
  PetscCall(PetscCommGetNewTag(columns->comm, &columns->tag[1]));
  columns->peer[0] = mine > 0 ? mine - 1 : g->periodic[0] ? n - 1 : MPI_PROC_NULL;
  columns->peer[1] = mine < n - 1 ? mine + 1 : g->periodic[0] ? 0 : MPI_PROC_NULL;
  PetscCall(PetscCalloc4(columns->count, &columns->sent[0], columns->count, &columns->sent[1], columns->count, &columns->received[0], columns->count,
                         &columns->received[1]));
  *out = columns;
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostColumnsDestroy(HfGhostColumns *columns) {
  PetscFunctionBeginUser;
  if (!*columns) PetscFunctionReturn(0);
  PetscCall(PetscCommDestroy(&(*columns)->comm));
  PetscCall(PetscFree4((*columns)->sent[0], (*columns)->sent[1], (*columns)->received[0], (*columns)->received[1]));
  PetscCall(PetscFree(*columns));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostColumnsBegin(HfGhostColumns columns, const PetscReal owned[]) {
  const PetscInt dof = columns->dof, row = dof * columns->xm;

  PetscFunctionBeginUser;
  for (int side = 0; side < 2; ++side) /* what comes from a side was sent towards the other one */
    PetscCallMPI(MPI_Irecv(columns->received[side], columns->count, MPIU_REAL, columns->peer[side], columns->tag[1 - side], columns->comm,
                           &columns->requests[side]));
  for (int side = 0; side < 2; ++side) {
    const PetscReal *column = owned + (side ? row - dof : 0);

    for (PetscInt j = 0; j < columns->ym; ++j)
      for (PetscInt c = 0; c < dof; ++c) columns->sent[side][dof * j + c] = column[row * j + c];
    PetscCallMPI(MPI_Isend(columns->sent[side], columns->count, MPIU_REAL, columns->peer[side], columns->tag[side], columns->comm,
                           &columns->requests[2 + side]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfGhostColumnsEnd(HfGhostColumns columns, const PetscReal **left, const PetscReal **right) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Waitall(4, columns->requests, MPI_STATUSES_IGNORE));
  *left = columns->received[0];
  *right = columns->received[1];
  PetscFunctionReturn(0);
}
