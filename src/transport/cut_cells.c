/* Which cells conduct, as a whole or in part, and the list of those that the outline of the film or of a contact cuts. Their elements: cut_elements.c. */
#include "transport_impl.h"

static const PetscReal EMPTY = 1e-4; /* of a cell: less is void, and as little short of the whole is whole */

static HfCutPlace place_of(HfGrid grid, PetscInt i, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(grid);

  return (HfCutPlace){.film = HfGridOutline(grid),
                      .x0 = g->x0 + (PetscReal)i * g->dx,
                      .y0 = g->y0 + (PetscReal)j * g->dy,
                      .dx = g->dx,
                      .dy = g->dy,
                      .tolerance = 1e-9 * PetscMin(g->dx, g->dy)};
}

/* Whether the film contains the centre of a cell; any cell, beyond a periodic boundary that of the other side. */
static PetscBool is_film_cell(HfGrid grid, PetscInt i, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(grid);

  if (g->periodic[0]) i = (i + g->nx) % g->nx;
  if (g->periodic[1]) j = (j + 2 * g->ny) % g->ny;
  const HfCutPlace p = place_of(grid, i, j);

  return (PetscBool)(i >= 0 && i < g->nx && j >= 0 && j < g->ny && HfCutIsFilm(&p, 0.5, 0.5));
}

/* The outline may pass through a cell that differs from one of the cells around it; bits of `film`: cells (i-1 .. i+1, j-1 .. j+1) row by row. */
static PetscBool is_rim(unsigned film) { return (PetscBool)(film != 0 && film != 0777); }

PetscErrorCode HfConductingCells(HfGrid grid, uint8_t **out) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  const ptrdiff_t w = g->nx + 2;
  uint8_t *conducts, *three, *film[3]; /* rows j-1, j, j+1 */

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(w * (g->ym + 2), &conducts));
  for (ptrdiff_t k = 0; k < w * (g->ym + 2); ++k) conducts[k] = regions[k] >= 0 ? HF_CELL_WHOLE : HF_CELL_VOID;
  if (g->periodic[0]) /* cells beyond the seam belong to the other side, see seam.c */
    for (PetscInt j = 0; j < g->ym + 2; ++j) conducts[j * w] = conducts[(j + 1) * w - 1] = HF_CELL_VOID;
  if (g->periodic[1] && g->ys == 0) memset(conducts, HF_CELL_VOID, (size_t)w);
  if (g->periodic[1] && g->ys + g->ym == g->ny) memset(conducts + (g->ym + 1) * w, HF_CELL_VOID, (size_t)w);
  *out = conducts;
  if (!HfGridOutline(grid)) PetscFunctionReturn(0);
  PetscCall(PetscCalloc1(3 * w, &three));
  for (int k = 0; k < 3; ++k) film[k] = three + k * w;
  for (PetscInt j = g->ys - 2; j <= g->ys + g->ym + 1; ++j) {
    uint8_t *const row = film[0];

    film[0] = film[1];
    film[1] = film[2];
    film[2] = row;
    for (PetscInt i = -1; i <= g->nx; ++i) row[i + 1] = is_film_cell(grid, i, j);
    const PetscInt middle = j - 1; /* the cells around those of this row are known */
    if (middle < PetscMax(0, g->ys - 1) || middle > PetscMin(g->ny - 1, g->ys + g->ym)) continue;
    for (PetscInt i = 0; i < g->nx; ++i) {
      unsigned around = 0;

      for (int k = 0; k < 9; ++k) around = around << 1 | film[k / 3][i + k % 3];
      if (!is_rim(around)) continue;
      const HfCutPlace p = place_of(grid, i, middle);
      const PetscReal filled = HfCutFilled(&p);
      const PetscBool is_outer = (PetscBool)!film[1][i + 1]; /* its centre is outside */
      if (is_outer ? filled > EMPTY : filled < 1 - EMPTY) conducts[(middle - (g->ys - 1)) * w + i + 1] = HF_CELL_PART;
    }
  }
  PetscCall(PetscFree(three));
  PetscFunctionReturn(0);
}

/* Electrodes of the vertices with ghost rows, as numbers. */
static PetscErrorCode electrodes_of_vertices(HfElectrodes e, HfGhostRows rows, PetscReal **out) {
  const HfGhostRowsInfo *info = HfGhostRowsGetInfo(rows);
  PetscReal *held;

  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsAllocate(rows, &held));
  for (ptrdiff_t k = 0; k < (ptrdiff_t)e->n_rows * info->n; ++k) held[HfGhostRowsAt(info, info->start) + k] = e->vertices[k];
  PetscCall(HfGhostRowsFill(rows, held, HF_ROWS_ALL));
  *out = held;
  PetscFunctionReturn(0);
}

PetscErrorCode HfCutCellsCreate(HfElectrodes e, const HfShape contacts[]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const int8_t *regions = HfGridRegions(e->grid);
  const HfGhostRowsInfo *info;
  HfGhostRows rows;
  PetscReal *held_by;
  PetscInt room = 0;

  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsCreateVertices(e->grid, &rows));
  info = HfGhostRowsGetInfo(rows);
  PetscCall(electrodes_of_vertices(e, rows, &held_by));
  e->n_outer = 0;
  for (PetscInt j = PetscMax(0, g->ys - 1); j < g->ys + g->ym; ++j) {
    const PetscReal *low = held_by + HfGhostRowsAt(info, j), *high = low + info->n;
    PetscInt outer = 0;

    for (PetscInt i = 0; i < g->nx; ++i) {
      const ptrdiff_t at = (ptrdiff_t)(j - (g->ys - 1)) * (g->nx + 2) + i + 1;
      const PetscInt held[4] = {(PetscInt)low[i], (PetscInt)low[i + 1], (PetscInt)high[i + 1], (PetscInt)high[i]};
      HfCutCell cell = {.at = at, .i = i, .j = j, .outer = -1};
      HfCutPlace p = place_of(e->grid, i, j);

      p.contacts = contacts;
      p.positions = e->positions;
      if (e->conducts[at] == HF_CELL_VOID || !HfCutIntegrate(&p, (PetscBool)(e->conducts[at] == HF_CELL_PART), held, &cell)) continue;
      if (regions[at] < 0) cell.outer = outer++;
      if (e->n_cut == room) {
        room = 2 * room + 64;
        PetscCall(PetscRealloc((size_t)room * sizeof(HfCutCell), &e->cut));
      }
      e->cut[e->n_cut++] = cell;
    }
    e->n_outer = PetscMax(e->n_outer, outer);
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &e->n_outer, 1, MPIU_INT, MPI_MAX, HfGridComm(e->grid)));
  PetscCall(HfGhostRowsFree(&held_by));
  PetscCall(HfGhostRowsDestroy(&rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfElectrodesGatherCutCells(HfElectrodes e, PetscInt *n, PetscInt *cells[], HfCellElement *elements[]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  PetscMPIInt mine = 0, *counts, *starts;
  MPI_Datatype element; /* counted as one */
  PetscInt *own_cells;
  HfCellElement *own;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(e->n_cut, &own_cells, e->n_cut, &own, g->size, &counts, g->size + 1, &starts));
  for (PetscInt k = 0; k < e->n_cut; ++k) {
    if (e->cut[k].j < g->ys) continue;
    own_cells[mine] = e->cut[k].j * g->nx + e->cut[k].i;
    own[mine++] = e->cut[k].element;
  }
  PetscCallMPI(MPI_Allgather(&mine, 1, MPI_INT, counts, 1, MPI_INT, HfGridComm(e->grid)));
  starts[0] = 0;
  for (PetscMPIInt r = 0; r < g->size; ++r) starts[r + 1] = starts[r] + counts[r];
  *n = starts[g->size];
  PetscCall(PetscMalloc1(*n, cells));
  PetscCall(PetscMalloc1(*n, elements));
  PetscCallMPI(MPI_Allgatherv(own_cells, mine, MPIU_INT, *cells, counts, starts, MPIU_INT, HfGridComm(e->grid)));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)(sizeof(HfCellElement) / sizeof(PetscReal)), MPIU_REAL, &element));
  PetscCallMPI(MPI_Type_commit(&element));
  PetscCallMPI(MPI_Allgatherv(own, mine, element, *elements, counts, starts, element, HfGridComm(e->grid)));
  PetscCallMPI(MPI_Type_free(&element));
  PetscCall(PetscFree4(own_cells, own, counts, starts));
  PetscFunctionReturn(0);
}
