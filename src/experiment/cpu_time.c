/* Where the processor's time went: set-up, conductance matrices, and what remains of each kind of step. */
#include "experiment_impl.h"
#include <string.h>
#include <sys/resource.h>

static PetscReal seconds(struct timeval t) { return (PetscReal)t.tv_sec + 1e-6 * (PetscReal)t.tv_usec; }

PetscErrorCode HfEffortCount(HfExperiment e, const char *name) {
  HfEffort *effort = &e->effort;
  struct rusage usage = {0};
  PetscReal now;
  PetscInt k = 0;

  PetscFunctionBeginUser;
  getrusage(RUSAGE_SELF, &usage);
  now = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  while (k < effort->n && strcmp(effort->names[k], name)) k++;
  PetscCheck(k < HF_MAX_EFFORTS, PETSC_COMM_SELF, PETSC_ERR_PLIB, "more than %d kinds of effort", HF_MAX_EFFORTS);
  if (k == effort->n) {
    effort->names[effort->n++] = name;
    effort->seconds[k] = 0.0;
  }
  effort->seconds[k] += now - effort->counted;
  effort->counted = now;
  PetscFunctionReturn(0);
}

/* The most memory that this process has held, which Linux tells in kB. */
static PetscInt64 peak_memory(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) ? 0 : (PetscInt64)usage.ru_maxrss * 1024;
}

PetscErrorCode HfExperimentEffort(HfExperiment e, HfNode summary) {
  HfNode map;

  PetscFunctionBeginUser;
  PetscCall(HfNodePutInt(summary, "peak_memory_bytes", peak_memory()));
  PetscCall(HfNodePutInt(summary, "conductance_matrices", e->effort.n_matrices));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &map));
  for (PetscInt k = 0; k < e->effort.n; ++k) PetscCall(HfNodePutReal(map, e->effort.names[k], e->effort.seconds[k]));
  PetscCall(HfNodePutNode(summary, "cpu_seconds", map));
  PetscFunctionReturn(0);
}
