/* Fields of the film in parallel HDF5 files: a dataset [frame][y][x][component] of doubles that grows by frames, row 0 the lowest.

   Every rank writes and reads its own rows in one collective transfer; compressed parallel writes exist only as such (HDF5 >= 1.10.2), every
   rank taking part. Chunks hold whole rows of one frame, at most a rank's share, between 64 kB and 1 MB, so that ranks rarely share a chunk and a
   frame can be read alone. HDF5 prints nothing of its own: a failure is told once, with the file or dataset named. */
#include <hdf5.h>
#include <hopfilm/grid.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_LEAST 65536
#define CHUNK_MOST  1048576
#define DEFLATE     1 /* higher levels cost much time and gain little on textures */

/* Reasons are passed between ranks as numbers. */
typedef enum { FINE, NO_FILE, NO_PERMISSION, NOT_HDF5, NO_DATASET, NOT_A_FIELD, OTHER_CELLS, OTHER_DOF, NO_FRAME, NOT_READ, NOT_WRITTEN } Reason;
static const char *const reasons[] = {NULL,
                                      "there is no such file",
                                      "no permission to read the file",
                                      "the file is not an HDF5 file, or damaged",
                                      "the file has no such dataset",
                                      "the dataset is not a field: numbers of shape [frame][y][x][component] are expected",
                                      "the dataset has other numbers of cells than the film",
                                      "the dataset has another number of components",
                                      "the dataset has no such frame",
                                      "the dataset could not be read",
                                      "the dataset could not be written (disk full?)"};

/* The reason of the rank that has the largest. Collective. */
static PetscErrorCode agree(MPI_Comm comm, Reason *reason) {
  int number = (int)*reason;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_INT, MPI_MAX, comm));
  *reason = (Reason)number;
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

/* Opens a dataset and compares its shape with the film's; -1 and the reason when it is not a field of `dof` components. */
static hid_t open_field(const HfGridInfo *g, hid_t file, const char *path, PetscInt dof, hsize_t *frames, Reason *reason) {
  hid_t dataset, space, type;
  hsize_t shape[4];

  *reason = NO_DATASET;
  if (!exists(file, path)) return -1;
  *reason = NOT_A_FIELD; /* a group, for example */
  if ((dataset = H5Dopen2(file, path, H5P_DEFAULT)) < 0) return -1;
  space = H5Dget_space(dataset);
  type = H5Dget_type(dataset);
  if (H5Sget_simple_extent_ndims(space) == 4 && (H5Tget_class(type) == H5T_FLOAT || H5Tget_class(type) == H5T_INTEGER)) {
    H5Sget_simple_extent_dims(space, shape, NULL);
    *frames = shape[0];
    *reason = shape[1] != (hsize_t)g->ny || shape[2] != (hsize_t)g->nx ? OTHER_CELLS : shape[3] != (hsize_t)dof ? OTHER_DOF : FINE;
  }
  H5Tclose(type);
  H5Sclose(space);
  if (*reason != FINE) {
    H5Dclose(dataset);
    dataset = -1;
  }
  return dataset;
}

/* A power of two, as the row boundaries of the ranks are multiples of one. */
static hsize_t chunk_rows(const HfGridInfo *g, hsize_t bytes_per_row) {
  const hsize_t share = (hsize_t)(g->ny / g->size);
  hsize_t rows = 1;

  while (2 * rows * bytes_per_row <= CHUNK_MOST && 2 * rows <= (hsize_t)g->ny && (2 * rows <= share || rows * bytes_per_row < CHUNK_LEAST)) rows *= 2;
  return rows;
}

static Reason create_field(const HfGridInfo *g, hid_t file, const char *path, PetscInt dof, PetscInt deflate) {
  const hsize_t row = (hsize_t)(g->nx * dof) * sizeof(double);
  const hsize_t shape[4] = {0, (hsize_t)g->ny, (hsize_t)g->nx, (hsize_t)dof}, most[4] = {H5S_UNLIMITED, shape[1], shape[2], shape[3]};
  const hsize_t chunk[4] = {1, chunk_rows(g, row), PetscMin(shape[2], CHUNK_MOST / sizeof(double) / (hsize_t)dof), shape[3]};
  const hid_t space = H5Screate_simple(4, shape, most), links = H5Pcreate(H5P_LINK_CREATE), properties = H5Pcreate(H5P_DATASET_CREATE);
  hid_t dataset = -1;

  H5Pset_create_intermediate_group(links, 1);
  H5Pset_chunk(properties, 4, chunk);
  H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER); /* every frame is written whole; a fill that failed on one rank would leave the others waiting */
  if (deflate > 0) {
    H5Pset_shuffle(properties);
    H5Pset_deflate(properties, (unsigned)deflate);
  }
  dataset = H5Dcreate2(file, path, H5T_IEEE_F64LE, space, links, properties, H5P_DEFAULT);
  H5Pclose(properties);
  H5Pclose(links);
  H5Sclose(space);
  return dataset < 0 || H5Dclose(dataset) < 0 ? NOT_WRITTEN : FINE;
}

/* The owned rows of a frame, between `rows` and the dataset. */
static herr_t transfer(const HfGridInfo *g, hid_t dataset, PetscInt dof, hsize_t frame, double rows[], PetscBool write) {
  const hsize_t start[4] = {frame, (hsize_t)g->ys, 0, 0}, count[4] = {1, (hsize_t)g->ym, (hsize_t)g->nx, (hsize_t)dof};
  const hid_t memory = H5Screate_simple(4, count, NULL), place = H5Dget_space(dataset), how = H5Pcreate(H5P_DATASET_XFER);
  herr_t status;

  H5Pset_dxpl_mpio(how, H5FD_MPIO_COLLECTIVE);
  H5Sselect_hyperslab(place, H5S_SELECT_SET, start, NULL, count, NULL);
  if (write)
    status = H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, place, how, rows);
  else
    status = H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, place, how, rows);
  H5Pclose(how);
  H5Sclose(place);
  H5Sclose(memory);
  return status;
}

static Reason append_frame(const HfGridInfo *g, hid_t file, const char *path, PetscInt dof, double rows[], hsize_t *frame) {
  Reason reason;
  const hid_t dataset = open_field(g, file, path, dof, frame, &reason);

  if (dataset < 0) return reason;
  if (H5Dset_extent(dataset, (const hsize_t[4]){*frame + 1, (hsize_t)g->ny, (hsize_t)g->nx, (hsize_t)dof}) < 0)
    reason = NOT_WRITTEN;
  else if (transfer(g, dataset, dof, *frame, rows, PETSC_TRUE) < 0)
    reason = NOT_WRITTEN;
  if (H5Dclose(dataset) < 0) reason = NOT_WRITTEN;
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

PetscErrorCode HfFieldCreate(HfGrid grid, int64_t hdf5_file, const char *dataset, PetscInt dof, PetscInt deflate) {
  Reason reason = FINE;

  PetscFunctionBeginUser;
  H5E_BEGIN_TRY {
    if (!exists((hid_t)hdf5_file, dataset)) reason = create_field(HfGridGetInfo(grid), (hid_t)hdf5_file, dataset, dof, deflate);
  }
  H5E_END_TRY
  PetscCall(agree(HfGridComm(grid), &reason));
  PetscCheckFault(reason == FINE, HfGridComm(grid), HF_ERR_FILE, "%s: %s", dataset, reasons[reason]);
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldAppend(HfGrid grid, int64_t hdf5_file, const char *dataset, Vec v, PetscInt dof, PetscInt *frame) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscInt n = g->nx * g->ym * dof;
  const PetscScalar *a;
  PetscScalar *rows;
  hsize_t number = 0;
  PetscInt length;
  Reason reason;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(v, &length));
  PetscCheck(length == n, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "%s: the Vec has not %" PetscInt_FMT " components per cell", dataset, dof);
  PetscCall(HfFieldCreate(grid, hdf5_file, dataset, dof, DEFLATE));
  PetscCall(PetscMalloc1(n, &rows));
  PetscCall(VecGetArrayRead(v, &a));
  PetscCall(PetscArraycpy(rows, a, n));
  PetscCall(VecRestoreArrayRead(v, &a));
  zero_void_cells(grid, dof, rows);
  H5E_BEGIN_TRY { reason = append_frame(g, (hid_t)hdf5_file, dataset, dof, rows, &number); }
  H5E_END_TRY
  PetscCall(PetscFree(rows));
  /* a write may fail on this rank alone while the others wait inside HDF5: they cannot be asked, the run has to end */
  PetscCheck(reason != NOT_WRITTEN, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: %s", dataset, reasons[reason]);
  PetscCall(agree(HfGridComm(grid), &reason));
  PetscCheckFault(reason == FINE, HfGridComm(grid), HF_ERR_FILE, "%s: %s", dataset, reasons[reason]);
  if (frame) *frame = (PetscInt)number;
  PetscFunctionReturn(0);
}

static Reason read_frame(const HfGridInfo *g, MPI_Comm comm, const char *path, const char *name, PetscInt frame, PetscInt dof, double rows[]) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  Reason reason = NOT_HDF5;
  hsize_t frames = 0;
  hid_t file, dataset;

  H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL);
  file = H5Fopen(path, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  if (file < 0) return reason;
  dataset = open_field(g, file, name, dof, &frames, &reason);
  if (dataset >= 0) {
    if (frame == -1) frame = (PetscInt)frames - 1;
    if (frame < 0 || (hsize_t)frame >= frames)
      reason = NO_FRAME;
    else if (transfer(g, dataset, dof, (hsize_t)frame, rows, PETSC_FALSE) < 0)
      reason = NOT_READ;
    H5Dclose(dataset);
  }
  H5Fclose(file);
  return reason;
}

static Reason look_at(const char *path) {
  htri_t is_hdf5;

  if (access(path, F_OK)) return NO_FILE;
  if (access(path, R_OK)) return NO_PERMISSION;
  H5E_BEGIN_TRY { is_hdf5 = H5Fis_hdf5(path); }
  H5E_END_TRY
  return is_hdf5 > 0 ? FINE : NOT_HDF5;
}

PetscErrorCode HfFieldRead(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, Vec v, const char **why) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const MPI_Comm comm = HfGridComm(grid);
  Reason reason = FINE;
  PetscScalar *rows;
  PetscInt length;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(v, &length));
  PetscCheck(length == g->nx * g->ym * dof, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "%s: the Vec has not %" PetscInt_FMT " components per cell", dataset,
             dof);
  if (!g->rank) reason = look_at(path); /* a file system asked by all ranks at once may not answer them alike */
  PetscCall(agree(comm, &reason));
  if (reason == FINE) {
    PetscCall(VecGetArrayWrite(v, &rows));
    H5E_BEGIN_TRY { reason = read_frame(g, comm, path, dataset, frame, dof, rows); }
    H5E_END_TRY
    zero_void_cells(grid, dof, rows);
    PetscCall(VecRestoreArrayWrite(v, &rows));
    PetscCall(agree(comm, &reason));
  }
  *why = reasons[reason];
  PetscFunctionReturn(0);
}
