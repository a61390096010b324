/* The currents that frames hold: `j` and `j_gold` flow, at the voltage of the drive, and are zero without one; `j_per_volt` is the film's response to 1 V.
   The reference is the conductance matrix: the current through every cross-section of a strip is G12 (V1 - V2). */
#include "experiment_case.h"

enum { MOST_FLUXES = 32 };
typedef struct {
  char name[16];
  double time, flux, unevenness; /* A, of the first column of cells; largest difference from it in another column */
} Flux;
static Flux fluxes[MOST_FLUXES];
static int n_fluxes;
static const struct { double thickness, cell; } film = {20e-9, 4e-9};

static PetscErrorCode keep_flux(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  enum { NX = 40, NY = 10 };
  const PetscScalar *j;
  Flux *flux = &fluxes[n_fluxes];

  PetscFunctionBeginUser;
  if (dof != 2) PetscFunctionReturn(0);
  assert_true(n_fluxes++ < MOST_FLUXES);
  *flux = (Flux){.time = time};
  snprintf(flux->name, sizeof(flux->name), "%s", name);
  PetscCall(VecGetArrayRead(v, &j));
  for (int column = 0; column < NX; ++column) {
    double sum = 0;
    for (int row = 0; row < NY; ++row) sum += PetscRealPart(j[2 * (row * NX + column)]) * film.cell * film.thickness;
    if (!column) flux->flux = sum;
    flux->unevenness = fmax(flux->unevenness, fabs(sum - flux->flux));
  }
  PetscCall(VecRestoreArrayRead(v, &j));
  PetscFunctionReturn(0);
}

static const Flux *flux_of(const char *name, double time) {
  for (int k = 0; k < n_fluxes; ++k)
    if (!strcmp(fluxes[k].name, name) && fabs(fluxes[k].time - time) < 1e-15) return &fluxes[k];
  return NULL;
}

static double flux(const char *name, double time) {
  const Flux *found = flux_of(name, time);
  if (!found) fail_msg("no frame of %s at %g s", name, time);
  ASSERT_NEAR(found->unevenness, 0, 1e-6 * fabs(found->flux));
  return found->flux;
}

static void run(const char *deck, Memory *memory) {
  struct HfRecorder_ recorder = {.field = keep_flux};
  n_fluxes = 0;
  CHECK(run_deck_with(PETSC_COMM_WORLD, deck, &recorder, memory));
  CHECK(HfNodeDestroy(&memory->entries));
}

/* -G12: the last probe of each hold comes with its frame. */
static double conductance(const Memory *memory, double time) {
  for (int k = memory->n_probes - 1; k >= 0; --k)
    if (fabs(memory->time[k] - time) < 1e-15) return -memory->G[k][1];
  fail_msg("no probe at %g s", time);
  return 0;
}

static void test_film_driven(void **state) {
  const double volts = 0.03;
  Memory memory;

  run(DECK("strip driven holds"), &memory);
  assert_null(flux_of("j_per_volt", 0)); /* no pattern has driven yet, */
  for (int k = 1; k <= 3; ++k) {         /* 1 ps each: without a voltage, with one, and without again */
    const double time = k * 1e-12, G = conductance(&memory, time);

    printf("%g ps: G %.6e S, j carries %.6e A, per volt %.6e A\n", 1e12 * time, G, flux("j", time), k > 1 ? flux("j_per_volt", time) : 0);
    ASSERT_NEAR(flux("j", time), k == 2 ? G * 2 * volts : 0, 1e-7 * G * 2 * volts);
    if (k > 1) ASSERT_NEAR(flux("j_per_volt", time), G * 2, 1e-7 * G * 2);
  }
  assert_null(flux_of("j_gold", 2e-12));
}

/* A control of the coupling: what is stored is the current that acts, that of the texture in which the voltage came on. */
static void test_frozen(void **state) {
  Memory memory;

  run(DECK("strip driven frozen holds"), &memory);
  ASSERT_NEAR(flux("j", 2e-12), conductance(&memory, 1e-12) * 2 * 0.03, 1e-7 * flux("j", 2e-12));
  assert_true(fabs(conductance(&memory, 2e-12) / conductance(&memory, 1e-12) - 1) > 1e-6);
}

static void test_under_gold(void **state) {
  const double G_gold = 4.1e7 * 10e-9 * 40.0 / 160.0; /* sigma t width / length */
  Memory memory;

  run(DECK("strip gold holds"), &memory);
  for (int k = 2; k <= 3; ++k) {
    const double time = k * 1e-12;

    ASSERT_NEAR(flux("j", time), 0, 0);
    ASSERT_NEAR(flux("j_per_volt", time), conductance(&memory, time) * 2, 1e-7 * flux("j_per_volt", time));
    ASSERT_NEAR(flux("j_gold", time) * 10e-9 / film.thickness, k == 2 ? G_gold * 2 * 0.03 : 0, 1e-6 * G_gold);
  }
}

static void test_uniform(void **state) {
  Memory memory;

  run(DECK("strip uniform"), &memory);
  ASSERT_NEAR(flux("j", 1e-12), 1e11 * 40e-9 * film.thickness, 1e-10 * flux("j", 1e-12));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_film_driven), cmocka_unit_test(test_frozen), cmocka_unit_test(test_under_gold),
                                          cmocka_unit_test(test_uniform)};
HF_TEST_MAIN(tests)
