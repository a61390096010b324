/* Messages of more numbers than MPI counts arrive as MPI_Alltoallv() would bring them: tried with a small limit, at which the same code cuts pieces. */
#include "hf_test.h"
#include <hopfilm/base.h>

enum { GAP = 2, MOST_RANKS = 4 };

/* From rank a to rank b. */
typedef PetscInt64 (*Count)(int a, int b);
static PetscInt64 some_nothing(int a, int b) { return (a + b) % 3 ? 5 * a + 3 * b + 1 : 0; }
/* Rank 0 sends most to rank 1 and receives most from rank 3, both in its first round. */
static PetscInt64 peaks_apart(int a, int b) { return (a == 0 && b == 1) || (a == 3 && b == 0) ? 100 : 1; }
static int number_of(int a, int b, PetscInt64 k) { return 1000000 * a + 10000 * b + (int)k; }

/* All numbers in their places, and nothing between them touched. Every place is GAP apart from the end of the one before. */
static void exchange(Count count_of, PetscInt64 most) {
  PetscInt64 n_out[MOST_RANKS], at_out[MOST_RANKS], n_in[MOST_RANKS], at_in[MOST_RANKS], end_out = 0, end_in = 0;
  int rank, size, out_numbers[256], in_numbers[256];
  const HfExchange out = {out_numbers, n_out, at_out}, in = {in_numbers, n_in, at_in};

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  for (int k = 0; k < 256; ++k) out_numbers[k] = in_numbers[k] = -1;
  for (int r = 0; r < size; ++r) {
    n_out[r] = count_of(rank, r);
    at_out[r] = end_out + GAP;
    for (PetscInt64 k = 0; k < n_out[r]; ++k) out_numbers[at_out[r] + k] = number_of(rank, r, k);
    end_out = at_out[r] + n_out[r];
    n_in[r] = count_of(r, rank);
    at_in[r] = end_in + GAP;
    end_in = at_in[r] + n_in[r];
  }
  CHECK(HfExchangeAllToAll(PETSC_COMM_WORLD, MPI_INT, &out, &in, 256, most));
  for (int r = 0; r < size; ++r) {
    for (PetscInt64 k = 0; k < n_in[r]; ++k) assert_int_equal(in_numbers[at_in[r] + k], number_of(r, rank, k));
    for (PetscInt64 k = 1; k <= GAP; ++k) assert_int_equal(in_numbers[at_in[r] - k], -1);
  }
  for (PetscInt64 k = end_in; k < 256; ++k) assert_int_equal(in_numbers[k], -1);
}

static void all_arrive_in_one(void **state) { exchange(some_nothing, HF_EXCHANGE_MOST); }
static void all_arrive_in_pieces(void **state) {
  for (PetscInt64 most = 1; most < 30; most += most < 4 ? 1 : 5) exchange(some_nothing, most);
}
static void peaks_of_different_ranks_have_room(void **state) {
  for (PetscInt64 most = 1; most <= 2; ++most) exchange(peaks_apart, most);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(all_arrive_in_one), cmocka_unit_test(all_arrive_in_pieces),
                                          cmocka_unit_test(peaks_of_different_ranks_have_room)};
HF_TEST_MAIN(tests)
