/* Thermal fluctuations against equilibrium: the mean of free macrospins in a field is Langevin's function, whatever the step; the numbers belong to cells. */
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
    Mean mean = {.from = 5e-11};
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

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(macrospins_follow_langevin),
    cmocka_unit_test(spins_diffuse_as_fast_as_they_are_damped),
    cmocka_unit_test(steps_at_zero_temperature_are_those_of_heun),
    cmocka_unit_test(numbers_belong_to_cells_and_steps),
};
HF_TEST_MAIN(tests)
