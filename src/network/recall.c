/* V_i <- sgn h_i(V), all nodes at once, one random node at a time, or every node once per sweep (Hopfield 1982; Niu et al. 2024, Methods);
   at a temperature V_i is random, and in the long run pair weights give the distribution exp(-E/(T s)), E = -sum_ij w_ij V_i V_j / 2.

   Synchronous updates with symmetric weights end in a fixed point or in a cycle of length 2 (Goles & Olivos 1980); when the cycle is found,
   the result is the pattern after all `max_iterations` updates. One node at a time the energy of symmetric weights never rises. */
#include "network_impl.h"

#define BATCH_OPERATIONS 1e8 /* 0.1 s at most; most recalls end after few updates */
#define BATCH_MOST       2e4 /* of the smallest networks, whose noise and bookkeeping count */

const char *const HfRecallNames[] = {"synchronous", "asynchronous", "sweeps", "stochastic", NULL};

PetscBool HfIsFixedPoint(PetscInt n, const PetscReal w[], PetscReal dead_zone, const PetscReal V[]) {
  for (PetscInt i = 0; i < n; ++i) {
    PetscReal sum = 0.0, parts = 0.0;
    for (PetscInt j = 0; j < n; ++j) {
      sum += w[i * n + j] * V[j];
      parts += PetscAbsReal(w[i * n + j] * V[j]);
    }
    if (PetscAbsReal(sum) > dead_zone * parts && (sum > 0.0) != (V[i] > 0.0)) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* The nodes that flip are listed before any does; the same list twice in a row is a cycle: they flip and flip back. */
static void synchronous(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscInt *flipped = network->order, n_flipped = 0;

  for (PetscInt it = 1; it <= options->max_iterations; ++it) {
    PetscInt count = 0;
    PetscBool same = PETSC_TRUE;
    for (PetscInt i = 0; i < network->n; ++i) {
      if (!HfNetworkIsUnstable(network, options->dead_zone, V, i)) continue;
      if (count >= n_flipped || flipped[count] != i) same = PETSC_FALSE;
      flipped[count++] = i;
    }
    result->iterations = result->sweeps = it;
    if (!count) {
      result->converged = PETSC_TRUE;
      return;
    }
    if (count != n_flipped) same = PETSC_FALSE;
    n_flipped = count;
    if (same) {
      result->cycle = 2;
      if ((options->max_iterations - it) % 2) return;
    }
    for (PetscInt k = 0; k < count; ++k) HfNetworkFlip(network, V, flipped[k]);
    if (same) return;
  }
}

static void asynchronous(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscInt quiet = 0;

  while (result->iterations < options->max_iterations) {
    const PetscInt i = HfRandomInteger(options->seed, HF_STREAM_RECALL, options->stream_index, result->iterations, network->n);
    const PetscBool flips = HfNetworkIsUnstable(network, options->dead_zone, V, i);
    ++result->iterations;
    quiet = flips ? 0 : quiet + 1;
    if (flips) HfNetworkFlip(network, V, i);
    if (quiet > options->quiet_updates) break;
  }
  result->converged = PETSC_TRUE; /* quiet updates may all have missed a node that would change */
  for (PetscInt i = 0; i < network->n && result->converged; ++i)
    if (HfNetworkIsUnstable(network, options->dead_zone, V, i)) result->converged = PETSC_FALSE;
  result->sweeps = (result->iterations + network->n - 1) / network->n;
}

/* Each sweep takes the nodes in a random order (Fisher and Yates, drawn as it goes). */
static void sweeps(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscInt *order = network->order;

  for (PetscInt i = 0; i < network->n; ++i) order[i] = i;
  while (result->iterations < options->max_iterations && !result->converged) {
    PetscBool quiet = PETSC_TRUE;
    for (PetscInt k = 0; k < network->n; ++k) {
      const PetscInt64 draw = (PetscInt64)result->iterations * network->n + k;
      const PetscInt pick = k + HfRandomInteger(options->seed, HF_STREAM_RECALL, options->stream_index, draw, network->n - k), i = order[pick];
      order[pick] = order[k];
      order[k] = i;
      if (!HfNetworkIsUnstable(network, options->dead_zone, V, i)) continue;
      HfNetworkFlip(network, V, i);
      quiet = PETSC_FALSE;
    }
    result->sweeps = ++result->iterations;
    result->converged = quiet;
  }
}

/* Heat bath: every node takes the state that it would have in equilibrium with the others. Ends after max_iterations sweeps, with what is there then. */
static void stochastic(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscInt *order = network->order;
  PetscReal scale = 0.0, heat;

  for (PetscInt i = 0; i < network->n; ++i) {
    PetscReal parts;

    order[i] = i;
    HfNetworkField(network, V, i, &parts);
    scale += parts / network->n;
  }
  heat = options->temperature * scale;
  for (; result->iterations < options->max_iterations; ++result->iterations)
    for (PetscInt k = 0; k < network->n; ++k) {
      PetscReal u[2], parts, h, odds;
      PetscInt pick, i;

      HfRandomUniform(options->seed, HF_STREAM_RECALL, options->stream_index, (PetscInt64)result->iterations * network->n + k, 2, u);
      pick = k + (PetscInt)(u[0] * (PetscReal)(network->n - k));
      i = order[pick];
      order[pick] = order[k];
      order[k] = i;
      h = HfNetworkField(network, V, i, &parts);
      odds = heat > 0.0 ? PetscExpReal(-2.0 * h / heat) : 1.0; /* of - to +; without weights both are as likely */
      if ((u[1] * (1.0 + odds) < 1.0) != (V[i] > 0.0)) HfNetworkFlip(network, V, i);
    }
  result->sweeps = result->iterations;
}

PetscErrorCode HfNetworkSettle(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscFunctionBeginUser;
  *result = (HfRecallResult){0};
  switch (options->method) {
  case HF_RECALL_SYNCHRONOUS:
    synchronous(network, options, V, result);
    break;
  case HF_RECALL_ASYNCHRONOUS:
    asynchronous(network, options, V, result);
    break;
  case HF_RECALL_SWEEPS:
    sweeps(network, options, V, result);
    break;
  case HF_RECALL_STOCHASTIC:
    stochastic(network, options, V, result);
    break;
  default:
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "unknown method of recall %d", (int)options->method);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfNetworkRecall(HfNetwork network, const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscFunctionBeginUser;
  HfNetworkStart(network, V);
  PetscCall(HfNetworkSettle(network, options, V, result));
  PetscFunctionReturn(0);
}

/* At most: an update of one node takes n operations, and so does the noise of the image. */
PetscInt64 HfRecallBatch(PetscInt n, const HfRecallOptions *options) {
  const PetscReal updates = options->method == HF_RECALL_ASYNCHRONOUS ? options->max_iterations : (PetscReal)n * options->max_iterations;

  return (PetscInt64)PetscMax(1, PetscMin(BATCH_MOST, BATCH_OPERATIONS / ((updates + n) * n)));
}

PetscErrorCode HfRecall(PetscInt n, const PetscReal w[], const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  HfNetwork network;

  PetscFunctionBeginUser;
  PetscCall(HfNetworkCreate(n, w, &network));
  PetscCall(HfNetworkRecall(network, options, V, result));
  PetscCall(HfNetworkDestroy(&network));
  PetscFunctionReturn(0);
}
