/* Directed aging: moduli and aging of a perfect lattice in closed form, the slope of the energy in a stiffness, and which strain a network becomes soft to.
   network/learners/learners.h: no deck shows energies of given springs. */
#include "learner_case.h"
#include "network/learners/learners.h"

/* B = sqrt(3)/2, G = sqrt(3)/4 in both shears. Held under compression all springs are stretched alike, and k = 1/(1 + t/2) after any steps. */
static void test_perfect_lattice(void **state) {
  HfLattice lattice;
  PetscReal moduli[3], energy;

  CHECK(HfLatticeCreate(6, 0.0, 0.0, 1, 0, &lattice));
  assert_int_equal(lattice.n_links, 108);
  CHECK(HfLatticeModuli(&lattice, moduli));
  ASSERT_NEAR(moduli[0], sqrt(3.0) / 2, 1e-14);
  ASSERT_NEAR(moduli[1], sqrt(3.0) / 4, 1e-14);
  ASSERT_NEAR(moduli[2], sqrt(3.0) / 4, 1e-14);
  for (int step = 0; step < 3; ++step) CHECK(HfLatticeAge(&lattice, 0, 0.5 + step, &energy));
  for (PetscInt e = 0; e < lattice.n_links; ++e) ASSERT_NEAR(lattice.k[e], 1 / (1 + 0.5 * (0.5 + 1.5 + 2.5)), 1e-14);
  CHECK(HfLatticeDestroy(&lattice));
}

/* dU/dk = e^2/2 of every spring, by differences; no strain, no energy; and a mean strain of springs that adds up to that of the lattice. */
static void test_slope(void **state) {
  static const PetscReal strain[] = {0.3, -0.7, 0.4};
  HfLattice lattice;
  PetscReal energy, none, e[150], energies[2];

  CHECK(HfLatticeCreate(6, 0.3, 0.2, 2, 1, &lattice));
  assert_true(lattice.n_links < 100);
  CHECK(HfLatticeStrain(&lattice, (const PetscReal[]){0, 0, 0}, &none));
  ASSERT_NEAR(none, 0, 0);
  for (PetscInt s = 0; s < lattice.n_links; ++s) lattice.k[s] = 1 + 0.5 * sin((double)s);
  CHECK(HfLatticeStrain(&lattice, strain, &energy));
  CHECK(PetscArraycpy(e, lattice.e, lattice.n_links));
  for (PetscInt s = 0; s < lattice.n_links; ++s) {
    for (int side = 0; side < 2; ++side) {
      lattice.k[s] += side ? -2e-5 : 1e-5;
      CHECK(HfLatticeStrain(&lattice, strain, &energies[side]));
    }
    lattice.k[s] += 1e-5;
    ASSERT_NEAR((energies[0] - energies[1]) / 2e-5, 0.5 * e[s] * e[s], 1e-8);
  }
  CHECK(HfLatticeDestroy(&lattice));
}

/* The energy of the strain that is held falls from step to step, by its slope at first. */
static void test_descent(void **state) {
  HfLattice lattice;
  PetscReal energy, last, slope = 0;

  CHECK(HfLatticeCreate(6, 0.3, 0.2, 2, 1, &lattice));
  CHECK(HfLatticeAge(&lattice, 1, 0.0, &last));
  for (PetscInt s = 0; s < lattice.n_links; ++s) slope -= PetscSqr(0.5 * lattice.k[s] * PetscSqr(lattice.e[s]));
  CHECK(HfLatticeAge(&lattice, 1, 1e-6, &last));
  CHECK(HfLatticeAge(&lattice, 1, 0.5, &energy));
  ASSERT_NEAR((energy - last) / 1e-6 / slope, 1, 1e-4);
  for (int step = 0; step < 20; ++step) {
    last = energy;
    CHECK(HfLatticeAge(&lattice, 1, 0.5, &energy));
    assert_true(energy < last);
  }
  CHECK(HfLatticeDestroy(&lattice));
}

/* Compression makes the ratio fall, shear lets it rise. */
static void test_poisson(void **state) {
  HfFinding findings[2];

  assert_int_equal(run_learner("directed-aging", DECK("aging"), 2, findings), 2);
  for (int k = 0; k < 2; ++k) assert_true(figure_of(&findings[k], "modulus") < figure_of(&findings[k], "other_moduli"));
  assert_true(figure_of(&findings[0], "nu_after") < figure_of(&findings[0], "nu_before"));
  assert_true(figure_of(&findings[1], "nu_after") > figure_of(&findings[1], "nu_before"));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_perfect_lattice), cmocka_unit_test(test_slope), cmocka_unit_test(test_descent),
                                          cmocka_unit_test(test_poisson)};
HF_TEST_MAIN(tests)
