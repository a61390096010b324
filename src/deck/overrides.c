/* `--set path=value`: puts a value into the tree before it is validated, so that it is checked like any other. The place of an error is the argument
   itself: "--set film.cell=4 x:1:11". Path: keys and, for lists, numbers from 0, joined by dots. */
#include "deck_impl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  HfKeys keys;
  HfMessages messages;
  HfPlace place; /* of the current part of the path */
  HfNode node;   /* where we are */
  HfForm form;   /* what the table says about it; FREE below an unknown key, which validation will report */
} Walk;

static PetscErrorCode fail(Walk *walk, const char *format, const char *part) {
  char label[HF_PATH_LENGTH];
  PetscFunctionBeginUser;
  HfNodeLabel(walk->node, label);
  PetscCall(HfMessagesAdd(walk->messages, PETSC_TRUE, walk->place, format, label[0] ? label : "the deck", part, (int)walk->node->n));
  walk->node = NULL;
  PetscFunctionReturn(0);
}

static void form_of_child(Walk *walk, const char *name) {
  const HfEntry *entry = walk->form.kind == HF_FORM_FREE ? NULL : HfKeysFind(walk->keys, walk->form.children, name);
  if (entry)
    HfKeysForm(walk->keys, entry, &walk->form);
  else
    walk->form.kind = HF_FORM_FREE;
}

/* The slot for `part` below walk->node: its index, -1 when it is a new key of a map. */
static PetscErrorCode find_slot(Walk *walk, const char *part, PetscInt *slot) {
  PetscFunctionBeginUser;
  *slot = -1;
  if (walk->node->kind == HF_NODE_SCALAR) { /* nothing yet, or a variant's bare name */
    if (HfNodeIsNull(walk->node))
      PetscCall(HfNodeBecomeMap(walk->node, NULL));
    else if (walk->form.kind == HF_FORM_VARIANT) {
      char name[HF_PATH_LENGTH];
      snprintf(name, sizeof(name), "%s", walk->node->text);
      PetscCall(HfNodeBecomeMap(walk->node, name));
    }
  }
  if (walk->node->kind == HF_NODE_LIST) {
    char *end;
    const long i = strtol(part, &end, 10);
    if (end == part || *end)
      PetscCall(fail(walk, "%s is a list; \"%s\" is not the number of an entry", part));
    else if (i < 0 || i >= walk->node->n)
      PetscCall(fail(walk, "%s has no entry %s; it has %d, counted from 0", part));
    else
      *slot = (PetscInt)i;
  } else if (walk->node->kind == HF_NODE_MAP) {
    *slot = HfNodeIndex(walk->node, part);
    while (*slot < 0 && walk->form.kind == HF_FORM_VARIANT && walk->node->n)
      PetscCall(HfNodeRemove(walk->node, 0)); /* another kind takes its place */
  } else
    PetscCall(fail(walk, "%s is a single value; it has no \"%s\"", part));
  PetscFunctionReturn(0);
}

/* Puts `value` (owned) at the slot and steps there. */
static PetscErrorCode put_at(Walk *walk, const char *part, PetscInt slot, HfNode value) {
  PetscFunctionBeginUser;
  value->name_line = walk->place.line;
  value->name_column = walk->place.column;
  if (slot < 0)
    PetscCall(HfNodeAppend(walk->node, part, value));
  else
    PetscCall(HfNodeReplace(walk->node, slot, value));
  walk->node = value;
  PetscFunctionReturn(0);
}

PetscBool HfPathIsWhole(const char *path, size_t length) {
  for (size_t i = 0; i < length; ++i)
    if (path[i] == '.' && (i == 0 || path[i - 1] == '.' || i + 1 == length)) return PETSC_FALSE;
  return length ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfDeckOverride(HfKeys keys, HfMessages messages, HfNode root, const char *set) {
  const char *equal = strchr(set, '='), *part = set;
  Walk walk = {keys, messages, {NULL, 1, 1}, root, {HF_FORM_SECTION, HF_FORM_LEAF, ""}};
  HfNode value;
  size_t room = strlen(set) + sizeof("--set ");
  char *file;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(room, &file));
  snprintf(file, room, "--set %s", set);
  walk.place.file = file;
  if (!equal || equal == set) {
    PetscCall(HfMessagesAdd(messages, PETSC_TRUE, walk.place, "expected path=value, for example film.cell=4 nm"));
  } else if (!HfPathIsWhole(set, (size_t)(equal - set))) {
    PetscCall(HfMessagesAdd(messages, PETSC_TRUE, walk.place,
                            "a name is missing beside a dot of the path; expected path=value, for example film.cell=4 nm"));
  } else if (!strncmp(set, "include=", 8) || !strncmp(set, "include.", 8)) {
    PetscCall(HfMessagesAdd(messages, PETSC_TRUE, walk.place, "include can only be written in a deck"));
  } else {
    PetscCall(HfYamlRead(equal + 1, strlen(equal + 1), file, (PetscInt)(equal + 1 - set), messages, &value));
    while (value && walk.node && part < equal) {
      const size_t length = strcspn(part, ".=");
      char name[HF_PATH_LENGTH];
      PetscInt slot;
      snprintf(name, sizeof(name), "%.*s", (int)length, part);
      walk.place.column = (PetscInt)(part - set) + 1;
      part += length + 1;
      PetscCall(find_slot(&walk, name, &slot));
      if (!walk.node) break;
      if (walk.node->kind == HF_NODE_LIST)
        walk.form.kind = walk.form.kind == HF_FORM_LIST ? walk.form.item : HF_FORM_FREE;
      else
        form_of_child(&walk, name);
      if (part > equal) {
        PetscCall(put_at(&walk, name, slot, value));
        value = NULL;
      } else if (slot >= 0)
        walk.node = walk.node->items[slot];
      else {
        HfNode section;
        PetscCall(HfNodeNew(HF_NODE_MAP, walk.place, &section));
        PetscCall(put_at(&walk, name, slot, section));
      }
    }
    PetscCall(HfNodeDestroy(&value));
  }
  PetscCall(PetscFree(file));
  PetscFunctionReturn(0);
}
