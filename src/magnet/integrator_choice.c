/* How stiff the film is, which method of time integration suits it, and how long its steps will be.

   The fastest motion of a film on a grid is exchange between neighbouring cells: its waves precess at up to omega = gamma0 |dH/dm|. Explicit steps must stay
   below about 2/omega even when the film is at rest. Implicit steps follow the motion: the fastest cell turns by about ANGLE in one, which costs as much as
   one to two explicit ones. `auto` therefore looks at the speed of the film, in every step: explicit in the first picoseconds after a random start, while
   neighbours turn each other, and on coarse grids, implicit otherwise.
   The factors are not critical: from rest to rest, a maze, a strip that switches and a random start cost the same within 15 % for ENTER from 0.5 to 8
   (jobs/reproduce.sh integrators has the methods side by side). */
#include "magnet_impl.h"

#define ANGLE 0.2 /* by which the fastest cell turns in an implicit step */
#define ENTER 3.0 /* explicit steps that an implicit one must be worth, ... */
#define LEAVE 1.5 /* ... and those from which on it is given up again */

static PetscReal region_stiffness(HfMagnet magnet, PetscInt region) {
  PetscReal sum = 0;

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (term->active[region] && term->type->stiffness) sum += (*term->type->stiffness)(term->p[region]);
  }
  return sum;
}

PetscReal HfMagnetStiffness(HfMagnet magnet) {
  PetscReal most = 0;

  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) most = PetscMax(most, region_stiffness(magnet, r));
  return most;
}

PetscReal HfMagnetFastestRate(HfMagnet magnet) {
  PetscReal gamma0 = 0;

  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) gamma0 = PetscMax(gamma0, magnet->film.materials[r].gamma0);
  return gamma0 * HfMagnetStiffness(magnet);
}

PetscReal HfMagnetLeastDamping(HfMagnet magnet) {
  PetscReal alpha = PETSC_INFINITY;

  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) alpha = PetscMin(alpha, magnet->film.materials[r].alpha);
  return alpha;
}

/* The motion in a step below which errors count relative to it. A mode that precesses by x in a step is damped by alpha x, and by the errors of a method
   of third order by some x^4, while they are estimated as some x^3 of its amplitude: for the same part of the damping x^3 goes as alpha, and the estimate
   relative to the motion, x^2, as alpha^(2/3). The factor makes that part 1 % (tests/physics/magnet_ring_down.c). */
PetscReal HfMagnetSmallMotion(HfMagnet magnet) {
  const PetscReal alpha = PetscMin(1, HfMagnetLeastDamping(magnet));

  return 0.1 * PetscPowReal(1e-3 / PetscMax(alpha, 1e-3), 2.0 / 3.0);
}

/* Length of the steps for which an explicit method is stable, s. */
static PetscReal explicit_step(HfMagnet magnet, const char *method) {
  PetscReal most = 0;

  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    const HfMaterial *material = &magnet->film.materials[r];
    const PetscReal rate = material->gamma0 * region_stiffness(magnet, r) / PetscSqrtReal(1 + PetscSqr(material->alpha));
    most = PetscMax(most, rate / HfRungeKuttaReach(method, material->alpha));
  }
  return most > 0 ? 1 / most : 0;
}

HfMethodChoice HfMagnetChooseMethods(HfMagnet magnet) {
  const char *method = magnet->integrator_settings.method;
  PetscBool foreign;

  if (strcmp(method, "auto")) return (HfMethodChoice){1, {method}, explicit_step(magnet, "5dp")};
  if (PetscOptionsHasName(NULL, NULL, "-ts_type", &foreign) || foreign || HfMagnetStiffness(magnet) == 0 || HfMagnetFluctuates(magnet) ||
      magnet->friction)
    return (HfMethodChoice){1, {"5dp"}, 0};
  return (HfMethodChoice){2, {"5dp", "bdf"}, explicit_step(magnet, "5dp")};
}

PetscBool HfMagnetWantsImplicit(const HfMethodChoice *choice, PetscBool implicit, PetscReal speed) {
  return (PetscBool)(speed * (implicit ? LEAVE : ENTER) * choice->explicit_step <
                     ANGLE); /* a speed that is not a number: explicit, which finds it out */
}

PetscReal HfMagnetExplicitStep(HfMagnet magnet) { return explicit_step(magnet, "5dp"); }

const char *HfMagnetMethod(HfMagnet magnet) {
  const HfMethodChoice choice = HfMagnetChooseMethods(magnet);

  return HfMagnetFluctuates(magnet) ? "heun" : choice.n == 2 ? "auto" : choice.methods[0];
}

PetscReal HfMagnetExpectedStep(HfMagnet magnet) {
  const char *method = HfMagnetMethod(magnet);

  if (!strcmp(method, "heun")) return HfFluctuationStep(magnet);
  if (!strcmp(method, "auto") || !strcmp(method, "bdf")) return 0;
  return explicit_step(magnet, method);
}
