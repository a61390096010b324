/* References: a work that is cited several times is written once, as BibTeX with balanced braces; the provenance of the build is known. */
#include "hf_test.h"
#include <ctype.h>
#include <hopfilm/base.h>
#include <stdio.h>
#include <string.h>

static const char *const keys[] = {"yu-2021",  "niu-2024",  "gilbert-2004", "mcguire-potter-1975", "hopfield-1982",
                                   "oja-1982", "nagy-1966", "nagy-2000",    "dormand-prince-1980", "petsc",
                                   "hdf5",     "fftw",      "random123"};

static void read_back(char *text, size_t size) {
  FILE *file = tmpfile();
  size_t length;
  assert_non_null(file);
  CHECK(HfCitationsWrite(file));
  rewind(file);
  length = fread(text, 1, size - 1, file);
  text[length] = '\0';
  fclose(file);
}

static int count(const char *text, const char *word) {
  int n = 0;
  for (const char *p = text; (p = strstr(p, word)); p += strlen(word)) ++n;
  return n;
}

static void test_cited(void **state) {
  char text[32768];
  int depth = 0;

  assert_false(HfCitationKnown("nobody-1900"));
  assert_false(HfCitationKnown(NULL));
  HfCite(NULL);
  HfCite("nobody-1900");
  read_back(text, sizeof(text));
  assert_string_equal(text, "");
  HfCite("yu-2021");
  HfCite("yu-2021");
  read_back(text, sizeof(text));
  assert_int_equal(count(text, "@"), 1);
  assert_non_null(strstr(text, "@article{yu-2021,"));
  for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); ++k) {
    assert_true(HfCitationKnown(keys[k]));
    HfCite(keys[k]);
  }
  read_back(text, sizeof(text));
  assert_int_equal(count(text, "@"), sizeof(keys) / sizeof(keys[0]));
  for (const char *p = text; *p; ++p) {
    depth += (*p == '{') - (*p == '}');
    assert_true(depth >= 0);
  }
  assert_int_equal(depth, 0);
}

static void test_provenance(void **state) {
  HfProvenance p;
  CHECK(HfProvenanceGet(&p));
  assert_true(isdigit((unsigned char)p.version[0]));
  assert_true(strlen(p.commit) >= 7); /* a hash, or "unknown" */
  assert_true(strlen(p.build) > 0);
  assert_non_null(strstr(p.libraries, "HDF5"));
  assert_non_null(strstr(p.libraries, "libyaml"));
  assert_true(strlen(p.host) > 0);
  assert_int_equal(strlen(p.started), strlen("2024-01-01T00:00:00Z"));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_cited), cmocka_unit_test(test_provenance)};
HF_TEST_MAIN(tests)
