/* /VTKHDF: the fields of run.h5 as vtkHDFReader (VTK 9.3 or newer, ParaView 5.12 or newer) reads them.

   VTKHDF 2.0, type ImageData. The cells of the film that were saved are an image of nx x ny x 1 cells, as thick as the film. The fields themselves are
   stored as [frame][y][x][component], each with times of its own; here each is a virtual dataset [step][z][y][x][component] over the same numbers, whose
   steps are all times at which any field was saved. A field that was not saved at a step is NaN there: no reader shows `j` of another time beside `m`.
   Cells without film have the ghost type HIDDENCELL, which VTK neither draws nor counts; their values are 0.
   https://docs.vtk.org/en/latest/vtk_file_formats/vtkhdf_file_format */
#include "published_file.h"
#include <stdlib.h>
#include <string.h>

#define HF_PATH_CELLS   HF_PATH_VTK "/CellData"
#define HF_PATH_STEPS   HF_PATH_VTK "/Steps"
#define HF_PATH_OFFSETS HF_PATH_STEPS "/CellDataOffsets"

enum { HIDDENCELL = 32 }; /* vtkDataSetAttributes::CellGhostTypes */

/* ---- the timeline ---- */

typedef struct {
  int64_t instant;
  double time;
} Instant;

static int by_instant(const void *a, const void *b) {
  const Instant *x = a, *y = b;
  return (x->instant > y->instant) - (x->instant < y->instant);
}

/* Times and instants of the frames of a field. */
static PetscErrorCode read_instants(HfPublished *file, const char name[], PetscInt n, int64_t numbers[], Instant list[]) {
  double *times;
  char path[128];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &times));
  snprintf(path, sizeof path, HF_PATH_FIELD_TIMES "/%s", name);
  if (HfPublishedGood(file, H5LTread_dataset(file->file, path, H5T_NATIVE_DOUBLE, times))) {
    snprintf(path, sizeof path, HF_PATH_FIELD_INSTANTS "/%s", name);
    HfPublishedGood(file, H5LTread_dataset(file->file, path, H5T_NATIVE_INT64, numbers));
  }
  for (PetscInt k = 0; file->is_good && k < n; ++k) list[k] = (Instant){numbers[k], times[k]};
  PetscCall(PetscFree(times));
  PetscFunctionReturn(0);
}

/* The fields and their numbers of frames. */
static PetscInt read_fields(HfPublished *file) {
  HfTimeline *timeline = &file->timeline;
  const HfResultFile *results = &file->output->results;
  PetscInt n = 0;
  char path[128];

  for (PetscInt k = 0; k < results->n_fields; ++k) {
    HfFieldShown *shown = &timeline->fields[timeline->n_fields];
    hsize_t shape[HF_MOST_DIMENSIONS];
    size_t bytes;

    snprintf(path, sizeof path, HF_PATH_FIELDS "/%s", results->fields[k].name);
    if (!results->fields[k].frames || HfPublishedShape(file, path, shape) != 4 || !shape[0]) continue;
    if (!HfPublishedGood(file, H5LTget_dataset_info(file->file, path, NULL, NULL, &bytes))) continue;
    *shown = (HfFieldShown){.name = results->fields[k].name, .bytes = bytes};
    memcpy(shown->shape, shape, sizeof shown->shape);
    n += (PetscInt)shape[0];
    ++timeline->n_fields;
  }
  return n;
}

/* The frame of a field at each step; its frames and the steps are in the order of their instants. */
static PetscErrorCode find_frames(HfFieldShown *field, const int64_t numbers[], PetscInt n_steps, const int64_t shown[]) {
  const PetscInt n = (PetscInt)field->shape[0];
  PetscInt frame = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n_steps, &field->frame));
  for (PetscInt step = 0; step < n_steps; ++step) {
    while (frame < n && numbers[frame] < shown[step]) ++frame;
    field->frame[step] = frame < n && numbers[frame] == shown[step] ? frame : -1;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfTimelineRead(HfPublished *file) {
  HfTimeline *timeline = &file->timeline;
  const PetscInt n = read_fields(file);
  int64_t *numbers, *shown; /* [frame of any field]; [step] */
  Instant *all;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n, &numbers, n, &shown, n, &all));
  PetscCall(PetscMalloc1(n, &timeline->times));
  for (PetscInt f = 0, first = 0; f < timeline->n_fields; first += (PetscInt)timeline->fields[f++].shape[0])
    PetscCall(read_instants(file, timeline->fields[f].name, (PetscInt)timeline->fields[f].shape[0], numbers + first, all + first));
  if (file->is_good) {
    if (n > 0) qsort(all, (size_t)n, sizeof *all, by_instant); /* without fields there is no array to sort */
    for (PetscInt k = 0; k < n; ++k) {
      if (!timeline->n_steps || all[k].time > timeline->times[timeline->n_steps - 1]) timeline->times[timeline->n_steps++] = all[k].time;
      shown[timeline->n_steps - 1] = all[k].instant;
    }
    for (PetscInt f = 0, first = 0; f < timeline->n_fields; first += (PetscInt)timeline->fields[f++].shape[0])
      PetscCall(find_frames(&timeline->fields[f], numbers + first, timeline->n_steps, shown));
  }
  PetscCall(PetscFree3(numbers, shown, all));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTimelineFree(HfTimeline *timeline) {
  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < timeline->n_fields; ++f) PetscCall(PetscFree(timeline->fields[f].frame));
  PetscCall(PetscFree(timeline->times));
  PetscFunctionReturn(0);
}

/* ---- /VTKHDF ---- */

static void write_head(HfPublished *file) {
  const HfSelection *selection = &file->output->settings.recorder.selection;
  HfGrid grid = HfDeviceGrid(HfExperimentDevice(file->output->experiment));
  const double thickness = (double)HfGridGetInfo(grid)->thickness;
  const int version[2] = {2, 0}, extent[6] = {0, (int)selection->count[0], 0, (int)selection->count[1], 0, 1};
  const double direction[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  const hid_t of = file->file;
  PetscReal origin[2], spacing[2];

  HfSelectionImage(selection, grid, origin, spacing);
  HfPublishedGroup(file, HF_PATH_VTK);
  HfPublishedGood(file, H5LTset_attribute_int(of, HF_PATH_VTK, "Version", version, 2));
  HfPublishedText(file, HF_PATH_VTK, "Type", "ImageData");
  HfPublishedText(file, HF_PATH_VTK, "units", "m");
  HfPublishedGood(file, H5LTset_attribute_int(of, HF_PATH_VTK, "WholeExtent", extent, 6));
  HfPublishedGood(file, H5LTset_attribute_double(of, HF_PATH_VTK, "Origin", (double[]){origin[0], origin[1], 0}, 3));
  HfPublishedGood(file, H5LTset_attribute_double(of, HF_PATH_VTK, "Spacing", (double[]){spacing[0], spacing[1], thickness}, 3));
  HfPublishedGood(file, H5LTset_attribute_double(of, HF_PATH_VTK, "Direction", direction, 9));
  HfPublishedGroup(file, HF_PATH_CELLS);
  HfPublishedGroup(file, HF_PATH_STEPS);
  HfPublishedGroup(file, HF_PATH_OFFSETS);
}

/* The number that each step shows: itself, or for what stays as it is always the first. */
static PetscErrorCode write_offsets(HfPublished *file, const char name[], PetscBool stays) {
  const PetscInt n = file->timeline.n_steps;
  const HfTable table = {H5T_NATIVE_INT64, 1, {(hsize_t)n}, "1", "Index of each step in the array of that name"};
  int64_t *offsets;
  char path[128];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &offsets));
  for (PetscInt k = 0; k < n; ++k) offsets[k] = stays ? 0 : k;
  snprintf(path, sizeof path, HF_PATH_OFFSETS "/%s", name);
  HfPublishedWrite(file, path, &table, offsets);
  PetscCall(PetscFree(offsets));
  PetscFunctionReturn(0);
}

/* One mapping for each row of frames that follow each other at steps that do. */
static void map_frames(HfPublished *file, const HfFieldShown *field, const char from[], int rank, const hsize_t shape[5], hid_t properties) {
  const PetscInt n = file->timeline.n_steps;
  const hid_t source = H5Screate_simple(4, field->shape, NULL), view = H5Screate_simple(rank, shape, NULL);

  for (PetscInt step = 0, length; step < n; step += length) {
    const int64_t frame = field->frame[step];

    for (length = 1; step + length < n && field->frame[step + length] == (frame < 0 ? -1 : frame + length); ++length) {
    }
    if (frame < 0) continue;
    H5Sselect_hyperslab(source, H5S_SELECT_SET, (hsize_t[4]){(hsize_t)frame}, NULL,
                        (hsize_t[4]){(hsize_t)length, field->shape[1], field->shape[2], field->shape[3]}, NULL);
    H5Sselect_hyperslab(view, H5S_SELECT_SET, (hsize_t[5]){(hsize_t)step}, NULL, (hsize_t[5]){(hsize_t)length, 1, shape[2], shape[3], shape[4]},
                        NULL);
    HfPublishedGood(file, H5Pset_virtual(properties, view, ".", from, source));
  }
  H5Sclose(source);
  H5Sclose(view);
}

static PetscErrorCode write_field(HfPublished *file, const HfFieldShown *field) {
  const hsize_t shape[5] = {(hsize_t)file->timeline.n_steps, 1, field->shape[1], field->shape[2], field->shape[3]};
  const int rank = field->shape[3] > 1 ? 5 : 4;
  const hid_t type = field->bytes == sizeof(float) ? H5T_IEEE_F32LE : H5T_IEEE_F64LE, space = H5Screate_simple(rank, shape, NULL),
              properties = H5Pcreate(H5P_DATASET_CREATE);
  const double not_saved = NAN;
  char from[128], to[128], units[64] = "";
  hid_t dataset;

  PetscFunctionBeginUser;
  snprintf(from, sizeof from, HF_PATH_FIELDS "/%s", field->name);
  snprintf(to, sizeof to, HF_PATH_CELLS "/%s", field->name);
  H5Pset_fill_value(properties, H5T_NATIVE_DOUBLE, &not_saved);
  map_frames(file, field, from, rank, shape, properties);
  dataset = H5Dcreate2(file->file, to, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  if (HfPublishedGood(file, dataset)) H5Dclose(dataset);
  H5Pclose(properties);
  H5Sclose(space);
  if (file->is_good && HfPublishedUnits(file, from, units)) HfPublishedText(file, to, "units", units);
  PetscCall(write_offsets(file, field->name, PETSC_FALSE));
  PetscFunctionReturn(0);
}

/* Row by row: rank 0 has no memory for the mask of all ranks. */
static PetscErrorCode write_ghosts(HfPublished *file) {
  const HfSelection *w = &file->output->settings.recorder.selection;
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(HfExperimentDevice(file->output->experiment)));
  const HfTable table = {H5T_NATIVE_UCHAR, 4, {1, 1, (hsize_t)w->count[1], (hsize_t)w->count[0]}, "1", "32 (HIDDENCELL) where there is no film"};
  const hsize_t wide = (hsize_t)g->nx, kept = (hsize_t)w->count[0];
  hid_t mask, from, ghosts, to, whole, part;
  unsigned char *row;

  PetscFunctionBeginUser;
  HfPublishedWrite(file, HF_PATH_GHOSTS, &table, NULL);
  mask = H5Dopen2(file->file, "/film/mask", H5P_DEFAULT);
  ghosts = H5Dopen2(file->file, HF_PATH_GHOSTS, H5P_DEFAULT);
  if (HfPublishedGood(file, mask) && HfPublishedGood(file, ghosts)) {
    from = H5Dget_space(mask);
    to = H5Dget_space(ghosts);
    whole = H5Screate_simple(1, &wide, NULL);
    part = H5Screate_simple(1, &kept, NULL);
    PetscCall(PetscMalloc1(g->nx, &row));
    for (PetscInt b = 0; b < w->count[1] && file->is_good; ++b) {
      const hsize_t in_mask[2] = {(hsize_t)(w->first[1] + b * w->stride[1]), 0}, in_ghosts[4] = {0, 0, (hsize_t)b, 0};

      H5Sselect_hyperslab(from, H5S_SELECT_SET, in_mask, NULL, (const hsize_t[2]){1, wide}, NULL);
      H5Sselect_hyperslab(to, H5S_SELECT_SET, in_ghosts, NULL, (const hsize_t[4]){1, 1, 1, kept}, NULL);
      HfPublishedGood(file, H5Dread(mask, H5T_NATIVE_UCHAR, whole, from, H5P_DEFAULT, row));
      for (PetscInt a = 0; a < w->count[0]; ++a) row[a] = row[w->first[0] + a * w->stride[0]] ? 0 : HIDDENCELL;
      HfPublishedGood(file, H5Dwrite(ghosts, H5T_NATIVE_UCHAR, part, to, H5P_DEFAULT, row));
    }
    PetscCall(PetscFree(row));
    H5Sclose(part);
    H5Sclose(whole);
    H5Sclose(to);
    H5Sclose(from);
    PetscCall(write_offsets(file, "vtkGhostType", PETSC_TRUE));
  }
  if (ghosts >= 0) H5Dclose(ghosts);
  if (mask >= 0) H5Dclose(mask);
  PetscFunctionReturn(0);
}

PetscErrorCode HfPublishedVtk(HfPublished *file) {
  const HfTimeline *timeline = &file->timeline;
  const HfTable times = {H5T_NATIVE_DOUBLE, 1, {(hsize_t)timeline->n_steps}, "s", "Time of each step"};
  const int n_steps = (int)timeline->n_steps;

  PetscFunctionBeginUser;
  if (!timeline->n_steps) PetscFunctionReturn(0);
  write_head(file);
  HfPublishedGood(file, H5LTset_attribute_int(file->file, HF_PATH_STEPS, "NSteps", &n_steps, 1));
  HfPublishedWrite(file, HF_PATH_STEPS "/Values", &times, timeline->times);
  for (PetscInt f = 0; f < timeline->n_fields; ++f) PetscCall(write_field(file, &timeline->fields[f]));
  PetscCall(write_ghosts(file));
  PetscFunctionReturn(0);
}
