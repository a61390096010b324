/* state.c: the list of what must be found again. Modules add the places of their numbers; who saves reads from them, who loads writes into them. */
#include <hopfilm/grid.h>
#include <stdarg.h>
#include <string.h>

struct HfState_ {
  PetscInt n, room;
  HfStateItem *items;
  char group[32];
};

PetscErrorCode HfStateCreate(HfState *state) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfStateDestroy(HfState *state) {
  PetscFunctionBeginUser;
  if (!*state) PetscFunctionReturn(0);
  PetscCall(PetscFree((*state)->items));
  PetscCall(PetscFree(*state));
  PetscFunctionReturn(0);
}

PetscErrorCode HfStateGroup(HfState state, const char *format, ...) {
  va_list arguments;

  PetscFunctionBeginUser;
  va_start(arguments, format);
  vsnprintf(state->group, sizeof(state->group), format, arguments);
  va_end(arguments);
  PetscFunctionReturn(0);
}

static PetscErrorCode NewItem(HfState state, HfStateKind kind, const char *name, HfStateItem **item) {
  PetscFunctionBeginUser;
  if (state->n == state->room) {
    state->room = PetscMax(32, 2 * state->room);
    PetscCall(PetscRealloc((size_t)state->room * sizeof(*state->items), &state->items));
  }
  *item = &state->items[state->n++];
  **item = (HfStateItem){.kind = kind};
  PetscCall(PetscSNPrintf((*item)->name, sizeof((*item)->name), "%s/%s", state->group, name));
  PetscFunctionReturn(0);
}

PetscErrorCode HfStateAdd(HfState state, const char *name, HfStateKind kind, PetscInt n, void *values) {
  HfStateItem *item = NULL;

  PetscFunctionBeginUser;
  PetscCall(NewItem(state, kind, name, &item));
  item->n = n;
  item->values = values;
  PetscFunctionReturn(0);
}

PetscErrorCode HfStateAddVec(HfState state, const char *name, Vec vec) {
  HfStateItem *item = NULL;

  PetscFunctionBeginUser;
  PetscCall(NewItem(state, HF_STATE_VEC, name, &item));
  item->vec = vec;
  PetscCall(VecGetSize(vec, &item->n));
  PetscFunctionReturn(0);
}

PetscInt HfStateCount(HfState state) { return state->n; }
const HfStateItem *HfStateGet(HfState state, PetscInt k) { return &state->items[k]; }
