/* The same direction everywhere. */
#include "../start.h"

enum { DIRECTION };

static const HfKey keys[] = {
    {"direction", HF_NUMBERS, NULL, NULL, "", 3, "Direction (x, y, z), any length"},
    HF_START_KEYS_END,
};

static PetscErrorCode settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscFunctionBeginUser;
  for (int c = 0; c < 3; ++c) initial->number[DIRECTION + c] = HfRealAt(values, "direction", c);
  PetscFunctionReturn(0);
}

static void direction(const HfInitialSettings *initial, const HfStartCell *cell, PetscReal m[3]) {
  for (int c = 0; c < 3; ++c) m[c] = initial->number[DIRECTION + c];
}

const HfStart HfStart_uniform = {HF_START_ROW("uniform", "The same direction everywhere"), keys, NULL, settings, direction};
