/* Which cells of each row are interior to a region, and the one neighbour routine for all others.

   A cell whose four neighbours exist and are of its own region is interior: kernels run over spans of them without a branch. So are the cells along a
   straight rim without DMI, whose missing neighbours to the south or north are equal to themselves. Every other cell is an edge cell: a neighbour that is
   missing or of another region is replaced by what the boundary condition implies (interface_conditions.c), computed once for each side and each pair of
   regions that touch. */
#include "magnet_impl.h"

struct HfRows_ {
  PetscInt ys, ym;
  HfRowCells *rows; /* of j = ys-1 .. ys+ym */
  HfRun *runs, *spans;
  HfEdgeCell *edges;
  HfInterface *conditions;
};

/* The conditions that occur on this rank, numbered 1, 2 ... by own region, region of the neighbour (-1: none) and side; 0: it does not occur. */
typedef struct {
  PetscInt n_regions, n;
  PetscInt *number;
} Conditions;

static PetscInt *condition_number(const Conditions *conditions, PetscInt own, PetscInt other, PetscInt side) {
  return &conditions->number[(own * (conditions->n_regions + 1) + other + 1) * 4 + side];
}

static void number_conditions(Conditions *conditions, PetscInt own, const PetscInt around[4]) {
  for (PetscInt side = 0; side < 4; ++side) {
    PetscInt *number = condition_number(conditions, own, around[side], side);
    if (!*number) *number = ++conditions->n;
  }
}

static void make_conditions(HfMagnet magnet, const Conditions *conditions, HfInterface made[]) {
  for (PetscInt own = 0; own < magnet->film.n_regions; ++own) {
    for (PetscInt other = -1; other < magnet->film.n_regions; ++other) {
      for (PetscInt side = 0; side < 4; ++side) {
        const PetscInt number = *condition_number(conditions, own, other, side);
        if (number) HfInterfaceMake(magnet, own, other, side, &made[number - 1]);
      }
    }
  }
}

/* Whether the missing neighbours on the south (0) or north (1) side of a region are equal to its own cells. */
static PetscBool is_free_rim(HfMagnet magnet, PetscInt region, PetscInt side) {
  PetscBool is = PETSC_TRUE;
  HfInterface condition;

  HfInterfaceMake(magnet, region, -1, 2 + side, &condition);
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d) is = (PetscBool)(is && condition.own[c][d] == (c == d));
  return (PetscBool)(is && !condition.neighbour);
}

/* Fills one row from the regions. Called twice: first for the counts and the numbers of the conditions, then, with lists, to fill these. */
static void divide_row(HfMagnet magnet, PetscInt j, const PetscBool (*free_rim)[2], Conditions *conditions, const HfInterface made[],
                       HfRowCells *cells, HfRun *runs, HfRun *spans, HfEdgeCell *edges) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const int8_t *regions = HfGridRegions(magnet->film.grid);
  const PetscBool owned = (PetscBool)(j >= g->ys && j < g->ys + g->ym);
  PetscInt before = -1, before_inner = -1; /* region of the cell to the left, and the same if it was interior */
  PetscBool rim_before[2] = {PETSC_FALSE, PETSC_FALSE};

  *cells = (HfRowCells){.first = g->xm, .last = -1, .runs = runs, .spans = spans, .edges = edges};
  for (PetscInt i = 0; i < g->xm; ++i) {
    const PetscInt region = HfRegionAt(g, regions, i, j);
    PetscBool inner = PETSC_FALSE, rim[2] = {PETSC_FALSE, PETSC_FALSE};

    if (region >= 0) {
      cells->first = PetscMin(cells->first, i);
      cells->last = i;
    }
    if (region >= 0 && owned) {
      const PetscInt around[4] = {HfRegionAt(g, regions, i - 1, j), HfRegionAt(g, regions, i + 1, j), HfRegionAt(g, regions, i, j - 1),
                                  HfRegionAt(g, regions, i, j + 1)};

      if (region != before) {
        if (runs) runs[cells->n_runs] = (HfRun){.i = i, .region = region};
        ++cells->n_runs;
      }
      if (runs) ++runs[cells->n_runs - 1].n;
      rim[0] = (PetscBool)(around[2] < 0 && free_rim[region][0]);
      rim[1] = (PetscBool)(around[3] < 0 && free_rim[region][1]);
      inner = (PetscBool)(around[0] == region && around[1] == region && (rim[0] || around[2] == region) && (rim[1] || around[3] == region));
      if (inner) {
        if (region != before_inner || rim[0] != rim_before[0] || rim[1] != rim_before[1]) {
          if (spans) spans[cells->n_spans] = (HfRun){.i = i, .region = region, .rim = {rim[0], rim[1]}};
          ++cells->n_spans;
        }
        if (spans) ++spans[cells->n_spans - 1].n;
      } else {
        if (edges) {
          edges[cells->n_edges] = (HfEdgeCell){.i = i, .region = region};
          for (int k = 0; k < 4; ++k) edges[cells->n_edges].condition[k] = &made[*condition_number(conditions, region, around[k], k) - 1];
        } else
          number_conditions(conditions, region, around);
        ++cells->n_edges;
      }
    }
    before = region;
    before_inner = inner ? region : -1;
    rim_before[0] = rim[0];
    rim_before[1] = rim[1];
  }
}

/* An active torque may need more of an edge than the ghosts of the terms: then all cells of the rim are edge cells. */
static PetscBool any_straight_torque(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_torques; ++k)
    if (magnet->torques[k].type->straight && HfTorqueActive(&magnet->torques[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscErrorCode HfRowsCreate(HfMagnet magnet, HfRows *out) {
  const PetscBool straight = any_straight_torque(magnet);
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscInt n_runs = 0, n_spans = 0, n_edges = 0;
  Conditions conditions = {.n_regions = magnet->film.n_regions};
  PetscBool(*free_rim)[2];
  HfRows rows;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&rows));
  PetscCall(PetscCalloc1(magnet->film.n_regions * (magnet->film.n_regions + 1) * 4, &conditions.number));
  PetscCall(PetscCalloc1(magnet->film.n_regions, &free_rim));
  for (PetscInt k = 0; k < 2 * magnet->film.n_regions && !straight; ++k) free_rim[k / 2][k % 2] = is_free_rim(magnet, k / 2, k % 2);
  rows->ys = g->ys;
  rows->ym = g->ym;
  PetscCall(PetscMalloc1(g->ym + 2, &rows->rows));
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j) {
    HfRowCells *cells = &rows->rows[j - (g->ys - 1)];
    divide_row(magnet, j, free_rim, &conditions, NULL, cells, NULL, NULL, NULL);
    n_runs += cells->n_runs;
    n_spans += cells->n_spans;
    n_edges += cells->n_edges;
  }
  PetscCall(PetscMalloc3(n_runs, &rows->runs, n_spans, &rows->spans, n_edges, &rows->edges));
  PetscCall(PetscMalloc1(conditions.n, &rows->conditions));
  make_conditions(magnet, &conditions, rows->conditions);
  n_runs = n_spans = n_edges = 0;
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j) {
    HfRowCells *cells = &rows->rows[j - (g->ys - 1)];
    divide_row(magnet, j, free_rim, &conditions, rows->conditions, cells, rows->runs + n_runs, rows->spans + n_spans, rows->edges + n_edges);
    n_runs += cells->n_runs;
    n_spans += cells->n_spans;
    n_edges += cells->n_edges;
  }
  PetscCall(PetscFree(conditions.number));
  PetscCall(PetscFree(free_rim));
  *out = rows;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRowsDestroy(HfRows *rows) {
  PetscFunctionBeginUser;
  if (!*rows) PetscFunctionReturn(0);
  PetscCall(PetscFree3((*rows)->runs, (*rows)->spans, (*rows)->edges));
  PetscCall(PetscFree((*rows)->conditions));
  PetscCall(PetscFree((*rows)->rows));
  PetscCall(PetscFree(*rows));
  PetscFunctionReturn(0);
}

const HfRowCells *HfRowsGet(HfRows rows, PetscInt j) { return &rows->rows[j - (rows->ys - 1)]; }

void HfSpanOfRun(const HfRow *row, const HfRun *run, HfSpan *span) {
  span->i = run->i;
  span->j = row->j;
  span->n = run->n;
  for (int c = 0; c < 3; ++c) {
    span->m[c] = row->m[c] + run->i;
    span->south[c] = (run->rim[0] ? row->m[c] : row->south[c]) + run->i;
    span->north[c] = (run->rim[1] ? row->m[c] : row->north[c]) + run->i;
    span->H[c] = row->H[c] + run->i;
  }
}

/* own m_i + other m_j of a condition into the ghost; a missing neighbour is not read. */
static inline void ghost(const HfInterface *condition, const PetscReal own[3], PetscReal *const row[3], PetscInt i, PetscReal *const g[3]) {
  for (int c = 0; c < 3; ++c) *g[c] = condition->own[c][0] * own[0] + condition->own[c][1] * own[1] + condition->own[c][2] * own[2];
  if (!condition->neighbour) return;
  for (int c = 0; c < 3; ++c) *g[c] += condition->other[c][0] * row[0][i] + condition->other[c][1] * row[1][i] + condition->other[c][2] * row[2][i];
}

void HfSpanOfEdge(const HfRow *row, const HfEdgeCell *cell, HfGhosts *ghosts, HfSpan *span) {
  const PetscInt i = cell->i;
  const PetscReal own[3] = {row->m[0][i], row->m[1][i], row->m[2][i]};
  PetscReal(*m)[3] = ghosts->m, *south = ghosts->south, *north = ghosts->north;

  ghost(cell->condition[0], own, row->m, i - 1, (PetscReal *const[3]){&m[0][0], &m[1][0], &m[2][0]});
  ghost(cell->condition[1], own, row->m, i + 1, (PetscReal *const[3]){&m[0][2], &m[1][2], &m[2][2]});
  ghost(cell->condition[2], own, row->south, i, (PetscReal *const[3]){&south[0], &south[1], &south[2]});
  ghost(cell->condition[3], own, row->north, i, (PetscReal *const[3]){&north[0], &north[1], &north[2]});
  span->i = i;
  span->j = row->j;
  span->n = 1;
  for (int c = 0; c < 3; ++c) {
    m[c][1] = own[c];
    span->m[c] = &m[c][1];
    span->south[c] = &south[c];
    span->north[c] = &north[c];
    span->H[c] = row->H[c] + i;
  }
}
