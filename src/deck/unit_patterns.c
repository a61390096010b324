/* Quantities as regular expressions, for the JSON schema. UDUNITS-2 takes any product of powers; a pattern can only list them. So common units are put
   together in common ways, and those that HfQuantityRead() takes for the key are listed, with prefixes. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

/* UDUNITS-2 tells the long name of each. */
static const struct {
  const char *symbol;
  PetscBool prefixed; /* takes n, u, m, k, ... */
} atoms[] = {{"m", PETSC_TRUE},      {"s", PETSC_TRUE},       {"A", PETSC_TRUE},       {"T", PETSC_TRUE},    {"Oe", PETSC_TRUE},  {"G", PETSC_TRUE},
             {"V", PETSC_TRUE},      {"K", PETSC_TRUE},       {"J", PETSC_TRUE},       {"N", PETSC_TRUE},    {"W", PETSC_TRUE},   {"S", PETSC_TRUE},
             {"Hz", PETSC_TRUE},     {"Wb", PETSC_TRUE},      {"eV", PETSC_TRUE},      {"erg", PETSC_TRUE},  {"rad", PETSC_TRUE}, {"ohm", PETSC_TRUE},
             {"C", PETSC_TRUE},      {"H", PETSC_TRUE},       {"deg", PETSC_FALSE},    {"min", PETSC_FALSE}, {"h", PETSC_FALSE},  {"%", PETSC_FALSE},
             {"gauss", PETSC_FALSE}, {"degree", PETSC_FALSE}, {"degrees", PETSC_FALSE}};
enum { N_ATOMS = sizeof atoms / sizeof atoms[0] };
#define NUMBER   "(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?"
#define PREFIX   "(?:[yzafpnumcdhkMGTPEZY\u00b5\u03bc]|da)?"
#define PREFIXES "(?:pico|nano|micro|milli|centi|kilo|mega|giga|tera)?"
#define POWER    "(?:\\^|\\*\\*)?"

typedef struct {
  HfUnits units;
  const char *wanted;
  void (*put)(FILE *file, const char *text);
  FILE *file;
  PetscBool any;
} Lister;

static void put_atom(const Lister *lister, int k) {
  char name[64];
  lister->put(lister->file, "(?:");
  if (atoms[k].prefixed) lister->put(lister->file, PREFIX);
  lister->put(lister->file, !strcmp(atoms[k].symbol, "ohm") ? "(?:[Oo]hm|\u03a9)" : atoms[k].symbol);
  HfUnitName(lister->units, atoms[k].symbol, name, sizeof name);
  if (name[0] && strcmp(name, atoms[k].symbol)) {
    lister->put(lister->file, atoms[k].prefixed ? "|" PREFIXES : "|");
    lister->put(lister->file, name);
    lister->put(lister->file, "s?");
  }
  lister->put(lister->file, ")");
}

/* Whether a key of this unit takes such a value; then an alternative of the pattern begins. */
static PetscErrorCode is_wanted(Lister *lister, const char *unit, PetscBool *wanted) {
  char text[64], why[HF_PATH_LENGTH];
  PetscReal value;
  PetscInt alternative;

  PetscFunctionBeginUser;
  snprintf(text, sizeof text, "2 %s", unit);
  PetscCall(HfQuantityRead(lister->units, text, lister->wanted, &value, &alternative, why));
  *wanted = why[0] ? PETSC_FALSE : PETSC_TRUE;
  if (*wanted && lister->any) lister->put(lister->file, "|");
  if (*wanted) lister->any = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* X, X/Y, X Y, and with powers 2 and 3 of Y, X/Y2 and X Y-2. */
static PetscErrorCode list_pairs(Lister *lister, int i, int j) {
  static const char *const digits[] = {"0", "1", "2", "3"};
  char unit[64];
  PetscBool wanted;

  PetscFunctionBeginUser;
  for (int power = 1; power <= 3; ++power) {
    snprintf(unit, sizeof unit, power == 1 ? "%s/%s" : "%s/%s%d", atoms[i].symbol, atoms[j].symbol, power);
    PetscCall(is_wanted(lister, unit, &wanted));
    if (!wanted) continue;
    put_atom(lister, i);
    lister->put(lister->file, "(?: ?/ ?");
    put_atom(lister, j);
    if (power > 1) {
      lister->put(lister->file, "(?:" POWER);
      lister->put(lister->file, digits[power]);
      lister->put(lister->file, power == 2 ? "|\u00b2)" : "|\u00b3)");
    }
    lister->put(lister->file, "|[ .*]");
    put_atom(lister, j);
    lister->put(lister->file, POWER "-");
    lister->put(lister->file, digits[power]);
    lister->put(lister->file, ")");
  }
  snprintf(unit, sizeof unit, "%s %s", atoms[i].symbol, atoms[j].symbol);
  PetscCall(is_wanted(lister, unit, &wanted));
  if (wanted) {
    put_atom(lister, i);
    lister->put(lister->file, "[ .*]");
    put_atom(lister, j);
  }
  PetscFunctionReturn(0);
}

/* X/(Y Z) */
static PetscErrorCode list_triple(Lister *lister, int i, int j, int k) {
  char unit[64];
  PetscBool wanted;

  PetscFunctionBeginUser;
  snprintf(unit, sizeof unit, "%s/(%s %s)", atoms[i].symbol, atoms[j].symbol, atoms[k].symbol);
  PetscCall(is_wanted(lister, unit, &wanted));
  if (!wanted) PetscFunctionReturn(0);
  put_atom(lister, i);
  lister->put(lister->file, " ?/ ?(?:\\(");
  put_atom(lister, j);
  lister->put(lister->file, "[ .*]");
  put_atom(lister, k);
  lister->put(lister->file, "\\)|");
  put_atom(lister, j);
  lister->put(lister->file, " ?/ ?");
  put_atom(lister, k);
  lister->put(lister->file, ")");
  PetscFunctionReturn(0);
}

PetscErrorCode HfUnitPattern(HfUnits units, const char *alternatives, void (*put)(FILE *file, const char *text), FILE *file) {
  Lister lister = {units, alternatives, put, file, PETSC_FALSE};
  const PetscBool triples = alternatives && strchr(alternatives, '(') ? PETSC_TRUE : PETSC_FALSE;
  PetscBool wanted;

  PetscFunctionBeginUser;
  put(file, "^[-+]?" NUMBER " *(?:");
  if (!alternatives) put(file, "%");
  for (int i = 0; alternatives && i < N_ATOMS; ++i) {
    PetscCall(is_wanted(&lister, atoms[i].symbol, &wanted));
    if (wanted) put_atom(&lister, i);
    for (int j = 0; j < N_ATOMS; ++j) {
      if (j != i) PetscCall(list_pairs(&lister, i, j));
      for (int k = 0; triples && j != i && k < N_ATOMS; ++k)
        if (k != i && k != j) PetscCall(list_triple(&lister, i, j, k));
    }
  }
  put(file, ")? *$");
  PetscFunctionReturn(0);
}
