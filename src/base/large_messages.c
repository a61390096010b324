/* All-to-all messages of any size. MPI counts by an int, and MPI 4's calls of large counts are not everywhere: what does not fit goes in pieces.

   Pieces go between pairs of ranks, (rank + k) mod size for k = 1, 2, ..., so that few are under way at once. A sender and its receiver cut the same count
   into the same pieces, which MPI keeps in order. */
#include <hopfilm/base.h>
#include <string.h>

enum { TAG = 2 }; /* PETSc's own tags count down from the largest one, and 1 is seam.c's */

/* How many pieces of at most `most` numbers. */
static PetscInt64 pieces(PetscInt64 count, PetscInt64 most) { return (count + most - 1) / most; }

static PetscErrorCode in_one(MPI_Comm comm, MPI_Datatype type, const HfExchange *out, const HfExchange *in, PetscMPIInt size) {
  PetscMPIInt *n_out, *at_out, *n_in, *at_in;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(size, &n_out, size, &at_out, size, &n_in, size, &at_in));
  for (PetscMPIInt r = 0; r < size; ++r) {
    n_out[r] = (PetscMPIInt)out->counts[r];
    at_out[r] = (PetscMPIInt)out->places[r];
    n_in[r] = (PetscMPIInt)in->counts[r];
    at_in[r] = (PetscMPIInt)in->places[r];
  }
  PetscCallMPI(MPI_Alltoallv(out->numbers, n_out, at_out, type, in->numbers, n_in, at_in, type, comm));
  PetscCall(PetscFree4(n_out, at_out, n_in, at_in));
  PetscFunctionReturn(0);
}

static PetscErrorCode in_pieces(MPI_Comm comm, MPI_Datatype type, const HfExchange *out, const HfExchange *in, PetscInt64 most, PetscMPIInt size,
                                PetscMPIInt rank) {
  MPI_Request *requests;
  MPI_Status *unused; /* MPICH's MPI_STATUSES_IGNORE is the address 1, where gcc 12 sees an overflow */
  MPI_Aint low, each;
  PetscInt64 most_out = 0, most_in = 0, room;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Type_get_extent(type, &low, &each));
  for (PetscMPIInt r = 0; r < size; ++r) {
    most_out = PetscMax(most_out, pieces(out->counts[r], most));
    most_in = PetscMax(most_in, pieces(in->counts[r], most));
  }
  room = most_out + most_in; /* a round sends to one rank and receives from another */
  PetscCall(PetscMalloc2(room, &requests, room, &unused));
  memcpy((char *)in->numbers + in->places[rank] * each, (const char *)out->numbers + out->places[rank] * each, (size_t)(out->counts[rank] * each));
  for (PetscMPIInt k = 1; k < size; ++k) {
    const PetscMPIInt to = (rank + k) % size, from = (rank + size - k) % size;
    int pending = 0;

    for (PetscInt64 done = 0; done < in->counts[from]; done += most)
      PetscCallMPI(MPI_Irecv((char *)in->numbers + (in->places[from] + done) * each, (PetscMPIInt)PetscMin(most, in->counts[from] - done), type, from,
                             TAG, comm, &requests[pending++]));
    for (PetscInt64 done = 0; done < out->counts[to]; done += most)
      PetscCallMPI(MPI_Isend((const char *)out->numbers + (out->places[to] + done) * each, (PetscMPIInt)PetscMin(most, out->counts[to] - done), type,
                             to, TAG, comm, &requests[pending++]));
    PetscCallMPI(MPI_Waitall(pending, requests, unused));
  }
  PetscCall(PetscFree2(requests, unused));
  PetscFunctionReturn(0);
}

PetscErrorCode HfExchangeAllToAll(MPI_Comm comm, MPI_Datatype type, const HfExchange *out, const HfExchange *in, PetscInt64 largest,
                                  PetscInt64 most) {
  PetscMPIInt size, rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (largest <= most)
    PetscCall(in_one(comm, type, out, in, size));
  else
    PetscCall(in_pieces(comm, type, out, in, PetscMin(most, HF_EXCHANGE_PIECE), size, rank));
  PetscFunctionReturn(0);
}
