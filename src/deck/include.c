/* `include:` at the top of a deck: other decks are read first; their keys hold where the including deck has none. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 8 /* as in yaml_read.c */

typedef struct Chain_ {
  const char *file; /* as written in messages */
  char path[PETSC_MAX_PATH_LEN];
  const struct Chain_ *above;
} Chain;

typedef struct {
  MPI_Comm comm;
  HfKeys keys;
  HfMessages messages;
} Loader;

void HfFileRelative(const char *file, const char *name, char path[], size_t size) {
  const char *slash = strrchr(file, '/');
  if (name[0] == '/' || !slash || !strncmp(file, "--set ", 6))
    snprintf(path, size, "%s", name);
  else
    snprintf(path, size, "%.*s/%s", (int)(slash - file), file, name);
}

/* Drops "." and "x/.." so that one file has one name, as far as that is known without a look at the file system. */
void HfFileNormalize(const char *path, char out[PETSC_MAX_PATH_LEN]) {
  size_t length = 0;
  const char *p = path;
  if (*p == '/') out[length++] = '/';
  while (*p) {
    const size_t n = strcspn(p, "/");
    const size_t start = length;
    size_t last = length;
    while (last > 0 && out[last - 1] != '/') last--;
    if (n == 2 && !strncmp(p, "..", 2) && length > 0 && out[length - 1] != '/' && strncmp(out + last, "..", 3)) {
      length = last > 1 ? last - 1 : last; /* keep the root */
    } else if (n && !(n == 1 && *p == '.') && start + n + 2 < PETSC_MAX_PATH_LEN) {
      if (length && out[length - 1] != '/') out[length++] = '/';
      memcpy(out + length, p, n);
      length += n;
    }
    out[length] = '\0';
    p += n;
    while (*p == '/') p++;
  }
  out[length] = '\0';
}

static void describe_chain(const Chain *chain, char text[HF_PATH_LENGTH]) {
  size_t length;
  text[0] = '\0';
  if (!chain) return;
  describe_chain(chain->above, text);
  length = strlen(text);
  snprintf(text + length, HF_PATH_LENGTH - length, "%s -> ", chain->file);
}

static PetscErrorCode load(Loader *loader, const Chain *chain, const char *text, size_t length, HfNode *root);

/* One entry of an include list, merged over what is there. */
static PetscErrorCode include_one(Loader *loader, const Chain *chain, HfNode entry, HfNode merged) {
  const HfPlace place = HfNodePlace(entry);
  char path[PETSC_MAX_PATH_LEN], *text;
  const char *why;
  size_t length;
  Chain next;
  HfNode root = NULL;
  PetscInt depth = 0;

  PetscFunctionBeginUser;
  if (entry->kind != HF_NODE_SCALAR || HfNodeIsNull(entry) || !entry->text[0]) {
    PetscCall(HfMessagesAdd(loader->messages, PETSC_TRUE, place, "include: expected the name of a file"));
    PetscFunctionReturn(0);
  }
  HfFileRelative(chain->file, entry->text, path, sizeof(path));
  next.file = path;
  next.above = chain;
  HfFileNormalize(path, next.path);
  for (const Chain *c = chain; c; c = c->above, ++depth) {
    if (!strcmp(c->path, next.path) || depth >= MAX_DEPTH) {
      char files[HF_PATH_LENGTH];
      describe_chain(chain, files);
      PetscCall(HfMessagesAdd(loader->messages, PETSC_TRUE, place, depth < MAX_DEPTH ? "include cycle: %s%s" : "includes nested too deeply: %s%s",
                              files, path));
      PetscFunctionReturn(0);
    }
  }
  PetscCall(HfReadFile(loader->comm, path, &text, &length, &why));
  if (!text) {
    PetscCall(HfMessagesAdd(loader->messages, PETSC_TRUE, place, "include: cannot read %s: %s", path, why));
    PetscFunctionReturn(0);
  }
  PetscCall(load(loader, &next, text, length, &root));
  if (root) PetscCall(HfNodeMerge(loader->keys, "", merged, root));
  PetscCall(HfNodeDestroy(&root));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

static PetscErrorCode load(Loader *loader, const Chain *chain, const char *text, size_t length, HfNode *root) {
  HfNode own, merged;
  PetscInt i;

  PetscFunctionBeginUser;
  *root = NULL;
  PetscCall(HfYamlRead(text, length, chain->file, 0, loader->messages, &own));
  if (!own) PetscFunctionReturn(0);
  if (HfNodeIsNull(own)) PetscCall(HfNodeBecomeMap(own, NULL));
  if (own->kind != HF_NODE_MAP) {
    char shown[HF_PATH_LENGTH];
    HfNodeShow(own, shown);
    PetscCall(HfMessagesAdd(loader->messages, PETSC_TRUE, HfNodePlace(own), "a deck consists of \"key: value\" lines, found %s", shown));
    PetscCall(HfNodeDestroy(&own));
    PetscFunctionReturn(0);
  }
  PetscCall(HfNodeNew(HF_NODE_MAP, HfNodePlace(own), &merged));
  i = HfNodeIndex(own, "include");
  if (i >= 0) {
    HfNode include = own->items[i];
    if (include->kind == HF_NODE_LIST) {
      for (PetscInt k = 0; k < include->n; ++k) PetscCall(include_one(loader, chain, include->items[k], merged));
    } else
      PetscCall(include_one(loader, chain, include, merged));
    PetscCall(HfNodeRemove(own, i)); /* the merged deck stands alone */
  }
  PetscCall(HfNodeMerge(loader->keys, "", merged, own));
  PetscCall(HfNodeDestroy(&own));
  *root = merged;
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeckLoad(MPI_Comm comm, HfKeys keys, HfMessages messages, const char *file, const char *text, size_t length, HfNode *root) {
  Loader loader = {comm, keys, messages};
  Chain chain;

  PetscFunctionBeginUser;
  chain.file = file;
  chain.above = NULL;
  HfFileNormalize(file, chain.path);
  PetscCall(load(&loader, &chain, text, length, root));
  PetscFunctionReturn(0);
}
