/* The header of an OVF file, see ovf.h. Labels are told apart without regard to case and blanks, as the format has it. */
#include "ovf.h"
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_LINES 100000 /* of a header: a file without end is none */
#define MAX_CELLS 1000000

PetscBool HfOvfFail(HfOvfFile *file, const char *format, ...) {
  va_list arguments;
  int used;

  if (file->why[0]) return PETSC_FALSE;
  used = snprintf(file->why, HF_WHY_LENGTH, "%.200s:%lld: ", file->path, (long long)file->line);
  va_start(arguments, format);
  vsnprintf(file->why + used, (size_t)(HF_WHY_LENGTH - used), format, arguments);
  va_end(arguments);
  return PETSC_FALSE;
}

PetscBool HfOvfLine(HfOvfFile *file, char line[], size_t size) {
  size_t n = 0;
  int c = getc(file->file);

  if (c == EOF) return PETSC_FALSE;
  ++file->line;
  for (; c != EOF && c != '\n'; c = getc(file->file))
    if (n + 1 < size && c) line[n++] = (char)c;
  while (n && isspace((unsigned char)line[n - 1])) --n;
  line[n] = '\0';
  return PETSC_TRUE;
}

PetscBool HfOvfField(const char *line, char label[], char value[], size_t size) {
  const char *colon, *end;
  size_t n = 0;

  while (isspace((unsigned char)*line)) ++line;
  if (line[0] != '#' || line[1] == '#') return PETSC_FALSE;
  colon = strchr(line, ':');
  if (!colon) return PETSC_FALSE;
  for (const char *c = line + 1; c < colon && n + 1 < size; ++c)
    if (!isspace((unsigned char)*c)) label[n++] = (char)tolower((unsigned char)*c);
  label[n] = '\0';
  for (++colon; isspace((unsigned char)*colon);) ++colon;
  end = strstr(colon, "##");
  if (!end) end = colon + strlen(colon);
  while (end > colon && isspace((unsigned char)end[-1])) --end;
  n = PetscMin((size_t)(end - colon), size - 1);
  memcpy(value, colon, n);
  value[n] = '\0';
  return PETSC_TRUE;
}

static PetscBool read_title(HfOvfFile *file, HfOvfHeader *header) {
  char line[256];
  const char *c = line;

  if (!HfOvfLine(file, line, sizeof line)) return HfOvfFail(file, "the file is empty");
  while (*c == '#' || isspace((unsigned char)*c)) ++c;
  if (!strncasecmp(c, "OOMMF OVF 2.", 12))
    header->version = 2;
  else if (!strncasecmp(c, "OOMMF: rectangular mesh v", 25))
    header->version = 1;
  else if (!strncasecmp(c, "OOMMF: irregular mesh", 21))
    return HfOvfFail(file, "an irregular mesh; only rectangular ones are read: OOMMF's avf2ovf writes them");
  else
    return HfOvfFail(file, "begins with \"%.40s\", not with \"%s\" or \"%s\"", line, HF_OVF_TITLE_2, HF_OVF_TITLE_1);
  return PETSC_TRUE;
}

static PetscBool read_number(HfOvfFile *file, const char *label, const char *value, double *number) {
  char *end;

  *number = strtod(value, &end);
  return end == value || *end || !isfinite(*number) ? HfOvfFail(file, "%s: expected a number, found \"%.40s\"", label, value) : PETSC_TRUE;
}

static PetscBool read_unit(HfOvfFile *file, const char *value, double *metres) {
  static const struct {
    const char *name;
    double metres;
  } units[] = {{"m", 1}, {"nm", 1e-9}, {"um", 1e-6}, {"\302\265m", 1e-6}, {"mm", 1e-3}, {"cm", 1e-2}, {"angstrom", 1e-10}};

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(units); ++k)
    if (!strcmp(value, units[k].name)) *metres = units[k].metres;
  return *metres > 0 ? PETSC_TRUE : HfOvfFail(file, "meshunit: \"%.40s\" is none of m, cm, mm, um, nm and angstrom", value);
}

/* That of the first component; names with blanks stand in braces. */
static void read_value_unit(const char *value, HfOvfHeader *header) {
  const PetscBool braces = (PetscBool)(*value == '{');

  value += braces;
  snprintf(header->unit, sizeof header->unit, "%.*s", (int)strcspn(value, braces ? "}" : " \t"), value);
}

/* One label of the header. */
static PetscBool read_label(HfOvfFile *file, const char *label, const char *value, HfOvfHeader *header, double *metres) {
  static const char *const nodes[] = {"xnodes", "ynodes", "znodes"}, *const steps[] = {"xstepsize", "ystepsize", "zstepsize"};
  double number;

  for (int d = 0; d < 3; ++d) {
    if (!strcmp(label, nodes[d])) {
      if (!read_number(file, label, value, &number)) return PETSC_FALSE;
      if (!(number >= 1 && number <= MAX_CELLS && number == floor(number)))
        return HfOvfFail(file, "%s: %.40s; a whole number from 1 to %d is expected", label, value, MAX_CELLS);
      header->n[d] = (PetscInt)number;
    }
    if (!strcmp(label, steps[d])) {
      if (!read_number(file, label, value, &header->step[d])) return PETSC_FALSE;
      if (!(header->step[d] > 0)) return HfOvfFail(file, "%s: %.40s; it must be greater than 0", label, value);
    }
  }
  if (!strcmp(label, "meshunit")) return read_unit(file, value, metres);
  if (!strcmp(label, "meshtype") && strcasecmp(value, "rectangular"))
    return HfOvfFail(file, "meshtype: %.40s; only rectangular meshes are read: OOMMF's avf2ovf writes them", value);
  if (!strcmp(label, "valuemultiplier")) return read_number(file, label, value, &header->multiplier);
  if (!strcmp(label, "valuedim") && strcmp(value, "3"))
    return HfOvfFail(file, "valuedim: %.40s; vectors of 3 components are expected: this is no file of the magnetization", value);
  if (!strcmp(label, "valueunit") || !strcmp(label, "valueunits")) read_value_unit(value, header);
  return PETSC_TRUE;
}

/* What the header must say. */
static PetscBool check(HfOvfFile *file, HfOvfHeader *header, double metres) {
  if (!(metres > 0)) return HfOvfFail(file, "the header ends without a meshunit: add the line \"# meshunit: m\"");
  for (int d = 0; d < 3; ++d) {
    if (!header->n[d]) return HfOvfFail(file, "the header ends without %cnodes, the number of cells along %c", "xyz"[d], "xyz"[d]);
    if (!(header->step[d] > 0)) return HfOvfFail(file, "the header ends without %cstepsize, the side of a cell along %c", "xyz"[d], "xyz"[d]);
    header->step[d] *= metres;
  }
  if (header->multiplier == 0) return HfOvfFail(file, "valuemultiplier is 0: there would be no vector");
  return PETSC_TRUE;
}

static PetscBool read_data_line(HfOvfFile *file, const char *value, HfOvfHeader *header) {
  static const HfOvfData all[] = {HF_OVF_TEXT, HF_OVF_BINARY_4, HF_OVF_BINARY_8};

  for (int k = 0; k < 3; ++k) {
    if (strcasecmp(value, HF_OVF_DATA_NAME(all[k]))) continue;
    header->data = all[k];
    return PETSC_TRUE;
  }
  return HfOvfFail(file, "Begin: %.40s; expected Data Text, Data Binary 4 or Data Binary 8", value);
}

PetscBool HfOvfHeaderRead(HfOvfFile *file, HfOvfHeader *header) {
  char line[512], label[512], value[512];
  double metres = 0;
  PetscBool complete = PETSC_FALSE;

  *header = (HfOvfHeader){.multiplier = 1};
  if (!read_title(file, header)) return PETSC_FALSE;
  while (file->line < MAX_LINES && HfOvfLine(file, line, sizeof line)) {
    if (!HfOvfField(line, label, value, sizeof label)) {
      if (line[0] && line[strspn(line, " \t")] != '#') return HfOvfFail(file, "\"%.40s\": lines of the header begin with #", line);
      continue;
    }
    if (!strcmp(label, "segmentcount") && strcmp(value, "1")) return HfOvfFail(file, "Segment count: %.40s; files of one segment are read", value);
    if (!strcmp(label, "end") && !strcasecmp(value, "Header")) {
      if (!check(file, header, metres)) return PETSC_FALSE;
      complete = PETSC_TRUE;
    } else if (!strcmp(label, "begin") && !strncasecmp(value, "Data", 4)) {
      if (!complete) return HfOvfFail(file, "the data begin before \"# End: Header\"");
      return read_data_line(file, value, header);
    } else if (!complete && !read_label(file, label, value, header, &metres))
      return PETSC_FALSE;
  }
  return HfOvfFail(file, "the file ends without data: no line \"# Begin: Data Text\", or Binary 4 or 8");
}
