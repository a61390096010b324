/* The sweep over the film, row by row: a window of three de-interleaved rows stays in the first-level cache, so that m is read from memory once.

     for each row:  H = 0;  every selected term adds to H over the spans of interior cells, then over the edge cells;  the visitor uses H
   Only the first and the last row need rows of the neighbour ranks; they come last, so that the exchange overlaps with the inner rows. Periodic boundaries
   are nothing but ghost cells: those beside a row are copies of its ends (HfRowWrap()), the row below the first one is the last one (ghost_rows.c).
   Of boxes every row has ghost cells beside it (ghost_columns.c): the exchange comes first. */
#include "magnet_impl.h"

struct HfSweep_ {
  HfGhostRows ghost_rows;
  HfGhostColumns ghost_columns; /* of boxes, else NULL */
  PetscInt stride;              /* numbers from one buffer row to the next */
  PetscReal *memory, *origin;   /* origin: cell 0 of the first buffer row, aligned */
  PetscScalar *line;            /* one interleaved row */
};
enum { WINDOW = 9, BUFFERS = 15 }; /* window 3 x 3 components, then H and T */

/* One sweep: where its rows come from and who visits them. */
typedef struct {
  HfMagnet magnet;
  HfFieldSelection fields;
  HfLength length;
  HfVisit visit;
  void *context;
  PetscInt held[3];                         /* which row is in each slot of the window */
  const PetscScalar *owned, *below, *above; /* rows of m, or of y of a stage: this rank's, the neighbours' */
  const PetscScalar *left, *right;          /* columns of the neighbours; NULL: whole rows */
  const HfStage *stage;                     /* NULL: the rows of m are there */
  const PetscScalar *rate[HF_MAX_STAGES];
  PetscScalar *sum;
  PetscBool keep; /* the rows of the stage are stored in `sum`, with unit length */
} Pass;

static PetscBool in_boxes(const HfGridInfo *g) { return (PetscBool)(g->boxes[0] > 1); }

/* Whether this rank's first and last rows are sent while others are visited: to the neighbour ranks, or to itself across a periodic boundary. */
static PetscBool has_border(const HfGridInfo *g) { return (PetscBool)(!in_boxes(g) && (g->size > 1 || g->periodic[1])); }

static PetscBool on_the_border(const HfGridInfo *g, PetscInt j) { return (PetscBool)(has_border(g) && (j == g->ys || j == g->ys + g->ym - 1)); }

static PetscReal *buffer(HfSweep sweep, PetscInt k) { return sweep->origin + k * sweep->stride; }

PetscErrorCode HfSweepCreate(HfGrid grid, HfSweep *out) {
  const PetscInt lane = 8; /* numbers in a cache line */
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfSweep sweep;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sweep));
  PetscCall(HfGhostRowsCreateCells(grid, 3, &sweep->ghost_rows));
  if (in_boxes(g)) PetscCall(HfGhostColumnsCreate(grid, 3, &sweep->ghost_columns));
  sweep->stride = lane * ((g->xm + 1 + lane - 1) / lane) + lane;
  PetscCall(PetscCalloc1(BUFFERS * sweep->stride + 2 * lane, &sweep->memory));
  PetscCall(PetscMalloc1(3 * g->xm, &sweep->line));
  sweep->origin = sweep->memory + lane;
  sweep->origin += (lane - ((size_t)sweep->origin / sizeof(PetscReal)) % (size_t)lane) % (size_t)lane;
  *out = sweep;
  PetscFunctionReturn(0);
}

PetscErrorCode HfSweepDestroy(HfSweep *sweep) {
  PetscFunctionBeginUser;
  if (!*sweep) PetscFunctionReturn(0);
  PetscCall(HfGhostRowsDestroy(&(*sweep)->ghost_rows));
  PetscCall(HfGhostColumnsDestroy(&(*sweep)->ghost_columns));
  PetscCall(PetscFree((*sweep)->memory));
  PetscCall(PetscFree((*sweep)->line));
  PetscCall(PetscFree(*sweep));
  PetscFunctionReturn(0);
}

/* m of an owned row of a stage, interleaved, at `to` (cell 0). */
static void combine_row(const Pass *pass, PetscInt j, PetscScalar *to) {
  const HfGridInfo *g = HfGridGetInfo(pass->magnet->film.grid);
  const HfRowCells *cells = HfRowsGet(pass->magnet->rows, j);
  const PetscInt first = 3 * cells->first, n = 3 * (cells->last - cells->first + 1), at = 3 * g->xm * (j - g->ys) + first;
  const PetscScalar *rate[HF_MAX_STAGES];

  for (PetscInt r = 0; r < pass->stage->n; ++r) rate[r] = pass->rate[r] + at;
  HfRowCombine(n, pass->owned + at, pass->stage->n, rate, pass->stage->weight, to + first);
  if (pass->keep) HfNormalize(n / 3, to + first);
}

/* The cells beside an owned row, -1 and xm, from the neighbours' columns. */
static void hold_sides(const Pass *pass, PetscInt j, PetscReal *const m[3]) {
  const HfGridInfo *g = HfGridGetInfo(pass->magnet->film.grid);

  for (int side = 0; side < 2; ++side) {
    const PetscScalar *from = (side ? pass->right : pass->left) + 3 * (j - g->ys);
    const PetscInt at = side ? g->xm : -1;
    PetscReal *const to[3] = {m[0] + at, m[1] + at, m[2] + at};

    if (pass->length == HF_NORMALIZE)
      HfRowSplitUnit(0, 1, from, to);
    else
      HfRowSplit(0, 1, from, to);
  }
}

/* Row j of m in its slot of the window. Cells outside the film keep old values, which are not read. */
static void hold_row(Pass *pass, PetscInt j) {
  HfSweep sweep = pass->magnet->sweep;
  const HfGridInfo *g = HfGridGetInfo(pass->magnet->film.grid);
  const HfRowCells *cells = HfRowsGet(pass->magnet->rows, j);
  const PetscInt slot = (j + 3) % 3, n = cells->last - cells->first + 1;
  const PetscScalar *from;
  PetscReal *m[3];

  if (pass->held[slot] == j) return;
  pass->held[slot] = j;
  if (n <= 0) return;
  for (PetscInt c = 0; c < 3; ++c) m[c] = buffer(sweep, 3 * slot + c);
  if (j < g->ys)
    from = pass->below;
  else if (j >= g->ys + g->ym)
    from = pass->above;
  else if (!pass->stage)
    from = pass->owned + 3 * g->xm * (j - g->ys);
  else {
    PetscScalar *own = pass->sum + 3 * g->xm * (j - g->ys), *to = pass->keep || on_the_border(g, j) ? own : sweep->line;
    if (!on_the_border(g, j)) combine_row(pass, j, to); /* border rows were combined before they were sent */
    from = to;
  }
  if (pass->length == HF_NORMALIZE && !pass->keep)
    HfRowSplitUnit(cells->first, n, from, m);
  else
    HfRowSplit(cells->first, n, from, m);
  if (pass->left && j >= g->ys && j < g->ys + g->ym) hold_sides(pass, j, m);
  if (!pass->left && g->periodic[0]) HfRowWrap(g->xm, m);
}

static void visit_row(Pass *pass, PetscInt j) {
  HfSweep sweep = pass->magnet->sweep;
  HfRow row;

  row.j = j;
  row.fields = pass->fields;
  row.cells = HfRowsGet(pass->magnet->rows, j);
  if (row.cells->first > row.cells->last) return;
  for (PetscInt near = j - 1; near <= j + 1; ++near) hold_row(pass, near);
  for (PetscInt c = 0; c < 3; ++c) {
    row.south[c] = buffer(sweep, 3 * ((j + 2) % 3) + c);
    row.m[c] = buffer(sweep, 3 * ((j + 3) % 3) + c);
    row.north[c] = buffer(sweep, 3 * ((j + 4) % 3) + c);
    row.H[c] = buffer(sweep, WINDOW + c);
    row.T[c] = buffer(sweep, WINDOW + 3 + c);
  }
  (*pass->visit)(pass->magnet, &row, pass->context);
}

HfGhostRows HfSweepGhostRows(HfSweep sweep) { return sweep->ghost_rows; }

/* As HfTermsPrepare(), those of the selection. */
static PetscErrorCode prepare_terms(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m) {
  HfFieldCache *cache = &magnet->cache;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];
    if (!term->type->prepare || !HfTermActive(term) || (fields == HF_FIELD_LINEAR_WHOLE && !term->type->stiffness)) continue;
    term->exact = (PetscBool)(fields == HF_FIELD_EXACT);
    PetscCall((*term->type->prepare)(term, t, m));
  }
  cache->inputs = magnet->inputs;
  PetscCall(HfFieldCacheAssign(magnet, t, m));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTermsPrepare(HfMagnet magnet, PetscReal t, Vec m) {
  PetscFunctionBeginUser;
  PetscCall(prepare_terms(magnet, HF_FIELD_ALL, t, m));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldCacheAssign(HfMagnet magnet, PetscReal t, Vec m) {
  HfFieldCache *cache = &magnet->cache;

  PetscFunctionBeginUser;
  cache->t = t;
  cache->m = (HfVecState){0};
  if (m) PetscCall(HfVecStateGet(m, &cache->m));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldCacheIsCurrent(HfMagnet magnet, PetscReal t, Vec m, PetscBool *current) {
  const HfFieldCache *cache = &magnet->cache;

  PetscFunctionBeginUser;
  PetscCall(HfVecStateCompare(m, &cache->m, current));
  *current = (PetscBool)(*current && cache->inputs == magnet->inputs && cache->t == t);
  PetscFunctionReturn(0);
}

/* Inner rows while the exchange is under way, then the first and the last. `send`: the owned rows of m, of which those on the border are there. */
static PetscErrorCode visit_rows(Pass *pass, const PetscScalar *send) {
  const HfGridInfo *g = HfGridGetInfo(pass->magnet->film.grid);
  const PetscInt end = g->ys + g->ym;
  HfSweep sweep = pass->magnet->sweep;

  PetscFunctionBeginUser;
  for (int slot = 0; slot < 3; ++slot) pass->held[slot] = PETSC_MIN_INT;
  if (in_boxes(g)) PetscCall(HfGhostColumnsBegin(sweep->ghost_columns, send));
  PetscCall(HfGhostRowsBegin(sweep->ghost_rows, send));
  if (in_boxes(g)) PetscCall(HfGhostColumnsEnd(sweep->ghost_columns, &pass->left, &pass->right));
  if (has_border(g))
    for (PetscInt j = g->ys + 1; j < end - 1; ++j) visit_row(pass, j);
  PetscCall(HfGhostRowsEnd(sweep->ghost_rows, &pass->below, &pass->above));
  for (PetscInt j = g->ys; j < end; j += !has_border(g) ? 1 : PetscMax(1, g->ym - 1)) visit_row(pass, j);
  PetscFunctionReturn(0);
}

PetscErrorCode HfSweepRows(HfMagnet magnet, HfFieldSelection fields, PetscReal t, Vec m, HfLength length, HfVisit visit, void *context) {
  Pass pass = {.magnet = magnet, .fields = fields, .length = length, .visit = visit, .context = context};

  PetscFunctionBeginUser;
  if (fields != HF_FIELD_CACHED && fields != HF_FIELD_LINEAR) PetscCall(prepare_terms(magnet, fields, t, m));
  PetscCall(VecGetArrayRead(m, &pass.owned));
  PetscCall(visit_rows(&pass, pass.owned));
  PetscCall(VecRestoreArrayRead(m, &pass.owned));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSweepStage(HfMagnet magnet, PetscReal t, const HfStage *stage, HfVisit visit, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscBool refresh = HfCurrentDue(magnet, t, stage->last), whole = (PetscBool)(refresh || HfTermsWhole(magnet) || in_boxes(g));
  Pass pass = {.magnet = magnet, .fields = HF_FIELD_ALL, .length = HF_NORMALIZE, .visit = visit, .context = context, .stage = stage};

  PetscFunctionBeginUser;
  pass.keep = (PetscBool)(stage->last || whole);
  PetscCall(VecGetArrayRead(stage->y, &pass.owned));
  for (PetscInt r = 0; r < stage->n; ++r) PetscCall(VecGetArrayRead(stage->rate[r], &pass.rate[r]));
  PetscCall(VecGetArray(stage->sum, &pass.sum));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    if ((whole || on_the_border(g, j)) && HfRowsGet(magnet->rows, j)->n_runs) combine_row(&pass, j, pass.sum + 3 * g->xm * (j - g->ys));
  if (whole) {
    PetscCall(VecRestoreArray(stage->sum, &pass.sum));
    if (refresh) PetscCall(HfCurrentRefreshNow(magnet, t, stage->sum));
    PetscCall(HfSweepRows(magnet, HF_FIELD_ALL, t, stage->sum, HF_KEEP_LENGTH, visit, context));
  } else {
    PetscCall(HfTermsPrepare(magnet, t, NULL));
    PetscCall(visit_rows(&pass, pass.sum));
    PetscCall(VecRestoreArray(stage->sum, &pass.sum));
  }
  for (PetscInt r = 0; r < stage->n; ++r) PetscCall(VecRestoreArrayRead(stage->rate[r], &pass.rate[r]));
  PetscCall(VecRestoreArrayRead(stage->y, &pass.owned));
  PetscFunctionReturn(0);
}

static inline PetscBool is_selected(const HfTermType *type, HfFieldSelection fields) {
  if (type->draw) return (PetscBool)(fields == HF_FIELD_NOISY);
  if (type->derivative && (fields == HF_FIELD_LINEAR || fields == HF_FIELD_LINEAR_WHOLE)) return PETSC_FALSE; /* HfRowLinearField() adds it */
  if (fields == HF_FIELD_LINEAR_WHOLE) return (PetscBool)(type->stiffness != NULL);
  return (PetscBool)(fields != HF_FIELD_LINEAR || (type->stiffness && (!type->whole || type->local_field)));
}

static void apply_terms(HfMagnet magnet, HfFieldSelection fields, PetscInt region, const HfSpan *span) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (!term->active[region] || !is_selected(term->type, fields)) continue;
    (*(fields == HF_FIELD_LINEAR && term->type->whole ? term->type->local_field : term->type->field))(term, term->p[region], span);
  }
}

static inline PetscBool acts(const HfTorque *torque) { return (PetscBool)(torque->j || !torque->type->current_driven); }

/* `straight`: the span for torques that take differences of m. */
static void apply_torques(HfMagnet magnet, PetscInt region, const HfSpan *span, const HfSpan *straight, const HfRow *row) {
  PetscReal *const T[3] = {row->T[0] + span->i, row->T[1] + span->i, row->T[2] + span->i};

  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *torque = &magnet->torques[k];
    if (torque->active[region] && acts(torque)) (*torque->type->add)(torque, torque->p[region], torque->type->straight ? straight : span, T);
  }
}

const HfTorque *HfTorqueAlone(HfMagnet magnet) {
  const HfTorque *only = NULL;

  if (magnet->friction) return NULL; /* what a torque makes alone is Gilbert's equation without friction */
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *torque = &magnet->torques[k];
    if (!HfTorqueActive(torque) || !acts(torque)) continue;
    if (only || !torque->type->alone) return NULL;
    only = torque;
  }
  for (PetscInt r = 0; only && r < magnet->film.n_regions; ++r)
    if (!only->active[r]) return NULL;
  return only;
}

static PetscReal straight_on(PetscBool there, PetscReal value, PetscReal own, PetscBool opposite_there, PetscReal opposite) {
  return there ? value : opposite_there ? 2 * own - opposite : own;
}

static PetscBool any_straight_torque(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_torques; ++k)
    if (magnet->torques[k].type->straight && acts(&magnet->torques[k]) && HfTorqueActive(&magnet->torques[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* An edge cell whose missing neighbours continue the others linearly: a central difference is then the one-sided difference of the cells there are. */
static void straight_span_of_edge(HfMagnet magnet, const HfRow *row, const HfEdgeCell *cell, HfGhosts *ghosts, HfSpan *span) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const int8_t *regions = HfGridRegions(magnet->film.grid);
  const PetscInt i = cell->i, j = row->j;
  const PetscBool west = (PetscBool)(HfRegionAt(g, regions, i - 1, j) >= 0), east = (PetscBool)(HfRegionAt(g, regions, i + 1, j) >= 0);
  const PetscBool south = (PetscBool)(HfRegionAt(g, regions, i, j - 1) >= 0), north = (PetscBool)(HfRegionAt(g, regions, i, j + 1) >= 0);

  *span = (HfSpan){.i = i, .j = j, .n = 1};
  for (int c = 0; c < 3; ++c) {
    const PetscReal own = row->m[c][i];

    ghosts->m[c][0] = straight_on(west, row->m[c][i - 1], own, east, row->m[c][i + 1]);
    ghosts->m[c][1] = own;
    ghosts->m[c][2] = straight_on(east, row->m[c][i + 1], own, west, row->m[c][i - 1]);
    ghosts->south[c] = straight_on(south, row->south[c][i], own, north, row->north[c][i]);
    ghosts->north[c] = straight_on(north, row->north[c][i], own, south, row->south[c][i]);
    span->m[c] = &ghosts->m[c][1];
    span->south[c] = &ghosts->south[c];
    span->north[c] = &ghosts->north[c];
    span->H[c] = row->H[c] + i;
  }
}

void HfRowField(HfMagnet magnet, const HfRow *row, PetscBool with_torques) {
  const HfRowCells *cells = row->cells;
  const size_t bytes = sizeof(PetscReal) * (size_t)(cells->last - cells->first + 1);
  const PetscBool any_straight = (PetscBool)(with_torques && any_straight_torque(magnet));
  HfSpan span, straight;

  for (int c = 0; c < 3; ++c) {
    memset(row->H[c] + cells->first, 0, bytes);
    if (with_torques) memset(row->T[c] + cells->first, 0, bytes);
  }
  for (PetscInt k = 0; k < cells->n_spans; ++k) {
    HfSpanOfRun(row, &cells->spans[k], &span);
    apply_terms(magnet, row->fields, cells->spans[k].region, &span);
    if (with_torques) apply_torques(magnet, cells->spans[k].region, &span, &span, row);
  }
  for (PetscInt k = 0; k < cells->n_edges; ++k) {
    HfGhosts ghosts, straight_ghosts;

    HfSpanOfEdge(row, &cells->edges[k], &ghosts, &span);
    apply_terms(magnet, row->fields, cells->edges[k].region, &span);
    if (any_straight) straight_span_of_edge(magnet, row, &cells->edges[k], &straight_ghosts, &straight);
    if (with_torques) apply_torques(magnet, cells->edges[k].region, &span, &straight, row);
  }
}

void HfRowLinearField(HfMagnet magnet, const HfRow *row, const PetscScalar u[]) {
  HfSpan changes;

  HfRowField(magnet, row, PETSC_FALSE);
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (!term->type->derivative) continue;
    for (PetscInt r = 0; r < row->cells->n_runs; ++r) {
      const HfRun *run = &row->cells->runs[r];
      if (!term->active[run->region]) continue;
      HfSpanOfRun(row, run, &changes);
      (*term->type->derivative)(term, term->p[run->region], &changes, u + 3 * run->i);
    }
  }
}

/* `changes`: as the torque takes them; T of the row. */
static void apply_linear_torques(HfMagnet magnet, PetscInt region, const HfSpan *changes, const HfRow *row, const PetscScalar u[]) {
  PetscReal *const T[3] = {row->T[0] + changes->i, row->T[1] + changes->i, row->T[2] + changes->i};

  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *torque = &magnet->torques[k];
    if (torque->type->linear && torque->active[region] && acts(torque))
      (*torque->type->linear)(torque, torque->p[region], changes, u + 3 * changes->i, T);
  }
}

static PetscBool any_linear_torque(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_torques; ++k)
    if (magnet->torques[k].type->linear && acts(&magnet->torques[k]) && HfTorqueActive(&magnet->torques[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

void HfRowLinearTorques(HfMagnet magnet, const HfRow *row, const PetscScalar u[]) {
  const HfRowCells *cells = row->cells;
  HfGhosts ghosts;
  HfSpan span;

  for (int c = 0; c < 3; ++c) memset(row->T[c] + cells->first, 0, sizeof(PetscReal) * (size_t)(cells->last - cells->first + 1));
  if (!any_linear_torque(magnet)) return;
  for (PetscInt k = 0; k < cells->n_spans; ++k) {
    HfSpanOfRun(row, &cells->spans[k], &span);
    apply_linear_torques(magnet, cells->spans[k].region, &span, row, u);
  }
  for (PetscInt k = 0; k < cells->n_edges; ++k) {
    straight_span_of_edge(magnet, row, &cells->edges[k], &ghosts, &span);
    apply_linear_torques(magnet, cells->edges[k].region, &span, row, u);
  }
}
