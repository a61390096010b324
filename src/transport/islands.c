/* Islands: film that no driven electrode reaches has no potential. A flood from the driven contacts: a film cell with one reached corner is
   reached altogether (cells that share a corner conduct); a floating contact carries the flood to all of its vertices. Every rank floods its rows to
   the end, then looks at its neighbours' rows again, until nothing changes anywhere. From one electrode at a time the same flood finds the pieces of the film
   between which no current can flow. It crosses periodic boundaries, except to find out what the preconditioner, which does not (seam.c), lacks a contact for. */
#include "transport_impl.h"
#include <hopfilm/petsc_versions.h>

typedef struct {
  HfElectrodes e;
  PetscBool seams; /* it crosses periodic boundaries */
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
  const PetscInt nx = f->rows->n;

  while (f->n) {
    const PetscInt at = f->stack[--f->n], i = at % nx, j = at / nx + f->rows->start - 1;
    const PetscInt electrode = j >= f->rows->start && j < f->rows->end ? f->e->vertices[(j - f->rows->start) * nx + i] : -1;

    if (electrode >= 0) f->electrode[electrode] = PETSC_TRUE;
    for (PetscInt cj = PetscMax(j - 1, g->ys - 1); cj <= PetscMin(j, g->ys + g->ym); ++cj)
      for (PetscInt ci = i - 1; ci <= i; ++ci)
        if (f->e->conducts[(cj - (g->ys - 1)) * (g->nx + 2) + ci + 1])
          for (int corner = 0; corner < 4; ++corner) reach(f, ci + (corner & 1), cj + (corner >> 1));
  }
}

/* The vertices on both sides of a periodic boundary are the same. */
static PetscErrorCode cross_seams(Flood *f) {
  const HfGridInfo *g = HfGridGetInfo(f->e->grid);
  const PetscInt n = f->rows->n, last = f->rows->n_rows - 1, seam[2] = {0, last};
  uint8_t *row;

  PetscFunctionBeginUser;
  for (PetscInt j = f->rows->start; j < f->rows->end && g->periodic[0]; ++j) {
    const PetscReal *reached = f->reached + HfGhostRowsAt(f->rows, j);

    if (reached[0] > 0.5 || reached[n - 1] > 0.5) {
      reach(f, 0, j);
      reach(f, n - 1, j);
    }
  }
  if (!g->periodic[1]) PetscFunctionReturn(0);
  PetscCall(PetscCalloc1(n, &row));
  for (int side = 0; side < 2; ++side)
    for (PetscInt i = 0; i < n && seam[side] >= f->rows->start && seam[side] < f->rows->end; ++i)
      row[i] |= f->reached[HfGhostRowsAt(f->rows, seam[side]) + i] > 0.5;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, row, (PetscMPIInt)n, MPI_UINT8_T, MPI_MAX, HfGridComm(f->e->grid)));
  for (PetscInt i = 0; i < n; ++i) {
    if (!row[i]) continue;
    reach(f, i, 0);
    reach(f, i, last);
  }
  PetscCall(PetscFree(row));
  PetscFunctionReturn(0);
}

/* Spreads from ghost vertices, across seams, and from electrodes reached since the last time; *changed is the same on all ranks. */
static PetscErrorCode look_around(Flood *f, PetscBool *changed) {
  HfElectrodes e = f->e;
  const PetscInt nx = f->rows->n;
  PetscMPIInt n, local = 0;

  PetscFunctionBeginUser;
  if (f->seams) PetscCall(cross_seams(f));
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
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, f->electrode, n, HF_MPI_BOOL, MPI_LOR, HfGridComm(e->grid)));
  for (PetscInt k = 0; k < e->n_rows * nx; ++k)
    if (e->vertices[k] >= 0 && f->electrode[e->vertices[k]]) reach(f, k % nx, k / nx + f->rows->start);
  local = f->n > 0;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &local, 1, MPI_INT, MPI_MAX, HfGridComm(e->grid)));
  *changed = (PetscBool)local;
  PetscFunctionReturn(0);
}

static PetscErrorCode flood_create(HfElectrodes e, Flood *f) {
  PetscFunctionBeginUser;
  *f = (Flood){.e = e};
  PetscCall(HfGhostRowsCreateVertices(e->grid, &f->vertices));
  f->rows = HfGhostRowsGetInfo(f->vertices);
  PetscCall(HfGhostRowsAllocate(f->vertices, &f->reached));
  PetscCall(HfGhostRowsAllocate(f->vertices, &f->spread));
  PetscCall(PetscMalloc1((e->n_rows + 2) * (HfGridGetInfo(e->grid)->nx + 1), &f->stack));
  PetscCall(PetscCalloc1(e->n, &f->electrode));
  PetscFunctionReturn(0);
}

static PetscErrorCode flood_destroy(Flood *f) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(f->stack));
  PetscCall(PetscFree(f->electrode));
  PetscCall(HfGhostRowsFree(&f->reached));
  PetscCall(HfGhostRowsFree(&f->spread));
  PetscCall(HfGhostRowsDestroy(&f->vertices));
  PetscFunctionReturn(0);
}

/* From the electrodes that are marked as reached until nothing changes. */
static PetscErrorCode flood_everything(Flood *f) {
  PetscBool changed = PETSC_TRUE;

  PetscFunctionBeginUser;
  while (changed) {
    PetscCall(look_around(f, &changed));
    flood(f);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfIslandFind(HfElectrodes e, PetscBool *found, PetscReal xy[2]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const int8_t *regions = HfGridRegions(e->grid);
  PetscInt first = g->nx * g->ny;
  Flood f;

  PetscFunctionBeginUser;
  PetscCall(flood_create(e, &f));
  f.seams = PETSC_TRUE;
  for (PetscInt k = 0; k < e->n; ++k) f.electrode[k] = (PetscBool)!e->floating[k];
  PetscCall(flood_everything(&f));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i)
      if (HfRegionAt(g, regions, i, j) >= 0 && f.reached[HfGhostRowsAt(f.rows, j) + i] < 0.5) first = PetscMin(first, j * g->nx + i);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPIU_INT, MPI_MIN, HfGridComm(e->grid)));
  *found = (PetscBool)(first < g->nx * g->ny);
  xy[0] = g->x0 + ((PetscReal)(first % g->nx) + 0.5) * g->dx;
  xy[1] = g->y0 + ((PetscReal)(first / g->nx) + 0.5) * g->dy;
  PetscCall(flood_destroy(&f));
  PetscFunctionReturn(0);
}

PetscErrorCode HfIslandSeams(HfElectrodes e, PetscInt *n, PetscInt *vertices[]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  Flood f;

  PetscFunctionBeginUser;
  PetscCall(flood_create(e, &f));
  for (PetscInt k = 0; k < e->n; ++k) f.electrode[k] = PETSC_TRUE;
  PetscCall(flood_everything(&f));
  *n = 0;
  PetscCall(PetscMalloc1(2 * (f.rows->n + e->n_rows), vertices));
  for (PetscInt k = 0; k < e->n_rows * f.rows->n; ++k) {
    const PetscInt i = k % f.rows->n, j = f.rows->start + k / f.rows->n;
    const PetscBool seam = (PetscBool)((g->periodic[0] && (i == 0 || i == g->nx)) || (g->periodic[1] && (j == 0 || j == g->ny)));

    if (seam && HfVertexConducts(e, i, j) && f.reached[HfGhostRowsAt(f.rows, j) + i] < 0.5) (*vertices)[(*n)++] = k;
  }
  PetscCall(flood_destroy(&f));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPiecesFind(HfElectrodes e) {
  const PetscInt unknown = e->n;
  PetscInt piece = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e->n; ++k) e->piece[k] = unknown;
  for (PetscInt first = 0; first < e->n; ++first) {
    PetscInt n_reached = 0;
    Flood f;

    if (e->piece[first] != unknown) continue;
    PetscCall(flood_create(e, &f));
    f.seams = PETSC_TRUE;
    f.electrode[first] = PETSC_TRUE;
    PetscCall(flood_everything(&f));
    for (PetscInt k = 0; k < e->n; ++k) n_reached += f.electrode[k];
    for (PetscInt k = 0; k < e->n; ++k)
      if (f.electrode[k]) e->piece[k] = n_reached > 1 ? piece : -1 - piece;
    PetscCall(flood_destroy(&f));
    ++piece;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfCornersCount(HfElectrodes e, PetscInt *n, PetscReal xy[2]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const ptrdiff_t w = g->nx + 2;
  PetscInt first = (g->nx + 1) * (g->ny + 1);

  PetscFunctionBeginUser;
  *n = 0;
  for (PetscInt j = g->ys; j < g->ys + e->n_rows; ++j)
    for (PetscInt i = 0; i <= g->nx; ++i) {
      const uint8_t *ne = e->conducts + (j - (g->ys - 1)) * w + i + 1;
      const PetscBool rising = (PetscBool)(ne[0] && ne[-w - 1]), falling = (PetscBool)(ne[-1] && ne[-w]);

      if ((!rising && !falling) || (rising && (ne[-1] || ne[-w])) || (falling && (ne[0] || ne[-w - 1]))) continue;
      ++*n;
      first = PetscMin(first, j * (g->nx + 1) + i);
    }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, n, 1, MPIU_INT, MPI_SUM, HfGridComm(e->grid)));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPIU_INT, MPI_MIN, HfGridComm(e->grid)));
  xy[0] = g->x0 + (PetscReal)(first % (g->nx + 1)) * g->dx;
  xy[1] = g->y0 + (PetscReal)(first / (g->nx + 1)) * g->dy;
  PetscFunctionReturn(0);
}
