/* /VTKHDF: the file seen as a time series of images, so that ParaView opens run.h5 as it is.

   VTKHDF 2.0, type ImageData. The film, or what is selected of it, is an image of extent (0,nx, 0,ny, 0,0): for a flat image the reader takes cell arrays
   of shape [time][y][x][component], which is how the fields are stored: /VTKHDF/CellData holds hard links to them. The fields may have different
   times: the steps are all times at which any field was written, and CellDataOffsets says which frame of a field to show there (its latest).
   https://docs.vtk.org/en/latest/vtk_file_formats/vtkhdf_file_format */
#include "output_impl.h"

#define HF_PATH_STEPS HF_PATH_VTK "/Steps"

static PetscErrorCode put_count(HfOutput output) {
  const int steps = (int)output->n_vtk_steps;

  PetscFunctionBeginUser;
  PetscCall(HfH5AttributeInts(output, HF_PATH_STEPS, "NSteps", -1, &steps));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputVtkSetUp(HfOutput output) {
  const HfSelection *w = &output->settings.recorder.selection;
  PetscReal origin[2], spacing[2];

  PetscFunctionBeginUser;
  HfSelectionImage(w, HfDeviceGrid(HfExperimentDevice(output->experiment)), origin, spacing);
  PetscCall(HfH5Group(output, HF_PATH_VTK));
  PetscCall(HfH5AttributeInts(output, HF_PATH_VTK, "Version", 2, (int[]){2, 0}));
  PetscCall(HfH5AttributeText(output, HF_PATH_VTK, "Type", "ImageData"));
  PetscCall(HfH5AttributeInts(output, HF_PATH_VTK, "WholeExtent", 6, (int[]){0, (int)w->count[0], 0, (int)w->count[1], 0, 0}));
  PetscCall(HfH5AttributeReals(output, HF_PATH_VTK, "Origin", 3, (PetscReal[]){origin[0], origin[1], 0}));
  PetscCall(HfH5AttributeReals(output, HF_PATH_VTK, "Spacing", 3, (PetscReal[]){spacing[0], spacing[1], PetscMin(spacing[0], spacing[1])}));
  PetscCall(HfH5AttributeReals(output, HF_PATH_VTK, "Direction", 9, (PetscReal[]){1, 0, 0, 0, 1, 0, 0, 0, 1}));
  PetscCall(HfH5Group(output, HF_PATH_VTK "/CellData"));
  PetscCall(HfH5Group(output, HF_PATH_STEPS));
  PetscCall(HfH5Group(output, HF_PATH_STEPS "/CellDataOffsets"));
  PetscCall(put_count(output));
  PetscFunctionReturn(0);
}

/* Frame of the field at one more step, or once more at the last. */
static PetscErrorCode put_offset(HfOutput output, const HfFieldState *field, PetscBool new_step) {
  const HfTable row = {H5T_NATIVE_INT64, 0, {0}, "1", "Frame of the field to show at each step"};
  const int64_t frame = PetscMax(field->frames - 1, 0);
  char path[128];

  PetscFunctionBeginUser;
  snprintf(path, sizeof path, HF_PATH_STEPS "/CellDataOffsets/%s", field->name);
  PetscCall((new_step ? HfH5Append : HfH5SetLast)(output, path, &row, &frame));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputVtkFrame(HfOutput output, PetscInt k, PetscReal time) {
  const HfTable row = {H5T_NATIVE_DOUBLE, 0, {0}, "s", "Time of each step"};
  const HfFieldState *field = &output->fields[k];
  char from[128], to[128];

  PetscFunctionBeginUser;
  if (field->frames == 1) { /* until now its first frame is what there is to show */
    snprintf(from, sizeof from, HF_PATH_FIELDS "/%s", field->name);
    snprintf(to, sizeof to, HF_PATH_VTK "/CellData/%s", field->name);
    PetscCall(HfH5Link(output, from, to));
    for (PetscInt step = 0; step < output->n_vtk_steps; ++step) PetscCall(put_offset(output, field, PETSC_TRUE));
  }
  if (output->n_vtk_steps && time == output->vtk_time)
    PetscCall(put_offset(output, field, PETSC_FALSE));
  else {
    PetscCall(HfH5Append(output, HF_PATH_STEPS "/Values", &row, &time));
    output->vtk_time = time;
    ++output->n_vtk_steps;
    for (PetscInt f = 0; f < output->n_fields; ++f)
      if (output->fields[f].frames) PetscCall(put_offset(output, &output->fields[f], PETSC_TRUE));
    PetscCall(put_count(output));
  }
  PetscFunctionReturn(0);
}
