/* A film with all that the text of a deck gives it: magnet, current, gold. */
#pragma once
#include "test_decks.h"
#include <hopfilm/device.h>

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfDevice device;
  const HfGridInfo *g;
} Film;

/* The code of a deck that cannot be a device; film_destroy() is needed all the same. */
static inline PetscErrorCode film_try(Film *film, MPI_Comm comm, const char *text) {
  PetscErrorCode code;

  film->device = NULL;
  CHECK(HfKeysCreate(&film->keys));
  CHECK(HfDeviceRegisterKeys(film->keys));
  CHECK(HfDeckCreateFromText(comm, film->keys, text, &film->deck));
  code = HfDeckVerdict(film->deck);
  if (!code) code = HfDeviceCreate(film->deck, &film->device);
  if (!code) film->g = HfGridGetInfo(HfDeviceGrid(film->device));
  return code;
}

static inline void film_create(Film *film, MPI_Comm comm, const char *text) { CHECK(film_try(film, comm, text)); }

static inline void film_destroy(Film *film) {
  if (film->device) CHECK(HfDeviceDestroy(&film->device));
  CHECK(HfDeckDestroy(&film->deck));
  CHECK(HfKeysDestroy(&film->keys));
}
