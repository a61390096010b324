/* Frames of fields in run.h5: the cell Vecs through the grid's own writer, their times and their links for ParaView beside them. */
#include "output_impl.h"
#include <string.h>

static const struct {
  const char *name, *unit, *doc;
} known_fields[] = {
    {"m", "1", "Magnetization M/Ms at the cell centres; zero where there is no film"},
    {"H", "A/m", "Oersted field of the drive in the film's mid-plane"},
    {"j", "A/m^2", "Current density in the magnetic film"},
    {"j_gold", "A/m^2", "Current density in the gold layer"},
};
enum { N_KNOWN_FIELDS = sizeof known_fields / sizeof known_fields[0] };

static PetscBool is_wanted(HfOutput output, const char name[]) {
  HfNode section = HfNodeFind(HfDeckRoot(output->deck), "output");

  for (PetscInt k = 0; k < HfCount(section, "fields"); k++)
    if (!strcmp(HfTextAt(section, "fields", k), name)) return PETSC_TRUE;
  return PETSC_FALSE;
}

static PetscErrorCode describe(HfOutput output, const char name[], const char path[]) {
  const char *unit = "1", *doc = name;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < N_KNOWN_FIELDS; k++)
    if (!strcmp(name, known_fields[k].name)) unit = known_fields[k].unit, doc = known_fields[k].doc;
  PetscCall(HfH5AttributeText(output, path, "unit", unit));
  PetscCall(HfH5AttributeText(output, path, "doc", doc));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputField(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  HfOutput output = context;
  const HfTable row = {H5T_NATIVE_DOUBLE, 0, {0}, "s", "Simulated time of each frame"};
  const HfTable probe_row = {H5T_NATIVE_INT64, 0, {0}, "1", "Number of conductance probes taken before each frame"};
  const int64_t n_probes = output->n_probes;
  char path[128], times[128], probes[128];
  HfGrid grid;
  PetscInt k = 0, frame;

  PetscFunctionBeginUser;
  if (!output->is_open || !is_wanted(output, name)) PetscFunctionReturn(0);
  grid = HfDeviceGrid(HfExperimentDevice(output->experiment));
  while (k < output->n_fields && strcmp(output->fields[k].name, name)) k++;
  PetscCheck(k < HF_MAX_FIELDS, output->comm, PETSC_ERR_ARG_OUTOFRANGE, "more than %d fields", HF_MAX_FIELDS);
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_FIELDS "/%s", name));
  PetscCall(PetscSNPrintf(times, sizeof times, HF_PATH_FIELD_TIMES "/%s", name));
  PetscCall(PetscSNPrintf(probes, sizeof probes, HF_PATH_FIELD_PROBES "/%s", name));
  PetscCall(HfOutputNeedRoom(output, (PetscReal)HfGridGetInfo(grid)->nx * HfGridGetInfo(grid)->ny * dof * sizeof(PetscReal)));
  if (k == output->n_fields) {
    PetscCall(PetscStrncpy(output->fields[k].name, name, sizeof output->fields[k].name));
    PetscCall(HfFieldCreate(grid, output->file, path, dof, output->compression));
    output->n_fields++;
  }
  PetscCall(HfFieldAppend(grid, output->file, path, v, dof, &frame));
  output->fields[k].frames = frame + 1;
  if (!frame) PetscCall(describe(output, name, path));
  PetscCall(HfH5Append(output, times, &row, &time));
  PetscCall(HfH5Append(output, probes, &probe_row, &n_probes));
  PetscCall(HfOutputVtkFrame(output, k, time));
  PetscCall(HfH5Flush(output));
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}
