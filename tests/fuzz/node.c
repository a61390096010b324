/* Any bytes as a YAML file. What can be read is written and read again: that must give the same tree. */
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  HfNode node, copy;
  char *written, differences[256] = "";

  if (!HfFuzzSucceeds(HfNodeParse(MPI_COMM_SELF, HfFuzzFile(data, size), &node))) return 0;
  if (!HfFuzzSucceeds(HfNodeFormat(node, &written))) abort();
  if (!HfFuzzSucceeds(HfNodeParse(MPI_COMM_SELF, HfFuzzFile((const uint8_t *)written, strlen(written)), &copy))) abort();
  if (HfNodeDifferences(node, copy, "", differences, sizeof(differences))) abort();
  if (PetscFree(written) || HfNodeDestroy(&node) || HfNodeDestroy(&copy)) abort();
  return 0;
}
