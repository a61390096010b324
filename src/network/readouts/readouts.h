/* Declares every read-out of readouts.def. */
#pragma once
#include "../network_impl.h"

#define HF_READOUT(name) extern const HfReadout HfReadout_##name;
#include "readouts.def"
#undef HF_READOUT
