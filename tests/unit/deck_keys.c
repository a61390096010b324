/* The table as text and as JSON schema: every key once, every value as declared; the schema's JSON is well formed. */
#include "deck_test.h"
#include <ctype.h>

static char text[1 << 20];

static void print(HfKeys keys, PetscErrorCode (*printer)(HfKeys, FILE *)) {
  FILE *file = tmpfile();
  size_t length;
  assert_non_null(file);
  CHECK(printer(keys, file));
  rewind(file);
  length = fread(text, 1, sizeof(text) - 1, file);
  assert_true(length < sizeof(text) - 1);
  text[length] = '\0';
  fclose(file);
}

/* Each row in a line of its own, its columns below the headings. */
static void test_table(void **state) {
  HfKeys keys = test_keys();
  const char *heading;
  PetscInt n_rows = 0, n_lines = 0, n_ensemble = 0;

  print(keys, HfKeysPrint);
  heading = strstr(text, "meaning");
  for (const char *p = text; (p = strstr(p, "\nensemble")); ++p) n_ensemble++;
  assert_true(n_ensemble > 0);
  for (const char *p = text; *p; ++p) n_lines += *p == '\n';
  for (const HfKey *row = test_rows; row->path; ++row, ++n_rows) {
    char start[80];
    const char *line, *meaning;
    snprintf(start, sizeof(start), "\n%s ", row->path);
    line = strstr(text, start);
    if (!line) fail_msg("no line for %s", row->path);
    meaning = line + 1 + (heading - text);
    assert_int_equal(strncmp(meaning, row->doc, strlen(row->doc)), 0);
    assert_int_equal(meaning[strlen(row->doc)], '\n');
  }
  assert_int_equal(n_lines, n_rows + n_ensemble + 4 + 1); /* hopfilm, title, include, petsc; the heading */
  assert_non_null(strstr(text, "as film.material"));
  assert_non_null(strstr(text, "above or below"));
  assert_non_null(strstr(text, ">0, first or second"));
  CHECK(HfKeysDestroy(&keys));
}

/* ---- a reader of JSON: returns the end of the value at p ---- */
static const char *past_blanks(const char *p) {
  while (isspace((unsigned char)*p)) ++p;
  return p;
}

static const char *json_value(const char *p);

static const char *json_string(const char *p) {
  assert_int_equal(*p, '"');
  for (p++; *p != '"'; ++p) {
    assert_true((unsigned char)*p >= 0x20);
    if (*p == '\\') ++p;
  }
  return p + 1;
}

static const char *json_members(const char *p, char end) {
  p = past_blanks(p + 1);
  while (*p != end) {
    if (end == '}') {
      p = past_blanks(json_string(p));
      assert_int_equal(*p, ':');
      ++p;
    }
    p = past_blanks(json_value(p));
    assert_true(*p == ',' || *p == end);
    if (*p == ',') {
      p = past_blanks(p + 1);
      assert_true(*p != end);
    }
  }
  return p + 1;
}

static const char *json_value(const char *p) {
  double number;
  int length = 0;
  p = past_blanks(p);
  if (*p == '{') return json_members(p, '}');
  if (*p == '[') return json_members(p, ']');
  if (*p == '"') return json_string(p);
  if (!strncmp(p, "true", 4) || !strncmp(p, "null", 4)) return p + 4;
  if (!strncmp(p, "false", 5)) return p + 5;
  assert_int_equal(sscanf(p, "%lf%n", &number, &length), 1);
  return p + length;
}

static void test_schema(void **state) {
  HfKeys keys = test_keys();
  print(keys, HfKeysPrintJsonSchema);
  assert_string_equal(past_blanks(json_value(text)), "");
  assert_non_null(strstr(text, "https://json-schema.org/draft/2020-12/schema"));
  assert_non_null(strstr(text, "\"$ref\": \"#/$defs/shape\""));
  assert_non_null(strstr(text, "{\"enum\": [\"above\", \"below\"]}"));
  assert_non_null(strstr(text, "{\"type\": \"number\", \"exclusiveMinimum\": 0, \"maximum\": 1e+30}, {\"enum\": [\"first\", \"second\"]}"));
  assert_non_null(strstr(text, "\"minItems\": 2, \"maxItems\": 2"));
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_schema)};
HF_TEST_MAIN(tests)
