/* Time integration in phases by PETSc's TS, with an adaptive explicit Runge-Kutta pair (HfRungeKuttaCreate), or with implicit steps by backward
   differentiation (HfBdfCreate, motion.c); at finite temperature by Heun's method (fluctuations.c).

   The error of a step is that of the largest component of m (infinity norm), so that neither the number of ranks nor void cells matter; relative to the
   motion where that is small (HfErrorAllowed). Every
   accepted step ends with m of unit length. dm/dt is evaluated at m/|m|, which that does not change: the last stage of a step stays valid as the first of
   the next (FSAL), and no stage runs away.

   No step crosses a time at which the course of an applied field is not smooth: a phase is a sequence of pieces between such times. An error estimate sees
   the field only at the stages of a step, and a step grown at rest could pass over a pulse. A piece begins with a step so short that m turns little in it,
   whatever the field did at that time; so does what follows a monitor that replaced the field. */
#include "magnet_impl.h"

#define FIRST_ANGLE 0.1 /* by which m turns in the first step of a piece, at most: as fast as it does there, or by a field that bends there */

static const HfKey keys[] = {
    {"integrator", HF_SECTION, NULL, "{}", "", 0, "Time integration of the magnetization; PETSc's -ts_ options go further"},
    {"integrator.method", HF_CHOICE, NULL, "auto", "auto|5dp|3bs|bdf", 0,
     "5dp (Dormand-Prince) and 3bs (Bogacki-Shampine) are explicit Runge-Kutta pairs, whose steps the shortest exchange wave of the grid limits; bdf "
     "(backward differentiation) is implicit, with steps that follow the motion, whatever the cells. auto switches between bdf and an explicit pair, "
     "which takes over where the film moves so fast that its steps are long enough; it is 5dp, or 3bs where cells are so small that stability "
     "decides "
     "its steps in a full demagnetizing field"},
    {"integrator.tolerance", HF_NUMBER, NULL, "1e-5", ">0", 0,
     "Allowed error of a step: in any component of m of explicit steps; in the root mean square over the cells of bdf, which with alpha above "
     "0.07 may be four times as large, because errors decay, and for which no more than 1e-4 counts. With 1e-5 a conductance after a pulse is off by "
     "some 1e-6 of itself. Where m turns little in a step, proportionally less is allowed: modes of small angle keep their linewidth to 2 %"},
    {"integrator.first_step", HF_QUANTITY, "s", "", ">0", 0,
     "First step; when omitted, from the stiffness of the film and the speed of m. Steps start anew where the field or the current changes abruptly, "
     "and "
     "end at the times of field.table"},
    {"integrator.min_step", HF_QUANTITY, "s", "1e-18 s", ">0", 0, "Smallest step: a run that needs a smaller one has diverged"},
    {"integrator.max_step", HF_QUANTITY, "s", "1e-6 s", ">0", 0, "Largest step; the only key of this section that acts beside `thermal`"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfIntegratorRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

PetscErrorCode HfIntegratorSettingsRead(HfDeck deck, HfIntegratorSettings *settings) {
  HfNode section = HfNodeFind(HfDeckRoot(deck), "integrator");

  PetscFunctionBeginUser;
  settings->method = HfText(section, "method");
  settings->tolerance = HfReal(section, "tolerance");
  settings->first_step = HfHas(section, "first_step") ? HfReal(section, "first_step") : 0;
  settings->min_step = HfReal(section, "min_step");
  settings->max_step = HfReal(section, "max_step");
  if (!(settings->min_step < settings->max_step))
    PetscCall(HfDeckError(deck, HfChild(section, HfGiven(section, "min_step") ? "min_step" : "max_step"),
                          "integrator.min_step, %g s, must be smaller than max_step, %g s", (double)settings->min_step, (double)settings->max_step));
  PetscFunctionReturn(0);
}

enum { RECENT = 3 }; /* steps remembered: the last ones of a phase are shortened to end on time */

struct HfIntegrator_ {
  HfStepper steppers[2];
  PetscInt n_steppers;
  HfMethodChoice choice;
  PetscInt now;             /* the one in use */
  PetscReal first;          /* first step that is asked for, s; 0: left open */
  PetscReal step;           /* the longest first one of the next piece, s; 0: not known yet */
  PetscReal recent[RECENT]; /* the last accepted steps, s */
  PetscReal end, accepted;  /* end of the piece; time of the last accepted state, s */
  PetscInt rejected;        /* rejected steps of this piece that magnet->rejected contains already */
  Vec rate;                 /* dm/dt with which a piece begins or a resumed one goes on; NULL: none so far */
  HfVecState final;         /* m at the end of the last phase, ... */
  PetscReal final_time;
  PetscObjectState final_inputs; /* ... and magnet->inputs */
  PetscBool unchanged;           /* in a checkpoint: m and the fields still are those */
  HfMagnetMonitor monitor;
  void *context;
  PetscBool stopped, replaced; /* by the monitor: the phase; the field or the current */
  PetscBool other;             /* the other stepper goes on from here */
};

static HfStepper *stepper(HfIntegrator self) { return &self->steppers[self->now]; }

/* ---- steps ---- */
/* How far the phase has come, for a checkpoint in the monitor. */
static PetscErrorCode note_phase(HfMagnet magnet) {
  HfIntegrator self = magnet->integrator;
  PetscInt rejected;
  PetscReal t;

  PetscFunctionBeginUser;
  PetscCall(TSGetStepRejections(stepper(self)->ts, &rejected));
  magnet->rejected += rejected - self->rejected;
  self->rejected = rejected;
  PetscCall(TSGetTime(stepper(self)->ts, &t));
  magnet->phase.time = PetscMin(t, self->end); /* round-off does not count as the next piece */
  PetscCall(TSGetTimeStep(stepper(self)->ts, &magnet->phase.step));
  PetscFunctionReturn(0);
}

static PetscErrorCode call_monitor(PetscReal t, PetscReal dt, Vec m, void *context, PetscBool *stop) {
  HfMagnet magnet = context;
  HfIntegrator self = magnet->integrator;

  PetscFunctionBeginUser;
  if (self->monitor) PetscCall((*self->monitor)(t, dt, m, self->context, &self->stopped));
  *stop = self->stopped;
  PetscFunctionReturn(0);
}

/* Whether the rest of the piece is better left to the other stepper. */
static PetscErrorCode choose_stepper(HfMagnet magnet, TS ts) {
  HfIntegrator self = magnet->integrator;
  PetscReal speed;

  PetscFunctionBeginUser;
  if (self->n_steppers < 2) PetscFunctionReturn(0);
  speed = self->now ? HfBdfGetSpeed(ts) : HfRungeKuttaGetSpeed(ts);
  self->other = (PetscBool)(HfMagnetWantsImplicit(&self->choice, (PetscBool)(self->now == 1), speed) != (self->now == 1));
  PetscFunctionReturn(0);
}

/* After an accepted step: counters, the caller's monitor. */
static PetscErrorCode post_step(TS ts) {
  HfMagnet magnet;
  HfIntegrator self;
  PetscBool refreshed = PETSC_FALSE;
  PetscObjectState inputs;
  PetscReal t, t_before;
  Vec m;

  PetscFunctionBeginUser;
  PetscCall(TSGetApplicationContext(ts, &magnet));
  self = magnet->integrator;
  PetscCall(TSGetSolution(ts, &m));
  PetscCall(TSGetTime(ts, &t));
  PetscCall(TSGetPrevTime(ts, &t_before));
  PetscCall(HfStepperFinishStep(stepper(self), m));
  for (PetscInt k = RECENT - 1; k > 0; --k) self->recent[k] = self->recent[k - 1];
  self->recent[0] = t - t_before;
  ++magnet->steps;
  if (PetscAbsReal(t - self->end) <= 1e-6 * (t - t_before)) t = self->end;
  self->accepted = t;
  if (HfStepperCurrentDue(stepper(self), t)) {
    PetscCall(HfCurrentRefreshNow(magnet, t, m));
    refreshed = (PetscBool)(stepper(self)->kind == HF_STEPPER_FOREIGN);
  }
  PetscCall(note_phase(magnet));
  if (stepper(self)->kind == HF_STEPPER_EXPLICIT) PetscCall(HfFieldCacheAssign(magnet, t, m)); /* m is the last stage */
  PetscCall(choose_stepper(magnet, ts));
  inputs = magnet->inputs;
  PetscCall(call_monitor(t, self->recent[0], m, magnet, &self->stopped));
  if (refreshed)
    PetscCall(TSRestartStep(ts)); /* the rate kept for the next step is outdated; TSPostStep() does the same where the monitor changed m */
  self->replaced = (PetscBool)(magnet->inputs != inputs);
  if (self->stopped || self->replaced || self->other) PetscCall(TSSetConvergedReason(ts, TS_CONVERGED_USER));
  PetscFunctionReturn(0);
}

PetscErrorCode HfIntegratorCreate(HfMagnet magnet) {
  const HfIntegratorSettings *settings = &magnet->integrator_settings;
  const HfMethodChoice choice = HfMagnetChooseMethods(magnet);
  HfIntegrator self;
  PetscReal step;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&self));
  magnet->integrator = self;
  self->n_steppers = choice.n;
  self->choice = choice;
  for (PetscInt k = 0; k < choice.n; ++k) PetscCall(HfStepperCreate(magnet, choice.methods[k], post_step, &self->steppers[k]));
  PetscCall(TSGetTimeStep(stepper(self)->ts, &step)); /* -ts_dt */
  self->step = self->first = step > 0 ? step : settings->first_step;
  HfCite("petsc");
  PetscFunctionReturn(0);
}

PetscErrorCode HfIntegratorDestroy(HfIntegrator *self) {
  PetscFunctionBeginUser;
  if (!*self) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < (*self)->n_steppers; ++k) PetscCall(HfStepperDestroy(&(*self)->steppers[k]));
  PetscCall(VecDestroy(&(*self)->rate));
  PetscCall(PetscFree(*self));
  PetscFunctionReturn(0);
}

/* First cell (in global numbering) at which dm/dt is not finite, PETSC_MAX_INT if there is none. Collective. */
static PetscErrorCode find_trouble(HfMagnet magnet, PetscReal t, Vec m, PetscInt *cell) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscInt local = PETSC_MAX_INT;
  const PetscScalar *rate;
  Vec dmdt;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(m, &dmdt));
  PetscCall(HfUnitRightHandSide(magnet, HF_FIELD_ALL, t, m, dmdt));
  PetscCall(VecGetArrayRead(dmdt, &rate));
  for (PetscInt k = g->xm * g->ym - 1; k >= 0; --k)
    if (PetscIsInfOrNanReal(rate[3 * k] + rate[3 * k + 1] + rate[3 * k + 2]))
      local = PetscMin(local, (PetscInt)HfCellNumber(g, k % g->xm, g->ys + k / g->xm));
  PetscCall(VecRestoreArrayRead(dmdt, &rate));
  PetscCall(VecDestroy(&dmdt));
  PetscCallMPI(MPI_Allreduce(&local, cell, 1, MPIU_INT, MPI_MIN, HfGridComm(magnet->film.grid)));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_divergence(HfMagnet magnet, Vec m, PetscReal t) {
  PetscInt cell;

  PetscFunctionBeginUser;
  PetscCall(find_trouble(magnet, t, m, &cell));
  PetscCheckFault(cell < PETSC_MAX_INT, HfGridComm(magnet->film.grid), HF_ERR_DIVERGED,
                  "the magnetization diverged at t = %.9g s: no step down to integrator.min_step keeps the error below integrator.tolerance",
                  (double)t);
  PetscFunctionReturn(HfMagnetReportCell(magnet, t, m, cell, "the magnetization diverged: dm/dt is not finite"));
}

/* A first guess: the error control adapts it. */
static PetscReal first_step(HfMagnet magnet, PetscReal span) {
  const PetscReal rate = HfMagnetFastestRate(magnet);
  return rate > 0 ? PetscMin(span, 0.5 / rate) : 1e-6 * span;
}

/* The next piece begins with the largest of the recent steps, or a shorter one. */
static void end_piece(HfIntegrator self) {
  for (PetscInt k = 0; k < RECENT; ++k) self->step = k ? PetscMax(self->step, self->recent[k]) : self->recent[0];
}

/* End of the piece that begins at t in a phase until `end`. */
static PetscReal end_of_piece(HfMagnet magnet, PetscReal t, PetscReal end) {
  PetscReal first = end * (1 - 1e-12);

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (!term->type->next_knot || !HfTermActive(term)) continue;
    first = PetscMin(first, (*term->type->next_knot)(term, t));
  }
  return first < end * (1 - 1e-12) ? first : end;
}

static PetscErrorCode make_rate(HfMagnet magnet) {
  HfIntegrator self = magnet->integrator;

  PetscFunctionBeginUser;
  if (!self->rate) PetscCall(HfMagnetCreateState(magnet, &self->rate));
  PetscFunctionReturn(0);
}

/* The longest step from t at which the field bends: it turns m by gamma0 |change of dH/dt| h^2/2. */
static PetscReal longest_after_bend(HfMagnet magnet, PetscReal t) {
  PetscReal bend = 0, gamma0 = 0;

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (term->type->bend && HfTermActive(term)) bend += (*term->type->bend)(term, t);
  }
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) gamma0 = PetscMax(gamma0, magnet->film.materials[r].gamma0);
  return bend > 0 ? PetscSqrtReal(2 * FIRST_ANGLE / (gamma0 * bend)) : PETSC_INFINITY;
}

/* The stepper and the first step of a piece that begins at t. self->rate is dm/dt there from now on. */
static PetscErrorCode begin_piece(HfMagnet magnet, Vec m, PetscReal t, PetscReal *step) {
  HfIntegrator self = magnet->integrator;
  PetscReal speed, longest;

  PetscFunctionBeginUser;
  PetscCall(make_rate(magnet));
  PetscCall(HfUnitRightHandSide(magnet, HF_FIELD_ALL, t, m, self->rate));
  PetscCall(VecNorm(self->rate, NORM_INFINITY, &speed));
  if (self->n_steppers == 2) {
    const PetscInt before = self->now;

    self->now = HfMagnetWantsImplicit(&self->choice, PETSC_FALSE, speed) ? 1 : 0;
    if (self->now != before && self->now == 0) self->step = PetscMin(self->step, self->choice.explicit_step);
  }
  longest = PetscMin(longest_after_bend(magnet, t), speed > 0 ? FIRST_ANGLE / speed : PETSC_INFINITY); /* no number: no limit, the step finds out */
  longest = PetscMin(longest, HfStepperFirstStep(stepper(self), speed));
  if (!(self->step > 0)) self->step = first_step(magnet, self->end - t);
  *step = PetscMin(PetscMin(self->step, PetscMax(longest, self->first)), self->end - t);
  if (speed == 0 && magnet->friction && !HfTermsVary(magnet) && !magnet->current.update) /* friction holds the film as it is */
    *step = PetscMin(magnet->integrator_settings.max_step, self->end - t);
  for (PetscInt k = 0; k < RECENT; ++k) self->recent[k] = 0;
  PetscFunctionReturn(0);
}

/* From self->accepted to self->end. */
static PetscErrorCode integrate_piece(HfMagnet magnet, Vec m, HfStepperStart start) {
  HfIntegrator self = magnet->integrator;
  TSConvergedReason reason;
  PetscReal step = magnet->phase.step;
  TS ts;

  PetscFunctionBeginUser;
  if (start == HF_START_ANEW) PetscCall(begin_piece(magnet, m, self->accepted, &step));
  if (start == HF_START_CONTINUED) step = PetscMin(self->step, self->end - self->accepted);
  ts = stepper(self)->ts;
  self->other = PETSC_FALSE;
  self->rejected = 0;
  PetscCall(TSSetTime(ts, self->accepted));
  PetscCall(TSSetMaxTime(ts, self->end));
  PetscCall(TSSetStepNumber(ts, 0));
  PetscCall(TSSetTimeStep(ts, step));
  PetscCall(TSRestartStep(ts));
  PetscCall(HfStepperPrepare(stepper(self), start, m, self->rate));
  PetscCall(TSSolve(ts, m));
  PetscCall(TSGetConvergedReason(ts, &reason));
  PetscCall(note_phase(magnet));
  if (reason < 0) return report_divergence(magnet, m, self->accepted);
  PetscFunctionReturn(0);
}

static PetscErrorCode fluctuate_piece(HfMagnet magnet, Vec m, PetscReal start, PetscBool resume) {
  HfIntegrator self = magnet->integrator;
  PetscBool finite;

  PetscFunctionBeginUser;
  if (!resume) PetscCall(HfFluctuationsBegin(magnet, start, self->end));
  PetscCall(HfFluctuationsAdvance(magnet, m, start, self->end, call_monitor, magnet, &self->accepted, &finite));
  PetscFunctionReturn(finite ? 0 : report_divergence(magnet, m, self->accepted));
}

/* Whether a phase goes on where the last one ended: m and the fields are those, and none bends there. */
static PetscErrorCode goes_on(HfMagnet magnet, PetscReal t, Vec m, PetscBool *on) {
  const HfIntegrator self = magnet->integrator;

  PetscFunctionBeginUser;
  PetscCall(HfVecStateCompare(m, &self->final, on));
  *on = (PetscBool)(*on && stepper(self)->kind == HF_STEPPER_BDF && self->final_time == t && self->final_inputs == magnet->inputs &&
                    longest_after_bend(magnet, t) == PETSC_INFINITY);
  PetscFunctionReturn(0);
}

static PetscErrorCode note_end(HfMagnet magnet, Vec m) {
  HfIntegrator self = magnet->integrator;

  PetscFunctionBeginUser;
  PetscCall(HfVecStateGet(m, &self->final));
  self->final_time = self->accepted;
  self->final_inputs = magnet->inputs;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context) {
  HfIntegrator self = magnet->integrator;
  HfStepperStart how = magnet->phase.resume ? HF_START_RESUMED : HF_START_ANEW;
  PetscBool on, switched = (PetscBool)(magnet->phase.resume && self->other); /* interrupted where the other stepper was to go on */

  PetscFunctionBeginUser;
  magnet->phase.resume = PETSC_FALSE;
  self->monitor = monitor;
  self->context = context;
  self->stopped = PETSC_FALSE;
  self->accepted = how == HF_START_RESUMED ? magnet->phase.time : t0;
  if (!(t1 > t0)) PetscFunctionReturn(0);
  PetscCall(goes_on(magnet, t0, m, &on));
  if (switched)
    how = HF_START_ANEW;
  else if (how == HF_START_ANEW && on)
    how = HF_START_CONTINUED;
  else if (how == HF_START_ANEW) {
    PetscCall(HfMagnetNormalize(magnet, m));
    if (HfCurrentDue(magnet, t0, PETSC_TRUE)) PetscCall(HfCurrentRefreshNow(magnet, t0, m));
  }
  for (PetscReal start = t0; start < t1 && !self->stopped; start = self->end) {
    self->end = end_of_piece(magnet, start, t1);
    self->replaced = PETSC_FALSE;
    if (self->accepted > self->end) continue; /* the interruption was later */
    if (HfMagnetFluctuates(magnet))
      PetscCall(fluctuate_piece(magnet, m, start, (PetscBool)(how == HF_START_RESUMED)));
    else {
      if (self->accepted < self->end) PetscCall(integrate_piece(magnet, m, how)); /* else the last step of the piece was interrupted */
      end_piece(self);
      if ((self->replaced || self->other) && !self->stopped) self->end = self->accepted;
    }
    how = HF_START_ANEW;
  }
  PetscCall(note_end(magnet, m));
  PetscFunctionReturn(0);
}

void HfMagnetWillInterpolate(HfMagnet magnet, PetscBool interpolates) { magnet->interpolates = interpolates; }

PetscErrorCode HfMagnetInterpolate(HfMagnet magnet, PetscReal t, Vec m) {
  HfIntegrator self = magnet->integrator;

  PetscFunctionBeginUser;
  if (magnet->heun_step)
    PetscCall(HfHeunInterpolate(magnet->heun_step, t, m));
  else
    PetscCall(HfStepperInterpolate(stepper(self), t, m));
  PetscCall(HfMagnetNormalize(magnet, m));
  PetscFunctionReturn(0);
}

/* ---- checkpoints: continuing where a run was interrupted, between two phases or inside one ---- */
PetscBool HfMagnetCanPause(HfMagnet magnet, HfPhaseKind kind) {
  const HfIntegrator self = magnet->integrator;
  return (PetscBool)(kind != HF_INSIDE_ADVANCE || HfMagnetFluctuates(magnet) || stepper(self)->kind != HF_STEPPER_FOREIGN);
}

static PetscErrorCode list_integrator(HfMagnet magnet, Vec m, PetscBool inside, HfCheckpointList state) {
  HfIntegrator self = magnet->integrator;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListAdd(state, "step", HF_CHECKPOINT_REAL, 1, &self->step));
  PetscCall(HfCheckpointListAdd(state, "recent", HF_CHECKPOINT_REAL, RECENT, self->recent));
  PetscCall(goes_on(magnet, self->final_time, m, &self->unchanged));
  PetscCall(HfCheckpointListAdd(state, "unchanged", HF_CHECKPOINT_BOOL, 1, &self->unchanged));
  PetscCall(HfCheckpointListAdd(state, "final_time", HF_CHECKPOINT_REAL, 1, &self->final_time));
  PetscCall(HfCheckpointListAdd(state, "stepper", HF_CHECKPOINT_INT, 1, &self->now));
  PetscCall(HfCheckpointListAdd(state, "other", HF_CHECKPOINT_BOOL, 1, &self->other));
  PetscCall(make_rate(magnet));
  for (PetscInt k = 0; k < self->n_steppers; ++k) PetscCall(HfStepperListCheckpoint(&self->steppers[k], inside, m, self->rate, state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetListCheckpoint(HfMagnet magnet, Vec m, HfPhaseKind inside, HfCheckpointList state) {
  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListGroup(state, "magnet"));
  PetscCall(list_integrator(magnet, m, (PetscBool)(inside == HF_INSIDE_ADVANCE && !HfMagnetFluctuates(magnet)), state));
  PetscCall(HfCheckpointListAdd(state, "steps", HF_CHECKPOINT_INT64, 1, &magnet->steps));
  PetscCall(HfCheckpointListAdd(state, "rejected", HF_CHECKPOINT_INT64, 1, &magnet->rejected));
  PetscCall(HfCheckpointListAdd(state, "evaluations", HF_CHECKPOINT_INT64, 1, &magnet->evaluations));
  PetscCall(HfCheckpointListAdd(state, "thermal_steps", HF_CHECKPOINT_INT64, 1, &magnet->thermal_steps));
  PetscCall(HfCheckpointListAdd(state, "current_start", HF_CHECKPOINT_REAL, 1, &magnet->current.start));
  PetscCall(HfCheckpointListAdd(state, "current_last", HF_CHECKPOINT_REAL, 1, &magnet->current.last));
  PetscCall(HfCheckpointListAdd(state, "current_fresh", HF_CHECKPOINT_BOOL, 1, &magnet->current.fresh));
  PetscCall(HfCheckpointListAdd(state, "phase_time", HF_CHECKPOINT_REAL, 1, &magnet->phase.time));
  PetscCall(HfCheckpointListAdd(state, "phase_step", HF_CHECKPOINT_REAL, 1, &magnet->phase.step));
  PetscCall(HfCheckpointListAdd(state, "phase_done", HF_CHECKPOINT_INT64, 1, &magnet->phase.done));
  PetscCall(HfCheckpointListAdd(state, "phase_passed", HF_CHECKPOINT_REAL, 1, &magnet->phase.passed));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCheckpointLoaded(HfMagnet magnet, Vec m, HfPhaseKind inside) {
  HfIntegrator self = magnet->integrator;

  PetscFunctionBeginUser;
  self->final = (HfVecState){0};
  if (self->unchanged) PetscCall(HfVecStateGet(m, &self->final));
  self->final_inputs = magnet->inputs;
  magnet->phase.resume = inside == HF_BETWEEN_PHASES ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}
