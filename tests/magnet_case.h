/* A film with its magnet from the text of a deck. */
#pragma once
#include <hopfilm/magnet.h>
#include <test_decks.h>

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfMagnet magnet;
  const HfGridInfo *g;
  Vec m; /* film.initial */
} Case;

/* `types`: terms and torques, NULL: the built-in ones. */
static inline void case_create_of(Case *c, MPI_Comm comm, const char *text, const HfMagnetTypes *types) {
  CHECK(HfKeysCreate(&c->keys));
  CHECK(HfGridRegisterKeys(c->keys));
  CHECK(HfMagnetRegisterKeys(c->keys, types));
  CHECK(HfDeckCreateFromText(comm, c->keys, text, &c->deck));
  CHECK(HfDeckVerdict(c->deck));
  CHECK(HfGridCreateFromDeck(c->deck, &c->grid));
  CHECK(HfDeckVerdict(c->deck));
  CHECK(HfMagnetCreate(c->grid, c->deck, types, &c->magnet));
  CHECK(HfMagnetCreateState(c->magnet, &c->m));
  CHECK(HfMagnetSetInitial(c->magnet, NULL, c->m));
  CHECK(HfDeckVerdict(c->deck));
  c->g = HfGridGetInfo(c->grid);
}

static inline void case_create(Case *c, MPI_Comm comm, const char *text) { case_create_of(c, comm, text, NULL); }

static inline void case_destroy(Case *c) {
  CHECK(VecDestroy(&c->m));
  CHECK(HfMagnetDestroy(&c->magnet));
  CHECK(HfGridDestroy(&c->grid));
  CHECK(HfDeckDestroy(&c->deck));
  CHECK(HfKeysDestroy(&c->keys));
}

/* m from a function of the cell's centre; zero in void cells. */
static inline void case_fill(Case *c, Vec v, void (*f)(PetscReal x, PetscReal y, void *context, PetscReal m[3]), void *context) {
  PetscScalar *a;

  CHECK(VecGetArrayWrite(v, &a));
  for (PetscInt j = c->g->ys; j < c->g->ys + c->g->ym; ++j) {
    for (PetscInt i = 0; i < c->g->xm; ++i) {
      PetscScalar *m = a + 3 * ((j - c->g->ys) * c->g->xm + i);
      m[0] = m[1] = m[2] = 0;
      if (HfRegionAt(c->g, HfGridRegions(c->grid), i, j) >= 0) (*f)(HfCellX(c->g, i), HfCellY(c->g, j), context, m);
    }
  }
  CHECK(VecRestoreArrayWrite(v, &a));
}

/* Sum of the energies of all terms, J. */
static inline PetscReal case_energy(Case *c, PetscReal t, Vec m) {
  PetscReal energies[32] = {0}, sum = 0;

  CHECK(HfMagnetEnergies(c->magnet, t, m, energies));
  for (PetscInt k = 0; k < HfMagnetTermCount(c->magnet); ++k) sum += energies[k];
  return sum;
}
