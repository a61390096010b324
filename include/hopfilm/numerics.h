/** @file
   hopfilm/numerics.h: methods that know no physics: they work on Vecs and arrays of the film's grid, and get what is physical by callbacks. */
#pragma once
#include <hopfilm/grid.h>
#include <petscts.h>

/* ---- FFT convolution on the film grid: out_a(r) = sum_b sum_r' K_ab(r - r') in_b(r'), zero-padded, free space, over all cells: `in`
     must be 0 where there is no source, void cells included. ---- */
/** A convolution with a given kernel. */
typedef struct HfConvolution_ *HfConvolution;
/** Of the transforms and the stored kernel, whose transform is always computed in double precision. In single precision a convolution takes half of the
    memory, of the messages and of the time, and its relative error is that of round-off, about 1e-7. */
typedef enum { HF_CONVOLUTION_DOUBLE, HF_CONVOLUTION_SINGLE } HfConvolutionPrecision;
/** kernel(dx, dy, context, K) fills K[n_out*n_in] (row-major) for the displacement (i dx, j dy), i = -(nx-1)..nx-1, j alike. Called once per
   displacement over all ranks. Collective. */
PetscErrorCode HfConvolutionCreate(HfGrid grid, HfConvolutionPrecision precision, PetscInt n_out, PetscInt n_in,
                                   PetscErrorCode (*kernel)(PetscReal x, PetscReal y, void *context, PetscReal K[]), void *context,
                                   HfConvolution *convolution);
/** Cells and who owns which. */
typedef struct {
  MPI_Comm comm;        /**< of the ranks that take part */
  PetscInt nx;          /**< cells along x */
  PetscInt ny;          /**< cells along y */
  PetscReal dx;         /**< length of a cell */
  PetscReal dy;         /**< its height */
  const PetscInt *rows; /**< rows of rank r: rows[r] .. rows[r+1]-1, of which there may be none; copied */
  PetscInt batch;       /**< columns of spectra kept together, 1 to 8; 0: as many as are fastest on so many ranks */
} HfConvolutionFilm;
/** The same, of rows divided among the ranks in another way than the grid's: every rank has its share of the transforms, also without rows. Collective. */
PetscErrorCode HfConvolutionCreateRows(const HfConvolutionFilm *film, HfConvolutionPrecision precision, PetscInt n_out, PetscInt n_in,
                                       PetscErrorCode (*kernel)(PetscReal x, PetscReal y, void *context, PetscReal K[]), void *context,
                                       HfConvolution *convolution);
/** What the rank with most to do sends in one convolution. */
typedef struct {
  PetscReal messages; /**< to other ranks */
  PetscReal bytes;    /**< in all of them */
  PetscInt columns;   /**< of spectra that it transforms */
} HfConvolutionTraffic;
/** Of a convolution of n components to n on so many ranks, rows divided evenly; nothing is allocated. Not collective. */
HfConvolutionTraffic HfConvolutionForecast(PetscInt64 nx, PetscInt64 ny, PetscInt ranks, HfConvolutionPrecision precision, PetscInt n);
/** Convolves `in`, a cell Vec with n_in components, up to the transform of the rows, which HfConvolutionRow() does when a row is needed. Collective. */
PetscErrorCode HfConvolutionConvolve(HfConvolution convolution, Vec in);
/** The owned row j of the grid, or of its box: out[n_out][xm]. A row costs least after its neighbour. Not collective. */
void HfConvolutionRow(HfConvolution convolution, PetscInt j, PetscReal *const out[]);
/** Convolves `in` into all rows of `out`, a cell Vec with n_out components. Collective. */
PetscErrorCode HfConvolutionApply(HfConvolution convolution, Vec in, Vec out);
/** Collective. */
PetscErrorCode HfConvolutionDestroy(HfConvolution *convolution);

/* ---- multigrid: a V-cycle for a symmetric nine-point operator on the vertices of a grid
     (A x)_ij = D_ij x_ij + E_ij x_i+1,j + E_i-1,j x_i-1,j + N_ij x_i,j+1 + N_i,j-1 x_i,j-1
              + NE_ij x_i+1,j+1 + NE_i-1,j-1 x_i-1,j-1 + NW_ij x_i-1,j+1 + NW_i+1,j-1 x_i+1,j-1
   A vertex without an equation (held at a value, or void) has zero couplings and D = 0; everything leaves x = 0 there. The other D are positive. ---- */
/** A hierarchy of levels. */
typedef struct HfMultigrid_ *HfMultigrid;
/** Couplings of one row of vertices, n numbers each. */
typedef struct {
  PetscReal *D;  /**< with itself */
  PetscReal *E;  /**< to the right */
  PetscReal *N;  /**< up */
  PetscReal *NE; /**< up and right */
  PetscReal *NW; /**< up and left */
} HfStencilRow;
/** `vertices`: the rows of the finest level, borrowed. Collective. */
PetscErrorCode HfMultigridCreate(HfGhostRows vertices, HfMultigrid *multigrid);
/** Collective. */
PetscErrorCode HfMultigridDestroy(HfMultigrid *multigrid);
/** Where the caller writes the couplings of the owned row j; those that leave the grid are 0. OperatorChanged follows. Not collective. */
HfStencilRow HfMultigridRow(HfMultigrid multigrid, PetscInt j);
/** The couplings are those of another operator; coarse levels stay as they are until SetUp. Collective. */
PetscErrorCode HfMultigridOperatorChanged(HfMultigrid multigrid);
/** The coarse levels for the present operator. Collective. */
PetscErrorCode HfMultigridSetUp(HfMultigrid multigrid);
/** x = B b by one V-cycle; B is symmetric and positive definite and approximates the inverse of A; b and x hold the owned rows. Collective. */
PetscErrorCode HfMultigridApply(HfMultigrid multigrid, const PetscReal b[], PetscReal x[]);
/** y = A x; x with its ghost rows filled (HfGhostRowsFill), y the owned rows. Not collective. */
void HfMultigridMult(HfMultigrid multigrid, const PetscReal x[], PetscReal y[]);

/* ---- multigrid on unit vectors: a V-cycle for the Newton matrix of an equation for unit vectors u, one in each cell of the film,
     A x = turn t_i u x x + (F_i + damp d_i + V_i (u.h)_i) x - P [sum over faces f_ij x_j + K_i x + V_i q_i (q_i.x)],   P = 1 - u u^T,  x tangent to u,
     where F_i is the sum of the couplings f of the faces of cell i. In single precision, for preconditioning. ---- */
/** A hierarchy of levels. */
typedef struct HfTangentMultigrid_ *HfTangentMultigrid;
/** One row of cells, nx numbers each, that do not depend on u; zero at first, and to be left so in void cells. */
typedef struct {
  PetscReal *weight; /**< V > 0 in cells of the film */
  PetscReal *east;   /**< f >= 0 of the face between cell i and i+1 */
  PetscReal *north;  /**< f >= 0 of the face to the row above, which may be another rank's */
  PetscReal *turn;   /**< t >= 0 */
  PetscReal *damp;   /**< d >= 0 */
  PetscReal *K[6];   /**< xx, xy, xz, yy, yz, zz */
} HfTangentRow;
/** fill_row(j, row, context) is called once for each owned row j, in ascending order; with_q: there will be q. The grid is borrowed. Collective. */
PetscErrorCode HfTangentMultigridCreate(HfGrid grid, PetscErrorCode (*fill_row)(PetscInt j, const HfTangentRow *row, void *context), void *context,
                                        PetscBool with_q, HfTangentMultigrid *multigrid);
/** From now on the matrix is that at u, three interleaved components for each owned cell, 0 in void cells; uh: u.h of each owned cell, not times V;
    q: as u, NULL without. turn and damp >= 0. Collective. */
PetscErrorCode HfTangentMultigridSetUp(HfTangentMultigrid multigrid, const PetscReal u[], const PetscReal uh[], const PetscReal q[], PetscReal turn,
                                       PetscReal damp);
/** x = B (V b) by one V-cycle, where B approximates the inverse of A: b, tangent to u, is not times V. Interleaved components of the owned cells;
    x is 0 in void cells. Bitwise the same on any number of ranks. Collective. */
PetscErrorCode HfTangentMultigridApply(HfTangentMultigrid multigrid, const PetscReal b[], PetscReal x[]);
/** Collective. */
PetscErrorCode HfTangentMultigridDestroy(HfTangentMultigrid *multigrid);

/* ---- snapshots of Vecs ---- */
/** Which Vec it was and how often it had been changed: what was computed from a Vec is current while its snapshot is the same. PETSc counts changes on each
    rank; all ranks change a Vec together, so that they agree without communication. */
typedef struct {
  PetscObjectId id;         /**< 0: of no Vec */
  PetscObjectState changes; /**< number of changes so far */
} HfVecState;
/** Snapshot of a Vec as it is. Not collective. */
PetscErrorCode HfVecStateGet(Vec v, HfVecState *snapshot);
/** Whether `v` is the Vec of the snapshot and was not changed since. Not collective. */
PetscErrorCode HfVecStateCompare(Vec v, const HfVecState *snapshot, PetscBool *same);

/* ---- time stepping: dy/dt = f(t, y), where y obeys a constraint that the exact solution keeps, such as a unit length in every cell. f is evaluated at the
     normalized state, so that no stage leaves the constraint far behind, and every accepted step ends on it. What is specific to the problem comes by
     callbacks, one call for a stage or a product, none for a cell. All callbacks are collective; problems are borrowed until the stepper is destroyed.
     A further method is a further file in src/numerics/time/ with a function that makes a TS of it, as these do. ---- */

/** The part of its tolerance that the error of a step may take up, where y turns by `motion` in it, |f| h in its largest component. Below a motion of `small`
    errors count relative to it: otherwise a step would follow a small oscillation as coarsely as a large one, and its error would damp or drive the
    oscillation more than the equation does. small 0: all of the tolerance. Not collective. */
PetscReal HfErrorAllowed(PetscReal motion, PetscReal small);

#define HF_MAX_STAGES 8 /**< of a step */
/** A stage of an explicit step, y + sum_k weight_k rate_k brought to the constraint: the problem assembles it, row by row where it can. */
typedef struct {
  Vec y;                           /**< state at the start of the step */
  PetscInt n;                      /**< rates that count */
  Vec rate[HF_MAX_STAGES];         /**< earlier stages' f */
  PetscReal weight[HF_MAX_STAGES]; /**< of each of them, s */
  Vec sum;                         /**< where the stage may be assembled; afterwards the stage, on the constraint, when `last`, otherwise scratch */
  PetscBool last;                  /**< of the step: the stage is its new state */
} HfStage;
/** The error of a step, sum_k weight_k rate_k. */
typedef struct {
  PetscInt n;              /**< number of rates */
  const Vec *rate;         /**< [n], f of the stages */
  const PetscReal *weight; /**< [n] */
} HfStageError;
/** A step, of which f at its start is known. */
typedef struct {
  PetscInt n;                          /**< stages; the last one is the new state */
  PetscReal h;                         /**< its length, s */
  const PetscReal (*a)[HF_MAX_STAGES]; /**< [n], stage i is y + h sum_{j<i} a_ij k_j brought to the constraint */
  const PetscReal *e;                  /**< [n], the error is h sum_j e_j k_j */
  Vec y;                               /**< state at the start */
  Vec first;                           /**< f there, k_0 */
  Vec sum;                             /**< for the new state */
  Vec last;                            /**< for f there */
} HfWholeStep;
/** What an explicit Runge-Kutta stepper knows of its problem. */
typedef struct {
  /** f at y, normalized, into dydt. */
  PetscErrorCode (*rate)(PetscReal t, Vec y, Vec dydt, void *context);
  /** f at a stage into dydt. error NULL, or the step's: largest[] then has the largest magnitudes among this rank's components of that sum, one of whose
      rates is dydt, and of dydt; infinite if any is not a number. */
  PetscErrorCode (*stage_rate)(PetscReal t, const HfStage *stage, Vec dydt, const HfStageError *error, PetscReal largest[2], void *context);
  /** A step from y at t was rejected: takes back what its stages changed of f; `rate` is f there, renewed if it is another. NULL: they changed nothing. */
  PetscErrorCode (*rejected)(PetscReal t, Vec y, Vec rate, void *context);
  void *context;          /**< last argument of every callback */
  PetscReal small_motion; /**< for HfErrorAllowed() */
  /** All stages of a step from t; largest[] as above. Not *done: the step has to be made stage by stage. NULL: every step has. */
  PetscErrorCode (*whole_step)(PetscReal t, const HfWholeStep *step, PetscReal largest[2], PetscBool *done, void *context);
} HfRungeKuttaProblem;

#define HF_RUNGE_KUTTA "hf" /**< the name of the TS type */
/** Makes `ts` an embedded Runge-Kutta pair, "5dp" or "3bs". PETSc's own types, chosen by -ts_type later, find f as the TS's right-hand side. Collective. */
PetscErrorCode HfRungeKuttaCreate(TS ts, const char *method, const HfRungeKuttaProblem *problem);
/** f at the last accepted state, which the next step begins with; unchanged before the first step. Collective. */
PetscErrorCode HfRungeKuttaGetRate(TS ts, Vec rate);
/** The largest component of f at the end of the last step. Not collective. */
PetscReal HfRungeKuttaGetSpeed(TS ts);
/** Whether steps keep the state that they start from, for HfRungeKuttaInterpolate(), which costs a pass over memory. Not collective. */
void HfRungeKuttaKeepStart(TS ts, PetscBool keep);
/** The state at a time t within the last accepted step, whose start was kept, from its stages, an order less exact than its end; not brought to the
    constraint. A step that was made as a whole has its stages made once more. Collective. */
PetscErrorCode HfRungeKuttaInterpolate(TS ts, PetscReal t, Vec y);
/** The next TSSolve() goes on from y, where f is `rate`, as if it had not been interrupted. Collective. */
PetscErrorCode HfRungeKuttaResume(TS ts, Vec y, Vec rate);
/** Evaluations of f in a step. Not collective. */
PetscInt HfRungeKuttaEvaluations(const char *method);
/** The largest |h lambda| that the method is stable for, lambda in the direction of -alpha + i. Not collective. */
PetscReal HfRungeKuttaReach(const char *method, PetscReal alpha);

/** An equation for fields of unit vectors, dy/dt = f(t, y) across y, for implicit steps: three components in every cell, zero in void cells. Changes x of a
    state are in its tangent space, x.y = 0 in every cell. */
typedef struct {
  PetscErrorCode (*rate)(PetscReal t, Vec y, Vec dydt, void *context); /**< f at y */
  /** With dy/dt = shift y + rest across y: b = -residual of the equation at t and y, in any units that are the same for the next two. They belong to this y,
      which stays as it is, from now on. */
  PetscErrorCode (*linearize)(PetscReal t, Vec y, PetscReal shift, Vec rest, Vec b, void *context);
  /** The derivative of the residual by y, times x. whole: all of it; otherwise it may lack a part that needs a convolution. */
  PetscErrorCode (*multiply)(Vec x, PetscBool whole, Vec product, void *context);
  PetscErrorCode (*precondition)(Vec b, Vec x, void *context);   /**< x approximates what multiply() makes b of */
  PetscErrorCode (*rejected)(PetscReal t, Vec y, void *context); /**< a step from y at t was not taken; may be NULL */
  void *context;                                                 /**< last argument of every callback */
  PetscReal n_cells;                                             /**< cells of all ranks that are not void */
  PetscInt order;                                                /**< the highest that damping allows, 1 to 3 */
  PetscBool lacks;                                               /**< multiply() lacks a part unless it is told not to */
  PetscReal kink;         /**< change of y between kinks of f: it is solved for more exactly than that; 0: smooth */
  PetscReal small_motion; /**< for HfErrorAllowed() */
} HfSphereProblem;
#define HF_BDF "hfbdf" /**< the name of the TS type */
/** Makes `ts` a method of backward differentiation on the sphere. Its errors may be the TS's tolerance in the root mean square over the cells, four times that
    with order 3, and a hundred times as much in a single component; of the tolerance at most 1e-4 counts. Collective. */
PetscErrorCode HfBdfCreate(TS ts, const HfSphereProblem *problem);
/** The next TSSolve() starts anew at y, where f is `rate`. Collective. */
PetscErrorCode HfBdfBegin(TS ts, Vec y, Vec rate);
/** The next TSSolve() goes on from the last one, or from what a checkpoint held, as if it were the same; y and f are as they were. Not collective. */
void HfBdfContinue(TS ts);
/** A first step that suits a new start where the largest component of f is `speed`, s. Not collective. */
PetscReal HfBdfFirstStep(TS ts, PetscReal speed);
/** The largest component of the change of y in the last step, over its length, 1/s. Not collective. */
PetscReal HfBdfGetSpeed(TS ts);
/** The state at a time t within the last accepted step, an order less exact than its end; not brought to unit length. Collective. */
PetscErrorCode HfBdfInterpolate(TS ts, PetscReal t, Vec y);
/** Adds what the next step depends on besides y. Collective. */
PetscErrorCode HfBdfListCheckpoint(TS ts, Vec y, HfCheckpointList state);
/** A step of Heun's method that was made. */
typedef struct {
  PetscReal t;     /**< its end, s */
  PetscReal h;     /**< its length, s */
  PetscInt64 done; /**< steps so far, this one included */
  Vec y;           /**< the new state */
  Vec end;         /**< the new state before it was brought to the constraint */
  Vec rate;        /**< the sum of f at both ends: it went to `end` at half of that */
} HfHeunStep;
/** A stochastic equation in the sense of Stratonovich, with noise that is constant during a step. */
typedef struct {
  PetscErrorCode (*draw)(PetscReal h, void *context);                                  /**< the noise of the next step, of length h (s) */
  PetscErrorCode (*rate)(PetscReal t, Vec y, Vec dydt, void *context);                 /**< f with that noise at y, normalized */
  PetscErrorCode (*normalize)(Vec y, void *context);                                   /**< brings y to the constraint */
  PetscErrorCode (*step_done)(const HfHeunStep *step, PetscBool *stop, void *context); /**< after each step; *stop ends the integration */
  void *context;                                                                       /**< last argument of every callback */
} HfHeunProblem;
/** Heun's method from t0 to exactly t1 in equal steps no longer than `longest`, of which `done` were made before. A step that is not finite ends it: y is
    then the last state that was, and *finite PETSC_FALSE. Collective. */
PetscErrorCode HfHeunIntegrate(const HfHeunProblem *problem, Vec y, PetscReal t0, PetscReal t1, PetscReal longest, PetscInt64 done,
                               PetscBool *finite);

/** The state at a time t within the step, on the straight line through it: the noise is constant there; not brought to the constraint. Collective. */
PetscErrorCode HfHeunInterpolate(const HfHeunStep *step, PetscReal t, Vec y);

/** A state of a descent and what is known of it. */
typedef struct {
  Vec y;               /**< the state */
  Vec rate;            /**< f there */
  PetscReal objective; /**< what f descends */
  PetscReal noise;     /**< round-off of the objective */
  PetscReal slope;     /**< a measure of f without dimension: 0 at the bottom */
  PetscReal radius;    /**< bound of the spectral radius of df/dy, 1/s */
} HfDescentState;
/** dy/dt = f(y), a flow down an objective. */
typedef struct {
  PetscErrorCode (*rate)(Vec y, Vec dydt, void *context);           /**< f at y, normalized */
  PetscErrorCode (*evaluate)(HfDescentState *state, void *context); /**< all the rest, from state->y */
  PetscErrorCode (*normalize)(Vec y, void *context);                /**< brings y to the constraint */
  /** After each step of length h (s), `passed` s in all, `next` being the step to come: y. *stop ends the descent. */
  PetscErrorCode (*step_done)(Vec y, PetscReal h, PetscReal passed, PetscReal next, PetscBool *stop, void *context);
  void (*step_rejected)(void *context); /**< called after each step that is not taken */
  /** No step from `now` descends, however short, though it is steep; `trial` is the last one. Returns the error that ends the descent. */
  PetscErrorCode (*rises)(const HfDescentState *now, const HfDescentState *trial, void *context);
  void *context; /**< last argument of every callback */
} HfDescentProblem;
/** When a descent ends, and where it begins. */
typedef struct {
  PetscReal tolerance; /**< of the slope */
  PetscReal steep;     /**< slope from which on a step that is short enough descends, whatever round-off does */
  PetscReal max_time;  /**< s of the flow */
  PetscReal passed;    /**< time of the flow before an interruption, s; 0: it begins */
  PetscReal step;      /**< the first step after an interruption, s; 0: it begins */
} HfDescentOptions;
/** How a descent ended. */
typedef enum {
  HF_DESCENT_CONVERGED, /**< the slope is below the tolerance */
  HF_DESCENT_ENDED,     /**< by the time, a step_done() or round-off */
  HF_DESCENT_NOT_FINITE /**< the first state has no finite objective or slope */
} HfDescentOutcome;
/** Descends from y, which obeys the constraint, by a stabilized Runge-Kutta method; y is the last accepted state in the end, also after an error.
    Collective. */
PetscErrorCode HfDescend(const HfDescentProblem *problem, const HfDescentOptions *options, Vec y, HfDescentOutcome *outcome);
/** The same for unit vectors, three components in every cell, zero in void cells, with systems D (s - J) x = b for implicit steps: x and b are across y. */
typedef struct {
  HfDescentProblem descent;                      /**< the flow, objective and callbacks */
  PetscErrorCode (*weigh)(Vec x, void *context); /**< x = D x, D a positive number in each cell */
  /** From now on J is that at y, where rate() or evaluate() was called since it changed, and s this shift, 1/s; y stays as it is while multiply() is in use.
      whole: J is df/dy; otherwise it may lack a part for which multiply() would need a convolution. */
  PetscErrorCode (*linearize)(Vec y, PetscReal s, PetscBool whole, void *context);
  PetscErrorCode (*multiply)(Vec x, Vec product, void *context); /**< product = D (s - J) x */
  PetscErrorCode (*precondition)(Vec b, Vec x, void *context);   /**< x approximates (D (s - J))^-1 b */
} HfImplicitDescentProblem;
/** As HfDescend() by implicit steps. Collective. */
PetscErrorCode HfDescendImplicitly(const HfImplicitDescentProblem *problem, const HfDescentOptions *options, Vec y, HfDescentOutcome *outcome);
