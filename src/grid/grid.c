/* The grid of the film: which cells exist, to which region they belong, and which rank owns which rows.

   A 1 x P process grid: every rank owns whole rows, so that rows vectorise, the halo is two rows, and an FFT along x needs no exchange. More ranks than
   rows own boxes. PETSc's own division (PETSC_DECIDE of a DMDA) stops the program where there is none; the check of a deck has to ask beforehand. */
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

PetscErrorCode HfGridMostRows(PetscInt ny, PetscMPIInt size, PetscInt *most) {
  PetscInt *rows;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(size + 1, &rows));
  PetscCall(divide_rows(ny, size, rows));
  *most = 0;
  for (PetscMPIInt r = 0; r < size; ++r) *most = PetscMax(*most, rows[r + 1] - rows[r]);
  PetscCall(PetscFree(rows));
  PetscFunctionReturn(0);
}

PetscBool HfGridBoxes(const PetscInt64 n[2], PetscInt64 ranks, PetscInt64 boxes[2]) {
  PetscInt64 least = 0;

  boxes[0] = boxes[1] = 0;
  if (ranks <= n[1]) {
    boxes[0] = 1;
    boxes[1] = ranks;
    return PETSC_TRUE;
  }
  for (PetscInt64 along_x = 2; along_x <= PetscMin(n[0], ranks); ++along_x) {
    const PetscInt64 along_y = ranks / along_x, rim = (n[0] + along_x - 1) / along_x + (n[1] + along_y - 1) / along_y;

    if (ranks % along_x || along_y > n[1] || (boxes[0] && rim >= least)) continue;
    least = rim;
    boxes[0] = along_x;
    boxes[1] = along_y;
  }
  return (PetscBool)(boxes[0] > 0);
}

PetscInt64 HfGridMostRanks(const PetscInt64 n[2], PetscInt64 ranks) {
  PetscInt64 boxes[2];

  ranks = PetscMin(ranks, n[0] * n[1]);
  while (ranks > 1 && !HfGridBoxes(n, ranks, boxes)) --ranks;
  return ranks;
}

/* The boxes along x that -da_processors_x asks for, the option of a DMDA, for tests and comparisons; 0: none. */
static PetscErrorCode wanted_columns(MPI_Comm comm, PetscInt nx, PetscInt ny, PetscInt *columns) {
  PetscMPIInt size;

  PetscFunctionBeginUser;
  *columns = 0;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-da_processors_x", columns, NULL));
  if (size == 1) *columns = 0; /* a grid of one rank beside those of all */
  if (*columns && (*columns < 1 || size % *columns || *columns > nx || size / *columns > ny))
    return HfFault(comm, HF_ERR_DECK,
                   "-da_processors_x %d: %d ranks cannot cut %" PetscInt_FMT " x %" PetscInt_FMT " cells into so many boxes along x", (int)*columns,
                   size, nx, ny);
  PetscFunctionReturn(0);
}

/* The box of this rank; *cut: there is one for every rank. */
static PetscErrorCode divide(HfGrid grid, PetscInt columns, PetscBool *cut) {
  HfGridInfo *g = &grid->info;
  const PetscInt64 n[2] = {g->nx, g->ny};
  PetscInt64 boxes[2];

  PetscFunctionBeginUser;
  *cut = HfGridBoxes(n, g->size, boxes);
  if (columns) {
    boxes[0] = columns;
    boxes[1] = g->size / columns;
    *cut = PETSC_TRUE;
  }
  if (!*cut) PetscFunctionReturn(0);
  for (int d = 0; d < 2; ++d) g->boxes[d] = (PetscMPIInt)boxes[d];
  PetscCall(PetscMalloc2(g->boxes[1] + 1, &grid->rows, g->boxes[0] + 1, &grid->columns));
  PetscCall(divide_rows(g->ny, g->boxes[1], grid->rows));
  PetscCall(divide_rows(g->nx, g->boxes[0], grid->columns));
  g->xs = grid->columns[g->rank % g->boxes[0]];
  g->xm = grid->columns[g->rank % g->boxes[0] + 1] - g->xs;
  g->ys = grid->rows[g->rank / g->boxes[0]];
  g->ym = grid->rows[g->rank / g->boxes[0] + 1] - g->ys;
  if (g->boxes[0] == 1) PetscFunctionReturn(0);
  PetscCallMPI(MPI_Comm_split(grid->comm, g->rank / g->boxes[0], g->rank, &grid->along[0]));
  PetscCallMPI(MPI_Comm_split(grid->comm, g->rank % g->boxes[0], g->rank, &grid->along[1]));
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

/* The numbers of a grid that do not depend on its division. */
static PetscErrorCode create(MPI_Comm comm, const HfGridInfo *film, HfGrid *out) {
  HfGridInfo *g;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(out));
  (*out)->comm = comm;
  g = &(*out)->info;
  *g = *film;
  g->x0 = -0.5 * (PetscReal)g->nx * g->dx;
  g->y0 = -0.5 * (PetscReal)g->ny * g->dy;
  PetscCallMPI(MPI_Comm_rank(comm, &g->rank));
  PetscCallMPI(MPI_Comm_size(comm, &g->size));
  PetscFunctionReturn(0);
}

/* The regions of the owned cells and their frame, and how many there are. */
static PetscErrorCode make_regions(HfGrid grid, PetscInt (*region_of)(PetscReal x, PetscReal y, void *context), void *context) {
  HfGridInfo *g = &grid->info;
  PetscInt local[2] = {0, 0}, total[2];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((g->xm + 2) * (g->ym + 2), &grid->regions));
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j) {
    for (PetscInt i = -1; i <= g->xm; ++i) {
      const PetscInt a = wrap(g->xs + i, g->nx, g->periodic[0]), b = wrap(j, g->ny, g->periodic[1]);
      const PetscBool inside = (PetscBool)(a >= 0 && b >= 0);
      const PetscReal x = g->x0 + ((PetscReal)a + 0.5) * g->dx, y = g->y0 + ((PetscReal)b + 0.5) * g->dy;
      const PetscInt region = inside ? (region_of ? region_of(x, y, context) : 0) : -1;

      PetscCheck(region <= HF_MAX_REGIONS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "film.regions: at most %d regions", HF_MAX_REGIONS);
      grid->regions[(j - (g->ys - 1)) * (g->xm + 2) + i + 1] = (int8_t)region;
      if (i >= 0 && i < g->xm && region >= 0 && j >= g->ys && j < g->ys + g->ym) {
        ++local[0];
        local[1] = PetscMax(local[1], region + 1);
      }
    }
  }
  PetscCallMPI(MPI_Allreduce(&local[0], &total[0], 1, MPIU_INT, MPI_SUM, grid->comm));
  PetscCallMPI(MPI_Allreduce(&local[1], &total[1], 1, MPIU_INT, MPI_MAX, grid->comm));
  g->n_film = total[0];
  g->n_regions = total[1];
  PetscFunctionReturn(0);
}

/* The rows of the boxes beside each other among their ranks. The last of these ranks has a row; so has the first one, unless the boxes are one row high: then the
   others have none. */
static PetscErrorCode divide_boxes(HfGrid boxes, HfGrid grid) {
  const HfGridInfo *of = &boxes->info;
  HfGridInfo *g = &grid->info;

  PetscFunctionBeginUser;
  g->boxes[0] = 1;
  g->boxes[1] = g->size;
  PetscCall(PetscMalloc2(g->size + 1, &grid->rows, 2, &grid->columns));
  grid->columns[0] = 0;
  grid->columns[1] = g->nx;
  for (PetscMPIInt r = 0; r <= g->size; ++r) {
    const PetscInt box = PetscMin(r / of->boxes[0], of->boxes[1] - 1), lowest = boxes->rows[box], n = boxes->rows[box + 1] - lowest;
    const PetscMPIInt k = r - box * of->boxes[0];

    grid->rows[r] = lowest + PetscMax(n * k / of->boxes[0], PetscMin(k, PetscMin(1, n - 1)));
  }
  g->xs = 0;
  g->xm = g->nx;
  g->ys = grid->rows[g->rank];
  g->ym = grid->rows[g->rank + 1] - g->ys;
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridCreatePeriodic(MPI_Comm comm, PetscInt nx, PetscInt ny, PetscReal dx, PetscReal dy, PetscReal thickness,
                                    const PetscBool periodic[2], PetscInt (*region_of)(PetscReal x, PetscReal y, void *context), void *context,
                                    HfGrid *out) {
  const HfGridInfo film = {.nx = nx, .ny = ny, .dx = dx, .dy = dy, .thickness = thickness, .periodic = {periodic[0], periodic[1]}};
  PetscInt columns;
  PetscBool cut;
  HfGrid grid;

  PetscFunctionBeginUser;
  *out = NULL;
  PetscCall(wanted_columns(comm, nx, ny, &columns));
  PetscCall(create(comm, &film, &grid));
  PetscCall(divide(grid, columns, &cut));
  if (!cut) {
    const PetscInt64 n[2] = {nx, ny};
    const PetscMPIInt size = grid->info.size;

    PetscCall(PetscFree(grid));
    return HfFault(comm, HF_ERR_DECK, HF_TOO_MANY_RANKS, size, nx, ny, (PetscInt)HfGridMostRanks(n, size));
  }
  PetscCall(make_regions(grid, region_of, context));
  if (grid->info.boxes[0] > 1) {
    PetscCall(create(comm, &film, &grid->whole_rows));
    grid->whole_rows->boxes = grid;
    PetscCall(divide_boxes(grid, grid->whole_rows));
    PetscCall(make_regions(grid->whole_rows, region_of, context));
  }
  *out = grid;
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridDestroy(HfGrid *grid) {
  PetscFunctionBeginUser;
  if (!*grid) PetscFunctionReturn(0);
  PetscCall(HfGridDestroy(&(*grid)->whole_rows));
  for (PetscInt d = 0; d <= HF_MAX_DOF; ++d) {
    PetscCall(DMDestroy(&(*grid)->cells[d]));
    PetscCall(VecScatterDestroy(&(*grid)->to_rows[d]));
  }
  PetscCall(DMDestroy(&(*grid)->vertices));
  PetscCall(PetscFree2((*grid)->rows, (*grid)->columns));
  for (int d = 0; d < 2 && (*grid)->info.boxes[0] > 1; ++d) PetscCallMPI(MPI_Comm_free(&(*grid)->along[d]));
  PetscCall(PetscFree((*grid)->regions));
  PetscCall(HfShapeDestroy(&(*grid)->outline));
  PetscCall(PetscFree(*grid));
  PetscFunctionReturn(0);
}

/* A DMDA with the grid's division among the ranks; `extra` rows and columns more than cells. */
static PetscErrorCode create_dm(HfGrid grid, PetscInt extra, PetscInt dof, DMDAStencilType stencil, DM *dm) {
  const HfGridInfo *g = &grid->info;
  const PetscInt n[2] = {g->nx + extra, g->ny + extra}, *bounds[2] = {grid->columns, grid->rows};
  PetscInt *widths[2];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(g->boxes[0], &widths[0], g->boxes[1], &widths[1]));
  for (int d = 0; d < 2; ++d) {
    for (PetscMPIInt r = 0; r < g->boxes[d]; ++r) widths[d][r] = bounds[d][r + 1] - bounds[d][r];
    widths[d][g->boxes[d] - 1] += extra;
  }
  PetscCall(
      DMDACreate2d(grid->comm, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, stencil, n[0], n[1], g->boxes[0], g->boxes[1], dof, 1, widths[0], widths[1], dm));
  PetscCall(DMSetUp(*dm));
  PetscCall(PetscFree2(widths[0], widths[1]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridGetCells(HfGrid grid, PetscInt dof, DM *cells) {
  PetscFunctionBeginUser;
  PetscCheck(dof >= 1 && dof <= HF_MAX_DOF, grid->comm, PETSC_ERR_ARG_OUTOFRANGE, "a cell has 1 to %d components, not %" PetscInt_FMT, HF_MAX_DOF,
             dof);
  if (!grid->cells[dof]) PetscCall(create_dm(grid, 0, dof, DMDA_STENCIL_STAR, &grid->cells[dof]));
  *cells = grid->cells[dof];
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridGetVertices(HfGrid grid, DM *vertices) {
  PetscFunctionBeginUser;
  if (!grid->vertices) PetscCall(create_dm(grid, 1, 1, DMDA_STENCIL_BOX, &grid->vertices));
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
  DM cells = NULL;

  PetscFunctionBeginUser;
  if (grid->info.boxes[0] > 1) { /* in boxes the Vec tells by its DMDA where its cells are */
    PetscCall(HfGridGetCells(grid, dof, &cells));
    PetscCall(DMCreateGlobalVector(cells, v));
  } else
    PetscCall(create_vec(grid, grid->info.nx * grid->info.ym, dof, v));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridCreateVertexVec(HfGrid grid, Vec *v) {
  const HfGridInfo *g = &grid->info;

  PetscFunctionBeginUser;
  PetscCall(create_vec(grid, (g->nx + 1) * (g->ym + (g->rank == g->size - 1)), 1, v));
  PetscFunctionReturn(0);
}

/* ---- boxes and whole rows ---- */
HfGrid HfGridWholeRows(HfGrid grid) { return grid->whole_rows ? grid->whole_rows : grid; }

static PetscErrorCode make_scatter(HfGrid grid, PetscInt dof, Vec cells, Vec rows) {
  const HfGridInfo *g = &grid->info;
  PetscInt *numbers, first;
  IS here, there;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(g->xm * g->ym, &numbers));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) numbers[k] = (PetscInt)HfCellNumber(g, k % g->xm, g->ys + k / g->xm);
  PetscCall(ISCreateBlock(grid->comm, dof, g->xm * g->ym, numbers, PETSC_OWN_POINTER, &there));
  PetscCall(VecGetOwnershipRange(cells, &first, NULL));
  PetscCall(ISCreateStride(grid->comm, dof * g->xm * g->ym, first, 1, &here));
  PetscCall(VecScatterCreate(cells, here, rows, there, &grid->to_rows[dof]));
  PetscCall(ISDestroy(&here));
  PetscCall(ISDestroy(&there));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridToWholeRows(HfGrid grid, PetscInt dof, Vec cells, Vec rows) {
  PetscFunctionBeginUser;
  if (!grid->whole_rows) {
    if (cells != rows) PetscCall(VecCopy(cells, rows));
    PetscFunctionReturn(0);
  }
  if (!grid->to_rows[dof]) PetscCall(make_scatter(grid, dof, cells, rows));
  PetscCall(VecScatterBegin(grid->to_rows[dof], cells, rows, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecScatterEnd(grid->to_rows[dof], cells, rows, INSERT_VALUES, SCATTER_FORWARD));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridFromWholeRows(HfGrid grid, PetscInt dof, Vec rows, Vec cells) {
  PetscFunctionBeginUser;
  if (!grid->whole_rows) {
    if (cells != rows) PetscCall(VecCopy(rows, cells));
    PetscFunctionReturn(0);
  }
  if (!grid->to_rows[dof]) PetscCall(make_scatter(grid, dof, cells, rows));
  PetscCall(VecScatterBegin(grid->to_rows[dof], rows, cells, INSERT_VALUES, SCATTER_REVERSE));
  PetscCall(VecScatterEnd(grid->to_rows[dof], rows, cells, INSERT_VALUES, SCATTER_REVERSE));
  PetscFunctionReturn(0);
}

const HfGridInfo *HfGridGetInfo(HfGrid grid) { return &grid->info; }
MPI_Comm HfGridComm(HfGrid grid) { return grid->comm; }
const PetscInt *HfGridRowRanges(HfGrid grid) { return grid->rows; }
const int8_t *HfGridRegions(HfGrid grid) { return grid->regions; }
HfShape HfGridOutline(HfGrid grid) { return grid->boxes ? grid->boxes->outline : grid->outline; }
