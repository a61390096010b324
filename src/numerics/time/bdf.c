/* Implicit steps for unit vectors, a PETSc time stepper: backward differentiation of variable order 1 to 3 in variable steps, on the sphere.

     dy/dt at the new time = shift y + rest     the derivative of the polynomial through y and the q states before it
     P (shift y + rest) = f(t, y)               P: projection across y in every cell
   solved by Newton's method in tangent space: corrections x with x.y = 0, then y = (y + x)/|y + x|. Linear systems: GMRES with the problem's operator and
   preconditioner, from the left, so that the residual is an error of y. The first guess continues the polynomial through q+1 states; the error of a step
   follows from its distance e from the new state, by Milne's device: e c/(1+c), c = 1/(shift (t' - t_q)), t_q the oldest time that the guess uses. The first
   step after a new start is one by the trapezoidal rule, from f there; its error counts as half of that of the backward rule of first order.

   Errors count in the root mean square over the cells, and in the largest component, which may be LARGEST_SHARE times as large: where a texture switches a few
   cells are off by more for a moment, which costs the outcome nothing. With damping that allows order 3 the root mean square may be RMS_SHARE times the
   tolerance, because errors decay; with less damping they add up.
   Order 2 is stable for any damping, order 3 within 86 degrees of the negative axis: the problem names the highest.
   f may have kinks, as dry friction has. Corrections then make cells jump between its branches: each one is followed by another until it is small against the
   distance of kinks, and linear systems are solved as exactly.
   Source: Hairer and Wanner, Solving Ordinary Differential Equations II (1996), III.5 and V.1. */
#include "petsc_private.h"
#include "sphere.h"

enum { MAX_ORDER = 3, STATES = MAX_ORDER + 1, MAX_NEWTON = 8, MAX_PRODUCTS = 40 };
#define RMS_SHARE      4.0
#define LARGEST_SHARE  100.0
#define LOOSEST        1e-4 /* tolerance beyond which corrections that stop early would upset the steps after them */
#define SOLVED         0.1  /* what Newton's method and the linear solves may leave, in parts of the allowed error */
#define KINK_SOLVED    1e-3 /* where f has kinks: what a linear solve may leave in the root mean square, in parts of the distance of kinks, ... */
#define KINK_LEFT      0.03 /* ... and a correction in any component */
#define HOPELESS       30.0 /* an error in units of the allowed one beyond which a step is not worth another iteration */
#define LONGEST        2.0  /* factor between a step and the next */
#define LONGEST_FIRST  4.0  /* the same after the first step */
#define AFTER_FAILURE  0.4
#define SLOW           0.2 /* contraction of corrections with an incomplete operator from which on its products are completed */
#define OUTDATED       1.5 /* growth of the steps after which the contraction is measured anew */
#define SAFETY         0.85
#define FIRST_DISTANCE 0.5 /* a first step: this times the square root of the allowed error, over the speed */

typedef struct {
  const HfSphereProblem *problem;
  PetscInt n_back;     /* states before the present one that are known, at most the order */
  PetscReal t[STATES]; /* of the present state and those, the latest first, s */
  Vec back[MAX_ORDER]; /* those states */
  Vec next, predicted, rest, residual, correction;
  Vec rate;              /* f at the present state where a new start is made */
  PetscBool started;     /* n_back, or the rate, is valid for the next step although TSSolve() takes it for a new start */
  PetscInt order;        /* of the last step tried */
  PetscReal error;       /* of it, in units of what is allowed */
  PetscReal allowed;     /* HfErrorAllowed() of it */
  PetscReal speed;       /* largest component of the change that is predicted for it, over its length, 1/s */
  PetscInt n_local;      /* cells of this rank */
  PetscBool whole;       /* products have all of the derivative */
  PetscReal contraction; /* of corrections when they lack a part of it, as last measured, ... */
  PetscReal measured;    /* ... in a step of that length, s; 0: not yet */
  Mat A;
  KSP ksp;
} Bdf;

/* Of the root mean square. */
static PetscReal tolerance_of(TS ts) {
  const PetscReal tolerance = PetscMin(ts->atol + ts->rtol, LOOSEST);
  return ((const Bdf *)ts->data)->problem->order == MAX_ORDER ? RMS_SHARE * tolerance : tolerance;
}

/* ---- coefficients of a step from the times t[0 .. ] to the time x ---- */
/* The derivative at x of the polynomial through x and t[0 .. n-1] is *own y + sum_j w[j] y_j. */
static void derivative_weights(PetscReal x, PetscInt n, const PetscReal t[], PetscReal *own, PetscReal w[]) {
  *own = 0;
  for (PetscInt j = 0; j < n; ++j) {
    w[j] = 1 / (t[j] - x);
    for (PetscInt i = 0; i < n; ++i)
      if (i != j) w[j] *= (x - t[i]) / (t[j] - t[i]);
    *own += 1 / (x - t[j]);
  }
}

/* The value at x of the polynomial through t[0 .. n-1] is sum_j w[j] y_j. */
static void value_weights(PetscReal x, PetscInt n, const PetscReal t[], PetscReal w[]) {
  for (PetscInt j = 0; j < n; ++j) {
    w[j] = 1;
    for (PetscInt i = 0; i < n; ++i)
      if (i != j) w[j] *= (x - t[i]) / (t[j] - t[i]);
  }
}

/* ---- the linear systems ---- */
static PetscErrorCode multiply(Mat A, Vec x, Vec product) {
  Bdf *bdf;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &bdf));
  PetscCall((*bdf->problem->multiply)(x, bdf->whole, product, bdf->problem->context));
  PetscFunctionReturn(0);
}

static PetscErrorCode precondition(PC pc, Vec b, Vec x) {
  Bdf *bdf;

  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &bdf));
  PetscCall((*bdf->problem->precondition)(b, x, bdf->problem->context));
  PetscFunctionReturn(0);
}

static PetscErrorCode create_solver(TS ts, Bdf *bdf) {
  PetscInt n;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(ts->vec_sol, &n));
  bdf->n_local = n / 3;
  PetscCall(MatCreateShell(PetscObjectComm((PetscObject)ts), n, n, PETSC_DETERMINE, PETSC_DETERMINE, bdf, &bdf->A));
  PetscCall(MatShellSetOperation(bdf->A, MATOP_MULT, (void (*)(void))multiply));
  PetscCall(KSPCreate(PetscObjectComm((PetscObject)ts), &bdf->ksp));
  PetscCall(KSPSetOptionsPrefix(bdf->ksp, "bdf_"));
  PetscCall(KSPSetOperators(bdf->ksp, bdf->A, bdf->A));
  PetscCall(KSPSetType(bdf->ksp, KSPGMRES));
  PetscCall(KSPGMRESSetRestart(bdf->ksp, MAX_PRODUCTS));
  PetscCall(KSPGetPC(bdf->ksp, &pc));
  PetscCall(PCSetType(pc, PCSHELL));
  PetscCall(PCShellSetContext(pc, bdf));
  PetscCall(PCShellSetApply(pc, precondition));
  PetscCall(KSPSetFromOptions(bdf->ksp));
  PetscFunctionReturn(0);
}

/* What a linear solve may leave in the root mean square, and corrections in any component. */
static PetscReal solved_to(TS ts, const Bdf *bdf) {
  const PetscReal allowed = SOLVED * tolerance_of(ts) * bdf->allowed, kink = bdf->problem->kink;
  return kink > 0 ? PetscMin(allowed, KINK_SOLVED * kink) : allowed;
}
static PetscReal left_at_most(TS ts, const Bdf *bdf) {
  const PetscReal allowed = SOLVED * LARGEST_SHARE * tolerance_of(ts) * bdf->allowed, kink = bdf->problem->kink;
  return kink > 0 ? PetscMin(allowed, KINK_LEFT * kink) : allowed;
}

/* bdf->correction; *solved: within MAX_PRODUCTS. */
static PetscErrorCode solve(TS ts, Bdf *bdf, PetscBool *solved) {
  const PetscReal allowed = solved_to(ts, bdf) * PetscSqrtReal(bdf->problem->n_cells);
  KSPConvergedReason reason;
  PetscInt products;

  PetscFunctionBeginUser;
  PetscCall(KSPSetTolerances(bdf->ksp, PETSC_MACHINE_EPSILON, allowed, PETSC_DEFAULT, MAX_PRODUCTS));
  PetscCall(KSPSolve(bdf->ksp, bdf->residual, bdf->correction));
  PetscCall(KSPGetConvergedReason(bdf->ksp, &reason));
  PetscCall(KSPGetIterationNumber(bdf->ksp, &products));
  *solved = (PetscBool)(reason > 0);
  if (*solved && products == 0) PetscCall((*bdf->problem->precondition)(bdf->residual, bdf->correction, bdf->problem->context));
  PetscFunctionReturn(0);
}

/* ---- a step ---- */
/* bdf->predicted, bdf->next, bdf->rest of a step of length h; the shift, and the factor of Milne's device. */
static PetscErrorCode predict(TS ts, Bdf *bdf, PetscReal h, PetscReal *shift, PetscReal *factor) {
  const PetscReal t = ts->ptime + h, small = bdf->problem->small_motion;
  const PetscInt q = PetscMax(1, PetscMin(bdf->problem->order, bdf->n_back)), n_states = q + 1;
  PetscReal guess[STATES] = {1, h}, weight[STATES] = {0}, c = 1, motion;
  const PetscScalar *y[STATES];
  PetscScalar *predicted, *rest;
  Vec states[STATES] = {ts->vec_sol, bdf->rate};

  PetscFunctionBeginUser;
  bdf->order = q;
  if (bdf->n_back == 0) { /* the trapezoidal rule: f at the end is 2 (y' - y)/h - f at the start */
    *shift = 2 / h;
    weight[0] = -*shift;
    weight[1] = -1;
  } else {
    derivative_weights(t, q, bdf->t, shift, weight);
    for (PetscInt j = 1; j < n_states; ++j) states[j] = bdf->back[j - 1];
    value_weights(t, n_states, bdf->t, guess);
    c = 1 / (*shift * (t - bdf->t[q]));
  }
  *factor = c / (1 + c);
  for (PetscInt j = 0; j < n_states; ++j) PetscCall(VecGetArrayRead(states[j], &y[j]));
  PetscCall(VecGetArrayWrite(bdf->predicted, &predicted));
  PetscCall(VecGetArrayWrite(bdf->rest, &rest));
  motion = HfSpherePredict(bdf->n_local, n_states, y, guess, weight, predicted, rest);
  PetscCall(VecRestoreArrayWrite(bdf->rest, &rest));
  PetscCall(VecRestoreArrayWrite(bdf->predicted, &predicted));
  for (PetscInt j = 0; j < n_states; ++j) PetscCall(VecRestoreArrayRead(states[j], &y[j]));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &motion, 1, MPIU_REAL, MPIU_MAX, PetscObjectComm((PetscObject)ts)));
  bdf->allowed = HfErrorAllowed(motion, small);
  bdf->speed = motion / h;
  PetscFunctionReturn(0);
}

/* bdf->next from `from` by the correction. */
static PetscErrorCode correct(TS ts, Bdf *bdf, Vec from, HfSphereChange *change) {
  const MPI_Comm comm = PetscObjectComm((PetscObject)ts);
  const PetscScalar *x, *predicted, *start;
  PetscReal largest[2];
  PetscScalar *y;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(bdf->correction, &x));
  PetscCall(VecGetArrayRead(bdf->predicted, &predicted));
  PetscCall(VecGetArray(bdf->next, &y));
  start = from == bdf->next ? y : predicted;
  HfSphereCorrect(bdf->n_local, start, x, predicted, y, change);
  PetscCall(VecRestoreArray(bdf->next, &y));
  PetscCall(VecRestoreArrayRead(bdf->predicted, &predicted));
  PetscCall(VecRestoreArrayRead(bdf->correction, &x));
  largest[0] = change->correction;
  largest[1] = change->largest;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, largest, 2, MPIU_REAL, MPIU_MAX, comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &change->square, 1, MPIU_REAL, MPIU_SUM, comm));
  change->correction = largest[0];
  change->largest = largest[1];
  PetscFunctionReturn(0);
}

/* How much of a correction another one leaves in a step of length h, from the last measurement: at most in proportion to h. */
static PetscReal expected_contraction(const Bdf *bdf, PetscReal h) {
  if (bdf->problem->kink > 0) return 1;
  if (bdf->whole || !bdf->problem->lacks) return 0;
  return bdf->measured > 0 && h < OUTDATED * bdf->measured ? bdf->contraction * PetscMax(1, h / bdf->measured) : 1;
}

/* Chooses bdf->whole for a step of length h: a convolution in every product pays where corrections without it would contract slowly. */
static void choose_products(Bdf *bdf, PetscReal h) {
  if (!bdf->problem->lacks || bdf->measured == 0) return;
  bdf->whole = (PetscBool)(bdf->contraction > SLOW && h > 0.5 * bdf->measured);
  if (bdf->contraction > SLOW && !bdf->whole) bdf->measured = 0; /* steps have become short: try again */
}

/* bdf->next, bdf->error; *solved: Newton's method came to its end, or the error is hopeless. */
static PetscErrorCode try_step(TS ts, PetscBool *solved) {
  Bdf *bdf = ts->data;
  const PetscReal tolerance = tolerance_of(ts), h = ts->time_step;
  const PetscBool kinks = (PetscBool)(bdf->problem->kink > 0);
  PetscReal shift, factor, before = 0, contraction;
  Vec from = bdf->predicted;

  PetscFunctionBeginUser;
  choose_products(bdf, h);
  contraction = expected_contraction(bdf, h);
  PetscCall(predict(ts, bdf, h, &shift, &factor));
  for (PetscInt k = 1;; ++k) {
    HfSphereChange change;
    PetscReal rms, next;

    PetscCall((*bdf->problem->linearize)(ts->ptime + h, from, shift, bdf->rest, bdf->residual, bdf->problem->context));
    PetscCall(solve(ts, bdf, solved));
    if (!*solved) break;
    PetscCall(correct(ts, bdf, from, &change));
    rms = PetscSqrtReal(change.square / bdf->problem->n_cells);
    bdf->error = factor * PetscMax(rms, change.largest / LARGEST_SHARE) / (tolerance * bdf->allowed);
    if (PetscIsInfOrNanReal(bdf->error) || bdf->error > HOPELESS) break;
    if (k > 1) contraction = before > 0 ? change.correction / before : 0;
    if (k == 2 && before > 0 && !bdf->whole && !kinks) { /* a correction of exactly 0 measures nothing */
      bdf->contraction = contraction;
      bdf->measured = h;
    }
    /* what the next correction would be: quadratic, or by what the operator leaves out */
    next = PetscMax(PetscSqr(change.correction), contraction < 1 ? contraction / (1 - contraction) * change.correction : PETSC_INFINITY);
    if (next < left_at_most(ts, bdf) && contraction < SLOW) break;
    if (kinks && change.correction < left_at_most(ts, bdf)) break;
    if (k == MAX_NEWTON || (k > 1 && contraction > 0.9 && !kinks)) {
      *solved = PETSC_FALSE;
      break;
    }
    before = change.correction;
    from = bdf->next;
  }
  PetscFunctionReturn(0);
}

/* The state that was tried becomes the present one, which becomes the latest of those before. */
static PetscErrorCode accept_step(TS ts) {
  Bdf *bdf = ts->data;
  Vec oldest = bdf->back[bdf->problem->order - 1];

  PetscFunctionBeginUser;
  for (PetscInt j = bdf->problem->order - 1; j > 0; --j) bdf->back[j] = bdf->back[j - 1];
  for (PetscInt j = bdf->problem->order; j > 0; --j) bdf->t[j] = bdf->t[j - 1];
  PetscCall(VecSwap(bdf->next, ts->vec_sol));
  bdf->back[0] = bdf->next;
  bdf->next = oldest;
  bdf->n_back = PetscMin(bdf->n_back + 1, bdf->problem->order);
  ts->ptime += ts->time_step;
  bdf->t[0] = ts->ptime;
  if (bdf->problem->kink > 0) {
    bdf->whole = PETSC_FALSE;
    bdf->measured = 0;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode step(TS ts) {
  Bdf *bdf = ts->data;
  PetscInt rejections = 0;
  TSAdapt adapt;

  PetscFunctionBeginUser;
  PetscCall(TSGetAdapt(ts, &adapt));
  if (ts->steprestart && !bdf->started) {
    bdf->n_back = 0;
    PetscCall((*bdf->problem->rate)(ts->ptime, ts->vec_sol, bdf->rate, bdf->problem->context));
  }
  bdf->started = PETSC_FALSE;
  bdf->t[0] = ts->ptime;
  PetscCall(TSAdaptSetClip(adapt, 0.2, bdf->n_back == 0 ? LONGEST_FIRST : LONGEST));
  for (PetscBool accept = PETSC_TRUE; !ts->reason;) { /* TSAdaptChoose() reads whether the attempt before was accepted */
    PetscBool solved;
    PetscReal next_step;
    PetscInt scheme;

    PetscCall(try_step(ts, &solved));
    if (solved && !PetscIsInfOrNanReal(bdf->error)) {
      PetscCall(TSAdaptChoose(adapt, ts, ts->time_step, &scheme, &next_step, &accept));
      /* PETSc accepts any error at the smallest step; that is divergence here */
      if (accept && bdf->error > 1 && ts->time_step <= adapt->dt_min * (1 + PETSC_SQRT_MACHINE_EPSILON)) break;
    } else {
      accept = PETSC_FALSE;
      next_step = AFTER_FAILURE * ts->time_step;
      if (next_step < adapt->dt_min) break;
    }
    if (accept) {
      PetscCall(accept_step(ts));
      ts->time_step = next_step;
      PetscFunctionReturn(0);
    }
    ts->time_step = next_step;
    /* the next attempt has all of the derivative; at kinks, which are another reason to fail, the one after it */
    if (!solved && !bdf->whole && bdf->problem->lacks && (bdf->problem->kink == 0 || rejections > 0)) {
      bdf->contraction = 1;
      bdf->measured = ts->time_step;
    }
    ++ts->reject;
    if (++rejections > ts->max_reject && ts->max_reject >= 0) break;
    if (bdf->problem->rejected) PetscCall((*bdf->problem->rejected)(ts->ptime, ts->vec_sol, bdf->problem->context));
  }
  ts->reason = TS_DIVERGED_STEP_REJECTED;
  PetscFunctionReturn(0);
}

/* ---- the TS type ---- */
static Vec *vectors(Bdf *bdf, PetscInt k) {
  Vec *all[] = {&bdf->next, &bdf->predicted, &bdf->rest, &bdf->residual, &bdf->correction, &bdf->rate, &bdf->back[0], &bdf->back[1], &bdf->back[2]};

  return k < (PetscInt)PETSC_STATIC_ARRAY_LENGTH(all) ? all[k] : NULL;
}

static PetscErrorCode reset(TS ts) {
  Bdf *bdf = ts->data;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; vectors(bdf, k); ++k) PetscCall(VecDestroy(vectors(bdf, k)));
  PetscCall(MatDestroy(&bdf->A));
  PetscCall(KSPDestroy(&bdf->ksp));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(TS ts) {
  PetscFunctionBeginUser;
  PetscCall(reset(ts));
  PetscCall(PetscFree(ts->data));
  PetscFunctionReturn(0);
}

static PetscErrorCode set_up(TS ts) {
  Bdf *bdf = ts->data;
  TSAdapt adapt;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; vectors(bdf, k); ++k) {
    PetscCall(VecDuplicate(ts->vec_sol, vectors(bdf, k)));
    PetscCall(VecSet(*vectors(bdf, k), 0));
  }
  PetscCall(create_solver(ts, bdf));
  PetscCall(TSGetAdapt(ts, &adapt));
  PetscCall(TSAdaptSetSafety(adapt, SAFETY, PETSC_DEFAULT));
  PetscCall(TSAdaptCandidatesClear(adapt));
  PetscCall(TSAdaptCandidateAdd(adapt, "bdf", bdf->problem->order, 1, 1.0, 1.0, PETSC_TRUE));
  PetscFunctionReturn(0);
}

static PetscErrorCode evaluate_error(TS ts, NormType type, PetscInt *order, PetscReal *error) {
  const Bdf *bdf = ts->data;

  PetscFunctionBeginUser;
  *order = bdf->order + 1;
  *error = bdf->error;
  PetscFunctionReturn(0);
}

static PetscErrorCode create(TS ts) {
  Bdf *bdf;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&bdf));
  ts->data = bdf;
  ts->default_adapt_type = TSADAPTBASIC;
  ts->usessnes = PETSC_FALSE;
  ts->ops->setup = set_up;
  ts->ops->step = step;
  ts->ops->evaluatewlte = evaluate_error;
  ts->ops->reset = reset;
  ts->ops->destroy = destroy;
  PetscFunctionReturn(0);
}

/* ---- what others call ---- */
/* For PETSc's own types. */
static PetscErrorCode right_hand_side(TS ts, PetscReal t, Vec y, Vec dydt, void *context) {
  const HfSphereProblem *problem = context;

  PetscFunctionBeginUser;
  PetscCall((*problem->rate)(t, y, dydt, problem->context));
  PetscFunctionReturn(0);
}

PetscErrorCode HfBdfCreate(TS ts, const HfSphereProblem *problem) {
  PetscFunctionBeginUser;
  PetscCheck(problem->order >= 1 && problem->order <= MAX_ORDER, PetscObjectComm((PetscObject)ts), PETSC_ERR_PLIB, "there is no order %d",
             (int)problem->order);
  PetscCall(TSRegister(HF_BDF, create));
  PetscCall(TSSetRHSFunction(ts, NULL, right_hand_side, (void *)(uintptr_t)problem));
  PetscCall(TSSetType(ts, HF_BDF));
  ((Bdf *)ts->data)->problem = problem;
  PetscFunctionReturn(0);
}

PetscReal HfBdfFirstStep(TS ts, PetscReal speed) { return FIRST_DISTANCE * PetscSqrtReal(tolerance_of(ts)) / speed; }

PetscErrorCode HfBdfBegin(TS ts, Vec y, Vec rate) {
  Bdf *bdf = ts->data;

  PetscFunctionBeginUser;
  PetscCall(TSSetSolution(ts, y));
  PetscCall(TSSetUp(ts));
  PetscCall(VecCopy(rate, bdf->rate));
  bdf->n_back = 0;
  bdf->started = PETSC_TRUE;
  PetscFunctionReturn(0);
}

void HfBdfContinue(TS ts) { ((Bdf *)ts->data)->started = PETSC_TRUE; }

PetscErrorCode HfBdfListCheckpoint(TS ts, Vec y, HfCheckpointList state) {
  Bdf *bdf = ts->data;

  PetscFunctionBeginUser;
  PetscCall(TSSetSolution(ts, y));
  PetscCall(TSSetUp(ts));
  PetscCall(HfCheckpointListAdd(state, "n_back", HF_CHECKPOINT_INT, 1, &bdf->n_back));
  PetscCall(HfCheckpointListAdd(state, "times", HF_CHECKPOINT_REAL, STATES, bdf->t));
  PetscCall(HfCheckpointListAdd(state, "whole", HF_CHECKPOINT_BOOL, 1, &bdf->whole));
  PetscCall(HfCheckpointListAdd(state, "contraction", HF_CHECKPOINT_REAL, 1, &bdf->contraction));
  PetscCall(HfCheckpointListAdd(state, "measured", HF_CHECKPOINT_REAL, 1, &bdf->measured));
  for (PetscInt j = 0; j < bdf->problem->order; ++j) {
    char name[16];

    PetscCall(PetscSNPrintf(name, sizeof(name), "back_%d", (int)j + 1));
    PetscCall(HfCheckpointListAddVec(state, name, bdf->back[j]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfBdfInterpolate(TS ts, PetscReal t, Vec y) {
  Bdf *bdf = ts->data;
  PetscReal weight[STATES];

  PetscFunctionBeginUser;
  PetscCheck(bdf->n_back > 0, PetscObjectComm((PetscObject)ts), PETSC_ERR_ORDER, "there was no step");
  value_weights(t, bdf->n_back + 1, bdf->t, weight);
  PetscCall(VecCopy(ts->vec_sol, y));
  PetscCall(VecScale(y, weight[0]));
  PetscCall(VecMAXPY(y, bdf->n_back, weight + 1, bdf->back));
  PetscFunctionReturn(0);
}

PetscReal HfBdfGetSpeed(TS ts) { return ((const Bdf *)ts->data)->speed; }
