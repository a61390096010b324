/* The sizes of a convolution of a film of 26000 x 26000 cells, 6.8e8, are formed without overflow where PetscInt has 32 bits; nothing is allocated.

   numerics/convolution/convolution_impl.h: the sizes are no concern of other rooms, and a film that large does not fit in the memory of a test. */
#include "hf_test.h"
#include <limits.h>
#include <numerics/convolution/convolution_impl.h>

enum { N = 26000, PADDED = 2 * N, COLUMNS = N + 8 };

static HfConvLayout layout_of(PetscMPIInt size, PetscInt rows[], PetscInt cols[]) {
  HfConvLayout at = {.size = size, .n_in = 3, .n_out = 3, .n_max = 3, .nx = N, .ny = N, .mx = PADDED, .my = PADDED, .nk = COLUMNS};

  for (PetscMPIInt r = 0; r <= size; ++r) {
    rows[r] = (PetscInt)((PetscInt64)N * r / size);
    cols[r] = (PetscInt)(8 * ((PetscInt64)(COLUMNS / 8) * r / size));
  }
  at.rows = rows;
  at.cols = cols;
  at.ym = rows[1];
  at.n_cols = cols[1];
  return at;
}

static void sizes_do_not_overflow(void **state) {
  PetscInt rows[2], cols[2];
  const HfConvLayout at = layout_of(1, rows, cols);
  const HfConvSizes sizes = HfConvSizesOf_Private(&at);

  assert_true(sizes.row_side == 2028624000 && sizes.column_side == 2028624000);
  assert_true(sizes.samples == 2703896001 && sizes.kernel_rows == 1352389992 && sizes.kernel_columns == 1352389992);
  assert_true(sizes.transform == 1352416000);
  assert_true(sizes.largest_message == 0); /* one rank sends nothing */
}

static void sizes_do_not_overflow_at_large_components(void **state) {
  PetscInt rows[2], cols[2];
  HfConvLayout at = layout_of(1, rows, cols);

  at.n_max = 6;
  assert_true(HfConvSizesOf_Private(&at).row_side == 4057248000);
}

static void messages_shrink_with_the_ranks(void **state) {
  PetscInt rows[5], cols[5];
  HfConvLayout at = layout_of(4, rows, cols);

  assert_true(HfConvSizesOf_Private(&at).largest_message >= (PetscInt64)3 * 6500 * COLUMNS);
  assert_true(HfConvSizesOf_Private(&at).largest_message <= INT_MAX);
  at.n_max = 18; /* more than an int counts: sent in pieces */
  assert_true(HfConvSizesOf_Private(&at).largest_message > INT_MAX);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(sizes_do_not_overflow), cmocka_unit_test(sizes_do_not_overflow_at_large_components),
                                          cmocka_unit_test(messages_shrink_with_the_ranks)};
HF_TEST_MAIN(tests)
