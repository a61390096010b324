/* Regions of the film from the colours of an image. Private to src/grid. */
#pragma once
#include <hopfilm/grid.h>

typedef struct {
  PetscInt columns, rows;
  PetscReal size[2]; /* of the film, which the image covers, m */
  int8_t *region;    /* [row][column], the top row first: 0 the film itself, -1 outside; NULL: no map */
  PetscBool has_outside;
  unsigned char *named; /* of each of film.regions: it has a colour */
} HfRegionMap;
extern const HfKey hf_region_map_keys[];
/* Reads section film.region_map, if there is one, for a film with so many regions. Errors go to the deck. Collective. */
PetscErrorCode HfRegionMapSettingsRead(HfDeck deck, const HfFilmSettings *film, HfRegionMap *map);
PetscErrorCode HfRegionMapDestroy(HfRegionMap *map);
/* Region at a place. */
PetscInt HfRegionMapAt(const HfRegionMap *map, PetscReal x, PetscReal y);
