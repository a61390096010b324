/* run.xdmf2: the fields of run.h5 for ParaView 5.11 and older, whose reader of VTKHDF knows no time, and for other readers of XDMF 2 (VisIt, vtkXdmfReader).

   One image of the film, or of the part of it that was saved, for each time at which any field was saved, with the fields that were saved then and no
   others; nx x ny x 1 cells as thick as the film. Cells without film are blanked by vtkGhostType. The numbers stay in run.h5, of which each array is
   a hyperslab. By the ending .xdmf2 ParaView takes its reader of XDMF 2; that of XDMF 3 (vtkXdmf3Reader) reads no hyperslabs of HDF5 files.
   https://www.xdmf.org/index.php/XDMF_Model_and_Format */
#include "published_file.h"
#include <errno.h>
#include <string.h>

static void write_geometry(const HfPublished *file, FILE *out) {
  const HfSelection *selection = &file->output->settings.recorder.selection;
  HfGrid grid = HfDeviceGrid(HfExperimentDevice(file->output->experiment));
  PetscReal origin[2], spacing[2];

  HfSelectionImage(selection, grid, origin, spacing);
  fprintf(
      out,
      "        <Topology TopologyType=\"3DCORECTMesh\" Dimensions=\"2 %d %d\"/>\n        <Geometry GeometryType=\"ORIGIN_DXDYDZ\">\n"
      "          <DataItem Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">0 %.17g %.17g</DataItem>\n"
      "          <DataItem Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">%.17g %.17g %.17g</DataItem>\n        </Geometry>\n",
      (int)selection->count[1] + 1, (int)selection->count[0] + 1, (double)origin[1], (double)origin[0], (double)HfGridGetInfo(grid)->thickness,
      (double)spacing[1], (double)spacing[0]);
}

static void write_field(const HfFieldShown *field, int64_t frame, FILE *out) {
  const unsigned long long n = field->shape[0], ny = field->shape[1], nx = field->shape[2], c = field->shape[3];
  char parts[24] = "";

  if (c > 1) snprintf(parts, sizeof parts, " %llu", c);
  fprintf(out,
          "        <Attribute Name=\"%s\" AttributeType=\"%s\" Center=\"Cell\">\n          <DataItem ItemType=\"HyperSlab\" Type=\"HyperSlab\" "
          "Dimensions=\"1 %llu %llu%s\">\n            <DataItem Dimensions=\"3 4\" Format=\"XML\">%lld 0 0 0  1 1 1 1  1 %llu %llu %llu</DataItem>\n"
          "            <DataItem Dimensions=\"%llu %llu %llu %llu\" NumberType=\"Float\" Precision=\"%d\" Format=\"HDF\">run.h5:" HF_PATH_FIELDS
          "/%s</DataItem>\n          </DataItem>\n        </Attribute>\n",
          field->name, c > 1 ? "Vector" : "Scalar", ny, nx, parts, (long long)frame, ny, nx, c, n, ny, nx, c, (int)field->bytes, field->name);
}

static void write_ghosts(const HfPublished *file, FILE *out) {
  const HfSelection *w = &file->output->settings.recorder.selection;
  const int nx = (int)w->count[0], ny = (int)w->count[1];

  fprintf(
      out,
      "        <Attribute Name=\"vtkGhostType\" AttributeType=\"Scalar\" Center=\"Cell\">\n          <DataItem ItemType=\"HyperSlab\" "
      "Type=\"HyperSlab\" Dimensions=\"1 %d %d\">\n            <DataItem Dimensions=\"3 4\" Format=\"XML\">0 0 0 0  1 1 1 1  1 1 %d %d</DataItem>\n"
      "            <DataItem Dimensions=\"1 1 %d %d\" NumberType=\"UChar\" Precision=\"1\" Format=\"HDF\">run.h5:" HF_PATH_GHOSTS
      "</DataItem>\n          </DataItem>\n        </Attribute>\n",
      ny, nx, ny, nx, ny, nx);
}

void HfPublishedXdmf(HfPublished *file) {
  const HfTimeline *timeline = &file->timeline;
  char path[PETSC_MAX_PATH_LEN];
  FILE *out;
  int bad;

  HfRunPath(file->run, HF_NEW_XDMF, path);
  out = HfFileCreateStream(path);
  if (!out) {
    HfRunNote(file->run, "cannot write %s: %s", path, strerror(errno));
    return;
  }
  fprintf(out, "<?xml version=\"1.0\"?>\n<Xdmf Version=\"2.0\">\n  <Domain>\n    <Information Name=\"units\" Value=\"lengths in m, times in s\"/>\n"
               "    <Grid Name=\"run\" GridType=\"Collection\" CollectionType=\"Temporal\">\n");
  for (PetscInt step = 0; step < timeline->n_steps; ++step) {
    fprintf(out, "      <Grid Name=\"film\" GridType=\"Uniform\">\n        <Time Value=\"%.17g\"/>\n", timeline->times[step]);
    write_geometry(file, out);
    for (PetscInt f = 0; f < timeline->n_fields; ++f)
      if (timeline->fields[f].frame[step] >= 0) write_field(&timeline->fields[f], timeline->fields[f].frame[step], out);
    write_ghosts(file, out);
    fprintf(out, "      </Grid>\n");
  }
  fprintf(out, "    </Grid>\n  </Domain>\n</Xdmf>\n");
  bad = ferror(out);
  if (fclose(out) != 0 || bad) HfRunNote(file->run, "cannot write %s: %s", path, strerror(errno));
}
