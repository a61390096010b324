/* Fields of the effective field and of the energy density: in run.h5 stands what direct calls give, terms add up to the whole, densities to the energies and
   to that of the table; names are refused that the film has no term for; the description of the key knows all terms. Reads src/magnet/term.h for the list. */
#include "../../src/magnet/term.h"
#include "test_decks.h"
#include <hopfilm/output.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char directory[64];

static void make_directory(void) {
  PetscMPIInt rank;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  strcpy(directory, "/tmp/hopfilm-test-XXXXXX");
  if (!rank) assert_non_null(mkdtemp(directory));
  MPI_Bcast(directory, sizeof directory, MPI_CHAR, 0, PETSC_COMM_WORLD);
}

static void remove_directory(void) {
  char command[100];
  PetscMPIInt rank;

  MPI_Barrier(PETSC_COMM_WORLD);
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  snprintf(command, sizeof command, "rm -rf '%s'", directory);
  if (!rank) assert_int_equal(system(command), 0);
  MPI_Barrier(PETSC_COMM_WORLD);
}

/* The last total energy of table.tsv, J: the seventh column. */
static double energy_of_table(void) {
  char path[100], line[4096];
  double value = NAN, energy = NAN;
  FILE *file;

  snprintf(path, sizeof path, "%s/table.tsv", directory);
  file = fopen(path, "r");
  assert_non_null(file);
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "%*f %*f %*f %*f %*f %*f %lf", &value) == 1) energy = value;
  fclose(file);
  return energy;
}

static PetscReal apart(Vec a, Vec b) {
  PetscReal most, norm;

  CHECK(VecNorm(b, NORM_INFINITY, &norm));
  CHECK(VecAXPY(a, -1, b));
  CHECK(VecNorm(a, NORM_INFINITY, &most));
  return most / norm;
}

static void file_holds_what_direct_calls_give(void **unused) {
  HfKeys keys;
  HfDeck deck;
  HfOutput output;
  HfExperiment experiment;
  HfDevice device;
  HfMagnet magnet;
  const HfGridInfo *g;
  PetscReal volume, t, energies[16], total = 0, torque;
  char path[100], name[64];
  const char *why;
  Vec m, H, read, sum, e;
  PetscInt n;

  make_directory();
  CHECK(HfKeysCreate(&keys));
  CHECK(HfExperimentRegisterKeys(keys));
  CHECK(HfOutputRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, DECK("film"), &deck));
  CHECK(HfDeckVerdict(deck));
  CHECK(HfOutputCreate(deck, directory, PETSC_TRUE, &output));
  CHECK(HfExperimentCreate(deck, HfOutputRecorder(output), NULL, &experiment));
  CHECK(HfOutputSetUp(output, experiment));
  CHECK(HfExperimentRun(experiment));
  CHECK(HfOutputDestroy(&output));

  device = HfExperimentDevice(experiment);
  magnet = HfDeviceMagnet(device);
  m = HfDeviceMagnetization(device);
  t = HfDeviceTime(device);
  g = HfGridGetInfo(HfDeviceGrid(device));
  volume = g->dx * g->dy * g->thickness;
  snprintf(path, sizeof path, "%s/run.h5", directory);
  CHECK(VecDuplicate(m, &H));
  CHECK(VecDuplicate(m, &read));
  CHECK(VecDuplicate(m, &sum));
  CHECK(HfGridCreateCellVec(HfDeviceGrid(device), 1, &e));
  CHECK(HfMagnetEffectiveField(magnet, t, m, H));
  CHECK(HfFieldRead(HfDeviceGrid(device), path, "/fields/H_effective", -1, 3, NULL, read, &why));
  assert_null(why);
  ASSERT_NEAR(apart(read, H), 0, 1e-14);
  CHECK(HfMagnetTorqueAndEnergies(magnet, t, m, &torque, energies));
  n = HfMagnetTermCount(magnet);
  assert_int_equal(n, 5);
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal added;

    snprintf(name, sizeof name, "/fields/H_%s", HfMagnetTermName(magnet, k));
    CHECK(HfFieldRead(HfDeviceGrid(device), path, name, -1, 3, NULL, read, &why));
    assert_null(why);
    CHECK(VecAXPY(sum, 1, read));
    CHECK(HfMagnetOutput(magnet, name + strlen("/fields/"), t, m, H));
    assert_true(apart(read, H) == 0);
    snprintf(name, sizeof name, "/fields/e_%s", HfMagnetTermName(magnet, k));
    CHECK(HfFieldRead(HfDeviceGrid(device), path, name, -1, 1, NULL, e, &why));
    assert_null(why);
    CHECK(VecSum(e, &added));
    ASSERT_NEAR(added * volume, energies[k], 1e-13 * PetscAbsReal(energies[k]));
    total += added * volume;
  }
  CHECK(HfMagnetEffectiveField(magnet, t, m, H));
  ASSERT_NEAR(apart(sum, H), 0, 1e-13);
  CHECK(HfFieldRead(HfDeviceGrid(device), path, "/fields/e_total", -1, 1, NULL, e, &why));
  assert_null(why);
  CHECK(VecSum(e, &torque));
  ASSERT_NEAR(torque * volume, total, 1e-12 * PetscAbsReal(total));
  ASSERT_NEAR(energy_of_table(), total, 1e-11 * PetscAbsReal(total)); /* the table has 13 digits */
  CHECK(VecDestroy(&H));
  CHECK(VecDestroy(&read));
  CHECK(VecDestroy(&sum));
  CHECK(VecDestroy(&e));
  CHECK(HfExperimentDestroy(&experiment));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  remove_directory();
}

static void description_names_all_terms(void **unused) {
  HfKeys keys;
  char *text;
  size_t size;
  FILE *file = open_memstream(&text, &size);

  CHECK(HfKeysCreate(&keys));
  CHECK(HfOutputRegisterKeys(keys));
  CHECK(HfKeysPrint(keys, file));
  fclose(file);
  for (PetscInt k = 0; k < hf_built_in_types.n_terms; ++k)
    if (!hf_built_in_types.terms[k]->draw && !strstr(text, hf_built_in_types.terms[k]->name))
      fail_msg("output.fields does not describe H_%s: src/output/settings.c", hf_built_in_types.terms[k]->name);
  free(text);
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(file_holds_what_direct_calls_give), cmocka_unit_test(description_names_all_terms)};
HF_TEST_MAIN(tests)
