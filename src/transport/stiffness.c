/* Bilinear (Q1) elements for div(Sigma grad phi) = 0 with one tensor per cell, integrated exactly.

   With p = Sxx dy/(6 dx), q = Syy dx/(6 dy), h = Sxy/2 the cell's corners SW, SE, NE, NW are coupled by
     SW-SE, NW-NE: q - 2p     SW-NW, SE-NE: p - 2q     SW-NE: -(p+q+h)     SE-NW: -(p+q-h)     diagonal: 2(p+q) + h (SW, NE) or - h (SE, NW)
   so that every row sums to zero: a constant potential drives no current, and what enters by one vertex leaves by the others. This is the symmetric
   part of Sigma; hall.c adds the antisymmetric one.
   Braess, Finite Elements, 3rd ed. (2007), section II.8. */
#include "transport_impl.h"

/* Couplings that touch a held vertex are left out; its own row is zero. */
static PetscReal coupling(PetscReal value, uint8_t a, uint8_t b) { return a | b ? 0 : value; }

void HfStiffnessAssemble(HfPotential potential) {
  const HfGridInfo *g = HfGridGetInfo(potential->grid);
  const HfGhostRowsInfo *rows = potential->rows;
  const ptrdiff_t n = rows->n, w = g->nx + 2;
  const PetscReal cp = g->dy / (6 * g->dx), cq = g->dx / (6 * g->dy);

  for (PetscInt j = rows->start; j < rows->end; ++j) {
    const ptrdiff_t at = HfGhostRowsAt(rows, j), below = (ptrdiff_t)(j - 1 - (g->ys - 1)) * w + 1, above = below + w;
    const PetscReal *xx = potential->sigma.xx, *xy = potential->sigma.xy, *yy = potential->sigma.yy;
    const uint8_t *here = potential->held + at, *next = here + n;
    const HfStencilRow A = HfMultigridRow(potential->multigrid, j);

    for (ptrdiff_t i = 0; i < n; ++i) {
      const ptrdiff_t ne = above + i, nw = ne - 1, se = below + i, sw = se - 1; /* the cells around the vertex */
      const PetscReal p_ne = cp * xx[ne], p_nw = cp * xx[nw], p_se = cp * xx[se], p_sw = cp * xx[sw];
      const PetscReal q_ne = cq * yy[ne], q_nw = cq * yy[nw], q_se = cq * yy[se], q_sw = cq * yy[sw];
      const PetscReal h_ne = 0.5 * xy[ne], h_nw = 0.5 * xy[nw], h_se = 0.5 * xy[se], h_sw = 0.5 * xy[sw];
      const PetscReal sum = 2 * (p_ne + p_nw + p_se + p_sw + q_ne + q_nw + q_se + q_sw);

      A.D[i] = coupling(sum + (h_ne + h_sw) - (h_nw + h_se), here[i], 0);
      A.E[i] = i + 1 < n ? coupling((q_ne + q_se) - 2 * (p_ne + p_se), here[i], here[i + 1]) : 0;
      A.N[i] = coupling((p_ne + p_nw) - 2 * (q_ne + q_nw), here[i], next[i]);
      A.NE[i] = i + 1 < n ? coupling(-(p_ne + q_ne + h_ne), here[i], next[i + 1]) : 0;
      A.NW[i] = i > 0 ? coupling(-(p_nw + q_nw - h_nw), here[i], next[i - 1]) : 0;
    }
  }
  HfCutAssemble(potential);
  if (potential->sigma.hall) HfHallAssemble(potential);
}

void HfStiffnessReaction(HfPotential potential, PetscBool cut) {
  const HfGridInfo *g = HfGridGetInfo(potential->grid);
  const HfGhostRowsInfo *rows = potential->rows;
  const ptrdiff_t n = rows->n, w = g->nx + 2;
  const PetscReal cp = g->dy / (6 * g->dx), cq = g->dx / (6 * g->dy);

  memset(potential->reaction, 0, (size_t)HfGhostRowsAt(rows, rows->end + 1) * sizeof(PetscReal));
  for (PetscInt j = PetscMax(0, g->ys - 1); j < g->ys + g->ym; ++j) {
    const ptrdiff_t at = HfGhostRowsAt(rows, j), cell = (ptrdiff_t)(j - (g->ys - 1)) * w + 1;
    const PetscReal *restrict xx = potential->sigma.xx + cell, *restrict xy = potential->sigma.xy + cell, *restrict yy = potential->sigma.yy + cell;
    const PetscReal *restrict low = potential->phi + at, *restrict high = low + n;
    PetscReal *restrict f_low = potential->reaction + at, *restrict f_high = f_low + n;

    for (ptrdiff_t i = 0; i < g->nx; ++i) {
      const PetscReal p = cp * xx[i], q = cq * yy[i], h = 0.5 * xy[i];
      const PetscReal south = low[i + 1] - low[i], north = high[i + 1] - high[i], west = high[i] - low[i], east = high[i + 1] - low[i + 1];
      const PetscReal x_south = p * (2 * south + north), x_north = p * (2 * north + south);
      const PetscReal y_west = q * (2 * west + east), y_east = q * (2 * east + west);
      const PetscReal rising = h * (high[i + 1] - low[i]), falling = h * (high[i] - low[i + 1]);

      f_low[i] -= x_south + y_west + rising;
      f_low[i + 1] += x_south - y_east + falling;
      f_high[i] += y_west - x_north - falling;
      f_high[i + 1] += x_north + y_east + rising;
    }
  }
  if (potential->sigma.hall) HfHallReaction(potential);
  if (cut) HfCutReaction(potential);
}
