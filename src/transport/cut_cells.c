/* Cells that the outline of the film or of a contact cuts: their elements are integrated over the conducting part of the cell alone, so that G converges with
   the square of the cell size instead of in steps of half a cell.

   Edge of the film: bilinear functions of the whole cell, integrated over its filled part,
     K_ij = int_(cell and film) grad N_i . Sigma grad N_j
   Cells whose centres the film does not contain belong to the void for the magnet, but conduct by what the film fills of them.

   Edge of a contact: the part of the cell outside of the contact is a polygon of free corners and of points on the outline of the contact: where it crosses
   the sides of the cell, and one between each two of these. Linear functions on its triangles, each weighted by the part that the film fills; the points on
   the outline have the potential of the contact, that is of the held corner they belong to. The stencil keeps its nine points, K its symmetry and
   its zero row sums. Every apex from which the worst triangle of the fan is equally good counts the same, so that mirrored cells have mirrored elements.

   Integrals over the filled part: strips along x and along y, each with the intervals in which the film contains its middle line.
   Finite elements on cut cells: Burman et al., Int. J. Numer. Meth. Engng 104, 472 (2015). */
#include "transport_impl.h"

enum { N_STRIPS = 16, N_SAMPLES = 9, MOST_SEGMENTS = 2 * N_STRIPS * (N_SAMPLES + 1) / 2, MOST_POINTS = 20, N_BISECTIONS = 40 };

static const PetscReal EMPTY = 1e-4;     /* of a cell: less is void, and as little short of the whole is whole */
static const PetscReal AT_CORNER = 1e-6; /* of a side: nearer to a corner is at it */

/* ---- a cell in units of its sides, (s, t) in [0,1]^2 ---- */
typedef struct {
  HfShape film;                        /* NULL: all of the cell */
  PetscReal x0, y0, dx, dy, tolerance; /* of the lower left corner; m */
  const HfShape *contacts;             /* of all electrodes */
  PetscReal (*positions)[2];           /* of their centres */
} Place;

static PetscBool in_film(const Place *p, PetscReal s, PetscReal t) {
  return (PetscBool)(!p->film || HfShapeContains(p->film, p->x0 + s * p->dx, p->y0 + t * p->dy, p->tolerance));
}

static PetscBool in_contact(const Place *p, PetscInt k, PetscReal s, PetscReal t) {
  return HfShapeContains(p->contacts[k], p->x0 + s * p->dx - p->positions[k][0], p->y0 + t * p->dy - p->positions[k][1], p->tolerance);
}

/* ---- the filled part of a cell ---- */
typedef struct {
  PetscReal at, from, to; /* at: of the strip's middle line */
  PetscBool along_y;
} Segment;
typedef struct {
  PetscInt n;
  Segment segments[MOST_SEGMENTS];
} Filling;

static PetscBool on_line(const Place *p, PetscBool along_y, PetscReal at, PetscReal along) {
  return along_y ? in_film(p, at, along) : in_film(p, along, at);
}

static PetscReal film_edge(const Place *p, PetscBool along_y, PetscReal at, PetscReal a, PetscReal b, PetscBool at_a) {
  for (int k = 0; k < N_BISECTIONS; ++k) {
    const PetscReal middle = 0.5 * (a + b);

    if (on_line(p, along_y, at, middle) == at_a)
      a = middle;
    else
      b = middle;
  }
  return 0.5 * (a + b);
}

static void fill_cell(const Place *p, Filling *filling) {
  const PetscReal inset = 1e-9;

  filling->n = 0;
  for (int direction = 0; direction < 2; ++direction)
    for (int strip = 0; strip < N_STRIPS; ++strip) {
      const PetscReal at = (strip + 0.5) / N_STRIPS;
      const PetscBool along_y = (PetscBool)direction;
      PetscReal from = 0, last = inset;
      PetscBool inside = on_line(p, along_y, at, last);

      for (int k = 1; k < N_SAMPLES; ++k) {
        const PetscReal next = k == N_SAMPLES - 1 ? 1 - inset : k / (PetscReal)(N_SAMPLES - 1);
        const PetscBool then = on_line(p, along_y, at, next);

        if (then != inside) {
          const PetscReal edge = film_edge(p, along_y, at, last, next, inside);

          if (inside) filling->segments[filling->n++] = (Segment){at, from, edge, along_y};
          from = edge;
        }
        inside = then;
        last = next;
      }
      if (inside) filling->segments[filling->n++] = (Segment){at, from, 1, along_y};
    }
}

/* Integrals of s^a t^b over the filled part, the mean of both directions of strips. */
typedef struct {
  PetscReal one, s, t, ss, tt, st;
} Moments;

static Moments moments_of(const Filling *filling) {
  const PetscReal width = 1.0 / N_STRIPS, weight = 0.5 * width;
  Moments m = {0, 0, 0, 0, 0, 0};

  for (PetscInt k = 0; k < filling->n; ++k) {
    const Segment *g = &filling->segments[k];
    const PetscReal length = g->to - g->from, first = 0.5 * (g->to * g->to - g->from * g->from);
    const PetscReal second = (g->to * g->to * g->to - g->from * g->from * g->from) / 3, across = g->at * g->at + width * width / 12;

    m.one += weight * length;
    m.st += weight * g->at * first;
    *(g->along_y ? &m.t : &m.s) += weight * first;
    *(g->along_y ? &m.s : &m.t) += weight * g->at * length;
    *(g->along_y ? &m.tt : &m.ss) += weight * second;
    *(g->along_y ? &m.ss : &m.tt) += weight * across * length;
  }
  return m;
}

/* ---- elements. Pairs of corners SW, SE, NE, NW, 0 to 3. ---- */
const int HfCellPairs[HF_CELL_PAIRS][2] = {{0, 1}, {3, 2}, {0, 3}, {1, 2}, {0, 2}, {1, 3}};

/* N_i = (a + b s)(c + d t) */
static const PetscReal SHAPE[4][4] = {{1, -1, 1, -1}, {0, 1, 1, -1}, {0, 1, 0, 1}, {1, -1, 0, 1}};

static void add_bilinear(const Moments *m, HfCutCell *cell) {
  for (int k = 0; k < HF_CELL_PAIRS; ++k) {
    const PetscReal *u = SHAPE[HfCellPairs[k][0]], *v = SHAPE[HfCellPairs[k][1]];
    const PetscReal s_t = u[1] * v[3] * (u[2] * v[0] * m->one + u[2] * v[1] * m->s + u[3] * v[0] * m->t + u[3] * v[1] * m->st); /* d_s N_i d_t N_j */
    const PetscReal t_s = u[3] * v[1] * (u[0] * v[2] * m->one + u[1] * v[2] * m->s + u[0] * v[3] * m->t + u[1] * v[3] * m->st);

    cell->element.xx[k] += u[1] * v[1] * (u[2] * v[2] * m->one + (u[2] * v[3] + u[3] * v[2]) * m->t + u[3] * v[3] * m->tt);
    cell->element.yy[k] += u[3] * v[3] * (u[0] * v[0] * m->one + (u[0] * v[1] + u[1] * v[0]) * m->s + u[1] * v[1] * m->ss);
    cell->element.xy[k] += s_t + t_s;
    cell->hall[k] += t_s - s_t;
  }
  for (int i = 0; i < 4; ++i) {
    cell->gradient[i][0] += SHAPE[i][1] * (SHAPE[i][2] * m->one + SHAPE[i][3] * m->t);
    cell->gradient[i][1] += SHAPE[i][3] * (SHAPE[i][0] * m->one + SHAPE[i][1] * m->s);
  }
}

typedef struct {
  PetscReal s, t;
  int corner;    /* that it is, or whose contact it lies on */
  PetscInt held; /* electrode; -1: a free corner */
} Point;

static PetscReal twice_area(const Point *a, const Point *b, const Point *c) { return (b->s - a->s) * (c->t - a->t) - (c->s - a->s) * (b->t - a->t); }

static PetscReal longest_squared(const Point *a, const Point *b, const Point *c) {
  const PetscReal ab = (b->s - a->s) * (b->s - a->s) + (b->t - a->t) * (b->t - a->t),
                  bc = (c->s - b->s) * (c->s - b->s) + (c->t - b->t) * (c->t - b->t);
  const PetscReal ca = (a->s - c->s) * (a->s - c->s) + (a->t - c->t) * (a->t - c->t);

  return PetscMax(ab, PetscMax(bc, ca));
}

static PetscReal clipped(const Segment *g, const Point *const corners[3]) {
  PetscReal low = PETSC_INFINITY, high = -PETSC_INFINITY;

  for (int e = 0; e < 3; ++e) {
    const Point *a = corners[e], *b = corners[(e + 1) % 3];
    const PetscReal across_a = g->along_y ? a->s : a->t, across_b = g->along_y ? b->s : b->t;
    const PetscReal along_a = g->along_y ? a->t : a->s, along_b = g->along_y ? b->t : b->s;

    if ((across_a <= g->at) == (across_b <= g->at)) continue;
    const PetscReal along = along_a + (g->at - across_a) / (across_b - across_a) * (along_b - along_a);
    low = PetscMin(low, along);
    high = PetscMax(high, along);
  }
  return PetscMax(0.0, PetscMin(high, g->to) - PetscMax(low, g->from));
}

/* Area of the part of a triangle that the film fills. */
static PetscReal filled_area(const Filling *filling, const Point *const corners[3]) {
  PetscReal area = 0;

  for (PetscInt k = 0; k < filling->n; ++k) area += clipped(&filling->segments[k], corners);
  return 0.5 * area / N_STRIPS;
}

/* Reactions of the points on contacts, times their distance from the centre of the cell. */
static void add_moment(const Point *const corners[3], PetscReal area, PetscReal slope[3][2], PetscReal gradient[4][2], HfCutCell *cell) {
  for (int a = 0; a < 3; ++a) {
    if (corners[a]->held < 0) continue;
    const PetscReal at[2] = {corners[a]->s - 0.5, corners[a]->t - 0.5};

    for (int d = 0; d < 2; ++d)
      for (int i = 0; i < 4; ++i)
        for (int component = 0; component < 4; ++component)
          cell->moment[d][i][component] += area * at[d] * slope[a][component / 2] * gradient[i][component % 2];
  }
}

static void add_triangle(const Point *const corners[3], PetscReal share, const Filling *filling, HfCutCell *cell) {
  const PetscReal twice = twice_area(corners[0], corners[1], corners[2]);
  const PetscReal area = share * (filling ? filled_area(filling, corners) : 0.5 * twice);
  PetscReal slope[3][2], gradient[4][2] = {{0}}; /* of the functions of the triangle's and the cell's corners */

  for (int a = 0; a < 3; ++a) {
    const Point *b = corners[(a + 1) % 3], *c = corners[(a + 2) % 3];

    slope[a][0] = (b->t - c->t) / twice;
    slope[a][1] = (c->s - b->s) / twice;
    for (int d = 0; d < 2; ++d) gradient[corners[a]->corner][d] += slope[a][d];
  }
  for (int k = 0; k < HF_CELL_PAIRS; ++k) {
    const PetscReal *u = gradient[HfCellPairs[k][0]], *v = gradient[HfCellPairs[k][1]];

    cell->element.xx[k] += area * u[0] * v[0];
    cell->element.yy[k] += area * u[1] * v[1];
    cell->element.xy[k] += area * (u[0] * v[1] + u[1] * v[0]);
    cell->hall[k] += area * (u[1] * v[0] - u[0] * v[1]);
  }
  for (int i = 0; i < 4; ++i)
    for (int d = 0; d < 2; ++d) cell->gradient[i][d] += area * gradient[i][d];
  add_moment(corners, area, slope, gradient, cell);
}

/* The worst triangle of the fan from point `apex`, area over the square of the longest side; triangles without area do not count. */
static PetscReal fan_quality(PetscInt n, const Point points[], PetscInt apex) {
  PetscReal worst = PETSC_INFINITY;

  for (PetscInt k = 1; k < n - 1; ++k) {
    const Point *a = &points[apex], *b = &points[(apex + k) % n], *c = &points[(apex + k + 1) % n];
    const PetscReal twice = twice_area(a, b, c);

    if (PetscAbsReal(twice) > 1e-14) worst = PetscMin(worst, twice / longest_squared(a, b, c));
  }
  return worst;
}

static void add_fans(PetscInt n, const Point points[], const Filling *filling, HfCutCell *cell) {
  PetscReal quality[MOST_POINTS], best = -PETSC_INFINITY;
  PetscInt n_best = 0;

  for (PetscInt apex = 0; apex < n; ++apex) {
    quality[apex] = fan_quality(n, points, apex);
    best = PetscMax(best, quality[apex]);
  }
  for (PetscInt apex = 0; apex < n; ++apex) n_best += quality[apex] > best - 1e-6;
  for (PetscInt apex = 0; apex < n; ++apex) {
    if (quality[apex] <= best - 1e-6) continue;
    for (PetscInt k = 1; k < n - 1; ++k) {
      const Point *const corners[3] = {&points[apex], &points[(apex + k) % n], &points[(apex + k + 1) % n]};

      if (twice_area(corners[0], corners[1], corners[2]) > 1e-14) add_triangle(corners, 1 / (PetscReal)n_best, filling, cell);
    }
  }
}

/* ---- the polygon outside of the contacts ---- */
static const PetscReal CORNER[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};

/* Where the contact of corner `from` ends on the way to corner `to`. */
static Point contact_edge(const Place *p, int from, int to, PetscInt electrode, PetscBool *is_cut) {
  const PetscReal *a = CORNER[from], *b = CORNER[to];
  PetscReal low = 0, high = 1;

  if (!in_contact(p, electrode, a[0], a[1])) high = 0; /* held by the tolerance of vertices */
  for (int k = 0; high > low && k < N_BISECTIONS; ++k) {
    const PetscReal middle = 0.5 * (low + high);

    if (in_contact(p, electrode, a[0] + middle * (b[0] - a[0]), a[1] + middle * (b[1] - a[1])))
      low = middle;
    else
      high = middle;
  }
  const PetscReal at = 0.5 * (low + high);
  if (at > AT_CORNER) *is_cut = PETSC_TRUE;
  return (Point){a[0] + at * (b[0] - a[0]), a[1] + at * (b[1] - a[1]), from, electrode};
}

static PetscInt walk_round(const Place *p, const PetscInt held[4], Point points[], PetscBool *is_cut) {
  PetscInt n = 0;

  *is_cut = PETSC_FALSE;
  for (int from = 0; from < 4; ++from) {
    const int to = (from + 1) % 4;

    if (held[from] < 0) points[n++] = (Point){CORNER[from][0], CORNER[from][1], from, -1};
    if (held[from] == held[to]) continue;
    if (held[from] >= 0) points[n++] = contact_edge(p, from, to, held[from], is_cut);
    if (held[to] >= 0) points[n++] = contact_edge(p, to, from, held[to], is_cut);
  }
  return n;
}

/* The point of a contact's outline on the perpendicular through the middle of a and b; false when it is not within half their distance. */
static PetscBool between(const Place *p, const Point *a, const Point *b, Point *out) {
  const PetscReal u[2] = {b->s - a->s, b->t - a->t}, length = hypot(u[0], u[1]);
  const PetscReal middle[2] = {0.5 * (a->s + b->s), 0.5 * (a->t + b->t)};

  if (length < 1e-9) return PETSC_FALSE;
  const PetscBool inside = in_contact(p, a->held, middle[0], middle[1]);
  const PetscReal normal[2] = {(inside ? -u[1] : u[1]) / length, (inside ? u[0] : -u[0]) / length};
  PetscReal low = 0, high = 0.5 * length;
  if (in_contact(p, a->held, middle[0] + high * normal[0], middle[1] + high * normal[1]) == inside) return PETSC_FALSE;
  for (int k = 0; k < N_BISECTIONS; ++k) {
    const PetscReal at = 0.5 * (low + high);

    if (in_contact(p, a->held, middle[0] + at * normal[0], middle[1] + at * normal[1]) == inside)
      low = at;
    else
      high = at;
  }
  *out = (Point){middle[0] + low * normal[0], middle[1] + low * normal[1], a->corner, a->held};
  return PETSC_TRUE;
}

static PetscInt bend(const Place *p, PetscInt n, const Point points[], Point bent[]) {
  PetscInt n_bent = 0;

  for (PetscInt k = 0; k < n; ++k) {
    const Point *next = &points[(k + 1) % n];

    bent[n_bent++] = points[k];
    if (n > 2 && points[k].held >= 0 && next->held == points[k].held && between(p, &points[k], next, &bent[n_bent])) ++n_bent;
  }
  return n_bent;
}

/* ---- all cells ---- */
static Place place_of(HfGrid grid, PetscInt i, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(grid);

  return (Place){.film = HfGridOutline(grid),
                 .x0 = g->x0 + (PetscReal)i * g->dx,
                 .y0 = g->y0 + (PetscReal)j * g->dy,
                 .dx = g->dx,
                 .dy = g->dy,
                 .tolerance = 1e-9 * PetscMin(g->dx, g->dy)};
}

/* Whether the film contains the centre of a cell; any cell. */
static PetscBool is_film_cell(HfGrid grid, PetscInt i, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const Place p = place_of(grid, i, j);

  return (PetscBool)(i >= 0 && i < g->nx && j >= 0 && j < g->ny && in_film(&p, 0.5, 0.5));
}

/* The outline may pass through a cell that differs from one of the cells around it; bits of `film`: cells (i-1 .. i+1, j-1 .. j+1) row by row. */
static PetscBool is_rim(unsigned film) { return (PetscBool)(film != 0 && film != 0777); }

PetscErrorCode HfConductingCells(HfGrid grid, uint8_t **out) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  const ptrdiff_t w = g->nx + 2;
  uint8_t *conducts, *three, *film[3]; /* rows j-1, j, j+1 */
  Filling *filling;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(w * (g->ym + 2), &conducts));
  for (ptrdiff_t k = 0; k < w * (g->ym + 2); ++k) conducts[k] = regions[k] >= 0 ? HF_CELL_WHOLE : HF_CELL_VOID;
  *out = conducts;
  if (!HfGridOutline(grid)) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(1, &filling));
  PetscCall(PetscCalloc1(3 * w, &three));
  for (int k = 0; k < 3; ++k) film[k] = three + k * w;
  for (PetscInt j = g->ys - 2; j <= g->ys + g->ym + 1; ++j) {
    uint8_t *const row = film[0];

    film[0] = film[1];
    film[1] = film[2];
    film[2] = row;
    for (PetscInt i = 0; i < g->nx; ++i) row[i + 1] = is_film_cell(grid, i, j);
    const PetscInt middle = j - 1; /* the cells around those of this row are known */
    if (middle < PetscMax(0, g->ys - 1) || middle > PetscMin(g->ny - 1, g->ys + g->ym)) continue;
    for (PetscInt i = 0; i < g->nx; ++i) {
      unsigned around = 0;

      for (int k = 0; k < 9; ++k) around = around << 1 | film[k / 3][i + k % 3];
      if (!is_rim(around)) continue;
      const Place p = place_of(grid, i, middle);
      fill_cell(&p, filling);
      const PetscReal filled = moments_of(filling).one;
      const PetscBool is_outer = (PetscBool)!film[1][i + 1]; /* its centre is outside */
      if (is_outer ? filled > EMPTY : filled < 1 - EMPTY) conducts[(middle - (g->ys - 1)) * w + i + 1] = HF_CELL_PART;
    }
  }
  PetscCall(PetscFree(three));
  PetscCall(PetscFree(filling));
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

/* From functions of unit cells to the layer's. */
static void scale(const HfGridInfo *g, HfCutCell *cell) {
  for (int k = 0; k < HF_CELL_PAIRS; ++k) {
    cell->element.xx[k] *= g->dy / g->dx;
    cell->element.yy[k] *= g->dx / g->dy;
  }
  for (int i = 0; i < 4; ++i) {
    for (int d = 0; d < 2; ++d) {
      cell->moment[d][i][0] *= g->dy / g->dx;
      cell->moment[d][i][3] *= g->dx / g->dy;
    }
    cell->gradient[i][0] /= g->dx;
    cell->gradient[i][1] /= g->dy;
  }
}

/* False when the cell is an ordinary one. */
static PetscBool integrate(const Place *p, PetscBool is_part, const PetscInt held[4], Filling *filling, HfCutCell *cell) {
  const PetscBool same = (PetscBool)(held[0] == held[1] && held[1] == held[2] && held[2] == held[3]);
  Point points[MOST_POINTS], bent[MOST_POINTS];
  PetscBool is_cut = PETSC_FALSE;
  PetscInt n = 0;

  if (p->contacts && !same) n = walk_round(p, held, points, &is_cut);
  if (!is_part && !is_cut) return PETSC_FALSE;
  Moments m = {1, 0.5, 0.5, 1.0 / 3, 1.0 / 3, 0.25};
  if (is_part) {
    fill_cell(p, filling);
    m = moments_of(filling);
  }
  cell->filled = m.one;
  cell->has_contact = is_cut;
  if (is_cut)
    add_fans(bend(p, n, points, bent), bent, is_part ? filling : NULL, cell);
  else
    add_bilinear(&m, cell);
  return PETSC_TRUE;
}

PetscErrorCode HfCutCellsCreate(HfElectrodes e, const HfShape contacts[]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const int8_t *regions = HfGridRegions(e->grid);
  const HfGhostRowsInfo *info;
  HfGhostRows rows;
  PetscReal *held_by;
  Filling *filling;
  PetscInt room = 0;

  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsCreateVertices(e->grid, &rows));
  info = HfGhostRowsGetInfo(rows);
  PetscCall(electrodes_of_vertices(e, rows, &held_by));
  PetscCall(PetscMalloc1(1, &filling));
  e->n_outer = 0;
  for (PetscInt j = PetscMax(0, g->ys - 1); j < g->ys + g->ym; ++j) {
    const PetscReal *low = held_by + HfGhostRowsAt(info, j), *high = low + info->n;
    PetscInt outer = 0;

    for (PetscInt i = 0; i < g->nx; ++i) {
      const ptrdiff_t at = (ptrdiff_t)(j - (g->ys - 1)) * (g->nx + 2) + i + 1;
      const PetscInt held[4] = {(PetscInt)low[i], (PetscInt)low[i + 1], (PetscInt)high[i + 1], (PetscInt)high[i]};
      HfCutCell cell = {.at = at, .i = i, .j = j, .outer = -1};
      Place p = place_of(e->grid, i, j);

      p.contacts = contacts;
      p.positions = e->positions;
      if (e->conducts[at] == HF_CELL_VOID || !integrate(&p, (PetscBool)(e->conducts[at] == HF_CELL_PART), held, filling, &cell)) continue;
      scale(g, &cell);
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
  PetscCall(PetscFree(filling));
  PetscCall(HfGhostRowsFree(&held_by));
  PetscCall(HfGhostRowsDestroy(&rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfElectrodesGatherCutCells(HfElectrodes e, PetscInt *n, PetscInt *cells[], HfCellElement *elements[]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const PetscMPIInt width = (PetscMPIInt)(sizeof(HfCellElement) / sizeof(PetscReal));
  PetscMPIInt mine = 0, *counts, *starts;
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
  for (PetscMPIInt r = 0; r < g->size; ++r) {
    counts[r] *= width;
    starts[r] *= width;
  }
  PetscCallMPI(MPI_Allgatherv(own, mine * width, MPIU_REAL, *elements, counts, starts, MPIU_REAL, HfGridComm(e->grid)));
  PetscCall(PetscFree4(own_cells, own, counts, starts));
  PetscFunctionReturn(0);
}
