/* What the readers of a field share. Private to src/grid. */
#pragma once
#include <hdf5.h>
#include <hopfilm/grid.h>

/* Reasons are passed between ranks as numbers. */
typedef enum {
  HF_FIELD_FINE,
  HF_FIELD_NO_FILE,
  HF_FIELD_NO_PERMISSION,
  HF_FIELD_NOT_HDF5,
  HF_FIELD_NO_DATASET,
  HF_FIELD_NOT_A_FIELD,
  HF_FIELD_OTHER_CELLS,
  HF_FIELD_OTHER_SIZE,
  HF_FIELD_NO_CELL_SIZE,
  HF_FIELD_STRETCHED,
  HF_FIELD_OTHER_DOF,
  HF_FIELD_NOT_ALL,
  HF_FIELD_NO_FRAME,
  HF_FIELD_NOT_READ,
  HF_FIELD_NOT_WRITTEN
} HfFieldReason;
extern const char *const hf_field_reasons[];

PetscErrorCode HfFieldAgree(MPI_Comm comm, HfFieldReason *reason); /* the largest of all ranks. Collective. */
/* Opens a field of `dof` components and has its shape [frame][y][x][component]; -1 and the reason when it is none. */
hid_t HfFieldOpen(hid_t file, const char *path, PetscInt dof, hsize_t shape[4], HfFieldReason *reason);
/* The cells that an opened field holds; all of its own where it does not tell. */
HfSelection HfFieldSelection(hid_t dataset, const hsize_t shape[4]);
PetscBool HfFieldIsWhole(hid_t dataset, const hsize_t shape[4]); /* it holds all cells of its film, or does not tell */
PetscBool HfFieldSameCells(const HfGridInfo *g, const hsize_t shape[4]);
/* Bytes of a rank in one call of HDF5, outside of tests: MPI-IO and HDF5 1.10 have limits at 2 and 4 GiB, and what HDF5 allocates for compressed chunks
   grows with the call. */
#define HF_FIELD_PIECE 67108864
/* A block of the dataset into `rows`; empty where count[1] or count[2] is 0. In as many calls as the largest block of all ranks needs, each of at most `most` bytes, but
   of whole chunks. Collective. */
herr_t HfFieldLoad(MPI_Comm comm, hid_t dataset, const hsize_t start[4], const hsize_t count[4], hsize_t most, double rows[]);
/* The owned cells of a frame, some[b][a][c], likewise. */
herr_t HfFieldLoadRows(HfGrid grid, hid_t dataset, const HfSelection *selection, PetscInt dof, hsize_t frame, hsize_t most, double some[]);
/* The owned cells of a frame of all cells all[j][i][c], of which the selection is written, likewise. */
herr_t HfFieldStoreRows(HfGrid grid, hid_t dataset, const HfSelection *selection, PetscInt dof, hsize_t frame, hsize_t most, const double all[]);

/* ---- selection.c ---- */
void HfSelectionRows(const HfSelection *selection, const HfGridInfo *g, PetscInt *first, PetscInt *count); /* those of its rows that this rank owns */
void HfSelectionColumns(const HfSelection *selection, const HfGridInfo *g, PetscInt *first, PetscInt *count); /* and of its columns */
/* All owned cells to those of `count` rows of the selection that this rank owns, void ones as 0: all[j][i][c] and some[b - first][a][c]. */
void HfSelectionTake(const HfSelection *selection, HfGrid grid, PetscInt dof, PetscInt first, PetscInt count, const double all[], double some[]);
/* Whether that copies whole rows and changes nothing: all their cells are selected and belong to the film. */
PetscBool HfSelectionIsAsStored(const HfSelection *selection, HfGrid grid, PetscInt first, PetscInt count);
/* All owned cells that are also in the selection, from some[b][a][c]. */
void HfSelectionPut(const HfSelection *selection, const HfGridInfo *g, PetscInt dof, const double some[], double all[]);

/* HfFieldRead() with the reader's way from the opened dataset to the owned rows; `source`: of the caller. Collective, as the reader is. */
typedef HfFieldReason (*HfFieldReader)(HfGrid grid, hid_t file, hid_t dataset, const hsize_t shape[4], hsize_t frame, const HfFieldSource *source,
                                       double rows[]);
PetscErrorCode HfFieldReadWith(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, const HfSelection *selection,
                               HfFieldReader reader, const HfFieldSource *source, Vec v, const char **why);

/* HfFieldReadSource() of either kind. */
PetscErrorCode HfFieldReadHdf5(HfGrid grid, const HfFieldSource *source, PetscInt dof, Vec v, const char **why);
PetscErrorCode HfOvfRead(HfGrid grid, const HfFieldSource *source, Vec v, char how[], char why[]);
