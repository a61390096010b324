/* A grid of vertices whose rows are shared among the ranks, at one level of the multigrid hierarchy.

   A rank owns the rows start .. end-1 (possibly none on a coarse level). Arrays on a level hold the rows start-1 .. end, the first and the last being
   copies of the neighbours' rows (zero beyond the film), nx numbers each, and are surrounded by a few zeros, so that the neighbours i-1 and i+1 of
   any vertex can be read where they are: at the ends of a row they belong to another row and meet a coefficient that is zero. */
#pragma once
#include <hopfilm/base.h>

typedef struct {
  PetscMPIInt peer;
  PetscInt row;
} HfVertexMessage;

typedef struct {
  MPI_Comm comm;
  PetscMPIInt tag, rank, size;
  PetscInt nx, ny, start, end;
  PetscInt *ranges; /* rows ranges[r] .. ranges[r+1]-1 belong to rank r */
  int n_send, n_receive;
  HfVertexMessage *send, receive[2];
  MPI_Request *requests;
} HfVertexRows;

/* `finer` (may be NULL): row ranges of the finer level, whose owners need their ghost rows here even when they own none. Collective. */
PetscErrorCode HfVertexRowsCreate(MPI_Comm comm, PetscInt nx, PetscInt ny, const PetscInt ranges[], const PetscInt finer[], HfVertexRows **rows);
PetscErrorCode HfVertexRowsDestroy(HfVertexRows **rows);
PetscErrorCode HfVertexRowsAlloc(const HfVertexRows *rows, PetscReal **x); /* zeroed; x points at row start-1 */
PetscErrorCode HfVertexRowsFree(PetscReal **x);
/* Fills the ghost rows with numbers of the given parity (0, 1; -1: both). Collective. */
PetscErrorCode HfVertexRowsExchange(HfVertexRows *rows, PetscReal x[], int parity);
/* Offset of row j in an array. */
static inline ptrdiff_t HfVertexRowAt(const HfVertexRows *rows, PetscInt j) { return (ptrdiff_t)(j - (rows->start - 1)) * rows->nx; }
