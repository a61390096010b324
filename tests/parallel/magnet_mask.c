/* Void cells: nothing leaks in or out; rows and whole ranks without film; a term that needs the whole state; an initial state from a file.
   magnet/magnet_impl.h: a built-in term is given a hook that asks for the whole state. */
#include <hdf5.h>
#include <magnet/magnet_impl.h>
#include <magnet_case.h>
#include <unistd.h>

static void left_up_right_x(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  m[0] = x > 0;
  m[1] = 0;
  m[2] = x < 0;
}

static void islands_do_not_feel_each_other(void **unused) {
  PetscReal torque, energy, change;
  Vec rate, before;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK("islands"));
  CHECK(VecDuplicate(c.m, &rate));
  CHECK(VecDuplicate(c.m, &before));
  case_fill(&c, c.m, left_up_right_x, NULL);
  CHECK(VecCopy(c.m, before));
  CHECK(VecSet(rate, NAN)); /* every cell must be written */
  CHECK(HfMagnetRightHandSide(c.magnet, 0, c.m, rate));
  CHECK(VecNorm(rate, NORM_INFINITY, &change));
  assert_true(change == 0);
  CHECK(HfMagnetMaxTorque(c.magnet, 0, c.m, &torque));
  assert_true(torque == 0);
  energy = case_energy(&c, 0, c.m);
  assert_true(energy == 0);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1e-12, NULL, NULL));
  CHECK(VecAXPY(before, -1, c.m));
  CHECK(VecNorm(before, NORM_INFINITY, &change));
  assert_true(change == 0);
  CHECK(VecDestroy(&rate));
  CHECK(VecDestroy(&before));
  case_destroy(&c);
}

static void void_cells_stay_empty(void **unused) {
  const PetscScalar *a;
  PetscBool converged;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK("islands"));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1e-12, NULL, NULL));
  CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-3, 1e-9, NULL, NULL, &converged));
  CHECK(VecGetArrayRead(c.m, &a));
  for (PetscInt k = 0; k < c.g->xm * c.g->ym; ++k)
    if (HfRegionAt(c.g, HfGridRegions(c.grid), k % c.g->xm, c.g->ys + k / c.g->xm) < 0)
      assert_true(a[3 * k] == 0 && a[3 * k + 1] == 0 && a[3 * k + 2] == 0);
  CHECK(VecRestoreArrayRead(c.m, &a));
  case_destroy(&c);
}

/* A term that reads the whole state makes the stepper assemble its stages first; the result is the same. */
static PetscErrorCode look_at_the_state(HfTerm *term, PetscReal t, Vec m) {
  PetscReal sum;

  PetscFunctionBeginUser;
  PetscCheck(m, PETSC_COMM_SELF, PETSC_ERR_PLIB, "no state");
  PetscCall(VecNorm(m, NORM_2, &sum));
  PetscCheck(PetscAbsReal(sum * sum - 20) < 1e-10, PETSC_COMM_SELF, PETSC_ERR_PLIB, "|m|^2 = %g instead of 20 unit vectors", (double)(sum * sum));
  PetscFunctionReturn(0);
}

static void assembled_stages_give_the_same(void **unused) {
  PetscReal difference;
  HfTermType whole;
  Case a, b;

  case_create(&a, PETSC_COMM_WORLD, DECK("islands"));
  case_create(&b, PETSC_COMM_WORLD, DECK("islands"));
  for (PetscInt k = 0; k < b.magnet->n_terms; ++k) {
    if (strcmp(b.magnet->terms[k].type->name, "exchange")) continue;
    whole = *b.magnet->terms[k].type;
    whole.whole = PETSC_TRUE;
    whole.prepare = look_at_the_state;
    b.magnet->terms[k].type = &whole;
  }
  CHECK(HfMagnetAdvance(a.magnet, a.m, 0, 1e-12, NULL, NULL));
  CHECK(HfMagnetAdvance(b.magnet, b.m, 0, 1e-12, NULL, NULL));
  CHECK(VecAXPY(b.m, -1, a.m));
  CHECK(VecNorm(b.m, NORM_INFINITY, &difference));
  ASSERT_NEAR(difference, 0, 1e-13);
  case_destroy(&a);
  case_destroy(&b);
}

static void state_comes_back_from_a_file(void **unused) {
  int pid = (int)getpid();
  PetscInt frame;
  PetscReal difference;
  char path[64];
  hid_t access, file;
  Case a, b;

  assert_int_equal(MPI_Bcast(&pid, 1, MPI_INT, 0, PETSC_COMM_WORLD), MPI_SUCCESS);
  CHECK(PetscSNPrintf(path, sizeof(path), "/tmp/hf_magnet_%d.h5", pid));
  case_create(&a, PETSC_COMM_WORLD, DECK("islands random"));
  access = H5Pcreate(H5P_FILE_ACCESS);
  assert_true(H5Pset_fapl_mpio(access, PETSC_COMM_WORLD, MPI_INFO_NULL) >= 0);
  file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  assert_true(file >= 0);
  CHECK(HfFieldAppend(a.grid, file, "/fields/m", a.m, 3, &frame));
  assert_true(H5Fclose(file) >= 0 && H5Pclose(access) >= 0);
  case_create(&b, PETSC_COMM_WORLD, DECK_WITH("islands from-file", "path=%s", path));
  CHECK(VecAXPY(b.m, -1, a.m));
  CHECK(VecNorm(b.m, NORM_INFINITY, &difference));
  ASSERT_NEAR(difference, 0, 1e-15);
  case_destroy(&b);
  if (a.g->rank == 0) assert_int_equal(unlink(path), 0);
  case_destroy(&a);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(islands_do_not_feel_each_other),
    cmocka_unit_test(void_cells_stay_empty),
    cmocka_unit_test(assembled_stages_give_the_same),
    cmocka_unit_test(state_comes_back_from_a_file),
};
HF_TEST_MAIN(tests)
