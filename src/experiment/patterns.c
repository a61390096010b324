/* patterns.c: a pattern is one sign per pixel, which is an electrode unless a wiring says otherwise: + # 1 for plus, - . 0 for minus, white space ignored (so pixel art in a block works).
   Wherever a step names a pattern, a literal text is as good as a name from the deck's `patterns`. */
#include "experiment_impl.h"
#include <ctype.h>

static PetscErrorCode Parse(const char *text, PetscInt n, PetscReal x[], const char **why) {
  PetscInt count = 0;

  PetscFunctionBeginUser;
  *why = NULL;
  for (const char *c = text; *c && !*why; c++) {
    if (isspace((unsigned char)*c)) continue;
    if (!strchr("+#1-.0", *c))
      *why = "a pattern has one + or - (or # and ., 1 and 0) per pixel and nothing else";
    else if (count < n)
      x[count] = strchr("+#1", *c) ? 1.0 : -1.0;
    count++;
  }
  if (!*why && count != n)
    *why = count < n ? "the pattern has fewer signs than there are pixels" : "the pattern has more signs than there are pixels";
  PetscFunctionReturn(0);
}

PetscErrorCode HfPatternRead(HfExperiment e, const char *name, PetscReal x[], char text[], const char **why) {
  HfNode root = HfDeckRoot(e->deck);
  const char *given = name;

  PetscFunctionBeginUser;
  if (HfHas(root, "patterns")) {
    HfNode patterns = HfChild(root, "patterns");
    for (PetscInt i = 0; i < HfNodeLength(patterns); i++)
      if (!strcmp(HfNodeName(HfNodeItem(patterns, i)), name)) given = HfNodeText(HfNodeItem(patterns, i));
  }
  PetscCall(Parse(given, e->n, x, why));
  if (*why && given == name && strspn(name, "+#1-.0 \t\r\n") != strlen(name)) *why = "no such pattern in the section `patterns`";
  if (!*why) HfStateToText(e->n, x, text);
  PetscFunctionReturn(0);
}

PetscErrorCode HfPatternCheck(HfExperiment e, HfNode node, const char *name) {
  PetscReal *x;
  char *text;
  const char *why;

  PetscFunctionBeginUser;
  if (!e->n) PetscFunctionReturn(0);
  PetscCall(PetscMalloc2(e->n, &x, e->n + 1, &text));
  PetscCall(HfPatternRead(e, name, x, text, &why));
  if (why)
    PetscCall(HfDeckError(e->deck, node, "%s: %s (%d, %s)", name, why, (int)e->n, HfDeviceWiring(e->device) ? "from `wiring`" : "one per electrode"));
  PetscCall(PetscFree2(x, text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPatternsCheckAll(HfExperiment e) {
  HfNode root = HfDeckRoot(e->deck), patterns;

  PetscFunctionBeginUser;
  if (!HfHas(root, "patterns")) PetscFunctionReturn(0);
  patterns = HfChild(root, "patterns");
  for (PetscInt i = 0; i < HfNodeLength(patterns); i++) PetscCall(HfPatternCheck(e, HfNodeItem(patterns, i), HfNodeName(HfNodeItem(patterns, i))));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckedAdd(HfExperiment e, const char *name) {
  PetscReal *x;
  const char *why;
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(e->n, &x, e->n + 1, &text));
  PetscCall(HfPatternRead(e, name, x, text, &why));
  if (!why) {
    PetscCall(PetscRealloc((e->n_checked + 1) * sizeof(*e->checked), &e->checked));
    PetscCall(PetscStrallocpy(text, &e->checked[e->n_checked++]));
  }
  PetscCall(PetscFree2(x, text));
  PetscFunctionReturn(0);
}

PetscBool HfCheckedHas(HfExperiment e, const char *text) {
  for (PetscInt k = 0; k < e->n_checked; k++) {
    PetscInt same = 0;
    for (PetscInt i = 0; i < e->n; i++) same += e->checked[k][i] == text[i];
    if (same == 0 || same == e->n) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}
