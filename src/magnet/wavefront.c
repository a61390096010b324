/* A whole explicit Runge-Kutta step in one pass over the film, for fields of local terms: stage s of row j follows stage s-1 of row j+1.

     front f = 0, 1, ...:  y and k_0 of row f are read;  for s = 1 .. S-1:  m_s = y + h sum_{r<s} a_sr k_r, unit, of row f-s+1,  then k_s = f(m_s) of row f-s
   Rows of m_s are kept for the three that a field needs, those of k_s as long as later stages do: some 50 rows of three components with 5dp, which stay in
   the second-level cache. Memory sees y and k_0 read, the new state and its k written, where stage by stage every stage is a pass.
   A stage of a rank's first and last rows needs that of the neighbour's: in the triangles of rows that depend on it, S-1-s of them deep, all stages come
   first, with an exchange of ghost rows for each. (Stages of the neighbour's rows made twice would leave one exchange a step, for 30 more stages of
   a row, a sixth of the work on 32 rows a rank, and for copies of all that terms know of these rows.) Every cell sees the operations of the stage-by-stage path in the same order.
   CPU time of a step made stage by stage relative to this, 5dp and local terms (tests/bench/magnet_runge_kutta, one core each, second-level caches of
   2 MiB): 1.07, 1.26, 1.9, 1.8 and 1.5 on films of 64^2, 128^2, 512^2, 1024^2 and 2048^2 cells, where the rows kept outgrow that cache, and on two ranks
   1.29, 1.64, 1.87 and 1.47 from 128^2 on. The rates between need no vectors: a film has 4 of its size instead of 9. */
#include "magnet_impl.h"

/* The last rows of a component vector, row j in place j modulo n. */
typedef struct {
  PetscReal *origin; /* cell 0 of the first component in place 0 */
  PetscInt n;
} Ring;
typedef struct {
  Ring y, k[HF_MAX_STAGES], m[HF_MAX_STAGES]; /* m: of the stages 1 .. S-1 */
} Rings;

struct HfWavefront_ {
  PetscInt stages;
  PetscInt stride; /* numbers from one component of a row to the next, which may be read at -1 and nx */
  PetscReal *memory;
  PetscReal *H;    /* scratch */
  Rings film;      /* of the pass */
  Rings border[2]; /* of the triangles at the rows of the rank below, above */
};

/* A step being made. */
typedef struct {
  HfMagnet magnet;
  const HfWholeStep *step;
  const PetscScalar *y, *first;
  PetscScalar *sum, *last;
  PetscReal *largest;
} Step;

static PetscReal *component(HfWavefront self, const Ring *ring, PetscInt j, PetscInt c) {
  return ring->origin + (3 * ((j + ring->n) % ring->n) + c) * self->stride;
}

static void components(HfWavefront self, const Ring *ring, PetscInt j, PetscReal *row[3]) {
  for (PetscInt c = 0; c < 3; ++c) row[c] = component(self, ring, j, c);
}

/* ---- creation ---- */
static void place(HfWavefront self, Ring *ring, PetscInt n, PetscReal **free) {
  *ring = (Ring){*free, n};
  *free += 3 * n * self->stride;
}

static void place_all(HfWavefront self, PetscReal *free) {
  const PetscInt S = self->stages;

  self->H = free;
  free += 3 * self->stride;
  place(self, &self->film.y, S - 1, &free);
  for (PetscInt s = 0; s < S; ++s) place(self, &self->film.k[s], S - s, &free);
  for (PetscInt s = 1; s < S; ++s) place(self, &self->film.m[s], 3, &free);
  for (int side = 0; side < 2; ++side) {
    Rings *border = &self->border[side];

    place(self, &border->y, S + 1, &free);
    for (PetscInt s = 0; s < S; ++s) place(self, &border->k[s], S + 1, &free);
    for (PetscInt s = 1; s < S; ++s) place(self, &border->m[s], S + 1, &free);
  }
}

static PetscErrorCode create(HfMagnet magnet, PetscInt stages) {
  const PetscInt lane = 8; /* numbers in a cache line */
  const PetscInt nx = HfGridGetInfo(magnet->film.grid)->nx, S = stages;
  HfWavefront self;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&self));
  magnet->wavefront = self;
  self->stages = stages;
  self->stride = lane * ((nx + 1 + lane - 1) / lane) + lane;
  PetscCall(PetscCalloc1(3 * (1 + S - 1 + S * (S + 1) / 2 + 3 * (S - 1) + 4 * S * (S + 1)) * self->stride + 2 * lane, &self->memory));
  place_all(self, self->memory + lane + (lane - ((size_t)self->memory / sizeof(PetscReal)) % (size_t)lane) % (size_t)lane);
  PetscFunctionReturn(0);
}

PetscErrorCode HfWavefrontDestroy(HfWavefront *self) {
  PetscFunctionBeginUser;
  if (!*self) PetscFunctionReturn(0);
  PetscCall(PetscFree((*self)->memory));
  PetscCall(PetscFree(*self));
  PetscFunctionReturn(0);
}

/* ---- one row of one stage ---- */
static PetscInt offset(const Step *step, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(step->magnet->film.grid);
  return 3 * g->nx * (j - g->ys);
}

static void load(const Step *step, const Rings *rings, PetscInt j) {
  const HfRowCells *cells = HfRowsGet(step->magnet->rows, j);
  PetscReal *row[3];

  if (cells->first > cells->last) return;
  components(step->magnet->wavefront, &rings->y, j, row);
  HfRowSplit(cells->first, cells->last - cells->first + 1, step->y + offset(step, j), row);
  components(step->magnet->wavefront, &rings->k[0], j, row);
  HfRowSplit(cells->first, cells->last - cells->first + 1, step->first + offset(step, j), row);
}

/* m of stage s; `keep`: into the new state as well. */
static void combine(const Step *step, const Rings *rings, PetscInt s, PetscInt j, PetscBool keep) {
  const HfRowCells *cells = HfRowsGet(step->magnet->rows, j);
  HfWavefront self = step->magnet->wavefront;
  const PetscReal *rate[HF_MAX_STAGES];
  PetscReal *m[3], weight[HF_MAX_STAGES];
  PetscInt n = 0;

  if (cells->first > cells->last) return;
  components(self, &rings->m[s], j, m);
  for (PetscInt r = 0; r < s; ++r) {
    if (step->step->a[s][r] == 0) continue;
    rate[n] = component(self, &rings->k[r], j, 0) + cells->first;
    weight[n++] = step->step->h * step->step->a[s][r];
  }
  HfRowStage(cells->last - cells->first + 1, self->stride, component(self, &rings->y, j, 0) + cells->first, n, rate, weight, m[0] + cells->first);
  if (HfGridGetInfo(step->magnet->film.grid)->periodic[0]) HfRowWrap(HfGridGetInfo(step->magnet->film.grid)->nx, m);
  if (keep) HfRowJoin(cells->first, cells->last - cells->first + 1, m, step->sum + offset(step, j));
}

/* k of stage s. */
static void evaluate(const Step *step, const Rings *rings, PetscInt s, PetscInt j) {
  HfWavefront self = step->magnet->wavefront;
  HfRow row = {.j = j, .fields = HF_FIELD_ALL, .cells = HfRowsGet(step->magnet->rows, j)};

  if (row.cells->first > row.cells->last) return;
  components(self, &rings->m[s], j - 1, row.south);
  components(self, &rings->m[s], j, row.m);
  components(self, &rings->m[s], j + 1, row.north);
  components(self, &rings->k[s], j, row.T);
  for (PetscInt c = 0; c < 3; ++c) row.H[c] = self->H + c * self->stride;
  HfRowRate(step->magnet, &row);
}

/* Once a row has all stages: its k at the new state, and the largest error and rate. */
static void finish(const Step *step, PetscInt j) {
  const HfRowCells *cells = HfRowsGet(step->magnet->rows, j);
  const PetscInt first = cells->first, n = cells->last - first + 1;
  HfWavefront self = step->magnet->wavefront;
  const PetscReal one = 1;
  PetscReal *last[3];

  if (n <= 0) return;
  components(self, &self->film.k[self->stages - 1], j, last);
  HfRowJoin(first, n, last, step->last + offset(step, j));
  for (PetscInt c = 0; c < 3; ++c) {
    const PetscReal *k[HF_MAX_STAGES], *at = last[c] + first;
    PetscReal weight[HF_MAX_STAGES];
    PetscInt terms = 0;

    for (PetscInt s = 0; s < self->stages; ++s) {
      if (step->step->e[s] == 0) continue;
      k[terms] = component(self, &self->film.k[s], j, c) + first;
      weight[terms++] = step->step->e[s];
    }
    step->largest[0] = PetscMax(step->largest[0], HfRowLargest(n, terms, k, weight));
    step->largest[1] = PetscMax(step->largest[1], HfRowLargest(n, 1, &at, &one));
  }
}

/* ---- the step ---- */
/* The row at depth d below the rim of a side, -1 being that of the neighbour. */
static PetscInt row_at(const HfGridInfo *g, int side, PetscInt d) { return side ? g->ys + g->ym - 1 - d : g->ys + d; }

/* That of a periodic boundary may be this rank itself. */
static PetscBool has_neighbour(const HfGridInfo *g, int side) { return (PetscBool)(g->periodic[1] || (side ? g->ys + g->ym < g->ny : g->ys > 0)); }

/* Row -1 of stage s from the neighbours. */
static PetscErrorCode exchange(const Step *step, PetscInt s) {
  const HfGridInfo *g = HfGridGetInfo(step->magnet->film.grid);
  HfGhostRows ghost_rows = HfSweepGhostRows(step->magnet->sweep);
  HfWavefront self = step->magnet->wavefront;
  const PetscScalar *ghost[2];

  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsBegin(ghost_rows, step->sum));
  PetscCall(HfGhostRowsEnd(ghost_rows, &ghost[0], &ghost[1]));
  for (int side = 0; side < 2; ++side) {
    const PetscInt j = row_at(g, side, -1);
    const HfRowCells *cells = HfRowsGet(step->magnet->rows, j);
    PetscReal *row[3];

    if (!has_neighbour(g, side) || cells->first > cells->last) continue;
    components(self, &self->border[side].m[s], j, row);
    HfRowSplit(cells->first, cells->last - cells->first + 1, ghost[side], row);
    if (g->periodic[0]) HfRowWrap(g->nx, row);
  }
  PetscFunctionReturn(0);
}

/* The stages s of the rows at depth 0 .. S-1-s of both rims. */
static PetscErrorCode make_borders(const Step *step) {
  const HfGridInfo *g = HfGridGetInfo(step->magnet->film.grid);
  HfWavefront self = step->magnet->wavefront;
  const PetscInt S = self->stages;

  PetscFunctionBeginUser;
  for (int side = 0; side < 2; ++side)
    for (PetscInt d = 0; d < S && has_neighbour(g, side); ++d) load(step, &self->border[side], row_at(g, side, d));
  for (PetscInt s = 1; s < S; ++s) {
    for (int side = 0; side < 2; ++side)
      for (PetscInt d = 0; d <= S - s && has_neighbour(g, side); ++d) combine(step, &self->border[side], s, row_at(g, side, d), (PetscBool)(d == 0));
    PetscCall(exchange(step, s));
    for (int side = 0; side < 2; ++side)
      for (PetscInt d = 0; d <= S - 1 - s && has_neighbour(g, side); ++d) evaluate(step, &self->border[side], s, row_at(g, side, d));
  }
  PetscFunctionReturn(0);
}

/* k of stage s from the triangle that the row belongs to, if it belongs to one. */
static PetscBool is_made(const Step *step, PetscInt s, PetscInt j) {
  const HfGridInfo *g = HfGridGetInfo(step->magnet->film.grid);
  HfWavefront self = step->magnet->wavefront;

  for (int side = 0; side < 2; ++side) {
    const PetscInt depth = side ? g->ys + g->ym - 1 - j : j - g->ys;

    if (!has_neighbour(g, side) || depth > self->stages - 1 - s) continue;
    /* but for the last number, which is the one before the row that follows: of a periodic film it is read */
    memcpy(component(self, &self->film.k[s], j, 0), component(self, &self->border[side].k[s], j, 0),
           sizeof(PetscReal) * (size_t)(3 * self->stride - 1));
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

static void pass(const Step *step) {
  const HfGridInfo *g = HfGridGetInfo(step->magnet->film.grid);
  HfWavefront self = step->magnet->wavefront;
  const PetscInt S = self->stages, end = g->ys + g->ym;

  for (PetscInt front = g->ys; front < end + S - 1; ++front) {
    if (front < end) load(step, &self->film, front);
    for (PetscInt s = 1; s < S; ++s) {
      const PetscInt stage_row = front - s + 1, rate_row = front - s;

      if (stage_row >= g->ys && stage_row < end) combine(step, &self->film, s, stage_row, (PetscBool)(s == S - 1));
      if (rate_row >= g->ys && rate_row < end && !is_made(step, s, rate_row)) evaluate(step, &self->film, s, rate_row);
    }
    if (front - S + 1 >= g->ys) finish(step, front - S + 1);
  }
}

/* Whether every rank has rows for its triangles, and no stage needs more than what the terms know at the start of the step. */
static PetscBool applies(HfMagnet magnet, PetscReal end, PetscInt stages) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscInt *ranges = HfGridRowRanges(magnet->film.grid);

  if (g->boxes[0] > 1 || HfTermsWhole(magnet) || HfTermsVary(magnet) || HfCurrentDue(magnet, end, PETSC_TRUE)) return PETSC_FALSE;
  for (PetscMPIInt r = 0; r < g->size && (g->size > 1 || g->periodic[1]); ++r)
    if (ranges[r + 1] - ranges[r] < stages) return PETSC_FALSE;
  return PETSC_TRUE;
}

PetscErrorCode HfWavefrontStep(HfMagnet magnet, PetscReal t, const HfWholeStep *whole, PetscReal largest[2], PetscBool *done) {
  Step step = {.magnet = magnet, .step = whole, .largest = largest};

  PetscFunctionBeginUser;
  *done = applies(magnet, t + whole->h, whole->n);
  if (!*done) PetscFunctionReturn(0);
  if (!magnet->wavefront) PetscCall(create(magnet, whole->n));
  PetscCall(VecGetArrayRead(whole->y, &step.y));
  PetscCall(VecGetArrayRead(whole->first, &step.first));
  PetscCall(VecGetArray(whole->sum, &step.sum));
  PetscCall(VecGetArray(whole->last, &step.last));
  PetscCall(HfProfileBegin(HF_PROFILE_RIGHT_HAND_SIDE));
  PetscCall(HfTermsPrepare(magnet, t + whole->h, NULL));
  if (HfGridGetInfo(magnet->film.grid)->size > 1 || HfGridGetInfo(magnet->film.grid)->periodic[1]) PetscCall(make_borders(&step));
  largest[0] = largest[1] = 0;
  pass(&step);
  PetscCall(HfProfileEnd(HF_PROFILE_RIGHT_HAND_SIDE));
  PetscCall(VecRestoreArray(whole->last, &step.last));
  PetscCall(VecRestoreArray(whole->sum, &step.sum));
  PetscCall(VecRestoreArrayRead(whole->first, &step.first));
  PetscCall(VecRestoreArrayRead(whole->y, &step.y));
  magnet->evaluations += whole->n - 1;
  PetscFunctionReturn(0);
}
