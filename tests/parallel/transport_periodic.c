/* The potential of films that are periodic across the current, or along and across it: a texture that is shifted across the seam conducts the same, as does a
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

/* Contacts inside of a film that is periodic both ways; they and the texture are shifted, 3 cells along and 4 across. */
static void contacts_on_a_torus(void **unused) {
  const Texture t = {.n = {24, 20}}, shifted = {.n = {24, 20}, .by = 4, .far = 3};
  const PetscReal G = conductance(PETSC_COMM_WORLD, DECK_WITH("torus", "x=%d nm; y=%d nm", -15, 0), 1, t);

  ASSERT_NEAR(conductance(PETSC_COMM_WORLD, DECK_WITH("torus", "x=%d nm; y=%d nm", 0, 20), 1, shifted), G, 1e-9 * G);
  assert_true(PetscAbsReal(conductance(PETSC_COMM_WORLD, DECK_WITH("torus", "x=%d nm; y=%d nm", 0, 20), 1, t) / G - 1) > 1e-4);
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
    cmocka_unit_test(contacts_on_a_torus),
    cmocka_unit_test(electrodes_meet_themselves_at_the_seam),
};
HF_TEST_MAIN(tests)
