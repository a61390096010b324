/* Heun's method with a fixed step, for a stochastic equation:

     y* = y + h f(y, noise),   y' = y + h/2 (f(y, noise) + f(y*, noise)),   then brought to the constraint
   with one and the same noise for both evaluations, which makes it converge to Stratonovich's solution.
   Source: Garcia-Palacios and Lazaro, Phys. Rev. B 58, 14937 (1998). */
#include <hopfilm/numerics.h>

typedef struct {
  Vec k1, k2, next;
} Work;

/* One step of length h from t. *finite: y' is finite; otherwise y is left unchanged. */
static PetscErrorCode heun_step(const HfHeunProblem *problem, PetscReal t, PetscReal h, Vec y, const Work *work, PetscBool *finite) {
  PetscReal norm;

  PetscFunctionBeginUser;
  PetscCall((*problem->draw)(h, problem->context));
  PetscCall((*problem->rate)(t, y, work->k1, problem->context));
  PetscCall(VecWAXPY(work->next, h, work->k1, y));
  PetscCall((*problem->rate)(t + h, work->next, work->k2, problem->context));
  PetscCall(VecAXPY(work->k1, 1.0, work->k2));
  PetscCall(VecWAXPY(work->next, 0.5 * h, work->k1, y));
  PetscCall(VecNorm(work->next, NORM_1, &norm)); /* the sum has a NaN of any rank; MPI's maximum may lose one */
  *finite = PetscIsInfOrNanReal(norm) ? PETSC_FALSE : PETSC_TRUE;
  if (!*finite) PetscFunctionReturn(0);
  PetscCall(VecCopy(work->next, y));
  PetscCall((*problem->normalize)(y, problem->context));
  PetscFunctionReturn(0);
}

PetscErrorCode HfHeunInterpolate(const HfHeunStep *step, PetscReal t, Vec y) {
  PetscFunctionBeginUser;
  PetscCall(VecWAXPY(y, 0.5 * (t - step->t), step->rate, step->end));
  PetscFunctionReturn(0);
}

PetscErrorCode HfHeunIntegrate(const HfHeunProblem *problem, Vec y, PetscReal t0, PetscReal t1, PetscReal longest, PetscInt64 done,
                               PetscBool *finite) {
  const PetscInt64 n = (PetscInt64)PetscCeilReal((t1 - t0) / longest * (1 - 1e-9));
  const PetscReal h = (t1 - t0) / (PetscReal)PetscMax(n, 1);
  PetscBool stop = PETSC_FALSE;
  Work work;

  PetscFunctionBeginUser;
  *finite = PETSC_TRUE;
  PetscCall(VecDuplicate(y, &work.k1));
  PetscCall(VecDuplicate(y, &work.k2));
  PetscCall(VecDuplicate(y, &work.next));
  for (PetscInt64 k = done; k < PetscMax(n, 1) && !stop; ++k) {
    const PetscReal t = t0 + (PetscReal)k * h, end = k + 1 < n ? t0 + (PetscReal)(k + 1) * h : t1;

    PetscCall(heun_step(problem, t, h, y, &work, finite));
    if (!*finite) break;
    PetscCall((*problem->step_done)(&(HfHeunStep){end, h, k + 1, y, work.next, work.k1}, &stop, problem->context));
  }
  PetscCall(VecDestroy(&work.k1));
  PetscCall(VecDestroy(&work.k2));
  PetscCall(VecDestroy(&work.next));
  PetscFunctionReturn(0);
}
