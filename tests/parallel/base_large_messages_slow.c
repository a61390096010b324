/* Between each pair of ranks 2^31 + 2^21 bytes, more than MPI counts. What is sent and received is one pattern mapped again and again, so that no memory is
   taken; the last 2 MiB of each message are memory of their own, in which the numbers of the sender arrive. */
#define _GNU_SOURCE
#include "hf_test.h"
#include <hopfilm/base.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATTERN = 1 << 21, MOST_RANKS = 4 };

/* The same memory again and again, and at the end of each of n messages its own. */
static char *map_messages(int n, PetscInt64 bytes) {
  const int pattern = memfd_create("pattern", 0), ends = memfd_create("ends", 0);
  char *all = mmap(NULL, (size_t)(n * bytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  assert_true(pattern >= 0 && ends >= 0 && all != MAP_FAILED && ftruncate(pattern, PATTERN) == 0 && ftruncate(ends, n * (off_t)PATTERN) == 0);
  for (PetscInt64 at = 0; at < n * bytes; at += PATTERN) {
    const PetscBool end = (PetscBool)(at % bytes == bytes - PATTERN);

    assert_true(mmap(all + at, PATTERN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, end ? ends : pattern, end ? at / bytes * PATTERN : 0) !=
                MAP_FAILED);
  }
  close(pattern);
  close(ends);
  return all;
}

static void more_than_MPI_counts(void **state) {
  const PetscInt64 bytes = ((PetscInt64)1 << 31) + PATTERN;
  PetscInt64 counts[MOST_RANKS], places[MOST_RANKS];
  int rank, size;
  char *sent, *received;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  sent = map_messages(size, bytes);
  received = map_messages(size, bytes);
  for (int r = 0; r < size; ++r) {
    counts[r] = r == rank ? 0 : bytes;
    places[r] = r * bytes;
    memset(sent + places[r] + bytes - PATTERN, 16 * rank + r + 1, PATTERN);
    memset(received + places[r] + bytes - PATTERN, 0, PATTERN);
  }
  const HfExchange out = {sent, counts, places}, in = {received, counts, places};
  CHECK(HfExchangeAllToAll(PETSC_COMM_WORLD, MPI_CHAR, &out, &in, size * bytes, HF_EXCHANGE_MOST));
  for (int r = 0; r < size; ++r) {
    const char *end = received + places[r] + bytes - PATTERN;

    for (int k = 0; k < PATTERN; ++k) assert_int_equal(end[k], r == rank ? 0 : 16 * r + rank + 1);
  }
  munmap(sent, (size_t)(size * bytes));
  munmap(received, (size_t)(size * bytes));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(more_than_MPI_counts)};
HF_TEST_MAIN(tests)
