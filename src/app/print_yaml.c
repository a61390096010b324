/* A tree of values as text for people: aligned names, six digits, one line per entry of a list. */
#include "app.h"
#include <stdlib.h>
#include <string.h>

static void print_scalar(const char *text, FILE *file) {
  char *end;
  const double value = strtod(text, &end);
  if (end != text && !*end && strpbrk(text, ".eE"))
    fprintf(file, "%.6g", value);
  else
    fprintf(file, "%s", text);
}

/* {a: 1, b: [1, 2]} on one line */
static void print_inline(HfNode node, FILE *file) {
  if (HfNodeGetKind(node) == HF_NODE_SCALAR) {
    print_scalar(HfNodeText(node), file);
    return;
  }
  fprintf(file, HfNodeGetKind(node) == HF_NODE_MAP ? "{" : "[");
  for (PetscInt k = 0; k < HfNodeLength(node); ++k) {
    HfNode item = HfNodeItem(node, k);
    fprintf(file, "%s%s%s", k ? ", " : "", HfNodeName(item), HfNodeName(item)[0] ? " " : "");
    print_inline(item, file);
  }
  fprintf(file, HfNodeGetKind(node) == HF_NODE_MAP ? "}" : "]");
}

void HfAppPrintItem(HfNode item, int indent, FILE *file) {
  const char *name = HfNodeName(item);
  const PetscBool scalar = (PetscBool)(HfNodeGetKind(item) == HF_NODE_SCALAR);
  if (!name[0]) { /* entry of a list */
    fprintf(file, "%*s- ", indent, "");
    print_inline(item, file);
    fprintf(file, "\n");
  } else if (scalar || (HfNodeLength(item) && HfNodeGetKind(HfNodeItem(item, 0)) == HF_NODE_SCALAR && HfNodeGetKind(item) == HF_NODE_LIST)) {
    fprintf(file, "%*s%-*s ", indent, "", 26 - indent, name);
    print_inline(item, file);
    fprintf(file, "\n");
  } else {
    fprintf(file, "%*s%s\n", indent, "", name);
    for (PetscInt k = 0; k < HfNodeLength(item); ++k) HfAppPrintItem(HfNodeItem(item, k), indent + 2, file);
  }
}
