/* The list of contributions to the conductivity tensor. */
#include "tensors.h"

static const HfTensor *const TENSORS[] = {
#define HF_TENSOR(name) &HfTensor_##name,
#include "tensors.def"
#undef HF_TENSOR
};

PetscInt HfTensorCount(void) { return (PetscInt)PETSC_STATIC_ARRAY_LENGTH(TENSORS); }

const HfTensor *HfTensorGet(PetscInt k) { return TENSORS[k]; }
