/* Which cells of each row are interior to a region, and the one neighbour routine for all others.

   A cell whose four neighbours exist and are of its own region is interior: kernels run over runs of them without a branch. Every other cell
   is an edge cell. Its neighbours are replaced by what the boundary implies:
     no neighbour               m_i                       (dm/dn = 0)
     neighbour of other region  m_i + w (m_j - m_i),      w = A_ij/A_i,  A_ij = 2 A_i A_j/(A_i + A_j)
   so that a bond between regions has the same energy A_ij |m_i - m_j|^2/d^2 seen from both sides. */
#include "magnet_impl.h"

struct HfRows_ {
  PetscInt ys, ym;
  HfRowCells *rows; /* of j = ys-1 .. ys+ym */
  HfRun *runs, *spans;
  HfEdgeCell *edges;
};

static PetscReal neighbour_weight(const HfSite *site, PetscInt own, PetscInt other) {
  PetscReal a, b;

  if (other < 0) return 0;
  if (other == own) return 1;
  a = site->materials[own].Aex;
  b = site->materials[other].Aex;
  return a > 0 && b > 0 ? 2 * b / (a + b) : 0;
}

/* Fills one row from the regions; the counts are always right, lists are written when they exist. */
static void divide_row(const HfSite *site, PetscInt j, HfRowCells *cells, HfRun *runs, HfRun *spans, HfEdgeCell *edges) {
  const HfGridInfo *g = HfGridGetInfo(site->grid);
  const int8_t *regions = HfGridRegions(site->grid);
  const PetscBool owned = (PetscBool)(j >= g->ys && j < g->ys + g->ym);
  PetscInt before = -1, before_inner = -1; /* region of the cell to the left, and the same if it was interior */

  *cells = (HfRowCells){.first = g->nx, .last = -1, .runs = runs, .spans = spans, .edges = edges};
  for (PetscInt i = 0; i < g->nx; ++i) {
    const PetscInt region = HfRegionAt(g, regions, i, j);
    PetscBool inner = PETSC_FALSE;

    if (region >= 0) {
      cells->first = PetscMin(cells->first, i);
      cells->last = i;
    }
    if (region >= 0 && owned) {
      const PetscInt around[4] = {HfRegionAt(g, regions, i - 1, j), HfRegionAt(g, regions, i + 1, j), HfRegionAt(g, regions, i, j - 1),
                                  HfRegionAt(g, regions, i, j + 1)};

      if (region != before) {
        if (runs) runs[cells->n_runs] = (HfRun){i, 0, region};
        ++cells->n_runs;
      }
      if (runs) ++runs[cells->n_runs - 1].n;
      inner = (PetscBool)(around[0] == region && around[1] == region && around[2] == region && around[3] == region);
      if (inner) {
        if (region != before_inner) {
          if (spans) spans[cells->n_spans] = (HfRun){i, 0, region};
          ++cells->n_spans;
        }
        if (spans) ++spans[cells->n_spans - 1].n;
      } else {
        if (edges) {
          edges[cells->n_edges] = (HfEdgeCell){.i = i, .region = region};
          for (int k = 0; k < 4; ++k) edges[cells->n_edges].weight[k] = neighbour_weight(site, region, around[k]);
        }
        ++cells->n_edges;
      }
    }
    before = region;
    before_inner = inner ? region : -1;
  }
}

PetscErrorCode HfRowsCreate(const HfSite *site, HfRows *out) {
  const HfGridInfo *g = HfGridGetInfo(site->grid);
  PetscInt n_runs = 0, n_spans = 0, n_edges = 0;
  HfRows rows;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&rows));
  rows->ys = g->ys;
  rows->ym = g->ym;
  PetscCall(PetscMalloc1(g->ym + 2, &rows->rows));
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j) {
    HfRowCells *cells = &rows->rows[j - (g->ys - 1)];
    divide_row(site, j, cells, NULL, NULL, NULL);
    n_runs += cells->n_runs;
    n_spans += cells->n_spans;
    n_edges += cells->n_edges;
  }
  PetscCall(PetscMalloc3(n_runs, &rows->runs, n_spans, &rows->spans, n_edges, &rows->edges));
  n_runs = n_spans = n_edges = 0;
  for (PetscInt j = g->ys - 1; j <= g->ys + g->ym; ++j) {
    HfRowCells *cells = &rows->rows[j - (g->ys - 1)];
    divide_row(site, j, cells, rows->runs + n_runs, rows->spans + n_spans, rows->edges + n_edges);
    n_runs += cells->n_runs;
    n_spans += cells->n_spans;
    n_edges += cells->n_edges;
  }
  *out = rows;
  PetscFunctionReturn(0);
}

PetscErrorCode HfRowsDestroy(HfRows *rows) {
  PetscFunctionBeginUser;
  if (!*rows) PetscFunctionReturn(0);
  PetscCall(PetscFree3((*rows)->runs, (*rows)->spans, (*rows)->edges));
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
    span->south[c] = row->south[c] + run->i;
    span->north[c] = row->north[c] + run->i;
    span->H[c] = row->H[c] + run->i;
  }
}

static inline PetscReal ghost(PetscReal weight, PetscReal own, PetscReal other) { return weight == 0 ? own : own + weight * (other - own); }

void HfSpanOfEdge(const HfRow *row, const HfEdgeCell *cell, HfGhosts *ghosts, HfSpan *span) {
  const PetscInt i = cell->i;

  span->i = i;
  span->j = row->j;
  span->n = 1;
  for (int c = 0; c < 3; ++c) {
    const PetscReal own = row->m[c][i];

    ghosts->m[c][0] = ghost(cell->weight[0], own, row->m[c][i - 1]);
    ghosts->m[c][1] = own;
    ghosts->m[c][2] = ghost(cell->weight[1], own, row->m[c][i + 1]);
    ghosts->south[c] = ghost(cell->weight[2], own, row->south[c][i]);
    ghosts->north[c] = ghost(cell->weight[3], own, row->north[c][i]);
    span->m[c] = &ghosts->m[c][1];
    span->south[c] = &ghosts->south[c];
    span->north[c] = &ghosts->north[c];
    span->H[c] = row->H[c] + i;
  }
}
