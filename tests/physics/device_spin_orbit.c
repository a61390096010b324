/* Where the current of a spin-orbit torque comes from: the film's own, times the ratio of densities, or that of a gold layer in contact; it ends
   with the voltage.

     T = gamma0 m x [H (theta_DL m x p + theta_FL p) - H_Oe],   (1 + alpha^2) dm/dt = T + alpha m x T
     H = hbar |j|/(2 e mu0 Ms t),   p = n x j/|j|,   j = ratio sigma V/L */
#include "device_case.h"

#define DL    0.12
#define FL    -0.05
#define ALPHA 0.2

static void rate(const char *documents, const char *values, const PetscReal V[], PetscReal **m, PetscReal **dmdt, PetscInt *n) {
  const PetscScalar *a;
  Film film;
  Vec v;

  film_create(&film, PETSC_COMM_WORLD, DECK_WITH(documents, "%s", values));
  CHECK(HfDeviceDrive(film.device, (const PetscReal[2]){1, -1}));
  CHECK(HfDeviceDrive(film.device, V));
  CHECK(VecDuplicate(HfDeviceMagnetization(film.device), &v));
  CHECK(HfMagnetRightHandSide(HfDeviceMagnet(film.device), 0, HfDeviceMagnetization(film.device), v));
  CHECK(VecGetLocalSize(v, n));
  CHECK(PetscMalloc2(*n, m, *n, dmdt));
  CHECK(VecGetArrayRead(HfDeviceMagnetization(film.device), &a));
  CHECK(PetscArraycpy(*m, a, *n));
  CHECK(VecRestoreArrayRead(HfDeviceMagnetization(film.device), &a));
  CHECK(VecGetArrayRead(v, &a));
  CHECK(PetscArraycpy(*dmdt, a, *n));
  CHECK(VecRestoreArrayRead(v, &a));
  CHECK(VecDestroy(&v));
  film_destroy(&film);
}

static void cross(const PetscReal a[3], const PetscReal b[3], PetscReal c[3]) {
  for (int d = 0; d < 3; ++d) c[d] = a[(d + 1) % 3] * b[(d + 2) % 3] - a[(d + 2) % 3] * b[(d + 1) % 3];
}

/* dm/dt for a current j along x in the metal, A/m^2, on this side, which is a sheet of gold of this thickness, m, or has no field. */
static void check(const char *documents, const char *values, PetscReal j, PetscReal side, PetscReal thickness) {
  const PetscReal V[2] = {0.03, -0.01}, H = 6.582119569e-16 * j / (2 * HF_MU0 * 800e3 * 2e-9);
  const PetscReal p[3] = {0, -side, 0}, oersted[3] = {0, 0.5 * side * j * thickness, 0};
  PetscReal *m, *dmdt, worst = 0, all;
  PetscInt n;

  rate(documents, values, V, &m, &dmdt, &n);
  for (PetscInt i = 0; i < n; i += 3) {
    PetscReal c[3], cc[3], mH[3], T[3], mT[3];

    cross(m + i, p, c);
    cross(m + i, c, cc);
    cross(m + i, oersted, mH);
    for (int d = 0; d < 3; ++d) T[d] = HF_GAMMA0 * (H * (DL * cc[d] + FL * c[d]) - mH[d]);
    cross(m + i, T, mT);
    for (int d = 0; d < 3; ++d)
      worst = PetscMax(worst, PetscAbsReal(dmdt[i + d] - (T[d] + ALPHA * mT[d]) / (1 + ALPHA * ALPHA)) / (HF_GAMMA0 * H * DL));
  }
  MPI_Allreduce(&worst, &all, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD);
  ASSERT_NEAR(all, 0, 1e-8);
  CHECK(PetscFree2(m, dmdt));
}

#define TORQUE "; angle=0.12; field_like=-0.05"
static void is_driven_by_the_film(void **unused) {
  check("bar", "side=below; ratio=1" TORQUE, 5e6 * 0.04 / 120e-9, -1, 0);
  check("bar", "side=above; ratio=0.3" TORQUE, 0.3 * 5e6 * 0.04 / 120e-9, 1, 0);
}

static void is_driven_by_gold(void **unused) {
  check("bar gold", "side=below; ratio=1" TORQUE, 2e7 * 0.04 / 120e-9, -1, 4e-9);
  check("bar gold", "side=above; ratio=1" TORQUE, 2e7 * 0.04 / 120e-9, 1, 4e-9);
}

static void ends_with_the_voltage(void **unused) {
  const char *const documents[] = {"bar", "bar gold"};

  for (int k = 0; k < 2; ++k) {
    PetscReal *m, *dmdt;
    PetscInt n;

    rate(documents[k], "side=below; ratio=1; angle=0.1; field_like=0.1", NULL, &m, &dmdt, &n);
    for (PetscInt i = 0; i < n; ++i) assert_true(dmdt[i] == 0); /* nothing else acts in this film */
    CHECK(PetscFree2(m, dmdt));
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_driven_by_the_film),
    cmocka_unit_test(is_driven_by_gold),
    cmocka_unit_test(ends_with_the_voltage),
};
HF_TEST_MAIN(tests)
