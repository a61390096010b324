/* Thermal fluctuations against equilibrium: the mean of free macrospins in a field is Langevin's function, and so is the mean product of neighbours in a
   chain; by the default step, too. The numbers belong to cells. Steps follow the fields that act, and one that is too long is refused. */
#include <magnet_case.h>

#define SIDE 48 /* cells, each a macrospin: exchange is negligible */
#define MS   5e5
#define EDGE 2e-9
#define T    300.0

static void create(Case *c, MPI_Comm comm, PetscReal x, PetscReal step) {
  const PetscReal H = x * HF_BOLTZMANN * T / (HF_MU0 * MS * EDGE * EDGE * EDGE);
  case_create(c, comm, DECK_WITH("macrospins", "size=%d nm; H=%.17g A/m; step=%.17g s", 2 * SIDE, (double)H, (double)step));
}

typedef struct {
  HfMagnet magnet;
  PetscReal sum[3], from;
  PetscInt n;
} Mean;

static PetscErrorCode collect(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Mean *mean = context;
  PetscReal average[3];

  PetscFunctionBeginUser;
  if (t < mean->from) PetscFunctionReturn(0);
  PetscCall(HfMagnetAverage(mean->magnet, m, average));
  for (int a = 0; a < 3; ++a) mean->sum[a] += average[a];
  ++mean->n;
  PetscFunctionReturn(0);
}

/* <m_z> = coth x - 1/x. Spins decorrelate within 1/(2D), some 7 ps (D below). The mean of 2304 spins has a standard deviation of at most
   sqrt(1/3/2304) = 0.012, that of twenty independent samples 0.0027. */
static void macrospins_follow_langevin(void **unused) {
  AT_MOST_ON(2); /* more draw the same numbers, below */
  for (PetscReal x = 1; x < 9; x *= 4) {
    const PetscReal exact = 1 / PetscTanhReal(x) - 1 / x;
    Mean mean = {.from = 4e-11};
    Case c;

    create(&c, PETSC_COMM_WORLD, x, 4e-14);
    mean.magnet = c.magnet;
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 2e-10, collect, &mean));
    for (int a = 0; a < 3; ++a) mean.sum[a] /= mean.n;
    ASSERT_NEAR(mean.sum[2], exact, 0.006);
    ASSERT_NEAR(mean.sum[0], 0, 0.012);
    ASSERT_NEAR(mean.sum[1], 0, 0.012);
    case_destroy(&c);
  }
}

/* The mean square of a component of the deviation after many steps of free diffusion grows as 2 D t with D = alpha gamma0 kB T/((1+alpha^2) mu0 Ms V): at
   short times, in no field, 1 - <m_z> = 2 D t; unlike equilibrium, which does not depend on alpha, this detects a wrong factor in
   the variance and the damping together. */
static void spins_diffuse_as_fast_as_they_are_damped(void **unused) {
  const PetscReal alpha = 0.5, D = alpha * HF_GAMMA0 * HF_BOLTZMANN * T / ((1 + alpha * alpha) * HF_MU0 * MS * EDGE * EDGE * EDGE), t = 0.02 / D;
  PetscReal average[3];
  Case c;

  create(&c, PETSC_COMM_WORLD, 0, t / 50);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
  CHECK(HfMagnetAverage(c.magnet, c.m, average));
  /* exactly <m_z> = exp(-2 D t); 1 - m_z of one spin scatters as much as its mean */
  ASSERT_NEAR(average[2], PetscExpReal(-2 * D * t), 5 * 2 * D * t / SIDE);
  case_destroy(&c);
}

/* Without fluctuations the same steps are those of Heun's method, of second order: m_z = tanh(alpha gamma0 H t/(1+alpha^2)) from m = x in a field along z. */
static void steps_at_zero_temperature_are_those_of_heun(void **unused) {
  const PetscReal alpha = 0.5, H = 1e5, t = 5e-11, exact = PetscTanhReal(alpha * HF_GAMMA0 * H * t / (1 + alpha * alpha));
  PetscReal error[2], average[3];

  for (int k = 0; k < 2; ++k) {
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("no-temperature", "H=%.17g A/m; step=%.17g s", (double)H, k ? 2.5e-13 : 5e-13));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
    CHECK(HfMagnetAverage(c.magnet, c.m, average));
    error[k] = PetscAbsReal(average[2] - exact);
    case_destroy(&c);
  }
  ASSERT_NEAR(error[0], 0, 1e-5);
  ASSERT_NEAR(error[0] / error[1], 4, 0.2);
}

/* The same on any number of ranks, and in two calls as in one. */
static void numbers_belong_to_cells_and_steps(void **unused) {
  PetscReal average[2][3];
  PetscScalar *a;
  Case c[2];

  create(&c[0], PETSC_COMM_WORLD, 2, 5e-14);
  create(&c[1], PETSC_COMM_SELF, 2, 5e-14);
  CHECK(HfMagnetAdvance(c[0].magnet, c[0].m, 0, 1e-12, NULL, NULL));
  CHECK(HfMagnetAdvance(c[1].magnet, c[1].m, 0, 5e-13, NULL, NULL));
  CHECK(HfMagnetAdvance(c[1].magnet, c[1].m, 5e-13, 1e-12, NULL, NULL));
  for (int k = 0; k < 2; ++k) CHECK(HfMagnetAverage(c[k].magnet, c[k].m, average[k]));
  for (int d = 0; d < 3; ++d) ASSERT_NEAR(average[0][d], average[1][d], 1e-13);
  CHECK(VecGetArray(c[1].m, &a));
  assert_true(PetscAbsReal(a[0] - a[3]) > 1e-6); /* cells differ */
  CHECK(VecRestoreArray(c[1].m, &a));
  for (int k = 0; k < 2; ++k) case_destroy(&c[k]);
}

/* ---- the default step ---- */
static PetscReal langevin(PetscReal x) { return 1 / PetscTanhReal(x) - 1 / x; }

/* L(x) of x = mu0 Ms V H/(kB T), 1600 particles of 10 x 10 x 1 nm. They forget in 1/(2D), 17 ps or less; a deviation of m_z is sqrt(1 - L^2 - 2 L/x), and
   fifteen times as long as that counts as 7.5 independent pictures. */
static void default_step_follows_langevin(void **unused) {
  static const PetscReal tesla[] = {0.4, 10};

  AT_MOST_ON(1);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(tesla); ++k) {
    const PetscReal x = 1e5 * 1e-25 * tesla[k] / (HF_BOLTZMANN * T), L = langevin(x), memory = 1.7e-11 / PetscMax(1, x / 3);
    const PetscReal deviation = PetscSqrtReal(PetscMax(0, 1 - L * L - 2 * L / x)) / PetscSqrtReal(7.5 * 1600);
    Mean mean = {.from = 5 * memory};
    PetscReal step;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("particles", "H=%.17g T", (double)tesla[k]));
    mean.magnet = c.magnet;
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 20 * memory, collect, &mean));
    CHECK(HfMagnetExpectedStep(c.magnet, &step));
    print_message("%g T: steps of %.3g ps, <m_z> = %.4f, L(%.3f) = %.4f +- %.4f\n", (double)tesla[k], 1e12 * (double)step,
                  (double)(mean.sum[2] / mean.n), (double)x, (double)L, (double)deviation);
    ASSERT_NEAR(mean.sum[2] / mean.n, L, 0.005 * L + 3 * deviation);
    case_destroy(&c);
  }
}

/* Mean of m_i.m_(i+1) along a row. */
typedef struct {
  PetscReal sum, from;
  PetscInt n;
} Bonds;

static PetscErrorCode collect_bonds(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  Bonds *bonds = context;
  const PetscScalar *a;
  PetscInt n;

  PetscFunctionBeginUser;
  if (t < bonds->from) PetscFunctionReturn(0);
  PetscCall(VecGetLocalSize(m, &n));
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt k = 0; k + 3 < n; ++k) bonds->sum += a[k] * a[k + 3];
  bonds->n += n / 3 - 1;
  PetscCall(VecRestoreArrayRead(m, &a));
  PetscFunctionReturn(0);
}

/* An open chain of unit vectors with bonds K m_i.m_(i+1) kB T, K = 2 Aex t/(kB T) for cells of thickness t: <m_i.m_(i+1)> = L(K) (Fisher, Am. J. Phys. 32,
   343 (1964)). Of 2000 cells for 80 ps, four times what a bond remembers: a deviation of 0.004. */
static void default_step_of_an_exchange_coupled_chain(void **unused) {
  const PetscReal K = 2 * 13e-12 * 0.4e-9 / (HF_BOLTZMANN * T), L = langevin(K);
  Bonds bonds = {.from = 4e-11};
  PetscReal step;
  Case c;

  AT_MOST_ON(1);
  case_create(&c, PETSC_COMM_WORLD, DECK("chain"));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1.2e-10, collect_bonds, &bonds));
  CHECK(HfMagnetExpectedStep(c.magnet, &step));
  print_message("steps of %.3g ps, <m.m'> = %.4f, L(%.3f) = %.4f\n", 1e12 * (double)step, (double)(bonds.sum / (PetscReal)bonds.n), (double)K,
                (double)L);
  ASSERT_NEAR(bonds.sum / (PetscReal)bonds.n, L, 0.012);
  case_destroy(&c);
}

/* m from x in a field H along z: phi = w t, m_z = tanh(alpha w t), w = gamma0 H/(1+alpha^2). */
static void assert_precession(Case *c, PetscReal H, PetscReal t, PetscReal within) {
  const PetscReal alpha = 0.02, w = HF_GAMMA0 * H / (1 + alpha * alpha), mz = PetscTanhReal(alpha * w * t), r = PetscSqrtReal(1 - mz * mz);
  PetscReal m[3];

  CHECK(HfMagnetAverage(c->magnet, c->m, m));
  ASSERT_NEAR(m[0], r * PetscCosReal(w * t), within);
  ASSERT_NEAR(m[1], r * PetscSinReal(w * t), within);
  ASSERT_NEAR(m[2], mz, within);
}

/* 28 and 8 turns at 0 K in steps that only the applied field demands, whether the deck, the schedule or another part of the program applies it. */
static void default_step_follows_every_field(void **unused) {
  const PetscReal H[2] = {1 / HF_MU0, 0.3 / HF_MU0}, t = 1e-9;

  for (int k = 0; k < 2; ++k) {
    Case c;
    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("precession", "H=%.17g A/m; table=; step=", (double)H[k]));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
    assert_precession(&c, H[k], t, 0.01);
    case_destroy(&c);
  }
  for (int stored = 0; stored < 2; ++stored) {
    Vec field = NULL;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("precession", "H=0 A/m; table=; step="));
    if (stored) {
      CHECK(VecDuplicate(c.m, &field));
      CHECK(VecZeroEntries(field));
      CHECK(VecStrideSet(field, 2, H[1]));
      CHECK(HfMagnetSetStoredField(c.magnet, field));
    } else
      CHECK(HfMagnetSetUniformField(c.magnet, (const PetscReal[3]){0, 0, H[1]}));
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, t, NULL, NULL));
    assert_precession(&c, H[1], t, 0.01);
    case_destroy(&c);
    CHECK(VecDestroy(&field));
  }
}

/* A pulse of 2 ps in a table, 1 T at its peak, turns m by gamma0 1 T 1 ps/(1+alpha^2) whatever the steps before it. */
static void steps_end_at_the_lines_of_a_table(void **unused) {
  char path[64];
  PetscMPIInt rank, ranks;
  Case c;

  CHECK(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  CHECK(MPI_Comm_size(PETSC_COMM_WORLD, &ranks));
  CHECK(PetscSNPrintf(path, sizeof(path), "/tmp/magnet-thermal-pulse-%d.txt", (int)ranks));
  if (!rank) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "0 0 0 0\n300e-12 0 0 0\n301e-12 0 0 %.17g\n302e-12 0 0 0\n", 1 / HF_MU0);
    fclose(file);
  }
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("precession", "H=0 A/m; table=, table: %s; step=", path));
  CHECK(MPI_Barrier(PETSC_COMM_WORLD));
  if (!rank) remove(path);
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 1e-9, NULL, NULL));
  assert_precession(&c, 1 / HF_MU0, 1e-12, 1e-4);
  case_destroy(&c);
}

/* A step of the deck that a field makes too long is refused when that field acts; until then it is used as it is. */
static void too_long_a_step_is_refused(void **unused) {
  PetscInt64 steps;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("precession", "H=0 A/m; table=; step=, step: 1 ps"));
  CHECK(HfMagnetAdvance(c.magnet, c.m, 0, 2e-11, NULL, NULL));
  HfMagnetStatistics(c.magnet, &steps, NULL, NULL);
  assert_int_equal(steps, 20);
  CHECK(HfMagnetCheckAppliedField(c.magnet, "here", (const PetscReal[3]){0, 0, 0.3 / HF_MU0}));
  assert_int_equal(HfDeckErrorCount(c.deck), 0);
  CHECK(HfMagnetSetUniformField(c.magnet, (const PetscReal[3]){0, 0, 5 / HF_MU0}));
  assert_int_equal(HfMagnetAdvance(c.magnet, c.m, 2e-11, 4e-11, NULL, NULL), HF_ERR_DECK);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(macrospins_follow_langevin),
    cmocka_unit_test(spins_diffuse_as_fast_as_they_are_damped),
    cmocka_unit_test(steps_at_zero_temperature_are_those_of_heun),
    cmocka_unit_test(numbers_belong_to_cells_and_steps),
    cmocka_unit_test(default_step_follows_langevin),
    cmocka_unit_test(default_step_of_an_exchange_coupled_chain),
    cmocka_unit_test(default_step_follows_every_field),
    cmocka_unit_test(steps_end_at_the_lines_of_a_table),
    cmocka_unit_test(too_long_a_step_is_refused),
};
HF_TEST_MAIN(tests)
