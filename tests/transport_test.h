/* A film from a deck, with electrodes and potential, for the tests of transport. */
#pragma once
#include "test_decks.h"
#include <hopfilm/transport.h>

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfElectrodes electrodes;
  HfPotential potential;
  Vec m, phi;
} Film;

/* In the program these rows come from magnet. */
static inline PetscErrorCode register_keys(HfKeys *keys) {
  static const HfKey rows[] = {
      {"film.material", HF_TYPE, "material", NULL, "", 0, "What the film is made of"},
      {"film.regions[].material", HF_TYPE, "material", "=film.material", "", 0, "What the region is made of"},
      {"material:", HF_SECTION, NULL, "", "", 0, "A conducting material"},
      {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
  };

  PetscFunctionBeginUser;
  PetscCall(HfKeysCreate(keys));
  PetscCall(HfGridRegisterKeys(*keys));
  PetscCall(HfKeysAdd(*keys, "", rows));
  PetscCall(HfTransportRegisterKeys(*keys));
  PetscCall(HfElectrodesRegisterKeys(*keys));
  PetscFunctionReturn(0);
}

/* Up to the electrodes; the deck may have errors. */
static inline PetscErrorCode film_read(MPI_Comm comm, const char *text, Film *film) {
  PetscFunctionBeginUser;
  memset(film, 0, sizeof(*film));
  PetscCall(register_keys(&film->keys));
  PetscCall(HfDeckCreateFromText(comm, film->keys, text, &film->deck));
  if (HfDeckErrorCount(film->deck)) PetscFunctionReturn(0);
  PetscCall(HfGridCreateFromDeck(film->deck, &film->grid));
  if (film->grid) PetscCall(HfElectrodesCreate(film->grid, film->deck, &film->electrodes));
  PetscFunctionReturn(0);
}

static inline PetscErrorCode film_potential(Film *film) {
  PetscFunctionBeginUser;
  PetscCall(HfPotentialCreateFilm(film->grid, film->electrodes, film->deck, &film->potential));
  PetscCall(HfPotentialCreateVector(film->potential, &film->phi));
  PetscCall(HfGridCreateCellVec(film->grid, 3, &film->m));
  PetscFunctionReturn(0);
}

static inline PetscErrorCode film_create(MPI_Comm comm, const char *text, Film *film) {
  PetscFunctionBeginUser;
  PetscCall(film_read(comm, text, film));
  PetscCall(HfDeckVerdict(film->deck));
  PetscCall(film_potential(film));
  PetscFunctionReturn(0);
}

/* m = f(x, y) at the cell centres, and the potential's conductivity with it. */
static inline PetscErrorCode film_magnetize(Film *film, void (*f)(PetscReal x, PetscReal y, void *context, PetscReal m[3]), void *context) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  PetscScalar *m;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(film->m, &m));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i) f(HfCellX(g, i), HfCellY(g, j), context, m + 3 * ((j - g->ys) * g->xm + i));
  PetscCall(VecRestoreArray(film->m, &m));
  PetscCall(HfPotentialSetMagnetization(film->potential, film->m));
  PetscFunctionReturn(0);
}

static inline PetscErrorCode film_destroy(Film *film) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&film->phi));
  PetscCall(VecDestroy(&film->m));
  PetscCall(HfPotentialDestroy(&film->potential));
  PetscCall(HfElectrodesDestroy(&film->electrodes));
  PetscCall(HfGridDestroy(&film->grid));
  PetscCall(HfDeckDestroy(&film->deck));
  PetscCall(HfKeysDestroy(&film->keys));
  PetscFunctionReturn(0);
}

/* A texture without symmetry that bends everywhere, on a film of 1 um. */
static inline void maze(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal X = x * 1e6, Y = y * 1e6, angle = 3 * sin(7 * X + 1) + 3 * cos(9 * Y) + 2 * sin(5 * (X + Y)),
                  z = 0.8 * sin(11 * X) * cos(8 * Y + 0.3);
  m[0] = sqrt(1 - z * z) * cos(angle);
  m[1] = sqrt(1 - z * z) * sin(angle);
  m[2] = z;
}
static inline void uniform(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  for (int c = 0; c < 3; ++c) m[c] = ((const PetscReal *)context)[c];
}
