/* Any bytes as the checkpoint of --restart FILE. With an odd first byte, which is not part of the file, the bytes are sealed, so that the readers behind the
   checksum are fuzzed, too; otherwise the checksum must reject everything that no run has written. */
#include "fuzz.h"
#include "output/output_impl.h"
#include <stdlib.h>
#include <string.h>

static const char NOWHERE[] = "/tmp/hopfilm-fuzz-writes-nothing-here";

/* Appends the seal to the bytes of a file, as a run does. Needs the private header: no public function seals a file. */
static void seal(HfRun *run, const char *path) {
  char directory[PETSC_MAX_PATH_LEN];

  memcpy(directory, run->directory, sizeof(directory));
  memcpy(run->directory, "/proc/self/fd", sizeof("/proc/self/fd"));
  if (HfSealFile(run, strrchr(path, '/') + 1) || run->failure[0]) abort();
  memcpy(run->directory, directory, sizeof(directory));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static HfDeck deck = NULL;
  HfOutput output;
  PetscBool finished;
  const char *path, *why;

  if (!size) return 0;
  if (!deck && (HfDeckCreate(MPI_COMM_SELF, HfFuzzKeys(), "../tests/fuzz/checkpoint.yaml", 0, NULL, &deck) || HfDeckVerdict(deck))) abort();
  if (HfOutputCreate(deck, NOWHERE, PETSC_FALSE, &output)) abort();
  output->log.quiet = PETSC_TRUE;
  path = HfFuzzFile(data + 1, size - 1);
  if (data[0] % 2 && size > 1) {
    seal(&output->run, path);
    if (HfSealCheck(MPI_COMM_SELF, path, &why) || why) abort();
  }
  HfFuzzSucceeds(HfOutputCheckRestart(output, path, PETSC_FALSE, &finished));
  if (HfOutputDestroy(&output)) abort();
  return 0;
}
