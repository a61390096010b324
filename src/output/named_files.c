/* The contents of the files that a deck names (masks, patterns, start fields, tables of a field), by length and checksum: a run that goes on
   must find them as it read them, be the deck ever so much the same. They are looked at when the run begins, those of a schedule's item when the item has begun.
   A checkpoint keeps {key: digest}, run.h5 has it for good. */
#include "output_impl.h"
#include <string.h>

/* NULL when the map has none of that name; names have dots. */
static const char *digest_of(HfNode map, const char *key) {
  for (PetscInt k = 0; map && k < HfNodeLength(map); ++k) {
    HfNode item = HfNodeItem(map, k);
    if (!strcmp(HfNodeName(item), key) && HfNodeGetKind(item) == HF_NODE_SCALAR) return HfNodeText(item);
  }
  return NULL;
}

static PetscErrorCode look(HfOutput output, HfNode node, const char *key) {
  char path[PETSC_MAX_PATH_LEN], inner[HF_PATH_LENGTH], digest[HF_DIGEST_LENGTH];

  PetscFunctionBeginUser;
  if (HfNodeNamesFile(node)) {
    if (digest_of(output->files, key)) PetscFunctionReturn(0);
    PetscCall(HfDeckFilePath(output->deck, node, path, sizeof path));
    PetscCall(HfFileDigest(output->comm, path, digest));
    if (digest[0]) PetscCall(HfNodePutText(output->files, key, digest)); /* else who reads it tells why it cannot */
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k < HfNodeLength(node); ++k) {
    HfNode item = HfNodeItem(node, k);

    if (HfNodeGetKind(node) == HF_NODE_MAP)
      snprintf(inner, sizeof inner, "%s.%s", key, HfNodeName(item));
    else
      snprintf(inner, sizeof inner, "%s.%d", key, (int)k);
    PetscCall(look(output, item, inner));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputLookAtFiles(HfOutput output, PetscInt begun) {
  HfNode root = HfDeckRoot(output->deck);
  char key[64];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfNodeLength(root); ++k) {
    HfNode section = HfNodeItem(root, k);

    if (HfSectionIsHarmless(HfNodeName(section))) continue;
    if (strcmp(HfNodeName(section), "schedule")) {
      PetscCall(look(output, section, HfNodeName(section)));
      continue;
    }
    for (PetscInt i = 0; i < PetscMin(begun, HfNodeLength(section)); ++i) {
      snprintf(key, sizeof key, "schedule.%d", (int)i);
      PetscCall(look(output, HfNodeItem(section, i), key));
    }
  }
  PetscFunctionReturn(0);
}

static void tell(HfDeck deck, const char *key, char list[], size_t size) {
  HfNode node = HfNodeFind(HfDeckRoot(deck), key);
  const size_t used = strlen(list);
  char path[PETSC_MAX_PATH_LEN];

  if (!node || HfDeckFilePath(deck, node, path, sizeof path)) path[0] = '\0';
  snprintf(list + used, size - used, "%s%s%s%s%s", used ? ", " : "", key, path[0] ? " (" : "", path, path[0] ? ")" : "");
}

/* Keys that one of the two does not have are no matter: the deck says what they are, and who needs a file that is gone tells. */
PetscErrorCode HfOutputCompareFiles(HfOutput output, const char before_text[], PetscInt begun, PetscInt *count, char list[], size_t size) {
  HfNode before = NULL;

  PetscFunctionBeginUser;
  list[0] = '\0';
  *count = 0;
  PetscCall(HfOutputLookAtFiles(output, begun));
  if (!before_text) {
    if (HfNodeLength(output->files))
      HfOutputSay(output, "the run before kept no checksums of the files that its deck names: they are taken for the same");
    PetscFunctionReturn(0);
  }
  PetscCall(HfNodeParseText(before_text, &before));
  for (PetscInt k = 0; k < HfNodeLength(output->files); ++k) {
    HfNode now = HfNodeItem(output->files, k);
    const char *then = digest_of(before, HfNodeName(now));

    if (!then || !strcmp(then, HfNodeText(now))) continue;
    if (strlen(list) + 1 < size) tell(output->deck, HfNodeName(now), list, size);
    ++*count;
  }
  PetscCall(HfNodeDestroy(&before));
  PetscFunctionReturn(0);
}
