/* The plan of a film that is too large to be built where it is planned: a smaller film of the same cells stands for it, and the time of its steps is scaled.

     T = t1 (n/n1) (log n/log n1) S/N + S t_comm(N)     n cells on N ranks, n1 cells on N1; the logarithms with `demag: full` alone

   t1 S: seconds of N1 ranks for all S steps; t_comm: plan_traffic.c. */
#include "experiment_impl.h"

#define MARGIN      1.5   /* of the time to ask for */
#define SET_UP_S    300.0 /* wall time of start, set-up and end to ask for, s */
#define CHECKPOINTS 3     /* the newest, the one before, and one that is being written */
#define MOST_RANKS  (1 << 24)

/* Bytes of a checkpoint per cell. */
static PetscErrorCode checkpoint_bytes(HfExperiment e, PetscReal *bytes) {
  HfCheckpointList list;
  PetscReal total = 0;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListCreate(&list));
  PetscCall(HfDeviceListCheckpoint(e->device, HF_INSIDE_ADVANCE, list));
  for (PetscInt k = 0; k < HfCheckpointListCount(list); ++k) total += (PetscReal)HfCheckpointListGet(list, k)->n * sizeof(PetscReal);
  PetscCall(HfCheckpointListDestroy(&list));
  if (e->record.m_untrained) total += 3 * sizeof(PetscReal) * (PetscReal)HfGridGetInfo(HfDeviceGrid(e->device))->n_film;
  *bytes = total / ((PetscReal)HfGridGetInfo(HfDeviceGrid(e->device))->nx * (PetscReal)HfGridGetInfo(HfDeviceGrid(e->device))->ny);
  PetscFunctionReturn(0);
}

static PetscErrorCode plan_disk(HfExperiment e, const HfLargeFilm *large, PetscReal checkpoint, HfNode plan) {
  const HfGridInfo *grid = HfGridGetInfo(HfDeviceGrid(e->device));
  const HfRecorderSettings *settings = e->recorder->settings;
  const PetscReal cells = (PetscReal)large->n[0] * (PetscReal)large->n[1];
  PetscReal frame = 0, frames = 1 + e->schedule.plan.frames;

  PetscFunctionBeginUser;
  if (settings) {
    const HfSelection *part = &settings->selection;

    if (settings->every > 0.0) frames += floor(e->schedule.plan.seconds / settings->every);
    frame = (PetscReal)HfFrameBytesPerCell(settings) * cells * ((PetscReal)part->count[0] / (PetscReal)grid->nx) *
            ((PetscReal)part->count[1] / (PetscReal)grid->ny);
  }
  PetscCall(HfPlanPutCount(plan, "field_frames", frames));
  PetscCall(HfPlanPutCount(plan, "field_bytes_at_most", frames * frame));
  PetscCall(HfPlanPutCount(plan, "checkpoint_bytes_each", checkpoint * cells));
  PetscCall(HfPlanPutCount(plan, "disk_bytes_at_most", frames * frame + CHECKPOINTS * checkpoint * cells));
  PetscFunctionReturn(0);
}

/* The share of communication in a step of N ranks, of which one alone needs `work` seconds. */
static double share_of_talk(const HfLargeFilm *large, const HfStepCounts *counts, double work, PetscInt ranks) {
  const HfTrafficModel model = HfTrafficOf(large, ranks);
  const double talk = HfTrafficSeconds(large, HfTrafficPerStep(&model, counts), ranks);

  return talk > 0 ? talk / (talk + work / ranks) : 0;
}

/* *seconds: of a step. */
static PetscErrorCode plan_traffic(const HfLargeFilm *large, const HfStepCounts *counts, double work, HfNode plan, double *seconds) {
  const HfTrafficModel model = HfTrafficOf(large, large->ranks);
  const HfTraffic step = HfTrafficPerStep(&model, counts);
  PetscInt half = 2;
  HfNode talk;

  PetscFunctionBeginUser;
  *seconds = HfTrafficSeconds(large, step, large->ranks);
  while (half < MOST_RANKS && share_of_talk(large, counts, work, half) < 0.5) half *= 2;
  PetscCall(HfNodeCreate(HF_NODE_MAP, &talk));
  PetscCall(HfNodePutReal(talk, "latency_s", large->latency));
  PetscCall(HfNodePutReal(talk, "bandwidth_bytes_per_s", large->bandwidth));
  PetscCall(HfNodePutReal(talk, "evaluations_per_step", counts->evaluations));
  PetscCall(HfNodePutReal(talk, "solves_per_step", counts->solves));
  PetscCall(HfNodePutReal(talk, "iterations_per_step", counts->iterations));
  PetscCall(HfTrafficPut(talk, "per_evaluation", model.evaluation));
  if (counts->solves > 0) PetscCall(HfTrafficPut(talk, "per_solve", model.solve));
  if (counts->solves > 0) PetscCall(HfTrafficPut(talk, "per_iteration", model.iteration));
  PetscCall(HfTrafficPut(talk, "per_step", model.step));
  PetscCall(HfTrafficPut(talk, "all_per_step", step));
  PetscCall(HfNodePutReal(talk, "seconds_per_step", *seconds));
  PetscCall(HfNodePutReal(talk, "work_seconds_per_step", work / (double)large->ranks));
  PetscCall(HfNodePutInt(talk, "half_of_the_time_on_ranks", half));
  PetscCall(HfNodePutNode(plan, "communication", talk));
  PetscFunctionReturn(0);
}

/* Of the steps that have been taken since `before` was counted. */
static void count_steps(HfExperiment e, const PetscInt64 before[2], HfStepCounts *counts) {
  PetscInt64 steps, evaluations, refreshes, most;
  PetscReal mean;

  HfMagnetStatistics(HfDeviceMagnet(e->device), &steps, NULL, &evaluations);
  HfDeviceCouplingStatistics(e->device, &refreshes, &mean, &most);
  if (steps <= before[0]) return;
  counts->evaluations = (double)(evaluations - before[1]) / (double)(steps - before[0]);
  counts->solves = (double)refreshes / (double)(steps - before[0]);
  counts->iterations = counts->solves * (double)mean;
}

static PetscErrorCode plan_time(HfExperiment e, const HfLargeFilm *large, HfNode plan, HfNode basis) {
  const HfGridInfo *grid = HfGridGetInfo(HfDeviceGrid(e->device));
  const double cells = (double)large->n[0] * (double)large->n[1], small = (double)grid->nx * (double)grid->ny;
  const double scale = cells / small * (double)grid->size / (double)large->ranks;
  double steps, probes, n_steps, talk = 0, wall;
  HfStepCounts counts = {0};
  PetscInt64 before[2];
  PetscReal *V = NULL;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(e->schedule.n, &V));
  for (PetscInt k = 0; k < e->schedule.n; ++k) V[k] = (k % 2 ? 1e-3 : -1e-3) * (double)grid->nx / (double)large->n[0];
  HfMagnetStatistics(HfDeviceMagnet(e->device), &before[0], NULL, &before[1]);
  code = HfForecastWallTime(e, V, basis, &steps, &probes, &n_steps);
  PetscCall(PetscFree(V));
  if (code) PetscFunctionReturn(code);
  if (large->full_demag) steps *= log(cells) / log(small);
  count_steps(e, before, &counts);
  if (n_steps > 0) PetscCall(plan_traffic(large, &counts, steps * scale * (double)large->ranks / n_steps, plan, &talk));
  talk *= n_steps;
  wall = (steps + probes) * scale + talk;
  PetscCall(HfPlanPutCount(plan, "steps_about", ceil(n_steps)));
  PetscCall(HfNodePutReal(plan, "wall_seconds_about", wall));
  PetscCall(HfNodePutReal(plan, "communication_share", wall > 0 ? talk / wall : 0.0));
  PetscCall(HfNodePutReal(plan, "core_hours_about", wall * (double)large->ranks / 3600));
  PetscCall(HfNodePutReal(plan, "queue_seconds_to_ask_for", MARGIN * wall + SET_UP_S));
  PetscCall(HfNodePutText(plan, "queue_margin", "half as much again, and 300 s for start, set-up and end"));
  if (e->schedule.plan.relaxations > 0.0) PetscCall(HfNodePutText(plan, "wall_seconds_without", "relaxations, whose length is not known before"));
  PetscFunctionReturn(0);
}

static PetscErrorCode plan_basis(HfExperiment e, const HfLargeFilm *large, HfNode basis) {
  const HfGridInfo *grid = HfGridGetInfo(HfDeviceGrid(e->device));

  PetscFunctionBeginUser;
  PetscCall(HfNodePutInt(basis, "film_cells_x", grid->nx));
  PetscCall(HfNodePutInt(basis, "film_cells_y", grid->ny));
  PetscCall(HfNodePutInt(basis, "ranks", grid->size));
  PetscCall(HfNodePutText(basis, "scaled_by", large->full_demag ? "n log n of the cells over ranks" : "cells over ranks"));
  PetscCall(HfNodePutText(basis, "communication", "modelled, not measured"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfExperimentPlanLarge(HfExperiment e, const HfLargeFilm *large, HfNode *plan) {
  const HfGridInfo *grid = HfGridGetInfo(HfDeviceGrid(e->device));
  const PetscReal indices = 3 * (PetscReal)(large->n[0] + 2) * (PetscReal)(large->n[1] + 2);
  PetscReal checkpoint = 0;
  PetscErrorCode code;
  HfNode basis;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, plan));
  PetscCall(HfNodePutInt(*plan, "ranks", large->ranks));
  PetscCall(HfNodePutReals(*plan, "cell_size_m", 2, (const PetscReal[]){grid->dx, grid->dy}));
  PetscCall(HfNodePutInt(*plan, "cells_x", large->n[0]));
  PetscCall(HfNodePutInt(*plan, "cells_y", large->n[1]));
  PetscCall(HfNodePutInt(*plan, "electrodes", HfElectrodesCount(HfDeviceElectrodes(e->device))));
  PetscCall(HfNodePutInt(*plan, "schedule_steps", e->schedule.n_items));
  PetscCall(HfNodePutReal(*plan, "simulated_seconds", e->schedule.plan.seconds));
  PetscCall(HfNodePutText(*plan, "integrator", HfMagnetMethod(HfDeviceMagnet(e->device))));
  PetscCall(HfNodePutReal(*plan, "explicit_step_s", HfMagnetExplicitStep(HfDeviceMagnet(e->device))));
  PetscCall(HfPlanPutCount(*plan, "conductance_probes", e->schedule.plan.probes));
  PetscCall(HfPlanPutCount(*plan, "memory_bytes_per_rank", ceil(large->rank_memory)));
  PetscCall(HfPlanPutCount(*plan, "memory_bytes_about", ceil(large->rank_memory * (PetscReal)large->ranks)));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &basis));
  PetscCall(plan_basis(e, large, basis));
  code = plan_time(e, large, *plan, basis);
  if (code) { /* diverged, and said so */
    PetscCall(HfNodeDestroy(&basis));
    PetscCall(HfNodeDestroy(plan));
    PetscFunctionReturn(code);
  }
  PetscCall(checkpoint_bytes(e, &checkpoint));
  PetscCall(plan_disk(e, large, checkpoint, *plan));
  if (indices > 2147483647.0) PetscCall(HfNodePutText(*plan, "needs", "a PETSc with 64-bit indices"));
  PetscCall(HfNodePutNode(*plan, "measured_on", basis));
  PetscCall(HfNodePutText(*plan, "not_checked",
                          "what each drive amounts to; files of fields; shapes and electrodes cell by cell: they were shrunk with the film"));
  PetscFunctionReturn(0);
}
