/* What the files of this folder share. */
#pragma once
#include "term.h"

/* ---- which cells of a row are what; made once (rows.c) ---- */
typedef struct {
  PetscInt i, n, region;
  PetscBool rim[2]; /* spans: the neighbours to the south, or north, are missing, and m goes on as it is */
} HfRun;
/* In place of a neighbour: own m_i + other m_j (interface_conditions.c). */
typedef struct {
  PetscBool neighbour; /* m_j counts */
  PetscReal own[3][3], other[3][3];
} HfInterface;
typedef struct {
  PetscInt i, region;
  const HfInterface *condition[4]; /* west, east, south, north */
} HfEdgeCell;
/* `side` 0 .. 3 as above; other < 0: no neighbour. */
void HfInterfaceMake(HfMagnet magnet, PetscInt own, PetscInt other, PetscInt side, HfInterface *condition);
typedef struct {
  PetscInt first, last; /* film cells of the row; first > last: none */
  PetscInt n_runs, n_spans, n_edges;
  const HfRun *runs;       /* all film cells */
  const HfRun *spans;      /* those whose four neighbours are of the same region, or missing along a straight free rim ... */
  const HfEdgeCell *edges; /* ... and all others */
} HfRowCells;
typedef struct HfRows_ *HfRows;
PetscErrorCode HfRowsCreate(HfMagnet magnet, HfRows *rows); /* from the regions, with terms and torques there */
PetscErrorCode HfRowsDestroy(HfRows *rows);
const HfRowCells *HfRowsGet(HfRows rows, PetscInt j); /* j = ys-1 .. ys+ym */

/* ---- the sweep: visits the rows with a window of three de-interleaved rows (sweep.c) ---- */
/* Which terms the field of a sweep is the sum of. */
typedef enum {
  HF_FIELD_ALL,    /* all terms, at the time and for the state of the sweep, without fluctuations */
  HF_FIELD_NOISY,  /* the same with the fluctuations drawn last */
  HF_FIELD_CACHED, /* as HF_FIELD_ALL, terms that depend on time or on the whole film as they were computed last: see HfFieldCacheIsCurrent() */
  HF_FIELD_LINEAR  /* the local terms that are linear in m */
} HfFieldSelection;
typedef struct {
  PetscInt j;
  HfFieldSelection fields;
  const HfRowCells *cells;
  PetscReal *m[3], *south[3], *north[3]; /* component rows, index i = -1 .. nx */
  PetscReal *H[3], *T[3];                /* scratch rows of the same shape */
} HfRow;
typedef void (*HfVisit)(HfMagnet magnet, const HfRow *row, void *context);
typedef enum { HF_KEEP_LENGTH, HF_NORMALIZE } HfLength; /* HF_NORMALIZE: m/|m| is what the visitor sees */
typedef struct HfSweep_ *HfSweep;
PetscErrorCode HfSweepCreate(HfGrid grid, HfSweep *sweep);
PetscErrorCode HfSweepDestroy(HfSweep *sweep);
/* Visits every owned row that has film cells. HF_FIELD_ALL and _NOISY prepare the terms for time t and state m first. Collective. */
PetscErrorCode HfSweepRows(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, HfLength length, HfVisit visit, void *context);
/* The same for the stage of a Runge-Kutta step, assembled row by row; the current is brought up to date with it first where that is due. */
PetscErrorCode HfSweepStage(HfMagnet magnet, PetscReal t, const HfStage *stage, HfVisit visit, void *context);
/* For what the terms were prepared last. */
typedef struct {
  PetscReal t;
  HfVecState m;            /* of no Vec: no state was assembled */
  PetscObjectState inputs; /* HfMagnet_.inputs at that time */
} HfFieldCache;
/* Whether HF_FIELD_CACHED is the field of m at time t: neither m nor any field or current was changed or replaced since the terms were prepared for it. */
PetscErrorCode HfFieldCacheIsCurrent(HfMagnet magnet, PetscReal t, Vec m, PetscBool *current);
/* The terms as they are prepared belong to m at time t, too: m is a copy of the state that they were prepared for. */
PetscErrorCode HfFieldCacheAssign(HfMagnet magnet, PetscReal t, Vec m);
/* For visitors: the selected field (A/m) of a row into row->H and, with_torques, the torques (1/s) into row->T. Zero in void cells. */
void HfRowField(HfMagnet magnet, const HfRow *row, PetscBool with_torques);
/* A span of the row, or of one edge cell with its ghosts in `ghost`. */
typedef struct {
  PetscReal m[3][3], south[3], north[3];
} HfGhosts;
void HfSpanOfRun(const HfRow *row, const HfRun *run, HfSpan *span);
void HfSpanOfEdge(const HfRow *row, const HfEdgeCell *cell, HfGhosts *ghosts, HfSpan *span);

/* ---- row kernels (kernels.c); a: interleaved, m[3], H[3]: component rows, cells i .. i+n-1 ---- */
void HfRowSplit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]);
void HfRowSplitUnit(PetscInt i, PetscInt n, const PetscReal a[], PetscReal *const m[3]); /* m/|m|, 0 where m is 0 */
void HfRowCombine(PetscInt n, const PetscReal y[], PetscInt n_rates, const PetscReal *const rate[], const PetscReal weight[],
                  PetscReal sum[]); /* arrays of n; sum = y + weighted rates */
PetscReal HfRowLargest(PetscInt n, PetscInt n_rates, const PetscReal *const rate[],
                       const PetscReal weight[]); /* max |weighted rates|; infinite for not-a-number */
void HfRowJoin(PetscInt i, PetscInt n, PetscReal *const m[3], PetscReal a[]);
void HfRowGilbert(PetscInt i, PetscInt n, PetscReal alpha, PetscReal *const m[3], PetscReal *const T[3]); /* T becomes dm/dt */
void HfRowDamping(PetscInt i, PetscInt n, PetscReal rate, PetscReal *const m[3], PetscReal *const H[3]);  /* H becomes -rate m x (m x H) */
PetscReal HfRowMaxTorque(PetscInt i, PetscInt n, PetscReal *const m[3], PetscReal *const H[3]);           /* max |m x H|^2 */
void HfNormalize(PetscInt n, PetscReal a[]); /* n interleaved vectors to unit length; zero stays zero */

/* ---- the current that follows the texture (current.c) ---- */
typedef struct {
  HfMagnetCurrentUpdate update; /* NULL: the current stays as it is */
  void *context;
  HfCurrentRefresh mode;
  PetscReal every, start, last; /* intervals, counted from the first refresh; time of the last one */
  PetscBool fresh;              /* there was one */
} HfCurrent;

/* ---- time integration (integrator.c) ---- */
typedef struct HfIntegrator_ *HfIntegrator;
/* The section `integrator` of the deck. */
typedef struct {
  const char *method;
  PetscReal tolerance;
  PetscReal first_step, min_step, max_step; /* s; first_step 0: left open */
} HfIntegratorSettings;
/* Where a phase of time integration or relaxation stands. */
typedef struct {
  PetscBool resume;     /* the next phase goes on from here */
  PetscReal time, step; /* of the last accepted state; of the next step */
  PetscInt64 done;      /* steps of Heun's method */
  PetscReal passed;     /* relaxation time */
} HfPhase;
struct HfMagnet_ {
  HfGrid grid;
  HfDeck deck;
  HfFilm film;
  HfMaterial *materials;
  PetscInt n_terms, n_torques;
  HfTerm *terms; /* all types, active or not */
  HfTorque *torques;
  HfRows rows;
  HfSweep sweep;
  PetscObjectState inputs; /* counts the fields and currents that were replaced from outside */
  HfFieldCache cache;
  PetscInt64 steps, rejected, evaluations;
  PetscInt64 thermal_steps;  /* number of the next draw of the thermal field */
  HfInitialSettings initial; /* film.initial */
  HfIntegratorSettings integrator_settings;
  HfIntegrator integrator;
  HfCurrent current;
  HfPhase phase;
  Vec uniform_current; /* j where no other is set, NULL: none */
};
PetscBool HfTermActive(const HfTerm *term); /* in any region */
PetscBool HfTorqueActive(const HfTorque *torque);
PetscBool HfTermsWhole(HfMagnet magnet);       /* an active term reads the whole state before its rows */
PetscBool HfTermHasEnergy(const HfTerm *term); /* it is active and counts among those of HfMagnetEnergies() */
/* ---- material.c ---- */
PetscErrorCode HfMaterialsRegisterKeys(HfKeys keys);
PetscErrorCode HfMaterialsSettings(HfGrid grid, HfDeck deck, HfMaterial **materials); /* one per region */
PetscErrorCode HfMaterialsCheck(HfMagnet magnet);                                     /* warns of implausible values */
/* ---- integrator_choice.c ---- */
PetscReal HfMagnetStiffness(HfMagnet magnet);      /* A/m, the largest of the regions: bound of |dH/dm| */
PetscReal HfMagnetFastestRate(HfMagnet magnet);    /* 1/s: gamma0 times that */
const char *HfMagnetChosenMethod(HfMagnet magnet); /* integrator.method, never "auto" */

/* Whether the state at time t is one that the current is to be brought up to date with; `end` says that it is the end of a step. */
PetscBool HfCurrentDue(HfMagnet magnet, PetscReal t, PetscBool end);
PetscErrorCode HfCurrentRefreshNow(HfMagnet magnet, PetscReal t, Vec m); /* Collective. */
/* A step from m at t was rejected: a current that belongs to its end is again that of m. *changed: dm/dt at m is another than before. Collective. */
PetscErrorCode HfCurrentTakeBack(HfMagnet magnet, PetscReal t, Vec m, PetscBool *changed);

/* finite_check.c: a fault that tells what happened in a cell (global number), and which term's energy is not finite. Collective; HF_ERR_DIVERGED. */
PetscErrorCode HfMagnetReportCell(HfMagnet magnet, PetscReal t, Vec m, PetscInt cell, const char *what);

/* The energy rises from one state to the next of a relaxation, though it moves downhill by `rate`: where it turns fastest, and the term. Collective;
   HF_ERR_DIVERGED. */
PetscErrorCode HfMagnetReportRise(HfMagnet magnet, PetscReal t, Vec before, Vec after, Vec rate);

PetscErrorCode HfInitialRegisterKeys(HfKeys keys);

/* ---- evaluate.c: evaluations that integrators and relaxation share. Collective ---- */
/* As HfMagnetRightHandSide() at m/|m|, in the selected field; the current is brought up to date with m where every evaluation has its own. */
PetscErrorCode HfUnitRightHandSide(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, Vec dmdt);
/* dm/dt of a Runge-Kutta stage, HfRungeKuttaProblem.stage_rate. Void cells of dmdt are not written. */
PetscErrorCode HfStageRightHandSide(HfMagnet magnet, PetscReal t, const HfStage *stage, Vec dmdt, const HfStageError *error, PetscReal *largest);
PetscErrorCode HfMagnetNormalize(HfMagnet magnet, Vec m); /* every film cell to unit length */
/* For visitors, once row->H is there: max |m x H|/Ms of the row (infinite if anything is not a number); energy densities added per term. */
PetscReal HfRowTorque(HfMagnet magnet, const HfRow *row);
void HfRowEnergies(HfMagnet magnet, const HfRow *row, PetscReal energies[]);

/* ---- integrator.c ---- */
PetscErrorCode HfIntegratorRegisterKeys(HfKeys keys);
PetscErrorCode HfIntegratorSettingsRead(HfDeck deck, HfIntegratorSettings *settings);
PetscErrorCode HfIntegratorCreate(HfMagnet magnet); /* into magnet->integrator; takes the -ts_ options */
PetscErrorCode HfIntegratorDestroy(HfIntegrator *integrator);

/* ---- fluctuations.c: finite temperature ---- */
PetscBool HfMagnetFluctuates(HfMagnet magnet); /* a term does: the deck has a temperature */
PetscReal HfFluctuationStep(HfMagnet magnet);  /* s, the deck's or chosen; shortened to fit a phase */
/* As HfMagnetAdvance() with fluctuations, from step phase.done of the phase. Not *finite: it diverged, *reached is the time of the last good state.
   Collective. */
PetscErrorCode HfFluctuationsAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context, PetscReal *reached,
                                     PetscBool *finite);

/* ---- implicit.c: for cells so fine that exchange limits the explicit step ---- */
typedef struct HfImplicit_ *HfImplicit;
PetscErrorCode HfImplicitCreate(HfMagnet magnet, TS ts, HfImplicit *implicit); /* Makes `ts` a Rosenbrock-W method. Collective. */
PetscErrorCode HfImplicitDestroy(HfImplicit *implicit);
