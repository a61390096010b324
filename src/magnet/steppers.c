/* The steppers of time integration, each a PETSc TS, and Gilbert's equation as each of them sees it. */
#include "magnet_impl.h"

/* ---- the equation for explicit steps; context: the magnet ---- */
static PetscErrorCode rate(PetscReal t, Vec m, Vec dmdt, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfUnitRightHandSide(context, HF_FIELD_ALL, t, m, dmdt));
  PetscFunctionReturn(0);
}

static PetscErrorCode stage_rate(PetscReal t, const HfStage *stage, Vec dmdt, const HfStageError *error, PetscReal largest[2], void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfStageRightHandSide(context, t, stage, dmdt, error, largest));
  PetscFunctionReturn(0);
}

static PetscErrorCode whole_step(PetscReal t, const HfWholeStep *step, PetscReal largest[2], PetscBool *done, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfWavefrontStep(context, t, step, largest, done));
  PetscFunctionReturn(0);
}

static PetscErrorCode rejected_explicit(PetscReal t, Vec m, Vec dmdt, void *context) {
  PetscBool changed;

  PetscFunctionBeginUser;
  PetscCall(HfCurrentTakeBack(context, t, m, &changed));
  if (changed) PetscCall(rate(t, m, dmdt, context));
  PetscFunctionReturn(0);
}

/* ---- for implicit steps; context: the stepper ---- */
static PetscErrorCode rate_implicit(PetscReal t, Vec m, Vec dmdt, void *context) {
  PetscFunctionBeginUser;
  PetscCall(rate(t, m, dmdt, ((const HfStepper *)context)->magnet));
  PetscFunctionReturn(0);
}

static PetscErrorCode linearize(PetscReal t, Vec m, PetscReal shift, Vec rest, Vec b, void *context) {
  const HfStepper *stepper = context;
  const HfCurrent *current = &stepper->magnet->current;

  PetscFunctionBeginUser;
  if (current->update && current->mode != HF_CURRENT_PER_INTERVAL) PetscCall(HfCurrentRefreshNow(stepper->magnet, t, m));
  PetscCall(HfMotionLinearize(stepper->motion, t, m, shift, rest, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode multiply(Vec x, PetscBool whole, Vec product, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfMotionMultiply(((const HfStepper *)context)->motion, x, whole, product));
  PetscFunctionReturn(0);
}

static PetscErrorCode precondition(Vec b, Vec x, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfMotionPrecondition(((const HfStepper *)context)->motion, b, x));
  PetscFunctionReturn(0);
}

static PetscErrorCode rejected_implicit(PetscReal t, Vec m, void *context) {
  PetscBool changed;

  PetscFunctionBeginUser;
  PetscCall(HfCurrentTakeBack(((const HfStepper *)context)->magnet, t, m, &changed));
  PetscFunctionReturn(0);
}

/* ---- creation ---- */
/* HfMagnetSmallMotion() for backward differentiation. Of order 2, its errors damp a mode that precesses by x in a step by some x^4, as those of the pairs do,
   but by more; of order 3 by -x^4, while they are estimated as x^4, relative to the motion x^3: to be a part of the damping alpha x it goes as alpha. The
   factors make that part 2 % (tests/physics/magnet_ring_down.c). */
static PetscReal small_motion(HfMagnet magnet, PetscInt order) {
  return order == 2 ? 0.2 * HfMagnetSmallMotion(magnet) : 0.0055 / HfMagnetLeastDamping(magnet);
}

static PetscErrorCode create_bdf(HfStepper *self) {
  HfMagnet magnet = self->magnet;
  const PetscInt order = HfMagnetImplicitOrder(magnet);

  PetscFunctionBeginUser;
  self->implicit = (HfSphereProblem){.rate = rate_implicit,
                                     .linearize = linearize,
                                     .multiply = multiply,
                                     .precondition = precondition,
                                     .rejected = rejected_implicit,
                                     .context = self,
                                     .n_cells = (PetscReal)HfGridGetInfo(magnet->film.grid)->n_film,
                                     .order = order,
                                     .lacks = HfTermsWhole(magnet),
                                     .kink = HfMagnetKink(magnet),
                                     .small_motion = magnet->friction ? 0 : small_motion(magnet, order)};
  PetscCall(HfMotionCreate(magnet, &self->motion));
  PetscCall(HfBdfCreate(self->ts, &self->implicit));
  self->kind = HF_STEPPER_BDF;
  PetscFunctionReturn(0);
}

static PetscErrorCode set_up_ts(HfStepper *self, PetscErrorCode (*post_step)(TS ts)) {
  const HfIntegratorSettings *settings = &self->magnet->integrator_settings;
  PetscBool known;
  TSAdapt adapt;

  PetscFunctionBeginUser;
  PetscCall(TSSetTolerances(self->ts, settings->tolerance, NULL, 0, NULL));
  PetscCall(TSSetExactFinalTime(self->ts, TS_EXACTFINALTIME_MATCHSTEP));
  PetscCall(TSSetMaxSteps(self->ts, PETSC_MAX_INT));
  PetscCall(TSSetErrorIfStepFails(self->ts, PETSC_FALSE));
  PetscCall(TSSetMaxStepRejections(self->ts, 30));
  PetscCall(TSGetAdapt(self->ts, &adapt));
  PetscCall(TSAdaptSetType(adapt, TSADAPTBASIC));
  if (settings->min_step < settings->max_step) PetscCall(TSAdaptSetStepLimits(adapt, settings->min_step, settings->max_step));
  PetscCall(TSSetTimeStep(self->ts, 0));
  PetscCall(TSSetPostStep(self->ts, post_step));
  PetscCall(TSSetFromOptions(self->ts));
  PetscCall(PetscObjectTypeCompareAny((PetscObject)self->ts, &known, HF_RUNGE_KUTTA, HF_BDF, ""));
  if (!known) self->kind = HF_STEPPER_FOREIGN;
  PetscFunctionReturn(0);
}

PetscErrorCode HfStepperCreate(HfMagnet magnet, const char *method, PetscErrorCode (*post_step)(TS ts), HfStepper *self) {
  PetscFunctionBeginUser;
  *self = (HfStepper){.magnet = magnet, .method = method};
  PetscCall(TSCreate(HfGridComm(magnet->film.grid), &self->ts));
  PetscCall(TSSetApplicationContext(self->ts, magnet));
  PetscCall(TSSetProblemType(self->ts, TS_NONLINEAR));
  if (!strcmp(method, "bdf"))
    PetscCall(create_bdf(self));
  else {
    self->explicit = (HfRungeKuttaProblem){rate, stage_rate, rejected_explicit, magnet, HfMagnetSmallMotion(magnet), whole_step};
    PetscCall(HfRungeKuttaCreate(self->ts, method, &self->explicit));
    self->kind = HF_STEPPER_EXPLICIT;
  }
  PetscCall(set_up_ts(self, post_step));
  PetscFunctionReturn(0);
}

PetscErrorCode HfStepperDestroy(HfStepper *self) {
  PetscFunctionBeginUser;
  PetscCall(TSDestroy(&self->ts));
  PetscCall(HfMotionDestroy(&self->motion));
  PetscFunctionReturn(0);
}

/* ---- phases ---- */
PetscErrorCode HfStepperPrepare(HfStepper *self, HfStepperStart start, Vec m, Vec rate_of_m) {
  PetscFunctionBeginUser;
  if (self->kind == HF_STEPPER_EXPLICIT) {
    HfRungeKuttaKeepStart(self->ts, self->magnet->interpolates);
    PetscCall(HfRungeKuttaResume(self->ts, m, rate_of_m));
  } else if (self->kind == HF_STEPPER_BDF && start == HF_START_ANEW)
    PetscCall(HfBdfBegin(self->ts, m, rate_of_m));
  else if (self->kind == HF_STEPPER_BDF)
    HfBdfContinue(self->ts);
  PetscFunctionReturn(0);
}

PetscReal HfStepperFirstStep(const HfStepper *self, PetscReal speed) {
  return self->kind == HF_STEPPER_BDF && speed > 0 ? HfBdfFirstStep(self->ts, speed) : PETSC_INFINITY;
}

PetscErrorCode HfStepperFinishStep(HfStepper *self, Vec m) {
  PetscReal largest;

  PetscFunctionBeginUser;
  if (self->kind == HF_STEPPER_EXPLICIT || self->kind == HF_STEPPER_BDF) PetscFunctionReturn(0);
  PetscCall(VecNorm(m, NORM_1, &largest));
  if (PetscIsInfOrNanReal(largest)) PetscCall(TSSetConvergedReason(self->ts, TS_DIVERGED_STEP_REJECTED));
  PetscCall(HfMagnetNormalize(self->magnet, m));
  PetscFunctionReturn(0);
}

/* Explicit steps update the current for their end in their last stage, those by backward differentiation for every correction. */
PetscBool HfStepperCurrentDue(const HfStepper *self, PetscReal t) {
  const HfCurrentRefresh mode = self->magnet->current.mode;

  if (self->kind == HF_STEPPER_EXPLICIT || mode == HF_CURRENT_PER_STAGE) return PETSC_FALSE;
  if (self->kind == HF_STEPPER_BDF && mode == HF_CURRENT_PER_STEP) return PETSC_FALSE;
  return HfCurrentDue(self->magnet, t, PETSC_TRUE);
}

PetscErrorCode HfStepperInterpolate(HfStepper *self, PetscReal t, Vec m) {
  PetscFunctionBeginUser;
  if (self->kind == HF_STEPPER_EXPLICIT)
    PetscCall(HfRungeKuttaInterpolate(self->ts, t, m));
  else if (self->kind == HF_STEPPER_BDF)
    PetscCall(HfBdfInterpolate(self->ts, t, m));
  else
    PetscCall(TSInterpolate(self->ts, t, m));
  PetscFunctionReturn(0);
}

PetscErrorCode HfStepperListCheckpoint(HfStepper *self, PetscBool inside, Vec m, Vec rate_of_m, HfCheckpointList state) {
  PetscFunctionBeginUser;
  if (self->kind == HF_STEPPER_BDF) PetscCall(HfBdfListCheckpoint(self->ts, m, state));
  if (self->kind == HF_STEPPER_EXPLICIT && inside) {
    PetscCall(HfRungeKuttaGetRate(self->ts, rate_of_m));
    PetscCall(HfCheckpointListAddVec(state, "rate", rate_of_m));
  }
  PetscFunctionReturn(0);
}
