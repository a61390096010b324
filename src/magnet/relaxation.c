/* Relaxation: the damping part alone, downhill to the next minimum of the energy.

     dm/dt = -(gamma0/2) m x (m x H)          (the Landau-Lifshitz equation without precession, at alpha = 1)
   until max |m x H|/Ms < tolerance. This flow is parabolic, which suits a stabilised explicit method: the Runge-Kutta-Chebyshev method of second
   order with s stages is stable for steps that grow as s^2, and follows the flow, so that the texture ends in the basin in which it
   started. The step is chosen from the error, s from the step. A step that raises the energy beyond round-off is taken back.
   Source: Sommeijer, Shampine and Verwer, J. Comput. Appl. Math. 88, 315 (1998), with its error estimate. */
#include "evaluate.h"

#define TOLERANCE  1e-3 /* error of a step in any component of m: the path need not be exact, only its end */
#define STEEP      1e-2 /* torque with which a step of any size finds lower energies */
#define MAX_STAGES 50
#define DAMPING    (2.0 / 13.0)

typedef struct {
  Vec m, rate;                            /* state and dm/dt there */
  PetscReal energy, noise, torque, along; /* J; round-off of the energy; max |m x H|/Ms; max |m.H| in A/m */
} State;

typedef struct {
  PetscScalar *out;
  PetscReal *energies;
  PetscReal most[2]; /* torque, along */
  PetscBool only_rate;
} Visit;

static void visit_row(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->grid);
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
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    HfRowDamping(run->i, run->n, 0.5 * magnet->materials[run->region].gamma0, row->m, row->H);
  }
  HfRowJoin(first, n, row->H, visit->out + 3 * g->nx * (row->j - g->ys));
}

/* dm/dt at s->m and, unless only the rate is wanted, energy and torque. Void cells of s->rate are 0 from its creation. */
static PetscErrorCode evaluate(HfMagnet magnet, PetscReal t, State *s, PetscBool only_rate) {
  const HfGridInfo *g = HfGridGetInfo(magnet->grid);
  const PetscReal volume = g->dx * g->dy * g->thickness;
  Visit visit = {.only_rate = only_rate};

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(magnet->n_terms, &visit.energies));
  PetscCall(VecGetArray(s->rate, &visit.out));
  PetscCall(HfSweepRows(magnet, HF_FIELD_ALL, t, s->m, HF_NORMALIZE, visit_row, &visit));
  PetscCall(VecRestoreArray(s->rate, &visit.out));
  ++magnet->evaluations;
  if (!only_rate) {
    PetscReal scale = 0; /* of the terms that a cell's energy is the difference of */

    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, visit.energies, (PetscMPIInt)magnet->n_terms, MPIU_REAL, MPIU_SUM, HfGridComm(magnet->grid)));
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, visit.most, 2, MPIU_REAL, MPIU_MAX, HfGridComm(magnet->grid)));
    s->torque = visit.most[0];
    s->along = visit.most[1];
    s->energy = s->noise = 0;
    for (PetscInt k = 0; k < magnet->n_terms; ++k) {
      s->energy += visit.energies[k] * volume;
      s->noise += PetscAbsReal(visit.energies[k]) * volume;
    }
    for (PetscInt r = 0; r < magnet->film.n_regions; ++r) scale = PetscMax(scale, HF_MU0 * magnet->materials[r].Ms);
    s->noise += scale * (HfMagnetStiffness(magnet) + s->along) * volume * PetscSqrtReal((PetscReal)g->n_film);
    s->noise *= 4 * PETSC_MACHINE_EPSILON;
  }
  PetscCall(PetscFree(visit.energies));
  PetscFunctionReturn(0);
}

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

/* One step of size h with s stages from `from`; the result is in to->m. work: three vectors. */
static PetscErrorCode chebyshev_step(HfMagnet magnet, PetscReal t, PetscReal h, PetscInt s, const State *from, State *to, Vec work[3]) {
  PetscReal T[MAX_STAGES + 1], dT[MAX_STAGES + 1], ddT[MAX_STAGES + 1], b[MAX_STAGES + 1];
  const PetscReal w0 = 1 + DAMPING / (PetscReal)(s * s);
  PetscReal w1;
  Vec before = work[0], last = work[1], next = to->m;

  PetscFunctionBeginUser;
  chebyshev(s, w0, T, dT, ddT);
  w1 = dT[s] / ddT[s];
  for (PetscInt j = 2; j <= s; ++j) b[j] = ddT[j] / PetscSqr(dT[j]);
  b[0] = b[2];
  b[1] = 1 / w0;
  PetscCall(VecCopy(from->m, before));
  PetscCall(VecWAXPY(last, b[1] * w1 * h, from->rate, from->m));
  for (PetscInt j = 2; j <= s; ++j) {
    const PetscReal mu = 2 * b[j] * w0 / b[j - 1], nu = -b[j] / b[j - 2], mu_h = 2 * b[j] * w1 / b[j - 1] * h;
    State stage = {.m = last, .rate = work[2]};

    PetscCall(evaluate(magnet, t, &stage, PETSC_TRUE));
    PetscCall(combine_vectors(1 - mu - nu, from->m, mu, last, nu, before, mu_h, work[2], -(1 - b[j - 1] * T[j - 1]) * mu_h, from->rate, next));
    { /* rotate the three vectors; to->m holds the newest in the end */
      Vec oldest = before;
      before = last;
      last = next;
      next = oldest;
    }
  }
  if (last != to->m) PetscCall(VecCopy(last, to->m));
  PetscFunctionReturn(0);
}

/* Largest component of 0.8 (m_n - m_n+1) + 0.4 h (f_n + f_n+1); infinite when anything is not a number. */
static PetscErrorCode step_error(HfMagnet magnet, PetscReal h, const State *from, const State *to, Vec work, PetscReal *error) {
  PetscFunctionBeginUser;
  PetscCall(combine_vectors(0.8, from->m, -0.8, to->m, 0.4 * h, from->rate, 0.4 * h, to->rate, 0, to->rate, work));
  PetscCall(VecNorm(work, NORM_INFINITY, error));
  if (PetscIsInfOrNanReal(*error) || PetscIsInfOrNanReal(to->energy) || PetscIsInfOrNanReal(to->torque)) *error = PETSC_INFINITY;
  PetscFunctionReturn(0);
}

static PetscErrorCode normalize(HfMagnet magnet, Vec m) {
  PetscScalar *rows;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(m, &rows));
  HfMagnetNormalize(magnet, rows);
  PetscCall(VecRestoreArray(m, &rows));
  PetscFunctionReturn(0);
}

/* `out` follows the state for the monitor. */
static PetscErrorCode flow(HfMagnet magnet, PetscReal t, State *now, State *trial, Vec work[3], PetscReal tolerance, PetscReal max_time,
                           HfMagnetMonitor monitor, void *context, PetscBool resume, Vec out, PetscBool *converged) {
  PetscReal gamma0 = 0, passed = resume ? magnet->phase.passed : 0, h = resume ? magnet->phase.step : 0;
  PetscBool stop = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r) gamma0 = PetscMax(gamma0, magnet->materials[r].gamma0);
  PetscCall(evaluate(magnet, t, now, PETSC_FALSE));
  if (resume) --magnet->evaluations; /* it was counted */
  PetscCheckFault(!PetscIsInfOrNanReal(now->energy) && !PetscIsInfOrNanReal(now->torque), HfGridComm(magnet->grid), HF_ERR_DIVERGED,
                  "relaxation starts from a state or a field that is not finite");
  while (!(now->torque < tolerance) && passed < max_time && !stop) {
    const PetscReal radius = 0.5 * gamma0 * (HfMagnetStiffness(magnet) + now->along); /* bound of the flow's spectral radius, 1/s */
    const PetscReal longest = 0.653 * (PetscReal)(MAX_STAGES * MAX_STAGES - 1) / radius;
    PetscReal error, grow;
    PetscInt stages;

    if (!(h > 0)) h = 0.5 / radius;
    h = PetscMin(PetscMin(h, longest), max_time - passed);
    stages = PetscMin(MAX_STAGES, PetscMax(2, 1 + (PetscInt)PetscSqrtReal(1 + h * radius / 0.653)));
    PetscCall(chebyshev_step(magnet, t, h, stages, now, trial, work));
    PetscCall(normalize(magnet, trial->m));
    PetscCall(evaluate(magnet, t, trial, PETSC_FALSE));
    PetscCall(step_error(magnet, h, now, trial, work[0], &error));
    grow = PetscMin(5, PetscMax(0.1, 0.8 * PetscPowReal(error / TOLERANCE + 1e-30, -1.0 / 3.0)));
    if (error > TOLERANCE || trial->energy > now->energy + now->noise) {
      ++magnet->rejected;
      h *= PetscMin(0.5, grow);
      if (h * radius < 1e-6) { /* at the bottom, within round-off; a film far from it would go down */
        if (now->torque >= STEEP) PetscFunctionReturn(HfMagnetReportRise(magnet, t, now->m, trial->m, now->rate));
        break;
      }
      continue;
    }
    {
      const State old = *now;
      *now = *trial;
      *trial = old;
    }
    passed += h;
    ++magnet->steps;
    magnet->phase.passed = passed;
    magnet->phase.step = h * grow;
    if (monitor) {
      PetscCall(VecCopy(now->m, out));
      PetscCall((*monitor)(t, h, out, context, &stop));
    }
    h *= grow;
  }
  *converged = (PetscBool)(now->torque < tolerance);
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetRelax(HfMagnet magnet, PetscReal t, Vec m, PetscReal tolerance, PetscReal max_time, HfMagnetMonitor monitor, void *context,
                             PetscBool *converged) {
  const PetscBool resume = magnet->phase.resume;
  State now, trial;
  Vec work[3];
  PetscErrorCode code;

  PetscFunctionBeginUser;
  magnet->phase.resume = PETSC_FALSE;
  PetscCall(VecDuplicate(m, &now.m));
  PetscCall(VecDuplicate(m, &now.rate));
  PetscCall(VecDuplicate(m, &trial.m));
  PetscCall(VecDuplicate(m, &trial.rate));
  for (int k = 0; k < 3; ++k) PetscCall(VecDuplicate(m, &work[k]));
  PetscCall(VecCopy(m, now.m));
  if (!resume) PetscCall(normalize(magnet, now.m));
  PetscCall(VecSet(now.rate, 0));
  PetscCall(VecSet(trial.rate, 0));
  PetscCall(VecSet(work[2], 0));
  code = flow(magnet, t, &now, &trial, work, tolerance, max_time, monitor, context, resume, m, converged);
  PetscCall(VecCopy(now.m, m));
  PetscCall(VecDestroy(&now.m));
  PetscCall(VecDestroy(&now.rate));
  PetscCall(VecDestroy(&trial.m));
  PetscCall(VecDestroy(&trial.rate));
  for (int k = 0; k < 3; ++k) PetscCall(VecDestroy(&work[k]));
  PetscCall(code);
  PetscFunctionReturn(0);
}
