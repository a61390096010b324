/* checkpoint.h5: the state of the run, one dataset per item of the checkpoint list. Sealed, synced and renamed; checkpoint-previous.h5 is the one
   before. Items are stored as one rank would have them and can be read on any number of ranks.

   Numbers have the same widths in the files of all builds of PETSc: flags 32 bits, integers 64, reals IEEE double. HDF5 converts them to and from the types
   in memory; a stored number that the type in memory cannot hold is refused. Files in which integers have 32 bits, as builds with 32-bit indices wrote them
   before, are read alike. */
#include "output_impl.h"
#include <hopfilm/petsc_versions.h>
#include <string.h>

/* A path that is too long for MPI-IO is one to read from: every rank opens the file for itself. */
static hid_t parallel_access(HfOutput output, const char path[]) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);

  if (strlen(path) > HF_MPI_IO_PATH_LENGTH) return access;
  H5Pset_fapl_mpio(access, output->run.comm, output->settings.hints);
  H5Pset_coll_metadata_write(access, 1);
  H5Pset_all_coll_metadata_ops(access, 1);
  H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18); /* metadata with checksums */
  return access;
}

static hid_t integer_type(size_t bytes) { return bytes == 1 ? H5T_NATIVE_INT8 : bytes == 4 ? H5T_NATIVE_INT32 : H5T_NATIVE_INT64; }

/* Type in memory, which differs between builds of PETSc (hopfilm/petsc_versions.h). */
static hid_t memory_type(HfCheckpointKind kind) {
  switch (kind) {
  case HF_CHECKPOINT_INT:
    return integer_type(sizeof(PetscInt));
  case HF_CHECKPOINT_INT64:
    return integer_type(sizeof(PetscInt64));
  case HF_CHECKPOINT_BOOL:
    return integer_type(sizeof(PetscBool));
  default:
    return H5T_NATIVE_DOUBLE;
  }
}

static hid_t file_type(HfCheckpointKind kind) {
  switch (kind) {
  case HF_CHECKPOINT_INT:
  case HF_CHECKPOINT_INT64:
    return H5T_STD_I64LE;
  case HF_CHECKPOINT_BOOL:
    return H5T_STD_I32LE;
  default:
    return H5T_IEEE_F64LE;
  }
}

/* Called by HDF5 for a number that does not fit: left to itself it would store the nearest one that does. */
static H5T_conv_ret_t refuse_number(H5T_conv_except_t what, hid_t from, hid_t to, void *source, void *target, void *context) {
  *(PetscBool *)context = PETSC_TRUE;
  return H5T_CONV_ABORT;
}

typedef struct {
  PetscBool fine;
  PetscBool too_large; /* a stored number does not fit into the type in memory */
} Outcome;

/* As for frames, src/grid/field_file.c: on one node collective transfers only copy what each rank can write and read as well itself. */
static PetscBool wants_collective(HfOutput output, PetscBool write) {
  int n_hints = 0;

  if (!write && strlen(output->resume.path) > HF_MPI_IO_PATH_LENGTH) return PETSC_FALSE;
  MPI_Info_get_nkeys(output->settings.hints, &n_hints);
  return (PetscBool)(!output->run.one_node || n_hints > 0);
}

/* Where numbers of this rank stand among those of all, as one rank would have them: n pieces of a length, `stride` apart. */
typedef struct {
  hsize_t first, stride, n, length;
} Pieces;

/* Of a Vec in boxes (grid.h) the pieces are the rows of this rank's box. */
static PetscErrorCode pieces_of(Vec vec, Pieces *pieces) {
  PetscInt start, end, nx, boxes, dof, xs, ys, xm, ym;
  PetscBool is_da = PETSC_FALSE;
  DM dm;

  PetscFunctionBeginUser;
  PetscCall(VecGetOwnershipRange(vec, &start, &end));
  *pieces = (Pieces){(hsize_t)start, 1, (hsize_t)(end - start), 1};
  PetscCall(VecGetDM(vec, &dm));
  if (dm) PetscCall(PetscObjectTypeCompare((PetscObject)dm, DMDA, &is_da));
  if (!is_da) PetscFunctionReturn(0);
  PetscCall(DMDAGetInfo(dm, NULL, &nx, NULL, NULL, &boxes, NULL, NULL, &dof, NULL, NULL, NULL, NULL, NULL));
  PetscCall(DMDAGetCorners(dm, &xs, &ys, NULL, &xm, &ym, NULL));
  if (boxes > 1) *pieces = (Pieces){(hsize_t)(((PetscInt64)ys * nx + xs) * dof), (hsize_t)(nx * dof), (hsize_t)ym, (hsize_t)(xm * dof)};
  PetscFunctionReturn(0);
}

/* Such values of a dataset, from or to `values`, in as many calls of HDF5 as the rank with most of them needs. Collective. */
static PetscErrorCode transfer_values(HfOutput output, hid_t dataset, hid_t type, const Pieces *pieces, void *values, PetscBool write,
                                      Outcome *outcome) {
  const hid_t space = H5Dget_space(dataset), properties = H5Pcreate(H5P_DATASET_XFER);
  const hsize_t most = PetscMax(1, output->control.checkpoint_call / H5Tget_size(type) / PetscMax(1, pieces->length));
  PetscInt64 calls = (PetscInt64)((pieces->n + most - 1) / most);

  PetscFunctionBeginUser;
  if (wants_collective(output, write)) H5Pset_dxpl_mpio(properties, H5FD_MPIO_COLLECTIVE);
  H5Pset_type_conv_cb(properties, refuse_number, &outcome->too_large);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &calls, 1, MPIU_INT64, MPI_MAX, output->run.comm));
  for (PetscInt64 k = 0; k < calls; ++k) { /* to the end also after a failure: the other ranks take part in every call */
    const hsize_t done = PetscMin((hsize_t)k * most, pieces->n), n = PetscMin(most, pieces->n - done), from = pieces->first + done * pieces->stride;
    const hsize_t room = PetscMax(n * pieces->length, 1);
    const hid_t memory = H5Screate_simple(1, &room, NULL);
    char *at = (char *)values + done * pieces->length * H5Tget_size(type);
    herr_t result;

    if (n)
      H5Sselect_hyperslab(space, H5S_SELECT_SET, &from, &pieces->stride, &n, &pieces->length);
    else {
      H5Sselect_none(space);
      H5Sselect_none(memory);
    }
    result = write ? H5Dwrite(dataset, type, memory, space, properties, at) : H5Dread(dataset, type, memory, space, properties, at);
    if (result < 0) outcome->fine = PETSC_FALSE;
    H5Sclose(memory);
  }
  H5Sclose(space);
  H5Pclose(properties);
  PetscFunctionReturn(0);
}

/* Writes or reads this rank's part of the item: a Vec by its rows; of numbers, rank 0 writes all and every rank reads all. Collective. */
static PetscErrorCode transfer(HfOutput output, hid_t dataset, const HfCheckpointItem *item, PetscBool write, Outcome *outcome) {
  const hid_t type = memory_type(item->kind);
  const PetscScalar *read = NULL;
  PetscScalar *local = NULL;
  Pieces pieces = {0, 1, write && output->run.rank ? 0 : (hsize_t)item->n, 1};

  PetscFunctionBeginUser;
  if (!item->vec) {
    PetscCall(transfer_values(output, dataset, type, &pieces, item->values, write, outcome));
    PetscFunctionReturn(0);
  }
  PetscCall(pieces_of(item->vec, &pieces));
  if (write) /* read-only: a raised object state would make TS restart its steps */
    PetscCall(VecGetArrayRead(item->vec, &read));
  else
    PetscCall(VecGetArray(item->vec, &local));
  PetscCall(transfer_values(output, dataset, type, &pieces, write ? (void *)read : local, write, outcome));
  if (read) PetscCall(VecRestoreArrayRead(item->vec, &read));
  if (local) PetscCall(VecRestoreArray(item->vec, &local));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_item(HfOutput output, hid_t file, const HfCheckpointItem *item, PetscBool *fine) {
  const hsize_t n = (hsize_t)item->n;
  const hid_t links = H5Pcreate(H5P_LINK_CREATE), properties = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &n, NULL);
  Outcome outcome = {.fine = PETSC_TRUE};
  hid_t dataset;

  PetscFunctionBeginUser;
  H5Pset_create_intermediate_group(links, 1);
  H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER);
  dataset = H5Dcreate2(file, item->name, file_type(item->kind), space, links, properties, H5P_DEFAULT);
  if (dataset >= 0) {
    if (n) PetscCall(transfer(output, dataset, item, PETSC_TRUE, &outcome));
    H5Dclose(dataset);
  } else
    outcome.fine = PETSC_FALSE;
  if (!outcome.fine) *fine = PETSC_FALSE;
  H5Sclose(space);
  H5Pclose(properties);
  H5Pclose(links);
  PetscFunctionReturn(0);
}

static PetscErrorCode write_tree(hid_t file, const char name[], HfNode tree, PetscBool *fine) {
  char *used = NULL;
  hid_t type, space, dataset;

  PetscFunctionBeginUser;
  PetscCall(HfNodeFormat(tree, &used));
  type = HfH5TextType(strlen(used) + 1);
  space = H5Screate(H5S_SCALAR);
  dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  if (dataset < 0 || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, used) < 0) *fine = PETSC_FALSE;
  if (dataset >= 0) H5Dclose(dataset);
  H5Sclose(space);
  H5Tclose(type);
  PetscCall(PetscFree(used));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_file(HfOutput output, HfCheckpointList list, const char path[], PetscBool *fine) {
  const hid_t access = parallel_access(output, path), file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);

  PetscFunctionBeginUser;
  H5Pclose(access);
  *fine = file >= 0 ? PETSC_TRUE : PETSC_FALSE;
  if (file < 0) PetscFunctionReturn(0);
  /* the deck with every default, and the digests of its files: by them a later run recognizes its own checkpoint */
  PetscCall(write_tree(file, "deck", HfDeckRoot(output->deck), fine));
  PetscCall(write_tree(file, "files", output->inputs, fine));
  for (PetscInt k = 0; k < HfCheckpointListCount(list); ++k) PetscCall(write_item(output, file, HfCheckpointListGet(list, k), fine));
  if (H5Fclose(file) < 0) *fine = PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputListCheckpoint(HfOutput output, HfCheckpointList list) {
  HfRunPosition *position = &output->resume.position;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListGroup(list, "output"));
  PetscCall(HfCheckpointListAdd(list, "wall_seconds", HF_CHECKPOINT_REAL, 1, &position->wall_seconds));
  PetscCall(HfCheckpointListAdd(list, "table_bytes", HF_CHECKPOINT_INT64, 1, &position->table_bytes));
  PetscCall(HfCheckpointListAdd(list, "items_begun", HF_CHECKPOINT_INT, 1, &position->items_begun));
  PetscCall(HfCheckpointListAdd(list, "items", HF_CHECKPOINT_INT, 1, &position->items));
  PetscCall(HfCheckpointListAdd(list, "finished", HF_CHECKPOINT_BOOL, 1, &position->finished));
  PetscFunctionReturn(0);
}

static PetscReal bytes_of(HfCheckpointList list) {
  PetscReal bytes = 0;

  for (PetscInt k = 0; k < HfCheckpointListCount(list); ++k) bytes += 8.0 * (PetscReal)HfCheckpointListGet(list, k)->n + 600.0;
  return bytes;
}

/* Written with the output's own items appended to the list. */
static PetscErrorCode write_checkpoint(HfOutput output, HfCheckpointList list, PetscReal bytes) {
  HfRun *run = &output->run;
  char path[PETSC_MAX_PATH_LEN], reason[HF_FAILURE_LENGTH];
  PetscBool fine;

  PetscFunctionBeginUser;
  PetscCall(HfRunNeedRoom(run, bytes));
  HfRunPath(run, HF_NEW_CHECKPOINT, path);
  PetscCall(write_file(output, list, path, &fine));
  if (!fine) {
    HfH5Reason(reason);
    HfRunNote(run, "cannot write %s: %s", path, reason);
  }
  PetscCall(HfRunAgree(run));
  PetscCall(HfSealFile(run, HF_NEW_CHECKPOINT));
  if (run->rank) HfSyncPath(run, path); /* other nodes may still hold parts of it in memory */
  PetscCall(HfRunAgree(run));
  HfPublishFile(run, HF_NEW_CHECKPOINT, "checkpoint.h5", HF_PREVIOUS_CHECKPOINT);
  PetscCall(HfRunAgree(run));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputCheckpoint(void *context, HfCheckpointList list, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished) {
  HfOutput output = context;
  HfControl *control = &output->control;
  const double start = MPI_Wtime();
  const PetscReal bytes = bytes_of(list);
  const PetscReal n_cells = (PetscReal)HfGridGetInfo(HfDeviceGrid(HfExperimentDevice(output->experiment)))->n_film;

  PetscFunctionBeginUser;
  PetscCall(HfOutputPublish(output)); /* run.h5 is never older than the checkpoint */
  output->resume.position = (HfRunPosition){.wall_seconds = start - output->run.start,
                                            .table_bytes = output->table.file ? (PetscInt64)ftell(output->table.file) : 0,
                                            .items_begun = begun,
                                            .items = n_items,
                                            .finished = finished};
  PetscCall(HfOutputListCheckpoint(output, list));
  PetscCall(HfInputsRead(output, begun));
  PetscCall(write_checkpoint(output, list, bytes));
  HfSignalClear(HF_SIGNAL_CHECKPOINT); /* now that it is fulfilled: it waits for an end of replay, or until the integrator can pause */
  control->checkpointed = MPI_Wtime();
  control->checkpoint_cost = control->checkpointed - start;
  control->checkpoint_costs += control->checkpoint_cost;
  HfLogLine(&output->log, "checkpoint: %.3g MB, %.0f bytes per cell, %.3f s, at %.9g ns", (double)bytes / 1e6, (double)(bytes / n_cells),
            control->checkpoint_cost, (double)(time * 1e9));
  PetscFunctionReturn(0);
}

/* ---- reading ---- */

PetscErrorCode HfCheckpointOpen(HfOutput output, const char path[], hid_t *file) {
  const hid_t access = parallel_access(output, path);

  PetscFunctionBeginUser;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  *file = H5Fopen(path, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckpointText(hid_t file, const char name[], char **text) {
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  hid_t type;

  PetscFunctionBeginUser;
  *text = NULL;
  if (dataset < 0) PetscFunctionReturn(0);
  type = H5Dget_type(dataset);
  if (H5Tget_class(type) == H5T_STRING && !(H5Tis_variable_str(type) > 0)) {
    PetscCall(PetscCalloc1(H5Tget_size(type) + 1, text));
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *text) < 0) PetscCall(PetscFree(*text));
  }
  H5Tclose(type);
  H5Dclose(dataset);
  PetscFunctionReturn(0);
}

/* Number of values of a dataset; -1 when there is none. */
static PetscInt length_of(hid_t dataset) {
  hssize_t n = -1;

  if (dataset >= 0) {
    const hid_t space = H5Dget_space(dataset);
    n = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
  }
  return n < PETSC_MAX_INT ? (PetscInt)n : -1;
}

PetscErrorCode HfOutputStored(void *context, const char *name, PetscInt *n) {
  HfOutput output = context;
  hid_t dataset;

  PetscFunctionBeginUser;
  *n = 0;
  if (output->resume.checkpoint < 0) PetscFunctionReturn(0);
  dataset = H5Dopen2(output->resume.checkpoint, name, H5P_DEFAULT);
  *n = PetscMax(0, length_of(dataset));
  if (dataset >= 0) H5Dclose(dataset);
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckpointRead(HfOutput output, HfCheckpointList list) {
  Outcome outcome = {.fine = PETSC_TRUE};
  const char *missing = "";

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfCheckpointListCount(list) && outcome.fine; ++k) {
    const HfCheckpointItem *item = HfCheckpointListGet(list, k);
    const hid_t dataset = H5Dopen2(output->resume.checkpoint, item->name, H5P_DEFAULT);

    outcome.fine = length_of(dataset) == item->n ? PETSC_TRUE : PETSC_FALSE; /* metadata: the same on all ranks */
    if (outcome.fine && item->n) PetscCall(transfer(output, dataset, item, PETSC_FALSE, &outcome));
    if (dataset >= 0) H5Dclose(dataset);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &outcome.fine, 1, HF_MPI_BOOL, MPI_LAND, output->run.comm));
    missing = item->name;
  }
  PetscCheckFault(
      !outcome.too_large, output->run.comm, HF_ERR_FILE,
      "cannot resume from %s: %s is larger than the integers of this build of PETSc, which have %d bits; resume with one of 64-bit indices",
      output->resume.path, missing, (int)(8 * sizeof(PetscInt)));
  PetscCheckFault(outcome.fine, output->run.comm, HF_ERR_FILE,
                  "cannot resume from %s: it does not hold %s in the form that this version of hopfilm needs", output->resume.path, missing);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputRestore(void *context, HfCheckpointList list, PetscBool live) {
  HfOutput output = context;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointRead(output, list));
  if (!live) PetscFunctionReturn(0);
  H5Fclose(output->resume.checkpoint);
  output->resume.checkpoint = -1;
  PetscCall(HfOutputEndReplay(output));
  PetscFunctionReturn(0);
}
