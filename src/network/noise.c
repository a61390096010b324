/* A noisy image of a pattern, a function of (seed, test) alone. */
#include <hopfilm/network.h>

const char *const HfNoiseNames[] = {"flips", "probability", "grey", NULL};

/* k different pixels, every set of them equally likely: for j = n-k .. n-1 flip a random pixel of 0 .. j, or j itself if that one was taken (Floyd). */
static void flip(PetscInt k, PetscInt n, const PetscReal x[], PetscInt64 seed, PetscInt64 test, PetscReal V[]) {
  for (PetscInt j = n - k; j < n; ++j) {
    const PetscInt i = HfRandomInteger(seed, HF_STREAM_NOISE, test, j, j + 1), at = V[i] == x[i] ? i : j;
    V[at] = -V[at];
  }
}

PetscErrorCode HfNoise(HfNoiseKind kind, PetscReal amount, PetscInt n, const PetscReal x[], PetscInt64 seed, PetscInt64 test, PetscReal V[]) {
  PetscReal r[2];

  PetscFunctionBeginUser;
  PetscCheck(amount >= 0.0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "noise of %g", (double)amount);
  PetscCall(PetscArraycpy(V, x, n));
  switch (kind) {
  case HF_NOISE_FLIPS:
    PetscCheck(amount <= n && amount == PetscFloorReal(amount), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "%g flips of %d pixels", (double)amount,
               (int)n);
    flip((PetscInt)amount, n, x, seed, test, V);
    break;
  case HF_NOISE_PROBABILITY:
    for (PetscInt i = 0; i < n; ++i) {
      if (i % 2 == 0) HfRandomUniform(seed, HF_STREAM_NOISE, test, i / 2, 2, r);
      if (r[i % 2] < amount) V[i] = -x[i];
    }
    break;
  case HF_NOISE_GREY:
    for (PetscInt i = 0; i < n; ++i) {
      if (i % 2 == 0) HfRandomNormal(seed, HF_STREAM_NOISE, test, i / 2, 2, r);
      if (x[i] * (x[i] + amount * r[i % 2]) < 0.0) V[i] = -x[i];
    }
    break;
  default:
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "unknown kind of noise %d", (int)kind);
  }
  PetscFunctionReturn(0);
}
