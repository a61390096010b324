/* Ranges of numbers, ">0", ">=0", "<1", "[0,1]", "(-2,2)", choices, "a|b|c", and both, ">0|a|b". */
#include "deck_impl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A range ends with its text or where names begin. */
static PetscBool is_end(char c) { return c == '\0' || c == '|' ? PETSC_TRUE : PETSC_FALSE; }

const char *HfRangeWords(const char *text) {
  const char *bar = text ? strchr(text, '|') : NULL;
  return bar ? bar + 1 : "";
}

PetscBool HfRangeRead(const char *text, HfRange *range) {
  char *end;
  memset(range, 0, sizeof(*range));
  if (!text || is_end(*text)) return PETSC_TRUE;
  if (*text == '>' || *text == '<') {
    const PetscBool low = *text == '>' ? PETSC_TRUE : PETSC_FALSE, open = text[1] == '=' ? PETSC_FALSE : PETSC_TRUE;
    const char *number = text + (open ? 1 : 2);
    const double bound = strtod(number, &end);
    if (low)
      *range = (HfRange){bound, 0, PETSC_TRUE, PETSC_FALSE, open, PETSC_FALSE};
    else
      *range = (HfRange){0, bound, PETSC_FALSE, PETSC_TRUE, PETSC_FALSE, open};
    return end != number && is_end(*end) ? PETSC_TRUE : PETSC_FALSE;
  }
  if (*text == '[' || *text == '(') {
    const char *number = text + 1;
    range->low_open = *text == '(' ? PETSC_TRUE : PETSC_FALSE;
    range->has_low = range->has_high = PETSC_TRUE;
    range->low = strtod(number, &end);
    if (end == number || *end != ',') return PETSC_FALSE;
    number = end + 1;
    range->high = strtod(number, &end);
    if (end == number || (*end != ']' && *end != ')') || !is_end(end[1])) return PETSC_FALSE;
    range->high_open = *end == ')' ? PETSC_TRUE : PETSC_FALSE;
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

PetscBool HfRangeHolds(const HfRange *range, PetscReal value) {
  if (range->has_low && (range->low_open ? !(value > range->low) : !(value >= range->low))) return PETSC_FALSE;
  if (range->has_high && (range->high_open ? !(value < range->high) : !(value <= range->high))) return PETSC_FALSE;
  return PETSC_TRUE;
}

PetscBool HfChoiceHolds(const char *choices, const char *text) {
  const size_t length = strlen(text);
  for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL)
    if (c[strcspn(c, "*|")] == '*' ? !strncmp(c, text, strcspn(c, "*")) : strcspn(c, "|") == length && !strncmp(c, text, length)) return PETSC_TRUE;
  return PETSC_FALSE;
}

void HfChoiceDescribe(const char *choices, char text[HF_PATH_LENGTH]) {
  size_t used = 0;
  for (const char *c = choices; c && used < HF_PATH_LENGTH - 1;) {
    const char *end = c + strcspn(c, "|");
    const char *join = c == choices ? "" : !*end ? " or " : ", ";
    const int written = snprintf(text + used, HF_PATH_LENGTH - used, "%s%.*s", join, (int)(end - c), c);
    used += (size_t)written;
    c = *end ? end + 1 : NULL;
  }
}
