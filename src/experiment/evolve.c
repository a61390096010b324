/* Phases in which the film moves. HfEvolve() lets time pass: it is cut at its probes and at the frames that the recorder asks for; between the
   cuts the device integrates by itself, and a monitor adds lines to the table. Lines that the recorder asks for are equally far apart: the state of each
   is interpolated in the step that passes it, so that they change nothing. Otherwise there are LINES per phase, at ends of steps. HfRelax() has
   damping alone and leaves the clock alone. From both monitors the run can be stopped, with a checkpoint. */
#include "experiment_impl.h"

#define LINES 200  /* of the table per phase: a line costs about two right-hand sides */
#define CLOSE 1e-9 /* tolerance, relative to the phase, below which two cuts are one */

typedef struct {
  HfStepContext context;
  const char *what;
  PetscReal start, duration, end; /* of the phase; end of the present segment */
  PetscReal line_every;           /* s */
  PetscReal line;                 /* number of the next line, from 1; that of the end is up to the step of the schedule */
  Vec between;                    /* where lines are interpolated; NULL: they are those of ends of steps */
  PetscBool stopped;
} Phase;

/* Lines up to time t, where m is the state, which a step of dt led to. */
static PetscErrorCode add_lines(Phase *phase, PetscReal t, PetscReal dt, Vec m) {
  const PetscReal close = CLOSE * phase->line_every, last = phase->start + phase->duration * (1.0 - CLOSE);
  PetscReal next = phase->start + phase->line * phase->line_every;

  PetscFunctionBeginUser;
  if (next > t + close) PetscFunctionReturn(0);
  for (; next <= t + close && next < last; next = phase->start + ++phase->line * phase->line_every) {
    if (phase->between && next < t - close) {
      PetscCall(HfMagnetInterpolate(HfDeviceMagnet(phase->context->device), next, phase->between));
      PetscCall(HfTableLineAdd(phase->context, next, dt, phase->between));
    } else if (phase->between || next + phase->line_every > t + close)
      PetscCall(HfTableLineAdd(phase->context, t, dt, m));
  }
  PetscCall(HfReportProgress(phase->context, phase->what, t - phase->start));
  PetscFunctionReturn(0);
}

static PetscErrorCode monitor(PetscReal t, PetscReal dt, Vec m, void *of, PetscBool *stop) {
  Phase *phase = of;

  PetscFunctionBeginUser;
  PetscCall(add_lines(phase, t, dt, m));
  HfTapeSetPhaseNumber(phase->context->tape, phase->line);
  PetscCall(HfTapePauseInside(phase->context->tape, HF_INSIDE_ADVANCE, t, stop));
  phase->stopped = *stop;
  PetscFunctionReturn(0);
}

/* From the present time to phase->end. */
static PetscErrorCode advance(void *of, PetscInt n, PetscReal values[]) {
  Phase *phase = of;
  HfDevice device = phase->context->device;
  HfTape tape = phase->context->tape;
  PetscBool resumed;
  const PetscReal line = HfTapePhaseNumber(tape, &resumed);

  PetscFunctionBeginUser;
  if (resumed)
    phase->line = line;
  else {
    HfTapeSetPhaseNumber(tape, phase->line);
    PetscCall(HfTapePause(tape, &phase->stopped));
  }
  if (phase->stopped) PetscFunctionReturn(HF_ERR_STOPPED);
  PetscCall(HfDeviceAdvance(device, phase->end, monitor, phase));
  if (phase->stopped) PetscFunctionReturn(HF_ERR_STOPPED);
  PetscCall(HfMagnetGuard(HfDeviceMagnet(device), phase->end, HfDeviceMagnetization(device)));
  PetscFunctionReturn(0);
}

static PetscErrorCode segment(Phase *phase, PetscReal end) {
  HfStepContext context = phase->context;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  phase->end = end;
  HfProbeOutdate(context->record);
  code = HfTapeMeasure(context->tape, "time", 0, NULL, advance, phase);
  if (code == HF_ERR_DIVERGED) PetscCall(HfReportFrames(context, PETSC_FALSE)); /* the state it diverged from is worth a look */
  if (code) PetscFunctionReturn(code);
  if (HfDeviceTime(context->device) < end) HfDeviceSkip(context->device, end); /* it was replayed */
  PetscFunctionReturn(0);
}

/* The k-th of the times `every` apart, or the end. */
static PetscReal cut(PetscReal start, PetscReal duration, PetscReal every, PetscInt k) {
  return every > 0.0 && k * every < duration * (1.0 - CLOSE) ? start + k * every : start + duration;
}

/* Segment by segment to the end of the phase. */
static PetscErrorCode evolve(Phase *phase, PetscReal probe_every, PetscReal frame_every) {
  HfStepContext context = phase->context;
  const PetscReal start = phase->start, duration = phase->duration, end = start + duration;
  PetscInt k_probe = 1, k_frame = 1;

  PetscFunctionBeginUser;
  while (HfDeviceTime(context->device) < end) {
    const PetscReal probe = cut(start, duration, probe_every, k_probe), frame = cut(start, duration, frame_every, k_frame);
    const PetscReal next = PetscAbsReal(probe - frame) < CLOSE * duration ? probe : PetscMin(probe, frame);
    const PetscErrorCode code = segment(phase, next);

    if (code) PetscFunctionReturn(code);
    if (next == probe) {
      ++k_probe;
      if (probe_every >= 0.0) {
        PetscCall(HfProbeFilm(context));
        PetscCall(HfTraceAdd(context));
      }
    }
    if (next == frame) {
      ++k_frame;
      if (next < end) PetscCall(HfReportFrames(context, PETSC_TRUE));
    }
    PetscCall(HfReportProgress(context, phase->what, next - start));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfEvolve(HfStepContext context, const char *what, PetscReal duration, PetscReal probe_every) {
  const HfRecorderSettings *settings = context->recorder->settings;
  PetscReal every[2] = {settings ? settings->every : 0.0, settings ? settings->table_every : 0.0};
  Phase phase = {.context = context, .what = what, .start = HfDeviceTime(context->device), .duration = duration, .line = 1.0};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfTapeMeasure(context->tape, "output times", 2, every, NULL, NULL)); /* a resumed run may ask for others than those of before */
  phase.line_every = every[1] > 0.0 ? every[1] : duration / LINES;
  if (every[1] > 0.0) PetscCall(HfMagnetCreateState(HfDeviceMagnet(context->device), &phase.between));
  HfMagnetWillInterpolate(HfDeviceMagnet(context->device), (PetscBool)(phase.between != NULL));
  code = evolve(&phase, probe_every, every[0]); /* may diverge or be stopped */
  PetscCall(VecDestroy(&phase.between));
  if (code) PetscFunctionReturn(code);
  context->drive->seconds += duration;
  PetscFunctionReturn(0);
}

/* ---- damping alone ---- */

typedef struct {
  HfStepContext context;
  PetscReal tolerance, max_time;
  PetscBool stopped;
} Relaxation;

static PetscErrorCode relax_monitor(PetscReal t, PetscReal dt, Vec m, void *of, PetscBool *stop) {
  Relaxation *relaxation = of;

  PetscFunctionBeginUser;
  PetscCall(HfTapePauseInside(relaxation->context->tape, HF_INSIDE_RELAX, t, stop));
  relaxation->stopped = *stop;
  PetscFunctionReturn(0);
}

/* values[0]: whether it converged. */
static PetscErrorCode relax(void *of, PetscInt n, PetscReal values[]) {
  Relaxation *relaxation = of;
  HfDevice device = relaxation->context->device;
  PetscBool converged;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  code = HfMagnetRelax(HfDeviceMagnet(device), HfDeviceTime(device), HfDeviceMagnetization(device), relaxation->tolerance, relaxation->max_time,
                       relax_monitor, relaxation, &converged);
  if (code) PetscFunctionReturn(code);
  if (relaxation->stopped) PetscFunctionReturn(HF_ERR_STOPPED);
  values[0] = converged ? 1.0 : 0.0;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRelax(HfStepContext context, PetscReal tolerance, PetscReal max_time, PetscBool *converged) {
  Relaxation relaxation = {.context = context, .tolerance = tolerance, .max_time = max_time};
  PetscReal found = 0.0;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  HfProbeOutdate(context->record);
  code = HfTapeMeasure(context->tape, "relaxation", 1, &found, relax, &relaxation);
  if (code) PetscFunctionReturn(code);
  *converged = found > 0.0 ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRelaxationSettingsCheck(HfScheduleCheck *check, HfNode node, const char *step, const char *instead) {
  HfMagnet magnet = HfDeviceMagnet(check->device);

  PetscFunctionBeginUser;
  if (magnet && HfMagnetIsNoisy(magnet) && !HfHas(node, "temperature"))
    PetscCall(
        HfDeckError(check->deck, node,
                    "%s: the deck has a temperature (`thermal`), but a film relaxes without fluctuations, at 0 K: say so by `temperature: 0 K` in "
                    "`%s`, or %s",
                    step, step, instead));
  if (magnet && check->current_on && HfMagnetFeelsCurrent(magnet))
    PetscCall(
        HfDeckWarn(check->deck, node,
                   "%s: a film relaxes downhill in energy, in which the torque of the current has no part: it does not act here; let time pass with "
                   "`hold`",
                   step));
  PetscFunctionReturn(0);
}

/* ---- perturbations ---- */

typedef struct {
  HfStepContext context;
  PetscReal angle; /* rad */
  PetscInt64 seed, number;
} Perturbation;

static PetscErrorCode perturb(void *of, PetscInt n, PetscReal values[]) {
  const Perturbation *perturbation = of;
  HfDevice device = perturbation->context->device;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetPerturb(HfDeviceMagnet(device), perturbation->angle, perturbation->seed, perturbation->number, HfDeviceMagnetization(device)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPerturb(HfStepContext context, PetscReal angle, PetscInt64 seed, PetscInt64 number) {
  Perturbation perturbation = {context, angle, seed, number};

  PetscFunctionBeginUser;
  HfProbeOutdate(context->record);
  PetscCall(HfTapeMeasure(context->tape, "perturbation", 0, NULL, perturb, &perturbation));
  PetscFunctionReturn(0);
}
