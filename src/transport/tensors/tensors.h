/* Declares every contribution of tensors.def. */
#pragma once
#include "../tensor.h"

#define HF_TENSOR(name) extern const HfTensor HfTensor_##name;
#include "tensors.def"
#undef HF_TENSOR
