/* Any bytes as the checkpoint that a run is told to go on from. An odd first byte, which is not part of the file, has the bytes sealed, so that what is
   behind the seal is read, too; without it the seal must keep out all that no run has written. */
#include "fuzz.h"
#include "output/output_impl.h"
#include <stdlib.h>
#include <string.h>

static const char NOWHERE[] = "/tmp/hopfilm-fuzz-writes-nothing-here";

/* The seal behind the bytes of a file, as a run sets it. */
static void seal(HfOutput output, const char *path) {
  char directory[PETSC_MAX_PATH_LEN];

  memcpy(directory, output->directory, sizeof(directory));
  memcpy(output->directory, "/proc/self/fd", sizeof("/proc/self/fd"));
  if (HfSealFile(output, strrchr(path, '/') + 1) || output->why[0]) abort();
  memcpy(output->directory, directory, sizeof(directory));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static HfDeck deck = NULL;
  HfOutput output;
  PetscBool finished;
  const char *path, *why;

  if (!size) return 0;
  if (!deck && (HfDeckCreate(MPI_COMM_SELF, HfFuzzKeys(), "../tests/fuzz/checkpoint.yaml", 0, NULL, &deck) || HfDeckVerdict(deck))) abort();
  if (HfOutputCreate(deck, NOWHERE, PETSC_FALSE, &output)) abort();
  output->quiet = PETSC_TRUE;
  path = HfFuzzFile(data + 1, size - 1);
  if (data[0] % 2 && size > 1) {
    seal(output, path);
    if (HfSealCheck(MPI_COMM_SELF, path, &why) || why) abort();
  }
  HfFuzzSucceeds(HfOutputLookBack(output, path, PETSC_FALSE, &finished));
  if (HfOutputDestroy(&output)) abort();
  return 0;
}
