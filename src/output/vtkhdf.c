/* /VTKHDF: run.h5 as a time series of images, so that ParaView opens it without conversion.

   VTKHDF 2.0, type ImageData. The film, or the selected part of it, is an image of extent (0,nx, 0,ny, 0,0). For a flat image the reader takes cell
   arrays of shape [time][y][x][component], which is how the fields are stored: /VTKHDF/CellData holds hard links to them. Fields may have different
   times: the steps are all times at which any field was written, and CellDataOffsets gives the frame of each field to show at a step (its latest).
   https://docs.vtk.org/en/latest/vtk_file_formats/vtkhdf_file_format */
#include "output_impl.h"

#define HF_PATH_STEPS HF_PATH_VTK "/Steps"

static PetscErrorCode put_count(HfResultFile *results) {
  const int steps = (int)results->n_vtk_steps;

  PetscFunctionBeginUser;
  PetscCall(HfH5AttributeInts(results, HF_PATH_STEPS, "NSteps", -1, &steps));
  PetscFunctionReturn(0);
}

PetscErrorCode HfVtkSetUp(HfResultFile *results, const HfSelection *selection, HfGrid grid) {
  PetscReal origin[2], spacing[2];

  PetscFunctionBeginUser;
  HfSelectionImage(selection, grid, origin, spacing);
  PetscCall(HfH5Group(results, HF_PATH_VTK));
  PetscCall(HfH5AttributeInts(results, HF_PATH_VTK, "Version", 2, (int[]){2, 0}));
  PetscCall(HfH5AttributeText(results, HF_PATH_VTK, "Type", "ImageData"));
  PetscCall(HfH5AttributeInts(results, HF_PATH_VTK, "WholeExtent", 6, (int[]){0, (int)selection->count[0], 0, (int)selection->count[1], 0, 0}));
  PetscCall(HfH5AttributeReals(results, HF_PATH_VTK, "Origin", 3, (PetscReal[]){origin[0], origin[1], 0}));
  PetscCall(HfH5AttributeReals(results, HF_PATH_VTK, "Spacing", 3, (PetscReal[]){spacing[0], spacing[1], PetscMin(spacing[0], spacing[1])}));
  PetscCall(HfH5AttributeReals(results, HF_PATH_VTK, "Direction", 9, (PetscReal[]){1, 0, 0, 0, 1, 0, 0, 0, 1}));
  PetscCall(HfH5Group(results, HF_PATH_VTK "/CellData"));
  PetscCall(HfH5Group(results, HF_PATH_STEPS));
  PetscCall(HfH5Group(results, HF_PATH_STEPS "/CellDataOffsets"));
  PetscCall(put_count(results));
  PetscFunctionReturn(0);
}

/* The latest frame of the field, for a new step or instead of the frame shown at the last one. */
static PetscErrorCode put_offset(HfResultFile *results, const HfFieldState *field, PetscBool new_step) {
  const HfTable row = {H5T_NATIVE_INT64, 0, {0}, "1", "Frame of the field to show at each step"};
  const int64_t frame = PetscMax(field->frames - 1, 0);
  char path[128];

  PetscFunctionBeginUser;
  snprintf(path, sizeof path, HF_PATH_STEPS "/CellDataOffsets/%s", field->name);
  PetscCall((new_step ? HfH5Append : HfH5SetLast)(results, path, &row, &frame));
  PetscFunctionReturn(0);
}

PetscErrorCode HfVtkFrame(HfResultFile *results, PetscInt k, PetscReal time) {
  const HfTable row = {H5T_NATIVE_DOUBLE, 0, {0}, "s", "Time of each step"};
  const HfFieldState *field = &results->fields[k];
  char from[128], to[128];

  PetscFunctionBeginUser;
  if (field->frames == 1) { /* the first frame of a field is shown at all earlier steps */
    snprintf(from, sizeof from, HF_PATH_FIELDS "/%s", field->name);
    snprintf(to, sizeof to, HF_PATH_VTK "/CellData/%s", field->name);
    PetscCall(HfH5Link(results, from, to));
    for (PetscInt step = 0; step < results->n_vtk_steps; ++step) PetscCall(put_offset(results, field, PETSC_TRUE));
  }
  if (results->n_vtk_steps && time == results->vtk_time)
    PetscCall(put_offset(results, field, PETSC_FALSE));
  else {
    PetscCall(HfH5Append(results, HF_PATH_STEPS "/Values", &row, &time));
    results->vtk_time = time;
    ++results->n_vtk_steps;
    for (PetscInt f = 0; f < results->n_fields; ++f)
      if (results->fields[f].frames) PetscCall(put_offset(results, &results->fields[f], PETSC_TRUE));
    PetscCall(put_count(results));
  }
  PetscFunctionReturn(0);
}
