/* An independent direction in each cell, uniform on the sphere: m_z uniform in [-1, 1], the azimuth in [0, 2 pi). */
#include "../start.h"

static const HfKey keys[] = {
    {"seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed"},
    HF_START_KEYS_END,
};

static PetscErrorCode settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscFunctionBeginUser;
  initial->seed = HfInteger(values, "seed");
  PetscFunctionReturn(0);
}

static void direction(const HfInitialSettings *initial, const HfStartCell *cell, PetscReal m[3]) {
  PetscReal u[2], z, r;

  HfRandomUniform(initial->seed, HF_STREAM_INITIAL, 0, cell->index, 2, u);
  z = 2 * u[0] - 1;
  r = PetscSqrtReal(PetscMax(0, 1 - z * z));
  m[0] = r * PetscCosReal(2 * PETSC_PI * u[1]);
  m[1] = r * PetscSinReal(2 * PETSC_PI * u[1]);
  m[2] = z;
}

const HfStart HfStart_random = {
    HF_START_ROW("random", "An independent direction in each cell, uniform on the sphere; independent of the number of ranks"), keys, NULL, settings,
    direction};
