/* Controls of the coupling of current and texture: a uniform current is that of a film without magnetoresistance, a frozen one is that of the first
   texture; both differ from a current that follows the texture. */
#include "device_case.h"

static const PetscReal V[2] = {0.1, -0.1};

/* Conductance and state after 8 ps of current; given: the current of the first texture is set by hand. */
static void driven(PetscReal amr_ratio, const char *coupling, PetscBool given, Vec *m) {
  Film film;
  Vec j;

  film_create(&film, PETSC_COMM_WORLD, DECK_WITH("maze", "amr=%g; coupling=%s", (double)amr_ratio, coupling));
  CHECK(HfDeviceAdvance(film.device, 2e-12, NULL, NULL));
  CHECK(HfGridCreateCellVec(HfDeviceGrid(film.device), 2, &j));
  if (given) {
    CHECK(HfDeviceFilmCurrent(film.device, V, j));
    CHECK(HfMagnetSetCurrentDensity(HfDeviceMagnet(film.device), j));
  } else
    CHECK(HfDeviceDrive(film.device, V));
  CHECK(HfDeviceAdvance(film.device, 10e-12, NULL, NULL));
  CHECK(VecDuplicate(HfDeviceMagnetization(film.device), m));
  CHECK(VecCopy(HfDeviceMagnetization(film.device), *m));
  film_destroy(&film);
  CHECK(VecDestroy(&j));
}

static PetscReal distance(Vec a, Vec b) {
  PetscReal most;

  CHECK(VecAXPY(a, -1, b));
  CHECK(VecNorm(a, NORM_INFINITY, &most));
  return most;
}

static void controls_keep_the_current(void **unused) {
  Vec follows, uniform, plain, frozen, given;

  driven(1.5, "refresh: step", PETSC_FALSE, &follows);
  driven(1.5, "current: uniform", PETSC_FALSE, &uniform);
  driven(0, "refresh: step", PETSC_FALSE, &plain);
  driven(1.5, "refresh: frozen", PETSC_FALSE, &frozen);
  driven(1.5, "refresh: step", PETSC_TRUE, &given);
  ASSERT_NEAR(distance(plain, uniform), 0, 1e-7); /* time steps accurate to 1e-5, currents to 1e-10 */
  ASSERT_NEAR(distance(given, frozen), 0, 1e-7);
  assert_true(distance(uniform, follows) > 1e-2);
  assert_true(distance(frozen, follows) > 1e-3);
  CHECK(VecDestroy(&follows));
  CHECK(VecDestroy(&uniform));
  CHECK(VecDestroy(&plain));
  CHECK(VecDestroy(&frozen));
  CHECK(VecDestroy(&given));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(controls_keep_the_current)};
HF_TEST_MAIN(tests)
