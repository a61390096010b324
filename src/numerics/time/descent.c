/* Down an objective: dy/dt = f(y), a parabolic flow, until its slope is below a tolerance.

   Such a flow suits a stabilized explicit method: the Runge-Kutta-Chebyshev method of second order with s stages is stable for steps that grow as s^2, and
   follows the flow, so that the state ends in the basin in which it started. The step is chosen from its error, s from the step. A step that raises the
   objective beyond round-off is rejected.
   Source: Sommeijer, Shampine and Verwer, J. Comput. Appl. Math. 88, 315 (1998), with its error estimate. */
#include "descent.h"

#define MAX_STAGES 50
#define DAMPING    (2.0 / 13.0)
#define REACH      0.653 /* a step of s stages is stable up to REACH (s^2 - 1)/radius */

/* y = a y0 + b y1 + c y2 + d f + e f0, all arrays of n */
HF_KERNEL static void combine(PetscInt n, PetscReal a, const PetscReal *restrict y0, PetscReal b, const PetscReal *restrict y1, PetscReal c,
                              const PetscReal *restrict y2, PetscReal d, const PetscReal *restrict f, PetscReal e, const PetscReal *restrict f0,
                              PetscReal *restrict y) {
  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) y[k] = a * y0[k] + b * y1[k] + c * y2[k] + d * f[k] + e * f0[k];
}

static PetscErrorCode combine_vectors(PetscReal a, Vec y0, PetscReal b, Vec y1, PetscReal c, Vec y2, PetscReal d, Vec f, PetscReal e, Vec f0, Vec y) {
  Vec const in[5] = {y0, y1, y2, f, f0};
  const PetscScalar *read[5];
  PetscScalar *out;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(y, &n));
  for (int k = 0; k < 5; ++k) PetscCall(VecGetArrayRead(in[k], &read[k]));
  PetscCall(VecGetArrayWrite(y, &out));
  combine(n, a, read[0], b, read[1], c, read[2], d, read[3], e, read[4], out);
  PetscCall(VecRestoreArrayWrite(y, &out));
  for (int k = 0; k < 5; ++k) PetscCall(VecRestoreArrayRead(in[k], &read[k]));
  PetscFunctionReturn(0);
}

/* T_j, T_j', T_j'' at x for j = 0..s */
static void chebyshev(PetscInt s, PetscReal x, PetscReal T[], PetscReal dT[], PetscReal ddT[]) {
  T[0] = 1, dT[0] = 0, ddT[0] = 0;
  T[1] = x, dT[1] = 1, ddT[1] = 0;
  for (PetscInt j = 2; j <= s; ++j) {
    T[j] = 2 * x * T[j - 1] - T[j - 2];
    dT[j] = 2 * T[j - 1] + 2 * x * dT[j - 1] - dT[j - 2];
    ddT[j] = 4 * dT[j - 1] + 2 * x * ddT[j - 1] - ddT[j - 2];
  }
}

/* One step of length h with s stages from `from`; the result is in to->y. */
static PetscErrorCode chebyshev_step(const HfDescentProblem *problem, PetscReal h, PetscInt s, const HfDescentState *from, HfDescentState *to,
                                     Vec work[3]) {
  PetscReal T[MAX_STAGES + 1], dT[MAX_STAGES + 1], ddT[MAX_STAGES + 1], b[MAX_STAGES + 1];
  const PetscReal w0 = 1 + DAMPING / (PetscReal)(s * s);
  PetscReal w1;
  Vec before = work[0], last = work[1], next = to->y, rate = work[2];

  PetscFunctionBeginUser;
  chebyshev(s, w0, T, dT, ddT);
  w1 = dT[s] / ddT[s];
  b[0] = ddT[2] / PetscSqr(dT[2]);
  b[1] = 1 / w0;
  for (PetscInt j = 2; j <= s; ++j) b[j] = ddT[j] / PetscSqr(dT[j]);
  PetscCall(VecCopy(from->y, before));
  PetscCall(VecWAXPY(last, b[1] * w1 * h, from->rate, from->y));
  for (PetscInt j = 2; j <= s; ++j) {
    const PetscReal mu = 2 * b[j] * w0 / b[j - 1], nu = -b[j] / b[j - 2], mu_h = 2 * b[j] * w1 / b[j - 1] * h;
    Vec oldest = before;

    PetscCall((*problem->rate)(last, rate, problem->context));
    PetscCall(combine_vectors(1 - mu - nu, from->y, mu, last, nu, before, mu_h, rate, -(1 - b[j - 1] * T[j - 1]) * mu_h, from->rate, next));
    before = last;
    last = next;
    next = oldest;
  }
  if (last != to->y) PetscCall(VecCopy(last, to->y));
  PetscFunctionReturn(0);
}

PetscBool HfDescentIsFinite(const HfDescentState *state) {
  return (PetscBool)(!PetscIsInfOrNanReal(state->objective) && !PetscIsInfOrNanReal(state->slope));
}

PetscErrorCode HfDescentLargest(Vec v, PetscReal *largest) {
  const PetscScalar *a;
  PetscReal most = 0;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(v, &n));
  PetscCall(VecGetArrayRead(v, &a));
  for (PetscInt k = 0; k < n; ++k)
    if (!(PetscAbsReal(a[k]) <= most)) most = PetscIsNanReal(a[k]) ? PETSC_INFINITY : PetscAbsReal(a[k]);
  PetscCall(VecRestoreArrayRead(v, &a));
  PetscCallMPI(MPI_Allreduce(&most, largest, 1, MPIU_REAL, MPIU_MAX, PetscObjectComm((PetscObject)v)));
  PetscFunctionReturn(0);
}

/* Largest component of 0.8 (y_n - y_n+1) + 0.4 h (f_n + f_n+1), relative to what is allowed. */
static PetscErrorCode step_error(PetscReal h, const HfDescentState *from, const HfDescentState *to, Vec work, PetscReal *error) {
  PetscFunctionBeginUser;
  PetscCall(combine_vectors(0.8, from->y, -0.8, to->y, 0.4 * h, from->rate, 0.4 * h, to->rate, 0, to->rate, work));
  PetscCall(HfDescentLargest(work, error));
  *error /= HF_DESCENT_ERROR;
  if (PetscIsInfOrNanReal(*error) || !HfDescentIsFinite(to)) *error = PETSC_INFINITY;
  PetscFunctionReturn(0);
}

typedef struct {
  const HfDescentProblem *problem;
  Vec work[3];
} Chebyshev;

/* The step from `from`, no longer than `h`, that is stable; its result in `to`. */
static PetscErrorCode try_step(void *method, PetscReal *h, const HfDescentState *from, HfDescentState *to, PetscReal *error) {
  const HfDescentProblem *problem = ((Chebyshev *)method)->problem;
  Vec *work = ((Chebyshev *)method)->work;
  PetscInt stages;

  PetscFunctionBeginUser;
  *h = PetscMin(*h, REACH * (PetscReal)(MAX_STAGES * MAX_STAGES - 1) / from->radius);
  stages = PetscMin(MAX_STAGES, PetscMax(2, 1 + (PetscInt)PetscSqrtReal(1 + *h * from->radius / REACH)));
  PetscCall(chebyshev_step(problem, *h, stages, from, to, work));
  PetscCall((*problem->normalize)(to->y, problem->context));
  PetscCall((*problem->evaluate)(to, problem->context));
  PetscCall(step_error(*h, from, to, work[0], error));
  PetscFunctionReturn(0);
}

static PetscErrorCode descend(HfDescentStep step, void *method, const HfDescentProblem *problem, const HfDescentOptions *options, HfDescentState *now,
                              HfDescentState *trial, HfDescentOutcome *outcome) {
  PetscReal passed = options->passed, h = options->step;
  PetscBool stop = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall((*problem->evaluate)(now, problem->context));
  *outcome = HF_DESCENT_NOT_FINITE;
  if (!HfDescentIsFinite(now)) PetscFunctionReturn(0);
  while (!(now->slope < options->tolerance) && passed < options->max_time && !stop) {
    PetscReal error, grow;

    if (!(h > 0)) h = 0.5 / now->radius;
    h = PetscMin(h, options->max_time - passed);
    PetscCall((*step)(method, &h, now, trial, &error));
    grow = PetscMin(5, PetscMax(0.1, 0.8 * PetscPowReal(error + 1e-30, -1.0 / 3.0)));
    if (error > 1 || trial->objective > now->objective + now->noise) {
      (*problem->step_rejected)(problem->context);
      h *= PetscMin(0.5, grow);
      if (h * now->radius >= 1e-6) continue;
      if (now->slope >= options->steep) PetscFunctionReturn((*problem->rises)(now, trial, problem->context));
      break; /* at the bottom, within round-off */
    }
    {
      const HfDescentState old = *now;
      *now = *trial;
      *trial = old;
    }
    passed += h;
    PetscCall((*problem->step_done)(now->y, h, passed, h * grow, &stop, problem->context));
    h *= grow;
  }
  *outcome = now->slope < options->tolerance ? HF_DESCENT_CONVERGED : HF_DESCENT_ENDED;
  PetscFunctionReturn(0);
}

static PetscErrorCode create_state(Vec like, HfDescentState *state) {
  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(like, &state->y));
  PetscCall(VecDuplicate(like, &state->rate));
  PetscCall(VecSet(state->rate, 0)); /* the problem need not write where y is always 0 */
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy_state(HfDescentState *state) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&state->y));
  PetscCall(VecDestroy(&state->rate));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDescendBy(HfDescentStep step, void *method, const HfDescentProblem *problem, const HfDescentOptions *options, Vec y,
                           HfDescentOutcome *outcome) {
  HfDescentState now, trial;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(create_state(y, &now));
  PetscCall(create_state(y, &trial));
  PetscCall(VecCopy(y, now.y));
  code = descend(step, method, problem, options, &now, &trial, outcome);
  PetscCall(VecCopy(now.y, y));
  PetscCall(destroy_state(&now));
  PetscCall(destroy_state(&trial));
  PetscCall(code);
  PetscFunctionReturn(0);
}

PetscErrorCode HfDescend(const HfDescentProblem *problem, const HfDescentOptions *options, Vec y, HfDescentOutcome *outcome) {
  Chebyshev method = {.problem = problem};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; ++k) PetscCall(VecDuplicate(y, &method.work[k]));
  PetscCall(VecSet(method.work[2], 0));
  code = HfDescendBy(try_step, &method, problem, options, y, outcome);
  for (int k = 0; k < 3; ++k) PetscCall(VecDestroy(&method.work[k]));
  PetscCall(code);
  PetscFunctionReturn(0);
}
