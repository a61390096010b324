/* `hopfilm keys --json-schema`: the same table for editors, as JSON Schema draft 2020-12. A type of the table is an entry of $defs, so that recursive
   types stay finite; so is the pattern of a unit. A deck may take required keys from what it includes, and a file to be included need not have them: where
   maps are merged they are required of decks with a schedule and without `include` alone. Lists are not merged: their entries are complete. */
#include "deck_impl.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* whole: required keys are required; else this map is merged with that of an include, or inherits. */
static void object(FILE *file, HfKeys keys, const char *children, PetscBool whole);
static void value(FILE *file, HfKeys keys, const HfEntry *entry, PetscBool whole);

static void text(FILE *file, const char *text, size_t length) {
  fputc('"', file);
  for (size_t i = 0; i < length; ++i) {
    const unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\')
      fprintf(file, "\\%c", c);
    else if (c < 0x20)
      fprintf(file, "\\u%04x", c);
    else
      fputc(c, file);
  }
  fputc('"', file);
}

/* "a|b|c*", where the last ones may end in * for anything. */
static void choices(FILE *file, const char *choices) {
  const char *any = NULL;

  if (strchr(choices, '*')) fputs("{\"anyOf\": [", file);
  fputs("{\"enum\": [", file);
  for (const char *c = choices; *c;) {
    const size_t length = strcspn(c, "|");
    HfRange number;
    const char *rest;
    if (c[length - 1] == '*') {
      any = c;
      break;
    }
    if (c != choices) fputs(", ", file);
    text(file, c, length);
    if (HfNumberRead(c, &number.low, &rest) && (*rest == '|' || !*rest)) fprintf(file, ", %.*s", (int)length, c); /* 1 as well as "1" */
    c += length;
    c += *c == '|';
  }
  fputs("]}", file);
  for (const char *c = any; c && *c; c += strcspn(c, "|"), c += *c == '|')
    fprintf(file, ", {\"type\": \"string\", \"pattern\": \"^%.*s\"}", (int)strcspn(c, "*"), c);
  if (any) fputs("]}", file);
}

/* Without quotes around it. */
static void piece(FILE *file, const char *words) {
  for (; *words; ++words) {
    if (*words == '"' || *words == '\\') fputc('\\', file);
    fputc(*words, file);
  }
}

static void number(FILE *file, const char *type, const char *text) {
  const PetscBool integer = (PetscBool)!strcmp(type, "integer");
  HfRange range = {0};
  fprintf(file, "{\"type\": \"%s\"", type);
  if (HfRangeRead(text, &range)) {
    if (range.has_low) fprintf(file, ", \"%s\": %.17g", range.low_open ? "exclusiveMinimum" : "minimum", (double)range.low);
    if (range.has_high) fprintf(file, ", \"%s\": %.17g", range.high_open ? "exclusiveMaximum" : "maximum", (double)range.high);
  }
  if (!range.has_low) fprintf(file, ", \"minimum\": %.17g", integer ? -INT_MAX : -HF_LARGEST_VALUE);
  if (!range.has_high) fprintf(file, ", \"maximum\": %.17g", integer ? INT_MAX : HF_LARGEST_VALUE);
  fputc('}', file);
}

/* The entry of $defs with the pattern of the row's quantities: the index of the first key that has this unit, -1: plain numbers. */
static PetscInt quantity_index(HfKeys keys, const HfKey *row) {
  PetscInt i = 0;
  if (HfKeyItemType(row->type) != HF_QUANTITY) return -1;
  while (HfKeyItemType(keys->entries[i].row->type) != HF_QUANTITY || strcmp(keys->entries[i].row->unit, row->unit)) ++i;
  return i;
}

/* A number written as a text, with its unit. Of its range the sign alone can be seen. */
static void quantity(FILE *file, HfKeys keys, const HfKey *row) {
  const PetscInt index = quantity_index(keys, row);
  HfRange range;
  if (index < 0)
    fputs("{\"$ref\": \"#/$defs/number\"", file);
  else
    fprintf(file, "{\"$ref\": \"#/$defs/quantity-%d\"", (int)index);
  if (HfRangeRead(row->range, &range) && range.has_low && range.low >= 0) {
    const PetscBool positive = range.low > 0 || range.low_open ? PETSC_TRUE : PETSC_FALSE;
    fputs(positive ? ", \"pattern\": \"^[+]?[.0-9]*[1-9]\"" : ", \"pattern\": \"^[^-]\"", file);
  }
  fputc('}', file);
}

/* A single value of the row's type. */
static void leaf(FILE *file, HfKeys keys, const HfKey *row) {
  switch (HfKeyItemType(row->type)) {
  case HF_CHOICE:
    choices(file, row->range);
    break;
  case HF_BOOL:
    fputs("{\"type\": \"boolean\"}", file);
    break;
  case HF_INT:
    number(file, "integer", row->range);
    break;
  case HF_NUMBER:
  case HF_QUANTITY:
    fputs("{\"anyOf\": [", file);
    number(file, "number", row->range);
    if (*HfRangeWords(row->range)) {
      fputs(", ", file);
      choices(file, HfRangeWords(row->range));
    }
    fputs(", ", file);
    quantity(file, keys, row);
    fputs("]}", file);
    break;
  default:
    if (row->range && *row->range)
      choices(file, row->range);
    else if (row->unit && !strcmp(row->unit, "yaml"))
      fputs("true", file); /* a value of another key, of any kind */
    else
      fputs("{\"type\": [\"string\", \"number\", \"boolean\"]}", file); /* an unquoted 1 or true is text, too */
  }
}

static void counts(FILE *file, const HfKey *row) {
  if (row->count)
    fprintf(file, ", \"minItems\": %d, \"maxItems\": %d", (int)row->count, (int)row->count);
  else if (!row->default_text)
    fputs(", \"minItems\": 1", file);
}

/* One of the rows: {name: value}, or the bare name. */
static void write_variant(FILE *file, HfKeys keys, const char *children) {
  PetscInt i = 0;
  const char *comma = "";
  fputs("{\"oneOf\": [", file);
  for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
    fputs("{\"type\": \"object\", \"properties\": {", file);
    text(file, entry->name, strlen(entry->name));
    fputs(": ", file);
    value(file, keys, entry, PETSC_TRUE);
    fputs("}, \"required\": [", file);
    text(file, entry->name, strlen(entry->name));
    fputs("], \"additionalProperties\": false}, ", file);
  }
  fputs("{\"enum\": [", file);
  i = 0;
  for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
    fputs(comma, file);
    text(file, entry->name, strlen(entry->name));
    comma = ", ";
  }
  fputs("]}]}", file);
}

static PetscBool inherits(const HfEntry *entry) { return entry->row->default_text && entry->row->default_text[0] == '=' ? PETSC_TRUE : PETSC_FALSE; }

static void write_form(FILE *file, HfKeys keys, int kind, const char *children, const HfEntry *entry, PetscBool whole) {
  switch (kind) {
  case HF_FORM_SECTION:
    object(file, keys, children, whole && !inherits(entry));
    break;
  case HF_FORM_VARIANT:
    write_variant(file, keys, children);
    break;
  case HF_FORM_FREE:
    fputs("{\"type\": [\"object\", \"null\"], \"additionalProperties\": {\"type\": [\"string\", \"number\", \"boolean\", \"null\"]}}", file);
    break;
  default:
    leaf(file, keys, entry->row);
  }
}

static void value(FILE *file, HfKeys keys, const HfEntry *entry, PetscBool whole) {
  const HfKey *row = entry->row;
  const PetscBool typed = row->type == HF_TYPE || row->type == HF_TYPES ? PETSC_TRUE : PETSC_FALSE;
  char description[2 * HF_PATH_LENGTH], wanted[HF_PATH_LENGTH];
  HfForm form;

  HfKeysForm(keys, entry, &form);
  snprintf(description, sizeof(description), "%s", row->doc);
  if (HfKeyItemType(row->type) == HF_QUANTITY) {
    HfUnitDescribe(row->unit, wanted);
    snprintf(description, sizeof(description), "%s (%s)", row->doc, wanted);
  }
  fputs("{\"description\": ", file);
  text(file, description, strlen(description));
  if (row->default_text && *row->default_text && *row->default_text != '=') {
    fputs(", \"$comment\": ", file);
    snprintf(description, sizeof(description), "default: %s", row->default_text);
    text(file, description, strlen(description));
  }
  fputs(", \"allOf\": [", file);
  if (form.kind == HF_FORM_LEAVES) {
    fputs("{\"anyOf\": [", file);
    if (!row->count || row->count == 1) {
      leaf(file, keys, row);
      fputs(", ", file);
    }
    fputs("{\"type\": \"array\", \"items\": ", file);
    leaf(file, keys, row);
    counts(file, row);
    fputc('}', file);
    if (row->type == HF_INTS) { /* in rows */
      fputs(", {\"type\": \"array\", \"items\": {\"type\": \"array\", \"items\": ", file);
      leaf(file, keys, row);
      fputs("}}", file);
    }
    fputs("]}", file);
  } else if (form.kind == HF_FORM_LIST) {
    fputs("{\"type\": \"array\", \"items\": ", file);
    if (typed)
      fprintf(file, "{\"$ref\": \"#/$defs/%.*s\"}", (int)strcspn(row->unit, ":"), row->unit);
    else
      write_form(file, keys, (int)form.item, form.children, entry, PETSC_TRUE);
    counts(file, row);
    fputc('}', file);
  } else if (form.kind == HF_FORM_NAMED) {
    const HfEntry *any = HfKeysFind(keys, form.children, "*");
    fputs("{\"type\": [\"object\", \"null\"], \"additionalProperties\": ", file);
    if (any)
      value(file, keys, any, PETSC_TRUE);
    else
      fputs("true", file);
    fputc('}', file);
  } else if (typed) {
    if (form.kind == HF_FORM_SECTION && (!whole || inherits(entry)))
      object(file, keys, form.children, PETSC_FALSE);
    else
      fprintf(file, "{\"$ref\": \"#/$defs/%.*s\"}", (int)strcspn(row->unit, ":"), row->unit);
  } else
    write_form(file, keys, (int)form.kind, form.children, entry, whole);
  fputs("]}", file);
}

/* "required": [...]; true if there are any. */
static PetscBool write_required(FILE *file, HfKeys keys, const char *children, const char *before) {
  PetscInt i = 0;
  PetscBool any = PETSC_FALSE;
  for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
    if (entry->row->default_text || !strcmp(entry->name, "*")) continue;
    fputs(any ? ", " : before, file);
    if (!any) fputs("\"required\": [", file);
    text(file, entry->name, strlen(entry->name));
    any = PETSC_TRUE;
  }
  if (any) fputs("]", file);
  return any;
}

static void object(FILE *file, HfKeys keys, const char *children, PetscBool whole) {
  PetscInt i = 0;
  const char *comma = "";
  PetscBool required = PETSC_FALSE;
  for (const HfEntry *entry; whole && (entry = HfKeysNext(keys, children, &i));)
    if (!entry->row->default_text && strcmp(entry->name, "*")) required = PETSC_TRUE;
  fputs(required ? "{\"type\": [\"object\"]" : "{\"type\": [\"object\", \"null\"]", file);
  fputs(", \"additionalProperties\": false, \"properties\": {", file);
  i = 0;
  for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
    fputs(comma, file);
    fputs("\n", file);
    text(file, entry->name, strlen(entry->name));
    fputs(": ", file);
    value(file, keys, entry, whole);
    comma = ",";
  }
  fputs("}", file);
  if (whole) write_required(file, keys, children, ", ");
  fputs("}", file);
}

enum { MOST_LEVELS = 8 }; /* a type may contain itself */

/* What is required of a map and of the maps in it. */
static void requirements(FILE *file, HfKeys keys, const char *children, int level) {
  PetscInt i = 0;
  const char *comma = "";
  fputs("{\"properties\": {", file);
  for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
    HfForm form;
    HfKeysForm(keys, entry, &form);
    if (form.kind != HF_FORM_SECTION || inherits(entry) || level == MOST_LEVELS) continue;
    fputs(comma, file);
    text(file, entry->name, strlen(entry->name));
    fputs(": ", file);
    requirements(file, keys, form.children, level + 1);
    comma = ", ";
  }
  fputs("}", file);
  write_required(file, keys, children, ", ");
  fputs("}", file);
}

/* The patterns of all units, after the types in $defs. */
static PetscErrorCode patterns(FILE *file, HfKeys keys) {
  PetscFunctionBeginUser;
  for (PetscInt i = -1; i < keys->n; ++i) {
    const HfKey *row = i < 0 ? NULL : keys->entries[i].row;
    char description[HF_PATH_LENGTH];
    if (row && quantity_index(keys, row) != i) continue;
    if (row)
      HfUnitDescribe(row->unit, description);
    else
      snprintf(description, sizeof(description), "a number");
    fprintf(file, row ? ",\n\"quantity-%d\": " : ",\n\"number\": ", (int)i);
    fputs("{\"type\": \"string\", \"description\": ", file);
    text(file, description, strlen(description));
    fputs(", \"allOf\": [{\"pattern\": \"", file);
    PetscCall(HfUnitPattern(keys->units, row ? row->unit : NULL, piece, file));
    fputs("\"}]}", file);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfKeysPrintJsonSchema(HfKeys keys, FILE *file) {
  const char *comma = "";

  PetscFunctionBeginUser;
  fputs("{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"title\": \"hopfilm deck\", \"$defs\": {", file);
  for (PetscInt i = 0; i < keys->n; ++i) {
    const char *path = keys->entries[i].path, *colon = strchr(path, ':');
    PetscBool seen = PETSC_FALSE, variant = PETSC_FALSE;
    char parent[HF_PATH_LENGTH];
    if (!colon) continue;
    for (PetscInt k = 0; k < keys->n; ++k) {
      if (strncmp(keys->entries[k].path, path, (size_t)(colon - path) + 1)) continue;
      if (k < i) seen = PETSC_TRUE;
      if (keys->entries[k].row->type == HF_VARIANT && keys->entries[k].path[colon - path + 1] == '\0') variant = PETSC_TRUE;
    }
    if (seen) continue;
    fputs(comma, file);
    fputs("\n", file);
    text(file, path, (size_t)(colon - path));
    fputs(": ", file);
    snprintf(parent, sizeof(parent), "%.*s", (int)(colon - path) + 1, path);
    if (variant)
      write_variant(file, keys, parent);
    else
      object(file, keys, parent, PETSC_TRUE);
    comma = ",";
  }
  PetscCall(patterns(file, keys));
  fputs("},\n\"allOf\": [", file);
  object(file, keys, "", PETSC_FALSE);
  fputs("],\n\"if\": {\"required\": [\"schedule\"], \"not\": {\"required\": [\"include\"]}},\n\"then\": ", file);
  requirements(file, keys, "", 1);
  fputs("}\n", file);
  PetscCheckFault(!ferror(file), PETSC_COMM_SELF, HF_ERR_FILE, "the schema cannot be written");
  PetscFunctionReturn(0);
}
