/* A frame of a field from an HDF5 file: looked at by one rank, read by all; what is wrong with it is the same reason on all of them. */
#include "field_file.h"
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void zero_void_cells(HfGrid grid, PetscInt dof, PetscScalar rows[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);

  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      if (HfRegionAt(g, regions, i, g->ys + j) < 0)
        for (PetscInt c = 0; c < dof; ++c) rows[(j * g->xm + i) * dof + c] = 0.0;
}

static HfFieldReason look_at(const char *path) {
  struct stat status;
  htri_t is_hdf5;

  if (access(path, F_OK)) return HF_FIELD_NO_FILE;
  if (access(path, R_OK)) return HF_FIELD_NO_PERMISSION;
  if (stat(path, &status) || !S_ISREG(status.st_mode)) return HF_FIELD_NOT_HDF5; /* a FIFO would have to be waited for */
  H5E_BEGIN_TRY { is_hdf5 = H5Fis_hdf5(path); }
  H5E_END_TRY
  return is_hdf5 > 0 ? HF_FIELD_FINE : HF_FIELD_NOT_HDF5;
}

static HfFieldReason read_same_cells(HfGrid grid, hid_t file, hid_t dataset, const hsize_t shape[4], hsize_t frame, const HfFieldSource *source,
                                     double rows[]) {
  const HfSelection all = HfSelectionAll(grid);

  if (!HfFieldSameCells(HfGridGetInfo(grid), shape)) return HF_FIELD_OTHER_CELLS;
  return HfFieldLoadRows(grid, dataset, &all, (PetscInt)shape[3], frame, HF_FIELD_PIECE, rows) < 0 ? HF_FIELD_NOT_READ : HF_FIELD_FINE;
}

/* The others are 0. */
static HfFieldReason read_some_cells(HfGrid grid, hid_t dataset, const HfSelection *w, PetscInt dof, hsize_t frame, double rows[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscInt n = g->xm * g->ym * dof;
  HfFieldReason reason = HF_FIELD_FINE;
  double *some;

  if (PetscMalloc1(n, &some)) return HF_FIELD_NOT_READ;
  if (HfFieldLoadRows(grid, dataset, w, dof, frame, HF_FIELD_PIECE, some) < 0) reason = HF_FIELD_NOT_READ;
  for (PetscInt k = 0; k < n; ++k) rows[k] = 0;
  if (reason == HF_FIELD_FINE) HfSelectionPut(w, g, dof, some, rows);
  return PetscFree(some) ? HF_FIELD_NOT_READ : reason;
}

static HfFieldReason read_frame(HfGrid grid, const char *path, const char *name, PetscInt frame, PetscInt dof, const HfSelection *selection,
                                HfFieldReader reader, const HfFieldSource *source, double rows[]) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  HfFieldReason reason = HF_FIELD_NOT_HDF5;
  hid_t file, dataset = -1;
  hsize_t shape[4];
  HfSelection w;

  if (strlen(path) <= HF_MPI_IO_PATH_LENGTH) H5Pset_fapl_mpio(access, HfGridComm(grid), MPI_INFO_NULL); /* else every rank opens it for itself */
  file = H5Fopen(path, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  if (file >= 0) dataset = HfFieldOpen(file, name, dof, shape, &reason);
  if (HfFieldAgree(HfGridComm(grid), &reason)) reason = HF_FIELD_NOT_READ; /* one that opens it for itself may fail alone; transfers need all */
  if (reason == HF_FIELD_FINE) {
    w = HfFieldSelection(dataset, shape);
    if (frame == -1) frame = (PetscInt)shape[0] - 1;
    if (frame < 0 || (hsize_t)frame >= shape[0])
      reason = HF_FIELD_NO_FRAME;
    else if (!HfFieldIsWhole(dataset, shape))
      reason = selection && HfSelectionSame(selection, &w) ? read_some_cells(grid, dataset, &w, dof, (hsize_t)frame, rows) : HF_FIELD_NOT_ALL;
    else
      reason = (*reader)(grid, file, dataset, shape, (hsize_t)frame, source, rows);
  }
  if (dataset >= 0) H5Dclose(dataset);
  if (file >= 0) H5Fclose(file);
  return reason;
}

PetscErrorCode HfFieldReadWith(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, const HfSelection *selection,
                               HfFieldReader reader, const HfFieldSource *source, Vec v, const char **why) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const MPI_Comm comm = HfGridComm(grid);
  HfFieldReason reason = HF_FIELD_FINE;
  PetscScalar *rows;
  PetscInt length;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(v, &length));
  PetscCheck(length == g->xm * g->ym * dof, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "%s: the Vec has not %" PetscInt_FMT " components per cell", dataset,
             dof);
  if (!g->rank) reason = look_at(path); /* a file system may not show all ranks the same at once */
  PetscCall(HfFieldAgree(comm, &reason));
  if (reason == HF_FIELD_FINE) {
    PetscCall(VecGetArrayWrite(v, &rows));
    H5E_BEGIN_TRY { reason = read_frame(grid, path, dataset, frame, dof, selection, reader, source, rows); }
    H5E_END_TRY
    zero_void_cells(grid, dof, rows);
    PetscCall(VecRestoreArrayWrite(v, &rows));
    PetscCall(HfFieldAgree(comm, &reason));
  }
  *why = hf_field_reasons[reason];
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldRead(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, const HfSelection *selection, Vec v,
                           const char **why) {
  PetscFunctionBeginUser;
  PetscCall(HfFieldReadWith(grid, path, dataset, frame, dof, selection, read_same_cells, NULL, v, why));
  PetscFunctionReturn(0);
}
