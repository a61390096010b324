/* The tree of YAML values: scalars, lists and maps that know their place in the file they came from. */
#include "deck_impl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 40 /* characters of a text shown in a message */

PetscErrorCode HfNodeNew(HfNodeKind kind, HfPlace place, HfNode *node) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(node));
  (*node)->kind = kind;
  (*node)->given = PETSC_TRUE;
  (*node)->line = place.line;
  (*node)->column = place.column;
  PetscCall(PetscStrallocpy(place.file, &(*node)->file));
  PetscCall(PetscStrallocpy("", &(*node)->name));
  PetscCall(PetscStrallocpy("", &(*node)->text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeCreate(HfNodeKind kind, HfNode *node) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeNew(kind, (HfPlace){"", 0, 0}, node));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeDestroy(HfNode *node) {
  PetscFunctionBeginUser;
  if (!*node) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < (*node)->n; ++i) PetscCall(HfNodeDestroy(&(*node)->items[i]));
  PetscCall(PetscFree((*node)->items));
  PetscCall(PetscFree((*node)->name));
  PetscCall(PetscFree((*node)->text));
  PetscCall(PetscFree((*node)->file));
  PetscCall(PetscFree((*node)->full_path));
  PetscCall(PetscFree(*node));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeSetText(HfNode node, const char *text, size_t length, HfTextStyle style) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(node->text));
  PetscCall(PetscMalloc1(length + 1, &node->text));
  memcpy(node->text, text, length);
  node->text[length] = '\0';
  node->style = style;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeAppend(HfNode parent, const char *name, HfNode child) {
  PetscFunctionBeginUser;
  PetscCheck(parent->kind != HF_NODE_SCALAR, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "a scalar has no children");
  PetscCheck((parent->kind == HF_NODE_MAP) == (name != NULL), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
             "a map's children have names, a list's have none");
  if (parent->n == parent->room) {
    parent->room = parent->room ? 2 * parent->room : 4;
    PetscCall(PetscRealloc((size_t)parent->room * sizeof(HfNode), &parent->items));
  }
  if (name) {
    PetscCall(PetscFree(child->name));
    PetscCall(PetscStrallocpy(name, &child->name));
  }
  child->parent = parent;
  parent->items[parent->n++] = child;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeRemove(HfNode parent, PetscInt i) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeDestroy(&parent->items[i]));
  for (PetscInt k = i; k < parent->n - 1; ++k) parent->items[k] = parent->items[k + 1];
  --parent->n;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeReplace(HfNode parent, PetscInt i, HfNode child) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(child->name));
  PetscCall(PetscStrallocpy(parent->items[i]->name, &child->name));
  if (!child->name_line) {
    child->name_line = child->line;
    child->name_column = child->column;
  }
  PetscCall(HfNodeDestroy(&parent->items[i]));
  child->parent = parent;
  parent->items[i] = child;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeClone(HfNode node, HfNode *copy) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeNew(node->kind, (HfPlace){node->file, node->line, node->column}, copy));
  PetscCall(HfNodeSetText(*copy, node->text, strlen(node->text), node->style));
  (*copy)->name_line = node->name_line;
  (*copy)->name_column = node->name_column;
  (*copy)->given = node->given;
  (*copy)->inherited = node->inherited;
  (*copy)->value = node->value;
  (*copy)->integer = node->integer;
  (*copy)->unit = node->unit;
  for (PetscInt i = 0; i < node->n; ++i) {
    HfNode child;
    PetscCall(HfNodeClone(node->items[i], &child));
    PetscCall(HfNodeAppend(*copy, node->kind == HF_NODE_MAP ? node->items[i]->name : NULL, child));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeWrapInList(HfNode parent, PetscInt i) {
  HfNode child = parent->items[i], list;

  PetscFunctionBeginUser;
  PetscCall(HfNodeNew(HF_NODE_LIST, (HfPlace){child->file, child->line, child->column}, &list));
  list->name_line = child->name_line;
  list->name_column = child->name_column;
  list->given = child->given;
  list->parent = parent;
  PetscCall(PetscFree(list->name));
  list->name = child->name;
  PetscCall(PetscStrallocpy("", &child->name));
  parent->items[i] = list;
  PetscCall(HfNodeAppend(list, NULL, child));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeJoinRows(HfNode list) {
  const PetscInt n_rows = list->n;
  HfNode *rows = list->items;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n_rows; ++i)
    if (rows[i]->kind != HF_NODE_LIST) PetscFunctionReturn(0);
  list->n = list->room = 0;
  list->items = NULL;
  for (PetscInt i = 0; i < n_rows; ++i) {
    for (PetscInt k = 0; k < rows[i]->n; ++k) PetscCall(HfNodeAppend(list, NULL, rows[i]->items[k]));
    rows[i]->n = 0;
    PetscCall(HfNodeDestroy(&rows[i]));
  }
  PetscCall(PetscFree(rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeBecomeMap(HfNode node, const char *key) {
  PetscFunctionBeginUser;
  node->kind = HF_NODE_MAP;
  if (key) {
    HfNode child;
    PetscCall(HfNodeNew(HF_NODE_MAP, (HfPlace){node->file, node->line, node->column}, &child));
    child->name_line = node->line;
    child->name_column = node->column;
    child->given = node->given;
    PetscCall(HfNodeAppend(node, key, child));
  }
  PetscCall(HfNodeSetText(node, "", 0, HF_STYLE_PLAIN));
  PetscFunctionReturn(0);
}

void HfNodeSetDefault(HfNode node, HfNode section) {
  const HfPlace place = HfNodePlace(section);
  node->given = PETSC_FALSE;
  node->line = node->name_line = place.line;
  node->column = node->name_column = place.column;
  for (PetscInt i = 0; i < node->n; ++i) HfNodeSetDefault(node->items[i], section);
}

/* ---- looking ---- */
HfNodeKind HfNodeGetKind(HfNode node) { return node->kind; }
PetscInt HfNodeLength(HfNode node) { return node->n; }
HfNode HfNodeItem(HfNode node, PetscInt i) { return i >= 0 && i < node->n ? node->items[i] : NULL; }
const char *HfNodeName(HfNode node) { return node->name; }
const char *HfNodeText(HfNode node) { return node->text; }

PetscInt HfNodeIndex(HfNode map, const char *name) {
  if (map->kind != HF_NODE_MAP) return -1;
  for (PetscInt i = 0; i < map->n; ++i)
    if (!strcmp(map->items[i]->name, name)) return i;
  return -1;
}

HfNode HfNodeFind(HfNode node, const char *path) {
  while (node && *path) {
    const size_t length = strcspn(path, ".");
    HfNode next = NULL;
    if (node->kind == HF_NODE_LIST) {
      char *end;
      const long i = strtol(path, &end, 10);
      if (end == path + length && length) next = HfNodeItem(node, (PetscInt)i);
    } else {
      for (PetscInt i = 0; i < node->n && !next; ++i)
        if (strlen(node->items[i]->name) == length && !strncmp(node->items[i]->name, path, length)) next = node->items[i];
    }
    node = next;
    path += length;
    if (*path == '.') path++;
  }
  return node;
}

PetscBool HfNodeIsNull(HfNode node) {
  if (node->kind != HF_NODE_SCALAR || node->style != HF_STYLE_PLAIN) return PETSC_FALSE;
  return !node->text[0] || !strcmp(node->text, "~") || !strcmp(node->text, "null") ? PETSC_TRUE : PETSC_FALSE;
}

HfPlace HfNodeNamePlace(HfNode node) {
  if (!node->name_line) return (HfPlace){node->file, node->line, node->column};
  return (HfPlace){node->file, node->name_line, node->name_column};
}

HfPlace HfNodePlace(HfNode node) {
  if (node->kind == HF_NODE_SCALAR && !HfNodeIsNull(node)) return (HfPlace){node->file, node->line, node->column};
  return HfNodeNamePlace(node);
}

void HfNodeLabel(HfNode node, char label[HF_PATH_LENGTH]) {
  size_t length;
  label[0] = '\0';
  if (!node->parent) return;
  HfNodeLabel(node->parent, label);
  length = strlen(label);
  if (length) snprintf(label + length, HF_PATH_LENGTH - length, ".");
  length = strlen(label);
  if (node->parent->kind == HF_NODE_MAP) {
    snprintf(label + length, HF_PATH_LENGTH - length, "%s", node->name);
  } else {
    for (PetscInt i = 0; i < node->parent->n; ++i)
      if (node->parent->items[i] == node) snprintf(label + length, HF_PATH_LENGTH - length, "%d", (int)i);
  }
}

void HfNodeShow(HfNode node, char text[HF_PATH_LENGTH]) {
  size_t length = strcspn(node->text, "\n");
  if (node->kind == HF_NODE_MAP)
    snprintf(text, HF_PATH_LENGTH, "a section");
  else if (node->kind == HF_NODE_LIST)
    snprintf(text, HF_PATH_LENGTH, "a list");
  else if (HfNodeIsNull(node))
    snprintf(text, HF_PATH_LENGTH, "nothing");
  else {
    const PetscBool cut = node->text[length] || length > SHOWN ? PETSC_TRUE : PETSC_FALSE;
    if (length > SHOWN) {
      length = SHOWN;
      while (length && ((unsigned char)node->text[length] & 0xc0) == 0x80) length--; /* not inside a UTF-8 character */
    }
    snprintf(text, HF_PATH_LENGTH, "\"%.*s%s\"", (int)length, node->text, cut ? "..." : "");
  }
}
