/* Shapes from a deck: points inside and outside, areas in closed form, images, errors. */
#include "test_decks.h"
#include <hopfilm/grid.h>

/* Area of the film as cells, from a deck with the given outline on 400 x 400 cells of 1 nm; -1 when the deck is refused. */
static double area(const char *shape) {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  double cells = -1;

  CHECK(HfKeysCreate(&keys));
  CHECK(HfGridRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, DECK_WITH("film", "shape=%s", shape), &deck));
  if (!HfDeckErrorCount(deck)) {
    CHECK(HfGridCreateFromDeck(deck, &grid));
    if (grid) cells = (double)HfGridGetInfo(grid)->n_film;
    CHECK(HfGridDestroy(&grid));
  }
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
  return cells;
}

/* The outline is uncertain by one cell, which averages to well below 1 % of the area. */
static void test_areas(void **state) {
  ASSERT_NEAR(area("{disk: {diameter: 200 nm}}") / (PETSC_PI * 1e4), 1, 5e-3);
  ASSERT_NEAR(area("{rectangle: {size: [100 nm, 60 nm], at: [20 nm, -30 nm]}}"), 6000, 0);
  ASSERT_NEAR(area("{polygon: {corners: [-100 nm, -100 nm, 100 nm, -100 nm, 0 nm, 100 nm]}}") / 2e4, 1, 1e-2);
  ASSERT_NEAR(area("{union: [{rectangle: {size: [100 nm, 100 nm]}}, {rectangle: {size: [100 nm, 100 nm], at: [50 nm, 0 nm]}}]}"), 15000, 0);
  ASSERT_NEAR(area("{difference: [{disk: {diameter: 300 nm}}, {disk: {diameter: 100 nm}}]}") / (PETSC_PI * (150 * 150 - 50 * 50)), 1, 5e-3);
}

/* A 4 x 2 bitmap, top row first: the left half is dark above, all of it below. */
static void test_images(void **state) {
  const char *plain = "P1\n# four by two\n4 2\n1 1 0 0\n1111\n", *grey = "P2\n4 2\n255\n0 10 200 255\n0 0 0 127\n";
  const struct {
    const char *name, *content;
    size_t length;
  } files[] = {{"hf_test_plain.pbm", plain, strlen(plain)},
               {"hf_test_raw.pbm", "P4\n4 2\n\xc0\xf0", 9},
               {"hf_test_plain.pgm", grey, strlen(grey)},
               {"hf_test_raw.pgm", "P5 4 2 255\n\x00\x0a\xc8\xff\x00\x00\x00\x7f", 19}};

  for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); ++k) {
    char path[256], shape[512];
    FILE *f;

    CHECK(PetscSNPrintf(path, sizeof(path), "/tmp/%s", files[k].name));
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(files[k].content, 1, files[k].length, f), files[k].length);
    fclose(f);
    CHECK(PetscSNPrintf(shape, sizeof(shape), "{image: {file: %s, size: [400 nm, 200 nm], at: [0 nm, 50 nm]}}", path));
    ASSERT_NEAR(area(shape), 200 * 100 + 400 * 100, 0);
    CHECK(PetscSNPrintf(shape, sizeof(shape),
                        "{difference: [{image: {file: %s, size: [400 nm, 200 nm], at: [0 nm, 50 nm]}}, {rectangle: {size: [400 nm, 100 nm]}}]}",
                        path));
    ASSERT_NEAR(area(shape), 200 * 100, 0); /* the rectangle takes all of the lower row */
    remove(path);
  }
}

static void test_refusals(void **state) {
  ASSERT_NEAR(area("{polygon: {corners: [0 nm, 0 nm, 1 nm, 1 nm]}}"), -1, 0);
  ASSERT_NEAR(area("{image: {file: /tmp/there-is-no-such.pbm, size: [400 nm, 200 nm]}}"), -1, 0);
  ASSERT_NEAR(area("{disk: {diameter: 10 nm, at: [900 nm, 0 nm]}}"), -1, 0);
  ASSERT_NEAR(area("{square: {size: 10 nm}}"), -1, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_areas),
    cmocka_unit_test(test_images),
    cmocka_unit_test(test_refusals),
};
HF_TEST_MAIN(tests)
