/* A helix, a cycloid, or any spiral: m turns about an axis a by one turn per period along a direction d of the film.

     m = u cos(q s + f) + v sin(q s + f),   q = 2 pi/period, s = d.(x, y),   u, v = a x u across a
   u is the part of z across a, d where a is along z. a along d: a helix, right-handed; a in the film across d: a cycloid. With exchange and a
   Dzyaloshinskii-Moriya interaction that wants this sense the density of energy is A q^2 - D q, least for q = D/(2A): bulk D > 0 wants a = d, interfacial
   D > 0 (dmi_interfacial.c) a = d x z.
   Source: Bak and Jensen, J. Phys. C 13, L881 (1980). */
#include "../start.h"

enum { DIRECTION, AXIS = DIRECTION + 3, U = AXIS + 3, V = U + 3, PERIOD = V + 3, PHASE };

static const HfKey keys[] = {
    {"period", HF_QUANTITY, "m", NULL, ">0", 0, "Length of one turn"},
    {"direction", HF_NUMBERS, NULL, "[1, 0]", "", 2, "Direction (x, y) in which m turns from place to place, that of the wave vector; any length"},
    {"axis", HF_NUMBERS, NULL, "", "", 3,
     "Axis (x, y, z) about which m turns, by the right hand, normal to the plane of the spiral; any length. The direction when left out: a helix; "
     "one in the "
     "film across the direction gives a cycloid, the opposite one a left-handed spiral"},
    {"phase", HF_QUANTITY, "rad", "0 rad", "", 0, "Angle that m has turned by in the centre of the film"},
    HF_START_KEYS_END,
};

static PetscErrorCode settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  const PetscReal z[3] = {0, 0, 1};
  PetscReal *p = initial->number;

  PetscFunctionBeginUser;
  PetscCall(HfStartDirectionSettings(deck, values, "direction", 2, p + DIRECTION));
  if (HfHas(values, "axis"))
    PetscCall(HfStartDirectionSettings(deck, values, "axis", 3, p + AXIS));
  else
    for (int c = 0; c < 3; ++c) p[AXIS + c] = p[DIRECTION + c];
  if (!HfStartAcross(z, p + AXIS, p + U)) (void)HfStartAcross(p + DIRECTION, p + AXIS, p + U);
  HfStartCross(p + AXIS, p + U, p + V);
  p[PERIOD] = HfReal(values, "period");
  p[PHASE] = HfReal(values, "phase");
  PetscFunctionReturn(0);
}

static void direction(const HfInitialSettings *initial, const HfStartCell *cell, PetscReal m[3]) {
  const PetscReal *p = initial->number;
  const PetscReal turn = 2 * PETSC_PI * (cell->x * p[DIRECTION] + cell->y * p[DIRECTION + 1]) / p[PERIOD] + p[PHASE];

  for (int c = 0; c < 3; ++c) m[c] = p[U + c] * PetscCosReal(turn) + p[V + c] * PetscSinReal(turn);
}

const HfStart HfStart_helix = {HF_START_ROW("helix", "A helix, cycloid or other spiral"), keys, NULL, settings, direction};
