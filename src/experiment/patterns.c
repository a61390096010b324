/* A pattern is one sign per pixel, which is an electrode unless a wiring says otherwise: + # 1 for plus, - . 0 for minus, white space ignored (so pixel art in a block works);
   or an image of as many pixels; or "random" and a seed.
   Wherever a step names a pattern, a literal text is as good as a name from the deck's `patterns`. */
#include "experiment_impl.h"
#include <ctype.h>

#define MAX_IN_LOG 16 /* signs that a line of the log can bear */

#define RANDOM "random "

/* As many + as -, one + less where the number is odd, in random order: that of the seed and the number of pixels. */
static void draw_random(PetscInt64 seed, PetscInt n, PetscReal x[]) {
  for (PetscInt i = 0; i < n; ++i) { /* each new one takes a random place among those before it, whose sign goes to the end */
    const PetscInt k = HfRandomInteger(seed, HF_STREAM_PATTERN, 0, i, i + 1);
    x[i] = x[k];
    x[k] = i < n / 2 ? 1.0 : -1.0;
  }
}

static PetscErrorCode parse(const char *text, PetscInt n, PetscReal x[], const char **why) {
  PetscInt count = 0;

  PetscFunctionBeginUser;
  *why = NULL;
  if (!strncmp(text, RANDOM, strlen(RANDOM))) {
    char *end;
    const long long seed = strtoll(text + strlen(RANDOM), &end, 10);
    if (end == text + strlen(RANDOM) || *end || seed < 0) *why = "a random pattern has a seed, random 7";
    if (!*why) draw_random((PetscInt64)seed, n, x);
    PetscFunctionReturn(0);
  }
  for (const char *c = text; *c && !*why; ++c) {
    if (isspace((unsigned char)*c)) continue;
    if (!strchr("+#1-.0", *c))
      *why = "a pattern has one + or - (or # and ., 1 and 0) per pixel and nothing else";
    else if (count < n)
      x[count] = strchr("+#1", *c) ? 1.0 : -1.0;
    ++count;
  }
  if (!*why && count != n)
    *why = count < n ? "the pattern has fewer signs than there are pixels" : "the pattern has more signs than there are pixels";
  PetscFunctionReturn(0);
}

/* Dark pixels are +. */
static PetscErrorCode parse_image(HfExperiment e, HfNode node, PetscReal x[], const char **why) {
  char path[PETSC_MAX_PATH_LEN];
  PetscBool opened;
  HfImage image;

  PetscFunctionBeginUser;
  PetscCall(HfDeckFilePath(e->deck, node, path, sizeof(path)));
  PetscCall(HfImageRead(e->comm, path, &image, &opened, why));
  if (!*why && image.columns * image.rows != e->n) *why = "the image has not as many pixels as a pattern";
  for (PetscInt i = 0; !*why && i < e->n; ++i) x[i] = image.grey[i] < 0.5 ? 1.0 : -1.0;
  PetscCall(HfImageDestroy(&image));
  PetscFunctionReturn(0);
}

/* In the section `patterns`, NULL if there is none of that name. */
static HfNode named(HfExperiment e, const char *name) {
  HfNode root = HfDeckRoot(e->deck), patterns = HfHas(root, "patterns") ? HfChild(root, "patterns") : NULL;

  for (PetscInt i = 0; patterns && i < HfNodeLength(patterns); ++i)
    if (!strcmp(HfNodeName(HfNodeItem(patterns, i)), name)) return HfNodeItem(patterns, i);
  return NULL;
}

const char *HfPatternLabel(HfExperiment e, const char *name, const char *text) { return e->n > MAX_IN_LOG && named(e, name) ? name : text; }

PetscErrorCode HfPatternRead(HfExperiment e, const char *name, PetscReal x[], char text[], const char **why) {
  HfNode node = named(e, name);

  PetscFunctionBeginUser;
  if (node && HfNodeNamesFile(node))
    PetscCall(parse_image(e, node, x, why));
  else
    PetscCall(parse(node ? HfNodeText(node) : name, e->n, x, why));
  if (*why && !node && strncmp(name, RANDOM, strlen(RANDOM)) && strspn(name, "+#1-.0 \t\r\n") != strlen(name))
    *why = "no such pattern in the section `patterns`";
  if (!*why) HfPatternToText(e->n, x, text);
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
    PetscCall(HfDeckError(e->deck, node, "%s: %s (a pattern has %d signs, %s)", name, why, (int)e->n,
                          HfDeviceWiring(e->device) ? "from `wiring`" : "one per electrode"));
  PetscCall(PetscFree2(x, text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPatternsCheckAll(HfExperiment e) {
  HfNode root = HfDeckRoot(e->deck), patterns;

  PetscFunctionBeginUser;
  if (!HfHas(root, "patterns")) PetscFunctionReturn(0);
  patterns = HfChild(root, "patterns");
  for (PetscInt i = 0; i < HfNodeLength(patterns); ++i) PetscCall(HfPatternCheck(e, HfNodeItem(patterns, i), HfNodeName(HfNodeItem(patterns, i))));
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
  for (PetscInt k = 0; k < e->n_checked; ++k) {
    PetscInt same = 0;
    for (PetscInt i = 0; i < e->n; ++i) same += e->checked[k][i] == text[i];
    if (same == 0 || same == e->n) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}
