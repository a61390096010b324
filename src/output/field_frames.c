/* Frames of fields in run.h5: cell Vecs, written by the grid's own writer, with their times and the number of probes taken before them.

   After a restart the frames up to the checkpoint are copied from run.h5 of the run before: the replay asks for them with a NULL Vec. */
#include "output_impl.h"
#include <string.h>

static const struct {
  const char *name, *unit, *doc;
} known_fields[] = {
    {"m", "1", "Magnetization M/Ms at the cell centres; zero where there is no film"},
    {"H", "A/m", "Oersted field of the drive in the film's mid-plane"},
    {"j", "A/m^2",
     "Current density that flows in the magnetic film, at the voltage of the drive; zero while none is on the film, so always under gold"},
    {"j_gold", "A/m^2", "Current density that flows in the gold layer, at the voltage of the drive; zero while it is off"},
    {"j_per_volt", "A/(m^2 V)",
     "Current density in the magnetic film per volt of the last pattern: for +1 V on its + electrodes and -1 V on the others, driven or not"},
};

static PetscBool is_wanted(const HfRecorderSettings *settings, const char name[]) {
  for (PetscInt k = 0; k < settings->n_fields; ++k)
    if (!strcmp(settings->fields[k], name)) return PETSC_TRUE;
  return PETSC_FALSE;
}

static PetscErrorCode describe(HfResultFile *results, const char name[], const char path[]) {
  const char *unit = "1", *doc = name;

  PetscFunctionBeginUser;
  if (!strncmp(name, "H_", 2)) unit = "A/m", doc = "Effective field, or that of the term in the name; void cells hold 0";
  if (!strncmp(name, "e_", 2)) unit = "J/m^3", doc = "Energy density, or that of the term in the name; a cell holds half of each of its bonds";
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(known_fields); ++k)
    if (!strcmp(name, known_fields[k].name)) unit = known_fields[k].unit, doc = known_fields[k].doc;
  PetscCall(HfH5AttributeText(results, path, "units", unit));
  PetscCall(HfH5AttributeText(results, path, "long_name", doc));
  PetscFunctionReturn(0);
}

/* ---- frames of the run before a restart ---- */

PetscErrorCode HfFramesOpenBefore(HfOutput output) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  HfResume *resume = &output->resume;
  char *slash;
  int is_file;

  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(resume->run_before, resume->path, sizeof resume->run_before));
  slash = strrchr(resume->run_before, '/');
  PetscCall(PetscStrncpy(slash ? slash + 1 : resume->run_before, "run.h5", 16));
  if (strlen(resume->run_before) <= HF_MPI_IO_PATH_LENGTH) H5Pset_fapl_mpio(access, output->run.comm, MPI_INFO_NULL);
  is_file = HfIsRegularFile(resume->run_before) ? 1 : 0; /* a FIFO would have to be waited for */
  PetscCallMPI(MPI_Bcast(&is_file, 1, MPI_INT, 0, output->run.comm));
  if (is_file) resume->frames_before = H5Fopen(resume->run_before, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  PetscCheckFault(resume->frames_before >= 0, output->run.comm, HF_ERR_FILE, "cannot resume: %s, which holds the frames so far, cannot be read",
                  resume->run_before);
  PetscFunctionReturn(0);
}

static PetscErrorCode read_times_before(const HfResume *resume, HfFieldState *field) {
  char path[128];
  hid_t dataset;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_FIELD_TIMES "/%s", field->name));
  dataset = H5Dopen2(resume->frames_before, path, H5P_DEFAULT);
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

/* The field's next frame, as the run before wrote it, into v; *found is false when it wrote none at that time. */
static PetscErrorCode read_frame_before(HfOutput output, const HfFieldState *field, PetscReal time, PetscInt dof, Vec v, PetscBool *found) {
  const char *file = output->resume.run_before, *why;
  char path[128];

  PetscFunctionBeginUser;
  *found = (PetscBool)(field->frames < field->n_before && field->times_before[field->frames] == (double)time);
  if (!*found) PetscFunctionReturn(0);
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_FIELDS "/%s", field->name));
  PetscCall(HfFieldRead(HfDeviceGrid(HfExperimentDevice(output->experiment)), file, path, field->frames, dof, &output->settings.recorder.selection, v,
                        &why));
  PetscCheckFault(!why, output->run.comm, HF_ERR_FILE, "cannot resume: %s of %s: %s", path, file, why);
  PetscFunctionReturn(0);
}

/* ---- recording ---- */

/* Number of the field of that name; a new one when it has no frame yet. */
static PetscErrorCode find_field(HfResultFile *results, const HfResume *resume, const char name[], PetscInt *k) {
  PetscFunctionBeginUser;
  *k = 0;
  while (*k < results->n_fields && strcmp(results->fields[*k].name, name)) ++*k;
  PetscCheck(*k < HF_MAX_FIELDS, results->run->comm, PETSC_ERR_ARG_OUTOFRANGE, "more than %d fields", HF_MAX_FIELDS);
  if (*k < results->n_fields) PetscFunctionReturn(0);
  PetscCall(PetscStrncpy(results->fields[*k].name, name, sizeof results->fields[*k].name));
  if (resume->frames_before >= 0) PetscCall(read_times_before(resume, &results->fields[*k]));
  ++results->n_fields;
  PetscFunctionReturn(0);
}

/* Fields that are saved together come one after the other, each once: a field that comes again begins a new instant. */
static void begin_instant(HfResultFile *results, HfFieldState *field, PetscReal time) {
  const PetscBool again = (PetscBool)(field->frames && field->instant == results->instant);

  if (results->instant < 0 || again || time != results->instant_time || results->n_probes != results->instant_probes) {
    ++results->instant;
    results->instant_time = time;
    results->instant_probes = results->n_probes;
  }
  field->instant = results->instant;
}

static PetscErrorCode put_frame(HfOutput output, PetscInt k, PetscReal time, PetscInt dof, Vec v) {
  const HfTable row = {H5T_NATIVE_DOUBLE, 0, {0}, "s", "Simulated time of each frame"};
  const HfTable instant_row = {H5T_NATIVE_INT64, 0, {0}, "1", "Number of the instant of each frame; fields saved together have the same"};
  const HfTable probe_row = {H5T_NATIVE_INT64, 0, {0}, "1", "Number of conductance probes taken before each frame"};
  const HfOutputSettings *settings = &output->settings;
  const HfSelection *selection = &settings->recorder.selection;
  HfResultFile *results = &output->results;
  HfFieldState *field = &results->fields[k];
  HfGrid grid = HfDeviceGrid(HfExperimentDevice(output->experiment));
  const int64_t n_probes = results->n_probes;
  char path[128], times[128], probes[128], instants[128];
  PetscInt frame;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, HF_PATH_FIELDS "/%s", field->name));
  PetscCall(PetscSNPrintf(times, sizeof times, HF_PATH_FIELD_TIMES "/%s", field->name));
  PetscCall(PetscSNPrintf(probes, sizeof probes, HF_PATH_FIELD_PROBES "/%s", field->name));
  PetscCall(PetscSNPrintf(instants, sizeof instants, HF_PATH_FIELD_INSTANTS "/%s", field->name));
  PetscCall(HfRunNeedRoom(&output->run, (PetscReal)selection->count[0] * selection->count[1] * dof * sizeof(PetscReal)));
  if (!field->frames) PetscCall(HfFieldCreate(grid, results->file, path, selection, dof, settings->compression, settings->single));
  PetscCall(HfFieldAppend(grid, results->file, path, v, dof, &frame));
  begin_instant(results, field, time);
  field->frames = frame + 1;
  if (!frame) PetscCall(describe(results, field->name, path));
  PetscCall(HfH5Append(results, times, &row, &time));
  PetscCall(HfH5Append(results, probes, &probe_row, &n_probes));
  PetscCall(HfH5Append(results, instants, &instant_row, &field->instant));
  PetscCall(HfRunAgree(&output->run));
  PetscFunctionReturn(0);
}

/* The vectors in the plane, as those of space. */
static PetscErrorCode add_z(HfGrid grid, Vec plane, Vec *space) {
  const PetscScalar *a;
  PetscScalar *b;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(grid, 3, space));
  PetscCall(VecGetLocalSize(plane, &n));
  PetscCall(VecGetArrayRead(plane, &a));
  PetscCall(VecGetArray(*space, &b));
  for (PetscInt k = 0; k < n / 2; ++k) {
    b[3 * k] = a[2 * k];
    b[3 * k + 1] = a[2 * k + 1];
    b[3 * k + 2] = 0;
  }
  PetscCall(VecRestoreArray(*space, &b));
  PetscCall(VecRestoreArrayRead(plane, &a));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputField(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  HfOutput output = context;
  HfGrid grid = output->is_open ? HfDeviceGrid(HfExperimentDevice(output->experiment)) : NULL;
  const PetscInt components = dof == 2 ? 3 : dof;
  PetscBool found = PETSC_TRUE;
  Vec own = NULL;
  PetscInt k;

  PetscFunctionBeginUser;
  if (!output->is_open || (v && !is_wanted(&output->settings.recorder, name))) PetscFunctionReturn(0);
  PetscCall(find_field(&output->results, &output->resume, name, &k));
  if (v && dof == 2)
    PetscCall(add_z(grid, v, &own));
  else if (!v) {
    PetscCall(HfGridCreateCellVec(grid, components, &own));
    PetscCall(read_frame_before(output, &output->results.fields[k], time, components, own, &found));
  }
  if (found) PetscCall(put_frame(output, k, time, components, own ? own : v));
  PetscCall(VecDestroy(&own));
  PetscFunctionReturn(0);
}
