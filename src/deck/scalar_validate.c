/* One scalar against its row: text, choice, bool, integer, number or quantity; range; the SI value is kept in the node. */
#include "deck_impl.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static PetscErrorCode wrong(HfMessages messages, HfNode node, const char *why) {
  char label[HF_PATH_LENGTH];
  PetscFunctionBeginUser;
  if (node->inherited) PetscFunctionReturn(0); /* reported where it was written */
  HfNodeLabel(node, label);
  PetscCall(HfMessagesAdd(messages, PETSC_TRUE, HfNodePlace(node), "%s: %s", label, why));
  PetscFunctionReturn(0);
}

/* The nearest of the choices. */
static void suggest(const char *choices, const char *text, char near[HF_PATH_LENGTH]) {
  HfSuggestion suggestion;
  HfSuggestionStart(&suggestion, text);
  for (const char *c = choices; *c; c += strcspn(c, "|"), c += *c == '|') HfSuggestionTry(&suggestion, c, strcspn(c, "|"));
  HfSuggestionText(&suggestion, near);
}

static PetscErrorCode check_choice(HfMessages messages, const char *choices, HfNode node) {
  char all[HF_PATH_LENGTH], near[HF_PATH_LENGTH], why[2 * HF_PATH_LENGTH + 128];

  PetscFunctionBeginUser;
  if (HfChoiceHolds(choices, node->text)) PetscFunctionReturn(0);
  suggest(choices, node->text, near);
  HfChoiceDescribe(choices, all);
  snprintf(why, sizeof(why), "expected %s, found \"%.80s\"%s", all, node->text, near);
  PetscCall(wrong(messages, node, why));
  PetscFunctionReturn(0);
}

/* Decimal digits, or a number like 1e6 that is whole. */
static PetscBool read_integer(const char *text, PetscInt64 *value) {
  const char *rest;
  char *end;
  PetscReal real;
  const long long integer = strtoll(text, &end, 10);
  if (!HfNumberRead(text, &real, &rest) || *rest || fabs(real) > 9.2e18) return PETSC_FALSE;
  *value = *end ? (PetscInt64)real : (PetscInt64)integer;
  return *end && (PetscReal)*value != real ? PETSC_FALSE : PETSC_TRUE;
}

static PetscErrorCode check_range(HfMessages messages, const HfKey *row, HfNode node) {
  HfRange range;
  char why[HF_PATH_LENGTH], unit[64] = "", bounds[64];

  PetscFunctionBeginUser;
  if (!HfRangeRead(row->range, &range)) PetscFunctionReturn(0);
  if (HfKeyItemType(row->type) == HF_INT && !range.has_high && PetscAbsReal(node->value) > INT_MAX) {
    snprintf(why, sizeof(why), "must lie within +-%d, found %.80s", INT_MAX, node->text);
    PetscCall(wrong(messages, node, why));
  }
  if (HfRangeHolds(&range, node->value)) PetscFunctionReturn(0);
  if (row->unit && (range.low != 0.0 || range.high != 0.0)) snprintf(unit, sizeof(unit), " %.*s", (int)strcspn(row->unit, "|"), row->unit);
  snprintf(bounds, sizeof(bounds), "%.*s", (int)strcspn(row->range, "|"), row->range);
  if (row->range[0] == '>' || row->range[0] == '<') {
    const PetscBool equal = row->range[1] == '=' ? PETSC_TRUE : PETSC_FALSE;
    const char *sign = row->range[0] == '>' ? (equal ? "at least" : "greater than") : (equal ? "at most" : "less than");
    snprintf(why, sizeof(why), "must be %s %s%s, found %.80s", sign, bounds + (equal ? 2 : 1), unit, node->text);
  } else
    snprintf(why, sizeof(why), "must lie in %s%s, found %.80s", bounds, unit, node->text);
  PetscCall(wrong(messages, node, why));
  PetscFunctionReturn(0);
}

/* Values that a right unit rarely gives. mu0 H in T stands beside H in A/m where a key takes both. */
#define MOST_METRES 1e-3
#define MOST_TESLA  100.0

static PetscErrorCode warn_implausible(HfMessages messages, const HfKey *row, HfNode node) {
  const PetscBool bare = node->unit < 0 ? PETSC_TRUE : PETSC_FALSE;
  const PetscReal size = PetscAbsReal(node->value), tesla = node->unit == 1 ? size : size * HF_MU0;
  char label[HF_PATH_LENGTH];

  PetscFunctionBeginUser;
  if (!row->unit || node->inherited) PetscFunctionReturn(0);
  HfNodeLabel(node, label);
  if (bare && !strcmp(row->unit, "m") && size > MOST_METRES)
    PetscCall(HfMessagesAdd(messages, PETSC_FALSE, HfNodePlace(node), "%s: %s without a unit is in metres; \"%s nm\" may be meant", label, node->text,
                            node->text));
  if (!strcmp(row->unit, "A/m|T") && tesla > MOST_TESLA)
    PetscCall(HfMessagesAdd(messages, PETSC_FALSE, HfNodePlace(node), "%s: a field of %.3g T; magnets reach some 45 T for long: is the unit right?",
                            label, (double)tesla));
  PetscFunctionReturn(0);
}

static const char *no_number_nor_name(const char *words, const char *text, char why[HF_PATH_LENGTH]) {
  char wanted[HF_PATH_LENGTH], all[HF_PATH_LENGTH], near[HF_PATH_LENGTH];
  snprintf(wanted, sizeof(wanted), "a number|%.400s", words);
  HfChoiceDescribe(wanted, all);
  suggest(words, text, near);
  snprintf(why, HF_PATH_LENGTH, "expected %.100s, found \"%.80s\"%.200s", all, text, near);
  return why;
}

static PetscErrorCode check_number(HfKeys keys, HfMessages messages, const HfKey *row, HfNode node) {
  char why[HF_PATH_LENGTH] = "";
  const HfKeyType type = HfKeyItemType(row->type);
  const char *words = HfRangeWords(row->range), *rest;
  PetscReal number;

  PetscFunctionBeginUser;
  node->is_word = *words && HfChoiceHolds(words, node->text) ? PETSC_TRUE : PETSC_FALSE;
  if (node->is_word) {
    node->value = (PetscReal)NAN;
    PetscFunctionReturn(0);
  }
  if (type == HF_INT) {
    if (!read_integer(node->text, &node->integer)) snprintf(why, sizeof(why), "expected an integer, found \"%.80s\"", node->text);
    node->value = (PetscReal)node->integer;
  } else {
    PetscCall(HfQuantityRead(keys->units, node->text, type == HF_NUMBER ? NULL : row->unit, &node->value, &node->unit, why));
  }
  if (why[0] && *words && !HfNumberRead(node->text, &number, &rest))
    PetscCall(wrong(messages, node, no_number_nor_name(words, node->text, why)));
  else if (why[0])
    PetscCall(wrong(messages, node, why));
  else {
    PetscCall(check_range(messages, row, node));
    if (type == HF_QUANTITY) PetscCall(warn_implausible(messages, row, node));
  }
  PetscFunctionReturn(0);
}

/* unit "file", or "file:.pbm|.pgm" for texts with one of these endings. */
static PetscBool names_file(const char *unit, const char *text) {
  const char *dot = strrchr(text, '.');
  if (!unit || strncmp(unit, "file", 4)) return PETSC_FALSE;
  return !unit[4] || (unit[4] == ':' && dot && HfChoiceHolds(unit + 5, dot)) ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfLeafValidate(HfKeys keys, HfMessages messages, const HfEntry *entry, HfNode node) {
  const HfKey *row = entry->row;
  char why[HF_PATH_LENGTH], shown[HF_PATH_LENGTH];
  const char *rest;
  PetscReal number;

  PetscFunctionBeginUser;
  if (node->kind != HF_NODE_SCALAR || HfNodeIsNull(node)) {
    const char *const wanted[] = {
        [HF_TEXT] = "a text", [HF_BOOL] = "true or false", [HF_INT] = "an integer", [HF_CHOICE] = "a word", [HF_NUMBER] = "a number"};
    const HfKeyType type = HfKeyItemType(row->type);
    char quantity[HF_PATH_LENGTH];
    if (type == HF_QUANTITY)
      HfUnitDescribe(row->unit, quantity);
    else if (type == HF_CHOICE)
      HfChoiceDescribe(row->range, quantity);
    else
      snprintf(quantity, sizeof(quantity), "%s", wanted[type]);
    HfNodeShow(node, shown);
    snprintf(why, sizeof(why), "expected %.300s, found %.100s", quantity, shown);
    PetscCall(wrong(messages, node, why));
    PetscFunctionReturn(0);
  }
  switch (HfKeyItemType(row->type)) {
  case HF_TEXT:
    node->names_file = names_file(row->unit, node->text);
    if (node->style == HF_STYLE_PLAIN && HfNumberRead(node->text, &number, &rest) && !*rest)
      node->style = HF_STYLE_QUOTED; /* no reader of the stored deck takes the pattern 010 for a number */
    if (row->range && *row->range) PetscCall(check_choice(messages, row->range, node));
    break;
  case HF_CHOICE:
    PetscCall(check_choice(messages, row->range, node));
    break;
  case HF_BOOL:
    node->integer = !strcmp(node->text, "true");
    if (!node->integer && strcmp(node->text, "false")) {
      snprintf(why, sizeof(why), "expected true or false, found \"%.80s\"", node->text);
      PetscCall(wrong(messages, node, why));
    }
    break;
  default:
    PetscCall(check_number(keys, messages, row, node));
  }
  PetscFunctionReturn(0);
}
