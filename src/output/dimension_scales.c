/* Names and coordinates for the dimensions of every dataset in run.h5: HDF5 dimension scales, as netCDF-4 uses them, so that xarray, netCDF and h5py
   users see `time_m`, `y`, `x`, `component` with their values and units.

   Each field has a time of its own, time_<field>. A scale lies in the group of the datasets that it belongs to: xarray.open_dataset(file, group=...) sees
   the coordinates of that group alone. A dimension that has no coordinate here gets a scale without values, size_<n>, netCDF's form of
   a dimension that is no variable.
   H5DS: https://docs.hdfgroup.org/hdf5/v1_14/_h5_d_s__u_g.html; netCDF-4: https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html */
#include "published_file.h"
#include <fnmatch.h>
#include <string.h>

#define NO_VARIABLE "This is a netCDF dimension but not a netCDF variable.%10llu"

enum { MOST_TERMINALS = 20 }; /* of which the energies of all states are kept */

/* Datasets, and the scales of their dimensions; % stands for the last part of the name. */
static const struct {
  const char *datasets, *scales[4];
} rules[] = {
    {"/fields/*", {"/fields/time_%", "/fields/y", "/fields/x", "/fields/component"}},
    {"/fields/*/*", {"/fields/time_%"}},
    {"/film/mask", {"/film/y", "/film/x"}},
    {"/film/electrodes", {"/film/y_vertex", "/film/x_vertex"}},
    {"/film/electrode_positions", {"/film/electrode", "/film/axis"}},
    {"/film/*", {"/film/electrode"}},
    {"/conductance/G0", {"/conductance/terminal_i", "/conductance/terminal_j"}},
    {"/conductance/G", {"/conductance/time", "/conductance/terminal_i", "/conductance/terminal_j"}},
    {"/training/*", {"/training/time"}},
    {"/gauges/*", {"/gauges/time"}},
    {"/energy/*/*/*", {"/energy/state"}},
};

static const char *const axes[] = {"x", "y", "z"};

/* ---- scales ---- */

static PetscBool has(const HfPublished *file, const char path[]) { return (PetscBool)(H5LTpath_valid(file->file, path, 1) > 0); }

static void make_scale(HfPublished *file, const char path[], const char name[]) {
  const hid_t dataset = H5Dopen2(file->file, path, H5P_DEFAULT);

  if (!HfPublishedGood(file, dataset)) return;
  HfPublishedGood(file, H5DSset_scale(dataset, name));
  H5Dclose(dataset);
}

static void put_scale(HfPublished *file, const char path[], hid_t type, hsize_t n, const void *values, const char unit[], const char doc[]) {
  const HfTable table = {type, 1, {n}, unit, doc};

  HfPublishedWrite(file, path, &table, values);
  make_scale(file, path, strrchr(path, '/') + 1);
}

/* Coordinates first + k * step. */
static PetscErrorCode put_line(HfPublished *file, const char path[], PetscReal first, PetscReal step, PetscInt n, const char doc[]) {
  double *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &values));
  for (PetscInt k = 0; k < n; ++k) values[k] = (double)(first + (PetscReal)k * step);
  put_scale(file, path, H5T_NATIVE_DOUBLE, (hsize_t)n, values, "m", doc);
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* Strings of any length and in UTF-8, which Python's readers return as str. */
static void put_strings(HfPublished *file, const char path[], size_t n, const char *const names[], const char doc[]) {
  const hid_t type = HfH5TextType(1);
  const HfTable table = {type, 1, {n}, "", doc};

  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_strpad(type, H5T_STR_NULLTERM);
  H5Tset_cset(type, H5T_CSET_UTF8);
  HfPublishedWrite(file, path, &table, names);
  H5Tclose(type);
}

static void put_names(HfPublished *file, const char path[], size_t n, const char *const names[], const char doc[]) {
  put_strings(file, path, n, names, doc);
  make_scale(file, path, strrchr(path, '/') + 1);
}

/* Texts of fixed width, which is all that ranks can write together, become strings: netCDF-C 4.9.0 writes beyond its memory when it reads such texts. */
static PetscErrorCode free_width(HfPublished *file, const char path[], const char doc[]) {
  hsize_t shape[HF_MOST_DIMENSIONS];
  H5T_class_t class;
  size_t width;
  char *text;
  const char **names;
  hid_t type;

  PetscFunctionBeginUser;
  if (!has(file, path) || HfPublishedShape(file, path, shape) != 1 || H5LTget_dataset_info(file->file, path, NULL, &class, &width) < 0 ||
      class != H5T_STRING)
    PetscFunctionReturn(0);
  PetscCall(PetscMalloc2((size_t)shape[0] * (width + 1), &text, (size_t)shape[0], &names));
  type = HfH5TextType(width + 1);
  H5Tset_strpad(type, H5T_STR_NULLTERM);
  if (HfPublishedGood(file, H5LTread_dataset(file->file, path, type, text))) {
    for (hsize_t k = 0; k < shape[0]; ++k) names[k] = text + k * (width + 1);
    HfPublishedGood(file, H5Ldelete(file->file, path, H5P_DEFAULT));
    put_strings(file, path, (size_t)shape[0], names, doc);
  }
  H5Tclose(type);
  PetscCall(PetscFree2(text, names));
  PetscFunctionReturn(0);
}

/* A copy of a series of times. */
static PetscErrorCode copy_times(HfPublished *file, const char from[], const char to[], const char doc[]) {
  hsize_t shape[HF_MOST_DIMENSIONS];
  double *times;

  PetscFunctionBeginUser;
  if (HfPublishedShape(file, from, shape) != 1) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1((size_t)shape[0], &times));
  if (HfPublishedGood(file, H5LTread_dataset(file->file, from, H5T_NATIVE_DOUBLE, times)))
    put_scale(file, to, H5T_NATIVE_DOUBLE, shape[0], times, "s", doc);
  PetscCall(PetscFree(times));
  PetscFunctionReturn(0);
}

static PetscErrorCode put_field_scales(HfPublished *file) {
  const HfTimeline *timeline = &file->timeline;
  const HfSelection *selection = &file->output->settings.recorder.selection;
  PetscReal origin[2], spacing[2];
  char from[128], to[128];

  PetscFunctionBeginUser;
  if (!timeline->n_fields) PetscFunctionReturn(0);
  HfSelectionImage(selection, HfDeviceGrid(HfExperimentDevice(file->output->experiment)), origin, spacing);
  PetscCall(
      put_line(file, "/fields/x", origin[0] + 0.5 * spacing[0], spacing[0], selection->count[0], "x of the saved cells, from the film's centre"));
  PetscCall(
      put_line(file, "/fields/y", origin[1] + 0.5 * spacing[1], spacing[1], selection->count[1], "y of the saved cells, from the film's centre"));
  put_names(file, "/fields/component", 3, axes, "Component of the vector");
  for (PetscInt f = 0; f < timeline->n_fields; ++f) {
    snprintf(from, sizeof from, HF_PATH_FIELD_TIMES "/%s", timeline->fields[f].name);
    snprintf(to, sizeof to, HF_PATH_FIELDS "/time_%s", timeline->fields[f].name);
    PetscCall(copy_times(file, from, to, "Simulated time of each frame"));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode put_film_scales(HfPublished *file) {
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(HfExperimentDevice(file->output->experiment)));
  HfElectrodes electrodes = HfDeviceElectrodes(HfExperimentDevice(file->output->experiment));
  const PetscInt n = HfElectrodesCount(electrodes);
  const char **names;

  PetscFunctionBeginUser;
  PetscCall(put_line(file, "/film/x", g->x0 + 0.5 * g->dx, g->dx, g->nx, "x of the cells, from the film's centre"));
  PetscCall(put_line(file, "/film/y", g->y0 + 0.5 * g->dy, g->dy, g->ny, "y of the cells, from the film's centre"));
  if (!n) PetscFunctionReturn(0);
  PetscCall(put_line(file, "/film/x_vertex", g->x0, g->dx, g->nx + 1, "x of the corners of cells, from the film's centre"));
  PetscCall(put_line(file, "/film/y_vertex", g->y0, g->dy, g->ny + 1, "y of the corners of cells, from the film's centre"));
  put_names(file, "/film/axis", 2, axes, "Axis of a position");
  PetscCall(PetscMalloc1(n, &names));
  for (PetscInt k = 0; k < n; ++k) names[k] = HfElectrodesName(electrodes, k);
  put_names(file, "/film/electrode", (size_t)n, names, "Name of the electrode");
  PetscCall(PetscFree(names));
  PetscFunctionReturn(0);
}

static PetscErrorCode put_probe_scales(HfPublished *file) {
  HfDevice device = HfExperimentDevice(file->output->experiment);
  const PetscInt n = HfDeviceTerminals(device);
  const char **names;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &names));
  for (PetscInt k = 0; k < n; ++k) names[k] = HfDeviceTerminalName(device, k);
  if (n && has(file, HF_PATH_CONDUCTANCE)) {
    put_names(file, HF_PATH_CONDUCTANCE "/terminal_i", (size_t)n, names, "Terminal into which the current flows");
    put_names(file, HF_PATH_CONDUCTANCE "/terminal_j", (size_t)n, names, "Terminal with the voltage");
  }
  PetscCall(PetscFree(names));
  if (!has(file, HF_PATH_CONDUCTANCE "/time")) PetscFunctionReturn(0);
  PetscCall(copy_times(file, HF_PATH_CONDUCTANCE "/time", HF_PATH_TRAINING "/time", "Simulated time of each probe"));
  if (has(file, HF_PATH_GAUGES)) PetscCall(copy_times(file, HF_PATH_CONDUCTANCE "/time", HF_PATH_GAUGES "/time", "Simulated time of each probe"));
  make_scale(file, HF_PATH_CONDUCTANCE "/time", "time");
  PetscFunctionReturn(0);
}

/* The states of /energy by their signs, as many as the terminals have. */
static PetscErrorCode put_states(HfPublished *file) {
  const size_t n = (size_t)HfDeviceTerminals(HfExperimentDevice(file->output->experiment)), n_states = (size_t)1 << PetscMin(n, MOST_TERMINALS);
  const char **names;
  char *signs;

  PetscFunctionBeginUser;
  if (!n || n > MOST_TERMINALS || !has(file, HF_PATH_ENERGY)) PetscFunctionReturn(0);
  PetscCall(PetscMalloc2(n_states * (n + 1), &signs, n_states, &names));
  for (size_t state = 0; state < n_states; ++state) {
    char *name = signs + state * (n + 1);

    for (size_t k = 0; k < n; ++k) name[k] = state >> (n - 1 - k) & 1 ? '+' : '-';
    name[n] = '\0';
    names[state] = name;
  }
  put_names(file, HF_PATH_ENERGY "/state", n_states, names, "Signs of the voltages, the first terminal first");
  PetscCall(PetscFree2(signs, names));
  PetscFunctionReturn(0);
}

/* ---- which dataset has which ---- */

typedef struct {
  size_t n, room;
  char **paths;
} List;

static PetscErrorCode add_path(List *list, const char name[]) {
  const size_t size = strlen(name) + 2;

  PetscFunctionBeginUser;
  if (list->n == list->room) {
    list->room = 2 * list->room + 64;
    PetscCall(PetscRealloc(list->room * sizeof *list->paths, &list->paths));
  }
  PetscCall(PetscMalloc1(size, &list->paths[list->n]));
  PetscCall(PetscSNPrintf(list->paths[list->n++], size, "/%s", name));
  PetscFunctionReturn(0);
}

static herr_t collect(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  const hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  const PetscBool is_wanted =
      (PetscBool)(H5Iget_type(object) == H5I_DATASET && H5DSis_scale(object) <= 0 && strncmp(name, &HF_PATH_VTK[1], strlen(HF_PATH_VTK) - 1));

  H5Oclose(object);
  return is_wanted && add_path(context, name) ? -1 : 0;
}

/* Opens a scale of that many values; negative when there is none. */
static hid_t open_scale(const HfPublished *file, const char path[], hsize_t n) {
  const hid_t dataset = has(file, path) ? H5Dopen2(file->file, path, H5P_DEFAULT) : -1, space = dataset < 0 ? -1 : H5Dget_space(dataset);
  PetscBool fits = PETSC_FALSE;

  if (space >= 0) {
    fits = (PetscBool)(H5DSis_scale(dataset) > 0 && (hsize_t)H5Sget_simple_extent_npoints(space) == n);
    H5Sclose(space);
  }
  if (fits || dataset < 0) return dataset;
  H5Dclose(dataset);
  return -1;
}

/* The scale that the rules name for dimension d. */
static hid_t open_ruled(const HfPublished *file, const char dataset[], int d, hsize_t n) {
  char path[256];

  for (size_t k = 0; k < sizeof rules / sizeof *rules; ++k)
    if (!fnmatch(rules[k].datasets, dataset, FNM_PATHNAME)) {
      const char *scale = rules[k].scales[d], *part = scale ? strchr(scale, '%') : NULL;
      if (!scale) return -1;
      snprintf(path, sizeof path, "%.*s%s", part ? (int)(part - scale) : (int)strlen(scale), scale, part ? strrchr(dataset, '/') + 1 : "");
      return open_scale(file, path, n);
    }
  return -1;
}

/* A scale without values beside the dataset; `count`: how many of that size the dataset has before. */
static hid_t open_size(HfPublished *file, const char dataset[], hsize_t n, int count) {
  char path[512], name[96];
  hid_t scale, space;

  snprintf(path, sizeof path, "%.*s/size_%llu", (int)(strrchr(dataset, '/') - dataset), dataset, (unsigned long long)n);
  if (count) snprintf(path + strlen(path), sizeof path - strlen(path), "_%d", count + 1);
  scale = open_scale(file, path, n);
  if (scale >= 0) return scale;
  space = H5Screate_simple(1, &n, NULL);
  scale = H5Dcreate2(file->file, path, H5T_NATIVE_UCHAR, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Sclose(space);
  snprintf(name, sizeof name, NO_VARIABLE, (unsigned long long)n);
  if (HfPublishedGood(file, scale)) HfPublishedGood(file, H5DSset_scale(scale, name));
  return scale;
}

static void attach_scales(HfPublished *file, const char path[]) {
  hsize_t shape[HF_MOST_DIMENSIONS];
  const int rank = HfPublishedShape(file, path, shape);
  const hid_t dataset = rank ? H5Dopen2(file->file, path, H5P_DEFAULT) : -1;

  if (dataset < 0) return;
  for (int d = 0; d < rank && file->is_good; ++d) {
    hid_t scale = d < 4 ? open_ruled(file, path, d, shape[d]) : -1;
    int count = 0;

    for (int e = 0; e < d; ++e) count += shape[e] == shape[d];
    if (scale < 0) scale = open_size(file, path, shape[d], count);
    if (scale < 0) break;
    HfPublishedGood(file, H5DSattach_scale(dataset, scale, (unsigned)d));
    H5Dclose(scale);
  }
  H5Dclose(dataset);
}

PetscErrorCode HfPublishedDimensions(HfPublished *file) {
  HfProvenance provenance;
  char source[128];
  List list = {0};

  PetscFunctionBeginUser;
  PetscCall(HfProvenanceGet(&provenance));
  snprintf(source, sizeof source, "hopfilm %.32s (%.40s)", provenance.version, provenance.commit);
  HfPublishedText(file, "/", "Conventions", "CF-1.8");
  HfPublishedText(file, "/", "title", "Results of a run of hopfilm");
  HfPublishedText(file, "/", "source", source);
  PetscCall(put_field_scales(file));
  PetscCall(put_film_scales(file));
  PetscCall(put_probe_scales(file));
  PetscCall(put_states(file));
  PetscCall(free_width(file, "/film/electrode_names", "Names of the electrodes"));
  PetscCall(free_width(file, HF_PATH_TRAINING "/pattern", "Pattern that drives, or drove last"));
  HfPublishedGood(file, H5Lvisit(file->file, H5_INDEX_NAME, H5_ITER_INC, collect, &list));
  for (size_t k = 0; k < list.n; ++k) {
    if (file->is_good) attach_scales(file, list.paths[k]);
    PetscCall(PetscFree(list.paths[k]));
  }
  PetscCall(PetscFree(list.paths));
  PetscFunctionReturn(0);
}
