/* The levels of HfTangentMultigrid: 2 x 2 cells make one of the next, down to 2 x 2 cells in all. Coarse V, t, d and K are sums over cells, a coarse face is
   half the sum of the fine ones: their number doubles the conductance, the distance of the centres halves it. */
#include "tangent_multigrid_impl.h"
#include <hopfilm/petsc_versions.h>

enum { WEIGHT, EAST, NORTH, TURN, DAMP, FIRST_K, N_FIELDS = FIRST_K + 6 };

/* Fixed numbers of a level in the order of the columns, nx of a row, with ghost rows, while levels are made. */
typedef struct {
  PetscInt nx;
  PetscReal *field[N_FIELDS];
} Plain;

PetscErrorCode HfTangentAllocate(PetscInt64 n, float **memory, float **first) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n + 3 * HF_LANES, memory));
  *first = *memory + HF_LANES;
  *first += (64 - (uintptr_t)*first % 64) % 64 / sizeof(float);
  PetscFunctionReturn(0);
}

static PetscErrorCode plain_create(HfGhostRows ghosts, Plain *plain) {
  PetscFunctionBeginUser;
  plain->nx = HfGhostRowsGetInfo(ghosts)->n;
  for (int c = 0; c < N_FIELDS; ++c) PetscCall(HfGhostRowsAllocate(ghosts, &plain->field[c]));
  PetscFunctionReturn(0);
}

static PetscErrorCode plain_exchange(HfGhostRows ghosts, Plain *plain) {
  PetscFunctionBeginUser;
  for (int c = 0; c < N_FIELDS; ++c) PetscCall(HfGhostRowsFill(ghosts, plain->field[c], HF_ROWS_ALL));
  PetscFunctionReturn(0);
}

static PetscErrorCode plain_destroy(Plain *plain) {
  PetscFunctionBeginUser;
  for (int c = 0; c < N_FIELDS; ++c) PetscCall(HfGhostRowsFree(&plain->field[c]));
  PetscFunctionReturn(0);
}

static PetscErrorCode plain_fill(HfGhostRows ghosts, PetscErrorCode (*fill_row)(PetscInt, const HfTangentRow *, void *), void *context,
                                 Plain *plain) {
  const HfGhostRowsInfo *rows = HfGhostRowsGetInfo(ghosts);

  PetscFunctionBeginUser;
  for (PetscInt j = rows->start; j < rows->end; ++j) {
    PetscReal **f = plain->field;
    const ptrdiff_t at = HfGhostRowsAt(rows, j);
    const HfTangentRow row = {
        .weight = f[WEIGHT] + at,
        .east = f[EAST] + at,
        .north = f[NORTH] + at,
        .turn = f[TURN] + at,
        .damp = f[DAMP] + at,
        .K = {f[FIRST_K] + at, f[FIRST_K + 1] + at, f[FIRST_K + 2] + at, f[FIRST_K + 3] + at, f[FIRST_K + 4] + at, f[FIRST_K + 5] + at}};

    PetscCall((*fill_row)(j, &row, context));
    row.east[rows->n - 1] = 0;
    if (j == rows->n_rows - 1) PetscCall(PetscArrayzero(row.north, rows->n));
  }
  PetscCall(plain_exchange(ghosts, plain));
  PetscFunctionReturn(0);
}

/* The coarse numbers of the owned coarse rows. A row beyond the last one is zero. */
static void plain_coarsen(const HfGhostRowsInfo *fine, const Plain *from, const HfGhostRowsInfo *coarse, Plain *to) {
  for (PetscInt row = coarse->start; row < coarse->end; ++row) {
    for (int c = 0; c < N_FIELDS; ++c) {
      const PetscReal *low = from->field[c] + HfGhostRowsAt(fine, 2 * row), *high = low + fine->n;
      const PetscReal factor = c == EAST || c == NORTH ? 0.5 : 1;
      PetscReal *out = to->field[c] + HfGhostRowsAt(coarse, row);

      for (PetscInt i = 0; i < coarse->n; ++i) {
        const PetscInt a = 2 * i, b = 2 * i + 1;
        const PetscReal right = b < fine->n ? low[b] + high[b] : 0, left = low[a] + high[a];
        const PetscReal east = right, north = high[a] + (b < fine->n ? high[b] : 0);

        out[i] = factor * (c == EAST ? east : c == NORTH ? north : left + right);
      }
    }
  }
}

static void largest(PetscReal part, PetscReal of, PetscReal *most) {
  if (part > 0) *most = PetscMax(*most, of > 0 ? part / of : PETSC_INFINITY);
}

/* Single precision, colour by colour. */
static void store(const Plain *plain, HfTangentLevel *l) {
  const HfGhostRowsInfo *rows = l->rows;
  const PetscInt n = l->stride;

  for (PetscInt j = PetscMax(0, rows->start - 1); j < PetscMin(rows->n_rows, rows->end + 1); ++j) {
    const ptrdiff_t at = HfGhostRowsAt(rows, j);
    const PetscReal *const *f = (const PetscReal *const *)plain->field;

    for (PetscInt i = 0; i < l->nx; ++i) {
      const int colour = (int)((i + j) & 1);
      const PetscInt k = i / 2;
      const PetscReal west = i > 0 ? f[EAST][at + i - 1] : 0, south = j > 0 && j >= rows->start ? f[NORTH][at - l->nx + i] : 0;
      const PetscReal east = f[EAST][at + i], north = f[NORTH][at + i], all = west + east + south + north, t = f[TURN][at + i], d = f[DAMP][at + i];

      HfTangentRowAt(l, l->weight, 1, j, colour)[k] = (float)f[WEIGHT][at + i];
      HfTangentRowAt(l, l->turn, 1, j, colour)[k] = (float)t;
      HfTangentRowAt(l, l->damp, 1, j, colour)[k] = (float)d;
      HfTangentRowAt(l, l->couplings, 1, j, colour)[k] = (float)all;
      HfTangentRowAt(l, l->film, 1, j, HF_RED)[i] = f[WEIGHT][at + i] > 0;
      if (l->K)
        for (int c = 0; c < 6; ++c) HfTangentRowAt(l, l->K, 6, j, colour)[c * n + k] = (float)f[FIRST_K + c][at + i];
      if (colour == HF_BLACK) {
        float *face = HfTangentRowAt(l, l->face, 2, j, HF_RED);
        face[HF_WEST * n + k] = (float)west;
        face[HF_EAST * n + k] = (float)east;
        face[HF_SOUTH * n + k] = (float)south;
        face[HF_NORTH * n + k] = (float)north;
      }
      if (j >= rows->start && j < rows->end) {
        largest(all, t, &l->most_turn);
        largest(all, d, &l->most_damp);
        largest(all, PetscSqrtReal(t * t + d * d), &l->most_both);
      }
    }
  }
}

PetscInt64 HfTangentPlace(HfTangentMultigrid mg, PetscInt index, HfTangentLevel *l, float *first) {
  const PetscInt half = (l->nx + 1) / 2;
  /* components of a cell; film and faces do not tell the colours apart */
  struct {
    float **array;
    int components;
  } parts[] = {{&l->weight, 1},
               {&l->couplings, 1},
               {&l->turn, 1},
               {&l->damp, 1},
               {&l->along, 1},
               {&l->film, 1},
               {&l->face, 2},
               {&l->K, mg->has_K ? 6 : 0},
               {&l->Q, mg->with_q ? 6 : 0},
               {&l->u, 3},
               {&l->x, 3},
               {&l->b, index ? 3 : 0},
               {&l->inverse, mg->has_K ? 6 : 2}};
  PetscInt64 cells, n = 0;

  l->stride = (half / HF_LANES + 1) * HF_LANES; /* at least one zero beyond the last pair */
  cells = (PetscInt64)2 * l->stride * (l->rows->end - l->rows->start + 2);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(parts); ++k) {
    if (first) *parts[k].array = parts[k].components ? first + n : NULL;
    n += parts[k].components * cells;
  }
  return n;
}

static PetscErrorCode allocate(HfTangentMultigrid mg, PetscInt index, HfTangentLevel *l) {
  float *first = NULL;

  PetscFunctionBeginUser;
  PetscCall(HfTangentAllocate(HfTangentPlace(mg, index, l, NULL), &l->memory, &first));
  (void)HfTangentPlace(mg, index, l, first);
  PetscFunctionReturn(0);
}

/* A coarse row belongs to the owner of the lower one of its two fine rows. */
static PetscErrorCode coarsen_rows(const HfGhostRowsInfo *f, HfGhostRows *coarse, PetscBool *splits) {
  PetscInt *ranges;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(f->size + 1, &ranges));
  *splits = PETSC_FALSE;
  for (PetscMPIInt r = 0; r <= f->size; ++r) {
    ranges[r] = (f->ranges[r] + 1) / 2;
    if (f->ranges[r] < f->n_rows && (f->ranges[r] & 1)) *splits = PETSC_TRUE;
  }
  PetscCall(HfGhostRowsCreate(f->comm, (f->n + 1) / 2, (f->n_rows + 1) / 2, PETSC_FALSE, ranges, f->ranges, coarse));
  PetscCall(PetscFree(ranges));
  PetscFunctionReturn(0);
}

static PetscErrorCode has_tensor(HfGhostRows ghosts, const Plain *plain, PetscBool *any) {
  const HfGhostRowsInfo *rows = HfGhostRowsGetInfo(ghosts);
  PetscBool mine = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (int c = FIRST_K; c < N_FIELDS; ++c)
    for (PetscInt k = 0; k < (rows->end - rows->start + 2) * rows->n; ++k)
      if (plain->field[c][k] != 0) mine = PETSC_TRUE;
  PetscCallMPI(MPI_Allreduce(&mine, any, 1, HF_MPI_BOOL, MPI_LOR, rows->comm));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentLevelsCreate(HfTangentMultigrid mg, PetscErrorCode (*fill_row)(PetscInt, const HfTangentRow *, void *), void *context) {
  const HfGridInfo *g = HfGridGetInfo(mg->grid);
  Plain plain, coarse;

  PetscFunctionBeginUser;
  mg->n = 1;
  for (PetscInt a = g->nx, b = g->ny; a > 2 || b > 2; a = (a + 1) / 2, b = (b + 1) / 2) ++mg->n;
  PetscCall(PetscCalloc1(mg->n, &mg->levels));
  PetscCall(HfGhostRowsCreate(HfGridComm(mg->grid), g->nx, g->ny, PETSC_FALSE, HfGridRowRanges(mg->grid), NULL, &mg->levels[0].ghosts));
  PetscCall(plain_create(mg->levels[0].ghosts, &plain));
  PetscCall(plain_fill(mg->levels[0].ghosts, fill_row, context, &plain));
  PetscCall(has_tensor(mg->levels[0].ghosts, &plain, &mg->has_K));
  if (mg->with_q) mg->has_K = PETSC_TRUE;
  for (PetscInt k = 0; k < mg->n; ++k) {
    HfTangentLevel *l = &mg->levels[k], *next = l + 1;

    l->rows = HfGhostRowsGetInfo(l->ghosts);
    l->nx = l->rows->n;
    PetscCall(allocate(mg, k, l));
    store(&plain, l);
    if (k + 1 < mg->n) {
      PetscCall(coarsen_rows(l->rows, &next->ghosts, &l->splits));
      PetscCall(plain_create(next->ghosts, &coarse));
      plain_coarsen(l->rows, &plain, HfGhostRowsGetInfo(next->ghosts), &coarse);
      PetscCall(plain_exchange(next->ghosts, &coarse));
    }
    PetscCall(plain_destroy(&plain));
    plain = coarse;
  }
  for (PetscInt k = 0; k < mg->n; ++k) {
    HfTangentLevel *l = &mg->levels[k];
    PetscReal most[3] = {l->most_turn, l->most_damp, l->most_both};

    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, most, 3, MPIU_REAL, MPIU_MAX, l->rows->comm));
    l->most_turn = most[0];
    l->most_damp = most[1];
    l->most_both = most[2];
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentLevelDestroy(HfTangentLevel *l) {
  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsDestroy(&l->ghosts));
  PetscCall(PetscFree(l->memory));
  PetscFunctionReturn(0);
}
