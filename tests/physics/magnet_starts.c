/* Initial states against what defines them: the topological charge of a skyrmion by the solid angles of the triangles of cells (Berg and Luescher, Nucl.
   Phys. B 190, 412 (1981)), the energy 4 sqrt(A K) of a wall, the period and the energy A q^2 - D q of a helix and a cycloid. */
#include "magnet_case.h"
#include <petscvec.h>

/* All of m on every rank, [row][column][component]. */
static void gather(Case *c, const PetscScalar **a, Vec *all) {
  VecScatter scatter;

  CHECK(VecScatterCreateToAll(c->m, &scatter, all));
  CHECK(VecScatterBegin(scatter, c->m, *all, INSERT_VALUES, SCATTER_FORWARD));
  CHECK(VecScatterEnd(scatter, c->m, *all, INSERT_VALUES, SCATTER_FORWARD));
  CHECK(VecScatterDestroy(&scatter));
  CHECK(VecGetArrayRead(*all, a));
}

static void release(const PetscScalar **a, Vec *all) {
  CHECK(VecRestoreArrayRead(*all, a));
  CHECK(VecDestroy(all));
}

/* Solid angle of the spherical triangle with these corners, with its sign. */
static PetscReal solid_angle(const PetscScalar *a, const PetscScalar *b, const PetscScalar *c) {
  PetscReal triple = 0, ab = 0, bc = 0, ca = 0;

  for (int k = 0; k < 3; ++k) {
    triple += a[k] * (b[(k + 1) % 3] * c[(k + 2) % 3] - b[(k + 2) % 3] * c[(k + 1) % 3]);
    ab += a[k] * b[k];
    bc += b[k] * c[k];
    ca += c[k] * a[k];
  }
  return 2 * atan2(triple, 1 + ab + bc + ca);
}

static PetscReal charge(Case *c) {
  const PetscInt nx = c->g->nx;
  const PetscScalar *a;
  PetscReal sum = 0;
  Vec all;

  gather(c, &a, &all);
  for (PetscInt j = 0; j + 1 < c->g->ny; ++j)
    for (PetscInt i = 0; i + 1 < nx; ++i) {
      const PetscScalar *here = a + 3 * (j * nx + i), *right = here + 3, *up = here + 3 * nx, *across = up + 3;
      sum += solid_angle(here, right, across) + solid_angle(here, across, up);
    }
  release(&a, &all);
  return sum / (4 * PETSC_PI);
}

static void test_charge_of_skyrmions(void **state) {
  static const struct {
    const char *values;
    double charge;
  } cases[] = {{"polarity: up", 1},
               {"polarity: down", -1},
               {"polarity: down, helicity: 90 degree", -1},
               {"polarity: up, winding: -1, helicity: 0.3 rad", -1},
               {"polarity: up, winding: 2, wall_width: 8 nm", 2},
               {"centre: [-11 nm, 7 nm], wall_width: 3 nm", 1}};

  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
    Case c;

    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("film", "size=240 nm, 200 nm;cell=2 nm;constants=;state=skyrmion: {radius: 25 nm, %s}", cases[k].values));
    ASSERT_NEAR(charge(&c), cases[k].charge, 2e-4); /* the film ends where m is not quite along z */
    case_destroy(&c);
  }
}

/* Where m_z passes zero, from the centre of the film along +x, m; and m there. */
static PetscReal zero_of_mz(Case *c, PetscReal m[3]) {
  const PetscInt nx = c->g->nx, j = c->g->ny / 2;
  const PetscScalar *a;
  PetscReal at = 0;
  Vec all;

  gather(c, &a, &all);
  for (PetscInt i = nx / 2; i + 1 < nx && at == 0; ++i) {
    const PetscScalar *here = a + 3 * (j * nx + i);

    if (here[2] * here[5] > 0) continue;
    at = c->g->x0 + ((PetscReal)i + 0.5 + here[2] / (here[2] - here[5])) * c->g->dx;
    for (int d = 0; d < 3; ++d) m[d] = here[d];
  }
  release(&a, &all);
  return at;
}

static void test_radius_and_helicity(void **state) {
  PetscReal m[3];
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "size=241 nm, 161 nm;cell=1 nm;constants=;state=skyrmion: {radius: 40 nm}"));
  ASSERT_NEAR(zero_of_mz(&c, m), 40e-9, 0.05e-9);
  ASSERT_NEAR(m[0], 1, 0.02); /* outward */
  case_destroy(&c);
  case_create(&c, PETSC_COMM_WORLD,
              DECK_WITH("film", "size=241 nm, 161 nm;cell=1 nm;constants=;state=skyrmion: {radius: 40 nm, helicity: 90 degree}"));
  ASSERT_NEAR(zero_of_mz(&c, m), 40e-9, 0.05e-9);
  ASSERT_NEAR(m[1], 1, 0.02); /* anticlockwise */
  case_destroy(&c);
}

/* The Dzyaloshinskii-Moriya energy of D > 0 has the sign that the head of skyrmion.c states. */
static void test_helicity_of_either_interaction(void **state) {
  static const struct {
    const char *values, *interaction;
    double sign;
  } cases[] = {
      {"polarity: down, helicity: 0 rad", "Dinterfacial: 3 mJ/m^2", -1}, {"polarity: up, helicity: 180 degree", "Dinterfacial: 3 mJ/m^2", -1},
      {"polarity: up, helicity: 0 rad", "Dinterfacial: 3 mJ/m^2", 1},    {"polarity: down, helicity: 90 degree", "Dbulk: 3 mJ/m^2", -1},
      {"polarity: up, helicity: -90 degree", "Dbulk: 3 mJ/m^2", -1},     {"polarity: up, helicity: 90 degree", "Dbulk: 3 mJ/m^2", 1}};
  PetscReal none;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "size=160 nm, 160 nm;cell=2 nm;constants=;state=skyrmion: {radius: 25 nm}"));
  none = case_energy(&c, 0, c.m);
  case_destroy(&c);
  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
    PetscReal energy;

    case_create(
        &c, PETSC_COMM_WORLD,
        DECK_WITH("film", "size=160 nm, 160 nm;cell=2 nm;constants=%s;state=skyrmion: {radius: 25 nm, %s}", cases[k].interaction, cases[k].values));
    energy = case_energy(&c, 0, c.m) - none;
    ASSERT_NEAR(energy / (2 * PETSC_PI * 25e-9 * PETSC_PI * 3e-3 * 2e-9), cases[k].sign, 0.12); /* pi D per area of a straight wall */
    case_destroy(&c);
  }
}

/* Energy per area of a wall with K along the domains: 4 sqrt(A K). */
static PetscReal wall_energy(const char *cell, const char *axis, const char *values) {
  PetscReal with, without;
  char constants[64];
  Case c;

  PetscSNPrintf(constants, sizeof constants, "Ku: 0.4 MJ/m^3, axis: [%s]", axis);
  case_create(&c, PETSC_COMM_WORLD,
              DECK_WITH("film", "size=160 nm, 16 nm;cell=%s;constants=%s;state=domains: {wall_width: 5.7008771 nm, direction: [%s], %s}", cell,
                        constants, axis, values));
  with = case_energy(&c, 0, c.m);
  case_destroy(&c);
  case_create(&c, PETSC_COMM_WORLD,
              DECK_WITH("film", "size=160 nm, 16 nm;cell=%s;constants=%s;state=uniform: {direction: [%s]}", cell, constants, axis));
  without = case_energy(&c, 0, c.m);
  case_destroy(&c);
  return (with - without) / (16e-9 * 2e-9);
}

static void test_wall_energy(void **state) {
  const PetscReal exact = 4 * PetscSqrtReal(13e-12 * 0.4e6);
  const PetscReal bloch = wall_energy("1 nm", "0, 0, 1", "kind: bloch"), neel = wall_energy("1 nm", "0, 0, 1", "kind: neel, at: 10 nm"),
                  coarse = wall_energy("2 nm", "0, 0, 1", "kind: bloch, reversed: true"), in_plane = wall_energy("1 nm", "0, 1, 0", "kind: neel");

  print_message("wall energy relative to 4 sqrt(A K): Bloch %.5f, Neel %.5f, in the plane %.5f; on 2 nm %.5f\n", bloch / exact, neel / exact,
                in_plane / exact, coarse / exact);
  ASSERT_NEAR(bloch / exact, 1, 0.02);
  ASSERT_NEAR(neel / exact, 1, 0.02);
  ASSERT_NEAR(in_plane / exact, 1, 0.02);
  ASSERT_NEAR((coarse / exact - 1) / (bloch / exact - 1), 4, 0.4); /* the error is that of the cells, of second order */
}

/* What a kind cannot be is refused with the place. */
static void test_refused(void **state) {
  const char *text, *says;

  for (int k = 0; (text = DECK_AT("refusing refused", k, &says)); ++k) {
    HfInitialSettings initial;
    char first[1024];
    HfKeys keys;
    HfDeck deck;

    CHECK(HfKeysCreate(&keys));
    CHECK(HfGridRegisterKeys(keys));
    CHECK(HfMagnetRegisterKeys(keys, NULL));
    CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
    CHECK(HfInitialSettingsRead(deck, HfNodeFind(HfDeckRoot(deck), "film.initial"), &initial));
    HfDeckFirstError(deck, first, sizeof first);
    if (!strstr(first, says)) fail_msg("\"%s\", not \"%s\"", first, says);
    CHECK(HfDeckDestroy(&deck));
    CHECK(HfKeysDestroy(&keys));
  }
}

/* The middle of the wall, and where it is. */
static void test_wall_kinds(void **state) {
  static const struct {
    const char *values;
    double m[3];
  } cases[] = {
      {"kind: bloch", {0, -1, 0}}, {"kind: bloch, reversed: true", {0, 1, 0}}, {"kind: neel", {1, 0, 0}}, {"kind: neel, reversed: true", {-1, 0, 0}}};

  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
    PetscReal m[3];
    Case c;

    case_create(&c, PETSC_COMM_WORLD,
                DECK_WITH("film", "size=101 nm, 20 nm;cell=1 nm;constants=;state=domains: {wall_width: 6 nm, at: 20.5 nm, %s}", cases[k].values));
    ASSERT_NEAR(zero_of_mz(&c, m), 20.5e-9, 0.01e-9);
    for (int d = 0; d < 2; ++d) ASSERT_NEAR(m[d], cases[k].m[d], 0.01); /* normal x direction = x x z = -y */
    case_destroy(&c);
  }
}

static PetscReal energy_of(const char *size, const char *constants, const char *state) {
  PetscReal energy;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("film", "size=%s;cell=1 nm;constants=%s;state=%s", size, constants, state));
  energy = case_energy(&c, 0, c.m);
  case_destroy(&c);
  return energy;
}

/* The density of energy away from the edges, from films of two lengths and two widths: relative to A q^2 - D q. */
static PetscReal spiral(const char *constants, const char *state, PetscReal D) {
  const PetscReal q = 2 * PETSC_PI / 60e-9;
  const PetscReal wide = energy_of("240 nm, 16 nm", constants, state) - energy_of("120 nm, 16 nm", constants, state),
                  narrow = energy_of("240 nm, 8 nm", constants, state) - energy_of("120 nm, 8 nm", constants, state);

  return (wide - narrow) / (120e-9 * 8e-9 * 2e-9) / (13e-12 * q * q - D * q);
}

static void test_energy_of_spirals(void **state) {
  const PetscReal helix = spiral("Dbulk: 4 mJ/m^2", "helix: {period: 60 nm}", 4e-3),
                  left = spiral("Dbulk: 4 mJ/m^2", "helix: {period: 60 nm, axis: [-1, 0, 0], phase: 1 rad}", -4e-3),
                  cycloid = spiral("Dinterfacial: 4 mJ/m^2", "helix: {period: 60 nm, axis: [0, -1, 0]}", 4e-3),
                  other = spiral("Dinterfacial: 4 mJ/m^2", "helix: {period: 60 nm, axis: [0, 3, 0]}", -4e-3),
                  plain = spiral("", "helix: {period: 60 nm, axis: [0, 1, 1]}", 0);

  print_message("energy relative to A q^2 - D q: helix %.5f, left-handed %.5f, cycloid %.5f, its mirror %.5f, exchange alone %.5f\n", helix, left,
                cycloid, other, plain);
  ASSERT_NEAR(helix, 1, 3e-3); /* (q d)^2/12 of exchange, (q d)^2/6 of the other, q d = 0.105 */
  ASSERT_NEAR(left, 1, 3e-3);
  ASSERT_NEAR(cycloid, 1, 3e-3);
  ASSERT_NEAR(other, 1, 3e-3);
  ASSERT_NEAR(plain, 1, 3e-3);
}

/* m one period further on is the same; a half period further on, it is opposite to that across the axis. */
static void test_period(void **state) {
  const PetscScalar *a;
  Vec all;
  Case c;

  case_create(&c, PETSC_COMM_WORLD,
              DECK_WITH("film", "size=60 nm, 90 nm;cell=1 nm;constants=;state=helix: {period: 30 nm, direction: [0, 2], phase: 0.4 rad}"));
  gather(&c, &a, &all);
  for (PetscInt j = 0; j + 30 < 90; ++j)
    for (PetscInt k = 0; k < 60; ++k)
      for (int d = 0; d < 3; ++d) {
        ASSERT_NEAR(a[3 * ((j + 30) * 60 + k) + d], a[3 * (j * 60 + k) + d], 1e-14);
        ASSERT_NEAR(a[3 * ((j + 15) * 60 + k) + d], -a[3 * (j * 60 + k) + d], 1e-14);
        ASSERT_NEAR(a[3 * (j * 60 + k) + 1], 0, 1e-15);
      }
  ASSERT_NEAR(atan2(a[3 * 45 * 60], a[3 * 45 * 60 + 2]), 0.4 + 2 * PETSC_PI * 0.5 / 30, 1e-14); /* right-handed: from z towards x about y */
  release(&a, &all);
  case_destroy(&c);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_charge_of_skyrmions),
                                          cmocka_unit_test(test_radius_and_helicity),
                                          cmocka_unit_test(test_helicity_of_either_interaction),
                                          cmocka_unit_test(test_wall_energy),
                                          cmocka_unit_test(test_wall_kinds),
                                          cmocka_unit_test(test_refused),
                                          cmocka_unit_test(test_energy_of_spirals),
                                          cmocka_unit_test(test_period)};
HF_TEST_MAIN(tests)
