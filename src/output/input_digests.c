/* Digests (length and checksum) of the files that a deck names: masks, patterns, start fields, field tables. A run that is resumed must find their
   content unchanged even if the deck is the same. Digests are taken when the run begins, those of a schedule item when the item begins. They
   are stored as {key: digest} in every checkpoint and, at the end, in run.h5. */
#include "output_impl.h"
#include <string.h>

/* NULL when absent. The keys contain dots, so HfNodeFind() does not apply. */
static const char *digest_of(HfNode map, const char *key) {
  for (PetscInt k = 0; map && k < HfNodeLength(map); ++k) {
    HfNode item = HfNodeItem(map, k);
    if (!strcmp(HfNodeName(item), key) && HfNodeGetKind(item) == HF_NODE_SCALAR) return HfNodeText(item);
  }
  return NULL;
}

static PetscErrorCode read_below(HfOutput output, HfNode node, const char *key) {
  char path[PETSC_MAX_PATH_LEN], inner[HF_PATH_LENGTH], digest[HF_DIGEST_LENGTH];

  PetscFunctionBeginUser;
  if (HfNodeNamesFile(node)) {
    if (digest_of(output->inputs, key)) PetscFunctionReturn(0);
    PetscCall(HfDeckFilePath(output->deck, node, path, sizeof path));
    PetscCall(HfFileDigest(output->run.comm, path, digest));
    if (digest[0]) PetscCall(HfNodePutText(output->inputs, key, digest)); /* if it cannot be read, its reader reports why */
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k < HfNodeLength(node); ++k) {
    HfNode item = HfNodeItem(node, k);

    if (HfNodeGetKind(node) == HF_NODE_MAP)
      snprintf(inner, sizeof inner, "%s.%s", key, HfNodeName(item));
    else
      snprintf(inner, sizeof inner, "%s.%d", key, (int)k);
    PetscCall(read_below(output, item, inner));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfInputsRead(HfOutput output, PetscInt begun) {
  HfNode root = HfDeckRoot(output->deck);
  char key[64];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfNodeLength(root); ++k) {
    HfNode section = HfNodeItem(root, k);

    if (HfSectionIsHarmless(HfNodeName(section))) continue;
    if (strcmp(HfNodeName(section), "schedule")) {
      PetscCall(read_below(output, section, HfNodeName(section)));
      continue;
    }
    for (PetscInt i = 0; i < PetscMin(begun, HfNodeLength(section)); ++i) {
      snprintf(key, sizeof key, "schedule.%d", (int)i);
      PetscCall(read_below(output, HfNodeItem(section, i), key));
    }
  }
  PetscFunctionReturn(0);
}

/* "film.initial.file (start.h5)" */
static void append_checked_file(HfDeck deck, const char *key, char list[], size_t size) {
  HfNode node = HfNodeFind(HfDeckRoot(deck), key);
  const size_t used = strlen(list);
  char path[PETSC_MAX_PATH_LEN];

  if (!node || HfDeckFilePath(deck, node, path, sizeof path)) path[0] = '\0';
  snprintf(list + used, size - used, "%s%s%s%s%s", used ? ", " : "", key, path[0] ? " (" : "", path, path[0] ? ")" : "");
}

/* Keys that only one side has are not compared: the decks have been compared already, and the reader of a missing file reports it. */
PetscErrorCode HfInputsCompare(HfOutput output, const char before_text[], PetscInt begun, PetscInt *count, char list[], size_t size) {
  HfNode before = NULL;

  PetscFunctionBeginUser;
  list[0] = '\0';
  *count = 0;
  PetscCall(HfInputsRead(output, begun));
  if (!before_text) {
    if (HfNodeLength(output->inputs))
      HfLogLine(&output->log, "the earlier run stored no checksums of the files that its deck names: they are assumed to be unchanged");
    PetscFunctionReturn(0);
  }
  PetscCall(HfNodeParseText(before_text, &before));
  for (PetscInt k = 0; k < HfNodeLength(output->inputs); ++k) {
    HfNode now = HfNodeItem(output->inputs, k);
    const char *then = digest_of(before, HfNodeName(now));

    if (!then || HfDigestsMatch(then, HfNodeText(now))) continue;
    if (strlen(list) + 1 < size) append_checked_file(output->deck, HfNodeName(now), list, size);
    ++*count;
  }
  PetscCall(HfNodeDestroy(&before));
  PetscFunctionReturn(0);
}
