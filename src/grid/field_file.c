/* Fields of the film in parallel HDF5 files: a dataset [frame][y][x][component] of doubles or floats that grows by frames, row 0 the lowest, of
   all cells or those of a selection.

   Every rank writes and reads its own cells in transfers of at most HF_FIELD_PIECE bytes, from the Vec itself where all of its cells are kept; compressed
   parallel writes exist only as collective ones (HDF5 >= 1.10.2), every rank taking part. Chunks hold whole rows of one frame, at most a rank's share,
   between 64 kB and 1 MB, so that ranks rarely share a chunk and a frame can be read alone. HDF5 prints nothing of its own: a failure is reported once, with
   the file or dataset named. */
#include "field_file.h"
#include <string.h>

#define CHUNK_LEAST 65536
#define CHUNK_MOST  1048576
#define DEFLATE     1 /* higher levels cost much time and gain little on textures */

const char *const hf_field_reasons[] = {
    NULL,
    "there is no such file",
    "no permission to read the file",
    "the file is not an HDF5 file, or damaged",
    "the file has no such dataset",
    "the dataset is not a field: numbers of shape [frame][y][x][component] are expected",
    "the dataset has other numbers of cells than the film",
    "the film in the file has another size than this one; `stretch: true` maps it onto this one, `offset: [0 m, 0 m]` puts it "
    "there with its own size",
    "the file does not tell how large its cells are (attribute cell_size of /film), which `offset` needs; `stretch: true` maps it onto this film",
    "the cells of the frame would not be square on this film: its shape is [frame][y][x][component], and the film has another aspect; turn an array "
    "that is "
    "kept as [x][y], or map the frame onto the film with `stretch: true`",
    "the dataset has another number of components",
    "the dataset holds only some of the cells, or others than asked for: it was written with output.stride or output.region",
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

/* Whether a path exists: HDF5 requires that every group on the path is checked. */
static PetscBool exists(hid_t file, const char *path) {
  char part[PETSC_MAX_PATH_LEN];
  const size_t length = strlen(path);

  if (length >= sizeof(part)) return PETSC_FALSE;
  for (size_t k = 1; k <= length; ++k) {
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

/* Two numbers of an attribute; false when it has none such. */
static PetscBool read_pair(hid_t dataset, const char name[], PetscInt pair[2]) {
  PetscBool read = PETSC_FALSE;
  int values[2];

  if (H5Aexists(dataset, name) > 0) {
    const hid_t attribute = H5Aopen(dataset, name, H5P_DEFAULT), space = H5Aget_space(attribute);
    read = (PetscBool)(H5Sget_simple_extent_npoints(space) == 2 && H5Aread(attribute, H5T_NATIVE_INT, values) >= 0);
    H5Sclose(space);
    H5Aclose(attribute);
  }
  for (int d = 0; read && d < 2; ++d) pair[d] = values[d];
  return read;
}

static void write_pair(hid_t dataset, const char name[], const PetscInt pair[2]) {
  const hid_t space = H5Screate_simple(1, &(hsize_t){2}, NULL),
              attribute = H5Acreate2(dataset, name, H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT);

  H5Awrite(attribute, H5T_NATIVE_INT, (int[]){(int)pair[0], (int)pair[1]});
  H5Aclose(attribute);
  H5Sclose(space);
}

PetscBool HfFieldIsWhole(hid_t dataset, const hsize_t shape[4]) {
  PetscInt cells[2];

  return (PetscBool)(!read_pair(dataset, "film_cells", cells) || ((hsize_t)cells[0] == shape[2] && (hsize_t)cells[1] == shape[1]));
}

HfSelection HfFieldSelection(hid_t dataset, const hsize_t shape[4]) {
  HfSelection selection = {{0, 0}, {1, 1}, {(PetscInt)shape[2], (PetscInt)shape[1]}};

  if (!read_pair(dataset, "first_cell", selection.first) || !read_pair(dataset, "stride", selection.stride))
    for (int d = 0; d < 2; ++d) selection.first[d] = 0, selection.stride[d] = 1;
  return selection;
}

/* A power of two, as the row boundaries of the ranks are multiples of one. */
static hsize_t chunk_rows(const HfGridInfo *g, PetscInt ny, hsize_t bytes_per_row) {
  const hsize_t share = (hsize_t)(ny / g->boxes[1]);
  hsize_t rows = 1;

  while (2 * rows * bytes_per_row <= CHUNK_MOST && 2 * rows <= (hsize_t)ny && (2 * rows <= share || rows * bytes_per_row < CHUNK_LEAST)) rows *= 2;
  return rows;
}

static HfFieldReason create_field(const HfGridInfo *g, hid_t file, const char *path, const HfSelection *w, PetscInt dof, PetscInt deflate,
                                  PetscBool single) {
  const hsize_t bytes = single ? sizeof(float) : sizeof(double), row = (hsize_t)(w->count[0] * dof) * bytes;
  const hsize_t shape[4] = {0, (hsize_t)w->count[1], (hsize_t)w->count[0], (hsize_t)dof}, most[4] = {H5S_UNLIMITED, shape[1], shape[2], shape[3]};
  const hsize_t chunk[4] = {1, chunk_rows(g, w->count[1], row), PetscMin(shape[2], CHUNK_MOST / bytes / (hsize_t)dof), shape[3]};
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
  if (dataset >= 0) {
    write_pair(dataset, "first_cell", w->first);
    write_pair(dataset, "stride", w->stride);
    write_pair(dataset, "film_cells", (const PetscInt[]){g->nx, g->ny});
  }
  return dataset < 0 || H5Dclose(dataset) < 0 ? HF_FIELD_NOT_WRITTEN : HF_FIELD_FINE;
}

static PetscBool is_single(hid_t dataset) {
  const hid_t type = H5Dget_type(dataset);
  const PetscBool single = (PetscBool)(H5Tget_size(type) == sizeof(float));

  H5Tclose(type);
  return single;
}

/* Whether its file was opened by all ranks together. */
static PetscBool is_parallel(hid_t dataset) {
  const hid_t file = H5Iget_file_id(dataset), access = H5Fget_access_plist(file);
  const PetscBool parallel = H5Pget_driver(access) == H5FD_MPIO ? PETSC_TRUE : PETSC_FALSE;

  H5Pclose(access);
  H5Fclose(file);
  return parallel;
}

/* Whether the file was opened with hints of the user's, most of which are for collective transfers. */
static PetscBool has_hints(hid_t dataset) {
  const hid_t file = H5Iget_file_id(dataset), access = H5Fget_access_plist(file);
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Info hints = MPI_INFO_NULL;
  int n = 0;

  if (H5Pget_fapl_mpio(access, &comm, &hints) >= 0) {
    if (hints != MPI_INFO_NULL) {
      MPI_Info_get_nkeys(hints, &n);
      MPI_Info_free(&hints);
    }
    if (comm != MPI_COMM_NULL) MPI_Comm_free(&comm);
  }
  H5Pclose(access);
  H5Fclose(file);
  return (PetscBool)(n > 0);
}

static PetscBool is_one_node(MPI_Comm comm) {
  PetscMPIInt size = 0, on_node = -1;
  MPI_Comm node;

  if (MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node)) return PETSC_FALSE;
  MPI_Comm_size(node, &on_node);
  MPI_Comm_free(&node);
  MPI_Comm_size(comm, &size);
  return (PetscBool)(on_node == size);
}

static PetscBool has_filters(hid_t dataset) {
  const hid_t properties = H5Dget_create_plist(dataset);
  const PetscBool filters = (PetscBool)(H5Pget_nfilters(properties) > 0);

  H5Pclose(properties);
  return filters;
}

/* A collective write is for compressed frames, which HDF5 writes in no other way, and for several nodes, where MPI-IO has a few ranks write large pieces
   for the others. On one node that copies what each rank can write as well itself: on four ranks it took twice as long. Collective. */
static PetscBool write_collectively(MPI_Comm comm, hid_t dataset) {
  return (PetscBool)(is_parallel(dataset) && (has_filters(dataset) || has_hints(dataset) || !is_one_node(comm)));
}

/* A block of the dataset, written `from` the values of that type, or else read to `to`. */
static herr_t transfer(hid_t dataset, const hsize_t start[4], const hsize_t count[4], PetscBool collective, hid_t type, const void *from, void *to) {
  const hid_t memory = H5Screate_simple(4, count, NULL), place = H5Dget_space(dataset), how = H5Pcreate(H5P_DATASET_XFER);
  herr_t status;

  if (collective) H5Pset_dxpl_mpio(how, H5FD_MPIO_COLLECTIVE);
  if (count[1] && count[2])
    H5Sselect_hyperslab(place, H5S_SELECT_SET, start, NULL, count, NULL);
  else { /* nothing of this rank's, but all ranks take part */
    H5Sselect_none(place);
    H5Sselect_none(memory);
  }
  status = from ? H5Dwrite(dataset, type, memory, place, how, from) : H5Dread(dataset, type, memory, place, how, to);
  H5Pclose(how);
  H5Sclose(place);
  H5Sclose(memory);
  return status;
}

/* How a rank's rows of a dataset are divided among calls: at multiples of its chunks' rows, so that no chunk is compressed twice. */
typedef struct {
  hsize_t at, rows; /* the first call is of rows below at + rows, the others of `rows` each */
  PetscInt64 n;     /* calls, the same on all ranks */
} Calls;

/* Of count[1] rows from start[1] on. Collective. */
static Calls divide_calls(MPI_Comm comm, hid_t dataset, const hsize_t start[4], const hsize_t count[4], hsize_t most) {
  const hid_t properties = H5Dget_create_plist(dataset);
  const hsize_t row = PetscMax(1, count[2] * count[3] * sizeof(double)), fitting = PetscMax(1, most / row);
  hsize_t chunk[4] = {1, 1, 1, 1};
  Calls calls;

  if (H5Pget_layout(properties) == H5D_CHUNKED) H5Pget_chunk(properties, 4, chunk);
  H5Pclose(properties);
  calls.rows = chunk[1] * PetscMax(1, fitting / chunk[1]);
  calls.at = start[1] / chunk[1] * chunk[1];
  calls.n = count[1] ? (PetscInt64)((start[1] + count[1] - calls.at + calls.rows - 1) / calls.rows) : 0;
  if (MPI_Allreduce(MPI_IN_PLACE, &calls.n, 1, MPIU_INT64, MPI_MAX, comm)) calls.n = 0;
  return calls;
}

/* Its rows in call k, none on ranks that have no more. */
static void call_rows(const Calls *calls, PetscInt64 k, const hsize_t start[4], const hsize_t count[4], hsize_t first[4], hsize_t part[4]) {
  const hsize_t end = start[1] + count[1], from = PetscMax(start[1], calls->at + (hsize_t)k * calls->rows),
                to = PetscMin(end, calls->at + (hsize_t)(k + 1) * calls->rows);

  for (int d = 0; d < 4; ++d) first[d] = start[d], part[d] = count[d];
  first[1] = from < to ? from : 0;
  part[1] = from < to ? to - from : 0;
}

herr_t HfFieldLoad(MPI_Comm comm, hid_t dataset, const hsize_t start[4], const hsize_t count[4], hsize_t most, double rows[]) {
  const Calls calls = divide_calls(comm, dataset, start, count, most);
  const PetscBool collective = is_parallel(dataset);
  herr_t status = 0;

  for (PetscInt64 k = 0; k < calls.n; ++k) { /* to the end also after a failure: the other ranks take part in every call */
    hsize_t first[4], part[4];

    call_rows(&calls, k, start, count, first, part);
    if (transfer(dataset, first, part, collective, H5T_NATIVE_DOUBLE, NULL, rows) < 0) status = -1;
    rows += part[1] * part[2] * part[3];
  }
  return status;
}

herr_t HfFieldLoadRows(HfGrid grid, hid_t dataset, const HfSelection *w, PetscInt dof, hsize_t frame, hsize_t most, double rows[]) {
  PetscInt first, count, left, across;

  HfSelectionRows(w, HfGridGetInfo(grid), &first, &count);
  HfSelectionColumns(w, HfGridGetInfo(grid), &left, &across);
  return HfFieldLoad(HfGridComm(grid), dataset, (const hsize_t[4]){frame, (hsize_t)first, (hsize_t)left, 0},
                     (const hsize_t[4]){1, (hsize_t)count, (hsize_t)across, (hsize_t)dof}, most, rows);
}

/* In place, from the front: a parallel write of compressed data converts nothing. */
static void make_single(hsize_t n, double numbers[]) {
  for (hsize_t k = 0; k < n; ++k) {
    const float number = (float)numbers[k];
    memcpy((char *)numbers + k * sizeof number, &number, sizeof number);
  }
}

herr_t HfFieldStoreRows(HfGrid grid, hid_t dataset, const HfSelection *w, PetscInt dof, hsize_t frame, hsize_t most, const double all[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscBool collective = write_collectively(HfGridComm(grid), dataset), single = is_single(dataset);
  const double nothing = 0; /* NULL, the copy of no rows, would mean to read */
  PetscInt first_row, n_rows, left, across;
  herr_t status = 0;
  double *copy;
  Calls calls;

  HfSelectionRows(w, g, &first_row, &n_rows);
  HfSelectionColumns(w, g, &left, &across);
  const hsize_t start[4] = {frame, (hsize_t)first_row, (hsize_t)left, 0}, count[4] = {1, (hsize_t)n_rows, (hsize_t)across, (hsize_t)dof};
  calls = divide_calls(HfGridComm(grid), dataset, start, count, most);
  if (PetscMalloc1(PetscMin(calls.rows, count[1]) * count[2] * count[3], &copy)) return -1; /* not touched until it is needed */
  for (PetscInt64 k = 0; k < calls.n; ++k) {
    const double *rows = copy ? copy : &nothing;
    hsize_t first[4], part[4];

    call_rows(&calls, k, start, count, first, part);
    if (part[1] && !single && HfSelectionIsAsStored(w, grid, (PetscInt)first[1], (PetscInt)part[1]))
      rows = all + ((hsize_t)w->first[1] + first[1] - (hsize_t)g->ys) * count[2] * count[3];
    else
      HfSelectionTake(w, grid, dof, (PetscInt)first[1], (PetscInt)part[1], all, copy);
    if (single) make_single(part[1] * part[2] * part[3], copy);
    if (transfer(dataset, first, part, collective, single ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE, rows, NULL) < 0) status = -1;
  }
  return PetscFree(copy) ? -1 : status;
}

/* The selection lies in the film. */
static PetscBool fits(const HfGridInfo *g, const HfSelection *w) {
  const PetscInt cells[2] = {g->nx, g->ny};

  for (int d = 0; d < 2; ++d)
    if (w->first[d] < 0 || w->stride[d] < 1 || w->count[d] < 1 || (w->count[d] - 1) > (cells[d] - 1 - w->first[d]) / w->stride[d]) return PETSC_FALSE;
  return PETSC_TRUE;
}

static HfFieldReason append_frame(HfGrid grid, hid_t file, const char *path, PetscInt dof, const double all[], hsize_t *frame) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfFieldReason reason;
  hsize_t shape[4];
  const hid_t dataset = HfFieldOpen(file, path, dof, shape, &reason);
  HfSelection w;

  if (dataset < 0) return reason;
  w = HfFieldSelection(dataset, shape);
  *frame = shape[0]++;
  if (!fits(g, &w)) {
    H5Dclose(dataset);
    return HF_FIELD_OTHER_CELLS;
  }
  if (H5Dset_extent(dataset, shape) < 0 || HfFieldStoreRows(grid, dataset, &w, dof, *frame, HF_FIELD_PIECE, all) < 0) reason = HF_FIELD_NOT_WRITTEN;
  if (H5Dclose(dataset) < 0) reason = HF_FIELD_NOT_WRITTEN;
  return reason;
}

PetscErrorCode HfFieldCreate(HfGrid grid, int64_t hdf5_file, const char *dataset, const HfSelection *selection, PetscInt dof, PetscInt deflate,
                             PetscBool single) {
  const HfSelection all = HfSelectionAll(grid);
  HfFieldReason reason = HF_FIELD_FINE;

  PetscFunctionBeginUser;
  H5E_BEGIN_TRY {
    if (!exists((hid_t)hdf5_file, dataset))
      reason = create_field(HfGridGetInfo(grid), (hid_t)hdf5_file, dataset, selection ? selection : &all, dof, deflate, single);
  }
  H5E_END_TRY
  PetscCall(HfFieldAgree(HfGridComm(grid), &reason));
  PetscCheckFault(reason == HF_FIELD_FINE, HfGridComm(grid), HF_ERR_FILE, "%s: %s", dataset, hf_field_reasons[reason]);
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldAppend(HfGrid grid, int64_t hdf5_file, const char *dataset, Vec v, PetscInt dof, PetscInt *frame) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscInt n = g->xm * g->ym * dof;
  const PetscScalar *a;
  hsize_t number = 0;
  PetscInt length;
  HfFieldReason reason;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(v, &length));
  PetscCheck(length == n, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "%s: the Vec has not %" PetscInt_FMT " components per cell", dataset, dof);
  PetscCall(HfFieldCreate(grid, hdf5_file, dataset, NULL, dof, DEFLATE, PETSC_FALSE));
  PetscCall(VecGetArrayRead(v, &a));
  H5E_BEGIN_TRY { reason = append_frame(grid, (hid_t)hdf5_file, dataset, dof, a, &number); }
  H5E_END_TRY
  PetscCall(VecRestoreArrayRead(v, &a));
  /* a write may fail on this rank alone while the others wait inside HDF5: they cannot be reached, the run has to end */
  PetscCheck(reason != HF_FIELD_NOT_WRITTEN, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: %s", dataset, hf_field_reasons[reason]);
  PetscCall(HfFieldAgree(HfGridComm(grid), &reason));
  PetscCheckFault(reason == HF_FIELD_FINE, HfGridComm(grid), HF_ERR_FILE, "%s: %s", dataset, hf_field_reasons[reason]);
  if (frame) *frame = (PetscInt)number;
  PetscFunctionReturn(0);
}
