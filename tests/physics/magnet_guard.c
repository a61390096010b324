/* A state that is not finite, or whose m is not of length 1, is detected on all ranks; so is a relaxation in which the energy rises.
   magnet/magnet_impl.h: the energy of a built-in term is given the wrong sign. */
#include <magnet/magnet_impl.h>
#include <magnet_case.h>
#include <string.h>
#include <unistd.h>

/* What happens to cell (4, 6). */
static PetscErrorCode guard_with(PetscReal x, PetscBool length) {
  PetscErrorCode code;
  PetscScalar *a;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK("disk"));
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

/* Of both signs: processors make the negative one. */
static void a_torque_that_is_not_a_number_is_the_largest(void **unused) {
  for (int sign = -1; sign <= 1; sign += 2) {
    PetscReal x[9] = {0}, y[9] = {0}, one[9];
    PetscReal *const m[3] = {one, x, x}, *const H[3] = {y, y, y};

    for (int k = 0; k < 9; ++k) one[k] = 1;
    y[4] = copysign(NAN, sign);
    assert_true(isnan(HfRowMaxTorque(0, 9, m, H)));
  }
}

static void finds_another_length(void **state) {
  assert_int_equal(guard_with(1 + 1e-8, PETSC_TRUE), HF_ERR_DIVERGED);
  assert_int_equal(guard_with(0, PETSC_TRUE), HF_ERR_DIVERGED);
  assert_int_equal(guard_with(1 + 1e-11, PETSC_TRUE), 0); /* round-off */
}

static HfTermType wrong_term;
static PetscReal (*right_energy)(const HfTerm *term, const PetscReal p[], const HfSpan *span);
static PetscReal wrong_energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) { return -2 * right_energy(term, p, span); }

/* What is printed on stderr, of the rank that prints it. */
static PetscErrorCode relax(Case *c, char said[1024]) {
  PetscBool converged;
  PetscErrorCode code;
  FILE *file = tmpfile();
  const int before = dup(STDERR_FILENO);
  size_t n;

  assert_non_null(file);
  dup2(fileno(file), STDERR_FILENO);
  PetscPushErrorHandler(PetscReturnErrorHandler, NULL);
  code = HfMagnetRelax(c->magnet, 0, c->m, 1e-4, 1e-9, NULL, NULL, &converged);
  PetscPopErrorHandler();
  dup2(before, STDERR_FILENO);
  close(before);
  rewind(file);
  n = fread(said, 1, 1023, file);
  said[n] = '\0';
  fclose(file);
  return code;
}

/* Downhill by the field of a term is uphill by an energy of the wrong sign: exit code 3, with cell, time and the term. */
static void finds_an_energy_that_rises(void **state) {
  char said[1024];
  PetscMPIInt rank;
  Case c;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  case_create(&c, PETSC_COMM_WORLD, DECK("square-in-a-field"));
  assert_int_equal(relax(&c, said), 0); /* as it should be */
  case_destroy(&c);
  case_create(&c, PETSC_COMM_WORLD, DECK("square-in-a-field"));
  for (PetscInt k = 0; k < c.magnet->n_terms; ++k) {
    HfTerm *term = &c.magnet->terms[k];
    if (strcmp(term->type->name, "zeeman")) continue;
    wrong_term = *term->type;
    right_energy = wrong_term.energy;
    wrong_term.energy = wrong_energy;
    term->type = &wrong_term;
  }
  assert_non_null(right_energy);
  assert_int_equal(relax(&c, said), HF_ERR_DIVERGED);
  if (!rank) {
    if (!strstr(said, "the energy rises in a relaxation") || !strstr(said, "t = 0 s in cell (") || !strstr(said, "zeeman rises most"))
      fail_msg("%s", said);
  }
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_what_is_not_finite),
    cmocka_unit_test(a_torque_that_is_not_a_number_is_the_largest),
    cmocka_unit_test(finds_another_length),
    cmocka_unit_test(finds_an_energy_that_rises),
};
HF_TEST_MAIN(tests)
