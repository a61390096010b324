/* The projector on the span of the stored patterns, w = X X^+ (Personnaz, Guyon, Dreyfus 1986), here without its diagonal.
   With the diagonal w x = x for every pattern; without it h_i = (1 - w_ii) x_i, and w_ii <= 1: all patterns stay fixed points, while the diagonal would
   only stabilize wrong patterns as well. It is the best that pair weights can do on linearly independent patterns, but not local.

   With the singular value decomposition X = U S V^T by LAPACK the projector is U_r U_r^T, r the rank: patterns that depend on others, such as mirrors,
   have singular values of round-off. */
#include "rules.h"
#include <petscblaslapack.h>

#define DEPENDENT 1e-5  /* singular value relative to the length of a pattern, below which a direction is not spanned */
#define ROUND_OFF 1e-12 /* elements of the projector below it are 0: a node that any pattern may set freely must have no field */

/* The columns of a[n*n_patterns], column-major, are replaced by an orthonormal basis of their span. */
static PetscErrorCode orthonormalize(PetscInt n, PetscInt n_patterns, PetscReal a[], PetscInt *rank) {
  const PetscBLASInt one = 1;
  PetscBLASInt rows, columns, lwork, info = 0;
  PetscReal *singular, *work, none;

  PetscFunctionBeginUser;
  *rank = 0;
  if (!n_patterns) PetscFunctionReturn(0);
  PetscCall(PetscBLASIntCast(n, &rows));
  PetscCall(PetscBLASIntCast(n_patterns, &columns));
  PetscCall(PetscBLASIntCast(5 * (n + n_patterns), &lwork));
  PetscCall(PetscMalloc2(PetscMin(n, n_patterns), &singular, lwork, &work));
  PetscCallBLAS("LAPACKgesvd", LAPACKgesvd_("O", "N", &rows, &columns, a, &rows, singular, &none, &one, &none, &one, work, &lwork, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK gesvd failed with info %d on the patterns", (int)info);
  while (*rank < PetscMin(n, n_patterns) && singular[*rank] > DEPENDENT * PetscSqrtReal((PetscReal)n)) ++*rank;
  PetscCall(PetscFree2(singular, work));
  PetscFunctionReturn(0);
}

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  PetscReal *basis;
  PetscInt rank;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)n * PetscMax(n_patterns, 1), &basis));
  PetscCall(PetscArraycpy(basis, x, (size_t)n * n_patterns));
  PetscCall(orthonormalize(n, n_patterns, basis, &rank));
  PetscCall(PetscArrayzero(w, (size_t)n * n));
  for (PetscInt r = 0; r < rank; ++r)
    for (PetscInt i = 0; i < n; ++i)
      for (PetscInt j = 0; j < n; ++j) w[i * n + j] += basis[r * n + i] * basis[r * n + j];
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j)
      if (i == j || PetscAbsReal(w[i * n + j]) < ROUND_OFF) w[i * n + j] = 0.0;
  PetscCall(PetscFree(basis));
  PetscFunctionReturn(0);
}

const HfRule HfRule_PseudoInverse = {.name = "pseudo-inverse",
                                     .doc =
                                         "the projector on the span of the stored patterns with a zero diagonal; every pattern stays a fixed point",
                                     .citation = "personnaz-1986",
                                     .learn = learn};
