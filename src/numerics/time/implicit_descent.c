/* Down an objective on unit vectors by implicit steps: the flow of descent.c, dy/dt = f(y), where the short waves of a fine grid make stabilized explicit steps
   laborious: the number of steps, of evaluations and of products does not depend on the grid.

   A singly diagonally implicit Runge-Kutta method of second order, L-stable, the last stage being the new state:
     z = y + G h f(z),   y' = y + (1 - G) (z - y)/G + G h f(y'),   G = 1 - 1/sqrt(2)
   Each stage holds across its own state: P (s (z - c) - f(z)) = 0 with s = 1/(G h), |z| = 1, P = 1 - z z^T; Newton's method with corrections x across z,
   D (s - J) x = D P (s c + f). J is df/dy without a part that would need a convolution, as long as Newton's method converges without it.
   Linear systems: GMRES, preconditioned from the left, whose last residual, an error of y, is added to the solution.
   The error of a step is 0.8 (y - y') + 0.4 h (f + f') as in descent.c, after the preconditioner has taken out of it what stiff components contribute. It may
   be a part of the step's motion, however small that is: a slow instability must not be lost beside what comes to rest.
   Source: Alexander, SIAM J. Numer. Anal. 14, 1006 (1977) (method). */
#include "descent.h"

#define G            0.29289321881345254
#define SMALL_MOTION 1e-2 /* motion of a step in any component below which the error is measured relative to it */
#define LEAST_MOTION 1e-9 /* the smallest that it is compared with */
#define SOLVED       0.1  /* what Newton's method and the linear solves may leave, relative to the allowed error */
#define FIRST_SOLVED 0.1  /* residual of the first correction of a step, relative to it: others follow */
#define SLOW         0.3  /* factor from one correction to the next from which on all of df/dy is used */
enum { MAX_CORRECTIONS = 8, MAX_PRODUCTS = 20 };

typedef struct {
  const HfImplicitDescentProblem *problem;
  Vec b, x, rate, stage;
  Vec basis[MAX_PRODUCTS + 1]; /* made when needed first */
} Solver;

/* ---- linear systems ---- */
/* QR decomposition of the Hessenberg matrix of GMRES by rotations, column by column. */
typedef struct {
  PetscInt n;                                  /* columns */
  PetscReal H[MAX_PRODUCTS + 1][MAX_PRODUCTS]; /* the matrix */
  PetscReal R[MAX_PRODUCTS][MAX_PRODUCTS];     /* its triangular factor */
  PetscReal cosine[MAX_PRODUCTS], sine[MAX_PRODUCTS];
  PetscReal side[MAX_PRODUCTS + 1]; /* right-hand side, turned; the last entry is the residual */
} Hessenberg;

/* Column h[0 .. n+1]; PETSC_FALSE: it is zero, and not added. */
static PetscBool add_column(Hessenberg *q, const PetscReal h[]) {
  const PetscInt n = q->n;
  PetscReal column[MAX_PRODUCTS + 1], length;

  for (PetscInt i = 0; i <= n + 1; ++i) column[i] = q->H[i][n] = h[i];
  for (PetscInt i = 0; i < n; ++i) {
    const PetscReal upper = column[i];
    column[i] = q->cosine[i] * upper + q->sine[i] * column[i + 1];
    column[i + 1] = q->cosine[i] * column[i + 1] - q->sine[i] * upper;
  }
  length = PetscSqrtReal(PetscSqr(column[n]) + PetscSqr(column[n + 1]));
  if (!(length > 0)) return PETSC_FALSE;
  q->cosine[n] = column[n] / length;
  q->sine[n] = column[n + 1] / length;
  column[n] = length;
  for (PetscInt i = 0; i <= n; ++i) q->R[i][n] = column[i];
  q->side[n + 1] = -q->sine[n] * q->side[n];
  q->side[n] *= q->cosine[n];
  ++q->n;
  return PETSC_TRUE;
}

/* Weights of the basis vectors in the solution plus its residual. */
static void weigh_basis(const Hessenberg *q, PetscReal first, PetscReal weight[]) {
  const PetscInt n = q->n;
  PetscReal y[MAX_PRODUCTS] = {0};

  for (PetscInt j = n - 1; j >= 0; --j) {
    y[j] = q->side[j];
    for (PetscInt i = j + 1; i < n; ++i) y[j] -= q->R[j][i] * y[i];
    y[j] /= q->R[j][j];
  }
  for (PetscInt i = 0; i <= n; ++i) {
    weight[i] = (i == 0 ? first : 0) + (i < n ? y[i] : 0);
    for (PetscInt j = PetscMax(0, i - 1); j < n; ++j) weight[i] -= q->H[i][j] * y[j];
  }
}

static PetscErrorCode basis_vector(Solver *solver, PetscInt k, Vec *v) {
  PetscFunctionBeginUser;
  if (!solver->basis[k]) {
    PetscCall(VecDuplicate(solver->b, &solver->basis[k]));
    PetscCall(VecSet(solver->basis[k], 0));
  }
  *v = solver->basis[k];
  PetscFunctionReturn(0);
}

/* solver->x from solver->b, which is overwritten, until about `allowed` is left in any component, or a part `relative` of the first guess. */
static PetscErrorCode solve(Solver *solver, PetscReal allowed, PetscReal relative) {
  const HfImplicitDescentProblem *problem = solver->problem;
  void *context = problem->descent.context;
  PetscReal first, largest, target, weight[MAX_PRODUCTS + 1];
  Hessenberg q = {.n = 0};
  Vec v;

  PetscFunctionBeginUser;
  PetscCall(basis_vector(solver, 0, &v));
  PetscCall((*problem->precondition)(solver->b, v, context));
  PetscCall(VecNorm(v, NORM_2, &first));
  PetscCall(VecNorm(v, NORM_INFINITY, &largest));
  target = PetscMax(largest > 0 ? allowed / largest : 1, relative) * first; /* the largest component falls as the norm does */
  q.side[0] = first;
  if (first > 0) PetscCall(VecScale(v, 1 / first));
  while (q.n < MAX_PRODUCTS && PetscAbsReal(q.side[q.n]) > target) {
    PetscReal h[MAX_PRODUCTS + 1];

    PetscCall(basis_vector(solver, q.n + 1, &v));
    PetscCall((*problem->multiply)(solver->basis[q.n], solver->b, context));
    PetscCall((*problem->precondition)(solver->b, v, context));
    PetscCall(VecMDot(v, q.n + 1, solver->basis, h));
    for (PetscInt j = 0; j <= q.n; ++j) weight[j] = -h[j];
    PetscCall(VecMAXPY(v, q.n + 1, weight, solver->basis));
    PetscCall(VecNorm(v, NORM_2, &h[q.n + 1]));
    if (h[q.n + 1] > 0) PetscCall(VecScale(v, 1 / h[q.n + 1]));
    if (!add_column(&q, h)) break;
  }
  weigh_basis(&q, first, weight);
  PetscCall(VecSet(solver->x, 0));
  PetscCall(VecMAXPY(solver->x, q.n + 1, weight, solver->basis));
  PetscFunctionReturn(0);
}

/* ---- stages ---- */
/* b = P (s c + f) of n cells: P across z, f is across it. */
HF_KERNEL static void residual(PetscInt n, PetscReal s, const PetscReal *restrict c, const PetscReal *restrict f, const PetscReal *restrict z,
                               PetscReal *restrict b) {
  HF_CELLS
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    const PetscReal along = s * (z[k] * c[k] + z[k + 1] * c[k + 1] + z[k + 2] * c[k + 2]);

    b[k] = s * c[k] - along * z[k] + f[k];
    b[k + 1] = s * c[k + 1] - along * z[k + 1] + f[k + 1];
    b[k + 2] = s * c[k + 2] - along * z[k + 2] + f[k + 2];
  }
}

/* e = s P (0.8 (y - z) + 0.4 h (f + g)) of n cells: P across z. */
HF_KERNEL static void raw_error(PetscInt n, PetscReal s, PetscReal h, const PetscReal *restrict y, const PetscReal *restrict f,
                                const PetscReal *restrict z, const PetscReal *restrict g, PetscReal *restrict e) {
  const PetscReal distance = 0.8 * s, rate = 0.4 * s * h;

  HF_CELLS
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    const PetscReal a = distance * (y[k] - z[k]) + rate * (f[k] + g[k]), b = distance * (y[k + 1] - z[k + 1]) + rate * (f[k + 1] + g[k + 1]),
                    c = distance * (y[k + 2] - z[k + 2]) + rate * (f[k + 2] + g[k + 2]);
    const PetscReal along = z[k] * a + z[k + 1] * b + z[k + 2] * c;

    e[k] = a - along * z[k];
    e[k + 1] = b - along * z[k + 1];
    e[k + 2] = c - along * z[k + 2];
  }
}

/* solver->b of a stage. */
static PetscErrorCode form_residual(Solver *solver, PetscReal s, Vec c, Vec f, Vec z) {
  const PetscScalar *in[3];
  PetscScalar *out;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(z, &n));
  PetscCall(VecGetArrayRead(c, &in[0]));
  PetscCall(VecGetArrayRead(f, &in[1]));
  PetscCall(VecGetArrayRead(z, &in[2]));
  PetscCall(VecGetArrayWrite(solver->b, &out));
  residual(n / 3, s, in[0], in[1], in[2], out);
  PetscCall(VecRestoreArrayWrite(solver->b, &out));
  PetscCall(VecRestoreArrayRead(z, &in[2]));
  PetscCall(VecRestoreArrayRead(f, &in[1]));
  PetscCall(VecRestoreArrayRead(c, &in[0]));
  PetscCall((*solver->problem->weigh)(solver->b, solver->problem->descent.context));
  PetscFunctionReturn(0);
}

/* A correction of z, where f was evaluated, or at a copy of it, `at`. *change: its largest component. */
static PetscErrorCode correct(Solver *solver, Vec at, PetscReal s, PetscBool whole, Vec c, Vec f, PetscReal allowed, PetscReal relative, Vec z,
                              PetscReal *change) {
  const HfImplicitDescentProblem *problem = solver->problem;

  PetscFunctionBeginUser;
  PetscCall((*problem->linearize)(at, s, whole, problem->descent.context));
  PetscCall(form_residual(solver, s, c, f, z));
  PetscCall(solve(solver, allowed, relative));
  PetscCall(VecAXPY(z, 1, solver->x));
  PetscCall((*problem->descent.normalize)(z, problem->descent.context));
  PetscCall(HfDescentLargest(solver->x, change));
  PetscFunctionReturn(0);
}

/* Corrections until what they leave is small; `before`: the last one, 0 for none. Without convergence the error of the step will tell. */
static PetscErrorCode converge(Solver *solver, PetscReal s, Vec c, PetscReal allowed, PetscReal before, Vec z) {
  const HfDescentProblem *descent = &solver->problem->descent;
  PetscBool whole = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (int k = 0; k < MAX_CORRECTIONS; ++k) {
    PetscReal change, factor;

    PetscCall((*descent->rate)(z, solver->rate, descent->context));
    PetscCall(correct(solver, z, s, whole, c, solver->rate, SOLVED * allowed, 0, z, &change));
    if (PetscIsInfOrNanReal(change)) break;
    factor = before > 0 ? change / before : SLOW; /* a guess for the first one */
    if (factor < 1 && PetscMax(PetscSqr(change), change * factor / (1 - factor)) < SOLVED * allowed) break;
    if (before > 0 && factor > SLOW) whole = PETSC_TRUE;
    before = change;
  }
  PetscFunctionReturn(0);
}

/* The error of a step relative to what is allowed; infinite when anything is not a number. The matrix is one near its end. */
static PetscErrorCode step_error(Solver *solver, PetscReal h, const HfDescentState *from, const HfDescentState *to, PetscReal allowed,
                                 PetscReal *error) {
  const HfImplicitDescentProblem *problem = solver->problem;
  const PetscScalar *in[4];
  PetscScalar *out;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(solver->b, &n));
  PetscCall(VecGetArrayRead(from->y, &in[0]));
  PetscCall(VecGetArrayRead(from->rate, &in[1]));
  PetscCall(VecGetArrayRead(to->y, &in[2]));
  PetscCall(VecGetArrayRead(to->rate, &in[3]));
  PetscCall(VecGetArrayWrite(solver->b, &out));
  raw_error(n / 3, 1 / (G * h), h, in[0], in[1], in[2], in[3], out);
  PetscCall(VecRestoreArrayWrite(solver->b, &out));
  PetscCall(VecRestoreArrayRead(to->rate, &in[3]));
  PetscCall(VecRestoreArrayRead(to->y, &in[2]));
  PetscCall(VecRestoreArrayRead(from->rate, &in[1]));
  PetscCall(VecRestoreArrayRead(from->y, &in[0]));
  PetscCall((*problem->weigh)(solver->b, problem->descent.context));
  PetscCall((*problem->precondition)(solver->b, solver->x, problem->descent.context));
  PetscCall(HfDescentLargest(solver->x, error));
  *error /= allowed;
  if (PetscIsInfOrNanReal(*error) || !HfDescentIsFinite(to)) *error = PETSC_INFINITY;
  PetscFunctionReturn(0);
}

static PetscErrorCode try_step(void *method, PetscReal *h, const HfDescentState *from, HfDescentState *to, PetscReal *error) {
  Solver *solver = method;
  const HfDescentProblem *descent = &solver->problem->descent;
  const PetscReal s = 1 / (G * *h);
  PetscReal change, allowed;
  Vec z = solver->stage;

  PetscFunctionBeginUser;
  PetscCall(VecCopy(from->y, z));
  PetscCall(correct(solver, from->y, s, PETSC_FALSE, from->y, from->rate, 0, FIRST_SOLVED, z, &change));
  allowed = HF_DESCENT_ERROR * PetscMin(1, PetscMax(change / G, LEAST_MOTION) / SMALL_MOTION);
  PetscCall(converge(solver, s, from->y, allowed, change, z));
  PetscCall(VecWAXPY(to->y, -1, from->y, z));
  PetscCall(VecWAXPY(z, (1 - G) / G, to->y, from->y));
  PetscCall(VecAYPX(to->y, 1 / G, from->y)); /* the guess for the end: on the straight line through y and z */
  PetscCall((*descent->normalize)(to->y, descent->context));
  PetscCall(converge(solver, s, z, allowed, 0, to->y));
  PetscCall((*descent->evaluate)(to, descent->context));
  PetscCall(step_error(solver, *h, from, to, allowed, error));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDescendImplicitly(const HfImplicitDescentProblem *problem, const HfDescentOptions *options, Vec y, HfDescentOutcome *outcome) {
  Solver solver = {.problem = problem};
  Vec *all[] = {&solver.b, &solver.x, &solver.rate, &solver.stage};
  PetscErrorCode code;

  PetscFunctionBeginUser;
  for (int k = 0; k < 4; ++k) {
    PetscCall(VecDuplicate(y, all[k]));
    PetscCall(VecSet(*all[k], 0));
  }
  code = HfDescendBy(try_step, &solver, &problem->descent, options, y, outcome);
  for (int k = 0; k < 4; ++k) PetscCall(VecDestroy(all[k]));
  for (int k = 0; k <= MAX_PRODUCTS; ++k) PetscCall(VecDestroy(&solver.basis[k]));
  PetscCall(code);
  PetscFunctionReturn(0);
}
