/* A PETSc time stepper, type "hf": embedded Runge-Kutta whose stages are put together row by row inside the sweep over the film.

     y_i = y + h sum_{j<i} a_ij k_j,   k_i = f(y_i/|y_i|),   y' = y_s/|y_s|,   error = h max |sum_j e_j k_j|
   Both tableaus end with f at the new state (FSAL). PETSc's own TSRK assembles each stage, the new state and the embedded one as vectors and moves
   about twice the memory, which is what limits large films; everything else is PETSc's: adaptivity, limits, matching of the end, monitors.
   `-ts_type rk` takes PETSc's implementation instead.
   Source: Dormand and Prince, J. Comput. Appl. Math. 6, 19 (1980); Bogacki and Shampine, Appl. Math. Lett. 2, 321 (1989). */
#include "runge_kutta.h"
#include <petsc/private/tsimpl.h>

typedef struct {
  const char *name;
  PetscInt order, stages;
  PetscReal c[HF_MAX_STAGES], a[HF_MAX_STAGES][HF_MAX_STAGES], e[HF_MAX_STAGES]; /* e: weights of the higher order minus the embedded ones */
} Tableau;

static const Tableau tableaus[] = {
    {"5dp",
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
     {71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40}},
    {"3bs", 3, 4, {0, 1.0 / 2, 3.0 / 4, 1}, {{0}, {1.0 / 2}, {0, 3.0 / 4}, {2.0 / 9, 1.0 / 3, 4.0 / 9}}, {-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8}},
};

typedef struct {
  const Tableau *tableau;
  Vec k[HF_MAX_STAGES], next;
  PetscReal error;     /* of the last step, in units of the tolerance */
  PetscBool evaluated; /* k of the last stage belongs to the present state */
  PetscBool refreshed; /* the current was brought up to date with the last stage */
  PetscBool resumed;   /* the next step goes on where a run was interrupted: no new start, though TSSolve() takes it for one */
} RungeKutta;

PetscErrorCode HfRungeKuttaSetMethod(TS ts, const char *name) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  rk->tableau = NULL;
  for (size_t k = 0; k < sizeof(tableaus) / sizeof(tableaus[0]); ++k) {
    PetscBool same;
    PetscCall(PetscStrcmp(name, tableaus[k].name, &same));
    if (same) rk->tableau = &tableaus[k];
  }
  PetscCheck(rk->tableau, PetscObjectComm((PetscObject)ts), PETSC_ERR_PLIB, "integrator.method '%s' is in the key table only", name);
  PetscFunctionReturn(0);
}

static PetscErrorCode reset(TS ts) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < HF_MAX_STAGES; ++i) PetscCall(VecDestroy(&rk->k[i]));
  PetscCall(VecDestroy(&rk->next));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(TS ts) {
  PetscFunctionBeginUser;
  PetscCall(reset(ts));
  PetscCall(PetscFree(ts->data));
  PetscFunctionReturn(0);
}

static PetscErrorCode set_up(TS ts) {
  RungeKutta *rk = ts->data;
  TSAdapt adapt;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < rk->tableau->stages; ++i) {
    PetscCall(VecDuplicate(ts->vec_sol, &rk->k[i]));
    PetscCall(VecSet(rk->k[i], 0)); /* void cells stay 0 */
  }
  PetscCall(VecDuplicate(ts->vec_sol, &rk->next));
  PetscCall(VecSet(rk->next, 0));
  PetscCall(TSGetAdapt(ts, &adapt));
  PetscCall(TSAdaptCandidatesClear(adapt));
  PetscCall(TSAdaptCandidateAdd(adapt, rk->tableau->name, rk->tableau->order, 1, 1.0, (PetscReal)rk->tableau->stages, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/* Stages 1 .. s-1 from k[0]; leaves the new state in next and the error of the step. */
static PetscErrorCode try_step(TS ts, HfMagnet magnet) {
  RungeKutta *rk = ts->data;
  const Tableau *tableau = rk->tableau;
  const PetscReal h = ts->time_step;
  PetscReal error = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 1; i < tableau->stages; ++i) {
    const PetscBool last = (PetscBool)(i == tableau->stages - 1);
    const PetscReal t = ts->ptime + tableau->c[i] * h;
    HfStage stage = {.y = ts->vec_sol, .sum = rk->next, .keep = last, .refresh = HfCurrentDue(magnet, t, last)};

    rk->refreshed = stage.refresh;
    for (PetscInt j = 0; j < i; ++j) {
      if (tableau->a[i][j] == 0) continue;
      stage.rate[stage.n] = rk->k[j];
      stage.weight[stage.n++] = h * tableau->a[i][j];
    }
    PetscCall(HfStageRightHandSide(magnet, t, &stage, rk->k[i], last ? tableau->stages : 0, rk->k, tableau->e, &error));
  }
  /* The one reduction of a step. m has length 1, so a relative tolerance is an absolute one. */
  PetscCallMPI(MPI_Allreduce(&error, &rk->error, 1, MPIU_REAL, MPIU_MAX, PetscObjectComm((PetscObject)ts)));
  rk->error *= h / (ts->atol + ts->rtol);
  PetscFunctionReturn(0);
}

/* The current belongs to the end of a step that was rejected: back to that of its start. */
static PetscErrorCode take_current_back(TS ts, HfMagnet magnet) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  if (magnet->current.mode != HF_CURRENT_PER_STAGE) PetscCall(HfCurrentRefreshNow(magnet, ts->ptime, ts->vec_sol));
  if (magnet->current.mode == HF_CURRENT_PER_INTERVAL) /* it is newer than the one that the step began with */
    PetscCall(HfUnitRightHandSide(magnet, HF_FIELD_ALL, ts->ptime, ts->vec_sol, rk->k[0]));
  PetscFunctionReturn(0);
}

static PetscErrorCode step(TS ts) {
  RungeKutta *rk = ts->data;
  const PetscInt last = rk->tableau->stages - 1;
  PetscInt rejections = 0;
  HfMagnet magnet;
  TSAdapt adapt;

  PetscFunctionBeginUser;
  PetscCall(TSGetApplicationContext(ts, &magnet));
  PetscCall(TSGetAdapt(ts, &adapt));
  if (rk->evaluated && (rk->resumed || !ts->steprestart) && !ts->steprollback) {
    Vec k = rk->k[0];
    rk->k[0] = rk->k[last];
    rk->k[last] = k;
  } else
    PetscCall(HfUnitRightHandSide(magnet, HF_FIELD_ALL, ts->ptime, ts->vec_sol, rk->k[0]));
  rk->evaluated = rk->resumed = PETSC_FALSE;
  for (PetscBool accept = PETSC_TRUE; !ts->reason;) {
    PetscReal next_step;
    PetscInt scheme;

    PetscCall(try_step(ts, magnet));
    if (PetscIsInfOrNanReal(rk->error)) { /* stages are bounded: a smaller step would not help */
      ts->reason = TS_DIVERGED_STEP_REJECTED;
      break;
    }
    PetscCall(TSAdaptChoose(adapt, ts, ts->time_step, &scheme, &next_step, &accept));
    /* PETSc accepts any error at the smallest step; that is divergence here */
    if (accept && rk->error > 1 && ts->time_step <= adapt->dt_min * (1 + PETSC_SQRT_MACHINE_EPSILON))
      accept = PETSC_FALSE, rejections = ts->max_reject;
    if (accept) {
      PetscCall(VecCopy(rk->next, ts->vec_sol));
      rk->evaluated = PETSC_TRUE;
      ts->ptime += ts->time_step;
      ts->time_step = next_step;
      break;
    }
    ts->time_step = next_step;
    ++ts->reject;
    if (++rejections > ts->max_reject && ts->max_reject >= 0) ts->reason = TS_DIVERGED_STEP_REJECTED;
    if (rk->refreshed && !ts->reason) PetscCall(take_current_back(ts, magnet));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfRungeKuttaGetRate(TS ts, Vec rate) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  if (ts->setupcalled) PetscCall(VecCopy(rk->k[rk->tableau->stages - 1], rate));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRungeKuttaResume(TS ts, Vec m, Vec rate) {
  RungeKutta *rk = ts->data;

  PetscFunctionBeginUser;
  PetscCall(TSSetSolution(ts, m));
  PetscCall(TSSetUp(ts));
  PetscCall(VecCopy(rate, rk->k[rk->tableau->stages - 1]));
  rk->evaluated = rk->resumed = PETSC_TRUE;
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

PetscErrorCode HfRungeKuttaRegister(void) {
  PetscFunctionBeginUser;
  PetscCall(TSRegister(HF_RUNGE_KUTTA, create));
  PetscFunctionReturn(0);
}
