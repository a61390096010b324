/* The table of keys: rows by their path, and how a row's value is built. A deck of some hundred values against some hundred rows: plain search. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

PetscErrorCode HfKeysCreate(HfKeys *keys) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(keys));
  PetscCall(HfUnitsCreate(&(*keys)->units));
  PetscCall(HfDeckRegisterKeys(*keys));
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysDestroy(HfKeys *keys) {
  PetscFunctionBeginUser;
  if (!*keys) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < (*keys)->n; ++i) PetscCall(PetscFree((*keys)->entries[i].path));
  PetscCall(PetscFree((*keys)->entries));
  PetscCall(HfUnitsDestroy(&(*keys)->units));
  PetscCall(PetscFree(*keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode join(const char *prefix, const char *path, char full[HF_PATH_LENGTH]) {
  const size_t length = strlen(prefix);
  const char *join = !length || !*path || prefix[length - 1] == ':' || *path == '[' ? "" : ".";
  char *colon;

  PetscFunctionBeginUser;
  PetscCheck(snprintf(full, HF_PATH_LENGTH, "%s%s%s", prefix, join, path) < HF_PATH_LENGTH, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "key path too long");
  colon = strstr(full, ":.");
  if (colon) memmove(colon + 1, colon + 2, strlen(colon + 2) + 1);
  PetscFunctionReturn(0);
}

static PetscErrorCode check_row(HfKeys keys, const char *path, const HfKey *row) {
  const PetscBool numeric = HfKeyItemType(row->type) == HF_INT || HfKeyItemType(row->type) == HF_NUMBER || HfKeyItemType(row->type) == HF_QUANTITY;
  HfRange range;
  PetscBool known = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCheck(row->doc && *row->doc, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s has no description", path);
  PetscCheck(!numeric || HfRangeRead(row->range, &range), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s: \"%s\" is not a range", path, row->range);
  PetscCheck(row->type != HF_CHOICE || (row->range && *row->range), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s has no choices", path);
  if (HfKeyItemType(row->type) == HF_QUANTITY) {
    PetscCheck(row->unit && *row->unit, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s is a quantity without a unit", path);
    PetscCall(HfUnitCheck(keys->units, row->unit, &known));
  }
  PetscCheck(known, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s: UDUNITS-2 does not know the unit \"%s\"", path, row->unit);
  PetscCheck((row->type != HF_TYPE && row->type != HF_TYPES) || (row->unit && *row->unit), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
             "key %s does not name its type", path);
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysAdd(HfKeys keys, const char *prefix, const HfKey rows[]) {
  PetscFunctionBeginUser;
  for (const HfKey *row = rows; row->path; ++row) {
    char path[HF_PATH_LENGTH];
    HfEntry *entry = NULL;
    const char *split;
    PetscCall(join(prefix, row->path, path));
    for (PetscInt i = 0; i < keys->n && !entry; ++i)
      if (!strcmp(keys->entries[i].path, path)) entry = &keys->entries[i];
    if (entry) {
      PetscCheck(entry->row == row, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s is declared twice", path);
      continue; /* two modules register a third one's table */
    }
    PetscCall(check_row(keys, path, row));
    if (keys->n == keys->room) {
      keys->room = keys->room ? 2 * keys->room : 64;
      PetscCall(PetscRealloc((size_t)keys->room * sizeof(HfEntry), &keys->entries));
    }
    entry = &keys->entries[keys->n++];
    PetscCall(PetscStrallocpy(path, &entry->path));
    split = strrchr(entry->path, '.');
    if (!split) split = strchr(entry->path, ':');
    if (split && split[1]) {
      entry->name = split + 1;
      entry->parent = (size_t)(split - entry->path) + (*split == ':');
    } else { /* at the top, or "type:" itself, which no deck can name */
      entry->name = entry->path;
      entry->parent = 0;
    }
    entry->row = row;
  }
  PetscFunctionReturn(0);
}

const HfEntry *HfKeysNext(HfKeys keys, const char *parent, PetscInt *i) {
  const size_t length = strlen(parent);
  for (; *i < keys->n; (*i)++) {
    const HfEntry *entry = &keys->entries[*i];
    if (entry->parent == length && !strncmp(entry->path, parent, length) && !strchr(entry->name, ':')) {
      (*i)++;
      return entry;
    }
  }
  return NULL;
}

const HfEntry *HfKeysFind(HfKeys keys, const char *parent, const char *name) {
  const HfEntry *any = NULL;
  PetscInt i = 0;
  for (const HfEntry *entry; (entry = HfKeysNext(keys, parent, &i));) {
    if (!strcmp(entry->name, name)) return entry;
    if (!strcmp(entry->name, "*")) any = entry;
  }
  return any;
}

void HfKeysForm(HfKeys keys, const HfEntry *entry, HfForm *form) {
  form->item = HF_FORM_LEAF;
  snprintf(form->children, sizeof(form->children), "%s", entry->path);
  switch (entry->row->type) {
  case HF_SECTION:
    form->kind = HF_FORM_SECTION;
    break;
  case HF_VARIANT:
    form->kind = HF_FORM_VARIANT;
    break;
  case HF_NAMED:
    form->kind = HF_FORM_NAMED;
    break;
  case HF_FREE:
    form->kind = HF_FORM_FREE;
    break;
  case HF_LIST:
  case HF_VARIANTS:
    form->kind = HF_FORM_LIST;
    form->item = entry->row->type == HF_LIST ? HF_FORM_SECTION : HF_FORM_VARIANT;
    snprintf(form->children, sizeof(form->children), "%.500s[]", entry->path);
    break;
  case HF_TYPE:
  case HF_TYPES:
    form->kind = HF_FORM_SECTION;
    snprintf(form->children, sizeof(form->children), "%.*s:", (int)strcspn(entry->row->unit, ":"), entry->row->unit);
    for (PetscInt i = 0; i < keys->n; ++i)
      if (!strcmp(keys->entries[i].path, form->children) && keys->entries[i].row->type == HF_VARIANT) form->kind = HF_FORM_VARIANT;
    if (entry->row->type == HF_TYPES) {
      form->item = form->kind;
      form->kind = HF_FORM_LIST;
    }
    break;
  default:
    form->kind = HfKeyItemType(entry->row->type) == entry->row->type ? HF_FORM_LEAF : HF_FORM_LEAVES;
  }
}

HfKeyType HfKeyItemType(HfKeyType type) {
  switch (type) {
  case HF_INTS:
    return HF_INT;
  case HF_NUMBERS:
    return HF_NUMBER;
  case HF_QUANTITIES:
    return HF_QUANTITY;
  case HF_TEXTS:
    return HF_TEXT;
  default:
    return type;
  }
}

const char *HfKeyTypeName(HfKeyType type) {
  static const char *const names[] = {[HF_TEXT] = "text",
                                      [HF_CHOICE] = "choice",
                                      [HF_BOOL] = "true or false",
                                      [HF_INT] = "integer",
                                      [HF_INTS] = "integers",
                                      [HF_NUMBER] = "number",
                                      [HF_NUMBERS] = "numbers",
                                      [HF_QUANTITY] = "quantity",
                                      [HF_QUANTITIES] = "quantities",
                                      [HF_TEXTS] = "texts",
                                      [HF_SECTION] = "section",
                                      [HF_LIST] = "list of sections",
                                      [HF_NAMED] = "named values",
                                      [HF_VARIANT] = "one of",
                                      [HF_VARIANTS] = "list of one of",
                                      [HF_TYPE] = "",
                                      [HF_TYPES] = "list of ",
                                      [HF_FREE] = "free values"};
  return names[type];
}
