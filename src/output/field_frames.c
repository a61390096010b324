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
  const HfRecorderSettings *settings = &output->settings.recorder;

  for (PetscInt k = 0; k < settings->n_fields; ++k)
    if (!strcmp(settings->fields[k], name)) return PETSC_TRUE;
  return PETSC_FALSE;
}

static PetscErrorCode describe(HfOutput output, const char name[], const char path[]) {
  const char *unit = "1", *doc = name;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < N_KNOWN_FIELDS; ++k)
    if (!strcmp(name, known_fields[k].name)) unit = known_fields[k].unit, doc = known_fields[k].doc;
  PetscCall(HfH5AttributeText(output, path, "unit", unit));
  PetscCall(HfH5AttributeText(output, path, "doc", doc));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputOpenFramesBefore(HfOutput output) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  char *slash;

  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(output->run_before, output->resume_path, sizeof output->run_before));
  slash = strrchr(output->run_before, '/');
  PetscCall(PetscStrncpy(slash ? slash + 1 : output->run_before, "run.h5", 16));
  H5Pset_fapl_mpio(access, output->comm, MPI_INFO_NULL);
  output->frames_before = H5Fopen(output->run_before, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  PetscCheckFault(output->frames_before >= 0, output->comm, HF_ERR_FILE, "cannot resume: %s, which holds the frames so far, cannot be read",
                  output->run_before);
  PetscFunctionReturn(0);
}

static PetscErrorCode times_before(HfOutput output, HfFieldState *field) {
  char path[128];
  hid_t dataset;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_FIELD_TIMES "/%s", field->name));
  dataset = H5Dopen2(output->frames_before, path, H5P_DEFAULT);
  if (dataset >= 0) {
    const hid_t space = H5Dget_space(dataset);
    field->n_before = (PetscInt)H5Sget_simple_extent_npoints(space);
    PetscCall(PetscMalloc1(field->n_before, &field->times_before));
    if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, field->times_before) < 0) field->n_before = 0;
    H5Sclose(space);
    H5Dclose(dataset);
  }
  PetscFunctionReturn(0);
}

/* A frame that the run wrote before it was cut, into v; *found: there is such a one. */
static PetscErrorCode frame_before(HfOutput output, HfFieldState *field, PetscReal time, PetscInt dof, Vec v, PetscBool *found) {
  char path[128];
  const char *why;

  PetscFunctionBeginUser;
  *found = (PetscBool)(field->frames < field->n_before && field->times_before[field->frames] == (double)time);
  if (!*found) PetscFunctionReturn(0);
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_FIELDS "/%s", field->name));
  PetscCall(HfFieldRead(HfDeviceGrid(HfExperimentDevice(output->experiment)), output->run_before, path, field->frames, dof,
                        &output->settings.recorder.selection, v, &why));
  PetscCheckFault(!why, output->comm, HF_ERR_FILE, "cannot resume: %s of %s: %s", path, output->run_before, why);
  PetscFunctionReturn(0);
}

static PetscErrorCode find_field(HfOutput output, const char name[], PetscInt *k) {
  PetscFunctionBeginUser;
  *k = 0;
  while (*k < output->n_fields && strcmp(output->fields[*k].name, name)) ++*k;
  PetscCheck(*k < HF_MAX_FIELDS, output->comm, PETSC_ERR_ARG_OUTOFRANGE, "more than %d fields", HF_MAX_FIELDS);
  if (*k < output->n_fields) PetscFunctionReturn(0);
  PetscCall(PetscStrncpy(output->fields[*k].name, name, sizeof output->fields[*k].name));
  if (output->frames_before >= 0) PetscCall(times_before(output, &output->fields[*k]));
  ++output->n_fields;
  PetscFunctionReturn(0);
}

static PetscErrorCode put_frame(HfOutput output, PetscInt k, PetscReal time, PetscInt dof, Vec v) {
  const HfTable row = {H5T_NATIVE_DOUBLE, 0, {0}, "s", "Simulated time of each frame"};
  const HfTable probe_row = {H5T_NATIVE_INT64, 0, {0}, "1", "Number of conductance probes taken before each frame"};
  const int64_t n_probes = output->n_probes;
  const char *name = output->fields[k].name;
  char path[128], times[128], probes[128];
  HfGrid grid = HfDeviceGrid(HfExperimentDevice(output->experiment));
  PetscInt frame;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_FIELDS "/%s", name));
  PetscCall(PetscSNPrintf(times, sizeof times, HF_PATH_FIELD_TIMES "/%s", name));
  PetscCall(PetscSNPrintf(probes, sizeof probes, HF_PATH_FIELD_PROBES "/%s", name));
  PetscCall(HfOutputNeedRoom(output, (PetscReal)output->settings.recorder.selection.count[0] * output->settings.recorder.selection.count[1] * dof *
                                         sizeof(PetscReal)));
  if (!output->fields[k].frames)
    PetscCall(
        HfFieldCreate(grid, output->file, path, &output->settings.recorder.selection, dof, output->settings.compression, output->settings.single));
  PetscCall(HfFieldAppend(grid, output->file, path, v, dof, &frame));
  output->fields[k].frames = frame + 1;
  if (!frame) PetscCall(describe(output, name, path));
  PetscCall(HfH5Append(output, times, &row, &time));
  PetscCall(HfH5Append(output, probes, &probe_row, &n_probes));
  PetscCall(HfOutputVtkFrame(output, k, time));
  if (!output->replaying) PetscCall(HfH5Flush(output));
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputField(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  HfOutput output = context;
  PetscBool found = PETSC_TRUE;
  Vec before = NULL;
  PetscInt k;

  PetscFunctionBeginUser;
  if (!output->is_open || (v && !is_wanted(output, name))) PetscFunctionReturn(0);
  PetscCall(find_field(output, name, &k));
  if (!v) {
    PetscCall(HfGridCreateCellVec(HfDeviceGrid(HfExperimentDevice(output->experiment)), dof, &before));
    PetscCall(frame_before(output, &output->fields[k], time, dof, before, &found));
  }
  if (found) PetscCall(put_frame(output, k, time, dof, v ? v : before));
  PetscCall(VecDestroy(&before));
  PetscFunctionReturn(0);
}
