/* What the recorder puts into run.h5 besides fields: conductance, training, energies and other arrays. */
#include "output_impl.h"
#include <string.h>

/* A cut run keeps what was flushed; not more often than every few seconds. */
static PetscErrorCode flush_now_and_then(HfOutput output) {
  int due = MPI_Wtime() - output->last_flush > 5.;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(&due, 1, MPI_INT, 0, output->comm));
  if (due) {
    PetscCall(HfOutputNeedRoom(output, 0));
    PetscCall(HfH5Flush(output));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputSaturated(void *context, PetscInt n, const PetscReal G0[]) {
  HfOutput output = context;
  const HfTable table = {H5T_NATIVE_DOUBLE, 2, {(hsize_t)n, (hsize_t)n}, "S", "Conductance matrix of the film saturated along +z and -z, mean"};

  PetscFunctionBeginUser;
  if (!n) PetscFunctionReturn(0);
  if (!output->is_open) PetscFunctionReturn(0);
  PetscCall(HfH5Write(output, HF_PATH_CONDUCTANCE "/G0", &table, G0));
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

/* Text of the pattern in a field of fixed width, the width that the first probe found needed. */
static PetscErrorCode put_pattern(HfOutput output, const char pattern[]) {
  const size_t width = (size_t)output->pattern_width;
  HfTable row = {HfH5TextType(width), 0, {0}, "", "Pattern that drives, or drove last"};
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(width + 1, &text));
  memcpy(text, pattern, PetscMin(strlen(pattern), width));
  PetscCall(HfH5Append(output, HF_PATH_TRAINING "/pattern", &row, text));
  H5Tclose(row.type);
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

static PetscErrorCode put_gauges(HfOutput output, const HfProbe *probe) {
  const HfTable row = {
      H5T_NATIVE_DOUBLE, 0, {0}, "S", "Conductance between the gauge's two contacts at each probe, whose times are /conductance/time"};
  char path[256];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < probe->n_gauges; ++k) {
    PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_GAUGES "/%s", probe->gauge_names[k]));
    PetscCall(HfH5Append(output, path, &row, &probe->gauges[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputProbe(void *context, const HfProbe *probe) {
  HfOutput output = context;
  const hsize_t n = (hsize_t)probe->n;
  const HfTable time = {H5T_NATIVE_DOUBLE, 0, {0}, "s", "Simulated time of each probe"};
  const HfTable G = {H5T_NATIVE_DOUBLE, 2, {n, n}, "S", "Conductance matrix at each probe, I = G V: [probe][terminal][terminal]"};
  const HfTable step = {H5T_NATIVE_INT, 0, {0}, "1", "Step of the schedule, from 0, in which each probe was taken"};
  const HfTable epoch = {H5T_NATIVE_INT, 0, {0}, "1", "Epoch of training in which each probe was taken"};
  const int step_number = (int)probe->step, epoch_number = (int)probe->epoch;

  PetscFunctionBeginUser;
  if (!output->is_open || !probe->n) PetscFunctionReturn(0);
  if (!output->pattern_width) output->pattern_width = PetscMax(32, probe->n);
  PetscCall(HfH5Append(output, HF_PATH_CONDUCTANCE "/time", &time, &probe->time));
  PetscCall(HfH5Append(output, HF_PATH_CONDUCTANCE "/G", &G, probe->G));
  PetscCall(HfH5Append(output, HF_PATH_TRAINING "/step", &step, &step_number));
  PetscCall(HfH5Append(output, HF_PATH_TRAINING "/epoch", &epoch, &epoch_number));
  PetscCall(put_pattern(output, probe->pattern ? probe->pattern : ""));
  PetscCall(put_gauges(output, probe));
  ++output->n_probes;
  PetscCall(flush_now_and_then(output));
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputEnergies(void *context, const char *name, PetscInt n_states, const PetscReal energies[]) {
  HfOutput output = context;
  const HfTable table = {
      H5T_NATIVE_DOUBLE,
      1,
      {(hsize_t)n_states},
      "S",
      "Energy -sum_ij w_ij V_i V_j of every state, V = +1, -1; the first electrode is the highest bit of the index: ----, ---+, ..."};
  char path[256];

  PetscFunctionBeginUser;
  if (!output->is_open) PetscFunctionReturn(0);
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_ENERGY "/%s", name));
  PetscCall(HfH5Write(output, path, &table, energies));
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputArray(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit) {
  HfOutput output = context;
  HfTable table = {H5T_NATIVE_DOUBLE, (int)rank, {0}, unit ? unit : "1", "Written by a step of the schedule; summary.yaml says by which"};
  char path[256];

  PetscFunctionBeginUser;
  if (!output->is_open) PetscFunctionReturn(0);
  PetscCheck(rank >= 0 && rank <= 4, output->comm, PETSC_ERR_ARG_OUTOFRANGE, "dataset %s has %d dimensions; 4 is the most", dataset, (int)rank);
  for (PetscInt d = 0; d < rank; ++d) table.shape[d] = (hsize_t)shape[d];
  PetscCall(PetscSNPrintf(path, sizeof path, "%s%s", dataset[0] == '/' ? "" : "/", dataset));
  PetscCall(HfH5Write(output, path, &table, values));
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}
