/* An applied field from a file: the effective field is that of the file cell by cell, its energy -mu0 Ms m.H summed over the cells, in every unit; beyond the
   file it is zero; a time step takes it, so that m precesses about it at the Larmor frequency. */
#include "magnet_case.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As tests/fields/make.py has it, A/m; the cells of the file in the middle of the film. */
static void of_file(PetscReal x, PetscReal y, void *context, PetscReal H[3]) {
  const PetscInt i = (PetscInt)floor((x + 15e-9) / 5e-9), j = (PetscInt)floor((y + 10e-9) / 5e-9);
  const PetscBool here = (PetscBool)(i >= 0 && i < 6 && j >= 0 && j < 4 && (i || j != 3));

  H[0] = here ? (PetscReal)(i + 1) : 0;
  H[1] = here ? (PetscReal)j - 2.5 : 0;
  H[2] = here ? (PetscReal)(10 * i + j) : 0;
}

static void assert_field(const char *size, const char *path, const char *how, PetscReal factor) {
  PetscReal error, norm, energy = 0;
  const PetscScalar *m, *H;
  Vec field, exact;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "size=%s;cell=5 nm;path=%s;how=%s", size, path, how));
  CHECK(VecDuplicate(c.m, &field));
  CHECK(VecDuplicate(c.m, &exact));
  case_fill(&c, exact, of_file, NULL);
  CHECK(VecScale(exact, factor));
  CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
  CHECK(VecGetArrayRead(c.m, &m));
  CHECK(VecGetArrayRead(exact, &H));
  for (PetscInt k = 0; k < 3 * c.g->nx * c.g->ym; ++k) energy -= HF_MU0 * 800e3 * m[k] * H[k] * 5e-9 * 5e-9 * 2e-9;
  CHECK(VecRestoreArrayRead(c.m, &m));
  CHECK(VecRestoreArrayRead(exact, &H));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, &energy, 1, MPIU_REAL, MPIU_SUM, PETSC_COMM_WORLD));
  CHECK(VecNorm(exact, NORM_INFINITY, &norm));
  CHECK(VecAXPY(field, -1, exact));
  CHECK(VecNorm(field, NORM_INFINITY, &error));
  ASSERT_NEAR(error / norm, 0, norm > 1e3 ? 1e-9 : 1e-6); /* beside an exchange field that is zero but for round-off of 1e11 A/m */
  ASSERT_NEAR(case_energy(&c, 0, c.m) / energy, 1, 1e-9);
  assert_non_null(strstr(HfMagnetTermNote(c.magnet, HfMagnetTermCount(c.magnet) - 1), path)); /* beside exchange */
  CHECK(VecDestroy(&field));
  CHECK(VecDestroy(&exact));
  case_destroy(&c);
}

static void test_cell_by_cell(void **state) {
  assert_field("30 nm, 20 nm", "fields/ovf2-binary8.ovf", "factor: 1", 1);
  assert_field("30 nm, 20 nm", "fields/ovf2-text.ovf", "factor: -1e4", -1e4);
  assert_field("30 nm, 20 nm", "fields/ovf1-binary4.ovf", "factor: 1e4", 1e4);
}

static void test_beyond_the_file(void **state) { assert_field("50 nm, 40 nm", "fields/ovf2-binary4.ovf", "offset: [0 m, 0 m], factor: 1e4", 1e4); }

/* The mean of the two layers, of which the second is zero: for values, half of the first. */
static void test_layers(void **state) { assert_field("30 nm, 20 nm", "fields/ovf1-layers.ovf", "factor: 1e4", 0.5e4); }

/* One vector (0, 0, 2) on 2 x 4 cells that cover the film, in another unit; m precesses about it. */
static void test_units_and_precession(void **state) {
  static const struct {
    const char *unit;
    double tesla;
  } cases[] = {{"T", 2}, {"{A/m}", 2 * HF_MU0}, {"mT", 2e-3}, {"kA/m", 2e3 * HF_MU0}, {"Oe", 2e-4}};
  int pid = (int)getpid();
  PetscMPIInt rank;
  char path[64];

  CHECK(MPI_Bcast(&pid, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  snprintf(path, sizeof path, "/tmp/hf_field_%d.ovf", pid);
  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
    PetscReal average[3], before, period;
    Vec field;
    Case c;

    CHECK(MPI_Barrier(PETSC_COMM_WORLD));
    if (!rank) {
      FILE *file = fopen(path, "w");
      assert_non_null(file);
      fprintf(file,
              "# OOMMF OVF 2.0\n# Begin: Header\n# meshunit: nm\n# valuedim: 3\n# valueunits: %s %s %s\n# xnodes: 2\n# ynodes: 4\n# znodes: 1\n",
              cases[k].unit, cases[k].unit, cases[k].unit);
      fprintf(file, "# xstepsize: 8\n# ystepsize: 4\n# zstepsize: 2\n# End: Header\n# Begin: Data Text\n");
      for (int n = 0; n < 8; ++n) fprintf(file, "0 0 2\n");
      fprintf(file, "# End: Data Text\n");
      fclose(file);
    }
    CHECK(MPI_Barrier(PETSC_COMM_WORLD));
    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "size=16 nm, 16 nm;cell=4 nm;path=%s;how=", path));
    CHECK(VecDuplicate(c.m, &field));
    CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
    CHECK(HfMagnetAverage(c.magnet, field, average));
    ASSERT_NEAR(average[2] * HF_MU0 / cases[k].tesla, 1, 1e-9);
    CHECK(VecDestroy(&field));
    if (k == 0) {
      period = 2 * PETSC_PI * (1 + 0.09) / (2.211e5 * 2 / HF_MU0);
      CHECK(HfMagnetAverage(c.magnet, c.m, average));
      before = atan2(average[1], average[0]);
      CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 0.25 * period, NULL, NULL));
      CHECK(HfMagnetAverage(c.magnet, c.m, average));
      ASSERT_NEAR(atan2(average[1], average[0]) - before, 0.5 * PETSC_PI, 0.01);
    }
    case_destroy(&c);
  }
  if (!rank) unlink(path);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_cell_by_cell), cmocka_unit_test(test_beyond_the_file), cmocka_unit_test(test_layers),
                                          cmocka_unit_test(test_units_and_precession)};
HF_TEST_MAIN(tests)
