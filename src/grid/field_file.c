/* Fields of the film in parallel HDF5 files: a dataset [frame][y][x][component] of doubles or floats that grows by frames, row 0 the lowest.

   Every rank writes and reads its own rows in one collective transfer; compressed parallel writes exist only as such (HDF5 >= 1.10.2), every
   rank taking part. Chunks hold whole rows of one frame, at most a rank's share, between 64 kB and 1 MB, so that ranks rarely share a chunk and a
   frame can be read alone. HDF5 prints nothing of its own: a failure is told once, with the file or dataset named. */
#include "field_file.h"
#include <string.h>
#include <unistd.h>

#define CHUNK_LEAST 65536
#define CHUNK_MOST  1048576
#define DEFLATE     1 /* higher levels cost much time and gain little on textures */

const char *const hf_field_reasons[] = {NULL,
                                        "there is no such file",
                                        "no permission to read the file",
                                        "the file is not an HDF5 file, or damaged",
                                        "the file has no such dataset",
                                        "the dataset is not a field: numbers of shape [frame][y][x][component] are expected",
                                        "the dataset has other numbers of cells than the film",
                                        "the film in the file has another size than this one",
                                        "the dataset has another number of components",
                                        "the dataset has no such frame",
                                        "the dataset could not be read",
                                        "the dataset could not be written (disk full?)"};

PetscErrorCode HfFieldAgree(MPI_Comm comm, HfFieldReason *reason) {
  int number = (int)*reason;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_INT, MPI_MAX, comm));
  *reason = (HfFieldReason)number;
  PetscFunctionReturn(0);
}

/* Whether a path exists: HDF5 wants every group on the way asked for. */
static PetscBool exists(hid_t file, const char *path) {
  char part[PETSC_MAX_PATH_LEN];
  const size_t length = strlen(path);

  if (length >= sizeof(part)) return PETSC_FALSE;
  for (size_t k = 1; k <= length; k++) {
    if (k < length && path[k] != '/') continue;
    memcpy(part, path, k);
    part[k] = '\0';
    if (H5Lexists(file, part, H5P_DEFAULT) <= 0) return PETSC_FALSE;
  }
  return (PetscBool)(length > 0);
}

hid_t HfFieldOpen(hid_t file, const char *path, PetscInt dof, hsize_t shape[4], HfFieldReason *reason) {
  hid_t dataset, space, type;

  *reason = HF_FIELD_NO_DATASET;
  if (!exists(file, path)) return -1;
  *reason = HF_FIELD_NOT_A_FIELD; /* a group, for example */
  if ((dataset = H5Dopen2(file, path, H5P_DEFAULT)) < 0) return -1;
  space = H5Dget_space(dataset);
  type = H5Dget_type(dataset);
  if (H5Sget_simple_extent_ndims(space) == 4 && (H5Tget_class(type) == H5T_FLOAT || H5Tget_class(type) == H5T_INTEGER)) {
    H5Sget_simple_extent_dims(space, shape, NULL);
    *reason = shape[3] != (hsize_t)dof ? HF_FIELD_OTHER_DOF : HF_FIELD_FINE;
  }
  H5Tclose(type);
  H5Sclose(space);
  if (*reason != HF_FIELD_FINE) {
    H5Dclose(dataset);
    dataset = -1;
  }
  return dataset;
}

PetscBool HfFieldSameCells(const HfGridInfo *g, const hsize_t shape[4]) {
  return (PetscBool)(shape[1] == (hsize_t)g->ny && shape[2] == (hsize_t)g->nx);
}

/* A power of two, as the row boundaries of the ranks are multiples of one. */
static hsize_t chunk_rows(const HfGridInfo *g, hsize_t bytes_per_row) {
  const hsize_t share = (hsize_t)(g->ny / g->size);
  hsize_t rows = 1;

  while (2 * rows * bytes_per_row <= CHUNK_MOST && 2 * rows <= (hsize_t)g->ny && (2 * rows <= share || rows * bytes_per_row < CHUNK_LEAST)) rows *= 2;
  return rows;
}

static HfFieldReason create_field(const HfGridInfo *g, hid_t file, const char *path, PetscInt dof, PetscInt deflate, PetscBool single) {
  const hsize_t bytes = single ? sizeof(float) : sizeof(double), row = (hsize_t)(g->nx * dof) * bytes;
  const hsize_t shape[4] = {0, (hsize_t)g->ny, (hsize_t)g->nx, (hsize_t)dof}, most[4] = {H5S_UNLIMITED, shape[1], shape[2], shape[3]};
  const hsize_t chunk[4] = {1, chunk_rows(g, row), PetscMin(shape[2], CHUNK_MOST / bytes / (hsize_t)dof), shape[3]};
  const hid_t space = H5Screate_simple(4, shape, most), links = H5Pcreate(H5P_LINK_CREATE), properties = H5Pcreate(H5P_DATASET_CREATE);
  hid_t dataset = -1;

  H5Pset_create_intermediate_group(links, 1);
  H5Pset_chunk(properties, 4, chunk);
  H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER); /* every frame is written whole; a fill that failed on one rank would leave the others waiting */
  if (deflate > 0) {
    H5Pset_shuffle(properties);
    H5Pset_deflate(properties, (unsigned)deflate);
  }
  dataset = H5Dcreate2(file, path, single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE, space, links, properties, H5P_DEFAULT);
  H5Pclose(properties);
  H5Pclose(links);
  H5Sclose(space);
  return dataset < 0 || H5Dclose(dataset) < 0 ? HF_FIELD_NOT_WRITTEN : HF_FIELD_FINE;
}

static PetscBool is_single(hid_t dataset) {
  const hid_t type = H5Dget_type(dataset);
  const PetscBool single = (PetscBool)(H5Tget_size(type) == sizeof(float));

  H5Tclose(type);
  return single;
}

herr_t HfFieldTransfer(hid_t dataset, const hsize_t start[4], const hsize_t count[4], double rows[], PetscBool write) {
  const hid_t memory = H5Screate_simple(4, count, NULL), place = H5Dget_space(dataset), how = H5Pcreate(H5P_DATASET_XFER);
  herr_t status;

  H5Pset_dxpl_mpio(how, H5FD_MPIO_COLLECTIVE);
  H5Sselect_hyperslab(place, H5S_SELECT_SET, start, NULL, count, NULL);
  if (write && is_single(dataset)) { /* a parallel write of compressed data converts nothing */
    const hsize_t n = count[0] * count[1] * count[2] * count[3];

    for (hsize_t k = 0; k < n; k++) { /* in place, from the front */
      const float number = (float)rows[k];
      memcpy((char *)rows + k * sizeof number, &number, sizeof number);
    }
    status = H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory, place, how, rows);
  } else if (write)
    status = H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, place, how, rows);
  else
    status = H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, place, how, rows);
  H5Pclose(how);
  H5Sclose(place);
  H5Sclose(memory);
  return status;
}

/* The owned rows of a frame, between `rows` and the dataset. */
static herr_t transfer(const HfGridInfo *g, hid_t dataset, PetscInt dof, hsize_t frame, double rows[], PetscBool write) {
  return HfFieldTransfer(dataset, (const hsize_t[4]){frame, (hsize_t)g->ys, 0, 0},
                         (const hsize_t[4]){1, (hsize_t)g->ym, (hsize_t)g->nx, (hsize_t)dof}, rows, write);
}

static HfFieldReason append_frame(const HfGridInfo *g, hid_t file, const char *path, PetscInt dof, double rows[], hsize_t *frame) {
  HfFieldReason reason;
  hsize_t shape[4];
  const hid_t dataset = HfFieldOpen(file, path, dof, shape, &reason);

  if (dataset < 0) return reason;
  *frame = shape[0]++;
  if (!HfFieldSameCells(g, shape))
    reason = HF_FIELD_OTHER_CELLS;
  else if (H5Dset_extent(dataset, shape) < 0 || transfer(g, dataset, dof, *frame, rows, PETSC_TRUE) < 0)
    reason = HF_FIELD_NOT_WRITTEN;
  if (H5Dclose(dataset) < 0) reason = HF_FIELD_NOT_WRITTEN;
  return reason;
}

static void zero_void_cells(HfGrid grid, PetscInt dof, PetscScalar rows[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);

  for (PetscInt j = 0; j < g->ym; j++)
    for (PetscInt i = 0; i < g->nx; i++)
      if (HfRegionAt(g, regions, i, g->ys + j) < 0)
        for (PetscInt c = 0; c < dof; c++) rows[(j * g->nx + i) * dof + c] = 0.0;
}

PetscErrorCode HfFieldCreate(HfGrid grid, int64_t hdf5_file, const char *dataset, PetscInt dof, PetscInt deflate, PetscBool single) {
  HfFieldReason reason = HF_FIELD_FINE;

  PetscFunctionBeginUser;
  H5E_BEGIN_TRY {
    if (!exists((hid_t)hdf5_file, dataset)) reason = create_field(HfGridGetInfo(grid), (hid_t)hdf5_file, dataset, dof, deflate, single);
  }
  H5E_END_TRY
  PetscCall(HfFieldAgree(HfGridComm(grid), &reason));
  PetscCheckFault(reason == HF_FIELD_FINE, HfGridComm(grid), HF_ERR_FILE, "%s: %s", dataset, hf_field_reasons[reason]);
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldAppend(HfGrid grid, int64_t hdf5_file, const char *dataset, Vec v, PetscInt dof, PetscInt *frame) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscInt n = g->nx * g->ym * dof;
  const PetscScalar *a;
  PetscScalar *rows;
  hsize_t number = 0;
  PetscInt length;
  HfFieldReason reason;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(v, &length));
  PetscCheck(length == n, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "%s: the Vec has not %" PetscInt_FMT " components per cell", dataset, dof);
  PetscCall(HfFieldCreate(grid, hdf5_file, dataset, dof, DEFLATE, PETSC_FALSE));
  PetscCall(PetscMalloc1(n, &rows));
  PetscCall(VecGetArrayRead(v, &a));
  PetscCall(PetscArraycpy(rows, a, n));
  PetscCall(VecRestoreArrayRead(v, &a));
  zero_void_cells(grid, dof, rows);
  H5E_BEGIN_TRY { reason = append_frame(g, (hid_t)hdf5_file, dataset, dof, rows, &number); }
  H5E_END_TRY
  PetscCall(PetscFree(rows));
  /* a write may fail on this rank alone while the others wait inside HDF5: they cannot be asked, the run has to end */
  PetscCheck(reason != HF_FIELD_NOT_WRITTEN, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: %s", dataset, hf_field_reasons[reason]);
  PetscCall(HfFieldAgree(HfGridComm(grid), &reason));
  PetscCheckFault(reason == HF_FIELD_FINE, HfGridComm(grid), HF_ERR_FILE, "%s: %s", dataset, hf_field_reasons[reason]);
  if (frame) *frame = (PetscInt)number;
  PetscFunctionReturn(0);
}

static HfFieldReason look_at(const char *path) {
  htri_t is_hdf5;

  if (access(path, F_OK)) return HF_FIELD_NO_FILE;
  if (access(path, R_OK)) return HF_FIELD_NO_PERMISSION;
  H5E_BEGIN_TRY { is_hdf5 = H5Fis_hdf5(path); }
  H5E_END_TRY
  return is_hdf5 > 0 ? HF_FIELD_FINE : HF_FIELD_NOT_HDF5;
}

static HfFieldReason read_same_cells(const HfGridInfo *g, hid_t file, hid_t dataset, const hsize_t shape[4], hsize_t frame, double rows[]) {
  if (!HfFieldSameCells(g, shape)) return HF_FIELD_OTHER_CELLS;
  return transfer(g, dataset, (PetscInt)shape[3], frame, rows, PETSC_FALSE) < 0 ? HF_FIELD_NOT_READ : HF_FIELD_FINE;
}

static HfFieldReason read_frame(HfGrid grid, const char *path, const char *name, PetscInt frame, PetscInt dof, HfFieldReader reader, double rows[]) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  HfFieldReason reason = HF_FIELD_NOT_HDF5;
  hid_t file, dataset;
  hsize_t shape[4];

  H5Pset_fapl_mpio(access, HfGridComm(grid), MPI_INFO_NULL);
  file = H5Fopen(path, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  if (file < 0) return reason;
  dataset = HfFieldOpen(file, name, dof, shape, &reason);
  if (dataset >= 0) {
    if (frame == -1) frame = (PetscInt)shape[0] - 1;
    if (frame < 0 || (hsize_t)frame >= shape[0])
      reason = HF_FIELD_NO_FRAME;
    else
      reason = (*reader)(HfGridGetInfo(grid), file, dataset, shape, (hsize_t)frame, rows);
    H5Dclose(dataset);
  }
  H5Fclose(file);
  return reason;
}

PetscErrorCode HfFieldReadWith(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, HfFieldReader reader, Vec v,
                               const char **why) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const MPI_Comm comm = HfGridComm(grid);
  HfFieldReason reason = HF_FIELD_FINE;
  PetscScalar *rows;
  PetscInt length;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(v, &length));
  PetscCheck(length == g->nx * g->ym * dof, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "%s: the Vec has not %" PetscInt_FMT " components per cell", dataset,
             dof);
  if (!g->rank) reason = look_at(path); /* a file system asked by all ranks at once may not answer them alike */
  PetscCall(HfFieldAgree(comm, &reason));
  if (reason == HF_FIELD_FINE) {
    PetscCall(VecGetArrayWrite(v, &rows));
    H5E_BEGIN_TRY { reason = read_frame(grid, path, dataset, frame, dof, reader, rows); }
    H5E_END_TRY
    zero_void_cells(grid, dof, rows);
    PetscCall(VecRestoreArrayWrite(v, &rows));
    PetscCall(HfFieldAgree(comm, &reason));
  }
  *why = hf_field_reasons[reason];
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldRead(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, Vec v, const char **why) {
  PetscFunctionBeginUser;
  PetscCall(HfFieldReadWith(grid, path, dataset, frame, dof, read_same_cells, v, why));
  PetscFunctionReturn(0);
}
