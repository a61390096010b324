/* How large the error of an adaptive step may be. All time steppers with an error estimate ask here. */
#include <hopfilm/numerics.h>

#define REST 1e-5 /* the smallest motion that errors are compared with */

PetscReal HfErrorAllowed(PetscReal motion, PetscReal small) {
  if (!(small > 0) || !(motion < small)) return 1; /* a motion that is not a number is found out by the step */
  return PetscMin(1, PetscMax(motion, REST) / small);
}
