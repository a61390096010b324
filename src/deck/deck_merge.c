/* One deck over another: sections are merged key by key, everything else is replaced; so is a variant when the other one names another kind. */
#include "deck_impl.h"
#include <string.h>

static PetscBool same_kind(HfNode a, HfNode b) {
  return a->n == 1 && b->n == 1 && !strcmp(a->items[0]->name, b->items[0]->name) ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfNodeMerge(HfKeys keys, const char *path, HfNode base, HfNode over) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < over->n; ++k) {
    HfNode mine = over->items[k];
    const PetscInt i = HfNodeIndex(base, mine->name);
    const HfEntry *entry;
    HfForm form;
    PetscBool deep;
    if (i < 0) {
      char *name;
      PetscCall(PetscStrallocpy(mine->name, &name));
      PetscCall(HfNodeAppend(base, name, mine));
      PetscCall(PetscFree(name));
      continue;
    }
    entry = HfKeysFind(keys, path, mine->name);
    deep = mine->kind == HF_NODE_MAP && base->items[i]->kind == HF_NODE_MAP ? PETSC_TRUE : PETSC_FALSE;
    form.kind = HF_FORM_FREE;
    if (entry) HfKeysForm(keys, entry, &form);
    if (!entry) form.children[0] = '\0';
    if (form.kind == HF_FORM_VARIANT && !same_kind(mine, base->items[i])) deep = PETSC_FALSE;
    if (deep) {
      /* Later errors of the section as a whole are reported where it was last written. */
      base->items[i]->name_line = mine->name_line;
      base->items[i]->name_column = mine->name_column;
      PetscCall(PetscFree(base->items[i]->file));
      PetscCall(PetscStrallocpy(mine->file, &base->items[i]->file));
      PetscCall(HfNodeMerge(keys, form.children, base->items[i], mine));
      PetscCall(HfNodeDestroy(&mine));
    } else
      PetscCall(HfNodeReplace(base, i, mine));
  }
  over->n = 0;
  PetscFunctionReturn(0);
}
