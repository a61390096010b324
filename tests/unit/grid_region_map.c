/* Regions from the colours of an image: every cell against the picture, shapes above the map, pixels outside of the film, and what is refused. */
#include "test_decks.h"
#include <hopfilm/grid.h>
#include <string.h>

/* The cells of a deck, 16 x 8, row by row from the top: + for region 1, - for 2, o for none, . outside; "" and the first error when it is refused. */
static void draw(const char *text, char seen[256], char error[1024]) {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid = NULL;
  size_t used = 0;

  seen[0] = error[0] = '\0';
  CHECK(HfKeysCreate(&keys));
  CHECK(HfGridRegisterKeys(keys));
  CHECK(HfDeckCreateFromText(PETSC_COMM_SELF, keys, text, &deck));
  if (!HfDeckErrorCount(deck)) CHECK(HfGridCreateFromDeck(deck, &grid));
  HfDeckFirstError(deck, error, 1024);
  for (PetscInt j = grid ? HfGridGetInfo(grid)->ny - 1 : -1; j >= 0; --j) {
    for (PetscInt i = 0; i < HfGridGetInfo(grid)->nx; ++i) seen[used++] = ".o+-"[HfRegionAt(HfGridGetInfo(grid), HfGridRegions(grid), i, j) + 1];
    seen[used++] = '\n';
  }
  if (grid) seen[used] = '\0';
  CHECK(HfGridDestroy(&grid));
  CHECK(HfDeckDestroy(&deck));
  CHECK(HfKeysDestroy(&keys));
}

static void test_cells(void **state) {
  const char *text, *note;

  for (int k = 0; (text = DECK_AT("film drawn", k, &note)); ++k) {
    char seen[256], error[1024], deck[2048], wanted[256] = "";
    const char *picture = strstr(text, "#! ");

    assert_non_null(picture);
    snprintf(deck, sizeof deck, "%.*s", (int)(picture - text), text);
    for (; picture; picture = strstr(picture + 1, "#! ")) strncat(wanted, picture + 3, strcspn(picture + 3, "\n") + 1);
    draw(deck, seen, error);
    if (strcmp(seen, wanted)) fail_msg("%s:\n%s%s, not\n%s", note, error, seen, wanted);
  }
}

static void test_refused(void **state) {
  const char *text, *says;

  for (int k = 0; (text = DECK_AT("film refused", k, &says)); ++k) {
    char seen[256], error[1024];

    draw(text, seen, error);
    if (!strstr(error, says)) fail_msg("\"%s\", not \"%s\"", error, says);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells), cmocka_unit_test(test_refused)};
HF_TEST_MAIN(tests)
