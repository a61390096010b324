/** @file
   hopfilm/deck.h: from a YAML deck to validated values in SI units. Knows no physics.

   One table of keys drives everything: validation, defaults, unit conversion, `hopfilm keys`, the used deck and the file attributes.
   Modules add their rows with HfKeysAdd(); the table is complete before a deck is read. Adding the same rows twice does nothing, so that two
   modules may register those of a third. Every section has a row of its own; a type without one is a section.

   The validated tree: a variant is a map of one key, also where the deck has its bare name; a list of values is a list, also where a single value
   stands for it; sections left empty are empty maps; includes have been merged in; sections with a default are present. */
#pragma once
#include <hopfilm/base.h>

#define HF_PATH_LENGTH 512 /**< of a path in the key table or in a deck, and of a quoted piece of a deck in a message */

/* ---- "did you mean": the nearest of the known words. Not collective. ---- */
/** A search for the known word nearest to an unknown one. */
typedef struct {
  const char *wanted;        /**< the unknown word */
  char best[HF_PATH_LENGTH]; /**< the nearest candidate so far, "" before the first */
  int distance;              /**< edits between the two */
} HfSuggestion;
/** Begins a search; the word is borrowed. */
void HfSuggestionStart(HfSuggestion *suggestion, const char *wanted);
/** Tries a candidate, the first `length` bytes of a text. */
void HfSuggestionTry(HfSuggestion *suggestion, const char *candidate, size_t length);
/** The end of an error message: `; did you mean "x"?`, or "" if no candidate is near. */
void HfSuggestionText(const HfSuggestion *suggestion, char text[HF_PATH_LENGTH]);

/* ---- a tree of YAML values: the deck as read, and the summary as written ---- */
/** A node of the tree. Only HfNodeParse() is collective. */
typedef struct HfNode_ *HfNode;
/** What a node is. */
typedef enum { HF_NODE_SCALAR, HF_NODE_LIST, HF_NODE_MAP } HfNodeKind;

PetscErrorCode HfNodeCreate(HfNodeKind kind, HfNode *node); /**< an empty list or map */
PetscErrorCode HfNodeDestroy(HfNode *node);                 /**< with everything below it */
HfNodeKind HfNodeGetKind(HfNode node);                      /**< scalar, list or map */
PetscInt HfNodeLength(HfNode node);                         /**< entries of a list or map; 0 for a scalar */
HfNode HfNodeItem(HfNode node, PetscInt i);                 /**< i-th value of a list or map */
const char *HfNodeName(HfNode node);                        /**< key under which the node stands in its map, "" in a list */
HfNode HfNodeFind(HfNode node, const char *path);           /**< "film.material" or "schedule.0.train"; NULL when absent */
const char *HfNodeText(HfNode node);                        /**< text of a scalar, as written */
/** Appends a number to a map, under a name, or to a list, where the name is NULL; written as %.17e. */
PetscErrorCode HfNodePutReal(HfNode node, const char *name, PetscReal value);
PetscErrorCode HfNodePutInt(HfNode node, const char *name, PetscInt64 value);                       /**< the same for an integer */
PetscErrorCode HfNodePutBool(HfNode node, const char *name, PetscBool value);                       /**< true or false */
PetscErrorCode HfNodePutText(HfNode node, const char *name, const char *value);                     /**< quoted where YAML needs it ("++--", "1") */
PetscErrorCode HfNodePutReals(HfNode node, const char *name, PetscInt n, const PetscReal values[]); /**< a flow list */
PetscErrorCode HfNodePutNode(HfNode node, const char *name, HfNode child);                          /**< takes ownership of the child */
/** Writes the tree as YAML. */
PetscErrorCode HfNodeWrite(HfNode node, FILE *file);
/** The same into a string, PetscFree()d by the caller. */
PetscErrorCode HfNodeFormat(HfNode node, char **text);
/** Reads any YAML file, such as summary.yaml, without validation. Collective. */
PetscErrorCode HfNodeParse(MPI_Comm comm, const char *path, HfNode *node);
/** The same from a text; *node is NULL when it is not YAML. */
PetscErrorCode HfNodeParseText(const char *text, HfNode *node);
/** Where two trees differ: paths below `path`, separated by ", ", appended to `list` as far as it has room. Returns their number. */
PetscInt HfNodeDifferences(HfNode before, HfNode now, const char *path, char list[], size_t size);

/* ---- the key table ---- */
/** Type of the value of a key. */
typedef enum {
  HF_TEXT,       /**< any string */
  HF_CHOICE,     /**< one of range "a|b|c" */
  HF_BOOL,       /**< true | false */
  HF_INT,        /**< integer, range as below; one of 32 bits where the range has no upper end */
  HF_INTS,       /**< list of integers; may be written in rows, [[1, 2], [3, 4]] */
  HF_NUMBER,     /**< dimensionless real */
  HF_NUMBERS,    /**< list of dimensionless reals */
  HF_QUANTITY,   /**< real with unit; a bare number is SI */
  HF_QUANTITIES, /**< list of them */
  HF_TEXTS,      /**< list of strings; a single string stands for a list of one */
  HF_SECTION,    /**< map with fixed keys, rows "path.key" */
  HF_LIST,       /**< list of maps with fixed keys, rows "path[].key" */
  HF_NAMED,      /**< map from the user's names to values, row "path.*" (any type) */
  HF_VARIANT,    /**< map with exactly one of the keys, rows "path.key"; a bare name stands for {name: {}} */
  HF_VARIANTS,   /**< list of such maps, rows "path[].key" */
  HF_TYPE,       /**< a section or variant declared under its own name "type:", given in `unit`; may be recursive */
  HF_TYPES,      /**< list of them */
  HF_FREE        /**< any map of scalars (petsc options) */
} HfKeyType;

/** A row of the key table. */
typedef struct {
  const char *path;         /**< relative to the prefix of HfKeysAdd(), e.g. "thickness"; NULL ends a table */
  HfKeyType type;           /**< of the value */
  const char *unit;         /**< "m"; alternatives as "J/m|A m" (HfUnitIndex() returns which was written); name of the type for HF_TYPE(S);
                               "file" for a text that names a file, "file:.pbm|.pgm" if it has to end in one of these; "yaml" for
                               texts that may be lists and sections, kept as their YAML text in one line */
  const char *default_text; /**< as written in a deck; NULL = required (and, for a list, not empty); "" = optional and absent; "{}" = a section filled
                               with its own defaults; "=film.material" = inherit: a section takes from there the keys it leaves out, a key the
                               value of the same name. Without meaning for the keys of a variant */
  const char *
      range; /**< ">0", ">=0", "<1", "[0,1]", "(-2,2)" in SI; choices "a|b", of which the last may end in * for anything, "a|b_*"; "" = any finite number, any text. A number or quantity may
                               have names beside its range, ">0|untrained|none": HfIsWordAt() distinguishes them from numbers */
  PetscInt count;  /**< length of a list, 0 = any */
  const char *doc; /**< one sentence */
} HfKey;

/** The key table. Not collective. */
typedef struct HfKeys_ *HfKeys;
PetscErrorCode HfKeysCreate(HfKeys *keys);  /**< an empty table */
PetscErrorCode HfKeysDestroy(HfKeys *keys); /**< the rows remain */
/** Adds rows below a prefix ("", "film", "material:", "schedule[].train"); they must outlive the table. */
PetscErrorCode HfKeysAdd(HfKeys keys, const char *prefix, const HfKey rows[]);
PetscErrorCode HfKeysPrint(HfKeys keys, FILE *file); /**< `hopfilm keys` */
/** Keys whose path holds the pattern, or matches it where it has `*` or `?`; if there are none, those whose meaning holds it. In any case of letters.
   *found: their number. */
PetscErrorCode HfKeysPrintMatching(HfKeys keys, const char *pattern, FILE *file, PetscInt *found);
PetscErrorCode HfKeysPrintManual(HfKeys keys, FILE *file); /**< every key as a list of the manual page, in troff */
/** Paths as after `--set`, one per line, "film.cell=" and "demag=none|shape|full", types written out; entries of lists have none. */
PetscErrorCode HfKeysPrintPaths(HfKeys keys, FILE *file);
void HfManualPrint(const char *text, FILE *file);              /**< a text in a line of a manual page */
PetscErrorCode HfKeysPrintJsonSchema(HfKeys keys, FILE *file); /**< `hopfilm keys --json-schema` */

/* ---- a deck ---- */
/** A validated deck. */
typedef struct HfDeck_ *HfDeck;
/** Reads the file, its `include:`s and the --set overrides ("path=value"), validates all of it against the table and fills the defaults.
   Every error is collected as FILE:LINE:COL: message; HfDeckVerdict() prints them. Collective. */
PetscErrorCode HfDeckCreate(MPI_Comm comm, HfKeys keys, const char *path, PetscInt n_set, const char *const set[], HfDeck *deck);
/** The same from a text, for tests; include paths are relative to ".". Collective. */
PetscErrorCode HfDeckCreateFromText(MPI_Comm comm, HfKeys keys, const char *text, HfDeck *deck);
/** What the files of `deck` held when it was read, which are not read again, with other overrides: the file may have changed since, or be a stream.
   Collective on comm, of ranks that have `deck`. */
PetscErrorCode HfDeckVary(HfDeck deck, MPI_Comm comm, HfKeys keys, PetscInt n_set, const char *const set[], HfDeck *varied);
PetscErrorCode HfDeckDestroy(HfDeck *deck); /**< not collective */
/** The merged deck with every default filled in and texts as written; when it is written to a file, names of files become whole paths. Borrowed. */
HfNode HfDeckRoot(HfDeck deck);
const char *HfDeckText(HfDeck deck);    /**< the deck file as the user wrote it, borrowed */
const char *HfDeckPath(HfDeck deck);    /**< of the deck file, borrowed */
MPI_Comm HfDeckComm(HfDeck deck);       /**< communicator of the ranks that read the deck */
PetscBool HfNodeNamesFile(HfNode node); /**< whether a text of the validated deck names a file */
/** Path of a file that is named in the deck, relative to the file that names it. */
PetscErrorCode HfDeckFilePath(HfDeck deck, HfNode node, char path[], size_t size);
/** An error that another module found, at the place of `node` (NULL: the deck as a whole). The same call on all ranks. */
PetscErrorCode HfDeckError(HfDeck deck, HfNode node, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(3, 4);
/** The same for a warning. */
PetscErrorCode HfDeckWarn(HfDeck deck, HfNode node, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(3, 4);
/** Number of errors so far. */
PetscInt HfDeckErrorCount(HfDeck deck);
/** The first error, in order of place, as FILE:LINE:COL: message; "" without one. Not collective. */
void HfDeckFirstError(HfDeck deck, char text[], size_t size);
/** Prints warnings and errors not printed yet (rank 0, stderr, in order of place); returns HF_ERR_DECK when there was an error. Collective. */
PetscErrorCode HfDeckVerdict(HfDeck deck);

/* ---- values of a validated section. The keys must be in the table and, unless said, present: a missing one is a programming error and
   aborts with its name. Not collective. ---- */
PetscBool HfHas(HfNode section, const char *key);                    /**< present (given or by default) */
PetscBool HfGiven(HfNode section, const char *key);                  /**< written by the user; of a single value: another one than the default */
HfNode HfChild(HfNode section, const char *key);                     /**< the node of the key, NULL when absent */
PetscReal HfReal(HfNode section, const char *key);                   /**< HF_NUMBER or HF_QUANTITY, SI, in the unit alternative that was written */
PetscInt HfUnitIndex(HfNode section, const char *key);               /**< 0 for the first alternative of `unit` */
PetscInt64 HfInteger(HfNode section, const char *key);               /**< HF_INT */
PetscBool HfFlag(HfNode section, const char *key);                   /**< HF_BOOL */
const char *HfText(HfNode section, const char *key);                 /**< HF_TEXT or HF_CHOICE, borrowed */
PetscInt HfCount(HfNode section, const char *key);                   /**< length of a list */
PetscReal HfRealAt(HfNode section, const char *key, PetscInt i);     /**< i-th of HF_NUMBERS or HF_QUANTITIES, SI */
PetscInt64 HfIntegerAt(HfNode section, const char *key, PetscInt i); /**< i-th of HF_INTS */
const char *HfTextAt(HfNode section, const char *key, PetscInt i);   /**< i-th of HF_TEXTS, borrowed */
/** Whether the i-th value is a name where a number could stand; HfTextAt() returns it, and HfRealAt() is not a number. */
PetscBool HfIsWordAt(HfNode section, const char *key, PetscInt i);
HfNode HfItem(HfNode section, const char *key, PetscInt i); /**< i-th of HF_LIST, HF_TYPES, HF_VARIANTS or HF_NAMED */
HfNode HfVariant(HfNode variant, const char **name);        /**< the one value of a variant node and its name */

/* ---- an ensemble: a deck with a section `ensemble` stands for many, its members 0 .. n-1, which differ in the keys of its axes ---- */
/** The members of a deck. Not collective but for HfEnsembleDeck(). */
typedef struct HfEnsemble_ *HfEnsemble;
/** *ensemble is NULL for a deck without the section or with errors; errors in the section are added to the deck. The same on all ranks. */
PetscErrorCode HfEnsembleCreate(HfDeck deck, HfEnsemble *ensemble);
/** Whether the deck has the section `ensemble`. Not collective. */
PetscBool HfEnsembleSettingsGiven(HfDeck deck);
PetscErrorCode HfEnsembleDestroy(HfEnsemble *ensemble);                           /**< the deck remains */
PetscInt HfEnsembleMembers(HfEnsemble ensemble);                                  /**< number of members */
PetscInt HfEnsembleRanks(HfEnsemble ensemble);                                    /**< ranks of one member */
PetscInt HfEnsembleAxes(HfEnsemble ensemble);                                     /**< number of axes */
const char *HfEnsembleKey(HfEnsemble ensemble, PetscInt axis);                    /**< the key that varies along an axis; of several, the first */
const char *HfEnsembleValue(HfEnsemble ensemble, PetscInt member, PetscInt axis); /**< the value of that key in a member */
PetscBool HfEnsembleAverages(HfEnsemble ensemble, PetscInt axis);                 /**< whether its values, such as seeds, repeat the experiment */
PetscInt HfEnsembleFigures(HfEnsemble ensemble);                                  /**< number of patterns for the figures that the table shows */
const char *HfEnsembleFigure(HfEnsemble ensemble, PetscInt k);                    /**< the k-th of these patterns */
/** The deck of one member: the ensemble's own with `set` and then the member's values put in, without the section `ensemble`. Collective on comm. */
PetscErrorCode HfEnsembleDeck(HfEnsemble ensemble, PetscInt member, MPI_Comm comm, HfKeys keys, HfDeck of, PetscInt n_set, const char *const set[],
                              HfDeck *deck);
/** Whether the stored deck of an earlier run has the values on all axes that the member's deck has now. Not collective. */
PetscErrorCode HfEnsembleCompare(HfEnsemble ensemble, HfDeck member, HfNode stored, PetscBool *same);
