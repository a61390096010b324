/* Values of a validated section. Reading a key that is not there is a programming error, reported with the path of the key. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

PETSC_ATTRIBUTE_FORMAT(2, 3) static void abort_missing(HfNode section, const char *format, ...) {
  char label[HF_PATH_LENGTH] = "", message[HF_PATH_LENGTH];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof(message), format, arguments);
  va_end(arguments);
  if (section) HfNodeLabel(section, label);
  (void)PetscError(PETSC_COMM_SELF, __LINE__, PETSC_FUNCTION_NAME, __FILE__, PETSC_ERR_PLIB, PETSC_ERROR_INITIAL, "%s in section '%s' of the deck",
                   message, label);
  MPI_Abort(PETSC_COMM_SELF, PETSC_ERR_PLIB);
}

HfNode HfChild(HfNode section, const char *key) {
  PetscInt i;
  if (!section) return NULL;
  i = HfNodeIndex(section, key);
  return i >= 0 ? section->items[i] : HfNodeFind(section, key);
}

PetscBool HfHas(HfNode section, const char *key) { return HfChild(section, key) ? PETSC_TRUE : PETSC_FALSE; }

PetscBool HfGiven(HfNode section, const char *key) {
  const HfNode node = HfChild(section, key);
  return node && node->given ? PETSC_TRUE : PETSC_FALSE;
}

static HfNode need(HfNode section, const char *key) {
  const HfNode node = HfChild(section, key);
  if (!node) abort_missing(section, "the program asks for the key '%s', which is not there,", key);
  return node;
}

static HfNode need_scalar(HfNode section, const char *key) {
  const HfNode node = need(section, key);
  if (node->kind != HF_NODE_SCALAR) abort_missing(section, "the program takes the key '%s' for a single value", key);
  return node;
}

static HfNode need_item(HfNode section, const char *key, PetscInt i) {
  const HfNode node = need(section, key), item = HfNodeItem(node, i);
  if (!item) abort_missing(section, "the program asks for value %d of %d of the key '%s'", (int)i, (int)node->n, key);
  return item;
}

PetscReal HfReal(HfNode section, const char *key) { return need_scalar(section, key)->value; }
PetscInt HfUnitIndex(HfNode section, const char *key) {
  const HfNode node = need(section, key);
  return node->kind == HF_NODE_LIST && node->n ? node->items[0]->unit : node->unit;
}
PetscInt64 HfInteger(HfNode section, const char *key) { return need_scalar(section, key)->integer; }
PetscBool HfFlag(HfNode section, const char *key) { return need_scalar(section, key)->integer ? PETSC_TRUE : PETSC_FALSE; }
const char *HfText(HfNode section, const char *key) { return need_scalar(section, key)->text; }
PetscInt HfCount(HfNode section, const char *key) { return need(section, key)->n; }
PetscReal HfRealAt(HfNode section, const char *key, PetscInt i) { return need_item(section, key, i)->value; }
PetscInt64 HfIntegerAt(HfNode section, const char *key, PetscInt i) { return need_item(section, key, i)->integer; }
PetscBool HfIsWordAt(HfNode section, const char *key, PetscInt i) { return need_item(section, key, i)->is_word; }
const char *HfTextAt(HfNode section, const char *key, PetscInt i) { return need_item(section, key, i)->text; }
HfNode HfItem(HfNode section, const char *key, PetscInt i) { return need_item(section, key, i); }

HfNode HfVariant(HfNode variant, const char **name) {
  if (!variant || variant->n != 1) abort_missing(variant, "the program takes this for a variant:");
  *name = variant->items[0]->name;
  return variant->items[0];
}
