/* Any text as a deck, against the table of all keys; lines "#set PATH=VALUE" at its head are what a user says after --set. A good one is written with
   its defaults and read again: that must give the same deck. */
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 8 };

/* The --set arguments at the head of the text, which is cut there. */
static PetscInt overrides(char *text, const char *set[MOST]) {
  PetscInt n = 0;

  while (n < MOST && !strncmp(text, "#set ", 5)) {
    char *end = strchr(text, '\n');
    set[n++] = text + 5;
    if (!end) break;
    *end = '\0';
    text = end + 1;
  }
  return n;
}

static void read_again(HfDeck deck) {
  char *written, *again, differences[256] = "";
  HfNode first, second;
  HfDeck copy;

  if (!HfFuzzSucceeds(HfNodeFormat(HfDeckRoot(deck), &written))) abort();
  if (!HfFuzzSucceeds(HfDeckCreateFromText(MPI_COMM_SELF, HfFuzzKeys(), written, &copy)) || !HfFuzzSucceeds(HfDeckVerdict(copy))) abort();
  if (!HfFuzzSucceeds(HfNodeFormat(HfDeckRoot(copy), &again))) abort();
  if (!HfFuzzSucceeds(HfNodeParseText(written, &first)) || !HfFuzzSucceeds(HfNodeParseText(again, &second)) || !first || !second) abort();
  if (HfNodeDifferences(first, second, "", differences, sizeof(differences))) abort(); /* quotes may differ, values not */
  if (HfNodeDestroy(&first) || HfNodeDestroy(&second) || PetscFree(written) || PetscFree(again) || HfDeckDestroy(&copy)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = HfFuzzText(data, size);
  const char *set[MOST];
  const PetscInt n = overrides(text, set);
  HfDeck deck;

  if (HfFuzzSucceeds(n ? HfDeckCreate(MPI_COMM_SELF, HfFuzzKeys(), HfFuzzFile(data, size), n, set, &deck)
                       : HfDeckCreateFromText(MPI_COMM_SELF, HfFuzzKeys(), text, &deck))) {
    if (HfFuzzSucceeds(HfDeckVerdict(deck))) read_again(deck);
    if (HfDeckDestroy(&deck)) abort();
  }
  free(text);
  return 0;
}
