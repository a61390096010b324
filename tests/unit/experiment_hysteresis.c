/* A small film with an easy axis is Stoner and Wohlfarth's particle (Phil. Trans. R. Soc. A 240, 599 (1948)): under a field at an angle psi to the axis
   it leaves the remanence along the axis at h = (cos^(2/3) psi + sin^(2/3) psi)^(-3/2) of the anisotropy field. */
#include "experiment_case.h"

#define ANISOTROPY_FIELD (2 * 1e4 / (HF_MU0 * 8e5)) /* 2 Ku/(mu0 Ms), A/m */

static void loop(double psi_degrees, PetscInt steps, const char *more, Memory *memory) {
  const double psi = psi_degrees * PETSC_PI / 180, x = ANISOTROPY_FIELD * cos(psi), y = ANISOTROPY_FIELD * sin(psi);

  CHECK(run_deck(PETSC_COMM_WORLD,
                 DECK_WITH("loop", "x=%.17g; y=%.17g; minus_x=%.17g; minus_y=%.17g; steps=%d; more=%s", x, y, -x, -y, (int)steps, more), memory));
}

static double value(HfNode entry, const char *branch, const char *name) {
  char path[128];

  snprintf(path, sizeof(path), "%s.%s", branch, name);
  return number(entry, path);
}

/* Energy in units of 2 Ku at the angle phi to the axis, in the field h of the anisotropy field along (cos psi, sin psi). */
static double particle_energy(double phi, double h, double psi) { return 0.5 * pow(sin(phi), 2) - h * cos(phi - psi); }

/* What the particle dissipates in a loop, in units of 2 Ku: in two jumps, from the angle at which its minimum vanishes, tan(phi)^3 = -tan(psi), to the other
   minimum. Everywhere else it follows the field reversibly. */
static double particle_area(double psi, double h) {
  const double before = particle_energy(-atan(pow(tan(psi), 1. / 3)), -h, psi);
  double after = before;

  for (int k = 0; k < 100000; ++k) after = fmin(after, particle_energy(2e-5 * PETSC_PI * k, -h, psi));
  return 2 * (before - after);
}

/* Above 45 degrees m passes the direction across the field before it jumps, where the field is sin(2 psi)/2. */
static void assert_particle(double psi_degrees) {
  const PetscInt steps = 400; /* of H/H_K = 0.005 */
  const double psi = psi_degrees * PETSC_PI / 180, jump = pow(pow(cos(psi), 2. / 3) + pow(sin(psi), 2. / 3), -1.5);
  const double h = psi_degrees < 45 ? jump : 0.5 * sin(2 * psi), area = particle_area(psi, jump);
  Memory memory;
  HfNode entry;

  loop(psi_degrees, steps, "", &memory);
  entry = entry_from_end(&memory, "hysteresis", 0);
  print_message("psi = %g: leaves at -%.4f H_K, measured %.4f and %.4f\n", psi_degrees, h,
                value(entry, "first_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD,
                value(entry, "second_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD);
  ASSERT_NEAR(value(entry, "first_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD, -h, 2.0 / (double)steps);
  ASSERT_NEAR(value(entry, "second_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD, h, 2.0 / (double)steps);
  ASSERT_NEAR(value(entry, "first_branch", "remanence.0"), 1, 1e-9);
  ASSERT_NEAR(value(entry, "second_branch", "remanence.0"), -1, 1e-9);
  ASSERT_NEAR(number(entry, "coercive_field_A_per_m") / ANISOTROPY_FIELD, h, 2.0 / (double)steps);
  ASSERT_NEAR(number(entry, "coercive_field_Oe"), number(entry, "coercive_field_A_per_m") * 4e-3 * PETSC_PI, 1e-9);
  ASSERT_NEAR(number(entry, "bias_field_A_per_m") / ANISOTROPY_FIELD, 0, 1e-6);
  ASSERT_NEAR(number(entry, "remanent_m"), cos(psi), 1e-5); /* turned by the tolerance of the relaxation */
  print_message("loop area %.5f times 2 Ku, measured %.5f\n", area, number(entry, "loop_area_J_per_m3") / 2e4);
  ASSERT_NEAR(number(entry, "loop_area_J_per_m3") / 2e4, area,
              2 * 2.0 / (double)steps); /* two jumps of at most 2, each half a step of the field off */
  ASSERT_NEAR(number(entry, "loop_gap_m"), 0, 1e-5);
  assert_int_equal((int)number(entry, "fields"), 2 * steps + 1);
  assert_int_equal((int)number(entry, "unconverged"), 0);
  assert_int_equal(memory.n_rows, 2 * steps + 2); /* and the state at the start */
  CHECK(HfNodeDestroy(&memory.entries));
}

static void stoner_wohlfarth(void **state) {
  assert_particle(10);
  assert_particle(30);
  assert_particle(60);
}

static void one_branch(void **state) {
  Memory memory;
  HfNode entry;

  loop(30, 10, ", back: false, frames: true", &memory);
  entry = entry_from_end(&memory, "hysteresis", 0);
  assert_null(HfNodeFind(entry, "second_branch"));
  assert_null(HfNodeFind(entry, "coercive_field_A_per_m"));
  assert_null(HfNodeFind(entry, "loop_area_J_per_m3"));
  assert_int_equal((int)number(entry, "fields"), 11);
  ASSERT_NEAR(value(entry, "first_branch", "coercive_field_A_per_m") / ANISOTROPY_FIELD, -0.5, 0.1);
  assert_int_equal(memory.n_fields, 1 + 11);
  CHECK(HfNodeDestroy(&memory.entries));
}

/* The field goes exactly along the easy axis, and m with it: it turns at the anisotropy field of 200 mT because it is perturbed, and never without. */
static void turns_on_a_symmetry_axis(void **state) {
  Memory memory;
  HfNode entry;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("easy-axis", "more="), &memory));
  entry = entry_from_end(&memory, "hysteresis", 0);
  print_message("turns at %.1f and %.1f mT\n", value(entry, "first_branch", "coercive_field_mT"), value(entry, "second_branch", "coercive_field_mT"));
  ASSERT_NEAR(value(entry, "first_branch", "coercive_field_mT"), -200, 10); /* the step of the field */
  ASSERT_NEAR(value(entry, "second_branch", "coercive_field_mT"), 200, 10);
  ASSERT_NEAR(value(entry, "first_branch", "remanence.0"), 1, 1e-6);
  assert_int_equal((int)number(entry, "unconverged"), 0);
  CHECK(HfNodeDestroy(&memory.entries));
  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("easy-axis", "more=, perturbation: 0 rad"), &memory));
  assert_null(HfNodeFind(entry_from_end(&memory, "hysteresis", 0), "first_branch.coercive_field_mT"));
  CHECK(HfNodeDestroy(&memory.entries));
}

/* Whatever Kc2 is, m leaves an axis of a cubic crystal at 2 Kc1/(mu0 Ms). */
static void cubic_crystal_turns_at_its_anisotropy_field(void **state) {
  Memory memory;
  HfNode entry;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK("cubic"), &memory));
  entry = entry_from_end(&memory, "hysteresis", 0);
  ASSERT_NEAR(value(entry, "first_branch", "coercive_field_mT"), -200, 10);
  ASSERT_NEAR(value(entry, "first_branch", "remanence.0"), 1, 1e-6);
  CHECK(HfNodeDestroy(&memory.entries));
}

/* Parts that no exchange couples turn each at its own field, and M changes sign with the larger, softer one; coupled ones turn together in between. */
static void parts_turn_by_themselves_or_together(void **state) {
  static const struct {
    const char *factor, *to;
    double least, most, end; /* coercive field, mT; average m_x at the end */
  } cases[] = {{"0", "150", 95, 110, -0.5}, {"0", "250", 95, 115, -1}, {"1", "150", 115, 135, -1}};

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    Memory memory;
    double field, end;
    HfNode entry;

    CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("two-parts", "factor=%s; to=%s", cases[k].factor, cases[k].to), &memory));
    entry = entry_from_end(&memory, "hysteresis", 0);
    field = -value(entry, "first_branch", "coercive_field_mT");
    end = number(entry, "last_m.0");
    print_message("exchange times %s: M vanishes at %.1f mT, m_x is %.6f at -%s mT\n", cases[k].factor, field, end, cases[k].to);
    assert_true(field > cases[k].least && field < cases[k].most);
    ASSERT_NEAR(end, cases[k].end, 1e-4);
    CHECK(HfNodeDestroy(&memory.entries));
  }
}

/* m along the hard axis rests on a saddle, which is said; along the easy one, or without any anisotropy, it does not, and perturbed it leaves the saddle. */
static void a_saddle_is_reported(void **state) {
  static const struct {
    const char *Ku, *more;
    int unstable; /* -1: there was no symmetry */
    double mz;
  } cases[] = {{"80 kJ/m^3", "", 1, 1}, {"0 J/m^3", "", 0, 1}, {"-80 kJ/m^3", "", 0, 1}, {"80 kJ/m^3", "perturbation: 0.01 rad", -1, 0}};

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    Memory memory;
    HfNode entry, unstable;

    CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("saddle", "Ku=%s; more=%s", cases[k].Ku, cases[k].more), &memory));
    entry = entry_from_end(&memory, "relax", 0);
    unstable = HfNodeFind(entry, "unstable");
    ASSERT_NEAR(number(entry, "average_m.2"), cases[k].mz, 1e-4);
    if (cases[k].unstable < 0)
      assert_null(unstable);
    else
      assert_string_equal(HfNodeText(unstable), cases[k].unstable ? "true" : "false");
    CHECK(HfNodeDestroy(&memory.entries));
  }
}

/* With `time` the loop is that of a film at its temperature: Langevin's function of 1024 particles, whose mean has a deviation of 0.01. */
static void time_at_each_field_fluctuates(void **state) {
  const double H = 3 * HF_BOLTZMANN * 300 / (HF_MU0 * 16e3 * 5e-9 * 5e-9 * 2e-9), L = 1 / tanh(3) - 1. / 3;
  Memory memory;

  CHECK(run_deck(PETSC_COMM_WORLD, DECK_WITH("warm", "H=%.17g A/m; minus_H=%.17g A/m", H, -H), &memory));
  ASSERT_NEAR(value(entry_from_end(&memory, "hysteresis", 0), "first_branch", "remanence.0"), 0, 0.05);
  ASSERT_NEAR(number(entry_from_end(&memory, "hysteresis", 0), "last_m.0"), -L, 0.03);
  ASSERT_NEAR(memory.last_row, 60e-12, 1e-16);
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(stoner_wohlfarth),
    cmocka_unit_test(one_branch),
    cmocka_unit_test(turns_on_a_symmetry_axis),
    cmocka_unit_test(cubic_crystal_turns_at_its_anisotropy_field),
    cmocka_unit_test(parts_turn_by_themselves_or_together),
    cmocka_unit_test(a_saddle_is_reported),
    cmocka_unit_test(time_at_each_field_fluctuates),
};
HF_TEST_MAIN(tests)
