/* Decks of tests: the documents of a file are found by their first lines, "--- # name: note", and joined as text, so that a document may be a part of a
   section. */
#include "test_decks.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "--- # ";

typedef struct Kept_ *Kept;
struct Kept_ {
  Kept next;
  char text[];
};
static Kept all_kept; /* reachable until the program ends, so that the sanitizers see no leak */

static const char *keep(const char *text, size_t length) {
  Kept kept = malloc(sizeof(*kept) + length + 1);

  assert_non_null(kept);
  memcpy(kept->text, text, length);
  kept->text[length] = '\0';
  kept->next = all_kept;
  all_kept = kept;
  return kept->text;
}

/* A whole file: tests/kind/test.yaml beside tests/kind/test.c, or tests/shared.yaml. "" when there is none. */
static char *read_file(const char *source, PetscBool shared) {
  char path[PETSC_MAX_PATH_LEN], part[4096], *text = NULL;
  size_t size, length;
  const char *end = strrchr(source, shared ? '/' : '.');
  FILE *memory = open_memstream(&text, &size), *file;

  assert_true(memory && end);
  snprintf(path, sizeof(path), "%.*s%s", (int)(end - source), source, shared ? "/../shared.yaml" : ".yaml");
  file = fopen(path, "r");
  while (file && (length = fread(part, 1, sizeof(part), file)) > 0) fwrite(part, 1, length, memory);
  if (file) fclose(file);
  fclose(memory);
  return text;
}

/* The k-th document of a name, NULL when there is none. The text ends where `*end` points. */
static const char *find(const char *file, const char *name, size_t name_length, int k, const char **end, const char **note) {
  for (const char *at = strstr(file, mark), *next; at; at = next) {
    const char *title = at + strlen(mark), *text = title + strcspn(title, "\n");

    next = strstr(text, mark);
    if (strncmp(title, name, name_length) || (title[name_length] != ':' && title[name_length] != '\n') || k-- > 0) continue;
    if (note) {
      title += name_length + strspn(title + name_length, ": ");
      *note = keep(title, (size_t)(text - title));
    }
    text += *text == '\n';
    *end = next ? next : text + strlen(text);
    while (*end - text > 1 && (*end)[-1] == '\n' && (*end)[-2] == '\n') --*end; /* blank lines before the next document */
    return text;
  }
  return NULL;
}

/* Writes the value of the word of that length in "word=value; word=value". */
static PetscBool write_value(const char *values, const char *word, size_t length, FILE *to) {
  for (const char *at = values; *at; at += *at == ';') {
    const char *start = at + strspn(at, " "), *equals = strchr(start, '=');

    at += strcspn(at, ";");
    if (!equals || equals > at || equals - start != (ptrdiff_t)length || strncmp(start, word, length)) continue;
    fwrite(equals + 1, 1, (size_t)(at - equals - 1), to);
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

/* Joins documents, the last of them being the k-th of its name; NULL when there is none. */
static const char *join(const char *source, const char *names, int k, const char **note, const char *values) {
  char *own = read_file(source, PETSC_FALSE), *shared = read_file(source, PETSC_TRUE), *joined = NULL;
  const char *kept = NULL, *end = NULL;
  PetscBool found = PETSC_TRUE;
  size_t size;
  FILE *to = open_memstream(&joined, &size);

  assert_non_null(to);
  for (size_t length; *names && found; names += length) {
    const char *at;
    int which;

    names += strspn(names, " ");
    length = strcspn(names, " ");
    which = names[length] ? 0 : k;
    at = find(own, names, length, which, &end, note);
    if (!at) at = find(shared, names, length, which, &end, note);
    found = (PetscBool)(at != NULL);
    if (!at && which == 0) fail_msg("there is no document %.*s beside %s or in shared.yaml", (int)length, names, source);
    while (at && at < end) {
      size_t word = strcspn(at, "$");

      if (word > (size_t)(end - at)) word = (size_t)(end - at);
      fwrite(at, 1, word, to);
      at += word;
      if (at == end) break;
      at += at[1] == '{' ? 2 : 1;
      for (word = 0; isalnum((unsigned char)at[word]) || at[word] == '_';) ++word;
      if (!write_value(values, at, word, to)) fail_msg("%.*s: $%.*s has no value in \"%s\"", (int)length, names, (int)word, at, values);
      at += word + (at[-1] == '{' && at[word] == '}');
    }
  }
  fclose(to);
  if (found) kept = keep(joined, size);
  free(joined);
  free(own);
  free(shared);
  return kept;
}

const char *HfTestDeckAt(const char *source, const char *names, int k, const char **note) { return join(source, names, k, note, ""); }

const char *HfTestDeck(const char *source, const char *names, const char *format, ...) {
  char values[2048];
  va_list arguments;

  va_start(arguments, format);
  assert_true(vsnprintf(values, sizeof(values), format, arguments) < (int)sizeof(values));
  va_end(arguments);
  return join(source, names, 0, NULL, values);
}
