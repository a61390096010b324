/* Order in time of a run in which everything moves: a chiral film driven through its own contacts, the potential solved again for every stage.

     dm/dt = f(m, j[m]),   div(Sigma[m] grad phi) = 0
   With fixed steps of h the error of the state at a given time is C h^p, p the order of the Runge-Kutta pair: that f contains a potential costs no order as
   long as it is that of the stage. By Richardson's argument the difference of the runs with h and h/2 falls by 2^p from one h to the next, whatever
   the exact state is. */
#include "device_case.h"

#define REST 4.8e-12 /* without voltage, until the short waves of the initial state have decayed */
#define TIME 4.8e-12

static Vec driven(const char *method, const char *refresh, PetscReal step) {
  const PetscReal V[2] = {0.05, -0.05};
  Film film;
  Vec m;

  film_create(&film, PETSC_COMM_WORLD, DECK_WITH("film", "method=%s; step=%.17g s; refresh=%s", method, (double)step, refresh));
  CHECK(HfDeviceAdvance(film.device, REST, NULL, NULL));
  CHECK(HfDeviceDrive(film.device, V));
  CHECK(HfDeviceAdvance(film.device, REST + TIME, NULL, NULL));
  CHECK(VecDuplicate(HfDeviceMagnetization(film.device), &m));
  CHECK(VecCopy(HfDeviceMagnetization(film.device), m));
  film_destroy(&film);
  return m;
}

/* Root mean square of the difference of runs with steps h and h/2, for h = first, first/2, first/4; the two orders that follow. */
static void orders(const char *method, const char *refresh, PetscReal first, PetscReal order[2]) {
  const PetscInt n = 3;
  PetscReal difference[3];
  Vec coarse = driven(method, refresh, first);

  for (PetscInt k = 0; k < n; ++k) {
    Vec fine = driven(method, refresh, first / (PetscReal)(2 << k));
    PetscInt cells;

    CHECK(VecAXPY(coarse, -1, fine));
    CHECK(VecNorm(coarse, NORM_2, &difference[k]));
    CHECK(VecGetSize(coarse, &cells));
    difference[k] /= PetscSqrtReal((PetscReal)cells);
    CHECK(VecDestroy(&coarse));
    coarse = fine;
  }
  CHECK(VecDestroy(&coarse));
  for (PetscInt k = 0; k < 2; ++k) order[k] = log2(difference[k] / difference[k + 1]);
  print_message("%s, potential per %s: differences %.3e %.3e %.3e, orders %.3f %.3f\n", method, refresh, difference[0], difference[1], difference[2],
                order[0], order[1]);
}

static void dormand_prince(void **state) {
  PetscReal order[2];

  AT_MOST_ON(2);
  orders("5dp", "stage", 0.3e-12, order);
  ASSERT_NEAR(order[0], 5, 0.3); /* short waves that still decay make it look higher, less so for smaller steps */
  ASSERT_NEAR(order[1], 5, 0.15);
}

static void bogacki_shampine(void **state) {
  PetscReal order[2];

  orders("3bs", "stage", 0.3e-12, order);
  ASSERT_NEAR(order[0], 3, 0.05);
  ASSERT_NEAR(order[1], 3, 0.05);
}

/* Control: with a current that is constant during a step the order is 1. */
static void once_a_step_is_first_order(void **state) {
  PetscReal order[2];

  AT_MOST_ON(2);
  orders("5dp", "step", 0.6e-12, order);
  ASSERT_NEAR(order[1], 1, 0.1);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(dormand_prince), cmocka_unit_test(bogacki_shampine),
                                          cmocka_unit_test(once_a_step_is_first_order)};
HF_TEST_MAIN(tests)
