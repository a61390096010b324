/* `hopfilm keys`: the table as aligned columns, a section's keys below it. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

/* in_variant: one of several, so neither required nor with a default */
void HfKeyCells(const HfEntry *entry, PetscBool in_variant, HfCells row) {
  const HfKey *key = entry->row;
  const PetscBool typed = key->type == HF_TYPE || key->type == HF_TYPES ? PETSC_TRUE : PETSC_FALSE;
  const char *text = key->default_text;
  const HfKeyType item = HfKeyItemType(key->type);
  snprintf(row[HF_CELL_PATH], HF_PATH_LENGTH, "%s", entry->path);
  if (typed)
    snprintf(row[HF_CELL_TYPE], HF_PATH_LENGTH, "%s%.*s:", HfKeyTypeName(key->type), (int)strcspn(key->unit, ":"), key->unit); /* as its rows begin */
  else
    snprintf(row[HF_CELL_TYPE], HF_PATH_LENGTH, "%s", HfKeyTypeName(key->type));
  if (key->count) snprintf(row[HF_CELL_TYPE] + strlen(row[HF_CELL_TYPE]), 32, " (%d)", (int)key->count);
  snprintf(row[HF_CELL_UNIT], HF_PATH_LENGTH, "%s", !typed && key->unit && *key->unit ? key->unit : "-");
  if (in_variant)
    snprintf(row[HF_CELL_DEFAULT], HF_PATH_LENGTH, "-");
  else if (!text)
    snprintf(row[HF_CELL_DEFAULT], HF_PATH_LENGTH, "required");
  else if (!*text || entry->path[strlen(entry->path) - 1] == ':')
    snprintf(row[HF_CELL_DEFAULT], HF_PATH_LENGTH, "-");
  else if (*text == '=')
    snprintf(row[HF_CELL_DEFAULT], HF_PATH_LENGTH, "as %s", text + 1);
  else
    snprintf(row[HF_CELL_DEFAULT], HF_PATH_LENGTH, "%s", text);
  if ((item == HF_CHOICE || item == HF_TEXT) && key->range && *key->range)
    HfChoiceDescribe(key->range, row[HF_CELL_RANGE]);
  else if (*HfRangeWords(key->range)) {
    HfChoiceDescribe(*key->range == '|' ? HfRangeWords(key->range) : key->range, row[HF_CELL_RANGE]);
  } else
    snprintf(row[HF_CELL_RANGE], HF_PATH_LENGTH, "%s", key->range && *key->range ? key->range : "-");
  snprintf(row[HF_CELL_MEANING], HF_PATH_LENGTH, "%s", key->doc);
}

static int column_width(const char *text) {
  int n = 0;
  for (; *text; ++text) n += ((unsigned char)*text & 0xc0) != 0x80;
  return n;
}

static PetscErrorCode visit_below(HfKeys keys, const char *parent, PetscBool variant, HfKeyVisitor *visit, void *context) {
  PetscInt i = 0;
  PetscFunctionBeginUser;
  for (const HfEntry *entry; (entry = HfKeysNext(keys, parent, &i));) {
    HfForm form;
    const HfKeyType type = entry->row->type;
    PetscCall(visit(context, entry, variant || !strcmp(entry->name, "*")));
    HfKeysForm(keys, entry, &form);
    if (type != HF_TYPE && type != HF_TYPES && form.kind != HF_FORM_LEAF && form.kind != HF_FORM_LEAVES && form.kind != HF_FORM_FREE)
      PetscCall(visit_below(keys, form.children, form.kind == HF_FORM_VARIANT || form.item == HF_FORM_VARIANT, visit, context));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysVisit(HfKeys keys, HfKeyVisitor *visit, void *context) {
  PetscFunctionBeginUser;
  PetscCall(visit_below(keys, "", PETSC_FALSE, visit, context));
  for (PetscInt i = 0; i < keys->n; ++i) { /* the types, each followed by its keys */
    const char *path = keys->entries[i].path;
    const char *colon = strchr(path, ':');
    PetscBool first = colon ? PETSC_TRUE : PETSC_FALSE;
    char parent[HF_PATH_LENGTH];
    for (PetscInt k = 0; k < i && first; ++k)
      if (!strncmp(keys->entries[k].path, path, (size_t)(colon - path) + 1)) first = PETSC_FALSE;
    if (!first) continue;
    if (!colon[1]) PetscCall(visit(context, &keys->entries[i], PETSC_TRUE));
    snprintf(parent, sizeof(parent), "%.*s", (int)(colon - path) + 1, path);
    PetscCall(visit_below(keys, parent, !colon[1] && keys->entries[i].row->type == HF_VARIANT, visit, context));
  }
  PetscFunctionReturn(0);
}

typedef struct {
  FILE *file; /* NULL: measure only */
  int width[HF_N_CELLS];
  PetscBool failed;
} Printer;

static void print_row(Printer *printer, HfCells row) {
  for (int c = 0; c < HF_N_CELLS; ++c) {
    const int width = column_width(row[c]), pad = c == HF_CELL_MEANING ? 0 : printer->width[c] - width + 2;
    if (!printer->file)
      printer->width[c] = PetscMax(printer->width[c], width);
    else if (fprintf(printer->file, "%s%*s", row[c], PetscMax(pad, 0), "") < 0)
      printer->failed = PETSC_TRUE;
  }
  if (printer->file && fputc('\n', printer->file) == EOF) printer->failed = PETSC_TRUE;
}

static PetscErrorCode print_entry(void *context, const HfEntry *entry, PetscBool in_variant) {
  HfCells row;
  PetscFunctionBeginUser;
  HfKeyCells(entry, in_variant, row);
  print_row(context, row);
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysPrint(HfKeys keys, FILE *file) {
  HfCells heading = {"key", "type", "unit", "default", "range", "meaning"};
  Printer printer = {NULL, {0}, PETSC_FALSE};

  PetscFunctionBeginUser;
  for (int pass = 0; pass < 2; ++pass) {
    print_row(&printer, heading);
    PetscCall(HfKeysVisit(keys, print_entry, &printer));
    printer.file = file;
  }
  PetscCheckFault(!printer.failed, PETSC_COMM_SELF, HF_ERR_FILE, "the keys cannot be written");
  PetscFunctionReturn(0);
}
