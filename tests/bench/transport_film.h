/* A film of 1 nm cells with contacts, and a magnetization that moves on, for the benchmarks of transport. */
#pragma once
#include <hopfilm/transport.h>

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfElectrodes electrodes;
} BenchFilm;

/* nx x ny cells; `electrodes`: the items of the list in YAML. */
static PetscErrorCode bench_film_create(PetscInt nx, PetscInt ny, PetscReal amr_ratio, const char electrodes[], BenchFilm *film) {
  static const HfKey rows[] = {/* in the program these come from magnet */
                               {"film.material", HF_TYPE, "material", NULL, "", 0, "What the film is made of"},
                               {"film.regions[].material", HF_TYPE, "material", "=film.material", "", 0, "What the region is made of"},
                               {"material:", HF_SECTION, NULL, "", "", 0, "A conducting material"},
                               {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}};
  char text[2048];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(text, sizeof(text),
                          "hopfilm: 1\nfilm: {size: [%g nm, %g nm], cell: 1 nm, thickness: 10 nm, material: {conductivity: 5e6 S/m, amr_ratio: %g}}\n"
                          "electrodes:\n%s",
                          (double)nx, (double)ny, (double)amr_ratio, electrodes));
  PetscCall(HfKeysCreate(&film->keys));
  PetscCall(HfGridRegisterKeys(film->keys));
  PetscCall(HfKeysAdd(film->keys, "", rows));
  PetscCall(HfTransportRegisterKeys(film->keys));
  PetscCall(HfElectrodesRegisterKeys(film->keys));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, film->keys, text, &film->deck));
  PetscCall(HfDeckVerdict(film->deck));
  PetscCall(HfGridCreateFromDeck(film->deck, &film->grid));
  PetscCall(HfElectrodesCreate(film->grid, film->deck, &film->electrodes));
  PetscCall(HfDeckVerdict(film->deck));
  PetscFunctionReturn(0);
}

/* Contacts along the whole left and right edge of a film of nx x ny cells. */
static inline PetscErrorCode bench_film_edges(PetscInt nx, PetscInt ny, size_t size, char electrodes[]) {
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(
      electrodes, size,
      "  - {shape: {rectangle: {size: [0 nm, %g nm]}}, at: [%g nm, 0 m]}\n  - {shape: {rectangle: {size: [0 nm, %g nm]}}, at: [%g nm, 0 m]}\n",
      (double)ny, -(double)nx / 2, (double)ny, (double)nx / 2));
  PetscFunctionReturn(0);
}

static PetscErrorCode bench_film_destroy(BenchFilm *film) {
  PetscFunctionBeginUser;
  PetscCall(HfElectrodesDestroy(&film->electrodes));
  PetscCall(HfGridDestroy(&film->grid));
  PetscCall(HfDeckDestroy(&film->deck));
  PetscCall(HfKeysDestroy(&film->keys));
  PetscFunctionReturn(0);
}

/* Vortices and domain walls of about a tenth of the film, moved on by `phase`. */
static PetscErrorCode bench_film_texture(HfGrid grid, PetscReal phase, Vec v) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  PetscScalar *m;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(v, &m));
  for (PetscInt j = 0; j < g->ym; ++j) {
    for (PetscInt i = 0; i < g->nx; ++i) {
      const PetscReal x = 10 * ((PetscReal)i + 0.5) / (PetscReal)g->nx, y = 10 * ((PetscReal)(g->ys + j) + 0.5) / (PetscReal)g->ny;
      const PetscReal angle = 3 * sin(x + phase) + 3 * cos(1.3 * y) + 2 * sin(0.7 * (x + y)), z = 0.8 * sin(1.9 * x) * cos(1.5 * y + phase);
      PetscScalar *cell = m + 3 * (j * g->nx + i);

      cell[0] = sqrt(1 - z * z) * cos(angle);
      cell[1] = sqrt(1 - z * z) * sin(angle);
      cell[2] = z;
    }
  }
  PetscCall(VecRestoreArray(v, &m));
  PetscFunctionReturn(0);
}
