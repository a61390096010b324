/* What is computed for a given state: right-hand side, effective field, torque, average, energies.

     (1+alpha^2) dm/dt = T + alpha m x T,   T = -gamma0 m x H + other torques,   H = sum of terms;   with dry friction see friction.c */
#include "magnet_impl.h"

/* Writes H or dm/dt of a row to its place in a Vec; void cells become 0. */
static void join_row(const HfGridInfo *g, const HfRow *row, PetscReal *const v[3], PetscScalar out[]) {
  const PetscInt first = row->cells->first, n = row->cells->last - first + 1;
  PetscScalar *to = out + 3 * g->xm * (row->j - g->ys);

  memset(to, 0, sizeof(PetscScalar) * (size_t)(3 * first));
  HfRowJoin(first, n, v, to);
  memset(to + 3 * (first + n), 0, sizeof(PetscScalar) * (size_t)(3 * (g->xm - first - n)));
}

static void clear_empty_rows(HfMagnet magnet, PetscScalar out[]) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);

  for (PetscInt j = 0; j < g->ym; ++j) {
    const HfRowCells *cells = HfRowsGet(magnet->rows, g->ys + j);
    if (cells->first > cells->last) memset(out + 3 * g->xm * j, 0, sizeof(PetscScalar) * (size_t)(3 * g->xm));
  }
}

/* dm/dt of a row by the only torque that acts, which gives it in one pass; to row->T or, unless that is NULL, interleaved to the row `joined`. */
static void rate_alone(HfMagnet magnet, const HfRow *row, const HfTorque *torque, PetscScalar *joined) {
  const PetscInt first = row->cells->first, n = row->cells->last - first + 1;
  HfSpan span;

  HfRowField(magnet, row, PETSC_FALSE);
  if (row->cells->n_runs > 1) { /* there may be void cells in between */
    if (joined) memset(joined + 3 * first, 0, sizeof(PetscScalar) * (size_t)(3 * n));
    for (PetscInt c = 0; c < 3 && !joined; ++c) memset(row->T[c] + first, 0, sizeof(PetscReal) * (size_t)n);
  }
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    PetscReal *const T[3] = {row->T[0] + run->i, row->T[1] + run->i, row->T[2] + run->i};
    HfSpanOfRun(row, run, &span);
    (*torque->type->alone)(torque, torque->p[run->region], magnet->film.materials[run->region].alpha, &span, T, joined ? joined + 3 * run->i : NULL);
  }
}

static void add_up_rate(HfMagnet magnet, const HfRow *row) {
  HfRowField(magnet, row, PETSC_TRUE);
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    const HfMaterial *material = &magnet->film.materials[run->region];

    if (material->Hc > 0)
      HfRowFriction(run->i, run->n, material->alpha, material->gamma0 * material->Hc, row->m, row->T);
    else
      HfRowGilbert(run->i, run->n, material->alpha, row->m, row->T);
  }
}

void HfRowRate(HfMagnet magnet, const HfRow *row) {
  const HfTorque *only = HfTorqueAlone(magnet);

  if (only)
    rate_alone(magnet, row, only, NULL);
  else
    add_up_rate(magnet, row);
}

static void visit_rhs(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscInt first = row->cells->first, end = row->cells->last + 1;
  const HfTorque *only = HfTorqueAlone(magnet);
  PetscScalar *out = context, *to = out + 3 * g->xm * (row->j - g->ys);

  if (!only) {
    add_up_rate(magnet, row);
    join_row(g, row, row->T, out);
    return;
  }
  memset(to, 0, sizeof(PetscScalar) * (size_t)(3 * first));
  rate_alone(magnet, row, only, to);
  memset(to + 3 * end, 0, sizeof(PetscScalar) * (size_t)(3 * (g->xm - end)));
}

static PetscErrorCode right_hand_side(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, HfLength length, Vec dmdt) {
  PetscScalar *out;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(dmdt, &out));
  PetscCall(HfProfileBegin(HF_PROFILE_RIGHT_HAND_SIDE));
  PetscCall(HfSweepRows(magnet, fields, t, m, length, visit_rhs, out));
  PetscCall(HfProfileEnd(HF_PROFILE_RIGHT_HAND_SIDE));
  clear_empty_rows(magnet, out);
  PetscCall(VecRestoreArrayWrite(dmdt, &out));
  ++magnet->evaluations;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetRightHandSide(HfMagnet magnet, PetscReal t, Vec m, Vec dmdt) {
  PetscFunctionBeginUser;
  PetscCall(right_hand_side(magnet, HF_FIELD_ALL, t, m, HF_KEEP_LENGTH, dmdt));
  PetscFunctionReturn(0);
}

PetscErrorCode HfUnitRightHandSide(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, Vec dmdt) {
  PetscFunctionBeginUser;
  if (HfCurrentDue(magnet, t, PETSC_FALSE)) PetscCall(HfCurrentRefreshNow(magnet, t, m));
  PetscCall(right_hand_side(magnet, fields, t, m, HF_NORMALIZE, dmdt));
  PetscFunctionReturn(0);
}

typedef struct {
  PetscScalar *out;
  PetscInt n;
  const PetscScalar *k[HF_MAX_STAGES];
  PetscReal weight[HF_MAX_STAGES], largest[2]; /* of the error, of dm/dt */
} StageOutput;

static void visit_stage(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscInt first = row->cells->first, n = row->cells->last - first + 1;
  const PetscReal one = 1;
  const PetscScalar *k[HF_MAX_STAGES];
  StageOutput *output = context;

  visit_rhs(magnet, row, output->out);
  if (!output->n) return;
  for (PetscInt i = 0; i < output->n; ++i) k[i] = output->k[i] + 3 * (g->xm * (row->j - g->ys) + first);
  output->largest[0] = PetscMax(output->largest[0], HfRowLargest(3 * n, output->n, k, output->weight));
  k[0] = output->out + 3 * (g->xm * (row->j - g->ys) + first);
  output->largest[1] = PetscMax(output->largest[1], HfRowLargest(3 * n, 1, k, &one));
}

PetscErrorCode HfStageRightHandSide(HfMagnet magnet, PetscReal t, const HfStage *stage, Vec dmdt, const HfStageError *error, PetscReal largest[2]) {
  const PetscInt n = error ? error->n : 0;
  StageOutput output = {.n = 0};
  Vec read[HF_MAX_STAGES];

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(dmdt, &output.out));
  for (PetscInt i = 0; i < n; ++i) {
    if (error->weight[i] == 0) continue;
    read[output.n] = error->rate[i];
    if (error->rate[i] == dmdt)
      output.k[output.n] = output.out;
    else
      PetscCall(VecGetArrayRead(error->rate[i], &output.k[output.n]));
    output.weight[output.n++] = error->weight[i];
  }
  PetscCall(HfProfileBegin(HF_PROFILE_RIGHT_HAND_SIDE));
  PetscCall(HfSweepStage(magnet, t, stage, visit_stage, &output));
  PetscCall(HfProfileEnd(HF_PROFILE_RIGHT_HAND_SIDE));
  for (PetscInt i = 0; i < output.n; ++i)
    if (read[i] != dmdt) PetscCall(VecRestoreArrayRead(read[i], &output.k[i]));
  PetscCall(VecRestoreArrayWrite(dmdt, &output.out));
  ++magnet->evaluations;
  for (int k = 0; k < 2; ++k) largest[k] = output.largest[k];
  PetscFunctionReturn(0);
}

static void visit_field(HfMagnet magnet, const HfRow *row, void *context) {
  HfRowField(magnet, row, PETSC_FALSE);
  join_row(HfGridGetInfo(magnet->film.grid), row, row->H, context);
}

PetscErrorCode HfMagnetEffectiveField(HfMagnet magnet, PetscReal t, Vec m, Vec field) {
  PetscScalar *out;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(field, &out));
  PetscCall(HfSweepRows(magnet, HF_FIELD_ALL, t, m, HF_KEEP_LENGTH, visit_field, out));
  clear_empty_rows(magnet, out);
  PetscCall(VecRestoreArrayWrite(field, &out));
  PetscFunctionReturn(0);
}

PetscReal HfRowTorque(HfMagnet magnet, const HfRow *row) {
  PetscReal most = 0;

  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    const HfMaterial *material = &magnet->film.materials[run->region];
    const PetscReal torque = (PetscSqrtReal(HfRowMaxTorque(run->i, run->n, row->m, row->H)) - material->Hc) / material->Ms;
    if (!(torque <= most)) most = PetscIsNanReal(torque) ? PETSC_INFINITY : torque;
  }
  return most;
}

static void visit_torque(HfMagnet magnet, const HfRow *row, void *context) {
  PetscReal *most = context;

  HfRowField(magnet, row, PETSC_FALSE);
  *most = PetscMax(*most, HfRowTorque(magnet, row));
}

PetscErrorCode HfMagnetMaxTorque(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque) {
  PetscReal most = 0;

  PetscFunctionBeginUser;
  PetscCall(HfSweepRows(magnet, HF_FIELD_EXACT, t, m, HF_KEEP_LENGTH, visit_torque, &most));
  PetscCallMPI(MPI_Allreduce(&most, torque, 1, MPIU_REAL, MPIU_MAX, HfGridComm(magnet->film.grid)));
  PetscFunctionReturn(0);
}

void HfRowEnergies(HfMagnet magnet, const HfRow *row, PetscReal energies[]) {
  const HfRowCells *cells = row->cells;
  HfGhosts ghosts;
  HfSpan span;

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];

    if (!term->type->energy) continue;
    for (PetscInt s = 0; s < cells->n_spans; ++s) {
      const PetscInt region = cells->spans[s].region;
      if (!term->active[region]) continue;
      HfSpanOfRun(row, &cells->spans[s], &span);
      energies[k] += (*term->type->energy)(term, term->p[region], &span);
    }
    for (PetscInt s = 0; s < cells->n_edges; ++s) {
      const PetscInt region = cells->edges[s].region;
      if (!term->active[region]) continue;
      HfSpanOfEdge(row, &cells->edges[s], &ghosts, &span);
      energies[k] += (*term->type->energy)(term, term->p[region], &span);
    }
  }
}

static void visit_energies(HfMagnet magnet, const HfRow *row, void *context) { HfRowEnergies(magnet, row, context); }

/* Energies (J) of the terms that have one, from the sums of the densities on this rank. */
static PetscErrorCode add_up(HfMagnet magnet, PetscReal density[], PetscReal energies[]) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, density, (PetscMPIInt)magnet->n_terms, MPIU_REAL, MPIU_SUM, HfGridComm(magnet->film.grid)));
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (HfTermHasEnergy(&magnet->terms[k])) energies[n++] = density[k] * g->dx * g->dy * g->thickness;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal energies[]) {
  PetscReal *density;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(magnet->n_terms, &density));
  PetscCall(HfSweepRows(magnet, HF_FIELD_EXACT, t, m, HF_KEEP_LENGTH, visit_energies, density));
  PetscCall(add_up(magnet, density, energies));
  PetscCall(PetscFree(density));
  PetscFunctionReturn(0);
}

typedef struct {
  PetscReal torque, *density;
} Both;

static void visit_both(HfMagnet magnet, const HfRow *row, void *context) {
  Both *both = context;

  visit_torque(magnet, row, &both->torque);
  HfRowEnergies(magnet, row, both->density);
}

PetscErrorCode HfMagnetTorqueAndEnergies(HfMagnet magnet, PetscReal t, Vec m, PetscReal *torque, PetscReal energies[]) {
  Both both = {.torque = 0};
  PetscBool current;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(magnet->n_terms, &both.density));
  PetscCall(HfFieldCacheIsCurrent(magnet, t, m, &current));
  PetscCall(HfSweepRows(magnet, current ? HF_FIELD_CACHED : HF_FIELD_ALL, t, m, HF_KEEP_LENGTH, visit_both, &both));
  PetscCallMPI(MPI_Allreduce(&both.torque, torque, 1, MPIU_REAL, MPIU_MAX, HfGridComm(magnet->film.grid)));
  PetscCall(add_up(magnet, both.density, energies));
  PetscCall(PetscFree(both.density));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetAverage(HfMagnet magnet, Vec m, PetscReal average[3]) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscScalar *a;
  PetscReal sum[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt k = 0; k < g->ym * g->xm; ++k)
    for (PetscInt c = 0; c < 3; ++c) sum[c] += a[3 * k + c]; /* void cells hold 0 */
  PetscCall(VecRestoreArrayRead(m, &a));
  PetscCallMPI(MPI_Allreduce(sum, average, 3, MPIU_REAL, MPIU_SUM, HfGridComm(magnet->film.grid)));
  for (PetscInt c = 0; c < 3; ++c) average[c] /= (PetscReal)g->n_film;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetMeanMagnetization(HfMagnet magnet, Vec m, PetscReal M[3]) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscScalar *a;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 3; ++c) M[c] = 0;
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
    const HfRowCells *cells = HfRowsGet(magnet->rows, j);
    for (PetscInt k = 0; k < cells->n_runs; ++k) {
      const HfRun *run = &cells->runs[k];
      for (PetscInt i = run->i; i < run->i + run->n; ++i)
        for (PetscInt c = 0; c < 3; ++c) M[c] += magnet->film.materials[run->region].Ms * a[3 * ((j - g->ys) * g->xm + i) + c];
    }
  }
  PetscCall(VecRestoreArrayRead(m, &a));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, M, 3, MPIU_REAL, MPIU_SUM, HfGridComm(magnet->film.grid)));
  for (PetscInt c = 0; c < 3; ++c) M[c] /= (PetscReal)g->n_film;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetNormalize(HfMagnet magnet, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(m, &a));
  for (PetscInt j = 0; j < g->ym; ++j) {
    const HfRowCells *cells = HfRowsGet(magnet->rows, g->ys + j);
    if (cells->first <= cells->last) HfNormalize(cells->last - cells->first + 1, a + 3 * (j * g->xm + cells->first));
  }
  PetscCall(VecRestoreArray(m, &a));
  PetscFunctionReturn(0);
}

/* Void cells of a row become 0. */
static void clear_void(const HfRowCells *cells, PetscInt nx, PetscScalar row[]) {
  PetscInt at = 0;

  for (PetscInt k = 0; k < cells->n_runs; at = cells->runs[k].i + cells->runs[k].n, ++k)
    memset(row + 3 * at, 0, sizeof(*row) * (size_t)(3 * (cells->runs[k].i - at)));
  memset(row + 3 * at, 0, sizeof(*row) * (size_t)(3 * (nx - at)));
}

void HfClearVoid(HfMagnet magnet, PetscScalar a[]) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);

  for (PetscInt j = 0; j < g->ym; ++j) clear_void(HfRowsGet(magnet->rows, g->ys + j), g->xm, a + 3 * g->xm * j);
}
