/* status.yaml: how far the run is, for whoever watches it: small, whole at any time, written with the lines of progress and at the end. */
#include "output_impl.h"
#include <string.h>

/* The newest result with a headline, and the newest accuracy. */
static PetscErrorCode put_last_results(HfOutput output, HfNode status) {
  HfNode headline = NULL, accuracy = NULL;

  PetscFunctionBeginUser;
  for (PetscInt k = HfNodeLength(output->entries) - 1; k >= 0 && !(headline && accuracy); k--) {
    HfNode entry = HfNodeItem(output->entries, k), here = HfNodeFind(entry, "headline");

    if (!headline) headline = here;
    if (!accuracy && here) accuracy = HfNodeFind(entry, "accuracy");
  }
  if (accuracy) PetscCall(HfNodePutText(status, "last_accuracy", HfNodeText(accuracy)));
  if (headline) PetscCall(HfNodePutText(status, "last_result", HfNodeText(headline)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputStatus(HfOutput output, const char *text, const char *what, double left) {
  char path[PETSC_MAX_PATH_LEN], now[32];
  HfNode status;
  FILE *file;

  PetscFunctionBeginUser;
  if (output->rank) PetscFunctionReturn(0);
  HfOutputNow(now);
  PetscCall(HfNodeCreate(HF_NODE_MAP, &status));
  PetscCall(HfNodePutText(status, "status", text));
  PetscCall(HfNodePutText(status, "updated", now));
  PetscCall(HfNodePutReal(status, "wall_seconds", MPI_Wtime() - output->start));
  PetscCall(HfNodePutText(status, "doing", what));
  PetscCall(HfNodePutReal(status, "simulated_seconds", output->progress_done));
  PetscCall(HfNodePutReal(status, "of", output->progress_total));
  if (left >= 0) PetscCall(HfNodePutReal(status, "seconds_to_go", left));
  PetscCall(put_last_results(output, status));
  HfOutputPath(output, "status.yaml.new", path);
  if ((file = fopen(path, "w"))) { /* a disk that is full is the business of those whose files matter */
    PetscCall(HfNodeWrite(status, file));
    if (!fclose(file)) {
      char final[PETSC_MAX_PATH_LEN];
      HfOutputPath(output, "status.yaml", final);
      (void)rename(path, final);
    }
  }
  PetscCall(HfNodeDestroy(&status));
  PetscFunctionReturn(0);
}
