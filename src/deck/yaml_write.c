/* Tree -> YAML text, by libyaml's emitter. Maps and lists of maps stand in block style, lists of scalars in one line.
   A text is quoted where a reader would take it for something else, so that parse(write(tree)) = tree for any YAML reader. */
#include "deck_impl.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

/* Plain text: starts with a letter, continues with letters, digits and harmless signs, and is no word of YAML 1.1. */
static PetscBool is_plain(const char *text, PetscBool is_key) {
  static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  const size_t length = strlen(text);
  if (!length || text[length - 1] == ' ') return PETSC_FALSE;
  if (is_key && strspn(text, "0123456789") == length) return PETSC_TRUE; /* a map from numbers */
  if (!((text[0] | 32) >= 'a' && (text[0] | 32) <= 'z') && text[0] != '_') return PETSC_FALSE;
  for (size_t i = 0; i < length; ++i) {
    const unsigned char c = (unsigned char)text[i];
    if (c < 0x80 && !((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && !strchr("_ ./()+-;", c)) return PETSC_FALSE;
  }
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); ++i)
    if (!strcasecmp(text, words[i])) return PETSC_FALSE;
  return PETSC_TRUE;
}

static PetscErrorCode emit(yaml_emitter_t *emitter, yaml_event_t *event, int built) {
  PetscFunctionBeginUser;
  PetscCheck(built, PETSC_COMM_SELF, PETSC_ERR_MEM, "libyaml cannot build an event");
  PetscCheck(yaml_emitter_emit(emitter, event), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write YAML: %s",
             emitter->problem ? emitter->problem : "unknown reason");
  PetscFunctionReturn(0);
}

static PetscErrorCode emit_text(yaml_emitter_t *emitter, const char *text, yaml_scalar_style_t style) {
  yaml_event_t event;
  PetscFunctionBeginUser;
  PetscCall(emit(emitter, &event, yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)strlen(text), 1, 1, style)));
  PetscFunctionReturn(0);
}

static PetscErrorCode emit_node(yaml_emitter_t *emitter, HfNode node, PetscBool one_line) {
  static const yaml_scalar_style_t styles[] = {YAML_PLAIN_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE, YAML_LITERAL_SCALAR_STYLE};
  yaml_event_t event;
  PetscBool flow = PETSC_TRUE;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < node->n; ++i)
    if (node->items[i]->kind != HF_NODE_SCALAR || node->items[i]->style == HF_STYLE_BLOCK) flow = one_line;
  switch (node->kind) {
  case HF_NODE_SCALAR:
    if (node->full_path)
      PetscCall(emit_text(emitter, node->full_path, YAML_DOUBLE_QUOTED_SCALAR_STYLE));
    else
      PetscCall(emit_text(emitter, node->text, styles[one_line && node->style == HF_STYLE_BLOCK ? HF_STYLE_QUOTED : node->style]));
    break;
  case HF_NODE_LIST:
    PetscCall(emit(emitter, &event,
                   yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, flow ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE)));
    for (PetscInt i = 0; i < node->n; ++i) PetscCall(emit_node(emitter, node->items[i], one_line));
    PetscCall(emit(emitter, &event, yaml_sequence_end_event_initialize(&event)));
    break;
  case HF_NODE_MAP:
    PetscCall(
        emit(emitter, &event,
             yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, node->n && !one_line ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE)));
    for (PetscInt i = 0; i < node->n; ++i) {
      const char *name = node->items[i]->name;
      PetscCall(emit_text(emitter, name, is_plain(name, PETSC_TRUE) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE));
      PetscCall(emit_node(emitter, node->items[i], one_line));
    }
    PetscCall(emit(emitter, &event, yaml_mapping_end_event_initialize(&event)));
    break;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode write(HfNode node, PetscBool one_line, yaml_write_handler_t *handler, void *context) {
  yaml_emitter_t emitter;
  yaml_event_t event;

  PetscFunctionBeginUser;
  PetscCheck(yaml_emitter_initialize(&emitter), PETSC_COMM_SELF, PETSC_ERR_MEM, "libyaml cannot start");
  yaml_emitter_set_output(&emitter, handler, context);
  yaml_emitter_set_encoding(&emitter, YAML_UTF8_ENCODING);
  yaml_emitter_set_unicode(&emitter, 1);
  yaml_emitter_set_width(&emitter, -1);
  PetscCall(emit(&emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)));
  PetscCall(emit(&emitter, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)));
  PetscCall(emit_node(&emitter, node, one_line));
  PetscCall(emit(&emitter, &event, yaml_document_end_event_initialize(&event, 1)));
  PetscCall(emit(&emitter, &event, yaml_stream_end_event_initialize(&event)));
  yaml_emitter_delete(&emitter);
  PetscFunctionReturn(0);
}

static int write_file(void *context, unsigned char *text, size_t length) { return fwrite(text, 1, length, (FILE *)context) == length; }

PetscErrorCode HfNodeWrite(HfNode node, FILE *file) {
  PetscFunctionBeginUser;
  PetscCall(write(node, PETSC_FALSE, write_file, file));
  PetscFunctionReturn(0);
}

typedef struct {
  char *text;
  size_t length, room;
} Buffer;

static int write_buffer(void *context, unsigned char *text, size_t length) {
  Buffer *buffer = context;
  if (buffer->length + length + 1 > buffer->room) {
    buffer->room = 2 * (buffer->length + length + 1);
    if (PetscRealloc(buffer->room, &buffer->text)) return 0;
  }
  memcpy(buffer->text + buffer->length, text, length);
  buffer->length += length;
  buffer->text[buffer->length] = '\0';
  return 1;
}

PetscErrorCode HfNodeFormat(HfNode node, char **text) {
  Buffer buffer = {NULL, 0, 0};
  PetscFunctionBeginUser;
  PetscCall(write(node, PETSC_FALSE, write_buffer, &buffer));
  *text = buffer.text;
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodeBecomeText(HfNode node) {
  Buffer buffer = {NULL, 0, 0};
  PetscFunctionBeginUser;
  PetscCall(write(node, PETSC_TRUE, write_buffer, &buffer));
  while (buffer.length && buffer.text[buffer.length - 1] == '\n') --buffer.length;
  for (PetscInt i = 0; i < node->n; ++i) PetscCall(HfNodeDestroy(&node->items[i]));
  node->n = 0;
  node->kind = HF_NODE_SCALAR;
  PetscCall(HfNodeSetText(node, buffer.text, buffer.length, HF_STYLE_QUOTED));
  PetscCall(PetscFree(buffer.text));
  PetscFunctionReturn(0);
}

/* ---- building a tree ---- */
static PetscErrorCode put(HfNode node, const char *name, const char *text, HfTextStyle style) {
  HfNode child;
  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_SCALAR, &child));
  PetscCall(HfNodeSetText(child, text, strlen(text), style));
  PetscCall(HfNodeAppend(node, name, child));
  PetscFunctionReturn(0);
}

/* YAML's words for what is not finite. */
static void format_real(PetscReal value, char text[32]) {
  if (PetscIsNanReal(value))
    snprintf(text, 32, ".nan");
  else if (PetscIsInfReal(value))
    snprintf(text, 32, "%s", value > 0 ? ".inf" : "-.inf");
  else
    snprintf(text, 32, "%.17e", (double)value);
}

PetscErrorCode HfNodePutReal(HfNode node, const char *name, PetscReal value) {
  char text[32];
  PetscFunctionBeginUser;
  format_real(value, text);
  PetscCall(put(node, name, text, HF_STYLE_PLAIN));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodePutInt(HfNode node, const char *name, PetscInt64 value) {
  char text[32];
  PetscFunctionBeginUser;
  snprintf(text, sizeof(text), "%lld", (long long)value);
  PetscCall(put(node, name, text, HF_STYLE_PLAIN));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodePutBool(HfNode node, const char *name, PetscBool value) {
  PetscFunctionBeginUser;
  PetscCall(put(node, name, value ? "true" : "false", HF_STYLE_PLAIN));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodePutText(HfNode node, const char *name, const char *value) {
  PetscFunctionBeginUser;
  PetscCall(put(node, name, value, strchr(value, '\n') ? HF_STYLE_BLOCK : is_plain(value, PETSC_FALSE) ? HF_STYLE_PLAIN : HF_STYLE_QUOTED));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodePutReals(HfNode node, const char *name, PetscInt n, const PetscReal values[]) {
  HfNode list;
  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &list));
  for (PetscInt i = 0; i < n; ++i) PetscCall(HfNodePutReal(list, NULL, values[i]));
  PetscCall(HfNodeAppend(node, name, list));
  PetscFunctionReturn(0);
}

PetscErrorCode HfNodePutNode(HfNode node, const char *name, HfNode child) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeAppend(node, name, child));
  PetscFunctionReturn(0);
}
