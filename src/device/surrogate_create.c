/* The tables of the surrogate: field and potential of every node where they are not negligible, and the contribution of each cell's texture to each link.
   Every rank holds all of them. Contacts are taken as ideal, and the material as film.material everywhere. */
#include "surrogate_impl.h"

enum { VOID, FILM, OUTER };

/* What is needed only while the tables are computed. */
typedef struct {
  HfSurrogate s;
  HfDevice d;
  const HfGridInfo *g;
  unsigned char *film; /* of every cell: VOID, FILM, or OUTER when it conducts but its centre is outside of the film */
  PetscInt *cut;       /* of every cell: number of its element, -1 for a cell that conducts as a whole or not at all */
  HfCellElement *elements;
  PetscReal *field, *phi;        /* of one node on the whole film: 3 components per cell; one per vertex */
  PetscReal **phis;              /* [n] phi on the vertices of the node's window, row by row from its lower left corner */
  PetscReal strength, threshold; /* (sigma_par - sigma_perp) t, S; contributions below the threshold (S) are left out */
} Maker;

/* Collects rows of `width` numbers, of cells or of vertices, on all ranks. */
static PetscErrorCode gather(Maker *a, PetscInt width, PetscBool vertices, const PetscReal mine[], PetscReal all[]) {
  const PetscInt *rows = HfGridRowRanges(HfGridWholeRows(a->d->grid));
  const PetscMPIInt size = a->g->size;
  PetscMPIInt *counts, *starts;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(size, &counts, size, &starts));
  for (PetscMPIInt r = 0; r < size; ++r) {
    PetscCall(PetscMPIIntCast(width * rows[r], &starts[r]));
    PetscCall(PetscMPIIntCast(width * (rows[r + 1] - rows[r] + (vertices && r == size - 1)), &counts[r]));
  }
  PetscCallMPI(MPI_Allgatherv(mine, counts[a->g->rank], MPIU_REAL, all, counts, starts, MPIU_REAL, HfGridComm(a->d->grid)));
  PetscCall(PetscFree2(counts, starts));
  PetscFunctionReturn(0);
}

static PetscErrorCode gather_film(Maker *a) {
  const HfGridInfo *g = a->g;
  const int8_t *regions = HfGridRegions(HfGridWholeRows(a->d->grid));
  PetscReal *mine, *all;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(g->nx * g->ym, &mine, g->nx * g->ny, &all));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i) mine[j * g->nx + i] = HfRegionAt(g, regions, i, g->ys + j) >= 0 ? 1 : 0;
  PetscCall(gather(a, g->nx, PETSC_FALSE, mine, all));
  for (PetscInt k = 0; k < g->nx * g->ny; ++k) {
    const PetscInt i = k % g->nx / a->s->square, j = k / g->nx / a->s->square;

    a->film[k] = all[k] > 0 ? FILM : VOID;
    if (a->film[k] == FILM) a->s->film[j * a->s->nx + i] = 1;
  }
  PetscCall(PetscFree2(mine, all));
  PetscFunctionReturn(0);
}

/* Cells that an outline cuts. */
static PetscErrorCode gather_cut_cells(Maker *a) {
  const PetscInt nx = a->g->nx;
  PetscInt n, *cells;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < nx * a->g->ny; ++k) a->cut[k] = -1;
  PetscCall(HfElectrodesGatherCutCells(a->d->electrodes, &n, &cells, &a->elements));
  for (PetscInt k = 0; k < n; ++k) {
    a->cut[cells[k]] = k;
    if (a->film[cells[k]] == VOID) a->film[cells[k]] = OUTER;
  }
  PetscCall(PetscFree(cells));
  PetscFunctionReturn(0);
}

/* Field and potential of 1 V on one node. */
static PetscErrorCode gather_node(Maker *a, PetscInt node, Vec H, Vec rows) {
  const HfGridInfo *g = a->g;
  PetscReal *V, *mine;
  const PetscScalar *h;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(a->s->n, &V, (g->nx + 1) * (g->ym + 1), &mine));
  V[node] = 1;
  PetscCall(HfGoldField(a->d->gold, V, H));
  PetscCall(HfGridToWholeRows(a->d->grid, 3, H, rows));
  PetscCall(VecGetArrayRead(rows, &h));
  PetscCall(gather(a, 3 * g->nx, PETSC_FALSE, h, a->field));
  PetscCall(VecRestoreArrayRead(rows, &h));
  PetscCall(HfGoldVertexPotential(a->d->gold, mine));
  PetscCall(gather(a, g->nx + 1, PETSC_TRUE, mine, a->phi));
  PetscCall(PetscFree2(V, mine));
  PetscFunctionReturn(0);
}

/* Mean field over the film's cells of a coarse cell, and the largest step of phi between their corners. */
static void average_cell(const Maker *a, PetscInt ci, PetscInt cj, PetscReal field[2], PetscReal *step) {
  const PetscInt nx = a->g->nx, square = a->s->square;
  PetscInt cells = 0;

  field[0] = field[1] = *step = 0;
  for (PetscInt j = cj * square; j < PetscMin((cj + 1) * square, a->g->ny); ++j) {
    for (PetscInt i = ci * square; i < PetscMin((ci + 1) * square, nx); ++i) {
      const PetscReal *corner = a->phi + j * (nx + 1) + i;

      if (a->film[j * nx + i] != FILM) continue;
      for (int c = 0; c < 2; ++c) field[c] += a->field[3 * (j * nx + i) + c];
      *step = PetscMax(*step, PetscMax(PetscAbsReal(corner[1] - corner[0]), PetscAbsReal(corner[nx + 1] - corner[0])));
      ++cells;
    }
  }
  for (int c = 0; c < 2 && cells > 0; ++c) field[c] /= (PetscReal)cells;
}

/* Finds the window of a node and stores its field and potential there. */
static PetscErrorCode keep_node(Maker *a, PetscInt node, PetscReal voltage) {
  HfSurrogate s = a->s;
  const PetscInt size = s->nx * s->ny, wide = a->g->nx + 1;
  PetscReal *fields, *steps, most[2] = {0, 0};
  HfWindow w = {s->nx, 0, s->ny, 0};
  PetscInt width, height, v0, v1, u0, u1;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(2 * size, &fields, size, &steps));
  for (PetscInt k = 0; k < size; ++k) {
    average_cell(a, k % s->nx, k / s->nx, fields + 2 * k, &steps[k]);
    most[0] = PetscMax(most[0], PetscSqr(fields[2 * k]) + PetscSqr(fields[2 * k + 1]));
    most[1] = PetscMax(most[1], steps[k]);
  }
  for (PetscInt k = 0; k < size; ++k) {
    const PetscInt i = k % s->nx, j = k / s->nx;

    if (PetscSqr(fields[2 * k]) + PetscSqr(fields[2 * k + 1]) <= PetscSqr(HF_SURROGATE_REACH) * most[0] && steps[k] <= HF_SURROGATE_REACH * most[1])
      continue;
    w = (HfWindow){PetscMin(w.i0, i), PetscMax(w.i1, i + 1), PetscMin(w.j0, j), PetscMax(w.j1, j + 1)};
  }
  width = w.i1 - w.i0;
  height = w.j1 - w.j0;
  PetscCheck(width > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONGSTATE, "node %" PetscInt_FMT " makes no field in the film", node + 1);
  s->windows[node] = w;
  PetscCall(PetscMalloc1(2 * width * height, &s->fields[node]));
  for (int c = 0; c < 2; ++c)
    for (PetscInt k = 0; k < width * height; ++k)
      s->fields[node][c * width * height + k] = voltage * fields[2 * ((w.j0 + k / width) * s->nx + w.i0 + k % width) + c];
  u0 = w.i0 * s->square;
  u1 = PetscMin(w.i1 * s->square, a->g->nx);
  v0 = w.j0 * s->square;
  v1 = PetscMin(w.j1 * s->square, a->g->ny);
  PetscCall(PetscMalloc1((u1 - u0 + 1) * (v1 - v0 + 1), &a->phis[node]));
  for (PetscInt v = v0; v <= v1; ++v) PetscCall(PetscArraycpy(a->phis[node] + (v - v0) * (u1 - u0 + 1), a->phi + v * wide + u0, u1 - u0 + 1));
  PetscCall(PetscFree2(fields, steps));
  PetscFunctionReturn(0);
}

/* Differences of phi along the edges of cell (i,j): below, above; left, right. */
static void edges(const Maker *a, PetscInt node, PetscInt i, PetscInt j, PetscReal x[2], PetscReal y[2]) {
  const HfWindow w = a->s->windows[node];
  const PetscInt u0 = w.i0 * a->s->square, width = PetscMin(w.i1 * a->s->square, a->g->nx) - u0 + 1;
  const PetscReal *p = a->phis[node] + (j - w.j0 * a->s->square) * width + i - u0;

  x[0] = p[1] - p[0];
  x[1] = p[width + 1] - p[width];
  y[0] = p[width] - p[0];
  y[1] = p[width + 1] - p[1];
}

/* Integral over the unit square of the product of two derivatives, each linear between two opposite edges. */
static PetscReal product(const PetscReal a[2], const PetscReal b[2]) { return (a[0] * b[0] + a[1] * b[1]) / 3 + (a[0] * b[1] + a[1] * b[0]) / 6; }

/* The same integrals as for a whole cell, over the conducting part of a cut one. */
static void add_cut(const HfCellElement *element, const PetscReal kx[2], const PetscReal ky[2], const PetscReal lx[2], const PetscReal ly[2],
                    PetscReal *P, PetscReal *Q) {
  const PetscReal k[4] = {0, kx[0], kx[0] + ky[1], ky[0]}, l[4] = {0, lx[0], lx[0] + ly[1], ly[0]}; /* at the corners, against the first */

  for (int pair = 0; pair < HF_CELL_PAIRS; ++pair) {
    const int *ends = HfCellPairs[pair];
    const PetscReal both = (k[ends[1]] - k[ends[0]]) * (l[ends[1]] - l[ends[0]]);

    *P -= (element->xx[pair] - element->yy[pair]) * both;
    *Q -= element->xy[pair] * both;
  }
}

/* What part of cell (i,j) has the texture of a coarse cell: all of the film cells in it, and as the conductivity is that of the film cells beside it, or diagonal
   to it if there is none beside it, such a part of a cell whose centre is outside. */
static PetscReal part_of(const Maker *a, PetscInt i, PetscInt j, PetscInt ci, PetscInt cj) {
  static const int beside[2][4][2] = {{{-1, 0}, {1, 0}, {0, -1}, {0, 1}}, {{-1, -1}, {1, -1}, {-1, 1}, {1, 1}}};
  const PetscInt nx = a->g->nx, ny = a->g->ny, square = a->s->square;
  PetscInt n = 0, here = 0;

  if (i < 0 || j < 0 || i >= nx || j >= ny || a->film[j * nx + i] == VOID) return 0;
  if (a->film[j * nx + i] == FILM) return i / square == ci && j / square == cj ? 1 : 0;
  for (int kind = 0; kind < 2 && !n; ++kind)
    for (int k = 0; k < 4; ++k) {
      const PetscInt u = i + beside[kind][k][0], v = j + beside[kind][k][1];

      if (u < 0 || v < 0 || u >= nx || v >= ny || a->film[v * nx + u] != FILM) continue;
      ++n;
      here += u / square == ci && v / square == cj;
    }
  return n ? (PetscReal)here / (PetscReal)n : 0;
}

/* Whether the potential of a node is stored for all corners of cell (i,j). */
static PetscBool is_in_window(const Maker *a, PetscInt node, PetscInt i, PetscInt j) {
  const HfWindow w = a->s->windows[node];
  const PetscInt square = a->s->square;

  return (PetscBool)(i >= w.i0 * square && i < w.i1 * square && j >= w.j0 * square && j < w.j1 * square);
}

/* P and Q of a coarse cell for two nodes: strength/2 times the integrals of d_x phi_k d_x phi_l - d_y phi_k d_y phi_l and of
   d_x phi_k d_y phi_l + d_y phi_k d_x phi_l over the elements of its cells. */
static void share(const Maker *a, PetscInt k, PetscInt l, PetscInt ci, PetscInt cj, PetscReal *P, PetscReal *Q) {
  const PetscInt square = a->s->square;
  const PetscReal shape = a->g->dy / a->g->dx;

  *P = *Q = 0;
  for (PetscInt j = cj * square - 1; j <= (cj + 1) * square; ++j) { /* a cell outside may share the texture of one inside */
    for (PetscInt i = ci * square - 1; i <= (ci + 1) * square; ++i) {
      const PetscReal part = part_of(a, i, j, ci, cj);
      PetscReal kx[2], ky[2], lx[2], ly[2], cut_P = 0, cut_Q = 0;

      if (part == 0 || !is_in_window(a, k, i, j) || !is_in_window(a, l, i, j)) continue;
      edges(a, k, i, j, kx, ky);
      edges(a, l, i, j, lx, ly);
      if (a->cut[j * a->g->nx + i] >= 0) {
        add_cut(&a->elements[a->cut[j * a->g->nx + i]], kx, ky, lx, ly, &cut_P, &cut_Q);
        *P += part * cut_P;
        *Q += part * cut_Q;
        continue;
      }
      *P += product(kx, lx) * shape - product(ky, ly) / shape;
      *Q += ((kx[0] + kx[1]) * (ly[0] + ly[1]) + (ky[0] + ky[1]) * (lx[0] + lx[1])) / 4;
    }
  }
  *P *= a->strength / 2;
  *Q *= a->strength / 2;
}

typedef enum { LARGEST, COUNT, FILL } Pass;

static void pass_over_shares(Maker *a, Pass pass) {
  HfSurrogate s = a->s;

  for (PetscInt link = 0; link < s->n_links; ++link) {
    const PetscInt k = s->links[2 * link], l = s->links[2 * link + 1];
    const HfWindow v = s->windows[k], w = s->windows[l];

    for (PetscInt j = PetscMax(v.j0, w.j0); j < PetscMin(v.j1, w.j1); ++j) {
      for (PetscInt i = PetscMax(v.i0, w.i0); i < PetscMin(v.i1, w.i1); ++i) {
        PetscReal P, Q, size;

        share(a, k, l, i, j, &P, &Q);
        size = PetscAbsReal(P) + PetscAbsReal(Q);
        if (pass == LARGEST)
          a->threshold = PetscMax(a->threshold, size);
        else if (size > a->threshold) {
          if (pass == FILL) s->shares[s->first[j * s->nx + i]] = (HfShare){link, P, Q};
          ++s->first[j * s->nx + i];
        }
      }
    }
  }
}

static PetscErrorCode make_links(Maker *a) {
  HfSurrogate s = a->s;
  const PetscInt size = s->nx * s->ny;
  const PetscReal amr = a->d->conductor.amr_ratio, ratio = (2 - amr) / (2 + amr) - 1; /* sigma_delta/sigma_perp */
  PetscReal *G0, most = 0;
  PetscInt n_shares = 0;

  PetscFunctionBeginUser;
  a->strength = ratio * a->d->conductor.conductivity / (1 + ratio / 3) * a->g->thickness;
  PetscCall(PetscMalloc1(s->n * s->n, &G0));
  PetscCall(HfDeviceNodeSaturatedConductance(a->d, G0));
  for (PetscInt k = 0; k < s->n * s->n; ++k)
    if (k / s->n != k % s->n) most = PetscMax(most, PetscAbsReal(G0[k]));
  for (int fill = 0; fill < 2; ++fill) {
    PetscInt count = 0;
    for (PetscInt k = 0; k < s->n; ++k)
      for (PetscInt l = k + 1; l < s->n; ++l) {
        if (PetscAbsReal(G0[k * s->n + l]) <= HF_SURROGATE_LINK * most) continue;
        if (fill) {
          s->links[2 * count] = k;
          s->links[2 * count + 1] = l;
          s->G0[count] = G0[k * s->n + l];
          s->constant[count] = s->G0[count] * (1 + ratio / 2);
        }
        ++count;
      }
    s->n_links = count;
    if (!fill) PetscCall(PetscMalloc4(2 * count, &s->links, count, &s->G0, count, &s->constant, count, &s->G));
  }
  PetscCall(PetscFree(G0));
  pass_over_shares(a, LARGEST);
  a->threshold *= HF_SURROGATE_LINK;
  PetscCall(PetscCalloc1(size + 1, &s->first));
  pass_over_shares(a, COUNT);
  for (PetscInt k = 0; k <= size; ++k) { /* from counts to starts */
    const PetscInt count = s->first[k];
    s->first[k] = n_shares;
    n_shares += count;
  }
  PetscCall(PetscMalloc1(n_shares, &s->shares));
  pass_over_shares(a, FILL); /* moves every start to the next one's */
  for (PetscInt k = size; k > 0; --k) s->first[k] = s->first[k - 1];
  s->first[0] = 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode allocate(HfSurrogate s) {
  const PetscInt size = s->nx * s->ny;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(size, &s->film, s->n, &s->windows, s->n, &s->fields, s->n, &s->V));
  for (int c = 0; c < 2; ++c) {
    PetscCall(PetscCalloc1(size, &s->H[c]));
    for (int layer = 0; layer < HF_SURROGATE_LAYERS; ++layer) PetscCall(PetscCalloc1(size, &s->m[layer][c]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode dimensions(HfDevice d, HfSurrogate s) {
  const HfGridInfo *g = HfGridGetInfo(d->grid);
  const PetscReal A = HfMagnetExchangeConstant(d->magnet, 0);
  PetscReal nearest = PETSC_MAX_REAL;

  PetscFunctionBeginUser;
  s->n = HfElectrodesCount(d->electrodes);
  for (PetscInt k = 0; k < s->n; ++k)
    for (PetscInt l = 0; l < k; ++l) {
      PetscReal a[2], b[2];
      HfElectrodesPosition(d->electrodes, k, a);
      HfElectrodesPosition(d->electrodes, l, b);
      nearest = PetscMin(nearest, PetscSqrtReal(PetscSqr(a[0] - b[0]) + PetscSqr(a[1] - b[1])));
    }
  s->square = PetscMax(1, (PetscInt)(nearest / HF_SURROGATE_FINE / PetscMax(g->dx, g->dy) + 1e-6));
  s->nx = (g->nx + s->square - 1) / s->square;
  s->ny = (g->ny + s->square - 1) / s->square;
  s->ax = A / PetscSqr((PetscReal)s->square * g->dx);
  s->ay = A / PetscSqr((PetscReal)s->square * g->dy);
  PetscFunctionReturn(0);
}

PetscErrorCode HfSurrogateCreate(HfDevice d, PetscReal voltage, HfSurrogate *surrogate) {
  Maker a = {.d = d, .g = HfGridGetInfo(HfGridWholeRows(d->grid))};
  PetscReal *still;
  Vec H, rows;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&a.s));
  *surrogate = a.s;
  PetscCall(dimensions(d, a.s));
  PetscCall(allocate(a.s));
  PetscCall(PetscMalloc5(a.g->nx * a.g->ny, &a.film, a.g->nx * a.g->ny, &a.cut, 3 * a.g->nx * a.g->ny, &a.field, (a.g->nx + 1) * (a.g->ny + 1),
                         &a.phi, a.s->n, &a.phis));
  PetscCall(gather_film(&a));
  PetscCall(gather_cut_cells(&a));
  PetscCall(HfGridCreateCellVec(d->grid, 3, &H));
  PetscCall(HfGridCreateCellVec(HfGridWholeRows(d->grid), 3, &rows));
  for (PetscInt k = 0; k < a.s->n; ++k) {
    PetscCall(gather_node(&a, k, H, rows));
    PetscCall(keep_node(&a, k, voltage));
  }
  PetscCall(VecDestroy(&H));
  PetscCall(VecDestroy(&rows));
  PetscCall(make_links(&a));
  for (PetscInt k = 0; k < a.s->n; ++k) PetscCall(PetscFree(a.phis[k]));
  PetscCall(PetscFree5(a.film, a.cut, a.field, a.phi, a.phis));
  PetscCall(PetscFree(a.elements));
  PetscCall(PetscCalloc1(a.s->n, &still));
  HfSurrogateSet(a.s, still);
  PetscCall(PetscFree(still));
  PetscFunctionReturn(0);
}
