/* A deck: read, includes merged, overrides put in, validated, defaults filled. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

struct HfDeck_ {
  MPI_Comm comm;
  char *path, *text;
  HfNode loaded, root; /* as read, includes merged; with overrides and defaults */
  HfMessages messages;
};

PetscErrorCode HfDeckDestroy(HfDeck *deck) {
  PetscFunctionBeginUser;
  if (!*deck) PetscFunctionReturn(0);
  PetscCall(HfNodeDestroy(&(*deck)->loaded));
  PetscCall(HfNodeDestroy(&(*deck)->root));
  PetscCall(HfMessagesDestroy(&(*deck)->messages));
  PetscCall(PetscFree((*deck)->path));
  PetscCall(PetscFree((*deck)->text));
  PetscCall(PetscFree(*deck));
  PetscFunctionReturn(0);
}

/* The whole path of every file that the deck names, from rank 0's working folder. */
static PetscErrorCode find_files(HfNode node, const char *folder) {
  PetscFunctionBeginUser;
  if (node->names_file) {
    char path[PETSC_MAX_PATH_LEN], full[2 * PETSC_MAX_PATH_LEN], normal[PETSC_MAX_PATH_LEN];
    HfFileRelative(node->file, node->text, path, sizeof(path));
    PetscCall(PetscSNPrintf(full, sizeof(full), "%s/%s", folder, path));
    HfFileNormalize(path[0] == '/' ? path : full, normal);
    PetscCall(PetscStrallocpy(normal, &node->full_path));
  }
  for (PetscInt i = 0; i < node->n; ++i) PetscCall(find_files(node->items[i], folder));
  PetscFunctionReturn(0);
}

/* Takes ownership of text. */
static PetscErrorCode new_deck(MPI_Comm comm, const char *path, char *text, HfDeck *deck) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(deck));
  (*deck)->comm = comm;
  (*deck)->text = text;
  PetscCall(PetscStrallocpy(path, &(*deck)->path));
  PetscCall(HfMessagesCreate(&(*deck)->messages));
  PetscFunctionReturn(0);
}

/* From the loaded tree to the validated one; errors are collected for the verdict. */
static PetscErrorCode complete(HfDeck d, HfKeys keys, PetscInt n_set, const char *const set[]) {
  char folder[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCall(HfNodeClone(d->loaded, &d->root));
  for (PetscInt i = 0; i < n_set; ++i) PetscCall(HfDeckOverride(keys, d->messages, d->root, set[i]));
  PetscCall(HfDeckValidate(keys, d->messages, d->root));
  PetscCall(PetscGetWorkingDirectory(folder, sizeof(folder)));
  PetscCallMPI(MPI_Bcast(folder, sizeof(folder), MPI_CHAR, 0, d->comm));
  PetscCall(find_files(d->root, folder));
  PetscFunctionReturn(0);
}

/* Takes ownership of text. Syntax errors end here. */
static PetscErrorCode build(MPI_Comm comm, HfKeys keys, const char *path, char *text, size_t length, PetscInt n_set, const char *const set[],
                            HfDeck *deck) {
  PetscErrorCode code;
  HfDeck d;

  PetscFunctionBeginUser;
  *deck = NULL;
  PetscCall(new_deck(comm, path, text, &d));
  PetscCall(HfDeckLoad(comm, keys, d->messages, path, text, length, &d->loaded));
  if (d->loaded) {
    PetscCall(complete(d, keys, n_set, set));
    *deck = d;
    PetscFunctionReturn(0);
  }
  code = HfDeckVerdict(d);
  PetscCall(HfDeckDestroy(&d));
  PetscFunctionReturn(code);
}

PetscErrorCode HfDeckCreate(MPI_Comm comm, HfKeys keys, const char *path, PetscInt n_set, const char *const set[], HfDeck *deck) {
  char *text;
  size_t length;
  const char *why;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  *deck = NULL;
  PetscCall(HfReadStream(comm, path, &text, &length, &why));
  PetscCheckFault(text, comm, HF_ERR_FILE, "cannot read %s: %s", path, why);
  code = build(comm, keys, path, text, length, n_set, set, deck);
  if (code < HF_ERR_BASE) PetscCall(code);
  PetscFunctionReturn(code);
}

PetscErrorCode HfDeckCreateFromText(MPI_Comm comm, HfKeys keys, const char *text, HfDeck *deck) {
  char *copy;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(text, &copy));
  code = build(comm, keys, "deck.yaml", copy, strlen(text), 0, NULL, deck);
  if (code < HF_ERR_BASE) PetscCall(code);
  PetscFunctionReturn(code);
}

PetscErrorCode HfDeckVary(HfDeck deck, MPI_Comm comm, HfKeys keys, PetscInt n_set, const char *const set[], HfDeck *varied) {
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(deck->text, &text));
  PetscCall(new_deck(comm, deck->path, text, varied));
  PetscCall(HfNodeClone(deck->loaded, &(*varied)->loaded));
  PetscCall(complete(*varied, keys, n_set, set));
  PetscFunctionReturn(0);
}

HfNode HfDeckRoot(HfDeck deck) { return deck->root; }
const char *HfDeckText(HfDeck deck) { return deck->text; }
const char *HfDeckPath(HfDeck deck) { return deck->path; }
MPI_Comm HfDeckComm(HfDeck deck) { return deck->comm; }

PetscBool HfNodeNamesFile(HfNode node) { return node->names_file; }

PetscErrorCode HfDeckFilePath(HfDeck deck, HfNode node, char path[], size_t size) {
  PetscFunctionBeginUser;
  HfFileRelative(node->file, node->text, path, size);
  PetscFunctionReturn(0);
}

static PetscErrorCode add(HfDeck deck, HfNode node, PetscBool error, const char *format, va_list arguments) {
  const HfPlace nowhere = {deck->path, 0, 0};
  return HfMessagesAddV(deck->messages, error, node ? HfNodePlace(node) : nowhere, format, arguments);
}

PetscErrorCode HfDeckError(HfDeck deck, HfNode node, const char *format, ...) {
  PetscErrorCode code;
  va_list arguments;
  va_start(arguments, format);
  code = add(deck, node, PETSC_TRUE, format, arguments);
  va_end(arguments);
  return code;
}

PetscErrorCode HfDeckWarn(HfDeck deck, HfNode node, const char *format, ...) {
  PetscErrorCode code;
  va_list arguments;
  va_start(arguments, format);
  code = add(deck, node, PETSC_FALSE, format, arguments);
  va_end(arguments);
  return code;
}

PetscInt HfDeckErrorCount(HfDeck deck) { return HfMessagesErrorCount(deck->messages); }

void HfDeckFirstError(HfDeck deck, char text[], size_t size) { HfMessagesFirstError(deck->messages, deck->path, text, size); }

PetscErrorCode HfDeckVerdict(HfDeck deck) {
  PetscFunctionBeginUser;
  PetscCall(HfMessagesPrint(deck->messages, deck->comm, deck->path));
  PetscFunctionReturn(HfMessagesErrorCount(deck->messages) ? HF_ERR_DECK : 0);
}

PetscErrorCode HfNodeParse(MPI_Comm comm, const char *path, HfNode *node) {
  char *text;
  size_t length;
  const char *why;
  HfMessages messages;
  PetscInt errors;

  PetscFunctionBeginUser;
  *node = NULL;
  PetscCall(HfReadFile(comm, path, &text, &length, &why));
  PetscCheckFault(text, comm, HF_ERR_FILE, "cannot read %s: %s", path, why);
  PetscCall(HfMessagesCreate(&messages));
  PetscCall(HfYamlRead(text, length, path, 0, messages, node));
  PetscCall(HfMessagesPrint(messages, comm, path));
  errors = HfMessagesErrorCount(messages);
  PetscCall(HfMessagesDestroy(&messages));
  PetscCall(PetscFree(text));
  if (errors) PetscCall(HfNodeDestroy(node));
  PetscFunctionReturn(errors ? HF_ERR_DECK : 0);
}

PetscErrorCode HfNodeParseText(const char *text, HfNode *node) {
  HfMessages messages;

  PetscFunctionBeginUser;
  PetscCall(HfMessagesCreate(&messages));
  PetscCall(HfYamlRead(text, strlen(text), "", 0, messages, node));
  PetscCall(HfMessagesDestroy(&messages));
  PetscFunctionReturn(0);
}
