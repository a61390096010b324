/* Counts what a program sends by MPI, its libraries included: a shared library that is loaded before MPI (LD_PRELOAD) and stands for its calls by MPI's
   profiling interface. At the end of the run rank 0 writes, of the busiest rank and on average, to the file that HOPFILM_COUNTS names:
     messages, bytes   point to point, persistent ones when they are started
     exchanges, exchange_messages, exchange_bytes   calls of MPI_Alltoallv, and what they send to other ranks
     collectives, collective_bytes   all other collective calls, and the bytes that a rank gives
   jobs/reproduce/ranks.py compares them with a model. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { MESSAGES, BYTES, EXCHANGES, EXCHANGE_MESSAGES, EXCHANGE_BYTES, COLLECTIVES, COLLECTIVE_BYTES, N_COUNTERS };
enum { MOST_PERSISTENT = 4096 };
static double counters[N_COUNTERS];
static struct {
  MPI_Request request;
  double bytes;
} persistent[MOST_PERSISTENT]; /* those made and not freed; a request that was freed may come back */
static int n_persistent;

static double bytes_of(double count, MPI_Datatype type) {
  int size = 0;
  PMPI_Type_size(type, &size);
  return count * size;
}

static void sent(double count, MPI_Datatype type, int dest) {
  if (dest == MPI_PROC_NULL) return;
  counters[MESSAGES] += 1;
  counters[BYTES] += bytes_of(count, type);
}

static void collective(double count, MPI_Datatype type, MPI_Comm comm) {
  int size = 0;
  PMPI_Comm_size(comm, &size);
  if (size == 1) return;
  counters[COLLECTIVES] += 1;
  counters[COLLECTIVE_BYTES] += bytes_of(count, type);
}

static void started(MPI_Request request) {
  for (int k = 0; k < n_persistent; ++k)
    if (persistent[k].request == request) {
      counters[MESSAGES] += 1;
      counters[BYTES] += persistent[k].bytes;
      return;
    }
}

#define SEND(name)                                                                                                                                   \
  int name(const void *buf, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm) {                                                        \
    sent(count, type, dest);                                                                                                                         \
    return P##name(buf, count, type, dest, tag, comm);                                                                                               \
  }
SEND(MPI_Send)
SEND(MPI_Ssend)
SEND(MPI_Rsend)
#define ISEND(name)                                                                                                                                  \
  int name(const void *buf, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, MPI_Request *request) {                                  \
    sent(count, type, dest);                                                                                                                         \
    return P##name(buf, count, type, dest, tag, comm, request);                                                                                      \
  }
ISEND(MPI_Isend)
ISEND(MPI_Issend)
ISEND(MPI_Irsend)

int MPI_Sendrecv(const void *from, int n_from, MPI_Datatype from_type, int dest, int tag, void *to, int n_to, MPI_Datatype to_type, int source,
                 int to_tag, MPI_Comm comm, MPI_Status *status) {
  sent(n_from, from_type, dest);
  return PMPI_Sendrecv(from, n_from, from_type, dest, tag, to, n_to, to_type, source, to_tag, comm, status);
}

int MPI_Send_init(const void *buf, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, MPI_Request *request) {
  const int code = PMPI_Send_init(buf, count, type, dest, tag, comm, request);
  int k = 0;

  while (k < n_persistent && persistent[k].request != *request) ++k;
  if (k == MOST_PERSISTENT) {
    fprintf(stderr, "count_messages: more than %d persistent messages\n", MOST_PERSISTENT);
    PMPI_Abort(MPI_COMM_WORLD, 1);
  }
  persistent[k].request = *request;
  persistent[k].bytes = bytes_of(count, type);
  if (k == n_persistent) ++n_persistent;
  return code;
}
int MPI_Request_free(MPI_Request *request) {
  for (int k = 0; k < n_persistent; ++k)
    if (persistent[k].request == *request) {
      persistent[k] = persistent[--n_persistent];
      break;
    }
  return PMPI_Request_free(request);
}
int MPI_Start(MPI_Request *request) {
  started(*request);
  return PMPI_Start(request);
}
int MPI_Startall(int count, MPI_Request requests[]) {
  for (int k = 0; k < count; ++k) started(requests[k]);
  return PMPI_Startall(count, requests);
}

int MPI_Alltoallv(const void *from, const int counts[], const int places[], MPI_Datatype type, void *to, const int to_counts[], const int to_places[],
                  MPI_Datatype to_type, MPI_Comm comm) {
  int rank, size;

  PMPI_Comm_rank(comm, &rank);
  PMPI_Comm_size(comm, &size);
  counters[EXCHANGES] += size > 1;
  for (int r = 0; r < size; ++r) {
    if (r == rank || !counts[r]) continue;
    counters[EXCHANGE_MESSAGES] += 1;
    counters[EXCHANGE_BYTES] += bytes_of(counts[r], type);
  }
  return PMPI_Alltoallv(from, counts, places, type, to, to_counts, to_places, to_type, comm);
}

int MPI_Allreduce(const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  collective(count, type, comm);
  return PMPI_Allreduce(from, to, count, type, op, comm);
}
int MPI_Iallreduce(const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm, MPI_Request *request) {
  collective(count, type, comm);
  return PMPI_Iallreduce(from, to, count, type, op, comm, request);
}
int MPI_Reduce(const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm) {
  collective(count, type, comm);
  return PMPI_Reduce(from, to, count, type, op, root, comm);
}
int MPI_Scan(const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  collective(count, type, comm);
  return PMPI_Scan(from, to, count, type, op, comm);
}
int MPI_Exscan(const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  collective(count, type, comm);
  return PMPI_Exscan(from, to, count, type, op, comm);
}
int MPI_Bcast(void *buf, int count, MPI_Datatype type, int root, MPI_Comm comm) {
  collective(count, type, comm);
  return PMPI_Bcast(buf, count, type, root, comm);
}
int MPI_Barrier(MPI_Comm comm) {
  collective(0, MPI_BYTE, comm);
  return PMPI_Barrier(comm);
}
int MPI_Allgather(const void *from, int n, MPI_Datatype type, void *to, int n_to, MPI_Datatype to_type, MPI_Comm comm) {
  collective(n, from == MPI_IN_PLACE ? to_type : type, comm);
  return PMPI_Allgather(from, n, type, to, n_to, to_type, comm);
}
int MPI_Allgatherv(const void *from, int n, MPI_Datatype type, void *to, const int counts[], const int places[], MPI_Datatype to_type,
                   MPI_Comm comm) {
  collective(from == MPI_IN_PLACE ? 0 : n, from == MPI_IN_PLACE ? to_type : type, comm);
  return PMPI_Allgatherv(from, n, type, to, counts, places, to_type, comm);
}
int MPI_Gather(const void *from, int n, MPI_Datatype type, void *to, int n_to, MPI_Datatype to_type, int root, MPI_Comm comm) {
  collective(n, from == MPI_IN_PLACE ? to_type : type, comm);
  return PMPI_Gather(from, n, type, to, n_to, to_type, root, comm);
}
int MPI_Gatherv(const void *from, int n, MPI_Datatype type, void *to, const int counts[], const int places[], MPI_Datatype to_type, int root,
                MPI_Comm comm) {
  collective(from == MPI_IN_PLACE ? 0 : n, from == MPI_IN_PLACE ? to_type : type, comm);
  return PMPI_Gatherv(from, n, type, to, counts, places, to_type, root, comm);
}

int MPI_Finalize(void) {
  static const char *const names[N_COUNTERS] = {"messages",       "bytes",       "exchanges",       "exchange_messages",
                                                "exchange_bytes", "collectives", "collective_bytes"};
  const char *path = getenv("HOPFILM_COUNTS");
  double most[N_COUNTERS], all[N_COUNTERS];
  int rank, size;

  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  PMPI_Comm_size(MPI_COMM_WORLD, &size);
  PMPI_Reduce(counters, most, N_COUNTERS, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
  PMPI_Reduce(counters, all, N_COUNTERS, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
  if (!rank && path) {
    FILE *file = fopen(path, "w");
    for (int k = 0; file && k < N_COUNTERS; ++k) fprintf(file, "%s\t%.17g\t%.17g\n", names[k], most[k], all[k] / size);
    if (file) fclose(file);
  }
  return PMPI_Finalize();
}
