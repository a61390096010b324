/* An OVF file (ovf.h) on the film. One rank reads it, a block of rows at a time, and every rank keeps the rows that its own cells need, so that no rank
   holds the whole file.

   A field is read in A/m. The magnetization is taken for its direction: each vector counts as a unit vector, whatever its unit, so that files in A/m and of unit vectors give
   the same start. Layers along z are averaged. The cells of the file are those of the film: cell by cell. Otherwise as in resample.c, the rule of
   result files, too: a texture that one of them holds gives the same start through an OVF file. Nearest cells would make steps
   that exchange has to smooth, and averages over areas differ from it by second order only, as long as the cells resolve the texture. */
#include "field_file.h"
#include "ovf.h"
#include "resample.h"
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define BLOCK 65536 /* vectors read and sent at once, about */
#define SHORT 6     /* bytes of a vector in text, at least: "0 0 0\n" */

/* ---- one rank: numbers ---- */
/* Of an IEEE 754 number whose most or least significant byte comes first. */
static double to_double(const unsigned char *bytes, HfOvfData data, PetscBool most_first) {
  const int width = (int)data;
  uint64_t bits = 0;
  uint32_t few;
  float single;
  double number;

  for (int b = 0; b < width; ++b) bits = bits << 8 | bytes[most_first ? b : width - 1 - b];
  few = (uint32_t)bits;
  memcpy(&number, &bits, sizeof number);
  memcpy(&single, &few, sizeof single);
  return data == HF_OVF_BINARY_8 ? number : (double)single;
}

static PetscBool most_first(const HfOvfHeader *header) { return (PetscBool)(header->version == 1); }

static PetscBool read_check_value(HfOvfFile *file, const HfOvfHeader *header) {
  const double wanted = header->data == HF_OVF_BINARY_4 ? (double)HF_OVF_CHECK_4 : HF_OVF_CHECK_8;
  const PetscBool first = most_first(header);
  unsigned char bytes[8];

  if (fread(bytes, header->data, 1, file->file) != 1) return HfOvfFail(file, "the file ends behind this line, before the check value of its data");
  if (to_double(bytes, header->data, first) == wanted) return PETSC_TRUE;
  if (to_double(bytes, header->data, (PetscBool)!first) == wanted)
    return HfOvfFail(file, "the bytes of the numbers stand in the wrong order: in OVF %d.0 the %s significant one comes first", header->version,
                     header->version == 1 ? "most" : "least");
  return HfOvfFail(file, "the check value behind this line is %g, not %.15g: the data are damaged, as by a transfer in text mode",
                   to_double(bytes, header->data, first), wanted);
}

/* Vector k of all, counted from 0, as "cell (i, j, k)". */
static PetscBool fail_at(HfOvfFile *file, const HfOvfHeader *header, PetscInt64 k, const char *what) {
  return HfOvfFail(file, "%s cell (%lld, %lld, %lld) of %d x %d x %d, counted from 0", what, (long long)(k % header->n[0]),
                   (long long)(k / header->n[0] % header->n[1]), (long long)(k / header->n[0] / header->n[1]), (int)header->n[0], (int)header->n[1],
                   (int)header->n[2]);
}

static PetscBool read_binary(HfOvfFile *file, const HfOvfHeader *header, PetscInt64 start, PetscInt n, double v[]) {
  const size_t width = header->data;
  const PetscBool first = most_first(header);
  unsigned char *bytes = (unsigned char *)v; /* in place, from the back */
  const size_t got = fread(bytes, width, 3 * (size_t)n, file->file);

  if (got < 3 * (size_t)n) return fail_at(file, header, start + (PetscInt64)got / 3, "the data that begin here end before");
  for (size_t k = got; k-- > 0;) {
    unsigned char one[8];
    memcpy(one, bytes + k * width, width);
    v[k] = to_double(one, header->data, first);
  }
  return PETSC_TRUE;
}

/* The next number of a text; blanks and ends of lines are alike. */
static PetscBool read_word(HfOvfFile *file, double *number) {
  char word[64], *end;
  size_t n = 0;
  int c;

  while ((c = getc_unlocked(file->file)) != EOF && isspace(c)) file->line += c == '\n';
  for (; c != EOF && !isspace(c); c = getc_unlocked(file->file))
    if (n + 1 < sizeof word) word[n++] = (char)c;
  word[n] = '\0';
  if (c != EOF) (void)ungetc(c, file->file);
  if (!n || word[0] == '#') return PETSC_FALSE;
  *number = strtod(word, &end);
  return end == word || *end ? HfOvfFail(file, "expected a number, found \"%.40s\"", word) : PETSC_TRUE;
}

static PetscBool read_text(HfOvfFile *file, const HfOvfHeader *header, PetscInt64 start, PetscInt n, double v[]) {
  if (!start) ++file->line; /* the header ended with the line before */
  for (PetscInt k = 0; k < 3 * n; ++k)
    if (!read_word(file, &v[k])) return fail_at(file, header, start + k / 3, "the data end before");
  return PETSC_TRUE;
}

static PetscBool read_block(HfOvfFile *file, const HfOvfHeader *header, PetscInt64 start, PetscInt n, double v[]) {
  if (!(header->data == HF_OVF_TEXT ? read_text : read_binary)(file, header, start, n, v)) return PETSC_FALSE;
  for (PetscInt k = 0; k < 3 * n; ++k) {
    v[k] *= header->multiplier;
    if (!isfinite(v[k])) return fail_at(file, header, start + k / 3, "no finite number in");
  }
  return PETSC_TRUE;
}

/* Behind the last vector: more numbers than cells are a mistake, too. */
static PetscBool read_end(HfOvfFile *file, const HfOvfHeader *header) {
  char line[256], label[256], value[256];
  PetscBool more = PETSC_TRUE;

  do more = HfOvfLine(file, line, sizeof line);
  while (more && !line[0]);
  if (more && HfOvfField(line, label, value, sizeof label) && !strcmp(label, "end") && !strcasecmp(value, HF_OVF_DATA_NAME(header->data)))
    return PETSC_TRUE;
  return HfOvfFail(file, "%d x %d x %d vectors are read, but \"# End: %s\" does not follow: xnodes, ynodes, znodes or the kind of the data are wrong",
                   (int)header->n[0], (int)header->n[1], (int)header->n[2], HF_OVF_DATA_NAME(header->data));
}

/* The data cannot be shorter than the header says: otherwise a header could ask for any amount of memory. */
static PetscBool check_length(HfOvfFile *file, const HfOvfHeader *header) {
  const double vectors = (double)header->n[0] * (double)header->n[1] * (double)header->n[2], width = header->data;
  const double least = header->data == HF_OVF_TEXT ? SHORT * vectors : width + 3 * width * vectors;
  struct stat status;
  double rest;

  if (fstat(fileno(file->file), &status)) return PETSC_TRUE;
  rest = (double)status.st_size - (double)ftell(file->file);
  if (rest >= least) return PETSC_TRUE;
  return HfOvfFail(file, "%.0f bytes follow, too few for %d x %d x %d vectors as %s: the file was cut short, or xnodes, ynodes or znodes are wrong",
                   rest, (int)header->n[0], (int)header->n[1], (int)header->n[2], HF_OVF_DATA_NAME(header->data));
}

/* Values of a field in A/m; a magnetization has no scale, but cannot have the unit of something else. */
static PetscBool check_unit(HfOvfFile *file, const HfFieldSource *source, HfOvfHeader *header) {
  static const struct {
    const char *name;
    double scale;
  } units[] = {{"A/m", 1},
               {"kA/m", 1e3},
               {"MA/m", 1e6},
               {"T", 1 / HF_MU0},
               {"Tesla", 1 / HF_MU0},
               {"mT", 1e-3 / HF_MU0},
               {"Oe", 250 / 3.14159265358979323846}};
  static const char *const others[] = {"T", "Tesla", "mT", "J", "N", "J/m3", "J/m^3", "A/m2", "A/m^2", "V", "V/m"};

  header->scale = 1;
  if (!source->values) {
    for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(others); ++k)
      if (!strcmp(header->unit, others[k]))
        return HfOvfFail(file, "the values are in %s: this is no magnetization, which is in A/m or has no unit", header->unit);
    return PETSC_TRUE;
  }
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(units); ++k) {
    if (strcmp(header->unit, units[k].name)) continue;
    header->scale = units[k].scale;
    return PETSC_TRUE;
  }
  return HfOvfFail(file, "the values are in \"%s\": a field is in A/m, kA/m, MA/m, T, mT or Oe; correct valueunit%s in the header", header->unit,
                   header->version == 1 ? "" : "s");
}

/* ---- all ranks ---- */
typedef struct {
  HfOvfHeader header;
  HfOverlay overlay;
  PetscBool same; /* the cells of the film: nothing to interpolate */
  HfPatch patch;  /* the rows of this rank */
} Ovf;

/* The answer of the first rank to all. */
static PetscErrorCode agree(MPI_Comm comm, HfOvfFile *file, PetscBool *fine) {
  int length = (int)strlen(file->why);

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(&length, 1, MPI_INT, 0, comm));
  if (length) PetscCallMPI(MPI_Bcast(file->why, HF_WHY_LENGTH, MPI_CHAR, 0, comm));
  *fine = (PetscBool)!length;
  PetscFunctionReturn(0);
}

/* Whether the file covers the film, and how. */
static void overlay(const HfGridInfo *g, const HfFieldSource *source, Ovf *ovf, char why[]) {
  const double size[2] = {(double)g->nx * g->dx, (double)g->ny * g->dy};
  const PetscInt cells[2] = {g->nx, g->ny};
  const HfOvfHeader *header = &ovf->header;

  ovf->same = PETSC_TRUE;
  for (int d = 0; d < 2; ++d) {
    const double extent = (double)header->n[d] * header->step[d];

    ovf->overlay.n[d] = header->n[d];
    ovf->overlay.cell[d] = header->step[d];
    ovf->overlay.offset[d] = source->offset[d];
    ovf->overlay.placed = source->placed;
    ovf->overlay.zeros_count = source->values;
    ovf->same = (PetscBool)(ovf->same && header->n[d] == cells[d] && (!source->placed || source->offset[d] == 0));
    if (source->placed) ovf->same = (PetscBool)(ovf->same && PetscIsCloseAtTol(extent, size[d], 1e-6, 0));
    if (!source->placed && !source->stretch && !PetscIsCloseAtTol(extent, size[d], 1e-6, 0) && !why[0])
      snprintf(why, HF_WHY_LENGTH,
               "%.200s is of a film of %g x %g nm (%d x %d cells of %g x %g nm), this film has %g x %g nm; `offset: [0 m, 0 m]` puts it on this film "
               "as it is, `stretch: true` maps it onto this one",
               source->path, 1e9 * (double)header->n[0] * header->step[0], 1e9 * (double)header->n[1] * header->step[1], (int)header->n[0],
               (int)header->n[1], 1e9 * header->step[0], 1e9 * header->step[1], 1e9 * size[0], 1e9 * size[1]);
  }
}

static void describe(const HfFieldSource *source, const Ovf *ovf, char how[]) {
  const HfOvfHeader *header = &ovf->header;
  char layers[64] = "";

  if (header->n[2] > 1) snprintf(layers, sizeof layers, ", mean of its %d layers", (int)header->n[2]);
  snprintf(how, HF_WHY_LENGTH, "%.300s: OVF %d.0, %s, %d x %d cells of %g x %g nm%s; %s%s", source->path, header->version,
           HF_OVF_DATA_NAME(header->data), (int)header->n[0], (int)header->n[1], 1e9 * header->step[0], 1e9 * header->step[1], layers,
           ovf->same ? "cell by cell" : "bilinear between the centres of its cells",
           ovf->overlay.placed && !ovf->same ? ", at its own size"
           : source->stretch && !ovf->same   ? ", over the whole film"
                                             : "");
}

/* Row j of a layer: into the rows of this rank. */
static void keep_row(const Ovf *ovf, PetscInt j, const double v[], double values[]) {
  const PetscInt nx = ovf->header.n[0];
  const PetscBool values_count = ovf->overlay.zeros_count, as_it_is = (PetscBool)(values_count || (ovf->same && ovf->header.n[2] == 1));
  const double scale = values_count ? ovf->header.scale / (double)ovf->header.n[2] : 1;

  if (j < ovf->patch.first || j > ovf->patch.last) return;
  values += 3 * (ptrdiff_t)(j - ovf->patch.first) * nx;
  for (PetscInt i = 0; i < nx; ++i) {
    const double *m = v + 3 * i;
    const double length = hypot(hypot(m[0], m[1]), m[2]), f = as_it_is ? scale : length > 0 && isfinite(length) ? 1 / length : 0;
    for (int c = 0; c < 3; ++c) values[3 * i + c] += f * m[c];
  }
}

static PetscErrorCode read_rows(MPI_Comm comm, HfOvfFile *file, const Ovf *ovf, double values[], PetscBool *fine) {
  const PetscInt nx = ovf->header.n[0], ny = ovf->header.n[1];
  const PetscInt64 n_rows = (PetscInt64)ny * ovf->header.n[2];
  const PetscInt at_once = PetscMax(1, BLOCK / nx);
  double *block;

  PetscFunctionBeginUser;
  *fine = PETSC_TRUE;
  PetscCall(PetscMalloc1(3 * at_once * nx, &block));
  for (PetscInt64 row = 0; row < n_rows && *fine; row += at_once) {
    const PetscInt n = (PetscInt)PetscMin((PetscInt64)at_once, n_rows - row);

    if (file->file) (void)read_block(file, &ovf->header, row * nx, n * nx, block);
    PetscCall(agree(comm, file, fine));
    if (!*fine) break;
    PetscCallMPI(MPI_Bcast(block, (PetscMPIInt)(3 * n * nx), MPI_DOUBLE, 0, comm));
    for (PetscInt k = 0; k < n; ++k) keep_row(ovf, (PetscInt)((row + k) % ny), block + 3 * k * nx, values);
  }
  PetscCall(PetscFree(block));
  if (*fine && file->file) (void)read_end(file, &ovf->header);
  PetscCall(agree(comm, file, fine));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_film(HfGrid grid, HfOvfFile *file, Ovf *ovf, Vec v, PetscBool *fine) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  PetscScalar *rows;
  double *values;

  PetscFunctionBeginUser;
  ovf->patch = (HfPatch){&ovf->overlay, g->ys, g->ys + g->ym - 1, 3, NULL};
  if (!ovf->same) HfOverlayRows(&ovf->overlay, g, &ovf->patch.first, &ovf->patch.last);
  PetscCall(PetscCalloc1(3 * (size_t)PetscMax(0, ovf->patch.last - ovf->patch.first + 1) * (size_t)ovf->header.n[0], &values));
  ovf->patch.values = values;
  PetscCall(read_rows(HfGridComm(grid), file, ovf, values, fine));
  if (*fine) {
    PetscCall(VecGetArrayWrite(v, &rows));
    if (ovf->same)
      for (PetscInt j = 0; j < g->ym; ++j) PetscCall(PetscArraycpy(rows + 3 * j * g->xm, values + 3 * (j * g->nx + g->xs), 3 * g->xm));
    else
      HfPatchTake(&ovf->patch, g, rows);
    for (PetscInt k = 0; k < g->xm * g->ym; ++k)
      if (HfRegionAt(g, regions, k % g->xm, g->ys + k / g->xm) < 0) rows[3 * k] = rows[3 * k + 1] = rows[3 * k + 2] = 0;
    PetscCall(VecRestoreArrayWrite(v, &rows));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOvfRead(HfGrid grid, const HfFieldSource *source, Vec v, char how[], char why[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfOvfFile file = {.path = source->path, .why = why};
  PetscBool fine;
  Ovf ovf = {0};

  PetscFunctionBeginUser;
  how[0] = why[0] = '\0';
  if (source->of_run) {
    snprintf(why, HF_WHY_LENGTH, "%.400s: an OVF file holds one frame: `dataset` and `frame` are for run.h5, leave them out", source->path);
    PetscFunctionReturn(0);
  }
  if (!g->rank) {
    file.file = fopen(source->path, "rb");
    if (!file.file)
      (void)HfOvfFail(&file, "cannot be opened");
    else if (HfOvfHeaderRead(&file, &ovf.header) && check_unit(&file, source, &ovf.header) && check_length(&file, &ovf.header) &&
             ovf.header.data != HF_OVF_TEXT)
      (void)read_check_value(&file, &ovf.header);
  }
  PetscCall(agree(HfGridComm(grid), &file, &fine));
  if (fine) {
    PetscCallMPI(MPI_Bcast(&ovf.header, sizeof ovf.header, MPI_BYTE, 0, HfGridComm(grid)));
    overlay(g, source, &ovf, why);
    fine = (PetscBool)!why[0];
  }
  if (fine) PetscCall(read_film(grid, &file, &ovf, v, &fine));
  if (fine) describe(source, &ovf, how);
  if (file.file) fclose(file.file);
  PetscFunctionReturn(0);
}
