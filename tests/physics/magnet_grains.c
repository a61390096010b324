/* Anisotropy that varies from grain to grain: constant within a grain, with the mean and deviation of the deck, the same on finer cells; a wall that a weak
   field moves through a uniform film is pinned by grains. */
#include <magnet_case.h>

#define MS 490e3
#define KU 1e5
static void start(Case *c, PetscReal lx, PetscReal ly, PetscReal cell, PetscReal Aex, PetscReal variation) {
  case_create(c, PETSC_COMM_WORLD, DECK_WITH("film", "lx=%g nm; ly=%g nm; cell=%g nm; Aex=%g J/m; variation=%g %%", lx, ly, cell, Aex, variation));
}

/* Ku of each owned cell, from the field on m = z: H = 2 Ku/(mu0 Ms). */
static void anisotropies(Case *c, PetscReal Ku[]) {
  const PetscScalar *H;
  Vec field;

  CHECK(VecDuplicate(c->m, &field));
  CHECK(HfMagnetEffectiveField(c->magnet, 0, c->m, field));
  CHECK(VecGetArrayRead(field, &H));
  for (PetscInt k = 0; k < c->g->nx * c->g->ym; ++k) Ku[k] = 0.5 * HF_MU0 * MS * H[3 * k + 2];
  CHECK(VecRestoreArrayRead(field, &H));
  CHECK(VecDestroy(&field));
}

static void mean_and_deviation(void **unused) {
  const PetscReal wanted = 0.2;
  PetscReal *Ku, sums[3] = {0};
  PetscInt64 *grain;
  Case c;

  start(&c, 1000, 1000, 5, 0, 100 * wanted);
  CHECK(PetscMalloc2(c.g->nx * c.g->ym, &Ku, c.g->nx * c.g->ym, &grain));
  anisotropies(&c, Ku);
  CHECK(HfGridGrains(c.grid, 20e-9, 2, grain));
  for (PetscInt k = 0; k < c.g->nx * c.g->ym; ++k) {
    sums[0] += Ku[k] / KU / c.g->n_film;
    sums[1] += PetscSqr(Ku[k] / KU - 1) / c.g->n_film;
    if (k % c.g->nx == 0) continue;
    if (grain[k] == grain[k - 1])
      assert_true(Ku[k] == Ku[k - 1]);
    else
      assert_true(Ku[k] != Ku[k - 1]);
  }
  CHECK(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD));
  ASSERT_NEAR(sums[0], 1, 4 * wanted / 50); /* four deviations of the mean of 2500 grains */
  ASSERT_NEAR(PetscSqrtReal(sums[1]) / wanted, 1, 0.06);
  ASSERT_NEAR(case_energy(&c, 0, c.m) / (-KU * 1e-6 * 1e-6 * 3e-9), sums[0], 1e-12);
  CHECK(PetscFree2(Ku, grain));
  case_destroy(&c);
}

/* Thirds of a cell: the middle one of nine has the centre of the coarse cell. */
static void finer_cells_see_the_same_grains(void **unused) {
  const PetscReal cell[2] = {6, 2};
  PetscReal *Ku[2];
  Case c[2];

  for (int k = 0; k < 2; ++k) {
    start(&c[k], 240, 240, cell[k], 0, 10);
    CHECK(PetscMalloc1(c[k].g->nx * c[k].g->ym, &Ku[k]));
    anisotropies(&c[k], Ku[k]);
  }
  for (PetscInt j = 0; j < c[0].g->ny; ++j) {
    const PetscInt row[2] = {j - c[0].g->ys, 3 * j + 1 - c[1].g->ys};
    if (row[0] < 0 || row[0] >= c[0].g->ym || row[1] < 0 || row[1] >= c[1].g->ym) continue; /* on one rank all rows are there */
    for (PetscInt i = 0; i < c[0].g->nx; ++i) ASSERT_NEAR(Ku[0][row[0] * c[0].g->nx + i], Ku[1][row[1] * c[1].g->nx + 3 * i + 1], 1e-9 * KU);
  }
  for (int k = 0; k < 2; ++k) {
    CHECK(PetscFree(Ku[k]));
    case_destroy(&c[k]);
  }
}

static void wall(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  m[0] = 0;
  m[1] = 1 / PetscCoshReal((x + 60e-9) / 10e-9);
  m[2] = -PetscTanhReal((x + 60e-9) / 10e-9);
}

/* A field that favours +z pushes the wall to the right, out of a uniform film. Grains with 30 % stronger anisotropy have walls that cost 14 % of
   4 sqrt(Aex Ku) more, a slope of some 3e4 J/m^3 where the wall enters one; the field pushes with 2 mu0 Ms H = 6e3 J/m^3. */
static void grains_pin_a_wall(void **unused) {
  const PetscReal variation[2] = {0, 30};
  PetscReal mz[2];

  for (int k = 0; k < 2; ++k) {
    PetscReal average[3];
    PetscBool converged;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film field", "lx=240 nm; ly=60 nm; cell=5 nm; Aex=1e-11 J/m; variation=%g %%", variation[k]));
    case_fill(&c, c.m, wall, NULL);
    CHECK(HfMagnetRelax(c.magnet, 0, c.m, 1e-4, 1e-6, NULL, NULL, &converged));
    assert_true(converged);
    CHECK(HfMagnetAverage(c.magnet, c.m, average));
    mz[k] = average[2];
    case_destroy(&c);
  }
  print_message("m_z from -0.5: %.3f in an even film, %.3f with grains\n", mz[0], mz[1]);
  ASSERT_NEAR(mz[0], 1, 1e-6);
  assert_true(mz[1] < 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(mean_and_deviation),
    cmocka_unit_test(finer_cells_see_the_same_grains),
    cmocka_unit_test(grains_pin_a_wall),
};
HF_TEST_MAIN(tests)
