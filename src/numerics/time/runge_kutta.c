/* A PETSc time stepper, type "hf": embedded Runge-Kutta whose stages are assembled by the problem, row by row as it evaluates f.

     y_i = y + h sum_{j<i} a_ij k_j,   k_i = f(y_i/|y_i|),   y' = y_s/|y_s|,   error = h max |sum_j e_j k_j|      (|y|: in every cell)
   Both pairs end with f at the new state, which is the first stage of the next step. Inside of a step the state follows from its stages: the cubic through
   both ends with f there, and for 5dp a further term that makes it one order better. PETSc's TSRK assembles each stage, the new state and the embedded one
   as vectors; adaptivity, limits, matching of the end and monitors are PETSc's here, too. `-ts_type rk` takes PETSc's implementation instead.
   A problem may make a whole step at once (HfRungeKuttaProblem.whole_step); the stages are then made again only for a state inside of a step.
   Kept because TSRK takes 1.7, 2.9 and 2.3 times as long per step on films of 128^2, 512^2 and 2048^2 cells with local terms, and 1.2 times with the
   full demagnetizing field (tests/bench/magnet_runge_kutta: CPU time at equal fixed steps, one core): it moves more memory, and it evaluates f once more
   per step, because it takes the normalized m for a new start.
   Source: Dormand and Prince, J. Comput. Appl. Math. 6, 19 (1980); Bogacki and Shampine, Appl. Math. Lett. 2, 321 (1989); the further term: Hairer, Norsett
   and Wanner, Solving Ordinary Differential Equations I (1993), II.6. */
#include "petsc_private.h"
#include <complex.h>
#include <hopfilm/numerics.h>

typedef struct {
  const char *name, *citation;
  PetscInt order, stages;
  PetscReal c[HF_MAX_STAGES], a[HF_MAX_STAGES][HF_MAX_STAGES], e[HF_MAX_STAGES]; /* e: weights of the higher order minus the embedded ones */
  PetscReal inside[HF_MAX_STAGES];    /* weights of the further term of the state inside of a step, x^2 (1-x)^2 h sum inside_j k_j at its part x */
  PetscReal stability[HF_MAX_STAGES]; /* R(z), the factor of a step for dy/dt = (z/h) y: highest power first */
} Tableau;

static const Tableau tableaus[] = {
    {"5dp",
     "dormand-prince-1980",
     5,
     7,
     {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1},
     {{0},
      {1.0 / 5},
      {3.0 / 40, 9.0 / 40},
      {44.0 / 45, -56.0 / 15, 32.0 / 9},
      {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
      {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
      {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}},
     {71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40},
     {-12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072, 701980252875.0 / 199316789632,
      -1453857185.0 / 822651844, 69997945.0 / 29380423},
     {1.0 / 600, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1}},
    {"3bs",
     "bogacki-shampine-1989",
     3,
     4,
     {0, 1.0 / 2, 3.0 / 4, 1},
     {{0}, {1.0 / 2}, {0, 3.0 / 4}, {2.0 / 9, 1.0 / 3, 4.0 / 9}},
     {-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8},
     {0},
     {1.0 / 6, 1.0 / 2, 1, 1}},
};

typedef struct {
  const Tableau *tableau;
  const HfRungeKuttaProblem *problem;
  Vec k[HF_MAX_STAGES]; /* those between the first and the last: NULL until a step is made stage by stage */
  Vec other;            /* the new state while a step is tried; afterwards the one before it, if that is kept */
  PetscReal error;      /* of the last step, in units of what is allowed */
  PetscReal speed;      /* largest component of f at its end */
  PetscBool keep;       /* the state before a step is kept in `other` */
  PetscBool evaluated;  /* k of the last stage is f at the present state */
  PetscBool complete;   /* k of all stages of the last step is known */
  PetscBool resumed;    /* the next step continues an interrupted run: no new start, although TSSolve() treats it as one */
} RungeKutta;

static const Tableau *find_tableau(const char *method) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(tableaus); ++k)
    if (!strcmp(method, tableaus[k].name)) return &tableaus[k];
  return NULL;
}

/* ---- the TS type ---- */
static PetscErrorCode reset(TS ts) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < HF_MAX_STAGES; ++i) PetscCall(VecDestroy(&rk->k[i]));
  PetscCall(VecDestroy(&rk->other));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(TS ts) {
  PetscFunctionBeginUser;
  PetscCall(reset(ts));
  PetscCall(PetscFree(ts->data));
  PetscFunctionReturn(0);
}

/* The problem need not write where y is always 0. */
static PetscErrorCode need(Vec like, Vec *v) {
  PetscFunctionBeginUser;
  if (*v) PetscFunctionReturn(0);
  PetscCall(VecDuplicate(like, v));
  PetscCall(VecSet(*v, 0));
  PetscFunctionReturn(0);
}

static PetscErrorCode set_up(TS ts) {
  RungeKutta *rk = ts->data;
  TSAdapt adapt;

  PetscFunctionBeginUser;
  PetscCall(need(ts->vec_sol, &rk->k[0]));
  PetscCall(need(ts->vec_sol, &rk->k[rk->tableau->stages - 1]));
  PetscCall(need(ts->vec_sol, &rk->other));
  PetscCall(TSGetAdapt(ts, &adapt));
  PetscCall(TSAdaptCandidatesClear(adapt));
  PetscCall(TSAdaptCandidateAdd(adapt, rk->tableau->name, rk->tableau->order, 1, 1.0, (PetscReal)rk->tableau->stages, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/* The stages 1 .. end-1 of a step of length h from y at t, of which k[0] is known. The last one of the step leaves the new state in `sum`. */
static PetscErrorCode make_stages(RungeKutta *rk, PetscReal t, PetscReal h, Vec y, Vec sum, PetscInt end, PetscReal largest[2]) {
  const Tableau *tableau = rk->tableau;
  const HfRungeKuttaProblem *problem = rk->problem;
  const HfStageError error = {.n = tableau->stages, .rate = rk->k, .weight = tableau->e};

  PetscFunctionBeginUser;
  for (PetscInt i = 1; i < end; ++i) {
    HfStage stage = {.y = y, .sum = sum, .last = (PetscBool)(i == tableau->stages - 1)};

    PetscCall(need(y, &rk->k[i]));
    for (PetscInt j = 0; j < i; ++j) {
      if (tableau->a[i][j] == 0) continue;
      stage.rate[stage.n] = rk->k[j];
      stage.weight[stage.n++] = h * tableau->a[i][j];
    }
    PetscCall((*problem->stage_rate)(t + tableau->c[i] * h, &stage, rk->k[i], stage.last ? &error : NULL, largest, problem->context));
  }
  PetscFunctionReturn(0);
}

/* The stages from k[0]; leaves the new state in `other` and the error of the step. */
static PetscErrorCode try_step(TS ts) {
  RungeKutta *rk = ts->data;
  const HfRungeKuttaProblem *problem = rk->problem;
  const Tableau *tableau = rk->tableau;
  const PetscReal h = ts->time_step;
  const HfWholeStep whole = {tableau->stages, h, tableau->a, tableau->e, ts->vec_sol, rk->k[0], rk->other, rk->k[tableau->stages - 1]};
  PetscReal largest[2] = {0, 0};
  PetscBool done = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (problem->whole_step) PetscCall((*problem->whole_step)(ts->ptime, &whole, largest, &done, problem->context));
  if (!done) PetscCall(make_stages(rk, ts->ptime, h, ts->vec_sol, rk->other, tableau->stages, largest));
  rk->complete = (PetscBool)!done;
  /* The one reduction of a step. States have components of size 1, so a relative tolerance is an absolute one. */
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, largest, 2, MPIU_REAL, MPIU_MAX, PetscObjectComm((PetscObject)ts)));
  rk->speed = largest[1];
  rk->error = h * largest[0] / (HfErrorAllowed(h * largest[1], problem->small_motion) * (ts->atol + ts->rtol));
  PetscFunctionReturn(0);
}

static PetscErrorCode step(TS ts) {
  RungeKutta *rk = ts->data;
  const PetscInt last = rk->tableau->stages - 1;
  const HfRungeKuttaProblem *problem = rk->problem;
  PetscInt rejections = 0;
  TSAdapt adapt;

  PetscFunctionBeginUser;
  PetscCall(TSGetAdapt(ts, &adapt));
  if (rk->evaluated && (rk->resumed || !ts->steprestart) && !ts->steprollback) {
    Vec k = rk->k[0];
    rk->k[0] = rk->k[last];
    rk->k[last] = k;
  } else
    PetscCall((*problem->rate)(ts->ptime, ts->vec_sol, rk->k[0], problem->context));
  rk->evaluated = rk->resumed = PETSC_FALSE;
  for (PetscBool accept = PETSC_TRUE; !ts->reason;) {
    PetscReal next_step;
    PetscInt scheme;

    PetscCall(try_step(ts));
    if (PetscIsInfOrNanReal(rk->error)) { /* stages are bounded: a smaller step would not help */
      ts->reason = TS_DIVERGED_STEP_REJECTED;
      break;
    }
    PetscCall(TSAdaptChoose(adapt, ts, ts->time_step, &scheme, &next_step, &accept));
    /* PETSc accepts any error at the smallest step; that is divergence here */
    if (accept && rk->error > 1 && ts->time_step <= adapt->dt_min * (1 + PETSC_SQRT_MACHINE_EPSILON)) {
      ts->reason = TS_DIVERGED_STEP_REJECTED;
      break;
    }
    if (accept) {
      PetscCall(rk->keep ? VecSwap(rk->other, ts->vec_sol) : VecCopy(rk->other, ts->vec_sol));
      rk->evaluated = PETSC_TRUE;
      ts->ptime += ts->time_step;
      ts->time_step = next_step;
      break;
    }
    ts->time_step = next_step;
    ++ts->reject;
    if (++rejections > ts->max_reject && ts->max_reject >= 0) ts->reason = TS_DIVERGED_STEP_REJECTED;
    if (problem->rejected && !ts->reason) PetscCall((*problem->rejected)(ts->ptime, ts->vec_sol, rk->k[0], problem->context));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode evaluate_error(TS ts, NormType type, PetscInt *order, PetscReal *error) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  *order = rk->tableau->order;
  *error = rk->error;
  PetscFunctionReturn(0);
}

static PetscErrorCode create(TS ts) {
  RungeKutta *rk;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&rk));
  rk->tableau = &tableaus[0];
  ts->data = rk;
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
  const HfRungeKuttaProblem *problem = context;

  PetscFunctionBeginUser;
  PetscCall((*problem->rate)(t, y, dydt, problem->context));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRungeKuttaCreate(TS ts, const char *method, const HfRungeKuttaProblem *problem) {
  RungeKutta *rk;

  PetscFunctionBeginUser;
  PetscCall(TSRegister(HF_RUNGE_KUTTA, create));
  PetscCall(TSSetRHSFunction(ts, NULL, right_hand_side, (void *)(uintptr_t)problem));
  PetscCall(TSSetType(ts, HF_RUNGE_KUTTA));
  rk = ts->data;
  rk->problem = problem;
  rk->tableau = find_tableau(method);
  PetscCheck(rk->tableau, PetscObjectComm((PetscObject)ts), PETSC_ERR_PLIB, "there is no Runge-Kutta pair '%s'", method);
  HfCite(rk->tableau->citation);
  PetscFunctionReturn(0);
}

PetscErrorCode HfRungeKuttaGetRate(TS ts, Vec rate) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  if (ts->setupcalled) PetscCall(VecCopy(rk->k[rk->tableau->stages - 1], rate));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRungeKuttaResume(TS ts, Vec y, Vec rate) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  PetscCall(TSSetSolution(ts, y));
  PetscCall(TSSetUp(ts));
  PetscCall(VecCopy(rate, rk->k[rk->tableau->stages - 1]));
  rk->evaluated = rk->resumed = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscReal HfRungeKuttaGetSpeed(TS ts) { return ((const RungeKutta *)ts->data)->speed; }

void HfRungeKuttaKeepStart(TS ts, PetscBool keep) { ((RungeKutta *)ts->data)->keep = keep; }

PetscErrorCode HfRungeKuttaInterpolate(TS ts, PetscReal t, Vec y) {
  RungeKutta *rk = ts->data;
  const Tableau *tableau = rk->tableau;
  const PetscInt last = tableau->stages - 1;
  PetscReal before, h, x, weight[HF_MAX_STAGES], unused[2];

  PetscFunctionBeginUser;
  PetscCheck(rk->keep && rk->evaluated, PetscObjectComm((PetscObject)ts), PETSC_ERR_ORDER, "there was no step, or its start was not kept");
  PetscCall(TSGetPrevTime(ts, &before));
  h = ts->ptime - before;
  x = (t - before) / h;
  if (!rk->complete) PetscCall(make_stages(rk, before, h, rk->other, y, last, unused)); /* y: scratch so far */
  rk->complete = PETSC_TRUE;
  for (PetscInt i = 0; i <= last; ++i) weight[i] = h * (x * x * (3 - 2 * x) * tableau->a[last][i] + PetscSqr(x * (1 - x)) * tableau->inside[i]);
  weight[0] += h * x * PetscSqr(1 - x);
  weight[last] -= h * x * x * (1 - x);
  PetscCall(VecCopy(rk->other, y));
  PetscCall(VecMAXPY(y, tableau->stages, weight, rk->k));
  PetscFunctionReturn(0);
}

PetscInt HfRungeKuttaEvaluations(const char *method) { return find_tableau(method)->stages - 1; } /* the last one is the first of the next step */

PetscReal HfRungeKuttaReach(const char *method, PetscReal alpha) {
  const Tableau *tableau = find_tableau(method);
  const double complex direction = (-alpha + I) / sqrt(1 + alpha * alpha);
  const double fine = 0.01;

  for (double r = fine;; r += fine) {
    double complex R = 0;
    for (PetscInt k = 0; k < tableau->stages; ++k) R = R * r * direction + tableau->stability[k];
    if (cabs(R) > 1 + 1e-9) return r;
  }
}
