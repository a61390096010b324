/* The deck against the table: walks both trees together, reports what does not fit, fills the defaults. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

#define MAX_SECTIONS 10000 /* in one list; each may be filled with dozens of defaults */

typedef struct {
  HfKeys keys;
  HfMessages messages;
  HfNode root;
} Walk;

static PetscErrorCode check_value(Walk *walk, const HfEntry *entry, HfNode parent, PetscInt i);
static PetscErrorCode check_form(Walk *walk, int kind, const char *children, const HfEntry *entry, HfNode node);

/* "film: " or, for the deck itself, "" */
static void join_prefix(HfNode node, char text[HF_PATH_LENGTH]) {
  HfNodeLabel(node, text);
  if (text[0]) strncat(text, ": ", HF_PATH_LENGTH - strlen(text) - 1);
}

static PetscErrorCode expected(Walk *walk, HfNode node, const char *what) {
  char prefix[HF_PATH_LENGTH], shown[HF_PATH_LENGTH];
  PetscFunctionBeginUser;
  join_prefix(node, prefix);
  HfNodeShow(node, shown);
  if (!node->inherited) PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodePlace(node), "%sexpected %s, found %s", prefix, what, shown));
  PetscFunctionReturn(0);
}

/* The nearest key of the same section, else the same key of another one. */
static PetscErrorCode unknown_key(Walk *walk, const char *children, HfNode node) {
  char prefix[HF_PATH_LENGTH], hint[HF_PATH_LENGTH];
  HfSuggestion suggestion;
  PetscInt i = 0;

  PetscFunctionBeginUser;
  if (node->inherited) PetscFunctionReturn(0);
  join_prefix(node->parent, prefix);
  HfSuggestionStart(&suggestion, node->name);
  for (const HfEntry *entry; (entry = HfKeysNext(walk->keys, children, &i));)
    if (strcmp(entry->name, "include") || !*children) HfSuggestionTry(&suggestion, entry->name, strlen(entry->name));
  HfSuggestionText(&suggestion, hint);
  for (i = 0; i < walk->keys->n && !hint[0]; ++i) {
    const HfEntry *entry = &walk->keys->entries[i];
    if (!strcmp(entry->name, node->name)) snprintf(hint, sizeof(hint), "; there is %.400s", entry->path);
  }
  PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodeNamePlace(node), "%sunknown key \"%s\"%s", prefix, node->name, hint));
  PetscFunctionReturn(0);
}

/* ---- one function per form ---- */
static PetscErrorCode check_section(Walk *walk, const char *children, HfNode node) {
  PetscInt i = 0;

  PetscFunctionBeginUser;
  if (HfNodeIsNull(node)) PetscCall(HfNodeBecomeMap(node, NULL));
  if (node->kind != HF_NODE_MAP) {
    PetscCall(expected(walk, node, "a section"));
    PetscFunctionReturn(0);
  }
  for (const HfEntry *entry; (entry = HfKeysNext(walk->keys, children, &i));) {
    if (!strcmp(entry->name, "*") || HfNodeIndex(node, entry->name) >= 0) continue;
    if (!entry->row->default_text) {
      char prefix[HF_PATH_LENGTH];
      join_prefix(node, prefix);
      PetscCall(
          HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodePlace(node), "%sthe key \"%s\" is missing (%s)", prefix, entry->name, entry->row->doc));
    } else if (*entry->row->default_text)
      PetscCall(HfDefaultFill(walk->keys, walk->root, entry, node));
  }
  for (PetscInt k = 0; k < node->n; ++k) {
    const HfEntry *entry = HfKeysFind(walk->keys, children, node->items[k]->name);
    if (entry)
      PetscCall(check_value(walk, entry, node, k));
    else
      PetscCall(unknown_key(walk, children, node->items[k]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode check_variant(Walk *walk, const char *children, HfNode node) {
  char all[HF_PATH_LENGTH] = "", what[HF_PATH_LENGTH + 16];
  size_t used = 0;
  PetscInt i = 0;
  const HfEntry *entry;

  PetscFunctionBeginUser;
  while ((entry = HfKeysNext(walk->keys, children, &i)) && used < sizeof(all))
    used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", used ? "|" : "", entry->name);
  HfChoiceDescribe(all, what);
  if (node->kind == HF_NODE_SCALAR && !HfNodeIsNull(node)) {
    char name[HF_PATH_LENGTH];
    snprintf(name, sizeof(name), "%s", node->text);
    PetscCall(HfNodeBecomeMap(node, name));
  }
  if (node->kind != HF_NODE_MAP || node->n != 1) {
    char wanted[HF_PATH_LENGTH + 64], found[32] = "";
    if (node->kind == HF_NODE_MAP) {
      char prefix[HF_PATH_LENGTH];
      join_prefix(node, prefix);
      snprintf(found, sizeof(found), "%d keys", (int)node->n);
      PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodePlace(node), "%sexpected exactly one of %s, found %s", prefix, what,
                              node->n ? found : "none"));
    } else {
      snprintf(wanted, sizeof(wanted), "one of %s", what);
      PetscCall(expected(walk, node, wanted));
    }
    PetscFunctionReturn(0);
  }
  entry = HfKeysFind(walk->keys, children, node->items[0]->name);
  if (entry)
    PetscCall(check_value(walk, entry, node, 0));
  else {
    HfSuggestion suggestion;
    char prefix[HF_PATH_LENGTH], hint[HF_PATH_LENGTH];
    join_prefix(node, prefix);
    HfSuggestionStart(&suggestion, node->items[0]->name);
    for (i = 0; (entry = HfKeysNext(walk->keys, children, &i));) HfSuggestionTry(&suggestion, entry->name, strlen(entry->name));
    HfSuggestionText(&suggestion, hint);
    PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodeNamePlace(node->items[0]), "%sexpected one of %s, found \"%s\"%s", prefix, what,
                            node->items[0]->name, hint));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode check_count(Walk *walk, const HfEntry *entry, HfNode node) {
  char prefix[HF_PATH_LENGTH];

  PetscFunctionBeginUser;
  if (entry->row->count ? node->n == entry->row->count : node->n || entry->row->default_text) PetscFunctionReturn(0);
  join_prefix(node, prefix); /* looks for the node among its neighbours: in a long list not for nothing */
  if (entry->row->count)
    PetscCall(
        HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodePlace(node), "%sexpected %d values, found %d", prefix, (int)entry->row->count, (int)node->n));
  else
    PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodePlace(node), "%sempty, but at least one entry is needed", prefix));
  PetscFunctionReturn(0);
}

/* The values of a list are of one kind, [0, 0, 20 mT]: a bare 0 fits any, other bare numbers are of the first alternative. */
static PetscErrorCode check_units(Walk *walk, HfNode list) {
  PetscInt unit = -1;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < list->n; ++k) {
    HfNode item = list->items[k];
    if (item->unit < 0 && item->value != 0.0) item->unit = 0;
    if (item->unit >= 0 && unit >= 0 && item->unit != unit) {
      char prefix[HF_PATH_LENGTH];
      join_prefix(list, prefix);
      PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodePlace(item), "%sthe values of one list need units of one kind", prefix));
    }
    unit = PetscMax(unit, item->unit);
  }
  for (PetscInt k = 0; k < list->n; ++k) list->items[k]->unit = PetscMax(unit, 0);
  PetscFunctionReturn(0);
}

/* A list of texts that are values of other keys, of any kind: kept as they are written in YAML. */
static PetscBool takes_yaml(const HfKey *row) { return (PetscBool)(row->type == HF_TEXTS && row->unit && !strcmp(row->unit, "yaml")); }

static PetscErrorCode check_list(Walk *walk, const HfForm *form, const HfEntry *entry, HfNode node) {
  PetscFunctionBeginUser;
  if (node->kind != HF_NODE_LIST && !(HfNodeIsNull(node) && !entry->row->default_text)) {
    PetscCall(expected(walk, node, "a list"));
    PetscFunctionReturn(0);
  }
  if (entry->row->type == HF_INTS) PetscCall(HfNodeJoinRows(node));
  PetscCall(check_count(walk, entry, node));
  if (form->kind == HF_FORM_LIST && node->n > MAX_SECTIONS) {
    char prefix[HF_PATH_LENGTH];
    join_prefix(node, prefix);
    PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, HfNodePlace(node), "%s%d entries; at most %d", prefix, (int)node->n, MAX_SECTIONS));
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k < node->n; ++k) {
    if (takes_yaml(entry->row) && node->items[k]->kind != HF_NODE_SCALAR) PetscCall(HfNodeBecomeText(node->items[k]));
    if (form->kind == HF_FORM_LEAVES)
      PetscCall(HfLeafValidate(walk->keys, walk->messages, entry, node->items[k]));
    else
      PetscCall(check_form(walk, (int)form->item, form->children, entry, node->items[k]));
  }
  if (entry->row->type == HF_QUANTITIES) PetscCall(check_units(walk, node));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_named(Walk *walk, const HfForm *form, const HfEntry *entry, HfNode node) {
  const HfEntry *value = HfKeysFind(walk->keys, form->children, "*");

  PetscFunctionBeginUser;
  PetscCheck(value, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s has no row %s.*", entry->path, entry->path);
  if (HfNodeIsNull(node)) PetscCall(HfNodeBecomeMap(node, NULL));
  if (node->kind != HF_NODE_MAP)
    PetscCall(expected(walk, node, "names with values"));
  else
    PetscCall(check_count(walk, entry, node));
  for (PetscInt k = 0; node->kind == HF_NODE_MAP && k < node->n; ++k) PetscCall(check_value(walk, value, node, k));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_free(Walk *walk, HfNode node) {
  PetscFunctionBeginUser;
  if (HfNodeIsNull(node)) PetscCall(HfNodeBecomeMap(node, NULL));
  if (node->kind != HF_NODE_MAP) PetscCall(expected(walk, node, "a section"));
  for (PetscInt k = 0; node->kind == HF_NODE_MAP && k < node->n; ++k)
    if (node->items[k]->kind != HF_NODE_SCALAR) PetscCall(expected(walk, node->items[k], "a single value"));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_form(Walk *walk, int kind, const char *children, const HfEntry *entry, HfNode node) {
  PetscFunctionBeginUser;
  switch (kind) {
  case HF_FORM_SECTION:
    PetscCall(check_section(walk, children, node));
    break;
  case HF_FORM_VARIANT:
    PetscCall(check_variant(walk, children, node));
    break;
  case HF_FORM_FREE:
    PetscCall(check_free(walk, node));
    break;
  default:
    PetscCall(HfLeafValidate(walk->keys, walk->messages, entry, node));
    node->unit = PetscMax(node->unit, 0);
    if (node->kind == HF_NODE_SCALAR && entry->row->default_text && !strcmp(node->text, entry->row->default_text)) node->given = PETSC_FALSE;
  }
  PetscFunctionReturn(0);
}

/* The i-th value of a map against its row. A section that inherits first takes the keys that it does not have. */
static PetscErrorCode check_value(Walk *walk, const HfEntry *entry, HfNode parent, PetscInt i) {
  HfNode node = parent->items[i];
  const char *text = entry->row->default_text;
  HfForm form;

  PetscFunctionBeginUser;
  HfKeysForm(walk->keys, entry, &form);
  if (form.kind == HF_FORM_SECTION && text && text[0] == '=') PetscCall(HfDefaultInherit(walk->root, entry, node));
  if (form.kind == HF_FORM_LEAVES && node->kind == HF_NODE_SCALAR && !HfNodeIsNull(node) && entry->row->count <= 1) {
    PetscCall(HfNodeWrapInList(parent, i));
    node = parent->items[i];
  }
  if (form.kind == HF_FORM_LIST || form.kind == HF_FORM_LEAVES)
    PetscCall(check_list(walk, &form, entry, node));
  else if (form.kind == HF_FORM_NAMED)
    PetscCall(check_named(walk, &form, entry, node));
  else
    PetscCall(check_form(walk, (int)form.kind, form.children, entry, node));
  PetscFunctionReturn(0);
}

/* A table in which a key stands below nothing cannot be reached by any deck. */
static PetscErrorCode check_table(HfKeys keys) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < keys->n; ++i) {
    const HfEntry *entry = &keys->entries[i];
    size_t length = entry->parent;
    PetscBool found = !length || entry->path[length - 1] == ':' ? PETSC_TRUE : PETSC_FALSE;
    if (length > 2 && entry->path[length - 1] == ']') length -= 2;
    for (PetscInt k = 0; k < keys->n && !found; ++k)
      if (strlen(keys->entries[k].path) == length && !strncmp(keys->entries[k].path, entry->path, length)) found = PETSC_TRUE;
    PetscCheck(found, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONGSTATE, "key %s stands below %.*s, which is not declared", entry->path, (int)length,
               entry->path);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeckValidate(HfKeys keys, HfMessages messages, HfNode root) {
  Walk walk = {keys, messages, root};

  PetscFunctionBeginUser;
  PetscCall(check_table(keys));

  PetscCall(check_section(&walk, "", root));
  PetscFunctionReturn(0);
}
