/* What the files of src/deck share. */
#pragma once
#include <hopfilm/deck.h>
#include <stdarg.h>

/* ---- messages.c: errors and warnings with their place ---- */
typedef struct HfMessages_ *HfMessages;
typedef struct {
  const char *file;      /* "deck.yaml", or "--set path=value" */
  PetscInt line, column; /* from 1; line 0: the file as a whole */
} HfPlace;
PetscErrorCode HfMessagesCreate(HfMessages *messages);
PetscErrorCode HfMessagesDestroy(HfMessages *messages);
/* The same message at the same place is kept once. */
PetscErrorCode HfMessagesAdd(HfMessages messages, PetscBool error, HfPlace place, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(4, 5);
PetscErrorCode HfMessagesAddV(HfMessages messages, PetscBool error, HfPlace place, const char *format, va_list arguments);
PetscInt HfMessagesErrorCount(HfMessages messages);
void HfMessagesFirstError(HfMessages messages, const char *first_file, char text[], size_t size); /* "" without an error */
PetscErrorCode HfMessagesPrint(HfMessages messages, MPI_Comm comm, const char *first_file);       /* those not printed yet, first_file first */

/* ---- node.c: the tree ---- */
typedef enum { HF_STYLE_PLAIN, HF_STYLE_QUOTED, HF_STYLE_BLOCK } HfTextStyle;
struct HfNode_ {
  HfNodeKind kind;
  HfTextStyle style; /* of a scalar */
  HfNode parent;
  char *name, *text, *file; /* name "" in a list; text of a scalar */
  PetscInt line, column, name_line, name_column;
  PetscInt n, room;
  HfNode *items;
  PetscBool given;      /* written by the user, and not the default, which stands in the deck that a run stores */
  PetscBool inherited;  /* copied from another section by "=path" */
  PetscBool names_file; /* validated as the name of a file ... */
  char *full_path;      /* ... which is written with its whole path, so that the used deck finds it from any folder */
  PetscReal value;      /* a validated scalar in SI */
  PetscInt64 integer;   /* a validated integer or bool */
  PetscBool is_word;    /* one of the names that the row's range allows beside numbers */
  PetscInt unit;        /* alternative of the unit that was written; -1 while validating: a bare number */
};
PetscErrorCode HfNodeNew(HfNodeKind kind, HfPlace place, HfNode *node);
PetscErrorCode HfNodeSetText(HfNode node, const char *text, size_t length, HfTextStyle style);
PetscErrorCode HfNodeAppend(HfNode parent, const char *name, HfNode child); /* takes ownership */
PetscErrorCode HfNodeRemove(HfNode parent, PetscInt i);
PetscErrorCode HfNodeReplace(HfNode parent, PetscInt i, HfNode child); /* keeps the name; takes ownership of child */
PetscErrorCode HfNodeClone(HfNode node, HfNode *copy);
PetscErrorCode HfNodeWrapInList(HfNode parent, PetscInt i);   /* x becomes [x] */
PetscErrorCode HfNodeJoinRows(HfNode list);                   /* [[a, b], [c, d]] becomes [a, b, c, d]; nothing when an item is no list */
PetscErrorCode HfNodeBecomeMap(HfNode node, const char *key); /* a scalar becomes an empty map, or {key: {}} */
PetscErrorCode HfNodeBecomeText(HfNode node);                 /* yaml_write.c: a list or section becomes its own YAML text, in one line */
void HfNodeSetDefault(HfNode node, HfNode section);           /* not given; its place is the section's */
PetscInt HfNodeIndex(HfNode map, const char *name);           /* -1 when absent */
PetscBool HfNodeIsNull(HfNode node);                          /* nothing written, ~ or null */
HfPlace HfNodePlace(HfNode node);                             /* of a scalar's text; of a section's or list's key */
HfPlace HfNodeNamePlace(HfNode node);
void HfNodeLabel(HfNode node, char label[HF_PATH_LENGTH]); /* "schedule.0.train.voltage" */
void HfNodeShow(HfNode node, char text[HF_PATH_LENGTH]);   /* its text in quotes, cut short; "a section", "a list" */

/* ---- yaml_read.c ---- */
/* Adds errors to messages; *root is NULL when the text is no YAML. first_column shifts the columns of line 1 (0 for a file). */
PetscErrorCode HfYamlRead(const char *text, size_t length, const char *file, PetscInt first_column, HfMessages messages, HfNode *root);

/* ---- units.c: numbers with units, by UDUNITS-2 ---- */
#define HF_LARGEST_VALUE 1e30 /* in SI units: far beyond what a film can have, and such that products of several stay finite */
typedef struct HfUnits_ *HfUnits;
PetscErrorCode HfUnitsCreate(HfUnits *units);
PetscErrorCode HfUnitsDestroy(HfUnits *units);
PetscBool HfNumberRead(const char *text, PetscReal *value, const char **rest); /* a decimal number; rest: what follows it and its blanks */
/* "5 nm" in SI; alternatives "J/m|A m" or NULL for a plain number. *alternative: the one that was written, -1 for a bare number.
   *why: "" or what is wrong. */
PetscErrorCode HfQuantityRead(HfUnits units, const char *text, const char *alternatives, PetscReal *value, PetscInt *alternative,
                              char why[HF_PATH_LENGTH]);
PetscErrorCode HfUnitCheck(HfUnits units, const char *alternatives, PetscBool *known);
void HfUnitDescribe(const char *alternatives, char text[HF_PATH_LENGTH]); /* "a length in m", "a quantity in J/m or A m" */

void HfUnitName(HfUnits units, const char *symbol, char name[], size_t size); /* "meter" for "m"; "" when it has none */
/* unit_patterns.c: a regular expression of the quantities that HfQuantityRead() takes, as far as they are written in common units; in pieces. */
PetscErrorCode HfUnitPattern(HfUnits units, const char *alternatives, void (*put)(FILE *file, const char *text), FILE *file);

/* ---- range.c: ">0", "[0,1]", "a|b" ---- */
typedef struct {
  PetscReal low, high;
  PetscBool has_low, has_high, low_open, high_open;
} HfRange;
PetscBool HfRangeRead(const char *text, HfRange *range); /* what stands before the first | */
const char *HfRangeWords(const char *text);              /* what stands behind it, "a|b", or "" */
PetscBool HfRangeHolds(const HfRange *range, PetscReal value);
PetscBool HfChoiceHolds(const char *choices, const char *text);
void HfChoiceDescribe(const char *choices, char text[HF_PATH_LENGTH]); /* "a, b or c" */

/* ---- keys.c: the table ---- */
typedef struct {
  char *path;       /* "film.cell", "schedule[].train.voltage", "shape:disk.diameter", "patterns.*" */
  size_t parent;    /* path[0..parent) is the parent: "film", "schedule[].train", "shape:disk", "patterns"; 0 at the top */
  const char *name; /* the rest: "cell", "voltage", "diameter", "*" */
  const HfKey *row;
} HfEntry;
struct HfKeys_ {
  PetscInt n, room;
  HfEntry *entries;
  HfUnits units;
};
/* What stands behind a key: how to read its value and where the rows of its children are. */
typedef struct {
  enum { HF_FORM_LEAF, HF_FORM_LEAVES, HF_FORM_SECTION, HF_FORM_VARIANT, HF_FORM_LIST, HF_FORM_NAMED, HF_FORM_FREE } kind, item; /* item of a list */
  char children[HF_PATH_LENGTH]; /* parent of the rows of the children, or of the children of each item */
} HfForm;
const HfEntry *HfKeysFind(HfKeys keys, const char *parent, const char *name); /* "*" rows stand for any name */
const HfEntry *HfKeysNext(HfKeys keys, const char *parent, PetscInt *i);      /* children one by one, *i = 0 first; NULL at the end */
void HfKeysForm(HfKeys keys, const HfEntry *entry, HfForm *form);
HfKeyType HfKeyItemType(HfKeyType type); /* HF_INT for HF_INTS, ... */
const char *HfKeyTypeName(HfKeyType type);

/* ---- key_table_print.c, key_table_views.c: the table for people, manual page and shells ---- */
enum { HF_CELL_PATH, HF_CELL_TYPE, HF_CELL_UNIT, HF_CELL_DEFAULT, HF_CELL_RANGE, HF_CELL_MEANING, HF_N_CELLS };
typedef char HfCells[HF_N_CELLS][HF_PATH_LENGTH]; /* "-" where there is nothing to say */
void HfKeyCells(const HfEntry *entry, PetscBool in_variant, HfCells row);
typedef PetscErrorCode HfKeyVisitor(void *context, const HfEntry *entry, PetscBool in_variant);
PetscErrorCode HfKeysVisit(HfKeys keys, HfKeyVisitor *visit, void *context); /* every key, a section's keys below it; then the types */

/* ---- root_keys.c ---- */
PetscErrorCode HfDeckRegisterKeys(HfKeys keys);

/* ---- ensemble_members.c ---- */
PetscErrorCode HfEnsembleRegisterKeys(HfKeys keys);

/* ---- validate.c, scalar_validate.c ---- */
PetscErrorCode HfDeckValidate(HfKeys keys, HfMessages messages, HfNode root); /* checks, fills defaults, stores SI values */
PetscErrorCode HfLeafValidate(HfKeys keys, HfMessages messages, const HfEntry *entry, HfNode node);

/* ---- defaults.c ---- */
PetscErrorCode HfDefaultFill(HfKeys keys, HfNode root, const HfEntry *entry, HfNode section); /* adds the key that section leaves out */
PetscErrorCode HfDefaultInherit(HfNode root, const HfEntry *entry, HfNode node);              /* adds the keys that node leaves out */

/* ---- include.c, deck_merge.c, overrides.c ---- */
PetscErrorCode HfDeckLoad(MPI_Comm comm, HfKeys keys, HfMessages messages, const char *file, const char *text, size_t length,
                          HfNode *root);                                             /* parses, merges its includes; NULL when it cannot be read */
PetscErrorCode HfNodeMerge(HfKeys keys, const char *path, HfNode base, HfNode over); /* over wins and is emptied */
PetscErrorCode HfDeckOverride(HfKeys keys, HfMessages messages, HfNode root, const char *set);
PetscBool HfPathIsWhole(const char *path, size_t length);                          /* names with one dot between two of them, as after --set */
void HfFileRelative(const char *file, const char *name, char path[], size_t size); /* name as seen from the folder of file */
void HfFileNormalize(const char *path, char out[PETSC_MAX_PATH_LEN]);              /* without "." and "x/.." */
