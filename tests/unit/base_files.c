/* Text files as editors leave them, and files in whose place something else stands. */
#include "hf_test.h"
#include <errno.h>
#include <fcntl.h>
#include <hopfilm/base.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char path[], const char bytes[], size_t length) {
  FILE *file = fopen(path, "wb");

  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

static void check_text(const char bytes[], size_t length, const char expected[]) {
  char path[] = "/tmp/hf_files_XXXXXX", *text;
  const char *why;
  size_t read;

  assert_true(mkstemp(path) >= 0);
  put(path, bytes, length);
  CHECK(HfReadFile(PETSC_COMM_SELF, path, &text, &read, &why));
  assert_null(why);
  assert_string_equal(text, expected);
  assert_int_equal(read, strlen(expected));
  CHECK(PetscFree(text));
  remove(path);
}
#define CHECK_TEXT(bytes, expected) check_text(bytes, sizeof(bytes) - 1, expected)

/* U+00E9, U+2126 and U+1D504, which is a pair in UTF-16, behind an "a". */
static void test_byte_order_marks(void **state) {
  const char *const text = "a\xc3\xa9\xe2\x84\xa6\xf0\x9d\x94\x84\n";

  check_text(text, strlen(text), text);
  CHECK_TEXT("\xef\xbb\xbf"
             "a\xc3\xa9\xe2\x84\xa6\xf0\x9d\x94\x84\n",
             text);
  CHECK_TEXT("\xff\xfe"
             "a\0\xe9\0\x26\x21\x35\xd8\x04\xdd\n\0",
             text);
  CHECK_TEXT("\xfe\xff"
             "\0a\0\xe9\x21\x26\xd8\x35\xdd\x04\0\n",
             text);
  CHECK_TEXT("\xff\xfe\x35\xd8"
             "a\0",
             "\xef\xbf\xbd"
             "a"); /* half a pair */
  CHECK_TEXT("\xff\xfe", "");
  CHECK_TEXT("\xef\xbb\xbf", "");
  CHECK_TEXT("\xef\xbb", "\xef\xbb");
}

/* Of each: what is opened is refused, what is created leaves the target of a link alone. */
static void test_links_and_fifos(void **state) {
  char folder[] = "/tmp/hf_files_XXXXXX", path[64], target[64], kept[8] = "";
  const char *const names[] = {"link", "hard", "fifo", "folder", "none"};
  int file;

  assert_non_null(mkdtemp(folder));
  snprintf(target, sizeof target, "%s/target", folder);
  for (size_t k = 0; k < sizeof names / sizeof names[0]; ++k) {
    put(target, "keep", 4);
    snprintf(path, sizeof path, "%s/%s", folder, names[k]);
    if (k == 0) assert_int_equal(symlink(target, path), 0);
    if (k == 1) assert_int_equal(link(target, path), 0);
    if (k == 2) assert_int_equal(mkfifo(path, 0600), 0);
    if (k == 3) assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(HfIsRegularFile(path), k == 1);
    file = HfFileOpen(path, O_WRONLY);
    assert_true((file >= 0) == (k == 1));
    if (file >= 0) close(file);
    assert_true((HfFileOpen(path, O_RDONLY) >= 0) == (k == 1));
    file = HfFileCreate(path);
    assert_true((file >= 0) == (k != 3));
    if (file >= 0) {
      assert_int_equal(write(file, "lost", 4), 4);
      close(file);
      assert_true(HfIsRegularFile(path));
    } else
      assert_int_equal(errno, EISDIR);
    file = open(target, O_RDONLY);
    assert_int_equal(read(file, kept, 7), 4);
    close(file);
    assert_string_equal(kept, "keep");
    if (k == 3)
      rmdir(path);
    else
      unlink(path);
  }
  unlink(target);
  rmdir(folder);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_byte_order_marks), cmocka_unit_test(test_links_and_fifos)};
HF_TEST_MAIN(tests)
