/* Elements of cells that the outline of the film or of a contact cuts (cut_cells.c), integrated over the conducting part of the cell alone, so that G
   converges with the square of the cell size instead of in steps of half a cell.

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

static const PetscReal AT_CORNER = 1e-6; /* of a side: nearer to a corner is at it */

/* ---- a cell in units of its sides, (s, t) in [0,1]^2 ---- */
PetscBool HfCutIsFilm(const HfCutPlace *p, PetscReal s, PetscReal t) {
  return (PetscBool)(!p->film || HfShapeContains(p->film, p->x0 + s * p->dx, p->y0 + t * p->dy, p->tolerance));
}

static PetscBool in_contact(const HfCutPlace *p, PetscInt k, PetscReal s, PetscReal t) {
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

static PetscBool on_line(const HfCutPlace *p, PetscBool along_y, PetscReal at, PetscReal along) {
  return along_y ? HfCutIsFilm(p, at, along) : HfCutIsFilm(p, along, at);
}

static PetscReal film_edge(const HfCutPlace *p, PetscBool along_y, PetscReal at, PetscReal a, PetscReal b, PetscBool at_a) {
  for (int k = 0; k < N_BISECTIONS; ++k) {
    const PetscReal middle = 0.5 * (a + b);

    if (on_line(p, along_y, at, middle) == at_a)
      a = middle;
    else
      b = middle;
  }
  return 0.5 * (a + b);
}

static void fill_cell(const HfCutPlace *p, Filling *filling) {
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
static Point contact_edge(const HfCutPlace *p, int from, int to, PetscInt electrode, PetscBool *is_cut) {
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

static PetscInt walk_round(const HfCutPlace *p, const PetscInt held[4], Point points[], PetscBool *is_cut) {
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
static PetscBool between(const HfCutPlace *p, const Point *a, const Point *b, Point *out) {
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

static PetscInt bend(const HfCutPlace *p, PetscInt n, const Point points[], Point bent[]) {
  PetscInt n_bent = 0;

  for (PetscInt k = 0; k < n; ++k) {
    const Point *next = &points[(k + 1) % n];

    bent[n_bent++] = points[k];
    if (n > 2 && points[k].held >= 0 && next->held == points[k].held && between(p, &points[k], next, &bent[n_bent])) ++n_bent;
  }
  return n_bent;
}

/* From functions of unit cells to the layer's. */
static void scale(const HfCutPlace *p, HfCutCell *cell) {
  for (int k = 0; k < HF_CELL_PAIRS; ++k) {
    cell->element.xx[k] *= p->dy / p->dx;
    cell->element.yy[k] *= p->dx / p->dy;
  }
  for (int i = 0; i < 4; ++i) {
    for (int d = 0; d < 2; ++d) {
      cell->moment[d][i][0] *= p->dy / p->dx;
      cell->moment[d][i][3] *= p->dx / p->dy;
    }
    cell->gradient[i][0] /= p->dx;
    cell->gradient[i][1] /= p->dy;
  }
}

PetscReal HfCutFilled(const HfCutPlace *p) {
  Filling filling;

  fill_cell(p, &filling);
  return moments_of(&filling).one;
}

PetscBool HfCutIntegrate(const HfCutPlace *p, PetscBool is_part, const PetscInt held[4], HfCutCell *cell) {
  const PetscBool same = (PetscBool)(held[0] == held[1] && held[1] == held[2] && held[2] == held[3]);
  Point points[MOST_POINTS], bent[MOST_POINTS];
  PetscBool is_cut = PETSC_FALSE;
  PetscInt n = 0;
  Filling filling;

  if (p->contacts && !same) n = walk_round(p, held, points, &is_cut);
  if (!is_part && !is_cut) return PETSC_FALSE;
  Moments m = {1, 0.5, 0.5, 1.0 / 3, 1.0 / 3, 0.25};
  if (is_part) {
    fill_cell(p, &filling);
    m = moments_of(&filling);
  }
  cell->filled = m.one;
  cell->has_contact = is_cut;
  if (is_cut)
    add_fans(bend(p, n, points, bent), bent, is_part ? &filling : NULL, cell);
  else
    add_bilinear(&m, cell);
  scale(p, cell);
  return PETSC_TRUE;
}
