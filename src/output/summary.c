/* summary.yaml: status, counters and the result of every schedule step. Rewritten after every entry, under another name that is then renamed, so that a
   run that is killed keeps its results and no reader sees an incomplete file. */
#include "output_impl.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static PetscErrorCode make_header(HfOutput output, const char *status, HfNode *header) {
  PetscInt64 steps, rejected, evaluations, solves = 0, iterations = 0, more_solves, more_iterations;
  HfDevice device = HfExperimentDevice(output->experiment);
  HfPotential gold = HfDeviceGoldPotential(device);
  PetscInt last;
  HfProvenance provenance;

  PetscFunctionBeginUser;
  PetscCall(HfProvenanceGet(&provenance));
  PetscCall(HfNodeCreate(HF_NODE_MAP, header));
  PetscCall(HfNodePutText(*header, "status", status));
  if ((!strcmp(status, "failed") || !strcmp(status, "diverged")) && HfFaultText()[0]) PetscCall(HfNodePutText(*header, "reason", HfFaultText()));
  PetscCall(HfNodePutText(*header, "version", provenance.version));
  PetscCall(HfNodePutText(*header, "commit", provenance.commit));
  PetscCall(HfNodePutReal(*header, "wall_seconds", MPI_Wtime() - output->run.start));
  PetscCall(HfNodePutInt(*header, "ranks", output->run.size));
  PetscCall(HfNodePutInt(*header, "cells", HfGridGetInfo(HfDeviceGrid(device))->n_film));
  HfMagnetStatistics(HfDeviceMagnet(device), &steps, &rejected, &evaluations);
  if (HfDeviceFilmPotential(device)) HfPotentialStatistics(HfDeviceFilmPotential(device), &solves, &iterations, &last);
  if (gold) {
    HfPotentialStatistics(gold, &more_solves, &more_iterations, &last);
    solves += more_solves;
    iterations += more_iterations;
  }
  PetscCall(HfNodePutReal(*header, "simulated_time", HfDeviceTime(device)));
  PetscCall(HfNodePutText(*header, "integrator", HfMagnetMethod(HfDeviceMagnet(device))));
  PetscCall(HfNodePutInt(*header, "steps", steps));
  PetscCall(HfNodePutInt(*header, "rejected_steps", rejected));
  PetscCall(HfNodePutInt(*header, "rhs_evaluations", evaluations));
  PetscCall(HfNodePutInt(*header, "potential_solves", solves));
  PetscCall(HfNodePutInt(*header, "cg_iterations", iterations));
  PetscCall(HfExperimentResources(output->experiment, *header));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputSummaryWrite(HfOutput output, const char *status) {
  HfRun *run = &output->run;
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  HfNode header;
  FILE *file;

  PetscFunctionBeginUser;
  if (!run->rank) {
    HfRunPath(run, "summary.yaml", path);
    HfRunPath(run, "summary.yaml.new", temporary);
    PetscCall(make_header(output, status, &header));
    file = HfFileCreateStream(temporary);
    if (file) {
      PetscCall(HfNodeWrite(header, file));
      PetscCall(HfNodeWrite(output->summary.root, file));
      PetscBool whole = fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0 ? PETSC_TRUE : PETSC_FALSE;

      if (!whole) HfRunNote(run, "cannot write %s: %s", temporary, strerror(errno));
      if (fclose(file) != 0) {
        whole = PETSC_FALSE;
        HfRunNote(run, "cannot write %s: %s", temporary, strerror(errno)); /* the first note stays */
      }
      if (whole && rename(temporary, path) != 0) HfRunNote(run, "cannot write %s: %s", path, strerror(errno));
    } else
      HfRunNote(run, "cannot write %s: %s", temporary, strerror(errno));
    PetscCall(HfNodeDestroy(&header));
  }
  PetscCall(HfRunAgree(run));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputSummary(void *context, HfNode entry) {
  HfOutput output = context;

  PetscFunctionBeginUser;
  PetscCall(HfNodePutNode(output->summary.entries, NULL, entry));
  if (output->is_open && !output->resume.replaying) PetscCall(HfOutputSummaryWrite(output, "running"));
  PetscFunctionReturn(0);
}
