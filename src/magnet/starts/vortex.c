/* A vortex:  m_z = p exp(-(r/core)^2),  m in the plane along +-phi, the azimuth about the centre. */
#include "../start.h"

enum { CENTRE, CORE = CENTRE + 2, POLARITY, CHIRALITY };

static const HfKey keys[] = {
    {"centre", HF_QUANTITIES, "m", "[0, 0]", "", 2, "Centre of the core"},
    {"core", HF_QUANTITY, "m", "10 nm", ">0", 0, "Radius of the core"},
    {"polarity", HF_CHOICE, NULL, "up", "up|down", 0, "Direction of the core along z"},
    {"chirality", HF_CHOICE, NULL, "anticlockwise", "anticlockwise|clockwise", 0, "Sense of rotation of m, seen from +z"},
    HF_START_KEYS_END,
};

static PetscErrorCode settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscReal *p = initial->number;

  PetscFunctionBeginUser;
  for (int c = 0; c < 2; ++c) p[CENTRE + c] = HfRealAt(values, "centre", c);
  p[CORE] = HfReal(values, "core");
  p[POLARITY] = strcmp(HfText(values, "polarity"), "up") ? -1 : 1;
  p[CHIRALITY] = strcmp(HfText(values, "chirality"), "anticlockwise") ? -1 : 1;
  PetscFunctionReturn(0);
}

static void direction(const HfInitialSettings *initial, const HfStartCell *cell, PetscReal m[3]) {
  const PetscReal *p = initial->number;
  const PetscReal x = cell->x - p[CENTRE], y = cell->y - p[CENTRE + 1], r = PetscSqrtReal(x * x + y * y);
  const PetscReal up = PetscExpReal(-PetscSqr(r / p[CORE])), in_plane = PetscSqrtReal(1 - up * up);

  m[0] = r > 0 ? -p[CHIRALITY] * in_plane * y / r : 0;
  m[1] = r > 0 ? p[CHIRALITY] * in_plane * x / r : 0;
  m[2] = p[POLARITY] * up;
}

const HfStart HfStart_vortex = {HF_START_ROW("vortex", "A vortex: m circulates about the centre, m_z = polarity exp(-(r/core)^2)"), keys, NULL,
                                settings, direction};
