/* The potential of films that are periodic across the current, or along and across it, wherever the seam is in film with gaps and holes: a texture that is shifted across the seam conducts the same, as does a
   film twice as wide twice as much, also with Hall currents; a strip whose texture varies along the current alone has the conductance of its cells in series;
   both directions and any number of ranks agree. */
#include "transport_test.h"

typedef struct {
  const HfGridInfo *g;
  PetscInt turned;        /* x and y change places */
  PetscInt n[2], by, far; /* cells of the texture along and across the current; shift across it, and along it */
  PetscBool along_only;
} Texture;

static void texture(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const Texture *t = context;
  const HfGridInfo *g = t->g;
  const PetscInt i = (PetscInt)floor((x - g->x0) / g->dx), j = (PetscInt)floor((y - g->y0) / g->dy);
  const PetscInt along = ((t->turned ? j : i) - t->far + 1000 * t->n[0]) % t->n[0], across = ((t->turned ? i : j) - t->by + 1000 * t->n[1]) % t->n[1];
  PetscReal length = 0, v[3];

  HfRandomNormal(1, HF_STREAM_TEST, 0, t->along_only ? along : (PetscInt64)across * t->n[0] + along, 3, v);
  for (int c = 0; c < 3; ++c) length += v[c] * v[c];
  for (int c = 0; c < 3; ++c) m[c] = v[c] / PetscSqrtReal(length);
  if (t->turned) { /* mirrored at the diagonal; m is an axial vector, but the conductivity is even in m without Hall currents */
    const PetscReal swap = m[0];
    m[0] = m[1];
    m[1] = swap;
  }
}

static PetscReal conductance(MPI_Comm comm, const char *deck, PetscInt width, Texture t) {
  PetscReal G[4];
  Film film;

  CHECK(film_create(comm, deck, &film));
  t.g = HfGridGetInfo(film.grid);
  CHECK(film_magnetize(&film, texture, &t));
  CHECK(HfConductance(film.potential, G));
  ASSERT_NEAR(G[0] + G[1], 0, 1e-9 * G[0]);
  CHECK(film_destroy(&film));
  return G[0] / (PetscReal)width;
}

#define STRIP(width, hall) DECK_WITH("strip", "width=%d nm; hall=%g S/m", (int)(width)*20 * 5, (double)(hall))
#define TURNED(width)      DECK_WITH("turned", "width=%d nm", (int)(width)*20 * 5)

static void shifted_textures_conduct_the_same(void **unused) {
  for (int hall = 0; hall < 2; ++hall) {
    const Texture t = {.n = {24, 20}};
    const PetscReal G = conductance(PETSC_COMM_WORLD, STRIP(1, 1e6 * hall), 1, t),
                    open = conductance(PETSC_COMM_WORLD, DECK_WITH("open", "hall=%g S/m", 1e6 * hall), 1, t);

    for (PetscInt by = 3; by < 20; by += 7) {
      Texture shifted = t;
      shifted.by = by;
      ASSERT_NEAR(conductance(PETSC_COMM_WORLD, STRIP(1, 1e6 * hall), 1, shifted), G, 1e-9 * G);
    }
    print_message("G = %.9g S, %.9g S with open edges\n", G, open);
    assert_true(PetscAbsReal(open / G - 1) > 1e-5);
    ASSERT_NEAR(conductance(PETSC_COMM_WORLD, STRIP(2, 1e6 * hall), 2, t), G, 1e-9 * G);
    ASSERT_NEAR(conductance(PETSC_COMM_SELF, STRIP(1, 1e6 * hall), 1, t), G, 1e-9 * G);
  }
}

static void both_directions_agree(void **unused) {
  const Texture t = {.n = {24, 20}}, turned = {.n = {24, 20}, .turned = 1, .by = 6};
  const PetscReal G = conductance(PETSC_COMM_WORLD, STRIP(1, 0), 1, t);

  ASSERT_NEAR(conductance(PETSC_COMM_WORLD, TURNED(1), 1, turned), G, 1e-9 * G);
  ASSERT_NEAR(conductance(PETSC_COMM_WORLD, TURNED(2), 2, turned), G, 1e-9 * G);
}

/* No current across the strip is kept back at its edges: each slice carries j with the field E_x = j/Sigma_xx, E_y = 0. */
static void slices_are_in_series(void **unused) {
  const PetscReal sigma0 = 5e6, a = 1.5, r = (2 + a) / (2 - a), perp = sigma0 / (1 + (1 / r - 1) / 3), delta = perp * (1 / r - 1);
  const Texture t = {.n = {24, 20}, .along_only = PETSC_TRUE};
  PetscReal resistance = 0, G;
  HfGridInfo g = {.dx = 1, .dy = 1};

  for (PetscInt i = 0; i < 24; ++i) {
    Texture one = t;
    PetscReal m[3];
    one.g = &g;
    texture((PetscReal)i + 0.5, 0.5, &one, m);
    resistance += 5e-9 / ((perp + delta * m[0] * m[0]) * 100e-9 * 10e-9);
  }
  G = conductance(PETSC_COMM_WORLD, STRIP(1, 0), 1, t);
  ASSERT_NEAR(G, 1 / resistance, 1e-9 * G);
  ASSERT_NEAR(conductance(PETSC_COMM_WORLD, STRIP(3, 0), 3, t), G, 1e-9 * G);
}

/* An isotropic film, as gold or a control: its current is the same everywhere, at the seam too. */
static void isotropic_film_carries_a_uniform_current(void **unused) {
  const PetscReal V[2] = {1e-3, 0}, j = 5e6 * 1e-3 / 120e-9;

  for (int d = 0; d < 2; ++d) {
    PetscReal currents[2], most[2];
    Film film;
    Vec density;

    CHECK(film_read(PETSC_COMM_WORLD, d ? TURNED(1) : STRIP(1, 0), &film));
    CHECK(HfDeckVerdict(film.deck));
    CHECK(HfPotentialCreateIsotropic(film.grid, film.electrodes, 5e6, 10e-9, &film.potential));
    CHECK(HfPotentialCreateVector(film.potential, &film.phi));
    CHECK(HfPotentialSolve(film.potential, V, film.phi, currents));
    ASSERT_NEAR(currents[0], j * 100e-9 * 10e-9, 1e-8 * currents[0]);
    CHECK(HfGridCreateCellVec(film.grid, 2, &density));
    CHECK(HfPotentialCurrentDensity(film.potential, film.phi, density));
    CHECK(VecStrideNorm(density, 1 - d, NORM_INFINITY, &most[0]));
    CHECK(VecShift(density, -j));
    CHECK(VecStrideNorm(density, d, NORM_INFINITY, &most[1]));
    ASSERT_NEAR(most[0], 0, 1e-8 * j);
    ASSERT_NEAR(most[1], 0, 1e-8 * j);
    CHECK(VecDestroy(&density));
    CHECK(film_destroy(&film));
  }
}

/* Contacts inside of a film that is periodic both ways; they and the texture are shifted, 3 cells along and 4 across. */
static void contacts_on_a_torus(void **unused) {
  const Texture t = {.n = {24, 20}}, shifted = {.n = {24, 20}, .by = 4, .far = 3};
  const PetscReal G = conductance(PETSC_COMM_WORLD, DECK_WITH("torus", "x=%d nm; y=%d nm", -15, 0), 1, t);

  ASSERT_NEAR(conductance(PETSC_COMM_WORLD, DECK_WITH("torus", "x=%d nm; y=%d nm", 0, 20), 1, shifted), G, 1e-9 * G);
  assert_true(PetscAbsReal(conductance(PETSC_COMM_WORLD, DECK_WITH("torus", "x=%d nm; y=%d nm", 0, 20), 1, t) / G - 1) > 1e-4);
}

/* A film with one row of cells, where ranks may have no rows, is a twentieth of a strip with the same texture in every row; and the smallest film. */
static void films_of_one_row(void **unused) {
  const Texture t = {.n = {24, 20}, .along_only = PETSC_TRUE};
  const PetscReal strip = conductance(PETSC_COMM_WORLD, STRIP(1, 0), 1, t);

  ASSERT_NEAR(20 * conductance(PETSC_COMM_WORLD, DECK_WITH("small", "length=%d nm; half=%d nm; width=%d nm", 120, 60, 5), 1, t), strip, 1e-9 * strip);
  const PetscReal four_cells = conductance(PETSC_COMM_SELF, DECK_WITH("small", "length=%d nm; half=%d nm; width=%d nm", 10, 5, 10), 1, t);
  ASSERT_NEAR(conductance(PETSC_COMM_WORLD, DECK_WITH("small", "length=%d nm; half=%d nm; width=%d nm", 10, 5, 10), 1, t), four_cells,
              1e-9 * four_cells);
}

enum { LENGTH = 200, CELL = 2 }; /* nm, of the films below along their period */

/* nm, of a place after a shift along the period by a number of cells */
static int place(int x, int cells) { return (x + CELL * cells + 5 * LENGTH / 2) % LENGTH - LENGTH / 2; }

/* Shifted by any number of cells with its texture, a film conducts the same; decks of both directions. */
static void conducts_wherever_the_seam_is(const char *const decks[2], const int shifts[], int n) {
  for (int d = 0; d < 2; ++d) {
    PetscReal G = 0;

    for (int k = 0; k < n; ++k) {
      const Texture t = {.n = {LENGTH / CELL, LENGTH / CELL / 2}, .turned = d, .far = shifts[k]};
      const int gap = place(0, shifts[k]), beyond = gap > 0 ? gap - LENGTH : gap + LENGTH;
      const char *deck = DECK_WITH(decks[d], "gap=%d nm; beyond=%d nm; a=%d nm; b=%d nm; side=%d nm", gap, beyond, place(-24, shifts[k]),
                                   place(24, shifts[k]), place(40, shifts[k]));
      const PetscReal shifted = conductance(PETSC_COMM_WORLD, deck, 1, t);

      if (!k) G = shifted;
      ASSERT_NEAR(shifted, G, 1e-9 * G);
    }
    assert_true(G > 0);
  }
}

/* Electrodes on both sides of a gap, which are joined across the seam alone; both on one side, so that the film on the other is reached, by a part of the
   current, across the seam alone. The edges of the gap cut cells, after one of the shifts right behind the seam. */
static void gaps(void **unused) {
  static const char *const joined[2] = {"joined-x", "joined-y"}, *const beside[2] = {"beside-x", "beside-y"};
  const int shifts[4] = {0, 20, 50, 61};

  conducts_wherever_the_seam_is(joined, shifts, 4);
  conducts_wherever_the_seam_is(beside, shifts, 4);
}

/* The seam on all sides of a round hole and through it. */
static void holes(void **unused) {
  static const char *const decks[2] = {"hole-x", "hole-y"};
  const int shifts[6] = {0, 43, 47, 50, 54, 57};

  conducts_wherever_the_seam_is(decks, shifts, 6);
}

static void electrodes_meet_themselves_at_the_seam(void **unused) {
  Film film;
  char first[512];

  CHECK(film_read(PETSC_COMM_WORLD, DECK("half"), &film));
  HfDeckFirstError(film.deck, first, sizeof first);
  assert_non_null(strstr(first, "electrode west touches an edge of the film that is periodic, but not the same place at the opposite edge"));
  CHECK(film_destroy(&film));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(shifted_textures_conduct_the_same),
    cmocka_unit_test(both_directions_agree),
    cmocka_unit_test(slices_are_in_series),
    cmocka_unit_test(isotropic_film_carries_a_uniform_current),
    cmocka_unit_test(contacts_on_a_torus),
    cmocka_unit_test(films_of_one_row),
    cmocka_unit_test(gaps),
    cmocka_unit_test(holes),
    cmocka_unit_test(electrodes_meet_themselves_at_the_seam),
};
HF_TEST_MAIN(tests)
