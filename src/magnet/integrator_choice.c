/* How stiff the film is, which method of time integration suits it, and how long its steps will be.

   The fastest motion of a film on a grid is exchange between neighbouring cells: its waves precess at up to omega = gamma0 |dH/dm|. Explicit steps must stay
   below about 2/omega even when the film is at rest. Implicit steps follow the motion: the fastest cell turns by about an angle that goes as the tolerance
   to the power 1/4 with order 3, to 1/3 with order 2, for alpha below DAMPED. `auto` therefore looks at the speed of the film, in every step: explicit in
   the first picoseconds after a random start, while neighbours turn each other, and on coarse grids, implicit otherwise. An implicit step costs as much as
   8 to 18 evaluations of local terms, but as 3 to 4 of those with a convolution, which its products do without: hence ENTER and WHOLE. They are not
   critical with order 3: from rest to rest, a maze and a random start cost the same within 15 % for ENTER from 0.5 to 8. Steps of order 2 are much
   shorter: with ANGLE_2 explicit steps stay in use on the disk of 25 nm with alpha 0.02, where they take 0.5 of the time.

   The explicit part is 3bs where a convolution dominates the cost and stability decides the length of steps: 31 strips with full demagnetizing field take
   0.62 to 0.73 of the evaluations of 5dp then. Its steps stay stable where
     gamma0 Ms h < (0.15 + 1.2 alpha) (tolerance/1e-5)^(1/3),   h: that for which 3bs is stable
   and become shorter for accuracy beyond. The choice follows from the deck alone: it is the same on any number of ranks and after a restart.

   CPU time to equal accuracy relative to that of `auto`, in the last column the cheapest of all (jobs/reproduce.sh integrators, at d0aa04d,
   rows with * at 0a145f6):
     film                        3bs    5dp    bdf   cheapest
     strip, 8 nm, alpha 0.02    0.98   1.45   4.46   0.98   full demagnetizing field, 200 ps of a reversal
     4 nm                       1.14   1.82   0.89   0.89
     2 nm                       3.79   6.59   1.00   1.00
     8 nm, alpha 0.1            1.03   1.24   1.18   1.00
     4 nm                       2.39   3.85   1.00   1.00
     2 nm                       7.63   12.3   1.00   1.00
     8 nm, alpha 0.5            1.56   2.87   1.02   1.00
     4 nm                       7.03   9.52   1.00   1.00
     four nodes, 50 nm          2.00   2.26   1.01   1.00   100 ns from rest to rest
     25 nm                      5.10   6.31   1.18   1.00
     12.5 nm *                  10.8   11.7   0.96   0.96
     maze, 8 nm                 4.58   4.89   1.45   1.00   20 ns from a random start
     4 nm *                     13.9   14.1   1.17   1.00
     the same driven, 5 ns      4.13   3.65   1.00   1.00   8 nm
     4 nm *                     15.2   13.9   1.00   1.00
     letters, 167 nm            0.45   1.00   2.88   0.45   20 ns in 30 steps, 5 ms: local terms get no 3bs */
#include "magnet_impl.h"

#define ANGLE_3 0.2  /* by which the fastest cell turns in an implicit step of order 3 at the tolerance 1e-5; */
#define ANGLE_2 0.03 /* the same of order 2 */
#define ENTER   3.0  /* steps of 5dp, or as many evaluations of 3bs, that an implicit one must be worth with local terms, ... */
#define WHOLE   1.2  /* ... and with a convolution in every evaluation */
#define LEAVE   0.5  /* part of that at which it is given up again */
#define DAMPED  0.07 /* alpha above which order 3 is stable: tan of the 4 degrees that its sector lacks */

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

PetscInt HfMagnetImplicitOrder(HfMagnet magnet) { return HfMagnetLeastDamping(magnet) > DAMPED ? 3 : 2; }

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

/* The pair that takes fewer evaluations where stability decides its steps: 3bs, unless the demagnetizing field turns m so far in one that accuracy does. */
static const char *explicit_method(HfMagnet magnet) {
  const PetscReal most = (0.15 + 1.2 * HfMagnetLeastDamping(magnet)) * PetscPowReal(magnet->integrator_settings.tolerance / 1e-5, 1.0 / 3.0);
  PetscReal rate = 0;

  if (!HfTermsWhole(magnet)) return "5dp";
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) rate = PetscMax(rate, magnet->film.materials[r].gamma0 * magnet->film.materials[r].Ms);
  return rate * explicit_step(magnet, "3bs") < most ? "3bs" : "5dp";
}

/* By how much the fastest cell turns in a step of backward differentiation, for which tolerances beyond 1e-4 count as that. */
static PetscReal implicit_angle(HfMagnet magnet) {
  const PetscReal tolerance = PetscMin(magnet->integrator_settings.tolerance, 1e-4) / 1e-5;

  return HfMagnetImplicitOrder(magnet) == 3 ? ANGLE_3 * PetscPowReal(tolerance, 1.0 / 4.0) : ANGLE_2 * PetscPowReal(tolerance, 1.0 / 3.0);
}

HfMethodChoice HfMagnetChooseMethods(HfMagnet magnet) {
  const char *method = magnet->integrator_settings.method;
  HfMethodChoice choice = {.n = 1, .methods = {method}};
  PetscBool foreign;

  if (strcmp(method, "auto")) return choice;
  choice.methods[0] = "5dp";
  if (PetscOptionsHasName(NULL, NULL, "-ts_type", &foreign) || foreign || HfMagnetStiffness(magnet) == 0 || HfMagnetFluctuates(magnet)) return choice;
  choice.n = 2;
  choice.methods[0] = explicit_method(magnet);
  choice.methods[1] = "bdf";
  choice.explicit_step = explicit_step(magnet, choice.methods[0]);
  choice.reach =
      (HfTermsWhole(magnet) ? WHOLE : ENTER) * choice.explicit_step * HfRungeKuttaEvaluations("5dp") / HfRungeKuttaEvaluations(choice.methods[0]);
  choice.angle = implicit_angle(magnet);
  return choice;
}

PetscBool HfMagnetWantsImplicit(const HfMethodChoice *choice, PetscBool implicit, PetscReal speed) {
  return (PetscBool)(speed * (implicit ? LEAVE : 1) * choice->reach < choice->angle); /* a speed that is not a number: explicit, which finds it out */
}

const char *HfMagnetExplicitMethod(HfMagnet magnet) { return HfMagnetChooseMethods(magnet).n == 2 ? explicit_method(magnet) : "5dp"; }

PetscReal HfMagnetExplicitStep(HfMagnet magnet) { return explicit_step(magnet, HfMagnetExplicitMethod(magnet)); }

const char *HfMagnetMethod(HfMagnet magnet) {
  const HfMethodChoice choice = HfMagnetChooseMethods(magnet);

  return HfMagnetFluctuates(magnet) ? "heun" : choice.n == 2 ? "auto" : choice.methods[0];
}

PetscErrorCode HfMagnetExpectedStep(HfMagnet magnet, PetscReal *step) {
  const char *method = HfMagnetMethod(magnet);

  PetscFunctionBeginUser;
  if (!strcmp(method, "heun"))
    PetscCall(HfFluctuationStep(magnet, step));
  else
    *step = !strcmp(method, "auto") || !strcmp(method, "bdf") ? 0 : explicit_step(magnet, method);
  PetscFunctionReturn(0);
}
