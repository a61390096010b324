/* `hopfilm keys`: the table as aligned columns, a section's keys below it. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

enum { PATH, TYPE, UNIT, DEFAULT, RANGE, MEANING, N_COLUMNS };
typedef char Row[N_COLUMNS][HF_PATH_LENGTH];

/* in_variant: one of several, so neither required nor with a default */
static void fill_row(const HfEntry *entry, PetscBool in_variant, Row row) {
  const HfKey *key = entry->row;
  const PetscBool typed = key->type == HF_TYPE || key->type == HF_TYPES ? PETSC_TRUE : PETSC_FALSE;
  const char *text = key->default_text;
  const HfKeyType item = HfKeyItemType(key->type);
  snprintf(row[PATH], HF_PATH_LENGTH, "%s", entry->path);
  if (typed)
    snprintf(row[TYPE], HF_PATH_LENGTH, "%s%.*s:", HfKeyTypeName(key->type), (int)strcspn(key->unit, ":"), key->unit); /* as its rows begin */
  else
    snprintf(row[TYPE], HF_PATH_LENGTH, "%s", HfKeyTypeName(key->type));
  if (key->count) snprintf(row[TYPE] + strlen(row[TYPE]), 32, " (%d)", (int)key->count);
  snprintf(row[UNIT], HF_PATH_LENGTH, "%s", !typed && key->unit && *key->unit ? key->unit : "-");
  if (in_variant)
    snprintf(row[DEFAULT], HF_PATH_LENGTH, "-");
  else if (!text)
    snprintf(row[DEFAULT], HF_PATH_LENGTH, "required");
  else if (!*text || entry->path[strlen(entry->path) - 1] == ':')
    snprintf(row[DEFAULT], HF_PATH_LENGTH, "-");
  else if (*text == '=')
    snprintf(row[DEFAULT], HF_PATH_LENGTH, "as %s", text + 1);
  else
    snprintf(row[DEFAULT], HF_PATH_LENGTH, "%s", text);
  if ((item == HF_CHOICE || item == HF_TEXT) && key->range && *key->range)
    HfChoiceDescribe(key->range, row[RANGE]);
  else if (*HfRangeWords(key->range)) {
    HfChoiceDescribe(*key->range == '|' ? HfRangeWords(key->range) : key->range, row[RANGE]);
  } else
    snprintf(row[RANGE], HF_PATH_LENGTH, "%s", key->range && *key->range ? key->range : "-");
  snprintf(row[MEANING], HF_PATH_LENGTH, "%s", key->doc);
}

static int column_width(const char *text) {
  int n = 0;
  for (; *text; ++text) n += ((unsigned char)*text & 0xc0) != 0x80;
  return n;
}

typedef struct {
  HfKeys keys;
  FILE *file; /* NULL: measure only */
  int width[N_COLUMNS];
  PetscBool failed;
} Printer;

static void print_row(Printer *printer, Row row) {
  for (int c = 0; c < N_COLUMNS; ++c) {
    const int width = column_width(row[c]), pad = c == MEANING ? 0 : printer->width[c] - width + 2;
    if (!printer->file)
      printer->width[c] = PetscMax(printer->width[c], width);
    else if (fprintf(printer->file, "%s%*s", row[c], PetscMax(pad, 0), "") < 0)
      printer->failed = PETSC_TRUE;
  }
  if (printer->file && fputc('\n', printer->file) == EOF) printer->failed = PETSC_TRUE;
}

static void print_below(Printer *printer, const char *parent, PetscBool variant) {
  PetscInt i = 0;
  for (const HfEntry *entry; (entry = HfKeysNext(printer->keys, parent, &i));) {
    Row row;
    HfForm form;
    const HfKeyType type = entry->row->type;
    fill_row(entry, variant || !strcmp(entry->name, "*"), row);
    print_row(printer, row);
    HfKeysForm(printer->keys, entry, &form);
    if (type != HF_TYPE && type != HF_TYPES && form.kind != HF_FORM_LEAF && form.kind != HF_FORM_LEAVES && form.kind != HF_FORM_FREE)
      print_below(printer, form.children, form.kind == HF_FORM_VARIANT || form.item == HF_FORM_VARIANT);
  }
}

static void print_all(Printer *printer) {
  Row heading = {"key", "type", "unit", "default", "range", "meaning"};
  print_row(printer, heading);
  print_below(printer, "", PETSC_FALSE);
  for (PetscInt i = 0; i < printer->keys->n; ++i) { /* the types, each followed by its keys */
    const char *path = printer->keys->entries[i].path;
    const char *colon = strchr(path, ':');
    PetscBool first = colon ? PETSC_TRUE : PETSC_FALSE;
    char parent[HF_PATH_LENGTH];
    for (PetscInt k = 0; k < i && first; ++k)
      if (!strncmp(printer->keys->entries[k].path, path, (size_t)(colon - path) + 1)) first = PETSC_FALSE;
    if (!first) continue;
    if (!colon[1]) {
      Row row;
      fill_row(&printer->keys->entries[i], PETSC_TRUE, row);
      print_row(printer, row);
    }
    snprintf(parent, sizeof(parent), "%.*s", (int)(colon - path) + 1, path);
    print_below(printer, parent, !colon[1] && printer->keys->entries[i].row->type == HF_VARIANT);
  }
}

PetscErrorCode HfKeysPrint(HfKeys keys, FILE *file) {
  Printer printer = {keys, NULL, {0}, PETSC_FALSE};

  PetscFunctionBeginUser;
  print_all(&printer);
  printer.file = file;
  print_all(&printer);
  PetscCheckFault(!printer.failed, PETSC_COMM_SELF, HF_ERR_FILE, "the keys cannot be written");
  PetscFunctionReturn(0);
}
