/* How stiff the film is, which method of time integration suits it, and how long its steps will be.

   The fastest motion of a film on a grid is exchange between neighbouring cells: its waves turn at up to omega = gamma0 |dH/dm|, damping left aside, and
   die at alpha omega/(1+alpha^2). Explicit steps stay below about 2/omega however quiet the film is. Implicit ones, a picosecond or so where a film
   switches, may pass over these waves once damping has taken them away, and must follow them before: they pay where omega is large and the waves die fast. */
#include "heun.h"
#include <complex.h>

/* Measured with jobs/reproduce.sh integrators, a permalloy strip that switches, alpha from 0.02 to 0.5, cells from 8 to 1 nm. */
#define STIFF_FROM  4e12 /* 1/s: omega below which explicit steps are no shorter than implicit ones */
#define DAMPED_FROM 2e11 /* 1/s: rate of dying from which implicit steps cost less */

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

  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) gamma0 = PetscMax(gamma0, magnet->materials[r].gamma0);
  return gamma0 * HfMagnetStiffness(magnet);
}

PetscReal HfMagnetDampingRate(HfMagnet magnet) {
  PetscReal most = 0;

  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    const HfMaterial *material = &magnet->materials[r];
    most = PetscMax(most, material->alpha * material->gamma0 * region_stiffness(magnet, r) / (1 + PetscSqr(material->alpha)));
  }
  return most;
}

/* Whether an evaluation costs much more than a product with the Jacobian, which knows local terms only. */
static PetscBool has_whole_film_term(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type->whole && HfTermActive(&magnet->terms[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Without fluctuations. */
const char *HfMagnetChosenMethod(HfMagnet magnet) {
  const char *method = HfText(HfNodeFind(HfDeckRoot(magnet->deck), "integrator"), "method");

  if (strcmp(method, "auto")) return method;
  if (!has_whole_film_term(magnet) || HfMagnetFastestRate(magnet) < STIFF_FROM) return "5dp";
  return HfMagnetDampingRate(magnet) > DAMPED_FROM ? "rosenbrock" : "5dp";
}

const char *HfMagnetMethod(HfMagnet magnet) { return HfMagnetFluctuates(magnet) ? "heun" : HfMagnetChosenMethod(magnet); }

/* How far the method is stable for an eigenvalue of damping alpha: the largest |h lambda|, lambda = -alpha + i, before |R(h lambda)| exceeds 1. R are the
   stability polynomials of the pairs (Dormand and Prince 1980; Bogacki and Shampine 1989). */
static PetscReal reach_of_stability(const char *method, PetscReal alpha) {
  static const double dormand_prince[] = {1. / 600, 1. / 120, 1. / 24, 1. / 6, 1. / 2, 1, 1}, bogacki_shampine[] = {1. / 6, 1. / 2, 1, 1};
  const PetscBool five = (PetscBool)!strcmp(method, "5dp");
  const double *polynomial = five ? dormand_prince : bogacki_shampine;
  const double complex direction = (-alpha + I) / sqrt(1 + alpha * alpha);
  const double fine = 0.01;

  for (double r = fine;; r += fine) {
    double complex R = 0;
    for (int k = 0; k < (five ? 7 : 4); ++k) R = R * r * direction + polynomial[k];
    if (cabs(R) > 1 + 1e-9) return r;
  }
}

PetscReal HfMagnetExpectedStep(HfMagnet magnet) {
  const char *method = HfMagnetMethod(magnet);
  PetscReal most = 0;

  if (!strcmp(method, "heun")) return HfHeunStep(magnet);
  if (!strcmp(method, "rosenbrock")) return 0;
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    const HfMaterial *material = &magnet->materials[r];
    const PetscReal rate = material->gamma0 * region_stiffness(magnet, r) / PetscSqrtReal(1 + PetscSqr(material->alpha));
    most = PetscMax(most, rate / reach_of_stability(method, material->alpha));
  }
  return most > 0 ? 1 / most : 0;
}
