/* The grid of the film: which cells exist, to which region they belong, and which rank owns which rows.

   A 1 x P process grid: every rank owns whole rows, so that rows vectorise, the halo is two rows, and an FFT along x needs no exchange. */
#include "grid_impl.h"

/* Row boundaries are multiples of a power of two of at most an eighth of a rank's share: the levels of a multigrid hierarchy then stay aligned
   with the ranks at the price of a small imbalance. */
static PetscErrorCode divide_rows(PetscInt ny, PetscMPIInt size, PetscInt rows[]) {
  PetscInt block = 1;

  PetscFunctionBeginUser;
  while (16 * block * size <= ny) block *= 2;
  rows[0] = 0;
  for (PetscMPIInt r = 1; r < size; ++r) {
    const PetscInt64 ideal = ((PetscInt64)r * ny + size / 2) / size;
    rows[r] = block * (PetscInt)((ideal + block / 2) / block);
  }
  rows[size] = ny;
  PetscFunctionReturn(0);
}

/* The number of the cell that stands at place i of n: beyond a periodic boundary the one on the other side, -1 beyond any other. */
static PetscInt wrap(PetscInt i, PetscInt n, PetscBool periodic) { return i >= 0 && i < n ? i : periodic ? (i + n) % n : -1; }

PetscErrorCode HfGridCreate(MPI_Comm comm, PetscInt nx, PetscInt ny, PetscReal dx, PetscReal dy, PetscReal thickness,
                            PetscInt (*region_of)(PetscReal x, PetscReal y, void *context), void *context, HfGrid *out) {
  const PetscBool periodic[2] = {PETSC_FALSE, PETSC_FALSE};

  PetscFunctionBeginUser;
  PetscCall(HfGridCreatePeriodic(comm, nx, ny, dx, dy, thickness, periodic, region_of, context, out));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridCreatePeriodic(MPI_Comm comm, PetscInt nx, PetscInt ny, PetscReal dx, PetscReal dy, PetscReal thickness,
                                    const PetscBool periodic[2], PetscInt (*region_of)(PetscReal x, PetscReal y, void *context), void *context,
                                    HfGrid *out) {
  HfGrid grid;
  HfGridInfo *g;
  PetscInt local[2] = {0, 0}, total[2];

  PetscFunctionBeginUser;
  *out = NULL;
  PetscCall(PetscNew(&grid));
  g = &grid->info;
  grid->comm = comm;
  g->nx = nx;
  g->ny = ny;
  g->dx = dx;
  g->dy = dy;
  g->thickness = thickness;
  g->x0 = -0.5 * (PetscReal)nx * dx;
  g->y0 = -0.5 * (PetscReal)ny * dy;
  for (int d = 0; d < 2; ++d) g->periodic[d] = periodic[d];
  PetscCallMPI(MPI_Comm_rank(comm, &g->rank));
  PetscCallMPI(MPI_Comm_size(comm, &g->size));
  if (g->size > ny) {
    const PetscMPIInt size = g->size;
    PetscCall(PetscFree(grid));
    return HfFault(comm, HF_ERR_DECK,
                   "%d ranks for %" PetscInt_FMT " rows of cells: every rank needs at least one row; use at most %" PetscInt_FMT " ranks", size, ny,
                   ny);
  }
  PetscCall(PetscMalloc1(g->size + 1, &grid->rows));
  PetscCall(divide_rows(ny, g->size, grid->rows));
  g->ys = grid->rows[g->rank];
  g->ym = grid->rows[g->rank + 1] - g->ys;

  PetscCall(PetscMalloc1((nx + 2) * (g->ym + 2), &grid->regions));
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j) {
    for (PetscInt i = -1; i <= nx; ++i) {
      const PetscInt a = wrap(i, nx, periodic[0]), b = wrap(j, ny, periodic[1]);
      const PetscBool inside = (PetscBool)(a >= 0 && b >= 0);
      const PetscReal x = g->x0 + ((PetscReal)a + 0.5) * dx, y = g->y0 + ((PetscReal)b + 0.5) * dy;
      const PetscInt region = inside ? (region_of ? region_of(x, y, context) : 0) : -1;

      PetscCheck(region <= HF_MAX_REGIONS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "film.regions: at most %d regions", HF_MAX_REGIONS);
      grid->regions[(j - (g->ys - 1)) * (nx + 2) + i + 1] = (int8_t)region;
      if (i == a && region >= 0 && j >= g->ys && j < g->ys + g->ym) {
        ++local[0];
        local[1] = PetscMax(local[1], region + 1);
      }
    }
  }
  PetscCallMPI(MPI_Allreduce(&local[0], &total[0], 1, MPIU_INT, MPI_SUM, comm));
  PetscCallMPI(MPI_Allreduce(&local[1], &total[1], 1, MPIU_INT, MPI_MAX, comm));
  g->n_film = total[0];
  g->n_regions = total[1];
  *out = grid;
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridDestroy(HfGrid *grid) {
  PetscFunctionBeginUser;
  if (!*grid) PetscFunctionReturn(0);
  for (PetscInt d = 0; d <= HF_MAX_DOF; ++d) PetscCall(DMDestroy(&(*grid)->cells[d]));
  PetscCall(DMDestroy(&(*grid)->vertices));
  PetscCall(PetscFree((*grid)->rows));
  PetscCall(PetscFree((*grid)->regions));
  PetscCall(HfShapeDestroy(&(*grid)->outline));
  PetscCall(PetscFree(*grid));
  PetscFunctionReturn(0);
}

/* A DMDA of whole rows with the grid's division among the ranks; `extra` rows and columns more than cells. */
static PetscErrorCode create_rows(HfGrid grid, PetscInt extra, PetscInt dof, DMDAStencilType stencil, DM *dm) {
  const HfGridInfo *g = &grid->info;
  const PetscInt nx = g->nx + extra;
  PetscInt *ly;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(g->size, &ly));
  for (PetscMPIInt r = 0; r < g->size; ++r) ly[r] = grid->rows[r + 1] - grid->rows[r];
  ly[g->size - 1] += extra;
  PetscCall(DMDACreate2d(grid->comm, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, stencil, nx, g->ny + extra, 1, g->size, dof, 1, &nx, ly, dm));
  PetscCall(DMSetUp(*dm));
  PetscCall(PetscFree(ly));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridGetCells(HfGrid grid, PetscInt dof, DM *cells) {
  PetscFunctionBeginUser;
  PetscCheck(dof >= 1 && dof <= HF_MAX_DOF, grid->comm, PETSC_ERR_ARG_OUTOFRANGE, "a cell has 1 to %d components, not %" PetscInt_FMT, HF_MAX_DOF,
             dof);
  if (!grid->cells[dof]) PetscCall(create_rows(grid, 0, dof, DMDA_STENCIL_STAR, &grid->cells[dof]));
  *cells = grid->cells[dof];
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridGetVertices(HfGrid grid, DM *vertices) {
  PetscFunctionBeginUser;
  if (!grid->vertices) PetscCall(create_rows(grid, 1, 1, DMDA_STENCIL_BOX, &grid->vertices));
  *vertices = grid->vertices;
  PetscFunctionReturn(0);
}

/* Not from a DMDA: its indices of ghost cells, which the exchange of ghost rows does not need, would take 20 to 60 B per cell. */
static PetscErrorCode create_vec(HfGrid grid, PetscInt own, PetscInt dof, Vec *v) {
  PetscFunctionBeginUser;
  PetscCall(VecCreate(grid->comm, v));
  PetscCall(VecSetSizes(*v, dof * own, PETSC_DETERMINE));
  PetscCall(VecSetBlockSize(*v, dof));
  PetscCall(VecSetType(*v, VECSTANDARD));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridCreateCellVec(HfGrid grid, PetscInt dof, Vec *v) {
  PetscFunctionBeginUser;
  PetscCall(create_vec(grid, grid->info.nx * grid->info.ym, dof, v));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridCreateVertexVec(HfGrid grid, Vec *v) {
  const HfGridInfo *g = &grid->info;

  PetscFunctionBeginUser;
  PetscCall(create_vec(grid, (g->nx + 1) * (g->ym + (g->rank == g->size - 1)), 1, v));
  PetscFunctionReturn(0);
}

const HfGridInfo *HfGridGetInfo(HfGrid grid) { return &grid->info; }
MPI_Comm HfGridComm(HfGrid grid) { return grid->comm; }
const PetscInt *HfGridRowRanges(HfGrid grid) { return grid->rows; }
const int8_t *HfGridRegions(HfGrid grid) { return grid->regions; }
HfShape HfGridOutline(HfGrid grid) { return grid->outline; }
