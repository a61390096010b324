/* A table in time, read from a text file: numbers in lines, times in increasing order. */
#include "time_table.h"
#include <stdlib.h>
#include <string.h>

#define LARGEST 1e30 /* as of the numbers in a deck */

struct HfTimeTable_ {
  PetscInt n, lines, last; /* last: line where the last look-up ended; times mostly increase */
  PetscReal *rows;         /* lines x (1 + n) */
};

/* One line without its comment: number of values, -1 when something is not a finite number. */
static PetscInt parse_line(char *line, PetscInt n_max, PetscReal values[]) {
  char *comment = strchr(line, '#'), *end;
  PetscInt n = 0;

  if (comment) *comment = '\0';
  for (char *at = line + strspn(line, " \t\r"); *at; at = end + strspn(end, " \t\r")) {
    const double value = strtod(at, &end);
    if (end == at || !(PetscAbsReal(value) <= LARGEST)) return -1;
    if (n < n_max) values[n] = value;
    ++n;
  }
  return n;
}

static PetscErrorCode parse(HfDeck deck, HfNode node, char *text, HfTimeTable table, PetscBool *good) {
  const PetscInt width = table->n + 1;
  PetscInt number = 0;

  PetscFunctionBeginUser;
  *good = PETSC_FALSE;
  for (char *line = text, *next; line; line = next) {
    PetscReal *row = &table->rows[table->lines * width];
    PetscInt n;

    ++number;
    next = strchr(line, '\n');
    if (next) *next++ = '\0';
    n = parse_line(line, width, row);
    if (n == 0) continue;
    if (n != width) {
      PetscCall(HfDeckError(deck, node, "%s, line %" PetscInt_FMT ": a line is %" PetscInt_FMT " numbers up to 1e30, the time and the values",
                            HfNodeText(node), number, width));
      PetscFunctionReturn(0);
    }
    if (table->lines && row[0] <= row[-width]) {
      PetscCall(HfDeckError(deck, node, "%s, line %" PetscInt_FMT ": time %g s does not come after %g s", HfNodeText(node), number, (double)row[0],
                            (double)row[-width]));
      PetscFunctionReturn(0);
    }
    ++table->lines;
  }
  if (!table->lines) PetscCall(HfDeckError(deck, node, "%s has no line with a time and values", HfNodeText(node)));
  *good = (PetscBool)(table->lines > 0);
  PetscFunctionReturn(0);
}

PetscErrorCode HfTimeTableRead(HfDeck deck, HfNode node, PetscInt n, HfTimeTable *out) {
  char path[PETSC_MAX_PATH_LEN], *text;
  const char *why;
  size_t length;
  PetscInt lines = 1;
  PetscBool good;
  HfTimeTable table;

  PetscFunctionBeginUser;
  *out = NULL;
  PetscCall(HfDeckFilePath(deck, node, path, sizeof(path)));
  PetscCall(HfReadFile(HfDeckComm(deck), path, &text, &length, &why));
  if (!text) {
    PetscCall(HfDeckError(deck, node, "cannot read %s: %s", path, why));
    PetscFunctionReturn(0);
  }
  for (size_t k = 0; k < length; ++k) lines += text[k] == '\n';
  PetscCall(PetscNew(&table));
  table->n = n;
  PetscCall(PetscMalloc1(lines * (n + 1), &table->rows));
  PetscCall(parse(deck, node, text, table, &good));
  PetscCall(PetscFree(text));
  if (!good) PetscCall(HfTimeTableDestroy(&table));
  *out = table;
  PetscFunctionReturn(0);
}

static PetscReal time_of(HfTimeTable table, PetscInt line) { return table->rows[line * (table->n + 1)]; }

/* The last line that is not after t, or the first. */
static PetscInt find_line(HfTimeTable table, PetscReal t) {
  while (table->last > 0 && time_of(table, table->last) > t) --table->last;
  while (table->last + 1 < table->lines && time_of(table, table->last + 1) <= t) ++table->last;
  return table->last;
}

void HfTimeTableAt(HfTimeTable table, PetscReal t, PetscReal values[]) {
  const PetscInt width = table->n + 1, line = find_line(table, t);
  const PetscReal *a, *b;
  PetscReal w;

  a = &table->rows[line * width];
  b = line + 1 < table->lines ? a + width : a;
  w = b[0] > a[0] && t > a[0] ? (t - a[0]) / (b[0] - a[0]) : 0;
  for (PetscInt c = 1; c <= table->n; ++c) values[c - 1] = a[c] + w * (b[c] - a[c]);
}

/* Equal but for the round-off of sums of times. */
static PetscBool same_time(PetscReal a, PetscReal b) {
  return (PetscBool)(PetscAbsReal(a - b) <= 1e-12 * PetscMax(PetscAbsReal(a), PetscAbsReal(b)));
}

PetscReal HfTimeTableNextKnot(HfTimeTable table, PetscReal t) {
  for (PetscInt line = find_line(table, t); line < table->lines; ++line)
    if (time_of(table, line) > t && !same_time(time_of(table, line), t)) return time_of(table, line);
  return PETSC_INFINITY;
}

/* Change per second of column c from a line to the next; 0 outside of the table. */
static PetscReal slope(HfTimeTable table, PetscInt line, PetscInt c) {
  const PetscInt width = table->n + 1;
  const PetscReal *a;

  if (line < 0 || line + 1 >= table->lines) return 0;
  a = &table->rows[line * width];
  return (a[width + c] - a[c]) / (a[width] - a[0]);
}

void HfTimeTableBend(HfTimeTable table, PetscReal t, PetscReal bend[]) {
  PetscInt line = find_line(table, t);

  if (line + 1 < table->lines && same_time(time_of(table, line + 1), t)) ++line;
  for (PetscInt c = 1; c <= table->n; ++c) bend[c - 1] = same_time(time_of(table, line), t) ? slope(table, line, c) - slope(table, line - 1, c) : 0;
}

static PetscReal norm(HfTimeTable table, const PetscReal values[]) {
  PetscReal sum = 0;
  for (PetscInt c = 0; c < table->n; ++c) sum += PetscSqr(values[c]);
  return PetscSqrtReal(sum);
}

/* A norm is convex: between two lines it is largest at one of them. */
PetscReal HfTimeTableLargest(HfTimeTable table, PetscReal from, PetscReal to) {
  const PetscInt width = table->n + 1;
  PetscReal values[8], most = 0;

  for (int end = 0; end < 2; ++end) {
    HfTimeTableAt(table, end ? to : from, values);
    most = PetscMax(most, norm(table, values));
  }
  for (PetscInt k = find_line(table, from); k < table->lines && time_of(table, k) <= to; ++k)
    if (time_of(table, k) >= from) most = PetscMax(most, norm(table, &table->rows[k * width] + 1));
  return most;
}

PetscErrorCode HfTimeTableDestroy(HfTimeTable *table) {
  PetscFunctionBeginUser;
  if (!*table) PetscFunctionReturn(0);
  PetscCall(PetscFree((*table)->rows));
  PetscCall(PetscFree(*table));
  PetscFunctionReturn(0);
}
