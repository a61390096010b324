/* Time integration at finite temperature, by Heun's method (HfHeunIntegrate): the fields that fluctuate are drawn for every step. Steps are fixed, shortened
   so that a phase is a whole number of them, and numbered through the whole run: the number determines the field. */
#include "magnet_impl.h"

PetscBool HfMagnetFluctuates(HfMagnet magnet) {
  PetscReal step;

  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type->fluctuates && (*magnet->terms[k].type->fluctuates)(&magnet->terms[k], &step)) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* The shortest step that a term gives; if none does, a tenth of 2/(gamma0 |dH/dm|), at which the fastest mode becomes unstable. */
PetscReal HfFluctuationStep(HfMagnet magnet) {
  PetscReal shortest = 0;

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    PetscReal step;

    if (!term->type->fluctuates || !(*term->type->fluctuates)(term, &step) || step == 0) continue;
    shortest = shortest > 0 ? PetscMin(shortest, step) : step;
  }
  return shortest > 0 ? shortest : 0.2 / PetscMax(HfMagnetFastestRate(magnet), HF_GAMMA0);
}

typedef struct {
  HfMagnet magnet;
  HfMagnetMonitor monitor;
  void *context;
  PetscReal *reached;
} Heun;

static PetscErrorCode draw(PetscReal h, void *context) {
  HfMagnet magnet = ((const Heun *)context)->magnet;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];
    if (term->type->draw && HfTermActive(term)) PetscCall((*term->type->draw)(term, magnet->thermal_steps, h));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode noisy_rate(PetscReal t, Vec m, Vec dmdt, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfUnitRightHandSide(((const Heun *)context)->magnet, HF_FIELD_NOISY, t, m, dmdt));
  PetscFunctionReturn(0);
}

static PetscErrorCode normalize(Vec m, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetNormalize(((const Heun *)context)->magnet, m));
  PetscFunctionReturn(0);
}

static PetscErrorCode step_done(const HfHeunStep *step, PetscBool *stop, void *context) {
  const Heun *self = context;
  HfMagnet magnet = self->magnet;
  const PetscReal t = step->t;

  PetscFunctionBeginUser;
  ++magnet->thermal_steps;
  ++magnet->steps;
  *self->reached = t;
  if (magnet->current.mode != HF_CURRENT_PER_STAGE && HfCurrentDue(magnet, t, PETSC_TRUE)) PetscCall(HfCurrentRefreshNow(magnet, t, step->y));
  magnet->phase.time = t;
  magnet->phase.done = step->done;
  magnet->heun_step = step;
  if (self->monitor) PetscCall((*self->monitor)(t, step->h, step->y, self->context, stop));
  magnet->heun_step = NULL;
  PetscFunctionReturn(0);
}

PetscErrorCode HfFluctuationsAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context, PetscReal *reached,
                                     PetscBool *finite) {
  Heun self = {.magnet = magnet, .monitor = monitor, .context = context, .reached = reached};
  const HfHeunProblem problem = {draw, noisy_rate, normalize, step_done, &self};

  PetscFunctionBeginUser;
  PetscCall(HfHeunIntegrate(&problem, m, t0, t1, HfFluctuationStep(magnet), magnet->phase.done, finite));
  PetscFunctionReturn(0);
}
