/* What a rank in the middle of the film sends per step, and how long that takes on an interconnect: a model of the exchanges in the code, which
   `bash jobs/reproduce.sh program --only ranks` compares with what a run sends, counted message by message.

     evaluation of dm/dt      a row of m to each neighbour; with `demag: full` the two transpositions of a convolution
     solve of the potential   rows of m; of the five arrays of couplings; of the potential twice; then per iteration of conjugate gradients
     iteration                a row of vertices to each neighbour, and on every level but the coarsest (2^l times shorter rows) four sweeps of it, and the odd
                              rows of residuals; one gather of the coarsest level, three reductions
     step                     a reduction of its error

     t = messages latency + bytes/bandwidth + collectives latency log2 N

   Left out: table lines and frames, renewals of the coarse levels, the V-cycles of implicit steps. */
#include "experiment_impl.h"

enum { COUPLINGS = 5, SWEEPS = 4, COARSEST = 40000 /* n_x n_y min(n_x, n_y) of vertices up to which a level is solved directly */ };

static HfTraffic times(double factor, HfTraffic x) { return (HfTraffic){factor * x.messages, factor * x.bytes, factor * x.collectives}; }
static HfTraffic plus(HfTraffic x, HfTraffic y) { return (HfTraffic){x.messages + y.messages, x.bytes + y.bytes, x.collectives + y.collectives}; }

/* A row of n numbers to each neighbour. */
static HfTraffic rows(double times_each, double n, double neighbours) {
  return (HfTraffic){.messages = neighbours * times_each, .bytes = neighbours * times_each * n * sizeof(PetscReal)};
}

static PetscBool is_smoothed(double a, double b) { return (PetscBool)(a * b * PetscMin(a, b) > COARSEST && PetscMin(a, b) > 3); }

/* Of the rank that sends most. Where a level has fewer rows than ranks, a row also goes to the ranks between its owner and the next one, which own rows of the
   finer level. A rank with more than one row has one odd row at a border; of single ones, those of the busiest rank are even on all levels but the last. */
static HfTraffic iteration(const HfLargeFilm *large, PetscInt ranks, double neighbours) {
  double a = (double)large->n[0] + 1, b = (double)large->n[1] + 1, owned = PetscMax(1, (double)large->n[1] / (double)ranks);
  HfTraffic all = rows(1, a, neighbours);

  while (is_smoothed(a, b)) {
    const double peers = owned < 1 ? 2 * neighbours : neighbours, next[2] = {floor(a / 2) + 1, floor(b / 2) + 1};

    all = plus(all, rows(SWEEPS, a, peers));
    all = plus(all, rows(1, a, owned >= 2 ? 1 : is_smoothed(next[0], next[1]) ? 0 : peers));
    a = next[0];
    b = next[1];
    owned /= 2;
  }
  all.collectives = 4;
  return all;
}

HfTrafficModel HfTrafficOf(const HfLargeFilm *large, PetscInt ranks) {
  const double width = (double)large->n[0], neighbours = ranks > 2 ? 2 : ranks - 1;
  HfTrafficModel model = {.evaluation = rows(1, 3 * width, neighbours)};

  if (ranks == 1) return model;
  if (large->full_demag) {
    const HfConvolutionTraffic convolution =
        HfConvolutionForecast(large->n[0], large->n[1], ranks, large->single_demag ? HF_CONVOLUTION_SINGLE : HF_CONVOLUTION_DOUBLE, 3);
    model.evaluation = plus(model.evaluation, (HfTraffic){.messages = convolution.messages, .bytes = convolution.bytes});
  }
  model.iteration = iteration(large, ranks, neighbours);
  model.solve = plus(rows(1, 3 * width, neighbours), rows(COUPLINGS + 3, width + 1, neighbours));
  model.solve.collectives = 4;
  model.step.collectives = 1;
  return model;
}

HfTraffic HfTrafficPerStep(const HfTrafficModel *model, const HfStepCounts *counts) {
  return plus(model->step, plus(times(counts->evaluations, model->evaluation),
                                plus(times(counts->solves, model->solve), times(counts->iterations, model->iteration))));
}

double HfTrafficSeconds(const HfLargeFilm *large, HfTraffic traffic, PetscInt ranks) {
  return (traffic.messages + traffic.collectives * ceil(log2((double)ranks))) * large->latency + traffic.bytes / large->bandwidth;
}

PetscErrorCode HfTrafficPut(HfNode map, const char *key, HfTraffic traffic) {
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, &entry));
  PetscCall(HfNodePutReal(entry, "messages", traffic.messages));
  PetscCall(HfNodePutReal(entry, "bytes", traffic.bytes));
  PetscCall(HfNodePutReal(entry, "collectives", traffic.collectives));
  PetscCall(HfNodePutNode(map, key, entry));
  PetscFunctionReturn(0);
}
