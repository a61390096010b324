/* A frame of a field as VTK image data and as lines of a CSV table.

   VTK: ImageData of one layer of cells, as thick as the film, raw numbers appended; UNITS_LABEL and the time (TimeValue, s) are there; vtkGhostType hides
   cells outside (32, HIDDENCELL). https://docs.vtk.org/en/latest/vtk_file_formats/vtkxml_file_format.html
   CSV: "t (s),x (m),y (m),m_x (1),...", a line for each cell inside. */
#include "export.h"
#include <string.h>

enum { HIDDENCELL = 32 };

static size_t count(const HfFieldFrame *frame) { return (size_t)frame->n[0] * (size_t)frame->n[1]; }

static void write_block(const void *values, uint64_t bytes, FILE *file) {
  fwrite(&bytes, sizeof bytes, 1, file);
  fwrite(values, 1, bytes, file);
}

PetscBool HfExportVtk(const HfFieldFrame *frame, FILE *file) {
  const uint16_t one = 1;
  const int nx = (int)frame->n[0], ny = (int)frame->n[1];
  const size_t n = count(frame), bytes = n * (size_t)frame->dof * sizeof(double);
  const uint64_t n_bytes = n;
  char first;

  memcpy(&first, &one, 1);
  fprintf(file,
          "<?xml version=\"1.0\"?>\n<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"%s\" header_type=\"UInt64\">\n"
          "  <ImageData WholeExtent=\"0 %d 0 %d 0 1\" Origin=\"%.17g %.17g 0\" Spacing=\"%.17g %.17g %.17g\">\n"
          "    <FieldData>\n      <DataArray type=\"Float64\" Name=\"TimeValue\" NumberOfTuples=\"1\" format=\"ascii\">%.17g</DataArray>\n    "
          "</FieldData>\n",
          first ? "LittleEndian" : "BigEndian", nx, ny, frame->corner[0], frame->corner[1], frame->step[0], frame->step[1], frame->step[2],
          frame->time);
  fprintf(file,
          "    <Piece Extent=\"0 %d 0 %d 0 1\">\n      <CellData %s=\"%s\">\n"
          "        <DataArray type=\"Float64\" Name=\"%s\" NumberOfComponents=\"%d\" format=\"appended\" offset=\"0\">\n"
          "          <InformationKey name=\"UNITS_LABEL\" location=\"vtkDataArray\">%s</InformationKey>\n        </DataArray>\n"
          "        <DataArray type=\"UInt8\" Name=\"vtkGhostType\" format=\"appended\" offset=\"%zu\"/>\n      </CellData>\n    </Piece>\n  "
          "</ImageData>\n"
          "  <AppendedData encoding=\"raw\">\n   _",
          nx, ny, frame->dof == 3 ? "Vectors" : "Scalars", frame->name, frame->name, (int)frame->dof, frame->unit, bytes + sizeof(uint64_t));
  write_block(frame->values, bytes, file);
  fwrite(&n_bytes, sizeof n_bytes, 1, file);
  for (size_t k = 0; k < n; ++k) putc(frame->inside[k] ? 0 : HIDDENCELL, file);
  fprintf(file, "\n  </AppendedData>\n</VTKFile>\n");
  return ferror(file) ? PETSC_FALSE : PETSC_TRUE;
}

PetscBool HfExportCsvHead(const HfFieldFrame *frame, FILE *file) {
  fprintf(file, "t (s),x (m),y (m)");
  for (PetscInt c = 0; c < frame->dof; ++c)
    frame->dof > 1 ? fprintf(file, ",%s_%c (%s)", frame->name, "xyz"[c], frame -> unit) : fprintf(file, ",%s (%s)", frame->name, frame->unit);
  fprintf(file, "\n");
  return ferror(file) ? PETSC_FALSE : PETSC_TRUE;
}

PetscBool HfExportCsv(const HfFieldFrame *frame, FILE *file) {
  for (size_t k = 0; k < count(frame); ++k) {
    if (!frame->inside[k]) continue;
    fprintf(file, "%.17g,%.17g,%.17g", frame->time, frame->corner[0] + ((double)(k % (size_t)frame->n[0]) + 0.5) * frame->step[0],
            frame->corner[1] + ((double)(k / (size_t)frame->n[0]) + 0.5) * frame->step[1]);
    for (PetscInt c = 0; c < frame->dof; ++c) fprintf(file, ",%.17g", frame->values[k * (size_t)frame->dof + (size_t)c]);
    fprintf(file, "\n");
  }
  return ferror(file) ? PETSC_FALSE : PETSC_TRUE;
}
