/* Two domains along e and -e with a wall between them, s being the distance from it along its normal n:

     m = -tanh(s/w) e + sech(s/w) c,   c along n x e (Bloch: m turns about n) or along the part of n across e (Neel: m turns in the plane of n and e)
   With exchange and a uniaxial anisotropy K along e this is the wall at rest for w = sqrt(A/K), of the energy 4 sqrt(A K) per area.
   Source: Landau and Lifshitz, Phys. Z. Sowjetunion 8, 153 (1935). */
#include "../start.h"

enum { NORMAL, DIRECTION = NORMAL + 3, MIDDLE = DIRECTION + 3, AT = MIDDLE + 3, WIDTH };

static const HfKey keys[] = {
    {"normal", HF_NUMBERS, NULL, "[1, 0]", "", 2, "Normal of the wall (x, y), any length: from the first domain to the second"},
    {"at", HF_QUANTITY, "m", "0 m", "", 0, "Distance of the wall's middle from the film's centre, along the normal"},
    {"direction", HF_NUMBERS, NULL, "[0, 0, 1]", "", 3, "Direction of the first domain (x, y, z), any length; the second has the opposite one"},
    {"wall_width", HF_QUANTITY, "m", "10 nm", ">0", 0, "Width w of the wall, m ~ tanh(s/w); sqrt(A/K) for a wall at rest"},
    {"kind", HF_CHOICE, NULL, "bloch", "bloch|neel", 0, "bloch: in the middle of the wall m points along normal x direction; neel: along the normal"},
    {"reversed", HF_BOOL, NULL, "false", "", 0, "Turns m in the middle of the wall round"},
    HF_START_KEYS_END,
};

static PetscErrorCode settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  const PetscBool bloch = (PetscBool)!strcmp(HfText(values, "kind"), "bloch");
  PetscReal *p = initial->number;
  PetscBool across;

  PetscFunctionBeginUser;
  PetscCall(HfStartDirectionSettings(deck, values, "normal", 2, p + NORMAL));
  PetscCall(HfStartDirectionSettings(deck, values, "direction", 3, p + DIRECTION));
  across = HfStartAcross(p + NORMAL, p + DIRECTION, p + MIDDLE);
  if (!across && HfStartDot(p + NORMAL, p + NORMAL) > 0 && HfStartDot(p + DIRECTION, p + DIRECTION) > 0)
    PetscCall(HfDeckError(deck, HfChild(values, "direction"),
                          "the domains point along the normal of the wall, head to head: the wall has no kind bloch or neel; turn one of them"));
  if (bloch) {
    PetscReal neel[3] = {p[MIDDLE], p[MIDDLE + 1], p[MIDDLE + 2]};
    HfStartCross(neel, p + DIRECTION, p + MIDDLE);
  }
  for (int c = 0; c < 3 && HfFlag(values, "reversed"); ++c) p[MIDDLE + c] = -p[MIDDLE + c];
  p[AT] = HfReal(values, "at");
  p[WIDTH] = HfReal(values, "wall_width");
  PetscFunctionReturn(0);
}

static void direction(const HfInitialSettings *initial, const HfStartCell *cell, PetscReal m[3]) {
  const PetscReal *p = initial->number;
  const PetscReal s = (cell->x * p[NORMAL] + cell->y * p[NORMAL + 1] - p[AT]) / p[WIDTH];

  for (int c = 0; c < 3; ++c) m[c] = -PetscTanhReal(s) * p[DIRECTION + c] + p[MIDDLE + c] / cosh(s);
}

const HfStart HfStart_domains = {HF_START_ROW("domains", "Two domains of opposite directions with a wall between them"), keys, NULL, settings,
                                 direction};
