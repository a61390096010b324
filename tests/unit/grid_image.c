/* Images of masks and patterns: lines that end in LF or CR LF, plain and raw, and files that hold less or more than their header says. */
#include "hf_test.h"
#include <hopfilm/grid.h>
#include <string.h>
#include <unistd.h>

/* What is wrong with the bytes; NULL: nothing. The pixels, dark ones as #, go to `seen`. */
static const char *look(const char bytes[], size_t length, char seen[64]) {
  char path[] = "/tmp/hf_image_XXXXXX";
  const char *why;
  PetscBool opened;
  HfImage image;
  FILE *file;

  assert_true(mkstemp(path) >= 0);
  file = fopen(path, "wb");
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  fclose(file);
  CHECK(HfImageRead(PETSC_COMM_SELF, path, &image, &opened, &why));
  assert_true(opened);
  for (PetscInt k = 0; !why && k < image.columns * image.rows; ++k) seen[k] = image.grey[k] < 0.5 ? '#' : '.';
  if (!why) seen[image.columns * image.rows] = '\0';
  CHECK(HfImageDestroy(&image));
  remove(path);
  return why;
}

#define SHOWS(bytes, pixels)                                                                                                                         \
  do {                                                                                                                                               \
    assert_null(look(bytes, sizeof(bytes) - 1, seen));                                                                                               \
    assert_string_equal(seen, pixels);                                                                                                               \
  } while (0)
#define REFUSED(bytes, reason)                                                                                                                       \
  do {                                                                                                                                               \
    const char *why = look(bytes, sizeof(bytes) - 1, seen);                                                                                          \
    assert_non_null(why);                                                                                                                            \
    assert_non_null(strstr(why, reason));                                                                                                            \
  } while (0)

static void test_line_ends(void **state) {
  char seen[64];

  SHOWS("P1\n3 2\n101\n010\n", "#.#.#.");
  SHOWS("P1\r\n# by an editor\r\n3 2\r\n101\r\n010\r\n", "#.#.#.");
  SHOWS("\xef\xbb\xbfP1\r\n3 2\r\n101\r\n010", "#.#.#.");
  SHOWS("P2\r3 1\r255\r0 255 127\r", "#.#");
  SHOWS("P4\n3 2\n\xa0\x40", "#.#.#.");
  SHOWS("P4\r\n3 2\r\n\xa0\x40", "#.#.#.");
  SHOWS("P5\n3 1\n255\n\x01\xff\x02", "#.#");
  SHOWS("P5\r\n3 1\r\n255\r\n\x01\xff\x02", "#.#");
  SHOWS("P5 3 1 255\r\n\xff\x02", "#.#"); /* one blank, and a pixel that is ten */
  SHOWS("P5\r\n2 1\r\n65535\r\n\x01\xff\xff\x02", "#.");
}

static void test_too_little_or_too_much(void **state) {
  char seen[64];

  REFUSED("P4\n3 2\n\xa0", "ends before its last pixel");
  REFUSED("P4\n3 2\n\xa0\x40\n", "goes on after its last pixel");
  REFUSED("P5\n3 1\n255\n\x01\xff\x02P5\n3 1\n255\n\x01\xff\x02", "goes on after its last pixel");
  REFUSED("P5\r\n3 1\r\n255\r\n\x01\xff\x02\n", "goes on after its last pixel");
  REFUSED("P5\n3 1\n255;\x01\xff\x02", "header");
  REFUSED("P1\n3 2\n101\n010\n1", "goes on after its last pixel");
  REFUSED("P1\n3 2\n101\n01\n", "ends before its last pixel");
  REFUSED("P1\n3 1\n102\n", "brighter");
  REFUSED("P2\n3 1\n15\n1 16 2\n", "brighter");
  REFUSED("P5\n3 1\n15\n\x01\x10\x02", "brighter");
  SHOWS("P1\n3 1\n101\n# the end\n", "#.#");
}

/* PNG files of every kind, by Pillow (tests/fields/make_images.py): the same dark pixels; transparent ones count as white. */
static void test_png(void **state) {
  static const char *const files[] = {"rgba", "rgb", "palette", "grey", "bits", "grey16"};
  char seen[64], bytes[1024];
  size_t length = 0;

  for (size_t k = 0; k < sizeof files / sizeof files[0]; ++k) {
    char path[64];
    const char *why;
    PetscBool opened;
    HfImage image;
    FILE *file;

    snprintf(path, sizeof path, "fields/%s.png", files[k]);
    file = fopen(path, "rb");
    assert_non_null(file);
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_null(look(bytes, length, seen));
    if (strcmp(seen, "#.#..#.#..#.")) fail_msg("%s: %s", path, seen);
    CHECK(HfImageRead(PETSC_COMM_SELF, path, &image, &opened, &why));
    if (!k) ASSERT_NEAR(image.grey[0], (0.2126 * 20 + 0.7152 * 40 + 0.0722 * 30) / 255, 1e-15);
    if (!k) assert_int_equal(image.rgba[3], 255);
    if (!k) assert_int_equal(image.rgba[4 * 8 + 3], 100);
    CHECK(HfImageDestroy(&image));
  }
  for (size_t cut = 8; cut < length; cut += 5) { /* cut short, and with a byte that is wrong */
    const char *why = look(bytes, cut, seen);
    if (cut + 20 < length) assert_non_null(why); /* the end may lack some of the last chunk, which holds nothing */
    bytes[cut] ^= 0x10;
    (void)look(bytes, length, seen);
    bytes[cut] ^= 0x10;
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_png), cmocka_unit_test(test_line_ends),
                                          cmocka_unit_test(test_too_little_or_too_much)};
HF_TEST_MAIN(tests)
