/* YAML text -> tree, from libyaml's events, so that every value and every key keeps its line and column. What a deck does not need is refused
   with a message: several documents, tags, keys that are not plain text. Anchors and aliases copy; so does the merge key, `<<: *name` or
   `<<: [*name, *other]`: of the keys of these sections those are taken that the section does not have itself, the first one counts, and each keeps the place
   where it was written (https://yaml.org/type/merge.html). */
#include "deck_impl.h"
#include <string.h>
#include <yaml.h>

/* A longer text is a mistake or an attack: aliases of aliases can make a short text huge. */
#define MAX_DEPTH  16 /* two calls each: a debug PETSc keeps no more than 64 in its stack, and writes beyond it (PetscStackCopy() of 3.26) */
#define MAX_NODES  200000
#define MAX_KEYS   10000 /* of one map, which is searched key by key */
#define MAX_LENGTH (16 << 20)
#define TOO_MANY   "more than 200000 values, those of anchors and aliases included"

typedef struct {
  yaml_parser_t parser;
  const char *file;
  PetscInt first_column, last_column, n_nodes;
  HfMessages messages;
  PetscBool failed;
  HfNode anchors; /* a map from the anchors' names to copies of their values */
} Reader;

static HfPlace mark_place(const Reader *reader, yaml_mark_t mark) {
  if (reader->first_column && mark.line) return (HfPlace){reader->file, 1, reader->last_column}; /* the end of an argument of one line */
  return (HfPlace){reader->file, (PetscInt)mark.line + 1, (PetscInt)mark.column + 1 + (mark.line ? 0 : reader->first_column)};
}

static PetscErrorCode fail(Reader *reader, yaml_mark_t mark, const char *text, const char *more) {
  PetscFunctionBeginUser;
  if (!reader->failed) PetscCall(HfMessagesAdd(reader->messages, PETSC_TRUE, mark_place(reader, mark), text, more));
  reader->failed = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* libyaml's own words; for bytes that are no text it gives an offset only. */
static PetscErrorCode fail_parser(Reader *reader, const char *text, size_t length) {
  yaml_parser_t *p = &reader->parser;
  yaml_mark_t mark = p->problem_mark;

  PetscFunctionBeginUser;
  if (p->error == YAML_READER_ERROR) {
    memset(&mark, 0, sizeof(mark));
    for (size_t i = 0; i < p->problem_offset && i < length; ++i) {
      if (text[i] == '\n') {
        ++mark.line;
        mark.column = 0;
      } else if (((unsigned char)text[i] & 0xc0) != 0x80)
        ++mark.column;
    }
  }
  if (p->problem && strstr(p->problem, "cannot start any token") && mark.index < length) {
    size_t i = 0; /* the byte of the mark, which counts characters */
    for (size_t n = 0; i < length && n < mark.index; ++n)
      for (i++; i < length && ((unsigned char)text[i] & 0xc0) == 0x80;) i++;
    if (text[i] == '\t')
      PetscCall(fail(reader, mark, "not valid YAML: %s", "a tab; indent with spaces"));
    else
      PetscCall(fail(reader, mark, "not valid YAML: %s", "a text that starts with one of @ ` % | > needs quotes"));
  } else
    PetscCall(fail(reader, mark, "not valid YAML: %s", p->problem ? p->problem : "unreadable"));
  PetscFunctionReturn(0);
}

static PetscErrorCode next(Reader *reader, yaml_event_t *event) {
  PetscFunctionBeginUser;
  memset(event, 0, sizeof(*event));
  if (!yaml_parser_parse(&reader->parser, event)) reader->failed = PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode build(Reader *reader, yaml_event_t *event, PetscInt depth, HfNode *node);

static PetscErrorCode build_scalar(Reader *reader, yaml_event_t *event, HfNode node) {
  const yaml_scalar_style_t style = event->data.scalar.style;
  const HfTextStyle kept = style == YAML_PLAIN_SCALAR_STYLE ? HF_STYLE_PLAIN : style == YAML_LITERAL_SCALAR_STYLE ? HF_STYLE_BLOCK : HF_STYLE_QUOTED;

  PetscFunctionBeginUser;
  if (memchr(event->data.scalar.value, 0, event->data.scalar.length)) PetscCall(fail(reader, event->start_mark, "a text contains a zero byte%s", ""));
  PetscCall(HfNodeSetText(node, (const char *)event->data.scalar.value, event->data.scalar.length, kept));
  PetscFunctionReturn(0);
}

static PetscErrorCode too_many_keys(Reader *reader, yaml_mark_t mark) { return fail(reader, mark, "a section of more than ten thousand keys%s", ""); }

/* The keys of `source` that the map does not have; they leave the source. */
static PetscErrorCode merge_section(Reader *reader, yaml_mark_t mark, HfNode source, HfNode map) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < source->n; ++i) {
    HfNode item = source->items[i];
    char *name;
    if (HfNodeIndex(map, item->name) >= 0) {
      PetscCall(HfNodeDestroy(&item));
      continue;
    }
    PetscCall(PetscStrallocpy(item->name, &name));
    PetscCall(HfNodeAppend(map, name, item));
    PetscCall(PetscFree(name));
    if (map->n > MAX_KEYS) PetscCall(too_many_keys(reader, mark));
  }
  source->n = 0;
  PetscFunctionReturn(0);
}

/* The value of `<<`, when all other keys of the map are there: a section or a list of them. */
static PetscErrorCode merge(Reader *reader, yaml_mark_t mark, HfNode value, HfNode map) {
  const PetscInt n = value->kind == HF_NODE_LIST ? value->n : 1;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n && !reader->failed; ++i) {
    HfNode source = value->kind == HF_NODE_LIST ? value->items[i] : value;
    char shown[HF_PATH_LENGTH];
    HfNodeShow(source, shown);
    if (source->kind == HF_NODE_MAP)
      PetscCall(merge_section(reader, mark, source, map));
    else
      PetscCall(fail(reader, mark, "<< takes the keys of a section, `<<: *name`, or of a list of sections, `<<: [*name, *other]`; found %s", shown));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode build_map(Reader *reader, PetscInt depth, HfNode map) {
  yaml_mark_t merge_mark = {0, 0, 0};
  HfNode merged = NULL;

  PetscFunctionBeginUser;
  while (!reader->failed) {
    yaml_event_t key, event;
    HfNode child = NULL;
    const char *name;
    HfPlace place;
    PetscInt old;
    PetscBool is_merge = PETSC_FALSE;
    PetscCall(next(reader, &key));
    if (reader->failed) break;
    place = mark_place(reader, key.start_mark);
    name = (const char *)key.data.scalar.value;
    if (key.type == YAML_MAPPING_END_EVENT) {
      yaml_event_delete(&key);
      break;
    }
    if (key.type != YAML_SCALAR_EVENT)
      PetscCall(fail(reader, key.start_mark, "a key must be plain text%s", ""));
    else
      is_merge = (PetscBool)(!strcmp(name, "<<") && key.data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
    if (!reader->failed) PetscCall(next(reader, &event));
    if (!reader->failed) {
      PetscCall(build(reader, &event, depth, &child));
      yaml_event_delete(&event);
    }
    if (!reader->failed && is_merge && merged) {
      PetscCall(fail(reader, key.start_mark, "a second << in one section; give a list, `<<: [*name, *other]`%s", ""));
      PetscCall(HfNodeDestroy(&child));
    } else if (!reader->failed && is_merge) {
      merge_mark = key.start_mark;
      merged = child;
    } else if (!reader->failed) {
      old = HfNodeIndex(map, name);
      if (old >= 0) {
        PetscCall(HfMessagesAdd(reader->messages, PETSC_TRUE, place, "duplicate key \"%s\", first given in line %d", name,
                                (int)map->items[old]->name_line));
        PetscCall(HfNodeDestroy(&child));
      } else {
        child->name_line = place.line;
        child->name_column = place.column;
        PetscCall(HfNodeAppend(map, name, child));
        if (map->n > MAX_KEYS) PetscCall(too_many_keys(reader, key.start_mark));
      }
    } else
      PetscCall(HfNodeDestroy(&child));
    yaml_event_delete(&key);
  }
  if (merged && !reader->failed) PetscCall(merge(reader, merge_mark, merged, map));
  PetscCall(HfNodeDestroy(&merged));
  PetscFunctionReturn(0);
}

static PetscErrorCode build_list(Reader *reader, PetscInt depth, HfNode list) {
  PetscFunctionBeginUser;
  while (!reader->failed) {
    yaml_event_t event;
    HfNode child = NULL;
    PetscBool end;
    PetscCall(next(reader, &event));
    if (reader->failed) break;
    end = event.type == YAML_SEQUENCE_END_EVENT ? PETSC_TRUE : PETSC_FALSE;
    if (!end) PetscCall(build(reader, &event, depth, &child));
    yaml_event_delete(&event);
    if (end) break;
    if (reader->failed)
      PetscCall(HfNodeDestroy(&child));
    else
      PetscCall(HfNodeAppend(list, NULL, child));
  }
  PetscFunctionReturn(0);
}

static PetscInt size(HfNode node) {
  PetscInt n = 1;
  for (PetscInt i = 0; i < node->n; ++i) n += size(node->items[i]);
  return n;
}

/* The value that `event` starts. */
static PetscErrorCode build(Reader *reader, yaml_event_t *event, PetscInt depth, HfNode *node) {
  const yaml_char_t *anchor = NULL, *tag = NULL;
  HfNodeKind kind = HF_NODE_SCALAR;

  PetscFunctionBeginUser;
  *node = NULL;
  if (event->type == YAML_ALIAS_EVENT) {
    HfNode source = HfNodeItem(reader->anchors, HfNodeIndex(reader->anchors, (const char *)event->data.alias.anchor));
    if (source) {
      reader->n_nodes += size(source);
      if (reader->n_nodes > MAX_NODES)
        PetscCall(fail(reader, event->start_mark, TOO_MANY "%s", ""));
      else
        PetscCall(HfNodeClone(source, node));
    } else
      PetscCall(fail(reader, event->start_mark, "the alias *%s has no anchor before it", (const char *)event->data.alias.anchor));
    PetscFunctionReturn(0);
  }
  if (event->type == YAML_SCALAR_EVENT) {
    anchor = event->data.scalar.anchor;
    tag = event->data.scalar.tag;
  } else if (event->type == YAML_SEQUENCE_START_EVENT) {
    kind = HF_NODE_LIST;
    anchor = event->data.sequence_start.anchor;
    tag = event->data.sequence_start.tag;
  } else {
    kind = HF_NODE_MAP;
    anchor = event->data.mapping_start.anchor;
    tag = event->data.mapping_start.tag;
  }
  if (tag)
    PetscCall(fail(reader, event->start_mark, "tags such as %s are not supported", (const char *)tag));
  else if (depth >= MAX_DEPTH)
    PetscCall(fail(reader, event->start_mark, "nested too deeply%s", ""));
  else if (++reader->n_nodes > MAX_NODES)
    PetscCall(fail(reader, event->start_mark, TOO_MANY "%s", ""));
  if (reader->failed) PetscFunctionReturn(0);
  PetscCall(HfNodeNew(kind, mark_place(reader, event->start_mark), node));
  if (kind == HF_NODE_SCALAR)
    PetscCall(build_scalar(reader, event, *node));
  else if (kind == HF_NODE_LIST)
    PetscCall(build_list(reader, depth + 1, *node));
  else
    PetscCall(build_map(reader, depth + 1, *node));
  if (anchor && !reader->failed) {
    HfNode copy;
    const PetscInt old = HfNodeIndex(reader->anchors, (const char *)anchor);
    if (old >= 0) PetscCall(HfNodeRemove(reader->anchors, old)); /* YAML: the last one counts */
    reader->n_nodes += size(*node);
    if (reader->n_nodes > MAX_NODES)
      PetscCall(fail(reader, event->start_mark, TOO_MANY "%s", ""));
    else if (reader->anchors->n == MAX_KEYS)
      PetscCall(fail(reader, event->start_mark, "more than ten thousand anchors%s", ""));
    else {
      PetscCall(HfNodeClone(*node, &copy));
      PetscCall(HfNodeAppend(reader->anchors, (const char *)anchor, copy));
    }
  }
  PetscFunctionReturn(0);
}

/* stream start, document start, one value, document end, stream end */
static PetscErrorCode read_stream(Reader *reader, HfNode *root) {
  PetscBool end = PETSC_FALSE;

  PetscFunctionBeginUser;
  while (!end && !reader->failed) {
    yaml_event_t event;
    PetscCall(next(reader, &event));
    if (reader->failed) break;
    switch (event.type) {
    case YAML_STREAM_END_EVENT:
      end = PETSC_TRUE;
      break;
    case YAML_DOCUMENT_START_EVENT:
      if (*root) PetscCall(fail(reader, event.start_mark, "one file holds one YAML document; this is a second%s", ""));
      break;
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_NO_EVENT:
      break;
    default:
      PetscCall(build(reader, &event, 0, root));
    }
    yaml_event_delete(&event);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfYamlRead(const char *text, size_t length, const char *file, PetscInt first_column, HfMessages messages, HfNode *root) {
  Reader reader;

  PetscFunctionBeginUser;
  *root = NULL;
  memset(&reader, 0, sizeof(reader));
  reader.file = file;
  reader.first_column = first_column;
  reader.last_column = first_column + (PetscInt)length + 1;
  reader.messages = messages;
  PetscCheck(yaml_parser_initialize(&reader.parser), PETSC_COMM_SELF, PETSC_ERR_MEM, "libyaml cannot start");
  yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
  PetscCall(HfNodeCreate(HF_NODE_MAP, &reader.anchors));
  if (length > MAX_LENGTH) PetscCall(fail(&reader, (yaml_mark_t){0, 0, 0}, "longer than 16 MB%s", ""));
  PetscCall(read_stream(&reader, root));
  if (reader.parser.error) {
    reader.failed = PETSC_FALSE;
    PetscCall(fail_parser(&reader, text, length));
  }
  if (reader.failed)
    PetscCall(HfNodeDestroy(root));
  else if (!*root)
    PetscCall(HfNodeNew(HF_NODE_SCALAR, (HfPlace){file, 1, 1 + first_column}, root)); /* nothing but comments */
  PetscCall(HfNodeDestroy(&reader.anchors));
  yaml_parser_delete(&reader.parser);
  PetscFunctionReturn(0);
}
