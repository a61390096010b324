/* Relaxation: damping without precession, downhill to the next minimum of the energy.

     dm/dt = -(gamma0/2) m x (m x H)          (the Landau-Lifshitz equation without precession, at alpha = 1)
   until max |m x H|/Ms < tolerance, by the stabilized Runge-Kutta method of HfDescend() or, where an evaluation needs a convolution and cells are fine, by the
   implicit steps of HfDescendImplicitly(), whose number does not depend on the cells. A step that raises the energy beyond round-off is rejected.

   Evaluations and CPU time in s, explicit / implicit (tests/bench/magnet_relax.c -finest 1): a strip of 320 x 80 nm that a field reverses, and a maze
     strip,  3 nm thick, cells of 8, 4, 2, 1 nm   346, 610, 1170, 2468 / 235, 262, 276, 287    0.017, 0.082, 0.56, 4.4 / 0.026, 0.077, 0.34, 1.4
     strip, 20 nm thick, cells of 4, 2, 1 nm      396, 784, 1796 / 322, 498, 453               0.037, 0.33, 3.6 / 0.063, 0.39, 1.7
     maze, local terms, cells of 4, 2, 1 nm       533, 1062, 2240 / 395, 588, 1197             0.014, 0.064, 0.34 / 0.041, 0.20, 1.4
   Implicit steps pay in thin films with their full demagnetizing field. In thick ones its part that is not local takes many products, each a convolution; in films
   of local terms, such as a maze, linear systems cost more than the explicit stages that they replace: there steps stay explicit. So they do with dry
   friction (friction.c), of which the torque that counts is what exceeds it: the matrices of implicit steps know none. */
#include "magnet_impl.h"

#define STEEP 1e-2 /* torque with which a step that is short enough finds lower energies */
/* Implicit steps where the spectral radius times a usual step is larger than LABORIOUS (1 + thickness/exchange length). */
#define USUAL_STEP 2e-11 /* s */
#define LABORIOUS  27.0

typedef struct {
  HfMagnet magnet;
  PetscReal t;      /* of the applied field */
  PetscReal gamma0; /* largest of the regions */
  Vec m;            /* the caller's, which follows the state for the monitor */
  HfMagnetMonitor monitor;
  void *context;
  HfDamping damping; /* of implicit steps; NULL: explicit ones */
} Relaxation;

typedef struct {
  PetscScalar *out;
  PetscReal *energies;
  PetscReal most[2]; /* max |m x H|/Ms, max |m.H| in A/m */
  PetscReal *along;  /* m.H of the owned cells, A/m; NULL: of no use */
  PetscBool only_rate;
} Visit;

static void visit_row(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscInt first = row->cells->first, n = row->cells->last - first + 1;
  Visit *visit = context;

  HfRowField(magnet, row, PETSC_FALSE);
  if (!visit->only_rate) {
    visit->most[0] = PetscMax(visit->most[0], HfRowTorque(magnet, row));
    for (PetscInt i = first; i < first + n; ++i) {
      const PetscReal along = PetscAbsReal(row->m[0][i] * row->H[0][i] + row->m[1][i] * row->H[1][i] + row->m[2][i] * row->H[2][i]);
      visit->most[1] = PetscMax(visit->most[1], along);
    }
    HfRowEnergies(magnet, row, visit->energies);
  }
  if (visit->along)
    for (PetscInt i = first; i < first + n; ++i)
      visit->along[g->xm * (row->j - g->ys) + i] = row->m[0][i] * row->H[0][i] + row->m[1][i] * row->H[1][i] + row->m[2][i] * row->H[2][i];
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    const HfMaterial *material = &magnet->film.materials[run->region];

    if (material->Hc > 0)
      HfRowFrictionDamping(run->i, run->n, 0.5 * material->gamma0, material->Hc, row->m, row->H);
    else
      HfRowDamping(run->i, run->n, 0.5 * material->gamma0, row->m, row->H);
  }
  HfRowJoin(first, n, row->H, visit->out + 3 * g->xm * (row->j - g->ys));
}

/* dm/dt at m; void cells of `rate` stay as they are. */
static PetscErrorCode sweep(const Relaxation *self, Vec m, Vec rate, Visit *visit) {
  PetscFunctionBeginUser;
  PetscCall(VecGetArray(rate, &visit->out));
  PetscCall(HfSweepRows(self->magnet, HF_FIELD_EXACT, self->t, m, HF_NORMALIZE, visit_row, visit));
  PetscCall(VecRestoreArray(rate, &visit->out));
  ++self->magnet->evaluations;
  PetscFunctionReturn(0);
}

static PetscErrorCode rate(Vec m, Vec dmdt, void *context) {
  const Relaxation *self = context;
  Visit visit = {.only_rate = PETSC_TRUE};

  PetscFunctionBeginUser;
  if (self->damping) visit.along = HfDampingAlong(self->damping, m);
  PetscCall(sweep(context, m, dmdt, &visit));
  PetscFunctionReturn(0);
}

/* Objective: the energy, J; slope: the largest torque. */
static PetscErrorCode evaluate(HfDescentState *state, void *context) {
  const Relaxation *self = context;
  HfMagnet magnet = self->magnet;
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscReal volume = g->dx * g->dy * g->thickness;
  PetscReal scale = 0; /* largest mu0 Ms: that times a field is the size of the terms that cancel in the energy of a cell */
  Visit visit = {.only_rate = PETSC_FALSE};

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(magnet->n_terms, &visit.energies));
  if (self->damping) visit.along = HfDampingAlong(self->damping, state->y);
  PetscCall(sweep(self, state->y, state->rate, &visit));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, visit.energies, (PetscMPIInt)magnet->n_terms, MPIU_REAL, MPIU_SUM, HfGridComm(magnet->film.grid)));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, visit.most, 2, MPIU_REAL, MPIU_MAX, HfGridComm(magnet->film.grid)));
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) scale = PetscMax(scale, HF_MU0 * magnet->film.materials[r].Ms);
  /* Where nothing couples m to itself, the field alone bounds the rate, also while it is across m. */
  if (!(HfMagnetStiffness(magnet) > 0)) visit.most[1] = PetscMax(visit.most[1], visit.most[0] * scale / HF_MU0);
  state->slope = visit.most[0];
  state->radius = 0.5 * self->gamma0 * (HfMagnetStiffness(magnet) + visit.most[1]);
  state->objective = state->noise = 0;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    state->objective += visit.energies[k] * volume;
    state->noise += PetscAbsReal(visit.energies[k]) * volume;
  }
  state->noise += scale * (HfMagnetStiffness(magnet) + visit.most[1]) * volume * PetscSqrtReal((PetscReal)g->n_film);
  state->noise *= 4 * PETSC_MACHINE_EPSILON;
  PetscCall(PetscFree(visit.energies));
  PetscFunctionReturn(0);
}

static PetscErrorCode normalize(Vec m, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetNormalize(((const Relaxation *)context)->magnet, m));
  PetscFunctionReturn(0);
}

static PetscErrorCode step_done(Vec m, PetscReal h, PetscReal passed, PetscReal next, PetscBool *stop, void *context) {
  Relaxation *self = context;

  PetscFunctionBeginUser;
  ++self->magnet->steps;
  self->magnet->phase.passed = passed;
  self->magnet->phase.step = next;
  if (!self->monitor) PetscFunctionReturn(0);
  PetscCall(VecCopy(m, self->m));
  PetscCall((*self->monitor)(self->t, h, self->m, self->context, stop));
  PetscFunctionReturn(0);
}

static void step_rejected(void *context) { ++((Relaxation *)context)->magnet->rejected; }

static PetscErrorCode rises(const HfDescentState *now, const HfDescentState *trial, void *context) {
  const Relaxation *self = context;
  return HfMagnetReportRise(self->magnet, self->t, now->y, trial->y, now->rate);
}

static PetscErrorCode weigh(Vec x, void *context) { return HfDampingWeigh(((const Relaxation *)context)->damping, x); }
static PetscErrorCode linearize(Vec m, PetscReal s, PetscBool whole, void *context) {
  return HfDampingLinearize(((const Relaxation *)context)->damping, m, s, whole);
}
static PetscErrorCode multiply(Vec x, Vec product, void *context) { return HfDampingMultiply(((const Relaxation *)context)->damping, x, product); }
static PetscErrorCode precondition(Vec b, Vec x, void *context) { return HfDampingPrecondition(((const Relaxation *)context)->damping, b, x); }

/* Whether implicit steps cost less: figures in the head of this file. */
static PetscBool wants_implicit(const Relaxation *self) {
  const HfMagnet magnet = self->magnet;
  PetscReal thickness = 0; /* relative to the exchange length */

  if (magnet->relaxation != HF_RELAX_AUTO) return (PetscBool)(magnet->relaxation == HF_RELAX_IMPLICIT);
  if (!HfTermsWhole(magnet) || magnet->friction) return PETSC_FALSE;
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
    const HfMaterial *material = &magnet->film.materials[r];
    const PetscReal length = PetscSqrtReal(2 * material->Aex / HF_MU0) / material->Ms;
    thickness = PetscMax(thickness, HfGridGetInfo(magnet->film.grid)->thickness / length);
  }
  return (PetscBool)(USUAL_STEP * 0.5 * self->gamma0 * HfMagnetStiffness(magnet) > LABORIOUS * (1 + thickness));
}

static PetscErrorCode descend(Relaxation *self, const HfDescentProblem *problem, const HfDescentOptions *options, HfDescentOutcome *outcome) {
  HfMagnet magnet = self->magnet;
  const HfImplicitDescentProblem implicit = {*problem, weigh, linearize, multiply, precondition};

  PetscFunctionBeginUser;
  if (!wants_implicit(self)) {
    PetscCall(HfDescend(problem, options, self->m, outcome));
    PetscFunctionReturn(0);
  }
  if (!magnet->damping) PetscCall(HfDampingCreate(magnet, &magnet->damping));
  self->damping = magnet->damping;
  HfDampingForget(self->damping);
  PetscCall(HfDescendImplicitly(&implicit, options, self->m, outcome));
  PetscFunctionReturn(0);
}

void HfMagnetSetRelaxation(HfMagnet magnet, HfRelaxation steps) { magnet->relaxation = steps; }

PetscErrorCode HfMagnetRelax(HfMagnet magnet, PetscReal t, Vec m, PetscReal tolerance, PetscReal max_time, HfMagnetMonitor monitor, void *context,
                             PetscBool *converged) {
  Relaxation self = {.magnet = magnet, .t = t, .m = m, .monitor = monitor, .context = context};
  const HfDescentProblem problem = {rate, evaluate, normalize, step_done, step_rejected, rises, &self};
  HfDescentOptions options = {.tolerance = tolerance, .steep = STEEP, .max_time = max_time};
  HfDescentOutcome outcome;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) self.gamma0 = PetscMax(self.gamma0, magnet->film.materials[r].gamma0);
  if (magnet->phase.resume) {
    options.passed = magnet->phase.passed;
    options.step = magnet->phase.step;
    --magnet->evaluations; /* the first one was counted before the interruption */
  } else
    PetscCall(HfMagnetNormalize(magnet, m));
  magnet->phase.resume = PETSC_FALSE;
  PetscCall(descend(&self, &problem, &options, &outcome));
  PetscCheckFault(outcome != HF_DESCENT_NOT_FINITE, HfGridComm(magnet->film.grid), HF_ERR_DIVERGED,
                  "relaxation starts from a state or a field that is not finite");
  *converged = (PetscBool)(outcome == HF_DESCENT_CONVERGED);
  PetscFunctionReturn(0);
}
