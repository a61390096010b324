/* Heun's method with a fixed step, for the stochastic equation at finite temperature:

     m* = m + h f(m, H_th),   m' = m + h/2 (f(m, H_th) + f(m*, H_th)),   |m'| = 1
   with one and the same thermal field H_th for both evaluations, which makes it converge to Stratonovich's solution (Garcia-Palacios and Lazaro 1998). The
   step is the deck's, shortened so that a phase is a whole number of steps. Steps are numbered through the whole run: the number picks the field. */
#include "heun.h"

PetscBool HfMagnetFluctuates(HfMagnet magnet) {
  PetscReal step;

  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type->fluctuates && (*magnet->terms[k].type->fluctuates)(&magnet->terms[k], &step)) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* The shortest step of the terms; left open, a tenth of 2/(gamma0 |dH/dm|), at which the fastest mode becomes unstable. */
PetscReal HfHeunStep(HfMagnet magnet) {
  PetscReal shortest = 0;

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    PetscReal step;

    if (!term->type->fluctuates || !(*term->type->fluctuates)(term, &step) || step == 0) continue;
    shortest = shortest > 0 ? PetscMin(shortest, step) : step;
  }
  return shortest > 0 ? shortest : 0.2 / PetscMax(HfMagnetFastestRate(magnet), HF_GAMMA0);
}

static PetscErrorCode draw(HfMagnet magnet, PetscReal h) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];
    if (term->type->draw && HfTermActive(term)) PetscCall((*term->type->draw)(term, magnet->thermal_steps, h));
  }
  PetscFunctionReturn(0);
}

/* One step of length h from t; *finite tells whether m' is. */
static PetscErrorCode heun_step(HfMagnet magnet, PetscReal t, PetscReal h, Vec m, Vec k1, Vec k2, Vec next, PetscBool *finite) {
  PetscScalar *rows;
  PetscReal norm;

  PetscFunctionBeginUser;
  PetscCall(draw(magnet, h));
  PetscCall(HfUnitRightHandSide(magnet, HF_FIELD_NOISY, t, m, k1));
  PetscCall(VecWAXPY(next, h, k1, m));
  PetscCall(HfUnitRightHandSide(magnet, HF_FIELD_NOISY, t + h, next, k2));
  PetscCall(VecAXPY(k1, 1.0, k2));
  PetscCall(VecWAXPY(next, 0.5 * h, k1, m));
  PetscCall(VecNorm(next, NORM_INFINITY, &norm));
  *finite = PetscIsInfOrNanReal(norm) ? PETSC_FALSE : PETSC_TRUE;
  if (!*finite) PetscFunctionReturn(0);
  PetscCall(VecCopy(next, m));
  PetscCall(VecGetArray(m, &rows));
  HfMagnetNormalize(magnet, rows);
  PetscCall(VecRestoreArray(m, &rows));
  ++magnet->thermal_steps;
  ++magnet->steps;
  PetscFunctionReturn(0);
}

PetscErrorCode HfHeunAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context, PetscReal *reached) {
  const PetscInt64 n = (PetscInt64)PetscCeilReal((t1 - t0) / HfHeunStep(magnet) * (1 - 1e-9));
  const PetscReal h = (t1 - t0) / (PetscReal)PetscMax(n, 1);
  PetscBool finite = PETSC_TRUE, stop = PETSC_FALSE;
  Vec k1, k2, next;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(m, &k1));
  PetscCall(VecDuplicate(m, &k2));
  PetscCall(VecDuplicate(m, &next));
  for (PetscInt64 k = magnet->phase.done; k < PetscMax(n, 1) && finite && !stop; ++k) {
    const PetscReal t = t0 + (PetscReal)k * h, end = k + 1 < n ? t0 + (PetscReal)(k + 1) * h : t1;

    PetscCall(heun_step(magnet, t, h, m, k1, k2, next, &finite));
    if (!finite) break;
    *reached = end;
    if (magnet->current.mode != HF_CURRENT_PER_STAGE && HfCurrentDue(magnet, end, PETSC_TRUE)) PetscCall(HfCurrentRefreshNow(magnet, end, m));
    magnet->phase.time = end;
    magnet->phase.done = k + 1;
    if (monitor) PetscCall((*monitor)(end, h, m, context, &stop));
  }
  PetscCall(VecDestroy(&k1));
  PetscCall(VecDestroy(&k2));
  PetscCall(VecDestroy(&next));
  PetscFunctionReturn(finite ? 0 : HF_ERR_DIVERGED);
}
