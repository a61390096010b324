/* One kind of initial state of the magnetization, type "initial:" of the deck: a file in starts/ and a line in starts/starts.def. Private to src/magnet. */
#pragma once
#include "magnet_impl.h"
#include <string.h>

/* A cell of the film. */
typedef struct {
  PetscReal x, y;   /* its centre, m */
  PetscInt64 index; /* of all cells of the grid */
} HfStartCell;

struct HfStart_ {
  HfKey row[2];         /* its name and meaning: HF_START_ROW */
  const HfKey *keys;    /* below "initial:NAME" */
  const char *citation; /* key for HfCite() or NULL */
  /* Values of the deck, which are valid by the table, to initial->number[] and the like; errors go to the deck. */
  PetscErrorCode (*settings)(HfDeck deck, HfNode values, HfInitialSettings *initial);
  /* The direction in a cell, of any length, zero if there is none. NULL: from the file initial->source. */
  void (*direction)(const HfInitialSettings *initial, const HfStartCell *cell, PetscReal m[3]);
};
#define HF_START_ROW(name, doc)                                                                                                                      \
  {                                                                                                                                                  \
    {name, HF_SECTION, NULL, "", "", 0, doc}, { NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL }                                                           \
  }
#define HF_START_KEYS_END                                                                                                                            \
  { NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL }

/* Vectors of 3 components. */
static inline PetscReal HfStartDot(const PetscReal a[3], const PetscReal b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
static inline void HfStartCross(const PetscReal a[3], const PetscReal b[3], PetscReal c[3]) {
  for (int k = 0; k < 3; ++k) c[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}
/* The part of v across the unit vector a, as a unit vector; false when there is none. */
static inline PetscBool HfStartAcross(const PetscReal v[3], const PetscReal a[3], PetscReal out[3]) {
  const PetscReal along = HfStartDot(v, a);
  PetscReal length;

  for (int k = 0; k < 3; ++k) out[k] = v[k] - along * a[k];
  length = PetscSqrtReal(HfStartDot(out, out));
  for (int k = 0; k < 3; ++k) out[k] /= length > 0 ? length : 1;
  return (PetscBool)(length > 1e-6 * PetscSqrtReal(HfStartDot(v, v)));
}
/* `n` numbers of a list as a unit vector, the rest 0; an error of the deck when it has no length. */
PetscErrorCode HfStartDirectionSettings(HfDeck deck, HfNode values, const char *key, PetscInt n, PetscReal direction[3]);
