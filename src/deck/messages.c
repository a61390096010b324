/* Errors and warnings of a deck: collected, sorted by place, printed as FILE:LINE:COL: error: message. */
#include "deck_impl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_KEPT 1000 /* further errors of a deck are not reported */

typedef struct {
  char *file, *text;
  PetscInt line, column;
  PetscBool error, printed, first; /* first: of the deck's own file */
  PetscInt number;                 /* order of arrival, for messages at one place */
} Message;

struct HfMessages_ {
  PetscInt n, room, n_errors, n_dropped;
  Message *list;
};

PetscErrorCode HfMessagesCreate(HfMessages *messages) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(messages));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMessagesDestroy(HfMessages *messages) {
  PetscFunctionBeginUser;
  if (!*messages) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < (*messages)->n; ++i) {
    PetscCall(PetscFree((*messages)->list[i].file));
    PetscCall(PetscFree((*messages)->list[i].text));
  }
  PetscCall(PetscFree((*messages)->list));
  PetscCall(PetscFree(*messages));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMessagesAddV(HfMessages messages, PetscBool error, HfPlace place, const char *format, va_list arguments) {
  Message *m;
  char *text;
  va_list again;
  int length;

  PetscFunctionBeginUser;
  if (messages->n >= MAX_KEPT) {
    messages->n_errors += error;
    ++messages->n_dropped;
    PetscFunctionReturn(0);
  }
  va_copy(again, arguments);
  length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  PetscCheck(length >= 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "bad message format");
  PetscCall(PetscMalloc1((size_t)length + 1, &text));
  vsnprintf(text, (size_t)length + 1, format, arguments);
  for (PetscInt i = 0; i < messages->n; ++i) {
    m = &messages->list[i];
    if (m->line == place.line && m->column == place.column && !strcmp(m->text, text) && !strcmp(m->file, place.file)) {
      PetscCall(PetscFree(text));
      PetscFunctionReturn(0);
    }
  }
  if (messages->n == messages->room) {
    messages->room = messages->room ? 2 * messages->room : 16;
    PetscCall(PetscRealloc((size_t)messages->room * sizeof(Message), &messages->list));
  }
  m = &messages->list[messages->n];
  PetscCall(PetscMemzero(m, sizeof(*m)));
  PetscCall(PetscStrallocpy(place.file, &m->file));
  m->text = text;
  m->line = place.line;
  m->column = place.column;
  m->error = error;
  m->number = messages->n++;
  if (error) messages->n_errors++;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMessagesAdd(HfMessages messages, PetscBool error, HfPlace place, const char *format, ...) {
  PetscErrorCode code;
  va_list arguments;
  va_start(arguments, format);
  code = HfMessagesAddV(messages, error, place, format, arguments);
  va_end(arguments);
  return code;
}

PetscInt HfMessagesErrorCount(HfMessages messages) { return messages->n_errors; }

static int compare(const void *a, const void *b) {
  const Message *p = a, *q = b;
  const int file = strcmp(p->file, q->file);
  if (p->first != q->first) return p->first ? -1 : 1;
  if (file) return file;
  if (p->line != q->line) return p->line < q->line ? -1 : 1;
  if (p->column != q->column) return p->column < q->column ? -1 : 1;
  return p->number < q->number ? -1 : 1;
}

static void sort(HfMessages messages, const char *first_file) {
  for (PetscInt i = 0; i < messages->n; ++i) messages->list[i].first = strcmp(messages->list[i].file, first_file) ? PETSC_FALSE : PETSC_TRUE;
  if (messages->n) qsort(messages->list, (size_t)messages->n, sizeof(Message), compare);
}

void HfMessagesFirstError(HfMessages messages, const char *first_file, char text[], size_t size) {
  text[0] = '\0';
  sort(messages, first_file);
  for (PetscInt i = 0; i < messages->n && !text[0]; ++i) {
    const Message *m = &messages->list[i];
    if (m->error && m->line)
      snprintf(text, size, "%s:%d:%d: %s", m->file, (int)m->line, (int)m->column, m->text);
    else if (m->error)
      snprintf(text, size, "%s: %s", m->file, m->text);
  }
}

PetscErrorCode HfMessagesPrint(HfMessages messages, MPI_Comm comm, const char *first_file) {
  const PetscBool coloured = HfTerminalColours(STDERR_FILENO);
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  sort(messages, first_file);
  for (PetscInt i = 0; i < messages->n; ++i) {
    Message *m = &messages->list[i];
    const char *kind = !coloured ? (m->error ? "error" : "warning") : m->error ? "\033[1;31merror\033[0m" : "\033[1;33mwarning\033[0m";
    if (!m->printed && !rank) {
      if (m->line)
        fprintf(stderr, "%s:%d:%d: %s: %s\n", m->file, (int)m->line, (int)m->column, kind, m->text);
      else
        fprintf(stderr, "%s: %s: %s\n", m->file, kind, m->text);
    }
    m->printed = PETSC_TRUE;
  }
  if (!rank && messages->n_dropped) fprintf(stderr, "%s: and %d more errors and warnings\n", first_file, (int)messages->n_dropped);
  messages->n_dropped = 0;
  if (!rank) fflush(stderr);
  PetscFunctionReturn(0);
}
