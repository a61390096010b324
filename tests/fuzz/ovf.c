/* Any bytes as an OVF file of the start, on a film of 6 x 4 cells. */
#include "fuzz.h"
#include <hopfilm/grid.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char how[HF_WHY_LENGTH], why[HF_WHY_LENGTH];
  HfFieldSource source = {.dataset = "/fields/m",
                          .frame = -1,
                          .stretch = (PetscBool)(size % 3 == 1),
                          .placed = (PetscBool)(size % 3 == 2),
                          .values = (PetscBool)(size % 2)};
  const PetscScalar *m;
  HfGrid grid;
  Vec v;

  source.path = HfFuzzFile(data, size);
  if (HfGridCreate(MPI_COMM_SELF, 6, 4, 5e-9, 5e-9, 2e-9, NULL, NULL, &grid) || HfGridCreateCellVec(grid, 3, &v)) abort();
  if (HfFieldReadSource(grid, &source, v, how, why)) abort();
  if (VecGetArrayRead(v, &m)) abort();
  for (int k = 0; !why[0] && k < 6 * 4 * 3; ++k)
    if (PetscIsInfOrNanReal(m[k])) abort();
  if (VecRestoreArrayRead(v, &m) || VecDestroy(&v) || HfGridDestroy(&grid)) abort();
  return 0;
}
