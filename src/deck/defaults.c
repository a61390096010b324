/* Values of keys that are not in the deck: the default of the row, or, for "=film.material", the value of that key. */
#include "deck_impl.h"
#include <string.h>

static void set_inherited(HfNode node) {
  node->given = PETSC_FALSE;
  node->inherited = PETSC_TRUE;
  for (PetscInt i = 0; i < node->n; ++i) set_inherited(node->items[i]);
}

static PetscErrorCode add_copy(HfNode section, const char *name, HfNode source) {
  HfNode copy;
  PetscFunctionBeginUser;
  PetscCall(HfNodeClone(source, &copy));
  set_inherited(copy);
  PetscCall(HfNodeAppend(section, name, copy));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDefaultInherit(HfNode root, const HfEntry *entry, HfNode node) {
  HfNode source = HfNodeFind(root, entry->row->default_text + 1);

  PetscFunctionBeginUser;
  if (HfNodeIsNull(node)) PetscCall(HfNodeBecomeMap(node, NULL));
  if (!source || source == node || source->kind != HF_NODE_MAP || node->kind != HF_NODE_MAP) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < source->n; ++k)
    if (HfNodeIndex(node, source->items[k]->name) < 0) PetscCall(add_copy(node, source->items[k]->name, source->items[k]));
  PetscFunctionReturn(0);
}

/* A section takes the whole section behind "="; a key takes the key of its own name there, or the value itself. */
static PetscErrorCode fill_from(HfKeys keys, HfNode root, const HfEntry *entry, HfNode section) {
  HfNode source = HfNodeFind(root, entry->row->default_text + 1);
  HfForm form;

  PetscFunctionBeginUser;
  HfKeysForm(keys, entry, &form);
  if (source && form.kind != HF_FORM_SECTION && source->kind == HF_NODE_MAP) source = HfNodeItem(source, HfNodeIndex(source, entry->name));
  if (source) PetscCall(add_copy(section, entry->name, source));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDefaultFill(HfKeys keys, HfNode root, const HfEntry *entry, HfNode section) {
  const char *text = entry->row->default_text;
  HfNode value = NULL;
  HfMessages problems;

  PetscFunctionBeginUser;
  if (text[0] == '=') {
    PetscCall(fill_from(keys, root, entry, section));
    PetscFunctionReturn(0);
  }
  PetscCall(HfMessagesCreate(&problems));
  PetscCall(HfYamlRead(text, strlen(text), section->file, 0, problems, &value));
  PetscCheck(value && !HfMessagesErrorCount(problems), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "key %s: its default is no YAML: %s", entry->path, text);
  PetscCall(HfMessagesDestroy(&problems));
  HfNodeSetDefault(value, section);
  PetscCall(HfNodeAppend(section, entry->name, value));
  PetscFunctionReturn(0);
}
