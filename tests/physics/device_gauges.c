/* Gauges: two-terminal read-outs with contacts of their own. On a uniform film between full edges they are sigma t W/L; between the contacts of two
   electrodes they agree with the conductance matrix of these two; reading one changes neither the others nor the electrodes. */
#include "device_case.h"

/* r = (2+a)/(2-a) = 7, sigma0 = sigma_perp (1 - (1 - 1/7)/3) = (5/7) sigma_perp: across m the film conducts 1.4 sigma0, along m 0.2 sigma0. */
static void uniform_film(void **unused) {
  static const char *const direction[3] = {"[1, 0, 0]", "[0, 1, 0]", "[0, 0, 1]"};
  const PetscReal along[3] = {0.2, 1.4, 1.4}, across[3] = {1.4, 0.2, 1.4}, sheet = 5e6 * 20e-9;

  for (int k = 0; k < 3; ++k) {
    PetscReal G[2];
    Film film;

    film_create(&film, PETSC_COMM_WORLD, DECK_WITH("film uniform electrodes gauges", "direction=%s", direction[k]));
    assert_int_equal(HfDeviceGaugeCount(film.device), 2);
    assert_string_equal(HfDeviceGaugeName(film.device, 1), "across");
    for (PetscInt l = 0; l < 2; ++l) CHECK(HfDeviceGauge(film.device, l, &G[l]));
    ASSERT_NEAR(G[0] / (along[k] * sheet * 120 / 240), 1,
                1e-10); /* linear potential: exact in the elements; the difference is the solver's residual */
    ASSERT_NEAR(G[1] / (across[k] * sheet * 240 / 120), 1, 1e-10);
    film_destroy(&film);
  }
}

/* A texture without symmetry on a film with a hole: the gauge between the two electrodes' places is their -G_12. */
static void same_contacts_as_the_electrodes(void **unused) {
  PetscReal before[4], after[4], G[3], again;
  Film film;

  film_create(&film, PETSC_COMM_WORLD, DECK("film random-with-hole electrodes gauges gauge-between-the-electrodes"));
  CHECK(HfDeviceConductance(film.device, before));
  for (PetscInt l = 0; l < 3; ++l) CHECK(HfDeviceGauge(film.device, l, &G[l]));
  CHECK(HfDeviceConductance(film.device, after));
  CHECK(HfDeviceGauge(film.device, 0, &again));
  ASSERT_NEAR(G[2] / -before[1], 1, 1e-10);
  assert_true(G[1] > 2 * G[0]); /* four times without the hole */
  for (int k = 0; k < 4; ++k) ASSERT_NEAR(after[k] / before[k], 1, 1e-12);
  ASSERT_NEAR(again / G[0], 1, 1e-12);
  film_destroy(&film);
}

/* A gauge is read in the present texture, not in that of its first reading. */
static void follows_the_texture(void **unused) {
  PetscReal first, second;
  Film film;

  film_create(&film, PETSC_COMM_WORLD, DECK_WITH("film uniform electrodes gauges", "direction=[0, 1, 0]"));
  CHECK(HfDeviceGauge(film.device, 0, &first));
  CHECK(VecSet(HfDeviceMagnetization(film.device), 0));
  CHECK(VecStrideSet(HfDeviceMagnetization(film.device), 0, 1));
  CHECK(HfDeviceGauge(film.device, 0, &second));
  ASSERT_NEAR(first / second, 7, 1e-9);
  film_destroy(&film);
}

static PetscInt errors_of(const char *text) {
  PetscErrorCode code;
  PetscInt errors;
  Film film;

  CHECK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = film_try(&film, PETSC_COMM_WORLD, text);
  CHECK(PetscPopErrorHandler());
  errors = HfDeckErrorCount(film.deck);
  assert_int_equal(code, errors ? HF_ERR_DECK : 0);
  film_destroy(&film);
  return errors;
}

static void bad_gauges(void **unused) {
  const char *deck, *note;

  assert_int_equal(errors_of(DECK("film electrodes gauges")), 0);
  for (int k = 0; (deck = DECK_AT("film electrodes gauges refused", k, &note)); ++k)
    if (errors_of(deck) != 1) fail_msg("not one error: %s", note);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(uniform_film),
    cmocka_unit_test(same_contacts_as_the_electrodes),
    cmocka_unit_test(follows_the_texture),
    cmocka_unit_test(bad_gauges),
};
HF_TEST_MAIN(tests)
