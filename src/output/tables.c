/* What the recorder is given besides fields: in run.h5 the datasets of conductance, training, gauges, energies and other arrays; and table.tsv, the
   run as a time series in the table format of mumax, "# t (s)\tmx ()\t...". */
#include "output_impl.h"
#include <errno.h>
#include <string.h>

/* ---- run.h5 ---- */

/* A run that is killed keeps what was flushed. */
static PetscErrorCode flush_now_and_then(HfResultFile *results) {
  const double interval = 5; /* s */
  int due = MPI_Wtime() - results->last_flush > interval;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(&due, 1, MPI_INT, 0, results->run->comm));
  if (due) {
    PetscCall(HfRunNeedRoom(results->run, 0));
    PetscCall(HfH5Flush(results));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputSaturated(void *context, PetscInt n, const PetscReal G0[]) {
  HfOutput output = context;
  const HfTable table = {H5T_NATIVE_DOUBLE, 2, {(hsize_t)n, (hsize_t)n}, "S", "Conductance matrix of the film saturated along +z and -z, mean"};

  PetscFunctionBeginUser;
  if (!output->is_open || !n) PetscFunctionReturn(0);
  PetscCall(HfH5Write(&output->results, HF_PATH_CONDUCTANCE "/G0", &table, G0));
  PetscCall(HfRunAgree(&output->run));
  PetscFunctionReturn(0);
}

/* The width of the texts is set by the first probe. */
static PetscErrorCode put_pattern(HfResultFile *results, const char pattern[]) {
  const size_t width = (size_t)results->pattern_width;
  HfTable row = {HfH5TextType(width), 0, {0}, "", "Pattern that drives, or drove last"};
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(width + 1, &text));
  memcpy(text, pattern, PetscMin(strlen(pattern), width));
  PetscCall(HfH5Append(results, HF_PATH_TRAINING "/pattern", &row, text));
  H5Tclose(row.type);
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

static PetscErrorCode put_gauges(HfResultFile *results, const HfProbe *probe) {
  const HfTable row = {
      H5T_NATIVE_DOUBLE, 0, {0}, "S", "Conductance between the gauge's two contacts at each probe, whose times are /conductance/time"};
  char path[256];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < probe->n_gauges; ++k) {
    PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_GAUGES "/%s", probe->gauge_names[k]));
    PetscCall(HfH5Append(results, path, &row, &probe->gauges[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputProbe(void *context, const HfProbe *probe) {
  HfOutput output = context;
  HfResultFile *results = &output->results;
  const hsize_t n = (hsize_t)probe->n;
  const HfTable time = {H5T_NATIVE_DOUBLE, 0, {0}, "s", "Simulated time of each probe"};
  const HfTable G = {H5T_NATIVE_DOUBLE, 2, {n, n}, "S", "Conductance matrix at each probe, I = G V: [probe][terminal][terminal]"};
  const HfTable step = {H5T_NATIVE_INT, 0, {0}, "1", "Step of the schedule, from 0, in which each probe was taken"};
  const HfTable epoch = {H5T_NATIVE_INT, 0, {0}, "1", "Epoch of training in which each probe was taken"};
  const int step_number = (int)probe->item, epoch_number = (int)probe->epoch;

  PetscFunctionBeginUser;
  if (!output->is_open || !probe->n) PetscFunctionReturn(0);
  if (!results->pattern_width) results->pattern_width = PetscMax(32, probe->n);
  PetscCall(HfH5Append(results, HF_PATH_CONDUCTANCE "/time", &time, &probe->time));
  PetscCall(HfH5Append(results, HF_PATH_CONDUCTANCE "/G", &G, probe->G));
  PetscCall(HfH5Append(results, HF_PATH_TRAINING "/step", &step, &step_number));
  PetscCall(HfH5Append(results, HF_PATH_TRAINING "/epoch", &epoch, &epoch_number));
  PetscCall(put_pattern(results, probe->pattern ? probe->pattern : ""));
  PetscCall(put_gauges(results, probe));
  ++results->n_probes;
  PetscCall(flush_now_and_then(results));
  PetscCall(HfRunAgree(&output->run));
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
  PetscCall(HfH5Write(&output->results, path, &table, energies));
  PetscCall(HfRunAgree(&output->run));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputArray(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit) {
  HfOutput output = context;
  HfTable table = {H5T_NATIVE_DOUBLE, (int)rank, {0}, unit ? unit : "1", "Written by a step of the schedule; summary.yaml says by which"};
  char path[256];

  PetscFunctionBeginUser;
  if (!output->is_open) PetscFunctionReturn(0);
  PetscCheck(rank >= 0 && rank <= 4, output->run.comm, PETSC_ERR_ARG_OUTOFRANGE, "dataset %s has %d dimensions; 4 is the most", dataset, (int)rank);
  for (PetscInt d = 0; d < rank; ++d) table.shape[d] = (hsize_t)shape[d];
  PetscCall(PetscSNPrintf(path, sizeof path, "%s%s", dataset[0] == '/' ? "" : "/", dataset));
  PetscCall(HfH5Write(&output->results, path, &table, values));
  PetscCall(HfRunAgree(&output->run));
  PetscFunctionReturn(0);
}

/* ---- table.tsv ---- */

PetscErrorCode HfTimeTableHead(HfTimeTable *table, HfDevice device, PetscBool write) {
  const PetscInt n = HfDeviceTerminals(device);

  PetscFunctionBeginUser;
  table->n_pairs = n <= HF_TABLE_MAX_ELECTRODES ? n : 0; /* larger matrices are in run.h5 alone */
  if (!table->file || !write) PetscFunctionReturn(0);
  fprintf(table->file, "# t (s)\tmx ()\tmy ()\tmz ()\tdt (s)\tmax_torque ()\tE_total (J)");
  for (PetscInt i = 0; i < table->n_pairs; ++i)
    for (PetscInt j = i + 1; j < n; ++j) {
      const char *a = HfDeviceTerminalName(device, i), *b = HfDeviceTerminalName(device, j);
      fprintf(table->file, strlen(a) == 1 && strlen(b) == 1 ? "\tG%s%s (S)" : "\tG_%s_%s (S)", a, b);
    }
  fprintf(table->file, "\n");
  fflush(table->file);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputTableLine(void *context, const HfTableLine *line) {
  HfOutput output = context;
  HfTimeTable *table = &output->table;
  const PetscInt n = table->n_pairs;

  PetscFunctionBeginUser;
  if (!table->file) PetscFunctionReturn(0);
  fprintf(table->file, "%.12e\t%.12e\t%.12e\t%.12e\t%.6e\t%.6e\t%.12e", (double)line->time, (double)line->average[0], (double)line->average[1],
          (double)line->average[2], (double)line->dt, (double)line->max_torque, (double)line->energy);
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) line->G ? fprintf(table->file, "\t%.12e", (double)line->G[i * n + j]) : fprintf(table->file, "\tnan");
  fprintf(table->file, "\n");
  if (MPI_Wtime() - table->flushed > 1.) {
    if (fflush(table->file) != 0) HfRunNote(&output->run, "cannot write %s/table.tsv: %s", output->run.directory, strerror(errno));
    table->flushed = MPI_Wtime();
  }
  PetscFunctionReturn(0);
}
