/* recall.c: V_i <- sgn( sum_j w_ij V_j ), all nodes at once or one random node at a time (Hopfield 1982; Niu et al. 2024, Methods).

   Synchronous updates with symmetric weights end in a fixed point or in a cycle of length 2 (Goles & Olivos 1980); when the cycle is found the
   state is the one that all `max_iterations` sweeps would have ended in. */
#include <hopfilm/network.h>

/* The new value of node i; the old one where the sum is below its own round-off. */
static PetscReal Update(PetscInt n, const PetscReal w[], PetscReal dead_zone, const PetscReal V[], PetscInt i) {
  PetscReal sum = 0.0, parts = 0.0;
  for (PetscInt j = 0; j < n; j++) {
    sum += w[i * n + j] * V[j];
    parts += PetscAbsReal(w[i * n + j] * V[j]);
  }
  if (PetscAbsReal(sum) <= dead_zone * parts) return V[i];
  return sum > 0.0 ? 1.0 : -1.0;
}

PetscBool HfIsFixedPoint(PetscInt n, const PetscReal w[], PetscReal dead_zone, const PetscReal V[]) {
  for (PetscInt i = 0; i < n; i++)
    if (Update(n, w, dead_zone, V, i) != V[i]) return PETSC_FALSE;
  return PETSC_TRUE;
}

static PetscErrorCode RecallSynchronous(PetscInt n, const PetscReal w[], const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscReal *next, *before;
  PetscBool same, same_before;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &next, n, &before));
  for (PetscInt it = 1; it <= options->max_iterations; it++) {
    for (PetscInt i = 0; i < n; i++) next[i] = Update(n, w, options->dead_zone, V, i);
    result->iterations = result->sweeps = it;
    PetscCall(PetscArraycmp(next, V, n, &same));
    if (same) {
      result->converged = PETSC_TRUE;
      break;
    }
    same_before = PETSC_FALSE;
    if (it > 1) PetscCall(PetscArraycmp(next, before, n, &same_before));
    if (same_before) {
      result->cycle = 2;
      if ((options->max_iterations - it) % 2 == 0) PetscCall(PetscArraycpy(V, next, n));
      break;
    }
    PetscCall(PetscArraycpy(before, V, n));
    PetscCall(PetscArraycpy(V, next, n));
  }
  PetscCall(PetscFree2(next, before));
  PetscFunctionReturn(0);
}

static PetscErrorCode RecallAsynchronous(PetscInt n, const PetscReal w[], const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscInt quiet = 0;

  PetscFunctionBeginUser;
  while (result->iterations < options->max_iterations) {
    const PetscInt i = HfRandomInteger(options->seed, HF_STREAM_RECALL, options->stream_index, result->iterations, n);
    const PetscReal next = Update(n, w, options->dead_zone, V, i);
    result->iterations++;
    quiet = next == V[i] ? quiet + 1 : 0;
    V[i] = next;
    if (quiet > options->quiet_updates) {
      result->converged = PETSC_TRUE;
      break;
    }
  }
  result->sweeps = (result->iterations + n - 1) / n;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRecall(PetscInt n, const PetscReal w[], const HfRecallOptions *options, PetscReal V[], HfRecallResult *result) {
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(result, sizeof(*result)));
  if (options->method == HF_RECALL_SYNCHRONOUS)
    PetscCall(RecallSynchronous(n, w, options, V, result));
  else
    PetscCall(RecallAsynchronous(n, w, options, V, result));
  PetscFunctionReturn(0);
}
