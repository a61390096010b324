/* A V-cycle for the Newton matrix of an equation on unit vectors, a preconditioner of Krylov methods:

     A x = turn t u x x + (F + damp d + V u.h) x - P (sum f x_neighbour + K x),   P = 1 - u u^T,  x tangent to u

   Levels: tangent_levels.c; coarse u is the mean direction, weighted by V, and V u.h is summed. The residual is restricted by sums and projected on the tangent
   plane of the coarse u; corrections are interpolated bilinearly, from cells of the film alone, and projected on that of the fine u.
   V(1,0): red-black Gauss-Seidel from zero on the way down, nothing on the way up. From zero, red cells are x = D^-1 b, and after the black ones the residual is
   zero in black cells and P sum f x in red ones: nothing else is computed. Levels end where couplings are small against the shift; two sweeps solve there, six on
   the coarsest level there is.
   All in single precision, in the storage of tangent_multigrid_impl.h; black row j follows red row j + 1, the residual of row j - 1 follows that, so that memory is
   passed once on the way down and once on the way up. The result is bitwise the same on any number of ranks: what is computed for a cell does not depend on them.
   CPU time of a cycle relative to a right-hand side of exchange and anisotropy, paired in one run (tests/bench/magnet_tangent_multigrid.c), without and with K:
     128^2 cells 1.6 and 1.9    512^2 1.2 and 1.4    2048^2 1.7 and 1.9    set-up 0.9 to 1.2; about two thirds of these before dm/dt became one pass (44a3010)
   Two ranks against one, 512^2: 1.5 to 1.8 times as fast.
   Trottenberg, Oosterlee, Schueller, Multigrid (2001), sections 2.8.4 (cell-centred) and 4.3 (red-black). */
#include "../denormals.h"
#include "tangent_multigrid_impl.h"

#define COARSE_ENOUGH 0.7 /* largest coupling of a cell relative to its shift, from which on two sweeps solve */
enum { SWEEPS_AT_SHIFT = 2, SWEEPS_AT_END = 6 };

static PetscErrorCode allocate_rows(HfTangentMultigrid mg) {
  const PetscInt n = mg->levels[0].stride,
                 wide = 2 * n + 4 * HF_LANES; /* components of a row in the order of the columns, with room for a coarse stride */
  float *next = NULL;

  PetscFunctionBeginUser;
  PetscCall(HfTangentAllocate(48 * wide, &mg->memory, &next));
  for (int k = 0; k < 3; ++k, next += 3 * wide) mg->b[k] = next;
  for (int k = 0; k < 2; ++k, next += 3 * wide) mg->r[k] = next;
  for (int k = 0; k < 3; ++k, next += 4 * wide) mg->coarse_row[k] = next + HF_LANES;
  mg->edge = next, next += 3 * wide;
  mg->zero = next, next += 4 * wide;
  mg->own = next, next += 6 * wide;
  mg->row = next, next += 4 * wide;
  mg->one = next, next += wide;
  for (PetscInt k = 0; k < n; ++k) mg->one[k] = 1;
  mg->arrived = next;
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentMultigridCreate(HfGrid grid, PetscErrorCode (*fill_row)(PetscInt j, const HfTangentRow *row, void *context), void *context,
                                        PetscBool with_q, HfTangentMultigrid *out) {
  HfTangentMultigrid mg;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&mg));
  mg->grid = HfGridWholeRows(grid);
  mg->with_q = with_q;
  if (mg->grid != grid) {
    PetscCall(HfTangentBoxesCreate(grid, fill_row, context, with_q, &mg->boxes));
    PetscCall(HfTangentLevelsCreate(mg, HfTangentBoxesFillRow, mg->boxes));
    PetscCall(HfTangentBoxesLevelsMade(mg->boxes));
  } else
    PetscCall(HfTangentLevelsCreate(mg, fill_row, context));
  PetscCall(allocate_rows(mg));
  *out = mg;
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentMultigridDestroy(HfTangentMultigrid *multigrid) {
  HfTangentMultigrid mg = *multigrid;

  PetscFunctionBeginUser;
  if (!mg) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < mg->n; ++k) PetscCall(HfTangentLevelDestroy(&mg->levels[k]));
  PetscCall(HfTangentBoxesDestroy(&mg->boxes));
  PetscCall(PetscFree(mg->levels));
  PetscCall(PetscFree(mg->memory));
  PetscCall(PetscFree(*multigrid));
  PetscFunctionReturn(0);
}

/* ---- set-up ---- */

/* What follows the end of a row counts times 0: it must be a number, whatever an earlier cycle was given. */
static void clear_what_follows_rows(HfTangentMultigrid mg) {
  memset(mg->coarse_row[0] - HF_LANES, 0, sizeof(float) * (size_t)(3 * 4 * (2 * mg->levels[0].stride + 4 * HF_LANES)));
  for (PetscInt k = 0; k < mg->n; ++k) {
    const HfTangentLevel *l = &mg->levels[k];
    memset(l->x, 0, sizeof(float) * 2 * 3 * (size_t)l->stride * (size_t)(l->rows->end - l->rows->start + 2));
  }
}

static void invert_row(const HfTangentMultigrid mg, const HfTangentLevel *l, PetscInt j, float turn, float damp) {
  for (int c = 0; c < 2; ++c) {
    const float *F = HfTangentRowAt(l, l->couplings, 1, j, c), *t = HfTangentRowAt(l, l->turn, 1, j, c), *d = HfTangentRowAt(l, l->damp, 1, j, c),
                *along = HfTangentRowAt(l, l->along, 1, j, c);

    if (mg->has_K) {
      const float *K = HfTangentRowAt(l, l->K, 6, j, c);

      if (mg->with_q) HfTangentAdd(6 * l->stride, K, HfTangentRowAt(l, l->Q, 6, j, c), mg->own);
      HfTangentInvertTensor(l->stride, turn, damp, F, t, d, along, HfTangentRowAt(l, l->u, 3, j, c), mg->with_q ? mg->own : K,
                            HfTangentRowAt(l, l->inverse, 6, j, c));
    } else
      HfTangentInvert(l->stride, turn, damp, F, t, d, along, HfTangentRowAt(l, l->inverse, 2, j, c));
  }
}

/* Fills ghost rows of n numbers of each row, from those of that colour on. */
static PetscErrorCode exchange(const HfTangentLevel *l, float *array, int components, int colour, PetscInt n, HfRowParity parity) {
  const PetscInt start = l->rows->start, end = l->rows->end;

  PetscFunctionBeginUser;
  if (l->rows->size == 1) PetscFunctionReturn(0);
  PetscCall(HfGhostRowsBeginFloats(l->ghosts, n, HfTangentRowAt(l, array, components, start, colour),
                                   HfTangentRowAt(l, array, components, end - 1, colour), HfTangentRowAt(l, array, components, start - 1, colour),
                                   HfTangentRowAt(l, array, components, end, colour), parity));
  PetscCall(HfGhostRowsEndFloats(l->ghosts));
  PetscFunctionReturn(0);
}

/* u and V u.h of coarse row J, from two rows of the finer level: cells of one colour and row are of pairs I = 0, 1, ..., the columns of the coarse row. */
static void average_row(const HfTangentMultigrid mg, const HfTangentLevel *fine, const HfTangentLevel *l, PetscInt row) {
  const PetscInt wide = 2 * l->stride + 4 * HF_LANES, n = PetscMin(fine->stride, 2 * l->stride);
  float *sum = mg->row;

  memset(sum, 0, sizeof(*sum) * (size_t)(4 * wide));
  for (PetscInt j = 2 * row; j < PetscMin(fine->rows->n_rows, 2 * row + 2); ++j)
    for (int c = 0; c < 2; ++c)
      HfTangentSum(n, wide, HfTangentRowAt(fine, fine->weight, 1, j, c), HfTangentRowAt(fine, fine->u, 3, j, c),
                   HfTangentRowAt(fine, fine->along, 1, j, c), sum);
  for (int c = 0; c < 2; ++c)
    HfTangentAverage(l->stride, wide, HfTangentSide(row, c), sum, HfTangentRowAt(l, l->weight, 1, row, c), HfTangentRowAt(l, l->u, 3, row, c),
                     HfTangentRowAt(l, l->along, 1, row, c));
}

/* V q q^T of row j of the finest level; q: that row. */
static void load_tensor(const HfTangentMultigrid mg, const PetscReal q[], PetscInt j) {
  const HfTangentLevel *l = &mg->levels[0];
  const PetscInt n = l->stride;
  const int even = HfTangentSide(j, HF_RED) ? HF_BLACK : HF_RED;

  HfTangentSplit(l->nx, n, q, mg->one, mg->one, mg->own, mg->own + 3 * n);
  for (int k = 0; k < 2; ++k) {
    const int c = k ? !even : even;
    HfTangentSquare(n, HfTangentRowAt(l, l->weight, 1, j, c), mg->own + 3 * n * k, HfTangentRowAt(l, l->Q, 6, j, c));
  }
}

/* Its sum in a coarse row. */
static void sum_tensor(const HfTangentMultigrid mg, const HfTangentLevel *fine, const HfTangentLevel *l, PetscInt row) {
  const PetscInt wide = 2 * l->stride + 4 * HF_LANES, n = PetscMin(fine->stride, 2 * l->stride);

  memset(mg->own, 0, sizeof(*mg->own) * (size_t)(6 * wide));
  for (PetscInt j = 2 * row; j < PetscMin(fine->rows->n_rows, 2 * row + 2); ++j)
    for (int c = 0; c < 2; ++c) HfTangentSumTensor(n, wide, HfTangentRowAt(fine, fine->Q, 6, j, c), mg->own);
  for (int c = 0; c < 2; ++c) HfTangentTakeTensor(l->stride, wide, HfTangentSide(row, c), mg->own, HfTangentRowAt(l, l->Q, 6, row, c));
}

/* An upper bound of a cell's couplings relative to its shift. */
static PetscReal relative_coupling(const HfTangentLevel *l, PetscReal turn, PetscReal damp) {
  const PetscReal least = PetscMin(turn, damp);
  PetscReal bound = PETSC_INFINITY;

  if (turn > 0) bound = PetscMin(bound, l->most_turn / turn);
  if (damp > 0) bound = PetscMin(bound, l->most_damp / damp);
  if (least > 0) bound = PetscMin(bound, l->most_both / least);
  return bound;
}

PetscErrorCode HfTangentMultigridSetUp(HfTangentMultigrid mg, const PetscReal u[], const PetscReal uh[], const PetscReal q[], PetscReal turn,
                                       PetscReal damp) {
  HfTangentLevel *finest = &mg->levels[0];
  const HfGhostRowsInfo *rows = finest->rows;
  const PetscInt n = finest->stride, nx = finest->nx;
  const unsigned before = HfFlushDenormals(); /* a correction that fades out over a film is full of them */

  PetscFunctionBeginUser;
  if (mg->boxes) PetscCall(HfTangentBoxesTakeState(mg->boxes, &u, &uh, &q));
  clear_what_follows_rows(mg);
  for (PetscInt j = rows->start; j < rows->end; ++j) {
    const ptrdiff_t at = (ptrdiff_t)(j - rows->start) * nx;
    const int even = HfTangentSide(j, HF_RED) ? HF_BLACK : HF_RED;

    HfTangentSplit(nx, n, u + 3 * at, mg->one, mg->one, HfTangentRowAt(finest, finest->u, 3, j, even),
                   HfTangentRowAt(finest, finest->u, 3, j, !even));
    HfTangentSplitScalar(nx, n, uh + at, HfTangentRowAt(finest, finest->weight, 1, j, even), HfTangentRowAt(finest, finest->weight, 1, j, !even),
                         HfTangentRowAt(finest, finest->along, 1, j, even), HfTangentRowAt(finest, finest->along, 1, j, !even));
    if (mg->with_q) load_tensor(mg, q + 3 * at, j);
    invert_row(mg, finest, j, (float)turn, (float)damp);
  }
  for (mg->active = 1; mg->active < mg->n; ++mg->active) {
    HfTangentLevel *fine = &mg->levels[mg->active - 1], *l = fine + 1;

    if (relative_coupling(fine, PetscAbsReal(turn), PetscAbsReal(damp)) < COARSE_ENOUGH) break;
    if (fine->splits) {
      PetscCall(exchange(fine, fine->u, 3, HF_RED, 6 * fine->stride, HF_ROWS_ODD));
      PetscCall(exchange(fine, fine->along, 1, HF_RED, 2 * fine->stride, HF_ROWS_ODD));
      if (mg->with_q) PetscCall(exchange(fine, fine->Q, 6, HF_RED, 12 * fine->stride, HF_ROWS_ODD));
    }
    for (PetscInt j = l->rows->start; j < l->rows->end; ++j) {
      average_row(mg, fine, l, j);
      if (mg->with_q) sum_tensor(mg, fine, l, j);
      invert_row(mg, l, j, (float)turn, (float)damp);
    }
  }
  if (mg->boxes) PetscCall(HfTangentBoxesReturnState(mg->boxes, &u, &uh, &q));
  HfRestoreDenormals(before);
  PetscFunctionReturn(0);
}

/* ---- the cycle ---- */

/* V b of row j of the finest level, in both colours, into its place among three rows. */
static void load(const HfTangentMultigrid mg, const PetscReal b[], PetscInt j) {
  const HfTangentLevel *l = &mg->levels[0];
  const PetscInt n = l->stride;
  const int even = HfTangentSide(j, HF_RED) ? HF_BLACK : HF_RED;
  float *to = mg->b[j % 3];

  HfTangentSplit(l->nx, n, b + (ptrdiff_t)(j - l->rows->start) * 3 * l->nx, HfTangentRowAt(l, l->weight, 1, j, even),
                 HfTangentRowAt(l, l->weight, 1, j, !even), to + 3 * n * even, to + 3 * n * !even);
}

/* Right-hand side of row j and colour; finest: b was loaded. */
static const float *right_side(const HfTangentMultigrid mg, const HfTangentLevel *l, PetscInt j, int colour) {
  return l->b ? HfTangentRowAt(l, l->b, 3, j, colour) : mg->b[j % 3] + 3 * l->stride * colour;
}

static void find_sides(const HfTangentLevel *l, PetscInt j, int colour, HfTangentSides *s) {
  const PetscInt n = l->stride;
  const int side = HfTangentSide(j, colour), other = 1 - colour;
  const float *x = HfTangentRowAt(l, l->x, 3, j, other), *face = HfTangentRowAt(l, l->face, 2, j, HF_RED);
  const PetscBool own = (PetscBool)(colour == HF_BLACK); /* otherwise the faces are those of the neighbours */

  s->x[HF_WEST] = x - 1 + side;
  s->x[HF_EAST] = x + side;
  s->x[HF_SOUTH] = HfTangentRowAt(l, l->x, 3, j - 1, other);
  s->x[HF_NORTH] = HfTangentRowAt(l, l->x, 3, j + 1, other);
  s->f[HF_WEST] = own ? face + HF_WEST * n : face + HF_EAST * n - 1 + side;
  s->f[HF_EAST] = own ? face + HF_EAST * n : face + HF_WEST * n + side;
  s->f[HF_SOUTH] = own ? face + HF_SOUTH * n : HfTangentRowAt(l, l->face, 2, j - 1, HF_RED) + HF_NORTH * n;
  s->f[HF_NORTH] = own ? face + HF_NORTH * n : HfTangentRowAt(l, l->face, 2, j + 1, HF_RED) + HF_SOUTH * n;
}

static void smooth_row(const HfTangentMultigrid mg, const HfTangentLevel *l, PetscInt j, int colour, PetscBool from_zero) {
  const float *u = HfTangentRowAt(l, l->u, 3, j, colour), *inverse = HfTangentRowAt(l, l->inverse, mg->has_K ? 6 : 2, j, colour);
  const float *b = right_side(mg, l, j, colour);
  float *x = HfTangentRowAt(l, l->x, 3, j, colour);

  if (from_zero && colour == HF_RED)
    HfTangentSolve(l->stride, mg->has_K, u, inverse, b, x);
  else {
    HfTangentSides s;

    find_sides(l, j, colour, &s);
    HfTangentSmooth(l->stride, mg->has_K, &s, u, inverse, b, x);
  }
}

/* b of the coarse row that fine rows 2 row and 2 row + 1 make. */
static void restrict_row(const HfTangentLevel *fine, const HfTangentLevel *coarse, PetscInt row, const float *low, const float *high) {
  const int even = HfTangentSide(row, HF_RED) ? HF_BLACK : HF_RED;

  HfTangentRestrict(coarse->stride, fine->stride, low, high, HfTangentRowAt(coarse, coarse->u, 3, row, even),
                    HfTangentRowAt(coarse, coarse->u, 3, row, !even), HfTangentRowAt(coarse, coarse->b, 3, row, even),
                    HfTangentRowAt(coarse, coarse->b, 3, row, !even));
}

/* The residual of red row j; with that of the row below it a row of the coarse b. */
static void residual_row(const HfTangentMultigrid mg, const HfTangentLevel *l, const HfTangentLevel *coarse, PetscInt j) {
  HfTangentSides s;
  float *r = (j & 1) && j == l->rows->start ? mg->edge : mg->r[j & 1];

  find_sides(l, j, HF_RED, &s);
  HfTangentCoupled(l->stride, &s, HfTangentRowAt(l, l->u, 3, j, HF_RED), r);
  if ((j & 1) && j > l->rows->start) restrict_row(l, coarse, j / 2, mg->r[0], mg->r[1]);
}

/* The last coarse row, where its upper fine row is another rank's or beyond the grid. */
static PetscErrorCode residual_edge(const HfTangentMultigrid mg, const HfTangentLevel *l, const HfTangentLevel *coarse) {
  const PetscInt start = l->rows->start, end = l->rows->end;

  PetscFunctionBeginUser;
  if (l->splits && l->rows->size > 1) {
    PetscCall(HfGhostRowsBeginFloats(l->ghosts, 3 * l->stride, (start & 1) ? mg->edge : mg->r[0], mg->r[1], mg->row, mg->arrived, HF_ROWS_ODD));
    PetscCall(HfGhostRowsEndFloats(l->ghosts));
  }
  if (end > start && (end & 1)) restrict_row(l, coarse, end / 2, mg->r[0], end < l->rows->n_rows ? mg->arrived : mg->zero);
  PetscFunctionReturn(0);
}

/* One sweep, red before black; from zero, coarse gets the residual unless it is NULL. With more ranks the rows at the border go ahead, and the ghost rows of x
   are current in the end. b: of the finest level. */
static PetscErrorCode sweep(const HfTangentMultigrid mg, const HfTangentLevel *l, const PetscReal b[], PetscBool from_zero,
                            const HfTangentLevel *coarse) {
  const PetscInt start = l->rows->start, end = l->rows->end;
  const PetscBool together = (PetscBool)(l->rows->size > 1);

  PetscFunctionBeginUser;
  if (together) {
    for (PetscInt j = start; j < end; ++j) {
      if (j == start + 2) j = PetscMax(j, end - 2);
      if (!l->b) load(mg, b, j);
      smooth_row(mg, l, j, HF_RED, from_zero);
    }
    PetscCall(exchange(l, l->x, 3, HF_RED, 3 * l->stride, HF_ROWS_ALL));
    for (PetscInt j = start; j < end; j += PetscMax(1, end - 1 - start)) {
      if (!l->b) load(mg, b, j);
      smooth_row(mg, l, j, HF_BLACK, from_zero);
    }
    PetscCall(exchange(l, l->x, 3, HF_BLACK, 3 * l->stride, HF_ROWS_ALL));
  }
  for (PetscInt j = start; j < end + 2; ++j) {
    if (j < end && !l->b) load(mg, b, j);
    if (j < end && !(together && (j < start + 2 || j >= end - 2))) smooth_row(mg, l, j, HF_RED, from_zero);
    if (j > start && j <= end && !(together && (j == start + 1 || j == end))) smooth_row(mg, l, j - 1, HF_BLACK, from_zero);
    if (coarse && j > start + 1) residual_row(mg, l, coarse, j - 2);
  }
  if (coarse) PetscCall(residual_edge(mg, l, coarse));
  PetscFunctionReturn(0);
}

/* Row j of a coarse level in the order of the columns. */
static const float *coarse_row(const HfTangentMultigrid mg, const HfTangentLevel *coarse, PetscInt j) {
  const int slot = (int)((j + 3) % 3), even = HfTangentSide(j, HF_RED) ? HF_BLACK : HF_RED;

  if (mg->in_row[slot] != j) {
    HfTangentInterleave(coarse->stride, 3, HfTangentRowAt(coarse, coarse->x, 3, j, even), HfTangentRowAt(coarse, coarse->x, 3, j, !even),
                        mg->coarse_row[slot]);
    mg->in_row[slot] = j;
  }
  return mg->coarse_row[slot];
}

/* x of the finest level, in both colours, to the caller's row j. */
static void store(const HfTangentMultigrid mg, PetscInt j, const float *red, const float *black, PetscReal x[]) {
  const HfTangentLevel *l = &mg->levels[0];
  const PetscBool red_first = (PetscBool)!HfTangentSide(j, HF_RED);

  HfTangentJoin(l->nx, l->stride, red_first ? red : black, red_first ? black : red, x + (ptrdiff_t)(j - l->rows->start) * 3 * l->nx);
}

/* Adds the correction of the coarse level; x: where the finest level goes. */
static void correct(const HfTangentMultigrid mg, const HfTangentLevel *l, const HfTangentLevel *coarse, PetscReal x[]) {
  for (int k = 0; k < 3; ++k) mg->in_row[k] = -2;
  for (PetscInt j = l->rows->start; j < l->rows->end; ++j) {
    const PetscInt up = j / 2, across = (j & 1) ? up + 1 : up - 1;
    const float *parent = coarse_row(mg, coarse, up), *other = coarse_row(mg, coarse, across);
    float *out[2];

    for (int c = 0; c < 2; ++c) {
      float *row = HfTangentRowAt(l, l->x, 3, j, c);

      out[c] = l->b ? row : mg->b[0] + 3 * l->stride * c;
      HfTangentProlong(l->stride, 2 * coarse->stride, HfTangentSide(j, c), parent, other, HfTangentRowAt(coarse, coarse->film, 1, up, HF_RED),
                       HfTangentRowAt(coarse, coarse->film, 1, across, HF_RED), HfTangentRowAt(l, l->u, 3, j, c), row, out[c]);
    }
    if (!l->b) store(mg, j, out[HF_RED], out[HF_BLACK], x);
  }
}

static PetscErrorCode cycle(const HfTangentMultigrid mg, PetscInt k, const PetscReal b[], PetscReal x[]) {
  const HfTangentLevel *l = &mg->levels[k], *coarse = l + 1;
  const PetscBool last = (PetscBool)(k == mg->active - 1);

  PetscFunctionBeginUser;
  if (last) {
    const int sweeps = k == mg->n - 1 ? SWEEPS_AT_END : SWEEPS_AT_SHIFT;
    for (int s = 0; s < sweeps; ++s) PetscCall(sweep(mg, l, b, (PetscBool)(s == 0), NULL));
    PetscFunctionReturn(0);
  }
  PetscCall(sweep(mg, l, b, PETSC_TRUE, coarse));
  PetscCall(cycle(mg, k + 1, b, x));
  if (k + 1 < mg->active - 1) PetscCall(exchange(coarse, coarse->x, 3, HF_RED, 6 * coarse->stride, HF_ROWS_ALL));
  correct(mg, l, coarse, x);
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentApplyRows(HfTangentMultigrid mg, const PetscReal b[], PetscReal x[]) {
  const HfTangentLevel *l = &mg->levels[0];
  const unsigned before = HfFlushDenormals();
  PetscErrorCode code;

  PetscFunctionBeginUser;
  code = cycle(mg, 0, b, x);
  if (!code && mg->active == 1)
    for (PetscInt j = l->rows->start; j < l->rows->end; ++j)
      store(mg, j, HfTangentRowAt(l, l->x, 3, j, HF_RED), HfTangentRowAt(l, l->x, 3, j, HF_BLACK), x);
  HfRestoreDenormals(before);
  PetscCall(code);
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentMultigridApply(HfTangentMultigrid mg, const PetscReal b[], PetscReal x[]) {
  PetscFunctionBeginUser;
  if (mg->boxes)
    PetscCall(HfTangentBoxesApply(mg->boxes, mg, b, x));
  else
    PetscCall(HfTangentApplyRows(mg, b, x));
  PetscFunctionReturn(0);
}
