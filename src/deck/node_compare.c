/* Where two trees of values differ. */
#include "deck_impl.h"
#include <float.h>
#include <stdlib.h>
#include <string.h>

/* Digits of a number that count, without its exponent. */
static PetscInt significant_digits(const char *text) {
  PetscInt n = 0;

  for (; *text && !strchr("eE", *text); ++text)
    if (*text >= '0' && *text <= '9') n += n || *text != '0';
  return n;
}

/* The same text, or the same number written differently. A text in quotes is none, such as the pattern "010"; nor is one that a number would round. */
static PetscBool same_scalar(HfNode a, HfNode b) {
  char *end_a, *end_b;
  const double x = strtod(a->text, &end_a), y = strtod(b->text, &end_b);

  if (!strcmp(a->text, b->text)) return PETSC_TRUE;
  if (a->style != HF_STYLE_PLAIN || b->style != HF_STYLE_PLAIN) return PETSC_FALSE;
  if (significant_digits(a->text) > DBL_DIG || significant_digits(b->text) > DBL_DIG) return PETSC_FALSE;
  return end_a != a->text && !*end_a && end_b != b->text && !*end_b && x == y ? PETSC_TRUE : PETSC_FALSE;
}

static PetscInt tell(const char *path, char list[], size_t size) {
  const size_t used = strlen(list);

  if (used + strlen(path) + 8 < size)
    snprintf(list + used, size - used, "%s%s", used ? ", " : "", path);
  else if (used + 5 < size && strcmp(list + used - 3, "..."))
    snprintf(list + used, size - used, " ...");
  return 1;
}

PetscInt HfNodeDifferences(HfNode before, HfNode now, const char *path, char list[], size_t size) {
  char inner[HF_PATH_LENGTH];
  PetscInt count = 0;

  if (!before && !now) return 0;
  if (!before || !now || before->kind != now->kind) return tell(path, list, size);
  if (before->kind == HF_NODE_SCALAR) return same_scalar(before, now) ? 0 : tell(path, list, size);
  if (before->kind == HF_NODE_LIST && before->n != now->n) return tell(path, list, size);
  for (PetscInt k = 0; k < before->n; ++k) {
    const PetscInt other = before->kind == HF_NODE_LIST ? k : HfNodeIndex(now, before->items[k]->name);

    if (before->kind == HF_NODE_LIST)
      snprintf(inner, sizeof inner, "%s.%d", path, (int)k);
    else
      snprintf(inner, sizeof inner, "%s.%s", path, before->items[k]->name);
    count += HfNodeDifferences(before->items[k], other >= 0 ? now->items[other] : NULL, inner, list, size);
  }
  for (PetscInt k = 0; now->kind == HF_NODE_MAP && k < now->n; ++k)
    if (HfNodeIndex(before, now->items[k]->name) < 0) {
      snprintf(inner, sizeof inner, "%s.%s", path, now->items[k]->name);
      count += tell(inner, list, size);
    }
  return count;
}
