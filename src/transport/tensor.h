/* tensor.h (extension): how a contribution to the conductivity tensor is added: one file with a const descriptor, one line in tensors.def.

   Contributions add: Sigma = sum over the active ones. In the plane the symmetric part has the components xx, xy = yx, yy; the antisymmetric
   part one, yx = -xy. A contribution has either function or both. */
#pragma once
#include <hopfilm/transport.h>

#define HF_TENSOR_PARAMETERS 4 /* numbers a contribution may keep for each region */

/* What the conductivity (and with it everything in S/m) and the AMR ratio of a grain are multiplied by; 1 where nothing varies. */
typedef struct {
  PetscReal conductivity, amr_ratio;
} HfGrainFactors;

typedef struct {
  const char *name;
  const char *doc;      /* one sentence with the tensor */
  const char *citation; /* key for HfCite() or NULL */
  const HfKey *keys;    /* rows under "material:" */
  PetscErrorCode (*check_settings)(HfDeck deck,
                                   HfNode material); /* reports what is wrong with the keys to the deck; NULL: nothing can be. Collective. */
  /* Reads the numbers of a region from its material. Not collective. */
  void (*settings)(HfNode material, PetscReal numbers[]);
  /* Those of one of its grains; *active says whether the contribution acts there, alike in all grains. Not collective. */
  void (*set_up)(const PetscReal numbers[], const HfGrainFactors *factors, PetscReal p[], PetscBool *active);
  /* Adds S/m to n cells of one grain of a region, one after another along x; m[3n] interleaved, may be NULL when needs_m is false. NULL: nothing. */
  void (*add)(const PetscReal p[], PetscInt n, const PetscReal m[], PetscReal xx[], PetscReal xy[], PetscReal yy[]);
  /* The same for the antisymmetric part. It must be odd in m (Onsager). One active contribution makes the operator unsymmetric. */
  void (*add_antisymmetric)(const PetscReal p[], PetscInt n, const PetscReal m[], PetscReal yx[]);
  PetscReal (*least)(const PetscReal p[]); /* what the contribution adds at least, over all directions of m and of the field, S/m; NULL: 0 */
  PetscBool needs_m;
  PetscBool odd; /* its symmetric part is odd in m */
} HfTensor;

PetscInt HfTensorCount(void);
const HfTensor *HfTensorGet(PetscInt k);
