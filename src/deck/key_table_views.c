/* The table of keys in other forms: blocks that match a pattern (`hopfilm keys PATTERN`), the manual page's list, and paths for completion. */
#include "deck_impl.h"
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- blocks ---- */

static PetscBool holds(const char *text, const char *word) {
  const size_t length = strlen(word);
  for (; strlen(text) >= length; ++text)
    if (!strncasecmp(text, word, length)) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* FNM_CASEFOLD is GNU's own. */
static PetscBool matches(const char *path, const char *pattern) {
  char lower[2][HF_PATH_LENGTH];
  if (!strpbrk(pattern, "*?")) return holds(path, pattern);
  snprintf(lower[0], HF_PATH_LENGTH, "%s", path);
  snprintf(lower[1], HF_PATH_LENGTH, "%s", pattern);
  for (int k = 0; k < 2; ++k)
    for (char *c = lower[k]; *c; ++c)
      if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
  return fnmatch(lower[1], lower[0], FNM_NOESCAPE) ? PETSC_FALSE : PETSC_TRUE;
}

/* "quantity in m, > 0, default 4 nm": what a value may be, from the cells that say something. */
static void describe_value(HfCells row, char text[2 * HF_PATH_LENGTH]) {
  const char *const unit = row[HF_CELL_UNIT], *const range = row[HF_CELL_RANGE], *const value = row[HF_CELL_DEFAULT];
  snprintf(text, 2 * HF_PATH_LENGTH, "%.100s%s%.100s%s%.300s%s%.300s", row[HF_CELL_TYPE], strcmp(unit, "-") ? " in " : "",
           strcmp(unit, "-") ? unit : "", strcmp(range, "-") ? ", " : "", strcmp(range, "-") ? range : "",
           !strcmp(value, "-")          ? ""
           : !strcmp(value, "required") ? ", "
                                        : ", default ",
           strcmp(value, "-") ? value : "");
}

typedef struct {
  const char *pattern;
  PetscBool in_meaning; /* no path matches */
  FILE *file;
  PetscInt found;
} Search;

static PetscErrorCode print_match(void *context, const HfEntry *entry, PetscBool in_variant) {
  Search *search = context;
  HfCells row;
  char value[2 * HF_PATH_LENGTH];
  PetscFunctionBeginUser;
  HfKeyCells(entry, in_variant, row);
  if (search->in_meaning ? !holds(row[HF_CELL_MEANING], search->pattern) : !matches(entry->path, search->pattern)) PetscFunctionReturn(0);
  describe_value(row, value);
  fprintf(search->file, "%s   %s\n    %s\n", row[HF_CELL_PATH], value, row[HF_CELL_MEANING]);
  ++search->found;
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysPrintMatching(HfKeys keys, const char *pattern, FILE *file, PetscInt *found) {
  Search search = {pattern, PETSC_FALSE, file, 0};

  PetscFunctionBeginUser;
  PetscCall(HfKeysVisit(keys, print_match, &search));
  search.in_meaning = PETSC_TRUE;
  if (!search.found) PetscCall(HfKeysVisit(keys, print_match, &search));
  *found = search.found;
  PetscFunctionReturn(0);
}

/* ---- manual page ---- */

void HfManualPrint(const char *text, FILE *file) {
  if (*text == '.' || *text == '\'') fputs("\\&", file); /* no request */
  for (; *text; ++text) {
    if (*text == '-')
      fputs("\\-", file);
    else if (*text == '\\')
      fputs("\\e", file);
    else
      fputc(*text, file);
  }
}

static PetscErrorCode print_manual_entry(void *context, const HfEntry *entry, PetscBool in_variant) {
  FILE *file = context;
  HfCells row;
  char value[2 * HF_PATH_LENGTH];
  PetscFunctionBeginUser;
  HfKeyCells(entry, in_variant, row);
  describe_value(row, value);
  fputs(".TP\n\\fB", file);
  HfManualPrint(row[HF_CELL_PATH], file);
  fputs("\\fR (", file);
  HfManualPrint(value, file);
  fputs(")\n", file);
  HfManualPrint(row[HF_CELL_MEANING], file);
  fputc('\n', file);
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysPrintManual(HfKeys keys, FILE *file) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysVisit(keys, print_manual_entry, file));
  PetscFunctionReturn(0);
}

/* ---- paths ---- */

enum { MOST_LEVELS = 8 }; /* types may contain themselves */

static PetscErrorCode print_paths_below(HfKeys keys, const char *children, const char *path, int level, FILE *file) {
  PetscInt i = 0;
  PetscFunctionBeginUser;
  for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
    char here[HF_PATH_LENGTH];
    HfForm form;
    if (!strcmp(entry->name, "*") || !strcmp(entry->path, "include")) continue; /* names of the user's; include is for decks */
    snprintf(here, sizeof here, "%s%s%s", path, *path ? "." : "", entry->name);
    HfKeysForm(keys, entry, &form);
    if (form.kind == HF_FORM_LEAF || form.kind == HF_FORM_LEAVES) {
      const HfKeyType type = HfKeyItemType(entry->row->type);
      fprintf(file, "%s=%s\n", here,
              type == HF_BOOL                                               ? "true|false"
              : type == HF_CHOICE || (type == HF_TEXT && entry->row->range) ? entry->row->range
                                                                            : HfRangeWords(entry->row->range));
    } else if ((form.kind == HF_FORM_SECTION || form.kind == HF_FORM_VARIANT) && level < MOST_LEVELS)
      PetscCall(print_paths_below(keys, form.children, here, level + 1, file));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysPrintPaths(HfKeys keys, FILE *file) {
  PetscFunctionBeginUser;
  PetscCall(print_paths_below(keys, "", "", 1, file));
  PetscFunctionReturn(0);
}
