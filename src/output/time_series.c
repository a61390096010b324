/* table.tsv: the run as a time series, one line per recorded step, in mumax's table form: "# t (s)\tmx ()\t...". */
#include "output_impl.h"
#include <errno.h>
#include <string.h>

PetscErrorCode HfOutputTableOpen(HfOutput output) {
  HfDevice device = HfExperimentDevice(output->experiment);
  const PetscInt n = HfDeviceTerminals(device);

  PetscFunctionBeginUser;
  output->table_pairs = n <= HF_TABLE_MAX_ELECTRODES ? n : 0; /* beyond that run.h5 is the place for G */
  if (output->rank || output->replaying) PetscFunctionReturn(0);
  fprintf(output->table, "# t (s)\tmx ()\tmy ()\tmz ()\tdt (s)\tmax_torque ()\tE_total (J)");
  for (PetscInt i = 0; i < output->table_pairs; ++i)
    for (PetscInt j = i + 1; j < n; ++j) {
      const char *a = HfDeviceTerminalName(device, i), *b = HfDeviceTerminalName(device, j);
      fprintf(output->table, strlen(a) == 1 && strlen(b) == 1 ? "\tG%s%s (S)" : "\tG_%s_%s (S)", a, b);
    }
  fprintf(output->table, "\n");
  fflush(output->table);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputTableLine(void *context, const HfTableLine *row) {
  HfOutput output = context;
  const PetscInt n = output->table_pairs;

  PetscFunctionBeginUser;
  if (output->rank || !output->table) PetscFunctionReturn(0);
  if (output->table_has_rows && row->time > output->table_time && row->time - output->table_time < output->settings.recorder.table_every * (1 - 1e-9))
    PetscFunctionReturn(0);
  fprintf(output->table, "%.12e\t%.12e\t%.12e\t%.12e\t%.6e\t%.6e\t%.12e", (double)row->time, (double)row->average[0], (double)row->average[1],
          (double)row->average[2], (double)row->dt, (double)row->max_torque, (double)row->energy);
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) row->G ? fprintf(output->table, "\t%.12e", (double)row->G[i * n + j]) : fprintf(output->table, "\tnan");
  fprintf(output->table, "\n");
  output->table_has_rows = PETSC_TRUE;
  output->table_time = row->time;
  if (MPI_Wtime() - output->table_flushed > 1.) {
    if (fflush(output->table) != 0) HfOutputNote(output, "cannot write %s/table.tsv: %s", output->directory, strerror(errno));
    output->table_flushed = MPI_Wtime();
  }
  PetscFunctionReturn(0);
}
