/* A state that is not finite, or whose m is not of length 1, is told from a good one on all ranks. */
#include <magnet_case.h>

static const char film[] = "hopfilm: 1\nfilm:\n  size: [60 nm, 60 nm]\n  cell: 5 nm\n  thickness: 5 nm\n  shape: {disk: {diameter: 60 nm}}\n"
                           "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 0.3}\n  initial: {random: {seed: 1}}\n";

/* What happens to cell (4, 6). */
static PetscErrorCode guard_with(PetscReal x, PetscBool length) {
  PetscErrorCode code;
  PetscScalar *a;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, film);
  CHECK(HfMagnetGuard(c.magnet, 0, c.m));
  CHECK(VecGetArray(c.m, &a));
  if (6 >= c.g->ys && 6 < c.g->ys + c.g->ym) {
    PetscScalar *m = a + 3 * ((6 - c.g->ys) * c.g->nx + 4);
    if (length)
      for (int k = 0; k < 3; ++k) m[k] *= x;
    else
      m[0] = x;
  }
  CHECK(VecRestoreArray(c.m, &a));
  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL)); /* without a trace */
  code = HfMagnetGuard(c.magnet, 1e-9, c.m);
  CHECK(PetscPopErrorHandler());
  case_destroy(&c);
  return code;
}

static void finds_what_is_not_finite(void **state) {
  assert_int_equal(guard_with(NAN, PETSC_FALSE), HF_ERR_DIVERGED);
  assert_int_equal(guard_with(INFINITY, PETSC_FALSE), HF_ERR_DIVERGED);
}

static void finds_another_length(void **state) {
  assert_int_equal(guard_with(1 + 1e-8, PETSC_TRUE), HF_ERR_DIVERGED);
  assert_int_equal(guard_with(0, PETSC_TRUE), HF_ERR_DIVERGED);
  assert_int_equal(guard_with(1 + 1e-11, PETSC_TRUE), 0); /* round-off */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_what_is_not_finite),
    cmocka_unit_test(finds_another_length),
};
HF_TEST_MAIN(tests)
