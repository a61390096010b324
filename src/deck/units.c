/* Numbers with units, converted to SI by UDUNITS-2. A unit whose reciprocal alone converts to the required one (Hz for s) is refused. */
#include "deck_impl.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <udunits2.h>

#define UNIT_LENGTH 64

#define SMALLEST 1e-40 /* SI value but 0 */

struct HfUnits_ {
  ut_system *system;
};

PetscErrorCode HfUnitsCreate(HfUnits *units) {
  static const char *const extra[][2] = {{"deg", "degree"}, {"G", "gauss"}};

  PetscFunctionBeginUser;
  PetscCall(PetscNew(units));
  ut_set_error_message_handler(ut_ignore); /* our messages say more */
  (*units)->system = ut_read_xml(NULL);
  PetscCheck((*units)->system, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot read the database of UDUNITS-2 (set UDUNITS2_XML_PATH)");
  for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); ++i) {
    ut_unit *unit = ut_parse((*units)->system, extra[i][1], UT_UTF8);
    ut_map_symbol_to_unit(extra[i][0], UT_ASCII, unit);
    ut_free(unit);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfUnitsDestroy(HfUnits *units) {
  PetscFunctionBeginUser;
  if (*units) ut_free_system((*units)->system);
  PetscCall(PetscFree(*units));
  PetscFunctionReturn(0);
}

PetscBool HfNumberRead(const char *text, PetscReal *value, const char **rest) {
  const char *p = text;
  char *end;
  if (*p == '+' || *p == '-') p++;
  if (*p == '.') p++;
  if (!isdigit((unsigned char)*p) || (p[0] == '0' && (p[1] | 32) == 'x')) return PETSC_FALSE; /* strtod also takes nan, inf and hexadecimal */
  *value = strtod(text, &end);
  while (*end == ' ') end++;
  *rest = end;
  return PETSC_TRUE;
}

/* ---- names of what a unit measures ---- */
void HfUnitDescribe(const char *alternatives, char text[HF_PATH_LENGTH]) {
  static const char *const nouns[][2] = {{"m", "a length"},
                                         {"s", "a time"},
                                         {"V", "a voltage"},
                                         {"A", "a current"},
                                         {"K", "a temperature"},
                                         {"S/m", "a conductivity"},
                                         {"S", "a conductance"},
                                         {"Ohm", "a resistance"},
                                         {"A/m", "a field"},
                                         {"T", "a flux density"},
                                         {"A/m|T", "a field"},
                                         {"Hz", "a frequency"},
                                         {"1/s", "a frequency"},
                                         {"rad", "an angle"},
                                         {"m/s", "a velocity"},
                                         {"A/m2", "a current density"},
                                         {"A/m^2", "a current density"}};
  const char *noun = "a quantity";
  char units[HF_PATH_LENGTH];
  if (!alternatives || !*alternatives) {
    snprintf(text, HF_PATH_LENGTH, "a number");
    return;
  }
  for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]); ++i)
    if (!strcmp(nouns[i][0], alternatives)) noun = nouns[i][1];
  HfChoiceDescribe(alternatives, units);
  snprintf(text, HF_PATH_LENGTH, "%s in %.400s", noun, units);
}

/* The k-th of "J/m|A m"; NULL behind the last. */
static ut_unit *find_alternative(HfUnits units, const char *alternatives, PetscInt k) {
  char name[UNIT_LENGTH];
  const char *p = alternatives;
  for (; k > 0 && p; k--) p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL;
  if (!p) return NULL;
  snprintf(name, sizeof(name), "%.*s", (int)strcspn(p, "|"), p);
  return ut_parse(units->system, name, UT_UTF8);
}

PetscErrorCode HfUnitCheck(HfUnits units, const char *alternatives, PetscBool *known) {
  PetscInt n = 1;

  PetscFunctionBeginUser;
  *known = PETSC_TRUE;
  for (const char *p = alternatives; *p; ++p) n += *p == '|';
  for (PetscInt k = 0; k < n; ++k) {
    ut_unit *unit = find_alternative(units, alternatives, k);
    if (!unit) *known = PETSC_FALSE;
    ut_free(unit);
  }
  PetscFunctionReturn(0);
}

void HfUnitName(HfUnits units, const char *symbol, char name[], size_t size) {
  ut_unit *unit = ut_parse(units->system, symbol, UT_UTF8);
  const char *text = unit ? ut_get_name(unit, UT_ASCII) : NULL;
  snprintf(name, size, "%s", text ? text : "");
  ut_free(unit);
}

/* SI value of `value` in unit `from`; false when `to` measures something else. A reciprocal falls where a conversion rises. */
static PetscBool convert(ut_unit *from, ut_unit *to, PetscReal value, PetscReal *converted) {
  cv_converter *converter;
  PetscBool rises;
  if (!ut_are_convertible(from, to)) return PETSC_FALSE;
  converter = ut_get_converter(from, to);
  if (!converter) return PETSC_FALSE;
  rises = cv_convert_double(converter, 2.0) > cv_convert_double(converter, 1.0) ? PETSC_TRUE : PETSC_FALSE;
  *converted = cv_convert_double(converter, value);
  cv_free(converter);
  return rises;
}

/* UDUNITS takes factors and dates inside units ("2 nm", "s since 1970"); in a deck they are mistakes. */
static PetscBool looks_like_unit(const char *unit) {
  const char *p = unit;
  if (p[0] == '1' && p[1] == '/') p += 2;
  if (isdigit((unsigned char)*p) || strchr("+-.@", *p) || strchr(p, '@')) return PETSC_FALSE;
  for (; *p; ++p)
    if (p > unit && (p[-1] == ' ' || p[-1] == '*') && (isdigit((unsigned char)*p) || *p == '+')) return PETSC_FALSE;
  return PETSC_TRUE;
}

PetscErrorCode HfQuantityRead(HfUnits units, const char *text, const char *alternatives, PetscReal *value, PetscInt *alternative,
                              char why[HF_PATH_LENGTH]) {
  const char *unit;
  char wanted[HF_PATH_LENGTH], name[UNIT_LENGTH];
  PetscReal number = 0.0;
  ut_unit *from = NULL;
  PetscBool found = PETSC_FALSE;
  size_t length;

  PetscFunctionBeginUser;
  why[0] = '\0';
  *value = 0.0;
  *alternative = 0;
  HfUnitDescribe(alternatives, wanted);
  if (!HfNumberRead(text, &number, &unit)) {
    const char *word = text + (*text == '+' || *text == '-') + (text[strspn(text, "+-")] == '.');
    const PetscBool special = !strncasecmp(word, "nan", 3) || !strncasecmp(word, "inf", 3) ? PETSC_TRUE : PETSC_FALSE;
    if (special)
      snprintf(why, HF_PATH_LENGTH, "\"%.80s\" is not finite (expected %.300s)", text, wanted);
    else
      snprintf(why, HF_PATH_LENGTH, "\"%.80s\" is not %.300s", text, wanted);
    PetscFunctionReturn(0);
  }
  for (length = strlen(unit); length && unit[length - 1] == ' ';) length--;
  snprintf(name, sizeof(name), "%.*s", (int)length, unit);
  if (!name[0]) {
    *value = number;
    *alternative = -1;
  } else if (!alternatives || !*alternatives) {
    if (strcmp(name, "%")) snprintf(why, HF_PATH_LENGTH, "\"%.80s\" has a unit, but a plain number is expected", text);
    *value = number / 100.0;
  } else {
    if (length < sizeof(name) && looks_like_unit(name)) from = ut_parse(units->system, name, UT_UTF8);
    if (!from) snprintf(why, HF_PATH_LENGTH, "unknown unit \"%s\" (expected %.300s)", name, wanted);
    for (PetscInt k = 0; from && !found; ++k) {
      ut_unit *to = find_alternative(units, alternatives, k);
      if (!to) break;
      found = convert(from, to, number, value);
      if (found) *alternative = k;
      ut_free(to);
    }
    if (from && !found) {
      char noun[HF_PATH_LENGTH];
      snprintf(noun, sizeof(noun), "%.*s", (int)(strstr(wanted, " in ") - wanted), wanted);
      if (!strcmp(noun, "a quantity"))
        snprintf(why, HF_PATH_LENGTH, "\"%.80s\" is not %.300s", text, wanted);
      else
        snprintf(why, HF_PATH_LENGTH, "\"%.80s\" is not %.100s (expected a quantity%.200s)", text, noun, strstr(wanted, " in "));
    }
    ut_free(from);
  }
  if (!why[0] && !(PetscAbsReal(*value) <= HF_LARGEST_VALUE))
    snprintf(why, HF_PATH_LENGTH, "\"%.80s\" is too large to compute with: in SI units numbers reach up to %g", text, (double)HF_LARGEST_VALUE);
  else if (!why[0] && *value != 0 && PetscAbsReal(*value) < SMALLEST)
    snprintf(why, HF_PATH_LENGTH, "\"%.80s\" is too small to compute with: in SI units numbers are 0, or %g and more", text, (double)SMALLEST);
  PetscFunctionReturn(0);
}
