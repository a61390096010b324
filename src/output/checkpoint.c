/* The state of the run in checkpoint.h5, one dataset per item, and back. Sealed, synced and renamed; checkpoint-previous.h5 is the one before.
   The items lie there as one rank would have them: they can be read on any number of ranks. */
#include "output_impl.h"
#include <string.h>

#define NEW "checkpoint.h5.new"

static hid_t parallel_access(HfOutput output) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);

  H5Pset_fapl_mpio(access, output->comm, MPI_INFO_NULL);
  H5Pset_coll_metadata_write(access, 1);
  H5Pset_all_coll_metadata_ops(access, 1);
  H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18); /* structure with checksums */
  return access;
}

static hid_t type_of(const HfCheckpointItem *item) {
  switch (item->kind) {
  case HF_CHECKPOINT_INT:
    return sizeof(PetscInt) == 4 ? H5T_NATIVE_INT32 : H5T_NATIVE_INT64;
  case HF_CHECKPOINT_INT64:
    return H5T_NATIVE_INT64;
  case HF_CHECKPOINT_BOOL:
    return H5T_NATIVE_INT;
  default:
    return H5T_NATIVE_DOUBLE;
  }
}

/* From or to the item's part of this rank: of numbers rank 0 writes all, and all ranks read all. Collective. */
static PetscErrorCode transfer(HfOutput output, hid_t dataset, const HfCheckpointItem *item, PetscBool write, PetscBool *fine) {
  const hid_t file_space = H5Dget_space(dataset), properties = H5Pcreate(H5P_DATASET_XFER);
  hsize_t first = 0, count = (hsize_t)item->n;
  const PetscScalar *read = NULL;
  PetscScalar *local = NULL;
  PetscInt start, end;
  hid_t memory;
  void *values = item->values;
  herr_t result;

  PetscFunctionBeginUser;
  if (item->vec) {
    PetscCall(VecGetOwnershipRange(item->vec, &start, &end));
    if (write) /* a look that changed it, even by nothing, would make TS begin its steps anew */
      PetscCall(VecGetArrayRead(item->vec, &read));
    else
      PetscCall(VecGetArray(item->vec, &local));
    first = (hsize_t)start;
    count = (hsize_t)(end - start);
    values = write ? (void *)read : local;
  } else if (write && output->rank)
    count = 0;
  memory = H5Screate_simple(1, &(hsize_t){PetscMax(count, 1)}, NULL);
  H5Pset_dxpl_mpio(properties, H5FD_MPIO_COLLECTIVE);
  if (count)
    H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &first, NULL, &count, NULL);
  else {
    H5Sselect_none(file_space);
    H5Sselect_none(memory);
  }
  result = write ? H5Dwrite(dataset, type_of(item), memory, file_space, properties, values)
                 : H5Dread(dataset, type_of(item), memory, file_space, properties, values);
  if (result < 0) *fine = PETSC_FALSE;
  if (read) PetscCall(VecRestoreArrayRead(item->vec, &read));
  if (local) PetscCall(VecRestoreArray(item->vec, &local));
  H5Sclose(memory);
  H5Sclose(file_space);
  H5Pclose(properties);
  PetscFunctionReturn(0);
}

static PetscErrorCode write_item(HfOutput output, hid_t file, const HfCheckpointItem *item, PetscBool *fine) {
  const hsize_t n = (hsize_t)item->n;
  const hid_t links = H5Pcreate(H5P_LINK_CREATE), properties = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &n, NULL);
  hid_t dataset;

  PetscFunctionBeginUser;
  H5Pset_create_intermediate_group(links, 1);
  H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER);
  dataset = H5Dcreate2(file, item->name, type_of(item), space, links, properties, H5P_DEFAULT);
  if (dataset >= 0) {
    if (n) PetscCall(transfer(output, dataset, item, PETSC_TRUE, fine));
    H5Dclose(dataset);
  } else
    *fine = PETSC_FALSE;
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

static PetscErrorCode write_file(HfOutput output, HfCheckpointList state, const char path[], PetscBool *fine) {
  const hid_t access = parallel_access(output), file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);

  PetscFunctionBeginUser;
  H5Pclose(access);
  *fine = file >= 0 ? PETSC_TRUE : PETSC_FALSE;
  if (file < 0) PetscFunctionReturn(0);
  /* the deck with every default, and what its files hold: by them a later run knows whether it is the same one */
  PetscCall(write_tree(file, "deck", HfDeckRoot(output->deck), fine));
  PetscCall(write_tree(file, "files", output->files, fine));
  for (PetscInt k = 0; k < HfCheckpointListCount(state); ++k) PetscCall(write_item(output, file, HfCheckpointListGet(state, k), fine));
  if (H5Fclose(file) < 0) *fine = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* What the output itself must find again. */
PetscErrorCode HfOutputListCheckpoint(HfOutput output, HfCheckpointList state) {
  HfKept *kept = &output->kept;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListGroup(state, "output"));
  PetscCall(HfCheckpointListAdd(state, "wall_seconds", HF_CHECKPOINT_REAL, 1, &kept->wall_seconds));
  PetscCall(HfCheckpointListAdd(state, "table_bytes", HF_CHECKPOINT_INT64, 1, &kept->table_bytes));
  PetscCall(HfCheckpointListAdd(state, "table_time", HF_CHECKPOINT_REAL, 1, &output->table_time));
  PetscCall(HfCheckpointListAdd(state, "table_has_rows", HF_CHECKPOINT_BOOL, 1, &output->table_has_rows));
  PetscCall(HfCheckpointListAdd(state, "items_begun", HF_CHECKPOINT_INT, 1, &kept->items_begun));
  PetscCall(HfCheckpointListAdd(state, "items", HF_CHECKPOINT_INT, 1, &kept->items));
  PetscCall(HfCheckpointListAdd(state, "finished", HF_CHECKPOINT_BOOL, 1, &kept->finished));
  PetscFunctionReturn(0);
}

static PetscReal bytes_of(HfCheckpointList state) {
  PetscReal bytes = 0;

  for (PetscInt k = 0; k < HfCheckpointListCount(state); ++k) bytes += 8.0 * (PetscReal)HfCheckpointListGet(state, k)->n + 600.0;
  return bytes;
}

PetscErrorCode HfOutputCheckpoint(void *context, HfCheckpointList state, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished) {
  HfOutput output = context;
  const double start = MPI_Wtime();
  const PetscReal bytes = bytes_of(state);
  char path[PETSC_MAX_PATH_LEN], line[256];
  PetscBool fine;

  PetscFunctionBeginUser;
  PetscCall(HfOutputPublish(output)); /* run.h5 is never older than the checkpoint */
  if (output->table) output->kept.table_bytes = (PetscInt64)ftell(output->table);
  output->kept.wall_seconds = start - output->start;
  output->kept.items_begun = begun;
  output->kept.items = n_items;
  output->kept.finished = finished;
  PetscCall(HfOutputListCheckpoint(output, state));
  PetscCall(HfOutputLookAtFiles(output, begun));
  PetscCall(HfOutputNeedRoom(output, bytes));
  HfOutputPath(output, NEW, path);
  PetscCall(write_file(output, state, path, &fine));
  if (!fine) HfOutputNote(output, "cannot write %s: %s", path, HfH5Reason());
  PetscCall(HfOutputAgree(output));
  PetscCall(HfSealFile(output, NEW));
  if (output->rank) HfSyncPath(output, path); /* what other nodes have not sent yet */
  PetscCall(HfOutputAgree(output));
  HfPublishFile(output, NEW, "checkpoint.h5", "checkpoint-previous.h5");
  PetscCall(HfOutputAgree(output));
  output->checkpointed = MPI_Wtime();
  output->checkpoint_cost = output->checkpointed - start;
  output->checkpoint_costs += output->checkpoint_cost;
  PetscCall(PetscSNPrintf(line, sizeof line, "checkpoint: %.3g MB, %.0f bytes per cell, %.3f s, at %.9g ns", (double)bytes / 1e6,
                          (double)(bytes / (PetscReal)HfGridGetInfo(HfDeviceGrid(HfExperimentDevice(output->experiment)))->n_film),
                          output->checkpoint_cost, (double)(time * 1e9)));
  HfOutputSay(output, line);
  PetscFunctionReturn(0);
}

/* ---- back ---- */

PetscErrorCode HfCheckpointOpen(HfOutput output, const char path[], hid_t *file) {
  const hid_t access = parallel_access(output);

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

/* Number of values of a dataset, -1 when it is none. */
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
  if (output->resume < 0) PetscFunctionReturn(0);
  dataset = H5Dopen2(output->resume, name, H5P_DEFAULT);
  *n = PetscMax(0, length_of(dataset));
  if (dataset >= 0) H5Dclose(dataset);
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckpointRead(HfOutput output, HfCheckpointList state) {
  PetscBool fine = PETSC_TRUE;
  const char *missing = "";

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfCheckpointListCount(state) && fine; ++k) {
    const HfCheckpointItem *item = HfCheckpointListGet(state, k);
    const hid_t dataset = H5Dopen2(output->resume, item->name, H5P_DEFAULT);

    fine = length_of(dataset) == item->n ? PETSC_TRUE : PETSC_FALSE; /* the same on all ranks, as the metadata is */
    if (fine && item->n) PetscCall(transfer(output, dataset, item, PETSC_FALSE, &fine));
    if (dataset >= 0) H5Dclose(dataset);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &fine, 1, MPIU_BOOL, MPI_LAND, output->comm));
    missing = item->name;
  }
  PetscCheckFault(fine, output->comm, HF_ERR_FILE, "cannot resume from %s: it does not hold %s as this version of hopfilm needs it",
                  output->resume_path, missing);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputRestore(void *context, HfCheckpointList state, PetscBool live) {
  HfOutput output = context;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointRead(output, state));
  if (!live) PetscFunctionReturn(0);
  H5Fclose(output->resume);
  output->resume = -1;
  PetscCall(HfOutputEndOfReplay(output));
  PetscFunctionReturn(0);
}
