/* A field from an HDF5 file with other cells of the same film (resample.c). Every rank reads the rows that it needs. */
#include "field_file.h"
#include "resample.h"

/* The sides of the cells in the file; false when it does not tell. */
static PetscBool read_cell_size(hid_t file, double cell[2]) {
  hid_t attribute, space;
  PetscBool read;

  if (H5Lexists(file, "/film", H5P_DEFAULT) <= 0 || H5Aexists_by_name(file, "/film", "cell_size", H5P_DEFAULT) <= 0) return PETSC_FALSE;
  attribute = H5Aopen_by_name(file, "/film", "cell_size", H5P_DEFAULT, H5P_DEFAULT);
  space = H5Aget_space(attribute);
  read = (PetscBool)(H5Sget_simple_extent_npoints(space) == 2 && H5Aread(attribute, H5T_NATIVE_DOUBLE, cell) >= 0);
  H5Sclose(space);
  H5Aclose(attribute);
  return read;
}

/* Whether the film in the file has the size of this one. Where the file does not tell: whether its cells would be square on this film. */
static HfFieldReason check_size(const HfGridInfo *g, hid_t file, const hsize_t shape[4]) {
  const double size[2] = {(double)g->nx * g->dx, (double)g->ny * g->dy};
  double cell[2];

  if (!read_cell_size(file, cell)) {
    const double sides = size[0] / (double)shape[2] * (double)shape[1] / size[1];
    return PetscIsCloseAtTol(sides, (double)(g->dx / g->dy), 1e-6, 0) ? HF_FIELD_FINE : HF_FIELD_STRETCHED;
  }
  return PetscIsCloseAtTol((double)shape[2] * cell[0], size[0], 1e-6, 0) && PetscIsCloseAtTol((double)shape[1] * cell[1], size[1], 1e-6, 0)
             ? HF_FIELD_FINE
             : HF_FIELD_OTHER_SIZE;
}

static HfFieldReason read_overlaid(HfGrid grid, hid_t dataset, const hsize_t shape[4], hsize_t frame, const HfOverlay *overlay, double rows[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscBool same = (PetscBool)(!overlay->placed && HfFieldSameCells(g, shape));
  const HfSelection all = HfSelectionAll(grid);
  HfPatch patch = {overlay, 0, 0, (PetscInt)shape[3], NULL};
  HfFieldReason reason;
  double *values;

  if (same) return HfFieldLoadRows(grid, dataset, &all, patch.dof, frame, HF_FIELD_PIECE, rows) < 0 ? HF_FIELD_NOT_READ : HF_FIELD_FINE;
  HfOverlayRows(overlay, g, &patch.first, &patch.last);
  if (PetscMalloc1((PetscInt64)(patch.last - patch.first + 1) * overlay->n[0] * patch.dof, &values)) return HF_FIELD_NOT_READ;
  reason = HfFieldLoad(HfGridComm(grid), dataset, (const hsize_t[4]){frame, (hsize_t)patch.first, 0, 0},
                       (const hsize_t[4]){1, (hsize_t)(patch.last - patch.first + 1), shape[2], shape[3]}, HF_FIELD_PIECE, values) < 0
               ? HF_FIELD_NOT_READ
               : HF_FIELD_FINE;
  patch.values = values;
  if (reason == HF_FIELD_FINE) HfPatchTake(&patch, g, rows);
  return PetscFree(values) ? HF_FIELD_NOT_READ : reason;
}

static HfFieldReason read_other_cells(HfGrid grid, hid_t file, hid_t dataset, const hsize_t shape[4], hsize_t frame, const HfFieldSource *source,
                                      double rows[]) {
  HfOverlay overlay = {.n = {(PetscInt)shape[2], (PetscInt)shape[1]},
                       .placed = source->placed,
                       .zeros_count = source->values,
                       .offset = {source->offset[0], source->offset[1]}};
  HfFieldReason reason = HF_FIELD_FINE;

  if (source->placed)
    reason = read_cell_size(file, overlay.cell) && overlay.cell[0] > 0 && overlay.cell[1] > 0 ? HF_FIELD_FINE : HF_FIELD_NO_CELL_SIZE;
  else if (!source->stretch)
    reason = check_size(HfGridGetInfo(grid), file, shape);
  return reason == HF_FIELD_FINE ? read_overlaid(grid, dataset, shape, frame, &overlay, rows) : reason;
}

PetscErrorCode HfFieldReadHdf5(HfGrid grid, const HfFieldSource *source, PetscInt dof, Vec v, const char **why) {
  PetscFunctionBeginUser;
  PetscCall(HfFieldReadWith(grid, source->path, source->dataset, source->frame, dof, NULL, read_other_cells, source, v, why));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldInterpolate(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, PetscBool stretch, Vec v,
                                  const char **why) {
  const HfFieldSource source = {.path = path, .dataset = dataset, .frame = frame, .stretch = stretch};

  PetscFunctionBeginUser;
  PetscCall(HfFieldReadHdf5(grid, &source, dof, v, why));
  PetscFunctionReturn(0);
}
