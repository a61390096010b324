/* The plan of a film that is too large to be built where it is planned: a smaller film of the same cells stands for it, and the time of its steps is scaled.

     T = t1 (n/n1) (log n/log n1) S/N + S t_comm(N)     n cells on N ranks, n1 cells on N1; the logarithms with `demag: full` alone
     t_comm = messages latency + bytes/bandwidth + reductions latency log2 N

   t1 S: seconds of N1 ranks for all S steps. Counts of messages, bytes and reductions per step: those of jobs/README.md, "How many ranks", scaled as in
   jobs/scaling/scaling.py (ghost rows are as long as the film is wide; the transposes of the convolution move the whole film). */
#include "experiment_impl.h"

#define MARGIN         1.5   /* of the time to ask for */
#define SET_UP_S       300.0 /* wall time of start, set-up and end to ask for, s */
#define LATENCY_S      1e-6  /* of HDR InfiniBand */
#define BANDWIDTH      25e9  /* B/s, the same */
#define CHECKPOINTS    3     /* the newest, the one before, and one that is being written */
#define ROW_MESSAGES   14    /* per step, with ghost rows of m */
#define ROW_BYTES      336.0 /* per cell of a row and step */
#define TRANSPOSED     680.0 /* bytes per cell and step, of which every rank sends (N - 1)/N^2 */
#define SOLVE_MESSAGES 126   /* per step with a potential of its own */

static double seconds_of_communication(const HfLargeFilm *large, PetscBool coupled) {
  const double ranks = (double)large->ranks, width = (double)large->n[0], cells = width * (double)large->n[1];
  double messages = coupled ? SOLVE_MESSAGES : ROW_MESSAGES, bytes = ROW_BYTES * width * (coupled ? 2.6 : 1.0), reductions = coupled ? 28 : 5;

  if (ranks < 2) return 0.0;
  if (large->full_demag) {
    messages += ROW_MESSAGES * (ranks - 1);
    bytes += TRANSPOSED * cells * (ranks - 1) / (ranks * ranks);
    reductions += 14;
  }
  return messages * LATENCY_S + bytes / BANDWIDTH + reductions * LATENCY_S * ceil(log2(ranks));
}

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

static PetscErrorCode plan_time(HfExperiment e, const HfLargeFilm *large, HfNode plan, HfNode basis) {
  const HfGridInfo *grid = HfGridGetInfo(HfDeviceGrid(e->device));
  const double cells = (double)large->n[0] * (double)large->n[1], small = (double)grid->nx * (double)grid->ny;
  const double scale = cells / small * (double)grid->size / (double)large->ranks;
  double steps, probes, n_steps, talk, wall;
  PetscReal *V = NULL;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(e->schedule.n, &V));
  for (PetscInt k = 0; k < e->schedule.n; ++k) V[k] = (k % 2 ? 1e-3 : -1e-3) * (double)grid->nx / (double)large->n[0];
  code = HfForecastWallTime(e, V, basis, &steps, &probes, &n_steps);
  PetscCall(PetscFree(V));
  if (code) PetscFunctionReturn(code);
  if (large->full_demag) steps *= log(cells) / log(small);
  talk = n_steps * seconds_of_communication(large, (PetscBool)(e->schedule.n > 0 && !HfDeviceHasGold(e->device)));
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
  PetscCall(HfNodePutText(basis, "communication", "1 us and 25 GB/s per rank, modelled, not measured"));
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
