/* What the steps tell the recorder; functions that a recorder does not have are passed over. */
#include "experiment_impl.h"
#include <stdarg.h>

PetscErrorCode HfRecordField(HfExperiment e, const char *name, PetscInt dof, Vec v) {
  PetscFunctionBeginUser;
  PetscCall(HfProfileBegin(HF_PROFILE_OUTPUT));
  if (e->recorder->field) PetscCall(e->recorder->field(e->recorder->context, name, HfDeviceTime(e->device), dof, v));
  PetscCall(HfProfileEnd(HF_PROFILE_OUTPUT));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRecordEnergies(HfExperiment e, const char *name, PetscInt n_states, const PetscReal energies[]) {
  PetscFunctionBeginUser;
  if (e->recorder->energies) PetscCall(e->recorder->energies(e->recorder->context, name, n_states, energies));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRecordArray(HfExperiment e, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit) {
  PetscFunctionBeginUser;
  if (e->recorder->array) PetscCall(e->recorder->array(e->recorder->context, name, rank, shape, values, unit));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRecordSummary(HfExperiment e, HfNode entry) {
  PetscFunctionBeginUser;
  if (e->recorder->summary)
    PetscCall(e->recorder->summary(e->recorder->context, entry));
  else
    PetscCall(HfNodeDestroy(&entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRecordLog(HfExperiment e, const char *format, ...) {
  char line[2048];
  va_list arguments;

  PetscFunctionBeginUser;
  if (!e->recorder->log || HfReplaying(e)) PetscFunctionReturn(0);
  va_start(arguments, format);
  vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  PetscCall(e->recorder->log(e->recorder->context, line));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRecordHeadline(HfExperiment e, HfNode entry, const char *format, ...) {
  char line[2048];
  va_list arguments;

  PetscFunctionBeginUser;
  va_start(arguments, format);
  vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  PetscCall(HfNodePutText(entry, "headline", line));
  if (e->recorder->log && !HfReplaying(e)) PetscCall(e->recorder->log(e->recorder->context, line));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEntryCreate(HfExperiment e, const char *step, HfNode *entry) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, entry));
  PetscCall(HfNodePutText(*entry, "step", step));
  PetscCall(HfNodePutInt(*entry, "item", e->step + 1));
  PetscCall(HfNodePutInt(*entry, "initial", e->initials));
  PetscFunctionReturn(0);
}
