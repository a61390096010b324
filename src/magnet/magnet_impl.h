/* Private header: what the files of src/magnet/ share, file by file. */
#pragma once
#include "term.h"

/* ---- rows.c: the cells of each row, sorted once by what their neighbours are ---- */
/* Cells of one region, one after another. */
typedef struct {
  PetscInt i, n, region;
  PetscBool rim[2]; /* of a span: all neighbours to the south, or north, are missing, and count as equal to the cells themselves */
} HfRun;
/* What stands in for a neighbour j of cell i: own m_i + other m_j (interface_conditions.c). */
typedef struct {
  PetscBool neighbour; /* m_j counts */
  PetscReal own[3][3], other[3][3];
} HfInterface;
typedef struct {
  PetscInt i, region;
  const HfInterface *condition[4]; /* west, east, south, north */
} HfEdgeCell;
typedef struct {
  PetscInt first, last; /* film cells of the row; first > last: none */
  PetscInt n_runs, n_spans, n_edges;
  const HfRun *runs;       /* all film cells */
  const HfRun *spans;      /* those whose four neighbours are of the same region, or missing along a straight free rim ... */
  const HfEdgeCell *edges; /* ... and all others */
} HfRowCells;
typedef struct HfRows_ *HfRows;
PetscErrorCode HfRowsCreate(HfMagnet magnet, HfRows *rows); /* after terms and torques */
PetscErrorCode HfRowsDestroy(HfRows *rows);
const HfRowCells *HfRowsGet(HfRows rows, PetscInt j); /* j = ys-1 .. ys+ym */

/* ---- interface_conditions.c ---- */
PetscErrorCode HfInterfacesRegisterKeys(HfKeys keys);
PetscErrorCode HfInterfacesSettings(HfFilm *film); /* film.interfaces into film->exchange_factors, after the materials. Collective. */
/* Of a cell of region `own` with a neighbour of region `other`, or none (-1), on a side: 0 .. 3, west, east, south, north. */
void HfInterfaceMake(HfMagnet magnet, PetscInt own, PetscInt other, PetscInt side, HfInterface *condition);

/* ---- sweep.c: visits the rows of the film, with a window of three de-interleaved rows ---- */
/* The terms that the field of a sweep is the sum of. */
typedef enum {
  HF_FIELD_ALL,         /* all terms but fluctuations, for the time and the state of the sweep */
  HF_FIELD_EXACT,       /* the same in double precision throughout, for states at rest */
  HF_FIELD_NOISY,       /* as HF_FIELD_ALL, and the fluctuations that were drawn last */
  HF_FIELD_CACHED,      /* those of HF_FIELD_ALL; what depends on time or on the whole film as it was computed last (HfFieldCacheIsCurrent) */
  HF_FIELD_LINEAR,      /* of changes of m: the local terms that are linear in m, and the local part of others; see HfRowLinearField() */
  HF_FIELD_LINEAR_WHOLE /* of changes of m: all terms that are linear in m */
} HfFieldSelection;
typedef struct {
  PetscInt j;
  HfFieldSelection fields;
  const HfRowCells *cells;
  PetscReal *m[3], *south[3], *north[3]; /* component rows, index i = -1 .. nx */
  PetscReal *H[3], *T[3];                /* scratch rows of the same shape */
} HfRow;
typedef void (*HfVisit)(HfMagnet magnet, const HfRow *row, void *context);
typedef enum { HF_KEEP_LENGTH, HF_NORMALIZE } HfLength; /* HF_NORMALIZE: the visitor sees m/|m| */
typedef struct HfSweep_ *HfSweep;
PetscErrorCode HfSweepCreate(HfGrid grid, HfSweep *sweep);
PetscErrorCode HfSweepDestroy(HfSweep *sweep);
HfGhostRows HfSweepGhostRows(HfSweep sweep); /* borrowed, for rows of m */
/* Visits every owned row that has film cells. HF_FIELD_ALL, _EXACT and _NOISY prepare the terms for time t and state m first. Collective. */
PetscErrorCode HfSweepRows(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, HfLength length, HfVisit visit, void *context);
/* The same for a stage of a Runge-Kutta step, in HF_FIELD_ALL, assembled row by row; a current that is due is updated first. Collective. */
PetscErrorCode HfSweepStage(HfMagnet magnet, PetscReal t, const HfStage *stage, HfVisit visit, void *context);
/* For visitors: the selected field (A/m) of a row into row->H and, with_torques, the torques (1/s) into row->T. Zero in void cells. */
void HfRowField(HfMagnet magnet, const HfRow *row, PetscBool with_torques);
/* The torque that acts in all regions while no other does, if it has an alone(); otherwise NULL. */
const HfTorque *HfTorqueAlone(HfMagnet magnet);
/* Brings the terms up to date for m at time t; m NULL: no term reads it. Collective. */
PetscErrorCode HfTermsPrepare(HfMagnet magnet, PetscReal t, Vec m);
/* For visitors of rows of changes, in HF_FIELD_LINEAR or _LINEAR_WHOLE: the change of the field into row->H; u: the state, interleaved, of the row from its
   first cell on. */
void HfRowLinearField(HfMagnet magnet, const HfRow *row, const PetscScalar u[]);
/* For visitors of rows of changes: the torques that are linear in them into row->T; u: as above. */
void HfRowLinearTorques(HfMagnet magnet, const HfRow *row, const PetscScalar u[]);

/* What the terms were prepared for last. */
typedef struct {
  PetscReal t;
  HfVecState m;            /* of no Vec: local terms only, no state was assembled */
  PetscObjectState inputs; /* HfMagnet_.inputs at that time */
} HfFieldCache;
/* Whether HF_FIELD_CACHED is the field of m at time t: since the terms were prepared for them, m was not changed and no field was replaced. */
PetscErrorCode HfFieldCacheIsCurrent(HfMagnet magnet, PetscReal t, Vec m, PetscBool *current);
/* What is prepared belongs to m at time t as well: m is a copy of the state that it was prepared for. */
PetscErrorCode HfFieldCacheAssign(HfMagnet magnet, PetscReal t, Vec m);

/* Spans for kernels (rows.c): a span of the row, or one edge cell, whose neighbours are then in `ghosts`. */
typedef struct {
  PetscReal m[3][3], south[3], north[3];
} HfGhosts;
void HfSpanOfRun(const HfRow *row, const HfRun *run, HfSpan *span);
void HfSpanOfEdge(const HfRow *row, const HfEdgeCell *cell, HfGhosts *ghosts, HfSpan *span);

/* ---- kernels.c: loops over the cells i .. i+n-1 of a row; a: interleaved, m[3], H[3], T[3]: component rows ---- */
void HfRowSplit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]);
void HfRowSplitUnit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]); /* m/|m|, 0 where m is 0 */
void HfRowJoin(PetscInt i, PetscInt n, PetscReal *const m[3], PetscReal a[]);
/* Periodic along x: the cells -1 and nx of a row are its last and its first one. */
static inline void HfRowWrap(PetscInt nx, PetscReal *const m[3]) {
  for (int c = 0; c < 3; ++c) {
    PetscReal *row = m[c];

    row[-1] = row[nx - 1];
    row[nx] = row[0];
  }
}
void HfRowGilbert(PetscInt i, PetscInt n, PetscReal alpha, PetscReal *const m[3], PetscReal *const T[3]); /* T becomes dm/dt */
void HfRowDamping(PetscInt i, PetscInt n, PetscReal rate, PetscReal *const m[3], PetscReal *const H[3]);  /* H becomes -rate m x (m x H) */
/* friction.c, which see: with dry friction, h = gamma0 Hc in 1/s, Hc in A/m */
void HfRowFriction(PetscInt i, PetscInt n, PetscReal alpha, PetscReal h, PetscReal *const m[3], PetscReal *const T[3]);
void HfRowFrictionDamping(PetscInt i, PetscInt n, PetscReal rate, PetscReal Hc, PetscReal *const m[3], PetscReal *const H[3]);
/* What Newton's method needs of the cells of a run in implicit steps: m.H in A/m, sigma in 1/s (motion.c); e, q, and m.H + shift e/gamma0. */
typedef struct {
  PetscReal *along, *sigma, *firmness, *q, *held;
} HfFrictionCells;
/* b and cells[] at m, of n cells; stiffness: of the field, A/m; m, H, T: component rows, d and b interleaved. */
void HfFrictionResidual(PetscInt n, const HfMaterial *material, PetscReal stiffness, PetscReal shift, PetscReal *const m[3], PetscReal *const H[3],
                        PetscReal *const T[3], const PetscReal d[], const HfFrictionCells *cells, PetscReal b[]);
/* out += (sigma/gamma0) (e - q q^T) x */
void HfFrictionDerivative(PetscInt n, const HfMaterial *material, PetscReal *const x[3], const HfFrictionCells *cells, PetscReal out[]);
PetscReal HfRowMaxTorque(PetscInt i, PetscInt n, PetscReal *const m[3], PetscReal *const H[3]); /* max |m x H|^2 */
/* Arrays of n: sum = y + sum_r weight_r rate_r; max |sum_r weight_r rate_r|, infinite if anything is not a number. */
void HfRowCombine(PetscInt n, const PetscReal y[], PetscInt n_rates, const PetscReal *const rate[], const PetscReal weight[], PetscReal sum[]);
PetscReal HfRowLargest(PetscInt n, PetscInt n_rates, const PetscReal *const rate[], const PetscReal weight[]);
void HfNormalize(PetscInt n, PetscReal a[]); /* n interleaved vectors to unit length; zero stays zero */
/* m = y + sum_r weight_r rate_r to unit length, n cells of three component rows each, `stride` numbers apart. */
void HfRowStage(PetscInt n, PetscInt stride, const PetscReal y[], PetscInt n_rates, const PetscReal *const rate[], const PetscReal weight[],
                PetscReal m[]);

/* ---- evaluate.c: evaluations that time integration and relaxation share. Collective ---- */
/* As HfMagnetRightHandSide() at m/|m|, in the selected field; a current that every evaluation updates is updated first. */
PetscErrorCode HfUnitRightHandSide(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, Vec dmdt);
/* dm/dt of a Runge-Kutta stage, see HfRungeKuttaProblem.stage_rate. Void cells of dmdt are not written. */
PetscErrorCode HfStageRightHandSide(HfMagnet magnet, PetscReal t, const HfStage *stage, Vec dmdt, const HfStageError *error, PetscReal largest[2]);
PetscErrorCode HfMagnetNormalize(HfMagnet magnet, Vec m); /* every film cell to unit length */
void HfRowRate(HfMagnet magnet, const HfRow *row);        /* for visitors: dm/dt of a row into row->T, zero in void cells */
void HfClearVoid(HfMagnet magnet, PetscScalar a[]);       /* void cells of this rank become 0, whatever they held. Not collective. */
/* For visitors, once row->H is filled: max |m x H|/Ms of the row, less dry friction, infinite if anything is not a number; adds the energy density of each term. */
PetscReal HfRowTorque(HfMagnet magnet, const HfRow *row);
void HfRowEnergies(HfMagnet magnet, const HfRow *row, PetscReal energies[]);

/* ---- wavefront.c: all stages of an explicit step in one pass over the film, where the terms allow it ---- */
typedef struct HfWavefront_ *HfWavefront;
PetscErrorCode HfWavefrontDestroy(HfWavefront *wavefront);
/* See HfRungeKuttaProblem.whole_step. Collective. */
PetscErrorCode HfWavefrontStep(HfMagnet magnet, PetscReal t, const HfWholeStep *step, PetscReal largest[2], PetscBool *done);

/* ---- material.c ---- */
PetscErrorCode HfMaterialsRegisterKeys(HfKeys keys);
PetscErrorCode HfMaterialsSettings(HfGrid grid, HfDeck deck, HfMaterial **materials); /* one per region */
PetscErrorCode HfMaterialsCheck(HfMagnet magnet);                                     /* warns of implausible values */

/* ---- friction.c ---- */
PetscBool HfMagnetHasFriction(HfMagnet magnet); /* in some region */
/* By how much m of a cell turns for its torque to change by what friction holds; 0: no friction. */
PetscReal HfMagnetKink(HfMagnet magnet);
PetscErrorCode HfFrictionSettingsCheck(HfMagnet magnet); /* of friction beside the section thermal. Collective. */

/* ---- initial_magnetization.c ---- */
PetscErrorCode HfInitialRegisterKeys(HfKeys keys);

/* ---- film_current.c: a current that follows the texture ---- */
typedef struct {
  HfMagnetCurrentUpdate update; /* NULL: the current stays as it is */
  void *context;
  HfCurrentRefresh mode;
  PetscReal every; /* the interval, s, counted from `start` */
  PetscReal start; /* time of the first update, s */
  PetscReal last;  /* time of the state that the current belongs to, s */
  PetscBool fresh; /* there was an update */
} HfCurrent;
/* Whether the current has to be updated for the state at time t; `end`: it is that at the end of a step. */
PetscBool HfCurrentDue(HfMagnet magnet, PetscReal t, PetscBool end);
PetscErrorCode HfCurrentRefreshNow(HfMagnet magnet, PetscReal t, Vec m); /* Collective. */
/* A step from m at t was rejected: a current that belongs to its end is updated for m. *changed: dm/dt at m differs from before. Collective. */
PetscErrorCode HfCurrentTakeBack(HfMagnet magnet, PetscReal t, Vec m, PetscBool *changed);

/* ---- integrator_choice.c ---- */
PetscReal HfMagnetStiffness(HfMagnet magnet);    /* bound of |dH/dm| over all regions, A/m */
PetscReal HfMagnetFastestRate(HfMagnet magnet);  /* gamma0 times that, 1/s */
PetscReal HfMagnetLeastDamping(HfMagnet magnet); /* the smallest alpha of all regions */
PetscReal HfMagnetSmallMotion(HfMagnet magnet);  /* for HfErrorAllowed() */
PetscInt HfMagnetImplicitOrder(HfMagnet magnet); /* of backward differentiation */
/* The methods of a film without fluctuations: that of the deck, or two between which a phase switches (HfMagnetSwitchMethod()). */
typedef struct {
  PetscInt n;
  const char *methods[2];  /* of two the first is explicit and the second implicit */
  PetscReal explicit_step; /* for which the explicit one is stable, s */
  PetscReal reach;         /* time that explicit steps pass at the cost of an implicit one, s */
  PetscReal angle;         /* by which the fastest cell turns in an implicit step */
} HfMethodChoice;
HfMethodChoice HfMagnetChooseMethods(HfMagnet magnet);
/* Whether the implicit one of two methods suits m, which turns by at most `speed` (1/s); `implicit`: it is the one in use. */
PetscBool HfMagnetWantsImplicit(const HfMethodChoice *choice, PetscBool implicit, PetscReal speed);

/* ---- integrator.c: phases of time integration ---- */
typedef struct HfIntegrator_ *HfIntegrator;
/* The section `integrator` of the deck. */
typedef struct {
  const char *method;
  PetscReal tolerance;
  PetscReal first_step, min_step, max_step; /* s; first_step 0: left open */
} HfIntegratorSettings;
/* How far a phase of time integration or relaxation has come. */
typedef struct {
  PetscBool resume; /* the next call continues from here */
  PetscReal time;   /* of the last accepted state, s */
  PetscReal step;   /* the next one, s; of Heun's method: the longest of the piece */
  PetscInt64 done;  /* steps of Heun's method in the present piece */
  PetscReal passed; /* time of relaxation, s */
} HfPhase;
PetscErrorCode HfIntegratorRegisterKeys(HfKeys keys);
PetscErrorCode HfIntegratorSettingsRead(HfDeck deck, HfIntegratorSettings *settings);
PetscErrorCode HfIntegratorCreate(HfMagnet magnet); /* into magnet->integrator */
PetscErrorCode HfIntegratorDestroy(HfIntegrator *integrator);

/* ---- fluctuations.c: time integration at finite temperature ---- */
PetscBool HfMagnetFluctuates(HfMagnet magnet);                      /* a term does: the deck has a temperature, which may be 0 K */
PetscErrorCode HfFluctuationStep(HfMagnet magnet, PetscReal *step); /* s, the deck's or the default in the present fields. Collective. */
PetscErrorCode HfFluctuationSettingsCheck(HfMagnet magnet);         /* of the sections thermal and integrator beside each other. Collective. */
/* Chooses phase.step for a piece; a step of the deck that is too long is an error of it. Collective. */
PetscErrorCode HfFluctuationsBegin(HfMagnet magnet, PetscReal t0, PetscReal t1);
/* As HfMagnetAdvance(), a piece from its step phase.done on. Not *finite: it diverged after the state at time *reached. Collective. */
PetscErrorCode HfFluctuationsAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context, PetscReal *reached,
                                     PetscBool *finite);

/* ---- motion.c: the equation of motion for implicit steps; see HfSphereProblem. Collective ---- */
typedef struct HfMotion_ *HfMotion;
/* The multigrid of its Newton matrices; damping_only: alpha counts as 1 in the damping. */
PetscErrorCode HfMagnetMultigridCreate(HfMagnet magnet, PetscBool damping_only, HfTangentMultigrid *multigrid);
PetscErrorCode HfMagnetMultigridApply(HfTangentMultigrid multigrid, Vec b, Vec x); /* one V-cycle */
PetscErrorCode HfMotionCreate(HfMagnet magnet, HfMotion *motion);
PetscErrorCode HfMotionDestroy(HfMotion *motion);
PetscErrorCode HfMotionLinearize(HfMotion motion, PetscReal t, Vec m, PetscReal shift, Vec rest, Vec b);
PetscErrorCode HfMotionMultiply(HfMotion motion, Vec x, PetscBool whole, Vec product); /* whole: with all of the demagnetizing field */
PetscErrorCode HfMotionPrecondition(HfMotion motion, Vec b, Vec x);

/* ---- damping.c: matrices of relaxation, see HfImplicitDescentProblem. Collective ---- */
typedef struct HfDamping_ *HfDamping;
PetscErrorCode HfDampingCreate(HfMagnet magnet, HfDamping *damping);
PetscErrorCode HfDampingDestroy(HfDamping *damping);
void HfDampingForget(HfDamping damping); /* the states it knows. Not collective. */
/* Where m.H (A/m) of the owned cells of this state belongs, of three states. Not collective. */
PetscReal *HfDampingAlong(HfDamping damping, Vec m);
PetscErrorCode HfDampingWeigh(HfDamping damping, Vec x);
PetscErrorCode HfDampingLinearize(HfDamping damping, Vec m, PetscReal s, PetscBool whole);
PetscErrorCode HfDampingMultiply(HfDamping damping, Vec x, Vec product);
PetscErrorCode HfDampingPrecondition(HfDamping damping, Vec b, Vec x);

/* ---- steppers.c: one TS for each method of a phase ---- */
typedef enum {
  HF_STEPPER_EXPLICIT, /* HF_RUNGE_KUTTA */
  HF_STEPPER_BDF,      /* HF_BDF */
  HF_STEPPER_FOREIGN   /* a type of PETSc's, chosen by -ts_type */
} HfStepperKind;
typedef struct {
  HfMagnet magnet;
  const char *method;
  HfStepperKind kind;
  TS ts;
  HfRungeKuttaProblem explicit;
  HfSphereProblem implicit;
  HfMotion motion;
} HfStepper;
/* How a piece of a phase begins. */
typedef enum {
  HF_START_ANEW,
  HF_START_CONTINUED, /* as a continuation of the last phase: nothing has changed since, and the stepper remembers it */
  HF_START_RESUMED    /* in its middle, after an interruption */
} HfStepperStart;
/* Takes the -ts_ options; `self` stays where it is. Collective, as all that return an error code. */
PetscErrorCode HfStepperCreate(HfMagnet magnet, const char *method, PetscErrorCode (*post_step)(TS ts), HfStepper *self);
PetscErrorCode HfStepperDestroy(HfStepper *self);
/* Before TSSolve(): rate_of_m is dm/dt at m, of a start anew, or as it was saved. */
PetscErrorCode HfStepperPrepare(HfStepper *self, HfStepperStart start, Vec m, Vec rate_of_m);
PetscReal HfStepperFirstStep(const HfStepper *self, PetscReal speed); /* longest step for a start anew where m turns at most so fast (1/s), s */
PetscErrorCode HfStepperFinishStep(HfStepper *self, Vec m);        /* what our own types do themselves: unit length, divergence when not a number */
PetscBool HfStepperCurrentDue(const HfStepper *self, PetscReal t); /* whether a step to t leaves it to others to update the current */
PetscErrorCode HfStepperInterpolate(HfStepper *self, PetscReal t, Vec m);
/* `inside`: of a phase, with the rate in rate_of_m. */
PetscErrorCode HfStepperListCheckpoint(HfStepper *self, PetscBool inside, Vec m, Vec rate_of_m, HfCheckpointList state);

/* ---- finite_check.c: faults that name a cell (global number), the time and a term. Collective; HF_ERR_DIVERGED ---- */
PetscErrorCode HfMagnetReportCell(HfMagnet magnet, PetscReal t, Vec m, PetscInt cell, const char *what);
/* In a relaxation the energy rises from one state to the next, though m follows `rate` downhill: the cell that turns fastest, and the term. */
PetscErrorCode HfMagnetReportRise(HfMagnet magnet, PetscReal t, Vec before, Vec after, Vec rate);

/* ---- magnet.c ---- */
PetscBool HfTermActive(const HfTerm *term); /* in any region */
PetscBool HfTorqueActive(const HfTorque *torque);
PetscBool HfTermsWhole(HfMagnet magnet);       /* an active term reads the whole state before its rows */
PetscBool HfTermsVary(HfMagnet magnet);        /* an active term depends on time */
PetscBool HfTermHasEnergy(const HfTerm *term); /* it is active and counts among those of HfMagnetEnergies() */

struct HfMagnet_ {
  HfFilm film;
  PetscInt n_terms, n_torques;
  HfTerm *terms; /* of all types, active or not */
  HfTorque *torques;
  PetscBool friction; /* HfMagnetHasFriction() */
  HfRows rows;
  HfSweep sweep;
  HfWavefront wavefront; /* NULL: no step needed it */
  HfFieldCache cache;
  PetscObjectState inputs; /* counts how often a field or current was replaced from outside */
  HfCurrent current;
  Vec uniform_current;                 /* j where no other is set; NULL: none */
  HfInitialSettings initial;           /* film.initial */
  char initial_note[2][HF_WHY_LENGTH]; /* HfMagnetInitialNote(): of others, of film.initial */
  HfIntegratorSettings integrator_settings;
  HfIntegrator integrator;
  HfPhase phase;
  HfRelaxation relaxation;                 /* HfMagnetSetRelaxation() */
  HfDamping damping;                       /* made when needed first */
  PetscInt64 steps, rejected, evaluations; /* since creation */
  PetscBool interpolates;                  /* HfMagnetWillInterpolate() */
  const HfHeunStep *heun_step;             /* the last one, in its monitor; otherwise NULL */
  PetscInt64 thermal_steps;                /* number of the next draw of the fluctuations */
};
