/* Any bytes as an image of a mask or a pattern. */
#include "fuzz.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  HfImage image;
  PetscBool opened;
  const char *why;

  if (!HfFuzzSucceeds(HfImageRead(MPI_COMM_SELF, HfFuzzFile(data, size), &image, &opened, &why))) return 0;
  if (!opened || (!why && !image.grey)) abort();
  for (PetscInt64 k = 0; !why && k < (PetscInt64)image.columns * image.rows; ++k)
    if (!(image.grey[k] >= 0)) abort();
  if (HfImageDestroy(&image)) abort();
  return 0;
}
