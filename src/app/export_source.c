/* What `hopfilm export` reads of run.h5: a field, its times, where its cells lie, and which of them are meant. */
#include "export.h"
#include <hdf5.h>
#include <math.h>
#include <string.h>

/* Numbers of an attribute; false when it has not that many. */
static PetscBool read_attribute(hid_t object, const char name[], hid_t type, hssize_t n, void *values) {
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), space = attribute < 0 ? -1 : H5Aget_space(attribute);
  PetscBool read = (PetscBool)(space >= 0 && H5Sget_simple_extent_npoints(space) == n && H5Aread(attribute, type, values) >= 0);

  if (space >= 0) H5Sclose(space);
  if (attribute >= 0) H5Aclose(attribute);
  return read;
}

static void read_unit(hid_t dataset, char unit[64]) {
  const hid_t attribute = H5Aopen(dataset, "units", H5P_DEFAULT), type = attribute < 0 ? -1 : H5Aget_type(attribute);

  memset(unit, 0, 64);
  if (type >= 0 && !(H5Tis_variable_str(type) > 0) && H5Tget_size(type) < 64) H5Aread(attribute, type, unit);
  if (type >= 0) H5Tclose(type);
  if (attribute >= 0) H5Aclose(attribute);
}

/* Shape of a dataset of that rank. */
static PetscBool read_shape(hid_t dataset, int rank, hsize_t shape[]) {
  const hid_t space = H5Dget_space(dataset);
  const PetscBool fits = (PetscBool)(H5Sget_simple_extent_ndims(space) == rank);

  if (fits) H5Sget_simple_extent_dims(space, shape, NULL);
  H5Sclose(space);
  return fits;
}

/* The saved cells along an axis whose centres lie in [low, high]. */
static void cut(double corner, double step, PetscInt n, double low, double high, PetscInt *first, PetscInt *count) {
  const double from = ceil((low - corner) / step - 0.5 - 1e-9), to = floor((high - corner) / step - 0.5 + 1e-9);

  *first = (PetscInt)PetscMax(0.0, PetscMin(from, (double)n));
  *count = (PetscInt)PetscMax(0.0, PetscMin(to, (double)(n - 1)) + 1 - (double)*first);
}

/* Which cells are meant: those of film, or of one region. Row by row: a box may be a small part of a film that fits no memory. */
static PetscErrorCode read_inside(hid_t file, const int first[2], const int stride[2], PetscInt region, HfExportSource *source, PetscBool *any) {
  const hid_t dataset = H5Dopen2(file, "/film/mask", H5P_DEFAULT);
  unsigned char *row;
  hid_t place, memory;
  hsize_t shape[2];

  PetscFunctionBeginUser;
  *any = PETSC_FALSE;
  if (dataset < 0 || !read_shape(dataset, 2, shape)) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(shape[1], &row));
  PetscCall(PetscCalloc1((size_t)source->n[0] * (size_t)source->n[1], &source->inside));
  place = H5Dget_space(dataset);
  memory = H5Screate_simple(1, &shape[1], NULL);
  for (PetscInt b = 0; b < source->n[1]; ++b) {
    const hsize_t start[2] = {(hsize_t)(first[1] + (source->first[1] + b) * stride[1]), 0};
    char *inside = source->inside + (size_t)b * (size_t)source->n[0];

    if (start[0] >= shape[0] || H5Sselect_hyperslab(place, H5S_SELECT_SET, start, NULL, (const hsize_t[2]){1, shape[1]}, NULL) < 0 ||
        H5Dread(dataset, H5T_NATIVE_UCHAR, memory, place, H5P_DEFAULT, row) < 0)
      continue;
    for (PetscInt a = 0; a < source->n[0]; ++a) {
      const hsize_t i = (hsize_t)(first[0] + (source->first[0] + a) * stride[0]);
      const int found = i < shape[1] ? row[i] : 0;

      inside[a] = found && (region < 0 || found == region + 1);
      *any = (PetscBool)(*any || inside[a]);
    }
  }
  H5Sclose(memory);
  H5Sclose(place);
  H5Dclose(dataset);
  PetscCall(PetscFree(row));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_geometry(hid_t file, const PetscReal box[], PetscInt region, const hsize_t shape[4], HfExportSource *source,
                                    char why[256]) {
  const hid_t film = H5Gopen2(file, "/film", H5P_DEFAULT);
  double cell[2], origin[2];
  int first[2], stride[2];
  PetscBool is_good, any;

  PetscFunctionBeginUser;
  is_good = (PetscBool)(film >= 0 && read_attribute(film, "cell_size", H5T_NATIVE_DOUBLE, 2, cell) &&
                        read_attribute(film, "origin", H5T_NATIVE_DOUBLE, 2, origin) &&
                        read_attribute(film, "thickness", H5T_NATIVE_DOUBLE, 1, &source->step[2]) &&
                        read_attribute(source->dataset, "first_cell", H5T_NATIVE_INT, 2, first) &&
                        read_attribute(source->dataset, "stride", H5T_NATIVE_INT, 2, stride));
  if (film >= 0) H5Gclose(film);
  if (!is_good) {
    PetscCall(PetscStrncpy(why, "it does not say where its cells lie", 256));
    PetscFunctionReturn(0);
  }
  for (int d = 0; d < 2; ++d) {
    source->step[d] = stride[d] * cell[d];
    source->corner[d] = origin[d] + (first[d] + 0.5) * cell[d] - 0.5 * source->step[d];
    source->n[d] = (PetscInt)shape[2 - d];
    if (box)
      cut(source->corner[d], source->step[d], source->n[d], PetscMin(box[d], box[2 + d]), PetscMax(box[d], box[2 + d]), &source->first[d],
          &source->n[d]);
    source->corner[d] += (double)source->first[d] * source->step[d];
  }
  PetscCall(read_inside(file, first, stride, region, source, &any));
  if (!any) PetscCall(PetscSNPrintf(why, 256, "none of the cells that were saved is film%s", region >= 0 || box ? " in that part" : ""));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_times(hid_t file, const char field[], HfExportSource *source, char why[256]) {
  char path[256];
  hsize_t n;
  hid_t dataset;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "/fields/time/%s", field));
  dataset = H5Dopen2(file, path, H5P_DEFAULT);
  PetscCall(PetscMalloc1(source->n_frames, &source->times));
  if (dataset < 0 || !read_shape(dataset, 1, &n) || n != (hsize_t)source->n_frames ||
      H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, source->times) < 0)
    PetscCall(PetscSNPrintf(why, 256, "it has no %s", path));
  if (dataset >= 0) H5Dclose(dataset);
  PetscFunctionReturn(0);
}

/* Names of the fields, for a message. */
static herr_t add_name(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  const hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  char *names = context;
  hsize_t shape[4];

  if (H5Iget_type(object) == H5I_DATASET && read_shape(object, 4, shape) && strlen(names) + strlen(name) + 3 < 160)
    snprintf(names + strlen(names), 160 - strlen(names), "%s%s", names[0] ? ", " : "", name);
  H5Oclose(object);
  return 0;
}

PetscErrorCode HfExportOpen(const char directory[], const char field[], PetscInt region, const PetscReal box[], HfExportSource *source,
                            char why[256]) {
  char path[PETSC_MAX_PATH_LEN], names[160] = "";
  hsize_t shape[4];
  hid_t file;

  PetscFunctionBeginUser;
  memset(source, 0, sizeof *source);
  source->dataset = -1;
  why[0] = '\0';
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/run.h5", directory));
  file = HfIsRegularFile(path) ? H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
  if (file < 0) {
    PetscCall(PetscStrncpy(why, "it is not there, or no complete HDF5 file", 256));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscSNPrintf(path, sizeof path, "/fields/%s", field));
  source->dataset = H5Dopen2(file, path, H5P_DEFAULT);
  if (source->dataset < 0 || !read_shape(source->dataset, 4, shape)) {
    H5Literate_by_name(file, "/fields", H5_INDEX_NAME, H5_ITER_INC, NULL, add_name, names, H5P_DEFAULT);
    PetscCall(PetscSNPrintf(why, 256, "it has no field %.60s; there are: %s", field, names[0] ? names : "none"));
  } else {
    source->n_frames = (PetscInt)shape[0];
    source->dof = (PetscInt)shape[3];
    read_unit(source->dataset, source->unit);
    PetscCall(read_times(file, field, source, why));
    if (!why[0]) PetscCall(read_geometry(file, box, region, shape, source, why));
    if (!why[0]) PetscCall(PetscMalloc1((size_t)source->n[0] * (size_t)source->n[1] * (size_t)source->dof, &source->values));
  }
  H5Fclose(file);
  PetscFunctionReturn(0);
}

PetscBool HfExportRead(HfExportSource *source, const char field[], PetscInt frame, HfFieldFrame *read) {
  const hsize_t start[4] = {(hsize_t)frame, (hsize_t)source->first[1], (hsize_t)source->first[0], 0},
                count[4] = {1, (hsize_t)source->n[1], (hsize_t)source->n[0], (hsize_t)source->dof};
  const hid_t memory = H5Screate_simple(4, count, NULL), place = H5Dget_space(source->dataset);
  herr_t status;

  H5Sselect_hyperslab(place, H5S_SELECT_SET, start, NULL, count, NULL);
  status = H5Dread(source->dataset, H5T_NATIVE_DOUBLE, memory, place, H5P_DEFAULT, source->values);
  H5Sclose(place);
  H5Sclose(memory);
  for (size_t k = 0; k < (size_t)source->n[0] * (size_t)source->n[1]; ++k)
    for (PetscInt c = 0; c < source->dof && !source->inside[k]; ++c) source->values[k * (size_t)source->dof + (size_t)c] = 0;
  *read = (HfFieldFrame){.name = field,
                         .unit = source->unit,
                         .frame = frame,
                         .time = source->times[frame],
                         .n = {source->n[0], source->n[1]},
                         .dof = source->dof,
                         .corner = {source->corner[0], source->corner[1]},
                         .step = {source->step[0], source->step[1], source->step[2]},
                         .values = source->values,
                         .inside = source->inside};
  return status >= 0 ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfExportClose(HfExportSource *source) {
  PetscFunctionBeginUser;
  if (source->dataset >= 0) H5Dclose(source->dataset);
  PetscCall(PetscFree(source->times));
  PetscCall(PetscFree(source->inside));
  PetscCall(PetscFree(source->values));
  PetscFunctionReturn(0);
}
