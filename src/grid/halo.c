/* The two rows a rank needs of its neighbours. Only these rows move; the owned rows are read where they are. */
#include "grid_impl.h"

struct HfHalo_ {
  MPI_Comm comm;
  PetscMPIInt tag, below, above; /* ranks, MPI_PROC_NULL at the ends */
  PetscInt row, last;            /* numbers in a row; offset of the last owned row */
  PetscScalar *south, *north;
  MPI_Request requests[4];
};

PetscErrorCode HfHaloCreate(HfGrid grid, PetscInt dof, HfHalo *out) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfHalo halo;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&halo));
  PetscCall(PetscCommDuplicate(HfGridComm(grid), &halo->comm, &halo->tag));
  halo->below = g->rank > 0 ? g->rank - 1 : MPI_PROC_NULL;
  halo->above = g->rank + 1 < g->size ? g->rank + 1 : MPI_PROC_NULL;
  halo->row = dof * g->nx;
  halo->last = (g->ym - 1) * halo->row;
  PetscCall(PetscCalloc2(halo->row, &halo->south, halo->row, &halo->north));
  *out = halo;
  PetscFunctionReturn(0);
}

PetscErrorCode HfHaloBegin(HfHalo h, const PetscScalar *owned) {
  PetscMPIInt n;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(h->row, &n));
  PetscCallMPI(MPI_Irecv(h->south, n, MPIU_SCALAR, h->below, h->tag, h->comm, &h->requests[0]));
  PetscCallMPI(MPI_Irecv(h->north, n, MPIU_SCALAR, h->above, h->tag, h->comm, &h->requests[1]));
  PetscCallMPI(MPI_Isend(owned, n, MPIU_SCALAR, h->below, h->tag, h->comm, &h->requests[2]));
  PetscCallMPI(MPI_Isend(owned + h->last, n, MPIU_SCALAR, h->above, h->tag, h->comm, &h->requests[3]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfHaloEnd(HfHalo h, const PetscScalar **south, const PetscScalar **north) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Waitall(4, h->requests, MPI_STATUSES_IGNORE));
  *south = h->south;
  *north = h->north;
  PetscFunctionReturn(0);
}

PetscErrorCode HfHaloDestroy(HfHalo *halo) {
  PetscFunctionBeginUser;
  if (!*halo) PetscFunctionReturn(0);
  PetscCall(PetscCommDestroy(&(*halo)->comm));
  PetscCall(PetscFree2((*halo)->south, (*halo)->north));
  PetscCall(PetscFree(*halo));
  PetscFunctionReturn(0);
}
