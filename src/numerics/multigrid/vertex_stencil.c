/* One row of a symmetric nine-point operator: product, residual, Gauss-Seidel. The hot loops of the potential; memory is read in order. */
#include "vertex_multigrid_impl.h"

/* Sum of the six couplings of vertex k to the rows below and above. */
#define BELOW_ABOVE(A_N, A_NE, A_NW, s, k)                                                                                                           \
  ((A_N)[(k) - (s)] * x[(k) - (s)] + (A_NE)[(k) - (s)-1] * x[(k) - (s)-1] + (A_NW)[(k) - (s) + 1] * x[(k) - (s) + 1] + (A_N)[k] * x[(k) + (s)] +     \
   (A_NE)[k] * x[(k) + (s) + 1] + (A_NW)[k] * x[(k) + (s)-1])

HF_KERNEL void HfStencilMult(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal *restrict x, PetscReal *restrict y) {
  const PetscReal *restrict D = A->D + at, *restrict E = A->E + at, *restrict N = A->N + at, *restrict NE = A->NE + at, *restrict NW = A->NW + at;

  x += at;
  for (ptrdiff_t k = 0; k < n; ++k) y[k] = D[k] * x[k] + E[k] * x[k + 1] + E[k - 1] * x[k - 1] + BELOW_ABOVE(N, NE, NW, n, k);
}

HF_KERNEL void HfStencilResidual(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal *restrict b, const PetscReal *restrict x,
                                 PetscReal *restrict r) {
  const PetscReal *restrict D = A->D + at, *restrict E = A->E + at, *restrict N = A->N + at, *restrict NE = A->NE + at, *restrict NW = A->NW + at;

  x += at;
  for (ptrdiff_t k = 0; k < n; ++k) r[k] = b[k] - (D[k] * x[k] + E[k] * x[k + 1] + E[k - 1] * x[k - 1] + BELOW_ABOVE(N, NE, NW, n, k));
}

/* Both colours are computed for every column and the right one is chosen: that runs in vectors, every second column would not. */
HF_KERNEL void HfStencilSmooth(const HfStencil *A, PetscInt n, ptrdiff_t at, const PetscReal *restrict b, PetscReal *restrict x,
                               PetscReal *restrict scratch, PetscInt first, HfKnown known) {
  const PetscReal *restrict E = A->E + at, *restrict N = A->N + at, *restrict NE = A->NE + at, *restrict NW = A->NW + at;
  const PetscReal *restrict inverse = A->inverse + at;
  PetscReal *restrict early = scratch + 1, *restrict rest = scratch + n + 2; /* early[-1] and early[n] meet zero couplings */

  x += at;
  if (known == HF_NOTHING) {
    for (ptrdiff_t k = 0; k < n; ++k) {
      rest[k] = b[k];
      early[k] = b[k] * inverse[k];
    }
  } else if (known == HF_NEIGHBOUR_ROWS) {
    for (ptrdiff_t k = 0; k < n; ++k) {
      rest[k] = b[k] - (BELOW_ABOVE(N, NE, NW, n, k));
      early[k] = rest[k] * inverse[k];
    }
  } else {
    for (ptrdiff_t k = 0; k < n; ++k) {
      rest[k] = b[k] - (BELOW_ABOVE(N, NE, NW, n, k));
      early[k] = (rest[k] - E[k - 1] * x[k - 1] - E[k] * x[k + 1]) * inverse[k];
    }
  }
  for (ptrdiff_t k = 0; k < n; ++k) {
    const PetscReal late = (rest[k] - E[k - 1] * early[k - 1] - E[k] * early[k + 1]) * inverse[k];
    x[k] = (k & 1) == first ? early[k] : late;
  }
}

void HfStencilInvert(PetscInt n, ptrdiff_t at, HfStencil *A) {
  for (ptrdiff_t k = at; k < at + n; ++k) A->inverse[k] = A->D[k] > 0 ? 1 / A->D[k] : 0;
}
