/* The list of read-outs. */
#include "readouts.h"

static const HfReadout *const READOUTS[] = {
#define HF_READOUT(name) &HfReadout_##name,
#include "readouts.def"
#undef HF_READOUT
};

const HfReadout *HfReadoutFind(const char *name) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(READOUTS); ++k)
    if (!strcmp(READOUTS[k]->name, name)) return READOUTS[k];
  return NULL;
}
