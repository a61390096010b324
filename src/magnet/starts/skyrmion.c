/* A skyrmion in a film magnetized along -+z:

     m = (sin T cos F, sin T sin F, -p cos T),   T = 2 atan[sinh(R/w)/sinh(r/w)],   F = n phi + g
   m_z = p in the centre, 0 at the radius R, -p far away; w is the width of the wall, n the winding, g the helicity. For n = 1: g = 0 is a Neel skyrmion
   with m outward, g = 90 degrees a Bloch skyrmion, anticlockwise seen from +z. The topological charge, 1/(4 pi) of the integral of m.(dm/dx x dm/dy), is
   n p. With n = 1 the Dzyaloshinskii-Moriya energy is a positive number times D p cos g (dmi_interfacial.c) or D p sin g (dmi_bulk.c): for D > 0 and a
   centre that points down it is least for g = 0 and 90 degrees, for one that points up for g = 180 and -90 degrees.
   Profile: Wang, Yuan and Wang, Commun. Phys. 1, 31 (2018). */
#include "../start.h"

enum { CENTRE, RADIUS = CENTRE + 2, WIDTH, POLARITY, HELICITY, WINDING };

static const HfKey keys[] = {
    {"centre", HF_QUANTITIES, "m", "[0, 0]", "", 2, "Centre"},
    {"radius", HF_QUANTITY, "m", NULL, ">0", 0, "Radius, where m_z passes zero"},
    {"wall_width", HF_QUANTITY, "m", "5 nm", ">0", 0, "Width w of the wall, m_z ~ tanh((r - radius)/w)"},
    {"polarity", HF_CHOICE, NULL, "up", "up|down", 0, "Direction of the centre along z; the film around it points the other way"},
    {"helicity", HF_QUANTITY, "rad", "0 rad", "", 0,
     "Angle from the outward direction to m in the wall: 0 a Neel skyrmion, m outward; 90 degree a Bloch skyrmion, m anticlockwise"},
    {"winding", HF_INT, NULL, "1", "[-20,20]", 0,
     "Turns of m in the plane along a circle about the centre: 1 a skyrmion, -1 an antiskyrmion; the topological charge is winding times polarity"},
    HF_START_KEYS_END,
};

static PetscErrorCode settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscReal *p = initial->number;
  HfFilmSettings film;

  PetscFunctionBeginUser;
  HfFilmSettingsRead(deck, &film);
  for (int c = 0; c < 2; ++c) p[CENTRE + c] = HfRealAt(values, "centre", c);
  p[RADIUS] = HfReal(values, "radius");
  p[WIDTH] = HfReal(values, "wall_width");
  p[POLARITY] = strcmp(HfText(values, "polarity"), "up") ? -1 : 1;
  p[HELICITY] = HfReal(values, "helicity");
  p[WINDING] = (PetscReal)HfInteger(values, "winding");
  for (int c = 0; c < 2; ++c)
    if (PetscAbsReal(p[CENTRE + c]) > 0.5 * film.size[c])
      PetscCall(HfDeckError(deck, HfChild(values, "centre"), "the skyrmion's centre is off the film, which reaches from %g to %g m along %c",
                            -0.5 * (double)film.size[c], 0.5 * (double)film.size[c], "xy"[c]));
  if (p[WINDING] == 0)
    PetscCall(HfDeckError(deck, HfChild(values, "winding"), "a skyrmion has a winding other than 0: 1, or -1 for an antiskyrmion"));
  PetscFunctionReturn(0);
}

static void direction(const HfInitialSettings *initial, const HfStartCell *cell, PetscReal m[3]) {
  const PetscReal *p = initial->number;
  const PetscReal x = cell->x - p[CENTRE], y = cell->y - p[CENTRE + 1], r = PetscSqrtReal(x * x + y * y), w = p[WIDTH];
  /* sinh(R/w)/sinh(r/w), which does not overflow for large R/w */
  const PetscReal ratio = r > 0 ? PetscExpReal((p[RADIUS] - r) / w) * expm1(-2 * p[RADIUS] / w) / expm1(-2 * r / w) : PETSC_MAX_REAL;
  const PetscReal T = 2 * atan(ratio), F = p[WINDING] * atan2(y, x) + p[HELICITY];

  m[0] = PetscSinReal(T) * PetscCosReal(F);
  m[1] = PetscSinReal(T) * PetscSinReal(F);
  m[2] = -p[POLARITY] * PetscCosReal(T);
}

const HfStart HfStart_skyrmion = {HF_START_ROW("skyrmion", "A skyrmion in a film that points along z elsewhere"), keys, "wang-2018", settings,
                                  direction};
