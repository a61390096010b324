/* A checkpoint list names the memory that a checkpoint saves and restores. Modules add their numbers and Vecs; saving reads them, loading writes them. */
#include <hopfilm/base.h>
#include <stdarg.h>
#include <string.h>

struct HfCheckpointList_ {
  PetscInt n, room;
  HfCheckpointItem *items;
  char group[32];
};

PetscErrorCode HfCheckpointListCreate(HfCheckpointList *state) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckpointListDestroy(HfCheckpointList *state) {
  PetscFunctionBeginUser;
  if (!*state) PetscFunctionReturn(0);
  PetscCall(PetscFree((*state)->items));
  PetscCall(PetscFree(*state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckpointListGroup(HfCheckpointList state, const char *format, ...) {
  va_list arguments;

  PetscFunctionBeginUser;
  va_start(arguments, format);
  vsnprintf(state->group, sizeof(state->group), format, arguments);
  va_end(arguments);
  PetscFunctionReturn(0);
}

static PetscErrorCode new_item(HfCheckpointList state, HfCheckpointKind kind, const char *name, HfCheckpointItem **item) {
  PetscFunctionBeginUser;
  if (state->n == state->room) {
    state->room = PetscMax(32, 2 * state->room);
    PetscCall(PetscRealloc((size_t)state->room * sizeof(*state->items), &state->items));
  }
  *item = &state->items[state->n++];
  **item = (HfCheckpointItem){.kind = kind};
  PetscCall(PetscSNPrintf((*item)->name, sizeof((*item)->name), "%s/%s", state->group, name));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckpointListAdd(HfCheckpointList state, const char *name, HfCheckpointKind kind, PetscInt n, void *values) {
  HfCheckpointItem *item = NULL;

  PetscFunctionBeginUser;
  PetscCall(new_item(state, kind, name, &item));
  item->n = n;
  item->values = values;
  PetscFunctionReturn(0);
}

PetscErrorCode HfCheckpointListAddVec(HfCheckpointList state, const char *name, Vec vec) {
  HfCheckpointItem *item = NULL;

  PetscFunctionBeginUser;
  PetscCall(new_item(state, HF_CHECKPOINT_VEC, name, &item));
  item->vec = vec;
  PetscCall(VecGetSize(vec, &item->n));
  PetscFunctionReturn(0);
}

PetscInt HfCheckpointListCount(HfCheckpointList state) { return state->n; }
const HfCheckpointItem *HfCheckpointListGet(HfCheckpointList state, PetscInt k) { return &state->items[k]; }
