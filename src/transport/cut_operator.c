/* What cut cells (cut_cells.c) add to the operator, the reactions and the current density. Their tensors are kept apart and are zero among those of
   all cells, so that the loops over whole cells pass them by.

   The conductivity of a cell whose centre is outside of the film is the mean over the film cells beside it, or diagonal to it if there is none beside it; the
   owner computes it and sends it to the rank above. Cells beyond a periodic boundary count, too; those along y stand in
   the frame of the tensors, which is zero otherwise, while they are needed. */
#include "transport_impl.h"

PetscErrorCode HfCutSigmaCreate(HfPotential p) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const PetscInt n = HF_TENSOR_COMPONENTS * p->electrodes->n_outer;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(p->electrodes->n_cut, &p->cut_sigma));
  if (!n) PetscFunctionReturn(0);
  if (g->periodic[1]) PetscCall(HfGhostRowsCreate(HfGridComm(p->grid), g->nx + 2, g->ny, PETSC_TRUE, HfGridRowRanges(p->grid), NULL, &p->sigma_rows));
  PetscCall(HfGhostRowsCreate(HfGridComm(p->grid), n, g->ny, PETSC_FALSE, HfGridRowRanges(p->grid), NULL, &p->outer_rows));
  PetscCall(HfGhostRowsAllocate(p->outer_rows, &p->outer));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCutSigmaDestroy(HfPotential p) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(p->cut_sigma));
  PetscCall(HfGhostRowsFree(&p->outer));
  PetscCall(HfGhostRowsDestroy(&p->outer_rows));
  PetscCall(HfGhostRowsDestroy(&p->sigma_rows));
  PetscFunctionReturn(0);
}

static void tensor_at(const HfSigma *sigma, ptrdiff_t at, PetscReal S[HF_TENSOR_COMPONENTS]) {
  S[0] = sigma->xx[at];
  S[1] = sigma->xy[at];
  S[2] = sigma->yy[at];
  S[3] = sigma->hall ? sigma->hall[at] : 0;
}

/* The rows beyond a periodic boundary along y into the frame of the tensors; not `filled`: zero again. */
static PetscErrorCode fill_frame(HfPotential p, PetscBool filled) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  PetscReal *const components[HF_TENSOR_COMPONENTS] = {p->sigma.xx, p->sigma.xy, p->sigma.yy, p->sigma.hall};
  const ptrdiff_t w = g->nx + 2;

  PetscFunctionBeginUser;
  if (!p->sigma_rows) PetscFunctionReturn(0);
  for (int c = 0; c < HF_TENSOR_COMPONENTS; ++c) {
    if (!components[c]) continue;
    if (filled) PetscCall(HfGhostRowsFill(p->sigma_rows, components[c], HF_ROWS_ALL));
    if (!filled && g->ys == 0) PetscCall(PetscArrayzero(components[c], w));
    if (!filled && g->ys + g->ym == g->ny) PetscCall(PetscArrayzero(components[c] + (g->ym + 1) * w, w));
  }
  PetscFunctionReturn(0);
}

static void mean_of_neighbours(HfPotential p, const HfCutCell *cell, PetscReal mean[HF_TENSOR_COMPONENTS]) {
  static const int beside[2][4][2] = {{{0, -1}, {-1, 0}, {1, 0}, {0, 1}}, {{-1, -1}, {1, -1}, {-1, 1}, {1, 1}}};
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const int8_t *regions = HfGridRegions(p->grid);
  PetscInt n = 0;

  memset(mean, 0, HF_TENSOR_COMPONENTS * sizeof(PetscReal));
  for (int kind = 0; kind < 2 && !n; ++kind) {
    for (int k = 0; k < 4; ++k) {
      const PetscInt j = cell->j + beside[kind][k][1];
      PetscInt i = cell->i + beside[kind][k][0];
      PetscReal S[HF_TENSOR_COMPONENTS];

      if (g->periodic[0]) i = (i + g->nx) % g->nx;
      if (HfRegionAt(g, regions, i, j) < 0) continue;
      ++n;
      tensor_at(&p->sigma, (ptrdiff_t)(j - (g->ys - 1)) * (g->nx + 2) + i + 1, S);
      for (int c = 0; c < HF_TENSOR_COMPONENTS; ++c) mean[c] += S[c];
    }
  }
  for (int c = 0; c < HF_TENSOR_COMPONENTS && n; ++c) mean[c] /= (PetscReal)n;
}

PetscErrorCode HfCutSigmaTake(HfPotential p) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfElectrodes e = p->electrodes;

  PetscFunctionBeginUser;
  if (p->outer_rows) {
    const HfGhostRowsInfo *rows = HfGhostRowsGetInfo(p->outer_rows);

    PetscCall(fill_frame(p, PETSC_TRUE));
    for (PetscInt k = 0; k < e->n_cut; ++k) {
      const HfCutCell *cell = &e->cut[k];
      if (cell->outer >= 0 && cell->j >= g->ys)
        mean_of_neighbours(p, cell, p->outer + HfGhostRowsAt(rows, cell->j) + HF_TENSOR_COMPONENTS * cell->outer);
    }
    PetscCall(fill_frame(p, PETSC_FALSE));
    PetscCall(HfGhostRowsFill(p->outer_rows, p->outer, HF_ROWS_ALL));
    for (PetscInt k = 0; k < e->n_cut; ++k) {
      const HfCutCell *cell = &e->cut[k];
      if (cell->outer >= 0)
        PetscCall(PetscArraycpy(p->cut_sigma[k], p->outer + HfGhostRowsAt(rows, cell->j) + HF_TENSOR_COMPONENTS * cell->outer, HF_TENSOR_COMPONENTS));
    }
  }
  for (PetscInt k = 0; k < e->n_cut; ++k)
    if (e->cut[k].outer < 0) tensor_at(&p->sigma, e->cut[k].at, p->cut_sigma[k]);
  for (PetscInt k = 0; k < e->n_cut; ++k) {
    const ptrdiff_t at = e->cut[k].at;

    p->sigma.xx[at] = p->sigma.xy[at] = p->sigma.yy[at] = 0;
    if (p->sigma.hall) p->sigma.hall[at] = 0;
  }
  PetscFunctionReturn(0);
}

/* Offsets of the corners among the vertices, with ghost rows. */
static void corners_of(HfPotential p, const HfCutCell *cell, ptrdiff_t corners[4]) {
  const ptrdiff_t at = HfGhostRowsAt(p->rows, cell->j) + cell->i, n = p->rows->n;

  corners[0] = at;
  corners[1] = at + 1;
  corners[2] = at + n + 1;
  corners[3] = at + n;
}

static PetscReal coupling_of(const HfCutCell *cell, const PetscReal S[], int pair) {
  return S[0] * cell->element.xx[pair] + S[1] * cell->element.xy[pair] + S[2] * cell->element.yy[pair];
}

/* Whether corner a of a cell is a vertex of this rank. */
static PetscBool is_owned(HfPotential p, const HfCutCell *cell, int a) {
  const PetscInt row = cell->j + (a > 1);

  return (PetscBool)(row >= p->rows->start && row < p->rows->end);
}

void HfCutAssemble(HfPotential p) {
  const HfElectrodes e = p->electrodes;

  for (PetscInt k = 0; k < e->n_cut; ++k) {
    const HfCutCell *cell = &e->cut[k];
    const HfStencilRow low = HfMultigridRow(p->multigrid, cell->j), high = HfMultigridRow(p->multigrid, cell->j + 1);
    PetscReal *const diagonals[4] = {low.D, low.D + 1, high.D + 1, high.D};
    PetscReal *const couplings[HF_CELL_PAIRS] = {low.E, high.E, low.N, low.N + 1, low.NE, low.NW + 1};
    ptrdiff_t corners[4];

    corners_of(p, cell, corners);
    for (int pair = 0; pair < HF_CELL_PAIRS; ++pair) {
      const PetscReal value = coupling_of(cell, p->cut_sigma[k], pair);
      const int a = HfCellPairs[pair][0], b = HfCellPairs[pair][1];

      if (!p->held[corners[a]] && is_owned(p, cell, a)) diagonals[a][cell->i] -= value;
      if (!p->held[corners[b]] && is_owned(p, cell, b)) diagonals[b][cell->i] -= value;
      /* a coupling is kept in the row of its first corner, which is not above the other */
      if (!p->held[corners[a]] && !p->held[corners[b]] && is_owned(p, cell, a)) couplings[pair][cell->i] += value;
    }
  }
}

/* Adds the reactions of one cell to those of its corners. */
static void react(HfPotential p, PetscInt k, const ptrdiff_t corners[4], PetscReal reactions[4]) {
  const HfCutCell *cell = &p->electrodes->cut[k];
  const PetscReal *S = p->cut_sigma[k];

  for (int pair = 0; pair < HF_CELL_PAIRS; ++pair) {
    const int a = HfCellPairs[pair][0], b = HfCellPairs[pair][1];
    const PetscReal difference = p->phi[corners[b]] - p->phi[corners[a]];
    const PetscReal value = coupling_of(cell, S, pair) * difference, hall = S[3] * cell->hall[pair] * difference;

    reactions[a] += value + hall;
    reactions[b] += hall - value;
  }
}

void HfCutReaction(HfPotential p) {
  for (PetscInt k = 0; k < p->electrodes->n_cut; ++k) {
    ptrdiff_t corners[4];
    PetscReal reactions[4] = {0, 0, 0, 0};

    corners_of(p, &p->electrodes->cut[k], corners);
    react(p, k, corners, reactions);
    for (int a = 0; a < 4; ++a) p->reaction[corners[a]] += reactions[a];
  }
}

void HfCutHallMult(HfPotential p, PetscReal y[]) {
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t own = HfGhostRowsAt(rows, rows->start);

  for (PetscInt k = 0; k < p->electrodes->n_cut; ++k) {
    const HfCutCell *cell = &p->electrodes->cut[k];
    ptrdiff_t corners[4];

    corners_of(p, cell, corners);
    for (int pair = 0; pair < HF_CELL_PAIRS; ++pair) {
      const int a = HfCellPairs[pair][0], b = HfCellPairs[pair][1];
      const PetscReal hall = p->cut_sigma[k][3] * cell->hall[pair];

      if (p->held[corners[a]] || p->held[corners[b]]) continue;
      if (is_owned(p, cell, a)) y[corners[a] - own] += hall * p->phi[corners[b]];
      if (is_owned(p, cell, b)) y[corners[b] - own] -= hall * p->phi[corners[a]];
    }
  }
}

void HfCutCurrentDensity(HfPotential p, PetscBool whole_cells, PetscReal j[]) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);

  for (PetscInt k = 0; k < p->electrodes->n_cut; ++k) {
    const HfCutCell *cell = &p->electrodes->cut[k];
    const PetscReal *S = p->cut_sigma[k];
    PetscReal *to = j + 2 * ((ptrdiff_t)(cell->j - g->ys) * g->nx + cell->i), gx = 0, gy = 0;
    ptrdiff_t corners[4];

    if (cell->j < g->ys || (cell->outer >= 0 && !whole_cells)) continue;
    corners_of(p, cell, corners);
    for (int i = 0; i < 4; ++i) {
      gx += cell->gradient[i][0] * p->phi[corners[i]];
      gy += cell->gradient[i][1] * p->phi[corners[i]];
    }
    const PetscReal part = whole_cells ? 1 : cell->filled;
    to[0] = part > 0 ? -(S[0] * gx + (S[1] - S[3]) * gy) / part : 0;
    to[1] = part > 0 ? -((S[1] + S[3]) * gx + S[2] * gy) / part : 0;
  }
}

/* The reactions of points on a contact enter where they are: their sum and first moment are shared by the corners, held or not. */
void HfCutLeadCurrent(HfPotential p, PetscReal into[]) {
  for (PetscInt k = 0; k < p->electrodes->n_cut; ++k) {
    const HfCutCell *cell = &p->electrodes->cut[k];
    const PetscReal *S = p->cut_sigma[k], tensor[4] = {S[0], S[1] - S[3], S[1] + S[3], S[2]};
    PetscReal reactions[4] = {0, 0, 0, 0}, sum = 0, moment[2] = {0, 0};
    PetscBool is_floating = PETSC_FALSE;
    ptrdiff_t corners[4];

    corners_of(p, cell, corners);
    react(p, k, corners, reactions);
    for (int a = 0; a < 4; ++a) {
      if (p->held[corners[a]] == HF_VERTEX_FLOATING) is_floating = PETSC_TRUE;
      if (p->held[corners[a]] != HF_VERTEX_HELD) continue;
      sum += reactions[a];
      if (!cell->has_contact && is_owned(p, cell, a)) into[corners[a]] += reactions[a];
    }
    if (!cell->has_contact) continue;
    for (int d = 0; d < 2 && !is_floating; ++d)
      for (int i = 0; i < 4; ++i)
        for (int c = 0; c < 4; ++c) moment[d] += p->phi[corners[i]] * tensor[c] * cell->moment[d][i][c];
    for (int a = 0; a < 4; ++a)
      if (is_owned(p, cell, a)) into[corners[a]] += 0.25 * sum + (a == 0 || a == 3 ? -0.5 : 0.5) * moment[0] + (a < 2 ? -0.5 : 0.5) * moment[1];
  }
}
