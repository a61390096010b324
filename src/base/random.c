/* Random numbers as a function of their place: Philox4x32-10 of Random123 (Salmon et al., SC 2011).

   The 128-bit counter and the 64-bit key hold the arguments themselves, so that two different places never share a number:
     key     = seed
     counter = index (64 bits) | step (55 bits), block (1 bit), stream (8 bits)
   One block gives four 32-bit words, hence two doubles; `block` distinguishes numbers 0, 1 from numbers 2, 3. */
#include <Random123/philox.h>
#include <hopfilm/base.h>
#include <math.h>

#define STEP_BITS 55

static void block(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, unsigned block, uint64_t words[2]) {
  const uint64_t s = (uint64_t)seed, i = (uint64_t)index;
  const uint64_t t = ((uint64_t)step & (((uint64_t)1 << STEP_BITS) - 1)) | (uint64_t)block << STEP_BITS | (uint64_t)stream << (STEP_BITS + 1);
  philox4x32_ctr_t counter = {{(uint32_t)i, (uint32_t)(i >> 32), (uint32_t)t, (uint32_t)(t >> 32)}}, out;
  philox4x32_key_t key = {{(uint32_t)s, (uint32_t)(s >> 32)}};

  out = philox4x32(counter, key); /* ten rounds */
  words[0] = (uint64_t)out.v[0] << 32 | out.v[1];
  words[1] = (uint64_t)out.v[2] << 32 | out.v[3];
}

/* Midpoints of 2^52 equal intervals: neither 0 nor 1 can occur, and every value is a double exactly. */
static PetscReal open_unit_interval(uint64_t word) { return ((PetscReal)(word >> 12) + 0.5) * 0x1p-52; }

void HfRandomUniform(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt n, PetscReal u[]) {
  for (PetscInt k = 0; k < n; k += 2) {
    uint64_t words[2];
    block(seed, stream, step, index, (unsigned)(k / 2), words);
    u[k] = open_unit_interval(words[0]);
    if (k + 1 < n) u[k + 1] = open_unit_interval(words[1]);
  }
}

/* Box and Muller: sqrt(-2 ln u) (cos, sin)(2 pi v). */
void HfRandomNormal(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt n, PetscReal g[]) {
  for (PetscInt k = 0; k < n; k += 2) {
    uint64_t words[2];
    PetscReal radius, angle;
    block(seed, stream, step, index, (unsigned)(k / 2), words);
    radius = sqrt(-2.0 * log(open_unit_interval(words[0])));
    angle = 2.0 * PETSC_PI * open_unit_interval(words[1]);
    g[k] = radius * cos(angle);
    if (k + 1 < n) g[k + 1] = radius * sin(angle);
  }
}

/* The high half of word * bound: the bias is below bound / 2^64. */
PetscInt HfRandomInteger(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt bound) {
  uint64_t words[2];
  block(seed, stream, step, index, 0, words);
  return (PetscInt)(((unsigned __int128)words[0] * (unsigned __int128)bound) >> 64);
}
