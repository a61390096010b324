/* Oersted field of a wide thin sheet, its local limit:
     H = K x n / 2,   K = j t the sheet current (A/m), n the unit normal from the gold to the film.
   Ampere's law requires a jump of H by K across a sheet current, half of it on each side. Errors are of the order of distance / width of the sheet. */
#include "oersted_impl.h"

static PetscErrorCode create_sheet(HfGrid grid, const HfOerstedGeometry *geometry, void **data) {
  HfOerstedGeometry *copy;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&copy));
  *copy = *geometry;
  *data = copy;
  PetscFunctionReturn(0);
}

static PetscErrorCode apply_sheet(void *data, Vec j, Vec H) {
  const HfOerstedGeometry *geometry = (const HfOerstedGeometry *)data;
  const PetscReal n_z = -geometry->side; /* gold above: the film is below */
  const PetscReal half = 0.5 * geometry->thickness * n_z;
  const PetscScalar *current;
  PetscScalar *field;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(j, &n));
  PetscCall(VecGetArrayRead(j, &current));
  PetscCall(VecGetArrayWrite(H, &field));
  for (PetscInt cell = 0; cell < n / 2; ++cell) {
    field[3 * cell] = half * current[2 * cell + 1]; /* (jx, jy, 0) x (0, 0, n_z) = n_z (jy, -jx, 0) */
    field[3 * cell + 1] = -half * current[2 * cell];
    field[3 * cell + 2] = 0.0;
  }
  PetscCall(VecRestoreArrayWrite(H, &field));
  PetscCall(VecRestoreArrayRead(j, &current));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy_sheet(void **data) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(*data));
  PetscFunctionReturn(0);
}

const HfOerstedModel HfOersted_Sheet = {.local = PETSC_TRUE,
                                        .name = "sheet",
                                        .doc = "local limit of a wide sheet, H = K x n/2",
                                        .citation = "niu-2024",
                                        .create = create_sheet,
                                        .apply = apply_sheet,
                                        .destroy = destroy_sheet};
