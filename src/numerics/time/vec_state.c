/* Snapshots of Vecs: what was computed from a Vec is current as long as the Vec is the same and was not changed since. */
#include "petsc_private.h"
#include <hopfilm/numerics.h>

PetscErrorCode HfVecStateGet(Vec v, HfVecState *snapshot) {
  PetscFunctionBeginUser;
  PetscCall(PetscObjectGetId((PetscObject)v, &snapshot->id));
  PetscCall(HfVecState(v, &snapshot->changes));
  PetscFunctionReturn(0);
}

PetscErrorCode HfVecStateCompare(Vec v, const HfVecState *snapshot, PetscBool *same) {
  HfVecState now;

  PetscFunctionBeginUser;
  PetscCall(HfVecStateGet(v, &now));
  *same = (PetscBool)(now.id == snapshot->id && now.changes == snapshot->changes);
  PetscFunctionReturn(0);
}
