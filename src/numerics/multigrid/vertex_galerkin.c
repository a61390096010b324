/* The coarse operator P^T A P, P the bilinear interpolation from every second vertex, done first along x, then along y:

   between two rows the couplings form a tridiagonal matrix with lower, middle and upper entries l_i, d_i, u_i (to i-1, i, i+1). Interpolated along x,
     d'_I = d_2I + (d_2I-1 + d_2I+1)/4 + (l_2I + u_2I-1 + u_2I + l_2I+1)/2
     u'_I = d_2I+1/4 + (u_2I + u_2I+1)/2,     l'_I = d_2I-1/4 + (l_2I + l_2I-1)/2
   and the same along y for the blocks within a row and to the next row. A coarse grid of N/2+1 vertices covers N fine ones, odd or even: the last one
   may lie half a coarse cell beyond the film, as if the film were padded with void.
   Briggs, Henson, McCormick, A Multigrid Tutorial, 2nd ed. (2000), ch. 10. */
#include "vertex_multigrid_impl.h"

/* Couplings of a fine row, interpolated along x: within the row (middle S_D, upper S_U; symmetric) and to the row above (lower U_L, middle U_D, upper U_U). */
enum { S_D, S_U, U_L, U_D, U_U };
typedef struct {
  PetscReal *a[5];
} Block;

static PetscErrorCode block_create(PetscInt n, Block *block) {
  PetscReal *memory;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(5 * (n + 2), &memory)); /* one zero before and after each */
  for (int k = 0; k < 5; ++k) block->a[k] = memory + k * (n + 2) + 1;
  PetscFunctionReturn(0);
}

static PetscErrorCode block_destroy(Block *block) {
  PetscReal *memory = block->a[0] - 1;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(memory));
  PetscFunctionReturn(0);
}

/* The fine row j between zeros, then interpolated along x. Rows that do not exist are zero. */
static void interpolate_row(const HfLevel *fine, PetscInt j, PetscInt n_coarse, const Block *row, const Block *out) {
  const PetscInt n = fine->rows->n;

  if (j > fine->rows->end) {
    for (int k = 0; k < 5; ++k) memset(out->a[k] - 1, 0, (size_t)(n_coarse + 2) * sizeof(PetscReal));
    return;
  }
  const ptrdiff_t at = HfGhostRowsAt(fine->rows, j);
  const PetscReal *sources[5] = {fine->A.D, fine->A.E, fine->A.NW, fine->A.N, fine->A.NE};
  for (int k = 0; k < 5; ++k) memcpy(row->a[k], sources[k] + at, (size_t)n * sizeof(PetscReal));

  const PetscReal *D = row->a[S_D], *E = row->a[S_U], *NW = row->a[U_L], *N = row->a[U_D], *NE = row->a[U_U];
  for (ptrdiff_t c = 0; c < n_coarse; ++c) {
    const ptrdiff_t i = 2 * c;
    out->a[S_D][c] = D[i] + 0.25 * (D[i - 1] + D[i + 1]) + (E[i - 1] + E[i]);
    out->a[S_U][c] = 0.25 * D[i + 1] + 0.5 * (E[i] + E[i + 1]);
    out->a[U_D][c] = N[i] + 0.25 * (N[i - 1] + N[i + 1]) + 0.5 * (NW[i] + NE[i - 1] + NE[i] + NW[i + 1]);
    out->a[U_U][c] = 0.25 * N[i + 1] + 0.5 * (NE[i] + NE[i + 1]);
    out->a[U_L][c] = 0.25 * N[i - 1] + 0.5 * (NW[i] + NW[i - 1]);
  }
}

PetscErrorCode HfGalerkin(const HfLevel *fine, HfLevel *coarse) {
  const HfGhostRowsInfo *rows = coarse->rows;
  const PetscInt n = rows->n;
  HfStencil *A = &coarse->A;
  Block row, below, here, above;

  PetscFunctionBeginUser;
  if (rows->start == rows->end) PetscFunctionReturn(0);
  PetscCall(block_create(2 * n + 2, &row));
  PetscCall(block_create(n, &below));
  PetscCall(block_create(n, &here));
  PetscCall(block_create(n, &above));
  interpolate_row(fine, 2 * rows->start - 1, n, &row, &below);
  for (PetscInt j = rows->start; j < rows->end; ++j) {
    const ptrdiff_t at = HfGhostRowsAt(rows, j);

    interpolate_row(fine, 2 * j, n, &row, &here);
    interpolate_row(fine, 2 * j + 1, n, &row, &above);
    for (ptrdiff_t c = 0; c < n; ++c) {
      A->D[at + c] = here.a[S_D][c] + 0.25 * (below.a[S_D][c] + above.a[S_D][c]) + (below.a[U_D][c] + here.a[U_D][c]);
      A->E[at + c] = here.a[S_U][c] + 0.25 * (below.a[S_U][c] + above.a[S_U][c]) +
                     0.5 * (below.a[U_U][c] + below.a[U_L][c + 1] + here.a[U_U][c] + here.a[U_L][c + 1]);
      A->N[at + c] = 0.25 * above.a[S_D][c] + 0.5 * (here.a[U_D][c] + above.a[U_D][c]);
      A->NE[at + c] = 0.25 * above.a[S_U][c] + 0.5 * (here.a[U_U][c] + above.a[U_U][c]);
      A->NW[at + c] = 0.25 * above.a[S_U][c - 1] + 0.5 * (here.a[U_L][c] + above.a[U_L][c]);
    }
    const Block swap = below;
    below = above;
    above = swap;
  }
  PetscCall(block_destroy(&row));
  PetscCall(block_destroy(&below));
  PetscCall(block_destroy(&here));
  PetscCall(block_destroy(&above));
  PetscFunctionReturn(0);
}
