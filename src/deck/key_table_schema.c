/* `hopfilm keys --json-schema`: the same table for editors, as JSON Schema draft 2020-12. A type of the table is an entry of $defs, so that recursive
   types stay finite. Quantities are numbers or texts; what units they take is in the description. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>

static void object(FILE *file, HfKeys keys, const char *children, PetscBool inherits);
static void value(FILE *file, HfKeys keys, const HfEntry *entry);

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

static void number(FILE *file, const char *type, const char *text) {
  HfRange range;
  fprintf(file, "{\"type\": \"%s\"", type);
  if (HfRangeRead(text, &range)) {
    if (range.has_low) fprintf(file, ", \"%s\": %.17g", range.low_open ? "exclusiveMinimum" : "minimum", (double)range.low);
    if (range.has_high) fprintf(file, ", \"%s\": %.17g", range.high_open ? "exclusiveMaximum" : "maximum", (double)range.high);
  }
  fputc('}', file);
}

/* A single value of the row's type. */
static void leaf(FILE *file, const HfKey *row) {
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
    if (*HfRangeWords(row->range)) { /* a name, or a number with something behind it */
      fputs(", ", file);
      choices(file, HfRangeWords(row->range));
      fputs(", {\"type\": \"string\", \"pattern\": \"^[-+.0-9]\"}]}", file);
    } else
      fputs(", {\"type\": \"string\"}]}", file);
    break;
  default:
    if (row->range && *row->range)
      choices(file, row->range);
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
    value(file, keys, entry);
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

static void write_form(FILE *file, HfKeys keys, int kind, const char *children, const HfEntry *entry) {
  switch (kind) {
  case HF_FORM_SECTION:
    object(file, keys, children, entry->row->default_text && entry->row->default_text[0] == '=');
    break;
  case HF_FORM_VARIANT:
    write_variant(file, keys, children);
    break;
  case HF_FORM_FREE:
    fputs("{\"type\": [\"object\", \"null\"], \"additionalProperties\": {\"type\": [\"string\", \"number\", \"boolean\", \"null\"]}}", file);
    break;
  default:
    leaf(file, entry->row);
  }
}

static void value(FILE *file, HfKeys keys, const HfEntry *entry) {
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
      leaf(file, row);
      fputs(", ", file);
    }
    fputs("{\"type\": \"array\", \"items\": ", file);
    leaf(file, row);
    counts(file, row);
    fputc('}', file);
    if (row->type == HF_INTS) { /* in rows */
      fputs(", {\"type\": \"array\", \"items\": {\"type\": \"array\", \"items\": ", file);
      leaf(file, row);
      fputs("}}", file);
    }
    fputs("]}", file);
  } else if (form.kind == HF_FORM_LIST) {
    fputs("{\"type\": \"array\", \"items\": ", file);
    if (typed)
      fprintf(file, "{\"$ref\": \"#/$defs/%.*s\"}", (int)strcspn(row->unit, ":"), row->unit);
    else
      write_form(file, keys, (int)form.item, form.children, entry);
    counts(file, row);
    fputc('}', file);
  } else if (form.kind == HF_FORM_NAMED) {
    const HfEntry *any = HfKeysFind(keys, form.children, "*");
    fputs("{\"type\": [\"object\", \"null\"], \"additionalProperties\": ", file);
    if (any)
      value(file, keys, any);
    else
      fputs("true", file);
    fputc('}', file);
  } else if (typed) {
    const PetscBool inherits = row->default_text && row->default_text[0] == '=' && form.kind == HF_FORM_SECTION ? PETSC_TRUE : PETSC_FALSE;
    if (inherits)
      object(file, keys, form.children, PETSC_TRUE);
    else
      fprintf(file, "{\"$ref\": \"#/$defs/%.*s\"}", (int)strcspn(row->unit, ":"), row->unit);
  } else
    write_form(file, keys, (int)form.kind, form.children, entry);
  fputs("]}", file);
}

/* The keys of a section. In one that inherits all of them are optional. */
static void object(FILE *file, HfKeys keys, const char *children, PetscBool inherits) {
  PetscInt i = 0;
  const char *comma = "";
  PetscBool required = PETSC_FALSE;
  fputs("{\"type\": [\"object\"", file);
  for (const HfEntry *entry; !inherits && (entry = HfKeysNext(keys, children, &i));)
    if (!entry->row->default_text && strcmp(entry->name, "*")) required = PETSC_TRUE;
  fputs(required ? "]" : ", \"null\"]", file);
  fputs(", \"additionalProperties\": false, \"properties\": {", file);
  i = 0;
  for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
    fputs(comma, file);
    fputs("\n", file);
    text(file, entry->name, strlen(entry->name));
    fputs(": ", file);
    value(file, keys, entry);
    comma = ",";
  }
  fputs("}", file);
  if (required) {
    fputs(", \"required\": [", file);
    i = 0;
    comma = "";
    for (const HfEntry *entry; (entry = HfKeysNext(keys, children, &i));) {
      if (entry->row->default_text || !strcmp(entry->name, "*")) continue;
      fputs(comma, file);
      text(file, entry->name, strlen(entry->name));
      comma = ", ";
    }
    fputs("]", file);
  }
  fputs("}", file);
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
      object(file, keys, parent, PETSC_FALSE);
    comma = ",";
  }
  fputs("},\n\"allOf\": [", file);
  object(file, keys, "", PETSC_TRUE); /* what an include may bring is not required here */
  fputs("]}\n", file);
  PetscCheckFault(!ferror(file), PETSC_COMM_SELF, HF_ERR_FILE, "the schema cannot be written");
  PetscFunctionReturn(0);
}
