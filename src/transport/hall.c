/* The antisymmetric part of the conductivity (Hall currents): what it adds to the operator, the reactions and the current density.

   With h = Sigma_yx = -Sigma_xy, constant in a cell, the element's bilinear form is the integral of h (v_y phi_x - v_x phi_y), a curl, and so an integral
   along the cell's rim: with the corners SW, SE, NE, NW in this order, each row has -h/2 (phi_next - phi_previous). It couples neighbours along the
   rim alone, and cells of one h on either side of an edge cancel there: only edges of the film and gradients of h remain. Antisymmetric, rows and columns
   summing to zero: no power, no current lost. The matrix for -h is the transpose, so Onsager's G(-m) = G(m)^T holds for the discrete film.
   The V-cycle knows the symmetric part alone. */
#include "transport_impl.h"

PetscErrorCode HfHallCreate(HfPotential p) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1((g->nx + 2) * (g->ym + 2), &p->sigma.hall));
  PetscCall(HfGhostRowsAllocate(p->vertices, &p->hall_E));
  PetscCall(HfGhostRowsAllocate(p->vertices, &p->hall_N));
  PetscFunctionReturn(0);
}

PetscErrorCode HfHallDestroy(HfPotential p) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(p->sigma.hall));
  PetscCall(HfGhostRowsFree(&p->hall_E));
  PetscCall(HfGhostRowsFree(&p->hall_N));
  PetscFunctionReturn(0);
}

void HfHallAssemble(HfPotential p) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t n = rows->n, w = g->nx + 2;
  const PetscReal *h = p->sigma.hall;

  for (PetscInt j = rows->start - 1; j < rows->end; ++j) { /* the neighbour's last row too, whose couplings reach up to the first one here */
    const ptrdiff_t at = HfGhostRowsAt(rows, j), above = (ptrdiff_t)(j - (g->ys - 1)) * w + 1, below = above - w;
    const uint8_t *here = p->held + at, *next = here + n;

    for (ptrdiff_t i = 0; i < n; ++i) {
      if (j >= rows->start) p->hall_E[at + i] = i + 1 < n && !(here[i] | here[i + 1]) ? 0.5 * (h[below + i] - h[above + i]) : 0;
      p->hall_N[at + i] = !(here[i] | next[i]) ? 0.5 * (h[above + i] - h[above + i - 1]) : 0;
    }
  }
}

HF_KERNEL static void mult_row(const PetscReal *restrict E, const PetscReal *restrict N, ptrdiff_t n, const PetscReal *restrict x,
                               PetscReal *restrict y) {
  for (ptrdiff_t k = 0; k < n; ++k) y[k] += E[k] * x[k + 1] - E[k - 1] * x[k - 1] + N[k] * x[k + n] - N[k - n] * x[k - n];
}

void HfHallMult(HfPotential p, PetscReal y[]) {
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t n = rows->n;

  for (PetscInt j = rows->start; j < rows->end; ++j) {
    const ptrdiff_t at = HfGhostRowsAt(rows, j);
    mult_row(p->hall_E + at, p->hall_N + at, n, p->phi + at, y + (ptrdiff_t)(j - rows->start) * n);
  }
  HfCutHallMult(p, y);
}

void HfHallReaction(HfPotential p) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;
  const ptrdiff_t n = rows->n, w = g->nx + 2;

  for (PetscInt j = PetscMax(0, g->ys - 1); j < g->ys + g->ym; ++j) {
    const ptrdiff_t at = HfGhostRowsAt(rows, j);
    const PetscReal *restrict h = p->sigma.hall + (ptrdiff_t)(j - (g->ys - 1)) * w + 1;
    const PetscReal *restrict low = p->phi + at, *restrict high = low + n;
    PetscReal *restrict f_low = p->reaction + at, *restrict f_high = f_low + n;

    for (ptrdiff_t i = 0; i < g->nx; ++i) {
      const PetscReal rising = 0.5 * h[i] * (high[i + 1] - low[i]), falling = 0.5 * h[i] * (high[i] - low[i + 1]);

      f_low[i] += falling;
      f_low[i + 1] -= rising;
      f_high[i] += rising;
      f_high[i + 1] -= falling;
    }
  }
}

void HfHallCurrentRow(HfPotential p, PetscInt row, PetscReal j[]) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const HfGhostRowsInfo *rows = p->rows;
  const PetscReal to_x = 0.5 / g->dx, to_y = 0.5 / g->dy;
  const PetscReal *low = p->phi + HfGhostRowsAt(rows, row), *high = low + rows->n;
  const PetscReal *h = p->sigma.hall + (ptrdiff_t)(row - (g->ys - 1)) * (g->nx + 2) + 1;

  for (PetscInt i = 0; i < g->nx; ++i) {
    const PetscReal gx = to_x * (low[i + 1] - low[i] + high[i + 1] - high[i]), gy = to_y * (high[i] - low[i] + high[i + 1] - low[i + 1]);
    j[2 * i] += h[i] * gy;
    j[2 * i + 1] -= h[i] * gx;
  }
}
