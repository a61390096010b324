/* Any text as a deck, against the table of all keys. A good one is written with its defaults and read again: that must give the same deck. */
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = FuzzText(data, size), *written, *again;
  HfDeck deck, copy;

  if (FuzzSucceeds(HfDeckCreateFromText(MPI_COMM_SELF, FuzzKeys(), text, &deck))) {
    if (FuzzSucceeds(HfDeckVerdict(deck))) {
      if (!FuzzSucceeds(HfNodeFormat(HfDeckRoot(deck), &written))) abort();
      if (!FuzzSucceeds(HfDeckCreateFromText(MPI_COMM_SELF, FuzzKeys(), written, &copy)) || !FuzzSucceeds(HfDeckVerdict(copy))) abort();
      if (!FuzzSucceeds(HfNodeFormat(HfDeckRoot(copy), &again)) || strcmp(written, again)) abort();
      if (PetscFree(written) || PetscFree(again) || HfDeckDestroy(&copy)) abort();
    }
    if (HfDeckDestroy(&deck)) abort();
  }
  free(text);
  return 0;
}
