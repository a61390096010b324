/* Islands: film that no driven electrode reaches has no potential. A flood from the driven contacts: a film cell with one reached corner is
   reached altogether (cells that share a corner conduct); a floating contact carries the flood to all of its vertices. Every rank floods its rows to
   the end, then looks at its neighbours' rows again, until nothing changes anywhere. */
#include "transport_impl.h"

typedef struct {
  HfElectrodes e;
  HfGhostRows vertices;
  const HfGhostRowsInfo *rows;
  PetscReal *reached;   /* 1 where the flood was; with ghost rows */
  PetscReal *spread;    /* 1 where it was spread from */
  PetscBool *electrode; /* reached, per electrode */
  PetscInt *stack, n;   /* offsets of vertices to spread from */
} Flood;

static void reach(Flood *f, PetscInt i, PetscInt j) {
  const ptrdiff_t at = HfGhostRowsAt(f->rows, j) + i;

  if (j < f->rows->start || j >= f->rows->end || f->reached[at] > 0) return;
  f->reached[at] = f->spread[at] = 1;
  f->stack[f->n++] = (PetscInt)at;
}

static void flood(Flood *f) {
  const HfGridInfo *g = HfGridGetInfo(f->e->grid);
  const int8_t *regions = HfGridRegions(f->e->grid);
  const PetscInt nx = f->rows->n;

  while (f->n) {
    const PetscInt at = f->stack[--f->n], i = at % nx, j = at / nx + f->rows->start - 1;
    const PetscInt electrode = j >= f->rows->start && j < f->rows->end ? f->e->vertices[(j - f->rows->start) * nx + i] : -1;

    if (electrode >= 0) f->electrode[electrode] = PETSC_TRUE;
    for (PetscInt cj = PetscMax(j - 1, g->ys - 1); cj <= PetscMin(j, g->ys + g->ym); ++cj)
      for (PetscInt ci = i - 1; ci <= i; ++ci)
        if (HfRegionAt(g, regions, ci, cj) >= 0)
          for (int corner = 0; corner < 4; ++corner) reach(f, ci + (corner & 1), cj + (corner >> 1));
  }
}

/* Spreads from ghost vertices and electrodes reached since the last time; *changed is the same on all ranks. */
static PetscErrorCode look_around(Flood *f, PetscBool *changed) {
  HfElectrodes e = f->e;
  const PetscInt nx = f->rows->n;
  PetscMPIInt n, local = 0;

  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsFill(f->vertices, f->reached, HF_ROWS_ALL));
  const PetscInt ghosts[2] = {f->rows->start - 1, f->rows->end};
  for (int side = 0; side < 2; ++side) {
    for (ptrdiff_t at = HfGhostRowsAt(f->rows, ghosts[side]); at < HfGhostRowsAt(f->rows, ghosts[side] + 1); ++at) {
      if (f->reached[at] < 0.5 || f->spread[at] > 0.5) continue;
      f->spread[at] = 1;
      f->stack[f->n++] = (PetscInt)at;
    }
  }
  PetscCall(PetscMPIIntCast(e->n, &n));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, f->electrode, n, MPIU_BOOL, MPI_LOR, HfGridComm(e->grid)));
  for (PetscInt k = 0; k < e->n_rows * nx; ++k)
    if (e->vertices[k] >= 0 && f->electrode[e->vertices[k]]) reach(f, k % nx, k / nx + f->rows->start);
  local = f->n > 0;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &local, 1, MPI_INT, MPI_MAX, HfGridComm(e->grid)));
  *changed = (PetscBool)local;
  PetscFunctionReturn(0);
}

PetscErrorCode HfIslandFind(HfElectrodes e, PetscBool *found, PetscReal xy[2]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const int8_t *regions = HfGridRegions(e->grid);
  Flood f = {.e = e};
  PetscInt first = g->nx * g->ny;
  PetscBool changed = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsCreateVertices(e->grid, &f.vertices));
  f.rows = HfGhostRowsGetInfo(f.vertices);
  PetscCall(HfGhostRowsAllocate(f.vertices, &f.reached));
  PetscCall(HfGhostRowsAllocate(f.vertices, &f.spread));
  PetscCall(PetscMalloc2((e->n_rows + 2) * (g->nx + 1), &f.stack, e->n, &f.electrode));
  for (PetscInt k = 0; k < e->n; ++k) f.electrode[k] = (PetscBool)!e->floating[k];
  while (changed) {
    PetscCall(look_around(&f, &changed));
    flood(&f);
  }
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i)
      if (HfRegionAt(g, regions, i, j) >= 0 && f.reached[HfGhostRowsAt(f.rows, j) + i] < 0.5) first = PetscMin(first, j * g->nx + i);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPIU_INT, MPI_MIN, HfGridComm(e->grid)));
  *found = (PetscBool)(first < g->nx * g->ny);
  xy[0] = g->x0 + ((PetscReal)(first % g->nx) + 0.5) * g->dx;
  xy[1] = g->y0 + ((PetscReal)(first / g->nx) + 0.5) * g->dy;
  PetscCall(PetscFree2(f.stack, f.electrode));
  PetscCall(HfGhostRowsFree(&f.reached));
  PetscCall(HfGhostRowsFree(&f.spread));
  PetscCall(HfGhostRowsDestroy(&f.vertices));
  PetscFunctionReturn(0);
}
