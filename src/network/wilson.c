/* The 95 % interval of a proportion p = successes/trials (Wilson 1927), which stays within 0 and 1 and is no point at p = 0 or 1:
     (p + z^2/2N -+ z sqrt(p (1-p)/N + z^2/4N^2)) / (1 + z^2/N),   z = 1.96 standard deviations */
#include <hopfilm/network.h>

#define Z95 1.959963984540054 /* 97.5 % of a normal distribution lies below */

void HfWilson(PetscReal successes, PetscReal trials, PetscReal *low, PetscReal *high) {
  const PetscReal p = trials > 0.0 ? successes / trials : 0.0, a = trials > 0.0 ? Z95 * Z95 / trials : 0.0, scale = 1.0 / (1.0 + a);
  const PetscReal half = trials > 0.0 ? PetscSqrtReal(PetscMax(p * (1.0 - p), 0.0) * a + 0.25 * a * a) : 0.5;
  const PetscReal centre = trials > 0.0 ? p + 0.5 * a : 0.5;

  HfCite("wilson-1927");
  *low = PetscMax(0.0, scale * (centre - half));
  *high = PetscMin(1.0, scale * (centre + half));
}
