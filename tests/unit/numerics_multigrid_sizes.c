/* The arrays of a multigrid level of 20000 x 20000 cells are laid out without overflow where PetscInt has 32 bits; nothing is allocated.

   numerics/multigrid/tangent_multigrid_impl.h: the sizes are no concern of other rooms, and a film that large does not fit in the memory of a test. */
#include "hf_test.h"
#include <numerics/multigrid/tangent_multigrid_impl.h>

static void sizes_do_not_overflow(void **state) {
  const HfGhostRowsInfo rows = {.n = 20000, .n_rows = 20000, .start = 0, .end = 20000};
  struct HfTangentMultigrid_ mg = {.has_K = PETSC_TRUE, .with_q = PETSC_TRUE};
  HfTangentLevel level = {.rows = &rows, .nx = 20000};
  PetscInt64 cells;

  assert_true(HfTangentPlace(&mg, 0, &level, NULL) > 0);
  cells = (PetscInt64)2 * level.stride * 20002;
  assert_true(level.stride >= 10001 && level.stride < 10100);
  assert_true(HfTangentPlace(&mg, 0, &level, NULL) == 32 * cells); /* 6 alone, faces 2, K, Q and inverse 6 each, u and x 3 each */
  assert_true(HfTangentPlace(&mg, 1, &level, NULL) == 35 * cells); /* and b */
  mg.has_K = mg.with_q = PETSC_FALSE;
  assert_true(HfTangentPlace(&mg, 0, &level, NULL) == 16 * cells);
  assert_null(level.weight);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(sizes_do_not_overflow)};
HF_TEST_MAIN(tests)
